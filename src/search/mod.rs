//! From a query to ranked passages: `Query` in, [`SearchResults`] out, nothing printed, no terminal in it.
//!
//! [`understand`] says what the words may stand for in this index; [`condition`] decides exactly which passages may
//! be shown; `retrieve` finds candidate articles; [`evidence`] ranks their passages; [`highlight`] marks what is
//! shown; [`facet`] counts.
//!
//! Order of hits: articles by their best passage, the passages of an article together, best first. Equal scores are
//! ordered by date, newest first, then by a hash of the id, so that the same index gives the same answer on every run, however
//! many threads wrote it.

pub mod condition;
pub mod deals;
pub mod evidence;
pub mod facet;
pub mod highlight;
pub mod reasons;
mod retrieve;
mod spelling;
pub mod sum;
pub mod understand;

use std::cmp::Ordering;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use crate::article::{Article, ArticleId, Date, Span};
use crate::error::Result;
use crate::index::{Index, Place, RecordSet, Sequences, StoredPassage, day_number};
use crate::query::{Expr, Query};
pub use condition::Matching;
use condition::{Condition, Conditions, Phrases};
use evidence::{Counts, Features, Kind, Weights, length_norm};
use understand::Understanding;
pub use understand::{Spelling, TermReport};

/// Passages shown when nobody says how many.
pub const DEFAULT_LIMIT: usize = 10;

/// Passages of one article shown when nobody says how many.
pub const DEFAULT_PER_ARTICLE: usize = 2;

/// Candidate articles that get a second look, at least; twice what is to be shown where that is more.
///
/// With 200, 150, 100 and 60, nDCG@10 is 83.90, 83.90, 83.90 and 83.88 on 1,500 headlines of news.
pub const CANDIDATES: usize = 100;

/// How a search is done.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchOptions {
    /// Passages to return, after `offset` of them.
    pub limit: usize,
    pub offset: usize,
    /// Passages of one article; 0 for no limit.
    pub per_article: usize,
    pub matching: Matching,
    pub sort: Sort,
    pub duplicates: Duplicates,
    pub spelling: Spelling,
    /// A day to prefer articles near to, newest gaining a little.
    pub recency: Option<Date>,
    /// Whether each hit says what speaks for it.
    pub explain: bool,
    pub weights: Weights,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self {
            limit: DEFAULT_LIMIT,
            offset: 0,
            per_article: DEFAULT_PER_ARTICLE,
            matching: Matching::Any,
            sort: Sort::Relevance,
            duplicates: Duplicates::Fold,
            spelling: Spelling::Correct,
            recency: None,
            explain: false,
            weights: Weights::default(),
        }
    }
}

/// In which order hits come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    #[default]
    Relevance,
    /// Newest first, among the passages that hold every content word; if there are none, any of them.
    Date,
}

/// What becomes of articles that tell the same story in nearly the same words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duplicates {
    /// The best stands for all; the others are named.
    #[default]
    Fold,
    Show,
}

/// The answer to a query, complete: nothing in it is the engine's, nothing is formatted.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchResults {
    pub hits: Vec<Hit>,
    /// Passages that hold a content word of the query and satisfy its conditions, and the articles they are in.
    pub total_passages: usize,
    pub total_articles: usize,
    pub took: Duration,
    pub terms: Vec<TermReport>,
    /// Words that weighed nothing.
    pub ignored: Vec<String>,
    /// Words that are nowhere, each with the word that was tried instead.
    pub corrections: Vec<(String, String)>,
    pub warnings: Vec<String>,
}

/// A passage found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// From 1.
    pub rank: usize,
    /// Comparable within one answer only.
    pub score: f32,
    /// Without text.
    pub article: Article,
    pub passage: StoredPassage,
    /// Bytes of the passage's text.
    pub highlights: Vec<Span>,
    /// Other passages of the article that were found and are not shown.
    pub other_passages: usize,
    /// Articles that tell the same in nearly the same words.
    pub duplicates: Vec<ArticleId>,
    /// What speaks for it, largest share first; empty unless [`SearchOptions::explain`] asks.
    pub evidence: Vec<Share>,
    /// Why its companies are tagged; empty until [`reasons::explain`] fills it.
    pub tagged: Vec<Tagged>,
}

