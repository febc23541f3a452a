//! Parses what was typed: first into items (words, signed terms, filters, operators), then into clauses.
//!
//! Both steps take time linear in the text, and neither can fail: what is not well formed is a word. An operator that
//! turns out to be a word is kept in lower case, so that it stays a word when the query is printed and parsed again.

use super::date;
use super::{Clause, Date, Expr, Filters, Occur, Query, Values, is_quote, tidy};

/// A prefix of fewer letters and digits would stand for half of the vocabulary.
const SHORTEST_PREFIX: usize = 2;

/// From so many words on, a line all in capitals is a headline, and its `ET` a word; shorter ones are acronyms.
const HEADLINE_WORDS: usize = 4;

/// Reads what a person typed; see the table of the [module](super). Never fails.
pub fn parse(text: &str) -> Query {
    let (items, warnings) = Lexer::new(text).items();
    let mut parser = Parser { items, at: 0, needs_all: false, query: Query { warnings, ..Query::default() } };
    parser.run();
    parser.query
}

/// What the parser decides on.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    /// A typed word that can be an operand.
    Word(String),
    /// Text that counts for the rank and no more: a lone mark, a filter that could not be read.
    Remnant(String),
    Term(Option<Sign>, Expr),
    Facet(Sign, Facet, Vec<String>),
    Amount(String),
    Dates(Option<Date>, Option<Date>),
    Operator(Operator, String),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Sign {
    Plus,
    Minus,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operator {
    And,
    Or,
    Not,
}

/// A field whose values are names.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Facet {
    Company,
    Topic,
    Source,
}

#[derive(Debug, Clone, Copy)]
enum Field {
    Title,
    Facet(Facet),
    Date,
    Amount,
}

fn field(name: &str) -> Option<Field> {
    Some(match name.to_lowercase().as_str() {
        "titre" | "title" => Field::Title,
        "entreprise" | "company" => Field::Facet(Facet::Company),
        "sujet" | "topic" => Field::Facet(Facet::Topic),
        "source" => Field::Facet(Facet::Source),
        "date" => Field::Date,
        "montant" | "amount" => Field::Amount,
        _ => return None,
    })
}

fn operator(word: &str) -> Option<Operator> {
    match word {
        "ET" | "AND" => Some(Operator::And),
        "OU" | "OR" => Some(Operator::Or),
        "SAUF" | "NOT" => Some(Operator::Not),
        _ => None,
    }
}

/// Cuts the text into items.
struct Lexer<'a> {
    text: &'a str,
    position: usize,
    last: LastClosing,
    warnings: Vec<String>,
}

