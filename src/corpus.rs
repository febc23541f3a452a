//! Finds the files to read: the only module that walks the disk.
//!
//! Files and folders come in, as named on the command line; [`Source`]s go out, in the same order on every
//! run, and what is passed over comes out as [`Skipped`] with its reason. `-` stands for standard input.
//!
//! ```no_run
//! for found in veille::corpus::walk(&["corpus".into()]) {
//!     match found {
//!         Ok(source) => println!("{}", source.name),
//!         Err(skipped) => eprintln!("{skipped}"),
//!     }
//! }
//! ```
//!
//! It opens no file and knows no format: that is for [`crate::extract`].

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use walkdir::{DirEntry, WalkDir};

use crate::error::io_text;

/// How a path is named on the command line when it means standard input.
pub const STDIN: &str = "-";

/// Folders below the root deeper than this are not entered: real corpora have a handful of levels,
/// and a runaway tree (a loop of mounts) has no end.
pub const MAX_DEPTH: usize = 64;

/// Folders that hold a program's own files, whatever the corpus; hidden folders are passed over besides.
const FOREIGN_FOLDERS: [&str; 4] = ["node_modules", "bower_components", "__pycache__", "__MACOSX"];

/// A folder with one of these in it says itself that it can be made again: build caches, Python environments.
const FOREIGN_MARKS: [&str; 2] = ["CACHEDIR.TAG", "pyvenv.cfg"];

/// What browsers append to the name of a saved page for the folder of its images and scripts.
const PAGE_FOLDERS: [&str; 2] = ["_files", "_fichiers"];

/// One input to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// What to open; [`STDIN`] for standard input.
    pub path: PathBuf,
    /// What to show and to derive ids from: the root's own name and the path below it, with `/` between,
    /// so that it is the same from every working directory. Bytes that are no UTF-8 appear as `\xNN`.
    pub name: String,
}

impl Source {
    /// Builds the source of one file outside any walk.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = lossless(path.file_name().map(Path::new).unwrap_or(&path));
        Source { path, name }
    }

    /// Builds the source that reads standard input.
    pub fn stdin() -> Self {
        Source { path: STDIN.into(), name: "stdin".into() }
    }

    /// Tells whether this is standard input.
    pub fn is_stdin(&self) -> bool {
        self.path.as_os_str() == STDIN
    }

    /// The size in bytes, where it is known beforehand; for progress only.
    pub fn size(&self) -> Option<u64> {
        fs::metadata(&self.path).ok().filter(fs::Metadata::is_file).map(|m| m.len())
    }
}

/// Something that was not read, or not read whole, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The source's name, with `!` and the entry's name for an entry of an archive.
    pub path: String,
    /// The line in the file, counted from 1, where there is one to point at.
    pub line: Option<u64>,
    pub reason: Reason,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.reason),
            None => write!(f, "{}: {}", self.path, self.reason),
        }
    }
}

/// Why something was skipped, or what was odd about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The file system refused.
    Unreadable(String),
    /// A README: it speaks of the corpus and is not part of it.
    Documentation,
    SymbolicLink,
    /// What an editor or a download leaves beside a file while it is being written.
    Temporary,
    /// A folder that belongs to a program, or to a saved page.
    ForeignFolder,
    TooDeep,
    Empty,
    /// No format that we read.
    UnknownFormat(String),
    /// More bytes than the limit of its format.
    TooLarge(u64),
    /// An archive that unpacks to far more than it should.
    Bomb,
    TooManyEntries(usize),
    /// An archive in an archive in an archive, or elements of a page without end.
    NestedTooDeep,
    Encrypted,
    /// The file breaks off or contradicts itself.
    Damaged(String),
    BadJson(String),
    BadFrontMatter(String),
    BadFeed(String),
    BadCsv(String),
    /// A record without any text.
    NoText,
    /// A page on which no article was found.
    NoArticle,
    /// Bytes that no encoding explains were replaced; the rest was read.
    BadBytes,
    /// A date was given and not understood; the article was read without it.
    BadDate(String),
}

