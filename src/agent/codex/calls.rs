//! The things of a turn that do something, as calls: merged from what is said of them, told where something is new.

use super::Codex;
use super::lanes::Origin;
use super::out::Out;
use crate::agent::look;
use crate::agent::output::Output;
use crate::domain::{
    CallId, CallPatch, CallStatus, Completeness, Event, FileChange, Gate, Impact, LaneId, OutputPart, Text,
};
use crate::shapes::codex::{command, files};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, VecDeque};

/// Calls that are over and of which something may still be said.
const KEPT: usize = 96;

/// A call as the wire names it: its thread, and its item there. Two threads may use one name.
type Name = (String, String);

/// Calls that something may still be said about.
#[derive(Debug, Default)]
pub(super) struct Calls {
    known: BTreeMap<Name, Call>,
    over: VecDeque<Name>,
    /// The newest of them that is heavy: no other heavy one is kept.
    heavy: Option<Name>,
    /// Something was allowed for longer than once: what runs unasked may be covered by that.
    pub(super) loosened: bool,
}

/// What is known of a call.
#[derive(Debug)]
struct Call {
    id: CallId,
    lane: LaneId,
    told: CallPatch,
    output: Output,
    asked: bool,
    /// The turn in which it began.
    turn: Option<String>,
    /// What the lane is called that it opens, where it opens one.
    spawns: Option<String>,
}

/// Where in its life an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// It begins.
    Started,
    /// It ended.
    Completed,
    /// It ended before this conversation was opened.
    Before,
}

impl Call {
    fn is_over(&self) -> bool {
        self.told.status.is_some_and(CallStatus::is_final)
    }

    /// True where what it says takes much memory.
    fn is_heavy(&self) -> bool {
        let text = |text: &Option<Text>| text.as_ref().map_or(0, Text::bytes);
        let changes = self.told.changes.iter().flatten();
        let bytes: u64 = changes.map(|change| text(&change.old) + text(&change.new) + text(&change.patch)).sum();
        text(&self.told.args) + text(&self.told.command) + bytes > look::HEAVY as u64
    }
}

impl Calls {
    /// The call that makes a thread just now: where the lane of that thread belongs.
    pub(super) fn spawning(&self) -> Option<Origin> {
        let call = self.known.values().find(|call| call.spawns.is_some() && !call.is_over())?;
        Some(Origin { lane: call.lane, call: Some(call.id.clone()), name: call.spawns.clone() })
    }

    /// A call that is known, by its thread and item.
    pub(super) fn id(&self, thread: &str, item: &str) -> Option<CallId> {
        self.known.get(&(thread.to_owned(), item.to_owned())).map(|call| call.id.clone())
    }

    /// A command that is known and of which no item has told the end: its lane, and whether somebody was asked about it.
    pub(super) fn pending(&self, thread: &str, item: &str) -> Option<(LaneId, bool)> {
        let call = self.known.get(&(thread.to_owned(), item.to_owned()))?;
        let waits = matches!(call.told.status, Some(CallStatus::Pending | CallStatus::Running));
        (waits && call.told.command.is_some()).then_some((call.lane, call.asked))
    }

    /// What of a whole output is new.
    pub(super) fn output_of(&mut self, thread: &str, item: &str, said: &str) -> Option<OutputPart> {
        self.known.get_mut(&(thread.to_owned(), item.to_owned()))?.output.raw(said)
    }

    /// The command line of a call.
    pub(super) fn command(&self, thread: &str, item: &str) -> Option<&str> {
        let call = self.known.get(&(thread.to_owned(), item.to_owned()))?;
        call.told.command.as_ref().and_then(Text::inline)
    }

    /// Whether a call that runs began in another turn than this one.
    pub(super) fn is_of_another_turn(&self, thread: &str, item: &str, turn: &str) -> bool {
        let call = self.known.get(&(thread.to_owned(), item.to_owned()));
        call.and_then(|call| call.turn.as_deref()).is_some_and(|of| of != turn)
    }

