//! How far a conversation goes back or is copied, what a context is made of, and which model is asked.

use super::check;
use super::support::frame::{NOW, Teller, app, docs};
use taut::domain::{ConfigOption, Context, ContextPart, Event, Seq, SessionId, TurnNo};
use taut::ui::way::{Asked, ContextUi, Does, WayUi};
use taut::ui::{App, Focus, Overlay, Picker, PickerKind};
use taut::view::{Cache, layout, to_text};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];
const ID: SessionId = SessionId(2);

const PROMPTS: [&str; 6] = [
    "make the token compare constant time",
    "now the tests for it, the slow ones as well: they must fail without the change, so that somebody who undoes it sees why",
    "undo the last one \u{202e}gpj.exe",
    "",
    "run clippy over all of it",
    "write the changelog",
];

fn talked() -> App {
    let mut t = Teller::new(2, "fix-auth", "claude", "/home/demo/wt/fix-auth", 400);
    t.open("default");
    for (n, prompt) in (1..).zip(PROMPTS) {
        t.prompt(n, prompt).tell(Event::TurnMarked { turn: TurnNo(n), mark: format!("m{n}") });
        t.end_turn(n, 20_000 + u64::from(n) * 4_000, 10_000);
    }
    let part = |name: &str, tokens| ContextPart { name: name.to_owned(), tokens };
    let parts = vec![
        part("System prompt", 3_100),
        part("System tools", 11_400),
        part("MCP tools \u{202e}deferred", 912),
        part("Memory files", 47),
        part("Messages", 28_541),
        part("Free space", 156_000),
    ];
    t.tell(Event::ContextTold { context: Context { parts, used: Some(44_000), window: Some(200_000) } });
    let values = [("opus", "Opus: for hard things"), ("sonnet", "Sonnet: quicker"), ("haiku", "Haiku: the quickest")];
    let option = ConfigOption {
        id: "model".into(),
        name: "Model".into(),
        category: Some("model".into()),
        current: "sonnet".into(),
        values: values.map(|(id, name)| (id.to_owned(), name.to_owned())).to_vec(),
        switch: false,
    };
    t.tell(Event::OptionsOffered { options: vec![option] });
    let mut app = app(&[t, docs()]);
    app.focus = Focus::Pane;
    app
}

fn parted(does: Does, keep: u32) -> App {
    let mut app = talked();
    let newest = app.state.session(ID).unwrap().way.newest();
    let way = WayUi { session: ID, does, keep: TurnNo(keep), newest, since: NOW, sent: false };
    app.overlay = Some(Overlay::Way(way));
    app
}

#[test]
fn what_goes_stands_below_a_line() {
    let app = parted(Does::Rewind, 3);
    SIZES.into_iter().for_each(|size| check("way-rewind", &app, size));
    check("way-rewind", &app, (40, 12));
    check("way-rewind", &app, (20, 6));
    check("way-beginning", &parted(Does::Rewind, 0), (80, 24));
    let text = to_text(&layout(&app, &mut Cache::ascii(), (80, 24), NOW));
    let line = text.lines().find(|line| line.contains("back to the end of turn 3"));
    assert!(line.is_some_and(str::is_ascii), "{text}");
}

#[test]
fn a_copy_ends_at_a_line() {
    let app = parted(Does::Fork, 5);
    SIZES.into_iter().for_each(|size| check("way-fork", &app, size));
}

#[test]
fn a_context_is_made_of_parts() {
    let mut app = talked();
    app.overlay = Some(Overlay::Context(ContextUi { session: ID, stage: Asked::No, top: 0 }));
    SIZES.into_iter().for_each(|size| check("way-context", &app, size));
    check("way-context", &app, (40, 12));
    let seq = app.state.session(ID).unwrap().seq;
    let stage = Asked::Since(Seq(seq.0), taut::domain::At(NOW.0 - 3_000));
    app.overlay = Some(Overlay::Context(ContextUi { session: ID, stage, top: 0 }));
    check("way-asked", &app, (80, 24));
    let why = "Claude Code did not tell what its context is made of: the request timed out".to_owned();
    app.overlay = Some(Overlay::Context(ContextUi { session: ID, stage: Asked::Failed(why), top: 0 }));
    check("way-failed", &app, (80, 24));
}

#[test]
fn a_model_is_chosen_or_typed() {
    let mut app = talked();
    app.overlay = Some(Overlay::Picker(Picker::new(PickerKind::Models(ID), 1)));
    SIZES.into_iter().for_each(|size| check("way-model", &app, size));
    let typed = Picker { filter: "claude-next".into(), ..Picker::new(PickerKind::Models(ID), 0) };
    app.overlay = Some(Overlay::Picker(typed));
    check("way-model-typed", &app, (80, 24));
}
