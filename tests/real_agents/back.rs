//! The agent's own conversation: it goes back, a copy of a part of it goes on beside it, it tells what it holds, and asks
//! another model. The scripted model answers by how many prompts it is given: so it shows what the agent still knows.

use super::bench::{self, Bench};
use super::hub;
use super::seat::Seat;
use serde_json::{Value, json};
use taut::domain::{Command as Wish, Event, Reply, SessionId, Stop, TurnNo};
use taut::state::Life;

fn scenario() -> Value {
    let said = |text: &str| json!({"turns": [{"text": text}]});
    let prompts = ["One.", "Two.", "Three.", "Four.", "Five."].map(said);
    json!({"prompts": prompts})
}

/// What the agent says to a prompt.
fn says(bench: &mut Bench) -> String {
    let before = bench.said().len();
    bench.prompt("talk", "Go on.");
    assert!(bench.next_ask().is_none());
    assert_eq!(bench.stop(), Stop::EndTurn, "{:?}", bench.notes());
    bench.said()[before..].to_owned()
}

fn refused(bench: &mut Bench, wish: Wish) -> String {
    let Reply::Refused { why } = bench.hub.command(wish) else { panic!("it is not refused") };
    why
}

fn goes_back(bench: &mut Bench) {
    assert_eq!([says(bench), says(bench), says(bench)], ["One.", "Two.", "Three."]);
    let session = bench.id;
    let to = |turn: u32| Wish::Rewind { session, to: TurnNo(turn) };
    assert!(refused(bench, to(3)).contains("nothing comes after it"));
    assert!(refused(bench, to(9)).contains("no turn 9"));
    assert_eq!(bench.hub.command(to(1)), Reply::Done);
    let rewound = |hub: &hub::Bench| hub.records.iter().any(|it| it.event == Event::Rewound { to: TurnNo(1) });
    bench.hub.until("it went back", rewound);
    assert_eq!(says(bench), "Two.", "of the second and third prompt it knows nothing");
    assert!(refused(bench, to(2)).contains("no turn 2"), "that one is gone");
}

fn forks(bench: &mut Bench) -> SessionId {
    let (old, env) = (bench.id, std::env::vars().collect());
    let reply = bench.hub.command(Wish::Fork { session: old, to: Some(TurnNo(1)), cwd: None, env });
    let Reply::Started { session: new } = reply else { panic!("{reply:?}") };
    let fate = |hub: &hub::Bench| hub.state.session(new).is_some_and(|it| it.life == Life::Open || !it.is_live());
    bench.hub.until("the fork is open, or has failed", fate);
    let fork = bench.other(new);
    assert!(fork.is_live(), "{:?} {:?}", fork.life, fork.last_words);
    assert_eq!(fork.forked, Some((old, Some(TurnNo(1)))));
    assert!(fork.name.ends_with("-fork"), "{}", fork.name);
    bench.id = new;
    assert_eq!(says(bench), "Two.", "it knows the first prompt alone");
    bench.id = old;
    assert_eq!(says(bench), "Three.", "the other one has not lost anything");
    let natives = [old, new].map(|id| bench.other(id).sources.last().unwrap().native.clone());
    assert_ne!(natives[0], natives[1], "each has a conversation of its own");
    new
}

fn tells_its_context(bench: &mut Bench) {
    let session = bench.id;
    assert_eq!(bench.hub.command(Wish::TellContext { session }), Reply::Done);
    bench.hub.until("it is told", |hub| hub.state.session(session).unwrap().context.is_some());
    let (context, _) = bench.session().context.clone().unwrap();
    assert!(context.used.is_some_and(|used| used > 0) && !context.parts.is_empty(), "{context:?}");
}

