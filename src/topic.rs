//! Files a passage under the topics of the desk.
//!
//! In: a passage with its title and heading. Out: its [`Topic`]s, none, one or several. `topics.toml` holds weighted cues,
//! which are added up, each once, and rules: groups of words that meet in a sentence, within `WINDOW` words. A passing
//! mention does not reach the sum that a topic needs, and a passage that says more of other news than of the trade is
//! filed nowhere: of 37,000 passages of general news 1.3 % are (before the two were weighed, every fourth was).
//! Nothing is learned from data.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::amount::Amount;
use crate::article::Span;
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

/// A passage to be filed: a run of words of a text that is cut already.
#[derive(Debug)]
pub struct Passage<'a> {
    pub words: &'a Words,
    pub run: Range<usize>,
    /// The ids of the companies in it.
    pub companies: &'a [&'a str],
    /// The bytes of its sums, in the text that was cut.
    pub sums: Vec<Span>,
}

/// What title and heading bring to the passages below them.
#[derive(Debug, Clone, Default)]
pub struct Context {
    sums: Sums,
    trade: i32,
    elsewhere: i32,
}

/// Points by topic.
type Points = [i32; Topic::ALL.len()];

/// What a reading adds up.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    all: Points,
    /// The same, where a rule that is to stand alone is a weak cue.
    firm: Points,
}

impl Sums {
    fn add(&mut self, topic: usize, points: i32, firm: bool) {
        self.all[topic] += points;
        self.firm[topic] += if firm { points } else { WEAK };
    }

    fn plus(&self, other: &Sums, times: i32) -> Sums {
        let sum = |a: &Points, b: &Points| std::array::from_fn(|n| a[n] + b[n] * times);
        Sums { all: sum(&self.all, &other.all), firm: sum(&self.firm, &other.firm) }
    }
}

/// The topics of a text alone, in the order of [`Topic::ALL`]; its title is the context. Companies are ids, the spans
/// of the amounts are bytes of `text`.
pub fn classify(title: &str, text: &str, companies: &[&str], amounts: &[Amount]) -> Vec<Topic> {
    let [above, words] = [title, text].map(Words::of);
    let run = 0..words.list.len();
    let context = context(&above, 0..above.list.len(), companies);
    let sums = amounts.iter().map(|amount| amount.span.clone()).collect();
    file(&context, &Passage { words: &words, run, companies, sums })
}

/// What a title or a heading brings.
pub fn context(words: &Words, run: Range<usize>, companies: &[&str]) -> Context {
    let passage = Passage { words, run, companies, sums: Vec::new() };
    let reading = Reading::of(cues(), &passage);
    Context { sums: reading.sums(), trade: reading.trade, elsewhere: reading.elsewhere }
}

impl Context {
    /// Title and heading together.
    pub fn and(&self, other: &Context) -> Context {
        Context {
            sums: self.sums.plus(&other.sums, 1),
            trade: self.trade + other.trade,
            elsewhere: self.elsewhere + other.elsewhere,
        }
    }
}

/// The topics of a passage below its context.
pub fn file(context: &Context, passage: &Passage) -> Vec<Topic> {
    let cues = cues();
    let reading = Reading::of(cues, passage);
    let own = reading.sums();
    let sums = context.sums.plus(&own, CONTEXT_SHARE);
    let best = sums.all.into_iter().max().unwrap_or_default();
    let trade = reading.trade + context.trade;
    let words = passage.run.len();
    let speaks = |topic: &Topic| {
        let n = *topic as usize;
        sums.all[n] / (CONTEXT_SHARE * if cues.general[n] { GENERAL_A_TRADE } else { POINTS_A_TRADE })
    };
    let told = trade + Topic::ALL.iter().map(speaks).max().unwrap_or_default();
    if told < reading.elsewhere + context.elsewhere || told < (words / WORDS_A_TRADE) as i32 {
        return Vec::new();
    }
    let filed = |topic: &Topic| {
        let n = *topic as usize;
        let points = if sums.all[n] == best { best } else { sums.firm[n] };
        let enough = points >= (NEED + (words / WORDS_A_POINT) as i32) * CONTEXT_SHARE
            && points * SIDE_SHARE >= best.min(MUCH * CONTEXT_SHARE);
        (trade > 0 || !cues.gated[n]) && own.all[n] >= OWN_LEAST && enough
    };
    Topic::ALL.into_iter().filter(filed).collect()
}