/// Where the last closing mark of each kind is: a text of a million lone opening marks must not be searched for a
/// partner a million times.
#[derive(Debug, Clone, Copy)]
struct LastClosing {
    guillemet: Option<usize>,
    curly: Option<usize>,
    straight: Option<usize>,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str) -> Self {
        let last = LastClosing { guillemet: text.rfind('»'), curly: text.rfind('”'), straight: text.rfind('"') };
        Lexer { text, position: 0, last, warnings: vec![] }
    }

    fn items(mut self) -> (Vec<Item>, Vec<String>) {
        let mut items = vec![];
        while let Some(c) = self.rest().chars().next() {
            if c.is_whitespace() {
                self.position += c.len_utf8();
            } else if is_quote(c) {
                items.extend(self.phrase().map(|words| Item::Term(None, Expr::Phrase(words))));
            } else {
                items.extend(self.item());
            }
        }
        (items, self.warnings)
    }

    fn rest(&self) -> &'a str {
        &self.text[self.position..]
    }

    /// The text up to the next white space or quotation mark.
    fn chunk(&self) -> &'a str {
        let rest = self.rest();
        &rest[..rest.find(|c: char| c.is_whitespace() || is_quote(c)).unwrap_or(rest.len())]
    }

    /// At a quotation mark: passes over it, and over the phrase that it opens. Gives nothing if there is none.
    fn phrase(&mut self) -> Option<String> {
        let content = self.quoted();
        self.skip_char();
        let content = content?;
        self.position += content.len();
        self.skip_char();
        Some(tidy(content)).filter(|words| !words.is_empty())
    }

    fn skip_char(&mut self) {
        self.position += self.rest().chars().next().map_or(0, char::len_utf8);
    }

    /// What stands between the quotation mark here and its partner.
    fn quoted(&self) -> Option<&'a str> {
        let mut chars = self.rest().chars();
        let (closing, last) = match chars.next()? {
            '«' => ('»', self.last.guillemet),
            '“' => ('”', self.last.curly),
            '"' if self.may_open_here() => ('"', self.last.straight),
            _ => return None,
        };
        let content = chars.as_str();
        if last? < self.text.len() - content.len() {
            return None;
        }
        content.find(closing).map(|end| &content[..end])
    }

    /// A straight mark opens a phrase after white space and a few marks; after a letter or a digit (`27" 4K`) never.
    fn may_open_here(&self) -> bool {
        let before = self.text[..self.position].chars().next_back();
        before.is_none_or(|c| c.is_whitespace() || is_quote(c) || "'’([+-=:,".contains(c))
    }

    fn item(&mut self) -> Option<Item> {
        if self.text[..self.position].ends_with(|c: char| !c.is_whitespace()) {
            // Glued to a quotation mark: a sign here is none.
            let rest = self.rest();
            self.position += rest.len() - rest.trim_start_matches(['+', '-']).len();
        } else if let Some(item) = self.signed() {
            return Some(item);
        }
        let chunk = self.chunk();
        if chunk.is_empty() {
            return None;
        }
        if let Some(operator) = operator(chunk) {
            self.position += chunk.len();
            return Some(Item::Operator(operator, chunk.to_owned()));
        }
        Some(self.unsigned(None))
    }

    /// A term or filter with a sign before it, if there is one here.
    fn signed(&mut self) -> Option<Item> {
        let chunk = self.chunk();
        let sign = match chunk.chars().next()? {
            '+' => Sign::Plus,
            '-' => Sign::Minus,
            _ => return None,
        };
        let operand = &chunk[1..];
        if operand.is_empty() {
            let mut phrase = Lexer { position: self.position + 1, warnings: vec![], ..*self };
            let words = phrase.phrase()?;
            self.position = phrase.position;
            return Some(Item::Term(Some(sign), Expr::Phrase(words)));
        }
        let word = operand.strip_prefix('=').unwrap_or(operand);
        if !word.starts_with(char::is_alphanumeric) || is_number(operand) {
            return None;
        }
        self.position += 1;
        Some(self.unsigned(Some(sign)))
    }

    /// What begins here, after `sign` if there was one: a filter, a term or a word.
    fn unsigned(&mut self, sign: Option<Sign>) -> Item {
        let chunk = self.chunk();
        let sign_length = usize::from(sign.is_some());
        let typed = &self.text[self.position - sign_length..self.position + chunk.len()];
        if let Some(item) = self.field(chunk, sign, typed) {
            return item;
        }
        self.position += chunk.len();
        if let Some(word) = chunk.strip_prefix('=').filter(|word| word.starts_with(char::is_alphanumeric)) {
            return Item::Term(sign, Expr::Exact(word.to_owned()));
        }
        if let Some(start) = chunk.strip_suffix('*').filter(|start| is_prefix(start)) {
            return Item::Term(sign, Expr::Prefix(start.to_owned()));
        }
        match sign {
            Some(_) => Item::Term(sign, Expr::Words(chunk.to_owned())),
            None if chunk.contains(char::is_alphanumeric) => Item::Word(chunk.to_owned()),
            None => Item::Remnant(chunk.to_owned()),
        }
    }

    /// A field with its value, if one begins here; `typed` is the chunk with its sign.
    fn field(&mut self, chunk: &str, sign: Option<Sign>, typed: &str) -> Option<Item> {
        let (name, value) = chunk.split_once(':')?;
        let field = field(name)?;
        let value_at = self.position + name.len() + 1;
        let mut values = Lexer { position: value_at, warnings: vec![], ..*self };
        let item = match field {
            Field::Title => Item::Term(sign, Expr::Title(values.value()?)),
            Field::Facet(facet) => Item::Facet(sign.unwrap_or(Sign::Plus), facet, values.list()?),
            _ if value.is_empty() => return None,
            Field::Date | Field::Amount => {
                values.position += value.len();
                condition(field, value, sign).unwrap_or_else(|warning| {
                    self.warnings.push(format!("« {typed} » est pris comme des mots : {warning}"));
                    Item::Remnant(typed.to_owned())
                })
            }
        };
        self.position = values.position;
        Some(item)
    }

    /// A value with at least a letter or a digit: the rest of the chunk, or what stands in quotation marks.
    fn value(&mut self) -> Option<String> {
        let chunk = self.chunk();
        let value = if chunk.is_empty() { self.quoted_value()? } else { chunk.to_owned() };
        if !chunk.is_empty() {
            self.position += chunk.len();
        }
        Some(value).filter(|value| value.contains(char::is_alphanumeric))
    }

    fn quoted_value(&mut self) -> Option<String> {
        if self.rest().starts_with(is_quote) { self.phrase() } else { None }
    }

    /// Values between commas, each bare or in quotation marks; at least one.
    fn list(&mut self) -> Option<Vec<String>> {
        let mut values = vec![];
        loop {
            let chunk = self.chunk();
            let bare = chunk.split(',').next().expect("a split has one part at least");
            let value = if chunk.is_empty() { self.quoted_value() } else { Some(bare.to_owned()) };
            self.position += bare.len();
            values.extend(value.filter(|value| value.contains(char::is_alphanumeric)));
            if !self.rest().starts_with(',') {
                return Some(values).filter(|values| !values.is_empty());
            }
            self.position += 1;
        }
    }
}

