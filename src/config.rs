//! Where things lie by default, and the settings file that may say otherwise.
//!
//! `veille.toml`, in the folder where the program is run, may name the corpus, the index and a gazetteer of one's
//! own. A flag or an environment variable goes before it; it can name no command.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result};

/// The folder of articles, where nothing else is said.
pub const DEFAULT_CORPUS: &str = "corpus";

/// The folder of the index, where nothing else is said.
pub const DEFAULT_INDEX: &str = "index";

/// The name of the settings file.
pub const FILE: &str = "veille.toml";

/// The name of a gazetteer of one's own, beside the articles.
pub const COMPANIES_FILE: &str = "companies.toml";

/// The settings of a `veille.toml`; what it does not say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub corpus: Option<PathBuf>,
    pub index: Option<PathBuf>,
    /// A gazetteer that adds to the built-in one.
    pub companies: Option<PathBuf>,
}

impl Config {
    /// Reads the settings file in `folder`; no file is an empty one.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the line of the first mistake.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&path, &text),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(Error::io("read", path, e)),
        }
    }

    fn parse(path: &Path, text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|e| {
            let line = e.span().map(|span| text[..span.start].matches('\n').count() as u64 + 1);
            Error::Malformed { path: path.to_owned(), line, reason: e.message().to_owned() }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_and_mistakes() {
        let path = Path::new("veille.toml");
        let config = Config::parse(path, "corpus = \"presse\"\n").unwrap();
        assert_eq!(config, Config { corpus: Some("presse".into()), ..Config::default() });
        match Config::parse(path, "corpus = \"presse\"\n\ncommande = \"rm\"\n") {
            Err(Error::Malformed { line, .. }) => assert_eq!(line, Some(3)),
            other => panic!("{other:?}"),
        }
    }
}
