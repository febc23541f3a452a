//! `veille` turns a folder of French tech news into ranked passages and facets.
//!
//! The modules stand in the order in which the data meets them; each uses only those above it.
//!
//! ```
//! use veille::company::Gazetteer;
//! use veille::index::Index;
//! use veille::index::writer::{WriteOptions, update};
//! use veille::search::{SearchOptions, search};
//!
//! let dir = tempfile::tempdir()?;
//! let (corpus, folder) = (dir.path().join("corpus"), dir.path().join("index"));
//! std::fs::create_dir(&corpus)?;
//! std::fs::write(corpus.join("a.txt"), "L’accord entre Meta et Google Cloud porte sur six ans.")?;
//! std::fs::write(corpus.join("b.txt"), "Le mistral souffle sur Marseille.")?;
//! let gazetteer = Gazetteer::builtin();
//! update(&folder, &[corpus], &gazetteer, &WriteOptions::default(), &|_| {})?;
//! let index = Index::open(&folder, gazetteer.hash())?;
//! let results = search(&index, &veille::query::parse("accord cloud"), &SearchOptions::default())?;
//! assert!(results.hits[0].passage.text.contains("Google Cloud"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
