//! Many sessions: the rail's order, its filters, the numbers, a look, a name, the shelf.

use crate::support::console::Console;
use crate::support::story;
use proptest::prelude::*;
use taut::domain::{Answer, At, Cause, Command, Event, Reply, SessionId, Stop, TurnNo, Weight};
use taut::state::Group;
use taut::ui::update::{rail, update};
use taut::ui::{App, Effect, Filter, Focus, Grid, Msg, Overlay, Painted, Sort};

fn ended(cause: Cause) -> Event {
    Event::Ended { cause, last_words: "".into(), survivors: vec![] }
}

fn ids(of: &[u32]) -> Vec<SessionId> {
    of.iter().map(|n| SessionId(*n)).collect()
}

fn group(app: &App, id: u32) -> Group {
    app.group_of(app.state.session(SessionId(id)).unwrap())
}

/// Session 1 works and is selected; 2 is idle; 3 has finished a turn that nobody has seen.
fn three() -> Console {
    let console = Console::working().begins(2).begins(3);
    let sent = |no| Event::PromptSent {
        prompt: taut::domain::PromptId(1),
        text: "go".into(),
        turn: no,
        steer: false,
        by: None,
    };
    console.hears(3, sent(TurnNo(1))).turn_ends(3)
}

#[test]
fn what_is_done_sticks_until_it_was_seen_and_no_row_moves_under_the_selection() {
    let console = three();
    assert_eq!(rail(&console.app), ids(&[1, 3, 2]), "working, done, idle");
    assert_eq!(group(&console.app, 3), Group::Done);
    // It is looked at: it stays where the human is, until they go on.
    let console = console.press("j").sends(&Command::Notice { session: SessionId(3) });
    let console = console.hears(3, Event::Noticed);
    assert_eq!((rail(&console.app), group(&console.app, 3)), (ids(&[1, 3, 2]), Group::Done));
    let console = console.press("j").holds("the one below", |app| app.selected == Some(SessionId(2)));
    assert_eq!((rail(&console.app), group(&console.app, 3)), (ids(&[1, 2, 3]), Group::Idle));
}

#[test]
fn what_failed_sticks_as_well() {
    let console = Console::working().begins(2).hears(2, ended(Cause::Failed("no key".into())));
    assert_eq!(group(&console.app, 2), Group::Failed);
    let console = console.press("2").hears(2, Event::Noticed).press("1");
    assert_eq!(group(&console.app, 2), Group::Ended);
}

#[test]
fn the_head_and_the_rail_count_the_same_while_what_was_seen_is_looked_at() {
    let console = Console::working().begins(2).hears(2, ended(Cause::Failed("no key".into())));
    let counted = |console: &Console| {
        let scene = taut::view::layout(&console.app, &mut taut::view::Cache::new(), (120, 36), console.now);
        let text = taut::view::to_text(&scene);
        (text.lines().next().unwrap().contains("1 failed"), text.lines().skip(1).any(|line| line.contains(" failed 1")))
    };
    let console = console.press("2").hears(2, Event::Noticed);
    assert_eq!(counted(&console), (true, true));
    assert_eq!(counted(&console.press("1")), (false, false));
}

#[test]
fn the_selection_stays_with_its_session_when_the_order_changes() {
    let console = three().press("2").holds("the second", |app| app.selected == Some(SessionId(2)));
    let console = console.asks(3, "make", 3).asks(2, "make", 3);
    assert_eq!(rail(&console.app), ids(&[2, 3, 1]), "what needs a human stands first");
    console.holds("still the second", |app| app.selected == Some(SessionId(2)));
}

#[test]
fn s_sorts_and_says_how() {
    let mut console = three();
    let orders = [
        (Sort::Slot, "by number", [1, 2, 3]),
        (Sort::Age, "by age", [3, 2, 1]),
        (Sort::Name, "by name", [1, 2, 3]),
        (Sort::Cost, "by cost", [1, 2, 3]),
        (Sort::Need, "by need", [1, 3, 2]),
    ];
    console = console
        .wait(5_000)
        .hears(2, Event::PromptQueued { prompt: taut::domain::PromptId(9), text: "x".into(), by: None });
    for (sort, words, order) in orders {
        console = console.press("s").says(words).holds("the sort", |app| app.fleet.sort == sort);
        if sort != Sort::Age {
            assert_eq!(rail(&console.app), ids(&order), "{words}");
        }
    }
}

