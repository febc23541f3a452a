//! Candidates: the articles whose stems speak for the query, by the engine's own BM25 with Block-Max WAND.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

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
    best(index, &query, scoring, limit, allowed).map_err(|e| index.error("search", e))
}

fn query(stems: &[(Term, Score)]) -> BooleanQuery {
    let clause = |(term, boost): &(Term, Score)| {
        let term: Box<dyn Query> = Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs));
        let boosted = if *boost == 1.0 { term } else { Box::new(BoostQuery::new(term, *boost)) };
        (Occur::Should, boosted)
    };
    BooleanQuery::new(stems.iter().map(clause).collect())
}

/// Goes through the segments in turn, each from the score on that those before it have set: what is below cannot be
/// among the best.
fn best(
    index: &Index,
    query: &dyn Query,
    scoring: EnableScoring,
    limit: usize,
    allowed: Option<&[RecordSet]>,
) -> tantivy::Result<Vec<Place>> {
    let weight = query.weight(scoring)?;
    let mut best = Best { heap: BinaryHeap::with_capacity(limit + 1), limit };
    for (segment, reader) in (0..).zip(index.searcher.segment_readers()) {
        let allowed = allowed.map(|allowed| &allowed[segment as usize]);
        weight.for_each_pruning(best.threshold(), reader, &mut |doc: DocId, score: Score| {
            if !reader.is_deleted(doc) && allowed.is_none_or(|allowed| allowed.contains(doc)) {
                best.push(score, Place { segment, doc });
            }
            best.threshold()
        })?;
    }
    Ok(best.into_places())
}

/// The best records so far; of equal scores, those that come first.
struct Best {
    heap: BinaryHeap<Reverse<(Ordered, Reverse<Place>)>>,
    limit: usize,
}

impl Best {
    fn push(&mut self, score: Score, place: Place) {
        self.heap.push(Reverse((Ordered(score), Reverse(place))));
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }

    /// What a record must score more than.
    fn threshold(&self) -> Score {
        let worst = self.heap.peek().filter(|_| self.heap.len() == self.limit);
        worst.map_or(Score::MIN, |Reverse((Ordered(score), _))| *score)
    }

    /// Best first.
    fn into_places(self) -> Vec<Place> {
        let best = self.heap.into_sorted_vec();
        best.into_iter().map(|Reverse((_, Reverse(place)))| place).collect()
    }
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
