//! The list of what was granted: it says what it is, and takes back after a question.

use crate::support::console::Console;
use taut::domain::{
    At, By, CallId, Command, Decision, Digest, Event, Grant, GrantId, Matcher, Outcome, Risk, RuleRef, SessionId,
    Verdict,
};
use taut::state::Standing;
use taut::ui::Overlay;
use taut::ui::grants::{Named, Row};

fn grants(console: Console, matcher: Matcher, until: Option<At>) -> (Console, GrantId) {
    let grant = Grant { matcher, origin: None, call: None, until };
    let console = console.hears(1, Event::Granted { grant: Box::new(grant) });
    let id = GrantId { session: SessionId(1), seq: console.session(1).seq };
    (console, id)
}

fn tool(name: &str) -> Matcher {
    Matcher::Tool(name.to_owned())
}

fn is_open(console: &Console) -> bool {
    matches!(console.app.overlay, Some(Overlay::Grants(_)))
}

#[test]
fn a_grant_is_revoked_after_a_question_and_the_list_stays() {
    let (console, id) = grants(Console::working(), tool("Write"), None);
    let console = console.press("S x").holds("a question", |app| {
        matches!(&app.overlay, Some(Overlay::Confirm { question, .. }) if question.contains("every call of Write"))
    });
    let console = console.press("n");
    assert!(is_open(&console) && console.commands().is_empty(), "no is no");
    let console = console.press("x y").sends(&Command::Revoke { grant: id });
    assert!(is_open(&console));
    let console =
        console.hears(1, Event::Revoked { grant: id, by: Some(By::Human) }).press("x").says("revoked already");
    assert_eq!(console.session(1).grants.len(), 0);
    assert_eq!(console.app.grants(console.now).len(), 1, "it is listed all the same");
    assert!(!is_open(&console.press("esc")));
}

#[test]
fn what_is_not_tauts_to_take_back_says_what_to_do() {
    let (console, _) = grants(Console::working(), Matcher::AgentsOwn { offer: "always".into() }, None);
    let console = console.press("S x").says("end work-1, or put it in another mode");
    assert!(is_open(&console) && console.commands().is_empty());
    let console = Console::working().hears(1, Event::Loosened { why: "all edits".into() }).press("S x");
    console.says("the agent keeps this itself");
    Console::working().press("S x").says("nothing is granted");
    // An expired one, and one whose session has ended.
    let (console, _) = grants(Console::working(), tool("Write"), Some(At(2_000_000)));
    console.wait(2_000_000).press("S x").says("its time is over");
}

#[test]
fn each_stands_as_it_is_and_what_holds_comes_first() {
    let (console, old) = grants(Console::working(), tool("Old"), None);
    let console = console.hears(1, Event::Revoked { grant: old, by: None });
    let (console, short) = grants(console.wait(10), tool("Short"), Some(At(1_000_100)));
    let (console, held) = grants(console.wait(10), tool("Held"), None);
    let console = console.hears(1, Event::Loosened { why: "all edits".into() }).wait(1_000);
    let rows = console.app.grants(console.now);
    let told: Vec<(Named, Option<Standing>)> = rows
        .iter()
        .map(|row| (row.named(), if let Row::Grant { standing, .. } = row { Some(*standing) } else { None }))
        .collect();
    assert_eq!(
        told,
        [
            (Named::Grant(held), Some(Standing::Holds)),
            (Named::Loosened(SessionId(1), "all edits".into()), None),
            (Named::Grant(short), Some(Standing::Expired)),
            (Named::Grant(old), Some(Standing::Revoked)),
        ]
    );
}

#[test]
fn uses_are_counted_and_its_origin_is_known() {
    let console = Console::working().asks(1, "make", 3);
    let request = console.request(1);
    let decision = Decision::AllowFor { offer: "once".into(), matcher: tool("Write"), until: None };
    let digest = console.digest(request);
    let by = By::Console { terminal: "pts/3".into() };
    let console = console.hears(1, Event::Decided { request, digest, decision, by: by.clone(), overridden: false });
    let grant = Grant { matcher: tool("Write"), origin: Some(request), call: None, until: None };
    let console = console.hears(1, Event::Granted { grant: Box::new(grant) });
    let id = GrantId { session: SessionId(1), seq: console.session(1).seq };
    let rule = RuleRef { source: id.to_string(), line: None, text: "granted".into() };
    let verdict =
        Verdict { outcome: Outcome::Allow, rule, risk: Risk::Mid, reasons: vec![], policy: Digest::default() };
    let judged = Event::Judged { request: None, call: CallId("make".into()), verdict: Box::new(verdict) };
    let console = console.wait(50).hears(1, judged.clone()).wait(50).hears(1, judged);
    let (_, given) = console.app.state.grant(id).unwrap();
    assert_eq!((given.uses, given.last, given.by.as_ref()), (2, Some(console.now), Some(&by)));
    // Enter goes to where it came from.
    console.press("S enter").card_is(Some(request));
}
