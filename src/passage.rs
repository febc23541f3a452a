//! Cuts an article into passages: runs of whole sentences, the unit that is retrieved and shown.

use crate::article::Span;

/// A run of whole sentences of one article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Its place in the article, from 0.
    pub ordinal: usize,
    /// Its bytes in the article's text. Opens with its heading's line if it is the first under that heading.
    pub span: Span,
    /// Its first and last line in the article's text, from 1.
    pub lines: (usize, usize),
    /// The heading that it stands under, as a span of the article's text.
    pub heading: Option<Span>,
}
