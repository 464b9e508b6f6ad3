//! Requests of the agent: permissions, which are asked of people, and everything else, which is not offered.

use super::super::form::Form;
use super::super::{Ask, Fact};
use super::news::News;
use super::out::Out;
use super::{Acp, look};
use crate::domain::{Asking, CallId, Completeness, Decision, LaneId, Notice, Offer, OfferKind, Text, Topic};
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
    wants: Wants,
}

/// What an answer is made of.
#[derive(Debug)]
enum Wants {
    /// One of the options that came with it.
    Option,
    /// A form is filled in. A call that was made for it ends with the answer.
    Form { form: Form, own: bool },
}

/// The offers of a form: to fill it in is an answer of its own.
const ACCEPT: &str = "accept";
const DECLINE: &str = "decline";

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
            "elicitation/create" => self.asked_form(out, native, &params),
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
        let native = native.to_owned();
        self.questions.open.push(Question { native: native.clone(), lane, call: id.clone(), wants: Wants::Option });
        let offers = look::list(params, "options").iter().filter_map(offer).collect();
        let topic = plan_of(about).map_or(Topic::Call, Topic::Plan);
        out.ask(Ask { lane, call: id, native, offers, payload, how: Asking { topic, ..Asking::default() } });
    }

    /// A form for the human: its fields are questions. Only what is described can be asked; the rest is declined.
    fn asked_form(&mut self, out: &mut Out, native: &str, params: &Value) {
        let message = look::text(params, "message").unwrap_or("something");
        let form = Form::elicitation(params);
        let is_form = look::text(params, "mode").is_none_or(|mode| mode == "form");
        if !is_form || (form.topic().is_call() && has_fields(params)) {
            self.flush_calls(out, None);
            let said = format!("the agent asked in a form that can't be shown, and was declined: {message}");
            out.note(LaneId::ROOT, Notice::Warning, said);
            return out.reply(native, json!({"action": "decline"}));
        }
        let session = look::text(params, "sessionId");
        let named = look::text(params, "toolCallId").map(|id| self.calls.id(session, id));
        let known = named.filter(|id| self.calls.get(id).is_some() && !self.questions.is_about(id));
        let (own, id) = (known.is_none(), known.unwrap_or_else(|| CallId(format!("question {native}"))));
        self.flush_calls(out, Some(&id));
        let lane = self.lane_of(out, session, params);
        if own {
            let about = json!({"title": message, "kind": "think", "name": "elicitation", "status": "pending",
                "rawInput": {"message": message, "requestedSchema": params.get("requestedSchema")}});
            self.hear_call(out, lane, session, &id, News::asked(&about));
        }
        if self.turn.as_ref().is_some_and(|turn| turn.cancelled) {
            out.note(lane, Notice::Info, "the agent asked after the interrupt, and was answered: cancelled");
            return out.reply(native, json!({"action": "cancel"}));
        }
        if self.questions.take(native).is_some() {
            out.fact(Fact::AskGone(native.to_owned()));
        }
        let lane = self.calls.get(&id).map_or(lane, |call| call.lane);
        let own_offer = |id: &str, name: &str, kind| Offer { id: id.to_owned(), name: name.to_owned(), kind };
        let mut offers = vec![own_offer(DECLINE, "Don't answer", OfferKind::RejectOnce)];
        if form.topic().is_call() {
            offers.insert(0, own_offer(ACCEPT, "Yes", OfferKind::AllowOnce));
        }
        let how = Asking { topic: form.topic(), ..Asking::default() };
        let (native, wants) = (native.to_owned(), Wants::Form { form, own });
        self.questions.open.push(Question { native: native.clone(), lane, call: id.clone(), wants });
        out.ask(Ask { lane, call: id, native, offers, payload: Completeness::Whole, how });
    }

    pub(super) fn answer(&mut self, out: &mut Out, native: &str, decision: &Decision) {
        let Some(question) = self.questions.take(native) else {
            let said = format!("an answer was not sent: question {native} is no longer open");
            return out.note(LaneId::ROOT, Notice::Warning, said);
        };
        let offer = match decision {
            Decision::Allow { .. } | Decision::AllowFor { .. } | Decision::Deny { .. } => decision.offer(),
            // An offer would let the unedited call run.
            Decision::Edit { .. } | Decision::Take { .. } | Decision::Reply { .. } => None,
        };
        let (form, own) = match &question.wants {
            Wants::Option => {
                let selected = |offer| json!({"outcome": {"outcome": "selected", "optionId": offer}});
                return out.reply(native, offer.map_or_else(cancelled, selected));
            }
            Wants::Form { form, own } => (form, *own),
        };
        let result = match (decision, offer) {
            (Decision::Reply { given }, _) => json!({"action": "accept", "content": form.content(given)}),
            (_, Some(ACCEPT)) => json!({"action": "accept", "content": {}}),
            (_, Some(_)) => json!({"action": "decline"}),
            (_, None) => json!({"action": "cancel"}),
        };
        out.reply(native, result);
        if own {
            let status = if decision.allows() { "completed" } else { "failed" };
            let about = json!({"status": status});
            self.hear_call(out, question.lane, None, &question.call, News::read(&about));
        }
    }

    /// Answers every open question: cancelled. The hub knows which those are.
    pub(super) fn cancel_questions(&mut self, out: &mut Out) {
        for question in std::mem::take(&mut self.questions.open) {
            out.reply(&question.native, question.cancelled());
        }
    }

    /// The turn is over, and with it the questions of it. Those of subagents' own sessions go on.
    pub(super) fn withdraw_questions(&mut self, out: &mut Out) {
        let (over, stay) =
            std::mem::take(&mut self.questions.open).into_iter().partition(|question| question.lane == LaneId::ROOT);
        self.questions.open = stay;
        let over: Vec<Question> = over;
        for question in over {
            out.reply(&question.native, question.cancelled());
            out.fact(Fact::AskGone(question.native));
        }
    }

    /// `$/cancel_request`: the agent takes a question back. One that is settled is nothing.
    pub(super) fn question_gone(&mut self, out: &mut Out, params: &Value) {
        let id = params.get("requestId").unwrap_or(&Value::Null);
        if let Some(question) = self.questions.take_by_value(id) {
            out.reply(&question.native, question.cancelled());
            out.fact(Fact::AskGone(question.native));
        }
    }
}

impl Question {
    fn cancelled(&self) -> Value {
        match self.wants {
            Wants::Option => cancelled(),
            Wants::Form { .. } => json!({"action": "cancel"}),
        }
    }
}

/// Whether a form asks for something.
fn has_fields(params: &Value) -> bool {
    let fields = look::at(params, &["requestedSchema", "properties"]).and_then(Value::as_object);
    fields.is_some_and(|fields| !fields.is_empty())
}

/// The plan that a question is about: a call that would leave the plan mode carries it.
fn plan_of(about: &Value) -> Option<Text> {
    let plan = look::at(about, &["rawInput", "plan"]).and_then(Value::as_str)?;
    (look::text(about, "kind") == Some("switch_mode") && !plan.trim().is_empty()).then(|| Text::from(plan))
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
