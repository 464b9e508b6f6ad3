//! A search over all sessions: what can be typed, what was found by session, and what was not searched.

use super::{SIZES, check};
use crate::support::frame::{NOW, draw, fleet};
use taut::domain::{At, Hit, HitIn, HitsIn, LookedAll, Seq, SessionId, TurnNo};
use taut::ui::App;
use taut::ui::app::Overlay;
use taut::ui::everywhere::EverywhereUi;
use taut::view::to_text;

fn hit(entry: u64, step: Option<u32>, part: &str, excerpt: &str, ago: i64) -> Hit {
    let marks = excerpt.match_indices("token").map(|(at, it)| (at as u32, (at + it.len()) as u32)).collect();
    let (seq, at, turn) = (Seq(entry + 1), At(NOW.0 - ago), TurnNo(1));
    Hit { entry, seq, at, turn, step, part: part.to_owned(), line: 0, excerpt: excerpt.to_owned(), marks }
}

fn of(id: u32, name: &str, recorded: bool, ago: i64) -> HitIn {
    let (agent, cwd) = (if recorded { "claude" } else { "codex" }.to_owned(), "/home/demo/src/shop".to_owned());
    HitIn { session: SessionId(id), name: name.to_owned(), agent, cwd, recorded, last: At(NOW.0 - ago) }
}

fn found() -> Vec<HitsIn> {
    let long = format!("…{} the token of the session and what follows it", "before it stands a good deal ".repeat(3));
    vec![
        HitsIn {
            of: of(1, "fix-auth", false, 30_000),
            hits: vec![
                hit(3, None, "prompt", "make token compare constant time", 200_000),
                hit(9, Some(12), "command", "cargo test token_is_compared -- --nocapture", 90_000),
                hit(11, Some(14), "output", &long, 30_000),
            ],
        },
        HitsIn {
            of: of(902, "A name that an agent gave,\nover two lines", true, 5 * 86_400_000),
            hits: vec![hit(
                40,
                None,
                "message",
                "a \u{1b}[31mtoken\u{202e} that would write to the terminal",
                5 * 86_400_000,
            )],
        },
    ]
}

fn searching(line: &str, ui: EverywhereUi) -> App {
    let mut app = fleet();
    app.overlay = Some(Overlay::Everywhere(Box::new(EverywhereUi { line: line.to_owned(), ..ui })));
    app
}

#[test]
fn it_says_what_can_be_typed_and_what_was_found() {
    let app = searching("", EverywhereUi::default());
    SIZES.into_iter().for_each(|size| check("everywhere-empty", &app, size));
    let looked = LookedAll { found: 4, sessions: 10_000, ..LookedAll::default() };
    let ui = EverywhereUi { groups: found(), selected: 1, looked: Some(Ok(looked)), ..EverywhereUi::default() };
    let app = searching("token", ui);
    SIZES.into_iter().for_each(|size| check("everywhere", &app, size));
    check("everywhere", &app, (60, 20));
    let text = to_text(&draw(&app, (120, 36)));
    assert!(text.contains("4 hits in 2 sessions") && text.contains("the token of the session"), "{text}");
}

#[test]
fn what_was_not_searched_by_the_index_or_at_all_is_said() {
    let looked = LookedAll { sessions: 12, scanned: 3, unread: 1, blind: true, ..LookedAll::default() };
    let ui = EverywhereUi { looked: Some(Ok(looked)), in_list: true, ..EverywhereUi::default() };
    let text = to_text(&draw(&searching("zebra", ui), (120, 36)));
    for said in ["nothing found", "3 of 12 were read", "1 session can't be read", "long texts are not on the disk"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let why = "tool: needs something behind it, as in tool:Bash".to_owned();
    let ui = EverywhereUi { looked: Some(Err(why.clone())), ..EverywhereUi::default() };
    check("everywhere-unclear", &searching("tool:", ui), (80, 24));
    let ui = EverywhereUi { groups: found(), looking: true, ..EverywhereUi::default() };
    assert!(to_text(&draw(&searching("token", ui), (120, 36))).contains("still looking"));
}
