//! What a worker remembers of the spellings it has met, so that a word is analysed once and not at every occurrence.
//!
//! A spelling and its forms lie side by side in one text: a look-up touches as few cache lines as can be. French news
//! of 30 MB has 150,000 spellings, many more than fit into the processor's caches.

use hashbrown::HashTable;

use super::lexicon::WordId;
use crate::analysis::{self, Forms};
use crate::article::Span;

/// Spellings remembered before starting afresh: some 40 MB.
const MAX_SPELLINGS: usize = 400_000;

/// Places for the words met last.
const RECENT: usize = 4096;

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
/// rest of its bytes.
fn hash(head: Head, form: &str) -> u64 {
    const SEEDS: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93];
    let mixed = |a: u64, b: u64| {
        let product = u128::from(a ^ SEEDS[0]) * u128::from(b ^ SEEDS[1]);
        product as u64 ^ (product >> 64) as u64
    };
    let rest = form.as_bytes().get(HEAD_BYTES..).unwrap_or_default();
    rest.iter().fold(mixed(head as u64, (head >> 64) as u64), |hash, &byte| mixed(hash, u64::from(byte)))
}

/// Spellings of one language, with what is known of them.
#[derive(Default)]
pub struct Spellings {
    table: HashTable<u32>,
    /// In the order of first sight, which brings frequent words together.
    entries: Vec<Entry>,
    /// For some hashes, the entry met last: three words in four are found here, in the nearest cache.
    recent: Vec<u32>,
    /// Spelling, stem, strict form; then those of the next.
    text: String,
}

struct Entry {
    head: [u64; 2],
    start: u32,
    stem: u32,
    strict: u32,
    end: u32,
    id: WordId,
    function: bool,
}

/// What is known of a spelling.
pub struct Known<'s> {
    pub id: WordId,
    pub stem: &'s str,
    pub strict: &'s str,
    pub function: bool,
}

impl Entry {
    fn head(&self) -> Head {
        Head::from(self.head[0]) | Head::from(self.head[1]) << u64::BITS
    }

    fn form<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start as usize..self.stem as usize]
    }

    /// The text is looked at for long words only.
    fn is(&self, spelling: &Spelling, text: &str) -> bool {
        let len = (self.stem - self.start) as usize;
        self.head() == spelling.head
            && len == spelling.form.len()
            && (len <= HEAD_BYTES || self.form(text) == spelling.form)
    }
}

impl Spellings {
    /// Tells whether it is time to [`Self::clear`].
    pub fn is_full(&self) -> bool {
        self.entries.len() >= MAX_SPELLINGS
    }

    pub fn clear(&mut self) {
        self.table.clear();
        self.entries.clear();
        self.recent.clear();
        self.text.clear();
    }

    /// Returns where a word is remembered, if it is. This waits for memory, for two thirds of what indexing spends on
    /// words; look-ups that follow one another, with nothing between them, wait together.
    #[inline]
    pub fn find(&mut self, spelling: &Spelling) -> Option<u32> {
        let recent = spelling.hash as usize % RECENT;
        match self.recent.get(recent) {
            Some(&at) if self.entries.get(at as usize).is_some_and(|entry| entry.is(spelling, &self.text)) => Some(at),
            _ => {
                let Self { table, entries, text, .. } = &*self;
                let at = *table.find(spelling.hash, |&at| entries[at as usize].is(spelling, text))?;
                self.recent.resize(RECENT, 0);
                self.recent[recent] = at;
                Some(at)
            }
        }
    }

    /// Returns where a word is remembered, asking `learn` for what is to be remembered if it is not yet.
    pub fn find_or_learn(&mut self, spelling: &Spelling, learn: impl FnOnce() -> (WordId, Forms)) -> u32 {
        self.find(spelling).unwrap_or_else(|| self.remember(spelling, learn()))
    }

    fn remember(&mut self, spelling: &Spelling, (id, forms): (WordId, Forms)) -> u32 {
        let at = self.entries.len() as u32;
        let start = self.push(spelling.form);
        let stem = self.push(&forms.stem);
        let strict = self.push(&forms.strict);
        let (end, function) = (self.text.len() as u32, analysis::is_function_word(spelling.form));
        let head = [spelling.head as u64, (spelling.head >> u64::BITS) as u64];
        self.entries.push(Entry { head, start, stem, strict, end, id, function });
        let Self { table, entries, text, .. } = self;
        let rehash = |&at: &u32| hash(entries[at as usize].head(), entries[at as usize].form(text));
        table.insert_unique(spelling.hash, at, rehash);
        at
    }

    fn push(&mut self, form: &str) -> u32 {
        let start = self.text.len() as u32;
        self.text.push_str(form);
        start
    }

    /// Returns what is known of the word that is remembered there.
    pub fn known(&self, at: u32) -> Known<'_> {
        let Entry { stem, strict, end, id, function, .. } = self.entries[at as usize];
        let [stem, strict, end] = [stem, strict, end].map(|at| at as usize);
        Known { id, stem: &self.text[stem..strict], strict: &self.text[strict..end], function }
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
        let again = spellings.known(accords);
        let expected = forms("accords", Language::French);
        assert_eq!((again.id, again.stem, again.strict), (0, &*expected.stem, &*expected.strict));
        assert!(!again.function);
        let les = spellings.find(&spelling("les")).unwrap();
        assert!(spellings.known(les).function);
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
