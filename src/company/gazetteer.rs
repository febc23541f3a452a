//! The gazetteer: `companies.toml` read, checked and made ready for one pass over a text.
//!
//! Forms are looked up by the key of their first word, longest first; gaps and case are then checked on the text
//! itself. An alias table over an automaton was the other way; words are cut anyway for the cues of [`evidence`], so
//! that the lookup is one probe per word, and word boundaries, elisions, hyphens and line ends need no second look.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use toml::Spanned;

use super::names::{BUILTIN, Names};
use super::{Mention, Tags, evidence};
use crate::analysis::{FNV_OFFSET, fnv};
use crate::error::{Error, Result};
use crate::words::{Gap, KeyFilter, KeyTable, Phrases, Shape, Word, Words};

/// Changes with every rule and list that tags a passage: an index that was built by others is built anew. Computed by
/// the compiler, as in [`crate::analysis`].
#[allow(long_running_const_eval, reason = "some 400 kB, about a second of compilation")]
const FINGERPRINT: u64 = {
    let mut hash = FNV_OFFSET;
    let mut at = 0;
    while at < RULES.len() {
        hash = fnv(hash, RULES[at]);
        at += 1;
    }
    hash
};

/// What companies, amounts and topics are decided by.
const RULES: [&[u8]; 10] = [
    include_bytes!("companies.toml"),
    include_bytes!("evidence.rs"),
    include_bytes!("gazetteer.rs"),
    include_bytes!("../words.rs"),
    include_bytes!("../amount/mod.rs"),
    include_bytes!("../amount/currency.rs"),
    include_bytes!("../amount/number.rs"),
    include_bytes!("../amount/text.rs"),
    include_bytes!("../topic.rs"),
    include_bytes!("../topics.toml"),
];

/// The known companies, ready for [`Gazetteer::tag`].
#[derive(Debug)]
pub struct Gazetteer {
    pub(super) companies: Vec<Company>,
    pub(super) forms: Vec<Form>,
    by_first: KeyTable<First>,
    pub(super) firsts: KeyFilter,
    /// The fields of `[cues]`, by number.
    pub(super) fields: Vec<Arc<str>>,
    pub(super) cues: Phrases,
    /// How many rules have `unless` phrases.
    unless_sets: u16,
    pub(super) lexicon: evidence::Lexicon,
    /// Forms whose capitals must be as written.
    capital: FxHashSet<String>,
    names: Names,
    hash: String,
}

/// A form under its first word, with the second to be compared before all else.
#[derive(Debug)]
struct First {
    form: u32,
    second: Option<u64>,
}

/// What is known while the files are read.
#[derive(Default)]
struct Gathered {
    /// The companies' numbers, by id.
    numbers: FxHashMap<String, u32>,
    /// Phrases, with the number of their field or of what they rule out.
    cues: Vec<(String, u16)>,
}

#[derive(Debug)]
pub(super) struct Company {
    pub id: Arc<str>,
    /// The number of its sector among the fields.
    pub sector: u16,
}

