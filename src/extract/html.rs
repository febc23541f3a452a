//! Reads saved web pages: the article's text without what surrounds it, and what the page says of itself.
//!
//! Decoded HTML comes in, a [`Record`] goes out. Metadata come from JSON-LD, Open Graph and `meta` elements. The
//! text comes from the best of these, the first that holds enough of the page's paragraphs: the element that the
//! page itself marks as the article's body; what `dom_smoothie` (Readability) finds; `articleBody` of JSON-LD; the
//! densest element. Navigation, cookie notices, boxes of related links, comments, captions, newsletter and
//! subscription lines are taken out before and after.
//!
//! ```
//! let long = "Le groupe a signé mardi un contrat de six ans avec son fournisseur, selon un communiqué. ".repeat(5);
//! let page = format!("<html><head><title>Un accord | Le Journal</title></head><body><nav>Menu</nav>\
//!     <article><h1>Un accord</h1><p>{long}</p></article></body></html>");
//! let (record, _) = veille::extract::html::read(&page);
//! assert_eq!(record.unwrap().title, "Un accord");
//! ```
//!
//! It runs no script: a page whose text only a script would fetch has no article.

use dom_query::{Document, NodeRef};
use rustc_hash::FxHashSet;
use serde_json::{Map, Value};

use super::Page;
use super::record::{Record, RecordText};
use super::text::{Block, Body, clean_line};
use crate::corpus::Reason;

/// Less text than this in the best place makes us look in the next one: briefs of agencies have 250 characters.
const ENOUGH_CHARS: usize = 250;

/// A page with less is no article: a menu, an error message, a script's placeholder.
const MIN_ARTICLE_CHARS: usize = 80;

/// `articleBody` replaces the page's text if it is so many times longer: the page then shows a teaser only.
const TEASER_RATIO: usize = 2;

/// Pages nested deeper are read without their structure: parsing takes time that grows with the square of the
/// depth (20,000 levels: more than a minute). Browsers stop at 512; the deepest press pages have 60.
const MAX_NESTING: usize = 1_000;

/// Reads a page.
pub fn read(html: &str) -> Page {
    let (meta, body) = if nesting(html) > MAX_NESTING { (Meta::default(), flat(html)) } else { main_text(html) };
    match body.text.chars().count() {
        chars if chars >= MIN_ARTICLE_CHARS => (Ok(meta.record(body)), Vec::new()),
        _ => (without_script(html).ok_or(Reason::NoArticle), Vec::new()),
    }
}

/// The article that a page keeps for readers without scripts or frames, where it has nothing else. It must be longer
/// than the advice to turn scripts on.
fn without_script(html: &str) -> Option<Record> {
    let hidden = ["noscript", "noframes"].into_iter().find(|name| html.contains(&format!("<{name}")))?;
    let (meta, body) = main_text(&html.replace(hidden, "div").replace("<frameset", "<div"));
    (chars(&body) >= ENOUGH_CHARS).then(|| meta.record(body))
}

fn main_text(html: &str) -> (Meta, Body) {
    let page = Document::from(html);
    let meta = Meta::of(&page);
    let mut body = body(&page, html, &meta);
    remove_bylines(&mut body, &meta.author);
    (meta, body)
}

/// How long a line with the author's name and the day is.
const MAX_BYLINE_CHARS: usize = 70;

/// Leaves out the lines that are the author's name with little else: « Nour Haddad | 17/09/2025 ».
fn remove_bylines(body: &mut Body, author: &str) {
    let name = author_name(author).trim().to_lowercase();
    let is_byline = |line: &str| {
        line.chars().count() <= MAX_BYLINE_CHARS
            && line.to_lowercase().starts_with(&name)
            && !line.ends_with(['.', '!', '?', '»', ':'])
    };
    if !name.is_empty() && body.text.split("\n\n").any(is_byline) {
        *body = body.without(is_byline);
    }
}

/// Returns the blocks of a fragment, such as an entry of a feed: everything but what never belongs to an article.
pub fn fragment(html: &str) -> Body {
    if nesting(html) > MAX_NESTING {
        return flat(html);
    }
    let page = Document::from(html);
    remove_junk(&page);
    let mut writer = Writer::default();
    if let Some(root) = page.body() {
        writer.children(&root, 0);
    }
    writer.finish("")
}

/// Returns the blocks of a mail: as [`fragment`], with nothing taken for a comment or a footer by its name, for
/// newsletters call their parts as they like.
pub fn letter(html: &str) -> Body {
    if nesting(html) > MAX_NESTING {
        return flat(html);
    }
    let page = Document::from(html);
    page.select(JUNK_ELEMENTS).remove();
    page.select("[hidden], [style*='display:none'], [style*='display: none']").remove();
    let mut writer = Writer::default();
    if let Some(root) = page.body() {
        writer.children(&root, 0);
    }
    writer.finish("")
}

/// The deepest nesting of containers in a page, as its tags have it.
fn nesting(html: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for tag in tags_of(html) {
        match tag.strip_prefix('/') {
            Some(name) if is_container(name) => depth = depth.saturating_sub(1),
            None if is_container(tag) => depth += 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// What follows each `<` outside scripts, up to the end of the tag's name.
fn tags_of(html: &str) -> impl Iterator<Item = &str> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let at = rest.find('<')?;
        let tag = &rest[at + 1..];
        let end = tag.find(|c: char| !(c.is_ascii_alphanumeric() || c == '/')).unwrap_or(tag.len());
        rest = if tag[..end].eq_ignore_ascii_case("script") { after_script(tag) } else { &tag[end..] };
        Some(&tag[..end])
    })
}

/// Scripts compare with `<`, which opens nothing.
fn after_script(text: &str) -> &str {
    text.find("</script").or_else(|| text.find("</SCRIPT")).map_or("", |end| &text[end + 2..])
}

fn is_container(name: &str) -> bool {
    const CONTAINERS: [&str; 17] = [
        "div",
        "span",
        "section",
        "article",
        "blockquote",
        "table",
        "td",
        "ul",
        "ol",
        "dl",
        "font",
        "center",
        "main",
        "form",
        "details",
        "em",
        "b",
    ];
    CONTAINERS.iter().any(|container| name.eq_ignore_ascii_case(container))
}

/// The text between the tags, a line for each run without a tag that ends a line.
fn flat(html: &str) -> Body {
    let mut body = Body::default();
    let mut line = String::new();
    for part in html.split('<') {
        let (tag, text) = part.split_once('>').unwrap_or(("", part));
        if ["/p", "/div", "br", "/li", "/h", "p", "div"].iter().any(|end| tag.starts_with(end)) {
            body.push(Block::Paragraph, &std::mem::take(&mut line));
        }
        if !tag.starts_with("script") && !tag.starts_with("style") {
            line.push_str(text);
        }
    }
    body.push(Block::Paragraph, &line);
    body
}

/// What a page says of itself.
#[derive(Debug, Default)]
struct Meta {
    title: String,
    url: String,
    source: String,
    author: String,
    date: String,
    lang: String,
    tags: Vec<String>,
    /// The text in JSON-LD.
    article_body: String,
    /// The summary for search engines: all there is on a page of a video or of a picture.
    description: String,
}

