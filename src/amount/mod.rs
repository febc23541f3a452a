//! Finds sums of money in a text and gives them a value and a currency.
//!
//! In: a text. Out: the [`Amount`]s, ordered, not overlapping. `« entre 10 et 15 milliards de dollars »` gives two.
//! A number is money only where a currency is told with it, before (`US$ 3,2 Mrd`) or behind (`500 M€`), or with the
//! other end of its range; « 10 milliards de paramètres » and a bare « 10 milliards » are not. Vague sums (« plusieurs
//! milliards d'euros ») have no value and are left out; « une dizaine de milliards » counts as ten.
//! `billion` is 10¹² in French (`billions de dollars`) and 10⁹ in English (`$4 billion`, `4 billion dollars`).

mod currency;
mod number;
mod text;

use crate::article::Span;
use crate::error::{Error, Result};
use crate::words::{Gap, Shape, Words};
use currency::Currency;
use number::{ARTICLES, GROUP, Quantity, Written, digits_at};
use text::{is_space, skip_gap, skip_link, word_at, word_end};

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
        at = read_list(text, start, &mut amounts).unwrap_or_else(|| word_end(text, start));
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
    word.gap.any(Gap::MONEY)
        || words.gap_behind(i).any(Gap::MONEY)
        || currency::is_name(word.key)
        || matches!(word.shape, Shape::Upper | Shape::Mixed) && currency::ends_in_code(words.folded(word))
}

/// The next place where a number may begin: a digit or a number word, at a word's start or behind a code (`EUR12m`).
fn next_candidate(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut i = from;
    while i < bytes.len() {
        if !is_word_byte(bytes[i]) {
            i += 1;
            continue;
        }
        let start = i;
        while i < bytes.len() && is_word_byte(bytes[i]) {
            i += 1;
        }
        if bytes[start].is_ascii_digit() || number::opens(text, start) {
            return Some(start);
        }
        if bytes[start].is_ascii_uppercase()
            && let Some(digit) = (start..i).find(|at| bytes[*at].is_ascii_digit())
            && currency::before(text, digit).is_some()
        {
            return Some(digit);
        }
    }
    None
}

/// A byte of a letter or digit; the bytes of « € », of spaces and of quotes are none (their lead bytes are C2 and E2).
fn is_word_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// A quantity with the currency that is told with it, before or behind.
#[derive(Debug)]
struct Term {
    quantity: Quantity,
    before: Option<Currency>,
    after: Option<Currency>,
    /// Hundredths told behind the currency (`499€99`, « 2 euros 50 »).
    cents: f64,
    end: usize,
}

/// What stands between two terms.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Link {
    /// `à`, a dash.
    Range,
    /// `et`, `ou`, `contre`.
    Word,
    Comma,
}

/// Reads the terms that hang together from `start` on, `10 et 15 milliards de dollars`, and returns where they end.
fn read_list(text: &str, start: usize, amounts: &mut Vec<Amount>) -> Option<usize> {
    let mut terms = vec![read_term(text, start, currency::before(text, start))?];
    let mut links = Vec::new();
    let mut end = terms[0].end;
    while let Some((link, at)) = skip_connector(text, end) {
        let sign = currency::at(text, at).map(|c| skip_gap(text, c.end)).filter(|at| digits_at(text, *at) > 0);
        let begin = sign.unwrap_or(at);
        let Some(mut term) = read_term(text, begin, sign.and_then(|at| currency::before(text, at))) else { break };
        let signed = terms.last().is_some_and(|last: &Term| last.before.is_some());
        english_billion(&mut term.quantity, signed && term.after.is_none());
        end = term.end;
        links.push(link);
        terms.push(term);
    }
    let found = (0..terms.len()).filter_map(|i| amount_of(text, &terms, &links, i));
    amounts.extend(found);
    Some(end)
}

