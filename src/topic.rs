//! Files a passage under the topics of the desk.
//!
//! In: a passage with its title and heading. Out: its [`Topic`]s, none, one or several. Weighted cues from `topics.toml`
//! are added up, each once; a passing mention does not reach the sum that a topic needs. Nothing is learned from data.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;

use crate::amount::Amount;
use crate::words::{Gap, Phrases, Words};

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

/// The topics of one passage, in the order of [`Topic::ALL`]; title and heading are its context. Companies are ids.
pub fn classify(title: &str, heading: Option<&str>, text: &str, companies: &[&str], _amounts: &[Amount]) -> Vec<Topic> {
    let cues = cues();
    let (own, of_the_desk) = cues.score(text);
    let (context, context_of_the_desk) = cues.score(&[title, heading.unwrap_or_default()].join("\n"));
    let open = of_the_desk || context_of_the_desk || !companies.is_empty();
    let filed = |topic: &Topic| {
        let n = *topic as usize;
        (open || !cues.gated[n]) && own[n] >= OWN_LEAST && own[n] * CONTEXT_SHARE + context[n] >= NEED * CONTEXT_SHARE
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
const AGAINST: i32 = -3;
/// Two groups in one sentence.
const TOGETHER: i32 = 4;

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
    /// Pairs of groups, as bits, and the topic that they speak for.
    together: Vec<(u64, usize)>,
    /// The topics that ask for a company or a word of the trade.
    gated: [bool; Topic::ALL.len()],
    /// The bit of the group `tech`.
    tech: u64,
}

#[derive(Debug, Clone, Copy)]
enum Effect {
    Points { topic: usize, points: i32 },
    Group(u64),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
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
    against: Vec<String>,
    together: Vec<(String, String)>,
}

impl Cues {
    fn read(text: &str) -> Cues {
        let file: File = toml::from_str(text).expect("the compiled-in topics are tested");
        let mut cues = Cues::default();
        let bits: BTreeMap<&String, u64> = file.groups.keys().enumerate().map(|(n, name)| (name, 1 << n)).collect();
        cues.tech = bits.get(&"tech".to_owned()).copied().unwrap_or_default();
        for (name, phrases) in &file.groups {
            cues.add(phrases, Effect::Group(bits[name]));
        }
        for (label, entry) in &file.topic {
            let topic = Topic::parse(label).expect("the compiled-in topics are tested") as usize;
            let lists =
                [(&entry.strong, STRONG), (&entry.medium, MEDIUM), (&entry.weak, WEAK), (&entry.against, AGAINST)];
            lists.into_iter().for_each(|(phrases, points)| cues.add(phrases, Effect::Points { topic, points }));
            cues.gated[topic] = entry.gated;
            cues.together.extend(entry.together.iter().map(|(a, b)| (bits[a] | bits[b], topic)));
        }
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

    /// The points of each topic in a text, and whether a word of the trade stands in it.
    fn score(&self, text: &str) -> ([i32; Topic::ALL.len()], bool) {
        let words = Words::of(text);
        let mut hits = Vec::new();
        self.phrases.each(&words, |number, at, len| hits.push((number, at, len)));
        let mut scores = self.points(&mut hits.clone());
        self.add_pairs(&words, &hits, &mut scores);
        let tech =
            |hit: &(u32, usize, usize)| matches!(self.effects[hit.0 as usize], Effect::Group(bit) if bit == self.tech);
        (scores, hits.iter().any(tech))
    }

    fn points(&self, hits: &mut Vec<(u32, usize, usize)>) -> [i32; Topic::ALL.len()] {
        let mut scores = [0; Topic::ALL.len()];
        hits.sort_unstable();
        hits.dedup_by_key(|h| h.0);
        for (number, ..) in hits {
            if let Effect::Points { topic, points } = self.effects[*number as usize] {
                scores[topic] += points;
            }
        }
        scores
    }

    /// Adds what two groups in one sentence give, once for each pair.
    fn add_pairs(&self, words: &Words, hits: &[(u32, usize, usize)], scores: &mut [i32]) {
        let mut given = 0u64;
        let (mut sentence, mut next_start) = (0u64, 0);
        for &(number, at, _) in hits {
            while next_start <= at {
                if words.list[next_start].gap.any(Gap::START) {
                    sentence = 0;
                }
                next_start += 1;
            }
            if let Effect::Group(bit) = self.effects[number as usize] {
                sentence |= bit;
                for (pair, &(bits, topic)) in self.together.iter().enumerate() {
                    if sentence & bits == bits && given >> pair & 1 == 0 {
                        given |= 1 << pair;
                        scores[topic] += TOGETHER;
                    }
                }
            }
        }
    }
}

/// The keys of a phrase's words, with a mark where the ending is open.
fn folded(phrase: &str) -> (Vec<u64>, bool) {
    (Words::of(phrase).list.iter().map(|w| w.key).collect(), phrase.ends_with('*'))
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
