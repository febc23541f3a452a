//! Cuts a text into words for the taggers (companies, topics): each word with its bytes, its folded form,
//! its shape, and what stands between it and the word before.
//!
//! In: any text. Out: [`Words`]; and [`Phrases`], a set of cue phrases that are found in them in one pass.
//! `« L’iPhone d'Apple »` gives `l`, `iphone`, `d`, `apple`. A word is a run of letters and digits, so elisions and
//! hyphens separate; whoever reads a name of several words looks at the gaps. This is not the analyzer of the
//! index: no stemming, no stop words, nothing is dropped.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use crate::article::Span;

/// The words of a text, in order.
#[derive(Debug, Default)]
pub struct Words {
    pub list: Vec<Word>,
    folded: Vec<u8>,
    /// What stands behind the last word.
    tail: Gap,
}

/// One run of letters and digits.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    start: u32,
    end: u32,
    fold_start: u32,
    fold_end: u32,
    /// A hash of the folded form: lower case, no accents, ligatures opened.
    pub key: u64,
    pub shape: Shape,
    /// What stands between the word before (or the start of the text) and this one.
    pub gap: Gap,
    /// A plus sign is joined to its end (`Canal+`).
    pub plus: bool,
    /// Part of an address, or of a line that points elsewhere (`Lire aussi : …`): it says nothing of this text.
    pub aside: bool,
}

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `orange`
    Lower,
    /// `Orange`
    Capital,
    /// `ORANGE`, `X`
    Upper,
    /// `iPhone`, `OpenAI`
    Mixed,
    /// `2025`
    Number,
}

/// A set of facts on the characters between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gap(u32);

impl Gap {
    /// The word opens a sentence or a paragraph, so that its capital says nothing.
    pub const START: Gap = Gap(1);
    /// The word follows a colon, an opening quote, a dash or a line end: its capital says little.
    pub const SOFT: Gap = Gap(2);
    /// White space alone, one line end at most.
    pub const SPACE: Gap = Gap(4);
    /// One hyphen alone.
    pub const HYPHEN: Gap = Gap(8);
    /// One apostrophe alone.
    pub const APOSTROPHE: Gap = Gap(16);
    /// One full stop alone.
    pub const DOT: Gap = Gap(32);
    /// Signs that hold a name or a list together: `&`, `/`, `+`, a comma.
    pub const LINK: Gap = Gap(64);
    /// A line ends in it.
    pub const LINE: Gap = Gap(128);
    /// A blank line.
    pub const BLANK: Gap = Gap(256);
    /// A colon in it.
    pub const COLON: Gap = Gap(512);
    /// A dollar sign or a hash sign directly before the word (`$META`, `#Meta`).
    pub const SIGIL: Gap = Gap(1024);
    /// An opening parenthesis in it.
    pub const PAREN: Gap = Gap(2048);
    /// An at sign directly before the word.
    pub const AT: Gap = Gap(4096);
    /// A closing parenthesis in it.
    pub const UNPAREN: Gap = Gap(8192);
    /// An ampersand alone, with spaces or without.
    pub const AMPERSAND: Gap = Gap(16384);
    /// A copyright sign in it.
    pub const COPYRIGHT: Gap = Gap(32768);
    /// A sign of money in it.
    pub const MONEY: Gap = Gap(65536);
    /// A full stop and a space behind an initial or a title (`Ethel M. Dell`).
    pub const INITIAL: Gap = Gap(131072);

    /// True where any of the facts of `other` holds.
    pub fn any(self, other: Gap) -> bool {
        self.0 & other.0 != 0
    }

    fn with(self, other: Gap) -> Gap {
        Gap(self.0 | other.0)
    }
}

impl std::ops::BitOr for Gap {
    type Output = Gap;
    fn bitor(self, other: Gap) -> Gap {
        self.with(other)
    }
}

impl Word {
    /// Its bytes in the text.
    pub fn span(&self) -> Span {
        self.start as usize..self.end as usize
    }

    /// True where its first letter is a capital.
    pub fn is_capital(&self) -> bool {
        matches!(self.shape, Shape::Capital | Shape::Upper)
    }
}

impl Words {
    /// Cuts `text` into words.
    pub fn of(text: &str) -> Words {
        let mut words = Words::cut(text);
        words.mark_asides();
        words
    }

