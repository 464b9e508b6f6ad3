//! Answers: the brake among them, a question that changes under one, and one that no longer waits.

use super::support::hub::{Bench, HEAR, Turn, question, turn_end, update};
use super::{idle, kinds, repo, scratch};
use taut::domain::{Closing, Command, Decision, Event, OfferKind, Reply};
use taut::state::Stage;

#[test]
fn a_denial_that_ends_the_turn_is_decided_before_anything_is_withdrawn() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo(&folder), Some("ask 3"));
    bench.until("three rows", |bench| bench.state.waiting() == 3);
    let ids: Vec<_> = bench.state.queue().iter().map(|waiting| waiting.request.id).collect();
    assert_eq!(bench.deny(ids[1], "not like this", Turn::Ends), Reply::Done);
    bench.until("the end of the turn", |bench| idle(bench, id));
    let denied = bench.state.request(ids[1]).unwrap();
    assert_eq!((denied.stage(), &denied.closed), (Stage::TakenUp, &None));
    assert!(matches!(&denied.answered.as_ref().unwrap().decision, Decision::Deny { interrupt: true, .. }));
    for other in [ids[0], ids[2]] {
        let how = &bench.state.request(other).unwrap().closed.as_ref().unwrap().0;
        assert_eq!(how, &Closing::Withdrawn("you interrupted the turn".into()));
    }
    let order = ["decided", "sent", "interrupt_asked", "request_closed", "turn_ended"];
    let at = order.map(|kind| kinds(&bench, id).iter().position(|other| other == kind));
    assert!(at.is_sorted() && at[0].is_some(), "{at:?} {:?}", kinds(&bench, id));
    bench.leave();
}

#[test]
fn a_refusal_must_be_one_that_the_agent_offers_as_such() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    bench.demo(&repo(&folder), Some("Mend the rounding"));
    let id = bench.waiting();
    let request = bench.state.request(id).unwrap().clone();
    let allow = request.offers.iter().find(|offer| offer.kind == OfferKind::AllowOnce).unwrap();
    let decision = Decision::Deny { offer: Some(allow.id.clone()), reason: None, interrupt: false };
    let wish = Command::Decide { request: id, digest: request.digest, decision, overridden: false };
    let Reply::Refused { why } = bench.command(wish) else { panic!("an allowance was sent as a refusal") };
    assert!(why.contains("no refusal"), "{why}");
    assert!(bench.state.request(id).unwrap().waits());
    bench.leave();
}

#[test]
fn a_call_that_changes_while_it_waits_asks_anew_at_once() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let asks = question(9, r#""kind":"execute","rawInput":{"command":"ls a"}"#);
    let cwd = repo(&folder);
    let folder_added =
        update(&format!(r#""status":"in_progress","rawInput":{{"command":"ls a","cwd":"{}"}}"#, cwd.display()));
    let other = update(r#""rawInput":{"command":"rm -rf b"}"#);
    // The second prompt of the script is the answer to its question.
    let lines = [HEAR, &asks, &folder_added, HEAR, &other, HEAR];
    let id = bench.script(&cwd, &lines, Some("go"));
    let first = bench.waiting();
    bench.until("the folder", |bench| {
        let (_, step, _) = bench.state.session(id).unwrap().request_and_step(first.seq).unwrap();
        step.args.as_ref().and_then(|args| args.inline()).is_some_and(|args| args.contains("cwd"))
    });
    bench.listen(std::time::Duration::from_millis(60));
    assert!(bench.state.request(first).unwrap().waits(), "its own folder is nothing new");
    // Something that the script waits for.
    assert_eq!(bench.command(Command::SetMode { session: id, mode: "x".into() }), Reply::Done);
    bench.until("the new request", |bench| bench.state.queue().iter().any(|w| w.request.instead_of == Some(first)));
    let second = bench.waiting();
    let request = bench.state.request(second).unwrap();
    assert_eq!(request.changed, ["the agent changed what it asks for"]);
    assert_eq!(bench.state.request(first).unwrap().closed.as_ref().unwrap().0, Closing::Superseded);
    // An answer to what was shown before meets what is asked now.
    let decision = Decision::Allow { offer: "y".into() };
    let digest = bench.state.request(first).unwrap().digest;
    let now = request.digest;
    let late = Command::Decide { request: first, digest, decision, overridden: false };
    assert_eq!(bench.command(late), Reply::Stale { digest: now });
    assert_eq!(bench.answer(second, OfferKind::AllowOnce), Reply::Done);
    bench.leave();
}

#[test]
fn a_question_that_is_taken_back_can_no_longer_be_answered() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let asks = question(9, r#""kind":"execute","rawInput":{"command":"ls"}"#);
    let back = r#"{"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":9}}"#;
    let id = bench.script(&repo(&folder), &[HEAR, &asks, HEAR, back, HEAR], Some("go"));
    let request = bench.waiting();
    let known = bench.state.request(request).unwrap().clone();
    // The agent takes it back while the answer is on its way.
    bench.link.send(taut::domain::CommandId(900), Command::SetMode { session: id, mode: "x".into() });
    bench.until("it to be closed", |bench| bench.state.request(request).unwrap().closed.is_some());
    let decision = Decision::Allow { offer: "y".into() };
    let wish = Command::Decide { request, digest: known.digest, decision, overridden: false };
    let Reply::Refused { why } = bench.command(wish) else { panic!() };
    assert!(why.contains("took it back"), "{why}");
    assert_eq!(bench.position(|event| matches!(event, Event::Decided { .. })), None);
    bench.leave();
}

#[test]
fn an_agent_that_ends_its_turn_over_a_denial_gets_the_next_prompt_with_the_reason() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let asks = question(9, r#""kind":"execute","rawInput":{"command":"ls"}"#);
    let (first, second) = (turn_end(3, "cancelled"), turn_end(4, "end_turn"));
    let id = bench.script(&repo(&folder), &[HEAR, &asks, HEAR, &first, HEAR, &second], Some("go"));
    let request = bench.waiting();
    let queued = Command::Prompt { session: id, text: "then this".into(), steer: false };
    assert_eq!(bench.command(queued), Reply::Done);
    assert_eq!(bench.deny(request, "too slow", Turn::GoesOn), Reply::Done);
    bench.until("both turns", |bench| bench.state.session(id).unwrap().turns.0 == 2 && idle(bench, id));
    assert_eq!(bench.state.request(request).unwrap().stage(), Stage::TakenUp, "the end of the turn is the sign of it");
    let sent = bench.records.iter().rev().find_map(|record| match &record.event {
        Event::PromptSent { text, .. } => text.inline().map(str::to_owned),
        _ => None,
    });
    assert!(sent.is_some_and(|text| text.contains("too slow") && text.ends_with("then this")));
    bench.leave();
}
