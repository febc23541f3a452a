//! The signs, names and codes of currencies, and what tells apart those that share a name (dollars, couronnes).

use std::sync::OnceLock;

use super::text::{is_space, skip_gap, skip_link, word_at, word_end};
use crate::words::{KeyFilter, key_of};

/// A currency told in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Currency {
    /// ISO 4217.
    pub code: &'static str,
    /// Its first byte, a link (`d'`) not counted.
    pub start: usize,
    pub end: usize,
    /// 0.01 for cents; 1e6 for a sign with a scale before a number (`M€ 12`).
    pub unit: f64,
    /// `de` or `d'` stands before it, as French has it behind `milliards`.
    pub linked: bool,
    /// Its name is also an ordinary word (a book, a crown, a programming language): it asks for a scale.
    pub weak: bool,
}

/// Signs, the longer first.
const SIGNS: [(&str, &str); 37] = [
    ("$CAN", "CAD"),
    ("$ CAN", "CAD"),
    ("US$", "USD"),
    ("$US", "USD"),
    ("$ US", "USD"),
    ("$CA", "CAD"),
    ("$ CA", "CAD"),
    ("CA$", "CAD"),
    ("AU$", "AUD"),
    ("$AU", "AUD"),
    ("HK$", "HKD"),
    ("$HK", "HKD"),
    ("NT$", "TWD"),
    ("NZ$", "NZD"),
    ("SG$", "SGD"),
    ("MX$", "MXN"),
    ("C$", "CAD"),
    ("A$", "AUD"),
    ("S$", "SGD"),
    ("R$", "BRL"),
    ("CN¥", "CNY"),
    ("Rs.", "INR"),
    ("Rs", "INR"),
    ("zł", "PLN"),
    ("€", "EUR"),
    ("$", "USD"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("¥", "JPY"),
    ("₽", "RUB"),
    ("₪", "ILS"),
    ("₺", "TRY"),
    ("₴", "UAH"),
    ("₫", "VND"),
    ("₦", "NGN"),
    ("₱", "PHP"),
];

/// Names, with the code of the country that is meant where none is told.
const NAMES: [(&str, &str); 78] = [
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("yen", "JPY"),
    ("yens", "JPY"),
    ("yuan", "CNY"),
    ("yuans", "CNY"),
    ("renminbi", "CNY"),
    ("renminbis", "CNY"),
    ("rmb", "CNY"),
    ("won", "KRW"),
    ("wons", "KRW"),
    ("roupie", "INR"),
    ("roupies", "INR"),
    ("rupees", "INR"),
    ("rouble", "RUB"),
    ("roubles", "RUB"),
    ("rubles", "RUB"),
    ("livre", "GBP"),
    ("livres", "GBP"),
    ("sterling", "GBP"),
    ("pounds", "GBP"),
    ("franc", "FRF"),
    ("francs", "FRF"),
    ("réal", "BRL"),
    ("réals", "BRL"),
    ("réaux", "BRL"),
    ("reais", "BRL"),
    ("couronne", "SEK"),
    ("couronnes", "SEK"),
    ("crowns", "SEK"),
    ("kronor", "SEK"),
    ("kroner", "DKK"),
    ("shekel", "ILS"),
    ("shekels", "ILS"),
    ("zloty", "PLN"),
    ("zlotys", "PLN"),
    ("złotys", "PLN"),
    ("dirham", "AED"),
    ("dirhams", "AED"),
    ("riyal", "SAR"),
    ("riyals", "SAR"),
    ("peso", "MXN"),
    ("pesos", "MXN"),
    ("rand", "ZAR"),
    ("rands", "ZAR"),
    ("naira", "NGN"),
    ("nairas", "NGN"),
    ("hryvnia", "UAH"),
    ("hryvnias", "UAH"),
    ("forint", "HUF"),
    ("forints", "HUF"),
    ("baht", "THB"),
    ("bahts", "THB"),
    ("ringgit", "MYR"),
    ("ringgits", "MYR"),
    ("dinar", "DZD"),
    ("dinars", "DZD"),
    ("lires", "ITL"),
    ("lire", "ITL"),
    ("deutschemarks", "DEM"),
    ("deutschemark", "DEM"),
    ("marks", "DEM"),
    ("lei", "RON"),
    ("leu", "RON"),
    ("leus", "RON"),
    ("lev", "BGN"),
    ("levs", "BGN"),
    ("dong", "VND"),
    ("dongs", "VND"),
    ("shilling", "KES"),
    ("shillings", "KES"),
    ("cedi", "GHS"),
    ("cedis", "GHS"),
    ("tenge", "KZT"),
    ("tenges", "KZT"),
    ("pesetas", "ESP"),
];

/// Names that are ordinary words as well.
const WEAK: [&str; 24] = [
    "shilling",
    "shillings",
    "franc",
    "livre",
    "livres",
    "pounds",
    "couronne",
    "couronnes",
    "crowns",
    "réal",
    "lire",
    "lires",
    "marks",
    "lei",
    "leu",
    "lev",
    "dong",
    "rand",
    "COP",
    "PHP",
    "MAD",
    "TRY",
    "RON",
    "CLP",
];

const CODES: [&str; 49] = [
    "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "KRW", "INR", "CAD", "AUD", "HKD", "SGD", "TWD", "BRL", "SEK", "NOK",
    "DKK", "PLN", "RUB", "ILS", "AED", "SAR", "MXN", "ZAR", "NZD", "TRY", "CZK", "HUF", "RON", "UAH", "THB", "IDR",
    "MYR", "VND", "PHP", "NGN", "EGP", "MAD", "TND", "XOF", "ARS", "CLP", "COP", "QAR", "KWD", "PKR", "KES", "ISK",
    "DZD",
];
/// Letters of an ISO 4217 code.
const CODE_LEN: usize = 3;

/// Hundredths of a currency.
const CENTS: [&str; 3] = ["cents", "centimes", "centime"];

/// Currencies of one name, under the code of [`NAMES`]: the beginning of the word that tells the country, and its code.
const COUNTRIES: [(&str, &[(&str, &str)]); 9] = [
    (
        "USD",
        &[
            ("améric", "USD"),
            ("us", "USD"),
            ("u.s", "USD"),
            ("états", "USD"),
            ("canad", "CAD"),
            ("austral", "AUD"),
            ("hong", "HKD"),
            ("taïwan", "TWD"),
            ("taiwan", "TWD"),
            ("singap", "SGD"),
            ("néo-z", "NZD"),
            ("new z", "NZD"),
        ],
    ),
    ("FRF", &[("suisse", "CHF"), ("swiss", "CHF"), ("cfa", "XOF"), ("congol", "CDF"), ("français", "FRF")]),
    (
        "SEK",
        &[
            ("suéd", "SEK"),
            ("swed", "SEK"),
            ("norv", "NOK"),
            ("norw", "NOK"),
            ("danois", "DKK"),
            ("danish", "DKK"),
            ("danemark", "DKK"),
            ("tch", "CZK"),
            ("czech", "CZK"),
            ("island", "ISK"),
        ],
    ),
    ("DKK", &[("norw", "NOK"), ("danish", "DKK")]),
    (
        "GBP",
        &[
            ("sterling", "GBP"),
            ("brit", "GBP"),
            ("turq", "TRY"),
            ("turk", "TRY"),
            ("égypt", "EGP"),
            ("egypt", "EGP"),
            ("liban", "LBP"),
            ("syri", "SYP"),
        ],
    ),
    ("INR", &[("indonés", "IDR"), ("ind", "INR"), ("pakis", "PKR"), ("sri", "LKR"), ("népal", "NPR")]),
    ("AED", &[("maroc", "MAD"), ("émir", "AED")]),
    (
        "MXN",
        &[("mexic", "MXN"), ("argent", "ARS"), ("chili", "CLP"), ("colomb", "COP"), ("philip", "PHP"), ("urug", "UYU")],
    ),
    (
        "DZD",
        &[
            ("algér", "DZD"),
            ("tunis", "TND"),
            ("kowe", "KWD"),
            ("serb", "RSD"),
            ("irak", "IQD"),
            ("jordan", "JOD"),
            ("liby", "LYD"),
        ],
    ),
];
/// Names with one country more.
const SINGLE: [(&str, &str, &str); 4] =
    [("SAR", "qatar", "QAR"), ("KES", "ougand", "UGX"), ("KES", "tanzan", "TZS"), ("BRL", "brés", "BRL")];
/// Currencies whose country is looked for in the sentence where the name does not tell it, none being the usual one.
const SHARED: [&str; 3] = ["SEK", "MXN", "DZD"];

/// What follows a currency as such, which is no sum: « un dollar fort », « un euro numérique ».
const OF_THE_CURRENCY: [&str; 18] = [
    "fort",
    "faible",
    "cher",
    "numérique",
    "digital",
    "plus",
    "moins",
    "trop",
    "stable",
    "instable",
    "solide",
    "robuste",
    "affaibli",
    "surévalué",
    "sous",
    "dominant",
    "bas",
    "élevé",
];

/// The keys of what names a currency.
struct Keys {
    filter: KeyFilter,
    sorted: Vec<u64>,
}

/// The key is that of a word that names a currency or its hundredth.
pub fn is_name(key: u64) -> bool {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        let names = NAMES.iter().map(|(name, _)| *name).chain(CENTS).chain(["Rs", "zł"]);
        let mut keys = Keys { filter: KeyFilter::default(), sorted: names.map(key_of).collect() };
        keys.sorted.sort_unstable();
        keys.sorted.iter().for_each(|key| keys.filter.add(*key));
        keys
    });
    keys.filter.may_hold(key) && keys.sorted.binary_search(&key).is_ok()
}

