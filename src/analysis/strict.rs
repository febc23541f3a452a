//! The strict conflation: plural, feminine and conjugation joined, look-alikes apart, from the unaccented spelling alone.
//!
//! `employées` and `employer` give `employe`, `directrice` and `directeur` give `directeu`; `vente` keeps the *e* that
//! tells it from `vent`. That *e* is the idea: an infinitive, a participle and a present share a key that ends in it, and
//! a noun in a consonant has none (`port`, `porter`). Suffixes that make another word (`-able`, `-ité`, `-ation`,
//! `-isme`) are never taken off. What rules cannot know lies in `data/families.txt`.

use super::forms::is_name;
use super::{FNV_OFFSET, fnv};

/// Returns the key that a word shares with its inflections; `folded` is without accents.
pub(super) fn strict(folded: &str) -> String {
    if let Some(key) = family(folded) {
        return key;
    }
    if folded.len() < MIN_INFLECTED || !folded.bytes().all(|b| b.is_ascii_lowercase()) || is_name(folded) {
        return folded.to_owned();
    }
    let singular = singular(folded);
    if is_name(&singular) {
        return singular;
    }
    family(&singular).unwrap_or_else(|| base(&singular))
}

/// The table, as it stands beside the code.
const FAMILIES_FILE: &str = include_str!("data/families.txt");

/// Shorter words have no ending to spare: `bas`, `os`, `mer`.
const MIN_INFLECTED: usize = 4;

/// An ending, what takes its place, and the shortest word, in letters, that it is taken off.
type Rule = (&'static str, &'static str, usize);

const PLURALS: [Rule; 6] =
    [("ss", "ss", 0), ("eaux", "eau", 5), ("aux", "al", 5), ("eux", "eu", 4), ("oux", "ou", 5), ("s", "", 4)];

/// Adverbs, which are no deverbal nouns in spite of their ending.
const ADVERBS: [&str; 13] = [
    "alement", "ellement", "ivement", "usement", "quement", "blement", "airement", "erement", "ilement", "plement",
    "etement", "idement", "ctement",
];

/// Conjugation and nouns of action, the longer ending first; `e` is the mark of verbs in -er, `i` of those in -ir.
const VERBS: [Rule; 18] = [
    ("issement", "i", 9),
    ("ement", "e", 7),
    ("rment", "rme", 7),
    ("ment", "ment", 0),
    ("eraient", "e", 8),
    ("erait", "e", 7),
    ("erent", "e", 7),
    ("eront", "e", 7),
    ("erai", "e", 7),
    ("erez", "e", 7),
    ("aient", "e", 7),
    ("trait", "trait", 0),
    ("fait", "fait", 0),
    ("hait", "hait", 0),
    ("ait", "e", 6),
    ("era", "e", 7),
    ("ent", "e", 6),
    ("ez", "e", 6),
];

const INFINITIVE: Rule = ("er", "e", 5);

/// Feminines, and the masculines that lose a letter to meet them.
const GENDERS: [Rule; 19] = [
    ("ale", "al", 5),
    ("elle", "el", 6),
    ("enne", "en", 5),
    ("aise", "ai", 7),
    ("oise", "oi", 7),
    ("iere", "ie", 6),
    ("illere", "ille", 8),
    ("tive", "tif", 5),
    ("sive", "sif", 5),
    ("trice", "teu", 6),
    ("drice", "deu", 8),
    ("euse", "eu", 6),
    ("eure", "eu", 7),
    ("eur", "eu", 5),
    ("mente", "mente", 0),
    ("ante", "ant", 7),
    ("ente", "ent", 7),
    ("aine", "ain", 7),
    ("laine", "laine", 0),
];

/// `déploie`, `paie` and `appuie` beside `déployer`, `payer`, `appuyer`.
const GLIDES: [Rule; 3] = [("oie", "oye", 4), ("aie", "aye", 4), ("uie", "uye", 4)];

fn singular(word: &str) -> String {
    apply(&PLURALS, word).unwrap_or_else(|| word.to_owned())
}

fn base(word: &str) -> String {
    if let Some(key) = second_group(word) {
        return key;
    }
    if ADVERBS.iter().any(|ending| word.ends_with(ending)) {
        return word.to_owned();
    }
    let verb = apply(&VERBS, word).or_else(|| apply(&[INFINITIVE], word));
    let key = verb.or_else(|| apply(&GENDERS, word)).unwrap_or_else(|| word.to_owned());
    let key = one_final_e(key);
    apply(&GLIDES, &key).unwrap_or(key)
}

