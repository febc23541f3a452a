//! What a file says of one article, before it is made uniform: the fields as given, under one set of names.
//!
//! Readers fill a [`Record`] with what they found; [`Record::finish`] gives the [`Article`]: clean text, a day,
//! an identifier, a language. Field names are known in English and French, whatever the case.
//!
//! ```
//! use veille::extract::record::Record;
//! let fields = serde_json::json!({"titre": "Un accord", "texte": "Meta signe.", "date": "22 août 2025"});
//! let (article, _) = Record::from_fields(fields.as_object().unwrap()).finish("a.json", None).unwrap();
//! assert_eq!((article.title.as_str(), article.text.as_str()), ("Un accord", "Meta signe."));
//! ```

use serde_json::{Map, Value};

use super::{date, html, plain, text};
use crate::article::{Article, ArticleId, Date, Span};
use crate::corpus::Reason;

/// The text of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordText {
    /// As given; headings are guessed.
    Plain(String),
    /// Clean, with its headings known from markup.
    Marked(text::Body),
}

impl Default for RecordText {
    fn default() -> Self {
        RecordText::Plain(String::new())
    }
}

/// One article as a file gives it; a field that the file lacks is empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    pub id: String,
    pub title: String,
    pub text: RecordText,
    pub url: String,
    pub source: String,
    pub author: String,
    pub date: String,
    pub lang: String,
    pub tags: Vec<String>,
}

/// The names of each field in the inputs, best first.
const ID: [&str; 3] = ["id", "identifiant", "guid"];
const TITLE: [&str; 4] = ["title", "titre", "headline", "name"];
const TEXT: [&str; 9] =
    ["text", "texte", "body", "content", "contenu", "corps", "content_text", "articlebody", "article"];
const HTML: [&str; 3] = ["content_html", "html", "body_html"];
const SUMMARY: [&str; 8] = ["summary", "résumé", "resume", "description", "chapô", "chapo", "chapeau", "excerpt"];
const URL: [&str; 6] = ["url", "link", "lien", "canonical", "permalink", "adresse"];
const SOURCE: [&str; 9] =
    ["source", "média", "media", "outlet", "publisher", "journal", "site", "publication", "site_name"];
const AUTHOR: [&str; 6] = ["author", "auteur", "authors", "auteurs", "byline", "creator"];
const DATE: [&str; 11] = [
    "date",
    "published",
    "publié",
    "publie",
    "published_at",
    "date_published",
    "datepublished",
    "publication_date",
    "date_publication",
    "pubdate",
    "created_at",
];
const LANG: [&str; 4] = ["lang", "langue", "language", "inlanguage"];
const TAGS: [&str; 7] = ["tags", "mots-clés", "mots-cles", "mots_cles", "keywords", "categories", "catégories"];

impl Record {
    /// Builds a record from named fields, as JSON Lines, front matter and CSV give them.
    pub fn from_fields(fields: &Map<String, Value>) -> Self {
        let get = |names: &[&str]| lookup(fields, names).map(line_of).unwrap_or_default();
        Record {
            id: get(&ID),
            title: get(&TITLE),
            text: text_of(fields),
            url: get(&URL),
            source: get(&SOURCE),
            author: get(&AUTHOR),
            date: get(&DATE),
            lang: get(&LANG),
            tags: lookup(fields, &TAGS).map(list_of).unwrap_or_default(),
        }
    }

    /// Builds the record of an entry among others: as [`Record::from_fields`], with its summary for a text where it
    /// has no other. A file with one object is more often a program's settings, whose `description` is no article.
    pub fn of_entry(fields: &Map<String, Value>) -> Self {
        let mut record = Record::from_fields(fields);
        if lookup(fields, &TEXT).or_else(|| lookup(fields, &HTML)).is_none()
            && let Some(summary) = lookup(fields, &SUMMARY)
        {
            record.text = marked_or_plain(paragraphs_of(summary));
        }
        record
    }

    /// Takes the headline for the text where a feed's entry says nothing else.
    pub(crate) fn or_headline(self) -> Self {
        let says = |text: &str| text.contains(char::is_alphanumeric);
        match &self.text {
            RecordText::Plain(text) if says(text) => self,
            RecordText::Marked(body) if says(&body.text) => self,
            _ => Record { text: RecordText::Plain(self.title.clone()), ..self },
        }
    }

