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

pub mod date;
pub mod json;
pub mod markdown;
pub mod plain;
pub mod record;
pub mod text;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;

use crate::article::Article;
use crate::corpus::{Reason, Skipped, Source};
use record::Record;

/// The largest file that is read whole (pages, texts, feeds). The longest press pages weigh 5 MB.
pub const MAX_WHOLE_FILE_BYTES: u64 = 64 << 20;

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
/// Memory does not grow with the file for JSON Lines, JSON arrays and CSV; other formats are read whole, up to
/// [`MAX_WHOLE_FILE_BYTES`].
///
/// # Errors
/// A source of which nothing could be read, with the reason.
pub fn read(source: &Source, emit: Emit<'_>) -> Result<(), Skipped> {
    let opened: io::Result<Box<dyn Read>> = match source.is_stdin() {
        true => Ok(Box::new(io::stdin())),
        false => File::open(&source.path).map(|file| Box::new(file) as Box<dyn Read>),
    };
    let skip = |reason| Skipped { path: source.name.clone(), line: None, reason };
    let file = opened.map_err(|error| skip(Reason::Unreadable(error.to_string())))?;
    read_stream(&mut BufReader::with_capacity(SNIFF_BYTES, file), &source.name, emit).map_err(skip)
}

/// Reads one stream under the name `name`, whose ending helps to tell the format.
pub(crate) fn read_stream(input: &mut dyn BufRead, name: &str, emit: Emit<'_>) -> Result<(), Reason> {
    let head = input.fill_buf().map_err(unreadable)?;
    if head.is_empty() {
        return Err(Reason::Empty);
    }
    let mut out = Output { name, emit, count: 0 };
    match sniff(head, name) {
        Format::JsonLines => json::read_lines(input, &mut out),
        Format::Markdown => {
            let text = whole(input)?;
            out.page(markdown::read(&text))
        }
        Format::Plain => {
            let text = whole(input)?;
            out.page(plain::read(&text))
        }
    }
}

fn unreadable(error: io::Error) -> Reason {
    Reason::Unreadable(error.to_string())
}

fn whole(input: &mut dyn BufRead) -> Result<String, Reason> {
    let mut bytes = Vec::new();
    input.take(MAX_WHOLE_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_WHOLE_FILE_BYTES {
        return Err(Reason::TooLarge(MAX_WHOLE_FILE_BYTES));
    }
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

enum Format {
    JsonLines,
    Markdown,
    Plain,
}

fn sniff(head: &[u8], name: &str) -> Format {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    if head.trim_ascii_start().starts_with(b"{") {
        Format::JsonLines
    } else if matches!(ending.as_str(), "md" | "markdown" | "mdown") || markdown::has_front_matter(head) {
        Format::Markdown
    } else {
        Format::Plain
    }
}

/// What a reader of one page, text or mail gives: its record, and what was odd with its line.
pub(crate) type Page = (Result<Record, Reason>, Vec<(Option<u64>, Reason)>);

/// Where readers put what they find: finishes records into articles and names the place of warnings.
pub(crate) struct Output<'a, 'e> {
    name: &'a str,
    emit: &'e mut dyn FnMut(Item) -> ControlFlow<()>,
    count: usize,
}

impl Output<'_, '_> {
    /// Emits the only article of a file, whose place is the file itself.
    fn page(&mut self, (record, warnings): Page) -> Result<(), Reason> {
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
        self.count += 1;
        (self.emit)(Item::Article(article))
    }

    pub(crate) fn warn(&mut self, line: Option<u64>, reason: Reason) -> ControlFlow<()> {
        (self.emit)(Item::Warning(Skipped { path: self.name.to_owned(), line, reason }))
    }

    /// How many articles were emitted.
    pub(crate) fn count(&self) -> usize {
        self.count
    }
}
