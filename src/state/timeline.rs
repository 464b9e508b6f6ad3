//! What a person reads of a session, in order: entries, the newest of which are in memory.
//!
//! An entry is *settled* when it is closed and `SETTLE` newer ones stand after it; from then on nothing changes it, and
//! a fact about its call begins a new entry. So what leaves the memory is final, and pages can be folded on their own.

use super::{Parts, Step};
use crate::domain::{
    At, By, CallId, Cause, Cost, LaneId, Notice, PlanItem, PromptId, Seq, Speaker, Stop, Text, Tokens, TurnNo,
};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

/// Entries that stand after a closed one before it is settled.
pub(super) const SETTLE: u64 = 64;
/// Entries in memory.
pub(super) const WINDOW: usize = 256;
/// Bytes of entries in memory, about; settled ones beyond it leave.
const WEIGHT: usize = 8 << 20;
/// Old entries that may be open at once; beyond it the oldest counts as settled.
const OPEN: usize = 512;
/// Bytes of old entries that may be open at once, about; beyond it the oldest counts as settled.
const OPEN_WEIGHT: usize = 4 << 20;
/// A message longer than this goes on in an entry of its own.
pub(super) const MESSAGE: u64 = 60 << 10;

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number in the session, dense from 0.
    pub no: u64,
    /// The record that made it.
    pub seq: Seq,
    /// The last record that changed it: a key for caches.
    pub changed: Seq,
    /// When it was made.
    pub at: At,
    /// When it was last changed.
    pub until: At,
    /// The lane it belongs to.
    pub lane: LaneId,
    /// The turn it belongs to.
    pub turn: TurnNo,
    /// What it is.
    pub what: What,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A prompt: a human's, where nobody else is named.
    Prompt {
        /// Its number.
        prompt: PromptId,
        /// What it says.
        text: Text,
        /// Given to a running turn.
        steer: bool,
        /// By whom, where it was not the human at the console.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<By>,
    },
    /// A message.
    Said {
        /// Who speaks.
        who: Speaker,
        /// The agent's id of it.
        message: Option<String>,
        /// What is said.
        text: Parts,
        /// More may follow.
        open: bool,
    },
    /// A part of a message that is no text.
    Attached {
        /// Who gave it.
        who: Speaker,
        /// In words.
        what: Text,
    },
    /// A call.
    Step(Box<Step>),
    /// A plan; the turn's last one changes in place.
    Plan {
        /// Its lines.
        items: Vec<PlanItem>,
    },
    /// A subagent began.
    Lane {
        /// Its lane.
        opened: LaneId,
        /// Its name.
        name: Text,
    },
    /// A turn ended.
    TurnEnd {
        /// Which.
        turn: TurnNo,
        /// Why.
        stop: Stop,
        /// What it spent.
        tokens: Option<Tokens>,
        /// When it began.
        since: At,
        /// What it cost, as far as that was told before its end.
        #[serde(default)]
        cost: Option<Cost>,
    },
    /// The context was compacted.
    Compacted {
        /// Tokens before.
        before: Option<u64>,
        /// Tokens after.
        after: Option<u64>,
    },
    /// The mode changed.
    Mode {
        /// To which.
        mode: String,
    },
    /// The session may now do more without asking.
    Loosened {
        /// What.
        why: String,
    },
    /// A line worth reading.
    Noted {
        /// How loud.
        level: Notice,
        /// In words.
        text: Text,
    },
    /// A frame that was not understood.
    Unrecognised {
        /// What it seemed to be.
        what: String,
        /// The frame.
        raw: Text,
    },
    /// The session ended.
    Ended {
        /// Why.
        cause: Cause,
        /// The agent's last words.
        last_words: Text,
        /// What of its tree is still alive.
        survivors: Vec<(u32, String)>,
    },
}

impl Entry {
    /// True while more may happen to it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match &self.what {
            What::Said { open, .. } => *open,
            What::Step(step) => step.is_open(),
            What::Prompt { .. }
            | What::Attached { .. }
            | What::Plan { .. }
            | What::Lane { .. }
            | What::TurnEnd { .. }
            | What::Compacted { .. }
            | What::Mode { .. }
            | What::Loosened { .. }
            | What::Noted { .. }
            | What::Unrecognised { .. }
            | What::Ended { .. } => false,
        }
    }

    /// The step, where it is one.
    #[must_use]
    pub fn step(&self) -> Option<&Step> {
        match &self.what {
            What::Step(step) => Some(step),
            _ => None,
        }
    }

    fn weight(&self) -> usize {
        160 + match &self.what {
            What::Said { text, .. } => text.weight(),
            What::Step(step) => step.weight(),
            What::Plan { items } => items.len() * 120,
            What::Prompt { text, .. } | What::Noted { text, .. } | What::Unrecognised { raw: text, .. } => {
                text.inline().map_or(80, str::len)
            }
            _ => 64,
        }
    }
}