/// The points that a topic needs.
const NEED: i32 = 4;
/// A long passage asks for one more for so many words: there, the groups of one rule meet by chance.
const WORDS_A_POINT: usize = 70;
/// A topic with less than one part in so many of the points of the passage's first is what it says in passing: of the
/// texts of others, 6 of 23 false labels go, and 2 of 145 right ones (25 November 2026).
const SIDE_SHARE: i32 = 5;
/// More points than these say nothing more: the many rules of a topic tell one fact again.
const MUCH: i32 = 20;
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

/// About one word in so many is of a phrase.
const WORDS_A_HIT: usize = 2;

/// Words that a rule may span: the length of a plain sentence. Sentences of forty words hold a bit of everything.
const WINDOW: usize = 18;
/// Sectors whose companies are often the source of news rather than its matter.
const MEDIA: &str = "media";
const SOCIAL: &str = "social";
/// A passage says a word of the trade in so many, or it is of other news. A single sentence need not.
const WORDS_A_TRADE: usize = 35;
/// In a long passage so many points of its first topic speak for the trade as a word of it does, unless other news
/// outweighs it: who is told at length in the words of one topic need not name the trade.
const POINTS_A_TRADE: i32 = 6;
/// The same for a topic of the general news.
const GENERAL_A_TRADE: i32 = 8;
/// Companies of these sectors are in every paper: they do not speak for the trade.
const COMMON_SECTORS: [&str; 7] = ["mobility", "energy", "nature", "commerce", "finance", "defence", "media"];
/// A company speaks for the trade as much as two words of it.
const COMPANY_TRADE: i32 = 2;

/// Reads the cues, which the first passage would else wait for: 25 ms.
pub fn prepare() {
    cues();
}

/// `topics.toml`, compiled in.
const DATA: &str = include_str!("topics.toml");

fn cues() -> &'static Cues {
    static CUES: OnceLock<Cues> = OnceLock::new();
    CUES.get_or_init(|| Cues::read(DATA))
}

#[derive(Debug, Default)]
struct Cues {
    phrases: Phrases,
    /// What phrases stand for, each meaning once: 1,800 rather than 8,300, which stay in the caches.
    meanings: Vec<Meaning>,
    /// The place of each phrase's meaning, by its number.
    meaning_of: Vec<u16>,
    /// The phrases with smaller numbers mean something else, and the words inside them are no cues.
    something_else: u32,
    rules: Vec<Rule>,
    /// The rules that ask for a group, by its number; each rule stands in one list, that of the group fewest rules ask for.
    by_group: Vec<Vec<u32>>,
    /// The topics that ask for a company or a word of the trade.
    gated: [bool; Topic::ALL.len()],
    /// The topics of which the general news speaks in the same words.
    general: [bool; Topic::ALL.len()],
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
    firm: bool,
}

