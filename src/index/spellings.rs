//! What a worker remembers of the spellings it has met, so that a word is analysed once and not at every occurrence.
//!
//! A spelling and the numbers of its forms lie side by side in one line of the cache. French news of 30 MB has 150,000
//! spellings, many more than fit into the processor's caches.

use super::lexicon::WordId;
use super::terms::{TermId, Terms};
use crate::analysis::{self, Forms};
use crate::article::Span;

/// Spellings remembered before starting afresh: some 30 MB.
const MAX_SPELLINGS: usize = 400_000;

/// A word to be looked up.
#[derive(Debug, Clone, Copy)]
pub struct Spelling {
    head: Head,
    hash: u64,
    /// In the text that it lies in.
    start: u32,
    len: u32,
}

/// The first bytes of a spelling, zeros behind a shorter one: nearly every word is compared by them alone.
type Head = u128;

const HEAD_BYTES: usize = size_of::<Head>();

impl Spelling {
    /// The word that lies there in `text`.
    #[inline]
    pub fn within(text: &str, span: Span) -> Self {
        let head = match text.as_bytes().get(span.start..span.start + HEAD_BYTES) {
            // Read in one go, with what follows the word, which is cut off.
            Some(bytes) => {
                Head::from_le_bytes(bytes.try_into().expect("as many bytes")) & MASKS[span.len().min(HEAD_BYTES)]
            }
            None => {
                let mut bytes = [0; HEAD_BYTES];
                let len = span.len().min(HEAD_BYTES);
                bytes[..len].copy_from_slice(&text.as_bytes()[span.start..span.start + len]);
                Head::from_le_bytes(bytes)
            }
        };
        let hash = hash(head, text.as_bytes().get(span.start + HEAD_BYTES..span.end).unwrap_or_default());
        Self { head, hash, start: span.start as u32, len: span.len() as u32 }
    }

    /// The slot, of so many, where it is looked for first.
    fn home(&self, slots: usize) -> usize {
        self.hash as usize & (slots - 1)
    }

    fn tag(&self) -> u32 {
        (self.hash >> 32) as u32
    }

    /// The spelling itself; `text` is what it was made from.
    pub fn form(self, text: &str) -> &str {
        &text[self.start as usize..][..self.len as usize]
    }
}

/// The bits of so many bytes.
const MASKS: [Head; HEAD_BYTES + 1] = {
    let mut masks = [Head::MAX; HEAD_BYTES + 1];
    let mut len = 0;
    while len < HEAD_BYTES {
        masks[len] = (1 << (8 * len)) - 1;
        len += 1;
    }
    masks
};

/// One product of the two halves, whose upper half carries the low bits' differences; a longer word goes on with the
/// rest of its bytes. With the hasher of `rustc-hash` in its place indexing took 3 % more processor time.
fn hash(head: Head, rest: &[u8]) -> u64 {
    const SEEDS: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93];
    let mixed = |a: u64, b: u64| {
        let product = u128::from(a ^ SEEDS[0]) * u128::from(b ^ SEEDS[1]);
        product as u64 ^ (product >> 64) as u64
    };
    rest.iter().fold(mixed(head as u64, (head >> 64) as u64), |hash, &byte| mixed(hash, u64::from(byte)))
}

/// Forms remembered, of all languages, before starting afresh with the next segment.
const MAX_TERMS: usize = 800_000;

/// The forms that words are found by, numbered.
#[derive(Debug, Default)]
pub struct WordTerms {
    pub stems: Terms,
    pub strict: Terms,
}

impl WordTerms {
    /// Returns the bytes of memory that they take.
    pub fn memory(&self) -> usize {
        self.stems.memory() + self.strict.memory()
    }
}

/// Spellings of one language, with what is known of them.
#[derive(Default)]
pub struct Spellings {
    terms: WordTerms,
    /// By the low bits of their hashes; a spelling whose place is taken lies in the next that is free.
    slots: Vec<Slot>,
    /// In the order of first sight, which brings frequent words together.
    entries: Vec<Entry>,
    /// The spellings that are longer than their heads.
    long: Vec<Box<str>>,
    /// The numbers of the article and of the passage that are being read.
    now: [u32; 2],
}

/// Where a spelling is remembered, beside the upper half of its hash, so that no other's entry is looked at.
#[derive(Clone, Copy)]
struct Slot {
    tag: u32,
    at: u32,
}

/// Where nothing is remembered.
pub const NOWHERE: u32 = u32::MAX;

/// Slots at the beginning, a power of two as ever.
const FIRST_SLOTS: usize = 1 << 12;

/// A text in which a word is met for the first time or again.
#[derive(Clone, Copy)]
pub enum Within {
    Article,
    Passage,
}

