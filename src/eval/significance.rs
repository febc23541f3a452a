//! Whether two runs differ by more than chance: a paired randomisation test.

use std::collections::BTreeMap;

use super::{Figures, Report};

/// How often signs are drawn. With 10,000 rounds, a p of 0.05 is known to about 0.004 (twice its standard error).
const ROUNDS: u32 = 10_000;

/// The same draws on every run of the program: the same input gives the same p. Any odd number would do.
const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

/// Two sums that differ by no more than this are taken as equal: what rounding may do to a sum of some thousand terms.
const ROUNDING: f64 = 1e-9;

/// A figure of [`Figures`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    Ndcg,
    ReciprocalRank,
    Recall,
}

impl Metric {
    /// Its value among `figures`.
    pub fn of(self, figures: &Figures) -> f64 {
        match self {
            Metric::Ndcg => figures.ndcg,
            Metric::ReciprocalRank => figures.reciprocal_rank,
            Metric::Recall => figures.recall,
        }
    }
}

/// How a run stands to a baseline, over the queries that both reports have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// How many queries both have.
    pub queries: usize,
    pub baseline_mean: f64,
    pub run_mean: f64,
    /// How many queries the run answers better, and worse.
    pub better: usize,
    pub worse: usize,
    /// How often chance alone gives a difference at least as great, either way; 1 without queries.
    pub p_value: f64,
}

/// Compares two reports query by query.
///
/// If the runs were equally good, each query's difference would be as likely with the other sign. So signs are drawn
/// anew many times, and `p_value` is the share of the draws whose mean difference is at least as great as the one
/// seen: Fisher's randomisation test (Smucker, Allan and Carterette, "A comparison of statistical significance tests
/// for information retrieval evaluation", CIKM 2007), two-sided. The draw that was seen counts as one more, so that
/// p is never 0 (Phipson and Smyth, "Permutation p-values should never be zero", 2010).
pub fn compare(baseline: &Report, run: &Report, metric: Metric) -> Comparison {
    let pairs = pairs(baseline, run, metric);
    let mean = |value: fn(&(f64, f64)) -> f64| pairs.iter().map(value).sum::<f64>() / pairs.len().max(1) as f64;
    let differences: Vec<f64> = pairs.iter().map(|(before, after)| after - before).collect();
    Comparison {
        queries: pairs.len(),
        baseline_mean: mean(|pair| pair.0),
        run_mean: mean(|pair| pair.1),
        better: differences.iter().filter(|&&difference| difference > 0.0).count(),
        worse: differences.iter().filter(|&&difference| difference < 0.0).count(),
        p_value: p_value(&differences),
    }
}

fn pairs(baseline: &Report, run: &Report, metric: Metric) -> Vec<(f64, f64)> {
    let before: BTreeMap<&str, &Figures> = baseline.queries.iter().map(|q| (q.qid.as_str(), &q.figures)).collect();
    let pair = |qid: &str, after: &Figures| Some((metric.of(before.get(qid)?), metric.of(after)));
    run.queries.iter().filter_map(|query| pair(&query.qid, &query.figures)).collect()
}

fn p_value(differences: &[f64]) -> f64 {
    // A difference of 0 has no sign to draw.
    let differences: Vec<f64> = differences.iter().copied().filter(|&difference| difference != 0.0).collect();
    let seen = differences.iter().sum::<f64>().abs();
    let mut signs = Signs::new();
    let as_great = (0..ROUNDS).filter(|_| {
        let sum: f64 = differences.iter().map(|&difference| if signs.draw() { difference } else { -difference }).sum();
        sum.abs() + ROUNDING >= seen
    });
    (as_great.count() + 1) as f64 / f64::from(ROUNDS + 1)
}

/// A source of signs: the bits of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014). A few lines instead of a dependency; any generator of good bits serves.
struct Signs {
    state: u64,
    bits: u64,
    left: u32,
}

impl Signs {
    fn new() -> Self {
        Signs { state: SEED, bits: 0, left: 0 }
    }

    fn draw(&mut self) -> bool {
        if self.left == 0 {
            self.bits = split_mix(&mut self.state);
            self.left = u64::BITS;
        }
        self.left -= 1;
        let sign = self.bits & 1 == 1;
        self.bits >>= 1;
        sign
    }
}

/// The next number of a SplitMix64 sequence.
pub(super) fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::QueryFigures;

    fn report(values: &[f64]) -> Report {
        let figures = |&ndcg| Figures { ndcg, ..Figures::default() };
        let query = |(n, value)| QueryFigures { qid: format!("q{n}"), figures: figures(value) };
        Report { queries: values.iter().enumerate().map(query).collect(), ..Report::default() }
    }

    #[track_caller]
    fn case(before: &[f64], after: &[f64], p: f64) {
        let found = compare(&report(before), &report(after), Metric::Ndcg).p_value;
        assert!((found - p).abs() < 0.01, "{found} is not about {p}");
    }

    #[test]
    fn p_values_worked_out_by_hand() {
        case(&[], &[], 1.0);
        case(&[0.3, 0.4], &[0.3, 0.4], 1.0);
        // Of the 2^n equally likely draws, all signs alike are two.
        case(&[0.0; 3], &[0.5; 3], 2.0 / 8.0);
        case(&[0.0; 6], &[0.5; 6], 2.0 / 64.0);
        case(&[0.5; 6], &[0.0; 6], 2.0 / 64.0);
        // +1 +1 +1 -1 has the sum 2: all draws but the six with the sum 0.
        case(&[0.0, 0.0, 0.0, 1.0], &[1.0, 1.0, 1.0, 0.0], 10.0 / 16.0);
        case(&[0.0; 40], &[0.1; 40], 0.0);
    }

    #[test]
    fn a_comparison_counts_and_averages_what_both_have() {
        let found = compare(&report(&[0.5, 0.5, 0.5]), &report(&[1.0, 0.0, 0.5, 1.0]), Metric::Ndcg);
        assert_eq!((found.queries, found.better, found.worse), (3, 1, 1));
        assert_eq!((found.baseline_mean, found.run_mean), (0.5, 0.5));
    }

    #[test]
    fn the_same_input_gives_the_same_p() {
        let (a, b) = (report(&[0.1, 0.5, 0.3, 0.9]), report(&[0.2, 0.4, 0.6, 0.95]));
        assert_eq!(compare(&a, &b, Metric::Ndcg), compare(&a, &b, Metric::Ndcg));
        assert_eq!(compare(&a, &b, Metric::Ndcg).p_value, compare(&b, &a, Metric::Ndcg).p_value);
    }
}
