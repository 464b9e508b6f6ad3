//! Searching all sessions: each letter asks anew, answers come while it looks, enter goes there.

use crate::support::console::Console;
use taut::domain::{Answer, FindAll, Hit, HitIn, HitsIn, LookedAll, Query, Seq, SessionId};
use taut::ui::everywhere::EverywhereUi;
use taut::ui::update::update;
use taut::ui::{Action, Effect, Focus, Msg, Overlay, Press};

fn ui(console: &Console) -> &EverywhereUi {
    match &console.app.overlay {
        Some(Overlay::Everywhere(ui)) => ui,
        other => panic!("{other:?}"),
    }
}

fn asked(console: &Console) -> FindAll {
    let asked = console.effects.iter().rev().find_map(|effect| match effect {
        Effect::Ask(Query::Everywhere(find)) => Some(find.clone()),
        _ => None,
    });
    asked.unwrap()
}

fn found(session: u32, recorded: bool, entries: &[u64]) -> HitsIn {
    let of = HitIn { session: SessionId(session), recorded, ..HitIn::default() };
    let hit = |entry: &u64| Hit { entry: *entry, seq: Seq(entry + 5), ..Hit::default() };
    HitsIn { of, hits: entries.iter().map(hit).collect() }
}

fn told(number: u64, groups: Vec<HitsIn>, done: bool) -> Msg {
    let looked = done.then(|| Ok(LookedAll::default()));
    Msg::Answered(Answer::Everywhere { number, groups, looked })
}

fn opens(console: &mut Console) -> Vec<Effect> {
    update(&mut console.app, Msg::Did(Action::Open, Press::Alone), console.now)
}

#[test]
fn letters_ask_anew_and_answers_to_older_ones_are_dropped() {
    let console = Console::working().press("F").types("her");
    let number = asked(&console).number;
    assert_eq!(asked(&console).text, "her");
    let console = console.tell(told(number - 1, vec![found(1, false, &[1])], true));
    assert_eq!(ui(&console).hits(), 0, "that was asked with fewer letters");
    let console = console.tell(told(number, vec![found(1, false, &[1, 2])], false));
    let console = console.tell(told(number, vec![found(1, false, &[3]), found(902, true, &[7])], true));
    assert_eq!((ui(&console).hits(), ui(&console).groups.len(), ui(&console).looking), (4, 2, false));
    // What was found stays until the next answer, and so does what is selected where it is found again.
    let console = console.press("down down").types("o");
    assert_eq!((ui(&console).hits(), ui(&console).selected), (4, 2));
    let number = asked(&console).number;
    let console = console.tell(told(number, vec![found(1, false, &[3])], true));
    assert_eq!((ui(&console).hits(), ui(&console).selected), (1, 0));
    let console = console.press("ctrl-u");
    assert_eq!((asked(&console).text.as_str(), ui(&console).hits()), ("", 0), "an empty line ends it");
}

#[test]
fn enter_goes_to_a_live_step_and_replays_everything_else() {
    let console = Console::working().press("F").press("enter").says("type what is searched").types("her");
    let groups = vec![found(1, false, &[0]), found(902, true, &[7]), found(903, false, &[9])];
    let number = asked(&console).number;
    let console = console.tell(told(number, groups, true));
    let mut console = console.press("tab j");
    assert_eq!(opens(&mut console), [Effect::HandOver(taut::ui::HandOver::replay_at(SessionId(902), Seq(12)))]);
    let mut console = console.press("j");
    let effects = opens(&mut console);
    let [Effect::HandOver(replay)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(replay.text(), format!("{} --at 14", SessionId(903)), "one of taut's own that is not known here");
    let console = console.press("k k enter").holds("its step", |app| app.overlay.is_none());
    let console = console.focus_is(Focus::Pane).holds("selected", |app| app.selected == Some(SessionId(1)));
    // It comes back as it was left, and looks again.
    let console = console.press("F");
    assert_eq!((ui(&console).line.as_str(), ui(&console).hits(), ui(&console).in_list), ("her", 3, false));
    assert_eq!(asked(&console).text, "her");
    console.press("esc").holds("closed", |app| app.overlay.is_none());
}
