//! Candidates: the articles whose stems speak for the query, by the engine's own BM25 with Block-Max WAND.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::collector::TopDocs;
use tantivy::query::{Bm25StatisticsProvider, BooleanQuery, BoostQuery, EnableScoring, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, Term};

use crate::error::Result;
use crate::index::{Index, Place, RecordSet};

/// The engine counts every record as a document; only article records have stems.
struct ArticleStatistics<'a>(&'a Index);

impl Bm25StatisticsProvider for ArticleStatistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.0.searcher.total_num_tokens(field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.0.stamp.articles.max(1))
    }

    /// Deleted articles count until the engine merges, but never beyond the living ones.
    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        Ok(self.0.searcher.doc_freq(term)?.min(self.0.stamp.articles))
    }
}

/// Returns the `limit` best article records for these stems, best first; `allowed`, where given, holds for each
/// segment the articles that may be returned.
///
/// # Errors
/// [`crate::Error::Engine`] where the index cannot be read.
pub fn candidates(
    index: &Index,
    stems: &[(Term, Score)],
    limit: usize,
    allowed: Option<&[RecordSet]>,
) -> Result<Vec<Place>> {
    if stems.is_empty() {
        return Ok(Vec::new());
    }
    let statistics = ArticleStatistics(index);
    let scoring = EnableScoring::enabled_from_statistics_provider(&statistics, &index.searcher);
    let query = query(stems);
    let found = match allowed {
        None => pruned(index, &query, scoring, limit),
        Some(allowed) => filtered(index, &query, scoring, limit, allowed),
    };
    found.map_err(|e| index.error("search", e))
}

fn query(stems: &[(Term, Score)]) -> BooleanQuery {
    let clause = |(term, boost): &(Term, Score)| {
        let term: Box<dyn Query> = Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs));
        let boosted = if *boost == 1.0 { term } else { Box::new(BoostQuery::new(term, *boost)) };
        (Occur::Should, boosted)
    };
    BooleanQuery::new(stems.iter().map(clause).collect())
}

fn pruned(index: &Index, query: &dyn Query, scoring: EnableScoring, limit: usize) -> tantivy::Result<Vec<Place>> {
    use tantivy::collector::Collector;
    let collector = TopDocs::with_limit(limit).order_by_score();
    let weight = query.weight(scoring)?;
    let mut fruits = Vec::new();
    for (segment, reader) in (0..).zip(index.searcher.segment_readers()) {
        fruits.push(collector.collect_segment(weight.as_ref(), segment, reader)?);
    }
    let best = collector.merge_fruits(fruits)?;
    Ok(best.into_iter().map(|(_, at)| Place { segment: at.segment_ord, doc: at.doc_id }).collect())
}

/// Scores all that match and keeps the best that are allowed: pruning could throw away all that is allowed.
fn filtered(
    index: &Index,
    query: &dyn Query,
    scoring: EnableScoring,
    limit: usize,
    allowed: &[RecordSet],
) -> tantivy::Result<Vec<Place>> {
    let weight = query.weight(scoring)?;
    let mut best: BinaryHeap<Reverse<(Ordered, Reverse<Place>)>> = BinaryHeap::new();
    for ((segment, reader), allowed) in (0..).zip(index.searcher.segment_readers()).zip(allowed) {
        weight.for_each(reader, &mut |doc: DocId, score: Score| {
            if allowed.contains(doc) {
                best.push(Reverse((Ordered(score), Reverse(Place { segment, doc }))));
                if best.len() > limit {
                    best.pop();
                }
            }
        })?;
    }
    let mut best = best.into_vec();
    best.sort_unstable();
    Ok(best.into_iter().map(|Reverse((_, Reverse(place)))| place).collect())
}

/// A score with a total order.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ordered(Score);

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}
