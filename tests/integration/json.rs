//! The shapes that programs rely on: every field there, null or empty when it is not known.

use serde_json::Value;

use crate::env::{TestEnv, array, span};

/// The keys of an object are these and, perhaps, others: additions are free.
#[track_caller]
fn has(object: &Value, keys: &[&str]) {
    let object = object.as_object().unwrap_or_else(|| panic!("no object: {object}"));
    for key in keys {
        assert!(object.contains_key(*key), "{key} is absent from {object:?}");
    }
}

const PASSAGE: [&str; 21] = [
    "version",
    "type",
    "qid",
    "rank",
    "score",
    "id",
    "article_id",
    "title",
    "source",
    "url",
    "path",
    "published",
    "ordinal",
    "text",
    "bytes",
    "lines",
    "highlights",
    "companies",
    "topics",
    "amounts",
    "other_passages",
];

const SUMMARY: [&str; 11] = [
    "version",
    "type",
    "qid",
    "total_passages",
    "total_articles",
    "shown",
    "took_us",
    "terms",
    "ignored",
    "warnings",
    "index",
];

#[test]
fn jsonl_is_passages_then_a_summary() {
    let env = TestEnv::new().desk().indexed();
    let lines = env.run(["search", "contrat cloud Meta", "--format", "jsonl"]).success().lines();
    let (summary, passages) = lines.split_last().unwrap();
    has(summary, &SUMMARY);
    has(&summary["index"], &["built_at", "fingerprint", "articles", "passages", "skipped"]);
    assert_eq!((&summary["version"], &summary["type"], &summary["qid"]), (&1.into(), &"summary".into(), &Value::Null));
    assert_eq!(summary["shown"], passages.len());
    assert_eq!(summary["index"]["articles"], 9);
    for (passage, rank) in passages.iter().zip(1..) {
        has(passage, &PASSAGE);
        has(passage, &["duplicates"]);
        assert_eq!((&passage["version"], &passage["type"]), (&1.into(), &"passage".into()));
        assert_eq!(passage["rank"], rank);
        let id = format!("{}#{}", passage["article_id"].as_str().unwrap(), passage["ordinal"]);
        assert_eq!(passage["id"], id);
    }
    let first = &passages[0];
    assert_eq!(first["article_id"], "accord-reprise", "the newest of two alike");
    assert_eq!(first["source"], "Le Relais");
    assert_eq!(first["published"], "2025-08-23");
    assert_eq!(first["path"], "corpus/accord-reprise.md");
    assert_eq!(first["url"], Value::Null);
    let amount = &first["amounts"][0];
    has(amount, &["value", "currency", "text"]);
    assert_eq!((&amount["value"], &amount["currency"]), (&10_000_000_000_u64.into(), &"USD".into()));
    assert_eq!(amount["text"], "10 milliards de dollars");
}

#[test]
fn json_is_one_object_with_the_same_in_it() {
    let env = TestEnv::new().desk().indexed();
    let object = env.search(["contrat cloud Meta"]);
    let lines = env.run(["search", "contrat cloud Meta", "--format", "jsonl"]).lines();
    has(&object, &SUMMARY);
    assert_eq!(object["version"], 1);
    assert_eq!(array(&object["passages"]), &lines[..lines.len() - 1]);
}

#[test]
fn what_is_not_known_is_null_or_empty() {
    let env = TestEnv::new().desk().indexed();
    let passage = &env.search(["jardinage"])["passages"][0];
    has(passage, &PASSAGE);
    assert_eq!(passage["article_id"], "breve-sans-date");
    for field in ["source", "url", "published", "qid", "author"] {
        assert_eq!(passage[field], Value::Null, "{field}");
    }
    assert_eq!(passage["title"], "");
    for field in ["companies", "topics", "amounts", "duplicates"] {
        assert_eq!(passage[field], Value::Array(vec![]), "{field}");
    }
    assert_eq!(passage["other_passages"], 0);
    let nothing = env.search(["zygomatique"]);
    assert_eq!((&nothing["passages"], &nothing["shown"]), (&Value::Array(vec![]), &0.into()));
    has(&nothing, &SUMMARY);
}

#[test]
fn text_sliced_by_the_bytes_of_a_hit_is_its_text() {
    let env = TestEnv::new().desk().indexed();
    for words in ["contrat cloud Meta", "réseau abonnés été", "levée d’euros", "fibre télécoms régulateur", "jusqu’en"]
    {
        let answer = env.search([words, "--limit", "100", "--per-article", "0"]);
        assert!(!array(&answer["passages"]).is_empty(), "{words}");
        for passage in array(&answer["passages"]) {
            let shown = env.run(["show", passage["article_id"].as_str().unwrap(), "--format", "json"]).json();
            let (whole, text) = (shown["text"].as_str().unwrap(), passage["text"].as_str().unwrap());
            assert_eq!(&whole[span(&passage["bytes"])], text);
            let mut last = 0;
            for highlight in array(&passage["highlights"]) {
                let span = span(highlight);
                assert!(span.start >= last && span.end > span.start, "in order, not empty: {passage}");
                assert!(text.get(span.clone()).is_some(), "on char boundaries: {passage}");
                last = span.end;
            }
            assert!(!array(&passage["highlights"]).is_empty(), "{words}: {passage}");
        }
    }
}

