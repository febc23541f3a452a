//! What each step costs, on texts of our own: `cargo bench`, or `cargo bench search` for those of one name.
//!
//! Figures are for comparing one state of the program with another on one machine; `just race` compares it with others.

mod analysis;
mod facets;
mod indexing;
mod passages;
mod search;
mod tagging;
mod texts;

fn main() {
    divan::main();
}