    /// The words, none of them marked.
    fn cut(text: &str) -> Words {
        let mut words = Words {
            list: Vec::with_capacity(text.len() / 5),
            folded: Vec::with_capacity(text.len()),
            tail: Gap::default(),
        };
        let mut at = 0;
        while let Some((start, end)) = words.push_next(text, at) {
            at = skip_address(text, start, end);
            if at != end {
                words.list.last_mut().expect("a word was just pushed").aside = true;
            }
        }
        words.tail = gap_of(&text[at..], words.list.is_empty(), || false);
        words
    }

    /// The words that begin inside these bytes of the text.
    pub fn within(&self, span: &Span) -> std::ops::Range<usize> {
        let from = self.list.partition_point(|w| (w.start as usize) < span.start);
        let to = self.list.partition_point(|w| (w.start as usize) < span.end);
        from..to
    }

    /// What stands behind word `i`.
    pub fn gap_behind(&self, i: usize) -> Gap {
        self.list.get(i + 1).map_or(self.tail, |w| w.gap)
    }

    /// The folded form of a word.
    pub fn folded(&self, word: &Word) -> &[u8] {
        &self.folded[word.fold_start as usize..word.fold_end as usize]
    }

    /// As [`head`], without a copy where more words follow.
    fn head(&self, word: &Word) -> u64 {
        let start = word.fold_start as usize;
        match self.folded.get(start..start + HEAD_LEN) {
            Some(bytes) => {
                let len = (word.fold_end - word.fold_start) as usize;
                u64::from_le_bytes(bytes.try_into().expect("eight bytes")) & head_mask(len)
            }
            None => head(self.folded(word)),
        }
    }

    /// The bytes from the first to the last of these words.
    pub fn span(&self, range: std::ops::Range<usize>) -> Span {
        self.list[range.start].start as usize..self.list[range.end - 1].end as usize
    }

    fn push_next(&mut self, text: &str, from: usize) -> Option<(usize, usize)> {
        let bytes = text.as_bytes();
        let start = (from..bytes.len()).find(|&i| is_word_at(text, i))?;
        let fold_start = self.folded.len();
        let (end, shape) = fold_word(text, start, &mut self.folded);
        let key = hash(&self.folded[fold_start..]);
        let previous = self.list.last().copied();
        let gap = gap_of(&text[from..start], previous.is_none(), || previous.is_some_and(|w| is_initial(text, &w)));
        self.list.push(Word {
            start: start as u32,
            end: end as u32,
            fold_start: fold_start as u32,
            fold_end: self.folded.len() as u32,
            key,
            shape,
            gap,
            plus: text.as_bytes().get(end) == Some(&b'+'),
            aside: false,
        });
        Some((start, end))
    }
}

/// The key of a word that is already folded or not: `key_of("Société") == key_of("societe")`.
pub fn key_of(word: &str) -> u64 {
    let mut folded = Vec::new();
    fold_word(word, 0, &mut folded);
    hash(&folded)
}

fn hash(bytes: &[u8]) -> u64 {
    const SEED: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut h = SEED ^ bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        h = mix(h, u64::from_le_bytes(chunk.try_into().expect("eight bytes")));
    }
    let mut last = 0;
    for &b in chunks.remainder() {
        last = last << 8 | u64::from(b);
    }
    mix(h, last)
}