#[test]
fn f_filters_and_the_selected_row_does_not_vanish_under_the_hand() {
    let console = three().asks(1, "make", 3).press("f").says("only what needs you: 1");
    assert_eq!(rail(&console.app), ids(&[1]));
    // It is answered elsewhere: nothing needs the human now, and the row is still there.
    let request = console.request(1);
    let closed = Event::RequestClosed { request, how: taut::domain::Closing::Expired };
    let console = console.hears(1, closed);
    assert_eq!(rail(&console.app), ids(&[1]));
    let console = console.press("f").says("only what works: 1").press("f").says("only what failed: 0");
    let console = console.press("f").says("/srv/app or below: 3").press("f").says("put away: 0");
    console.press("f").says("all 3 sessions").holds("all", |app| app.fleet.filter == Filter::All);
}

#[test]
fn a_filter_selects_what_it_lists_and_esc_lists_all_again() {
    let console = three().press("3").asks(2, "make", 3).press("f");
    let console = console.holds("what it lists", |app| app.selected == Some(SessionId(2)));
    let console = console.press("esc").holds("all", |app| app.fleet.filter == Filter::All);
    console.press("esc").says("as far back");
}

#[test]
fn a_name_is_found_as_it_is_typed() {
    let console = three().press("/").types("wrk-3");
    assert_eq!(rail(&console.app), ids(&[3]));
    let console = console.holds("nothing is selected by letters", |app| app.selected == Some(SessionId(1)));
    // Letters are text there, whatever they mean elsewhere.
    let console = console.press("enter").holds("the one found", |app| app.selected == Some(SessionId(3)));
    let console = console.focus_is(Focus::Rail).press("esc");
    assert_eq!(rail(&console.app).len(), 3);
    let console = console.press("/").types("sfrAD").paste("x\ny").holds("text", |app| app.fleet.name == "sfrADx y");
    assert!(console.commands().iter().all(|command| matches!(command, Command::Notice { .. })));
    console.press("esc").holds("gone", |app| app.fleet.name.is_empty() && !app.fleet.typing);
}

#[test]
fn nine_numbers_and_what_becomes_of_the_tenth() {
    let console = (1..=10).fold(Console::new(), Console::begins);
    let number = |app: &App, id: u32| app.fleet.numbers.of(SessionId(id));
    let console = console.holds("nine", |app| number(app, 9) == Some(9) && number(app, 10).is_none());
    // One ends: its number stays until the human has seen it.
    let console = console.hears(4, ended(Cause::Itself { code: Some(0), signal: None }));
    let console = console.holds("still", |app| number(app, 4) == Some(4) && number(app, 10).is_none());
    let console = console.hears(4, Event::Noticed);
    console.holds("handed on", |app| number(app, 10) == Some(4) && number(app, 4).is_none());
}

#[test]
fn a_number_that_falls_free_is_given_and_none_is_moved() {
    let console = (1..=3).fold(Console::new(), Console::begins).hears(1, ended(Cause::Human));
    let console = console.hears(1, Event::Archived { archived: true });
    let console = console.press("1").says("no session 1").begins(4);
    console.holds("the free one", |app| {
        let of = |id| app.fleet.numbers.of(SessionId(id));
        (of(4), of(2), of(3)) == (Some(1), Some(2), Some(3))
    });
}

#[test]
fn a_look_selects_nothing_shows_nothing_and_goes_on() {
    let console = three().asks(3, "make", 3).press("p");
    let sent = console.commands().len();
    let console = console.holds("a look", |app| matches!(app.overlay, Some(Overlay::Peek(_))));
    let console = console.press("k").holds("at the one above", |app| {
        matches!(app.overlay, Some(Overlay::Peek(peek)) if peek.session == SessionId(3))
            && app.selected == Some(SessionId(1))
    });
    // No key of a card means anything here.
    let console = console.press("a s d x y").card_is(None).decides(&[]);
    assert!(console.commands()[sent..].iter().all(|command| !matches!(command, Command::Shown { .. })));
    let console = console.press("p").holds("closed", |app| app.overlay.is_none() && app.selected == Some(SessionId(1)));
    let request = console.request(3);
    console.press("p k enter").card_is(Some(request)).holds("gone there", |app| app.selected == Some(SessionId(3)));
}

