//! The labels of an article's passages: companies and products, amounts, topics, and its signature; all from one cut
//! of title and text.

use crate::amount::{self, Amount};
use crate::article::Article;
use crate::company::{Gazetteer, Mention, Tags};
use crate::passage::{self, Passage};
use crate::story::{self, Signature};
use crate::topic::{self, Topic};
use crate::words::Words;

/// One article, cut and searched for companies, whose names are settled by all of it.
struct Tagger<'a> {
    article: &'a Article,
    title: Words,
    text: Words,
    mentions: Tags,
}

/// The labels of one passage; each list is sorted, and has everything once.
pub struct Labels {
    pub companies: Vec<String>,
    /// As `alphabet/YouTube`.
    pub products: Vec<String>,
    pub topics: Vec<Topic>,
    /// Their spans are bytes of the passage.
    pub amounts: Vec<Amount>,
}

impl<'a> Tagger<'a> {
    fn new(gazetteer: &Gazetteer, article: &'a Article) -> Self {
        let (title, text) = (Words::of(&article.title), Words::of(&article.text));
        let mentions = gazetteer.tag_words(&title, &text);
        Self { article, title, text, mentions }
    }

    /// The labels of `passage`; what the title mentions counts for the first.
    fn label(&self, passage: &Passage) -> Labels {
        let (in_title, in_text) = self.mentions.of_passage(passage.ordinal, &passage.span);
        let mentions = || in_title.iter().chain(in_text);
        let companies = distinct(mentions().map(|mention| mention.company.to_string()));
        let amounts = amount::find_in(&self.article.text, &self.text, &passage.span);
        let topics = self.topics(passage, &companies, &amounts);
        Labels { companies, products: distinct(mentions().filter_map(product)), topics, amounts }
    }

    fn topics(&self, passage: &Passage, companies: &[String], amounts: &[Amount]) -> Vec<Topic> {
        let companies: Vec<&str> = companies.iter().map(String::as_str).collect();
        let mut context = topic::context(&self.title, 0..self.title.list.len(), &companies);
        if let Some(heading) = &passage.heading {
            context = context.and(&topic::context(&self.text, self.text.within(heading), &companies));
        }
        let start = passage.span.start;
        let sums = amounts.iter().map(|amount| start + amount.span.start..start + amount.span.end).collect();
        let run = self.text.within(&passage.span);
        topic::file(&context, &topic::Passage { words: &self.text, run, companies: &companies, sums })
    }
}

fn distinct(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut values: Vec<String> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

fn product(mention: &Mention) -> Option<String> {
    mention.product.as_ref().map(|product| format!("{}/{product}", mention.company))
}

/// An article cut into passages, with the labels of each.
pub struct Labelled {
    pub passages: Vec<(Passage, Labels)>,
    pub signature: Signature,
}

impl Labelled {
    pub fn of(gazetteer: &Gazetteer, article: &Article) -> Self {
        let tagger = Tagger::new(gazetteer, article);
        let labelled = |passage: Passage| {
            let labels = tagger.label(&passage);
            (passage, labels)
        };
        let passages = passage::split(article).into_iter().map(labelled).collect();
        Self { passages, signature: story::signature(&tagger.text) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_passage_has_its_own_labels_and_the_first_those_of_the_title() {
        let filler = "Le reste du texte raconte la journée, les débats et la météo de la semaine. ".repeat(40);
        let text = format!("Mistral AI lève 500 millions d’euros.\n\n{filler}\n\nGoogle Cloud a répondu pour 3 M€.");
        let article = Article::bare("Nvidia investit", &text);
        let labels: Vec<Labels> =
            Labelled::of(&Gazetteer::builtin(), &article).passages.into_iter().map(|(_, labels)| labels).collect();
        assert_eq!(labels[0].companies, ["mistral-ai", "nvidia"]);
        let last = labels.last().unwrap();
        assert_eq!(
            (&last.companies[..], &last.products[..]),
            (&["alphabet".to_owned()][..], &["alphabet/Google Cloud".to_owned()][..])
        );
        assert_eq!(last.amounts[0].value, 3e6);
    }
}
