//! Every call asks: the hook before it, and the question that follows. One call is one request, whatever it is asked by.

use super::super::{Ask, Fact, Leave, Leaves};
use super::out::Out;
use super::{Claude, answers, asking, look, offers, tools};
use crate::domain::{CallId, Decision, Digest, Impact, LaneId, Notice, Topic};
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};

/// How many answers are remembered.
const KEPT: usize = 256;

/// Questions that wait, and answers that were given.
#[derive(Debug, Default)]
pub(super) struct Gate {
    open: Vec<Question>,
    /// Hooks that wait for a word on whether their calls are left to the agent: their ids, and the calls.
    held: Vec<(String, CallId)>,
    /// The answers, by call: a later question about the same call gets the same.
    given: HashMap<CallId, Given>,
    /// Our answers by the ids of their questions, the oldest first: the agent may echo them.
    answered: VecDeque<String>,
    /// Tools of which a human allowed more than once: the agent decides about them by its own rules.
    own: Vec<String>,
    /// Reasons of refusals that the agent has not shown to have heard.
    unheard: Vec<(CallId, String)>,
    /// Reasons that it lost: an interrupt right after a refusal takes the place of its words.
    lost: Vec<String>,
}

#[derive(Debug)]
struct Question {
    /// As it is known to the hub: JSON text.
    native: String,
    /// As it came.
    id: String,
    lane: LaneId,
    call: CallId,
    tool: String,
    input: Value,
    suggestions: Vec<Value>,
    topic: Topic,
}

impl Question {
    fn is_about(&self, call: &CallId, tool: &str, input: &Value) -> bool {
        self.call == *call && self.tool == tool && self.input == *input
    }

    fn is_same(&self, other: &Self) -> bool {
        self.is_about(&other.call, &other.tool, &other.input)
    }
}

/// An answer, and what it was about: the tool and its arguments.
#[derive(Debug, Clone)]
struct Given {
    about: Vec<Digest>,
    response: Value,
    /// The arguments that a human put in the place of its own.
    edited: Option<String>,
    /// Why, in the human's words.
    why: Option<String>,
}

impl Gate {
    /// Whether this was a question that we answered.
    pub(super) fn has_answered(&self, id: &str) -> bool {
        self.answered.iter().any(|other| other == id)
    }

    /// Nobody waits for an answer any more.
    pub(super) fn forget_open(&mut self) {
        self.open.clear();
    }

    /// A call is over: nothing is asked about it any more. What the model was told of it shows whether a reason got there.
    pub(super) fn settled(&mut self, call: &CallId, told: &str) {
        self.given.remove(call);
        let (of_call, rest) = std::mem::take(&mut self.unheard).into_iter().partition(|(other, _)| other == call);
        self.unheard = rest;
        let of_call: Vec<(CallId, String)> = of_call;
        self.lost.extend(of_call.into_iter().map(|(_, reason)| reason).filter(|reason| !told.contains(reason)));
    }

    /// The turn is over: what was not heard in it is lost.
    pub(super) fn turn_over(&mut self) {
        self.lost.extend(std::mem::take(&mut self.unheard).into_iter().map(|(_, reason)| reason));
    }

    /// The reasons that were lost: they go with the next prompt.
    pub(super) fn lost_reasons(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lost)
    }

    /// The questions of a lane are over.
    pub(super) fn withdraw(&mut self, out: &mut Out, lane: LaneId) {
        let (over, stay) = std::mem::take(&mut self.open).into_iter().partition(|question| question.lane == lane);
        self.open = stay;
        let over: Vec<Question> = over;
        for question in over {
            out.fact(Fact::AskGone(question.native));
        }
    }

    /// A call has run: another answer than ours let it, say of a hook of the user's own.
    pub(super) fn withdraw_call(&mut self, out: &mut Out, call: &CallId) {
        let (over, stay) = std::mem::take(&mut self.open).into_iter().partition(|question| question.call == *call);
        self.open = stay;
        let over: Vec<Question> = over;
        let mut told: Vec<String> = over.into_iter().map(|question| question.native).collect();
        told.dedup();
        told.into_iter().for_each(|native| out.fact(Fact::AskGone(native)));
    }

    fn remember(&mut self, id: &str) {
        self.answered.push_back(id.to_owned());
        if self.answered.len() > KEPT {
            self.answered.pop_front();
        }
    }
}

impl Claude {
    /// A request of the agent.
    pub(super) fn asked(&mut self, out: &mut Out, message: &Value, raw: &str) {
        let Some(id) = look::owned(message, "request_id") else {
            return out.unrecognised(LaneId::ROOT, "a request without its id", raw);
        };
        let request = message.get("request").unwrap_or(&Value::Null);
        match look::text(request, "subtype") {
            Some("hook_callback") => self.hooked(out, &id, request),
            Some("can_use_tool") => self.asked_about(out, id, request),
            Some("elicitation") => {
                let said = look::text(request, "message").unwrap_or("something");
                let said = format!("an MCP server asked a question that was declined, since forms are off: {said}");
                out.note(LaneId::ROOT, Notice::Warning, said);
                self.gate.remember(&id);
                out.reply(&id, json!({"action": "decline"}));
            }
            kind => {
                let kind = kind.unwrap_or("something without a name").to_owned();
                out.note(LaneId::ROOT, Notice::Info, format!("the agent asked for {}: not offered", look::cut(&kind)));
                self.gate.remember(&id);
                out.refuse(&id, "this client does not offer that");
            }
        }
    }

