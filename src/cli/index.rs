//! `veille index` and `veille rebuild`; also what the other verbs ask about freshness.

use std::cell::Cell;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use veille::index::writer::{self, Progress, Report, WriteOptions};
use veille::index::{Index, location};
use veille::render::{json, text};
use veille::{Error, corpus};

use super::{DONE, Format, SKIPPED, Settings, answer};

/// How long a writer waits for another where nobody says: longer than an update of a few files, shorter than the
/// minutes between two runs of a timer, so that these never pile up behind a long rebuild.
pub const DEFAULT_WAIT: Duration = Duration::from_secs(30);

/// Between two looks at whether the other writer has gone.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

#[derive(Debug, Args)]
pub struct IndexArgs {
    /// Fichiers ou dossiers ; « - » lit du JSON Lines sur l'entrée standard [défaut : le corpus nommé par --corpus,
    /// VEILLE_CORPUS ou veille.toml, sinon les chemins de l'index, sinon « corpus »]
    paths: Vec<PathBuf>,
    /// Statut 5 si des fichiers sont ignorés
    #[arg(long)]
    strict: bool,
    /// Fils d'exécution [défaut : autant que de cœurs]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    threads: Option<u16>,
    /// Secondes d'attente si un autre processus écrit l'index ; au-delà, statut 4 ; 0 : ne pas attendre
    #[arg(long, value_name = "SECONDES", default_value_t = DEFAULT_WAIT.as_secs())]
    wait: u64,
    /// Forme du compte rendu
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORME")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Update,
    Rebuild,
}

pub fn run(args: &IndexArgs, settings: &Settings, mode: Mode) -> anyhow::Result<u8> {
    let paths = paths(args, settings)?;
    let mut options = WriteOptions::default();
    if let Some(threads) = args.threads {
        options.threads = threads.into();
    }
    let report = write(settings, &paths, &options, mode, Duration::from_secs(args.wait))?;
    for skipped in report.skipped.told() {
        settings.say_more(&text::skipped(skipped));
    }
    answer(|out| match args.format {
        Format::Text => writeln!(out, "{}", text::built(&report)),
        Format::Json => json::report(out, &report),
    })?;
    Ok(if args.strict && !report.skipped.is_empty() { SKIPPED } else { DONE })
}

/// The paths given, which must exist, else [`Settings::paths`]: of these one that is away for a while stops nothing.
fn paths(args: &IndexArgs, settings: &Settings) -> anyhow::Result<Vec<PathBuf>> {
    if args.paths.is_empty() && !settings.corpus_given {
        let paths = settings.paths();
        if paths.iter().any(|path| path.exists()) {
            return Ok(paths);
        }
    }
    let paths = if args.paths.is_empty() { settings.paths() } else { args.paths.clone() };
    for path in paths.iter().filter(|path| path.as_os_str() != corpus::STDIN) {
        std::fs::symlink_metadata(path).map_err(|e| Error::io("read", path, e))?;
    }
    Ok(paths)
}

/// Runs `write` until no other process writes, for as long as `wait` lasts; says once who is waited for.
pub fn patiently<T>(
    settings: &Settings,
    wait: Duration,
    mut write: impl FnMut() -> veille::Result<T>,
) -> veille::Result<T> {
    let start = Instant::now();
    let mut told = false;
    loop {
        match write() {
            Err(error @ Error::Locked { .. }) if start.elapsed() < wait => {
                if !told {
                    settings.say(&format!("{error} : attente"));
                    told = true;
                }
                std::thread::sleep(LOOK_AGAIN);
            }
            other => return other,
        }
    }
}

/// Updates or rebuilds; an index that other rules built is rebuilt, with a word on why.
fn write(
    settings: &Settings,
    paths: &[PathBuf],
    options: &WriteOptions,
    mode: Mode,
    wait: Duration,
) -> anyhow::Result<Report> {
    let gazetteer = settings.gazetteer_and_cues()?;
    let bar = Bar::new(settings, paths);
    let progress = |progress| bar.show(progress);
    let rebuild = |paths: &[PathBuf]| {
        patiently(settings, wait, || writer::rebuild(&settings.index, paths, &gazetteer, options, &progress))
    };
    if mode == Mode::Rebuild {
        return Ok(rebuild(paths)?);
    }
    match patiently(settings, wait, || writer::update(&settings.index, paths, &gazetteer, options, &progress)) {
        Err(error @ (Error::Mismatch { .. } | Error::Damaged { .. })) => {
            settings.say(&format!("{error} : reconstruction complète"));
            Ok(rebuild(&with_roots(&settings.index, paths))?)
        }
        other => Ok(other?),
    }
}

