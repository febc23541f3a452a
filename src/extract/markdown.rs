//! Reads Markdown, with YAML (`---`) or TOML (`+++`) front matter.
//!
//! Text comes in, a [`Record`] and warnings go out. Marks are removed (headings, emphasis, links, images, code,
//! comments), paragraphs are set on one line each, headings are known by their span.
//!
//! ```
//! let (record, warnings) = veille::extract::markdown::read("---\ntitre: Un accord\n---\nMeta **signe** avec [Google](x).\n");
//! assert_eq!(record.unwrap().title, "Un accord");
//! assert!(warnings.is_empty());
//! ```
//!
//! Front matter that does not parse is read line by line (`titre: OpenAI : le modèle` is no YAML), and told.

use serde_json::{Map, Value};

use super::html;
use super::record::{Record, RecordText};
use super::text::{Block, Body, clean};
use super::{Odd, Page};
use crate::corpus::Reason;

/// Reads a Markdown file.
pub fn read(raw: &str) -> Page {
    let text = clean(raw);
    let (fields, body, warning) = match split(&text).or_else(|| unopened(&text)) {
        Some(front) => {
            let (fields, warning) = front.fields();
            (fields, front.rest, warning)
        }
        None => {
            let (fields, rest) = json_front(&text).unwrap_or((Map::new(), &text));
            (fields, rest, None)
        }
    };
    let mut record = Record::from_fields(&fields);
    let (first_heading, mut body) = blocks(body, &record.title);
    if !body.text.contains(char::is_alphanumeric) {
        body = prose(&fields);
    }
    record.title = if record.title.is_empty() { first_heading } else { record.title };
    record.text = RecordText::Marked(body);
    (Ok(record), warning.into_iter().collect())
}

/// So many words are said, not named, if they end as a sentence does: a summary, an answer, as opposed to a title,
/// a function or the address of a picture.
const MIN_PROSE_WORDS: usize = 8;

/// So many are said anyway.
const LONG_PROSE_WORDS: usize = 20;

fn is_prose(text: &str) -> bool {
    let words = text.split_whitespace().count();
    words >= LONG_PROSE_WORDS || (words >= MIN_PROSE_WORDS && text.trim_end().ends_with(['.', '!', '?', '…', '»']))
}

/// What front matter says where nothing follows it: pages that are all fields (`lead: …`, `questions: …`).
fn prose(fields: &Map<String, Value>) -> Body {
    let mut texts = Vec::new();
    let said = fields.iter().filter(|(key, _)| !matches!(key.to_lowercase().as_str(), "title" | "titre"));
    said.for_each(|(_, value)| add_prose(value, &mut texts));
    blocks(&texts.join("\n\n"), "").1
}

fn add_prose<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if is_prose(text) => texts.push(text),
        Value::Array(values) => values.iter().for_each(|value| add_prose(value, texts)),
        Value::Object(fields) => fields.values().for_each(|value| add_prose(value, texts)),
        _ => {}
    }
}

/// Tells whether a file begins with front matter.
pub(crate) fn has_front_matter(head: &[u8]) -> bool {
    split(&String::from_utf8_lossy(head)).is_some()
}

struct Front<'a> {
    mark: &'a str,
    text: &'a str,
    rest: &'a str,
    /// What is wrong with its marks.
    odd: Option<&'static str>,
}

fn split(text: &str) -> Option<Front<'_>> {
    let (first, after) = head(text).split_once('\n')?;
    let mark = first.trim_end();
    let is_mark = mark == "+++" || (mark.len() >= 3 && mark.chars().all(|c| c == '-'));
    let first_line = after.lines().find(|line| !line.trim().is_empty()).filter(|_| is_mark)?;
    let usual = is_field(first_line, mark);
    if !usual && !is_field_with(first_line, other_separator(mark)) {
        return None;
    }
    let ends = |line: &str| line.trim_end() == mark || (mark != "+++" && line.trim_end() == "...");
    let front = cut(mark, after, ends).unwrap_or_else(|| open_ended(mark, after));
    // A longer line is a rule unless nothing but fields stands under it; so is one with the other mark's fields.
    let sure = mark.len() == 3 && usual;
    (sure || (front.odd.is_none() && front.has_fields_only())).then_some(front)
}