#[test]
fn a_file_of_queries_answers_each_with_its_qid() {
    let env = TestEnv::new().desk().indexed();
    std::fs::write(env.root().join("q.tsv"), "q1\tcontrat cloud\nq2\tzygomatique\nq3\tnvidia\n").unwrap();
    let lines = env.run(["search", "--queries", "q.tsv", "--format", "jsonl"]).success().lines();
    let summaries: Vec<&Value> = lines.iter().filter(|line| line["type"] == "summary").collect();
    let qids: Vec<&Value> = summaries.iter().map(|summary| &summary["qid"]).collect();
    assert_eq!(qids, ["q1", "q2", "q3"]);
    assert!(lines.iter().filter(|line| line["type"] == "passage").all(|line| line["qid"].is_string()));
    let objects = env.run(["search", "--queries", "q.tsv", "--format", "json"]).success().lines();
    assert_eq!(objects.len(), 3);
    let text = env.run(["search", "--queries", "q.tsv"]).success().out();
    assert!(text.contains("## q2"), "{text}");
}

#[test]
fn trec_is_one_line_for_each_article_and_folds_no_duplicates() {
    let env = TestEnv::new().desk().indexed();
    std::fs::write(env.root().join("q.tsv"), "q1\tcontrat cloud Meta Google serveurs\nq2\tnvidia\n").unwrap();
    let args = ["search", "--queries", "q.tsv", "--format", "trec", "--limit", "100"];
    let out = env.run(args).success().out();
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split(' ').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 6 && row[1] == "Q0" && row[5] == "veille"), "{out}");
    let first: Vec<&Vec<&str>> = rows.iter().filter(|row| row[0] == "q1").collect();
    let mut ids: Vec<&str> = first.iter().map(|row| row[2]).collect();
    assert!(ids.contains(&"accord-cloud") && ids.contains(&"accord-reprise"), "{out}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), first.len(), "one line for each article");
    for (row, rank) in first.iter().zip(1..) {
        assert_eq!(row[3], rank.to_string());
    }
    let scores: Vec<f64> = first.iter().map(|row| row[4].parse().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{out}");
    let one = env.run(["search", "nvidia", "--format", "trec"]).success().out();
    assert!(one.starts_with("1 Q0 puces-nvidia 1 "), "{one}");
}

#[test]
fn facets_status_reports_and_analysis() {
    let env = TestEnv::new().desk();
    let report = env.run(["index", "--format", "json"]).success().json();
    has(
        &report,
        &[
            "version",
            "files",
            "added",
            "replaced",
            "removed",
            "unchanged",
            "articles",
            "passages",
            "skipped",
            "took_ms",
        ],
    );
    let facets = env.run(["facets", "--by", "company", "--format", "json"]).success().json();
    has(&facets, &["version", "by", "values", "other", "total_articles", "total_passages", "warnings"]);
    assert_eq!((&facets["version"], &facets["by"]), (&1.into(), &"company".into()));
    array(&facets["values"]).iter().for_each(|value| has(value, &["id", "name", "articles", "passages"]));
    let status = env.run(["status", "--format", "json"]).success().json();
    has(
        &status,
        &["version", "built_at", "format", "fingerprint", "articles", "passages", "files", "stale", "skipped", "roots"],
    );
    let analysis = env.run(["analyze", "Meta paie 10 milliards de dollars à Google", "--format", "json"]).json();
    has(&analysis, &["tokens", "companies", "topics", "amounts"]);
    has(&analysis["tokens"][0], &["term", "start", "end", "position"]);
    has(&analysis["companies"][0], &["id", "text", "start", "end"]);
    has(&analysis["amounts"][0], &["value", "currency", "text", "start", "end"]);
    let shown = env.run(["show", "breve-sans-date", "--format", "json"]).success().json();
    has(&shown, &["version", "id", "title", "source", "author", "url", "path", "published", "lang", "tags", "text"]);
    assert_eq!(shown["published"], Value::Null);
}

#[test]
fn explain_adds_what_speaks_for_each_passage() {
    let env = TestEnv::new().desk().indexed();
    let answer = env.search(["contrat cloud", "--explain"]);
    let evidence = array(&answer["passages"][0]["evidence"]);
    evidence.iter().for_each(|share| has(share, &["kind", "level", "score"]));
    let sum: f64 = evidence.iter().map(|share| share["score"].as_f64().unwrap()).sum();
    let score = answer["passages"][0]["score"].as_f64().unwrap();
    assert!((sum - score).abs() < 0.02 * score, "the shares {sum} add up to the score {score}");
    env.run(["search", "contrat cloud", "--explain"]).success();
}
