//! Marks the words of a passage that answer the query.

use super::understand::Understanding;
use crate::analysis::{self, TokenKind};
use crate::article::Span;
use crate::error::Result;
use crate::index::{Index, Place};

/// Returns the byte spans of the words of `text`, the passage at `place`, that the query is about.
///
/// The k-th word of the text is the k-th number that the index holds for the passage: nothing is stemmed again.
///
/// # Errors
/// [`crate::Error::Engine`] where the index cannot be read.
pub fn highlights(index: &Index, understanding: &Understanding, place: Place, text: &str) -> Result<Vec<Span>> {
    let mut ids = index.words(place)?.into_iter();
    let mut spans = Vec::new();
    analysis::tokenize(text, &mut |token| {
        if token.kind == TokenKind::Word && ids.next().is_some_and(|id| understanding.highlights.contains(&id)) {
            push(&mut spans, token.span);
        }
    });
    Ok(spans)
}

/// Several words may come of one piece of text (`Md$`: milliards, dollars); it is marked once.
fn push(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(last) if span.start < last.end => last.end = last.end.max(span.end),
        _ => spans.push(span),
    }
}
