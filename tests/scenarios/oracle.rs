//! Any messages in any order: no panic, and no decision without every condition of invariant 5, judged from outside by
//! what was painted and pressed.

use crate::support::console::{Console, PAGE, usual_offers};
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use taut::domain::{At, Closing, Command, Decision, Digest, Event, HubStatus, Reply, RequestId, SessionId};
use taut::keymap;
use taut::ui::face;
use taut::ui::{App, Chord, Effect, Focus, Msg, Press};

/// Something that happens.
#[derive(Debug, Clone)]
enum Op {
    Key(&'static str, Press),
    /// A key as a person presses it who looks first.
    Deliberate(&'static str),
    Word,
    Wait(i64),
    Frame(Face),
    Ask {
        session: u32,
        rows: usize,
    },
    Change {
        rows: usize,
    },
    Close,
    Reply(u8),
    Paste(&'static str),
    Focus(bool),
    Click(u16, u16),
    Link(bool),
    ReadOnly(bool),
    End(u32),
    Resize(u16, u16),
}

/// How a frame shows the open card.
#[derive(Debug, Clone, Copy)]
enum Face {
    Whole,
    Cut,
    Covered,
    /// With another digest than what is asked now.
    Stale,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let keys = "w w w w a a a a x d s s e ctrl-e + - enter enter enter esc j k space space space G g Q ? q y n E i c z v tab m X u \
        / / n N : f2 f2 ' f1 ctrl-c ctrl-\\ 1 2 o O I A ctrl-w ctrl-j alt-up up down";
    let keys: Vec<&'static str> = keys.split_whitespace().collect();
    let key = prop::sample::select(keys);
    let press = prop_oneof![9 => Just(Press::Alone), 1 => Just(Press::Among)];
    let op = prop_oneof![
        12 => (key, press).prop_map(|(key, press)| Op::Key(key, press)),
        14 => prop::sample::select(vec!["w", "w", "a", "a", "a", "x", "s", "d", "edit", "enter", "space", "esc"]).prop_map(Op::Deliberate),
        2 => Just(Op::Word),
        8 => prop_oneof![0i64..40, 100i64..700, 1_000i64..1_400].prop_map(Op::Wait),
        8 => prop_oneof![12 => Just(Face::Whole), 1 => Just(Face::Cut), 1 => Just(Face::Covered), 1 => Just(Face::Stale)]
            .prop_map(Op::Frame),
        3 => (1u32..4, prop_oneof![2 => 1usize..10, 1 => 11usize..40]).prop_map(|(session, rows)| Op::Ask { session, rows }),
        1 => (1usize..30).prop_map(|rows| Op::Change { rows }),
        1 => Just(Op::Close),
        2 => (0u8..4).prop_map(Op::Reply),
        1 => prop::sample::select(vec!["a", "aaaa\n", "unread\n", "x\n"]).prop_map(Op::Paste),
        1 => any::<bool>().prop_map(Op::Focus),
        1 => (0u16..130, 0u16..40).prop_map(|(x, y)| Op::Click(x, y)),
        1 => prop_oneof![1 => Just(true), 4 => Just(false)].prop_map(Op::Link),
        1 => prop_oneof![1 => Just(true), 4 => Just(false)].prop_map(Op::ReadOnly),
        1 => (1u32..4).prop_map(Op::End),
        1 => (1u16..200, 1u16..60).prop_map(|(x, y)| Op::Resize(x, y)),
    ];
    prop::collection::vec(op, 10..90)
}

/// What an onlooker knows who sees frames, keys and effects.
#[derive(Default)]
struct Onlooker {
    /// Since when every frame has shown this request whole, with this digest.
    whole_since: Option<(RequestId, [Digest; 2], At)>,
    /// Rows that were on the screen, by request, digest, what stood there and height of the payload.
    rows: BTreeMap<(RequestId, [Digest; 2], usize), BTreeSet<usize>>,
    /// How many of the decisions were edits.
    edits: usize,
    /// Characters typed since the last decision.
    typed: String,
    last_key: Option<(Option<taut::ui::Action>, At)>,
    focused: Option<At>,
    /// Decisions whose reply has not said that nothing came of them.
    answered: BTreeSet<RequestId>,
    decided: usize,
}

impl Onlooker {
    fn sees(&mut self, painted: &taut::ui::Painted, open: Option<RequestId>, now: At) {
        let card = painted.card.filter(|card| Some(card.request) == open && card.whole);
        let Some(card) = card else {
            self.whole_since = None;
            return;
        };
        match self.whole_since {
            Some((request, shown, _)) if (request, shown) == (card.request, [card.digest, card.face]) => {}
            _ => self.whole_since = Some((card.request, [card.digest, card.face], now)),
        }
        let seen = self.rows.entry((card.request, [card.digest, card.face], card.of)).or_default();
        seen.extend(card.top..card.top + card.rows);
    }

    fn read(&self, request: RequestId, shown: [Digest; 2]) -> bool {
        let of_it = self.rows.iter().filter(|((id, seen, _), _)| (*id, *seen) == (request, shown));
        let complete = |((_, _, of), rows): (&(RequestId, [Digest; 2], usize), &BTreeSet<usize>)| {
            (0..*of).all(|row| rows.contains(&row))
        };
        of_it.into_iter().any(complete)
    }

    /// Judges a decision by what was known before its key.
    fn judges(&mut self, app: &App, msg: &Msg, command: &Command, now: At) {
        let Command::Decide { request, digest, decision, overridden } = command else { return };
        let Msg::Did(action, press) = msg else { panic!("{msg:?} decided") };
        assert_eq!(*press, Press::Alone, "one of several keys decided");
        assert!(app.focus == Focus::Card && app.overlay.is_none(), "something else had the keys");
        assert_eq!(app.card.as_ref().map(|card| card.request), Some(*request), "another card was open");
        let waiting = app.state.waiting_request(*request).expect("it waits");
        assert_eq!(waiting.request.digest, *digest, "what was answered is not what is asked");
        // The brake needs no payload: a denial may come before all of it is there.
        let Some((shown, seen, since)) = self.whole_since else {
            assert!(!decision.allows(), "it is not on the screen: {decision:?} by {action:?}");
            assert!(self.answered.insert(*request), "it was answered twice");
            return;
        };
        assert_eq!((shown, seen[0]), (*request, *digest), "something else was on the screen");
        if decision.allows() {
            assert_eq!(seen[1], face::of(decision), "what was sent is not what was on the screen");
        }
        self.edits += usize::from(matches!(decision, Decision::Edit { .. }));
        assert!(now.since(since) >= 350, "it was on the screen for {} ms", now.since(since));
        if decision.allows() && !overridden {
            assert!(self.read(*request, seen), "not all of it was on the screen");
        }
        if *overridden {
            assert!(self.typed.contains("unread"), "{:?} is not the word", self.typed);
        }
        if let Some((key, at)) = self.last_key {
            assert!(now.since(at) >= 30, "keys came in a burst");
            assert!(key != Some(*action) || now.since(at) >= 150, "a held key decided");
        }
        assert!(self.focused.is_none_or(|at| now.since(at) >= 500), "the window had just got the focus");
        assert!(app.link_lost.is_none() && app.status.read_only.is_none());
        assert!(self.answered.insert(*request), "it was answered twice");
        let Some(offer) = decision.offer() else { return };
        assert!(waiting.request.offers.iter().any(|offered| offered.id == *offer), "nobody offered that");
    }
}

struct World {
    console: Console,
    onlooker: Onlooker,
}

impl World {
    fn tell(&mut self, msg: Msg) {
        let now = self.console.now;
        let before = (self.console.app.focus, self.console.app.card.as_ref().map(|card| card.request));
        // The onlooker judges by what was there before the message.
        let mut onlooker = std::mem::take(&mut self.onlooker);
        let snapshot = App {
            state: self.console.app.state.clone(),
            focus: self.console.app.focus,
            card: self.console.app.card.clone(),
            overlay: self.console.app.overlay.clone(),
            link_lost: self.console.app.link_lost.clone(),
            status: self.console.app.status.clone(),
            ..App::default()
        };
        let copy = match &msg {
            Msg::Did(action, press) => Msg::Did(*action, *press),
            Msg::Typed(key) => Msg::Typed(*key),
            Msg::Heard(_) => Msg::Heard(vec![]),
            _ => Msg::Tick,
        };
        if let Msg::Painted(painted) = &msg {
            onlooker.sees(painted, before.1, now);
        }
        let effects = taut::ui::update::update(&mut self.console.app, msg, now);
        for effect in &effects {
            if let Effect::Send(id, command) = effect {
                onlooker.judges(&snapshot, &copy, command, now);
                if let Command::Decide { request, .. } = command {
                    onlooker.decided += 1;
                    onlooker.typed.clear();
                    let after = (self.console.app.focus, self.console.app.card.as_ref().map(|card| card.request));
                    assert_eq!(after, (Focus::Card, Some(*request)), "a decision moved the focus");
                    assert!(self.console.app.in_flight.contains_key(&id.0));
                } else {
                    // A hub that answers: silence would hold every decision back.
                    taut::ui::update::update(&mut self.console.app, Msg::Replied(*id, taut::domain::Reply::Done), now);
                }
            }
        }
        match copy {
            Msg::Did(action, _) => onlooker.last_key = Some((Some(action), now)),
            Msg::Typed(key) => {
                onlooker.last_key = Some((None, now));
                onlooker.typed.push_str(&Chord::from(key).to_string());
            }
            Msg::Heard(_) => {
                let after = (self.console.app.focus, self.console.app.card.as_ref().map(|card| card.request));
                let anew = after.1.and_then(|id| self.console.app.state.request(id)?.instead_of);
                assert_eq!(after.0, before.0, "a record took the keys");
                assert!(after.1 == before.1 || anew == before.1, "a record changed the card");
            }
            _ => {}
        }
        let app = &self.console.app;
        assert!(app.card.is_none() || app.focus == Focus::Card, "a card without the keys");
        assert_eq!(app.panes.len(), app.grid.panes());
        assert!(app.pane < app.panes.len());
        self.onlooker = onlooker;
    }

    fn with(&mut self, f: impl FnOnce(Console) -> Console) {
        let console = std::mem::replace(&mut self.console, Console::new());
        let app = (console.app.focus, console.app.card.as_ref().map(|card| card.request));
        self.console = f(console);
        let now = (self.console.app.focus, self.console.app.card.as_ref().map(|card| card.request));
        let anew = now.1.and_then(|id| self.console.app.state.request(id)?.instead_of);
        assert!(now.0 == app.0 && (now.1 == app.1 || anew == app.1), "a record took the keys or changed the card");
    }

    fn frame(&mut self, face: Face) {
        let mut painted = self.console.painted();
        match (face, &mut painted.card) {
            (Face::Cut, Some(card)) => card.whole = false,
            (Face::Covered, card) => *card = None,
            (Face::Stale, Some(card)) => card.digest = Digest::of(b"older"),
            (Face::Whole | Face::Cut | Face::Stale, _) => {}
        }
        self.tell(Msg::Painted(Box::new(painted)));
    }

    fn key(&mut self, key: &str, press: Press) {
        let chord: Chord = key.parse().unwrap();
        match keymap::lookup(&self.console.app, chord.into()) {
            Some(action) => self.tell(Msg::Did(action, press)),
            None => self.tell(Msg::Typed(chord.into())),
        }
    }

    /// Records are heard without the frame that a `Console` paints after them: the onlooker must see every frame.
    fn hear(&mut self, session: u32, event: Event) {
        let record = self.console.record(session, event);
        self.tell(Msg::Heard(vec![record]));
    }

    fn happens(&mut self, op: &Op) {
        match op {
            Op::Key(key, press) => self.key(key, *press),
            Op::Deliberate("edit") => {
                // A whole edit, as a person makes one: some of its keys may mean something else where it stands.
                for key in ["e", "l", "enter", "space", "enter"] {
                    self.happens(&Op::Deliberate(key));
                }
            }
            Op::Deliberate(key) => {
                self.frame(Face::Whole);
                self.console.now = At(self.console.now.0 + 400);
                self.key(key, Press::Alone);
                self.frame(Face::Whole);
            }
            Op::Word => {
                for key in ["u", "n", "r", "e", "a", "d"] {
                    self.console.now = At(self.console.now.0 + 50);
                    self.key(key, Press::Alone);
                }
            }
            Op::Wait(ms) => self.console.now = At(self.console.now.0 + ms),
            Op::Frame(face) => self.frame(*face),
            Op::Ask { session, rows } => self.ask(*session, *rows, None),
            Op::Change { rows } => {
                let Some(request) = self.console.app.card.as_ref().map(|card| card.request) else { return };
                self.hear(request.session.0, Event::RequestClosed { request, how: Closing::Superseded });
                self.ask(request.session.0, *rows, Some(request));
            }
            Op::Close => {
                let Some(request) = self.console.app.state.queue().first().map(|waiting| waiting.request.id) else {
                    return;
                };
                self.hear(request.session.0, Event::RequestClosed { request, how: Closing::Expired });
            }
            Op::Reply(kind) => self.reply(*kind),
            Op::Paste(text) => {
                self.tell(Msg::Pasted((*text).to_owned()));
                self.onlooker.last_key = Some((None, self.console.now));
            }
            Op::Focus(has) => {
                self.tell(Msg::Focused(*has));
                self.onlooker.focused = has.then_some(self.console.now);
            }
            Op::Click(column, row) => {
                let kind = MouseEventKind::Down(MouseButton::Left);
                self.tell(Msg::Mouse(MouseEvent { kind, column: *column, row: *row, modifiers: KeyModifiers::NONE }));
            }
            Op::Link(lost) => {
                if *lost {
                    // What became of them is unknown, and the hub answers a second one with what was decided.
                    self.onlooker.answered.clear();
                }
                self.tell(Msg::Link(lost.then(|| "broken".to_owned())));
            }
            Op::ReadOnly(yes) => {
                let read_only = yes.then(|| "another taut runs".to_owned());
                self.tell(Msg::Status(HubStatus { read_only, ..HubStatus::default() }));
            }
            Op::End(session) => {
                let cause = taut::domain::Cause::Human;
                self.hear(*session, Event::Ended { cause, last_words: "".into(), survivors: vec![] });
            }
            Op::Resize(columns, rows) => self.tell(Msg::Resized(*columns, *rows)),
        }
    }

    fn ask(&mut self, session: u32, rows: usize, instead_of: Option<RequestId>) {
        let live = self.console.app.state.session(SessionId(session)).is_some_and(|session| session.is_live());
        if !live {
            return;
        }
        let call = format!("c{}", self.console.commands().len() + self.console.now.0 as usize);
        // Every frame is one that the onlooker sees.
        self.with(|console| {
            console.quietly(|console| console.asks_with(session, &call, rows, usual_offers(), instead_of))
        });
    }

    fn reply(&mut self, kind: u8) {
        let Some((&id, _)) = self.console.app.in_flight.iter().next() else { return };
        let reply = match kind {
            0 | 1 => Reply::Done,
            2 => Reply::Refused { why: "the disk is full".to_owned() },
            _ => Reply::Stale { digest: Digest::default() },
        };
        if kind > 1 {
            // Nothing came of it: it may be answered again.
            self.onlooker.answered.clear();
        }
        self.tell(Msg::Replied(taut::domain::CommandId(id), reply));
    }
}

#[test]
fn no_messages_in_any_order_decide_by_accident() {
    assert_eq!(PAGE, 10, "payloads of both kinds are generated");
    let mut runner = TestRunner::new(Config { cases: 600, failure_persistence: None, ..Config::default() });
    let (decided, edited) = (Cell::new(0usize), Cell::new(0usize));
    let outcome = runner.run(&ops(), |ops| {
        let console = Console::working().begins(2).begins(3).asks(1, "first", 3).wait(1_000);
        let mut world = World { console, onlooker: Onlooker::default() };
        for op in &ops {
            world.happens(op);
        }
        decided.set(decided.get() + world.onlooker.decided);
        edited.set(edited.get() + world.onlooker.edits);
        Ok(())
    });
    outcome.unwrap();
    assert!(decided.get() > 100, "only {} decisions were judged", decided.get());
    assert!(edited.get() > 3, "only {} edits were judged", edited.get());
}
