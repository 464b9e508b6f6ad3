//! The files of a session, and the lanes of its subagents: each has a file of its own.

use super::Codex;
use crate::domain::{CallId, Event, LaneId, Notice, Usage};
use crate::shapes::look;
use crate::transcript::{Beside, Out};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// What a file is for the session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// The thread of the session.
    pub(super) of: String,
    /// Its own.
    pub(super) thread: String,
    /// A subagent's.
    pub(super) child: bool,
    /// What the subagent is called.
    pub(super) name: Option<String>,
    /// Lines from this place on are none of the session's.
    pub(super) end: Option<u64>,
}

impl Part {
    /// As it stands beside a path.
    pub(super) fn about(&self) -> String {
        json!({"of": self.of, "thread": self.thread, "child": self.child, "name": self.name, "end": self.end})
            .to_string()
    }

    fn read(about: &str) -> Self {
        let value: Value = serde_json::from_str(about).unwrap_or_default();
        let text = |key: &str| look::owned(&value, key).unwrap_or_default();
        Self {
            of: text("of"),
            thread: text("thread"),
            child: value.get("child") == Some(&Value::Bool(true)),
            name: look::owned(&value, "name"),
            end: value.get("end").and_then(look::count),
        }
    }
}

/// The lanes that were opened, and what each carries and spends.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    /// The files beside the first one.
    parts: Vec<Part>,
    /// Files whose first `session_meta` was read.
    met: HashSet<usize>,
    by_thread: HashMap<String, LaneId>,
    ended: HashSet<LaneId>,
    last: u32,
    /// The file is a subagent's own.
    own: bool,
    meters: HashMap<LaneId, Meter>,
}

#[derive(Debug, Default)]
struct Meter {
    usage: Usage,
    total: Option<Value>,
    /// Requests that were counted, where they are told one by one.
    requests: HashSet<String>,
    by_records: bool,
}

impl Lanes {
    pub(super) fn new(beside: &[Beside]) -> Self {
        Self { parts: beside.iter().map(|beside| Part::read(&beside.about)).collect(), ..Self::default() }
    }

    fn part(&self, file: usize) -> Option<&Part> {
        file.checked_sub(1).and_then(|file| self.parts.get(file))
    }

    /// The thread of the session, where its files say it.
    pub(super) fn thread(&self) -> Option<&str> {
        self.parts.first().map(|part| part.of.as_str()).filter(|thread| !thread.is_empty())
    }

    /// Whether a file is a subagent's.
    pub(super) fn is_child(&self, file: usize) -> bool {
        self.part(file).is_some_and(|part| part.child)
    }

    /// Whether a line of a file is none of the session's any more.
    pub(super) fn is_past(&self, file: usize, place: Option<u64>) -> bool {
        let end = self.part(file).and_then(|part| part.end);
        end.is_some_and(|end| place.is_some_and(|place| place >= end))
    }

    /// Whether this is the first time that a file says whose it is.
    pub(super) fn is_first_meta(&mut self, file: usize) -> bool {
        self.met.insert(file)
    }

    pub(super) fn is_one(&mut self, own: bool) {
        self.own = own;
    }

    /// Whether the whole session is a subagent's.
    pub(super) fn is_agent(&self) -> bool {
        self.own
    }

    /// A request that is told by itself: whether it is new.
    pub(super) fn spends_by_records(&mut self, lane: LaneId, request: Option<String>) -> bool {
        let meter = self.meters.entry(lane).or_default();
        meter.by_records = true;
        request.is_none_or(|request| meter.requests.insert(request))
    }

    /// What a sum adds to the one before: the last request, where the sum has changed.
    pub(super) fn spends_by_sums(&mut self, lane: LaneId, last: &Value, total: &Value) -> Option<Value> {
        let meter = self.meters.entry(lane).or_default();
        let before = meter.total.replace(total.clone());
        (!meter.by_records && before.as_ref() != Some(total)).then(|| last.clone())
    }