impl Meta {
    fn of(page: &Document) -> Self {
        let article = json_ld(page).unwrap_or_default();
        let ld = |key: &str| article.get(key).map(name_of).unwrap_or_default();
        let meta = |names: &[&str]| meta_content(page, names);
        let source = first([meta(&["og:site_name", "application-name"]), ld("publisher"), title_tail(page)]);
        Meta {
            title: title(page, &ld("headline"), &source),
            url: first([link(page, "canonical"), meta(&["og:url"]), ld("url"), ld("mainEntityOfPage")]),
            author: first([
                ld("author"),
                meta(&["author", "article:author", "dc.creator", "parsely-author", "sailthru.author"]),
            ]),
            date: date(page, &ld("datePublished")),
            lang: first([
                attr(page, "html", "lang"),
                attr(page, "html", "xml:lang"),
                meta(&["og:locale", "language"]),
                ld("inLanguage"),
            ]),
            tags: tags(&first([meta(&["news_keywords", "keywords"]), ld("keywords")])),
            article_body: article.get("articleBody").and_then(Value::as_str).unwrap_or_default().to_owned(),
            description: first([meta(&["og:description", "description"]), ld("description")]),
            source,
        }
    }

    fn record(self, body: Body) -> Record {
        Record {
            title: self.title,
            text: RecordText::Marked(body),
            url: self.url,
            source: self.source,
            author: author_name(&self.author),
            date: self.date,
            lang: self.lang,
            tags: self.tags,
            ..Record::default()
        }
    }
}

fn first<const N: usize>(values: [String; N]) -> String {
    values.into_iter().map(|value| value.trim().to_owned()).find(|value| !value.is_empty()).unwrap_or_default()
}

/// `article:author` is often the address of a profile, which is no name.
fn author_name(given: &str) -> String {
    if given.contains("://") { String::new() } else { given.to_owned() }
}

fn tags(list: &str) -> Vec<String> {
    list.split([',', ';']).map(clean_line).filter(|tag| !tag.is_empty()).collect()
}

fn attr(page: &Document, selector: &str, name: &str) -> String {
    page.select_single(selector).attr(name).map(|value| value.to_string()).unwrap_or_default()
}

fn link(page: &Document, rel: &str) -> String {
    attr(page, &format!("link[rel='{rel}']"), "href")
}

fn meta_content(page: &Document, names: &[&str]) -> String {
    let metas = page.select("meta");
    let named = |node: &NodeRef, name: &str| {
        ["property", "name", "itemprop"].iter().any(|key| node.attr(key).is_some_and(|v| v.eq_ignore_ascii_case(name)))
    };
    let content = |name: &&str| {
        metas.nodes().iter().filter(|node| named(node, name)).find_map(|node| {
            node.attr("content").map(|content| clean_line(&content)).filter(|content| !content.is_empty())
        })
    };
    names.iter().find_map(content).unwrap_or_default()
}

/// The headline: as Open Graph or JSON-LD have it, else the page's only heading, else its title without the outlet.
fn title(page: &Document, headline: &str, source: &str) -> String {
    let heading = || {
        let headings = page.select("h1");
        let text = headings.nodes().iter().map(|node| clean_line(&node.text())).find(|text| !text.is_empty());
        text.unwrap_or_default()
    };
    let name = clean_line(&page.select_single("head title").text());
    let given = first([meta_content(page, &["og:title", "twitter:title", "dc.title"]), headline.to_owned()]);
    let given = if given.is_empty() { first([heading(), without_crumbs(&name)]) } else { given };
    without_outlet(&clean_line(&unescape(&given)), source)
}

/// `2013/01/31 > Le Bulletin 277 > Un accord` ends with the headline.
fn without_crumbs(title: &str) -> String {
    let spaced = title.replace('\u{a0}', " ");
    let crumbs: Vec<&str> = spaced.split(" > ").collect();
    if crumbs.len() > 2 { crumbs[crumbs.len() - 1].to_owned() } else { title.to_owned() }
}

/// So many entities left after reading are no example: the text was escaped once too often.
const MIN_ESCAPED: usize = 3;

/// What a text says that was escaped once too often (`l&#039;&eacute;t&eacute;`); nothing where it was not.
pub(crate) fn unescaped(text: &str) -> Option<String> {
    let entity = |after: &&str| {
        let name = after.split(';').next().unwrap_or_default();
        let named = name.len() > 1 && name.chars().all(|c| c.is_ascii_alphanumeric());
        let numbered =
            name.strip_prefix('#').is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_alphanumeric()));
        name.len() < 9.min(after.len()) && (named || numbered)
    };
    (text.split('&').skip(1).filter(entity).count() >= MIN_ESCAPED).then(|| unescape(text))
}

/// Metadata are often escaped twice (`L&amp;#039;accord`).
pub(crate) fn unescape(text: &str) -> String {
    if text.contains('&') { Document::from(text.replace('<', "&lt;")).text().to_string() } else { text.to_owned() }
}

/// What parts the headline from the outlet in a page's title.
const TITLE_SEPARATORS: [&str; 5] = [" | ", " - ", " – ", " — ", " • "];

fn without_outlet(title: &str, source: &str) -> String {
    let separator = |title: &str| TITLE_SEPARATORS.iter().filter_map(|s| Some((title.rfind(s)?, s.len()))).max();
    let alike = |a: &str, b: &str| {
        let fold = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let (a, b) = (fold(a), fold(b));
        !a.is_empty() && !b.is_empty() && (a.starts_with(&b) || b.starts_with(&a))
    };
    match separator(title) {
        Some((at, length)) if alike(&title[at + length..], source) => title[..at].trim().to_owned(),
        _ => title.to_owned(),
    }
}

/// The outlet as the page's title ends with it: `Un accord | Le Journal`.
fn title_tail(page: &Document) -> String {
    let title = clean_line(&page.select_single("head title").text());
    let (at, length) =
        TITLE_SEPARATORS.iter().filter_map(|s| Some((title.rfind(s)?, s.len()))).max().unwrap_or((title.len(), 0));
    let tail = title.get(at + length..).unwrap_or_default();
    // A longer tail is part of the headline.
    if at > 0 && tail.split_whitespace().count() <= 4 { tail.to_owned() } else { String::new() }
}

fn date(page: &Document, published: &str) -> String {
    const NAMES: [&str; 14] = [
        "article:published_time",
        "og:article:published_time",
        "datepublished",
        "date",
        "dc.date",
        "dc.date.issued",
        "dcterms.created",
        "dcterms.date",
        "publish-date",
        "publication_date",
        "pubdate",
        "sailthru.date",
        "parsely-pub-date",
        "og:published_time",
    ];
    let candidates =
        [meta_content(page, &NAMES), published.to_owned(), written_time(page), written_date(page), title_date(page)];
    first(candidates.map(|text| if super::date::find(&text).is_some() { text } else { String::new() }))
}

/// The day that a page's title begins with: `2013/01/31 > Le Bulletin > Un accord`.
fn title_date(page: &Document) -> String {
    let title = clean_line(&page.select_single("head title").text());
    title
        .split([' ', '\u{a0}'])
        .next()
        .filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or_default()
        .to_owned()
}

/// The first `time` element, in the article if it has one.
fn written_time(page: &Document) -> String {
    const PLACES: [&str; 4] = ["[itemprop='datePublished']", "article time", "main time", "time"];
    let shown = |node: &NodeRef| node.attr("datetime").or_else(|| node.attr("content")).unwrap_or_else(|| node.text());
    PLACES
        .iter()
        .find_map(|place| page.select(place).nodes().first().map(|node| shown(node).to_string()))
        .unwrap_or_default()
}

/// « Publié le 22 août 2025 » in a short element that is called a date.
fn written_date(page: &Document) -> String {
    let called = page.select(
        "[class*='date'], [class*='publi'], [id*='date'], [class*='meta'], [class*='byline'], [class*='signature']",
    );
    let texts = called.nodes().iter().map(|node| clean_line(&node.text()));
    let mut short = texts.filter(|text| text.len() < 200);
    short.find(|text| super::date::find(text).is_some()).unwrap_or_default()
}