/// One way of naming a company.
#[derive(Debug)]
pub(super) struct Form {
    pub words: Vec<u64>,
    /// Folding hides the case; this says what the first word, and each word, must look like.
    pub case: CaseRule,
    pub kind: Kind,
    /// `None` for a form that names no company (`Big Apple`) and so hides what lies inside it.
    pub company: Option<u32>,
    pub product: Option<Arc<str>>,
    /// What tells it from an ordinary word.
    pub rule: Option<evidence::Rule>,
    /// A plus sign must follow (`Canal+`); it belongs to the span.
    pub plus: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CaseRule {
    Any,
    /// The shapes of the words as written in the gazetteer, capitals throughout being allowed too.
    Written(Vec<Shape>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Product,
    Former,
    Nickname,
    Ticker,
    Nothing,
}

impl Gazetteer {
    /// The compiled-in gazetteer.
    pub fn builtin() -> Gazetteer {
        let file = parse(Path::new("companies.toml"), BUILTIN).expect("the compiled-in gazetteer is tested");
        Gazetteer::build(&[(Path::new("companies.toml"), BUILTIN, file)], Names::builtin().clone())
            .expect("the compiled-in gazetteer is tested")
    }

    /// The compiled-in gazetteer with a user's file over it: a company with a known id adds its forms (and replaces
    /// name, sector, and the rules of the ambiguous forms it gives), another id is a new company.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the line and the reason for the first bad entry.
    pub fn with_user(path: &Path, toml_text: &str) -> Result<Gazetteer> {
        let own = Path::new("companies.toml");
        let files = [(own, BUILTIN, parse(own, BUILTIN)?), (path, toml_text, parse(path, toml_text)?)];
        Gazetteer::build(&files, Names::with_user(toml_text))
    }

    /// Changes with the data and with the rules of companies, amounts and topics.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The display name of a company.
    pub fn name(&self, id: &str) -> Option<&str> {
        self.names.name(id)
    }

    /// The id for what a person typed: `Google` → `alphabet`.
    pub fn id_of(&self, typed: &str) -> Option<&str> {
        self.names.id_of(typed)
    }

    /// The cheap table of names.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// How many companies it knows.
    pub fn len(&self) -> usize {
        self.companies.len()
    }

    /// True for no company at all, which the compiled-in data never gives.
    pub fn is_empty(&self) -> bool {
        self.companies.is_empty()
    }

    /// The companies of an article; evidence in the title and the text counts for both.
    pub fn tag(&self, title: &str, text: &str) -> Tags {
        self.tag_words(&Words::of(title), &Words::of(text))
    }

    /// The same for a title and a text that are cut already.
    pub fn tag_words(&self, title: &Words, text: &Words) -> Tags {
        let (in_title, in_text) = evidence::decide(self, [title, text]);
        Tags { title: self.mentions(title, in_title), text: self.mentions(text, in_text) }
    }

    fn mentions(&self, words: &Words, found: Vec<evidence::Found>) -> Vec<Mention> {
        found.into_iter().filter_map(|f| self.mention(words, f)).collect()
    }

    fn mention(&self, words: &Words, found: evidence::Found) -> Option<Mention> {
        let form = &self.forms[found.form as usize];
        let span = words.span(found.words);
        Some(Mention {
            company: self.companies[form.company? as usize].id.clone(),
            span: span.start..span.end + usize::from(form.plus),
            product: form.product.clone(),
            reason: found.reason,
        })
    }

    /// The forms that fit at this word, longest first.
    pub(super) fn candidates<'a>(&'a self, words: &'a Words, i: usize) -> impl Iterator<Item = (u32, &'a Form)> {
        let next = words.list.get(i + 1).map(|word| word.key);
        let near =
            self.by_first.of(words.list[i].key).filter(move |first| first.second.is_none_or(|k| Some(k) == next));
        near.map(|first| (first.form, &self.forms[first.form as usize])).filter(move |(_, form)| form.fits(words, i))
    }

    fn build(files: &[(&Path, &str, File)], names: Names) -> Result<Gazetteer> {
        let mut g = Gazetteer {
            companies: Vec::new(),
            forms: Vec::new(),
            by_first: KeyTable::new(Vec::new()),
            firsts: KeyFilter::default(),
            fields: Vec::new(),
            cues: Phrases::default(),
            unless_sets: 0,
            lexicon: evidence::Lexicon::default(),
            capital: files.iter().flat_map(|(_, _, file)| file.capital.iter().cloned()).collect(),
            names,
            hash: hash_of(files.get(1).map(|&(_, text, _)| text)),
        };
        let mut gathered = Gathered::default();
        files.iter().for_each(|(_, _, file)| g.add_cues(file, &mut gathered));
        for (path, text, file) in files {
            for entry in &file.company {
                g.add_company(entry, &mut gathered)
                    .map_err(|reason| malformed(path, text, entry.id.span().start, reason))?;
            }
            file.nothing.iter().for_each(|form| g.add_form(form, Kind::Nothing, None, None, None));
        }
        g.sort_forms();
        g.cues = Phrases::of(gathered.cues.iter().map(|(phrase, number)| (phrase.as_str(), u32::from(*number))));
        Ok(g)
    }

    fn add_cues(&mut self, file: &File, gathered: &mut Gathered) {
        for (field, phrases) in &file.cues {
            let number = self.field(field).unwrap_or_else(|| {
                self.fields.push(field.as_str().into());
                self.fields.len() as u16 - 1
            });
            gathered.cues.extend(phrases.iter().map(|phrase| (phrase.clone(), number)));
        }
        self.lexicon.extend(&file.beside);
    }

    fn field(&self, name: &str) -> Option<u16> {
        self.fields.iter().position(|f| **f == *name).map(|i| i as u16)
    }

    fn add_company(&mut self, entry: &Entry, gathered: &mut Gathered) -> Result<(), String> {
        let id = entry.id.get_ref();
        check_id(id)?;
        let known = gathered.numbers.get(id).copied();
        let sector = match (&entry.sector, known) {
            (Some(s), _) => self.field(s).ok_or_else(|| format!("{id} : aucun champ de [cues] ne s'appelle {s}"))?,
            (None, Some(n)) => self.companies[n as usize].sector,
            (None, None) => return Err(format!("{id} : il manque sector")),
        };
        if known.is_none() && entry.name.is_none() {
            return Err(format!("{id} : il manque name"));
        }
        let number = known.unwrap_or(self.companies.len() as u32);
        if known.is_none() {
            self.companies.push(Company { id: id.as_str().into(), sector });
            gathered.numbers.insert(id.clone(), number);
        }
        self.companies[number as usize].sector = sector;
        self.add_forms(entry, number, gathered)
    }

    fn add_forms(&mut self, entry: &Entry, number: u32, gathered: &mut Gathered) -> Result<(), String> {
        let company = Some(number);
        for rule in &entry.ambiguous {
            let unless = self.add_unless(&rule.unless, gathered);
            let compiled = evidence::Rule::new(rule, |f| self.field(f), unless)
                .map_err(|r| format!("{} : {r}", entry.id.get_ref()))?;
            for form in &rule.forms {
                self.remove_forms(form, number);
                let kind = if rule.product { Kind::Product } else { Kind::Name };
                let product = rule.product.then(|| one_name(entry, form));
                self.add_form(form, kind, company, product, Some(compiled.clone()));
            }
        }
        let ambiguous: Vec<&String> = entry.ambiguous.iter().flat_map(|r| &r.forms).collect();
        let plain = |list: &'_ [String]| list.iter().filter(|f| !ambiguous.contains(f)).cloned().collect::<Vec<_>>();
        let named = |list: &[String], kind, g: &mut Gazetteer| {
            plain(list).iter().for_each(|form| g.add_form(form, kind, company, None, None));
        };
        named(entry.name.as_slice(), Kind::Name, self);
        named(&entry.aliases, Kind::Name, self);
        named(&entry.former, Kind::Former, self);
        named(&entry.nicknames, Kind::Nickname, self);
        let emblems = entry.emblems.iter().cloned().chain(entry.seats.iter().map(|seat| of_seat(seat)));
        named(&emblems.flat_map(|e| nicknames_by(&e)).collect::<Vec<_>>(), Kind::Nickname, self);
        entry.exact.iter().for_each(|a| self.add_exact(a, Kind::Name, company, None));
        entry.tickers.iter().for_each(|a| self.add_exact(a, Kind::Ticker, company, None));
        plain(&entry.products).iter().for_each(|p| self.add_product(p, one_name(entry, p), company));
        entry.exact_products.iter().for_each(|p| self.add_exact(p, Kind::Product, company, Some(one_name(entry, p))));
        entry.not.iter().for_each(|n| self.add_form(n, Kind::Nothing, None, None, None));
        Ok(())
    }

    /// Adds the phrases under a number of their own.
    fn add_unless(&mut self, phrases: &[String], gathered: &mut Gathered) -> Option<u16> {
        let number = evidence::MOST_FIELDS + self.unless_sets;
        gathered.cues.extend(phrases.iter().map(|phrase| (phrase.clone(), number)));
        self.unless_sets += u16::from(!phrases.is_empty());
        (!phrases.is_empty()).then_some(number)
    }

    fn add_product(&mut self, form: &str, name: &str, company: Option<u32>) {
        self.add_form(form, Kind::Product, company, Some(name), None);
        // iPhone → iPhones; a name that ends in s, x or a digit has no plural of its own.
        if form.ends_with(|c: char| c.is_alphabetic() && !matches!(c, 's' | 'x' | 'z')) {
            let plural = format!("{form}s");
            match self.capital.contains(form) {
                true => self.add_exact(&plural, Kind::Product, company, Some(name)),
                false => self.add_form(&plural, Kind::Product, company, Some(name), None),
            }
        }
    }

    fn remove_forms(&mut self, form: &str, company: u32) {
        let words = keys_of(form);
        for known in &mut self.forms {
            if known.words == words && known.company == Some(company) {
                known.words.clear();
            }
        }
    }

    fn add_exact(&mut self, form: &str, kind: Kind, company: Option<u32>, product: Option<&str>) {
        self.push_form(form, true, Naming { kind, company, product, rule: None });
    }

    /// Adds a form, exact where it is short and all capitals (`SAP`) or ambiguous, with its variant in joined or parted words.
    fn add_form(
        &mut self,
        form: &str,
        kind: Kind,
        company: Option<u32>,
        product: Option<&str>,
        rule: Option<evidence::Rule>,
    ) {
        let exact = rule.is_some() || is_short_acronym(form) || kind == Kind::Nothing || self.capital.contains(form);
        if let Some(other) = variant(form) {
            self.push_form(&other, exact, Naming { kind, company, product, rule: rule.clone() });
        }
        self.push_form(form, exact, Naming { kind, company, product, rule });
    }

    fn push_form(&mut self, form: &str, exact: bool, naming: Naming) {
        let words = Words::of(form);
        let case = match exact {
            true => CaseRule::Written(words.list.iter().map(|w| w.shape).collect()),
            false => CaseRule::Any,
        };
        self.forms.push(Form {
            words: words.list.iter().map(|w| w.key).collect(),
            case,
            kind: naming.kind,
            company: naming.company,
            product: naming.product.map(Into::into),
            rule: naming.rule,
            plus: form.ends_with('+'),
        });
    }

    fn sort_forms(&mut self) {
        let mut sorted: Vec<(u32, &Form)> = (0..).zip(&self.forms).filter(|(_, form)| !form.words.is_empty()).collect();
        sorted.sort_by_key(|(_, form)| std::cmp::Reverse((form.words.len(), form.plus)));
        sorted.iter().for_each(|(_, form)| self.firsts.add(form.words[0]));
        let first =
            |(number, form): (u32, &Form)| (form.words[0], First { form: number, second: form.words.get(1).copied() });
        self.by_first = KeyTable::new(sorted.into_iter().map(first).collect());
    }
}

/// What a journalist calls a company by its town or its emblem: `la firme de Redmond`, `le rival à la pomme`.
const NICKNAME_NOUNS: [&str; 23] = [
    "firme",
    "géant",
    "groupe",
    "entreprise",
    "société",
    "mastodonte",
    "marque",
    "titan",
    "éditeur",
    "constructeur",
    "opérateur",
    "fabricant",
    "réseau",
    "réseau social",
    "plateforme",
    "concurrent",
    "rival",
    "rivale",
    "maison",
    "équipementier",
    "champion",
    "colosse",
    "multinationale",
];

fn nicknames_by(emblem: &str) -> Vec<String> {
    NICKNAME_NOUNS.iter().map(|noun| format!("{noun} {emblem}")).collect()
}

/// `de Redmond`, `d'Espoo`.
fn of_seat(seat: &str) -> String {
    match seat.starts_with(['A', 'E', 'I', 'O', 'U']) {
        true => format!("d'{seat}"),
        false => format!("de {seat}"),
    }
}

struct Naming<'a> {
    kind: Kind,
    company: Option<u32>,
    product: Option<&'a str>,
    rule: Option<evidence::Rule>,
}

