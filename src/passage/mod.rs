//! Cuts an article into passages: runs of whole sentences, the unit that is retrieved and shown.
//!
//! In: an [`Article`] with its headings. Out: its passages in order, each a span of the article's text.
//!
//! ```
//! use veille::article::{Article, ArticleId};
//!
//! let article = Article {
//!     id: ArticleId("a1".into()),
//!     title: "Un contrat".into(),
//!     text: "Le contrat\nM. Martin a signé hier. Il s'en félicite.".into(),
//!     url: None, path: None, source: None, author: None, published: None, lang: None,
//!     tags: vec![],
//!     headings: vec![0..10],
//! };
//! let passages = veille::passage::split(&article);
//! assert_eq!(passages.len(), 1);
//! assert_eq!(passages[0].lines, (1, 2));
//! assert_eq!(passages[0].heading, Some(0..10));
//! ```
//!
//! What always holds, for any text: the spans are ordered, do not overlap, neither begin nor end with white space,
//! lie on char boundaries, and leave out nothing but white space; no passage goes on across a heading.
//! The title is no part of the text, so an article without text has no passage.
//!
//! Where to cut is decided for a whole section at once: of all the ways to group its sentences, the one that is
//! cheapest by the lengths and cuts is taken, as TeX breaks a paragraph into lines (Knuth and Plass, "Breaking paragraphs
//! into lines", Software: Practice and Experience 11, 1981). Filling passages one after the other leaves an orphan
//! of a dozen words at the end of every other section; this does not, and costs no more than reading the text.

mod paragraph;
pub mod sentence;

use std::ops::Range;

use crate::article::{Article, Span};

/// The length in words that a passage aims at. Long enough to answer a question with its circumstances, short enough
/// to be read at a glance on a screen of results; the judged collections were measured with this length too.
pub const TARGET_WORDS: usize = 110;

/// No passage of several sentences, and no single sentence, is longer than this many words.
/// Twice the target: past it, two passages are better than one by any account.
pub const MAX_WORDS: usize = 2 * TARGET_WORDS;

/// A run of bytes without white space counts as one word for each 32 bytes that it has begun: most French words stay
/// below, while an address, a table without spaces or Chinese text weighs what it takes on the screen.
const LONG_WORD_BYTES: usize = 32;

/// What a cut between two sentences of one paragraph costs, in the unit of [`Run::cost`]. With 0.1, a paragraph
/// stays whole up to about one and a half times the target (165 words).
const CUT_IN_PARAGRAPH: f32 = 0.1;

/// What a cut inside one sentence costs: three times as much, so that it is the last resort.
const CUT_IN_SENTENCE: f32 = 0.3;

/// What it costs to join a part of one paragraph with (a part of) another: dearer than a somewhat long or short
/// passage, cheaper than an orphan of less than half the target.
const MIXED_PARAGRAPHS: f32 = 0.3;

/// A run of whole sentences of one article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Its place in the article, from 0.
    pub ordinal: usize,
    /// Its bytes in the article's text. Opens with its heading's line if it is the first under that heading.
    pub span: Span,
    /// Its first and last line in the article's text, from 1.
    pub lines: (usize, usize),
    /// The heading that it stands under, as a span of the article's text; the nearest, where several follow each other.
    pub heading: Option<Span>,
}

/// Returns the passages of `article`, in order; none if its text is blank. Takes time linear in the text's length.
pub fn split(article: &Article) -> Vec<Passage> {
    let mut lines = LineCounter::new(&article.text);
    sections(&article.text, &article.headings)
        .into_iter()
        .flat_map(|section| section.passages(&article.text).map(move |span| (span, section.heading.clone())))
        .enumerate()
        .map(|(ordinal, (span, heading))| Passage { ordinal, lines: lines.of(&span), span, heading })
        .collect()
}

/// A stretch of text under one heading, or before the first.
#[derive(Debug, Clone)]
struct Section {
    /// From the line of its first heading up to the next section.
    span: Span,
    /// Where its last heading ends: its sentences begin there.
    body: usize,
    heading: Option<Span>,
}

