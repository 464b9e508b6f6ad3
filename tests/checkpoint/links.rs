//! What a restore keeps beside bytes and modes: that several names are one file, an owner, extended attributes. What it can't
//! keep is told.

use super::stage::{Stage, git_is_here};
use rustix::fs::{XattrFlags, getxattr, setxattr};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use taut::checkpoint::{Choice, Choices, Fault, How, Plan};

/// Writes into a file as it lies there, by each of its names.
fn append(stage: &Stage, path: &str) {
    OpenOptions::new().append(true).open(stage.at(path)).unwrap().write_all(b"new\n").unwrap();
}

/// Three names of one file in the workspace, one of them alone in a folder; a step writes into it.
fn linked() -> (Stage, Plan) {
    let mut stage = Stage::new();
    stage.write("a", "old\n");
    stage.write("apart/x", "x\n");
    fs::hard_link(stage.at("a"), stage.at("b")).unwrap();
    fs::hard_link(stage.at("a"), stage.at("apart/c")).unwrap();
    let before = stage.snap();
    append(&stage, "b");
    stage.write("made", "new\n");
    let after = stage.snap();
    let plan = stage.plan(&[(&before, &after)]);
    (stage, plan)
}

fn is_one_file(stage: &Stage, text: &str) {
    let metas = ["a", "b", "apart/c"].map(|name| fs::metadata(stage.at(name)).unwrap());
    assert!(metas.iter().all(|meta| meta.nlink() == 3 && meta.ino() == metas[0].ino()), "one file of three names");
    for name in ["a", "b", "apart/c"] {
        assert_eq!(stage.text(name), text);
    }
}

#[test]
fn names_of_one_file_that_change_together_stay_one_file() {
    if !git_is_here() {
        return;
    }
    let (mut stage, plan) = linked();
    is_one_file(&stage, "old\nnew\n");
    assert_eq!(stage.open().parts(&plan), []);
    let first = stage.snap();
    stage.restore(&plan, Choice::Skip);
    is_one_file(&stage, "old\n");
    // And back.
    let second = stage.snap();
    let plan = stage.plan(&[(&first, &second)]);
    stage.restore(&plan, Choice::Skip);
    is_one_file(&stage, "old\nnew\n");
}

#[test]
fn so_they_do_where_it_is_killed_at_any_write() {
    if !git_is_here() {
        return;
    }
    for at in 1.. {
        let (mut stage, plan) = linked();
        let work = stage.work.take().unwrap();
        stage.work = Some(work.with_fault(Some(Fault { at, how: How::Kill })));
        let over = stage.open().restore(&plan, &Choices::default()).is_ok();
        stage.work = None;
        let waits = stage.open().unfinished();
        let done = stage.open().resume().unwrap().is_some_and(|resumed| resumed.done.is_some());
        // One that was killed right after its end is done as well.
        let done = over || done || (!waits && stage.text("a") == "old\n");
        is_one_file(&stage, if done { "old\n" } else { "old\nnew\n" });
        assert!(stage.tree().keys().all(|path| !String::from_utf8_lossy(path).contains(".taut-")), "nothing is left");
        if over {
            assert!(at > 8, "{at}");
            return;
        }
    }
}

#[test]
fn a_name_that_is_parted_from_others_is_told_with_them() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    stage.write("a", "old\n");
    fs::hard_link(stage.at("a"), stage.dir.path().join("outside")).unwrap();
    let before = stage.snap();
    append(&stage, "a");
    let after = stage.snap();
    let plan = stage.plan(&[(&before, &after)]);
    let told: Vec<String> = stage.open().parts(&plan).iter().map(ToString::to_string).collect();
    let one =
        "a is one file with 1 name elsewhere (hard links): those keep what it holds now, and it is parted from them";
    assert_eq!(told, [one]);
    stage.restore(&plan, Choice::Skip);
    assert_eq!(stage.text("a"), "old\n");
    assert_eq!(fs::read_to_string(stage.dir.path().join("outside")).unwrap(), "old\nnew\n", "it is not ours");
    // A name in the workspace that stays as it is.
    let (mut stage, mut plan) = linked();
    plan.files.retain(|file| file.path.to_string() != "b");
    let parted = stage.open().parts(&plan);
    let told: Vec<String> = parted.iter().map(|it| format!("{}: {:?}, {}", it.path, it.others, it.elsewhere)).collect();
    assert_eq!(told, ["a: [`b`], 0", "apart/c: [`b`], 0"]);
}

#[test]
fn extended_attributes_and_an_owner_stay_with_a_file_that_is_put_back() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    stage.write("a", "old\n");
    let set = |name: &str| setxattr(stage.at("a"), name, b"value", XattrFlags::empty());
    if set("user.kept").is_err() {
        println!("skipped: there are no extended attributes here");
        return;
    }
    let owned = std::os::unix::fs::chown(stage.at("a"), Some(65_534), Some(65_534)).is_ok();
    let before = stage.snap();
    append(&stage, "a");
    let after = stage.snap();
    let plan = stage.plan(&[(&before, &after)]);
    let done = stage.restore(&plan, Choice::Skip);
    assert_eq!((stage.text("a").as_str(), done.lost.as_slice()), ("old\n", [].as_slice()));
    let mut value = [0; 16];
    let length = getxattr(stage.at("a"), "user.kept", &mut value[..]).unwrap();
    assert_eq!(&value[..length], b"value");
    let meta = fs::metadata(stage.at("a")).unwrap();
    assert!(!owned || (meta.uid(), meta.gid()) == (65_534, 65_534));
}
