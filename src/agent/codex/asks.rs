//! Requests of codex. Their ids begin at 0 in a number space of their own, and any thread may ask: also one whose parent's
//! turn is over.

use super::Codex;
use super::offers::{self, Offers};
use super::out::Out;
use super::turn::Words;
use super::wants;
use crate::agent::form::Form;
use crate::agent::look;
use crate::agent::{Ask, Fact};
use crate::domain::{
    Asking, CallPatch, CallStatus, Carries, Completeness, Decision, Impact, LaneId, Notice, ReasonGoes,
};
use crate::shapes::codex::command;
use serde_json::{Value, json};

const METHOD_NOT_FOUND: i32 = -32601;
const INVALID_PARAMS: i32 = -32602;

/// Questions that wait for an answer, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Asks {
    open: Vec<Question>,
    /// Answered, and codex has not said that it has the answer: calls of questions' own, with how they end.
    settling: Vec<(Question, CallStatus)>,
}

#[derive(Debug)]
struct Question {
    native: String,
    thread: String,
    lane: LaneId,
    offers: Offers,
    form: Form,
    /// A call of the question's own: it ends with the answer.
    own_call: Option<String>,
    /// What is typed where it is allowed.
    types: Option<String>,
}

impl Asks {
    fn take(&mut self, native: &str) -> Option<Question> {
        let at = self.open.iter().position(|question| question.native == native)?;
        Some(self.open.remove(at))
    }

    /// Nobody waits for an answer any more.
    pub(super) fn forget(&mut self) {
        self.open.clear();
        self.settling.clear();
    }
}

/// What a request asks about.
struct About {
    /// The item, or a name of the question's own.
    item: String,
    patch: CallPatch,
    offers: Offers,
    form: Form,
    /// The call is the question itself.
    own: bool,
    /// What is typed with it.
    types: Option<String>,
    payload: Option<Completeness>,
}

impl Codex {
    pub(super) fn asked(&mut self, out: &mut Out, native: &str, method: &str, params: &str) {
        let params = match serde_json::from_str::<Value>(params) {
            Ok(params) => params,
            Err(error) => {
                out.unrecognised(LaneId::ROOT, format!("a request {method} that can't be read ({error})"), params);
                return out.refuse(native, INVALID_PARAMS, "the parameters can't be read");
            }
        };
        let about = match method {
            "item/commandExecution/requestApproval" if look::text(&params, "kind") == Some("writeStdin") => {
                self.about_typing(&params, native)
            }
            "item/commandExecution/requestApproval" => {
                about_command(&params, native, &self.opening.cwd, self.mode.asks_for_every_command())
            }
            "item/fileChange/requestApproval" => about_files(&params, native),
            "item/permissions/requestApproval" => about_permissions(&params, native),
            "item/tool/requestUserInput" => about_questions(&params, native),
            "mcpServer/elicitation/request" if is_mcp_call(&params) => self.about_mcp_call(&params, native),
            "mcpServer/elicitation/request" => about_elicitation(&params, native),
            _ => {
                out.note(LaneId::ROOT, Notice::Info, format!("codex asked for {method}: not offered"));
                return out.refuse(native, METHOD_NOT_FOUND, "this client does not offer that method");
            }
        };
        self.ask(out, native, &params, about);
    }

    /// Codex asks about a call of a server's tool as if the server had a question, and names no item: it is the call of that
    /// tool with these arguments that has begun and was not asked about.
    fn about_mcp_call(&self, params: &Value, native: &str) -> About {
        let meta = params.get("_meta").unwrap_or(&Value::Null);
        let server = look::text(params, "serverName").unwrap_or("an MCP server");
        let name = look::text(meta, "tool_name").unwrap_or("a tool without a name");
        let tool = format!("{server}.{name}");
        let given = meta.get("tool_params");
        let begun = self.calls.unasked(&self.thread_of(params), &tool, given.unwrap_or(&Value::Null));
        let args = json!({"server": server, "tool": name, "arguments": given});
        let own = begun.is_none();
        let title = format!("{tool}: {}", look::text(params, "message").unwrap_or("run it"));
        let patch = CallPatch {
            title: Some(look::cut(&title).into()),
            tool: Some(tool),
            impact: Some(Impact::Other),
            // What has begun has told them.
            args: own.then(|| look::canonical(&args).into()),
            ..CallPatch::default()
        };
        let payload = Some(if given.is_some() || !own { Completeness::Whole } else { Completeness::TitleOnly });
        let item = begun.unwrap_or_else(|| format!("question {native}"));
        About { item, patch, offers: offers::mcp_call(params), form: Form::None, own, types: None, payload }
    }

