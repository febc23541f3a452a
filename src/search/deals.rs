//! The sums that articles tell of contracts, investments, funding rounds and takeovers, as a table.

use rustc_hash::FxHashSet;

use super::condition::{self, Condition, Matching, Phrases};
use super::sum;
use crate::amount::AmountFilter;
use crate::article::{ArticleId, Date, Span};
use crate::error::Result;
use crate::index::{Index, Place};
use crate::query::Query;
use crate::search::passage_id;
use crate::topic::Topic;

/// Lines shown when nobody says how many.
pub const DEFAULT_LIMIT: usize = 20;

/// The topics of a deal.
const TOPICS: [Topic; 3] = [Topic::CloudDeal, Topic::Funding, Topic::Acquisition];

/// One deal: the sum of the first passage that tells of it, see [`super::sum`].
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
    // A passage passes by any of its sums; a deal is asked for by its own.
    let wanted: Vec<AmountFilter> = query.filters.amounts.iter().filter_map(|e| AmountFilter::parse(e).ok()).collect();
    let fits = |deal: &Deal| wanted.iter().all(|filter| filter.matches(deal.value, &deal.currency));
    let mut told = Vec::new();
    let mut last = None;
    for place in leads(index, query)? {
        let article = index.article_of(place)?;
        if last == Some(article) {
            continue;
        }
        // The news comes first, its background after.
        let Some(deal) = deal(index, place)?.filter(fits) else { continue };
        last = Some(article);
        let key = index.columns(article.segment)?.key.first(article.doc);
        told.push((key.and_then(|key| index.stories.of(key)), deal));
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

/// The passages that are filed under a deal and tell a sum, in the order of the articles.
fn leads(index: &Index, query: &Query) -> Result<Vec<Place>> {
    let topic = |topic: Topic| Condition::Label { field: index.fields.topic, value: topic.as_str().to_owned() };
    let mut parts = vec![Condition::Any(TOPICS.map(topic).to_vec())];
    let conditions = condition::conditions(index, query, Matching::All, Phrases::Required);
    parts.extend(conditions.required);
    let condition = Condition::All(parts);
    let mut leads = Vec::new();
    for segment in 0..index.segments() {
        let columns = index.columns(segment)?;
        let passages = condition::passages(index, segment, &condition)?;
        let with_sum = passages.iter().filter(|&doc| columns.amount_value.first(doc).is_some());
        leads.extend(with_sum.map(|doc| Place { segment, doc }));
    }
    Ok(leads)
}

/// The deal that a passage tells of, if one of its sums is a deal's.
fn deal(index: &Index, place: Place) -> Result<Option<Deal>> {
    let passage = index.passage(place)?;
    let spans: Vec<Span> = passage.amounts.iter().map(|amount| amount.span.clone()).collect();
    let Some(own) = sum::own(&passage.text, &spans) else { return Ok(None) };
    let amount = &passage.amounts[own];
    let article = index.article(index.article_of(place)?)?;
    Ok(Some(Deal {
        date: article.published,
        value: amount.value,
        currency: amount.currency.clone(),
        amount_text: passage.text.get(amount.span.clone()).unwrap_or_default().to_owned(),
        years: sum::years(&passage.text, &amount.span),
        id: passage_id(&article.id, passage.ordinal),
        title: article.title,
        article_id: article.id,
        companies: passage.companies,
        topics: passage.topics,
    }))
}

/// Rough worth in dollars, good enough to sort by: yearly means of 2025, rounded; an unknown currency counts as one.
pub fn dollars(value: f64, currency: &str) -> f64 {
    let rate = match currency {
        "EUR" => 1.1,
        "GBP" => 1.3,
        "CHF" => 1.2,
        "CAD" | "SGD" => 0.75,
        "AUD" | "NZD" => 0.6,
        "ILS" | "AED" | "SAR" | "QAR" | "MYR" | "PLN" => 0.27,
        "BRL" | "CNY" | "HKD" | "DKK" | "FRF" => 0.15,
        "SEK" | "NOK" | "MAD" => 0.1,
        "MXN" | "CZK" | "ZAR" => 0.05,
        "TWD" | "THB" | "TRY" | "UAH" => 0.03,
        "INR" | "PHP" | "RUB" => 0.012,
        "JPY" | "KES" | "DZD" => 0.007,
        "HUF" | "PKR" => 0.003,
        "XOF" | "CLP" | "ARS" => 0.001,
        "KRW" | "NGN" => 0.0007,
        "COP" => 0.00025,
        "IDR" | "VND" => 0.00005,
        _ => 1.0,
    };
    value * rate
}
