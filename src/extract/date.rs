//! Reads the dates that newsrooms write, and the partial dates of queries.
//!
//! Text comes in, a day goes out; the day is the one printed, in its own time zone, never converted.
//!
//! ```
//! use veille::extract::date;
//! assert_eq!(date::find("Publié le vendredi 22 août 2025 à 10h30").unwrap().to_string(), "2025-08-22");
//! assert_eq!(date::find("il y a 3 jours"), None);
//! let (first, last) = date::period("2025-02").unwrap();
//! assert_eq!((first.to_string(), last.to_string()), ("2025-02-01".into(), "2025-02-28".into()));
//! ```
//!
//! It reads no clock: a relative date stays unknown.

use crate::article::Date;

/// Years that can be those of a news item: earlier and later numbers are phone numbers, prices, identifiers.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// A two-digit year up to this one is of the 2000s: `25` is 2025, `98` is 1998.
const LAST_SHORT_YEAR: i16 = 69;

/// Seconds since 1970 are taken for a date between these bounds (September 2001 and November 2286: ten digits).
const EPOCH_SECONDS: std::ops::Range<i64> = 1_000_000_000..10_000_000_000;

/// Returns the first day written in `text`, in any usual form: ISO 8601, RFC 2822, « 22 août 2025 »,
/// `22/08/2025` (day first), `August 22, 2025`, seconds since 1970.
pub fn find(text: &str) -> Option<Date> {
    let parts = parts(text);
    epoch(text.trim()).or_else(|| (0..parts.len()).find_map(|i| at(&parts[i..])))
}

/// Returns the day that a web address carries in its path (`/2025/08/22/`, `-20250822-`, `/2025-08-22-`).
pub fn in_url(url: &str) -> Option<Date> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    in_name(path.split(['?', '#']).next().unwrap_or_default())
}

/// Returns the day that a file name carries, year first (`2025-08-22-accord.md`, `afp_20250822.xml`).
pub fn in_name(name: &str) -> Option<Date> {
    let parts = parts(name);
    (0..parts.len()).find_map(|i| year_first(&parts[i..]))
}

/// Returns the first and the last day of `2025`, `2025-08` or `2025-08-22`.
pub fn period(text: &str) -> Option<(Date, Date)> {
    let mut numbers = text.trim().split('-').map(|part| part.parse::<i16>().ok().filter(|_| part.len() >= 2));
    let year = numbers.next()?.filter(|year| YEARS.contains(year))?;
    let month = numbers.next();
    let day = numbers.next();
    match (month, day, numbers.next()) {
        (None, ..) => Some((date(year, 1, 1)?, date(year, 12, 31)?)),
        (Some(month), None, _) => date(year, month?, 1).map(|first| (first, first.last_of_month())),
        (Some(month), Some(day), None) => date(year, month?, day?).map(|day| (day, day)),
        _ => None,
    }
}

/// A run of digits or of letters, with the characters that stand before it.
#[derive(Debug)]
struct Part<'a> {
    before: &'a str,
    word: &'a str,
}

impl Part<'_> {
    fn number(&self, lengths: std::ops::RangeInclusive<usize>) -> Option<i16> {
        let digits = self.word.bytes().all(|b| b.is_ascii_digit()) && lengths.contains(&self.word.len());
        digits.then(|| self.word.parse().ok()).flatten()
    }

    fn year(&self) -> Option<i16> {
        self.number(4..=4).filter(|year| YEARS.contains(year))
    }

    fn follows(&self, separators: &[&str]) -> bool {
        separators.contains(&self.before)
    }
}

/// Dates are read near the head of a text: past this many parts there is none to expect.
const MAX_PARTS: usize = 64;

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        if !first.is_alphanumeric() {
            continue;
        }
        let digits = first.is_ascii_digit();
        while chars.next_if(|(_, c)| c.is_alphanumeric() && c.is_ascii_digit() == digits).is_some() {}
        let stop = chars.peek().map_or(text.len(), |(at, _)| *at);
        parts.push(Part { before: &text[end..start], word: &text[start..stop] });
        if parts.len() == MAX_PARTS {
            break;
        }
        end = stop;
    }
    parts
}

