//! A call that a human edits on its card: what leaves is what was on the screen, and nothing leaves by accident.

use crate::work::{ask, asked, by, command, edited};
use serde_json::json;
use taut::domain::{
    Answer, Asking, By, CallId, CallPatch, Carrier, Closing, Command, Digest, Event, Impact, Losses, Outcome,
    Previewed, Query, Risk, RuleRef, Stood, Verdict,
};
use taut::keymap;
use taut::ui::update::update;
use taut::ui::{Chord, Effect, Menu, Msg, Press, Purpose};

#[test]
fn an_edited_command_is_shown_whole_and_sent_by_one_key() {
    let mut at = asked(command("cargo test auth"), by(Carrier::Agent, Carrier::Hub));
    at.shows("the agent runs what you write").press("e").check("edit-form");
    at.clear().types("cargo test auth --release").press("enter");
    assert_eq!(at.decisions(), [], "the form sends nothing");
    at.shows("$ cargo test auth --release")
        .shows("what you changed: command")
        .shows("EDITED BY YOU")
        .check("edit-sure");
    at.press("enter");
    assert_eq!(at.decisions(), [edited(&serde_json::json!({"command": "cargo test auth --release", "timeout": 120}))]);
    at.press("enter enter").shows("your answer is on its way");
    assert_eq!(at.decisions().len(), 1);
}

#[test]
fn what_policy_says_of_an_edited_call_stands_there_before_it_is_sent() {
    let mut at = asked(command("touch a"), by(Carrier::Agent, Carrier::Hub));
    at.press("e").clear().types("rm -rf src").press("enter").shows("what you made of it is being judged");
    at.shows("looking at what stands there").check("edit-judging");
    let (mut named, mut hits) = (None, None);
    for query in &at.asked {
        match query {
            Query::Judge { request, decision, of } => {
                assert_eq!(
                    (*request, decision),
                    (at.request, &edited(&json!({"command": "rm -rf src", "timeout": 120})))
                );
                assert!(named.replace(*of).is_none(), "asked once");
            }
            Query::Losses { instead: Some((of, command)), .. } => hits = Some((*of, command.clone())),
            _ => {}
        }
    }
    let (of, request) = (named.expect("the hub is asked"), at.request);
    assert_eq!(hits, Some((of, "rm -rf src".to_owned())));
    let verdict = |risk, reason: &str| Verdict {
        outcome: Outcome::Ask,
        rule: RuleRef { source: "policy".into(), line: None, text: "asks".into() },
        risk,
        reasons: vec![reason.to_owned()],
        policy: Digest::default(),
    };
    // Of something else that was looked at before.
    let verdict_of = |of, verdict| Msg::Answered(Answer::Judged { request, of, verdict: Box::new(verdict) });
    at.tell(verdict_of(Digest::of(b"another"), Ok(verdict(Risk::Low, "of another"))));
    at.shows("is being judged");
    at.tell(verdict_of(of, Ok(verdict(Risk::High, "deletes src and all below"))));
    let losses = Losses::unknown("there are too many");
    at.tell(Msg::Answered(Answer::Losses(Previewed { request, losses, of: Some(of) })));
    at.shows("▲ high").shows("deletes src and all below").shows("there are too many").check("edit-judged");
    at.tell(verdict_of(of, Err("its file is gone".to_owned())));
    at.shows("what you made of it is not judged: its file is gone").shows("▲ high");
    // Back at what was proposed, its own verdict stands there.
    at.press("esc esc").shows("writes in src/");
    assert!(!at.frames().contains("deletes src"));
}

