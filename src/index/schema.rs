//! The fields of the engine's records, named in this file and nowhere else.
//!
//! Three kinds of records share one engine index, so that one commit covers all of them:
//!
//! - an **article record**: what ranks a whole article (`stem`), its metadata, its fingerprints;
//! - its **passage records**, which follow it immediately, in order: a block is added as one batch and deleted as
//!   one, and merges keep the order, so passage `k` of the article record `d` is the record `d + 1 + k`;
//! - a **source record** for each file that was read: its name, content hash and warnings.

use tantivy::schema::{Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions};

/// Names our analysis in the schema; the engine itself never cuts a text.
const ANALYSED: &str = "analysed";

/// The terms that say what a record is. Every segment has articles: a look for sources never meets a segment without
/// the field, for which the engine would build an empty dictionary at the price of a fifth of a small cold search.
pub const ARTICLE_KIND: &str = "article";
pub const SOURCE_KIND: &str = "source";

/// The engine's fields; one value is built for each index that is opened.
#[derive(Debug, Clone)]
pub struct Fields {
    pub schema: Schema,
    /// Article, passages: the article's id, as one term. Deleting it deletes the whole block.
    pub article_id: Field,
    /// Article: stems of title and text with their frequencies. What candidates are retrieved by.
    pub stem: Field,
    /// Article: everything known of it but its text, as JSON.
    pub meta: Field,
    /// Article: `ARTICLE_KIND`; source record: `SOURCE_KIND`; so that all of them are found at once.
    pub kind: Field,
    /// Source record: its name, as one term.
    pub source_name: Field,
    /// Article: how many passage records follow.
    pub passages: Field,
    /// Article: hash of its id, for maps from articles to something.
    pub key: Field,
    /// Article: hash of its content; decides whether it has changed.
    pub content: Field,
    /// Article: near-duplicate signature, several values.
    pub signature: Field,
    /// Article: name of the source that it came from, as one term.
    pub file: Field,
    /// Passages: strict forms, without frequencies. What boolean conditions are decided by.
    pub strict: Field,
    /// Article (title), passages (text): lexicon ids of the words, in order. What the second look reads.
    pub words: Field,
    /// Passages: the text from its first byte to the next passage's.
    pub text: Field,
    /// Passages: the heading that they stand under.
    pub heading: Field,
    /// Passages: first byte in the article's text, and length of the span.
    pub byte_start: Field,
    pub byte_len: Field,
    /// Passages: first line in the article's text, and how many follow.
    pub line_first: Field,
    pub line_count: Field,
    /// Passages: place in the article; article: absent.
    pub ordinal: Field,
    /// Passages: day of publication, days since 1970-01-01.
    pub day: Field,
    pub source: Field,
    pub company: Field,
    /// Passages: brands and products, as `alphabet/YouTube`.
    pub product: Field,
    pub topic: Field,
    /// Passages: sums of money, in parallel columns: value, packed currency, place in the passage.
    pub amount_value: Field,
    pub amount_currency: Field,
    pub amount_start: Field,
    pub amount_len: Field,
    /// Source record: what was read and skipped, as JSON.
    pub source_record: Field,
}

impl Fields {
    /// Builds the schema. Its shape is part of [`super::stamp::FORMAT`].
    pub fn new() -> Self {
        let mut b = Schema::builder();
        let column = || NumericOptions::default().set_fast();
        let name = || indexed("raw", IndexRecordOption::Basic, false);
        let label = || name().set_fast("raw");
        let fields = [
            b.add_text_field("article_id", name()),
            b.add_text_field("stem", indexed(ANALYSED, IndexRecordOption::WithFreqs, true)),
            b.add_bytes_field("meta", STORED),
            b.add_text_field("kind", name()),
            b.add_text_field("source_name", name()),
            b.add_u64_field("passages", column()),
            b.add_u64_field("key", column()),
            b.add_u64_field("content", column()),
            b.add_u64_field("signature", column()),
            b.add_text_field("file", name()),
            b.add_text_field("strict", indexed(ANALYSED, IndexRecordOption::Basic, false)),
            b.add_u64_field("words", column()),
            b.add_text_field("text", STORED),
            b.add_text_field("heading", STORED),
            b.add_u64_field("byte_start", column()),
            b.add_u64_field("byte_len", column()),
            b.add_u64_field("line_first", column()),
            b.add_u64_field("line_count", column()),
            b.add_u64_field("ordinal", column()),
            b.add_i64_field("day", column()),
            b.add_text_field("source", label()),
            b.add_text_field("company", label()),
            b.add_text_field("product", label()),
            b.add_text_field("topic", label()),
            b.add_f64_field("amount_value", column()),
            b.add_u64_field("amount_currency", column()),
            b.add_u64_field("amount_start", column()),
            b.add_u64_field("amount_len", column()),
            b.add_bytes_field("source_record", STORED),
        ];
        let [
            article_id,
            stem,
            meta,
            kind,
            source_name,
            passages,
            key,
            content,
            signature,
            file,
            strict,
            words,
            text,
            heading,
            byte_start,
            byte_len,
            line_first,
            line_count,
            ordinal,
            day,
            source,
            company,
            product,
            topic,
            amount_value,
            amount_currency,
            amount_start,
            amount_len,
            source_record,
        ] = fields;
        Self {
            schema: b.build(),
            article_id,
            stem,
            meta,
            kind,
            source_name,
            passages,
            key,
            content,
            signature,
            file,
            strict,
            words,
            text,
            heading,
            byte_start,
            byte_len,
            line_first,
            line_count,
            ordinal,
            day,
            source,
            company,
            product,
            topic,
            amount_value,
            amount_currency,
            amount_start,
            amount_len,
            source_record,
        }
    }
}

impl Default for Fields {
    fn default() -> Self {
        Self::new()
    }
}

/// Lengths of texts (`fieldnorms`, a byte a record) are kept for what is ranked by them alone.
fn indexed(tokenizer: &str, option: IndexRecordOption, fieldnorms: bool) -> TextOptions {
    let indexing =
        TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option).set_fieldnorms(fieldnorms);
    TextOptions::default().set_indexing_options(indexing)
}