fn at(parts: &[Part<'_>]) -> Option<Date> {
    year_first(parts).or_else(|| day_month_name(parts)).or_else(|| month_name_day(parts)).or_else(|| day_first(parts))
}

/// `2025-08-22`, `2025/08/22`, `2025.08.22`, `20250822`; what follows (`T10:30+02:00`) is not looked at.
fn year_first(parts: &[Part<'_>]) -> Option<Date> {
    if let Some(day) = compact(parts[0].word) {
        return Some(day);
    }
    let [year, month, day, ..] = parts else { return None };
    let separators: &[&str] = &["-", "/", ".", "_"];
    if !month.follows(separators) || !day.follows(separators) {
        return None;
    }
    date(year.year()?, month.number(1..=2)?, day.number(1..=2)?)
}

fn compact(word: &str) -> Option<Date> {
    if word.len() != 8 || !word.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| word[range].parse::<i16>().ok();
    date(number(0..4).filter(|year| YEARS.contains(year))?, number(4..6)?, number(6..8)?)
}

/// `22 août 2025`, `1er janvier 2025`, `Fri, 22 Aug 2025`, `22-Aug-25`.
fn day_month_name(parts: &[Part<'_>]) -> Option<Date> {
    let day = parts[0].number(1..=2)?;
    let ordinal = ["er", "st", "nd", "rd", "th"].contains(&parts.get(1)?.word) && parts[1].before.is_empty();
    let rest = &parts[1 + usize::from(ordinal)..];
    let month = month(rest.first()?.word)?;
    let year = rest.get(1)?;
    let short = || year.number(2..=2).filter(|_| year.follows(&["-", " ", "/"])).map(full_year);
    // `22 août à 10h30` has no year, and 10 is not one.
    date(year.year().or_else(short)?, month, day)
}

/// `August 22, 2025`, `Aug 22nd 2025`.
fn month_name_day(parts: &[Part<'_>]) -> Option<Date> {
    let month = month(parts[0].word)?;
    let day = parts.get(1)?.number(1..=2)?;
    let ordinal = ["st", "nd", "rd", "th"].contains(&parts.get(2)?.word) && parts[2].before.is_empty();
    date(parts.get(2 + usize::from(ordinal))?.year()?, month, day)
}

/// `22/08/2025`, `22.08.2025`, `22-08-25`; month first only where the day cannot be a month.
fn day_first(parts: &[Part<'_>]) -> Option<Date> {
    let [first, second, year, ..] = parts else { return None };
    let same = second.before == year.before && second.follows(&["/", ".", "-"]);
    let (first, second) = (first.number(1..=2)?, second.number(1..=2)?);
    let year = year.year().or_else(|| year.number(2..=2).map(full_year)).filter(|_| same)?;
    date(year, second, first).or_else(|| date(year, first, second))
}

fn full_year(short: i16) -> i16 {
    if short <= LAST_SHORT_YEAR { 2000 + short } else { 1900 + short }
}

/// Months in full, folded, in both languages, January first.
const MONTHS: [(&str, &str); 12] = [
    ("janvier", "january"),
    ("fevrier", "february"),
    ("mars", "march"),
    ("avril", "april"),
    ("mai", "may"),
    ("juin", "june"),
    ("juillet", "july"),
    ("aout", "august"),
    ("septembre", "september"),
    ("octobre", "october"),
    ("novembre", "november"),
    ("decembre", "december"),
];

/// The month of a name in full or of its beginning (`sept`, `Aug`), from three letters on; « marsouin » is none.
fn month(word: &str) -> Option<i16> {
    let folded: String = word.to_lowercase().chars().map(fold).collect();
    let begins = |name: &str| folded.len() >= 3 && name.starts_with(&folded);
    let index = MONTHS.iter().position(|(french, english)| begins(french) || begins(english))?;
    // « jui » could be June or July: no one writes it.
    (folded != "jui").then_some(index as i16 + 1)
}

fn fold(c: char) -> char {
    match c {
        'é' | 'è' => 'e',
        'û' => 'u',
        c => c,
    }
}

fn epoch(text: &str) -> Option<Date> {
    let number: i64 = text.parse().ok()?;
    let seconds = if text.len() == 13 { number / 1000 } else { number };
    let moment = jiff::Timestamp::from_second(seconds).ok().filter(|_| EPOCH_SECONDS.contains(&seconds))?;
    Some(moment.to_zoned(jiff::tz::TimeZone::UTC).date())
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn case(text: &str, expected: &str) {
        assert_eq!(find(text).map(|day| day.to_string()).unwrap_or_default(), expected, "{text}");
    }

    #[test]
    fn forms_of_a_day() {
        for text in [
            "2025-08-22",
            "2025-08-22T10:30:00Z",
            "2025-08-22 23:59:59 -0700",
            "2025-08-22T00:10:00+02:00",
            "20250822",
            "20250822T103000Z",
            "2025/08/22",
            "2025.08.22",
            "Fri, 22 Aug 2025 10:30:00 +0200",
            "22 Aug 2025 10:30 GMT",
            "22 août 2025",
            "vendredi 22 août 2025 à 10h30",
            "Publié le 22/08/2025 à 10:30",
            "22-08-2025",
            "22.08.2025",
            "22/08/25",
            "le 22 AOÛT 2025",
            "22 aout 2025",
            "August 22, 2025",
            "Aug 22nd, 2025",
            "08/22/2025",
            "1755858600",
            "1755858600000",
            "Paris, le 22 août 2025 (AFP)",
            "22\u{a0}août\u{a0}2025",
        ] {
            case(text, "2025-08-22");
        }
    }

    #[test]
    fn months() {
        case("1er janvier 2025", "2025-01-01");
        case("1er févr. 2024", "2024-02-01");
        case("29 février 2024", "2024-02-29");
        case("3 juil. 2025", "2025-07-03");
        case("14 déc. 2025", "2025-12-14");
        case("5 sept. 2025", "2025-09-05");
        case("30 juin 2025", "2025-06-30");
        case("11-Nov-99", "1999-11-11");
        case("7 oct 2023", "2023-10-07");
    }

    #[test]
    fn what_is_no_day() {
        for text in [
            "",
            "il y a 3 jours",
            "hier à 10h30",
            "22 août",
            "22 août à 10h30",
            "2025",
            "août 2025",
            "30 février 2025",
            "12 marsouins 2025",
            "06 12 34 56 78",
            "12345678",
            "99/99/9999",
            "1,5 million en 2024",
            "3-2-1",
        ] {
            case(text, "");
        }
    }

    #[test]
    fn addresses_and_names() {
        let url = |text| in_url(text).map(|day| day.to_string()).unwrap_or_default();
        assert_eq!(url("https://exemple.fr/tech/2025/08/22/accord-cloud_123.html"), "2025-08-22");
        assert_eq!(url("https://exemple.fr/accord-20250822-ABC.html"), "2025-08-22");
        assert_eq!(url("https://exemple.fr/2025/08/accord-22.html"), "");
        assert_eq!(url("https://exemple.fr/a?jour=2025-08-22"), "");
        let name = |text| in_name(text).map(|day| day.to_string()).unwrap_or_default();
        assert_eq!(name("press/2025-08-22-accord.md"), "2025-08-22");
        assert_eq!(name("afp_20250822_103000.xml"), "2025-08-22");
        assert_eq!(name("article-12-08-2025-v2.md"), "");
    }

    #[test]
    fn periods() {
        let row = |text: &str| period(text).map(|(a, b)| format!("{a} {b}")).unwrap_or_default();
        assert_eq!(row("2025"), "2025-01-01 2025-12-31");
        assert_eq!(row("2024-02"), "2024-02-01 2024-02-29");
        assert_eq!(row("2025-08-22"), "2025-08-22 2025-08-22");
        for text in ["", "25", "2025-13", "2025-8-22", "2025-08-22-01", "2025-", "-2025", "août", "2025-02-30"] {
            assert_eq!(row(text), "", "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = (find(&text), in_url(&text), in_name(&text), period(&text));
        }

        #[test]
        fn every_day_is_read_back(days in 0i32..70_000) {
            let day = Date::constant(1905, 1, 1).saturating_add(jiff::Span::new().days(days));
            prop_assert_eq!(find(&day.to_string()), Some(day));
            prop_assert_eq!(period(&day.to_string()), Some((day, day)));
            let slashed = format!("{}/{}/{}", day.day(), day.month(), day.year());
            prop_assert_eq!(find(&slashed), Some(day));
        }
    }
}
