//! Counts by company, topic, source or month, in articles and in passages.
//!
//! A facet ignores its own filter and obeys the others, so that the other values stay in view (drill-sideways).
//! Companies are the exception that answers a question: `--by company --company meta` counts the companies that are
//! named with Meta.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::columnar::StrColumn;

use super::condition::{self, Condition, Matching, Phrases};
use crate::error::Result;
use crate::index::{Columns, Index, Label, RecordSet, day_of};
use crate::query::Query;

/// What passages are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Company,
    Topic,
    Source,
    Month,
}

/// The counts of one facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facets {
    pub by: By,
    /// Most articles first, then most passages, then by id; months in their order.
    pub values: Vec<FacetValue>,
    /// Articles whose only values are beyond those shown.
    pub other: usize,
    /// What was counted over.
    pub total_articles: usize,
    pub total_passages: usize,
    pub warnings: Vec<String>,
}

/// A value and its counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    pub id: String,
    pub articles: usize,
    pub passages: usize,
    /// Brands and products of a company, counted in the same way.
    pub products: Vec<FacetValue>,
}

/// Counts what `query` selects; with nothing to select by, the whole index. At most `limit` values are returned.
///
/// # Errors
/// [`crate::Error::Engine`] where the index cannot be read.
pub fn facets(index: &Index, query: &Query, matching: Matching, by: By, limit: usize) -> Result<Facets> {
    let mut query = query.clone();
    match by {
        By::Company => {}
        By::Topic => query.filters.topics = Default::default(),
        By::Source => query.filters.sources = Default::default(),
        By::Month => (query.filters.since, query.filters.until) = (None, None),
    }
    let conditions = condition::conditions(index, &query, matching, Phrases::Required);
    let mut parts: Vec<Condition> = conditions.required.into_iter().collect();
    if !conditions.any.is_empty() {
        parts.push(Condition::Any(conditions.any));
    }
    let condition = Condition::All(parts);
    let mut tally = Tally::default();
    for segment in 0..index.segments() {
        let selected = condition::passages(index, segment, &condition)?;
        tally.segment(index, segment, &selected, by)?;
    }
    Ok(tally.finish(by, limit, query.warnings))
}

/// Articles and passages, value by value.
type Counts = BTreeMap<String, (usize, usize)>;

#[derive(Default)]
struct Tally {
    values: Counts,
    products: Counts,
    articles: usize,
    passages: usize,
    /// The values that an article has together, by number, and how many have them: what `other` is counted from.
    combinations: FxHashMap<Vec<u32>, usize>,
    numbers: FxHashMap<String, u32>,
}

impl Tally {
    fn segment(&mut self, index: &Index, segment: u32, selected: &RecordSet, by: By) -> Result<()> {
        let column = match by {
            By::Company => Labels::open(index, segment, Label::Company)?,
            By::Topic => Labels::open(index, segment, Label::Topic)?,
            By::Source => Labels::open(index, segment, Label::Source)?,
            By::Month => Labels::Months,
        };
        let products = match by {
            By::Company => Labels::open(index, segment, Label::Product)?,
            _ => Labels::None,
        };
        let columns = index.columns(segment)?;
        let mut values = Segment::default();
        let mut seconds = Segment::default();
        self.articles += columns.articles_among(selected);
        self.passages += selected.len();
        column.each(columns, selected, |doc, ord| values.add(ord, columns.article_of(doc)));
        products.each(columns, selected, |doc, ord| seconds.add(ord, columns.article_of(doc)));
        values.close();
        let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
        for (ord, name) in values.pour(&column, &mut self.values)? {
            let next = self.numbers.len() as u32;
            numbers.insert(ord, *self.numbers.entry(name).or_insert(next));
        }
        for (ords, count) in values.combinations {
            let together = ords.iter().map(|ord| numbers[ord]).collect();
            *self.combinations.entry(together).or_default() += count;
        }
        seconds.pour(&products, &mut self.products).map(drop)
    }

