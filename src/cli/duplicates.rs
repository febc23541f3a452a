//! `veille duplicates`: the groups of articles that tell the same in nearly the same words.

use clap::Args;
use rustc_hash::FxHashMap;
use veille::article::Article;
use veille::index::{Index, Place};
use veille::render::{json, text};

use super::{DONE, Format, Settings, answer};

#[derive(Debug, Args)]
pub struct DuplicatesArgs {
    /// Forme de la réponse
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORME")]
    format: Format,
}

pub fn run(args: &DuplicatesArgs, settings: &Settings) -> anyhow::Result<u8> {
    let index = settings.open()?;
    let groups = groups(&index)?;
    answer(|out| match args.format {
        Format::Text => text::duplicates(out, &groups, index.stamp.articles),
        Format::Json => json::duplicates(out, &groups),
    })?;
    Ok(DONE)
}

/// Each group's articles, oldest first; the groups by their first article.
fn groups(index: &Index) -> anyhow::Result<Vec<Vec<Article>>> {
    let mut members: FxHashMap<u32, Vec<Place>> = FxHashMap::default();
    let mut places = Vec::new();
    index.each_article(|place| places.push(place))?;
    for place in places {
        let key = index.columns(place.segment)?.key.first(place.doc);
        if let Some(story) = key.and_then(|key| index.stories.of(key)) {
            members.entry(story).or_default().push(place);
        }
    }
    let mut groups = Vec::new();
    for places in members.into_values() {
        let mut group = places.into_iter().map(|place| index.article(place)).collect::<veille::Result<Vec<_>>>()?;
        group.sort_by(|a, b| (a.published, &a.id).cmp(&(b.published, &b.id)));
        groups.push(group);
    }
    groups.sort_by(|a, b| a[0].id.cmp(&b[0].id));
    Ok(groups)
}
