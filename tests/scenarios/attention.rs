//! When a person is called, and when not.

use crate::support::console::Console;
use taut::domain::{Cause, Command, Event, Stop, TurnNo};
use taut::ui::attention::{APART_MS, GATHER_MS, PRESENT_MS};
use taut::ui::update::next_tick;
use taut::ui::{Effect, Msg, Notice, Occasion, Quiet};

fn called() -> Console {
    let mut console = Console::working();
    console.app.attention.on = [Occasion::Waiting, Occasion::Finished].into();
    console
}

fn rings(console: &Console) -> Vec<&Notice> {
    let ring = |effect: &'_ Effect| matches!(effect, Effect::Ring(_));
    let rings = console.effects.iter().filter(|effect| ring(effect));
    rings.filter_map(|effect| if let Effect::Ring(notice) = effect { Some(notice) } else { None }).collect()
}

fn texts(console: &Console) -> Vec<&str> {
    rings(console).into_iter().map(|notice| notice.text.as_str()).collect()
}

/// So long that whatever was gathered has rung.
fn later(console: Console) -> Console {
    console.wait((GATHER_MS + APART_MS) as i64).tell(Msg::Tick)
}

fn ends(console: Console, stop: Stop) -> Console {
    console.hears(1, Event::TurnEnded { turn: TurnNo(1), stop, tokens: None })
}

#[test]
fn a_request_is_told_once_ever_and_wakes_nothing_else() {
    let console = called().asks(1, "git push", 3);
    let due = next_tick(&console.app, console.now).unwrap();
    assert!(due.since(console.now) <= GATHER_MS, "the loop wakes for it");
    let console = console.wait(GATHER_MS as i64).tell(Msg::Tick);
    assert_eq!(texts(&console), ["work-1 waits: run git push"]);
    let console = later(later(console.tell(Msg::Focused(true)).tell(Msg::Focused(false))));
    assert_eq!(rings(&console).len(), 1);
    // The clock of an idle console: ages, and nothing else.
    let due = next_tick(&console.app, console.now).unwrap();
    assert!(due > console.now);
}

#[test]
fn many_at_once_are_one_ring_and_rings_keep_apart() {
    let console = called().begins(2).asks(1, "a", 3).asks(2, "b", 3).asks(1, "c", 3);
    let console = console.wait(GATHER_MS as i64).tell(Msg::Tick);
    assert_eq!(texts(&console), ["3 requests wait: work-1, work-2"]);
    assert_eq!(rings(&console)[0].sessions, ["work-1", "work-2"]);
    let console = console.asks(2, "d", 3).wait(GATHER_MS as i64).tell(Msg::Tick);
    assert_eq!(rings(&console).len(), 1, "too soon");
    assert_eq!(rings(&console.wait(APART_MS as i64).tell(Msg::Tick)).len(), 2);
}

#[test]
fn what_was_answered_meanwhile_rings_nowhere() {
    let console = called().asks(1, "make", 3);
    let request = console.request(1);
    let digest = console.digest(request);
    let decision = crate::support::console::allow_once();
    let by = taut::domain::By::Rule;
    let console = console.hears(1, Event::Decided { request, digest, decision, by, overridden: false });
    assert!(rings(&later(console)).is_empty());
}

#[test]
fn nobody_is_told_of_the_card_before_them_unless_they_are_away() {
    let open = || called().asks(1, "make", 3).press("w");
    assert!(rings(&later(open())).is_empty());
    // Withheld is not told: whoever looked may go before it is answered.
    assert_eq!(rings(&later(later(open()).tell(Msg::Focused(false)))).len(), 1, "they have gone since");
    assert_eq!(rings(&later(open().tell(Msg::Focused(false)))).len(), 1, "the window has lost the focus");
    let away = called().asks(1, "old", 3).press("w").wait(PRESENT_MS as i64).tell(Msg::Tick);
    let before = rings(&away).len();
    assert_eq!(rings(&later(away.asks(1, "new", 3))).len(), before + 1, "nobody has touched anything for long");
    assert_eq!(rings(&later(open().press("?"))).len(), 1, "something lies over the card");
}

