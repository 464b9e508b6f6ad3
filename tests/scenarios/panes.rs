//! Rail, panes, timeline: nothing jumps.

use crate::support::console::Console;
use taut::domain::{Answer, Cause, Command, Digest, Event, PageNo, Query, SessionId, Speaker};
use taut::ui::{App, Effect, Focus, Grid, Msg, Rest, Want};

fn said(n: usize) -> Event {
    Event::Said { who: Speaker::Agent, message: Some(n.to_string()), text: format!("line {n}").into() }
}

fn talking(count: usize) -> Console {
    (0..count).fold(Console::working(), |console, n| console.hears(1, said(n)))
}

fn view(app: &App) -> &taut::ui::PaneUi {
    &app.views[&SessionId(1)]
}

#[test]
fn the_first_session_is_selected_and_slots_stay() {
    let console = Console::new().begins(1).begins(2).begins(3);
    let ids = [SessionId(1), SessionId(2), SessionId(3)];
    let console = console.holds("the first", |app| app.selected == Some(ids[0]) && app.slots == ids);
    // What waits comes first in the rail; its number stays.
    let console = console.asks(3, "make", 3).holds("slots", |app| app.slots == ids && app.selected == Some(ids[0]));
    assert_eq!(taut::ui::update::rail(&console.app), [ids[2], ids[0], ids[1]]);
    let console = console.press("k").holds("what stands above", |app| app.selected == Some(ids[2]));
    console.press("2").holds("by number", |app| app.selected == Some(ids[1])).press("9").says("no session 9");
}

#[test]
fn what_is_being_read_does_not_move_when_more_comes() {
    let console =
        talking(50).press("tab g").holds("at the top", |app| !view(app).follow && view(app).selected == Some(0));
    let console = console.hears(1, said(50)).hears(1, said(51));
    let console = console.holds("it stays", |app| view(app).top.entry == 0 && view(app).selected == Some(0));
    assert_eq!(console.session(1).timeline.next - view(&console.app).seen_entries, 2, "so many are new");
    console.press("G").holds("the end is followed", |app| view(app).follow && view(app).selected.is_none());
}

#[test]
fn paging_takes_the_selection_along_and_ends_in_following() {
    let console = talking(100).press("tab b").holds("off the end", |app| !view(app).follow);
    let top = view(&console.app).top.entry;
    assert!((60..81).contains(&top), "{top}");
    assert!((top..top + 20).contains(&view(&console.app).selected.unwrap()));
    let console = console.press("k j").holds("it stays in sight", |app| view(app).top.entry == top);
    console.press("space space").holds("at the end again", |app| view(app).follow && view(app).selected.is_none());
}

#[test]
fn enter_unfolds_and_back_only_goes_back() {
    let console = talking(5).press("tab k enter").holds("unfolded", |app| view(app).unfolded.len() == 1);
    let console = console.press("enter").holds("folded", |app| view(app).unfolded.is_empty());
    let console = console.press("O").holds("all", |app| view(app).rest == Rest::Unfolded).press("O");
    let console = console.holds("none", |app| view(app).rest == Rest::Folded).press("z esc");
    let console = console.holds("no zoom", |app| !app.zoom).focus_is(Focus::Pane).press("esc").focus_is(Focus::Rail);
    console.press("esc").says("as far back").holds("still here", |app| app.selected.is_some());
}

#[test]
fn enter_on_a_step_that_waits_opens_its_card() {
    let console = talking(3).asks(1, "make", 3).press("tab enter");
    let request = console.request(1);
    console.card_is(Some(request)).press("esc").focus_is(Focus::Pane).press("esc enter").card_is(Some(request));
}

