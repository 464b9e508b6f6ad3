//! Sessions in the same files: seen by both at once, whatever the order in which sessions are heard, and gone with either.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "tests")]

mod support;

use proptest::prelude::*;
use std::collections::BTreeSet;
use support::frame::{Teller, edit, run};
use taut::domain::{CallPatch, CallStatus, Cause, Event, Record, SessionId, Text, Workplace};
use taut::state::{Share, State, Touch, page};

fn state(told: &[&Teller]) -> State {
    let mut state = State::default();
    told.iter().flat_map(|teller| &teller.records).for_each(|record| state.apply(record));
    state
}

fn edit_of(path: &str) -> CallPatch {
    edit(path, "old\n", "new\n")
}

fn begun(id: u32, name: &str, cwd: &str) -> Teller {
    let mut teller = Teller::new(id, name, "claude", cwd, 100);
    teller.open("default").prompt(1, "go");
    teller
}

fn end() -> Event {
    Event::Ended { cause: Cause::Human, last_words: Text::default(), survivors: vec![] }
}

/// What each session is told: by whom, which files, and how far that one is.
fn told(state: &State, id: u32) -> Vec<(u32, Vec<String>, Touch)> {
    let all = state.collisions(SessionId(id));
    all.into_iter().map(|one| (one.other.0, one.files, one.touch)).collect()
}

#[test]
fn the_same_file_is_seen_by_both_from_the_first_word_of_the_second() {
    let (mut one, mut two) = (begun(1, "one", "/w"), begun(2, "two", "/w/src"));
    one.call(edit_of("src/a.rs")).ran(10, "", CallStatus::Done, None);
    assert!(told(&state(&[&one, &two]), 1).is_empty());
    two.call(edit_of("a.rs"));
    assert!(told(&state(&[&one, &two]), 1).is_empty(), "what is only proposed is nothing yet");
    let request = two.ask(taut::domain::Risk::Mid, "writes", "ask");
    let now = state(&[&one, &two]);
    assert_eq!(told(&now, 1), [(2, vec!["src/a.rs".to_owned()], Touch::Waits)]);
    assert_eq!(told(&now, 2), [(1, vec!["a.rs".to_owned()], Touch::Wrote)]);
    let (session, (_, step, _)) =
        (now.session(SessionId(2)).unwrap(), now.sessions[&SessionId(2)].waiting().next().unwrap());
    assert_eq!(now.contested_by(session, step)[0].name, "one");
    // It is refused: nothing of it is written.
    two.decide(request, taut::domain::Decision::Deny { offer: None, reason: None, interrupt: false });
    assert!(told(&state(&[&one, &two]), 1).is_empty() && told(&state(&[&one, &two]), 2).is_empty());
    // Once it ran all the same, it did.
    two.gate(taut::domain::Gate::Ungated).ran(9, "", CallStatus::Done, None);
    assert_eq!(told(&state(&[&one, &two]), 1)[0].2, Touch::Wrote);
    two.tell(end());
    assert!(told(&state(&[&one, &two]), 1).is_empty(), "the other one is gone");
}

#[test]
fn what_was_written_long_ago_counts_no_more_and_a_failed_edit_never_did() {
    let (mut one, mut two) = (begun(1, "one", "/w"), begun(2, "two", "/w"));
    one.call(edit_of("/w/a")).ran(10, "", CallStatus::Done, None);
    two.call(edit_of("a")).ran(10, "", CallStatus::Failed, None);
    assert!(told(&state(&[&one, &two]), 1).is_empty());
    two.call(edit_of("a")).ran(10, "", CallStatus::Done, None);
    one.prompt(2, "and on");
    assert_eq!(told(&state(&[&one, &two]), 1).len(), 1, "the turn before counts");
    one.prompt(3, "and on");
    assert!(told(&state(&[&one, &two]), 2).is_empty(), "the one before that does not");
}

#[test]
fn where_a_file_really_lies_is_what_counts_and_a_folder_holds_its_files() {
    let (mut one, mut two) = (begun(1, "one", "/w"), begun(2, "two", "/link"));
    one.call(edit_of("src/a.rs")).ran(10, "", CallStatus::Done, None);
    two.call(edit_of("src/a.rs")).ran(10, "", CallStatus::Done, None);
    assert!(told(&state(&[&one, &two]), 1).is_empty(), "by name they are two files");
    let call = two.records.iter().rev().find_map(|record| match &record.event {
        Event::Called { call, .. } => Some(call.clone()),
        _ => None,
    });
    two.tell(Event::Aimed { call: call.unwrap(), files: vec!["/w/src/a.rs".into()] });
    assert_eq!(told(&state(&[&one, &two]), 2)[0].1, ["/w/src/a.rs"]);
    let mut three = begun(3, "three", "/w");
    let deletes = CallPatch { impact: Some(taut::domain::Impact::Delete), ..edit_of("src") };
    three.call(deletes).ran(10, "", CallStatus::Running, None);
    let now = state(&[&one, &two, &three]);
    assert_eq!(told(&now, 3), [(1, vec!["src".to_owned()], Touch::Wrote), (2, vec!["src".to_owned()], Touch::Wrote)]);
    assert_eq!(told(&now, 1)[1], (3, vec!["src/a.rs".to_owned()], Touch::Writes));
    // A command of which nobody knows what it writes is no collision.
    let mut four = begun(4, "four", "/w");
    four.call(run("make")).ran(10, "", CallStatus::Done, None);
    assert!(told(&state(&[&one, &four]), 4).is_empty());
}

