//! The card of several requests: each whole, one below the other, and never decided before all of it was on the screen.

use crate::desk::{change, check};
use crate::support::frame::{NOW, Teller, app, run};
use crate::support::story::Dice;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use taut::domain::{
    At, By, CallPatch, Closing, Command, Decision, Event, Impact, LaneId, Pos, Record, RequestId, Risk, Seq, SessionId,
    VERSION,
};
use taut::keymap;
use taut::ui::update::update;
use taut::ui::{App, Chord, Drawer, Effect, Focus, Msg, Press};
use taut::view::{Cache, Scene, layout, to_text};

const SIZES: [(u16, u16); 4] = [(80, 24), (120, 36), (200, 50), (20, 6)];

fn writes(path: &str, text: &str) -> CallPatch {
    CallPatch {
        tool: Some("Write".into()),
        title: Some(format!("Write {path}").as_str().into()),
        impact: Some(Impact::Edit),
        changes: Some(vec![change(path, None, Some(text))]),
        ..CallPatch::default()
    }
}

/// Three edits and two commands wait, and a push that is worse.
fn desk() -> App {
    let mut t = Teller::new(2, "fix-auth", "claude", "/home/demo/app", 400);
    t.open("default").prompt(1, "one module a rule, and the tests");
    for (n, name) in ["empty", "range", "format"].iter().enumerate() {
        let body: String = (0..=n * 5).map(|line| format!("    // {name} {line}\n")).collect();
        t.call(writes(&format!("/home/demo/app/src/rules/{name}.rs"), &format!("pub fn {name}() {{\n{body}}}\n")));
        t.ask(Risk::Mid, "writes in src/rules/", "edits need a human");
    }
    let mut docs = Teller::new(3, "docs", "codex", "/home/demo/app", 200);
    docs.open("default").prompt(1, "do they still pass?");
    for command in ["cargo test rules", "cargo test --doc"] {
        docs.call(run(command));
        docs.ask(Risk::Mid, "runs a command", "commands need a human");
    }
    docs.call(run("git push --force"));
    docs.ask(Risk::High, "rewrites remote history", "push needs a human");
    let mut app = app(&[t, docs]);
    (app.focus, app.drawer) = (Focus::Queue, Drawer::Full);
    app
}

/// A console with its own clock, drawn by the real view.
struct Table {
    app: App,
    cache: Cache,
    size: (u16, u16),
    now: At,
    sent: Vec<Command>,
}

impl Table {
    fn new(app: App, size: (u16, u16)) -> Self {
        Self { app, cache: Cache::new(), size, now: NOW, sent: Vec::new() }
    }

    fn tell(&mut self, msg: Msg) -> &mut Self {
        for effect in update(&mut self.app, msg, self.now) {
            if let Effect::Send(id, command) = effect {
                // A hub that answers what is only told to it: silence would hold every decision back.
                if matches!(command, Command::Shown { .. }) {
                    update(&mut self.app, Msg::Replied(id, taut::domain::Reply::Done), self.now);
                }
                self.sent.push(command);
            }
        }
        self
    }

    fn paint(&mut self) -> Scene {
        let scene = layout(&self.app, &mut self.cache, self.size, self.now);
        self.tell(Msg::Painted(Box::new(scene.painted.clone())));
        scene
    }

    fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            self.now = At(self.now.0 + 400);
            self.key(key, Press::Alone);
            self.paint();
        }
        self
    }

    fn key(&mut self, key: &str, press: Press) {
        let chord: Chord = key.parse().unwrap();
        match keymap::lookup(&self.app, chord.into()) {
            Some(action) => self.tell(Msg::Did(action, press)),
            None => self.tell(Msg::Typed(chord.into())),
        };
    }

    fn settled(&mut self) -> Scene {
        self.paint();
        self.now = NOW;
        layout(&self.app, &mut self.cache, self.size, NOW)
    }
}

fn select(app: &mut App, of: u32) {
    let at = app.queue().into_iter().find(|waiting| waiting.session.id == SessionId(of) && waiting.risk() == Risk::Mid);
    app.queue_selected = at.map(|waiting| waiting.request.id);
}

#[test]
fn every_one_is_shown_whole_one_below_the_other() {
    for size in SIZES {
        let mut table = Table::new(desk(), size);
        select(&mut table.app, 2);
        table.press("B");
        check("batch-first", &table.settled(), size);
        // Read on to its end, and then all of it was on the screen.
        for _ in 0..120 {
            table.press("space");
        }
        check("batch-read", &table.settled(), size);
        assert!(table.app.batch.as_ref().unwrap().unread() == 0, "{size:?}");
        table.press("d n o t space n o w");
        check("batch-deny", &table.settled(), size);
        table.press("esc a");
        assert_eq!(table.sent.iter().filter(|command| matches!(command, Command::Decide { .. })).count(), 3);
        check("batch-sent", &table.settled(), size);
    }
}

#[test]
fn what_fell_out_and_what_was_answered_is_said() {
    let mut table = Table::new(desk(), (120, 36));
    select(&mut table.app, 2);
    table.press("B");
    let gone = table.app.batch.as_ref().unwrap().items[1].request;
    let how = Closing::Withdrawn("the turn ended".into());
    let record = record(
        gone.session,
        table.app.state.sessions[&gone.session].seq.0 + 1,
        Event::RequestClosed { request: gone, how },
    );
    table.tell(Msg::Heard(vec![record]));
    table.app.toast = None;
    check("batch-fell", &table.settled(), (120, 36));
}

