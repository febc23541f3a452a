//! Tokens: text in, words with their spelling, place and kind out.

use std::cell::RefCell;

use super::compose::{Unit, compose};
use super::fold::is_same_letters;
use super::scan::{Atoms, Slice};
use crate::article::Span;

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// The normalised spelling: lower case, accents kept.
    pub form: &'a str,
    /// The bytes of the text that it stands for, without an elided article.
    pub span: Span,
    /// The rank of the word in the text, from 0; a joined token has that of its first part.
    pub position: u32,
    pub kind: TokenKind,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word; words follow one another without overlap, each at the next position.
    Word,
    /// Another spelling of words just given, or of a part of one: the parts of a compound written as one
    /// (`startup` for *start-up*), the name before a number or a suffix (`ovh` for *OVHcloud*). Takes no position.
    Joined,
}

/// Calls `sink` with each token of `text`, in order; joined tokens come after the last of their words.
///
/// Words are ordered and do not overlap; every span lies on char boundaries of `text`.
pub fn tokenize(text: &str, sink: &mut dyn FnMut(Token<'_>)) {
    thread_local!(static TOKENIZER: RefCell<Tokenizer> = RefCell::default());
    // Taken out, not borrowed: `sink` may itself tokenize.
    let mut tokenizer = TOKENIZER.take();
    tokenizer.run(text, sink);
    TOKENIZER.set(tokenizer);
}

/// The buffers of tokenization, reused from text to text.
#[derive(Debug, Default)]
struct Tokenizer {
    atoms: Atoms,
    units: Vec<Unit>,
    joined: String,
}

impl Tokenizer {
    fn run(&mut self, text: &str, sink: &mut dyn FnMut(Token<'_>)) {
        self.atoms.scan(text);
        compose(text, &mut self.atoms, &mut self.units);
        let mut first = 0;
        while first < self.units.len() {
            let length = 1 + self.units[first + 1..].iter().take_while(|u| u.hyphenated).count();
            match length {
                1 => self.word(text, first, sink),
                _ => self.group(text, first, first + length, sink),
            }
            first += length;
        }
    }

    /// Gives the words of a hyphenated group, then what they make together.
    fn group(&mut self, text: &str, first: usize, end: usize, sink: &mut dyn FnMut(Token<'_>)) {
        let prefix = is_bound_prefix(self, text, first);
        for index in first..end {
            if prefix && index == first {
                self.bound_prefix(index, sink);
            } else {
                self.word(text, index, sink);
            }
        }
        if self.joins(first, end) {
            self.join(first, end, sink);
        }
    }

    fn word(&self, text: &str, index: usize, sink: &mut dyn FnMut(Token<'_>)) {
        let unit = self.units[index];
        let (form, position) = (self.form(unit.form), index as u32);
        sink(Token { form, span: unit.start..unit.end, position, kind: TokenKind::Word });
        if let Some(cut) = brand_cut(&text[unit.start..unit.end], form) {
            let span = unit.start..unit.start + cut;
            sink(Token { form: &form[..cut], span, position, kind: TokenKind::Joined });
        }
    }

    /// A prefix keeps its hyphen, so that it is not taken for the name spelt like it.
    fn bound_prefix(&mut self, index: usize, sink: &mut dyn FnMut(Token<'_>)) {
        let unit = self.units[index];
        self.joined.clear();
        self.joined.push_str(&self.atoms.forms[unit.form.from..unit.form.to]);
        self.joined.push('-');
        let span = unit.start..unit.end;
        sink(Token { form: &self.joined, span, position: index as u32, kind: TokenKind::Word });
    }

    /// Whether the group is a compound that is also written as one word.
    fn joins(&self, first: usize, end: usize) -> bool {
        end - first <= MAX_JOINED_PARTS && !is_enclitic(self.form(self.units[end - 1].form))
    }

    fn join(&mut self, first: usize, end: usize, sink: &mut dyn FnMut(Token<'_>)) {
        self.joined.clear();
        for unit in &self.units[first..end] {
            self.joined.push_str(&self.atoms.forms[unit.form.from..unit.form.to]);
        }
        let span = self.units[first].start..self.units[end - 1].end;
        sink(Token { form: &self.joined, span, position: first as u32, kind: TokenKind::Joined });
    }

    fn form(&self, slice: Slice) -> &str {
        self.atoms.slice(slice)
    }
}

/// The most parts of a compound that anybody writes as one word.
const MAX_JOINED_PARTS: usize = 4;

/// Pronouns and particles after a hyphen (`dit-il`, `celui-ci`): no compound.
fn is_enclitic(form: &str) -> bool {
    matches!(
        form,
        "il" | "elle"
            | "on"
            | "ils"
            | "elles"
            | "je"
            | "tu"
            | "nous"
            | "vous"
            | "ce"
            | "ci"
            | "là"
            | "la"
            | "le"
            | "les"
            | "moi"
            | "toi"
            | "lui"
            | "leur"
            | "y"
            | "en"
            | "t"
            | "même"
            | "mêmes"
    )
}

/// `méta-` is a prefix, not the company: with its accent, or in lower case before a small letter.
fn is_bound_prefix(tokenizer: &Tokenizer, text: &str, first: usize) -> bool {
    let (unit, next) = (tokenizer.units[first], tokenizer.units[first + 1]);
    match tokenizer.form(unit.form) {
        "méta" => true,
        "meta" => is_lower_at(text, unit.start) && is_lower_at(text, next.start),
        _ => false,
    }
}

fn is_lower_at(text: &str, at: usize) -> bool {
    text[at..].starts_with(char::is_lowercase)
}

/// The shortest name that is taken out of a word written with a suffix.
const MIN_BRAND: usize = 3;

/// Where the name ends in `OVHcloud` (capitals, then three small letters or more) or in `GPT5`, `iPhone15` (letters,
/// then digits).
pub(super) fn brand_cut(surface: &str, form: &str) -> Option<usize> {
    let bytes = surface.as_bytes();
    // Nearly every word is out at once: no second capital, no digit.
    let likely = bytes.len() > MIN_BRAND && (bytes[1].is_ascii_uppercase() || bytes.iter().any(u8::is_ascii_digit));
    if !likely || !surface.is_ascii() || !is_same_letters(surface, form) {
        return None;
    }
    let capitals = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let letters = bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let small = |b: &u8| b.is_ascii_lowercase();
    if letters >= MIN_BRAND && letters < bytes.len() {
        bytes[letters].is_ascii_digit().then_some(letters)
    } else if capitals >= MIN_BRAND && bytes.len() >= capitals + MIN_BRAND && bytes[capitals..].iter().all(small) {
        Some(capitals)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    type Owned = (String, Span, u32, TokenKind);

    fn tokens(text: &str) -> Vec<Owned> {
        let mut tokens = Vec::new();
        tokenize(text, &mut |t| tokens.push((t.form.to_owned(), t.span, t.position, t.kind)));
        tokens
    }

    /// The forms, a joined one after a plus.
    #[track_caller]
    fn case(text: &str, expected: &str) {
        let forms = tokens(text).into_iter().map(|(form, _, _, kind)| match kind {
            TokenKind::Word => form,
            TokenKind::Joined => format!("+{form}"),
        });
        assert_eq!(forms.collect::<Vec<_>>().join(" "), expected, "{text}");
    }

    #[track_caller]
    fn surfaces(text: &str, expected: &[&str]) {
        let surfaces: Vec<_> = tokens(text).into_iter().map(|(_, span, ..)| &text[span]).collect();
        assert_eq!(surfaces, expected, "{text}");
    }

    #[test]
    fn elision_and_apostrophes() {
        case("L’usine, l'USINE, lʼusine", "usine usine usine");
        case("Jusqu’où qu’IBM le veuille", "où ibm le veuille");
        case("aujourd’hui aux prud'hommes", "aujourd'hui aux prud'hommes");
        case("O'Neill, IBM's, don't", "o'neill ibm don't");
        case("l'« usine »", "usine");
        case("la main-d’œuvre", "la main oeuvre +mainoeuvre");
        surfaces("l’Éolienne d'Oslo", &["Éolienne", "Oslo"]);
    }

    #[test]
    fn characters() {
        case("E\u{301}cole NAI\u{308}VE", "école naïve");
        case("co\u{AD}opé\u{200B}ration", "coopération");
        case("ﬁche ＡＢＣ m²", "fiche abc m2");
        case("Æther œuf", "aether oeuf");
        case("snake_case", "snake case");
        case("n°7 nº7", "n 7 n 7");
    }

    #[test]
    fn compounds() {
        case("une start‑up", "une start up +startup");
        case("GPT-7 et GPT7", "gpt 7 +gpt7 et gpt7 +gpt");
        case("XYZcloud", "xyzcloud +xyz");
        case("dit-il", "dit il");
        case("méta-analyse", "méta- analyse +métaanalyse");
        case("meta-données", "meta- données +metadonnées");
        case("ex-Meta, Google-Meta", "ex meta +exmeta google meta +googlemeta");
    }

    #[test]
    fn marks() {
        case("l'U.R.S.S. et S.A.", "urss et sa");
        case("B&B, R&D, Dupont&Durand", "b&b r&d dupont durand");
        case("C++, C# et F", "c++ c# et f");
        case("les salarié·e·s", "les salarié");
        case("www.exemple.fr/page", "www exemple fr page");
    }

    #[test]
    fn numbers_and_amounts() {
        case("10 Md$", "10 milliards dollars");
        case("1,7 Md€ et 20M€", "1.7 milliards euros et 20 millions euros");
        case("3Mds d'euros", "3 milliards euros");
        case("dix milliards de dollars", "10 milliards de dollars");
        case("10 %, 10%, dix pour cent", "10 pourcent 10 pourcent 10 pourcent");
        case("1 000 et 12\u{202F}500", "1000 et 12500");
        case("100 k€, 1,5k$", "100000 euros 1500 dollars");
        case("$5 million", "dollars 5 million");
        case("100 % et %", "100 pourcent et");
        case("vingt-cinq pays", "25 pays");
        surfaces("à 10 Md$.", &["à", "10", "Md", "$"]);
        surfaces("1 000 t", &["1 000", "t"]);
    }

    #[test]
    fn positions_count_words() {
        let positions: Vec<_> = tokens("la start-up d'IBM").into_iter().map(|t| (t.0, t.2)).collect();
        let expected = [("la", 0), ("start", 1), ("up", 2), ("startup", 1), ("ibm", 3)];
        assert_eq!(positions, expected.map(|(form, at)| (form.to_owned(), at)));
    }

    #[test]
    fn a_sink_may_tokenize() {
        let mut inner = 0;
        tokenize("un deux", &mut |_| tokenize("trois quatre cinq", &mut |_| inner += 1));
        assert_eq!(inner, 6);
    }

    /// Text made of what the rules look at, so that they meet.
    fn french_like() -> impl Strategy<Value = String> {
        let bits = prop::sample::select(vec![
            "l", "d", "qu", "aujourd", "hui", "’", "'", "-", "\u{2011}", ".", ",", "&", "·", " ", "\u{A0}", "\u{202F}",
            "\n", "10", "000", "1", "5", "Md", "M", "k", "$", "€", "%", "pour", "cent", "dix", "vingt", "mille", "et",
            "un", "milliard", "d'", "é", "e\u{301}", "œ", "Œ", "\u{AD}", "\u{200B}", "U", "E", "OVH", "cloud", "GPT",
            "méta", "meta", "Meta", "#", "++", "«", "ﬁ", "²", "½", "İ", "ß", "º", "\u{301}", "日本", "😀", "C", "usd",
            "eur",
        ]);
        prop::collection::vec(bits, 0..24).prop_map(|bits| bits.concat())
    }

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![french_like(), ".{0,40}", "\\PC{0,40}"]
    }

    fn check(text: &str) {
        let found = tokens(text);
        assert_eq!(found, tokens(text), "twice the same");
        let (mut end, mut position) = (0, 0);
        for (form, span, at, kind) in &found {
            assert!(!form.is_empty() && text.get(span.clone()).is_some_and(|s| !s.is_empty()), "{form} {span:?}");
            if *kind == TokenKind::Word {
                assert!(span.start >= end && *at == position, "{form} {span:?} {at}");
                (end, position) = (span.end, position + 1);
            } else {
                assert!(*at < position && span.end <= end, "{form} {span:?}");
            }
        }
        super::super::query_terms(text);
        super::super::text_tokens(text, super::super::Language::French);
    }

    proptest! {
        #[test]
        fn any_text_is_sliced_in_order(text in any_text()) {
            check(&text);
        }

        #[test]
        fn composed_and_decomposed_text_agree(text in french_like()) {
            let forms = |text: &str| tokens(text).into_iter().map(|t| t.0).collect::<Vec<_>>();
            let (composed, decomposed): (String, String) = (text.nfc().collect(), text.nfd().collect());
            prop_assert_eq!(forms(&composed), forms(&decomposed));
        }

        #[test]
        fn a_word_alone_is_the_word_in_a_text(word in "[a-zàâéèêëîïôùûüçœA-ZÉ]{1,12}") {
            let text = format!("Voici {word}, là.");
            prop_assert_eq!(&tokens(&text)[1].0, &tokens(&word)[0].0);
            let term = &super::super::query_terms(&word)[0];
            prop_assert_eq!(&term.words[0], &tokens(&word)[0].0);
        }
    }

    /// Runs the properties for `VEILLE_FUZZ_SECONDS` (default 600): `cargo test fuzz -- --ignored`.
    #[test]
    #[ignore = "takes minutes"]
    fn fuzz() {
        use proptest::test_runner::{Config, TestRunner};
        let seconds = std::env::var("VEILLE_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(600);
        let end = std::time::Instant::now() + std::time::Duration::from_secs(seconds);
        while std::time::Instant::now() < end {
            let mut runner = TestRunner::new(Config { cases: 5000, failure_persistence: None, ..Config::default() });
            runner
                .run(&any_text(), |text| {
                    check(&text);
                    Ok(())
                })
                .expect("no text breaks the analysis");
        }
    }
}
