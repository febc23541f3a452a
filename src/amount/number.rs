//! Numbers with their scale, in digits and in words: « 1 200,50 », « 10.000.000 », « deux milliards et demi », `4.3bn`.

use super::currency;
use super::text::{is_space, skip_gap, skip_link, skip_phrase, word_at};

/// A number with its scale, without currency.
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    pub start: usize,
    pub end: usize,
    pub number: f64,
    /// `milliards` → 1e9.
    pub scale: Option<f64>,
    /// Told by the word that means 10¹² in French and 10⁹ in English.
    pub billion: bool,
    pub written: Written,
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Written {
    /// Digits with neither groups nor decimals.
    Plain,
    /// Digits with groups or decimals.
    Digits,
    Words,
}

impl Quantity {
    /// The number times its scale.
    pub fn value(&self) -> f64 {
        self.number * self.scale.unwrap_or(1.0)
    }
}

/// The quantity that begins at `start`. A currency before it makes English of its commas, and a scale of one letter.
pub fn read(text: &str, start: usize, behind_currency: bool) -> Option<Quantity> {
    let first = text.as_bytes().get(start)?;
    let (number, end, scale, written) = match first.is_ascii_digit() {
        true => read_digits(text, start, behind_currency).map(|(n, end, written)| (n, end, None, written))?,
        false => read_words(text, start).map(|(n, end, scale)| (n, end, scale, Written::Words))?,
    };
    let mut q = Quantity { start, end, number, scale, billion: false, written };
    for halves in [true, false] {
        if let (true, Some(end)) = (halves || q.scale.is_some(), skip_phrase(text, q.end, &HALVES)) {
            q.number += 0.5;
            q.end = end;
        }
        if halves {
            add_scale(text, &mut q, behind_currency);
        }
    }
    Some(q)
}

/// A scale without a number, which is one of it: `a billion`, `a million and a half`.
pub fn read_scale_alone(text: &str, start: usize, at: usize) -> Option<Quantity> {
    let scale =
        read_scale(text, at, false).filter(|_| ["million", "milliard", "billion"].contains(&word_at(text, at)))?;
    let half = skip_phrase(text, scale.end, &HALVES);
    let (end, number) = half.map_or((scale.end, 1.0), |end| (end, 1.5));
    Some(Quantity { start, end, number, scale: Some(scale.factor), billion: scale.billion, written: Written::Words })
}

const HALVES: [&str; 3] = ["et demi", "et demie", "and a half"];

/// « millions », « mille milliards », « d'un tiers de milliard ».
fn add_scale(text: &str, q: &mut Quantity, behind_currency: bool) {
    let linked = |q: &Quantity| {
        let part = q.number < 1.0 || collective_behind(&text[..q.end]);
        skip_link(text, q.end).filter(|_| part).or_else(|| skip_phrase(text, q.end, &["a"]).filter(|_| part))
    };
    // Two at most: « dix mille milliards ».
    for _ in 0..2 {
        let found = read_scale(text, q.end, behind_currency)
            .or_else(|| read_scale(text, linked(q)?, behind_currency))
            .filter(|s| q.scale.is_none_or(|before| before == 1e3 && s.factor > 1e3));
        let Some(scale) = found else { return };
        q.number *= q.scale.unwrap_or(1.0);
        (q.scale, q.end, q.billion) = (Some(scale.factor), scale.end, scale.billion);
    }
}

/// Digits with their groups and decimals: `1 200,50`, `10.000.000`, `4.3`, `1 234 567`.
fn read_digits(text: &str, start: usize, behind_currency: bool) -> Option<(f64, usize, Written)> {
    let mut digits = String::new();
    let mut end = push_digits(text, start, &mut digits);
    let mut grouped = false;
    while digits.len() <= MAX_DIGITS
        && (grouped || digits.len() <= GROUP)
        && let Some((separator, next)) = group_separator(text, end)
    {
        let groups = match separator {
            ',' => grouped || comma_groups(text, start, end, behind_currency),
            '.' => dots_group(text, end),
            _ => true,
        };
        if !groups {
            break;
        }
        end = push_digits(text, next, &mut digits);
        grouped = true;
    }
    let mut written = if grouped { Written::Digits } else { Written::Plain };
    if let Some((decimals, after)) = decimals(text, end) {
        digits.push('.');
        digits.push_str(decimals);
        end = after;
        written = Written::Digits;
    }
    // « 10+ millions »
    if text[end..].starts_with('+') && text[end + 1..].starts_with(is_space) {
        end += 1;
    }
    Some((digits.parse().ok()?, end, written))
}

