//! Finds the paragraphs of a text.
//!
//! A blank line always ends one. A single line break may end one too (a line for each paragraph, as most extracted
//! news has it) or be a wrap (mail, Markdown): a block is taken as wrapped where its lines begin in lower case.

use crate::article::Span;

use super::{sentence, trim};

/// A block is wrapped if at least one line break in so many is followed by a lower-case word. Wrapped French prose has
/// three in four, a list of paragraphs next to none.
const WRAPPED_SHARE: usize = 3;

/// Returns the paragraphs of `text` inside `range`, in order, without the white space around them.
pub(super) fn split(text: &str, range: Span) -> Vec<Span> {
    let mut paragraphs = vec![];
    let mut block: Vec<Span> = vec![];
    for line in lines(text, range) {
        if line.is_empty() {
            push_block(&mut paragraphs, text, &block);
            block.clear();
        } else {
            block.push(line);
        }
    }
    push_block(&mut paragraphs, text, &block);
    paragraphs
}

/// The lines inside `range`, trimmed; a blank one is an empty span.
fn lines(text: &str, range: Span) -> impl Iterator<Item = Span> {
    let mut position = range.start;
    text[range].split('\n').map(move |line| {
        let span = position..position + line.len();
        position = span.end + 1;
        trim(text, span)
    })
}

fn push_block(paragraphs: &mut Vec<Span>, text: &str, block: &[Span]) {
    let wrapped = is_wrapped(text, block);
    let first = paragraphs.len();
    for line in block {
        let before = paragraphs[first..].last().cloned();
        match before {
            Some(before) if continues(&text[before.clone()], &text[line.clone()], wrapped) => {
                paragraphs.last_mut().expect("just seen").end = line.end;
            }
            _ => paragraphs.push(line.clone()),
        }
    }
}

fn is_wrapped(text: &str, block: &[Span]) -> bool {
    let continued = block.iter().skip(1).filter(|line| sentence::begins_in_lower_case(&text[(*line).clone()])).count();
    continued > 0 && continued * WRAPPED_SHARE >= block.len() - 1
}

/// Whether `line` goes on with the paragraph that ends with `before`.
fn continues(before: &str, line: &str, wrapped: bool) -> bool {
    if is_list_item(line) {
        return false;
    }
    wrapped || begins_with_closing(line) || (sentence::begins_in_lower_case(line) && !ends_sentence(before))
}

/// `- `, `* `, `• `, `– `, `— `, `1. `, `1) `: each is a paragraph of its own.
fn is_list_item(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mark = &line[digits..];
    let marks: &[char] = if digits == 0 { &['-', '*', '+', '•', '–', '—', '‣', '◦'] } else { &['.', ')'] };
    mark.strip_prefix(marks).is_some_and(|rest| rest.starts_with(char::is_whitespace))
}

/// A quotation mark or bracket that closes what the line before opened, or a comma: scraped text breaks lines there.
fn begins_with_closing(line: &str) -> bool {
    let mut chars = line.chars();
    match chars.next() {
        Some('»' | '”' | ')' | ']' | ',' | ';' | '!' | '?') => true,
        Some('"') => chars.next().is_none_or(char::is_whitespace),
        _ => false,
    }
}

fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(['»', '”', '"', ')', ' ', '\u{a0}', '\u{202f}']).ends_with(['.', '!', '?', '…', ':', ';'])
}
