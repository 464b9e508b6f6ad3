//! A console under test: it hears facts, keys are pressed, frames are painted, and what it sends is looked at.

use std::collections::BTreeMap;
use taut::domain::{
    At, CallId, CallPatch, Command, CommandId, Completeness, Decision, Digest, Event, Impact, LaneId, Offer, OfferKind,
    Pos, PromptId, Record, Reply, RequestId, Seq, SessionId, Stop, TurnNo, VERSION,
};
use taut::keymap;
use taut::state::Session;
use taut::ui::app::KnownAgent;
use taut::ui::batch::{BatchUi, Item, PaintedBatch, PaintedItem};
use taut::ui::diffs::Fit;
use taut::ui::update::{start, update};
use taut::ui::{
    Anchor, App, Chord, Effect, Focus, Hit, Msg, Painted, PaintedCard, PaneSettled, Press, Replay, Setup, Want,
};

/// Rows of a card's payload that fit on the screen.
pub const PAGE: usize = 10;

pub struct Console {
    pub app: App,
    pub now: At,
    /// Every effect so far.
    pub effects: Vec<Effect>,
    /// Rows of the payload of each request; 3 where nothing is said.
    pub rows: BTreeMap<RequestId, usize>,
    /// What the next frames lack.
    pub wants: Vec<Want>,
    paints: bool,
    pos: u64,
    seqs: BTreeMap<SessionId, u64>,
    asked: BTreeMap<RequestId, Digest>,
}

pub fn offer(id: &str, kind: OfferKind) -> Offer {
    Offer { id: id.to_owned(), name: format!("Agent's {id}"), kind }
}

pub fn usual_offers() -> Vec<Offer> {
    vec![
        offer("always", OfferKind::AllowAlways),
        offer("once", OfferKind::AllowOnce),
        offer("no", OfferKind::RejectOnce),
    ]
}

pub fn setup() -> Setup {
    let agent = |name: &str, found| KnownAgent { name: name.to_owned(), found, note: "npm i it".to_owned() };
    Setup {
        agents: vec![agent("absent", false), agent("claude", true), agent("gemini", true)],
        here: "/srv/app".to_owned(),
        home: "/home/me".to_owned(),
        limits: taut::state::Limits::default(),
        size: (120, 36),
        utc_offset: 0,
    }
}

impl Console {
    /// An empty console, linked to its hub.
    pub fn new() -> Self {
        let mut console = Self::of(App::new(setup()));
        console.effects.extend(start(&console.app));
        console.tell(Msg::Known(Box::default()))
    }

    /// A console with one live session in its first turn.
    pub fn working() -> Self {
        Self::new().begins(1).hears(
            1,
            Event::PromptSent { prompt: PromptId(1), text: "go".into(), turn: TurnNo(1), steer: false, by: None },
        )
    }

    /// A replay of what a console has heard of session 1, at its last record.
    pub fn replaying(live: &Console) -> Self {
        let session = live.session(1).clone();
        let last = session.seq;
        let replay = Replay {
            recording: None,
            glimpse: None,
            session: session.id,
            at: last,
            seeking: None,
            last,
            first_at: session.started,
            last_at: session.at,
            clock: session.at,
            playing: false,
            stepped: At(0),
            quarters: 4,
            reading: false,
            dragged: false,
            marks: taut::ui::places::Places::default(),
            times: vec![(Seq(1), session.started), (last, session.at)],
        };
        let mut console = Self::of(App::of_replay(setup(), replay, session));
        console.asked.clone_from(&live.asked);
        console.now = live.now;
        console
    }

    fn of(app: App) -> Self {
        Self {
            app,
            now: At(1_000_000),
            effects: Vec::new(),
            rows: BTreeMap::new(),
            wants: Vec::new(),
            paints: true,
            pos: 0,
            seqs: BTreeMap::new(),
            asked: BTreeMap::new(),
        }
    }

