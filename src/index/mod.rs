//! The index on disk: passages and articles in segments, the lexicon beside them, one stamp over all.
//!
//! [`writer::update`] and [`writer::rebuild`] bring articles in; [`Index::open`] gives a snapshot that any number of
//! threads may read and that no later write disturbs. What the engine's fields are called is known to this module
//! alone; [`crate::search`] asks it by the accessors below.

pub mod block;
pub mod folder;
pub mod lexicon;
pub mod location;
mod merges;
mod postings;
mod reading;
mod record_set;
mod removed;
mod schema;
mod segment;
pub mod sequence;
mod skips;
mod spellings;
mod spool;
pub mod stamp;
pub mod stories;
mod tagger;
mod terms;
pub mod writer;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use tantivy::columnar::{Column, StrColumn};
use tantivy::directory::MmapDirectory;
use tantivy::directory::error::OpenReadError;
use tantivy::index::{SegmentComponent, SegmentId, SegmentMeta};
use tantivy::query::{EnableScoring, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocSet, ReloadPolicy, Searcher, SegmentReader, TERMINATED, TantivyDocument, TantivyError, Term};

use crate::article::{Article, Date, Span};
use crate::error::{Error, Result};
pub use lexicon::{Lexicon, WordId};
pub use record_set::RecordSet;
pub use schema::Fields;
pub use sequence::Sequences;
pub use skips::{SkippedEntry, Skips};
pub use stamp::Stamp;
pub use stories::Stories;

/// Decompressed blocks of stored text that one search keeps; ten hits touch ten blocks or so.
const STORE_CACHE_BLOCKS: usize = 16;

/// Bytes whose checksums are compared whenever an index is opened, its smallest files first: the whole of a small
/// index, the lists of deleted records of any. To read all of a large one would cost more than the search; that is
/// for `status --check` and for every update, which must not carry damage into new files.
const CHECKED_BYTES: u64 = 2 << 20;

/// How often opening is tried again when a commit lands between reading the stamp and opening what it names.
const OPEN_ATTEMPTS: usize = 5;

/// A record of the engine: segment, and number in the segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub segment: u32,
    pub doc: u32,
}

/// A snapshot of an index, for reading.
pub struct Index {
    pub dir: PathBuf,
    pub generation: PathBuf,
    pub fields: Fields,
    pub searcher: Searcher,
    pub stamp: Stamp,
    pub lexicon: Lexicon,
    pub stories: Stories,
    columns: Vec<OnceLock<Columns>>,
    /// The commit's segments, with the names of their files.
    segments: Vec<SegmentMeta>,
    _mark: folder::ReaderMark,
}

/// The columns of one segment that searches read.
pub struct Columns {
    pub passages: Column<u64>,
    pub key: Column<u64>,
    pub words: Column<u64>,
    pub ordinal: Column<u64>,
    pub day: Column<i64>,
    pub amount_value: Column<f64>,
    pub amount_currency: Column<u64>,
    /// Article records, deleted or not.
    pub articles: RecordSet,
    living: OnceLock<RecordSet>,
    labels: [OnceLock<Option<StrColumn>>; 4],
    byte_start: Column<u64>,
    byte_len: Column<u64>,
    line_first: Column<u64>,
    line_count: Column<u64>,
    amount_start: Column<u64>,
    amount_len: Column<u64>,
}

/// What passages are labelled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    Source,
    Company,
    Product,
    Topic,
}

impl Label {
    fn field(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Company => "company",
            Self::Product => "product",
            Self::Topic => "topic",
        }
    }
}

/// One passage as the index holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPassage {
    pub ordinal: usize,
    /// Its bytes in the article's text.
    pub span: Span,
    pub lines: (usize, usize),
    pub heading: Option<String>,
    /// The passage itself.
    pub text: String,
    /// What follows it up to the next passage: white space.
    pub gap: String,
    pub companies: Vec<String>,
    pub products: Vec<String>,
    pub topics: Vec<String>,
    pub amounts: Vec<StoredAmount>,
}

/// A sum of money; `span` is in the passage's text.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAmount {
    pub value: f64,
    pub currency: String,
    pub span: Span,
}

/// What became of one source file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    pub name: String,
    /// Hash of the file's bytes; 0 where it could not be read.
    pub content: u64,
    /// Where it lies, as [`location`] writes it, and how large and old it was when read; what the freshness check
    /// compares.
    pub path: String,
    pub bytes: u64,
    pub modified_ns: i128,
    pub articles: u64,
    pub skipped: Skips,
}

