//! Brings articles into an index: only what changed ([`update`]), or everything anew beside the old ([`rebuild`]).
//!
//! One thread reads the sources in order and decides what is new; each worker turns articles into blocks and fills a
//! segment with them, which it writes when it is full or when nothing is left. Nothing shows before the commit, and a
//! commit is one atomic step: killed at any moment, the index answers as before.

use std::fs;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use crossbeam_channel::{Receiver, Sender, bounded};
use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::indexer::{IndexWriterOptions, NoMergePolicy};
use tantivy::{IndexSettings, IndexWriter, Term};

use super::block::{self, Block, BlockBuilder, Digest};
use super::lexicon::{self, LexiconBuilder, Part, WordId};
use super::merges::Merges;
use super::removed::Removed;
use super::schema::Fields;
use super::segment::{Analysed, SegmentBuilder};
use super::spool::Spool;
use super::stamp::{FORMAT, Stamp};
use super::stories::Stories;
use super::tagger::Labelled;
use super::{Index, Place, Sequences, SkippedEntry, Skips, SourceRecord, engine_error, folder, location};
use crate::article::Article;
use crate::company::Gazetteer;
use crate::corpus::{self, Source};
use crate::error::{Error, Result, io_text};
use crate::extract::{self, Item};
use crate::story::Signature;

/// Memory for the segments of all workers together, before each is written: the most and, where words and articles
/// leave no more, the least.
const SEGMENTS_BYTES: usize = 300_000_000;
const SEGMENTS_LEAST_BYTES: usize = 80_000_000;

/// Memory for them and for what grows with the corpus, of the 600 MiB that indexing may use: the more words and
/// articles there are, the smaller are the segments.
const GROWING_BYTES: usize = 440_000_000;

/// A worker's segment is not written before it has as much, however many workers there are: some 5 MB of text.
const SEGMENT_MIN_BYTES: usize = 15_000_000;

/// What an article takes while others come, beside its words: its key among those met, and among the signatures.
const ARTICLE_BYTES: usize = 26;

/// What the engine wants for a thread of its own, which has nothing to do.
const ENGINE_MIN_BYTES: usize = 15_000_000;

/// Stored text is compressed in blocks of this size: a hit costs the decompression of one or two.
const STORE_BLOCK_BYTES: usize = 8 * 1024;

/// Articles that a worker takes at once: labels first, then words, so that each stage finds its tables in the cache.
const BATCH_ARTICLES: usize = 32;

/// Articles that may wait between the reader and the workers.
const QUEUE_ARTICLES: usize = 256;

/// With more distinct words than these, what a commit consists of is made one after the other: together, the parts took
/// 340 MB of memory more than reading had, for 10 GB of news with five million words.
const TOGETHER_WORDS: usize = 1 << 20;

/// How an index is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteOptions {
    /// Worker threads.
    pub threads: usize,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self { threads: thread::available_parallelism().map_or(1, usize::from) }
    }
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    pub files_read: u64,
    pub files_unchanged: u64,
    pub files_removed: u64,
    pub added: u64,
    pub replaced: u64,
    pub removed: u64,
    pub unchanged: u64,
    /// Bytes of the files that were read.
    pub bytes_read: u64,
    /// Passed over in this run.
    pub skipped: Skips,
    /// What the index holds now.
    pub articles: u64,
    pub passages: u64,
    pub stories_with_copies: u64,
    pub elapsed: Duration,
}

/// How far a run has come, for a progress line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    pub files: u64,
    pub articles: u64,
    /// Bytes of the files gone through, and of the texts met so far in the one that is being read.
    pub bytes: u64,
}

/// Brings the index in `dir` up to date with `paths`: content decides, not the clock.
///
/// What was indexed from other paths before stays.
///
/// # Errors
/// [`Error::Locked`] while another process writes, [`Error::Mismatch`] where other rules built the index.
pub fn update(
    dir: &Path,
    paths: &[PathBuf],
    gazetteer: &Gazetteer,
    options: &WriteOptions,
    progress: &dyn Fn(Progress),
) -> Result<Report> {
    let lock = folder::lock(dir)?;
    folder::sweep(dir, &lock)?;
    if folder::current(dir)?.is_none() {
        return build_generation(dir, paths, gazetteer, options, progress, &lock);
    }
    let old = Index::open(dir, gazetteer.hash())?;
    // Merging a damaged file would give its damage a new and valid checksum.
    let damaged = old.damaged_files();
    if !damaged.is_empty() {
        return Err(Error::Damaged { path: dir.to_owned(), reason: super::damage_of(&damaged) });
    }
    let generation = old.generation.clone();
    let report =
        Run::open(dir, &generation, Some(&old), gazetteer, options).and_then(|run| run.run(paths, options, progress));
    if report.is_err() {
        // A disk that we have filled is not left full; what cannot be removed now goes with the next run.
        let _ = remove_unfinished(&generation, &old.stamp);
    }
    report
}

