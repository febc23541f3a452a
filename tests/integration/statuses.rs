//! Exit statuses: what scripts ask first.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::env::TestEnv;

#[test]
fn nothing_found_is_0_and_1_when_asked() {
    let env = TestEnv::new().desk().indexed();
    env.run(["search", "zygomatique"]).expect(0);
    env.run(["search", "zygomatique", "--exit-status"]).expect(1);
    env.run(["search", "nvidia", "--exit-status"]).expect(0);
}

#[test]
fn wrong_usage_is_2() {
    let env = TestEnv::new().desk().indexed();
    for args in [
        &["search"][..],
        &["chanter"],
        &["search", "nvidia", "--limit", "beaucoup"],
        &["search", "nvidia", "--topic", "jardinage"],
        &["search", "nvidia", "--since", "hier matin"],
        &["search", "nvidia", "--until", "2025-13"],
        &["search", "nvidia", "--amount", "beaucoup"],
        &["search", "nvidia", "--format", "xml"],
        &["search", "--queries", "absent.tsv"],
        &["show", "inconnu"],
        &["show", "accord-cloud#99"],
        &["index", "absent"],
        &["facets", "--by", "couleur"],
        &["eval", "--queries", "absent.tsv", "--qrels", "absent.tsv"],
    ] {
        let ran = env.run(args.iter().copied()).expect(2);
        assert!(!ran.err().is_empty(), "{args:?} says why");
        assert_eq!(ran.out(), "", "{args:?}");
    }
}

#[test]
fn no_index_and_no_corpus_is_3() {
    let env = TestEnv::bare();
    for args in [&["search", "nvidia"][..], &["facets"], &["show", "a"], &["status"], &["deals"], &["duplicates"]] {
        let ran = env.run(args.iter().copied()).expect(3);
        assert!(ran.err().contains("veille index"), "{args:?}: {}", ran.err());
    }
    assert!(!env.index().exists(), "asking makes no folder");
}

/// Changes the stamp of the index as another version of the program would have written it.
fn restamp(env: &TestEnv, from: &str, to: &str) {
    let path = env.generation().join("meta.json");
    let meta = std::fs::read_to_string(&path).unwrap();
    assert!(meta.contains(from), "{meta}");
    std::fs::write(path, meta.replacen(from, to, 1)).unwrap();
}

#[test]
fn an_index_of_another_format_or_of_other_rules_is_3_and_index_rebuilds_it() {
    let env = TestEnv::new().desk().indexed();
    let analyzer = env.run(["status", "--format", "json"]).json()["fingerprint"].as_str().unwrap().to_owned();
    let format = format!("\\\"format\\\":{}", veille::index::stamp::FORMAT);
    for (from, to) in [(format.as_str(), "\\\"format\\\":99"), (analyzer.as_str(), "0000000000000000")] {
        restamp(&env, from, to);
        let ran = env.run(["search", "nvidia"]).expect(3);
        assert!(ran.err().contains("veille rebuild"), "{}", ran.err());
        env.run(["status"]).expect(3);
        env.run(["index"]).success();
        assert_eq!(env.found(["nvidia"]), ["puces-nvidia"]);
        assert_eq!(env.generations().len(), 1);
    }
    restamp(&env, &format, "\\\"format\\\":99");
    env.run(["rebuild"]).success();
    assert_eq!(env.found(["nvidia"]), ["puces-nvidia"]);
}

#[test]
fn other_companies_beside_the_corpus_are_other_rules() {
    let env = TestEnv::new().desk().indexed();
    env.write("companies.toml", "[[company]]\nid = \"acme\"\nname = \"Acme\"\n");
    let ran = env.run(["search", "nvidia"]);
    assert_eq!(ran.code(), 3, "{} {}", ran.out(), ran.err());
}

/// Takes the right to write, as another process would.
fn lock(env: &TestEnv) -> File {
    let mut lock = File::options().write(true).open(env.index().join("writer.lock")).unwrap();
    lock.lock().unwrap();
    lock.set_len(0).unwrap();
    write!(lock, "{}", std::process::id()).unwrap();
    lock
}

#[test]
fn a_lock_held_by_another_process_is_4_and_its_pid_is_told() {
    let env = TestEnv::new().desk().indexed();
    let lock = lock(&env);
    let holder = format!("par le processus {}", std::process::id());
    for verb in ["index", "rebuild"] {
        let ran = env.run([verb, "--wait", "0"]).expect(4);
        assert!(ran.err().contains(&holder) && !ran.err().contains("attente"), "{}", ran.err());
    }
    let start = std::time::Instant::now();
    let ran = env.run(["index", "--wait", "1"]).expect(4);
    assert!(start.elapsed().as_millis() >= 1_000);
    assert_eq!(ran.err().matches(&holder).count(), 2, "once when it waits, once when it gives up: {}", ran.err());
    assert_eq!(env.found(["nvidia"]), ["puces-nvidia"], "searches go on");
    drop(lock);
    env.run(["index", "--wait", "0"]).expect(0);
}

#[test]
fn a_second_writer_waits_for_the_first() {
    let env = TestEnv::new().desk().indexed();
    env.write("neuf.md", "Un satellite tourne autour de la Terre.");
    let lock = lock(&env);
    let child = env.command(["index"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(700));
    drop(lock);
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{err}");
    assert_eq!((err.matches(": attente").count(), err.lines().count()), (1, 1), "{err}");
    assert_eq!(env.found(["satellite"]).len(), 1);
}

#[test]
fn files_skipped_under_strict_is_5() {
    let env = TestEnv::new().desk().article("cassé.jsonl", "{\"text\": \"entier\"}\n{\"text\": \"coupé\n");
    env.run(["index"]).expect(0);
    env.run(["rebuild", "--strict"]).expect(5);
    assert_eq!(env.found(["nvidia"]), ["puces-nvidia"]);
    env.remove("cassé.jsonl");
    env.run(["rebuild", "--strict"]).expect(0);
}

#[test]
fn a_closed_pipe_is_quiet() {
    let mut env = TestEnv::new();
    for n in 0..200 {
        let text = format!("Le satellite numéro {n} a été lancé. {}", "Il tourne autour de la Terre. ".repeat(30));
        env = env.article(&format!("a{n}.md"), &text);
    }
    let env = env.indexed();
    for args in [&["search", "satellite", "--limit", "0"][..], &["search", "satellite", "--limit", "1000"]] {
        let mut command = env.command(args.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
    }
}
