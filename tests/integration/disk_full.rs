//! A disk without room: the index of before answers, the message says what is wrong, and room is all it takes.
//!
//! Mounts a small file system in memory, which only root may do:
//! `cargo test --test integration disk_full -- --ignored --nocapture`.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::env::{Ran, TestEnv, timeless};
use crate::incremental::many;

/// A file system of its own size, gone when dropped.
struct SmallDisk {
    place: PathBuf,
}

impl SmallDisk {
    /// Mounts one on the index folder of `env`; `None`, loudly, where this user may not.
    fn on_index_of(env: &TestEnv, kib: usize) -> Option<Self> {
        let place = env.root().join("disque");
        std::fs::create_dir(&place).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={kib}k"), "tmpfs"]).arg(&place);
        if !mount.status().is_ok_and(|status| status.success()) {
            eprintln!("NOT TESTED: only root may mount a file system");
            return None;
        }
        Some(Self { place })
    }

    fn resize(&self, kib: usize) {
        let resized = Command::new("mount").args(["-o", &format!("remount,size={kib}k")]).arg(&self.place).status();
        assert!(resized.unwrap().success());
    }

    /// KiB that the files take.
    fn used(&self) -> usize {
        let files = walkdir::WalkDir::new(&self.place).into_iter();
        files.map(|e| e.unwrap().metadata().unwrap().len()).sum::<u64>() as usize / 1024
    }

    fn files(&self) -> usize {
        walkdir::WalkDir::new(&self.place).into_iter().filter(|e| e.as_ref().unwrap().file_type().is_file()).count()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.place).status();
    }
}

fn run(env: &TestEnv, args: &[&str]) -> Ran {
    Ran(env.plain(["--index", "disque/index", "--corpus", "corpus"]).args(args).output().unwrap())
}

fn answer(env: &TestEnv) -> Value {
    timeless(run(env, &["search", "satellite", "--format", "json", "--limit", "500"]).success().json())["passages"]
        .clone()
}

#[test]
#[ignore = "needs root: mounts a small file system"]
fn a_full_disk_loses_nothing() {
    let env = TestEnv::new();
    many(&env, 200);
    let Some(disk) = SmallDisk::on_index_of(&env, 20_000) else { return };
    run(&env, &["index", "-q"]).success();
    let (before, files) = (answer(&env), disk.files());
    many(&env, 20_000);
    for room in [100, 300, 700, 1_500, 2_500] {
        disk.resize(disk.used() + room);
        for verb in ["index", "rebuild"] {
            let ran = run(&env, &[verb, "--threads", "2"]).expect(70);
            assert!(ran.err().contains("le disque est plein"), "{verb}, {room} KiB of room: {}", ran.err());
            assert_eq!(answer(&env), before, "{verb}, {room} KiB of room");
            run(&env, &["status", "--check"]).success();
            // The mark of reading may have come.
            assert!(disk.files() <= files + 1, "{verb}, {room} KiB of room: something was left behind");
        }
    }
    disk.resize(60_000);
    run(&env, &["index"]).success();
    run(&env, &["status", "--check"]).success();
    assert_eq!(run(&env, &["status", "--format", "json"]).json()["articles"], 20_000);
}

/// Many small commits make the engine merge; a merge for which there is no room is left for later.
#[test]
#[ignore = "needs root: mounts a small file system"]
fn no_room_for_a_merge_is_no_failure() {
    let env = TestEnv::new();
    many(&env, 3_000);
    let Some(disk) = SmallDisk::on_index_of(&env, 60_000) else { return };
    run(&env, &["index", "-q"]).success();
    disk.resize(2 * disk.used());
    let mut articles = 3_000;
    for round in 0..40 {
        env.write(&format!("neuf{round}.md"), &format!("Le ballon {round} monte."));
        let ran = run(&env, &["index", "--threads", "1"]);
        let full = ran.code() == 70 && ran.err().contains("le disque est plein");
        articles += u64::from(ran.code() == 0);
        assert!(ran.code() == 0 || full, "{}", ran.err());
        let status = run(&env, &["status", "--check", "--format", "json"]).success().json();
        let held = status["articles"].as_u64().unwrap();
        // What a run that failed had not brought in comes with the next.
        assert!(held >= articles && held <= 3_001 + round, "{held} articles, {articles} told");
        articles = held;
    }
    disk.resize(60_000);
    run(&env, &["index"]).success();
    assert_eq!(run(&env, &["status", "--format", "json"]).json()["articles"], 3_040);
}
