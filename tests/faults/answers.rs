//! Answers: late, doubled and at once; and one that the agent does nothing about.

use super::stage::{Stage, count, is_dead, is_end, play, socket, start};
use super::support::hub::{Bench, HEAR, OPENS, question, scripted, update};
use super::support::place::{Place, kill, until};
use super::support::pty::Terminal;
use std::sync::Barrier;
use std::time::Duration;
use taut::domain::{Command, Decision, Event, OfferKind, Reply, RequestId};
use taut::state::Stage as Stands;

#[test]
fn of_three_consoles_the_first_answer_wins_and_all_see_the_same_afterwards() {
    let place = Place::new();
    let agent = place.demo();
    let (request, digest) = place.waiting();
    let (request, digest): (RequestId, _) = (request.parse().unwrap(), digest.parse().unwrap());
    let mut seats: Vec<Bench> = (0..3).map(|_| Bench::attached(&socket(&place))).collect();
    seats[0].until("the request", |seat| seat.state.waiting_request(request).is_some());
    let offers = &seats[0].state.request(request).unwrap().offers;
    let offer = offers.iter().find(|offer| offer.kind == OfferKind::AllowOnce).unwrap().id.clone();
    let decisions = [
        Decision::Allow { offer },
        Decision::Deny { offer: None, reason: None, interrupt: false },
        Decision::Deny { offer: None, reason: Some("no".into()), interrupt: false },
    ];
    let barrier = Barrier::new(3);
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let each = seats.iter_mut().zip(&decisions).map(|(seat, decision)| {
            let (decision, barrier) = (decision.clone(), &barrier);
            scope.spawn(move || {
                barrier.wait();
                seat.command(Command::Decide { request, digest, decision, overridden: false })
            })
        });
        each.collect::<Vec<_>>().into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let winner = replies.iter().position(|reply| *reply == Reply::Done).unwrap();
    for (at, reply) in replies.iter().enumerate().filter(|(at, _)| *at != winner) {
        assert_eq!(*reply, Reply::Already { decision: decisions[winner].clone() }, "{at}");
    }
    place.done(&["end", &agent]);
    place.done(&["wait", &agent, "--for", "end", "--timeout", "60"]);
    let records = place.records();
    let last = records.last().unwrap().pos;
    for seat in &mut seats {
        seat.until("the last record", |seat| seat.records.last().is_some_and(|record| record.pos >= last));
        assert_eq!(seat.records, records);
        let answered = seat.state.request(request).unwrap().answered.as_ref().unwrap();
        assert_eq!(answered.decision, decisions[winner]);
    }
}

#[test]
fn late_and_doubled_answers_say_what_was_decided_also_to_the_next_hub() {
    let place = Place::new();
    place.demo();
    let (request, digest) = place.waiting();
    let late = |place: &Place| {
        for _ in 0..2 {
            for args in [vec!["allow", &request, "--digest", &digest], vec!["deny", &request]] {
                let said = place.taut(&args);
                assert!(said.code == Some(3) && said.err.ends_with("was denied before\n"), "{args:?} {said:?}");
            }
        }
        let decided = |event: &Event| matches!(event, Event::Decided { request: it, .. } if it.to_string() == request);
        assert_eq!(place.count(decided), 1);
    };
    assert_eq!(place.done(&["deny", &request, "--reason", "not now"]), "denied");
    late(&place);
    let hub = place.hub();
    kill(hub);
    until("its end", || is_dead(hub));
    place.done(&["daemon", "start"]);
    late(&place);
    place.done(&["daemon", "restart"]);
    late(&place);
}

#[test]
fn one_of_long_ago_is_known_though_the_hub_has_let_its_call_go() {
    let place = Place::new();
    // One question, and then more calls than are kept.
    let call = update(r#""title":"make","kind":"execute","rawInput":{"command":"make"}"#);
    let mut command = scripted(&[&OPENS[..], &[HEAR, &call, &question(9, r#""title":"make""#), HEAR, "MANY"]].concat());
    let other = update(r#""title":"look","kind":"read","status":"completed""#).replace("\"c\"", "\"d%d\"");
    let done = update(r#""status":"completed""#);
    let many = format!("printf '{done}\\n'; n=0; while [ $n -lt 400 ]; do n=$((n+1)); printf '{other}\\n' $n; done");
    command[2] = command[2].replace("printf '%s\\n' 'MANY'", &many);
    place.done(&["daemon", "start"]);
    let mut bench = Bench::attached(&socket(&place));
    place.agent("old", &command);
    let (request, digest) = place.waiting();
    assert_eq!(place.done(&["allow", &request, "--digest", &digest]), "allowed");
    bench.until("the last call", |bench| {
        bench.position(|event| matches!(event, Event::Called { call, .. } if call.0 == "d400")).is_some()
    });
    bench.listen(Duration::from_millis(100));
    assert!(bench.state.request(request.parse().unwrap()).is_none(), "it is no longer in memory");
    for args in [vec!["allow", &request, "--digest", &digest], vec!["deny", &request]] {
        let said = place.taut(&args);
        assert!(said.code == Some(3) && said.err.ends_with("was allowed before\n"), "{args:?} {said:?}");
    }
}

#[test]
fn an_answer_that_the_agent_does_not_act_on_is_flagged_and_unflagged_when_it_does() {
    let mut stage = Stage::with("TAUT_CONFIRM_MS", "1500");
    let terminal = Terminal::apart(stage.place.path(), &[]);
    start(&stage.place);
    play(&stage.place, &mut stage.bench, |bench| count(&bench.records, "sent") == 1);
    let id = stage.request().unwrap().id;
    stage.bench.until("the flag", |bench| bench.state.request(id).unwrap().stage() == Stands::Unconfirmed);
    let records = stage.is_whole();
    assert_eq!((count(&records, "sent"), count(&records, "taken_up"), count(&records, "unconfirmed")), (1, 0, 1));
    // Everywhere.
    assert!(stage.place.done(&["show", &id.to_string()]).contains("sent, and the agent did not act on it"));
    let listed = stage.place.done(&["ls"]);
    assert!(listed.contains("no sign"), "{listed}");
    terminal.shows("no sign");
    // It acts after all.
    stage.go();
    stage.bench.until("its sign", |bench| bench.state.request(id).unwrap().stage() == Stands::TakenUp);
    terminal.hides("no sign");
    assert!(!stage.place.done(&["ls"]).contains("no sign"));
    assert_eq!(stage.answers(), 1);
    assert!(!stage.is_whole().iter().any(|record| is_end(&record.event)));
}
