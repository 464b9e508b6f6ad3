//! How long checkpoints are kept, how large they are, and what is gone when it is gone.

use super::stage::{Stage, git_is_here};
use super::store::holds;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use taut::checkpoint::{Bounds, Error, Fault, Go, How, Kept, Shelf, Snapshot, SnapshotId};
use taut::domain::At;

/// Bytes that can't be made smaller.
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed + 1;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(50_000).collect()
}

/// Ten checkpoints, each with 50 kB of its own.
fn ten(stage: &mut Stage) -> Vec<Snapshot> {
    (0..10)
        .map(|n| {
            stage.write("a", noise(n));
            stage.snap()
        })
        .collect()
}

const NONE: Bounds = Bounds { before: None, bytes: None };

#[test]
fn what_is_old_goes_but_never_what_is_held_and_what_is_left_can_be_read() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    let snaps = ten(&mut stage);
    let sizes = stage.open().sizes().unwrap();
    assert_eq!(sizes.checkpoints, 10);
    assert!((500_000..600_000).contains(&sizes.bytes), "{sizes:?}");
    assert!(snaps.iter().all(|snap| (50_000..60_000).contains(&snap.grown)));
    let held: BTreeSet<SnapshotId> = [snaps[1].id].into();
    let bounds = Bounds { before: Some(At(6)), ..NONE };
    let foreseen = stage.open().prunable(&held, &bounds).unwrap();
    assert_eq!(stage.open().sizes().unwrap(), sizes, "looking takes nothing");
    let pruned = stage.open().prune(&held, &bounds).unwrap();
    let gone: Vec<SnapshotId> = [0, 2, 3, 4].map(|n: usize| snaps[n].id).into();
    assert_eq!((&foreseen.gone, &pruned.gone), (&gone, &gone));
    assert!(pruned.bytes > 190_000 && pruned.bytes.abs_diff(foreseen.bytes) < 20_000, "{pruned:?} {foreseen:?}");
    for (n, snap) in snaps.iter().enumerate() {
        let read = stage.open().read(snap.id, &super::stage::rel("a"));
        if gone.contains(&snap.id) {
            assert!(matches!(read, Err(Error::Missing(id)) if id == snap.id), "{n}: {read:?}");
        } else {
            assert_eq!(read.unwrap().unwrap(), noise(n as u64));
        }
    }
    // It goes on from there, by itself and after another has opened it.
    stage.write("b", "b");
    stage.snap();
    stage.work = None;
    stage.write("b", "c");
    let next = stage.snap();
    assert_eq!(next.read, 1);
    assert_eq!(stage.was(next.id, "b").unwrap(), "c");
    // By size: the oldest go until it fits; the last one never.
    let pruned = stage.open().prune(&BTreeSet::new(), &Bounds { bytes: Some(120_000), ..NONE }).unwrap();
    assert_eq!(pruned.gone.first(), Some(&snaps[1].id));
    let sizes = stage.open().sizes().unwrap();
    assert!(sizes.bytes <= 120_000 && sizes.checkpoints >= 2 && sizes.packs == 1, "{sizes:?}");
    stage.open().prune(&BTreeSet::new(), &Bounds { bytes: Some(0), before: Some(At(i64::MAX)) }).unwrap();
    assert_eq!(stage.open().sizes().unwrap().checkpoints, 1);
    assert_eq!(stage.was(next.id, "b").unwrap(), "c");
}

#[test]
fn what_is_forgotten_is_gone_from_the_disk() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    stage.write("a", "harmless");
    let first = stage.snap();
    stage.write("name-of-a-secret", "the secret itself");
    let second = stage.snap();
    let store = stage.store();
    assert!(holds(&store, "the secret itself") && holds(&store, "name-of-a-secret"));
    fs::remove_file(stage.at("name-of-a-secret")).unwrap();
    // The newest one too, on which the next would be built.
    stage.open().forget(&[second.id].into()).unwrap();
    assert!(!holds(&store, "the secret itself") && !holds(&store, "name-of-a-secret"));
    assert_eq!(stage.was(first.id, "a").unwrap(), "harmless");
    let third = stage.snap();
    assert_eq!(third.id, first.id, "equal files are one checkpoint");
    // All of them.
    stage.write("a", "also a secret");
    let fourth = stage.snap();
    stage.open().forget(&[first.id, fourth.id].into()).unwrap();
    assert!(!holds(&store, "also a secret") && !holds(&store, "harmless"));
    assert_eq!(stage.open().kept().unwrap(), []);
    let anew = stage.snap();
    assert_eq!(stage.was(anew.id, "a").unwrap(), "also a secret");
}

/// What the packs or objects below a folder take of the disk, whose blocks are the same for both.
fn on_disk(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { on_disk(&path) } else { fs::metadata(path).unwrap().blocks() * 512 }).sum()
}

