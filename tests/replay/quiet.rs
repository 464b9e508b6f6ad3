//! A replay never acts: nothing is sent, nothing started, nothing written.

use crate::past::Past;
use crate::support::live::{self, Log};
use std::collections::BTreeMap;
use std::path::Path;
use taut::domain::{Command, CommandId, Decision, Digest, Event, PromptId, Reply, RequestId, Seen, Seq, StartSpec};
use taut::hub;
use taut::state::page;
use taut::ui::app::NewSession;
use taut::ui::replay::ReplayMark;
use taut::ui::{Action, App, CardUi, Effect, Focus, Menu, Msg, Overlay, Picker, PickerKind, Press, Term};

/// Every file below a folder, whole; but not the memory that readers of the log share to keep out of each other's way.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.file_name().is_some_and(|name| name != "taut.db-shm") {
            found.insert(path.to_string_lossy().into_owned(), std::fs::read(&path).unwrap());
        }
    }
    found
}

/// Asserts that no file below a folder has changed, come or gone.
#[track_caller]
pub fn unchanged(folder: &Path, before: &BTreeMap<String, Vec<u8>>) {
    let after = files(folder);
    let names = before.keys().chain(after.keys());
    let changed: std::collections::BTreeSet<_> = names.filter(|name| before.get(*name) != after.get(*name)).collect();
    assert!(changed.is_empty(), "changed: {changed:?}");
}

/// The first request of a log.
fn asked(log: &Log) -> RequestId {
    let asked = log.records.iter().find(|record| matches!(record.event, Event::Asked { .. })).unwrap();
    RequestId { session: log.id, seq: asked.seq }
}

/// Every place in which keys act, even those that a replay has no way to.
fn places(log: &Log) -> Vec<Box<dyn Fn(&mut App)>> {
    let (id, request) = (log.id, asked(log));
    let focus = [Focus::Rail, Focus::Pane, Focus::Inspector, Focus::Queue, Focus::Composer];
    let mut places: Vec<Box<dyn Fn(&mut App)>> = Vec::new();
    for focus in focus {
        places.push(Box::new(move |app| {
            (app.focus, app.card, app.overlay) = (focus, None, None);
            app.drafts.entry(id).or_default().text = "do it again".to_owned();
        }));
    }
    let decision = Decision::Allow { offer: "yes".into() };
    let menus = [
        None,
        Some(Menu::Scopes { selected: 0, term: Term::Session }),
        Some(Menu::Reason { text: "no".into(), interrupt: true }),
        Some(Menu::Override { text: CardUi::OVERRIDE.into(), decision }),
        Some(Menu::Edit),
        Some(Menu::Rest { text: "no".into() }),
        Some(Menu::Sure { decision: Decision::Edit { offer: None, args: "{}".into(), reason: None }, top: 0 }),
        Some(Menu::Reply),
    ];
    for menu in menus {
        places.push(Box::new(move |app| {
            let card = CardUi {
                menu: menu.clone(),
                end_seen: true,
                painted: Some(taut::domain::At(0)),
                ..CardUi::new(request)
            };
            (app.focus, app.card, app.overlay) = (Focus::Card, Some(card), None);
        }));
    }
    let overlays = [
        Overlay::Help { top: 0, filter: None },
        Overlay::NewSession(Box::new(NewSession { folder: "/".into(), prompt: "x".into(), ..NewSession::default() })),
        Overlay::Confirm { question: "End it?".into(), yes: Box::new(Action::EndSessionNow) },
        Overlay::Confirm { question: "Stop it?".into(), yes: Box::new(Action::Halt) },
        Overlay::Picker(Picker::new(PickerKind::Modes(id), 0)),
        Overlay::Picker(Picker::new(PickerKind::Logins(id), 0)),
    ];
    for overlay in overlays {
        places
            .push(Box::new(move |app| (app.focus, app.card, app.overlay) = (Focus::Pane, None, Some(overlay.clone()))));
    }
    places
}

