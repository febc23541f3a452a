//! The second look: how much each passage of a candidate article speaks for the query, and the article as a whole.
//!
//! The query becomes a list of *features*, each with a weight: a word as written, words that begin or are conflated
//! alike, adjacent pairs, equivalents. One scan over the numbers of an article's words
//! counts the features in every passage; a BM25 sum over the counts gives the passage's own score, and the same sum
//! over the whole article gives its article's. A passage is ranked by both (`docs/ranking.md` has the measurements).

use rustc_hash::FxHashMap;

use crate::index::WordId;

/// Weights and parameters of the ranking. The defaults are what `veille eval` found best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// BM25 term-frequency saturation.
    pub k1: f32,
    /// BM25 length normalisation, of passages and of articles.
    pub b: f32,
    pub b_article: f32,
    /// A word as written, accents aside.
    pub surface: f32,
    /// The same with its accents, where the query has some.
    pub accents: f32,
    /// Words that begin with the same five letters.
    pub prefix: f32,
    /// Words of the same stem or strict form.
    pub stem: f32,
    /// Two adjacent words of the query, adjacent in the text, as written or inflected.
    pub bigram: f32,
    /// An equivalent of a word (`IA` for `intelligence artificielle`).
    pub equivalent: f32,
    /// What a function word weighs beside a content word.
    pub function: f32,
    /// What the whole article's score weighs beside the passage's own.
    pub article: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            k1: 0.8,
            b: 0.7,
            b_article: 0.75,
            surface: 0.4,
            accents: 0.05,
            prefix: 0.5,
            stem: 0.75,
            bigram: 0.22,
            equivalent: 0.8,
            function: 0.8,
            article: 3.0,
        }
    }
}

impl Weights {
    /// Returns the weight with this name, to try another value.
    pub fn by_name(&mut self, name: &str) -> Option<&mut f32> {
        Some(match name {
            "k1" => &mut self.k1,
            "b" => &mut self.b,
            "b_article" => &mut self.b_article,
            "surface" => &mut self.surface,
            "accents" => &mut self.accents,
            "prefix" => &mut self.prefix,
            "stem" => &mut self.stem,
            "bigram" => &mut self.bigram,
            "equivalent" => &mut self.equivalent,
            "function" => &mut self.function,
            "article" => &mut self.article,
            _ => return None,
        })
    }
}

/// What kind of evidence a feature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Surface,
    Accents,
    Prefix,
    Stem,
    Bigram,
    Equivalent,
}

/// One thing that is counted in texts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feature {
    pub kind: Kind,
    /// The slot of the query that it stands for.
    pub slot: usize,
    /// Weight of the kind times inverse document frequency; that of pairs is known once candidates are counted.
    pub weight: f32,
}

/// The query, ready to be counted.
#[derive(Debug, Default)]
pub struct Features {
    list: Vec<Feature>,
    /// Bit per word number: does any feature concern it? Small enough to stay in the first cache.
    concerned: Vec<u64>,
    entries: FxHashMap<WordId, u32>,
    /// Per entry: slots that the word is, bit by bit, and the features that it counts for.
    words: Vec<(u64, Vec<u16>)>,
    /// Per slot: the pair that it ends, if any.
    pairs: Vec<Option<Pair>>,
}

/// Two words side by side.
#[derive(Debug, Clone, Copy)]
struct Pair {
    feature: u16,
    /// For neighbours in the query: in how many articles both words would stand if they had nothing to do with
    /// each other. Expressions have their weight already.
    expected: Option<f32>,
}

/// Counts of one text.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    tf: Vec<u16>,
    pub words: u32,
}

impl Features {
    pub fn new(words: usize) -> Self {
        Self { concerned: vec![0; words.div_ceil(64)], ..Self::default() }
    }

    /// Adds a feature and returns its number; `None` once there are more than counts can hold.
    pub fn add(&mut self, feature: Feature) -> Option<u16> {
        let number = u16::try_from(self.list.len()).ok()?;
        self.list.push(feature);
        Some(number)
    }

    /// Says that an occurrence of `word` counts for `feature`.
    pub fn concern(&mut self, word: WordId, feature: u16) {
        let entry = self.entry(word);
        let features = &mut self.words[entry].1;
        if features.last() != Some(&feature) {
            features.push(feature);
        }
    }

    /// Says that `word` is what stands in `slot` of the query.
    pub fn stand_for(&mut self, word: WordId, slot: usize) {
        if slot < 64 {
            let entry = self.entry(word);
            self.words[entry].0 |= 1 << slot;
        }
    }

    /// Says that the words of `slot - 1` and `slot`, adjacent, count for `feature`; `expected`, where the pair is to
    /// be weighed by [`Self::weigh_pairs`], is the number of articles that hold both words by chance.
    pub fn pair(&mut self, slot: usize, feature: u16, expected: Option<f32>) {
        if self.pairs.len() <= slot {
            self.pairs.resize(slot + 1, None);
        }
        self.pairs[slot] = Some(Pair { feature, expected });
    }

    /// Gives each pair its weight: how rare it is shows in the candidates. Nearly all articles with a rare pair are
    /// among them; where half of them have it, it may be anywhere, and chance is the better guess.
    ///
    /// Against an estimate from the rarity of the two words: nDCG@10 +0.27 on 1,500 headlines, +0.05 on questions.
    pub fn weigh_pairs(&mut self, articles: &[&Counts], total: f32, weight: f32) {
        for pair in self.pairs.iter().flatten() {
            let Some(expected) = pair.expected else { continue };
            let feature = usize::from(pair.feature);
            let with = articles.iter().filter(|counts| counts.tf.get(feature).is_some_and(|&tf| tf > 0)).count();
            let by_chance = if 2 * with < articles.len() { 1.0 } else { expected };
            self.list[feature].weight = weight * idf(by_chance.max(with as f32), total);
        }
    }

