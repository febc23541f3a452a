//! Finds sums of money in a text and gives them a value and a currency.

use crate::article::Span;
use crate::error::{Error, Result};

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

/// Finds the amounts of a text, in order.
pub fn find(_text: &str) -> Vec<Amount> {
    Vec::new()
}

/// A condition on amounts: `>1e9`, `1e6..5e8`, `>=1Md€`, `<500M`, `>1e9USD`.
#[derive(Debug, Clone, PartialEq)]
pub struct AmountFilter {
    min: f64,
    max: f64,
    currency: Option<&'static str>,
}

impl AmountFilter {
    /// Reads a condition as typed.
    pub fn parse(expression: &str) -> Result<AmountFilter> {
        Err(Error::Usage(format!("cannot read the amount {expression}")))
    }

    /// True where an amount fulfils the condition.
    pub fn matches(&self, value: f64, currency: &str) -> bool {
        value >= self.min && value <= self.max && self.currency.is_none_or(|c| c == currency)
    }
}

/// An amount as a French reader writes it: `10 Md$`, `500 M€`.
pub fn display(value: f64, currency: &str) -> String {
    format!("{value} {currency}")
}
