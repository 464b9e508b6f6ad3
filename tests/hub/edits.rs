//! What a human makes of a call that its agent can't be given back: the hub does it, on record, and the agent is told.

use super::past::asked;
use super::support::hub::{Bench, HEAR, question, turn_end, update};
use super::{repo, scratch};
use std::path::Path;
use taut::domain::{
    Answer, By, CallStatus, Command, Decision, Digest, Event, Gate, Matcher, OfferKind, Outcome, Query, Reply,
    RequestId, Risk, SessionId, TakenHunk,
};
use taut::state::{Stage, Step};

/// A command that the agent asks for, and an agent that ends its turn once it is answered, and hears the next prompt.
fn asks_for(bench: &mut Bench, cwd: &Path, fields: &str) -> SessionId {
    let asks = question(9, fields);
    let failed = update(r#""status":"failed""#);
    let lines = [HEAR, &asks, HEAR, &failed, &turn_end(3, "end_turn"), HEAR, &turn_end(4, "end_turn")];
    bench.script(cwd, &lines, Some("go"))
}

fn decide(bench: &mut Bench, id: RequestId, decision: Decision) -> Reply {
    let digest = bench.state.request(id).unwrap().digest;
    bench.command(Command::Decide { request: id, digest, decision, overridden: false })
}

fn edit(args: &str) -> Decision {
    Decision::Edit { offer: Some("y".into()), args: args.into(), reason: None }
}

fn step(bench: &Bench, id: RequestId) -> Step {
    bench.state.session(id.session).unwrap().request_and_step(id.seq).unwrap().1.clone()
}

/// The step that taut made of a call.
fn own(bench: &Bench, id: SessionId) -> Option<Step> {
    let entries = bench.state.session(id).unwrap().timeline.entries.values();
    entries.filter_map(|entry| entry.step()).find(|step| step.tool.as_deref() == Some("taut")).cloned()
}

/// What is said of what taut did in place of a call.
fn instead(bench: &Bench, id: RequestId) -> String {
    let session = bench.state.session(id.session).unwrap();
    let (request, step, _) = session.request_and_step(id.seq).unwrap();
    session.instead(step, request).unwrap().words
}

/// Who gave the prompts, as it stands before each of them.
fn authors(bench: &Bench, id: SessionId) -> Vec<&'static str> {
    let author = |event: &Event| match event {
        Event::PromptSent { by, .. } => Some(By::speaks(by.as_ref())),
        _ => None,
    };
    bench.records.iter().filter(|record| record.session == id).filter_map(|record| author(&record.event)).collect()
}

fn prompts(bench: &Bench, id: SessionId) -> Vec<String> {
    let said = |event: &Event| match event {
        Event::PromptSent { text, .. } => text.inline().map(str::to_owned),
        _ => None,
    };
    bench.records.iter().filter(|record| record.session == id).filter_map(|record| said(&record.event)).collect()
}

