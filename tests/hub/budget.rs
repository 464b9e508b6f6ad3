//! Money against its limits, with agents that tell what they cost.

use super::support::hub::{Bench, HEAR, question, turn_end};
use super::{idle, repo, scratch};
use std::fs;
use std::path::Path;
use taut::domain::{By, Closing, Command, Event, Notice, OfferKind, Outcome, Reply, SessionId, StartSpec, Stop};
use taut::state::Phase;

/// A report of what the session has cost so far.
fn costs(dollars: &str) -> String {
    let head = r#"{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"#;
    format!(r#"{head}"usage_update","used":1000,"size":200000,"cost":{{"amount":{dollars},"currency":"USD"}}}}}}}}"#)
}

/// A question whether call `n` may run `make`.
fn asks(n: u32) -> String {
    let call = r#""kind":"execute","status":"pending","rawInput":{"command":"make"}"#;
    question(n, call).replace(r#""toolCallId":"c""#, &format!(r#""toolCallId":"c{n}""#))
}

fn config(folder: &Path, text: &str) {
    fs::create_dir_all(folder.join("config")).unwrap();
    fs::write(folder.join("config/config.toml"), text).unwrap();
}

/// Reads the settings again, and takes what waits as a human does.
fn taken(bench: &mut Bench) {
    bench.link.wishes().reconfigure();
    bench
        .until("what waits", |bench| bench.status.settings.as_ref().is_some_and(|settings| !settings.waits.is_empty()));
    let wait = bench.status.settings.clone().unwrap().waits.remove(0);
    assert_eq!(bench.command(Command::AcceptSettings { file: wait.file, digest: wait.digest }), Reply::Done);
}

/// A folder in which rules let `make` run, and a configuration.
fn prepared(text: &str) -> tempfile::TempDir {
    let folder = scratch();
    config(folder.path(), text);
    let rule = "[[rule]]\nthen = \"allow\"\ncommand = \"make\"\n";
    let policy = super::support::hub::places(folder.path()).policy;
    fs::create_dir_all(policy.parent().unwrap()).unwrap();
    fs::write(policy, rule).unwrap();
    folder
}

fn prompt(bench: &mut Bench, session: SessionId) -> Reply {
    bench.command(Command::Prompt { session, text: "go on".into(), steer: false })
}

/// By whom each request was answered.
fn answered(bench: &Bench, id: SessionId) -> Vec<By> {
    let of = bench.records.iter().filter(|record| record.session == id);
    of.filter_map(|record| if let Event::Decided { by, .. } = &record.event { Some(by.clone()) } else { None })
        .collect()
}

#[test]
fn beyond_the_soft_limit_what_a_rule_allows_is_asked_until_the_limit_is_raised() {
    let folder = prepared("[budget]\nsession = \"5 USD\"\n");
    let mut bench = Bench::new(folder.path());
    let lines = [HEAR, &costs("4.99"), &asks(11), HEAR, &costs("5.12"), &asks(12), HEAR, &asks(13), HEAR];
    let end = turn_end(3, "end_turn");
    let id = bench.script(&repo(&folder), &[&lines[..], &[&end]].concat(), Some("go"));
    let request = bench.waiting();
    assert_eq!(answered(&bench, id), [By::Rule], "the first was within the budget");
    let verdict = bench.state.request(request).unwrap().verdict.clone().unwrap();
    assert_eq!(verdict.outcome, Outcome::Ask);
    let reason = &verdict.reasons[0];
    assert!(reason.starts_with(
            "over the soft budget of the session: $5.12 of $5.00, until budget.session is raised; otherwise allowed by policy.toml"
        ), "{reason}");
    config(folder.path(), "[budget]\nsession = \"6 USD\"\n");
    taken(&mut bench);
    // The reason is gone, and the card says so; it is answered by nobody but the human.
    let reason = |bench: &Bench| bench.state.request(request).unwrap().verdict.clone().unwrap().reasons[0].clone();
    bench.until("another reason", |bench| reason(bench).starts_with("the budget for which it was asked was raised"));
    assert!(reason(&bench).contains("asked anew it would be allowed by policy.toml"), "{}", reason(&bench));
    assert_eq!((bench.state.waiting(), answered(&bench, id)), (1, vec![By::Rule]));
    assert_eq!(bench.answer(request, OfferKind::AllowOnce), Reply::Done);
    bench.until("the end of the turn", |bench| idle(bench, id));
    assert_eq!(answered(&bench, id), [By::Rule, By::Human, By::Rule]);
    bench.leave();
}

#[test]
fn the_hard_limit_interrupts_at_the_report_that_reaches_it_and_takes_no_prompt_until_it_is_raised() {
    let folder = prepared("[budget]\nsession = \"5 USD\"\nsession_hard = \"10 USD\"\n");
    let mut bench = Bench::new(folder.path());
    // It asks, goes on spending, hears the interrupt and the answer, and ends its turn. Then another one.
    let lines = [HEAR, &costs("6"), &asks(11), &costs("10.02"), HEAR, HEAR];
    let ends = [turn_end(3, "cancelled"), HEAR.to_owned(), costs("10.50"), turn_end(4, "end_turn")];
    let all: Vec<&str> = lines.into_iter().chain(ends.iter().map(String::as_str)).collect();
    let id = bench.script(&repo(&folder), &all, Some("go"));
    bench.until("the end of the turn", |bench| idle(bench, id));
    let session = bench.state.session(id).unwrap();
    assert!(matches!(session.stopped, Some((Stop::Cancelled, _))));
    // It is not done: its budget ended it.
    assert_eq!(session.phase(session.at, u64::MAX), Phase::Overspent);
    assert!(session.overspent.as_ref().unwrap().contains("$10.02 of $10.00"), "{:?}", session.overspent);
    let used =
        bench.position(|event| matches!(event, Event::Used { usage } if usage.cost.unwrap().micros > 10_000_000));
    let asked = bench.position(|event| matches!(event, Event::InterruptAsked { .. })).unwrap();
    assert!(used.unwrap() < asked);
    let why = "the hard budget of the session is spent, $10.02 of $10.00";
    assert_eq!(bench.records[asked].event, Event::InterruptAsked { by: By::Hub(why.to_owned()) });
    let noted = |event: &Event| match event {
        Event::Noted { level: Notice::Warning, text } => {
            text.inline().unwrap().contains(why) && text.inline().unwrap().ends_with("budget.session_hard")
        }
        _ => false,
    };
    assert!(bench.position(noted).is_some(), "the timeline says why");
    let withdrawn = |event: &Event| matches!(event, Event::RequestClosed { how: Closing::Withdrawn(said), .. } if said.contains(why));
    assert!(bench.position(withdrawn).is_some() && answered(&bench, id).is_empty());

    let Reply::Refused { why } = prompt(&mut bench, id) else { panic!("a prompt went beyond the hard budget") };
    assert_eq!(
        why,
        "the hard budget of the session is spent, $10.02 of $10.00: raise it in config.toml or in the settings: budget.session_hard"
    );
    config(folder.path(), "[budget]\nsession_hard = \"20 USD\"\n");
    taken(&mut bench);
    assert_eq!(prompt(&mut bench, id), Reply::Done);
    bench.until("another turn", |bench| bench.state.session(id).unwrap().turns.0 == 2 && idle(bench, id));
    let session = bench.state.session(id).unwrap();
    assert_eq!(
        (session.phase(session.at, u64::MAX), &session.overspent),
        (Phase::Done, &None),
        "another turn is another turn"
    );
    let interrupts = bench.records.iter().filter(|record| matches!(record.event, Event::InterruptAsked { .. })).count();
    assert_eq!(interrupts, 1);
    bench.leave();
}

#[test]
fn a_prompt_that_waits_goes_when_the_limit_is_raised_and_not_before() {
    let folder = prepared("[budget]\nsession_hard = \"10 USD\"\n");
    let mut bench = Bench::new(folder.path());
    let question = asks(11).replace("make", "rm -rf build");
    // It ends its turn by itself, at the moment in which it is interrupted.
    let ends = [costs("10.02"), turn_end(3, "end_turn"), HEAR.to_owned(), HEAR.to_owned(), turn_end(4, "end_turn")];
    let all: Vec<&str> = [HEAR, &question, HEAR].into_iter().chain(ends.iter().map(String::as_str)).collect();
    let id = bench.script(&repo(&folder), &all, Some("go"));
    let request = bench.waiting();
    assert_eq!(prompt(&mut bench, id), Reply::Done, "it waits for the end of the turn");
    bench.answer(request, OfferKind::AllowOnce);
    bench.until("the end of the turn", |bench| idle(bench, id));
    bench.link.wishes().reconfigure();
    assert!(matches!(prompt(&mut bench, id), Reply::Refused { .. }));
    assert_eq!(bench.state.session(id).unwrap().queue.len(), 1);
    config(folder.path(), "");
    taken(&mut bench);
    bench.until("another turn", |bench| bench.state.session(id).unwrap().turns.0 == 2 && idle(bench, id));
    assert!(bench.state.session(id).unwrap().queue.is_empty());
    bench.leave();
}

#[test]
fn the_days_limit_ends_every_turn_and_lets_no_session_begin_with_a_prompt() {
    let folder = prepared("[budget]\nday = \"2 USD\"\nday_hard = \"5 USD\"\n");
    let mut bench = Bench::new(folder.path());
    // One that works and tells nothing of money; one that spends alone what is too much for both with the third.
    let (silent, end) = (turn_end(3, "cancelled"), turn_end(3, "end_turn"));
    let quiet = bench.script(&repo(&folder), &[HEAR, HEAR, &silent], Some("go"));
    bench.until("a turn", |bench| bench.state.session(quiet).is_some_and(|session| session.turn.is_some()));
    let first = bench.script(&repo(&folder), &[HEAR, &costs("3.00"), &end], Some("go"));
    bench.until("the first one", |bench| idle(bench, first));
    let spender = bench.script(&repo(&folder), &[HEAR, &costs("2.50"), HEAR, &silent], Some("go"));
    bench.until("the end of both turns", |bench| idle(bench, spender) && idle(bench, quiet));
    let by = By::Hub("the hard budget of the day is spent, $5.50 of $5.00".to_owned());
    let stopped = |id: SessionId| {
        let of = bench.records.iter().filter(|record| record.session == id);
        of.filter(|record| record.event == Event::InterruptAsked { by: by.clone() }).count()
    };
    assert_eq!((stopped(quiet), stopped(first), stopped(spender)), (1, 0, 1));
    let says = "the hard budget of the day is spent, $5.50 of $5.00: raise it in config.toml or in the settings: budget.day_hard";
    for id in [quiet, first] {
        assert_eq!(prompt(&mut bench, id), Reply::Refused { why: says.into() });
    }
    let spec = |prompt: Option<&str>| StartSpec {
        agent: "test".into(),
        command: Some(vec!["true".into()]),
        cwd: repo(&folder).to_string_lossy().into_owned(),
        prompt: prompt.map(str::to_owned),
        ..StartSpec::default()
    };
    assert_eq!(bench.command(Command::Start(Box::new(spec(Some("go"))))), Reply::Refused { why: says.into() });
    assert!(
        matches!(bench.command(Command::Start(Box::new(spec(None)))), Reply::Started { .. }),
        "it costs nothing yet"
    );
    bench.leave();
}

#[test]
fn what_is_not_told_reaches_no_limit_and_a_budget_that_cannot_be_read_asks() {
    let turn = |text: &str| {
        let folder = prepared(text);
        let mut bench = Bench::new(folder.path());
        let id = bench.script(&repo(&folder), &[HEAR, &asks(11), HEAR, &turn_end(3, "end_turn")], Some("go"));
        bench.until("a request or its end", |bench| bench.state.waiting() > 0 || idle(bench, id));
        let waits =
            bench.state.queue().first().map(|waiting| waiting.request.verdict.clone().unwrap().reasons[0].clone());
        bench.leave();
        waits
    };
    assert_eq!(turn("[budget]\nsession = \"0.01 USD\"\nday = \"0.01 USD\"\n"), None, "a rule allowed it");
    let waits = turn("[budget]\nsession = \"a few dollars\"\n").unwrap();
    assert!(waits.starts_with("the budget in config.toml can't be read"), "{waits}");
}
