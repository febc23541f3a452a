//! A segment of the engine's index, filled and written by one thread.
//!
//! The engine would fill segments in threads of its own, from documents handed over, cut and counted once more. What
//! comes here is analysed and numbered already: the terms go into [`Postings`], columns and stored text to the engine's
//! own writers, and the files are the engine's, to the byte.

use tantivy::columnar::{ColumnType, ColumnarWriter, NumericalValue};
use tantivy::directory::TerminatingWrite;
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter};
use tantivy::index::{Segment, SegmentComponent, SegmentMeta};
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::{Field, Schema, Type};
use tantivy::store::StoreWriter;
use tantivy::{Index, TantivyDocument};

use super::SourceRecord;
use super::block::{Block, Digest, PassageWords, key, pack_currency};
use super::postings::Postings;
use super::schema::{ARTICLE_KIND, Fields, SOURCE_KIND};
use super::sequence;
use super::spellings::WordTerms;
use super::tagger::{Labelled, Labels};
use super::terms::Terms;
use crate::amount::Amount;
use crate::article::Article;
use crate::passage::Passage;

/// Gathers the records of one segment.
pub struct SegmentBuilder<'f> {
    fields: &'f Fields,
    segment: Segment,
    records: u32,
    lengths: FieldNormsWriter,
    stems: Postings,
    strict: Postings,
    /// The fields whose values are one term each, by the field's number.
    names: Vec<Names>,
    columns: ColumnarWriter,
    store: StoreWriter,
}

/// What bears which name, in one field.
#[derive(Default)]
struct Names {
    terms: Terms,
    postings: Postings,
}

impl Names {
    fn add(&mut self, record: u32, name: &str) {
        let term = self.terms.intern(name);
        self.postings.add(record, &[term]);
    }

    fn memory(&self) -> usize {
        self.terms.memory() + self.postings.memory()
    }
}

/// An article with all that was found out about it.
pub struct Analysed<'a> {
    pub article: &'a Article,
    pub labelled: &'a Labelled,
    pub digest: &'a Digest,
    pub block: &'a Block,
    /// Name of the source that it came from.
    pub file: &'a str,
}

impl<'f> SegmentBuilder<'f> {
    /// Begins a segment of `index`.
    ///
    /// # Errors
    /// Those of the file system: stored text is written as it comes.
    pub fn new(index: &Index, fields: &'f Fields) -> tantivy::Result<Self> {
        let segment = index.new_segment();
        let settings = index.settings();
        let store = StoreWriter::new(
            segment.open_write(SegmentComponent::Store)?,
            settings.docstore_compression,
            settings.docstore_blocksize,
            settings.docstore_compress_dedicated_thread,
        )?;
        Ok(Self {
            fields,
            records: 0,
            lengths: FieldNormsWriter::for_schema(&fields.schema),
            stems: Postings::default(),
            strict: Postings::default(),
            names: std::iter::repeat_with(Names::default).take(fields.schema.num_fields()).collect(),
            columns: declared_columns(&fields.schema),
            store,
            segment,
        })
    }

