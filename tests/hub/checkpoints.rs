//! A step that changes files stands between two checkpoints of its workspace, and can be taken back.

use super::scratch;
use super::support::hub::{Bench, obeying};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use taut::domain::{
    Answer, Became, CallStatus, Command, Event, Moment, OfferKind, Query, Reply, SessionId, Side, Talk, TurnNo, Undo,
    UndoAct, UndoPlan,
};
use taut::state::{Step, Worked};

/// Starts an agent that does this when it is let.
pub(crate) fn runs(bench: &mut Bench, cwd: &Path, command: &str) -> SessionId {
    let agent = obeying(command);
    bench.start(cwd, &agent.iter().map(String::as_str).collect::<Vec<_>>(), Some("go"))
}

pub(crate) fn step(bench: &Bench, id: SessionId, number: u32) -> Option<Step> {
    let entries = bench.state.session(id)?.timeline.entries.values();
    entries.filter_map(|entry| entry.step()).find(|step| step.number == number).cloned()
}

pub(crate) fn worked(bench: &mut Bench, id: SessionId, number: u32) -> Worked {
    let known = |bench: &Bench| step(bench, id, number).and_then(|step| step.worked).filter(|it| it.after.is_some());
    bench.until("the checkpoint after it", |bench| known(bench).is_some());
    *known(bench).unwrap()
}

