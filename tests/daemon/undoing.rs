//! What can be taken back stays so: a call waits for its checkpoint, however long that takes; a hub that is killed while it takes a
//! step back has one that goes on with it.

use super::support::hub::obeying;
use super::support::place::{Place, kill, lives, until};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use taut::domain::{Event, Moment};

/// Files that the step removes: enough that a kill comes in the middle.
const FILES: usize = 1_500;

fn text(n: usize) -> String {
    format!("file {n}\n").repeat(200)
}

/// How many stand whole. One that stands is never torn.
fn whole(folder: &Path) -> usize {
    let stands = |n: &usize| fs::read_to_string(folder.join(n.to_string())).map(|it| assert_eq!(it, text(*n))).is_ok();
    (0..FILES).filter(stands).count()
}

/// A workspace with many files, and a session whose first step removed them; then it is taken back.
fn undoing() -> (Place, PathBuf, u32, Child) {
    let place = Place::new();
    let cwd = place.path().join("work");
    let many = cwd.join("many");
    fs::create_dir_all(&many).unwrap();
    (0..FILES).for_each(|n| fs::write(many.join(n.to_string()), text(n)).unwrap());
    let mut run = place.command(&["run", "--detach", "--name", "rm", "go", "--"]);
    assert!(run.args(obeying("rm -r many")).current_dir(&cwd).output().unwrap().status.success());
    let (request, digest) = place.waiting();
    place.done(&["allow", &request, "--digest", &digest]);
    until("the checkpoint after it", || place.count(is_after) == 1);
    assert!(!many.exists());
    let hub = place.hub();
    let undo = place.command(&["undo", "rm"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    (place, many, hub, undo)
}

fn is_after(event: &Event) -> bool {
    matches!(event, Event::Checkpointed { checkpoint } if checkpoint.moment == Moment::After)
}

/// Kills the hub in the middle of an undo.
fn killed(hub: u32, undo: Child) {
    kill(hub);
    until("its end", || !lives(hub));
    let output = undo.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("the hub went away before it answered"), "{said}");
}

/// Starts another hub, which says at some time how the undo ended.
fn another_hub(place: &Place) -> String {
    place.done(&["daemon", "start"]);
    until("the end of the undo", || {
        place.count(is_after) == 2 || place.done(&["show", "rm"]).contains("taut died before")
    });
    place.done(&["show", "rm"])
}

#[test]
fn who_waits_until_it_is_idle_can_take_back_what_it_did() {
    let place = Place::new();
    let cwd = place.path().join("work");
    fs::create_dir_all(cwd.join("many")).unwrap();
    (0..FILES).for_each(|n| fs::write(cwd.join("many").join(n.to_string()), text(n)).unwrap());
    let mut run = place.command(&["run", "--detach", "--name", "rm", "go", "--"]);
    assert!(run.args(obeying("rm -r many")).current_dir(&cwd).output().unwrap().status.success());
    let (request, digest) = place.waiting();
    place.done(&["allow", &request, "--digest", &digest]);
    place.done(&["wait", "rm", "--for", "idle", "--timeout", "60"]);
    assert_eq!(place.count(is_after), 1, "what it left is kept when the wait is over");
}

#[test]
fn a_hub_killed_in_the_middle_of_an_undo_tears_nothing_and_the_next_one_goes_on_with_it() {
    let (place, many, hub, undo) = undoing();
    let end = Instant::now() + Duration::from_secs(60);
    // New files are written beside the folder; that one is here means that they are on their way into it.
    while !fs::read_dir(&many).is_ok_and(|mut files| files.next().is_some()) {
        assert!(Instant::now() < end, "no file came back");
        std::thread::sleep(Duration::from_millis(1));
    }
    killed(hub, undo);
    let names = || fs::read_dir(many.parent().unwrap()).unwrap().count() + fs::read_dir(&many).unwrap().count();
    let before = names();
    let look = place.taut(&["undo", "rm", "--dry-run"]);
    let told = look.code == Some(5) && look.err.contains("was cut short") && look.err.contains("nothing was done");
    // The machine may have been quick, and the undo at its end.
    assert!(told || (look.code == Some(0) && whole(&many) == FILES), "{look:?}");
    assert!(!told || names() == before, "who only looks changes nothing");
    let said = another_hub(&place);
    assert!(!told || said.contains("an undo that was cut short (step 2) was finished: "), "{said}");
    assert_eq!(whole(&many), FILES, "nobody had to ask for it again");
    assert!(
        said.contains("done, a script allowed it, undone by step 2") && said.contains("took back step 1"),
        "{said}"
    );
    assert!(place.done(&["undo", "rm", "--dry-run"]).contains("step 2  undo step 1"), "and it can be taken back");
    assert!(place.done(&["verify"]).contains("sound"));
}

#[test]
fn a_hub_killed_before_an_undo_changed_a_file_says_so_and_it_can_be_asked_for_again() {
    let (place, many, hub, undo) = undoing();
    // It is on record before anything is done; the files aside are written next.
    until("its beginning", || place.count(|event| matches!(event, Event::CallGated { .. })) == 2);
    killed(hub, undo);
    let said = another_hub(&place);
    if said.contains("took back step 1") {
        // The machine was quick: it had been gone through with.
        assert_eq!(whole(&many), FILES);
        return;
    }
    assert!(said.contains("taut died before this changed a file: nothing was taken back"), "{said}");
    assert!(fs::read_dir(&many).map_or(0, Iterator::count) == 0, "nothing of it is left");
    place.done(&["undo", "rm"]);
    assert_eq!(whole(&many), FILES);
}

#[test]
fn a_call_that_was_allowed_waits_for_its_checkpoint_however_long_that_takes() {
    let place = Place::new();
    let cwd = place.path().join("work");
    fs::create_dir_all(&cwd).unwrap();
    fs::write(cwd.join("gone"), "gone\n").unwrap();
    // A git that stands still as long as there is a file.
    let (bin, stands) = (place.path().join("bin"), place.path().join("stands"));
    let path = std::env::var("PATH").unwrap();
    fs::create_dir(&bin).unwrap();
    let script = format!(
        "#!/bin/sh\nwhile [ -e '{}' ]; do sleep 0.05; done\nPATH='{path}'; exec git \"$@\"\n",
        stands.display()
    );
    fs::write(bin.join("git"), script).unwrap();
    fs::set_permissions(bin.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(&stands, "").unwrap();
    let mut start = place.command(&["daemon", "start"]);
    assert!(start.env("PATH", format!("{}:{path}", bin.display())).status().unwrap().success());
    let mut run = place.command(&["run", "--detach", "--name", "rm", "go", "--"]);
    assert!(run.args(obeying("rm gone")).current_dir(&cwd).output().unwrap().status.success());
    let (request, digest) = place.waiting();
    let allow = ["allow", &request, "--digest", &digest];
    let said = place.taut(&allow);
    assert!(said.code == Some(8) && said.err.contains("held: the workspace is being kept"), "{said:?}");
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), 0);
    assert!(cwd.join("gone").exists(), "it waits");
    let again = place.taut(&allow);
    assert!(again.code == Some(5) && again.err.contains("it is allowed already"), "{again:?}");
    fs::remove_file(&stands).unwrap();
    until("the checkpoint after it", || place.count(is_after) == 1);
    assert!(!cwd.join("gone").exists());
    place.done(&["undo", "rm"]);
    assert_eq!(fs::read_to_string(cwd.join("gone")).unwrap(), "gone\n");
    assert_eq!(place.taut(&allow).code, Some(3), "it was answered once");
}