impl Form {
    /// Words, case and gaps agree at word `i`.
    fn fits(&self, words: &Words, i: usize) -> bool {
        let Some(run) = words.list.get(i..i + self.words.len()) else { return false };
        run.iter().zip(&self.words).all(|(word, key)| word.key == *key && !word.aside)
            && run[1..].iter().all(|w| holds_together(w.gap))
            && (self.case.allows(run) || is_handle(run))
            && (!self.plus || run.last().is_some_and(|w| w.plus))
            && !runs_on(run.last(), words.list.get(i + self.words.len()))
            && (self.kind != Kind::Ticker || is_ticker(words, i))
    }
}

/// A number that goes on behind the form is no version: `la France 2,5 fois`.
fn runs_on(last: Option<&Word>, next: Option<&Word>) -> bool {
    let number = |w: Option<&Word>| w.is_some_and(|w| w.shape == Shape::Number);
    number(last) && number(next) && next.is_some_and(|w| w.gap.any(Gap::DOT | Gap::LINK))
}

/// What may stand between two words of one name.
fn holds_together(gap: Gap) -> bool {
    gap.any(Gap::SPACE | Gap::HYPHEN | Gap::APOSTROPHE | Gap::DOT | Gap::AMPERSAND) && !gap.any(Gap::START | Gap::BLANK)
}

