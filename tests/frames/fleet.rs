//! Many sessions: the rail, the grids, a look, a name.

use super::check;
use super::support::frame::{NOW, Teller, app, app as app_of, bump, docs, draw, fix_auth, fleet, golden, lint, run};
use taut::domain::{CallStatus, Cause, Command, Event, Query, Speaker, Undo};
use taut::keymap;
use taut::state::Group;
use taut::ui::peek::From;
use taut::ui::update::update;
use taut::ui::{Action, App, Chord, Effect, Filter, Focus, Grid, Msg, Numbers, Overlay, Peek, Press, Sort};
use taut::view::{Cache, layout, to_text};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];

/// A session that has finished a turn that nobody has seen.
fn done(id: u32, name: &str, age: i64) -> Teller {
    let mut t = Teller::new(id, name, "gemini", &format!("/home/demo/wt/{name}"), age);
    t.open("default").prompt(1, "look through the log").say(Speaker::Agent, "It is all there.");
    t.call(run("just check")).ran(700, "ok\n", CallStatus::Done, Some(0)).end_turn(1, 30_000, 90_000);
    t
}

fn ended(id: u32, name: &str, age: i64) -> Teller {
    let mut t = done(id, name, age);
    t.tell(Event::Ended { cause: Cause::Human, last_words: "".into(), survivors: vec![] });
    t.tell(Event::Noticed);
    t
}

/// Twelve: every group has some, and three have no number.
fn twelve() -> App {
    let more = [
        done(5, "changelog", 500),
        done(6, "a-name-that-is-far-too-long-for-a-rail", 700),
        ended(7, "spike", 9_000),
        ended(8, "日本語の仕事", 90_000),
        ended(9, "bench", 9_100),
        ended(10, "tenth", 9_200),
        ended(11, "eleventh", 9_300),
        ended(12, "twelfth", 9_400),
    ];
    let mut all = vec![fix_auth(), docs(), bump(), lint()];
    all.extend(more);
    app(&all)
}

#[test]
fn the_rail_has_its_groups_with_their_counts() {
    let app = twelve();
    SIZES.into_iter().for_each(|size| check("groups", &app, size));
    let shown = golden(&draw(&app, (120, 36)));
    for group in Group::ALL {
        let count = app.listed().iter().filter(|row| row.group == group).count();
        assert!(count == 0 || shown.contains(&format!(" {} {count}", group.words())), "{group:?} in\n{shown}");
    }
    // Where the heads have no room, what wants to be seen says so in its own row.
    check("groups", &app, (80, 16));
    assert!(golden(&draw(&app, (80, 16))).contains("done"));
}

#[test]
fn the_rail_says_what_it_lists_and_how() {
    let mut app = twelve();
    app.fleet.sort = Sort::Cost;
    check("by-cost", &app, (120, 36));
    (app.fleet.sort, app.fleet.filter) = (Sort::Name, Filter::Failed);
    check("only-failed", &app, (80, 24));
    (app.fleet.filter, app.fleet.typing) = (Filter::All, true);
    app.fleet.name = "li".into();
    check("by-letters", &app, (80, 24));
    assert_eq!(draw(&app, (80, 24)).cursor, Some((4, 2)));
    app.fleet.name = "no such".into();
    check("by-letters", &app, (60, 20));
}

#[test]
fn grids_of_six_and_of_nine() {
    let mut app = twelve();
    app.focus = Focus::Pane;
    app.grid = Grid::Six;
    app.pane = 1;
    app.panes = app.slots.iter().take(5).map(|id| Some(*id)).chain([None]).collect();
    app.selected = app.panes[1];
    check("six", &app, (160, 45));
    check("six", &app, (120, 36));
    app.grid = Grid::Nine;
    app.panes = app.slots.iter().take(8).map(|id| Some(*id)).chain([None]).collect();
    check("nine", &app, (200, 50));
    check("nine", &app, (160, 45));
    // A terminal that has become too small for it shows the focused pane.
    check("nine", &app, (80, 24));
}

