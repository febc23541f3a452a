//! Reads feeds: RSS 0.9 to 2.0 and Atom, one article an entry, the HTML inside cleaned.
//!
//! Decoded XML comes in, [`Record`]s go out. The entries are cut out by their tags and each is read alone, by a
//! reader that forgives what feeds get wrong (unknown entities, bare `&`, an end that never came): a strict parser
//! loses the whole feed for one of them, and turns the day of publication into that of Greenwich.
//!
//! ```
//! let feed = "<rss><channel><title>Le Journal</title><item><title>Un accord</title>\
//!     <description>&lt;p&gt;Meta &amp;eacute;tend son contrat.&lt;/p&gt;</description></item></channel></rss>";
//! let entries = veille::extract::feed::read(feed);
//! assert_eq!((entries[0].title.as_str(), entries[0].source.as_str()), ("Un accord", "Le Journal"));
//! ```
//!
//! JSON Feed is read by [`super::json`].

use dom_query::Document;

use super::html;
use super::record::{Record, RecordText, short_hash};
use super::text::clean_line;

/// Reads the entries of a feed, at most [`super::MAX_ENTRIES`] and one.
pub fn read(feed: &str) -> Vec<Record> {
    let first_of = |name: &'static str| Some((find_open(feed, name)?, name));
    let Some((first, name)) = ["item", "entry"].into_iter().filter_map(first_of).min_by_key(|(open, _)| open.start)
    else {
        return Vec::new();
    };
    let prefix = first.prefix;
    let channel = channel(&feed[..first.start], prefix);
    let entries = entries(&feed[first.start..], name).take(super::MAX_ENTRIES + 1);
    entries.map(|entry| record(entry, &channel, prefix)).collect()
}

/// What the feed says of all its entries.
#[derive(Debug, Default)]
struct Channel {
    title: String,
    lang: String,
}

fn channel(head: &str, prefix: &str) -> Channel {
    // The head is cut in the middle of the feed: its root and its channel stay open.
    let opened = ["channel", "feed"].iter().find_map(|name| find_open(head, name));
    let inside = opened.map_or(head, |open| &head[open.start..]);
    let root = inside.get(..inside.find('>').unwrap_or(0)).unwrap_or_default();
    let children = children(inside.split_once('>').map_or("", |(_, rest)| rest), prefix);
    let lang = first_of(&children, &["language", "dc:language"]).map(|child| value(child.inner));
    Channel {
        title: first_of(&children, &["title"]).map(|child| plain(child.inner)).unwrap_or_default(),
        lang: lang.or_else(|| attribute(root, "xml:lang")).unwrap_or_default(),
    }
}

/// The contents of all elements `name`: one pass, for a feed of 30,000 entries must not be searched 30,000 times.
fn entries<'a>(feed: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let mut rest = feed;
    std::iter::from_fn(move || {
        let open = find_open(rest, name)?;
        let inside = rest[open.start..].split_once('>').map_or("", |(_, inside)| inside);
        let (entry, after) = cut_at_close(inside, name);
        rest = after;
        Some(entry)
    })
}

/// An opening tag: where it stands, and its prefix (`rss:` in `<rss:item>`).
struct Open<'a> {
    start: usize,
    prefix: &'a str,
}

/// Finds where `<name …>` opens, whatever its prefix.
fn find_open<'a>(text: &'a str, name: &str) -> Option<Open<'a>> {
    text.match_indices(name).find_map(|(at, _)| {
        if !text[at + name.len()..].starts_with(|c: char| c == '>' || c.is_whitespace()) {
            return None;
        }
        let before = &text[..at];
        let local = before.strip_suffix(':').map_or(before, |before| before.trim_end_matches(char::is_alphanumeric));
        let start = local.strip_suffix('<')?.len();
        Some(Open { start, prefix: &before[start + 1..] })
    })
}