/// Removes what a run that failed has written.
fn remove_unfinished(generation: &Path, stamp: &Stamp) -> Result<()> {
    remove_others(generation, stamp, None)?;
    let engine = tantivy::Index::open_in_dir(generation).map_err(|e| engine_error("open", generation, e))?;
    let cleaned = engine_writer(&engine, 1).and_then(|writer| writer.garbage_collect_files().wait());
    cleaned.map(drop).map_err(|e| engine_error("clean", generation, e))
}

/// The engine's writer, with so many threads to merge segments; it fills none itself.
fn engine_writer(engine: &tantivy::Index, merge_threads: usize) -> tantivy::Result<IndexWriter> {
    let options = IndexWriterOptions::builder().num_worker_threads(1).memory_budget_per_thread(ENGINE_MIN_BYTES);
    engine.writer_with_options(options.num_merge_threads(merge_threads).build())
}

/// Builds the index of `paths` beside the one in `dir`, then swaps it in.
///
/// # Errors
/// [`Error::Locked`] while another process writes.
pub fn rebuild(
    dir: &Path,
    paths: &[PathBuf],
    gazetteer: &Gazetteer,
    options: &WriteOptions,
    progress: &dyn Fn(Progress),
) -> Result<Report> {
    let lock = folder::lock(dir)?;
    build_generation(dir, paths, gazetteer, options, progress, &lock)
}

fn build_generation(
    dir: &Path,
    paths: &[PathBuf],
    gazetteer: &Gazetteer,
    options: &WriteOptions,
    progress: &dyn Fn(Progress),
    lock: &folder::WriterLock,
) -> Result<Report> {
    let generation = folder::new_generation(dir, lock)?;
    let report = create_engine(&generation)
        .and_then(|()| Run::open(dir, &generation, None, gazetteer, options)?.run(paths, options, progress));
    if report.is_ok() {
        folder::swap_in(dir, &generation, lock)?;
    }
    folder::sweep(dir, lock)?;
    report
}

fn create_engine(generation: &Path) -> Result<()> {
    let settings = IndexSettings {
        docstore_blocksize: STORE_BLOCK_BYTES,
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    };
    tantivy::Index::builder()
        .schema(Fields::new().schema)
        .settings(settings)
        .create_in_dir(generation)
        .map(drop)
        .map_err(|e| engine_error("create", generation, e))
}

/// One run over some paths.
struct Run<'a> {
    dir: PathBuf,
    generation: PathBuf,
    old: Option<&'a Index>,
    fields: Fields,
    gazetteer: &'a Gazetteer,
    writer: IndexWriter,
    lexicon: Mutex<LexiconBuilder>,
    /// Article keys of the old index with the content hash and the place of each.
    known: FxHashMap<u64, (u64, Place)>,
    /// Article keys met in this run: an id names one article.
    met: FxHashSet<u64>,
    totals: Mutex<Totals>,
    /// The sources of the old index.
    sources: Vec<SourceRecord>,
    removed: Removed,
    report: Report,
}

/// What the stamp tells, kept up while blocks come and go.
#[derive(Default)]
struct Totals {
    articles: u64,
    passages: u64,
    words: u64,
    title_words: u64,
    text_bytes: u64,
    /// The signatures of new articles; those of the old index that stay are in its columns.
    signatures: Option<Spool>,
    /// Keys of the old index's articles that went or changed.
    forgotten: FxHashSet<u64>,
}

/// What goes to a worker.
enum Job {
    Article(ArticleJob),
    Source(SourceRecord),
}

struct ArticleJob {
    article: Article,
    digest: Digest,
    /// Name of the source that it came from.
    file: String,
}

impl<'a> Run<'a> {
    fn open(
        dir: &Path,
        generation: &Path,
        old: Option<&'a Index>,
        gazetteer: &'a Gazetteer,
        options: &WriteOptions,
    ) -> Result<Self> {
        let engine = tantivy::Index::open_in_dir(generation).map_err(|e| engine_error("open", generation, e))?;
        let writer = engine_writer(&engine, options.threads).map_err(|e| engine_error("write", generation, e))?;
        // What is removed is told by segment and number, which a merge would change.
        writer.set_merge_policy(Box::new(NoMergePolicy));
        // A run killed before its commit leaves files whose names this run would choose again.
        writer.garbage_collect_files().wait().map_err(|e| engine_error("clean", generation, e))?;
        let spool = Spool::new(generation).map_err(|e| Error::io("create", generation, e))?;
        let mut run = Self {
            dir: dir.to_owned(),
            generation: generation.to_owned(),
            old,
            fields: Fields::new(),
            gazetteer,
            writer,
            lexicon: Mutex::default(),
            known: FxHashMap::default(),
            met: FxHashSet::default(),
            totals: Mutex::new(Totals { signatures: Some(spool), ..Totals::default() }),
            sources: Vec::new(),
            removed: Removed::default(),
            report: Report::default(),
        };
        if let Some(old) = old {
            run.take_up(old)?;
        }
        Ok(run)
    }

