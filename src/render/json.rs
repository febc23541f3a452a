//! JSON for programs. A field that is not known is null or empty, never absent; `version` changes when a field goes
//! or changes meaning.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::amount::Amount;
use crate::analysis::OwnedToken;
use crate::article::Article;
use crate::company::Tags;
use crate::index::writer::Report;
use crate::index::{Index, SourceRecord, StoredAmount, StoredPassage, location};
use crate::search::deals::Deal;
use crate::search::evidence::Kind;
use crate::search::facet::{By, FacetValue, Facets};
use crate::search::{Hit, Level, SearchResults, passage_id};
use crate::topic::Topic;

/// The version of everything written here.
pub const VERSION: u32 = 1;

/// Writes one object: the passages and the summary of one answer.
pub fn results(
    out: &mut dyn Write,
    index: &Index,
    qid: Option<&str>,
    results: &SearchResults,
    explain: bool,
) -> io::Result<()> {
    let passages: Vec<Value> = results.hits.iter().map(|hit| passage(qid, hit, explain)).collect();
    let mut object = summary(index, qid, results, explain);
    object["type"] = json!("results");
    object["passages"] = json!(passages);
    writeln!(out, "{object}")
}

/// Writes one `passage` object a line, then one `summary`.
pub fn lines(
    out: &mut dyn Write,
    index: &Index,
    qid: Option<&str>,
    results: &SearchResults,
    explain: bool,
) -> io::Result<()> {
    for hit in &results.hits {
        writeln!(out, "{}", passage(qid, hit, explain))?;
    }
    writeln!(out, "{}", summary(index, qid, results, explain))
}

fn passage(qid: Option<&str>, hit: &Hit, explain: bool) -> Value {
    let Hit { article, passage, .. } = hit;
    let mut object = json!({
        "version": VERSION,
        "type": "passage",
        "qid": qid,
        "rank": hit.rank,
        "score": rounded(hit.score),
        "id": hit.id(),
        "article_id": article.id,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "path": article.path,
        "published": article.published.map(|date| date.to_string()),
        "author": article.author,
        "lang": article.lang,
        "ordinal": passage.ordinal,
        "heading": passage.heading,
        "text": passage.text,
        "bytes": [passage.span.start, passage.span.end],
        "lines": [passage.lines.0, passage.lines.1],
        "highlights": hit.highlights.iter().map(|span| [span.start, span.end]).collect::<Vec<_>>(),
        "companies": passage.companies,
        "products": passage.products,
        "topics": passage.topics,
        "amounts": passage.amounts.iter().map(|amount| stored_amount(amount, &passage.text)).collect::<Vec<_>>(),
        "other_passages": hit.other_passages,
        "duplicates": hit.duplicates,
    });
    if explain {
        let share = |share: &crate::search::Share| json!({ "kind": kind(share.kind), "level": level(share.level), "score": rounded(share.score) });
        object["evidence"] = hit.evidence.iter().map(share).collect();
        let tagged = |t: &crate::search::Tagged| json!({ "company": t.company, "text": t.text, "reason": t.reason });
        object["tagged"] = hit.tagged.iter().map(tagged).collect();
    }
    object
}

fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1e4).round() / 1e4
}

/// The names of kinds of evidence in the JSON.
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Surface => "surface",
        Kind::Accents => "accents",
        Kind::Prefix => "prefix",
        Kind::Stem => "stem",
        Kind::Bigram => "bigram",
        Kind::Equivalent => "equivalent",
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Passage => "passage",
        Level::Article => "article",
    }
}

fn stored_amount(amount: &StoredAmount, text: &str) -> Value {
    let quoted = text.get(amount.span.clone()).unwrap_or_default();
    json!({
        "value": whole(amount.value),
        "currency": amount.currency,
        "text": quoted,
        "start": amount.span.start,
        "end": amount.span.end,
    })
}

/// Whole values print without a fraction.
fn whole(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}

