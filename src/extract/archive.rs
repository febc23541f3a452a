//! Opens gzip and zip: what is inside is read as if it lay on the disk.
//!
//! A guard counts what goes in and what comes out, and refuses what unpacks to far more than text ever does.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use zip::ZipArchive;
use zip::read::ZipFile;

use super::encoding::decode_piece;
use super::{Emit, SNIFF_BYTES, Tally, inside, read_stream, unreadable};
use crate::corpus::Reason;

/// News compresses five to ten times; a file of one repeated line, fifty times. Deflate's limit, which bombs
/// reach, is 1,032.
const MAX_RATIO: u64 = 200;

/// Below this size nothing is a bomb.
const HARMLESS_BYTES: u64 = 64 << 20;

/// The largest archive that is opened when it lies in another one, where it must be held in memory.
const MAX_INNER_ARCHIVE_BYTES: u64 = 256 << 20;

/// Reads the file inside a gzip stream.
pub(crate) fn read_gzip(input: &mut dyn BufRead, name: &str, depth: usize, emit: Emit<'_>) -> Result<Tally, Reason> {
    let packed = Rc::new(Cell::new(0));
    let counted = BufReader::with_capacity(SNIFF_BYTES, Counted { input, count: Rc::clone(&packed) });
    let unpacked = Guard { input: MultiGzDecoder::new(counted), packed, unpacked: Rc::default() };
    let inner = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".gzip")).unwrap_or(name);
    read_stream(&mut BufReader::with_capacity(SNIFF_BYTES, unpacked), name, inner, depth + 1, emit)
}

/// Reads the files in a zip archive that lies in another archive, or comes from a pipe.
pub(crate) fn read_zip_stream(
    input: &mut dyn BufRead,
    name: &str,
    depth: usize,
    emit: Emit<'_>,
) -> Result<Tally, Reason> {
    let mut bytes = Vec::new();
    input.take(MAX_INNER_ARCHIVE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_INNER_ARCHIVE_BYTES {
        return Err(Reason::TooLarge(MAX_INNER_ARCHIVE_BYTES));
    }
    let size = bytes.len() as u64;
    read_zip(Cursor::new(bytes), size, name, depth, emit)
}

/// Reads the files in a zip archive of `size` bytes, in its order.
pub(crate) fn read_zip(
    file: impl Read + Seek,
    size: u64,
    name: &str,
    depth: usize,
    emit: Emit<'_>,
) -> Result<Tally, Reason> {
    let mut archive = ZipArchive::new(file).map_err(damaged)?;
    if archive.index_for_name("[Content_Types].xml").is_some() || archive.index_for_name("mimetype").is_some() {
        return Err(Reason::UnknownFormat("document bureautique ou livre électronique".into()));
    }
    let mut tally = Tally::default();
    let (packed, unpacked) = (Rc::new(Cell::new(size)), Rc::new(Cell::new(0)));
    for index in 0..archive.len() {
        if !tally.has_room(index, name, emit) {
            break;
        }
        let (entry_name, read) = match archive.by_index(index) {
            Ok(entry) if entry.is_dir() || is_passed_over(&name_of(&entry)) => continue,
            Ok(entry) => {
                let entry_name = inside(name, &name_of(&entry));
                let guard = Guard { input: entry, packed: Rc::clone(&packed), unpacked: Rc::clone(&unpacked) };
                let mut input = BufReader::with_capacity(SNIFF_BYTES, guard);
                let read = read_stream(&mut input, &entry_name, &entry_name, depth + 1, emit);
                (entry_name, read)
            }
            Err(error) => (name.to_owned(), Err(damaged(error))),
        };
        if tally.add(&entry_name, read, emit).is_break() {
            break;
        }
    }
    Ok(tally)
}

/// The entry's name; old archives have it in encodings of their own.
fn name_of<R: Read>(entry: &ZipFile<'_, R>) -> String {
    decode_piece(entry.name_raw()).into_owned()
}

pub(super) fn is_passed_over(name: &str) -> bool {
    let hidden = |part: &str| part.starts_with('.') && !matches!(part, "." | "..");
    name.split('/').any(|part| hidden(part) || part == "__MACOSX" || part == "node_modules")
}

fn damaged(error: zip::result::ZipError) -> Reason {
    use zip::result::ZipError;
    match error {
        ZipError::UnsupportedArchive(what) if what == ZipError::PASSWORD_REQUIRED => Reason::Encrypted,
        ZipError::Io(error) => unreadable(error),
        other => Reason::Damaged(other.to_string()),
    }
}

/// The error of a guard, found again in the error of whoever was reading.
#[derive(Debug)]
pub(crate) struct BombFound;

impl fmt::Display for BombFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unpacks to far more than its size")
    }
}

impl std::error::Error for BombFound {}

struct Counted<R> {
    input: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

/// Passes on what was unpacked as long as it keeps in proportion to what was packed.
struct Guard<R> {
    input: R,
    packed: Rc<Cell<u64>>,
    unpacked: Rc<Cell<u64>>,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        let unpacked = self.unpacked.get() + read as u64;
        self.unpacked.set(unpacked);
        if unpacked > HARMLESS_BYTES && unpacked / MAX_RATIO > self.packed.get() {
            return Err(io::Error::other(BombFound));
        }
        Ok(read)
    }
}
