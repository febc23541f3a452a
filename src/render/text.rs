//! Text for people, in French.

use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use anstyle::{AnsiColor, Style as Ansi};

use crate::amount::{self, Amount};
use crate::analysis::OwnedToken;
use crate::article::{Article, Span};
use crate::company::Tags;
use crate::index::writer::Report;
use crate::index::{Index, SkippedEntry, Skips, SourceRecord, StoredPassage, location};
use crate::search::deals::Deal;
use crate::search::evidence::Kind;
use crate::search::facet::{By, FacetValue, Facets};
use crate::search::{Hit, Level, SearchResults, TermReport, passage_id};
use crate::topic::Topic;

/// Columns that passages are wrapped at.
const WIDTH: usize = 96;

/// Columns of the longest bar of a chart.
const BAR: usize = 40;

/// Brands and products told under a company; the rest is counted, for a screen holds forty lines. JSON has them all.
const PRODUCTS: usize = 5;

/// How text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    pub color: bool,
    pub explain: bool,
}

impl Style {
    /// `text` in a style, where styles are wanted.
    fn paint(self, style: Ansi, text: &str) -> String {
        if self.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn title(self, text: &str) -> String {
        self.paint(Ansi::new().bold(), text)
    }

    fn dim(self, text: &str) -> String {
        self.paint(Ansi::new().dimmed(), text)
    }
}

/// Writes an answer: each passage under its article's line, then a line of counts.
pub fn results(
    out: &mut dyn Write,
    index: &Index,
    qid: Option<&str>,
    results: &SearchResults,
    style: Style,
) -> io::Result<()> {
    if let Some(qid) = qid {
        writeln!(out, "## {qid}\n")?;
    }
    for (from, to) in &results.corrections {
        writeln!(out, "Résultats pour « {to} » ; --literal pour chercher « {from} » à la lettre.\n")?;
    }
    if style.explain {
        terms(out, &results.terms)?;
    }
    let mut last = None;
    for hit in &results.hits {
        let again = last.replace(&hit.article.id) == Some(&hit.article.id);
        write_hit(out, hit, again, style)?;
    }
    writeln!(out, "{}", style.dim(&totals(index, results)))
}

fn totals(index: &Index, results: &SearchResults) -> String {
    if results.hits.is_empty() && results.total_passages > 0 {
        let (passages, articles) = (results.total_passages as u64, results.total_articles as u64);
        let (passages, articles) = (plural(passages, "passage"), plural(articles, "article"));
        return format!("Aucun passage montré, {passages} dans {articles} en tout (--limit, --offset).");
    }
    if results.hits.is_empty() {
        return format!(
            "Rien trouvé parmi {} articles (index du {}).",
            number(index.stamp.articles),
            index.stamp.built_at
        );
    }
    format!(
        "{} sur {} dans {} ; {} ms",
        plural(results.hits.len() as u64, "passage"),
        number(results.total_passages as u64),
        plural(results.total_articles as u64, "article"),
        format!("{:.1}", results.took.as_secs_f64() * 1e3).replace('.', ",")
    )
}

fn write_hit(out: &mut dyn Write, hit: &Hit, again: bool, style: Style) -> io::Result<()> {
    if !again {
        let rank = format!("{}.", hit.rank);
        let title = if hit.article.title.is_empty() { hit.article.id.as_str() } else { &hit.article.title };
        writeln!(out, "{rank} {}", style.title(title))?;
        writeln!(out, "   {}", style.dim(&origin(hit)))?;
    }
    let heading = hit.passage.heading.as_deref().filter(|heading| !hit.passage.text.starts_with(heading));
    if let Some(heading) = heading {
        writeln!(out, "   {}", style.dim(&format!("§ {heading}")))?;
    }
    wrapped(out, "   ", &hit.passage.text, &hit.highlights, style)?;
    writeln!(out, "   {}", style.dim(&details(hit)))?;
    if style.explain {
        writeln!(out, "   {}", evidence(hit))?;
        for tagged in &hit.tagged {
            writeln!(out, "   {} : « {} », {}", tagged.company, tagged.text, tagged.reason)?;
        }
    }
    writeln!(out)
}

fn origin(hit: &Hit) -> String {
    let article = &hit.article;
    let date = article.published.map(|date| date.to_string());
    let place = article.url.clone().or_else(|| article.path.clone());
    let mut parts: Vec<String> = article.source.iter().cloned().chain(date).chain(place).collect();
    if !hit.duplicates.is_empty() {
        parts.push(format!("repris par {}", plural_word(hit.duplicates.len(), "autre article", "autres articles")));
    }
    parts.join(" · ")
}

fn details(hit: &Hit) -> String {
    let mut parts = vec![hit.id(), lines(hit.passage.lines)];
    if !hit.passage.companies.is_empty() {
        parts.push(hit.passage.companies.join(", "));
    }
    if !hit.passage.topics.is_empty() {
        parts.push(hit.passage.topics.join(", "));
    }
    parts.extend(hit.passage.amounts.iter().map(|a| amount::display(a.value, &a.currency)));
    match hit.other_passages {
        0 => {}
        n => parts.push(plural_word(n, "autre passage", "autres passages")),
    }
    parts.join(" · ")
}

fn lines((first, last): (usize, usize)) -> String {
    if first == last { format!("ligne {first}") } else { format!("lignes {first}-{last}") }
}

fn evidence(hit: &Hit) -> String {
    let total: f32 = hit.evidence.iter().map(|share| share.score).sum();
    let share = |share: &crate::search::Share| {
        let place = if share.level == Level::Passage { "passage" } else { "article" };
        format!("{} ({place}) {:.0} %", kind(share.kind), 100.0 * share.score / total.max(f32::EPSILON))
    };
    let shares: Vec<String> = hit.evidence.iter().map(share).collect();
    format!("score {:.2} = {}", hit.score, shares.join(" + "))
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Surface => "mots tels quels",
        Kind::Accents => "accents exacts",
        Kind::Prefix => "mots apparentés",
        Kind::Stem => "même racine",
        Kind::Bigram => "mots voisins",
        Kind::Equivalent => "équivalents",
    }
}