/// The types of JSON-LD objects that are articles.
const ARTICLE_TYPES: [&str; 11] = [
    "NewsArticle",
    "Article",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "OpinionNewsArticle",
    "BlogPosting",
    "LiveBlogPosting",
    "TechArticle",
    "BackgroundNewsArticle",
    "ReviewNewsArticle",
    "Report",
];

fn json_ld(page: &Document) -> Option<Map<String, Value>> {
    let scripts = page.select("script[type='application/ld+json']");
    scripts.nodes().iter().find_map(|script| article_in(&loose_json(&script.text())?, 0))
}

/// Templates leave line breaks inside strings, which no parser accepts.
fn loose_json(text: &str) -> Option<Value> {
    let text = text
        .trim()
        .trim_start_matches("<!--")
        .trim_start_matches("//<![CDATA[")
        .trim_end_matches("-->")
        .trim_end_matches("//]]>");
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&text.replace(['\n', '\r', '\t'], " ")).ok())
}

fn article_in(value: &Value, depth: usize) -> Option<Map<String, Value>> {
    match value {
        _ if depth > 4 => None,
        Value::Array(values) => values.iter().find_map(|value| article_in(value, depth + 1)),
        Value::Object(fields) if is_article(fields) => Some(fields.clone()),
        Value::Object(fields) => {
            ["@graph", "mainEntity", "mainEntityOfPage"].iter().find_map(|key| article_in(fields.get(*key)?, depth + 1))
        }
        _ => None,
    }
}

fn is_article(fields: &Map<String, Value>) -> bool {
    let named = |value: &Value| value.as_str().is_some_and(|name| ARTICLE_TYPES.contains(&name));
    match fields.get("@type") {
        Some(Value::Array(types)) => types.iter().any(named),
        Some(one) => named(one),
        None => false,
    }
}

fn name_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => {
            values.iter().map(name_of).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ")
        }
        Value::Object(fields) => fields.get("name").or_else(|| fields.get("@id")).map(name_of).unwrap_or_default(),
        _ => String::new(),
    }
}

/// The article's text, from the first place that has enough of it.
fn body(page: &Document, html: &str, meta: &Meta) -> Body {
    remove_junk(page);
    let marked = marked_body(page, &meta.title);
    let best = if chars(&marked) >= ENOUGH_CHARS.max(paragraphs_share(page)) {
        marked
    } else {
        whole_of(marked, readable(html, &meta.title))
    };
    let best = if chars(&best) >= ENOUGH_CHARS { best } else { longer(best, densest(page, &meta.title)) };
    let best = if chars(&best) >= SHORT_CHARS { best } else { whole_of(best, gentle(html, &meta.title)) };
    let told = told_body(&meta.article_body);
    let best = if chars(&told) > TEASER_RATIO * chars(&best) { told } else { best };
    if chars(&best) < MIN_ARTICLE_CHARS { longer(best, told_body(&meta.description)) } else { best }
}

/// Under so many characters, what was found may be a rest: the boxes' names may have misled us.
const SHORT_CHARS: usize = 1_000;

/// What Readability finds where only frames are taken out, and no box for its name.
fn gentle(html: &str, title: &str) -> Body {
    let page = Document::from(html);
    remove_frames(&page);
    readability(page, title)
}

/// The share of a page's paragraphs below which the marked body may be a part only.
const PART_SHARE: f64 = 0.6;

fn paragraphs_share(page: &Document) -> usize {
    page.body().map_or(0, |body| (PART_SHARE * paragraph_chars(&body) as f64) as usize)
}

/// Of the marked body and what Readability finds, the second where the first is too short, or a part of it.
fn whole_of(marked: Body, readable: Body) -> Body {
    let opening = marked.text.lines().find(|line| line.len() > 80);
    let contains = opening.is_some_and(|opening| readable.text.contains(opening));
    if chars(&marked) < ENOUGH_CHARS || (contains && chars(&readable) > 2 * chars(&marked)) {
        longer(readable, marked)
    } else {
        marked
    }
}

fn chars(body: &Body) -> usize {
    body.text.chars().count()
}

/// The longer of two, the first unless the second has clearly more.
fn longer(first: Body, second: Body) -> Body {
    if chars(&second) * 2 > chars(&first) * 3 { second } else { first }
}

fn told_body(text: &str) -> Body {
    if text.contains("</p>") || text.contains("<br") {
        return fragment(text);
    }
    let mut body = Body::default();
    let unescaped = unescape(text).replace("\\n", "\n");
    unescaped.lines().for_each(|line| body.push(Block::Paragraph, line));
    body
}

/// Elements that never hold the article's words.
const JUNK_ELEMENTS: &str = "script, style, noscript, template, iframe, object, embed, svg, canvas, button, select, textarea, input, \
    figcaption, video, audio, picture, amp-ad, amp-embed, amp-social-share, amp-iframe, amp-consent, amp-sidebar, amp-carousel, amp-img";

/// Elements that surround an article, unless most of the page is in one: some servers wrap the page in a `form`.
const JUNK_FRAMES: &str = "form, nav, aside, footer, dialog, menu, label, [hidden], [aria-hidden='true'], [role='navigation'], \
    [role='complementary'], [role='banner'], [role='contentinfo'], [role='search'], [role='dialog'], [role='alertdialog'], \
    [role='menu'], [style*='display:none'], [style*='display: none'], [style*='visibility:hidden']";

/// Words in the class or id of a box that is never the article, however long.
const LONG_JUNK: &str = "comment comments commentaire commentaires disqus respond cookie cookies consent gdpr rgpd didomi cmp \
    tarteaucitron axeptio onetrust related relateds relatedposts similaire similaires connexe connexes recirculation reco \
    recommended recommendation recommendations recommandations outbrain taboola ligatus sidebar footer gallery galerie slideshow \
    diaporama carousel carrousel slider sponsored";

/// Words in the class or id of a box that stands beside or inside the article. Some templates call the article
/// itself so (`paywall`, `promo`): a box with prose in it stays.
const SHORT_JUNK: &str = "nav navbar navigation menu breadcrumb breadcrumbs ariane fil share sharing partage partager social \
    socials reseaux newsletter newsletters abonnement abonnements subscribe subscription paywall inscription pub ad ads advert \
    advertising publicite sponsor promo caption legend legende credit credits popup modal readalso tags player vjs toolbar widget \
    catcher inread interstitial signup optin bio biography biographie authorbox pullquote";

/// Pairs of words that mean such a box only together: `lire-aussi`, `plus-lus`.
const JUNK_PAIRS: &str = "lire-aussi a-lire read-also see-also voir-aussi plus-lus most-read most-popular sur-le-meme meme-sujet \
    en-savoir author-bio author-box author-card author-info about-author post-meta entry-meta post-tags entry-footer skip-link article-aside";

/// A box with so many characters in paragraphs has prose in it.
const PROSE_CHARS: usize = 600;

/// A box with more of the page's text than this share is the article, whatever its class says.
const MAX_JUNK_SHARE: f64 = 0.5;

fn remove_junk(page: &Document) {
    loosen_tables(page);
    remove_frames(page);
    remove_headers(page);
    let total = page_chars(page);
    for node in page.select("body [class], body [id], body [data-component]").nodes() {
        if is_junk_box(node) && is_small(node, total) {
            node.remove_from_parent();
        }
    }
}

/// A cell with more text than this holds no figure: its table is there for the layout.
const LAYOUT_CELL_CHARS: usize = 400;