#[test]
fn what_is_wrong_with_an_edit_stands_beside_the_field_and_nothing_is_sent() {
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e enter").shows("nothing was changed");
    assert_eq!(at.menu(), Some(Menu::Edit));
    at.clear().press("enter").shows("\"command\" is empty").check("edit-wrong");
    at.press("x").shows("the agent runs");
    assert!(!at.frames().contains("is empty"), "what is typed on takes the sentence away");
    // Arguments that have no known field are JSON.
    let patch = CallPatch {
        tool: Some("mcp__db__query".into()),
        args: Some(r#"{"query":"delete from users","dry_run":false,"limits":{"rows":1000}}"#.into()),
        ..CallPatch::default()
    };
    let mut at = asked(patch, by(Carrier::Agent, Carrier::Hub));
    at.press("e").shows("\"query\": \"delete from users\"").check("edit-json");
    at.types("x").press("enter").shows("not JSON").press("backspace");
    at.press("down down down down end").types("0").press("enter").shows("what you changed: limits");
    at.press("enter");
    let want = serde_json::json!({"query": "delete from users", "dry_run": false, "limits": {"rows": 1000}});
    assert_ne!(at.decisions(), [edited(&want)]);
    assert_eq!(at.decisions().len(), 1);
}

#[test]
fn an_edit_of_a_known_tool_is_held_against_what_it_takes_and_its_file() {
    let path = "/home/demo/wt/fix-auth/src/auth.rs";
    let edit = |old: &str| CallPatch {
        tool: Some("Edit".into()),
        impact: Some(Impact::Edit),
        args: Some(serde_json::json!({"file_path": path, "old_string": old, "new_string": "b"}).to_string().into()),
        ..CallPatch::default()
    };
    let stood = vec![Stood { path: path.into(), text: Some("a\nx\nx\n".into()) }];
    let mut at = asked(edit("a"), Asking { stood, ..by(Carrier::Agent, Carrier::Hub) });
    // The form opens at the new text; the old one is the field before it.
    at.press("e backtab").clear().types("q").press("enter").shows("\"old_string\" is not in").check("edit-misfit");
    at.clear().types("x").press("enter").shows("\"old_string\" stands 2 times in");
    assert_eq!(at.decisions(), []);
    at.clear().types("a").press("tab").clear().types("c").press("enter").shows("EDITED BY YOU");
    // As JSON, where the tool's arguments are no fields.
    let fetch = CallPatch {
        tool: Some("WebFetch".into()),
        impact: Some(Impact::Fetch),
        args: Some(r#"{"prompt":"what is it","url":"https://a.example"}"#.into()),
        ..CallPatch::default()
    };
    let mut at = asked(fetch, by(Carrier::Agent, Carrier::Hub));
    at.press("e");
    for (text, why) in [
        (r#"{"url":"https://a.example"}"#, "\"prompt\" is missing, and WebFetch needs it"),
        (r#"{"url":7,"prompt":"x"}"#, "\"url\" must be a string"),
        (r#"{"url":"https://a.example","prompt":"x","promt":"y"}"#, "\"promt\" is no argument of WebFetch"),
    ] {
        at.press("ctrl-a ctrl-k").clear();
        at.tell(Msg::Back(Purpose::Edit(at.request), Ok(text.to_owned())));
        at.press("enter").shows(why);
        assert_eq!(at.decisions(), []);
    }
}

#[test]
fn what_nobody_can_carry_out_is_said_before_and_opens_no_form() {
    let patch = CallPatch {
        tool: Some("mcp__db__query".into()),
        args: Some(r#"{"query":"delete from users"}"#.into()),
        ..CallPatch::default()
    };
    let mut at = asked(patch, by(Carrier::Hub, Carrier::Hub));
    at.shows("taut does not know how to do this tool's work").press("e");
    assert_eq!((at.menu(), at.decisions()), (None, vec![]));
    assert!(at.toast().contains("deny with a reason"), "{}", at.toast());
    let mut at = asked(command("make"), by(Carrier::Hub, Carrier::Hub));
    at.shows("it is refused, taut runs").press("e").shows("this agent can't take an edited call");
    // An edit that taut could not do is refused in the form.
    at.press("esc ctrl-e").clear().types("make all").press("enter enter");
    assert_eq!(at.decisions(), [edited(&serde_json::json!({"command": "make all", "timeout": 120}))]);
}

#[test]
fn pastes_held_keys_bursts_and_haste_never_send_an_edit() {
    let ready = || {
        let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
        at.press("e").types(" -l").press("enter");
        assert!(matches!(at.menu(), Some(Menu::Sure { .. })));
        at
    };
    // Enter that is held from the form on.
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e").types(" -l").wait(400);
    for _ in 0..100 {
        at.at_once("enter", Press::Alone).wait(30);
        at.frames();
    }
    assert_eq!(at.decisions(), [], "a held key");
    let mut at = ready();
    at.wait(400).at_once("enter", Press::Among);
    assert_eq!(at.decisions(), [], "one of several keys");
    for text in ["\n", "\r\n\r\n", "unread\n", "y\n", "\u{1b}[200~\n"] {
        let mut at = ready();
        at.wait(400).tell(Msg::Pasted(text.to_owned()));
        at.frames();
        assert_eq!(at.decisions(), [], "{text:?}");
        at.press("esc").tell(Msg::Pasted(text.to_owned()));
        assert_eq!(at.decisions(), [], "{text:?}");
    }
    // Before it was painted, and just after.
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e").types(" -l").wait(400).at_once("enter", Press::Alone);
    at.wait(2_000).at_once("enter", Press::Alone);
    assert_eq!(at.decisions(), [], "nothing of it was on the screen");
    at.frames();
    at.wait(349).at_once("enter", Press::Alone);
    assert_eq!(at.decisions(), [], "too soon");
    at.wait(400).at_once("enter", Press::Alone);
    assert_eq!(at.decisions().len(), 1);
    // What was typed far away is no decision either: the menu's letters only scroll.
    let mut at = ready();
    at.press("a x s d j k space");
    assert_eq!(at.decisions(), []);
}

#[test]
fn what_was_not_read_to_its_end_is_not_sent_but_by_the_word() {
    let text: String = (0..200).map(|n| format!("line {n}\n")).collect();
    let args = serde_json::json!({"path": "/home/demo/wt/fix-auth/a.txt", "content": text});
    let patch = CallPatch {
        tool: Some("Write".into()),
        impact: Some(Impact::Edit),
        args: Some(args.to_string().into()),
        ..CallPatch::default()
    };
    let mut at = asked(patch, by(Carrier::Agent, Carrier::Hub));
    // The call itself was read to its end; the edited one was not.
    at.press("space space space space space space space space space space space G").press("e").types("x");
    at.press("enter enter");
    assert_eq!(at.decisions(), []);
    assert!(at.toast().contains("unseen"), "{}", at.toast());
    at.press("enter").types("unread").press("enter");
    let overridden = matches!(at.sent.as_slice(), [Command::Decide { overridden: true, .. }]);
    assert!(overridden, "{:?}", at.sent);
}

#[test]
fn a_request_that_changes_under_the_form_keeps_what_was_typed_and_sends_nothing_to_the_old_one() {
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e").types(" -l");
    let old = at.request;
    at.hears(|t| {
        t.tell(Event::RequestClosed { request: old, how: Closing::Superseded });
        let patch = CallPatch {
            command: Some("ls /".into()),
            args: Some(r#"{"command":"ls /","timeout":120}"#.into()),
            ..CallPatch::default()
        };
        t.tell(Event::Called { call: CallId("call-2-1".into()), patch: Box::new(patch) });
        ask(t, by(Carrier::Agent, Carrier::Hub), Some(old));
    });
    at.shows("what it asks has changed since").shows("ls -l").types("a").check("edit-changed");
    at.press("enter").shows("what you changed: command").shows("ls /");
    at.press("enter");
    assert!(matches!(&at.sent[..], [Command::Decide { request, .. }] if *request != old), "{:?}", at.sent);
    assert_eq!(at.decisions(), [edited(&serde_json::json!({"command": "ls -la", "timeout": 120}))]);
    // Taken back: what was typed stays, and nothing is sent.
    for keys in ["e", "e x enter"] {
        let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
        at.press(keys);
        let request = at.request;
        at.hears(|t| {
            t.tell(Event::RequestClosed { request, how: Closing::Withdrawn("the turn ended".into()) });
        });
        at.press("enter enter enter");
        assert_eq!(at.decisions(), []);
        at.shows("took the question back");
    }
}

#[test]
fn the_editor_writes_the_field_and_nothing_leaves_by_it() {
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e").wait(400);
    let chord: Chord = "ctrl-g".parse().unwrap();
    let action = keymap::lookup(&at.desk.app, chord.into()).unwrap();
    let effects = update(&mut at.desk.app, Msg::Did(action, Press::Alone), at.now);
    let [Effect::HandOver(given)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((given.text(), given.purpose()), ("ls", Purpose::Edit(at.request)));
    at.tell(Msg::Back(Purpose::Edit(at.request), Ok("ls -l\n".to_owned())));
    at.shows("ls -l").wait(100).at_once("enter", Press::Alone);
    assert_eq!(at.decisions(), []);
    at.frames();
    at.press("enter");
    assert_eq!(at.decisions().len(), 1);
}

#[test]
fn what_was_sent_is_what_was_shown_when_the_hub_says_so() {
    let mut at = asked(command("ls"), by(Carrier::Agent, Carrier::Hub));
    at.press("e").types(" -l").press("enter enter");
    let decision = at.decisions().remove(0);
    let request = at.request;
    at.hears(|t| {
        t.tell(Event::Decided { request, digest: Digest::of(b"x"), decision, by: By::Human, overridden: false });
    });
    at.shows("edited").press("enter");
    assert_eq!(at.decisions().len(), 1);
}
