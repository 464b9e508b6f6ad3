//! Claude Code by its own protocol: what only that can do.

use crate::bench::{self, Bench};
use crate::hub::Turn;
use crate::{Back, comes_back, drive, inline};
use serde_json::json;
use taut::domain::{
    CallStatus, Command as Wish, Decision, Event, Gate, Given, LaneId, OfferKind, Reply, Stop, TakenHunk, Text, Topic,
};
use taut::state::{Life, Stage};

/// A call of the shell.
fn sh(command: &str) -> serde_json::Value {
    json!({"tool": "Bash", "args": {"command": command, "description": "Run it"}})
}

/// A turn of the model.
fn turn(text: &str, calls: &[serde_json::Value]) -> serde_json::Value {
    json!({"text": text, "calls": calls})
}

fn scenario(turns: &[serde_json::Value]) -> serde_json::Value {
    json!({"about": "own", "side_text": "A title", "prompts": [{"turns": turns}]})
}

fn claude(own: &[(&str, serde_json::Value)]) -> Option<Bench> {
    if bench::folders().is_none() {
        println!("claude: left out, TAUT_AGENTS and TAUT_SHARED are not set");
        return None;
    }
    Some(Bench::with("claude", "", own))
}

#[test]
fn claude_does_what_all_do() {
    drive("claude");
}

/// The command that a human wrote runs, and not the one that the model wrote.
#[test]
fn claude_runs_the_edited_command() {
    let calls = [turn("I make a file.", &[sh("echo theirs > theirs.txt")]), turn("Done.", &[])];
    let Some(mut bench) = claude(&[("own", scenario(&calls))]) else { return };
    bench.prompt("own", "Go on.");
    let (request, step) = bench.next_ask().unwrap();
    assert_eq!(inline(step.command.as_ref()), "echo theirs > theirs.txt");
    let args = Text::from(json!({"command": "echo mine > mine.txt", "description": "Run it"}).to_string());
    let offer = request.offers.iter().find(|it| it.kind == OfferKind::AllowOnce).map(|it| it.id.clone());
    bench.decide(&request, Decision::Edit { offer, args, reason: None });
    assert!(bench.next_ask().is_none(), "asked once");
    assert_eq!((bench.stop(), bench.request(request.id).stage()), (Stop::EndTurn, Stage::TakenUp));
    assert_eq!((bench.file("mine.txt").as_str(), bench.has("theirs.txt")), ("mine\n", false));
    assert_eq!(bench.step(&step).gate, Gate::Asked);
    assert!(bench.model_was_told("The user changed this call before it ran"), "the model knows what ran");
    bench.leave();
}

/// What a human wrote may be more than its tool takes: then nothing runs, the model hears why, and so does the human.
#[test]
fn claude_rejects_an_edit_that_its_tool_does_not_take() {
    let write = json!({"do": "write", "path": "new.txt", "content": "theirs\n"});
    let calls = [turn("I make a file.", &[write]), turn("Done.", &[])];
    let Some(mut bench) = claude(&[("own", scenario(&calls))]) else { return };
    bench.prompt("own", "Go on.");
    let (request, step) = bench.next_ask().unwrap();
    // A folder: its tool learns that when it writes.
    let proposed: serde_json::Value = serde_json::from_str(inline(step.args.as_ref())).unwrap();
    let path = proposed["file_path"].as_str().unwrap().replace("new.txt", "src");
    let args = Text::from(json!({"file_path": path, "content": "mine\n"}).to_string());
    let offer = request.offers.iter().find(|it| it.kind == OfferKind::AllowOnce).map(|it| it.id.clone());
    bench.decide(&request, Decision::Edit { offer, args, reason: None });
    assert!(bench.next_ask().is_none(), "asked once");
    assert_eq!((bench.has("src/greet.py"), bench.has("new.txt")), (true, false), "nothing was written");
    let step = bench.step(&step).clone();
    assert_eq!(step.status, CallStatus::Failed);
    assert!(step.edited.is_some() && step.diverged.is_none(), "{step:?}");
    assert!(bench.model_was_told("EISDIR"), "the model hears why");
    bench.leave();
}

