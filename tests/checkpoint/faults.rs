//! A restore that is cut short at any of its writes, refused at any of them, or without room at any of them: nothing is
//! lost, and it can be gone on with.

use super::stage::{Stage, Standing, git_is_here};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use taut::checkpoint::{Choice, Choices, Error, Fault, How, Plan, Snapshot, Workspace};

/// Something of each kind changes, and is to be undone.
struct Scene {
    stage: Stage,
    plan: Plan,
    before: BTreeMap<Vec<u8>, Standing>,
    after: BTreeMap<Vec<u8>, Standing>,
    now: Snapshot,
}

fn scene() -> Scene {
    let mut stage = Stage::new();
    for name in ["changed", "gone/deep/x", "mode", "kind", "turned"] {
        stage.write(name, format!("{name} before"));
    }
    stage.chmod("mode", 0o4750);
    let first = stage.snap();
    let before = stage.tree();
    stage.write("changed", "after");
    fs::remove_dir_all(stage.at("gone")).unwrap();
    stage.chmod("mode", 0o644);
    fs::remove_file(stage.at("kind")).unwrap();
    symlink("elsewhere", stage.at("kind")).unwrap();
    fs::remove_file(stage.at("turned")).unwrap();
    stage.write("turned/into", "a folder");
    stage.write("made/here", "after");
    let second = stage.snap();
    let after = stage.tree();
    let plan = stage.plan(&[(&first, &second)]);
    Scene { stage, plan, before, after, now: second }
}

fn again(work: Workspace, fault: Option<Fault>) -> Workspace {
    work.with_fault(fault)
}

/// Meets a fault at each write, one after the other, or at each second, until there are no more.
fn at_writes(step: usize, how: How, mut look: impl FnMut(&mut Scene, u32, Result<(), Error>)) -> u32 {
    for at in (1..).step_by(step) {
        let mut scene = scene();
        let work = scene.stage.work.take().unwrap();
        scene.stage.work = Some(again(work, Some(Fault { at, how })));
        let done = scene.stage.open().restore(&scene.plan, &Choices::all(Choice::Theirs));
        // A fault that nothing met: it went through.
        let met = match &done {
            Ok(done) => !done.left.is_empty(),
            Err(_) => true,
        };
        let over = !met && at > 27;
        // The next one that opens it knows of no fault.
        scene.stage.work = None;
        scene.stage.open();
        look(&mut scene, at, done.map(drop));
        if over {
            return at;
        }
    }
    0
}

#[test]
fn killed_at_any_write_it_is_as_before_or_goes_on_to_the_end() {
    if !git_is_here() {
        return;
    }
    let (mut backs, mut ends) = (0, 0);
    at_writes(1, How::Kill, |scene, at, done| {
        assert!(matches!(done, Ok(()) | Err(Error::Fault(_))), "{at}: {done:?}");
        if done.is_err() && scene.stage.open().unfinished() {
            let plan = scene.plan.clone();
            let refused = scene.stage.open().restore(&plan, &Choices::default());
            assert!(matches!(refused, Err(Error::Unfinished(_))), "{at}: another one first");
        }
        let resumed = scene.stage.open().resume().unwrap();
        let tree = scene.stage.tree();
        let resumed = resumed.and_then(|resumed| resumed.done);
        if let Some(resumed) = &resumed {
            assert_eq!(resumed.left, [], "{at}");
        }
        assert!(!scene.stage.open().unfinished());
        if tree == scene.after {
            assert!(resumed.is_none(), "{at}: it said that it went on");
            backs += 1;
        } else {
            assert!(tree == scene.before, "{at}: neither as before nor as wanted");
            ends += 1;
        }
    });
    assert!(backs > 8 && ends > 15, "{backs} {ends}");
}

#[test]
fn killed_again_while_it_goes_on() {
    if !git_is_here() {
        return;
    }
    for (first, second) in (18..46).step_by(3).map(|first| (first, 1 + first * 7 % 11)) {
        let mut scene = scene();
        let mut faults = [first, second, 3, 1].into_iter();
        let work = scene.stage.work.take().unwrap();
        let mut work = again(work, faults.next().map(|at| Fault { at, how: How::Kill }));
        let _ = work.restore(&scene.plan, &Choices::all(Choice::Theirs));
        for at in faults {
            work = again(work, Some(Fault { at, how: How::Kill }));
            let _ = work.resume();
        }
        scene.stage.work = Some(again(work, None));
        scene.stage.open().resume().unwrap();
        let tree = scene.stage.tree();
        assert!(tree == scene.before || tree == scene.after, "{first} {second}");
    }
}

#[test]
fn what_somebody_writes_after_a_kill_is_kept() {
    if !git_is_here() {
        return;
    }
    at_writes(2, How::Kill, |scene, at, _| {
        let names = ["changed", "mode", "kind", "made/here", "gone/deep/x"];
        let mut mine = Vec::new();
        for name in names {
            // Through a new name, as editors do.
            if scene.stage.at(name).parent().unwrap().is_dir() {
                let _ = fs::remove_file(scene.stage.at(name));
                scene.stage.write(name, "mine");
                mine.push(name);
            }
        }
        scene.stage.open().resume().unwrap();
        for name in mine {
            assert_eq!(scene.stage.text(name), "mine", "{at}: {name}");
        }
        let aside = scene.stage.tree().into_keys().find(|path| path.windows(6).any(|part| part == b".taut-"));
        assert_eq!(aside, None, "{at}: something of ours stayed");
    });
}

