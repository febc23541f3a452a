//! Runs as `trec_eval` reads them: one line for each article, by its best passage.

use std::io::{self, Write};

use crate::search::SearchResults;

/// The name of our runs.
const TAG: &str = "veille";

/// Writes `qid Q0 article_id rank score veille`, one line for each hit. White space in an id would break the line and
/// becomes `_`.
pub fn results(out: &mut dyn Write, qid: &str, results: &SearchResults) -> io::Result<()> {
    for hit in &results.hits {
        let id = hit.article.id.as_str().replace(char::is_whitespace, "_");
        writeln!(out, "{qid} Q0 {id} {} {:.6} {TAG}", hit.rank, hit.score)?;
    }
    Ok(())
}
