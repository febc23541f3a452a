//! Tells the format of a file by its first bytes, and by its ending where they do not say.

use super::encoding::decode;
use super::record::is_text_name;
use super::{csv, eml, json, markdown, tar};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Gzip,
    Zip,
    Tar,
    JsonLines,
    /// One object: an article or a JSON Feed.
    Json,
    JsonArray,
    Feed,
    Html,
    /// With what parts its columns.
    Csv(u8),
    Mail,
    Markdown,
    Plain,
    Nothing,
    /// None that we read, in a few words.
    Unknown(&'static str),
}

/// The first bytes of formats that hold no text for us.
const MAGIC: [(&[u8], &str); 13] = [
    (b"%PDF", "PDF"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"RIFF", "son ou image"),
    (b"ID3", "son"),
    (b"\x7fELF", "programme"),
    (b"7z\xbc\xaf", "archive 7z"),
    (b"Rar!", "archive RAR"),
    (b"\xfd7zXZ", "archive xz"),
    (b"BZh", "archive bzip2"),
    (b"\x28\xb5\x2f\xfd", "archive zstd"),
    (b"\xd0\xcf\x11\xe0", "document bureautique"),
];

/// Endings of files beside articles that are text but no article.
const FOREIGN_ENDINGS: [&str; 26] = [
    "js", "mjs", "css", "map", "svg", "py", "rs", "c", "h", "java", "sh", "bat", "php", "rb", "go", "ts", "ini", "cfg",
    "conf", "yml", "yaml", "toml", "sql", "log", "lock", "tex",
];

/// Returns the format of a file that begins with `head` and is called `name`.
pub(crate) fn sniff(head: &[u8], name: &str) -> Format {
    if head.starts_with(b"\x1f\x8b") {
        return Format::Gzip;
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Format::Zip;
    }
    if tar::is_tar(head) {
        return Format::Tar;
    }
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Format::Unknown(what);
    }
    let text = decode(head).text;
    if is_binary(&text) {
        return Format::Unknown("fichier binaire");
    }
    by_text(trimmed(without_server_headers(trimmed(&text))), &ending(name))
}

fn trimmed(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// What follows the headers of a server (`HTTP/2 200`), which `curl -i` saves before the page, once for each
/// redirection.
pub(crate) fn without_server_headers(text: &str) -> &str {
    let mut rest = text;
    while is_status_line(rest.lines().next().unwrap_or_default()) {
        let headers = rest.split_inclusive('\n').skip(1).take_while(|line| line.contains(':'));
        let length = rest.find('\n').map_or(rest.len(), |end| end + 1) + headers.map(str::len).sum::<usize>();
        rest = rest[length..].trim_start();
    }
    rest
}

/// A longer line is no status, but a page whose lines end as on an old Macintosh.
const MAX_STATUS_BYTES: usize = 100;

/// `HTTP/1.1 200 OK`
fn is_status_line(line: &str) -> bool {
    let mut words = line.split_whitespace();
    line.len() < MAX_STATUS_BYTES
        && words.next().is_some_and(|word| word.starts_with("HTTP/"))
        && words.next().is_some_and(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit()))
}

/// Of a binary file's bytes one in nine is no sign of a text; a text has a few such at most, from a broken disk or
/// an old program, and zeros at its end.
fn is_binary(text: &str) -> bool {
    let text = text.trim_end_matches('\0');
    let odd = text.chars().filter(|c| c.is_control() && !c.is_whitespace() && *c != '\u{1b}').count();
    odd * MIN_CHARS_PER_CONTROL > text.chars().count()
}

/// See [`is_binary`].
const MIN_CHARS_PER_CONTROL: usize = 30;

fn ending(name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

fn by_text(text: &str, ending: &str) -> Format {
    let markdown = matches!(ending, "md" | "markdown" | "mdown" | "mkd" | "qmd" | "rmd");
    if text.is_empty() {
        Format::Nothing
    } else if text.starts_with('{') && !markdown {
        by_object(text, ending)
    } else if text.starts_with('[') && text[1..].trim_start().starts_with(['{', ']']) {
        Format::JsonArray
    } else if text.starts_with('<') && !markdown {
        by_markup(text, ending)
    } else if !markdown && eml::looks_like_mail(text) {
        Format::Mail
    } else if markdown || markdown::has_front_matter(text.as_bytes()) {
        Format::Markdown
    } else {
        by_ending(text, ending)
    }
}

fn by_object(text: &str, ending: &str) -> Format {
    match json::shape(text) {
        json::Shape::Whole if !matches!(ending, "jsonl" | "ndjson") || is_spread(text) => Format::Json,
        _ if text[1..].trim_start().starts_with(['"', '}']) || ending.starts_with("json") => Format::JsonLines,
        // A template: `{% extends "page.html" %}`.
        _ if is_page_ending(ending) => Format::Html,
        _ => Format::Plain,
    }
}

/// One object over many lines, whatever the file is called.
fn is_spread(text: &str) -> bool {
    text.lines().next().is_some_and(|line| line.trim() == "{")
}

/// The first element that is known decides: feeds are saved as .html, and pages as .xml.
fn by_markup(text: &str, ending: &str) -> Format {
    const FEEDS: [&str; 5] = ["<rss", "<feed", "<rdf:rdf", "<channel>", "<entry"];
    const PAGES: [&str; 8] = ["<!doctype html", "<html", "<head", "<body", "<article", "<main", "<div", "<p>"];
    let lower = text.to_ascii_lowercase();
    let first = |tags: &[&str]| tags.iter().filter_map(|tag| lower.find(tag)).min();
    let root = root(&lower);
    match (first(&FEEDS), first(&PAGES)) {
        _ if matches!(root.rsplit_once(':'), Some((_, "rss" | "feed" | "rdf"))) => Format::Feed,
        (Some(feed), page) if page.is_none_or(|page| feed < page) => Format::Feed,
        (_, Some(_)) => Format::Html,
        _ if root == "svg" => Format::Unknown("image"),
        _ if is_page_ending(ending) || PAGE_ROOTS.contains(&root) => Format::Html,
        // Comments before a text that has no element at all.
        _ if root.is_empty() && lower.starts_with("<!--") => Format::Markdown,
        _ => Format::Unknown("XML d'une autre sorte"),
    }
}

/// What pieces of pages begin with.
const PAGE_ROOTS: [&str; 24] = [
    "title",
    "meta",
    "h1",
    "h2",
    "h3",
    "h4",
    "p",
    "span",
    "a",
    "b",
    "i",
    "strong",
    "em",
    "center",
    "font",
    "table",
    "ul",
    "ol",
    "br",
    "hr",
    "img",
    "section",
    "header",
    "blockquote",
];

fn is_page_ending(ending: &str) -> bool {
    matches!(ending, "html" | "htm" | "xhtml")
}

/// The name of the first element, after comments and declarations.
fn root(text: &str) -> &str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        if !after.starts_with(['!', '?']) {
            return after.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default();
        }
        let end = if after.starts_with("!--") { "-->" } else { ">" };
        rest = after.split_once(end).map_or("", |(_, after)| after);
    }
    ""
}