impl Columns {
    /// Returns the article record of the passage record `doc`: its block begins there, and holds the title.
    pub fn article_of(&self, doc: u32) -> u32 {
        self.articles.last_before(doc).unwrap_or(doc)
    }

    /// Returns how many articles the passage records of `set` belong to.
    pub fn articles_among(&self, set: &RecordSet) -> usize {
        let mut articles = 0;
        let mut next = set.first_from(0);
        while let Some(doc) = next {
            articles += 1;
            next = self.articles.first_from(doc).and_then(|article| set.first_from(article));
        }
        articles
    }
}

/// What `cell` holds, opened on first use.
fn opened<T>(cell: &OnceLock<T>, open: impl FnOnce() -> tantivy::Result<T>) -> tantivy::Result<&T> {
    match cell.get() {
        Some(there) => Ok(there),
        None => open().map(|new| cell.get_or_init(|| new)),
    }
}

/// The passages of the articles that are not deleted, told by the lengths of the blocks.
fn living_passages(reader: &SegmentReader, columns: &Columns) -> RecordSet {
    let values = &columns.passages.values;
    let mut counts = vec![0; values.num_vals() as usize];
    values.get_range(0, &mut counts);
    let mut living = RecordSet::empty(reader.max_doc());
    for (doc, count) in columns.articles.iter().zip(counts) {
        if !reader.is_deleted(doc) {
            living.insert_run(doc + 1, count as u32);
        }
    }
    living
}

/// Adds the records that bear `text` in `field`, deleted ones too, a block of the engine's list at a time.
fn add_bearers(reader: &SegmentReader, field: Field, text: &str, set: &mut RecordSet) -> tantivy::Result<()> {
    let inverted = reader.inverted_index(field)?;
    let term = Term::from_field_text(field, text);
    let Some(mut postings) = inverted.read_block_postings(&term, IndexRecordOption::Basic)? else { return Ok(()) };
    while postings.block_len() > 0 {
        postings.docs().iter().for_each(|&doc| set.insert(doc));
        postings.advance();
    }
    Ok(())
}

