//! Which records bear a term: gathered record by record, turned over when a segment is written.
//!
//! The engine keeps a list for each term while it gathers, and looks for the end of one at every word: 6.5 million times
//! for 30 MB of news, each time waiting for memory, a quarter of all time. Here the numbers of the terms are only
//! appended; at the end two passes turn them over (a counting sort), and the engine writes the lists as its own.

use std::io;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::Field;

use super::terms::{TermId, Terms};

/// A longer term is not written: nobody looks for it, and the engine takes none.
const MAX_TERM_BYTES: usize = 65_530;

/// The terms of records, of one field.
#[derive(Debug, Default)]
pub struct Postings {
    /// Terms of the records, one after the other; a term may come again within a record. One place each, or two: most
    /// have small numbers, being frequent, and so were met early.
    places: Vec<u16>,
    /// How many terms that is.
    terms: usize,
    /// Of each record that has any: its number, and where its places end.
    ends: Vec<(u32, u32)>,
}

/// From here on a place holds the upper bits of a number, whose lower bits are in the next.
const UPPER: u16 = 0xF000;

/// Records by term.
struct Inverted {
    /// Records, ascending under each term; as often as the record bears the term.
    records: Vec<u32>,
    /// Of each term, where its records end.
    ends: Vec<usize>,
}

impl Postings {
    /// Adds the terms of a record, whose number is larger than those of all before.
    pub fn add(&mut self, record: u32, terms: &[TermId]) {
        for &term in terms {
            if term < UPPER.into() {
                self.places.push(term as u16);
            } else {
                self.places.extend([UPPER + (term >> u16::BITS) as u16, term as u16]);
            }
        }
        self.terms += terms.len();
        if !terms.is_empty() {
            let end = u32::try_from(self.places.len()).expect("a segment is written long before");
            self.ends.push((record, end));
        }
    }

    /// Returns the bytes of memory that they take.
    pub fn memory(&self) -> usize {
        size_of::<u16>() * self.places.len() + size_of::<(u32, u32)>() * self.ends.len()
    }

    /// Returns the bytes of memory that the lists take when they are turned over.
    pub fn inverted_memory(&self) -> usize {
        size_of::<u32>() * self.terms
    }

    /// Writes the lists of a field in the order of its terms; with how often each record bears the term where `lengths`
    /// has the records' lengths. A field without any is not written, as the engine would not.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write(
        self,
        terms: &Terms,
        field: Field,
        lengths: Option<FieldNormReader>,
        to: &mut InvertedIndexSerializer,
    ) -> io::Result<()> {
        if self.terms == 0 {
            return Ok(());
        }
        let counted = lengths.is_some();
        let mut lists = to.new_field(field, self.terms as u64, lengths)?;
        let inverted = self.invert(terms.len());
        let borne = (0..terms.len() as TermId)
            .filter(|&term| !inverted.of(term).is_empty() && terms.get(term).len() <= MAX_TERM_BYTES);
        for term in terms.sorted(borne) {
            let records = inverted.of(term);
            // The engine asks beforehand only where it counts.
            let distinct = if counted { records.chunk_by(|a, b| a == b).count() as u32 } else { 0 };
            lists.new_term(terms.get(term).as_bytes(), distinct, counted)?;
            for same in records.chunk_by(|a, b| a == b) {
                lists.write_doc(same[0], if counted { same.len() as u32 } else { 0 }, &[]);
            }
            lists.close_term()?;
        }
        lists.close()
    }

    fn invert(self, terms: usize) -> Inverted {
        let mut next = vec![0; terms];
        each(&self.places, |term| next[term as usize] += 1);
        let mut start = 0;
        for count in &mut next {
            start += std::mem::replace(count, start);
        }
        let mut records = vec![0; self.terms];
        let mut from = 0;
        for (record, end) in self.ends {
            each(&self.places[from..end as usize], |term| {
                let at = &mut next[term as usize];
                records[*at] = record;
                *at += 1;
            });
            from = end as usize;
        }
        Inverted { records, ends: next }
    }
}

/// Calls `found` with each term.
fn each(places: &[u16], mut found: impl FnMut(TermId)) {
    let mut places = places.iter();
    while let Some(&place) = places.next() {
        match place.checked_sub(UPPER) {
            None => found(place.into()),
            Some(upper) => {
                let lower = *places.next().expect("two places were written");
                found(TermId::from(upper) << u16::BITS | TermId::from(lower));
            }
        }
    }
}

impl Inverted {
    fn of(&self, term: TermId) -> &[u32] {
        let start = (term as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.records[start..self.ends[term as usize]]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TERMS: TermId = 0x2_0007;

    /// Numbers around those where another place begins.
    fn term() -> impl Strategy<Value = TermId> {
        prop_oneof![0..9u32, 0xEFF9..0xF009u32, 0xFFF9..0x1_0009u32, TERMS - 9..TERMS].prop_map(|term| term / 7 * 7)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn every_record_is_found_under_its_terms(
            records in prop::collection::vec(prop::collection::vec(term(), 0..12), 0..12),
        ) {
            let mut postings = Postings::default();
            for (record, terms) in (0..).zip(&records) {
                postings.add(record, terms);
            }
            let inverted = postings.invert(TERMS as usize);
            for term in (0..TERMS).filter(|term| term % 7 == 0) {
                let bearers = (0..).zip(&records).flat_map(|(record, terms)| {
                    std::iter::repeat_n(record, terms.iter().filter(|&&other| other == term).count())
                });
                prop_assert_eq!(inverted.of(term), bearers.collect::<Vec<u32>>());
            }
        }
    }
}
