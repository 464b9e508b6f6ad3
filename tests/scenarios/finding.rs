//! Searching: letters look anew, keys go on, nothing jumps, and nothing decides.

use crate::support::console::{Console, allow_once};
use taut::domain::{
    Answer, CallId, CallPatch, Digest, Event, FindKind, Found, FoundIn, Looked, OutputPart, PageNo, Query, Search,
    SearchFrom, Seq, SessionId, Speaker, Text,
};
use taut::ui::find::{Looking, Stage};
use taut::ui::{App, Effect, Find, Focus, Msg, PaneUi};

fn said(n: usize, text: &str) -> Event {
    Event::Said { who: Speaker::Agent, message: Some(n.to_string()), text: text.into() }
}

/// Sixty messages, of which every tenth speaks of an Apple.
fn talking() -> Console {
    (0..60).fold(Console::working(), |console, n| {
        let text = if n % 10 == 5 { format!("line {n} an Apple") } else { format!("line {n}") };
        console.hears(1, said(n, &text))
    })
}

fn find(app: &App) -> &Find {
    app.find.as_ref().unwrap()
}

fn view(app: &App) -> &PaneUi {
    &app.views[&SessionId(1)]
}

fn searches(console: &Console) -> Vec<Search> {
    let search = |effect: &Effect| match effect {
        Effect::Ask(Query::Search(search)) => Some(search.clone()),
        _ => None,
    };
    console.effects.iter().filter_map(search).collect()
}

fn answer(console: Console, entries: &[u64], looked: Looked) -> Console {
    let search = searches(&console).pop().unwrap();
    let found = |&entry: &u64| Found {
        session: SessionId(1),
        entry,
        seq: Seq(entry),
        page: search.from.page,
        part: FoundIn::Output,
        line: 7,
        excerpt: "an apple".to_owned(),
    };
    let found = entries.iter().map(found).collect();
    console.tell(Msg::Answered(Answer::Found { search: search.number, found, looked })).frame()
}

#[test]
fn letters_look_anew_and_the_nearest_hit_is_shown() {
    let console = talking().press("tab /").focus_is(Focus::Pane).types("apple");
    // The first entry is the prompt, so message n is entry n + 1.
    let console = console.holds("the nearest", |app| find(app).at == Some(56) && find(app).hits.len() == 6);
    let console = console.holds("it is shown", |app| view(app).selected == Some(56) && !view(app).follow);
    let console = console.types("x").holds("nothing", |app| find(app).hits.is_empty() && view(app).follow);
    let console = answer(console, &[], Looked::All).press("enter").says("nothing here holds \"applex\"");
    console.press("n").says("nothing here holds");
}

#[test]
fn keys_go_on_and_around_and_escape_goes_back_to_where_the_reader_was() {
    let console = talking().press("tab g").holds("at the top", |app| view(app).top.entry == 0);
    let console = console.press("/").types("apple").holds("on from here", |app| find(app).at == Some(6));
    let console = console.press("down").holds("the next", |app| find(app).at == Some(16));
    let console = console.press("up up").says("here is the last").holds("around", |app| find(app).at == Some(56));
    let console = console.press("esc").holds("back", |app| view(app).top.entry == 0 && app.find.is_none());
    // A capital means itself.
    let console = console.press("/").types("Apple").press("enter n n").holds("kept", |app| find(app).at == Some(26));
    let console = console.press("N").holds("before", |app| find(app).at == Some(16) && find(app).place() == 2);
    let console = console.press("esc").holds("only the marks go", |app| view(app).selected == Some(16));
    let console = console.focus_is(Focus::Pane).press("n").says("/ searches");
    console.press("/").types("an apple").press("esc esc").focus_is(Focus::Rail);
}