impl CaseRule {
    fn allows(&self, run: &[Word]) -> bool {
        let CaseRule::Written(shapes) = self else { return true };
        shapes.iter().zip(run).all(|(written, word)| match written {
            Shape::Lower | Shape::Number => true,
            Shape::Capital => word.shape != Shape::Lower,
            Shape::Upper => matches!(word.shape, Shape::Upper | Shape::Number),
            Shape::Mixed => matches!(word.shape, Shape::Mixed | Shape::Upper | Shape::Capital),
        })
    }
}

/// `@orange`: a handle has no capitals of its own; a letter or two say nothing.
fn is_handle(run: &[Word]) -> bool {
    run[0].gap.any(Gap::AT) && run[0].span().len() > 2
}

/// The exchanges whose name before a colon makes a ticker of what follows.
const EXCHANGES: [&str; 26] = [
    "nasdaq", "nyse", "euronext", "epa", "hkex", "lse", "xetra", "nasdaqgs", "paris", "nas", "nys", "nasd", "nasdaqcm",
    "ams", "ebr", "etr", "fra", "bit", "mil", "hkg", "tyo", "tse", "krx", "tpe", "lon", "hel",
];
/// What a ticker is followed by where the exchange comes last: `ORA.PA`.
const EXCHANGE_SUFFIXES: [&str; 12] = ["pa", "as", "de", "hk", "ks", "t", "l", "mi", "st", "he", "o", "n"];

