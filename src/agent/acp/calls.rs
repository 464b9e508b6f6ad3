//! All calls of a conversation, by their ids.

use super::Acp;
use super::call::{Around, Call};
use super::habits;
use super::news::News;
use super::out::Out;
use crate::domain::{CallId, CallPatch, Event, Impact, LaneId};
use std::collections::{HashMap, VecDeque};

/// Calls that are over and of which something may still be said.
const KEPT: usize = 48;

/// Calls that something may still be said about.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// Boxed: a call is big, and a third of the map's room is empty.
    by_id: HashMap<CallId, Box<Call>>,
    /// Ids that questions use for calls of another id (hermes).
    aliases: HashMap<CallId, CallId>,
    /// Calls that are over, oldest first: the last of them are kept, since late words about them are usual.
    over: VecDeque<CallId>,
    /// The newest of them that is heavy: no other heavy one is kept.
    heavy: Option<CallId>,
    /// The call whose arguments are held back.
    held: Option<CallId>,
    turn: u32,
}

impl Calls {
    /// The id under which a call is told: the agent's own, unless another native session uses the same.
    pub(super) fn id(&self, home: Option<&str>, native: &str) -> CallId {
        let plain = CallId(native.to_owned());
        let id = self.aliases.get(&plain).cloned().unwrap_or(plain);
        match (self.by_id.get(&id), home) {
            (Some(call), Some(home)) if call.home.as_deref().is_some_and(|own| own != home) => {
                CallId(format!("{home}/{native}"))
            }
            (Some(_) | None, _) => id,
        }
    }

    /// A call that is known.
    pub(super) fn get(&self, id: &CallId) -> Option<&Call> {
        self.by_id.get(id).map(Box::as_ref)
    }

    /// The call that a question means where its id is known to nobody: the only open one that writes the same file.
    pub(super) fn meant(&self, id: &CallId, news: &News) -> Option<CallId> {
        if self.by_id.contains_key(id) || !matches!(news.kind, None | Some(Impact::Edit)) {
            return None;
        }
        let writes = |call: &Call| news.paths().any(|path| call.may_write(path));
        let mut open = self.by_id.iter().filter(|(_, call)| writes(call)).map(|(id, _)| id.clone());
        let one = open.next()?;
        open.next().is_none().then_some(one)
    }

    /// From now on, one id means another.
    pub(super) fn alias(&mut self, id: CallId, means: CallId) {
        self.aliases.insert(id, means);
    }

    fn sorted_open(&self) -> Vec<CallId> {
        let mut open: Vec<_> =
            self.by_id.iter().filter(|(_, call)| !call.is_over()).map(|(id, _)| id.clone()).collect();
        open.sort();
        open
    }

    /// A call is over: those that ended long before it are forgotten. (Said again, it is told again.)
    fn ended(&mut self, id: &CallId) {
        self.over.push_back(id.clone());
        if self.by_id.get(id).is_some_and(|call| call.is_heavy())
            && let Some(old) = self.heavy.replace(id.clone()).filter(|old| old != id)
            && self.by_id.get(&old).is_some_and(|call| call.is_over())
        {
            self.by_id.remove(&old);
        }
        while self.over.len() > KEPT {
            let Some(old) = self.over.pop_front() else { return };
            if self.held.as_ref() != Some(&old) && self.by_id.get(&old).is_some_and(|call| call.is_over()) {
                self.by_id.remove(&old);
            }
        }
    }

    /// A turn is over: what was not spoken of in it or in the one before is forgotten. (Said again, it is told again.)
    fn next_turn(&mut self) {
        let turn = self.turn;
        self.by_id.retain(|_, call| call.turn >= turn || !call.is_over());
        let by_id = &self.by_id;
        self.aliases.retain(|_, id| by_id.contains_key(id));
        self.turn = turn.saturating_add(1);
    }
}

impl Acp {
    /// Something is said about a call: merged, and told where it is new.
    pub(super) fn hear_call(&mut self, out: &mut Out, lane: LaneId, home: Option<&str>, id: &CallId, news: News) {
        let around = Around { cwd: &self.opening.cwd, whole_files: habits::whole_files(&self.face) };
        let turn = self.calls.turn;
        let call = self.calls.by_id.entry(id.clone()).or_insert_with(|| Box::new(Call::new(lane, home)));
        call.turn = turn;
        let was_over = call.is_over();
        let telling = call.merge(news, &around);
        let (lane, ended) = (call.lane, !was_over && call.is_over());
        tell_patch(out, lane, id, telling.patch);
        for part in telling.output {
            out.event(lane, Event::CallOutput { call: id.clone(), part });
        }
        match telling.holds {
            true => self.calls.held = Some(id.clone()),
            false if self.calls.held.as_ref() == Some(id) => self.calls.held = None,
            false => {}
        }
        if ended {
            self.calls.ended(id);
            self.lanes.end_of(out, id);
        }
    }

    /// Tells arguments that were held back, unless this line goes on about the same call.
    pub(super) fn flush_calls(&mut self, out: &mut Out, about: Option<&CallId>) {
        let Some(id) = self.calls.held.take_if(|held| Some(&*held) != about) else { return };
        let around = Around { cwd: &self.opening.cwd, whole_files: habits::whole_files(&self.face) };
        if let Some(call) = self.calls.by_id.get_mut(&id) {
            let patch = call.flush(&around);
            tell_patch(out, call.lane, &id, patch);
        }
    }

    /// The turn is over: calls that the agent left open are closed (acp.md, 11).
    pub(super) fn close_calls(&mut self, out: &mut Out) {
        self.flush_calls(out, None);
        for id in self.calls.sorted_open() {
            if let Some(call) = self.calls.by_id.get_mut(&id) {
                let patch = call.abandon();
                tell_patch(out, call.lane, &id, patch);
            }
            self.lanes.end_of(out, &id);
        }
        self.calls.next_turn();
    }
}

fn tell_patch(out: &mut Out, lane: LaneId, id: &CallId, patch: Option<CallPatch>) {
    if let Some(patch) = patch {
        out.event(lane, Event::Called { call: id.clone(), patch: Box::new(patch) });
    }
}
