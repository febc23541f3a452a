//! Reads what a person typed into a [`Query`], a plain value, and prints it back.
//!
//! In: any text at all. Out: always a query; nothing that is typed is an error. Printing and parsing again gives
//! the same query.
//!
//! ```
//! use veille::query::{parse, Expr, Occur};
//!
//! let query = parse("contrat cloud Meta -Amazon source:\"Les Échos\" date:2025-08..");
//! assert_eq!(query.clauses[0].expr, Expr::Words("contrat cloud Meta".into()));
//! assert_eq!(query.clauses[1].occur, Occur::MustNot);
//! assert_eq!(query.filters.sources.all, [["Les Échos"]]);
//! assert_eq!(query.to_string(), "contrat cloud Meta -Amazon source:\"Les Échos\" date:2025-08-01..");
//! ```
//!
//! | Typed | Means |
//! |---|---|
//! | `contrat cloud` | words: each is evidence, none is needed |
//! | `"contrat cloud"`, `« … »`, `“ … ”` | these words next to each other, in this order |
//! | `+mot`, `-mot`, `-"deux mots"` | needed, excluded |
//! | `=mot` | this form of the word only |
//! | `mot*` | words that begin so (two letters at least) |
//! | `titre:mot`, `titre:"deux mots"` | in the title (`title:`) |
//! | `entreprise:meta,google` | one of these companies is mentioned (`company:`); repeated: each of them |
//! | `sujet:` `source:` | likewise for topics (`topic:`) and outlets |
//! | `date:2025-08..2025-10`, `date:2025`, `date:..2025-08-22` | published then, ends included |
//! | `montant:>1e9USD` | an amount in this range is mentioned (`amount:`) |
//! | `-entreprise:meta` | not mentioned |
//! | `a OU b`, `a OR b` | one of the two suffices |
//! | `a b ET c`, `a b AND c` | every word is needed |
//! | `a SAUF b`, `a NOT b` | the next word, phrase or filter is excluded |
//!
//! People paste headlines, so a mark counts only where no headline has it: signs are glued to the word after them and
//! follow white space (`Meta - Google`, `Google-Meta`, `-3 %` are words), fields are glued to their value (`OpenAI :
//! le modèle`, `https://…` and unknown fields are words), operators are in capitals between two operands and not in
//! a line all in capitals, a quotation mark that has no partner is passed over.
//!
//! What this module does not do: it knows nothing of French (the analysis splits, folds and stems) and of the index
//! (whether a company or an outlet exists is for the search to say).

mod date;
mod parse;
mod print;

use crate::article::Date;

pub use date::{since, until};
pub use parse::parse;

/// What a person asks for. Prints as text that parses to the same query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// What the passages' words are measured by, in the order of typing.
    pub clauses: Vec<Clause>,
    /// What a passage must satisfy whatever its words.
    pub filters: Filters,
    /// What was meant as a filter, perhaps, and could not be read as one; for people.
    pub warnings: Vec<String>,
}

/// One piece of evidence, with its part in the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    pub occur: Occur,
    pub expr: Expr,
}

/// The part that a clause has in the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Occur {
    /// Counts for the rank.
    Should,
    /// Counts for the rank, and nothing is found without it.
    Must,
    /// Nothing is found with it.
    MustNot,
}

/// What a clause looks for. Texts are as typed (no word is analysed yet), with single spaces and no quotation marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// A run of plain words, to be analysed as one text. Under [`Occur::Must`] every content word of it is needed;
    /// under [`Occur::MustNot`] and inside [`Expr::Either`] it is one typed word, which the analysis may still cut
    /// (`porte-parole`): its parts stand together.
    Words(String),
    /// Words next to each other, in this order.
    Phrase(String),
    /// A word in this very form, not its relatives.
    Exact(String),
    /// Words that begin so.
    Prefix(String),
    /// Words next to each other, in the title.
    Title(String),
    /// Any one of these (two or more; never an `Either` itself) suffices.
    Either(Vec<Expr>),
}