/// What follows the comments at the beginning.
fn head(text: &str) -> &str {
    let text = text.trim_start_matches(['\u{feff}', '\n', '\r', ' ']);
    match text.strip_prefix("<!--").and_then(|comment| comment.split_once("-->")) {
        Some((_, after)) => head(after),
        None => text,
    }
}

/// Fields that are closed and were never opened, where the first is one that everybody writes.
fn unopened(text: &str) -> Option<Front<'_>> {
    const FIRST: [&str; 6] = ["title", "titre", "date", "layout", "author", "auteur"];
    let text = head(text);
    let (key, _) = text.split_once(':')?;
    let closes = |line: &str| line.trim_end() == "---";
    let front = FIRST.contains(&key.to_lowercase().as_str()).then(|| cut("---", text, closes))??;
    front.has_fields_only().then_some(Front { odd: Some("jamais ouvert"), ..front })
}

/// Fields as a JSON object, which Hugo knows, and what follows it.
fn json_front(text: &str) -> Option<(Map<String, Value>, &str)> {
    let text = head(text);
    let mut objects = serde_json::Deserializer::from_str(text.starts_with('{').then_some(text)?).into_iter();
    let fields = objects.next()?.ok()?;
    Some((fields, &text[objects.byte_offset()..]))
}

fn cut<'a>(mark: &'a str, after: &'a str, ends: impl Fn(&str) -> bool) -> Option<Front<'a>> {
    let mut at = 0;
    for line in after.split_inclusive('\n') {
        if ends(line) {
            return Some(Front { mark, text: &after[..at], rest: &after[at + line.len()..], odd: None });
        }
        at += line.len();
    }
    None
}

/// Front matter that nobody closed goes as far as its lines look like fields.
fn open_ended<'a>(mark: &'a str, after: &'a str) -> Front<'a> {
    let fields = after.split_inclusive('\n').take_while(|line| is_field(line, mark) || is_item(line));
    let at = fields.map(str::len).sum();
    Front { mark, text: &after[..at], rest: &after[at..], odd: Some("jamais fermé") }
}

/// What parts the names of fields from their values under each mark.
fn separator(mark: &str) -> char {
    if mark == "+++" { '=' } else { ':' }
}

/// What parts them where the author took the one mark for the other.
fn other_separator(mark: &str) -> char {
    if mark == "+++" { ':' } else { '=' }
}

/// `titre: …`, `date = …`, `# a comment`.
fn is_field(line: &str, mark: &str) -> bool {
    line.starts_with('#') || line.starts_with('[') || is_field_with(line, separator(mark))
}

fn is_field_with(line: &str, separator: char) -> bool {
    let key = line.trim_end().split_once(separator).map(|(key, _)| key.trim_matches(['"', '\'', ' ']));
    let names = |key: &str| {
        !key.is_empty()
            && key.len() <= 40
            && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.'))
    };
    key.is_some_and(names)
}

fn is_item(line: &str) -> bool {
    line.trim_start().starts_with("- ")
}

