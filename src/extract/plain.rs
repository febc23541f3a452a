//! Reads plain text: no markup, a line is a paragraph, and a heading is a short line that stands alone.
//!
//! Text comes in, a [`Record`] goes out. The title is unknown unless the file plainly has one: a first line that
//! looks like a heading, with an empty line after it.
//!
//! ```
//! let long = "Une phrase de journal qui tient sa place dans le paragraphe. ".repeat(4);
//! let text = format!("{long}\nUn intertitre\n{long}");
//! let spans = veille::extract::plain::headings(&text);
//! assert_eq!(&text[spans[0].clone()], "Un intertitre");
//! ```

use super::Page;
use super::record::{Record, RecordText};
use super::text;
use crate::article::Span;

/// The longest heading. Intertitles of the French press run to 110 characters; beyond are sentences.
const MAX_HEADING_CHARS: usize = 130;

/// The longest heading in words.
const MAX_HEADING_WORDS: usize = 22;

/// A heading announces a paragraph: what follows it is at least so long. One-sentence paragraphs of
/// agency news run from 80 characters on, and no heading stands in front of each.
const MIN_FOLLOWING_CHARS: usize = 140;

/// And what comes before it is a paragraph too.
const MIN_PRECEDING_CHARS: usize = 60;

/// Reads a text file.
pub fn read(raw: &str) -> Page {
    let text = unwrap_lines(text::clean(raw).trim_matches('\n'));
    let (title, body) = split_title(&text);
    let record = Record { title: title.to_owned(), text: RecordText::Plain(body.to_owned()), ..Record::default() };
    (Ok(record), Vec::new())
}

/// Returns the spans of the lines of `text` that are headings, in order.
///
/// A heading is short, begins with a capital or a digit, ends without punctuation (a question mark is allowed),
/// and stands between longer paragraphs. Quotes, bylines, items of lists and announcements (`Voici … :`) are none;
/// neither is the last line.
pub fn headings(text: &str) -> Vec<Span> {
    let lines: Vec<(usize, &str)> = lines(text).filter(|(_, line)| !line.trim().is_empty()).collect();
    let shape = |i: usize| lines.get(i).map(|(_, line)| line.trim());
    (0..lines.len())
        .filter(|&i| {
            let before = i.checked_sub(1).and_then(shape);
            is_heading(before, lines[i].1.trim(), shape(i + 1))
        })
        .map(|i| trimmed(lines[i].0, lines[i].1))
        .collect()
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split('\n').scan(0, |start, line| {
        let at = *start;
        *start += line.len() + 1;
        Some((at, line))
    })
}

fn trimmed(start: usize, line: &str) -> Span {
    let begin = start + line.len() - line.trim_start().len();
    begin..begin + line.trim().len()
}

fn is_heading(before: Option<&str>, line: &str, after: Option<&str>) -> bool {
    looks_like_heading(line)
        && after.is_some_and(|next| next.chars().count() >= MIN_FOLLOWING_CHARS)
        && before.is_none_or(is_paragraph)
}

fn is_paragraph(line: &str) -> bool {
    line.chars().count() >= MIN_PRECEDING_CHARS || line.ends_with(['.', '!', '?', '…', ':', '»', '"'])
}

fn looks_like_heading(line: &str) -> bool {
    line.len() <= MAX_HEADING_CHARS * 4
        && line.chars().count() <= MAX_HEADING_CHARS
        && line.split_whitespace().count() <= MAX_HEADING_WORDS
        && line.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
        && line.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '?' | ')' | '%' | '€' | '$'))
        && line.contains(|c: char| c.is_lowercase())
        && !is_byline(line)
        && !has_sentence_end(line)
}

/// What a line of credits begins with.
const CREDITS: [&str; 14] = [
    "Par ",
    "Publié",
    "Mis à jour",
    "Mise à jour",
    "Modifié",
    "Photo",
    "Crédit",
    "Source",
    "Lire ",
    "À lire",
    "A lire",
    "Avec AFP",
    "Voir ",
    "Propos recueillis",
];

fn is_byline(line: &str) -> bool {
    CREDITS.iter().any(|start| line.starts_with(start)) || super::date::find(line).is_some_and(|_| line.len() < 40)
}

/// Two sentences make a paragraph: `Il part. Elle reste` is none of our headings.
fn has_sentence_end(line: &str) -> bool {
    line.match_indices(['.', '!', '…']).any(|(at, mark)| {
        let before = line[..at].split([' ', '\'', '’', '.']).next_back().unwrap_or_default();
        let rest = &line[at + mark.len()..];
        // An initial or « St. » is no end; numbers have no space after their point.
        before.chars().count() > 3 && rest.starts_with(' ')
    })
}

/// The first line, where it looks like a heading and an empty line parts it from the text.
fn split_title(text: &str) -> (&str, &str) {
    match text.split_once("\n\n") {
        Some((first, rest)) if looks_like_heading(first.trim()) && !rest.trim().is_empty() => {
            (first.trim(), rest.trim_start_matches('\n'))
        }
        _ => ("", text),
    }
}

/// The widest line of a text that was broken by a terminal or a mail program (72 to 80 columns, with room).
const MAX_WRAPPED_CHARS: usize = 100;

/// The narrowest line that a break at the margin leaves, in such a text.
const MIN_WRAPPED_CHARS: usize = 50;

