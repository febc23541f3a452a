//! Finds sums of money in a text and gives them a value and a currency.
//!
//! In: a text. Out: the [`Amount`]s, ordered, not overlapping. `« entre 10 et 15 milliards de dollars »` gives two.
//! A number is money only where a currency is told with it, before (`US$ 3,2 Mrd`) or behind (`500 M€`), or with the
//! other end of its range; « 10 milliards de paramètres » and a bare « 10 milliards » are not. Vague sums (« plusieurs
//! milliards d'euros ») have no value and are left out; « une dizaine de milliards » counts as ten.
//! `billion` is 10¹² in French (`billions de dollars`) and 10⁹ in English (`$4 billion`, `4 billion dollars`).

use std::sync::OnceLock;

use crate::article::Span;
use crate::error::{Error, Result};
use crate::words::{Gap, KeyFilter, Shape, Words, key_of};

/// A sum of money told in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    /// In units of the currency: `10 Md$` is 1e10.
    pub value: f64,
    /// ISO 4217 (`USD`, `EUR`).
    pub currency: &'static str,
    /// Its bytes in the text that was searched.
    pub span: Span,
}

/// Finds the amounts of a text, in order.
pub fn find(text: &str) -> Vec<Amount> {
    let mut amounts = Vec::new();
    let mut at = 0;
    while let Some(start) = next_candidate(text, at) {
        at = match read_amounts(text, start, &mut amounts) {
            Some(end) => end,
            None => word_end(text, start),
        };
    }
    amounts
}

/// Finds the amounts of a passage of a text that is cut already; their spans are bytes of the passage. Only sentences
/// with a sign or a name of money are read: most have none.
pub fn find_in(text: &str, words: &Words, passage: &Span) -> Vec<Amount> {
    let mut amounts = Vec::new();
    let run = words.within(passage);
    let mut from = run.start;
    while from < run.end {
        let starts = |i: &usize| words.list[*i].gap.any(Gap::START);
        let to = (from + 1..run.end).find(starts).unwrap_or(run.end);
        if (from..to).any(|i| tells_money(words, i)) {
            let start = if from == run.start { passage.start } else { words.list[from - 1].span().end };
            let end = words.list.get(to).map_or(text.len(), |w| w.span().start).min(passage.end);
            let found = find(&text[start..end]);
            let shift = |at: usize| at + start - passage.start;
            amounts.extend(found.into_iter().map(|a| Amount { span: shift(a.span.start)..shift(a.span.end), ..a }));
        }
        from = to;
    }
    amounts
}

/// A sign of money stands beside the word, or the word names a currency.
fn tells_money(words: &Words, i: usize) -> bool {
    let word = &words.list[i];
    if word.gap.any(Gap::MONEY) || words.gap_behind(i).any(Gap::MONEY) {
        return true;
    }
    currencies().may_hold(word.key) && {
        let folded = words.folded(word);
        NAMES.iter().any(|(name, _)| name.as_bytes() == folded) || CENTS.iter().any(|name| name.as_bytes() == folded)
    } || matches!(word.shape, Shape::Upper | Shape::Mixed) && ends_in_code(words.folded(word))
}

/// `EUR`, `MUSD`.
fn ends_in_code(folded: &[u8]) -> bool {
    folded.len() >= CODE_LEN && {
        let last = folded[folded.len() - CODE_LEN..].to_ascii_uppercase();
        CODES.iter().any(|code| code.as_bytes() == last)
    }
}

/// Hundredths of a currency.
const CENTS: [&str; 3] = ["cents", "centimes", "centime"];
/// Letters of an ISO 4217 code.
const CODE_LEN: usize = 3;

/// The keys of the names of currencies.
fn currencies() -> &'static KeyFilter {
    static KEYS: OnceLock<KeyFilter> = OnceLock::new();
    KEYS.get_or_init(|| {
        let mut keys = KeyFilter::default();
        NAMES.iter().for_each(|(name, _)| keys.add(key_of(name)));
        CENTS.iter().for_each(|name| keys.add(key_of(name)));
        keys
    })
}

/// The next place where a number may begin: a digit, or the first letters of a number in words, at a word's start.
fn next_candidate(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut i = from;
    while i < bytes.len() {
        if !is_word_byte(bytes[i]) {
            i += 1;
            continue;
        }
        if bytes[i].is_ascii_digit() && !(i > 0 && is_word_byte(bytes[i - 1])) || opens_number(bytes, i) {
            return Some(i);
        }
        while i < bytes.len() && is_word_byte(bytes[i]) {
            i += 1;
        }
    }
    None
}

/// The word at `i` begins as one of [`word_value`]; « un » and « une » do so only before a scale, since they are everywhere.
fn opens_number(bytes: &[u8], i: usize) -> bool {
    let Some(&[a, b, c]) = bytes.get(i..i + 3).and_then(|s| s.first_chunk()) else { return false };
    match &[a | 0x20, b | 0x20, c] {
        b"dem" | b"hal" | b"two" | b"tro" | b"thr" | b"qua" | b"fou" | b"cin" | b"fiv" | b"six" | b"sep" | b"sev"
        | b"hui" => true,
        b"deu" | b"eig" | b"neu" | b"nin" | b"dix" | b"ten" | b"diz" | b"onz" | b"dou" | b"tre" | b"qui" | b"sei"
        | b"vin" => true,
        b"cen" | b"mil" | b"soi" | b"non" => true,
        b"ele" | b"twe" | b"thi" | b"fif" | b"hun" => true,
        b"for" => bytes[i + 3..].starts_with(b"ty"),
        [b'u', b'n', b'e'] | [b'o', b'n', b'e'] => before_scale(&bytes[i + 3..]),
        [b'u', b'n', _] => before_scale(&bytes[i + 2..]),
        _ => false,
    }
}

