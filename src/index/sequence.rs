//! The words of a record, in order, as the `words` column holds them: word numbers in variable-length bytes, seven
//! bytes to a value of the column: the engine's codecs are exact up to 56 bits, and packed columns waste none of them.
//!
//! Numbers are given in the order of first sight, so that common words have small ones: 1.8 bytes a word on French
//! news, where the engine's own packing of one number a value takes 2.3 and is slower to read.

use tantivy::columnar::Column;

use super::lexicon::WordId;

/// Fills up the last value of a record: a number that does not end is no number.
const FILLER: u8 = 0x80;

/// Bytes of a value of the column that are used.
const VALUE_BYTES: usize = 7;

/// Packs word numbers for the column.
pub fn pack(words: &[WordId]) -> Vec<u64> {
    let mut bytes = Vec::with_capacity(words.len() * 2 + VALUE_BYTES);
    for &word in words {
        let mut rest = word;
        while rest >= 0x80 {
            bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
    }
    bytes.resize(bytes.len().next_multiple_of(VALUE_BYTES), FILLER);
    bytes.chunks_exact(VALUE_BYTES).map(value).collect()
}

fn value(chunk: &[u8]) -> u64 {
    chunk.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// Appends the word numbers of one record to `words`.
pub fn unpack(packed: &[u64], words: &mut Vec<WordId>) {
    let (mut number, mut shift) = (0u32, 0);
    for value in packed {
        for &byte in &value.to_le_bytes()[..VALUE_BYTES] {
            number |= u32::from(byte & 0x7f).unbounded_shl(shift);
            if byte < 0x80 {
                words.push(number);
                (number, shift) = (0, 0);
            } else {
                shift += 7;
            }
        }
    }
}

/// Reads the words of records out of the column, into buffers that are used again.
#[derive(Debug, Default)]
pub struct Sequences {
    packed: Vec<u64>,
    words: Vec<WordId>,
    ends: Vec<usize>,
}

impl Sequences {
    /// Reads the records from `first` on, `count` of them, in one go.
    pub fn read(&mut self, column: &Column<u64>, first: u32, count: u32) {
        // A record without words has the rows 0..0, wherever its neighbours lie.
        let rows = |doc| column.index.value_row_ids(doc);
        let mut filled = (first..first + count).map(rows).filter(|rows| !rows.is_empty());
        let (start, end) = match (filled.next(), filled.next_back()) {
            (Some(only), None) => (only.start, only.end),
            (Some(first), Some(last)) => (first.start, last.end),
            (None, _) => (0, 0),
        };
        self.packed.resize((end - start) as usize, 0);
        column.values.get_range(u64::from(start), &mut self.packed);
        self.words.clear();
        self.ends.clear();
        let mut at = 0;
        for doc in first..first + count {
            let own = rows(doc).len();
            let next = (at + own).min(self.packed.len());
            unpack(&self.packed[at..next], &mut self.words);
            self.ends.push(self.words.len());
            at = next;
        }
    }

    /// The words of the `k`-th record that was read.
    pub fn of(&self, k: usize) -> &[WordId] {
        let start = k.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.words[start..self.ends[k]]
    }

    /// The words of all records that were read.
    pub fn all(&self) -> &[WordId] {
        &self.words
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn packing_and_back(words in prop::collection::vec(any::<u32>(), 0..50)) {
            let mut back = Vec::new();
            unpack(&pack(&words), &mut back);
            prop_assert_eq!(back, words);
        }

        #[test]
        fn altered_bytes_do_not_panic(packed in prop::collection::vec(any::<u64>(), 0..20)) {
            unpack(&packed, &mut Vec::new());
        }
    }
}