/// A company of a passage, the words that name it, and why they are taken for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    pub company: String,
    pub text: String,
    pub reason: String,
}

impl Hit {
    /// The id that `show` accepts.
    pub fn id(&self) -> String {
        passage_id(&self.article.id, self.passage.ordinal)
    }
}

/// A passage's id: its article's, `#`, its place from 0.
pub fn passage_id(article: &ArticleId, ordinal: usize) -> String {
    format!("{article}#{ordinal}")
}

/// A part of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    pub kind: Kind,
    /// In the passage itself, or in the article around it.
    pub level: Level,
    pub score: f32,
}

/// Where evidence was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Passage,
    Article,
}

/// Answers `query`.
///
/// # Errors
/// [`crate::Error::Engine`] or [`crate::Error::Damaged`] where the index cannot be read; never for the query.
pub fn search(index: &Index, query: &Query, options: &SearchOptions) -> Result<SearchResults> {
    let start = Instant::now();
    // Who demands every word means the words as typed.
    let spelling = if options.matching == Matching::All { Spelling::ToTheLetter } else { options.spelling };
    let mut understanding = understand::understand(index, query, &options.weights, spelling);
    let query = &corrected(query, &understanding.corrections);
    let mut warnings = query.warnings.clone();
    let conditions = condition::conditions(index, query, options.matching, Phrases::Required);
    let mut found = Found::new(index, &conditions, options.sort)?;
    if found.is_empty() && query.clauses.iter().any(|clause| matches!(clause.expr, Expr::Phrase(_))) {
        let relaxed = condition::conditions(index, query, options.matching, Phrases::Evidence);
        let found_relaxed = Found::new(index, &relaxed, options.sort)?;
        if !found_relaxed.is_empty() {
            warnings.push(NO_PHRASE.to_owned());
            found = found_relaxed;
        }
    }
    let ranked = match understanding.stems.is_empty() && understanding.features.list().is_empty() {
        true => newest(index, &found)?,
        false => rank(index, &mut understanding, &found, options)?,
    };
    let ranked = fold(index, ranked, options.duplicates);
    let chosen = choose(&ranked, options);
    let hits = chosen.map(|chosen| hit(index, &understanding, &found, options, chosen)).collect::<Result<Vec<_>>>()?;
    let (total_passages, total_articles) = found.totals(index)?;
    Ok(SearchResults {
        total_passages: total_passages.max(hits.len()),
        total_articles: total_articles.max(ranked.len().min(hits.len())),
        hits,
        took: start.elapsed(),
        terms: understanding.terms,
        ignored: understanding.ignored,
        corrections: understanding.corrections,
        warnings,
    })
}

/// The query with its corrected words, so that what is counted is what was searched.
fn corrected(query: &Query, corrections: &[(String, String)]) -> Query {
    let mut query = query.clone();
    for clause in &mut query.clauses {
        if let Expr::Words(text) = &mut clause.expr {
            for (from, to) in corrections {
                *text = text.replace(from.as_str(), to);
            }
        }
    }
    query
}

/// Said when a phrase in quotes is nowhere and its words were searched instead.
const NO_PHRASE: &str = "aucun passage n'a l'expression entre guillemets ; ses mots ont été cherchés séparément";

/// The passages found, segment by segment.
struct Found {
    /// Those that satisfy the conditions and hold a word of the query.
    matched: Vec<RecordSet>,
    /// Those that may be shown, where not all may.
    allowed: Option<Vec<RecordSet>>,
}

impl Found {
    fn new(index: &Index, conditions: &Conditions, sort: Sort) -> Result<Self> {
        let mut matched = Vec::new();
        let mut allowed = conditions.required.as_ref().map(|_| Vec::new());
        for segment in 0..index.segments() {
            let required = conditions.required.as_ref();
            let required = required.map(|required| condition::passages(index, segment, required)).transpose()?;
            let any = match conditions.any.is_empty() {
                true => condition::every_passage(index, segment)?,
                false => condition::passages(index, segment, &Condition::Any(conditions.any.clone()))?,
            };
            matched.push(match &required {
                Some(required) => {
                    let mut both = any;
                    both.intersect(required);
                    both
                }
                None => any,
            });
            allowed.iter_mut().for_each(|allowed| allowed.extend(required.clone()));
        }
        let found = Self { matched, allowed };
        if sort == Sort::Date { found.narrowed(index, conditions) } else { Ok(found) }
    }

