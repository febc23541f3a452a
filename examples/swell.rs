//! Makes a large corpus of a small one: its articles again and again, a sixth of the longer words exchanged for others
//! of the corpus and three in a thousand made up, so that neither the vocabulary nor the near duplicates stay small.
//!
//! ```sh
//! cargo run --release --example swell -- articles.jsonl 500 > large.jsonl   # 500 MB
//! ```
//!
//! Same input, same output. What it prints is for measuring time and memory, never for reading.

use std::error::Error;
use std::io::{self, BufWriter, Write};

use serde_json::{Map, Value};

/// Words shorter than this are the grammar of a sentence, and stay.
const MIN_CHANGED_CHARS: usize = 4;

/// Of a thousand longer words, how many are exchanged, and how many made up.
const EXCHANGED: u64 = 160;
const MADE_UP: u64 = 3;

/// Articles whose words are exchanged for one another.
const VOCABULARY_ARTICLES: usize = 3_000;

/// Numbers that look random (Knuth's MMIX multiplier and increment).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(path), Some(megabytes)) = (args.next(), args.next()) else {
        return Err("usage: swell ARTICLES.jsonl MEGABYTES".into());
    };
    let wanted = megabytes.parse::<u64>()? * 1_000_000;
    let text = std::fs::read_to_string(path)?;
    let articles: Vec<Map<String, Value>> =
        text.lines().map(serde_json::from_str).collect::<serde_json::Result<_>>()?;
    let heads = articles.iter().take(VOCABULARY_ARTICLES).flat_map(|article| long_words(text_of(article)));
    let vocabulary: Vec<&str> = heads.collect();
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut dice, mut written) = (Dice(1), 0);
    for round in 0.. {
        for (place, article) in articles.iter().enumerate() {
            let mut article = article.clone();
            let changed = if round == 0 {
                text_of(&article).to_owned()
            } else {
                change(text_of(&article), &vocabulary, &mut dice)
            };
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

fn long_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= MIN_CHANGED_CHARS)
}

fn change(text: &str, vocabulary: &[&str], dice: &mut Dice) -> String {
    let mut changed = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(start) = rest.find(char::is_alphanumeric) {
        let word = &rest[start..];
        let word = &word[..word.find(|c: char| !c.is_alphanumeric()).unwrap_or(word.len())];
        changed.push_str(&rest[..start]);
        match dice.below(1_000) {
            _ if word.chars().count() < MIN_CHANGED_CHARS => changed.push_str(word),
            roll if roll < MADE_UP => changed.extend((0..8).map(|_| (b'a' + dice.below(26) as u8) as char)),
            roll if roll < MADE_UP + EXCHANGED => {
                changed.push_str(vocabulary[dice.below(vocabulary.len() as u64) as usize]);
            }
            _ => changed.push_str(word),
        }
        rest = &rest[start + word.len()..];
    }
    changed + rest
}