/// `$GOOGL`, `NASDAQ: META`, `(Euronext Paris : ORA)`, `ORA.PA`; `$700` is money.
fn is_ticker(words: &Words, i: usize) -> bool {
    let word = &words.list[i];
    let exchange = |w: &Word| EXCHANGES.iter().any(|e| words.folded(w) == e.as_bytes());
    let suffix = |w: &Word| {
        w.gap.any(Gap::DOT)
            && w.shape == Shape::Upper
            && EXCHANGE_SUFFIXES.iter().any(|e| words.folded(w) == e.as_bytes())
    };
    word.gap.any(Gap::SIGIL) && word.shape != Shape::Number
        || word.gap.any(Gap::COLON) && i > 0 && exchange(&words.list[i - 1])
        || words.list.get(i + 1).is_some_and(suffix)
}

/// Three capitals are a name, the same letters in lower case are often a word or a slip (`sap`, `hp`).
const SHORT_ACRONYM_LEN: usize = 4;

fn is_short_acronym(form: &str) -> bool {
    form.len() <= SHORT_ACRONYM_LEN && form.chars().all(|c| c.is_uppercase() || c.is_ascii_digit())
}

/// The other way of joining the words: `HuggingFace` for `Hugging Face`, `Open AI` for `OpenAI`.
fn variant(form: &str) -> Option<String> {
    match form.split_once(' ') {
        Some(_) if form.chars().filter(|c| *c == ' ').count() == 1 && form.is_ascii() && capitals_open_words(form) => {
            Some(form.replace(' ', ""))
        }
        Some(_) => None,
        None => split_camel(form),
    }
}