/// One hunk of three is written by Claude itself, and nothing else of the change.
#[test]
fn claude_writes_the_part_that_was_taken() {
    let file = |lines: [&str; 3]| -> String {
        let pad = "the same\n".repeat(12);
        lines.iter().flat_map(|line| [*line, "\n", &pad]).collect()
    };
    let write = |text: String| json!({"do": "write", "path": "three.txt", "content": text});
    let calls = [
        turn("I make it.", &[write(file(["a", "b", "c"]))]),
        turn("I change it.", &[write(file(["A", "B", "C"]))]),
        turn("Done.", &[]),
    ];
    let Some(mut bench) = claude(&[("own", scenario(&calls))]) else { return };
    bench.prompt("own", "Go on.");
    let (request, _) = bench.next_ask().unwrap();
    bench.allow(&request, OfferKind::AllowOnce);
    let (request, _) = bench.next_ask().unwrap();
    bench.decide(&request, Decision::Take { hunks: vec![TakenHunk { hunk: 2, edited: None }], reason: None });
    assert!(bench.next_ask().is_none(), "asked once more");
    assert_eq!((bench.stop(), bench.file("three.txt")), (Stop::EndTurn, file(["a", "B", "c"])));
    bench.leave();
}

/// Reads pass without a request, as what only looks.
#[test]
fn claude_reads_without_a_request() {
    let read = json!({"do": "read", "path": "src/greet.py"});
    let calls = [turn("I look.", &[read.clone(), read]), turn("Done.", &[])];
    let Some(mut bench) = claude(&[("own", scenario(&calls))]) else { return };
    bench.prompt("own", "Go on.");
    assert!(bench.next_ask().is_none());
    let steps = bench.steps();
    assert_eq!(steps.iter().map(|step| &step.gate).collect::<Vec<_>>(), [&Gate::ReadClass, &Gate::ReadClass]);
    assert!(steps.iter().all(|step| step.requests.is_empty() && step.verdict.is_some()));
    assert!(!bench.hub.records.iter().any(|record| matches!(record.event, Event::Asked { .. })));
    bench.leave();
}

