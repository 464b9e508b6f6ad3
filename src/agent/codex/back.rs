//! The conversation goes back: `thread/revert` takes a turn and all later ones out of it. Files stay as they are. And what it
//! holds, told on demand.

use super::handshake::Phase;
use super::out::Out;
use super::{Codex, Sent};
use crate::agent::envelope::Refusal;
use crate::agent::look;
use crate::agent::{Back, Fact};
use crate::domain::{Event, LaneId, Notice};
use serde_json::{Value, json};

impl Codex {
    /// Takes back a turn and all that came after it. A turn's own id is the handle of it.
    pub(super) fn go_back(&mut self, out: &mut Out, back: Back) {
        let (Some(thread), Phase::Open, None) = (&self.thread, self.phase, &self.turn) else {
            let why = if self.turn.is_some() { "a turn runs" } else { "the conversation is not open" };
            return out.fact(Fact::WentBack(Err(why.to_owned())));
        };
        let params = json!({"threadId": thread, "beforeTurnId": back.first});
        self.reverts = self.reverts.saturating_add(1);
        self.request(out, Sent::Back(back.first), "thread/revert", params);
    }

    /// `thread/revert` was answered.
    pub(super) fn went_back(&mut self, out: &mut Out, first: String, outcome: Result<Value, Refusal>) {
        let went = outcome.map(|_| first).map_err(|refusal| look::cut(&refusal.said));
        if went.is_err() {
            self.reverts = self.reverts.saturating_sub(1);
        }
        out.fact(Fact::WentBack(went));
    }

    /// `thread/reverted`: told of ours as well.
    pub(super) fn reverted(&mut self, out: &mut Out, thread: &str) {
        if self.reverts > 0 && self.thread.as_deref() == Some(thread) {
            self.reverts -= 1;
            return;
        }
        let said = "codex has taken back the last turns of its conversation; that alone changes no file";
        out.note(LaneId::ROOT, Notice::Warning, said);
    }

    /// What the thread carries, by what was last counted of it: codex has no other word for it.
    pub(super) fn tell_context(&self, out: &mut Out) {
        match self.thread.as_deref().and_then(|thread| self.meter.context(thread)) {
            Some(context) => out.root(Event::ContextTold { context }),
            None => out.note(LaneId::ROOT, Notice::Info, "codex has not counted its context yet: it does with a turn"),
        }
    }
}