/// One step of a multiply-and-fold hash (the high half of the product carries the low bits' differences).
fn mix(h: u64, block: u64) -> u64 {
    const FACTOR: u64 = 0xD6E8_FEB8_6659_FD93;
    let product = u128::from(h ^ block) * u128::from(FACTOR);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Latin letters of the block U+00C0–U+00FF by their second byte: the letter without its accent, 0 for a sign.
const LATIN: &[u8; 64] = b"aaaaaaaceeeeiiiidnooooo\0ouuuuyts\
aaaaaaaceeeeiiiidnooooo\0ouuuuyty";

fn is_word_at(text: &str, i: usize) -> bool {
    let bytes = text.as_bytes();
    let b = bytes[i];
    if b < 0x80 {
        return b.is_ascii_alphanumeric();
    }
    if !text.is_char_boundary(i) {
        return false;
    }
    if b == 0xC3 {
        return LATIN[usize::from(bytes[i + 1] & 0x3F)] != 0;
    }
    if b == 0xC2 || b == 0xE2 {
        return false;
    }
    text[i..].chars().next().is_some_and(char::is_alphanumeric)
}

/// Appends the folded form of the word at `start` and returns its end and shape.
fn fold_word(text: &str, start: usize, folded: &mut Vec<u8>) -> (usize, Shape) {
    let bytes = text.as_bytes();
    let mut case = Case::default();
    let mut i = start;
    while i < bytes.len() {
        let b = bytes[i];
        if b.is_ascii_alphanumeric() {
            i += fold_ascii(&bytes[i..], folded, &mut case);
        } else if b < 0x80 {
            break;
        } else if b == 0xC3 {
            let second = usize::from(bytes[i + 1] & 0x3F);
            if LATIN[second] == 0 {
                break;
            }
            push_latin(second, folded);
            case.note(second < 0x1F, false);
            i += 2;
        } else {
            let c = text[i..].chars().next().expect("inside the text");
            if !fold_char(c, folded, &mut case) {
                break;
            }
            i += c.len_utf8();
        }
    }
    (i, case.shape())
}

/// Folds a run of plain letters and digits at once, which is most of a text, and returns its length.
fn fold_ascii(bytes: &[u8], folded: &mut Vec<u8>, case: &mut Case) -> usize {
    // One loop over a table; slices and vector sums cost more than they save on words of five letters.
    let (mut len, mut uppers, mut digits) = (0, 0, 0);
    for &b in bytes {
        let lower = LOWER[usize::from(b)];
        if lower == 0 {
            break;
        }
        folded.push(lower);
        uppers += u32::from(lower != b);
        digits += u32::from(b < b'A');
        len += 1;
    }
    case.first_upper |= case.chars == 0 && bytes[0].is_ascii_uppercase();
    case.uppers += uppers;
    case.digits += digits;
    case.chars += len as u32;
    len
}

/// The lower case of plain letters and digits, 0 for all other bytes.
const LOWER: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        if (b as u8).is_ascii_alphanumeric() {
            table[b] = (b as u8).to_ascii_lowercase();
        }
        b += 1;
    }
    table
};

fn push_latin(second: usize, folded: &mut Vec<u8>) {
    match second & 0x1F {
        0x06 => folded.extend_from_slice(b"ae"),
        0x1F if second == 0x1F => folded.extend_from_slice(b"ss"),
        _ => folded.push(LATIN[second]),
    }
}

/// Folds one char beyond Latin-1; false where it ends the word.
fn fold_char(c: char, folded: &mut Vec<u8>, case: &mut Case) -> bool {
    match c {
        'œ' | 'Œ' => folded.extend_from_slice(b"oe"),
        // Soft hyphen, zero-width signs and accents typed apart belong to the word and weigh nothing.
        '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => return true,
        c if is_combining_mark(c) => return true,
        c if c.is_alphanumeric() => c.to_lowercase().for_each(|l| {
            decompose_canonical(l, |part| {
                if !is_combining_mark(part) {
                    folded.extend_from_slice(part.encode_utf8(&mut [0; 4]).as_bytes());
                }
            })
        }),
        _ => return false,
    }
    case.note(c.is_uppercase(), c.is_numeric());
    true
}

#[derive(Default)]
struct Case {
    first_upper: bool,
    uppers: u32,
    digits: u32,
    chars: u32,
}

impl Case {
    fn note(&mut self, upper: bool, digit: bool) {
        self.first_upper |= upper && self.chars == 0;
        self.uppers += u32::from(upper);
        self.digits += u32::from(digit);
        self.chars += 1;
    }

    fn shape(&self) -> Shape {
        match self {
            c if c.digits == c.chars => Shape::Number,
            c if c.uppers == 0 => Shape::Lower,
            c if c.uppers + c.digits == c.chars => Shape::Upper,
            c if c.first_upper && c.uppers == 1 => Shape::Capital,
            _ => Shape::Mixed,
        }
    }
}