    /// A text that shall be typed into a command that runs is a call of its own. It can't be edited: an answer carries no
    /// text, and no hook comes before it.
    fn about_typing(&self, params: &Value, native: &str) -> About {
        let (patch, types) = self.asked_to_type(params);
        let item = apart(params, native, "typed");
        let offers = offers::typing(params);
        About { item, patch, offers, form: Form::None, own: true, types, payload: Some(Completeness::Whole) }
    }

    fn ask(&mut self, out: &mut Out, native: &str, params: &Value, about: About) {
        let lane = self.lane_of(out, params);
        let thread = self.thread_of(params);
        let About { item, patch, offers, form, own, types, payload } = about;
        if !own && !self.turn_stops(&thread) && self.hook_covers(&thread, &item, params) {
            out.note(lane, Notice::Info, "codex asked once more about the same command: the decision about it stands");
            return out.reply(native, offers.result("accept").unwrap_or_else(|| offers.refusal()));
        }
        // What a human wrote in the place of a command is asked about by itself: the call stays what was proposed.
        let (item, own) = match !own && self.hook_edited(&thread, &item, patch.command.as_ref()) {
            true => (apart(params, native, "edited"), true),
            false => (item, own),
        };
        let call = self.call_of(out, lane, &thread, &item, patch);
        self.calls_asked_too(&thread, &item, params);
        if self.turn_stops(&thread) {
            out.note(lane, Notice::Info, "codex asked after the interrupt, and was refused");
            return out.reply(native, offers.refusal());
        }
        if self.asks.take(native).is_some() {
            out.fact(Fact::AskGone(native.to_owned()));
        }
        let payload = payload.unwrap_or_else(|| self.calls.completeness(&thread, &item));
        let carries = Carries { reason: ReasonGoes::Steer, ..Carries::default() };
        let how = Asking { topic: form.topic(), carries, ..Asking::default() };
        let shown = offers.shown();
        let own_call = own.then_some(item);
        self.asks.open.push(Question { native: native.to_owned(), thread, lane, offers, form, own_call, types });
        let ask = Ask { lane, call, native: native.to_owned(), offers: shown, payload, how };
        // Where it asks about every command, it asks about those as well that only look.
        let every = self.mode.asks_for_every_command() && look::text(params, "kind") == Some("command");
        out.fact(if every { Fact::HeldBack(ask) } else { Fact::Ask(ask) });
    }

    /// The question's call, and the item that it belongs to.
    fn calls_asked_too(&mut self, thread: &str, item: &str, params: &Value) {
        self.calls.call_asked(thread, item);
        if let Some(parent) = look::text(params, "itemId") {
            self.calls.call_asked(thread, parent);
        }
    }

    /// Whether the turn of a thread was told to stop.
    pub(super) fn turn_stops(&self, thread: &str) -> bool {
        self.thread.as_deref() == Some(thread)
            && self.turn.as_ref().is_some_and(|turn| turn.stop != super::turn::Halt::No)
    }

