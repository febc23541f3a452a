//! Files a passage under the topics of the desk.
//!
//! In: a passage with its title and heading. Out: its [`Topic`]s, none, one or several. Weighted cues from `topics.toml`
//! are added up, each once; a passing mention does not reach the sum that a topic needs. Nothing is learned from data.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::amount::Amount;
use crate::company::Names;
use crate::words::{Gap, Phrases, Shape, Word, Words};

/// A label of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    CloudDeal,
    AiModel,
    Assistant,
    Regulation,
    Chips,
    DataCenter,
    Funding,
    Acquisition,
    Security,
    Layoffs,
    Devices,
}

impl Topic {
    /// Every label, in the order of the contract.
    pub const ALL: [Topic; 11] = [
        Topic::CloudDeal,
        Topic::AiModel,
        Topic::Assistant,
        Topic::Regulation,
        Topic::Chips,
        Topic::DataCenter,
        Topic::Funding,
        Topic::Acquisition,
        Topic::Security,
        Topic::Layoffs,
        Topic::Devices,
    ];

    /// The label as in filters and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Topic::CloudDeal => "cloud-deal",
            Topic::AiModel => "ai-model",
            Topic::Assistant => "assistant",
            Topic::Regulation => "regulation",
            Topic::Chips => "chips",
            Topic::DataCenter => "data-center",
            Topic::Funding => "funding",
            Topic::Acquisition => "acquisition",
            Topic::Security => "security",
            Topic::Layoffs => "layoffs",
            Topic::Devices => "devices",
        }
    }

    /// The topic of a label.
    pub fn parse(label: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|t| t.as_str() == label)
    }
}

/// The topics of one passage, in the order of [`Topic::ALL`]; title and heading are its context. Companies are ids,
/// the spans of the amounts are bytes of `text`.
pub fn classify(title: &str, heading: Option<&str>, text: &str, companies: &[&str], amounts: &[Amount]) -> Vec<Topic> {
    let cues = cues();
    let words = Words::of(text);
    let own = cues.score(&words, companies, amounts);
    let context = cues.score(&Words::of(&[title, heading.unwrap_or_default()].join("\n")), companies, &[]);
    let trade = own.trade + context.trade;
    let asked = (own.elsewhere + context.elsewhere).max((words.list.len() / WORDS_A_TRADE) as i32);
    if trade < asked {
        return Vec::new();
    }
    let filed = |topic: &Topic| {
        let n = *topic as usize;
        let points = own.points[n] * CONTEXT_SHARE + context.points[n];
        (trade > 0 || !cues.gated[n]) && own.points[n] >= OWN_LEAST && points >= NEED * CONTEXT_SHARE
    };
    Topic::ALL.into_iter().filter(filed).collect()
}

/// The points that a topic needs.
const NEED: i32 = 4;
/// What the passage must bring of its own: a title cannot file a passage that speaks of something else.
const OWN_LEAST: i32 = 2;
/// A cue of the title or heading weighs one part in so many.
const CONTEXT_SHARE: i32 = 2;
/// A cue's points by the list that it stands in.
const STRONG: i32 = 4;
const MEDIUM: i32 = 2;
const WEAK: i32 = 1;
/// The groups of a rule in one window of a sentence.
const TOGETHER: i32 = 4;
const LOOSELY: i32 = 2;

/// Words that a rule may span: the length of a plain sentence. Sentences of forty words hold a bit of everything.
const WINDOW: usize = 18;
/// Sectors whose companies are often the source of news rather than its matter.
const MEDIA: &str = "media";
const SOCIAL: &str = "social";
/// A passage says a word of the trade in so many, or it is of other news. A single sentence need not.
const WORDS_A_TRADE: usize = 45;
/// Companies of these sectors are in every paper: they do not speak for the trade.
const COMMON_SECTORS: [&str; 3] = ["mobility", "energy", "nature"];
/// A company speaks for the trade as much as two words of it.
const COMPANY_TRADE: i32 = 2;

/// `topics.toml`, compiled in.
const DATA: &str = include_str!("topics.toml");

fn cues() -> &'static Cues {
    static CUES: OnceLock<Cues> = OnceLock::new();
    CUES.get_or_init(|| Cues::read(DATA))
}