/// `EUR`, `MUSD`.
pub fn ends_in_code(folded: &[u8]) -> bool {
    folded.len() >= CODE_LEN && {
        let last = folded[folded.len() - CODE_LEN..].to_ascii_uppercase();
        CODES.iter().any(|code| code.as_bytes() == last)
    }
}

/// The ISO 4217 code that a word is.
pub fn code(word: &str) -> Option<&'static str> {
    if word == "RMB" { Some("CNY") } else { CODES.into_iter().find(|c| *c == word) }
}

/// The currency at `at`: `€`, `dollars canadiens`, `Swiss francs`, `USD`, `centimes d'euro`.
pub fn at(text: &str, at: usize) -> Option<Currency> {
    if let Some(found) = sign_at(text, at) {
        return Some(found);
    }
    let word = word_at(text, at);
    if CENTS.contains(&word) {
        return Some(cents(text, at));
    }
    if text[at + word.len()..].starts_with(['-', '‑']) && !text[..at].ends_with(['-', '‑']) {
        let joined = word_at(text, at + word.len() + text[at + word.len()..].chars().next()?.len_utf8());
        // « euro-obligations », « francs-tireurs »
        if !joined.is_empty() && word.chars().any(char::is_lowercase) {
            return None;
        }
    }
    let (name, code) = named(word).map(|(_, code)| (word, code)).or_else(|| country_before(text, at))?;
    let end = name.as_ptr() as usize - text.as_ptr() as usize + name.len();
    let (code, end, told) = match name == word {
        true => country_behind(text, end, code),
        false => (code, end, true),
    };
    let weak = !told && WEAK.iter().any(|weak| weak.eq_ignore_ascii_case(name));
    let code = if told || !SHARED.contains(&code) { code } else { country_near(text, at, code) };
    Some(Currency { code, start: at, end, unit: 1.0, linked: false, weak })
}

