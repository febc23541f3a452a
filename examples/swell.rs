//! Makes a large corpus of a small one: its articles again and again, with changed words (see `change.rs`).
//!
//! ```sh
//! cargo run --release --example swell -- articles.jsonl 500 > large.jsonl   # 500 MB
//! ```
//!
//! Same input, same output. What it prints is for measuring time and memory, never for reading.

use std::error::Error;
use std::io::{self, BufWriter, Write};

use change::Changer;
use serde_json::{Map, Value};

#[path = "../benches/all/texts/change.rs"]
mod change;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(path), Some(megabytes)) = (args.next(), args.next()) else {
        return Err("usage: swell ARTICLES.jsonl MEGABYTES".into());
    };
    let wanted = megabytes.parse::<u64>()? * 1_000_000;
    let text = std::fs::read_to_string(path)?;
    let articles: Vec<Map<String, Value>> =
        text.lines().map(serde_json::from_str).collect::<serde_json::Result<_>>()?;
    let mut changer = Changer::new(articles.iter().map(text_of));
    let mut out = BufWriter::new(io::stdout().lock());
    let mut written = 0;
    for round in 0.. {
        for (place, article) in articles.iter().enumerate() {
            let mut article = article.clone();
            let text = text_of(&article);
            let changed = if round == 0 { text.to_owned() } else { changer.change(text) };
            article.insert("text".into(), changed.into());
            article.insert("id".into(), format!("{place}-{round}").into());
            let line = serde_json::to_string(&article)?;
            writeln!(out, "{line}")?;
            written += line.len() as u64 + 1;
            if written >= wanted {
                return Ok(out.flush()?);
            }
        }
    }
    Ok(())
}

fn text_of(article: &Map<String, Value>) -> &str {
    article.get("text").and_then(Value::as_str).unwrap_or_default()
}
