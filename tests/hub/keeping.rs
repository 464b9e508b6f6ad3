//! How long checkpoints are kept: what is too old or too much goes by itself, never of who lives or is pinned; what was
//! deleted is gone from the disk.

use super::checkpoints::{carry_out, folder, plan, ran, step};
use super::past::taut;
use super::support::hub::Bench;
use super::support::store::holds;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use taut::checkpoint::{Error, Fault, Go, How, Shelf, Workspace};
use taut::domain::{Answer, Command, Event, Notice, Prunable, Query, Reply, SessionId, StartSpec, Undo};
use taut::state::What;

fn end(bench: &mut Bench, id: SessionId) {
    assert_eq!(bench.command(Command::End { session: id }), Reply::Done);
    bench.until("its end", |bench| !bench.state.session(id).unwrap().is_live());
}

fn configured(folder: &Path, text: &str) {
    fs::create_dir_all(folder.join("config")).unwrap();
    fs::write(folder.join("config/config.toml"), text).unwrap();
}

fn store(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("state/checkpoints")
}

/// A workspace at rest; the thread of the hub that kept it may be about to let go of it.
fn rested(store: &Path, cwd: &Path) -> Workspace {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        match Workspace::resting(store, cwd.to_owned()) {
            Err(Error::Busy(_)) if Instant::now() < until => std::thread::sleep(Duration::from_millis(10)),
            taken => return taken.unwrap(),
        }
    }
}

fn kept(folder: &tempfile::TempDir, cwd: &Path) -> usize {
    Shelf::of(&store(folder), cwd).unwrap().kept.len()
}

fn pruned(bench: &Bench, id: SessionId) -> Option<String> {
    bench.records.iter().filter(|record| record.session == id).find_map(|record| match &record.event {
        Event::Noted { level: Notice::Info, text } => {
            text.inline().filter(|text| text.contains("pruned")).map(str::to_owned)
        }
        _ => None,
    })
}