/// Reads the value of a field that takes ranges; or says why it cannot.
fn condition(field: Field, value: &str, sign: Option<Sign>) -> Result<Item, &'static str> {
    if sign == Some(Sign::Minus) {
        return Err("un intervalle ne peut être exclu");
    }
    match field {
        Field::Amount if is_amount(value) => Ok(Item::Amount(value.to_owned())),
        Field::Amount => Err("un montant s'écrit >1e9, 1e6..5e8 ou >1e9USD"),
        _ => date::range(value)
            .map(|(since, until)| Item::Dates(since, until))
            .ok_or("a date is written as 2025, 2025-08, 2025-08-22 or 2025-08..2025-10"),
    }
}

/// Whether `value` looks like an amount or a range of them; whether it is one is for the search to say.
fn is_amount(value: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    value.starts_with(|c: char| is_digit(c) || "<>=.".contains(c)) && value.contains(is_digit)
}

/// Whether a sign before `word` belongs to a number (`-3,5`, `+12`), not to the query.
fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) && !word.contains(char::is_alphabetic)
}

fn is_prefix(start: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || "-'’.&".contains(c);
    start.starts_with(char::is_alphanumeric)
        && start.ends_with(char::is_alphanumeric)
        && start.contains(char::is_alphabetic)
        && start.chars().all(inner)
        && start.chars().filter(|c| c.is_alphanumeric()).count() >= SHORTEST_PREFIX
}

/// Joins items into clauses and filters.
struct Parser {
    items: Vec<Item>,
    at: usize,
    /// Whether an `ET` was seen: then every word is needed.
    needs_all: bool,
    query: Query,
}

impl Parser {
    fn run(&mut self) {
        if is_headline(&self.items) {
            self.items.iter_mut().for_each(demote);
        }
        while let Some(item) = self.items.get(self.at).cloned() {
            self.at += 1;
            match item {
                Item::Operator(operator, word) => self.operator(operator, word),
                Item::Facet(sign, facet, values) => self.facet(sign, facet, values),
                Item::Amount(amount) => self.query.filters.amounts.push(amount),
                Item::Dates(since, until) => self.dates(since, until),
                Item::Remnant(text) => self.push(Occur::Should, Expr::Words(text)),
                Item::Word(word) => self.term(None, Expr::Words(word)),
                Item::Term(sign, expr) => self.term(sign, expr),
            }
        }
        if self.needs_all {
            for clause in std::mem::take(&mut self.query.clauses) {
                self.push_needed(clause);
            }
        }
        self.query.warnings.extend(empty_range(&self.query.filters));
    }

    fn operator(&mut self, operator: Operator, word: String) {
        let is_first = self.at == 1;
        match operator {
            Operator::And if !is_first && self.has_operand() => self.needs_all = true,
            Operator::Not if !is_first && self.operand(self.at).is_some() => self.exclude(),
            Operator::Not if matches!(self.items.get(self.at), Some(Item::Facet(Sign::Plus, ..))) => {
                let Item::Facet(sign, ..) = &mut self.items[self.at] else { unreachable!("just seen") };
                *sign = Sign::Minus;
            }
            _ => self.push(Occur::Should, Expr::Words(word.to_lowercase())),
        }
    }

