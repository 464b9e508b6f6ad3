//! A session begins in a work tree of its own, with the files of a step of another one, which stays as it is.

use super::checkpoints::{ran, runs, step};
use super::support::hub::Bench;
use super::{repo, scratch};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use taut::checkpoint::{Opening, Workspace};
use taut::domain::{Apart, Command, Event, OfferKind, Reply, SessionId, StartSpec, Whence};

fn git(folder: &Path, args: &[&str]) -> String {
    let who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgSign=false"];
    let output = Process::new("git").args(who).args(args).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Everything below a folder but git's own: what it is, its mode, what it holds or where it leads.
fn tree(root: &Path, below: &Path, into: &mut BTreeMap<PathBuf, (u32, Vec<u8>)>) {
    for entry in fs::read_dir(root.join(below)).unwrap() {
        let entry = entry.unwrap();
        let (path, meta) = (below.join(entry.file_name()), entry.metadata().unwrap());
        if entry.file_name() == ".git" {
            continue;
        }
        let bytes = match meta {
            _ if meta.is_dir() => {
                tree(root, &path, into);
                Vec::new()
            }
            _ if meta.is_symlink() => fs::read_link(entry.path()).unwrap().to_string_lossy().into_owned().into(),
            _ => fs::read(entry.path()).unwrap(),
        };
        into.insert(path, (meta.permissions().mode(), bytes));
    }
}

fn all(root: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut into = BTreeMap::new();
    tree(root, Path::new(""), &mut into);
    into
}

fn begins(bench: &mut Bench, name: &str, session: SessionId, step: u32) -> Reply {
    let apart = Apart { name: Some(name.to_owned()), whence: Some(Whence { session, step }) };
    let env = std::env::vars().collect();
    bench.command(Command::Start(Box::new(StartSpec { apart: Some(apart), env, ..StartSpec::default() })))
}

#[test]
fn a_session_begins_with_the_files_of_a_step_beside_the_one_that_it_comes_from() {
    let folder = scratch();
    let cwd = repo(&folder);
    let head = git(&cwd, &["rev-parse", "HEAD"]);
    let mut bench = Bench::new(folder.path());
    let tracked = git(&cwd, &["ls-files"]).lines().next().unwrap().to_owned();
    let command = format!(
        "rm {tracked}; echo new > new; ln -s new link; mkdir -p deep/er empty; echo x > deep/er/f; chmod 755 new; \
         chmod 700 deep"
    );
    let one = ran(&mut bench, &cwd, &command);
    let then = all(&cwd);
    // It goes on meanwhile, by hand and with a commit.
    fs::write(cwd.join("later"), "later\n").unwrap();
    fs::remove_file(cwd.join("new")).unwrap();
    git(&cwd, &["add", "--all"]);
    git(&cwd, &["commit", "--quiet", "--message", "later"]);
    let (now, standing) = (all(&cwd), git(&cwd, &["status", "--porcelain"]));
    let Reply::Started { session: two } = begins(&mut bench, "back", one, 1) else { panic!("it is refused") };
    bench.until("where it works", |bench| bench.state.session(two).is_some_and(|session| session.place.is_some()));
    let session = bench.state.session(two).unwrap();
    let there = PathBuf::from(&session.cwd);
    assert_eq!((session.name.as_str(), session.place.as_ref().unwrap().worktree.as_deref()), ("back", Some("back")));
    assert_eq!(session.agent, bench.state.session(one).unwrap().agent, "the same agent");
    assert_eq!(all(&there), then, "the files, modes and links of that step");
    assert_eq!(git(&there, &["rev-parse", "HEAD"]), head, "on a branch from the commit of then");
    assert_eq!((all(&cwd), git(&cwd, &["status", "--porcelain"])), (now, standing), "the other one is as it was");
    let said = |event: &Event| matches!(event, Event::Noted { text, .. } if text.inline().is_some_and(|text| text.contains("after step 1 of")));
    bench.until("what is said", |bench| bench.records.iter().any(|it| it.session == two && said(&it.event)));
    // What can't be is refused, and nothing is made.
    let why = |reply| if let Reply::Refused { why } = reply { why } else { panic!("{reply:?}") };
    assert!(why(begins(&mut bench, "back", one, 1)).contains("is there already"));
    assert!(why(begins(&mut bench, "other", two, 9)).contains("there is no step 9: the session has no steps"));
    assert!(!cwd.with_file_name("repo-other").exists());
    bench.leave();
}

#[test]
fn a_call_that_waits_for_its_checkpoint_goes_without_where_a_human_says_so() {
    let folder = scratch();
    let cwd = repo(&folder);
    let mut bench = Bench::new(folder.path());
    // Somebody else has the workspace: whoever wants a checkpoint waits.
    let held = Workspace::open(&folder.path().join("state/checkpoints"), &cwd, &Opening::default()).unwrap();
    let id = runs(&mut bench, &cwd, "echo new > new");
    let request = bench.waiting();
    let nothing = bench.command(Command::SkipCheckpoint { session: id });
    assert!(matches!(nothing, Reply::Refused { .. }), "nothing waits for it yet");
    let asked = bench.state.request(request).unwrap();
    let offer = asked.offers.iter().find(|offer| offer.kind == OfferKind::AllowOnce).unwrap().id.clone();
    let (digest, decision) = (asked.digest, taut::domain::Decision::Allow { offer });
    bench.send(Command::Decide { request, digest, decision, overridden: false });
    assert_eq!(bench.command(Command::SkipCheckpoint { session: id }), Reply::Done);
    let why = |bench: &Bench| step(bench, id, 1).and_then(|step| step.worked).and_then(|worked| worked.why.clone());
    bench.until("why it has none", |bench| why(bench).is_some());
    assert!(why(&bench).unwrap().starts_with("skipped by"), "{:?}", why(&bench));
    drop(held);
    bench.until("it ran", |_| cwd.join("new").exists());
    bench.leave();
}
