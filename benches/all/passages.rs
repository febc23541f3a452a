//! Cutting articles into passages, 1 MB of text.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use veille::passage;

use crate::texts;

#[divan::bench]
fn split(bencher: Bencher) {
    let articles = texts::articles(1_000_000);
    let bytes: usize = articles.iter().map(|article| article.text.len()).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .bench_local(|| black_box(&articles).iter().map(|article| passage::split(article).len()).sum::<usize>());
}