    /// Makes the article: `name` is the source's, `place` the entry's number in it where it holds several.
    /// The second value tells of a date that was not understood.
    ///
    /// # Errors
    /// [`Reason::NoText`] where there is no text.
    pub fn finish(self, name: &str, place: Option<u64>) -> Result<(Article, Option<Reason>), Reason> {
        let (text, headings) = body(self.text);
        if !text.contains(|c: char| c.is_alphanumeric()) {
            return Err(Reason::NoText);
        }
        let url = Some(text::clean_line(&self.url)).filter(|url| is_web_address(url));
        let published = day(&self.date, url.as_deref(), name);
        let odd = (published.is_none() && !self.date.trim().is_empty()).then(|| Reason::BadDate(shorten(&self.date)));
        let article = Article {
            id: id(&self.id, url.as_deref(), name, place),
            title: text::clean_line(&html::unescape(&self.title)),
            lang: lang(&self.lang, &text),
            text,
            url,
            path: Some(name.to_owned()),
            source: some_line(&self.source),
            author: some_line(&self.author),
            published,
            tags: self.tags.iter().filter_map(|tag| some_line(tag)).collect(),
            headings,
        };
        Ok((article, odd))
    }
}

fn lookup<'a>(fields: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    let filled = |value: &&Value| !value.is_null() && value.as_str() != Some("");
    let exact = |name: &&str| fields.get(*name).filter(filled);
    let folded =
        |name: &&str| fields.iter().find(|(key, _)| key.to_lowercase() == **name).map(|(_, v)| v).filter(filled);
    let cased = || fields.keys().any(|key| key.chars().any(char::is_uppercase));
    names.iter().find_map(exact).or_else(|| cased().then(|| names.iter().find_map(folded)).flatten())
}

/// Tells whether a column of this name holds the text.
pub(crate) fn is_text_name(name: &str) -> bool {
    TEXT.iter().chain(&HTML).any(|text| name.to_lowercase() == *text)
}

fn text_of(fields: &Map<String, Value>) -> RecordText {
    match (lookup(fields, &TEXT), lookup(fields, &HTML)) {
        (Some(text), _) => marked_or_plain(paragraphs_of(text)),
        (None, Some(html)) => RecordText::Marked(html::fragment(&line_of(html))),
        (None, None) => RecordText::default(),
    }
}

fn marked_or_plain(text: String) -> RecordText {
    if is_markup(&text) { RecordText::Marked(html::fragment(&text)) } else { RecordText::Plain(text) }
}

/// Tells whether a text is a piece of a page.
fn is_markup(text: &str) -> bool {
    text.trim_start().starts_with('<') && ["</p>", "</div>", "<br"].iter().any(|tag| text.contains(tag))
}

/// A text may be given as a list of its paragraphs.
fn paragraphs_of(value: &Value) -> String {
    match value {
        Value::Array(parts) => parts.iter().map(paragraphs_of).collect::<Vec<_>>().join("\n"),
        other => line_of(other),
    }
}

/// The value as text: lists joined by commas, objects by their name (`{"@type": "Person", "name": "…"}`).
fn line_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(_) => list_of(value).join(", "),
        Value::Object(fields) => fields.get("name").or_else(|| fields.get("nom")).map(line_of).unwrap_or_default(),
        Value::Null | Value::Bool(_) => String::new(),
    }
}

fn list_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().map(line_of).filter(|item| !item.is_empty()).collect(),
        Value::String(text) => text.split([',', ';']).map(|tag| tag.trim().to_owned()).collect(),
        other => vec![line_of(other)],
    }
}

fn body(text: RecordText) -> (String, Vec<Span>) {
    match text {
        RecordText::Marked(body) => (body.text, body.headings),
        RecordText::Plain(raw) => {
            let text = text::clean(html::unescaped(&raw).as_ref().unwrap_or(&raw));
            let headings = plain::headings(&text);
            (text, headings)
        }
    }
}

/// A web address, as opposed to a name or a path that some feeds give in its place.
fn is_web_address(url: &str) -> bool {
    url.split_once("://").is_some_and(|(scheme, rest)| matches!(scheme, "http" | "https") && !rest.is_empty())
}

/// The day as given, else as the address or the file's name has it.
fn day(given: &str, url: Option<&str>, name: &str) -> Option<Date> {
    date::find(given).or_else(|| url.and_then(date::in_url)).or_else(|| date::in_name(name))
}

fn some_line(raw: &str) -> Option<String> {
    Some(text::clean_line(raw)).filter(|line| !line.is_empty())
}

/// How much of a value that was not understood is shown.
const SHOWN_CHARS: usize = 60;

fn shorten(raw: &str) -> String {
    text::clean_line(raw).chars().take(SHOWN_CHARS).collect()
}

/// The identifier as given, else hashed from the canonical address, else from the name and the place in it.
fn id(given: &str, url: Option<&str>, name: &str, place: Option<u64>) -> ArticleId {
    let given = text::clean_line(given);
    ArticleId(match (given.is_empty(), url, place) {
        (false, ..) => given,
        (_, Some(url), _) => short_hash(&canonical(url)),
        (_, None, Some(place)) => short_hash(&format!("{name}#{place}")),
        (_, None, None) => short_hash(name),
    })
}

