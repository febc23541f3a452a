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

    /// Returns what is known of `form`, asking `learn` for it the first time.
    pub fn get(&mut self, form: &str, learn: impl FnOnce() -> (WordId, Forms)) -> Known<'_> {
        let hash = self.hasher.hash_one(form);
        let recent = hash as usize % RECENT;
        let at = match self.recent.get(recent) {
            Some(&at) if self.is(at, form) => at,
            _ => self.find(hash, form).unwrap_or_else(|| self.remember(hash, form, learn())),
        };
        self.recent.resize(RECENT, 0);
        self.recent[recent] = at;
        self.known(at)
    }

    fn is(&self, at: u32, form: &str) -> bool {
        self.entries.get(at as usize).is_some_and(|entry| self.spelling(entry) == form)
    }

    fn find(&self, hash: u64, form: &str) -> Option<u32> {
        self.table.find(hash, |&at| self.is(at, form)).copied()
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

    fn known(&self, at: u32) -> Known<'_> {
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
            let first = spellings.get(form, || (id, forms(form, Language::French)));
            assert_eq!(first.id, id);
        }
        let again = spellings.get("accords", || unreachable!("it is known"));
        let expected = forms("accords", Language::French);
        assert_eq!((again.id, again.stem, again.strict), (0, &*expected.stem, &*expected.strict));
        assert!(!again.function && spellings.get("les", || unreachable!("it is known")).function);
    }
}
