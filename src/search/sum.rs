//! Which of the sums that a passage tells is its deal's, and for how many years.
//!
//! In: the text of a passage and the spans of its sums. Out: the sum that stands nearest to a word of the deal
//! (`lève`, `rachat`, `contrat`). A sum that stands nearer to a word of something else is not the deal's: « une
//! valorisation de 4 milliards », « 2 milliards de chiffre d'affaires », an `amende`, `frais`, a price by the share.

use std::ops::Range;
use std::sync::OnceLock;

use crate::article::Span;
use crate::words::{Gap, Phrases, Words};

/// Words of contracts, investments, rounds and takeovers.
const DEAL: &str = "lève, lever, levé, levée, levées, lèvent, levait, lèverait, raise*, tour, financ*, série, series, injecte*, \
    souscri*, capitaux, rachat*, rachet*, acquisition*, acquiert, acquér*, acquis, acquire*, reprise, reprend*, \
    cession*, cède, céder, cédé, vend, vendre, vendu, vendue, vente de, achat, achète*, acheter, buy*, bought, \
    takeover, fusion*, merger, OPA, offre, offres, bid, contrat*, contract*, accord, accords, agreement*, engage*, \
    marché de, marché public, commande*, dépens*, spend*, investi*, invest*, partenariat*, montant, somme, \
    enveloppe, chèque, débours*, prêt, emprunt*, dette, loue*, location, signe*, s'offre, s'offrir, transaction, \
    opération, deal*, worth, prix d'achat, introduction, IPO, augmentation de capital, participation, apport*, \
    débloqu*, obtient, récolt*, décroch*, porte sur, empoche*, mise, verse*, paie*, payer*, paye*, sur la table, \
    emporte*, finalis*, boucl*, subvention*";
/// Words of sums that are no deal's.
const OTHER: &str = "valoris*, estim*, cours, le titre, capitalis*, valuation, valued, values, capitalisation, pèse, vaut, chiffre \
    d'affaires, revenu*, revenue*, recettes, bénéfice*, profit*, perte, pertes, loss*, frais, commission de, \
    salaire*, rémunération, abonnement*, par mois, par action, par utilisateur, par titre, par jeton, per share, a \
    month, trésorerie, dividende*, marché mondial, avait levé, avait déjà levé, déjà levé, depuis sa création, an \
    dernier, précédent*, marge, ebitda, économies, indemnité*, dédommag*, taxe, taxes, impôt*, coûté, coûte*, \
    contre, préjudice";

/// A sum told with one of them in its sentence is a fine, whatever else is said of it.
const FINE: &str = "amende*, sanction*, pénalité*, a fine, fined, condamn*, inflig*, écope*";

const DEAL_NUMBER: u32 = 0;
const OTHER_NUMBER: u32 = 1;
const FINE_NUMBER: u32 = 2;
/// A word behind the sum belongs to it less than one before it, by so many words.
const BEHIND: usize = 1;
/// Behind a sum only what is joined to it says what it is: « 2 milliards de chiffre d'affaires ».
const FARTHEST_BEHIND: usize = 5;

fn cues() -> &'static Phrases {
    static CUES: OnceLock<Phrases> = OnceLock::new();
    CUES.get_or_init(|| {
        let lists = [(DEAL, DEAL_NUMBER), (OTHER, OTHER_NUMBER), (FINE, FINE_NUMBER)];
        Phrases::of(lists.into_iter().flat_map(|(list, number)| list.split(", ").map(move |phrase| (phrase, number))))
    })
}

/// The place in `sums` of the deal's own sum; `None` where each belongs to something else.
pub fn own(text: &str, sums: &[Span]) -> Option<usize> {
    let words = Words::of(text);
    let mut hits = Vec::new();
    cues().each(&words, 0..words.list.len(), |number, at, len| hits.push((number, at..at + len)));
    let distances = sums.iter().map(|sum| distance(&words, &hits, sum));
    let told = distances.enumerate().filter_map(|(place, distance)| Some((distance?, place)));
    // A sum far from any word of a deal is its own where the passage tells no other.
    let near = told.filter(|(distance, _)| *distance < usize::MAX || sums.len() == 1);
    near.min().map(|(_, place)| place)
}

/// Words between the sum and the nearest word of a deal, the longest where the sentence has none; `None` where a
/// word of something else is as near.
fn distance(words: &Words, hits: &[(u32, Range<usize>)], sum: &Span) -> Option<usize> {
    let run = run_of(words, sum)?;
    let sentence = sentence_of(words, &run);
    let nearest = |number: u32| {
        let near = hits.iter().filter(|(n, at)| *n == number && sentence.contains(&at.start));
        near.filter_map(|(_, at)| apart(at, &run)).min()
    };
    if hits.iter().any(|(n, at)| *n == FINE_NUMBER && sentence.contains(&at.start)) {
        return None;
    }
    match (nearest(DEAL_NUMBER), nearest(OTHER_NUMBER)) {
        (deal, None) => Some(deal.unwrap_or(usize::MAX)),
        (Some(deal), Some(other)) if deal < other => Some(deal),
        _ => None,
    }
}

