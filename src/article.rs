//! The domain: one news item as published. No I/O here, and nothing of the search engine.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A range of **bytes** in an article's text (or in the text that the function at hand was given);
/// both ends lie on char boundaries.
pub type Span = Range<usize>;

/// The identifier of an article, unique in an index; given by the input or derived from its address or path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArticleId(pub String);

impl ArticleId {
    /// Returns the identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A calendar day, without time or zone; prints and parses as `2025-08-22`.
pub type Date = jiff::civil::Date;

/// One news item, as published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    pub id: ArticleId,
    /// The headline; empty where it is not known.
    pub title: String,
    /// The body in Unicode NFC, lines ended by `\n`; every span refers to it. The title is not part of it.
    pub text: String,
    /// The canonical web address.
    pub url: Option<String>,
    /// The file that it was read from, as named on the command line or found under the corpus.
    pub path: Option<String>,
    /// The outlet, as it names itself (`Les Échos`).
    pub source: Option<String>,
    pub author: Option<String>,
    /// The day of publication; never taken from the file's clock.
    pub published: Option<Date>,
    /// The language, as an ISO 639-1 code (`fr`, `en`), where the input says it or the text shows it.
    pub lang: Option<String>,
    /// Words that the publisher filed it under.
    pub tags: Vec<String>,
    /// Byte spans of the lines of `text` that are headings, in order: known from markup, or guessed in plain text.
    pub headings: Vec<Span>,
}

#[cfg(test)]
impl Article {
    /// An article of which only title and text are known.
    pub(crate) fn bare(title: &str, text: &str) -> Self {
        Self {
            id: ArticleId("a".to_owned()),
            title: title.to_owned(),
            text: text.to_owned(),
            url: None,
            path: None,
            source: None,
            author: None,
            published: None,
            lang: None,
            tags: Vec::new(),
            headings: Vec::new(),
        }
    }
}