/// The quantity at `start` with the currency behind it; rest and cents are part of it.
fn read_term(text: &str, start: usize, before: Option<Currency>) -> Option<Term> {
    let mut quantity = number_or_article(text, start, before.is_some())?;
    let mut after = currency_behind(text, &quantity);
    if after.is_none()
        && let Some(whole) = with_rest(text, &quantity)
    {
        after = currency_behind(text, &whole);
        if after.is_some() || before.is_some() {
            quantity = whole;
        }
    }
    let bare_word = quantity.written == Written::Words && quantity.scale.is_none();
    let before =
        before.filter(|c| !(is_variable(text, c, &quantity) || bare_word || c.weak && quantity.scale.is_none()));
    // A sign before wins over a word behind (`$5 million de dollars`), and takes it in where it is the same.
    let after = after.filter(|c| before.is_none_or(|b| b.code == c.code));
    let mut end = after.map_or(quantity.end, |c| c.end);
    let mut cents = 0.0;
    if let Some(currency) = after
        && let Some((value, stop)) = cents_behind(text, &quantity, &currency)
    {
        (cents, end) = (value, stop);
    }
    english_billion(&mut quantity, before.is_some() || after.is_some_and(|c| !c.linked));
    Some(Term { quantity, before, after, cents, end })
}

/// `a billion dollars`, « le million d'euros »: the article counts where a scale follows.
fn number_or_article(text: &str, start: usize, behind_currency: bool) -> Option<Quantity> {
    let word = word_at(text, start);
    match ARTICLES.contains(&word) {
        true => number::read_scale_alone(text, start, skip_gap(text, start + word.len())),
        false => number::read(text, start, behind_currency),
    }
}

/// `billion` is English where nothing links it to the currency (`4 billion dollars`, `$4 billion`).
fn english_billion(quantity: &mut Quantity, english: bool) {
    const BILLION: f64 = 1e9;
    if quantity.billion && english {
        quantity.scale = Some(BILLION);
    }
}

/// « douze millions cinq cent mille », « 2 milliards 300 millions »: what is left below the scale, told behind it.
fn with_rest(text: &str, head: &Quantity) -> Option<Quantity> {
    let from = head.end + text[head.end..].len() - text[head.end..].trim_start_matches(is_space).len();
    let rest =
        number::read(text, from, false).filter(|rest| from > head.end && rest.value() < head.scale.unwrap_or(0.0))?;
    Some(Quantity { end: rest.end, number: head.value() + rest.value(), scale: None, ..*head })
}

/// The currency behind a quantity: `€`, `d'euros`, `de dollars canadiens`, `USD`.
fn currency_behind(text: &str, q: &Quantity) -> Option<Currency> {
    let at = skip_gap(text, q.end);
    if text[q.end..].starts_with('-') && !text[at..].starts_with(char::is_alphabetic) {
        // `$10-$15 billion`
        return None;
    }
    let link = skip_link(text, at);
    let at = link.unwrap_or(at);
    let found = match text[at..].strip_prefix('(') {
        // « 14,3 milliards (de dollars) »
        Some(inside) => {
            let from = skip_link(text, text.len() - inside.len())?;
            let currency = currency::at(text, from)?;
            text[currency.end..].starts_with(')').then_some(Currency {
                end: currency.end + 1,
                linked: true,
                ..currency
            })?
        }
        None => Currency { linked: link.is_some(), ..currency::at(text, at)? },
    };
    let told = !found.weak || q.scale.is_some_and(|s| s > 1e3) && !currency::speaks_of_books(text, at);
    let one = q.number == 1.0 && q.scale.is_none();
    let year = q.written == Written::Plain
        && q.scale.is_none()
        && is_year(q.number)
        && found.unit == 1.0
        && before_in(text, q.start);
    (told && !year && !(one && currency::itself(text, found.end))).then_some(found)
}

/// « en 2024 dollars et euros… »: the number is a year.
fn before_in(text: &str, start: usize) -> bool {
    let head = text[..start].trim_end();
    head.ends_with(" en") || head.ends_with(" depuis") || head == "en" || head == "En"
}

fn is_year(number: f64) -> bool {
    (1900.0..2100.0).contains(&number)
}

/// `499€99`, « 2 euros 50 », « un dollar et vingt cents »: the cents, and where they end.
fn cents_behind(text: &str, q: &Quantity, currency: &Currency) -> Option<(f64, usize)> {
    const DIGITS: usize = 2;
    if q.scale.is_some() || q.number.fract() != 0.0 || currency.unit != 1.0 || currency.linked {
        return None;
    }
    let from = skip_gap(text, currency.end);
    let joined = text::skip_phrase(text, from, &["et"]).map_or(from, |end| skip_gap(text, end));
    if let Some(told) = number::read(text, joined, false)
        && let Some(cent) = currency::at(text, skip_gap(text, told.end)).filter(|c| c.unit < 1.0)
    {
        return (told.value() < 100.0).then_some((told.value() / 100.0, cent.end));
    }
    let end = from + digits_at(text, from);
    let cents = text[from..end].parse::<f64>().ok().filter(|_| end == from + DIGITS)?;
    let sign = from == currency.end && text[..from].ends_with(['€', '$', '£']);
    (sign || stands_alone(&text[end..])).then_some((cents / 100.0, end))
}