fn goes(bench: &mut Bench) -> Prunable {
    bench.answers.clear();
    bench.link.ask(Query::Prunable);
    bench.until("what would go", |bench| !bench.answers.is_empty());
    match bench.answers.remove(0) {
        Answer::Prunable(goes) => goes,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_too_much_goes_when_a_session_has_ended_and_never_of_who_lives_or_is_pinned() {
    let (folder, old) = folder();
    let [pinned, lives] = ["pinned", "lives"].map(|name| {
        fs::create_dir(folder.path().join(name)).unwrap();
        folder.path().join(name).canonicalize().unwrap()
    });
    configured(folder.path(), "[keep]\nsize = \"1 kB\"\n");
    let mut bench = Bench::new(folder.path());
    let noise = "head -c 20000 /dev/urandom > noise";
    let pin = ran(&mut bench, &pinned, noise);
    assert_eq!(bench.command(Command::Pin { session: pin, pinned: true }), Reply::Done);
    let live = ran(&mut bench, &lives, noise);
    let first = ran(&mut bench, &old, "echo one > one");
    end(&mut bench, pin);
    end(&mut bench, first);
    bench.until("what it lost to be said", |bench| pruned(bench, first).is_some());
    let said = pruned(&bench, first).unwrap();
    assert!(said.contains("step 1 can't be undone") && said.contains("[keep]"), "{said}");
    let why = plan(&mut bench, first, &Undo::Last).unwrap_err();
    assert!(why.contains("step 1 (echo one > one) can't be taken back any more") && why.contains("pruned"), "{why}");
    for (id, cwd) in [(pin, &pinned), (live, &lives)] {
        assert_eq!((kept(&folder, cwd), pruned(&bench, id)), (2, None));
        let shown = plan(&mut bench, id, &Undo::Last).unwrap();
        assert_eq!(carry_out(&mut bench, &shown, &Undo::Last, vec![]), Reply::Done);
        assert!(!cwd.join("noise").exists());
    }
    // What is too much and stays is told, with the reason.
    let told = goes(&mut bench);
    let mut why: Vec<_> = told.stay.iter().map(|stay| (stay.session, stay.pinned, stay.checkpoints > 0)).collect();
    why.sort_by_key(|(_, pinned, _)| !pinned);
    assert_eq!((told.checkpoints, why), (0, vec![(pin, true, true), (live, false, true)]), "{told:?}");
    assert!(told.stay_bytes > 19_000, "{told:?}");
    // One that is not pinned any more goes with the others; what would go is told before.
    assert_eq!(bench.command(Command::Pin { session: pin, pinned: false }), Reply::Done);
    let told = goes(&mut bench);
    assert_eq!((told.checkpoints, told.sessions.as_slice()), (1, [(pin, 1)].as_slice()), "{told:?}");
    assert!(told.bytes > 19_000 && told.bytes < told.of_bytes, "{told:?}");
    assert_eq!(bench.command(Command::Prune), Reply::Done);
    assert_eq!(kept(&folder, &pinned), 1);
    assert_eq!(goes(&mut bench).checkpoints, 0);
    bench.leave();
}

#[test]
fn what_stays_though_it_is_too_much_is_said_with_how_it_could_go() {
    let (folder, cwd) = folder();
    configured(folder.path(), "[keep]\nsize = \"1 kB\"\n");
    let mut bench = Bench::new(folder.path());
    let id = ran(&mut bench, &cwd, "head -c 20000 /dev/urandom > noise");
    assert_eq!(bench.command(Command::Pin { session: id, pinned: true }), Reply::Done);
    end(&mut bench, id);
    bench.leave();
    let config = folder.path().join("config/config.toml");
    let (code, out, err) = taut(folder.path(), &["prune", "--dry-run", "--config", &config.to_string_lossy()]);
    let out = String::from_utf8(out).unwrap();
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.starts_with("nothing to prune: 2 checkpoints (") && out.contains("`[keep]` says stays"), "{out}");
    assert!(out.contains("more stays, of 1 session:"), "{out}");
    assert!(out.contains(&format!("1 checkpoint (pinned, `taut pin {id} --off` lets them go)")), "{out}");
}

#[test]
fn what_is_deleted_is_gone_from_the_disk_and_what_others_need_is_not() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let first = ran(&mut bench, &cwd, "echo a-secret-of-the-first > mine; echo shared-by-both > both");
    end(&mut bench, first);
    fs::remove_file(cwd.join("mine")).unwrap();
    let second = ran(&mut bench, &cwd, "echo of the second > other");
    end(&mut bench, second);
    assert!(holds(&store(&folder), "a-secret-of-the-first"));
    // What stays is said, before and after.
    let (_, said, _) = taut(folder.path(), &["delete", &first.to_string()]);
    let said = String::from_utf8(said).unwrap();
    assert!(!said.contains(" stands too"), "nothing stays: {said}");
    assert_eq!(bench.command(Command::Delete { session: first }), Reply::Done);
    bench.until("the deletion", |bench| bench.state.session(first).unwrap().deleted);
    assert!(!holds(&store(&folder), "a-secret-of-the-first") && holds(&store(&folder), "shared-by-both"));
    let why = plan(&mut bench, first, &Undo::Last).unwrap_err();
    assert!(why.contains("step 1") && why.contains("deleted"), "{why}");
    let shown = plan(&mut bench, second, &Undo::Last).unwrap();
    assert_eq!(carry_out(&mut bench, &shown, &Undo::Last, vec![]), Reply::Done);
    assert!(!cwd.join("other").exists());
    // The last one takes all of it along, also what was read ahead and is on no record.
    assert_eq!(bench.command(Command::Delete { session: second }), Reply::Done);
    bench.until("the deletion", |bench| bench.state.session(second).unwrap().deleted);
    assert!(!holds(&store(&folder), "shared-by-both"));
    assert_eq!(kept(&folder, &cwd), 0);
    bench.leave();
}

fn unkept(bench: &Bench, id: SessionId) -> Option<String> {
    bench.state.session(id)?.unkept.clone()
}