    /// One message, and nothing else.
    pub fn tell(mut self, msg: Msg) -> Self {
        let effects = update(&mut self.app, msg, self.now);
        for effect in &effects {
            // A hub that answers what is only told to it: silence would hold every decision back.
            if let Effect::Send(id, Command::Shown { .. } | Command::Notice { .. }) = effect {
                update(&mut self.app, Msg::Replied(*id, Reply::Done), self.now);
            }
        }
        self.effects.extend(effects);
        self
    }

    pub fn record(&mut self, session: u32, event: Event) -> Record {
        let session = SessionId(session);
        let seq = self.seqs.entry(session).or_default();
        *seq += 1;
        self.pos += 1;
        Record {
            pos: Pos(self.pos),
            session,
            seq: Seq(*seq),
            lane: LaneId::ROOT,
            at: self.now,
            said_at: None,
            cites: None,
            version: VERSION,
            event,
        }
    }

    /// A fact comes, and is painted.
    pub fn hears(mut self, session: u32, event: Event) -> Self {
        let record = self.record(session, event);
        self.tell(Msg::Heard(vec![record])).frame()
    }

    /// A session begins and opens.
    pub fn begins(self, session: u32) -> Self {
        let started = Event::SessionStarted {
            name: format!("work-{session}"),
            agent: "claude".to_owned(),
            driver: "acp".to_owned(),
            cwd: "/srv/app".to_owned(),
            command: vec![],
            env: vec![],
        };
        self.hears(session, started).hears(session, Event::Opened)
    }

    pub fn turn_ends(self, session: u32) -> Self {
        self.hears(session, Event::TurnEnded { turn: TurnNo(1), stop: Stop::EndTurn, tokens: None })
    }

    /// A call is asked about, with a payload of so many rows.
    pub fn asks(self, session: u32, call: &str, rows: usize) -> Self {
        self.asks_with(session, call, rows, usual_offers(), None)
    }

    pub fn asks_with(
        self,
        session: u32,
        call: &str,
        rows: usize,
        offers: Vec<Offer>,
        instead_of: Option<RequestId>,
    ) -> Self {
        let args = Some(serde_json::json!({"command": call}).to_string().into());
        let patch =
            CallPatch { impact: Some(Impact::Execute), command: Some(call.into()), args, ..CallPatch::default() };
        self.hears(session, Event::Called { call: CallId(call.to_owned()), patch: Box::new(patch) })
            .asked(session, call, rows, offers, instead_of)
    }

    /// A call that is known is asked about.
    pub fn asks_about(self, session: u32, call: &str, rows: usize) -> Self {
        self.asked(session, call, rows, usual_offers(), None)
    }

    fn asked(
        mut self,
        session: u32,
        call: &str,
        rows: usize,
        offers: Vec<Offer>,
        instead_of: Option<RequestId>,
    ) -> Self {
        let seq = Seq(self.seqs[&SessionId(session)] + 1);
        let request = RequestId { session: SessionId(session), seq };
        let digest = Digest::of(format!("{call} {seq:?}").as_bytes());
        self.rows.insert(request, rows);
        self.asked.insert(request, digest);
        self.hears(
            session,
            Event::Asked {
                call: CallId(call.to_owned()),
                native: seq.0.to_string(),
                offers,
                digest,
                payload: Completeness::Whole,
                deadline: None,
                instead_of,
                changed: instead_of.map(|_| "the file was written meanwhile".to_owned()).into_iter().collect(),
                how: taut::domain::Asking::default(),
            },
        )
    }

    /// The newest request of a session.
    pub fn request(&self, session: u32) -> RequestId {
        *self.asked.keys().rfind(|id| id.session == SessionId(session)).unwrap()
    }

    pub fn digest(&self, request: RequestId) -> Digest {
        self.asked[&request]
    }

    pub fn session(&self, session: u32) -> &Session {
        self.app.state.session(SessionId(session)).unwrap()
    }

