//! What is on record of a changed call is seen: in the timeline, in the inspector, on the card that asks anew.

use crate::desk::{self, check};
use crate::support::frame::{NOW, Teller};
use crate::work::{FACES, ask, asked, by, command, part, three};
use taut::domain::{
    Asking, By, CallId, CallPatch, CallStatus, Carrier, Closing, Completeness, Decision, Digest, Event, Given, Offer,
    OfferKind, RequestId, Risk, Seq, SessionId, Stood, TakenHunk, Verdict,
};
use taut::ui::Focus;
use taut::view::{Cache, layout, to_text};

/// What is on record of changed calls: an edit, a part, answers, what diverged.
fn told() -> Teller {
    let mut t = Teller::new(2, "fix-auth", "claude", "/home/demo/wt/fix-auth", 400);
    t.open("default").prompt(1, "make the token compare constant time");
    let verdict = || Verdict {
        outcome: taut::domain::Outcome::Ask,
        rule: taut::domain::RuleRef { source: "built-in".into(), line: None, text: "asks".into() },
        risk: Risk::Mid,
        reasons: vec![],
        policy: Digest::default(),
    };
    let mut changed = |n: u32, patch: CallPatch, decision: Decision, edited: CallPatch, by: Carrier| {
        t.call(patch);
        let call = CallId(format!("call-2-{n}"));
        let request = RequestId { session: SessionId(2), seq: Seq(t.records.len() as u64 + 1) };
        t.tell(Event::Asked {
            call: call.clone(),
            native: n.to_string(),
            offers: vec![Offer { id: "y".into(), name: "Yes".into(), kind: OfferKind::AllowOnce }],
            digest: Digest::default(),
            payload: Completeness::Whole,
            deadline: None,
            instead_of: None,
            changed: vec![],
            how: Asking::default(),
        });
        let is_answer = matches!(decision, Decision::Reply { .. });
        t.tell(Event::Decided { request, digest: Digest::default(), decision, by: By::Human, overridden: false });
        if !is_answer {
            let (edited, verdict) = (Box::new(edited), Box::new(verdict()));
            t.tell(Event::CallEdited { request, call: call.clone(), edited, by, verdict });
        }
        t.tell(Event::Sent { request }).wait(300).tell(Event::TakenUp { request });
        let status = if by == Carrier::Hub { CallStatus::Failed } else { CallStatus::Done };
        t.ran(40, "ok\n", status, None);
        call
    };
    let args = serde_json::json!({"command": "cargo test auth --release", "timeout": 120}).to_string();
    let patch = CallPatch {
        args: Some(args.clone().into()),
        command: Some("cargo test auth --release".into()),
        ..CallPatch::default()
    };
    let decision = Decision::Edit { offer: Some("y".into()), args: args.into(), reason: None };
    let first = changed(1, command("cargo test auth"), decision, patch, Carrier::Agent);
    let hunks = vec![TakenHunk { hunk: 1, edited: None }, TakenHunk { hunk: 3, edited: Some("x\n".into()) }];
    let mut written = three();
    written[0].new = Some(written[0].old.clone().unwrap().inline().unwrap().replace("line 5\n", "LINE 5\n").into());
    let part = CallPatch { changes: Some(written), ..CallPatch::default() };
    let decision = Decision::Take { hunks, reason: Some("not that one".into()) };
    changed(2, desk::edit(three()), decision, part, Carrier::Hub);
    let given = vec![Given { question: "q".into(), answers: vec!["Postgres".into()] }];
    let asks =
        CallPatch { tool: Some("AskUserQuestion".into()), title: Some("Which store?".into()), ..CallPatch::default() };
    changed(3, asks, Decision::Reply { given }, CallPatch::default(), Carrier::Agent);
    t.tell(Event::Diverged { call: first, how: "it ran `cargo test auth`, and not what was edited".into() });
    t
}

