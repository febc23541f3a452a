//! The one error type of the library: what was being done, to which path or id, and the cause as `source`.
//!
//! Messages are for people: in French, lower case, no final period, and the cause is never repeated in the text
//! (a caller prints the chain). Programs look at the variant, or at the exit status. An error that the user can act on says what to do in [`Error::hint`].

use std::io;
use std::path::PathBuf;

/// What can go wrong in the library.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Reading or writing a file failed.
    #[error("impossible {} {}", french(action), path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    /// The disk has no room left; what was there before is as it was.
    #[error("le disque est plein : impossible d'écrire dans {}", path.display())]
    DiskFull { path: PathBuf },
    /// A source file, or an entry of it, cannot be understood.
    #[error("{}{} : {reason}", path.display(), line.map(|l| format!(":{l}")).unwrap_or_default())]
    Malformed { path: PathBuf, line: Option<u64>, reason: String },
    /// There is no index in this folder.
    #[error("pas d'index dans {}", path.display())]
    NoIndex { path: PathBuf },
    /// The index was built by another version of the rules.
    #[error("l'index {} a été fait avec {} {found}, ce programme utilise {expected}", path.display(), french_rule(what))]
    Mismatch { path: PathBuf, what: &'static str, found: String, expected: String },
    /// A file of the index is missing, truncated or altered.
    #[error("l'index {} est endommagé : {reason}", path.display())]
    Damaged { path: PathBuf, reason: String },
    /// Another process is writing the index; `pid` is 0 where it has not told its own yet.
    #[error("l'index {} est en cours d'écriture par {}", path.display(), french_holder(*pid))]
    Locked { path: PathBuf, pid: u32 },
    /// The engine failed on the index for a reason of its own.
    #[error("impossible {} l'index {}", french(action), path.display())]
    Engine { action: &'static str, path: PathBuf, source: Box<tantivy::TantivyError> },
    /// A value given by the user (a date, an amount, an id) cannot be understood.
    #[error("{0}")]
    Usage(String),
    /// Nothing in the index has this id.
    #[error("aucun article ni passage ne porte l'identifiant {id}")]
    UnknownId { id: String },
}

/// A result with the library's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Builds an I/O error; `action` is an English verb of `french`'s table. A full disk has a kind of its own.
    pub fn io(action: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        match is_disk_full(&source) {
            true => Error::DiskFull { path: path.into() },
            false => Error::Io { action, path: path.into(), source },
        }
    }

    /// What the user can do about it, where there is something to do.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Error::NoIndex { .. } => Some("lancez d'abord `veille index`"),
            Error::Mismatch { .. } | Error::Damaged { .. } => Some("lancez `veille rebuild`"),
            Error::Locked { .. } => Some("attendez qu'il finisse (--wait), ou arrêtez-le"),
            Error::DiskFull { .. } => Some("faites de la place et relancez ; ce qui était indexé répond toujours"),
            Error::UnknownId { .. } => Some("les identifiants sont ceux qu'affiche `veille search`"),
            _ => None,
        }
    }
}

/// Tells whether there was no room: on the disk, or in what this user may use of it.
pub fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

/// What the system says of a failure, in French where it is one that people meet.
pub fn io_text(error: &io::Error) -> String {
    let told = match error.kind() {
        io::ErrorKind::NotFound => "introuvable",
        io::ErrorKind::PermissionDenied => "accès refusé",
        io::ErrorKind::ReadOnlyFilesystem => "disque en lecture seule",
        io::ErrorKind::StorageFull => "plus de place sur le disque",
        io::ErrorKind::QuotaExceeded => "quota de disque atteint",
        io::ErrorKind::IsADirectory => "c'est un dossier",
        io::ErrorKind::NotADirectory => "ce n'est pas un dossier",
        io::ErrorKind::AlreadyExists => "existe déjà",
        io::ErrorKind::UnexpectedEof => "s'arrête avant la fin",
        _ => return error.to_string(),
    };
    told.to_owned()
}

/// The verbs of [`Error::Io`] and [`Error::Engine`].
fn french(action: &str) -> &'static str {
    const VERBS: [(&str, &str); 14] = [
        ("read", "de lire"),
        ("write", "d'écrire"),
        ("open", "d'ouvrir"),
        ("create", "de créer"),
        ("remove", "de supprimer"),
        ("replace", "de remplacer"),
        ("lock", "de verrouiller"),
        ("sync", "de synchroniser"),
        ("map", "de projeter en mémoire"),
        ("clean", "de nettoyer"),
        ("commit", "de valider"),
        ("merge", "de fusionner"),
        ("check", "de vérifier"),
        ("search", "d'interroger"),
    ];
    VERBS.iter().find(|(english, _)| *english == action).map_or("d'agir sur", |(_, french)| french)
}

fn french_rule(what: &str) -> &str {
    match what {
        "analyzer" => "l'analyse",
        "gazetteer" => "les règles d'entreprises",
        _ => "le format",
    }
}

fn french_holder(pid: u32) -> String {
    if pid == 0 { "un autre processus".to_owned() } else { format!("le processus {pid}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_french_and_a_full_disk_has_its_own() {
        let told = |action, kind: io::ErrorKind| Error::io(action, "a.md", kind.into()).to_string();
        assert_eq!(told("read", io::ErrorKind::NotFound), "impossible de lire a.md");
        assert_eq!(told("open", io::ErrorKind::PermissionDenied), "impossible d'ouvrir a.md");
        assert_eq!(told("write", io::ErrorKind::StorageFull), "le disque est plein : impossible d'écrire dans a.md");
        assert_eq!(io_text(&io::ErrorKind::PermissionDenied.into()), "accès refusé");
    }
}
