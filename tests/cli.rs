//! Every command through the program, against the log of a hub with the demo agent.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use support::cli::{Ran, command, documented, fields, is_plain, json, ran, taut};
use support::hub::Bench;
use taut::cli::demo_repo;
use taut::domain::{Command, OfferKind, Reply, RequestId, Seq, SessionId};
use taut::store::Reader;

const PROMPT: &str = "Mend the rounding";

fn scratch() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    demo_repo::make(&folder.path().join("repo")).unwrap();
    let repo = folder.path().join("repo").canonicalize().unwrap();
    (folder, repo)
}

fn is_idle(bench: &Bench, id: SessionId) -> bool {
    bench.state.session(id).is_some_and(|session| session.turn.is_none() && session.stopped.is_some())
}

fn play(bench: &mut Bench, id: SessionId) -> Vec<RequestId> {
    let mut answered = Vec::new();
    loop {
        bench.until("a request or the end of the turn", |bench| bench.state.waiting() > 0 || is_idle(bench, id));
        if is_idle(bench, id) {
            return answered;
        }
        let request = bench.waiting();
        assert_eq!(bench.answer(request, OfferKind::AllowOnce), Reply::Done);
        answered.push(request);
    }
}

/// A log with one session that went from its prompt to its end.
fn finished() -> (tempfile::TempDir, SessionId, Vec<RequestId>) {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.demo(&repo, Some(PROMPT));
    let answered = play(&mut bench, id);
    bench.leave();
    (folder, id, answered)
}

fn help(verb: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    taut(folder.path(), &[verb, "--help"]).well()
}

#[test]
fn every_command_has_its_help_and_the_options_of_all_are_in_each() {
    let folder = tempfile::tempdir().unwrap();
    let all = taut(folder.path(), &["--help"]).well();
    for verb in ["run", "demo", "replay", "ls", "show", "verify", "agents", "doctor"] {
        assert!(all.contains(&format!("\n  {verb} ")), "{verb}: {all}");
        let one = help(verb);
        for option in ["--state", "--config", "--theme", "--no-mouse"] {
            assert!(one.contains(option), "{verb} {option}");
        }
    }
    assert!(taut(folder.path(), &["--version"]).well().starts_with("taut "));
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
    assert!(session.contains("\n11") || session.contains(":"), "times");

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

/// The text of a file with the diff of a shown request applied.
fn applied(file: &Path, shown: &str) -> String {
    let patch: String = shown
        .split("\nchange\n")
        .nth(1)
        .unwrap()
        .lines()
        .take_while(|line| !line.is_empty())
        .map(|line| format!("{}\n", &line[2..]))
        .collect();
    let read = taut::diff::parse(&patch);
    assert_eq!((read.files.len(), read.stray.len()), (1, 0), "{patch}");
    assert!(!read.files[0].is_miscounted, "{patch}");
    let before = std::fs::read_to_string(file).unwrap();
    read.files[0].diff.apply(&before, |_| true).unwrap()
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
    let long: String = (0..2_000).map(|n| format!("line {n} of what I want\n")).collect();
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
        assert!(taut(folder.path(), &args).well().contains("a"));
    }
    for id in &ids {
        assert!(is_plain(&taut(folder.path(), &["show", id]).well()));
        assert!(!json(&taut(folder.path(), &["show", id, "--json"]).well()).is_empty());
    }
    taut(folder.path(), &["show", "\u{1b}[2J\u{202e}"]).fails(&["nothing is called"]);
    bench.leave();
}

#[test]
fn things_are_called_by_id_by_its_beginning_and_by_name() {
    let (folder, repo) = scratch();
    let mut bench = Bench::new(folder.path());
    let mut ids = Vec::new();
    for name in ["one", "two", "two"] {
        let spec = taut::domain::StartSpec {
            agent: "demo".into(),
            cwd: repo.to_string_lossy().into_owned(),
            name: Some(name.to_owned()),
            env: std::env::vars().collect(),
            ..taut::domain::StartSpec::default()
        };
        let Reply::Started { session } = bench.command(Command::Start(Box::new(spec))) else { panic!() };
        ids.push(session);
    }
    let second = bench.state.session(ids[1]).unwrap().name.clone();
    let first_line = |args: &[&str]| taut(folder.path(), args).well().lines().next().unwrap().to_owned();
    assert!(first_line(&["show", "one"]).starts_with(&ids[0].to_string()));
    assert!(first_line(&["show", &second]).starts_with(&ids[1].to_string()));
    // A name that is the beginning of another's id goes before it; a whole id goes before any name.
    let beginning = ids[0].to_string()[..4].to_owned();
    assert_eq!(bench.command(Command::Rename { session: ids[2], name: beginning.clone() }), Reply::Done);
    assert!(first_line(&["show", &beginning]).starts_with(&ids[2].to_string()));
    assert_eq!(bench.command(Command::Rename { session: ids[2], name: "three".into() }), Reply::Done);
    assert!(first_line(&["show", &beginning]).starts_with(&ids[0].to_string()));
    taut(folder.path(), &["show", &format!("r{}.99999", &ids[0].to_string()[1..])]).fails(&["no request", "taut ls"]);
    taut(folder.path(), &["show", "three-and-more"]).fails(&["\"three-and-more\"", "taut ls"]);
    taut(folder.path(), &["replay", "nobody", "--print"]).fails(&["\"nobody\"", "taut ls"]);
    taut(folder.path(), &["verify", "nobody"]).fails(&["\"nobody\"", "taut ls"]);
    bench.leave();
}

