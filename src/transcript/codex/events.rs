//! `event_msg`: what the human was told.

use super::Codex;
use super::calls::{End, status_of};
use super::words::{From, Users};
use crate::domain::{By, CallPatch, CallStatus, Event, LaneId, Notice, Speaker, Stop};
use crate::shapes::codex::{files, tools};
use crate::shapes::look;
use crate::transcript::Out;
use serde_json::{Value, json};

impl Codex {
    pub(super) fn event(&mut self, out: &mut Out, lane: LaneId, told: &Value, raw: &str) {
        let kind = look::text(told, "type").unwrap_or_default();
        let word = |key: &str| look::text(told, key).unwrap_or_default();
        match kind {
            "user_message" => self.human_said(out, lane, told),
            "agent_message" => self.said(out, lane, From::Event, Speaker::Agent, None, word("message").to_owned()),
            "agent_reasoning" | "agent_reasoning_raw_content" => {
                self.said(out, lane, From::Event, Speaker::Thought, None, word("text").to_owned());
            }
            "token_count" if told.get("info").is_some() => {
                self.counted(out, lane, told.get("info").unwrap_or(&Value::Null));
            }
            "task_started" | "turn_started" if lane == LaneId::ROOT => self.turn_starts(out),
            "task_started" | "turn_started" => self.lane_works(lane),
            "task_complete" | "turn_complete" => {
                let error = told.get("error").filter(|error| !error.is_null());
                let stop = error.map_or(Stop::EndTurn, fault);
                match (&stop, lane) {
                    (_, LaneId::ROOT) => self.turn_ends(out, stop),
                    (Stop::Error(_, said), lane) => {
                        out.note(lane, Notice::Error, format!("the subagent's turn failed: {said}"));
                        self.lane_rests(out, lane);
                    }
                    (_, lane) => self.lane_rests(out, lane),
                }
            }
            "turn_aborted" => match (word("reason"), lane) {
                ("interrupted" | "", LaneId::ROOT) => {
                    self.held(out, Event::InterruptAsked { by: By::Human });
                    self.turn_ends(out, Stop::Cancelled);
                }
                (reason, LaneId::ROOT) => self.turn_ends(out, Stop::Other(format!("aborted: {reason}"))),
                (_, lane) => self.lane_rests(out, lane),
            },
            "context_compacted" => self.compaction_said(out, lane),
            "item_completed" => {
                let item = told.get("item").unwrap_or(&Value::Null);
                self.is_paginated |= matches!(look::text(item, "type"), Some("UserMessage" | "AgentMessage"));
                self.done(out, lane, item, raw);
            }
            "exec_command_end" => self.ran(out, lane, word("call_id"), told),
            "patch_apply_end" => self.patched(out, lane, word("call_id"), told),
            "mcp_tool_call_end" => {
                let at = |key: &str| look::at(told, &["invocation", key]).cloned().unwrap_or_default();
                let ok = look::at(told, &["result", "Ok"]).cloned();
                let error = look::at(told, &["result", "Err"]).cloned();
                let item = json!({"server": at("server"), "tool": at("tool"), "arguments": at("arguments"), "result": ok, "error": error});
                self.asked_server(out, lane, word("call_id"), &item);
            }
            "web_search_end" => {
                let item = json!({"id": word("call_id"), "query": told.get("query"), "action": told.get("action")});
                self.searched(out, lane, &item);
            }
            "image_generation_end" => self.made_image(out, lane, told),
            "view_image_tool_call" => {
                let known = tools::known("view_image", &json!({"path": word("path")}), &self.open.cwd);
                let patch = CallPatch { status: Some(CallStatus::Done), ..known.patch };
                self.works(out, lane);
                self.calls.ends(out, lane, word("call_id"), End { patch, ..End::default() }, None);
            }
            "dynamic_tool_call_request" => {
                let input = told.get("arguments").cloned().unwrap_or_default();
                self.works(out, lane);
                self.calls.proposed(out, lane, word("callId"), tools::known(word("tool"), &input, &self.open.cwd));
            }
            "dynamic_tool_call_response" => {
                let status = if told.get("success") == Some(&Value::Bool(false)) {
                    CallStatus::Failed
                } else {
                    CallStatus::Done
                };
                let patch = CallPatch { status: Some(status), ..CallPatch::default() };
                let output = Some(super::done::texts(look::list(told, "content_items")));
                self.calls.ends(out, lane, word("call_id"), End { patch, output, refused: false }, None);
            }
            "collab_agent_spawn_end" => {
                let call = self.calls.id(lane, word("call_id")).cloned();
                self.opened(out, lane, word("new_thread_id"), look::owned(told, "new_agent_nickname"), call);
            }
            "sub_agent_activity" if !word("agent_thread_id").is_empty() => {
                self.opened(out, lane, word("agent_thread_id"), look::owned(told, "agent_path"), None);
            }
            _ => self.noted(out, lane, kind, told, raw),
        }
    }