/// Cuts at `</name>`; an entry that nobody closed goes to the next one, or to the end.
fn cut_at_close<'a>(text: &'a str, name: &str) -> (&'a str, &'a str) {
    let end = find_open(text, name).map_or(text.len(), |next| next.start);
    let closes = |at: &usize| {
        let tag = tag_at(&text[*at..]);
        let tag = tag.strip_prefix('/').unwrap_or_default().trim();
        tag == name || tag.rsplit_once(':').is_some_and(|(_, local)| local == name)
    };
    let close = text[..end].match_indices("</").map(|(at, _)| at).find(closes);
    text.split_at(close.unwrap_or(end))
}

/// Longer tags are none: a `<` that nothing closes must not be looked for to the end of the feed each time.
const MAX_TAG_BYTES: usize = 1 << 14;

/// What stands between `<`, with which `text` begins, and `>`.
fn tag_at(text: &str) -> &str {
    let head = &text.as_bytes()[..text.len().min(MAX_TAG_BYTES)];
    head.iter().position(|byte| *byte == b'>').map_or("", |end| &text[1..end])
}

/// An element inside an entry: its name, the attributes and the raw content.
#[derive(Debug)]
struct Child<'a> {
    name: &'a str,
    attributes: &'a str,
    inner: &'a str,
}

/// The elements of an entry, without the prefix that the feed gives its own: they bear it in its stead (`<r:item>`) or
/// stand beside others (`atom:updated` in RSS).
fn children<'a>(entry: &'a str, prefix: &str) -> Vec<Child<'a>> {
    let mut children = Vec::new();
    let mut rest = entry;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if !rest.starts_with(|c: char| c.is_alphabetic()) {
            rest = after_special(rest);
            continue;
        }
        let Some(end) = rest.find('>') else { break };
        let (tag, inside) = (&rest[..end], &rest[end + 1..]);
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag.trim_end_matches('/'), ""));
        let (inner, after) = if tag.ends_with('/') { ("", inside) } else { content(inside, name) };
        // `atom:link` stands beside RSS's own.
        let atom = || name.strip_prefix("atom:").filter(|bare| *bare != "link");
        let bare = name.strip_prefix(prefix).filter(|_| !prefix.is_empty()).or_else(atom).unwrap_or(name);
        children.push(Child { name: bare, attributes, inner });
        rest = after;
    }
    children
}

/// Skips a comment, a processing instruction, a closing tag or a stray section of character data.
fn after_special(rest: &str) -> &str {
    let end = if rest.starts_with("!--") {
        "-->"
    } else if rest.starts_with("![CDATA[") {
        "]]>"
    } else {
        ">"
    };
    rest.split_once(end).map_or("", |(_, after)| after)
}

/// The content up to the closing tag that matches, tags in character data not counted.
fn content<'a>(text: &'a str, name: &str) -> (&'a str, &'a str) {
    let mut depth = 1;
    let mut at = 0;
    while let Some(next) = text[at..].find('<') {
        at += next;
        let rest = &text[at..];
        if rest.starts_with("<![CDATA[") {
            at += rest.find("]]>").map_or(rest.len(), |end| end + 3);
            continue;
        }
        let tag = tag_at(rest);
        if tag.strip_prefix('/').is_some_and(|closed| closed.trim() == name) {
            depth -= 1;
        } else if tag.split(char::is_whitespace).next() == Some(name) && !tag.ends_with('/') {
            depth += 1;
        }
        if depth == 0 {
            return (&text[..at], text[at..].split_once('>').map_or("", |(_, after)| after));
        }
        at += 1;
    }
    (text, "")
}

fn first_of<'a, 'b>(children: &'b [Child<'a>], names: &[&str]) -> Option<&'b Child<'a>> {
    names.iter().find_map(|name| children.iter().find(|child| child.name == *name && !child.inner.trim().is_empty()))
}

fn attribute(attributes: &str, name: &str) -> Option<String> {
    let after = attributes.split_once(&format!("{name}="))?.1;
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(unescape(after[1..].split(quote).next()?))
}

