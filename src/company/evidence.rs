//! Weighs whether an ordinary word is the name of a company: its capital, its neighbours, the words near, and what
//! else the article names. One decision for the article: what is established once is carried to later mentions.
//!
//! The weights are whole numbers and few, so that a decision can be followed by hand. A form needs the points of its
//! [`Usual`] meaning; `weigh` lists what gives and takes points.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::Reason;
use super::gazetteer::{Form, Gazetteer, Kind};
use crate::words::{Gap, Shape, Word, Words, key_of};

/// A form found in a text, and why it counts.
#[derive(Debug)]
pub struct Found {
    pub form: u32,
    pub words: Range<usize>,
    pub reason: Reason,
}

/// What the form is when a capital is all that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Usual {
    /// The company, unless something speaks against it (Amazon, Tesla).
    Name,
    /// As often one as the other (Oracle, Mistral).
    Either,
    /// Something else (Free, Signal, X).
    Word,
    /// Something else, as the article says itself; neither a verb nor a capital tells the two apart.
    #[serde(skip)]
    Other,
}

impl Usual {
    /// The points that it must gather.
    fn needs(self) -> i32 {
        match self {
            Usual::Name => 0,
            Usual::Either => 2,
            Usual::Word | Usual::Other => 3,
        }
    }

    /// The points from which a mention speaks for the others in its article.
    fn establishes(self) -> i32 {
        match self {
            Usual::Name => 1,
            Usual::Either | Usual::Word | Usual::Other => 4,
        }
    }
}

/// Fields are bits of one word; the numbers from here on are those of the `unless` phrases of rules.
pub const MOST_FIELDS: u16 = 64;
/// How far, in words, a cue is still near: about a sentence either side.
const NEAR: usize = 16;

/// The `[beside]` table: words that mean something directly beside any name.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Beside {
    /// `l'opérateur Orange`, `PDG de Free`
    introducers: Vec<String>,
    /// `Orange annonce`
    verbs: Vec<String>,
    /// `le signal`
    determiners: Vec<String>,
    /// Stand between an introducer and the name: `de`, `d'`.
    links: Vec<String>,
    /// `ex-Twitter`
    prefixes: Vec<String>,
    first_names: Vec<String>,
    /// `la chanteuse Orange`
    titles: Vec<String>,
    /// `rue Alphabet`, `le film Signal`, `la chienne Tesla`
    places: Vec<String>,
    /// Never the verb behind a name: `Zoom sur`.
    prepositions: Vec<String>,
    /// Behind the comma of a name: `Free, condamné à`, `Orange, premier employeur`.
    appositions: Vec<String>,
    /// What is done to companies, behind the bare name of a headline or its comma: `X poursuivi pour`.
    passives: Vec<String>,
    /// What only a place is: `la ville d'Orange`, `Cisco, village du Texas`.
    place_kinds: Vec<String>,
    /// What people alone do: `Claude sourit`.
    human_verbs: Vec<String>,
    /// What is no company and is said behind the comma of its name: `Tesla, la chienne du berger`.
    other_kinds: Vec<String>,
    /// May stand between an article and such a noun: `Cisco, petit village`.
    small_adjectives: Vec<String>,
    /// `Dacia, en latin`.
    languages: Vec<String>,
    /// Behind a quotation: `« Très peu pour moi », tranche Claude`.
    speech_verbs: Vec<String>,
}

/// [`Beside`] by key.
#[derive(Debug, Default)]
pub struct Lexicon {
    roles: FxHashMap<u64, u32>,
}

const INTRODUCER: u32 = 1;
const VERB: u32 = 2;
const DETERMINER: u32 = 4;
const LINK: u32 = 8;
const PREFIX: u32 = 16;
const FIRST_NAME: u32 = 32;
const TITLE: u32 = 64;
const PLACE: u32 = 128;
const PREPOSITION: u32 = 256;
const APPOSITION: u32 = 512;
const HUMAN_VERB: u32 = 1024;
const PASSIVE: u32 = 2048;
const PLACE_KIND: u32 = 4096;
const OTHER_KIND: u32 = 8192;
const SMALL_ADJECTIVE: u32 = 16384;
const LANGUAGE: u32 = 32768;
const SPEECH_VERB: u32 = 65536;

impl Lexicon {
    /// Adds the words of a file.
    pub fn extend(&mut self, beside: &Beside) {
        self.add(&beside.introducers, INTRODUCER);
        self.add(&beside.verbs, VERB);
        self.add(&beside.determiners, DETERMINER);
        self.add(&beside.links, LINK);
        self.add(&beside.prefixes, PREFIX);
        self.add(&beside.first_names, FIRST_NAME);
        self.add(&beside.titles, TITLE);
        self.add(&beside.places, PLACE);
        self.add(&beside.prepositions, PREPOSITION);
        self.add(&beside.appositions, APPOSITION);
        self.add(&beside.human_verbs, HUMAN_VERB);
        self.add(&beside.passives, PASSIVE);
        self.add(&beside.place_kinds, PLACE_KIND);
        self.add(&beside.other_kinds, OTHER_KIND);
        self.add(&beside.small_adjectives, SMALL_ADJECTIVE);
        self.add(&beside.languages, LANGUAGE);
        self.add(&beside.speech_verbs, SPEECH_VERB);
    }

    fn add(&mut self, words: &[String], role: u32) {
        words.iter().for_each(|w| *self.roles.entry(key_of(w)).or_default() |= role);
    }

    fn is(&self, word: Option<&Word>, role: u32) -> bool {
        word.and_then(|w| self.roles.get(&w.key)).is_some_and(|roles| roles & role != 0)
    }

