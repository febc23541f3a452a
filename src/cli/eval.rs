//! `veille eval`: how well judged queries are answered, and how fast.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use serde_json::json;
use veille::eval::{
    Answer, Comparison, JudgedQuery, Latencies, Metric, Report, Run, compare, evaluate, read_judgments, read_queries,
    read_run, variant,
};
use veille::index::Index;
use veille::query;
use veille::search::evidence::Weights;
use veille::search::{Duplicates, SearchOptions, Spelling, search};

use super::{DONE, Format, Settings, answer};

/// Articles asked for each query: what Recall@100 needs.
const DEPTH: usize = 100;

/// The seed of the slips of `--variant typo`.
const TYPO_SEED: u64 = 1;

#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Requêtes : identifiant, tabulation, mots
    #[arg(long, value_name = "FICHIER")]
    queries: PathBuf,
    /// Jugements, TSV (requête, article, note) ou TREC ; sans eux, seuls les temps sont mesurés
    #[arg(long, value_name = "FICHIER")]
    qrels: Option<PathBuf>,
    /// Un fichier de résultats TREC à comparer au nôtre
    #[arg(long, value_name = "FICHIER")]
    baseline: Option<PathBuf>,
    /// Écrire nos résultats, en TREC
    #[arg(long, value_name = "FICHIER")]
    save_run: Option<PathBuf>,
    /// Abîmer les requêtes : une faute de frappe, ou les accents ôtés
    #[arg(long, value_enum, value_name = "VARIANTE")]
    variant: Option<Variant>,
    /// Ne mesurer qu'une requête sur deux : celles de rang pair, ou impair
    #[arg(long, value_enum, value_name = "MOITIÉ")]
    half: Option<Half>,
    /// Chiffres de chaque requête
    #[arg(long)]
    per_query: bool,
    /// Combien de fois chronométrer chaque requête
    #[arg(long, value_name = "N", default_value_t = 3)]
    passes: usize,
    /// Changer un poids du classement, pour l'essayer : k1=0.9
    #[arg(long, value_name = "NOM=VALEUR", hide = true)]
    set: Vec<String>,
    /// Forme de la réponse
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORME")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Variant {
    Typo,
    Unaccented,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Half {
    Even,
    Odd,
}

pub fn run(args: &EvalArgs, settings: &Settings) -> anyhow::Result<u8> {
    let mut judgments = match &args.qrels {
        Some(path) => read_judgments(&read(path)?, path)?,
        None => Default::default(),
    };
    let queries = chosen(args, read_queries(&read(&args.queries)?, &args.queries)?);
    judgments.retain(|qid, _| queries.iter().any(|query| query.qid == *qid));
    let options = SearchOptions {
        limit: DEPTH,
        per_article: 1,
        duplicates: Duplicates::Show,
        spelling: Spelling::Correct,
        weights: weights(&args.set)?,
        ..SearchOptions::default()
    };
    let index = settings.open()?;
    let (run, times) = answers(&index, &queries, &options, args.passes)?;
    if let Some(path) = &args.save_run {
        std::fs::write(path, trec(&run)).map_err(|e| veille::Error::io("write", path, e))?;
    }
    let report = evaluate(&run, &judgments);
    let compared = match &args.baseline {
        Some(path) => Some(comparisons(&evaluate(&read_run(&read(path)?, path)?, &judgments), &report)),
        None => None,
    };
    let latencies = Latencies::of(&times);
    answer(|out| match args.format {
        Format::Text => text(out, args, &report, &latencies, compared.as_deref()),
        Format::Json => json_object(out, args, &report, &latencies, compared.as_deref()),
    })?;
    Ok(DONE)
}

fn read(path: &Path) -> anyhow::Result<String> {
    Ok(std::fs::read_to_string(path).map_err(|e| veille::Error::io("read", path, e))?)
}

fn chosen(args: &EvalArgs, queries: Vec<JudgedQuery>) -> Vec<JudgedQuery> {
    let kept = |at: usize| match args.half {
        None => true,
        Some(Half::Even) => at.is_multiple_of(2),
        Some(Half::Odd) => !at.is_multiple_of(2),
    };
    let changed = |query: JudgedQuery| match args.variant {
        None => query,
        Some(Variant::Typo) => JudgedQuery { text: variant::with_typo(&query.text, TYPO_SEED), ..query },
        Some(Variant::Unaccented) => JudgedQuery { text: variant::unaccented(&query.text), ..query },
    };
    queries.into_iter().enumerate().filter(|&(at, _)| kept(at)).map(|(_, query)| changed(query)).collect()
}

fn weights(set: &[String]) -> anyhow::Result<Weights> {
    let mut weights = Weights::default();
    for assignment in set {
        let wrong = || veille::Error::Usage(format!("poids incompris : {assignment}"));
        let (name, value) = assignment.split_once('=').ok_or_else(wrong)?;
        *weights.by_name(name).ok_or_else(wrong)? = value.parse().map_err(|_| wrong())?;
    }
    Ok(weights)
}

