//! The words of a query: what each one is for, and what else may stand for it in a text.
//!
//! `comment l'IA aide les start-ups ?` gives *comment* (a question word), *ia* (or *ai*, or *intelligence artificielle*),
//! *aide*, *les* (a function word), *startups* (or *start ups*).

use super::equivalence;
use super::fold::fold;
use super::forms::is_name;
use super::number;
use super::token::{TokenKind, tokenize};
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
    join_neighbours(&mut terms, &words);
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
    let mixed_case = text.contains(char::is_lowercase);
    let mut at = 0;
    while at < words.len() {
        let formula = formula_length(&words[at..]);
        for word in &mut words[at..at + formula] {
            word.role = Role::Question;
        }
        if formula == 0 && !(mixed_case && is_capitals(&text[words[at].span.clone()])) {
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

/// A word of two capitals or more among small letters is a name, whatever it spells.
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
    let found = equivalence::longest(keys).filter(|(length, _)| ends_with_compound(words, *length));
    let length = found.map_or(words[0].parts, |(length, _)| length.max(words[0].parts));
    let words = &words[..length];
    let forms: Vec<_> = words.iter().map(|w| w.form.clone()).collect();
    let mut alternatives = own_expression(words, &forms, found.is_some());
    alternatives.extend(found.iter().flat_map(|(_, set)| equivalents(set, &forms)));
    alternatives.extend(other_number(&forms));
    let span = words[0].span.start..words[length - 1].span.end;
    let form = words[0].joined.clone().filter(|_| words[0].parts == length).unwrap_or_else(|| forms.join(" "));
    let role = if length > 1 { Role::Content } else { words[0].role };
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
    let others = set.expressions.iter().filter(|expression| *expression != forms);
    others.map(|e| Alternative { forms: e.clone(), reason: Reason::Equivalence(set.reason) }).collect()
}

/// `dix` for `10` and `10` for `dix`.
fn other_number(forms: &[String]) -> Option<Alternative> {
    let [form] = forms else { return None };
    let other = number::other_spelling(form)?;
    Some(Alternative { forms: vec![other], reason: Reason::Number })
}

/// Sets the joined spelling of each two content words that stand side by side.
fn join_neighbours(terms: &mut [QueryTerm], _words: &[Word]) {
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