    /// Whether something follows that `ET` can join: anything but another operator that joins.
    fn has_operand(&self) -> bool {
        match self.items.get(self.at) {
            None => false,
            Some(Item::Operator(operator, _)) => *operator == Operator::Not && self.items.len() > self.at + 1,
            Some(_) => true,
        }
    }

    /// The word or term without a sign at an index.
    fn operand(&self, at: usize) -> Option<Expr> {
        match self.items.get(at)? {
            Item::Word(word) => Some(Expr::Words(word.clone())),
            Item::Term(None, expr) => Some(expr.clone()),
            _ => None,
        }
    }

    fn exclude(&mut self) {
        let first = self.operand(self.at).expect("the caller has seen it");
        self.at += 1;
        for expr in self.alternatives(first) {
            let expr = if let Expr::Words(word) = expr { signable(word) } else { expr };
            self.push(Occur::MustNot, expr);
        }
    }

    /// `first` and the operands that `OU` joins to it.
    fn alternatives(&mut self, first: Expr) -> Vec<Expr> {
        let mut exprs = vec![first];
        while let Some(Item::Operator(Operator::Or, _)) = self.items.get(self.at)
            && let Some(expr) = self.operand(self.at + 1)
        {
            exprs.push(expr);
            self.at += 2;
        }
        exprs
    }

    fn term(&mut self, sign: Option<Sign>, expr: Expr) {
        if sign == Some(Sign::Minus) {
            return self.push(Occur::MustNot, expr);
        }
        let mut exprs = self.alternatives(expr);
        let is_condition = matches!(exprs[..], [Expr::Title(_)]);
        let occur = if sign.is_some() || is_condition { Occur::Must } else { Occur::Should };
        let expr = if exprs.len() == 1 { exprs.remove(0) } else { Expr::Either(exprs) };
        self.push(occur, expr);
    }

    /// Adds a clause; a word goes to the run before it.
    fn push(&mut self, occur: Occur, expr: Expr) {
        if let Expr::Words(word) = &expr
            && let Some(Clause { occur: last, expr: Expr::Words(run) }) = self.query.clauses.last_mut()
            && *last == occur
            && occur != Occur::MustNot
        {
            run.push(' ');
            run.push_str(word);
        } else {
            self.query.clauses.push(Clause { occur, expr });
        }
    }

    fn push_needed(&mut self, clause: Clause) {
        match clause {
            Clause { occur: Occur::Should, expr: Expr::Words(run) } => {
                run.split(' ').for_each(|word| self.push_needed_word(word));
            }
            Clause { occur: Occur::Should, expr: Expr::Either(mut exprs) } => {
                if let Expr::Words(word) = &exprs[0] {
                    exprs[0] = signable(word.clone());
                }
                self.push(Occur::Must, Expr::Either(exprs));
            }
            Clause { occur: Occur::Should, expr } => self.push(Occur::Must, expr),
            clause => self.push(clause.occur, clause.expr),
        }
    }

    fn push_needed_word(&mut self, word: &str) {
        match lex_one(word) {
            Some(Item::Word(_)) => self.push(Occur::Must, signable(word.to_owned())),
            _ => self.push(Occur::Should, Expr::Words(word.to_owned())),
        }
    }

    fn facet(&mut self, sign: Sign, facet: Facet, mut list: Vec<String>) {
        while sign == Sign::Plus
            && let Some(Item::Operator(Operator::Or, _)) = self.items.get(self.at)
            && let Some(Item::Facet(Sign::Plus, other, more)) = self.items.get(self.at + 1)
            && *other == facet
        {
            list.extend(more.iter().cloned());
            self.at += 2;
        }
        let values = facet.values(&mut self.query.filters);
        match sign {
            Sign::Plus => values.all.push(list),
            Sign::Minus => values.none.extend(list),
        }
    }

    fn dates(&mut self, since: Option<Date>, until: Option<Date>) {
        since.into_iter().for_each(|day| self.query.filters.narrow_since(day));
        until.into_iter().for_each(|day| self.query.filters.narrow_until(day));
    }
}