/// Cuts the text before each heading; headings with nothing between them open one section together.
fn sections(text: &str, headings: &[Span]) -> Vec<Section> {
    let mut sections = vec![Section { span: 0..text.len(), body: 0, heading: None }];
    for heading in headings {
        let last = sections.last_mut().expect("there is a first section");
        if heading.end <= heading.start || heading.start < last.body || text.get(heading.clone()).is_none() {
            continue; // a span that is none of this text's, or not in order
        }
        let start = line_start(text, heading.start).max(last.body);
        if text[last.body..start].trim().is_empty() {
            (last.body, last.heading) = (heading.end, Some(heading.clone()));
        } else {
            last.span.end = start;
            sections.push(Section { span: start..text.len(), body: heading.end, heading: Some(heading.clone()) });
        }
    }
    sections
}

/// Where the line that holds `position` begins.
fn line_start(text: &str, position: usize) -> usize {
    text[..position].rfind('\n').map_or(0, |newline| newline + 1)
}

impl Section {
    fn passages(&self, text: &str) -> impl Iterator<Item = Span> + use<> {
        let pieces = self.pieces(text);
        group(&pieces).into_iter().map(move |run| pieces[run.start].span.start..pieces[run.end - 1].span.end)
    }

    /// Its sentences, the first of them with the heading before it.
    fn pieces(&self, text: &str) -> Vec<Piece> {
        let heading = trim(text, self.span.start..self.body);
        let mut pieces = vec![];
        for paragraph in paragraph::split(text, self.body..self.span.end) {
            push_paragraph(&mut pieces, text, paragraph);
        }
        match pieces.first_mut() {
            _ if heading.is_empty() => (),
            Some(first) => {
                first.words += count_words(&text[heading.clone()]);
                first.span.start = heading.start;
            }
            None => push_paragraph(&mut pieces, text, heading),
        }
        pieces
    }
}

/// The part of `span` between its first and its last char that is not white space.
fn trim(text: &str, span: Span) -> Span {
    let inner = &text[span.clone()];
    let start = span.start + (inner.len() - inner.trim_start().len());
    start..(start + inner.trim().len())
}

/// What passages are made of: a sentence, or a part of an over-long one.
#[derive(Debug, Clone)]
struct Piece {
    span: Span,
    words: usize,
    before: Seam,
}

/// What lies between a piece and the one before it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Seam {
    Paragraph,
    Sentence,
    Clause,
}

impl Seam {
    fn cost(self) -> f32 {
        match self {
            Seam::Paragraph => 0.0,
            Seam::Sentence => CUT_IN_PARAGRAPH,
            Seam::Clause => CUT_IN_SENTENCE,
        }
    }
}

fn push_paragraph(pieces: &mut Vec<Piece>, text: &str, paragraph: Span) {
    let mut before = Seam::Paragraph;
    for sentence in sentence::split(&text[paragraph.clone()]) {
        let span = paragraph.start + sentence.start..paragraph.start + sentence.end;
        let words = count_words(&text[span.clone()]);
        if words <= MAX_WORDS {
            pieces.push(Piece { span, words, before });
        } else {
            push_clauses(pieces, text, span, before);
        }
        before = Seam::Sentence;
    }
}

fn push_clauses(pieces: &mut Vec<Piece>, text: &str, sentence: Span, mut before: Seam) {
    for clause in cut_clauses(&text[sentence.clone()]) {
        let span = sentence.start + clause.start..sentence.start + clause.end;
        pieces.push(Piece { words: count_words(&text[span.clone()]), span, before });
        before = Seam::Clause;
    }
}

/// Counts words: runs of bytes between ASCII white space (a no-break space joins its neighbours, as in `10 %`),
/// longer ones as several. Never 0 for a text that is not blank.
fn count_words(text: &str) -> usize {
    text.as_bytes().split(u8::is_ascii_whitespace).map(|word| word.len().div_ceil(LONG_WORD_BYTES)).sum()
}

