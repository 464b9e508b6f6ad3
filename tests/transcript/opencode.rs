//! opencode's sessions: the same is told of an export, of a tree of files and of a database; and nothing of it is written.

use super::seen::{call, ends, notes, prompts, read, said};
use super::{events, follow_as};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use taut::domain::{CallId, CallStatus, Event, LaneId, Speaker, Stop, TurnNo};
use taut::transcript::{self, Odd, Tally, opencode::OpenCode, source};

fn session(id: &str, parent: Option<&str>) -> Value {
    json!({"id": id, "projectID": "p", "directory": "/w", "title": "a title", "version": "1.2.3", "parentID": parent,
        "time": {"created": 1000, "updated": 9000}})
}

fn user(id: &str, session: &str, at: i64) -> Value {
    json!({"id": id, "sessionID": session, "role": "user", "agent": "build", "time": {"created": at}})
}

fn model(id: &str, session: &str, at: i64, finish: &str) -> Value {
    json!({"id": id, "sessionID": session, "role": "assistant", "modelID": "m-1", "mode": "build", "cost": 0.5, "finish": finish,
        "tokens": {"input": 10, "output": 5, "reasoning": 2, "cache": {"read": 100, "write": 1}},
        "time": {"created": at, "completed": at + 5}})
}

fn part(message: &str, id: &str, mut part: Value) -> Value {
    (part["id"], part["messageID"]) = (id.into(), message.into());
    part
}

fn tool(name: &str, call: &str, state: Value) -> Value {
    json!({"type": "tool", "tool": name, "callID": call, "state": state})
}

/// A session with a subagent: its objects of each kind.
fn objects() -> (Vec<Value>, Vec<(Value, Vec<Value>)>) {
    let ls = json!({"status": "completed", "input": {"command": "ls"}, "output": "a", "metadata": {"exit": 1}});
    let task = json!({"status": "completed", "input": {"description": "look", "prompt": "look around"}, "output": "seven",
        "metadata": {"sessionId": "ses_2"}});
    let text = |text: &str| json!({"type": "text", "text": text});
    let messages = vec![
        (
            user("m1", "ses_1", 1000),
            vec![
                part("m1", "p1", text("go")),
                part("m1", "p2", json!({"type": "text", "text": "<file>", "synthetic": true})),
            ],
        ),
        (
            model("m2", "ses_1", 2000, "tool-calls"),
            vec![
                part("m2", "p3", json!({"type": "reasoning", "text": "hm"})),
                part("m2", "p4", tool("bash", "c1", ls)),
                part("m2", "p5", tool("task", "c2", task)),
            ],
        ),
        (model("m3", "ses_1", 5000, "stop"), vec![part("m3", "p6", text("Done."))]),
        (user("n1", "ses_2", 3000), vec![part("n1", "q1", text("look around"))]),
        (model("n2", "ses_2", 4000, "stop"), vec![part("n2", "q2", text("I see seven."))]),
    ];
    (vec![session("ses_1", None), session("ses_2", Some("ses_1"))], messages)
}

fn export() -> String {
    let (sessions, messages) = objects();
    let of = |(info, parts): &(Value, Vec<Value>)| json!({"info": info, "parts": parts});
    let own = messages.iter().filter(|(info, _)| info["sessionID"] == "ses_1").map(of).collect::<Vec<_>>();
    serde_json::to_string_pretty(&json!({"info": sessions[0], "messages": own})).unwrap()
}

fn tree(folder: &Path) -> PathBuf {
    let (sessions, messages) = objects();
    let put = |path: String, value: &Value| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, serde_json::to_string_pretty(value).unwrap()).unwrap();
    };
    let name = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
    for session in &sessions {
        put(format!("storage/session/p/{}.json", name(session, "id")), session);
    }
    for (info, parts) in &messages {
        put(format!("storage/message/{}/{}.json", name(info, "sessionID"), name(info, "id")), info);
        for part in parts {
            put(format!("storage/part/{}/{}.json", name(info, "id"), name(part, "id")), part);
        }
    }
    folder.join("storage/session/p/ses_1.json")
}