#[test]
fn a_look_at_a_session() {
    let mut app = fleet();
    let look = |app: &mut App, n: usize| {
        let session = app.slots[n];
        app.overlay = Some(Overlay::Peek(Peek { session, from: From::Rail, top: 0 }));
    };
    look(&mut app, 1);
    SIZES.into_iter().for_each(|size| check("peek", &app, size));
    check("peek", &app, (20, 6));
    look(&mut app, 2);
    check("peek-failed", &app, (80, 24));
    look(&mut app, 3);
    check("peek-idle", &app, (80, 24));
    let request = app.state.queue()[0].request.id;
    app.overlay = Some(Overlay::Peek(Peek { session: request.session, from: From::Queue(request), top: 0 }));
    check("peek-queue", &app, (120, 36));
    // Nothing is shown by a look, as far as a card is concerned.
    assert_eq!(draw(&app, (120, 36)).painted.card, None);
}

#[test]
fn a_name_is_typed() {
    let mut app = fleet();
    app.overlay = Some(Overlay::Rename { session: app.slots[0], text: "docs-and-日本語".into() });
    check("rename", &app, (80, 24));
    assert_eq!(draw(&app, (80, 24)).cursor, Some((18, 22)));
}

#[test]
fn counts_are_in_the_title_and_in_the_narrowest_header() {
    let app = twelve();
    let title = |app: &App| draw(app, (80, 24)).title;
    assert_eq!(title(&app), "(2) taut: 2 waiting · 1 working · 2 done · 1 failed");
    let narrow = golden(&draw(&app, (20, 6)));
    assert!(narrow.lines().next().is_some_and(|line| line.contains("?2 ·1 ✓2 ✗1")), "{narrow}");
    let mut quiet = super::support::frame::app(&[lint()]);
    assert_eq!(title(&quiet), "taut");
    quiet.fleet.numbers = Numbers::default();
    check("no-number", &quiet, (80, 24));
}

#[test]
fn it_can_be_read_in_ascii() {
    let mut app = twelve();
    app.grid = Grid::Nine;
    app.panes = app.slots.iter().take(9).map(|id| Some(*id)).collect();
    let text = to_text(&layout(&app, &mut Cache::ascii(), (200, 50), NOW));
    let strange = |c: &char| !c.is_ascii() && !"日本語の仕事…—−·›×".contains(*c);
    assert_eq!(text.chars().filter(strange).collect::<String>(), "");
}

#[test]
fn a_key_pins_a_session_and_its_row_says_so() {
    let mut app = twelve();
    app.focus = Focus::Rail;
    let id = app.selected.unwrap();
    let sends = |app: &mut App, action| {
        let effects = update(app, Msg::Did(action, Press::Alone), NOW);
        effects.into_iter().find_map(|effect| match effect {
            Effect::Send(_, command) => Some(command),
            _ => None,
        })
    };
    let key: Chord = "*".parse().unwrap();
    assert_eq!(keymap::lookup(&app, key.into()), Some(Action::Pin));
    assert_eq!(sends(&mut app, Action::Pin), Some(Command::Pin { session: id, pinned: true }));
    let mut pinned = fix_auth();
    pinned.tell(Event::Pinned { pinned: true });
    let mut app = app_of(&[pinned, docs()]);
    let row = |app: &App, size| {
        let shown = golden(&draw(app, size));
        shown.lines().find(|line| line.contains("fix-auth") && line.contains("* ")).map(str::to_owned)
    };
    SIZES.into_iter().skip(1).for_each(|size| assert!(row(&app, size).is_some(), "{}", golden(&draw(&app, size))));
    assert_eq!(sends(&mut app, Action::Pin), Some(Command::Pin { session: id, pinned: false }), "again lets it go");
}

#[test]
fn a_key_takes_back_the_last_turn_of_the_selected_session_and_shows_it_first() {
    let mut app = twelve();
    app.focus = Focus::Rail;
    let key: Chord = "U".parse().unwrap();
    assert_eq!(keymap::lookup(&app, key.into()), Some(Action::UndoTurn));
    let session = app.selected.unwrap();
    let turn = app.state.session(session).unwrap().turns;
    let effects = update(&mut app, Msg::Did(Action::UndoTurn, Press::Alone), NOW);
    let asks = Effect::Ask(Query::UndoPlan { session, undo: Undo::Turn { turn } });
    assert!(effects.contains(&asks) && matches!(app.overlay, Some(Overlay::Undo(_))), "{effects:?}");
}