/// The word with the first rule applied whose ending it has, where the word is long enough for it.
fn apply(rules: &[Rule], word: &str) -> Option<String> {
    let last = word.as_bytes().last();
    let fits = |ending: &str| ending.as_bytes().last() == last && word.ends_with(ending);
    let (ending, instead, shortest) = rules.iter().find(|(ending, ..)| fits(ending))?;
    (word.len() >= *shortest).then(|| format!("{}{instead}", &word[..word.len() - ending.len()]))
}

/// `créée`, `crée` and `créer` end in one *e*.
fn one_final_e(mut key: String) -> String {
    while key.ends_with("ee") {
        key.pop();
    }
    key
}

/// Verbs in -ir with -iss-, by their stem: their participles look like nouns in -ie, so they cannot be a rule.
const SECOND_GROUP: &[&str] = &[
    "abol",
    "about",
    "accompl",
    "adouc",
    "affaibl",
    "ag",
    "agrand",
    "amort",
    "approfond",
    "assain",
    "assoupl",
    "avert",
    "bann",
    "bat",
    "bond",
    "chois",
    "convert",
    "defin",
    "desinvest",
    "divert",
    "durc",
    "elarg",
    "embell",
    "enrich",
    "envah",
    "etabl",
    "farc",
    "fin",
    "fleur",
    "fourn",
    "franch",
    "garant",
    "grand",
    "gross",
    "guer",
    "invest",
    "jaill",
    "nourr",
    "obe",
    "pat",
    "pourr",
    "pun",
    "raccourc",
    "rafraich",
    "ralent",
    "reag",
    "rebat",
    "rebond",
    "redefin",
    "reelarg",
    "refroid",
    "reinvest",
    "rempl",
    "repart",
    "retabl",
    "reun",
    "reuss",
    "roug",
    "sais",
    "sub",
    "surg",
    "trah",
    "vieill",
];

const SECOND_GROUP_ENDINGS: [&str; 16] = [
    "ir", "i", "is", "it", "ie", "issent", "issait", "issaient", "issant", "issante", "isse", "ira", "iront", "irait",
    "iraient", "issement",
];

fn second_group(word: &str) -> Option<String> {
    let stem = SECOND_GROUP_ENDINGS
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .find(|stem| SECOND_GROUP.binary_search(stem).is_ok())?;
    Some(format!("{stem}i"))
}

/// The key that the table gives to a word, or to what follows a prefix of it.
fn family(word: &str) -> Option<String> {
    if let Some(line) = line_of(word) {
        return Some(key(line).to_owned());
    }
    let first = word.as_bytes().first();
    PREFIXES.iter().filter(|prefix| prefix.as_bytes().first() == first).find_map(|prefix| {
        let rest = word.strip_prefix(prefix).filter(|rest| rest.len() >= MIN_AFTER_PREFIX)?;
        let line = line_of(rest).filter(|line| line.starts_with(TAKES_PREFIX))?;
        Some(format!("{prefix}{}", key(line)))
    })
}

/// The first word of a line.
fn key(line: &'static str) -> &'static str {
    let line = line.trim_start_matches(TAKES_PREFIX);
    line.split_once(' ').map_or(line, |(key, _)| key)
}

/// Marks the lines of verbs that take prefixes.
const TAKES_PREFIX: char = '~';

/// What may stand before the verbs of lines so marked; tried in this order.
const PREFIXES: [&str; 43] = [
    "re", "r", "ap", "com", "con", "sur", "entre", "de", "des", "dis", "per", "pro", "sou", "sous", "ad", "trans",
    "ob", "main", "inter", "sub", "par", "pre", "pour", "inst", "in", "ins", "pres", "e", "et", "at", "en", "ac",
    "abs", "cor", "corres", "res", "sus", "as", "appar", "ex", "intro", "tra", "es",
];

/// A single letter after a prefix is chance; `vu` and `cu` (prévu, reçu) are the shortest forms.
const MIN_AFTER_PREFIX: usize = 2;

/// The line of the table that holds a word.
fn line_of(word: &str) -> Option<&'static str> {
    let place = usize::from(PLACES[slot(&PLACES, word.as_bytes())]);
    if place == 0 || word.contains(' ') {
        return None;
    }
    let start = FAMILIES_FILE[..place].rfind('\n').map_or(0, |end| end + 1);
    let line = &FAMILIES_FILE[start..];
    Some(line.split_once('\n').map_or(line, |(line, _)| line))
}

/// Twice as many as there are words, about, so that most are found at once.
const SLOTS: usize = 4096;

/// Where in the file each word stands, in open addressing; made by the compiler, since every search is a process of its
/// own, and would spend a tenth of its instructions here. The file begins with a remark, so no word stands at 0.
#[allow(long_running_const_eval, reason = "a few milliseconds of compilation")]
static PLACES: [u16; SLOTS] = places(FAMILIES_FILE.as_bytes());