#[test]
fn an_end_is_told_to_those_who_are_away() {
    let away = || called().tell(Msg::Focused(false));
    assert_eq!(texts(&later(ends(away(), Stop::EndTurn))), ["work-1 is done"]);
    assert_eq!(texts(&later(ends(away(), Stop::Refusal))), ["work-1 failed"]);
    assert!(rings(&later(ends(away(), Stop::Cancelled))).is_empty(), "they stopped it themselves");
    assert!(rings(&later(ends(called().press("tab"), Stop::EndTurn))).is_empty(), "they are here");
    let died =
        Event::Ended { cause: Cause::Itself { code: Some(1), signal: None }, last_words: "".into(), survivors: vec![] };
    assert_eq!(texts(&later(away().hears(1, died))), ["work-1 failed"]);
    let told = Event::Ended { cause: Cause::Human, last_words: "".into(), survivors: vec![] };
    assert!(rings(&later(away().hears(1, told))).is_empty());
}

#[test]
fn only_what_the_configuration_names_and_not_at_night() {
    let mut console = called();
    console.app.attention.on = [Occasion::Finished].into();
    assert!(rings(&later(console.asks(1, "make", 3))).is_empty());
    let mut console = called();
    // It is 00:16:40.
    console.app.attention.quiet = Some(Quiet { from: 22 * 60, until: 7 * 60 });
    let console = later(console.asks(1, "make", 3));
    assert!(rings(&console).is_empty());
    let console = console.wait(8 * 3_600_000).tell(Msg::Tick);
    assert!(rings(&console).is_empty(), "the morning brings no swarm");
}

#[test]
fn what_waited_before_this_console_rings_nowhere_and_what_was_missed_rings_once() {
    let other = Console::working().asks(1, "a", 3).asks(1, "b", 3);
    let snapshot = |console: &Console| Msg::Known(Box::new(console.app.state.known()));
    let mut console = Console::new();
    console.app.attention = taut::ui::Attention::default();
    console.app.attention.on = [Occasion::Waiting].into();
    let console = later(console.tell(snapshot(&other)));
    assert!(rings(&console).is_empty());
    let more = other.asks(1, "c", 3);
    let console = console.tell(Msg::Link(Some("gone".into()))).tell(Msg::Link(None)).tell(snapshot(&more));
    assert_eq!(texts(&later(console)), ["work-1 waits: run c"]);
}

#[test]
fn a_request_asked_anew_is_not_told_again() {
    let console = later(called().asks(1, "make", 3));
    let old = console.request(1);
    let offers = crate::support::console::usual_offers();
    let closed = Event::RequestClosed { request: old, how: taut::domain::Closing::Superseded };
    let console = console.hears(1, closed).asks_with(1, "make", 3, offers, Some(old));
    assert_eq!(rings(&later(console)).len(), 1);
}

#[test]
fn a_replay_rings_never() {
    let live = called().asks(1, "make", 3);
    let mut past = Console::replaying(&live);
    past.app.attention.on = [Occasion::Waiting, Occasion::Finished].into();
    let session = Box::new(past.session(1).clone());
    let past = past.tell(Msg::Focused(false)).press("home end left right").tell(Msg::Sought(session));
    assert!(rings(&later(past)).is_empty());
}

#[test]
fn what_an_agent_wrote_is_clean_short_and_without_secrets() {
    let evil = "\u{1b}]52;c;AAAA\u{7}\u{202e}AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY\nsecond line"
        .repeat(40);
    let console = later(called().asks(1, &evil, 3));
    let text = texts(&console)[0];
    assert!(!text.chars().any(char::is_control) && !text.contains('\u{202e}'), "{text:?}");
    assert!(taut::text::width(text) <= 200 && !text.contains("second") && !text.contains("wJalr"), "{text:?}");
    let decided = console.commands().iter().any(|command| matches!(command, Command::Decide { .. }));
    assert!(!decided, "a call for a person decides nothing");
}
