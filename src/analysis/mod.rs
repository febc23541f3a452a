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
    let mut hasher = blake3::Hasher::new();
    hasher.update(RULES_VERSION.as_bytes());
    for file in [forms::NAMES_FILE, equivalence::EQUIVALENCES_FILE, strict::FAMILIES_FILE] {
        hasher.update(&(file.len() as u64).to_le_bytes());
        hasher.update(file.as_bytes());
    }
    let hash = hasher.finalize();
    u64::from_le_bytes(*hash.as_bytes().first_chunk().expect("a hash has 32 bytes"))
}

/// To be changed with any rule of this module, and with the version of rust-stemmers or unicode-normalization.
const RULES_VERSION: &str = "1 rust-stemmers 1.2.0 unicode-normalization 0.1";

/// The lines of a data file that are not blank or remarks.
fn data_lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.split('\n').map(str::trim_ascii).filter(|line| !line.is_empty() && !line.starts_with('#'))
}