impl Index {
    /// Opens the index in `dir` for reading; `gazetteer` is the hash of the gazetteer that this program would use.
    ///
    /// # Errors
    /// [`Error::NoIndex`] where there is none, [`Error::Mismatch`] where other rules built it, [`Error::Damaged`]
    /// where a file is missing or truncated.
    pub fn open(dir: &Path, gazetteer: &str) -> Result<Self> {
        let mut attempt = 1;
        loop {
            match Self::try_open(dir, gazetteer) {
                Err(Error::Io { .. } | Error::Engine { .. } | Error::Damaged { .. } | Error::NoIndex { .. })
                    if attempt < OPEN_ATTEMPTS =>
                {
                    attempt += 1;
                    if folder::current(dir)?.is_none() {
                        return Err(Error::NoIndex { path: dir.to_owned() });
                    }
                }
                Err(Error::Io { path, source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                    return Err(Error::Damaged { path: dir.to_owned(), reason: format!("{} manque", path.display()) });
                }
                other => return other,
            }
        }
    }

    fn try_open(dir: &Path, gazetteer: &str) -> Result<Self> {
        let no_index = || Error::NoIndex { path: dir.to_owned() };
        let generation = folder::current(dir)?.ok_or_else(no_index)?;
        let mark = folder::mark_read(&generation)?;
        let engine = open_engine(&generation)?;
        let metas = engine.load_metas().map_err(|e| engine_error("read", &generation, e))?;
        let stamp = Stamp::parse(metas.payload.as_deref(), &generation)?;
        stamp.check_rules(dir, &analyzer_name(), gazetteer)?;
        let lexicon = Lexicon::open(&generation.join(&stamp.lexicon))?;
        let stories = Stories::open(&generation.join(&stamp.stories), stamp.stories_crc)?;
        let reader = engine.reader_builder().reload_policy(ReloadPolicy::Manual);
        let reader = reader.doc_store_cache_num_blocks(STORE_CACHE_BLOCKS).try_into();
        let searcher = reader.map_err(|e| engine_error("open", &generation, e))?.searcher();
        let columns = searcher.segment_readers().iter().map(|_| OnceLock::new()).collect();
        let (dir, fields) = (dir.to_owned(), Fields::new());
        let segments = metas.segments;
        let index = Self { dir, generation, fields, searcher, stamp, lexicon, stories, columns, segments, _mark: mark };
        match &index.damaged_among(CHECKED_BYTES)[..] {
            [] => Ok(index),
            damaged => Err(index.damaged(&damage_of(damaged))),
        }
    }

    /// Returns the columns of a segment, opening them on first use.
    ///
    /// # Errors
    /// [`Error::Engine`] where the segment's columns cannot be read.
    pub fn columns(&self, segment: u32) -> Result<&Columns> {
        let opened = opened(&self.columns[segment as usize], || self.open_columns(segment));
        opened.map_err(|e| self.error("read", e))
    }

    fn open_columns(&self, segment: u32) -> tantivy::Result<Columns> {
        let reader = self.searcher.segment_reader(segment);
        let columns = reader.fast_fields();
        let mut articles = RecordSet::empty(reader.max_doc());
        add_bearers(reader, self.fields.kind, schema::ARTICLE_KIND, &mut articles)?;
        Ok(Columns {
            articles,
            living: OnceLock::new(),
            labels: Default::default(),
            passages: columns.u64("passages")?,
            key: columns.u64("key")?,
            words: columns.u64("words")?,
            ordinal: columns.u64("ordinal")?,
            day: columns.i64("day")?,
            amount_value: columns.f64("amount_value")?,
            amount_currency: columns.u64("amount_currency")?,
            byte_start: columns.u64("byte_start")?,
            byte_len: columns.u64("byte_len")?,
            line_first: columns.u64("line_first")?,
            line_count: columns.u64("line_count")?,
            amount_start: columns.u64("amount_start")?,
            amount_len: columns.u64("amount_len")?,
        })
    }

    /// Returns the passages of a segment that are not deleted.
    ///
    /// # Errors
    /// As [`Self::columns`].
    pub fn living(&self, segment: u32) -> Result<&RecordSet> {
        let columns = self.columns(segment)?;
        Ok(columns.living.get_or_init(|| living_passages(self.searcher.segment_reader(segment), columns)))
    }

    /// Adds to `set` the records of a segment that bear `text` in `field` and are not deleted.
    ///
    /// # Errors
    /// [`Error::Engine`] where the lists of the field cannot be read.
    pub fn add_bearers(&self, segment: u32, field: Field, text: &str, set: &mut RecordSet) -> Result<()> {
        let reader = self.searcher.segment_reader(segment);
        let added = if reader.has_deletes() {
            let mut bearers = RecordSet::empty(reader.max_doc());
            add_bearers(reader, field, text, &mut bearers).map(|()| {
                bearers.retain(|doc| !reader.is_deleted(doc));
                set.unite(&bearers);
            })
        } else {
            add_bearers(reader, field, text, set)
        };
        added.map_err(|e| self.error("read", e))
    }

    /// Returns a column of labels of a segment, opening it on first use; `None` where no passage has any.
    ///
    /// # Errors
    /// [`Error::Engine`] where it cannot be read.
    pub fn labels(&self, segment: u32, label: Label) -> Result<Option<&StrColumn>> {
        let cell = &self.columns(segment)?.labels[label as usize];
        let column = opened(cell, || self.searcher.segment_reader(segment).fast_fields().str(label.field()));
        column.map(Option::as_ref).map_err(|e| self.error("read", e))
    }

    /// Returns how many segments there are.
    pub fn segments(&self) -> u32 {
        self.searcher.segment_readers().len() as u32
    }

    pub(crate) fn segment_id(&self, segment: u32) -> SegmentId {
        self.searcher.segment_reader(segment).segment_id()
    }

    /// Returns the number of passages of the article record at `article`.
    pub fn passage_count(&self, article: Place) -> Result<u32> {
        Ok(self.columns(article.segment)?.passages.first(article.doc).unwrap_or(0) as u32)
    }

    /// Returns the article record that the passage record at `passage` belongs to.
    pub fn article_of(&self, passage: Place) -> Result<Place> {
        Ok(Place { doc: self.columns(passage.segment)?.article_of(passage.doc), ..passage })
    }

    /// Returns the hash of the id of the article record at `place`.
    pub fn key(&self, place: Place) -> Option<u64> {
        self.columns(place.segment).ok()?.key.first(place.doc)
    }

    /// Returns the words of the record at `place`, in order.
    ///
    /// # Errors
    /// [`Error::Engine`] where the columns cannot be read.
    pub fn words(&self, place: Place) -> Result<Vec<WordId>> {
        let mut sequences = Sequences::default();
        sequences.read(&self.columns(place.segment)?.words, place.doc, 1);
        Ok(sequences.all().to_vec())
    }

    /// Reads what the article record at `place` says; text and headings are left empty.
    ///
    /// # Errors
    /// [`Error::Engine`] or [`Error::Damaged`] where the record cannot be read.
    pub fn article(&self, place: Place) -> Result<Article> {
        let record = self.record(place)?;
        let bytes = record.get_first(self.fields.meta).and_then(|v| v.as_bytes()).unwrap_or_default();
        serde_json::from_slice(bytes).map_err(|_| self.damaged("la fiche d'un article est illisible"))
    }

    /// Reads a whole article back, with its text and its passages.
    ///
    /// # Errors
    /// As [`Self::article`].
    pub fn whole_article(&self, place: Place) -> Result<(Article, Vec<StoredPassage>)> {
        let mut article = self.article(place)?;
        let count = self.passage_count(place)?;
        let mut passages = Vec::new();
        for k in 1..=count {
            let passage = self.passage(Place { doc: place.doc + k, ..place })?;
            article.text.push_str(&passage.text);
            article.text.push_str(&passage.gap);
            passages.push(passage);
        }
        Ok((article, passages))
    }

    /// Returns how many bytes the text of the article record at `place` has.
    ///
    /// # Errors
    /// [`Error::Engine`] where the columns cannot be read.
    pub fn text_bytes(&self, place: Place) -> Result<u64> {
        let columns = self.columns(place.segment)?;
        let last = place.doc + self.passage_count(place)?;
        Ok(columns.byte_start.first(last).unwrap_or(0) + columns.byte_len.first(last).unwrap_or(0))
    }

    /// Reads the passage record at `place`.
    ///
    /// # Errors
    /// As [`Self::article`].
    pub fn passage(&self, place: Place) -> Result<StoredPassage> {
        let record = self.record(place)?;
        let columns = self.columns(place.segment)?;
        let number = |column: &Column<u64>| column.first(place.doc).unwrap_or(0) as usize;
        let text = |field| record.get_first(field).and_then(|v| v.as_str().map(str::to_owned));
        let mut stored = text(self.fields.text).unwrap_or_default();
        let (start, len) = (number(&columns.byte_start), number(&columns.byte_len));
        if !stored.is_char_boundary(len) || len > stored.len() {
            return Err(self.damaged("un passage est plus court que son étendue"));
        }
        let gap = stored.split_off(len);
        let (line, line_count) = (number(&columns.line_first), number(&columns.line_count));
        Ok(StoredPassage {
            ordinal: number(&columns.ordinal),
            span: start..start + len,
            lines: (line, (line + line_count).saturating_sub(1)),
            heading: text(self.fields.heading),
            text: stored,
            gap,
            companies: self.labels_of(place, Label::Company)?,
            products: self.labels_of(place, Label::Product)?,
            topics: self.labels_of(place, Label::Topic)?,
            amounts: self.amounts_of(place)?,
        })
    }

    fn labels_of(&self, place: Place, label: Label) -> Result<Vec<String>> {
        let Some(column) = self.labels(place.segment, label)? else { return Ok(Vec::new()) };
        let mut labels = Vec::new();
        for ord in column.term_ords(place.doc) {
            let mut label = String::new();
            column.ord_to_str(ord, &mut label).map_err(|e| self.error("read", e.into()))?;
            labels.push(label);
        }
        Ok(labels)
    }

    fn amounts_of(&self, place: Place) -> Result<Vec<StoredAmount>> {
        let columns = self.columns(place.segment)?;
        let values = columns.amount_value.values_for_doc(place.doc);
        let currencies = columns.amount_currency.values_for_doc(place.doc).map(block::unpack_currency);
        let spans = columns.amount_start.values_for_doc(place.doc).zip(columns.amount_len.values_for_doc(place.doc));
        let spans = spans.map(|(start, len)| start as usize..(start + len) as usize);
        Ok(values
            .zip(currencies)
            .zip(spans)
            .map(|((value, currency), span)| StoredAmount { value, currency, span })
            .collect())
    }

    /// Finds the article record with this id.
    ///
    /// # Errors
    /// [`Error::UnknownId`] where there is none.
    pub fn find(&self, id: &str) -> Result<Place> {
        let mut found = None;
        self.each_with_term(Term::from_field_text(self.fields.article_id, id), |place| {
            found.get_or_insert(place);
        })?;
        found.ok_or_else(|| Error::UnknownId { id: id.to_owned() })
    }

    /// Calls `found` with each living record that bears `term`, in the order of segments and records.
    pub(crate) fn each_with_term(&self, term: Term, mut found: impl FnMut(Place)) -> Result<()> {
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let weight = query.weight(EnableScoring::disabled_from_searcher(&self.searcher));
        let weight = weight.map_err(|e| self.error("read", e))?;
        for (segment, reader) in (0..).zip(self.searcher.segment_readers()) {
            let mut docs = weight.scorer(reader, 1.0).map_err(|e| self.error("read", e))?;
            while docs.doc() != TERMINATED {
                if !reader.is_deleted(docs.doc()) {
                    found(Place { segment, doc: docs.doc() });
                }
                docs.advance();
            }
        }
        Ok(())
    }

    /// Calls `found` with each living article record.
    pub fn each_article(&self, mut found: impl FnMut(Place)) -> Result<()> {
        for segment in 0..self.segments() {
            self.living_articles(segment)?.for_each(|doc| found(Place { segment, doc }));
        }
        Ok(())
    }

    /// Returns the article records of a segment that are not deleted.
    pub(crate) fn living_articles(&self, segment: u32) -> Result<impl Iterator<Item = u32> + '_> {
        let reader = self.searcher.segment_reader(segment);
        Ok(self.columns(segment)?.articles.iter().filter(|&doc| !reader.is_deleted(doc)))
    }

