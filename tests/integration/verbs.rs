//! Each verb does its work, and its French name does the same.

use crate::env::{TestEnv, array, strings};

#[test]
fn french_names_do_the_same() {
    let env = TestEnv::new().desk().indexed();
    let queries = env.root().join("q.tsv");
    let qrels = env.root().join("r.tsv");
    std::fs::write(&queries, "q1\tcontrat cloud\n").unwrap();
    std::fs::write(&qrels, "q1\taccord-cloud\t2\n").unwrap();
    for (english, french, rest) in [
        ("search", "chercher", &["contrat cloud"][..]),
        ("facets", "facettes", &["--by", "source"]),
        ("show", "lire", &["accord-cloud"]),
        ("status", "etat", &[]),
        ("analyze", "analyser", &["Meta signe"]),
        ("eval", "evaluer", &["--queries", "q.tsv", "--qrels", "r.tsv"]),
        ("deals", "contrats", &[]),
        ("duplicates", "doublons", &[]),
        ("index", "indexer", &[]),
        ("rebuild", "reconstruire", &[]),
    ] {
        let run = |verb| {
            let args = [verb, "--format", "json"].into_iter().chain(rest.iter().copied());
            let mut answer = env.run(args).success().json();
            // Times differ, whatever the verb is called.
            for field in ["took_us", "took_ms", "latency_us", "latencies", "built_at"] {
                answer.as_object_mut().unwrap().remove(field);
            }
            answer["index"] = serde_json::Value::Null;
            answer
        };
        let (first, second) = (run(english), run(french));
        if english != "rebuild" && english != "eval" {
            assert_eq!(first, second, "{english} {french}");
        }
    }
}

#[test]
fn every_verb_has_help_without_an_index() {
    let env = TestEnv::bare();
    for verb in
        ["index", "rebuild", "search", "facets", "show", "status", "analyze", "eval", "deals", "duplicates", "watch"]
    {
        let help = env.run([verb, "--help"]).success();
        assert!(help.out().contains("Usage"), "{verb}: {}", help.out());
    }
    assert!(!env.index().exists());
}

#[test]
fn search_answers_in_text() {
    let env = TestEnv::new().desk().indexed();
    let ran = env.run(["search", "levée de fonds mistral"]).success();
    assert!(ran.out().starts_with("1. Mistral AI lève 1,7 milliard d’euros\n"), "{}", ran.out());
    assert!(ran.out().contains("levee-mistral#0"));
    assert_eq!(ran.err(), "");
    let ran = env.run(["search", "zygomatique"]).success();
    assert!(ran.out().contains("Rien trouvé parmi 9 articles"), "{}", ran.out());
}

#[test]
fn the_index_is_built_on_the_first_search_and_said_so_on_stderr() {
    let env = TestEnv::new().desk();
    let ran = env.run(["search", "nvidia", "--format", "jsonl"]).success();
    assert!(ran.err().contains("pas encore d'index"), "{}", ran.err());
    let lines = ran.lines();
    assert_eq!(lines[0]["article_id"], "puces-nvidia");
    assert_eq!(lines.last().unwrap()["type"], "summary");
    let again = env.run(["search", "nvidia", "--format", "jsonl"]).success();
    assert_eq!(again.err(), "");
}

#[test]
fn quiet_means_nothing_on_stderr() {
    let env = TestEnv::new().desk();
    assert_eq!(env.run(["-q", "search", "nvidia"]).success().err(), "");
}

#[test]
fn a_corpus_given_by_the_environment_or_the_settings_file() {
    let env = TestEnv::new().desk();
    let bare = |env: &TestEnv| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_veille"));
        command.current_dir(env.root()).env_remove("VEILLE_INDEX").env_remove("VEILLE_CORPUS");
        command.args(["search", "nvidia", "--format", "json"]);
        command
    };
    let output = bare(&env).env("VEILLE_INDEX", "ailleurs").output().unwrap();
    assert!(output.status.success());
    assert!(env.root().join("ailleurs/current").is_file());
    std::fs::write(env.root().join("veille.toml"), "index = \"reglages\"\n").unwrap();
    assert!(bare(&env).output().unwrap().status.success());
    assert!(env.root().join("reglages/current").is_file());
    std::fs::write(env.root().join("veille.toml"), "commande = \"rm\"\n").unwrap();
    let output = bare(&env).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("veille.toml:1"));
}

#[test]
fn index_reads_records_from_standard_input() {
    let env = TestEnv::bare();
    let lines = "{\"id\":\"x1\",\"title\":\"Un titre\",\"text\":\"Le satellite tourne.\"}\n";
    let report = env.run_with(["index", "-", "--format", "json"], lines).success().json();
    assert_eq!((report["added"].as_u64(), report["articles"].as_u64()), (Some(1), Some(1)));
    assert_eq!(env.found(["satellite"]), ["x1"]);
}

#[test]
fn show_prints_an_article_or_a_passage_with_its_neighbours() {
    let env = TestEnv::new().desk().indexed();
    let article = env.run(["show", "accord-cloud"]).success().out();
    assert!(article.starts_with("Meta loue les serveurs de Google Cloud\n"), "{article}");
    assert!(article.contains("manque de machines"));
    let passage = env.run(["show", "accord-cloud#0"]).success().out();
    assert!(passage.contains("▶ accord-cloud#0"), "{passage}");
}

