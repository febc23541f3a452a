//! Finds near duplicates: the articles that tell one story in nearly the same words.
//!
//! Texts, cut into words, come in one by one and give a [`Signature`] of fixed size, which an index can keep in a
//! column; all signatures together give groups. The cost is linear in the text and, but for a sort, in the number of
//! articles.
//!
//! ```
//! use veille::{story, words::Words};
//! let first = "Le groupe a signé mardi un contrat de six ans avec son fournisseur. ".repeat(8) + "Il prend effet lundi.";
//! let copy = first.replace("lundi", "mardi");
//! let other = "Les abeilles reviennent dans les villes, où les jardins leur offrent des fleurs toute l'année.";
//! let signature = |text| story::signature(&Words::of(text));
//! let groups = story::group(&[first.as_str(), other, copy.as_str()].map(signature));
//! assert_eq!(groups, [0, 1, 0]);
//! ```
//!
//! A signature is a MinHash (Broder 1997) of the text's runs of five words, by one permutation (Li, Owen and Zhang
//! 2012) with empty slots filled from others (Shrivastava 2017), and eight bits kept of each minimum (Li and König
//! 2010). The share of equal slots estimates the Jaccard similarity of the two sets of runs. Candidates come from
//! banding; each is verified. It does not know translations, nor rewriting in other words.

use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};

use crate::words::{Word, Words};

/// How many words make a run. Five is the usual length for news: three join articles that share phrases
/// only, seven break at every edit.
const RUN_WORDS: usize = 5;

/// Minima kept: with 128, the estimate is off by 0.04 (one standard deviation) near the threshold.
const SLOTS: usize = 128;

/// The similarity from which two articles are one story. Agency copy with a changed head and foot stays above 0.5: of
/// 14,000 news articles 31 groups are found at 0.6, and 13 more, all right, at 0.5, where a later version is longer or
/// cut. Two articles that share a paragraph of background stay below 0.4.
pub const MIN_SIMILARITY: f64 = 0.5;

/// Slots in a band: two articles meet if one band is equal. With 4, a pair at 0.6 meets with 99 in
/// 100 chances, one at 0.5 with 87.
const BAND_SLOTS: usize = 4;

/// How many stories of one band a newcomer is compared with; bounds the cost of a band that everybody has.
const MAX_COMPARED: usize = 16;

/// Texts with fewer runs are compared as a whole: a few runs estimate nothing.
const MIN_RUNS: u64 = 12;

/// The fingerprint of a text: 128 bytes, the same on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signature(pub [u64; SLOTS / 8]);

impl Signature {
    /// Returns the estimated share of common runs of words, from 0 to 1.
    pub fn similarity(&self, other: &Signature) -> f64 {
        let equal: u32 = self.0.iter().zip(&other.0).map(|(a, b)| equal_bytes(*a, *b)).sum();
        // Of the slots that differ, one in 256 looks equal.
        let seen = f64::from(equal) / SLOTS as f64;
        ((seen - 1.0 / 256.0) / (1.0 - 1.0 / 256.0)).max(0.0)
    }

    /// The bytes of the signature, in a fixed order.
    pub fn to_bytes(&self) -> [u8; SLOTS] {
        let mut bytes = [0; SLOTS];
        bytes.chunks_exact_mut(8).zip(self.0).for_each(|(to, part)| to.copy_from_slice(&part.to_le_bytes()));
        bytes
    }

    /// Reads what [`Self::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8; SLOTS]) -> Self {
        Self(std::array::from_fn(|i| u64::from_le_bytes(bytes[8 * i..8 * i + 8].try_into().expect("eight bytes"))))
    }

    fn band(&self, band: usize) -> u32 {
        (self.0[band / 2] >> (32 * (band % 2))) as u32
    }
}

fn equal_bytes(a: u64, b: u64) -> u32 {
    (a ^ b).to_le_bytes().iter().filter(|byte| **byte == 0).count() as u32
}

/// Returns the signature of a text; case, accents and punctuation do not count.
pub fn signature(words: &Words) -> Signature {
    let mut minima = [u64::MAX; SLOTS];
    let mut runs = 0;
    let mut whole = 0;
    for run in words.list.windows(RUN_WORDS).map(run_hash) {
        let slot = (run >> 57) as usize;
        minima[slot] = minima[slot].min(run & (u64::MAX >> 7));
        whole = mix(whole ^ run);
        runs += 1;
    }
    if runs < MIN_RUNS { same_or_not(if runs == 0 { words_hash(words) } else { whole }) } else { pack(&minima) }
}

fn run_hash(run: &[Word]) -> u64 {
    mix(run.iter().fold(0, |hash: u64, word| hash.rotate_left(17).wrapping_mul(MULTIPLIER) ^ word.key))
}