/// Cuts an over-long sentence into parts near the target: after the strongest mark between half the target and one
/// and a half, the one nearest to the target among equals; between words or letters where there is no mark.
fn cut_clauses(sentence: &str) -> Vec<Span> {
    let mut parts = vec![];
    let (mut start, mut words, mut run) = (0, 0, 0);
    let mut best: Option<Cut> = None;
    for (at, c) in sentence.char_indices() {
        let white = c.is_whitespace();
        if words > TARGET_WORDS / 2 && (white || run >= LONG_WORD_BYTES) {
            let cut = Cut { at, strength: mark_strength(&sentence[start..at], white), words };
            best = Some(best.map_or(cut, |best| best.better(cut)));
        }
        let counted = run / LONG_WORD_BYTES;
        run = if white { 0 } else { run + c.len_utf8() };
        words += usize::from(run > 0 && (run == c.len_utf8() || run / LONG_WORD_BYTES > counted));
        if words > TARGET_WORDS * 3 / 2
            && let Some(cut) = best.take()
        {
            parts.push(start..cut.at);
            start = cut.at;
            words = count_words(&sentence[start..at + c.len_utf8()]);
        }
    }
    parts.push(start..sentence.len());
    parts.into_iter().map(|part| trim(sentence, part)).filter(|part| !part.is_empty()).collect()
}

/// A place where an over-long sentence may be cut.
#[derive(Debug, Clone, Copy)]
struct Cut {
    at: usize,
    strength: u8,
    words: usize,
}

impl Cut {
    fn better(self, later: Cut) -> Cut {
        let rank = |cut: Cut| (cut.strength, usize::MAX - cut.words.abs_diff(TARGET_WORDS));
        if rank(later) > rank(self) { later } else { self }
    }
}

fn mark_strength(before: &str, white: bool) -> u8 {
    match before.chars().next_back() {
        Some('.' | '!' | '?' | '…') if white => 5,
        Some(';') if white => 4,
        Some(':' | '–' | '—' | '»' | '”' | ')') if white => 3,
        Some(',') if white => 2,
        _ => u8::from(white),
    }
}

/// Groups pieces into passages with the smallest total cost; gives ranges of indices.
///
/// `cheapest[end]` is the cost of the best grouping of the pieces before `end`, and the start of its last run.
/// A run never exceeds [`MAX_WORDS`] and each piece has at least one word, so the inner loop is bounded.
fn group(pieces: &[Piece]) -> Vec<Range<usize>> {
    let mut cheapest = vec![(0.0, 0)];
    for end in 1..=pieces.len() {
        let best = runs_ending_at(pieces, end)
            .map(|run| (cheapest[run.start].0 + run.cost(pieces), run.start))
            .reduce(|best, other| if other.0 < best.0 { other } else { best });
        cheapest.push(best.expect("a piece alone is a run"));
    }
    let mut runs = vec![];
    let mut end = pieces.len();
    while end > 0 {
        let start = cheapest[end].1;
        runs.push(start..end);
        end = start;
    }
    runs.reverse();
    runs
}

/// A candidate for a passage: the pieces from `start` to before `end`.
#[derive(Debug, Clone, Copy)]
struct Run {
    start: usize,
    end: usize,
    words: usize,
    /// Whether one of its pieces, other than the first, opens a paragraph.
    joins_paragraphs: bool,
}

fn runs_ending_at(pieces: &[Piece], end: usize) -> impl Iterator<Item = Run> {
    let alone = Run { start: end - 1, end, words: pieces[end - 1].words, joins_paragraphs: false };
    std::iter::successors(Some(alone), move |run| {
        let start = run.start.checked_sub(1)?;
        let words = run.words + pieces[start].words;
        let joins_paragraphs = run.joins_paragraphs || pieces[run.start].before == Seam::Paragraph;
        (words <= MAX_WORDS).then_some(Run { start, words, joins_paragraphs, ..*run })
    })
}

impl Run {
    /// The square of its distance from the target length (as a share of it), the cut before it, and a charge for
    /// joining parts of paragraphs.
    fn cost(self, pieces: &[Piece]) -> f32 {
        let distance = self.words as f32 / TARGET_WORDS as f32 - 1.0;
        let whole = |index: usize| pieces.get(index).is_none_or(|piece| piece.before == Seam::Paragraph);
        let mixed = self.joins_paragraphs && !(whole(self.start) && whole(self.end));
        let cut = if self.start == 0 { 0.0 } else { pieces[self.start].before.cost() };
        distance * distance + cut + if mixed { MIXED_PARAGRAPHS } else { 0.0 }
    }
}