const fn places(file: &[u8]) -> [u16; SLOTS] {
    let mut places = [0; SLOTS];
    let mut at = 0;
    while at < file.len() {
        let end = end_of(file, at, b'\n');
        let mut start = if file[at] == TAKES_PREFIX as u8 { at + 1 } else { at };
        while start < end && file[at] != b'#' {
            let next = end_of(file.split_at(end).0, start, b' ');
            places[slot(&places, file.split_at(next).0.split_at(start).1)] = start as u16;
            start = next + 1;
        }
        at = end + 1;
    }
    places
}

/// Where `end` comes next, or the end of `bytes`.
const fn end_of(bytes: &[u8], mut at: usize, end: u8) -> usize {
    while at < bytes.len() && bytes[at] != end {
        at += 1;
    }
    at
}

/// The slot of a word, or the free one where it would be.
const fn slot(places: &[u16; SLOTS], word: &[u8]) -> usize {
    let mut slot = fnv(FNV_OFFSET, word) as usize % SLOTS;
    while places[slot] != 0 && !stands_at(places[slot] as usize, word) {
        slot = (slot + 1) % SLOTS;
    }
    slot
}

const fn stands_at(place: usize, word: &[u8]) -> bool {
    let file = FAMILIES_FILE.as_bytes();
    let mut at = 0;
    while at < word.len() {
        if place + at >= file.len() || file[place + at] != word[at] {
            return false;
        }
        at += 1;
    }
    place + at == file.len() || matches!(file[place + at], b' ' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::super::fold;
    use super::*;

    const FAMILIES_TO_JOIN: &str = include_str!("../../tests/data/families.txt");
    const LOOK_ALIKES: &str = include_str!("../../tests/data/look-alikes.txt");

    /// Every third row was held out while the rules were written, and looked at once, after.
    const HELD_OUT: usize = 3;

    /// The floor, in hundredths, that the task sets; the rules stood at 98 to 100 when they were written.
    const FLOOR: usize = 96;

    /// The share of pairs, in hundredths, of the first word of a row with each other for which `holds`.
    fn share(rows: &str, keep: impl Fn(usize) -> bool, holds: impl Fn(&str, &str) -> bool) -> usize {
        let rows = rows.lines().filter(|row| !row.starts_with('#')).enumerate().filter(|(at, _)| keep(*at));
        let pairs =
            rows.flat_map(|(_, row)| row.split(' ').skip(1).map(|other| (row.split(' ').next().unwrap(), other)));
        let judged: Vec<_> = pairs.map(|(first, other)| holds(&strict(&fold(first)), &strict(&fold(other)))).collect();
        judged.iter().filter(|good| **good).count() * 100 / judged.len()
    }

    #[test]
    fn families_are_joined() {
        assert!(share(FAMILIES_TO_JOIN, |at| at % HELD_OUT != 0, |a, b| a == b) >= FLOOR);
        assert!(share(FAMILIES_TO_JOIN, |at| at % HELD_OUT == 0, |a, b| a == b) >= FLOOR);
    }

    #[test]
    fn look_alikes_stay_apart() {
        assert!(share(LOOK_ALIKES, |at| at % HELD_OUT != 0, |a, b| a != b) >= FLOOR - 1);
        assert!(share(LOOK_ALIKES, |at| at % HELD_OUT == 0, |a, b| a != b) >= FLOOR - 1);
    }

    #[track_caller]
    fn case(word: &str, expected: &str) {
        assert_eq!(strict(word), expected, "{word}");
    }

    #[test]
    fn stems_of_the_second_group_are_sorted_for_the_search() {
        assert!(SECOND_GROUP.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn every_word_of_the_table_is_found_and_no_other() {
        for line in super::super::data_lines(FAMILIES_FILE) {
            let words: Vec<&str> = line.trim_start_matches(TAKES_PREFIX).split(' ').collect();
            assert!(words.iter().all(|word| line_of(word).is_some_and(|found| found.contains(word))), "{line}");
            assert!(words.len() == 1 || line_of(&words[..2].join(" ")).is_none(), "{line}");
        }
        assert_eq!(["", "#", "ai", "zz", "Words"].map(line_of), [None; 5]);
    }

    #[test]
    fn keys() {
        case("employees", "employe");
        case("directrice", "directeu");
        case("vente", "vente");
        case("vent", "vent");
        case("crees", "cre");
        case("deploiement", "deploye");
        case("travaux", "travail");
        case("investissements", "investi");
        case("compris", "comprendre");
        case("amis", "ami");
        case("unifiee", "unifie");
        case("meta", "meta");
        case("gpt5", "gpt5");
        case("", "");
    }
}