    fn take_up(&mut self, old: &Index) -> Result<()> {
        *self.lexicon.lock().expect("no other thread yet") = LexiconBuilder::from_lexicon(&old.lexicon);
        let mut totals = Totals {
            articles: old.stamp.articles,
            passages: old.stamp.passages,
            words: old.stamp.words,
            title_words: old.stamp.title_words,
            text_bytes: old.stamp.text_bytes,
            ..Totals::default()
        };
        for segment in 0..old.segments() {
            let columns = old.columns(segment)?;
            let content = old.searcher.segment_reader(segment).fast_fields().u64("content");
            let content = content.map_err(|e| old.error("read", e))?;
            for doc in old.living_articles(segment)? {
                let key = columns.key.first(doc).unwrap_or(0);
                self.known.insert(key, (content.first(doc).unwrap_or(0), Place { segment, doc }));
            }
        }
        totals.signatures = self.totals.get_mut().expect("no other thread yet").signatures.take();
        self.totals = Mutex::new(totals);
        self.sources = old.sources()?;
        Ok(())
    }

    fn run(mut self, paths: &[PathBuf], options: &WriteOptions, progress: &dyn Fn(Progress)) -> Result<Report> {
        let start = Instant::now();
        let (jobs, queue) = bounded::<Job>(QUEUE_ARTICLES);
        let fields = self.fields.clone();
        let (lexicon, totals) = (&self.lexicon, &self.totals);
        let work = Work {
            writer: &self.writer,
            fields: &fields,
            gazetteer: self.gazetteer,
            lexicon,
            totals,
            threads: options.threads,
        };
        let mut reading = Reading {
            dir: &self.dir,
            old: self.old,
            fields: &fields,
            known: &self.known,
            met: &mut self.met,
            totals,
            lexicon,
            removed: &mut self.removed,
            gone: Vec::new(),
            skipped: 0,
            passed: 0,
            within: 0,
            changed: false,
            report: &mut self.report,
            progress,
        };
        let before = std::mem::take(&mut self.sources);
        thread::scope(|scope| {
            let workers: Vec<_> = (0..options.threads)
                .map(|_| {
                    let (queue, work) = (queue.clone(), &work);
                    scope.spawn(move || work.until_closed(&queue))
                })
                .collect();
            drop(queue);
            let read = reading.all(paths, before, &jobs);
            drop(jobs);
            for worker in workers {
                joined(worker).map_err(|e| engine_error("write", &self.generation, e))?;
            }
            read
        })?;
        let skipped = reading.skipped;
        let roots = merged_roots(&self.dir, self.old, paths);
        let changed = reading.changed || self.report.added + self.report.replaced > 0;
        match self.old {
            Some(old) if !changed && old.stamp.roots == roots => self.leave(old)?,
            _ => self.commit(skipped, roots)?,
        }
        self.report.elapsed = start.elapsed();
        let generation = self.generation;
        self.writer.wait_merging_threads().map_err(|e| engine_error("merge", &generation, e))?;
        Ok(self.report)
    }

    /// Nothing has changed: the old commit stays, what a killed run left beside it goes.
    fn leave(&mut self, old: &Index) -> Result<()> {
        self.report.articles = old.stamp.articles;
        self.report.passages = old.stamp.passages;
        self.report.stories_with_copies = old.stories.len() as u64;
        remove_others(&self.generation, &old.stamp, None)
    }

