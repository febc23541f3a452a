//! `index` brings in what changed and nothing else; `rebuild` gives the same index from nothing.

use std::time::Duration;

use serde_json::Value;

use crate::env::{Ran, TestEnv, array, markdown, timeless};

#[track_caller]
fn index(env: &TestEnv) -> Value {
    env.run(["index", "--format", "json"]).success().json()
}

/// Checks added, replaced, removed, unchanged, and what the index holds.
#[track_caller]
fn counts(report: &Value, expected: [u64; 5]) {
    let fields = ["added", "replaced", "removed", "unchanged", "articles"];
    assert_eq!(fields.map(|field| report[field].as_u64().unwrap()), expected, "{fields:?}: {report}");
}

fn text(n: usize) -> String {
    markdown(&format!("a{n}"), &format!("Titre {n}"), "2025-01-01", "X", &format!("Le satellite numéro {n} est lancé."))
}

fn line(id: &str, text: &str) -> String {
    format!("{{\"id\":\"{id}\",\"title\":\"Titre de {id}\",\"text\":\"{text}\"}}\n")
}

#[test]
fn add_change_remove_and_leave() {
    let env = TestEnv::new().article("1.md", &text(1)).article("2.md", &text(2)).article("3.md", &text(3));
    counts(&index(&env), [3, 0, 0, 0, 3]);
    counts(&index(&env), [0, 0, 0, 3, 3]);
    env.write("4.md", &text(4));
    counts(&index(&env), [1, 0, 0, 3, 4]);
    env.write("2.md", &text(2).replace("satellite", "ballon"));
    counts(&index(&env), [0, 1, 0, 3, 4]);
    assert_eq!(env.found(["ballon"]), ["a2"]);
    assert_eq!(env.found_any(["satellite"]), ["a1", "a3", "a4"]);
    env.remove("1.md");
    let report = index(&env);
    counts(&report, [0, 0, 1, 3, 3]);
    assert_eq!(report["files"]["removed"], 1);
    assert_eq!(env.found_any(["satellite"]), ["a3", "a4"]);
    env.run(["show", "a1"]).expect(2);
    env.run(["status", "--check"]).success();
}

#[test]
fn content_decides_not_the_clock() {
    let env = TestEnv::new().desk().indexed();
    for entry in std::fs::read_dir(env.corpus()).unwrap() {
        let file = std::fs::File::options().write(true).open(entry.unwrap().path()).unwrap();
        file.set_modified(std::time::SystemTime::now() + Duration::from_secs(3600)).unwrap();
    }
    let report = index(&env);
    counts(&report, [0, 0, 0, 9, 9]);
    assert_eq!((&report["files"]["read"], &report["bytes_read"]), (&0.into(), &0.into()));
    // The same length and the same time, but another content.
    let path = env.corpus().join("note.txt");
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    let other = std::fs::read_to_string(&path).unwrap().replace("fibre", "fable");
    std::fs::write(&path, other).unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    counts(&index(&env), [0, 1, 0, 8, 9]);
}

#[test]
fn an_article_of_a_changed_file_that_is_as_it_was_is_unchanged() {
    let env = TestEnv::new().article("a.jsonl", &(line("un", "Le premier satellite.") + &line("deux", "Le second.")));
    counts(&index(&env), [2, 0, 0, 0, 2]);
    env.write(
        "a.jsonl",
        &(line("un", "Le premier satellite.") + &line("deux", "Le second ballon.") + &line("trois", "Un.")),
    );
    counts(&index(&env), [1, 1, 0, 1, 3]);
    env.write("a.jsonl", &line("deux", "Le second ballon."));
    counts(&index(&env), [0, 0, 2, 1, 1]);
}