/// The entries of a session: the last ones, and all that are not settled.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Timeline {
    /// The number that the next entry will have: how many there are.
    pub next: u64,
    /// Entries in memory, by number.
    pub entries: BTreeMap<u64, Entry>,
    /// The newest unsettled entry of each call.
    calls: BTreeMap<CallId, u64>,
    /// The newest entry of each lane that a message may go on in.
    last_of_lane: BTreeMap<LaneId, u64>,
    /// Entries with `SETTLE` newer ones after them that are open all the same.
    lingering: BTreeSet<u64>,
    /// Bytes of those, about. What settles must not depend on what else is in memory, so it is part of a keyframe.
    #[serde(default)]
    lingering_weight: usize,
    /// Bytes in memory, about.
    #[serde(skip)]
    weight: usize,
    /// No settled entry in memory is before this one: where eviction begins to look.
    #[serde(skip)]
    settled_from: u64,
    /// Settled entries are kept for ever: set while a page is folded.
    #[serde(skip)]
    keep_all: bool,
    /// Settled entries leave at once.
    #[serde(skip)]
    keep_least: bool,
}

/// Only what is not settled is written: what a keyframe needs, and without a copy of it.
impl Serialize for Timeline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let has = |no: &u64| self.entries.contains_key(no) && !self.is_settled(*no);
        let mut out = serializer.serialize_struct("Timeline", 6)?;
        out.serialize_field("next", &self.next)?;
        out.serialize_field("entries", &Map(|| self.unsettled().filter_map(|no| self.entries.get_key_value(&no))))?;
        out.serialize_field("calls", &Map(|| self.calls.iter().filter(|(_, no)| has(no))))?;
        out.serialize_field("last_of_lane", &Map(|| self.last_of_lane.iter().filter(|(_, no)| has(no))))?;
        out.serialize_field("lingering", &self.lingering)?;
        out.serialize_field("lingering_weight", &self.lingering_weight)?;
        out.end()
    }
}

/// Pairs that are written as a map.
struct Map<F>(F);

impl<'a, K, V, I, F> Serialize for Map<F>
where
    K: Serialize + 'a,
    V: Serialize + 'a,
    I: Iterator<Item = (&'a K, &'a V)>,
    F: Fn() -> I,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map((self.0)())
    }
}

impl Timeline {
    /// Adds an entry at the end.
    pub fn push(&mut self, entry: Entry) -> u64 {
        let no = self.next;
        self.next += 1;
        if let What::Step(step) = &entry.what {
            self.calls.insert(step.call.clone(), no);
        }
        self.last_of_lane.insert(entry.lane, no);
        self.weight += entry.weight();
        self.entries.insert(no, Entry { no, ..entry });
        if let Some(old) = no.checked_sub(SETTLE) {
            self.grow_old(old);
        }
        self.evict();
        no
    }

    /// Changes an entry; a settled one is left alone and `None` comes back.
    pub fn change<T>(&mut self, no: u64, seq: Seq, at: At, f: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        let settled = self.is_settled(no);
        let entry = self.entries.get_mut(&no).filter(|_| !settled)?;
        let before = entry.weight();
        let out = f(entry);
        (entry.changed, entry.until) = (seq, at);
        let (closed, after) = (!entry.is_open(), entry.weight());
        self.weight = (self.weight + after).saturating_sub(before);
        if self.lingering.contains(&no) {
            self.lingering_weight = (self.lingering_weight + after).saturating_sub(before);
            if closed {
                self.settle(no);
            }
            self.settle_oldest();
        }
        Some(out)
    }

    /// The unsettled entry of a call.
    #[must_use]
    pub fn of_call(&self, call: &CallId) -> Option<u64> {
        self.calls.get(call).copied().filter(|&no| !self.is_settled(no))
    }

    /// The newest entry of a lane, where it is not settled.
    #[must_use]
    pub fn last_in(&self, lane: LaneId) -> Option<&Entry> {
        let no = *self.last_of_lane.get(&lane)?;
        self.entries.get(&no).filter(|_| !self.is_settled(no))
    }

