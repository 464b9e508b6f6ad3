//! The agent's own conversation from the console: taken back, forked, looked into, and its model. Shown first, then asked,
//! and what can't be is said before anybody has looked at anything.

use super::support::console::Console;
use taut::domain::{
    Command, ConfigOption, Context, ContextPart, Event, Notice, PromptId, Reply, SessionId, Source, Stop, TurnNo,
};
use taut::ui::way::Does;
use taut::ui::{Effect, Focus, Msg, Overlay};
use taut::view::{Cache, layout, to_text};

const ID: SessionId = SessionId(1);

/// A session of an agent that can go back, with so many turns that have ended.
fn talked(turns: u32) -> Console {
    let started = Event::SessionStarted {
        name: "work-1".to_owned(),
        agent: "claude".to_owned(),
        driver: "claude".to_owned(),
        cwd: "/srv/app".to_owned(),
        command: vec![],
        env: vec![],
    };
    let source = Source { channel: "claude".into(), vendor: "claude".into(), native: "n-1".into() };
    let mut console = Console::new().hears(1, started).hears(1, Event::Opened);
    console = console.hears(1, Event::SourceAttached { source });
    for n in 1..=turns {
        console = turn(console, n);
    }
    console.app.focus = Focus::Pane;
    console
}

fn turn(console: Console, n: u32) -> Console {
    begun(console, n).hears(1, Event::TurnEnded { turn: TurnNo(n), stop: Stop::EndTurn, tokens: None })
}

fn begun(console: Console, n: u32) -> Console {
    let text = format!("prompt number {n}").as_str().into();
    console
        .hears(1, Event::PromptSent { prompt: PromptId(n), text, turn: TurnNo(n), steer: false, by: None })
        .hears(1, Event::TurnMarked { turn: TurnNo(n), mark: format!("m{n}") })
}

fn text(console: &Console) -> String {
    to_text(&layout(&console.app, &mut Cache::new(), console.app.size, console.now))
}

fn sent(console: &Console) -> Vec<Command> {
    let all = console.commands().into_iter();
    all.filter(|it| !matches!(it, Command::Notice { .. } | Command::Shown { .. })).cloned().collect()
}

fn keep(console: &Console) -> Option<(Does, u32)> {
    console.app.parting().map(|open| (open.does, open.keep.0))
}

#[test]
fn a_conversation_goes_back_to_before_the_turn_in_which_one_stands() {
    let console = talked(4).press("T");
    assert_eq!(keep(&console), Some((Does::Rewind, 3)), "the newest turn goes");
    let shown = text(&console);
    for part in ["back to the end of turn 3", "prompt number 4", "the agent forgets turn 4", "files stay as they are"] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    // Higher up it takes more, and never past its ends.
    let console = console.press("k k");
    assert_eq!(keep(&console), Some((Does::Rewind, 1)));
    assert!(text(&console).contains("the agent forgets 3 turns, 2 to 4"), "{}", text(&console));
    let console = console.press("k k k");
    assert_eq!(keep(&console), Some((Does::Rewind, 0)));
    assert!(text(&console).contains("back to its beginning"));
    let console = console.press("j j j j j j").holds("its end", |app| app.parting().is_some_and(|it| it.keep.0 == 3));
    // A key that comes at once, or among others, does nothing.
    let console = console.press("k").wait(100).press_at_once("y").says("just appeared");
    let console = console.wait(1_000).press_in_one_read("y").says("several keys");
    assert_eq!(sent(&console), []);
    let console = console.wait(1_000).press_at_once("y");
    assert_eq!(sent(&console), [Command::Rewind { session: ID, to: TurnNo(2) }]);
    assert!(text(&console).contains("it is being done"));
    let console = console.wait(1_000).press_at_once("y").says("being done");
    assert_eq!(sent(&console).len(), 1, "once");
    let console =
        console.replies(Reply::Done).says("told to go back").holds("it is closed", |app| app.overlay.is_none());
    let console = console.hears(1, Event::Rewound { to: TurnNo(2) });
    assert!(text(&console).contains("the agent's conversation was"), "{}", text(&console));
    let console = console.press("T");
    assert_eq!(keep(&console), Some((Does::Rewind, 1)), "turns 3 and 4 are gone");
}

