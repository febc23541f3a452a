//! What the options of `search` do.

use serde_json::Value;

use crate::env::{TestEnv, array, markdown, strings};

#[test]
fn all_demands_every_word() {
    let env = TestEnv::new().desk().indexed();
    assert!(env.found_any(["contrat assistant"]).len() > 1);
    assert_eq!(env.found_any(["contrat assistant", "--all"]), [""; 0]);
    assert_eq!(env.found_any(["assistant vocal", "--all"]), ["breve-openai"]);
}

#[test]
fn sort_by_date_is_newest_first() {
    let env = TestEnv::new().desk().indexed();
    let answer = env.search(["Meta", "--sort", "date", "--duplicates"]);
    let dates: Vec<&str> = array(&answer["passages"]).iter().map(|p| p["published"].as_str().unwrap()).collect();
    assert!(dates.len() >= 3 && dates.is_sorted_by(|a, b| a >= b), "{dates:?}");
}

#[test]
fn a_misspelt_word_is_corrected_and_said() {
    let env = TestEnv::new().desk().indexed();
    let ran = env.run(["search", "asistant vocal"]).success();
    assert!(
        ran.out().starts_with("Résultats pour « assistant » ; --literal pour chercher « asistant »"),
        "{}",
        ran.out()
    );
    let answer = env.search(["configurration"]);
    assert_eq!(answer["corrections"][0]["from"], "configurration");
    assert_eq!(answer["corrections"][0]["to"], "configuration");
    assert_eq!(answer["passages"][0]["article_id"], "panne");
    let literal = env.search(["configurration", "--literal"]);
    assert_eq!(array(&literal["corrections"]).len(), 0);
    let right = env.search(["configuration"]);
    assert_eq!(array(&right["corrections"]).len(), 0);
}

#[test]
fn near_duplicates_are_folded_and_named() {
    let env = TestEnv::new().desk().indexed();
    let answer = env.search(["contrat services cloud"]);
    let ids: Vec<&Value> = array(&answer["passages"]).iter().map(|p| &p["article_id"]).collect();
    let (shown, other) = match ids.contains(&&Value::from("accord-cloud")) {
        true => ("accord-cloud", "accord-reprise"),
        false => ("accord-reprise", "accord-cloud"),
    };
    assert!(ids.contains(&&shown.into()) && !ids.contains(&&other.into()), "{ids:?}");
    assert_eq!(strings(&answer["passages"][0]["duplicates"]), [other]);
    let text = env.run(["search", "contrat services cloud"]).out();
    assert!(text.contains("repris par 1 autre article"), "{text}");
    let both = env.found_any(["contrat services cloud"]);
    assert!(both.contains(&"accord-cloud".to_owned()) && both.contains(&"accord-reprise".to_owned()));
}

/// Ten articles of four passages each that all hold the word.
fn long_articles() -> TestEnv {
    let paragraph = |n: usize, k: usize| {
        let other = ["voile", "moteur", "soute", "cabine", "radar", "phare", "quille", "mât", "pont", "ancre"][n];
        format!("Le paquebot entre au port numéro {k} avec sa {other}. ").repeat(14)
    };
    let env = TestEnv::new();
    for n in 0..10 {
        let text = (0..4).map(|k| paragraph(n, k)).collect::<Vec<_>>().join("\n\n");
        env.write(
            &format!("a{n}.md"),
            &markdown(&format!("a{n}"), "Navires", &format!("2025-01-{:02}", n + 1), "Le Quai", &text),
        );
    }
    env.indexed()
}

#[test]
fn limit_offset_and_per_article() {
    let env = long_articles();
    let ids = |args: &[&str]| -> Vec<String> {
        let args = ["paquebot", "--duplicates"].into_iter().chain(args.iter().copied());
        array(&env.search(args)["passages"]).iter().map(|p| p["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&[]).len(), 10, "the default");
    let every = ids(&["--limit", "1000"]);
    assert_eq!(every.len(), 20, "two of each article");
    let mut paged = Vec::new();
    for offset in ["0", "7", "14"] {
        paged.extend(ids(&["--limit", "7", "--offset", offset]));
    }
    assert_eq!(paged, every, "pages join without gap or overlap");
    assert_eq!(ids(&["--offset", "1000"]), [""; 0]);
    assert_eq!(ids(&["--limit", "1000", "--per-article", "1"]).len(), 10);
    let unlimited = ids(&["--limit", "1000", "--per-article", "0"]);
    assert!(unlimited.len() >= 40, "{}", unlimited.len());
    let answer = env.search(["paquebot", "--duplicates", "--offset", "3", "--limit", "2"]);
    let ranks: Vec<&Value> = array(&answer["passages"]).iter().map(|p| &p["rank"]).collect();
    assert_eq!(ranks, [4, 5]);
    assert_eq!(answer["total_articles"], 10);
    assert_eq!(answer["total_passages"], unlimited.len());
    let first = &answer["passages"][0];
    assert_eq!(first["other_passages"], unlimited.len() / 10 - 2);
}

#[test]
fn equal_scores_are_ordered_by_date_then_id() {
    let env = TestEnv::new();
    for (id, date) in [("b", "2025-01-01"), ("a", "2025-01-01"), ("c", "2025-01-02")] {
        env.write(
            &format!("{id}.md"),
            &markdown(id, "Le même titre", date, "X", "Le même texte, mot pour mot, sur le satellite."),
        );
    }
    let env = env.indexed();
    assert_eq!(env.found(["satellite", "--duplicates"]), ["c", "a", "b"]);
}

#[test]
fn colour_only_when_asked() {
    let env = TestEnv::new().desk().indexed();
    assert!(!env.run(["search", "nvidia"]).out().contains('\u{1b}'));
    assert!(env.run(["search", "nvidia", "--color", "always"]).out().contains('\u{1b}'));
    assert!(!env.run(["search", "nvidia", "--color", "never"]).out().contains('\u{1b}'));
}

#[test]
fn recency_prefers_the_newer_of_two_alike() {
    let env = TestEnv::new();
    env.write(
        "vieux.md",
        &markdown("vieux", "Le satellite", "2020-01-01", "X", "Le satellite tourne autour de la Terre. Satellite."),
    );
    env.write(
        "neuf.md",
        &markdown("neuf", "Le satellite", "2026-11-01", "X", "Le satellite tourne autour de la planète."),
    );
    let env = env.indexed();
    assert_eq!(env.found(["satellite", "--duplicates", "--recency"])[0], "neuf");
}

#[test]
fn an_answer_of_which_nothing_is_shown_says_how_much_there_is() {
    let env = TestEnv::new().desk().indexed();
    for args in [["--limit", "0"], ["--offset", "900"]] {
        let ran = env.run(["search", "nvidia"].into_iter().chain(args)).success();
        assert!(ran.out().contains("Aucun passage montré, 1 passage dans 1 article en tout"), "{}", ran.out());
    }
}

#[test]
fn what_holds_no_word_finds_nothing_and_says_so() {
    let env = TestEnv::new().desk().indexed();
    for typed in ["🚀", "« »", "?", ", ;", "\"\""] {
        let answer = env.search([typed]);
        assert_eq!((&answer["shown"], &answer["total_articles"]), (&0.into(), &0.into()), "{typed}");
        assert_eq!(strings(&answer["warnings"]), ["aucun mot à chercher"], "{typed}");
        env.run(["search", typed, "--exit-status"]).expect(1);
    }
    assert_eq!(env.found_any(["🚀", "--company", "nvidia"]), ["puces-nvidia"], "filters alone choose");
    env.run(["search", ""]).expect(2);
}