    fn commit(&mut self, skipped: u64, roots: Vec<String>) -> Result<()> {
        // Nothing is read any more; what follows needs the room.
        self.met = FxHashSet::default();
        self.known = FxHashMap::default();
        let error = |e| engine_error("commit", &self.generation, e);
        self.writer.delete_query(Box::new(std::mem::take(&mut self.removed))).map_err(error)?;
        self.writer.set_merge_policy(Box::<Merges>::default());
        let totals = self.totals.get_mut().expect("workers have ended");
        let lexicon = self.lexicon.get_mut().expect("workers have ended");
        let (old, generation) = (self.old, &self.generation);
        let (stories, lexicon) = if lexicon.words() < TOGETHER_WORDS {
            thread::scope(|scope| {
                let lexicon = scope.spawn(|| std::mem::take(lexicon).into_parts(None));
                (group_stories(old, totals, generation), joined(lexicon))
            })
        } else {
            // Each gives its memory back before the next takes some.
            (group_stories(old, totals, generation), std::mem::take(lexicon).into_parts(Some(generation)))
        };
        let mut prepared = self.writer.prepare_commit().map_err(error)?;
        let opstamp = prepared.opstamp();
        let stories = stories?;
        let unwritten = |e| Error::io("write", generation, e);
        let lexicon = lexicon.map_err(unwritten)?;
        let groups = [Part::Memory(stories.to_bytes())];
        let stamp = Stamp {
            format: FORMAT,
            analyzer: super::analyzer_name(),
            gazetteer: self.gazetteer.hash().to_owned(),
            built_at: now(),
            lexicon: format!("lexicon-{opstamp}"),
            lexicon_crc: lexicon::checksum(&lexicon).map_err(unwritten)?,
            stories: format!("stories-{opstamp}"),
            stories_crc: lexicon::checksum(&groups).map_err(unwritten)?,
            articles: totals.articles,
            passages: totals.passages,
            words: totals.words,
            title_words: totals.title_words,
            skipped,
            text_bytes: totals.text_bytes,
            roots,
        };
        remove_others(&self.generation, &stamp, self.old.map(|old| &old.stamp))?;
        lexicon::write(&self.generation.join(&stamp.lexicon), &lexicon)?;
        lexicon::write(&self.generation.join(&stamp.stories), &groups)?;
        prepared.set_payload(&stamp.payload());
        prepared.commit().map_err(error)?;
        self.report.articles = stamp.articles;
        self.report.passages = stamp.passages;
        self.report.stories_with_copies = stories.len() as u64;
        remove_others(&self.generation, &stamp, None)
    }
}

/// What a thread returned; its panic is ours.
fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// What the workers share.
struct Work<'w> {
    writer: &'w IndexWriter,
    fields: &'w Fields,
    gazetteer: &'w Gazetteer,
    lexicon: &'w Mutex<LexiconBuilder>,
    totals: &'w Mutex<Totals>,
    threads: usize,
}

impl Work<'_> {
    /// Takes jobs from the queue until it is closed.
    fn until_closed(&self, queue: &Receiver<Job>) -> tantivy::Result<()> {
        let done = self.take(queue);
        if done.is_err() {
            // Who waits to send must not wait for ever.
            queue.iter().for_each(drop);
        }
        done
    }

    fn take(&self, queue: &Receiver<Job>) -> tantivy::Result<()> {
        let mut builder = BlockBuilder::new(self.lexicon);
        let mut filling = None;
        while let Ok(first) = queue.recv() {
            let jobs: Vec<Job> = std::iter::once(first).chain(queue.try_iter().take(BATCH_ARTICLES - 1)).collect();
            let mut segment = match filling.take() {
                Some(segment) => segment,
                None => SegmentBuilder::new(self.writer.index(), self.fields)?,
            };
            self.fill(&mut segment, &mut builder, &jobs)?;
            if segment.memory(builder.terms()) < self.budget() {
                filling = Some(segment);
            } else {
                self.writer.add_segment(segment.finish(builder.terms())?)?;
                builder.relieve();
            }
        }
        filling.map_or(Ok(()), |segment| self.writer.add_segment(segment.finish(builder.terms())?))
    }

    /// Bytes of memory that one worker's segment may take by now.
    fn budget(&self) -> usize {
        let words = self.lexicon.lock().expect("no thread panics while it holds the lexicon").memory();
        let articles = self.totals.lock().expect("no thread panics while it holds the totals").articles as usize;
        let left = GROWING_BYTES.saturating_sub(words + ARTICLE_BYTES * articles);
        (left.clamp(SEGMENTS_LEAST_BYTES, SEGMENTS_BYTES) / self.threads).max(SEGMENT_MIN_BYTES)
    }

    fn fill(&self, segment: &mut SegmentBuilder, builder: &mut BlockBuilder, jobs: &[Job]) -> tantivy::Result<()> {
        let articles = jobs.iter().filter_map(Job::article);
        let labelled: Vec<Labelled> = articles.map(|job| Labelled::of(self.gazetteer, &job.article)).collect();
        let mut labelled = labelled.iter();
        for job in jobs {
            match job {
                Job::Article(ArticleJob { article, digest, file }) => {
                    let labelled = labelled.next().expect("every article has been labelled");
                    let block = &builder.build(article, labelled);
                    self.count(article, labelled, block);
                    segment.add(&Analysed { article, labelled, digest, block, file })?;
                }
                Job::Source(source) => segment.add_source(source)?,
            }
        }
        Ok(())
    }

    fn count(&self, article: &Article, labelled: &Labelled, block: &Block) {
        let mut lexicon = self.lexicon.lock().expect("no thread panics while it holds the lexicon");
        lexicon.count_article(&block.distinct);
        drop(lexicon);
        self.totals.lock().expect("no thread panics while it holds the totals").add(article, labelled, block);
    }
}

