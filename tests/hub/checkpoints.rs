//! A step that changes files stands between two checkpoints of its workspace, and can be taken back.

use super::scratch;
use super::support::hub::{Bench, HEAR, OPENS, question, turn_end, update};
use std::fs;
use std::path::{Path, PathBuf};
use taut::domain::{Became, Event, Moment, OfferKind, SessionId};
use taut::state::{Step, Worked};

/// What an agent does when it is let: it asks about a command, hears the answer, runs it if it was allowed, and ends.
fn runs(bench: &mut Bench, cwd: &Path, command: &str) -> SessionId {
    let say = |line: &str| match line {
        HEAR => "read -r heard\n".to_owned(),
        line => format!("printf '%s\\n' '{line}'\n"),
    };
    let json = serde_json::to_string(command).unwrap().replace('\'', "'\\''");
    let asks = question(9, &format!(r#""kind":"execute","status":"pending","rawInput":{{"command":{json}}}"#));
    let begin: String = [&OPENS[..], &[HEAR, &asks, HEAR]].concat().into_iter().map(say).collect();
    let end: String = [update(r#""status":"completed""#), turn_end(3, "end_turn")].iter().map(|line| say(line)).collect();
    let script = format!("{begin}case $heard in *'\"y\"'*) {command}\n;; esac\n{end}while read -r heard; do :; done");
    bench.start(cwd, &["sh", "-c", &script], Some("go"))
}

pub(crate) fn step(bench: &Bench, id: SessionId, number: u32) -> Option<Step> {
    let entries = bench.state.session(id)?.timeline.entries.values();
    entries.filter_map(|entry| entry.step()).find(|step| step.number == number).cloned()
}

fn worked(bench: &mut Bench, id: SessionId, number: u32) -> Worked {
    let known = |bench: &Bench| step(bench, id, number).and_then(|step| step.worked).filter(|it| it.after.is_some());
    bench.until("the checkpoint after it", |bench| known(bench).is_some());
    *known(bench).unwrap()
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = scratch();
    let cwd = folder.path().join("work");
    fs::create_dir(&cwd).unwrap();
    let cwd = cwd.canonicalize().unwrap();
    fs::write(cwd.join("kept"), "kept\n").unwrap();
    fs::write(cwd.join("gone"), "gone\n").unwrap();
    (folder, cwd)
}

#[test]
fn what_a_shell_command_really_did_is_on_record_and_its_checkpoint_with_the_decision() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let id = runs(&mut bench, &cwd, "echo new > new; rm gone; chmod 600 kept");
    let request = bench.waiting();
    bench.answer(request, OfferKind::AllowOnce);
    let worked = worked(&mut bench, id, 1);
    let effects: Vec<(&str, Became)> =
        worked.effects.iter().map(|effect| (effect.path.as_str(), effect.became)).collect();
    assert_eq!(effects, [("gone", Became::Removed), ("kept", Became::Mode), ("new", Became::Added)]);
    let before = bench.position(|event| matches!(event, Event::Checkpointed { .. })).unwrap();
    let decided = bench.position(|event| matches!(event, Event::Decided { .. })).unwrap();
    assert_eq!(decided, before + 1, "one commit, and nothing between them");
    bench.leave();
}

#[test]
fn what_somebody_else_changed_between_two_steps_is_said_to_be_theirs() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let one = runs(&mut bench, &cwd, "echo one > one");
    let request = bench.waiting();
    bench.answer(request, OfferKind::AllowOnce);
    worked(&mut bench, one, 1);
    fs::write(cwd.join("mine"), "by hand\n").unwrap();
    let two = runs(&mut bench, &cwd, "echo two > two");
    let request = bench.waiting();
    bench.answer(request, OfferKind::AllowOnce);
    let worked = worked(&mut bench, two, 1);
    assert_eq!(worked.effects.iter().map(|effect| effect.path.as_str()).collect::<Vec<_>>(), ["two"]);
    let outside = |event: &Event| match event {
        Event::Checkpointed { checkpoint } if checkpoint.moment == Moment::Outside => {
            Some(checkpoint.effects.iter().map(|effect| effect.path.clone()).collect::<Vec<_>>())
        }
        _ => None,
    };
    let outside: Vec<Vec<String>> = bench.records.iter().filter_map(|record| outside(&record.event)).collect();
    assert_eq!(outside, [["mine"]]);
    bench.leave();
}

#[test]
fn a_denied_step_has_no_checkpoint_and_one_that_ran_unasked_the_last_known() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let denied = runs(&mut bench, &cwd, "echo one > one");
    let request = bench.waiting();
    bench.answer(request, OfferKind::RejectOnce);
    bench.until("its end", |bench| super::idle(bench, denied));
    assert!(step(&bench, denied, 1).unwrap().worked.is_none() && !cwd.join("one").exists());
    bench.leave();
}
