//! Sessions that are no single log: a folder of events, a tree of files, rows of a database.

use super::support::place::{Place, until};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use taut::domain::At;
use taut::recordings::{Recordings, What, places};

const NOW: At = At(1_800_000_000_000);

fn put(folder: &Path, path: &str, text: &str) -> PathBuf {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

fn database(path: &Path) -> Connection {
    let conn = Connection::open(path).unwrap();
    conn.pragma_update(None, "journal_mode", "wal").unwrap();
    conn.execute_batch(
        r#"CREATE TABLE session (id TEXT, project_id TEXT, parent_id TEXT, directory TEXT, title TEXT, time_created INTEGER, time_updated INTEGER);
         CREATE TABLE message (id TEXT, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT);
         CREATE TABLE part (id TEXT, message_id TEXT, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT);
         INSERT INTO session VALUES ('ses_1', 'p', NULL, '/w', 'one', 1000, 1000), ('ses_2', 'p', NULL, '/w', 'two', 2000, 2000),
             ('ses_3', 'p', 'ses_1', '/w', 'a subagent', 3000, 3000);
         INSERT INTO message VALUES ('m1', 'ses_1', 1000, 1000, '{"role":"user","time":{"created":1000}}');
         INSERT INTO part VALUES ('p1', 'm1', 'ses_1', 1000, 1000, '{"type":"text","text":"go"}');"#,
    )
    .unwrap();
    conn
}

#[test]
fn in_a_folder_each_session_is_found_once() {
    let home = tempfile::tempdir().unwrap();
    let put = |path: &str| put(home.path(), path, "{}");
    let mut expected = vec![
        put("copilot/session-state/1/events.jsonl"),
        put("openhands/1/events/event-00000-a.json"),
        put("opencode/storage/session/p/ses_9.json"),
        home.path().join("opencode/opencode.db/ses_1.json"),
        home.path().join("opencode/opencode.db/ses_2.json"),
    ];
    let pieces = [
        (put("openhands/1/events/event-00001-b.json"), 1),
        (put("openhands/1/base_state.json"), 1),
        (put("opencode/storage/message/ses_9/msg_1.json"), 2),
        (put("opencode/storage/part/msg_1/prt_1.json"), 2),
    ];
    put("opencode/storage/session_diff/ses_9.json");
    put("an-export/ses_9.json");
    let writer = database(&home.path().join("opencode/opencode.db"));
    let (mut found, faults) = places::sessions(home.path());
    assert_eq!(faults.len(), 0);
    for (piece, of) in pieces {
        assert_eq!(places::session_of(&piece), expected[of], "{}", piece.display());
    }
    assert_eq!(places::sessions(&home.path().join("opencode/opencode.db")).0.len(), 2);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert!(found.iter().all(|path| places::is_session(path)));
    // What is written to it stands beside it at first; of its sessions those are looked at that changed last.
    let log = home.path().join("opencode/opencode.db-wal");
    assert_eq!(places::touched(&log).len(), 2);
    writer.execute("UPDATE session SET time_updated = 9000000 WHERE id = 'ses_3'", []).unwrap();
    assert_eq!(
        places::touched(&log),
        [home.path().join("opencode/opencode.db/ses_1.json")],
        "a subagent's is its parent's"
    );
}

#[test]
fn a_session_in_a_database_is_kept_as_lines_and_grows() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("opencode.db");
    let writer = database(&path);
    let session = path.join("ses_1.json");
    let mut recordings = Recordings::open(&home.path().join("state")).unwrap();
    let format = places::format_of(&session).unwrap();
    let mut keep = || recordings.keep(&session, format, true, NOW).unwrap();
    let first = keep();
    assert_eq!((first.what, keep().what), (What::New, What::Same));
    writer
        .execute_batch(
            r#"INSERT INTO message VALUES ('m2', 'ses_1', 1500, 1500, '{"role":"assistant","time":{"created":1500},"finish":"stop"}');
             INSERT INTO part VALUES ('p2', 'm2', 'ses_1', 1500, 1600, '{"type":"text","text":"Done."}');"#,
        )
        .unwrap();
    let grown = keep();
    assert_eq!((grown.what, grown.id), (What::Grown, first.id));
    // The log is folded in, and the database goes: what was kept stays.
    drop(writer);
    fs::remove_file(&path).unwrap();
    let mut said = Vec::new();
    recordings.read(first.id, &mut |record| said.push(record.event)).unwrap();
    let one = recordings.one(first.id).unwrap().unwrap();
    assert_eq!((one.native.as_str(), one.prompt.as_str(), one.session.turns.0), ("ses_1", "go", 1));
    assert!(said.iter().any(|event| matches!(event, taut::domain::Event::Said { .. })));
    assert_eq!(recordings.versions(first.id).unwrap(), 1);
}

#[test]
fn a_running_hub_follows_a_database_and_a_folder_of_events() {
    let place = Place::new();
    let folder = place.path().join(".local/share/opencode");
    fs::create_dir_all(&folder).unwrap();
    let writer = database(&folder.join("opencode.db"));
    let says = |number: u32, source: &str| {
        let words = format!(r#"{{"role":"{source}","content":[{{"type":"text","text":"word {number}"}}]}}"#);
        let text = format!(
            r#"{{"id":"{number}","timestamp":"2026-01-02T03:04:0{number}","source":"{source}","kind":"MessageEvent","llm_message":{words}}}"#
        );
        put(place.path(), &format!(".openhands/conversations/c1/events/event-{number:05}-x.json"), &text);
    };
    says(0, "user");
    says(1, "agent");
    place.done(&["daemon", "start"]);
    let turns = |native: &str| {
        let said = place.done(&["ls", "--recorded", "--json"]);
        let rows = said.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        rows.filter(|row| row["native"] == native).map(|row| row["turns"].as_u64().unwrap()).next()
    };
    until("both sessions that were there", || (turns("ses_1"), turns("c1")) == (Some(1), Some(1)));
    writer
        .execute_batch(
            r#"INSERT INTO message VALUES ('m9', 'ses_1', 9000, 9000, '{"role":"user","time":{"created":9000}}');
             INSERT INTO part VALUES ('p9', 'm9', 'ses_1', 9000, 9000, '{"type":"text","text":"and more"}');
             UPDATE session SET time_updated = 9000 WHERE id = 'ses_1';"#,
        )
        .unwrap();
    until("the next turn in the database", || turns("ses_1") == Some(2));
    says(2, "user");
    until("the next turn in the folder", || turns("c1") == Some(2));
    place.done(&["daemon", "stop"]);
}
