//! What a passage must satisfy: required and excluded words, phrases, filters. Decided exactly, passage by passage.
//!
//! Words are compared by their strict forms; the order of words is checked on the passage's own sequence of word
//! numbers, which the index keeps for the second look anyway.

use rustc_hash::FxHashSet;
use tantivy::schema::Field;

use crate::amount::AmountFilter;
use crate::analysis::{self, Language, QueryTerm, Reason, Role};
use crate::error::Result;
use crate::index::lexicon::conflation_key;
use crate::index::{Columns, Index, RecordSet, Sequences, WordId, block, day_number};
use crate::query::{Clause, Expr, Filters, Occur, Query};

/// Which of the query's plain words must be in a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Matching {
    /// At least one content word.
    #[default]
    Any,
    /// Every content word.
    All,
}

/// What a passage must satisfy.
#[derive(Debug, Clone)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// A strict form is there.
    Strict(String),
    /// These words stand side by side, in the passage or in the title; each may be any of a set.
    Sequence {
        strict: Vec<String>,
        words: Vec<WordSet>,
    },
    /// One of these words is there, in the passage or (`title_only`) in the title.
    OneOf {
        strict: Vec<String>,
        words: WordSet,
        title_only: bool,
    },
    Label {
        field: Field,
        value: String,
    },
    Days {
        since: Option<i64>,
        until: Option<i64>,
    },
    Amount(AmountFilter),
}

/// Numbers of words. Nearly every word of a text is in no set: one bit tells, before any look into a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WordSet {
    words: FxHashSet<WordId>,
    filter: [u64; FILTER_WORDS],
}

/// 1,024 bits: what a word of a condition stands for is some ten spellings.
const FILTER_WORDS: usize = 16;

impl WordSet {
    #[inline]
    fn contains(&self, word: WordId) -> bool {
        self.filter[filter_place(word)] >> (word % 64) & 1 == 1 && self.words.contains(&word)
    }
}

impl FromIterator<WordId> for WordSet {
    fn from_iter<I: IntoIterator<Item = WordId>>(words: I) -> Self {
        let mut set = Self { words: words.into_iter().collect(), ..Self::default() };
        set.words.iter().for_each(|&word| set.filter[filter_place(word)] |= 1 << (word % 64));
        set
    }
}

fn filter_place(word: WordId) -> usize {
    (word / 64) as usize % FILTER_WORDS
}

/// The conditions that the words of `query` make: those that always hold, and those that plain words make.
pub struct Conditions {
    /// From `+`, `-`, quotes, operators, fields and filters: always required. `None` when there are none.
    pub required: Option<Condition>,
    /// From plain words: at least one of these must hold for a passage to count as found.
    pub any: Vec<Condition>,
}

/// With more content words than these beside it, a phrase in quotes is somebody's words in a pasted headline, not a
/// demand. On 1,500 headlines of real news, of which 283 have quotes, demanding them lost 5 points of nDCG@10.
const MAX_WORDS_BESIDE_PHRASE: usize = 3;

/// The same for one word in quotes, which writers use to keep their distance (« le "leader" du cloud français »).
const MAX_WORDS_BESIDE_WORD: usize = 1;

/// Whether phrases in quotes are demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrases {
    /// Passages without them are not found.
    Required,
    /// They only rank, like words: what is left to do when no passage has them.
    Evidence,
}

/// Reads the conditions of a query.
pub fn conditions(index: &Index, query: &Query, matching: Matching, phrases: Phrases) -> Conditions {
    let mut required = Vec::new();
    let mut any = Vec::new();
    for clause in &query.clauses {
        let quoted = matches!(clause.expr, Expr::Phrase(_)) && clause.occur == Occur::Should;
        let demand = phrases == Phrases::Required && (matching == Matching::All || is_demand(query, &clause.expr));
        if quoted && !demand {
            let words: Vec<Condition> = clause.expr.texts().into_iter().flat_map(|text| terms(index, text)).collect();
            if matching == Matching::All {
                required.extend(words.iter().cloned());
            }
            any.extend(words);
        } else {
            clause_conditions(index, clause, matching, &mut required, &mut any);
        }
    }
    required.extend(filters(index, &query.filters));
    let required = (!required.is_empty()).then_some(Condition::All(required));
    Conditions { required, any }
}

/// Tells whether quotes ask for what is in them, rather than being part of a headline.
fn is_demand(query: &Query, quoted: &Expr) -> bool {
    let one_word = quoted.texts().iter().all(|text| analysis::query_terms(text).len() <= 1);
    words_outside_quotes(query) <= if one_word { MAX_WORDS_BESIDE_WORD } else { MAX_WORDS_BESIDE_PHRASE }
}

