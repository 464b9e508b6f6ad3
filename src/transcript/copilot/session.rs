//! What becomes of the session as a whole: where it works, with which model, in which mode, what it carries.

use super::Copilot;
use crate::domain::{Event, LaneId, Notice, Stop};
use crate::shapes::look;
use crate::transcript::Out;
use serde_json::Value;

impl Copilot {
    /// `session.start`: who it is.
    pub(super) fn start(&mut self, out: &mut Out, data: &Value) {
        let open = &mut self.talk.open;
        if open.is_begun() {
            return;
        }
        open.session = look::owned(data, "sessionId");
        open.version = look::owned(data, "copilotVersion");
        if let Some(context) = data.get("context") {
            open.cwd = look::owned(context, "cwd").unwrap_or_default();
            open.branch = look::owned(context, "branch");
        }
        open.begin(out);
        self.model(out, data, "selectedModel");
    }

    fn model(&mut self, out: &mut Out, data: &Value, key: &str) {
        if let Some(model) = look::text(data, key).filter(|model| !model.is_empty()) {
            self.talk.open.model_is(out, model);
        }
    }

    /// Where it works now, where that has changed.
    fn place(&mut self, out: &mut Out, context: &Value) {
        let open = &mut self.talk.open;
        let (cwd, branch) = (look::owned(context, "cwd"), look::owned(context, "branch"));
        let cwd = cwd.unwrap_or_else(|| open.cwd.clone());
        if (&cwd, &branch) != (&open.cwd, &open.branch) && branch.is_some() {
            (open.cwd, open.branch) = (cwd, branch);
            open.place(out);
        }
    }

    pub(super) fn session(&mut self, out: &mut Out, kind: &str, data: &Value, raw: &str) {
        let text = |key: &str| look::text(data, key).unwrap_or_default();
        let note = |out: &mut Out, level, said: String| out.note(LaneId::ROOT, level, said);
        match kind {
            "session.resume" => {
                self.talk.turn_over(out);
                self.place(out, data.get("context").unwrap_or(&Value::Null));
                self.model(out, data, "selectedModel");
                note(out, Notice::Info, "the session was resumed".to_owned());
            }
            "session.context_changed" => self.place(out, data),
            "session.model_change" => self.model(out, data, "newModel"),
            "session.auto_mode_resolved" => self.model(out, data, "chosenModel"),
            "session.mode_changed" => self.talk.open.mode_is(out, text("newMode")),
            "session.permissions_changed" => {
                let all = text("mode") == "allow-all" || data.get("allowAllPermissions") == Some(&Value::Bool(true));
                if all {
                    let why = "all permissions are given: nothing is asked any more".to_owned();
                    out.event(LaneId::ROOT, Event::Loosened { why });
                } else if !text("mode").is_empty() {
                    note(out, Notice::Info, format!("what is asked before it runs: {}", text("mode")));
                }
            }
            "session.title_changed" => self.talk.titled(out, text("title").to_owned()),
            "session.usage_record" => self.request(out, data.get("usage").unwrap_or(&Value::Null)),
            "session.shutdown" => {
                if text("shutdownType") == "error" {
                    self.talk.stops(Some(Stop::Error(0, look::cut(text("errorReason")))));
                }
                self.program_ends(out, data);
            }
            "session.compaction_complete" => {
                let count = |key: &str| data.get(key).and_then(look::count);
                if data.get("success") == Some(&Value::Bool(false)) {
                    note(out, Notice::Warning, format!("a compaction of the context failed: {}", text("error")));
                } else {
                    let (before, after) = (count("preCompactionTokens"), count("postCompactionTokens"));
                    let before = before.or_else(|| self.talk.carried());
                    out.event(LaneId::ROOT, Event::Compacted { before, after });
                }
            }
            "session.truncation" => {
                let count = |key: &str| data.get(key).and_then(look::count);
                let before = count("preTruncationTokensInMessages");
                let after = count("postTruncationTokensInMessages");
                out.event(LaneId::ROOT, Event::Compacted { before, after });
            }
            "session.context_cleared" => note(out, Notice::Info, "the context was cleared".to_owned()),
            "session.task_complete" => {
                let summary = text("summary");
                note(out, Notice::Info, format!("told as complete: {summary}").trim_end_matches(": ").to_owned());
                self.talk.stops(Some(Stop::EndTurn));
            }
            "session.info" => note(out, Notice::Info, text("message").to_owned()),
            "session.warning" => note(out, Notice::Warning, text("message").to_owned()),
            "session.error" => {
                note(out, Notice::Error, text("message").to_owned());
                let code = data.get("statusCode").and_then(Value::as_i64).unwrap_or(0);
                self.talk.stops(Some(Stop::Error(code, look::cut(text("message")))));
            }
            "session.plan_changed" => note(out, Notice::Info, format!("its plan: {}", text("operation"))),
            "session.workspace_file_changed" => {
                note(out, Notice::Info, format!("its own file {}: {}", text("path"), text("operation")));
            }
            "session.handoff" => {
                let from = text("sourceType");
                note(out, Notice::Info, format!("handed over ({from}): {}", text("summary")));
            }
            // Its own business: what other lines tell as well, or nothing that a person reads.
            "session.usage_checkpoint"
            | "session.usage_info"
            | "session.compaction_start"
            | "session.completion_receipt"
            | "session.mode_notice_delivered"
            | "session.idle"
            | "session.tools_updated"
            | "session.remote_steerable_changed"
            | "session.request_body_compression_disabled" => {}
            kind => out.unrecognised(LaneId::ROOT, look::cut(kind), raw),
        }
    }
}
