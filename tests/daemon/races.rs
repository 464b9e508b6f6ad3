//! Two consoles answer one request at the same moment: one decision, whoever gives it, and the others hear what it was.

use super::place::Place;
use super::support::hub::{Bench, HEAR, OPENS, question, scripted, update};
use std::collections::BTreeMap;
use std::sync::Barrier;
use std::time::{Duration, Instant};
use taut::domain::{Command, CommandId, Decision, Event, Reply, RequestId};
use taut::hub::{Link, Published};

/// Requests raced for. Each has two consoles that answer at once.
const RACES: u32 = 1_000;

/// An agent that asks again and again, each time about a call of another name.
fn racer() -> Vec<String> {
    let mut command = scripted(&[&OPENS[..], &[HEAR, "RACES"]].concat());
    let call = update(r#""title":"step %d","kind":"execute","rawInput":{"command":"step %d"}"#);
    let ask = question(9, r#""title":"step %d","kind":"execute""#).replace(r#""id":9"#, r#""id":%d"#);
    let (call, ask) = (call.replace("\"c\"", "\"c%d\""), ask.replace("\"c\"", "\"c%d\""));
    let each = format!("printf '{call}\\n' $n $n $n; printf '{ask}\\n' $((n+100)) $n $n; read -r heard");
    let races = format!("n=0; while [ $n -lt {RACES} ]; do n=$((n+1)); {each}; done");
    command[2] = command[2].replace("printf '%s\\n' 'RACES'", &races);
    command
}

#[test]
fn of_two_answers_at_once_one_counts() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    let path = place.state().join("hub.sock");
    let (mut one, mut other) = (Bench::attached(&path), Bench::attached(&path));
    place.agent("racer", &racer());
    let barrier = Barrier::new(2);
    let race = |bench: &mut Bench, request: RequestId, decision: &Decision| {
        bench.until("the request", |bench| bench.state.waiting_request(request).is_some());
        let digest = bench.state.request(request).unwrap().digest;
        barrier.wait();
        bench.command(Command::Decide { request, digest, decision: decision.clone(), overridden: false })
    };
    let allow = Decision::Allow { offer: "y".into() };
    let deny = Decision::Deny { offer: Some("n".into()), reason: None, interrupt: false };
    let (mut won, mut first_won) = (BTreeMap::new(), 0);
    for n in 0..RACES {
        let request = one.waiting();
        let (first, second) = std::thread::scope(|scope| {
            let first = scope.spawn(|| race(&mut one, request, &allow));
            let second = scope.spawn(|| race(&mut other, request, &deny));
            (first.join().unwrap(), second.join().unwrap())
        });
        let decision = match (&first, &second) {
            (Reply::Done, Reply::Already { decision }) if *decision == allow => &allow,
            (Reply::Already { decision }, Reply::Done) if *decision == deny => &deny,
            other => panic!("race {n}: {other:?}"),
        };
        first_won += u32::from(*decision == allow);
        assert_eq!(won.insert(request, decision.clone()), None, "race {n}");
    }
    // All views agree on what won.
    let records = place.records();
    let last = records.last().unwrap().pos;
    let decided = |records: &[taut::domain::Record]| -> BTreeMap<RequestId, Decision> {
        let each = records.iter().filter_map(|record| match &record.event {
            Event::Decided { request, decision, .. } => Some((*request, decision.clone())),
            _ => None,
        });
        each.collect()
    };
    assert_eq!(decided(&records), won);
    for bench in [&mut one, &mut other] {
        bench.until("the last record", |bench| bench.records.last().is_some_and(|record| record.pos >= last));
        assert_eq!(decided(&bench.records), won);
    }
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), RACES as usize);
    assert!(first_won > 0 && first_won < RACES, "both win at times: {first_won}");
}
