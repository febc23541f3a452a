//! The lexicon: every distinct word of the index, its number, in how many articles it stands, and the ways to find
//! words that look like another (same letters but for accents, same beginning, shared groups of four letters).
//!
//! The engine's columns hold words as numbers ([`WordId`]); a number, once given, keeps its meaning for as long as
//! the index lives, so that segments written at different times agree. Each commit writes one whole new lexicon
//! file; the commit names it, so both appear together. Words whose last article has gone stay, with a count of
//! zero, until the next rebuild.
//!
//! The file is a header, then sections of little-endian 32-bit numbers and of bytes, in the order of `Section`;
//! words are sorted by their folded spelling, then by their spelling. A search maps the file and reads only the
//! pages that its words fall on.

use std::fs::File;
use std::hash::BuildHasher;
use std::io::{self, BufRead, BufReader, Seek, Write};
use std::ops::Range;
use std::path::Path;

use hashbrown::HashTable;
use memmap2::Mmap;
use rustc_hash::FxBuildHasher;

use super::spool::unnamed;
use super::terms::sorted_by_text;
use crate::error::{Error, Result};

/// The number of a word in one index.
pub type WordId = u32;

/// Letters in a group; the measured optimum for French (words of three letters or fewer are their own group).
pub const GRAM_CHARS: usize = 4;

const MAGIC: &[u8; 8] = b"veillex1";

/// The parts of a lexicon file, in order.
#[derive(Clone, Copy)]
enum Section {
    FoldedEnds,
    FormEnds,
    Ids,
    Articles,
    StrictKeys,
    StrictRanks,
    StemKeys,
    StemRanks,
    GramKeys,
    GramEnds,
    Folded,
    Forms,
    Grams,
}

const SECTIONS: usize = 13;

/// What the lexicon keeps of a word beside its spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub folded: String,
    /// [`conflation_key`] of the strict form and of the stem.
    pub strict: u32,
    pub stem: u32,
}

/// A strict form or a stem as a number; two that collide are told apart nowhere, once in four thousand million pairs.
pub fn conflation_key(form: &str) -> u32 {
    FxBuildHasher.hash_one(form) as u32
}
const HEADER_BYTES: usize = 8 + 8 * SECTIONS;

/// Collects words while articles are indexed, then writes the file.
#[derive(Default, Clone)]
pub struct LexiconBuilder {
    table: HashTable<WordId>,
    hasher: FxBuildHasher,
    /// Every spelling, then its folded form where that differs, one after the other.
    arena: String,
    /// For each word: start of its spelling, start of its folded form.
    words: Vec<[u32; 2]>,
    /// For each word: keys of its strict form and of its stem.
    conflations: Vec<[u32; 2]>,
    /// For each word: in how many articles it stands.
    articles: Vec<u32>,
}

impl LexiconBuilder {
    /// Takes up the words and counts of an existing lexicon.
    pub fn from_lexicon(lexicon: &Lexicon) -> Self {
        let mut ranks: Vec<usize> = (0..lexicon.len()).collect();
        ranks.sort_unstable_by_key(|&rank| lexicon.id(rank));
        let mut builder = Self::default();
        for rank in ranks {
            let entry = Entry { folded: lexicon.folded(rank).to_owned(), strict: 0, stem: 0 };
            builder.intern(lexicon.form(rank), || entry);
        }
        for rank in 0..lexicon.len() {
            builder.articles[lexicon.id(rank) as usize] = lexicon.articles(rank);
        }
        for (column, keys, ranks) in CONFLATIONS {
            for at in 0..lexicon.len() {
                let id = lexicon.id(lexicon.number(ranks, at) as usize);
                builder.conflations[id as usize][column] = lexicon.number(keys, at);
            }
        }
        builder
    }

    /// Returns the number of `form`, giving it the next one if it is new; `entry` is then asked for the rest.
    pub fn intern(&mut self, form: &str, entry: impl FnOnce() -> Entry) -> WordId {
        let hash = self.hasher.hash_one(form);
        if let Some(&id) = self.table.find(hash, |&id| self.form(id) == form) {
            return id;
        }
        let id = self.words.len() as WordId;
        self.push(form, &entry());
        let (words, arena, hasher) = (&self.words, &self.arena, &self.hasher);
        self.table.insert_unique(hash, id, |&id| hasher.hash_one(spelling(words, arena, id)));
        id
    }

