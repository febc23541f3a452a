//! Finds the companies that an article speaks of, from a readable gazetteer.

use crate::article::Span;

/// One occurrence of a company, by its name, a brand, a product or a nickname.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The canonical id of the company, as in `alphabet`.
    pub company: &'static str,
    /// Its bytes in the text that was searched.
    pub span: Span,
    /// The brand or product that was named, where it is not the company itself (`YouTube`).
    pub product: Option<&'static str>,
    /// Why this is taken for the company, in words that a journalist can read.
    pub reason: String,
}