/// The two digits are no number of something: « 2 euros 50 par mois », not « 30 euros 12 mois ».
fn stands_alone(rest: &str) -> bool {
    const BEHIND: [&str; 17] = [
        "par", "le", "la", "les", "l", "sur", "en", "au", "aux", "chez", "pour", "TTC", "HT", "contre", "de", "et", "à",
    ];
    let word = word_at(rest, skip_gap(rest, 0));
    let ends = rest.is_empty() || rest.starts_with(|c: char| !c.is_alphanumeric() && c != '%' && c != '/');
    ends && !rest.trim_start().starts_with(|c: char| matches!(c, '%' | '€' | '$' | '£') || c.is_ascii_digit())
        && (word.is_empty() || BEHIND.contains(&word))
}

/// `$1` in a command or a pattern is a variable: one digit behind what only code writes.
fn is_variable(text: &str, sign: &Currency, q: &Quantity) -> bool {
    const CODE: [&str; 12] =
        ["{print", "echo ", "awk ", "sed ", "${", "$(", "regex", "variable", "s/", "script", "shell", "argument"];
    const BEFORE: [char; 9] = ['{', '^', '/', '[', ']', '=', '`', '\\', '%'];
    if sign.code != "USD" || q.scale.is_some() || q.written != Written::Plain || q.end - q.start > 2 {
        return false;
    }
    let head = &text[..sign.start];
    let called = head.strip_suffix('(').is_some_and(|head| head.ends_with(|c: char| c.is_alphanumeric() || c == '_'));
    let line = head.rfind('\n').map_or(0, |i| i + 1);
    called
        || head.ends_with(BEFORE)
        || text[sign.start..].find('}').is_some_and(|i| sign.start + i == q.end)
        || CODE.iter().any(|code| head[line..].contains(code))
        || currency::near(text, q.end).contains("variables")
}

/// The amount of a term, which takes what only its neighbours are given.
fn amount_of(text: &str, terms: &[Term], links: &[Link], i: usize) -> Option<Amount> {
    let term = &terms[i];
    let own = term.after.or(term.before);
    let currency = own.or_else(|| from_behind(terms, links, i)).or_else(|| from_before(terms, links, i))?;
    let q = &term.quantity;
    let scale = q.scale.or_else(|| shared_scale(terms, links, i, own.is_some()));
    let unit = if term.after.is_some() || term.before.is_some() { currency.unit } else { shared_unit(&currency) };
    let start = term.before.map_or(q.start, |c| c.start);
    debug_assert!(text.is_char_boundary(start));
    let number = q.number * shared_hundreds(terms, i);
    let value = number * scale.unwrap_or(1.0) * unit + term.cents;
    Some(Amount { value: round(value), currency: currency.code, span: start..term.end })
}

/// A term without currency takes hundredths along (« 10 à 15 centimes »), but not a scale before the other number.
fn shared_unit(currency: &Currency) -> f64 {
    currency.unit.min(1.0)
}

/// `10 et 15 M€`: the first has the currency of the second; in `20, 30 et 50 M€` a comma joins only what « et » closes.
fn from_behind(terms: &[Term], links: &[Link], i: usize) -> Option<Currency> {
    let closes = links[i..].iter().position(|link| *link != Link::Comma)?;
    let (term, next) = (&terms[i], terms.get(i + 1)?);
    let year =
        term.quantity.written == Written::Plain && is_year(term.quantity.number) && next.quantity.scale.is_some();
    if year
        || links[i] == Link::Comma && terms[i + 1..=i + closes].iter().any(|t| t.after.is_some() || t.before.is_some())
    {
        return None;
    }
    match (next.before, next.after) {
        (None, Some(after)) => Some(after),
        (None, None) => from_behind(terms, links, i + 1),
        _ => None,
    }
}

/// `$10-15 billion`: the second has the sign of the first.
fn from_before(terms: &[Term], links: &[Link], i: usize) -> Option<Currency> {
    let link = *links.get(i.checked_sub(1)?)?;
    let sign = terms[i - 1].before.filter(|c| c.unit == 1.0)?;
    (link == Link::Range || link == Link::Word && terms[i].quantity.scale.is_some()).then_some(sign)
}