impl Facet {
    fn values(self, filters: &mut Filters) -> &mut Values {
        match self {
            Facet::Company => &mut filters.companies,
            Facet::Topic => &mut filters.topics,
            Facet::Source => &mut filters.sources,
        }
    }
}

/// A line all in capitals, with words side by side and nothing but words: `META ET GOOGLE SIGNENT UN ACCORD`.
fn is_headline(items: &[Item]) -> bool {
    let is_capital = |item: &Item| match item {
        Item::Word(text) | Item::Remnant(text) | Item::Operator(_, text) => !text.contains(char::is_lowercase),
        _ => false,
    };
    let words = items.iter().filter(|item| !matches!(item, Item::Operator(..))).count();
    let operators = items.len() - words;
    words >= HEADLINE_WORDS && operators + 1 < words && items.iter().all(is_capital)
}

fn demote(item: &mut Item) {
    if let Item::Operator(_, word) = item {
        *item = Item::Word(word.to_lowercase());
    }
}

/// The word itself if it can be printed behind a sign, else a phrase of that one word (`-"10"`).
fn signable(word: String) -> Expr {
    let as_word = Expr::Words(word.clone());
    match lex_one(&format!("+{word}")) {
        Some(Item::Term(Some(Sign::Plus), expr)) if expr == as_word => as_word,
        _ => Expr::Phrase(word),
    }
}

/// The item that `word` is when it stands alone.
fn lex_one(word: &str) -> Option<Item> {
    let (mut items, _) = Lexer::new(word).items();
    if items.len() == 1 { items.pop() } else { None }
}