    /// Adds an article's record, and behind it those of its passages.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn add(&mut self, analysed: &Analysed) -> tantivy::Result<()> {
        self.add_article(analysed)?;
        let Analysed { article, labelled, block, .. } = analysed;
        let ends = labelled.passages.iter().skip(1).map(|(next, _)| next.span.start).chain([article.text.len()]);
        for (((passage, labels), words), stored_end) in labelled.passages.iter().zip(&block.passages).zip(ends) {
            self.add_passage(article, (passage, labels), words, stored_end)?;
        }
        Ok(())
    }

    fn add_article(&mut self, Analysed { article, labelled, digest, block, file }: &Analysed) -> tantivy::Result<()> {
        let f = self.fields;
        self.stems.add(self.records, &block.stems);
        self.lengths.record(self.records, f.stem, block.stems.len() as u32);
        self.name(f.article_id, article.id.as_str());
        self.name(f.kind, ARTICLE_KIND);
        self.name(f.file, file);
        self.number(f.passages, labelled.passages.len() as u64);
        self.number(f.key, key(article.id.as_str()));
        self.number(f.content, digest.content);
        labelled.signature.0.iter().for_each(|&part| self.number(f.signature, part));
        sequence::pack(&block.title).into_iter().for_each(|packed| self.number(f.words, packed));
        let mut stored = TantivyDocument::default();
        stored.add_bytes(f.meta, &digest.meta);
        self.end(&stored)
    }

    fn add_passage(
        &mut self,
        article: &Article,
        (passage, labels): (&Passage, &Labels),
        words: &PassageWords,
        stored_end: usize,
    ) -> tantivy::Result<()> {
        let f = self.fields;
        let span = &passage.span;
        self.strict.add(self.records, &words.strict);
        self.name(f.article_id, article.id.as_str());
        sequence::pack(&words.ids).into_iter().for_each(|packed| self.number(f.words, packed));
        self.number(f.ordinal, passage.ordinal as u64);
        self.number(f.byte_start, span.start as u64);
        self.number(f.byte_len, span.len() as u64);
        self.number(f.line_first, passage.lines.0 as u64);
        self.number(f.line_count, (passage.lines.1 - passage.lines.0 + 1) as u64);
        article.published.iter().for_each(|&date| self.number(f.day, super::day_number(date)));
        article.source.iter().for_each(|source| self.label(f.source, source));
        labels.topics.iter().for_each(|topic| self.label(f.topic, topic.as_str()));
        labels.companies.iter().for_each(|company| self.label(f.company, company));
        labels.products.iter().for_each(|product| self.label(f.product, product));
        labels.amounts.iter().for_each(|amount| self.amount(amount));
        let mut stored = TantivyDocument::with_capacity(stored_end - span.start);
        stored.add_text(f.text, &article.text[span.start..stored_end]);
        if let Some(heading) = passage.heading.clone() {
            stored.add_text(f.heading, &article.text[heading]);
        }
        self.end(&stored)
    }

    /// Adds the record of a source.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn add_source(&mut self, source: &SourceRecord) -> tantivy::Result<()> {
        let f = self.fields;
        self.name(f.kind, SOURCE_KIND);
        self.name(f.source_name, &source.name);
        let mut stored = TantivyDocument::default();
        stored.add_bytes(f.source_record, &serde_json::to_vec(source).expect("a source record is plain data"));
        self.end(&stored)
    }

    fn name(&mut self, field: Field, name: &str) {
        self.names[field.field_id() as usize].add(self.records, name);
    }

    fn number(&mut self, field: Field, number: impl Into<NumericalValue> + Copy) {
        self.columns.record_numerical(self.records, self.fields.schema.get_field_name(field), number);
    }

    fn label(&mut self, field: Field, label: &str) {
        self.name(field, label);
        self.columns.record_str(self.records, self.fields.schema.get_field_name(field), label);
    }

    fn amount(&mut self, amount: &Amount) {
        let f = self.fields;
        self.number(f.amount_value, amount.value);
        self.number(f.amount_currency, pack_currency(amount.currency));
        self.number(f.amount_start, amount.span.start as u64);
        self.number(f.amount_len, amount.span.len() as u64);
    }

    /// Stores what is kept of the record as it is, and goes on to the next.
    fn end(&mut self, stored: &TantivyDocument) -> tantivy::Result<()> {
        self.store.store(stored, &self.fields.schema)?;
        self.records += 1;
        Ok(())
    }

    /// Returns the bytes of memory that the segment takes while it is written, those of `words` included.
    pub fn memory(&self, words: &WordTerms) -> usize {
        let names: usize = self.names.iter().map(Names::memory).sum();
        let gathered = self.stems.memory() + self.strict.memory();
        // One field is turned over at a time.
        let lists = gathered + self.stems.inverted_memory().max(self.strict.inverted_memory());
        names + lists + words.memory() + self.columns.mem_usage() + self.store.mem_usage()
    }

    /// Writes the segment; `words` numbered the terms of its blocks.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn finish(mut self, words: &WordTerms) -> tantivy::Result<SegmentMeta> {
        self.lengths.fill_up_to_max_doc(self.records);
        let lengths = FieldNormsSerializer::from_write(self.segment.open_write(SegmentComponent::FieldNorms)?)?;
        self.lengths.serialize(lengths, None)?;
        let lengths = FieldNormReaders::open(self.segment.open_read(SegmentComponent::FieldNorms)?)?;
        let mut lists = InvertedIndexSerializer::open(&self.segment)?;
        for (number, names) in (0..).zip(self.names) {
            let field = Field::from_field_id(number);
            let (terms, postings) = if field == self.fields.stem {
                (&words.stems, std::mem::take(&mut self.stems))
            } else if field == self.fields.strict {
                (&words.strict, std::mem::take(&mut self.strict))
            } else {
                (&names.terms, names.postings)
            };
            postings.write(terms, field, lengths.get_field(field)?, &mut lists)?;
        }
        lists.close()?;
        let mut columns = self.segment.open_write(SegmentComponent::FastFields)?;
        self.columns.serialize(self.records, None, &mut columns)?;
        columns.terminate()?;
        self.store.close()?;
        let segment = self.segment.with_max_doc(self.records);
        segment.meta().untrack_temp_docstore();
        Ok(segment.meta().clone())
    }
}

/// A writer that knows every column of the schema, so that one without a value is there, and empty.
fn declared_columns(schema: &Schema) -> ColumnarWriter {
    let mut columns = ColumnarWriter::default();
    for (_, entry) in schema.fields().filter(|(_, entry)| entry.is_fast()) {
        let column = match entry.field_type().value_type() {
            Type::Str => ColumnType::Str,
            Type::U64 => ColumnType::U64,
            Type::I64 => ColumnType::I64,
            Type::F64 => ColumnType::F64,
            other => unreachable!("no column of the schema holds {other:?}"),
        };
        columns.record_column_type(entry.name(), column, false);
    }
    columns
}
