//! What is kept of a file that grows, is rewritten, shrinks, goes; and what goes again.

use super::{turn, written};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;
use taut::domain::{At, Record, SessionId};
use taut::recordings::{Filter, Kept, Recordings, What, places};
use taut::transcript;

const NOW: At = At(1_800_000_000_000);

fn keep(recordings: &mut Recordings, path: &Path) -> Kept {
    recordings.keep(path, places::format_of(path).unwrap(), true, NOW).unwrap()
}

fn records(recordings: &Recordings, id: SessionId) -> Vec<Record> {
    let mut all = Vec::new();
    recordings.read(id, &mut |record| all.push(record)).unwrap();
    all
}

#[test]
fn what_is_kept_reads_as_the_file_does_also_when_the_file_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(&folder.path().join("s"), "aaaa-1", 3);
    let mut direct = Vec::new();
    let format = places::format_of(&path).unwrap();
    transcript::read(&path, format, &mut |record| direct.push(record.event)).unwrap();
    let mut recordings = Recordings::open(&folder.path().join("state")).unwrap();
    let kept = keep(&mut recordings, &path);
    assert_eq!(kept.what, What::New);
    fs::remove_file(&path).unwrap();
    let again: Vec<_> = records(&recordings, kept.id).into_iter().map(|record| record.event).collect();
    assert_eq!(again, direct);
    let one = recordings.one(kept.id).unwrap().unwrap();
    assert_eq!((one.native.as_str(), one.prompt.as_str(), one.session.turns.0), ("aaaa-1", "prompt 1", 3));
    assert_eq!(one.records, again.len() as u64);
}

#[test]
fn a_file_that_grows_stays_one_session_and_one_as_it_was_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(&folder.path().join("s"), "aaaa-1", 1);
    let mut recordings = Recordings::open(&folder.path().join("state")).unwrap();
    let first = keep(&mut recordings, &path);
    assert_eq!(keep(&mut recordings, &path).what, What::Same);
    let before = records(&recordings, first.id);
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    // The line is half written when it is looked at, and whole afterwards.
    let more = turn("aaaa-1", 2, "two");
    let (half, rest) = more.split_at(40);
    file.write_all(half.as_bytes()).unwrap();
    assert_eq!(keep(&mut recordings, &path).what, What::Grown);
    file.write_all(rest.as_bytes()).unwrap();
    let grown = keep(&mut recordings, &path);
    assert_eq!((grown.what, grown.id), (What::Grown, first.id));
    let after = records(&recordings, first.id);
    let settled = before.len() - 1;
    assert_eq!(
        after[..settled],
        before[..settled],
        "what was told is told again, up to what the end of the file closed"
    );
    assert_eq!(recordings.one(first.id).unwrap().unwrap().session.turns.0, 2);
    assert_eq!(recordings.versions(first.id).unwrap(), 1);
}

#[test]
fn what_was_there_before_a_rewrite_or_a_cut_is_kept_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(&folder.path().join("s"), "aaaa-1", 3);
    let mut recordings = Recordings::open(&folder.path().join("state")).unwrap();
    let id = keep(&mut recordings, &path).id;
    // As long as before, and another text.
    let text = fs::read_to_string(&path).unwrap().replace("prompt 2", "PROMPT 2");
    fs::write(&path, text).unwrap();
    assert_eq!(keep(&mut recordings, &path).what, What::Rewritten);
    assert_eq!(recordings.versions(id).unwrap(), 2);
    fs::write(&path, turn("aaaa-1", 1, "prompt 1")).unwrap();
    assert_eq!(keep(&mut recordings, &path).what, What::Rewritten);
    assert_eq!(recordings.one(id).unwrap().unwrap().session.turns.0, 1);
    assert_eq!(recordings.versions(id).unwrap(), 3);
}

#[test]
fn files_of_many_pieces_are_kept_whole_and_equal_pieces_once() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(700_000);
    let text: String = (1..=5).map(|n| turn("aaaa-1", n, &format!("{n} {long}"))).collect();
    let (one, two) = (folder.path().join("one.jsonl"), folder.path().join("two.jsonl"));
    fs::write(&one, &text).unwrap();
    fs::write(&two, &text).unwrap();
    let mut recordings = Recordings::open(&folder.path().join("state")).unwrap();
    let first = keep(&mut recordings, &one);
    let size = recordings.sizes(None).unwrap();
    let second = keep(&mut recordings, &two);
    assert_ne!(first.id, second.id);
    let events = |id| records(&recordings, id).into_iter().map(|record| record.event).collect::<Vec<_>>();
    assert_eq!(events(first.id), events(second.id));
    assert_eq!((size.sessions, size.bytes), (1, text.len() as u64));
    let database = fs::metadata(folder.path().join("state/recordings.db")).unwrap().len();
    assert!(database < text.len() as u64 / 2, "{database}");
    // Forgetting one leaves the pieces of the other.
    assert!(recordings.forget(first.id).unwrap() && !recordings.forget(first.id).unwrap());
    assert_eq!(recordings.one(second.id).unwrap().unwrap().session.turns.0, 5);
    assert_eq!(records(&recordings, second.id).len() as u64, recordings.one(second.id).unwrap().unwrap().records);
}

