//! Calls: read, edit, run. What writes or runs is asked for, and really done.

use super::agent::{Halt, Step};
use super::turn::Turn;
use super::wire::text;
use serde_json::{Value, json};
use std::path::Path;

/// The most of a file that is shown.
const READ_MAX: usize = 16 << 10;

/// A call as it is told to the client.
#[derive(Debug, Clone, Default)]
pub(super) struct Call {
    pub(super) id: String,
    pub(super) tool: &'static str,
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) input: Value,
    pub(super) places: Vec<Value>,
    pub(super) content: Vec<Value>,
}

impl Call {
    fn fields(&self) -> Value {
        json!({
            "toolCallId": self.id, "title": self.title, "kind": self.kind, "status": "pending",
            "rawInput": self.input, "locations": self.places, "content": self.content,
        })
    }
}

/// What the client said to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Once,
    Always,
    No,
}

impl Turn<'_> {
    /// Begins a call under the next id.
    pub(super) fn open(&mut self, mut call: Call) -> Step<Call> {
        self.session().calls += 1;
        call.id = format!("call-{}", self.session().calls);
        let mut update = call.fields();
        update["sessionUpdate"] = json!("tool_call");
        update["_meta"]["claudeCode"]["toolName"] = json!(call.tool);
        self.update(update);
        self.pause()?;
        Ok(call)
    }

    /// Tells what is new about a call.
    pub(super) fn tell(&mut self, call: &Call, news: &Value) {
        let mut update = news.clone();
        update["sessionUpdate"] = json!("tool_call_update");
        update["toolCallId"] = json!(call.id);
        update["_meta"]["claudeCode"]["toolName"] = json!(call.tool);
        self.update(update);
    }

    /// Ends a call.
    pub(super) fn end(&mut self, call: &Call, status: &str, content: &[Value]) -> Step {
        self.tell(call, &json!({"status": status, "content": content}));
        self.spend(content.iter().map(|block| block.to_string().len() as u64 / 4).sum::<u64>() + 150)
    }

    /// Asks for a call without waiting; returns the request's id.
    pub(super) fn ask(&mut self, call: &Call, always: &str) -> u64 {
        let option = |id: &str, kind: &str, name: &str| json!({"optionId": id, "kind": kind, "name": name});
        let params = json!({"sessionId": self.session_name(), "toolCall": call.fields(), "options": [
            option("yes", "allow_once", "Allow once"),
            option("always", "allow_always", always),
            option("no", "reject_once", "Reject"),
        ]});
        self.agent.out.request("session/request_permission", &params)
    }

    /// Waits for the answer to a request.
    pub(super) fn answer(&mut self, request: u64) -> Step<Said> {
        let result = self.result(request)?;
        let outcome = &result["outcome"];
        match (outcome["outcome"].as_str(), outcome["optionId"].as_str()) {
            (Some("cancelled"), _) => Err(Halt::Cancelled),
            (Some("selected"), Some("yes")) => Ok(Said::Once),
            (Some("selected"), Some("always")) => Ok(Said::Always),
            _ => Ok(Said::No),
        }
    }

    /// Waits for the result of a request.
    pub(super) fn result(&mut self, request: u64) -> Step<Value> {
        loop {
            match self.agent.answers.remove(&request) {
                Some(result) => return Ok(result),
                None => self.agent.listen(std::time::Duration::MAX)?,
            }
        }
    }

    /// Asks and waits. A call that was cancelled is closed.
    pub(super) fn asked(&mut self, call: &Call, always: &str) -> Step<Said> {
        let request = self.ask(call, always);
        let said = self.answer(request);
        if said == Err(Halt::Cancelled) {
            self.tell(call, &json!({"status": "failed"}));
        }
        said
    }

    /// Reads a file. Returns its text.
    pub(super) fn read(&mut self, name: &str) -> Step<Option<String>> {
        let path = self.path(name);
        let call = self.open(Call {
            tool: "Read",
            kind: "read",
            title: format!("Read {name}"),
            input: json!({"file_path": path}),
            places: vec![json!({"path": path, "line": 1})],
            ..Call::default()
        })?;
        match read_text(&path) {
            Ok(file) => {
                let shown = &file[..file.floor_char_boundary(READ_MAX)];
                self.end(&call, "completed", &[text(&format!("```\n{shown}\n```"))])?;
                Ok(Some(file))
            }
            Err(why) => {
                self.end(&call, "failed", &[text(&why)])?;
                Ok(None)
            }
        }
    }

    /// Writes a file, if the client allows it. True where it was written.
    pub(super) fn write(&mut self, name: &str, new: &str) -> Step<bool> {
        let path = self.path(name);
        let call = self.open(self::edit(name, &path, new))?;
        if !self.session().edits_allowed {
            match self.asked(&call, "Allow edits for this session")? {
                Said::Once => {}
                Said::Always => self.session().edits_allowed = true,
                Said::No => {
                    self.end(&call, "failed", &[text("The user rejected this edit.")])?;
                    return Ok(false);
                }
            }
        }
        self.write_now(&call, &path, new)
    }

    /// Writes a file that was allowed.
    pub(super) fn write_now(&mut self, call: &Call, path: &Path, new: &str) -> Step<bool> {
        let written = std::fs::write(path, new);
        match &written {
            Ok(()) => self.end(call, "completed", &call.content)?,
            Err(error) => self.end(call, "failed", &[text(&format!("cannot write {}: {error}", path.display()))])?,
        }
        Ok(written.is_ok())
    }
}

/// An edit that replaces a whole file, or makes one.
pub(super) fn edit(name: &str, path: &Path, new: &str) -> Call {
    let old = read_text(path).ok();
    let changed = old.iter().flat_map(|old| old.lines().zip(new.lines())).take_while(|(old, new)| old == new).count();
    Call {
        tool: "Edit",
        kind: "edit",
        title: format!("Edit {name}"),
        input: json!({"file_path": path, "content": new}),
        places: vec![json!({"path": path, "line": changed + 1})],
        content: vec![json!({"type": "diff", "path": path, "oldText": old, "newText": new})],
        ..Call::default()
    }
}

/// A file as text.
fn read_text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}
