//! Killed at any moment, the index answers as before or as after.
//!
//! The normal run kills a few times; `VEILLE_TORTURE_ROUNDS=500 VEILLE_TORTURE_ARTICLES=3000 cargo test torture` kills
//! for a long while and in a larger corpus.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::env::{TestEnv, strings};
use crate::incremental::many;

const DEFAULT_ROUNDS: u32 = 15;

const DEFAULT_ARTICLES: u32 = 300;

fn number(variable: &str, default: u32) -> u32 {
    std::env::var(variable).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

/// Numbers that look random and are the same on every run (Knuth's MMIX multiplier and increment).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// The corpus of a round: the same articles, and one that bears the round's word.
fn write_round(env: &TestEnv, round: u32) {
    env.write("ronde.md", &format!("---\nid: ronde\n---\n\nLa ronde {} commence avec un satellite.", word(round)));
    // A third of the articles change, so that an update has segments to write and records to delete.
    let text = |n: u32| {
        format!("{{\"id\":\"v{n}\",\"text\":\"Le {} {n} vogue vers la {}.\"}}\n", word(n), word(round / 3 + n))
    };
    env.write("variable.jsonl", &(0..100).map(text).collect::<String>());
}

fn word(n: u32) -> &'static str {
    ["zibeline", "yourte", "xérès", "wapiti", "vigogne"][n as usize % 5]
}

#[test]
fn killed_at_any_moment_the_index_answers() {
    let rounds = number("VEILLE_TORTURE_ROUNDS", DEFAULT_ROUNDS);
    let env = TestEnv::new();
    many(&env, number("VEILLE_TORTURE_ARTICLES", DEFAULT_ARTICLES) as usize);
    write_round(&env, 0);
    let start = Instant::now();
    env.run(["index", "-q"]).success();
    let whole = start.elapsed().max(Duration::from_millis(50));
    let mut dice = Dice(20_250_822);
    let (mut killed, mut before) = (0, 0);
    for round in 1..=rounds {
        write_round(&env, round);
        let verb = if round % 3 == 0 { "rebuild" } else { "index" };
        let mut command = env.command([verb, "-q", "--threads", "2"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(dice.below(whole.as_micros() as u64 * 11 / 10)));
        let _ = child.kill();
        killed += u32::from(!child.wait().unwrap().success());
        env.run(["status", "--check"]).success();
        let answer = env.search(["satellite ronde", "--limit", "100"]);
        let passages = answer["passages"].as_array().unwrap();
        let ronde = passages.iter().find(|p| p["article_id"] == "ronde").expect("the round's article is found");
        let text = ronde["text"].as_str().unwrap();
        let is = |round: u32| text.contains(word(round));
        assert!(is(round) || is(before), "round {round}: neither the old nor the new answer: {text}");
        assert!(strings(&answer["warnings"]).len() <= 1, "{answer}");
        if is(round) {
            before = round;
        }
        // Now and then a run that is let finish, and that leaves nothing behind.
        if round % 5 == 0 {
            env.run(["index", "-q"]).success();
            before = round;
            tidy(&env);
            assert_eq!(env.found(["ronde", word(round)])[0], "ronde");
        }
    }
    env.run(["index", "-q"]).success();
    env.run(["status", "--check"]).success();
    tidy(&env);
    eprintln!("{killed} of {rounds} runs were killed before their end");
    assert!(killed > 0, "no run was killed: {whole:?}");
    let held = |env: &TestEnv| {
        let status = env.run(["status", "--format", "json"]).success().json();
        ["articles", "passages", "words", "text_bytes", "files", "distinct_words"].map(|field| status[field].clone())
    };
    let updated = held(&env);
    env.run(["rebuild", "-q"]).success();
    let rebuilt = held(&env);
    assert_eq!(updated[..5], rebuilt[..5], "articles, passages, words, bytes, files");
}

/// One generation, and in it one lexicon and one file of groups.
#[track_caller]
fn tidy(env: &TestEnv) {
    assert_eq!(env.generations().len(), 1);
    let names: Vec<String> =
        std::fs::read_dir(env.generation()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    for prefix in ["lexicon-", "stories-"] {
        assert_eq!(names.iter().filter(|name| name.starts_with(prefix)).count(), 1, "{names:?}");
    }
}

#[test]
fn killed_while_the_first_index_is_built_there_is_none_or_a_whole_one() {
    let mut dice = Dice(7);
    for _ in 0..4 {
        let env = TestEnv::new();
        many(&env, 200);
        let mut command = env.command(["index", "-q"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(dice.below(300)));
        let _ = child.kill();
        child.wait().unwrap();
        let answer = env.search(["satellite", "--limit", "1"]);
        assert_eq!(answer["index"]["articles"], 200);
        env.run(["status", "--check"]).success();
        env.run(["index", "-q"]).success();
        tidy(&env);
    }
}