/// All that is known of a word, side by side, unless it is long. (Put on a line of the cache of its own, it was no faster.)
struct Entry {
    head: Head,
    known: Known,
    /// Of a spelling longer than its head, where it lies.
    long: u32,
    /// The article and the passage that it was met in last, by the numbers that [`Spellings`] gives them.
    met: [u32; 2],
    /// Of the spelling; `LONG` where it is longer than its head.
    len: u8,
}

/// The length of what does not fit.
const LONG: u8 = u8::MAX;

/// What is known of a spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub id: WordId,
    pub stem: TermId,
    pub strict: TermId,
    pub function: bool,
}

impl Spellings {
    /// Tells whether it is time to [`Self::clear`].
    pub fn is_full(&self) -> bool {
        self.entries.len() >= MAX_SPELLINGS
    }

    /// Forgets the spellings; the numbers of forms stay.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.entries.clear();
        self.long.clear();
    }

    /// The forms of all spellings since the last relief.
    pub fn terms(&self) -> &WordTerms {
        &self.terms
    }

    /// Forgets the numbers of forms too, where there are many: called when a segment is done, which knows them.
    pub fn relieve(&mut self) {
        if self.terms.stems.len() + self.terms.strict.len() >= MAX_TERMS {
            self.clear();
            self.terms = WordTerms::default();
        }
    }

    /// Finds where the words of `text` are remembered: in `found`, [`NOWHERE`] for a word that is not.
    ///
    /// Each look waits for memory, twice. One pass makes the first look for all words and a second the other, so that
    /// they wait together.
    pub fn find_all(&self, text: &str, words: &[Spelling], found: &mut Vec<u32>) {
        found.clear();
        if self.slots.is_empty() {
            found.resize(words.len(), NOWHERE);
            return;
        }
        found.extend(words.iter().map(|word| self.probe(word.home(self.slots.len()), word.tag()).1));
        for (at, word) in found.iter_mut().zip(words) {
            if *at != NOWHERE && !self.is(*at, text, word) {
                *at = self.find(text, word);
            }
        }
    }

    /// Looks from a slot on for one with this tag; returns it, and what it holds: nothing where a free one comes first.
    #[inline]
    fn probe(&self, mut slot: usize, tag: u32) -> (usize, u32) {
        loop {
            let Slot { tag: other, at } = self.slots[slot];
            if other == tag || at == NOWHERE {
                return (slot, at);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    fn find(&self, text: &str, word: &Spelling) -> u32 {
        if self.slots.is_empty() {
            return NOWHERE;
        }
        let mut slot = word.home(self.slots.len());
        loop {
            let (here, at) = self.probe(slot, word.tag());
            if at == NOWHERE || self.is(at, text, word) {
                return at;
            }
            slot = (here + 1) & (self.slots.len() - 1);
        }
    }

    #[inline]
    fn is(&self, at: u32, text: &str, word: &Spelling) -> bool {
        let entry = &self.entries[at as usize];
        entry.head == word.head
            && if entry.len == LONG {
                *self.long[entry.long as usize] == *word.form(text)
            } else {
                u32::from(entry.len) == word.len
            }
    }

    /// Returns where a word of `text` is remembered, asking `learn` for what is to be remembered if it is not yet.
    pub fn find_or_learn(&mut self, text: &str, word: &Spelling, learn: impl FnOnce(&str) -> (WordId, Forms)) -> u32 {
        match self.find(text, word) {
            NOWHERE => self.remember(word, word.form(text), learn(word.form(text))),
            at => at,
        }
    }

    fn remember(&mut self, word: &Spelling, form: &str, (id, forms): (WordId, Forms)) -> u32 {
        let at = self.entries.len() as u32;
        let stem = self.terms.stems.intern(&forms.stem);
        let strict = self.terms.strict.intern(&forms.strict);
        let known = Known { id, stem, strict, function: analysis::is_function_word(form) };
        let long = self.long.len() as u32;
        let len = if form.len() <= HEAD_BYTES { form.len() as u8 } else { LONG };
        if len == LONG {
            self.long.push(form.into());
        }
        self.entries.push(Entry { head: word.head, known, long, met: [0; 2], len });
        if 2 * self.entries.len() > self.slots.len() {
            self.grow();
        } else {
            self.insert(word.hash, at);
        }
        at
    }

    fn grow(&mut self) {
        let slots = FIRST_SLOTS.max(2 * self.slots.len());
        self.slots.clear();
        self.slots.resize(slots, Slot { tag: 0, at: NOWHERE });
        for at in 0..self.entries.len() as u32 {
            let Entry { head, len, long, .. } = self.entries[at as usize];
            let rest = if len == LONG { &self.long[long as usize].as_bytes()[HEAD_BYTES..] } else { &[] };
            self.insert(hash(head, rest), at);
        }
    }

    fn insert(&mut self, hash: u64, at: u32) {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while self.slots[slot].at != NOWHERE {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = Slot { tag: (hash >> 32) as u32, at };
    }

    /// Begins a text: every word is new to it.
    pub fn begin(&mut self, text: Within) {
        self.now[text as usize] += 1;
    }

    /// Tells whether the word that is remembered there is met in a text for the first time.
    #[inline]
    pub fn is_new(&mut self, at: u32, text: Within) -> bool {
        let now = self.now[text as usize];
        std::mem::replace(&mut self.entries[at as usize].met[text as usize], now) != now
    }

    /// Returns what is known of the word that is remembered there.
    #[inline]
    pub fn known(&self, at: u32) -> Known {
        self.entries[at as usize].known
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Language, forms};

    fn spelling(form: &str) -> Spelling {
        Spelling::within(form, 0..form.len())
    }

    fn learn(spellings: &mut Spellings, id: WordId, form: &str) -> u32 {
        spellings.find_or_learn(form, &spelling(form), |form| (id, forms(form, Language::French)))
    }

    #[test]
    fn a_spelling_is_learnt_once() {
        let long = ["anticonstitutionnellement", "anticonstitutionnellemenT"];
        let mut spellings = Spellings::default();
        for (id, form) in (0..).zip(["accords", "les", "géant", "l", long[0], long[1]]) {
            assert_eq!(spellings.find(form, &spelling(form)), NOWHERE);
            let first = learn(&mut spellings, id, form);
            assert_eq!((spellings.known(first).id, spellings.find(form, &spelling(form))), (id, first));
        }
        let accords = spellings.find_or_learn("accords", &spelling("accords"), |_| unreachable!("it is known"));
        assert_eq!(spellings.known(accords).id, 0);
        let les = spellings.find("les", &spelling("les"));
        assert_eq!([les, accords].map(|at| spellings.known(at).function), [true, false]);
    }

    #[test]
    fn all_words_are_found_however_many() {
        let mut spellings = Spellings::default();
        let words: Vec<String> = (0..3 * FIRST_SLOTS).map(|n| format!("mot{n}")).collect();
        for (id, form) in (0..).zip(&words) {
            learn(&mut spellings, id, form);
        }
        let text = words.concat() + "inconnu";
        let mut end = 0;
        let mut sought: Vec<Spelling> = Vec::new();
        for word in words.iter().map(String::as_str).chain(["inconnu"]) {
            sought.push(Spelling::within(&text, end..end + word.len()));
            end += word.len();
        }
        let mut found = Vec::new();
        spellings.find_all(&text, &sought, &mut found);
        assert_eq!(found.pop(), Some(NOWHERE));
        assert!(found.iter().zip(0..).all(|(&at, id)| spellings.known(at).id == id));
    }

    #[test]
    fn a_tag_shared_by_two_words_leads_to_the_right_one() {
        let mut spellings = Spellings::default();
        let places = ["un", "deux"].map(|form| learn(&mut spellings, 0, form));
        // As if the hashes agreed in what is kept of them.
        let (one, two) = (spelling("un"), spelling("deux"));
        let alike = Spelling { hash: one.hash, ..two };
        spellings.insert(one.hash, places[1]);
        let mut found = Vec::new();
        spellings.find_all("deux", &[alike], &mut found);
        assert_eq!(found, [places[1]]);
    }

    #[test]
    fn words_are_new_once_in_a_text() {
        let mut spellings = Spellings::default();
        let at = learn(&mut spellings, 0, "accord");
        for text in [Within::Article, Within::Passage, Within::Passage] {
            spellings.begin(text);
            assert_eq!([spellings.is_new(at, text), spellings.is_new(at, text)], [true, false]);
        }
        assert!(!spellings.is_new(at, Within::Article));
    }

    #[test]
    fn forms_have_numbers_that_outlive_the_spellings() {
        let mut spellings = Spellings::default();
        let words = ["accords", "rémunérations", "a", "internationalisations", "anticonstitutionnellement", "œuvre"];
        for clear in [false, true] {
            for (id, form) in (0..).zip(words) {
                let forms = forms(form, Language::French);
                let at = learn(&mut spellings, id, form);
                let (known, terms) = (spellings.known(at), spellings.terms());
                assert_eq!(
                    (terms.stems.get(known.stem), terms.strict.get(known.strict)),
                    (&*forms.stem, &*forms.strict)
                );
            }
            assert_eq!(spellings.terms().stems.len(), words.len());
            if !clear {
                spellings.clear();
            }
        }
        spellings.relieve();
        assert_eq!(spellings.terms().stems.len(), words.len());
    }

    #[test]
    fn a_word_is_the_same_wherever_it_lies() {
        let text = "lesaccordssignésparl'anticonstitutionnellement";
        for (start, end) in [(0, 3), (3, 10), (0, 20), (21, 46), (45, 46), (46, 46)] {
            let (inside, alone) = (Spelling::within(text, start..end), spelling(&text[start..end]));
            assert_eq!((inside.head, inside.hash), (alone.head, alone.hash), "{}", alone.form(&text[start..end]));
        }
    }
}
