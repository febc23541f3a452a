//! The road of a front end: folder, index, question, passages, counts; no program, no printing.

use veille::analysis;
use veille::company::{Gazetteer, Names};
use veille::index::Index;
use veille::index::writer::{self, WriteOptions};
use veille::query;
use veille::search::facet::{By, facets};
use veille::search::{Matching, SearchOptions, search};

use crate::env::TestEnv;

#[test]
fn from_a_folder_to_passages_and_facets() {
    let env = TestEnv::new().desk();
    let gazetteer = Gazetteer::builtin();
    let options = WriteOptions { threads: 2 };
    let report = writer::update(&env.index(), &[env.corpus()], &gazetteer, &options, &|_| {}).unwrap();
    assert_eq!((report.added, report.articles), (9, 9));
    assert!(report.skipped.is_empty(), "{:?}", report.skipped);

    let index = Index::open(&env.index(), gazetteer.hash()).unwrap();
    assert_eq!(index.stamp.articles, 9);
    assert_eq!(index.stamp.analyzer, format!("{:016x}", analysis::fingerprint()));

    let mut query = query::parse("contrat cloud");
    query.filters.companies.narrow("meta");
    let results = search(&index, &query, &SearchOptions::default()).unwrap();
    let first = &results.hits[0];
    assert!(["accord-cloud", "accord-reprise"].contains(&first.article.id.as_str()));
    assert_eq!(first.duplicates.len(), 1);
    assert!(results.total_articles >= 2 && results.total_passages >= results.total_articles);

    let (article, passages) = index.whole_article(index.find(first.article.id.as_str()).unwrap()).unwrap();
    assert_eq!(&article.text[first.passage.span.clone()], first.passage.text);
    assert_eq!(passages[first.passage.ordinal], first.passage);
    let words: Vec<&str> = first.highlights.iter().map(|span| &first.passage.text[span.clone()]).collect();
    assert!(words.contains(&"contrat") && words.contains(&"cloud"), "{words:?}");

    let named = facets(&index, &query, Matching::Any, By::Company, 10).unwrap();
    let ids: Vec<&str> = named.values.iter().map(|value| value.id.as_str()).collect();
    assert_eq!(ids, ["alphabet", "meta"], "all that is counted names Meta");
    assert!(named.values.iter().all(|value| value.articles == 2));
    assert_eq!(Names::builtin().name("alphabet"), Some("Alphabet"));
}

#[test]
fn a_snapshot_is_not_disturbed_by_what_is_written_later() {
    let env = TestEnv::new().desk();
    let gazetteer = Gazetteer::builtin();
    let options = WriteOptions { threads: 1 };
    let update = || writer::update(&env.index(), &[env.corpus()], &gazetteer, &options, &|_| {}).unwrap();
    update();
    let index = Index::open(&env.index(), gazetteer.hash()).unwrap();
    let ask = |index: &Index| {
        let results = search(index, &query::parse("panne réseau"), &SearchOptions::default()).unwrap();
        results.hits.iter().map(|hit| hit.id()).collect::<Vec<_>>()
    };
    let before = ask(&index);
    assert_eq!(before[0], "panne#0");
    env.remove("panne.md");
    update();
    writer::rebuild(&env.index(), &[env.corpus()], &gazetteer, &options, &|_| {}).unwrap();
    assert_eq!(ask(&index), before);
    let newer = Index::open(&env.index(), gazetteer.hash()).unwrap();
    assert!(!ask(&newer).contains(&"panne#0".to_owned()));
    assert!(newer.find("panne").is_err());
}

#[test]
fn many_threads_may_ask_one_snapshot() {
    let env = TestEnv::new().desk().indexed();
    let index = Index::open(&env.index(), Gazetteer::builtin().hash()).unwrap();
    let ask = || {
        let results = search(&index, &query::parse("contrat Meta puces"), &SearchOptions::default()).unwrap();
        results.hits.iter().map(|hit| (hit.id(), hit.score)).collect::<Vec<_>>()
    };
    let alone = ask();
    assert!(!alone.is_empty());
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        all.into_iter().for_each(|thread| assert_eq!(thread.join().unwrap(), alone));
    });
}