#[test]
fn what_comes_meanwhile_is_counted_and_moves_nothing() {
    let console = talking().press("tab /").types("apple").press("enter N");
    let console = answer(console, &[], Looked::All);
    let before = (view(&console.app).clone(), find(&console.app).at);
    let console = console.hears(1, said(60, "one more apple")).hears(1, said(61, "and nothing"));
    let console = console.holds("counted", |app| find(app).hits.len() == 7);
    let console = console.holds("nothing moves", |app| (view(app).clone(), find(app).at) == before);
    let steps = searches(&console).len();
    // A long text is in the log only: its page is looked at again, and nothing else.
    let patch = CallPatch { title: Some("run".into()), ..CallPatch::default() };
    let console = console.hears(1, Event::Called { call: CallId("c".into()), patch: Box::new(patch) });
    assert_eq!(searches(&console).len(), steps, "all of this is at hand");
    let body = taut::domain::BodyRef::of(&"long apple ".repeat(900));
    let part = OutputPart::Append(Text::Body(body));
    let console = console.hears(1, Event::CallOutput { call: CallId("c".into()), part });
    let console = console.holds("again", |app| find(app).looking == Looking::Again);
    let more = Looked::More(SearchFrom::page(PageNo(0)));
    let console = answer(console, &[63], more).holds("once", |app| find(app).looking == Looking::Done);
    let console = console.holds("found", |app| find(app).hits.len() == 8);
    assert_eq!(searches(&console).len(), steps + 1);
    console.holds("nothing moves", |app| find(app).at == before.1 && view(app).top == before.0.top);
}

#[test]
fn the_log_is_looked_at_step_by_step_and_a_hit_of_it_is_gone_to() {
    // 600 messages: the first of them have left the memory.
    let console = (0..600).fold(Console::working(), |console, n| console.hears(1, said(n, "line")));
    let whole_from = console.session(1).timeline.whole_from();
    assert!(whole_from > 300);
    let console = console.press("tab /").types("apple");
    let search = searches(&console).pop().unwrap();
    assert_eq!((search.text.as_str(), search.kind, search.upto), ("apple", FindKind::All, console.session(1).seq));
    let first = searches(&console).remove(0);
    // What a search found that is wanted no more goes nowhere.
    let stale = Answer::Found { search: first.number, found: vec![], looked: Looked::More(first.from) };
    let asked = searches(&console).len();
    let console = console.tell(Msg::Answered(stale));
    assert_eq!(searches(&console).len(), asked);
    let back = SearchFrom { page: PageNo(0), skip: 0, origin: search.from.page };
    let console = answer(console, &[], Looked::More(back)).holds("on", |app| find(app).looking == Looking::On);
    assert_eq!(searches(&console).len(), asked + 1, "the next step");
    let console = answer(console, &[9], Looked::All).holds("it is gone to", |app| find(app).at == Some(9));
    let page = Effect::Ask(Query::Page { session: SessionId(1), page: PageNo(0) });
    assert!(console.effects.contains(&page), "its page is asked for");
    // It stands in an output, so its entry is unfolded; going back folds it.
    let console = console.holds("unfolded", |app| view(app).unfolded.contains(&9));
    console.press("esc").holds("folded", |app| view(app).unfolded.is_empty() && view(app).follow);
}

#[test]
fn hits_that_are_known_later_move_no_reader() {
    let console = talking().press("tab g / ").types("apple").press("enter");
    let at = find(&console.app).at;
    let console = answer(console, &[2, 3], Looked::All).holds("they count", |app| find(app).hits.len() == 8);
    console.holds("and move nothing", |app| find(app).at == at);
}

#[test]
fn kinds_are_gone_through_by_one_key() {
    let patch = CallPatch { command: Some("make apple".into()), ..CallPatch::default() };
    let console = talking().hears(1, Event::Called { call: CallId("c".into()), patch: Box::new(patch) });
    let console = console.press("tab /").types("apple").holds("all", |app| find(app).hits.len() == 7);
    let console = console.press("tab").holds("prompts", |app| find(app).kind == FindKind::Prompts);
    let console = console.holds("none", |app| find(app).hits.is_empty() && view(app).follow);
    let console = console.press("tab").holds("messages", |app| find(app).hits.len() == 6);
    let console = console.press("tab tab").holds("commands", |app| find(app).hits.keys().eq([&61]));
    assert_eq!(searches(&console).pop().unwrap().kind, FindKind::Commands);
    let console = console.press("shift-tab").holds("back", |app| find(app).kind == FindKind::Thoughts);
    // The next search begins with everything.
    console.press("esc /").holds("everything", |app| find(app).kind == FindKind::All);
}