#[test]
fn an_article_whose_id_is_longer_than_any_term_is_replaced_not_doubled() {
    let id = "x".repeat(100_000);
    let env = TestEnv::new().article("a.jsonl", &line(&id, "Le premier satellite."));
    counts(&index(&env), [1, 0, 0, 0, 1]);
    env.write("a.jsonl", &line(&id, "Le premier ballon."));
    counts(&index(&env), [0, 1, 0, 0, 1]);
    assert_eq!(env.found_any(["ballon"]).len(), 1);
    assert!(env.found_any(["satellite"]).is_empty());
}

/// The index after these changes is as one built from nothing.
#[track_caller]
fn as_from_nothing(env: &TestEnv) {
    let queries = ["satellite", "ballon lancé", "titre de un", "deux", "contrat cloud Meta", "réseau pénurie"];
    let answers = || -> Vec<Value> {
        queries.iter().map(|query| timeless(env.search([query, "--limit", "100", "--duplicates"]))).collect()
    };
    let held = || {
        let status = env.run(["status", "--format", "json"]).success().json();
        ["articles", "passages", "words", "text_bytes", "files"].map(|field| status[field].clone())
    };
    let (before, held_before) = (answers(), held());
    env.run(["status", "--check"]).success();
    env.run(["rebuild", "-q"]).success();
    assert_eq!(held_before, held(), "articles, passages, words, bytes, files");
    for (before, after) in before.iter().zip(answers()) {
        assert_eq!(before["passages"], after["passages"]);
        assert_eq!(before["total_articles"], after["total_articles"]);
    }
}

#[test]
fn a_file_that_is_renamed_keeps_its_article() {
    let env = TestEnv::new().article("a.md", &text(1)).article("m.md", &text(2)).indexed();
    std::fs::rename(env.corpus().join("a.md"), env.corpus().join("z.md")).unwrap();
    assert_eq!(index(&env)["articles"], 2);
    assert_eq!(env.found_any(["satellite"]), ["a1", "a2"]);
    as_from_nothing(&env);
    let env = TestEnv::new().article("z.md", &text(1)).article("m.md", &text(2)).indexed();
    std::fs::rename(env.corpus().join("z.md"), env.corpus().join("a.md")).unwrap();
    assert_eq!(index(&env)["articles"], 2);
    env.remove("a.md");
    counts(&index(&env), [0, 0, 1, 1, 1]);
    as_from_nothing(&env);
}

/// Indexes `a.jsonl` and `b.jsonl` as they were, then as they are after an article moved from one to the other.
fn after_a_move(before: [&str; 2], after: [&str; 2]) {
    let env = TestEnv::new().article("a.jsonl", before[0]).article("b.jsonl", before[1]).indexed();
    env.write("a.jsonl", after[0]);
    env.write("b.jsonl", after[1]);
    let report = index(&env);
    assert_eq!((&report["articles"], &report["removed"]), (&3.into(), &0.into()), "{report}");
    assert_eq!(env.found(["ballon"]), ["deux"]);
    as_from_nothing(&env);
}

#[test]
fn an_article_that_moves_to_a_later_file_is_counted_once() {
    let [one, two, three] = in_order();
    after_a_move([&(one.clone() + &two), &three], [&one, &(three.clone() + &two)]);
}

#[test]
fn an_article_that_moves_to_an_earlier_file_is_not_lost() {
    let [one, two, three] = in_order();
    after_a_move([&one, &(three.clone() + &two)], [&(one.clone() + &two), &three]);
}

fn in_order() -> [String; 3] {
    [line("un", "Un satellite."), line("deux", "Un ballon."), line("trois", "Un navire.")]
}

#[test]
fn the_first_of_two_articles_with_one_id_is_kept_and_the_other_told() {
    let env =
        TestEnv::new().article("a.jsonl", &line("un", "Un satellite.")).article("b.jsonl", &line("un", "Un ballon."));
    let report = index(&env);
    counts(&report, [1, 0, 0, 0, 1]);
    assert_eq!(report["skipped"][0]["kind"], "duplicate_id");
    assert_eq!(report["skipped"][0]["path"], "corpus/b.jsonl");
    assert_eq!(env.found_any(["satellite ballon"]), ["un"]);
    assert_eq!(env.found_any(["ballon"]), [""; 0]);
    as_from_nothing(&env);
    counts(&index(&env), [0, 0, 0, 1, 1]);
}

