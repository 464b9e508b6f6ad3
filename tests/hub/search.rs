//! Searching the log: every entry is found once, wherever its page is, and what was not known yet is not found.

use crate::support::story;
use std::collections::BTreeSet;
use taut::domain::{
    Answer, At, CallId, CallPatch, Draft, Event, FindKind, Found, FoundIn, Looked, OutputPart, PageNo, Query, Search,
    SearchFrom, Seq, SessionId, Speaker,
};
use taut::hub::{Published, answer};
use taut::state::{Session, page};
use taut::store::{Durability, Opened, Reader, Store};

const ID: SessionId = SessionId(3);

/// A log of a session, with its keyframes; gives the session with all of its entries.
fn log(folder: &std::path::Path, events: Vec<Event>) -> (Reader, Session) {
    let Opened::Writer(mut store) = Store::open(folder).unwrap() else { unreachable!("nobody else has it") };
    let (mut session, mut whole) = (Session::new(ID), Session::new(ID));
    whole.timeline.keep_all();
    let drafts: Vec<Draft> = events.into_iter().map(|event| Draft::new(ID, event)).collect();
    for batch in drafts.chunks(512) {
        for record in store.append(batch, At(1), Durability::Stream).unwrap() {
            session.apply(&record);
            whole.apply(&record);
            if page::is_due(record.seq) {
                store.keyframe(ID, record.seq, &page::keyframe(&session)).unwrap();
            }
        }
    }
    (store.reader().unwrap(), whole)
}

/// All steps of a search, and how many there were.
fn search(reader: &Reader, text: &str, kind: FindKind, origin: u64, upto: Seq) -> (Vec<Found>, usize) {
    let (mut all, mut steps, mut from) = (Vec::new(), 0, SearchFrom::page(PageNo(origin)));
    loop {
        steps += 1;
        assert!(steps < 1_000, "it does not end");
        let search = Search { number: 7, session: ID, upto, text: text.to_owned(), kind, from };
        let answered = answer(reader, &Query::Search(search));
        let Published::Answered(Answer::Found { search: 7, found, looked }) = answered else { panic!() };
        all.extend(found);
        match looked {
            Looked::More(next) => from = next,
            Looked::All => return (all, steps),
            Looked::Failed(why) => panic!("{why}"),
        }
    }
}

fn said(text: String) -> Event {
    Event::Said { who: Speaker::Agent, message: Some(text.clone()), text: text.into() }
}

#[test]
fn every_entry_is_found_once_and_none_that_was_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let may = |event: &Event| !matches!(event, Event::Decided { .. });
    let mut events: Vec<Event> =
        story::stream(ID, 11, u64::MAX).map(|record| record.event).filter(may).take(3_000).collect();
    for at in (7..events.len()).step_by(97) {
        events[at] = said(format!("the Needle of {at}"));
    }
    let (reader, whole) = log(folder.path(), events);
    let last = whole.seq;
    let of = |found: &[Found]| found.iter().map(|found| found.entry).collect::<BTreeSet<u64>>();
    let wanted: BTreeSet<u64> = (7..3_000u64).step_by(97).map(|at| at + 1).collect();
    for origin in [0, 1, 2] {
        let (found, steps) = search(&reader, "needle", FindKind::All, origin, last);
        assert_eq!((found.len(), steps), (of(&found).len(), 3), "each page and each entry once");
        for hit in &found {
            let entry = &whole.timeline.entries[&hit.entry];
            assert_eq!((entry.seq, hit.session), (hit.seq, ID));
            assert!(hit.excerpt.contains("the Needle of"), "{hit:?}");
        }
        let seqs: BTreeSet<u64> = found.iter().map(|found| found.seq.0).collect();
        assert!(wanted.is_subset(&seqs), "{:?}", wanted.difference(&seqs).collect::<Vec<_>>());
    }
    assert_eq!(search(&reader, "Needle", FindKind::All, 2, last).0.len(), wanted.len());
    assert!(search(&reader, "NEEDLE", FindKind::All, 2, last).0.is_empty(), "a capital means itself");
    assert!(search(&reader, "needle", FindKind::Commands, 2, last).0.is_empty());
    let (known, _) = search(&reader, "needle", FindKind::Messages, 1, Seq(1_500));
    assert!(!known.is_empty() && known.iter().all(|found| found.seq <= Seq(1_500)), "as of a record");
    assert_eq!(known.len(), wanted.iter().filter(|seq| **seq <= 1_500).count());
}

#[test]
fn long_texts_are_read_in_steps_of_a_few_megabytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut events = vec![Event::Opened];
    for n in 0..12 {
        let call = CallId(format!("c{n}"));
        let patch = CallPatch { command: Some(format!("make {n}").into()), ..CallPatch::default() };
        events.push(Event::Called { call: call.clone(), patch: Box::new(patch) });
        let text = format!("{}here it is\n", format!("line of output {n}\n").repeat(60_000));
        events.push(Event::CallOutput { call, part: OutputPart::Append(text.into()) });
    }
    let (reader, whole) = log(folder.path(), events);
    let (found, steps) = search(&reader, "here it is", FindKind::Output, 0, whole.seq);
    assert_eq!(found.len(), 12);
    assert!(steps > 2, "{steps}: one step would hold up what else is to be read");
    assert_eq!((found[0].part, found[0].line), (FoundIn::Output, 60_000));
    assert_eq!(found[0].excerpt, "here it is");
}

#[test]
fn a_session_that_is_not_there_holds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (reader, _) = log(folder.path(), vec![Event::Opened]);
    assert_eq!(search(&reader, "x", FindKind::All, 0, Seq(0)).0, []);
    let far = Search {
        number: 1,
        session: SessionId(99),
        upto: Seq(u64::MAX - 1),
        text: "x".into(),
        kind: FindKind::All,
        from: SearchFrom { page: PageNo(u64::MAX / 1024 - 1), skip: 9, origin: PageNo(0) },
    };
    let answered = answer(&reader, &Query::Search(far));
    assert!(matches!(answered, Published::Answered(Answer::Found { search: 1, .. })));
}
