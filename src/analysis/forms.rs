//! The forms of a word: what ranking, recall and strict matching compare.

use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxHashSet;

use super::fold::fold;
use super::language::Language;
use super::strict::strict;

/// The spellings under which one word is compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Forms {
    /// Without accents: the form as written, for ranking.
    pub folded: String,
    /// The Snowball stem, without accents: joins widely, for recall; the same wherever `strict` is (in French).
    pub stem: String,
    /// Plural, feminine and conjugation joined, look-alikes apart: for a word that must be there.
    pub strict: String,
}

/// Returns the forms of a word from its normalised spelling (that of a [`Token`](super::Token)).
///
/// It costs about a microsecond: call it once for each distinct spelling.
pub fn forms(form: &str, lang: Language) -> Forms {
    let folded = fold(form);
    let strict = strict(&folded);
    Forms { stem: stem(&folded, &strict, lang), strict, folded }
}

/// Whether `folded` is the name of a company, a product or a person, which no rule of grammar may change.
pub fn is_name(folded: &str) -> bool {
    NAMES.contains(folded)
}

/// The names, one a line, without accents; see the head of the file.
const NAMES_FILE: &str = include_str!("data/names.txt");

static NAMES: LazyLock<FxHashSet<&str>> =
    LazyLock::new(|| super::data_lines(NAMES_FILE).flat_map(str::split_ascii_whitespace).collect());

/// French stems are those of the strict key, so that words that match strictly always share their stem, and accents
/// typed or not make no difference. Against Snowball on the accented spelling, folded after: 99 % of our family pairs
/// share their stem instead of 74 %, and BM25 on stems alone has the same nDCG@10 (81.6 and 82.2, were 81.6 and 82.4),
/// or 0.9 to 1.2 points more when the queries are typed without accents (two collections, November 2026).
fn stem(folded: &str, strict: &str, lang: Language) -> String {
    if is_name(folded) || folded.bytes().any(|b| b.is_ascii_digit()) || folded.len() > MAX_STEMMED_BYTES {
        return folded.to_owned();
    }
    match lang {
        Language::French => Stemmer::create(Algorithm::French).stem(strict).into_owned(),
        Language::English => Stemmer::create(Algorithm::English).stem(folded).into_owned(),
    }
}

/// Longer words are no words; the stemmer's cost grows with them.
const MAX_STEMMED_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn stems(word: &str, other: &str, same: bool) {
        let stem = |word| forms(word, Language::French).stem;
        assert_eq!(stem(word) == stem(other), same, "{word} {other}");
    }

    #[test]
    fn names_are_not_stemmed() {
        stems("meta", "met", false);
        stems("openai", "open", false);
        stems("siri", "sire", false);
        assert_eq!(forms("nvidia", Language::English).stem, "nvidia");
    }

    #[test]
    fn stems_join_what_strict_forms_join_and_more() {
        stems("investissements", "investi", true);
        stems("numérique", "numériquement", true);
        stems("vendues", "vendre", true);
        stems("securite", "sécurités", true);
    }

    #[test]
    fn english_articles_have_english_stems() {
        assert_eq!(forms("companies", Language::English).stem, forms("company", Language::English).stem);
    }

    #[test]
    fn the_list_of_names_is_plain() {
        assert!(NAMES.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())));
    }
}