/// All that one phrase stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Meaning {
    groups: Groups,
    /// Points by topic.
    points: Vec<(usize, i32)>,
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
    general: bool,
    strong: Vec<String>,
    medium: Vec<String>,
    weak: Vec<String>,
    together: Vec<String>,
    alone: Vec<String>,
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
        let mut numbers = Numbers::default();
        numbers.each(&file.nothing, |_| ());
        cues.something_else = numbers.phrases.len() as u32;
        for (name, phrases) in &file.groups {
            let group = bits.of(name);
            numbers.each(phrases, |meaning| meaning.groups = meaning.groups | group);
        }
        for (label, entry) in &file.topic {
            let topic = Topic::parse(label).expect("the compiled-in topics are tested") as usize;
            for (phrases, points) in [(&entry.strong, STRONG), (&entry.medium, MEDIUM), (&entry.weak, WEAK)] {
                numbers.each(phrases, |meaning| meaning.points.push((topic, points)));
            }
            cues.gated[topic] = entry.gated;
            cues.general[topic] = entry.general;
            for (rules, points, firm) in
                [(&entry.together, TOGETHER, true), (&entry.alone, TOGETHER, false), (&entry.loosely, LOOSELY, true)]
            {
                cues.rules.extend(rules.iter().map(|written| Rule::read(written, topic, points, firm, &mut bits)));
            }
        }
        [cues.tech, cues.elsewhere, cues.channel] = ["tech", "elsewhere", "channel"].map(|name| bits.of(name));
        [cues.company, cues.amount, cues.name] = GIVEN.map(|name| bits.of(name));
        let sector = |(name, bit): (String, Groups)| Some((name.strip_suffix(SECTOR_SUFFIX)?.to_owned(), bit));
        cues.sectors = bits.0.into_iter().filter_map(sector).collect();
        cues.sort_rules();
        cues.phrases = Phrases::of(numbers.phrases);
        let mut places = HashMap::new();
        for meaning in numbers.meanings {
            let place = *places.entry(meaning.clone()).or_insert(cues.meanings.len() as u16);
            if usize::from(place) == cues.meanings.len() {
                cues.meanings.push(meaning);
            }
            cues.meaning_of.push(place);
        }
        cues
    }

    fn meaning(&self, number: u32) -> &Meaning {
        &self.meanings[usize::from(self.meaning_of[number as usize])]
    }

    /// Puts each rule under the rarest of its groups, so that a sentence looks at few.
    fn sort_rules(&mut self) {
        let given =
            self.company | self.amount | self.name | self.sectors.values().fold(Groups::default(), |a, b| a | *b);
        let mut asked = vec![0u32; Groups::MOST];
        self.rules.iter().for_each(|rule| rule.all.each(|group| asked[group] += 1));
        self.by_group = vec![Vec::new(); Groups::MOST];
        for (number, rule) in self.rules.iter().enumerate() {
            let mut groups = Vec::new();
            rule.all.each(|group| groups.push(group));
            let own = groups.into_iter().filter(|group| !Groups::only(*group).meets(given));
            let rarest = own.min_by_key(|group| asked[*group]).expect("a rule asks for a word");
            self.by_group[rarest].push(number as u32);
        }
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

    /// The phrases of a passage, without those inside one that means nothing here.
    fn hits(&self, passage: &Passage) -> Vec<Hit> {
        let mut hits = Vec::with_capacity(passage.run.len() / WORDS_A_HIT);
        let mut hidden: Vec<Hit> = Vec::new();
        self.phrases.each(passage.words, passage.run.clone(), |number, at, len| {
            let hit = Hit { number, at, end: at + len };
            hits.push(hit);
            if number < self.something_else {
                hidden.push(hit);
            }
        });
        let inside = |hit: &Hit, h: &Hit| h.at <= hit.at && hit.end <= h.end && hit.end - hit.at < h.end - h.at;
        hits.retain(|hit| !hidden.iter().any(|h| inside(hit, h)));
        hits.sort_unstable_by_key(|hit| (hit.at, hit.end));
        hits
    }
}

/// The phrases, numbered while they are read.
#[derive(Default)]
struct Numbers<'f> {
    /// By their folded form.
    by_form: BTreeMap<(Vec<u64>, Option<char>), u32>,
    phrases: Vec<(&'f str, u32)>,
    /// What they stand for, by number.
    meanings: Vec<Meaning>,
}

impl<'f> Numbers<'f> {
    /// Every phrase has one number, so that it is looked for and counts once; forms that fold alike (vote, voté) are one.
    fn each(&mut self, phrases: &'f [String], mean: impl Fn(&mut Meaning)) {
        let mut seen = BTreeSet::new();
        for phrase in phrases {
            let form = folded(phrase);
            let next = self.meanings.len() as u32;
            let number = *self.by_form.entry(form).or_insert(next);
            if number == next {
                self.phrases.push((phrase, number));
                self.meanings.push(Meaning::default());
            }
            if seen.insert(number) {
                mean(&mut self.meanings[number as usize]);
            }
        }
    }
}

/// What a passage says, before its points are counted.
struct Reading<'a> {
    cues: &'a Cues,
    passage: &'a Passage<'a>,
    hits: Vec<Hit>,
    /// The numbers of the phrases that were hit, each once.
    distinct: Vec<u32>,
    /// The groups that hold in every sentence.
    given: Groups,
    /// Words and companies of the trade.
    trade: i32,
    /// Words of other news.
    elsewhere: i32,
}

