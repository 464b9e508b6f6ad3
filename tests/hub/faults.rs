//! A store that can't be written, and agents that end or won't.

use super::support::hub::{Bench, HEAR, Turn, question, turn_end};
use super::{idle, repo, scratch};
use rusqlite::Connection;
use std::path::Path;
use std::time::{Duration, Instant};
use taut::agent::process::tree;
use taut::domain::{Closing, Command, Event, Notice, OfferKind, Reply};
use taut::state::Stage;
use taut::store::{self, Reader};

/// Another program holds the database: as good as a full disk.
fn lock(folder: &Path) -> Connection {
    let other = Connection::open(folder.join("state/taut.db")).unwrap();
    other.busy_timeout(Duration::from_secs(10)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    other
}

fn is_sound(folder: &Path) {
    let verified = store::verify(&Reader::open(&folder.join("state")).unwrap(), None, None).unwrap();
    assert!(verified.is_sound(), "{:?}", verified.faults);
}

#[test]
fn while_the_store_fails_allowances_are_held_the_brake_works_and_nothing_is_lost() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo(&folder), Some("ask 3"));
    bench.until("three rows", |bench| bench.state.waiting() == 3);
    let ids: Vec<_> = bench.state.queue().iter().map(|waiting| waiting.request.id).collect();
    let before = bench.records.len();
    let locked = lock(folder.path());
    assert_eq!(bench.answer(ids[0], OfferKind::AllowOnce), Reply::Held);
    bench.until("the header", |bench| bench.status.held == 1);
    assert!(bench.status.store_error.as_ref().unwrap().contains("locked"), "{:?}", bench.status);
    let Reply::Refused { why } = bench.answer(ids[0], OfferKind::AllowOnce) else { panic!("held twice") };
    assert!(why.contains("held"), "{why}");
    assert_eq!(bench.deny(ids[1], "no", Turn::GoesOn), Reply::Held);
    // The human thinks better of it: a denial takes the place of what is held.
    assert_eq!(bench.deny(ids[0], "after all", Turn::GoesOn), Reply::Held);
    assert_eq!(bench.answer(ids[2], OfferKind::AllowOnce), Reply::Held);
    let more = Command::Prompt { session: id, text: "work 1".into(), steer: false };
    let Reply::Refused { why } = bench.command(more) else { panic!("a prompt went that is on no record") };
    assert!(why.contains("can't be put on record"), "{why}");
    bench.until("the header", |bench| bench.status.held == 3);
    assert_eq!(bench.records.len(), before, "nothing is shown that is not on record");
    drop(locked);
    bench.until("all of it", |bench| bench.status.held == 0 && bench.status.store_error.is_none());
    bench.until("the end of the turn", |bench| idle(bench, id));
    let decided = |n: usize| bench.state.request(ids[n]).unwrap().answered.as_ref().unwrap().decision.allows();
    assert_eq!([decided(0), decided(1), decided(2)], [false, false, true]);
    for id in ids {
        assert_eq!(bench.state.request(id).unwrap().stage(), Stage::TakenUp);
    }
    bench.leave();
    is_sound(folder.path());
}

#[test]
fn an_interrupt_takes_back_what_is_held() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo(&folder), Some("ask 2"));
    bench.until("two rows", |bench| bench.state.waiting() == 2);
    let request = bench.waiting();
    let locked = lock(folder.path());
    assert_eq!(bench.answer(request, OfferKind::AllowOnce), Reply::Held);
    bench.until("the header", |bench| bench.status.held == 1);
    assert_eq!(bench.command(Command::Interrupt { session: id }), Reply::Done);
    drop(locked);
    bench.until("the end of the turn", |bench| idle(bench, id));
    let known = bench.state.request(request).unwrap();
    assert_eq!((&known.answered, known.sent), (&None, None));
    assert!(matches!(known.closed, Some((Closing::Withdrawn(_), _))));
    bench.leave();
    is_sound(folder.path());
}

#[test]
fn what_agents_ask_while_the_store_fails_is_asked_afterwards() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let (asks, end) = (question(9, r#""kind":"execute","rawInput":{"command":"ls"}"#), turn_end(3, "end_turn"));
    let id = bench.script(&repo(&folder), &[HEAR, HEAR, &asks, HEAR, &end], Some("go"));
    bench.until("the turn", |bench| bench.state.session(id).unwrap().turn.is_some());
    let locked = lock(folder.path());
    // What the script waits for.
    assert_eq!(bench.command(Command::SetMode { session: id, mode: "x".into() }), Reply::Done);
    bench.until("the header", |bench| bench.status.store_error.is_some());
    assert_eq!(bench.state.waiting(), 0);
    drop(locked);
    let request = bench.waiting();
    assert_eq!(bench.answer(request, OfferKind::AllowOnce), Reply::Done);
    bench.until("the end of the turn", |bench| idle(bench, id));
    bench.leave();
    is_sound(folder.path());
}

#[test]
fn a_hub_leaves_though_the_store_fails_and_agents_will_not_end() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let deaf = bench.start(&repo(&folder), &["sh", "-c", "trap '' TERM HUP INT; while :; do sleep 0.1; done"], None);
    let flood = bench.demo(&repo(&folder), Some("flood 100000"));
    bench.until("the flood", |bench| bench.state.session(flood).is_some_and(|session| session.turn.is_some()));
    bench.until("the deaf one", |_| tree::alive(&deaf.to_string()).len() > 1);
    let _locked = lock(folder.path());
    bench.listen(Duration::from_millis(300));
    bench.leave();
    for id in [deaf, flood] {
        assert_eq!(tree::alive(&id.to_string()), []);
    }
}

#[test]
fn an_agent_that_is_killed_in_the_middle_of_a_question_closes_it_and_keeps_the_queue() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo(&folder), Some("ask 2"));
    bench.until("two rows", |bench| bench.state.waiting() == 2);
    let ids: Vec<_> = bench.state.queue().iter().map(|waiting| waiting.request.id).collect();
    let queued = Command::Prompt { session: id, text: "later".into(), steer: false };
    assert_eq!(bench.command(queued), Reply::Done);
    // The newest of its two processes: the other is its parent, of taut's own.
    let agent = tree::alive(&id.to_string()).iter().map(|(pid, _)| *pid).max().unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(agent).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    bench.until("its end", |bench| !bench.state.session(id).unwrap().is_live());
    for request in ids {
        assert_eq!(bench.state.request(request).unwrap().closed.as_ref().unwrap().0, Closing::AgentGone);
    }
    let sent = bench.records.iter().filter(|record| matches!(record.event, Event::PromptSent { .. })).count();
    assert_eq!((sent, bench.state.session(id).unwrap().queue.len()), (1, 1), "nothing goes to the dead");
    let errors = bench.position(|event| matches!(event, Event::Noted { level: Notice::Error, .. }));
    assert_eq!(errors, None, "an end needs no errors beside it");
    bench.leave();
}

#[test]
fn a_session_that_is_ended_in_the_middle_of_a_question_asks_nobody_any_more() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo(&folder), Some("ask 2"));
    bench.until("two rows", |bench| bench.state.waiting() == 2);
    let began = Instant::now();
    assert_eq!(bench.command(Command::End { session: id }), Reply::Done);
    assert_eq!(bench.state.waiting(), 0, "at once, though its process may take a while: {:?}", began.elapsed());
    bench.until("its end", |bench| !bench.state.session(id).unwrap().is_live());
    bench.leave();
}
