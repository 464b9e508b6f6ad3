//! What a checkpoint covers, and what it says that it does not.

use super::stage::{Stage, git_is_here, rel};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use taut::checkpoint::{Entry, Error, Go, Kind, Limits, Opening, Progress, RelPath, Why, Wide, Workspace};
use taut::domain::At;

#[test]
fn every_kind_of_change_is_found_and_both_sides_can_be_read() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    for name in ["same", "words", "mode", "gone", "kind", "deep/er/file"] {
        stage.write(name, format!("{name}\n"));
    }
    fs::create_dir_all(stage.at("empty/inner")).unwrap();
    symlink("same", stage.at("link")).unwrap();
    let before = stage.snap();
    assert_eq!((before.files, before.read, before.skipped.len()), (7, 7, 0));
    stage.write("words", "other\n");
    stage.chmod("mode", 0o4751);
    fs::remove_file(stage.at("gone")).unwrap();
    fs::remove_file(stage.at("kind")).unwrap();
    symlink("/etc", stage.at("kind")).unwrap();
    fs::remove_file(stage.at("link")).unwrap();
    symlink("elsewhere", stage.at("link")).unwrap();
    fs::remove_dir_all(stage.at("deep")).unwrap();
    fs::remove_dir(stage.at("empty/inner")).unwrap();
    stage.chmod("empty", 0o700);
    stage.write("new/file", "new\n");
    let after = stage.snap();
    let expected = [
        ("deep", Kind::Deleted),
        ("deep/er", Kind::Deleted),
        ("deep/er/file", Kind::Deleted),
        ("empty", Kind::Mode),
        ("empty/inner", Kind::Deleted),
        ("gone", Kind::Deleted),
        ("kind", Kind::Type),
        ("link", Kind::Modified),
        ("mode", Kind::Mode),
        ("new", Kind::Added),
        ("new/file", Kind::Added),
        ("words", Kind::Modified),
    ];
    assert_eq!(stage.changed(&before, &after), expected.map(|(path, kind)| (path.to_owned(), kind)));
    assert_eq!(stage.was(before.id, "words").unwrap(), "words\n");
    assert_eq!(stage.was(after.id, "words").unwrap(), "other\n");
    assert_eq!(stage.was(after.id, "kind").unwrap(), "/etc", "a link is where it leads, never what is there");
    assert_eq!(stage.was(after.id, "gone"), None);
    assert!(matches!(stage.open().entry(after.id, &rel("mode")).unwrap(), Entry::File { mode: 0o4751, .. }));
    assert!(stage.changed(&after, &before).len() == expected.len());
    assert_eq!(stage.open().entries(before.id).unwrap().len(), 7 + 4, "files, links and folders");
}

#[test]
fn what_did_not_change_is_not_read_again_and_what_changed_within_a_tick_is() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    let old = fs::FileTimes::new().set_modified(std::time::UNIX_EPOCH);
    for name in ["a", "b", "c"] {
        stage.write(name, name);
    }
    let first = stage.snap();
    // The ticks of the clock are over when a checkpoint reads nothing any more.
    let mut next = stage.snap();
    for _ in 0..200 {
        if next.read == 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
        next = stage.snap();
    }
    assert_eq!((next.read, next.id, next.grown), (0, first.id, 0));
    // The same size and the same time of change, and yet other bytes.
    stage.write("b", "x");
    fs::File::options().write(true).open(stage.at("b")).unwrap().set_times(old).unwrap();
    let changed = stage.snap();
    stage.write("b", "y");
    fs::File::options().write(true).open(stage.at("b")).unwrap().set_times(old).unwrap();
    let again = stage.snap();
    assert_eq!(stage.was(changed.id, "b").unwrap(), "x");
    assert_eq!(stage.was(again.id, "b").unwrap(), "y");
    // A hundred writes, a checkpoint at once after each: none is missed.
    for n in 0..100 {
        stage.write("a", format!("{n:03}"));
        let at = stage.snap();
        assert_eq!(stage.was(at.id, "a").unwrap(), format!("{n:03}"));
    }
    // What was kept on the disk is known to the next one that opens it.
    let last = stage.snap();
    stage.work = None;
    assert_eq!(stage.snap().id, last.id);
    // And a cache that is damaged is not believed.
    stage.work = None;
    let folder = fs::read_dir(stage.store()).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(folder.join("seen")).unwrap();
    let middle = bytes.len() - 10;
    bytes[middle] ^= 1;
    fs::write(folder.join("seen"), bytes).unwrap();
    let anew = stage.snap();
    assert_eq!((anew.id, anew.read), (last.id, 3));
}