impl<'a> Reading<'a> {
    fn of(cues: &'a Cues, passage: &'a Passage<'a>) -> Reading<'a> {
        let hits = cues.hits(passage);
        let distinct = distinct(&hits);
        let (mut trade, mut elsewhere, mut channel) = (0, 0, false);
        for &number in &distinct {
            let groups = cues.meaning(number).groups;
            trade += i32::from(groups.meets(cues.tech));
            elsewhere += i32::from(groups.meets(cues.elsewhere));
            channel |= groups.meets(cues.channel);
        }
        let of_the_trade = |id: &&str| {
            let source = |sector: &str| channel && [MEDIA, SOCIAL].contains(&sector);
            Names::builtin().sector(id).is_some_and(|s| !COMMON_SECTORS.contains(&s) && !source(s))
        };
        if passage.companies.iter().any(of_the_trade) {
            trade += COMPANY_TRADE;
        }
        let given = cues.given(passage.companies, channel);
        Reading { cues, passage, hits, distinct, given, trade, elsewhere }
    }

    fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        for &number in &self.distinct {
            self.cues.meaning(number).points.iter().for_each(|&(topic, n)| sums.add(topic, n, true));
        }
        self.add_rules(&mut sums);
        sums
    }

    /// Adds what the rules give, each once, sentence by sentence.
    fn add_rules(&self, sums: &mut Sums) {
        let mut done = Vec::new();
        let mut hits = self.hits.as_slice();
        while let Some(first) = hits.first() {
            let sentence = self.sentence_of(first.at);
            let (own, rest) = hits.split_at(hits.partition_point(|h| h.at < sentence.end));
            hits = rest;
            self.add_sentence(own, sentence, &mut done, sums);
        }
    }

    fn sentence_of(&self, at: usize) -> Range<usize> {
        let list = &self.passage.words.list;
        let opens = |i: &usize| list[*i].gap.any(Gap::START);
        let start = (self.passage.run.start..=at).rev().find(opens).unwrap_or(self.passage.run.start);
        let end = (at + 1..self.passage.run.end).find(opens).unwrap_or(self.passage.run.end);
        start..end
    }

    /// A rule must hold in the sentence, then in one window of it.
    fn add_sentence(&self, hits: &[Hit], sentence: Range<usize>, done: &mut Vec<u32>, sums: &mut Sums) {
        let whole = self.groups(hits, sentence.clone());
        let holds = |rule: &Rule| whole.holds(rule.all) && !whole.meets(rule.none);
        let mut held: Vec<u32> = Vec::new();
        whole.each(|group| {
            let rules = self.cues.by_group[group].iter().copied();
            held.extend(rules.filter(|&n| holds(&self.cues.rules[n as usize]) && !done.contains(&n)));
        });
        let mut from = sentence.start;
        while !held.is_empty() {
            let to = sentence.end.min(from + WINDOW);
            let window = if sentence.len() <= WINDOW { whole } else { self.groups(hits, from..to) };
            held.retain(|&number| {
                let rule = &self.cues.rules[number as usize];
                let fits = window.holds(rule.all) && self.told_by_two(rule, hits, from..to);
                if fits {
                    sums.add(rule.topic, rule.points, rule.firm);
                    done.push(number);
                }
                !fits
            });
            if to == sentence.end {
                return;
            }
            from += WINDOW / 2;
        }
    }

    /// A word that stands in two groups of a rule (« plainte » is of a court and a sanction) does not fulfil it alone.
    fn told_by_two(&self, rule: &Rule, hits: &[Hit], run: Range<usize>) -> bool {
        let asked = rule.all.without(self.given | self.cues.amount | self.cues.name);
        let mut groups = 0;
        asked.each(|_| groups += 1);
        let mut places = hits.iter().filter(|hit| run.contains(&hit.at));
        let tells = |hit: &&Hit| self.cues.meaning(hit.number).groups.meets(asked);
        let first = places.find(tells).map(|hit| hit.at..hit.end);
        groups < 2 || first.is_some_and(|first| places.any(|hit| tells(&hit) && hit.at >= first.end))
    }

