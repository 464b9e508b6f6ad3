//! Where a replay can go: marks and times, gathered from the records of a session in one pass.

use super::Replay;
use super::places::Places;
use super::replay::ReplayMark;
use crate::domain::{
    At, CallId, CallPatch, CallStatus, Cause, Event, Gate, Impact, Notice, Record, Seq, SessionId, Stop, Text,
};
use crate::state::Check;
use std::collections::BTreeMap;

/// Gathers marks and times.
#[derive(Debug, Clone)]
pub struct Marks {
    replay: Replay,
    calls: BTreeMap<CallId, Known>,
    /// The calls of requests.
    asked: BTreeMap<Seq, CallId>,
}

/// What is known of a call.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and all of them may hold")]
struct Known {
    /// It began.
    begun: bool,
    /// It changes files.
    edits: bool,
    /// It runs what checks something.
    checks: bool,
    /// It is marked as ended, or was denied: that it then ends as failed is no error.
    over: bool,
}

impl Known {
    /// What a word about the call adds, and the mark of its end.
    fn hear(&mut self, patch: &CallPatch) -> Option<ReplayMark> {
        self.edits |= matches!(patch.impact, Some(Impact::Edit | Impact::Delete | Impact::Move));
        self.checks |= patch.command.as_ref().and_then(Text::inline).and_then(Check::of).is_some();
        let mark = match patch.status {
            Some(CallStatus::Failed) => ReplayMark::Failed,
            Some(CallStatus::Done) if self.checks && patch.exit.is_some_and(|code| code != 0) => ReplayMark::Failed,
            Some(CallStatus::Done) if self.edits => ReplayMark::Edited,
            Some(CallStatus::Done) if self.checks => ReplayMark::Checked,
            _ => return None,
        };
        (!std::mem::replace(&mut self.over, true)).then_some(mark)
    }
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
            reading: false,
            dragged: false,
            marks: Places::default(),
            times: Vec::new(),
            recording: None,
            glimpse: None,
        };
        Self { replay, calls: BTreeMap::new(), asked: BTreeMap::new() }
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
        // A request is looked at with its verdict, which comes right behind it.
        if let Event::Judged { request: Some(request), .. } = &record.event
            && request.seq.0.checked_add(1) == Some(record.seq.0)
        {
            self.replay.marks.put_off(ReplayMark::Asked, request.seq, record.seq);
        }
        for mark in self.of(record).into_iter().flatten() {
            self.replay.marks.push(record.seq, mark);
        }
    }

    /// What a record is, where it is worth going to. A call may fail with its first word.
    fn of(&mut self, record: &Record) -> [Option<ReplayMark>; 2] {
        let one = |mark| [Some(mark), None];
        match &record.event {
            Event::PromptSent { steer: false, .. } => one(ReplayMark::Prompt),
            Event::Called { call, patch } => {
                let known = self.calls.entry(call.clone()).or_default();
                let begins = !std::mem::replace(&mut known.begun, true);
                [begins.then_some(ReplayMark::Step), known.hear(patch)]
            }
            Event::CallGated { gate: Gate::Ungated, .. } | Event::Diverged { .. } => one(ReplayMark::Ungated),
            Event::Asked { call, .. } => {
                self.asked.insert(record.seq, call.clone());
                one(ReplayMark::Asked)
            }
            Event::Decided { decision, .. } if decision.allows() => one(ReplayMark::Allowed),
            Event::Decided { request, .. } => {
                if let Some(call) = self.asked.get(&request.seq) {
                    self.calls.entry(call.clone()).or_default().over = true;
                }
                one(ReplayMark::Denied)
            }
            Event::Undone { .. } => one(ReplayMark::Undone),
            Event::Compacted { .. } => one(ReplayMark::Compacted),
            Event::TurnEnded { stop: Stop::Error(..) | Stop::Refusal | Stop::Lost, .. }
            | Event::Ended { cause: Cause::HubDied | Cause::Failed(_), .. }
            | Event::Noted { level: Notice::Error, .. } => one(ReplayMark::Failed),
            Event::Ended { cause: Cause::Itself { code, .. }, .. } if *code != Some(0) => one(ReplayMark::Failed),
            _ => [None, None],
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Asking, Decision};
    use crate::domain::{
        By, CallPatch, Digest, LaneId, Outcome, Pos, PromptId, RequestId, Risk, RuleRef, TurnNo, VERSION, Verdict,
    };
    use ReplayMark::{Allowed, Asked, Compacted, Denied, Failed, Prompt, Step, Ungated};

    fn called(call: &str, status: Option<CallStatus>) -> Event {
        Event::Called { call: call.into(), patch: Box::new(CallPatch { status, ..CallPatch::default() }) }
    }

    fn asked(call: &str) -> Event {
        Event::Asked {
            call: call.into(),
            native: "1".into(),
            offers: vec![],
            digest: Digest::default(),
            payload: crate::domain::Completeness::TitleOnly,
            deadline: None,
            instead_of: None,
            changed: vec![],
            how: Asking::default(),
        }
    }

    fn decided(seq: u64, decision: Decision) -> Event {
        let request = RequestId { session: SessionId(1), seq: Seq(seq) };
        Event::Decided { request, digest: Digest::default(), decision, by: By::Human, overridden: false }
    }

    fn judged(seq: u64) -> Event {
        let rule = RuleRef { source: "built-in".into(), line: None, text: String::new() };
        let (outcome, risk, policy) = (Outcome::Ask, Risk::Mid, Digest::default());
        let verdict = Box::new(Verdict { outcome, rule, risk, reasons: vec![], policy });
        Event::Judged { request: Some(RequestId { session: SessionId(1), seq: Seq(seq) }), call: "b".into(), verdict }
    }

    fn replay(events: Vec<Event>, at: impl Fn(u64) -> i64) -> Replay {
        let mut marks = Marks::new(SessionId(1), Seq(events.len() as u64));
        for (seq, event) in (1..).zip(events) {
            marks.take(&Record {
                pos: Pos(seq),
                session: SessionId(1),
                seq: Seq(seq),
                lane: LaneId::ROOT,
                at: At(at(seq)),
                said_at: None,
                cites: None,
                version: VERSION,
                event,
            });
        }
        marks.at(Seq(1))
    }

    #[test]
    fn what_is_worth_going_to_is_marked() {
        let prompt =
            |steer| Event::PromptSent { prompt: PromptId(1), text: "x".into(), turn: TurnNo(1), steer, by: None };
        let deny = Decision::Deny { offer: None, reason: None, interrupt: false };
        let events = vec![
            prompt(false),
            called("a", None),
            asked("a"),
            decided(3, deny),
            called("a", Some(CallStatus::Failed)),
            called("b", Some(CallStatus::Failed)),
            called("b", Some(CallStatus::Failed)),
            prompt(true),
            Event::CallGated { call: "b".into(), gate: Gate::Ungated },
            asked("b"),
            judged(10),
            decided(10, Decision::Allow { offer: "y".into() }),
            Event::Compacted { before: None, after: None },
            Event::Ended { cause: Cause::Quit, last_words: "".into(), survivors: vec![] },
            Event::Ended { cause: Cause::HubDied, last_words: "".into(), survivors: vec![] },
        ];
        let marks: Vec<(u64, ReplayMark)> =
            replay(events, |_| 0).marks.all().into_iter().map(|(seq, mark)| (seq.0, mark)).collect();
        let expected = [
            (1, Prompt),
            (2, Step),
            (3, Asked),
            (4, Denied),
            (6, Step),
            (6, Failed),
            (9, Ungated),
            (11, Asked),
            (12, Allowed),
            (13, Compacted),
            (15, Failed),
        ];
        assert_eq!(marks, expected);
    }

    #[test]
    fn every_record_has_its_time_and_few_are_kept() {
        let at = |seq: u64| [5, 5, 5, 9, 9, 9, 9, 100, 100, 101][usize::try_from(seq - 1).unwrap()];
        let replay = replay((0..10).map(|_| Event::Noticed).collect(), at);
        let times: Vec<i64> = (1..=10).map(|seq| replay.time_of(Seq(seq)).0).collect();
        assert_eq!(times, (1..=10).map(at).collect::<Vec<_>>());
        assert_eq!(replay.times.len(), 7);
        assert_eq!((replay.first_at, replay.last_at), (At(5), At(101)));
    }
}