#[derive(Debug, Default)]
struct Cues {
    phrases: Phrases,
    /// What each phrase number stands for.
    effects: Vec<Effect>,
    rules: Vec<Rule>,
    /// The topics that ask for a company or a word of the trade.
    gated: [bool; Topic::ALL.len()],
    /// The group of the words of the trade.
    tech: Groups,
    /// The group of the words of other news.
    elsewhere: Groups,
    /// The group of the words that make a social network the place where something was said.
    channel: Groups,
    /// The bits that are given without a word.
    company: Groups,
    amount: Groups,
    name: Groups,
    /// The bit of the group `SECTOR-company`, by sector.
    sectors: BTreeMap<String, Groups>,
}

/// Groups of which one sentence must hold a word each, and groups that it must not hold.
#[derive(Debug)]
struct Rule {
    all: Groups,
    none: Groups,
    topic: usize,
    points: i32,
}

#[derive(Debug, Clone, Copy)]
enum Effect {
    Points {
        topic: usize,
        points: i32,
    },
    Group(Groups),
    /// The words mean something else and are no cues.
    Nothing,
}

/// What a text brings.
#[derive(Debug, Default)]
struct Score {
    points: [i32; Topic::ALL.len()],
    /// Words and companies of the trade.
    trade: i32,
    /// Words of other news.
    elsewhere: i32,
}

/// A phrase in a text: its number, and its words.
#[derive(Debug, Clone, Copy)]
struct Hit {
    number: u32,
    at: usize,
    end: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    nothing: Vec<String>,
    groups: BTreeMap<String, Vec<String>>,
    topic: BTreeMap<String, Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Entry {
    gated: bool,
    strong: Vec<String>,
    medium: Vec<String>,
    weak: Vec<String>,
    together: Vec<String>,
    loosely: Vec<String>,
}

/// The groups that no list fills.
const GIVEN: [&str; 3] = ["company", "amount", "name"];
/// Ends the name of a group that a company of the sector before it fills.
const SECTOR_SUFFIX: &str = "-company";

impl Cues {
    fn read(text: &str) -> Cues {
        let file: File = toml::from_str(text).expect("the compiled-in topics are tested");
        let mut cues = Cues::default();
        let mut bits = Bits::default();
        cues.add(&file.nothing, Effect::Nothing);
        for (name, phrases) in &file.groups {
            cues.add(phrases, Effect::Group(bits.of(name)));
        }
        for (label, entry) in &file.topic {
            let topic = Topic::parse(label).expect("the compiled-in topics are tested") as usize;
            let lists = [(&entry.strong, STRONG), (&entry.medium, MEDIUM), (&entry.weak, WEAK)];
            lists.into_iter().for_each(|(phrases, points)| cues.add(phrases, Effect::Points { topic, points }));
            cues.gated[topic] = entry.gated;
            let rules = entry.together.iter().map(|r| (r, TOGETHER)).chain(entry.loosely.iter().map(|r| (r, LOOSELY)));
            cues.rules.extend(rules.map(|(written, points)| Rule::read(written, topic, points, &mut bits)));
        }
        [cues.tech, cues.elsewhere, cues.channel] = ["tech", "elsewhere", "channel"].map(|name| bits.of(name));
        [cues.company, cues.amount, cues.name] = GIVEN.map(|name| bits.of(name));
        let sector = |(name, bit): (String, Groups)| Some((name.strip_suffix(SECTOR_SUFFIX)?.to_owned(), bit));
        cues.sectors = bits.0.into_iter().filter_map(sector).collect();
        cues
    }

    /// Every phrase has a number of its own, so that each counts once; forms that fold alike (vote, voté) are one.
    fn add(&mut self, phrases: &[String], effect: Effect) {
        let mut seen = BTreeSet::new();
        for phrase in phrases.iter().filter(|p| seen.insert(folded(p))) {
            self.phrases.add(phrase, self.effects.len() as u32);
            self.effects.push(effect);
        }
    }

    fn score(&self, words: &Words, companies: &[&str], amounts: &[Amount]) -> Score {
        let hits = self.hits(words);
        let numbers = distinct(&hits);
        let count = |group: Groups| numbers.iter().filter(|n| self.group(**n) == group).count() as i32;
        let channel = count(self.channel) > 0;
        let given = self.given(companies, channel);
        let of_the_trade = |id: &&str| {
            Names::builtin()
                .sector(id)
                .is_some_and(|sector| !COMMON_SECTORS.contains(&sector) && !(channel && [MEDIA, SOCIAL].contains(&sector)))
        };
        let company = if companies.iter().any(of_the_trade) { COMPANY_TRADE } else { 0 };
        let mut score = Score {
            points: self.points(&numbers),
            trade: company + count(self.tech),
            elsewhere: count(self.elsewhere),
        };
        self.add_rules(words, &hits, given, amounts, &mut score);
        score
    }