    /// The hook before a call. Its answer makes the agent ask, or leaves it to the agent's own rules.
    fn hooked(&mut self, out: &mut Out, id: &str, request: &Value) {
        let input = request.get("input").unwrap_or(&Value::Null);
        self.gate.remember(id);
        let event = look::text(input, "hook_event_name").unwrap_or_default();
        let tool = look::text(input, "tool_name").unwrap_or_default();
        let native = look::owned(request, "tool_use_id").or_else(|| look::owned(input, "tool_use_id")).map(CallId);
        if event != "PreToolUse" {
            let edited = native
                .and_then(|call| self.gate.given.get(&call))
                .and_then(|given| Some((given.edited.as_ref()?, given.why.as_deref())));
            let told = edited.map(|(args, why)| {
                let why = why.map(|why| format!(" Why: {why}")).unwrap_or_default();
                // A tool that refuses it has run nothing; a command that ran may have failed.
                let what = match event {
                    "PostToolUseFailure" => "What was tried instead of what you asked for, and failed",
                    _ => "What ran, instead of what you asked for",
                };
                let said = format!("The user changed this call before it ran. {what}: {}{why}", look::cut(args));
                json!({"hookSpecificOutput": {"hookEventName": event, "additionalContext": said}})
            });
            return out.reply(id, told.unwrap_or_else(|| json!({})));
        }
        if let Some(call) = native {
            let lane = match self.calls.get(&call) {
                Some(_) => self.calls.lane(&call),
                None => self.lane_by(out, look::text(input, "agent_id"), None, input),
            };
            let args = input.get("tool_input").unwrap_or(&Value::Null);
            self.calls.proposed(out, lane, &call, tool, args, &self.opening.cwd);
            if let Some(folder) = look::text(input, "cwd").filter(|folder| folder.starts_with('/')) {
                self.calls.runs_in(out, &call, folder, &self.opening.cwd);
            }
            if self.is_left_to_agent(tool, look::text(input, "permission_mode")) {
                // A rule that denies wins from anywhere: it is looked at before the agent's own.
                self.gate.held.push((id.to_owned(), call.clone()));
                return out.fact(Fact::Leaves(Leaves { call, native: id.to_owned() }));
            }
        }
        out.reply(id, ask());
    }

    /// Lets a held call go on to the agent's own rules, or makes the agent ask about it.
    pub(super) fn leave(&mut self, out: &mut Out, native: &str, leave: Leave) {
        let Some(at) = self.gate.held.iter().position(|(id, _)| id == native) else { return };
        let (id, call) = self.gate.held.remove(at);
        match leave {
            Leave::ToItsRules => {
                self.calls.left(&call);
                out.reply(&id, json!({}));
            }
            Leave::No => out.reply(&id, ask()),
        }
    }

    /// Whether the agent's own rules decide: about its own plans, in a mode that a human chose for that, and about tools
    /// that a human allowed for longer than once.
    fn is_left_to_agent(&self, tool: &str, mode: Option<&str>) -> bool {
        match mode.or(self.modes.current.as_deref()) {
            Some("bypassPermissions" | "auto" | "dontAsk") => return true,
            Some("acceptEdits") if tools::impact(tool) == Impact::Edit => return true,
            _ => {}
        }
        tools::impact(tool) == Impact::Think || self.gate.own.iter().any(|own| own == tool)
    }