/// The content as the feed means it: character data as it stands, markup as it stands, the rest unescaped.
fn value(inner: &str) -> String {
    let inner = inner.trim();
    if !inner.contains("<![CDATA[") {
        return if inner.contains('<') { inner.to_owned() } else { unescape(inner) };
    }
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((before, after)) = rest.split_once("<![CDATA[") {
        text.push_str(&unescape(before));
        let (data, after) = after.split_once("]]>").unwrap_or((after, ""));
        text.push_str(data);
        rest = after;
    }
    text + &unescape(rest)
}

fn unescape(text: &str) -> String {
    if text.contains('&') { Document::from(text.replace('<', "&lt;")).text().to_string() } else { text.to_owned() }
}

/// A page that was escaped twice, unescaped once more.
fn markup(text: String) -> String {
    let escaped = !text.contains('<') && ["&lt;p", "&lt;br", "&lt;div"].iter().any(|tag| text.contains(tag));
    if escaped { unescape(&text) } else { text }
}

/// The content on one line, without any tag in it.
fn plain(inner: &str) -> String {
    let value = value(inner);
    let text = if value.contains(['<', '&']) { Document::from(value).text().to_string() } else { value };
    clean_line(&text)
}

fn record(entry: &str, channel: &Channel, prefix: &str) -> Record {
    let children = children(entry, prefix);
    let get = |names: &[&str]| first_of(&children, names).map(|child| plain(child.inner)).unwrap_or_default();
    let url = link(&children);
    let guid = get(&["guid", "id"]);
    let source = get(&["dc:publisher", "source"]);
    Record {
        id: if url.is_empty() && !guid.is_empty() { short_hash(&guid) } else { String::new() },
        title: get(&["title", "media:title"]),
        text: RecordText::Marked(html::fragment(&longest(&children))),
        url,
        source: if source.is_empty() { channel.title.clone() } else { source },
        author: author(&children, prefix),
        date: get(&[
            "pubDate",
            "published",
            "dc:date",
            "dcterms:created",
            "issued",
            "updated",
            "date",
            "pubdate",
            "modified",
        ]),
        lang: first_of(&children, &["dc:language", "language"])
            .map_or(channel.lang.clone(), |child| value(child.inner)),
        tags: tags(&children),
    }
    .or_headline()
}