/// Joins the lines of paragraphs that were broken at a margin; any other text is returned as it is.
pub(crate) fn unwrap_lines(text: &str) -> String {
    if !is_wrapped(text) {
        return text.to_owned();
    }
    text.split("\n\n").map(join_lines).collect::<Vec<_>>().join("\n\n")
}

/// Wrapped text has empty lines between paragraphs, no wide line, and mostly full lines inside paragraphs.
fn is_wrapped(text: &str) -> bool {
    let inner: Vec<usize> = text
        .split("\n\n")
        .flat_map(|block| {
            let lines: Vec<&str> = block.trim_matches('\n').split('\n').collect();
            lines[..lines.len() - 1].iter().map(|line| line.chars().count()).collect::<Vec<_>>()
        })
        .collect();
    let full = inner.iter().filter(|&&chars| chars >= MIN_WRAPPED_CHARS).count();
    inner.len() >= 3
        && full * 10 >= inner.len() * 8
        && text.split('\n').all(|line| line.chars().count() <= MAX_WRAPPED_CHARS)
}

fn join_lines(block: &str) -> String {
    let mut joined = String::with_capacity(block.len());
    for line in block.split('\n') {
        let item = line.trim_start().starts_with(['-', '*', '•', '–', '>', '|']);
        if !joined.is_empty() {
            joined.push(if item || joined.ends_with('\n') { '\n' } else { ' ' });
        }
        joined.push_str(line.trim());
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LONG: &str = "Le groupe n'a pas précisé le montant de la commande, mais plusieurs sources évoquent des milliers de \
        processeurs livrés d'ici à la fin de l'année dans ses trois sites européens.";

    #[track_caller]
    fn case(lines: &[&str], expected: &[&str]) {
        let text = lines.join("\n");
        let found: Vec<&str> = headings(&text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn short_lines_between_paragraphs_are_headings() {
        case(&[LONG, "Une facture qui grimpe", LONG], &["Une facture qui grimpe"]);
        case(&[LONG, "", "Une facture qui grimpe", "", LONG], &["Une facture qui grimpe"]);
        case(&[LONG, "Faut-il s'en inquiéter ?", LONG], &["Faut-il s'en inquiéter ?"]);
        case(&[LONG, "3. Le calendrier de J.-L. Martin", LONG], &["3. Le calendrier de J.-L. Martin"]);
        case(&["Contexte", LONG], &["Contexte"]);
        case(&[LONG, "Voici les points clés :", "Ce que disent les clients", LONG], &["Ce que disent les clients"]);
    }

    #[test]
    fn other_short_lines_are_not() {
        for line in [
            "Il a démissionné.",
            "Voici les raisons :",
            "« Nous avons signé »",
            "\"Nous avons signé\"",
            "- un point",
            "et puis rien",
            "Par Jeanne Martin",
            "Publié le 22 août 2025",
            "22 août 2025 à 10h30",
            "Il part. Elle reste",
            "Quelle surprise !",
            "Lire aussi l'enquête",
            "PARIS",
        ] {
            case(&[LONG, line, LONG], &[]);
        }
    }

    #[test]
    fn the_last_line_and_lists_have_no_heading() {
        case(&[LONG, "Une facture qui grimpe"], &[]);
        case(&[LONG, "Un premier point", "Un deuxième point", "Un troisième point"], &[]);
        case(&[LONG, "Une courte phrase sans point", "Une autre phrase."], &[]);
    }

    #[test]
    fn agency_news_of_one_sentence_paragraphs_has_no_heading() {
        let line = "L'accord, signé mardi à Paris, porte sur trois ans et concerne les deux filiales du groupe";
        case(&[line, line, line, line], &[]);
    }

    #[test]
    fn a_title_needs_an_empty_line() {
        let read = |raw: &str| super::read(raw).0.unwrap();
        assert_eq!(read(&format!("Meta choisit Google Cloud\n\n{LONG}\n")).title, "Meta choisit Google Cloud");
        assert_eq!(read(&format!("Meta choisit Google Cloud\n{LONG}\n")).title, "");
        assert_eq!(read(LONG).title, "");
    }

    #[test]
    fn lines_broken_at_a_margin_are_joined() {
        let raw = "Le groupe a annoncé mardi un investissement de deux milliards\n\
            d'euros dans ses centres de données, selon un communiqué paru\nà Paris.\n\n\
            Les travaux commenceront au printemps prochain, si les permis\nsont accordés à temps.";
        let joined = unwrap_lines(raw);
        assert_eq!(joined.lines().count(), 3);
        assert!(joined.starts_with("Le groupe a annoncé mardi un investissement de deux milliards d'euros dans"));
        let lines = format!("{LONG}\n{LONG}\n{LONG}");
        assert_eq!(unwrap_lines(&lines), lines);
    }

    proptest! {
        #[test]
        fn headings_are_ordered_lines(text in "([A-Za-zé .?:»]{0,200}\n){0,12}") {
            let spans = headings(&text);
            for span in &spans {
                let line = &text[span.clone()];
                prop_assert!(!line.is_empty() && !line.contains('\n'));
                prop_assert!(text.split('\n').any(|other| other.trim() == line));
            }
            prop_assert!(spans.windows(2).all(|pair| pair[0].end < pair[1].start));
        }
    }
}
