//! Starts that come to nothing, and those that come to something else than was asked for.

use super::support::hub::{Bench, HEAR, OPENS, scripted};
use super::{repo, scratch};
use std::path::Path;
use taut::domain::{Cause, Event, Notice, Reply, SessionId, StartSpec};
use taut::state::{Life, Phase};
use taut::ui::update::update;
use taut::ui::{App, Msg, Setup};
use taut::view::{Cache, layout, to_text};

fn config(folder: &Path, text: &str) {
    std::fs::create_dir(folder.join("config")).unwrap();
    std::fs::write(folder.join("config/config.toml"), text).unwrap();
}

fn failed(bench: &mut Bench, id: SessionId) -> String {
    bench.until("its end", |bench| !bench.state.session(id).unwrap().is_live());
    let session = bench.state.session(id).unwrap();
    assert_eq!(session.phase(session.at, 0), Phase::Failed);
    let Life::Ended { cause: Cause::Failed(why), .. } = &session.life else { panic!("{:?}", session.life) };
    why.clone()
}

#[test]
fn an_agent_that_hangs_at_its_start_is_ended_with_what_it_did_not_answer() {
    let folder = scratch();
    config(folder.path(), "start_within = 1\n");
    let mut bench = Bench::new(folder.path());
    let mute = bench.start(&repo(&folder), &["sleep", "60"], Some("go"));
    let half = scripted(&OPENS[..3]);
    let half = bench.start(&repo(&folder), &half.iter().map(String::as_str).collect::<Vec<_>>(), Some("go"));
    bench.until("what it does", |bench| {
        bench.state.session(half).is_some_and(|it| it.life == Life::Starting("session/new".into()))
    });
    assert_eq!(failed(&mut bench, mute), "the agent did not answer initialize within 1 s; see its last words");
    assert_eq!(failed(&mut bench, half), "the agent did not answer session/new within 1 s; see its last words");
    bench.leave();
}

#[test]
fn an_agent_that_ends_well_before_it_is_open_has_failed() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.start(&repo(&folder), &["sh", "-c", "read x; echo no such thing >&2; exit 0"], Some("go"));
    assert_eq!(failed(&mut bench, id), "the agent ended during initialize; see its last words");
    let words = bench.state.session(id).unwrap().last_words.clone();
    assert_eq!(words.inline(), Some("no such thing"));
    bench.leave();
}

#[test]
fn a_session_that_cannot_be_loaded_is_not_begun_anew_in_silence() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let refuses = r#"{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"Method not found"}}"#;
    let spec = StartSpec {
        agent: "test".into(),
        command: Some(scripted(&[HEAR, OPENS[1], HEAR, refuses, HEAR, OPENS[3], HEAR])),
        cwd: repo(&folder).to_string_lossy().into_owned(),
        prompt: Some("go on".into()),
        load: Some("old-one".into()),
        env: std::env::vars().collect(),
        ..StartSpec::default()
    };
    let id = bench.launch(spec);
    let why = failed(&mut bench, id);
    assert!(why.contains("can't load its session old-one") && why.contains("Method not found"), "{why}");
    assert_eq!(bench.position(|event| matches!(event, Event::PromptSent { .. })), None);
    bench.leave();
}

#[test]
fn a_mode_that_is_not_in_force_is_said_loudly_and_marks_the_session() {
    let folder = scratch();
    let modes = r#"{"jsonrpc":"2.0","id":2,"result":{"sessionId":"s","modes":{"currentModeId":"auto","availableModes":[{"id":"auto","name":"Auto"},{"id":"ask","name":"Ask"}]}}}"#;
    let refuses = r#"{"jsonrpc":"2.0","id":3,"error":{"code":-32602,"message":"not here"}}"#;
    let unasked = r#"{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"tool_call","toolCallId":"c","title":"rm","kind":"execute","status":"completed","rawInput":{"command":"rm a"}}}}"#;
    let command = scripted(&[HEAR, OPENS[1], HEAR, modes, HEAR, refuses, HEAR, unasked]);
    let command = serde_json::to_string(&command).unwrap();
    config(folder.path(), &format!("[agents.mistral-vibe]\ncommand = {command}\nmode = \"ask\"\n"));
    let mut bench = Bench::new(folder.path());
    assert_eq!(bench.status.config_error, None);
    let spec = StartSpec {
        agent: "vibe".into(),
        cwd: repo(&folder).to_string_lossy().into_owned(),
        prompt: Some("go".into()),
        env: std::env::vars().collect(),
        ..StartSpec::default()
    };
    let id = bench.launch(spec);
    bench.until("the call", |bench| bench.position(|event| matches!(event, Event::CallGated { .. })).is_some());
    let session = bench.state.session(id).unwrap();
    assert_eq!(session.agent, "mistral-vibe", "rules and configuration go by its first name");
    assert_eq!(session.loosened, ["it is in auto, not in ask"]);
    let warned = bench.position(
        |event| matches!(event, Event::Noted { level: Notice::Warning, text } if text.inline().unwrap().contains("not in force")),
    );
    assert!(warned.is_some());
    let step = session.step_of(&taut::domain::CallId("c".into())).unwrap();
    assert_eq!(step.gate, taut::domain::Gate::AgentMode("auto".into()));
    bench.leave();
}

#[test]
fn a_name_that_nobody_knows_starts_nothing() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let spec =
        StartSpec { agent: "gooze".into(), cwd: repo(&folder).to_string_lossy().into_owned(), ..StartSpec::default() };
    let wish = taut::domain::Command::Start(Box::new(spec));
    let Reply::Refused { why } = bench.command(wish) else { panic!() };
    assert!(why.contains("did you mean goose"), "{why}");
    bench.leave();
}

/// Quirk 10 of codex: stderr is coloured log text, and none of it is news of the conversation.
#[test]
fn q10_coloured_words_on_stderr_are_the_last_words_and_no_more() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let script = r"printf '\033[2m2026-11-22\033[0m \033[31mERROR\033[0m codex_core: \033]52;c;aGk=\007no model\n' >&2; read x; exit 1";
    let spec = StartSpec {
        agent: "codex".into(),
        command: Some(["sh", "-c", script].map(str::to_owned).to_vec()),
        cwd: repo(&folder).to_string_lossy().into_owned(),
        ..StartSpec::default()
    };
    let id = bench.launch(spec);
    bench.until("its end", |bench| !bench.state.session(id).unwrap().is_live());
    let session = bench.state.session(id).unwrap();
    assert_eq!(session.driver, "codex");
    assert!(session.last_words.inline().is_some_and(|words| words.contains("ERROR")), "{:?}", session.last_words);
    let noted = bench
        .records
        .iter()
        .any(|it| matches!(&it.event, Event::Noted { text, .. } if format!("{text:?}").contains("ERROR")));
    assert!(!noted, "a log line is no word to the human");
    // On the screen it is text: colours are gone or kept as colours, and nothing else is obeyed.
    let mut app = App::new(Setup { size: (120, 36), ..Setup::default() });
    update(&mut app, Msg::Known(Box::new(bench.state.clone())), session.at);
    let shown = to_text(&layout(&app, &mut Cache::new(), (120, 36), session.at));
    assert!(shown.contains("ERROR codex_core:") && !shown.contains('\u{1b}') && !shown.contains('\u{7}'), "{shown}");
    bench.leave();
}
