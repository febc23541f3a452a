//! A set of record numbers of one segment.

/// Record numbers of one segment, as bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassageSet {
    bits: Vec<u64>,
}

impl PassageSet {
    /// Returns the empty set over `records` record numbers.
    pub fn empty(records: u32) -> Self {
        Self { bits: vec![0; (records as usize).div_ceil(64)] }
    }

    #[inline]
    pub fn insert(&mut self, doc: u32) {
        self.bits[doc as usize / 64] |= 1 << (doc % 64);
    }

    pub fn contains(&self, doc: u32) -> bool {
        self.bits[doc as usize / 64] & 1 << (doc % 64) != 0
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

    fn set(docs: &[u32]) -> PassageSet {
        let mut set = PassageSet::empty(200);
        docs.iter().for_each(|&doc| set.insert(doc));
        set
    }

    #[test]
    fn sets_behave_as_sets() {
        let (a, b) = (set(&[0, 63, 64, 199]), set(&[63, 64, 65]));
        let with = |change: fn(&mut PassageSet, &PassageSet)| {
            let mut out = a.clone();
            change(&mut out, &b);
            out.iter().collect::<Vec<_>>()
        };
        assert_eq!(with(PassageSet::intersect), [63, 64]);
        assert_eq!(with(PassageSet::unite), [0, 63, 64, 65, 199]);
        assert_eq!(with(PassageSet::subtract), [0, 199]);
        let mut odd = a.clone();
        odd.retain(|doc| doc % 2 == 1);
        assert_eq!(odd.iter().collect::<Vec<_>>(), [63, 199]);
        assert_eq!((a.len(), a.contains(64), a.contains(65)), (4, true, false));
    }
}