#[test]
fn every_action_in_every_place_sends_nothing_and_changes_nothing_that_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let log = live::demo(folder.path());
    let before = files(&log.folder);
    let waits = asked(&log).seq;
    let mut past = Past::new(&log, (120, 36));
    let mut thrown = 0;
    for seq in [Seq(1), waits, Seq(waits.0 + 2), log.last()] {
        for place in places(&log) {
            for (&action, press) in
                Action::ALL.iter().flat_map(|action| [(action, Press::Alone), (action, Press::Among)])
            {
                past.go(seq);
                place(&mut past.app);
                // Twice: some keys ask for a second press.
                for _ in 0..2 {
                    for effect in past.take(Msg::Did(action, press)) {
                        assert!(!matches!(effect, Effect::Send(..)), "{action:?} at {seq:?}: {effect:?}");
                    }
                }
                thrown += 1;
                assert!(past.app.in_flight.is_empty() && past.app.commands == 0, "{action:?}");
                assert!(past.app.replay.is_some() && past.app.state.sessions.len() == 1);
            }
        }
        past.settle();
    }
    assert!(thrown > 5_000, "{thrown}");
    let known = past.app.state.session(log.id).unwrap();
    // What of its past is in memory is not part of what is known.
    let as_stored = hub::session_at(&log.reader, log.id, past.at()).unwrap();
    assert!(page::known(known) == page::known(&as_stored));
    unchanged(&log.folder, &before);
}

#[test]
fn the_log_answers_questions_and_refuses_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let log = live::story(folder.path(), 3, 200);
    let before = files(&log.folder);
    let (session, request, digest) = (log.id, asked(&log), Digest::default());
    let decision = Decision::Allow { offer: "y".into() };
    let commands = [
        Command::Start(Box::new(StartSpec { agent: "demo".into(), cwd: "/".into(), ..StartSpec::default() })),
        Command::Prompt { session, text: "x".into(), steer: false },
        Command::DropPrompt { session, prompt: PromptId(1) },
        Command::Interrupt { session },
        Command::End { session },
        Command::Halt,
        Command::Decide { request, digest, decision, overridden: true },
        Command::Shown { request, digest, seen: Seen::default() },
        Command::SetMode { session, mode: "plan".into() },
        Command::Login { session, way: "x".into() },
        Command::Rename { session, name: "x".into() },
        Command::Notice { session },
        Command::Archive { session, archived: true },
    ];
    let past = Past::new(&log, (80, 24));
    for (n, command) in (1..).zip(commands) {
        let reply = past.source.send(CommandId(n), command.clone());
        let refused = matches!(reply, Some(Msg::Replied(CommandId(to), Reply::Refused { .. })) if to == n);
        assert!(refused, "{command:?}: {reply:?}");
    }
    unchanged(&log.folder, &before);
}

#[test]
fn from_every_cursor_the_keys_lead_to_the_nearest_mark_that_way() {
    let folder = tempfile::tempdir().unwrap();
    let log = live::demo(folder.path());
    let mut past = Past::new(&log, (80, 24));
    let marks = log.replay(Seq(1)).marks.all();
    let (step, turn) = (|mark| mark == ReplayMark::Step, |mark| mark == ReplayMark::Prompt);
    let notable = |mark| !matches!(mark, ReplayMark::Step | ReplayMark::Prompt);
    let moves: [(Action, bool, &dyn Fn(ReplayMark) -> bool); 6] = [
        (Action::StepForward, true, &step),
        (Action::StepBack, false, &step),
        (Action::TurnForward, true, &turn),
        (Action::TurnBack, false, &turn),
        (Action::MarkForward, true, &notable),
        (Action::MarkBack, false, &notable),
    ];
    for kind in [ReplayMark::Prompt, ReplayMark::Step, ReplayMark::Asked, ReplayMark::Allowed, ReplayMark::Denied] {
        assert!(marks.iter().any(|(_, mark)| *mark == kind), "{kind:?} is in the demo");
    }
    for record in &log.records {
        let here = record.seq;
        let nearest = |forward: bool, is: &dyn Fn(ReplayMark) -> bool| {
            let those = marks.iter().filter(|(_, mark)| is(*mark)).map(|(seq, _)| *seq);
            if forward { those.filter(|seq| *seq > here).min() } else { those.filter(|seq| *seq < here).max() }
        };
        let marked = moves.map(|(action, forward, is)| (action, nearest(forward, is).unwrap_or(here)));
        let others = [
            (Action::RecordForward, Seq(here.0 + 1).min(log.last())),
            (Action::RecordBack, Seq(here.0 - 1).max(Seq(1))),
            (Action::ReplayEnd, log.last()),
            (Action::ReplayStart, Seq(1)),
        ];
        for (action, to) in marked.into_iter().chain(others) {
            past.go(here);
            past.take(Msg::Did(action, Press::Alone));
            let replay = past.app.replay.as_ref().unwrap();
            assert_eq!((replay.at, replay.clock), (to, log.at(to).at), "{action:?} from {here:?}");
        }
    }
}
