//! The evidence on a card: the last check and what came after it, what was done to the same file before, what comes next.

use crate::desk::{Desk, NEW, OLD, ask, change, check, edit, judge};
use crate::support::frame::{Teller, app, docs, fix_auth, run};
use taut::domain::{
    By, CallId, CallPatch, CallStatus, Completeness, Decision, Digest, Event, FileChange, LaneId, RequestId, Risk,
    SessionId, Speaker,
};
use taut::ui::{CardUi, Focus, Menu, Term};
use taut::view::to_text;

/// The usual two, the least wide that has two columns, and a large one.
const SIZES: [(u16, u16); 4] = [(80, 24), (120, 36), (160, 40), (200, 50)];
const FILE: &str = "/home/demo/wt/fix-auth/src/auth.rs";
const NEWER: &str = "use crate::token::Token;\n\nimpl Auth {\n    /// Compares a token in constant time.\n    fn verify(&self, token: &str) -> bool {\n        ct_eq(token.as_bytes(), self.saved.as_bytes())\n    }\n\n    fn forget(&mut self) {\n        self.saved.zeroize();\n    }\n}\n";

fn begun() -> Teller {
    let mut t = Teller::new(2, "fix-auth", "claude", "/home/demo/wt/fix-auth", 400);
    t.open("default").prompt(1, "make the token compare constant time");
    t
}

fn asks(t: &mut Teller, call: u32, patch: CallPatch, risk: Risk, reason: &str) -> RequestId {
    t.call(patch);
    let request = ask(t, CallId(format!("call-2-{call}")), Completeness::Whole, None, vec![]);
    judge(t, request, risk, &[reason]);
    request
}

/// An edit, a check that passed, another edit by a relative name, and a third one that waits.
fn third_edit() -> (Teller, RequestId) {
    let mut t = begun();
    t.call(edit(vec![change(FILE, Some(OLD), Some(NEW))])).ran(9, "", CallStatus::Done, None);
    t.call(run("cargo test auth")).ran(41_300, "ok\n", CallStatus::Done, Some(0));
    t.call(edit(vec![change("src/./auth.rs", Some(NEW), Some(NEWER))])).ran(8, "", CallStatus::Done, None);
    t.wait(30_000).say(Speaker::Agent, "Tests pass. The last thing: nobody may print a token by accident.");
    let last = NEWER.replace("impl Auth", "impl !Debug for Auth {}\n\nimpl Auth");
    let request = asks(&mut t, 4, edit(vec![change(FILE, Some(NEWER), Some(&last))]), Risk::Mid, "writes in src/");
    (t, request)
}

#[test]
fn an_edit_stands_beside_what_was_done_to_the_file_before() {
    let (t, request) = third_edit();
    let mut desk = Desk::new(&[t, docs()], request);
    for size in SIZES {
        check("evidence", &desk.settled(size), size);
    }
    desk.scroll(1_000);
    check("evidence-end", &desk.settled((80, 24)), (80, 24));
    desk.card().menu = Some(Menu::Reason { text: "not now".into(), interrupt: false });
    check("evidence-menu", &desk.settled((160, 40)), (160, 40));
}

#[test]
fn what_was_done_before_is_one_diff_over_all_of_it() {
    let (t, request) = third_edit();
    let text = to_text(&Desk::new(&[t], request).settled((200, 50)));
    assert!(text.contains("2 edits by this session in steps 1, 3"), "{text}");
    // What came and went again in between is in neither side; the first state and the last one are.
    assert!(text.contains("self.saved.zeroize();") && text.contains("token == self.saved"), "{text}");
    assert!(text.contains("✓ cargo test, exit 0, ") && text.contains("since then 1 edit"), "{text}");
}

fn last_check(t: Teller, request: RequestId) -> String {
    let text = to_text(&Desk::new(&[t], request).settled((120, 36)));
    let line = text.lines().find(|line| line.contains("last check"));
    line.map_or_else(String::new, |line| line.replace("last check", "").trim().to_owned())
}

