//! First step: text → atoms, the runs of letters and digits, each with its normalised spelling and what precedes it.
//!
//! `L’IA à 10 Md€` gives `l`, `ia` (after an apostrophe), `à`, `10`, `md`, `€`. Nothing is interpreted here:
//! [`compose`](super::compose) makes words of atoms.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// A run of letters and digits, or one symbol that has a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Atom {
    pub start: usize,
    pub end: usize,
    /// Where its normalised spelling lies in [`Atoms::forms`].
    pub form: Slice,
    pub kind: AtomKind,
    pub gap: Gap,
}

/// A byte range of [`Atoms::forms`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    pub from: usize,
    pub to: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtomKind {
    Letters,
    Digits,
    /// Letters and digits together (`gpt5`, `5g`).
    Mixed,
    /// A currency sign; its form is the currency's name.
    Currency,
    Percent,
}

/// What stands between an atom and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing at all.
    None,
    /// One space of any width, which may group digits.
    Space,
    /// Other white space.
    Blank,
    Apostrophe,
    Hyphen,
    Dot,
    Comma,
    Ampersand,
    MiddleDot,
    /// Anything else, and the start of the text.
    Other,
}

/// The atoms of a text; reused from text to text, so that scanning allocates nothing once warm.
#[derive(Debug, Default)]
pub(super) struct Atoms {
    pub list: Vec<Atom>,
    pub forms: String,
}

impl Atoms {
    /// Replaces the content by the atoms of `text`.
    pub fn scan(&mut self, text: &str) {
        self.list.clear();
        self.forms.clear();
        let (mut at, mut gap) = (0, Gap::Other);
        while let Some(c) = char_at(text, at) {
            if starts_word(c) {
                let end = self.word(text, at, gap);
                (at, gap) = (end, Gap::None);
            } else if c == ' ' {
                (at, gap) = (at + 1, widen(gap, c));
            } else if let Some((name, kind)) = symbol(c) {
                let form = self.push_form(name);
                self.list.push(Atom { start: at, end: at + c.len_utf8(), form, kind, gap });
                (at, gap) = (at + c.len_utf8(), Gap::None);
            } else {
                gap = if is_ignorable(c) { gap } else { widen(gap, c) };
                at += c.len_utf8();
            }
        }
    }

    /// The spelling of the atom at `index`.
    pub fn form(&self, index: usize) -> &str {
        self.slice(self.list[index].form)
    }

    pub fn bytes(&self, index: usize) -> &[u8] {
        let form = self.list[index].form;
        &self.forms.as_bytes()[form.from..form.to]
    }

    pub fn slice(&self, slice: Slice) -> &str {
        &self.forms[slice.from..slice.to]
    }

    /// Appends a spelling made by a later step.
    pub fn push_form(&mut self, form: &str) -> Slice {
        let from = self.forms.len();
        self.forms.push_str(form);
        Slice { from, to: self.forms.len() }
    }

    /// Reads the word that starts at `start` and returns where it ends.
    fn word(&mut self, text: &str, start: usize, gap: Gap) -> usize {
        let from = self.forms.len();
        let (mut at, mut end, mut seen) = (start, start, Seen::default());
        loop {
            let run = self.ascii_run(text, at, &mut seen);
            if run > 0 {
                at += run;
                end = at;
            }
            let Some(c) = char_at(text, at) else { break };
            if c.is_ascii() {
                break;
            } else if starts_word(c) || is_combining_mark(c) {
                seen.other(c);
                push_lower(&mut self.forms, c);
            } else if is_ignorable(c) {
                at += c.len_utf8();
                continue;
            } else {
                break;
            }
            at += c.len_utf8();
            end = at;
        }
        if seen.odd {
            normalise(&mut self.forms, from);
        }
        if self.forms.len() > from {
            let atom = Atom { start, end, form: Slice { from, to: self.forms.len() }, kind: seen.kind(), gap };
            self.push_split(text, atom);
        }
        end
    }

    /// Takes the ASCII letters and digits from `start` on, which most words are made of, in one go.
    fn ascii_run(&mut self, text: &str, start: usize, seen: &mut Seen) -> usize {
        let (mut length, mut classes) = (0, 0);
        for &byte in &text.as_bytes()[start..] {
            let class = CLASSES[usize::from(byte)];
            if class == 0 {
                break;
            }
            classes |= class;
            length += 1;
        }
        let from = self.forms.len();
        self.forms.push_str(&text[start..start + length]);
        if classes & UPPER != 0 {
            self.forms[from..].make_ascii_lowercase();
        }
        seen.digits |= classes & DIGIT != 0;
        seen.letters |= classes & (LOWER | UPPER) != 0;
        length
    }

    /// Pushes an atom; `10Md`, and `10M` before a currency, are a number and its unit.
    fn push_split(&mut self, text: &str, atom: Atom) {
        let cut = match atom.kind {
            AtomKind::Mixed => unit_cut(self.slice(atom.form), &text[atom.start..]),
            _ => None,
        };
        let Some(cut) = cut else { return self.list.push(atom) };
        let (form, start) = (atom.form, atom.start);
        let middle = form.from + cut;
        let number = Slice { from: form.from, to: middle };
        self.list.push(Atom { end: start + cut, form: number, kind: AtomKind::Digits, ..atom });
        let unit = Slice { from: middle, to: form.to };
        self.list.push(Atom { start: start + cut, form: unit, kind: AtomKind::Letters, gap: Gap::None, ..atom });
    }
}

