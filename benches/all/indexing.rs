//! Indexing 10 MB of text with everything on: passages, words, companies, amounts, topics, near duplicates.

use divan::Bencher;
use divan::counter::BytesCount;

use crate::texts::{self, INDEXED_BYTES};

#[divan::bench(sample_count = 5)]
fn rebuild(bencher: Bencher) {
    let indexed = texts::indexed();
    bencher.counter(BytesCount::new(INDEXED_BYTES)).bench_local(|| indexed.rebuild());
}