impl Job {
    fn article(&self) -> Option<&ArticleJob> {
        match self {
            Self::Article(job) => Some(job),
            Self::Source(_) => None,
        }
    }
}

impl Totals {
    fn add(&mut self, article: &Article, labelled: &Labelled, block: &Block) {
        self.articles += 1;
        self.passages += labelled.passages.len() as u64;
        self.words += block.count;
        self.title_words += block.title.len() as u64;
        self.text_bytes += article.text.len() as u64;
        let key = block::key(article.id.as_str());
        self.signatures.iter_mut().for_each(|spool| spool.push(key, &labelled.signature));
    }
}

/// The reading side of a run: walks, extracts, decides, hands out jobs.
struct Reading<'r> {
    dir: &'r Path,
    old: Option<&'r Index>,
    fields: &'r Fields,
    known: &'r FxHashMap<u64, (u64, Place)>,
    met: &'r mut FxHashSet<u64>,
    totals: &'r Mutex<Totals>,
    lexicon: &'r Mutex<LexiconBuilder>,
    removed: &'r mut Removed,
    /// Articles that are no longer in the source they came from; they may turn up in another.
    gone: Vec<(u64, Place)>,
    /// What was passed over in all sources of the index.
    skipped: u64,
    /// Bytes of the files gone through.
    passed: u64,
    /// Of these, the bytes counted for the file that is being read: its texts so far, never more than the file.
    within: u64,
    /// Something was written or deleted.
    changed: bool,
    report: &'r mut Report,
    progress: &'r dyn Fn(Progress),
}