/// Conditions on a passage's article and mentions, as typed: ids, names and aliases are resolved by the search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    pub companies: Values,
    pub topics: Values,
    pub sources: Values,
    /// Ranges such as `>1e9USD`, each of which must hold; without white space.
    pub amounts: Vec<String>,
    /// The first day of publication.
    pub since: Option<Date>,
    /// The last day of publication.
    pub until: Option<Date>,
}

/// What is asked of one field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// Of each list, one value at least: commas widen, repetition narrows.
    pub all: Vec<Vec<String>>,
    /// None of these.
    pub none: Vec<String>,
}

impl Query {
    /// Tells whether there is nothing to look for: neither words nor filters.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty() && self.filters.is_empty()
    }
}

impl Expr {
    /// The texts inside, in order: one, or as many as an [`Expr::Either`] has.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Expr::Words(text) | Expr::Phrase(text) | Expr::Exact(text) | Expr::Prefix(text) | Expr::Title(text) => {
                vec![text]
            }
            Expr::Either(exprs) => exprs.iter().flat_map(Expr::texts).collect(),
        }
    }
}

impl Filters {
    /// Tells whether every passage passes.
    pub fn is_empty(&self) -> bool {
        *self == Filters::default()
    }

    /// Narrows to passages with an amount in `range`.
    pub fn narrow_amount(&mut self, range: &str) {
        self.amounts.push(tidy(range).replace(' ', ""));
    }

    /// Narrows to what was published on `day` or later.
    pub fn narrow_since(&mut self, day: Date) {
        self.since = Some(self.since.map_or(day, |since| since.max(day)));
    }

    /// Narrows to what was published on `day` or earlier.
    pub fn narrow_until(&mut self, day: Date) {
        self.until = Some(self.until.map_or(day, |until| until.min(day)));
    }
}

impl Values {
    /// Asks for one of the values in a comma list, beside what is asked already; a list without values asks nothing.
    pub fn narrow(&mut self, list: &str) {
        let values: Vec<String> =
            list.split(',').map(tidy).filter(|value| value.contains(char::is_alphanumeric)).collect();
        if !values.is_empty() {
            self.all.push(values);
        }
    }

    /// Asks for none of the values in a comma list.
    pub fn exclude(&mut self, list: &str) {
        self.none.extend(list.split(',').map(tidy).filter(|value| value.contains(char::is_alphanumeric)));
    }

    /// Tells whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.none.is_empty()
    }
}

/// Quotation marks, which delimit phrases and values and so are part of none.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '«' | '»' | '“' | '”')
}

/// `text` with single spaces and without quotation marks.
fn tidy(text: &str) -> String {
    let separates = |c: char| c.is_whitespace() || is_quote(c);
    text.split(separates).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_fill_the_filters_that_typing_fills() {
        let mut flags = Filters::default();
        flags.companies.narrow("meta, alphabet,");
        flags.companies.narrow("OVH Cloud");
        flags.companies.narrow(" ,");
        flags.sources.exclude("Les Échos,AFP");
        flags.narrow_amount("> 1e9 USD");
        flags.narrow_since(since("2025-08").unwrap());
        flags.narrow_since(since("2025").unwrap());
        flags.narrow_until(until("2025").unwrap());
        let typed = "entreprise:meta,alphabet entreprise:\"OVH Cloud\" -source:\"Les Échos\" -source:AFP montant:>1e9USD \
                     date:2025-08-01..2025-12-31";
        assert_eq!(parse(typed).filters, flags);
        assert_eq!(Query { filters: flags, ..Query::default() }.to_string(), typed);
    }

    #[test]
    fn an_empty_query_asks_nothing() {
        assert!(parse(" \"\" ").is_empty());
        assert!(!parse("date:2025").is_empty() && !parse("a").is_empty());
    }
}
