//! A prompt and its end.

use super::super::Fact;
use super::envelope::Refusal;
use super::handshake::Phase;
use super::out::Out;
use super::{Acp, Sent, habits, look, meter};
use crate::domain::{LaneId, Notice, Stop};
use serde_json::{Value, json};

/// A turn that runs.
#[derive(Debug, Default)]
pub(super) struct Turn {
    /// We asked for its end: what the agent then says about why it ended is weighed by that (acp.md, 23).
    pub(super) cancelled: bool,
}

impl Acp {
    pub(super) fn prompt(&mut self, out: &mut Out, text: String) {
        let (Some(session), Phase::Open) = (self.session.clone(), self.phase) else {
            let why = "the conversation is not open";
            out.note(LaneId::ROOT, Notice::Error, format!("the prompt was not sent: {why}"));
            return out.fact(Fact::TurnOver(Stop::Error(0, why.to_owned()), None));
        };
        if self.turn.is_some() {
            return out.note(LaneId::ROOT, Notice::Error, "the prompt was not sent: a turn runs");
        }
        let params = json!({"sessionId": session, "prompt": [{"type": "text", "text": text}]});
        self.echo = text;
        self.turn = Some(Turn::default());
        self.request(out, Sent::Prompt, "session/prompt", params);
    }

    /// Cancels the turn, and answers *cancelled* to every open question: the protocol demands both.
    pub(super) fn interrupt(&mut self, out: &mut Out) {
        let (Some(session), Phase::Open) = (self.session.clone(), self.phase) else {
            return out.note(LaneId::ROOT, Notice::Warning, "nothing was interrupted: the conversation is not open");
        };
        if let Some(turn) = &mut self.turn {
            turn.cancelled = true;
        }
        out.notify("session/cancel", json!({"sessionId": session}));
        self.cancel_questions(out);
    }

    pub(super) fn turn_over(&mut self, out: &mut Out, outcome: Result<Value, Refusal>) {
        let cancelled = self.turn.take().is_some_and(|turn| turn.cancelled);
        let (stop, tokens) = match outcome {
            Ok(result) => {
                let tokens = meter::tokens(&result, habits::counts_the_session(&self.face));
                (stop_of(look::text(&result, "stopReason"), cancelled), tokens)
            }
            Err(refusal) if cancelled => {
                let said = format!("the agent answered the interrupt with an error: {}", refusal.said);
                out.note(LaneId::ROOT, Notice::Info, said);
                (Stop::Cancelled, None)
            }
            Err(refusal) => (Stop::Error(refusal.code, look::cut(&refusal.said)), None),
        };
        self.withdraw_questions(out);
        self.close_calls(out);
        out.fact(Fact::TurnOver(stop, tokens));
    }

    /// The agent's stdout is at its end.
    pub(super) fn end(&mut self, out: &mut Out) {
        self.close_calls(out);
        self.lanes.end_all(out);
        self.waiting.clear();
        self.questions.forget();
        if self.turn.take().is_some() {
            out.fact(Fact::TurnOver(Stop::Lost, None));
        }
        self.phase = Phase::Over;
    }
}

fn stop_of(reason: Option<&str>, cancelled: bool) -> Stop {
    match reason {
        // Some say that they came to an end by themselves (goose, opencode).
        Some("end_turn") | None if cancelled => Stop::Cancelled,
        Some("end_turn") => Stop::EndTurn,
        Some("cancelled") => Stop::Cancelled,
        Some("max_tokens") => Stop::MaxTokens,
        Some("max_turn_requests") => Stop::MaxRequests,
        Some("refusal") => Stop::Refusal,
        Some(other) => Stop::Other(look::cut(other)),
        None => Stop::Other("no reason was given".to_owned()),
    }
}
