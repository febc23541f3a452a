//! The analysis against tantivy's stock French chain, on the same invented text of about 100 kB.
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

fn main() {
    divan::main();
}

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

/// About 100 kB of news of our own invention: every subject does every deed, everywhere.
fn french_text() -> String {
    let mut text = String::new();
    for place in PLACES {
        for subject in SUBJECTS {
            for deed in DEEDS {
                text.push_str(&format!("{subject} {deed} {place}. "));
            }
        }
    }
    text
}

const SUBJECTS: [&str; 8] = [
    "L’éditeur nantais de logiciels",
    "La start-up lyonnaise Quartzia",
    "Selon plusieurs sources, l'hébergeur historique",
    "Le président-directeur général du groupe",
    "Une équipe de chercheuses de l'université",
    "Aujourd’hui, OVALcloud, premier fournisseur européen,",
    "Le régulateur des télécommunications",
    "D'après ses avocats, l’opérateur",
];

const DEEDS: [&str; 8] = [
    "annonce avoir levé 1,7 Md€ auprès d'investisseurs américains",
    "a signé un accord de cinq ans portant sur l’intelligence artificielle générative et le stockage des données",
    "licencie 1 000 salariés, soit 10 % de ses effectifs, après une année difficile",
    "ouvrira trois centres de données qui consommeront moins d’électricité que prévu",
    "dévoile Zeta-5, un modèle de langage entraîné sur des milliards de mots",
    "conteste l'amende de dix millions de dollars infligée pour abus de position dominante",
    "s’inquiète des cyber-attaques qui visent les hôpitaux, les mairies et les entreprises",
    "rachètera son concurrent, jusqu'ici coté en Bourse, à l'issue d'une enquête approfondie",
];

const PLACES: [&str; 12] = [
    "dans le nord du pays",
    "en Île-de-France",
    "à l’étranger",
    "au Québec",
    "près de Besançon",
    "d'ici à 2030",
    "malgré l'inflation",
    "en Côte-d’Or",
    "cet été",
    "avec l'aide de l’État",
    "sous réserve d'autorisation",
    "à Sète",
];