impl Front<'_> {
    fn has_fields_only(&self) -> bool {
        let other = |line: &str| is_field_with(line, other_separator(self.mark));
        self.text.lines().all(|line| is_field(line, self.mark) || other(line) || is_item(line))
    }

    fn fields(&self) -> (Map<String, Value>, Option<Odd>) {
        match self.parse() {
            Ok(fields) => (fields, self.odd.map(|odd| (Some(1), Reason::BadFrontMatter(odd.into())))),
            Err((line, what)) => (self.salvage(), Some((line, Reason::BadFrontMatter(what)))),
        }
    }

    fn parse(&self) -> Result<Map<String, Value>, (Option<u64>, String)> {
        // The one is sometimes written under the mark of the other.
        if self.mark == "+++" {
            parse_toml(self.text).or_else(|error| parse_yaml(self.text).map_err(|_| error))
        } else {
            parse_yaml(self.text).or_else(|error| parse_toml(self.text).map_err(|_| error))
        }
    }

    /// What single lines say, where the whole does not parse.
    fn salvage(&self) -> Map<String, Value> {
        let field = |line: &str| {
            let separators = [separator(self.mark), other_separator(self.mark)];
            let separator = separators.into_iter().find(|separator| is_field_with(line, *separator))?;
            let (key, value) = line.split_once(separator)?;
            let value = bare(value);
            (!value.is_empty()).then(|| (key.trim().to_owned(), Value::String(value)))
        };
        self.text.lines().filter_map(field).collect()
    }
}

/// A value without its quotes or brackets; `L''accord` in single quotes has one apostrophe.
fn bare(value: &str) -> String {
    let value = value.trim().trim_matches(['[', ']']).trim();
    let inside = |quote: char| value.strip_prefix(quote).map(|value| value.strip_suffix(quote).unwrap_or(value));
    match (inside('\''), inside('"')) {
        (Some(value), _) => value.replace("''", "'"),
        (None, quoted) => quoted.unwrap_or(value).to_owned(),
    }
}

fn parse_yaml(text: &str) -> Result<Map<String, Value>, (Option<u64>, String)> {
    let complain = |error: serde_norway::Error| {
        // The mark is line 1 of the file.
        let line = error.location().map(|at| at.line() as u64 + 1);
        (line, without_place(&error.to_string()))
    };
    match serde_norway::from_str::<serde_norway::Value>(text).map_err(complain)? {
        serde_norway::Value::Mapping(fields) => {
            Ok(fields.into_iter().filter_map(|(key, value)| Some((yaml_key(&key)?, yaml_value(value)))).collect())
        }
        serde_norway::Value::Null => Ok(Map::new()),
        _ => Err((Some(1), "pas une liste de champs".into())),
    }
}

/// The parser's complaint without its own line number, which is not the file's.
fn without_place(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

fn yaml_key(key: &serde_norway::Value) -> Option<String> {
    key.as_str().map(str::to_owned)
}

fn yaml_value(value: serde_norway::Value) -> Value {
    use serde_norway::Value as Yaml;
    match value {
        Yaml::String(text) => Value::String(text),
        Yaml::Number(number) => Value::String(number.to_string()),
        Yaml::Bool(truth) => Value::Bool(truth),
        Yaml::Sequence(values) => Value::Array(values.into_iter().map(yaml_value).collect()),
        Yaml::Mapping(fields) => Value::Object(
            fields.into_iter().filter_map(|(key, value)| Some((yaml_key(&key)?, yaml_value(value)))).collect(),
        ),
        Yaml::Tagged(tagged) => yaml_value(tagged.value),
        Yaml::Null => Value::Null,
    }
}

fn parse_toml(text: &str) -> Result<Map<String, Value>, (Option<u64>, String)> {
    let complain = |error: toml::de::Error| {
        let before = error.span().map(|span| text.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
        (before.map(|lines| lines as u64 + 2), error.message().to_owned())
    };
    let table: toml::Table = toml::from_str(text).map_err(complain)?;
    Ok(table.into_iter().map(|(key, value)| (key, toml_value(value))).collect())
}

fn toml_value(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Array(values) => Value::Array(values.into_iter().map(toml_value).collect()),
        toml::Value::Table(fields) => Value::Object(fields.into_iter().map(|(k, v)| (k, toml_value(v))).collect()),
        toml::Value::Datetime(moment) => Value::String(moment.to_string()),
        toml::Value::Integer(number) => Value::String(number.to_string()),
        toml::Value::Float(number) => Value::String(number.to_string()),
        toml::Value::Boolean(truth) => Value::Bool(truth),
    }
}

/// Returns the first heading of level one where `title` is empty, and the text without the title.
fn blocks(text: &str, title: &str) -> (String, Body) {
    let mut parser = Parser { body: Body::default(), title: title.to_owned(), paragraph: String::new(), item: false };
    let stripped = without_comments(text);
    let mut lines = stripped.lines().peekable();
    let mut fence: Option<&str> = None;
    while let Some(line) = lines.next() {
        let bare = line.trim_start_matches([' ', '>']);
        match fence {
            Some(mark) if bare.trim_end() == mark => fence = None,
            Some(_) => parser.block(Block::Item, line),
            None => match fence_mark(bare) {
                Some(mark) => {
                    parser.flush();
                    fence = Some(mark);
                }
                None => parser.line(line, lines.peek().copied()),
            },
        }
    }
    parser.flush();
    let first = if title.is_empty() { parser.title } else { String::new() };
    (first, parser.body)
}

fn fence_mark(line: &str) -> Option<&str> {
    ["```", "~~~"].into_iter().find(|mark| line.starts_with(mark)).map(|mark| {
        let length = line.chars().take_while(|c| mark.starts_with(*c)).count();
        &line[..length]
    })
}

fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    kept + rest
}