/// Turns tables that set out a page into plain boxes: their cells are columns and paragraphs, not a row of figures,
/// and outside its table a cell is lost on every parser.
fn loosen_tables(page: &Document) {
    const PARTS: &str = "table, tbody, thead, tfoot, tr, td, th, center";
    let home = |node: &NodeRef| node.ancestors_it(None).find(|parent| parent.has_name("table")).map(|table| table.id);
    let mut layouts = FxHashSet::default();
    for cell in page.select("td, th").nodes() {
        if !cell.find(&["table"]).is_empty() || text_chars(cell) > LAYOUT_CELL_CHARS {
            layouts.extend(home(cell));
        }
    }
    // Backwards, so that a part's table still bears its name.
    for part in page.select(PARTS).nodes().iter().rev() {
        let table = if part.has_name("table") { Some(part.id) } else { home(part) };
        if table.is_some_and(|table| layouts.contains(&table)) {
            part.rename("div");
        }
    }
}

fn remove_frames(page: &Document) {
    page.select(JUNK_ELEMENTS).remove();
    let total = page_chars(page);
    for node in page.select(JUNK_FRAMES).nodes() {
        if is_small(node, total) {
            node.remove_from_parent();
        }
    }
}

fn page_chars(page: &Document) -> usize {
    page.body().map_or(0, |body| body.normalized_char_count())
}

fn is_small(node: &NodeRef, total: usize) -> bool {
    (node.normalized_char_count() as f64) < MAX_JUNK_SHARE * total as f64
}

/// The page's header goes, the article's (its standfirst) stays.
fn remove_headers(page: &Document) {
    for node in page.select("header").nodes() {
        let inside = node.ancestors_it(None).any(|parent| parent.has_name("article") || parent.has_name("main"));
        let holds_article = !node.find(&["article"]).is_empty();
        if !inside && !holds_article && page.select("header p").nodes().len() < page.select("p").nodes().len() {
            node.remove_from_parent();
        }
    }
}

fn is_junk_box(node: &NodeRef) -> bool {
    if ["body", "html", "article", "main", "h1"].iter().any(|name| node.has_name(name)) {
        return false;
    }
    if node.has_name("p") && text_chars(node) > SHORT_PARAGRAPH_CHARS {
        return false;
    }
    let names =
        ["class", "id", "data-component"].map(|name| node.attr(name).map(|v| v.to_string()).unwrap_or_default());
    let junk = names.iter().flat_map(|name| name.split_whitespace()).filter_map(junk).max();
    match junk {
        Some(Junk::Long) => true,
        Some(Junk::Short) => paragraph_chars(node) < PROSE_CHARS,
        None => false,
    }
}

/// A paragraph that is called a caption or a pointer is believed up to this length.
const SHORT_PARAGRAPH_CHARS: usize = 200;

/// What the name of a box says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Junk {
    /// Unless it holds prose.
    Short,
    Long,
}

/// `RelatedLinks`, `article__related-links` and `related_links` are made of the same words.
fn junk(name: &str) -> Option<Junk> {
    let words = words_of(name);
    let joined = words.join("-");
    // `has-sidebar`, `no-comments`, `with-ads` speak of the page around, not of this box.
    let of_the_page = words.first().is_some_and(|word| {
        ["has", "is", "no", "with", "single", "type", "format", "post", "js"].contains(&word.as_str())
    });
    // Journalists comment a live event: `live-match-comment` holds the article.
    let live = words.iter().any(|word| word == "live");
    let any =
        |list: &str| !of_the_page && !live && words.iter().any(|word| list.split_whitespace().any(|junk| junk == word));
    if any(LONG_JUNK) {
        Some(Junk::Long)
    } else if any(SHORT_JUNK) || JUNK_PAIRS.split_whitespace().any(|pair| joined.contains(pair)) {
        Some(Junk::Short)
    } else {
        None
    }
}

fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && lower) {
            words.push(String::new());
        }
        lower = c.is_lowercase();
        if c.is_alphanumeric() {
            words.last_mut().expect("it began with one word").extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Where pages themselves say that the article's body is, surest first.
const BODY_PLACES: [&str; 16] = [
    "[itemprop='articleBody']",
    "[property='articleBody']",
    "[class*='article-body']",
    "[class*='article__body']",
    "[class*='articleBody']",
    "[class*='article-content']",
    "[class*='article__content']",
    "[class*='article-text']",
    "[class*='article__text']",
    "[class*='entry-content']",
    "[class*='post-content']",
    "[class*='post-body']",
    "[class*='story-body']",
    "[class*='c-body']",
    "[class*='content-body']",
    "[class*='texte-article']",
];

/// The body as the page marks it, with the standfirst before it.
fn marked_body(page: &Document, title: &str) -> Body {
    let place = BODY_PLACES.iter().find_map(|place| marked_parts(page, place));
    let parts = place.or_else(|| only_article(page).map(|article| vec![article])).unwrap_or_default();
    with_standfirst(page, &parts, title)
}

/// The largest element of its kind, and those in the same article: advertising cuts bodies in pieces.
fn marked_parts<'a>(page: &'a Document, place: &str) -> Option<Vec<NodeRef<'a>>> {
    let found = page.select(place);
    let nodes: Vec<NodeRef> = found.nodes().to_vec();
    let section =
        |node: &NodeRef| node.ancestors_it(None).find(|parent| parent.has_name("article")).map(|parent| parent.id);
    let best = nodes.iter().copied().max_by_key(text_chars)?;
    let home = section(&best);
    let outermost = |node: &NodeRef| !nodes.iter().any(|other| is_inside(node, other));
    let parts: Vec<NodeRef> = nodes.iter().copied().filter(|node| section(node) == home && outermost(node)).collect();
    (parts.iter().map(text_chars).sum::<usize>() >= ENOUGH_CHARS).then_some(parts)
}

/// The `article` element that holds most paragraphs, if no other comes near: lists of teasers have many.
fn only_article(page: &Document) -> Option<NodeRef<'_>> {
    let articles = page.select("article");
    let mut sizes: Vec<(usize, NodeRef)> = articles.nodes().iter().map(|node| (paragraph_chars(node), *node)).collect();
    sizes.sort_by_key(|(chars, _)| std::cmp::Reverse(*chars));
    let (best, node) = sizes.first().copied()?;
    let second = sizes.iter().skip(1).find(|(_, other)| !is_inside(other, &node)).map_or(0, |(chars, _)| *chars);
    (best >= ENOUGH_CHARS && best > 3 * second).then_some(node)
}

fn is_inside(node: &NodeRef, outer: &NodeRef) -> bool {
    node.ancestors_it(None).any(|parent| parent.id == outer.id)
}

fn text_chars(node: &NodeRef) -> usize {
    node.normalized_char_count()
}

fn paragraph_chars(node: &NodeRef) -> usize {
    node.descendants_it().filter(|child| child.has_name("p")).map(|p| text_chars(&p)).sum()
}

/// Where the standfirst (chapô) stands, outside the body.
const STANDFIRSTS: [&str; 11] = [
    "[class*='chapo']",
    "[class*='standfirst']",
    "[class*='article__desc']",
    "[class*='article-desc']",
    "[class*='headline__abstract']",
    "[itemprop='description']",
    "[class*='article__summary']",
    "[class*='article-intro']",
    "[class*='excerpt']",
    "[class*='lead']",
    "[class*='lede']",
];

fn with_standfirst(page: &Document, parts: &[NodeRef], title: &str) -> Body {
    let Some(body) = parts.first() else { return Body::default() };
    let mut writer = Writer::default();
    if let Some(node) = standfirst(page, body) {
        writer.children(&node, 0);
        writer.flush(Block::Paragraph);
    }
    for part in parts {
        writer.children(part, 0);
        writer.flush(Block::Paragraph);
    }
    writer.finish(title)
}

/// How long a standfirst is, in characters.
const STANDFIRST_CHARS: std::ops::Range<usize> = 60..1_500;