    /// The commands of a thread that have begun and not ended: their items.
    pub(super) fn behind(&self, thread: &str) -> Vec<String> {
        let runs = |call: &Call| call.told.status == Some(CallStatus::Running) && call.told.command.is_some();
        let of = self.known.iter().filter(|(name, call)| name.0 == thread && runs(call));
        of.map(|(name, _)| name.1.clone()).collect()
    }

    /// The threads in which commands run.
    pub(super) fn threads_behind(&self) -> Vec<String> {
        let mut threads: Vec<String> = self.known.keys().map(|name| name.0.clone()).collect();
        threads.dedup();
        threads.retain(|thread| !self.behind(thread).is_empty());
        threads
    }

    /// The turn in which a call began.
    pub(super) fn began_in(&mut self, thread: &str, item: &str, turn: &str) {
        if let Some(call) = self.known.get_mut(&(thread.to_owned(), item.to_owned())) {
            call.turn.get_or_insert_with(|| turn.to_owned());
        }
    }

    /// How much of what it would do is known.
    pub(super) fn completeness(&self, thread: &str, item: &str) -> Completeness {
        let Some(call) = self.known.get(&(thread.to_owned(), item.to_owned())) else { return Completeness::TitleOnly };
        let whole = |change: &FileChange| change.patch.is_some() || !change.fragment;
        match (&call.told.command, call.told.changes.as_deref(), &call.told.args) {
            (Some(_), _, _) => Completeness::Whole,
            (None, Some(changes), _) if !changes.is_empty() && changes.iter().all(whole) => Completeness::Whole,
            (None, Some(_), _) => Completeness::Fragment,
            (None, None, Some(_)) if call.told.impact != Some(Impact::Edit) => Completeness::Whole,
            (None, None, Some(_) | None) => Completeness::TitleOnly,
        }
    }

    /// An id that no other call has: the agent's own, unless it has used that before.
    fn fresh(&self, thread: &str, item: &str) -> CallId {
        let taken = |id: &CallId| self.known.values().any(|call| call.id == *id);
        let plain = CallId(item.to_owned());
        if !taken(&plain) {
            return plain;
        }
        let with_thread = CallId(format!("{thread}/{item}"));
        if !taken(&with_thread) {
            return with_thread;
        }
        // As many are known at most, so that one of these is free.
        let mut more = (0..=self.known.len()).map(|n| CallId(format!("{thread}/{item}#{}", n.saturating_add(2))));
        more.find(|id| !taken(id)).unwrap_or(with_thread)
    }

    /// A call that has begun and was not asked about, by its tool and its arguments: the item.
    pub(super) fn unasked(&self, thread: &str, tool: &str, arguments: &Value) -> Option<String> {
        let is = |call: &Call| {
            let args = call.told.args.as_ref().and_then(Text::inline).unwrap_or_default();
            let given: Value = serde_json::from_str(args).unwrap_or_default();
            !call.asked
                && !call.is_over()
                && call.told.tool.as_deref() == Some(tool)
                && given["arguments"] == *arguments
        };
        let found = self.known.iter().find(|(name, call)| name.0 == thread && is(call))?;
        Some(found.0.1.clone())
    }

    /// It is asked about: from here on it did not run unasked.
    pub(super) fn call_asked(&mut self, thread: &str, native: &str) {
        if let Some(call) = self.known.get_mut(&(thread.to_owned(), native.to_owned())) {
            call.asked = true;
        }
    }

    /// A call that is known has another name from here on.
    pub(super) fn renamed(&mut self, from: (&str, &str), to: (&str, &str)) {
        let (from, to) = ((from.0.to_owned(), from.1.to_owned()), (to.0.to_owned(), to.1.to_owned()));
        if !self.known.contains_key(&to)
            && let Some(call) = self.known.remove(&from)
        {
            self.known.insert(to, call);
        }
    }

    /// Nothing more is said of it.
    pub(super) fn is_over(&mut self, thread: &str, item: &str) {
        self.ended(&(thread.to_owned(), item.to_owned()));
    }