    /// By date, passages that hold every word come alone, if there are any.
    fn narrowed(mut self, index: &Index, conditions: &Conditions) -> Result<Self> {
        let mut narrowed = self.matched.clone();
        for (segment, set) in (0..).zip(&mut narrowed) {
            set.intersect(&condition::passages(index, segment, &Condition::All(conditions.any.clone()))?);
        }
        if narrowed.iter().any(|set| !set.is_empty()) {
            self.matched = narrowed;
        }
        self.allowed = Some(self.matched.clone());
        Ok(self)
    }

    fn is_empty(&self) -> bool {
        self.matched.iter().all(RecordSet::is_empty)
    }

    fn may_show(&self, place: Place) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed[place.segment as usize].contains(place.doc))
    }

    /// The article records that have a passage to show.
    fn articles(&self, index: &Index) -> Result<Option<Vec<RecordSet>>> {
        let Some(allowed) = &self.allowed else { return Ok(None) };
        let mut articles = Vec::new();
        for (segment, set) in (0..).zip(allowed) {
            let columns = index.columns(segment)?;
            let mut parents = RecordSet::empty(index.searcher.segment_reader(segment).max_doc());
            for doc in set.iter() {
                parents.insert(columns.article_of(doc));
            }
            articles.push(parents);
        }
        Ok(Some(articles))
    }

    fn totals(&self, index: &Index) -> Result<(usize, usize)> {
        let (mut passages, mut articles) = (0, 0);
        for (segment, set) in (0..).zip(&self.matched) {
            passages += set.len();
            articles += index.columns(segment)?.articles_among(set);
        }
        Ok((passages, articles))
    }
}

/// An article with its passages to show, best first.
#[derive(Debug, Clone)]
struct Ranked {
    place: Place,
    day: i64,
    score: f32,
    passages: Vec<(Place, f32)>,
    duplicates: Vec<Place>,
}

/// Without words to rank by, the newest come first.
fn newest(index: &Index, found: &Found) -> Result<Vec<Ranked>> {
    let mut articles: FxHashMap<Place, Ranked> = FxHashMap::default();
    for (segment, set) in (0..).zip(&found.matched) {
        for doc in set.iter() {
            let passage = Place { segment, doc };
            let place = index.article_of(passage)?;
            let day = day(index, place)?;
            let new = || Ranked { place, day, score: 0.0, passages: Vec::new(), duplicates: Vec::new() };
            articles.entry(place).or_insert_with(new).passages.push((passage, 0.0));
        }
    }
    let mut ranked: Vec<Ranked> = articles.into_values().collect();
    sort(index, &mut ranked, Sort::Date);
    Ok(ranked)
}

fn day(index: &Index, article: Place) -> Result<i64> {
    Ok(index.columns(article.segment)?.day.first(article.doc + 1).unwrap_or(i64::MIN))
}

fn rank(
    index: &Index,
    understanding: &mut Understanding,
    found: &Found,
    options: &SearchOptions,
) -> Result<Vec<Ranked>> {
    if options.sort == Sort::Date {
        // Every passage found is wanted, not the best few.
        return newest(index, found);
    }
    let mut ranked = Vec::new();
    let candidates = CANDIDATES.max(2 * options.offset.saturating_add(options.limit));
    let candidates = retrieve::candidates(index, &understanding.stems, candidates, found.articles(index)?.as_deref())?;
    let mut look = SecondLook::new(index, options);
    let counted: Vec<Counted> =
        candidates.into_iter().map(|place| look.count(&understanding.features, place)).collect::<Result<_>>()?;
    let articles: Vec<&Counts> = counted.iter().map(|candidate| &candidate.whole).collect();
    understanding.features.weigh_pairs(&articles, index.stamp.articles as f32, options.weights.bigram);
    for candidate in counted {
        ranked.extend(look.rank(&understanding.features, candidate, found)?);
    }
    sort(index, &mut ranked, options.sort);
    Ok(ranked)
}