/// What may follow « un » in a sum: million, milliard, demi, dizaine, centaine, billion, euro, dollar.
fn before_scale(rest: &[u8]) -> bool {
    let skip = rest.iter().take_while(|b| !b.is_ascii_alphabetic()).count();
    let next = rest.get(skip..skip + 3).unwrap_or_default();
    skip > 0
        && matches!(
            next,
            b"mil"
                | b"dem"
                | b"diz"
                | b"cen"
                | b"bil"
                | b"tri"
                | b"eur"
                | b"dol"
                | b"dou"
                | b"qui"
                | b"vin"
                | b"tre"
                | b"cin"
                | b"qua"
                | b"soi"
        )
}

/// A byte of a letter or digit; the bytes of « € », of spaces and of quotes are none (their lead bytes are C2 and E2).
fn is_word_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// Reads one amount, or the two of a range, and returns where it ends.
fn read_amounts(text: &str, start: usize, amounts: &mut Vec<Amount>) -> Option<usize> {
    let head = read_quantity(text, start)?;
    if let Some(end) = read_range(text, &head, amounts) {
        return Some(end);
    }
    let before = currency_before(text, start);
    let (amount, end) = finish(text, &head, before).or_else(|| finish(text, &with_rest(text, &head)?, before))?;
    amounts.push(amount);
    Some(end)
}

/// « douze millions cinq cent mille », « 2 milliards 300 millions »: what is left below the scale, told behind it.
fn with_rest(text: &str, head: &Quantity) -> Option<Quantity> {
    let from = head.end + text[head.end..].len() - text[head.end..].trim_start_matches(is_space).len();
    let rest = read_quantity(text, from).filter(|rest| from > head.end && rest.value() < head.scale.unwrap_or(0.0))?;
    let number = head.value() + rest.value();
    Some(Quantity { start: head.start, end: rest.end, number, scale: None, billion: false })
}

/// `10 et 15 milliards de dollars`: the first number takes what only the second is given.
fn read_range(text: &str, first: &Quantity, amounts: &mut Vec<Amount>) -> Option<usize> {
    let own = currency_after(text, first);
    let before = currency_before(text, first.start);
    let from = own.as_ref().map_or(first.end, |c| c.end);
    let to = skip_connector(text, from)?;
    let (prefix, digits) = match currency_prefix(text, to) {
        Some((code, end)) => (Some((code, to)), end),
        None => (None, to),
    };
    let second = read_quantity(text, digits)?;
    let (mut amount, end) = finish(text, &second, prefix.or(before.filter(|_| own.is_none())))?;
    if let (None, Some((code, _))) = (prefix, before) {
        // `$4.3B et 10 000 M€`: two sums rather than a range, where the second has a currency of its own.
        amount.currency = currency_after(text, &second).map_or(code, |c| c.code);
        amount.span.start = second.start;
        amount.span.end = currency_after(text, &second).map_or(second.end, |c| c.end);
    }
    let end = end.max(amount.span.end);
    let currency = own.as_ref().map(|c| c.code).or(before.map(|b| b.0)).unwrap_or(amount.currency);
    let scaled = first.scale.is_some() || own.is_some() || second.number < first.number;
    let value =
        if scaled { first.value() } else { first.number * second.scale.unwrap_or(1.0) * amount_unit(&amount, &second) };
    let start = before.map_or(first.start, |b| b.1);
    amounts.push(Amount { value: round(value), currency, span: start..own.map_or(first.end, |c| c.end) });
    amounts.push(amount);
    Some(end)
}

/// The part of an amount that comes from its currency's own scale (`M€`), already in its value.
fn amount_unit(amount: &Amount, quantity: &Quantity) -> f64 {
    let plain = quantity.value();
    if plain == 0.0 { 1.0 } else { amount.value / plain }
}

/// `499€99`: the cents behind the sign.
fn cents_behind(text: &str, q: &Quantity, currency: &Currency) -> Option<f64> {
    let whole = q.scale.is_none() && q.number.fract() == 0.0 && currency.unit == 1.0;
    let digits = text[currency.end..].bytes().take_while(u8::is_ascii_digit).count();
    let sign = text[..currency.end].ends_with(['€', '$', '£']);
    (whole && sign && digits == 2 && !currency.linked)
        .then(|| text[currency.end..currency.end + digits].parse::<f64>().ok())
        .flatten()
}

