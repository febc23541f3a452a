//! Filters narrow what is found; facets count it.

use serde_json::Value;

use crate::env::{TestEnv, array};

#[test]
fn a_repeated_company_narrows_and_a_comma_widens() {
    let env = TestEnv::new().desk().indexed();
    let both = env.found_any(["--company", "meta", "--company", "alphabet"]);
    assert_eq!(both, ["accord-cloud", "accord-reprise"]);
    let either = env.found_any(["--company", "mistral-ai,nvidia"]);
    assert_eq!(either, ["levee-mistral", "puces-nvidia"]);
    let meta = env.found_any(["--company", "meta"]);
    assert_eq!(meta, ["accord-cloud", "accord-reprise", "amende-apple"]);
    let mixed = env.found_any(["--company", "meta", "--company", "apple,alphabet"]);
    assert_eq!(mixed, meta);
}

#[test]
fn companies_are_known_by_their_names() {
    let env = TestEnv::new().desk().indexed();
    assert_eq!(env.found_any(["--company", "Google"]), env.found_any(["--company", "alphabet"]));
    let ran = env.run(["search", "contrat", "--company", "zygomatique"]).success();
    assert!(ran.err().contains("entreprise inconnue : zygomatique"), "{}", ran.err());
    assert!(ran.out().contains("Rien trouvé"), "{}", ran.out());
}

#[test]
fn topics_sources_and_dates() {
    let env = TestEnv::new().desk().indexed();
    assert!(env.found_any(["--topic", "funding"]).contains(&"levee-mistral".to_owned()));
    assert!(!env.found_any(["--topic", "funding"]).contains(&"panne".to_owned()));
    assert_eq!(env.found_any(["--source", "La Lettre du cloud"]), ["accord-cloud", "amende-apple"]);
    assert_eq!(env.found_any(["--source", "Gazette du réseau"]), ["breve-openai", "panne"]);
    assert_eq!(env.found_any(["--since", "2025-10-20"]), ["breve-openai", "panne"]);
    assert_eq!(env.found_any(["--since", "2025-10-21"]), ["breve-openai"]);
    assert_eq!(env.found_any(["--until", "2025-04"]), ["amende-apple"]);
    assert_eq!(env.found_any(["--since", "2025-08", "--until", "2025-08"]), ["accord-cloud", "accord-reprise"]);
    assert_eq!(env.found_any(["--since", "2026"]), [""; 0]);
    assert_eq!(env.found_any(["--since", "2025", "--until", "2025"]).len(), 7, "undated articles are in no year");
}

#[test]
fn a_source_is_known_without_capitals_and_accents_and_an_unknown_one_is_told() {
    let env = TestEnv::new().desk().indexed();
    for name in ["gazette du reseau", "GAZETTE DU RÉSEAU"] {
        assert_eq!(env.found_any(["--source", name]), ["breve-openai", "panne"], "{name}");
    }
    assert_eq!(env.found_any(["source:relais,\"le relais\" nvidia"]), ["puces-nvidia"]);
    for args in [&["search", "nvidia", "--source", "Le Zygomatique"][..], &["facets", "--source", "Le Zygomatique"]] {
        let ran = env.run(args.iter().copied()).success();
        assert!(ran.err().contains("source inconnue : Le Zygomatique"), "{}", ran.err());
    }
    assert_eq!(env.found_any(["réseau", "-source:\"le relais\""]), env.found_any(["réseau"]));
}

#[test]
fn amounts() {
    let env = TestEnv::new().desk().indexed();
    assert_eq!(env.found_any(["--amount", ">5e9USD"]), ["accord-cloud", "accord-reprise"]);
    assert_eq!(env.found_any(["--amount", "1e6..6e8"]), ["amende-apple"]);
    assert_eq!(env.found_any(["--amount", ">1e9EUR"]), ["levee-mistral"]);
    assert_eq!(env.found_any(["--amount", ">1e12"]), [""; 0]);
}

#[test]
fn words_rank_within_what_the_filters_allow() {
    let env = TestEnv::new().desk().indexed();
    assert_eq!(env.found(["manque de puces", "--source", "La Lettre du cloud"]), ["accord-cloud"]);
    let answer = env.search(["contrat serveurs amende", "--company", "apple"]);
    assert!(array(&answer["passages"]).iter().all(|passage| passage["article_id"] == "amende-apple"), "{answer}");
}

