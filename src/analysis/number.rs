//! Numbers: `1 000` is `1000`, `1,7` is `1.7`, `dix` before a magnitude is `10`, `Md` after a number is `milliards`.

use super::scan::{AtomKind, Atoms, Gap};

/// A number read from some atoms: its canonical spelling and the index of the first atom after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    pub form: String,
    pub next: usize,
}

/// The most atoms that one number takes; longer ones are lists.
const MAX_ATOMS: usize = 8;

/// Reads a number of several atoms in digits (`1 000`, `1,7`, `1.2.3`, `gpt4.5`) at `first`.
pub(super) fn in_digits(atoms: &Atoms, first: usize) -> Option<Number> {
    if !ends_with_digit(atoms.form(first)) || !followed_by_digits(atoms, first) {
        return None;
    }
    thousands(atoms, first).or_else(|| dotted(atoms, first))
}

/// Reads a number in words at `first`: of several words, or of one before a magnitude or a percentage.
pub(super) fn in_words(atoms: &Atoms, first: usize) -> Option<Number> {
    word_value(atoms.form(first))?;
    let (value, next) = sum_words(atoms, first)?;
    let counts = next - first > 1 || is_magnitude_at(atoms, next) || is_percent_at(atoms, next);
    counts.then(|| Number { form: value.to_string(), next })
}

/// The magnitude that the atom at `index`, standing after a number or before a currency, abbreviates.
pub(super) fn magnitude(atoms: &Atoms, index: usize) -> Option<&'static str> {
    if !atoms.form(index).starts_with('m') {
        return None;
    }
    match atoms.form(index) {
        "md" | "mds" | "mrd" | "mrds" => Some("milliards"),
        "m" if is_currency_at(atoms, index + 1) => Some("millions"),
        _ => None,
    }
}

/// Whether `k` before a currency stands at `index`.
pub(super) fn is_kilo(atoms: &Atoms, index: usize) -> bool {
    atoms.list.get(index).is_some_and(|a| matches!(a.gap, Gap::None | Gap::Space))
        && atoms.form(index) == "k"
        && is_currency_at(atoms, index + 1)
}

/// A canonical number times a thousand, where it has no more than three decimals.
pub(super) fn times_thousand(form: &str) -> Option<String> {
    let (whole, decimals) = form.split_once('.').unwrap_or((form, ""));
    let plain = decimals.len() <= 3 && decimals.bytes().all(|b| b.is_ascii_digit());
    plain
        .then(|| format!("{}{decimals:0<3}", whole.trim_start_matches('0')))
        .map(|n| n.trim_start_matches('0').to_owned())
        .filter(|n| !n.is_empty())
}

/// The currency that a code after a number stands for.
pub(super) fn currency(form: &str) -> Option<&'static str> {
    match form {
        "eur" => Some("euros"),
        "usd" => Some("dollars"),
        "gbp" => Some("livres"),
        _ => None,
    }
}

/// Whether `pour cent` stands at `index`.
pub(super) fn is_per_cent(atoms: &Atoms, index: usize) -> bool {
    index + 1 < atoms.list.len()
        && atoms.form(index) == "pour"
        && atoms.form(index + 1) == "cent"
        && is_blank(atoms.list[index + 1].gap)
}

pub(super) fn is_blank(gap: Gap) -> bool {
    matches!(gap, Gap::Space | Gap::Blank)
}

/// Whether a word begins as one of the number words does, by two letters of it, and is as long.
pub(super) fn may_be_word(form: &[u8]) -> bool {
    match form {
        [b'u', b'n'] | [b'u', b'n', b'e'] => true,
        [first, second, _, ..] if form.len() <= "cinquante".len() => matches!(
            [*first, *second],
            [b'd', b'e' | b'i' | b'o']
                | [b't', b'r']
                | [b'q', b'u']
                | [b'c', b'i' | b'e']
                | [b's', b'i' | b'e' | b'o']
                | [b'h', b'u']
                | [b'n', b'e' | b'o']
                | [b'o', b'n' | b'c']
                | [b'v', b'i']
                | [b'm', b'i']
        ),
        _ => false,
    }
}

/// The value of a number word of French.
pub(super) fn word_value(form: &str) -> Option<u32> {
    // Nearly every word is out at once.
    if !may_be_word(form.as_bytes()) {
        return None;
    }
    Some(match form {
        "un" | "une" => 1,
        "deux" => 2,
        "trois" => 3,
        "quatre" => 4,
        "cinq" => 5,
        "six" => 6,
        "sept" => 7,
        "huit" => 8,
        "neuf" => 9,
        "dix" => 10,
        "onze" => 11,
        "douze" => 12,
        "treize" => 13,
        "quatorze" => 14,
        "quinze" => 15,
        "seize" => 16,
        "vingt" | "vingts" => 20,
        "trente" => 30,
        "quarante" => 40,
        "cinquante" => 50,
        "soixante" => 60,
        "septante" => 70,
        "huitante" | "octante" => 80,
        "nonante" => 90,
        "cent" | "cents" => 100,
        "mille" => 1000,
        _ => return None,
    })
}