#[test]
fn it_begins_at_the_turn_that_is_selected() {
    let console = talked(4).press("g");
    let console = console.press("}").press("T");
    let first = keep(&console);
    assert_eq!(first.map(|it| it.0), Some(Does::Rewind));
    let turn = |console: &Console| {
        let session = console.session(1);
        let no = console.app.current(session).unwrap();
        console.app.entry(session, no).unwrap().turn.0
    };
    assert_eq!(first.map(|it| it.1 + 1), Some(turn(&console)), "what is selected is the first to go");
    let console = console.press("esc").press("K");
    assert_eq!(keep(&console), Some((Does::Fork, turn(&console))), "and the last that is copied");
    assert_eq!(sent(&console), []);
}

#[test]
fn what_began_meanwhile_is_looked_at_before_it_goes() {
    let console = talked(2).press("T").wait(1_000);
    let console = begun(console, 3).wait(1_000).press_at_once("y").says("a turn has begun");
    let ended = Event::TurnEnded { turn: TurnNo(3), stop: Stop::EndTurn, tokens: None };
    let console = console.hears(1, ended).wait(1_000);
    assert!(text(&console).contains("forgets 2 turns, 2 to 3"), "{}", text(&console));
    let console = console.press_at_once("y").says("went on meanwhile");
    assert_eq!(sent(&console), []);
    let console = console.wait(1_000).press_at_once("y");
    assert_eq!(sent(&console), [Command::Rewind { session: ID, to: TurnNo(1) }]);
    // What the hub refuses is said, and the question stays.
    let console = console.replies(Reply::Refused { why: "it is being taken back already".to_owned() });
    let console = console.says("being taken back already");
    assert_eq!(keep(&console), Some((Does::Rewind, 1)));
}

#[test]
fn a_place_without_a_handle_is_no_place() {
    let console = talked(2).hears(1, Event::TurnBegan { turn: TurnNo(3), why: "by itself".into() });
    let ended = Event::TurnEnded { turn: TurnNo(3), stop: Stop::EndTurn, tokens: None };
    let console = turn(console.hears(1, ended), 4).press("T k");
    assert_eq!(keep(&console), Some((Does::Rewind, 2)));
    assert!(text(&console).contains("no handle of turn 3"), "{}", text(&console));
    let console = console.wait(1_000).press_at_once("y").says("no handle of turn 3");
    assert_eq!(sent(&console), []);
}

#[test]
fn a_fork_is_a_session_of_its_own_and_the_console_goes_there() {
    let console = talked(3).press("K");
    assert!(text(&console).contains("the copy ends with turn 3"), "{}", text(&console));
    let whole = console.wait(1_000).press_at_once("y");
    let fork = |to| Command::Fork { session: ID, to, cwd: None, env: vec![] };
    assert_eq!(sent(&whole), [fork(None)], "all of it is a copy as it is then");
    let console = whole.replies(Reply::Started { session: SessionId(2) });
    let console = console.begins(2).holds("it went there", |app| app.selected == Some(SessionId(2)));
    assert!(console.app.overlay.is_none());
    let part = talked(3).press("K k").wait(1_000).press_at_once("y");
    assert_eq!(sent(&part), [fork(Some(TurnNo(2)))]);
    // Of an ended session there is a copy all the same; it can't go back.
    let cause = taut::domain::Cause::Itself { code: Some(0), signal: None };
    let ended = Event::Ended { cause, last_words: "".into(), survivors: vec![] };
    let console = talked(2).hears(1, ended).press("T").says("K begins another session");
    let console = console.press("K").wait(1_000).press_at_once("y");
    assert_eq!(sent(&console), [fork(None)]);
}

#[test]
fn while_a_turn_runs_nothing_is_taken_back_and_a_copy_ends_before_it() {
    let console = begun(talked(2), 3).press("T").says("X interrupts it");
    assert!(console.app.overlay.is_none());
    let console = console.press("K").wait(1_000).press_at_once("y").says("a turn runs");
    assert_eq!(sent(&console), []);
    let console = console.press("k").wait(1_000).press_at_once("y");
    assert_eq!(sent(&console), [Command::Fork { session: ID, to: Some(TurnNo(2)), cwd: None, env: vec![] }]);
}

fn context(used: u64) -> Event {
    let part = |name: &str, tokens| ContextPart { name: name.to_owned(), tokens };
    let parts = vec![part("System prompt", 12_000), part("Messages", used - 12_000)];
    Event::ContextTold { context: Context { parts, used: Some(used), window: Some(200_000) } }
}

