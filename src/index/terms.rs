//! The terms of one field, numbered as they come: lists of numbers are gathered and turned over, not lists of texts.

use std::cmp::Ordering;
use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

/// Number of a term among the [`Terms`] that gave it, from 0 on, in the order of first sight.
pub type TermId = u32;

/// Terms by number, and numbers by term.
#[derive(Debug, Default)]
pub struct Terms {
    /// Numbers, by the hash of their term.
    table: HashTable<TermId>,
    /// The terms one after the other, and where each of them ends.
    arena: String,
    ends: Vec<u32>,
}

impl Terms {
    /// Returns how many terms there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the number of `term`, which it gets now if it has none.
    pub fn intern(&mut self, term: &str) -> TermId {
        let Self { table, arena, ends } = self;
        let hash = FxBuildHasher.hash_one(term);
        if let Some(&id) = table.find(hash, |&id| term_of(arena, ends, id) == term) {
            return id;
        }
        let id = ends.len() as TermId;
        arena.push_str(term);
        ends.push(u32::try_from(arena.len()).expect("a segment's terms are far less than 4 GiB"));
        table.insert_unique(hash, id, |&id| FxBuildHasher.hash_one(term_of(arena, ends, id)));
        id
    }

    /// Returns the term with this number.
    pub fn get(&self, id: TermId) -> &str {
        term_of(&self.arena, &self.ends, id)
    }

    /// Returns numbers in the order of their terms' bytes.
    pub fn sorted(&self, ids: impl Iterator<Item = TermId>) -> Vec<TermId> {
        sorted_by_text(ids, |id| self.get(id), |_, _| Ordering::Equal)
    }

    /// Returns the bytes of memory that the terms take.
    pub fn memory(&self) -> usize {
        self.arena.len() + size_of::<u32>() * self.ends.len() + (size_of::<TermId>() + 1) * self.table.capacity()
    }
}

/// Returns numbers in the order of their texts' bytes; what `then` says of two with one text.
pub fn sorted_by_text<'t>(
    ids: impl Iterator<Item = u32>,
    text: impl Fn(u32) -> &'t str,
    then: impl Fn(u32, u32) -> Ordering,
) -> Vec<u32> {
    // Most are told apart by their first eight bytes, which lie in the list that is sorted: a third of the time.
    let mut keyed: Vec<(u64, u32)> = ids.map(|id| (head(text(id)), id)).collect();
    let rest = |a: u32, b: u32| text(a).cmp(text(b)).then_with(|| then(a, b));
    keyed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| rest(a.1, b.1)));
    keyed.into_iter().map(|(_, id)| id).collect()
}

fn term_of<'a>(arena: &'a str, ends: &[u32], id: TermId) -> &'a str {
    let start = (id as usize).checked_sub(1).map_or(0, |before| ends[before]);
    &arena[start as usize..ends[id as usize] as usize]
}

/// The first bytes of a text, zeros behind a shorter one, in an order that agrees with the texts'.
fn head(text: &str) -> u64 {
    let mut head = [0; 8];
    let len = text.len().min(head.len());
    head[..len].copy_from_slice(&text.as_bytes()[..len]);
    u64::from_be_bytes(head)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_term_has_one_number() {
        let mut terms = Terms::default();
        let ids = ["accord", "", "géant", "accord", ""].map(|term| terms.intern(term));
        assert_eq!((ids, terms.len()), ([0, 1, 2, 0, 1], 3));
        assert_eq!([0, 1, 2].map(|id| terms.get(id)), ["accord", "", "géant"]);
    }

    proptest! {
        #[test]
        fn numbers_are_sorted_by_their_terms(list in prop::collection::vec("[a-cé\0]{0,12}", 0..60)) {
            let mut terms = Terms::default();
            list.iter().for_each(|term| {
                terms.intern(term);
            });
            let sorted: Vec<&str> =
                terms.sorted(0..terms.len() as TermId).into_iter().map(|id| terms.get(id)).collect();
            let mut expected: Vec<&str> = list.iter().map(String::as_str).collect();
            expected.sort_unstable_by_key(|term| term.as_bytes());
            expected.dedup();
            prop_assert_eq!(sorted, expected);
        }
    }
}