/// A small number in digits for one in words, and the other way round.
pub(super) fn other_spelling(form: &str) -> Option<String> {
    const WORDS: [&str; 16] = [
        "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze",
        "quinze", "seize", "vingt",
    ];
    const MORE: [&str; 6] = ["trente", "quarante", "cinquante", "soixante", "cent", "mille"];
    let mut words = WORDS.iter().chain(&MORE);
    if form.bytes().all(|b| b.is_ascii_digit()) {
        return words.find(|word| word_value(word).is_some_and(|v| v.to_string() == form)).map(|w| (*w).to_owned());
    }
    words.find(|word| **word == form).and_then(|word| word_value(word)).map(|value| value.to_string())
}

fn ends_with_digit(form: &str) -> bool {
    form.as_bytes().last().is_some_and(u8::is_ascii_digit)
}

fn followed_by_digits(atoms: &Atoms, index: usize) -> bool {
    atoms.list.get(index + 1).is_some_and(|a| {
        a.kind == AtomKind::Digits && matches!(a.gap, Gap::Space | Gap::Dot | Gap::Comma | Gap::Apostrophe)
    })
}

/// Groups of three digits: by spaces, or by two or more points or commas, or by one of these before `000`.
fn thousands(atoms: &Atoms, first: usize) -> Option<Number> {
    let head = atoms.form(first);
    if atoms.list[first].kind != AtomKind::Digits || head.len() > 3 || head.starts_with('0') {
        return None;
    }
    let gap = atoms.list[first + 1].gap;
    let end = (first + 1..atoms.list.len().min(first + MAX_ATOMS))
        .find(|&i| atoms.list[i].gap != gap || atoms.list[i].kind != AtomKind::Digits || atoms.form(i).len() != 3)
        .unwrap_or(atoms.list.len().min(first + MAX_ATOMS));
    let groups = end - first - 1;
    let clear = match gap {
        Gap::Space | Gap::Apostrophe => groups > 0,
        _ => groups > 1 || groups == 1 && atoms.form(first + 1) == "000",
    };
    if !clear {
        return None;
    }
    let whole = (first..end).map(|i| atoms.form(i)).collect::<String>();
    Some(with_decimals(atoms, whole, end, gap))
}

/// The decimals of a number grouped by `gap`, where another mark and digits follow.
fn with_decimals(atoms: &Atoms, whole: String, next: usize, gap: Gap) -> Number {
    match atoms.list.get(next) {
        Some(a) if a.kind == AtomKind::Digits && a.gap != gap && matches!(a.gap, Gap::Comma | Gap::Dot) => {
            Number { form: format!("{whole}.{}", atoms.form(next)), next: next + 1 }
        }
        _ => Number { form: whole, next },
    }
}

/// Digits joined by points (`1.2.3`), or by one comma (`1,7`), which is then a point.
fn dotted(atoms: &Atoms, first: usize) -> Option<Number> {
    let gap = atoms.list[first + 1].gap;
    let longest = match gap {
        Gap::Comma => 2,
        Gap::Dot => MAX_ATOMS,
        _ => return None,
    };
    let mut form = atoms.form(first).to_owned();
    let mut next = first + 1;
    while next < atoms.list.len().min(first + longest)
        && atoms.list[next].gap == gap
        && atoms.list[next].kind == AtomKind::Digits
    {
        form.push('.');
        form.push_str(atoms.form(next));
        next += 1;
    }
    Some(Number { form, next })
}

/// Adds up the number words from `first` on, as far as they make one number.
fn sum_words(atoms: &Atoms, first: usize) -> Option<(u32, usize)> {
    let mut sum = Sum::default();
    let mut next = first;
    while next < atoms.list.len().min(first + MAX_ATOMS) {
        let joined = next == first || matches!(atoms.list[next].gap, Gap::Space | Gap::Blank | Gap::Hyphen);
        let skip = usize::from(next > first && joined && atoms.form(next) == "et");
        let Some(value) = atoms.list.get(next + skip).and_then(|_| word_value(atoms.form(next + skip))) else { break };
        if !joined || skip == 1 && !matches!(value, 1 | 11) || is_per_cent_tail(atoms, next, first) || !sum.add(value) {
            break;
        }
        next += skip + 1;
    }
    (next > first).then(|| (sum.total(), next))
}

/// Whether the `cent` at `index` belongs to `pour cent`.
fn is_per_cent_tail(atoms: &Atoms, index: usize, first: usize) -> bool {
    index == first && index > 0 && is_per_cent(atoms, index - 1)
}

/// A number growing word by word; each level only takes what is smaller than the last.
#[derive(Default)]
struct Sum {
    thousands: u32,
    hundreds: u32,
    below: u32,
    /// The last word's value; a following one must fit under it.
    last: u32,
}

impl Sum {
    /// Adds one word and tells whether it fits.
    fn add(&mut self, value: u32) -> bool {
        let fits = match value {
            1000 => self.shift_thousands(),
            100 => self.shift_hundreds(),
            20 if self.last == 4 && self.below == 4 => {
                self.below = 80;
                true
            }
            _ => self.add_below(value),
        };
        self.last = if fits { value } else { self.last };
        fits
    }

