//! Messages: put in order, and told each with its parts.

use super::{Message, Session};
use crate::domain::{At, By, CallId, Event, LaneId, Notice, Speaker, Stop};
use crate::shapes::look;
use crate::transcript::Out;
use serde_json::Value;
use std::collections::HashMap;

/// A time as it stands there: milliseconds.
pub(super) fn time(value: &Value, path: &[&str]) -> Option<At> {
    let at = look::at(value, path)?;
    let whole = look::count(at).and_then(|at| i64::try_from(at).ok());
    whole.map(At)
}

/// The messages of sessions, by the sessions' ids.
pub(super) type BySession = HashMap<String, Vec<Message>>;

impl Session {
    /// Everything that was found.
    pub(super) fn tell(&mut self, out: &mut Out) {
        let mut found = std::mem::take(&mut self.found);
        let mut by_message: HashMap<String, Vec<Value>> = HashMap::new();
        for part in found.parts {
            by_message.entry(look::owned(&part, "messageID").unwrap_or_default()).or_default().push(part);
        }
        let session = if found.sessions.is_empty() { Value::Null } else { found.sessions.remove(0) };
        self.begin(out, &session);
        let mut by_session = BySession::new();
        for mut message in found.messages {
            let id = look::text(&message.info, "id").unwrap_or_default();
            // Their files and rows come in the order of their names, and those in the order in which they were made.
            if let Some(mut parts) = by_message.remove(id) {
                message.parts.append(&mut parts);
            }
            by_session.entry(look::owned(&message.info, "sessionID").unwrap_or_default()).or_default().push(message);
        }
        for messages in by_session.values_mut() {
            // In the order of their times; of equal ones as they stand.
            messages.sort_by_key(|message| time(&message.info, &["time", "created"]));
        }
        let own = look::text(&session, "id").unwrap_or_default().to_owned();
        let reverted = look::at(&session, &["revert", "messageID"]).and_then(Value::as_str);
        let messages = by_session.remove(&own).unwrap_or_default();
        let mut back = None;
        for message in &messages {
            if reverted.is_some() && look::text(&message.info, "id") == reverted {
                back = Some(self.talk.turn());
            }
            self.message(out, LaneId::ROOT, message, &mut by_session);
        }
        if let Some(to) = back {
            self.talk.rewound(out, to);
        }
        // Subagents that no call names.
        for child in found.sessions {
            let id = look::owned(&child, "id").unwrap_or_default();
            self.child(out, &id, look::owned(&child, "title"), None, &mut by_session);
        }
        let left: usize = by_session.values().map(Vec::len).sum::<usize>();
        if left > 0 {
            out.note(
                LaneId::ROOT,
                Notice::Warning,
                format!("{left} messages of sessions that are not known were passed over"),
            );
        }
        let parts: usize = by_message.values().map(Vec::len).sum();
        if parts > 0 {
            out.note(
                LaneId::ROOT,
                Notice::Warning,
                format!("{parts} parts of messages that are not known were passed over"),
            );
        }
    }

    fn begin(&mut self, out: &mut Out, session: &Value) {
        let open = &mut self.talk.open;
        open.session = look::owned(session, "id");
        open.cwd = look::owned(session, "directory").unwrap_or_default();
        open.version = look::owned(session, "version");
        self.is_child = look::owned(session, "parentID").is_some();
        out.at_time(time(session, &["time", "created"]));
        open.begin(out);
        if let Some(title) = look::owned(session, "title") {
            self.talk.titled(out, title);
        }
    }

    /// A subagent's session, told in a lane of its own.
    pub(super) fn child(
        &mut self,
        out: &mut Out,
        id: &str,
        name: Option<String>,
        call: Option<&CallId>,
        others: &mut BySession,
    ) {
        // Taken out, so that none is told twice, and none inside of itself.
        let Some(messages) = others.remove(id) else { return };
        let lane = self.talk.lane_opens(out, id, name, call.cloned());
        for message in &messages {
            self.message(out, lane, message, others);
        }
        self.talk.lane_ends(out, lane);
    }

    fn message(&mut self, out: &mut Out, lane: LaneId, message: &Message, others: &mut BySession) {
        out.at_time(time(&message.info, &["time", "created"]));
        if lane == LaneId::ROOT {
            self.talk.heard(out.time());
        }
        match look::text(&message.info, "role") {
            Some("user") => self.user(out, lane, message),
            Some("assistant") => self.model(out, lane, message, others),
            Some(role) => {
                let what = format!("a message of {}", look::cut(role));
                out.unrecognised(lane, what, &message.info.to_string());
            }
            None => out.unrecognised(lane, "a message of nobody", &message.info.to_string()),
        }
    }