    /// An answer. Why something is refused goes into the turn at once: codex goes on with it.
    pub(super) fn answer(&mut self, out: &mut Out, native: &str, decision: &Decision) {
        let Some(question) = self.asks.take(native) else {
            let said = format!("an answer was not sent: question {native} is no longer open");
            return out.note(LaneId::ROOT, Notice::Warning, said);
        };
        let result = match decision {
            Decision::Allow { offer }
            | Decision::AllowFor { offer, .. }
            | Decision::Deny { offer: Some(offer), .. } => question.offers.result(offer),
            Decision::Reply { given } => question.form.reply(given),
            Decision::Deny { offer: None, interrupt: true, .. } => Some(question.offers.none()),
            // The hub makes refusals of what is not carried.
            Decision::Deny { offer: None, .. } | Decision::Edit { .. } | Decision::Take { .. } => None,
        };
        // What was not offered is never an allowance.
        out.reply(&question.native, result.unwrap_or_else(|| question.offers.refusal()));
        self.calls.loosened |= decision.offer().is_some_and(|offer| question.offers.is_lasting(offer));
        if let Some(text) = question.types.as_ref().filter(|_| decision.allows()) {
            self.typed.allow(&question.thread, text);
        }
        if let Decision::Deny { reason: Some(reason), interrupt: false, .. } = decision
            && !reason.trim().is_empty()
        {
            let words = format!("That request was declined: {}", reason.trim());
            self.steer(out, &question.thread, Words::Reason(words));
        }
        if question.own_call.is_some() {
            let status = if decision.allows() { CallStatus::Done } else { CallStatus::Failed };
            self.asks.settling.push((question, status));
        }
    }

    /// `serverRequest/resolved`: of one that we answered it says that codex has the answer.
    pub(super) fn resolved(&mut self, out: &mut Out, params: &Value) {
        let native = params.get("requestId").map(Value::to_string).unwrap_or_default();
        if self.asks.take(&native).is_some() {
            out.fact(Fact::AskGone(native.clone()));
        }
        let settled = self.asks.settling.iter().position(|(question, _)| question.native == native);
        if let Some((question, status)) = settled.map(|at| self.asks.settling.remove(at))
            && let Some(item) = question.own_call
        {
            let patch = CallPatch { status: Some(status), ..CallPatch::default() };
            self.call_of(out, question.lane, &question.thread, &item, patch);
        }
    }

    /// The turn of a thread is over, and with it its questions.
    pub(super) fn withdraw_asks(&mut self, out: &mut Out, thread: &str) {
        let (over, stay) = std::mem::take(&mut self.asks.open).into_iter().partition(|one| one.thread == thread);
        self.asks.open = stay;
        self.asks.settling.retain(|(question, _)| question.thread != thread);
        let over: Vec<Question> = over;
        for question in over {
            out.fact(Fact::AskGone(question.native));
        }
    }
}

fn item_of(params: &Value, native: &str) -> String {
    look::owned(params, "itemId").unwrap_or_else(|| format!("question {native}"))
}

/// A question that is not about its item as a whole has a call of its own, named after that item. No parent of it: that
/// is who asks for a subagent.
fn apart(params: &Value, native: &str, what: &str) -> String {
    let id = look::owned(params, "approvalId").unwrap_or_else(|| format!("{what} {native}"));
    look::text(params, "itemId").map_or_else(|| id.clone(), |item| format!("{item}/{id}"))
}

/// The arguments of a question: what it says that is not said elsewhere.
fn args(params: &Value, keys: &[&str]) -> Option<crate::domain::Text> {
    let said =
        keys.iter().filter_map(|key| Some(((*key).to_owned(), params.get(*key).filter(|it| !it.is_null())?.clone())));
    let fields: serde_json::Map<String, Value> = said.collect();
    (!fields.is_empty()).then(|| look::canonical(&json!(fields)).into())
}

fn about_command(params: &Value, native: &str, session_cwd: &str, asks_for_all: bool) -> About {
    let offers = offers::command(params);
    let reason = look::owned(params, "reason").map(|reason| look::cut(&reason));
    let cwd = look::owned(params, "cwd").filter(|cwd| cwd != session_cwd);
    let network = params.get("networkApprovalContext").filter(|context| !context.is_null());
    let kind = look::text(params, "kind").unwrap_or("command");
    let separate = look::text(params, "approvalId").is_some() || network.is_some() || kind != "command";
    let base = CallPatch {
        args: args(params, &["command", "cwd", "reason", "kind", "networkApprovalContext", "additionalPermissions"]),
        cwd,
        ..CallPatch::default()
    };
    if let Some(context) = network {
        let item = apart(params, native, "network");
        let host = look::text(context, "host").unwrap_or("a host that is not named");
        let title = Some(reason.map_or_else(|| format!("reach {host}"), |why| format!("reach {host}: {why}")).into());
        let tool = Some("network".to_owned());
        let patch = CallPatch { title, tool, impact: Some(Impact::Fetch), ..base };
        return About {
            item,
            patch,
            offers,
            form: Form::None,
            own: true,
            types: None,
            payload: Some(Completeness::Whole),
        };
    }
    let line = look::text(params, "command").map(command::inner);
    let title = wants(params, reason.as_deref(), asks_for_all)
        .or_else(|| line.clone())
        .unwrap_or_else(|| "run a command".to_owned());
    let patch = CallPatch {
        title: Some(title.into()),
        tool: Some(if kind == "command" { "exec_command" } else { kind }.to_owned()),
        impact: Some(Impact::Execute),
        command: line.map(Into::into),
        ..base
    };
    if separate {
        let item = apart(params, native, kind);
        return About { item, patch, offers, form: Form::None, own: true, types: None, payload: None };
    }
    About { item: item_of(params, native), patch, offers, form: Form::None, own: false, types: None, payload: None }
}