/// The name of a currency, or its code; a code is written in capitals.
fn named(word: &str) -> Option<(&'static str, &'static str)> {
    let first = word.chars().next()?;
    let lower = if first.is_uppercase() { word.to_lowercase() } else { String::new() };
    let small = if first.is_uppercase() { lower.as_str() } else { word };
    NAMES.into_iter().find(|(name, _)| *name == small).or_else(|| code(word).map(|code| (code, code)))
}

fn sign_at(text: &str, at: usize) -> Option<Currency> {
    let rest = &text[at..];
    // Most places are told by their first byte.
    rest.bytes().next().filter(|b| matches!(b, b'$' | b'A'..=b'Z' | b'z') || !b.is_ascii())?;
    let lone = |sign: &str, code: &str| {
        let behind = rest[sign.len()..].chars().next().is_some_and(char::is_alphabetic);
        // `$HOME` is a variable, `$CANAL` no Canadian dollar; « 12 $canadiens » is money.
        !behind
            || !sign.ends_with(char::is_alphabetic) && !sign.ends_with('$')
            || country(code, &rest[sign.len()..]).is_some()
    };
    let (sign, code) = SIGNS.into_iter().find(|(sign, code)| rest.starts_with(sign) && lone(sign, code))?;
    let (code, end, _) = match sign {
        "$" => country_behind(text, at + sign.len(), code),
        "¥" => (yen_or_yuan(text, at), at + sign.len(), true),
        _ => (code, at + sign.len(), true),
    };
    Some(Currency { code, start: at, end, unit: 1.0, linked: false, weak: false })
}