#[test]
fn ids_that_search_prints_are_accepted_by_show_even_when_the_file_is_gone() {
    let env = TestEnv::new().desk().indexed();
    let answer = env.search(["contrat fibre assistant jardinage", "--limit", "100"]);
    std::fs::remove_dir_all(env.corpus()).unwrap();
    assert!(array(&answer["passages"]).len() >= 4);
    for passage in array(&answer["passages"]) {
        let (id, article_id) = (passage["id"].as_str().unwrap(), passage["article_id"].as_str().unwrap());
        let article = env.run(["show", article_id, "--format", "json"]).success().json();
        assert_eq!(article["id"], article_id);
        assert_eq!(article["asked"], serde_json::Value::Null);
        let shown = env.run(["show", id, "--format", "json"]).success().json();
        assert_eq!(shown["asked"], passage["ordinal"]);
        assert_eq!(shown["text"], article["text"]);
        env.run(["show", id]).success();
    }
}

#[test]
fn status_tells_what_changed_since() {
    let env = TestEnv::new().desk().indexed();
    let status = env.run(["status", "--format", "json"]).success().json();
    assert_eq!(status["articles"], 9);
    assert_eq!(status["files"], 8);
    assert_eq!((&status["stale"], &status["changed_files"]), (&false.into(), &0.into()));
    env.write("panne.md", "---\nid: panne\n---\n\nUn tout autre texte sur les satellites.");
    env.write("neuf.md", "Un texte de plus.");
    env.remove("note.txt");
    let status = env.run(["status", "--format", "json"]).success().json();
    assert_eq!((&status["stale"], &status["changed_files"]), (&true.into(), &3.into()));
    let answer = env.search(["fibre"]);
    assert_eq!(strings(&answer["warnings"]).len(), 1, "{answer}");
    assert_eq!(env.found(["satellites", "--fresh"]), ["panne"]);
    let text = env.run(["status", "--check"]).success().out();
    assert!(text.contains("tous les fichiers de l'index sont intacts"), "{text}");
}

#[test]
fn analyze_answers_line_by_line() {
    let env = TestEnv::bare();
    let input = "{\"text\":\"Meta investit 10 milliards de dollars\"}\n\npas du JSON\n{\"text\":\"\"}\n";
    let ran = env.run_with(["analyze", "--jsonl"], input).success();
    let lines = ran.lines();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["companies"][0]["id"], "meta");
    assert_eq!(lines[0]["amounts"][0]["value"], 10_000_000_000_u64);
    assert_eq!((&lines[1]["line"], &lines[1]["version"], &lines[1]["type"]), (&3.into(), &1.into(), &"error".into()));
    assert!(ran.err().contains("ligne 3"), "{}", ran.err());
    assert_eq!(array(&lines[2]["tokens"]).len(), 0);
}

#[test]
fn analyze_reads_standard_input_where_there_is_no_text() {
    let env = TestEnv::bare();
    let ran = env.run_with(["analyze", "--format", "json"], "Google achète Wiz").success();
    let ids: Vec<&str> =
        array(&ran.json()["companies"]).iter().map(|c| c["id"].as_str().unwrap().to_owned().leak() as &str).collect();
    assert!(ids.contains(&"alphabet"), "{ids:?}");
}

#[test]
fn eval_measures_the_index_at_hand() {
    let env = TestEnv::new().desk().indexed();
    std::fs::write(env.root().join("q.tsv"), "q1\tlevée mistral\nq2\tpanne réseau\n").unwrap();
    std::fs::write(env.root().join("r.tsv"), "q1\tlevee-mistral\t2\nq2\tpuces-nvidia\t1\n").unwrap();
    let args = ["eval", "--queries", "q.tsv", "--qrels", "r.tsv", "--save-run", "run.txt"];
    let text = env.run(args).success().out();
    assert!(text.contains("nDCG@10"), "{text}");
    let run = std::fs::read_to_string(env.root().join("run.txt")).unwrap();
    assert!(run.starts_with("q1 Q0 levee-mistral 1 "), "{run}");
    let json = env.run(args.into_iter().chain(["--format", "json"])).success().json();
    assert_eq!(json["version"], 1);
}

#[test]
fn deals_are_listed_largest_first() {
    let env = TestEnv::new().desk().indexed();
    let answer = env.run(["deals", "--format", "json"]).success().json();
    let deals = array(&answer["deals"]);
    assert!(!deals.is_empty());
    let values: Vec<f64> = deals.iter().map(|deal| deal["amount"]["value"].as_f64().unwrap()).collect();
    assert!(values.is_sorted_by(|a, b| a >= b), "{values:?}");
    let cloud =
        deals.iter().find(|deal| deal["article_id"] == "accord-cloud").expect("the contract of Meta and Google");
    assert_eq!(cloud["years"], 6);
    assert!(strings(&cloud["companies"]).contains(&"meta"));
    let narrowed = env.run(["deals", "--company", "mistral-ai", "--format", "json"]).success().json();
    assert!(array(&narrowed["deals"]).iter().all(|deal| deal["article_id"] == "levee-mistral"), "{narrowed}");
    let small = env.run(["deals", "--amount", "<1e9", "--format", "json"]).success().json();
    assert!(array(&small["deals"]).iter().all(|deal| deal["amount"]["value"].as_f64().unwrap() < 1e9), "{small}");
}

#[test]
fn duplicates_are_grouped_oldest_first() {
    let env = TestEnv::new().desk().indexed();
    let answer = env.run(["duplicates", "--format", "json"]).success().json();
    let groups = array(&answer["groups"]);
    assert_eq!(groups.len(), 1, "{answer}");
    let ids: Vec<&str> = array(&groups[0]).iter().map(|article| article["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["accord-cloud", "accord-reprise"]);
}
