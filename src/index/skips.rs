//! What was passed over, in memory that does not grow with it: some entries are told one by one, the rest is counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Entries told one by one; more are counted by kind. Ten million lines that all lack a text would need 2 GB
/// otherwise, and nobody reads that list.
pub const MAX_TOLD: usize = 10_000;

/// Of these, entries of one file: one with many faults leaves room for all others to be named.
pub const MAX_TOLD_A_FILE: usize = 100;

/// Something of a source that was not indexed, or not as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedEntry {
    pub path: String,
    pub line: Option<u64>,
    /// The kind, for counting.
    pub kind: String,
    pub reason: String,
}

/// Entries in the order in which they were met, the first `MAX_TOLD` of them whole, and the first `MAX_TOLD_A_FILE` of
/// each file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skips {
    told: Vec<SkippedEntry>,
    /// How many more there were of each kind.
    untold: BTreeMap<String, u64>,
}

impl Skips {
    pub fn push(&mut self, entry: SkippedEntry) {
        // Those of one file follow one another.
        let before = self.told.len().checked_sub(MAX_TOLD_A_FILE).map(|at| &self.told[at]);
        let file_is_told = before.is_some_and(|before| before.path == entry.path);
        if self.told.len() < MAX_TOLD && !file_is_told {
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

    fn entry(path: impl ToString, kind: &str) -> SkippedEntry {
        SkippedEntry { path: path.to_string(), line: None, kind: kind.into(), reason: String::new() }
    }

    #[test]
    fn more_than_can_be_told_is_counted() {
        let skips: Skips = (0..MAX_TOLD + 3).map(|file| entry(file, "empty")).collect();
        assert_eq!((skips.told().len(), skips.total()), (MAX_TOLD, MAX_TOLD as u64 + 3));
        assert_eq!(skips.by_kind(), BTreeMap::from([("empty", MAX_TOLD as u64 + 3)]));
        let mut both = Skips::from_iter([entry("a", "bad_json")]);
        both.extend(&skips);
        assert_eq!((both.told().len(), both.total()), (MAX_TOLD, MAX_TOLD as u64 + 4));
        assert_eq!(both.untold()["empty"], 4);
    }

    #[test]
    fn a_file_with_many_faults_leaves_room_for_the_others() {
        let faults = (0..MAX_TOLD_A_FILE + 5).map(|_| entry("a", "no_text"));
        let skips: Skips = faults.chain([entry("b", "empty")]).collect();
        assert_eq!((skips.told().len(), skips.untold()["no_text"]), (MAX_TOLD_A_FILE + 1, 5));
        assert_eq!(skips.told().last().map(|entry| entry.path.as_str()), Some("b"));
    }
}