pub(crate) fn folder() -> (tempfile::TempDir, PathBuf) {
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

pub(crate) fn plan(bench: &mut Bench, session: SessionId, undo: &Undo) -> Result<UndoPlan, String> {
    bench.answers.clear();
    bench.link.ask(Query::UndoPlan { session, undo: undo.clone() });
    bench.until("a plan", |bench| !bench.answers.is_empty());
    match bench.answers.remove(0) {
        Answer::UndoPlan { plan } => Ok(*plan),
        Answer::Failed { why } => Err(why),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn carry_out(bench: &mut Bench, plan: &UndoPlan, undo: &Undo, sides: Vec<(String, Side)>) -> Reply {
    bench.command(Command::Undo { session: plan.session, undo: undo.clone(), digest: plan.digest, sides, talk: None })
}

fn acts(plan: &UndoPlan) -> Vec<(&str, UndoAct)> {
    plan.files.iter().map(|file| (file.path.as_str(), file.act)).collect()
}

pub(crate) fn ran(bench: &mut Bench, cwd: &Path, command: &str) -> SessionId {
    let id = runs(bench, cwd, command);
    let request = bench.waiting();
    assert_eq!(bench.answer(request, OfferKind::AllowOnce), Reply::Done);
    worked(bench, id, 1);
    bench.until("the end of the turn", |bench| super::idle(bench, id));
    id
}

#[test]
fn what_a_command_did_is_taken_back_and_had_again() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let id =
        ran(&mut bench, &cwd, "echo new > new; rm gone; chmod 600 kept; ln -s kept link; mkdir -p a/b; echo x > a/b/c");
    let shown = plan(&mut bench, id, &Undo::Last).unwrap();
    assert!(acts(&shown).contains(&("gone", UndoAct::Create)) && acts(&shown).contains(&("new", UndoAct::Remove)));
    assert_eq!((shown.steps[0].number, shown.cannot.as_slice()), (1, [].as_slice()));
    let diff = shown.files.iter().find(|file| file.path == "gone").unwrap().diff.clone().unwrap();
    assert!(diff.inline().unwrap().contains("+gone"), "{diff:?}");
    assert!(!cwd.join("gone").exists(), "a preview changes nothing");
    assert_eq!(carry_out(&mut bench, &shown, &Undo::Last, vec![]), Reply::Done);
    let names = || {
        let mut names: Vec<_> = fs::read_dir(&cwd).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(), ["gone", "kept"]);
    assert_eq!(fs::metadata(cwd.join("kept")).unwrap().permissions().mode() & 0o777, 0o644);
    let undone = step(&bench, id, 1).unwrap().worked.unwrap().undone.unwrap();
    let undo = step(&bench, id, 2).unwrap();
    assert_eq!((undo.call, undo.status, undo.worked.unwrap().undoes.len()), (undone, CallStatus::Done, 1));
    // And back.
    let shown = plan(&mut bench, id, &Undo::Last).unwrap();
    assert_eq!(shown.steps[0].number, 2);
    assert_eq!(carry_out(&mut bench, &shown, &Undo::Last, vec![]), Reply::Done);
    assert_eq!(names(), ["a", "kept", "link", "new"]);
    assert_eq!(fs::read_to_string(cwd.join("a/b/c")).unwrap(), "x\n");
    assert!(step(&bench, id, 1).unwrap().worked.unwrap().undone.is_none(), "it stands again");
    bench.leave();
}

#[test]
fn an_undo_of_a_redo_takes_the_step_back_again_also_for_a_hub_that_comes_later() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let id = ran(&mut bench, &cwd, "echo new > new");
    let again = |bench: &mut Bench| {
        let shown = plan(bench, id, &Undo::Last).unwrap();
        assert_eq!(carry_out(bench, &shown, &Undo::Last, vec![]), Reply::Done);
        (shown.steps[0].number, cwd.join("new").exists())
    };
    assert_eq!([again(&mut bench), again(&mut bench), again(&mut bench)], [(1, false), (2, true), (3, false)]);
    let call = |bench: &Bench, number| step(bench, id, number).unwrap().call;
    let by = |bench: &Bench, number| step(bench, id, number).unwrap().worked.unwrap().undone;
    assert_eq!([1, 2, 3].map(|n| by(&bench, n)), [Some(call(&bench, 2)), None, Some(call(&bench, 4))]);
    let title = |bench: &Bench, number| step(bench, id, number).unwrap().title.unwrap().inline().unwrap().to_owned();
    assert_eq!(
        [2, 3, 4].map(|n| title(&bench, n)),
        ["undo", "redo", "undo"].map(|word| format!("{word} step 1: echo new > new"))
    );
    let first = call(&bench, 1);
    let taken = |bench: &Bench| bench.state.session(id).unwrap().taken.by(&first).cloned();
    let (undo, known) = (Undo::Step { number: 1 }, taken(&bench));
    let why = "step 1 was taken back already, by step 2";
    assert!(known.is_some() && plan(&mut bench, id, &undo).unwrap_err().starts_with(why));
    bench.leave();
    let mut bench = Bench::new(folder.path());
    assert!(plan(&mut bench, id, &undo).unwrap_err().starts_with(why), "read from the log");
    assert_eq!(taken(&bench), known);
    assert_eq!(again(&mut bench), (4, true));
    assert_eq!(taken(&bench), None, "it stands");
    bench.leave();
}

#[test]
fn a_plain_undo_that_passes_over_a_step_which_no_checkpoint_shows_says_so() {
    let (folder, cwd) = folder();
    // The files of a repository in the workspace are its own.
    fs::create_dir_all(cwd.join("sub/.git/objects")).unwrap();
    fs::create_dir_all(cwd.join("sub/.git/refs")).unwrap();
    fs::write(cwd.join("sub/.git/HEAD"), "ref: refs/heads/main\n").unwrap();
    fs::write(cwd.join("sub/file"), "file\n").unwrap();
    let mut bench = Bench::new(folder.path());
    let passed = "echo other > sub/file";
    let id = super::past::ran(&mut bench, &cwd, &["echo new > new", passed], |_| ());
    let said = format!("step 2 ({passed}) came later and is not taken back: no checkpoint covers sub/file (");
    let shown = plan(&mut bench, id, &Undo::Last).unwrap();
    assert_eq!(shown.steps[0].number, 1);
    let later = shown.later.as_ref().unwrap();
    assert!(later.starts_with(&said) && shown.cannot.contains(later), "{shown:?}");
    assert_eq!(plan(&mut bench, id, &Undo::Step { number: 1 }).unwrap().later, None, "it was named");
    bench.leave();
    let (code, out, _) = super::past::taut(folder.path(), &["undo", &id.to_string()]);
    let out = String::from_utf8(out).unwrap();
    assert_eq!((code, out.matches(&said).count()), (Some(0), 2), "in the preview and in the result: {out}");
    assert!(out.contains("undone, step 1 (echo new > new): `taut undo` once more takes that back"), "{out}");
    assert!(!cwd.join("new").exists() && fs::read_to_string(cwd.join("sub/file")).unwrap() == "other\n");
}

#[test]
fn what_others_changed_since_is_kept_and_the_same_lines_are_asked_about() {
    let (folder, cwd) = folder();
    let lines = |of: &[(usize, &str)]| {
        let line = |n: usize| {
            of.iter().find(|(at, _)| *at == n).map_or_else(|| format!("{n}\n"), |(_, text)| format!("{text}\n"))
        };
        (0..30).map(line).collect::<String>()
    };
    fs::write(cwd.join("text"), lines(&[])).unwrap();
    fs::write(cwd.join("both"), lines(&[])).unwrap();
    let mut bench = Bench::new(folder.path());
    let id = ran(&mut bench, &cwd, "sed -i s/^3$/agent/ text both");
    fs::write(cwd.join("text"), lines(&[(3, "agent"), (25, "mine")])).unwrap();
    fs::write(cwd.join("both"), lines(&[(3, "mine")])).unwrap();
    let undo = Undo::Step { number: 1 };
    let shown = plan(&mut bench, id, &undo).unwrap();
    assert_eq!(acts(&shown), [("both", UndoAct::Conflict), ("text", UndoAct::Merge)]);
    // What was shown is what is done: a file that changed meanwhile makes another plan.
    fs::write(cwd.join("both"), lines(&[(3, "mine again")])).unwrap();
    assert!(matches!(carry_out(&mut bench, &shown, &undo, vec![]), Reply::Stale { .. }));
    let shown = plan(&mut bench, id, &undo).unwrap();
    assert_eq!(carry_out(&mut bench, &shown, &undo, vec![]), Reply::Done);
    assert_eq!(fs::read_to_string(cwd.join("text")).unwrap(), lines(&[(25, "mine")]));
    assert_eq!(fs::read_to_string(cwd.join("both")).unwrap(), lines(&[(3, "mine again")]), "left alone");
    let left = step(&bench, id, 2).unwrap().worked.unwrap().left;
    assert_eq!(left.iter().map(|left| left.path.as_str()).collect::<Vec<_>>(), ["both"]);
    assert!(plan(&mut bench, id, &undo).unwrap_err().contains("taken back already"));
    bench.leave();
}

#[test]
fn what_is_shown_of_a_choice_is_what_it_writes() {
    for (side, word) in [(Side::Ours, "ours"), (Side::Theirs, "theirs"), (Side::Both, "both"), (Side::Skip, "skip")] {
        let (folder, cwd) = folder();
        fs::write(cwd.join("both"), "1\n2\n3\n").unwrap();
        let mut bench = Bench::new(folder.path());
        let id = ran(&mut bench, &cwd, "sed -i s/2/agent/ both");
        fs::write(cwd.join("both"), "1\nmine\n3\n").unwrap();
        let shown = plan(&mut bench, id, &Undo::Step { number: 1 }).unwrap();
        let (diff, note) = shown.files[0].becomes(side);
        let expected = match diff.and_then(|diff| diff.inline()) {
            // The lines of the difference that will stand there.
            Some(diff) => {
                let stands = diff.lines().filter(|line| !line.starts_with(['@', '-']));
                stands.flat_map(|line| [&line[1..], "\n"]).collect::<String>()
            }
            None => "1\nmine\n3\n".to_owned(),
        };
        assert_eq!(side == Side::Ours, note == Some("it stays as it is"), "{shown:?}");
        bench.leave();
        let said = |args: &[&str]| {
            let (code, out, err) = super::past::taut(folder.path(), &[&["undo", &id.to_string()], args].concat());
            (code, String::from_utf8(out).unwrap(), err)
        };
        // Without a choice a dry run ends as the undo itself would.
        let (code, out, _) = said(&["--step", "1", "--dry-run"]);
        assert_eq!(code, Some(9), "{out}");
        assert!(["theirs", "ours", "both"].iter().all(|side| out.contains(&format!("--on-conflict {side}:"))), "{out}");
        let (code, out, _) = said(&["--step", "1", "--dry-run", "--on-conflict", word]);
        let others = ["theirs", "ours", "both"].iter().filter(|other| **other != word);
        assert!(others.into_iter().all(|other| !out.contains(&format!("--on-conflict {other}"))), "{out}");
        assert_eq!((code, fs::read_to_string(cwd.join("both")).unwrap().as_str()), (Some(0), "1\nmine\n3\n"));
        said(&["--step", "1", "--on-conflict", word]);
        assert_eq!(fs::read_to_string(cwd.join("both")).unwrap(), expected, "{word}");
    }
}

#[test]
fn what_a_human_had_put_back_by_hand_is_no_undo_and_the_step_is_not_marked() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let id = ran(&mut bench, &cwd, "rm gone");
    fs::write(cwd.join("gone"), "gone\n").unwrap();
    let undo = Undo::Step { number: 1 };
    let shown = plan(&mut bench, id, &undo).unwrap();
    let Reply::Refused { why } = carry_out(&mut bench, &shown, &undo, vec![]) else { panic!("it changes nothing") };
    assert_eq!(why, "nothing was undone: no file would change");
    assert!(step(&bench, id, 2).is_none() && !step(&bench, id, 1).unwrap().is_undone());
    // What it did can still be taken back, once it stands again.
    fs::remove_file(cwd.join("gone")).unwrap();
    let shown = plan(&mut bench, id, &undo).unwrap();
    assert_eq!(carry_out(&mut bench, &shown, &undo, vec![]), Reply::Done);
    assert!(cwd.join("gone").exists() && step(&bench, id, 1).unwrap().is_undone());
    bench.leave();
}