    /// `can_use_tool`: a call waits.
    fn asked_about(&mut self, out: &mut Out, id: String, request: &Value) {
        let native = Value::from(id.as_str()).to_string();
        let tool = look::text(request, "tool_name").unwrap_or("a tool without a name");
        // A question about no call is still a question: it gets a call of its own.
        let call = CallId(look::owned(request, "tool_use_id").unwrap_or_else(|| format!("question {id}")));
        let input = request.get("input").cloned().unwrap_or_default();
        let print = print_of(tool, &input);
        if let Some(given) = self.gate.given.get(&call).filter(|given| given.about.contains(&print)) {
            // The same call by another way: the decision stands.
            let response = given.response.clone();
            self.gate.remember(&id);
            return out.reply(&id, response);
        }
        let lane = match self.calls.get(&call) {
            Some(_) => self.calls.lane(&call),
            None => self.lane_by(out, look::text(request, "agent_id"), None, request),
        };
        self.calls.asked(out, lane, &call, tool, &input, &self.opening.cwd);
        if self.is_cancelled() {
            out.note(lane, Notice::Info, "the agent asked after the interrupt, and was refused");
            self.gate.remember(&id);
            return out.reply(&id, answers::refusal(Some("The user interrupted the turn.")));
        }
        let suggestions: Vec<Value> = look::list(request, "permission_suggestions").to_vec();
        let how = asking::how(tool, &input);
        let offers = offers::offers(&how.topic, &suggestions);
        let known = self.gate.open.iter().any(|open| open.is_about(&call, tool, &input));
        let question = Question {
            native: native.clone(),
            id,
            lane,
            call: call.clone(),
            tool: tool.to_owned(),
            input,
            suggestions,
            topic: how.topic.clone(),
        };
        if let Some(why) = look::text(request, "decision_reason").filter(|why| !why.is_empty()) {
            out.note(lane, Notice::Info, format!("Claude asks because: {why}"));
        }
        self.gate.open.push(question);
        if !known {
            let payload = self.calls.completeness(&call);
            let ask = Ask { lane, call, native, offers, payload, how };
            // Where Claude gives our own hook as the reason, it might not have asked by itself.
            let by_hook = look::text(request, "decision_reason_type") == Some("hook");
            out.fact(if by_hook { Fact::HeldBack(ask) } else { Fact::Ask(ask) });
        }
    }

    /// The answer of the human, or of a rule.
    pub(super) fn answer(&mut self, out: &mut Out, native: &str, decision: &Decision) {
        let Some(at) = self.gate.open.iter().position(|question| question.native == native) else {
            let said = format!("an answer was not sent: question {native} is no longer open");
            return out.note(LaneId::ROOT, Notice::Warning, said);
        };
        let question = self.gate.open.remove(at);
        let (response, runs) = match answers::made(&question.topic, &question.input, &question.suggestions, decision) {
            Ok(made) => made,
            Err(why) => {
                out.note(question.lane, Notice::Error, format!("the call was refused instead: {why}"));
                (answers::refusal(None), None)
            }
        };
        if let Some(suggestion) = decision.offer().and_then(|it| offers::suggestion(&question.suggestions, it)) {
            self.own_rules(suggestion);
        }
        if runs.is_some() {
            self.calls.allowed(&question.call);
        } else if let Some(reason) = decision.reason().map(str::trim).filter(|reason| !reason.is_empty()) {
            self.gate.unheard.push((question.call.clone(), reason.to_owned()));
        }
        self.respond(out, &question, response, runs.as_ref());
        if let Some(given) = self.gate.given.get_mut(&question.call) {
            given.why = decision.reason().map(str::to_owned);
        }
    }

    /// Answers a question, and every other one about the same call. After an edit, later questions come with the edited
    /// arguments.
    fn respond(&mut self, out: &mut Out, question: &Question, response: Value, runs: Option<&Value>) {
        let about = std::iter::once(&question.input).chain(runs).map(|input| print_of(&question.tool, input)).collect();
        let edited = runs.filter(|runs| **runs != question.input && question.topic.is_call());
        let edited = edited.map(look::canonical);
        let (same, rest) = std::mem::take(&mut self.gate.open).into_iter().partition(|other| other.is_same(question));
        self.gate.open = rest;
        let same: Vec<Question> = same;
        for id in std::iter::once(&question.id).chain(same.iter().map(|other| &other.id)) {
            self.gate.remember(id);
            out.reply(id, response.clone());
        }
        // One that says the whole call again may be heavy: such a one is kept alone.
        if look::weight(&response) > look::HEAVY {
            self.gate.given.retain(|_, given| look::weight(&given.response) <= look::HEAVY);
        }
        if self.gate.given.len() >= KEPT {
            self.gate.given.clear();
        }
        self.gate.given.insert(question.call.clone(), Given { about, response, edited, why: None });
    }

    /// What a human allowed for longer than once is decided by the agent's own rules from here on.
    fn own_rules(&mut self, suggestion: &Value) {
        let tools = look::list(suggestion, "rules").iter().filter_map(|rule| look::owned(rule, "toolName"));
        self.gate.own.extend(tools);
    }

    /// `control_cancel_request`: the agent takes a question back.
    pub(super) fn question_gone(&mut self, out: &mut Out, message: &Value) {
        let id = look::text(message, "request_id").unwrap_or_default();
        let Some(at) = self.gate.open.iter().position(|question| question.id == id) else { return };
        let gone = self.gate.open.remove(at);
        // The one that the hub knows is gone only with the last of them.
        match self.gate.open.iter_mut().find(|other| other.is_same(&gone)) {
            Some(other) => other.native = gone.native,
            None => out.fact(Fact::AskGone(gone.native)),
        }
    }
}

/// What makes the agent ask.
fn ask() -> Value {
    json!({"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": "ask"}})
}

fn print_of(tool: &str, input: &Value) -> Digest {
    look::print_of(&look::canonical(&json!([tool, input])))
}