    fn push(&mut self, form: &str, entry: &Entry) {
        let start = self.arena.len() as u32;
        self.arena.push_str(form);
        let middle = self.arena.len() as u32;
        if entry.folded != form {
            self.arena.push_str(&entry.folded);
        }
        self.words.push([start, middle]);
        self.conflations.push([entry.strict, entry.stem]);
        self.articles.push(0);
    }

    /// How many words there are.
    pub fn words(&self) -> usize {
        self.words.len()
    }

    /// Returns the bytes of memory that the words take.
    pub fn memory(&self) -> usize {
        let of_a_word = size_of::<[u32; 2]>() + size_of::<[u32; 2]>() + size_of::<u32>();
        self.arena.len() + of_a_word * self.words.len() + (size_of::<WordId>() + 1) * self.table.capacity()
    }

    /// Notes one more article for each of these words, named once each.
    pub fn count_article(&mut self, distinct: &[WordId]) {
        for &id in distinct {
            self.articles[id as usize] += 1;
        }
    }

    /// Takes one article away from each of these words, named once each.
    pub fn discount_article(&mut self, distinct: &[WordId]) {
        for &id in distinct {
            self.articles[id as usize] = self.articles[id as usize].saturating_sub(1);
        }
    }

    fn form(&self, id: WordId) -> &str {
        spelling(&self.words, &self.arena, id)
    }

    fn folded(&self, id: WordId) -> &str {
        let [start, middle] = self.words[id as usize].map(|place| place as usize);
        let end = self.words.get(id as usize + 1).map_or(self.arena.len(), |next| next[0] as usize);
        &self.arena[if middle == end { start..middle } else { middle..end }]
    }

    /// Returns the file's bytes, in parts; with a folder, most of them lie in it and not in memory.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn into_parts(mut self, folder: Option<&Path>) -> io::Result<Vec<Part>> {
        // Of five million words each of the lists that go before the end takes 20 to 40 MB.
        self.table = HashTable::new();
        let all = 0..self.words.len() as WordId;
        let ids = sorted_by_text(all, |id| self.folded(id), |a, b| self.form(a).cmp(self.form(b)));
        let mut sections: [Vec<u8>; SECTIONS] = Default::default();
        let mut parts: [Part; SECTIONS] = Default::default();
        for &id in &ids {
            self.write_word(id, &mut sections);
        }
        self.articles = Vec::new();
        put_away(&mut sections, &mut parts, folder)?;
        for (column, keys, ranks) in CONFLATIONS {
            self.write_conflation(&ids, column, [keys, ranks], &mut sections);
        }
        self.conflations = Vec::new();
        put_away(&mut sections, &mut parts, folder)?;
        self.write_grams(&ids, &mut sections);
        put_away(&mut sections, &mut parts, None)?;
        let header = header(&parts)?;
        Ok(std::iter::once(header).chain(parts).collect())
    }

    fn write_word(&self, id: WordId, sections: &mut [Vec<u8>; SECTIONS]) {
        let (form, folded) = (self.form(id), self.folded(id));
        sections[Section::Folded as usize].extend_from_slice(folded.as_bytes());
        if form != folded {
            sections[Section::Forms as usize].extend_from_slice(form.as_bytes());
        }
        let ends = [sections[Section::Folded as usize].len(), sections[Section::Forms as usize].len()];
        put(&mut sections[Section::FoldedEnds as usize], ends[0] as u32);
        put(&mut sections[Section::FormEnds as usize], ends[1] as u32);
        put(&mut sections[Section::Ids as usize], id);
        put(&mut sections[Section::Articles as usize], self.articles[id as usize]);
    }

    /// Writes the words' ranks in the order of their keys, so that those with one key lie together.
    fn write_conflation(
        &self,
        ids: &[WordId],
        column: usize,
        [keys, ranks]: [Section; 2],
        sections: &mut [Vec<u8>; SECTIONS],
    ) {
        let keyed = ids.iter().zip(0u32..).map(|(&id, rank)| (self.conflations[id as usize][column], rank));
        let mut keyed: Vec<(u32, u32)> = keyed.collect();
        keyed.sort_unstable();
        for (key, rank) in keyed {
            put(&mut sections[keys as usize], key);
            put(&mut sections[ranks as usize], rank);
        }
    }

    /// Writes for each group of letters the ranks of the words that hold it: ascending, as differences in varints.
    fn write_grams(&self, ids: &[WordId], sections: &mut [Vec<u8>; SECTIONS]) {
        let parts = (ids.len() / WORDS_AT_ONCE + 1).next_power_of_two() as u64;
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for part in 0..parts {
            pairs.clear();
            for (&id, rank) in ids.iter().zip(0u32..) {
                let here = |gram: u32| (u64::from(gram) * parts) >> 32 == part;
                each_gram(self.folded(id), |gram| pairs.extend(here(gram).then_some((gram, rank))));
            }
            pairs.sort_unstable();
            pairs.dedup();
            pairs.chunk_by(|a, b| a.0 == b.0).for_each(|list| write_gram(list, sections));
        }
    }
}

