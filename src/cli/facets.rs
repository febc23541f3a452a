//! `veille facets`: counts.

use std::borrow::Cow;

use clap::{Args, ValueEnum};
use veille::render::{json, text};
use veille::search::Matching;
use veille::search::facet::{By, facets};

use super::select::{self, SelectArgs};
use super::{DONE, Format, Settings, answer};

/// Values shown when nobody says how many.
const DEFAULT_VALUES: usize = 20;

#[derive(Debug, Args)]
pub struct FacetsArgs {
    /// Les mots qui choisissent ce qui est compté ; sans mots, tout l'index
    #[arg(value_name = "MOTS")]
    words: Vec<String>,
    /// Ce que l'on compte
    #[arg(long, value_enum, default_value_t = ByArg::Company, value_name = "FACETTE")]
    by: ByArg,
    #[command(flatten)]
    select: SelectArgs,
    /// Nombre de valeurs ; 0 : toutes
    #[arg(short = 'n', long, default_value_t = DEFAULT_VALUES, value_name = "N")]
    limit: usize,
    /// Exiger chaque mot qui compte
    #[arg(long)]
    all: bool,
    /// Forme de la réponse
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORME")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ByArg {
    #[value(alias = "entreprise")]
    Company,
    #[value(alias = "sujet")]
    Topic,
    Source,
    #[value(alias = "mois")]
    Month,
}

pub fn run(args: &FacetsArgs, settings: &Settings) -> anyhow::Result<u8> {
    let names = settings.names()?;
    let mut query = args.select.query(&args.words.join(" "), || Ok(Cow::Borrowed(&*names)))?;
    if select::is_wordless(&query) && !args.words.is_empty() {
        query.warnings.push("aucun mot à chercher : tout l'index est compté".to_owned());
    }
    let index = settings.open()?;
    select::resolve_sources(&mut query, &index)?;
    let by = match args.by {
        ByArg::Company => By::Company,
        ByArg::Topic => By::Topic,
        ByArg::Source => By::Source,
        ByArg::Month => By::Month,
    };
    let matching = if args.all { Matching::All } else { Matching::Any };
    let limit = if args.limit == 0 { usize::MAX } else { args.limit };
    let facets = facets(&index, &query, matching, by, limit)?;
    let name = |id: &str| names.name(id).unwrap_or(id).to_owned();
    facets.warnings.iter().for_each(|warning| settings.say(&format!("attention : {warning}")));
    answer(|out| match args.format {
        Format::Text => text::facets(out, &facets, &name),
        Format::Json => json::facets(out, &facets, &name),
    })?;
    Ok(DONE)
}
