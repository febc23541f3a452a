//! `veille show`: an article, or a passage with its surroundings, from the index alone.

use clap::Args;
use veille::index::{Index, Place};
use veille::render::{json, text};

use super::{DONE, Format, Settings, answer};

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Identifiant d'article ou de passage, tel que `search` l'affiche
    id: String,
    /// Forme de la réponse
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORME")]
    format: Format,
}

pub fn run(args: &ShowArgs, settings: &Settings) -> anyhow::Result<u8> {
    let index = settings.open()?;
    let (place, ordinal) = find(&index, &args.id)?;
    let (article, passages) = index.whole_article(place)?;
    answer(|out| match args.format {
        Format::Text => text::article(out, &article, &passages, ordinal, settings.color),
        Format::Json => json::article(out, &article, &passages, ordinal),
    })?;
    Ok(DONE)
}

/// An id is an article's, else a passage's: the article's, `#`, the passage's place.
fn find(index: &Index, id: &str) -> anyhow::Result<(Place, Option<usize>)> {
    match index.find(id) {
        Err(unknown @ veille::Error::UnknownId { .. }) => {
            let split = id.rsplit_once('#').and_then(|(article, ordinal)| Some((article, ordinal.parse().ok()?)));
            let Some((article, ordinal)) = split else { return Err(unknown.into()) };
            let place = index.find(article).map_err(|_| unknown)?;
            if ordinal >= index.passage_count(place)? as usize {
                return Err(veille::Error::UnknownId { id: id.to_owned() }.into());
            }
            Ok((place, Some(ordinal)))
        }
        other => Ok((other?, None)),
    }
}
