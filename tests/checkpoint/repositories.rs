//! The user's own repositories: read, never written, whatever state they are in.

use super::stage::{Stage, git_in, git_is_here, rel};
use std::fs;
use taut::checkpoint::{Entry, Kind, Limits, Opening, Why, Workspace};
use taut::domain::At;

#[test]
fn tracked_files_are_covered_though_ignored_and_nothing_of_the_repository_changes() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::repository();
    stage.write(".gitignore", "*.gen\nout/\n");
    stage.write("out/kept", "kept");
    stage.write("out/other", "other");
    stage.write("a.gen", "generated");
    stage.write("mine", "mine");
    stage.git(&["add", "-f", "out/kept", "a.gen"]);
    fs::write(stage.at(".git/info/exclude"), "mine\n").unwrap();
    // What would run something, or change bytes on the way, if anybody asked the repository.
    stage.write(".gitattributes", "* text eol=crlf filter=loud ident\n");
    let touched = stage.dir.path().join("touched");
    for key in ["core.fsmonitor", "filter.loud.clean", "filter.loud.smudge", "core.hooksPath"] {
        stage.git(&["config", key, &format!("touch {}; cat", touched.display())]);
    }
    let before = stage.dot_git();
    let snap = stage.snap();
    assert_eq!(stage.was(snap.id, "out/kept").unwrap(), "kept");
    assert_eq!(stage.was(snap.id, "a.gen").unwrap(), "generated");
    assert_eq!(stage.was(snap.id, "README").unwrap(), "read me\n");
    let skipped: Vec<_> = snap.skipped.iter().map(|skipped| (skipped.path.to_string(), skipped.why)).collect();
    let expected = [(".git", Why::Repository), ("mine", Why::Ignored), ("out/other", Why::Ignored)];
    assert_eq!(skipped, expected.map(|(path, why)| (path.to_owned(), why)));
    let head = snap.head.unwrap();
    assert_eq!(head.branch.as_deref(), Some("refs/heads/main"));
    assert_eq!(head.commit.unwrap(), stage.git(&["-c", "core.fsmonitor=false", "rev-parse", "HEAD"]).trim());
    assert_eq!(stage.dot_git(), before);
    assert!(!touched.exists(), "something of the user's was run");
    // A split index is another kind of file.
    stage.git(&["-c", "core.fsmonitor=false", "update-index", "--split-index"]);
    fs::remove_file(&touched).ok();
    let before = stage.dot_git();
    let snap = stage.snap();
    assert_eq!(stage.was(snap.id, "a.gen").unwrap(), "generated");
    assert_eq!(stage.dot_git(), before);
    assert!(!touched.exists(), "something of the user's was run");
}

#[test]
fn repositories_inside_are_pointers_and_said_so() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::repository();
    let other = Stage::repository();
    let url = other.root();
    stage.git(&["submodule", "--quiet", "add", url.to_str().unwrap(), "module"]);
    fs::create_dir(stage.at("nested")).unwrap();
    git_in(&stage.at("nested"), &["init", "-q", "-b", "main"]);
    stage.write("nested/file", "not ours");
    stage.write("odd/.git", "no repository");
    stage.write("odd/file", "covered");
    let snap = stage.snap();
    assert_eq!(snap.pointers, [rel("module"), rel("nested")]);
    let commit = git_in(&other.root(), &["rev-parse", "HEAD"]).trim().to_owned();
    let pointer = stage.open().entry(snap.id, &rel("module")).unwrap();
    assert_eq!(pointer, Entry::Pointer { head: Some(commit) });
    assert_eq!(stage.open().entry(snap.id, &rel("nested")).unwrap(), Entry::Pointer { head: None });
    assert_eq!(stage.open().entry(snap.id, &rel("nested/file")).unwrap(), Entry::Uncovered(Why::Nested));
    assert_eq!(stage.was(snap.id, "odd/file").unwrap(), "covered");
    assert_eq!(stage.open().entry(snap.id, &rel("odd/.git")).unwrap(), Entry::Uncovered(Why::Repository));
    // A commit in there moves the pointer.
    git_in(&stage.at("nested"), &["add", "-A"]);
    git_in(&stage.at("nested"), &["commit", "-qm", "x"]);
    let after = stage.snap();
    assert_eq!(stage.changed(&snap, &after), [("nested".to_owned(), Kind::Modified)]);
}

#[test]
fn linked_worktrees_folders_below_the_top_and_a_rebase_that_stands_still() {
    if !git_is_here() {
        return;
    }
    let mut stage = Stage::repository();
    stage.write(".gitignore", "*.tmp\nsub/secret\n");
    stage.write("sub/file", "1\n");
    stage.git(&["add", "-A"]);
    stage.git(&["commit", "-qm", "second"]);
    let linked = stage.dir.path().canonicalize().unwrap().join("linked");
    stage.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "-b", "side"]);
    fs::write(stage.at(".git/info/exclude"), "local\n").unwrap();
    fs::write(linked.join("local"), "excluded").unwrap();
    let before = stage.dot_git();
    let store = stage.store();
    let mut work = Workspace::open(&store, &linked, &Opening::default()).unwrap();
    let mut go = |_| taut::checkpoint::Go::On;
    let snap = work.snapshot(&[], &Limits::default(), At(0), &mut go).unwrap();
    assert_eq!(snap.head.as_ref().unwrap().branch.as_deref(), Some("refs/heads/side"));
    assert_eq!(snap.head.unwrap().commit.unwrap(), stage.git(&["rev-parse", "side"]).trim());
    assert_eq!(work.entry(snap.id, &rel("local")).unwrap(), Entry::Uncovered(Why::Ignored));
    // A folder below the top keeps the rules from above it.
    for name in ["sub/a.tmp", "sub/secret", "sub/open"] {
        stage.write(name, "x");
    }
    let mut work = Workspace::open(&store, &stage.at("sub"), &Opening::default()).unwrap();
    let snap = work.snapshot(&[], &Limits::default(), At(0), &mut go).unwrap();
    let skipped: Vec<_> = snap.skipped.iter().map(|skipped| skipped.path.to_string()).collect();
    assert_eq!(skipped, ["a.tmp", "secret"]);
    assert!(work.read(snap.id, &rel("open")).unwrap().is_some());
    assert_eq!(stage.dot_git(), before);
    // A rebase in its middle.
    stage.git(&["checkout", "-qb", "other", "HEAD~1"]);
    stage.write("sub/file", "2\n");
    stage.git(&["add", "-f", "sub/file"]);
    stage.git(&["commit", "-qm", "clash"]);
    let rebase = std::process::Command::new("git").current_dir(stage.root()).args(["rebase", "main"]).output();
    assert!(!rebase.unwrap().status.success(), "it was to stop in its middle");
    let before = stage.dot_git();
    let snap = stage.snap();
    assert!(stage.was(snap.id, "sub/file").unwrap().contains("<<<<<<<"));
    assert_eq!(snap.head.unwrap().branch, None);
    assert_eq!(stage.dot_git(), before);
}
