//! Second step: atoms → units, the words proper: elisions gone, acronyms, numbers and amounts put together.

use super::elision::{self, Apostrophe};
use super::number;
use super::scan::{Atom, AtomKind, Atoms, Gap, Slice, is_apostrophe};

/// A word, with its normalised spelling and whether a hyphen joins it to the one before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    pub start: usize,
    pub end: usize,
    pub form: Slice,
    pub hyphenated: bool,
}

/// Replaces the content of `units` by the words that `atoms` make.
pub(super) fn compose(text: &str, atoms: &mut Atoms, units: &mut Vec<Unit>) {
    units.clear();
    let mut composer = Composer { text, atoms, units, after_number: false, hyphen_pending: false };
    let mut next = 0;
    while next < composer.atoms.list.len() {
        next = composer.step(next);
    }
}

struct Composer<'a> {
    text: &'a str,
    atoms: &'a mut Atoms,
    units: &'a mut Vec<Unit>,
    /// The last unit is a number or a magnitude: what follows may be its unit.
    after_number: bool,
    /// An elided word was left out after a hyphen (`main-d'œuvre`).
    hyphen_pending: bool,
}

impl Composer<'_> {
    /// Makes a unit of the atoms from `at` on and returns the index of the first atom not used.
    fn step(&mut self, at: usize) -> usize {
        let atom = self.atoms.list[at];
        let counted = self.after_number && matches!(atom.gap, Gap::None | Gap::Space | Gap::Blank | Gap::Apostrophe);
        self.after_number = false;
        match atom.kind {
            AtomKind::Percent => self.percent(at, counted),
            AtomKind::Currency => self.currency(at, counted),
            AtomKind::Digits | AtomKind::Mixed => self.number(at),
            AtomKind::Letters if !counted && self.is_plain(at) => self.word(at),
            AtomKind::Letters => {
                if let Some(next) = self.counted(at, counted) {
                    return next;
                }
                self.number_words(at).or_else(|| self.special(at)).unwrap_or_else(|| self.word(at))
            }
        }
    }

    /// Two words in three: a single space behind, and no number word. None of the rules for letters is of these.
    fn is_plain(&self, at: usize) -> bool {
        self.atoms.list.get(at + 1).is_some_and(|next| next.gap == Gap::Space)
            && !number::may_be_word(self.atoms.bytes(at))
    }

    fn percent(&mut self, at: usize, counted: bool) -> usize {
        if counted {
            self.push(at, at, self.atoms.list[at].form);
        }
        at + 1
    }

    /// A currency sign counts after a number or right before one (`$10`).
    fn currency(&mut self, at: usize, counted: bool) -> usize {
        let before = self
            .atoms
            .list
            .get(at + 1)
            .is_some_and(|a| matches!(a.gap, Gap::None | Gap::Space) && a.kind == AtomKind::Digits);
        if counted || before {
            self.push(at, at, self.atoms.list[at].form);
        }
        at + 1
    }

    fn number(&mut self, at: usize) -> usize {
        let found = number::in_digits(self.atoms, at);
        self.after_number = self.atoms.list[at].kind == AtomKind::Digits;
        let next = found.as_ref().map_or(at + 1, |number| number.next);
        if let Some(thousands) = self.thousands(at, next, found.as_ref().map(|number| number.form.as_str())) {
            return self.push_new(at, next, &thousands);
        }
        match found {
            Some(number) => self.push_new(at, number.next - 1, &number.form),
            None => self.push(at, at, self.atoms.list[at].form),
        }
    }

    /// The number of `100 k€` in full.
    fn thousands(&self, at: usize, next: usize, found: Option<&str>) -> Option<String> {
        let counted = self.after_number && number::is_kilo(self.atoms, next);
        counted.then(|| number::times_thousand(found.unwrap_or(self.atoms.form(at)))).flatten()
    }

    /// Words that mean something else after a number: `Md`, `M` before a currency, `EUR`, `pour cent`.
    fn counted(&mut self, at: usize, counted: bool) -> Option<usize> {
        let form = self.atoms.form(at);
        let short = form.len() <= 4;
        if counted && short && number::is_per_cent(self.atoms, at) {
            return Some(self.push_new(at, at + 1, "pourcent"));
        }
        if short
            && let Some(name) =
                number::magnitude(self.atoms, at).filter(|_| counted || form_before_currency(self.atoms, at))
        {
            self.after_number = true;
            return Some(self.push_new(at, at, name));
        }
        if counted
            && short
            && let Some(name) = number::currency(form)
        {
            return Some(self.push_new(at, at, name));
        }
        self.after_number = counted && matches!(form, "million" | "millions" | "milliard" | "milliards" | "d" | "de");
        None
    }

    fn number_words(&mut self, at: usize) -> Option<usize> {
        let number = number::in_words(self.atoms, at)?;
        self.after_number = true;
        Some(self.push_new(at, number.next - 1, &number.form))
    }

    /// Atoms that a mark ties together: acronyms, `AT&T`, elisions, `C++`.
    fn special(&mut self, at: usize) -> Option<usize> {
        if self.is_sharp(at) {
            return Some(self.sharp(at));
        }
        let gap = self.atoms.list.get(at + 1)?.gap;
        match gap {
            Gap::Dot => self.acronym(at),
            Gap::Ampersand => self.ampersand(at),
            Gap::Apostrophe => self.apostrophe(at),
            Gap::MiddleDot => self.inclusive(at),
            _ if self.is_left_elided(at) => Some(self.skip(at)),
            _ => None,
        }
    }

    fn word(&mut self, at: usize) -> usize {
        self.push(at, at, self.atoms.list[at].form)
    }

    /// `U.E.`, `S.A`: two or more single letters with dots between.
    fn acronym(&mut self, at: usize) -> Option<usize> {
        let length = self.atoms.list[at..]
            .iter()
            .enumerate()
            .take_while(|(i, a)| self.is_initial(a) && (*i == 0 || a.gap == Gap::Dot))
            .count();
        if length < 2 {
            return None;
        }
        let form: String = (at..at + length).map(|i| self.atoms.form(i)).collect();
        Some(self.push_new(at, at + length - 1, &form))
    }

    fn is_initial(&self, atom: &Atom) -> bool {
        atom.kind == AtomKind::Letters && self.atoms.slice(atom.form).chars().nth(1).is_none()
    }

    /// `AT&T`, `R&D`: short sides are one name, longer ones two words.
    fn ampersand(&mut self, at: usize) -> Option<usize> {
        let (first, second) = (self.atoms.form(at), self.atoms.form(at + 1));
        let short = first.len() <= MAX_AMPERSAND_SIDE && second.len() <= MAX_AMPERSAND_SIDE;
        let form = short.then(|| format!("{first}&{second}"))?;
        Some(self.push_new(at, at + 1, &form))
    }

    fn apostrophe(&mut self, at: usize) -> Option<usize> {
        let (first, second) = (self.atoms.form(at), self.atoms.form(at + 1));
        match elision::apostrophe(first, second) {
            Apostrophe::Elision => Some(self.skip(at)),
            Apostrophe::Possessive => {
                self.push(at, at, self.atoms.list[at].form);
                Some(at + 2)
            }
            Apostrophe::Whole => {
                let form = format!("{first}'{second}");
                Some(self.push_new(at, at + 1, &form))
            }
            Apostrophe::Apart => None,
        }
    }

    /// `salarié·e·s` is the word before its endings.
    fn inclusive(&mut self, at: usize) -> Option<usize> {
        let endings = self.atoms.list[at + 1..]
            .iter()
            .take(2)
            .take_while(|a| a.gap == Gap::MiddleDot && self.atoms.slice(a.form).len() <= MAX_INCLUSIVE_ENDING);
        let last = at + endings.count();
        (last > at).then(|| self.push(at, last, self.atoms.list[at].form))
    }

    /// An elided word before a quoted one: `l'« accord »`.
    fn is_left_elided(&self, at: usize) -> bool {
        let mut after = self.text[self.atoms.list[at].end..].chars();
        after.next().is_some_and(is_apostrophe)
            && after.next().is_some_and(|c| matches!(c, '«' | '“' | '"' | '‹' | '‘'))
            && elision::is_elided(self.atoms.form(at))
    }

    /// `C++`, `C#`.
    fn is_sharp(&self, at: usize) -> bool {
        let atom = self.atoms.list[at];
        let after = &self.text[atom.end..];
        atom.end - atom.start == 1
            && sharp_mark(after).is_some_and(|mark| !after[mark.len()..].starts_with(char::is_alphanumeric))
    }

    fn sharp(&mut self, at: usize) -> usize {
        let end = self.atoms.list[at].end;
        let mark = sharp_mark(&self.text[end..]).unwrap_or_default();
        let form = format!("{}{mark}", self.atoms.form(at));
        let next = self.push_new(at, at, &form);
        if let Some(unit) = self.units.last_mut() {
            unit.end += mark.len();
        }
        next
    }

    /// Leaves an elided word out.
    fn skip(&mut self, at: usize) -> usize {
        self.hyphen_pending |= self.atoms.list[at].gap == Gap::Hyphen;
        at + 1
    }

    fn push_new(&mut self, first: usize, last: usize, form: &str) -> usize {
        let form = self.atoms.push_form(form);
        self.push(first, last, form)
    }

    /// Pushes the unit of the atoms `first` to `last` and returns the index after them.
    fn push(&mut self, first: usize, last: usize, form: Slice) -> usize {
        let list = &self.atoms.list;
        let hyphenated = !self.units.is_empty() && (list[first].gap == Gap::Hyphen || self.hyphen_pending);
        self.hyphen_pending = false;
        self.units.push(Unit { start: list[first].start, end: list[last].end, form, hyphenated });
        last + 1
    }
}

/// The longest side, in bytes, of a name written with `&` inside.
const MAX_AMPERSAND_SIDE: usize = 3;

/// The longest ending, in bytes, after a middle dot (`développeur·euses`).
const MAX_INCLUSIVE_ENDING: usize = 6;

fn sharp_mark(after: &str) -> Option<&'static str> {
    ["++", "#"].into_iter().find(|mark| after.starts_with(mark))
}

/// Whether the abbreviation at `index` stands right before a currency sign (`en Md€`).
fn form_before_currency(atoms: &Atoms, index: usize) -> bool {
    atoms.list.get(index + 1).is_some_and(|a| a.kind == AtomKind::Currency && a.gap == Gap::None)
}
