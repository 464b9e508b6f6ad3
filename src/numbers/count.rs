//! The fold: records of one session become rows.

use crate::domain::{
    At, By, CallId, CallStatus, Cost, Decision, Digest, Event, LaneId, Record, RequestId, Tokens, TurnNo,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Milliseconds of an hour.
const HOUR: i64 = 3_600_000;
/// Currencies that a row adds up apart.
const CURRENCIES: usize = 8;

/// Hours since the Unix epoch. A day of any place is made of some of them.
pub type Hour = i64;

/// What a session came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Numbers {
    /// By hour and model; the model is empty while it is not known.
    pub rows: Vec<(Hour, String, Row)>,
    /// Whether the agent itself told what it cost.
    pub tells_cost: bool,
}

/// What happened in an hour with a model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// Turns that began.
    pub turns: u64,
    /// Calls that began.
    pub calls: u64,
    /// Calls that failed, and were not denied.
    pub failed: u64,
    /// Calls that were the same as one that had failed just before in their lane.
    pub retried: u64,
    /// Those of them that failed again.
    pub failed_again: u64,
    /// Requests that a human or a script answered.
    pub answered: u64,
    /// Of these, those that were denied.
    pub denied: u64,
    /// Milliseconds for which those waited.
    pub waited: u64,
    /// Compactions.
    pub compactions: u64,
    /// Tokens of turns that ended.
    pub tokens: Tokens,
    /// Whether any turn told its tokens.
    pub tells_tokens: bool,
    /// What the agent said that it cost.
    pub told: Vec<Cost>,
}

/// Adds a cost to those of its currency.
pub fn add_cost(costs: &mut Vec<Cost>, cost: Cost) {
    if let Some(known) = costs.iter_mut().find(|known| known.currency == cost.currency) {
        known.micros = known.micros.saturating_add(cost.micros);
    } else if costs.len() < CURRENCIES {
        costs.push(cost);
    }
}

/// Tokens of both; what neither tells is not told.
pub(super) fn plus(a: &Tokens, b: &Tokens) -> Tokens {
    let sum = |a: Option<u64>, b: Option<u64>| match (a, b) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
    };
    Tokens {
        input: sum(a.input, b.input),
        output: sum(a.output, b.output),
        cache_read: sum(a.cache_read, b.cache_read),
        cache_write: sum(a.cache_write, b.cache_write),
        thought: sum(a.thought, b.thought),
        cumulative: false,
    }
}

/// What a report that counts over the whole session adds to the one before it.
fn since(before: &Tokens, now: &Tokens) -> Tokens {
    let more = |before: Option<u64>, now: Option<u64>| now.map(|now| now.saturating_sub(before.unwrap_or(0)));
    Tokens {
        input: more(before.input, now.input),
        output: more(before.output, now.output),
        cache_read: more(before.cache_read, now.cache_read),
        cache_write: more(before.cache_write, now.cache_write),
        thought: more(before.thought, now.thought),
        cumulative: false,
    }
}

/// Counts the records of one session, in their order.
#[derive(Debug, Clone, Default)]
pub struct Counter {
    rows: BTreeMap<(Hour, String), Row>,
    model: String,
    /// The last report that counted over the whole session.
    whole: Tokens,
    /// What it has cost so far, by currency.
    cost: Vec<Cost>,
    tells_cost: bool,
    turn: TurnNo,
    /// When a turn began of which no model has said anything yet.
    began: Option<At>,
    calls: BTreeMap<CallId, Call>,
    /// The last call of a lane that failed, where no other one came since.
    failed: BTreeMap<LaneId, Digest>,
    asked: BTreeMap<RequestId, (At, CallId)>,
    denied: BTreeSet<CallId>,
}

#[derive(Debug, Clone, Default)]
struct Call {
    print: Option<Digest>,
    is_retry: bool,
    is_over: bool,
}

