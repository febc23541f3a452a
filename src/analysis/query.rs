//! The words of a query: what each one is for, and what else may stand for it in a text.
//!
//! `comment l'IA aide les start-ups ?` gives *comment* (a question word), *ia* (or *ai*, or *intelligence artificielle*),
//! *aide*, *les* (a function word), *startups* (or *start ups*).

use super::equivalence;
use super::fold::fold;
use super::forms::is_name;
use super::number;
use super::token::{TokenKind, brand_cut, tokenize};
use super::words::{QUESTION_FORMULAS, is_function_word, is_question_word};
use crate::article::Span;

/// A word of a query, or an expression that counts as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryTerm {
    /// As typed.
    pub text: String,
    /// The bytes of the query.
    pub span: Span,
    pub role: Role,
    /// The normalised spelling; that of a compound is written as one word (`startup` for *start-up*).
    pub form: String,
    /// The spellings of its words, in order: one, or the parts of a compound or an expression.
    pub words: Vec<String>,
    /// What else may stand for it; an expression of several words has itself first.
    pub alternatives: Vec<Alternative>,
    /// The spelling that stands for this term and the next one together (`start up`: `startup`).
    pub joined_with_next: Option<String>,
}

/// Another way to say a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The spellings of successive words; adjacent in the text when more than one.
    pub forms: Vec<String>,
    pub reason: Reason,
}

/// Why an alternative stands for a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The parts of a compound, side by side.
    Parts,
    /// The words of an expression, side by side.
    Expression,
    /// A number in words or in digits.
    Number,
    /// An entry of the list of equivalences, with the reason that it gives.
    Equivalence(&'static str),
}

/// What a term is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// It says what is looked for.
    Content,
    /// A word of grammar: weighs little, need not match.
    Function,
    /// It only asks: weighs nothing.
    Question,
}

/// Returns the terms of `text`, in order. When it has function and question words only, they are content.
pub fn query_terms(text: &str) -> Vec<QueryTerm> {
    let words = words(text);
    let keys: Vec<_> = words.iter().map(|w| equivalence::key(&w.form)).collect();
    let mut terms = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let (length, term) = term(text, &words[at..], &keys[at..]);
        terms.push(term);
        at += length;
    }
    join_neighbours(&mut terms);
    keep_some_content(terms)
}

/// A word token of the query.
struct Word {
    form: String,
    span: Span,
    role: Role,
    /// How many words the compound that starts here has; 1 for a simple word.
    parts: usize,
    /// The spelling of that compound as one word.
    joined: Option<String>,
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    tokenize(text, &mut |token| match token.kind {
        TokenKind::Word => words.push(Word {
            form: token.form.to_owned(),
            span: token.span,
            role: Role::Content,
            parts: 1,
            joined: None,
        }),
        TokenKind::Joined => {
            let first = token.position as usize;
            let parts = words.len() - first;
            if parts > 1 {
                words[first].parts = parts;
                words[first].joined = Some(token.form.to_owned());
            }
        }
    });
    split_name_lists(&mut words);
    set_roles(text, &mut words);
    words
}

/// `Meta-Google` and `ex-Facebook` are words side by side, not compounds.
fn split_name_lists(words: &mut [Word]) {
    for first in 0..words.len() {
        let parts = &words[first..first + words[first].parts];
        if parts.len() > 1 && (parts[0].form == "ex" || parts.iter().all(|w| is_name(&fold(&w.form)))) {
            words[first].parts = 1;
            words[first].joined = None;
        }
    }
}

fn set_roles(text: &str, words: &mut [Word]) {
    let mixed_case = words.len() == 1 || text.contains(char::is_lowercase);
    let mut at = 0;
    while at < words.len() {
        let formula = formula_length(&words[at..]);
        for word in &mut words[at..at + formula] {
            word.role = Role::Question;
        }
        if formula == 0 && !(mixed_case && is_name_in_capitals(text, words, at)) {
            words[at].role = role(&words[at].form);
        }
        at += formula.max(1);
    }
}

fn formula_length(words: &[Word]) -> usize {
    let starts = |formula: &&[&str]| {
        formula.len() <= words.len() && formula.iter().zip(words).all(|(form, word)| *form == word.form)
    };
    QUESTION_FORMULAS.iter().copied().find(starts).map_or(0, <[_]>::len)
}

