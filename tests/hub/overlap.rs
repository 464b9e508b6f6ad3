//! Steps that run at the same time: the last is the one that ends last, and a file is its whose command line writes it.

use super::past::{by, changes, file, named};
use super::support::hub::{Bench, HEAR, OPENS, turn_end};
use super::{checkpoints, scratch};
use std::fs;
use std::path::Path;
use taut::domain::{Became, Event, OfferKind, Reply, SessionId, Stretch, Undo, UndoAct, UndoPlan};

/// An agent whose first command goes on until after its second one.
fn overlapping(bench: &mut Bench, cwd: &Path) -> SessionId {
    let says = |line: &str| format!("printf '%s\\n' '{}'\n", line.replace('\'', "'\\''"));
    let mut script = String::new();
    for line in OPENS.iter().chain([&HEAR]) {
        script += &if *line == HEAR { "read -r heard\n".to_owned() } else { says(line) };
    }
    let asks = |n: usize, command: &str| {
        let options = r#""options":[{"optionId":"y","name":"Yes","kind":"allow_once"},{"optionId":"n","name":"No","kind":"reject_once"}]"#;
        says(&format!(
            r#"{{"jsonrpc":"2.0","id":2{n},"method":"session/request_permission","params":{{"sessionId":"s","toolCall":{{"toolCallId":"c{n}","kind":"execute","status":"pending","rawInput":{{"command":"{command}"}}}},{options}}}}}"#
        )) + "read -r heard\n"
    };
    let over = |n: usize| {
        says(&format!(
            r#"{{"jsonrpc":"2.0","method":"session/update","params":{{"sessionId":"s","update":{{"sessionUpdate":"tool_call_update","toolCallId":"c{n}","status":"completed"}}}}}}"#
        ))
    };
    script += &asks(0, "./slow > one");
    script += &asks(1, "echo two | tee two");
    script += "echo two > two\necho nobody > nobody\n";
    script += &over(1);
    script += "until [ -e ../go ]; do sleep 0.05; done\necho one > one\necho late > late\n";
    script += &over(0);
    script += &says(&turn_end(3, "end_turn"));
    script += "while read -r heard; do :; done";
    bench.start(cwd, &["sh", "-c", &script], Some("go"))
}

#[test]
fn what_ended_last_is_the_end_and_a_redirection_says_whose_a_file_is() {
    let folder = scratch();
    let cwd = folder.path().join("work");
    fs::create_dir(&cwd).unwrap();
    let cwd = cwd.canonicalize().unwrap();
    let mut bench = Bench::new(folder.path());
    let id = overlapping(&mut bench, &cwd);
    let ended = |bench: &mut Bench, number: u32| {
        bench.until("the checkpoint after a step", |bench| {
            checkpoints::step(bench, id, number).and_then(|step| step.worked).is_some_and(|it| it.after.is_some())
        });
    };
    for _ in 0..2 {
        let request = bench.waiting();
        assert_eq!(bench.answer(request, OfferKind::AllowOnce), Reply::Done);
    }
    ended(&mut bench, 2);
    fs::write(folder.path().join("go"), "").unwrap();
    ended(&mut bench, 1);
    bench.until("the end of the turn", |bench| super::idle(bench, id));

    let all = changes(&mut bench, id, Stretch::WHOLE, &[]).unwrap();
    let added = Some(Became::Added);
    assert_eq!(
        named(&all),
        [("late", added), ("nobody", added), ("one", added), ("two", added)],
        "step 1 ended after step 2"
    );
    let makers = |path: &str| file(&all, path).hunks.clone();
    assert_eq!(makers("one"), [by(&[1], false)]);
    assert_eq!(makers("two"), [by(&[2], false)]);
    assert_eq!(makers("nobody"), [by(&[1, 2], false)], "no step names it");
    assert_eq!(makers("late"), [by(&[1], false)], "step 2 had ended by then");
    // What is on record of a step is what taking it back would touch.
    let did = |number: u32| {
        let worked = checkpoints::step(&bench, id, number).unwrap().worked.unwrap();
        worked.effects.iter().map(|effect| effect.path.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        (did(1), did(2)),
        (vec!["late".into(), "nobody".into(), "one".into()], vec!["nobody".into(), "two".into()])
    );

    let paths = |plan: &UndoPlan| plan.files.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
    let first = checkpoints::plan(&mut bench, id, &Undo::Step { number: 1 }).unwrap();
    assert_eq!(paths(&first), ["late", "nobody", "one"], "what step 2 wrote stays");
    assert!(first.cannot.iter().any(|it| it.contains("a change that none of them names")), "{:?}", first.cannot);
    let second = checkpoints::plan(&mut bench, id, &Undo::Step { number: 2 }).unwrap();
    assert_eq!(paths(&second), ["nobody", "two"]);
    let both = checkpoints::plan(&mut bench, id, &Undo::To { number: 1 }).unwrap();
    assert_eq!(paths(&both), ["late", "nobody", "one", "two"]);
    bench.leave();
}

#[test]
fn a_file_that_two_sessions_wrote_at_the_same_time_is_a_conflict_that_names_the_other() {
    let (folder, cwd) = checkpoints::folder();
    let mut bench = Bench::new(folder.path());
    let slow = "until [ -e ../go ]; do sleep 0.05; done; echo 1 > both; echo 1 > mine";
    let first = checkpoints::runs(&mut bench, &cwd, slow);
    let request = bench.waiting();
    assert_eq!(bench.answer(request, OfferKind::AllowOnce), Reply::Done);
    let second = checkpoints::runs(&mut bench, &cwd, "echo 2 > both");
    let request = bench.waiting();
    assert_eq!(bench.answer(request, OfferKind::AllowOnce), Reply::Done);
    checkpoints::worked(&mut bench, second, 1);
    fs::write(folder.path().join("go"), "").unwrap();
    checkpoints::worked(&mut bench, first, 1);
    let name = bench.state.session(second).unwrap().name.clone();
    let act = |plan: &UndoPlan, path: &str| plan.files.iter().find(|file| file.path == path).map(|file| file.act);

    let shown = checkpoints::plan(&mut bench, first, &Undo::Last).unwrap();
    assert_eq!((act(&shown, "both"), act(&shown, "mine")), (Some(UndoAct::Conflict), Some(UndoAct::Remove)));
    let said = format!("step 1 (echo 2 > both) of {name} ran at the same time and wrote both as well");
    assert!(shown.cannot.contains(&said), "{:#?}", shown.cannot);
    let note = shown.files.iter().find(|file| file.path == "both").and_then(|file| file.note.clone()).unwrap();
    assert!(note.starts_with("a step that ran at the same time, and is not taken back, wrote it as well"), "{note}");
    // Where nobody chooses, the other's version stays; so does it where its own session takes its step back.
    assert_eq!(checkpoints::carry_out(&mut bench, &shown, &Undo::Last, vec![]), Reply::Done);
    bench.until("the undo", |bench| bench.records.iter().any(|record| matches!(record.event, Event::Undone { .. })));
    assert_eq!((fs::read_to_string(cwd.join("both")).unwrap().as_str(), cwd.join("mine").exists()), ("1\n", false));
    bench.leave();
}
