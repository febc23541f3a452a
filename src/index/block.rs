//! From an article to its block: the words of title and passages, numbered.
//!
//! The words of a text are cut, looked up and conflated here, once, on the thread that got the article. What reaches the
//! segment are numbers.

use std::sync::Mutex;

use super::lexicon::{Entry, LexiconBuilder, WordId, conflation_key};
use super::spellings::{NOWHERE, Spelling, Spellings, Within, WordTerms};
use super::tagger::Labelled;
use super::terms::TermId;
use crate::analysis::{self, Forms, Language, TokenKind};
use crate::article::Article;

/// The words of an article.
#[derive(Default)]
pub struct Block {
    /// Of the title, in order.
    pub title: Vec<WordId>,
    /// Of title and text: stems; of function words the first alone: they retrieve only where a query has nothing else.
    pub stems: Vec<TermId>,
    pub passages: Vec<PassageWords>,
    /// Of title and text, each once.
    pub distinct: Vec<WordId>,
    /// Of title and text, repeats counted.
    pub count: u64,
}

/// The words of a passage.
pub struct PassageWords {
    /// In order.
    pub ids: Vec<WordId>,
    /// Strict forms of the passage and of the title above it, those of words that come again left out: conditions ask
    /// only whether they are there.
    pub strict: Vec<TermId>,
}

/// Turns articles into blocks; one for each thread, over one lexicon.
pub struct BlockBuilder<'a> {
    lexicon: &'a Mutex<LexiconBuilder>,
    spellings: Spellings,
    language: Language,
    tokens: Tokens,
}

/// The tokens of one text, gathered before any is looked up.
#[derive(Default)]
struct Tokens {
    /// Their spellings, one after the other.
    forms: String,
    /// Of each: where its spelling ends, and what it is.
    list: Vec<(usize, TokenKind)>,
    words: Vec<Spelling>,
    /// Of each: where its spelling is remembered.
    found: Vec<u32>,
}

impl Tokens {
    fn gather(&mut self, text: &str) {
        self.forms.clear();
        self.list.clear();
        analysis::tokenize(text, &mut |token| {
            self.forms.push_str(token.form);
            self.list.push((self.forms.len(), token.kind));
        });
    }

    fn find(&mut self, spellings: &Spellings) {
        let mut start = 0;
        self.words.clear();
        self.words.extend(self.list.iter().map(|&(end, _)| {
            let word = Spelling::within(&self.forms, start..end);
            start = end;
            word
        }));
        spellings.find_all(&self.forms, &self.words, &mut self.found);
    }
}

/// The words of a title or of a passage.
struct Words {
    ids: Vec<WordId>,
    strict: Vec<TermId>,
    /// Where each word, and each joined spelling beside them, is remembered, once.
    places: Vec<u32>,
}

impl<'a> BlockBuilder<'a> {
    pub fn new(lexicon: &'a Mutex<LexiconBuilder>) -> Self {
        Self { lexicon, spellings: Spellings::default(), language: Language::French, tokens: Tokens::default() }
    }

    /// Builds the block of `article`, whose passages are known.
    pub fn build(&mut self, article: &Article, labelled: &Labelled) -> Block {
        self.speak(language(article));
        self.spellings.begin(Within::Article);
        let mut block = Block::default();
        let title = self.words(&article.title, None, &mut block);
        for (passage, _) in &labelled.passages {
            let words = self.words(&article.text[passage.span.clone()], Some(&title), &mut block);
            block.passages.push(PassageWords { ids: words.ids, strict: words.strict });
        }
        block.title = title.ids;
        block
    }

    /// The terms that the blocks so far are made of.
    pub fn terms(&self) -> &WordTerms {
        self.spellings.terms()
    }

    /// Tells that no block built so far is needed any more: what takes much memory may go.
    pub fn relieve(&mut self) {
        self.spellings.relieve();
    }

    /// What is remembered of spellings holds for one language; nearly every corpus has long runs of one.
    fn speak(&mut self, language: Language) {
        if language != self.language || self.spellings.is_full() {
            self.spellings.clear();
            self.language = language;
        }
    }