/// Longer runs of digits are identifiers.
const MAX_DIGITS: usize = 18;
/// Digits in a group of thousands.
pub const GROUP: usize = 3;

fn push_digits(text: &str, start: usize, digits: &mut String) -> usize {
    let len = digits_at(text, start);
    digits.push_str(&text[start..start + len]);
    start + len
}

/// A separator that is followed by exactly three digits, and where they begin.
fn group_separator(text: &str, at: usize) -> Option<(char, usize)> {
    let separator =
        text[at..].chars().next().filter(|c| is_space(*c) && *c != '\n' || matches!(c, '.' | ',' | '\'' | '’'))?;
    let next = at + separator.len_utf8();
    (digits_at(text, next) == GROUP).then_some((separator, next))
}

/// How many digits there are at `at`.
pub fn digits_at(text: &str, at: usize) -> usize {
    text.as_bytes()[at..].iter().take_while(|b| b.is_ascii_digit()).count()
}

/// `250,000` is English for thousands. A French decimal of three digits stands before a scale (`1,250 milliard`),
/// or is no round number (`1,879 €` the litre).
fn comma_groups(text: &str, start: usize, at: usize, behind_currency: bool) -> bool {
    let end = at + 1 + GROUP;
    if text[end..].starts_with(',') && digits_at(text, end + 1) == GROUP {
        return true;
    }
    let whole = &text[start..at];
    let scaled = read_scale(text, end, behind_currency).is_some();
    whole != "0" && (behind_currency || !scaled && text[..end].ends_with('0'))
}

/// `839.000` has three digits behind its dot: thousands, as continental papers write; a scale behind makes it decimal (`1.250 milliard`).
fn dots_group(text: &str, at: usize) -> bool {
    let end = at + 1 + GROUP;
    text[at + 1..end] == *"000"
        || text[end..].starts_with('.') && digits_at(text, end + 1) == GROUP
        || !text[..at].ends_with('0') && read_scale(text, end, false).is_none_or(|s| s.factor < 1e4)
        || text[..at].ends_with(|c: char| c.is_ascii_digit()) && read_scale(text, end, false).is_none()
}

fn decimals(text: &str, at: usize) -> Option<(&str, usize)> {
    let mark = text[at..].chars().next().filter(|c| matches!(c, ',' | '.'))?;
    let start = at + mark.len_utf8();
    let len = digits_at(text, start);
    (len > 0).then(|| (&text[start..start + len], start + len))
}

/// Adds up number words: « cent vingt », « quatre-vingt-dix », « trois cents »; a last « mille » is their scale.
fn read_words(text: &str, start: usize) -> Option<(f64, usize, Option<f64>)> {
    let mut at = start;
    // What is complete (thousands), and what the next word may still multiply.
    let (mut whole, mut open, mut end) = (0.0, None, start);
    loop {
        let word = word_at(text, at);
        let Some(value) = word_value(word).filter(|value| goes_on(whole, open, word, *value)) else { break };
        if value == 1000.0 {
            whole += open.unwrap_or(1.0) * value;
            open = Some(0.0);
        } else {
            open = Some(add_word(open, word, value));
        }
        end = at + word.len();
        at = match text[end..].chars().next() {
            Some(c) if is_space(c) || c == '-' || c == '‑' => end + c.len_utf8(),
            _ => break,
        };
        if text[at..].starts_with("et ") && word_value(word_at(text, at + 3)).is_some_and(|v| v == 1.0 || v == 11.0) {
            at += 3;
        }
    }
    match open? {
        0.0 if whole > 0.0 => Some((whole / 1e3, end, Some(1e3))),
        rest => Some((whole + rest, end, None)),
    }
}

/// « vingt cents » are coins, and « des centaines de millions » no hundred of them.
fn goes_on(whole: f64, open: Option<f64>, word: &str, value: f64) -> bool {
    match open {
        Some(n) => word != "cents" || value != 100.0 || n < 10.0 || n > 10.0 && n < 20.0,
        None => whole > 0.0 || !word.ends_with("aines") && word != "milliers" && word != "cents",
    }
}

fn add_word(open: Option<f64>, word: &str, value: f64) -> f64 {
    let multiplies = |n: f64| {
        // « un demi », « deux dizaines », « deux cents », « quatre-vingts »
        n > 0.0 && (value < 1.0 || is_collective(word) || value == 100.0 && n < 100.0 || value == 20.0 && n == 4.0)
    };
    match open {
        Some(n) if multiplies(n) => n * value,
        Some(n) => n + value,
        None => value,
    }
}