impl Reading<'_> {
    fn all(&mut self, paths: &[PathBuf], before: Vec<SourceRecord>, jobs: &Sender<Job>) -> Result<()> {
        let before: FxHashMap<String, SourceRecord> =
            before.into_iter().map(|source| (source.name.clone(), source)).collect();
        let mut visited = FxHashSet::default();
        let mut closed = Vec::new();
        let known_roots = self.old.map(Index::roots).unwrap_or_default();
        for found in corpus::walk_among(paths, &known_roots) {
            match found {
                Ok(source) => {
                    visited.insert(source.name.clone());
                    let record = self.source(&source, before.get(&source.name), jobs)?;
                    self.skipped += record.skipped.total();
                }
                Err(skipped) if is_own_gazetteer(&skipped.path) => {}
                Err(skipped) => {
                    if matches!(skipped.reason, corpus::Reason::Unreadable(_)) {
                        closed.push(format!("{}/", skipped.path));
                    }
                    let known = before.get(&skipped.path);
                    let record = self.unreadable(SkippedEntry::from(skipped), known, jobs)?;
                    self.skipped += record.skipped.total();
                    visited.insert(record.name);
                }
            }
        }
        let given = Given { dir: self.dir, paths, labels: corpus::labels_among(paths, &known_roots) };
        for (name, record) in before {
            if visited.contains(&name) {
                continue;
            }
            if closed.iter().any(|folder| name.starts_with(folder)) {
                self.met.extend(self.articles_of(&name)?.keys());
                self.skipped += record.skipped.total();
            } else if given.covers(&record) {
                self.remove_source(&record)?;
            } else {
                self.skipped += record.skipped.total();
            }
        }
        for (key, place) in std::mem::take(&mut self.gone) {
            if !self.met.contains(&key) {
                self.remove_article(place)?;
            }
        }
        Ok(())
    }

    /// Reads one source, unless its bytes are those that were read before.
    fn source(&mut self, source: &Source, before: Option<&SourceRecord>, jobs: &Sender<Job>) -> Result<SourceRecord> {
        let file = match Fingerprint::of(source) {
            Ok(file) => file,
            Err(e) => return self.unreadable(unreadable_entry(source, &e), before, jobs),
        };
        if let Some(before) =
            before.filter(|before| before.content == file.content && file.content != 0 && !has_double(before))
        {
            self.passed += file.bytes;
            self.keep(before)?;
            let path = location::stored(self.dir, &source.path);
            let record = SourceRecord { path, bytes: file.bytes, modified_ns: file.modified_ns, ..before.clone() };
            self.write_source(&record, Some(before), jobs)?;
            return Ok(record);
        }
        let mut left = self.articles_of(&source.name)?;
        let mut record = SourceRecord {
            name: source.name.clone(),
            content: file.content,
            path: location::stored(self.dir, &source.path),
            bytes: file.bytes,
            modified_ns: file.modified_ns,
            articles: 0,
            skipped: Skips::default(),
        };
        let mut failed = None;
        let read = extract::read(source, &mut |item| {
            let taken = match item {
                Item::Article(article) => self.article(article, &mut record, &mut left, jobs),
                Item::Warning(warning) => {
                    record.skipped.push(SkippedEntry::from(warning));
                    Ok(())
                }
            };
            failed = taken.err();
            if failed.is_none() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        if let Err(skipped) = read {
            record.skipped.push(SkippedEntry::from(skipped));
        }
        self.gone.extend(left);
        self.report.files_read += 1;
        self.report.bytes_read += record.bytes;
        self.passed += record.bytes - std::mem::take(&mut self.within);
        self.report.skipped.extend(&record.skipped);
        self.tell();
        self.write_source(&record, before, jobs)?;
        Ok(record)
    }

    fn article(
        &mut self,
        article: Article,
        record: &mut SourceRecord,
        left: &mut FxHashMap<u64, Place>,
        jobs: &Sender<Job>,
    ) -> Result<()> {
        let key = block::key(article.id.as_str());
        if !self.met.insert(key) {
            record.skipped.push(SkippedEntry {
                path: record.name.clone(),
                line: None,
                kind: DUPLICATE_ID.to_owned(),
                reason: format!("un autre article porte déjà l'identifiant {} ; à chacun le sien", article.id),
            });
            return Ok(());
        }
        left.remove(&key);
        record.articles += 1;
        let told = (article.text.len() as u64).min(record.bytes - self.within);
        self.within += told;
        self.passed += told;
        let (article, digest) = Digest::of(article);
        let known = self.known.get(&key);
        if known.is_some_and(|&(before, _)| before == digest.content) {
            self.report.unchanged += 1;
            return Ok(());
        }
        if let Some(&(_, place)) = known {
            self.forget(place)?;
            self.report.replaced += 1;
        } else {
            self.report.added += 1;
        }
        // A closed queue means that the workers have failed; their error is told when they are joined.
        let _ = jobs.send(Job::Article(ArticleJob { article, digest, file: record.name.clone() }));
        if (self.report.added + self.report.replaced).is_multiple_of(PROGRESS_ARTICLES) {
            self.tell();
        }
        Ok(())
    }

    /// The file is as it was: its articles stay.
    fn keep(&mut self, record: &SourceRecord) -> Result<()> {
        self.met.extend(self.articles_of(&record.name)?.keys());
        self.report.files_unchanged += 1;
        self.report.unchanged += record.articles;
        self.tell();
        Ok(())
    }

    fn remove_source(&mut self, record: &SourceRecord) -> Result<()> {
        for (key, place) in self.articles_of(&record.name)? {
            if !self.met.contains(&key) {
                self.remove_article(place)?;
            }
        }
        self.report.files_removed += 1;
        self.remove_source_record(record)
    }

    fn remove_source_record(&mut self, record: &SourceRecord) -> Result<()> {
        self.changed = true;
        let Some(old) = self.old else { return Ok(()) };
        let removed = &mut *self.removed;
        old.each_with_term(Term::from_field_text(self.fields.source_name, &record.name), |place| {
            removed.insert(old.segment_id(place.segment), place.doc, 1);
        })
    }

    fn remove_article(&mut self, place: Place) -> Result<()> {
        self.report.removed += 1;
        self.changed = true;
        self.forget(place)
    }

    /// Takes an article of the old index out of it, and out of the counts.
    fn forget(&mut self, place: Place) -> Result<()> {
        let old = self.old.expect("only an old index has articles to forget");
        let columns = old.columns(place.segment)?;
        let count = columns.passages.first(place.doc).unwrap_or(0) as u32;
        let mut sequences = Sequences::default();
        sequences.read(&columns.words, place.doc, count + 1);
        let title_words = sequences.of(0).len() as u64;
        let mut words: Vec<WordId> = sequences.all().to_vec();
        let mut totals = self.totals.lock().expect("no thread panics while it holds the totals");
        totals.articles -= 1;
        totals.passages -= u64::from(count);
        totals.words -= words.len() as u64;
        totals.title_words -= title_words;
        totals.forgotten.insert(columns.key.first(place.doc).unwrap_or(0));
        totals.text_bytes = totals.text_bytes.saturating_sub(old.text_bytes(place).unwrap_or(0));
        drop(totals);
        words.sort_unstable();
        words.dedup();
        self.lexicon.lock().expect("no thread panics while it holds the lexicon").discount_article(&words);
        self.removed.insert(old.segment_id(place.segment), place.doc, 1 + count);
        Ok(())
    }

    /// The articles that the old index has from this source.
    fn articles_of(&self, name: &str) -> Result<FxHashMap<u64, Place>> {
        let mut articles = FxHashMap::default();
        let Some(old) = self.old else { return Ok(articles) };
        let mut places = Vec::new();
        old.each_with_term(Term::from_field_text(self.fields.file, name), |place| places.push(place))?;
        for place in places {
            articles.insert(old.columns(place.segment)?.key.first(place.doc).unwrap_or(0), place);
        }
        Ok(articles)
    }

    /// A source that cannot be read keeps what was indexed from it: nothing is lost for a passing fault.
    fn unreadable(
        &mut self,
        entry: SkippedEntry,
        before: Option<&SourceRecord>,
        jobs: &Sender<Job>,
    ) -> Result<SourceRecord> {
        let kept = self.articles_of(&entry.path)?;
        let record = SourceRecord {
            name: entry.path.clone(),
            content: 0,
            path: before.map(|before| before.path.clone()).unwrap_or_default(),
            bytes: 0,
            modified_ns: 0,
            articles: kept.len() as u64,
            skipped: Skips::from_iter([entry.clone()]),
        };
        self.met.extend(kept.keys());
        self.report.skipped.push(entry);
        self.write_source(&record, before, jobs)?;
        Ok(record)
    }

    fn write_source(&mut self, record: &SourceRecord, before: Option<&SourceRecord>, jobs: &Sender<Job>) -> Result<()> {
        if before == Some(record) {
            return Ok(());
        }
        self.changed = true;
        if let Some(before) = before {
            self.remove_source_record(before)?;
        }
        // As with articles: the workers' error is told when they are joined.
        let _ = jobs.send(Job::Source(record.clone()));
        Ok(())
    }

    fn tell(&self) {
        let report = &self.report;
        (self.progress)(Progress {
            files: report.files_read + report.files_unchanged,
            articles: report.added + report.replaced + report.unchanged,
            bytes: self.passed,
        });
    }
}

/// The paths of a run, and the names that their files go under.
struct Given<'p> {
    dir: &'p Path,
    paths: &'p [PathBuf],
    labels: Vec<String>,
}