    fn user(&mut self, out: &mut Out, lane: LaneId, message: &Message) {
        let is = |part: &&Value, kind: &str| look::text(part, "type") == Some(kind);
        if message.parts.iter().any(|part| is(&part, "compaction")) {
            return self.compacted(out, lane);
        }
        let typed = |part: &&Value| is(part, "text") && part.get("synthetic") != Some(&Value::Bool(true));
        let texts: Vec<&str> = message.parts.iter().filter(typed).filter_map(|part| look::text(part, "text")).collect();
        // Older ones say of some messages what they were about, and no more.
        let about = message.info.get("summary").and_then(|about| look::first_text(about, &["body", "title"]));
        let others: Vec<String> = message.parts.iter().filter_map(attached).collect();
        let text = match (texts.is_empty(), about) {
            (false, _) => texts.join("\n"),
            (true, Some(about)) => about.to_owned(),
            (true, None) => format!("({})", others.join("; ")),
        };
        if lane == LaneId::ROOT {
            // Where the session itself is a subagent's, its words are an agent's.
            self.talk.prompt(out, text, self.is_child.then_some(By::Agent));
            if let Some(agent) = look::text(&message.info, "agent") {
                self.talk.open.mode_is(out, agent);
            }
        } else {
            out.said(lane, Speaker::User, None, &text);
        }
        for what in others {
            out.event(lane, Event::Attached { who: Speaker::User, what: what.into() });
        }
        for part in message.parts.iter().filter(|part| is(part, "text") && !typed(part)) {
            let bytes = look::text(part, "text").unwrap_or_default();
            let first = bytes.lines().next().unwrap_or_default();
            let size = look::size(bytes.len());
            out.note(lane, Notice::Info, format!("put into the context by opencode: {first} ({size})"));
        }
    }

    fn model(&mut self, out: &mut Out, lane: LaneId, message: &Message, others: &mut BySession) {
        let info = &message.info;
        let is_root = lane == LaneId::ROOT;
        if is_root {
            self.talk.works(out);
            if let Some(agent) = look::first_text(info, &["agent", "mode"]) {
                self.talk.open.mode_is(out, agent);
            }
            let model = look::text(info, "modelID").or_else(|| look::at(info, &["model", "modelID"])?.as_str());
            if let Some(model) = model {
                self.talk.open.model_is(out, model);
            }
        }
        for part in &message.parts {
            self.part(out, lane, part, others);
        }
        self.counts(out, lane, message);
        out.at_time(time(info, &["time", "completed"]).or(out.time()));
        if !is_root {
            return;
        }
        self.talk.heard(out.time());
        let error = info.get("error").filter(|error| error.is_object());
        let stop = match look::text(info, "finish") {
            Some("stop" | "end_turn") => Some(Stop::EndTurn),
            Some("length") => Some(Stop::MaxTokens),
            Some("content-filter") => Some(Stop::Refusal),
            _ => None,
        };
        match error.and_then(|error| look::text(error, "name")) {
            None => self.talk.stops(stop),
            Some("MessageAbortedError") => self.talk.interrupted(out),
            Some("MessageOutputLengthError") => self.talk.stops(Some(Stop::MaxTokens)),
            Some(name) => {
                let said = look::at(info, &["error", "data", "message"]).and_then(Value::as_str).unwrap_or(name);
                let code = look::at(info, &["error", "data", "statusCode"]).and_then(Value::as_i64).unwrap_or(0);
                out.note(lane, Notice::Error, said);
                self.talk.stops(Some(Stop::Error(code, look::cut(said))));
            }
        }
    }
}

/// What stands beside the words.
fn attached(part: &Value) -> Option<String> {
    match look::text(part, "type")? {
        "file" => {
            let kind = look::text(part, "mime").unwrap_or("file");
            let name = look::text(part, "filename").unwrap_or_default();
            Some(look::cut(format!("{kind} {name}").trim_end()))
        }
        "agent" => Some(look::cut(&format!("agent {}", look::text(part, "name").unwrap_or_default()))),
        "subtask" => {
            Some(look::cut(&format!("task {}", look::first_text(part, &["description", "prompt"]).unwrap_or(""))))
        }
        _ => None,
    }
}
