//! The hub with real processes: the life of a request, the brake, the end of everything.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod anew;
mod answers;
mod beyond;
mod budget;
mod checkpoints;
mod edits;
mod faults;
mod grants;
mod heads;
mod held;
mod ignored;
mod indexing;
mod keeping;
mod overlap;
mod past;
mod radar;
mod search;
mod shelf;
mod starts;
#[path = "../support/mod.rs"]
mod support;
mod told;
mod witness;

use std::path::Path;
use std::time::Duration;
use support::hub::{Bench, program};
use taut::agent::process::tree;
use taut::cli::demo_repo;
use taut::domain::{Cause, Closing, Command, Decision, Event, OfferKind, Reply, SessionId};
use taut::state::{Life, Stage};
use taut::store::{self, Reader};

fn scratch() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    demo_repo::make(&folder.path().join("repo")).unwrap();
    folder
}

fn repo(folder: &tempfile::TempDir) -> std::path::PathBuf {
    folder.path().join("repo").canonicalize().unwrap()
}

fn idle(bench: &Bench, id: SessionId) -> bool {
    bench.state.session(id).is_some_and(|session| session.turn.is_none() && session.stopped.is_some())
}

fn kinds(bench: &Bench, id: SessionId) -> Vec<String> {
    bench.records.iter().filter(|record| record.session == id).map(|record| record.event.kind().to_owned()).collect()
}

#[test]
fn a_whole_turn_from_the_prompt_through_every_decision_to_changed_files_and_a_sound_log() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo(&folder), Some("Mend the rounding"));
    let before = std::fs::read_to_string(repo(&folder).join("src/basket.py")).unwrap();
    let mut answered = 0;
    loop {
        bench.until("a request or the end of the turn", |bench| bench.state.waiting() > 0 || idle(bench, id));
        if idle(&bench, id) {
            break;
        }
        let request = bench.waiting();
        let verdict = bench.state.request(request).unwrap().verdict.clone().unwrap();
        assert!(!verdict.reasons.is_empty() && verdict.rule.source == "built-in", "{verdict:?}");
        assert_eq!(bench.answer(request, OfferKind::AllowOnce), Reply::Done);
        let again = bench.state.request(request).unwrap();
        assert!(again.stage() >= Stage::Sent, "{:?}", again.stage());
        answered += 1;
    }
    assert_eq!(answered, 3, "{:?}", kinds(&bench, id));
    let after = std::fs::read_to_string(repo(&folder).join("src/basket.py")).unwrap();
    assert_ne!(before, after, "the edit that was allowed is on disk");
    let session = bench.state.session(id).unwrap();
    assert!(session.meter.used.is_some() && session.lanes.len() > 1 && session.steps > 3);
    assert!(session.open.is_empty(), "every request is over: {:?}", session.open);
    assert_eq!(session.unrecognised, 0);
    let records = bench.leave();
    // What its last step did may be known only after its end.
    let last = records.iter().rfind(|record| !matches!(record.event, Event::Checkpointed { .. })).unwrap();
    assert!(matches!(last.event, Event::Ended { cause: Cause::Quit, .. }));
    let reader = Reader::open(&folder.path().join("state")).unwrap();
    let verified = store::verify(&reader, None, None).unwrap();
    assert!(verified.is_sound(), "{:?}", verified.faults);
    assert_eq!(reader.records(id, taut::domain::Seq(1), 100_000).unwrap(), records, "what was published was stored");
}

#[test]
fn a_decision_is_on_record_before_anything_of_it_happens() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    bench.demo(&repo(&folder), Some("Mend the rounding"));
    let request = bench.waiting();
    bench.answer(request, OfferKind::AllowOnce);
    let at = |bench: &Bench, f: &dyn Fn(&Event) -> bool| bench.records.iter().position(|record| f(&record.event));
    bench.until("it to be taken up", |bench| at(bench, &|e| matches!(e, Event::TakenUp { .. })).is_some());
    let decided = at(&bench, &|e| matches!(e, Event::Decided { .. })).unwrap();
    let sent = at(&bench, &|e| matches!(e, Event::Sent { .. })).unwrap();
    let taken = at(&bench, &|e| matches!(e, Event::TakenUp { .. })).unwrap();
    assert!(decided < sent && sent < taken);
    bench.leave();
}

