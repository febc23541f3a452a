//! Reads partial dates: a year, a month or a day, as the first or the last day that it covers.

use crate::article::Date;
use crate::error::{Error, Result};

/// The first day of `2025`, `2025-08` or `2025-08-22`.
///
/// # Errors
///
/// [`Error::Usage`] if `text` is none of these.
pub fn since(text: &str) -> Result<Date> {
    days(text).map(|(first, _)| first).ok_or_else(|| not_a_date(text))
}

/// The last day of `2025`, `2025-08` or `2025-08-22`.
///
/// # Errors
///
/// [`Error::Usage`] if `text` is none of these.
pub fn until(text: &str) -> Result<Date> {
    days(text).map(|(_, last)| last).ok_or_else(|| not_a_date(text))
}

/// The days of `2025-08..2025-10`, `2025`, `2025-08..`, `..2025`: the first and the last, where there is one.
pub(super) fn range(text: &str) -> Option<(Option<Date>, Option<Date>)> {
    let Some((from, to)) = text.split_once("..") else {
        return days(text).map(|(first, last)| (Some(first), Some(last)));
    };
    let first = if from.is_empty() { None } else { Some(days(from)?.0) };
    let last = if to.is_empty() { None } else { Some(days(to)?.1) };
    (first.is_some() || last.is_some()).then_some((first, last))
}

fn days(text: &str) -> Option<(Date, Date)> {
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4)?;
    let (month, day) = (parts.next(), parts.next());
    if parts.next().is_some() {
        return None;
    }
    let first_month = month.map_or(Some(1), |month| number(month, 2))?;
    let first_day = day.map_or(Some(1), |day| number(day, 2))?;
    let first = Date::new(year, i8::try_from(first_month).ok()?, i8::try_from(first_day).ok()?).ok()?;
    let last = match (month, day) {
        (None, _) => first.last_of_year(),
        (_, None) => first.last_of_month(),
        _ => first,
    };
    Some((first, last))
}

fn number(digits: &str, length: usize) -> Option<i16> {
    let well_formed = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| digits.parse().expect("at most four digits"))
}

fn not_a_date(text: &str) -> Error {
    Error::Usage(format!("date incomprise : {text} (écrivez 2025, 2025-08 ou 2025-08-22)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, first: &str, last: &str) {
        let shown = |date: Result<Date>| date.map_or_else(|error| error.to_string(), |date| date.to_string());
        assert_eq!((shown(since(text)), shown(until(text))), (first.into(), last.into()));
    }

    #[test]
    fn partial_dates() {
        case("2025", "2025-01-01", "2025-12-31");
        case("2024-02", "2024-02-01", "2024-02-29");
        case("2025-08-22", "2025-08-22", "2025-08-22");
    }

    #[test]
    fn what_is_no_date() {
        for text in ["", "hier", "25", "2025-8", "2025-13", "2025-02-30", "2025-08-22-1", "+202", "2025-+1", "２０２５"]
        {
            assert!(since(text).is_err() && range(text).is_none(), "{text}");
        }
        assert_eq!(
            since("hier").unwrap_err().to_string(),
            "date incomprise : hier (écrivez 2025, 2025-08 ou 2025-08-22)"
        );
        assert_eq!(range(".."), None);
        assert_eq!(range("2025..2026..2027"), None);
    }

    #[test]
    fn ranges() {
        let day = |text| Some(since(text).unwrap());
        assert_eq!(range("2025-08..2025-10"), Some((day("2025-08-01"), day("2025-10-31"))));
        assert_eq!(range("2025-08.."), Some((day("2025-08-01"), None)));
        assert_eq!(range("..2025"), Some((None, day("2025-12-31"))));
    }
}
