//! French, right: from text to words, and from words to the forms under which they are compared.
//!
//! In: a text, or a query. Out: [`tokenize`] gives the words with their normalised spelling and their exact bytes,
//! [`forms`] the forms of a spelling, [`query_terms`] the words of a query with what may stand for them.
//!
//! ```
//! use veille::analysis::{Language, forms, tokenize};
//!
//! let mut words = Vec::new();
//! tokenize("L’accord à 10 Md$", &mut |token| words.push(token.form.to_owned()));
//! assert_eq!(words, ["accord", "à", "10", "milliards", "dollars"]);
//! assert_eq!(forms("directrice", Language::French).strict, forms("directeur", Language::French).strict);
//! ```
//!
//! The steps: `scan` cuts a text into runs of letters and digits and normalises them, `compose` makes words of them
//! (elisions, acronyms, numbers), `token` adds the joined spellings of compounds; `fold`, `strict` and the
//! stemmer make the forms. Nothing is dropped as a stop word here: `query_terms` says which words weigh little.
//!
//! It knows nothing of the index, and does no spelling correction.

mod compose;
mod elision;
mod equivalence;
mod fold;
mod forms;
mod language;
mod number;
mod query;
mod scan;
mod strict;
mod token;
mod words;

pub use fold::fold;
pub use forms::{Forms, forms, is_name};
pub use language::{Language, detect};
pub use query::{Alternative, QueryTerm, Reason, Role, query_terms};
pub use token::{Token, TokenKind, tokenize};
pub use words::is_function_word;

use crate::article::Span;

/// A token with its forms, for showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedToken {
    /// The normalised spelling.
    pub form: String,
    pub forms: Forms,
    pub span: Span,
    pub position: u32,
    pub kind: TokenKind,
}

/// Returns every token of `text` with its forms, in order.
pub fn text_tokens(text: &str, lang: Language) -> Vec<OwnedToken> {
    let mut tokens = Vec::new();
    tokenize(text, &mut |token| {
        tokens.push(OwnedToken {
            form: token.form.to_owned(),
            forms: forms(token.form, lang),
            span: token.span,
            position: token.position,
            kind: token.kind,
        });
    });
    tokens
}

/// Returns a number that changes when any rule, list or stemmer of the analysis changes.
pub fn fingerprint() -> u64 {
    FINGERPRINT
}

/// Computed by the compiler, so that it costs a process nothing and the sources are not part of the program.
#[allow(long_running_const_eval, reason = "some 100 kB, a fraction of a second of compilation")]
const FINGERPRINT: u64 = {
    let mut hash = fnv(FNV_OFFSET, STEMMERS.as_bytes());
    let mut at = 0;
    while at < RULES.len() {
        hash = fnv(hash, RULES[at]);
        at += 1;
    }
    hash
};

/// The versions of what else decides about forms; to be changed with `Cargo.toml`.
const STEMMERS: &str = "rust-stemmers 1.2, unicode-normalization 0.1";

/// Everything that a rule or a list is written in. A remark changes the fingerprint too: an index built anew once too
/// often does no harm.
const RULES: [&[u8]; 14] = [
    include_bytes!("compose.rs"),
    include_bytes!("elision.rs"),
    include_bytes!("equivalence.rs"),
    include_bytes!("fold.rs"),
    include_bytes!("forms.rs"),
    include_bytes!("number.rs"),
    include_bytes!("query.rs"),
    include_bytes!("scan.rs"),
    include_bytes!("strict.rs"),
    include_bytes!("token.rs"),
    include_bytes!("words.rs"),
    include_bytes!("data/equivalences.txt"),
    include_bytes!("data/families.txt"),
    include_bytes!("data/names.txt"),
];

/// FNV-1a, 64 bits: the offset basis and the prime of its authors (Fowler, Noll, Vo).
pub(crate) const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x100_0000_01b3;

/// Goes on with a hash.
pub(crate) const fn fnv(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(FNV_PRIME);
        at += 1;
    }
    hash
}

/// The lines of a data file that are not blank or remarks.
fn data_lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.split('\n').map(str::trim_ascii).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_and_sees_every_byte() {
        // From the authors' test vectors.
        assert_eq!(fnv(FNV_OFFSET, b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_ne!(fingerprint(), fnv(fingerprint(), b"\n"));
    }

    #[test]
    fn tokens_are_shown_with_their_forms() {
        let tokens = text_tokens("d'Écoles", Language::French);
        assert_eq!(tokens.len(), 1);
        assert_eq!((tokens[0].form.as_str(), tokens[0].span.clone()), ("écoles", 2..9));
        assert_eq!((tokens[0].forms.folded.as_str(), tokens[0].forms.strict.as_str()), ("ecoles", "ecole"));
    }
}