#[test]
fn a_second_a_stale_and_an_unfit_answer_change_nothing() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    bench.demo(&repo(&folder), Some("Mend the rounding"));
    let id = bench.waiting();
    let request = bench.state.request(id).unwrap().clone();
    let decide = |digest, offer: &str| Command::Decide {
        request: id,
        digest,
        decision: Decision::Allow { offer: offer.to_owned() },
        overridden: false,
    };
    let other = taut::domain::Digest::of(b"something else");
    assert_eq!(bench.command(decide(other, "x")), Reply::Stale { digest: request.digest });
    let Reply::Refused { why } = bench.command(decide(request.digest, "no such offer")) else { panic!() };
    assert!(why.contains("no such offer"), "{why}");
    let reject = request.offers.iter().find(|offer| offer.kind == OfferKind::RejectOnce).unwrap().id.clone();
    assert!(
        matches!(bench.command(decide(request.digest, &reject)), Reply::Refused { .. }),
        "a rejection is no allowance"
    );
    assert!(bench.state.request(id).unwrap().waits());
    assert_eq!(bench.answer(id, OfferKind::RejectOnce), Reply::Done);
    let allow = request.offers.iter().find(|offer| offer.kind == OfferKind::AllowOnce).unwrap().id.clone();
    let Reply::Already { decision } = bench.command(decide(request.digest, &allow)) else { panic!() };
    assert!(!decision.allows());
    bench.leave();
}

#[test]
fn a_file_that_changed_since_it_was_shown_asks_again() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    bench.demo(&repo(&folder), Some("Mend the rounding"));
    let first = bench.waiting();
    let path =
        bench.state.session(first.session).unwrap().request_and_step(first.seq).unwrap().1.changes[0].path.clone();
    let file = repo(&folder).join(path);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\n# by hand\n")).unwrap();
    let Reply::Stale { digest } = bench.answer(first, OfferKind::AllowOnce) else { panic!("it was not asked again") };
    bench.until("the new request", |bench| bench.state.waiting() == 1 && bench.state.queue()[0].request.id != first);
    let second = bench.waiting();
    let request = bench.state.request(second).unwrap();
    assert_eq!((request.digest, request.instead_of), (digest, Some(first)));
    assert!(request.changed[0].contains("changed on disk"), "{:?}", request.changed);
    // What stood there when it was shown, and what stands there now, are both on record.
    let step = bench.state.session(second.session).unwrap().request_and_step(second.seq).unwrap().1;
    let [found] = taut::ui::made::on_disk(step, request).try_into().unwrap();
    let now = format!("{text}\n# by hand\n");
    assert_eq!((found.old, found.new), (Some(text.as_str().into()), Some(now.as_str().into())));
    assert_eq!(bench.state.request(first).unwrap().closed.as_ref().unwrap().0, Closing::Superseded);
    assert_eq!(bench.answer(second, OfferKind::AllowOnce), Reply::Done);
    bench.leave();
}

#[test]
fn many_requests_at_once_each_get_their_own_answer() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let sessions: Vec<SessionId> = (0..3)
        .map(|n| {
            // Each its own files: what one allows must not change what another was shown.
            let cwd = folder.path().join(format!("repo-{n}"));
            demo_repo::make(&cwd).unwrap();
            bench.demo(&cwd.canonicalize().unwrap(), Some("ask 4"))
        })
        .collect();
    bench.until("twelve rows", |bench| bench.state.waiting() == 12);
    // From the middle outwards, allowing and denying in turn.
    let mut ids: Vec<_> = bench.state.queue().iter().map(|waiting| waiting.request.id).collect();
    ids.sort_by_key(|id| (id.seq.0 * 7919 + u64::from(id.session.0)) % 13);
    for (n, id) in ids.iter().enumerate() {
        let kind = if n % 3 == 0 { OfferKind::RejectOnce } else { OfferKind::AllowOnce };
        assert_eq!(bench.answer(*id, kind), Reply::Done);
        assert_eq!(bench.state.waiting(), 11 - n, "one answer, one row");
    }
    for id in &sessions {
        bench.until("the turn to end", |bench| idle(bench, *id));
    }
    for (n, id) in ids.iter().enumerate() {
        let request = bench.state.request(*id).unwrap();
        assert_eq!(request.answered.as_ref().unwrap().decision.allows(), n % 3 != 0);
        assert_eq!(request.stage(), Stage::TakenUp, "{id}");
    }
    bench.leave();
}