fn words_outside_quotes(query: &Query) -> usize {
    let words = query.clauses.iter().filter_map(|clause| match &clause.expr {
        Expr::Words(text) => Some(analysis::query_terms(text)),
        _ => None,
    });
    words.flatten().filter(|term| term.role == Role::Content).count()
}

fn clause_conditions(
    index: &Index,
    clause: &Clause,
    matching: Matching,
    required: &mut Vec<Condition>,
    any: &mut Vec<Condition>,
) {
    let words = matches!(clause.expr, Expr::Words(_) | Expr::Prefix(_));
    match clause.occur {
        Occur::MustNot => required.push(Condition::Not(Box::new(expr(index, &clause.expr)))),
        Occur::Should if words => {
            let all = each_word(index, &clause.expr);
            if matching == Matching::All {
                required.extend(all.iter().cloned());
            }
            any.extend(all);
        }
        // Quotes, fields and operators are typed to be obeyed.
        Occur::Must | Occur::Should => {
            let condition = expr(index, &clause.expr);
            required.push(condition.clone());
            any.push(condition);
        }
    }
}

fn each_word(index: &Index, words: &Expr) -> Vec<Condition> {
    match words {
        Expr::Words(text) => terms(index, text),
        other => vec![expr(index, other)],
    }
}

fn expr(index: &Index, expr_: &Expr) -> Condition {
    match expr_ {
        Expr::Words(text) => Condition::All(terms(index, text)),
        Expr::Phrase(text) => phrase(index, text),
        Expr::Exact(text) => one_of(index, text, Place::Anywhere, Spelling::Exact),
        Expr::Title(text) => Condition::All(
            text.split_whitespace().map(|word| one_of(index, word, Place::Title, Spelling::Conflated)).collect(),
        ),
        Expr::Prefix(start) => prefix(index, start),
        Expr::Either(sides) => Condition::Any(sides.iter().map(|side| expr(index, side)).collect()),
    }
}

/// One condition for each content word. Two neighbours may be met by their joined spelling (`start up`: startup).
fn terms(index: &Index, text: &str) -> Vec<Condition> {
    let terms = analysis::query_terms(text);
    let joined_before = |at: usize| at.checked_sub(1).and_then(|at| terms[at].joined_with_next.as_deref());
    let content = terms.iter().enumerate().filter(|(_, term)| term.role == Role::Content);
    content.map(|(at, term)| term_condition(index, term, joined_before(at))).collect()
}

fn term_condition(index: &Index, term: &QueryTerm, joined_before: Option<&str>) -> Condition {
    let mut ways = Vec::new();
    // An expression is met by its words side by side; that alternative is in its list.
    if term.words.len() == 1 || term.alternatives.iter().any(|a| a.reason == Reason::Parts) {
        ways.push(Condition::Strict(strict(&term.form)));
    }
    ways.extend(term.alternatives.iter().map(|alternative| sequence(index, &alternative.forms)));
    let joined = term.joined_with_next.as_deref().into_iter().chain(joined_before);
    ways.extend(joined.map(|form| Condition::Strict(strict(form))));
    Condition::Any(ways)
}

fn strict(form: &str) -> String {
    analysis::forms(form, Language::French).strict
}

fn sequence(index: &Index, forms: &[String]) -> Condition {
    if let [form] = forms {
        return Condition::Strict(strict(form));
    }
    let joined = self::strict(&forms.concat());
    let strict: Vec<String> = forms.iter().map(|form| self::strict(form)).collect();
    let words = strict.iter().map(|strict| words_of(index, strict)).collect();
    // A text that writes them as one, or with hyphens, has the joined spelling among its words: no need to read it.
    Condition::Any(vec![Condition::Strict(joined), Condition::Sequence { strict, words }])
}

fn words_of(index: &Index, strict: &str) -> WordSet {
    index.lexicon.same_strict(conflation_key(strict)).map(|rank| index.lexicon.id(rank)).collect()
}

/// A phrase holds words as they are written, accents aside.
fn phrase(index: &Index, text: &str) -> Condition {
    let mut strict = Vec::new();
    let mut words = Vec::new();
    analysis::tokenize(text, &mut |token| {
        if token.kind == analysis::TokenKind::Word {
            strict.push(self::strict(token.form));
            words.push(as_written(index, token.form));
        }
    });
    Condition::Sequence { strict, words }
}

fn as_written(index: &Index, form: &str) -> WordSet {
    index.lexicon.same_letters(&analysis::fold(form)).map(|rank| index.lexicon.id(rank)).collect()
}

enum Place {
    Anywhere,
    Title,
}

enum Spelling {
    Exact,
    Conflated,
}

