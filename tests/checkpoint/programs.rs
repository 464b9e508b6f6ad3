//! Random programs of what agents and their shells do, in steps: undoing any of them gives the files as they were, byte by
//! byte and mode by mode; undoing the undo gives them back; and the user's repository never changes by our doing.

use super::stage::{Stage, Standing, git_is_here};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use taut::checkpoint::{Choice, Choices, LeftWhy, Snapshot, Span};

const NAMES: [&[u8]; 9] =
    [b"a", b"b", b"d", b"d/a", b"d/e/c", b"d/e/new\nline", b"s p", b"bytes-\xff\xfe", b"script.sh"];

#[derive(Debug, Clone)]
enum Act {
    Write(usize, u8),
    Append(usize, u8),
    Delete(usize),
    Rename(usize, usize),
    Mode(usize, u32),
    Link(usize, usize),
    HardLink(usize, usize),
    Folder(usize),
    Sed(usize),
    Git(&'static [&'static str]),
}

type Tree = BTreeMap<Vec<u8>, Standing>;

fn act() -> impl Strategy<Value = Act> {
    let name = || 0..NAMES.len();
    let modes = prop::sample::select(vec![0o644, 0o755, 0o600, 0o4755, 0o751, 0o664]);
    let gits: Vec<&'static [&'static str]> = vec![
        &["add", "-A"],
        &["commit", "-qam", "more"],
        &["stash", "-q", "-u"],
        &["stash", "pop", "-q"],
        &["reset", "-q", "--hard", "HEAD~1"],
        &["checkout", "-q", "-B", "side", "HEAD~1"],
        &["rebase", "-q", "main"],
        &["clean", "-qfd"],
        &["rm", "-qrf", "d"],
    ];
    prop_oneof![
        5 => (name(), any::<u8>()).prop_map(|(name, byte)| Act::Write(name, byte)),
        3 => (name(), any::<u8>()).prop_map(|(name, byte)| Act::Append(name, byte)),
        3 => name().prop_map(Act::Delete),
        2 => (name(), name()).prop_map(|(from, to)| Act::Rename(from, to)),
        2 => (name(), modes).prop_map(|(name, mode)| Act::Mode(name, mode)),
        2 => (name(), name()).prop_map(|(name, to)| Act::Link(name, to)),
        1 => (name(), name()).prop_map(|(name, to)| Act::HardLink(name, to)),
        2 => name().prop_map(Act::Folder),
        1 => name().prop_map(Act::Sed),
        3 => prop::sample::select(gits).prop_map(Act::Git),
    ]
}

fn name(n: usize) -> &'static OsStr {
    OsStr::from_bytes(NAMES[n])
}

/// Does it, as far as it can be done.
fn run(stage: &Stage, act: &Act) {
    let at = |n: &usize| stage.at(name(*n));
    let above = |path: &Path| drop(fs::create_dir_all(path.parent().unwrap()));
    match act {
        Act::Write(n, byte) => {
            above(&at(n));
            let line = |n: u8| format!("{}\n", u32::from(*byte) * u32::from(n));
            let _ =
                fs::write(at(n), if byte % 5 == 0 { "\0binary".into() } else { (0..20).map(line).collect::<String>() });
        }
        Act::Append(n, byte) => {
            let mut bytes = fs::read(at(n)).unwrap_or_default();
            bytes.extend(format!("more {byte}\n").bytes());
            let _ = fs::write(at(n), bytes);
        }
        Act::Delete(n) if at(n).is_dir() && !at(n).is_symlink() => drop(fs::remove_dir_all(at(n))),
        Act::Delete(n) => drop(fs::remove_file(at(n))),
        Act::Rename(from, to) => {
            above(&at(to));
            let _ = fs::rename(at(from), at(to));
        }
        Act::Mode(n, mode) if !at(n).is_symlink() => {
            let mode = if at(n).is_dir() { mode & 0o777 | 0o700 } else { *mode };
            let _ = fs::set_permissions(at(n), fs::Permissions::from_mode(mode));
        }
        Act::Mode(..) => {}
        Act::Link(n, to) => drop(symlink(name(*to), at(n))),
        Act::HardLink(n, to) => drop(fs::hard_link(at(to), at(n))),
        Act::Folder(n) => drop(fs::create_dir_all(at(n))),
        Act::Sed(n) => {
            let _ = Command::new("sed").args(["-i", "s/1/one/"]).arg(at(n)).output();
        }
        Act::Git(args) => {
            let mut command = Command::new("git");
            command.current_dir(stage.root()).args(*args).env("GIT_CONFIG_GLOBAL", "/dev/null");
            for who in ["AUTHOR", "COMMITTER"] {
                command.env(format!("GIT_{who}_NAME"), "you").env(format!("GIT_{who}_EMAIL"), "you@example.org");
            }
            let _ = command.env("GIT_EDITOR", "true").output();
        }
    }
}

