//! nDCG@10, MRR@10 and Recall@100, per query and on average.

use std::collections::{BTreeMap, HashSet};

use super::{Answer, Judgments, PAGE_DEPTH, RECALL_DEPTH, Run};

/// The figures of one query, or their means; each from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Figures {
    /// nDCG@10: the gains of the first ten answers, each divided by log2(rank + 1), as a share of the best possible
    /// sum (Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20, 2002). The gain
    /// is the grade itself, as in trec_eval's `ndcg_cut.10` and ir_measures' `nDCG@10`; the form with 2^grade - 1
    /// (Burges et al., 2005) gives other figures where grades differ.
    pub ndcg: f64,
    /// MRR@10: one divided by the rank of the first relevant answer, 0 beyond the tenth (Voorhees, "The TREC-8
    /// question answering track report", 1999; the cut as in MS MARCO).
    pub reciprocal_rank: f64,
    /// Recall@100: the share of the relevant ids that are among the first hundred answers.
    pub recall: f64,
}

/// One query with its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryFigures {
    pub qid: String,
    pub figures: Figures,
}

/// What [`evaluate`] found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// Each judged query, in the order of their ids.
    pub queries: Vec<QueryFigures>,
    /// The means over `queries`; zeros if there are none.
    pub mean: Figures,
    /// Judged queries that the run does not answer; they count as 0 in the means.
    pub unanswered: Vec<String>,
    /// Queries of the run without a relevant judgment, and judged queries with none above 0; in no mean.
    pub unjudged: Vec<String>,
}

/// Measures `run` by `judgments`.
pub fn evaluate(run: &Run, judgments: &Judgments) -> Report {
    let is_judged = |qid: &&String| judgments.get(*qid).is_some_and(|grades| grades.values().any(|&grade| grade > 0));
    let (judged, unjudged): (Vec<&String>, Vec<&String>) = all_queries(run, judgments).into_iter().partition(is_judged);
    let answers = |qid: &String| run.get(qid).map_or(&[][..], Vec::as_slice);
    let queries: Vec<QueryFigures> = judged
        .iter()
        .map(|&qid| QueryFigures { qid: qid.clone(), figures: measure(answers(qid), &judgments[qid]) })
        .collect();
    let unanswered = judged.into_iter().filter(|qid| answers(qid).is_empty()).cloned().collect();
    Report { mean: mean(&queries), queries, unanswered, unjudged: unjudged.into_iter().cloned().collect() }
}

fn all_queries<'a>(run: &'a Run, judgments: &'a Judgments) -> Vec<&'a String> {
    let mut qids: Vec<&String> = run.keys().chain(judgments.keys()).collect();
    qids.sort();
    qids.dedup();
    qids
}

fn mean(queries: &[QueryFigures]) -> Figures {
    let of = |value: fn(&Figures) -> f64| {
        let sum: f64 = queries.iter().map(|query| value(&query.figures)).sum();
        sum / queries.len().max(1) as f64
    };
    Figures { ndcg: of(|f| f.ndcg), reciprocal_rank: of(|f| f.reciprocal_rank), recall: of(|f| f.recall) }
}

fn measure(answers: &[Answer], grades: &BTreeMap<String, u32>) -> Figures {
    let found = grades_in_worst_order(answers, grades);
    let mut ideal: Vec<u32> = grades.values().copied().collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let relevant = |grades: &[u32]| grades.iter().filter(|&&grade| grade > 0).count() as f64;
    let first = found.iter().take(PAGE_DEPTH).position(|&grade| grade > 0);
    Figures {
        ndcg: discounted_gain(&found) / discounted_gain(&ideal),
        reciprocal_rank: first.map_or(0.0, |index| 1.0 / (index + 1) as f64),
        recall: relevant(&found[..found.len().min(RECALL_DEPTH)]) / relevant(&ideal),
    }
}

/// The grades of the answers, best score first, the lower grade first where scores are equal. An id that is given
/// twice counts where it stands first.
fn grades_in_worst_order(answers: &[Answer], grades: &BTreeMap<String, u32>) -> Vec<u32> {
    let grade = |answer: &Answer| grades.get(&answer.id).copied().unwrap_or(0);
    let mut ranked: Vec<(&Answer, u32)> = answers.iter().map(|answer| (answer, grade(answer))).collect();
    ranked.sort_by(|(a, a_grade), (b, b_grade)| b.score.total_cmp(&a.score).then(a_grade.cmp(b_grade)));
    let mut seen = HashSet::new();
    ranked.into_iter().filter(|(answer, _)| seen.insert(&answer.id)).map(|(_, grade)| grade).collect()
}