/// Of a text that is shorter than one run.
fn words_hash(words: &Words) -> u64 {
    words.list.iter().fold(0, |hash, word| mix(hash ^ word.key))
}

/// The multiplier and the finisher are those of SplitMix64 (Steele, Lea and Flood 2014).
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A signature that is like another only if the whole text is the same.
fn same_or_not(hash: u64) -> Signature {
    Signature(std::array::from_fn(|i| mix(hash ^ (i as u64 + 1).wrapping_mul(MULTIPLIER))))
}

fn pack(minima: &[u64; SLOTS]) -> Signature {
    let byte = |slot: usize| mix(filled(minima, slot)) as u8;
    Signature(std::array::from_fn(|i| u64::from_le_bytes(std::array::from_fn(|j| byte(i * 8 + j)))))
}

/// The minimum of a slot; an empty slot borrows from another, chosen by its number alone, so that two texts
/// with the same runs borrow alike.
fn filled(minima: &[u64; SLOTS], slot: usize) -> u64 {
    let tries = (0..).map(|step: u64| (mix((slot as u64).wrapping_mul(MULTIPLIER) ^ step) >> 57) as usize);
    std::iter::once(slot)
        .chain(tries)
        .map(|slot| minima[slot])
        .find(|minimum| *minimum != u64::MAX)
        .expect("a text with runs has a minimum, and the tries reach every slot")
}

/// Where signatures lie: in memory or on the disk. Articles are numbered from 0.
pub trait Shelf {
    fn len(&self) -> usize;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn signature(&mut self, article: u32) -> io::Result<Signature>;

    /// Calls `see` with each article once, in any order.
    fn for_each(&mut self, see: &mut dyn FnMut(u32, &Signature)) -> io::Result<()>;
}

impl Shelf for &[Signature] {
    fn len(&self) -> usize {
        (**self).len()
    }

    fn signature(&mut self, article: u32) -> io::Result<Signature> {
        Ok(self[article as usize])
    }

    fn for_each(&mut self, see: &mut dyn FnMut(u32, &Signature)) -> io::Result<()> {
        (0..).zip(self.iter()).for_each(|(article, signature)| see(article, signature));
        Ok(())
    }
}

/// Bands of all articles that are held at once: 64 MB. A corpus of 500,000 articles is gone through once, one of five
/// million eleven times.
const HELD_BANDS: usize = 1 << 24;

/// Returns, for every article in the order given, the index of the first article of its story
/// (its own index where it is alone or first).
///
/// The groups depend on the set and the order of the signatures only.
pub fn group(signatures: &[Signature]) -> Vec<usize> {
    let mut stories = join(signatures, HELD_BANDS).expect("memory is always read");
    (0..signatures.len() as u32).map(|i| stories.first_of(i) as usize).collect()
}

/// Returns the stories of two articles or more, each in order, in the order of their first articles.
///
/// # Errors
/// Those of the shelf.
pub fn groups(shelf: impl Shelf) -> io::Result<Vec<Vec<u32>>> {
    let count = shelf.len() as u32;
    let mut stories = join(shelf, HELD_BANDS)?;
    let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for article in 0..count {
        let first = stories.first_of(article);
        if first != article {
            groups.entry(first).or_insert_with(|| vec![first]).push(article);
        }
    }
    Ok(groups.into_values().collect())
}

/// Joins the articles that share a band and are truly alike.
fn join(mut shelf: impl Shelf, held: usize) -> io::Result<Stories> {
    const BANDS: usize = SLOTS / BAND_SLOTS;
    let count = shelf.len();
    let mut stories = Stories { first: (0..count as u32).collect() };
    let at_once = (held / count.max(1)).clamp(1, BANDS);
    for start in (0..BANDS).step_by(at_once) {
        let bands = start..(start + at_once).min(BANDS);
        let mut keys = vec![0; count * bands.len()];
        shelf.for_each(&mut |article, signature| {
            for (row, band) in bands.clone().enumerate() {
                keys[row * count + article as usize] = signature.band(band);
            }
        })?;
        for row in keys.chunks_exact(count.max(1)) {
            let mut keyed: Vec<(u32, u32)> = row.iter().copied().zip(0..).collect();
            keyed.sort_unstable();
            for run in keyed.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
                stories.join_run(run, &mut shelf)?;
            }
        }
    }
    Ok(stories)
}

/// Disjoint sets of articles; each article points towards the first of its set.
struct Stories {
    first: Vec<u32>,
}

