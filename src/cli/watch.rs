//! `veille watch`: keeps the index up to date while the corpus changes.

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use notify::{Event, EventKind, RecursiveMode, Watcher};
use veille::Error;

use super::{DONE, Settings};

/// Quiet that must follow a change before it is indexed: a burst of thousands of files makes one update.
const QUIET: Duration = Duration::from_millis(500);

/// After this long a burst that does not end is indexed as far as it has come.
const MAX_WAIT: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
pub struct WatchArgs {
    /// Fichiers ou dossiers [défaut : ceux de l'index, sinon le corpus]
    paths: Vec<PathBuf>,
}

pub fn run(args: &WatchArgs, settings: &Settings) -> anyhow::Result<u8> {
    let paths = match args.paths.is_empty() {
        true => veille::index::writer::roots(&settings.index).unwrap_or_else(|| vec![settings.corpus.clone()]),
        false => args.paths.clone(),
    };
    let (sender, events) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(sender).context("cannot watch folders")?;
    for path in &paths {
        watcher.watch(path, RecursiveMode::Recursive).with_context(|| format!("cannot watch {}", path.display()))?;
    }
    update(settings, &paths)?;
    settings.say("à l'écoute ; Ctrl-C pour finir");
    while let Ok(event) = events.recv() {
        if matters(&event) {
            wait_for_quiet(&events);
            update(settings, &paths)?;
        }
    }
    Ok(DONE)
}

fn matters(event: &notify::Result<Event>) -> bool {
    event.as_ref().is_ok_and(|event| !matches!(event.kind, EventKind::Access(_)))
}

fn wait_for_quiet(events: &mpsc::Receiver<notify::Result<Event>>) {
    let start = std::time::Instant::now();
    while start.elapsed() < MAX_WAIT && events.recv_timeout(QUIET).is_ok() {}
}

/// Another writer, or a file that vanished meanwhile, is told and tried again at the next change.
fn update(settings: &Settings, paths: &[PathBuf]) -> anyhow::Result<()> {
    match super::index::update(settings, paths) {
        Err(error) if matches!(error.downcast_ref(), Some(Error::Locked { .. })) => settings.say(&format!("{error:#}")),
        other => other?,
    }
    Ok(())
}
