//! What `taut export` writes is read by `taut import`, on this machine or another.

use super::support::place::{Place, until};
use std::fs;
use taut::domain::{At, Event, Pos, Record, SessionId, Text};
use taut::recordings::Recordings;
use taut::state::Session;
use taut::store::Reader;

/// The session's own records, as they would be told of the session `here`.
fn own(place: &Place, id: SessionId, here: SessionId) -> Vec<Record> {
    let reader = Reader::open(&place.state()).unwrap();
    let [there, now] = [id, here].map(|id| id.to_string()[1..].to_owned());
    let bring = |(n, mut record): (usize, Record)| {
        record.event.for_each_text(|text| {
            if let Text::Body(body) = text {
                *text = Text::from(reader.body(body).unwrap().unwrap());
            }
        });
        let stored = record.event.to_stored();
        let stored = stored.replace(&format!("\"r{there}."), &format!("\"r{now}."));
        let event =
            Event::from_stored(record.event.kind(), &stored.replace(&format!("\"s{there}\""), &format!("\"s{now}\"")));
        Record { pos: Pos(n as u64 + 1), session: here, cites: None, event, ..record }
    };
    let own = place.records().into_iter().filter(|record| record.session == id);
    own.enumerate().map(bring).collect()
}

fn fold(id: SessionId, records: &[Record]) -> Session {
    let mut session = Session::new(id);
    records.iter().for_each(|record| session.apply(record));
    session
}

#[test]
fn an_exported_session_reads_elsewhere_as_it_reads_here() {
    let (place, elsewhere) = (Place::new(), Place::new());
    let id = place.demo();
    let (request, digest) = place.waiting();
    place.done(&["allow", &request, "--digest", &digest]);
    until("the next request", || place.count(|event| matches!(event, Event::Asked { .. })) > 1);
    place.done(&["end", &id]);
    until("its end", || place.count(|event| matches!(event, Event::Ended { .. })) > 0);
    place.done(&["daemon", "stop"]);
    let path = elsewhere.path().join("demo.jsonl");
    place.done(&["export", &id, "--format", "jsonl", "--raw", "-o", path.to_str().unwrap()]);
    let said = elsewhere.done(&["import", path.to_str().unwrap()]);
    assert!(said.contains(": kept: taut, ") && said.contains(" 0 unrecognised, 0 damaged"), "{said}");
    let kept = Recordings::open(&elsewhere.state()).unwrap();
    let one = kept.list(&taut::recordings::Filter::default()).unwrap().remove(0);
    let mut read = Vec::new();
    kept.read(one.id, &mut |record| read.push(record)).unwrap();
    let own = own(&place, id.parse().unwrap(), one.id);
    assert_eq!(read.len(), own.len());
    read.iter().zip(&own).for_each(|(read, own)| assert_eq!(read, own));
    assert_eq!(fold(one.id, &read), fold(one.id, &own));
    // For people, too: all but the session's id.
    let page = |place: &Place, id: &str| place.done(&["export", id, "--format", "md", "--raw"]).replace(id, "ID");
    let page_here = page(&elsewhere, &one.id.to_string());
    assert!(page_here.contains("## step 1") || page_here.contains("### step 1"), "{page_here}");
    assert_eq!(page_here, page(&place, &id));
}

#[test]
fn what_was_redacted_is_read_as_well() {
    let (place, elsewhere) = (Place::new(), Place::new());
    let id = place.demo();
    place.waiting();
    place.done(&["send", &id, &format!("my key is ghp_{}", "a1B2c3D4".repeat(5))]);
    until("the prompt", || place.count(|event| matches!(event, Event::PromptQueued { .. })) > 0);
    let path = elsewhere.path().join("demo.jsonl");
    place.done(&["export", &id, "--format", "jsonl", "-o", path.to_str().unwrap()]);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("[redacted: ") && !text.contains("a1B2c3D4"));
    let mut recordings = Recordings::open(&elsewhere.state()).unwrap();
    let format = taut::recordings::places::format_of(&path).unwrap();
    let kept = recordings.keep(&path, format, true, At(1)).unwrap();
    let tally = kept.drawn.unwrap().tally;
    assert_eq!((tally.unrecognised, tally.damaged), (0, 0));
    assert_eq!(tally.records, tally.lines - 1);
}