#[test]
fn the_queue_lists_what_waits_and_keeps_its_place() {
    let console = Console::working().asks(1, "one", 3).asks(1, "two", 3).asks(1, "three", 3);
    let ids: Vec<_> = console.app.state.queue().iter().map(|waiting| waiting.request.id).collect();
    let console =
        console.press("Q j").focus_is(Focus::Queue).holds("the second", |app| app.queue_selected == Some(ids[1]));
    let closed = Event::RequestClosed { request: ids[1], how: taut::domain::Closing::Expired };
    let console = console.hears(1, closed).holds("what took its place", |app| app.queue_selected == Some(ids[2]));
    let console = console.press("enter").card_is(Some(ids[2])).press("esc").focus_is(Focus::Queue);
    let console = console.press("Q").focus_is(Focus::Queue).holds("all of the screen", taut::ui::App::queue_fills);
    let console = console.press("Q").focus_is(Focus::Pane).holds("closed", |app| !app.drawer.is_open());
    let console = console.press("Q z").holds("all of the screen", taut::ui::App::queue_fills);
    let console = console.press("z").holds("a drawer again", |app| app.drawer.is_open() && !app.queue_fills());
    console.press("z esc").focus_is(Focus::Pane).holds("closed", |app| !app.drawer.is_open());
}

#[test]
fn panes_fill_with_sessions_and_the_focused_one_stays() {
    let console = Console::new().begins(1).begins(2).begins(3).tell(Msg::Resized(182, 36)).press("3 v");
    let console = console.holds("two", |app| {
        app.grid == Grid::Two
            && app.panes == [Some(SessionId(3)), Some(SessionId(1))]
            && app.selected == Some(SessionId(3))
    });
    let console = console.press("ctrl-w").holds("the other one", |app| app.selected == Some(SessionId(1)));
    let console = console.press("v").holds("four", |app| app.panes.len() == 4 && app.panes[3].is_none());
    let console = console.press("v").holds("six", |app| app.panes.len() == 6).press("v v");
    let console = console.holds("one, the focused", |app| app.panes == [Some(SessionId(1))]);
    console.press("ctrl-w").says("one pane only");
}

#[test]
fn an_ended_session_is_put_away_and_the_next_one_is_selected() {
    let console = Console::new().begins(1).begins(2).press("A").says("live");
    let ended = Event::Ended { cause: Cause::Human, last_words: "".into(), survivors: vec![] };
    let console = console.hears(1, ended).press("A");
    let console = console.sends(&Command::Archive { session: SessionId(1), archived: true });
    let console = console.hears(1, Event::Archived { archived: true });
    console.holds("gone", |app| app.slots == [SessionId(2)] && app.selected == Some(SessionId(2)));
}

#[test]
fn a_finished_turn_that_was_seen_is_told_once() {
    let console = Console::working().turn_ends(1).frame().frame();
    assert_eq!(console.commands(), [&Command::Notice { session: SessionId(1) }]);
}

#[test]
fn what_a_frame_lacks_is_asked_for_once_and_a_fault_is_not_asked_for_again() {
    let mut console = Console::working();
    let text = "x".repeat(5000);
    console.wants = vec![Want::Body(Digest::of(text.as_bytes()), 5000), Want::Page(SessionId(1), PageNo(0))];
    let asked = |console: &Console| {
        console
            .effects
            .iter()
            .filter(|effect| matches!(effect, Effect::Ask(Query::Body { .. } | Query::Page { .. })))
            .count()
    };
    console = console.frame().frame().frame();
    assert_eq!(asked(&console), 2);
    console = console.tell(Msg::Answered(Answer::Failed { why: "the disk is gone".into() })).says("the disk is gone");
    console = console.frame().frame();
    assert_eq!(asked(&console), 2);
    let digest = Digest::of(text.as_bytes());
    console = console.tell(Msg::Answered(Answer::Body { digest, text: Some(text) }));
    assert!(console.app.bodies[&digest].is_some());
}