struct Parser {
    body: Body,
    title: String,
    paragraph: String,
    item: bool,
}

impl Parser {
    fn line(&mut self, line: &str, next: Option<&str>) {
        let bare = line.trim_start_matches([' ', '>']).trim_end();
        if bare.is_empty() || is_rule(bare) || is_definition(bare) || bare.starts_with(BOX_MARK) {
            self.flush();
        } else if let Some((level, heading)) = atx_heading(bare) {
            self.flush();
            self.heading(level, heading);
        } else if let Some(item) = list_item(bare) {
            self.flush();
            self.item = true;
            self.paragraph.push_str(item);
        } else if bare.starts_with('|') {
            self.flush();
            self.block(Block::Item, &row(bare));
        } else {
            self.join(bare);
            self.underlined(next);
        }
    }

    fn join(&mut self, line: &str) {
        if !self.paragraph.is_empty() {
            self.paragraph.push(' ');
        }
        self.paragraph.push_str(line.trim_end_matches('\\'));
    }

    /// A paragraph with `===` or `---` under it is a heading; the rule itself then parts what follows.
    fn underlined(&mut self, next: Option<&str>) {
        let next = next.map(str::trim).unwrap_or_default();
        let made_of = |c: char| next.len() >= 2 && next.chars().all(|other| other == c);
        if !self.item && (made_of('=') || made_of('-')) {
            let heading = std::mem::take(&mut self.paragraph);
            self.heading(if made_of('=') { 1 } else { 2 }, &heading);
        }
    }

    fn heading(&mut self, level: usize, raw: &str) {
        let heading = inline(raw);
        let first = self.body.text.is_empty();
        if first && level == 1 && self.title.is_empty() {
            self.title = heading;
        } else if !(first && heading.trim() == self.title.trim()) {
            self.body.push(Block::Heading, &heading);
        }
    }

    fn flush(&mut self) {
        let raw = std::mem::take(&mut self.paragraph);
        let block = if self.item { Block::Item } else { Block::Paragraph };
        self.item = false;
        self.block(block, &raw);
    }

    fn block(&mut self, block: Block, raw: &str) {
        self.body.push(block, &inline(raw));
    }
}

/// `::: note` opens a box, `:::` closes it.
const BOX_MARK: &str = ":::";