/// Parameters that only tell where a reader came from.
const TRACKING: [&str; 10] =
    ["utm_", "fbclid", "gclid", "xtor", "xtref", "at_medium", "at_campaign", "at_", "mc_cid", "ref="];

/// Returns `url` without what changes between two links to one article: scheme, `www.`, fragment, tracking
/// parameters, final slash; the host in lower case.
pub fn canonical(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = path.split_once('/').unwrap_or((path, ""));
    let host = host.to_lowercase();
    let kept: Vec<&str> =
        query.split('&').filter(|p| !p.is_empty() && !TRACKING.iter().any(|t| p.starts_with(t))).collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    format!("{}/{}{query}", host.strip_prefix("www.").unwrap_or(&host), path.trim_end_matches('/'))
}

/// Letters and digits that no one confuses when reading an id aloud: neither i, l, o nor u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Ten letters of five bits: among a million articles, two share an id once in two thousand indexes.
const ID_CHARS: usize = 10;

pub(crate) fn short_hash(key: &str) -> String {
    let hash = blake3::hash(key.as_bytes());
    let bits = u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes"));
    (0..ID_CHARS).map(|i| ALPHABET[(bits >> (5 * i)) as usize & 31] as char).collect()
}

/// The language as given (`fr-FR`, `fra`, `French`), else as the text shows it.
fn lang(given: &str, text: &str) -> Option<String> {
    let folded = given.trim().to_lowercase();
    let code = folded.split(['-', '_', ',', ' ']).next().unwrap_or_default();
    match code {
        "fr" | "fra" | "fre" | "french" | "français" | "francais" => Some("fr".into()),
        "en" | "eng" | "english" | "anglais" => Some("en".into()),
        code if code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase()) => Some(code.into()),
        _ => guess_lang(text),
    }
}

/// Shorter texts are not guessed: headlines come out as Romanian or Italian (field notes, whatlang 0.18).
const MIN_GUESS_CHARS: usize = 200;

/// What is looked at of a text; more changes no verdict and costs time on every article.
const MAX_GUESS_BYTES: usize = 1_000;

/// Frequent words that only French has, in this mixture: a quick answer for nearly every article.
#[rustfmt::skip]
fn is_french_word(word: &str) -> bool {
    matches!(
        word,
        "les" | "des" | "du" | "une" | "et" | "est" | "sont" | "être" | "été" | "ont" | "dans" | "pour" | "sur" | "au"
            | "aux" | "par" | "avec" | "ce" | "cette" | "ces" | "qui" | "il" | "elle" | "nous" | "vous" | "leur" | "ne"
            | "pas" | "plus" | "mais" | "selon"
    )
}

/// Of 14,000 news articles, all but 53 have more of these words; Spanish, Italian, Portuguese, Catalan and Romanian
/// stay under 0.06.
const FRENCH_SHARE: f64 = 0.08;