    fn entry(&mut self, word: WordId) -> usize {
        self.concerned[word as usize / 64] |= 1 << (word % 64);
        let next = self.words.len() as u32;
        let entry = *self.entries.entry(word).or_insert(next);
        if entry == next {
            self.words.push((0, Vec::new()));
        }
        entry as usize
    }

    pub fn list(&self) -> &[Feature] {
        &self.list
    }

    /// Counts the features in a run of words, beside what `counts` has already.
    pub fn count(&self, words: &[WordId], counts: &mut Counts) {
        counts.tf.resize(self.list.len(), 0);
        counts.words += words.len() as u32;
        let mut previous = 0u64;
        for &word in words {
            let concerned = self.concerned.get(word as usize / 64).is_some_and(|bits| bits & 1 << (word % 64) != 0);
            if !concerned {
                previous = 0;
                continue;
            }
            let (slots, features) = &self.words[self.entries[&word] as usize];
            for &feature in features {
                counts.tf[feature as usize] = counts.tf[feature as usize].saturating_add(1);
            }
            self.count_pairs(previous << 1 & slots, counts);
            previous = *slots;
        }
    }

    fn count_pairs(&self, mut ends: u64, counts: &mut Counts) {
        while ends != 0 {
            let slot = ends.trailing_zeros() as usize;
            ends &= ends - 1;
            if let Some(&Some(Pair { feature, .. })) = self.pairs.get(slot) {
                counts.tf[feature as usize] = counts.tf[feature as usize].saturating_add(1);
            }
        }
    }

    /// The BM25 sum over `counts`; `norm` is [`length_norm`] of the text.
    pub fn score(&self, counts: &Counts, norm: f32, k1: f32) -> f32 {
        let of = |(feature, &tf): (&Feature, &u16)| feature.weight * saturated(tf, norm, k1);
        self.list.iter().zip(&counts.tf).filter(|&(_, &tf)| tf > 0).map(of).sum()
    }

    /// The shares of the score, feature by feature, for an explanation.
    pub fn shares<'f>(&'f self, counts: &'f Counts, norm: f32, k1: f32) -> impl Iterator<Item = (Feature, f32)> + 'f {
        let present = self.list.iter().zip(&counts.tf).filter(|&(_, &tf)| tf > 0);
        present.map(move |(feature, &tf)| (*feature, feature.weight * saturated(tf, norm, k1)))
    }
}

impl Counts {
    /// Adds the counts of another text.
    pub fn add(&mut self, other: &Self) {
        self.tf.resize(other.tf.len().max(self.tf.len()), 0);
        self.tf.iter_mut().zip(&other.tf).for_each(|(a, b)| *a = a.saturating_add(*b));
        self.words += other.words;
    }
}

fn saturated(tf: u16, norm: f32, k1: f32) -> f32 {
    let tf = f32::from(tf);
    tf * (k1 + 1.0) / (tf + norm)
}

/// The part of BM25's denominator that depends on the text's length alone.
pub fn length_norm(words: u32, average: f32, k1: f32, b: f32) -> f32 {
    k1 * (1.0 - b + b * words as f32 / average.max(1.0))
}

/// Inverse document frequency, as in Lucene's BM25: never negative.
pub fn idf(articles: f32, total: f32) -> f32 {
    (1.0 + (total - articles + 0.5).max(0.0) / (articles + 0.5)).ln()
}

/// In how many of `total` articles at least one of several words stands, were they spread independently.
pub fn union_frequency(sum: f32, total: f32) -> f32 {
    total * (1.0 - (-sum / total.max(1.0)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(kind: Kind, slot: usize) -> Feature {
        Feature { kind, slot, weight: 1.0 }
    }

    #[test]
    fn counts_words_and_adjacent_pairs() {
        let mut features = Features::new(100);
        let cloud = features.add(feature(Kind::Surface, 0)).unwrap();
        let meta = features.add(feature(Kind::Surface, 1)).unwrap();
        let pair = features.add(feature(Kind::Bigram, 1)).unwrap();
        features.concern(7, cloud);
        features.stand_for(7, 0);
        features.concern(9, meta);
        features.stand_for(9, 1);
        features.pair(1, pair, Some(2.0));
        let mut counts = Counts::default();
        features.count(&[7, 9, 3, 9, 7, 3, 7, 9], &mut counts);
        assert_eq!(counts.tf, [3, 3, 2]);
        assert_eq!(counts.words, 8);
        assert!(features.score(&counts, 1.0, 1.0) > features.score(&counts, 2.0, 1.0));
        let weight = |features: &Features| features.list[2].weight;
        let other = Counts { tf: vec![0, 0, 0], words: 8 };
        features.weigh_pairs(&[&counts, &other, &other], 100.0, 0.5);
        assert_eq!(weight(&features), 0.5 * idf(1.0, 100.0), "one candidate in three has it");
        features.weigh_pairs(&[&counts, &counts], 100.0, 0.5);
        assert_eq!(weight(&features), 0.5 * idf(2.0, 100.0), "all have it: as rare as chance has it");
    }

    #[test]
    fn rare_words_weigh_more_and_none_weighs_less_than_nothing() {
        assert!(idf(1.0, 1000.0) > idf(10.0, 1000.0));
        assert!(idf(1000.0, 1000.0) > 0.0);
        assert!((union_frequency(10.0, 1000.0) - 10.0).abs() < 0.1);
        assert!(union_frequency(1e6, 1000.0) <= 1000.0);
    }
}