/// Best score first, or newest first; then newest, then by a hash of the id: ids themselves lie in the stored records,
/// which are slow to read.
fn sort(index: &Index, ranked: &mut [Ranked], by: Sort) {
    ranked.sort_by(|a, b| {
        let score = if by == Sort::Date { Ordering::Equal } else { b.score.total_cmp(&a.score) };
        score.then(b.day.cmp(&a.day)).then_with(|| index.key(a.place).cmp(&index.key(b.place)))
    });
}

/// Reads candidates' words and scores their passages.
struct SecondLook<'a> {
    index: &'a Index,
    options: &'a SearchOptions,
    average_article: f32,
    average_passage: f32,
    words: Sequences,
}

/// What was counted in an article.
struct Counted {
    place: Place,
    whole: Counts,
    /// In each passage under its title.
    passages: Vec<Counts>,
}

impl<'a> SecondLook<'a> {
    fn new(index: &'a Index, options: &'a SearchOptions) -> Self {
        let stamp = &index.stamp;
        let (articles, passages) = (stamp.articles.max(1) as f32, stamp.passages.max(1) as f32);
        let title = stamp.title_words as f32 / articles;
        Self {
            index,
            options,
            average_article: stamp.words as f32 / articles,
            average_passage: (stamp.words - stamp.title_words) as f32 / passages + title,
            words: Sequences::default(),
        }
    }

    fn count(&mut self, features: &Features, place: Place) -> Result<Counted> {
        let columns = self.index.columns(place.segment)?;
        let passages = self.index.passage_count(place)?;
        self.words.read(&columns.words, place.doc, passages + 1);
        let mut title = Counts::default();
        features.count(self.words.of(0), &mut title);
        let mut counted = Counted { place, whole: title.clone(), passages: Vec::with_capacity(passages as usize) };
        for k in 1..=passages as usize {
            let mut counts = Counts::default();
            features.count(self.words.of(k), &mut counts);
            counted.whole.add(&counts);
            counts.add(&title);
            counted.passages.push(counts);
        }
        Ok(counted)
    }

    /// Scores the passages that may be shown; `None` where there are none.
    fn rank(&self, features: &Features, counted: Counted, found: &Found) -> Result<Option<Ranked>> {
        let k1 = self.options.weights.k1;
        let place = counted.place;
        let around = self.options.weights.article * features.score(&counted.whole, self.article_norm(&counted), k1);
        let day = day(self.index, place)?;
        let decay = self.decay(day);
        let mut scored: Vec<(Place, f32)> = Vec::new();
        for (doc, counts) in (place.doc + 1..).zip(&counted.passages) {
            let passage = Place { doc, ..place };
            if found.may_show(passage) {
                let own = features.score(counts, self.passage_norm(counts), k1);
                scored.push((passage, (own + around) * decay));
            }
        }
        scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let Some(&(_, score)) = scored.first() else { return Ok(None) };
        Ok(Some(Ranked { place, day, score, passages: scored, duplicates: Vec::new() }))
    }

    fn article_norm(&self, counted: &Counted) -> f32 {
        let Weights { k1, b_article, .. } = self.options.weights;
        length_norm(counted.whole.words, self.average_article, k1, b_article)
    }

    fn passage_norm(&self, counts: &Counts) -> f32 {
        let Weights { k1, b, .. } = self.options.weights;
        length_norm(counts.words, self.average_passage, k1, b)
    }

    /// Between [`RECENCY_FLOOR`] for the very old and 1 for today's.
    fn decay(&self, day: i64) -> f32 {
        let Some(today) = self.options.recency else { return 1.0 };
        let age = (day_number(today).saturating_sub(day)).max(0) as f32;
        RECENCY_FLOOR + (1.0 - RECENCY_FLOOR) * (-age / RECENCY_DAYS).exp()
    }

