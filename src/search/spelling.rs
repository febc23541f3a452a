//! Near words, for a word of the query that no article holds.

use crate::index::Lexicon;
use crate::index::lexicon::each_gram;

/// From this length on, two edits may separate a word from its correction.
const TWO_EDITS_FROM_CHARS: usize = 8;

/// In shorter words the first letter is never wrong (`Lille` is not `ville`): people rarely miss it.
const ANY_EDIT_FROM_CHARS: usize = 6;

/// Shorter words are never corrected: nearly every three letters are a word of something.
const MIN_CHARS: usize = 4;

/// Longer words are never corrected: no word has so many letters, and every letter would be tried at every place.
const MAX_CHARS: usize = 40;

/// Near words that are tried together.
const MAX_CORRECTIONS: usize = 3;

/// Letters and digits that an edit may bring in.
const ALPHABET: &str = "abcdefghijklmnopqrstuvwxyz0123456789";

/// Returns the ranks of the words nearest to `folded`, which is in no article: nearest first, then the most common.
pub fn near(lexicon: &Lexicon, folded: &str) -> Vec<usize> {
    let length = folded.chars().count();
    if !(MIN_CHARS..=MAX_CHARS).contains(&length) || folded.bytes().any(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let mut found = one_edit(lexicon, folded);
    if found.is_empty() && length >= TWO_EDITS_FROM_CHARS {
        found = two_edits(lexicon, folded);
    }
    let initial = folded.chars().next();
    found.retain(|&rank| length >= ANY_EDIT_FROM_CHARS || lexicon.folded(rank).chars().next() == initial);
    found.sort_by_key(|&rank| std::cmp::Reverse(lexicon.articles(rank)));
    found.truncate(MAX_CORRECTIONS);
    found
}

fn living(lexicon: &Lexicon, folded: &str, found: &mut Vec<usize>) {
    for rank in lexicon.same_letters(folded) {
        if lexicon.articles(rank) > 0 && !found.contains(&rank) {
            found.push(rank);
        }
    }
}

/// Tries every spelling that one edit gives: deletion, transposition, replacement, insertion.
fn one_edit(lexicon: &Lexicon, folded: &str) -> Vec<usize> {
    let chars: Vec<char> = folded.chars().collect();
    let mut found = Vec::new();
    let mut attempt = |chars: &[char]| living(lexicon, &chars.iter().collect::<String>(), &mut found);
    for at in 0..=chars.len() {
        let mut edited = chars.clone();
        if at < chars.len() {
            edited.remove(at);
            attempt(&edited);
        }
        if at + 1 < chars.len() {
            edited.clone_from(&chars);
            edited.swap(at, at + 1);
            attempt(&edited);
        }
        for letter in ALPHABET.chars() {
            edited.clone_from(&chars);
            edited.insert(at, letter);
            attempt(&edited);
            if at < chars.len() {
                edited.remove(at + 1);
                attempt(&edited);
            }
        }
    }
    found
}

/// Looks among the words that share a group of letters with this one.
fn two_edits(lexicon: &Lexicon, folded: &str) -> Vec<usize> {
    let mut ranks = Vec::new();
    each_gram(folded, |gram| lexicon.with_gram(gram, |rank| ranks.push(rank)));
    ranks.sort_unstable();
    ranks.dedup();
    let chars: Vec<char> = folded.chars().collect();
    ranks.retain(|&rank| lexicon.articles(rank) > 0 && within_two(&chars, lexicon.folded(rank)));
    ranks
}

fn within_two(a: &[char], b: &str) -> bool {
    let b: Vec<char> = b.chars().collect();
    a.len().abs_diff(b.len()) <= 2 && distance(a, &b) <= 2
}

/// Edits between two words, a transposition of neighbours being one (Damerau 1964, optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(a: &str, b: &str, expected: usize) {
        let chars = |s: &str| s.chars().collect::<Vec<_>>();
        assert_eq!(distance(&chars(a), &chars(b)), expected, "{a} {b}");
        assert_eq!(distance(&chars(b), &chars(a)), expected, "{b} {a}");
    }

    #[test]
    fn distances() {
        case("nuage", "nuage", 0);
        case("nuage", "nauge", 1);
        case("gouvernement", "gouvernment", 1);
        case("gouvernement", "gouvernmnt", 2);
        case("", "abc", 3);
    }
}
