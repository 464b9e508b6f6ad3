//! How calls came to run, as far as what agents say shows it.

use super::support::hub::{Bench, HEAR, question, turn_end, update};
use super::{idle, repo, scratch};
use taut::domain::{CallId, Closing, Command, Event, Gate, Moment, OfferKind, SessionId};
use taut::state::{Request, Step};

/// The step and the last request of the scripted call.
fn step(bench: &Bench, id: SessionId) -> Step {
    bench.state.session(id).unwrap().step_of(&CallId("c".into())).unwrap().clone()
}

fn closed(step: &Step) -> Option<&Closing> {
    step.request().and_then(|request: &Request| request.closed.as_ref()).map(|(how, _)| how)
}

/// A turn of these lines, and what came of its call.
fn turn(lines: &[&str], allow: bool) -> (Step, u32) {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let end = turn_end(3, "end_turn");
    let id = bench.script(&repo(&folder), &[&[HEAR], lines, &[&end]].concat(), Some("go"));
    if allow {
        let request = bench.waiting();
        bench.answer(request, OfferKind::AllowOnce);
    }
    bench.until("the end of the turn", |bench| idle(bench, id));
    let found = (step(&bench, id), bench.state.session(id).unwrap().ungated);
    assert!(bench.state.session(id).unwrap().open.is_empty(), "{:?}", found.0);
    bench.leave();
    found
}

