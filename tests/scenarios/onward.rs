//! A session goes on: in its own agent, or in another one that gets a brief, which a human reads before anything is sent.

use crate::support::console::Console;
use taut::domain::{Answer, Cause, Command, Elsewhere, Event, Query, Reply, SessionId, StartSpec};
use taut::ui::onward::Onward;
use taut::ui::{Effect, Focus, Msg, OtherRow, Overlay};

const BRIEF: &str = "Go on.\n> what was said\n";

fn ended() -> Console {
    let end = Event::Ended { cause: Cause::Human, last_words: "".into(), survivors: vec![] };
    Console::working().hears(1, end)
}

fn asks_for_a_brief(console: &Console) -> bool {
    console.effects.contains(&Effect::Ask(Query::Brief { session: SessionId(1) }))
}

fn told(console: Console) -> Console {
    console.tell(Msg::Answered(Answer::Brief { session: SessionId(1), text: BRIEF.to_owned(), secrets: 2 }))
}

#[test]
fn the_list_says_what_each_way_does_and_closing_it_does_nothing() {
    let console = ended().press("ctrl-r");
    let Some(Overlay::Picker(picker)) = &console.app.overlay else { panic!("{:?}", console.app.overlay) };
    let rows: Vec<String> = console.app.picked(picker).iter().map(|(pick, _)| pick.name.clone()).collect();
    assert_eq!(rows[1..], ["brief for claude", "brief for gemini"], "what is not installed is not offered");
    assert!(console.app.picked(picker).iter().all(|(pick, _)| !pick.help.is_empty() && !pick.note.is_empty()));
    let before = console.commands().len();
    let console = console.press("esc").holds("closed", |app| app.overlay.is_none());
    assert_eq!(console.commands().len(), before);
    // It has just appeared: what was typed before is no choice.
    let console = console.wait(1_000).press_at_once("ctrl-r").press_at_once("enter").says("just appeared");
    assert_eq!(console.commands().len(), before);
}

#[test]
fn a_brief_is_a_draft_of_the_new_session_and_goes_when_it_is_sent() {
    let console = ended().press("ctrl-r down down enter");
    assert!(asks_for_a_brief(&console));
    let spec = |command: &&Command| matches!(command, Command::Start(_));
    assert!(!console.commands().iter().any(spec), "nothing begins before the brief is there");
    let console = told(console);
    let of = console.session(1);
    let wanted = StartSpec {
        agent: "gemini".to_owned(),
        cwd: of.cwd.clone(),
        name: Some(of.name.clone()),
        ..StartSpec::default()
    };
    let console = console.sends(&Command::Start(Box::new(wanted))).says("2 secrets are left out");
    let console = console.begins(2).replies(Reply::Started { session: SessionId(2) });
    let console = console.holds("its composer", |app| {
        app.selected == Some(SessionId(2)) && app.focus == Focus::Composer && app.drafts[&SessionId(2)].text == BRIEF
    });
    let prompted = |console: &Console| console.commands().iter().any(|it| matches!(it, Command::Prompt { .. }));
    assert!(!prompted(&console), "nothing is sent yet");
    let console = console.types("Now: ").press("enter");
    let text = format!("Now: {}", BRIEF.trim_end());
    let sent = console.commands().into_iter().find_map(|command| match command {
        Command::Prompt { session, text, .. } => Some((*session, text.trim_end().to_owned())),
        _ => None,
    });
    assert_eq!(sent, Some((SessionId(2), text)));
}

#[test]
fn a_session_that_is_heard_of_later_has_its_draft_as_well() {
    let console = told(ended().press("ctrl-r down enter"));
    let console = console.replies(Reply::Started { session: SessionId(2) }).begins(2);
    console.holds("its composer", |app| {
        app.selected == Some(SessionId(2)) && app.focus == Focus::Composer && app.drafts[&SessionId(2)].text == BRIEF
    });
}

#[test]
fn a_brief_that_nobody_waits_for_begins_nothing() {
    let console = told(ended());
    assert!(!console.commands().iter().any(|command| matches!(command, Command::Start(_))));
}

#[test]
fn a_replay_sends_nothing_and_is_left_with_what_was_chosen() {
    for (keys, how) in
        [("ctrl-r enter", Onward::AsItself), ("ctrl-r down down enter", Onward::Brief("gemini".to_owned()))]
    {
        let console = Console::replaying(&Console::working()).press(keys);
        assert!(console.commands().is_empty() && !asks_for_a_brief(&console));
        assert!(console.effects.contains(&Effect::Quit));
        assert_eq!(console.app.onward, Some(how));
    }
    // Where its agent can begin with a copy, that is a way as well.
    let mut console = Console::replaying(&Console::working());
    console.app.forks = [console.session(1).agent.clone()].into();
    let console = console.press("ctrl-r down enter");
    assert!(console.commands().is_empty() && console.app.onward == Some(Onward::Copy));
    let console = Console::replaying(&ended()).press("ctrl-r esc");
    assert!(console.app.onward.is_none() && !console.effects.contains(&Effect::Quit));
}

#[test]
fn a_session_of_another_tool_goes_on_from_the_rail() {
    let (id, agent) = (SessionId(900), "claude".to_owned());
    let one = Elsewhere { id, agent, title: "mend it".to_owned(), cwd: "/w".to_owned(), ..Elsewhere::default() };
    let at_it = || {
        let mut console = Console::new().begins(1);
        console.app.fleet.others.set(vec![one.clone()]);
        console.app.fleet.others.open = true;
        console.app.fleet.others.at = Some(OtherRow::One(id));
        console.app.forks = ["claude".to_owned()].into();
        console.frame()
    };
    for (keys, fork) in [("ctrl-r enter", false), ("ctrl-r down enter", true)] {
        let wanted = Command::Continue { recording: id, fork, cwd: None, env: vec![] };
        at_it()
            .press(keys)
            .sends(&wanted)
            .replies(Reply::Refused { why: "process 7 goes on with it".into() })
            .says("process 7");
    }
    let console = at_it().press("ctrl-r down down down enter");
    assert!(console.effects.contains(&Effect::Ask(Query::Brief { session: id })));
    let console = console.tell(Msg::Answered(Answer::Brief { session: id, text: BRIEF.to_owned(), secrets: 0 }));
    let spec = StartSpec { agent: "gemini".to_owned(), cwd: "/w".to_owned(), ..StartSpec::default() };
    console.sends(&Command::Start(Box::new(spec)));
}