/// « 10 à 15 milliards » share the scale, « 500 000 à 1 million » and « 10 € à 15 M€ » do not.
fn shared_scale(terms: &[Term], links: &[Link], i: usize, own_currency: bool) -> Option<f64> {
    const THOUSAND: f64 = 1e3;
    let next = terms.get(i + 1)?;
    let (number, link) = (terms[i].quantity.number, links[i]);
    let scale =
        next.quantity.scale.or_else(|| shared_scale(terms, links, i + 1, next.before.or(next.after).is_some()))?;
    let sign = terms[i].before.is_some() && link != Link::Comma && number <= next.quantity.number;
    let apart = number >= THOUSAND && next.quantity.number < THOUSAND;
    (!apart && (!own_currency || sign && terms[i].after.is_none())).then_some(scale)
}

/// « trois à quatre cents millions »: both are hundreds.
fn shared_hundreds(terms: &[Term], i: usize) -> f64 {
    const HUNDRED: f64 = 100.0;
    let (q, next) = (&terms[i].quantity, terms.get(i + 1).map(|term| &term.quantity));
    let hundreds = |q: &Quantity| q.written == Written::Words && q.number % HUNDRED == 0.0 && q.number > HUNDRED;
    let alone = q.written == Written::Words && q.scale.is_none() && terms[i].after.is_none() && q.number < 10.0;
    if alone && next.is_some_and(|next| hundreds(next) && q.number * HUNDRED < next.number) { HUNDRED } else { 1.0 }
}

/// Sums told with a few digits come out exact: 1.2 × 1e6 would not.
fn round(value: f64) -> f64 {
    const PARTS: f64 = 1e4;
    if value.abs() < 1e15 { (value * PARTS).round() / PARTS } else { value.round() }
}