fn guess_lang(text: &str) -> Option<String> {
    if text.len() < MIN_GUESS_CHARS {
        return None;
    }
    let end = (0..=MAX_GUESS_BYTES.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let head = &text[..end];
    let (words, french) = head
        .split_whitespace()
        .fold((0, 0), |(words, french), word| (words + 1, french + usize::from(is_french_word(word))));
    if french as f64 >= FRENCH_SHARE * words as f64 {
        return Some("fr".into());
    }
    let guess = whatlang::detect(head).filter(whatlang::Info::is_reliable)?;
    two_letters(guess.lang()).map(str::to_owned)
}

fn two_letters(lang: whatlang::Lang) -> Option<&'static str> {
    use whatlang::Lang::*;
    Some(match lang {
        Fra => "fr",
        Eng => "en",
        Deu => "de",
        Spa => "es",
        Ita => "it",
        Por => "pt",
        Nld => "nl",
        Cat => "ca",
        Ron => "ro",
        Pol => "pl",
        Rus => "ru",
        Ukr => "uk",
        Ara => "ar",
        Tur => "tr",
        Cmn => "zh",
        Jpn => "ja",
        Kor => "ko",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn finish(fields: Value) -> Article {
        Record::from_fields(fields.as_object().unwrap()).finish("press/a.jsonl", Some(3)).unwrap().0
    }

    #[test]
    fn fields_have_french_names_too() {
        let article = finish(json!({
            "Titre": " Un  accord ", "texte": "Meta signe.", "Média": "Les Échos", "auteurs": ["A. B.", {"name": "C. D."}],
            "publié": "22/08/2025", "langue": "fr-FR", "lien": "https://a.fr/b", "mots-clés": "cloud, IA"
        }));
        assert_eq!(article.title, "Un accord");
        assert_eq!(article.source.as_deref(), Some("Les Échos"));
        assert_eq!(article.author.as_deref(), Some("A. B., C. D."));
        assert_eq!(article.published.unwrap().to_string(), "2025-08-22");
        assert_eq!(article.lang.as_deref(), Some("fr"));
        assert_eq!(article.url.as_deref(), Some("https://a.fr/b"));
        assert_eq!(article.tags, ["cloud", "IA"]);
    }

    #[test]
    fn a_given_id_is_kept_and_numbers_are_ids() {
        assert_eq!(finish(json!({"id": "a4810", "text": "x"})).id.as_str(), "a4810");
        assert_eq!(finish(json!({"id": 42, "text": "x"})).id.as_str(), "42");
    }

    #[test]
    fn an_id_follows_the_address_wherever_the_file_lies() {
        let id = |url: &str| finish(json!({"url": url, "text": "x"})).id;
        assert_eq!(id("https://www.a.fr/b/?utm_source=x#haut"), id("http://A.fr/b"));
        assert_ne!(id("https://a.fr/b?id=1"), id("https://a.fr/b?id=2"));
        assert_eq!(id("https://a.fr/b").as_str().len(), ID_CHARS);
    }

    #[test]
    fn a_record_without_text_is_skipped() {
        for fields in [json!({}), json!({"text": ""}), json!({"text": null}), json!({"text": " \n … "})] {
            let record = Record::from_fields(fields.as_object().unwrap());
            assert_eq!(record.finish("a", None), Err(Reason::NoText));
        }
    }

    #[test]
    fn an_entry_without_text_has_its_summary() {
        let text = |fields: Value| Record::of_entry(fields.as_object().unwrap()).text;
        let plain = |text: &str| RecordText::Plain(text.into());
        assert_eq!(text(json!({"title": "Un", "résumé": "Un accord de six ans."})), plain("Un accord de six ans."));
        assert_eq!(text(json!({"text": "Un texte.", "summary": "Court."})), plain("Un texte."));
        assert_eq!(text(json!({"text": "", "description": "Court."})), plain("Court."));
        let settings = json!({"name": "outil", "description": "Un outil."});
        assert_eq!(Record::from_fields(settings.as_object().unwrap()).text, RecordText::default());
    }

    #[test]
    fn given_text_is_kept_byte_for_byte() {
        let text = "  Un début.\n\n\n« Une suite »  \n";
        assert_eq!(finish(json!({"text": text})).text, text);
    }

    #[test]
    fn pieces_of_pages_are_cleaned_wherever_they_stand() {
        let article =
            finish(json!({"title": "L&#039;accord", "text": "<p>Meta signe.</p><p>Lire aussi : <a href=x>Un</a></p>"}));
        assert_eq!((article.title.as_str(), article.text.as_str()), ("L'accord", "Meta signe."));
        assert_eq!(finish(json!({"text": "L&rsquo;&eacute;t&eacute; a &eacute;t&eacute;"})).text, "L’été a été");
        assert_eq!(finish(json!({"text": "R&D &amp; co"})).text, "R&D &amp; co");
    }

    #[test]
    fn an_odd_date_is_told_and_the_article_kept() {
        let fields = json!({"text": "x", "date": "il y a 3 jours"});
        let (article, odd) = Record::from_fields(fields.as_object().unwrap()).finish("a.json", None).unwrap();
        assert_eq!((article.published, odd), (None, Some(Reason::BadDate("il y a 3 jours".into()))));
    }

    #[test]
    fn a_day_comes_from_the_address_or_the_name() {
        let day = |url: &str, name: &str| {
            let record = Record { url: url.into(), text: RecordText::Plain("x".into()), ..Record::default() };
            record.finish(name, None).unwrap().0.published.map(|day| day.to_string()).unwrap_or_default()
        };
        assert_eq!(day("https://a.fr/2025/08/22/b", "2024-01-01.md"), "2025-08-22");
        assert_eq!(day("https://a.fr/b", "press/2024-01-01-b.md"), "2024-01-01");
        assert_eq!(day("", "b.md"), "");
    }

    #[test]
    fn languages() {
        let french = "Le groupe a annoncé que la direction et les salariés de l'usine sont d'accord pour une reprise. "
            .repeat(3);
        let english =
            "The group has announced that the board and the workers of the plant agree on the new deal. ".repeat(3);
        assert_eq!(lang("", &french).as_deref(), Some("fr"));
        assert_eq!(lang("", &english).as_deref(), Some("en"));
        assert_eq!(lang("en-US", &french).as_deref(), Some("en"));
        assert_eq!(lang("", "OpenAI lance GPT-5"), None);
    }
}
