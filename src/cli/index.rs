//! `veille index` and `veille rebuild`; also what the other verbs ask about freshness.

use std::cell::Cell;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use veille::index::Index;
use veille::index::writer::{self, Progress, Report, WriteOptions};
use veille::render::{json, text};
use veille::{Error, corpus};

use super::{DONE, Format, SKIPPED, Settings, answer};

#[derive(Debug, Args)]
pub struct IndexArgs {
    /// Fichiers ou dossiers ; « - » lit du JSON Lines sur l'entrée standard [défaut : le corpus]
    paths: Vec<PathBuf>,
    /// Statut 5 si des fichiers sont ignorés
    #[arg(long)]
    strict: bool,
    /// Fils d'exécution [défaut : autant que de cœurs]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    threads: Option<u16>,
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
    let paths = paths(args, settings, mode)?;
    let mut options = WriteOptions::default();
    if let Some(threads) = args.threads {
        options.threads = threads.into();
    }
    let report = write(settings, &paths, &options, mode)?;
    for skipped in &report.skipped {
        settings.say_more(&text::skipped(skipped));
    }
    answer(|out| match args.format {
        Format::Text => writeln!(out, "{}", text::built(&report)),
        Format::Json => json::report(out, &report),
    })?;
    Ok(if args.strict && !report.skipped.is_empty() { SKIPPED } else { DONE })
}

/// The paths given; else those that the index was built from; else the corpus.
fn paths(args: &IndexArgs, settings: &Settings, mode: Mode) -> anyhow::Result<Vec<PathBuf>> {
    let paths = match (args.paths.is_empty(), mode) {
        (false, _) => args.paths.clone(),
        (true, Mode::Rebuild) => writer::roots(&settings.index).unwrap_or_else(|| vec![settings.corpus.clone()]),
        (true, Mode::Update) => vec![settings.corpus.clone()],
    };
    for path in paths.iter().filter(|path| path.as_os_str() != corpus::STDIN) {
        std::fs::symlink_metadata(path).map_err(|e| Error::io("read", path, e))?;
    }
    Ok(paths)
}

/// Updates or rebuilds; an index that other rules built is rebuilt, with a word on why.
fn write(settings: &Settings, paths: &[PathBuf], options: &WriteOptions, mode: Mode) -> anyhow::Result<Report> {
    let gazetteer = settings.gazetteer()?;
    let bar = Bar::new(settings);
    let progress = |progress| bar.show(progress);
    if mode == Mode::Update {
        match writer::update(&settings.index, paths, &gazetteer, options, &progress) {
            Err(error @ (Error::Mismatch { .. } | Error::Damaged { .. })) => {
                settings.say(&format!("{error} : reconstruction complète"));
                let paths = with_roots(&settings.index, paths);
                return Ok(writer::rebuild(&settings.index, &paths, &gazetteer, options, &progress)?);
            }
            other => return Ok(other?),
        }
    }
    Ok(writer::rebuild(&settings.index, paths, &gazetteer, options, &progress)?)
}

fn with_roots(index: &Path, paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut all = writer::roots(index).unwrap_or_default();
    all.extend(paths.iter().filter(|path| !all.contains(path)).cloned().collect::<Vec<_>>());
    all
}

/// Brings the index up to date with the paths that it was built from.
pub fn refresh(settings: &Settings) -> anyhow::Result<()> {
    let paths = writer::roots(&settings.index).unwrap_or_else(|| vec![settings.corpus.clone()]);
    let report = write(settings, &paths, &WriteOptions::default(), Mode::Update)?;
    settings.say_more(&text::built(&report));
    Ok(())
}

/// Brings the index up to date with `paths` and says what changed, if anything did.
pub fn update(settings: &Settings, paths: &[PathBuf]) -> anyhow::Result<()> {
    let report = write(settings, paths, &WriteOptions::default(), Mode::Update)?;
    if report.added + report.replaced + report.removed > 0 {
        settings.say(&text::built(&report));
    }
    Ok(())
}

/// One line where the corpus has changed since it was indexed.
pub fn staleness(index: &Index, settings: &Settings) -> Option<String> {
    let corpus = settings.corpus.display().to_string();
    if settings.corpus_given && !index.stamp.roots.contains(&corpus) {
        return Some(format!("l'index {} n'a pas été fait à partir de {corpus}", index.dir.display()));
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
    start: Instant,
    last: Cell<Duration>,
}

impl Bar {
    fn new(settings: &Settings) -> Self {
        let shown = !settings.quiet && std::io::stderr().is_terminal();
        let style = ProgressStyle::with_template("{spinner} {msg}").expect("the template is right");
        let bar = shown.then(|| ProgressBar::new_spinner().with_style(style));
        Self { bar, start: Instant::now(), last: Cell::new(Duration::ZERO) }
    }

    fn show(&self, progress: Progress) {
        let Some(bar) = &self.bar else { return };
        let elapsed = self.start.elapsed();
        if elapsed - self.last.get() < Duration::from_millis(100) {
            return;
        }
        self.last.set(elapsed);
        let megabytes = progress.bytes as f64 / 1e6;
        let rate = megabytes / elapsed.as_secs_f64().max(0.001);
        bar.set_message(format!(
            "{} fichiers, {} articles, {megabytes:.1} Mo, {rate:.1} Mo/s",
            progress.files, progress.articles
        ));
        bar.tick();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.iter().for_each(ProgressBar::finish_and_clear);
    }
}