#[test]
fn an_id_that_could_be_several_names_them() {
    let folder = tempfile::tempdir().unwrap();
    let taut::store::Opened::Writer(mut store) = taut::store::Store::open(&folder.path().join("state")).unwrap() else {
        panic!()
    };
    for n in 0..9u32 {
        let event = taut::domain::Event::SessionStarted {
            name: format!("job-{n}"),
            agent: "x".into(),
            driver: "acp".into(),
            cwd: "/".into(),
            command: vec![],
            env: vec![],
        };
        let draft = taut::domain::Draft::new(SessionId(n), event);
        store.append(&[draft], taut::domain::At(1), taut::store::Durability::Stream).unwrap();
    }
    store.close().unwrap();
    // As after a kill -9: the lock file names a process that is no more.
    std::fs::write(folder.path().join("state/lock"), "999999999\n").unwrap();
    taut(folder.path(), &["show", "s000"]).fails(&[
        "s0000000 (job-0)",
        "s0000005 (job-5)",
        "3 more",
        "give more letters",
    ]);
    // Nobody writes this log: what its last record says of live agents is over.
    let rows = json(&taut(folder.path(), &["ls", "--json"]).well());
    assert!(
        rows.iter().all(|row| row["state"] == "interrupted" && row["live"] == false && row["used"].is_null()),
        "{rows:?}"
    );
    assert!(taut(folder.path(), &["ls"]).well().lines().nth(1).unwrap().contains("—"));
}

#[test]
fn verify_finds_what_is_not_as_it_was_written() {
    let (folder, id, _) = finished();
    let state = folder.path().join("state");
    let said = taut(folder.path(), &["verify"]).well();
    let head = said.lines().find_map(|line| line.strip_prefix("head      ")).unwrap().to_owned();
    assert_eq!(std::fs::read_to_string(state.join("head")).unwrap().trim(), head);
    assert!(
        taut(folder.path(), &["verify", &id.to_string(), "--head", &head])
            .well()
            .contains("the head you kept is in it")
    );
    let other = "ab".repeat(32);
    let out = taut(folder.path(), &["verify", "--head", &other]).fails(&["not as it was written", "1 fault"]);
    assert!(out.contains(&format!("fault     no record has the hash {other}")), "{out}");
    taut(folder.path(), &["verify", "--head", "x"]).is_wrong(&["64 hex digits", "taut verify --help"]);

    let database = rusqlite::Connection::open(state.join("taut.db")).unwrap();
    database
        .execute("UPDATE record SET stored = replace(stored, 'Mend', 'Bend') WHERE kind = 'prompt_sent'", [])
        .unwrap();
    drop(database);
    let out =
        taut(folder.path(), &["verify"]).fails(&["not as it was written", state.to_str().unwrap(), "keep a copy"]);
    assert!(out.contains("fault     "), "{out}");
    let out = taut(folder.path(), &["doctor"]).fails(&["1 thing", "(log)"]);
    assert!(out.contains("broken  log ") && out.contains("taut verify"), "{out}");
}

#[test]
fn a_replay_prints_frames_without_a_terminal() {
    let (folder, id, _) = finished();
    let print = |more: &[&str]| {
        let mut args = vec!["replay", "--print"];
        let name = id.to_string();
        args.push(&name);
        args.extend(more);
        taut(folder.path(), &args)
    };
    let end = print(&["--at", "end"]).well();
    assert_eq!(print(&[]).well().lines().count(), 36);
    assert_eq!(end.lines().count(), 36);
    assert_ne!(print(&["--at", "8"]).well(), end);
    assert_eq!(print(&["--size", "80x24"]).well().lines().count(), 24);
    print(&["--at", "0"]).fails(&["has no record 0", "from 1 to "]);
    print(&["--at", "99999"]).fails(&["has no record 99999"]);
    print(&["--at", "soon"]).is_wrong(&["soon", "taut replay --help"]);
    for size in ["0x0", "80", "80x", "5000x5000", "-1x3"] {
        print(&[&format!("--size={size}")]).is_wrong(&["like 120x36"]);
    }
}