fn one_of(index: &Index, text: &str, place: Place, spelling: Spelling) -> Condition {
    let mut conditions = Vec::new();
    analysis::tokenize(text, &mut |token| {
        if token.kind != analysis::TokenKind::Word {
            return;
        }
        let strict = self::strict(token.form);
        let words = match spelling {
            Spelling::Exact => {
                let ranks = index.lexicon.same_letters(&analysis::fold(token.form));
                ranks
                    .filter(|&rank| index.lexicon.form(rank) == token.form)
                    .map(|rank| index.lexicon.id(rank))
                    .collect()
            }
            Spelling::Conflated => words_of(index, &strict),
        };
        let title_only = matches!(place, Place::Title);
        conditions.push(Condition::OneOf { strict: vec![strict], words, title_only });
    });
    Condition::All(conditions)
}

fn prefix(index: &Index, start: &str) -> Condition {
    let folded = analysis::fold(&start.to_lowercase());
    let ranks = index.lexicon.same_beginning(&folded);
    let mut forms: Vec<String> = ranks.clone().map(|rank| strict(index.lexicon.form(rank))).collect();
    forms.sort_unstable();
    forms.dedup();
    let words = ranks.map(|rank| index.lexicon.id(rank)).collect();
    Condition::OneOf { strict: forms, words, title_only: false }
}

fn filters(index: &Index, filters: &Filters) -> Vec<Condition> {
    let f = &index.fields;
    let mut conditions = Vec::new();
    for (field, values) in [(f.company, &filters.companies), (f.topic, &filters.topics), (f.source, &filters.sources)] {
        let label = |value: &String| Condition::Label { field, value: value.clone() };
        conditions.extend(values.all.iter().map(|any| Condition::Any(any.iter().map(label).collect())));
        conditions.extend(values.none.iter().map(|value| Condition::Not(Box::new(label(value)))));
    }
    if filters.since.is_some() || filters.until.is_some() {
        let (since, until) = (filters.since.map(day_number), filters.until.map(day_number));
        conditions.push(Condition::Days { since, until });
    }
    // What cannot be read as a range has been told as a warning where the query was resolved.
    conditions.extend(filters.amounts.iter().filter_map(|text| AmountFilter::parse(text).ok()).map(Condition::Amount));
    conditions
}

/// Returns the passages of `segment` that satisfy `condition`.
///
/// # Errors
/// [`crate::Error::Engine`] where the index cannot be read.
pub fn passages(index: &Index, segment: u32, condition: &Condition) -> Result<RecordSet> {
    let reader = index.searcher.segment_reader(segment);
    match condition {
        Condition::All(parts) => {
            let Some((first, rest)) = parts.split_first() else { return every_passage(index, segment) };
            let mut set = passages(index, segment, first)?;
            for part in rest {
                set.intersect(&passages(index, segment, part)?);
            }
            Ok(set)
        }
        Condition::Any(parts) => {
            let mut set = RecordSet::empty(reader.max_doc());
            add_any(index, segment, parts, &mut set)?;
            Ok(set)
        }
        Condition::Not(part) => {
            let mut set = every_passage(index, segment)?;
            set.subtract(&passages(index, segment, part)?);
            Ok(set)
        }
        Condition::Strict(form) => with_term(index, segment, index.fields.strict, form),
        Condition::Sequence { strict, words } => sequences(index, segment, strict, words, None),
        Condition::OneOf { strict, words, title_only } => holding(index, segment, strict, words, *title_only),
        Condition::Label { field, value } => with_term(index, segment, *field, value),
        Condition::Days { since, until } => on_days(index, segment, *since, *until),
        Condition::Amount(filter) => with_amount(index, segment, filter),
    }
}

/// Words are by far the most common parts: their postings go into the one set, without a set of their own, and word
/// sequences are then looked for only in what they left.
fn add_any(index: &Index, segment: u32, parts: &[Condition], set: &mut RecordSet) -> Result<()> {
    let mut leaves = Vec::new();
    flatten(parts, &mut leaves);
    let (words, mut others): (Vec<_>, Vec<_>) =
        leaves.into_iter().partition(|leaf| matches!(leaf, Condition::Strict(_)));
    keep_shortest_sequences(&mut others);
    for part in words.into_iter().chain(others) {
        match part {
            Condition::Strict(form) => index.add_bearers(segment, index.fields.strict, form, set)?,
            Condition::Sequence { strict, words } => {
                let found = sequences(index, segment, strict, words, Some(set))?;
                set.unite(&found);
            }
            other => set.unite(&passages(index, segment, other)?),
        }
    }
    Ok(())
}

fn flatten<'c>(parts: &'c [Condition], leaves: &mut Vec<&'c Condition>) {
    for part in parts {
        match part {
            Condition::Any(parts) => flatten(parts, leaves),
            leaf => leaves.push(leaf),
        }
    }
}