    fn ended(&mut self, name: &Name) {
        self.over.push_back(name.clone());
        if self.known.get(name).is_some_and(Call::is_heavy)
            && let Some(old) = self.heavy.replace(name.clone()).filter(|old| old != name)
            && self.known.get(&old).is_some_and(Call::is_over)
        {
            self.known.remove(&old);
        }
        while self.over.len() > KEPT {
            let Some(old) = self.over.pop_front() else { return };
            if self.known.get(&old).is_some_and(Call::is_over) {
                self.known.remove(&old);
            }
        }
    }
}

impl Codex {
    /// An item that does something was told.
    pub(super) fn call_told(&mut self, out: &mut Out, lane: LaneId, thread: &str, item: &Value, at: At) {
        let (Some(native), Some(mut patch)) = (look::text(item, "id"), read(item, &self.opening.cwd)) else { return };
        if at == At::Started {
            self.hook_item(out, thread, native, item);
            // Begun again under a name of one that is over: it is another one.
            let name = (thread.to_owned(), native.to_owned());
            if self.calls.known.get(&name).is_some_and(Call::is_over)
                && let Some(old) = self.calls.known.remove(&name)
            {
                // Its id stays taken.
                self.calls.known.insert((thread.to_owned(), format!("{native}\u{0}{}", old.id.0)), old);
            }
        } else if patch.status.is_none_or(|status| !status.is_final()) {
            patch.status = Some(CallStatus::Done);
        }
        let status = patch.status;
        let name = (thread.to_owned(), native.to_owned());
        if self.calls.known.get(&name).is_some_and(|call| call.asked) {
            // The question said more: with why.
            (patch.title, patch.args, patch.tool) = (None, None, None);
            // What runs as a human edited it is no other proposal.
            if self.hook_edited(thread, native, patch.command.as_ref()) {
                patch.command = None;
            }
        }
        if self.began_unasked(thread, native, item, at) {
            let why = match at {
                At::Before => "before this session",
                At::Started | At::Completed => "its sandbox or its own rules let it run",
            };
            // What it is comes first, how it came to run before its end.
            let begun = CallPatch { status: None, exit: None, ..patch.clone() };
            let call = self.call_of(out, lane, thread, native, begun);
            out.event(lane, Event::CallGated { call, gate: Gate::AgentMode(why.to_owned()) });
        }
        let call = self.call_of(out, lane, thread, native, patch);
        let Some(known) = self.calls.known.get_mut(&name) else { return };
        let home = known.lane;
        if let Some(part) = output(item).and_then(|text| known.output.raw(&text)) {
            out.event(home, Event::CallOutput { call: call.clone(), part });
        }
        if look::text(item, "type") == Some("collabAgentToolCall") {
            known.spawns = spawns(item);
            let origin = Origin { lane: home, call: Some(call), name: known.spawns.clone() };
            for made in look::list(item, "receiverThreadIds").iter().filter_map(Value::as_str) {
                self.thread_made(out, made, origin.clone());
            }
        }
        if status.is_some_and(CallStatus::is_final) {
            if !declined(item) {
                self.hook_ran(out, thread, native, item);
            }
            self.calls.ended(&name);
            self.has_ended(out, &name);
        }
    }

    /// Whether a command ran that nobody was asked about: the sandbox let it, or a rule of the agent's own.
    fn began_unasked(&self, thread: &str, native: &str, item: &Value, at: At) -> bool {
        let known = self.calls.known.get(&(thread.to_owned(), native.to_owned()));
        let is_new = known.is_none_or(|call| !call.is_over() && !call.asked);
        match at {
            At::Started => false,
            At::Before => is_new,
            At::Completed => {
                // Where it asks about every command, one that ran unasked has no such excuse.
                let by_rule = match look::text(item, "type") {
                    Some("commandExecution") => {
                        !self.mode.asks_for_every_command()
                            // The hook asks about every one of them: what runs past it has no such excuse.
                            && (!self.hooks.in_force || self.mode.goes_by_own_rules())
                    }
                    // Tools that say that they only look run by codex's own rule, in every mode.
                    Some("mcpToolCall") => true,
                    Some(_) | None => false,
                };
                is_new && by_rule && !self.calls.loosened && !declined(item)
            }
        }
    }

