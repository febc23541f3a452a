//! Equivalences: different words for the same thing, from a small curated file.

use std::collections::HashMap;
use std::sync::LazyLock;

use rustc_hash::FxBuildHasher;

use super::fold::fold;
use super::strict::strict;
use super::token::{TokenKind, tokenize};

/// The file, as it stands beside the code.
pub(super) const EQUIVALENCES_FILE: &str = include_str!("data/equivalences.txt");

/// A set of expressions that stand for one another.
#[derive(Debug)]
pub(super) struct Equivalence {
    /// Each expression as the spellings of its words.
    pub expressions: Vec<Vec<String>>,
    pub reason: &'static str,
}

/// The longest expression that starts `keys` (strict forms of successive words): how many words it has, and its set.
pub(super) fn longest(keys: &[String]) -> Option<(usize, &'static Equivalence)> {
    let table = &*TABLE;
    let starting = table.by_first.get(keys.first()?)?;
    let found = starting.iter().filter(|entry| keys.starts_with(&entry.keys)).max_by_key(|entry| entry.keys.len())?;
    Some((found.keys.len(), &table.sets[found.set]))
}

/// The strict key of a spelling.
pub(super) fn key(form: &str) -> String {
    strict(&fold(form))
}

struct Table {
    sets: Vec<Equivalence>,
    by_first: HashMap<String, Vec<Entry>, FxBuildHasher>,
}

struct Entry {
    keys: Vec<String>,
    set: usize,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let sets: Vec<_> = super::data_lines(EQUIVALENCES_FILE).map(parse).collect();
    let mut by_first: HashMap<String, Vec<Entry>, FxBuildHasher> = HashMap::default();
    for (set, equivalence) in sets.iter().enumerate() {
        for expression in &equivalence.expressions {
            let keys: Vec<_> = expression.iter().map(|form| key(form)).collect();
            by_first.entry(keys[0].clone()).or_default().push(Entry { keys, set });
        }
    }
    Table { sets, by_first }
});

fn parse(line: &'static str) -> Equivalence {
    let (expressions, reason) = line.split_once('#').unwrap_or((line, ""));
    let expressions = expressions.split('=').map(words).filter(|words| !words.is_empty()).collect();
    Equivalence { expressions, reason: reason.trim() }
}

fn words(expression: &str) -> Vec<String> {
    let mut words = Vec::new();
    tokenize(expression, &mut |token| {
        if token.kind == TokenKind::Word {
            words.push(token.form.to_owned());
        }
    });
    words
}