    /// Whether what a lane carries has changed.
    pub(super) fn carries(&mut self, lane: LaneId, usage: &Usage) -> bool {
        let meter = self.meters.entry(lane).or_default();
        let is_new = meter.usage != *usage;
        meter.usage = *usage;
        is_new
    }

    /// What a lane carried last.
    pub(super) fn carried(&self, lane: LaneId) -> Option<u64> {
        self.meters.get(&lane)?.usage.used
    }

    fn end(&mut self, out: &mut Out, lane: LaneId) {
        if lane != LaneId::ROOT && self.ended.insert(lane) {
            out.event(LaneId::ROOT, Event::LaneEnded { ended: lane });
        }
    }

    /// Everything is over.
    pub(super) fn end_all(&mut self, out: &mut Out) {
        (1..=self.last).for_each(|lane| self.end(out, LaneId(lane)));
    }
}

impl Codex {
    /// The lane of a file.
    pub(super) fn lane_of(&mut self, out: &mut Out, file: usize) -> LaneId {
        let Some(part) = self.lanes.part(file).filter(|part| part.child).cloned() else { return LaneId::ROOT };
        if let Some(lane) = self.lanes.by_thread.get(&part.thread) {
            return *lane;
        }
        let spawning = self.calls.spawning();
        let (at, call) = spawning.map_or((LaneId::ROOT, None), |(lane, call)| (lane, Some(call)));
        self.opened(out, at, &part.thread, part.name, call)
    }

    /// A lane for a thread; the one that it has, where it has one.
    pub(super) fn opened(
        &mut self,
        out: &mut Out,
        at: LaneId,
        thread: &str,
        name: Option<String>,
        call: Option<CallId>,
    ) -> LaneId {
        if let Some(lane) = self.lanes.by_thread.get(thread) {
            return *lane;
        }
        self.lanes.last = self.lanes.last.saturating_add(1);
        let opened = LaneId(self.lanes.last);
        self.lanes.by_thread.insert(thread.to_owned(), opened);
        let name = name.unwrap_or_else(|| format!("subagent {}", thread.chars().take(8).collect::<String>()));
        if let Some(call) = &call {
            self.calls.began(call);
        }
        let native = Some(thread.to_owned());
        out.event(at, Event::LaneOpened { opened, native, name: look::cut(&name).into(), call });
        opened
    }

    /// A call has begun a subagent: it says so in what came back.
    pub(super) fn spawned(&mut self, out: &mut Out, lane: LaneId, name: &str, said: &str) {
        let said: Value = serde_json::from_str(said).unwrap_or_default();
        if let Some(thread) = look::first_text(&said, &["agent_id", "thread_id"]) {
            let call = self.calls.id(lane, name).cloned();
            let nick = look::owned(&said, "nickname");
            self.opened(out, lane, thread, nick, call);
        }
    }

    /// The parent hears of its subagent: what became of it.
    pub(super) fn subagent_told(out: &mut Out, lane: LaneId, told: &str) {
        let told: Value = serde_json::from_str(told).unwrap_or_default();
        let thread = look::text(&told, "agent_path").unwrap_or_default();
        let status = told.get("status").cloned().unwrap_or_default();
        let word = status.as_object().and_then(|status| status.keys().next().cloned());
        let word = word.or_else(|| status.as_str().map(str::to_owned)).unwrap_or_else(|| "something new".to_owned());
        let short: String = thread.chars().take(8).collect();
        out.note(lane, Notice::Info, format!("told to the model: its subagent {short} is {}", word.replace('_', " ")));
    }

    /// A subagent works on.
    pub(super) fn lane_works(&mut self, lane: LaneId) {
        self.lanes.ended.remove(&lane);
    }

    /// A subagent rests.
    pub(super) fn lane_rests(&mut self, out: &mut Out, lane: LaneId) {
        self.users_are_items(out, lane);
        self.asides(out, lane);
        self.calls.close(out, Some(lane));
        self.lanes.end(out, lane);
    }
}