fn is_rule(line: &str) -> bool {
    let marks: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    ['-', '*', '_', '='].iter().any(|mark| marks.len() >= 2 && marks.chars().all(|c| c == *mark))
        || (line.starts_with('|') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ')))
}

/// `[google]: https://…`
fn is_definition(line: &str) -> bool {
    line.starts_with('[')
        && !line.starts_with("[^")
        && line.split_once("]:").is_some_and(|(name, _)| !name.contains(']'))
}

fn atx_heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|b| *b == b'#').count();
    let rest = &line[level..];
    ((1..=6).contains(&level) && rest.starts_with(' ')).then(|| (level, rest.trim().trim_end_matches('#').trim_end()))
}

fn list_item(line: &str) -> Option<&str> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = match digits {
        0 => line.strip_prefix(['-', '*', '+'])?,
        1..=3 => line[digits..].strip_prefix(['.', ')'])?,
        _ => return None,
    };
    let item = rest.strip_prefix(' ')?.trim_start();
    Some(["[ ] ", "[x] ", "[X] "].iter().find_map(|mark| item.strip_prefix(mark)).unwrap_or(item))
}

fn row(line: &str) -> String {
    line.trim_matches('|').split('|').map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" | ")
}

/// Removes the marks inside a line: links and images, emphasis, code, tags, footnote calls, escapes.
fn inline(raw: &str) -> String {
    let mut plain = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        if let Some((text, used)) = entity(rest) {
            plain.push_str(&text);
            rest = &rest[used..];
            continue;
        }
        let (text, used) = mark_at(rest, plain.chars().next_back()).unwrap_or((&rest[..c.len_utf8()], c.len_utf8()));
        // What a link shows may itself be emphasised.
        if used > c.len_utf8() && rest.starts_with('[') {
            plain.push_str(&inline(text))
        } else {
            plain.push_str(text)
        }
        rest = &rest[used..];
    }
    plain
}

/// The text that the mark at the head of `rest` stands for, and how many bytes it takes.
fn mark_at(rest: &str, before: Option<char>) -> Option<(&str, usize)> {
    match rest.as_bytes()[0] {
        b'\\' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_punctuation) => Some((&rest[1..2], 2)),
        b'!' if rest.starts_with("![") => link(&rest[1..]).map(|(_, used)| ("", used + 1)),
        b'[' if rest.starts_with("[^") => {
            let end = rest.find(']').filter(|end| *end < 20)? + 1;
            // A note's text has its number and a colon before it.
            let colon = before.is_none() && rest[end..].starts_with(':');
            Some(("", end + usize::from(colon)))
        }
        b'[' => link(rest),
        b'`' => code(rest),
        b'<' => tag(rest),
        b'{' => template(rest),
        b'*' => emphasis(rest, before, '*'),
        b'_' => emphasis(rest, before, '_'),
        b'~' if rest.starts_with("~~") => Some(("", 2)),
        _ => None,
    }
}

/// How far the closing bracket of a link may be; longer texts are not links, and the search stays linear.
const MAX_LINK_BYTES: usize = 2_000;

fn link(rest: &str) -> Option<(&str, usize)> {
    let text = bracketed(rest, b'[', b']')?;
    let after = &rest[text..];
    let target = match after.as_bytes().first() {
        Some(b'(') => bracketed(after, b'(', b')')?,
        Some(b'[') => bracketed(after, b'[', b']')?,
        _ => return None,
    };
    Some((&rest[1..text - 1], text + target))
}