fn standfirst<'a>(page: &'a Document, body: &NodeRef) -> Option<NodeRef<'a>> {
    let fits = |node: &NodeRef| {
        STANDFIRST_CHARS.contains(&text_chars(node))
            && !node.has_name("meta")
            && !is_inside(node, body)
            && !is_inside(body, node)
            && node.id != body.id
            && shares_section(node, body)
    };
    let found = STANDFIRSTS.iter().find_map(|place| page.select(place).nodes().iter().copied().find(fits));
    found.filter(|node| !body.text().contains(clean_line(&node.text()).as_str()))
}

/// The two stand in the same article or the same main part, not in another teaser of the page.
fn shares_section(node: &NodeRef, body: &NodeRef) -> bool {
    let section = node.ancestors_it(None).find(|parent| parent.has_name("article"));
    section.is_none_or(|section| body.id == section.id || is_inside(body, &section))
}

/// What Readability finds in the page.
fn readable(html: &str, title: &str) -> Body {
    let cleaned = Document::from(html);
    remove_junk(&cleaned);
    readability(cleaned, title)
}

fn readability(cleaned: Document, title: &str) -> Body {
    let config = dom_smoothie::Config { disable_json_ld: true, ..dom_smoothie::Config::default() };
    let article =
        dom_smoothie::Readability::with_document(cleaned, None, Some(config)).and_then(|mut page| page.parse());
    let Ok(article) = article else { return Body::default() };
    let content = Document::from(&*article.content);
    let mut writer = Writer::default();
    if let Some(root) = content.body() {
        writer.children(&root, 0);
    }
    writer.finish(title)
}

/// All paragraphs of the element that holds most of them, where everything else failed.
fn densest(page: &Document, title: &str) -> Body {
    let place = ["main", "[role='main']", "#content", "body"].iter().find_map(|place| {
        let node = page.select(place).nodes().first().copied()?;
        (text_chars(&node) >= ENOUGH_CHARS || *place == "body").then_some(node)
    });
    let mut writer = Writer::default();
    if let Some(node) = place {
        writer.children(&node, 0);
    }
    writer.finish(title)
}

/// A block, how much of it is linked, and whether it is a heading of the first level.
type Line = (Block, String, usize, bool);

/// Walks elements and writes blocks.
#[derive(Default)]
struct Writer {
    line: String,
    blocks: Vec<Line>,
    top: bool,
    /// Characters of the open line that are links.
    linked: usize,
    in_link: usize,
}

impl Writer {
    fn children(&mut self, node: &NodeRef, depth: usize) {
        if depth < MAX_NESTING {
            node.children_it(false).for_each(|child| self.node(&child, depth + 1));
        }
    }