#[test]
fn an_edited_command_is_the_one_that_runs_and_the_agent_is_told() {
    let folder = scratch();
    let cwd = repo(&folder);
    let mut bench = Bench::new(folder.path());
    let fields = r#""kind":"execute","rawInput":{"command":"echo proposed > proposed.txt"}"#;
    let id = asks_for(&mut bench, &cwd, fields);
    let request = bench.waiting();
    for (args, why) in [
        (r#"{"command":"echo proposed > proposed.txt"}"#, "nothing was changed"),
        (r#"{"command":7}"#, "must be a string"),
        ("{", "not JSON"),
        (r#"{"command":" "}"#, "is empty"),
    ] {
        let Reply::Refused { why: said } = decide(&mut bench, request, edit(args)) else { panic!("{args} was taken") };
        assert!(said.contains(why), "{said}");
        assert!(bench.state.request(request).unwrap().waits(), "an edit that is refused sends nothing");
    }
    let edited = r#"{"command":"echo edited > edited.txt; echo seen; exit 3"}"#;
    assert_eq!(decide(&mut bench, request, edit(edited)), Reply::Done);
    bench.until("the agent to be told", |bench| prompts(bench, id).len() == 2);
    assert!(!cwd.join("proposed.txt").exists(), "what was proposed never ran");
    assert_eq!(std::fs::read_to_string(cwd.join("edited.txt")).unwrap(), "edited\n");
    let told = prompts(&bench, id)[1].clone();
    assert!(told.contains("exit 3") && told.contains("seen") && told.contains("edited.txt"), "{told}");
    let proposed = step(&bench, request);
    assert_eq!(
        proposed.command.unwrap().inline(),
        Some("echo proposed > proposed.txt"),
        "the proposal stays on record"
    );
    let effective = proposed.edited.unwrap();
    assert!(effective.patch.command.unwrap().inline().unwrap().contains("edited.txt"));
    assert_ne!(proposed.gate, Gate::Asked, "the agent's own call did not run");
    let own = own(&bench, id).unwrap();
    assert_eq!((own.status, own.exit, &own.gate), (CallStatus::Failed, Some(3), &Gate::Asked));
    assert!(bench.state.request(request).unwrap().stage() >= Stage::Sent);
    // The human wrote the first prompt, and taut the one that tells what was done.
    assert_eq!(authors(&bench, id), ["you", "taut"]);
    assert_eq!(instead(&bench, request), "refused to the agent, taut ran it: exit 3, and told the agent");
    bench.leave();
}

#[test]
fn policy_and_the_disk_are_asked_about_an_edit_before_it_is_sent() {
    let folder = scratch();
    let cwd = repo(&folder);
    std::fs::create_dir(cwd.join("old")).unwrap();
    std::fs::write(cwd.join("old/a.rs"), "fn a() {}\n").unwrap();
    let mut bench = Bench::new(folder.path());
    asks_for(&mut bench, &cwd, r#""kind":"execute","rawInput":{"command":"echo hello"}"#);
    let request = bench.waiting();
    let of = Digest::of(b"a name");
    let judge = |bench: &mut Bench, args: &str| match asked(bench, Query::Judge { request, decision: edit(args), of }) {
        Answer::Judged { request: about, of: named, verdict } => {
            assert_eq!((about, named), (request, of));
            *verdict
        }
        other => panic!("{other:?}"),
    };
    let head = bench.records.len();
    let verdict = judge(&mut bench, r#"{"command":"rm -rf old"}"#).unwrap();
    assert_eq!((verdict.outcome, verdict.risk), (Outcome::Ask, Risk::High));
    assert!(verdict.reasons.iter().any(|why| why.contains("deletes old")), "{verdict:?}");
    assert!(judge(&mut bench, r#"{"command":"echo hello"}"#).unwrap_err().contains("nothing was changed"));
    assert_eq!(bench.records.len(), head, "nothing of it is on record");
    let instead = Some((of, "rm -rf old".to_owned()));
    let Answer::Losses(hits) = asked(&mut bench, Query::Losses { request, most: 9, instead }) else {
        panic!("no losses")
    };
    let files: Vec<_> = hits.losses.files.iter().map(|loss| loss.path.as_str()).collect();
    assert_eq!((hits.of, files), (Some(of), vec!["old/a.rs", "old"]));
    // What is decided then is judged the same.
    assert_eq!(decide(&mut bench, request, edit(r#"{"command":"rm -rf old"}"#)), Reply::Done);
    assert_eq!(step(&bench, request).edited.unwrap().verdict, verdict);
    bench.leave();
}

#[test]
fn an_edit_that_does_not_fit_its_tool_or_its_file_is_refused_before_it_is_decided() {
    let folder = scratch();
    let cwd = repo(&folder);
    std::fs::write(cwd.join("a.txt"), "one\ntwo\ntwo\n").unwrap();
    let mut bench = Bench::new(folder.path());
    let fields = r#""kind":"edit","_meta":{"claudeCode":{"toolName":"Edit"}},
        "rawInput":{"file_path":"a.txt","old_string":"one","new_string":"1"}"#
        .replace('\n', "");
    let id = asks_for(&mut bench, &cwd, &fields);
    let request = bench.waiting();
    for (args, why) in [
        (r#"{"file_path":"a.txt","old_string":"three","new_string":"3"}"#, "\"old_string\" is not in a.txt"),
        (r#"{"file_path":"a.txt","old_string":"two","new_string":"2"}"#, "\"old_string\" stands 2 times in a.txt"),
        (r#"{"file_path":"b.txt","old_string":"one","new_string":"2"}"#, "b.txt does not exist"),
        (r#"{"file_path":"a.txt","old_string":"one","new_string":"one"}"#, "nothing would change"),
        (r#"{"file_path":"a.txt","old_string":"one"}"#, "\"new_string\" is missing, and Edit needs it"),
        (r#"{"file_path":"a.txt","old_string":"one","new_string":2}"#, "\"new_string\" must be a string"),
        (r#"{"file_path":"a.txt","old_string":"one","new_string":"2","all":true}"#, "\"all\" is no argument of Edit"),
        (
            r#"{"file_path":"a.txt","old_string":"one","new_string":"2","replace_all":"yes"}"#,
            "\"replace_all\" must be true or false",
        ),
    ] {
        let Reply::Refused { why: said } = decide(&mut bench, request, edit(args)) else { panic!("{args} was taken") };
        assert!(said.contains(why), "{said}");
        assert!(bench.state.request(request).unwrap().waits(), "an edit that is refused sends nothing");
    }
    let args = r#"{"file_path":"a.txt","old_string":"one\ntwo\n","new_string":"1\n"}"#.into();
    let decision = Decision::Edit { offer: Some("y".into()), args, reason: Some("shorter is enough".into()) };
    assert_eq!(decide(&mut bench, request, decision), Reply::Done);
    bench.until("the agent to be told", |bench| prompts(bench, id).len() == 2);
    assert!(prompts(&bench, id)[1].contains("Why: shorter is enough"), "{:?}", prompts(&bench, id));
    assert_eq!(std::fs::read_to_string(cwd.join("a.txt")).unwrap(), "1\ntwo\n");
    bench.leave();
}

#[test]
fn an_edit_that_a_rule_denies_is_not_taken() {
    let folder = scratch();
    std::fs::create_dir_all(folder.path().join("config")).unwrap();
    let rule = "[[rule]]\nthen = \"deny\"\ncommand = [\"touch forbidden\"]\n";
    std::fs::write(folder.path().join("config/policy.toml"), rule).unwrap();
    let mut bench = Bench::new(folder.path());
    asks_for(&mut bench, &repo(&folder), r#""kind":"execute","rawInput":{"command":"touch a"}"#);
    let request = bench.waiting();
    let reply = decide(&mut bench, request, edit(r#"{"command":"touch forbidden"}"#));
    let Reply::Refused { why } = reply else { panic!("{reply:?}") };
    assert!(why.contains("denied by") && why.contains("policy.toml"), "{why}");
    assert!(bench.state.request(request).unwrap().waits() && !repo(&folder).join("forbidden").exists());
    bench.leave();
}

#[test]
fn one_hunk_of_three_is_written_and_the_rest_never_touches_the_disk() {
    let folder = scratch();
    let cwd = repo(&folder);
    let lines = |changed: &[usize]| {
        (0..60)
            .map(|n| if changed.contains(&n) { format!("new {n}\n") } else { format!("line {n}\n") })
            .collect::<String>()
    };
    std::fs::write(cwd.join("three.txt"), lines(&[])).unwrap();
    let mut bench = Bench::new(folder.path());
    let json = |text: &str| serde_json::to_string(text).unwrap();
    let diff = format!(
        r#""kind":"edit","content":[{{"type":"diff","path":"three.txt","oldText":{},"newText":{}}}]"#,
        json(&lines(&[])),
        json(&lines(&[5, 25, 45]))
    );
    let id = asks_for(&mut bench, &cwd, &diff);
    let request = bench.waiting();
    let take = |hunks: &[u32]| Decision::Take {
        hunks: hunks.iter().map(|&hunk| TakenHunk { hunk, edited: None }).collect(),
        reason: Some("the others are wrong".into()),
    };
    let Reply::Refused { why } = decide(&mut bench, request, take(&[4])) else { panic!() };
    assert!(why.contains("1 to 3"), "{why}");
    assert_eq!(std::fs::read_to_string(cwd.join("three.txt")).unwrap(), lines(&[]));
    assert_eq!(decide(&mut bench, request, take(&[2])), Reply::Done);
    assert_eq!(std::fs::read_to_string(cwd.join("three.txt")).unwrap(), lines(&[25]));
    bench.until("the agent to be told", |bench| prompts(bench, id).len() == 2);
    let told = prompts(&bench, id)[1].clone();
    assert!(told.contains("three.txt") && told.contains("the others are wrong"), "{told}");
    assert!(told.contains("Hunk 2 of 3 was taken as it is."), "{told}");
    assert!(told.contains("Hunk 1 of 3, in three.txt, was refused and is not written:") && told.contains("+new 5\n"));
    assert!(told.contains("Hunk 3 of 3, in three.txt, was refused") && !told.contains("new 25"), "{told}");
    assert_eq!(own(&bench, id).unwrap().status, CallStatus::Done);
    assert_eq!(authors(&bench, id), ["you", "taut"]);
    assert_eq!(instead(&bench, request), "refused to the agent, taut wrote three.txt, and told the agent");
    // What changed is one step's work: of the one that did it.
    let own_work = |bench: &Bench| own(bench, id).and_then(|step| step.worked).filter(|it| it.after.is_some());
    bench.until("what it did", |bench| own_work(bench).is_some());
    let worked = own_work(&bench).unwrap();
    assert_eq!((worked.effects.len(), worked.last_known, worked.beside.as_slice()), (1, false, [].as_slice()));
    let refused = bench.state.request(request).unwrap().id;
    let (_, step, _) = bench.state.session(id).unwrap().request_and_step(refused.seq).unwrap();
    let did = step.worked.as_ref().map_or(0, |worked| worked.effects.len());
    assert_eq!(did, 0, "the refused one did nothing: {:?}", step.worked);
    bench.leave();
}

#[test]
fn a_link_that_was_put_in_the_place_of_a_file_is_asked_anew_and_not_written_through() {
    let folder = scratch();
    let cwd = repo(&folder);
    std::fs::write(cwd.join("a.txt"), "old\n").unwrap();
    let outside = folder.path().join("outside.txt");
    std::fs::write(&outside, "old\n").unwrap();
    let mut bench = Bench::new(folder.path());
    let diff = r#""kind":"edit","content":[{"type":"diff","path":"a.txt","oldText":"old\n","newText":"new\n"}]"#;
    asks_for(&mut bench, &cwd, diff);
    let request = bench.waiting();
    std::fs::remove_file(cwd.join("a.txt")).unwrap();
    std::os::unix::fs::symlink(&outside, cwd.join("a.txt")).unwrap();
    let take = Decision::Take { hunks: vec![TakenHunk { hunk: 1, edited: None }], reason: None };
    let reply = decide(&mut bench, request, take);
    assert!(matches!(reply, Reply::Stale { .. }), "{reply:?}");
    assert_eq!(std::fs::read_to_string(&outside).unwrap(), "old\n");
    bench.until("it to be asked anew", |bench| {
        bench.state.queue().first().is_some_and(|waits| waits.request.id != request)
    });
    let verdict = bench.state.queue()[0].request.verdict.clone().unwrap();
    assert!(verdict.reasons.iter().any(|reason| reason.contains("outside the workspace")), "{verdict:?}");
    bench.leave();
}

#[test]
fn a_grant_that_the_hub_holds_covers_the_same_call_and_no_other() {
    let folder = scratch();
    let cwd = repo(&folder);
    let mut bench = Bench::new(folder.path());
    let ask = |number: u32, command: &str| {
        question(number, &format!(r#""title":"{command}","kind":"execute","rawInput":{{"command":"{command}"}}"#))
            .replace("\"c\"", &format!("\"c{number}\""))
    };
    let (first, second, third) = (ask(9, "ls a"), ask(10, "ls a"), ask(11, "ls b"));
    let id = bench.script(&cwd, &[HEAR, &first, HEAR, &second, HEAR, &third, HEAR], Some("go"));
    let request = bench.waiting();
    let scopes = bench.state.request(request).unwrap().how.scopes.clone();
    let exact = scopes.iter().find(|scope| matches!(scope, Matcher::Exact { .. })).unwrap().clone();
    let allow = |matcher: Matcher| Decision::AllowFor { offer: "y".into(), matcher, until: None };
    let Reply::Refused { why } = decide(&mut bench, request, allow(Matcher::Tool("ls".into()))) else { panic!() };
    assert!(why.contains("not among those"), "{why}");
    assert_eq!(decide(&mut bench, request, allow(exact.clone())), Reply::Done);
    bench.until("the other command to wait", |bench| {
        bench.state.queue().first().is_some_and(|waits| waits.request.id != request)
    });
    let waits = bench.waiting();
    assert_eq!(step(&bench, waits).command.unwrap().inline(), Some("ls b"));
    let rule = |event: &Event| matches!(event, Event::Decided { by: taut::domain::By::Rule, .. });
    assert_eq!(bench.records.iter().filter(|record| rule(&record.event)).count(), 1, "the same call ran by the grant");
    assert!(
        bench
            .state
            .session(id)
            .unwrap()
            .grants
            .values()
            .any(|grant| grant.matcher == exact && grant.origin == Some(request))
    );
    assert_eq!(bench.answer(waits, OfferKind::RejectOnce), Reply::Done);
    bench.leave();
}

#[test]
fn an_interrupt_ends_the_command_that_runs_in_place_of_the_agents() {
    let folder = scratch();
    let cwd = repo(&folder);
    let mut bench = Bench::new(folder.path());
    let id = asks_for(&mut bench, &cwd, r#""kind":"execute","rawInput":{"command":"sleep 1"}"#);
    let request = bench.waiting();
    assert_eq!(decide(&mut bench, request, edit(r#"{"command":"echo $$ > pid; exec sleep 600"}"#)), Reply::Done);
    let pid = || std::fs::read_to_string(cwd.join("pid")).ok().and_then(|pid| pid.trim().parse::<u32>().ok());
    bench.until("the command", |_| pid().is_some());
    assert_eq!(bench.command(Command::Interrupt { session: id }), Reply::Done);
    let path = format!("/proc/{}", pid().unwrap());
    bench.until("its end", |_| !Path::new(&path).exists());
    bench.leave();
}

#[test]
fn what_a_call_did_otherwise_than_decided_is_said() {
    let folder = scratch();
    let cwd = repo(&folder);
    std::fs::write(cwd.join("a.txt"), "old\n").unwrap();
    let mut bench = Bench::new(folder.path());
    let ask = |number: u32| {
        let diff = r#""kind":"edit","content":[{"type":"diff","path":"a.txt","oldText":"old\n","newText":"new\n"}]"#;
        question(number, diff).replace("\"c\"", &format!("\"c{number}\""))
    };
    let done = |number: u32| update(r#""status":"completed""#).replace("\"c\"", &format!("\"c{number}\""));
    let run = question(11, r#""kind":"execute","rawInput":{"command":"ls a"}"#);
    let other = update(r#""status":"in_progress","rawInput":{"command":"rm -r a"}"#);
    let lines = [HEAR, &ask(9), HEAR, HEAR, &done(9), &run, HEAR, &other, HEAR];
    let id = bench.script(&cwd, &lines, Some("go"));
    let edit = bench.waiting();
    assert_eq!(bench.answer(edit, OfferKind::AllowOnce), Reply::Done);
    // The second line that the agent hears: it says that it is done only then, and has written something else.
    std::fs::write(cwd.join("a.txt"), "something else\n").unwrap();
    bench.command(Command::Prompt { session: id, text: "go on".into(), steer: false });
    bench.command(Command::SetMode { session: id, mode: "x".into() });
    bench.until("the next question", |bench| bench.state.queue().first().is_some_and(|waits| waits.request.id != edit));
    let how = |bench: &Bench, request| step(bench, request).diverged.map(|how| how.inline().unwrap().to_owned());
    assert_eq!(how(&bench, edit).as_deref(), Some("a.txt does not hold what was allowed"));
    let run = bench.waiting();
    assert_eq!(bench.answer(run, OfferKind::AllowOnce), Reply::Done);
    bench.until("the other command", |bench| how(bench, run).is_some());
    assert!(how(&bench, run).unwrap().ends_with("rm -r a"), "{:?}", how(&bench, run));
    bench.leave();
}