fn is_collective(word: &str) -> bool {
    word.ends_with("aine") || word.ends_with("aines") || word.starts_with("millier")
}

fn collective_behind(text: &str) -> bool {
    let start =
        text.rfind(|c: char| !c.is_alphabetic()).map_or(0, |i| i + text[i..].chars().next().map_or(0, char::len_utf8));
    is_collective(&text[start..])
}

/// Articles that stand for one before a scale: `a billion dollars`, « le million d'euros promis ».
pub const ARTICLES: [&str; 8] = ["a", "A", "le", "Le", "du", "Du", "au", "Au"];

/// A number word may open at `at`, or an article before a scale; told by a few bytes, since every word is asked.
pub fn opens(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let letter = |i: usize| bytes.get(at + i).map_or(b' ', |b| b | 0x20);
    match [letter(0), letter(1), letter(2)] {
        [b'u', b'n', b'e'] | [b'o', b'n', b'e'] => counts_one(&bytes[at + 3..]),
        [b'u', b'n', _] => counts_one(&bytes[at + 2..]),
        [b'l', b'e', b' '] | [b'd' | b'a', b'u', b' '] => before_scale(&bytes[at + 2..]),
        [b'a', b' ', _] => before_scale(&bytes[at + 1..]),
        first => begins_number(first) && word_value(word_at(text, at)).is_some(),
    }
}

/// The first letters of the number words, « un » apart; a match, since looking through a list took a twelfth of all tagging.
fn begins_number(letters: [u8; 3]) -> bool {
    matches!(
        &letters,
        b"dem"
            | b"hal"
            | b"qua"
            | b"tie"
            | b"deu"
            | b"two"
            | b"tro"
            | b"thr"
            | b"fou"
            | b"cin"
            | b"fiv"
            | b"six"
            | b"sep"
            | b"sev"
            | b"hui"
            | b"eig"
            | b"neu"
            | b"nin"
            | b"dix"
            | b"ten"
            | b"diz"
            | b"onz"
            | b"ele"
            | b"dou"
            | b"twe"
            | b"tre"
            | b"thi"
            | b"fif"
            | b"qui"
            | b"sei"
            | b"vin"
            | b"for"
            | b"soi"
            | b"oct"
            | b"non"
            | b"cen"
            | b"hun"
            | b"mil"
            | b"tho"
    )
}

/// What may follow « un » in a sum: a scale, a part or a group, an adjective before a scale, a currency.
const AFTER_ONE: [&[u8; 3]; 28] = [
    b"mil", b"bil", b"tri", b"dem", b"qua", b"tie", b"diz", b"cen", b"dou", b"qui", b"vin", b"tre", b"cin", b"soi",
    b"hun", b"tho", b"eur", b"dol", b"yen", b"rou", b"pre", b"der", b"aut", b"pet", b"bon", b"gro", b"nou", b"sec",
];

fn counts_one(rest: &[u8]) -> bool {
    next_letters(rest).is_some_and(|next| AFTER_ONE.contains(&&next))
}

fn before_scale(rest: &[u8]) -> bool {
    next_letters(rest).is_some_and(|next| [*b"mil", *b"bil"].contains(&next))
}

/// The first three letters of the next word, small.
fn next_letters(rest: &[u8]) -> Option<[u8; 3]> {
    let skip = rest.iter().take_while(|b| !b.is_ascii_alphabetic()).count();
    let next = rest.get(skip..skip + 3).filter(|_| skip > 0)?;
    Some([next[0] | 0x20, next[1] | 0x20, next[2] | 0x20])
}

