//! `veille search`: ranked passages.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use veille::index::Index;
use veille::query::Query;
use veille::render::{json, text, trec};
use veille::search::reasons;
use veille::search::{
    DEFAULT_LIMIT, DEFAULT_PER_ARTICLE, Duplicates, Matching, SearchOptions, SearchResults, Sort, Spelling, search,
};

use super::select::{self, SelectArgs};
use super::{DONE, NOTHING_FOUND, Settings, answer};

#[derive(Debug, Args)]
pub struct SearchArgs {
    /// Les mots cherchés ; "…" et « … » pour une expression, -mot, +mot, mot*, titre:…, date:2025-08..
    #[arg(value_name = "MOTS")]
    words: Vec<String>,
    #[command(flatten)]
    select: SelectArgs,
    /// Nombre de passages
    #[arg(short = 'n', long, default_value_t = DEFAULT_LIMIT, value_name = "N")]
    limit: usize,
    /// Sauter les premiers
    #[arg(long, default_value_t = 0, value_name = "N")]
    offset: usize,
    /// Passages montrés d'un même article ; 0 : sans limite
    #[arg(long, default_value_t = DEFAULT_PER_ARTICLE, value_name = "N")]
    per_article: usize,
    /// Exiger chaque mot qui compte
    #[arg(long)]
    all: bool,
    /// Ordre
    #[arg(long, value_enum, default_value_t = SortArg::Relevance, value_name = "ORDRE")]
    sort: SortArg,
    /// Favoriser un peu les articles récents
    #[arg(long)]
    recency: bool,
    /// Chercher à la lettre : ne rien corriger
    #[arg(long)]
    literal: bool,
    /// Montrer aussi les articles presque identiques
    #[arg(long)]
    duplicates: bool,
    /// Dire comment chaque mot est compris et pourquoi chaque passage est là
    #[arg(long)]
    explain: bool,
    /// Mettre d'abord l'index à jour
    #[arg(long)]
    fresh: bool,
    /// Un fichier de requêtes, une par ligne : identifiant, tabulation, mots
    #[arg(long, value_name = "FICHIER", conflicts_with = "words")]
    queries: Option<PathBuf>,
    /// Forme de la réponse
    #[arg(long, value_enum, default_value_t = OutputFormat::Text, value_name = "FORME")]
    format: OutputFormat,
    /// Statut 1 si rien n'est trouvé
    #[arg(long)]
    exit_status: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SortArg {
    Relevance,
    Date,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    Text,
    Json,
    Jsonl,
    Trec,
}

/// A query with the name that the answer bears.
struct Named {
    qid: Option<String>,
    query: Query,
    /// There is neither a word nor a filter in it.
    wordless: bool,
}

impl Named {
    fn new(qid: Option<String>, query: Query) -> Self {
        Named { qid, wordless: select::is_wordless(&query), query }
    }
}

/// What is found by a query without any word: nothing, rather than everything.
fn nothing() -> SearchResults {
    SearchResults {
        hits: Vec::new(),
        total_passages: 0,
        total_articles: 0,
        took: Duration::ZERO,
        terms: Vec::new(),
        ignored: Vec::new(),
        corrections: Vec::new(),
        warnings: vec!["aucun mot à chercher".to_owned()],
    }
}

pub fn run(args: &SearchArgs, settings: &Settings) -> anyhow::Result<u8> {
    let mut queries = queries(args, settings)?;
    if args.fresh {
        super::index::refresh(settings)?;
    }
    let index = settings.open()?;
    let stale = super::index::staleness(&index, settings);
    for named in &mut queries {
        select::resolve_sources(&mut named.query, &index)?;
    }
    let options = options(args);
    let gazetteer = if args.explain { Some(settings.gazetteer()?) } else { None };
    let mut found = false;
    let mut failed = None;
    answer(|out| {
        for named in &queries {
            let searched = if named.wordless { Ok(nothing()) } else { search(&index, &named.query, &options) };
            let mut results = match searched {
                Ok(results) => results,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            };
            results.warnings.extend(stale.clone());
            if let Some(gazetteer) = &gazetteer
                && let Err(error) = reasons::explain(&index, &mut results.hits, gazetteer)
            {
                failed = Some(error);
                break;
            }
            found |= !results.hits.is_empty();
            write(args, settings, &index, named, &results, out)?;
        }
        Ok(())
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    Ok(if args.exit_status && !found { NOTHING_FOUND } else { DONE })
}

fn queries(args: &SearchArgs, settings: &Settings) -> anyhow::Result<Vec<Named>> {
    let Some(path) = &args.queries else {
        let words = args.words.join(" ");
        let query = args.select.query(&words, || settings.names())?;
        if query.is_empty() && words.trim().is_empty() {
            anyhow::bail!(veille::Error::Usage("rien à chercher : donnez des mots ou un filtre".to_owned()));
        }
        return Ok(vec![Named::new(None, query)]);
    };
    let text = std::fs::read_to_string(path).map_err(|e| veille::Error::io("read", path, e))?;
    let queries = veille::eval::read_queries(&text, path)?;
    let named =
        |q: veille::eval::JudgedQuery| Ok(Named::new(Some(q.qid), args.select.query(&q.text, || settings.names())?));
    queries.into_iter().map(named).collect()
}

fn options(args: &SearchArgs) -> SearchOptions {
    let trec = args.format == OutputFormat::Trec;
    SearchOptions {
        limit: args.limit,
        offset: args.offset,
        per_article: if trec { 1 } else { args.per_article },
        matching: if args.all { Matching::All } else { Matching::Any },
        sort: if args.sort == SortArg::Date { Sort::Date } else { Sort::Relevance },
        duplicates: if trec || args.duplicates { Duplicates::Show } else { Duplicates::Fold },
        spelling: if args.literal { Spelling::ToTheLetter } else { Spelling::Correct },
        recency: args.recency.then(|| jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()),
        explain: args.explain,
        weights: Default::default(),
    }
}

fn write(
    args: &SearchArgs,
    settings: &Settings,
    index: &Index,
    named: &Named,
    results: &SearchResults,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let qid = named.qid.as_deref();
    match args.format {
        OutputFormat::Text => {
            for warning in &results.warnings {
                settings.say(&format!("attention : {warning}"));
            }
            text::results(out, index, qid, results, text::Style { color: settings.color, explain: args.explain })
        }
        OutputFormat::Json => json::results(out, index, qid, results, args.explain),
        OutputFormat::Jsonl => json::lines(out, index, qid, results, args.explain),
        OutputFormat::Trec => trec::results(out, qid.unwrap_or("1"), results),
    }
}