fn terms(out: &mut dyn Write, terms: &[TermReport]) -> io::Result<()> {
    for term in terms {
        write!(out, "« {} » : {}", term.text, role(term.role))?;
        if term.role != "question" {
            write!(out, ", forme {}, racine {}, forme stricte {}", term.form, term.stem, term.strict)?;
            write!(out, ", tel quel dans {}", plural(term.articles.into(), "article"))?;
        }
        for (forms, reason) in &term.alternatives {
            write!(out, " ; ou « {forms} » ({reason})")?;
        }
        if !term.corrections.is_empty() {
            write!(out, " ; corrigé en {}", term.corrections.join(", "))?;
        }
        writeln!(out)?;
    }
    writeln!(out)
}

fn role(role: &str) -> &'static str {
    match role {
        "content" => "mot cherché",
        "function" => "mot-outil, pèse peu",
        _ => "mot interrogatif, ne pèse rien",
    }
}

/// Writes `text` in lines of [`WIDTH`] columns, its own line ends kept, with the spans marked.
fn wrapped(out: &mut dyn Write, indent: &str, text: &str, marks: &[Span], style: Style) -> io::Result<()> {
    for line in line_spans(text) {
        for row in rows(text, line) {
            writeln!(out, "{indent}{}", marked(text, row, marks, style))?;
        }
    }
    Ok(())
}

fn line_spans(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    text.split('\n').filter_map(move |line| {
        let span = start..start + line.len();
        start = span.end + 1;
        (!line.trim().is_empty()).then_some(span)
    })
}

/// Cuts a line at spaces.
fn rows(text: &str, line: Range<usize>) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let mut start = line.start;
    let mut space = None;
    let mut columns = 0;
    for (at, c) in text[line.clone()].char_indices().map(|(at, c)| (line.start + at, c)) {
        columns += 1;
        if columns > WIDTH
            && let Some(cut) = space.take()
        {
            rows.push(start..cut);
            start = cut + 1;
            columns = text[start..at].chars().count() + 1;
        }
        if c == ' ' {
            space = Some(at);
        }
    }
    rows.push(start..line.end);
    rows
}

fn marked(text: &str, row: Range<usize>, marks: &[Span], style: Style) -> String {
    let mark = Ansi::new().bold().fg_color(Some(AnsiColor::Yellow.into()));
    let mut shown = String::new();
    let mut at = row.start;
    for span in marks.iter().filter(|span| span.start < row.end && span.end > row.start) {
        let (start, end) = (span.start.max(row.start), span.end.min(row.end));
        shown.push_str(&text[at..start]);
        shown.push_str(&style.paint(mark, &text[start..end]));
        at = end;
    }
    shown.push_str(&text[at..row.end]);
    shown
}

