//! Codex by its own protocol: what only that can.

use super::bench::{self, Bench};
use super::inline;
use serde_json::{Value, json};
use std::time::Duration;
use taut::domain::{
    CallStatus, Carrier, Command as Wish, Decision, Event, Gate, Given, LaneId, OfferKind, ReasonGoes, Reply, Stop,
    Topic,
};
use taut::state::{Request, Stage, Step};

/// A command whose like runs nowhere else on the machine.
const LONG: &str = "echo begun; sleep 61.7341; touch late.txt";

/// One that leaves another behind, which cuts itself loose.
const LOOSE: &str = "(setsid sh -c 'sleep 61.7341; touch loose.txt' &) ; sleep 61.7341";

fn run(command: &str) -> Value {
    run_for(command, 30000)
}

/// The same, and the agent goes on after a while though it runs.
fn run_for(command: &str, yields: u32) -> Value {
    let args = json!({"cmd": command, "sandbox_permissions": "require_escalated", "justification": "it is needed",
        "yield_time_ms": yields});
    json!({"calls": [{"tool": "exec_command", "args": args}]})
}

fn scenario() -> Value {
    let said = |text: &str| json!({"text": text});
    let look = json!({"calls": [{"tool": "exec_command", "args": {"cmd": "ls"}}]});
    let elsewhere = json!({"calls": [{"tool": "exec_command", "args": {"cmd": "pwd", "workdir": "/"}}]});
    let ask = json!({"calls": [{"tool": "request_user_input", "args": {"questions": [{"id": "color", "header": "Color",
        "question": "Which color?", "options": [{"label": "Red", "description": "warm"},
        {"label": "Blue", "description": "cool"}]}]}}]});
    let prompt = |of: &str, turns: &[Value]| json!({"match": of, "turns": turns});
    json!({"prompts": [
        prompt("Be careful", &[run("touch careful.txt"), said("I was careful.")]),
        prompt("Touch it", &[run("touch no.txt"), said("I heard why.")]),
        prompt("Make it", &[run("touch proposed.txt"), said("Made.")]),
        prompt("Run it long", &[run(LONG), said("Done.")]),
        prompt("Run it loose", &[run(LOOSE), said("Done.")]),
        prompt("Run it behind", &[run_for(LOOSE, 500), said("It runs.")]),
        prompt("Ask me", &[ask, said("You have answered.")]),
        prompt("Touch both", &[run("touch first.txt"), said("Done.")]),
        prompt("Look around", &[look, said("Looked.")]),
        prompt("Look elsewhere", &[elsewhere, said("Looked.")]),
        prompt("And now", &[said("I remember.")]),
    ]})
}

