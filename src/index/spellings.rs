//! What a worker remembers of the spellings it has met, so that a word is analysed once and not at every occurrence.
//!
//! A spelling and its forms lie side by side in one text: a look-up touches as few cache lines as can be. French news
//! of 30 MB has 150,000 spellings, many more than fit into the processor's caches.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use super::lexicon::WordId;
use crate::analysis::{self, Forms};

/// Spellings remembered before starting afresh: some 40 MB.
const MAX_SPELLINGS: usize = 400_000;

/// Places for the words met last.
const RECENT: usize = 4096;

/// Spellings of one language, with what is known of them.
#[derive(Default)]
pub struct Spellings {
    table: HashTable<u32>,
    hasher: FxBuildHasher,
    /// In the order of first sight, which brings frequent words together.
    entries: Vec<Entry>,
    /// For some hashes, the entry met last: three words in four are found here, in the nearest cache.
    recent: Vec<u32>,
    /// Spelling, stem, strict form; then those of the next.
    text: String,
}

#[derive(Clone, Copy)]
struct Entry {
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

    /// Returns where `form` is remembered, if it is. This waits for memory, for two thirds of what indexing spends on
    /// words; look-ups that follow one another, with nothing between them, wait together.
    pub fn find(&mut self, form: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(form);
        self.find_hashed(hash, form)
    }

    /// Returns where `form` is remembered, asking `learn` for what is to be remembered if it is not yet.
    pub fn find_or_learn(&mut self, form: &str, learn: impl FnOnce() -> (WordId, Forms)) -> u32 {
        let hash = self.hasher.hash_one(form);
        self.find_hashed(hash, form).unwrap_or_else(|| self.remember(hash, form, learn()))
    }

    fn find_hashed(&mut self, hash: u64, form: &str) -> Option<u32> {
        let recent = hash as usize % RECENT;
        match self.recent.get(recent) {
            Some(&at) if self.is(at, form) => Some(at),
            _ => {
                let at = *self.table.find(hash, |&at| self.is(at, form))?;
                self.recent.resize(RECENT, 0);
                self.recent[recent] = at;
                Some(at)
            }
        }
    }

    fn is(&self, at: u32, form: &str) -> bool {
        self.entries.get(at as usize).is_some_and(|entry| self.spelling(entry) == form)
    }

    fn remember(&mut self, hash: u64, form: &str, (id, forms): (WordId, Forms)) -> u32 {
        let at = self.entries.len() as u32;
        let start = self.push(form);
        let stem = self.push(&forms.stem);
        let strict = self.push(&forms.strict);
        let (end, function) = (self.text.len() as u32, analysis::is_function_word(form));
        self.entries.push(Entry { start, stem, strict, end, id, function });
        let Self { table, hasher, entries, text, .. } = self;
        let rehash = |&at: &u32| hasher.hash_one(spelling(text, &entries[at as usize]));
        table.insert_unique(hash, at, rehash);
        at
    }

    fn push(&mut self, form: &str) -> u32 {
        let start = self.text.len() as u32;
        self.text.push_str(form);
        start
    }

    fn spelling(&self, entry: &Entry) -> &str {
        spelling(&self.text, entry)
    }

    /// Returns what is known of the spelling that is remembered there.
    pub fn known(&self, at: u32) -> Known<'_> {
        let Entry { stem, strict, end, id, function, .. } = self.entries[at as usize];
        let [stem, strict, end] = [stem, strict, end].map(|at| at as usize);
        Known { id, stem: &self.text[stem..strict], strict: &self.text[strict..end], function }
    }
}

fn spelling<'s>(text: &'s str, entry: &Entry) -> &'s str {
    &text[entry.start as usize..entry.stem as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Language, forms};

    #[test]
    fn a_spelling_is_learnt_once() {
        let mut spellings = Spellings::default();
        for (id, form) in (0..).zip(["accords", "les", "géant"]) {
            assert_eq!(spellings.find(form), None);
            let first = spellings.find_or_learn(form, || (id, forms(form, Language::French)));
            assert_eq!((spellings.known(first).id, spellings.find(form)), (id, Some(first)));
        }
        let accords = spellings.find_or_learn("accords", || unreachable!("it is known"));
        let again = spellings.known(accords);
        let expected = forms("accords", Language::French);
        assert_eq!((again.id, again.stem, again.strict), (0, &*expected.stem, &*expected.strict));
        assert!(!again.function);
        let les = spellings.find("les").unwrap();
        assert!(spellings.known(les).function);
    }
}