fn gap_of(gap: &str, first: bool, after_initial: impl Fn() -> bool) -> Gap {
    if gap.len() == 1 && gap.as_bytes()[0] == b' ' && !first {
        return Gap::SPACE;
    }
    match gap {
        "\u{A0}" | "\u{202F}" if !first => return Gap::SPACE,
        "'" | "’" | "ʼ" | "‘" | "´" | "＇" if !first => return Gap::APOSTROPHE,
        "-" | "‐" | "‑" if !first => return Gap::HYPHEN,
        "." if !first => return Gap::DOT,
        _ => {}
    }
    let mut facts = if first { Gap::START } else { Gap::default() };
    if gap.trim() == "&" {
        facts = facts | Gap::AMPERSAND;
    }
    let (mut lines, mut ended, mut only_space, mut only_link) = (0, false, true, true);
    for c in gap.chars() {
        match c {
            '\n' => lines += 1,
            '.' | '!' | '?' | '…' => ended = true,
            ':' => facts = facts | Gap::SOFT | Gap::COLON,
            '«' | '"' | '“' | '–' | '—' | '•' | '*' | '>' | '|' | '-' => facts = facts | Gap::SOFT,
            '(' | '[' => facts = facts | Gap::PAREN,
            ')' | ']' => facts = facts | Gap::UNPAREN,
            '©' => facts = facts | Gap::COPYRIGHT,
            '€' | '$' | '£' | '¥' | '₹' | '₩' | '₽' | '₪' | '₺' | '₴' | '₫' | '₦' | '₱' => {
                facts = facts | Gap::MONEY
            }
            _ => {}
        }
        only_space &= c.is_whitespace();
        only_link &= c.is_whitespace() || matches!(c, ',' | '&' | '/' | '+' | '-' | '‑' | '–' | '×' | '«' | '»' | '"');
    }
    if ended && (gap.ends_with(char::is_whitespace) || lines > 0 || facts.any(Gap::SOFT | Gap::PAREN)) {
        facts = facts | if after_initial() { Gap::INITIAL } else { Gap::START };
    }
    if lines > 0 {
        facts = facts | Gap::LINE | Gap::SOFT;
    }
    if lines > 1 {
        facts = facts | Gap::START | Gap::BLANK;
    }
    if only_space && lines < 2 && !first {
        facts = facts | Gap::SPACE;
    }
    if only_link && !only_space {
        facts = facts | Gap::LINK;
    }
    match gap.chars().next_back() {
        Some('$' | '#') => facts | Gap::SIGIL,
        Some('@') => facts | Gap::AT,
        _ => facts,
    }
}

/// `M.`, `J.`, `Dr.`: the full stop behind does not end the sentence.
fn is_initial(text: &str, word: &Word) -> bool {
    let w = &text[word.span()];
    w.len() <= 1 && word.shape == Shape::Upper || matches!(w, "MM" | "Mme" | "Dr" | "Me" | "Mr" | "Inc" | "St" | "Pr")
}

/// The end of the web or mail address that the word opens, else the word's end.
fn skip_address(text: &str, start: usize, end: usize) -> usize {
    // Nearly every word is out at once.
    if !matches!(text.as_bytes().get(end), Some(b':' | b'.' | b'@')) {
        return end;
    }
    let rest = &text[end..];
    let opens = rest.starts_with("://") || &text[start..end] == "www" && rest.starts_with('.') || is_mail(rest);
    match opens {
        true => end + rest.find(char::is_whitespace).unwrap_or(rest.len()),
        false => end,
    }
}

fn is_mail(rest: &str) -> bool {
    rest.strip_prefix('@').is_some_and(|r| r.starts_with(|c: char| c.is_alphanumeric()))
}

