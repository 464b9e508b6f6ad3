//! The way back: what is put back, what is kept of later work, and what is left and why.

use super::stage::{Stage, git_is_here, rel};
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use taut::checkpoint::{
    Cannot, Choice, Choices, Clash, Done, Entry, Error, LeftWhy, Limits, Outcome, Plan, Snapshot, Span, Why,
};

impl Stage {
    pub fn plan(&mut self, undone: &[(&Snapshot, &Snapshot)]) -> Plan {
        let now = self.snap().id;
        let spans: Vec<Span> =
            undone.iter().map(|(before, after)| Span { before: before.id, after: after.id }).collect();
        self.open().plan(&spans, now).unwrap()
    }

    #[track_caller]
    pub fn restore(&mut self, plan: &Plan, otherwise: Choice) -> Done {
        self.open().restore(plan, &Choices::all(otherwise)).unwrap()
    }

    #[track_caller]
    pub fn left(&mut self, plan: &Plan) -> Vec<(String, LeftWhy)> {
        self.restore(plan, Choice::Skip).left.into_iter().map(|left| (left.path.to_string(), left.why)).collect()
    }
}

/// The names, and in a word what becomes of them.
fn outcomes(plan: &Plan) -> Vec<(String, &'static str)> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Restore(_) => "restore",
        Outcome::Merge(_) => "merge",
        Outcome::Conflict(_) => "conflict",
        Outcome::Cannot(_) => "cannot",
    };
    plan.files.iter().map(|file| (file.path.to_string(), word(&file.outcome))).collect()
}

fn lines(changed: &[(usize, &str)]) -> String {
    let line =
        |n: usize| changed.iter().find(|(at, _)| *at == n).map_or(format!("line {n}"), |(_, to)| (*to).to_owned());
    (1..=30).map(|n| line(n) + "\n").collect()
}

#[test]
fn later_work_elsewhere_is_kept_and_in_the_same_place_it_is_a_conflict() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    for name in ["alone", "apart", "same", "gone"] {
        stage.write(name, lines(&[]));
    }
    stage.write("binary", [0, 1, 2]);
    stage.write("other", "not in the step\n");
    let before = stage.snap();
    for name in ["alone", "apart", "same", "gone"] {
        stage.write(name, lines(&[(3, "by the agent")]));
    }
    stage.write("binary", [0, 1, 3]);
    stage.write("made", "by the agent\n");
    let after = stage.snap();
    // The human works on.
    stage.write("apart", lines(&[(3, "by the agent"), (25, "by me")]));
    stage.write("same", lines(&[(3, "by me"), (25, "by me")]));
    fs::remove_file(stage.at("gone")).unwrap();
    stage.write("binary", [0, 9, 9]);
    stage.write("made", "by the agent\nand me\n");
    stage.write("other", "mine\n");
    stage.write("mine", "mine\n");
    let now = stage.tree();
    let plan = stage.plan(&[(&before, &after)]);
    let expected = [
        ("alone", "restore"),
        ("apart", "merge"),
        ("binary", "conflict"),
        ("gone", "conflict"),
        ("made", "conflict"),
        ("same", "conflict"),
    ];
    assert_eq!(outcomes(&plan), expected.map(|(path, word)| (path.to_owned(), word)));
    let clashes: Vec<Clash> = plan.conflicts().map(|(_, conflict)| conflict.clash).collect();
    assert_eq!(clashes, [Clash::Binary, Clash::Deleted, Clash::Made, Clash::Lines]);
    assert_eq!(stage.tree(), now, "a plan touches nothing");
    // What is not chosen is left, whole.
    let left = stage.left(&plan);
    assert_eq!(left, ["binary", "gone", "made", "same"].map(|path| (path.to_owned(), LeftWhy::Skipped)));
    assert_eq!(stage.text("alone"), lines(&[]));
    assert_eq!(stage.text("apart"), lines(&[(25, "by me")]));
    assert_eq!(stage.text("same"), lines(&[(3, "by me"), (25, "by me")]));
    let marked = "<<<<<<< as it is now\nby me\n=======\nline 3\n>>>>>>> before the step";
    // What is chosen is what the plan showed.
    for (choice, same) in [
        (Choice::Ours, Some(lines(&[(3, "by me"), (25, "by me")]))),
        (Choice::Both, Some(lines(&[(3, marked), (25, "by me")]))),
        (Choice::Theirs, Some(lines(&[(25, "by me")]))),
    ] {
        let plan = stage.plan(&[(&before, &after)]);
        let both = plan.conflicts().map(|(_, conflict)| conflict.both.is_some()).collect::<Vec<_>>();
        assert_eq!(both, [false, false, false, true], "only lines have both");
        stage.restore(&plan, choice);
        assert_eq!(Some(stage.text("same")), same, "{choice:?}");
        if choice != Choice::Theirs {
            assert_eq!(fs::read(stage.at("binary")).unwrap(), [0, 9, 9]);
            stage.write("same", lines(&[(3, "by me"), (25, "by me")]));
        }
    }
    assert_eq!(fs::read(stage.at("binary")).unwrap(), [0, 1, 2]);
    assert_eq!(stage.text("gone"), lines(&[]));
    assert!(!stage.at("made").exists());
    assert_eq!((stage.text("other"), stage.text("mine")), ("mine\n".into(), "mine\n".into()));
    assert!(stage.plan(&[(&before, &after)]).files.is_empty(), "there is nothing left to undo");
}