    /// Reads the records of the sources that were indexed, in the order of their names.
    ///
    /// # Errors
    /// As [`Self::article`].
    pub fn sources(&self) -> Result<Vec<SourceRecord>> {
        let mut places = Vec::new();
        self.each_with_term(Term::from_field_text(self.fields.kind, schema::SOURCE_KIND), |place| places.push(place))?;
        let mut sources = places.into_iter().map(|place| self.source(place)).collect::<Result<Vec<_>>>()?;
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(sources)
    }

    fn source(&self, place: Place) -> Result<SourceRecord> {
        let record = self.record(place)?;
        let bytes = record.get_first(self.fields.source_record).and_then(|v| v.as_bytes()).unwrap_or_default();
        serde_json::from_slice(bytes).map_err(|_| self.damaged("la fiche d'un fichier est illisible"))
    }

    fn record(&self, place: Place) -> Result<TantivyDocument> {
        let address = tantivy::DocAddress::new(place.segment, place.doc);
        self.searcher.doc(address).map_err(|e| self.error("read", e))
    }

    pub(crate) fn error(&self, action: &'static str, source: TantivyError) -> Error {
        engine_error(action, &self.dir, source)
    }

    fn damaged(&self, reason: &str) -> Error {
        Error::Damaged { path: self.dir.clone(), reason: reason.to_owned() }
    }

