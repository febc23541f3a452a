//! The records that an update takes out, by segment and number: what it puts in bears the same ids.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use tantivy::index::SegmentId;
use tantivy::query::{BitSetDocSet, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{BitSet, DocId, Score, SegmentReader, TantivyError};

/// Records of the old index. As a query it matches these and no others; the engine deletes what a query matches.
#[derive(Debug, Clone, Default)]
pub struct Removed(Arc<FxHashMap<SegmentId, Vec<DocId>>>);

impl Removed {
    /// Adds `count` records of a segment from `first` on.
    pub fn insert(&mut self, segment: SegmentId, first: DocId, count: u32) {
        let segments = Arc::get_mut(&mut self.0).expect("not handed to the engine yet");
        segments.entry(segment).or_default().extend(first..first + count);
    }
}

impl Query for Removed {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Removed {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Some(records) = self.0.get(&reader.segment_id()) else { return Ok(Box::new(EmptyScorer)) };
        let mut set = BitSet::with_max_value(reader.max_doc());
        records.iter().for_each(|&record| {
            set.insert(record);
        });
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(set), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Err(TantivyError::InvalidArgument("what is removed has no score".to_owned()))
    }
}