#[test]
fn names_of_any_bytes_come_back_as_they_were() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    let names: [&[u8]; 8] =
        [b"plain", b"sp ace", b"new\nline", b"\xff\xfe", b"qu\"ote\\", b"tab\t", "\u{e9}\u{4e2d}".as_bytes(), b":1"];
    for name in names {
        stage.write(OsStr::from_bytes(name), name);
    }
    let snap = stage.snap();
    for name in names {
        let path = RelPath::new(name).unwrap();
        assert_eq!(stage.open().read(snap.id, &path).unwrap().unwrap(), name);
        assert_eq!(RelPath::from_text(&path.to_string()), Some(path.clone()));
        assert_eq!(serde_json::from_str::<RelPath>(&serde_json::to_string(&path).unwrap()).unwrap(), path);
    }
    fs::remove_file(stage.at(OsStr::from_bytes(names[3]))).unwrap();
    let after = stage.snap();
    assert_eq!(stage.changed(&snap, &after), [("\\xff\\xfe".to_owned(), Kind::Deleted)]);
}

#[test]
fn what_is_left_out_is_listed_and_never_taken_for_absent() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    stage.write(".gitignore", "*.log\n/build/\n!keep.log\n");
    stage.write("sub/.gitignore", "!b.log\n");
    for name in ["a.log", "keep.log", "sub/b.log", "sub/c.log", "build/out", "src/build/in"] {
        stage.write(name, name);
    }
    stage.write("big", vec![7; 2000]);
    rustix::fs::mknodat(
        rustix::fs::CWD,
        stage.at("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    let limits = Limits { file_bytes: 1000, ..Limits::default() };
    let before = stage.try_snap(&[], &limits).unwrap();
    let listed = |skipped: &[taut::checkpoint::Skipped]| -> Vec<(String, Why)> {
        skipped.iter().map(|skipped| (skipped.path.to_string(), skipped.why)).collect()
    };
    let expected = [
        ("a.log", Why::Ignored),
        ("big", Why::Large),
        ("build", Why::Ignored),
        ("pipe", Why::Special),
        ("sub/c.log", Why::Ignored),
    ];
    assert_eq!(listed(&before.skipped), expected.map(|(path, why)| (path.to_owned(), why)));
    assert_eq!(stage.open().skipped(before.id).unwrap(), before.skipped);
    assert!(stage.was(before.id, "keep.log").is_some() && stage.was(before.id, "sub/b.log").is_some());
    assert!(stage.was(before.id, "src/build/in").is_some(), "a rule with a slash holds where it stands");
    // A call names an ignored file, and a folder: they are covered from now on, and were not before.
    let named = stage.try_snap(&["a.log", "build"], &limits).unwrap();
    assert_eq!(stage.was(named.id, "a.log").unwrap(), "a.log");
    assert_eq!(stage.was(named.id, "build/out").unwrap(), "build/out");
    let kinds = stage.changed(&before, &named);
    assert!(kinds.iter().all(|(_, kind)| *kind == Kind::Unknown), "it was there all the time: {kinds:?}");
    assert_eq!(stage.open().entry(before.id, &rel("build/out")).unwrap(), Entry::Uncovered(Why::Ignored));
    stage.work = None;
    let after = stage.try_snap(&[], &limits).unwrap();
    assert_eq!(after.id, named.id, "what was named stays covered");
    // The bound for folders that are named.
    for n in 0..20 {
        stage.write(format!("build/{n:02}"), "x");
    }
    let few = Limits { named_files: 5, ..limits };
    let bounded = stage.try_snap(&[], &few).unwrap();
    assert!(bounded.skipped.iter().any(|skipped| skipped.path == rel("build/19")));
}

#[test]
fn a_checkpoint_can_be_given_up_and_the_next_one_is_whole() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    for n in 0..1000 {
        stage.write(format!("{n}"), vec![0; 100]);
    }
    let mut told = Vec::new();
    let stopped = stage.open().snapshot(&[], &Limits::default(), At(0), &mut |progress: Progress| {
        told.push(progress);
        if told.len() == 2 { Go::Stop } else { Go::On }
    });
    assert!(matches!(stopped, Err(Error::Stopped)), "{stopped:?}");
    assert!(told[1].files > told[0].files);
    assert!(stage.open().kept().unwrap().is_empty());
    assert_eq!(stage.snap().read, 1000);
}