    /// Returns the paths that the index was built from, absolute.
    pub fn roots(&self) -> Vec<PathBuf> {
        self.stamp.roots.iter().map(|root| location::resolved(&self.dir, root)).collect()
    }

    /// Returns how many bytes the index takes on the disk.
    pub fn size_bytes(&self) -> u64 {
        let files = fs::read_dir(&self.generation).into_iter().flatten().flatten();
        files.filter_map(|file| Some(file.metadata().ok()?.len())).sum()
    }

    /// Reads every file of the index and compares its checksum; returns the damaged ones.
    pub fn damaged_files(&self) -> Vec<PathBuf> {
        self.damaged_among(u64::MAX)
    }

    /// As [`Self::damaged_files`], the smallest files first and no more than `max_bytes` of them.
    fn damaged_among(&self, mut max_bytes: u64) -> Vec<PathBuf> {
        let mut files = self.checked_files();
        files.sort_by_key(|file| file.bytes);
        let mut damaged = Vec::new();
        for file in files {
            if file.bytes > max_bytes {
                break;
            }
            max_bytes -= file.bytes;
            if !self.is_intact(&file) {
                damaged.push(file.name);
            }
        }
        damaged.sort();
        damaged
    }

    fn checked_files(&self) -> Vec<CheckedFile> {
        let engine = self.segments.iter().flat_map(|segment| {
            let components = COMPONENTS.into_iter().chain(segment.has_deletes().then_some(SegmentComponent::Delete));
            components.map(|component| (segment.relative_path(component), None))
        });
        let stamp = &self.stamp;
        let own = [(&stamp.lexicon, stamp.lexicon_crc), (&stamp.stories, stamp.stories_crc)];
        let own = own.map(|(name, crc)| (PathBuf::from(name), Some(crc)));
        let size = |name: &Path| fs::metadata(self.generation.join(name)).map_or(0, |data| data.len());
        engine.chain(own).map(|(name, crc)| CheckedFile { bytes: size(&name), name, crc }).collect()
    }