    fn human_said(&mut self, out: &mut Out, lane: LaneId, told: &Value) {
        let text = look::owned(told, "message").unwrap_or_default();
        // Some versions told what they put into the context in this way.
        if matches!(look::text(told, "kind"), Some("environment_context" | "user_instructions")) {
            return;
        }
        let words = self.words.of(lane);
        let before = std::mem::replace(&mut words.users, Users::Events);
        if before == Users::Unknown {
            words.maybe.clear();
        }
        let images = ["images", "local_images"].iter().flat_map(|key| look::list(told, key));
        let images: Vec<String> = images.map(|image| what_of(image.as_str().unwrap_or_default())).collect();
        let text = if text.is_empty() { format!("({})", images.join("; ")) } else { text };
        self.user_said(out, lane, From::Event, text);
        for what in images {
            out.event(lane, Event::Attached { who: Speaker::User, what: what.into() });
        }
    }

    /// A command is over.
    pub(super) fn ran(&mut self, out: &mut Out, lane: LaneId, call: &str, told: &Value) {
        let script = told.get("command").and_then(tools::line_of);
        let exit = told.get("exit_code").and_then(Value::as_i64).and_then(|code| i32::try_from(code).ok());
        let status = match look::text(told, "status") {
            Some("declined") => CallStatus::Abandoned,
            _ => exit.map_or(CallStatus::Done, status_of),
        };
        let folder = look::text(told, "cwd").map(|cwd| cwd.strip_prefix("file://").unwrap_or(cwd));
        let folder = folder.filter(|cwd| *cwd != self.open.cwd).map(str::to_owned);
        let said = [look::text(told, "stdout"), look::text(told, "stderr")].into_iter().flatten().collect::<String>();
        let output = look::owned(told, "aggregated_output").unwrap_or(said);
        let mut patch = CallPatch { status: Some(status), exit, cwd: folder, ..CallPatch::default() };
        if self.calls.id(lane, call).is_none() {
            // Run by a script, or by the human in codex's own console.
            let input = json!({"command": script.clone().unwrap_or_default()});
            let known = tools::known("exec_command", &input, &self.open.cwd);
            let parent = self.calls.script(lane);
            patch = CallPatch { parent, status: patch.status, exit: patch.exit, cwd: patch.cwd, ..known.patch };
            patch.args = None;
        } else if self.calls.tool(lane, call).is_some_and(|tool| tool != "apply_patch") {
            // What ran may be another line than the one proposed: a hook has changed it.
            patch.command = script.filter(|line| crate::shapes::codex::patch::inside(line).is_none()).map(Into::into);
        }
        let end = End { patch, output: Some(output), refused: status == CallStatus::Abandoned };
        self.words.of(lane).pause();
        self.calls.ends(out, lane, call, end, self.policy.as_deref());
    }

    /// Files were changed.
    pub(super) fn patched(&mut self, out: &mut Out, lane: LaneId, call: &str, told: &Value) {
        let item = files::of_map(told.get("changes").unwrap_or(&Value::Null));
        let changes = files::changes(&item);
        let refused = look::text(told, "status") == Some("declined");
        let failed = told.get("success") == Some(&Value::Bool(false)) || look::text(told, "status") == Some("failed");
        let mut patch = CallPatch {
            status: Some(if failed { CallStatus::Failed } else { CallStatus::Done }),
            ..CallPatch::default()
        };
        if !changes.is_empty() {
            patch.impact = Some(files::impact(&item));
            patch.title = Some(files::title(&item).into());
            patch.places = Some(files::places(&item));
            patch.changes = Some(changes);
        }
        if self.calls.id(lane, call).is_none() {
            patch.tool = Some("apply_patch".to_owned());
        }
        let said = [look::text(told, "stdout"), look::text(told, "stderr")].into_iter().flatten().collect::<String>();
        self.words.of(lane).pause();
        self.calls.ends(out, lane, call, End { patch, output: Some(said), refused }, self.policy.as_deref());
    }

