//! `veille deals`: contracts, investments and takeovers with their sums, largest first.

use clap::Args;
use veille::render::{json, text};
use veille::search::deals::{self, deals};

use super::select::{self, SelectArgs};
use super::{DONE, Format, Settings, answer};

#[derive(Debug, Args)]
pub struct DealsArgs {
    /// Les mots qui choisissent ; sans mots, tout l'index
    #[arg(value_name = "MOTS")]
    words: Vec<String>,
    #[command(flatten)]
    select: SelectArgs,
    /// Nombre de lignes ; 0 : toutes
    #[arg(short = 'n', long, default_value_t = deals::DEFAULT_LIMIT, value_name = "N")]
    limit: usize,
    /// Forme de la réponse
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORME")]
    format: Format,
}

pub fn run(args: &DealsArgs, settings: &Settings) -> anyhow::Result<u8> {
    let mut query = args.select.query(&args.words.join(" "), || settings.names())?;
    if select::is_wordless(&query) && !args.words.is_empty() {
        query.warnings.push("aucun mot à chercher : tout l'index est compté".to_owned());
    }
    let index = settings.open()?;
    select::resolve_sources(&mut query, &index)?;
    let limit = if args.limit == 0 { usize::MAX } else { args.limit };
    let deals = deals(&index, &query, limit)?;
    query.warnings.iter().for_each(|warning| settings.say(&format!("attention : {warning}")));
    answer(|out| match args.format {
        Format::Text => text::deals(out, &deals),
        Format::Json => json::deals(out, &deals),
    })?;
    Ok(DONE)
}
