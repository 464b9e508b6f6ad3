//! What Claude Code notes beside the messages: compactions, retries, ends of turns, progress, titles, modes, what it adds to
//! the context.

use super::kinds::{noted, tagged};
use super::{Claude, Fields, Out, tree};
use crate::domain::{CallId, Event, LaneId, Notice};
use crate::shapes::look;

impl Claude {
    /// `system`.
    pub(super) fn system(&mut self, out: &mut Out, lane: LaneId, entry: &Fields<'_>, raw: &str) {
        let content = || entry.text("content").unwrap_or_default();
        match entry.text("subtype").as_deref() {
            Some("compact_boundary") => {
                let told = entry.object("compactMetadata").unwrap_or_default();
                self.carried.remove(&lane);
                // What it counts after it is the messages alone: no measure of what is carried.
                out.event(lane, Event::Compacted { before: told.count("preTokens"), after: None });
            }
            Some("microcompact_boundary") => {
                out.note(lane, Notice::Info, "older results of calls were taken out of the context");
            }
            Some("turn_duration") if lane == LaneId::ROOT => {
                self.turns.heard(out.time());
                self.turn_over(out);
            }
            Some("api_error") => out.note(lane, Notice::Warning, retry(entry)),
            Some("stop_hook_summary") => {
                let errors = entry.value("hookErrors").unwrap_or_default();
                for error in errors.as_array().into_iter().flatten() {
                    let said = error.as_str().map_or_else(|| error.to_string(), str::to_owned);
                    out.note(lane, Notice::Warning, format!("a hook of the user's settings failed: {said}"));
                }
            }
            Some("local_command") => {
                let content = content();
                let typed =
                    tagged(&content, "command-name").map(|name| format!("the console's own command {}", name.trim()));
                out.note(lane, Notice::Info, typed.or_else(|| noted(&content)).unwrap_or_else(|| content.to_string()));
            }
            // Said by other lines, or nothing that a person reads.
            Some("turn_duration" | "session_start" | "away_summary") => {}
            Some(kind) if entry.text("content").is_some_and(|text| !text.is_empty()) => {
                let is_bad = matches!(&*entry.text("level").unwrap_or_default(), "warning" | "error");
                let level = if is_bad { Notice::Warning } else { Notice::Info };
                let said = content();
                let said = if kind == "informational" { said.into_owned() } else { format!("{kind}: {said}") };
                out.note(lane, level, said);
            }
            Some(kind) => out.unrecognised(lane, format!("system/{kind}"), raw),
            None => match entry.object("message").and_then(|message| message.owned("content")) {
                Some(said) => out.note(lane, Notice::Info, format!("told to the model beforehand: {said}")),
                None => out.unrecognised(lane, "a system line without its kind", raw),
            },
        }
    }

    /// `progress`: what a call does before it comes back.
    pub(super) fn progress(&mut self, out: &mut Out, lane: LaneId, entry: &Fields<'_>, raw: &str) {
        let data = entry.object("data").unwrap_or_default();
        let call = entry.owned("parentToolUseID").map(CallId);
        match data.text("type").as_deref() {
            Some("agent_progress") => {
                let Some(agent) = data.owned("agentId") else {
                    return out.unrecognised(lane, "progress of a subagent without its id", raw);
                };
                // With a file of its own it is told there.
                if !self.lanes.has_file(&agent)
                    && let Some(message) = data.object("message")
                {
                    self.agent_said(out, &agent, call, &message, raw);
                }
            }
            Some("bash_progress" | "powershell_progress") => {
                if let (Some(call), Some(text)) = (call, data.raw("fullOutput").or_else(|| data.raw("output"))) {
                    self.calls.so_far(&call, text);
                }
            }
            Some("waiting_for_task") => {
                let what = data.text("taskDescription").unwrap_or_default();
                out.note(lane, Notice::Info, format!("it waits for a background task: {what}"));
            }
            // Said again by what follows.
            Some("hook_progress" | "mcp_progress" | "query_update" | "search_results_received" | "skill_progress") => {}
            Some(kind) => out.unrecognised(lane, format!("progress/{kind}"), raw),
            None => match entry.owned("content") {
                Some(said) => out.note(lane, Notice::Info, said),
                None => out.unrecognised(lane, "progress without its kind", raw),
            },
        }
    }

    /// A message of a subagent that has no file of its own.
    fn agent_said(&mut self, out: &mut Out, agent: &str, call: Option<CallId>, message: &Fields<'_>, raw: &str) {
        let kind = message.text("type").unwrap_or_default();
        let print = tree::print_of(&kind, None, 0);
        let uuid = message.text("uuid").map(|uuid| tree::key(&uuid));
        if uuid.is_some_and(|uuid| self.tree.is_again(uuid, print, None)) {
            return;
        }
        let lane = self.lane_of_agent(out, agent, call, None);
        match &*kind {
            "user" => self.user(out, lane, message, message.object("message").as_ref(), raw),
            "assistant" => self.assistant(out, lane, message, message.object("message").as_ref(), raw),
            kind => out.unrecognised(lane, format!("a subagent's {kind}"), raw),
        }
        if let Some(uuid) = uuid {
            self.tree.is_there(uuid, self.turns.number(), print, None);
        }
    }