impl Reason {
    /// A stable word for counting, as in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Reason::Unreadable(_) => "unreadable",
            Reason::Documentation => "documentation",
            Reason::SymbolicLink => "symbolic_link",
            Reason::Temporary => "temporary",
            Reason::ForeignFolder => "foreign_folder",
            Reason::TooDeep => "too_deep",
            Reason::Empty => "empty",
            Reason::UnknownFormat(_) => "unknown_format",
            Reason::TooLarge(_) => "too_large",
            Reason::Bomb => "bomb",
            Reason::TooManyEntries(_) => "too_many_entries",
            Reason::NestedTooDeep => "nested_too_deep",
            Reason::Encrypted => "encrypted",
            Reason::Damaged(_) => "damaged",
            Reason::BadJson(_) => "bad_json",
            Reason::BadFrontMatter(_) => "bad_front_matter",
            Reason::BadFeed(_) => "bad_feed",
            Reason::BadCsv(_) => "bad_csv",
            Reason::NoText => "no_text",
            Reason::NoArticle => "no_article",
            Reason::BadBytes => "bad_bytes",
            Reason::BadDate(_) => "bad_date",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Unreadable(cause) => write!(f, "illisible : {cause}"),
            Reason::Documentation => f.write_str("documentation, pas un article ; à nommer pour l'indexer"),
            Reason::SymbolicLink => f.write_str("lien symbolique, non suivi ; donnez sa cible"),
            Reason::Temporary => f.write_str("copie de travail d'un éditeur ou téléchargement inachevé, passé"),
            Reason::ForeignFolder => f.write_str("dossier d'un programme ou d'une page enregistrée, passé"),
            Reason::TooDeep => {
                write!(f, "à plus de {MAX_DEPTH} dossiers de profondeur ; donnez un dossier plus proche")
            }
            Reason::Empty => f.write_str("vide"),
            Reason::UnknownFormat(what) => {
                write!(f, "format que veille ne lit pas ({what}) ; convertissez en texte ou en HTML")
            }
            Reason::TooLarge(limit) => write!(f, "plus de {} Mio ; à découper, ou en JSON Lines", limit >> 20),
            Reason::Bomb => f.write_str("se déplie bien au-delà de sa taille ; dépliez-le vous-même s'il est sûr"),
            Reason::TooManyEntries(limit) => write!(f, "plus de {limit} entrées ; le reste est laissé, à découper"),
            Reason::NestedTooDeep => f.write_str("trop d'emboîtements ; dépliez ou simplifiez-le"),
            Reason::Encrypted => f.write_str("protégé par un mot de passe ; dépliez-le vous-même"),
            Reason::Damaged(what) => write!(f, "abîmé : {what} ; ce qui précède a été lu"),
            Reason::BadJson(what) => write!(f, "JSON incompris : {what}"),
            Reason::BadFrontMatter(what) => write!(f, "en-tête incompris : {what} ; le texte est gardé"),
            Reason::BadFeed(what) => write!(f, "fil incompris : {what}"),
            Reason::BadCsv(what) => write!(f, "CSV incompris : {what}"),
            Reason::NoText => f.write_str("aucun texte ; donnez-le dans le champ `text`"),
            Reason::NoArticle => f.write_str("page sans article (une liste, un menu ou un script)"),
            Reason::BadBytes => f.write_str("octets qui ne sont pas du texte, remplacés ; vérifiez son encodage"),
            Reason::BadDate(given) => write!(f, "date incomprise : {given} ; écrivez-la 2025-08-22"),
        }
    }
}

/// Walks `paths` in the order given, each folder sorted by name, and yields every file once.
///
/// Hidden files, folders of programs and the picture folders of saved pages are passed over; symbolic links
/// are not followed, except for a path given by name. A path inside another given folder is not read twice.
pub fn walk(paths: &[PathBuf]) -> impl Iterator<Item = Result<Source, Skipped>> + use<> {
    walk_among(paths, &[])
}

/// As [`walk`], with the names that the files have among those of `others`, paths that other runs were given: a file
/// of a folder goes under the folder's name even when it is given alone, and `2025/fr` is not mistaken for `2024/fr`.
pub fn walk_among(paths: &[PathBuf], others: &[PathBuf]) -> impl Iterator<Item = Result<Source, Skipped>> + use<> {
    roots(paths, others).into_iter().flat_map(walk_root)
}