/// Counts lines from span to span, so that each newline is looked at once.
struct LineCounter<'a> {
    bytes: &'a [u8],
    position: usize,
    line: usize,
}

impl<'a> LineCounter<'a> {
    fn new(text: &'a str) -> Self {
        LineCounter { bytes: text.as_bytes(), position: 0, line: 1 }
    }

    fn of(&mut self, span: &Span) -> (usize, usize) {
        (self.at(span.start), self.at(span.end))
    }

    fn at(&mut self, position: usize) -> usize {
        self.line += self.bytes[self.position..position].iter().filter(|&&byte| byte == b'\n').count();
        self.position = position;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn article(text: &str, headings: Vec<Span>) -> Article {
        Article { headings, ..Article::bare("Titre", text) }
    }

    /// Headings are the lines that begin with `#`.
    fn split_marked(text: &str) -> Vec<Passage> {
        split(&article(text, headings(text)))
    }

    fn headings(text: &str) -> Vec<Span> {
        let mut position = 0;
        let mut spans = vec![];
        for line in text.split('\n') {
            if line.starts_with('#') {
                spans.push(position..position + line.len());
            }
            position += line.len() + 1;
        }
        spans
    }

    /// `words(n)` is a sentence of `n` words.
    fn words(n: usize) -> String {
        let mut sentence = "Mot".to_owned() + &" mot".repeat(n - 1);
        sentence.push('.');
        sentence
    }

    #[track_caller]
    fn case(paragraphs: &[&[usize]], expected: &[usize]) {
        let paragraph = |sentences: &&[usize]| sentences.iter().map(|&n| words(n)).collect::<Vec<_>>().join(" ");
        let text = paragraphs.iter().map(paragraph).collect::<Vec<_>>().join("\n");
        let found: Vec<usize> = split_marked(&text).iter().map(|p| count_words(&text[p.span.clone()])).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn lengths_are_balanced() {
        case(&[&[20]], &[20]);
        case(&[&[60], &[50], &[60], &[50]], &[110, 110]);
        case(&[&[20, 20, 20, 20, 20, 20]], &[120]);
        case(&[&[20; 9]], &[100, 80]);
        case(&[&[100], &[12]], &[112]);
        case(&[&[100], &[100], &[12]], &[100, 112]);
        case(&[&[90], &[90]], &[90, 90]);
        case(&[&[210], &[20]], &[210, 20]);
    }

    #[test]
    fn an_over_long_sentence_is_cut_at_clauses() {
        let clause = "des mots ".repeat(50);
        let text = format!("Il y a {} ; il y a {}, et {} enfin.", clause.trim(), clause.trim(), clause.trim());
        let passages = split_marked(&text);
        let shown: Vec<&str> = passages.iter().map(|p| &text[p.span.clone()]).collect();
        assert!(shown[0].ends_with(';') && shown[1].ends_with(',') && shown.len() == 3, "{shown:?}");
    }

    #[test]
    fn text_without_spaces_is_cut_too() {
        let text = "é".repeat(100_000);
        let passages = split_marked(&text);
        assert!(passages.iter().all(|p| p.span.len() <= MAX_WORDS * LONG_WORD_BYTES));
        assert_eq!(passages.iter().map(|p| p.span.len()).sum::<usize>(), text.len());
    }

    #[test]
    fn headings_open_passages() {
        let text = "Avant.\n\n# Un\n\nPremier.\n# Deux\n## Trois\nSecond.\nFin.\n# Seul\n";
        let found: Vec<_> = split_marked(text)
            .into_iter()
            .map(|p| (&text[p.span], p.lines, p.heading.map(|heading| &text[heading])))
            .collect();
        let expected = [
            ("Avant.", (1, 1), None),
            ("# Un\n\nPremier.", (3, 5), Some("# Un")),
            ("# Deux\n## Trois\nSecond.\nFin.", (6, 9), Some("## Trois")),
            ("# Seul", (10, 10), Some("# Seul")),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_second_passage_under_a_heading_knows_it() {
        let text = format!("# Titre\n{}\n{}", words(110), words(110));
        let found: Vec<_> = split_marked(&text).into_iter().map(|p| (p.ordinal, p.lines, p.heading)).collect();
        assert_eq!(found, [(0, (1, 2), Some(0..7)), (1, (3, 3), Some(0..7))]);
    }

    #[test]
    fn headings_that_are_none_are_left_out() {
        let text = "Été. Fin.";
        for odd in [0..1, 5..90, 3..3] {
            assert_eq!(split(&article(text, Vec::from([odd]))).len(), 1);
        }
        assert_eq!(split(&article(text, vec![6..10, 0..4])).len(), 1);
    }

    #[test]
    fn a_blank_text_has_no_passage() {
        assert_eq!(split_marked(""), []);
        assert_eq!(split_marked(" \n\u{a0}\n"), []);
    }

    #[test]
    fn paragraphs_and_wrapped_lines() {
        let count = |text: &str| paragraph::split(text, 0..text.len()).len();
        assert_eq!(count("Une ligne.\nUne autre."), 2);
        assert_eq!(count("Une phrase\nqui continue sur\ndeux lignes."), 1);
        assert_eq!(count("Une phrase\nqui parle de\nGoogle et de\nMeta."), 1);
        assert_eq!(count("Voici :\n- un\n- deux"), 3);
        assert_eq!(count("« Pourquoi ?\n» a-t-il dit."), 1);
        assert_eq!(count("Un.\n\n\nDeux."), 2);
    }

    /// Texts with the structure that matters: words, marks, line breaks, headings, and now and then anything at all.
    fn any_text() -> impl Strategy<Value = String> {
        let sentence = "([A-Zé]?[a-zé]{1,9}[ ,]{1,2}){1,30}[.!?…]{0,2} ?";
        let line =
            prop_oneof![8 => Just("\n"), 3 => Just("\n\n"), 2 => Just("\n# "), 6 => Just(" "), 1 => Just("\u{a0}»")];
        let piece = prop_oneof![9 => sentence.prop_map(String::from), 1 => "\\PC{0,300}".prop_map(String::from)];
        prop::collection::vec((piece, line), 0..40)
            .prop_map(|pieces| pieces.into_iter().map(|(piece, line)| piece + line).collect())
    }

    proptest! {
        #[test]
        fn spans_are_ordered_apart_and_cover_the_text(text in any_text()) {
            let mut end = 0;
            for (ordinal, passage) in split_marked(&text).into_iter().enumerate() {
                let span = passage.span.clone();
                prop_assert_eq!(passage.ordinal, ordinal);
                prop_assert!(span.start >= end && text[end..span.start].trim().is_empty());
                prop_assert!(!text[span.clone()].is_empty());
                prop_assert_eq!(text[span.clone()].trim(), &text[span.clone()]);
                let line = |at: usize| 1 + text[..at].matches('\n').count();
                prop_assert_eq!(passage.lines, (line(span.start), line(span.end)));
                end = span.end;
            }
            prop_assert!(text[end..].trim().is_empty());
        }

        #[test]
        fn no_passage_goes_on_across_a_heading(text in any_text()) {
            let headings = headings(&text);
            for passage in split_marked(&text) {
                let before = |heading: &&Span| heading.start <= passage.span.start;
                let inside = headings.iter().filter(|h| passage.span.contains(&h.start)).max_by_key(|h| h.start);
                let heading = inside.or(headings.iter().rfind(before));
                prop_assert_eq!(passage.heading.as_ref(), heading);
                if let Some(heading) = inside {
                    prop_assert!(text[passage.span.start..].starts_with('#'));
                    prop_assert!(text[passage.span.start..heading.start].lines().all(|l| l.trim().is_empty() || l.starts_with('#')));
                }
            }
        }

        #[test]
        fn passages_are_not_longer_than_the_limit(text in any_text()) {
            for passage in split_marked(&text) {
                let heading = passage.heading.map_or(0, |heading| count_words(&text[heading]));
                prop_assert!(count_words(&text[passage.span]) <= MAX_WORDS + heading + 1);
            }
        }
    }
}
