//! A card that is worked at, with the frames of the real view: time goes on, and every frame is told.

use crate::desk::{self, Desk, change, check, judge};
use crate::support::frame::{NOW, Teller};
use taut::domain::{
    Asking, At, CallId, CallPatch, Carrier, Carries, Command, Completeness, Decision, Digest, Event, FileChange,
    Impact, Offer, OfferKind, Query, Reply, RequestId, Risk, Seq, SessionId,
};
use taut::keymap;
use taut::ui::update::update;
use taut::ui::{Chord, Effect, Focus, Menu, Msg, Press};
use taut::view::{layout, to_text};

pub(crate) const FACES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];

/// A card that is worked at: time goes on, and every frame is told.
pub(crate) struct Work {
    pub(crate) desk: Desk,
    pub(crate) now: At,
    pub(crate) size: (u16, u16),
    pub(crate) sent: Vec<Command>,
    pub(crate) asked: Vec<Query>,
    pub(crate) teller: Teller,
    pub(crate) request: RequestId,
}

pub(crate) fn asked(patch: CallPatch, how: Asking) -> Work {
    let mut t = Teller::new(2, "fix-auth", "claude", "/home/demo/wt/fix-auth", 400);
    t.open("default").prompt(1, "make the token compare constant time");
    t.call(patch);
    let request = ask(&mut t, how, None);
    judge(&mut t, request, Risk::Mid, &["writes in src/"]);
    let desk = Desk::new(&[copy(&t)], request);
    let mut at = Work { desk, now: NOW, size: (120, 36), sent: Vec::new(), asked: Vec::new(), teller: t, request };
    at.frames();
    at
}

pub(crate) fn copy(t: &Teller) -> Teller {
    let mut copy = Teller::new(2, "fix-auth", "claude", "/", 30);
    copy.records.clone_from(&t.records);
    copy
}

pub(crate) fn ask(t: &mut Teller, how: Asking, instead_of: Option<RequestId>) -> RequestId {
    let request = RequestId { session: SessionId(2), seq: Seq(t.records.len() as u64 + 1) };
    let offer = |id: &str, name: &str, kind| Offer { id: id.into(), name: name.into(), kind };
    t.tell(Event::Asked {
        call: CallId("call-2-1".into()),
        native: "7".into(),
        offers: vec![
            offer("y", "Yes", OfferKind::AllowOnce),
            offer("s", "Yes, and don't ask again", OfferKind::AllowAlways),
            offer("n", "No, and tell Claude what to do", OfferKind::RejectOnce),
        ],
        digest: Digest::of(&request.seq.0.to_le_bytes()),
        payload: Completeness::Whole,
        deadline: None,
        instead_of,
        changed: instead_of.map(|_| "the agent changed what it asks for".to_owned()).into_iter().collect(),
        how,
    });
    request
}

pub(crate) fn by(edit: Carrier, part: Carrier) -> Asking {
    Asking { carries: Carries { edit, part, ..Carries::default() }, ..Asking::default() }
}

pub(crate) fn command(line: &str) -> CallPatch {
    CallPatch {
        tool: Some("Bash".into()),
        impact: Some(Impact::Execute),
        command: Some(line.into()),
        args: Some(serde_json::json!({"command": line, "timeout": 120}).to_string().into()),
        ..CallPatch::default()
    }
}

/// Two files, three hunks.
pub(crate) fn three() -> Vec<FileChange> {
    let old: String = (1..=40).map(|n| format!("line {n}\n")).collect();
    let new = old.replace("line 5\n", "LINE 5\n").replace("line 30\n", "LINE 30\nand more\n");
    vec![
        change("/home/demo/wt/fix-auth/src/lines.txt", Some(&old), Some(&new)),
        change("/home/demo/wt/fix-auth/src/auth.rs", Some(desk::OLD), Some(desk::NEW)),
    ]
}

pub(crate) fn part() -> Work {
    asked(desk::edit(three()), by(Carrier::Hub, Carrier::Hub))
}