    /// The frame of the app as it is, as a view makes it.
    pub fn painted(&self) -> Painted {
        let mut painted =
            Painted { wants: self.wants.clone(), inspector_top: self.app.inspector_top, ..Painted::default() };
        for (n, id) in self.app.slots.iter().enumerate() {
            painted.hits.push(((0, n as u16, 20, 1), Hit::Session(*id)));
        }
        painted.hits.push(((20, 0, 60, 20), Hit::Pane(0)));
        if let Some(session) = self.app.selected.and_then(|id| self.app.state.session(id)) {
            let view = self.app.views.get(&session.id).cloned().unwrap_or_default();
            let last = session.timeline.next.saturating_sub(1);
            // Every entry is one row high, and twenty fit.
            let end = last.saturating_sub(19);
            let mut top = if view.follow { end } else { view.top.entry.saturating_add_signed(view.delta).min(end) };
            if let (Some(no), true) = (view.selected, view.reveal) {
                top = top.clamp(no.saturating_sub(19), no);
            }
            painted.panes.push(PaneSettled {
                session: session.id,
                top: Anchor { entry: top, row: 0 },
                at_end: top >= end,
                visible: Some((top, last.min(top + 19))),
            });
            painted.noticed.push(session.id);
        }
        if let Some(find) = self.app.find.as_ref() {
            painted.found = find.at.map(|at| (at, 1));
        }
        // What lies under something is not shown.
        if let Some(card) = self.app.card.as_ref().filter(|_| self.app.overlay.is_none()) {
            let of = self.rows.get(&card.request).copied().unwrap_or(3);
            let most = of.saturating_sub(PAGE);
            let top =
                usize::try_from(i64::try_from(card.top).unwrap().saturating_add(card.delta).max(0)).unwrap().min(most);
            let lines = of as u32;
            painted.hits.push(((0, 0, 120, PAGE as u16), Hit::Card));
            painted.card = self.asked.get(&card.request).map(|&digest| PaintedCard {
                request: card.request,
                digest,
                face: card.shows(),
                top,
                rows: of.min(PAGE),
                uncut: of.min(PAGE),
                fit: Fit::default(),
                carried: 0,
                of,
                lines,
                framed: true,
                whole: true,
            });
        }
        if let Some(batch) = app_batch(&self.app) {
            painted.hits.push(((0, 0, 120, PAGE as u16), Hit::Card));
            painted.batch = Some(self.painted_batch(batch));
        }
        painted
    }

    /// The card of several: their payloads one below the other, and nothing between.
    fn painted_batch(&self, batch: &BatchUi) -> PaintedBatch {
        let rows = |item: &Item| self.rows.get(&item.request).copied().unwrap_or(3);
        let all: usize = batch.items.iter().map(rows).sum();
        let far = i64::try_from(batch.top).unwrap().saturating_add(batch.delta).max(0);
        let top = usize::try_from(far).unwrap().min(all.saturating_sub(PAGE));
        let mut start = 0;
        let items = batch.items.iter().map(|item| {
            let of = rows(item);
            let (from, to) = (top.saturating_sub(start).min(of), (top + PAGE).saturating_sub(start).min(of));
            start += of;
            PaintedItem {
                request: item.request,
                digest: self.asked.get(&item.request).copied().unwrap_or_default(),
                first: from,
                uncut: to.saturating_sub(from),
                of,
                lines: of as u32,
                fit: Fit::default(),
                here: true,
            }
        });
        PaintedBatch { items: items.collect(), top, framed: true, whole: true }
    }

    /// What `f` does, with no frame painted by it.
    pub fn quietly(mut self, f: impl FnOnce(Self) -> Self) -> Self {
        self.paints = false;
        let mut after = f(self);
        after.paints = true;
        after
    }

    /// A frame reaches the terminal.
    pub fn frame(self) -> Self {
        if !self.paints {
            return self;
        }
        let painted = self.painted();
        self.tell(Msg::Painted(Box::new(painted)))
    }

    pub fn wait(mut self, ms: i64) -> Self {
        self.now = At(self.now.0 + ms);
        self
    }