fn capitals_open_words(form: &str) -> bool {
    form.split(' ').all(|w| w.len() > 1 && w.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// Parts a name before its inner capitals; parts of one letter (`iPhone`, `xAI`) stay joined.
fn split_camel(form: &str) -> Option<String> {
    let cut = form
        .char_indices()
        .skip(1)
        .zip(form.chars())
        .find(|((_, c), before)| c.is_uppercase() && before.is_lowercase())?
        .0
        .0;
    (cut > 1 && form.chars().all(char::is_alphanumeric)).then(|| format!("{} {}", &form[..cut], &form[cut..]))
}

fn keys_of(form: &str) -> Vec<u64> {
    Words::of(form).list.iter().map(|w| w.key).collect()
}

fn check_id(id: &str) -> Result<(), String> {
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match !id.is_empty() && id.chars().all(fine) {
        true => Ok(()),
        false => Err(format!("{id} : un identifiant est fait de minuscules, de chiffres et de traits d'union")),
    }
}

/// The [`Gazetteer::hash`] of the built-in gazetteer, with one of the user's own if there is one; builds neither.
pub fn hash_of(user: Option<&str>) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&FINGERPRINT.to_le_bytes());
    hasher.update(user.unwrap_or_default().as_bytes());
    hasher.finalize().to_hex()[..16].to_owned()
}

fn parse(path: &Path, text: &str) -> Result<File> {
    toml::from_str(text).map_err(|e| {
        let at = e.span().map_or(0, |s| s.start);
        malformed(path, text, at, e.message().replace('\n', ", "))
    })
}

fn malformed(path: &Path, text: &str, at: usize, reason: String) -> Error {
    let line = text[..at.min(text.len())].matches('\n').count() as u64 + 1;
    Error::Malformed { path: path.into(), line: Some(line), reason }
}

/// `companies.toml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    cues: std::collections::BTreeMap<String, Vec<String>>,
    #[serde(default)]
    beside: evidence::Beside,
    /// Forms that are ordinary words in lower case.
    #[serde(default)]
    capital: Vec<String>,
    /// Forms that name no company and hide those inside them.
    #[serde(default)]
    nothing: Vec<String>,
    #[serde(default)]
    company: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: Spanned<String>,
    name: Option<String>,
    sector: Option<String>,
    #[serde(default, rename = "parent")]
    _parent: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    exact: Vec<String>,
    #[serde(default)]
    products: Vec<String>,
    #[serde(default)]
    exact_products: Vec<String>,
    #[serde(default)]
    former: Vec<String>,
    #[serde(default)]
    nicknames: Vec<String>,
    #[serde(default)]
    seats: Vec<String>,
    #[serde(default)]
    emblems: Vec<String>,
    #[serde(default)]
    tickers: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    #[serde(default)]
    ambiguous: Vec<evidence::RuleEntry>,
}

