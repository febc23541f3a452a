//! `veille watch`: keeps the index up to date while the corpus changes.
//!
//! Events only wake it up; what changed is found by the same walk as `veille index` makes, so that an event that was
//! lost or misread costs nothing but time. Once started it ends on Ctrl-C alone: a full disk, another writer or a
//! folder that went away is told, and tried again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use veille::corpus;
use veille::index::{folder, location};

use super::{DONE, Settings};

/// Quiet that must follow a change before it is indexed: a burst of thousands of files makes one update.
const QUIET: Duration = Duration::from_millis(500);

/// After this long a burst that does not end is indexed as far as it has come.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// How often we look whether the folders and the index are still there: no event tells of a folder that comes back.
const LOOK: Duration = Duration::from_secs(2);

/// How long an update that failed is left before it is tried again, unless something changes.
const RETRY: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub struct WatchArgs {
    /// Fichiers ou dossiers [défaut : comme pour `index`]
    paths: Vec<PathBuf>,
}

pub fn run(args: &WatchArgs, settings: &Settings) -> anyhow::Result<u8> {
    let paths = if args.paths.is_empty() { settings.paths() } else { args.paths.clone() };
    let (sender, events) = mpsc::channel();
    let watcher = notify::recommended_watcher(sender).context("impossible d'écouter les dossiers")?;
    let mut roots = Roots { watcher, paths, watched: HashMap::new() };
    roots.watch_all()?;
    super::index::update(settings, &roots.paths)?;
    settings.say("à l'écoute ; Ctrl-C pour finir");
    let index = location::absolute(&settings.index);
    let mut failed = None;
    loop {
        let event = match events.recv_timeout(LOOK) {
            Ok(event) => matters(&event, &index),
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => return Ok(DONE),
        };
        if event {
            wait_for_quiet(&events);
        }
        let moved = roots.watch_again(settings);
        let lost = !matches!(folder::current(&settings.index), Ok(Some(_)));
        let again = failed.is_some_and(|at: Instant| at.elapsed() > RETRY);
        if event || moved || (lost && failed.is_none()) || again {
            failed = super::index::update(settings, &roots.paths).err().map(|error| {
                settings.say(&format!("{} ; nouvel essai dans {} s", super::chain(&error), RETRY.as_secs()));
                Instant::now()
            });
        }
    }
}

/// What is never an article says nothing of the corpus: the index's own files, where it lies among the articles,
/// and what editors put beside a file while they write it.
fn matters(event: &notify::Result<Event>, index: &Path) -> bool {
    let Ok(event) = event else { return true };
    let foreign = |path: &PathBuf| path.starts_with(index) || path.file_name().is_some_and(corpus::is_aside);
    let all_foreign = !event.paths.is_empty() && event.paths.iter().all(foreign);
    !matches!(event.kind, EventKind::Access(_)) && !all_foreign
}

fn wait_for_quiet(events: &mpsc::Receiver<notify::Result<Event>>) {
    let start = Instant::now();
    while start.elapsed() < MAX_WAIT && events.recv_timeout(QUIET).is_ok() {}
}

/// The folders watched, each known by what it is on the disk: one that was moved away and made anew is another.
struct Roots {
    watcher: RecommendedWatcher,
    paths: Vec<PathBuf>,
    watched: HashMap<PathBuf, Option<Identity>>,
}

/// Device and number of a folder.
type Identity = (u64, u64);

impl Roots {
    fn watch_all(&mut self) -> anyhow::Result<()> {
        for path in self.paths.clone() {
            let told = || format!("impossible d'écouter {}", path.display());
            self.watcher.watch(&location::absolute(&path), RecursiveMode::Recursive).with_context(told)?;
            self.watched.insert(path.clone(), identity(&path));
        }
        Ok(())
    }

    /// Listens again to what came back; tells whether anything came or went.
    fn watch_again(&mut self, settings: &Settings) -> bool {
        let mut moved = false;
        for path in self.paths.clone() {
            let now = identity(&path);
            if self.watched.get(&path) == Some(&now) {
                continue;
            }
            let place = location::absolute(&path);
            let _ = self.watcher.unwatch(&place);
            if now.is_none() {
                settings.say(&format!("{} a disparu : l'index garde ce qu'il en sait", path.display()));
            } else if self.watcher.watch(&place, RecursiveMode::Recursive).is_err() {
                continue;
            }
            self.watched.insert(path, now);
            moved = true;
        }
        moved
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|data| (data.dev(), data.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<Identity> {
    path.exists().then_some((0, 0))
}
