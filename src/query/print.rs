//! Prints a query as text that parses to the same query: clauses in their order, then filters.

use std::fmt::{self, Display, Formatter, Write};

use super::{Clause, Expr, Filters, Occur, Query, Values, is_quote};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let clauses = self.clauses.iter().map(Clause::to_string);
        let printed: Vec<String> = clauses.chain(filters(&self.filters)).collect();
        f.write_str(&printed.join(" "))
    }
}

impl Display for Clause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (&self.expr, self.occur) {
            // A condition on the title is needed unless it is one of several.
            (Expr::Title(_), Occur::Must) => write!(f, "{}", self.expr),
            (Expr::Words(words), Occur::Must) => write!(f, "+{}", words.replace(' ', " +")),
            (expr, Occur::Should) => write!(f, "{expr}"),
            (expr, Occur::Must) => write!(f, "+{expr}"),
            (expr, Occur::MustNot) => write!(f, "-{expr}"),
        }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Expr::Words(words) => f.write_str(words),
            Expr::Phrase(words) => write!(f, "\"{words}\""),
            Expr::Exact(word) => write!(f, "={word}"),
            Expr::Prefix(start) => write!(f, "{start}*"),
            Expr::Title(words) => write!(f, "titre:{}", quoted(words)),
            Expr::Either(exprs) => {
                let exprs: Vec<String> = exprs.iter().map(Expr::to_string).collect();
                f.write_str(&exprs.join(" OU "))
            }
        }
    }
}

fn filters(filters: &Filters) -> Vec<String> {
    let mut printed = vec![];
    print_values(&mut printed, "entreprise", &filters.companies);
    print_values(&mut printed, "sujet", &filters.topics);
    print_values(&mut printed, "source", &filters.sources);
    printed.extend(filters.amounts.iter().map(|amount| format!("montant:{amount}")));
    printed.extend(dates(filters));
    printed
}

fn print_values(printed: &mut Vec<String>, field: &str, values: &Values) {
    for any in &values.all {
        let any: Vec<String> = any.iter().map(|value| quoted(value)).collect();
        printed.push(format!("{field}:{}", any.join(",")));
    }
    printed.extend(values.none.iter().map(|value| format!("-{field}:{}", quoted(value))));
}

fn dates(filters: &Filters) -> Option<String> {
    match (filters.since, filters.until) {
        (None, None) => None,
        (Some(since), Some(until)) if since == until => Some(format!("date:{since}")),
        (since, until) => {
            let mut range = "date:".to_owned();
            since.iter().try_for_each(|day| write!(range, "{day}")).expect("a string takes all");
            range.push_str("..");
            until.iter().try_for_each(|day| write!(range, "{day}")).expect("a string takes all");
            Some(range)
        }
    }
}

/// In quotation marks where a value could not stand bare.
fn quoted(value: &str) -> String {
    let bare = !value.contains(|c: char| c.is_whitespace() || c == ',' || is_quote(c));
    if bare { value.to_owned() } else { format!("\"{value}\"") }
}