#[test]
fn steps_of_a_session_that_has_ended_are_taken_back_by_a_hub_without_agents() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let id = ran(&mut bench, &cwd, "rm kept gone");
    bench.leave();
    let mut bench = Bench::new(folder.path());
    let undo = Undo::To { number: 1 };
    let shown = plan(&mut bench, id, &undo).unwrap();
    assert_eq!(carry_out(&mut bench, &shown, &undo, vec![]), Reply::Done);
    assert_eq!(fs::read_to_string(cwd.join("gone")).unwrap(), "gone\n");
    assert!(plan(&mut bench, id, &Undo::Step { number: 7 }).unwrap_err().contains("step 7"));
    bench.leave();
}

#[test]
fn what_a_rule_lets_pass_is_kept_too_and_nobody_sees_it_wait() {
    let (folder, cwd) = folder();
    fs::create_dir_all(folder.path().join("config")).unwrap();
    let rule = "[[rule]]\nthen = \"allow\"\nprefix = [\"touch\"]\n";
    fs::write(folder.path().join("config/policy.toml"), rule).unwrap();
    let mut bench = Bench::new(folder.path());
    let first = runs(&mut bench, &cwd, "touch one");
    worked(&mut bench, first, 1);
    // Something of the session is on its way to the log while the workspace is read.
    fs::write(cwd.join("mine"), "by hand\n").unwrap();
    let second = runs(&mut bench, &cwd, "touch two");
    let did = worked(&mut bench, second, 1);
    assert_eq!(did.effects.iter().map(|effect| effect.path.as_str()).collect::<Vec<_>>(), ["two"]);
    for id in [first, second] {
        let request = step(&bench, id, 1).unwrap().requests[0].clone();
        let at = |fits: &dyn Fn(&Event) -> bool| {
            bench.records.iter().position(|record| record.session == id && fits(&record.event)).unwrap()
        };
        let asked = at(&|event| matches!(event, Event::Asked { .. }));
        assert_eq!(bench.records[asked].seq, request.id.seq, "its id is the place of its record");
        let decided = at(&|event| matches!(event, Event::Decided { .. }));
        assert!(request.answered.is_some() && decided > asked);
    }
    bench.leave();
}

#[test]
fn a_conversation_that_can_t_be_taken_back_is_said_before_any_file_is_touched() {
    let (folder, cwd) = folder();
    let mut bench = Bench::new(folder.path());
    let id = ran(&mut bench, &cwd, "rm gone");
    let shown = plan(&mut bench, id, &Undo::Last).unwrap();
    let Talk::Stays { why } = &shown.talk else { panic!("{:?}", shown.talk) };
    assert!(why.contains("speaks acp"), "{why}");
    let command = |talk| Command::Undo { session: id, undo: Undo::Last, digest: shown.digest, sides: vec![], talk };
    let Reply::Refused { why } = bench.command(command(Some(TurnNo(0)))) else { panic!("it is refused") };
    assert!(why.starts_with("nothing was undone") && !cwd.join("gone").exists(), "{why}");
    assert_eq!(bench.command(command(None)), Reply::Done);
    assert!(cwd.join("gone").exists());
    bench.leave();
}