fn database(path: &Path) -> Connection {
    let conn = Connection::open(path).unwrap();
    conn.pragma_update(None, "journal_mode", "wal").unwrap();
    conn.execute_batch(
        "CREATE TABLE session (id TEXT PRIMARY KEY, project_id TEXT, parent_id TEXT, slug TEXT, directory TEXT, title TEXT,
             version TEXT, revert TEXT, time_created INTEGER, time_updated INTEGER);
         CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT);
         CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT);",
    )
    .unwrap();
    let (sessions, messages) = objects();
    for session in sessions {
        let text = |key: &str| session[key].as_str().map(str::to_owned);
        conn.execute(
            "INSERT INTO session VALUES (?1, 'p', ?2, 'slug', '/w', 'a title', '1.2.3', NULL, 1000, 9000)",
            (text("id"), text("parentID")),
        )
        .unwrap();
    }
    for (info, parts) in messages {
        let (id, session) = (info["id"].as_str().unwrap(), info["sessionID"].as_str().unwrap());
        let mut data = info.clone();
        data.as_object_mut().unwrap().retain(|key, _| key != "id" && key != "sessionID");
        let at = info["time"]["created"].as_i64().unwrap();
        conn.execute("INSERT INTO message VALUES (?1, ?2, ?3, ?3, ?4)", (id, session, at, data.to_string())).unwrap();
        for part in parts {
            let part_id = part["id"].as_str().unwrap();
            conn.execute(
                "INSERT INTO part VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
                (part_id, id, session, at, part.to_string()),
            )
            .unwrap();
        }
    }
    conn
}

fn told(path: &Path) -> (Vec<Event>, Tally) {
    let format = transcript::file::sniff(path).unwrap();
    assert_eq!(format.name(), "opencode");
    let mut told = Vec::new();
    let tally = transcript::read(path, format, &mut |record| told.push(record.event)).unwrap();
    (told, tally)
}

#[test]
fn an_export_is_read_with_its_turns_calls_and_words() {
    let events = read(&OpenCode, &export());
    let Event::SessionStarted { name, cwd, .. } = &events[0] else { panic!("{events:?}") };
    assert_eq!((name.as_str(), cwd.as_str()), ("opencode-ses_1", "/w"));
    assert!(events.contains(&Event::Titled { title: "a title".into() }));
    assert_eq!((prompts(&events), said(&events, Speaker::Agent)), (vec!["go"], vec!["Done."]));
    assert_eq!(
        (said(&events, Speaker::Thought), notes(&events)),
        (vec!["hm"], vec!["put into the context by opencode: <file> (6 B)"])
    );
    let ls = call(&events, "c1");
    assert_eq!((ls.status, ls.exit), (Some(CallStatus::Failed), Some(1)));
    assert_eq!(call(&events, "c2").status, Some(CallStatus::Done));
    let end = ends(&events);
    let tokens = end[0].1.unwrap();
    assert_eq!((end.len(), end[0].0), (1, &Stop::EndTurn));
    assert_eq!(
        (tokens.input, tokens.output, tokens.thought, tokens.cache_read),
        (Some(20), Some(14), Some(4), Some(200))
    );
}

#[test]
fn a_tree_and_a_database_tell_the_same_with_what_the_subagent_did() {
    let home = tempfile::tempdir().unwrap();
    let (from_tree, tally) = told(&tree(home.path()));
    assert_eq!((tally.files, tally.damaged, tally.unrecognised), (15, 0, 0));
    let path = home.path().join("opencode.db");
    drop(database(&path));
    let sessions = source::sessions(&path).unwrap();
    assert_eq!(sessions, [path.join("ses_1.json")]);
    let (from_rows, _) = told(&sessions[0]);
    assert_eq!(from_tree, from_rows);
    let opened = |event: &Event| matches!(event, Event::LaneOpened { opened: LaneId(1), call: Some(call), .. } if *call == CallId::from("c2"));
    let begins = from_rows.iter().position(opened).unwrap();
    let ends = from_rows.iter().position(|event| *event == Event::LaneEnded { ended: LaneId(1) }).unwrap();
    assert_eq!(said(&from_rows[begins..ends], Speaker::Agent), ["I see seven."]);
    assert_eq!(said(&from_rows, Speaker::User), ["look around"]);
}