/// A word of two capitals or more among small letters is a name, whatever it spells; not in a row of three, which is
/// the kicker of a headline.
fn is_name_in_capitals(text: &str, words: &[Word], at: usize) -> bool {
    let capitals = |at: usize| words.get(at).is_some_and(|word| is_capitals(&text[word.span.clone()]));
    let before = (0..at).rev().take_while(|&at| capitals(at)).take(2).count();
    let after = (at + 1..words.len()).take_while(|&at| capitals(at)).take(2).count();
    capitals(at) && before + after < 2
}

fn is_capitals(surface: &str) -> bool {
    surface.chars().nth(1).is_some() && surface.chars().all(char::is_uppercase)
}

fn role(form: &str) -> Role {
    if is_question_word(form) {
        Role::Question
    } else if is_function_word(form) {
        Role::Function
    } else {
        Role::Content
    }
}

/// Makes the term that starts `words` and tells how many words it takes.
fn term(text: &str, words: &[Word], keys: &[String]) -> (usize, QueryTerm) {
    let found = equivalence::longest(keys)
        .filter(|(length, _)| ends_with_compound(words, *length))
        .filter(|(length, _)| *length > 1 || words[0].role == Role::Content)
        .or_else(|| joined_equivalence(&words[0]));
    let length = found.map_or(words[0].parts, |(length, _)| length.max(words[0].parts));
    let words = &words[..length];
    let forms: Vec<_> = words.iter().map(|w| w.form.clone()).collect();
    let mut alternatives = own_expression(words, &forms, found.is_some());
    alternatives.extend(found.iter().flat_map(|(_, set)| equivalents(set, &forms)));
    alternatives.extend(other_number(&forms));
    alternatives.extend(inner_parts(text, words));
    let span = words[0].span.start..words[length - 1].span.end;
    let form = words[0].joined.clone().filter(|_| words[0].parts == length).unwrap_or_else(|| forms.join(" "));
    let role = shared_role(words);
    (
        length,
        QueryTerm {
            text: text[span.clone()].to_owned(),
            span,
            role,
            form,
            words: forms,
            alternatives,
            joined_with_next: None,
        },
    )
}

/// The set that a compound belongs to as one word: `start-ups` by *startup*.
fn joined_equivalence(word: &Word) -> Option<(usize, &'static equivalence::Equivalence)> {
    let joined = equivalence::key(word.joined.as_deref()?);
    equivalence::longest(&[joined]).map(|(_, set)| (word.parts, set))
}

/// The role of a term of several words: content, unless all of them are the same.
fn shared_role(words: &[Word]) -> Role {
    let first = words[0].role;
    if words.iter().all(|word| word.role == first) { first } else { Role::Content }
}

/// Whether an expression of `length` words does not cut a compound.
fn ends_with_compound(words: &[Word], length: usize) -> bool {
    (0..length).all(|at| at + words[at].parts <= length)
}

/// The words of a compound or an expression themselves, side by side.
fn own_expression(words: &[Word], forms: &[String], expression: bool) -> Vec<Alternative> {
    if words.len() == 1 {
        return Vec::new();
    }
    let reason = if expression { Reason::Expression } else { Reason::Parts };
    vec![Alternative { forms: forms.to_vec(), reason }]
}

fn equivalents(set: &'static equivalence::Equivalence, forms: &[String]) -> Vec<Alternative> {
    let mut others: Vec<Alternative> = Vec::new();
    for expression in set.expressions().filter(|expression| expression != forms) {
        if others.iter().all(|other| other.forms != expression) {
            others.push(Alternative { forms: expression, reason: Reason::Equivalence(set.reason) });
        }
    }
    others
}

/// `dix` for `10` and `10` for `dix`.
fn other_number(forms: &[String]) -> Option<Alternative> {
    let [form] = forms else { return None };
    let other = number::other_spelling(form)?;
    Some(Alternative { forms: vec![other], reason: Reason::Number })
}

/// The parts of a name written as one: `GPT5` is *gpt 5*, `DeepMind` is *deep mind*, `OVHcloud` is *ovh cloud*.
fn inner_parts(text: &str, words: &[Word]) -> Option<Alternative> {
    let [word] = words else { return None };
    let cut = inner_cut(&text[word.span.clone()], &word.form)?;
    let (first, second) = word.form.split_at(cut);
    Some(Alternative { forms: vec![first.to_owned(), second.to_owned()], reason: Reason::Parts })
}

