//! Sessions of other tools in the rail: below everything, looked at and never acted in.

use crate::support::console::Console;
use taut::domain::{Answer, At, Doing, Elsewhere, Event, SessionId, Source, Tallied, Tallies};
use taut::ui::{Action, Effect, Filter, Focus, Msg, OtherRow, Overlay, Press};

fn one(id: u32, last: i64, title: &str, doing: Doing) -> Elsewhere {
    let (agent, cwd) = ("claude".to_owned(), "/w/app".to_owned());
    let (id, last, title, native) = (SessionId(id), At(last), title.to_owned(), format!("native-{id}"));
    Elsewhere { id, last, title, native, agent, cwd, doing, ..Elsewhere::default() }
}

fn three() -> Vec<Elsewhere> {
    let waits = Doing::Waits { what: "permission prompt".to_owned(), since: None };
    vec![one(901, 50, "newest", waits), one(902, 40, "middle", Doing::Past), one(903, 30, "oldest", Doing::Past)]
}

/// Session 1 works; three of another tool are known.
fn console() -> Console {
    Console::working().tell(Msg::Answered(Answer::Elsewhere { listed: three() }))
}

fn at(row: Option<OtherRow>) -> impl Fn(&taut::ui::App) -> bool {
    move |app| app.other_at() == row
}

#[test]
fn the_cursor_goes_on_to_them_and_enter_replays_one() {
    let console = console().focus_is(Focus::Rail).holds("it begins with taut's own", at(None));
    let console = console.press("j").holds("the line", at(Some(OtherRow::Fold))).press("j");
    let console = console.holds("it is folded", at(Some(OtherRow::Fold))).press("enter j j");
    let mut console = console.holds("the second", at(Some(OtherRow::One(SessionId(902)))));
    let effects = taut::ui::update::update(&mut console.app, Msg::Did(Action::Open, Press::Alone), console.now);
    let [Effect::HandOver(replay)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(replay.text(), SessionId(902).to_string());
    // Back to the first, the line, and taut's own; the list folds.
    let console = console.press("k k k").holds("taut's own", at(None)).press("j esc").holds("back", at(None));
    assert!(!console.app.fleet.others.open);
}

#[test]
fn nothing_can_be_done_in_them_and_nothing_in_what_is_behind_them() {
    let console = console().press("j enter j");
    let sent = console.commands().len();
    let console =
        console.press("X").says("another tool's").press("E").says("another tool's").press("i").says("another tool's");
    let console = console.press("A").press("D").press("u").press("U").press("K").press("T").press("m");
    assert_eq!(console.commands().len(), sent);
    assert!(console.app.overlay.is_none(), "no question about a session that is not shown");
    console.focus_is(Focus::Rail);
}

#[test]
fn what_waits_is_one_key_away_and_news_move_no_cursor() {
    let console = console().press("j enter j j");
    let news = vec![one(903, 99, "oldest", Doing::Busy { since: None })];
    let console = console.tell(Msg::Elsewhere(news)).holds("the same", at(Some(OtherRow::One(SessionId(902)))));
    assert_eq!(console.app.others()[0].id, SessionId(903), "what was written last comes first");
    let console = console.asks(1, "c", 3);
    let request = console.request(1);
    console.press("w").card_is(Some(request)).holds("they have no keys", at(None));
}

#[test]
fn one_that_taut_drives_is_tauts_own() {
    let source =
        Source { native: "native-902".to_owned(), channel: "claude-stream".to_owned(), vendor: "claude".to_owned() };
    let console = console().press("j enter j j").hears(1, Event::SourceAttached { source });
    assert_eq!(console.app.others().iter().map(|one| one.id.0).collect::<Vec<_>>(), [901, 903]);
    console.tell(Msg::Elsewhere(Vec::new())).holds("it is listed above", at(Some(OtherRow::Fold)));
}

#[test]
fn letters_find_them_and_filters_of_what_taut_does_hide_them() {
    let console = console().press("/").types("mid").press("enter");
    let console = console.holds("found", at(Some(OtherRow::One(SessionId(902)))));
    let console = console.press("esc").holds("all again", |app| app.others().len() == 3);
    let console = console.press("esc").press("f");
    assert_eq!((console.app.fleet.filter, console.app.others().len()), (Filter::NeedsYou, 0));
}

#[test]
fn numbers_are_asked_for_and_shown() {
    let mut console = console();
    let effects = taut::ui::update::update(&mut console.app, Msg::Did(Action::Stats, Press::Alone), console.now);
    assert_eq!(effects, [Effect::Ask(taut::domain::Query::Numbers)]);
    let row =
        |key: &str, turns, session| Tallied { key: key.into(), name: key.into(), turns, session, ..Tallied::default() };
    let sessions = vec![row("b", 1, Some((SessionId(1), false))), row("a", 5, Some((SessionId(902), true)))];
    let tallies = Tallies { sessions, models: vec![row("m", 6, None)], ..Tallies::default() };
    let console = console.tell(Msg::Answered(Answer::Numbers { tallies: Box::new(tallies) }));
    // By cost first, then by turns.
    let console = console.press("s");
    let shown = |console: &Console| match &console.app.overlay {
        Some(Overlay::Stats(ui)) => ui.rows().iter().map(|one| one.key.clone()).collect::<Vec<_>>().join(" "),
        other => panic!("{other:?}"),
    };
    assert_eq!(shown(&console), "a b");
    let console = console.press("tab tab tab");
    assert_eq!(shown(&console), "m");
    let console = console.press("enter").says("no session").press("tab").press("enter");
    console.holds("its session", |app| app.overlay.is_none() && app.selected == Some(SessionId(1)));
}