    /// Nothing is known of the word, or that it is a first name.
    fn may_be_given_name(&self, word: &Word) -> bool {
        self.roles.get(&word.key).is_none_or(|roles| roles & FIRST_NAME != 0)
    }
}

/// An `[[company.ambiguous]]` table as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleEntry {
    pub forms: Vec<String>,
    pub usual: Usual,
    #[serde(default)]
    pub product: bool,
    /// Also a first name or a family name: a capital beside it makes a person of it.
    #[serde(default)]
    person: bool,
    /// Also a family name: a capitalised word before it that is nothing else is a first name, and where the article
    /// names such a person the bare name needs the points of a word.
    #[serde(default)]
    family: bool,
    /// A number behind it is a version (`Claude 4`).
    #[serde(default)]
    version: bool,
    #[serde(default)]
    near: Vec<String>,
    #[serde(default)]
    against: Vec<String>,
    /// Phrases of something else by that name: where one occurs, the form is that unless it gathers the points of a word.
    #[serde(default)]
    pub unless: Vec<String>,
    #[serde(default)]
    preceded_by: Vec<String>,
    #[serde(default)]
    followed_by: Vec<String>,
    #[serde(default)]
    never_preceded_by: Vec<String>,
    #[serde(default)]
    never_followed_by: Vec<String>,
}

/// What tells one ambiguous form from the ordinary word.
#[derive(Debug, Clone)]
pub(super) struct Rule(Arc<RuleData>);

#[derive(Debug)]
struct RuleData {
    usual: Usual,
    person: bool,
    family: bool,
    version: bool,
    near: u64,
    against: u64,
    /// The number of its `unless` phrases among the cues.
    unless: Option<u16>,
    preceded_by: FxHashSet<u64>,
    followed_by: FxHashSet<u64>,
    never_preceded_by: FxHashSet<u64>,
    never_followed_by: FxHashSet<u64>,
}

impl Rule {
    /// Compiles a rule; `field` gives the number of a field of `[cues]`, `unless` is that of its own phrases.
    pub fn new(entry: &RuleEntry, field: impl Fn(&str) -> Option<u16>, unless: Option<u16>) -> Result<Rule, String> {
        let bits = |names: &[String]| {
            names.iter().try_fold(0, |bits, name| match field(name) {
                Some(n) if n < MOST_FIELDS => Ok(bits | 1u64 << n),
                Some(_) => Err(format!("there are more than {MOST_FIELDS} fields in [cues]")),
                None => Err(format!("aucun champ de [cues] ne s'appelle {name}")),
            })
        };
        let keys = |words: &[String]| match words.iter().find(|w| Words::of(w).list.len() != 1) {
            Some(words) => Err(format!("« {words} » n'est pas un mot seul")),
            None => Ok(words.iter().map(|w| key_of(w)).collect()),
        };
        Ok(Rule(Arc::new(RuleData {
            usual: entry.usual,
            person: entry.person,
            family: entry.family,
            version: entry.version,
            near: bits(&entry.near)?,
            against: bits(&entry.against)?,
            unless,
            preceded_by: keys(&entry.preceded_by)?,
            followed_by: keys(&entry.followed_by)?,
            never_preceded_by: keys(&entry.never_preceded_by)?,
            never_followed_by: keys(&entry.never_followed_by)?,
        })))
    }
}

/// The mentions of the title and of the text.
pub(super) fn decide(g: &Gazetteer, texts: [&Words; 2]) -> (Vec<Found>, Vec<Found>) {
    let mut article = Article::read(g, texts);
    article.settle(g);
    let [title, text] = article.parts;
    (title.found(), text.found())
}

struct Article<'a> {
    parts: [Part<'a>; 2],
    /// Fields with a cue, or a company of that sector, anywhere.
    fields: u64,
    established: FxHashSet<u32>,
    /// The `unless` numbers whose phrases occur.
    otherwise: FxHashSet<u16>,
    /// Initials that the article spells out as something else.
    spelled: FxHashSet<u64>,
    /// Family names that a person bears in the article.
    families: FxHashSet<u64>,
}

struct Part<'a> {
    words: &'a Words,
    spots: Vec<Spot>,
    /// Cue words: place and field, in order.
    cues: Vec<(u32, u16)>,
}

struct Spot {
    form: u32,
    words: Range<usize>,
    /// `None` while open or refused.
    reason: Option<Reason>,
    ambiguous: bool,
    /// A person bears it here as a family name.
    is_person: bool,
}

impl Part<'_> {
    fn found(self) -> Vec<Found> {
        let taken =
            self.spots.into_iter().filter_map(|s| Some(Found { form: s.form, words: s.words, reason: s.reason? }));
        taken.collect()
    }
}

