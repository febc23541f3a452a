//! Measures how well articles are found: judged queries, runs, metrics, and whether two runs differ by chance.
//!
//! In: [`read_queries`], [`read_judgments`] and [`read_run`] read TSV and TREC text; a caller may also fill a [`Run`]
//! itself. Out: [`evaluate`] gives the figures of each query and their means, [`compare`] tests two of them against
//! each other, [`Latencies`] sums up times, [`variant`] makes queries as careless people type them.
//!
//! ```
//! use std::path::Path;
//! use veille::eval::{evaluate, read_judgments, read_run};
//!
//! let judgments = read_judgments("q1\ta\t2\nq1\tb\t1\n", Path::new("qrels.tsv"))?;
//! let run = read_run("q1 Q0 b 1 9.5 veille\nq1 Q0 c 2 3.1 veille\n", Path::new("run.txt"))?;
//! let report = evaluate(&run, &judgments);
//! assert_eq!(report.mean.reciprocal_rank, 1.0);
//! assert_eq!(report.mean.recall, 0.5);
//! # Ok::<(), veille::Error>(())
//! ```
//!
//! Two rules keep luck out of the figures. Ids with equal scores are taken in their worst order (the less relevant
//! first), so that a run gains nothing by a lucky order of ties. Means are over the judged queries: one that the run
//! has no answer for counts 0, one without a relevant judgment is reported and left out.
//!
//! This module searches nothing and prints nothing.

mod metrics;
mod read;
mod significance;
pub mod variant;

use std::collections::BTreeMap;
use std::time::Duration;

pub use metrics::{Figures, QueryFigures, Report, evaluate};
pub use read::{JudgedQuery, read_judgments, read_queries, read_run};
pub use significance::{Comparison, Metric, compare};

/// nDCG and MRR look at so many answers: a first page of results.
pub const PAGE_DEPTH: usize = 10;

/// Recall looks at so many answers: what a second look, or a patient reader, has at hand.
pub const RECALL_DEPTH: usize = 100;

/// Grades by query and id; 0 is «judged and not relevant», 1 and above relevant. An id without a grade counts as 0.
pub type Judgments = BTreeMap<String, BTreeMap<String, u32>>;

/// Answers by query, in any order: the score decides.
pub type Run = BTreeMap<String, Vec<Answer>>;

/// One answer to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The id of an article.
    pub id: String,
    /// The greater, the better; comparable within one query only.
    pub score: f64,
}

/// How long queries took: half of them at most `p50`, and so on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Latencies {
    pub p50: Duration,
    pub p90: Duration,
    pub p99: Duration,
}

impl Latencies {
    /// Sums up the times of queries, in any order; zeros if there are none.
    pub fn of(times: &[Duration]) -> Self {
        let mut sorted = times.to_vec();
        sorted.sort_unstable();
        Latencies { p50: percentile(&sorted, 50), p90: percentile(&sorted, 90), p99: percentile(&sorted, 99) }
    }
}

/// The nearest rank: the smallest time such that `percent` of all are not longer (Hyndman and Fan, "Sample quantiles
/// in statistical packages", The American Statistician 50, 1996, definition 1). Always a time that was measured.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100);
    rank.checked_sub(1).map_or(Duration::ZERO, |index| sorted[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(millis: impl IntoIterator<Item = u64>, expected: [u64; 3]) {
        let times: Vec<Duration> = millis.into_iter().map(Duration::from_millis).collect();
        let Latencies { p50, p90, p99 } = Latencies::of(&times);
        assert_eq!([p50, p90, p99], expected.map(Duration::from_millis));
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        case([], [0, 0, 0]);
        case([7], [7, 7, 7]);
        case([3, 1, 2, 4], [2, 4, 4]);
        case((1..=100).rev(), [50, 90, 99]);
        case(1..=1000, [500, 900, 990]);
    }
}
