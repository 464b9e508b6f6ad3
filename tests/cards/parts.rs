//! A part of a change: hunks that are taken, refused and edited; and what is allowed for longer.

use crate::desk;
use crate::work::{FACES, ask, asked, by, command, part, three};
use taut::domain::{At, CallId, CallPatch, Carrier, Closing, Decision, Digest, Event, Impact, Matcher, TakenHunk};
use taut::ui::{Menu, Press};

#[test]
fn hunks_are_taken_refused_and_edited_and_what_is_written_stands_on_the_card() {
    let mut at = part();
    at.shows("on a part").press("]").shows("hunk 2/3").press("-").shows("takes 2 of 3 hunks, refuses 2");
    at.press("] e").shows("EDIT HUNK 3").check("hunk-form");
    at.types("// mine").press("enter").shows("takes 2 of 3 hunks, refuses 2, edited 3").shows("edited by you");
    at.press("g").check("hunks");
    assert_eq!(at.decisions(), []);
    at.press("a").shows("TAKE A PART").check("hunks-why");
    at.types("not that one").press("enter").shows("A PART: above stands all that would be written");
    at.shows("hunk 3, edited by you").check("hunks-sure");
    assert!(!at.frames().contains("and more"), "what is refused is not among it");
    at.press("space space space enter");
    let lines = |text: &str| format!("// mine{text}");
    let [Decision::Take { hunks, reason }] = &at.decisions()[..] else { panic!("{:?}", at.decisions()) };
    assert_eq!(reason.as_deref(), Some("not that one"));
    assert_eq!(hunks[0], TakenHunk { hunk: 1, edited: None });
    let (hunk, text) = (hunks[1].hunk, hunks[1].edited.clone().unwrap());
    assert!(hunk == 3 && text.starts_with(&lines("")) && text.ends_with('\n') && text.contains("ct_eq"), "{text}");
}

#[test]
fn what_was_written_in_a_hunks_place_stands_there_and_is_marked_once() {
    part().press("] e").types("mine: ").press("enter").check("hunks-edited");
    for size in FACES {
        let mut at = part();
        at.size = size;
        at.press("] e").types("mine: ").press("enter");
        let frame = at.frames();
        assert!(frame.contains("mine: line 27"), "{frame}");
        assert_eq!(frame.matches("edited by you").count(), 1, "{frame}");
        // Another hunk's edit is another text, and the first one stays.
        at.press("] e").types("// his").press("enter");
        assert!(at.frames().contains("// his"), "{}", at.frames());
        // Back to what is proposed.
        at.press("g [ [ [ ] +").shows("takes 3 of 3 hunks, edited 3");
        assert!(!at.frames().contains("mine:"), "{}", at.frames());
    }
}

#[test]
fn what_was_written_reads_nothing_of_what_is_asked() {
    let mut at = part();
    at.press("e").types("x").press("enter space space space space space");
    at.press("g [ [ [ +");
    assert!(!at.desk.card().parts.differs());
    at.press("a");
    assert_eq!(at.decisions(), [], "only the edited text was paged through");
    at.press("space space space a");
    assert_eq!(at.decisions(), [Decision::Allow { offer: "y".into() }]);
}

#[test]
fn all_hunks_are_a_plain_allowance_and_none_a_denial() {
    let mut at = part();
    at.press("- ] - [ + ] +").press("space space space a");
    assert_eq!(at.decisions(), [Decision::Allow { offer: "y".into() }]);
    let mut at = part();
    at.press("- ] - ] -").shows("takes none of 3 hunks").press("a");
    assert!(matches!(at.menu(), Some(Menu::Reason { .. })), "{:?}", at.menu());
    at.types("no").press("enter");
    let denied = Decision::Deny { offer: Some("n".into()), reason: Some("no".into()), interrupt: false };
    assert_eq!(at.decisions(), [denied]);
    // An edit that is taken back to what was proposed is none.
    let mut at = part();
    at.press("e").types("x").press("backspace enter space space space a");
    assert_eq!(at.decisions(), [Decision::Allow { offer: "y".into() }]);
}

#[test]
fn a_part_never_rides_on_an_allowance_of_all() {
    let mut how = by(Carrier::Hub, Carrier::Hub);
    how.scopes = vec![Matcher::Path("src/**".into())];
    let mut at = asked(desk::edit(three()), how);
    at.press("- s enter");
    assert_eq!(at.decisions(), []);
    assert!(at.toast().contains("would allow all of it"), "{}", at.toast());
    at.press("j j j enter");
    assert_eq!(at.decisions(), []);
    at.press("esc ctrl-e");
    assert_eq!(at.menu(), None);
    // Hunks of another change are forgotten with it.
    let old = at.request;
    at.hears(|t| {
        let patch = CallPatch { changes: Some(three()[..1].to_vec()), ..CallPatch::default() };
        t.tell(Event::Called { call: CallId("call-2-1".into()), patch: Box::new(patch) });
        t.tell(Event::RequestClosed { request: old, how: Closing::Superseded });
        ask(t, by(Carrier::Hub, Carrier::Hub), Some(old));
    });
    assert!(!at.desk.card().parts.differs());
}

#[test]
fn what_taut_can_hold_stands_beside_the_agents_own_with_its_term() {
    let mut how = by(Carrier::Agent, Carrier::Hub);
    how.scopes = vec![
        Matcher::Exact { tool: "Bash".into(), args: Digest::of(b"x") },
        Matcher::Tool("Bash".into()),
        Matcher::Impact(Impact::Execute),
    ];
    let mut at = asked(command("cargo test"), how);
    at.press("s").shows("THE AGENT'S OWN OFFERS").shows("HELD BY TAUT").press("j j j j tab");
    at.shows("every call of Bash in the workspace, for 15 minutes").check("scopes");
    at.press("tab tab tab").shows("for this session").press("right").wait(400);
    let now = at.now;
    at.at_once("enter", Press::Alone);
    let until = Some(At(now.0 + 15 * 60_000));
    assert_eq!(
        at.decisions(),
        [Decision::AllowFor { offer: "y".into(), matcher: Matcher::Tool("Bash".into()), until }]
    );
}
