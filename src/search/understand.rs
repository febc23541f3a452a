//! From a query to what is looked for in this index: words become the words of the lexicon that they may stand for.
//!
//! In: the parsed query and the lexicon. Out: the stems that retrieve candidates, the features of the second look,
//! the words to highlight, and the spelling corrections, all of it plain data.

use rustc_hash::FxHashSet;
use serde::Serialize;
use tantivy::Term;

use super::evidence::{Feature, Features, Kind, Weights, idf, union_frequency};
use super::spelling;
use crate::analysis::{self, Language, QueryTerm, Reason, Role};
use crate::index::lexicon::conflation_key;
use crate::index::{Index, WordId};
use crate::query::{Expr, Occur, Query};

/// Letters in a prefix; five is the measured optimum for French.
const PREFIX_CHARS: usize = 5;

/// What the stems of an equivalent weigh when candidates are retrieved.
const EQUIVALENT_BOOST: f32 = 0.6;

/// Where the slots of equivalent expressions begin, two for each; the words of a query come before.
const FIRST_EXPRESSION_SLOT: usize = 40;

/// What the stems of near words weigh when candidates are retrieved.
const CORRECTION_BOOST: f32 = 0.8;

/// A word of the query that ranks passages.
#[derive(Debug, Clone)]
struct Slot {
    form: String,
    folded: String,
    content: bool,
    /// Ranks of the lexicon that the word stands for as it is written, accents aside; near words if there are none.
    ranks: Vec<usize>,
    corrected: bool,
    /// `mot*`: every word that begins so counts as written.
    prefix: bool,
    /// The slot before it stands directly before it in the query.
    adjacent: bool,
}

/// How one word of the query was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TermReport {
    pub text: String,
    /// `content`, `function` or `question`.
    pub role: &'static str,
    pub form: String,
    pub stem: String,
    pub strict: String,
    /// What else stands for it, with the reason.
    pub alternatives: Vec<(String, String)>,
    /// The near words that were tried because no article holds it.
    pub corrections: Vec<String>,
    /// In how many articles it stands as written, accents aside.
    pub articles: u32,
}

/// A query, understood against one index.
#[derive(Debug, Default)]
pub struct Understanding {
    /// Stems that retrieve candidates, with their boosts.
    pub stems: Vec<(Term, f32)>,
    pub features: Features,
    /// Words to highlight.
    pub highlights: FxHashSet<WordId>,
    pub terms: Vec<TermReport>,
    /// Words that weigh nothing.
    pub ignored: Vec<String>,
    /// Pairs of a word that is nowhere and what was tried for it.
    pub corrections: Vec<(String, String)>,
}

/// Understands `query` against `index`.
pub fn understand(index: &Index, query: &Query, weights: &Weights, spelling: Spelling) -> Understanding {
    let mut reader =
        Reader { index, weights, spelling, slots: Vec::new(), expressions: 0, out: Understanding::default() };
    reader.out.features = Features::new(index.lexicon.len());
    for clause in query.clauses.iter().filter(|clause| clause.occur != Occur::MustNot) {
        reader.expr(&clause.expr);
    }
    reader.finish()
}

/// Whether words that are nowhere may be replaced by near ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spelling {
    #[default]
    Correct,
    ToTheLetter,
}

struct Reader<'a> {
    index: &'a Index,
    weights: &'a Weights,
    spelling: Spelling,
    slots: Vec<Slot>,
    /// Expressions of several words that stand for terms, so far.
    expressions: usize,
    out: Understanding,
}

