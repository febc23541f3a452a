//! Makes text uniform: Unicode NFC, lines ended by `\n`, no control characters.
//!
//! A decoded string comes in, one that every later stage can rely on goes out; [`clean`] changes nothing that is
//! already clean, so that offsets in given text stay true. [`Body`] puts blocks of marked-up text together.
//!
//! ```
//! assert_eq!(veille::extract::text::clean("cafe\u{301}\r\nau\u{ad} lait\0"), "café\nau lait");
//! ```
//!
//! It folds no case, accent or typography: that is for [`crate::analysis`].

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::article::Span;

/// Returns `raw` in NFC with `\n` line ends; tabs become spaces, and characters that show nothing
/// (controls, soft hyphens, zero-width spaces, byte order marks) are gone.
pub fn clean(raw: &str) -> String {
    if is_plain(raw.as_bytes()) {
        return raw.to_owned();
    }
    let visible = drop_invisible(raw);
    match is_nfc_quick(visible.chars()) {
        IsNormalized::Yes => visible.into_owned(),
        _ => visible.nfc().collect(),
    }
}

/// Whether a text is surely clean, told from its bytes: printed ASCII and line ends, letters of Latin-1 and Latin
/// Extended-A, no-break spaces, quotes, dashes and the euro sign, which are most texts.
fn is_plain(mut bytes: &[u8]) -> bool {
    loop {
        bytes = match bytes {
            [] => return true,
            [b' '..=b'~' | b'\n', rest @ ..]
            | [0xc2, 0xa0..=0xac | 0xae..=0xbf, rest @ ..]
            | [0xc3..=0xc5, _, rest @ ..]
            | [0xe2, 0x80, 0x91..=0xa7 | 0xaf..=0xbf, rest @ ..]
            | [0xe2, 0x82, 0xac, rest @ ..] => rest,
            _ => return false,
        };
    }
}

/// Returns `raw` cleaned, on one line, with single spaces: for titles, names, cells.
pub fn clean_line(raw: &str) -> String {
    collapse_spaces(&clean(raw))
}

fn drop_invisible(raw: &str) -> Cow<'_, str> {
    let odd = |c: char| (c.is_control() && c != '\n') || is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}');
    if !raw.contains(odd) {
        return Cow::Borrowed(raw);
    }
    let mut kept = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => kept.push('\n'),
            '\t' => kept.push(' '),
            c if odd(c) && c != '\n' => {}
            c => kept.push(c),
        }
    }
    Cow::Owned(kept)
}

/// Characters that only guide typesetting. The joiners U+200C and U+200D stay: emoji are made with them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Joins runs of white space into one space; no-break spaces stay where they stand alone.
fn collapse_spaces(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined.trim().to_owned()
}

/// A block of marked-up text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    Paragraph,
    Heading,
    /// An item of a list or a row of a table: its neighbours follow on the next line.
    Item,
}

/// Text put together block by block, with the spans of its headings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    pub text: String,
    pub headings: Vec<Span>,
    last: Option<Block>,
}

impl Body {
    /// Appends one block, cleaned and set on one line; a block without text leaves no trace.
    pub fn push(&mut self, block: Block, raw: &str) {
        let line = clean_line(raw);
        if line.is_empty() {
            return;
        }
        match (self.last, block) {
            (None, _) => {}
            (Some(Block::Item), Block::Item) => self.text.push('\n'),
            _ => self.text.push_str("\n\n"),
        }
        let start = self.text.len();
        self.text.push_str(&line);
        if block == Block::Heading {
            self.headings.push(start..self.text.len());
        }
        self.last = Some(block);
    }

    /// Returns the body without the paragraphs that `drop` names.
    pub fn without(&self, drop: impl Fn(&str) -> bool) -> Self {
        let mut kept = Body { last: self.last, ..Body::default() };
        let mut start = 0;
        for paragraph in self.text.split("\n\n") {
            let end = start + paragraph.len();
            if !drop(paragraph) {
                let gap = if kept.text.is_empty() { "" } else { "\n\n" };
                kept.text.push_str(gap);
                let at = kept.text.len();
                let inside = self.headings.iter().filter(|heading| start <= heading.start && heading.end <= end);
                kept.headings.extend(inside.map(|heading| heading.start - start + at..heading.end - start + at));
                kept.text.push_str(paragraph);
            }
            start = end + 2;
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_plain_by_its_bytes_is_clean() {
        for c in (0..0x3000).filter_map(char::from_u32).filter(|c| is_plain(c.to_string().as_bytes())) {
            let text = format!("e{c}");
            assert_eq!((drop_invisible(&text), text.nfc().collect()), (text.as_str().into(), text.clone()), "{c:?}");
        }
        assert!(is_plain("« L’été — 3 € »\nœuvre…".as_bytes()) && !is_plain(b"\t") && !is_plain("\u{ad}".as_bytes()));
    }

    #[test]
    fn what_is_left_keeps_its_headings() {
        let mut body = Body::default();
        for (block, line) in [
            (Block::Paragraph, "Un."),
            (Block::Heading, "Titre"),
            (Block::Item, "a"),
            (Block::Item, "b"),
            (Block::Heading, "Fin"),
        ] {
            body.push(block, line);
        }
        let left = body.without(|paragraph| paragraph == "Un.");
        assert_eq!(left.text, "Titre\n\na\nb\n\nFin");
        let headings: Vec<&str> = left.headings.iter().map(|span| &left.text[span.clone()]).collect();
        assert_eq!(headings, ["Titre", "Fin"]);
    }
    use unicode_normalization::is_nfc;

    #[track_caller]
    fn case(raw: &str, expected: &str) {
        assert_eq!(clean(raw), expected);
    }

    #[test]
    fn clean_rows() {
        case("déjà « propre »\n\n  et indenté", "déjà « propre »\n\n  et indenté");
        case("e\u{301}te\u{301}", "été");
        case("a\r\nb\rc\u{2028}d", "a\nb\nc\nd");
        case("\u{feff}a\tb\u{7}\u{1b}c", "a bc");
        case("e\u{200b}\u{301}", "é");
        case("10\u{a0}%", "10\u{a0}%");
    }

    #[test]
    fn a_line_has_single_spaces_and_keeps_no_break_ones() {
        assert_eq!(clean_line("  Le \n\n titre\u{a0}: \t suite "), "Le titre\u{a0}: suite");
    }

    #[test]
    fn headings_of_a_body_slice_its_lines() {
        let mut body = Body::default();
        body.push(Block::Heading, "Un  titre");
        body.push(Block::Paragraph, "Un paragraphe.");
        body.push(Block::Item, "un");
        body.push(Block::Item, "deux");
        body.push(Block::Paragraph, "  ");
        body.push(Block::Heading, "E\u{301}tage");
        assert_eq!(body.text, "Un titre\n\nUn paragraphe.\n\nun\ndeux\n\nÉtage");
        let lines: Vec<&str> = body.headings.iter().map(|span| &body.text[span.clone()]).collect();
        assert_eq!(lines, ["Un titre", "Étage"]);
    }

    proptest! {
        #[test]
        fn clean_text_is_nfc_and_cleaning_it_again_changes_nothing(raw in any::<String>()) {
            let once = clean(&raw);
            prop_assert!(is_nfc(&once));
            prop_assert!(!once.contains(|c: char| c.is_control() && c != '\n'));
            prop_assert_eq!(clean(&once), once);
        }
    }
}