/// Gives a quantity the currency told behind it, else before it.
fn finish(text: &str, q: &Quantity, before: Option<(&'static str, usize)>) -> Option<(Amount, usize)> {
    let after = currency_after(text, q);
    if let (None, Some(currency)) = (before, &after)
        && let Some(cents) = cents_behind(text, q, currency)
    {
        let end = currency.end + 2;
        return Some((
            Amount { value: round(q.number + cents / 100.0), currency: currency.code, span: q.start..end },
            end,
        ));
    }
    let value = english_billion(text, q, before.is_some() || after.as_ref().is_some_and(|c| !c.linked)) * q.number;
    let (currency, start, end, unit) = match (before, &after) {
        // `3,5 €` behind `$` belongs to the number; a dollar sign before wins over a word behind (`$5 million de dollars`).
        (Some((code, start)), Some(after)) if after.code == code => (code, start, after.end, 1.0),
        (Some((code, start)), _) => (code, start, q.end, 1.0),
        (None, Some(after)) => (after.code, q.start, after.end, after.unit),
        (None, None) => return None,
    };
    Some((Amount { value: round(value * unit), currency, span: start..end }, end))
}

/// Sums told with a few digits come out exact: 1.2 × 1e6 would not.
fn round(value: f64) -> f64 {
    const PARTS: f64 = 1e4;
    if value.abs() < 1e15 { (value * PARTS).round() / PARTS } else { value.round() }
}

/// A number with its scale, without currency.
#[derive(Debug)]
struct Quantity {
    start: usize,
    end: usize,
    number: f64,
    /// `milliards` → 1e9.
    scale: Option<f64>,
    billion: bool,
}

impl Quantity {
    fn value(&self) -> f64 {
        self.number * self.scale.unwrap_or(1.0)
    }
}

/// The scale in force: `billion` is English where nothing links it to the currency (`4 billion dollars`, `$4 billion`).
fn english_billion(_text: &str, q: &Quantity, english: bool) -> f64 {
    match q.billion && english {
        true => 1e9,
        false => q.scale.unwrap_or(1.0),
    }
}

fn read_quantity(text: &str, start: usize) -> Option<Quantity> {
    let first = text.as_bytes().get(start)?;
    match first.is_ascii_digit() {
        true => quantity_in_digits(text, start),
        false => quantity_in_words(text, start),
    }
}

fn quantity_in_digits(text: &str, start: usize) -> Option<Quantity> {
    let (mut number, mut end) = read_digits(text, start)?;
    let mut scale = read_scale(text, end);
    // « 10 mille milliards », « 3 000 milliards », « 10 000 M$ ».
    if let Some(s) = &scale
        && s.factor == 1e3
        && let Some(more) = read_scale(text, s.end)
        && more.factor > 1e3
    {
        number *= 1e3;
        scale = Some(more);
    }
    let mut billion = false;
    let factor = scale.map(|s| {
        end = s.end;
        billion = s.billion;
        s.factor
    });
    if let (Some(_), Some(after)) = (factor, skip_phrase(text, end, &["et demi", "et demie"])) {
        number += 0.5;
        end = after;
    }
    Some(Quantity { start, end, number, scale: factor, billion })
}

/// Digits with their groups and decimals: `1 200,50`, `10.000.000`, `4.3`, `1 234 567`.
fn read_digits(text: &str, start: usize) -> Option<(f64, usize)> {
    let mut digits = String::new();
    let mut end = push_digits(text, start, &mut digits);
    let mut grouped = false;
    while digits.len() <= MAX_DIGITS
        && (grouped || digits.len() <= GROUP)
        && let Some((separator, next)) = group_separator(text, end)
    {
        let groups_go_on = separator != ',' || grouped || grouped_by_comma(text, end);
        if !groups_go_on || separator == '.' && !dots_group(text, end) {
            break;
        }
        end = push_digits(text, next, &mut digits);
        grouped = true;
    }
    if let Some((decimals, after)) = decimals(text, end) {
        digits.push('.');
        digits.push_str(decimals);
        end = after;
    }
    Some((digits.parse().ok()?, end))
}

/// Longer runs of digits are identifiers.
const MAX_DIGITS: usize = 18;
/// Digits in a group of thousands.
const GROUP: usize = 3;

fn push_digits(text: &str, start: usize, digits: &mut String) -> usize {
    let len = text.as_bytes()[start..].iter().take_while(|b| b.is_ascii_digit()).count();
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

fn digits_at(text: &str, at: usize) -> usize {
    text.as_bytes()[at..].iter().take_while(|b| b.is_ascii_digit()).count()
}

/// `1,200` groups only in `1,200,000` or behind a currency sign… in French `1,200` is a decimal; two commas settle it.
fn grouped_by_comma(text: &str, at: usize) -> bool {
    let next = at + 1 + GROUP;
    text[next..].starts_with(',') && digits_at(text, next + 1) == GROUP
        || text[..at].ends_with("000")
        || english_thousands(text, at)
}

/// `$1,200`: the sign before says English.
fn english_thousands(text: &str, at: usize) -> bool {
    let number = text[..at].trim_end_matches(|c: char| c.is_ascii_digit());
    number.ends_with(['$', '£'])
}

/// `839.000` has three digits behind its dot: thousands, as continental papers write; a scale behind makes it decimal (`1.250 milliard`).
fn dots_group(text: &str, at: usize) -> bool {
    let end = at + 1 + GROUP;
    text[at + 1..end] == *"000"
        || text[end..].starts_with('.') && digits_at(text, end + 1) == GROUP
        || !text[..at].ends_with('0') && read_scale(text, end).is_none_or(|s| s.factor < 1e4)
        || text[..at].ends_with(|c: char| c.is_ascii_digit()) && read_scale(text, end).is_none()
}

fn decimals(text: &str, at: usize) -> Option<(&str, usize)> {
    let mark = text[at..].chars().next().filter(|c| matches!(c, ',' | '.'))?;
    let start = at + mark.len_utf8();
    let len = digits_at(text, start);
    (len > 0).then(|| (&text[start..start + len], start + len))
}

/// « deux milliards et demi », « dix milliards », « un demi-milliard », « une centaine de millions ».
fn quantity_in_words(text: &str, start: usize) -> Option<Quantity> {
    let (mut number, mut end) = read_words(text, start)?;
    if number == 0.5 {
        end = skip_phrase(text, end, &["a"]).unwrap_or(end);
    }
    let mut billion = false;
    let scale = read_scale(text, end).or_else(|| read_scale(text, skip_link(text, end)?)).map(|s| {
        end = s.end;
        billion = s.billion;
        s.factor
    });
    let scale = match scale.and_then(|f| Some((f, read_scale(text, end).filter(|s| f == 1e3 && s.factor > 1e3)?))) {
        Some((thousand, more)) => {
            number *= thousand;
            end = more.end;
            Some(more.factor)
        }
        None => scale,
    };
    if let (Some(_), Some(after)) = (scale, skip_phrase(text, end, &["et demi", "et demie"])) {
        number += 0.5;
        end = after;
    }
    Some(Quantity { start, end, number, scale, billion })
}

/// Adds up number words: « cent vingt », « quatre-vingt-dix », « trois cents ».
fn read_words(text: &str, start: usize) -> Option<(f64, usize)> {
    let mut at = start;
    // What is complete (thousands), and what the next word may still multiply.
    let (mut whole, mut open, mut end) = (0.0, None, start);
    loop {
        let word = word_at(text, at);
        let Some(value) = word_value(word) else { break };
        match open {
            Some(n) if value == 1000.0 => {
                whole += n * value;
                open = Some(0.0);
            }
            _ if value == 1000.0 => {
                whole += value;
                open = Some(0.0);
            }
            _ => open = Some(add_word(open, word, value)),
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
    open.map(|n| (whole + n, end))
}

fn add_word(open: Option<f64>, word: &str, value: f64) -> f64 {
    match open {
        // « un demi », « une dizaine », « deux cents », « quatre-vingts »
        Some(n)
            if n > 0.0
                && (value < 1.0
                    || is_collective(word)
                    || (value == 100.0 && n < 100.0)
                    || (value == 20.0 && n == 4.0)) =>
        {
            n * value
        }
        Some(n) => n + value,
        None => value,
    }
}

fn is_collective(word: &str) -> bool {
    word.ends_with("aine") || word.ends_with("aines")
}

fn word_value(word: &str) -> Option<f64> {
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
        "deux" | "two" => 2.0,
        "trois" | "three" => 3.0,
        "quatre" | "four" => 4.0,
        "cinq" | "five" => 5.0,
        "six" => 6.0,
        "sept" | "seven" => 7.0,
        "huit" | "eight" => 8.0,
        "neuf" | "nine" => 9.0,
        "dix" | "ten" | "dizaine" => 10.0,
        "onze" => 11.0,
        "douze" | "douzaine" => 12.0,
        "treize" => 13.0,
        "quatorze" => 14.0,
        "quinze" | "quinzaine" => 15.0,
        "seize" => 16.0,
        "vingt" | "vingts" | "vingtaine" => 20.0,
        "trente" | "trentaine" => 30.0,
        "quarante" | "quarantaine" => 40.0,
        "cinquante" | "cinquantaine" => 50.0,
        "soixante" | "soixantaine" => 60.0,
        "septante" => 70.0,
        "nonante" => 90.0,
        "cent" | "cents" | "centaine" => 100.0,
        "mille" | "millier" => 1000.0,
        "eleven" => 11.0,
        "twelve" => 12.0,
        "fifteen" => 15.0,
        "twenty" => 20.0,
        "thirty" => 30.0,
        "forty" => 40.0,
        "fifty" => 50.0,
        "sixty" => 60.0,
        "seventy" => 70.0,
        "eighty" => 80.0,
        "ninety" => 90.0,
        "hundred" => 100.0,
        _ => return None,
    })
}

struct Scale {
    factor: f64,
    end: usize,
    billion: bool,
}

/// A scale behind a number, a space or hyphen between them being allowed: `milliards`, `Md`, `M`, `k`, `bn`.
fn read_scale(text: &str, at: usize) -> Option<Scale> {
    let start = skip_gap(text, at);
    let word = word_at(text, start);
    let rest = &text[start + word.len()..];
    let factor = match word {
        "Md" | "Mds" | "md" | "mds" | "Mrd" | "Mrds" | "mrd" | "mrds" | "Mia" | "MM" | "MD" | "MDS" | "G" | "B"
        | "bn" | "Bn" | "BN" | "b" | "Mlds" | "Mld" => 1e9,
        "M" | "m" | "Mo" | "Mio" | "mn" | "Mn" | "mln" | "MM€" | "mio" => 1e6,
        "k" | "K" => 1e3,
        "T" | "tn" | "trn" => 1e12,
        _ => match scale_and_code(word) {
            Some((factor, len)) => return Some(Scale { factor, end: start + len, billion: false }),
            None => long_scale(word)?,
        },
    };
    let letter = word.chars().count() == 1;
    // One letter is a scale only where the currency is at hand: `500 M€`, `$4B`, not « 5 G ».
    if letter && !(currency_symbol_near(rest) || prefixed(text, at)) || word == "Mo" {
        return None;
    }
    Some(Scale {
        factor,
        end: start
            + word.len()
            + usize::from(
                matches!(word, "Md" | "Mds" | "Mrd") && rest.starts_with(". ") && starts_currency(&rest[2..]),
            ),
        billion: word.to_lowercase().starts_with("billion"),
    })
}

/// `MUSD`, `kEUR`: a scale joined to a code, and the length of the scale.
fn scale_and_code(word: &str) -> Option<(f64, usize)> {
    const SCALES: [(&str, f64); 4] = [("Md", 1e9), ("M", 1e6), ("k", 1e3), ("K", 1e3)];
    let joined = |(scale, _): &&(&str, f64)| word.strip_prefix(scale).and_then(code).is_some();
    SCALES.iter().find(joined).map(|(scale, factor)| (*factor, scale.len()))
}

fn starts_currency(rest: &str) -> bool {
    rest.starts_with(['€', '$', 'e', 'd'])
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

fn currency_symbol_near(rest: &str) -> bool {
    let rest = rest.trim_start_matches(|c: char| is_space(c) || c == '.');
    let link = ["d'", "d’", "de ", "de\u{A0}"].iter().find_map(|link| rest.strip_prefix(link));
    let rest = link.unwrap_or(rest);
    let word = word_at(rest, 0);
    rest.starts_with(['€', '$', '£', '¥', '₹', '₩'])
        || named_currency(word).is_some()
        || (matches!(word, "US" | "CA") && rest[2..].starts_with('$'))
}

/// A currency sign or code stands before the number that ends at `at`.
fn prefixed(text: &str, at: usize) -> bool {
    let number = text[..at].trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
    currency_before(text, number.len()).is_some()
}

struct Currency {
    code: &'static str,
    end: usize,
    /// 0.01 for cents.
    unit: f64,
    /// `de` or `d'` stands before it, as French has it behind `milliards`.
    linked: bool,
}

/// The currency behind a quantity: `€`, `d'euros`, `de dollars canadiens`, `USD`.
fn currency_after(text: &str, q: &Quantity) -> Option<Currency> {
    let mut at = skip_gap(text, q.end);
    let mut linked = false;
    if let Some(next) = skip_link(text, at) {
        at = next;
        linked = true;
    }
    if let Some(inside) = text[at..].strip_prefix('(') {
        // « 14,3 milliards (de dollars) »
        let from = text.len() - inside.len();
        let (code, end, unit) = currency_at(text, skip_link(text, from)?)?;
        return text[end..].starts_with(')').then_some(Currency { code, end: end + 1, unit, linked: true });
    }
    // « 3 milliards de nouveaux dollars »: no. « 10 millions de ces euros »: no. Nothing may stand between.
    let (code, end, unit) = currency_at(text, at)?;
    Some(Currency { code, end, unit, linked })
}

/// `de`, `d'`, with the space behind.
fn skip_link(text: &str, at: usize) -> Option<usize> {
    let at = skip_gap(text, at);
    let rest = &text[at..];
    for link in ["d'", "d’", "dʼ", "d`", "D'", "D’"] {
        if rest.starts_with(link) {
            return Some(skip_gap(text, at + link.len()));
        }
    }
    let after = rest.strip_prefix("de").or_else(|| rest.strip_prefix("DE"))?;
    after.starts_with(is_space).then(|| skip_gap(text, at + 2))
}

fn currency_at(text: &str, at: usize) -> Option<(&'static str, usize, f64)> {
    let rest = &text[at..];
    for (sign, code) in SIGNS {
        if rest.starts_with(sign) {
            return Some((code, at + sign.len(), 1.0));
        }
    }
    let word = word_at(text, at);
    let end = at + word.len();
    if CENTS.contains(&word) {
        return Some(cents(text, end));
    }
    let code = named_currency(word)?;
    let (code, end) = nationality(text, end, code)?;
    Some((code, end, 1.0))
}

/// `centimes d'euro`, `cents`; a bare centime is a euro's.
fn cents(text: &str, end: usize) -> (&'static str, usize, f64) {
    const CENT: f64 = 0.01;
    let linked = skip_link(text, end).map(|at| word_end(text, at) - word_at(text, at).len());
    match linked.and_then(|at| Some((named_currency(word_at(text, at))?, word_end(text, at)))) {
        Some((code, end)) => (code, end, CENT),
        None => ("EUR", end, CENT),
    }
}

/// Signs, the longer first.
const SIGNS: [(&str, &str); 16] = [
    ("US$", "USD"),
    ("$US", "USD"),
    ("$ US", "USD"),
    ("$CA", "CAD"),
    ("$ CA", "CAD"),
    ("CA$", "CAD"),
    ("C$", "CAD"),
    ("A$", "AUD"),
    ("$AU", "AUD"),
    ("HK$", "HKD"),
    ("R$", "BRL"),
    ("€", "EUR"),
    ("$", "USD"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("₩", "KRW"),
];

/// Names of currencies; those that need a nationality are completed by [`nationality`].
const NAMES: [(&str, &str); 55] = [
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("yen", "JPY"),
    ("yens", "JPY"),
    ("yuan", "CNY"),
    ("yuans", "CNY"),
    ("renminbi", "CNY"),
    ("rmb", "CNY"),
    ("won", "KRW"),
    ("wons", "KRW"),
    ("roupie", "INR"),
    ("roupies", "INR"),
    ("rupees", "INR"),
    ("rouble", "RUB"),
    ("roubles", "RUB"),
    ("livre", "GBP"),
    ("livres", "GBP"),
    ("sterling", "GBP"),
    ("pounds", "GBP"),
    ("franc", "FRF"),
    ("francs", "FRF"),
    ("réal", "BRL"),
    ("reals", "BRL"),
    ("réaux", "BRL"),
    ("reais", "BRL"),
    ("couronne", "SEK"),
    ("couronnes", "SEK"),
    ("shekel", "ILS"),
    ("shekels", "ILS"),
    ("zloty", "PLN"),
    ("zlotys", "PLN"),
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
    ("real", "BRL"),
    ("reaux", "BRL"),
];

const CODES: [&str; 26] = [
    "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "KRW", "INR", "CAD", "AUD", "HKD", "SGD", "TWD", "BRL", "SEK", "NOK",
    "DKK", "PLN", "RUB", "ILS", "AED", "SAR", "MXN", "ZAR", "NZD", "TRY",
];

/// The code of a name or a code.
fn named_currency(word: &str) -> Option<&'static str> {
    let lower = word.to_lowercase();
    let named = NAMES.iter().find(|(name, _)| *name == lower).map(|(_, code)| *code);
    named.or_else(|| code(word))
}

fn code(word: &str) -> Option<&'static str> {
    CODES.into_iter().find(|c| *c == word)
}

/// Refines a currency by the adjective behind it; a pound that is not sterling may be a book or a weight.
fn nationality(text: &str, end: usize, code: &'static str) -> Option<(&'static str, usize)> {
    let at = skip_gap(text, end);
    let word = word_at(text, at).to_lowercase();
    let stop = word_end(text, at);
    let refined = match (code, word.as_str()) {
        ("USD", "américains" | "américain" | "us" | "etats" | "états") => "USD",
        ("USD", "canadiens" | "canadien") => "CAD",
        ("USD", "australiens" | "australien") => "AUD",
        ("USD", "taïwanais" | "taiwanais") => "TWD",
        ("USD", "hongkongais") => "HKD",
        ("USD", "singapouriens") => "SGD",
        ("USD", "néo") => "NZD",
        ("FRF", "suisses" | "suisse") => "CHF",
        ("FRF", "cfa") => "XOF",
        ("FRF", "français") => "FRF",
        ("SEK", "suédoises" | "suédoise") => "SEK",
        ("SEK", "norvégiennes") => "NOK",
        ("SEK", "danoises") => "DKK",
        ("SEK", "tchèques") => "CZK",
        ("GBP", "sterling" | "sterlings") => "GBP",
        ("GBP", "turques") => "TRY",
        ("GBP", "égyptiennes") => "EGP",
        ("GBP", "libanaises") => "LBP",
        ("KRW", "sud") => "KRW",
        ("AED", "marocains") => "MAD",
        // « 1,8 milliard de livres. »: nothing behind it makes books of them.
        ("GBP", "") if behind_millions(text, end) => "GBP",
        // « cent livres » may be books, and one « couronne » is a crown; a pound alone is not taken.
        ("GBP", _) if !matches!(&text[..end], t if t.ends_with("pounds") || t.ends_with("GBP")) => return None,
        ("SEK", _) if !text[..end].ends_with("SEK") => return None,
        _ => return Some((code, end)),
    };
    let stop = if word == "sud" {
        stop + text[stop..].len().min("-coréens".len()).min(if text[stop..].starts_with("-coréens") { 9 } else { 0 })
    } else {
        stop
    };
    Some((refined, stop))
}

/// `millions de livres`: a sum rather than a shelf.
fn behind_millions(text: &str, end: usize) -> bool {
    let before = text[..end].trim_end_matches(char::is_alphabetic).trim_end().trim_end_matches("de").trim_end();
    ["million", "millions", "milliard", "milliards", "Md", "Mds"].iter().any(|scale| before.ends_with(scale))
}

/// The currency that stands before a number: `$4`, `US$ 3`, `USD 500`, and where it begins.
fn currency_before(text: &str, start: usize) -> Option<(&'static str, usize)> {
    let head = text[..start].trim_end_matches(|c: char| is_space(c) && c != '\n');
    let spaced = head.len() != start;
    for (sign, code) in SIGNS {
        if head.ends_with(sign) {
            let at = head.len() - sign.len();
            // `12 € 30`: the sign belongs to the number before it.
            let scaled = head[..at].trim_end_matches(is_space).trim_end_matches(|c: char| "MdkBbns".contains(c));
            let taken = scaled.trim_end_matches(is_space).ends_with(|c: char| c.is_ascii_digit());
            return (!taken || !spaced && sign.len() > 1).then_some((code, at));
        }
    }
    if head.ends_with('¥') {
        return Some(("JPY", head.len() - '¥'.len_utf8()));
    }
    let at = head.len() - 3.min(head.len());
    let word = head.get(at..)?;
    let alone = !head[..at].ends_with(|c: char| c.is_alphanumeric());
    let free = !head[..at].trim_end_matches(is_space).ends_with(|c: char| c.is_ascii_digit());
    code(word).filter(|_| alone && free).map(|c| (c, at))
}

/// A currency sign or code at `at`, with a number behind it.
fn currency_prefix(text: &str, at: usize) -> Option<(&'static str, usize)> {
    let (code, end, _) = currency_at(text, at)?;
    let end = skip_gap(text, end);
    text[end..].starts_with(|c: char| c.is_ascii_digit()).then_some((code, end))
}

/// What joins the ends of a range or the terms of a comparison: `à`, `et`, a dash, `jusqu'à`, `, contre`.
fn skip_connector(text: &str, at: usize) -> Option<usize> {
    const WORDS: [&str; 14] = [
        "à",
        "et",
        "ou",
        "to",
        "and",
        "or",
        "jusqu'à",
        "jusqu’à",
        "voire",
        "contre",
        "puis",
        "peut-être",
        "ou même",
        "against",
    ];
    let spaces = |at: usize| at + text[at..].len() - text[at..].trim_start_matches(is_space).len();
    let dash = spaces(at);
    if let Some(rest) = text[dash..].strip_prefix(['–', '-', '—']) {
        return Some(spaces(text.len() - rest.len()));
    }
    let from = skip_gap(text, at);
    let from = if text[from..].starts_with(", ") { from + 2 } else { from };
    let word = WORDS.into_iter().filter(|w| text[from..].starts_with(w)).max_by_key(|w| w.len())?;
    let end = from + word.len();
    text[end..].starts_with(is_space).then(|| skip_gap(text, end))
}

fn skip_phrase(text: &str, at: usize, phrases: &[&str]) -> Option<usize> {
    let start = skip_gap(text, at);
    let fits =
        |p: &&&str| text[start..].starts_with(**p) && !text[start + p.len()..].starts_with(char::is_alphanumeric);
    phrases.iter().find(fits).map(|p| start + p.len())
}

/// Spaces of any kind, one line end, or one hyphen (`demi-milliard`).
fn skip_gap(text: &str, at: usize) -> usize {
    let mut end = at;
    let mut lines = 0;
    for c in text[at..].chars() {
        lines += u32::from(c == '\n');
        if !is_space(c) && c != '\n' && !(c == '-' && end == at) || lines > 1 {
            break;
        }
        end += c.len_utf8();
    }
    end
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{2060}' || c == '\u{FEFF}'
}

fn word_at(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    &rest[..end]
}

/// The end of the word or digits at `at`, at least one char further.
fn word_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    at + if end > 0 { end } else { rest.chars().next().map_or(0, char::len_utf8) }
}

/// A condition on amounts: `>1e9`, `1e6..5e8`, `>=1Md€`, `<500M`, `>1e9USD`.
#[derive(Debug, Clone, PartialEq)]
pub struct AmountFilter {
    low: Bound,
    high: Bound,
    currency: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Bound {
    value: f64,
    included: bool,
}

const NO_LOW: Bound = Bound { value: f64::NEG_INFINITY, included: true };
const NO_HIGH: Bound = Bound { value: f64::INFINITY, included: true };

impl AmountFilter {
    /// Reads a condition as typed; a bare value means "at least".
    ///
    /// # Errors
    /// [`Error::Usage`] where a value or the currency cannot be read.
    pub fn parse(expression: &str) -> Result<AmountFilter> {
        let text = expression.trim();
        let (low, high) = match text.split_once("..") {
            Some((low, high)) => (
                Some((low, true)).filter(|l| !l.0.trim().is_empty()),
                Some((high, true)).filter(|h| !h.0.trim().is_empty()),
            ),
            None => one_sided(text),
        };
        if low.is_none() && high.is_none() {
            return Err(unreadable(expression));
        }
        let read = |side: Option<(&str, bool)>, open: Bound| match side {
            Some((typed, included)) => {
                let (value, currency) = typed_amount(typed).ok_or_else(|| unreadable(expression))?;
                Ok((Bound { value, included }, currency))
            }
            None => Ok((open, None)),
        };
        let ((low, first), (high, second)) = (read(low, NO_LOW)?, read(high, NO_HIGH)?);
        Ok(AmountFilter { low, high, currency: second.or(first) })
    }

    /// True where an amount fulfils the condition. Currencies are not converted: without one, any currency fits.
    pub fn matches(&self, value: f64, currency: &str) -> bool {
        let above = value > self.low.value || self.low.included && value == self.low.value;
        let below = value < self.high.value || self.high.included && value == self.high.value;
        above && below && self.currency.is_none_or(|c| c == currency)
    }
}

type Side<'a> = Option<(&'a str, bool)>;

fn one_sided(text: &str) -> (Side<'_>, Side<'_>) {
    if let Some(rest) = text.strip_prefix(">=").or_else(|| text.strip_prefix('≥')) {
        (Some((rest, true)), None)
    } else if let Some(rest) = text.strip_prefix('>') {
        (Some((rest, false)), None)
    } else if let Some(rest) = text.strip_prefix("<=").or_else(|| text.strip_prefix('≤')) {
        (None, Some((rest, true)))
    } else if let Some(rest) = text.strip_prefix('<') {
        (None, Some((rest, false)))
    } else if let Some(rest) = text.strip_prefix('=') {
        (Some((rest, true)), Some((rest, true)))
    } else {
        (Some((text, true)), None)
    }
}

fn unreadable(expression: &str) -> Error {
    Error::Usage(format!("montant incompris : {expression} (écrivez >1e9, 1e6..5e8, >=500M€ ou >1e9USD)"))
}

/// `1e9`, `1e9USD`, `1,5 Md€`, `500M`, `2 milliards d'euros`.
fn typed_amount(typed: &str) -> Option<(f64, Option<&'static str>)> {
    let typed = typed.trim();
    if let [amount] = find(typed).as_slice() {
        return (amount.span == (0..typed.len())).then_some((amount.value, Some(amount.currency)));
    }
    let number = typed
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | 'e' | 'E' | '_' | '+')))
        .unwrap_or(typed.len());
    let value: f64 = typed[..number].trim_end_matches('E').replace(',', ".").replace('_', "").parse().ok()?;
    let rest = if typed[..number].ends_with('E') { &typed[number - 1..] } else { &typed[number..] }.trim();
    match rest {
        "" => Some((value, None)),
        "k" | "K" => Some((value * 1e3, None)),
        "M" | "million" | "millions" => Some((value * 1e6, None)),
        "Md" | "Mds" | "Mrd" | "milliard" | "milliards" | "bn" | "B" => Some((value * 1e9, None)),
        rest => currency_at(rest, 0).filter(|(_, end, _)| *end == rest.len()).map(|(code, ..)| (value, Some(code))),
    }
}