impl Counter {
    /// Takes in the next record.
    pub fn take(&mut self, record: &Record) {
        // A turn is of the model that works in it, which agents tell behind its prompt.
        if matches!(
            record.event,
            Event::Said { .. } | Event::Called { .. } | Event::TurnEnded { .. } | Event::Used { .. }
        ) {
            self.turn_counts();
        }
        match &record.event {
            Event::OptionsOffered { options } => {
                let model = options.iter().find(|option| option.category.as_deref() == Some("model"));
                if let Some(model) = model.filter(|model| !model.current.is_empty()) {
                    self.model.clone_from(&model.current);
                }
            }
            Event::PromptSent { turn, .. } | Event::TurnBegan { turn, .. } if *turn > self.turn => {
                self.turn_counts();
                (self.turn, self.began) = (*turn, Some(record.at));
            }
            Event::TurnEnded { tokens: Some(tokens), .. } => {
                let more = if tokens.cumulative { since(&self.whole, tokens) } else { *tokens };
                if tokens.cumulative {
                    self.whole = *tokens;
                }
                let row = self.row(record.at);
                row.tokens = plus(&row.tokens, &more);
                row.tells_tokens = true;
            }
            Event::Used { usage } if record.lane == LaneId::ROOT => {
                if let Some(cost) = usage.cost {
                    self.costs(record.at, cost);
                }
            }
            Event::Compacted { .. } => self.row(record.at).compactions += 1,
            Event::Asked { call, .. } => {
                let id = RequestId { session: record.session, seq: record.seq };
                self.asked.insert(id, (record.at, call.clone()));
            }
            Event::Decided { request, decision, by, .. } => self.decided(record.at, *request, decision, by),
            Event::Called { call, patch } => {
                let print = patch.args.as_ref().or(patch.command.as_ref()).map(crate::domain::Text::digest);
                self.called(record, call, print, patch.status);
            }
            _ => {}
        }
    }

    fn turn_counts(&mut self) {
        if let Some(at) = self.began.take() {
            self.row(at).turns += 1;
        }
    }

    fn row(&mut self, at: At) -> &mut Row {
        self.rows.entry((at.0.div_euclid(HOUR), self.model.clone())).or_default()
    }

    fn costs(&mut self, at: At, cost: Cost) {
        self.tells_cost = true;
        let before = self.cost.iter().find(|known| known.currency == cost.currency).map_or(0, |known| known.micros);
        // A falling bill is a bad report: it never lowers what was spent.
        let more = cost.micros.saturating_sub(before);
        add_cost(&mut self.cost, Cost { micros: more, ..cost });
        if more > 0 {
            add_cost(&mut self.row(at).told, Cost { micros: more, ..cost });
        }
    }

    fn decided(&mut self, at: At, request: RequestId, decision: &Decision, by: &By) {
        let Some((asked, call)) = self.asked.remove(&request) else { return };
        let denies = !decision.allows() && matches!(decision, Decision::Deny { .. });
        if denies {
            self.denied.insert(call);
        }
        if by.is_human() {
            let row = self.row(at);
            row.answered += 1;
            row.waited += at.since(asked);
            row.denied += u64::from(denies);
        }
    }

    fn called(&mut self, record: &Record, id: &CallId, print: Option<Digest>, status: Option<CallStatus>) {
        let is_new = !self.calls.contains_key(id);
        let call = self.calls.entry(id.clone()).or_default();
        let begins = call.print.is_none() && print.is_some() && !call.is_over;
        call.print = call.print.or(print);
        let (print, was_over) = (call.print, call.is_over);
        let fails = status == Some(CallStatus::Failed) && !was_over;
        call.is_over |= status.is_some_and(CallStatus::is_final);
        let mut retries = false;
        if begins {
            retries = self.failed.get(&record.lane).copied() == print;
            self.failed.remove(&record.lane);
            call.is_retry = retries;
        }
        let is_retry = call.is_retry;
        let failed = fails && !self.denied.contains(id);
        if let Some(print) = print.filter(|_| failed) {
            self.failed.insert(record.lane, print);
        }
        if !is_new && !retries && !failed {
            return;
        }
        let row = self.row(record.at);
        row.calls += u64::from(is_new);
        row.retried += u64::from(retries);
        row.failed += u64::from(failed);
        row.failed_again += u64::from(failed && is_retry);
    }

