//! Equivalences: different words for the same thing, from a small curated file.

use std::sync::{LazyLock, OnceLock};

use super::fold::fold;
use super::strict::strict;
use super::token::{TokenKind, tokenize};

/// The file, as it stands beside the code.
const EQUIVALENCES_FILE: &str = include_str!("data/equivalences.txt");

/// A set of expressions that stand for one another.
#[derive(Debug)]
pub(super) struct Equivalence {
    expressions: &'static str,
    pub reason: &'static str,
}

impl Equivalence {
    /// Each expression as the spellings of its words.
    pub fn expressions(&self) -> impl Iterator<Item = Vec<String>> {
        self.expressions.split('=').map(words)
    }
}

/// The longest expression that starts `keys` (strict forms of successive words): how many words it has, and its set.
pub(super) fn longest(keys: &[String]) -> Option<(usize, &'static Equivalence)> {
    let first = keys.first()?;
    let starting = TABLE.entries.iter().filter(|entry| entry.may_start_with(first));
    let found = starting.filter(|entry| keys.starts_with(entry.keys())).max_by_key(|entry| entry.keys().len())?;
    Some((found.keys().len(), &TABLE.sets[found.set]))
}

/// The strict key of a spelling.
pub(super) fn key(form: &str) -> String {
    strict(&fold(form))
}

/// The file cut into expressions; their words are analysed only for those that begin like a word of the query, since a
/// process that answers one query would otherwise spend most of a millisecond here.
struct Table {
    sets: Vec<Equivalence>,
    entries: Vec<Entry>,
}

struct Entry {
    expression: &'static str,
    set: usize,
    keys: OnceLock<Vec<String>>,
}

impl Entry {
    /// Whether its first letters are those of `key`, as far as can be told without analysis.
    fn may_start_with(&self, key: &str) -> bool {
        let (ours, theirs) = (self.expression.as_bytes(), key.as_bytes());
        ours.iter().zip(theirs).take(COMPARED_LETTERS).all(|(a, b)| a == b || !a.is_ascii_alphanumeric())
    }

    fn keys(&self) -> &[String] {
        self.keys.get_or_init(|| words(self.expression).iter().map(|form| key(form)).collect())
    }
}

/// Two letters leave about one expression in fifty; a strict key may differ from its word further on.
const COMPARED_LETTERS: usize = 2;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let sets: Vec<_> = super::data_lines(EQUIVALENCES_FILE).map(parse).collect();
    let entries = sets.iter().enumerate().flat_map(|(set, equivalence)| {
        let expressions = equivalence.expressions.split('=').map(str::trim_ascii);
        expressions.map(move |expression| Entry { expression, set, keys: OnceLock::new() })
    });
    Table { entries: entries.collect(), sets }
});

fn parse(line: &'static str) -> Equivalence {
    let (expressions, reason) = line.split_once('#').unwrap_or((line, ""));
    Equivalence { expressions, reason: reason.trim_ascii() }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expression_is_found_and_belongs_to_one_set() {
        for (at, set) in TABLE.sets.iter().enumerate() {
            assert!(!set.reason.is_empty() && set.expressions().count() > 1, "{}", set.expressions);
            for expression in set.expressions() {
                let keys: Vec<_> = expression.iter().map(|form| key(form)).collect();
                let (length, found) = longest(&keys).expect("an expression starts with itself");
                assert_eq!((length, found.expressions), (keys.len(), TABLE.sets[at].expressions), "{expression:?}");
            }
        }
    }
}