#[test]
fn a_look_from_the_queue_goes_on_along_the_queue() {
    let console = Console::working().asks(1, "one", 3).asks(1, "two", 3).press("Q p j");
    let queue: Vec<_> = console.app.state.queue().iter().map(|waiting| waiting.request.id).collect();
    let console = console.holds("the first is selected", |app| app.queue_selected == Some(queue[0]));
    console.press("enter").card_is(Some(queue[1]));
}

#[test]
fn a_session_gets_another_name() {
    let console = three()
        .press("r")
        .holds("the old one", |app| matches!(&app.overlay, Some(Overlay::Rename { text, .. }) if text == "work-1"));
    let console = console.press("ctrl-u").press("enter").says("needs a name").types("auth q").press("enter");
    let console = console.sends(&Command::Rename { session: SessionId(1), name: "auth q".into() });
    let before = console.commands().len();
    let console = console.press("r esc r enter");
    assert_eq!(console.commands().len(), before, "neither esc nor the same name changes anything");
}

#[test]
fn what_is_put_away_is_brought_back() {
    let console = Console::new().begins(1).begins(2).hears(1, ended(Cause::Human)).press("A");
    let console = console.hears(1, Event::Archived { archived: true }).press("f f f f f").says("was put away: 1");
    let console = console.holds("it", |app| app.selected == Some(SessionId(1))).press("A");
    let console = console.sends(&Command::Archive { session: SessionId(1), archived: false });
    let console = console.hears(1, Event::Archived { archived: false }).press("esc");
    console.holds("back", |app| app.slots.contains(&SessionId(1)));
}

#[test]
fn a_deletion_says_what_goes_and_asks_for_one_key() {
    let console = three().press("D").says("live");
    let console = console.hears(1, ended(Cause::Human)).press("D").says("counting");
    let weight = Weight { texts: 3, bytes: 5_000, shared: 0, frames: 7, frame_bytes: 900, ..Weight::default() };
    let weighed = || Msg::Answered(Answer::Weighed { session: SessionId(1), weight, stay: [(SessionId(2), 3)].into() });
    let asked = |app: &App| matches!(&app.overlay, Some(Overlay::Confirm { question, .. }) if question.contains("3 long texts (4.8k)") && question.contains("at which work-2 stands too"));
    let console = console.tell(weighed()).holds("the question", asked).frame();
    let console = console.press_at_once("y").says("just appeared").wait(400).press_in_one_read("y y");
    let delete = Command::Delete { session: SessionId(1) };
    assert!(!console.commands().contains(&&delete));
    // What is asked about is what goes, whatever else is selected by then.
    let console = console.wait(1_000).press("y").sends(&delete).says("deleting work-1");
    let console = console.hears(1, Event::Deleted { texts: 3, bytes: 5_000, frames: 7 });
    let console = console.holds("gone", |app| !app.slots.contains(&SessionId(1)) && app.selected == Some(SessionId(2)));
    console.press("f f f f f").says("was put away: 0");
}

#[test]
fn an_answer_that_comes_late_asks_nothing() {
    let console = three().hears(1, ended(Cause::Human)).press("D k");
    let weighed = Msg::Answered(Answer::Weighed { session: SessionId(1), weight: Weight::default(), stay: [].into() });
    console.tell(weighed).holds("no question", |app| app.overlay.is_none());
}

#[test]
fn a_reopened_session_has_the_number_of_the_old_one() {
    let console = three().press("ctrl-r").says("live").hears(1, ended(Cause::Human)).press("ctrl-r enter");
    let console = console.sends(&Command::Reopen { session: SessionId(1), env: vec![] });
    let console = console.begins(4).replies(Reply::Started { session: SessionId(4) });
    let console = console.holds("its number, and the selection", |app| {
        app.fleet.numbers.of(SessionId(4)) == Some(1) && app.selected == Some(SessionId(4))
    });
    let put_away = |command: &&Command| matches!(command, Command::Archive { .. });
    assert_eq!(console.commands().into_iter().find(put_away), None, "its conversation did not come along");
}

