//! Requests of the agent: permissions, which are asked of people, and everything else, which is not offered.

use super::super::{Ask, Fact};
use super::news::News;
use super::out::Out;
use super::{Acp, look};
use crate::domain::{Asking, CallId, LaneId, Notice, Offer, OfferKind};
use serde_json::{Value, json};

const METHOD_NOT_FOUND: i32 = -32601;
const INVALID_PARAMS: i32 = -32602;

/// Questions that wait for an answer, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Questions {
    open: Vec<Question>,
}

#[derive(Debug)]
struct Question {
    native: String,
    lane: LaneId,
    call: CallId,
}

impl Questions {
    fn take(&mut self, native: &str) -> Option<Question> {
        let at = self.open.iter().position(|question| question.native == native)?;
        Some(self.open.remove(at))
    }

    /// By the id's value: the agent may write the same id in another way.
    fn take_by_value(&mut self, id: &Value) -> Option<Question> {
        let same = |question: &Question| serde_json::from_str::<Value>(&question.native).is_ok_and(|own| own == *id);
        let at = self.open.iter().position(same)?;
        Some(self.open.remove(at))
    }

    fn is_about(&self, call: &CallId) -> bool {
        self.open.iter().any(|question| question.call == *call)
    }

    /// Nobody is there to hear an answer.
    pub(super) fn forget(&mut self) {
        self.open.clear();
    }
}

impl Acp {
    pub(super) fn asked(&mut self, out: &mut Out, native: &str, method: &str, params: &str) {
        let params = match serde_json::from_str::<Value>(params) {
            Ok(params) => params,
            Err(error) => {
                self.flush_calls(out, None);
                out.unrecognised(LaneId::ROOT, format!("a request {method} that can't be read ({error})"), params);
                return out.refuse(native, INVALID_PARAMS, "the parameters can't be read");
            }
        };
        match method {
            "session/request_permission" => self.asked_permission(out, native, &params),
            "elicitation/create" => {
                self.flush_calls(out, None);
                let message = look::text(&params, "message").unwrap_or("something");
                let said = format!("the agent asked a question that was declined, since forms are off: {message}");
                out.note(LaneId::ROOT, Notice::Warning, said);
                out.reply(native, json!({"action": "decline"}));
            }
            _ => {
                self.flush_calls(out, None);
                let about = look::first_text(&params, &["path", "command"]).map(|it| format!(" {it}"));
                let said = format!("the agent asked for {method}{}: not offered", about.unwrap_or_default());
                out.note(LaneId::ROOT, Notice::Info, said);
                out.refuse(native, METHOD_NOT_FOUND, "this client does not offer that method");
            }
        }
    }

    fn asked_permission(&mut self, out: &mut Out, native: &str, params: &Value) {
        let session = look::text(params, "sessionId");
        let about = params.get("toolCall").unwrap_or(&Value::Null);
        let news = News::asked(about);
        let id = match look::text(about, "toolCallId") {
            Some(id) => self.calls.id(session, id),
            // A question about no call is still a question: it gets a call of its own.
            None => CallId(format!("question {native}")),
        };
        let id = match self.calls.meant(&id, &news).filter(|means| !self.questions.is_about(means)) {
            Some(means) => {
                self.calls.alias(id, means.clone());
                means
            }
            None => id,
        };
        self.flush_calls(out, Some(&id));
        let lane = self.lane_of(out, session, about);
        self.hear_call(out, lane, session, &id, news);
        if self.turn.as_ref().is_some_and(|turn| turn.cancelled) {
            let said = "the agent asked after the interrupt, and was answered: cancelled";
            out.note(lane, Notice::Info, said);
            return out.reply(native, cancelled());
        }
        if self.questions.take(native).is_some() {
            out.fact(Fact::AskGone(native.to_owned()));
        }
        let call = self.calls.get(&id);
        let lane = call.map_or(lane, |call| call.lane);
        let payload = call.map(super::call::Call::completeness).unwrap_or_default();
        self.questions.open.push(Question { native: native.to_owned(), lane, call: id.clone() });
        let offers = look::list(params, "options").iter().filter_map(offer).collect();
        out.ask(Ask { lane, call: id, native: native.to_owned(), offers, payload, how: Asking::default() });
    }

    pub(super) fn answer(&mut self, out: &mut Out, native: &str, offer: Option<&str>) {
        if self.questions.take(native).is_none() {
            let said = format!("an answer was not sent: question {native} is no longer open");
            return out.note(LaneId::ROOT, Notice::Warning, said);
        }
        let outcome = match offer {
            Some(offer) => json!({"outcome": {"outcome": "selected", "optionId": offer}}),
            None => cancelled(),
        };
        out.reply(native, outcome);
    }

    /// Answers every open question: cancelled. The hub knows which those are.
    pub(super) fn cancel_questions(&mut self, out: &mut Out) {
        for question in std::mem::take(&mut self.questions.open) {
            out.reply(&question.native, cancelled());
        }
    }

    /// The turn is over, and with it the questions of it. Those of subagents' own sessions go on.
    pub(super) fn withdraw_questions(&mut self, out: &mut Out) {
        let (over, stay) =
            std::mem::take(&mut self.questions.open).into_iter().partition(|question| question.lane == LaneId::ROOT);
        self.questions.open = stay;
        let over: Vec<Question> = over;
        for question in over {
            out.reply(&question.native, cancelled());
            out.fact(Fact::AskGone(question.native));
        }
    }

    /// `$/cancel_request`: the agent takes a question back. One that is settled is nothing.
    pub(super) fn question_gone(&mut self, out: &mut Out, params: &Value) {
        let id = params.get("requestId").unwrap_or(&Value::Null);
        if let Some(question) = self.questions.take_by_value(id) {
            out.reply(&question.native, cancelled());
            out.fact(Fact::AskGone(question.native));
        }
    }
}

fn cancelled() -> Value {
    json!({"outcome": {"outcome": "cancelled"}})
}

/// An answer that may be chosen: by its id, never by its place or kind (acp.md, 18).
fn offer(value: &Value) -> Option<Offer> {
    let id = look::owned(value, "optionId")?;
    let kind = match look::text(value, "kind") {
        Some("allow_once") => OfferKind::AllowOnce,
        Some("allow_always") => OfferKind::AllowAlways,
        Some("reject_once") => OfferKind::RejectOnce,
        Some("reject_always") => OfferKind::RejectAlways,
        Some(_) | None => OfferKind::Unknown,
    };
    Some(Offer { name: look::owned(value, "name").unwrap_or_else(|| id.clone()), id, kind })
}