fn summary(index: &Index, qid: Option<&str>, results: &SearchResults, explain: bool) -> Value {
    let stamp = &index.stamp;
    let terms: Vec<Value> = match explain {
        true => results.terms.iter().map(|term| json!(term)).collect(),
        false => results.terms.iter().filter(|term| term.role != "question").map(term_text).collect(),
    };
    json!({
        "version": VERSION,
        "type": "summary",
        "qid": qid,
        "total_passages": results.total_passages,
        "total_articles": results.total_articles,
        "shown": results.hits.len(),
        "took_us": results.took.as_micros() as u64,
        "terms": terms,
        "ignored": results.ignored,
        "corrections": results.corrections.iter().map(|(from, to)| json!({ "from": from, "to": to })).collect::<Vec<_>>(),
        "warnings": results.warnings,
        "index": {
            "built_at": stamp.built_at,
            "fingerprint": stamp.analyzer,
            "articles": stamp.articles,
            "passages": stamp.passages,
            "skipped": stamp.skipped,
        },
    })
}

/// A term and its equivalents: `ia = intelligence artificielle = ai`.
fn term_text(term: &crate::search::TermReport) -> Value {
    let others = term.alternatives.iter().map(|(forms, _)| forms.as_str()).filter(|forms| *forms != term.form);
    let all: Vec<&str> = std::iter::once(term.form.as_str()).chain(others).collect();
    json!(all.join(" = "))
}

/// Writes the counts of a facet.
pub fn facets(out: &mut dyn Write, facets: &Facets, name: &dyn Fn(&str) -> String) -> io::Result<()> {
    let value = |value: &FacetValue| {
        let products: Vec<Value> = value
            .products
            .iter()
            .map(|p| json!({ "id": p.id, "name": p.id, "articles": p.articles, "passages": p.passages }))
            .collect();
        let name = if facets.by == By::Company { name(&value.id) } else { value.id.clone() };
        json!({
            "id": value.id,
            "name": name,
            "articles": value.articles,
            "passages": value.passages,
            "products": products,
        })
    };
    let object = json!({
        "version": VERSION,
        "type": "facets",
        "by": by(facets.by),
        "values": facets.values.iter().map(value).collect::<Vec<_>>(),
        "other": facets.other,
        "total_articles": facets.total_articles,
        "total_passages": facets.total_passages,
        "warnings": facets.warnings,
    });
    writeln!(out, "{object}")
}

fn by(by: By) -> &'static str {
    match by {
        By::Company => "company",
        By::Topic => "topic",
        By::Source => "source",
        By::Month => "month",
    }
}

/// Writes a whole article; `ordinal` names the passage that was asked for.
pub fn article(
    out: &mut dyn Write,
    article: &Article,
    passages: &[StoredPassage],
    ordinal: Option<usize>,
) -> io::Result<()> {
    let passage = |passage: &StoredPassage| {
        json!({
            "id": passage_id(&article.id, passage.ordinal),
            "ordinal": passage.ordinal,
            "heading": passage.heading,
            "bytes": [passage.span.start, passage.span.end],
            "lines": [passage.lines.0, passage.lines.1],
            "text": passage.text,
            "companies": passage.companies,
            "topics": passage.topics,
            "amounts": passage.amounts.iter().map(|a| stored_amount(a, &passage.text)).collect::<Vec<_>>(),
        })
    };
    let object = json!({
        "version": VERSION,
        "type": "article",
        "id": article.id,
        "article_id": article.id,
        "title": article.title,
        "source": article.source,
        "author": article.author,
        "url": article.url,
        "path": article.path,
        "published": article.published.map(|date| date.to_string()),
        "lang": article.lang,
        "tags": article.tags,
        "text": article.text,
        "asked": ordinal,
        "passages": passages.iter().map(passage).collect::<Vec<_>>(),
    });
    writeln!(out, "{object}")
}

/// Writes deals, largest first.
pub fn deals(out: &mut dyn Write, deals: &[Deal]) -> io::Result<()> {
    let deal = |deal: &Deal| {
        json!({
            "id": deal.id,
            "article_id": deal.article_id,
            "title": deal.title,
            "published": deal.date.map(|date| date.to_string()),
            "companies": deal.companies,
            "topics": deal.topics,
            "amount": { "value": whole(deal.value), "currency": deal.currency, "text": deal.amount_text },
            "years": deal.years,
        })
    };
    let deals: Vec<Value> = deals.iter().map(deal).collect();
    writeln!(out, "{}", json!({ "version": VERSION, "type": "deals", "deals": deals }))
}

