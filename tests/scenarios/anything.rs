//! Every message is accepted in every state, however odd: no panic, and time always goes on.

use crate::support::console::Console;
use crate::support::story;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use taut::domain::{
    Answer, At, Became, CallId, Changed, Changes, CheckpointId, CommandId, Digest, Found, FoundIn, Listed, Looked,
    Losses, Makers, PageNo, Point, Pos, Previewed, Reply, RequestId, SearchFrom, Seq, SessionId, SettingsDiff,
    SettingsFile, Side, Stands, Stretch, Talk, TurnNo, UndoAct, UndoFile, UndoPlan, UndoSide, UndoStep, Weight,
};
use taut::keymap;
use taut::state::{Session, State, page};
use taut::ui::batch::{PaintedBatch, PaintedItem};
use taut::ui::diffs::Fit;
use taut::ui::find::WithinFound;
use taut::ui::select::{Line, SelectIn, Selected, Taken};
use taut::ui::update::{available, next_tick, rail, scopes, update};
use taut::ui::{
    Action, Anchor, App, Effect, Hit, Msg, Occasion, Painted, PaintedAccept, PaintedCard, PaintedReview, PaintedUndo,
    PaneSettled, Press, ShowTo, Want,
};

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0u64..40, Just(u64::MAX), Just(1023), Just(1024), any::<u64>()]
}

fn painted() -> impl Strategy<Value = Msg> {
    (number(), number(), number(), number(), any::<bool>()).prop_map(|(a, b, c, d, whole)| {
        let session = SessionId((a % 3) as u32);
        Msg::Painted(Box::new(Painted {
            card: Some(PaintedCard {
                request: RequestId { session, seq: Seq(b) },
                digest: Digest::of(&a.to_le_bytes()),
                face: Digest::default(),
                top: c as usize,
                rows: d as usize,
                uncut: (d / 2) as usize,
                fit: Fit { folds: a % 2, ..Fit::default() },
                carried: c as usize,
                of: b as usize,
                lines: d as u32,
                framed: whole || d % 2 == 0,
                whole,
            }),
            batch: whole.then(|| PaintedBatch {
                items: vec![PaintedItem {
                    request: RequestId { session, seq: Seq(b) },
                    digest: Digest::of(&a.to_le_bytes()),
                    first: c as usize,
                    uncut: d as usize,
                    of: b as usize,
                    lines: d as u32,
                    fit: Fit::default(),
                    here: whole,
                }],
                top: d as usize,
                framed: whole,
                whole,
            }),
            diffs: None,
            panes: vec![PaneSettled {
                session,
                top: Anchor { entry: c, row: d as usize },
                at_end: whole,
                visible: Some((a, b)),
            }],
            inspector_top: c as usize,
            help_top: Some(d as usize),
            accept: Some(PaintedAccept { top: d as usize, rows: 3, of: 9 }),
            undo: Some(PaintedUndo {
                face: Digest::of(&a.to_le_bytes()),
                top: c as usize,
                height: d as u16,
                whole,
                parts: vec![(a as usize, b as usize, c as usize); (d % 5) as usize],
            }),
            review: Some(PaintedReview { top: c as usize, page: d as usize }),
            hits: vec![((0, 0, 50, 50), Hit::Entry(a as usize, b)), ((0, 0, 9, 9), Hit::Pane(c as usize))],
            lines: vec![
                Line { area: (0, 3, 40), place: SelectIn::Pane(session), at: Anchor { entry: a, row: c as usize } },
                Line { area: (9, 20, 2), place: SelectIn::Card, at: Anchor { entry: 0, row: d as usize } },
            ],
            selected: Some(Selected {
                to: Anchor { entry: d, row: a as usize },
                taken: whole.then(|| if b == 1 { Taken::TooMuch } else { Taken::Text("\u{1b}x".to_owned()) }),
            }),
            found: Some((a, b as usize)),
            within: Some(WithinFound { of: c as usize, at: d as usize, row: a as usize }),
            wants: vec![Want::Page(session, PageNo(b)), Want::Body(Digest::of(b"x"), d)],
            noticed: vec![session, SessionId(u32::MAX)],
            composer: Some(a as usize),
        }))
    })
}