/// A checkpoint, which leaves the repository and the files alone.
fn snap(stage: &mut Stage) -> Snapshot {
    let before = (stage.dot_git(), stage.tree());
    let snap = stage.snap();
    assert!((stage.dot_git(), stage.tree()) == before, "a checkpoint changed something");
    snap
}

fn undo(stage: &mut Stage, spans: &[Span], now: &Snapshot) -> Vec<(Vec<u8>, LeftWhy)> {
    let before = stage.dot_git();
    let plan = stage.open().plan(spans, now.id).unwrap();
    let done = stage.open().restore(&plan, &Choices::all(Choice::Theirs)).unwrap();
    assert!(stage.dot_git() == before, "an undo changed the repository");
    assert!(!stage.open().unfinished());
    done.left.into_iter().map(|left| (left.path.bytes().to_vec(), left.why)).collect()
}

fn span(before: &Snapshot, after: &Snapshot) -> Span {
    Span { before: before.id, after: after.id }
}

/// What differs, in few words.
fn apart(one: &Tree, other: &Tree) -> Vec<String> {
    let paths = one.keys().chain(other.keys()).filter(|path| one.get(*path) != other.get(*path));
    let show = |tree: &Tree, path: &Vec<u8>| {
        tree.get(path).map(|(kind, mode, bytes)| format!("{kind} {mode:o} {}", String::from_utf8_lossy(bytes)))
    };
    paths.map(|path| format!("{}: {:?} {:?}", path.escape_ascii(), show(one, path), show(other, path))).collect()
}

fn check(steps: &[Vec<Act>], single: usize) {
    let mut stage = Stage::repository();
    stage.write("a", "a\n");
    stage.write("d/e/c", "c\n");
    stage.git(&["add", "-A"]);
    stage.git(&["commit", "-qm", "second"]);
    let mut snaps = vec![snap(&mut stage)];
    let mut trees = vec![stage.tree()];
    for step in steps {
        step.iter().for_each(|act| run(&stage, act));
        snaps.push(snap(&mut stage));
        trees.push(stage.tree());
    }
    let last = snaps.len() - 1;
    let (now, tree) = (snaps[last].clone(), trees[last].clone());
    // Every suffix, and back.
    for from in 0..last {
        let spans: Vec<Span> = snaps[from..].windows(2).map(|pair| span(&pair[0], &pair[1])).collect();
        let left = undo(&mut stage, &spans, &now);
        assert_eq!(apart(&stage.tree(), &trees[from]), [""; 0], "undone from {from}, left {left:?}");
        let undone = snap(&mut stage);
        let left = undo(&mut stage, &[span(&now, &undone)], &undone);
        assert_eq!(apart(&stage.tree(), &tree), [""; 0], "taken back from {from}, left {left:?}");
    }
    // One alone: what it changed and nobody after it is as before it; what it did not change stays; and back.
    let single = single % last;
    let left = undo(&mut stage, &[span(&snaps[single], &snaps[single + 1])], &now);
    let (before, after, result) = (&trees[single], &trees[single + 1], stage.tree());
    let paths: Vec<&Vec<u8>> = before.keys().chain(after.keys()).chain(tree.keys()).chain(result.keys()).collect();
    for path in paths {
        let below = |other: &Vec<u8>| other.len() > path.len() && other.starts_with(path) && other[path.len()] == b'/';
        // A folder stands and falls with what is in it.
        let folder = [before, after, &tree, &result].iter().any(|tree| tree.keys().any(below));
        if folder || left.iter().any(|(at, _)| at == path) {
            continue;
        }
        if before.get(path) == after.get(path) {
            assert_eq!(result.get(path), tree.get(path), "{} was not the step's", path.escape_ascii());
        } else if tree.get(path) == after.get(path) {
            assert_eq!(result.get(path), before.get(path), "{} was the step's alone", path.escape_ascii());
        }
    }
    let undone = snap(&mut stage);
    undo(&mut stage, &[span(&now, &undone)], &undone);
    assert_eq!(apart(&stage.tree(), &tree), [""; 0], "the single step taken back");
    // Both undos are steps: all of it goes, back to the beginning.
    let end = snap(&mut stage);
    let spans: Vec<Span> = snaps.windows(2).map(|pair| span(&pair[0], &pair[1])).collect();
    let all: Vec<Span> = spans.into_iter().chain([span(&now, &undone), span(&undone, &end)]).collect();
    undo(&mut stage, &all, &end);
    assert_eq!(apart(&stage.tree(), &trees[0]), [""; 0], "everything undone");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_steps_can_be_undone_and_the_undo_too(
        steps in prop::collection::vec(prop::collection::vec(act(), 1..4), 1..5),
        single in any::<prop::sample::Index>(),
    ) {
        if git_is_here() {
            check(&steps, single.index(100));
        }
    }
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16)
}