    /// What is worth a line.
    fn noted(&mut self, out: &mut Out, lane: LaneId, kind: &str, told: &Value, raw: &str) {
        let word = |key: &str| look::text(told, key).unwrap_or_default();
        match kind {
            "error" => {
                let said = look::owned(told, "message");
                let said = said.or_else(|| look::at(told, &["error", "message"])?.as_str().map(str::to_owned));
                out.note(lane, Notice::Error, said.unwrap_or_else(|| "an error that it says nothing of".to_owned()));
            }
            "stream_error" | "warning" | "background_event" | "deprecation_notice" => {
                out.note(lane, Notice::Warning, look::first_text(told, &["message", "summary"]).unwrap_or(raw));
            }
            "thread_name_updated" => {
                let title = word("thread_name").into();
                out.event(LaneId::ROOT, Event::Titled { title });
            }
            "thread_settings_applied" if lane == LaneId::ROOT => {
                let set = told.get("thread_settings").unwrap_or(&Value::Null);
                self.works_as(out, None, None, look::text(set, "model"));
            }
            "thread_goal_updated" => {
                let at = |key: &str| look::at(told, &["goal", key]).and_then(Value::as_str).unwrap_or("unknown");
                out.note(lane, Notice::Info, format!("its goal is {}: {}", at("status"), at("objective")));
            }
            "guardian_assessment" => {
                let action = look::at(told, &["action", "command"]).or_else(|| look::at(told, &["action", "type"]));
                let action = action.and_then(Value::as_str).unwrap_or("a call");
                let why = look::text(told, "rationale").unwrap_or_default();
                let said = format!("Codex's own reviewer, about {action}: {} {why}", word("status").replace('_', " "));
                out.note(lane, Notice::Info, said);
            }
            "entered_review_mode" => {
                out.note(lane, Notice::Info, format!("a review began: {}", word("user_facing_hint")));
            }
            "exited_review_mode" => {
                let review = told.get("review_output").unwrap_or(&Value::Null);
                let findings = look::list(review, "findings").iter().filter_map(|one| look::text(one, "title"));
                let titles: String = findings.flat_map(|title| ["\n- ", title]).collect();
                let said = look::text(review, "overall_explanation").unwrap_or("the review ended without words");
                self.said(out, lane, From::Event, Speaker::Agent, None, format!("{said}{titles}"));
            }
            "undo_completed" => out.note(lane, Notice::Info, format!("undone by Codex: {}", word("message"))),
            "exec_approval_request" | "apply_patch_approval_request" | "request_permissions" => {
                out.note(
                    lane,
                    Notice::Info,
                    format!("it asked before {}", if kind.starts_with("exec") { "a command" } else { "a change" }),
                );
            }
            "plan_update" => out.event(lane, Event::Planned { items: tools::plan(told) }),
            // Said by others, or of no meaning for who reads it later.
            "session_configured"
            | "thread_settings_applied"
            | "turn_diff"
            | "exec_command_begin"
            | "patch_apply_begin"
            | "mcp_tool_call_begin"
            | "web_search_begin"
            | "exec_command_output_delta"
            | "item_started"
            | "collab_agent_spawn_begin"
            | "collab_agent_interaction_end"
            | "collab_waiting_end"
            | "collab_close_end"
            | "mcp_startup_complete"
            | "shutdown_complete"
            | "sub_agent_activity" => {}
            "" => out.unrecognised(lane, "an event without its kind", raw),
            kind => out.unrecognised(lane, format!("event {}", look::cut(kind)), raw),
        }
    }
}

/// What went wrong: its code, and the words.
fn fault(error: &Value) -> Stop {
    let said = look::owned(error, "message").unwrap_or_else(|| look::cut(&error.to_string()));
    let inner = error.get("codex_error_info").and_then(Value::as_object).and_then(|info| info.values().next());
    let code = inner.and_then(|info| info.get("http_status_code")).and_then(Value::as_i64).unwrap_or(0);
    Stop::Error(code, look::cut(&said))
}

/// An image: its path, or its size.
fn what_of(image: &str) -> String {
    match image.strip_prefix("data:") {
        Some(data) => format!("{}, {}", data.split(';').next().unwrap_or("image"), look::size(data.len() / 4 * 3)),
        None => look::cut(format!("image {image}").trim_end()),
    }
}
