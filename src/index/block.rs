//! From an article to its block of engine records: one for the article, then one for each passage, in order.
//!
//! All the work on a text happens here, once, on the thread that got the article: passages, words, companies,
//! amounts, topics, signature. What reaches the engine is already analysed.

use std::sync::Mutex;

use tantivy::TantivyDocument;

use super::lexicon::{Entry, LexiconBuilder, WordId, conflation_key};
use super::schema::{ARTICLE_KIND, Fields};
use super::sequence;
use super::spellings::{Spelling, Spellings, Within};
use super::tagger::{Labelled, Labels};
use crate::amount::Amount;
use crate::analysis::{self, Forms, Language, TokenKind};
use crate::article::Article;
use crate::passage::Passage;
use crate::story::Signature;

/// An article, ready for the engine.
pub struct Block {
    /// The article's record, then one for each passage.
    pub records: Vec<TantivyDocument>,
    /// The words of title and text, each once.
    pub distinct_words: Vec<WordId>,
    /// Words of title and text, repeats counted.
    pub words: u64,
    pub title_words: u64,
    pub signature: Signature,
    pub key: u64,
}

/// Turns articles into blocks; one for each thread, over one lexicon.
pub struct BlockBuilder<'a> {
    fields: &'a Fields,
    lexicon: &'a Mutex<LexiconBuilder>,
    spellings: Spellings,
    language: Language,
    tokens: Tokens,
}

/// The tokens of one text, gathered before any is looked up.
#[derive(Default)]
struct Tokens {
    /// Their spellings, one after the other.
    forms: String,
    /// Of each: where its spelling ends, and what it is.
    list: Vec<(usize, TokenKind)>,
    /// Of each: where its spelling is remembered, if it is.
    found: Vec<Option<u32>>,
}

impl Tokens {
    fn gather(&mut self, text: &str) {
        self.forms.clear();
        self.list.clear();
        analysis::tokenize(text, &mut |token| {
            self.forms.push_str(token.form);
            self.list.push((self.forms.len(), token.kind));
        });
    }

    fn find(&mut self, spellings: &mut Spellings) {
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        found.extend((0..self.list.len()).map(|k| spellings.find(&self.spelling(k))));
        self.found = found;
    }

    fn spelling(&self, k: usize) -> Spelling<'_> {
        let start = k.checked_sub(1).map_or(0, |before| self.list[before].0);
        Spelling::within(&self.forms, start..self.list[k].0)
    }
}

/// The words of a title or of a passage.
struct Words {
    /// In order.
    ids: Vec<WordId>,
    /// Where each of them, and of the joined spellings beside them, is remembered, once.
    places: Vec<u32>,
    /// Strict forms, a space behind each, those of words that come again left out: conditions ask only whether they are
    /// there.
    strict: Vec<u8>,
}

/// The words of a whole article.
#[derive(Default)]
struct ArticleWords {
    /// Stems, a space behind each; of function words the first alone: they retrieve only where a query has nothing else.
    stems: Vec<u8>,
    distinct: Vec<WordId>,
    count: u64,
}

impl<'a> BlockBuilder<'a> {
    pub fn new(fields: &'a Fields, lexicon: &'a Mutex<LexiconBuilder>) -> Self {
        Self { fields, lexicon, spellings: Spellings::default(), language: Language::French, tokens: Tokens::default() }
    }

