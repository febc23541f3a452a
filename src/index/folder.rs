//! The index folder: which generation is current, who writes, who still reads an old one.
//!
//! ```text
//! index/current          one line: the name of the generation that answers
//! index/writer.lock      held by the one process that writes; holds its pid
//! index/g-000…/          a generation: the engine's files, lexicons, groups of near duplicates
//! index/g-000…/readers   locked, shared, by every process that reads the generation
//! ```
//!
//! Locks are the operating system's: they vanish with the process that held them.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

const CURRENT: &str = "current";
const WRITER_LOCK: &str = "writer.lock";
const READERS_LOCK: &str = "readers";
const GENERATION_PREFIX: &str = "g-";

/// The right to write an index; given back when dropped.
#[derive(Debug)]
pub struct WriterLock {
    file: File,
}

impl Drop for WriterLock {
    /// Said, not left to the closing of the file: a child that another thread is just starting has it open too.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

/// A mark that keeps a generation from being removed while it is read.
#[derive(Debug)]
pub struct ReaderMark {
    file: Option<File>,
}

impl Drop for ReaderMark {
    /// As for [`WriterLock`].
    fn drop(&mut self) {
        self.file.iter().for_each(|file| drop(file.unlock()));
    }
}

/// Takes the right to write the index in `dir`, making the folder if needed.
///
/// # Errors
/// [`Error::Locked`] while another process has it.
pub fn lock(dir: &Path) -> Result<WriterLock> {
    fs::create_dir_all(dir).map_err(|e| Error::io("create", dir, e))?;
    mark_as_cache(dir)?;
    let path = dir.join(WRITER_LOCK);
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|e| Error::io("open", &path, e))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(Error::Locked { path: dir.to_owned(), pid: holder(&mut file) }),
        Err(TryLockError::Error(e)) => return Err(Error::io("lock", path, e)),
    }
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| write!(file, "{}", std::process::id()))
        .map_err(|e| Error::io("write", &path, e))?;
    Ok(WriterLock { file })
}

/// Tells backups, and our own walk over articles, that this folder holds nothing of its own (bford.info/cachedir).
fn mark_as_cache(dir: &Path) -> Result<()> {
    let path = dir.join("CACHEDIR.TAG");
    if path.exists() {
        return Ok(());
    }
    fs::write(&path, "Signature: 8a477f597d28d172789f06886806bc55\n").map_err(|e| Error::io("write", path, e))
}

fn holder(file: &mut File) -> u32 {
    let mut pid = String::new();
    let _ = file.read_to_string(&mut pid);
    pid.trim().parse().unwrap_or(0)
}

/// Returns the folder of the generation that answers, or `None` where there is no index yet.
///
/// # Errors
/// [`Error::Damaged`] where the pointer names something else than a generation.
pub fn current(dir: &Path) -> Result<Option<PathBuf>> {
    let path = dir.join(CURRENT);
    let name = match fs::read(&path) {
        Ok(name) => String::from_utf8_lossy(&name).into_owned(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io("read", path, e)),
    };
    let name = name.trim();
    let damaged = |reason: String| Error::Damaged { path: dir.to_owned(), reason };
    if !is_generation(name) {
        return Err(damaged(format!("le fichier {CURRENT} ne nomme aucune génération")));
    }
    let generation = dir.join(name);
    if !generation.is_dir() {
        return Err(damaged(format!("la génération {name} manque")));
    }
    Ok(Some(generation))
}