/// Openings of lines that point to other articles; what follows them on the line is not of this one.
const POINTERS: &[&str] = &[
    "à lire aussi",
    "à lire également",
    "à voir aussi",
    "à voir également",
    "à relire",
    "à écouter aussi",
    "lire aussi notre",
    "lire aussi",
    "lire également",
    "à lire",
    "a lire",
    "voir aussi",
    "à voir",
    "voir également",
    "relire",
    "à relire",
    "sur le même sujet",
    "sur le même thème",
    "dans la même rubrique",
    "dans le même dossier",
    "pour aller plus loin",
    "à découvrir aussi",
    "à découvrir",
    "articles liés",
    "article lié",
    "nos autres articles",
    "notre dossier",
    "lire notre",
    "lire la suite",
    "lire l article",
    "lire plus",
    "retrouvez aussi",
    "retrouvez notre",
    "vous aimerez aussi",
    "à écouter",
    "écouter aussi",
    "ecoutez aussi",
    "les plus lus",
    "plus d infos",
    "en lien",
    "à ne pas manquer",
    "read also",
    "also read",
    "read more",
    "see also",
    "related",
    "more on",
    "et aussi",
    "à consulter",
    "lisez aussi",
    "lire l enquête",
    "lire le décryptage",
    "regarder aussi",
    "recommandé pour vous",
    // Who took a picture is not what the article speaks of.
    "crédit photo",
    "crédits photo",
    "crédits",
    "crédit",
    "photo credit",
    "photo d illustration",
    "image d illustration",
    "photo",
    "photos",
    "photo d archives",
    "photo par",
    "photo afp",
    "photo reuters",
    "photo dr",
    "capture d écran",
];

/// Words between « lire aussi » and its colon: `notre enquête`.
const MOST_KIND_WORDS: usize = 4;
/// « © Adobe Stock / Nom du photographe ».
const MOST_HOLDER_WORDS: usize = 5;

impl Words {
    /// Marks the lines that point elsewhere, and what stands in parentheses behind such an opening.
    fn mark_asides(&mut self) {
        let pointers = pointers();
        let mut i = 0;
        while i < self.list.len() {
            if self.list[i].gap.any(Gap::COPYRIGHT) {
                i = self.mark_holder(i);
                continue;
            }
            let opening = self.list[i].gap.any(Gap::START | Gap::SOFT | Gap::PAREN);
            i = match opening.then(|| pointers.longest_at(self, i)).flatten() {
                Some(len) if self.points_elsewhere(i, i + len) => self.mark_aside(i, i + len),
                _ => i + 1,
            };
        }
    }

    /// Marks the holder of a copyright: a few words at most, on one line.
    fn mark_holder(&mut self, from: usize) -> usize {
        let most = self.list.len().min(from + MOST_HOLDER_WORDS);
        let stop = Gap::LINE | Gap::UNPAREN | Gap::START;
        let end = (from + 1..most).find(|&i| self.list[i].gap.any(stop)).unwrap_or(most);
        self.list[from..end].iter_mut().for_each(|word| word.aside = true);
        end
    }

    /// The phrase opens its line, or a colon follows it.
    fn points_elsewhere(&self, from: usize, to: usize) -> bool {
        let opens_line = from == 0 || self.list[from].gap.any(Gap::LINE);
        let next = self.list.get(to).map(|w| w.gap);
        let colon = next.is_some_and(|g| g.any(Gap::COLON));
        colon
            || opens_line && self.names_what_to_read(from, to)
            || opens_line && next.is_none_or(|g| g.any(Gap::LINE | Gap::SOFT))
            || self.list[from].gap.any(Gap::PAREN) && to - from > 1
    }

    /// `Lire aussi notre enquête : …`: « aussi », and a colon a few words on.
    fn names_what_to_read(&self, from: usize, to: usize) -> bool {
        let also = |w: &Word| matches!(self.folded(w), b"aussi" | b"egalement" | b"notre" | b"nos");
        let most = self.list.len().min(to + MOST_KIND_WORDS);
        self.list[from..to].iter().any(also)
            && (to..most)
                .take_while(|&i| !self.list[i].gap.any(Gap::LINE | Gap::START))
                .any(|i| self.list[i].gap.any(Gap::COLON))
    }

    /// Marks to the end of the line; where the line holds nothing more, the lines below it up to a blank one.
    fn mark_aside(&mut self, from: usize, to: usize) -> usize {
        let whole_block = self.list.get(to).is_some_and(|w| w.gap.any(Gap::LINE));
        let in_parens = self.list[from].gap.any(Gap::PAREN);
        let stop = match (in_parens, whole_block) {
            (true, _) => Gap::LINE | Gap::UNPAREN,
            (false, true) => Gap::BLANK,
            (false, false) => Gap::LINE,
        };
        let end = (to..self.list.len())
            .find(|&i| i > to.min(from + 1) && self.list[i].gap.any(stop))
            .unwrap_or(self.list.len());
        for word in &mut self.list[from..end] {
            word.aside = true;
        }
        end.max(to)
    }
}

