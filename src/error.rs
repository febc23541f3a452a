//! The one error type of the library: what was being done, to which path or id, and the cause as `source`.
//!
//! Messages are for people: lower case, no final period, and the cause is never repeated in the text
//! (a caller prints the chain). An error that the user can act on says what to do in [`Error::hint`].

use std::io;
use std::path::PathBuf;

/// What can go wrong in the library.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Reading or writing a file failed.
    #[error("cannot {action} {}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    /// A source file, or an entry of it, cannot be understood.
    #[error("{}{}: {reason}", path.display(), line.map(|l| format!(":{l}")).unwrap_or_default())]
    Malformed { path: PathBuf, line: Option<u64>, reason: String },
    /// There is no index in this folder.
    #[error("no index in {}", path.display())]
    NoIndex { path: PathBuf },
    /// The index was built by another version of the rules.
    #[error("the index in {} was built with {what} {found}, this program uses {expected}", path.display())]
    Mismatch { path: PathBuf, what: &'static str, found: String, expected: String },
    /// A file of the index is missing, truncated or altered.
    #[error("the index in {} is damaged: {reason}", path.display())]
    Damaged { path: PathBuf, reason: String },
    /// Another process is writing the index.
    #[error("the index in {} is being written by process {pid}", path.display())]
    Locked { path: PathBuf, pid: u32 },
    /// The engine failed on the index for a reason of its own.
    #[error("cannot {action} the index in {}", path.display())]
    Engine { action: &'static str, path: PathBuf, source: Box<tantivy::TantivyError> },
    /// A value given by the user (a date, an amount, an id) cannot be understood.
    #[error("{0}")]
    Usage(String),
    /// Nothing in the index has this id.
    #[error("no article or passage has the id {id}")]
    UnknownId { id: String },
}

/// A result with the library's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Builds an I/O error; `action` is a verb that fits "cannot … PATH".
    pub fn io(action: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        Error::Io { action, path: path.into(), source }
    }

    /// What the user can do about it, where there is something to do.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Error::NoIndex { .. } => Some("run `veille index` first"),
            Error::Mismatch { .. } | Error::Damaged { .. } => Some("run `veille rebuild`"),
            Error::Locked { .. } => Some("wait for it to finish, or stop it"),
            Error::UnknownId { .. } => Some("ids are those that `veille search` prints"),
            _ => None,
        }
    }
}