    /// A key of its own, with no time before it and no frame after it.
    pub fn press_at_once(self, key: &str) -> Self {
        self.key(key, Press::Alone)
    }

    fn key(self, key: &str, press: Press) -> Self {
        let chord: Chord = key.parse().unwrap();
        let msg = match keymap::lookup(&self.app, chord.into()) {
            Some(action) => Msg::Did(action, press),
            None => Msg::Typed(chord.into()),
        };
        self.tell(msg)
    }

    /// Keys pressed one after the other by a person who looks at each frame.
    pub fn press(mut self, keys: &str) -> Self {
        for key in keys.split_whitespace() {
            self = self.wait(400).press_at_once(key).frame();
        }
        self
    }

    /// Keys that come in one read.
    pub fn press_in_one_read(mut self, keys: &str) -> Self {
        for key in keys.split_whitespace() {
            self = self.key(key, Press::Among);
        }
        self.frame()
    }

    /// Text, typed key by key.
    pub fn types(mut self, text: &str) -> Self {
        for c in text.chars() {
            let key = if c == ' ' { "space".to_owned() } else { c.to_string() };
            self = self.wait(60).press_at_once(&key);
        }
        self.frame()
    }

    pub fn paste(self, text: &str) -> Self {
        self.tell(Msg::Pasted(text.to_owned())).frame()
    }

    /// The hub replies to the newest command that a person waits for.
    pub fn replies(self, reply: Reply) -> Self {
        let id = CommandId(*self.app.in_flight.keys().next_back().unwrap());
        self.tell(Msg::Replied(id, reply)).frame()
    }

    pub fn commands(&self) -> Vec<&Command> {
        let command = |effect: &'_ Effect| matches!(effect, Effect::Send(..));
        let sent = self.effects.iter().filter(|effect| command(effect));
        sent.filter_map(|effect| if let Effect::Send(_, command) = effect { Some(command) } else { None }).collect()
    }

    pub fn decisions(&self) -> Vec<(RequestId, Decision, bool)> {
        let decided = |command: &&Command| match command {
            Command::Decide { request, decision, overridden, .. } => Some((*request, decision.clone(), *overridden)),
            _ => None,
        };
        self.commands().iter().filter_map(decided).collect()
    }

    // --- what is looked at

    #[track_caller]
    pub fn decides(self, expected: &[Decision]) -> Self {
        let decisions: Vec<Decision> = self.decisions().into_iter().map(|(_, decision, _)| decision).collect();
        assert_eq!(decisions, expected, "toast: {:?}", self.app.toast);
        self
    }

    #[track_caller]
    pub fn says(self, part: &str) -> Self {
        let said = self.app.toast.as_ref().map_or("", |toast| toast.text.as_str());
        assert!(said.contains(part), "it says {said:?} and not {part:?}");
        self
    }

    #[track_caller]
    pub fn sends(self, expected: &Command) -> Self {
        let commands = self.commands();
        assert!(commands.contains(&expected), "{expected:?} is not among {commands:#?}");
        self
    }

    #[track_caller]
    pub fn focus_is(self, focus: Focus) -> Self {
        assert_eq!(self.app.focus, focus);
        self
    }

    #[track_caller]
    pub fn card_is(self, request: Option<RequestId>) -> Self {
        assert_eq!(self.app.card.as_ref().map(|card| card.request), request);
        self
    }

    #[track_caller]
    pub fn holds(self, what: &str, check: impl FnOnce(&App) -> bool) -> Self {
        assert!(check(&self.app), "{what} does not hold; toast: {:?}", self.app.toast);
        self
    }
}

/// The card of several, where nothing lies over it.
fn app_batch(app: &App) -> Option<&BatchUi> {
    app.batch.as_deref().filter(|_| app.overlay.is_none())
}

pub fn allow_once() -> Decision {
    Decision::Allow { offer: "once".to_owned() }
}

pub fn deny(reason: Option<&str>, interrupt: bool) -> Decision {
    Decision::Deny { offer: Some("no".to_owned()), reason: reason.map(str::to_owned), interrupt }
}