#[test]
fn the_context_is_asked_once_and_shown_as_it_was_told() {
    let console = talked(1).press("C");
    assert_eq!(sent(&console), [Command::TellContext { session: ID }], "it was never told: so it is asked");
    assert!(text(&console).contains("the agent is asked what it holds"), "{}", text(&console));
    let console = console.press("C").says("it is being asked");
    let console = console.replies(Reply::Done).hears(1, context(36_000));
    let shown = text(&console);
    for part in ["36k of 200k tokens", "18%", "System prompt", "Messages"] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    assert!(!shown.contains("is asked"), "{shown}");
    // Opened again it costs nothing; asked anew it does.
    let console = console.press("esc C");
    assert_eq!(sent(&console).len(), 1);
    let console = console.press("r");
    assert_eq!(sent(&console).len(), 2);
    let why = "Claude Code did not tell what its context is made of: it is overloaded";
    let noted = Event::Noted { level: Notice::Warning, text: why.into() };
    let console = console.replies(Reply::Done).hears(1, noted);
    let shown = text(&console);
    assert!(shown.contains("it is overloaded") && shown.contains("36k of 200k"), "what was told stays:\n{shown}");
    // A hub that refuses, a link that breaks.
    let refused = Reply::Refused { why: "that session has ended".to_owned() };
    let console = console.press("r").replies(refused);
    assert!(text(&console).contains("that session has ended"));
    let console = console.press("r").tell(Msg::Link(Some("it is gone".to_owned())));
    assert!(text(&console).contains("the link to the hub broke"), "{}", text(&console));
}

#[test]
fn a_model_is_chosen_from_what_the_agent_offers_or_typed() {
    let values =
        vec![("opus".to_owned(), "Opus, for hard things".to_owned()), ("haiku".to_owned(), "Haiku".to_owned())];
    let option = ConfigOption {
        id: "model".into(),
        name: "Model".into(),
        category: Some("model".into()),
        current: "opus".into(),
        values,
        switch: false,
    };
    let console = talked(1).hears(1, Event::OptionsOffered { options: vec![option] }).press("alt-m");
    let shown = text(&console);
    assert!(shown.contains("MODEL OF work-1") && shown.contains("now") && shown.contains("haiku"), "{shown}");
    let model = |name: &str| Command::SetModel { session: ID, model: name.to_owned() };
    let console = console.types("hai").wait(1_000).press_at_once("enter");
    assert_eq!(sent(&console), [model("haiku")]);
    let console = console.press("alt-m").types("claude-next-9").wait(1_000).press_at_once("enter");
    assert_eq!(sent(&console), [model("haiku"), model("claude-next-9")], "one that is not in the list is typed");
    // Where it named none, one is typed as well; enter alone chooses nothing.
    let console = talked(1).press("alt-m");
    assert!(text(&console).contains("type the name of one"), "{}", text(&console));
    let console = console.wait(1_000).press_at_once("enter").types("gpt").wait(1_000).press_at_once("enter");
    assert_eq!(sent(&console), [model("gpt")]);
}

#[test]
fn what_acp_can_not_is_said_before_anything_opens() {
    let console = Console::working().turn_ends(1);
    let mut console = console.press("T").says("can't take a conversation back");
    for (key, part) in [("K", "can't fork"), ("C", "ACP has no word"), ("alt-m", "its own command or file")] {
        console = console.press(key).says(part);
        assert!(console.app.overlay.is_none() && sent(&console).is_empty());
    }
    // The palette lists each with the same sentence.
    let console = console.press(":").types("rewind");
    assert!(text(&console).contains("speaks ACP"), "{}", text(&console));
}

#[test]
fn all_of_them_are_in_the_palette() {
    for (name, is) in [
        ("rewind", (|over: &Overlay| matches!(over, Overlay::Way(_))) as fn(&Overlay) -> bool),
        ("fork", |over| matches!(over, Overlay::Way(_))),
        ("context", |over| matches!(over, Overlay::Context(_))),
        ("model", |over| matches!(over, Overlay::Picker(_))),
    ] {
        let console = talked(2).press(":").types(name).wait(1_000).press_at_once("enter");
        assert!(console.app.overlay.as_ref().is_some_and(is), "{name}: {:?}", console.app.toast);
        assert!(!console.effects.iter().any(|it| matches!(it, Effect::Send(_, Command::Rewind { .. }))));
    }
}

#[test]
fn a_replay_changes_nothing_and_shows_what_was_told() {
    let live = talked(2).hears(1, context(36_000));
    let console = Console::replaying(&live).press("T").says("this is a replay");
    let console = console.press("K").says("this is a replay").press("C");
    assert!(text(&console).contains("36k of 200k tokens"), "{}", text(&console));
    let console = console.press("r").says("this is a replay");
    assert_eq!(sent(&console), []);
}