/// Writes the counts of a facet; months as a bar chart.
pub fn facets(out: &mut dyn Write, facets: &Facets, name: &dyn Fn(&str) -> String) -> io::Result<()> {
    let longest = facets.values.iter().map(|value| value.articles).max().unwrap_or(0);
    for value in &facets.values {
        match facets.by {
            By::Month => {
                let bar = "█".repeat((value.articles * BAR).div_ceil(longest.max(1)));
                writeln!(out, "{}  {bar} {}", value.id, value.articles)?;
            }
            By::Company => {
                let shown = format!("{} ({})", name(&value.id), value.id);
                writeln!(out, "{}", counted(&shown, value))?;
                for product in value.products.iter().take(PRODUCTS) {
                    writeln!(out, "{}", counted(&format!("  › {}", product.id), product))?;
                }
                if value.products.len() > PRODUCTS {
                    let rest = (value.products.len() - PRODUCTS) as u64;
                    writeln!(out, "  › et {}", plural(rest, "autre"))?;
                }
            }
            By::Topic | By::Source => writeln!(out, "{}", counted(&value.id, value))?,
        }
    }
    if facets.other > 0 {
        writeln!(out, "{:<40} {:>14}", "autres", plural(facets.other as u64, "article"))?;
    }
    let (articles, passages) = (facets.total_articles as u64, facets.total_passages as u64);
    writeln!(out, "sur {} et {}", plural(articles, "article"), plural(passages, "passage"))
}

fn counted(label: &str, value: &FacetValue) -> String {
    // A noun without its plural letter keeps the column.
    let counted = |count: usize, noun| plural(count as u64, noun) + if count < 2 { " " } else { "" };
    let line =
        format!("{label:<40} {:>14} {:>16}", counted(value.articles, "article"), counted(value.passages, "passage"));
    line.trim_end().to_owned()
}

/// Writes an article whole, or the passage asked for with those around it.
pub fn article(
    out: &mut dyn Write,
    article: &Article,
    passages: &[StoredPassage],
    ordinal: Option<usize>,
    color: bool,
) -> io::Result<()> {
    let style = Style { color, explain: false };
    let title = if article.title.is_empty() { article.id.as_str() } else { &article.title };
    writeln!(out, "{}", style.title(title))?;
    let date = article.published.map(|date| date.to_string());
    let known = [&article.source, &article.author, &date, &article.url, &article.path];
    let known: Vec<&str> = known.into_iter().flatten().map(String::as_str).collect();
    writeln!(out, "{}\n", style.dim(&known.join(" · ")))?;
    let Some(asked) = ordinal else {
        return wrapped(out, "", &article.text, &[], style);
    };
    for passage in passages.iter().filter(|passage| passage.ordinal.abs_diff(asked) <= 1) {
        let mark = if passage.ordinal == asked { "▶ " } else { "  " };
        let id = passage_id(&article.id, passage.ordinal);
        writeln!(out, "{}", style.dim(&format!("{mark}{id} · {}", lines(passage.lines))))?;
        wrapped(out, mark, &passage.text, &[], style)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Writes what is seen in a text.
pub fn analysis(
    out: &mut dyn Write,
    text: &str,
    tokens: &[OwnedToken],
    tags: &Tags,
    topics: &[Topic],
    amounts: &[Amount],
) -> io::Result<()> {
    writeln!(out, "{:>4} {:>9}  {:<20} {:<20} {:<16} strict", "pos", "octets", "texte", "forme", "racine")?;
    for token in tokens {
        let span = format!("{}-{}", token.span.start, token.span.end);
        let (forms, shown) = (&token.forms, &text[token.span.clone()]);
        writeln!(
            out,
            "{:>4} {span:>9}  {shown:<20} {:<20} {:<16} {}",
            token.position, token.form, forms.stem, forms.strict
        )?;
    }
    for mention in &tags.text {
        let product = mention.product.as_deref().map(|product| format!(" › {product}")).unwrap_or_default();
        let shown = &text[mention.span.clone()];
        writeln!(out, "entreprise  {}{product} : « {shown} » ({})", mention.company, mention.reason)?;
    }
    for found in amounts {
        let shown = &text[found.span.clone()];
        writeln!(out, "montant     {} : « {shown} »", amount::display(found.value, found.currency))?;
    }
    for topic in topics {
        writeln!(out, "sujet       {}", topic.as_str())?;
    }
    Ok(())
}

/// What a run of indexing did, in a line or two.
pub fn built(report: &Report) -> String {
    let mut line = format!(
        "{} : {}, {}, {}, {} ; {}, {} en {} s",
        plural(report.articles, "article"),
        plural(report.added, "ajouté"),
        plural(report.replaced, "remplacé"),
        plural(report.removed, "retiré"),
        plural(report.unchanged, "inchangé"),
        plural(report.passages, "passage"),
        plural_word(report.files_read as usize, "fichier lu", "fichiers lus"),
        format!("{:.1}", report.elapsed.as_secs_f64()).replace('.', ",")
    );
    if !report.skipped.is_empty() {
        line.push_str(&format!("\n{}", skipped_by_kind(&report.skipped)));
    }
    line
}

fn skipped_by_kind(skipped: &Skips) -> String {
    let total = skipped.total() as usize;
    let kinds = kinds_text(skipped.by_kind());
    let named = if total > 1 { "les nomme" } else { "la nomme" };
    format!("{} ({}) ; `veille status` {named}", plural_word(total, "remarque", "remarques"), kinds)
}

fn kinds_text<'k>(kinds: impl IntoIterator<Item = (&'k str, u64)>) -> String {
    let kinds: Vec<String> =
        kinds.into_iter().map(|(kind, count)| format!("{} {}", kind_text(kind), number(count))).collect();
    kinds.join(", ")
}