    /// What it came to.
    #[must_use]
    pub fn done(mut self) -> Numbers {
        self.turn_counts();
        let rows = self.rows.into_iter().map(|((hour, model), row)| (hour, model, row)).collect();
        Numbers { rows, tells_cost: self.tells_cost }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CallPatch, ConfigOption, Pos, PromptId, Seq, SessionId, Stop, Usage, VERSION};

    fn count(events: Vec<(i64, Event)>) -> Numbers {
        let mut counter = Counter::default();
        for (seq, (at, event)) in (1..).zip(events) {
            counter.take(&Record {
                pos: Pos(seq),
                session: SessionId(1),
                seq: Seq(seq),
                lane: LaneId::ROOT,
                at: At(at),
                said_at: None,
                cites: None,
                version: VERSION,
                event,
            });
        }
        counter.done()
    }

    fn model(current: &str) -> Event {
        Event::OptionsOffered {
            options: vec![ConfigOption {
                id: "model".into(),
                name: "Model".into(),
                category: Some("model".into()),
                current: current.into(),
                values: vec![],
                switch: false,
            }],
        }
    }

    fn prompt(turn: u32) -> Event {
        Event::PromptSent { prompt: PromptId(turn), text: "x".into(), turn: TurnNo(turn), steer: false, by: None }
    }

    fn ended(turn: u32, input: u64, cumulative: bool) -> Event {
        let tokens = Tokens { input: Some(input), cumulative, ..Tokens::default() };
        Event::TurnEnded { turn: TurnNo(turn), stop: Stop::EndTurn, tokens: Some(tokens) }
    }

    fn called(call: &str, args: Option<&str>, status: Option<CallStatus>) -> Event {
        let patch = CallPatch { args: args.map(Into::into), status, ..CallPatch::default() };
        Event::Called { call: call.into(), patch: Box::new(patch) }
    }

    #[test]
    fn turns_and_tokens_count_for_the_model_and_the_hour_in_which_they_were() {
        let numbers = count(vec![
            (0, prompt(1)),
            (1, model("a")),
            (2, ended(1, 5, false)),
            (3, prompt(2)),
            (HOUR, model("b")),
            (HOUR + 1, ended(2, 7, false)),
        ]);
        let told: Vec<_> = numbers
            .rows
            .iter()
            .map(|(hour, model, row)| (*hour, model.as_str(), row.turns, row.tokens.input))
            .collect();
        assert_eq!(told, [(0, "a", 1, Some(5)), (0, "b", 1, None), (1, "b", 0, Some(7))]);
    }

    #[test]
    fn what_is_counted_over_the_whole_session_is_counted_once() {
        let numbers = count(vec![(0, ended(1, 5, true)), (1, ended(2, 12, true)), (2, ended(3, 12, true))]);
        assert_eq!(numbers.rows[0].2.tokens.input, Some(12));
        let used = |micros| Event::Used {
            usage: Usage { cost: Some(Cost { micros, currency: *b"USD" }), ..Usage::default() },
        };
        let numbers = count(vec![(0, used(10)), (1, used(4)), (HOUR, used(25))]);
        let told: Vec<u64> = numbers.rows.iter().map(|(_, _, row)| row.told[0].micros).collect();
        assert_eq!((told, numbers.tells_cost), (vec![10, 15], true));
    }

    #[test]
    fn a_call_that_is_made_again_after_it_failed_is_a_retry() {
        let failed = Some(CallStatus::Failed);
        let numbers = count(vec![
            (0, called("1", Some("x"), None)),
            (1, called("1", None, failed)),
            (2, called("2", Some("x"), failed)),
            (3, called("2", None, failed)),
            (4, called("3", Some("y"), None)),
            (5, called("4", Some("x"), failed)),
        ]);
        let row = &numbers.rows[0].2;
        assert_eq!((row.calls, row.failed, row.retried, row.failed_again), (4, 3, 1, 1));
    }
}