#[test]
fn what_was_made_of_a_call_is_seen_in_the_timeline_and_in_the_inspector() {
    let mut app = crate::support::frame::app(&[told()]);
    app.focus = Focus::Pane;
    let id = app.selected.unwrap();
    for (selected, name) in [(1, "record-edit"), (2, "record-part"), (3, "record-answer")] {
        let view = app.views.get_mut(&id).unwrap();
        (view.selected, view.unfolded) = (Some(selected), (0..9).collect());
        for size in FACES {
            let scene = layout(&app, &mut Cache::new(), size, NOW);
            check(name, &scene, size);
        }
        let text = to_text(&layout(&app, &mut Cache::new(), (200, 50), NOW));
        let parts: &[&str] = match selected {
            1 => &["DIVERGED: it ran", "edited by you", "cargo test auth --release", "✎"],
            2 => &["taken in part by you: hunks 1, 3 (edited)", "why not the rest: not that one", "LINE 5"],
            _ => &["answered: Postgres"],
        };
        for part in parts {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
    }
}

#[test]
fn what_is_asked_anew_shows_the_difference() {
    // The agent's change comes before it asks anew, while the first one waits.
    let mut at = asked(command("cargo test auth"), by(Carrier::Agent, Carrier::Hub));
    let old = at.request;
    at.hears(|t| {
        let args = serde_json::json!({"command": "cargo test --all", "timeout": 120}).to_string();
        let patch =
            CallPatch { command: Some("cargo test --all".into()), args: Some(args.into()), ..CallPatch::default() };
        t.tell(Event::Called { call: CallId("call-2-1".into()), patch: Box::new(patch) });
        t.tell(Event::RequestClosed { request: old, how: Closing::Superseded });
        ask(t, by(Carrier::Agent, Carrier::Hub), Some(old));
    });
    at.shows("what the agent changed: command").check("anew");
    let text = at.frames();
    assert!(text.contains("− cargo test auth") && text.contains("+ cargo test --all"), "{text}");
    // Files as well: what would be written then, and now.
    let mut at = part();
    let old = at.request;
    at.hears(|t| {
        let mut changes = three();
        changes[0].new = changes[0].old.clone();
        let patch = CallPatch { changes: Some(changes), ..CallPatch::default() };
        t.tell(Event::Called { call: CallId("call-2-1".into()), patch: Box::new(patch) });
        t.tell(Event::RequestClosed { request: old, how: Closing::Superseded });
        ask(t, by(Carrier::Hub, Carrier::Hub), Some(old));
    });
    at.shows("what would be written now:");
}

#[test]
fn a_file_that_changed_on_disk_is_shown_as_it_was_and_as_it_is_now() {
    let old: String = (1..=40).map(|n| format!("line {n}\n")).collect();
    let now = old.replace("line 2\n", "line two\n").replace("line 38\n", "");
    let path = three()[0].path.clone();
    let how = |text: &str| Asking {
        stood: vec![Stood { path: path.clone(), text: Some(text.into()) }],
        ..by(Carrier::Hub, Carrier::Hub)
    };
    let mut at = asked(desk::edit(three()), how(&old));
    assert!(!at.frames().contains("since then"), "nothing is compared with before it asked");
    let before = at.request;
    at.hears(|t| {
        t.tell(Event::RequestClosed { request: before, how: Closing::Superseded });
        let request = RequestId { session: SessionId(2), seq: Seq(t.records.len() as u64 + 1) };
        let offer = Offer { id: "y".into(), name: "Yes".into(), kind: OfferKind::AllowOnce };
        t.tell(Event::Asked {
            call: CallId("call-2-1".into()),
            native: "7".into(),
            offers: vec![offer],
            digest: Digest::of(b"anew"),
            payload: Completeness::Whole,
            deadline: None,
            instead_of: Some(before),
            changed: vec!["src/lines.txt changed on disk since it was shown".to_owned()],
            how: how(&now),
        });
        desk::judge(t, request, Risk::Mid, &["writes in src/"]);
    });
    at.size = (200, 50);
    at.shows("changed on disk").shows("since then").shows("− line 2").shows("+ line two").shows("− line 38");
    at.check("anew-disk");
}
