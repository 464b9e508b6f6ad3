//! A prompt and its end; more words for a turn that runs.

use super::handshake::Phase;
use super::out::Out;
use super::{Codex, Sent};
use crate::agent::Fact;
use crate::agent::envelope::Refusal;
use crate::agent::look;
use crate::domain::{LaneId, Notice, Stop, Tokens};
use serde_json::{Value, json};

/// A turn of our thread that we began, or joined.
#[derive(Debug, Default)]
pub(super) struct Turn {
    /// The agent's id of it, once it is told.
    pub(super) id: Option<String>,
    /// We asked for its end, and how far that is.
    pub(super) stop: Halt,
    /// Codex says that it is over: why. It counts as over here once nothing of it runs any more.
    over: Option<Stop>,
}

/// An interrupt of a turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Halt {
    /// None.
    #[default]
    No,
    /// Wanted before the turn had an id: it goes as soon as it has one.
    Wanted,
    /// Sent.
    Sent,
}

/// Words that were given to a running turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Words {
    /// The human's.
    Steer(String),
    /// Why a request was declined.
    Reason(String),
}

impl Words {
    fn text(&self) -> &str {
        let (Self::Steer(text) | Self::Reason(text)) = self;
        text
    }
}

/// A text as the agent takes it.
fn input(text: &str) -> Value {
    json!([{"type": "text", "text": text, "text_elements": []}])
}

impl Codex {
    pub(super) fn prompt(&mut self, out: &mut Out, text: String) {
        let (Some(thread), Phase::Open) = (self.thread.clone(), self.phase) else {
            let why = "the conversation is not open";
            out.note(LaneId::ROOT, Notice::Error, format!("the prompt was not sent: {why}"));
            return out.fact(Fact::TurnOver(Stop::Error(0, why.to_owned()), None));
        };
        if self.turn.is_some() {
            return out.note(LaneId::ROOT, Notice::Error, "the prompt was not sent: a turn runs");
        }
        let mut params = json!({"threadId": thread, "input": input(&text)});
        self.with_mode(&mut params);
        self.with_model(&mut params);
        self.words.we_said(&thread, text);
        self.turn = Some(Turn::default());
        self.meter.turn_begins(&thread);
        self.request(out, Sent::Turn, "turn/start", params);
    }

    /// `turn/start` was answered.
    pub(super) fn turn_begun(&mut self, out: &mut Out, outcome: Result<Value, Refusal>) {
        match outcome {
            Ok(result) => {
                self.mode_taken(out);
                self.model_taken(out);
                if let Some(id) = look::at(&result, &["turn", "id"]).and_then(Value::as_str) {
                    self.turn_has_id(out, id);
                }
            }
            Err(refusal) => {
                let stop = match self.turn.as_ref().map(|turn| turn.stop) {
                    Some(Halt::Wanted | Halt::Sent) => Stop::Cancelled,
                    Some(Halt::No) | None => Stop::Error(refusal.code, look::cut(&refusal.said)),
                };
                self.close_turn(out, stop);
            }
        }
    }

    /// A turn of our thread that nobody gave a prompt for.
    pub(super) fn began_by_itself(&mut self, out: &mut Out, thread: &str, id: String) {
        self.turn = Some(Turn { id: Some(id.clone()), ..Turn::default() });
        self.meter.turn_begins(thread);
        out.fact(Fact::TurnBegan("codex began it by itself".to_owned()));
        out.fact(Fact::Marked(id));
    }

    /// The turn of our thread has an id: what waited for one goes.
    pub(super) fn turn_has_id(&mut self, out: &mut Out, id: &str) {
        let Some(turn) = &mut self.turn else { return };
        if turn.id.is_none() {
            turn.id = Some(id.to_owned());
            out.fact(Fact::Marked(id.to_owned()));
        }
        if turn.stop == Halt::Wanted {
            self.interrupt(out);
        }
    }

    /// Gives words to the turn that runs in a thread.
    pub(super) fn steer(&mut self, out: &mut Out, thread: &str, words: Words) {
        let lane = self.threads.lane(self.thread.as_deref(), thread).unwrap_or(LaneId::ROOT);
        let Some(turn) = self.turn_of(thread) else {
            return unsaid(out, lane, &words, "no turn runs there");
        };
        let params = json!({"threadId": thread, "expectedTurnId": turn, "input": input(words.text())});
        self.words.we_said(thread, words.text().to_owned());
        self.request(out, Sent::Steer(words), "turn/steer", params);
    }

