//! Prompts, forms, and what becomes of what was typed.

use crate::support::console::Console;
use taut::domain::{By, Command, Event, PromptId, Reply, SessionId, Stop, TurnNo};
use taut::ui::{Focus, Overlay};

const ONE: SessionId = SessionId(1);

fn draft(app: &taut::ui::App) -> &str {
    app.drafts.get(&ONE).map_or("", |draft| draft.text.as_str())
}

fn prompt(text: &str, steer: bool) -> Command {
    Command::Prompt { session: ONE, text: text.to_owned(), steer }
}

#[test]
fn a_prompt_is_typed_sent_and_remembered() {
    let console = Console::new().begins(1).press("i").types("fix the bug").press("enter");
    let console = console.sends(&prompt("fix the bug", false)).holds("the draft is gone", |app| draft(app).is_empty());
    let console = console.focus_is(Focus::Composer).press("enter").says("nothing is typed");
    let console = console.types("dra").press("ctrl-p").holds("the one before", |app| draft(app) == "fix the bug");
    console.press("ctrl-n").holds("what was typed", |app| draft(app) == "dra");
}

#[test]
fn a_prompt_in_a_turn_is_queued_and_can_be_taken_back() {
    let console = Console::working().press("i").types("then this").press("enter").says("queued");
    let queued = Event::PromptQueued { prompt: PromptId(2), text: "then this".into(), by: None };
    let console = console.replies(Reply::Done).hears(1, queued).press("alt-up");
    let console = console.sends(&Command::DropPrompt { session: ONE, prompt: PromptId(2) });
    let console = console.holds("not before the hub dropped it", |app| draft(app).is_empty());
    console.replies(Reply::Done).holds("to edit", |app| draft(app) == "then this");
}

#[test]
fn a_prompt_that_went_while_it_was_taken_back_is_not_given_twice() {
    let console =
        Console::working().press("i").hears(1, Event::PromptQueued { prompt: PromptId(2), text: "x".into(), by: None });
    let console = console.press("alt-up").replies(Reply::Refused { why: "it was sent meanwhile".into() });
    console.says("it was sent meanwhile").holds("nothing typed", |app| draft(app).is_empty());
}

#[test]
fn a_refused_prompt_comes_back() {
    let console = Console::new().begins(1).press("i").types("hello").press("enter");
    let console = console.replies(Reply::Refused { why: "the agent is gone".into() });
    console.says("the agent is gone").holds("nothing is lost", |app| draft(app) == "hello");
}

#[test]
fn steering_says_where_the_agent_cannot() {
    let console = Console::working().press("i").types("stop").press("alt-s").says("takes nothing while a turn runs");
    assert!(console.commands().is_empty());
}

#[test]
fn drafts_belong_to_their_sessions_and_slots_change_while_composing() {
    let console = Console::new().begins(1).begins(2).press("1 i").types("for one").press("alt-2").types("for two");
    let console = console.focus_is(Focus::Composer).press("alt-1 enter");
    let console = console.sends(&prompt("for one", false));
    assert_eq!(console.app.drafts[&SessionId(2)].text, "for two");
}

#[test]
fn a_paste_is_text_with_its_lines_and_sends_nothing() {
    let console = Console::new()
        .begins(1)
        .press("i")
        .paste("one\r\ntwo\n\u{1b}[A")
        .holds("text", |app| draft(app) == "one\ntwo\n[A");
    assert!(console.commands().is_empty());
    let console = console.press("esc").paste("rm -rf /\n").says("nothing takes text here");
    assert!(console.commands().is_empty());
}

#[test]
fn new_lines_are_typed_and_enter_sends_them() {
    let console =
        Console::new().begins(1).press("i").types("a").press("alt-enter").types("b").press("ctrl-j").types("c");
    console.press("enter").sends(&prompt("a\nb\nc", false));
}

#[test]
fn a_session_that_ended_takes_no_prompt_and_says_so() {
    let ended = Event::Ended { cause: taut::domain::Cause::Human, last_words: "".into(), survivors: vec![] };
    Console::new().begins(1).hears(1, ended).press("i").says("has ended").focus_is(Focus::Rail);
    Console::new().press("i").says("no session is selected");
}

#[test]
fn a_session_is_started_from_the_form_and_selected_once_it_is_heard_of() {
    let console = Console::new().press("c").holds(
        "the first that is installed",
        |app| matches!(&app.overlay, Some(Overlay::NewSession(form)) if form.agent == 1 && form.folder == "/srv/app"),
    );
    let console = console.press("right tab ctrl-u").types("~/src").press("tab tab tab").types("go on").press("enter");
    let Some(Command::Start(spec)) = console.commands().pop().cloned() else { panic!("nothing started") };
    assert_eq!(
        (spec.agent.as_str(), spec.cwd.as_str(), spec.prompt.as_deref()),
        ("gemini", "/home/me/src", Some("go on"))
    );
    let console = console.begins(1).press("1").replies(Reply::Started { session: SessionId(2) }).begins(2);
    console.holds("it is selected", |app| app.selected == Some(SessionId(2)));
}

#[test]
fn a_refused_start_gives_the_form_back() {
    let console = Console::new().press("c tab tab tab tab").types("go").press("enter");
    let console = console.replies(Reply::Refused { why: "no such folder".into() }).says("no such folder");
    console.holds("as it was", |app| matches!(&app.overlay, Some(Overlay::NewSession(form)) if form.prompt == "go"));
    let absent = Console::new().press("c left enter").says("absent is not installed: npm i it");
    assert!(absent.commands().is_empty());
}

#[test]
fn a_session_that_was_started_does_not_take_the_composer_from_who_writes() {
    let console = Console::new().begins(1).press("c enter").press("i").types("half a tho");
    let console = console.replies(Reply::Started { session: SessionId(2) }).begins(2);
    console.focus_is(Focus::Composer).holds("the draft stays under the cursor", |app| app.selected == Some(ONE));
}

#[test]
fn what_an_interrupt_held_back_goes_with_enter_and_only_once() {
    let queued = |n, text: &str| Event::PromptQueued { prompt: PromptId(n), text: text.into(), by: None };
    let console = Console::working().hears(1, queued(2, "then this")).hears(1, queued(3, "and that")).press("i enter");
    let console = console.says("nothing is typed").press("ctrl-c").hears(1, Event::InterruptAsked { by: By::Human });
    let stopped = Event::TurnEnded { turn: TurnNo(1), stop: Stop::Cancelled, tokens: None };
    let console = console.replies(Reply::Done).hears(1, stopped);
    let console = console.says("held: enter sends the queued prompt, alt-up takes it back").press("enter enter");
    let console = console.says("on its way").sends(&Command::DropPrompt { session: ONE, prompt: PromptId(2) });
    assert!(!console.commands().contains(&&prompt("then this", false)), "not before the hub dropped it");
    let gone = |console: Console| console.hears(1, Event::PromptDropped { prompt: PromptId(2) }).replies(Reply::Done);
    let console = gone(console).sends(&prompt("then this", false));
    assert!(matches!(console.commands().as_slice(), [.., Command::DropPrompt { .. }, Command::Prompt { .. }]));
    let refused = console.replies(Reply::Refused { why: "the agent is gone".into() });
    refused.holds("nothing is lost", |app| draft(app) == "then this");
}