/// A server with one tool that closes a ticket, and one that asks first.
const SERVER: &str = r#"
import json, sys
def say(**msg): print(json.dumps({"jsonrpc": "2.0", **msg}), flush=True)
text = lambda said: {"content": [{"type": "text", "text": said}]}
waits = None
for line in sys.stdin:
    m = json.loads(line)
    method, params = m.get("method"), m.get("params", {})
    if method == "initialize":
        info = {"name": "tickets", "version": "1"}
        say(id=m["id"], result={"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": info})
    elif method == "tools/list":
        tool = lambda name: {"name": name, "description": name, "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}}}
        say(id=m["id"], result={"tools": [tool("close"), tool("ask")]})
    elif method == "tools/call" and params["name"] == "close":
        say(id=m["id"], result=text("closed ticket " + params["arguments"]["id"]))
    elif method == "tools/call":
        waits = m["id"]
        schema = {"type": "object", "properties": {"why": {"type": "string"}}, "required": ["why"]}
        say(id="e1", method="elicitation/create", params={"message": "Why?", "requestedSchema": schema})
    elif method is None and waits is not None:
        say(id=waits, result=text("the reason is " + str((m.get("result", {}).get("content") or {}).get("why"))))
    elif "id" in m:
        say(id=m["id"], result={})
"#;

fn tickets() -> Value {
    let call =
        |tool: &str, id: &str| json!({"calls": [{"tool": tool, "namespace": "mcp__tickets", "args": {"id": id}}]});
    let prompt = |of: &str, call: Value| json!({"match": of, "turns": [call, {"text": "Done."}]});
    json!({"prompts": [
        prompt("Close it", call("close", "7")), prompt("Leave it", call("close", "8")), prompt("Ask why", call("ask", "9")),
    ]})
}

/// A tool of a server, asked about as the call that it is; and what the server itself asks.
#[test]
fn codex_asks_about_the_tools_of_servers() {
    if bench::folders().is_none() {
        return println!("codex: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let config = "[mcp.tickets]\ncommand = \"python3\"\nargs = [\"{folder}/server.py\"]\n";
    let mut bench = Bench::with_servers("codex", &[("tickets", tickets())], config, &[("server.py", SERVER)]);
    bench.prompt("tickets", "Close it.");
    let (request, step) = bench.next_ask().expect("the tool is asked about");
    assert!(inline(step.args.as_ref()).contains(r#""id":"7""#), "{step:?}");
    bench.allow(&request, OfferKind::AllowOnce);
    assert!(bench.next_ask().is_none());
    assert!(bench.model_was_told("closed ticket 7"));
    bench.prompt("tickets", "Leave it.");
    let (request, _) = bench.next_ask().expect("it is asked about again");
    bench.deny(&request, "not that one");
    while let Some((request, _)) = bench.next_ask() {
        bench.deny(&request, "not that one");
    }
    assert!(!bench.model_was_told("closed ticket 8"));
    bench.prompt("tickets", "Ask why.");
    let (request, _) = bench.next_ask().expect("the other tool is asked about");
    bench.allow(&request, OfferKind::AllowOnce);
    let (request, _) = bench.next_ask().expect("and the server asks");
    let Topic::Questions(questions) = &request.how.topic else { panic!("{:?}", request.how) };
    let given = vec![Given { question: questions[0].id.clone(), answers: vec!["it is old".to_owned()] }];
    bench.decide(&request, Decision::Reply { given });
    assert!(bench.next_ask().is_none());
    assert!(bench.model_was_told("the reason is it is old"));
    let session = bench.session();
    assert_eq!((session.unrecognised, session.ungated), (0, 0), "{:?}", bench.steps());
    bench.leave();
}

/// Whether a process of the long command is there.
fn runs_long() -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let line = |process: std::fs::DirEntry| std::fs::read(process.path().join("cmdline")).unwrap_or_default();
    processes.map(line).any(|line| String::from_utf8_lossy(&line).contains("61.7341"))
}

/// Whether both sleeps of the loose command are there: it has begun, and what it lets go as well.
fn runs_loose() -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let line = |process: std::fs::DirEntry| std::fs::read(process.path().join("cmdline")).unwrap_or_default();
    processes.map(line).filter(|line| line == b"sleep\x0061.7341\0").count() == 2
}

#[test]
fn codex_by_its_own_protocol() {
    if bench::folders().is_none() {
        return println!("codex: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let mut bench = Bench::with("codex", "", &[("far", scenario())]);
    tells_why_at_once(&mut bench);
    runs_what_was_edited(&mut bench);
    stops_what_it_runs(&mut bench);
    stops_what_came_loose(&mut bench);
    says_what_runs_on_and_stops_it(&mut bench);
    answers_a_question(&mut bench);
    takes_words_in_a_turn(&mut bench);
    asks_for_every_command(&mut bench);
    tells_where_it_runs(&mut bench);
    let session = bench.session();
    assert_eq!((session.unrecognised, session.ungated), (0, 0), "{:?}", bench.steps());
    comes_back(&mut bench);
    bench.leave();
}

/// A reason goes to the model with the answer, and the turn goes on with it.
fn tells_why_at_once(bench: &mut Bench) {
    bench.prompt("far", "Touch it.");
    let (request, step) = bench.next_ask().expect("a command is asked about");
    assert_eq!(request.how.carries.reason, ReasonGoes::Answer);
    assert_eq!(inline(step.command.as_ref()), "touch no.txt");
    bench.deny(&request, "against the house style");
    assert!(bench.next_ask().is_none());
    assert_eq!((bench.stop(), bench.has("no.txt")), (Stop::EndTurn, false));
    assert!(bench.said().contains("I heard why."), "{}", bench.said());
    assert!(bench.model_was_told("against the house style"));
}

/// That a command shall leave its sandbox is asked with it: one question, and codex's own has its answer.
#[track_caller]
fn allow_outside(bench: &mut Bench, request: &Request, step: &Step) {
    assert_eq!(inline(step.title.as_ref()), "it wants to run outside its sandbox: it is needed");
    bench.allow(request, OfferKind::AllowOnce);
}

/// An edited command is run by codex itself, outside its sandbox where that is allowed, too.
fn runs_what_was_edited(bench: &mut Bench) {
    bench.prompt("far", "Make it.");
    let (first, proposed) = bench.next_ask().expect("a command is asked about");
    assert_eq!((first.how.carries.edit, inline(proposed.command.as_ref())), (Carrier::Agent, "touch proposed.txt"));
    let offer = Some(first.offers[0].id.clone());
    assert!(inline(proposed.args.as_ref()).contains("require_escalated"), "a grant of it is one of that");
    let outside = "require_escalated";
    let args = json!({"command": "touch edited.txt", "sandbox_permissions": outside}).to_string().into();
    bench.decide(&first, Decision::Edit { offer, args, reason: None });
    assert!(bench.next_ask().is_none(), "asked once: what the human wrote, where it was asked to run");
    assert_eq!(bench.stop(), Stop::EndTurn);
    assert_eq!((bench.has("edited.txt"), bench.has("proposed.txt")), (true, false));
    let step = bench.step(&proposed).clone();
    assert_eq!((step.gate, step.edited.map(|edited| edited.by)), (Gate::Asked, Some(Carrier::Agent)));
    assert_eq!(inline(step.command.as_ref()), "touch proposed.txt");
    assert!(step.diverged.is_none() && bench.request(first.id).stage() == Stage::TakenUp);
    assert!(bench.model_was_told("The user edited this call before it ran"));
    // Where the human takes that out of its arguments, nobody has allowed it, and codex asks by itself.
    bench.prompt("far", "Touch it.");
    let (first, _) = bench.next_ask().expect("a command is asked about");
    let offer = Some(first.offers[0].id.clone());
    let args = json!({"command": "touch no.txt"}).to_string().into();
    bench.decide(&first, Decision::Edit { offer, args, reason: None });
    let (request, step) = bench.next_ask().expect("it wants out of its sandbox");
    assert!(inline(step.title.as_ref()).starts_with("it wants to run outside its sandbox"), "{:?}", step.title);
    bench.deny(&request, "stay inside");
    while let Some((request, _)) = bench.next_ask() {
        bench.deny(&request, "stay inside");
    }
    assert!(!bench.has("no.txt"));
}

/// An interrupt ends the command as well: it is dead when the turn is over.
fn stops_what_it_runs(bench: &mut Bench) {
    bench.prompt("far", "Run it long.");
    let (request, step) = bench.next_ask().expect("the long command is asked about");
    allow_outside(bench, &request, &step);
    bench.hub.listen(Duration::from_millis(1500));
    assert!(runs_long(), "it has begun");
    bench.interrupt();
    assert!(bench.next_ask().is_none());
    assert_eq!((bench.stop(), runs_long(), bench.has("late.txt")), (Stop::Cancelled, false, false));
    assert!(bench.notes().iter().any(|note| note.contains("now ended: `echo begun")), "{:?}", bench.notes());
}

/// What a command started and let go is ended with the turn, too, and named.
fn stops_what_came_loose(bench: &mut Bench) {
    bench.prompt("far", "Run it loose.");
    let (request, step) = bench.next_ask().expect("the command is asked about");
    allow_outside(bench, &request, &step);
    bench.until_it_is_so("it has begun", runs_loose);
    bench.interrupt();
    assert!(bench.next_ask().is_none());
    assert_eq!((bench.stop(), runs_long(), bench.has("loose.txt")), (Stop::Cancelled, false, false));
    let ended = bench.notes().pop().unwrap();
    assert!(
        ended.starts_with("left running by its commands, and ended by taut: ") && ended.contains("sleep (pid "),
        "{ended}"
    );
}

/// A command that outlives its turn is a step that runs, and a session that says so; an interrupt ends it.
fn says_what_runs_on_and_stops_it(bench: &mut Bench) {
    bench.prompt("far", "Run it behind.");
    let (request, step) = bench.next_ask().expect("the command is asked about");
    allow_outside(bench, &request, &step);
    assert!(bench.next_ask().is_none());
    assert_eq!((bench.stop(), runs_long()), (Stop::EndTurn, true));
    bench.until_it_is_so("both go on", runs_loose);
    assert_eq!((bench.session().behind().count(), bench.step(&step).status), (1, CallStatus::Running));
    bench.interrupt();
    let call = step.call.clone();
    let id = bench.id;
    bench.hub.until("its end", |hub| hub.state.session(id).unwrap().step_of(&call).unwrap().status.is_final());
    bench.until_it_is_so("the loose one ends as well", || !runs_long());
    assert!(!bench.has("loose.txt") && bench.session().behind().next().is_none());
}

fn answers_a_question(bench: &mut Bench) {
    bench.prompt("far", "Ask me.");
    let (request, _) = bench.next_ask().expect("a question");
    let Topic::Questions(questions) = &request.how.topic else { panic!("{:?}", request.how) };
    assert_eq!(questions[0].choices.len(), 2);
    let given = vec![Given { question: questions[0].id.clone(), answers: vec!["Blue".to_owned()] }];
    bench.decide(&request, Decision::Reply { given });
    assert!(bench.next_ask().is_none());
    assert_eq!((bench.stop(), bench.request(request.id).stage()), (Stop::EndTurn, Stage::TakenUp));
    assert!(bench.model_was_told("Blue") && bench.said().contains("You have answered."));
}

fn takes_words_in_a_turn(bench: &mut Bench) {
    bench.prompt("far", "Touch both.");
    let (request, step) = bench.next_ask().expect("the first command is asked about");
    let text = "[[fake scenario=far]] Be careful.".to_owned();
    let steer = Wish::Prompt { session: bench.id, text, steer: true };
    assert_eq!(bench.hub.command(steer), Reply::Done);
    allow_outside(bench, &request, &step);
    bench.hub.until("the first is over", |hub| !hub.state.request(request.id).is_some_and(taut::state::Request::waits));
    while let Some((request, _)) = bench.next_ask() {
        bench.allow(&request, OfferKind::AllowOnce);
    }
    assert_eq!((bench.stop(), bench.has("first.txt"), bench.has("careful.txt")), (Stop::EndTurn, true, true));
    assert!(bench.said().contains("I was careful."), "{}", bench.said());
    let sent = |event: &Event| matches!(event, Event::PromptSent { steer: true, .. });
    assert_eq!(bench.hub.records.iter().filter(|record| sent(&record.event)).count(), 1);
}

/// What the sandbox lets through is asked about as well, in each mode that asks.
fn asks_for_every_command(bench: &mut Bench) {
    bench.prompt("far", "Look around.");
    let (request, step) = bench.next_ask().expect("its sandbox would let it run");
    assert_eq!(inline(step.command.as_ref()), "ls");
    bench.allow(&request, OfferKind::AllowOnce);
    assert!(bench.next_ask().is_none());
    let gate = |bench: &Bench| bench.steps().last().unwrap().gate.clone();
    assert_eq!(gate(bench), Gate::Asked);
    assert_eq!(bench.hub.command(Wish::SetMode { session: bench.id, mode: "untrusted".to_owned() }), Reply::Done);
    bench.prompt("far", "Look around again.");
    let asked = bench.next_ask();
    if let Some((request, step)) = &asked {
        assert_eq!(inline(step.command.as_ref()), "ls");
        bench.allow(request, OfferKind::AllowOnce);
        assert!(bench.next_ask().is_none());
    }
    assert!(matches!(gate(bench), Gate::Asked | Gate::ReadClass), "{:?}", gate(bench));
    assert_eq!(bench.stop(), Stop::EndTurn);
}

/// The hook is told where a command would run, and so is the card.
fn tells_where_it_runs(bench: &mut Bench) {
    bench.prompt("far", "Look elsewhere.");
    let (request, step) = bench.next_ask().expect("a command is asked about");
    assert_eq!(step.cwd.as_deref(), Some("/"), "the hook is told where it would run");
    bench.allow(&request, OfferKind::AllowOnce);
    assert!(bench.next_ask().is_none());
    assert_eq!(bench.steps().last().unwrap().diverged, None);
}

/// The thread is resumed, with what was said in it.
fn comes_back(bench: &mut Bench) {
    let native = bench.session().sources.last().map(|source| source.native.clone());
    bench.reopen();
    let is = bench.session();
    assert!(is.is_live(), "{:?} {:?}", is.life, is.last_words);
    assert_eq!(is.sources.last().map(|source| source.native.clone()), native);
    assert_eq!(is.mode.as_deref(), Some("untrusted"), "in the mode that it was in");
    bench.prompt("far", "And now?");
    assert!(bench.next_ask().is_none());
    assert_eq!(bench.stop(), Stop::EndTurn);
    assert!(bench.said().contains("You have answered.") && bench.said().ends_with("I remember."), "{}", bench.said());
    // Of a thread that is resumed codex tells less: it asks about the sandbox by itself, with why, and its own offers.
    assert_eq!(bench.hub.command(Wish::SetMode { session: bench.id, mode: "read-only".to_owned() }), Reply::Done);
    bench.prompt("far", "Be careful.");
    let (first, step) = bench.next_ask().expect("a command is asked about");
    assert_eq!(inline(step.command.as_ref()), "touch careful.txt");
    bench.allow(&first, OfferKind::AllowOnce);
    let (request, step) = bench.next_ask().expect("and whether it may leave its sandbox");
    assert_eq!(inline(step.title.as_ref()), "it wants to run outside its sandbox: it is needed");
    assert!(step.requests.iter().any(|it| it.id == first.id), "the same call");
    assert!(request.offers.iter().any(|offer| offer.kind == OfferKind::AllowAlways), "{:?}", request.offers);
    bench.allow(&request, OfferKind::AllowOnce);
    assert!(bench.next_ask().is_none());
    assert_eq!(bench.stop(), Stop::EndTurn);
}

/// What a subagent runs is asked about like all else, by the hook and by the protocol, in a lane of its own: also what its
/// sandbox would let through.
#[test]
fn a_subagent_of_codex_is_asked_about_each_call_as_its_lane() {
    if bench::folders().is_none() {
        return println!("codex: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let work = "[[fake scenario=kids]] sub work";
    let spawn = json!({"calls": [{"tool": "spawn_agent", "namespace": "multi_agent_v1", "args": {"message": work}}]});
    let inside = json!({"calls": [{"tool": "exec_command", "args": {"cmd": "sort README.md"}}]});
    let scenario = json!({"prompts": [
        {"match": "^sub work", "turns": [inside, run("touch sub.txt"), {"text": "The subagent is done."}]},
        {"match": "Delegate", "turns": [spawn, {"text": "Spawned."}]},
    ]});
    let mut bench = Bench::with("codex", "", &[("kids", scenario)]);
    bench.prompt("kids", "Delegate.");
    let mut asked = Vec::new();
    // Each once, the second outside its sandbox.
    for command in ["sort README.md", "touch sub.txt"] {
        bench.hub.until("a question of the subagent", |hub| hub.state.waiting() > 0);
        let (request, step) = bench.session().waiting().next().map(|it| (it.0.clone(), it.1.clone())).unwrap();
        assert_eq!(inline(step.command.as_ref()), command);
        let entries = &bench.session().timeline.entries;
        let lane = entries.values().find(|entry| entry.step().is_some_and(|it| it.call == step.call)).unwrap().lane;
        asked.push(lane);
        bench.allow(&request, OfferKind::AllowOnce);
        let id = request.id;
        bench.hub.until("it runs", |hub| hub.state.request(id).unwrap().stage() == Stage::TakenUp);
    }
    assert!(asked[0] == asked[1] && asked[0] != LaneId::ROOT, "{asked:?}");
    bench.hub.until("the end of the subagent", |hub| {
        hub.records.iter().any(|record| matches!(record.event, Event::LaneEnded { .. }))
    });
    let session = bench.session();
    assert_eq!((session.unrecognised, session.ungated), (0, 0), "{:?}", bench.steps());
    assert!(bench.has("sub.txt"));
    let gates: Vec<_> = bench.steps().iter().filter(|step| step.command.is_some()).map(|it| it.gate.clone()).collect();
    assert_eq!(gates, [Gate::Asked, Gate::Asked], "each was asked, and once");
    assert_eq!(session.lanes.len(), 2, "{:?}", session.lanes);
    bench.leave();
}

/// A subagent that outlives its parent's turn is interrupted like a turn: what it runs is ended, what it asks is taken back.
#[test]
fn an_interrupt_ends_a_subagent_of_codex_that_goes_on_by_itself() {
    if bench::folders().is_none() {
        return println!("codex: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let spawn = |work: &str| {
        let args = json!({"message": format!("[[fake scenario=kids]] {work}")});
        json!({"calls": [{"tool": "spawn_agent", "namespace": "multi_agent_v1", "args": args}]})
    };
    let works = json!({"calls": [{"tool": "exec_command", "args": {"cmd": "sleep 61.7342", "yield_time_ms": 30000}}]});
    let done = json!({"text": "Done."});
    let scenario = json!({"prompts": [
        {"match": "^sub run", "turns": [works, run("touch after.txt"), done]},
        {"match": "^sub ask", "turns": [run("touch after.txt"), done]},
        {"match": "Let it run", "turns": [spawn("sub run"), done]},
        {"match": "Let it ask", "turns": [spawn("sub ask"), done]},
    ]});
    let mut bench = Bench::with("codex", "", &[("kids", scenario)]);
    let id = bench.id;
    for (prompt, allows) in [("Let it run.", true), ("Let it ask.", false)] {
        bench.prompt("kids", prompt);
        bench.hub.until("its question, and the end of the turn", |hub| {
            hub.state.waiting() > 0 && hub.state.session(id).unwrap().turn.is_none()
        });
        let request = bench.session().waiting().next().unwrap().0.clone();
        if allows {
            bench.allow(&request, OfferKind::AllowOnce);
            bench.until_it_is_so("it runs", || runs("sleep\x0061.7342\0"));
        }
        assert!(bench.session().goes_on_behind() && bench.session().turn.is_none());
        bench.interrupt();
        bench.hub.until("the end of the subagent", |hub| !hub.state.session(id).unwrap().goes_on_behind());
        assert!(!runs("sleep\x0061.7342\0") && !bench.has("after.txt"));
        assert_eq!(bench.hub.state.waiting(), 0, "nobody is asked any more");
    }
    assert_eq!(
        bench.hub.command(Wish::Interrupt { session: id }),
        Reply::Refused { why: "no turn runs, and nothing is left running of earlier ones".to_owned() }
    );
    bench.leave();
}

/// Whether a process of this command line is there.
fn runs(line: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok()).any(|it| it == line.as_bytes())
}
