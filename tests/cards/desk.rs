//! A desk with a card on it, and requests to put there.

use crate::support::frame::{NOW, Teller, app, golden, run};
use std::path::Path;
use taut::domain::{
    Asking, CallId, CallPatch, CallStatus, Command, Completeness, Digest, Event, FileChange, Impact, Offer, OfferKind,
    Outcome, Reply, RequestId, Risk, RuleRef, Seq, SessionId, Speaker, Text, Verdict,
};
use taut::ui::update::update;
use taut::ui::{App, CardUi, Effect, Focus, Msg};
use taut::view::{Cache, Scene, layout};

pub(crate) const SIZES: [(u16, u16); 2] = [(80, 24), (120, 36)];

/// An app with a card that is open.
pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) cache: Cache,
}

impl Desk {
    pub(crate) fn new(tellers: &[Teller], request: RequestId) -> Self {
        let mut app = app(tellers);
        (app.focus, app.card) = (Focus::Card, Some(CardUi::new(request)));
        Self { app, cache: Cache::new() }
    }

    /// Draws until nothing changes any more, as the loop does.
    pub(crate) fn settled(&mut self, size: (u16, u16)) -> Scene {
        self.app.size = size;
        self.shown(size);
        layout(&self.app, &mut self.cache, size, NOW)
    }

    /// Draws once, and tells the app that it was shown.
    pub(crate) fn shown(&mut self, size: (u16, u16)) -> Scene {
        let scene = layout(&self.app, &mut self.cache, size, NOW);
        for effect in update(&mut self.app, Msg::Painted(Box::new(scene.painted.clone())), NOW) {
            // A hub that answers what is only told to it: silence would hold every decision back.
            if let Effect::Send(id, Command::Shown { .. }) = effect {
                update(&mut self.app, Msg::Replied(id, Reply::Done), NOW);
            }
        }
        scene
    }

    pub(crate) fn scroll(&mut self, rows: i64) {
        self.card().delta = rows;
    }

    pub(crate) fn card(&mut self) -> &mut CardUi {
        self.app.card.as_mut().unwrap()
    }

    pub(crate) fn check(&mut self, name: &str) {
        for size in SIZES {
            check(name, &self.settled(size), size);
        }
    }
}

pub(crate) fn check(name: &str, scene: &Scene, size: (u16, u16)) {
    let shown = golden(scene);
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/card/{name}-{}x{}.txt", size.0, size.1));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &shown).unwrap();
    }
    let want = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(shown == want, "{} differs; it is now:\n{shown}", file.display());
}

/// A session that has asked about one call.
pub(crate) fn asked(patch: CallPatch, payload: Completeness, verdict: Option<(Risk, &[&str])>) -> (Teller, RequestId) {
    let mut t = Teller::new(2, "fix-auth", "claude", "/home/demo/wt/fix-auth", 400);
    t.open("default").prompt(1, "make the token compare constant time");
    t.call(run("cargo test auth")).ran(41_300, "ok\n", CallStatus::Done, Some(0));
    t.say(Speaker::Agent, "Tests pass. Now the change itself, as small as it can be.");
    t.call(patch);
    let request = ask(&mut t, CallId("call-2-2".into()), payload, None, vec![]);
    if let Some((risk, reasons)) = verdict {
        judge(&mut t, request, risk, reasons);
    }
    (t, request)
}

pub(crate) fn ask(
    t: &mut Teller,
    call: CallId,
    payload: Completeness,
    instead_of: Option<RequestId>,
    changed: Vec<String>,
) -> RequestId {
    let request = RequestId { session: SessionId(2), seq: Seq(t.records.len() as u64 + 1) };
    let offer = |id: &str, name: &str, kind| Offer { id: id.into(), name: name.into(), kind };
    t.tell(Event::Asked {
        call,
        native: "7".into(),
        offers: vec![
            offer("y", "Yes", OfferKind::AllowOnce),
            offer("s", "Yes, and don't ask again for edits", OfferKind::AllowAlways),
            offer("n", "No, and tell Claude what to do", OfferKind::RejectOnce),
        ],
        digest: Digest::of(&request.seq.0.to_le_bytes()),
        payload,
        deadline: None,
        instead_of,
        changed,
        how: Asking::default(),
    });
    request
}

pub(crate) fn judge(t: &mut Teller, request: RequestId, risk: Risk, reasons: &[&str]) {
    let rule =
        RuleRef { source: "policy.toml".into(), line: Some(12), text: "edits outside tests need a human".into() };
    let reasons = reasons.iter().map(|&reason| reason.into()).collect();
    let verdict = Verdict { outcome: Outcome::Ask, rule, risk, reasons, policy: Digest::default() };
    t.tell(Event::Judged { request: Some(request), call: CallId::default(), verdict: Box::new(verdict) });
}

pub(crate) fn change(path: &str, old: Option<&str>, new: Option<&str>) -> FileChange {
    let text = |text: Option<&str>| text.map(Text::from);
    FileChange {
        path: path.into(),
        old: text(old),
        new: text(new),
        fragment: false,
        line: None,
        patch: None,
        moved_to: None,
    }
}

pub(crate) fn edit(changes: Vec<FileChange>) -> CallPatch {
    CallPatch {
        tool: Some("Edit".into()),
        title: Some("Edit src/auth.rs".into()),
        impact: Some(Impact::Edit),
        changes: Some(changes),
        ..CallPatch::default()
    }
}

pub(crate) const OLD: &str = "use crate::token::Token;\n\nimpl Auth {\n    /// Compares a token.\n    fn verify(&self, token: &str) -> bool {\n        token == self.saved\n    }\n\n    fn forget(&mut self) {\n        self.saved.clear();\n    }\n}\n";
pub(crate) const NEW: &str = "use crate::token::Token;\n\nimpl Auth {\n    /// Compares a token in constant time.\n    fn verify(&self, token: &str) -> bool {\n        ct_eq(token.as_bytes(),\n            self.saved.as_bytes())\n    }\n\n    fn forget(&mut self) {\n        self.saved.clear();\n    }\n}\n";

/// A file of so many lines, of which every tenth changes.
pub(crate) fn long(lines: usize) -> FileChange {
    let side =
        |sign: &str| {
            (1..=lines)
                .map(|n| {
                    if n % 10 == 0 {
                        format!("    let value_{n} = {sign}({n});\n")
                    } else {
                        format!("    // line {n}\n")
                    }
                })
                .collect::<String>()
        };
    change("/home/demo/wt/fix-auth/src/generated.rs", Some(&side("old")), Some(&side("new")))
}

pub(crate) fn whole(patch: CallPatch) -> Desk {
    let (t, request) = asked(patch, Completeness::Whole, Some((Risk::Mid, &["writes in src/"])));
    Desk::new(&[t], request)
}
