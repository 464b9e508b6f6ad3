//! The list of what was granted.

use super::check;
use super::support::frame::{NOW, Teller, app, docs, draw};
use taut::domain::{
    At, By, CallId, Decision, Digest, Event, Grant, GrantId, Matcher, Outcome, Risk, RuleRef, Seq, SessionId, Verdict,
};
use taut::ui::grants::{GrantsUi, Named};
use taut::ui::{Action, App, Focus, Overlay};

const SIZES: [(u16, u16); 4] = [(80, 24), (120, 36), (200, 50), (20, 6)];

/// A session with a grant of every kind.
fn granted() -> (App, Vec<GrantId>) {
    let mut t = Teller::new(2, "fix-auth", "claude", "/home/demo/wt/fix-auth", 4000);
    t.open("default").prompt(1, "make it so");
    t.call(super::support::frame::edit("/home/demo/wt/fix-auth/src/auth.rs", "a\n", "b\n"));
    let request = t.ask(Risk::Mid, "writes in src/", "edits need a human");
    let mut ids = Vec::new();
    let mut give = |t: &mut Teller, matcher: Matcher, until: Option<i64>| {
        let until = until.map(|seconds| At(NOW.0 + seconds * 1000));
        let grant = Grant { matcher, origin: Some(request), call: None, until };
        t.wait(60_000).tell(Event::Granted { grant: Box::new(grant) });
        ids.push(GrantId { session: SessionId(2), seq: Seq(t.records.len() as u64) });
    };
    let matcher = Matcher::Path("src/**".into());
    let decision = Decision::AllowFor { offer: "allow".into(), matcher: matcher.clone(), until: None };
    let by = By::Console { terminal: "pts/3".into() };
    t.tell(Event::Decided { request, digest: Digest::default(), decision, by, overridden: false });
    give(&mut t, matcher, None);
    give(&mut t, Matcher::Tool("mcp__search\u{202e}".into()), Some(1_800));
    give(&mut t, Matcher::Exact { tool: "Bash".into(), args: Digest::of(b"x") }, Some(-60));
    give(&mut t, Matcher::AgentsOwn { offer: "Yes, and don't ask again for edits".into() }, None);
    give(&mut t, Matcher::Tool("Write".into()), None);
    t.tell(Event::Revoked { grant: ids[4], by: Some(By::Human) });
    t.tell(Event::Loosened { why: "Yes, and don't ask again for edits".into() });
    let rule = RuleRef { source: ids[0].to_string(), line: None, text: "granted".into() };
    let verdict =
        Verdict { outcome: Outcome::Allow, rule, risk: Risk::Mid, reasons: vec![], policy: Digest::default() };
    for _ in 0..3 {
        let verdict = Box::new(verdict.clone());
        t.wait(30_000).tell(Event::Judged { request: None, call: CallId("x".into()), verdict });
    }
    (app(&[t, docs()]), ids)
}

#[test]
fn every_grant_says_what_it_covers_and_how_it_stands() {
    let (mut app, ids) = granted();
    app.overlay = Some(Overlay::Grants(GrantsUi { selected: Some(Named::Grant(ids[0])) }));
    SIZES.into_iter().for_each(|size| check("grants", &app, size));
    app.overlay = Some(Overlay::Grants(GrantsUi { selected: Some(Named::Grant(ids[3])) }));
    check("grants-own", &app, (80, 24));
    let why = "Yes, and don't ask again for edits".to_owned();
    app.overlay = Some(Overlay::Grants(GrantsUi { selected: Some(Named::Loosened(SessionId(2), why)) }));
    check("grants-loosened", &app, (80, 24));
    app.overlay = Some(Overlay::Grants(GrantsUi { selected: Some(Named::Grant(ids[4])) }));
    check("grants-revoked", &app, (120, 36));
    let question =
        "Revoke what fix-auth may do: every edit of src/**?\nCalls that it covered ask again, from the next one on.";
    app.overlay = Some(Overlay::Confirm { question: question.into(), yes: Box::new(Action::RevokeNow) });
    check("grants-revoke", &app, (80, 24));
}

#[test]
fn where_nothing_is_granted_it_says_so() {
    let mut app = app(&[docs()]);
    app.focus = Focus::Rail;
    app.overlay = Some(Overlay::Grants(GrantsUi::default()));
    check("grants-none", &app, (80, 24));
    check("grants-none", &app, (20, 6));
    assert!(draw(&app, (120, 36)).painted.card.is_none());
}
