//! Watchdogs at a console: when it wakes for them, and whom they call.

use crate::support::console::Console;
use taut::domain::{CallId, CallPatch, CallStatus, Cost, Event, PromptId, TurnNo, Usage};
use taut::state::Caps;
use taut::ui::attention::{APART_MS, GATHER_MS};
use taut::ui::update::next_tick;
use taut::ui::{Effect, Msg, Notice, Occasion};

fn called() -> Console {
    let mut console = Console::working();
    console.app.attention.on = [Occasion::Alarm].into();
    console
}

fn rings(console: &Console) -> Vec<&Notice> {
    console
        .effects
        .iter()
        .filter_map(|effect| if let Effect::Ring(notice) = effect { Some(notice) } else { None })
        .collect()
}

fn texts(console: &Console) -> Vec<&str> {
    rings(console).into_iter().map(|notice| notice.text.as_str()).collect()
}

/// So long that whatever was gathered has rung.
fn later(console: Console) -> Console {
    console.wait((GATHER_MS + APART_MS) as i64).tell(Msg::Tick)
}

/// The session runs `ls` so often.
fn goes_round(console: Console, session: u32, times: usize) -> Console {
    (0..times).fold(console, |console, _| {
        let call = CallId(format!("c{}", console.session(session).seq.0));
        let patch = CallPatch { command: Some("ls".into()), status: Some(CallStatus::Done), ..CallPatch::default() };
        console.hears(session, Event::Called { call, patch: Box::new(patch) })
    })
}

fn costs(console: Console, session: u32, dollars: u64) -> Console {
    let cost = Some(Cost { micros: dollars * 1_000_000, currency: *b"USD" });
    console.hears(session, Event::Used { usage: Usage { cost, ..Usage::default() } })
}

fn prompted(console: Console, session: u32) -> Console {
    console.hears(
        session,
        Event::PromptSent { prompt: PromptId(1), text: "go".into(), turn: TurnNo(1), steer: false, by: None },
    )
}

#[test]
fn an_alarm_rings_once_as_long_as_it_goes_on() {
    let console = later(goes_round(called(), 1, 5));
    assert_eq!(texts(&console), ["work-1: `ls` 5 times in a row, the last 3s ago"]);
    assert_eq!(rings(&console)[0].occasions, [Occasion::Alarm].into());
    let console = later(later(goes_round(console, 1, 4)));
    assert_eq!(rings(&console).len(), 1, "it is the same one");
    // After the human's word it is another one.
    let next = Event::PromptSent { prompt: PromptId(2), text: "again".into(), turn: TurnNo(2), steer: false, by: None };
    let fails = |console: Console| {
        (0..6).fold(console.hears(1, next), |console, n| {
            let status = Some(CallStatus::Failed);
            let patch = CallPatch { command: Some(format!("make {n}").into()), status, ..CallPatch::default() };
            console.hears(1, Event::Called { call: CallId(format!("m{n}")), patch: Box::new(patch) })
        })
    };
    let console = later(fails(console));
    assert_eq!(texts(&console)[1..], ["work-1: 6 of the last 6 calls failed, the newest of them `make 5`"]);
}

#[test]
fn what_the_clock_brings_wakes_the_console_on_time_and_once() {
    // A request that nobody's screen shows, and a turn that is silent.
    for (console, says, after) in [
        (called().asks(1, "git push", 3), "work-1: a request waits 2m, and nobody opened it yet", 120_000),
        (called(), "work-1: no word for 1m", 60_000),
    ] {
        let due = console.now.0 + after;
        let mut console = console;
        while let Some(at) = next_tick(&console.app, console.now).filter(|at| at.0 <= due + 1_000) {
            console.now = taut::domain::At(at.0.max(console.now.0 + 1));
            console = console.tell(Msg::Tick);
            assert!(console.now.0 >= due || rings(&console).is_empty(), "too early");
        }
        assert_eq!(texts(&console), [says]);
    }
    // Nothing of a session at rest ever wakes anybody but the age of it.
    let idle = called().turn_ends(1).wait(10_000_000).tell(Msg::Tick).press("tab z");
    let before = rings(&idle).len();
    assert_eq!(rings(&later(idle)).len(), before);
}

#[test]
fn several_are_one_ring_and_those_who_are_here_are_not_called() {
    let two = || prompted(called().begins(2), 2);
    let console = later(goes_round(goes_round(two(), 1, 5), 2, 5));
    assert_eq!(texts(&console), ["2 alarms: work-1, work-2"]);
    assert!(rings(&later(goes_round(two().press("tab"), 1, 5))).is_empty(), "they are here, and the row says it");
    let mut off = two();
    off.app.attention.on = [Occasion::Waiting, Occasion::Finished].into();
    assert!(rings(&later(goes_round(off, 1, 5))).is_empty(), "nobody wants to be called for it");
}

#[test]
fn money_is_told_of_once_for_each_limit_and_the_days_for_all() {
    let mut console = called();
    let usd = |dollars: u64| Some(Cost { micros: dollars * 1_000_000, currency: *b"USD" });
    console.app.limits.budget.session = Caps { soft: usd(5), hard: usd(10) };
    console.app.limits.budget.day = Caps { soft: usd(12), hard: None };
    let console = later(costs(later(costs(console, 1, 6)), 1, 7));
    let soft = "work-1: $6.00 of $5.00, over the soft budget of the session: what rules allow is asked until budget.session is raised";
    assert_eq!(texts(&console), [soft]);
    let console = later(costs(console, 1, 11));
    assert!(texts(&console)[1].contains("$11.00 of $10.00, over the hard budget"), "{:?}", texts(&console));
    let console = later(costs(prompted(console.begins(2), 2), 2, 3));
    assert!(texts(&console)[2].starts_with("$14.00 of $12.00 today, over the soft budget of the day"));
    assert_eq!(rings(&later(costs(console, 2, 4))).len(), 3);
}

#[test]
fn what_went_on_before_this_console_and_what_is_replayed_ring_nowhere() {
    let other = goes_round(Console::working(), 1, 9);
    let mut console = Console::new();
    console.app.attention = taut::ui::Attention::default();
    console.app.attention.on = [Occasion::Alarm].into();
    let console = later(console.tell(Msg::Known(Box::new(other.app.state.known()))));
    assert!(!console.app.alarms(console.session(1), console.now).is_empty() && rings(&console).is_empty());
    let mut past = Console::replaying(&other);
    past.app.attention.on = [Occasion::Alarm].into();
    assert!(rings(&later(past.press("home end"))).is_empty());
}