#[test]
fn a_replay_finds_what_was_known_at_its_cursor() {
    let live = talking();
    let console = Console::replaying(&live).press("/").types("apple").press("enter");
    assert_eq!(searches(&console).pop().unwrap().upto, live.session(1).seq);
    let console = answer(console, &[], Looked::All).press("N").holds("before", |app| find(app).at == Some(46));
    // Back to a record of the first half: entries after it are not known yet.
    let mut early = taut::state::Session::new(SessionId(1));
    let mut known = Console::working();
    for n in 0..20 {
        known = known.hears(1, said(n, if n == 5 { "an apple" } else { "line" }));
    }
    early.clone_from(known.session(1));
    let upto = early.seq;
    let console = console.tell(Msg::Sought(Box::new(early))).frame();
    let console = console.holds("what is known", |app| find(app).hits.keys().eq([&6]) && find(app).at.is_none());
    assert_eq!(searches(&console).pop().unwrap().upto, upto);
    let console = console.holds("still there", |app| find(app).stage == Stage::Kept);
    assert!(console.commands().is_empty());
}

#[test]
fn another_place_takes_the_line_and_the_hits_stay() {
    let console = talking().press("tab /").types("apple").press("f1 esc").types("s");
    let console = console.holds("typed in again", |app| find(app).line == "apples");
    let console = console.press("backspace enter tab").focus_is(Focus::Inspector);
    let console = console.press("/").holds("within the inspector", |app| app.within.is_some()).types("zz");
    let console = console.press("esc").holds("gone", |app| app.within.is_none() && find(app).hits.len() == 6);
    console.press("esc").focus_is(Focus::Pane).press("n").says("here is the first");
}

// --- within a card

fn card() -> Console {
    Console::working().asks(1, "rm -rf build", 30).press("w").wait(400).frame()
}

#[test]
fn letters_over_a_card_are_text_and_nothing_else() {
    let console = card().press("/").types("allow a d x s unread").paste("a\n").decides(&[]);
    let console = console.holds("text", |app| app.within.as_ref().unwrap().line == "allow a d x s unreada");
    let console = console.press("enter").decides(&[]).holds("kept", |app| app.within.is_some());
    // What was typed over must be looked at anew, and the rest be read.
    let console = console.press_at_once("a").decides(&[]).wait(400).frame().press("a").decides(&[]);
    let console = console.press("G").wait(400).press("a").decides(&[]);
    console.press("esc").holds("the card is still open", |app| app.card.is_some() && app.within.is_none());
}

#[test]
fn a_key_right_behind_a_search_does_not_decide() {
    let ready = || Console::working().asks(1, "make", 3).press("w").wait(400).frame().press("/").types("make");
    ready().press("esc").wait(349).press_at_once("a").decides(&[]);
    ready().press("esc").wait(351).press_at_once("a").decides(&[allow_once()]);
    ready().press("enter").press_in_one_read("a a a").decides(&[]);
}

#[test]
fn jumping_to_a_hit_reads_nothing_on_the_way() {
    let console = card();
    let request = console.request(1);
    let mut painted = console.painted();
    let shown = painted.card.as_mut().unwrap();
    // A search went to the last rows: those between were never on the screen.
    (shown.top, shown.rows) = (20, 10);
    let console = console.tell(Msg::Painted(Box::new(painted)));
    let card = console.app.card.as_ref().unwrap();
    assert!(card.request == request && !card.end_seen && card.seen_rows == 10, "{card:?}");
    console.wait(400).press_at_once("a").decides(&[]);
}

#[test]
fn a_request_that_is_asked_anew_keeps_what_is_typed_as_text() {
    let console = card().press("/").types("bui");
    let old = console.request(1);
    let console = console.asks_with(1, "rm -rf build", 3, crate::support::console::usual_offers(), Some(old));
    let closed = Event::RequestClosed { request: old, how: taut::domain::Closing::Superseded };
    let console = console.hears(1, closed).types("lda").decides(&[]);
    let console = console.holds("text", |app| app.within.as_ref().is_some_and(|within| within.line == "builda"));
    assert_ne!(console.app.card.as_ref().unwrap().digest, Some(Digest::default()));
    console.press("esc").holds("it ends", |app| app.within.is_none());
}
