//! Companies, amounts and topics, each alone, on 1 MB of text; whole articles, where the indexer shares one cut of the
//! words between the three.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use veille::amount;
use veille::article::Article;
use veille::company::Gazetteer;
use veille::topic;

use crate::texts;

fn bench(bencher: Bencher, mut tag: impl FnMut(&Article) -> usize) {
    let articles = texts::articles(1_000_000);
    let bytes: usize = articles.iter().map(|article| article.text.len()).sum();
    let counted = bencher.counter(BytesCount::new(bytes));
    counted.bench_local(|| black_box(&articles).iter().map(&mut tag).sum::<usize>());
}

#[divan::bench]
fn companies(bencher: Bencher) {
    let gazetteer = Gazetteer::builtin();
    bench(bencher, |article| gazetteer.tag(&article.title, &article.text).text.len());
}

#[divan::bench]
fn amounts(bencher: Bencher) {
    bench(bencher, |article| amount::find(&article.text).len());
}

#[divan::bench]
fn topics(bencher: Bencher) {
    bench(bencher, |article| topic::classify(&article.title, &article.text, &[], &[]).len());
}