/// Of so many words the groups of letters are sorted at once: 50 MB. A lexicon of five million words is gone through
/// eight times.
const WORDS_AT_ONCE: usize = 1 << 20;

/// Writes the list of one group of letters.
fn write_gram(list: &[(u32, u32)], sections: &mut [Vec<u8>; SECTIONS]) {
    let mut previous = 0;
    for &(_, rank) in list {
        put_varint(&mut sections[Section::Grams as usize], rank - previous);
        previous = rank;
    }
    let end = sections[Section::Grams as usize].len() as u32;
    put(&mut sections[Section::GramKeys as usize], list[0].0);
    put(&mut sections[Section::GramEnds as usize], end);
}

/// The conflations of a word: place in [`LexiconBuilder::conflations`], sections of the file.
const CONFLATIONS: [(usize, Section, Section); 2] =
    [(0, Section::StrictKeys, Section::StrictRanks), (1, Section::StemKeys, Section::StemRanks)];

fn spelling<'a>(words: &[[u32; 2]], arena: &'a str, id: WordId) -> &'a str {
    let [start, middle] = words[id as usize];
    &arena[start as usize..middle as usize]
}

/// Bytes of a part on the disk that are read at once.
const PIECE_BYTES: usize = 1 << 16;

/// A part of a lexicon file: in memory, or on the disk in a file of its own.
pub enum Part {
    Memory(Vec<u8>),
    Disk(File),
}

impl Default for Part {
    fn default() -> Self {
        Self::Memory(Vec::new())
    }
}

impl Part {
    fn len(&self) -> io::Result<u64> {
        match self {
            Self::Memory(bytes) => Ok(bytes.len() as u64),
            Self::Disk(file) => Ok(file.metadata()?.len()),
        }
    }

    /// Calls `found` with its bytes, piece by piece.
    fn each_piece(&self, mut found: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        match self {
            Self::Memory(bytes) => found(bytes),
            Self::Disk(file) => {
                let mut file = BufReader::with_capacity(PIECE_BYTES, file);
                file.rewind()?;
                loop {
                    let piece = file.fill_buf()?;
                    if piece.is_empty() {
                        return Ok(());
                    }
                    found(piece)?;
                    let read = piece.len();
                    file.consume(read);
                }
            }
        }
    }
}

/// Makes parts of the sections that have been filled; in files, where there is a folder for them.
fn put_away(sections: &mut [Vec<u8>; SECTIONS], parts: &mut [Part; SECTIONS], folder: Option<&Path>) -> io::Result<()> {
    for (section, part) in sections.iter_mut().zip(parts).filter(|(section, _)| !section.is_empty()) {
        let bytes = std::mem::take(section);
        *part = match folder {
            None => Part::Memory(bytes),
            Some(folder) => {
                let mut file = unnamed(&folder.join("section.tmp"))?;
                file.write_all(&bytes)?;
                Part::Disk(file)
            }
        };
    }
    Ok(())
}

fn header(parts: &[Part; SECTIONS]) -> io::Result<Part> {
    let mut header = MAGIC.to_vec();
    for part in parts {
        header.extend_from_slice(&part.len()?.to_le_bytes());
    }
    Ok(Part::Memory(header))
}