impl<'a> Article<'a> {
    fn read(g: &Gazetteer, texts: [&'a Words; 2]) -> Article<'a> {
        let parts = texts.map(|words| Part { words, spots: spots(g, words), cues: Vec::new() });
        let mut article = Article {
            parts,
            fields: 0,
            established: FxHashSet::default(),
            otherwise: FxHashSet::default(),
            spelled: FxHashSet::default(),
            families: FxHashSet::default(),
        };
        article.read_initials(g);
        article.read_families();
        if article.parts.iter().any(|p| p.spots.iter().any(|s| s.ambiguous)) {
            article.gather(g);
        }
        article
    }

    /// Initials that stand for something else once do so throughout: plain forms are refused, rules ask for more.
    fn read_initials(&mut self, g: &Gazetteer) {
        for part in &self.parts {
            let initials = part.spots.iter().filter(|s| s.words.len() == 1);
            let key = |s: &Spot| part.words.list[s.words.start].key;
            self.spelled.extend(initials.filter(|s| is_spelled_out(g, part.words, s)).map(key));
        }
        if self.spelled.is_empty() {
            return;
        }
        for part in &mut self.parts {
            let spelled = |s: &Spot| s.words.len() == 1 && self.spelled.contains(&part.words.list[s.words.start].key);
            part.spots.iter_mut().filter(|s| spelled(s)).for_each(|s| s.reason = None);
        }
    }

    fn read_families(&mut self) {
        for part in &self.parts {
            let persons = part.spots.iter().filter(|s| s.is_person);
            self.families.extend(persons.map(|s| part.words.list[s.words.start].key));
        }
    }

    /// Cues are looked up only where something must be decided; most articles end before.
    fn gather(&mut self, g: &Gazetteer) {
        for part in &mut self.parts {
            let cues = &mut part.cues;
            let all = 0..part.words.list.len();
            g.cues.each(part.words, all, |field, at, _| match field as u16 {
                field if field < MOST_FIELDS => cues.push((at as u32, field)),
                unless => drop(self.otherwise.insert(unless)),
            });
            let named = part.spots.iter().filter(|s| s.reason.is_some());
            self.established.extend(named.filter_map(|s| g.forms[s.form as usize].company));
        }
        self.add_sectors(g);
    }

    /// A company that is decided is a cue of its sector.
    fn add_sectors(&mut self, g: &Gazetteer) {
        for part in &mut self.parts {
            for spot in part.spots.iter().filter(|s| s.reason.is_some()) {
                if let Some(company) = g.forms[spot.form as usize].company {
                    part.cues.push((spot.words.start as u32, g.companies[company as usize].sector));
                }
            }
            part.cues.sort_unstable();
            part.cues.dedup();
            self.fields |= part.cues.iter().fold(0, |bits, (_, field)| bits | 1 << field);
        }
    }

    /// Decides the open spots: once each, then again those that were refused, with what has been established.
    fn settle(&mut self, g: &Gazetteer) {
        for round in 0..2 {
            if round > 0 {
                self.add_sectors(g);
            }
            for p in 0..self.parts.len() {
                for s in 0..self.parts[p].spots.len() {
                    self.settle_one(g, p, s);
                }
            }
        }
    }

    /// What the form is in this article: the ordinary word, where the article speaks of something else by that name.
    fn usual(&self, rule: &RuleData, p: usize, s: usize) -> Usual {
        let part = &self.parts[p];
        let first = part.spots[s].words.start;
        let otherwise = rule.unless.is_some_and(|n| self.otherwise.contains(&n));
        match otherwise || self.spelled.contains(&part.words.list[first].key) {
            true => Usual::Other,
            false if self.families.contains(&part.words.list[first].key) => Usual::Word,
            false => rule.usual,
        }
    }

    fn settle_one(&mut self, g: &Gazetteer, p: usize, s: usize) {
        let spot = &self.parts[p].spots[s];
        if !spot.ambiguous || spot.reason.is_some() {
            return;
        }
        let form = &g.forms[spot.form as usize];
        let Some(usual) = form.rule.as_ref().map(|rule| self.usual(&rule.0, p, s)) else { return };
        let Some((points, reason)) = weigh(g, self, p, s, form, usual) else { return };
        if points >= usual.needs() {
            if let (true, Some(company)) = (points >= usual.establishes(), form.company) {
                self.established.insert(company);
            }
            self.parts[p].spots[s].reason = Some(reason);
        }
    }
}

/// Every form of the gazetteer in a text, the longest where several fit; what is unambiguous is already decided.
fn spots(g: &Gazetteer, words: &Words) -> Vec<Spot> {
    let mut spots: Vec<Spot> = Vec::new();
    let mut i = 0;
    while i < words.list.len() {
        let word = &words.list[i];
        let best = (!word.aside && g.firsts.may_hold(word.key)).then(|| g.candidates(words, i).next()).flatten();
        let Some((form, data)) = best else {
            i += 1;
            continue;
        };
        let range = i..i + data.words.len();
        i = range.end;
        let rule = data.rule.as_ref().map(|r| &*r.0).filter(|_| data.words.len() == 1);
        let is_person = rule.is_some_and(|rule| is_of_family(g, words, range.start, rule));
        let other = is_person
            || rule.is_some_and(|rule| has_given_name(g, words, range.start, rule))
            || data.words.len() == 1 && is_other(g, words, range.start);
        let reason = if data.rule.is_none() && !other { plain_reason(data.kind) } else { None };
        spots.push(Spot { form, words: range, ambiguous: data.rule.is_some() && !other, is_person, reason });
    }
    spots
}

/// A name of one word that stands for something else whatever it means alone: a family name behind a first name (`Steve
/// Bing`) or an initial (`Ethel M. Dell`), the end of a compound (`TOP-Tether`, `parc André-Citroën`), the elided
/// beginning of another name (`Dell'Oro`), the translation of a word (`Dacia en latin`).
fn is_other(g: &Gazetteer, words: &Words, at: usize) -> bool {
    let word = &words.list[at];
    let previous = at.checked_sub(1).map(|i| &words.list[i]).filter(|_| !word.gap.any(Gap::START));
    let family_name = word.gap.any(Gap::SPACE)
        && !word.gap.any(Gap::LINE)
        && (previous.is_some_and(|w| w.shape == Shape::Capital && g.lexicon.is(Some(w), FIRST_NAME))
            || g.lexicon.is(previous, TITLE));
    let compound = word.gap.any(Gap::HYPHEN)
        && previous.is_some_and(|w| {
            w.shape == Shape::Upper && !g.firsts.may_hold(w.key) && !g.lexicon.is(Some(w), PREFIX)
                || w.shape == Shape::Capital && g.lexicon.is(Some(w), FIRST_NAME)
        });
    family_name || compound || is_elided(words, at) || is_translation(g, words, at) || behind_initial(g, words, at)
}

/// `Dell'Oro`; not `Amazon's`.
fn is_elided(words: &Words, at: usize) -> bool {
    let next = words.list.get(at + 1).filter(|w| w.gap.any(Gap::APOSTROPHE) && !w.gap.any(Gap::SPACE));
    next.is_some_and(|w| w.shape != Shape::Lower)
}

/// `Dacia en latin`, `le réacteur rapide, SFR en anglais`.
fn is_translation(g: &Gazetteer, words: &Words, at: usize) -> bool {
    let is_set_off = words.list[at].gap.any(Gap::LINK | Gap::COLON | Gap::SOFT | Gap::PAREN | Gap::START);
    let joined = |i: usize| words.list.get(i).filter(|w| !w.gap.any(Gap::START));
    is_set_off
        && joined(at + 1).is_some_and(|w| words.folded(w) == b"en")
        && g.lexicon.is(joined(at + 2), LANGUAGE)
        && words.list.get(at + 3).is_none_or(|w| w.gap.any(Gap::START | Gap::LINK | Gap::PAREN | Gap::UNPAREN))
}

/// `Linnea Ericsson`: before the forms that are family names too, any capital that has no other use and is no plural
/// (`Serveurs Dell`) is a first name.
fn has_given_name(g: &Gazetteer, words: &Words, at: usize, rule: &RuleData) -> bool {
    word_before(words, at).is_some_and(|w| {
        rule.family
            && w.shape == Shape::Capital
            && words.list[at].shape == Shape::Capital
            && g.lexicon.may_be_given_name(w)
            && (g.lexicon.is(Some(w), FIRST_NAME) || !words.folded(w).ends_with(b"s"))
            && !g.firsts.may_hold(w.key)
            && !rule.preceded_by.contains(&w.key)
    })
}

/// `Adrien Renault`, `la famille Renault`: what says it of the other mentions in the article as well.
fn is_of_family(g: &Gazetteer, words: &Words, at: usize, rule: &RuleData) -> bool {
    word_before(words, at).is_some_and(|w| {
        rule.family
            && (w.shape == Shape::Capital && g.lexicon.is(Some(w), FIRST_NAME) || KINSHIP.contains(&words.folded(w)))
    })
}

/// The word that only a space parts from this one.
fn word_before(words: &Words, at: usize) -> Option<&Word> {
    let apart = Gap::START | Gap::LINE | Gap::LINK | Gap::SOFT | Gap::PAREN;
    let gap = words.list[at].gap;
    at.checked_sub(1).map(|i| &words.list[i]).filter(|_| gap.any(Gap::SPACE) && !gap.any(apart))
}

/// Stand before a family name.
const KINSHIP: [&[u8]; 6] = [b"famille", b"pere", b"freres", b"epoux", b"veuve", b"dynastie"];

/// `Ethel M. Dell`, `M. Renault`; not `publié sur X. Meta répond`.
fn behind_initial(g: &Gazetteer, words: &Words, at: usize) -> bool {
    let initial = at.checked_sub(1).map(|i| &words.list[i]).filter(|_| words.list[at].gap.any(Gap::INITIAL));
    let before = at.checked_sub(2).map(|i| &words.list[i]);
    initial.is_some_and(|w| {
        g.lexicon.is(Some(w), FIRST_NAME)
            || w.gap.any(Gap::SPACE) && !g.firsts.may_hold(w.key) && before.is_some_and(|w| w.shape == Shape::Capital)
    })
}

/// Initials that the text spells out, beside them or (three letters or more) anywhere with a capital, as something that
/// is not the company: `SAP : le service d'accompagnement professionnel`, `HP, pour haut potentiel`, `Plan stratégique
/// national (PSN)`.
fn is_spelled_out(g: &Gazetteer, words: &Words, spot: &Spot) -> bool {
    let at = spot.words.start;
    let letters = words.folded(&words.list[at]);
    if words.list[at].shape != Shape::Upper || !(2..=LONGEST_INITIALS).contains(&letters.len()) {
        return false;
    }
    let company = g.forms[spot.form as usize].company;
    let other = |i: usize| g.candidates(words, i).next().is_none_or(|(_, form)| form.company != company);
    behind_spells(words, at, letters).is_some_and(other)
        || before_spells(words, at, letters).is_some_and(other)
        || letters.len() > 2
            && g.forms[spot.form as usize].rule.is_some()
            && anywhere_spells(words, letters).is_some_and(other)
}

/// Where the words that spell the initials begin behind them, past a sign or « pour », « c'est-à-dire ».
fn behind_spells(words: &Words, at: usize, letters: &[u8]) -> Option<usize> {
    let gap = words.list.get(at + 1)?.gap;
    if gap.any(Gap::START) {
        return None;
    }
    let sign = gap.any(Gap::LINK | Gap::COLON | Gap::PAREN | Gap::SOFT);
    let explains = |i: &usize| words.list.get(*i).is_some_and(|w| EXPLAINING.contains(&words.folded(w)));
    let from = (at + 1..).take(MOST_EXPLAINING).find(|i| !explains(i)).unwrap_or(at + 1 + MOST_EXPLAINING);
    ((sign || from > at + 1) && (spells(words, from, letters) || spells(words, at + 1, letters))).then_some(from)
}

/// Where the words that spell the initials begin before their parenthesis, « dite » or « ou ».
fn before_spells(words: &Words, at: usize, letters: &[u8]) -> Option<usize> {
    let named = at > 0 && NAMING.contains(&words.folded(&words.list[at - 1]));
    let from = at.saturating_sub(3 * letters.len());
    (named || words.list[at].gap.any(Gap::PAREN))
        .then(|| (from..at).rev().find(|&i| spells(words, i, letters)))
        .flatten()
}

fn anywhere_spells(words: &Words, letters: &[u8]) -> Option<usize> {
    (0..words.list.len()).find(|&i| words.list[i].shape == Shape::Capital && spells(words, i, letters))
}

/// The words from `from` on begin with these letters, small words being stepped over, in one sentence.
fn spells(words: &Words, from: usize, letters: &[u8]) -> bool {
    let mut i = from;
    letters.iter().all(|letter| {
        while i > from && words.list.get(i).is_some_and(|w| SMALL_WORDS.contains(&words.folded(w))) {
            i += 1;
        }
        i += 1;
        words.list.get(i - 1).is_some_and(|w| {
            w.shape != Shape::Upper
                && words.folded(w).first() == Some(letter)
                && (i - 1 == from || !w.gap.any(Gap::START))
        })
    })
}

/// Stand between initials and what they are for.
const EXPLAINING: [&[u8]; 21] = [
    b"pour",
    b"soit",
    b"ou",
    b"dit",
    b"dite",
    b"dits",
    b"autrement",
    b"comprendre",
    b"comprenez",
    b"entendez",
    b"signifie",
    b"est",
    b"c",
    b"l",
    b"la",
    b"le",
    b"a",
    b"dire",
    b"sigle",
    b"acronyme",
    b"alias",
];
/// Stand between what initials are for and them.
const NAMING: [&[u8]; 6] = [b"ou", b"dit", b"dite", b"dits", b"alias", b"sigle"];
/// « c'est-à-dire la ».
const MOST_EXPLAINING: usize = 5;
/// Longer runs of capitals are shouted words.
const LONGEST_INITIALS: usize = 5;
/// Words that give no letter to initials.
const SMALL_WORDS: [&[u8]; 14] =
    [b"de", b"d", b"la", b"le", b"les", b"l", b"des", b"du", b"et", b"en", b"a", b"of", b"the", b"for"];

fn plain_reason(kind: Kind) -> Option<Reason> {
    match kind {
        Kind::Name => Some(Reason::Name),
        Kind::Product => Some(Reason::Product),
        Kind::Former => Some(Reason::Former),
        Kind::Nickname => Some(Reason::Nickname),
        Kind::Ticker => Some(Reason::Ticker),
        Kind::Nothing => None,
    }
}

/// The points of an ambiguous spot and its best reason; `None` where a neighbour rules it out.
fn weigh(g: &Gazetteer, article: &Article, p: usize, s: usize, form: &Form, usual: Usual) -> Option<(i32, Reason)> {
    let part = &article.parts[p];
    let spot = &part.spots[s];
    let rule = &form.rule.as_ref()?.0;
    let around = Around::of(part, spot);
    if around.rules_out(g, rule, part, s) {
        return None;
    }
    let mut points = 0;
    let mut best = (0, Reason::Capital);
    let mut give = |n: i32, reason: Reason| {
        points += n;
        if n > best.0 {
            best = (n, reason);
        }
    };
    if let Some(word) = around.beside(g, form, rule, part.words) {
        give(3, Reason::Beside(text_of(part.words, word)));
    } else if let Some(word) = around.apposition(g, part, spot).filter(|_| !rule.person && usual != Usual::Other) {
        give(3 + i32::from(around.opens_clause()), Reason::Beside(text_of(part.words, word)));
    }
    let verb =
        !rule.person && usual != Usual::Other && !around.is_complement(part.words) && around.meets_verb(g, part, spot);
    if verb {
        // A common noun that opens a sentence has its article; one that meets its verb bare is a name.
        give(
            2 + 2 * i32::from(around.opens_clause()),
            Reason::Beside(around.next.map(|w| text_of(part.words, w)).unwrap_or_default()),
        );
    }
    if let Some((n, field)) = near(part, spot, rule.near) {
        give(n, Reason::Field(g.fields[usize::from(field)].clone()));
    } else if article.fields & rule.near != 0 {
        give(1, Reason::Field(g.fields[(article.fields & rule.near).trailing_zeros() as usize].clone()));
    }
    if let Some(n) = listed(g, part, s, rule.near) {
        give(n, Reason::Listed);
    }
    if around.gap.any(Gap::AT) {
        give(3, Reason::Beside("@".into()));
    }
    if form.company.is_some_and(|c| article.established.contains(&c)) {
        give(3, Reason::Established);
    }
    points -= 2 * count_against(part, spot, rule.against).min(2);
    if usual != Usual::Name {
        points += around.bare(g, usual);
        // « Alexa, baisse le volume » speaks to the assistant, where the field is near; elsewhere to a person.
        points += 2 * i32::from(rule.person && around.is_called() && near(part, spot, rule.near).is_some());
        // « Free : la nouvelle box » names its subject.
        points += 2 * i32::from(around.is_headed());
        // A first name has its capital everywhere: only a common noun owes it to the beginning of the sentence.
        points -=
            i32::from(around.opens_sentence && !rule.person) + 2 * i32::from(around.has_article(g, rule, part.words));
        points -= i32::from(around.shouted && !verb);
    }
    Some((points, best.1))
}

/// The words around a spot.
struct Around<'a> {
    previous: Option<&'a Word>,
    before_previous: Option<&'a Word>,
    next: Option<&'a Word>,
    gap: Gap,
    next_gap: Gap,
    opens_sentence: bool,
    /// Its neighbours are all capitals, so that its own capital says nothing.
    shouted: bool,
    last: &'a Word,
}

impl<'a> Around<'a> {
    fn of(part: &Part<'a>, spot: &Spot) -> Around<'a> {
        let list = &part.words.list;
        let at = spot.words.start;
        let gap = list[at].gap;
        let previous = at.checked_sub(1).map(|i| &list[i]).filter(|_| !gap.any(Gap::START));
        let before_previous =
            previous.and_then(|w| at.checked_sub(2).map(|i| &list[i]).filter(|_| !w.gap.any(Gap::START)));
        let next = list.get(spot.words.end).filter(|w| !w.gap.any(Gap::START));
        let upper = |w: Option<&Word>| w.is_none_or(|w| w.shape == Shape::Upper && w.span().len() > 1);
        Around {
            previous,
            before_previous,
            next,
            gap,
            next_gap: next.map(|w| w.gap).unwrap_or_default(),
            opens_sentence: gap.any(Gap::START),
            shouted: list[at].shape == Shape::Upper
                && list[at].span().len() > 1
                && upper(previous)
                && upper(next)
                && (previous.is_some() || next.is_some()),
            last: &list[spot.words.end - 1],
        }
    }

    /// An article of a common noun; `la Tesla`, `un Mac` have the one that their rule knows, `le Galaxy S26` is a version.
    fn has_article(&self, g: &Gazetteer, rule: &RuleData, words: &Words) -> bool {
        let known = |w: &Word| rule.preceded_by.contains(&w.key);
        let version = rule.version && self.next_gap.any(Gap::SPACE) && self.next.is_some_and(|w| is_version(words, w));
        g.lexicon.is(self.previous, DETERMINER) && !self.previous.is_some_and(known) && !version
    }

    /// Nothing of its clause stands before it: a sentence opens, or a colon, a quote or a dash is before.
    fn opens_clause(&self) -> bool {
        self.opens_sentence || self.gap.any(Gap::SOFT)
    }

    /// A quotation opens with it and a comma follows.
    fn is_called(&self) -> bool {
        self.gap.any(Gap::SOFT) && self.next_gap.any(Gap::LINK)
    }

    /// It opens the sentence and a colon follows, as the subject of a headline.
    fn is_headed(&self) -> bool {
        self.opens_sentence && self.next_gap.any(Gap::COLON) && !self.shouted
    }

    /// A neighbour that the rule forbids, a compound of an ordinary word, or a person's name.
    fn rules_out(&self, g: &Gazetteer, rule: &RuleData, part: &Part, s: usize) -> bool {
        let previous = self.named_before(g);
        self.forbidden(rule, previous)
            || g.lexicon.is(self.previous, PLACE) && self.gap.any(Gap::SPACE)
            || self.is_of_other_kind(g, part, &part.spots[s], previous)
            || self.in_compound(g, part, s)
            || rule.person && self.is_person(g, rule, part, s)
    }

    /// `la ville d'Orange`; `Cisco, une ville du Texas`; `Tesla, la chienne du berger`.
    fn is_of_other_kind(&self, g: &Gazetteer, part: &Part, spot: &Spot, previous: Option<&Word>) -> bool {
        let is = |i: usize, role: u32| part.words.list.get(i).is_some_and(|w| g.lexicon.is(Some(w), role));
        let mut noun = spot.words.end;
        let has_comma = self.next.is_some_and(|w| w.gap.any(Gap::LINK));
        for role in [DETERMINER, SMALL_ADJECTIVE] {
            noun += usize::from(is(noun, role));
        }
        g.lexicon.is(previous, PLACE_KIND) || has_comma && is(noun, PLACE_KIND | OTHER_KIND)
    }

    fn forbidden(&self, rule: &RuleData, previous: Option<&Word>) -> bool {
        let has = |set: &FxHashSet<u64>, w: Option<&Word>| w.is_some_and(|w| set.contains(&w.key));
        // A number before the name is a measure (`9600 HP`), never a company.
        self.previous.is_some_and(|w| w.shape == Shape::Number)
            && self.gap.any(Gap::SPACE)
            && self.last.shape == Shape::Upper
            || has(&rule.never_preceded_by, self.previous)
            || has(&rule.never_preceded_by, previous)
            || has(&rule.never_followed_by, self.next)
                && self.next_gap.any(Gap::SPACE | Gap::HYPHEN | Gap::APOSTROPHE | Gap::DOT)
    }

    /// The word before, a link (`de`, `d'`) being stepped over.
    fn named_before(&self, g: &Gazetteer) -> Option<&'a Word> {
        if g.lexicon.is(self.previous, LINK) { self.before_previous } else { self.previous }
    }