/// Writes the groups of near duplicates.
pub fn duplicates(out: &mut dyn Write, groups: &[Vec<Article>]) -> io::Result<()> {
    let article = |article: &Article| {
        json!({
            "id": article.id,
            "title": article.title,
            "source": article.source,
            "published": article.published.map(|date| date.to_string()),
            "path": article.path,
        })
    };
    let groups: Vec<Vec<Value>> = groups.iter().map(|group| group.iter().map(article).collect()).collect();
    writeln!(out, "{}", json!({ "version": VERSION, "type": "duplicates", "groups": groups }))
}

/// Writes what is seen in one text.
pub fn analysis(
    out: &mut dyn Write,
    text: &str,
    tokens: &[OwnedToken],
    tags: &Tags,
    topics: &[Topic],
    amounts: &[Amount],
) -> io::Result<()> {
    let token = |token: &OwnedToken| {
        json!({
            "term": token.form,
            "start": token.span.start,
            "end": token.span.end,
            "position": token.position,
            "kind": format!("{:?}", token.kind).to_lowercase(),
            "folded": token.forms.folded,
            "stem": token.forms.stem,
            "strict": token.forms.strict,
        })
    };
    let company = |mention: &crate::company::Mention| {
        json!({
            "id": &*mention.company,
            "text": &text[mention.span.clone()],
            "start": mention.span.start,
            "end": mention.span.end,
            "product": mention.product.as_deref(),
            "reason": mention.reason.to_string(),
        })
    };
    let amount = |amount: &Amount| {
        json!({
            "value": whole(amount.value),
            "currency": amount.currency,
            "text": &text[amount.span.clone()],
            "start": amount.span.start,
            "end": amount.span.end,
        })
    };
    let object = json!({
        "version": VERSION,
        "type": "analysis",
        "tokens": tokens.iter().map(token).collect::<Vec<_>>(),
        "companies": tags.text.iter().map(company).collect::<Vec<_>>(),
        "topics": topics.iter().map(|topic| topic.as_str()).collect::<Vec<_>>(),
        "amounts": amounts.iter().map(amount).collect::<Vec<_>>(),
    });
    writeln!(out, "{object}")
}

/// Writes what is wrong with the line `line` of an input.
pub fn line_error(out: &mut dyn Write, line: u64, error: &str) -> io::Result<()> {
    writeln!(out, "{}", json!({ "version": VERSION, "type": "error", "line": line, "error": error }))
}

/// Writes what a run of indexing did.
pub fn report(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let object = json!({
        "version": VERSION,
        "type": "report",
        "files": {
            "read": report.files_read,
            "unchanged": report.files_unchanged,
            "removed": report.files_removed,
        },
        "added": report.added,
        "replaced": report.replaced,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "articles": report.articles,
        "passages": report.passages,
        "stories_with_copies": report.stories_with_copies,
        "bytes_read": report.bytes_read,
        "skipped": report.skipped.told(),
        "skipped_untold": report.skipped.untold(),
        "took_ms": report.elapsed.as_millis() as u64,
    });
    writeln!(out, "{object}")
}

/// Writes what the index holds.
pub fn status(
    out: &mut dyn Write,
    index: &Index,
    corpus: &Path,
    sources: &[SourceRecord],
    changed_files: u64,
    checked: bool,
) -> io::Result<()> {
    let stamp = &index.stamp;
    let skipped: Vec<_> = sources.iter().flat_map(|source| source.skipped.told()).collect();
    let untold: u64 = sources.iter().flat_map(|source| source.skipped.untold().values()).sum();
    let object = json!({
        "version": VERSION,
        "type": "status",
        "index": index.dir.display().to_string(),
        "corpus": corpus.display().to_string(),
        "built_at": stamp.built_at,
        "format": stamp.format,
        "fingerprint": stamp.analyzer,
        "gazetteer": stamp.gazetteer,
        "articles": stamp.articles,
        "passages": stamp.passages,
        "words": stamp.words,
        "distinct_words": index.lexicon.len(),
        "text_bytes": stamp.text_bytes,
        "index_bytes": index.size_bytes(),
        "segments": index.segments(),
        "stories_with_copies": index.stories.len(),
        "files": sources.len(),
        "changed_files": changed_files,
        "stale": changed_files > 0,
        "checked": checked,
        "roots": index.roots().iter().map(|root| location::shown(root)).collect::<Vec<_>>(),
        "skipped": skipped,
        "skipped_untold": untold,
    });
    writeln!(out, "{object}")
}
