//! Work trees with a real git: made beside the repository, listed with what stands nowhere else, and removed only without.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::cli::{Ran, command, documented, fields, json, ran, taut};
use support::hub::{Bench, program};
use taut::domain::{Event, StartSpec};
use taut::worktree::{Ignored, Name, Worktree, add, list, place, remove};

/// A folder with a repository of one commit, and what git may read of a human in it; `None` where there is no git.
struct Repo {
    folder: tempfile::TempDir,
}

fn repo() -> Option<Repo> {
    if Command::new("git").arg("--version").output().is_err() {
        println!("skipped: there is no git here");
        return None;
    }
    let repo = Repo { folder: tempfile::tempdir().unwrap() };
    fs::create_dir_all(repo.app().join("src")).unwrap();
    repo.git(&["init", "--quiet", "--initial-branch=main"]);
    fs::write(repo.app().join("src/a"), "one\n").unwrap();
    fs::write(repo.app().join(".gitignore"), "out/\n").unwrap();
    repo.commit("first");
    Some(repo)
}

impl Repo {
    fn at(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    fn app(&self) -> PathBuf {
        self.at().join("app")
    }

    fn git_in(folder: &Path, args: &[&str]) -> String {
        let who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgSign=false"];
        let mut command = Command::new("git");
        command.args(who).args(args).current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("GIT_CONFIG_NOSYSTEM", "1");
        let output = command.output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn git(&self, args: &[&str]) -> String {
        Self::git_in(&self.app(), args)
    }

    fn commit(&self, what: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", what]);
    }

    fn commit_in(folder: &Path, file: &str) {
        fs::write(folder.join(file), "more\n").unwrap();
        Self::git_in(folder, &["add", "--all"]);
        Self::git_in(folder, &["commit", "--quiet", "--message", &format!("adds {file}")]);
    }

    fn listed(&self) -> Vec<Worktree> {
        list(&[self.app()], &BTreeMap::new()).unwrap()
    }

    fn run(&self, args: &[&str]) -> Ran {
        ran(command(&self.at(), args).current_dir(self.app()))
    }
}

#[test]
fn one_is_made_beside_the_repository_from_where_one_stands() {
    let Some(repo) = repo() else { return };
    let head = repo.git(&["rev-parse", "HEAD"]);
    fs::write(repo.app().join("src/a"), "changed\n").unwrap();
    let made = add(&repo.app().join("src"), Name::Given("fix"), "HEAD").unwrap();
    assert_eq!((made.name.as_str(), made.branch.as_str(), &made.commit), ("fix", "taut/fix", &head));
    assert_eq!((made.root.clone(), made.folder.clone()), (repo.at().join("app-fix"), repo.at().join("app-fix/src")));
    assert_eq!(fs::read_to_string(made.folder.join("a")).unwrap(), "one\n", "what is not committed stays behind");
    assert!(made.notes.len() == 1 && made.notes[0].starts_with("1 file that is not committed"), "{:?}", made.notes);
    let found = place::of(&made.folder, Some(made.name));
    assert_eq!((found.branch.as_deref(), found.commit), (Some("taut/fix"), Some(head)));
    assert_eq!(found.repo.as_deref(), repo.app().join(".git").to_str());
    // From within one, the next goes beside the repository all the same; and a name that is taken gets a number.
    let next = add(&made.root, Name::Like("Fix: it!"), "HEAD").unwrap();
    assert_eq!(next.root, repo.at().join("app-fix-it"));
    assert_eq!(add(&repo.app(), Name::Like("fix it"), "HEAD").unwrap().name, "fix-it-2");
    assert_eq!(repo.git(&["status", "--porcelain"]), "M src/a", "nothing else became of the one that stands");
}

#[test]
fn what_can_not_be_is_one_sentence() {
    let Some(repo) = repo() else { return };
    let why = |folder: &Path, name| add(folder, name, "HEAD").unwrap_err().to_string();
    assert!(why(&repo.at(), Name::Given("x")).contains("is in no git repository"));
    let given = |name| why(&repo.app(), Name::Given(name));
    assert!(given("../x").contains("is no name for a work tree"));
    fs::create_dir(repo.at().join("app-there")).unwrap();
    assert!(given("there").contains("app-there is there already"));
    repo.git(&["branch", "taut/old"]);
    assert!(given("old").contains("the branch taut/old is there already"));
    assert!(why(&repo.app().join(".git"), Name::Given("x")).contains("is in no git repository"));
    let (bare, unborn) = (repo.at().join("bare.git"), repo.at().join("unborn"));
    fs::create_dir(&unborn).unwrap();
    repo.git(&["init", "--quiet", "--bare", bare.to_str().unwrap()]);
    Repo::git_in(&unborn, &["init", "--quiet"]);
    assert!(why(&bare, Name::Given("x")).contains("is a bare repository"));
    assert!(why(&unborn, Name::Given("x")).contains("has no commit yet"));
    let app = repo.app();
    let outer = repo.at().join("outer");
    fs::create_dir(&outer).unwrap();
    Repo::git_in(&outer, &["init", "--quiet"]);
    let args = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", app.to_str().unwrap(), "app"];
    Repo::git_in(&outer, &args);
    Repo::git_in(&outer, &["commit", "--quiet", "--message", "with a part"]);
    assert!(why(&outer.join("app"), Name::Given("x")).contains("is a submodule of"));
    let made = add(&outer, Name::Given("x"), "HEAD").unwrap();
    assert!(made.notes.iter().any(|note| note.starts_with("its submodules are empty")), "{:?}", made.notes);
    repo.git(&["checkout", "--quiet", "--detach"]);
    let made = add(&repo.app(), Name::Given("loose"), "HEAD").unwrap();
    assert!(made.notes.iter().any(|note| note.contains("no branch is checked out")), "{:?}", made.notes);
    let unknown = add(&repo.app(), Name::Given("y"), "nowhere").unwrap_err().to_string();
    assert!(unknown.starts_with("git rev-parse"), "{unknown}");
    assert!(!repo.at().join("app-y").exists());
}

#[test]
fn nothing_that_stands_nowhere_else_is_ever_removed() {
    let Some(repo) = repo() else { return };
    let made = add(&repo.app(), Name::Given("fix"), "HEAD").unwrap();
    let tree = || repo.listed().into_iter().find(|tree| tree.name == "fix").unwrap();
    let stays = |names: &[&str]| {
        let why = remove(&tree(), Ignored::Go).unwrap_err().to_string();
        assert!(names.iter().all(|name| why.contains(name)), "{why}");
        assert!(made.root.join("src/a").exists(), "{why}");
    };
    fs::write(made.root.join("new file"), "x").unwrap();
    fs::write(made.root.join("src/a"), "two\n").unwrap();
    assert_eq!(tree().standing.unwrap().words(), "2 uncommitted");
    stays(&["2 files are not committed", "new file", "src/a"]);
    Repo::commit_in(&made.root, "b");
    assert_eq!(tree().standing.unwrap().words(), "1 unpushed");
    stays(&["1 commit is on no other branch", "adds b"]);
    repo.git(&["merge", "--quiet", "--ff-only", "taut/fix"]);
    assert_eq!(tree().standing.unwrap().words(), "merged");
    Repo::git_in(&made.root, &["checkout", "--quiet", "--detach"]);
    Repo::commit_in(&made.root, "c");
    // Without its branch it is known by what is on record.
    let known = BTreeMap::from([(made.root.clone(), "fix".to_owned())]);
    let loose = || list(&[repo.app()], &known).unwrap().remove(0);
    assert!(remove(&loose(), Ignored::Go).unwrap_err().to_string().contains("adds c"), "a commit without a branch");
    Repo::git_in(&made.root, &["checkout", "--quiet", "taut/fix"]);
    fs::create_dir(made.root.join("out")).unwrap();
    fs::write(made.root.join("out/settings"), "mine").unwrap();
    let why = remove(&tree(), Ignored::Stay).unwrap_err().to_string();
    assert!(why.contains("out/") && why.contains("--with-ignored"), "{why}");
    repo.git(&["worktree", "lock", "--reason", "on a stick", made.root.to_str().unwrap()]);
    stays(&["it is locked (on a stick)"]);
    repo.git(&["worktree", "unlock", made.root.to_str().unwrap()]);
    // What was looked at is not believed for ever: it is looked at anew.
    let before = tree();
    fs::write(made.root.join("late"), "x").unwrap();
    assert!(remove(&before, Ignored::Go).unwrap_err().to_string().contains("late"));
    fs::remove_file(made.root.join("late")).unwrap();
    assert_eq!(remove(&tree(), Ignored::Go).unwrap().branch.as_deref(), Some("taut/fix"));
    assert!(!made.root.exists() && repo.git(&["branch", "--list", "taut/*"]).is_empty() && repo.listed().is_empty());
}

#[test]
fn a_change_that_git_was_told_not_to_see_keeps_it() {
    let Some(repo) = repo() else { return };
    fs::write(repo.app().join("f"), "one\n").unwrap();
    fs::write(repo.app().join("gone"), "one\n").unwrap();
    repo.commit("second");
    let made = add(&repo.app(), Name::Given("fix"), "HEAD").unwrap();
    let tree = || repo.listed().remove(0);
    let stays = |file: &str| {
        assert_eq!(Repo::git_in(&made.root, &["status", "--porcelain"]), "", "nothing is seen");
        assert_eq!(tree().standing.unwrap().hidden, [file]);
        let why = remove(&tree(), Ignored::Go).unwrap_err().to_string();
        assert!(why.contains(&format!("not committed: {file}; `git status` does not show {file}")), "{why}");
        assert!(made.root.join("f").exists(), "{why}");
    };
    for mark in ["skip-worktree", "assume-unchanged"] {
        Repo::git_in(&made.root, &["update-index", &format!("--{mark}"), "f"]);
        let index = PathBuf::from(Repo::git_in(&made.root, &["rev-parse", "--absolute-git-dir"])).join("index");
        let before = fs::read(&index).unwrap();
        assert!(tree().standing.unwrap().is_safe(), "a mark alone keeps nothing");
        fs::write(made.root.join("f"), "mine\n").unwrap();
        stays("f");
        assert_eq!(fs::read(&index).unwrap(), before, "the index is only read");
        fs::write(made.root.join("f"), "one\n").unwrap();
        Repo::git_in(&made.root, &["update-index", &format!("--no-{mark}"), "f"]);
    }
    repo.git(&["config", "core.fileMode", "false"]);
    fs::set_permissions(made.root.join("f"), fs::Permissions::from_mode(0o755)).unwrap();
    stays("f");
    fs::set_permissions(made.root.join("f"), fs::Permissions::from_mode(0o644)).unwrap();
    // What is skipped and is not there lies in a commit.
    Repo::git_in(&made.root, &["update-index", "--skip-worktree", "gone"]);
    fs::remove_file(made.root.join("gone")).unwrap();
    assert_eq!(tree().standing.unwrap().uncommitted, [""; 0]);
    remove(&tree(), Ignored::Stay).unwrap();
}

#[test]
fn in_the_middle_of_a_merge_it_stays() {
    let Some(repo) = repo() else { return };
    let made = add(&repo.app(), Name::Given("fix"), "HEAD").unwrap();
    fs::write(repo.app().join("src/a"), "mine\n").unwrap();
    repo.commit("mine");
    fs::write(made.root.join("src/a"), "theirs\n").unwrap();
    Repo::git_in(&made.root, &["commit", "--quiet", "--all", "--message", "theirs"]);
    let merge = Command::new("git").args(["merge", "main"]).current_dir(&made.root).output().unwrap();
    assert!(!merge.status.success());
    let tree = repo.listed().remove(0);
    assert!(tree.standing.as_ref().unwrap().words().contains("amid a merge"), "{tree:?}");
    assert!(remove(&tree, Ignored::Go).unwrap_err().to_string().contains("a merge is going on"));
}

#[test]
fn the_command_line_lists_them_and_removes_by_name() {
    let Some(repo) = repo() else { return };
    assert!(repo.run(&["worktrees"]).well().starts_with("No work tree of taut's"));
    let made = add(&repo.app(), Name::Given("fix"), "HEAD").unwrap();
    fs::write(made.root.join("b"), "x").unwrap();
    let listed = repo.run(&["worktrees"]).well();
    assert!(listed.contains("fix  taut/fix  1 uncommitted  ") && listed.ends_with("no session\n"), "{listed}");
    let objects = json(&repo.run(&["worktrees", "--json"]).well());
    let help = repo.run(&["worktrees", "--help"]).well();
    assert_eq!(fields(&objects[0]), documented(&help, "--json: one object a line"));
    assert_eq!((&objects[0]["uncommitted"][0], &objects[0]["merged"]), (&"b".into(), &false.into()));
    repo.run(&["worktree", "remove", "fix"]).refused(&["fix stays", "1 file is not committed: b"]);
    repo.run(&["worktree", "remove", "other"]).fails(&["no work tree called \"other\"", "taut worktrees"]);
    fs::remove_file(made.root.join("b")).unwrap();
    let said = repo.run(&["worktree", "remove", "fix"]).well();
    assert!(said.contains("app-fix, and its branch taut/fix\na checkpoint of it is kept"), "{said}");
    taut(&repo.at(), &["run", "--worktree", "--detach", "go", "--", "sh"]).fails(&["is in no git repository"]);
}

#[test]
fn what_is_removed_is_kept_before_with_what_git_ignores_and_can_be_had_again() {
    let Some(repo) = repo() else { return };
    let made = add(&repo.app(), Name::Given("fix"), "HEAD").unwrap();
    fs::create_dir(made.root.join("out")).unwrap();
    fs::write(made.root.join("out/settings"), "mine\n").unwrap();
    fs::write(made.root.join("out/large"), vec![b'x'; (20 << 20) + 1]).unwrap();
    Repo::commit_in(&made.root, "b");
    repo.git(&["merge", "--quiet", "--ff-only", "taut/fix"]);
    let commit = Repo::git_in(&made.root, &["rev-parse", "HEAD"]);
    // Without a checkpoint nothing goes.
    let checkpoints = repo.at().join("state/checkpoints");
    fs::create_dir_all(repo.at().join("state")).unwrap();
    fs::write(&checkpoints, "in the way").unwrap();
    repo.run(&["worktree", "remove", "fix", "--with-ignored"]).refused(&["fix stays", "there is no checkpoint of it"]);
    assert!(made.root.join("out/settings").exists());
    fs::remove_file(&checkpoints).unwrap();

    let gone = repo.run(&["worktree", "remove", "fix", "--with-ignored"]);
    assert!(gone.err.contains("not in that checkpoint, and gone: out/large: it is larger"), "{gone:?}");
    assert!(gone.code == Some(0) && gone.out.contains("`taut worktree restore fix` brings it back"), "{gone:?}");
    assert!(!made.root.exists() && repo.git(&["branch", "--list", "taut/*"]).is_empty());
    repo.run(&["worktree", "restore", "other"]).fails(&["removed no work tree called \"other\""]);
    let said = repo.run(&["worktree", "restore", "fix"]).well();
    assert!(said.contains("app-fix stands again, on the branch taut/fix, with 4 files"), "{said}");
    assert_eq!(fs::read_to_string(made.root.join("out/settings")).unwrap(), "mine\n");
    assert_eq!(Repo::git_in(&made.root, &["rev-parse", "HEAD"]), commit);
    assert_eq!(Repo::git_in(&made.root, &["status", "--porcelain"]), "");
    repo.run(&["worktree", "restore", "fix"]).fails(&["app-fix is there already"]);
    // Where its branch went on, it comes back without.
    repo.run(&["worktree", "remove", "fix", "--with-ignored"]).well();
    fs::write(repo.app().join("src/a"), "later\n").unwrap();
    repo.commit("later");
    repo.git(&["branch", "taut/fix"]);
    let said = repo.run(&["worktree", "restore", "fix"]).well();
    assert!(said.contains("with no branch"), "{said}");
    assert_eq!(Repo::git_in(&made.root, &["rev-parse", "HEAD"]), commit);
}

#[test]
fn a_session_in_one_says_so_and_keeps_it() {
    let Some(repo) = repo() else { return };
    let made = add(&repo.app(), Name::Given("fix"), "HEAD").unwrap();
    let mut bench = Bench::new(&repo.at());
    let spec = StartSpec {
        agent: "demo".into(),
        command: Some([program().to_str().unwrap(), "demo-agent"].map(str::to_owned).to_vec()),
        cwd: made.folder.to_string_lossy().into_owned(),
        name: Some("fix".into()),
        worktree: Some("fix".into()),
        env: std::env::vars().collect(),
        ..StartSpec::default()
    };
    let id = bench.launch(spec);
    bench.until("where it works", |bench| bench.state.session(id).is_some_and(|session| session.place.is_some()));
    let place = bench.state.session(id).unwrap().place.clone().unwrap();
    assert_eq!((place.worktree.as_deref(), place.branch.as_deref()), (Some("fix"), Some("taut/fix")));
    assert_eq!(place.commit.as_ref(), Some(&made.commit));
    let said = |event: &Event| matches!(event, Event::Noted { text, .. } if text.inline().unwrap().starts_with("Works in the work tree fix, on taut/fix, from "));
    bench.until("what is said", |bench| bench.position(said).is_some());
    let listed = repo.run(&["worktrees"]).well();
    assert!(listed.ends_with("fix works in it\n"), "{listed}");
    let object = &json(&repo.run(&["ls", "--json"]).well())[0];
    assert_eq!((&object["worktree"], &object["branch"]), (&"fix".into(), &"taut/fix".into()));
    let listed = repo.run(&["ls"]).well();
    assert!(listed.contains("app-fix  (work tree fix)"), "{listed}");
    repo.run(&["worktree", "remove", "fix"]).refused(&["fix stays", "works in it"]);
    // The hub holds its checkpoints a while longer: that is waited for.
    assert_eq!(bench.command(taut::domain::Command::End { session: id }), taut::domain::Reply::Done);
    bench.until("its end", |bench| !bench.state.session(id).unwrap().is_live());
    let removed = repo.run(&["worktree", "remove", "fix"]);
    assert!(removed.code == Some(0) && !made.root.exists(), "{removed:?}");
    bench.leave();
}
