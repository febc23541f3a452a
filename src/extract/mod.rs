//! Turns one source into articles: bytes come in, [`Article`]s and warnings go out, in the order of the file.
//!
//! The format is told by the content first and by the extension second. Each format has its own file, whose
//! reader is pure (text in, [`record::Record`]s out); this module opens, sniffs, decodes and finishes.
//!
//! ```no_run
//! use std::ops::ControlFlow;
//! use veille::{corpus::Source, extract::{self, Item}};
//!
//! let source = Source::file("articles.jsonl");
//! extract::read(&source, &mut |item| {
//!     if let Item::Article(article) = item {
//!         println!("{}", article.title);
//!     }
//!     ControlFlow::Continue(())
//! })?;
//! # Ok::<(), veille::corpus::Skipped>(())
//! ```
//!
//! It does not look for duplicates ([`crate::story`]) and never asks the file's clock.

mod archive;
pub mod csv;
pub mod date;
pub mod eml;
pub mod encoding;
pub mod feed;
mod format;
pub mod html;
pub mod json;
pub mod markdown;
pub mod plain;
pub mod record;
mod tar;
pub mod text;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;

use crate::article::Article;
use crate::corpus::{Reason, Skipped, Source};
use crate::error::io_text;
use format::Format;
use record::Record;

/// The largest file that is read whole (pages, texts, feeds). The longest press pages weigh 5 MB.
pub const MAX_WHOLE_FILE_BYTES: u64 = 64 << 20;

/// The most entries of a feed, or files of an archive, that are read: feeds have 10 to 500, yearly archives of a
/// newsroom some ten thousand files.
pub const MAX_ENTRIES: usize = 100_000;

/// How many archives may lie in one another (`pages.zip` in `2025.zip` makes two).
const MAX_ARCHIVE_DEPTH: usize = 2;

/// How many bytes of the head are looked at to tell the format.
const SNIFF_BYTES: usize = 1 << 16;

/// What a source gives, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Article(Article),
    /// Something odd; the reading goes on.
    Warning(Skipped),
}

/// The receiver of items; it may stop the reading.
pub type Emit<'a> = &'a mut dyn FnMut(Item) -> ControlFlow<()>;

/// Reads the articles of one source in order and hands each to `emit`, which may stop the reading.
///
/// Memory does not grow with the file for JSON Lines, JSON arrays and CSV, packed or not; other formats are read
/// whole, up to [`MAX_WHOLE_FILE_BYTES`].
///
/// # Errors
/// A source of which nothing could be read, with the reason.
pub fn read(source: &Source, emit: Emit<'_>) -> Result<(), Skipped> {
    let skip = |reason| Skipped { path: source.name.clone(), line: None, reason };
    let tally = match source.is_stdin() {
        true => read_stream(&mut io::stdin().lock(), &source.name, "stdin.jsonl", 0, emit),
        false => File::open(&source.path).map_err(unreadable).and_then(|file| read_file(file, &source.name, emit)),
    };
    match tally.map_err(skip)? {
        Tally { articles: 0, warnings: 0, stopped: false } => Err(skip(Reason::NoText)),
        _ => Ok(()),
    }
}

fn read_file(file: File, name: &str, emit: Emit<'_>) -> Result<Tally, Reason> {
    let size = file.metadata().map_err(unreadable)?.len();
    let mut input = BufReader::with_capacity(SNIFF_BYTES, file);
    if format::sniff(input.fill_buf().map_err(unreadable)?, name) == Format::Zip {
        return archive::read_zip(input, size, name, 0, emit);
    }
    read_stream(&mut input, name, name, 0, emit)
}

