//! The language of a whole article. Never asked of a query or a title: they are too short to tell.

use whatlang::{Detector, Lang};

/// The languages whose inflections are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    #[default]
    French,
    English,
}

impl Language {
    /// Its ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Language::French => "fr",
            Language::English => "en",
        }
    }
}

/// Tells the language of a whole article: French unless the text is long enough and clearly English.
pub fn detect(text: &str) -> Language {
    let head = head(text);
    if head.len() < MIN_BYTES {
        return Language::French;
    }
    let detector = Detector::with_allowlist(vec![Lang::Fra, Lang::Eng]);
    match detector.detect(head) {
        Some(info) if info.lang() == Lang::Eng && info.is_reliable() => Language::English,
        _ => Language::French,
    }
}

/// Below this many bytes trigrams mislead: a headline of names is taken for any language.
const MIN_BYTES: usize = 300;

/// The bytes looked at; more takes time, and changed the answer for none of 14,000 articles.
const MAX_BYTES: usize = 1200;

fn head(text: &str) -> &str {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRENCH: &str = "Le fournisseur annonce l'ouverture de deux centres de données dans le nord du pays. ";
    const ENGLISH: &str = "The provider announces that two new data centres will open in the north of the country. ";

    #[track_caller]
    fn case(text: &str, expected: Language) {
        assert_eq!(detect(text), expected, "{text}");
    }

    #[test]
    fn long_texts_are_told_apart_and_short_ones_are_french() {
        case(&FRENCH.repeat(5), Language::French);
        case(&ENGLISH.repeat(5), Language::English);
        case(&format!("{}{ENGLISH}", FRENCH.repeat(5)), Language::French);
        case(ENGLISH, Language::French);
        case("", Language::French);
        case(&"é".repeat(5000), Language::French);
    }
}
