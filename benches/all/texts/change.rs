//! Makes a text another one of the same kind, so that a small corpus can stand for a large one: a sixth of the longer
//! words are exchanged for others of the corpus and three in a thousand made up, so that neither the vocabulary nor the
//! near duplicates stay small. Same input, same output.

/// Words shorter than this are the grammar of a sentence, and stay.
const MIN_CHANGED_CHARS: usize = 4;

/// Of a thousand longer words, how many are exchanged, and how many made up.
const EXCHANGED: u64 = 160;
const MADE_UP: u64 = 3;

/// Texts whose words are exchanged for one another.
const VOCABULARY_TEXTS: usize = 3_000;

/// Numbers that look random (Knuth's MMIX multiplier and increment).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Changes texts, each time otherwise.
pub struct Changer<'t> {
    vocabulary: Vec<&'t str>,
    dice: Dice,
}

impl<'t> Changer<'t> {
    /// Takes the words to exchange from the first of `texts`.
    pub fn new(texts: impl Iterator<Item = &'t str>) -> Self {
        Self { vocabulary: texts.take(VOCABULARY_TEXTS).flat_map(long_words).collect(), dice: Dice(1) }
    }

    pub fn change(&mut self, text: &str) -> String {
        let mut changed = String::with_capacity(text.len() + 64);
        let mut rest = text;
        while let Some(start) = rest.find(char::is_alphanumeric) {
            let word = &rest[start..];
            let word = &word[..word.find(|c: char| !c.is_alphanumeric()).unwrap_or(word.len())];
            changed.push_str(&rest[..start]);
            match self.dice.below(1_000) {
                _ if word.chars().count() < MIN_CHANGED_CHARS => changed.push_str(word),
                roll if roll < MADE_UP => changed.extend((0..8).map(|_| (b'a' + self.dice.below(26) as u8) as char)),
                roll if roll < MADE_UP + EXCHANGED => {
                    changed.push_str(self.vocabulary[self.dice.below(self.vocabulary.len() as u64) as usize]);
                }
                _ => changed.push_str(word),
            }
            rest = &rest[start + word.len()..];
        }
        changed + rest
    }
}

fn long_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= MIN_CHANGED_CHARS)
}