fn plan() -> impl Strategy<Value = Answer> {
    (number(), 0u32..3, 0usize..9).prop_map(|(n, session, files)| {
        let acts = [UndoAct::Create, UndoAct::Remove, UndoAct::Restore, UndoAct::Merge, UndoAct::Conflict];
        let file = |at: usize| UndoFile {
            path: format!("{at}\u{1b}"),
            act: acts.get(at).copied().unwrap_or(UndoAct::Nothing),
            diff: at.is_multiple_of(2).then(|| "@@ -1 +1 @@\n-a\n+b\n".into()),
            note: at.is_multiple_of(3).then(|| "why\u{202e}".to_owned()),
            sides: [Side::Ours, Side::Both]
                .into_iter()
                .filter(|_| at.is_multiple_of(4))
                .map(|side| UndoSide { side, diff: Some("@@ -1 +1 @@\n-a\n+b\n".into()), note: None })
                .collect(),
        };
        let step = UndoStep { call: CallId("c".to_owned()), number: n as u32, title: "\u{7}".to_owned() };
        Answer::UndoPlan {
            plan: Box::new(UndoPlan {
                session: SessionId(session),
                steps: vec![step; files],
                files: (0..files).map(file).collect(),
                cannot: vec!["x".to_owned(); files],
                later: (n % 2 == 0).then(|| "later\u{1b}".to_owned()),
                talk: match n % 3 {
                    0 => Talk::Stays { why: "\u{1b}why".to_owned() },
                    n => Talk::Back { to: TurnNo(n as u32), turns: n as u32, stand: n as u32 - 1 },
                },
                digest: Digest::of(&n.to_le_bytes()),
            }),
        }
    })
}

/// What changed, as somebody might tell it: more or fewer hunks than there are, texts and none.
fn changes() -> impl Strategy<Value = Answer> {
    (number(), 0u32..3, 0usize..5, 0u8..4).prop_map(|(n, session, files, kind)| {
        let points = [Point::First, Point::Last, Point::Now, Point::Before { step: n as u32 }];
        let stretch = Stretch { from: points[usize::from(kind)], to: points[(n % 4) as usize] };
        let stands = |at: usize| match at % 5 {
            0 => Stands::Nothing,
            1 => Stands::File { mode: 0o644, bytes: 4, text: Some("a\nb\n\u{1b}".into()) },
            2 => Stands::File { mode: u32::MAX, bytes: n, text: None },
            3 => Stands::Link { to: "\u{202e}".to_owned() },
            _ => Stands::Unknown { why: "why".to_owned() },
        };
        let file = |at: usize| Changed {
            path: format!("{at}\u{1b}"),
            became: at.is_multiple_of(2).then_some(Became::Kind),
            old: stands(at),
            new: stands(at + usize::from(kind)),
            hunks: vec![Makers { steps: vec![n as u32], others: kind == 0 }; at],
        };
        let paths = if kind == 1 { vec!["x".to_owned()] } else { Vec::new() };
        let session = SessionId(session);
        if kind == 3 {
            return Answer::NoChanges { session, stretch, paths, why: "gone".to_owned() };
        }
        let id = |id: &str| CheckpointId(id.to_owned());
        Answer::Changes {
            changes: Box::new(Changes {
                session,
                stretch,
                paths,
                before: id("a"),
                after: id(""),
                steps: Vec::new(),
                files: (0..files).map(file).collect(),
                more: n as u32,
                notes: vec!["x\u{7}".to_owned()],
            }),
        }
    })
}

fn tree() -> impl Strategy<Value = Answer> {
    (number(), any::<bool>()).prop_map(|(n, none)| Answer::Tree {
        session: SessionId(1),
        at: Point::After { step: n as u32 },
        files: vec![Listed { path: "a\u{1b}".to_owned(), became: None }],
        more: n as u32,
        why: none.then(|| "gone".to_owned()),
    })
}

/// What is told of a call that waits.
fn ahead() -> impl Strategy<Value = Answer> {
    (number(), any::<bool>()).prop_map(|(n, judged)| {
        let request = RequestId { session: SessionId(1), seq: Seq(n) };
        let verdict = Box::new(Err("gone".to_owned()));
        match judged {
            true => Answer::Judged { request, of: Digest::default(), verdict },
            false => Answer::Losses(Previewed { request, losses: Losses::unknown("gone"), of: None }),
        }
    })
}

