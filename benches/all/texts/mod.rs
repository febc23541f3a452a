//! Articles of stated size: those of `corpus/`, which we wrote, then copies of them with changed words.

mod change;

use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use change::Changer;
use tempfile::TempDir;
use veille::article::{Article, ArticleId};
use veille::company::Gazetteer;
use veille::corpus;
use veille::extract::{self, Item};
use veille::index::Index;
use veille::index::writer::{self, WriteOptions};

/// Returns articles of `bytes` of text together, the last one included.
pub fn articles(bytes: usize) -> Vec<Article> {
    let own = own();
    let mut changer = Changer::new(own.iter().map(|article| article.text.as_str()));
    let mut articles = Vec::new();
    let mut size = 0;
    for round in 0.. {
        for article in &own {
            let text = if round == 0 { article.text.clone() } else { changer.change(&article.text) };
            size += text.len();
            // Spans of headings hold for the text as it was.
            articles.push(Article {
                id: ArticleId(format!("{}-{round}", article.id)),
                text,
                headings: Vec::new(),
                ..article.clone()
            });
            if size >= bytes {
                return articles;
            }
        }
    }
    unreachable!("rounds do not end")
}

fn own() -> Vec<Article> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut own = Vec::new();
    for source in corpus::walk(&[folder]).flatten() {
        let read = extract::read(&source, &mut |item| {
            if let Item::Article(article) = item {
                own.push(article);
            }
            ControlFlow::Continue(())
        });
        read.expect("our own corpus can be read");
    }
    own
}

/// Articles in a file, and an index of them, in a folder that goes with it.
pub struct Indexed {
    folder: TempDir,
    pub gazetteer: Gazetteer,
}

impl Indexed {
    fn new(bytes: usize) -> Self {
        let new = Self { folder: TempDir::new().expect("a folder"), gazetteer: Gazetteer::builtin() };
        std::fs::create_dir(new.corpus()).expect("a folder");
        let mut file = std::fs::File::create(new.corpus().join("articles.jsonl")).expect("a file");
        for article in articles(bytes) {
            let line = serde_json::json!({ "id": article.id, "title": article.title, "text": article.text });
            writeln!(file, "{line}").expect("room on the disk");
        }
        new.rebuild();
        new
    }

    fn corpus(&self) -> PathBuf {
        self.folder.path().join("corpus")
    }

    fn index(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    /// Builds the index anew, with everything on.
    pub fn rebuild(&self) {
        let (index, options) = (self.index(), WriteOptions::default());
        writer::rebuild(&index, &[self.corpus()], &self.gazetteer, &options, &|_| {}).expect("an index");
    }

    pub fn open(&self) -> Index {
        Index::open(&self.index(), self.gazetteer.hash()).expect("the index just built")
    }
}

/// Bytes of text that are indexed and searched: some 14,000 passages.
pub const INDEXED_BYTES: usize = 10_000_000;

/// The articles that the benches of indexing, searching and counting share, indexed once.
pub fn indexed() -> &'static Indexed {
    static INDEXED: OnceLock<Indexed> = OnceLock::new();
    INDEXED.get_or_init(|| Indexed::new(INDEXED_BYTES))
}