impl Given<'_> {
    /// Tells whether a source lies in one of the paths: by its name, or by its place where it had another name once.
    fn covers(&self, source: &SourceRecord) -> bool {
        let below = |label: &String| {
            source.name.strip_prefix(label.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let path = location::resolved(self.dir, &source.path);
        let inside = |root: &PathBuf| !source.path.is_empty() && path.starts_with(location::absolute(root));
        self.labels.iter().any(below) || self.paths.iter().any(inside)
    }
}

/// A gazetteer that lies beside the articles is read as one, not as an article.
fn is_own_gazetteer(path: &str) -> bool {
    Path::new(path).file_name().is_some_and(|name| name == crate::config::COMPANIES_FILE)
}

/// A source with an article whose id another had first is read again: the other may be gone.
fn has_double(record: &SourceRecord) -> bool {
    record.skipped.by_kind().contains_key(DUPLICATE_ID)
}

/// The kind of what is skipped because its id is taken.
const DUPLICATE_ID: &str = "duplicate_id";

/// Articles between two progress lines.
const PROGRESS_ARTICLES: u64 = 200;

/// What a file was like when it was read.
struct Fingerprint {
    content: u64,
    bytes: u64,
    modified_ns: i128,
}

impl Fingerprint {
    /// Hashes a file without holding it; standard input has no fingerprint and is always read.
    fn of(source: &Source) -> std::io::Result<Self> {
        if source.is_stdin() {
            return Ok(Self { content: 0, bytes: 0, modified_ns: 0 });
        }
        let mut file = fs::File::open(&source.path)?;
        let metadata = file.metadata()?;
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                n => hasher.update(&buffer[..n]),
            };
        }
        let content = block::first64(&hasher.finalize());
        Ok(Self { content, bytes: metadata.len(), modified_ns: modified_ns(&metadata) })
    }
}

impl From<corpus::Skipped> for SkippedEntry {
    fn from(skipped: corpus::Skipped) -> Self {
        let (kind, reason) = (skipped.reason.kind().to_owned(), skipped.reason.to_string());
        Self { path: skipped.path, line: skipped.line, kind, reason }
    }
}