/// Returns the names that the files of `paths` go under when they are walked with [`walk_among`].
pub fn labels_among(paths: &[PathBuf], others: &[PathBuf]) -> Vec<String> {
    roots(paths, others).into_iter().map(|root| root.label).collect()
}

/// One path of the command line, and the name that its files go under.
struct Root {
    path: PathBuf,
    label: String,
}

fn roots(paths: &[PathBuf], others: &[PathBuf]) -> Vec<Root> {
    let given = canonical(paths);
    let all: Vec<PathBuf> = given.iter().cloned().chain(canonical(others)).collect();
    let outer: Vec<&Path> = outermost(&all).into_iter().map(|i| all[i].as_path()).collect();
    let labels = labels(&outer);
    let label = |path: &Path| {
        let (root, label) = outer.iter().zip(&labels).find(|(root, _)| path.starts_with(root)).expect("one covers it");
        name_under(label, root, path)
    };
    outermost(&given).into_iter().map(|i| Root { path: paths[i].clone(), label: label(&given[i]) }).collect()
}

fn canonical(paths: &[PathBuf]) -> Vec<PathBuf> {
    paths.iter().map(|path| fs::canonicalize(path).unwrap_or_else(|_| path.clone())).collect()
}

/// The places of the paths that lie in no other one; of equal ones the first.
fn outermost(paths: &[PathBuf]) -> Vec<usize> {
    let covered = |i: usize| {
        let inside =
            |(j, other): (usize, &PathBuf)| j != i && paths[i].starts_with(other) && (paths[i] != *other || j < i);
        paths.iter().enumerate().any(inside)
    };
    (0..paths.len()).filter(|&i| !covered(i)).collect()
}

/// The shortest tails of `paths` that differ from one another: `2024/press` and `2025/press`.
fn labels(paths: &[&Path]) -> Vec<String> {
    let mut lengths = vec![1; paths.len()];
    loop {
        let labels: Vec<String> = paths.iter().zip(&lengths).map(|(path, &n)| tail(path, n)).collect();
        let mut seen: HashMap<&str, usize> = HashMap::new();
        labels.iter().for_each(|label| *seen.entry(label).or_default() += 1);
        let mut longer = false;
        for (i, label) in labels.iter().enumerate() {
            if seen[label.as_str()] > 1 && lengths[i] < paths[i].components().count() {
                lengths[i] += 1;
                longer = true;
            }
        }
        if !longer {
            return labels;
        }
    }
}

fn tail(path: &Path, count: usize) -> String {
    let parts: Vec<&Path> = path
        .components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .map(|part| Path::new(part.as_os_str()))
        .collect();
    let first = parts.len().saturating_sub(count);
    parts[first..].iter().map(|part| lossless(part)).collect::<Vec<_>>().join("/")
}

fn walk_root(root: Root) -> Box<dyn Iterator<Item = Result<Source, Skipped>>> {
    if root.path.as_os_str() == STDIN {
        return Box::new(std::iter::once(Ok(Source::stdin())));
    }
    match fs::metadata(&root.path) {
        Err(error) => Box::new(std::iter::once(Err(unreadable(root.label, &error)))),
        Ok(data) if data.is_dir() => Box::new(walk_folder(root)),
        Ok(_) => Box::new(std::iter::once(Ok(Source { path: root.path, name: root.label }))),
    }
}

fn walk_folder(root: Root) -> impl Iterator<Item = Result<Source, Skipped>> {
    // Trailing separators and `.` would otherwise end up in the names.
    let base: PathBuf = root.path.components().collect();
    WalkDir::new(&base)
        .sort_by_file_name()
        .max_depth(MAX_DEPTH + 1)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_passed_over(entry))
        .filter_map(move |found| match found {
            Ok(entry) => sort_out(&entry, &root.label, &base),
            Err(error) => Some(Err(walk_error(&error, &root.label, &base))),
        })
}

/// Hidden files and whole foreign folders: neither read nor worth a line each in the report.
fn is_passed_over(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    name.starts_with('.') || (entry.file_type().is_dir() && is_foreign(entry.path(), &name))
}

fn is_foreign(folder: &Path, name: &str) -> bool {
    FOREIGN_FOLDERS.contains(&name)
        || FOREIGN_MARKS.iter().any(|mark| folder.join(mark).exists())
        || PAGE_FOLDERS.iter().any(|ending| is_page_folder(folder, name, ending))
}

