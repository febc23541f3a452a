//! `veille analyze`: what the program sees in a text.

use std::io::{BufRead, Read};

use clap::Args;
use veille::analysis::{self, Language, OwnedToken};
use veille::company::{Gazetteer, Tags};
use veille::render::{json, text};
use veille::{amount, topic};

use super::{DONE, Format, Settings, answer};

#[derive(Debug, Args)]
pub struct AnalyzeArgs {
    /// Le texte ; sans texte, l'entrée standard
    text: Vec<String>,
    /// Lire des objets JSON avec `text`, un par ligne, et répondre de même
    #[arg(long, conflicts_with = "text")]
    jsonl: bool,
    /// Forme de la réponse
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORME")]
    format: Format,
}

/// All that is seen in one text.
pub struct Analysis {
    pub tokens: Vec<OwnedToken>,
    pub tags: Tags,
    pub topics: Vec<topic::Topic>,
    pub amounts: Vec<amount::Amount>,
}

pub fn run(args: &AnalyzeArgs, settings: &Settings) -> anyhow::Result<u8> {
    let gazetteer = settings.gazetteer()?;
    if args.jsonl {
        return lines(&gazetteer);
    }
    let mut text = args.text.join(" ");
    if args.text.is_empty() {
        std::io::stdin().read_to_string(&mut text)?;
    }
    let seen = analyse(&gazetteer, "", &text);
    answer(|out| match args.format {
        Format::Text => text::analysis(out, &text, &seen.tokens, &seen.tags, &seen.topics, &seen.amounts),
        Format::Json => json::analysis(out, &text, &seen.tokens, &seen.tags, &seen.topics, &seen.amounts),
    })?;
    Ok(DONE)
}

/// Answers each line before the next is read, in order; a bad one is told and answered with an error object.
fn lines(gazetteer: &Gazetteer) -> anyhow::Result<u8> {
    #[derive(serde::Deserialize)]
    struct Line {
        text: String,
        #[serde(default)]
        title: String,
    }
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    let mut number = 0;
    while {
        line.clear();
        input.read_until(b'\n', &mut line)?
    } > 0
    {
        number += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Line>(&line) {
            Ok(Line { text, title }) => {
                let seen = analyse(gazetteer, &title, &text);
                answer(|out| json::analysis(out, &text, &seen.tokens, &seen.tags, &seen.topics, &seen.amounts))?;
            }
            Err(error) => {
                eprintln!("veille: ligne {number} : {error}");
                answer(|out| json::line_error(out, number, &error.to_string()))?;
            }
        }
    }
    Ok(DONE)
}

fn analyse(gazetteer: &Gazetteer, title: &str, text: &str) -> Analysis {
    let language = language(text);
    let tags = gazetteer.tag(title, text);
    let amounts = amount::find(text);
    let mut companies: Vec<&str> = tags.text.iter().chain(&tags.title).map(|mention| &*mention.company).collect();
    companies.sort_unstable();
    companies.dedup();
    let topics = topic::classify(title, text, &companies, &amounts);
    Analysis { tokens: analysis::text_tokens(text, language), tags, topics, amounts }
}

fn language(text: &str) -> Language {
    analysis::detect(text)
}
