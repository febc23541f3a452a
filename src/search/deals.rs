//! The sums that articles tell of contracts, investments, funding rounds and takeovers, as a table.

use rustc_hash::FxHashSet;

use super::condition::{self, Condition, Matching, Phrases};
use crate::article::{ArticleId, Date};
use crate::error::Result;
use crate::index::{Index, Place, StoredPassage};
use crate::query::Query;
use crate::search::passage_id;
use crate::topic::Topic;

/// Lines shown when nobody says how many.
pub const DEFAULT_LIMIT: usize = 20;

/// The topics of a deal.
const TOPICS: [Topic; 3] = [Topic::CloudDeal, Topic::Funding, Topic::Acquisition];

/// One deal: the first sum of the first passage that tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Deal {
    pub date: Option<Date>,
    pub companies: Vec<String>,
    pub topics: Vec<String>,
    pub value: f64,
    pub currency: String,
    /// As the passage has it.
    pub amount_text: String,
    /// In years, where the passage tells it.
    pub years: Option<u32>,
    pub title: String,
    pub article_id: ArticleId,
    /// Of the passage.
    pub id: String,
}

/// Returns the deals that `query` selects, largest first; one for each article, and one for all near duplicates.
///
/// Sums in different currencies are compared by their rough worth in dollars, see [`dollars`].
///
/// # Errors
/// [`crate::Error::Engine`] where the index cannot be read.
pub fn deals(index: &Index, query: &Query, limit: usize) -> Result<Vec<Deal>> {
    let mut told = Vec::new();
    for place in leads(index, query)? {
        let article = index.article_of(place)?;
        let key = index.columns(article.segment)?.key.first(article.doc);
        told.push((key.and_then(|key| index.stories.of(key)), deal(index, place)?));
    }
    // Of near duplicates, the first to be published stays.
    told.sort_by(|(_, a), (_, b)| (a.date, &a.id).cmp(&(b.date, &b.id)));
    let mut stories = FxHashSet::default();
    told.retain(|(story, _)| story.is_none_or(|story| stories.insert(story)));
    let mut deals: Vec<Deal> = told.into_iter().map(|(_, deal)| deal).collect();
    let worth = |deal: &Deal| dollars(deal.value, &deal.currency);
    deals.sort_by(|a, b| worth(b).total_cmp(&worth(a)).then_with(|| a.id.cmp(&b.id)));
    deals.truncate(limit);
    Ok(deals)
}

/// The first passage of each article that is filed under a deal and tells a sum: the news comes first, its
/// background after.
fn leads(index: &Index, query: &Query) -> Result<Vec<Place>> {
    let topic = |topic: Topic| Condition::Label { field: index.fields.topic, value: topic.as_str().to_owned() };
    let mut parts = vec![Condition::Any(TOPICS.map(topic).to_vec())];
    let conditions = condition::conditions(index, query, Matching::All, Phrases::Required);
    parts.extend(conditions.required);
    let condition = Condition::All(parts);
    let mut leads = Vec::new();
    for segment in 0..index.segments() {
        let columns = index.columns(segment)?;
        let mut last = None;
        for doc in condition::passages(index, segment, &condition)?.iter() {
            let article = columns.article_of(doc);
            if columns.amount_value.first(doc).is_some() && last.replace(article) != Some(article) {
                leads.push(Place { segment, doc });
            }
        }
    }
    Ok(leads)
}

fn deal(index: &Index, place: Place) -> Result<Deal> {
    let article = index.article(index.article_of(place)?)?;
    let passage = index.passage(place)?;
    let amount = passage.amounts.first().ok_or_else(|| crate::Error::Damaged {
        path: index.dir.clone(),
        reason: "a passage has lost its amounts".to_owned(),
    })?;
    Ok(Deal {
        date: article.published,
        value: amount.value,
        currency: amount.currency.clone(),
        amount_text: passage.text.get(amount.span.clone()).unwrap_or_default().to_owned(),
        years: years(&passage),
        id: passage_id(&article.id, passage.ordinal),
        title: article.title,
        article_id: article.id,
        companies: passage.companies,
        topics: passage.topics,
    })
}

/// Rough worth in dollars, good enough to sort by: yearly means of 2025, rounded; an unknown currency counts as one.
pub fn dollars(value: f64, currency: &str) -> f64 {
    let rate = match currency {
        "EUR" => 1.1,
        "GBP" => 1.3,
        "CHF" => 1.2,
        "JPY" => 0.0067,
        "CNY" => 0.14,
        "INR" => 0.012,
        "KRW" => 0.0007,
        _ => 1.0,
    };
    value * rate
}

/// « six ans », « sur 5 ans », “over five years”: the first duration in years that the passage tells after its sum.
fn years(passage: &StoredPassage) -> Option<u32> {
    let words: Vec<String> = passage.text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    words.windows(3).find_map(|run| {
        let spans_years = matches!(run[2], "ans" | "années" | "years" | "year");
        let introduced =
            matches!(run[0], "sur" | "pour" | "de" | "d" | "pendant" | "durant" | "over" | "for" | "moins");
        (spans_years && introduced).then(|| count(run[1])).flatten()
    })
}

fn count(word: &str) -> Option<u32> {
    const WORDS: [(&str, u32); 18] = [
        ("deux", 2),
        ("trois", 3),
        ("quatre", 4),
        ("cinq", 5),
        ("six", 6),
        ("sept", 7),
        ("huit", 8),
        ("neuf", 9),
        ("dix", 10),
        ("quinze", 15),
        ("vingt", 20),
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("seven", 7),
        ("ten", 10),
        ("fifteen", 15),
    ];
    let known = WORDS.iter().find(|(name, _)| *name == word).map(|&(_, years)| years);
    known.or_else(|| word.parse().ok().filter(|&years| (1..=50).contains(&years)))
}