fn word_value(word: &str) -> Option<f64> {
    const LONGEST: usize = 12;
    if word.len() > LONGEST || word.is_empty() {
        return None;
    }
    let lower;
    let word = if word.starts_with(|c: char| c.is_ascii_uppercase()) {
        lower = word.to_lowercase();
        lower.as_str()
    } else {
        word
    };
    Some(match word {
        "un" | "une" | "one" => 1.0,
        "demi" | "demie" | "half" => 0.5,
        "quart" | "quarts" => 0.25,
        "tiers" => 1.0 / 3.0,
        "deux" | "two" => 2.0,
        "trois" | "three" => 3.0,
        "quatre" | "four" => 4.0,
        "cinq" | "five" => 5.0,
        "six" => 6.0,
        "sept" | "seven" => 7.0,
        "huit" | "eight" => 8.0,
        "neuf" | "nine" => 9.0,
        "dix" | "ten" | "dizaine" | "dizaines" => 10.0,
        "onze" | "eleven" => 11.0,
        "douze" | "douzaine" | "douzaines" | "twelve" => 12.0,
        "treize" | "thirteen" => 13.0,
        "quatorze" | "fourteen" => 14.0,
        "quinze" | "quinzaine" | "fifteen" => 15.0,
        "seize" | "sixteen" => 16.0,
        "seventeen" => 17.0,
        "eighteen" => 18.0,
        "nineteen" => 19.0,
        "vingt" | "vingts" | "vingtaine" | "twenty" => 20.0,
        "trente" | "trentaine" | "thirty" => 30.0,
        "quarante" | "quarantaine" | "forty" => 40.0,
        "cinquante" | "cinquantaine" | "fifty" => 50.0,
        "soixante" | "soixantaine" | "sixty" => 60.0,
        "septante" | "seventy" => 70.0,
        "huitante" | "octante" | "eighty" => 80.0,
        "nonante" | "ninety" => 90.0,
        "cent" | "cents" | "centaine" | "centaines" | "hundred" => 100.0,
        "mille" | "millier" | "milliers" | "thousand" => 1000.0,
        _ => return None,
    })
}

struct Scale {
    factor: f64,
    end: usize,
    billion: bool,
}

/// Words that stand between a number and its scale: « les 3 premiers milliards », « un bon million ».
const BETWEEN: [&str; 15] = [
    "premier", "premiers", "dernier", "derniers", "autre", "autres", "petit", "petits", "bon", "bons", "gros",
    "nouveau", "nouveaux", "second", "seuls",
];

/// A scale behind a number, a space or hyphen between them being allowed: `milliards`, `Md`, `M`, `k`, `bn`.
fn read_scale(text: &str, at: usize, behind_currency: bool) -> Option<Scale> {
    let mut start = skip_gap(text, at);
    let mut word = word_at(text, start);
    if BETWEEN.contains(&word) {
        start = skip_gap(text, start + word.len());
        word = word_at(text, start);
        long_scale(word)?;
    }
    let end = start + word.len();
    if let Some((factor, code)) = currency::joined_code(word).filter(|(factor, _)| *factor > 1.0) {
        return Some(Scale { factor, end: end - code.len(), billion: false });
    }
    let factor = match (scale_of(word), long_scale(word)) {
        // `$12MM` is American for millions; behind the number it is a thousand of them.
        (Some(_), _) if word == "MM" && behind_currency => 1e6,
        (Some(factor), _) => factor,
        (None, long) => long?,
    };
    // A few letters are a scale only where the currency is at hand: `500 M€`, `$4B`, not « 5 G ».
    let short = word.len() == 1 || word == "mill";
    let (near, dot) = currency_near(&text[end..]);
    if short && !near && !behind_currency {
        return None;
    }
    let dot = usize::from(near && dot && long_scale(word).is_none());
    Some(Scale { factor, end: end + dot, billion: word.to_lowercase().starts_with("billion") })
}

/// The abbreviations of scales.
pub fn scale_of(word: &str) -> Option<f64> {
    Some(match word {
        "Md" | "Mds" | "md" | "mds" | "Mrd" | "Mrds" | "mrd" | "mrds" | "Mia" | "mia" | "MM" | "MD" | "MDS" | "G"
        | "B" | "bn" | "Bn" | "BN" | "b" | "Mlds" | "Mld" | "mld" | "mlds" | "MdS" => 1e9,
        "M" | "m" | "Mio" | "mn" | "Mn" | "mln" | "Mln" | "mio" | "mill" => 1e6,
        "k" | "K" => 1e3,
        "T" | "tn" | "trn" | "Tn" => 1e12,
        _ => return None,
    })
}

fn long_scale(word: &str) -> Option<f64> {
    Some(match word.to_lowercase().as_str() {
        "milliard" | "milliards" => 1e9,
        "million" | "millions" => 1e6,
        "mille" | "millier" | "milliers" | "thousand" => 1e3,
        "billion" | "billions" | "trillion" | "trillions" => 1e12,
        "crore" | "crores" => 1e7,
        "lakh" | "lakhs" => 1e5,
        _ => return None,
    })
}

/// A currency follows a short scale; a full stop may stand between (`1,2 Mrd. d'euros`).
fn currency_near(rest: &str) -> (bool, bool) {
    let stopped = rest.strip_prefix('.');
    let from = rest.len() - stopped.unwrap_or(rest).len();
    let at = skip_link(rest, from)
        .unwrap_or_else(|| from + rest[from..].len() - rest[from..].trim_start_matches(is_space).len());
    (currency::at(rest, at).is_some(), stopped.is_some())
}