#[test]
fn agents_tell_whether_they_are_here_and_what_a_decision_can_do() {
    let folder = tempfile::tempdir().unwrap();
    let bin = folder.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    for (name, script) in [
        ("gemini", "echo 1.2.3"),
        ("goose", "printf '\\033[31m'; yes goose 7 | head -n 100000"),
        ("opencode", "exit 1"),
    ] {
        let path = bin.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let run = |args: &[&str]| {
        let path = format!("{}:/usr/bin:/bin", bin.display());
        ran(command(folder.path(), args).env("PATH", path))
    };
    let rows = json(&run(&["agents", "--json"]).well());
    let names = documented(&help("agents"), "--json: one object a line");
    assert!(rows.iter().all(|row| fields(row) == names), "{rows:?}");
    let of = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap();
    assert_eq!((&of("gemini")["found"], &of("gemini")["version"]), (&true.into(), &"1.2.3".into()));
    assert_eq!(of("gemini")["command"][0], bin.join("gemini").to_str().unwrap());
    assert_eq!(of("gemini")["decisions"]["edit_then_run"]["can"], false);
    assert!(of("opencode")["version"].is_null() && of("opencode")["found"] == true);
    assert!(
        of("qwen")["found"] == false && of("qwen")["missing"].as_str().unwrap().contains("npm install"),
        "{:?}",
        of("qwen")
    );
    assert_eq!(of("demo")["version"], format!("taut {}", env!("CARGO_PKG_VERSION")));
    let said = run(&["agents"]).well();
    for part in [
        "gemini\n  title ",
        "version                  1.2.3\n",
        "goose 7",
        "allow once               yes: ",
        "\nnot found\n",
        "  qwen          not installed",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn doctor_says_what_is_there_and_how_to_mend_what_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let said = taut(folder.path(), &["doctor"]).well();
    assert!(!folder.path().join("state").exists(), "looking makes nothing");
    for name in [
        "terminal",
        "colours",
        "state folder",
        "free space",
        "log",
        "configuration",
        "git",
        "processes",
        "boundary",
        "agents",
    ] {
        assert!(said.lines().any(|line| line[8..].starts_with(name)), "{name}: {said}");
    }
    std::fs::write(folder.path().join("file"), "").unwrap();
    let out = taut(folder.path(), &["doctor", "--state", "file/state"]).fails(&["broken", "state folder"]);
    assert!(out.contains("--state"), "{out}");
}

#[test]
fn options_of_every_command_stand_anywhere() {
    let (folder, id, _) = finished();
    let state = folder.path().join("state");
    let state = state.to_str().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| ran(command(elsewhere.path(), args).env_remove("TAUT_STATE"));
    for args in [
        vec!["--state", state, "ls"],
        vec!["ls", "--state", state],
        vec!["--no-mouse", "ls", "--theme", "dark", "--state", state],
    ] {
        assert!(run(&args).well().contains(&id.to_string()));
    }
    let none = run(&["ls"]).well();
    assert!(none.contains("No session yet in ") && none.contains("taut demo"), "{none}");
    assert_eq!(run(&["ls", "--json"]).well(), "");
    run(&["show", "x"]).fails(&["there is no store in", "--state"]);
}

#[test]
fn wrong_usage_is_one_sentence_and_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    for (args, names) in [
        (vec!["lst"], ["'lst'", "'ls'"]),
        (vec!["show"], ["<ID>", "taut show --help"]),
        (vec!["ls", "--jsno"], ["'--jsno'", "'--json'"]),
        (vec!["--state"], ["--state <DIR>", "taut --help"]),
        (vec!["demo", "--agents", "0"], ["'0'", "1..=64"]),
    ] {
        taut(folder.path(), &args).is_wrong(&names);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let (folder, id, answered) = finished();
    let (id, request) = (id.to_string(), answered[0].to_string());
    for args in [
        vec!["--help"],
        vec!["ls"],
        vec!["ls", "--json"],
        vec!["show", &id],
        vec!["show", &id, "--json"],
        vec!["show", &request],
        vec!["verify"],
        vec!["agents"],
        vec!["doctor"],
        vec!["replay", &id, "--print"],
    ] {
        let mut child = command(folder.path(), &args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()), "{args:?}");
    }
    // A place that takes nothing is one.
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    if let Ok(full) = full {
        let output = command(folder.path(), &["ls"]).stdout(full).output().unwrap();
        let ran =
            Ran { code: output.status.code(), out: String::new(), err: String::from_utf8(output.stderr).unwrap() };
        ran.fails(&["cannot write the output", "No space left"]);
    }
}