/// `¥` is the sign of two currencies; the yuan's where China is spoken of.
fn yen_or_yuan(text: &str, at: usize) -> &'static str {
    let near = near(text, at);
    if ["chin", "pékin"].iter().any(|word| near.contains(word)) { "CNY" } else { "JPY" }
}

/// `centimes d'euro`, `cents`; a bare one is a euro's.
fn cents(text: &str, start: usize) -> Currency {
    const CENT: f64 = 0.01;
    let end = word_end(text, start);
    let of = skip_link(text, end).and_then(|at| Some((named(word_at(text, at))?.1, word_end(text, at))));
    let (code, end) = of.unwrap_or(("EUR", end));
    Currency { code, start, end, unit: CENT, linked: false, weak: false }
}

/// The country that the text behind a name tells, with its code: « dollars canadiens », « dollars de Hong Kong ».
fn country_behind(text: &str, end: usize, code: &'static str) -> (&'static str, usize, bool) {
    let direct = if text[end..].starts_with(is_space) { skip_gap(text, end) } else { end };
    for at in [Some(direct), skip_link(text, end)].into_iter().flatten() {
        if let Some(refined) = country(code, &text[at..]) {
            let mut end = word_end(text, at);
            while text[end..].starts_with('-') && !word_at(text, end + 1).is_empty() {
                end = word_end(text, end + 1);
            }
            return (refined, end, true);
        }
    }
    if code == "KRW" && text[direct..].starts_with("sud-coréen") {
        return (code, word_end(text, direct + "sud-".len()), true);
    }
    (code, end, false)
}

/// « Canadian dollars », « nouveaux dollars taïwanais »: the name behind an adjective or two, with its code.
fn country_before(text: &str, at: usize) -> Option<(&str, &'static str)> {
    const WORDS: usize = 2;
    let first = word_at(text, at);
    let new = matches!(first, "nouveaux" | "nouveau");
    if !new && !first.starts_with(char::is_uppercase) {
        return None;
    }
    let mut from = at;
    for _ in 0..WORDS {
        let abbreviated = text[from..].starts_with("U.S. ").then_some(from + "U.S. ".len());
        from = abbreviated.unwrap_or_else(|| skip_gap(text, word_end(text, from)));
        let word = word_at(text, from);
        if let Some((name, code)) = named(word).filter(|(name, _)| name.starts_with(char::is_lowercase)) {
            debug_assert_eq!(name.len(), word.len());
            let told =
                if new { Some(country_behind(text, from + word.len(), code).0) } else { country(code, &text[at..]) };
            return told.map(|code| (word, code));
        }
        if !word.starts_with(char::is_uppercase) {
            return None;
        }
    }
    None
}

/// The code of the country that `rest` begins with, among those that share the name of `code`.
fn country(code: &str, rest: &str) -> Option<&'static str> {
    const LONGEST: usize = 12;
    let beginning: String = rest.chars().take(LONGEST).flat_map(char::to_lowercase).collect();
    let whole_us = |word: &str| word != "us" || !beginning[2..].starts_with(char::is_alphabetic);
    let fits = |word: &str| beginning.starts_with(word) && whole_us(word);
    let shared = COUNTRIES.iter().find(|(name, _)| *name == code).map_or(&[][..], |(_, countries)| countries);
    let found = shared.iter().find(|(word, _)| fits(word)).map(|(_, code)| *code);
    found.or_else(|| SINGLE.iter().find(|(name, word, _)| *name == code && fits(word)).map(|(.., code)| *code))
}