/// The longest of the places where an entry may have its text.
fn longest(entry: &[Child<'_>]) -> String {
    const PLACES: [&str; 10] = [
        "content:encoded",
        "content",
        "description",
        "summary",
        "body",
        "xhtml:body",
        "media:description",
        "itunes:summary",
        "itunes:subtitle",
        "fullText",
    ];
    // Feeds of videos put theirs one level deeper.
    let groups = entry.iter().filter(|child| child.name == "media:group").flat_map(|group| children(group.inner, ""));
    let all = entry.iter().map(|child| (child.name, child.inner)).chain(groups.map(|child| (child.name, child.inner)));
    let texts = all.filter(|(name, _)| PLACES.contains(name)).map(|(_, inner)| markup(value(inner)));
    // Of equal ones the first: `max_by_key` would give the last.
    texts.fold(String::new(), |best, text| if text.len() > best.len() { text } else { best })
}

fn link(children: &[Child<'_>]) -> String {
    let links = || children.iter().filter(|child| matches!(child.name, "link" | "atom:link"));
    let alternate = |child: &&Child| attribute(child.attributes, "rel").is_none_or(|rel| rel == "alternate");
    let address = |child: &Child| attribute(child.attributes, "href").unwrap_or_else(|| value(child.inner));
    let web = |address: &String| address.starts_with("http");
    let permalink = || first_of(children, &["feedburner:origLink", "guid", "id"]).map(|child| value(child.inner));
    links()
        .filter(alternate)
        .map(address)
        .map(|a| a.trim().to_owned())
        .find(web)
        .or_else(|| permalink().filter(web))
        .unwrap_or_default()
}

fn author(entry: &[Child<'_>], prefix: &str) -> String {
    let Some(author) = first_of(entry, &["dc:creator", "author", "itunes:author"]) else { return String::new() };
    match first_of(&children(author.inner, prefix), &["name"]) {
        Some(name) => plain(name.inner),
        // RSS gives an address, with the name in brackets where it is known.
        None => mail_name(&plain(author.inner)),
    }
}

fn mail_name(author: &str) -> String {
    match author.split_once('(') {
        Some((address, name)) if address.contains('@') => name.trim_end_matches(')').to_owned(),
        _ if author.contains('@') && !author.contains(' ') => String::new(),
        _ => author.to_owned(),
    }
}

fn tags(children: &[Child<'_>]) -> Vec<String> {
    let tag = |child: &Child| {
        attribute(child.attributes, "label")
            .or_else(|| attribute(child.attributes, "term"))
            .unwrap_or_else(|| plain(child.inner))
    };
    let named = |child: &&Child| matches!(child.name, "category" | "dc:subject");
    children.iter().filter(named).map(tag).filter(|tag| !tag.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(record: &Record) -> &str {
        match &record.text {
            RecordText::Marked(body) => &body.text,
            RecordText::Plain(text) => text,
        }
    }

    #[test]
    fn rss() {
        let records = read(
            r#"<?xml version="1.0"?><rss version="2.0"><channel><title>Le Journal</title><language>fr</language>
            <image><title>Logo</title></image>
            <item><title><![CDATA[L'accord & la suite]]></title><link>https://a.fr/1?a=1&amp;b=2</link>
            <description>Un résumé.</description><content:encoded><![CDATA[<p>Un texte <b>long</b>.</p><p>Suite.</p>]]></content:encoded>
            <pubDate>Fri, 22 Aug 2025 00:30:00 +0200</pubDate><dc:creator>A. B.</dc:creator><category>cloud</category></item>
            <item><title>Deux &eacute;t&#233;s</title><guid>https://a.fr/2</guid><description>&lt;p&gt;A &amp;amp; B&lt;/p&gt;</description></item>
            </channel></rss>"#,
        );
        assert_eq!(records.len(), 2);
        assert_eq!((records[0].title.as_str(), text(&records[0])), ("L'accord & la suite", "Un texte long.\n\nSuite."));
        assert_eq!((records[0].url.as_str(), records[0].source.as_str()), ("https://a.fr/1?a=1&b=2", "Le Journal"));
        assert_eq!((records[0].author.as_str(), records[0].lang.as_str()), ("A. B.", "fr"));
        assert_eq!(records[0].tags, ["cloud"]);
        assert_eq!((records[1].title.as_str(), text(&records[1])), ("Deux étés", "A & B"));
        assert_eq!(records[1].url, "https://a.fr/2");
        let twice = "<rss><item><description>&amp;lt;p&amp;gt;Un.&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;Deux.</description></item></rss>";
        assert_eq!(text(&read(twice)[0]), "Un.\n\nDeux.");
    }

    #[test]
    fn an_entry_without_text_says_its_headline() {
        let records = read(
            "<rss><channel><item><title>Nimbara ouvre un centre</title><description></description></item>\
            <item><title>Un fil</title><description>&lt;a href='x'&gt;Comments&lt;/a&gt;</description></item>\
            <item><link>https://a.fr</link></item></channel></rss>",
        );
        assert_eq!(records.iter().map(text).collect::<Vec<_>>(), ["Nimbara ouvre un centre", "Un fil", ""]);
    }

    #[test]
    fn feeds_of_videos_and_of_broadcasts() {
        let video = "<feed><entry><title>Une visite</title><media:group><media:title>Une visite</media:title>\
            <media:description>La coopérative montre ses salles.</media:description></media:group></entry></feed>";
        assert_eq!(text(&read(video)[0]), "La coopérative montre ses salles.");
        let broadcast = "<rss><item><title>Une visite</title><itunes:subtitle>Court.</itunes:subtitle>\
            <itunes:summary>Une heure dans les salles.</itunes:summary></item></rss>";
        assert_eq!(text(&read(broadcast)[0]), "Une heure dans les salles.");
    }

    #[test]
    fn atom() {
        let records = read(
            r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Le Blog</title>
            <entry><title type="html">Un &lt;i&gt;accord&lt;/i&gt;</title><link rel="self" href="https://a.fr/x.xml"/><link href="https://a.fr/1"/>
            <author><name>C. D.</name></author><published>2025-08-22T23:30:00-07:00</published><category term="IA"/>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Un.</p><div><p>Deux.</p></div></div></content></entry></feed>"#,
        );
        assert_eq!((records[0].title.as_str(), text(&records[0])), ("Un accord", "Un.\n\nDeux."));
        assert_eq!((records[0].url.as_str(), records[0].author.as_str()), ("https://a.fr/1", "C. D."));
        assert_eq!((records[0].lang.as_str(), records[0].tags.as_slice()), ("fr", &["IA".to_owned()][..]));
        assert_eq!(super::super::date::find(&records[0].date).unwrap().to_string(), "2025-08-22");
    }

    #[test]
    fn elements_may_bear_a_prefix() {
        let records = read(
            "<atom:feed><atom:title>J</atom:title><atom:entry><atom:title>A</atom:title><atom:link href='https://a.fr/1'/>\
            <atom:summary>Un texte</atom:summary></atom:entry></atom:feed>",
        );
        assert_eq!((records[0].title.as_str(), text(&records[0]), records[0].source.as_str()), ("A", "Un texte", "J"));
        assert_eq!(records[0].url, "https://a.fr/1");
        let records = read(
            "<r:rss xmlns:r='x'><r:channel><r:title>J</r:title><r:item><r:title>A</r:title><r:link>https://a.fr/1</r:link>\
            <r:description>Un texte</r:description></r:item></r:channel></r:rss>",
        );
        assert_eq!((records[0].title.as_str(), text(&records[0]), records[0].source.as_str()), ("A", "Un texte", "J"));
    }

    #[test]
    fn long_feeds_are_read_in_one_pass() {
        let item = "<item><title>A</title><description>Un texte.</description></item>";
        let closed = format!("<rss><channel>{}", item.repeat(20_000));
        let open = format!("<rss><channel>{}", item.replace("</item>", "").repeat(20_000));
        let brackets = format!("<rss><channel><item><description>{}", "<".repeat(300_000));
        for (feed, count) in [(closed, 20_000), (open, 20_000), (brackets, 1)] {
            assert_eq!(read(&feed).len(), count);
        }
    }

    #[test]
    fn a_broken_feed_gives_what_it_has() {
        let records = read(
            "<rss><channel><title>J</title><item><title>A & B</title><description>Un texte</description>\
            <item><title>C</title><description>Deux &nbsp; textes</description></item><item><title>D</title><description>Trois",
        );
        let titles: Vec<&str> = records.iter().map(|record| record.title.as_str()).collect();
        assert_eq!(titles, ["A & B", "C", "D"]);
        assert_eq!(text(&records[2]), "Trois");
    }

    #[test]
    fn rdf_has_its_items_beside_the_channel() {
        let records = read(
            "<rdf:RDF><channel rdf:about='x'><title>J</title><items><rdf:Seq/></items></channel>\
            <item rdf:about='y'><title>A</title><link>https://a.fr/1</link><description>Un texte</description></item></rdf:RDF>",
        );
        assert_eq!((records.len(), records[0].source.as_str()), (1, "J"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(feed in "(<item>|</item>|<entry|<!\\[CDATA\\[|\\]\\]>|<link href='|<title>|</title>|/>|&[a-z]+;|é|<|>){0,60}") {
            let _ = read(&feed);
        }
    }
}