fn asks_another_model(bench: &mut Bench, model: &str) {
    let named = format!("\"model\": \"{model}\"");
    assert!(!bench.model_was_told(&named) && !bench.model_was_told(&named.replace(' ', "")));
    assert_eq!(bench.hub.command(Wish::SetModel { session: bench.id, model: model.to_owned() }), Reply::Done);
    assert_eq!(says(bench), "Four.");
    assert!(bench.model_was_told(&named) || bench.model_was_told(&named.replace(' ', "")), "{model}");
    let current =
        bench.session().options.iter().find(|option| option.id == "model").map(|option| option.current.clone());
    assert_eq!(current.as_deref(), Some(model));
}

fn whole(agent: &str, model: &str) {
    if bench::folders().is_none() {
        return println!("{agent}: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let mut bench = Bench::with(agent, "", &[("talk", scenario())]);
    goes_back(&mut bench);
    forks(&mut bench);
    tells_its_context(&mut bench);
    asks_another_model(&mut bench, model);
    let session = bench.session();
    assert_eq!((session.unrecognised, session.ungated), (0, 0), "{:?}", bench.notes());
    bench.leave();
}

#[test]
fn claude_goes_back_forks_and_tells_what_it_holds() {
    whole("claude", "claude-haiku-4-5");
}

#[test]
fn codex_goes_back_forks_and_tells_what_it_holds() {
    whole("codex", "gpt-5.4");
}

/// The same from a console, by its keys.
fn by_keys(agent: &str, model: &str) {
    if bench::folders().is_none() {
        return println!("{agent}: left out, TAUT_AGENTS and TAUT_SHARED are not set");
    }
    let mut bench = Bench::with(agent, "", &[("talk", scenario())]);
    let id = bench.id;
    let mut seat = Seat::at(&bench, id);
    assert_eq!(seat.press(&mut bench, "T"), [], "nothing was said yet, and nothing is shown");
    assert!(seat.said().contains("nothing was said"), "{}", seat.said());
    assert_eq!([says(&mut bench), says(&mut bench), says(&mut bench)], ["One.", "Two.", "Three."]);
    // The newest turn, and the one before it.
    let mut seat = Seat::at(&bench, id);
    assert_eq!(seat.press(&mut bench, "T k"), []);
    assert_eq!(seat.app.parting().map(|open| open.keep), Some(TurnNo(1)));
    assert_eq!(seat.press(&mut bench, "y"), [Reply::Done], "{}", seat.said());
    let rewound = |hub: &hub::Bench| hub.records.iter().any(|it| it.event == Event::Rewound { to: TurnNo(1) });
    bench.hub.until("it went back", rewound);
    assert_eq!(says(&mut bench), "Two.");
    let forked = Seat::at(&bench, id).press(&mut bench, "K y");
    let [Reply::Started { session: new }] = forked[..] else { panic!("{forked:?}") };
    let fate = |hub: &hub::Bench| hub.state.session(new).is_some_and(|it| it.life == Life::Open || !it.is_live());
    bench.hub.until("the fork is open, or has failed", fate);
    bench.id = new;
    assert_eq!(says(&mut bench), "Three.", "it knows all that was said");
    bench.id = id;
    assert_eq!(Seat::at(&bench, id).press(&mut bench, "C"), [Reply::Done]);
    bench.hub.until("it is told", |hub| hub.state.session(id).unwrap().context.is_some());
    assert_eq!(Seat::at(&bench, id).press(&mut bench, "C"), [], "what was told is shown, and not asked again");
    let typed: Vec<String> = model.chars().map(String::from).collect();
    let chosen = Seat::at(&bench, id).press(&mut bench, &format!("alt-m {} enter", typed.join(" ")));
    assert_eq!(chosen, [Reply::Done]);
    assert_eq!(says(&mut bench), "Three.");
    assert!(bench.model_was_told(model), "{model}");
    bench.leave();
}

#[test]
fn claude_by_the_keys_of_a_console() {
    by_keys("claude", "claude-haiku-4-5");
}

#[test]
fn codex_by_the_keys_of_a_console() {
    by_keys("codex", "gpt-5.4");
}
