//! Requests, from the question to the answer.

use crate::support::console::{Console, allow_once, deny, offer};
use taut::domain::{By, Closing, Command, Decision, Digest, Event, OfferKind, Reply, Seen};
use taut::ui::{CardUi, Focus, Menu, Term};

#[test]
fn a_request_is_read_and_allowed_once_by_the_agents_own_offer() {
    let console = Console::working().asks(1, "make", 3).press("w a").decides(&[allow_once()]);
    let request = console.request(1);
    let decided = Event::Decided {
        request,
        digest: console.digest(request),
        decision: allow_once(),
        by: By::Human,
        overridden: false,
    };
    console
        .card_is(Some(request))
        .focus_is(Focus::Card)
        .press("a")
        .says("the answer is on its way")
        .replies(Reply::Done)
        .hears(1, decided)
        .press("a")
        .says("it was allowed already")
        .press("esc")
        .card_is(None)
        .focus_is(Focus::Rail)
        .decides(&[allow_once()]);
}

#[test]
fn a_new_request_neither_steals_the_keys_nor_changes_the_open_card() {
    let console = Console::working().asks(1, "make", 3);
    let first = console.request(1);
    let console = console.press("w").begins(2).asks(2, "rm -rf /", 3);
    console.card_is(Some(first)).focus_is(Focus::Card).press("a").card_is(Some(first)).decides(&[allow_once()]);
    // Also where nothing is open at all.
    Console::working().asks(1, "make", 3).card_is(None).focus_is(Focus::Rail).press("a").decides(&[]);
}

#[test]
fn a_decision_never_moves_to_the_next_card_and_w_does() {
    let console = Console::working().asks(1, "one", 3).asks(1, "two", 3);
    let second = console.request(1);
    let console = console.press("w");
    let first = console.app.card.as_ref().unwrap().request;
    assert_ne!(first, second);
    let console = console.press("a a a x").card_is(Some(first)).decides(&[allow_once()]);
    console.press("w").card_is(Some(second)).press("x").decides(&[allow_once(), deny(None, true)]);
}

#[test]
fn unread_lines_are_read_first_or_a_word_is_typed() {
    let paged = Console::working().asks(1, "long", 25).press("w a").says("15 lines unseen").decides(&[]);
    paged.press("space space a").decides(&[allow_once()]).holds("nothing overridden", |app| app.card.is_some());
    // Jumping to the end is not reading.
    Console::working().asks(1, "long", 50).press("w G a").says("40 lines unseen").decides(&[]);
    let typed = Console::working().asks(1, "long", 25).press("w a a").types("unread").press("enter");
    assert_eq!(typed.decisions(), [(typed.request(1), allow_once(), true)]);
}

#[test]
fn the_wrong_word_decides_nothing_and_a_pasted_one_neither() {
    let console = Console::working().asks(1, "long", 25).press("w a a").types("yes").press("enter").decides(&[]);
    let console = console.press("ctrl-u").paste("unread").says("a paste never decides").press("enter").decides(&[]);
    console.press("esc").holds("the menu is closed", |app| app.card.as_ref().unwrap().menu.is_none());
}

#[test]
fn what_refuses_needs_no_reading() {
    Console::working().asks(1, "long", 900).press("w x").decides(&[deny(None, true)]);
}

#[test]
fn a_denial_carries_its_reason() {
    let console = Console::working().asks(1, "make", 3).press("w d").types("run the tests, a b c").decides(&[]);
    console.press("enter").decides(&[deny(Some("run the tests, a b c"), false)]);
    let back = Console::working().asks(1, "make", 3).press("w d").types("no").press("esc").decides(&[]);
    back.focus_is(Focus::Card).press("esc").card_is(None);
}

#[test]
fn scopes_are_the_agents_own_offers_and_the_single_one_is_preselected() {
    let console = Console::working().asks(1, "make", 3).press("w s");
    let console = console.holds("once is selected", |app| {
        app.card.as_ref().unwrap().menu == Some(Menu::Scopes { selected: 1, term: Term::Session })
    });
    console.press("k enter").decides(&[Decision::Allow { offer: "always".to_owned() }]);
    let refused = Console::working().asks(1, "make", 3).press("w s j j j enter");
    refused.decides(&[Decision::Deny { offer: Some("no".to_owned()), reason: None, interrupt: false }]);
}