fn pointers() -> &'static Phrases {
    static SET: std::sync::OnceLock<Phrases> = std::sync::OnceLock::new();
    SET.get_or_init(|| Phrases::of(POINTERS.iter().copied().zip(0..)))
}

/// A set of word keys that answers "surely not" from one bit, so that most words of a text need no look at a table.
#[derive(Debug)]
pub struct KeyFilter(Box<[u64]>);

/// 2¹⁶ bits are 8 kB, which stay in the first cache; three thousand keys fill one bit in twenty.
const FILTER_WORDS: usize = 1024;

impl Default for KeyFilter {
    fn default() -> Self {
        KeyFilter(vec![0; FILTER_WORDS].into())
    }
}

impl KeyFilter {
    /// Adds a key.
    pub fn add(&mut self, key: u64) {
        self.0[(key >> 54) as usize] |= 1 << (key & 63);
    }

    /// False where the key was never added.
    #[inline]
    pub fn may_hold(&self, key: u64) -> bool {
        self.0[(key >> 54) as usize] >> (key & 63) & 1 == 1
    }
}

/// What is kept under keys of words, all in one list, in the order of the keys.
#[derive(Debug)]
pub struct KeyTable<T> {
    entries: Vec<(u64, T)>,
    /// By the upper bits of the keys: where their entries begin; then where all end.
    starts: Vec<u32>,
    /// How many bits are left out.
    shift: u32,
}

impl<T> KeyTable<T> {
    /// Keeps values by their keys; those of one key in the order given.
    pub fn new(mut entries: Vec<(u64, T)>) -> Self {
        // Twice as many beginnings as entries: most lists are of one key.
        let bits = (2 * entries.len()).next_power_of_two().ilog2().max(1);
        let shift = u64::BITS - bits;
        entries.sort_by_key(|(key, _)| *key);
        let starts = (0..=1u64 << bits).map(|top| entries.partition_point(|(key, _)| key >> shift < top) as u32);
        Self { starts: starts.collect(), shift, entries }
    }

    /// Returns what is kept under a key.
    #[inline]
    pub fn of(&self, key: u64) -> impl Iterator<Item = &T> {
        let top = (key >> self.shift) as usize;
        let near = &self.entries[self.starts[top] as usize..self.starts[top + 1] as usize];
        near.iter().filter(move |entry| entry.0 == key).map(|(_, value)| value)
    }
}

/// A set of cue phrases, each with a number; a trailing `*` on a word stands for any ending (`licenci*`), a word in
/// capitals must be written so, and `@` behind the first word stands for any name.
#[derive(Debug)]
pub struct Phrases {
    all: Vec<Phrase>,
    /// The parts of all phrases, one after the other.
    parts: Vec<Part>,
    words: KeyFilter,
    openings: KeyFilter,
    whole: KeyTable<Whole>,
    opening: KeyTable<Opening>,
}

/// A phrase under the word that it is looked up by, with a neighbour to be compared before all else.
#[derive(Debug)]
struct Whole {
    phrase: u32,
    number: u32,
    /// The upper half of the neighbour's key.
    beside: u32,
    /// How far off the neighbour stands: 0 where the phrase has no other whole word.
    neighbour: i8,
    /// The word is all of the phrase: found without a look at the phrase.
    alone: bool,
}

/// A phrase under the first letters of the word that it is looked up by, with eight of them.
#[derive(Debug)]
struct Opening {
    phrase: u32,
    number: u32,
    /// These letters are all of the phrase.
    alone: bool,
    head: u64,
    mask: u64,
}

#[derive(Debug)]
struct Phrase {
    /// Its parts: from there on, so many.
    start: u32,
    len: u16,
    /// The word by which it is looked up: the longest, since short ones are everywhere.
    anchor: u16,
}

#[derive(Debug)]
enum Part {
    Whole(u64),
    /// An acronym, written in capitals in the text too: `AI` is not the verb of « j'ai ».
    Acronym(u64),
    Opening(Box<[u8]>),
    /// Any word with a capital, behind a space or an apostrophe: `@`.
    Name,
}