/// When a file was last written, in nanoseconds since 1970; 0 where the system does not say.
pub fn modified_ns(metadata: &fs::Metadata) -> i128 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_nanos() as i128)
}

fn unreadable_entry(source: &Source, error: &std::io::Error) -> SkippedEntry {
    SkippedEntry {
        path: source.name.clone(),
        line: None,
        kind: "unreadable".to_owned(),
        reason: corpus::Reason::Unreadable(io_text(error)).to_string(),
    }
}

fn read_signature(parts: impl Iterator<Item = u64>) -> Signature {
    let mut signature = Signature(Default::default());
    signature.0.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
    signature
}

/// Groups the new articles and those of the old index that stay.
fn group_stories(old: Option<&Index>, totals: &mut Totals, generation: &Path) -> Result<Stories> {
    let mut spool = totals.signatures.take().expect("a run begins with one");
    for segment in 0..old.map_or(0, Index::segments) {
        let old = old.expect("only an old index has segments");
        let columns = old.columns(segment)?;
        let signatures = old.searcher.segment_reader(segment).fast_fields().u64("signature");
        let signatures = signatures.map_err(|e| old.error("read", e))?;
        for doc in old.living_articles(segment)? {
            if let Some(key) = columns.key.first(doc).filter(|key| !totals.forgotten.contains(key)) {
                spool.push(key, &read_signature(signatures.values_for_doc(doc)));
            }
        }
    }
    let groups = spool.group().map_err(|e| Error::io("write", generation, e))?;
    Ok(Stories::new(&groups))
}

/// The paths that the index in `dir` was built from; `None` where there is no index that can be read so far.
pub fn roots(dir: &Path) -> Option<Vec<PathBuf>> {
    let generation = folder::current(dir).ok()??;
    let metas = super::open_engine(&generation).ok()?.load_metas().ok()?;
    let stamp = Stamp::parse(metas.payload.as_deref(), dir).ok()?;
    let read_again = stamp.roots.iter().filter(|root| *root != corpus::STDIN);
    let roots: Vec<PathBuf> = read_again.map(|root| location::resolved(dir, root)).collect();
    (!roots.is_empty()).then_some(roots)
}

/// Counts the files that came, went or changed since they were indexed, by size and time alone: nothing is read.
///
/// # Errors
/// [`Error::Engine`] where the records of the sources cannot be read.
pub fn changes(index: &Index) -> Result<u64> {
    let roots = index.roots();
    let mut known: FxHashMap<String, SourceRecord> =
        index.sources()?.into_iter().map(|source| (source.name.clone(), source)).collect();
    let mut changes = 0;
    for found in corpus::walk(&roots) {
        let name = match &found {
            Ok(source) => &source.name,
            Err(skipped) => &skipped.path,
        };
        let record = known.remove(name);
        let Ok(source) = found else { continue };
        let metadata = fs::metadata(&source.path).ok();
        let same = record.zip(metadata).is_some_and(|(record, metadata)| {
            record.bytes == metadata.len() && record.modified_ns == modified_ns(&metadata)
        });
        changes += u64::from(!same && !source.is_stdin());
    }
    Ok(changes + known.values().filter(|record| record.path != corpus::STDIN).count() as u64)
}

fn merged_roots(dir: &Path, old: Option<&Index>, paths: &[PathBuf]) -> Vec<String> {
    let mut roots: Vec<String> = old.map(|old| old.stamp.roots.clone()).unwrap_or_default();
    for path in paths {
        let root = location::stored(dir, path);
        let alike = |other: &String| location::resolved(dir, other) == location::resolved(dir, &root);
        if !roots.iter().any(alike) {
            roots.push(root);
        }
    }
    roots
}

/// Removes lexicons and groups that neither of two stamps names: left by an earlier commit, or by a killed run.
fn remove_others(generation: &Path, stamp: &Stamp, other: Option<&Stamp>) -> Result<()> {
    let kept = |name: &str| {
        [Some(stamp), other].into_iter().flatten().any(|stamp| name == stamp.lexicon || name == stamp.stories)
    };
    let entries = fs::read_dir(generation).map_err(|e| Error::io("read", generation, e))?;
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if (name.starts_with("lexicon-") || name.starts_with("stories-")) && !kept(name) {
            fs::remove_file(&path).map_err(|e| Error::io("remove", &path, e))?;
        }
    }
    Ok(())
}

fn now() -> String {
    let now = jiff::Timestamp::now();
    now.round(jiff::Unit::Second).unwrap_or(now).to_string()
}