#[test]
fn what_an_undo_leaves_as_it_is_is_named_before_and_after() {
    let place = Place::new();
    let cwd = place.path().join("work");
    fs::create_dir_all(cwd.join("dir/sub")).unwrap();
    for (name, text) in [("dir/sub/g", "g\n"), ("top", "t1\n")] {
        fs::write(cwd.join(name), text).unwrap();
    }
    let mut run = place.command(&["run", "--detach", "--name", "rm", "go", "--"]);
    assert!(run.args(obeying("rm -r dir/sub; echo t2 > top")).current_dir(&cwd).output().unwrap().status.success());
    let (request, digest) = place.waiting();
    place.done(&["allow", &request, "--digest", &digest]);
    until("the checkpoint after it", || place.count(is_after) == 1);
    // Where only the conversation would go back no file is spoken of, and a dry run says what the real one would.
    let only = ["undo", "rm", "--conversation-only", "--dry-run"];
    for args in [&only[..], &only[..3]] {
        let said = place.taut(args);
        assert!(said.code == Some(5) && said.err.contains("the conversation can't be taken back"), "{said:?}");
        assert!(said.out.contains("step 1") && !said.out.contains("make again"), "{said:?}");
    }
    // A folder on the way leads elsewhere now.
    fs::rename(cwd.join("dir"), cwd.join("dir.real")).unwrap();
    std::os::unix::fs::symlink(place.path(), cwd.join("dir")).unwrap();
    let before = place.done(&["undo", "rm", "--dry-run"]);
    assert!(before.contains("as it is   dir/sub/g  (left as it is: dir is no folder now)"), "{before}");
    let said = place.taut(&["undo", "rm", "--on-conflict", "theirs"]);
    assert!(said.code == Some(0) && said.out.contains("undone in part, step 1"), "the preview had said so: {said:?}");
    assert!(said.err.contains("left as it is: dir/sub/g: a link or a file stands on the way to it"), "{said:?}");
    assert_eq!(fs::read_to_string(cwd.join("top")).unwrap(), "t1\n");
    assert!(!place.path().join("sub").exists(), "nothing was written where the link leads");
}