#[test]
fn no_key_grants_more_than_once_where_the_agent_offers_no_single_allowance() {
    let always = vec![offer("all", OfferKind::AllowAlways), offer("no", OfferKind::RejectOnce)];
    let console = Console::working().asks_with(1, "make", 3, always, None);
    console.press("w a").says("no single allowance").decides(&[]);
    let twice = vec![offer("here", OfferKind::AllowOnce), offer("there", OfferKind::AllowOnce)];
    let console = Console::working().asks_with(1, "make", 3, twice, None).press("w a").says("more than one");
    console.press("j enter").decides(&[Decision::Allow { offer: "there".to_owned() }]);
}

#[test]
fn a_request_without_offers_can_still_be_denied() {
    let console = Console::working().asks_with(1, "make", 3, vec![], None).press("w a").decides(&[]);
    let denied = Decision::Deny { offer: None, reason: None, interrupt: true };
    console.press("esc x").decides(&[denied]);
}

#[test]
fn what_is_asked_anew_is_read_anew() {
    let console = Console::working().asks(1, "make", 3).press("w");
    let old = console.request(1);
    let console = console.hears(1, Event::RequestClosed { request: old, how: Closing::Superseded }).asks_with(
        1,
        "make",
        25,
        crate::support::console::usual_offers(),
        Some(old),
    );
    let new = console.request(1);
    assert_ne!(new, old);
    let console = console.card_is(Some(new)).focus_is(Focus::Card).says("the file was written meanwhile");
    let console = console.wait(200).press_at_once("a").decides(&[]).says("just appeared");
    let console = console.press("a").says("15 lines unseen").press("space space a").decides(&[allow_once()]);
    assert_eq!(console.decisions()[0].0, new);
}

#[test]
fn a_reason_that_is_being_typed_stays_text_when_the_request_changes_under_it() {
    let console = Console::working().asks(1, "make", 3).press("w d").types("no, ");
    let old = console.request(1);
    let console = console
        .hears(1, Event::RequestClosed { request: old, how: Closing::Superseded })
        .asks_with(1, "make", 3, crate::support::console::usual_offers(), Some(old))
        .wait(1_000)
        .types("a bad idea")
        .decides(&[]);
    console.press("enter").decides(&[deny(Some("no, a bad idea"), false)]);
}

#[test]
fn what_waits_no_more_says_why() {
    let console = Console::working().asks(1, "make", 3).press("w");
    let request = console.request(1);
    let closed = Event::RequestClosed { request, how: Closing::Withdrawn("the turn ended".to_owned()) };
    console.hears(1, closed).press("a").says("took the question back: the turn ended").press("x s d").decides(&[]);
}

#[test]
fn a_card_that_is_opened_again_still_says_that_its_answer_is_on_its_way() {
    let console =
        Console::working().asks(1, "make", 3).press("w a esc w").holds("sent", |app| app.card.as_ref().unwrap().sent);
    let console = console.press("a x").says("the answer is on its way").decides(&[allow_once()]);
    // Done is not decided yet: the record says so.
    console.replies(Reply::Done).press("esc w a").decides(&[allow_once()]);
}

#[test]
fn replies_are_told_in_plain_words() {
    let sent = || Console::working().asks(1, "make", 3).press("w a");
    let again = |app: &taut::ui::App| !app.card.as_ref().unwrap().sent;
    sent().replies(Reply::Already { decision: allow_once() }).says("it was allowed before").holds("open again", again);
    sent().replies(Reply::Stale { digest: Digest::of(b"new") }).says("it changed while you read").holds("open", again);
    sent().replies(Reply::Refused { why: "the disk is full".into() }).says("the disk is full").holds("open", again);
    sent().replies(Reply::Done).holds("nothing in flight", |app| app.in_flight.is_empty() && app.toast.is_none());
}

#[test]
fn the_hub_is_told_of_the_first_paint_and_of_the_end_once_each() {
    let console = Console::working().asks(1, "long", 25).press("w").frame().frame();
    let request = console.request(1);
    let shown =
        |lines, end| Command::Shown { request, digest: console.digest(request), seen: Seen { lines, of: 25, end } };
    let (first, end) = (shown(10, false), shown(25, true));
    let console = console.sends(&first).press("space space k esc w").frame();
    assert_eq!(console.commands(), [&first, &end]);
    // What was read stays read while the request is the same.
    console.press("a").decides(&[allow_once()]);
}