    /// The newest unsettled entry that `f` finds.
    #[must_use]
    pub fn newest(&self, f: impl Fn(&Entry) -> bool) -> Option<u64> {
        self.entries.values().rev().find(|entry| !self.is_settled(entry.no) && f(entry)).map(|entry| entry.no)
    }

    /// True where nothing can change the entry any more.
    #[must_use]
    pub fn is_settled(&self, no: u64) -> bool {
        no + SETTLE < self.next && !self.lingering.contains(&no)
    }

    /// Numbers of all entries in memory that are not settled.
    pub fn unsettled(&self) -> impl Iterator<Item = u64> + '_ {
        self.entries.keys().copied().filter(|&no| !self.is_settled(no))
    }

    /// The first number from which on everything is in memory.
    #[must_use]
    pub fn whole_from(&self) -> u64 {
        let mut from = self.next;
        for &no in self.entries.keys().rev() {
            if no + 1 != from {
                break;
            }
            from = no;
        }
        from
    }

    /// A copy that holds only what is not settled: what a keyframe of it reads as.
    #[must_use]
    pub fn unsettled_only(&self) -> Self {
        let entries: BTreeMap<_, _> = self.unsettled().map(|no| (no, self.entries[&no].clone())).collect();
        let calls =
            self.calls.iter().filter(|(_, no)| entries.contains_key(no)).map(|(c, n)| (c.clone(), *n)).collect();
        let last_of_lane =
            self.last_of_lane.iter().filter(|(_, no)| entries.contains_key(no)).map(|(l, n)| (*l, *n)).collect();
        let weight = entries.values().map(Entry::weight).sum();
        let (lingering, lingering_weight) = (self.lingering.clone(), self.lingering_weight);
        let (settled_from, keep_all, keep_least) = (0, false, false);
        let next = self.next;
        Self {
            next,
            entries,
            calls,
            last_of_lane,
            lingering,
            lingering_weight,
            weight,
            settled_from,
            keep_all,
            keep_least,
        }
    }

    /// Keeps only what can still change from now on.
    pub(super) fn keep_least(&mut self) {
        self.keep_least = true;
    }

    /// Keeps all entries from now on: for folding a page.
    pub fn keep_all(&mut self) {
        self.keep_all = true;
    }

    /// An entry has come of age: it is settled now, or lingers as long as it is open.
    fn grow_old(&mut self, no: u64) {
        match self.entries.get(&no).filter(|entry| entry.is_open()) {
            Some(entry) => {
                self.lingering_weight += entry.weight();
                self.lingering.insert(no);
                self.settle_oldest();
            }
            None => self.forget(no),
        }
    }

    /// Settles old entries that are open where there are too many; what waits for a human goes last.
    fn settle_oldest(&mut self) {
        while self.lingering.len() > OPEN || self.lingering_weight > OPEN_WEIGHT {
            let waits = |no: &u64| self.entries.get(no).and_then(Entry::step).is_some_and(|s| s.waiting().is_some());
            let oldest = self.lingering.iter().copied().find(|no| !waits(no));
            let Some(oldest) = oldest.or_else(|| self.lingering.first().copied()) else { return };
            self.settle(oldest);
        }
    }

    /// A lingering entry is settled from now on.
    fn settle(&mut self, no: u64) {
        self.lingering.remove(&no);
        self.settled_from = self.settled_from.min(no);
        let weight = self.entries.get(&no).map_or(0, Entry::weight);
        self.lingering_weight = self.lingering_weight.saturating_sub(weight);
        self.forget(no);
    }

    fn forget(&mut self, no: u64) {
        if let Some(What::Step(step)) = self.entries.get(&no).map(|entry| &entry.what)
            && self.calls.get(&step.call) == Some(&no)
        {
            let call = step.call.clone();
            self.calls.remove(&call);
        }
    }

    fn evict(&mut self) {
        if self.keep_all {
            return;
        }
        while self.keep_least || self.entries.len() > WINDOW || self.weight > WEIGHT {
            let mut old = self.entries.range(self.settled_from..).map(|(&no, _)| no);
            let Some(no) = old.find(|&no| self.is_settled(no)) else { return };
            self.settled_from = no + 1;
            if let Some(entry) = self.entries.remove(&no) {
                self.weight = self.weight.saturating_sub(entry.weight());
            }
        }
    }
}
