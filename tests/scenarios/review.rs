//! The review of many requests, one after the other: which one comes next, and what holds still meanwhile.

use crate::support::console::{Console, allow_once, deny};
use taut::domain::{By, CallId, Digest, Event, Outcome, Reply, RequestId, Risk, RuleRef, Verdict};
use taut::ui::{App, Focus};

/// A request of a risk.
fn asks(console: Console, call: &str, risk: Risk) -> (Console, RequestId) {
    let console = console.asks(1, call, 3);
    let request = console.request(1);
    let rule = RuleRef { source: "policy.toml".into(), line: Some(3), text: String::new() };
    let verdict = Verdict { outcome: Outcome::Ask, rule, risk, reasons: vec![], policy: Digest::default() };
    let call = CallId(call.to_owned());
    (console.hears(1, Event::Judged { request: Some(request), call, verdict: Box::new(verdict) }), request)
}

fn three() -> (Console, [RequestId; 3]) {
    let (console, low) = asks(Console::working(), "low", Risk::Low);
    let (console, high) = asks(console, "high", Risk::High);
    let (console, mid) = asks(console, "mid", Risk::Mid);
    (console, [low, mid, high])
}

fn next(app: &App) -> Option<RequestId> {
    app.next_waiting().map(|waiting| waiting.request.id)
}

fn decided(console: Console, request: RequestId) -> Console {
    let digest = console.digest(request);
    let decision = allow_once();
    console.hears(1, Event::Decided { request, digest, decision, by: By::Human, overridden: false })
}

#[test]
fn decide_next_decide_goes_from_the_worst_to_the_least() {
    let (console, [low, mid, high]) = three();
    // Nothing of the answers is on record yet: what was answered here is not gone to again all the same.
    let console = console.press("w a w x w a");
    let answers: Vec<RequestId> = console.decisions().into_iter().map(|(request, ..)| request).collect();
    assert_eq!(answers, [high, mid, low]);
    console.decides(&[allow_once(), deny(None, true), allow_once()]);
}

#[test]
fn a_decision_says_what_is_next_and_stays_where_it_is() {
    let (console, [_, mid, high]) = three();
    let console = console.press("w a").card_is(Some(high)).focus_is(Focus::Card);
    assert_eq!(next(&console.app), Some(mid));
    let console = decided(console.replies(Reply::Done), high).card_is(Some(high)).wait(60_000);
    console.card_is(Some(high)).press("a").says("it was allowed already").press("w").card_is(Some(mid));
}

#[test]
fn the_next_card_dwells_and_is_read_like_the_first() {
    let (console, [_, mid, _]) = three();
    let console = console.press("w a").wait(400).press_at_once("w").card_is(Some(mid)).frame();
    // However quick the hand is: neither the key that decided before, nor another one, decides on a card unseen.
    let console = console.wait(200).press_at_once("a").says("just appeared").wait(100).press_at_once("x");
    let console = console.decides(&[allow_once()]).wait(400).frame().press_at_once("a");
    assert_eq!(console.decisions().len(), 2);
}

#[test]
fn one_that_was_left_undecided_comes_again_after_all_others() {
    let (console, [low, mid, high]) = three();
    let console = console.press("w w").card_is(Some(mid)).press("w").card_is(Some(low));
    // A round is over: the worst is first again.
    let console = console.press("w").card_is(Some(high)).press("w").card_is(Some(mid));
    // What is new and worse than all that is left comes before it.
    let (console, top) = asks(console, "top", Risk::Top);
    let console = console.card_is(Some(mid)).focus_is(Focus::Card).press("w").card_is(Some(top));
    // Whoever closes the card begins anew.
    console.press("esc w").card_is(Some(top)).press("esc").card_is(None).decides(&[]);
}

#[test]
fn the_order_holds_still_while_a_row_or_a_card_is_looked_at() {
    let (console, [low, mid, high]) = three();
    let order = |app: &App| app.queue().iter().map(|waiting| waiting.request.id).collect::<Vec<_>>();
    let console = console.press("Q j");
    assert_eq!(order(&console.app), [high, mid, low]);
    let (console, top) = asks(console, "top", Risk::Top);
    assert_eq!(order(&console.app), [high, mid, low, top], "nothing moves under the hand");
    let console = console.holds("the same row", |app| app.queue_selected == Some(mid));
    let console = decided(console, high);
    assert_eq!(order(&console.app), [mid, low, top]);
    let console = console.press("enter").card_is(Some(mid)).press("esc").focus_is(Focus::Queue);
    let console = console.press("esc");
    assert_eq!(order(&console.app), [top, mid, low], "nobody looks: the worst is first");
}
