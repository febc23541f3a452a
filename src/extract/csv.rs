//! Reads CSV with a header: one article a row, the columns named as the fields of JSON Lines.
//!
//! Rows come in one at a time, so that memory does not grow with the file. Commas, semicolons and tabs part the
//! columns; quotes may hold line breaks.

use std::io::BufRead;
use std::ops::ControlFlow;

use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};

use super::Output;
use super::encoding::decode_piece;
use super::record::{Record, is_text_name};
use crate::corpus::Reason;

/// Returns what parts the columns, if `line` is a header with a column for the text.
pub(crate) fn delimiter(line: &str) -> Option<u8> {
    [b',', b';', b'\t', b'|'].into_iter().find(|delimiter| {
        let names: Vec<&str> = line.split(*delimiter as char).map(|name| name.trim().trim_matches('"')).collect();
        names.len() > 1 && names.iter().any(|name| is_text_name(name))
    })
}

/// Reads every row of `input`.
pub(crate) fn read_rows(input: &mut dyn BufRead, delimiter: u8, out: &mut Output<'_, '_>) -> Result<(), Reason> {
    let mut rows = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(input);
    let header: Vec<String> = rows.byte_headers().map_err(bad)?.iter().map(name).collect();
    let mut row = ByteRecord::new();
    for place in 1.. {
        let flow = match rows.read_byte_record(&mut row) {
            Ok(false) => break,
            Ok(true) => out.entry(place, row.position().map(csv::Position::line), record(&header, &row)),
            Err(error) if error.is_io_error() => return Err(io_reason(error)),
            Err(error) => out.warn(row.position().map(csv::Position::line), bad(error)),
        };
        if flow == ControlFlow::Break(()) {
            break;
        }
    }
    Ok(())
}

fn name(cell: &[u8]) -> String {
    decode_piece(cell).trim().to_lowercase()
}

fn record(header: &[String], row: &ByteRecord) -> Record {
    let fields: Map<String, Value> = header
        .iter()
        .zip(row.iter())
        .map(|(name, cell)| (name.clone(), Value::String(decode_piece(cell).into_owned())))
        .collect();
    Record::from_fields(&fields)
}

fn bad(error: csv::Error) -> Reason {
    Reason::BadCsv(error.to_string())
}

fn io_reason(error: csv::Error) -> Reason {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => super::unreadable(error),
        _ => Reason::BadCsv("unreadable".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        assert_eq!(delimiter("title,text,date"), Some(b','));
        assert_eq!(delimiter("Titre;\"Texte\";Date"), Some(b';'));
        assert_eq!(delimiter("id\ttext"), Some(b'\t'));
        assert_eq!(delimiter("Une phrase, avec un texte, et rien d'autre"), None);
        assert_eq!(delimiter("text"), None);
    }
}
