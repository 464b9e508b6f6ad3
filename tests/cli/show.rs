//! `taut ls` and `taut show`: what waits, what happened, whole, and with nothing hidden in it.

use super::support::cli::{documented, fields, is_plain, json, taut};
use super::support::hub::{Bench, HEAR};
use super::{PROMPT, finished, help, is_idle, scratch};
use std::path::Path;
use taut::domain::{
    Answer, Asking, At, By, CallPatch, CallStatus, Command, Completeness, Decision, Digest, Draft, Event, Impact,
    Notice, Query, Reply, RequestId, Seq, SessionId,
};
use taut::store::{Durability, Opened, Reader, Store};

/// The text of a file with the diff of a shown request applied.
fn applied(file: &Path, shown: &str) -> String {
    let patch: String = shown
        .split("\nchange\n")
        .nth(1)
        .unwrap()
        .lines()
        .take_while(|line| !line.is_empty())
        .flat_map(|line| [&line[2..], "\n"])
        .collect();
    let read = taut::diff::parse(&patch);
    assert_eq!((read.files.len(), read.stray.len()), (1, 0), "{patch}");
    assert!(!read.files[0].is_miscounted, "{patch}");
    let before = std::fs::read_to_string(file).unwrap();
    read.files[0].diff.apply(&before, |_| true).unwrap()
}