/// The kinds of [`crate::corpus::Reason`] in a word or two.
fn kind_text(kind: &str) -> &str {
    match kind {
        "unreadable" => "illisible",
        "documentation" => "documentation",
        "symbolic_link" => "lien symbolique",
        "temporary" => "copie de travail",
        "foreign_folder" => "dossier étranger",
        "too_deep" => "trop profond",
        "empty" => "vide",
        "unknown_format" => "format inconnu",
        "too_large" => "trop gros",
        "bomb" => "bombe",
        "too_many_entries" => "trop d'entrées",
        "nested_too_deep" => "trop emboîté",
        "encrypted" => "chiffré",
        "damaged" => "abîmé",
        "bad_json" => "JSON incompris",
        "bad_front_matter" => "en-tête incompris",
        "bad_feed" => "fil incompris",
        "bad_csv" => "CSV incompris",
        "no_text" => "sans texte",
        "no_article" => "page sans article",
        "bad_bytes" => "octets remplacés",
        "bad_date" => "date incomprise",
        "duplicate_id" => "identifiant en double",
        other => other,
    }
}

/// One thing that was skipped or odd.
pub fn skipped(entry: &SkippedEntry) -> String {
    let line = entry.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{}{line} : {}", entry.path, entry.reason)
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
    writeln!(out, "index        {} ({})", index.dir.display(), megabytes(index.size_bytes()))?;
    writeln!(out, "corpus       {}", corpus.display())?;
    writeln!(out, "fait le      {}", stamp.built_at)?;
    let roots: Vec<String> = index.roots().iter().map(|root| location::shown(root)).collect();
    writeln!(out, "à partir de  {}", roots.join(", "))?;
    writeln!(out, "contient     {}, {}", plural(stamp.articles, "article"), plural(stamp.passages, "passage"))?;
    writeln!(
        out,
        "             {} de texte, {} mots distincts",
        megabytes(stamp.text_bytes),
        number(index.lexicon.len() as u64)
    )?;
    writeln!(out, "doublons     {}", plural_word(index.stories.len(), "groupe d'articles", "groupes d'articles"))?;
    writeln!(out, "règles       analyse {}, entreprises {}", stamp.analyzer, stamp.gazetteer)?;
    let changed = plural_word(changed_files as usize, "a changé depuis", "ont changé depuis");
    writeln!(out, "fichiers     {}, dont {changed}", number(sources.len() as u64))?;
    if checked {
        writeln!(out, "vérifié      tous les fichiers de l'index sont intacts")?;
    }
    for source in sources {
        for entry in source.skipped.told() {
            writeln!(out, "ignoré       {}", skipped(entry))?;
        }
        let untold = source.skipped.untold();
        if !untold.is_empty() {
            let kinds = kinds_text(untold.iter().map(|(kind, count)| (kind.as_str(), *count)));
            writeln!(out, "ignoré       {} : et d'autres encore ({kinds})", source.name)?;
        }
    }
    Ok(())
}

/// Writes deals as a table: the sum with its article, below it the companies and the passage to open.
pub fn deals(out: &mut dyn Write, deals: &[Deal]) -> io::Result<()> {
    if deals.is_empty() {
        return writeln!(out, "Aucune somme dans un passage de contrat de cloud, de levée de fonds ou de rachat.");
    }
    for deal in deals {
        let date = deal.date.map(|date| date.to_string()).unwrap_or_default();
        let amount = amount::display(deal.value, &deal.currency);
        let years = deal.years.map(|years| plural(years.into(), "an")).unwrap_or_default();
        let title = if deal.title.is_empty() { deal.article_id.as_str() } else { &deal.title };
        writeln!(out, "{date:<10}  {amount:>12}  {years:>6}  {title}")?;
        let companies = deal.companies.join(", ");
        let sep = if companies.is_empty() { "" } else { " · " };
        writeln!(out, "{:<34}{companies}{sep}{}", "", deal.id)?;
    }
    Ok(())
}