/// What policy denies is denied to Claude too, with the rule as the reason; also where Claude would not have asked.
#[test]
fn claude_is_refused_by_a_rule() {
    if bench::folders().is_none() {
        return println!("claude: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let read = json!({"do": "read", "path": "src/greet.py"});
    let own = [("own", scenario(&[turn("I look.", &[read]), turn("Done.", &[])]))];
    let policy = "[[rule]]\nthen = \"deny\"\nimpact = \"read\"\npath = \"src/**\"\n";
    let mut bench = Bench::with("claude", policy, &own);
    bench.prompt("own", "Go on.");
    assert!(bench.next_ask().is_none());
    assert_eq!(bench.steps()[0].status, CallStatus::Failed, "{:?}", bench.steps());
    assert!(bench.model_was_told("refused by policy.toml"));
    bench.leave();
}

#[test]
fn claude_asks_a_question_and_hears_the_answer() {
    let ask =
        json!({"do": "ask", "question": "Which greeting?", "header": "Greeting", "options": ["Hello", "Good day"]});
    let Some(mut bench) = claude(&[("own", scenario(&[turn("One question.", &[ask]), turn("Noted.", &[])]))]) else {
        return;
    };
    bench.prompt("own", "Go on.");
    let (request, _) = bench.next_ask().unwrap();
    let Topic::Questions(questions) = &request.how.topic else { panic!("{request:?}") };
    let given = Given { question: questions[0].id.clone(), answers: vec!["Good day".to_owned()] };
    bench.write("somebody.txt", "while it asks\n");
    bench.decide(&request, Decision::Reply { given: vec![given] });
    assert!(bench.next_ask().is_none());
    assert!(bench.steps()[0].worked.is_none(), "what others write meanwhile is not the question's");
    assert_eq!(bench.request(request.id).stage(), Stage::TakenUp);
    assert!(bench.model_was_told("Good day"), "the answer reaches the model");
    assert!(bench.steps()[0].output.bytes > 0);
    bench.leave();
}

/// A plan is accepted, and the mode is over with it.
#[test]
fn claude_leaves_its_plan_mode_when_its_plan_is_accepted() {
    let plan = json!({"tool": "ExitPlanMode", "args": {"plan": "# Plan\n\n1. Fix it\n"}});
    let Some(mut bench) = claude(&[("own", scenario(&[turn("A plan.", &[plan]), turn("Done.", &[])]))]) else { return };
    let reply = bench.hub.command(Wish::SetMode { session: bench.id, mode: "plan".to_owned() });
    assert_eq!(reply, Reply::Done);
    bench.hub.until("the mode", |hub| hub.state.sessions.values().any(|it| it.mode.as_deref() == Some("plan")));
    bench.prompt("own", "Go on.");
    let (request, _) = bench.next_ask().unwrap();
    bench.allow(&request, OfferKind::AllowOnce);
    assert!(bench.next_ask().is_none());
    assert_eq!((bench.stop(), bench.session().mode.as_deref()), (Stop::EndTurn, Some("default")));
    bench.leave();
}

/// In a mode that a human chose edits run by Claude's own rules, and are marked so.
#[test]
fn claude_edits_unasked_in_the_mode_for_that() {
    let Some(mut bench) = claude(&[]) else { return };
    bench.hub.command(Wish::SetMode { session: bench.id, mode: "acceptEdits".to_owned() });
    bench.prompt("edit", "Fix the typo in the greeting.");
    while let Some((request, step)) = bench.next_ask() {
        assert!(step.changes.is_empty(), "commands ask all the same: {step:?}");
        bench.allow(&request, OfferKind::AllowOnce);
    }
    let gates: Vec<Gate> = bench.steps().iter().map(|step| step.gate.clone()).collect();
    assert_eq!(gates, [Gate::ReadClass, Gate::AgentMode("acceptEdits".to_owned()), Gate::Asked]);
    bench.leave();
}

/// A rule that denies wins over the mode: what would run unasked is refused, on record.
#[test]
fn claude_is_refused_by_a_rule_in_the_mode_that_edits_unasked() {
    if bench::folders().is_none() {
        return println!("claude: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let policy = "[[rule]]\nthen = \"deny\"\nimpact = \"edit\"\npath = \"src/**\"\n";
    let mut bench = Bench::with("claude", policy, &[]);
    let before = bench.greeting();
    bench.hub.command(Wish::SetMode { session: bench.id, mode: "acceptEdits".to_owned() });
    bench.prompt("edit", "Fix the typo in the greeting.");
    while let Some((request, step)) = bench.next_ask() {
        assert!(step.changes.is_empty(), "{step:?}");
        bench.allow(&request, OfferKind::AllowOnce);
    }
    assert_eq!(bench.greeting(), before);
    assert!(bench.model_was_told("refused by policy.toml"));
    let edit = bench.steps().into_iter().find(|step| !step.changes.is_empty()).unwrap().clone();
    assert_eq!((edit.requests.len(), edit.status), (1, CallStatus::Failed), "it was asked, and is on record");
    bench.leave();
}

/// What a subagent does asks in its own lane; what ran behind the turn begins another.
#[test]
fn claude_sends_a_subagent() {
    let agent = json!({"tool": "Agent", "args": {"description": "Look around", "subagent_type": "general-purpose",
        "prompt": "[[fake scenario=inner]] go on", "run_in_background": false}});
    let outer = scenario(&[turn("I send somebody.", &[agent]), turn("They are back.", &[])]);
    let inner = scenario(&[turn("I run.", &[sh("touch inner.txt")]), turn("It is done.", &[])]);
    let Some(mut bench) = claude(&[("own", outer), ("inner", inner)]) else { return };
    bench.prompt("own", "Go on.");
    let (request, step) = bench.next_ask().unwrap();
    assert_ne!(request.lane, LaneId::ROOT);
    assert!(step.parent.is_some() && !bench.has("inner.txt"));
    let lane = bench.session().lanes[&request.lane].clone();
    assert_eq!(lane.name, "Look around");
    bench.allow(&request, OfferKind::AllowOnce);
    assert!(bench.next_ask().is_none());
    assert!(bench.has("inner.txt") && bench.said().contains("It is done."));
    assert_eq!(bench.session().ungated, 0, "{:?}", bench.steps());
    bench.leave();
}

#[test]
fn claude_goes_on_by_itself_when_a_command_behind_it_ends() {
    let behind =
        json!({"tool": "Bash", "args": {"command": "sleep 1", "description": "Wait", "run_in_background": true}});
    let Some(mut bench) = claude(&[("own", scenario(&[turn("Behind.", &[behind]), turn("Begun.", &[])]))]) else {
        return;
    };
    bench.prompt("own", "Go on.");
    let (request, step) = bench.next_ask().unwrap();
    bench.allow(&request, OfferKind::AllowOnce);
    bench.hub.until("two turns", |hub| {
        hub.records.iter().filter(|record| matches!(record.event, Event::TurnEnded { .. })).count() == 2
    });
    let began = bench.hub.records.iter().filter(|record| matches!(record.event, Event::TurnBegan { .. })).count();
    assert_eq!((began, bench.step(&step).status), (1, CallStatus::Done));
    bench.leave();
}

#[test]
fn claude_hears_the_reason_of_a_denial_that_ends_the_turn() {
    let own = [("own", scenario(&[turn("I remove it.", &[sh("rm -rf build")]), turn("Done.", &[])]))];
    let Some(mut bench) = claude(&own) else { return };
    bench.prompt("own", "Go on.");
    let (request, _) = bench.next_ask().unwrap();
    assert_eq!(bench.hub.deny(request.id, "the build is needed", Turn::Ends), Reply::Done);
    assert!(bench.next_ask().is_none());
    assert_eq!(bench.stop(), Stop::Cancelled);
    bench.prompt("slow", "A follow-up: still here?");
    assert!(bench.next_ask().is_none());
    assert!(bench.model_was_told("the build is needed") && bench.has("build/out.txt"));
    bench.leave();
}

/// A grant that the hub holds lets the next such call run, and its end asks again.
#[test]
fn claude_is_granted_a_command_and_asked_again_after_the_end_of_it() {
    let once_more = scenario(&[turn("Third.", &[sh("touch one.txt")]), turn("Done.", &[])]);
    let calls = [turn("First.", &[sh("touch one.txt")]), turn("Second.", &[sh("touch one.txt")]), turn("Done.", &[])];
    let Some(mut bench) = claude(&[("own", scenario(&calls)), ("more", once_more)]) else { return };
    bench.prompt("own", "Go on.");
    let (request, _) = bench.next_ask().unwrap();
    let matcher = request.how.scopes.first().expect("something can be granted").clone();
    let offer = request.offers.iter().find(|it| it.kind == OfferKind::AllowOnce).unwrap().id.clone();
    bench.decide(&request, Decision::AllowFor { offer, matcher, until: None });
    assert!(bench.next_ask().is_none(), "the second is covered");
    assert_eq!((bench.stop(), bench.session().grants.len()), (Stop::EndTurn, 1));
    let grant = *bench.session().grants.keys().next().unwrap();
    assert_eq!(bench.hub.command(Wish::Revoke { grant }), Reply::Done);
    bench.prompt("more", "Go on.");
    let (request, _) = bench.next_ask().expect("revoked: it asks again");
    bench.allow(&request, OfferKind::AllowOnce);
    assert!(bench.next_ask().is_none());
    bench.leave();
}

#[test]
fn claude_comes_back() {
    comes_back("claude", Back::Whole);
}

/// A conversation that Claude does not know is said to be unknown.
#[test]
fn claude_does_not_come_back_where_it_knows_nothing() {
    if bench::folders().is_none() {
        return println!("claude: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let mut bench = Bench::new("claude");
    let spec = bench.spec_with(Some("00000000-0000-4000-8000-000000000000"));
    let id = bench.hub.launch(spec);
    bench.hub.until("its end", |hub| hub.state.session(id).is_some_and(|it| !it.is_live()));
    let Life::Ended { cause, .. } = &bench.other(id).life else { panic!("it is over") };
    assert!(format!("{cause:?}").contains("No conversation found"), "{cause:?}");
    drop(bench.hub.leave());
}

/// Words in the middle of a turn are folded into it.
#[test]
fn claude_takes_words_into_a_running_turn() {
    let Some(mut bench) =
        claude(&[("own", scenario(&[turn("I wait.", &[sh("sleep 2; echo waited")]), turn("Done.", &[])]))])
    else {
        return;
    };
    bench.prompt("own", "Go on.");
    let (request, _) = bench.next_ask().unwrap();
    bench.allow(&request, OfferKind::AllowOnce);
    let text = "[[fake scenario=own]] And mind the style.".to_owned();
    let reply = bench.hub.command(Wish::Prompt { session: bench.id, text, steer: true });
    assert_eq!(reply, Reply::Done);
    while let Some((request, _)) = bench.next_ask() {
        bench.allow(&request, OfferKind::AllowOnce);
    }
    assert_eq!((bench.stop(), bench.session().turns.0), (Stop::EndTurn, 1), "one turn");
    assert!(bench.model_was_told("And mind the style."));
    bench.leave();
}

/// A conversation that a live session goes on with is forked by another: no two write the same one.
#[test]
fn claude_is_forked_where_its_conversation_is_alive() {
    let Some(mut bench) = claude(&[("own", scenario(&[turn("Here.", &[])]))]) else { return };
    bench.prompt("own", "Go on.");
    assert!(bench.next_ask().is_none());
    let native = |bench: &Bench, id| bench.other(id).sources.last().map(|source| source.native.clone());
    let first = native(&bench, bench.id).unwrap();
    let id = bench.hub.launch(bench.spec_with(Some(&first)));
    bench.hub.until("it is open", |hub| hub.state.session(id).is_some_and(|it| it.life == Life::Open));
    let text = "[[fake scenario=own]] And you?".to_owned();
    assert_eq!(bench.hub.command(Wish::Prompt { session: id, text, steer: false }), Reply::Done);
    bench.hub.until("its end", |hub| hub.state.session(id).is_some_and(|it| it.stopped.is_some()));
    let second = native(&bench, id).unwrap();
    assert_ne!(first, second);
    assert_eq!(native(&bench, bench.id), Some(first));
    drop(bench.hub.leave());
}

/// Its shell stays where the call before it went: the folder is on the card, and the digest holds it.
#[test]
fn claude_says_in_which_folder_its_shell_stands() {
    let calls = [
        turn("I go there.", &[sh("cd src")]),
        turn("I make a file.", &[sh("echo theirs > here.txt")]),
        turn("And two.", &[sh("cd .."), sh("echo theirs > there.txt")]),
        turn("Done.", &[]),
    ];
    let Some(mut bench) = claude(&[("own", scenario(&calls))]) else { return };
    bench.prompt("own", "Go on.");
    let mut folders = Vec::new();
    while let Some((request, step)) = bench.next_ask() {
        let name = step.cwd.as_deref().and_then(|cwd| cwd.rsplit('/').next()).map(str::to_owned);
        folders.push((inline(step.command.as_ref()).to_owned(), name));
        bench.allow(&request, OfferKind::AllowOnce);
    }
    let stood = |line: &str| folders.iter().find(|(one, _)| one == line).and_then(|(_, name)| name.as_deref());
    assert_eq!(folders.len(), 4, "{folders:?}");
    assert_eq!((stood("echo theirs > here.txt"), stood("cd ..")), (Some("src"), Some("src")));
    assert_eq!(
        stood("echo theirs > there.txt"),
        None,
        "of two calls in one turn the second is asked after the first ran"
    );
    assert_eq!((bench.has("src/here.txt"), bench.has("there.txt")), (true, true));
    bench.leave();
}