/// `Une page_fichiers/` beside `Une page.html`.
fn is_page_folder(folder: &Path, name: &str, ending: &str) -> bool {
    name.strip_suffix(ending)
        .is_some_and(|stem| ["html", "htm"].iter().any(|ext| folder.with_file_name(format!("{stem}.{ext}")).exists()))
}

fn sort_out(entry: &DirEntry, label: &str, base: &Path) -> Option<Result<Source, Skipped>> {
    let name = name_under(label, base, entry.path());
    let skipped = |reason| Some(Err(Skipped { path: name.clone(), line: None, reason }));
    let kind = entry.file_type();
    if kind.is_symlink() && entry.depth() > 0 {
        skipped(Reason::SymbolicLink)
    } else if kind.is_dir() && entry.depth() > MAX_DEPTH {
        skipped(Reason::TooDeep)
    } else if kind.is_dir() || kind.is_symlink() {
        None
    } else if !kind.is_file() {
        skipped(Reason::UnknownFormat("périphérique ou prise".into()))
    } else if is_aside(entry.file_name()) {
        skipped(Reason::Temporary)
    } else if is_documentation(entry.path()) {
        skipped(Reason::Documentation)
    } else {
        Some(Ok(Source { path: entry.path().to_path_buf(), name }))
    }
}

