//! Reads JSON Lines (one object a line), arrays of objects, JSON Feed and single objects.
//!
//! Lines and elements of arrays come in one at a time, so that memory does not grow with the file; a [`Record`] for
//! each goes out. A line that is not JSON is told with its number, and the reading goes on.

use std::fmt;
use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;

use serde::de::{DeserializeSeed, Deserializer as _, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::encoding::decode_piece;
use super::record::{Record, short_hash};
use super::{MAX_ENTRIES, Output, Page, unreadable};
use crate::corpus::Reason;

/// The longest line that is read, in bytes: a book has about one million.
pub const MAX_LINE_BYTES: u64 = 16 << 20;

/// Reads the record of one line.
///
/// # Errors
/// [`Reason::BadJson`] with the parser's complaint.
pub fn record(line: &[u8]) -> Result<Record, Reason> {
    Ok(Record::of_entry(&fields_of(&decode_piece(line)).map_err(bad)?))
}

/// The fields of an object, mended where it does not parse as it stands.
fn fields_of(json: &str) -> serde_json::Result<Map<String, Value>> {
    serde_json::from_str(json).or_else(|error| serde_json::from_str(&mended(json)).map_err(|_| error))
}

/// What a file that begins with `{` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Lines,
    /// One object over several lines, or one that holds a list of articles.
    Whole,
}

/// Tells lines from one object by the first line: an object that ends there has company, unless it is a feed.
pub(crate) fn shape(head: &str) -> Shape {
    let first = head.trim_start().lines().next().unwrap_or_default();
    match serde_json::from_str::<Map<String, Value>>(first) {
        Ok(fields) if list_in(&fields).is_some() => Shape::Whole,
        Ok(_) => Shape::Lines,
        // Cut off by the end of the head, or broken: an object over several lines has little on its first.
        Err(error) if error.is_eof() && first.trim_end().ends_with(['{', '[', ',']) => Shape::Whole,
        Err(_) => Shape::Lines,
    }
}

/// Where objects keep their articles: JSON Feed, and common exports.
const LISTS: [&str; 6] = ["items", "articles", "entries", "results", "documents", "data"];

fn list_in(fields: &Map<String, Value>) -> Option<&Vec<Value>> {
    LISTS.iter().find_map(|key| fields.get(*key)?.as_array())
}

/// Reads one object: an article, or a feed of them.
pub(crate) fn read_whole(text: &str, out: &mut Output<'_, '_>) -> Result<(), Reason> {
    let fields = match fields_of(text) {
        Ok(fields) => fields,
        // Lines after all, whose first one is broken.
        Err(error) if text.lines().skip(1).any(|line| record(line.as_bytes()).is_ok()) => {
            let _ = error;
            return read_lines(&mut text.as_bytes(), out);
        }
        Err(error) => return Err(bad(error)),
    };
    match list_in(&fields) {
        Some(list) => emit_list(&fields, list, out),
        None => {
            let page: Page = (Ok(Record::from_fields(&fields)), Vec::new());
            out.page(page)
        }
    }
}

fn emit_list(feed: &Map<String, Value>, list: &[Value], out: &mut Output<'_, '_>) -> Result<(), Reason> {
    let is_feed = feed.get("version").and_then(Value::as_str).is_some_and(|version| version.contains("jsonfeed.org"));
    let feed = Record::from_fields(feed);
    for (place, item) in (1..).zip(list) {
        if place > MAX_ENTRIES as u64 {
            let _ = out.warn(None, Reason::TooManyEntries(MAX_ENTRIES));
            break;
        }
        let entry = item.as_object().map(Record::of_entry);
        let flow = match entry.map(|record| if is_feed { record.or_headline() } else { record }) {
            // An entry's id is its feed's own affair: `1` in one is not `1` in another.
            Some(record) if is_feed && !record.id.contains("://") => {
                let id = if record.url.is_empty() {
                    short_hash(&format!("{} {}", feed.title, record.id))
                } else {
                    String::new()
                };
                emit_record(Record { id, ..record }, place, &feed, out)
            }
            Some(record) => emit_record(record, place, &feed, out),
            None => emit_value(item, place, &feed, out),
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

fn emit_value(item: &Value, place: u64, feed: &Record, out: &mut Output<'_, '_>) -> ControlFlow<()> {
    match item.as_object() {
        Some(fields) => emit_record(Record::of_entry(fields), place, feed, out),
        None => out.warn(None, Reason::BadJson(format!("l'entrée {place} n'est pas un objet"))),
    }
}

fn emit_record(mut record: Record, place: u64, feed: &Record, out: &mut Output<'_, '_>) -> ControlFlow<()> {
    if record.source.is_empty() {
        record.source = feed.title.clone();
    }
    if record.lang.is_empty() {
        record.lang = feed.lang.clone();
    }
    // The id of a feed's entry is mostly its address, which is no name to type.
    if record.id.contains("://") {
        record.url = if record.url.is_empty() { record.id.clone() } else { record.url };
        record.id = String::new();
    }
    out.entry(place, None, record)
}

/// Reads an array of objects, one at a time.
pub(crate) fn read_array(input: &mut dyn BufRead, out: &mut Output<'_, '_>) -> Result<(), Reason> {
    let mut stopped = false;
    let elements = Elements { out, stopped: &mut stopped };
    match serde_json::Deserializer::from_reader(input).deserialize_seq(elements) {
        Err(error) if !stopped => Err(Reason::Damaged(what(&error).to_owned())),
        _ => Ok(()),
    }
}

struct Elements<'a, 'b, 'c> {
    out: &'a mut Output<'b, 'c>,
    stopped: &'a mut bool,
}

impl<'de> Visitor<'de> for Elements<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of articles")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        let nothing = Record::default();
        for place in 1.. {
            let Some(value) = sequence.next_element_seed(Element)? else { break };
            if emit_value(&value, place, &nothing, self.out).is_break() {
                *self.stopped = true;
                break;
            }
        }
        Ok(())
    }
}

