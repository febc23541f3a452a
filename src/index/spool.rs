//! The signatures of all articles of one commit, on the disk rather than in memory: 128 bytes each would be the
//! one thing of indexing that grows with the corpus (640 MB for 10 GB of news).
//!
//! Signatures come in while articles are indexed, in any order; [`Spool::group`] reads them back as
//! [`crate::story`] needs them. The file has no name: it goes with the process that made it, whatever ends that.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::story::{self, Shelf, Signature};

const SIGNATURE_BYTES: usize = size_of::<Signature>();

/// Bytes read at once when all signatures are gone through.
const READ_BYTES: usize = 1 << 20;

/// Collects signatures with the keys of their articles.
pub struct Spool {
    file: BufWriter<File>,
    keys: Vec<u64>,
    /// A signature that could not be written: told at the end, by [`Self::group`].
    failed: Option<io::Error>,
}

/// Opens a file that goes with the process, whatever ends that.
pub fn unnamed(path: &Path) -> io::Result<File> {
    let file = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
    // Where an open file cannot be removed, it is overwritten by the next run and removed by its end.
    let _ = std::fs::remove_file(path);
    Ok(file)
}

impl Spool {
    /// Opens a spool in `folder`.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let file = unnamed(&folder.join("signatures.tmp"))?;
        Ok(Self { file: BufWriter::with_capacity(READ_BYTES, file), keys: Vec::new(), failed: None })
    }

    /// Takes in the signature of the article `key`.
    pub fn push(&mut self, key: u64, signature: &Signature) {
        if self.failed.is_some() {
            return;
        }
        match self.file.write_all(&signature.to_bytes()) {
            Ok(()) => self.keys.push(key),
            Err(error) => self.failed = Some(error),
        }
    }

    /// Returns the groups of near duplicates among all articles, as their keys, in the order of their first.
    ///
    /// # Errors
    /// What went wrong when signatures were written or read.
    pub fn group(&mut self) -> io::Result<Vec<Vec<u64>>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.file.flush()?;
        let mut by_key: Vec<u32> = (0..self.keys.len() as u32).collect();
        by_key.sort_unstable_by_key(|&place| self.keys[place as usize]);
        let mut ranks = vec![0; by_key.len()];
        by_key.iter().zip(0..).for_each(|(&place, rank)| ranks[place as usize] = rank);
        let keys: Vec<u64> = by_key.iter().map(|&place| self.keys[place as usize]).collect();
        let sorted = Sorted { file: self.file.get_mut(), places: &by_key, ranks: &ranks };
        let groups = story::groups(sorted)?;
        Ok(groups.into_iter().map(|group| group.into_iter().map(|rank| keys[rank as usize]).collect()).collect())
    }
}

/// The signatures in the order of their keys, so that groups do not depend on threads.
struct Sorted<'s> {
    file: &'s mut File,
    /// Place in the file of each rank, and back.
    places: &'s [u32],
    ranks: &'s [u32],
}

impl Shelf for Sorted<'_> {
    fn len(&self) -> usize {
        self.places.len()
    }

    fn signature(&mut self, rank: u32) -> io::Result<Signature> {
        let mut bytes = [0; SIGNATURE_BYTES];
        self.file.seek(SeekFrom::Start(u64::from(self.places[rank as usize]) * SIGNATURE_BYTES as u64))?;
        self.file.read_exact(&mut bytes)?;
        Ok(Signature::from_bytes(&bytes))
    }

    fn for_each(&mut self, see: &mut dyn FnMut(u32, &Signature)) -> io::Result<()> {
        self.file.rewind()?;
        let mut input = BufReader::with_capacity(READ_BYTES, &mut *self.file);
        let mut bytes = [0; SIGNATURE_BYTES];
        for &rank in self.ranks {
            input.read_exact(&mut bytes)?;
            see(rank, &Signature::from_bytes(&bytes));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    #[test]
    fn groups_are_those_of_memory() {
        let dir = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(dir.path()).unwrap();
        let text = |n: u64| (0..60).map(|k| format!("mot{} ", (n + 1) * 7919 + k)).collect::<String>();
        for key in [9, 4, 7, 1, 12, 3] {
            spool.push(key, &story::signature(&Words::of(&text(key % 3))));
        }
        assert_eq!(spool.group().unwrap(), [vec![1, 4, 7], vec![3, 9, 12]]);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "the file has no name");
    }
}
