//! Finds the companies that an article speaks of, from a readable gazetteer.
//!
//! In: the title and the text of one article. Out: [`Tags`], the mentions in each, ordered and not overlapping, with a
//! [`Reason`] each. `« qu’OpenAI »` gives one mention of `openai`, its span the six bytes of the name.
//! Names that are also ordinary words (Orange, Free, Claude) are told by [`evidence`], weighed once for the whole
//! article. People are not companies, and nothing here is learned from data: what a line of `companies.toml` says is
//! what happens. For the name behind an id there is [`Names`], which costs a search process next to nothing.

pub mod evidence;
pub mod gazetteer;
pub mod names;

use std::fmt;
use std::sync::Arc;

use crate::article::Span;

pub use gazetteer::Gazetteer;
pub use names::Names;

/// The companies of one article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags {
    /// Mentions in the title, spans in the title.
    pub title: Vec<Mention>,
    /// Mentions in the text, spans in the text.
    pub text: Vec<Mention>,
}

impl Tags {
    /// What counts for the passage with this place and span: mentions of the title, where it is the first, and those
    /// that begin inside it.
    pub fn of_passage(&self, ordinal: usize, span: &Span) -> (&[Mention], &[Mention]) {
        let in_title = if ordinal == 0 { self.title.as_slice() } else { &[] };
        let before = |end: usize| self.text.partition_point(|mention| mention.span.start < end);
        (in_title, &self.text[before(span.start)..before(span.end)])
    }
}

/// One occurrence of a company, by its name, a brand, a product or a nickname.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The canonical id of the company, as in `alphabet`.
    pub company: Arc<str>,
    /// Its bytes in the text that was searched.
    pub span: Span,
    /// The brand or product that was named, where it is not the company itself (`YouTube`).
    pub product: Option<Arc<str>>,
    /// Why this is taken for the company.
    pub reason: Reason,
}

/// Why a form was taken for a company; shown with `Display`, in words that a journalist can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A name that is nothing else.
    Name,
    /// A product or brand that is nothing else.
    Product,
    /// A former name of the company.
    Former,
    /// A nickname that fits one company alone.
    Nickname,
    /// A ticker in clear form (`NASDAQ: META`, `$GOOGL`).
    Ticker,
    /// An ordinary word in its place: capital inside a sentence, and nothing near speaks against it.
    Capital,
    /// An ordinary word, and this cue beside it says what it is.
    Beside(Arc<str>),
    /// An ordinary word, and words of this field are near.
    Field(Arc<str>),
    /// An ordinary word listed with companies.
    Listed,
    /// An ordinary word that the article uses for the company elsewhere.
    Established,
}

/// In French, for people.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Name => f.write_str("nom"),
            Reason::Product => f.write_str("produit ou marque"),
            Reason::Former => f.write_str("ancien nom"),
            Reason::Nickname => f.write_str("surnom"),
            Reason::Ticker => f.write_str("symbole boursier"),
            Reason::Capital => f.write_str("écrit comme un nom, rien ne s'y oppose"),
            Reason::Beside(cue) => write!(f, "à côté de « {cue} »"),
            Reason::Field(field) => write!(f, "mots du domaine « {field} » alentour"),
            Reason::Listed => f.write_str("cité avec d'autres entreprises"),
            Reason::Established => f.write_str("établi ailleurs dans l'article"),
        }
    }
}