impl Stories {
    fn first_of(&mut self, mut i: u32) -> u32 {
        while self.first[i as usize] != i {
            self.first[i as usize] = self.first[self.first[i as usize] as usize];
            i = self.first[i as usize];
        }
        i
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.first_of(a), self.first_of(b));
        let (low, high) = (a.min(b), a.max(b));
        self.first[high as usize] = low;
    }

    /// Joins the articles of one band that are truly alike.
    fn join_run(&mut self, run: &[(u32, u32)], shelf: &mut impl Shelf) -> io::Result<()> {
        let mut seen: Vec<(u32, Signature)> = Vec::new();
        for &(_, i) in run {
            let signature = shelf.signature(i)?;
            match seen.iter().find(|(_, other)| signature.similarity(other) >= MIN_SIMILARITY) {
                Some(&(other, _)) => self.join(i, other),
                None if seen.len() < MAX_COMPARED => seen.push((i, signature)),
                None => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `count` words that look like those of a text of its own.
    fn invented(seed: u64, count: usize) -> Vec<String> {
        (0..count as u64).map(|i| format!("mot{}", mix(seed.wrapping_mul(1_000_003) ^ i) % 5_000)).collect()
    }

    fn text(seed: u64, count: usize) -> String {
        invented(seed, count).join(" ")
    }

    fn signature(text: &str) -> Signature {
        super::signature(&Words::of(text))
    }

    #[track_caller]
    fn alike(a: &str, b: &str, expected: bool) {
        let similarity = signature(a).similarity(&signature(b));
        assert_eq!(similarity >= MIN_SIMILARITY, expected, "{similarity}");
        assert_eq!(group(&[signature(a), signature(b)]), if expected { [0, 0] } else { [0, 1] });
    }

    #[test]
    fn typography_and_case_do_not_count() {
        alike(
            "« L’accord », dit-il, porte sur six ans et dix milliards de dollars, une somme jamais vue.",
            "\"L'accord\" dit-il porte sur SIX ans et dix milliards de dollars : une somme jamais vue…",
            true,
        );
    }

    #[test]
    fn agency_copy_with_small_edits_is_one_story() {
        let copy = text(1, 400);
        alike(&copy, &format!("{} {copy} {}", text(2, 25), text(3, 20)), true);
        let mut edited = invented(1, 400);
        for at in [30, 120, 250, 333] {
            edited[at] = "retouche".into();
        }
        alike(&copy, &edited.join(" "), true);
    }

    #[test]
    fn a_shared_paragraph_of_background_is_not() {
        let shared = text(9, 90);
        alike(&format!("{} {shared}", text(1, 200)), &format!("{} {shared}", text(2, 200)), false);
    }

    #[test]
    fn short_texts_must_be_the_same() {
        alike("Meta signe avec Google Cloud.", "META signe avec Google Cloud", true);
        alike("Meta signe avec Google Cloud.", "Meta signe avec Amazon Cloud.", false);
        alike("un deux", "un trois", false);
        alike(
            "Le titre gagne trois pour cent à Paris ce matin",
            "Le titre gagne deux pour cent à Paris ce matin",
            false,
        );
    }

    #[test]
    fn the_estimate_follows_the_true_similarity() {
        for shared in [0.2, 0.5, 0.8] {
            let common = (1000.0 * 2.0 * shared / (1.0 + shared)) as usize;
            let make = |seed| format!("{} {}", text(7, common), text(seed, 1000 - common));
            let estimates = (0..8).map(|i| signature(&make(100 + i)).similarity(&signature(&make(200 + i))));
            let mean = estimates.sum::<f64>() / 8.0;
            assert!((mean - shared).abs() < 0.1, "{mean} for {shared}");
        }
    }

    #[test]
    fn groups_are_the_same_in_every_order() {
        let texts: Vec<String> = (0..60).map(|i| format!("{} {}", text(i % 20, 200), text(1_000 + i, 10))).collect();
        let signatures: Vec<Signature> = texts.iter().map(|text| signature(text)).collect();
        let expected: Vec<usize> = (0..60).map(|i| i % 20).collect();
        assert_eq!(group(&signatures), expected);
        let reversed: Vec<Signature> = signatures.iter().rev().copied().collect();
        assert_eq!(group(&reversed), expected);
    }

    #[test]
    fn groups_are_the_same_however_many_bands_are_held() {
        let signatures: Vec<Signature> =
            (0..40).map(|i| signature(&format!("{} {}", text(i % 10, 200), text(1_000 + i, 10)))).collect();
        let firsts = |held: usize| {
            let mut stories = join(signatures.as_slice(), held).unwrap();
            (0..40).map(|i| stories.first_of(i)).collect::<Vec<_>>()
        };
        assert_eq!(firsts(1), firsts(HELD_BANDS));
        assert_eq!(groups(signatures.as_slice()).unwrap().len(), 10);
        assert_eq!(groups([].as_slice()).unwrap(), [[0; 0]; 0]);
    }

    proptest! {
        #[test]
        fn any_text_is_like_itself(text in any::<String>()) {
            let signature = signature(&text);
            prop_assert_eq!(signature.similarity(&signature), 1.0);
        }
    }
}
