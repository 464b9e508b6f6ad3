//! Where a replay can go: marks and times, gathered from the records of a session in one pass.

use super::Replay;
use super::replay::ReplayMark;
use crate::domain::{At, CallId, CallStatus, Decision, Event, Record, Seq, SessionId};
use std::collections::BTreeSet;

/// Gathers marks and times.
#[derive(Debug)]
pub struct Marks {
    replay: Replay,
    calls: BTreeSet<CallId>,
}

impl Marks {
    /// Of a session whose last record is known.
    #[must_use]
    pub fn new(session: SessionId, last: Seq) -> Self {
        let replay = Replay {
            session,
            at: last,
            seeking: None,
            last,
            first_at: At(0),
            last_at: At(0),
            clock: At(0),
            playing: false,
            stepped: At(0),
            quarters: 4,
            marks: Vec::new(),
            times: Vec::new(),
        };
        Self { replay, calls: BTreeSet::new() }
    }

    /// Takes in the next record.
    pub fn take(&mut self, record: &Record) {
        let replay = &mut self.replay;
        if replay.times.is_empty() {
            replay.first_at = record.at;
        }
        // Only where the time changes, on both sides of the change: between two entries it then runs evenly.
        if replay.times.last().is_none_or(|&(_, at)| at != record.at) {
            let before = (Seq(record.seq.0.saturating_sub(1)), replay.last_at);
            if replay.times.last().is_some_and(|&(seq, _)| seq < before.0) {
                replay.times.push(before);
            }
            replay.times.push((record.seq, record.at));
        }
        replay.last_at = record.at;
        let mark = match &record.event {
            Event::PromptSent { .. } => Some(ReplayMark::Prompt),
            Event::Called { call, patch } => {
                if self.calls.insert(call.clone()) {
                    Some(ReplayMark::Step)
                } else {
                    (patch.status == Some(CallStatus::Failed)).then_some(ReplayMark::Failed)
                }
            }
            Event::Asked { .. } => Some(ReplayMark::Asked),
            Event::Decided { decision: Decision::Allow { .. }, .. } => Some(ReplayMark::Allowed),
            Event::Decided { decision: Decision::Deny { .. }, .. } => Some(ReplayMark::Denied),
            Event::Compacted { .. } => Some(ReplayMark::Compacted),
            _ => None,
        };
        if let Some(mark) = mark {
            replay.marks.push((record.seq, mark));
        }
    }

    /// The replay, with its cursor at a record.
    #[must_use]
    pub fn at(self, seq: Seq) -> Replay {
        let mut replay = self.replay;
        replay.at = seq;
        replay.clock = replay.time_of(seq);
        replay
    }
}