struct Element;

impl<'de> DeserializeSeed<'de> for Element {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        serde::Deserialize::deserialize(deserializer)
    }
}

fn bad(error: serde_json::Error) -> Reason {
    // The parser's own line is always 1; ours is told beside the path.
    Reason::BadJson(format!("{}, colonne {}", what(&error), error.column()))
}

fn what(error: &serde_json::Error) -> &'static str {
    use serde_json::error::Category;
    match error.classify() {
        Category::Eof => "s'arrête avant la fin",
        Category::Data => "pas un objet avec ses champs",
        Category::Syntax | Category::Io => "faute de syntaxe",
    }
}

/// JSON as other programs write it and no parser reads: half a character of two halves (`\ud83d` alone), `NaN`,
/// line breaks and tabs inside strings.
fn mended(json: &str) -> String {
    let mut whole = String::with_capacity(json.len());
    let (mut rest, mut quoted) = (json, false);
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match c {
            '"' => {
                quoted = !quoted;
                whole.push(c);
            }
            '\\' if quoted => {
                taken = escape(rest, &mut whole);
            }
            c if quoted && c.is_control() => whole.push(' '),
            _ if !quoted && ["NaN", "-Infinity", "Infinity"].iter().any(|word| rest.starts_with(word)) => {
                taken = rest.find(|c: char| !c.is_alphabetic() && c != '-').unwrap_or(rest.len());
                whole.push_str("null");
            }
            _ => whole.push(c),
        }
        rest = &rest[taken..];
    }
    whole
}

/// Copies one escape, a lone half of a character as the sign of what is lost; returns its length.
fn escape(rest: &str, whole: &mut String) -> usize {
    let half = |at: usize| {
        rest.get(at..at + 6).filter(|u| u.starts_with("\\u")).and_then(|u| u16::from_str_radix(&u[2..], 16).ok())
    };
    let (first, second) = (half(0), half(6));
    let length = match (first, second) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
        (Some(0xd800..=0xdfff), _) => {
            whole.push_str("\\ufffd");
            return 6;
        }
        (Some(_), _) => 6,
        (None, _) => rest.chars().take(2).map(char::len_utf8).sum(),
    };
    whole.push_str(&rest[..length]);
    length
}

/// Reads every line of `input`.
pub(crate) fn read_lines(input: &mut dyn BufRead, out: &mut Output<'_, '_>) -> Result<(), Reason> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let flow = match next_line(input, &mut line).map_err(unreadable)? {
            Next::End => break,
            Next::TooLong => out.warn(Some(number), Reason::TooLarge(MAX_LINE_BYTES)),
            Next::Line if line.trim_ascii().is_empty() => ControlFlow::Continue(()),
            Next::Line => emit_line(&line, number, out),
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

fn emit_line(line: &[u8], number: u64, out: &mut Output<'_, '_>) -> ControlFlow<()> {
    match record(line.trim_ascii()) {
        Ok(record) => out.entry(number, Some(number), record),
        Err(reason) => out.warn(Some(number), reason),
    }
}

enum Next {
    End,
    Line,
    TooLong,
}

fn next_line(input: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<Next> {
    let read = (&mut *input).take(MAX_LINE_BYTES + 1).read_until(b'\n', line)? as u64;
    if read == 0 {
        Ok(Next::End)
    } else if read > MAX_LINE_BYTES && line.last() != Some(&b'\n') {
        input.skip_until(b'\n')?;
        Ok(Next::TooLong)
    } else {
        Ok(Next::Line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn case(json: &str, expected: &str) {
        let fields = fields_of(json).unwrap();
        assert_eq!(fields["text"], expected, "{json}");
    }

    #[test]
    fn what_other_programs_write_is_read() {
        case(r#"{"text": "un \ud83d deux", "score": NaN}"#, "un \u{fffd} deux");
        case(r#"{"text": "\ud83d\ude80 \ude80 \\ud83d \"", "a": [-Infinity, Infinity]}"#, "🚀 \u{fffd} \\ud83d \"");
        case("{\"text\": \"un\tdeux\u{1}\"}", "un deux ");
        case(r#"{"text": "NaN et Infinity", "x": NaN}"#, "NaN et Infinity");
        assert!(fields_of("{\"text\": \"coupé").is_err() && fields_of("[]").is_err());
    }

    proptest! {
        #[test]
        fn mending_changes_nothing_that_parses(text in any::<String>()) {
            let json = serde_json::json!({ "text": text }).to_string();
            prop_assert_eq!(mended(&json), json);
        }

        #[test]
        fn mending_never_panics(json in "(\\\\(u[0-9a-fd]{0,5})?|[\"{}:,a-zé🚀 \t]|NaN|-Infinity){0,40}") {
            let _ = mended(&json);
        }
    }
}