fn message() -> impl Strategy<Value = Msg> {
    let press = prop_oneof![Just(Press::Alone), Just(Press::Among)];
    let action = (0..Action::ALL.len() + 4).prop_map(|n| {
        let slot = [Action::Slot(0), Action::Slot(10), Action::Slot(u8::MAX), Action::Yes];
        Action::ALL.get(n).copied().unwrap_or(slot[n % 4])
    });
    let code = prop_oneof![
        any::<char>().prop_map(KeyCode::Char),
        any::<u8>().prop_map(KeyCode::F),
        Just(KeyCode::Backspace),
        Just(KeyCode::Up),
        Just(KeyCode::Left),
        Just(KeyCode::Null),
    ];
    let key = (code, any::<u8>()).prop_map(|(code, bits)| KeyEvent::new(code, KeyModifiers::from_bits_truncate(bits)));
    let records = (0u64..4, 1u64..80, 0u32..3).prop_map(|(seed, count, session)| {
        let mut records = story::records(SessionId(session), seed, count);
        if seed == 3 {
            records.reverse();
        }
        Msg::Heard(records)
    });
    let reply = prop_oneof![
        Just(Reply::Done),
        number().prop_map(|n| Reply::Started { session: SessionId(n as u32) }),
        Just(Reply::Refused { why: "no\u{1b}[31m".to_owned() }),
        Just(Reply::Stale { digest: Digest::default() }),
    ];
    let answer = prop_oneof![
        (number(), any::<bool>()).prop_map(|(no, key)| Answer::Page {
            session: SessionId(1),
            page: PageNo(no),
            keyframe: key.then(|| page::keyframe(&Session::new(SessionId(1)))),
            records: story::records(SessionId(1), no, 30),
        }),
        any::<bool>()
            .prop_map(|purged| Answer::Body { digest: Digest::of(b"x"), text: purged.then(|| "x".to_owned()) }),
        Just(Answer::Failed { why: "gone".to_owned() }),
        Just(Answer::Settings {
            waits: vec![SettingsDiff { file: SettingsFile::Config, digest: None, lines: Vec::new(), left_out: 0 }]
        }),
        ahead(),
        number().prop_map(|n| Answer::Weighed {
            session: SessionId((n % 3) as u32),
            weight: Weight { texts: n, bytes: n, shared: n, frames: n, frame_bytes: n, ..Weight::default() },
            stay: [(SessionId(2), n)].into(),
        }),
        plan(),
        changes(),
        changes(),
        tree(),
        (0u64..4, number(), 0u8..3).prop_map(|(search, entry, looked)| {
            let (session, seq, page) = (SessionId(1), Seq(entry), PageNo(entry));
            let found =
                Found { session, entry, seq, page, part: FoundIn::Output, line: 3, excerpt: "x\u{1b}".to_owned() };
            let from = SearchFrom { page, skip: u32::MAX, origin: PageNo(3) };
            let looked =
                [Looked::All, Looked::More(from), Looked::Failed("gone".to_owned())][usize::from(looked)].clone();
            Answer::Found { search, found: vec![found], looked }
        }),
    ];
    prop_oneof![
        12 => (action, press).prop_map(|(action, press)| Msg::Did(action, press)),
        4 => key.prop_map(Msg::Typed),
        1 => any::<String>().prop_map(Msg::Pasted),
        4 => (any::<u16>(), 0u16..50, 0usize..4).prop_map(|(column, row, kind)| {
            let left = MouseButton::Left;
            let kinds = [
                MouseEventKind::Down(left),
                MouseEventKind::Drag(left),
                MouseEventKind::Up(left),
                MouseEventKind::ScrollUp,
            ];
            let kind = kinds[kind];
            Msg::Mouse(MouseEvent { kind, column: column % 60, row, modifiers: KeyModifiers::NONE })
        }),
        1 => (any::<u16>(), any::<u16>()).prop_map(|(x, y)| Msg::Resized(x, y)),
        3 => records,
        2 => (0u64..9, reply).prop_map(|(id, reply)| Msg::Replied(CommandId(id), reply)),
        2 => answer.prop_map(Msg::Answered),
        1 => (number(), 0u32..4).prop_map(|(seed, session)| {
            let mut state = State { head: Pos(1), ..State::default() };
            story::records(SessionId(session), seed, 20).iter().for_each(|record| state.apply(record));
            Msg::Known(Box::new(state.known()))
        }),
        4 => painted(),
        1 => number().prop_map(|seq| {
            let mut session = Session::new(SessionId(1));
            session.seq = Seq(seq);
            Msg::Sought(Box::new(session))
        }),
        2 => Just(()).prop_map(|()| Msg::Tick),
        1 => any::<bool>().prop_map(Msg::Focused),
        1 => any::<String>().prop_map(|text| Msg::Told(ShowTo::Copy, text)),
        1 => any::<String>().prop_map(Msg::Failed),
        1 => any::<bool>().prop_map(|lost| Msg::Link(lost.then(|| "broken".to_owned()))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn any_message_is_accepted_in_any_state(
        start in 0u8..3,
        msgs in prop::collection::vec((message(), prop_oneof![Just(0i64), 0i64..3_000, Just(-5_000), Just(i64::MAX)]), 1..60)
    ) {
        let live = Console::working().asks(1, "make", 3);
        let mut app = match start {
            0 => App::default(),
            1 => Console::replaying(&live).app,
            _ => live.app,
        };
        app.attention.on = [Occasion::Waiting, Occasion::Finished].into();
        let (replays, mut now) = (app.replay.is_some(), At(1_000_000));
        for (msg, wait) in msgs {
            let effects = update(&mut app, msg, now);
            prop_assert!(!replays || !effects.iter().any(|effect| matches!(effect, Effect::Send(..))));
            prop_assert!(!replays || !effects.iter().any(|effect| matches!(effect, Effect::Ring(_))));
            prop_assert!(next_tick(&app, now).is_none_or(|at| at >= now));
            prop_assert!(rail(&app).len() <= app.state.sessions.len() && !scopes(&app).is_empty());
            for &action in Action::ALL {
                prop_assert!(available(&app, action).err() != Some(String::new()));
            }
            prop_assert!(keymap::help(&app).iter().all(|section| !section.items.is_empty()));
            let _ = keymap::footer(&app);
            now = At(now.0.saturating_add(wait));
        }
    }
}