#[test]
fn rules_answer_by_themselves_and_are_on_record() {
    let folder = scratch();
    std::fs::create_dir(folder.path().join("config")).unwrap();
    let policy = "[[rule]]\nthen = \"deny\"\nimpact = [\"edit\"]\nnote = \"hands off\"\n";
    std::fs::write(folder.path().join("config/policy.toml"), policy).unwrap();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo(&folder), Some("Mend the rounding"));
    bench.until("the denial", |bench| {
        bench.records.iter().any(|record| matches!(&record.event, Event::Decided { by: taut::domain::By::Rule, .. }))
    });
    let session = bench.state.session(id).unwrap();
    let denied = session.timeline.entries.values().filter_map(|entry| entry.step()).find(|step| step.denied()).unwrap();
    let verdict = denied.request().unwrap().verdict.as_ref().unwrap();
    assert_eq!((verdict.rule.source.as_str(), verdict.rule.line), ("policy.toml", Some(1)));
    let path = &denied.changes[0].path;
    let on_disk = std::fs::read_to_string(repo(&folder).join(path)).unwrap();
    let pristine = tempfile::tempdir().unwrap();
    demo_repo::make(&pristine.path().join("repo")).unwrap();
    let relative = Path::new(path).strip_prefix(repo(&folder)).unwrap_or(Path::new(path));
    assert_eq!(on_disk, std::fs::read_to_string(pristine.path().join("repo").join(relative)).unwrap());
    bench.leave();
}

#[test]
fn an_interrupt_answers_every_open_question_and_ends_the_turn() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo(&folder), Some("ask 3"));
    bench.until("three rows", |bench| bench.state.waiting() == 3);
    assert_eq!(bench.command(Command::Interrupt { session: id }), Reply::Done);
    bench.until("the end of the turn", |bench| idle(bench, id));
    assert_eq!(bench.state.waiting(), 0);
    assert!(matches!(bench.state.session(id).unwrap().stopped, Some((taut::domain::Stop::Cancelled, _))));
    assert_eq!(bench.command(Command::Prompt { session: id, text: "work 1".into(), steer: false }), Reply::Done);
    bench.until("another turn", |bench| bench.state.session(id).unwrap().turns.0 == 2 && idle(bench, id));
    bench.leave();
}

#[test]
fn prompts_queue_on_our_side_and_go_one_by_one() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo(&folder), Some("ask 1"));
    bench.waiting();
    for text in ["work 1", "work 2"] {
        assert_eq!(bench.command(Command::Prompt { session: id, text: text.into(), steer: false }), Reply::Done);
    }
    assert_eq!(bench.state.session(id).unwrap().queue.len(), 2);
    let Reply::Refused { why } = bench.command(Command::Prompt { session: id, text: "now".into(), steer: true }) else {
        panic!("ACP can't steer")
    };
    assert!(why.contains("queues"), "{why}");
    let request = bench.waiting();
    bench.answer(request, OfferKind::AllowOnce);
    bench.until("all turns", |bench| bench.state.session(id).unwrap().turns.0 == 3 && idle(bench, id));
    assert!(bench.state.session(id).unwrap().queue.is_empty());
    bench.leave();
}

#[test]
fn an_agent_that_crashes_leaves_its_last_words_and_closed_requests() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo(&folder), Some("crash"));
    bench.until("its end", |bench| !bench.state.session(id).unwrap().is_live());
    let session = bench.state.session(id).unwrap();
    assert!(
        matches!(&session.life, Life::Ended { cause: Cause::Itself { code: Some(3), .. }, .. }),
        "{:?}",
        session.life
    );
    assert!(!session.last_words.is_empty());
    assert!(session.turn.is_none());
    let Reply::Refused { why } = bench.command(Command::Prompt { session: id, text: "x".into(), steer: false }) else {
        panic!()
    };
    assert!(why.contains("ended"), "{why}");
    bench.leave();
}