/// Reads one stream. `name` is shown, the ending of `inner_name` (that of a gzip's content) helps to tell the format.
fn read_stream(
    input: &mut dyn BufRead,
    name: &str,
    inner_name: &str,
    depth: usize,
    emit: Emit<'_>,
) -> Result<Tally, Reason> {
    let head = input.fill_buf().map_err(unreadable)?;
    let format = format::sniff(head, inner_name);
    if depth > MAX_ARCHIVE_DEPTH && matches!(format, Format::Gzip | Format::Zip | Format::Tar) {
        return Err(Reason::NestedTooDeep);
    }
    match format {
        Format::Gzip => return archive::read_gzip(input, name, depth, emit),
        Format::Zip => return archive::read_zip_stream(input, name, depth, emit),
        Format::Tar => return tar::read_tar(input, name, depth, emit),
        _ => {}
    }
    let mut out = Output { name, emit, tally: Tally::default() };
    match read_format(format, input, &mut out) {
        // What came before the damage is kept, and the damage told.
        Err(reason) if out.tally.articles > 0 => {
            let _ = out.warn(None, reason);
        }
        Err(reason) => return Err(reason),
        Ok(()) => {}
    }
    Ok(out.tally)
}

fn read_format(format: Format, input: &mut dyn BufRead, out: &mut Output<'_, '_>) -> Result<(), Reason> {
    match format {
        Format::JsonLines => json::read_lines(&mut utf8(input)?, out),
        Format::JsonArray => json::read_array(&mut utf8(input)?, out),
        Format::Csv(delimiter) => csv::read_rows(&mut utf8(input)?, delimiter, out),
        Format::Json => json::read_whole(&whole(input, out)?, out),
        Format::Feed => emit_feed(&whole(input, out)?, out),
        Format::Html => read_page(html::read, input, out),
        Format::Markdown => read_page(markdown::read, input, out),
        Format::Plain => read_page(plain::read, input, out),
        Format::Nothing => Err(Reason::Empty),
        Format::Unknown(what) => Err(Reason::UnknownFormat(what.into())),
        Format::Mail => emit_mails(input, out),
        Format::Gzip | Format::Zip | Format::Tar => Err(Reason::NestedTooDeep),
    }
}

fn read_page(read: fn(&str) -> Page, input: &mut dyn BufRead, out: &mut Output<'_, '_>) -> Result<(), Reason> {
    let text = whole(input, out)?;
    out.page(read(format::without_server_headers(&text)))
}

fn utf8<'a>(input: &'a mut dyn BufRead) -> Result<Box<dyn BufRead + 'a>, Reason> {
    encoding::utf8_stream(input).map_err(unreadable)
}

/// The reason of an error in reading: a guard's, a break in packed data, or the file system's.
fn unreadable(error: io::Error) -> Reason {
    if error.get_ref().is_some_and(|inner| inner.is::<archive::BombFound>()) {
        return Reason::Bomb;
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            Reason::Damaged(io_text(&error))
        }
        _ => Reason::Unreadable(io_text(&error)),
    }
}

/// Reads the rest of a file; of packed data that break off, what came before.
fn whole_bytes(input: &mut dyn BufRead, out: &mut Output<'_, '_>) -> Result<Vec<u8>, Reason> {
    let mut bytes = Vec::new();
    match input.take(MAX_WHOLE_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable) {
        Err(damaged @ Reason::Damaged(_)) if !bytes.is_empty() => drop(out.warn(None, damaged)),
        Err(reason) => return Err(reason),
        Ok(_) if bytes.len() as u64 > MAX_WHOLE_FILE_BYTES => return Err(Reason::TooLarge(MAX_WHOLE_FILE_BYTES)),
        Ok(_) => {}
    }
    Ok(bytes)
}

/// Reads the rest of a file and decodes it.
fn whole(input: &mut dyn BufRead, out: &mut Output<'_, '_>) -> Result<String, Reason> {
    let decoded = encoding::decode(&whole_bytes(input, out)?);
    if decoded.damaged {
        let _ = out.warn(None, Reason::BadBytes);
    }
    Ok(decoded.text)
}

fn emit_feed(feed: &str, out: &mut Output<'_, '_>) -> Result<(), Reason> {
    let records = feed::read(feed);
    if records.is_empty() {
        return Err(Reason::BadFeed("aucune entrée".into()));
    }
    for (place, record) in (1..).zip(records) {
        if place > MAX_ENTRIES as u64 {
            let _ = out.warn(None, Reason::TooManyEntries(MAX_ENTRIES));
            break;
        }
        if out.entry(place, None, record).is_break() {
            break;
        }
    }
    Ok(())
}