#[test]
fn long_texts_and_pages_in_memory_are_bounded() {
    let mut console = Console::working();
    for n in 0..100u32 {
        let text = format!("{n}{}", "y".repeat(1 << 20));
        let digest = Digest::of(text.as_bytes());
        console = console.tell(Msg::Answered(Answer::Body { digest, text: Some(text) }));
        let answer =
            Answer::Page { session: SessionId(1), page: PageNo(u64::from(n)), keyframe: None, records: vec![] };
        console = console.tell(Msg::Answered(answer));
    }
    assert!(console.app.bodies.len() <= 32, "{}", console.app.bodies.len());
    assert_eq!(console.app.past.len(), 64);
    assert_eq!(console.app.past_order.len(), 64);
}

fn ended(cause: Cause) -> Event {
    Event::Ended { cause, last_words: "".into(), survivors: vec![] }
}

/// A console that begins where another one was left.
fn begun_after(old: &Console) -> Console {
    Console::new().tell(Msg::Known(Box::new(old.app.state.known())))
}

#[test]
fn a_snapshot_brings_what_lives_and_what_ended() {
    let old = Console::new().begins(1).begins(2).begins(3).hears(1, ended(Cause::Quit)).wait(5);
    let old = old.hears(2, ended(Cause::HubDied));
    begun_after(&old).holds("the rail", |app| {
        app.slots == [SessionId(3), SessionId(2), SessionId(1)] && app.selected == Some(SessionId(3))
    });
    let old = old.begins(4).begins(5).asks(4, "make", 3);
    begun_after(&old).holds("what needs the human", |app| app.selected == Some(SessionId(4)));
}

#[test]
fn a_second_start_shows_past_sessions_and_the_newest_is_selected() {
    let old = (1..=25).fold(Console::new(), |old, n| old.begins(n).wait(10).hears(n, ended(Cause::Quit)));
    let old = old.hears(24, Event::Archived { archived: true });
    let console = begun_after(&old).holds("the twenty newest", |app| {
        let rail: Vec<u32> = app.slots.iter().map(|id| id.0).collect();
        rail == std::iter::once(25).chain((5..=23).rev()).collect::<Vec<_>>() && app.selected == Some(SessionId(25))
    });
    let console = console.press("j").holds("the next one", |app| app.selected == Some(SessionId(23)));
    let console = console.press("A").sends(&Command::Archive { session: SessionId(23), archived: true });
    // What begins now has the first number.
    console.begins(30).holds("before the past", |app| app.slots[..2] == [SessionId(30), SessionId(25)]);
}

#[test]
fn a_lost_link_forgets_what_was_on_its_way_and_asks_for_everything_when_it_is_back() {
    let console = Console::new().begins(1).press("i").types("hello").press("enter");
    let console = console.tell(Msg::Link(Some("broken pipe".into()))).says("not known whether this was done: prompt");
    let console = console.press("esc i").says("can't be reached");
    let before = console.effects.len();
    let console = console.tell(Msg::Link(None));
    assert_eq!(console.effects[before..], [Effect::Ask(Query::Snapshot)]);
    assert!(console.app.in_flight.is_empty());
}

#[test]
fn a_key_that_does_nothing_says_so() {
    Console::new().press("%").says("% does nothing here: ? shows the keys").press("w").says("nothing waits");
}

#[test]
fn what_the_terminal_has_no_room_for_is_not_shown_and_says_why() {
    let console = Console::new().press("j").says("nothing to move in").begins(1).begins(2).press("v v");
    let console = console.holds("four: they take the inspector's place", |app| app.grid == Grid::Four).press("v v");
    let console = console.says("nine panes need 144 columns").holds("one", |app| app.grid == Grid::One);
    let console = console.tell(Msg::Resized(100, 36)).press("I").says("the inspector needs 120 columns");
    let console = console.press("v").holds("one above the other", |app| app.grid == Grid::Two).press("v");
    let console = console.says("four panes need 103 columns").holds("one", |app| app.grid == Grid::One);
    let console = console.tell(Msg::Resized(100, 20)).press("v").says("two panes need 103 columns, or 21 rows");
    console.holds("one", |app| app.grid == Grid::One);
}