#[test]
fn the_last_check_says_what_it_knows_and_no_more() {
    let ends = |command: &str, status, exit| {
        let mut t = begun();
        t.call(edit(vec![change(FILE, Some(OLD), Some(NEW))])).ran(9, "", CallStatus::Done, None);
        t.call(run(command)).ran(41_300, "ok\n", status, exit);
        let request = asks(&mut t, 3, run("git push"), Risk::High, "reaches the network");
        last_check(t, request)
    };
    let said = ends("cargo test auth", CallStatus::Done, Some(0));
    assert!(said.starts_with("✓ cargo test, exit 0, ") && said.ends_with("; no edit and no command since"), "{said}");
    assert!(ends("cargo test", CallStatus::Failed, Some(101)).starts_with("✗ cargo test, exit 101, "));
    assert!(ends("cargo test", CallStatus::Done, None).contains("done (no exit code told)"));
    let piped = ends("cargo test | tail -5", CallStatus::Done, Some(0));
    assert!(piped.starts_with("✓ cargo test and more in one line, exit 0"), "{piped}");
    // A shell line is not taken apart: what it ran is not known.
    let hidden = ends("cd app && cargo test", CallStatus::Done, Some(0));
    assert_eq!(hidden, "no test, build or lint was recognised in this session; 1 edit before this");
}

#[test]
fn what_ran_after_a_check_is_counted_also_in_other_lanes_and_while_it_waits() {
    let mut t = begun();
    t.call(run("cargo test")).ran(100, "", CallStatus::Done, Some(0));
    t.call(run("git add -A")).ran(10, "", CallStatus::Done, Some(0));
    // What was refused never ran.
    let refused = asks(&mut t, 3, edit(vec![change(FILE, Some(OLD), Some("gone\n"))]), Risk::Mid, "writes");
    t.decide(refused, Decision::Deny { offer: Some("n".into()), reason: None, interrupt: false });
    t.ran(1, "", CallStatus::Failed, None);
    let request = asks(&mut t, 4, run("git push"), Risk::High, "reaches the network");
    let mut late = begun();
    late.records.clone_from(&t.records);
    let said = last_check(t, request);
    assert!(said.ends_with("; no edit since, but 1 command"), "{said}");
    late.tell(Event::LaneOpened { opened: LaneId(1), native: None, name: "reviewer".into(), call: None });
    let patch = CallPatch { status: Some(CallStatus::Done), ..edit(vec![change(FILE, Some(OLD), Some(NEW))]) };
    late.lane(1).tell(Event::Called { call: CallId("other".into()), patch: Box::new(patch) });
    let said = last_check(late, request);
    assert!(said.ends_with("; since then 1 edit, 1 command"), "{said}");
}

#[test]
fn what_was_never_done_is_not_shown_as_done_before() {
    let mut t = begun();
    let refused = asks(&mut t, 1, edit(vec![change(FILE, Some(OLD), Some("gone\n"))]), Risk::Mid, "writes");
    t.decide(refused, Decision::Deny { offer: Some("n".into()), reason: None, interrupt: false });
    t.call(edit(vec![change("/home/demo/wt/fix-auth/src/other.rs", Some("a\n"), Some("b\n"))]));
    t.ran(1, "", CallStatus::Done, None);
    let request = asks(&mut t, 3, edit(vec![change(FILE, Some(OLD), Some(NEW))]), Risk::Mid, "writes in src/");
    let text = to_text(&Desk::new(&[t], request).settled((200, 50)));
    assert!(!text.contains("files so far"), "{text}");
}

#[test]
fn pieces_of_a_file_stay_pieces() {
    let piece =
        |old: &str, new: &str| FileChange { fragment: true, line: Some(40), ..change(FILE, Some(old), Some(new)) };
    let mut t = begun();
    for n in 0..9 {
        let (old, new) = (format!("let a = {n};\n"), format!("let a = {};\n", n + 1));
        t.call(edit(vec![piece(&old, &new)])).ran(1, "", CallStatus::Done, None);
    }
    let request = asks(&mut t, 10, edit(vec![piece("let a = 9;\n", "let a = 0;\n")]), Risk::Mid, "writes in src/");
    let mut desk = Desk::new(&[t], request);
    let scene = desk.settled((200, 50));
    check("evidence-pieces", &scene, (200, 50));
    assert!(to_text(&scene).contains("9 edits by this session, the last ones in steps 7, 8, 9"));
}