#[test]
fn sharing_a_work_tree_is_quiet_and_takes_two_that_write() {
    let tree = |root: &str, branch: &str| Event::Placed {
        place: Box::new(Workplace {
            folder: root.into(),
            root: Some(root.into()),
            repo: Some("/w/.git".into()),
            branch: Some(branch.into()),
            ..Workplace::default()
        }),
    };
    let beside = |state: &State, id| {
        state.beside(SessionId(id)).into_iter().map(|one| (one.other.0, one.share)).collect::<Vec<_>>()
    };
    let (mut one, mut two) = (begun(1, "one", "/w"), begun(2, "two", "/w/in"));
    one.call(edit_of("a")).ran(10, "", CallStatus::Done, None);
    assert!(beside(&state(&[&one, &two]), 1).is_empty(), "who only looks is in nobody's way");
    two.call(edit_of("b")).ran(10, "", CallStatus::Done, None);
    let now = state(&[&one, &two]);
    assert!(now.collisions(SessionId(1)).is_empty());
    assert_eq!((beside(&now, 1), beside(&now, 2)), (vec![(2, Share::Folder)], vec![(1, Share::Folder)]));
    // A work tree within another one's folder is another one; on the same branch they are in each other's way.
    one.tell(tree("/w", "main"));
    two.tell(tree("/w/in", "side"));
    assert!(beside(&state(&[&one, &two]), 1).is_empty());
    two.tell(tree("/w/in", "main"));
    assert_eq!(beside(&state(&[&one, &two]), 2), [(1, Share::Branch)]);
    one.tell(end());
    assert!(beside(&state(&[&one, &two]), 2).is_empty());
}

/// Something that a session does: which, to which file, and how it goes on.
fn acts() -> impl Strategy<Value = Vec<(u32, usize, u8)>> {
    proptest::collection::vec((1..4u32, 0..6usize, 0..8u8), 0..60)
}

const FILES: [&str; 6] = ["a", "src", "src/a", "src/b", "/w/src/a", "/other/x"];

fn play(acts: &[(u32, usize, u8)]) -> (Vec<Record>, Vec<Teller>) {
    let mut tellers: Vec<Teller> = (1..4).map(|id| begun(id, &format!("s{id}"), "/w")).collect();
    let mut all: Vec<Record> = tellers.iter().flat_map(|teller| teller.records.clone()).collect();
    for (n, (id, file, how)) in acts.iter().enumerate() {
        let teller = &mut tellers[*id as usize - 1];
        let from = teller.records.len();
        match how {
            0..=3 => drop(teller.call(edit_of(FILES[*file])).ran(5, "", CallStatus::Done, None)),
            4 => drop(teller.call(edit_of(FILES[*file])).ran(5, "", CallStatus::Failed, None)),
            5 => drop(teller.call(edit_of(FILES[*file])).ask(taut::domain::Risk::Mid, "r", "t")),
            6 => drop(teller.prompt(n as u32 + 2, "on")),
            _ => drop(teller.tell(if n % 3 == 0 { end() } else { Event::Noticed })),
        }
        all.extend_from_slice(&teller.records[from..]);
    }
    (all, tellers)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Kept up with every record it says what it says of everything at once; of both sides the same; and which session
    /// is heard first does not matter.
    #[test]
    fn any_order_of_sessions_comes_to_the_same(acts in acts()) {
        let (records, tellers) = play(&acts);
        let mut state = State::default();
        records.iter().for_each(|record| state.apply(record));
        let apart = self::state(&tellers.iter().rev().collect::<Vec<_>>());
        let read = state.sessions.values().map(|session| page::read_keyframe(&page::keyframe(session)).unwrap());
        let anew = State::of(state.head, read);
        for id in (1..4).map(SessionId) {
            prop_assert_eq!(state.collisions(id), apart.collisions(id));
            prop_assert_eq!(state.collisions(id), anew.collisions(id));
            prop_assert_eq!(state.beside(id), anew.beside(id));
            let is_live = state.session(id).unwrap().is_live();
            prop_assert!(is_live || state.collisions(id).is_empty());
            for one in state.collisions(id) {
                let back: BTreeSet<_> = state.collisions(one.other).into_iter().map(|other| other.other).collect();
                prop_assert!(back.contains(&id) && !one.files.is_empty());
                prop_assert!(state.session(one.other).unwrap().is_live());
            }
        }
    }
}

#[test]
fn many_files_and_many_calls_stay_small() {
    let (mut one, mut two) = (begun(1, "one", "/w"), begun(2, "two", "/w"));
    for n in 0..600 {
        one.call(edit_of(&format!("{n}/{}", "x".repeat(200)))).ran(1, "", CallStatus::Done, None);
        two.call(edit_of(&format!("{n}/{}", "x".repeat(200)))).ran(1, "", CallStatus::Done, None);
    }
    let now = state(&[&one, &two]);
    let bytes = serde_json::to_vec(&now.session(SessionId(1)).unwrap().reach).unwrap().len();
    assert!(bytes < 64_000, "{bytes}");
    assert!(now.collisions(SessionId(1))[0].files.len() <= 512);
}
