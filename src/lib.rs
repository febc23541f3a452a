//! `veille` turns a folder of French tech news into ranked passages and facets.
//!
//! The modules stand in the order in which the data meets them; each uses only those above it.

pub mod error;
pub mod config;
pub mod article;
pub mod corpus;
pub mod extract;
pub mod analysis;
pub mod passage;
pub mod words;
pub mod company;
pub mod amount;
pub mod topic;
pub mod story;
pub mod index;
pub mod query;
pub mod search;
pub mod render;
pub mod eval;

pub use error::{Error, Result};
