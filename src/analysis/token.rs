//! Tokens: text in, words with their spelling, place and kind out.

use std::cell::RefCell;

use super::compose::{Unit, compose};
use super::fold::is_same_letters;
use super::scan::{Atoms, Slice};
use crate::article::Span;

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// The normalised spelling: lower case, accents kept.
    pub form: &'a str,
    /// The bytes of the text that it stands for, without an elided article.
    pub span: Span,
    /// The rank of the word in the text, from 0; a joined token has that of its first part.
    pub position: u32,
    pub kind: TokenKind,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word; words follow one another without overlap, each at the next position.
    Word,
    /// Another spelling of words just given, or of a part of one: the parts of a compound written as one
    /// (`startup` for *start-up*), the name before a number or a suffix (`ovh` for *OVHcloud*). Takes no position.
    Joined,
}

/// Calls `sink` with each token of `text`, in order; joined tokens come after the last of their words.
///
/// Words are ordered and do not overlap; every span lies on char boundaries of `text`.
pub fn tokenize(text: &str, sink: &mut dyn FnMut(Token<'_>)) {
    thread_local!(static TOKENIZER: RefCell<Tokenizer> = RefCell::default());
    // Taken out, not borrowed: `sink` may itself tokenize.
    let mut tokenizer = TOKENIZER.take();
    tokenizer.run(text, sink);
    TOKENIZER.set(tokenizer);
}

/// The buffers of tokenization, reused from text to text.
#[derive(Debug, Default)]
struct Tokenizer {
    atoms: Atoms,
    units: Vec<Unit>,
    joined: String,
}

impl Tokenizer {
    fn run(&mut self, text: &str, sink: &mut dyn FnMut(Token<'_>)) {
        self.atoms.scan(text);
        compose(text, &mut self.atoms, &mut self.units);
        let mut first = 0;
        while first < self.units.len() {
            let length = 1 + self.units[first + 1..].iter().take_while(|u| u.hyphenated).count();
            self.group(text, first, first + length, sink);
            first += length;
        }
    }

    /// Gives the words of a hyphenated group (most often of one word), then what they make together.
    fn group(&mut self, text: &str, first: usize, end: usize, sink: &mut dyn FnMut(Token<'_>)) {
        let prefix = end - first > 1 && is_bound_prefix(self, text, first);
        for index in first..end {
            if prefix && index == first {
                self.bound_prefix(index, sink);
            } else {
                self.word(text, index, sink);
            }
        }
        if self.joins(first, end) {
            self.join(first, end, sink);
        }
    }

    fn word(&self, text: &str, index: usize, sink: &mut dyn FnMut(Token<'_>)) {
        let unit = self.units[index];
        let (form, position) = (self.form(unit.form), index as u32);
        sink(Token { form, span: unit.start..unit.end, position, kind: TokenKind::Word });
        if let Some(cut) = brand_cut(&text[unit.start..unit.end], form) {
            let span = unit.start..unit.start + cut;
            sink(Token { form: &form[..cut], span, position, kind: TokenKind::Joined });
        }
    }

    /// A prefix keeps its hyphen, so that it is not taken for the name spelt like it.
    fn bound_prefix(&mut self, index: usize, sink: &mut dyn FnMut(Token<'_>)) {
        let unit = self.units[index];
        self.joined.clear();
        self.joined.push_str(&self.atoms.forms[unit.form.from..unit.form.to]);
        self.joined.push('-');
        let span = unit.start..unit.end;
        sink(Token { form: &self.joined, span, position: index as u32, kind: TokenKind::Word });
    }

    /// Whether the group is a compound that is also written as one word.
    fn joins(&self, first: usize, end: usize) -> bool {
        (2..=MAX_JOINED_PARTS).contains(&(end - first)) && !is_enclitic(self.form(self.units[end - 1].form))
    }

    fn join(&mut self, first: usize, end: usize, sink: &mut dyn FnMut(Token<'_>)) {
        self.joined.clear();
        for unit in &self.units[first..end] {
            self.joined.push_str(&self.atoms.forms[unit.form.from..unit.form.to]);
        }
        let span = self.units[first].start..self.units[end - 1].end;
        sink(Token { form: &self.joined, span, position: first as u32, kind: TokenKind::Joined });
    }

    fn form(&self, slice: Slice) -> &str {
        self.atoms.slice(slice)
    }
}

/// The most parts of a compound that anybody writes as one word.
const MAX_JOINED_PARTS: usize = 4;

/// Pronouns and particles after a hyphen (`dit-il`, `celui-ci`): no compound.
fn is_enclitic(form: &str) -> bool {
    matches!(
        form,
        "il" | "elle"
            | "on"
            | "ils"
            | "elles"
            | "je"
            | "tu"
            | "nous"
            | "vous"
            | "ce"
            | "ci"
            | "là"
            | "la"
            | "le"
            | "les"
            | "moi"
            | "toi"
            | "lui"
            | "leur"
            | "y"
            | "en"
            | "t"
            | "même"
            | "mêmes"
    )
}

/// `méta-` is a prefix, not the company: with its accent, or in lower case before a small letter.
fn is_bound_prefix(tokenizer: &Tokenizer, text: &str, first: usize) -> bool {
    let (unit, next) = (tokenizer.units[first], tokenizer.units[first + 1]);
    match tokenizer.form(unit.form) {
        "méta" => true,
        "meta" => is_lower_at(text, unit.start) && is_lower_at(text, next.start),
        _ => false,
    }
}

fn is_lower_at(text: &str, at: usize) -> bool {
    text[at..].starts_with(char::is_lowercase)
}

/// The shortest name that is taken out of a word written with a suffix.
const MIN_BRAND: usize = 3;

/// Where the name ends in `OVHcloud` (capitals, then three small letters or more) or in `GPT5`, `iPhone15` (letters,
/// then digits).
fn brand_cut(surface: &str, form: &str) -> Option<usize> {
    if !surface.is_ascii() || surface.len() <= MIN_BRAND || !is_same_letters(surface, form) {
        return None;
    }
    let bytes = surface.as_bytes();
    let capitals = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let letters = bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let small = |b: &u8| b.is_ascii_lowercase();
    if letters >= MIN_BRAND && letters < bytes.len() {
        bytes[letters].is_ascii_digit().then_some(letters)
    } else if capitals >= MIN_BRAND && bytes.len() >= capitals + MIN_BRAND && bytes[capitals..].iter().all(small) {
        Some(capitals)
    } else {
        None
    }
}