#[test]
fn what_comes_with_a_question_is_no_sign_that_it_ran() {
    let words = r#""kind":"execute","title":"ls","status":"pending","content":[{"type":"content","content":{"type":"text","text":"lists"}}]"#;
    let asks = question(9, words);
    let done = update(r#""status":"completed""#);
    let (step, ungated) = turn(&[&asks, HEAR, &done], true);
    assert_eq!((step.gate, ungated), (Gate::Asked, 0));
    // Kimi and codex say that it runs, and what it is, before they ask.
    let begun = update(
        r#""kind":"execute","status":"in_progress","content":[{"type":"content","content":{"type":"text","text":"ls"}}]"#,
    );
    let (step, ungated) = turn(&[&begun, &asks, HEAR, &done], true);
    assert_eq!((step.gate, ungated), (Gate::Asked, 0));
}

#[test]
fn a_call_that_ran_before_anybody_was_asked_is_ungated() {
    let begun = update(r#""kind":"execute","rawInput":{"command":"rm -rf build"},"status":"in_progress""#);
    let output = update(r#""content":[{"type":"content","content":{"type":"text","text":"gone"}}]"#);
    let (step, ungated) = turn(&[&begun, &output], false);
    assert_eq!((step.gate, ungated), (Gate::Ungated, 1), "also where it never says that it ended");
    assert!(step.verdict.unwrap().reasons.iter().any(|why| why == "runs a command"));
}

#[test]
fn an_agent_that_asks_and_does_not_wait_is_ungated() {
    let asks = question(9, r#""kind":"execute","rawInput":{"command":"rm -rf build"}"#);
    let done = update(r#""status":"completed""#);
    let (step, ungated) = turn(&[&asks, &done], false);
    assert_eq!((&step.gate, ungated), (&Gate::Ungated, 1));
    assert!(matches!(closed(&step), Some(Closing::Withdrawn(_))));
}

#[test]
fn an_agent_that_ignores_a_denial_is_ungated() {
    for allow in [false, true] {
        let folder = scratch();
        let cwd = repo(&folder);
        std::fs::write(cwd.join("a.txt"), "old\n").unwrap();
        let mut bench = Bench::new(folder.path());
        let diff = r#""kind":"edit","content":[{"type":"diff","path":"a.txt","oldText":"old\n","newText":"new\n"}]"#;
        let asks = question(9, diff);
        let done = update(r#""status":"completed""#);
        let lines = [HEAR, asks.as_str(), HEAR, HEAR, &done, &turn_end(3, "end_turn")];
        let id = bench.script(&cwd, &lines, Some("go"));
        let request = bench.waiting();
        if allow {
            bench.answer(request, OfferKind::AllowOnce);
        } else {
            bench.answer(request, OfferKind::RejectOnce);
        }
        bench.until("the answer to be sent", |bench| bench.state.request(request).unwrap().sent.is_some());
        // The agent writes, whatever it was told; then it says that it is done.
        std::fs::write(cwd.join("a.txt"), "new\n").unwrap();
        bench.send(taut::domain::Command::Interrupt { session: id });
        bench.until("the end of the turn", |bench| idle(bench, id));
        let expected = if allow { (Gate::Asked, 0) } else { (Gate::Ungated, 1) };
        assert_eq!((step(&bench, id).gate, bench.state.session(id).unwrap().ungated), expected);
        bench.leave();
    }
}

/// Of a command that is denied: how it came to run, and whose its files are by the record. `after` is what its agent says
/// then, `meanwhile` is done before that.
fn denied(after: &[&str], meanwhile: impl FnOnce(&std::path::Path)) -> (Step, u32, Vec<Moment>) {
    let folder = scratch();
    let cwd = repo(&folder);
    std::fs::create_dir_all(cwd.join("build")).unwrap();
    std::fs::write(cwd.join("build/a.o"), "old\n").unwrap();
    let mut bench = Bench::new(folder.path());
    let asks = question(9, r#""kind":"execute","rawInput":{"command":"rm -rf build"}"#);
    // It was allowed to look around before: from then on the workspace is known.
    let first = question(8, r#""kind":"execute","rawInput":{"command":"touch seen"}"#).replace("\"c\"", "\"first\"");
    let ended = update(r#""status":"completed""#).replace("\"c\"", "\"first\"");
    let end = turn_end(3, "end_turn");
    let lines = [&[HEAR, &first, HEAR, &ended, HEAR, &asks, HEAR, HEAR][..], after, &[&end]].concat();
    let id = bench.script(&cwd, &lines, Some("go"));
    let goes_on = |bench: &mut Bench| bench.send(Command::SetMode { session: id, mode: "x".into() });
    let is = |event: &Event, is: Moment| matches!(event, Event::Checkpointed { checkpoint } if checkpoint.moment == is);
    let look = bench.waiting();
    bench.answer(look, OfferKind::AllowOnce);
    bench.until("the workspace to be known", |bench| bench.position(|event| is(event, Moment::After)).is_some());
    let known = bench.records.len();
    goes_on(&mut bench);
    let request = bench.waiting();
    bench.answer(request, OfferKind::RejectOnce);
    bench.until("the answer to be sent", |bench| bench.state.request(request).unwrap().sent.is_some());
    meanwhile(&cwd);
    goes_on(&mut bench);
    bench.until("the end of the turn", |bench| idle(bench, id));
    let moments = |bench: &Bench| {
        let moment = |event: &Event| match event {
            Event::Checkpointed { checkpoint } => Some(checkpoint.moment),
            _ => None,
        };
        bench.records[known..].iter().filter_map(|record| moment(&record.event)).collect::<Vec<_>>()
    };
    if !cwd.join("build").exists() {
        bench.until("the files to be looked at", |bench| !moments(bench).is_empty());
    }
    let found = (step(&bench, id), bench.state.session(id).unwrap().ungated, moments(&bench));
    bench.leave();
    found
}

fn says(status: &str, words: &str) -> String {
    let content = format!(r#""content":[{{"type":"content","content":{{"type":"text","text":"{words}"}}}}]"#);
    update(&format!(r#""status":"{status}",{content}"#))
}

fn nothing(_: &std::path::Path) {}

fn removes(cwd: &std::path::Path) {
    std::fs::remove_dir_all(cwd.join("build")).unwrap();
}

#[test]
fn a_denied_command_that_says_it_completed_ran_although_it_was_denied() {
    for said in [update(r#""status":"completed""#), says("completed", "removed build")] {
        let (step, ungated, _) = denied(&[&said], nothing);
        assert_eq!((&step.gate, ungated), (&Gate::Ungated, 1), "{said}");
        assert_eq!(step.unleashed(), "it ran although it was denied");
        assert!(step.verdict.is_some(), "what ran is judged");
    }
}

#[test]
fn an_agent_that_tells_of_the_denial_is_believed() {
    let failed = update(r#""status":"failed""#);
    let told = says("failed", "User refused permission to run tool");
    let odd = says("completed", "Command cancelled by user.");
    for after in [&[failed.as_str()][..], &[&told], &[&odd], &[]] {
        let (step, ungated, moments) = denied(after, nothing);
        assert_eq!((step.gate == Gate::Ungated, ungated), (false, 0), "{after:?}");
        assert_eq!(moments, [], "{after:?}");
    }
}

#[test]
fn files_that_a_denied_command_names_speak_against_its_agent() {
    // It says *cancelled* and *completed* in one breath, and what it was to delete is gone.
    let odd = says("completed", "Command cancelled by user.");
    let (step, ungated, moments) = denied(&[&odd], removes);
    assert_eq!((&step.gate, ungated), (&Gate::Ungated, 1));
    assert_eq!(moments, [Moment::LastKnown, Moment::After]);
    assert_eq!(step.worked.unwrap().effects[0].path, "build");
    // Who reports it as failed is believed: a human may have done the same.
    let (step, ungated, _) = denied(&[&update(r#""status":"failed""#)], nothing);
    assert_eq!((step.gate == Gate::Ungated, ungated), (false, 0));
}

#[test]
fn an_allowed_call_of_which_nothing_more_is_heard_is_not_said_to_be_taken_up() {
    let asks = question(9, r#""kind":"execute","rawInput":{"command":"ls"}"#);
    let (step, _) = turn(&[&asks, HEAR], true);
    let request = step.request().unwrap();
    assert_eq!((request.taken_up, &step.gate), (None, &Gate::Asked));
    assert!(matches!(closed(&step), Some(Closing::Withdrawn(why)) if why.contains("without a sign")), "{request:?}");
}

#[test]
fn what_was_allowed_for_edits_was_not_allowed_for_commands() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let diff = r#""content":[{"type":"diff","path":"a.txt","oldText":null,"newText":"x\n"}]"#;
    let asks =
        question(9, &format!(r#""kind":"edit",{diff}"#)).replace(r#""kind":"allow_once""#, r#""kind":"allow_always""#);
    let done = update(r#""status":"completed""#);
    let another =
        |id: &str, fields: &str| update(fields).replace(r#""toolCallId":"c""#, &format!(r#""toolCallId":"{id}""#));
    let edit = another("e", &format!(r#""kind":"edit","status":"completed",{diff}"#));
    let command = another("x", r#""kind":"execute","rawInput":{"command":"rm -rf build"},"status":"completed""#);
    let end = turn_end(3, "end_turn");
    let id = bench.script(&repo(&folder), &[HEAR, &asks, HEAR, &done, &edit, &command, &end], Some("go"));
    let request = bench.waiting();
    bench.answer(request, OfferKind::AllowAlways);
    bench.until("the end of the turn", |bench| idle(bench, id));
    let session = bench.state.session(id).unwrap();
    let gate = |call: &str| session.step_of(&CallId(call.into())).unwrap().gate.clone();
    assert_eq!((gate("c"), gate("e"), gate("x")), (Gate::Asked, Gate::Granted("Yes".into()), Gate::Ungated));
    assert_eq!((session.loosened.len(), session.grants.len(), session.ungated), (1, 1, 1));
    bench.leave();
}

#[test]
fn a_long_and_fast_session_has_the_steps_that_it_had_and_no_more() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo(&folder), Some("work 700"));
    bench.until("the turn to end", |bench| idle(bench, id));
    let session = bench.state.session(id).unwrap();
    let calls: std::collections::BTreeSet<&taut::domain::CallId> = bench
        .records
        .iter()
        .filter_map(|record| if let Event::Called { call, .. } = &record.event { Some(call) } else { None })
        .collect();
    assert_eq!(session.steps as usize, calls.len(), "a late fact about a call is no call of its own");
    let gated = |entry: &taut::state::Entry| entry.step().is_none_or(|step| step.gate.word() == "read-class");
    assert!(session.timeline.entries.values().all(gated), "every step says how it came to run");
    bench.leave();
}
