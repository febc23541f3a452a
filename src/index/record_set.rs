//! A set of record numbers of one segment.

/// Record numbers of one segment, as bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordSet {
    bits: Vec<u64>,
}

impl RecordSet {
    /// Returns the empty set over `records` record numbers.
    pub fn empty(records: u32) -> Self {
        Self { bits: vec![0; (records as usize).div_ceil(64)] }
    }

    /// Adds a record; altered files may name one that there is not, and it is passed over.
    #[inline]
    pub fn insert(&mut self, doc: u32) {
        if let Some(bits) = self.bits.get_mut(doc as usize / 64) {
            *bits |= 1 << (doc % 64);
        }
    }

    /// Adds `count` records from `first` on, as far as there are any.
    pub fn insert_run(&mut self, first: u32, count: u32) {
        let mut at = first as usize;
        let end = (at + count as usize).min(64 * self.bits.len());
        while at < end {
            let bits = (64 - at % 64).min(end - at);
            self.bits[at / 64] |= (!0 >> (64 - bits)) << (at % 64);
            at += bits;
        }
    }

    #[inline]
    pub fn contains(&self, doc: u32) -> bool {
        self.bits.get(doc as usize / 64).is_some_and(|bits| bits & 1 << (doc % 64) != 0)
    }

    /// Returns the first record of the set from `doc` on.
    #[inline]
    pub fn first_from(&self, doc: u32) -> Option<u32> {
        let mut at = doc as usize / 64;
        let mut bits = self.bits.get(at)? & (!0 << (doc % 64));
        while bits == 0 {
            at += 1;
            bits = *self.bits.get(at)?;
        }
        Some(at as u32 * 64 + bits.trailing_zeros())
    }

    /// Returns the last record of the set before `doc`.
    #[inline]
    pub fn last_before(&self, doc: u32) -> Option<u32> {
        let mut at = doc as usize / 64;
        let mut bits = self.bits.get(at).copied().unwrap_or(0) & !(!0 << (doc % 64));
        while bits == 0 {
            at = at.checked_sub(1)?;
            bits = self.bits[at];
        }
        Some(at as u32 * 64 + 63 - bits.leading_zeros())
    }

    /// Keeps what is also in `other`.
    pub fn intersect(&mut self, other: &Self) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(a, b)| *a &= b);
    }

    /// Adds what is in `other`.
    pub fn unite(&mut self, other: &Self) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(a, b)| *a |= b);
    }

    /// Takes out what is in `other`.
    pub fn subtract(&mut self, other: &Self) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(a, b)| *a &= !b);
    }

    /// Keeps the records that `keep` accepts.
    pub fn retain(&mut self, mut keep: impl FnMut(u32) -> bool) {
        let kept: Vec<u32> = self.iter().filter(|&doc| !keep(doc)).collect();
        for doc in kept {
            self.bits[doc as usize / 64] &= !(1 << (doc % 64));
        }
    }

    pub fn len(&self) -> usize {
        self.bits.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|&word| word == 0)
    }

    /// Returns the record numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.bits.iter().zip((0u32..).step_by(64)).flat_map(|(&word, base)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(base + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(docs: &[u32]) -> RecordSet {
        let mut set = RecordSet::empty(200);
        docs.iter().for_each(|&doc| set.insert(doc));
        set
    }

    #[test]
    fn sets_behave_as_sets() {
        let (a, b) = (set(&[0, 63, 64, 199]), set(&[63, 64, 65]));
        let with = |change: fn(&mut RecordSet, &RecordSet)| {
            let mut out = a.clone();
            change(&mut out, &b);
            out.iter().collect::<Vec<_>>()
        };
        assert_eq!(with(RecordSet::intersect), [63, 64]);
        assert_eq!(with(RecordSet::unite), [0, 63, 64, 65, 199]);
        assert_eq!(with(RecordSet::subtract), [0, 199]);
        let mut odd = a.clone();
        odd.retain(|doc| doc % 2 == 1);
        assert_eq!(odd.iter().collect::<Vec<_>>(), [63, 199]);
        assert_eq!((a.len(), a.contains(64), a.contains(65)), (4, true, false));
    }

    #[test]
    fn a_run_is_its_records() {
        for (first, count) in [(0, 0), (0, 64), (3, 5), (60, 10), (60, 140), (199, 1)] {
            let mut run = RecordSet::empty(200);
            run.insert_run(first, count);
            assert_eq!(run.iter().collect::<Vec<_>>(), (first..first + count).collect::<Vec<_>>());
        }
        let mut beyond = RecordSet::empty(64);
        beyond.insert_run(60, 1000);
        assert_eq!(beyond.iter().collect::<Vec<_>>(), [60, 61, 62, 63]);
    }

    #[test]
    fn neighbours_are_found_on_both_sides() {
        let set = set(&[0, 63, 64, 199]);
        assert_eq!([0, 1, 64, 65, 199].map(|doc| set.first_from(doc)), [0, 63, 64, 199, 199].map(Some));
        assert_eq!([200, 5000].map(|doc| set.first_from(doc)), [None, None]);
        assert_eq!([1, 63, 64, 65, 200].map(|doc| set.last_before(doc)), [0, 0, 63, 64, 199].map(Some));
        assert_eq!(set.last_before(0), None);
    }
}
