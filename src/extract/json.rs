//! Reads JSON Lines: one object a line.
//!
//! Lines come in one at a time, so that memory does not grow with the file; a [`Record`] a line goes out. A line
//! that is not JSON is told with its number, and the reading goes on.

use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;

use serde_json::{Map, Value};

use super::record::Record;
use super::{Output, unreadable};
use crate::corpus::Reason;

/// The longest line that is read, in bytes: a book has about one million.
pub const MAX_LINE_BYTES: u64 = 16 << 20;

/// Reads the record of one line.
///
/// # Errors
/// [`Reason::BadJson`] with the parser's complaint.
pub fn record(line: &[u8]) -> Result<Record, Reason> {
    let fields: Map<String, Value> = serde_json::from_slice(line).map_err(bad)?;
    Ok(Record::from_fields(&fields))
}

fn bad(error: serde_json::Error) -> Reason {
    let text = error.to_string();
    // The parser's own line is always 1; ours is told beside the path.
    Reason::BadJson(text.replace(" at line 1 column", " at column"))
}

/// Reads every line of `input`.
pub(crate) fn read_lines(input: &mut dyn BufRead, out: &mut Output<'_, '_>) -> Result<(), Reason> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let flow = match next_line(input, &mut line).map_err(unreadable)? {
            Next::End => break,
            Next::TooLong => out.warn(Some(number), Reason::TooLarge(MAX_LINE_BYTES)),
            Next::Line if line.trim_ascii().is_empty() => ControlFlow::Continue(()),
            Next::Line => emit_line(&line, number, out),
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

fn emit_line(line: &[u8], number: u64, out: &mut Output<'_, '_>) -> ControlFlow<()> {
    match record(line.trim_ascii()) {
        Ok(record) => out.entry(number, Some(number), record),
        Err(reason) => out.warn(Some(number), reason),
    }
}

enum Next {
    End,
    Line,
    TooLong,
}

fn next_line(input: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<Next> {
    let read = (&mut *input).take(MAX_LINE_BYTES + 1).read_until(b'\n', line)? as u64;
    if read == 0 {
        Ok(Next::End)
    } else if read > MAX_LINE_BYTES && line.last() != Some(&b'\n') {
        input.skip_until(b'\n')?;
        Ok(Next::TooLong)
    } else {
        Ok(Next::Line)
    }
}