/// Words of the longest of [`POINTERS`].
const LONGEST_POINTER: usize = 5;
/// A word with `*` is looked up by its first letters; fewer would try too many phrases at every word.
const OPENING_LEN: usize = 4;

impl Default for Phrases {
    fn default() -> Self {
        Self::of([])
    }
}

impl Phrases {
    /// The set of these phrases; the same number may be given to several. A `*` behind fewer than four letters is
    /// ignored.
    pub fn of<'p>(phrases: impl IntoIterator<Item = (&'p str, u32)>) -> Self {
        let (mut all, mut all_parts): (Vec<Phrase>, Vec<Part>) = (Vec::new(), Vec::new());
        let [mut words, mut openings] = [KeyFilter::default(), KeyFilter::default()];
        let (mut by_word, mut by_opening) = (Vec::new(), Vec::new());
        for (phrase, number) in phrases {
            let (parts, lengths): (Vec<Part>, Vec<usize>) = phrase.split_whitespace().flat_map(parts).unzip();
            let at = all.len() as u32;
            let Some(anchor) = (0..parts.len()).rev().max_by_key(|&i| lengths[i]) else { continue };
            let one = parts.len() == 1;
            match &parts[anchor] {
                Part::Whole(key) | Part::Acronym(key) => {
                    let (neighbour, beside) = neighbour(&parts, anchor).unwrap_or_default();
                    let alone = one && matches!(parts[anchor], Part::Whole(_));
                    words.add(*key);
                    by_word.push((*key, Whole { phrase: at, number, beside, neighbour, alone }));
                }
                Part::Opening(start) => {
                    let (head, alone) = (head(start), one && start.len() <= HEAD_LEN);
                    let key = spread(opening(head));
                    openings.add(key);
                    by_opening.push((key, Opening { phrase: at, number, alone, head, mask: head_mask(start.len()) }));
                }
                Part::Name => continue,
            }
            all.push(Phrase { start: all_parts.len() as u32, len: parts.len() as u16, anchor: anchor as u16 });
            all_parts.extend(parts);
        }
        Self {
            all,
            parts: all_parts,
            words,
            openings,
            whole: KeyTable::new(by_word),
            opening: KeyTable::new(by_opening),
        }
    }

    /// Calls `found` with the number, the first word and the word count of each phrase in a run of words, overlaps
    /// included, in no order.
    pub fn each(&self, words: &Words, run: std::ops::Range<usize>, mut found: impl FnMut(u32, usize, usize)) {
        let mut inside = |number, start, len| {
            if start >= run.start && start + len <= run.end {
                found(number, start, len);
            }
        };
        for i in likely(words, &run, |word| !word.aside & self.words.may_hold(word.key)) {
            self.by_word(words, i, &mut inside);
        }
        let opens = |word: &Word| self.openings.may_hold(spread(opening(words.head(word))));
        for i in likely(words, &run, |word| !word.aside & opens(word)) {
            self.by_opening(words, i, &mut inside);
        }
    }

    /// The length in words of the longest phrase that begins at this word.
    fn longest_at(&self, words: &Words, i: usize) -> Option<usize> {
        let mut longest = None;
        let end = words.list.len().min(i + LONGEST_POINTER);
        for at in i..end {
            let mut here = |_, start, len| {
                if start == i {
                    longest = longest.max(Some(len));
                }
            };
            self.by_word(words, at, &mut here);
            self.by_opening(words, at, &mut here);
        }
        longest
    }

    /// Calls `found` with the number, the first word and the word count of each phrase looked up by all of word `i`.
    fn by_word(&self, words: &Words, i: usize, found: &mut impl FnMut(u32, usize, usize)) {
        let beside = |n: i8| words.list.get(i.wrapping_add_signed(n.into())).map(|w| upper(w.key));
        let near = self.whole.of(words.list[i].key);
        near.filter(|e| e.neighbour == 0 || beside(e.neighbour) == Some(e.beside))
            .for_each(|e| self.try_one(words, i, (e.number, e.phrase, e.alone), found));
    }

    /// The same for the phrases looked up by the first letters of word `i`.
    fn by_opening(&self, words: &Words, i: usize, found: &mut impl FnMut(u32, usize, usize)) {
        let head = words.head(&words.list[i]);
        let near = self.opening.of(spread(opening(head)));
        near.filter(|e| (head ^ e.head) & e.mask == 0)
            .for_each(|e| self.try_one(words, i, (e.number, e.phrase, e.alone), found));
    }

    fn try_one(
        &self,
        words: &Words,
        i: usize,
        (number, phrase, alone): (u32, u32, bool),
        found: &mut impl FnMut(u32, usize, usize),
    ) {
        if alone {
            return found(number, i, 1);
        }
        let phrase = &self.all[phrase as usize];
        let parts = &self.parts[phrase.start as usize..][..usize::from(phrase.len)];
        if let Some(start) = i.checked_sub(usize::from(phrase.anchor))
            && fit(parts, words, start)
        {
            found(number, start, parts.len());
        }
    }
}