#[test]
fn a_home_folder_is_no_workspace_and_that_is_said_to_each_session_unless_it_is_named() {
    let (folder, _) = folder();
    // It is the home folder of this hub.
    let home = folder.path().canonicalize().unwrap();
    let mut bench = Bench::new(folder.path());
    let first = bench.script(&home, &[], None);
    bench.until("it to be said", |bench| unkept(bench, first).is_some());
    let second = bench.script(&home, &[], None);
    bench.until("it to be said once more", |bench| unkept(bench, second).is_some());
    let why = unkept(&bench, second).unwrap();
    assert!(why.contains("home folder") && why.contains("wide = [") && why.contains("[keep]"), "{why}");
    let warned = |id| {
        let entries = bench.state.session(id).unwrap().timeline.entries.values();
        entries.filter(|entry| matches!(&entry.what, What::Noted { level: Notice::Warning, .. })).count()
    };
    assert_eq!((warned(first), warned(second)), (1, 1));
    bench.leave();
    // The configuration may name it.
    configured(folder.path(), "[keep]\nwide = [\"~\"]\n");
    let mut bench = Bench::new(folder.path());
    let named = ran(&mut bench, &home, "echo new > new");
    assert_eq!(unkept(&bench, named), None);
    let shown = plan(&mut bench, named, &Undo::Last).unwrap();
    assert_eq!(carry_out(&mut bench, &shown, &Undo::Last, vec![]), Reply::Done);
    assert!(!home.join("new").exists());
    bench.leave();
}

#[test]
fn what_the_user_lets_git_ignore_everywhere_is_left_out() {
    let (folder, cwd) = folder();
    fs::write(folder.path().join(".gitconfig"), "[core]\n\texcludesFile = ~/mine.ignore\n").unwrap();
    fs::write(folder.path().join("mine.ignore"), "*.scratch\n").unwrap();
    let mut bench = Bench::new(folder.path());
    let id = ran(&mut bench, &cwd, "touch a.scratch a.kept");
    let effects = step(&bench, id, 1).unwrap().worked.unwrap().effects;
    assert_eq!(effects.iter().map(|effect| effect.path.as_str()).collect::<Vec<_>>(), ["a.kept"]);
    bench.leave();
}

#[test]
fn a_deletion_names_the_checkpoints_that_stay_and_who_stands_at_them() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let first = ran(&mut bench, &cwd, "echo of the first > mine");
    end(&mut bench, first);
    let second = ran(&mut bench, &cwd, "echo of the second > other");
    let name = bench.state.session(second).unwrap().name.clone();
    bench.leave();
    let delete = |yes: &[&str]| {
        let first = first.to_string();
        let (code, out, err) = taut(folder.path(), &[&["delete", first.as_str()], yes].concat());
        assert_eq!(code, Some(0), "{err}");
        String::from_utf8(out).unwrap()
    };
    let stays = format!("1 checkpoint of it at which {name} ({second}) stands too, with the files in them");
    for yes in [&[][..], &["--yes"]] {
        let said = delete(yes);
        assert!(said.contains(&stays), "{said}");
    }
}

#[test]
fn the_home_folder_of_a_session_is_no_workspace_either() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let mut env: Vec<(String, String)> = std::env::vars().filter(|(key, _)| key != "HOME").collect();
    env.push(("HOME".into(), cwd.to_string_lossy().into_owned()));
    let agent = ["sh", "-c", "while read -r heard; do :; done"].map(str::to_owned);
    let spec = StartSpec {
        agent: "sh".into(),
        command: Some(agent.to_vec()),
        cwd: cwd.to_string_lossy().into_owned(),
        env,
        ..StartSpec::default()
    };
    let id = bench.launch(spec);
    bench.until("it to be said", |bench| unkept(bench, id).is_some());
    let why = unkept(&bench, id).unwrap();
    assert!(why.contains("home folder") && why.contains(cwd.to_str().unwrap()), "{why}");
    bench.leave();
}

#[test]
fn what_a_death_left_over_goes_with_the_next() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let id = ran(&mut bench, &cwd, "echo a-secret-of-its-own > mine; rm gone");
    end(&mut bench, id);
    let other = ran(&mut bench, &cwd, "rm mine");
    end(&mut bench, other);
    bench.leave();
    let left = |at: u32| {
        let mut work = rested(&store(&folder), &cwd).with_fault(Some(Fault { at, how: How::Kill }));
        let all = work.kept().unwrap();
        assert!(work.discard(&all, &mut || Go::On).is_err());
    };
    // After the list was written, and before anything went.
    left(6);
    assert!(Shelf::of(&store(&folder), &cwd).unwrap().unfinished && holds(&store(&folder), "a-secret-of-its-own"));
    let mut bench = Bench::new(folder.path());
    assert_eq!(bench.command(Command::Prune), Reply::Done);
    assert!(!Shelf::of(&store(&folder), &cwd).unwrap().unfinished);
    assert!(!holds(&store(&folder), "a-secret-of-its-own"));
    bench.leave();
}