/// What joins the ends of a range or the terms of a comparison: `à`, `et`, a dash, `jusqu'à`, `, contre`, a comma.
fn skip_connector(text: &str, at: usize) -> Option<(Link, usize)> {
    const WORDS: [(&str, Link); 14] = [
        ("à", Link::Range),
        ("et", Link::Word),
        ("ou", Link::Word),
        ("to", Link::Range),
        ("and", Link::Word),
        ("or", Link::Word),
        ("jusqu'à", Link::Range),
        ("jusqu’à", Link::Range),
        ("voire", Link::Word),
        ("contre", Link::Word),
        ("puis", Link::Word),
        ("peut-être", Link::Word),
        ("ou même", Link::Word),
        ("against", Link::Word),
    ];
    let spaces = |at: usize| at + text[at..].len() - text[at..].trim_start_matches(is_space).len();
    let dash = spaces(at);
    if let Some(rest) = text[dash..].strip_prefix(['–', '-', '—', '/']) {
        return Some((Link::Range, spaces(text.len() - rest.len())));
    }
    let comma = text[dash..].starts_with(", ").then(|| dash + 2);
    let from = comma.unwrap_or_else(|| skip_gap(text, at));
    let word = WORDS.into_iter().filter(|(w, _)| text[from..].starts_with(w)).max_by_key(|(w, _)| w.len());
    match word {
        Some((word, link)) if text[from + word.len()..].starts_with(is_space) => {
            Some((link, skip_gap(text, from + word.len())))
        }
        _ => comma.map(|at| (Link::Comma, at)),
    }
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
        rest => currency::at(rest, 0).filter(|c| c.end == rest.len()).map(|c| (value, Some(c.code))),
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

    #[track_caller]
    fn values(text: &str, expected: &[(f64, &str)]) {
        let found: Vec<(f64, &str)> = find(text).iter().map(|a| (a.value, a.currency)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn every_scale_is_read_before_every_kind_of_currency() {
        let thousands = [("k", 1e3), ("K", 1e3), ("mille", 1e3)];
        let millions = [("M", 1e6), ("m", 1e6), ("Mio", 1e6), ("mn", 1e6), ("million", 1e6), ("millions", 1e6)];
        let milliards =
            [("Md", 1e9), ("Mds", 1e9), ("mds", 1e9), ("Mrd", 1e9), ("Mia", 1e9), ("bn", 1e9), ("milliards", 1e9)];
        for (scale, factor) in thousands.into_iter().chain(millions).chain(milliards) {
            for space in [" ", "\u{a0}", "\u{202f}", "\n"] {
                values(&format!("Le total : 3{space}{scale}{space}€ net"), &[(3.0 * factor, "EUR")]);
                values(&format!("Le total : 3{space}{scale} d’euros net"), &[(3.0 * factor, "EUR")]);
                values(&format!("Le total : 3{space}{scale} CHF net"), &[(3.0 * factor, "CHF")]);
            }
        }
        for (scale, factor) in millions.into_iter().chain(milliards).filter(|(scale, _)| scale.len() < 3) {
            values(&format!("$3.2{scale} now"), &[(3.2 * factor, "USD")]);
            values(&format!("3 {scale}USD net"), &[(3.0 * factor, "USD")]);
        }
    }

    #[test]
    fn a_country_tells_currencies_of_one_name_apart() {
        let rows = [
            ("dollars canadiens", "CAD"),
            ("dollars de Hong Kong", "HKD"),
            ("nouveaux dollars taïwanais", "TWD"),
            ("Australian dollars", "AUD"),
            ("couronnes tchèques", "CZK"),
            ("livres turques", "TRY"),
            ("livres", "GBP"),
            ("francs suisses", "CHF"),
            ("francs CFA", "XOF"),
            ("roupies indonésiennes", "IDR"),
            ("pesos argentins", "ARS"),
            ("dinars tunisiens", "TND"),
        ];
        for (name, code) in rows {
            values(&format!("Le groupe a payé 30 millions de {name} au total."), &[(3e7, code)]);
        }
        values("À Oslo, une amende de 3 millions de couronnes frappe un opérateur norvégien.", &[(3e6, "NOK")]);
    }

    #[test]
    fn terms_of_a_list_share_what_one_of_them_is_given() {
        values("20, 30 ou 40 millions d'euros", &[(2e7, "EUR"), (3e7, "EUR"), (4e7, "EUR")]);
        values("$10-$15 billion", &[(1e10, "USD"), (1.5e10, "USD")]);
        values("de 500 000 à 1 million d'euros", &[(5e5, "EUR"), (1e6, "EUR")]);
        values("trois à quatre cents millions d'euros", &[(3e8, "EUR"), (4e8, "EUR")]);
        values("En 2024, 30 millions d'euros ; en 2025 et 40 M€ plus tard", &[(3e7, "EUR"), (4e7, "EUR")]);
        values("12 millions d'euros, contre 10 un an plus tôt", &[(1.2e7, "EUR")]);
    }

    #[test]
    fn cents_and_groups_are_told_from_other_digits() {
        values("2 euros 50, 12 € 30 par mois, un dollar et vingt cents", &[(2.5, "EUR"), (12.3, "EUR"), (1.2, "USD")]);
        values("30 euros 12 mois", &[(30.0, "EUR")]);
        values(
            "USD 250,000 ; 12.500 euros ; 1,879 € le litre",
            &[(250_000.0, "USD"), (12_500.0, "EUR"), (1.879, "EUR")],
        );
    }

    #[test]
    fn a_loss_has_the_value_that_is_lost() {
        values("un résultat de -3 M€", &[(3e6, "EUR")]);
    }

    #[test]
    fn signs_and_names_of_something_else_are_no_money() {
        values("awk '{print $3}' ; un dollar fort ; un franc succès ; l'EUR/USD à 1,08 ; PHP 8.3 ; la COP 28", &[]);
        values("2 millions de livres numérisés ; 180 pounds heavier ; deux euro-obligations", &[]);
        values("des centaines de millions d'euros", &[]);
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
        for part in ["dev", "held", "blind"] {
            let (mut right, mut found_all, mut wanted_all) = (0, 0, 0);
            for line in include_str!("../../tests/labelled/amounts.jsonl").lines() {
                let row: serde_json::Value = serde_json::from_str(line).unwrap();
                if row["part"] != part {
                    continue;
                }
                let found = find(row["text"].as_str().unwrap());
                let wanted = row["want"].as_array().unwrap();
                found_all += found.len();
                wanted_all += wanted.len();
                let same = |w: &serde_json::Value, a: &Amount| {
                    w[0].as_f64().is_some_and(|v| (v / a.value - 1.0).abs() < 1e-9) && w[1] == a.currency
                };
                right += wanted.iter().filter(|w| found.iter().any(|a| same(w, a))).count();
            }
            let f1 = 2.0 * right as f64 / (found_all + wanted_all) as f64;
            println!("amounts {part}: F1 {f1:.3}");
            assert!(f1 >= 0.97, "{part}: {f1}");
        }
    }
}