/// Each file of a folder, with what stands in it and when it was written.
fn found(folder: &Path) -> Vec<(PathBuf, Vec<u8>, SystemTime)> {
    let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    let one =
        |path: PathBuf| (path.clone(), fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap());
    all.into_iter().map(one).collect()
}

#[test]
fn nothing_of_a_database_is_written_while_it_is_open_and_when_it_is_not() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("opencode.db");
    let writer = database(&path);
    // What is read stands in its log alone, and its writer is still there.
    assert!(fs::metadata(home.path().join("opencode.db-wal")).unwrap().len() > 0);
    let before = found(home.path());
    let (events, _) = told(&path.join("ses_1.json"));
    assert_eq!(prompts(&events), ["go"]);
    assert_eq!(found(home.path()), before);
    // And it can write on.
    writer.execute("UPDATE session SET time_updated = 9999", []).unwrap();
    assert_eq!(source::stat(&path.join("ses_1.json")).unwrap().changed, 9_999_000_000);
    drop(writer);
    let before = found(home.path());
    assert_eq!(before.len(), 1, "a writer that ends takes its log away");
    let (events, _) = told(&path.join("ses_1.json"));
    assert_eq!(prompts(&events), ["go"]);
    assert_eq!(found(home.path()), before);
    assert!(source::open(&path.join("ses_9.json")).is_err(), "there is no such session");
}

#[test]
fn what_was_taken_back_broken_off_and_compacted_is_told() {
    let mut stopped = model("m2", "s", 2000, "");
    stopped["error"] = json!({"name": "MessageAbortedError", "data": {"message": "stopped"}});
    let mut failed = model("m4", "s", 4000, "");
    failed["error"] = json!({"name": "APIError", "data": {"message": "no credit", "statusCode": 402}});
    let mut info = session("s", None);
    info["revert"] = json!({"messageID": "m5"});
    let text = |text: &str| json!([{"type": "text", "text": text}]);
    let compacts = json!([{"type": "compaction", "auto": true}]);
    let refused = json!([tool(
        "bash",
        "c",
        json!({"status": "error", "error": "The user rejected permission to use this specific tool call."})
    )]);
    let messages = json!([
        {"info": user("m1", "s", 1000), "parts": text("one")},
        {"info": stopped, "parts": refused},
        {"info": user("m3", "s", 3000), "parts": compacts},
        {"info": user("m3b", "s", 3500), "parts": text("two")},
        {"info": failed, "parts": []},
        {"info": user("m5", "s", 5000), "parts": text("three")},
    ]);
    let events = read(&OpenCode, &json!({"info": info, "messages": messages}).to_string());
    assert_eq!(prompts(&events), ["one", "two", "three"]);
    assert_eq!(call(&events, "c").status, Some(CallStatus::Abandoned));
    let stops: Vec<&Stop> = ends(&events).into_iter().map(|(stop, _)| stop).collect();
    assert_eq!(stops[..2], [&Stop::Cancelled, &Stop::Error(402, "no credit".to_owned())]);
    assert!(events.iter().any(|event| matches!(event, Event::Compacted { .. })));
    assert_eq!(events.last(), Some(&Event::Rewound { to: TurnNo(2) }));
}

#[test]
fn of_an_export_that_was_cut_off_what_is_whole_is_read() {
    let whole = export();
    let cut = &whole[..whole.find("Done.").unwrap()];
    let out = follow_as(&OpenCode, [cut.as_bytes()], true);
    assert_eq!(out.places.iter().map(|place| place.odd).collect::<Vec<_>>(), [Odd::Damaged]);
    let events = events(out.told);
    assert_eq!((prompts(&events), said(&events, Speaker::Agent)), (vec!["go"], vec![]));
    assert!(call(&events, "c1").status.is_some());
}