#[test]
fn what_a_growing_file_has_replaced_is_not_kept_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.jsonl");
    let state = folder.path().join("state");
    let mut recordings = Recordings::open(&state).unwrap();
    for n in 1..40 {
        let text: String = (1..=n).map(|n| turn("aaaa-1", n, "x")).collect();
        fs::write(&path, text).unwrap();
        keep(&mut recordings, &path);
    }
    let db = rusqlite::Connection::open(state.join("recordings.db")).unwrap();
    let pieces: i64 = db.query_row("SELECT count(*) FROM piece", [], |row| row.get(0)).unwrap();
    assert_eq!(pieces, 1);
    assert_eq!(recordings.list(&Filter::default()).unwrap()[0].session.turns.0, 39);
}

#[test]
fn a_subagents_file_belongs_to_its_session_also_where_it_comes_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), "aaaa-1", 1);
    let mut recordings = Recordings::open(&folder.path().join("state")).unwrap();
    let id = keep(&mut recordings, &path).id;
    let below = folder.path().join("aaaa-1/subagents");
    fs::create_dir_all(&below).unwrap();
    let agent = below.join("agent-x.jsonl");
    let line = turn("aaaa-1", 9, "look at it")
        .replace("aaaa-1-", "agent-")
        .replace("\"type\":\"user\"", "\"type\":\"user\",\"isSidechain\":true,\"agentId\":\"x\"");
    fs::write(&agent, line).unwrap();
    assert_eq!(places::session_of(&agent), path);
    let (found, faults) = places::sessions(folder.path());
    assert_eq!((found, faults.len()), (vec![path.clone()], 0), "a subagent's file is no session");
    let kept = keep(&mut recordings, &path);
    assert_eq!((kept.id, kept.what, kept.drawn.unwrap().tally.files), (id, What::Grown, 2));
    fs::remove_dir_all(folder.path().join("aaaa-1")).unwrap();
    fs::remove_file(&path).unwrap();
    let lanes: std::collections::BTreeSet<u32> =
        records(&recordings, id).into_iter().map(|record| record.lane.0).collect();
    assert_eq!(lanes.len(), 2);
}

#[test]
fn without_the_archive_a_file_is_read_where_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), "aaaa-1", 2);
    let mut recordings = Recordings::open(&folder.path().join("state")).unwrap();
    let format = places::format_of(&path).unwrap();
    let id = recordings.keep(&path, format, false, NOW).unwrap().id;
    assert_eq!(recordings.sizes(None).unwrap().packed, 0);
    assert!(!records(&recordings, id).is_empty());
    // Kept from now on, though nothing in the file has changed.
    assert_eq!(keep(&mut recordings, &path).what, What::Grown);
    assert!(recordings.sizes(None).unwrap().packed > 0);
}

#[test]
fn the_oldest_go_first_and_only_as_far_as_they_must() {
    let folder = tempfile::tempdir().unwrap();
    let mut recordings = Recordings::open(&folder.path().join("state")).unwrap();
    for (n, name) in ["a", "b", "c"].into_iter().enumerate() {
        let path = folder.path().join(format!("{name}.jsonl"));
        fs::write(&path, turn(name, u32::try_from(n).unwrap() + 1, name)).unwrap();
        keep(&mut recordings, &path);
    }
    let left = |recordings: &Recordings| {
        let all = recordings.list(&Filter::default()).unwrap();
        all.into_iter().map(|one| one.native).collect::<Vec<_>>()
    };
    assert_eq!(left(&recordings), ["c", "b", "a"], "the newest first");
    let most = recordings.sizes(None).unwrap().packed - 1;
    assert_eq!(recordings.prune(None, Some(most), NOW).unwrap(), 1);
    assert_eq!(left(&recordings), ["c", "b"]);
    assert_eq!(recordings.prune(None, None, NOW).unwrap(), 0);
    assert_eq!(recordings.prune(Some(Duration::from_hours(24)), None, NOW).unwrap(), 2);
    assert!(left(&recordings).is_empty());
}

#[test]
fn several_may_keep_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..12).map(|n| written(folder.path(), &format!("s{n}"), 3)).collect();
    let state = folder.path().join("state");
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for path in &paths {
                    keep(&mut Recordings::open(&state).unwrap(), path);
                }
            });
        }
    });
    let recordings = Recordings::open_for_reading(&state).unwrap().unwrap();
    let all = recordings.list(&Filter::default()).unwrap();
    assert_eq!(all.len(), 12);
    assert!(all.iter().all(|one| one.session.turns.0 == 3));
}

#[test]
fn a_damaged_piece_ends_its_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), "aaaa-1", 2);
    let state = folder.path().join("state");
    let id = {
        let mut recordings = Recordings::open(&state).unwrap();
        keep(&mut recordings, &path).id
    };
    let db = rusqlite::Connection::open(state.join("recordings.db")).unwrap();
    db.execute("UPDATE piece SET data = zeroblob(50)", []).unwrap();
    drop(db);
    let recordings = Recordings::open_for_reading(&state).unwrap().unwrap();
    assert!(recordings.read(id, &mut |_| {}).is_ok_and(|tally| tally.lines == 0));
    assert_eq!(recordings.list(&Filter::default()).unwrap().len(), 1);
}