#[test]
fn without_words_the_newest_come_first() {
    let env = TestEnv::new().desk().indexed();
    let ids = env.found(["--source", "Le Relais"]);
    assert_eq!(ids, ["puces-nvidia", "levee-mistral", "accord-reprise"]);
}

fn facets<'a>(env: &TestEnv, args: impl IntoIterator<Item = &'a str>) -> Value {
    env.run(["facets", "--format", "json"].into_iter().chain(args)).success().json()
}

fn counts(facets: &Value) -> Vec<(String, u64, u64)> {
    let count = |value: &Value| {
        let number = |field: &str| value[field].as_u64().unwrap();
        (value["id"].as_str().unwrap().to_owned(), number("articles"), number("passages"))
    };
    array(&facets["values"]).iter().map(count).collect()
}

#[test]
fn facets_count_articles_and_passages() {
    let env = TestEnv::new().desk().indexed();
    let sources = facets(&env, ["--by", "source"]);
    let expected = [("Le Relais", 3), ("Gazette du réseau", 2), ("La Lettre du cloud", 2)];
    let counted = counts(&sources);
    assert_eq!(counted.iter().map(|(id, articles, _)| (id.as_str(), *articles)).collect::<Vec<_>>(), expected);
    assert!(counted.iter().all(|(_, articles, passages)| passages >= articles));
    assert_eq!(sources["total_articles"], 9);
    for (id, articles, passages) in counted {
        let found = env.search(["--source", &id, "--limit", "100", "--per-article", "0", "--duplicates"]);
        assert_eq!(
            (found["total_articles"].as_u64(), found["total_passages"].as_u64()),
            (Some(articles), Some(passages))
        );
    }
    for (id, articles, passages) in counts(&facets(&env, ["--by", "company"])) {
        let found = env.search(["--company", &id, "--limit", "100"]);
        assert_eq!(
            (found["total_articles"].as_u64(), found["total_passages"].as_u64()),
            (Some(articles), Some(passages)),
            "{id}"
        );
    }
}

#[test]
fn months_come_in_their_order() {
    let env = TestEnv::new().desk().indexed();
    let months: Vec<(String, u64)> =
        counts(&facets(&env, ["--by", "month"])).into_iter().map(|(id, articles, _)| (id, articles)).collect();
    let expected = [("2025-04", 1), ("2025-08", 2), ("2025-09", 1), ("2025-10", 2), ("2025-11", 1)];
    assert_eq!(months, expected.map(|(id, articles)| (id.to_owned(), articles)));
}

#[test]
fn a_facet_ignores_its_own_filter_and_obeys_the_others() {
    let env = TestEnv::new().desk().indexed();
    let all = counts(&facets(&env, ["--by", "source"]));
    assert_eq!(counts(&facets(&env, ["--by", "source", "--source", "Le Relais"])), all);
    assert_eq!(
        counts(&facets(&env, ["--by", "month", "--since", "2025-09"])),
        counts(&facets(&env, ["--by", "month"]))
    );
    assert_eq!(
        counts(&facets(&env, ["--by", "topic", "--topic", "funding"])),
        counts(&facets(&env, ["--by", "topic"]))
    );
    let narrowed = counts(&facets(&env, ["--by", "source", "--company", "mistral-ai"]));
    assert_eq!(narrowed.iter().map(|(id, ..)| id.as_str()).collect::<Vec<_>>(), ["Le Relais"]);
}

#[test]
fn companies_by_company_are_those_named_together() {
    let env = TestEnv::new().desk().indexed();
    let named = counts(&facets(&env, ["--by", "company", "--company", "mistral-ai"]));
    let ids: Vec<&str> = named.iter().map(|(id, ..)| id.as_str()).collect();
    assert!(ids.contains(&"mistral-ai") && ids.contains(&"asml"), "{ids:?}");
    assert!(!ids.contains(&"nvidia") && !ids.contains(&"apple"), "{ids:?}");
}

#[test]
fn facets_of_words_and_their_limit() {
    let env = TestEnv::new().desk().indexed();
    let sources = facets(&env, ["réseau", "--by", "source"]);
    assert_eq!(counts(&sources), [("Gazette du réseau".to_owned(), 1, 1)]);
    let first = facets(&env, ["--by", "source", "--limit", "1"]);
    assert_eq!(array(&first["values"]).len(), 1);
    assert_eq!(first["other"], 4, "articles of the sources that are not shown");
    let every = facets(&env, ["--by", "source", "--limit", "0"]);
    assert_eq!(array(&every["values"]).len(), 3);
}