    /// The words of a title, or of a passage under its `title`.
    fn words(&mut self, text: &str, title: Option<&Words>, block: &mut Block) -> Words {
        self.spellings.begin(Within::Passage);
        let mut tokens = std::mem::take(&mut self.tokens);
        tokens.gather(text);
        let count = tokens.list.len();
        let mut words = Words {
            ids: Vec::with_capacity(count),
            strict: Vec::with_capacity(count + title.map_or(0, |title| title.strict.len())),
            places: Vec::with_capacity(count),
        };
        if let Some(title) = title {
            words.strict.extend_from_slice(&title.strict);
            for &at in &title.places {
                self.spellings.is_new(at, Within::Passage);
            }
        }
        tokens.find(&self.spellings);
        for ((&found, word), &(_, kind)) in tokens.found.iter().zip(&tokens.words).zip(&tokens.list) {
            let at = if found == NOWHERE { self.learn(&tokens.forms, word) } else { found };
            self.word(at, kind, &mut words, block);
        }
        self.tokens = tokens;
        block.count += words.ids.len() as u64;
        words
    }

    fn learn(&mut self, text: &str, word: &Spelling) -> u32 {
        let (lexicon, language) = (self.lexicon, self.language);
        self.spellings.find_or_learn(text, word, |form| learn(lexicon, form, language))
    }

    fn word(&mut self, at: u32, kind: TokenKind, words: &mut Words, block: &mut Block) {
        let new = kind == TokenKind::Word && self.spellings.is_new(at, Within::Article);
        let new_here = self.spellings.is_new(at, Within::Passage);
        let known = self.spellings.known(at);
        if kind == TokenKind::Word {
            words.ids.push(known.id);
        }
        if new {
            block.distinct.push(known.id);
        }
        if new || !known.function {
            block.stems.push(known.stem);
        }
        if new_here {
            words.places.push(at);
            words.strict.push(known.strict);
        }
    }
}

fn learn(lexicon: &Mutex<LexiconBuilder>, form: &str, language: Language) -> (WordId, Forms) {
    let forms = analysis::forms(form, language);
    let entry = || Entry {
        strict: conflation_key(&forms.strict),
        stem: conflation_key(&forms.stem),
        folded: forms.folded.clone(),
    };
    let id = lexicon.lock().expect("no thread panics while it holds the lexicon").intern(form, entry);
    (id, forms)
}

/// The language that an article is stemmed in: what it says of itself, else what its text shows.
fn language(article: &Article) -> Language {
    match article.lang.as_deref() {
        Some(lang) if lang.starts_with("en") => Language::English,
        Some(lang) if lang.starts_with("fr") => Language::French,
        _ => analysis::detect(&article.text),
    }
}

/// What is kept of an article beside its text.
pub struct Digest {
    /// Everything known of it but its text, as stored: JSON.
    pub meta: Vec<u8>,
    /// A hash of all of it: decides whether it has changed.
    pub content: u64,
}

impl Digest {
    /// Digests an article, and gives it back.
    pub fn of(article: Article) -> (Article, Self) {
        let (text, headings) = (article.text, article.headings);
        let bare = Article { text: String::new(), headings: Vec::new(), ..article };
        let meta = serde_json::to_vec(&bare).expect("an article is plain data");
        let mut hasher = blake3::Hasher::new();
        hasher.update(&meta);
        headings.iter().flat_map(|heading| [heading.start, heading.end]).for_each(|end| {
            hasher.update(&(end as u64).to_le_bytes());
        });
        hasher.update(text.as_bytes());
        let content = first64(&hasher.finalize());
        (Article { text, headings, ..bare }, Self { meta, content })
    }
}

/// A 64-bit name for an article id or a file name.
pub fn key(id: &str) -> u64 {
    hash64(id.as_bytes())
}

/// The first 64 bits of a BLAKE3 hash.
pub fn hash64(bytes: &[u8]) -> u64 {
    first64(&blake3::hash(bytes))
}

/// The first 64 bits of a hash that was made piece by piece.
pub fn first64(hash: &blake3::Hash) -> u64 {
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes"))
}

/// An ISO 4217 code as a number: its three bytes.
pub fn pack_currency(code: &str) -> u64 {
    code.bytes().fold(0, |packed, byte| packed << 8 | u64::from(byte))
}

/// The code that [`pack_currency`] packed.
pub fn unpack_currency(packed: u64) -> String {
    [16, 8, 0].iter().map(|shift| (packed >> shift) as u8 as char).collect()
}