fn empty_range(filters: &Filters) -> Option<String> {
    let (since, until) = (filters.since?, filters.until?);
    (since > until).then(|| format!("aucun jour ne va du {since} au {until}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::TestRunner;

    use super::*;

    /// Clauses are shown as they print, with `?` before those that are evidence only and `·` between them.
    fn shown(query: &Query) -> String {
        let clause = |clause: &Clause| match clause.occur {
            Occur::Should => format!("?{}", clause.expr),
            Occur::Must => format!("+{}", clause.expr),
            Occur::MustNot => format!("-{}", clause.expr),
        };
        let filters = Query { filters: query.filters.clone(), ..Query::default() }.to_string();
        query.clauses.iter().map(clause).chain(Some(filters).filter(|f| !f.is_empty())).collect::<Vec<_>>().join(" · ")
    }

    #[track_caller]
    fn case(text: &str, expected: &str) {
        let query = parse(text);
        assert_eq!(shown(&query), expected, "{query:?}");
        assert_eq!(parse(&query.to_string()), query, "printed as {query}");
    }

    /// The whole text is one run of words.
    #[track_caller]
    fn words(text: &str) {
        case(text, &format!("?{text}"));
    }

    #[test]
    fn headlines_and_questions_are_words() {
        words("OpenAI : le nouveau modèle");
        words("Meta - Google");
        words("Google-Meta, porte-parole, GPT-5");
        words("Meta+Google");
        words("C'est quoi l'accord de Meta ?");
        words("https://exemple.fr/a?b=c");
        words("foo:bar et l'entreprise:meta");
        words("La Bourse chute de -3,5 % puis +12 %");
        words("titre: accord");
        words("--format json -- -");
        words("**gras** a* 10* http://x.fr/*");
        words("meta et google ou amazon");
        words("= == C++ - + *");
        words("META ET GOOGLE SIGNENT UN ACCORD".to_lowercase().as_str());
        case("META ET GOOGLE SIGNENT UN ACCORD", "?META et GOOGLE SIGNENT UN ACCORD");
        case("", "");
        case(" \t\u{a0}\n", "");
    }

    #[test]
    fn phrases() {
        case("\"deux mots\" trois", "?\"deux mots\" · ?trois");
        case("«\u{a0}deux  mots\u{a0}»", "?\"deux mots\"");
        case("“deux mots”", "?\"deux mots\"");
        case("l'\"accord\" et l’« avis »", "?l' · ?\"accord\" · ?et l’ · ?\"avis\"");
        case("« a \"b\" c »", "?\"a b c\"");
        case("\"\" «» “ ”", "");
    }

    #[test]
    fn a_quotation_mark_without_partner_is_passed_over() {
        case("\"deux mots", "?deux mots");
        case("deux mots\"", "?deux mots");
        case("« deux mots", "?deux mots");
        case("écran 27\" 4K et 32\"", "?écran 27 4K et 32");
        case("source:\"Les Échos", "?source: Les Échos");
    }

    #[test]
    fn signs() {
        case("cloud -Amazon +Meta", "?cloud · -Amazon · +Meta");
        case("+Meta +Google cloud", "+Meta Google · ?cloud");
        case("-\"deux mots\" +« trois »", "-\"deux mots\" · +\"trois\"");
        case("-mot* +=forme", "-mot* · +=forme");
        case("+5G -GPT-5", "+5G · -GPT-5");
        case("\"Meta\"-\"Google\"-x", "?\"Meta\" · ?\"Google\" · ?x");
    }

    #[test]
    fn exact_forms_and_prefixes() {
        case("=données cyber* GPT-*", "?=données · ?cyber* · ?GPT-*");
        case("IA* d'IA*", "?IA* · ?d'IA*");
    }

    #[test]
    fn fields() {
        case("titre:accord Meta", "+titre:accord · ?Meta");
        case("title:\"accord cloud\" -titre:x", "+titre:\"accord cloud\" · -titre:x");
        case("entreprise:meta,google company:apple", "entreprise:meta,google entreprise:apple");
        case("Source:\"Les Échos\",AFP -source:x,y", "source:\"Les Échos\",AFP -source:x -source:y");
        case("sujet:cloud-deal accord topic:chips", "?accord · sujet:cloud-deal sujet:chips");
        case("montant:>1e9USD amount:1e6..5e8", "montant:>1e9USD montant:1e6..5e8");
        case("montant:GPT-5,", "?montant:GPT-5,");
        case("entreprise:, sujet:- source:\"\"", "?entreprise:, sujet:- source:");
        case("+entreprise:meta,", "entreprise:meta");
    }

    #[test]
    fn dates() {
        case("date:2025-08..2025-10", "date:2025-08-01..2025-10-31");
        case("date:2025", "date:2025-01-01..2025-12-31");
        case("date:2025-08-22", "date:2025-08-22");
        case("date:2025-08.. date:..2026", "date:2025-08-01..2026-12-31");
        case("date:2025 date:2025-03", "date:2025-03-01..2025-03-31");
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_words_and_a_warning() {
        case("Meta date:hier Google", "?Meta date:hier Google");
        assert_eq!(parse("date:hier").warnings.len(), 1);
        case("-date:2025", "?-date:2025");
        assert_eq!(
            parse("-date:2025").warnings,
            ["« -date:2025 » est pris comme des mots : un intervalle ne peut être exclu"]
        );
        case("montant:beaucoup ET x SAUF date:y", "?montant:beaucoup · +x sauf · ?date:y");
        assert_eq!(parse("date:2026 date:2025").warnings, ["aucun jour ne va du 2026-01-01 au 2025-12-31"]);
    }

    #[test]
    fn alternatives() {
        case("Meta OU Google", "?Meta OU Google");
        case("accord Meta OU Google OR Apple cloud", "?accord · ?Meta OU Google OU Apple · ?cloud");
        case("\"deux mots\" OU titre:x OU mot*", "?\"deux mots\" OU titre:x OU mot*");
        case("+a OU b", "+a OU b");
        case("entreprise:meta OU entreprise:google x", "?x · entreprise:meta,google");
    }

    #[test]
    fn every_word_with_et() {
        case("accord cloud ET Meta", "+accord cloud Meta");
        case("a OU b AND \"c d\"", "+a OU b · +\"c d\"");
        case("hausse de 10 % ET Meta", "+hausse de · +\"10\" · ?% · +Meta");
        case("cloud ET entreprise:meta", "+cloud · entreprise:meta");
        case("a ET SAUF b", "+a · -b");
    }

    #[test]
    fn exclusions() {
        case("cloud SAUF Amazon Meta", "?cloud · -Amazon · ?Meta");
        case("cloud NOT \"deux mots\" OU trois", "?cloud · -\"deux mots\" · -trois");
        case("cloud SAUF entreprise:meta", "?cloud · -entreprise:meta");
        case("a SAUF 10", "?a · -\"10\"");
        case("a SAUF =10", "?a · -=10");
    }

    #[test]
    fn operators_without_operands_are_words() {
        case("OU", "?ou");
        case("NOT FOUND", "?not FOUND");
        case("OU ET", "?ou et");
        case("ET alors ?", "?et alors ?");
        case("Meta OU", "?Meta ou");
        case("Meta OU -Google", "?Meta ou · -Google");
        case("Meta SAUF", "?Meta sauf");
        case("Meta OU date:2025 Google", "?Meta ou Google · date:2025-01-01..2025-12-31");
        case("IA OU SAUF", "?IA ou sauf");
        case("Meta SAUF date:2025", "?Meta sauf · date:2025-01-01..2025-12-31");
    }

    /// Whatever is typed, with the marks that mean something far more often than chance would have them.
    fn any_query() -> impl Strategy<Value = String> {
        let mark = prop::sample::select(vec![
            "\"", "\"", "«", "»", "“", "”", "+", "-", "=", "*", ":", ",", ".", "..", "'", "’", "(", ")", "%", "\u{a0}",
            "\n",
        ]);
        let word = prop::sample::select(vec![
            "Meta", "a", "é", "GPT-5", "10", "5G", "27", "ET", "OU", "SAUF", "AND", "OR", "NOT", "et", "ou", "IA", "UE",
        ]);
        let field = prop::sample::select(vec![
            "titre:",
            "Title:",
            "entreprise:",
            "company:",
            "sujet:",
            "source:",
            "date:",
            "montant:",
            "foo:",
            "date:2025",
            "date:2025-08..",
            "date:..2024",
            "date:hier",
            "date:2025-08-22",
            "montant:>1e9USD",
            "source:\"Les Échos\"",
        ]);
        let piece = prop_oneof![
            4 => mark.prop_map(String::from),
            6 => word.prop_map(String::from),
            2 => field.prop_map(String::from),
            7 => Just(" ".to_owned()),
            1 => "\\PC{0,3}".prop_map(String::from),
        ];
        prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
    }

    #[track_caller]
    fn prints_back(text: &str) -> Result<(), TestCaseError> {
        let query = parse(text);
        let printed = query.to_string();
        prop_assert_eq!(parse(&printed), query, "printed as {}", printed);
        Ok(())
    }

    /// Letters and digits of a text, run by run, without the words that may be operators.
    fn runs(text: &str) -> Vec<String> {
        let is_operator = |run: &str| operator(&run.to_uppercase()).is_some();
        let mut runs: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
        runs.retain(|run| !run.is_empty() && !is_operator(run));
        runs.sort();
        runs
    }

    /// Without fields, whose names and dates print in one form.
    fn loses_nothing(text: &str) -> Result<(), TestCaseError> {
        let text = text.replace(':', " ");
        prop_assert_eq!(runs(&parse(&text).to_string()), runs(&text));
        Ok(())
    }

    proptest! {
        #[test]
        fn a_query_prints_as_text_that_parses_to_it(text in any_query()) {
            prints_back(&text)?;
        }

        #[test]
        fn no_word_is_lost(text in any_query()) {
            loses_nothing(&text)?;
        }

        #[test]
        fn plain_words_stay_one_run(text in "[a-zé]{1,8}( [a-zé'’]{1,8}[,:?]?){0,12}") {
            prop_assert_eq!(parse(&text).clauses, [Clause { occur: Occur::Should, expr: Expr::Words(text) }]);
        }
    }

    /// A long run, by hand: `VEILLE_FUZZ_CASES=10000000 cargo test --release --lib fuzz -- --ignored`.
    #[test]
    #[ignore = "takes minutes"]
    fn fuzz() {
        let cases = std::env::var("VEILLE_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1_000_000);
        let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
        let result = TestRunner::new(config).run(&any_query(), |text| prints_back(&text).and(loses_nothing(&text)));
        assert_eq!(result, Ok(()));
    }

    #[test]
    fn a_long_paste_takes_linear_time() {
        for piece in ["«", "\"a", "“ ", "OU ", "a OU ", "-", "source:", "date:2025 ", "+\"", "SAUF a "] {
            let text = piece.repeat(100_000);
            let start = std::time::Instant::now();
            let query = parse(&text);
            assert_eq!(parse(&query.to_string()), query);
            assert!(start.elapsed().as_secs() < 5, "{piece}");
        }
    }
}
