//! What may be typed: quotes, signs, fields, operators, and headlines pasted as they are.

use crate::env::{TestEnv, strings};

#[track_caller]
fn case(env: &TestEnv, typed: &str, expected: &[&str]) {
    assert_eq!(env.found_any(["--", typed]), expected, "{typed}");
}

#[test]
fn quotes_signs_fields_and_operators() {
    let env = &TestEnv::new().desk().indexed();
    let contract = ["accord-cloud", "accord-reprise"];
    case(env, "\"services cloud\"", &contract);
    case(env, "« services cloud »", &contract);
    case(env, "“services cloud”", &contract);
    case(env, "Meta -Google -serveurs", &["amende-apple"]);
    case(env, "Meta SAUF Google SAUF serveurs", &["amende-apple"]);
    case(env, "+amende Meta", &["amende-apple"]);
    case(env, "actionn*", &["levee-mistral"]);
    case(env, "titre:panne", &["panne"]);
    case(env, "titre:\"Google Cloud\"", &contract);
    case(env, "titre:pénurie", &[]);
    case(env, "entreprise:meta entreprise:google", &contract);
    case(env, "entreprise:mistral-ai,nvidia", &["levee-mistral", "puces-nvidia"]);
    case(env, "entreprise:meta -entreprise:google", &["amende-apple"]);
    case(env, "source:\"Le Relais\" -entreprise:meta", &["levee-mistral", "puces-nvidia"]);
    case(env, "sujet:funding entreprise:mistral-ai", &["levee-mistral"]);
    case(env, "date:2025-10", &["panne", "puces-nvidia"]);
    case(env, "date:2025-10..", &["breve-openai", "panne", "puces-nvidia"]);
    case(env, "date:..2025-08-22", &["accord-cloud", "amende-apple"]);
    case(env, "montant:>5e9USD", &contract);
    case(env, "pénurie OU vocal", &["breve-openai", "puces-nvidia"]);
    case(env, "pénurie ET vocal", &[]);
    case(env, "pénurie ET mémoire", &["puces-nvidia"]);
}

#[test]
fn accents_case_and_apostrophes_do_not_matter() {
    let env = &TestEnv::new().desk().indexed();
    for typed in ["penurie memoire", "PÉNURIE MÉMOIRE", "pénuries de mémoires", "Pe\u{301}nurie me\u{301}moire"] {
        assert_eq!(env.found([typed]).first().map(String::as_str), Some("puces-nvidia"), "{typed}");
    }
    for typed in ["l'opérateur d'abonnés", "l’opérateur d’abonnés"] {
        assert_eq!(env.found([typed]).first().map(String::as_str), Some("panne"), "{typed}");
    }
}

#[test]
fn pasted_headlines_are_words() {
    let env = &TestEnv::new().desk().indexed();
    for (typed, expected) in [
        ("Meta - Google : le contrat (10 milliards $) !", "accord-reprise"),
        ("« Mistral AI lève 1,7 milliard d’euros », selon l’AFP - économie", "levee-mistral"),
        ("NVIDIA MANQUE DE MÉMOIRE ET DE PUCES", "puces-nvidia"),
        ("Bruxelles inflige une amende à Apple | https://exemple.fr/apple?id=1#a", "amende-apple"),
        ("OpenAI : l'assistant \"vocal", "breve-openai"),
    ] {
        let ids = env.found(["--", typed]);
        assert_eq!(ids.first().map(String::as_str), Some(expected), "{typed}: {ids:?}");
    }
}

#[test]
fn nothing_typed_is_an_error_of_the_program() {
    let env = TestEnv::new().desk().indexed();
    for typed in
        ["\"", "«", "-", "+", "*", "a*", "OU", "titre:", "date:", "date:demain", "montant:>x", "((", "\u{0}a", "’", "…"]
    {
        if typed.contains('\0') {
            continue;
        }
        let ran = env.run(["search", "--", typed]);
        assert!([0, 2].contains(&ran.code()), "{typed}: {} {}", ran.code(), ran.err());
    }
    let long = "mot ".repeat(5_000);
    env.run(["search", &long]).success();
    let long = "x".repeat(50_000);
    env.run(["search", &long]).success();
}

#[test]
fn a_filter_that_is_not_understood_is_told() {
    let env = TestEnv::new().desk().indexed();
    let answer = env.search(["nvidia date:demain"]);
    assert!(!strings(&answer["warnings"]).is_empty(), "{answer}");
    assert_eq!(answer["passages"][0]["article_id"], "puces-nvidia");
}

#[test]
fn one_word_in_quotes_among_others_is_no_demand() {
    let env = TestEnv::new().desk().indexed();
    let found = |typed: &str| env.found([typed]);
    assert_eq!(found("\"mémoire\" tomates"), ["puces-nvidia"], "beside one word it is");
    assert!(found("le \"leader\" du jardinage et des tomates").contains(&"breve-sans-date".to_owned()));
    assert_eq!(env.found_any(["--all", "\"mémoire\" des puces Nvidia"]), ["puces-nvidia"]);
    assert_eq!(env.found_any(["--all", "\"abonnés\" des puces Nvidia"]), [""; 0]);
}

#[test]
fn a_phrase_that_is_nowhere_gives_way_and_says_so() {
    let env = TestEnv::new().desk().indexed();
    let answer = env.search(["\"cloud services\""]);
    assert_eq!(answer["passages"][0]["article_id"], "accord-reprise");
    assert!(strings(&answer["warnings"])[0].contains("guillemets"), "{answer}");
}