    fn node(&mut self, node: &NodeRef, depth: usize) {
        if node.is_text() {
            self.text(&node.text());
            return;
        }
        let Some(name) = node.node_name() else { return };
        match &*name {
            "h1" => {
                self.flush(Block::Paragraph);
                self.top = true;
                self.block(node, depth, Block::Heading);
                self.top = false;
            }
            "h2" | "h3" | "h4" | "h5" | "h6" => self.block(node, depth, Block::Heading),
            "li" | "tr" | "dt" | "dd" => self.block(node, depth, Block::Item),
            "p" | "div" | "section" | "article" | "main" | "header" | "blockquote" | "pre" | "ul" | "ol" | "dl"
            | "table" | "tbody" | "thead" | "center" | "figure" | "details" | "summary" | "address" | "hr" | "body" => {
                self.block(node, depth, Block::Paragraph)
            }
            "br" => self.line.push('\n'),
            "td" | "th" => {
                self.cell();
                self.children(node, depth);
            }
            "a" => {
                self.in_link += 1;
                self.children(node, depth);
                self.in_link -= 1;
            }
            "script" | "style" | "head" | "title" | "noscript" | "img" | "figcaption" | "iframe" | "template" => {}
            _ => self.children(node, depth),
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_link > 0 {
            self.linked += text.trim().chars().count();
        }
        let flat = text.replace(['\n', '\r', '\t'], " ");
        self.line.push_str(&flat);
    }

    fn cell(&mut self) {
        if !self.line.trim().is_empty() {
            self.line.push_str(" | ");
        }
    }

    fn block(&mut self, node: &NodeRef, depth: usize, block: Block) {
        self.flush(Block::Paragraph);
        self.children(node, depth);
        self.flush(block);
    }

    /// Ends the open line; two breaks in it part paragraphs, one is a space.
    fn flush(&mut self, block: Block) {
        let line = std::mem::take(&mut self.line);
        let linked = std::mem::take(&mut self.linked);
        if block == Block::Heading {
            self.add(block, &line, linked);
            return;
        }
        let mut paragraph = String::new();
        for part in line.split('\n') {
            if part.trim().is_empty() {
                self.add(block, &std::mem::take(&mut paragraph), linked);
            } else {
                paragraph = paragraph + " " + part;
            }
        }
        self.add(block, &paragraph, linked);
    }

    fn add(&mut self, block: Block, raw: &str, linked: usize) {
        let line = clean_line(raw);
        if !line.is_empty() {
            let block =
                if block == Block::Heading && !self.top && is_sentence(&line) { Block::Paragraph } else { block };
            self.blocks.push((block, line, linked, self.top));
        }
    }

    /// Leaves out the lines that are no part of the article, and headings with nothing under them.
    fn finish(mut self, title: &str) -> Body {
        self.flush(Block::Paragraph);
        let mut kept: Vec<(Block, String)> = Vec::new();
        for (at, (block, line, linked, top)) in self.blocks.iter().enumerate() {
            let (block, after) = (*block, &self.blocks[at + 1..]);
            if is_end(line, block) && kept.iter().any(|(block, _)| *block == Block::Paragraph) {
                if is_pointer(line) && goes_on(after) {
                    continue;
                }
                break;
            }
            if is_apparatus(line) && is_rest(&kept, after) {
                break;
            }
            let repeated = kept.last().is_some_and(|(_, last)| last == line);
            let is_title = kept.is_empty() && (ends_with_title(line, title) || (block == Block::Heading && *top));
            if !repeated && !is_title && !is_noise(line, block, *linked) {
                kept.push((block, line.clone()));
            }
        }
        while kept.last().is_some_and(|(block, _)| *block == Block::Heading) {
            kept.pop();
        }
        remove_pull_quotes(&mut kept);
        let joined = kept.iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("\n");
        let escaped = unescaped(&joined).is_some();
        let mut body = Body::default();
        for (block, line) in kept {
            body.push(block, &if escaped { unescape(&line) } else { line });
        }
        body
    }
}

/// So many words before a full stop are no heading: old pages set whole texts in `h3`, newer ones their standfirst.
const MIN_SENTENCE_WORDS: usize = 8;

fn is_sentence(line: &str) -> bool {
    line.ends_with(['.', '…']) && line.split_whitespace().count() >= MIN_SENTENCE_WORDS
}

/// How long a sentence is that a page shows twice: once in its place, once in large letters.
const PULL_QUOTE_CHARS: std::ops::Range<usize> = 30..300;

/// A paragraph that a quote was taken from says more than the quote.
const MIN_AROUND_QUOTE_BYTES: usize = 20;

/// More blocks are no article with quotes set out, and comparing each with each takes time.
const MAX_QUOTED_BLOCKS: usize = 400;

/// Leaves out the paragraphs that stand word for word in another one.
fn remove_pull_quotes(blocks: &mut Vec<(Block, String)>) {
    if blocks.len() > MAX_QUOTED_BLOCKS {
        return;
    }
    let lower: Vec<String> = blocks.iter().map(|(_, line)| line.to_lowercase()).collect();
    let inside = |at: usize| {
        let quote = lower[at].trim_matches(|c: char| !c.is_alphanumeric());
        let holds = |line: &String| line.len() > quote.len() + MIN_AROUND_QUOTE_BYTES && line.contains(quote);
        lower.iter().enumerate().any(|(other, line)| other != at && holds(line))
    };
    let repeats = |at: usize, (block, line): &(Block, String)| {
        *block == Block::Paragraph && PULL_QUOTE_CHARS.contains(&line.chars().count()) && inside(at)
    };
    let keep: Vec<bool> = blocks.iter().enumerate().map(|(at, block)| !repeats(at, block)).collect();
    let mut keep = keep.into_iter();
    blocks.retain(|_| keep.next().unwrap_or(true));
}

/// The headline, or a line that ends with it after the name of its column.
fn ends_with_title(line: &str, title: &str) -> bool {
    let fold = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (line, title) = (fold(line), fold(title));
    let column = line.strip_suffix(title.as_str());
    !title.is_empty()
        && column.is_some_and(|column| column.is_empty() || column.len() < MAX_COLUMN_BYTES.min(title.len()))
}

/// How long the name of a column is: « En direct des laboratoires ».
const MAX_COLUMN_BYTES: usize = 40;

/// What an institution puts under its articles, as labels with a colon.
const APPARATUS: &str = "sources, source, références, bibliographie, pour en savoir plus, en savoir plus, contacts, contact, \
    contact presse, contacts presse, pour en savoir plus, contacts, rédacteur, rédacteurs, rédactrice, origine, liens utiles";

/// « Pour en savoir plus, contacts : », « Sources : » on a line of its own.
fn is_apparatus(line: &str) -> bool {
    let folded = folded(line);
    let label = folded.trim_end().strip_suffix(':').map(str::trim_end);
    label.is_some_and(|label| label.split(", ").all(|part| APPARATUS.split(", ").any(|name| name == part)))
}

/// Tells whether what comes after is the smaller part: an article that begins with its sources goes on.
fn is_rest(kept: &[(Block, String)], after: &[Line]) -> bool {
    let before: usize = kept.iter().map(|(_, line)| line.len()).sum();
    before > ENOUGH_CHARS && after.iter().map(|(_, line, ..)| line.len()).sum::<usize>() < before
}

/// A line shorter than this is no paragraph of prose.
const PROSE_LINE_CHARS: usize = 100;

/// So much prose after a pointer to other articles is the article going on.
const MIN_PROSE_AFTER: usize = 500;

/// Tells whether an article goes on after a heading that points elsewhere: paragraphs follow one another there, while
/// in a list of other articles they stand each under its own headline.
fn goes_on(after: &[Line]) -> bool {
    let size = |line: &Line| line.1.chars().count();
    let is_prose = |line: &Line| {
        line.0 == Block::Paragraph
            && size(line) >= PROSE_LINE_CHARS
            && 2 * line.2 < size(line)
            && line.1.ends_with(['.', '!', '?', '»'])
    };
    let part: Vec<&Line> = after.iter().take_while(|line| !is_end(&line.1, line.0)).collect();
    let total: usize = part.iter().map(|line| size(line)).sum();
    let prose: usize = part.iter().filter(|line| is_prose(line)).map(|line| size(line)).sum();
    let together: usize =
        part.windows(2).filter(|pair| pair.iter().all(|line| is_prose(line))).map(|pair| size(pair[1])).sum();
    together >= MIN_PROSE_AFTER && 3 * prose >= 2 * total
}

/// What a line begins with that sends the reader elsewhere. Compared in lower case, straight apostrophes.
const NOISE_STARTS: &str = "lire aussi, à lire aussi, a lire aussi, lire également, à lire également, à lire :, a lire :, à lire sur, \
    lire :, lire la suite, lire l'article, voir aussi, à voir aussi, voir également, voir :, regarder aussi, \
    écouter aussi, écoutez aussi, découvrez aussi, à découvrir, sur le même sujet, dans le même dossier, \
    pour aller plus loin :, retrouvez tous nos, retrouvez toute l'actu, retrouvez l'actualité, \
    inscrivez-vous, abonnez-vous, s'abonner, je m'abonne, déjà abonné, newsletter, recevez chaque, \
    recevez nos, recevez toute, recevez les, cet article est réservé, article réservé, la suite est réservée, \
    il vous reste, contenu réservé, partager sur, partager cet article, partager l'article, partager :, \
    suivez-nous, suivez toute, rejoignez-nous, télécharger l'application, téléchargez l'application, \
    téléchargez notre, crédit photo, crédits photo, photo :, © , publicité, la suite après, temps de lecture, \
    ajouter aux favoris, nos articles sur, voir dans le navigateur, voir dans votre navigateur, \
    afficher dans votre navigateur, voir la version en ligne, voir cet e-mail, se désabonner, se désinscrire, \
    pour vous désabonner, pour vous désinscrire, gérer vos préférences, gérer mes abonnements, vous recevez cet e-mail, \
    vous recevez cette newsletter, vous recevez ce message, vous avez choisi de refuser le dépôt de cookies, \
    we use cookies";

/// Short lines that are buttons, wherever they stand.
const NOISE_LINES: &str = "partager, imprimer, envoyer, copier le lien, facebook, twitter, x, linkedin, whatsapp, e-mail, email, \
    mail, bluesky, messenger, commenter, réagir, commentaires, sauvegarder, enregistrer, offrir, \
    offrir l'article, classer, écouter, écouter l'article, lecture, fermer, accepter, refuser, \
    continuer sans accepter, publicité, annonce, suivre, vidéo, direct";

/// Lines that open what comes after an article; nothing after them belongs to it.
const ENDS: &str = "les plus lus, commentaires, laisser un commentaire, vos commentaires, réagissez, nos derniers articles, \
    derniers articles, plus d'articles, nos partenaires, offres partenaires, services partenaires, contenus sponsorisés, \
    contenu sponsorisé, les articles les plus lus, sur le web, nos offres";

/// Lines that open a list of other articles, after an article or in its midst.
const POINTERS: &str = "sur le même sujet, sur le même thème, dans la même rubrique, à lire aussi, lire aussi, articles liés, \
    articles similaires, articles connexes, dans l'actualité, à la une, voir aussi, recommandé pour vous, vous aimerez aussi, \
    thématiques associées, valeurs associées, vous pourriez aimer, à ne pas manquer, à découvrir aussi";

/// The longest line that can be a pointer elsewhere: « Lire aussi : » and a headline.
const MAX_NOISE_CHARS: usize = 240;

fn folded(line: &str) -> String {
    line.to_lowercase()
        .replace(['’', 'ʼ'], "'")
        .replace('\u{a0}', " ")
        .trim_start_matches(['▶', '►', '>', '→', '•', '»', '[', '(', '*', '-', ' '])
        .to_owned()
}

fn is_noise(line: &str, block: Block, linked: usize) -> bool {
    let chars = line.chars().count();
    if chars > MAX_NOISE_CHARS {
        return false;
    }
    let folded = folded(line);
    let button = folded.trim_end_matches([' ', ':', '.', '!', '…']);
    NOISE_STARTS.split(", ").any(|start| folded.starts_with(start))
        || NOISE_LINES.split(", ").any(|line| line == button)
        || is_link_line(line, block, linked, chars)
        || !line.contains(|c: char| c.is_alphanumeric())
        || is_cookie_notice(&folded)
        || is_newsletter(&folded)
        || is_affiliation(&folded)
        || is_mark(line, block)
        || is_signature(&folded, chars)
}

/// « Par Solène Prat », « Publié le 22 août 2025 », or a date alone: told in the metadata.
fn is_signature(folded: &str, chars: usize) -> bool {
    const STARTS: [&str; 7] =
        ["publié ", "mis à jour", "modifié le", "posté le", "rédigé par", "écrit par", "article publié"];
    let dated = || super::date::find(folded).is_some();
    let no_sentence = !folded.ends_with(['.', '!', '?', '»']);
    let by = || folded.starts_with("par ") && (folded.split_whitespace().count() <= 8 || dated());
    let day_first = || folded.starts_with(|c: char| c.is_ascii_digit()) && folded.contains([':', '—', '–', '|', 'h']);
    chars <= MAX_SIGNATURE_CHARS
        && (STARTS.iter().any(|start| folded.starts_with(start))
            || (no_sentence && by())
            || (chars < 45 && dated() && !folded.contains('|'))
            || (no_sentence && chars < 90 && day_first() && dated()))
}

/// « Par … et …, avec l'AFP, publié le … à …, mis à jour le … » fits in it.
const MAX_SIGNATURE_CHARS: usize = 120;

/// A line that is nothing but links, and no sentence: a box of headlines, a row of tags.
fn is_link_line(line: &str, block: Block, linked: usize, chars: usize) -> bool {
    block != Block::Heading && linked * 10 >= chars * 9 && !line.ends_with(['.', '!', '…', '»'])
}

fn is_cookie_notice(folded: &str) -> bool {
    let says = |word: &&str| folded.contains(*word);
    // News of cookies does not speak to its reader.
    let spoken = || ["vous", "votre", "vos "].iter().any(says) || folded.chars().count() <= MAX_BUTTON_CHARS;
    folded.contains("cookies")
        && (["nous utilisons", "en poursuivant", "nos partenaires", "ce site utilise"].iter().any(says)
            || (folded.contains("accepter") && spoken()))
}

/// « Accepter tous les cookies », « Continuer sans accepter les cookies ».
const MAX_BUTTON_CHARS: usize = 60;

/// « Cet article contient des liens affiliés, nous touchons une commission. »
fn is_affiliation(folded: &str) -> bool {
    folded.contains("affili") && ["liens", "lien ", "commission"].iter().any(|word| folded.contains(word))
}

/// A mark (« 4/5 »), a count of shares: figures alone in a paragraph.
fn is_mark(line: &str, block: Block) -> bool {
    block == Block::Paragraph && line.chars().count() <= 6 && !line.contains(char::is_alphabetic)
}

/// « Vous voulez tout savoir sur … ? Abonnez-vous à notre newsletter ! »
fn is_newsletter(folded: &str) -> bool {
    ["newsletter", "infolettre", "lettre d'information"].iter().any(|name| folded.contains(name))
        && ["abonnez-vous", "inscrivez-vous", "recevez", "s'inscrire", "je m'inscris"]
            .iter()
            .any(|w| folded.contains(w))
}

fn is_end(line: &str, block: Block) -> bool {
    block == Block::Heading && (is_one_of(line, ENDS) || is_pointer(line))
}

fn is_pointer(line: &str) -> bool {
    is_one_of(line, POINTERS)
}

fn is_one_of(line: &str, list: &str) -> bool {
    let folded = folded(line);
    let bare = folded.trim_end_matches([' ', ':', '.', '…', '!']);
    let counted = bare.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '(' | ')' | ' '));
    list.split(", ").any(|name| name == bare || name == counted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{encoding, record::Record};
    use proptest::prelude::*;
    use std::collections::HashMap;

    /// The word F1 that every layout must reach against the text written by hand beside it.
    const MIN_F1: f64 = 0.92;

    fn fixture(name: &str) -> Record {
        let path = format!("{}/tests/fixtures/html/{name}.html", env!("CARGO_MANIFEST_DIR"));
        read(&encoding::decode(&std::fs::read(path).unwrap()).text).0.unwrap()
    }

    fn body_of(record: &Record) -> &Body {
        match &record.text {
            RecordText::Marked(body) => body,
            RecordText::Plain(_) => unreachable!(),
        }
    }

    fn words(text: &str) -> HashMap<String, usize> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.fold(HashMap::new(), |mut counts, word| {
            *counts.entry(word.to_lowercase()).or_default() += 1;
            counts
        })
    }

    fn f1(found: &str, expected: &str) -> f64 {
        let (found, expected) = (words(found), words(expected));
        let common: usize = found.iter().map(|(word, n)| n.min(expected.get(word).unwrap_or(&0))).sum();
        2.0 * common as f64 / (found.values().sum::<usize>() + expected.values().sum::<usize>()) as f64
    }

    #[track_caller]
    fn layout(name: &str) {
        let path = format!("{}/tests/fixtures/html/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        let expected = std::fs::read_to_string(path).unwrap();
        let record = fixture(name);
        let found = &body_of(&record).text;
        let score = f1(found, &expected);
        assert!(score >= MIN_F1, "{name}: {score:.3}\n{found}");
    }

    #[test]
    fn layouts() {
        for name in [
            "nested-divs",
            "json-ld-behind-paywall",
            "wordpress-blog",
            "amp",
            "three-related-boxes-inside",
            "live-blog",
            "embedded-tweets-and-table",
            "old-table-layout-latin1",
            "old-frames-font-br",
            "daily-inside-catchers",
            "daily-fig-classes",
            "tech-wordpress-blocks",
            "business-hashed-classes",
            "left-daily-arc",
            "amp-tech",
            "public-radio-c-body",
            "cms-div-soup",
            "cookie-wall-prose",
            "regional-interview",
            "hardware-review",
            "long-reactions",
            "bourse-agency-br",
            "newsletter-platform",
            "premium-teaser-boxes",
            "divs-without-paragraphs",
            "short-brief",
            "list-of-teasers",
        ] {
            layout(name);
        }
    }

    #[test]
    fn boxes_and_notices_are_gone_and_headings_kept() {
        let record = fixture("nested-divs");
        let body = body_of(&record);
        for gone in
            ["cookies", "Lire aussi", "Une salle de machines", "Partager", "Un lecteur", "plus lus", "Temps de lecture"]
        {
            assert!(!body.text.contains(gone), "{gone}: {}", body.text);
        }
        let headings: Vec<&str> = body.headings.iter().map(|span| &body.text[span.clone()]).collect();
        assert_eq!(headings, ["Une migration par étapes"]);
    }

    #[test]
    fn a_page_says_who_when_and_where() {
        let record = fixture("nested-divs");
        assert_eq!(record.title, "Nimbara héberge la coopérative Haute-Vache");
        assert_eq!(record.source, "La Gazette du Nuage");
        assert_eq!((record.author.as_str(), record.lang.as_str()), ("Solène Prat", "fr"));
        assert_eq!(record.url, "https://gazette-du-nuage.example/tech/2025/08/22/nimbara");
        assert_eq!(super::super::date::find(&record.date).unwrap().to_string(), "2025-08-22");
        let record = fixture("json-ld-behind-paywall");
        assert_eq!((record.author.as_str(), record.source.as_str()), ("Solène Prat", "L’Écho des Baies"));
        assert_eq!(fixture("old-table-layout-latin1").title, "Nimbara héberge la coopérative Haute-Vache");
        assert_eq!(fixture("short-brief").title, "Nimbara recrute");
        assert_eq!(super::super::date::find(&fixture("amp").date).unwrap().to_string(), "2025-08-22");
    }

    #[test]
    fn a_quote_set_out_and_the_author_s_name_are_not_told_twice() {
        let sentence = "la région a signé mardi un contrat de six ans";
        let long = format!("Selon la préfecture, {sentence} avec son fournisseur. Il prend effet lundi. ").repeat(4);
        let page = format!(
            "<head><meta name=author content='Nour Haddad'></head><article><p>Nour Haddad | 17/09/2025</p><p>{long}</p>\
            <blockquote>« La région a signé mardi un contrat de six ans »</blockquote><p>Nour Haddad a refusé de répondre.</p>\
            <p>Tout savoir sur l’IA ? Abonnez-vous à notre newsletter !</p></article>"
        );
        let record = read(&page).0.unwrap();
        assert_eq!(body_of(&record).text, format!("{}\n\nNour Haddad a refusé de répondre.", long.trim()));
    }

    #[test]
    fn a_pointer_in_the_midst_ends_nothing() {
        let prose = "<p>La région a signé mardi un contrat de six ans avec son fournisseur, qui prend effet lundi et vaut pour toutes ses communes.</p>";
        let page = |middle: &str, rest: &str| {
            let html =
                format!("<article><h1>Un accord</h1>{}{middle}{rest}</article>", prose.repeat(3).replace("six", "dix"));
            body_of(&read(&html).0.unwrap()).text.matches("contrat").count()
        };
        let pointer = "<h3>Lire aussi :</h3><p><a href=x>Un contrat qui fait débat</a></p>";
        let others = "<h4><a href=x>Un tout autre contrat qui fait débat</a></h4>".to_owned() + prose;
        let different: String = (0..8).map(|n| prose.replace("six", &n.to_string())).collect();
        assert_eq!(page(pointer, &different), 9);
        assert_eq!(page(pointer, &others.repeat(8)), 1);
        assert_eq!(page("<h3>Commentaires</h3>", &different), 1);
    }

    #[test]
    fn what_an_institution_puts_under_its_articles_is_gone() {
        let long = "Ce dispositif doit être déployé dans les trois régions pilotes avant la fin de l’année. ".repeat(6);
        let page = format!(
            "<title>2013/01/31 &gt; Le Bulletin 277 &gt; Un moteur de 200 atomes</title><p>En direct des labos<br>Un moteur de 200 \
            atomes</p><p>{long}</p><p>Pour en savoir plus, contacts :</p><p>- Le centre : tél. 05 00 00 00 00</p><p>Sources :</p>\
            <p>- Un article savant, 2013, 8</p>"
        );
        let record = read(&page).0.unwrap();
        assert_eq!((record.title.as_str(), body_of(&record).text.as_str()), ("Un moteur de 200 atomes", long.trim()));
        assert_eq!(super::super::date::find(&record.date).unwrap().to_string(), "2013-01-31");
    }

    #[test]
    fn a_text_escaped_twice_is_read() {
        let page = format!(
            "<article><p>L&amp;#039;&amp;eacute;t&amp;eacute; a &eacute;t&eacute; long. {}</p></article>",
            "Il dure. ".repeat(9)
        );
        assert!(body_of(&read(&page).0.unwrap()).text.starts_with("L'été a été long."));
        assert_eq!(unescaped("Écrivez &eacute; ou &amp; ; R&D & co; a & b; AT&T"), None);
    }

    #[test]
    fn a_page_without_article_says_so() {
        let path = format!("{}/tests/fixtures/html/menu-only.html", env!("CARGO_MANIFEST_DIR"));
        assert_eq!(read(&std::fs::read_to_string(path).unwrap()).0, Err(Reason::NoArticle));
        assert_eq!(read("").0, Err(Reason::NoArticle));
        let summary =
            "Une vidéo de deux minutes sur le centre de données que la coopérative ouvre cette semaine à Blagnac.";
        let video = format!("<meta property='og:description' content=\"{summary}\"><body><video src=a></video></body>");
        assert_eq!(body_of(&read(&video).0.unwrap()).text, summary);
    }

    #[test]
    fn a_page_inside_a_form_or_a_paywall_is_read() {
        let long =
            "Le groupe a signé mardi un contrat de six ans avec son fournisseur, selon un communiqué. ".repeat(9);
        for (open, close) in
            [("<form id=aspnetForm>", "</form>"), ("<div class=paywall>", "</div>"), ("<aside>", "</aside>")]
        {
            let page = format!("<html><body><nav>Menu</nav>{open}<h1>Un accord</h1><p>{long}</p>{close}</body></html>");
            assert_eq!(body_of(&read(&page).0.unwrap()).text, long.trim(), "{open}");
        }
    }

    #[test]
    fn what_is_kept_for_readers_without_scripts_is_read_where_there_is_nothing_else() {
        let long = "Le groupe a signé mardi un contrat de six ans avec son fournisseur. ".repeat(5);
        for page in [
            format!("<body><div id=app></div><noscript><p>{long}</p></noscript></body>"),
            format!(
                "<html><frameset><frame src=a.html></frameset><noframes><body><p>{long}</p></body></noframes></html>"
            ),
        ] {
            assert_eq!(body_of(&read(&page).0.unwrap()).text, long.trim());
        }
        let advice = "<body><div id=app></div><noscript><p>Pour lire cette page, autorisez les scripts dans les réglages de \
            votre navigateur puis chargez-la de nouveau.</p></noscript></body>";
        assert_eq!(read(advice).0, Err(Reason::NoArticle));
    }

    #[test]
    fn a_text_set_in_headings_is_a_text() {
        let said = [
            "Ce site présente des balades à vélo autour de la ville et parfois ailleurs.",
            "Les parcours partent du village et longent la forêt, le canal et le fleuve.",
        ];
        let page =
            format!("<center><h1>Balades</h1><h3>{}</h3><h3>Le départ</h3><h3>{}</h3></center>", said[0], said[1]);
        let record = read(&page).0.unwrap();
        assert_eq!(body_of(&record).text, format!("{}\n\nLe départ\n\n{}", said[0], said[1]));
        assert_eq!(body_of(&record).headings.len(), 1);
    }

    #[test]
    fn a_cookie_wall_is_gone_and_news_of_cookies_stays() {
        let news = "La Cnil demande que refuser les cookies soit aussi simple que les accepter, ce que le site ne permettait pas.";
        let wall = "<p>Vous avez choisi de refuser le dépôt de cookies, vous pouvez modifier votre choix.</p>\
            <p>En cliquant, vous pouvez accepter les cookies.</p>";
        assert_eq!(fragment(&format!("{wall}<p>{news}</p>")).text, news);
    }

    #[test]
    fn class_names_are_read_by_words() {
        for name in [
            "related-links",
            "article__related",
            "RelatedLinks",
            "c-cookie_banner",
            "lire-aussi",
            "ad",
            "jp-relatedposts",
        ] {
            assert!(junk(name).is_some(), "{name}");
        }
        for name in [
            "article",
            "header-title",
            "publication",
            "address",
            "has-sidebar",
            "navire",
            "shared-story",
            "adaptation",
            "live-match-comment",
            "live-match-comment",
        ] {
            assert!(junk(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_fragment_keeps_everything_said() {
        assert_eq!(
            fragment("Un <b>accord</b>.<br/>Deux<p>Trois &amp; quatre</p>").text,
            "Un accord. Deux\n\nTrois & quatre"
        );
        assert_eq!(fragment("<p>Court.</p><p>Lire aussi : <a href=x>Autre chose</a></p>").text, "Court.");
    }

    #[test]
    fn deep_nesting_ends() {
        let page = format!("{}Un texte{}", "<div>".repeat(20_000), "</div>".repeat(20_000));
        assert_eq!(fragment(&page).text, "Un texte");
        assert_eq!(nesting("<div><br><p>a<p>b<img><script>a<b;a<b</script></div><div></div>"), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_page_makes_it_panic(page in "(<[a-z0-9]{1,6}( class='[a-z-]{0,12}')?>|</[a-z]{1,6}>|<!--|-->|<!\\[CDATA\\[|&[a-z#0-9]{0,6};?|[éa-z .\n]{0,30}){0,60}") {
            let body = fragment(&page);
            for span in &body.headings {
                prop_assert!(body.text.split('\n').any(|line| line == &body.text[span.clone()]));
            }
            let _ = read(&page);
        }
    }
}