    fn evidence(&mut self, features: &Features, article: Place, passage: Place) -> Result<Vec<Share>> {
        let counted = self.count(features, article)?;
        let own = &counted.passages[(passage.doc - article.doc - 1) as usize];
        let Weights { k1, article: share, .. } = self.options.weights;
        let mut shares: FxHashMap<(Kind, Level), f32> = FxHashMap::default();
        for (feature, score) in features.shares(own, self.passage_norm(own), k1) {
            *shares.entry((feature.kind, Level::Passage)).or_default() += score;
        }
        for (feature, score) in features.shares(&counted.whole, self.article_norm(&counted), k1) {
            *shares.entry((feature.kind, Level::Article)).or_default() += share * score;
        }
        let mut shares: Vec<Share> =
            shares.into_iter().map(|((kind, level), score)| Share { kind, level, score }).collect();
        shares.sort_by(|a, b| b.score.total_cmp(&a.score).then((a.kind, a.level).cmp(&(b.kind, b.level))));
        Ok(shares)
    }
}

/// What is left of the score of a very old article under `recency`.
const RECENCY_FLOOR: f32 = 0.7;

/// The age at which an article has lost two thirds of what it can lose.
const RECENCY_DAYS: f32 = 180.0;

/// Keeps the best article of each story and notes the others with it.
fn fold(index: &Index, ranked: Vec<Ranked>, duplicates: Duplicates) -> Vec<Ranked> {
    if index.stories.is_empty() || duplicates == Duplicates::Show {
        return ranked;
    }
    let mut first: FxHashMap<u32, usize> = FxHashMap::default();
    let mut folded: Vec<Ranked> = Vec::with_capacity(ranked.len());
    for article in ranked {
        let story = index.key(article.place).and_then(|key| index.stories.of(key));
        match story.map(|story| first.entry(story).or_insert(folded.len())) {
            Some(&mut at) if at < folded.len() => folded[at].duplicates.push(article.place),
            _ => folded.push(article),
        }
    }
    folded
}

/// A passage to show.
struct Chosen<'r> {
    rank: usize,
    article: &'r Ranked,
    passage: Place,
    score: f32,
    shown_of_article: usize,
}

fn choose<'r>(ranked: &'r [Ranked], options: &SearchOptions) -> impl Iterator<Item = Chosen<'r>> + use<'r> {
    let per_article = if options.per_article == 0 { usize::MAX } else { options.per_article };
    let shown = move |article: &Ranked| article.passages.len().min(per_article);
    let all = ranked.iter().flat_map(move |article| {
        let passages = article.passages.iter().take(per_article);
        passages.map(move |&(passage, score)| (article, passage, score, shown(article)))
    });
    (1..).zip(all).skip(options.offset).take(options.limit).map(
        |(rank, (article, passage, score, shown_of_article))| Chosen {
            rank,
            article,
            passage,
            score,
            shown_of_article,
        },
    )
}

fn hit(
    index: &Index,
    understanding: &Understanding,
    found: &Found,
    options: &SearchOptions,
    chosen: Chosen<'_>,
) -> Result<Hit> {
    let article = index.article(chosen.article.place)?;
    let passage = index.passage(chosen.passage)?;
    let highlights = highlight::highlights(index, understanding, chosen.passage, &passage.text)?;
    let matched = &found.matched[chosen.passage.segment as usize];
    let first = chosen.article.place.doc + 1;
    let passages = index.passage_count(chosen.article.place)?;
    let matched = (first..first + passages).filter(|&doc| matched.contains(doc)).count();
    let ids = chosen.article.duplicates.iter().map(|&place| Ok(index.article(place)?.id));
    let evidence = match options.explain {
        true => {
            let features = &understanding.features;
            SecondLook::new(index, options).evidence(features, chosen.article.place, chosen.passage)?
        }
        false => Vec::new(),
    };
    Ok(Hit {
        rank: chosen.rank,
        score: chosen.score,
        article,
        passage,
        highlights,
        other_passages: matched.saturating_sub(chosen.shown_of_article),
        duplicates: ids.collect::<Result<_>>()?,
        evidence,
        tagged: Vec::new(),
    })
}