    /// The groups of a run of words of a sentence.
    fn groups(&self, hits: &[Hit], run: Range<usize>) -> Groups {
        let words = self.passage.words;
        let own = hits.iter().filter(|hit| run.contains(&hit.at));
        let found = own.fold(self.given, |groups, hit| groups | self.cues.meaning(hit.number).groups);
        let span = words.span(run.clone());
        let sum = self.passage.sums.iter().any(|sum| span.start <= sum.end && sum.start < span.end);
        let capital = |w: &Word| matches!(w.shape, Shape::Capital | Shape::Mixed) && !w.gap.any(Gap::START);
        let named = words.list[run].iter().any(capital);
        let holds = |holds: bool, group: Groups| if holds { group } else { Groups::default() };
        found | holds(sum, self.cues.amount) | holds(named, self.cues.name)
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Groups([u64; 6]);

impl Groups {
    const MOST: usize = 6 * u64::BITS as usize;

    fn only(n: usize) -> Groups {
        assert!(n < Groups::MOST, "there are more groups than bits");
        let mut groups = Groups::default();
        groups.0[n / 64] = 1 << (n % 64);
        groups
    }

    /// Calls `found` with the number of each group of the set.
    fn each(self, mut found: impl FnMut(usize)) {
        for (i, mut bits) in self.0.into_iter().enumerate() {
            while bits != 0 {
                found(i * u64::BITS as usize + bits.trailing_zeros() as usize);
                bits &= bits - 1;
            }
        }
    }

    fn without(self, other: Groups) -> Groups {
        Groups(std::array::from_fn(|i| self.0[i] & !other.0[i]))
    }

    fn meets(self, other: Groups) -> bool {
        self.0.iter().zip(other.0).any(|(own, other)| own & other != 0)
    }

    fn holds(self, other: Groups) -> bool {
        self.0.iter().zip(other.0).all(|(own, other)| own & other == other)
    }
}

impl std::ops::BitOr for Groups {
    type Output = Groups;
    fn bitor(self, other: Groups) -> Groups {
        Groups(std::array::from_fn(|i| self.0[i] | other.0[i]))
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
    fn read(written: &str, topic: usize, points: i32, firm: bool, bits: &mut Bits) -> Rule {
        let mut rule = Rule { all: Groups::default(), none: Groups::default(), topic, points, firm };
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
        let found: Vec<&str> = classify(title, text, &[], &[]).into_iter().map(Topic::as_str).collect();
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
    fn words_of_something_else_are_no_cues() {
        case("", "Le nuage de cendres a cloué les avions au sol.", &[]);
        case("", "J'ai entraîné mes jambes sur ce modèle de vélo.", &[]);
        case("", "La société AI Labs publie un modèle.", &["ai-model"]);
    }

    #[test]
    fn a_name_behind_a_verb_is_a_prey() {
        case("", "Le groupe rachète Veltramo.", &["acquisition"]);
        case("", "Elle rachète des trimestres.", &[]);
    }

    #[test]
    fn a_long_passage_speaks_of_the_trade_or_is_filed_nowhere() {
        let padding =
            "Les habitants du village voisin se souviennent de la fête et du bal de l'été dernier. ".repeat(4);
        case("", &format!("{padding} La société rachète Veltramo."), &[]);
    }

    #[test]
    fn labels_read_back() {
        assert!(Topic::ALL.into_iter().all(|t| Topic::parse(t.as_str()) == Some(t)));
    }

    #[test]
    fn labelled_topics_reach_the_floor() {
        let gazetteer = crate::company::Gazetteer::builtin();
        for (part, floor) in [("dev", 0.85), ("held", 0.85), ("blind", 0.95), ("unread", 0.90)] {
            let (mut right, mut wrong, mut missed) = (0, 0, 0);
            for line in include_str!("../tests/labelled/topics.jsonl").lines() {
                let row: serde_json::Value = serde_json::from_str(line).unwrap();
                if row["part"] != part {
                    continue;
                }
                let text = row["text"].as_str().unwrap();
                let tags = gazetteer.tag("", text);
                let companies: Vec<&str> = tags.text.iter().map(|m| &*m.company).collect();
                let filed = classify("", text, &companies, &crate::amount::find(text));
                let found: BTreeSet<&str> = filed.into_iter().map(Topic::as_str).collect();
                let wanted: BTreeSet<&str> =
                    row["want"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
                right += found.intersection(&wanted).count();
                wrong += found.difference(&wanted).count();
                missed += wanted.difference(&found).count();
            }
            let f1 = 2.0 * right as f64 / (2 * right + wrong + missed) as f64;
            println!("topics {part}: micro-F1 {f1:.3}");
            assert!(f1 >= floor, "{part}: {f1}");
        }
    }
}