    /// `attachment`: what Claude Code puts into the context by itself.
    pub(super) fn attachment(&mut self, out: &mut Out, lane: LaneId, entry: &Fields<'_>, raw: &str) {
        let attached = entry.object("attachment").unwrap_or_default();
        let Some(kind) = attached.owned("type") else {
            return out.unrecognised(lane, "an attachment without its kind", raw);
        };
        let hook = || attached.owned("hookName").unwrap_or_else(|| "without a name".to_owned());
        match kind.as_str() {
            "queued_command" => {
                let prompt = attached.value("prompt").unwrap_or_default();
                let blocks = prompt.as_array().into_iter().flatten();
                let texts: Vec<&str> = blocks.filter_map(|block| look::text(block, "text")).collect();
                let text = prompt.as_str().map_or_else(|| texts.join("\n"), str::to_owned);
                if text.starts_with("<task-notification>") {
                    out.note(lane, Notice::Info, tagged(&text, "summary").unwrap_or("a background task is over"));
                } else if lane == LaneId::ROOT && !text.is_empty() {
                    self.steer(out, entry, text);
                }
            }
            "hook_blocking_error" | "hook_non_blocking_error" | "hook_error_during_execution" => {
                let error = attached.object("blockingError").and_then(|error| error.owned("blockingError"));
                let said = error.or_else(|| attached.owned("stderr")).or_else(|| attached.owned("content"));
                let said = said.unwrap_or_default();
                out.note(lane, Notice::Warning, format!("a hook of the user's settings failed, {}: {said}", hook()));
            }
            "hook_cancelled" => {
                let why = if attached.is("timedOut") { "its time was over" } else { "it was cancelled" };
                out.note(
                    lane,
                    Notice::Warning,
                    format!("a hook of the user's settings said nothing, {}: {why}", hook()),
                );
            }
            "hook_permission_decision" => {
                let decision = attached.text("decision").unwrap_or_default();
                out.note(lane, Notice::Info, format!("a hook of the user's settings decided: {decision}"));
            }
            // It had nothing to say.
            "hook_success" => {}
            "edited_text_file" => {
                let file = attached.text("filename").unwrap_or_default();
                out.note(lane, Notice::Info, format!("changed beside the agent, which is told so: {file}"));
            }
            kind => {
                let of = ["displayPath", "filename", "path"].iter().find_map(|name| attached.owned(name));
                let of = of.map(|of| format!(" {of}")).unwrap_or_default();
                out.note(
                    lane,
                    Notice::Info,
                    format!("put into the context by Claude Code: {}{of}", kind.replace('_', " ")),
                );
            }
        }
    }

    /// Everything else.
    pub(super) fn noted(&mut self, out: &mut Out, kind: &str, entry: &Fields<'_>, raw: &str) {
        match kind {
            "summary" => {
                let Some(title) = entry.owned("summary") else { return };
                match entry.text("leafUuid").map(|leaf| tree::key(&leaf)) {
                    // Older versions write those of other conversations as well: it counts once its line is here.
                    Some(leaf) if !self.tree.has(leaf) => self.titles.push((leaf, title)),
                    _ => out.event(LaneId::ROOT, Event::Titled { title: title.into() }),
                }
            }
            "ai-title" | "custom-title" => {
                let title = entry.owned("customTitle").or_else(|| entry.owned("aiTitle"));
                title.into_iter().for_each(|title| out.event(LaneId::ROOT, Event::Titled { title: title.into() }));
            }
            "queue-operation" => {
                let operation = entry.text("operation").unwrap_or_default();
                if !self.queue.changed(out, &operation, entry.owned("content")) {
                    out.unrecognised(LaneId::ROOT, format!("queue-operation/{operation}"), raw);
                }
            }
            "pr-link" => {
                let url = entry.text("prUrl").unwrap_or_default();
                out.note(LaneId::ROOT, Notice::Info, format!("pull request: {url}"));
            }
            "worktree-state" => {
                let tree = entry.object("worktreeSession").and_then(|tree| tree.owned("worktreePath"));
                let said = tree.map_or_else(
                    || "it left its work tree".to_owned(),
                    |tree| format!("it works in the work tree {tree}"),
                );
                out.note(LaneId::ROOT, Notice::Info, said);
            }
            "permission-mode" => {
                if let Some(mode) = entry.owned("permissionMode") {
                    self.open.mode_is(out, &mode);
                }
            }
            // Claude Code's own business.
            "mode"
            | "file-history-snapshot"
            | "file-history-delta"
            | "last-prompt"
            | "agent-name"
            | "agent-color"
            | "agent-setting"
            | "bridge-session"
            | "atis-latch" => {}
            "" => out.unrecognised(LaneId::ROOT, "a line without its kind", raw),
            kind => out.unrecognised(LaneId::ROOT, look::cut(kind), raw),
        }
    }

    /// A line came of which a title was told before.
    pub(super) fn title_of(&mut self, out: &mut Out, uuid: u128) {
        if let Some(at) = self.titles.iter().position(|(leaf, _)| *leaf == uuid) {
            let (_, title) = self.titles.swap_remove(at);
            out.event(LaneId::ROOT, Event::Titled { title: title.into() });
        }
    }
}

fn retry(entry: &Fields<'_>) -> String {
    let error = entry.object("error").unwrap_or_default();
    let inner = error.object("error").and_then(|error| error.object("error")).and_then(|error| error.owned("message"));
    let cause = entry.object("cause").and_then(|cause| cause.owned("code"));
    let said = error.owned("formatted").or_else(|| error.owned("message")).or(inner).or(cause);
    let status = error.count("status").map(|status| format!("error {status}"));
    let why = match (said, status) {
        (Some(said), Some(status)) => format!("{said} ({status})"),
        (said, status) => said.or(status).unwrap_or_else(|| "no answer".to_owned()),
    };
    let wait = entry.value("retryInMs").and_then(|wait| wait.as_f64()).unwrap_or(0.0) / 1000.0;
    let count = |name: &str| entry.count(name).unwrap_or(0);
    format!(
        "the model's service: {}; try {} of {} in {wait:.0} s",
        look::cut(&why),
        count("retryAttempt"),
        count("maxRetries")
    )
}