/// Leaves out the sequences that hold another one: where they stand, it stands too.
fn keep_shortest_sequences(parts: &mut Vec<&Condition>) {
    let mut kept: Vec<&Condition> = Vec::with_capacity(parts.len());
    parts.sort_by_key(|part| if let Condition::Sequence { words, .. } = part { words.len() } else { 0 });
    for part in parts.drain(..) {
        if !kept.iter().any(|shorter| is_within(shorter, part)) {
            kept.push(part);
        }
    }
    *parts = kept;
}

fn is_within(shorter: &Condition, longer: &Condition) -> bool {
    match (shorter, longer) {
        (Condition::Sequence { words: shorter, .. }, Condition::Sequence { words: longer, .. }) => {
            longer.windows(shorter.len().max(1)).any(|run| run == &shorter[..])
        }
        _ => false,
    }
}

/// Returns the living passages of a segment.
pub fn every_passage(index: &Index, segment: u32) -> Result<RecordSet> {
    index.living(segment).cloned()
}

fn with_term(index: &Index, segment: u32, field: Field, text: &str) -> Result<RecordSet> {
    let mut set = RecordSet::empty(index.searcher.segment_reader(segment).max_doc());
    index.add_bearers(segment, field, text, &mut set)?;
    Ok(set)
}

/// The passages, `known` ones left out, where these words stand side by side.
fn sequences(
    index: &Index,
    segment: u32,
    strict: &[String],
    words: &[WordSet],
    known: Option<&RecordSet>,
) -> Result<RecordSet> {
    let Some((first, rest)) = strict.split_first() else { return every_passage(index, segment) };
    let mut set = with_term(index, segment, index.fields.strict, first)?;
    for form in rest {
        set.intersect(&with_term(index, segment, index.fields.strict, form)?);
    }
    known.iter().for_each(|known| set.subtract(known));
    let columns = index.columns(segment)?;
    let stand_together = |text: &[WordId]| {
        let Some((first, rest)) = words.split_first() else { return true };
        let Some(last) = text.len().checked_sub(words.len()) else { return false };
        let follow = |at: usize| rest.iter().zip(&text[at + 1..]).all(|(set, &id)| set.contains(id));
        (0..=last).any(|at| first.contains(text[at]) && follow(at))
    };
    set.retain(in_text_or_title(columns, &stand_together));
    Ok(set)
}

fn holding(index: &Index, segment: u32, strict: &[String], words: &WordSet, title_only: bool) -> Result<RecordSet> {
    let mut set = RecordSet::empty(index.searcher.segment_reader(segment).max_doc());
    for form in strict {
        index.add_bearers(segment, index.fields.strict, form, &mut set)?;
    }
    let columns = index.columns(segment)?;
    let holds = |text: &[WordId]| text.iter().any(|&id| words.contains(id));
    match title_only {
        true => set.retain(in_title(columns, &holds)),
        false => set.retain(in_text_or_title(columns, &holds)),
    }
    Ok(set)
}

/// Whether something holds for the words of a passage or for those of its title.
fn in_text_or_title(columns: &Columns, holds: &impl Fn(&[WordId]) -> bool) -> impl FnMut(u32) -> bool {
    let mut in_title = in_title(columns, holds);
    let mut sequences = Sequences::default();
    move |doc| {
        sequences.read(&columns.words, doc, 1);
        holds(sequences.all()) || in_title(doc)
    }
}

/// Whether something holds for the words of a passage's title, which is read once for the passages of an article.
fn in_title(columns: &Columns, holds: &impl Fn(&[WordId]) -> bool) -> impl FnMut(u32) -> bool {
    let mut sequences = Sequences::default();
    let mut last = None;
    move |doc| {
        let article = columns.article_of(doc);
        if let Some((read, held)) = last
            && read == article
        {
            return held;
        }
        sequences.read(&columns.words, article, 1);
        let held = holds(sequences.all());
        last = Some((article, held));
        held
    }
}

fn on_days(index: &Index, segment: u32, since: Option<i64>, until: Option<i64>) -> Result<RecordSet> {
    let mut set = every_passage(index, segment)?;
    let days = &index.columns(segment)?.day;
    let (since, until) = (since.unwrap_or(i64::MIN), until.unwrap_or(i64::MAX));
    set.retain(|doc| days.first(doc).is_some_and(|day| (since..=until).contains(&day)));
    Ok(set)
}

fn with_amount(index: &Index, segment: u32, filter: &AmountFilter) -> Result<RecordSet> {
    let mut set = every_passage(index, segment)?;
    let columns = index.columns(segment)?;
    set.retain(|doc| {
        let currencies = columns.amount_currency.values_for_doc(doc).map(block::unpack_currency);
        columns
            .amount_value
            .values_for_doc(doc)
            .zip(currencies)
            .any(|(value, currency)| filter.matches(value, &currency))
    });
    Ok(set)
}
