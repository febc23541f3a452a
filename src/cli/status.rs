//! `veille status`: what the index holds, how old it is, what was skipped and why.

use clap::Args;
use veille::Error;
use veille::index::{Index, damage_of, writer};
use veille::render::{json, text};

use super::{DONE, Format, Settings, answer};

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Vérifier la somme de contrôle de chaque fichier de l'index
    #[arg(long)]
    check: bool,
    /// Forme de la réponse
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORME")]
    format: Format,
}

pub fn run(args: &StatusArgs, settings: &Settings) -> anyhow::Result<u8> {
    let open = || Index::open(&settings.index, &settings.gazetteer_hash()?).map_err(anyhow::Error::from);
    let mut index = open()?;
    if args.check {
        let mut damaged = index.damaged_files();
        if !damaged.is_empty() {
            // A commit may have swept away files while they were read: what is damaged is so twice.
            index = open()?;
            damaged = index.damaged_files();
        }
        if !damaged.is_empty() {
            return Err(Error::Damaged { path: settings.index.clone(), reason: damage_of(&damaged) }.into());
        }
    }
    let sources = index.sources()?;
    let changes = writer::changes(&index)?;
    let corpus = &settings.corpus;
    answer(|out| match args.format {
        Format::Text => text::status(out, &index, corpus, &sources, changes, args.check),
        Format::Json => json::status(out, &index, corpus, &sources, changes, args.check),
    })?;
    Ok(DONE)
}
