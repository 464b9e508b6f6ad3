//! A cursor that is moved stands where one stands that was put there.

use crate::support::live;
use crate::support::story::Dice;
use crate::transcript::file;
use taut::domain::{Answer, PageNo, Query, Seq};
use taut::state::{Session, page};
use taut::store::Reader;
use taut::tui::Source;
use taut::tui::recording::Recording;
use taut::ui::Msg;

/// Places of a cursor that plays, is dragged, goes back, and jumps.
fn places(last: u64) -> Vec<Seq> {
    let mut dice = Dice::new(3);
    let (mut at, mut places) = (1, Vec::new());
    for _ in 0..60 {
        at = match dice.below(4) {
            0 => 1 + dice.below(last),
            1 => at.saturating_sub(dice.below(40)).max(1),
            _ => (at + dice.below(90)).min(last),
        };
        places.push(Seq(at));
    }
    places.extend([last, 1, 1_024.min(last), 1_025.min(last), last].map(Seq));
    places
}

#[test]
fn in_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = live::story(folder.path(), 11, 3_000);
    let source = || Source::past(Reader::open(&log.folder.join("state")).unwrap());
    let moved = source();
    for seq in places(log.last().0) {
        let put = source();
        let (moved_there, put_there) = (moved.seek(log.id, seq).unwrap(), put.seek(log.id, seq).unwrap());
        // What of its past is in memory is not part of what is known.
        let known = |session: Option<Box<Session>>| page::known(&session.unwrap());
        assert!(known(moved_there) == known(put_there), "as of {}", seq.0);
        let page = Query::Page { session: log.id, page: PageNo(seq.0.saturating_sub(1) / 1_024) };
        let answer = |msg: Option<Msg>| match msg {
            Some(Msg::Answered(Answer::Page { keyframe, records, .. })) => (keyframe, records),
            other => panic!("{other:?}"),
        };
        // One that has sought nothing reads its page from the disk.
        assert!(answer(moved.ask(page.clone())) == answer(source().ask(page)), "the page of {}", seq.0);
    }
}

#[test]
fn in_a_transcript() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), 330);
    let open = || {
        let mut recording = Recording::open(&path).unwrap();
        let last = recording.begin(None).unwrap().0.last;
        (recording, last)
    };
    let (mut moved, last) = open();
    for seq in places(last.0) {
        let mut put = open().0;
        assert!(moved.at(seq).unwrap() == put.at(seq).unwrap(), "as of {}", seq.0);
    }
    assert!(last.0 > 1_200 && moved.readings() == 2, "{} records, read {} times", last.0, moved.readings());
}
