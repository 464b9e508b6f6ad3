//! Trajectories: ATIF with what its subagents did and what follows it, and SWE-agent's.

use super::{events, follow_as};
use std::fs;
use taut::domain::{CallStatus, Event, Record, Speaker};
use taut::transcript::{self, Format, Lines, Out, Stamp, Tally, atif::Atif, swe::SweAgent};

fn read(path: &std::path::Path) -> (Vec<Record>, Tally) {
    let mut all = Vec::new();
    let format = transcript::file::sniff(path).unwrap();
    let tally = transcript::read(path, format, &mut |record| all.push(record)).unwrap();
    (all, tally)
}

fn whole(format: &dyn Format, text: &str) -> Vec<Event> {
    events(follow_as(format, [text.as_bytes()], true).told)
}

#[test]
fn subagents_and_what_follows_are_told_in_their_places_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    put(
        "trajectory.json",
        r#"{"schema_version":"ATIF-v1.5","session_id":"s","agent":{"name":"terminus","version":"2","model_name":"m"},
        "steps":[{"step_id":1,"source":"user","message":"go"},
        {"step_id":2,"source":"agent","message":"I look.","tool_calls":[{"tool_call_id":"c1","function_name":"bash_command","arguments":{"keystrokes":"ls\n"}}],
         "observation":{"results":[{"content":"a b"}]},"metrics":{"prompt_tokens":10,"completion_tokens":2,"cached_tokens":4,"cost_usd":0.5}},
        {"step_id":3,"source":"system","message":"handed over","observation":{"results":[{"subagent_trajectory_ref":[
          {"session_id":"sub","trajectory_path":"trajectory.sub.json"},{"session_id":"x","trajectory_path":"../trajectory.far.json"}]}]}}],
        "continued_trajectory_ref":"trajectory.cont-1.json"}"#,
    );
    put(
        "trajectory.sub.json",
        r#"{"schema_version":"ATIF-v1.5","session_id":"sub","agent":{},"steps":[{"step_id":1,"source":"agent","message":"copied","is_copied_context":true},
        {"step_id":2,"source":"agent","message":"A summary.","metrics":{"prompt_tokens":7,"completion_tokens":1}}]}"#,
    );
    put(
        "trajectory.cont-1.json",
        r#"{"schema_version":"ATIF-v1.5","session_id":"s","agent":{},"steps":[{"step_id":1,"source":"user","message":"go","is_copied_context":true},
        {"step_id":2,"source":"agent","message":"Done."}]}"#,
    );
    let (all, tally) = read(&folder.path().join("trajectory.json"));
    assert_eq!((tally.files, tally.again, tally.unrecognised, tally.damaged), (3, 2, 0, 0));
    let said: Vec<(u32, &str)> = all
        .iter()
        .filter_map(|record| match &record.event {
            Event::Said { who: Speaker::Agent, text, .. } => Some((record.lane.0, text.inline().unwrap())),
            _ => None,
        })
        .collect();
    assert_eq!(said, [(0, "I look."), (1, "A summary."), (0, "Done.")]);
    let spent: Vec<_> = all
        .iter()
        .filter_map(|record| match &record.event {
            Event::TurnEnded { tokens: Some(tokens), .. } => Some((tokens.input, tokens.output, tokens.cache_read)),
            _ => None,
        })
        .collect();
    assert_eq!(spent, [(Some(13), Some(3), Some(4))], "what came from a cache is no fresh input");
    let is_run = |event: &Event| matches!(event, Event::Called { patch, .. } if patch.command.as_ref().is_some_and(|it| it.inline() == Some("ls")));
    assert!(all.iter().any(|record| is_run(&record.event)));
    let far =
        |event: &Event| matches!(event, Event::Noted { text, .. } if text.inline().unwrap().contains("not at hand"));
    assert_eq!(all.iter().filter(|record| far(&record.event)).count(), 1, "another folder is not looked into");
    assert!(matches!(&all[0].event, Event::SessionStarted { agent, .. } if agent == "terminus"));
}

#[test]
fn a_chain_of_subagents_and_one_that_names_itself_come_to_an_end() {
    let inner = |n: usize| {
        format!(
            r#"{{"session_id":"{n}","steps":[{{"source":"agent","message":"{n}","observation":{{"results":[{{"subagent_trajectory_ref":{{"session_id":"{}"}}}}]}}}}]}}"#,
            n + 1
        )
    };
    let all: Vec<String> = (0..3000).map(inner).collect();
    let text = format!(
        r#"{{"schema_version":"ATIF","agent":{{}},"steps":[{{"step_id":1,"source":"agent","message":"x","observation":{{"results":[{{"subagent_trajectory_ref":{{"session_id":"0"}}}}]}}}}],"subagent_trajectories":[{}]}}"#,
        all.join(",")
    );
    let told = whole(&Atif, &text);
    let opened = told.iter().filter(|event| matches!(event, Event::LaneOpened { .. })).count();
    assert_eq!(opened, 1024);
    assert!(told.iter().any(
        |event| matches!(event, Event::Noted { text, .. } if text.inline().unwrap().starts_with("1976 more subagents"))
    ));
}

#[test]
fn of_a_trajectory_that_was_cut_off_the_whole_steps_are_told() {
    let text = r#"{"environment":"main","trajectory":[{"action":"ls -a\n","observation":"x y","response":"r","thought":"I look.","state":"{\"working_dir\": \"/w\"}"},{"action":"cat"#;
    let (mut lines, mut out) = (Lines::default(), Out::default());
    let mut reader = SweAgent.reader("a", &[]);
    lines.take(text.as_bytes(), &mut |line| reader.line(0, line, &mut out));
    lines.end(&mut |line| reader.line(0, line, &mut out));
    reader.end(&mut out);
    assert_eq!(out.places.len(), 1);
    let mut stamp = Stamp::of("a");
    let told: Vec<Event> = out.told.into_iter().map(|told| stamp.record(told).event).collect();
    let done = |event: &&Event| matches!(event, Event::Called { patch, .. } if patch.status == Some(CallStatus::Done));
    assert_eq!(told.iter().filter(done).count(), 1);
    assert!(told.iter().any(|event| matches!(event, Event::Placed { place } if place.folder == "/w")));
}

#[test]
fn how_a_trajectory_ended_and_what_it_spent_is_told() {
    let text = r#"{"history":[{"role":"system","content":"long","agent":"main"},{"role":"user","content":"a demo","is_demo":true,"agent":"main"},
        {"role":"user","content":"mend it","agent":"main"},{"role":"assistant","content":"x","action":"ls"}],
        "trajectory":[{"action":"ls","observation":"a","response":"r","thought":"t"}],
        "info":{"exit_status":"exit_cost","model_stats":{"tokens_sent":9,"tokens_received":3,"instance_cost":0.25}}}"#;
    let told = whole(&SweAgent, text);
    let prompts: Vec<&str> = told
        .iter()
        .filter_map(|event| match event {
            Event::PromptSent { text, .. } => text.inline(),
            _ => None,
        })
        .collect();
    assert_eq!(prompts, ["mend it"]);
    let ended = told.iter().find_map(|event| match event {
        Event::TurnEnded { stop, tokens, .. } => Some((format!("{stop:?}"), tokens.unwrap().input)),
        _ => None,
    });
    assert_eq!(ended, Some(("Other(\"exit_cost\")".to_owned(), Some(9))));
}
