//! What a worker remembers of the spellings it has met, so that a word is analysed once and not at every occurrence.
//!
//! A spelling and the numbers of its forms lie side by side in one line of the cache. French news of 30 MB has 150,000
//! spellings, many more than fit into the processor's caches.

use hashbrown::HashTable;

use super::lexicon::WordId;
use super::terms::{TermId, Terms};
use crate::analysis::{self, Forms};
use crate::article::Span;

/// Spellings remembered before starting afresh: some 30 MB.
const MAX_SPELLINGS: usize = 400_000;

/// Places for the words met last: 32 kB, the nearest cache.
const RECENT: usize = 4096;

/// Where a word lies that was met lately: the upper half of its hash, so that no other word's entry is looked at.
#[derive(Clone, Copy, Default)]
struct Recent {
    hash: u32,
    at: u32,
}

/// A word to be looked up.
#[derive(Clone, Copy)]
pub struct Spelling<'s> {
    form: &'s str,
    head: Head,
    hash: u64,
}

/// The first bytes of a spelling, zeros behind a shorter one: nearly every word is compared by them alone.
type Head = u128;

const HEAD_BYTES: usize = size_of::<Head>();

impl<'s> Spelling<'s> {
    /// The word that lies there in `text`.
    #[inline]
    pub fn within(text: &'s str, span: Span) -> Self {
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
        let form = &text[span];
        Self { form, head, hash: hash(head, form) }
    }

    /// The spelling itself.
    pub fn form(&self) -> &'s str {
        self.form
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
fn hash(head: Head, form: &str) -> u64 {
    const SEEDS: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93];
    let mixed = |a: u64, b: u64| {
        let product = u128::from(a ^ SEEDS[0]) * u128::from(b ^ SEEDS[1]);
        product as u64 ^ (product >> 64) as u64
    };
    let rest = form.as_bytes().get(HEAD_BYTES..).unwrap_or_default();
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
    table: HashTable<u32>,
    /// In the order of first sight, which brings frequent words together.
    entries: Vec<Entry>,
    /// For some hashes, the entry met last: three words in four are found here, in the nearest cache.
    recent: Vec<Recent>,
    /// The spellings that are longer than their heads.
    long: Vec<Box<str>>,
    /// The numbers of the article and of the passage that are being read.
    now: [u32; 2],
}

/// A text in which a word is met for the first time or again.
#[derive(Clone, Copy)]
pub enum Within {
    Article,
    Passage,
}

/// All that is known of a word, in one line of the cache, unless it is long.
#[repr(align(64))]
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

const _: () = assert!(size_of::<Entry>() == 64);

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
        self.table.clear();
        self.entries.clear();
        self.recent.clear();
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

    /// Returns where a word is remembered, if it is. This waits for memory, for two thirds of what indexing spends on
    /// words; look-ups that follow one another, with nothing between them, wait together.
    #[inline]
    pub fn find(&mut self, spelling: &Spelling) -> Option<u32> {
        let (place, hash) = (spelling.hash as usize % RECENT, (spelling.hash >> 32) as u32);
        match self.recent.get(place) {
            Some(recent) if recent.hash == hash && self.is(recent.at, spelling) => Some(recent.at),
            _ => {
                let at = *self.table.find(spelling.hash, |&at| self.is(at, spelling))?;
                self.recent.resize(RECENT, Recent::default());
                self.recent[place] = Recent { hash, at };
                Some(at)
            }
        }
    }

    #[inline]
    fn is(&self, at: u32, spelling: &Spelling) -> bool {
        let Some(entry) = self.entries.get(at as usize) else { return false };
        let long = || &*self.long[entry.long as usize];
        entry.head == spelling.head
            && if entry.len == LONG { long() == spelling.form } else { usize::from(entry.len) == spelling.form.len() }
    }

    /// Returns where a word is remembered, asking `learn` for what is to be remembered if it is not yet.
    pub fn find_or_learn(&mut self, spelling: &Spelling, learn: impl FnOnce() -> (WordId, Forms)) -> u32 {
        self.find(spelling).unwrap_or_else(|| self.remember(spelling, learn()))
    }

    fn remember(&mut self, spelling: &Spelling, (id, forms): (WordId, Forms)) -> u32 {
        let (at, form) = (self.entries.len() as u32, spelling.form);
        let stem = self.terms.stems.intern(&forms.stem);
        let strict = self.terms.strict.intern(&forms.strict);
        let known = Known { id, stem, strict, function: analysis::is_function_word(form) };
        let long = self.long.len() as u32;
        let len = if form.len() <= HEAD_BYTES { form.len() as u8 } else { LONG };
        if len == LONG {
            self.long.push(form.into());
        }
        self.entries.push(Entry { head: spelling.head, known, long, met: [0; 2], len });
        let Self { table, entries, long, .. } = self;
        let rehash = |&at: &u32| {
            let Entry { head, len, long: place, .. } = entries[at as usize];
            hash(head, if len == LONG { &long[place as usize] } else { "" })
        };
        table.insert_unique(spelling.hash, at, rehash);
        at
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

    fn spelling(form: &str) -> Spelling<'_> {
        Spelling::within(form, 0..form.len())
    }

    #[test]
    fn a_spelling_is_learnt_once() {
        let long = ["anticonstitutionnellement", "anticonstitutionnellemenT"];
        let mut spellings = Spellings::default();
        for (id, form) in (0..).zip(["accords", "les", "géant", "l", long[0], long[1]]) {
            let word = spelling(form);
            assert_eq!(spellings.find(&word), None);
            let first = spellings.find_or_learn(&word, || (id, forms(form, Language::French)));
            assert_eq!((spellings.known(first).id, spellings.find(&word)), (id, Some(first)));
        }
        let accords = spellings.find_or_learn(&spelling("accords"), || unreachable!("it is known"));
        assert_eq!(spellings.known(accords).id, 0);
        let les = spellings.find(&spelling("les")).unwrap();
        assert_eq!([les, accords].map(|at| spellings.known(at).function), [true, false]);
    }

    #[test]
    fn words_are_new_once_in_a_text() {
        let mut spellings = Spellings::default();
        let at = spellings.find_or_learn(&spelling("accord"), || (0, forms("accord", Language::French)));
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
                let at = spellings.find_or_learn(&spelling(form), || (id, forms.clone()));
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
            assert_eq!((inside.head, inside.hash), (alone.head, alone.hash), "{}", alone.form);
        }
    }
}
