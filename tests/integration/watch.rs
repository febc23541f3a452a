//! `watch` keeps up with whatever happens to the folder under it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::env::TestEnv;
use crate::incremental::many;

/// Longer than any update of these tests takes: a busy disk takes seconds to sync a file.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running `veille watch`, ended when dropped.
struct Watch {
    child: Child,
    told: Receiver<String>,
}

impl Watch {
    fn start(env: &TestEnv, args: &[&str]) -> Self {
        let mut command = env.plain(["watch"].into_iter().chain(args.iter().copied()));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (tell, told) = mpsc::channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| drop(tell.send(line))));
        let watch = Self { child, told };
        watch.says("à l'écoute");
        watch
    }

    #[track_caller]
    fn says(&self, what: &str) {
        let mut heard = Vec::new();
        while let Ok(line) = self.told.recv_timeout(PATIENCE) {
            if line.contains(what) {
                return;
            }
            heard.push(line);
        }
        panic!("never said {what}: {heard:?}");
    }

    fn lines_so_far(&self) -> Vec<String> {
        self.told.try_iter().collect()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until the index holds so many articles.
#[track_caller]
fn holds(env: &TestEnv, articles: u64) {
    let start = Instant::now();
    let held = || {
        let status = env.run(["status", "--format", "json"]);
        if status.code() == 0 { status.json()["articles"].as_u64().unwrap() } else { 0 }
    };
    while held() != articles {
        assert!(start.elapsed() < PATIENCE, "{} articles rather than {articles}", held());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn files_come_go_and_move() {
    let env = TestEnv::new().desk();
    let watch = Watch::start(&env, &[]);
    env.write("neuf.md", "Un satellite tourne autour de la Terre.");
    holds(&env, 10);
    env.write("dossier/a/b.md", "Un ballon monte au ciel.");
    holds(&env, 11);
    std::fs::rename(env.corpus().join("dossier"), env.root().join("dehors")).unwrap();
    holds(&env, 10);
    std::fs::rename(env.root().join("dehors"), env.corpus().join("rangé")).unwrap();
    holds(&env, 11);
    env.write("rangé/a/c.md", "Un navire vogue.");
    holds(&env, 12);
    assert!(watch.lines_so_far().iter().all(|line| line.contains("article")));
}

#[test]
fn a_burst_of_files_makes_few_updates() {
    let env = TestEnv::new().desk();
    let watch = Watch::start(&env, &[]);
    for n in 0..300 {
        env.write(&format!("lot/{}/{n}.md", n % 7), &format!("Le satellite numéro {n} est lancé."));
    }
    holds(&env, 309);
    let updates = watch.lines_so_far().len();
    assert!(updates <= 3, "{updates} updates");
}

#[test]
fn what_editors_leave_for_a_moment_is_no_article() {
    let env = TestEnv::new().desk();
    let watch = Watch::start(&env, &[]);
    let draft = "Un satellite tourne autour de la Terre.";
    env.write(".neuf.md.swp", draft);
    env.write("4913", "");
    env.remove("4913");
    env.write("neuf.md~", draft);
    std::fs::rename(env.corpus().join("neuf.md~"), env.corpus().join("neuf.md")).unwrap();
    env.write("note.txt~", draft);
    holds(&env, 10);
    assert_eq!(env.found(["satellite"]).len(), 1);
    drop(watch);
}

#[test]
fn the_folder_may_go_and_come_back() {
    let env = TestEnv::new().desk();
    let watch = Watch::start(&env, &[]);
    std::fs::rename(env.corpus(), env.root().join("parti")).unwrap();
    watch.says("a disparu");
    holds(&env, 9);
    std::fs::create_dir(env.corpus()).unwrap();
    std::fs::rename(env.root().join("parti/panne.md"), env.corpus().join("panne.md")).unwrap();
    holds(&env, 1);
    env.write("neuf.md", "Un satellite tourne autour de la Terre.");
    holds(&env, 2);
}

#[test]
fn an_index_removed_under_it_is_made_again() {
    let env = TestEnv::new();
    many(&env, 50);
    let _watch = Watch::start(&env, &[]);
    holds(&env, 50);
    std::fs::remove_dir_all(env.index()).unwrap();
    holds(&env, 50);
    env.write("neuf.md", "Un satellite tourne autour de la Terre.");
    holds(&env, 51);
}

#[test]
fn an_index_among_the_articles_does_not_wake_it() {
    let env = TestEnv::new().desk();
    let watch = Watch::start(&env, &["."]);
    env.write("neuf.md", "Un satellite tourne autour de la Terre.");
    holds(&env, 10);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(watch.lines_so_far().len(), 1, "one update");
}