    /// `Free-lance`, `Jean-Claude`: a hyphen to a word that is neither a prefix nor another name.
    fn in_compound(&self, g: &Gazetteer, part: &Part, s: usize) -> bool {
        let bound_after = self.next_gap.any(Gap::HYPHEN)
            && self.next.is_some_and(|w| w.shape == Shape::Lower)
            && part.spots.get(s + 1).is_none_or(|n| n.words.start != part.spots[s].words.end);
        let bound_before = self.gap.any(Gap::HYPHEN)
            && !g.lexicon.is(self.previous, PREFIX)
            && !(s > 0 && part.spots[s - 1].words.end == part.spots[s].words.start);
        bound_after || bound_before
    }

    /// A capital beside it that is no company, title or version.
    fn is_person(&self, g: &Gazetteer, rule: &RuleData, part: &Part, s: usize) -> bool {
        let spot = &part.spots[s];
        let next_is_spot = part.spots.get(s + 1).is_some_and(|n| n.words.start == spot.words.end);
        let previous_is_spot = s > 0 && part.spots[s - 1].words.end == spot.words.start;
        let name_after = self.next_gap.any(Gap::SPACE)
            && !self.next_gap.any(Gap::LINE)
            && self.next.is_some_and(|w| w.shape == Shape::Capital && !rule.followed_by.contains(&w.key))
            && !next_is_spot;
        let speaks =
            self.previous.is_some_and(|w| w.gap.any(Gap::LINK | Gap::SOFT)) && g.lexicon.is(self.previous, SPEECH_VERB);
        let human = g.lexicon.is(self.next, HUMAN_VERB) && self.next_gap.any(Gap::SPACE)
            || speaks
            || self.has_age(part, spot)
            || self.has_trade(g, part.words);
        let name_before = self.gap.any(Gap::SPACE)
            && !previous_is_spot
            && (g.lexicon.is(self.previous, FIRST_NAME)
                || self.previous.is_some_and(|w| {
                    w.shape == Shape::Capital
                        && !w.gap.any(Gap::START)
                        && !g.lexicon.is(Some(w), INTRODUCER | DETERMINER | LINK)
                }));
        (name_after || name_before || human) && self.last.shape != Shape::Upper
    }

