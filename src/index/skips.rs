//! What was passed over, in memory that does not grow with it: some entries are told one by one, the rest is counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Entries told one by one, of one source or of one run; more are counted by kind. Ten million lines that all lack a
/// text would need 2 GB otherwise, and nobody reads that list.
pub const MAX_TOLD: usize = 1_000;

/// Something of a source that was not indexed, or not as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedEntry {
    pub path: String,
    pub line: Option<u64>,
    /// The kind, for counting.
    pub kind: String,
    pub reason: String,
}

/// Entries in the order in which they were met, the first `MAX_TOLD` of them whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skips {
    told: Vec<SkippedEntry>,
    /// How many more there were of each kind.
    untold: BTreeMap<String, u64>,
}

impl Skips {
    pub fn push(&mut self, entry: SkippedEntry) {
        if self.told.len() < MAX_TOLD {
            self.told.push(entry);
        } else {
            *self.untold.entry(entry.kind).or_default() += 1;
        }
    }

    /// Takes in what another list has.
    pub fn extend(&mut self, other: &Skips) {
        other.told.iter().cloned().for_each(|entry| self.push(entry));
        for (kind, count) in &other.untold {
            *self.untold.entry(kind.clone()).or_default() += count;
        }
    }

    /// The entries told one by one.
    pub fn told(&self) -> &[SkippedEntry] {
        &self.told
    }

    /// How many more there were of each kind.
    pub fn untold(&self) -> &BTreeMap<String, u64> {
        &self.untold
    }

    /// How many there were in all.
    pub fn total(&self) -> u64 {
        self.told.len() as u64 + self.untold.values().sum::<u64>()
    }

    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// How many there were of each kind.
    pub fn by_kind(&self) -> BTreeMap<&str, u64> {
        let mut kinds: BTreeMap<&str, u64> = self.untold.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
        self.told.iter().for_each(|entry| *kinds.entry(&entry.kind).or_default() += 1);
        kinds
    }
}

impl FromIterator<SkippedEntry> for Skips {
    fn from_iter<T: IntoIterator<Item = SkippedEntry>>(entries: T) -> Self {
        let mut skips = Self::default();
        entries.into_iter().for_each(|entry| skips.push(entry));
        skips
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_can_be_told_is_counted() {
        let entry =
            |kind: &str| SkippedEntry { path: "a".into(), line: None, kind: kind.into(), reason: String::new() };
        let kinds = std::iter::repeat_n("no_text", MAX_TOLD).chain(["bad_json", "bad_json", "no_text"]);
        let skips: Skips = kinds.map(entry).collect();
        assert_eq!((skips.told().len(), skips.total()), (MAX_TOLD, MAX_TOLD as u64 + 3));
        assert_eq!(skips.by_kind(), BTreeMap::from([("bad_json", 2), ("no_text", MAX_TOLD as u64 + 1)]));
        let mut both = Skips::from_iter([entry("empty")]);
        both.extend(&skips);
        assert_eq!((both.told().len(), both.total()), (MAX_TOLD, MAX_TOLD as u64 + 4));
        assert_eq!(both.untold()["no_text"], 2);
    }
}
