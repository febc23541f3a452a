//! The words and filters that `search`, `facets` and `deals` share.

use std::borrow::Cow;
use std::collections::BTreeSet;

use clap::Args;
use veille::amount::AmountFilter;
use veille::company::Names;
use veille::index::{Index, Label};
use veille::query::{self, Query, Values};
use veille::topic::Topic;

#[derive(Debug, Clone, Default, Args)]
pub struct SelectArgs {
    /// Entreprise mentionnée ; répété : chacune, virgules : l'une d'elles
    #[arg(long, value_name = "ID")]
    pub company: Vec<String>,
    /// Sujet (cloud-deal, ai-model, assistant, regulation, chips, data-center, funding, acquisition, security,
    /// layoffs, devices)
    #[arg(long, value_name = "ID")]
    pub topic: Vec<String>,
    /// Source, par son nom (majuscules et accents indifférents)
    #[arg(long, value_name = "NOM")]
    pub source: Vec<String>,
    /// Publié ce jour-là ou après (2025, 2025-08 ou 2025-08-22)
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// Publié ce jour-là ou avant
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// Un montant est cité : '>1e9', '1e6..5e8', '>1e9USD'
    #[arg(long, value_name = "EXPR")]
    pub amount: Vec<String>,
}

impl SelectArgs {
    /// The query that words and flags make; names become ids by the table that `names` reads, where there are any.
    ///
    /// # Errors
    /// [`veille::Error::Usage`] for a date, a topic or an amount that cannot be understood.
    pub fn query<'n>(
        &self,
        words: &str,
        names: impl FnOnce() -> anyhow::Result<Cow<'n, Names>>,
    ) -> anyhow::Result<Query> {
        let mut query = query::parse(words);
        self.company.iter().for_each(|list| query.filters.companies.narrow(list));
        for list in &self.topic {
            if let Some(unknown) = list.split(',').find(|topic| Topic::parse(topic.trim()).is_none()) {
                anyhow::bail!(veille::Error::Usage(unknown_topic(unknown)));
            }
            query.filters.topics.narrow(list);
        }
        self.source.iter().for_each(|list| query.filters.sources.narrow(list));
        if let Some(since) = &self.since {
            query.filters.narrow_since(query::since(since)?);
        }
        if let Some(until) = &self.until {
            query.filters.narrow_until(query::until(until)?);
        }
        for amount in &self.amount {
            AmountFilter::parse(amount)?;
            query.filters.amounts.push(amount.clone());
        }
        if query.filters.companies != Values::default() {
            resolve_companies(&mut query, names()?.as_ref());
        }
        warn_of_unknown(&mut query);
        Ok(query)
    }
}

/// Turns the sources that a person typed into those of the index that are called so, whatever their capitals and
/// accents; an unknown one is told and finds nothing.
///
/// # Errors
/// [`veille::Error::Engine`] where the index cannot be read.
pub fn resolve_sources(query: &mut Query, index: &Index) -> veille::Result<()> {
    let Query { filters, warnings, .. } = query;
    if filters.sources.is_empty() {
        return Ok(());
    }
    let known = sources(index)?;
    let called = |name: &str| known.iter().filter(|source| folded(source) == folded(name)).cloned().collect::<Vec<_>>();
    for names in filters.sources.all.iter_mut().chain([&mut filters.sources.none]) {
        for name in std::mem::take(names) {
            let found = called(&name);
            if found.is_empty() {
                warnings.push(format!("source inconnue : {name}"));
                names.push(name);
            } else {
                names.extend(found);
            }
        }
    }
    Ok(())
}

fn folded(name: &str) -> String {
    veille::analysis::fold(&name.to_lowercase().replace('’', "'"))
}

fn sources(index: &Index) -> veille::Result<BTreeSet<String>> {
    let mut sources = BTreeSet::new();
    for segment in 0..index.segments() {
        let Some(column) = index.labels(segment, Label::Source)? else { continue };
        for ord in 0..column.num_terms() as u64 {
            let mut source = String::new();
            if column.ord_to_str(ord, &mut source).is_ok_and(|found| found) {
                sources.insert(source);
            }
        }
    }
    Ok(sources)
}

/// Tells whether something was typed of which nothing can be looked for: « 🚀 », « ? ».
pub fn is_wordless(query: &Query) -> bool {
    let mut words = 0;
    for text in query.clauses.iter().flat_map(|clause| clause.expr.texts()) {
        veille::analysis::tokenize(text, &mut |_| words += 1);
    }
    words == 0 && query.filters.is_empty()
}

fn unknown_topic(topic: &str) -> String {
    let known: Vec<&str> = Topic::ALL.iter().map(|topic| topic.as_str()).collect();
    format!("sujet inconnu : {topic} (connus : {})", known.join(", "))
}

/// Turns the names that a person typed into ids; an unknown one is told and finds nothing.
fn resolve_companies(query: &mut Query, names: &Names) {
    let Query { filters, warnings, .. } = query;
    let Values { all, none } = &mut filters.companies;
    for company in all.iter_mut().flatten().chain(none) {
        match names.id_of(company) {
            Some(id) => *company = id.to_owned(),
            None => warnings.push(format!("entreprise inconnue : {company}")),
        }
    }
}

fn warn_of_unknown(query: &mut Query) {
    let Query { filters, warnings, .. } = query;
    let topics = filters.topics.all.iter().flatten().chain(&filters.topics.none);
    warnings.extend(topics.filter(|topic| Topic::parse(topic).is_none()).map(|topic| unknown_topic(topic)));
    let unread = filters.amounts.iter().filter(|amount| AmountFilter::parse(amount).is_err());
    warnings.extend(unread.map(|amount| format!("montant incompris, ignoré : {amount}")));
}
