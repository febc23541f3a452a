//! Counting 10 MB of text by company, topic and month: everything, and what a word selects.

use divan::{Bencher, black_box};
use veille::query;
use veille::search::Matching;
use veille::search::facet::{By, facets};

use crate::texts;

const SHOWN: usize = 20;

fn count(bencher: Bencher, words: &str, by: By) {
    let index = texts::indexed().open();
    let query = query::parse(words);
    bencher.bench_local(|| {
        let counted = facets(&index, black_box(&query), Matching::Any, by, SHOWN);
        counted.expect("the index can be read").values.len()
    });
}

#[divan::bench]
fn companies(bencher: Bencher) {
    count(bencher, "", By::Company);
}

#[divan::bench]
fn companies_of_a_word(bencher: Bencher) {
    count(bencher, "cloud", By::Company);
}

#[divan::bench]
fn topics(bencher: Bencher) {
    count(bencher, "", By::Topic);
}

#[divan::bench]
fn months(bencher: Bencher) {
    count(bencher, "", By::Month);
}