/// What kinds of characters a word has shown so far.
#[derive(Default)]
struct Seen {
    letters: bool,
    digits: bool,
    /// A character whose normal form may be another one.
    odd: bool,
}

impl Seen {
    fn other(&mut self, c: char) {
        self.letters = true;
        self.odd |= c as u32 >= FIRST_ODD || matches!(c, '²' | '³' | '¹' | '¼' | '½' | '¾');
    }

    fn kind(&self) -> AtomKind {
        match (self.letters, self.digits) {
            (false, _) => AtomKind::Digits,
            (true, false) => AtomKind::Letters,
            (true, true) => AtomKind::Mixed,
        }
    }
}

const DIGIT: u8 = 1;
const LOWER: u8 = 2;
const UPPER: u8 = 4;

/// What each byte is, 0 for all but ASCII letters and digits.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        classes[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

/// Below it lie Basic Latin, Latin-1 and Latin Extended, whose letters are their own normal form.
const FIRST_ODD: u32 = 0x2B0;

fn char_at(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at) {
        Some(b) if b.is_ascii() => Some(*b as char),
        Some(_) => text[at..].chars().next(),
        None => None,
    }
}

fn starts_word(c: char) -> bool {
    match c {
        _ if c.is_ascii() => c.is_ascii_alphanumeric(),
        // The letters of French and its neighbours, without a look into the tables of Unicode.
        'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ƿ' => true,
        _ => c.is_alphanumeric() && !is_apostrophe(c) && !is_ordinal(c),
    }
}

/// The signs of `nº 2` and `2ª`: Unicode calls them letters.
fn is_ordinal(c: char) -> bool {
    matches!(c, 'º' | 'ª')
}

/// Every character that people or machines type for an apostrophe.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | 'ʻ' | 'ʹ' | '´' | '`' | '′' | '＇' | '‛')
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{FE63}' | '\u{FF0D}')
}

/// Soft hyphens and zero-width characters: invisible, so not part of any spelling.
fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}')
}

fn symbol(c: char) -> Option<(&'static str, AtomKind)> {
    match c {
        '€' => Some(("euros", AtomKind::Currency)),
        '$' | '＄' => Some(("dollars", AtomKind::Currency)),
        '£' => Some(("livres", AtomKind::Currency)),
        '¥' => Some(("yens", AtomKind::Currency)),
        '%' | '％' => Some(("pourcent", AtomKind::Percent)),
        _ => None,
    }
}

/// The gap so far, followed by `c`.
fn widen(gap: Gap, c: char) -> Gap {
    let first = gap == Gap::None;
    match c {
        _ if c.is_whitespace() && first => {
            if matches!(c, '\n' | '\r' | '\t') {
                Gap::Blank
            } else {
                Gap::Space
            }
        }
        _ if c.is_whitespace() && matches!(gap, Gap::Space | Gap::Blank) => Gap::Blank,
        _ if !first => Gap::Other,
        '.' => Gap::Dot,
        ',' => Gap::Comma,
        '&' => Gap::Ampersand,
        '·' | '•' | '‧' => Gap::MiddleDot,
        _ if is_apostrophe(c) => Gap::Apostrophe,
        _ if is_hyphen(c) => Gap::Hyphen,
        _ => Gap::Other,
    }
}

fn push_lower(forms: &mut String, c: char) {
    match c {
        'œ' | 'Œ' => forms.push_str("oe"),
        'æ' | 'Æ' => forms.push_str("ae"),
        'à'..='ö' | 'ø'..='ÿ' => forms.push(c),
        _ => forms.extend(c.to_lowercase()),
    }
}

/// Brings the end of `forms` to NFC, with compatibility characters (`ﬁ`, `²`, full-width letters) replaced by plain ones.
fn normalise(forms: &mut String, from: usize) {
    let mut plain = String::new();
    for c in forms[from..].chars() {
        decompose_compatible(c, |d| push_word_char(&mut plain, d));
    }
    forms.truncate(from);
    for c in plain.nfc() {
        push_lower(forms, c);
    }
}

fn push_word_char(plain: &mut String, c: char) {
    if c.is_alphanumeric() || is_combining_mark(c) {
        plain.extend(c.to_lowercase());
    }
}

/// Where the unit starts in a spelling such as `10md`; `10m` and `10k` need a currency after them.
fn unit_cut(form: &str, text: &str) -> Option<usize> {
    let cut = form.bytes().position(|b| !b.is_ascii_digit()).filter(|&cut| cut > 0)?;
    // Only where the text is spelt as its form, so that the cut lies at the same byte of both.
    let after =
        text.get(form.len()..).filter(|_| text.as_bytes()[..form.len()].eq_ignore_ascii_case(form.as_bytes()))?;
    let split = match &form[cut..] {
        "md" | "mds" | "mrd" | "mrds" | "eur" | "euro" | "euros" | "usd" => true,
        "m" | "k" => after.trim_start().starts_with(['€', '$', '£', '¥']),
        _ => false,
    };
    split.then_some(cut)
}