fn discounted_gain(grades: &[u32]) -> f64 {
    let discount = |index: usize| ((index + 2) as f64).log2();
    grades.iter().take(PAGE_DEPTH).enumerate().map(|(index, &grade)| f64::from(grade) / discount(index)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(scored: &[(&str, f64)]) -> Vec<Answer> {
        scored.iter().map(|&(id, score)| Answer { id: id.into(), score }).collect()
    }

    fn grades(grades: &[(&str, u32)]) -> BTreeMap<String, u32> {
        grades.iter().map(|&(id, grade)| (id.to_owned(), grade)).collect()
    }

    #[track_caller]
    fn case(scored: &[(&str, f64)], judged: &[(&str, u32)], expected: [f64; 3]) {
        let found = measure(&answers(scored), &grades(judged));
        let found = [found.ndcg, found.reciprocal_rank, found.recall];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4), "{found:?} is not {expected:?}");
    }

    #[test]
    fn figures_worked_out_by_hand() {
        case(&[("a", 2.0), ("b", 1.0)], &[("a", 1)], [1.0, 1.0, 1.0]);
        // 1 / log2(3) = 0.6309
        case(&[("x", 2.0), ("a", 1.0)], &[("a", 1)], [0.6309, 0.5, 1.0]);
        // (1 + 2 / 1.5850) / (2 + 1 / 1.5850) = 2.2619 / 2.6309
        case(&[("b", 2.0), ("a", 1.0)], &[("a", 2), ("b", 1)], [0.8597, 1.0, 1.0]);
        // 3 / 2 (rank 3) / (3 + 1 / 1.5850 + 1 / 2) = 1.5 / 4.1309
        case(&[("x", 3.0), ("y", 2.0), ("a", 1.0)], &[("a", 3), ("b", 1), ("c", 1)], [0.3631, 0.3333, 0.3333]);
        case(&[], &[("a", 1)], [0.0, 0.0, 0.0]);
        case(&[("a", 1.0)], &[("a", 1), ("b", 0)], [1.0, 1.0, 1.0]);
    }

    #[test]
    fn the_page_ends_at_ten_and_recall_at_a_hundred() {
        let ids: Vec<String> = (0..101).map(|n| format!("x{n}")).collect();
        let scored: Vec<(&str, f64)> = ids.iter().enumerate().map(|(n, id)| (id.as_str(), -(n as f64))).collect();
        case(&scored, &[("x9", 1)], [0.2891, 0.1, 1.0]);
        case(&scored, &[("x10", 1)], [0.0, 0.0, 1.0]);
        case(&scored, &[("x99", 1), ("x100", 1)], [0.0, 0.0, 0.5]);
    }

    #[test]
    fn the_ideal_has_ten_places_too() {
        let ids: Vec<String> = (0..20).map(|n| format!("x{n}")).collect();
        let scored: Vec<(&str, f64)> = ids.iter().enumerate().map(|(n, id)| (id.as_str(), -(n as f64))).collect();
        let judged: Vec<(&str, u32)> = ids.iter().map(|id| (id.as_str(), 1)).collect();
        case(&scored, &judged, [1.0, 1.0, 1.0]);
    }

    #[test]
    fn ties_are_taken_in_their_worst_order() {
        case(&[("a", 1.0), ("x", 1.0)], &[("a", 1)], [0.6309, 0.5, 1.0]);
        case(&[("a", 1.0), ("b", 1.0)], &[("a", 2), ("b", 1)], [0.8597, 1.0, 1.0]);
    }

    #[test]
    fn an_id_given_twice_counts_once() {
        case(&[("a", 3.0), ("a", 2.0), ("b", 1.0)], &[("a", 1), ("b", 1)], [1.0, 1.0, 1.0]);
    }

    #[test]
    fn queries_without_judgment_or_answer_are_reported() {
        let run = Run::from([
            ("q1".into(), answers(&[("a", 1.0)])),
            ("q3".into(), answers(&[("a", 1.0)])),
            ("q4".into(), answers(&[("a", 1.0)])),
        ]);
        let judgments = Judgments::from([
            ("q1".into(), grades(&[("a", 1)])),
            ("q2".into(), grades(&[("a", 1)])),
            ("q4".into(), grades(&[("a", 0)])),
        ]);
        let report = evaluate(&run, &judgments);
        assert_eq!(report.queries.iter().map(|query| query.qid.as_str()).collect::<Vec<_>>(), ["q1", "q2"]);
        assert_eq!(report.mean, Figures { ndcg: 0.5, reciprocal_rank: 0.5, recall: 0.5 });
        assert_eq!(report.unanswered, ["q2"]);
        assert_eq!(report.unjudged, ["q3", "q4"]);
        assert_eq!(evaluate(&Run::new(), &Judgments::new()), Report::default());
    }
}
