//! The analysis against tantivy's stock French chain, on the same 100 kB of text.
//!
//! The stock chain is SimpleTokenizer, RemoveLongFilter, LowerCaser, StopWordFilter and a French Snowball stemmer. Our
//! build of tantivy has neither its stop lists nor its stemmer: a list of the same size and rust-stemmers stand in.
//! Both count the words of the text that SimpleTokenizer finds, so the rates compare like with like.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;
use tantivy::tokenizer::{LowerCaser, RemoveLongFilter, SimpleTokenizer, StopWordFilter, TextAnalyzer, TokenStream};
use veille::analysis::{Forms, Language, forms, tokenize};

use crate::texts;

/// Tokens, and the forms of each through a cache, as the indexer does.
#[divan::bench]
fn veille_tokens_and_forms(bencher: Bencher) {
    let text = french_text();
    let mut cache: FxHashMap<String, Forms> = FxHashMap::default();
    bencher.counter(ItemsCount::new(words(&text))).bench_local(|| {
        let mut bytes = 0;
        tokenize(black_box(&text), &mut |token| {
            if !cache.contains_key(token.form) {
                cache.insert(token.form.to_owned(), forms(token.form, Language::French));
            }
            bytes += cache[token.form].stem.len();
        });
        bytes
    });
}

/// Tokens alone.
#[divan::bench]
fn veille_tokens(bencher: Bencher) {
    let text = french_text();
    bencher.counter(ItemsCount::new(words(&text))).bench_local(|| {
        let mut count = 0;
        tokenize(black_box(&text), &mut |_| count += 1);
        count
    });
}

#[divan::bench]
fn stock_chain(bencher: Bencher) {
    let text = french_text();
    let stemmer = Stemmer::create(Algorithm::French);
    let mut chain = stock();
    bencher.counter(ItemsCount::new(words(&text))).bench_local(|| {
        let mut bytes = 0;
        let mut stream = chain.token_stream(black_box(&text));
        while stream.advance() {
            bytes += stemmer.stem(&stream.token().text).into_owned().len();
        }
        bytes
    });
}

fn stock() -> TextAnalyzer {
    const MAX_TOKEN_BYTES: usize = 40;
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(MAX_TOKEN_BYTES))
        .filter(LowerCaser)
        .filter(StopWordFilter::remove(STOP_WORDS.split(' ').map(str::to_owned)))
        .build()
}

fn french_text() -> String {
    texts::articles(100_000).into_iter().map(|article| article.text + "\n\n").collect()
}

/// How many words SimpleTokenizer finds.
fn words(text: &str) -> usize {
    let mut tokenizer = TextAnalyzer::from(SimpleTokenizer::default());
    let mut stream = tokenizer.token_stream(text);
    let mut count = 0;
    while stream.advance() {
        count += 1;
    }
    count
}

const STOP_WORDS: &str = "au aux avec ce ces dans de des du elle en et eux il je la le leur lui ma mais me mes moi mon \
    ne nos notre nous on ou par pas pour qu que qui sa se ses son sur ta te tes toi ton tu un une vos votre vous c d j \
    l à m n s t y été étée étées étés étant suis es est sommes êtes sont serai sera serons serez seront étais était \
    étaient fus fut furent soit aie ayez aient eu ai as avons avez ont aurai aura auront avais avait avaient";
