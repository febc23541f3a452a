//! What an index says of itself: written into the engine's own commit, so that it can never disagree with it.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Version of everything that lies in the folder: schema, columns, lexicon, stamp. Raised when any changes meaning.
pub const FORMAT: u32 = 4;

/// The facts of one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    pub format: u32,
    /// Fingerprint of the French analysis that the words went through.
    pub analyzer: String,
    /// Hash of the gazetteer and of the rules that tagged the passages.
    pub gazetteer: String,
    /// When the commit was made, RFC 3339 in UTC.
    pub built_at: String,
    /// File of the lexicon, and its checksum.
    pub lexicon: String,
    pub lexicon_crc: u32,
    /// File of the groups of near duplicates, and its checksum.
    pub stories: String,
    pub stories_crc: u32,
    pub articles: u64,
    pub passages: u64,
    /// Words of titles and texts together; of titles alone.
    pub words: u64,
    pub title_words: u64,
    /// Files or entries that were passed over, over all sources.
    pub skipped: u64,
    /// Bytes of the articles' texts.
    pub text_bytes: u64,
    /// The paths that were given, as [`super::location`] writes them; what `--fresh` and the freshness line look at.
    pub roots: Vec<String>,
}

impl Stamp {
    /// Reads the stamp of a commit in `path`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for another format, [`Error::Damaged`] where there is no stamp.
    pub fn parse(payload: Option<&str>, path: &Path) -> Result<Self> {
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let damaged =
            || Error::Damaged { path: path.to_owned(), reason: "sa validation ne porte pas de tampon".to_owned() };
        let payload = payload.ok_or_else(damaged)?;
        let (payload, crc) = payload.rsplit_once('\n').unwrap_or((payload, ""));
        let Version { format } = serde_json::from_str(payload).map_err(|_| damaged())?;
        check(path, "format", format, FORMAT)?;
        if crc != checksum(payload) {
            return Err(damaged());
        }
        serde_json::from_str(payload).map_err(|_| damaged())
    }

    /// Writes the stamp as the engine's commit carries it: JSON, and its checksum on a line of its own.
    pub fn payload(&self) -> String {
        let json = serde_json::to_string(self).expect("a stamp is plain data");
        let crc = checksum(&json);
        format!("{json}\n{crc}")
    }

    /// Checks that the rules of the index are those of this program.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for another analyzer, or another gazetteer than `gazetteer`.
    pub fn check_rules(&self, path: &Path, analyzer: &str, gazetteer: &str) -> Result<()> {
        check(path, "analyzer", self.analyzer.as_str(), analyzer)?;
        check(path, "gazetteer", self.gazetteer.as_str(), gazetteer)
    }
}

fn checksum(json: &str) -> String {
    format!("{:08x}", crc32fast::hash(json.as_bytes()))
}

fn check<T: PartialEq + ToString>(path: &Path, what: &'static str, found: T, expected: T) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::Mismatch { path: path.to_owned(), what, found: found.to_string(), expected: expected.to_string() })
}