    /// Tells what is new of a call; its id. The first word of a call makes it.
    pub(super) fn call_of(
        &mut self,
        out: &mut Out,
        lane: LaneId,
        thread: &str,
        native: &str,
        mut patch: CallPatch,
    ) -> CallId {
        let name = (thread.to_owned(), native.to_owned());
        if !self.calls.known.contains_key(&name) {
            let id = self.calls.fresh(thread, native);
            patch.status = patch.status.or(Some(CallStatus::Pending));
            let (told, output) = (CallPatch::default(), Output::default());
            let call = Call { id, lane, told, output, asked: false, turn: None, spawns: None };
            self.calls.known.insert(name.clone(), call);
        }
        let Some(call) = self.calls.known.get_mut(&name) else { return CallId(native.to_owned()) };
        let (id, lane) = (call.id.clone(), call.lane);
        let patch = call.told.news(patch);
        if patch != CallPatch::default() {
            out.event(lane, Event::Called { call: id.clone(), patch: Box::new(patch) });
        }
        if call.is_over() {
            // Nobody asks about it any more: its long texts need not be kept.
            (call.told.args, call.told.changes, call.told.command) = (None, None, None);
        }
        id
    }

    /// A piece of the output of a call.
    pub(super) fn output_told(&mut self, out: &mut Out, lane: LaneId, thread: &str, params: &Value, key: &str) {
        let (Some(native), Some(piece)) = (look::text(params, "itemId"), look::text(params, key)) else { return };
        let call = self.call_of(out, lane, thread, native, CallPatch::default());
        if let Some(known) = self.calls.known.get_mut(&(thread.to_owned(), native.to_owned()))
            && let Some(part) = known.output.terminal(piece)
        {
            out.event(known.lane, Event::CallOutput { call, part });
        }
    }

    /// More of what a call writes to a command that runs.
    pub(super) fn input_told(&mut self, out: &mut Out, lane: LaneId, thread: &str, params: &Value) {
        let (Some(native), Some(typed)) = (look::text(params, "itemId"), look::text(params, "stdin")) else { return };
        let call = self.call_of(out, lane, thread, native, CallPatch::default());
        let part = OutputPart::Append(Text::from(format!("[typed: {}]\n", typed.escape_debug())));
        // An empty one only looks how far it is.
        if !typed.is_empty() {
            out.event(lane, Event::CallOutput { call, part });
            self.was_typed(out, lane, thread, native, typed);
        }
    }

    /// Closes what codex left open: of a thread, or of all.
    pub(super) fn close_calls(&mut self, out: &mut Out, thread: Option<&str>) {
        self.close_calls_but(out, thread, &[]);
    }

    /// The same but for these items.
    pub(super) fn close_calls_but(&mut self, out: &mut Out, thread: Option<&str>, but: &[String]) {
        let open = |(name, call): (&Name, &Call)| {
            let closes = !call.is_over() && thread.is_none_or(|thread| name.0 == thread) && !but.contains(&name.1);
            closes.then(|| name.clone())
        };
        let names: Vec<Name> = self.calls.known.iter().filter_map(open).collect();
        names.iter().for_each(|name| self.close_call(out, name));
    }

    /// Closes a call that will not be heard of again.
    pub(super) fn close_call(&mut self, out: &mut Out, name: &Name) {
        let Some(call) = self.calls.known.get_mut(name).filter(|call| !call.is_over()) else { return };
        let patch = call.told.news(CallPatch { status: Some(CallStatus::Abandoned), ..CallPatch::default() });
        out.event(call.lane, Event::Called { call: call.id.clone(), patch: Box::new(patch) });
        self.calls.ended(name);
    }
}

fn declined(item: &Value) -> bool {
    look::text(item, "status") == Some("declined")
}

fn spawns(item: &Value) -> Option<String> {
    let prompt = look::text(item, "prompt").unwrap_or("subagent");
    let line = prompt.lines().next().unwrap_or_default();
    (look::text(item, "tool") == Some("spawnAgent")).then(|| line.chars().take(80).collect())
}