/// The name under which a product is counted: one that is also listed without the company's name, or by its initials,
/// counts as that (`Microsoft Azure` as `Azure`, `Amazon Web Services` as `AWS`).
fn one_name<'e>(entry: &'e Entry, product: &'e str) -> &'e str {
    let of_rules = entry.ambiguous.iter().filter(|rule| rule.product).flat_map(|rule| &rule.forms);
    let mut listed = entry.products.iter().chain(&entry.exact_products).chain(of_rules);
    let bare = entry.name.iter().find_map(|name| product.strip_prefix(name.as_str())).map(str::trim_start);
    let initials: String = product.split(' ').filter_map(|word| word.chars().next()).collect();
    let same = |other: &&String| Some(other.as_str()) == bare || (initials.len() > 1 && **other == initials);
    listed.find(same).map_or(product, String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[track_caller]
    fn case(text: &str, expected: &[(&str, &str)]) {
        let tags = builtin().tag("", text);
        let found: Vec<(&str, &str)> = tags.text.iter().map(|m| (&*m.company, &text[m.span.clone()])).collect();
        assert_eq!(found, expected, "{text}");
    }

    fn builtin() -> &'static Gazetteer {
        static GAZETTEER: std::sync::OnceLock<Gazetteer> = std::sync::OnceLock::new();
        GAZETTEER.get_or_init(Gazetteer::builtin)
    }

    #[test]
    fn names_are_found_where_they_stand() {
        case("qu’OpenAI le veuille", &[("openai", "OpenAI")]);
        case("L'iPhone d'Apple", &[("apple", "iPhone"), ("apple", "Apple")]);
        case("Google-Meta, ex-Facebook", &[("alphabet", "Google"), ("meta", "Meta"), ("meta", "Facebook")]);
        case("Hugging\nFace et HuggingFace", &[("hugging-face", "Hugging\nFace"), ("hugging-face", "HuggingFace")]);
        case("Google\u{a0}Cloud", &[("alphabet", "Google\u{a0}Cloud")]);
        case("la chaîne Canal+ et le canal de Suez", &[("canal-plus", "Canal+")]);
        case("la firme de Redmond", &[("microsoft", "firme de Redmond")]);
        case("STMICROELECTRONICS RECULE", &[("stmicroelectronics", "STMICROELECTRONICS")]);
    }

    #[test]
    fn ordinary_words_are_not_companies() {
        case("une orange pressée, le mistral, Claude Monet, l'alphabet grec, l'Amazonie", &[]);
        case("Lire aussi : OVHcloud inaugure un site", &[]);
        case("Free-lance, elle code pour des studios", &[]);
        case("contact@orange.fr et https://www.google.com/recherche", &[]);
        case("Lire aussi notre enquête : Amazon, l'envers du décor", &[]);
        case("Un portrait. © Samsung / DR", &[]);
    }

    #[test]
    fn names_of_something_else_are_not_companies() {
        case("Steve Bing était producteur", &[]);
        case("SAP : le service d'accompagnement professionnel", &[]);
        case("le Plan stratégique national (PSN)", &[]);
        case("le système TOP-Tether", &[]);
        case("un sifflement audible, difficile à cerner", &[]);
        case("Les Renault sont quatre ; Adrien Renault est l'aîné", &[]);
        case("Marcus Ericsson mène la course", &[]);
        case("le cabinet Dell'Oro", &[]);
        case("le parc André-Citroën", &[]);
        case("au nord du Danube, Dacia en latin, la province", &[]);
        case("Tesla, la vieille chienne du berger, dort", &[]);
        case("« Très peu pour moi », tranche Claude, qui n'aime pas l'IA", &[]);
        case("l'application de Claude, élève sérieux", &[]);
        case("Le centre aquatique d'Orange baisse le chauffage", &[]);
    }

    #[test]
    fn the_same_names_are_companies_where_nothing_else_is_told() {
        case("Chez Renault, la Dacia se vend", &[("renault", "Renault"), ("renault", "Dacia")]);
        case("Hier Ericsson a plongé", &[("ericsson", "Ericsson")]);
        case("Chrome bloquera les notifications", &[("alphabet", "Chrome")]);
        case("Amazon's cloud", &[("amazon", "Amazon")]);
    }

    #[test]
    fn a_bare_word_that_opens_a_sentence_and_takes_an_object_is_a_name() {
        case("Zoom rebaptise son assistant.", &[("zoom", "Zoom")]);
        case("ORANGE RELÈVE SES OBJECTIFS", &[("orange", "ORANGE")]);
        case("Zoom sur les travaux du centre-ville.", &[]);
    }

    #[test]
    fn one_strong_mention_carries_the_others() {
        let tags = builtin().tag("Mistral AI lève des fonds", "Mistral a été fondée en 2023.");
        assert_eq!(tags.text.len(), 1);
        assert_eq!(tags.text[0].reason, crate::company::Reason::Established);
    }

    #[test]
    fn a_user_adds_and_overrides() {
        let text = "[[company]]\nid = \"acme\"\nname = \"Acme Nuage\"\nsector = \"cloud\"\n";
        let gazetteer = Gazetteer::with_user(Path::new("mine.toml"), text).unwrap();
        assert_eq!(&*gazetteer.tag("", "Acme Nuage embauche").text[0].company, "acme");
        assert_eq!(gazetteer.name("acme"), Some("Acme Nuage"));
        assert_ne!(gazetteer.hash(), builtin().hash());
    }

    #[test]
    fn a_bad_entry_is_refused_with_its_line() {
        let text = "\n[[company]]\nid = \"Acme\"\nname = \"Acme\"\nsector = \"cloud\"\n";
        let error = Gazetteer::with_user(Path::new("mine.toml"), text).unwrap_err().to_string();
        assert_eq!(
            error,
            "mine.toml:3 : Acme : un identifiant est fait de minuscules, de chiffres et de traits d'union"
        );
        let error = Gazetteer::with_user(Path::new("mine.toml"), "[[company]]\nid = 4\n").unwrap_err().to_string();
        assert!(error.starts_with("mine.toml:2 : "), "{error}");
    }

    #[test]
    fn the_two_readings_of_the_file_agree() {
        let file = parse(Path::new("companies.toml"), BUILTIN).unwrap();
        let ids: Vec<&str> = file.company.iter().map(|c| c.id.get_ref().as_str()).collect();
        assert_eq!(Names::builtin().ids().collect::<Vec<_>>(), ids);
        assert!(ids.len() >= 200 && ids.iter().collect::<BTreeSet<_>>().len() == ids.len());
        for entry in &file.company {
            assert_eq!(Names::builtin().name(entry.id.get_ref()), entry.name.as_deref());
        }
        assert_eq!(Names::builtin().id_of("google"), Some("alphabet"));
        assert_eq!(Names::builtin().id_of("Dassault Systemes"), Some("dassault-systemes"));
    }

    proptest::proptest! {
        #[test]
        fn mentions_are_ordered_and_lie_on_char_boundaries(text in "([A-Za-zéÉœ'’ .,+&\n-]|Google|Orange|Canal\\+|Mistral AI|Free){0,60}") {
            let tags = builtin().tag(&text, &text);
            let mut end = 0;
            for mention in &tags.text {
                proptest::prop_assert!(mention.span.start >= end && text.get(mention.span.clone()).is_some_and(|m| !m.is_empty()));
                end = mention.span.end;
            }
        }
    }

    /// The texts of a part of `tests/labelled/companies.jsonl`, with the companies that they name.
    fn labelled(part: &str) -> Vec<(String, BTreeSet<String>)> {
        let rows = include_str!("../../tests/labelled/companies.jsonl").lines();
        let rows = rows.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let wanted = |row: &serde_json::Value| serde_json::from_value(row["want"].clone()).unwrap();
        rows.filter(|row| row["part"] == part).map(|row| (row["text"].as_str().unwrap().into(), wanted(&row))).collect()
    }

    #[test]
    fn labelled_companies_reach_the_floor() {
        for part in ["dev", "held", "blind", "unread"] {
            let rows = labelled(part);
            // Blind and unread texts tell the companies of the desk's list only: those that any of them tells.
            let listed: BTreeSet<&String> = rows.iter().flat_map(|(_, wanted)| wanted).collect();
            let (mut right, mut wrong, mut missed, mut free, mut free_tagged) = (0, 0, 0, 0, 0);
            for (text, wanted) in &rows {
                let tags = builtin().tag("", text);
                let found = tags.text.iter().map(|m| m.company.to_string());
                let found: BTreeSet<String> =
                    found.filter(|id| !["blind", "unread"].contains(&part) || listed.contains(id)).collect();
                right += found.intersection(wanted).count();
                wrong += found.difference(wanted).count();
                missed += wanted.difference(&found).count();
                free += usize::from(wanted.is_empty());
                free_tagged += usize::from(wanted.is_empty() && !found.is_empty());
            }
            let f1 = 2.0 * right as f64 / (2 * right + wrong + missed) as f64;
            println!("companies {part}: F1 {f1:.3}, {free_tagged} of {free} texts without a company tagged");
            assert!(f1 >= 0.97 && 100 * free_tagged <= 3 * free, "{part}: {f1}, {free_tagged} of {free}");
        }
    }

    #[test]
    fn a_product_of_two_names_is_counted_under_one() {
        let tags = Gazetteer::builtin().tag("", "Microsoft Azure, Azure, Amazon Web Services, AWS et Microsoft Teams.");
        let products: Vec<_> = tags.text.iter().map(|mention| mention.product.as_deref().unwrap_or_default()).collect();
        assert_eq!(products, ["Azure", "Azure", "AWS", "AWS", "Teams"]);
    }
}
