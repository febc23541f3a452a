//! Reads queries, judgments and runs from text; a line that cannot be read is an error with its number.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Answer, Judgments, Run};
use crate::error::{Error, Result};

/// A query with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedQuery {
    pub qid: String,
    pub text: String,
}

/// Reads `qid<TAB>text` lines, in order. Empty lines are passed over; `path` is for messages only.
///
/// # Errors
///
/// [`Error::Malformed`] with the line, if it has no tab or its qid is empty or was there before.
pub fn read_queries(text: &str, path: &Path) -> Result<Vec<JudgedQuery>> {
    let mut seen = BTreeMap::new();
    read_lines(text, path, |line, number| {
        let (qid, text) = line.split_once('\t').ok_or("attendu : qid<TAB>texte")?;
        let query = JudgedQuery { qid: qid.trim().to_owned(), text: text.trim().to_owned() };
        if query.qid.is_empty() {
            return Err("l'identifiant de la requête est vide".into());
        }
        match seen.insert(query.qid.clone(), number) {
            None => Ok(query),
            Some(before) => Err(format!("la requête {} est déjà à la ligne {before}", query.qid)),
        }
    })
}

/// Reads judgments: `qid<TAB>id<TAB>grade` lines, or TREC's `qid 0 id grade`. A negative grade counts as 0.
///
/// # Errors
///
/// [`Error::Malformed`] with the line, if it has another shape or judges an id again.
pub fn read_judgments(text: &str, path: &Path) -> Result<Judgments> {
    let mut judgments = Judgments::new();
    read_lines(text, path, |line, _| {
        let (qid, id, grade) = match columns(line)[..] {
            [qid, id, grade] | [qid, _, id, grade] => (qid, id, grade),
            _ => return Err("attendu : qid<TAB>id<TAB>note, ou qid 0 id note".into()),
        };
        let grade: i64 = grade.parse().map_err(|_| format!("la note {grade} n'est pas un entier"))?;
        let grade = u32::try_from(grade.max(0)).map_err(|_| format!("la note {grade} est trop grande"))?;
        match judgments.entry(qid.to_owned()).or_default().insert(id.to_owned(), grade) {
            None => Ok(()),
            Some(_) => Err(format!("{id} est jugé deux fois pour {qid}")),
        }
    })?;
    Ok(judgments)
}

/// Reads a run in TREC's format: `qid Q0 id rank score tag`. The rank is not looked at, the score decides.
///
/// # Errors
///
/// [`Error::Malformed`] with the line, if it has another shape, a score that is no number, or an id again.
pub fn read_run(text: &str, path: &Path) -> Result<Run> {
    let mut scores: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    read_lines(text, path, |line, _| {
        let [qid, _, id, _, score, _] = columns(line)[..] else {
            return Err("attendu : qid Q0 id rang score nom".into());
        };
        let number = score.parse().ok().filter(|score: &f64| !score.is_nan());
        let score = number.ok_or_else(|| format!("le score {score} n'est pas un nombre"))?;
        match scores.entry(qid.to_owned()).or_default().insert(id.to_owned(), score) {
            None => Ok(()),
            Some(_) => Err(format!("{id} est donné deux fois pour {qid}")),
        }
    })?;
    let answers = |scores: BTreeMap<String, f64>| scores.into_iter().map(|(id, score)| Answer { id, score }).collect();
    Ok(scores.into_iter().map(|(qid, scores)| (qid, answers(scores))).collect())
}

/// Columns between tabs, where there are tabs (an id may hold a space), or else between white space.
fn columns(line: &str) -> Vec<&str> {
    if line.contains('\t') { line.split('\t').map(str::trim).collect() } else { line.split_whitespace().collect() }
}

fn read_lines<T>(
    text: &str,
    path: &Path,
    mut read: impl FnMut(&str, u64) -> std::result::Result<T, String>,
) -> Result<Vec<T>> {
    let lines = text.trim_start_matches('\u{feff}').lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let malformed = |number, reason| Error::Malformed { path: path.to_owned(), line: Some(number), reason };
    lines.map(|(line, number)| read(line, number).map_err(|reason| malformed(number, reason))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path() -> &'static Path {
        Path::new("f.tsv")
    }

    #[track_caller]
    fn fails<T: std::fmt::Debug>(result: Result<T>, expected: &str) {
        assert_eq!(result.unwrap_err().to_string(), expected);
    }

    #[test]
    fn queries() {
        let read = read_queries("\u{feff}q2\tDeux  mots \r\n\nq1\tà\tb\n", path()).unwrap();
        let pairs: Vec<(&str, &str)> = read.iter().map(|query| (query.qid.as_str(), query.text.as_str())).collect();
        assert_eq!(pairs, [("q2", "Deux  mots"), ("q1", "à\tb")]);
        fails(read_queries("q1\ta\nsans tabulation\n", path()), "f.tsv:2 : attendu : qid<TAB>texte");
        fails(read_queries("q1\ta\nq1\tb\n", path()), "f.tsv:2 : la requête q1 est déjà à la ligne 1");
        fails(read_queries("\ta\n", path()), "f.tsv:1 : l'identifiant de la requête est vide");
    }

    #[test]
    fn judgments() {
        let expected = Judgments::from([("q1".into(), BTreeMap::from([("a".into(), 2), ("b".into(), 0)]))]);
        assert_eq!(read_judgments("q1\ta\t2\nq1\tb\t-1\n", path()).unwrap(), expected);
        assert_eq!(read_judgments("q1 0 a 2\nq1 0 b 0\n", path()).unwrap(), expected);
        assert_eq!(read_judgments("q1\t0\ta\t2\nq1\t0\tb\t0", path()).unwrap(), expected);
        fails(read_judgments("q1\ta\n", path()), "f.tsv:1 : attendu : qid<TAB>id<TAB>note, ou qid 0 id note");
        fails(read_judgments("\nq1\ta\tbon\n", path()), "f.tsv:2 : la note bon n'est pas un entier");
        fails(read_judgments("q1\ta\t1\nq1\ta\t2\n", path()), "f.tsv:2 : a est jugé deux fois pour q1");
        fails(read_judgments("q1\ta\t5000000000\n", path()), "f.tsv:1 : la note 5000000000 est trop grande");
    }

    #[test]
    fn runs() {
        let run = read_run("q1 Q0 a 1 2.5 x\nq1\tQ0\tb c\t2\t1e-3\tx\n", path()).unwrap();
        let expected = [Answer { id: "a".into(), score: 2.5 }, Answer { id: "b c".into(), score: 0.001 }];
        assert_eq!(run["q1"], expected);
        fails(read_run("q1 Q0 a 1 2.5\n", path()), "f.tsv:1 : attendu : qid Q0 id rang score nom");
        fails(read_run("q1 Q0 a 1 NaN x\n", path()), "f.tsv:1 : le score NaN n'est pas un nombre");
        fails(read_run("q1 Q0 a 1 2 x\nq1 Q0 a 2 1 x\n", path()), "f.tsv:2 : a est donné deux fois pour q1");
    }
}