fn is_generation(name: &str) -> bool {
    name.strip_prefix(GENERATION_PREFIX)
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Makes the folder of a new generation beside the others; it does not answer yet.
pub fn new_generation(dir: &Path, _lock: &WriterLock) -> Result<PathBuf> {
    let last = generations(dir)?.iter().filter_map(|path| number(path)).max().unwrap_or(0);
    let path = dir.join(format!("{GENERATION_PREFIX}{:08x}", last + 1));
    fs::create_dir(&path).map_err(|e| Error::io("create", &path, e))?;
    Ok(path)
}

fn number(generation: &Path) -> Option<u64> {
    let name = generation.file_name()?.to_str()?;
    u64::from_str_radix(name.strip_prefix(GENERATION_PREFIX)?, 16).ok()
}

/// Makes `generation` the one that answers, in one atomic step.
pub fn swap_in(dir: &Path, generation: &Path, _lock: &WriterLock) -> Result<()> {
    let name = generation.file_name().and_then(|name| name.to_str()).expect("generations have plain names");
    let (path, beside) = (dir.join(CURRENT), dir.join("current.new"));
    let written = File::create(&beside).and_then(|mut file| {
        writeln!(file, "{name}")?;
        file.sync_all()
    });
    written.map_err(|e| Error::io("write", &beside, e))?;
    fs::rename(&beside, &path).map_err(|e| Error::io("replace", &path, e))?;
    let synced = File::open(dir).and_then(|folder| folder.sync_all());
    synced.map_err(|e| Error::io("sync", dir, e))
}

/// Removes the generations that neither answer nor are read by anyone.
pub fn sweep(dir: &Path, _lock: &WriterLock) -> Result<()> {
    let current = current(dir)?;
    for generation in generations(dir)? {
        if Some(&generation) != current.as_ref() && unread(&generation) {
            fs::remove_dir_all(&generation).map_err(|e| Error::io("remove", &generation, e))?;
        }
    }
    Ok(())
}

fn unread(generation: &Path) -> bool {
    match File::open(generation.join(READERS_LOCK)) {
        Ok(file) => file.try_lock().is_ok(),
        Err(_) => true,
    }
}

fn generations(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).map_err(|e| Error::io("read", dir, e))?;
    let named = |path: &PathBuf| path.file_name().and_then(|n| n.to_str()).is_some_and(is_generation);
    Ok(entries.filter_map(|entry| Some(entry.ok()?.path())).filter(named).collect())
}

/// Marks `generation` as being read. On a read-only disk nothing can be removed either, so no mark is needed.
pub fn mark_read(generation: &Path) -> Result<ReaderMark> {
    let path = generation.join(READERS_LOCK);
    let file = match File::open(&path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => File::create(&path).ok(),
        other => other.ok(),
    };
    if let Some(file) = &file {
        file.try_lock_shared().map_err(|_| Error::NoIndex { path: generation.to_owned() })?;
    }
    Ok(ReaderMark { file })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_writer_at_a_time_and_its_pid_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let lock_held = lock(dir.path()).unwrap();
        match lock(dir.path()) {
            Err(Error::Locked { pid, .. }) => assert_eq!(pid, std::process::id()),
            other => panic!("{other:?}"),
        }
        drop(lock_held);
        lock(dir.path()).unwrap();
    }

    #[test]
    fn a_generation_that_is_read_stays_until_it_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let held = lock(dir.path()).unwrap();
        let first = new_generation(dir.path(), &held).unwrap();
        swap_in(dir.path(), &first, &held).unwrap();
        let mark = mark_read(&first).unwrap();
        let second = new_generation(dir.path(), &held).unwrap();
        swap_in(dir.path(), &second, &held).unwrap();
        sweep(dir.path(), &held).unwrap();
        assert!(first.is_dir());
        assert_eq!(current(dir.path()).unwrap(), Some(second.clone()));
        drop(mark);
        sweep(dir.path(), &held).unwrap();
        assert!(!first.exists() && second.is_dir());
    }

    #[test]
    fn a_pointer_to_nowhere_is_damage() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(current(dir.path()), Ok(None)));
        fs::write(dir.path().join(CURRENT), "../elsewhere").unwrap();
        assert!(matches!(current(dir.path()), Err(Error::Damaged { .. })));
        fs::write(dir.path().join(CURRENT), "g-00000007").unwrap();
        assert!(matches!(current(dir.path()), Err(Error::Damaged { .. })));
    }
}
