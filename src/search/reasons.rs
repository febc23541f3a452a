//! Why the companies of a hit are tagged: its article is read again, as when it was indexed.
//!
//! An index keeps the labels of a passage and not what spoke for them; `search --explain` is rare, ten articles are
//! read in a millisecond, and the answer is that of the gazetteer at hand.

use super::{Hit, Tagged};
use crate::company::{Gazetteer, Mention};
use crate::error::Result;
use crate::index::Index;

/// Gives each hit the reasons of its companies, the first mention of each.
///
/// # Errors
/// [`crate::Error::Damaged`] where the index cannot be read.
pub fn explain(index: &Index, hits: &mut [Hit], gazetteer: &Gazetteer) -> Result<()> {
    hits.iter_mut().try_for_each(|hit| {
        hit.tagged = tagged(index, hit, gazetteer)?;
        Ok(())
    })
}

fn tagged(index: &Index, hit: &Hit, gazetteer: &Gazetteer) -> Result<Vec<Tagged>> {
    let (article, passages) = index.whole_article(index.find(hit.article.id.as_str())?)?;
    let tags = gazetteer.tag(&article.title, &article.text);
    let first = passages.first().map_or(0, |passage| passage.span.start);
    let own = hit.passage.span.start - first..hit.passage.span.end - first;
    let (in_title, in_text) = tags.of_passage(hit.passage.ordinal, &own);
    let in_title = in_title.iter().map(|mention| (mention, article.title.as_str()));
    let in_text = in_text.iter().map(|mention| (mention, article.text.as_str()));
    let mut tagged: Vec<Tagged> = Vec::new();
    for (mention, of) in in_title.chain(in_text) {
        if tagged.iter().all(|known| known.company != *mention.company) {
            tagged.push(told(mention, of));
        }
    }
    Ok(tagged)
}

fn told(mention: &Mention, of: &str) -> Tagged {
    Tagged {
        company: mention.company.to_string(),
        text: of[mention.span.clone()].to_owned(),
        reason: mention.reason.to_string(),
    }
}