#[test]
fn an_answered_card_says_what_comes_next() {
    let mut t = fix_auth();
    let mut asked = t.records.iter().filter(|record| matches!(record.event, Event::Asked { .. }));
    let push = RequestId { session: SessionId(2), seq: asked.next_back().unwrap().seq };
    let edit = RequestId { session: SessionId(2), seq: asked.next_back().unwrap().seq };
    let decided = |t: &mut Teller, request| {
        let decision = Decision::Allow { offer: "allow".into() };
        t.tell(Event::Decided { request, digest: Digest::default(), decision, by: By::Human, overridden: false });
        t.tell(Event::Sent { request }).tell(Event::TakenUp { request });
    };
    decided(&mut t, push);
    let mut last = begun();
    last.records.clone_from(&t.records);
    let mut desk = Desk::new(&[t, docs()], push);
    for size in [(80, 24), (120, 36), (200, 50), (20, 6)] {
        check("next", &desk.settled(size), size);
    }
    let next = desk.app.next_waiting().unwrap().request.id;
    assert_eq!(next, edit);
    decided(&mut last, edit);
    let text = to_text(&Desk::new(&[last], push).settled((80, 24)));
    assert!(text.contains("nothing else waits for you"), "{text}");
}

#[test]
fn an_answer_that_is_held_says_so_and_why() {
    let mut t = begun();
    let request = asks(&mut t, 1, run("git push"), Risk::High, "reaches the network");
    let mut desk = Desk::new(&[t], request);
    desk.app.status.store_error = Some("the disk is full (taut.db)".into());
    let press = |desk: &mut Desk, action| {
        let later = taut::domain::At(crate::support::frame::NOW.0 + 1_000);
        taut::ui::update::update(&mut desk.app, taut::ui::Msg::Did(action, taut::ui::Press::Alone), later);
    };
    desk.settled((80, 24));
    press(&mut desk, taut::ui::Action::Allow);
    let scene = desk.settled((80, 24));
    check("held", &scene, (80, 24));
    assert!(to_text(&scene).contains("HELD: nothing has left"), "{}", to_text(&scene));
    desk.app.status.store_error = None;
    assert!(to_text(&desk.settled((80, 24))).contains("allowed: your answer is on its way"));
}

#[test]
fn an_always_says_what_it_covers_where_that_is_known() {
    let mut t = begun();
    let request = asks(&mut t, 1, run("git push"), Risk::High, "reaches the network");
    let mut desk = Desk::new(&[t], request);
    desk.app.always = [("claude".to_owned(), "all edits of the session, and rm with them".to_owned())].into();
    desk.settled((80, 24));
    desk.card().menu = Some(Menu::Scopes { selected: 1, term: Term::Session });
    let scene = desk.settled((80, 24));
    check("always", &scene, (80, 24));
    assert!(to_text(&scene).contains("with claude: all edits of the session, and rm with them"));
    desk.card().menu = Some(Menu::Scopes { selected: 0, term: Term::Session });
    assert!(!to_text(&desk.settled((80, 24))).contains("with claude"));
}

#[test]
fn evidence_is_no_part_of_what_was_read() {
    // Two columns, and a long file before: what is counted as read is the payload, and that alone.
    let (t, request) = third_edit();
    let mut app = app(&[t]);
    (app.card, app.focus) = (Some(CardUi::new(request)), Focus::Card);
    for size in SIZES {
        let card = crate::support::frame::draw(&app, size).painted.card.unwrap();
        assert!(card.whole && card.of < 20, "{size:?}: {card:?}");
        assert!(card.rows > 0, "the payload is in sight: {size:?}");
    }
}