fn put(section: &mut Vec<u8>, value: u32) {
    section.extend_from_slice(&value.to_le_bytes());
}

fn put_varint(section: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        section.push(value as u8 | 0x80);
        value >>= 7;
    }
    section.push(value as u8);
}

/// Calls `found` with each group of [`GRAM_CHARS`] letters of a folded word, as a number; may repeat one.
pub fn each_gram(folded: &str, mut found: impl FnMut(u32)) {
    let mut window = [0u32; GRAM_CHARS];
    let mut count = 0;
    for c in folded.chars() {
        window.rotate_left(1);
        window[GRAM_CHARS - 1] = c as u32;
        count += 1;
        if count >= GRAM_CHARS {
            found(gram_key(&window));
        }
    }
    if count < GRAM_CHARS {
        found(gram_key(&window));
    }
}

/// Four ASCII letters fit as they are; others are mixed in, at the price of a rare harmless collision.
fn gram_key(window: &[u32; GRAM_CHARS]) -> u32 {
    window.iter().fold(0u32, |key, &c| key.rotate_left(8) ^ if c < 256 { c } else { c.wrapping_mul(0x9e37_79b1) })
}

/// A lexicon file, mapped.
#[derive(Debug)]
pub struct Lexicon {
    map: Mmap,
    sections: [Range<usize>; SECTIONS],
}

impl Lexicon {
    /// Maps a lexicon file.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the header and the length of the file disagree; the content is not read here.
    pub fn open(path: &Path) -> Result<Self> {
        let file = std::fs::File::open(path).map_err(|e| Error::io("open", path, e))?;
        // SAFETY: lexicon files are written once under a new name and never altered; a reader that maps one keeps
        // its inode even when the file is unlinked by a later commit.
        let map = unsafe { Mmap::map(&file) }.map_err(|e| Error::io("map", path, e))?;
        let sections = sections(&map)
            .ok_or_else(|| Error::Damaged { path: path.to_owned(), reason: "le lexique est tronqué".to_owned() })?;
        Ok(Self { map, sections })
    }

    /// Returns how many words there are.
    pub fn len(&self) -> usize {
        self.sections[Section::Ids as usize].len() / 4
    }

    /// Tells whether there are no words at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of the word at `rank` in the sorted order.
    pub fn id(&self, rank: usize) -> WordId {
        self.number(Section::Ids, rank)
    }

    /// Returns in how many articles the word at `rank` stands.
    pub fn articles(&self, rank: usize) -> u32 {
        self.number(Section::Articles, rank)
    }

    /// Returns the folded spelling of the word at `rank`.
    pub fn folded(&self, rank: usize) -> &str {
        self.string(Section::FoldedEnds, Section::Folded, rank)
    }

    /// Returns the spelling, with its accents, of the word at `rank`.
    pub fn form(&self, rank: usize) -> &str {
        match self.string(Section::FormEnds, Section::Forms, rank) {
            "" => self.folded(rank),
            form => form,
        }
    }

    /// Returns the ranks of the words whose folded spelling is `folded`.
    pub fn same_letters(&self, folded: &str) -> Range<usize> {
        let start = self.partition_point(|word| word < folded);
        let mut end = start;
        while end < self.len() && self.folded(end) == folded {
            end += 1;
        }
        start..end
    }

    /// Returns the ranks of the words whose folded spelling starts with `prefix`.
    pub fn same_beginning(&self, prefix: &str) -> Range<usize> {
        let start = self.partition_point(|word| word < prefix);
        let end = self.partition_point(|word| word < prefix || word.starts_with(prefix));
        start..end
    }

