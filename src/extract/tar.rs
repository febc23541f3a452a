//! Opens tar archives, which come inside gzip more often than not: the files in it are read as if they lay on the
//! disk, one after the other, without holding the archive.
//!
//! The format is 40 years old and simple: a block of 512 bytes for each file's name and size, its bytes, and what
//! fills the last block (POSIX.1-1988 `ustar`, GNU's and pax's long names).

use std::io::{self, BufRead, BufReader, Read};

use super::encoding::decode_piece;
use super::{Emit, SNIFF_BYTES, Tally, archive, inside, read_stream, unreadable};
use crate::corpus::Reason;

const BLOCK: usize = 512;

/// The longest name: what paths of the systems may have.
const MAX_NAME_BYTES: u64 = 4_096;

/// Tells whether a file begins with a tar's first block.
pub(crate) fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar") && head.get(..BLOCK).is_some_and(checksum_fits)
}

fn checksum_fits(block: &[u8]) -> bool {
    let blank = |(at, byte): (usize, &u8)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) };
    number(&block[148..156]) == Some(block.iter().enumerate().map(blank).sum())
}

/// A number in octal digits, or in GNU's binary form for more than 8 GiB.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        return Some(field[1..].iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte)));
    }
    let digits = String::from_utf8_lossy(field);
    u64::from_str_radix(digits.trim_matches(['\0', ' ']), 8).ok()
}

/// Reads the files in a tar archive, in its order.
pub(crate) fn read_tar(input: &mut dyn BufRead, name: &str, depth: usize, emit: Emit<'_>) -> Result<Tally, Reason> {
    let mut tally = Tally::default();
    let mut long_name = None;
    for entries in 0.. {
        let Some(header) = next_header(input)? else { break };
        if !tally.has_room(entries, name, emit) {
            break;
        }
        let mut content = (&mut *input).take(header.size);
        match header.kind {
            b'L' => long_name = Some(long(&mut content)?),
            b'x' => long_name = pax_path(&long(&mut content)?),
            b'0' | b'\0' => {
                let file = long_name.take().unwrap_or(header.name);
                if !archive::is_passed_over(&file) {
                    let entry = inside(name, &file);
                    let mut buffered = BufReader::with_capacity(SNIFF_BYTES, &mut content);
                    let read = read_stream(&mut buffered, &entry, &entry, depth + 1, emit);
                    if tally.add(&entry, read, emit).is_break() {
                        break;
                    }
                }
            }
            // Folders and links.
            _ => long_name = None,
        }
        io::copy(&mut content, &mut io::sink()).map_err(unreadable)?;
        let padding = header.size.next_multiple_of(BLOCK as u64) - header.size;
        io::copy(&mut (&mut *input).take(padding), &mut io::sink()).map_err(unreadable)?;
    }
    Ok(tally)
}

struct Header {
    name: String,
    size: u64,
    kind: u8,
}

/// The next file's header; `None` at the end, which is a block of zeros or that of the stream.
fn next_header(input: &mut dyn BufRead) -> Result<Option<Header>, Reason> {
    let mut block = [0; BLOCK];
    if input.fill_buf().map_err(unreadable)?.is_empty() {
        return Ok(None);
    }
    input.read_exact(&mut block).map_err(unreadable)?;
    if block.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    let damaged = || Reason::Damaged("en-tête d'archive tar".into());
    if !checksum_fits(&block) {
        return Err(damaged());
    }
    let size = number(&block[124..136]).ok_or_else(damaged)?;
    let (name, prefix) = (text(&block[..100]), text(&block[345..500]));
    let posix = block[257..263] == *b"ustar\0";
    let name = if posix && !prefix.is_empty() { format!("{prefix}/{name}") } else { name };
    Ok(Some(Header { name, size, kind: block[156] }))
}

fn text(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    decode_piece(&field[..end]).into_owned()
}

fn long(content: &mut dyn Read) -> Result<String, Reason> {
    let mut bytes = Vec::new();
    content.take(MAX_NAME_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(text(&bytes))
}

/// `27 path=2025/accord.html` among the records of pax.
fn pax_path(records: &str) -> Option<String> {
    records.lines().find_map(|record| Some(record.split_once(" path=")?.1.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"\x80\0\0\x01\0"), Some(256));
        assert_eq!(number(b"        "), None);
        assert_eq!(pax_path("20 mtime=1\n27 path=2025/é.md\n").as_deref(), Some("2025/é.md"));
    }
}