    fn is_intact(&self, file: &CheckedFile) -> bool {
        match file.crc {
            Some(crc) => fs::read(self.generation.join(&file.name)).is_ok_and(|bytes| crc32fast::hash(&bytes) == crc),
            None => self.searcher.index().directory().validate_checksum(&file.name).unwrap_or(false),
        }
    }
}

/// A file of a commit; the engine's bear their checksum themselves.
struct CheckedFile {
    name: PathBuf,
    bytes: u64,
    crc: Option<u32>,
}

/// The files that every segment has.
const COMPONENTS: [SegmentComponent; 6] = [
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::FastFields,
    SegmentComponent::FieldNorms,
    SegmentComponent::Terms,
    SegmentComponent::Store,
];

/// What is wrong with files of these names.
pub fn damage_of(files: &[PathBuf]) -> String {
    let names: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    format!("fichiers altérés ou manquants : {}", names.join(", "))
}

/// The analysis of this program, as stamps name it.
pub fn analyzer_name() -> String {
    format!("{:016x}", crate::analysis::fingerprint())
}

/// A day as the number that the `day` column holds: days since 1970-01-01.
pub fn day_number(date: Date) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.until(date).map_or(0, |span| i64::from(span.get_days()))
}

/// The day that [`day_number`] numbered.
pub fn day_of(number: i64) -> Option<Date> {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().try_days(number).ok()?).ok()
}

fn open_engine(generation: &Path) -> Result<tantivy::Index> {
    let directory = MmapDirectory::open(generation).map_err(|e| engine_error("open", generation, e.into()))?;
    let directory = reading::ReadingDirectory(directory);
    tantivy::Index::open(directory).map_err(|e| engine_error("open", generation, e))
}

fn engine_error(action: &'static str, path: &Path, source: TantivyError) -> Error {
    if is_disk_full(&source) || (matches!(source, TantivyError::ErrorInThread(_)) && !has_room(path)) {
        return Error::DiskFull { path: path.to_owned() };
    }
    match damage(&source) {
        Some(reason) => Error::Damaged { path: path.to_owned(), reason },
        None => Error::Engine { action, path: path.to_owned(), source: Box::new(source) },
    }
}

/// Room that a disk must have for us not to blame it for a failure that the engine does not explain.
const PROBE_BYTES: usize = 1 << 20;

/// The engine's threads keep nothing of the error that ended them: we try for ourselves.
fn has_room(folder: &Path) -> bool {
    let path = folder.join("room.tmp");
    let written = fs::write(&path, vec![0; PROBE_BYTES]);
    let _ = fs::remove_file(&path);
    !written.is_err_and(|e| crate::error::is_disk_full(&e))
}

/// The engine wraps the system's error in its own, and in some places keeps nothing of it but the text.
fn is_disk_full(error: &TantivyError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<std::io::Error>().is_some_and(crate::error::is_disk_full) {
            return true;
        }
        cause = error.source();
    }
    let told = error.to_string();
    ["StorageFull", "No space left", "os error 28", "QuotaExceeded"].iter().any(|sign| told.contains(sign))
}

/// What the engine found wrong with its own files, where that is its complaint.
fn damage(error: &TantivyError) -> Option<String> {
    let broken = |e: &std::io::Error| {
        matches!(e.kind(), std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof)
            .then(|| e.to_string().lines().next().unwrap_or_default().to_owned())
    };
    match error {
        TantivyError::DataCorruption(reason) => Some(format!("{reason:?}")),
        TantivyError::DeserializeError(reason) => Some(reason.to_string()),
        TantivyError::IncompatibleIndex(_) => Some("fichier d'une autre version du moteur".to_owned()),
        TantivyError::IoError(e) => broken(e),
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(file)) => {
            Some(format!("{} manque", file.display()))
        }
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath }) => {
            broken(io_error).map(|reason| format!("{}: {reason}", filepath.display()))
        }
        TantivyError::OpenReadError(OpenReadError::IncompatibleIndex(_)) => {
            Some("fichier d'une autre version du moteur".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_there_and_back() {
        for date in ["1970-01-01", "2025-08-22", "1815-06-18", "2100-12-31"] {
            let date: Date = date.parse().unwrap();
            assert_eq!(day_of(day_number(date)), Some(date));
        }
        assert_eq!(day_number("1970-01-02".parse().unwrap()), 1);
    }
}
