//! What people see, letter by letter. After a change that is meant: `INSTA_UPDATE=always cargo test snapshots`.

use insta::assert_snapshot;

use crate::env::TestEnv;

/// The answer with its time masked.
fn masked(out: &str) -> String {
    let line = |line: &str| match line.rsplit_once(" ; ") {
        Some((head, time)) if time.ends_with(" ms") => format!("{head} ; [durée]"),
        _ => line.to_owned(),
    };
    out.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_search() {
    let env = TestEnv::new().desk().indexed();
    let ran = env.run(["search", "contrat cloud Meta Google", "--color", "never", "--limit", "4"]).success();
    assert_snapshot!(masked(&ran.out()));
}

#[test]
fn a_table_of_companies() {
    let env = TestEnv::new().desk().indexed();
    assert_snapshot!(env.run(["facets", "--by", "company"]).success().out());
}

#[test]
fn a_chart_of_months() {
    let env = TestEnv::new().desk().indexed();
    assert_snapshot!(env.run(["facets", "--by", "month"]).success().out());
}

#[test]
fn an_analysis() {
    let env = TestEnv::bare();
    let text = "L’Union européenne inflige 500 millions d’euros d’amende à Apple";
    assert_snapshot!(env.run(["analyze", text]).success().out());
}

#[test]
fn help() {
    let env = TestEnv::bare();
    assert_snapshot!(env.run(["--help"]).success().out());
}

#[test]
fn help_of_search() {
    let env = TestEnv::bare();
    assert_snapshot!(env.run(["search", "--help"]).success().out());
}