#[test]
fn a_command_that_is_not_there_says_so_in_one_sentence() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.start(&repo(&folder), &["/no/such/agent"], None);
    bench.until("its end", |bench| !bench.state.session(id).unwrap().is_live());
    let Life::Ended { cause: Cause::Failed(why), .. } = &bench.state.session(id).unwrap().life else { panic!() };
    assert!(why.contains("/no/such/agent"), "{why}");
    bench.leave();
}

#[test]
fn garbage_floods_and_long_lines_cost_nothing_but_themselves() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let garbage = bench.demo(&repo(&folder), Some("garbage"));
    let big = bench.demo(&repo(&folder), Some("big 20"));
    let flood = bench.demo(&repo(&folder), Some("flood 3000"));
    for id in [garbage, big, flood] {
        bench.until("the turn to end", |bench| idle(bench, id));
    }
    assert!(bench.state.session(garbage).unwrap().unrecognised > 0, "what is not understood is shown");
    let size: u64 = std::fs::metadata(folder.path().join("state/taut.db")).unwrap().len();
    assert!(size < 60 << 20, "{size}");
    bench.leave();
}

#[test]
fn ending_halting_and_leaving_leave_no_process_behind() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let ids: Vec<SessionId> = (0..3).map(|_| bench.demo(&repo(&folder), Some("forks"))).collect();
    for id in &ids {
        bench.until("its turn", |bench| idle(bench, *id));
        assert!(tree::alive(&id.to_string()).len() >= 2, "the agent and what it left in the background");
    }
    assert_eq!(bench.command(Command::End { session: ids[0] }), Reply::Done);
    bench.until("its end", |bench| !bench.state.session(ids[0]).unwrap().is_live());
    assert_eq!(tree::alive(&ids[0].to_string()), []);
    assert_eq!(bench.command(Command::Halt), Reply::Done);
    bench.until("the count", |bench| matches!(bench.status.halted, Some((0, 4..))));
    for id in &ids {
        assert_eq!(tree::alive(&id.to_string()), []);
    }
    let last = bench.demo(&repo(&folder), Some("hang"));
    bench.listen(Duration::from_millis(200));
    bench.leave();
    assert_eq!(tree::alive(&last.to_string()), []);
}

#[test]
fn a_second_hub_on_the_same_folder_only_looks_and_says_so() {
    let folder = scratch();
    let mut first = Bench::new(folder.path());
    let id = first.demo(&repo(&folder), Some("work 2"));
    first.until("the turn to end", |bench| idle(bench, id));
    let mut second = Bench::new(folder.path());
    second.until("the status", |bench| bench.status.read_only.is_some());
    second.until("the snapshot", |bench| bench.state.session(id).is_some());
    assert!(matches!(second.command(Command::Halt), Reply::Refused { .. }));
    second.leave();
    first.leave();
}

#[test]
fn what_a_killed_hub_left_gets_its_end_on_record_and_in_fact() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo(&folder), Some("ask 1"));
    let request = bench.waiting();
    // As after kill -9: the log as it is, with no farewell. The copy is what the next hub finds.
    let crashed = folder.path().join("crashed");
    std::fs::create_dir_all(crashed.join("state")).unwrap();
    std::fs::copy(folder.path().join("state/taut.db"), crashed.join("state/taut.db")).unwrap();
    std::fs::copy(folder.path().join("state/taut.db-wal"), crashed.join("state/taut.db-wal")).unwrap();
    let mut next = Bench::new(&crashed);
    next.until("the session", |bench| bench.state.session(id).is_some());
    let session = next.state.session(id).unwrap();
    assert!(matches!(session.life, Life::Ended { cause: Cause::HubDied, .. }), "{:?}", session.life);
    assert!(session.request(request.seq).is_some(), "{session:#?}");
    assert_eq!(session.request(request.seq).unwrap().closed.as_ref().unwrap().0, Closing::AgentGone);
    assert_eq!(tree::alive(&id.to_string()), [], "its processes were found by their mark");
    next.leave();
    bench.leave();
    assert!(program().exists());
}