#[test]
fn a_step_in_the_middle_goes_and_the_later_ones_stay() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    stage.write("a", lines(&[]));
    let zero = stage.snap();
    stage.write("a", lines(&[(2, "first")]));
    let one = stage.snap();
    stage.write("a", lines(&[(2, "first"), (15, "second")]));
    stage.write("b", "second\n");
    let two = stage.snap();
    stage.write("a", lines(&[(2, "first"), (15, "second"), (28, "third")]));
    let three = stage.snap();
    let plan = stage.plan(&[(&one, &two)]);
    assert_eq!(outcomes(&plan), [("a".to_owned(), "merge"), ("b".to_owned(), "restore")]);
    stage.restore(&plan, Choice::Skip);
    assert_eq!(stage.text("a"), lines(&[(2, "first"), (28, "third")]));
    let undone = stage.snap();
    // The undo is a step, and can be undone.
    let plan = stage.plan(&[(&three, &undone)]);
    stage.restore(&plan, Choice::Skip);
    assert_eq!(stage.snap().id, three.id);
    // Two that are apart.
    let plan = stage.plan(&[(&zero, &one), (&two, &three)]);
    stage.restore(&plan, Choice::Skip);
    assert_eq!(stage.text("a"), lines(&[(15, "second")]));
    assert!(stage.at("b").exists());
}

#[test]
fn kinds_modes_links_and_folders_come_back_and_links_are_never_followed() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    let outside = stage.dir.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("x"), "theirs").unwrap();
    fs::write(outside.join("linked"), "one inode").unwrap();
    stage.write("file", "f");
    stage.write("folder/x", "ours");
    stage.write("folder/deep/y", "y");
    stage.write("script", "#!");
    stage.chmod("script", 0o755);
    stage.write("odd", "odd");
    stage.chmod("odd", 0o4711);
    fs::create_dir_all(stage.at("empty/one")).unwrap();
    stage.chmod("empty/one", 0o1777);
    symlink("file", stage.at("link")).unwrap();
    fs::hard_link(outside.join("linked"), stage.at("hard")).unwrap();
    let before = stage.snap();
    let tree = stage.tree();
    fs::remove_file(stage.at("file")).unwrap();
    fs::create_dir(stage.at("file")).unwrap();
    stage.write("file/in", "in");
    fs::remove_dir_all(stage.at("folder")).unwrap();
    symlink(&outside, stage.at("folder")).unwrap();
    stage.chmod("script", 0o600);
    stage.chmod("odd", 0o644);
    fs::remove_dir_all(stage.at("empty")).unwrap();
    fs::remove_file(stage.at("link")).unwrap();
    stage.write("link", "a file now");
    stage.write("hard", "written through");
    stage.write("new/deep/er", "new");
    let after = stage.snap();
    let changed = stage.tree();
    assert_eq!(fs::read_to_string(outside.join("linked")).unwrap(), "written through");
    let plan = stage.plan(&[(&before, &after)]);
    assert!(plan.conflicts().next().is_none());
    let done = stage.restore(&plan, Choice::Skip);
    assert_eq!(done.left, []);
    assert_eq!(stage.tree(), tree);
    assert_eq!(fs::read_to_string(outside.join("x")).unwrap(), "theirs");
    assert_eq!(fs::read_to_string(outside.join("linked")).unwrap(), "written through", "not written through by us");
    assert_eq!(fs::metadata(stage.at("hard")).unwrap().nlink(), 1);
    // And the same the other way.
    let undone = stage.snap();
    assert_eq!(undone.id, before.id);
    let plan = stage.plan(&[(&after, &undone)]);
    assert_eq!(stage.restore(&plan, Choice::Skip).left, []);
    assert_eq!(stage.tree(), changed);
    assert_eq!(fs::read_to_string(outside.join("x")).unwrap(), "theirs");
}