/// What an item says of its call; nothing where it is none.
fn read(item: &Value, session_cwd: &str) -> Option<CallPatch> {
    let said = |title: String, tool: &str, impact: Impact| CallPatch {
        title: Some(title.into()),
        tool: Some(tool.to_owned()),
        impact: Some(impact),
        args: args(item),
        ..CallPatch::default()
    };
    let word = |key: &str| look::text(item, key).unwrap_or_default();
    let mut patch = match word("type") {
        "commandExecution" => {
            let line = command::inner(word("command"));
            let cwd = look::owned(item, "cwd").filter(|cwd| cwd != session_cwd);
            CallPatch { command: Some(line.as_str().into()), cwd, ..said(line, "exec_command", Impact::Execute) }
        }
        "fileChange" => CallPatch {
            changes: Some(files::changes(item)),
            places: Some(files::places(item)),
            ..said(files::title(item), "apply_patch", files::impact(item))
        },
        "mcpToolCall" => {
            let tool = format!("{}.{}", word("server"), word("tool"));
            said(tool.clone(), &tool, Impact::Other)
        }
        "dynamicToolCall" => said(word("tool").to_owned(), word("tool"), Impact::Other),
        // What a subagent does is asked about by itself.
        "collabAgentToolCall" => said(collab(item), word("tool"), Impact::Think),
        "webSearch" => said(format!("search the web: {}", word("query")), "web_search", Impact::Fetch),
        "imageView" => said(format!("look at {}", word("path")), "view_image", Impact::Read),
        "imageGeneration" => said("make an image".to_owned(), "image_generation", Impact::Other),
        "sleep" => said("wait".to_owned(), "sleep", Impact::Think),
        _ => return None,
    };
    patch.status = status(item);
    let exit = item.get("exitCode").and_then(Value::as_i64).and_then(|code| i32::try_from(code).ok());
    patch.exit = exit;
    Some(patch)
}

fn collab(item: &Value) -> String {
    let tool = look::text(item, "tool").unwrap_or_default();
    let prompt = look::text(item, "prompt").and_then(|prompt| prompt.lines().next()).unwrap_or_default();
    format!("{tool}: {prompt}").trim_end_matches(": ").to_owned()
}

/// What an item is asked to do, without what becomes of it.
fn args(item: &Value) -> Option<Text> {
    const SAID_ELSEWHERE: [&str; 19] = [
        "type",
        "id",
        "status",
        "startedAtMs",
        "completedAtMs",
        "durationMs",
        "aggregatedOutput",
        "exitCode",
        "result",
        "error",
        "contentItems",
        "success",
        "processId",
        "source",
        "agentsStates",
        "receiverThreadIds",
        "senderThreadId",
        "commandActions",
        "changes",
    ];
    let fields: Map<String, Value> = item
        .as_object()?
        .iter()
        .filter(|(key, value)| !SAID_ELSEWHERE.contains(&key.as_str()) && !value.is_null())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    (!fields.is_empty()).then(|| look::canonical(&json!(fields)).into())
}

fn status(item: &Value) -> Option<CallStatus> {
    match look::text(item, "status")? {
        "inProgress" => Some(CallStatus::Running),
        "completed" => Some(CallStatus::Done),
        "failed" | "declined" | "interrupted" => Some(CallStatus::Failed),
        _ => None,
    }
}

/// The output that an item ends with.
fn output(item: &Value) -> Option<String> {
    if let Some(text) = look::owned(item, "aggregatedOutput") {
        return Some(text);
    }
    if let Some(error) = look::at(item, &["error", "message"]).and_then(Value::as_str) {
        return Some(error.to_owned());
    }
    let content = look::at(item, &["result", "content"]).or_else(|| item.get("contentItems"))?.as_array()?;
    let text =
        |block: &Value| look::text(block, "text").map_or_else(|| look::cut(&look::canonical(block)), str::to_owned);
    let lines: Vec<String> = content.iter().map(text).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
