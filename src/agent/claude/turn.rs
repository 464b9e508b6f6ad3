//! A prompt and its end; interrupts; turns that the agent begins by itself.
//!
//! A `result` is no proof that the agent rests: a background task that ends begins another turn, and several results may
//! come for one prompt. Where the agent tells its state, the turn is over when it says *idle*; else with the result.

use super::super::Fact;
use super::handshake::Phase;
use super::out::Out;
use super::{Claude, Sent, look};
use crate::domain::{LaneId, Notice, Stop, Tokens};
use crate::shapes::claude::tokens;
use serde_json::{Value, json};

/// A turn that runs.
#[derive(Debug, Default)]
pub(super) struct Turn {
    /// We asked for its end.
    pub(super) cancelled: bool,
    /// What its results said: why the last one came, and what all of them spent.
    ended: Option<(Stop, Option<Tokens>)>,
}

impl Claude {
    /// A prompt: it begins a turn, or is folded into the one that runs, after the next result of a call.
    pub(super) fn prompt(&mut self, out: &mut Out, text: &str) {
        if self.phase != Phase::Open {
            let why = "the conversation is not open";
            out.note(LaneId::ROOT, Notice::Error, format!("the prompt was not sent: {why}"));
            return out.fact(Fact::TurnOver(Stop::Error(0, why.to_owned()), None));
        }
        self.turn.get_or_insert_default();
        let reasons = self.gate.lost_reasons();
        let text = if reasons.is_empty() {
            text.to_owned()
        } else {
            let said = "the reason of your denial goes with this prompt: the interrupt took its place in the answer";
            out.note(LaneId::ROOT, Notice::Info, said);
            format!("(Why I declined your last request: {})\n\n{text}", reasons.join("; "))
        };
        let id = self.prompt_id();
        out.line(&json!({
            "type": "user", "message": {"role": "user", "content": text}, "parent_tool_use_id": null, "session_id": "",
            "uuid": id
        }));
        out.fact(Fact::Marked(id));
    }

    /// Ends the turn. Open questions are taken back by the agent itself.
    pub(super) fn interrupt(&mut self, out: &mut Out) {
        if self.phase != Phase::Open {
            return out.note(LaneId::ROOT, Notice::Warning, "nothing was interrupted: the conversation is not open");
        }
        if let Some(turn) = &mut self.turn {
            turn.cancelled = true;
        }
        self.calls.interrupted();
        self.request(out, Sent::Interrupt, json!({"subtype": "interrupt"}));
        self.gate.forget_open();
    }

    /// Whether we asked for the end of the turn that runs.
    pub(super) fn is_cancelled(&self) -> bool {
        self.turn.as_ref().is_some_and(|turn| turn.cancelled)
    }

    pub(super) fn result(&mut self, out: &mut Out, message: &Value) {
        let cancelled = self.is_cancelled();
        if self.phase == Phase::Starting {
            return self.start_failed(out, &said_of(message));
        }
        self.meter.result(out, message);
        let (stop, spent) = (stop_of(message, cancelled), message.get("usage").and_then(tokens::spent));
        if self.tells_state {
            let turn = self.turn.get_or_insert_default();
            let before = turn.ended.take().and_then(|(_, tokens)| tokens);
            turn.ended = Some((stop, crate::shapes::tokens::sum(before, spent)));
        } else {
            self.turn_over(out, (stop, spent));
        }
    }

    /// `session_state_changed`: the agent says whether it works.
    pub(super) fn state_is(&mut self, out: &mut Out, state: &str) {
        self.tells_state = true;
        // An answer was heard: whatever it allowed goes on from here.
        self.calls.answered_run(out);
        match state {
            "idle" => {
                if let Some(turn) = self.turn.take() {
                    let stop = if turn.cancelled { Stop::Cancelled } else { Stop::EndTurn };
                    self.turn_over(out, turn.ended.unwrap_or((stop, None)));
                }
            }
            "running" if self.turn.is_none() && self.phase == Phase::Open => {
                self.turn = Some(Turn::default());
                let why = "the agent goes on by itself: something that it waited for has ended";
                out.fact(Fact::TurnBegan(why.to_owned()));
            }
            _ => {}
        }
    }

    fn turn_over(&mut self, out: &mut Out, (stop, tokens): (Stop, Option<Tokens>)) {
        self.turn = None;
        self.gate.withdraw(out, LaneId::ROOT);
        self.gate.turn_over();
        self.calls.close(out, Some(LaneId::ROOT));
        self.said.forget();
        out.fact(Fact::TurnOver(stop, tokens));
    }

    /// The agent's stdout is at its end.
    pub(super) fn end(&mut self, out: &mut Out) {
        self.calls.close(out, None);
        self.lanes.end_all(out);
        self.waiting.clear();
        self.gate.forget_open();
        if self.turn.take().is_some() {
            out.fact(Fact::TurnOver(Stop::Lost, None));
        }
        self.phase = Phase::Over;
    }
}

/// Why a turn ended, by its result. An error of the model's service comes as a success that is an error.
fn stop_of(message: &Value, cancelled: bool) -> Stop {
    let subtype = look::text(message, "subtype").unwrap_or_default();
    let aborted = look::text(message, "terminal_reason").is_some_and(|why| why.starts_with("aborted"));
    if cancelled || aborted {
        return Stop::Cancelled;
    }
    match subtype {
        "error_max_turns" => return Stop::MaxRequests,
        "success" if message.get("is_error") != Some(&Value::Bool(true)) => {}
        _ => {
            let status = message.get("api_error_status").and_then(Value::as_i64).unwrap_or(0);
            return Stop::Error(status, look::cut(&said_of(message)));
        }
    }
    match look::text(message, "stop_reason") {
        Some("end_turn" | "stop_sequence" | "tool_use") | None => Stop::EndTurn,
        Some("max_tokens") => Stop::MaxTokens,
        Some("refusal") => Stop::Refusal,
        Some(other) => Stop::Other(look::cut(other)),
    }
}

/// What a result says in words.
fn said_of(message: &Value) -> String {
    let errors: Vec<&str> = look::list(message, "errors").iter().filter_map(Value::as_str).collect();
    let said = look::text(message, "result").filter(|said| !said.is_empty());
    match (errors.is_empty(), said) {
        (false, _) => errors.join("; "),
        (true, Some(said)) => said.to_owned(),
        (true, None) => look::text(message, "subtype").unwrap_or("without a reason").to_owned(),
    }
}