impl Work {
    pub(crate) fn wait(&mut self, ms: i64) -> &mut Self {
        self.now = At(self.now.0 + ms);
        self
    }

    /// Draws, and tells what was drawn, until it settles.
    pub(crate) fn frames(&mut self) -> String {
        self.desk.app.size = self.size;
        for _ in 0..3 {
            let scene = layout(&self.desk.app, &mut self.desk.cache, self.size, self.now);
            let told = Msg::Painted(Box::new(scene.painted.clone()));
            self.tell(told);
        }
        to_text(&layout(&self.desk.app, &mut self.desk.cache, self.size, self.now))
    }

    pub(crate) fn tell(&mut self, msg: Msg) {
        let before = (self.desk.app.focus, self.desk.app.card.as_ref().map(|card| card.request));
        for effect in update(&mut self.desk.app, msg, self.now) {
            // A hub that answers what is only told to it: silence would hold every decision back.
            if let Effect::Send(id, Command::Shown { .. }) = &effect {
                update(&mut self.desk.app, Msg::Replied(*id, Reply::Done), self.now);
            }
            if let Effect::Ask(query) = &effect {
                self.asked.push(query.clone());
            }
            if let Effect::Send(_, command @ Command::Decide { .. }) = effect {
                self.sent.push(command);
                let after = (self.desk.app.focus, self.desk.app.card.as_ref().map(|card| card.request));
                assert_eq!((before, before.0), (after, Focus::Card), "a decision moved the focus");
            }
        }
    }

    /// A key as it comes from the terminal, with no time before it and no frame after it.
    pub(crate) fn at_once(&mut self, key: &str, press: Press) -> &mut Self {
        let chord: Chord = key.parse().unwrap();
        let msg = match keymap::lookup(&self.desk.app, chord.into()) {
            Some(action) => Msg::Did(action, press),
            None => Msg::Typed(chord.into()),
        };
        self.tell(msg);
        self
    }

    /// Keys pressed by a person who looks at each frame.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            self.wait(400).at_once(key, Press::Alone);
            self.frames();
        }
        self
    }

    pub(crate) fn types(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let key = if c == ' ' { "space".to_owned() } else { c.to_string() };
            self.wait(60).at_once(&key, Press::Alone);
        }
        self.frames();
        self
    }

    pub(crate) fn clear(&mut self) -> &mut Self {
        self.press("end").press("ctrl-u")
    }

    pub(crate) fn hears(&mut self, tell: impl FnOnce(&mut Teller)) -> &mut Self {
        let before = self.teller.records.len();
        tell(&mut self.teller);
        let records = self.teller.records[before..].to_vec();
        self.tell(Msg::Heard(records));
        self.frames();
        self
    }

    pub(crate) fn decisions(&self) -> Vec<Decision> {
        let decision = |command: &Command| match command {
            Command::Decide { decision, .. } => Some(decision.clone()),
            _ => None,
        };
        self.sent.iter().filter_map(decision).collect()
    }

    pub(crate) fn toast(&self) -> &str {
        self.desk.app.toast.as_ref().map_or("", |toast| &toast.text)
    }

    pub(crate) fn menu(&mut self) -> Option<Menu> {
        self.desk.card().menu.clone()
    }

    pub(crate) fn check(&mut self, name: &str) {
        for size in FACES {
            self.desk.app.toast = None;
            check(name, &self.desk.settled(size), size);
        }
        // Nothing breaks where there is hardly room.
        for size in [(20, 6), (30, 9), (60, 14)] {
            self.desk.settled(size);
        }
        self.desk.settled(self.size);
    }

    #[track_caller]
    pub(crate) fn shows(&mut self, part: &str) -> &mut Self {
        let text = self.frames();
        assert!(text.contains(part), "{part:?} is not in\n{text}");
        self
    }
}

pub(crate) fn edited(args: &serde_json::Value) -> Decision {
    Decision::Edit { offer: Some("y".into()), args: args.to_string().into(), reason: None }
}
