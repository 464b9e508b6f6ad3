//! What was typed on a card and not sent is not lost: by closing it, by going back, by a request that is asked anew.

use crate::work::{Work, ask, asked, by, command, edited, part};
use taut::domain::{Asking, CallId, CallPatch, Carrier, Choice, Closing, Decision, Event, Question, RequestId, Topic};
use taut::keymap;
use taut::ui::{Action, Menu};

/// The same request asked once more: for other arguments, or for the same ones.
fn anew(at: &mut Work, line: Option<&str>, how: Asking) -> RequestId {
    let (old, mut new) = (at.desk.app.card.as_ref().map_or(at.request, |card| card.request), at.request);
    at.hears(|t| {
        if let Some(line) = line {
            let args = serde_json::json!({"command": line, "timeout": 120}).to_string();
            let patch = CallPatch { command: Some(line.into()), args: Some(args.into()), ..CallPatch::default() };
            t.tell(Event::Called { call: CallId("call-2-1".into()), patch: Box::new(patch) });
        }
        t.tell(Event::RequestClosed { request: old, how: Closing::Superseded });
        new = ask(t, how, Some(old));
    });
    new
}

#[test]
fn an_edit_comes_back_on_the_card_that_was_closed_also_where_it_asks_anew() {
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e").types(" -l").press("esc").shows("not sent").shows("an edit that you typed: e goes on with it");
    at.check("unsent-edit");
    at.press("esc");
    assert!(at.desk.app.card.is_none());
    at.press("w e").shows("ls -l").press("esc esc");
    // While it is closed, the agent changes what it asks for.
    anew(&mut at, Some("ls /"), by(Carrier::Agent, Carrier::Hub));
    at.press("w").shows("what it asks has changed since");
    at.press("e").shows("what it asks has changed since").shows("ls -l").types("a").press("enter").shows("ls /");
    at.press("enter");
    assert_eq!(at.decisions(), [edited(&serde_json::json!({"command": "ls -la", "timeout": 120}))]);
    // What was answered needs it no more.
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e esc esc w");
    assert!(!at.frames().contains("not sent"), "nothing was typed");
}

#[test]
fn a_reason_goes_with_an_edit_and_stays_where_it_was_typed() {
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e").types(" -l").press("tab").types("all of it").check("edit-reason");
    at.press("enter").shows("why: all of it").press("enter");
    let Decision::Edit { reason, .. } = at.decisions().remove(0) else { panic!() };
    assert_eq!(reason.as_deref(), Some("all of it"));
    // A reason alone is no edit.
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e tab").types("why").press("enter").shows("nothing was changed");
    // A reason to deny it comes back too, on this card and on the one that is asked in its place.
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("d").types("not now").press("esc").shows("a reason to deny it: d goes on with it").press("esc");
    anew(&mut at, None, by(Carrier::Agent, Carrier::Hub));
    at.press("w d").shows("why not: not now").press("enter");
    let Decision::Deny { reason, .. } = at.decisions().remove(0) else { panic!() };
    assert_eq!(reason.as_deref(), Some("not now"));
}

#[test]
fn hunks_that_were_chosen_stay_while_the_change_is_the_same() {
    let mut at = part();
    at.press("-").shows("takes 2 of 3 hunks, refuses 1").press("esc esc").press("w").shows("takes 2 of 3 hunks");
    anew(&mut at, None, by(Carrier::Hub, Carrier::Hub));
    at.shows("takes 2 of 3 hunks, refuses 1");
    at.press("- ] - ] -").shows("takes none of 3 hunks: that is a denial").shows("deny, no hunk taken…");
    at.check("part-none");
    at.press("a");
    assert!(matches!(at.menu(), Some(Menu::Reason { .. })), "{:?}", at.menu());
    assert_eq!(at.decisions(), []);
}

#[test]
fn answers_that_were_begun_come_back() {
    let choice = |label: &str| Choice { label: label.into(), about: String::new() };
    let question = |id: &str, many| Question {
        id: id.into(),
        text: format!("Which {id}?"),
        choices: vec![choice("red"), choice("green")],
        many,
        free: true,
        ..Question::default()
    };
    let questions = vec![question("one", false), question("two", true)];
    let how = || Asking { topic: Topic::Questions(questions.clone()), ..by(Carrier::Agent, Carrier::Agent) };
    let mut at = asked(CallPatch { title: Some("asks".into()), ..CallPatch::default() }, how());
    at.press("a 2 tab 1").press("esc").shows("an answer that you began: a goes on with it").press("esc");
    let new = anew(&mut at, None, how());
    at.press("w a");
    let card = at.desk.app.card.as_ref().unwrap();
    assert_eq!(card.request, new);
    let form = card.reply.as_ref().unwrap();
    assert_eq!(form.given()[0].answers, ["green"]);
    assert_eq!(form.given()[1].answers, ["red"]);
}

#[test]
fn what_is_taken_back_while_it_is_edited_says_so_and_loses_nothing() {
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e").types(" -l");
    let request = at.request;
    at.hears(|t| {
        t.tell(Event::RequestClosed { request, how: Closing::Withdrawn("the turn ended".into()) });
    });
    at.shows("it waits no more: nothing can be sent, and what is typed stays to be copied").shows("ls -l");
    at.check("unsent-withdrawn");
    at.press("enter enter");
    assert_eq!(at.decisions(), []);
    at.shows("ls -l");
    assert!(keymap::key(&at.desk.app, Action::Back).is_some());
}

#[test]
fn a_typed_line_that_goes_on_in_the_next_row_has_a_mark_there() {
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.size = (80, 24);
    at.press("e").types(&" word".repeat(30));
    let text = at.frames();
    let marked = text.lines().filter(|line| line.trim_end().ends_with('→')).count();
    assert_eq!(marked, 2, "{text}");
    at.check("edit-wrapped");
}