/// Emits a mail as the file's only article, or the mails of a mailbox as entries.
fn emit_mails(input: &mut dyn BufRead, out: &mut Output<'_, '_>) -> Result<(), Reason> {
    let mut mails = eml::read(&whole_bytes(input, out)?);
    if mails.len() == 1 {
        return out.page(mails.remove(0));
    }
    for (place, (mail, _)) in (1..).zip(mails) {
        let flow = match mail {
            _ if place > MAX_ENTRIES as u64 => out.warn(None, Reason::TooManyEntries(MAX_ENTRIES)),
            Ok(record) => out.entry(place, None, record),
            Err(reason) => out.warn(None, reason),
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// How an entry of an archive is named: `pages.zip!2025/accord.html`.
fn inside(archive: &str, entry: &str) -> String {
    format!("{archive}!{entry}")
}

/// What a reader of one page, text or mail gives: its record, and what was odd with its line.
pub type Page = (Result<Record, Reason>, Vec<Odd>);

/// Something odd, with its line where it has one.
pub type Odd = (Option<u64>, Reason);

/// What came of a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    articles: usize,
    warnings: usize,
    /// The receiver wants no more.
    stopped: bool,
}

impl Tally {
    /// Tells whether an archive's entry of this place is still to be read; one too many is told.
    fn has_room(&mut self, place: usize, name: &str, emit: Emit<'_>) -> bool {
        if place == MAX_ENTRIES {
            self.warn(name, Reason::TooManyEntries(MAX_ENTRIES), emit);
        }
        place < MAX_ENTRIES && !self.stopped
    }

    /// Adds what came of one entry of an archive. An entry that could not be read is told and the others go on, unless
    /// it was a bomb.
    fn add(&mut self, name: &str, read: Result<Tally, Reason>, emit: Emit<'_>) -> ControlFlow<()> {
        let bomb = read == Err(Reason::Bomb);
        match read {
            Ok(tally) => {
                self.articles += tally.articles;
                self.warnings += tally.warnings;
                self.stopped |= tally.stopped;
            }
            Err(reason) => self.warn(name, reason, emit),
        }
        if bomb { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn warn(&mut self, name: &str, reason: Reason, emit: Emit<'_>) {
        self.warnings += 1;
        self.stopped |= emit(Item::Warning(Skipped { path: name.to_owned(), line: None, reason })).is_break();
    }
}

/// Where readers put what they find: finishes records into articles and names the place of warnings.
pub(crate) struct Output<'a, 'e> {
    name: &'a str,
    emit: &'e mut dyn FnMut(Item) -> ControlFlow<()>,
    tally: Tally,
}

impl Output<'_, '_> {
    /// Emits the only article of a file, whose place is the file itself.
    pub(crate) fn page(&mut self, (record, warnings): Page) -> Result<(), Reason> {
        let article = record.and_then(|record| record.finish(self.name, None));
        for (line, reason) in warnings {
            if self.warn(line, reason).is_break() {
                return Ok(());
            }
        }
        let (article, odd) = article?;
        let _ = self.both(None, article, odd);
        Ok(())
    }

    /// Emits one article of many; `place` is its line, or its number, in the file.
    pub(crate) fn entry(&mut self, place: u64, line: Option<u64>, record: Record) -> ControlFlow<()> {
        match record.finish(self.name, Some(place)) {
            Ok((article, odd)) => self.both(line, article, odd),
            Err(reason) => self.warn(line, reason),
        }
    }

    fn both(&mut self, line: Option<u64>, article: Article, odd: Option<Reason>) -> ControlFlow<()> {
        if let Some(reason) = odd {
            self.warn(line, reason)?;
        }
        self.tally.articles += 1;
        self.hand(Item::Article(article))
    }

    pub(crate) fn warn(&mut self, line: Option<u64>, reason: Reason) -> ControlFlow<()> {
        self.tally.warnings += 1;
        self.hand(Item::Warning(Skipped { path: self.name.to_owned(), line, reason }))
    }

    fn hand(&mut self, item: Item) -> ControlFlow<()> {
        let flow = (self.emit)(item);
        self.tally.stopped |= flow.is_break();
        flow
    }
}

#[cfg(test)]
mod tests;
