//! Where a replay can go: marks and times, gathered from the records of a session in one pass.

use super::Replay;
use super::replay::ReplayMark;
use crate::domain::{At, CallId, CallStatus, Cause, Event, Gate, Notice, Record, Seq, SessionId, Stop};
use std::collections::{BTreeMap, BTreeSet};

/// Gathers marks and times.
#[derive(Debug)]
pub struct Marks {
    replay: Replay,
    calls: BTreeSet<CallId>,
    /// The calls of requests.
    asked: BTreeMap<Seq, CallId>,
    /// Calls that failed or were denied.
    over: BTreeSet<CallId>,
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
        Self { replay, calls: BTreeSet::new(), asked: BTreeMap::new(), over: BTreeSet::new() }
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
        if let (Event::Judged { request: Some(request), .. }, Some((seq, ReplayMark::Asked))) =
            (&record.event, self.replay.marks.last_mut())
            && *seq == request.seq
        {
            *seq = record.seq;
        }
        let marks = self.of(record).into_iter().flatten();
        self.replay.marks.extend(marks.map(|mark| (record.seq, mark)));
    }

    /// What a record is, where it is worth going to. A call may fail with its first word.
    fn of(&mut self, record: &Record) -> [Option<ReplayMark>; 2] {
        let one = |mark| [Some(mark), None];
        match &record.event {
            Event::PromptSent { steer: false, .. } => one(ReplayMark::Prompt),
            Event::Called { call, patch } => {
                let begins = self.calls.insert(call.clone()).then_some(ReplayMark::Step);
                let fails = patch.status == Some(CallStatus::Failed) && self.over.insert(call.clone());
                [begins, fails.then_some(ReplayMark::Failed)]
            }
            Event::CallGated { gate: Gate::Ungated, .. } | Event::Diverged { .. } => one(ReplayMark::Ungated),
            Event::Asked { call, .. } => {
                self.asked.insert(record.seq, call.clone());
                one(ReplayMark::Asked)
            }
            Event::Decided { decision, .. } if decision.allows() => one(ReplayMark::Allowed),
            Event::Decided { request, .. } => {
                // That it then ends as failed is no error.
                self.over.extend(self.asked.get(&request.seq).cloned());
                one(ReplayMark::Denied)
            }
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
            replay(events, |_| 0).marks.iter().map(|(seq, mark)| (seq.0, *mark)).collect();
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