#[test]
fn what_changes_between_preview_and_restore_is_left_and_named() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    let outside = stage.dir.path().join("outside");
    for name in ["written", "mode", "kind", "way/file", "fine", "taken/x"] {
        stage.write(name, "before");
    }
    let before = stage.snap();
    for name in ["written", "mode", "kind", "way/file", "fine", "made"] {
        stage.write(name, "after");
    }
    fs::remove_dir_all(stage.at("taken")).unwrap();
    stage.write("folder/made", "after");
    let after = stage.snap();
    let plan = stage.plan(&[(&before, &after)]);
    stage.write("written", "mine!");
    stage.chmod("mode", 0o600);
    fs::remove_file(stage.at("kind")).unwrap();
    symlink("/etc/passwd", stage.at("kind")).unwrap();
    fs::rename(stage.at("way"), &outside).unwrap();
    symlink(&outside, stage.at("way")).unwrap();
    stage.write("made", "mine");
    stage.write("folder/mine", "mine");
    stage.write("taken/x", "mine");
    let standing = stage.tree();
    let left = stage.left(&plan);
    let expected = [
        ("folder", LeftWhy::NotEmpty),
        ("kind", LeftWhy::Changed),
        ("made", LeftWhy::Changed),
        ("mode", LeftWhy::Changed),
        ("taken/x", LeftWhy::Changed),
        ("way/file", LeftWhy::Diverted),
        ("written", LeftWhy::Changed),
    ];
    assert_eq!(left, expected.map(|(path, why)| (path.to_owned(), why)));
    let mut expected = standing;
    expected.get_mut(&b"fine"[..]).unwrap().2 = b"before".to_vec();
    expected.remove(&b"folder/made"[..]);
    assert_eq!(stage.tree(), expected, "the others are as they were, and nothing stays beside them");
    assert_eq!(fs::read_to_string(outside.join("file")).unwrap(), "after", "outside nothing is touched");
    // A plan that was gone through finds nothing to do twice.
    assert!(stage.restore(&plan, Choice::Skip).restored.iter().all(|path| *path != rel("written")));
}

#[test]
fn what_no_checkpoint_covers_is_named_and_never_deleted() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    stage.write(".gitignore", "*.env\n");
    stage.write("a.env", "secret");
    let before = stage.snap();
    // The step makes it visible: it was there all the time.
    stage.write(".gitignore", "");
    stage.write("b.env", "new");
    let after = stage.snap();
    let plan = stage.plan(&[(&before, &after)]);
    let cannot = Outcome::Cannot(Cannot::NotCovered(Why::Ignored));
    let of = |path: &str| plan.files.iter().find(|file| file.path == rel(path)).map(|file| file.outcome.clone());
    assert_eq!(of("a.env"), Some(cannot));
    assert!(matches!(of(".gitignore"), Some(Outcome::Restore(Entry::File { .. }))));
    // It was not there, and nothing said that it might be left out: it goes.
    assert_eq!(of("b.env"), Some(Outcome::Restore(Entry::Absent)));
    stage.restore(&plan, Choice::Theirs);
    assert_eq!(stage.text("a.env"), "secret");
    // Too large by now.
    let mut stage = Stage::new();
    stage.write("grows", "1");
    let before = stage.snap();
    stage.write("grows", "2");
    let after = stage.snap();
    stage.write("grows", vec![0; 3000]);
    let now = stage.try_snap(&[], &Limits { file_bytes: 1000, ..Limits::default() }).unwrap();
    let span = Span { before: before.id, after: after.id };
    let plan = stage.open().plan(&[span], now.id).unwrap();
    assert_eq!(plan.files[0].outcome, Outcome::Cannot(Cannot::NotCovered(Why::Large)));
}

#[test]
fn folders_that_somebody_took_away_come_back_with_the_file() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    stage.write("a/b/c", "before");
    stage.chmod("a/b", 0o750);
    let before = stage.snap();
    stage.write("a/b/c", "after");
    let after = stage.snap();
    fs::remove_dir_all(stage.at("a")).unwrap();
    let plan = stage.plan(&[(&before, &after)]);
    assert_eq!(plan.conflicts().count(), 1);
    assert!(stage.left(&plan).len() == 1 && !stage.at("a").exists(), "who skips gets no folder");
    assert_eq!(stage.restore(&plan, Choice::Theirs).left, []);
    assert_eq!(stage.text("a/b/c"), "before");
    assert_eq!(fs::metadata(stage.at("a/b")).unwrap().mode() & 0o7777, 0o750);
}

#[test]
fn plans_and_what_came_of_them_travel_as_text() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::new();
    stage.write("a\\\n", "1");
    let before = stage.snap();
    stage.write("a\\\n", "2");
    let after = stage.snap();
    stage.write("a\\\n", "3");
    let plan = stage.plan(&[(&before, &after)]);
    let text = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
    let done = stage.restore(&plan, Choice::Theirs);
    assert_eq!(serde_json::from_str::<Done>(&serde_json::to_string(&done).unwrap()).unwrap(), done);
    // Of a checkpoint that is not kept any more.
    let missing = "0".repeat(40).parse().unwrap();
    let span = Span { before: missing, after: after.id };
    assert!(matches!(stage.open().plan(&[span], after.id), Err(Error::Missing(_))));
}