/// Writes the groups of near duplicates.
pub fn duplicates(out: &mut dyn Write, groups: &[Vec<Article>], articles: u64) -> io::Result<()> {
    let copies: usize = groups.iter().map(|group| group.len() - 1).sum();
    let stories = articles.saturating_sub(copies as u64);
    for group in groups {
        for (at, article) in group.iter().enumerate() {
            let mark = if at == 0 { "•" } else { "  =" };
            let known = [article.id.as_str(), article.source.as_deref().unwrap_or_default(), &article.title];
            let known: Vec<&str> = known.into_iter().filter(|part| !part.is_empty()).collect();
            writeln!(out, "{mark} {}", known.join(" · "))?;
        }
    }
    writeln!(
        out,
        "{}, {} au total pour {}",
        plural_word(groups.len(), "groupe", "groupes"),
        plural_word(stories as usize, "histoire", "histoires"),
        plural(articles, "article")
    )
}

/// A size in megabytes of a million bytes: « 12,5 Mo ».
pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} Mo", bytes as f64 / 1e6).replace('.', ",")
}

/// A count with its noun.
pub fn plural(count: u64, noun: &str) -> String {
    let s = if count > 1 { "s" } else { "" };
    format!("{} {noun}{s}", number(count))
}

fn plural_word(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(count as u64), if count > 1 { many } else { one })
}

/// A number with a space between thousands, as French writes it.
fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push('\u{202f}');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_of_many_products_tells_the_first_and_counts_the_rest() {
        let value = |id: String| FacetValue { id, articles: 2, passages: 3, products: Vec::new() };
        let products = (0..PRODUCTS + 2).map(|n| value(format!("P{n}"))).collect();
        let values = vec![FacetValue { products, ..value("acme".to_owned()) }];
        let facets =
            Facets { by: By::Company, values, other: 0, total_articles: 2, total_passages: 3, warnings: Vec::new() };
        let mut out = Vec::new();
        super::facets(&mut out, &facets, &|_| "Acme".to_owned()).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out.lines().count(), 1 + PRODUCTS + 2, "{out}");
        assert!(out.contains("  › P4 ") && out.contains("  › et 2 autres\n") && !out.contains("P5"), "{out}");
    }

    #[test]
    fn a_duplicate_without_source_or_title_has_no_empty_separators() {
        let [bare, titled] = [Article::bare("", "x"), Article::bare("Titre", "x")];
        let expected = format!("• {}\n  = {} · Titre\n", bare.id, titled.id);
        let mut out = Vec::new();
        duplicates(&mut out, &[vec![bare, titled]], 2).unwrap();
        assert!(String::from_utf8(out).unwrap().starts_with(&expected));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([number(7), number(1234), number(1_000_000)], ["7", "1\u{202f}234", "1\u{202f}000\u{202f}000"]);
        assert_eq!(
            [plural(0, "article"), plural(1, "article"), plural(2, "article")].concat(),
            "0 article1 article2 articles"
        );
    }

    #[test]
    fn what_was_done_is_said_in_right_plurals() {
        let entry = SkippedEntry { path: "a.md".into(), line: None, kind: "empty".into(), reason: "vide".into() };
        let report = Report {
            added: 1,
            removed: 2,
            articles: 1,
            passages: 2,
            skipped: [entry].into_iter().collect(),
            ..Report::default()
        };
        assert_eq!(
            built(&report),
            "1 article : 1 ajouté, 0 remplacé, 2 retirés, 0 inchangé ; 2 passages, 0 fichier lu en 0,0 s\n\
             1 remarque (vide 1) ; `veille status` la nomme"
        );
    }

    #[test]
    fn rows_cover_the_line_and_marks_survive_the_cut() {
        let text = format!("{} cloud {}", "mot ".repeat(23).trim_end(), "fin ".repeat(30).trim_end());
        let rows = rows(&text, 0..text.len());
        assert!(rows.len() > 1);
        assert!(rows.iter().all(|row| text[row.clone()].chars().count() <= WIDTH));
        let joined: Vec<&str> = rows.iter().map(|row| &text[row.clone()]).collect();
        assert_eq!(joined.join(" "), text);
        let at = text.find("cloud").unwrap();
        let marks = std::slice::from_ref(&(at..at + 5)).to_vec();
        let shown: String =
            rows.iter().map(|row| marked(&text, row.clone(), &marks, Style { color: true, explain: false })).collect();
        assert_eq!(shown.matches("\u{1b}[1m").count(), 1);
    }
}