/// An amount as a French reader writes it: `10 Md$`, `500 M€`, `1 200 €`; at most two decimals.
pub fn display(value: f64, currency: &str) -> String {
    let (scaled, scale) = match value.abs() {
        v if v >= 1e9 => (value / 1e9, "Md"),
        v if v >= 1e6 => (value / 1e6, "M"),
        _ => (value, ""),
    };
    let sign = match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        other => return format!("{} {scale}{}{other}", decimal(scaled), if scale.is_empty() { "" } else { " " }),
    };
    format!("{} {scale}{sign}", decimal(scaled))
}

/// A number with a decimal comma, no idle zeros, thousands parted by a narrow no-break space.
fn decimal(value: f64) -> String {
    let text = format!("{value:.2}");
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let decimals = decimals.trim_end_matches('0');
    let grouped = group(whole);
    if decimals.is_empty() { grouped } else { format!("{grouped},{decimals}") }
}

fn group(whole: &str) -> String {
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |d| ("-", d));
    let first = digits.len() % GROUP;
    let mut groups: Vec<&str> = (first..digits.len()).step_by(GROUP).map(|i| &digits[i..i + GROUP]).collect();
    if first > 0 {
        groups.insert(0, &digits[..first]);
    }
    format!("{sign}{}", groups.join("\u{202F}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, expected: &[(f64, &str, &str)]) {
        let found: Vec<(f64, &str, &str)> =
            find(text).iter().map(|a| (a.value, a.currency, &text[a.span.clone()])).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn sums_are_read_with_value_currency_and_place() {
        case("un accord de 10 milliards de dollars", &[(1e10, "USD", "10 milliards de dollars")]);
        case("US$ 3,2 Mrd", &[(3.2e9, "USD", "US$ 3,2 Mrd")]);
        case("deux milliards et demi d’euros", &[(2.5e9, "EUR", "deux milliards et demi d’euros")]);
        case("1\u{202f}200\u{a0}€", &[(1200.0, "EUR", "1\u{202f}200\u{a0}€")]);
        case("entre 10 et 15 milliards de dollars", &[(1e10, "USD", "10"), (1.5e10, "USD", "15 milliards de dollars")]);
        case(
            "2 billions de dollars, $2 billion",
            &[(2e12, "USD", "2 billions de dollars"), (2e9, "USD", "$2 billion")],
        );
        case("$4.3B et 10 000 M$", &[(4.3e9, "USD", "$4.3B"), (1e10, "USD", "10 000 M$")]);
        case("70-75 Md$", &[(7e10, "USD", "70"), (7.5e10, "USD", "75 Md$")]);
        case("499€99", &[(499.99, "EUR", "499€99")]);
        case("14,3 milliards (de dollars)", &[(1.43e10, "USD", "14,3 milliards (de dollars)")]);
        case("douze millions cinq cent mille euros", &[(1.25e7, "EUR", "douze millions cinq cent mille euros")]);
        case("10 MILLIARDS DE DOLLARS", &[(1e10, "USD", "10 MILLIARDS DE DOLLARS")]);
        case("3 MUSD", &[(3e6, "USD", "3 MUSD")]);
    }

    #[test]
    fn other_numbers_are_no_money() {
        case("10 milliards de paramètres, 5G, 3 GW, 10 %, l'iPhone 15 en 2025, 10 milliards", &[]);
        case("800 000 livres vendues", &[]);
    }

    #[test]
    fn conditions_are_read() {
        assert!(AmountFilter::parse(">1e9").unwrap().matches(1.1e9, "EUR"));
        assert!(!AmountFilter::parse(">1e9").unwrap().matches(1e9, "EUR"));
        assert!(AmountFilter::parse("1e6..5e8").unwrap().matches(5e8, "USD"));
        assert!(!AmountFilter::parse(">1e9USD").unwrap().matches(2e9, "EUR"));
        assert!(AmountFilter::parse(">=1Md€").unwrap().matches(1e9, "EUR"));
        assert!(AmountFilter::parse("<500M").unwrap().matches(1e6, "EUR"));
        assert!(AmountFilter::parse("beaucoup").is_err());
    }

    #[test]
    fn amounts_are_shown_as_french_writes_them() {
        assert_eq!(display(1e10, "USD"), "10 Md$");
        assert_eq!(display(5e8, "EUR"), "500 M€");
        assert_eq!(display(1200.5, "EUR"), "1\u{202f}200,5 €");
        assert_eq!(display(1e6, "CHF"), "1 M CHF");
    }

    #[test]
    fn a_cut_text_gives_the_same_sums() {
        let text = "Un prêt. L'accord vaut 10 Md$ ; trois mille euros de frais.\n\nLe reste, 5 %, attend. Prix : 12";
        let cut = Words::of(text);
        assert_eq!(find_in(text, &cut, &(0..text.len())), find(text));
        let passage = 9..text.len();
        assert_eq!(find_in(text, &cut, &passage), find(&text[passage.clone()]));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics_and_spans_slice_it(text in "([0-9]{1,4}|[ ,.\u{a0}$€-]|milliards|Md|de |d'|euros|et demi|à|deux|cent){0,20}") {
            for amount in find(&text) {
                proptest::prop_assert!(text.get(amount.span.clone()).is_some_and(|t| !t.is_empty()));
            }
        }
    }

    #[test]
    fn labelled_amounts_reach_the_floor() {
        for part in ["dev", "held"] {
            let (mut right, mut found_all, mut wanted_all) = (0, 0, 0);
            for line in include_str!("../tests/labelled/amounts.jsonl").lines() {
                let row: serde_json::Value = serde_json::from_str(line).unwrap();
                if row["part"] != part {
                    continue;
                }
                let found = find(row["text"].as_str().unwrap());
                let wanted = row["want"].as_array().unwrap();
                found_all += found.len();
                wanted_all += wanted.len();
                right += wanted.iter().filter(|w| found.iter().any(|a| w[0] == a.value && w[1] == a.currency)).count();
            }
            let f1 = 2.0 * right as f64 / (found_all + wanted_all) as f64;
            println!("amounts {part}: F1 {f1:.3}");
            assert!(f1 >= 0.97, "{part}: {f1}");
        }
    }
}