#[test]
fn an_old_session_whose_conversation_goes_on_is_put_away() {
    let source = |native: &str| Event::SourceAttached {
        source: taut::domain::Source { channel: "acp".into(), vendor: "x".into(), native: native.into() },
    };
    let put_away = Command::Archive { session: SessionId(1), archived: true };
    for (native, goes_on) in [("one", true), ("another", false)] {
        let console =
            Console::new().begins(1).hears(1, source("one")).hears(1, ended(Cause::Human)).press("ctrl-r enter");
        let console = console.hears(2, Event::Starting { doing: "initialize".into() });
        let console = console.replies(Reply::Started { session: SessionId(2) });
        assert!(!console.commands().contains(&&put_away), "it is not open yet");
        let console = console.hears(2, source(native)).hears(2, Event::Opened);
        assert_eq!(console.commands().contains(&&put_away), goes_on, "{native}");
    }
}

#[test]
fn grids_of_six_and_nine_where_there_is_room() {
    let console = (1..=9).fold(Console::new(), Console::begins);
    let console = console.tell(Msg::Resized(160, 45)).press("v v v").holds("six", |app| app.grid == Grid::Six);
    let console = console.press("v").holds("nine", |app| app.grid == Grid::Nine);
    let console = console.holds("all of them", |app| app.panes.iter().flatten().count() == 9);
    let console = console.press("v").holds("one", |app| app.grid == Grid::One);
    let console = console.tell(Msg::Resized(120, 28)).press("v v v");
    console.says("six panes need").holds("one again", |app| app.grid == Grid::One);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    /// Whatever happens in whatever order: a number stays with its session while that lives and is listed, the selection
    /// stays with its session while that is listed, and no session stands in the rail twice.
    #[test]
    fn selection_and_numbers_stay_under_any_order_of_events(
        steps in prop::collection::vec((1u32..14, 0u8..9, 0u64..5, any::<bool>()), 1..120)
    ) {
        let mut console = Console::new();
        for (id, what, seed, looks) in steps {
            let (before, selected) = (console.app.fleet.numbers, console.app.selected);
            console = match what {
                0 => console.quietly(|c| c.begins(id)),
                1 => console.quietly(|c| c.hears(id, ended(Cause::Human))),
                2 => console.quietly(|c| c.hears(id, ended(Cause::Failed("x".into())))),
                3 => console.quietly(|c| c.hears(id, Event::Archived { archived: seed % 2 == 0 })),
                4 => console.quietly(|c| c.hears(id, Event::Noticed)),
                5 => console.quietly(|c| c.asks(id, "make", 3)),
                6 => console.quietly(|c| c.hears(id, Event::TurnEnded { turn: TurnNo(1), stop: Stop::EndTurn, tokens: None })),
                7 => {
                    let records = story::records(SessionId(id), seed, 20);
                    console.tell(Msg::Heard(records))
                }
                _ => console.quietly(|c| c.hears(id, Event::Deleted { texts: 0, bytes: 0, frames: 0 })),
            };
            if looks {
                console = console.frame();
            }
            let app = &console.app;
            for n in 1..=9 {
                let Some(owner) = before.owner(n) else { continue };
                let stays = app.slots.contains(&owner)
                    && app.state.session(owner).is_some_and(|session| session.is_live());
                prop_assert!(!stays || app.fleet.numbers.owner(n) == Some(owner), "number {n} left {owner:?}");
            }
            if let Some(selected) = selected.filter(|id| app.slots.contains(id)) {
                prop_assert_eq!(app.selected, Some(selected));
            }
            let mut rail = rail(app);
            let rows = rail.len();
            rail.sort_unstable();
            rail.dedup();
            prop_assert_eq!(rail.len(), rows);
            let mut owners: Vec<SessionId> = (1..=9).filter_map(|n| app.fleet.numbers.owner(n)).collect();
            let count = owners.len();
            owners.sort_unstable();
            owners.dedup();
            prop_assert_eq!(owners.len(), count, "no session has two numbers");
        }
    }
}

#[test]
fn a_frame_of_anything_settles_a_look() {
    let mut console = three().press("p");
    let painted = Painted { help_top: Some(7), ..Painted::default() };
    let effects: Vec<Effect> = update(&mut console.app, Msg::Painted(Box::new(painted)), At(1));
    assert!(effects.is_empty());
    assert!(matches!(console.app.overlay, Some(Overlay::Peek(peek)) if peek.top == 7));
}