impl Reader<'_> {
    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Words(text) | Expr::Phrase(text) | Expr::Exact(text) | Expr::Title(text) => self.words(text),
            Expr::Prefix(start) => self.prefix(start),
            Expr::Either(sides) => sides.iter().for_each(|side| self.expr(side)),
        }
    }

    fn words(&mut self, text: &str) {
        let mut adjacent = false;
        for term in analysis::query_terms(text) {
            if term.role == Role::Question {
                self.out.ignored.push(term.text.clone());
                self.report(&term, &[]);
                adjacent = false;
                continue;
            }
            self.term(&term, adjacent);
            adjacent = true;
        }
    }

    fn term(&mut self, term: &QueryTerm, adjacent: bool) {
        let first = self.slots.len();
        for (k, word) in term.words.iter().enumerate() {
            let slot = self.slot(word, term, adjacent || k > 0);
            self.slots.push(slot);
        }
        let whole = self.ranks(&term.form);
        if term.words.len() > 1 {
            self.equivalent(&[whole], first);
        }
        let others = term.alternatives.iter().filter(|a| matches!(a.reason, Reason::Equivalence(_) | Reason::Number));
        for alternative in others {
            let words: Vec<Vec<usize>> = alternative.forms.iter().map(|form| self.ranks(form)).collect();
            self.equivalent(&words, first);
        }
        if let Some(joined) = &term.joined_with_next {
            let ranks = self.ranks(joined);
            self.equivalent(&[ranks], first);
        }
        let slots = self.slots[first..].to_vec();
        self.report(term, &slots);
    }

    fn ranks(&self, form: &str) -> Vec<usize> {
        let lexicon = &self.index.lexicon;
        let strict = analysis::forms(form, Language::French).strict;
        let mut ranks: Vec<usize> = lexicon.same_letters(&analysis::fold(form)).collect();
        ranks.extend(lexicon.same_strict(conflation_key(&strict)));
        ranks.sort_unstable();
        ranks.dedup();
        ranks
    }

    fn slot(&mut self, form: &str, term: &QueryTerm, adjacent: bool) -> Slot {
        let folded = analysis::fold(form);
        let mut ranks: Vec<usize> = self.index.lexicon.same_letters(&folded).collect();
        let content = term.role == Role::Content;
        let known = ranks.iter().any(|&rank| self.index.lexicon.articles(rank) > 0);
        let mut corrected = false;
        if !known && content && self.spelling == Spelling::Correct && !self.known_otherwise(&folded, term) {
            ranks = spelling::near(&self.index.lexicon, &folded);
            corrected = !ranks.is_empty();
            if let Some(&best) = ranks.first() {
                self.out.corrections.push((term.text.clone(), self.index.lexicon.form(best).to_owned()));
            }
        }
        Slot { form: form.to_owned(), folded, content, ranks, corrected, prefix: false, adjacent }
    }

    /// An unknown spelling that stems, equivalents or compounds reach is no misspelling.
    fn known_otherwise(&self, folded: &str, term: &QueryTerm) -> bool {
        let lexicon = &self.index.lexicon;
        let living = |rank: usize| lexicon.articles(rank) > 0;
        let conflated = [folded, term.form.as_str()].iter().any(|form| {
            let strict = analysis::forms(form, Language::French).strict;
            lexicon.same_strict(conflation_key(&strict)).any(living)
        });
        let joined = term.joined_with_next.iter().any(|form| lexicon.same_letters(&analysis::fold(form)).any(living));
        let equivalent = term.alternatives.iter().filter(|a| matches!(a.reason, Reason::Equivalence(_)));
        let equivalent =
            equivalent.flat_map(|a| &a.forms).any(|f| lexicon.same_letters(&analysis::fold(f)).any(living));
        conflated || joined || equivalent
    }

    fn prefix(&mut self, start: &str) {
        let folded = analysis::fold(&start.to_lowercase());
        let ranks = self.index.lexicon.same_beginning(&folded).collect();
        self.slots.push(Slot {
            form: start.to_owned(),
            folded,
            content: true,
            ranks,
            corrected: false,
            prefix: true,
            adjacent: false,
        });
    }

    fn total(&self) -> f32 {
        self.index.stamp.articles as f32
    }

    fn frequency(&self, ranks: &[usize]) -> f32 {
        let sum = ranks.iter().map(|&rank| self.index.lexicon.articles(rank) as f32).sum();
        union_frequency(sum, self.total())
    }

    /// Another way to say what stands from slot `first` on: one word, or several whose presence together counts.
    fn equivalent(&mut self, words: &[Vec<usize>], first: usize) {
        let frequencies: Vec<f32> = words.iter().map(|ranks| self.frequency(ranks)).collect();
        if frequencies.iter().any(|&f| f < 0.5) {
            return;
        }
        words.iter().for_each(|ranks| self.retrieve(ranks, EQUIVALENT_BOOST));
        let rarest = frequencies.into_iter().fold(f32::INFINITY, f32::min);
        let weight = self.weights.equivalent * idf(rarest, self.total());
        let Some(feature) = self.out.features.add(Feature { kind: Kind::Equivalent, slot: first, weight }) else {
            return;
        };
        match words {
            [ranks] => self.one_word(ranks, feature),
            [.., before, last] => self.side_by_side(before, last, feature),
            [] => {}
        }
    }

    fn one_word(&mut self, ranks: &[usize], feature: u16) {
        for &rank in ranks {
            let id = self.index.lexicon.id(rank);
            self.out.features.concern(id, feature);
            self.out.highlights.insert(id);
        }
    }

    /// An expression counts where its last two words stand together; alone, they are other words.
    fn side_by_side(&mut self, before: &[usize], last: &[usize], feature: u16) {
        let slot = FIRST_EXPRESSION_SLOT + 2 * self.expressions;
        self.expressions += 1;
        for (ranks, slot) in [(before, slot), (last, slot + 1)] {
            for &rank in ranks {
                self.out.features.stand_for(self.index.lexicon.id(rank), slot);
            }
        }
        self.out.features.pair(slot + 1, feature, None);
    }

    /// Retrieves by the stems of these words, in both languages that articles are stemmed in.
    fn retrieve(&mut self, ranks: &[usize], boost: f32) {
        for &rank in ranks {
            for language in [Language::French, Language::English] {
                let stem = analysis::forms(self.index.lexicon.form(rank), language).stem;
                let term = Term::from_field_text(self.index.fields.stem, &stem);
                match self.out.stems.iter_mut().find(|(known, _)| *known == term) {
                    Some(known) => known.1 = known.1.max(boost),
                    None => self.out.stems.push((term, boost)),
                }
            }
        }
    }

    fn finish(mut self) -> Understanding {
        let slots = std::mem::take(&mut self.slots);
        let only_function = !slots.iter().any(|slot| slot.content);
        for (number, slot) in slots.iter().enumerate().take(MAX_SLOTS) {
            self.add_surface(number, slot);
            if slot.content || only_function {
                self.add_conflations(number, slot);
            }
        }
        for (number, pair) in (1..MAX_SLOTS).zip(slots.windows(2)) {
            self.add_pair(number, &pair[0], &pair[1]);
        }
        self.out
    }

    fn add_surface(&mut self, number: usize, slot: &Slot) {
        let lexicon = &self.index.lexicon;
        let role = if slot.content { 1.0 } else { self.weights.function };
        let weight = self.weights.surface * role * idf(self.frequency(&slot.ranks), self.total());
        let surface = self.out.features.add(Feature { kind: Kind::Surface, slot: number, weight });
        let accented = slot.form != slot.folded;
        let weight = weight / self.weights.surface.max(f32::EPSILON) * self.weights.accents;
        let accents = accented.then(|| self.out.features.add(Feature { kind: Kind::Accents, slot: number, weight }));
        for &rank in &slot.ranks {
            let id = lexicon.id(rank);
            self.out.features.stand_for(id, number);
            surface.iter().for_each(|&feature| self.out.features.concern(id, feature));
            if let Some(Some(feature)) = accents
                && lexicon.form(rank) == slot.form
            {
                self.out.features.concern(id, feature);
            }
            if slot.content {
                self.out.highlights.insert(id);
            }
        }
    }

    fn add_conflations(&mut self, number: usize, slot: &Slot) {
        let boost = if slot.corrected { CORRECTION_BOOST } else { 1.0 };
        self.retrieve(&slot.ranks, boost);
        let lexicon = &self.index.lexicon;
        let stems = self.conflated(slot);
        for &rank in &stems {
            let id = lexicon.id(rank);
            self.out.highlights.insert(id);
            self.out.features.stand_for(id, number);
        }
        if self.weights.prefix > 0.0 && !slot.prefix {
            let mut alike: Vec<usize> = stems.clone();
            for spelling in beginnings(slot, lexicon) {
                alike.extend(lexicon.same_beginning(&spelling));
            }
            self.add_conflation(Kind::Prefix, number, alike, self.weights.prefix);
        }
        if self.weights.stem > 0.0 && !slot.prefix {
            self.add_conflation(Kind::Stem, number, stems, self.weights.stem);
        }
    }

    /// The words of the same strict form or stem.
    fn conflated(&mut self, slot: &Slot) -> Vec<usize> {
        let lexicon = &self.index.lexicon;
        let mut forms: Vec<String> = slot.ranks.iter().map(|&rank| lexicon.form(rank).to_owned()).collect();
        if forms.is_empty() {
            forms.push(slot.form.clone());
        }
        let mut ranks = Vec::new();
        for form in forms.iter().take(MAX_SPELLINGS) {
            let forms = analysis::forms(form, Language::French);
            ranks.extend(lexicon.same_strict(conflation_key(&forms.strict)));
            ranks.extend(lexicon.same_stem(conflation_key(&forms.stem)));
        }
        ranks.sort_unstable();
        ranks.dedup();
        if slot.ranks.is_empty() {
            self.retrieve(&ranks.clone(), 1.0);
        }
        ranks
    }

    fn add_conflation(&mut self, kind: Kind, number: usize, mut ranks: Vec<usize>, weight: f32) {
        ranks.sort_unstable();
        ranks.dedup();
        let weight = weight * idf(self.frequency(&ranks), self.total());
        if let Some(feature) = self.out.features.add(Feature { kind, slot: number, weight }) {
            for rank in ranks {
                self.out.features.concern(self.index.lexicon.id(rank), feature);
            }
        }
    }

    /// Two neighbours; what they weigh shows once candidates are counted.
    fn add_pair(&mut self, number: usize, before: &Slot, slot: &Slot) {
        if !slot.adjacent || before.ranks.is_empty() || slot.ranks.is_empty() {
            return;
        }
        let expected = self.frequency(&before.ranks) * self.frequency(&slot.ranks) / self.total().max(1.0);
        if let Some(feature) = self.out.features.add(Feature { kind: Kind::Bigram, slot: number, weight: 0.0 }) {
            self.out.features.pair(number, feature, Some(expected));
        }
    }

    fn report(&mut self, term: &QueryTerm, slots: &[Slot]) {
        let forms = analysis::forms(&term.form, Language::French);
        let frequency = slots.iter().map(|slot| self.frequency(&slot.ranks)).reduce(f32::min);
        let lexicon = &self.index.lexicon;
        let corrected = slots.iter().filter(|slot| slot.corrected).flat_map(|slot| &slot.ranks);
        self.out.terms.push(TermReport {
            text: term.text.clone(),
            role: role_name(term.role),
            form: term.form.clone(),
            stem: forms.stem,
            strict: forms.strict,
            alternatives: term.alternatives.iter().map(|a| (a.forms.join(" "), reason_text(a.reason))).collect(),
            corrections: corrected.map(|&rank| lexicon.form(rank).to_owned()).collect(),
            articles: frequency.unwrap_or(0.0).round() as u32,
        });
    }
}