/// The words of a run that pass a filter. What every fourth word does is not branched on: the processor would guess
/// wrong each time, and what it looks up for the words after would be lost.
fn likely(words: &Words, run: &std::ops::Range<usize>, passes: impl Fn(&Word) -> bool) -> Vec<usize> {
    let mut likely = vec![0; run.len()];
    let mut count = 0;
    for i in run.clone() {
        likely[count] = i;
        count += usize::from(passes(&words.list[i]));
    }
    likely.truncate(count);
    likely
}

/// How far off the nearest whole word beside the anchor stands, and the upper half of its key.
fn neighbour(words: &[Part], anchor: usize) -> Option<(i8, u32)> {
    [1, -1].into_iter().find_map(|n: i8| match words.get(anchor.checked_add_signed(n.into())?)? {
        Part::Whole(key) | Part::Acronym(key) => Some((n, upper(*key))),
        _ => None,
    })
}

fn upper(key: u64) -> u32 {
    (key >> 32) as u32
}

/// Letters of a word that are compared at once.
const HEAD_LEN: usize = 8;

/// The first eight bytes, zeros behind a shorter word.
fn head(folded: &[u8]) -> u64 {
    let mut bytes = [0; HEAD_LEN];
    let len = folded.len().min(HEAD_LEN);
    bytes[..len].copy_from_slice(&folded[..len]);
    u64::from_le_bytes(bytes)
}

/// The words from `at` on are those of a phrase.
fn fit(parts: &[Part], words: &Words, at: usize) -> bool {
    let Some(run) = words.list.get(at..at + parts.len()) else { return false };
    run.iter().zip(parts).enumerate().all(|(n, (word, part))| {
        (n == 0 || !word.gap.any(Gap::START | Gap::COLON))
            && match part {
                Part::Whole(key) => word.key == *key,
                Part::Acronym(key) => word.key == *key && !matches!(word.shape, Shape::Lower | Shape::Capital),
                Part::Opening(start) => words.folded(word).starts_with(start),
                Part::Name => {
                    !matches!(word.shape, Shape::Lower | Shape::Number) && word.gap.any(Gap::SPACE | Gap::APOSTROPHE)
                }
            }
    })
}

/// The parts of a word of a phrase, each with its length in letters.
fn parts(word: &str) -> Vec<(Part, usize)> {
    if word == "@" {
        return vec![(Part::Name, 0)];
    }
    let cut = Words::cut(word);
    let open = word.ends_with('*') && cut.list.last().is_some_and(|w| cut.folded(w).len() >= OPENING_LEN);
    let last = cut.list.len().wrapping_sub(1);
    let part = |(i, w): (usize, &Word)| match w.shape {
        _ if open && i == last => Part::Opening(cut.folded(w).into()),
        Shape::Upper if w.span().len() > 1 => Part::Acronym(w.key),
        _ => Part::Whole(w.key),
    };
    cut.list.iter().enumerate().map(|(i, w)| (part((i, w)), cut.folded(w).len())).collect()
}

/// The letters by which a word with `*` is looked up.
fn opening(head: u64) -> u64 {
    head & head_mask(OPENING_LEN)
}

fn head_mask(len: usize) -> u64 {
    if len >= HEAD_LEN { u64::MAX } else { (1 << (8 * len)) - 1 }
}

/// Spreads a few letters over the bits that the filter and the table read; a key for each opening.
fn spread(opening: u64) -> u64 {
    let product = opening.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ product >> 29
}
