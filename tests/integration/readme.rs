//! What the README shows can be typed.

use std::process::Command;

use crate::env::{Ran, TestEnv};

const README: &str = include_str!("../../README.md");

/// The command lines of the README that work on the sample corpus: those after a prompt, and those of the table of
/// verbs; not `watch`, which never ends by itself.
fn command_lines() -> Vec<&'static str> {
    let prompted = README.lines().filter_map(|line| line.strip_prefix("$ "));
    let verbs = README.lines().filter_map(|line| Some(line.strip_suffix("` |")?.rsplit_once("| `")?.1));
    prompted.chain(verbs).filter(|line| line.starts_with("veille ") && *line != "veille watch").collect()
}

#[cfg(unix)]
#[test]
fn every_command_line_of_the_readme_answers() {
    let env = TestEnv::bare();
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
    assert!(env.run_plain(["--corpus", corpus, "index", "-q"]).code() == 0);
    let lines = command_lines();
    assert!(lines.len() > 10, "{lines:?}");
    for line in lines {
        let mut shell = Command::new("sh");
        shell.args(["-c", &line.replacen("veille", env!("CARGO_BIN_EXE_veille"), 1)]);
        shell.current_dir(env.root()).env("VEILLE_CORPUS", corpus).env("VEILLE_INDEX", env.index());
        let ran = Ran(shell.output().unwrap());
        assert!(ran.code() == 0 && !ran.out().is_empty(), "{line}\n{}{}", ran.out(), ran.err());
    }
}