#[test]
fn the_second_of_two_comes_in_when_the_first_goes() {
    let env =
        TestEnv::new().article("a.jsonl", &line("un", "Un satellite.")).article("b.jsonl", &line("un", "Un ballon."));
    index(&env);
    env.remove("a.jsonl");
    env.write("b.jsonl", &line("un", "Un ballon rouge."));
    index(&env);
    assert_eq!(env.found_any(["ballon"]), ["un"]);
    as_from_nothing(&env);
}

#[test]
fn the_second_of_two_comes_in_though_its_file_did_not_change() {
    let env =
        TestEnv::new().article("a.jsonl", &line("un", "Un satellite.")).article("b.jsonl", &line("un", "Un ballon."));
    index(&env);
    counts(&index(&env), [0, 0, 0, 1, 1]);
    env.remove("a.jsonl");
    index(&env);
    assert_eq!(env.found_any(["ballon"]), ["un"]);
    as_from_nothing(&env);
}

#[test]
fn a_broken_line_is_told_with_its_number_and_the_others_go_on() {
    let lines = line("un", "Un satellite.")
        + "{\"text\": \"coupé\n"
        + "\n"
        + &line("deux", "Un ballon.")
        + "[]\n{\"id\":\"vide\"}\n";
    let env = TestEnv::new().article("a.jsonl", &lines);
    let report = index(&env);
    counts(&report, [2, 0, 0, 0, 2]);
    let told: Vec<&Value> = array(&report["skipped"]).iter().map(|entry| &entry["line"]).collect();
    assert_eq!(told, [2, 5, 6], "{report}");
    assert_eq!(report["skipped"][0]["path"], "corpus/a.jsonl");
    let status = env.run(["status"]).success().out();
    assert!(status.contains("ignoré       corpus/a.jsonl:2 : JSON incompris"), "{status}");
    let status = env.run(["status", "--format", "json"]).json();
    assert_eq!(array(&status["skipped"]).len(), 3);
    let verbose = env.run(["rebuild", "-v"]).success();
    assert!(verbose.err().contains("corpus/a.jsonl:2 : "), "{}", verbose.err());
}

#[test]
fn a_file_that_cannot_be_read_keeps_what_was_indexed() {
    use std::os::unix::fs::PermissionsExt;
    let env = TestEnv::new().article("a.md", &text(1)).article("b.md", &text(2)).indexed();
    let path = env.corpus().join("a.md");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        eprintln!("permissions do not bind this user: not tested");
        return;
    }
    let report = index(&env);
    assert_eq!(report["articles"], 2);
    assert_eq!(report["skipped"][0]["kind"], "unreadable");
    assert_eq!(env.found_any(["satellite"]), ["a1", "a2"]);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    counts(&index(&env), [0, 0, 0, 2, 2]);
}