#[test]
fn what_a_command_would_hit_is_listed_as_it_stands_now_and_only_while_it_waits() {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo, Some("harm"));
    let asked = bench.waiting();
    let request = asked.to_string();
    let shown = taut(folder.path(), &["show", &request]).well();
    assert!(shown.contains("would hit, as it stands now") && shown.contains("src/basket.py"), "{shown}");
    let object = || json(&taut(folder.path(), &["show", &request, "--json"]).well()).remove(0);
    let losses = object()["losses"].take();
    assert_eq!(losses["unknown"], serde_json::json!([]));
    let hit = |how: &str| {
        let all = losses["files"].as_array().unwrap().iter().filter(|it| it["how"] == how);
        all.map(|it| it["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(hit("changes"), ["src/basket.py", "src/receipt.py"]);
    assert!(hit("deletes").contains(&"tests/check.sh".to_owned()), "{losses}");
    bench.link.ask(Query::Losses { request: asked, most: 2, instead: None });
    bench.until("what it would hit", |bench| !bench.answers.is_empty());
    let Answer::Losses(told) = bench.answers.remove(0) else { panic!() };
    assert_eq!((told.request, told.losses.files.len()), (asked, 2));
    assert_eq!(serde_json::to_value(&told.losses.tallies).unwrap(), losses["tallies"]);
    assert_eq!(bench.command(Command::End { session: id }), Reply::Done);
    bench.until("the end of its session", |bench| bench.state.session(id).is_some_and(|it| !it.is_live()));
    assert!(object()["losses"].is_null(), "nobody is asked any more");
}

#[test]
fn what_waits_is_in_the_list_and_in_the_session_and_whole_in_its_own_right() {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo, Some(PROMPT));
    let request = bench.waiting();
    let queued = Command::Prompt { session: id, text: "and then the tests".into(), steer: false };
    assert_eq!(bench.command(queued), Reply::Done);

    let list = taut(folder.path(), &["ls"]).well();
    let lines: Vec<&str> = list.lines().collect();
    assert!(lines[0].starts_with("ID ") && lines[0].ends_with("FOLDER"), "{list}");
    assert!(
        lines[1].starts_with(&format!("{id}  waiting ")) && lines[1].contains(" ~/repo") && lines[1].contains(" %"),
        "{list}"
    );
    assert!(list.contains("1 request waits for you"), "{list}");
    let row = lines.last().unwrap();
    assert!(row.starts_with(&request.to_string()) && row.contains("mid risk") && row.contains("edit "), "{row}");

    let object = &json(&taut(folder.path(), &["ls", "--json"]).well())[0];
    assert_eq!(fields(object), documented(&help("ls"), "--json: one object a line"));
    assert_eq!((&object["state"], &object["live"], &object["waiting"]), (&"waiting".into(), &true.into(), &1.into()));
    assert_eq!((&object["requests"][0], &object["queued"]), (&request.to_string().into(), &1.into()));
    assert_eq!(object["cwd"], repo.to_str().unwrap());
    assert!(object["used"].as_u64() > Some(0) && object["window"] == 200_000, "{object}");

    let session = taut(folder.path(), &["show", &id.to_string()]).well();
    for fact in [
        "mode      default (Ask first)",
        "context   ",
        " of 200k tokens",
        "queued    prompt 2: and then the tests",
        PROMPT,
    ] {
        assert!(session.contains(fact), "{fact}: {session}");
    }
    assert!(session.contains(&format!("waiting   {request}  mid risk")), "{session}");
    assert!(session.contains(&format!("request {request}: waits for you")), "{session}");

    // Whole, as a unified diff, by the whole id and by a short one.
    let shown = taut(folder.path(), &["show", &request.to_string()]).well();
    assert_eq!(
        taut(folder.path(), &["show", &format!("{}.{}", &request.to_string()[..3], request.seq.0)]).well(),
        shown
    );
    for part in [
        "waits for you",
        "offer     yes: Allow once (allows this call)",
        "rule      ask, by built-in",
        "seen      by nobody yet",
        "answer    none yet",
        "\n  @@ -",
        "\n  -",
        "\n  +",
        "\narguments\n  {\n",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let after = applied(&repo.join("src/basket.py"), &shown);
    let object = &json(&taut(folder.path(), &["show", &request.to_string(), "--json"]).well())[0];
    assert_eq!(fields(object), documented(&help("show"), "--json of a request: one object:"));
    assert_eq!(
        (&object["id"], &object["stage"], &object["waits"]),
        (&request.to_string().into(), &"open".into(), &true.into())
    );
    assert_eq!(
        object["step"]["changes"][0]["new"], after,
        "the diff that is shown makes the text that would be written"
    );
    assert_eq!(object["verdict"]["risk"], "mid");
    bench.leave();
}

#[test]
fn a_session_reads_from_its_prompt_to_its_end_and_its_json_is_the_log() {
    let (folder, id, answered) = finished();
    let shown = taut(folder.path(), &["show", &id.to_string()]).well();
    for part in [
        "ended with taut",
        "turn 1: done",
        "allowed by you: ",
        "the agent acted on it",
        "subagent",
        "plan      done  ",
        "\n                      +",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    for request in &answered {
        assert!(shown.contains(&format!("request {request}: allowed by you")), "{shown}");
        let one = taut(folder.path(), &["show", &request.to_string()]).well();
        assert!(one.contains("answer    allowed by you: ") && one.contains("the agent acted on it"), "{one}");
    }
    let records = json(&taut(folder.path(), &["show", &id.to_string(), "--json"]).well());
    let fields_of_one = documented(&help("show"), "--json of a session: one record a line");
    let reader = Reader::open(&folder.path().join("state")).unwrap();
    let log = reader.records(id, Seq(1), usize::MAX).unwrap();
    assert_eq!(records.len(), log.len());
    for (shown, record) in records.iter().zip(&log) {
        assert_eq!(fields(shown), fields_of_one);
        assert_eq!((&shown["seq"], &shown["event"]["kind"]), (&record.seq.0.into(), &record.event.kind().into()));
    }
}

#[test]
fn long_texts_are_shown_whole() {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let lines: Vec<String> = (0..2_000).map(|n| format!("line {n} of what I want")).collect();
    let long = lines.join("\n");
    let id = bench.demo(&repo, Some(&format!("work 1\n{long}")));
    bench.until("the turn to end", |bench| is_idle(bench, id));
    bench.leave();
    let shown = taut(folder.path(), &["show", &id.to_string()]).well();
    assert!(
        shown.contains("line 0 of what") && shown.contains("line 1000 of what") && shown.contains("line 1999 of what")
    );
    let prompt = json(&taut(folder.path(), &["show", &id.to_string(), "--json"]).well())
        .into_iter()
        .find(|record| record["event"]["kind"] == "prompt_sent")
        .unwrap();
    assert_eq!(prompt["event"]["text"], format!("work 1\n{long}"));
}

#[test]
fn what_an_agent_hides_is_shown_and_never_acts() {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo, Some("hostile"));
    bench.until("a request or the end", |bench| bench.state.waiting() > 0 || is_idle(bench, id));
    let mut ids = vec![id.to_string()];
    ids.extend(bench.state.queue().iter().map(|waiting| waiting.request.id.to_string()));
    assert_eq!(bench.command(Command::Rename { session: id, name: "a\u{1b}[2J\u{202e}b".into() }), Reply::Done);
    for args in [vec!["ls"], vec!["ls", "--json"]] {
        assert!(taut(folder.path(), &args).well().contains(&id.to_string()));
    }
    for id in &ids {
        assert!(is_plain(&taut(folder.path(), &["show", id]).well()));
        assert!(!json(&taut(folder.path(), &["show", id, "--json"]).well()).is_empty());
    }
    taut(folder.path(), &["show", "\u{1b}[2J\u{202e}"]).fails(&["nothing is called"]);
    bench.leave();
}

#[test]
fn what_left_the_memory_long_ago_is_shown_once_and_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let Opened::Writer(mut store) = Store::open(&folder.path().join("state")).unwrap() else { panic!() };
    let id = SessionId(7);
    let patch = CallPatch { command: Some("make it so".into()), impact: Some(Impact::Execute), ..CallPatch::default() };
    let request = RequestId { session: id, seq: Seq(3) };
    let decision = Decision::Deny { offer: None, reason: Some("not today".into()), interrupt: false };
    let mut events = vec![
        Event::Opened,
        Event::Called { call: "c1".into(), patch: Box::new(patch) },
        Event::Asked {
            call: "c1".into(),
            native: "0".into(),
            offers: vec![],
            digest: Digest::of(b"x"),
            payload: Completeness::Whole,
            deadline: None,
            instead_of: None,
            changed: vec![],
            how: Asking::default(),
        },
        Event::Decided { request, digest: Digest::of(b"x"), decision, by: By::Human, overridden: false },
        Event::Sent { request },
        Event::TakenUp { request },
        Event::Called {
            call: "c1".into(),
            patch: Box::new(CallPatch { status: Some(CallStatus::Done), ..CallPatch::default() }),
        },
    ];
    events.extend((0..3_000).map(|n| Event::Noted { level: Notice::Info, text: format!("note {n} of many").into() }));
    let drafts: Vec<Draft> = events.into_iter().map(|event| Draft::new(id, event)).collect();
    store.append(&drafts, At(1_700_000_000_000), Durability::Stream).unwrap();
    store.close().unwrap();

    let shown = taut(folder.path(), &["show", &request.to_string()]).well();
    for part in ["the agent acted on it", "answer    denied by you: not today", "\ncommand\n  make it so\n"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let object = &json(&taut(folder.path(), &["show", &request.to_string(), "--json"]).well())[0];
    assert_eq!((&object["stage"], &object["answered"]["by"]), (&"taken_up".into(), &"human".into()));
    let session = taut(folder.path(), &["show", &id.to_string()]).well();
    let notes: Vec<&str> = session.lines().filter_map(|line| line.split_once("  note      ").map(|it| it.1)).collect();
    let all: Vec<String> = (0..3_000).map(|n| format!("note {n} of many")).collect();
    let odd = (0..3_100).find(|&n| notes.get(n).copied() != all.get(n).map(String::as_str));
    assert_eq!(odd.map(|n| (n, notes.get(n))), None, "of {}", notes.len());
    assert_eq!(session.matches("run make it so").count(), 1);
}

#[test]
fn what_a_watchdog_flags_is_in_the_list_and_in_the_session_with_what_shows_it() {
    let (folder, repo) = scratch();
    std::fs::create_dir_all(folder.path().join("xdg/taut")).unwrap();
    let limits = "[budget]\nsession = \"5 USD\"\nday = \"5 USD\"\n[watch]\nrepeat = 3\n";
    std::fs::write(folder.path().join("xdg/taut/config.toml"), limits).unwrap();
    let mut bench = Bench::new(folder.path());
    let head = r#"{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"#;
    let cost = format!(r#"{head}"usage_update","used":9,"size":99,"cost":{{"amount":5.12,"currency":"USD"}}}}}}}}"#);
    let call = |n: u32| {
        format!(
            r#"{head}"tool_call","toolCallId":"c{n}","title":"ls","kind":"execute","rawInput":{{"command":"ls -l"}},"status":"completed"}}}}}}"#
        )
    };
    let id = bench.script(&repo, &[HEAR, &cost, &call(1), &call(2), &call(3)], Some("go"));
    bench.until("three calls", |bench| bench.state.session(id).is_some_and(|session| session.steps == 3));

    let list = taut(folder.path(), &["ls"]).well();
    let says: Vec<&str> = list.lines().skip_while(|line| *line != "FLAGGED").skip(1).collect();
    assert!(says[0].starts_with("$5.12 of $5.00 today, over the soft budget of the day: "), "{list}");
    assert_eq!(
        says[1],
        format!(
            "{id}  go: $5.12 of $5.00, over the soft budget of the session: what rules allow is asked until budget.session is raised"
        )
    );
    assert!(says[2].starts_with(&format!("{id}  go: `ls -l` 3 times in a row, the last ")), "{list}");
    let object = &json(&taut(folder.path(), &["ls", "--json"]).well())[0];
    assert_eq!((&object["alarms"][0]["kind"], &object["alarms"][1]["kind"]), (&"budget".into(), &"repeats".into()));
    assert!(object["alarms"][1]["says"].as_str().unwrap().starts_with("`ls -l` 3 times"), "{object}");
    let shown = taut(folder.path(), &["show", &id.to_string()]).well();
    assert!(shown.lines().any(|line| line.starts_with("flagged") && line.contains("$5.12 of $5.00")), "{shown}");
    bench.leave();
    // Nothing of it is left to say of a session that is over.
    let list = taut(folder.path(), &["ls"]).well();
    assert!(!list.contains("3 times") && list.contains("today"), "{list}");
}