    /// Builds the block of `article`; `file` is the source that it came from.
    pub fn build(&mut self, article: &Article, labelled: &Labelled, digest: &Digest, file: &str) -> Block {
        self.speak(language(article));
        self.spellings.begin(Within::Article);
        let mut whole = ArticleWords {
            stems: Vec::with_capacity(article.title.len() + article.text.len()),
            ..ArticleWords::default()
        };
        let title = self.words(&article.title, None, &mut whole);
        let passages = &labelled.passages;
        let mut records = Vec::with_capacity(1 + passages.len());
        for (passage, labels) in passages {
            let words = self.words(&article.text[passage.span.clone()], Some(&title), &mut whole);
            let stored_end = passages.get(passage.ordinal + 1).map_or(article.text.len(), |(next, _)| next.span.start);
            records.push(self.passage_record(article, passage, stored_end, &words, labels));
        }
        let signature = labelled.signature;
        let record = self.article_record(article, passages.len(), &whole.stems, &title.ids, digest, file, &signature);
        records.insert(0, record);
        Block {
            records,
            distinct_words: whole.distinct,
            words: whole.count,
            title_words: title.ids.len() as u64,
            signature,
            key: key(article.id.as_str()),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the record's columns, each of another kind")]
    fn article_record(
        &self,
        article: &Article,
        passages: usize,
        stems: &[u8],
        title: &[WordId],
        digest: &Digest,
        file: &str,
        signature: &Signature,
    ) -> TantivyDocument {
        let f = self.fields;
        let mut record = TantivyDocument::with_capacity(stems.len() + digest.meta.len());
        record.add_text(f.article_id, article.id.as_str());
        record.add_text(f.kind, ARTICLE_KIND);
        record.add_text(f.file, file);
        record.add_text(f.stem, text(stems));
        record.add_bytes(f.meta, &digest.meta);
        record.add_u64(f.passages, passages as u64);
        record.add_u64(f.key, key(article.id.as_str()));
        record.add_u64(f.content, digest.content);
        for part in signature.0 {
            record.add_u64(f.signature, part);
        }
        for packed in sequence::pack(title) {
            record.add_u64(f.words, packed);
        }
        record
    }

    fn passage_record(
        &self,
        article: &Article,
        passage: &Passage,
        stored_end: usize,
        words: &Words,
        labels: &Labels,
    ) -> TantivyDocument {
        let f = self.fields;
        let span = passage.span.clone();
        let mut record = TantivyDocument::with_capacity(span.len() + words.strict.len() + 8 * words.ids.len());
        record.add_text(f.article_id, article.id.as_str());
        record.add_text(f.text, &article.text[span.start..stored_end]);
        if let Some(heading) = passage.heading.clone() {
            record.add_text(f.heading, &article.text[heading]);
        }
        record.add_text(f.strict, text(&words.strict));
        for packed in sequence::pack(&words.ids) {
            record.add_u64(f.words, packed);
        }
        record.add_u64(f.ordinal, passage.ordinal as u64);
        record.add_u64(f.byte_start, span.start as u64);
        record.add_u64(f.byte_len, span.len() as u64);
        record.add_u64(f.line_first, passage.lines.0 as u64);
        record.add_u64(f.line_count, (passage.lines.1 - passage.lines.0 + 1) as u64);
        if let Some(date) = article.published {
            record.add_i64(f.day, super::day_number(date));
        }
        if let Some(source) = &article.source {
            record.add_text(f.source, source);
        }
        labels.topics.iter().for_each(|topic| record.add_text(f.topic, topic.as_str()));
        labels.companies.iter().for_each(|company| record.add_text(f.company, company));
        labels.products.iter().for_each(|product| record.add_text(f.product, product));
        labels.amounts.iter().for_each(|amount| add_amount(f, &mut record, amount));
        record
    }

    /// What is remembered of spellings holds for one language; nearly every corpus has long runs of one.
    fn speak(&mut self, language: Language) {
        if language != self.language || self.spellings.is_full() {
            self.spellings.clear();
            self.language = language;
        }
    }

    /// The words of a title, or of a passage under its `title`.
    fn words(&mut self, text: &str, title: Option<&Words>, whole: &mut ArticleWords) -> Words {
        self.spellings.begin(Within::Passage);
        let mut tokens = std::mem::take(&mut self.tokens);
        tokens.gather(text);
        let mut words = Words {
            ids: Vec::with_capacity(tokens.list.len()),
            places: Vec::with_capacity(tokens.list.len()),
            strict: Vec::with_capacity(text.len() + title.map_or(0, |title| title.strict.len())),
        };
        if let Some(title) = title {
            words.strict.extend_from_slice(&title.strict);
            for &at in &title.places {
                self.spellings.is_new(at, Within::Passage);
            }
        }
        tokens.find(&mut self.spellings);
        for (k, &found) in tokens.found.iter().enumerate() {
            let at = found.unwrap_or_else(|| self.learn(&tokens.spelling(k)));
            self.word(at, tokens.list[k].1, &mut words, whole);
        }
        self.tokens = tokens;
        whole.count += words.ids.len() as u64;
        words
    }

    fn learn(&mut self, spelling: &Spelling) -> u32 {
        let (lexicon, language) = (self.lexicon, self.language);
        self.spellings.find_or_learn(spelling, || learn(lexicon, spelling.form(), language))
    }

    fn word(&mut self, at: u32, kind: TokenKind, words: &mut Words, whole: &mut ArticleWords) {
        let new = kind == TokenKind::Word && self.spellings.is_new(at, Within::Article);
        let new_here = self.spellings.is_new(at, Within::Passage);
        let known = self.spellings.known(at);
        if kind == TokenKind::Word {
            words.ids.push(known.id);
        }
        if new {
            whole.distinct.push(known.id);
        }
        if new || !known.function {
            known.append_stem(&mut whole.stems);
        }
        if new_here {
            words.places.push(at);
            known.append_strict(&mut words.strict);
        }
    }
}

fn learn(lexicon: &Mutex<LexiconBuilder>, form: &str, language: Language) -> (WordId, Forms) {
    let forms = analysis::forms(form, language);
    let entry = || Entry {
        strict: conflation_key(&forms.strict),
        stem: conflation_key(&forms.stem),
        folded: forms.folded.clone(),
    };
    let id = lexicon.lock().expect("no thread panics while it holds the lexicon").intern(form, entry);
    (id, forms)
}

/// The language that an article is stemmed in: what it says of itself, else what its text shows.
fn language(article: &Article) -> Language {
    match article.lang.as_deref() {
        Some(lang) if lang.starts_with("en") => Language::English,
        Some(lang) if lang.starts_with("fr") => Language::French,
        _ => analysis::detect(&article.text),
    }
}

/// The forms that were appended one after the other.
fn text(forms: &[u8]) -> &str {
    std::str::from_utf8(forms).expect("forms are text")
}

/// What is kept of an article beside its text.
pub struct Digest {
    /// Everything known of it but its text, as stored: JSON.
    meta: Vec<u8>,
    /// A hash of all of it: decides whether it has changed.
    pub content: u64,
}

impl Digest {
    /// Digests an article, and gives it back.
    pub fn of(article: Article) -> (Article, Self) {
        let (text, headings) = (article.text, article.headings);
        let bare = Article { text: String::new(), headings: Vec::new(), ..article };
        let meta = serde_json::to_vec(&bare).expect("an article is plain data");
        let mut hasher = blake3::Hasher::new();
        hasher.update(&meta);
        headings.iter().flat_map(|heading| [heading.start, heading.end]).for_each(|end| {
            hasher.update(&(end as u64).to_le_bytes());
        });
        hasher.update(text.as_bytes());
        let content = first64(&hasher.finalize());
        (Article { text, headings, ..bare }, Self { meta, content })
    }
}

/// A 64-bit name for an article id or a file name.
pub fn key(id: &str) -> u64 {
    hash64(id.as_bytes())
}

/// The first 64 bits of a BLAKE3 hash.
pub fn hash64(bytes: &[u8]) -> u64 {
    first64(&blake3::hash(bytes))
}

/// The first 64 bits of a hash that was made piece by piece.
pub fn first64(hash: &blake3::Hash) -> u64 {
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes"))
}

fn add_amount(f: &Fields, record: &mut TantivyDocument, amount: &Amount) {
    record.add_f64(f.amount_value, amount.value);
    record.add_u64(f.amount_currency, pack_currency(amount.currency));
    record.add_u64(f.amount_start, amount.span.start as u64);
    record.add_u64(f.amount_len, amount.span.len() as u64);
}

/// An ISO 4217 code as a number: its three bytes.
pub fn pack_currency(code: &str) -> u64 {
    code.bytes().fold(0, |packed, byte| packed << 8 | u64::from(byte))
}

/// The code that [`pack_currency`] packed.
pub fn unpack_currency(packed: u64) -> String {
    [16, 8, 0].iter().map(|shift| (packed >> shift) as u8 as char).collect()
}