/// The country that the words around a name speak of, else the usual one.
fn country_near(text: &str, at: usize, code: &'static str) -> &'static str {
    let near = near(text, at);
    let shared = COUNTRIES.iter().find(|(name, _)| *name == code).map_or(&[][..], |(_, countries)| countries);
    let told = |word: &str| near.match_indices(word).any(|(i, _)| !near[..i].ends_with(char::is_alphabetic));
    shared.iter().find(|(word, _)| told(word)).map_or(code, |(_, code)| code)
}

/// The text around `at`, in small letters.
pub fn near(text: &str, at: usize) -> String {
    const BYTES: usize = 120;
    let boundary = |i: &usize| text.is_char_boundary(*i);
    let start = (0..=at.saturating_sub(BYTES)).rev().find(boundary).unwrap_or(0);
    let end = (at + BYTES..text.len()).find(boundary).unwrap_or(text.len());
    text[start..end].to_lowercase()
}

/// « un dollar fort »: the currency itself is spoken of.
pub fn itself(text: &str, end: usize) -> bool {
    OF_THE_CURRENCY.contains(&word_at(text, skip_gap(text, end)))
}

/// The currency that stands before a number: `$4`, `US$ 3`, `USD 500`, `M€ 12`, `kEUR 450`.
pub fn before(text: &str, start: usize) -> Option<Currency> {
    let head = text[..start].trim_end_matches(|c: char| is_space(c) && c != '\n');
    let last = head.bytes().last()?;
    if !matches!(last, b'$' | b'A'..=b'Z') && last.is_ascii() && !head.ends_with("Rs") && !head.ends_with("Rs.") {
        return None;
    }
    let spaced = head.len() != start;
    let found = |code, at: usize, unit| Currency { code, start: at, end: start, unit, linked: false, weak: false };
    if let Some((sign, code)) = SIGNS.into_iter().find(|(sign, _)| head.ends_with(sign)) {
        let at = head.len() - sign.len();
        let code = if sign == "¥" { yen_or_yuan(text, at) } else { code };
        let letters = head[..at].len() - head[..at].trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
        let (unit, at) = match super::number::scale_of(&head[at - letters..at]) {
            Some(factor) => (factor, at - letters),
            None => (1.0, at),
        };
        // `12 € 30`: the sign belongs to the number before it.
        let taken = head[..at].trim_end_matches(is_space).ends_with(|c: char| c.is_ascii_digit());
        let word = letters > 0 && unit == 1.0
            || sign.starts_with(char::is_alphabetic) && head[..at].ends_with(char::is_alphanumeric);
        return (!word && (!taken || !spaced && unit == 1.0 && sign.len() > 1 && sign.is_ascii()))
            .then(|| found(code, at, unit));
    }
    let letters = head.len() - head.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
    let at = head.len() - letters;
    let (unit, code) = joined_code(&head[at..])?;
    let rest = head[..at].trim_end_matches(is_space);
    // « 30 EUR 12 mois », « EUR/USD 1,0850 »
    let taken = rest.ends_with(|c: char| c.is_ascii_digit()) || rest.ends_with('/') && code_ends(rest);
    let weak = WEAK.contains(&code);
    (!taken && !head[..at].ends_with(char::is_alphanumeric)).then(|| Currency { weak, ..found(code, at, unit) })
}

fn code_ends(text: &str) -> bool {
    ends_in_code(text.trim_end_matches('/').as_bytes())
}

/// `MUSD`, `kEUR`, `EUR`: a scale joined to a code.
pub fn joined_code(word: &str) -> Option<(f64, &'static str)> {
    let split = word.len().checked_sub(CODE_LEN)?;
    let (scale, last) = (word.get(..split)?, word.get(split..)?);
    let unit = if scale.is_empty() { 1.0 } else { super::number::scale_of(scale)? };
    Some((unit, code(last)?))
}

/// « 2 millions de livres » are pounds, unless books are spoken of.
pub fn speaks_of_books(text: &str, at: usize) -> bool {
    const ABOUT: [&str; 8] = ["numéris", "biblioth", "librair", "lecteur", "lectri", "roman", "ebook", "kindle"];
    const BEHIND: [&str; 16] = [
        "vendus",
        "imprimés",
        "électroniques",
        "numériques",
        "audio",
        "papier",
        "scolaires",
        "anciens",
        "piratés",
        "en",
        "lus",
        "neufs",
        "publiés",
        "distribués",
        "écoulés",
        "physiques",
    ];
    let behind = word_at(text, skip_gap(text, word_end(text, at)));
    let near = near(text, at);
    BEHIND.contains(&behind) || behind.starts_with("numéris") || ABOUT.iter().any(|word| near.contains(word))
}