fn inner_cut(surface: &str, form: &str) -> Option<usize> {
    if !surface.is_ascii() || surface.len() != form.len() {
        return None;
    }
    let bytes = surface.as_bytes();
    let cuts = |pair: &[u8]| {
        pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()
            || pair[0].is_ascii_alphabetic() && pair[1].is_ascii_digit()
    };
    let cut = brand_cut(surface, form).or_else(|| bytes.windows(2).position(cuts).map(|at| at + 1));
    cut.filter(|&cut| cut >= MIN_INNER_PART && (bytes.len() - cut >= MIN_INNER_PART || bytes[cut].is_ascii_digit()))
}

/// Below this many letters a part is no word: `iPhone`.
const MIN_INNER_PART: usize = 2;

/// Sets the joined spelling of each two content words that stand side by side.
fn join_neighbours(terms: &mut [QueryTerm]) {
    for at in 1..terms.len() {
        let (before, after) = (&terms[at - 1], &terms[at]);
        let simple = before.words.len() == 1 && after.words.len() == 1;
        if simple && before.role == Role::Content && after.role == Role::Content {
            terms[at - 1].joined_with_next = Some(format!("{}{}", terms[at - 1].form, terms[at].form));
        }
    }
}

fn keep_some_content(mut terms: Vec<QueryTerm>) -> Vec<QueryTerm> {
    if terms.iter().all(|t| t.role != Role::Content) {
        for term in &mut terms {
            term.role = Role::Content;
        }
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A term on one line: its form, its role where it is not content, and its alternatives.
    fn line(term: &QueryTerm) -> String {
        let role = match term.role {
            Role::Content => "",
            Role::Function => " (function)",
            Role::Question => " (question)",
        };
        let others: String = term.alternatives.iter().map(|a| format!(" | {}", a.forms.join(" "))).collect();
        format!("{}{role}{others}", term.form)
    }

    #[track_caller]
    fn case(query: &str, expected: &[&str]) {
        let lines: Vec<_> = query_terms(query).iter().map(line).collect();
        assert_eq!(lines, expected, "{query}");
    }

    #[test]
    fn roles() {
        case("Qui a racheté Twitter ?", &["qui (question)", "a (function)", "racheté", "twitter"]);
        case(
            "qu'est-ce que le WiMAX",
            &["est (question)", "ce (question)", "que (question)", "le (function)", "wimax | wi max"],
        );
        case("C'est quoi Bluesky ?", &["est (question)", "quoi (question)", "bluesky"]);
        case(
            "où sont les data centers",
            &[
                "où (question)",
                "sont (function)",
                "les (function)",
                "data centers | data centers | data center | datacenter | centre de données | data centre | datacentre",
            ],
        );
        case("est-ce que", &["est", "ce", "que"]);
        case("le", &["le"]);
        case("qui a eu lieu", &["qui (question)", "a (function)", "eu (function)", "lieu"]);
        case("EU", &["eu | ue | union européenne"]);
        case("l'EU et nous", &["eu | ue | union européenne", "et (function)", "nous (function)"]);
        case(
            "PAR ICI LES ROUTES : Orange",
            &["par (function)", "ici (function)", "les (function)", "routes", "orange"],
        );
        case("", &[]);
        case("… ?!", &[]);
    }

    #[test]
    fn compounds_and_names() {
        case("start-ups", &["startups | start ups | jeune pousse | start up | startup"]);
        case("porte-parole", &["porteparole | porte parole"]);
        case("Meta-Google", &["meta", "google"]);
        case("ex-Twitter", &["ex", "twitter"]);
        case("Zeta7", &["zeta7 | zeta 7"]);
        case("BlueMind", &["bluemind | blue mind"]);
        case("iPhone", &["iphone"]);
        assert_eq!(query_terms("blue mind")[0].joined_with_next.as_deref(), Some("bluemind"));
    }

    #[test]
    fn numbers() {
        case("dix usines", &["dix | 10", "usines"]);
        case("10 usines", &["10 | dix", "usines"]);
        case("3 Md€", &["3 | trois", "milliards", "euros"]);
    }

    #[test]
    fn spans_are_those_of_the_query() {
        let terms = query_terms("l'IA et les grands modèles de langage");
        let texts: Vec<_> = terms.iter().map(|t| t.text.as_str()).collect();
        assert_eq!(texts, ["IA", "et", "les", "grands modèles de langage"]);
    }
}