fn with_roots(index: &Path, paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut all = paths.to_vec();
    all.extend(writer::roots(index).unwrap_or_default());
    all
}

/// Brings the index up to date before a search.
pub fn refresh(settings: &Settings) -> anyhow::Result<()> {
    let report = write(settings, &settings.paths(), &WriteOptions::default(), Mode::Update, DEFAULT_WAIT)?;
    settings.say_more(&text::built(&report));
    Ok(())
}

/// Brings the index up to date with `paths` and says what changed, if anything did.
pub fn update(settings: &Settings, paths: &[PathBuf]) -> anyhow::Result<()> {
    // What watches has no end: it waits for other writers as long as it takes.
    let report = write(settings, paths, &WriteOptions::default(), Mode::Update, Duration::MAX)?;
    if report.added + report.replaced + report.removed > 0 {
        settings.say(&text::built(&report));
    }
    Ok(())
}

/// One line where the corpus has changed since it was indexed.
pub fn staleness(index: &Index, settings: &Settings) -> Option<String> {
    let corpus = location::absolute(&settings.corpus);
    if settings.corpus_given && !index.roots().iter().any(|root| corpus.starts_with(root)) {
        let (index, corpus) = (index.dir.display(), settings.corpus.display());
        return Some(format!("l'index {index} n'a pas été fait à partir de {corpus}"));
    }
    let changes = writer::changes(index).ok()?;
    (changes > 0).then(|| {
        let files =
            if changes == 1 { "1 fichier a changé".to_owned() } else { format!("{changes} fichiers ont changé") };
        format!("{files} depuis l'indexation ; --fresh ou `veille index` met à jour")
    })
}

/// A progress line on a terminal, and nothing elsewhere.
struct Bar {
    bar: Option<ProgressBar>,
    /// Bytes of all files; 0 where standard input is one.
    total: u64,
    start: Instant,
    last: Cell<Duration>,
}

impl Bar {
    fn new(settings: &Settings, paths: &[PathBuf]) -> Self {
        let shown = !settings.quiet && std::io::stderr().is_terminal();
        let style = ProgressStyle::with_template("{spinner} {msg}").expect("the template is right");
        let bar = shown.then(|| ProgressBar::new_spinner().with_style(style));
        let total = if shown { total_bytes(paths) } else { 0 };
        Self { bar, total, start: Instant::now(), last: Cell::new(Duration::ZERO) }
    }

    fn show(&self, progress: Progress) {
        let Some(bar) = &self.bar else { return };
        let elapsed = self.start.elapsed();
        if elapsed - self.last.get() < Duration::from_millis(100) {
            return;
        }
        self.last.set(elapsed);
        let rate = progress.bytes as f64 / elapsed.as_secs_f64().max(0.001);
        let left = self.total.saturating_sub(progress.bytes);
        bar.set_message(format!(
            "{}, {}, {}, {}/s{}",
            text::plural(progress.files, "fichier"),
            text::plural(progress.articles, "article"),
            text::megabytes(progress.bytes),
            text::megabytes(rate as u64),
            if self.total == 0 { String::new() } else { still(left, rate) }
        ));
        bar.tick();
    }
}

/// The bytes of all files that will be read; 0 where it cannot be known.
fn total_bytes(paths: &[PathBuf]) -> u64 {
    let found = || corpus::walk(paths).flatten();
    if found().any(|source| source.is_stdin()) {
        return 0;
    }
    found().filter_map(|source| Some(std::fs::metadata(source.path).ok()?.len())).sum()
}

/// « , reste 12,5 Mo (0:05) » at so many bytes a second.
fn still(left: u64, rate: f64) -> String {
    let seconds = (left as f64 / rate.max(1.0)).round() as u64;
    format!(", reste {} ({}:{:02})", text::megabytes(left), seconds / 60, seconds % 60)
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.iter().for_each(ProgressBar::finish_and_clear);
    }
}
