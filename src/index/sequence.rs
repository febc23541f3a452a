//! The words of a record, in order, as the `words` column holds them: word numbers of 18 bits, three to a value of the
//! column, up to an end mark. The engine's codecs are exact up to 56 bits.
//!
//! Numbers of fixed width took the unpacking, 15 % of a search when they were bytes of variable length, to 4 %, for
//! half a byte more a word of French news (the index grew from 47.0 to 49.5 MB). Numbers are given in the order of first sight, so that only rare words of very
//! large collections need two places.

use tantivy::columnar::Column;

use super::lexicon::WordId;

/// Bits of a place.
const BITS: u32 = 18;

/// Places in a value of the column.
const PLACES: usize = 3;

const MASK: u64 = (1 << BITS) - 1;

/// Places from here on hold the upper bits of a number, whose lower bits are in the next place.
const UPPER: u64 = MASK - (1 << (u32::BITS - BITS)) + 1;

/// Ends a record, and fills up its last value; as upper bits it would stand for numbers that are never given.
const END: u64 = MASK;

/// Packs word numbers for the column.
pub fn pack(words: &[WordId]) -> Vec<u64> {
    let mut packed = Vec::with_capacity(words.len() / PLACES + 1);
    let (mut value, mut filled) = (0, 0);
    let mut place = |place: u64| {
        value |= place << (filled * BITS);
        filled += 1;
        if filled == PLACES as u32 {
            packed.push(std::mem::take(&mut value));
            filled = 0;
        }
        filled
    };
    for &word in words {
        let word = u64::from(word);
        if word >= UPPER {
            place(UPPER + (word >> BITS));
        }
        place(word & MASK);
    }
    while place(END) != 0 {}
    packed
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
        let rows = column.index.docid_range_to_rowids(first..first + count);
        self.packed.resize(rows.len(), 0);
        column.values.get_range(u64::from(rows.start), &mut self.packed);
        self.unpack();
        // Altered bytes may have lost an end.
        self.ends.resize(count as usize, self.words.len());
    }

    fn unpack(&mut self) {
        self.ends.clear();
        // Written by place, not pushed: room for the most that there can be, cut to what there is.
        self.words.resize(PLACES * self.packed.len(), 0);
        let (mut upper, mut count) = (0, 0);
        for &value in &self.packed {
            let places = [value & MASK, value >> BITS & MASK, value >> (2 * BITS) & MASK];
            if upper == 0 && places.iter().all(|&place| place < UPPER) {
                let [first, second, third] = places;
                self.words[count..count + PLACES].copy_from_slice(&[first as _, second as _, third as _]);
                count += PLACES;
                continue;
            }
            for place in places {
                if upper == 0 && place == END {
                    self.ends.push(count);
                    break;
                }
                if upper == 0 && place >= UPPER {
                    upper = place - UPPER + 1;
                } else {
                    self.words[count] = (upper.saturating_sub(1) << BITS | place) as WordId;
                    count += 1;
                    upper = 0;
                }
            }
        }
        self.words.truncate(count);
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

    /// The words of one record; the highest number that is ever given leaves room for the end mark.
    fn record() -> impl Strategy<Value = Vec<WordId>> {
        prop::collection::vec(prop_oneof![0u32..1000, 0x3_bf00..0x3_c100u32, 0..0xfffb_ffffu32], 0..50)
    }

    proptest! {
        #[test]
        fn packing_and_back(records in prop::collection::vec(record(), 0..5)) {
            let mut sequences =
                Sequences { packed: records.iter().flat_map(|words| pack(words)).collect(), ..Sequences::default() };
            sequences.unpack();
            prop_assert_eq!(sequences.ends.len(), records.len());
            for (k, words) in records.iter().enumerate() {
                prop_assert_eq!(sequences.of(k), words);
            }
        }

        #[test]
        fn values_stay_within_what_the_codecs_keep(words in record()) {
            prop_assert!(pack(&words).iter().all(|&value| value < 1 << 56));
        }

        #[test]
        fn altered_bytes_do_not_panic(packed in prop::collection::vec(any::<u64>(), 0..20)) {
            Sequences { packed, ..Sequences::default() }.unpack();
        }
    }
}