#[test]
fn a_home_or_the_root_of_everything_is_refused_and_so_is_a_second_owner() {
    let stage = Stage::new();
    let home = stage.root().join("home/you");
    fs::create_dir_all(home.join("project")).unwrap();
    let opening = |wide| Opening { home: Some(home.clone()), wide };
    let open = |root: &Path, wide| Workspace::open(&stage.store(), root, &opening(wide)).map(drop);
    for root in [Path::new("/"), &home, &stage.root(), &stage.root().join("home")] {
        let error = open(root, Wide::Refuse).unwrap_err();
        assert!(matches!(&error, Error::TooWide(_)), "{root:?}: {error}");
    }
    open(&home.join("project"), Wide::Refuse).unwrap();
    open(&home, Wide::Allow).unwrap();
    assert!(matches!(open(&home.join("missing"), Wide::Refuse), Err(Error::Gone(_))));
    // By whatever name: one workspace, one owner.
    symlink(home.join("project"), stage.at("alias")).unwrap();
    let first = Workspace::open(&stage.store(), &home.join("project"), &opening(Wide::Refuse)).unwrap();
    assert!(matches!(open(&stage.at("alias"), Wide::Refuse), Err(Error::Busy(_))));
    drop(first);
    open(&stage.at("alias"), Wide::Refuse).unwrap();
}

#[test]
fn nobody_else_can_look_into_the_store() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    stage.write("secret", "s");
    stage.snap();
    let mut folders = vec![stage.store()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o077, 0, "{folder:?}");
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                seen += 1;
                assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "{path:?}");
            }
        }
    }
    assert!(seen > 5);
}

#[test]
fn a_workspace_that_vanishes_or_holds_the_store_itself() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    stage.write("a", "a");
    let snap = stage.snap();
    fs::rename(stage.root(), stage.dir.path().join("away")).unwrap();
    assert!(matches!(stage.try_snap(&[], &Limits::default()), Err(Error::Gone(_))));
    assert_eq!(stage.was(snap.id, "a").unwrap(), "a", "what was kept can be read all the same");
    symlink(stage.dir.path().join("away"), stage.root()).unwrap();
    assert!(matches!(stage.try_snap(&[], &Limits::default()), Err(Error::Gone(_))), "a link is not the workspace");
    fs::remove_file(stage.root()).unwrap();
    fs::rename(stage.dir.path().join("away"), stage.root()).unwrap();
    assert_eq!(stage.snap().id, snap.id);
    let around = stage.dir.path().canonicalize().unwrap();
    let mut around = Workspace::open(&stage.store(), &around, &Opening::default()).unwrap();
    let snap = around.snapshot(&[], &Limits::default(), At(0), &mut |_| Go::On).unwrap();
    assert!(snap.skipped.iter().any(|skipped| skipped.why == Why::Own), "{:?}", snap.skipped);
    assert_eq!(snap.files, 1);
}
