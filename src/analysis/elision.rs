//! Elision: `l'accord` is the word *accord*, `aujourd'hui` is one word.

/// What an apostrophe does between two atoms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apostrophe {
    /// The first is an elided article, pronoun or conjunction, and is left out.
    Elision,
    /// Both are one word.
    Whole,
    /// The second is an English possessive and is left out.
    Possessive,
    /// They are two words.
    Apart,
}

/// Words that lose their vowel before another word.
const ELIDED: [&str; 15] =
    ["l", "d", "j", "m", "t", "s", "c", "n", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu", "quelqu"];

/// Ends of English contractions (`don't`, `we're`).
const CONTRACTIONS: [&str; 6] = ["t", "re", "ve", "ll", "d", "m"];

/// Tells what the apostrophe between `first` and `second` does; both are normalised spellings.
pub(super) fn apostrophe(first: &str, second: &str) -> Apostrophe {
    if is_whole(first, second) {
        Apostrophe::Whole
    } else if is_elided(first) {
        Apostrophe::Elision
    } else if second == "s" {
        Apostrophe::Possessive
    } else if CONTRACTIONS.contains(&second) || first.len() == 1 {
        Apostrophe::Whole
    } else {
        Apostrophe::Apart
    }
}

pub(super) fn is_elided(word: &str) -> bool {
    word.len() <= 6 && ELIDED.contains(&word)
}

/// The words that carry their apostrophe inside; `O'Reilly` falls under the rule for single letters.
fn is_whole(first: &str, second: &str) -> bool {
    match first {
        "aujourd" => second == "hui",
        "prud" => second.starts_with("hom"),
        "presqu" => matches!(second, "île" | "ile" | "îles" | "iles"),
        "quelqu" => matches!(second, "un" | "une"),
        "entr" | "grand" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(first: &str, second: &str, expected: Apostrophe) {
        assert_eq!(apostrophe(first, second), expected, "{first}'{second}");
    }

    #[test]
    fn apostrophes() {
        case("l", "accord", Apostrophe::Elision);
        case("lorsqu", "apple", Apostrophe::Elision);
        case("aujourd", "hui", Apostrophe::Whole);
        case("presqu", "île", Apostrophe::Whole);
        case("presqu", "à", Apostrophe::Elision);
        case("prud", "hommes", Apostrophe::Whole);
        case("o", "reilly", Apostrophe::Whole);
        case("don", "t", Apostrophe::Whole);
        case("apple", "s", Apostrophe::Possessive);
        case("rock", "roll", Apostrophe::Apart);
    }
}