    /// `turn/steer` was answered.
    pub(super) fn steered(out: &mut Out, words: &Words, outcome: Result<Value, Refusal>) {
        if let Err(refusal) = outcome {
            unsaid(out, LaneId::ROOT, words, &refusal.said);
        }
    }

    /// The turn that runs in a thread.
    fn turn_of(&self, thread: &str) -> Option<String> {
        if self.thread.as_deref() == Some(thread) {
            return self.turn.as_ref()?.id.clone();
        }
        self.threads.turn(thread).map(str::to_owned)
    }

    /// `turn/completed` of our thread. It is over once nothing of it runs.
    pub(super) fn turn_over(&mut self, out: &mut Out, turn: &Value) {
        let stop = stop_of(turn);
        match &mut self.turn {
            // One that the agent began by itself: nobody waits for its end.
            None => {
                let thread = self.thread.clone().unwrap_or_default();
                self.leaves_behind(out, &thread);
            }
            Some(ours) if ours.id.as_deref().is_some_and(|id| Some(id) != look::text(turn, "id")) => {}
            Some(ours) => {
                ours.over = Some(stop);
                self.close_if_quiet(out);
            }
        }
    }

    /// Ends the turn where it is over by codex's word and nothing of what it left is still being ended.
    pub(super) fn close_if_quiet(&mut self, out: &mut Out) {
        if self.sweep.goes_on() {
            return;
        }
        if let Some(stop) = self.turn.as_mut().and_then(|turn| turn.over.take()) {
            self.close_turn(out, stop);
        }
    }

    fn close_turn(&mut self, out: &mut Out, stop: Stop) {
        let thread = self.thread.clone().unwrap_or_default();
        self.turn = None;
        self.sweep.clear();
        self.withdraw_asks(out, &thread);
        self.leaves_behind(out, &thread);
        let tokens: Option<Tokens> = self.meter.turn_ends(&thread);
        out.fact(Fact::TurnOver(stop, tokens));
    }

    /// The agent's stdout is at its end.
    pub(super) fn end(&mut self, out: &mut Out) {
        self.close_calls(out, None);
        self.threads.end_all(out);
        self.waiting.clear();
        self.sweep.clear();
        self.asks.forget();
        if self.turn.take().is_some() {
            out.fact(Fact::TurnOver(Stop::Lost, None));
        }
        self.phase = Phase::Over;
    }
}

fn unsaid(out: &mut Out, lane: LaneId, words: &Words, why: &str) {
    let what = match words {
        Words::Steer(_) => "what you told it in the middle of its turn",
        Words::Reason(_) => "why you declined",
    };
    let said = format!("{what} did not reach the agent ({why}): {}", words.text());
    out.note(lane, Notice::Error, said);
}

fn stop_of(turn: &Value) -> Stop {
    match look::text(turn, "status") {
        Some("completed") => Stop::EndTurn,
        Some("interrupted") => Stop::Cancelled,
        Some("failed") => {
            let (code, said) = fault(turn.get("error").unwrap_or(&Value::Null));
            Stop::Error(code, said)
        }
        Some(other) => Stop::Other(look::cut(other)),
        None => Stop::Other("no reason was given".to_owned()),
    }
}

/// An error of the agent in words: its message, its kind, and the status of the model's server where there is one.
pub(super) fn fault(error: &Value) -> (i64, String) {
    let message = look::text(error, "message").unwrap_or("no message");
    let info = error.get("codexErrorInfo").unwrap_or(&Value::Null);
    let (kind, inner) = match info {
        Value::String(kind) => (Some(kind.as_str()), None),
        Value::Object(map) => {
            map.iter().next().map_or((None, None), |(kind, inner)| (Some(kind.as_str()), Some(inner)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => (None, None),
    };
    let code = inner.and_then(|inner| inner.get("httpStatusCode")).and_then(Value::as_i64).unwrap_or(0);
    let details = look::text(error, "additionalDetails").filter(|details| !details.is_empty());
    let mut said = look::cut(message);
    if let Some(kind) = kind.filter(|kind| *kind != "other") {
        said = format!("{said} ({kind})");
    }
    if let Some(details) = details {
        said = format!("{said}: {}", look::cut(details));
    }
    (code, said)
}