#[test]
fn marks_stand_in_the_queue_also_without_colours_and_in_ascii() {
    for size in [(80, 24), (120, 36)] {
        let mut table = Table::new(desk(), size);
        select(&mut table.app, 3);
        check("queue-alike", &table.settled(), size);
        table.press("space space");
        check("queue-marked", &table.settled(), size);
        table.cache = Cache::ascii();
        let text = to_text(&table.settled());
        assert_eq!(text.lines().filter(|line| line.contains("* o mid")).count(), 2, "{text}");
    }
}

fn record(session: SessionId, seq: u64, event: Event) -> Record {
    Record {
        pos: Pos(1_000_000 + seq),
        session,
        seq: Seq(seq),
        lane: LaneId::ROOT,
        at: NOW,
        said_at: None,
        cites: None,
        version: VERSION,
        event,
    }
}

/// Requests whose every line is a word of its own, so that a screen tells which lines were on it.
fn words(lines: &[usize]) -> (App, BTreeMap<RequestId, BTreeSet<String>>) {
    let mut t = Teller::new(1, "w", "claude", "/w", 100);
    t.open("default").prompt(1, "go");
    let mut all = BTreeMap::new();
    for (n, &count) in lines.iter().enumerate() {
        let own: Vec<String> = (0..count).map(|line| format!("r{n}l{line}x")).collect();
        t.call(writes(&format!("src/f{n}.rs"), &format!("{}\n", own.join("\n"))));
        let request = t.ask(Risk::Mid, "writes in src/", "edits");
        all.insert(request, own.into_iter().collect());
    }
    let mut app = app(&[t]);
    (app.focus, app.drawer) = (Focus::Queue, Drawer::Full);
    (app, all)
}

/// A place among so many.
fn pick(dice: &mut Dice, of: usize) -> usize {
    usize::try_from(dice.below(of as u64)).unwrap()
}

/// The words on a screen.
fn seen(scene: &Scene) -> BTreeSet<String> {
    let text = to_text(scene);
    text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// No batch ever allows a request of which not every line was on the screen, in frames that reached the terminal,
    /// while it was on the card; nor one that has changed or was answered, nor by a key that came with others.
    #[test]
    fn no_batch_decides_what_was_not_on_the_screen_to_its_end(
        lines in prop::collection::vec(1usize..30, 2..6), seed in any::<u64>(),
        size in prop::sample::select(vec![(80u16, 24u16), (40, 10), (120, 36), (24, 7)]),
    ) {
        let (app, payloads) = words(&lines);
        let mut table = Table::new(app, size);
        let mut shown: BTreeSet<String> = BTreeSet::new();
        let (mut dice, mut seq) = (Dice::new(seed), 10_000);
        let mut over: BTreeSet<RequestId> = BTreeSet::new();
        let mut decided: BTreeSet<RequestId> = BTreeSet::new();
        table.press("B");
        shown.extend(seen(&layout(&table.app, &mut table.cache, size, table.now)));
        for _ in 0..80 {
            // A single card has guards and tests of its own.
            if table.app.card.is_some() {
                table.key("esc", Press::Alone);
            }
            table.now = At(table.now.0 + [5, 60, 400, 400, 1_100][pick(&mut dice, 5)]);
            let open = table.app.batch.is_some();
            let before = table.sent.len();
            let keys = ["space", "space", "space", "j", "k", "G", "g", "a", "a", "B", "esc", "ctrl-d", "d", "enter", "*", "Q"];
            let press = if dice.below(6) == 0 { Press::Among } else { Press::Alone };
            match dice.below(12) {
                0 => {
                    // Something is withdrawn, or answered elsewhere.
                    let waiting: Vec<RequestId> =
                        table.app.state.queue().iter().map(|waiting| waiting.request.id).collect();
                    if let Some(&id) = waiting.get(pick(&mut dice, waiting.len().max(1))) {
                        seq += 1;
                        let event = match dice.below(2) {
                            0 => Event::RequestClosed { request: id, how: Closing::Superseded },
                            _ => Event::Decided {
                                request: id,
                                digest: taut::domain::Digest::default(),
                                decision: Decision::Deny { offer: None, reason: None, interrupt: false },
                                by: By::Human,
                                overridden: false,
                            },
                        };
                        over.insert(id);
                        table.tell(Msg::Heard(vec![record(SessionId(1), seq, event)]));
                    }
                }
                1 => { table.tell(Msg::Pasted("a\n".into())); }
                _ => table.key(keys[pick(&mut dice, keys.len())], press),
            }
            for command in &table.sent[before..] {
                let Command::Decide { request, decision, overridden, .. } = command else { continue };
                prop_assert!(open, "no card of several was open");
                prop_assert!(press == Press::Alone, "several keys");
                prop_assert!(!overridden);
                prop_assert!(!over.contains(request) && decided.insert(*request), "{request} is over");
                if decision.allows() {
                    let missing: Vec<&String> = payloads[request].difference(&shown).collect();
                    prop_assert!(missing.is_empty(), "never on the screen: {missing:?}");
                }
            }
            // Some frames never reach the terminal.
            if dice.below(4) > 0 {
                let scene = table.paint();
                if table.app.batch.is_some() {
                    shown.extend(seen(&scene));
                }
            }
            if table.app.batch.is_none() {
                // What was read on a card that was closed counts for nothing on the next one.
                shown.clear();
            }
        }
    }
}

#[test]
fn a_batch_of_the_property_is_decided_where_it_is_read() {
    let (app, payloads) = words(&[3, 20, 9]);
    let mut table = Table::new(app, (80, 24));
    table.press("B space space space space a");
    let allowed = table.sent.iter().filter(|c| matches!(c, Command::Decide { decision, .. } if decision.allows()));
    assert_eq!(allowed.count(), payloads.len());
}