#[test]
fn odd_files_do_not_stop_the_rest() {
    let env = TestEnv::new().article("bon.md", &text(1)).article("vide.md", "").article("README.md", "À lire.");
    std::fs::write(env.corpus().join("image.png"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    std::fs::write(env.corpus().join("latin1.txt"), b"L'\xe9t\xe9 du satellite\n\nUn texte cod\xe9 en latin.\n")
        .unwrap();
    std::os::unix::fs::symlink("bon.md", env.corpus().join("lien.md")).unwrap();
    let report = index(&env);
    assert_eq!(report["articles"], 2, "{report}");
    assert_eq!(env.found(["codé"]).len(), 1);
    let again = index(&env);
    counts(&again, [0, 0, 0, 2, 2]);
}

#[test]
fn rebuild_gives_the_same_as_index() {
    let env = TestEnv::new().desk().indexed();
    as_from_nothing(&env);
    // Piece by piece, too.
    let env = TestEnv::new();
    for (name, text) in crate::env::DESK {
        env.write(name, text);
        index(&env);
    }
    env.remove("panne.md");
    index(&env);
    env.write("panne.md", crate::env::DESK[5].1);
    index(&env);
    as_from_nothing(&env);
}

fn held(env: &TestEnv) -> Value {
    env.run(["status", "--format", "json"]).success().json()["articles"].clone()
}

#[test]
fn paths_given_one_after_the_other_stay() {
    let env = TestEnv::new().desk();
    env.run(["index", "corpus/panne.md"]).success();
    env.run(["index", "corpus/note.txt"]).success();
    assert_eq!(held(&env), 2);
    assert_eq!(env.found(["réseau"]), ["panne"]);
    for verb in ["index", "rebuild"] {
        env.run_plain([verb]).success();
        assert_eq!(held(&env), 2, "{verb} without paths: those that the index was built from");
    }
    env.run(["index"]).success();
    assert_eq!(held(&env), 9, "a corpus that is named goes before them");
}

#[test]
fn a_file_given_alone_belongs_to_its_folder() {
    let env = TestEnv::new().desk().indexed();
    env.run(["index", "corpus/note.txt"]).success();
    env.run(["index", "corpus/breves.jsonl"]).success();
    env.run(["index", "./corpus/"]).success();
    assert_eq!(held(&env), 9);
    env.remove("note.txt");
    let folder = env.corpus();
    env.run(["index", folder.to_str().unwrap()]).success();
    assert_eq!(held(&env), 8, "the same folder, otherwise written");
}

#[test]
fn two_folders_of_one_name_do_not_mix() {
    let env = TestEnv::new();
    env.write("2024/fr/x.md", "Un satellite tourne.");
    env.write("2025/fr/x.md", "Un ballon monte.");
    for folder in ["corpus/2024/fr", "corpus/2025/fr", "corpus/2024/fr"] {
        env.run(["index", folder]).success();
    }
    assert_eq!((held(&env), env.found(["satellite"]).len(), env.found(["ballon"]).len()), (2.into(), 1, 1));
    env.run_plain(["index"]).success();
    assert_eq!(held(&env), 2);
    assert_eq!(env.run(["status", "--format", "json"]).json()["changed_files"], 0);
}

#[test]
fn the_index_may_be_asked_from_another_folder() {
    let env = TestEnv::new().desk().indexed();
    let elsewhere = tempfile::tempdir().unwrap();
    let index = env.index();
    let run = |args: &[&str]| {
        let mut command = env.plain(["--index", index.to_str().unwrap()]);
        Ran(command.args(args).current_dir(elsewhere.path()).output().unwrap())
    };
    let ran = run(&["search", "nvidia"]).success();
    assert_eq!(ran.err(), "", "nothing changed");
    env.remove("panne.md");
    run(&["index"]).success();
    assert_eq!(held(&env), 8);
}

#[test]
fn a_folder_that_is_away_for_a_while_loses_nothing() {
    let env = TestEnv::new().desk();
    std::fs::create_dir(env.root().join("autre")).unwrap();
    std::fs::write(env.root().join("autre/a.md"), "Un satellite tourne.").unwrap();
    env.run(["index", "corpus", "autre"]).success();
    std::fs::rename(env.corpus(), env.root().join("parti")).unwrap();
    let ran = env.run_plain(["index", "--format", "json"]).success();
    assert_eq!((&ran.json()["articles"], &ran.json()["skipped"][0]["kind"]), (&10.into(), &"unreadable".into()));
    assert_eq!(env.found(["nvidia"]), ["puces-nvidia"]);
    env.run(["index", "corpus"]).expect(2);
    std::fs::rename(env.root().join("parti"), env.corpus()).unwrap();
    let report = env.run_plain(["index", "--format", "json"]).success().json();
    assert_eq!((&report["articles"], &report["unchanged"]), (&10.into(), &10.into()));
    assert_eq!(array(&report["skipped"]).len(), 0);
}

#[test]
fn a_touched_file_is_not_called_changed_for_ever() {
    let env = TestEnv::new().desk().indexed();
    let file = std::fs::File::options().write(true).open(env.corpus().join("note.txt")).unwrap();
    file.set_modified(std::time::SystemTime::now() + Duration::from_secs(3600)).unwrap();
    let changed = || env.run(["status", "--format", "json"]).json()["changed_files"].clone();
    assert_eq!(changed(), 1);
    env.run(["index", "-q"]).success();
    assert_eq!(changed(), 0);
}

#[test]
fn a_corpus_that_did_not_change_leaves_the_index_as_it_is() {
    let env = TestEnv::new().desk().article("vide.md", "").article("README.md", "À lire.").indexed();
    let commit = || std::fs::read(env.generation().join("meta.json")).unwrap();
    let before = commit();
    counts(&index(&env), [0, 0, 0, 9, 9]);
    assert!(before == commit(), "nothing was written");
}

/// A few hundred small articles, for runs that take a moment.
pub fn many(env: &TestEnv, articles: usize) {
    let words = ["satellite", "ballon", "navire", "réseau", "contrat", "puce", "serveur", "amende", "levée", "panne"];
    let mut lines = String::new();
    for n in 0..articles {
        let word = |k: usize| words[(n * 7 + k * k + n / 10) % words.len()];
        let text = format!("Le {} {n} suit le {}. Un {} coûte {n} millions d’euros à Meta.", word(0), word(1), word(2));
        lines += &line(&format!("n{n}"), &text);
    }
    env.write("tous.jsonl", &lines);
}

#[test]
fn threads_change_neither_answers_nor_their_order() {
    let env = TestEnv::new().desk();
    // Fewer than the candidates that get a second look: beyond, equal first scores are cut off by their place.
    many(&env, veille::search::CANDIDATES - 20);
    let answers = |threads: &str| -> Vec<Value> {
        env.run(["rebuild", "-q", "--threads", threads]).success();
        let queries =
            ["satellite", "contrat panne", "le serveur coûte", "Meta -ballon", "sujet:funding", "amende euros"];
        let found = queries.iter().map(|query| timeless(env.search([query, "--limit", "50"])));
        found.chain([env.run(["facets", "--by", "company", "--format", "json"]).json()]).collect()
    };
    let one = answers("1");
    assert_eq!(one, answers("4"));
    assert_eq!(one, answers("4"));
}

#[test]
fn searches_go_on_while_the_index_is_written() {
    let env = TestEnv::new();
    many(&env, 200);
    let env = env.indexed();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for round in 0..6 {
                env.write("neuf.jsonl", &line("neuf", &format!("Le satellite de la ronde {round}.")));
                env.run([if round % 2 == 0 { "index" } else { "rebuild" }, "-q", "--threads", "1"]).success();
            }
        });
        let mut searches = 0;
        while !writer.is_finished() {
            let answer = env.search(["satellite", "--limit", "3"]);
            assert_eq!(answer["shown"], 3);
            searches += 1;
        }
        writer.join().unwrap();
        assert!(searches > 3, "{searches} searches");
    });
    // A search may have held the last generation but one while it was to go: the next run removes it.
    env.run(["index", "-q"]).success();
    assert_eq!(env.generations().len(), 1);
    assert_eq!(env.found(["ronde 5"])[0], "neuf");
}

#[test]
fn a_generation_that_is_read_stays_until_it_is_not() {
    let env = TestEnv::new().desk().indexed();
    let old = env.generation();
    env.search(["nvidia"]);
    let mark = std::fs::File::open(old.join("readers")).unwrap();
    mark.lock_shared().unwrap();
    env.run(["rebuild", "-q"]).success();
    assert!(old.is_dir(), "a reader holds it");
    drop(mark);
    env.run(["index", "-q"]).success();
    assert!(!old.exists(), "nobody reads it any more");
}