/// Tells whether a file of this name is hidden, or stands beside another only while that one is being written: `a.md~`
/// and `#a.md#` of editors, `a.md.part` of a download.
pub fn is_aside(name: &std::ffi::OsStr) -> bool {
    const ENDINGS: [&str; 7] = ["~", ".tmp", ".temp", ".swp", ".part", ".crdownload", ".partial"];
    let name = name.to_string_lossy();
    name.starts_with('.')
        || (name.starts_with('#') && name.ends_with('#'))
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// `README`, `README.md`, `readme.txt`, `LISEZMOI.md`, at any depth.
fn is_documentation(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    matches!(stem.as_str(), "readme" | "lisezmoi" | "lisez-moi")
}

fn name_under(label: &str, base: &Path, path: &Path) -> String {
    let below = path.strip_prefix(base).unwrap_or(path);
    let parts: Vec<String> = below.components().map(|part| lossless(Path::new(part.as_os_str()))).collect();
    let label = if label.is_empty() { None } else { Some(label.to_owned()) };
    label.into_iter().chain(parts).collect::<Vec<_>>().join("/")
}

fn walk_error(error: &walkdir::Error, label: &str, base: &Path) -> Skipped {
    let path = error.path().map(|path| name_under(label, base, path)).unwrap_or_else(|| label.to_owned());
    let cause = error.io_error().map(io_text).unwrap_or_else(|| error.to_string());
    Skipped { path, line: None, reason: Reason::Unreadable(cause) }
}

fn unreadable(path: String, error: &io::Error) -> Skipped {
    Skipped { path, line: None, reason: Reason::Unreadable(io_text(error)) }
}

/// The path as text, two different paths never alike.
pub(crate) fn lossless(path: &Path) -> String {
    let mut shown = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        shown.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| shown.push_str(&format!("\\x{byte:02x}")));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Tree(tempfile::TempDir);

    impl Tree {
        fn new(files: &[&str]) -> Self {
            let dir = tempfile::tempdir().unwrap();
            for file in files {
                let path = dir.path().join("press").join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "x").unwrap();
            }
            Tree(dir)
        }

        fn root(&self) -> PathBuf {
            self.0.path().join("press")
        }

        fn walk(&self) -> Vec<String> {
            shown(&[self.root()])
        }
    }

    fn shown(paths: &[PathBuf]) -> Vec<String> {
        walk(paths)
            .map(|found| found.map_or_else(|s| format!("{} ({})", s.path, s.reason.kind()), |s| s.name))
            .collect()
    }

    #[test]
    fn files_come_sorted_under_the_name_of_their_root() {
        let tree = Tree::new(&["b.md", "a/z.txt", "a/b/c.html", "É.md"]);
        assert_eq!(tree.walk(), ["press/a/b/c.html", "press/a/z.txt", "press/b.md", "press/É.md"]);
    }

    #[test]
    fn foreign_and_hidden_files_are_passed_over() {
        let tree = Tree::new(&[
            ".git/config",
            ".hidden.md",
            "node_modules/x/a.md",
            "target/CACHEDIR.TAG",
            "target/a.md",
            "page.html",
            "page_fichiers/style.css",
            "notes_files/a.md",
        ]);
        assert_eq!(tree.walk(), ["press/notes_files/a.md", "press/page.html"]);
    }

    #[test]
    fn a_folder_called_target_without_a_mark_is_read() {
        assert_eq!(Tree::new(&["target/a.md"]).walk(), ["press/target/a.md"]);
    }

    #[test]
    fn documentation_is_told_unless_it_is_named() {
        let tree = Tree::new(&["README.md", "a.md"]);
        assert_eq!(tree.walk(), ["press/README.md (documentation)", "press/a.md"]);
        assert_eq!(shown(&[tree.root().join("README.md")]), ["README.md"]);
    }

    #[test]
    fn what_editors_leave_beside_a_file_is_no_second_article() {
        let tree = Tree::new(&["a.md", "a.md~", "#a.md#", "b.html.part"]);
        let expected =
            ["press/#a.md# (temporary)", "press/a.md", "press/a.md~ (temporary)", "press/b.html.part (temporary)"];
        assert_eq!(tree.walk(), expected);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed_but_a_linked_root_is() {
        let tree = Tree::new(&["a.md"]);
        std::os::unix::fs::symlink("/etc", tree.root().join("out")).unwrap();
        std::os::unix::fs::symlink("a.md", tree.root().join("in.md")).unwrap();
        let expected = ["press/a.md", "press/in.md (symbolic_link)", "press/out (symbolic_link)"];
        assert_eq!(tree.walk(), expected);
        let alias = tree.0.path().join("alias");
        std::os::unix::fs::symlink(tree.root(), &alias).unwrap();
        assert_eq!(shown(&[alias]), expected);
    }

    #[test]
    fn a_path_inside_another_is_read_once() {
        let tree = Tree::new(&["a/x.md", "b.md"]);
        assert_eq!(shown(&[tree.root().join("a"), tree.root(), tree.root()]), ["press/a/x.md", "press/b.md"]);
    }

    #[test]
    fn roots_of_one_name_are_told_apart() {
        let tree = Tree::new(&["2024/fr/x.md", "2025/fr/x.md"]);
        let paths = [tree.root().join("2024/fr"), tree.root().join("2025/fr")];
        assert_eq!(shown(&paths), ["2024/fr/x.md", "2025/fr/x.md"]);
    }

    #[test]
    fn names_do_not_depend_on_the_run_that_gives_them() {
        let tree = Tree::new(&["2024/fr/x.md", "2025/fr/x.md"]);
        let (folder, other) = (tree.root().join("2024/fr"), tree.root().join("2025/fr"));
        let names = |paths: &[PathBuf], others: &[PathBuf]| -> Vec<String> {
            walk_among(paths, others).map(|found| found.unwrap().name).collect()
        };
        assert_eq!(names(std::slice::from_ref(&other), std::slice::from_ref(&folder)), ["2025/fr/x.md"]);
        assert_eq!(names(&[folder.join("x.md")], std::slice::from_ref(&folder)), ["fr/x.md"]);
        assert_eq!(names(std::slice::from_ref(&folder), &[folder.join("x.md"), folder.clone()]), ["fr/x.md"]);
        assert_eq!(names(&[tree.root()], &[folder]), ["press/2024/fr/x.md", "press/2025/fr/x.md"]);
    }

    #[test]
    fn a_missing_path_is_told() {
        let tree = Tree::new(&["a.md"]);
        let found: Vec<_> = walk(&[tree.root().join("absent")]).collect();
        assert!(matches!(&found[..], [Err(Skipped { reason: Reason::Unreadable(_), .. })]));
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_utf8_stay_apart() {
        use std::os::unix::ffi::OsStrExt;
        let name = |bytes: &[u8]| lossless(Path::new(std::ffi::OsStr::from_bytes(bytes)));
        assert_eq!(name(b"caf\xe9.md"), "caf\\xe9.md");
        assert_ne!(name(b"\xe8"), name(b"\xe9"));
    }
}