/// What a command wants beyond being run, and why; nothing where codex asks about all of them alike.
fn wants(params: &Value, why: Option<&str>, asks_for_all: bool) -> Option<String> {
    let more = params.get("additionalPermissions").is_some_and(|more| !more.is_null());
    let what = match (more, asks_for_all) {
        (true, _) => "it wants more than its sandbox allows",
        (false, false) => wants::OUTSIDE,
        (false, true) => return why.map(str::to_owned),
    };
    Some(wants::words(what, why))
}

/// There is no diff in it: what would be written was told with the item.
fn about_files(params: &Value, native: &str) -> About {
    let reason = look::owned(params, "reason").map(|reason| look::cut(&reason).into());
    let patch =
        CallPatch { title: reason, impact: None, args: args(params, &["reason", "grantRoot"]), ..CallPatch::default() };
    About {
        item: item_of(params, native),
        patch,
        offers: offers::files(),
        form: Form::None,
        own: false,
        types: None,
        payload: None,
    }
}

fn about_permissions(params: &Value, native: &str) -> About {
    let item = apart(params, native, "permissions");
    let why = look::text(params, "reason").unwrap_or("codex asks for more than its sandbox allows");
    let patch = CallPatch {
        title: Some(look::cut(why).into()),
        tool: Some("request_permissions".to_owned()),
        impact: Some(Impact::Other),
        args: args(params, &["permissions", "cwd", "reason"]),
        ..CallPatch::default()
    };
    About {
        item,
        patch,
        offers: offers::permissions(params),
        form: Form::None,
        own: true,
        types: None,
        payload: Some(Completeness::Whole),
    }
}

fn about_questions(params: &Value, native: &str) -> About {
    let asked = look::list(params, "questions").iter().filter_map(|one| look::text(one, "question"));
    let title = asked.collect::<Vec<_>>().join(" · ");
    let patch = CallPatch {
        title: Some(look::cut(&title).into()),
        tool: Some("request_user_input".to_owned()),
        impact: Some(Impact::Think),
        args: args(params, &["questions"]),
        ..CallPatch::default()
    };
    About {
        item: item_of(params, native),
        patch,
        offers: offers::questions(),
        form: Form::questions(params),
        own: true,
        types: None,
        payload: Some(Completeness::Whole),
    }
}

/// Whether a question is about a call of a server's tool, by codex's own mark.
fn is_mcp_call(params: &Value) -> bool {
    look::at(params, &["_meta", "codex_approval_kind"]).and_then(Value::as_str) == Some("mcp_tool_call")
}

fn about_elicitation(params: &Value, native: &str) -> About {
    let server = look::text(params, "serverName").unwrap_or("an MCP server");
    let message = look::text(params, "message").unwrap_or("something");
    let patch = CallPatch {
        title: Some(look::cut(&format!("{server} asks: {message}")).into()),
        tool: Some(format!("{server}.elicitation")),
        impact: Some(Impact::Other),
        args: args(params, &["serverName", "mode", "message", "url", "requestedSchema"]),
        ..CallPatch::default()
    };
    About {
        item: format!("question {native}"),
        patch,
        offers: offers::elicitation(params),
        form: Form::elicitation(params),
        own: true,
        types: None,
        payload: Some(Completeness::Whole),
    }
}
