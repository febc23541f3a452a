//! Which segments are merged after a commit.

use tantivy::index::SegmentMeta;
use tantivy::indexer::{LogMergePolicy, MergeCandidate, MergePolicy};

/// Segments with more records than these are left as they are: merging them again takes long, and saves a search less
/// than a millisecond.
const MOST_RECORDS: usize = 1_000_000;

/// No more segments become one at once, so that the threads share the work, and none needs much memory. The engine's
/// policy, which this one splits, would have merged the 246 of 10 GB of news in two goes, on one thread for 20 minutes.
const MOST_AT_ONCE: usize = 10;

/// The engine's policy, with bounds.
#[derive(Debug)]
pub struct Merges(LogMergePolicy);

impl Default for Merges {
    fn default() -> Self {
        let mut policy = LogMergePolicy::default();
        policy.set_max_docs_before_merge(MOST_RECORDS);
        Self(policy)
    }
}

impl MergePolicy for Merges {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        self.0
            .compute_merge_candidates(segments)
            .into_iter()
            .flat_map(|candidate| parts(candidate.0))
            .map(MergeCandidate)
            .collect()
    }
}

/// Splits what is to be merged into the fewest parts of nearly one size.
fn parts<T: Clone>(segments: Vec<T>) -> Vec<Vec<T>> {
    let count = segments.len().div_ceil(MOST_AT_ONCE);
    let size = segments.len().div_ceil(count.max(1));
    segments.chunks(size.max(1)).map(<[T]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_even_and_lose_nothing() {
        for len in 0..60 {
            let parts = parts((0..len).collect::<Vec<usize>>());
            assert_eq!(parts.concat(), (0..len).collect::<Vec<usize>>());
            let sizes = || parts.iter().map(Vec::len);
            assert!(sizes().all(|size| (1..=MOST_AT_ONCE).contains(&size)), "{len}");
            assert!(sizes().max().unwrap_or(0) - sizes().min().unwrap_or(0) <= parts.len(), "{len}");
        }
    }
}
