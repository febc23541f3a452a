//! From answers to bytes: text for people (in French), JSON for programs (in English, versioned), TREC for evaluators.
//!
//! Everything goes to any `Write`; nothing here asks whether there is a terminal. The JSON is described in
//! `docs/output.md`.

pub mod json;
pub mod text;
pub mod trec;
