//! The groups of near duplicates of one commit: article key → story, for the articles that have a twin.
//!
//! The file holds the keys in ascending order (64 bits each), then the story of each (32 bits each). Keys rather
//! than record numbers, because merges renumber records and a group may span segments.

use std::path::Path;

use crate::error::{Error, Result};

const ENTRY_BYTES: usize = 12;

/// Which articles tell the same story in nearly the same words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stories {
    keys: Vec<u64>,
    stories: Vec<u32>,
}

impl Stories {
    /// Numbers the groups in their order; each member is an article's key.
    pub fn new(groups: &[Vec<u64>]) -> Self {
        let mut entries: Vec<(u64, u32)> =
            groups.iter().zip(0..).flat_map(|(group, story)| group.iter().map(move |&key| (key, story))).collect();
        entries.sort_unstable();
        let (keys, stories) = entries.into_iter().unzip();
        Self { keys, stories }
    }

    /// Returns the story of an article that has near duplicates.
    pub fn of(&self, key: u64) -> Option<u32> {
        let at = self.keys.binary_search(&key).ok()?;
        Some(self.stories[at])
    }

    /// Returns how many groups there are.
    pub fn len(&self) -> usize {
        self.stories.iter().max().map_or(0, |&last| last as usize + 1)
    }

    /// Tells whether no article has a near duplicate.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Returns the file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let keys = self.keys.iter().flat_map(|key| key.to_le_bytes());
        keys.chain(self.stories.iter().flat_map(|story| story.to_le_bytes())).collect()
    }

    /// Reads a file that [`Self::to_bytes`] wrote, whose checksum the commit gives.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the checksum differs.
    pub fn open(path: &Path, crc: u32) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
        if crc32fast::hash(&bytes) != crc || bytes.len() % ENTRY_BYTES != 0 {
            return Err(Error::Damaged {
                path: path.to_owned(),
                reason: "les groupes de doublons sont altérés".into(),
            });
        }
        let (keys, stories) = bytes.split_at(bytes.len() / ENTRY_BYTES * 8);
        let keys = keys.chunks_exact(8).map(|b| u64::from_le_bytes(b.try_into().expect("eight bytes"))).collect();
        let stories = stories.chunks_exact(4).map(|b| u32::from_le_bytes(b.try_into().expect("four bytes"))).collect();
        Ok(Self { keys, stories })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_back() {
        let stories = Stories::new(&[vec![9, 2], vec![5, 7]]);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("stories");
        std::fs::write(&path, stories.to_bytes()).unwrap();
        let crc = crc32fast::hash(&stories.to_bytes());
        assert_eq!(Stories::open(&path, crc).unwrap(), stories);
        assert_eq!((stories.of(2), stories.of(7), stories.of(1)), (Some(0), Some(1), None));
        assert!(matches!(Stories::open(&path, crc ^ 1), Err(Error::Damaged { .. })));
    }
}