/// The words between a cue and the sum; `None` for a cue too far behind it.
fn apart(cue: &Range<usize>, sum: &Range<usize>) -> Option<usize> {
    match cue.end <= sum.start {
        true => Some(sum.start - cue.end),
        false => Some(cue.start.saturating_sub(sum.end) + BEHIND).filter(|n| *n <= FARTHEST_BEHIND),
    }
}

/// The words that a span of bytes covers.
fn run_of(words: &Words, span: &Span) -> Option<Range<usize>> {
    let start = words.list.partition_point(|w| w.span().end <= span.start);
    let end = words.list.partition_point(|w| w.span().start < span.end);
    (start < end).then_some(start..end)
}

fn sentence_of(words: &Words, run: &Range<usize>) -> Range<usize> {
    let opens = |i: &usize| words.list[*i].gap.any(Gap::START);
    let start = (0..=run.start).rev().find(opens).unwrap_or(0);
    let end = (run.end..words.list.len()).find(opens).unwrap_or(words.list.len());
    start..end
}

/// « sur six ans », « pour 5 ans », “over five years”: the first duration in the sum's sentence, else in the passage.
pub fn years(text: &str, sum: &Span) -> Option<u32> {
    let words = Words::of(text);
    let sentence = run_of(&words, sum).map(|run| sentence_of(&words, &run));
    let own = sentence.and_then(|sentence| years_between(&words, sentence));
    own.or_else(|| years_between(&words, 0..words.list.len()))
}

fn years_between(words: &Words, run: Range<usize>) -> Option<u32> {
    words.list[run].windows(3).find_map(|run| {
        let [before, number, unit] = [0, 1, 2].map(|i| words.folded(&run[i]));
        let spans_years = matches!(unit, b"ans" | b"annees" | b"years" | b"year");
        let introduced =
            matches!(before, b"sur" | b"pour" | b"de" | b"d" | b"pendant" | b"durant" | b"over" | b"for" | b"moins");
        (spans_years && introduced).then(|| count(number)).flatten()
    })
}

fn count(word: &[u8]) -> Option<u32> {
    const WORDS: [(&[u8], u32); 19] = [
        (b"deux", 2),
        (b"trois", 3),
        (b"quatre", 4),
        (b"cinq", 5),
        (b"six", 6),
        (b"sept", 7),
        (b"huit", 8),
        (b"neuf", 9),
        (b"dix", 10),
        (b"douze", 12),
        (b"quinze", 15),
        (b"vingt", 20),
        (b"two", 2),
        (b"three", 3),
        (b"four", 4),
        (b"five", 5),
        (b"seven", 7),
        (b"ten", 10),
        (b"fifteen", 15),
    ];
    let known = WORDS.iter().find(|(name, _)| *name == word).map(|&(_, years)| years);
    let written = || std::str::from_utf8(word).ok()?.parse().ok();
    known.or_else(written).filter(|&years| (1..=50).contains(&years))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, expected: Option<&str>) {
        let amounts = crate::amount::find(text);
        let spans: Vec<Span> = amounts.iter().map(|a| a.span.clone()).collect();
        let found = own(text, &spans).map(|place| &text[spans[place].clone()]);
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_sum_of_a_deal_is_told_from_others() {
        case("Alan lève 173 millions d'euros et se valorise 4 milliards d'euros.", Some("173 millions d'euros"));
        case("Valorisée 4 milliards de dollars, elle lève 300 millions de dollars.", Some("300 millions de dollars"));
        case("Elle réalise 40 millions d'euros de chiffre d'affaires.", None);
        case("Une amende de 500 millions d'euros vise le rachat.", None);
        case("La Commission condamne Google à payer 2,95 milliards d'euros.", None);
        case("On l'estimait à 61 milliards de dollars.", None);
        case(
            "Le groupe, 2 milliards d'euros de revenus, rachète son rival pour 50 millions d'euros.",
            Some("50 millions d'euros"),
        );
        case("Meta s'engage à dépenser 10 milliards de dollars.", Some("10 milliards de dollars"));
        case("L'offre, à 28 euros par action, porte sur 3 milliards d'euros.", Some("3 milliards d'euros"));
    }

    #[test]
    fn a_duration_is_that_of_the_sum() {
        let text = "Fondée il y a moins de dix ans, elle grandit. Le contrat de 10 M€ court sur six ans.";
        let sum = crate::amount::find(text)[0].span.clone();
        assert_eq!(years(text, &sum), Some(6));
    }
}
