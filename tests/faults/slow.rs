//! A console that does not read: it costs the hub little and the others nothing, and misses nothing once it reads.

use super::raw::Raw;
use super::stage::socket;
use super::support::hub::{Bench, HEAR, OPENS, scripted};
use super::support::place::Place;
use super::support::weight::pss;
use std::time::Duration;
use taut::domain::{CallStatus, Command, Event, OfferKind, PageNo, Pos, Query, Reply};

/// Calls of the agent that talks much: some records each.
const CALLS: u32 = 1_800;

/// An agent that says a lot as soon as it is prompted.
fn talker(place: &Place) {
    let mut command = scripted(&[&OPENS[..], &[HEAR, "MUCH"]].concat());
    let update = |kind: &str, status: &str| {
        let head = r#"{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":"#;
        format!(
            r#"{head}{{"sessionUpdate":"{kind}","toolCallId":"c%d","title":"step %d","kind":"execute","status":"{status}"}}}}}}\n"#
        )
    };
    let (call, end) = (update("tool_call", "in_progress"), update("tool_call_update", "completed"));
    let each = format!("printf '{call}' $n $n; printf '{end}' $n $n");
    let much = format!("n=0; while [ $n -lt {CALLS} ]; do n=$((n+1)); {each}; done");
    command[2] = command[2].replace("printf '%s\\n' 'MUCH'", &much);
    place.agent("talker", &command);
}

/// Waits until all that the talker says is on record.
#[track_caller]
fn hears_it_out(bench: &mut Bench) -> Pos {
    let last = format!("c{CALLS}");
    let is_last = |event: &Event| matches!(event, Event::Called { call, patch } if call.0 == last && patch.status == Some(CallStatus::Done));
    bench.until("the flood", |bench| bench.records.iter().rev().take(64).any(|record| is_last(&record.event)));
    bench.listen(Duration::from_millis(100));
    bench.records.last().unwrap().pos
}

#[test]
fn it_is_told_and_hears_everything_once_and_in_order() {
    let place = Place::new();
    place.demo();
    place.waiting();
    let mut slow = Raw::hello(&socket(&place));
    assert!(slow.hear().unwrap().get("welcome").is_some());
    let mut brisk = Bench::attached(&socket(&place));
    let before = pss(place.hub());
    talker(&place);
    // In the midst of it the slow one asks for everything that is known: that waits among records that are let go.
    brisk.until("a good part", |bench| bench.records.len() > 2_000);
    slow.ask(&Query::Snapshot);
    let last = hears_it_out(&mut brisk);
    assert!(last.0 > 7_000, "{last:?}: more than waits for anybody");
    let grown = pss(place.hub()).saturating_sub(before);
    assert!(grown < 48 << 20, "the hub has grown by {grown} bytes");
    let id = brisk.waiting();
    assert_eq!(brisk.answer(id, OfferKind::AllowOnce), Reply::Done);
    // Now it reads.
    let (mut next, mut told, mut known) = (1, false, 0);
    while next <= last.0 {
        let line = slow.hear().unwrap();
        told |= line == "lagged";
        if let Some(head) = line["known"]["head"].as_u64() {
            // It would lack what it was told before, and will be told the rest.
            assert!(head + 1 >= next && head < last.0, "what is known as of {head}, after record {}", next - 1);
            known += 1;
        }
        for record in line["records"]["records"].as_array().into_iter().flatten() {
            assert_eq!(record["pos"], next);
            next += 1;
        }
    }
    assert!(told, "it was slow, and was told so");
    assert_eq!(known, 1);
}

#[test]
fn what_it_asks_for_and_does_not_fetch_costs_little_and_holds_up_no_brake() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    let mut brisk = Bench::attached(&socket(&place));
    talker(&place);
    hears_it_out(&mut brisk);
    let session = brisk.records[0].session;
    let before = pss(place.hub());
    let mut raw = Raw::hello(&socket(&place));
    raw.stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    for _ in 0..200 {
        raw.ask(&Query::Snapshot);
        raw.ask(&Query::Page { session, page: PageNo(0) });
    }
    // Its own brake is not behind its questions.
    raw.give(1, &Command::End { session });
    brisk.until("the end of the session", |bench| !bench.state.session(session).unwrap().is_live());
    let grown = pss(place.hub()).saturating_sub(before);
    assert!(grown < 48 << 20, "the hub has grown by {grown} bytes");
    // Every question has its answer, once it reads.
    let (mut answers, mut replies) = (0, 0);
    while answers < 400 || replies < 1 {
        let line = raw.hear().unwrap();
        answers += u32::from(line.get("known").is_some() || line.get("page").is_some());
        replies += u32::from(line.get("replied").is_some());
    }
    assert_eq!((answers, replies), (400, 1));
}