    /// The groups that the companies of a passage give to all its sentences. A station or a paper is a source, and so is
    /// a social network where the passage tells who said what on it.
    fn given(&self, companies: &[&str], channel: bool) -> Groups {
        let sectors = companies.iter().filter_map(|id| Names::builtin().sector(id));
        let spoken_of = sectors.filter(|sector| !(channel && [MEDIA, SOCIAL].contains(sector)));
        spoken_of.fold(Groups::default(), |given, sector| {
            given | self.company | self.sectors.get(sector).copied().unwrap_or_default()
        })
    }

    fn group(&self, number: u32) -> Groups {
        match self.effects[number as usize] {
            Effect::Group(group) => group,
            _ => Groups::default(),
        }
    }

    /// The phrases of a text, without those inside one that means nothing here.
    fn hits(&self, words: &Words) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.phrases.each(words, |number, at, len| hits.push(Hit { number, at, end: at + len }));
        let hidden: Vec<Hit> =
            hits.iter().copied().filter(|h| matches!(self.effects[h.number as usize], Effect::Nothing)).collect();
        let inside = |hit: &Hit, h: &Hit| h.at <= hit.at && hit.end <= h.end && hit.end - hit.at < h.end - h.at;
        hits.retain(|hit| !hidden.iter().any(|h| inside(hit, h)));
        hits
    }

    fn points(&self, numbers: &[u32]) -> [i32; Topic::ALL.len()] {
        let mut scores = [0; Topic::ALL.len()];
        for number in numbers {
            if let Effect::Points { topic, points } = self.effects[*number as usize] {
                scores[topic] += points;
            }
        }
        scores
    }