fn by_ending(text: &str, ending: &str) -> Format {
    let first_line = text.lines().next().unwrap_or_default();
    if let Some(delimiter) = csv::delimiter(first_line) {
        return Format::Csv(delimiter);
    }
    match ending {
        ending if is_page_ending(ending) => Format::Html,
        "jsonl" | "ndjson" => Format::JsonLines,
        // A table with one column.
        "csv" | "tsv" if is_text_name(first_line.trim().trim_matches('"')) => Format::Csv(b','),
        "csv" | "tsv" => Format::Unknown("tableau sans colonne `text`"),
        ending if FOREIGN_ENDINGS.contains(&ending) => Format::Unknown("programme ou réglages"),
        _ if looks_like_page(text) => Format::Html,
        _ => Format::Plain,
    }
}

/// Headers of a server, or a line of a proxy, before the page.
fn looks_like_page(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("<html") && lower.contains("<body")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(head: &str, name: &str, expected: Format) {
        assert_eq!(sniff(head.as_bytes(), name), expected, "{head}");
    }

    #[test]
    fn content_decides_before_the_ending() {
        case("<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html xmlns='y'><p>Un</p>", "a.xml", Format::Html);
        case("<?xml version='1.0'?>\n<!-- x --><rss version='2.0'><channel>", "a.html", Format::Feed);
        case("<feed xmlns='http://www.w3.org/2005/Atom'>", "a.html", Format::Feed);
        case("{\"id\": 1, \"text\": \"x\"}\n{\"id\": 2}\n", "a.txt", Format::JsonLines);
        case("{\"text\": \"x\"}", "a", Format::JsonLines);
        case("{\n  \"text\": \"x\"\n}", "a.json", Format::Json);
        case("{\"version\": \"https://jsonfeed.org/version/1\", \"items\": []}", "a.json", Format::Json);
        case("[\n {\"text\": \"x\"}]", "a.txt", Format::JsonArray);
        case("[Un lien](x) suit.", "a.md", Format::Markdown);
        case("titre;texte\na;b", "a.txt", Format::Csv(b';'));
        case("---\ntitre: x\n---\n", "a.txt", Format::Markdown);
        case("<div>Un</div>\n\n# Titre", "a.md", Format::Markdown);
        case("Un texte.", "a", Format::Plain);
        case("\u{feff}  \n", "a.txt", Format::Nothing);
        case("body { color: red }", "a.css", Format::Unknown("programme ou réglages"));
        case("HTTP/1.1 200 OK\n\n<html><body>", "a.txt", Format::Html);
        case(
            "HTTP/2 301 \r\nlocation: /b\r\n\r\nHTTP/2 200 \r\na: b\r\n\r\n<!DOCTYPE html><head>",
            "a.txt",
            Format::Html,
        );
        case("HTTP/2 403 \r\nserver: x\r\n\r\n", "a.html", Format::Nothing);
        case(&format!("HTTP/1.1 200 OK\ra: b\r\r<html><body>{}", "x".repeat(99)), "a.html", Format::Html);
        case("HTTP/3 est un protocole : il remplace HTTP/2.", "a.txt", Format::Plain);
        case("{% extends 'a' %}\n<p>Un</p>", "a.html", Format::Html);
        case("texte\nUn.\n", "a.csv", Format::Csv(b','));
        case("url\nhttps://a.fr\n", "a.csv", Format::Unknown("tableau sans colonne `text`"));
        case("<!-- x --><r:rss xmlns:r='y'><r:channel>", "a.xml", Format::Feed);
        case("<!--\ntitle: x\n-->\n\nUn texte.", "a.html", Format::Html);
        case("<!--\ntitle: x\n-->\n\nUn texte.", "a.txt", Format::Markdown);
        case("<h1>Un titre</h1>", "a", Format::Html);
        case("<urlset><url/></urlset>", "a.xml", Format::Unknown("XML d'une autre sorte"));
        assert_eq!(sniff(b"\x1f\x8b\x08", "a.jsonl"), Format::Gzip);
        assert_eq!(sniff(b"PK\x03\x04", "a"), Format::Zip);
        assert_eq!(sniff(b"ab\0\0\0\x01cd\0ef", "a.txt"), Format::Unknown("fichier binaire"));
    }
}