    fn shift_thousands(&mut self) -> bool {
        let fits = self.thousands == 0 && (self.last == 0 || self.small() > 1);
        if fits {
            self.thousands = self.small().max(1);
            (self.hundreds, self.below) = (0, 0);
        }
        fits
    }

    fn shift_hundreds(&mut self) -> bool {
        let fits = self.hundreds == 0 && (self.below == 0 || (2..10).contains(&self.below));
        if fits {
            self.hundreds = self.below.max(1);
            self.below = 0;
        }
        fits
    }

    /// A unit after a ten (`vingt cinq`, `soixante douze`), `dix` before `sept` to `neuf`, or a first small word.
    fn add_below(&mut self, value: u32) -> bool {
        let fits = match self.below {
            0 => true,
            10 => (7..10).contains(&value),
            60 | 80 => value < 20,
            20 | 30 | 40 | 50 | 70 | 90 => value < 10,
            _ => false,
        };
        let teen = matches!(self.below, 70 | 90) && self.last == 10 && (7..10).contains(&value);
        let fits = fits && (self.last != 10 || teen || self.below == 10);
        self.below += if fits { value } else { 0 };
        fits
    }

    fn small(&self) -> u32 {
        self.hundreds * 100 + self.below
    }

    fn total(&self) -> u32 {
        self.thousands * 1000 + self.small()
    }
}

fn is_magnitude_at(atoms: &Atoms, index: usize) -> bool {
    atoms.list.get(index).is_some_and(|a| is_blank(a.gap))
        && (matches!(atoms.form(index), "million" | "millions" | "milliard" | "milliards" | "billion" | "billions")
            || magnitude(atoms, index).is_some())
}

fn is_percent_at(atoms: &Atoms, index: usize) -> bool {
    atoms.list.get(index).is_some_and(|a| a.kind == AtomKind::Percent || is_blank(a.gap) && is_per_cent(atoms, index))
}

fn is_currency_at(atoms: &Atoms, index: usize) -> bool {
    atoms.list.get(index).is_some_and(|a| {
        matches!(a.gap, Gap::None | Gap::Space)
            && (a.kind == AtomKind::Currency || currency(atoms.form(index)).is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> Atoms {
        let mut atoms = Atoms::default();
        atoms.scan(text);
        atoms
    }

    #[track_caller]
    fn digits(text: &str, expected: Option<&str>) {
        assert_eq!(in_digits(&scan(text), 0).map(|n| n.form).as_deref(), expected, "{text}");
    }

    #[track_caller]
    fn words(text: &str, expected: Option<(&str, usize)>) {
        let number = in_words(&scan(text), 0);
        assert_eq!(number.as_ref().map(|n| (n.form.as_str(), n.next)), expected, "{text}");
    }

    #[test]
    fn every_number_word_has_its_value() {
        let small =
            ["deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize"];
        assert_eq!(small.map(word_value), std::array::from_fn(|n| Some(n as u32 + 2)));
        let tens = ["dix", "vingt", "trente", "quarante", "cinquante", "soixante", "septante", "huitante", "nonante"];
        assert_eq!(tens.map(word_value), std::array::from_fn(|n| Some(10 * (n as u32 + 1))));
        let others = ["un", "une", "quatorze", "quinze", "seize", "vingts", "octante", "cent", "cents", "mille"];
        let values = [1, 1, 14, 15, 16, 20, 80, 100, 100, 1000];
        assert_eq!(others.map(word_value), values.map(Some));
        assert_eq!(["", "u", "de", "unes", "qui", "million"].map(word_value), [None; 6]);
    }

    #[test]
    fn numbers_in_digits() {
        digits("1 000 salariés", Some("1000"));
        digits("12\u{202F}500\u{A0}000", Some("12500000"));
        digits("1 234,5", Some("1234.5"));
        digits("1,7 milliard", Some("1.7"));
        digits("1.7", Some("1.7"));
        digits("1,000", Some("1000"));
        digits("1.234.567", Some("1234567"));
        digits("GPT4.5", Some("gpt4.5"));
        digits("3.10.2", Some("3.10.2"));
        digits("2025 100 personnes", None);
        digits("10", None);
        digits("en 2025, 100 salariés", None);
    }

    #[test]
    fn numbers_in_words() {
        words("dix milliards", Some(("10", 1)));
        words("dix pour cent", Some(("10", 1)));
        words("dix salariés", None);
        words("vingt-cinq pays", Some(("25", 2)));
        words("vingt et un jours", Some(("21", 3)));
        words("soixante et onze", Some(("71", 3)));
        words("quatre-vingt-dix-sept", Some(("97", 4)));
        words("soixante-dix-huit", Some(("78", 3)));
        words("deux mille trois cents", Some(("2300", 4)));
        words("deux cent cinquante mille euros", Some(("250000", 4)));
        words("mille deux cents", Some(("1200", 3)));
        words("deux trois", None);
        words("un et deux", None);
        words("cent millions", Some(("100", 1)));
    }
}
