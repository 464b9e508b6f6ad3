//! Threads: ours is the session's own lane, those of subagents are lanes, and an unknown one is a lane too, never dropped.

use super::Codex;
use super::out::Out;
use crate::agent::look;
use crate::domain::{CallId, Event, LaneId};
use serde_json::Value;
use std::collections::BTreeMap;

/// Subagents' threads.
#[derive(Debug, Default)]
pub(super) struct Threads {
    known: BTreeMap<String, Thread>,
    last: u32,
}

#[derive(Debug, Default)]
struct Thread {
    lane: LaneId,
    /// The turn that runs in it.
    turn: Option<String>,
    ended: bool,
}

impl Threads {
    /// The lane of a thread, where it has one.
    pub(super) fn lane(&self, ours: Option<&str>, thread: &str) -> Option<LaneId> {
        if ours == Some(thread) {
            return Some(LaneId::ROOT);
        }
        self.known.get(thread).map(|thread| thread.lane)
    }

    /// The turn that runs in a subagent's thread.
    pub(super) fn turn(&self, thread: &str) -> Option<&str> {
        self.known.get(thread)?.turn.as_deref()
    }

    /// Turns that run, with their threads.
    pub(super) fn running(&self) -> Vec<(String, String)> {
        let running = |(id, thread): (&String, &Thread)| Some((id.clone(), thread.turn.clone()?));
        self.known.iter().filter_map(running).collect()
    }

    /// Everything is over.
    pub(super) fn end_all(&mut self, out: &mut Out) {
        for thread in self.known.values_mut() {
            thread.end(out);
        }
    }
}

impl Thread {
    fn end(&mut self, out: &mut Out) {
        self.turn = None;
        if !std::mem::replace(&mut self.ended, true) {
            out.root(Event::LaneEnded { ended: self.lane });
        }
    }
}

/// Where a lane was opened, and what it is called.
#[derive(Debug, Clone, Default)]
pub(super) struct Origin {
    pub(super) lane: LaneId,
    pub(super) call: Option<CallId>,
    pub(super) name: Option<String>,
}

impl Codex {
    /// The lane of what a message is about.
    pub(super) fn lane_of(&mut self, out: &mut Out, params: &Value) -> LaneId {
        match look::text(params, "threadId") {
            Some(thread) => self.lane_of_thread(out, thread),
            None => LaneId::ROOT,
        }
    }

    /// The lane of a thread that something was heard of.
    pub(super) fn lane_of_thread(&mut self, out: &mut Out, thread: &str) -> LaneId {
        // Before ours has its id, what is said is said of it.
        if self.thread.as_deref().is_none_or(|ours| ours == thread) {
            return LaneId::ROOT;
        }
        if let Some(known) = self.threads.known.get(thread).filter(|known| !known.ended) {
            return known.lane;
        }
        // The call that makes it names it only when it ends: until then, the one that runs is meant.
        let origin = self.calls.spawning().unwrap_or_default();
        self.open_lane(out, thread, origin)
    }

    /// A call has made a thread.
    pub(super) fn thread_made(&mut self, out: &mut Out, thread: &str, origin: Origin) {
        let known = self.threads.known.contains_key(thread);
        if !known && self.thread.as_deref() != Some(thread) {
            self.open_lane(out, thread, origin);
        }
    }

    fn open_lane(&mut self, out: &mut Out, thread: &str, origin: Origin) -> LaneId {
        self.threads.last = self.threads.last.saturating_add(1);
        let opened = LaneId(self.threads.last);
        let again = self.threads.known.insert(thread.to_owned(), Thread { lane: opened, ..Thread::default() });
        let name = origin.name.unwrap_or_else(|| match again {
            Some(_) => "the same subagent, again".to_owned(),
            None => format!("thread {thread}"),
        });
        let native = Some(thread.to_owned());
        let Origin { lane, call, .. } = origin;
        out.event(lane, Event::LaneOpened { opened, native, name: look::cut(&name).into(), call });
        opened
    }

    /// A turn began in a subagent's thread.
    pub(super) fn lane_works(&mut self, out: &mut Out, thread: &str, turn: &str) {
        self.lane_of_thread(out, thread);
        if let Some(known) = self.threads.known.get_mut(thread) {
            known.turn = Some(turn.to_owned());
        }
    }

    /// A turn of a subagent's thread is over, and with it the lane: more work there opens it anew.
    pub(super) fn lane_rests(&mut self, out: &mut Out, thread: &str) {
        self.withdraw_asks(out, thread);
        self.leaves_behind(out, thread);
        if let Some(known) = self.threads.known.get_mut(thread) {
            known.end(out);
        }
    }
}