#[test]
fn refused_at_any_write_the_others_are_done_and_nothing_is_lost() {
    if !git_is_here() {
        return;
    }
    at_writes(2, How::Refuse, |scene, at, _| {
        let _ = scene.stage.open().resume().unwrap();
        let tree = scene.stage.tree();
        for (path, standing) in &tree {
            let known = [&scene.before, &scene.after].iter().any(|tree| tree.get(path) == Some(standing));
            // The mode of a folder in between may be the one that could not be set.
            assert!(known || standing.0 == 'd', "{at}: {} is {standing:?}", path.escape_ascii());
        }
        for (path, _) in scene.before.iter().filter(|(path, _)| scene.after.get(*path) == scene.before.get(*path)) {
            assert!(tree.contains_key(path), "{at}: {} is gone", path.escape_ascii());
        }
        // Once more, and it is whole.
        let again = scene.stage.snap();
        let plan = scene.stage.plan(&[(&scene.now.clone(), &again)]);
        scene.stage.restore(&plan, Choice::Theirs);
        assert!(scene.stage.tree() == scene.after, "{at}: it can't be taken back");
    });
}

#[test]
fn without_room_at_any_write_it_is_as_before_or_goes_on_when_there_is() {
    if !git_is_here() {
        return;
    }
    let mut full = 0;
    at_writes(1, How::Full, |scene, at, done| {
        full += u32::from(matches!(done, Err(Error::Full(_))));
        let resumed = scene.stage.open().resume().unwrap().and_then(|resumed| resumed.done);
        let tree = scene.stage.tree();
        assert!(tree == scene.before || (tree == scene.after && resumed.is_none()), "{at}: {done:?}");
    });
    assert!(full > 15, "{full}");
}

/// Set in the child: it has mounts of its own.
const INSIDE: &str = "TAUT_TEST_INSIDE";

#[test]
fn a_disk_that_is_really_full_loses_nothing() {
    if !git_is_here() {
        return;
    }
    if std::env::var_os(INSIDE).is_none() {
        // Again, where a disk can be mounted that nobody else sees.
        let mut again = Command::new("unshare");
        again.arg("-rm").arg(std::env::current_exe().unwrap()).env(INSIDE, "1");
        again.args(["--exact", "faults::a_disk_that_is_really_full_loses_nothing", "--nocapture"]);
        match again.output() {
            Ok(output) if output.status.success() => {}
            Ok(output) if String::from_utf8_lossy(&output.stderr).starts_with("unshare") => {
                eprintln!("skipped: no disk of its own can be mounted here");
            }
            Ok(output) => {
                panic!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
            }
            Err(error) => eprintln!("skipped: {error}"),
        }
        return;
    }
    let mut stage = Stage::new();
    fs::create_dir_all(stage.store()).unwrap();
    for folder in [stage.root(), stage.store()] {
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m,mode=700", "none"]).arg(folder).output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: no disk of its own can be mounted here");
            return;
        }
    }
    let noise = |seed: u8| -> Vec<u8> { blake3_like(seed).take(600_000).collect() };
    stage.write("a", noise(1));
    stage.write("b", noise(2));
    let first = stage.snap();
    stage.write("a", "small");
    fs::remove_file(stage.at("b")).unwrap();
    let second = stage.snap();
    let plan = stage.plan(&[(&first, &second)]);
    // No room in the workspace.
    stage.write("ballast", vec![0; (4 << 20) - 1_000_000]);
    let before = stage.tree();
    let full = stage.open().restore(&plan, &Choices::default());
    assert!(matches!(full, Err(Error::Full(_))), "{full:?}");
    assert!(stage.tree() == before && !stage.open().unfinished(), "everything is as it was");
    // No room for checkpoints: the last one is whole, and the next one too when there is room.
    fs::remove_file(stage.at("ballast")).unwrap();
    fs::write(stage.store().join("ballast"), vec![0; 2_300_000]).unwrap();
    stage.write("c", noise(3));
    stage.write("d", noise(4));
    let refused = stage.try_snap(&[], &taut::checkpoint::Limits::default());
    assert!(matches!(refused, Err(Error::Full(_))), "{refused:?}");
    assert_eq!(stage.open().kept().unwrap().len(), 2);
    fs::remove_file(stage.store().join("ballast")).unwrap();
    let third = stage.snap();
    assert_eq!(stage.open().read(third.id, &super::stage::rel("c")).unwrap().unwrap(), noise(3));
    assert_eq!(stage.restore(&plan, Choice::Skip).left, []);
    assert_eq!(fs::read(stage.at("b")).unwrap(), noise(2));
}

/// Bytes that can't be made smaller, always the same.
fn blake3_like(seed: u8) -> impl Iterator<Item = u8> {
    let mut state = u64::from(seed) + 1;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    })
}