    /// `Claude, 54 ans`.
    fn has_age(&self, part: &Part, spot: &Spot) -> bool {
        let unit = part.words.list.get(spot.words.end + 1);
        self.next.is_some_and(|w| w.shape == Shape::Number && w.gap.any(Gap::LINK))
            && unit.is_some_and(|w| part.words.folded(w) == b"ans")
    }

    /// `Claude, horloger à Besançon`: the bare noun of a trade behind the comma.
    fn has_trade(&self, g: &Gazetteer, words: &Words) -> bool {
        let noun = self.next.filter(|w| w.gap.any(Gap::LINK) && w.shape == Shape::Lower);
        noun.is_some_and(|w| {
            let folded = words.folded(w);
            folded.len() > SHORTEST_TRADE
                && TRADE_ENDINGS.iter().any(|end| folded.ends_with(end))
                && g.lexicon.may_be_given_name(w)
        })
    }

    /// `Free, condamné à`, `Orange, le premier employeur`: what stands behind the comma is said of companies.
    fn apposition(&self, g: &Gazetteer, part: &Part<'a>, spot: &Spot) -> Option<&'a Word> {
        let comma = self.next.filter(|w| w.gap.any(Gap::LINK))?;
        let noun = |i: &usize| {
            let word = part.words.list.get(*i).filter(|w| w.gap.any(Gap::SPACE | Gap::APOSTROPHE));
            g.lexicon.is(word, INTRODUCER) && !g.lexicon.is(word, PREPOSITION)
        };
        let behind = (spot.words.end + 1..spot.words.end + 3).find(noun).map(|i| &part.words.list[i]);
        match g.lexicon.is(Some(comma), APPOSITION | PASSIVE) {
            true => Some(comma),
            false => behind.filter(|_| g.lexicon.is(Some(comma), DETERMINER)),
        }
    }

    /// `Orange annonce`, `Orange a lancé`; folding makes `à` of `a`, so that the participle behind must be seen.
    fn meets_verb(&self, g: &Gazetteer, part: &Part, spot: &Spot) -> bool {
        let participle = |w: &Word| {
            let folded = part.words.folded(w);
            w.shape == Shape::Lower && folded.len() > 3 && folded.last().is_some_and(|b| b"eiust".contains(b))
        };
        let after = part.words.list.get(spot.words.end + 1);
        let verb = match self.next.map(|w| part.words.folded(w)) {
            Some(b"a") => after.is_some_and(participle),
            Some(folded) if is_future(folded) && self.next.is_some_and(|w| w.shape == Shape::Lower) => true,
            _ => g.lexicon.is(self.next, VERB | PASSIVE) || self.opens_sentence && self.takes_object(g, after),
        };
        verb && self.next_gap.any(Gap::SPACE)
    }

    /// `le centre aquatique d'Orange baisse`: the verb behind is not its own.
    fn is_complement(&self, words: &Words) -> bool {
        self.previous.is_some_and(|w| COMPLEMENTING.contains(&words.folded(w)))
    }

    /// `Zoom rebaptise son assistant`: a bare word that opens a sentence, a word that is no preposition, and an article.
    fn takes_object(&self, g: &Gazetteer, after: Option<&Word>) -> bool {
        self.next.is_some_and(|w| w.shape == Shape::Lower || self.shouted)
            && !g.lexicon.is(self.next, PREPOSITION | DETERMINER | LINK)
            && after.is_some_and(|w| w.gap.any(Gap::SPACE | Gap::APOSTROPHE) && g.lexicon.is(Some(w), DETERMINER))
    }

    /// Points for standing inside a sentence without an article: French gives common nouns one.
    fn bare(&self, g: &Gazetteer, usual: Usual) -> i32 {
        let inside =
            !self.opens_sentence && !self.gap.any(Gap::SOFT | Gap::PAREN) && !g.lexicon.is(self.previous, DETERMINER);
        match usual {
            Usual::Either if inside => 2,
            Usual::Word if inside && self.previous.is_some_and(|w| w.shape == Shape::Lower) => 1,
            _ => 0,
        }
    }

    /// The word directly beside that says what it is.
    fn beside(&self, g: &Gazetteer, form: &Form, rule: &RuleData, words: &Words) -> Option<&'a Word> {
        let before = self.named_before(g).filter(|_| self.gap.any(Gap::SPACE | Gap::APOSTROPHE | Gap::SOFT));
        // « l'application de Claude » is that of a person as well.
        let owned = rule.person && form.kind == Kind::Product && g.lexicon.is(self.previous, LINK);
        let introduces = |w: &&Word| !owned && g.lexicon.is(Some(w), INTRODUCER) || rule.preceded_by.contains(&w.key);
        let own = self.previous.filter(|w| rule.preceded_by.contains(&w.key));
        let after = self.next.filter(|w| {
            rule.followed_by.contains(&w.key) && !self.next_gap.any(Gap::COLON)
                || rule.version && self.next_gap.any(Gap::SPACE | Gap::HYPHEN) && is_version(words, w)
        });
        before.filter(introduces).or(own).or(after)
    }
}

/// `4`, `S26`, `4o`.
fn is_version(words: &Words, word: &Word) -> bool {
    let folded = words.folded(word);
    folded.len() < 4 && folded.iter().any(u8::is_ascii_digit)
}

/// `fleuriste`, `musicienne`, `vendeuse`, `lectrice`, `fermier`, `horloger`, `bergère`.
const TRADE_ENDINGS: [&[u8]; 9] = [b"iste", b"ien", b"ienne", b"euse", b"trice", b"ier", b"ger", b"ere", b"chercheur"];

/// Below this stand `bien`, `rien`, `hier`.
const SHORTEST_TRADE: usize = 5;

/// Make of a name the complement of what stands before.
const COMPLEMENTING: [&[u8]; 9] = [b"d", b"de", b"par", b"avec", b"a", b"sur", b"pour", b"contre", b"entre"];

/// `bloquera`, `fourniront`; not `opéra`.
fn is_future(folded: &[u8]) -> bool {
    let has_ending = [b"era".as_slice(), b"ira", b"dra", b"tra", b"ront"].iter().any(|end| folded.ends_with(end));
    folded.len() > 4 && has_ending && !NO_FUTURES.contains(&folded)
}

/// Nouns that end like a verb of the future.
const NO_FUTURES: [&[u8]; 5] = [b"opera", b"camera", b"cholera", b"extra", b"ultra"];

fn text_of(words: &Words, word: &Word) -> Arc<str> {
    String::from_utf8_lossy(words.folded(word)).into()
}

/// Points for cues of the wanted fields near: two for one, three for two, four for more; and the field of the first.
fn near(part: &Part, spot: &Spot, wanted: u64) -> Option<(i32, u16)> {
    let mut hits = cues_near(part, spot).filter(|(_, field)| wanted >> field & 1 == 1);
    let first = hits.next()?;
    let mut last = first.0;
    let more = hits.filter(|(at, _)| std::mem::replace(&mut last, *at) != *at).count().min(2);
    Some((2 + more as i32, first.1))
}

/// Cues against it; one beside the same word in lower case speaks of that (`alerte orange : Orange envoie…`).
fn count_against(part: &Part, spot: &Spot, wanted: u64) -> i32 {
    let list = &part.words.list;
    let own = list[spot.words.start].key;
    let of_word = |at: usize| {
        list[at.saturating_sub(2)..list.len().min(at + 3)].iter().any(|w| w.key == own && w.shape == Shape::Lower)
    };
    cues_near(part, spot).filter(|&(at, field)| wanted >> field & 1 == 1 && !of_word(at as usize)).count() as i32
}

fn cues_near<'p>(part: &'p Part, spot: &Spot) -> impl Iterator<Item = (u32, u16)> + 'p {
    let own = spot.words.clone();
    let from = own.start.saturating_sub(NEAR) as u32;
    let to = (own.end + NEAR) as u32;
    let first = part.cues.partition_point(|(at, _)| *at < from);
    part.cues[first..]
        .iter()
        .copied()
        .take_while(move |(at, _)| *at < to)
        .filter(move |(at, _)| !own.contains(&(*at as usize)))
}