/// Words of a query that rank; a pasted page is searched by its beginning.
const MAX_SLOTS: usize = FIRST_EXPRESSION_SLOT;

/// Spellings of one word (accents typed or not) whose stems are looked up; more than these do not occur.
const MAX_SPELLINGS: usize = 8;

/// The beginnings that words alike share: of the word as typed, or of its corrections.
fn beginnings(slot: &Slot, lexicon: &crate::index::Lexicon) -> Vec<String> {
    let spellings: Vec<&str> = match slot.corrected {
        true => slot.ranks.iter().map(|&rank| lexicon.folded(rank)).collect(),
        false => vec![slot.folded.as_str()],
    };
    let mut beginnings: Vec<String> = spellings
        .into_iter()
        .filter(|spelling| spelling.chars().count() >= PREFIX_CHARS)
        .map(|spelling| spelling.chars().take(PREFIX_CHARS).collect())
        .collect();
    beginnings.sort_unstable();
    beginnings.dedup();
    beginnings
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Content => "content",
        Role::Function => "function",
        Role::Question => "question",
    }
}

fn reason_text(reason: Reason) -> String {
    match reason {
        Reason::Parts => "parties d'un mot composé".to_owned(),
        Reason::Expression => "mots d'une expression".to_owned(),
        Reason::Number => "le même nombre".to_owned(),
        Reason::Equivalence(why) => why.to_owned(),
    }
}
