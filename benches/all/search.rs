//! Searching 10 MB of text: ten hits with their text and highlights; a warm index, and one opened for one search.

use divan::{Bencher, black_box};
use veille::index::Index;
use veille::query;
use veille::search::{SearchOptions, search};

use crate::texts;

/// One word, a few, a headline, a question, a phrase, a slip.
const QUERIES: [&str; 6] = [
    "nvidia",
    "contrat cloud Meta Google",
    "Mistral AI lève 1,7 milliard d'euros auprès du fabricant néerlandais de machines ASML",
    "comment les opérateurs télécoms se préparent-ils à la fin du cuivre ?",
    "\"intelligence artificielle\" +régulation",
    "inteligence artificelle générative",
];

fn ten_hits(index: &Index, words: &str) -> usize {
    let found = search(index, &query::parse(black_box(words)), &SearchOptions::default());
    found.expect("the index can be read").hits.len()
}

#[divan::bench(args = QUERIES)]
fn warm(bencher: Bencher, words: &str) {
    let index = texts::indexed().open();
    bencher.bench_local(|| ten_hits(&index, words));
}

#[divan::bench]
fn opened_for_one(bencher: Bencher) {
    let indexed = texts::indexed();
    bencher.bench_local(|| ten_hits(&indexed.open(), QUERIES[1]));
}