/// Points for standing in a list with a company: four where its sector is wanted, three otherwise.
fn listed(g: &Gazetteer, part: &Part, s: usize, wanted: u64) -> Option<i32> {
    let spot = &part.spots[s];
    let beside = |other: &Spot, from: usize, to: usize| {
        let company = g.forms[other.form as usize].company?;
        (other.reason.is_some() && joins(part.words, from, to))
            .then(|| 3 + (wanted >> g.companies[company as usize].sector & 1) as i32)
    };
    let before = s.checked_sub(1).map(|i| &part.spots[i]).and_then(|o| beside(o, o.words.end, spot.words.start));
    let after = part.spots.get(s + 1).and_then(|o| beside(o, spot.words.end, o.words.start));
    before.max(after)
}

/// Nothing but a comma, a slash, a hyphen, `et` or `ou` lies between word `from` and word `to`, and a small word at most
/// (`Capgemini et d'Orange`).
fn joins(words: &Words, from: usize, to: usize) -> bool {
    let linked = |i: usize| words.list.get(i).is_some_and(|w| w.gap.any(Gap::LINK | Gap::HYPHEN));
    let is = |i: usize, set: &[&[u8]]| set.contains(&words.folded(&words.list[i]));
    if (from..=to).any(|i| words.list[i].gap.any(Gap::START)) {
        return false;
    }
    match to - from {
        0 => linked(to),
        1 => is(from, &JOINING) || linked(from) && is(from, &SMALL_WORDS),
        2 => is(from, &JOINING) && is(from + 1, &SMALL_WORDS),
        _ => false,
    }
}

/// Stand between two names of a list.
const JOINING: [&[u8]; 8] = [b"et", b"comme", b"ou", b"and", b"l", b"que", b"vs", b"puis"];
