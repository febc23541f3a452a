//! Finds sums of money in a text and gives them a value and a currency.

use crate::article::Span;

/// A sum of money told in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    /// In units of the currency: `10 Md$` is 1e10.
    pub value: f64,
    /// ISO 4217 (`USD`, `EUR`).
    pub currency: &'static str,
    /// Its bytes in the text that was searched.
    pub span: Span,
}