#[test]
fn a_card_that_was_not_whole_on_the_screen_decides_nothing() {
    let mut console = Console::working().asks(1, "make", 3).press("w");
    for whole in [false, true] {
        console = console.wait(1_000);
        let mut painted = console.painted();
        painted.card.as_mut().unwrap().whole = whole;
        console = console.tell(taut::ui::Msg::Painted(Box::new(painted))).press_at_once("a").decides(&[]);
    }
    console.wait(400).press_at_once("a").decides(&[allow_once()]);
}

#[test]
fn what_was_covered_or_showed_something_else_dwells_anew() {
    let opened = || Console::working().asks(1, "make", 3).press("w").wait(1_000).frame();
    for other in [None, Some(Digest::of(b"something else"))] {
        let console = opened();
        let mut painted = console.painted();
        match (&mut painted.card, other) {
            (Some(card), Some(digest)) => card.digest = digest,
            (card, _) => *card = None,
        }
        let console = console.tell(taut::ui::Msg::Painted(Box::new(painted))).wait(400);
        let console = console.press_at_once("a").says("not whole on the screen").decides(&[]);
        let console = console.wait(400).frame().wait(300).press_at_once("a").says("just appeared").decides(&[]);
        console.wait(200).press_at_once("a").decides(&[allow_once()]);
    }
}

#[test]
fn a_word_typed_for_an_offer_that_is_gone_decides_nothing() {
    let console = Console::working().asks(1, "long", 25).press("w a a");
    let old = console.request(1);
    let others = vec![offer("other", OfferKind::AllowOnce), offer("no", OfferKind::RejectOnce)];
    let console = console
        .hears(1, Event::RequestClosed { request: old, how: Closing::Superseded })
        .asks_with(1, "long", 25, others, Some(old))
        .wait(1_000)
        .types("unread")
        .press("enter");
    console
        .says("offers have changed")
        .decides(&[])
        .press("esc a a")
        .types("unread")
        .press("enter")
        .decides(&[Decision::Allow { offer: "other".to_owned() }]);
}

#[test]
fn a_console_that_can_only_look_or_lost_its_hub_decides_nothing() {
    let open = || Console::working().asks(1, "make", 3).press("w");
    let status = taut::domain::HubStatus { read_only: Some("pid 7 holds the folder".into()), ..Default::default() };
    open().tell(taut::ui::Msg::Status(status)).press("a x").says("pid 7 holds").decides(&[]);
    let lost =
        open().tell(taut::ui::Msg::Link(Some("broken pipe".into()))).press("a x").says("broken pipe").decides(&[]);
    let request = lost.request(1);
    assert!(lost.app.card.as_ref().is_some_and(|card: &CardUi| card.request == request && !card.sent));
}

#[test]
fn whoever_types_at_a_card_decides_nothing() {
    // As fast as a person types: no burst, no held key.
    let typed = |keys: [&str; 3]| {
        let ready = Console::working().asks(1, "make", 3).press("w").wait(400).frame().wait(400);
        keys.iter().fold(ready, |console, key| console.press_at_once(key).wait(120))
    };
    for keys in [["i", "a", "d"], [":", "a", "a"], ["i", "e", "x"], ["'", "d", "s"], ["o", "%", "a"]] {
        let console = typed(keys);
        console.decides(&[]).holds("no form is open", |app| app.card.as_ref().is_some_and(|card| card.menu.is_none()));
    }
    let console = Console::working().asks(1, "make", 3).press("w").wait(400).frame().press_at_once("%").wait(1_100);
    console.press("a").holds("meant", |app| app.card.as_ref().is_some_and(|card| card.sent));
}

#[test]
fn what_was_said_of_one_card_does_not_cover_the_next() {
    let quiet = |app: &taut::ui::App| app.toast.is_none();
    let console = Console::working().asks(1, "one", 3).asks(1, "two", 3).press("w a").press("a").says("on its way");
    let console = console.press_at_once("w").holds("a fresh card says nothing", quiet);
    // Also where no key moved it away, where text goes in, and where the card closes.
    let console = console.press("%").says("does nothing here").wait(1_100).press_at_once("d").holds("a menu", quiet);
    let console = console.tell(taut::ui::Msg::Focused(true)).press("enter").types("no").holds("typed", quiet);
    console.press("esc %").says("does nothing").press_at_once("esc").holds("closed", quiet);
    let refused = Console::new().begins(1).press("i enter").says("nothing is typed");
    refused.press_at_once("x").holds("typed over", quiet);
}