    fn finish(self, by: By, limit: usize, warnings: Vec<String>) -> Facets {
        let mut values: Vec<FacetValue> = self.values.into_iter().map(facet_value).collect();
        if by != By::Month {
            values
                .sort_by(|a, b| (b.articles, b.passages).cmp(&(a.articles, a.passages)).then_with(|| a.id.cmp(&b.id)));
        }
        match by {
            // Of months, the newest are kept.
            By::Month => drop(values.drain(..values.len().saturating_sub(limit))),
            _ => values.truncate(limit),
        }
        for value in &mut values {
            let own = self.products.iter().filter_map(|(name, &counts)| {
                let product = name.strip_prefix(&value.id)?.strip_prefix('/')?;
                Some(facet_value((product.to_owned(), counts)))
            });
            value.products = own.collect();
            value.products.sort_by(|a, b| b.articles.cmp(&a.articles).then_with(|| a.id.cmp(&b.id)));
        }
        let shown: FxHashSet<u32> = values.iter().filter_map(|value| self.numbers.get(&value.id).copied()).collect();
        let unseen = self.combinations.iter().filter(|(numbers, _)| !numbers.iter().any(|n| shown.contains(n)));
        let other = unseen.map(|(_, &articles)| articles).sum();
        Facets { by, other, total_articles: self.articles, total_passages: self.passages, warnings, values }
    }
}

fn facet_value((id, (articles, passages)): (String, (usize, usize))) -> FacetValue {
    FacetValue { id, articles, passages, products: Vec::new() }
}

/// Where the values of a passage are read.
enum Labels<'a> {
    Column(&'a StrColumn),
    Months,
    None,
}

impl<'a> Labels<'a> {
    fn open(index: &'a Index, segment: u32, label: Label) -> Result<Self> {
        Ok(index.labels(segment, label)?.map_or(Labels::None, Labels::Column))
    }

    /// Calls `found` with each value of the selected passages, in their order.
    fn each(&self, columns: &Columns, selected: &RecordSet, mut found: impl FnMut(u32, u64)) {
        match self {
            Labels::Column(column) => {
                let mut of = |doc| column.term_ords(doc).for_each(|ord| found(doc, ord));
                let labelled = labelled(column);
                if labelled.len() < selected.len() {
                    labelled.into_iter().filter(|&doc| selected.contains(doc)).for_each(of);
                } else {
                    selected.iter().for_each(&mut of);
                }
            }
            Labels::Months => {
                for doc in selected.iter() {
                    if let Some(day) = columns.day.first(doc).and_then(day_of) {
                        found(doc, (i64::from(day.year()) * 12 + i64::from(day.month()) - 1) as u64);
                    }
                }
            }
            Labels::None => {}
        }
    }

    fn name(&self, ord: u64) -> Result<String> {
        match self {
            Labels::Column(column) => {
                let mut name = String::new();
                column.ord_to_str(ord, &mut name).map_err(|e| crate::Error::io("read", "index", e))?;
                Ok(name)
            }
            Labels::Months => Ok(format!("{:04}-{:02}", ord / 12, ord % 12 + 1)),
            Labels::None => Ok(String::new()),
        }
    }
}

/// The records that have a value. Most passages name no company: to go through those that do is cheaper than to ask all.
fn labelled(column: &StrColumn) -> Vec<u32> {
    let ords = column.ords();
    let mut records: Vec<u32> = (0..ords.values.num_vals()).collect();
    ords.index.select_batch_in_place(0, &mut records);
    records.dedup();
    records
}

/// Counts of one segment, by the column's own numbers; articles come one after the other.
#[derive(Default)]
struct Segment {
    /// For each number: articles, passages, and the last article that had it.
    counts: FxHashMap<u64, (usize, usize, u32)>,
    article: u32,
    /// The values of that article.
    values: Vec<u64>,
    combinations: FxHashMap<Vec<u64>, usize>,
}

impl Segment {
    fn add(&mut self, ord: u64, article: u32) {
        if article != self.article {
            self.close();
            self.article = article;
        }
        let (articles, passages, last) = self.counts.entry(ord).or_insert((0, 0, u32::MAX));
        *passages += 1;
        if *last != article {
            *articles += 1;
            *last = article;
            self.values.push(ord);
        }
    }

    /// Counts the values of the article that has just ended.
    fn close(&mut self) {
        if !self.values.is_empty() {
            *self.combinations.entry(std::mem::take(&mut self.values)).or_default() += 1;
        }
    }

    /// Adds the counts to those of other segments; returns the name of each number.
    fn pour(&mut self, labels: &Labels<'_>, into: &mut Counts) -> Result<Vec<(u64, String)>> {
        let mut names = Vec::new();
        for (ord, (articles, passages, _)) in self.counts.drain() {
            let name = labels.name(ord)?;
            let counts = into.entry(name.clone()).or_default();
            counts.0 += articles;
            counts.1 += passages;
            names.push((ord, name));
        }
        Ok(names)
    }
}