#[test]
fn many_packs_become_one_and_the_store_grows_as_gits_own_does() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    for n in 0..200 {
        let text: String = (0..50).map(|line| format!("file {n} line {line} {}\n", n * line % 97)).collect();
        stage.write(format!("src/{}/{n}", n % 10), text);
    }
    stage.snap();
    let ours = |stage: &Stage| on_disk(&stage.store());
    let other = Stage::new();
    for (path, (kind, _, bytes)) in stage.tree() {
        if kind == 'f' {
            other.write(String::from_utf8(path).unwrap(), bytes);
        }
    }
    other.git(&["init", "-q"]);
    let theirs = |other: &Stage| {
        other.git(&["add", "-A"]);
        other.git(&["write-tree"]);
        on_disk(&other.at(".git/objects"))
    };
    let first = (ours(&stage), theirs(&other));
    assert!(first.0 * 10 <= first.1 * 12, "{first:?}: more than 1.2 times as much");
    // Ten files of it change, again and again.
    let mut then = first;
    for round in 0..20 {
        for n in 0..10 {
            let path = format!("src/{n}/{}", n + 10 * (round % 10));
            let text = stage.text(&path) + &format!("round {round} {}\n", n * round);
            stage.write(&path, &text);
            other.write(&path, &text);
        }
        stage.snap();
        then = (ours(&stage), theirs(&other));
    }
    let grown = (then.0 - first.0, then.1 - first.1);
    assert!(grown.0 * 10 <= grown.1 * 12, "{grown:?}: more than 1.2 times as much");
    let last = stage.snap();
    assert!(stage.open().sizes().unwrap().packs > 20);
    stage.open().tidy(10).unwrap();
    let sizes = stage.open().sizes().unwrap();
    assert_eq!(sizes.packs, 1);
    assert_eq!(stage.snap().id, last.id);
    assert!(stage.was(last.id, "src/0/0").unwrap().contains("round 0"));
}

#[test]
fn what_is_taken_out_is_cut_short_anywhere_and_nothing_of_others_is_lost() {
    if !git_is_here() {
        return;
    }
    let (mut kept_all, mut took) = (0, 0);
    for (at, how) in (1..).flat_map(|at| [(at, How::Kill), (at, if at % 2 == 0 { How::Full } else { How::Refuse })]) {
        let mut stage = Stage::new();
        stage.write("mine", "the secret itself");
        let gone = stage.snap();
        stage.write("mine", "theirs");
        let stays = stage.snap();
        stage.write("other", "the newest");
        let last = stage.snap();
        let old: Vec<Kept> = stage.open().kept().unwrap().into_iter().filter(|kept| kept.id == gone.id).collect();
        let work = stage.work.take().unwrap();
        let cut = stage.work.insert(work.with_fault(Some(Fault { at, how }))).discard(&old, &mut || Go::On);
        // As after a death: it is opened anew.
        stage.work = None;
        for (id, path, text) in [(stays.id, "mine", "theirs"), (last.id, "other", "the newest")] {
            assert_eq!(stage.was(id, path).as_deref(), Some(text), "{at} {how:?}");
        }
        let listed = stage.open().kept().unwrap().iter().any(|kept| kept.id == gone.id);
        if listed {
            assert_eq!(
                stage.was(gone.id, "mine").as_deref(),
                Some("the secret itself"),
                "{at}: what is listed is there"
            );
            kept_all += 1;
        }
        let unfinished = Shelf::of(&stage.store(), &stage.root()).unwrap().unfinished;
        assert!(listed || unfinished || cut.is_ok(), "{at} {how:?}: what is left over is known");
        // It goes on: a checkpoint is taken, and the next that takes out ends what was begun.
        stage.write("other", "newer");
        let next = stage.snap();
        stage.open().discard(&old, &mut || Go::On).unwrap();
        assert!(!holds(&stage.store(), "the secret itself"), "{at} {how:?}");
        for (id, path, text) in
            [(stays.id, "mine", "theirs"), (last.id, "other", "the newest"), (next.id, "other", "newer")]
        {
            assert_eq!(stage.was(id, path).as_deref(), Some(text), "{at} {how:?}");
        }
        assert!(!Shelf::of(&stage.store(), &stage.root()).unwrap().unfinished);
        took += 1;
        if cut.is_ok() {
            break;
        }
    }
    assert!(kept_all >= 8 && took > 16, "{kept_all} {took}");
}

#[test]
fn what_is_old_stays_where_it_was_taken_again_and_nothing_goes_while_somebody_waits() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    let snaps = ten(&mut stage);
    let all = stage.open().kept().unwrap();
    let stopped = stage.open().discard(&all, &mut || Go::Stop);
    assert!(matches!(stopped, Err(Error::Stopped)), "{stopped:?}");
    assert_eq!(stage.open().kept().unwrap(), all);
    // The files are as they were at the third one: it is as new as any.
    stage.write("a", noise(2));
    assert_eq!(stage.snap().id, snaps[2].id);
    let pruned = stage.open().discard(&all, &mut || Go::On).unwrap();
    assert_eq!(pruned.gone.len(), 9);
    assert_eq!(stage.open().read(snaps[2].id, &super::stage::rel("a")).unwrap().unwrap(), noise(2));
}

#[test]
fn what_checkpoints_need_is_weighed_without_taking_their_workspace() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    let snaps = ten(&mut stage);
    let shelves = Shelf::all(&stage.store());
    let [shelf] = &shelves[..] else { panic!("{shelves:?}") };
    assert_eq!((&shelf.root, shelf.kept.len(), shelf.unfinished), (&stage.root(), 10, false));
    let need = |ids: &[Snapshot]| shelf.needed(ids.iter().map(|snap| snap.id)).unwrap();
    let (one, all) = (need(&snaps[3..4]), need(&snaps));
    assert!((50_000..60_000).contains(&one) && all > 9 * one && all <= shelf.bytes, "{one} {all} {}", shelf.bytes);
    assert_eq!(need(&[]), 0);
    // Where the workspace is gone, what it was can go too.
    stage.work = None;
    fs::remove_dir_all(stage.root()).unwrap();
    let mut work = taut::checkpoint::Workspace::resting(&stage.store(), shelf.root.clone()).unwrap();
    work.forget(&snaps.iter().map(|snap| snap.id).collect()).unwrap();
    assert_eq!(Shelf::of(&stage.store(), &shelf.root).unwrap().kept, []);
}