    /// Returns the ranks of the words with this strict form, given by its [`conflation_key`].
    pub fn same_strict(&self, key: u32) -> impl Iterator<Item = usize> + '_ {
        self.conflated(Section::StrictKeys, Section::StrictRanks, key)
    }

    /// Returns the ranks of the words with this stem, given by its [`conflation_key`].
    pub fn same_stem(&self, key: u32) -> impl Iterator<Item = usize> + '_ {
        self.conflated(Section::StemKeys, Section::StemRanks, key)
    }

    fn conflated(&self, keys: Section, ranks: Section, key: u32) -> impl Iterator<Item = usize> + '_ {
        let start = lower_bound(self.len(), |at| self.number(keys, at) < key);
        let run = (start..self.len()).take_while(move |&at| self.number(keys, at) == key);
        run.map(move |at| self.number(ranks, at) as usize).filter(|&rank| rank < self.len())
    }

    /// Calls `found` with the rank of each word that holds this group of letters.
    pub fn with_gram(&self, gram: u32, mut found: impl FnMut(usize)) {
        let mut rank = 0;
        let mut list = self.gram_list(gram);
        while let Some(step) = take_varint(&mut list) {
            rank += step as usize;
            if rank < self.len() {
                found(rank);
            }
        }
    }

    fn gram_list(&self, gram: u32) -> &[u8] {
        let keys = self.sections[Section::GramKeys as usize].len() / 4;
        let at = lower_bound(keys, |i| self.number(Section::GramKeys, i) < gram);
        if at == keys || self.number(Section::GramKeys, at) != gram {
            return &[];
        }
        let start = if at == 0 { 0 } else { self.number(Section::GramEnds, at - 1) as usize };
        let end = self.number(Section::GramEnds, at) as usize;
        self.bytes(Section::Grams).get(start..end).unwrap_or_default()
    }

    fn partition_point(&self, below: impl Fn(&str) -> bool) -> usize {
        lower_bound(self.len(), |rank| below(self.folded(rank)))
    }

    fn bytes(&self, section: Section) -> &[u8] {
        &self.map[self.sections[section as usize].clone()]
    }

    fn number(&self, section: Section, index: usize) -> u32 {
        let bytes = &self.bytes(section)[4 * index..4 * index + 4];
        u32::from_le_bytes(bytes.try_into().expect("four bytes"))
    }

    /// An altered file gives an empty word here rather than a panic; the checksum tells.
    fn string(&self, ends: Section, blob: Section, rank: usize) -> &str {
        let start = if rank == 0 { 0 } else { self.number(ends, rank - 1) as usize };
        let end = self.number(ends, rank) as usize;
        self.bytes(blob).get(start..end).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

fn sections(map: &[u8]) -> Option<[Range<usize>; SECTIONS]> {
    let header = map.get(..HEADER_BYTES)?;
    if &header[..8] != MAGIC {
        return None;
    }
    let mut start = HEADER_BYTES;
    let mut sections: [Range<usize>; SECTIONS] = Default::default();
    for (section, length) in sections.iter_mut().zip(header[8..].chunks_exact(8)) {
        let length = u64::from_le_bytes(length.try_into().expect("eight bytes")) as usize;
        *section = start..start.checked_add(length)?;
        start = section.end;
    }
    (start == map.len()).then_some(sections)
}

fn lower_bound(len: usize, below: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = (low + high) / 2;
        if below(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

fn take_varint(bytes: &mut &[u8]) -> Option<u32> {
    let mut value = 0u32;
    let mut shift = 0;
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(value);
        }
        shift += 7;
    }
}

/// The checksum of a file that is made of these parts.
///
/// # Errors
/// Those of the file system.
pub fn checksum(parts: &[Part]) -> io::Result<u32> {
    let mut hasher = crc32fast::Hasher::new();
    let mut update = |piece: &[u8]| {
        hasher.update(piece);
        Ok(())
    };
    parts.iter().try_for_each(|part| part.each_piece(&mut update))?;
    Ok(hasher.finalize())
}

/// Whether `bytes` are those of the parts.
fn is_made_of(mut bytes: &[u8], parts: &[Part]) -> io::Result<bool> {
    let mut same = true;
    for part in parts {
        part.each_piece(|piece| {
            let rest = bytes.strip_prefix(piece);
            same &= rest.is_some();
            bytes = rest.unwrap_or_default();
            Ok(())
        })?;
    }
    Ok(same && bytes.is_empty())
}

/// Writes a file durably, in one step; its parts are not put together first, since a lexicon may have 300 MB.
///
/// The name may be taken: a run that changes nothing commits under the number of the last one, and a run that was
/// killed before its commit leaves its file behind. A file with these bytes is left as it is, since searches may have
/// it open; another is replaced, never written over.
///
/// # Errors
/// [`Error::Io`] where the folder cannot be written.
pub fn write(path: &Path, parts: &[Part]) -> Result<()> {
    if std::fs::read(path).and_then(|there| is_made_of(&there, parts)).unwrap_or(false) {
        return Ok(());
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut file = File::create(&beside).map_err(|e| Error::io("create", &beside, e))?;
    let written =
        parts.iter().try_for_each(|part| part.each_piece(|piece| file.write_all(piece))).and_then(|()| file.sync_all());
    written.map_err(|e| Error::io("write", &beside, e))?;
    std::fs::rename(&beside, path).map_err(|e| Error::io("replace", path, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(folded: &str, stem: &str) -> Entry {
        Entry { folded: folded.to_owned(), strict: conflation_key(folded), stem: conflation_key(stem) }
    }

    fn lexicon(words: &[(&str, &str)]) -> (tempfile::TempDir, Lexicon) {
        let mut builder = LexiconBuilder::default();
        for (form, folded) in words {
            let id = builder.intern(form, || entry(folded, &folded[..2]));
            builder.count_article(&[id]);
        }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lexicon");
        let parts = builder.clone().into_parts(None).unwrap();
        write(&path, &parts).unwrap();
        // By way of the disk the bytes are the same.
        let spilled = builder.into_parts(Some(dir.path())).unwrap();
        assert_eq!(checksum(&spilled).unwrap(), crc32fast::hash(&std::fs::read(&path).unwrap()));
        assert!(is_made_of(&std::fs::read(&path).unwrap(), &spilled).unwrap());
        write(&dir.path().join("spilled"), &spilled).unwrap();
        assert_eq!(std::fs::read(dir.path().join("spilled")).unwrap(), std::fs::read(&path).unwrap());
        let lexicon = Lexicon::open(&path).unwrap();
        (dir, lexicon)
    }

    fn forms(lexicon: &Lexicon, ranks: Range<usize>) -> Vec<&str> {
        ranks.map(|rank| lexicon.form(rank)).collect()
    }

    #[test]
    fn finds_words_by_letters_beginning_and_grams() {
        let (_dir, lexicon) = lexicon(&[
            ("marché", "marche"),
            ("marche", "marche"),
            ("marcher", "marcher"),
            ("ia", "ia"),
            ("été", "ete"),
        ]);
        assert_eq!(forms(&lexicon, lexicon.same_letters("marche")), ["marche", "marché"]);
        assert_eq!(forms(&lexicon, lexicon.same_letters("marc")), [""; 0]);
        assert_eq!(forms(&lexicon, lexicon.same_beginning("mar")), ["marche", "marché", "marcher"]);
        let mut found = Vec::new();
        each_gram("archer", |gram| lexicon.with_gram(gram, |rank| found.push(rank)));
        assert_eq!(found, [2, 3, 4, 2, 3, 4, 4], "arch and rche are in three words, cher in one");
        assert_eq!(lexicon.same_stem(conflation_key("ma")).collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!(lexicon.same_strict(conflation_key("marche")).collect::<Vec<_>>(), [2, 3]);
    }

    #[test]
    fn numbers_survive_a_new_generation() {
        let (_dir, first) = lexicon(&[("zèbre", "zebre"), ("accord", "accord")]);
        let mut builder = LexiconBuilder::from_lexicon(&first);
        assert_eq!(builder.intern("accord", || unreachable!()), 1);
        assert_eq!(builder.intern("nouveau", || entry("nouveau", "no")), 2);
        assert_eq!(builder.articles, [1, 1, 0]);
        assert_eq!(builder.conflations[0], [conflation_key("zebre"), conflation_key("ze")]);
    }

    #[test]
    fn a_truncated_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lexicon");
        let mut bytes = Vec::new();
        let parts = LexiconBuilder::default().into_parts(None).unwrap();
        parts.iter().for_each(|part| part.each_piece(|piece| bytes.write_all(piece)).unwrap());
        bytes.pop();
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(Lexicon::open(&path), Err(Error::Damaged { .. })));
    }
}