/// Answers to the depth that the figures need, then searches as people make them, timed, on files that are warm by then.
fn answers(
    index: &Index,
    queries: &[JudgedQuery],
    options: &SearchOptions,
    passes: usize,
) -> anyhow::Result<(Run, Vec<Duration>)> {
    let mut run = Run::new();
    for JudgedQuery { qid, text, .. } in queries {
        let results = search(index, &query::parse(text), options)?;
        let answer = |hit: &veille::search::Hit| Answer { id: hit.article.id.0.clone(), score: hit.score.into() };
        run.insert(qid.clone(), results.hits.iter().map(answer).collect());
    }
    let ten = SearchOptions { limit: veille::search::DEFAULT_LIMIT, ..options.clone() };
    let mut times = Vec::new();
    for JudgedQuery { text, .. } in (0..passes).flat_map(|_| queries) {
        let start = Instant::now();
        search(index, &query::parse(text), &ten)?;
        times.push(start.elapsed());
    }
    Ok((run, times))
}

fn trec(run: &Run) -> String {
    let mut lines = String::new();
    for (qid, answers) in run {
        for (rank, Answer { id, score }) in (1..).zip(answers) {
            lines.push_str(&format!("{qid} Q0 {id} {rank} {score:.6} veille\n"));
        }
    }
    lines
}

const METRICS: [(&str, &str, Metric); 3] = [
    ("nDCG@10", "ndcg_10", Metric::Ndcg),
    ("MRR@10", "mrr_10", Metric::ReciprocalRank),
    ("Recall@100", "recall_100", Metric::Recall),
];

fn comparisons(baseline: &Report, report: &Report) -> Vec<Comparison> {
    METRICS.iter().map(|&(_, _, metric)| compare(baseline, report, metric)).collect()
}

fn text(
    out: &mut dyn Write,
    args: &EvalArgs,
    report: &Report,
    latencies: &Latencies,
    compared: Option<&[Comparison]>,
) -> std::io::Result<()> {
    if args.per_query {
        writeln!(out, "{:<12} {:>8} {:>8} {:>10}", "requête", "nDCG@10", "MRR@10", "Recall@100")?;
        for query in &report.queries {
            let [ndcg, mrr, recall] = METRICS.map(|(_, _, metric)| 100.0 * metric.of(&query.figures));
            writeln!(out, "{:<12} {ndcg:>8.1} {mrr:>8.1} {recall:>10.1}", query.qid)?;
        }
    }
    if args.qrels.is_some() {
        let [ndcg, mrr, recall] = METRICS.map(|(_, _, metric)| 100.0 * metric.of(&report.mean));
        writeln!(out, "{} requêtes jugées", report.queries.len())?;
        writeln!(out, "nDCG@10 {ndcg:.2}   MRR@10 {mrr:.2}   Recall@100 {recall:.2}")?;
    }
    let us = |time: Duration| time.as_micros();
    writeln!(
        out,
        "latence p50 {} µs   p90 {} µs   p99 {} µs",
        us(latencies.p50),
        us(latencies.p90),
        us(latencies.p99)
    )?;
    for (what, qids) in [("sans réponse", &report.unanswered), ("sans jugement", &report.unjudged)] {
        if !qids.is_empty() && args.qrels.is_some() {
            writeln!(
                out,
                "{what} : {} ({})",
                qids.len(),
                qids.iter().take(10).cloned().collect::<Vec<_>>().join(", ")
            )?;
        }
    }
    for (comparison, (name, ..)) in compared.into_iter().flatten().zip(METRICS) {
        writeln!(
            out,
            "{name} : {:.2} contre {:.2}, mieux {} moins bien {} sur {}, p = {:.4}",
            100.0 * comparison.run_mean,
            100.0 * comparison.baseline_mean,
            comparison.better,
            comparison.worse,
            comparison.queries,
            comparison.p_value
        )?;
    }
    Ok(())
}

fn json_object(
    out: &mut dyn Write,
    args: &EvalArgs,
    report: &Report,
    latencies: &Latencies,
    compared: Option<&[Comparison]>,
) -> std::io::Result<()> {
    let figures = |figures: &veille::eval::Figures| -> BTreeMap<&str, f64> {
        METRICS.iter().map(|&(_, key, metric)| (key, metric.of(figures))).collect()
    };
    let us = |time: Duration| time.as_micros() as u64;
    let mut object = json!({
        "version": veille::render::json::VERSION,
        "type": "evaluation",
        "queries": report.queries.len(),
        "mean": figures(&report.mean),
        "latency_us": { "p50": us(latencies.p50), "p90": us(latencies.p90), "p99": us(latencies.p99) },
        "unanswered": report.unanswered,
        "unjudged": report.unjudged,
    });
    if args.per_query {
        let query = |query: &veille::eval::QueryFigures| (query.qid.clone(), json!(figures(&query.figures)));
        object["per_query"] = report.queries.iter().map(query).collect::<serde_json::Map<_, _>>().into();
    }
    for (comparison, (_, key, _)) in compared.into_iter().flatten().zip(METRICS) {
        object["comparison"][key] = json!({
            "baseline": comparison.baseline_mean,
            "run": comparison.run_mean,
            "better": comparison.better,
            "worse": comparison.worse,
            "p_value": comparison.p_value,
        });
    }
    writeln!(out, "{object}")
}