    /// Adds what the rules give, each once, sentence by sentence.
    fn add_rules(&self, words: &Words, mut hits: &[Hit], given: Groups, amounts: &[Amount], score: &mut Score) {
        let mut done = vec![false; self.rules.len()];
        let mut from = 0;
        while from < words.list.len() {
            let starts = |i: &usize| words.list[*i].gap.any(Gap::START);
            let to = (from + 1..words.list.len()).find(starts).unwrap_or(words.list.len());
            let (own, rest) = hits.split_at(hits.partition_point(|h| h.at < to));
            hits = rest;
            if !own.is_empty() {
                self.add_sentence(words, own, given, amounts, from..to, &mut done, score);
            }
            from = to;
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a sentence, what is known of it, and what it adds to")]
    fn add_sentence(
        &self,
        words: &Words,
        hits: &[Hit],
        given: Groups,
        amounts: &[Amount],
        sentence: Range<usize>,
        done: &mut [bool],
        score: &mut Score,
    ) {
        let whole = self.groups(words, hits, amounts, sentence.clone());
        let mut from = sentence.start;
        loop {
            let to = sentence.end.min(from + WINDOW);
            let window = if from == sentence.start && to == sentence.end {
                whole
            } else {
                self.groups(words, hits, amounts, from..to)
            };
            self.apply(window | given, whole, done, score);
            if to == sentence.end {
                return;
            }
            from += WINDOW / 2;
        }
    }

    /// The groups of a run of words of a sentence.
    fn groups(&self, words: &Words, hits: &[Hit], amounts: &[Amount], run: Range<usize>) -> Groups {
        let own = hits.iter().filter(|hit| run.contains(&hit.at));
        let found = own.fold(Groups::default(), |groups, hit| groups | self.group(hit.number));
        let span = words.span(run.clone());
        let sum = amounts.iter().any(|a| span.start <= a.span.end && a.span.start < span.end);
        let capital = |w: &Word| matches!(w.shape, Shape::Capital | Shape::Mixed) && !w.gap.any(Gap::START);
        let named = words.list[run].iter().any(capital);
        let holds = |holds: bool, group: Groups| if holds { group } else { Groups::default() };
        found | holds(sum, self.amount) | holds(named, self.name)
    }

    fn apply(&self, window: Groups, sentence: Groups, done: &mut [bool], score: &mut Score) {
        for (rule, done) in self.rules.iter().zip(done) {
            if !*done && window & rule.all == rule.all && !sentence.meets(rule.none) {
                *done = true;
                score.points[rule.topic] += rule.points;
            }
        }
    }
}

/// The numbers of the phrases that were hit, each once.
fn distinct(hits: &[Hit]) -> Vec<u32> {
    let mut numbers: Vec<u32> = hits.iter().map(|h| h.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// A set of groups, a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Groups([u64; 4]);

impl Groups {
    const MOST: usize = 4 * u64::BITS as usize;

    fn only(n: usize) -> Groups {
        assert!(n < Groups::MOST, "there are more groups than bits");
        let mut groups = Groups::default();
        groups.0[n / 64] = 1 << (n % 64);
        groups
    }

    fn meets(self, other: Groups) -> bool {
        self & other != Groups::default()
    }
}

impl std::ops::BitOr for Groups {
    type Output = Groups;
    fn bitor(self, other: Groups) -> Groups {
        Groups(std::array::from_fn(|i| self.0[i] | other.0[i]))
    }
}

impl std::ops::BitAnd for Groups {
    type Output = Groups;
    fn bitand(self, other: Groups) -> Groups {
        Groups(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }
}

/// The groups by name; a name that is asked for gets the next bit.
#[derive(Default)]
struct Bits(BTreeMap<String, Groups>);

impl Bits {
    fn of(&mut self, name: &str) -> Groups {
        let next = self.0.len();
        *self.0.entry(name.to_owned()).or_insert_with(|| Groups::only(next))
    }
}

impl Rule {
    fn read(written: &str, topic: usize, points: i32, bits: &mut Bits) -> Rule {
        let mut rule = Rule { all: Groups::default(), none: Groups::default(), topic, points };
        for name in written.split_whitespace() {
            match name.strip_prefix('!') {
                Some(name) => rule.none = rule.none | bits.of(name),
                None => rule.all = rule.all | bits.of(name),
            }
        }
        rule
    }
}

/// The keys of a phrase's words, with its last sign where that is no letter (`licenci*`, `vend @`).
fn folded(phrase: &str) -> (Vec<u64>, Option<char>) {
    (Words::of(phrase).list.iter().map(|w| w.key).collect(), phrase.chars().last().filter(|c| !c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(title: &str, text: &str, expected: &[&str]) {
        let found: Vec<&str> = classify(title, None, text, &[], &[]).into_iter().map(Topic::as_str).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_passage_has_none_one_or_several() {
        case("", "Le maire a inauguré la fête du village.", &[]);
        case("", "Bruxelles inflige une amende de 500 millions d'euros à Apple au titre du DMA.", &["regulation"]);
        case("", "Après le rachat, l'éditeur licencie 10 % du personnel.", &["acquisition", "layoffs"]);
    }

    #[test]
    fn the_title_helps_but_does_not_decide() {
        case("Le rachat de SFR", "Le calendrier reste incertain, dit un analyste.", &[]);
        case("Le rachat de SFR", "L'offre porte sur 17 milliards d'euros.", &["acquisition"]);
    }

    #[test]
    fn labels_read_back() {
        assert!(Topic::ALL.into_iter().all(|t| Topic::parse(t.as_str()) == Some(t)));
    }

    #[test]
    fn labelled_topics_reach_the_floor() {
        let gazetteer = crate::company::Gazetteer::builtin();
        for part in ["dev", "held"] {
            let (mut right, mut wrong, mut missed) = (0, 0, 0);
            for line in include_str!("../tests/labelled/topics.jsonl").lines() {
                let row: serde_json::Value = serde_json::from_str(line).unwrap();
                if row["part"] != part {
                    continue;
                }
                let text = row["text"].as_str().unwrap();
                let tags = gazetteer.tag("", text);
                let companies: Vec<&str> = tags.text.iter().map(|m| &*m.company).collect();
                let filed = classify("", None, text, &companies, &crate::amount::find(text));
                let found: BTreeSet<&str> = filed.into_iter().map(Topic::as_str).collect();
                let wanted: BTreeSet<&str> =
                    row["want"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
                right += found.intersection(&wanted).count();
                wrong += found.difference(&wanted).count();
                missed += wanted.difference(&found).count();
            }
            let f1 = 2.0 * right as f64 / (2 * right + wrong + missed) as f64;
            println!("topics {part}: micro-F1 {f1:.3}");
            assert!(f1 >= 0.85, "{part}: {f1}");
        }
    }
}
