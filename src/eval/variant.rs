//! Makes queries as careless people type them: with a slip of the fingers, or without accents.
//!
//! ```
//! use veille::eval::variant;
//!
//! assert_eq!(variant::unaccented("Où va l'œuvre de Noël ?"), "Ou va l'oeuvre de Noel ?");
//! assert_ne!(variant::with_typo("contrat cloud", 1), "contrat cloud");
//! ```

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::significance::split_mix;
use crate::article::Span;

/// Shorter words are typed without slips, mostly, and a slip in them leaves nothing to recognise.
const SHORTEST_WORD: usize = 4;

/// The rows of the French keyboard (AZERTY): a wrong letter is a neighbour in its row.
const KEYBOARD: [&str; 3] = ["azertyuiop", "qsdfghjklm", "wxcvbn"];

/// Returns `query` without accents, cedillas and ligatures.
pub fn unaccented(query: &str) -> String {
    let plain = query.nfd().filter(|&c| !is_combining_mark(c)).collect::<String>();
    plain.replace('œ', "oe").replace('Œ', "OE").replace('æ', "ae").replace('Æ', "AE").nfc().collect()
}

/// Returns `query` with one slip in one of its words of four letters or more: a letter left out, doubled or replaced
/// by its neighbour on the keyboard, or two letters swapped; never the first letter, which people rarely miss (Pollock
/// and Zamora, "Collection and characterization of spelling errors", JASIS 34, 1983). Such edits are four slips in
/// five (Damerau, "A technique for computer detection and correction of spelling errors", CACM 7, 1964).
///
/// The same query and seed give the same slip; a query without such a word stays as it is.
pub fn with_typo(query: &str, seed: u64) -> String {
    let words = long_words(query);
    let mut state = query.bytes().fold(seed, |state, byte| split_mix(&mut (state ^ u64::from(byte))));
    if words.is_empty() {
        return query.to_owned();
    }
    let word = &words[draw(&mut state, words.len())];
    let slipped = slip(&query[word.clone()], &mut state);
    format!("{}{slipped}{}", &query[..word.start], &query[word.end..])
}

/// The runs of letters that are long enough. Words with digits are none: a wrong digit is another number.
fn long_words(query: &str) -> Vec<Span> {
    let mut words = vec![];
    for run in query.split(|c: char| !c.is_alphanumeric()) {
        let start = run.as_ptr() as usize - query.as_ptr() as usize;
        if run.chars().count() >= SHORTEST_WORD && run.chars().all(char::is_alphabetic) {
            words.push(start..start + run.len());
        }
    }
    words
}

fn draw(state: &mut u64, below: usize) -> usize {
    (split_mix(state) % below as u64) as usize
}

fn slip(word: &str, state: &mut u64) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + draw(state, letters.len() - 2);
    match draw(state, 4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 if letters[at] != letters[at + 1] => letters.swap(at, at + 1),
        _ => letters[at] = neighbour(letters[at], state),
    }
    letters.into_iter().collect()
}

/// A letter beside this one on the keyboard; `e` for a letter that has no key of its own (the commonest letter).
fn neighbour(letter: char, state: &mut u64) -> char {
    let key = unaccented(&letter.to_lowercase().to_string());
    let row = KEYBOARD.iter().find(|row| key.len() == 1 && row.contains(&key));
    let Some((row, at)) = row.and_then(|row| Some((row.as_bytes(), row.find(&key)?))) else { return 'e' };
    let beside = [at.checked_sub(1), Some(at + 1).filter(|&at| at < row.len())];
    let beside: Vec<usize> = beside.into_iter().flatten().collect();
    char::from(row[beside[draw(state, beside.len())]])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn accents_and_ligatures_go() {
        assert_eq!(unaccented("À la Fête, ça coûte « 5 € » : ŒUVRE"), "A la Fete, ca coute « 5 € » : OEUVRE");
        assert_eq!(unaccented("e\u{301}te\u{301}"), "ete");
    }

    #[test]
    fn short_words_and_numbers_are_spared() {
        for query in ["", "IA et loi", "10000 12h45 GPT5 !"] {
            assert_eq!(with_typo(query, 7), query);
        }
    }

    #[test]
    fn each_kind_of_slip_happens() {
        let typed: Vec<String> = (0..50).map(|seed| with_typo("cloud", seed)).collect();
        for slip in ["clud", "cloouud", "cluod", "cliud"] {
            let is_there = typed.iter().any(|typed| typed == slip);
            assert_eq!(is_there, slip != "cloouud", "{slip} in {typed:?}");
        }
        assert!(typed.iter().any(|typed| typed.len() == 6));
    }

    proptest! {
        #[test]
        fn a_slip_changes_one_word_and_not_its_first_letter(query in "[a-zé]{4,9}( [a-zé]{4,9}){0,4}", seed: u64) {
            let typed = with_typo(&query, seed);
            prop_assert_ne!(&typed, &query);
            prop_assert_eq!(&typed, &with_typo(&query, seed));
            let pairs: Vec<(&str, &str)> = query.split(' ').zip(typed.split(' ')).collect();
            prop_assert_eq!(pairs.iter().filter(|(before, after)| before != after).count(), 1);
            prop_assert!(pairs.iter().all(|(before, after)| before.chars().next() == after.chars().next()));
        }
    }
}
