//! What a day's work with the engine gives: passages as documents, its stock French chain, ten hits with their text.
//!
//! `plain index PASSAGES.jsonl DIR THREADS`, `plain search DIR QUERIES.tsv PASSES` (latencies, in the process),
//! `plain one DIR WORDS` (a cold process).

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::time::Instant;

use serde_json::{Value as Json, json};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::tokenizer::{
    Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer,
};
use tantivy::{Index, IndexWriter, Searcher, TantivyDocument, Term};

/// Memory for the writer's threads together: as much as veille gives them.
const BUDGET_BYTES: usize = 240_000_000;

const HITS: usize = 10;

struct Plain {
    index: Index,
    id: Field,
    title: Field,
    text: Field,
}

impl Plain {
    fn schema() -> Schema {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("french")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = TextOptions::default().set_stored().set_indexing_options(indexing);
        let mut schema = Schema::builder();
        schema.add_text_field("id", STRING | STORED);
        schema.add_text_field("title", text.clone());
        schema.add_text_field("text", text);
        schema.build()
    }

    fn new(index: Index) -> tantivy::Result<Self> {
        index.tokenizers().register("french", french());
        let field = |name| index.schema().get_field(name);
        Ok(Self { id: field("id")?, title: field("title")?, text: field("text")?, index })
    }

    fn searcher(&self) -> tantivy::Result<Searcher> {
        Ok(self.index.reader()?.searcher())
    }

    fn query(&self, words: &str) -> BooleanQuery {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        french().token_stream(words).process(&mut |token| {
            for field in [self.title, self.text] {
                let term = Term::from_field_text(field, &token.text);
                clauses.push((Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))));
            }
        });
        BooleanQuery::new(clauses)
    }

    fn hits(&self, searcher: &Searcher, words: &str) -> tantivy::Result<Vec<TantivyDocument>> {
        let best = searcher.search(&self.query(words), &TopDocs::with_limit(HITS).order_by_score())?;
        best.into_iter().map(|(_, at)| searcher.doc(at)).collect()
    }
}

fn french() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(40))
        .filter(LowerCaser)
        .filter(StopWordFilter::new(Language::French).expect("the engine has French stop words"))
        .filter(Stemmer::new(Language::French))
        .build()
}

fn lines(path: &str) -> impl Iterator<Item = String> {
    let file = File::open(path).unwrap_or_else(|e| panic!("{path}: {e}"));
    BufReader::with_capacity(1 << 20, file).lines().map(|line| line.expect("a line of text"))
}

fn index(passages: &str, dir: &str, threads: usize) -> tantivy::Result<()> {
    let _ = fs::remove_dir_all(dir);
    fs::create_dir_all(dir)?;
    let plain = Plain::new(Index::create_in_dir(dir, Plain::schema())?)?;
    let mut writer: IndexWriter = plain.index.writer_with_num_threads(threads, BUDGET_BYTES)?;
    for line in lines(passages) {
        let passage: Json = serde_json::from_str(&line).expect("a line of JSON");
        let mut document = TantivyDocument::default();
        for (name, field) in [("id", plain.id), ("title", plain.title), ("text", plain.text)] {
            document.add_text(field, passage[name].as_str().unwrap_or_default());
        }
        writer.add_document(document)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()
}

fn search(dir: &str, queries: &str, passes: usize) -> tantivy::Result<()> {
    let plain = Plain::new(Index::open_in_dir(dir)?)?;
    let searcher = plain.searcher()?;
    let queries: Vec<String> =
        lines(queries).filter_map(|line| line.split_once('\t').map(|(_, words)| words.to_owned())).collect();
    let mut times = Vec::new();
    for pass in 0..=passes {
        for words in &queries {
            let start = Instant::now();
            plain.hits(&searcher, words)?;
            // The first pass only warms the files.
            if pass > 0 {
                times.push(start.elapsed().as_micros() as u64);
            }
        }
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("{}", json!({ "p50": at(0.5), "p99": at(0.99) }));
    Ok(())
}

fn one(dir: &str, words: &str) -> tantivy::Result<()> {
    let plain = Plain::new(Index::open_in_dir(dir)?)?;
    for hit in plain.hits(&plain.searcher()?, words)? {
        let text = |field| hit.get_first(field).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
        println!("{}\t{}\n{}", text(plain.id), text(plain.title), text(plain.text));
    }
    Ok(())
}

fn main() -> tantivy::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["index", passages, dir, threads] => index(passages, dir, threads.parse().expect("a number of threads")),
        ["search", dir, queries, passes] => search(dir, queries, passes.parse().expect("a number of passes")),
        ["one", dir, words] => one(dir, words),
        _ => panic!("plain index PASSAGES DIR THREADS | search DIR QUERIES PASSES | one DIR WORDS"),
    }
}