/// The length of the bracket that opens `rest`, its nested brackets included.
fn bracketed(rest: &str, open: u8, close: u8) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in rest.bytes().enumerate().take(MAX_LINK_BYTES) {
        depth += i32::from(byte == open) - i32::from(byte == close);
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

fn code(rest: &str) -> Option<(&str, usize)> {
    let ticks = rest.bytes().take_while(|b| *b == b'`').count();
    let end = rest[ticks..].find(&rest[..ticks])?;
    Some((rest[ticks..ticks + end].trim(), ticks * 2 + end))
}

/// An HTML tag is dropped, an address in angle brackets is shown; `a < b` stays.
fn tag(rest: &str) -> Option<(&str, usize)> {
    let end = rest.find('>').filter(|end| *end < MAX_LINK_BYTES)?;
    let inside = &rest[1..end];
    if inside.starts_with("http") || inside.contains('@') && !inside.contains(' ') {
        return Some((inside, end + 1));
    }
    let named = inside.trim_start_matches('/').starts_with(|c: char| c.is_ascii_alphabetic());
    named.then_some((if inside.starts_with("br") { " " } else { "" }, end + 1))
}

/// The longest name of a character that people write: `&thetasym;`.
const MAX_ENTITY_BYTES: usize = 10;

/// `&rsquo;`, `&#8217;`: what stands for a character.
fn entity(rest: &str) -> Option<(String, usize)> {
    let name = rest.strip_prefix('&')?;
    let end = name.bytes().take(MAX_ENTITY_BYTES).position(|byte| byte == b';')?;
    let named = end > 0 && name[..end].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#');
    let (written, used) = (&rest[..end + 2], end + 2);
    let text = named.then(|| html::unescape(written)).filter(|text| text != written)?;
    Some((text, used))
}

/// What templates leave in a text: `{{ page.title }}`, `{% include x %}`, and the attributes `{: .left }`.
fn template(rest: &str) -> Option<(&str, usize)> {
    let close = [("{{", "}}"), ("{%", "%}"), ("{:", "}")].iter().find(|(open, _)| rest.starts_with(open))?.1;
    let end = rest.find(close).filter(|end| *end < MAX_LINK_BYTES)?;
    Some(("", end + close.len()))
}

/// Stars beside a word are marks; `2 * 3` and `nom_de_fichier` are not.
fn emphasis(rest: &str, before: Option<char>, mark: char) -> Option<(&str, usize)> {
    let length = rest.chars().take_while(|c| *c == mark).count();
    let after = rest[length..].chars().next();
    let space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let stands_alone = space(before) && space(after);
    let inside_word = mark == '_' && word(before) && word(after);
    (!stands_alone && !inside_word && length <= 3).then_some(("", length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(raw: &str) -> (Record, Vec<Odd>) {
        let (record, warnings) = read(raw);
        (record.unwrap(), warnings)
    }

    fn body(raw: &str) -> Body {
        match parse(raw).0.text {
            RecordText::Marked(body) => body,
            RecordText::Plain(_) => unreachable!(),
        }
    }

    #[track_caller]
    fn case(raw: &str, expected: &str) {
        assert_eq!(body(raw).text, expected);
    }

    #[test]
    fn yaml_front_matter() {
        let (record, warnings) = parse(
            "---\ntitle: \"L'accord : la suite\"\ndate: 2025-08-22\nsource: Les Échos\nauthors: [A. B., C. D.]\n\
             tags:\n  - cloud\n  - IA\nid: 007\n---\n\nLe texte.\n",
        );
        assert!(warnings.is_empty());
        assert_eq!(record.title, "L'accord : la suite");
        assert_eq!((record.date.as_str(), record.author.as_str()), ("2025-08-22", "A. B., C. D."));
        assert_eq!(record.tags, ["cloud", "IA"]);
    }

    #[test]
    fn toml_front_matter() {
        let (record, warnings) =
            parse("+++\ntitre = \"Un accord\"\ndate = 2025-08-22\ntags = [\"cloud\"]\n+++\nLe texte.");
        assert!(warnings.is_empty());
        assert_eq!((record.title.as_str(), record.date.as_str()), ("Un accord", "2025-08-22"));
        assert_eq!(record.tags, ["cloud"]);
    }

    #[test]
    fn broken_yaml_keeps_the_text_and_the_lines_that_can_be_read() {
        let (record, warnings) =
            parse("---\ndate: 2025-08-22\ntitre: OpenAI : le nouveau modèle\ntags: [a, b\n---\nLe texte.\n");
        assert!(matches!(&warnings[..], [(Some(line), Reason::BadFrontMatter(_))] if *line >= 2));
        assert_eq!((record.title.as_str(), record.date.as_str()), ("OpenAI : le nouveau modèle", "2025-08-22"));
        assert_eq!(record.text, RecordText::Marked(body("Le texte.")));
    }

    #[test]
    fn broken_toml_is_told_with_its_line() {
        let (record, warnings) = parse("+++\ndate = \"2025-08-22\"\ntitre = Un accord\n+++\nLe texte.\n");
        assert!(matches!(&warnings[..], [(Some(3), Reason::BadFrontMatter(_))]));
        assert_eq!(record.title, "Un accord");
    }

    #[test]
    fn front_matter_that_nobody_closed_ends_with_its_fields() {
        let (record, warnings) = parse("---\ntitre: Un accord\ndate: 2025-08-22\n\nLe texte : il suit.\n\nLa fin.\n");
        assert!(matches!(&warnings[..], [(Some(1), Reason::BadFrontMatter(_))]));
        assert_eq!(record.title, "Un accord");
        assert_eq!(record.text, RecordText::Marked(body("Le texte : il suit.\n\nLa fin.")));
    }

    #[test]
    fn front_matter_is_known_under_odd_marks() {
        for (raw, odd) in [
            ("-----\ntitle: Un accord\n-----\nLe texte.", false),
            ("<!-- brouillon -->\n---\ntitle: Un accord\n---\nLe texte.", false),
            ("title: Un accord\ntags:\n- IA\n---\nLe texte.", true),
            ("{\n\"title\": \"Un accord\"\n}\n\nLe texte.", false),
        ] {
            let (record, warnings) = parse(raw);
            assert_eq!((record.title.as_str(), !warnings.is_empty()), ("Un accord", odd), "{raw}");
            assert_eq!(record.text, RecordText::Marked(body("Le texte.")), "{raw}");
        }
        case(
            "-----\nNote : ceci.\nUne phrase qui suit.\n\n-----\n\nLa suite.",
            "Note : ceci. Une phrase qui suit.\n\nLa suite.",
        );
        case("Date : le texte commence ainsi.\n\n---\n\nLa suite.", "Date : le texte commence ainsi.\n\nLa suite.");
        case("{% include x %}\n\nLe texte.", "Le texte.");
    }

    #[test]
    fn fields_under_the_other_mark_are_read() {
        for raw in [
            "---\ntitre = \"Un accord\"\ndate = 2025-08-22\n---\nLe texte.",
            "---\ntitre = \"Un accord\"\ndate: 2025-08-22\n---\nLe texte.",
            "+++\ntitre: Un accord\ndate: 2025-08-22\n+++\nLe texte.",
        ] {
            let record = parse(raw).0;
            assert_eq!((record.title.as_str(), record.date.as_str()), ("Un accord", "2025-08-22"), "{raw}");
            assert_eq!(record.text, RecordText::Marked(body("Le texte.")), "{raw}");
        }
        case("---\nx = 3 est une équation.\n\nUne suite.\n", "x = 3 est une équation.\n\nUne suite.");
        let title = |line: &str| parse(&format!("---\n{line}\nx: [\n---\nLe texte.")).0.title;
        assert_eq!(title("title: 'L''accord'"), "L'accord");
        assert_eq!(title("title: L'accord de 'Nimbara'"), "L'accord de 'Nimbara'");
    }

    #[test]
    fn a_rule_at_the_head_is_no_front_matter() {
        case(
            "---\n\nUn texte sans champ, qui parle.\n\n---\n\nLa suite.",
            "Un texte sans champ, qui parle.\n\nLa suite.",
        );
    }

    #[test]
    fn the_first_heading_is_the_title_where_none_is_given() {
        assert_eq!(parse("# Un accord\n\nLe texte.").0.title, "Un accord");
        case("# Un accord\n\nLe texte.", "Le texte.");
        case("---\ntitle: Un accord\n---\n# Un accord\n\nLe texte.", "Le texte.");
        case("---\ntitle: Un accord\n---\n# Les faits\n\nLe texte.", "Les faits\n\nLe texte.");
        assert_eq!(parse("Un accord\n=========\n\nLe texte.").0.title, "Un accord");
    }

    #[test]
    fn headings_keep_their_span() {
        let body = body("Début.\n\n## Les *faits* ##\nSuite.\n\nAutre titre\n---\nFin.");
        let headings: Vec<&str> = body.headings.iter().map(|span| &body.text[span.clone()]).collect();
        assert_eq!(headings, ["Les faits", "Autre titre"]);
    }

    #[test]
    fn marks_are_removed() {
        case("Meta **signe** avec _Google_ et *Apple*.", "Meta signe avec Google et Apple.");
        case("Voir [l'accord](https://a.fr/b_(c)) et [**là**][1].\n\n[1]: https://a.fr", "Voir l'accord et là.");
        case("![Une photo](a.jpg) Du texte[^1] `code_ici`.", "Du texte code_ici.");
        case("2 * 3 et nom_de_fichier \\*pas\\*", "2 * 3 et nom_de_fichier *pas*");
        case("a < b <br> c <span class=\"x\">d</span>&nbsp;%", "a < b c d\u{a0}%");
        case("Du texte.<!-- un\n\ncommentaire -->\n\nFin.", "Du texte.\n\nFin.");
        case("Un [crochet] seul et AT&T.", "Un [crochet] seul et AT&T.");
        case("L&rsquo;&eacute;t&eacute; &amp;eacute; a &b; c &#8211; d&;", "L’été &eacute; a &b; c – d&;");
    }

    #[test]
    fn what_templates_leave_is_removed() {
        case("![Logo](a.png){: .left }\nUn accord de {{ page.years }} six ans.", "Un accord de six ans.");
        case("{% include a.html %}\n{{< video 1 >}}\n\nLe texte.", "Le texte.");
        case("::: note\nÀ savoir.\n:::\n\nLe texte.", "À savoir.\n\nLe texte.");
        case("Du texte[^1].\n\n[^1]: Une note.", "Du texte.\n\nUne note.");
        case("Un {accolade} et {: sans fin.", "Un {accolade} et {: sans fin.");
    }

    #[test]
    fn a_page_that_is_all_fields_says_what_they_say() {
        case(
            "---\ntitle: Une page dont le titre est long de bien plus de huit mots\nquestions:\n- question: Pourquoi ?\n  \
             answer: Parce que la coopérative a signé un contrat de **six ans**.\nimage: a.png\n---\n",
            "Parce que la coopérative a signé un contrat de six ans.",
        );
        case("---\ntitle: Un\nrole: Directrice des services de la coopérative et de ses filiales\n---\n", "");
    }

    #[test]
    fn blocks_are_set_on_one_line_each() {
        case("Une ligne\nqui continue.\n\nDeux.", "Une ligne qui continue.\n\nDeux.");
        case("- un\n- deux\n  suite\n1. trois", "un\ndeux suite\ntrois");
        case("> Une citation\n> qui suit.", "Une citation qui suit.");
        case("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2");
        case("Avant.\n\n```rust\nlet a = 1;\n```\n\nAprès.", "Avant.\n\nlet a = 1;\n\nAprès.");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(raw in "(---\n|[#*_`\\[\\]()<>!|\\\\ a-zé:\n=+-]){0,80}") {
            let body = body(&raw);
            for span in &body.headings {
                prop_assert!(body.text.split('\n').any(|line| line == &body.text[span.clone()]));
            }
        }
    }
}
