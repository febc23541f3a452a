//! How paths are written in an index: as seen from its folder where they were given relative, so that index and
//! articles may move together and be asked from any working directory; as they are where they were given absolute.
//!
//! Bytes that are no UTF-8 are written `\xNN`, and read back.

use std::path::{Component, Path, PathBuf};

use crate::corpus::{self, STDIN};

/// Writes `path`, as given on the command line, into the index in `dir`.
pub fn stored(dir: &Path, path: &Path) -> String {
    if path.is_absolute() || path.as_os_str() == STDIN {
        return corpus::lossless(path);
    }
    let (dir, path) = (absolute(dir), absolute(path));
    let common = dir.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = dir.components().skip(common).map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(path.components().skip(common)).collect();
    corpus::lossless(&relative)
}

/// Reads back what [`stored`] wrote: an absolute path.
pub fn resolved(dir: &Path, stored: &str) -> PathBuf {
    let path = from_lossless(stored);
    if stored == STDIN { path } else { absolute(&dir.join(path)) }
}

/// The path as people would type it here: relative where it lies below the working directory.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let below = path.strip_prefix(&here).ok().filter(|below| !below.as_os_str().is_empty());
    corpus::lossless(below.unwrap_or(path))
}

/// The absolute path, without `.` and `..`; symbolic links are not followed.
pub fn absolute(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(unix)]
fn from_lossless(stored: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    let mut bytes = Vec::new();
    let mut rest = stored;
    while let Some((before, after)) = rest.split_once("\\x") {
        bytes.extend(before.bytes());
        let byte = after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|byte| !byte.is_ascii());
        match byte {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(b"\\x"),
        }
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    bytes.extend(rest.bytes());
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn from_lossless(stored: &str) -> PathBuf {
    PathBuf::from(stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_there_and_back() {
        let (dir, here) = (Path::new("/a/index"), std::env::current_dir().unwrap());
        assert_eq!(stored(dir, Path::new("/b/corpus")), "/b/corpus");
        assert_eq!(stored(Path::new("index"), Path::new("./corpus/")), "../corpus");
        assert_eq!(stored(Path::new("."), Path::new("corpus")), "corpus");
        assert_eq!(stored(Path::new("x/index"), Path::new("x")), "..");
        for given in ["corpus", "../corpus", "./a/../b", "/b/corpus"] {
            let dir = Path::new("x/index");
            assert_eq!(resolved(dir, &stored(dir, Path::new(given))), absolute(&here.join(given)), "{given}");
        }
        assert_eq!(resolved(dir, &stored(dir, Path::new("-"))), Path::new("-"));
        assert_eq!(resolved(Path::new("/moved/index"), "../corpus"), Path::new("/moved/corpus"));
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_utf8_is_read_back() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"/caf\xe9/\\x41/\\xzz"));
        assert_eq!(resolved(Path::new("/a"), &stored(Path::new("/a"), path)), path);
    }
}
