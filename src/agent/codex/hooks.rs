//! The hook before a call: Codex runs it for what its sandbox lets through as well, and an edited call can only go that
//! way. It is given on the command line, and trusted there for that one process: nothing is written into the user's own
//! configuration.
//!
//! One call is one request. What the hook was allowed, and the sandbox stops, is asked about by the protocol once more: the
//! same call with the same command in the same folder has its answer already. Anything else is asked anew.

use super::out::Out;
use super::{Codex, Sent, command};
use crate::agent::envelope::Refusal;
use crate::agent::hook::{self, Answer, Heard, Install, Question};
use crate::agent::{Fact, Opening, look};
use crate::domain::{CallPatch, CallStatus, Completeness, FileChange, Impact, LaneId, Notice, Place};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;

/// Calls that were allowed by the hook and are remembered.
const KEPT: usize = 128;

/// What Codex calls the hooks that its command line gives.
const SOURCE: &str = "/<session-flags>/config.toml";

/// Tools that are asked about in another way, or that only steer what is asked about by itself.
const NO_MATTER: [&str; 9] = [
    "update_plan",
    "request_user_input",
    "request_permissions",
    "spawn_agent",
    "send_input",
    "wait",
    "wait_agent",
    "close_agent",
    "resume_agent",
];

/// What the hook has asked.
#[derive(Debug, Default)]
pub(super) struct Hooks {
    /// Codex says that it runs the hook, and trusts it.
    pub(super) in_force: bool,
    open: Vec<Hooked>,
    /// Those that may run, the oldest first.
    given: VecDeque<Hooked>,
}

#[derive(Debug, Clone)]
struct Hooked {
    native: String,
    thread: String,
    item: String,
    lane: LaneId,
    /// What may run.
    command: Option<String>,
    /// Where, if that is not the workspace.
    cwd: Option<String>,
    /// Codex has told the item.
    told: bool,
    /// The protocol asked once more, and had this answer.
    covered: bool,
}

impl Codex {
    pub(super) fn hook_asks(&mut self, question: &Question) -> Heard {
        let now = |answer| Heard { at_once: Some(answer), ..Heard::default() };
        let thread = question.thread.clone().or_else(|| self.thread.clone()).unwrap_or_default();
        if self.turn_stops(&thread) {
            return now(Answer::Deny("the user has stopped this turn".to_owned()));
        }
        let impact = hook::impact_of(&question.tool);
        let own_rules = self.mode.goes_by_own_rules();
        let polls = question.tool == "write_stdin" && look::text(&question.input, "chars").is_none_or(str::is_empty);
        // A patch is asked about by the protocol, with what the files would be: unless it runs by rules of its own.
        let comes_later = impact == Impact::Edit && !own_rules;
        if NO_MATTER.contains(&question.tool.as_str()) || polls || comes_later {
            return now(Answer::Nothing);
        }
        let mut out = Out::default();
        let lane = self.lane_of_thread(&mut out, &thread);
        let (patch, payload) = question.call(&self.opening.cwd);
        let (command, cwd) = (patch.command.as_ref().and_then(|it| it.inline().map(str::to_owned)), patch.cwd.clone());
        let (native, item) = (question.native(), question.call.0.clone());
        let call = self.call_of(&mut out, lane, &thread, &item, patch);
        let ask = question.ask(lane, call, payload);
        self.hooks.open.retain(|other| other.native != native);
        if !own_rules {
            self.calls.call_asked(&thread, &item);
        }
        self.hooks.open.push(Hooked { native, thread, item, lane, command, cwd, told: false, covered: false });
        out.fact(if own_rules { Fact::ByOwnRules(ask) } else { Fact::HeldBack(ask) });
        Heard { turnout: out.0, at_once: None }
    }

    /// The hook has its answer, or is gone.
    pub(super) fn hook_over(&mut self, out: &mut Out, native: &str, answer: Option<&Answer>) {
        let Some(at) = self.hooks.open.iter().position(|open| open.native == native) else { return };
        let mut hooked = self.hooks.open.remove(at);
        match answer {
            Some(Answer::Allow) => {}
            Some(Answer::Edited { args, told: _ }) => {
                let args: Value = serde_json::from_str(args).unwrap_or_default();
                hooked.command = look::owned(&args, "command");
            }
            // Such a call is never told as an item.
            Some(Answer::Deny(_)) => {
                self.calls.call_asked(&hooked.thread, &hooked.item);
                let patch = CallPatch { status: Some(CallStatus::Failed), ..CallPatch::default() };
                self.call_of(out, hooked.lane, &hooked.thread, &hooked.item, patch);
                return self.calls.is_over(&hooked.thread, &hooked.item);
            }
            Some(Answer::Nothing) | None => return,
        }
        self.calls.call_asked(&hooked.thread, &hooked.item);
        self.hooks.given.push_back(hooked);
        if self.hooks.given.len() > KEPT {
            self.hooks.given.pop_front();
        }
    }

    /// An item begins that was asked about under another name, or in another thread: it is that call.
    pub(super) fn hook_item(&mut self, thread: &str, native: &str, item: &Value) {
        let line = look::text(item, "command").map(command::inner);
        let same = |it: &&mut Hooked| it.item == native || (line.is_some() && it.command == line);
        let Some(given) = self.hooks.given.iter_mut().filter(|given| !given.told).find(same) else { return };
        given.told = true;
        if (given.thread.as_str(), given.item.as_str()) != (thread, native) {
            self.calls.renamed((&given.thread, &given.item), (thread, native));
            (given.thread, given.item) = (thread.to_owned(), native.to_owned());
        }
    }

    /// Whether a question of the protocol has its answer by the hook's: the same command in the same folder, once.
    pub(super) fn hook_covers(&mut self, thread: &str, item: &str, params: &Value) -> bool {
        let more = ["approvalId", "networkApprovalContext", "additionalPermissions"];
        let is_more = more.iter().any(|key| params.get(*key).is_some_and(|value| !value.is_null()));
        let kind = look::text(params, "kind").unwrap_or("command");
        let Some(line) = look::text(params, "command").map(command::inner) else { return false };
        if is_more || kind != "command" {
            return false;
        }
        let cwd = look::text(params, "cwd").unwrap_or(&self.opening.cwd);
        let fits = |it: &&mut Hooked| {
            let there = it.cwd.as_deref().unwrap_or(&self.opening.cwd);
            it.thread == thread && it.item == item && it.command.as_ref() == Some(&line) && there == cwd && !it.covered
        };
        let Some(given) = self.hooks.given.iter_mut().find(fits) else { return false };
        given.covered = true;
        true
    }

    /// Nothing is asked any more.
    pub(super) fn hooks_over(&mut self) {
        self.hooks.open.clear();
        self.hooks.given.clear();
    }

    /// Asks whether the hook is in force: Codex passes one that it does not trust, or know, without a word.
    pub(super) fn look_at_hooks(&mut self, out: &mut Out) {
        let params = json!({"cwds": [self.opening.cwd]});
        self.request(out, Sent::Hooks, "hooks/list", params);
    }

    /// What it says of its hooks. Where ours is not in force, the human hears what that means.
    pub(super) fn hooks_listed(&mut self, out: &mut Out, outcome: &Result<Value, Refusal>) {
        let Some(install) = self.opening.hook.clone() else { return };
        let why = match outcome {
            Ok(listed) => not_in_force(listed, &install),
            Err(refusal) => Some(format!("it can't say which hooks it runs: {}", look::cut(&refusal.said))),
        };
        self.hooks.in_force = why.is_none();
        if let Some(why) = why {
            out.note(
                LaneId::ROOT,
                Notice::Warning,
                format!(
                    "taut's hook is not in force in this codex ({why}): what its sandbox lets through runs unasked, marked \
                     with its own mode, and a command that you edit is run by taut instead"
                ),
            );
        }
    }
}

/// Why a hook is not in force, by codex's list of them; nothing where it is.
fn not_in_force(listed: &Value, install: &Install) -> Option<String> {
    let all = look::list(listed, "data").iter().flat_map(|one| look::list(one, "hooks"));
    let Some(ours) = all.filter(|one| look::text(one, "command") == Some(&install.command)).next() else {
        return Some("it does not list it".to_owned());
    };
    if ours.get("enabled") == Some(&Value::Bool(false)) {
        return Some("it is switched off".to_owned());
    }
    match look::text(ours, "trustStatus") {
        Some("trusted") => None,
        status => Some(format!("its trust is {}", status.unwrap_or("not known"))),
    }
}

/// The words on the command line that give it a hook, and trust that very hook for this process.
pub(in crate::agent) fn words(opening: &Opening) -> Vec<String> {
    let Some(Install { command, within }) = &opening.hook else { return Vec::new() };
    // The same canonical form that codex makes of it: keys in order, no blanks.
    let own = json!({"event_name": "pre_tool_use", "matcher": "*",
        "hooks": [{"async": false, "command": command, "timeout": within, "type": "command"}]});
    let trusted = Sha256::digest(look::canonical(&own).as_bytes());
    let hex: String = trusted.iter().map(|byte| format!("{byte:02x}")).collect();
    // A text of JSON is one of TOML as well.
    let command = Value::from(command.as_str());
    let hooks = format!(
        "hooks={{PreToolUse=[{{matcher=\"*\",hooks=[{{type=\"command\",command={command},timeout={within}}}]}}],\
         state={{\"{SOURCE}:pre_tool_use:0:0\"={{trusted_hash=\"sha256:{hex}\"}}}}}}"
    );
    vec!["-c".to_owned(), hooks]
}

/// The name of a tool as the protocol has it.
pub(in crate::agent) fn tool(name: &str) -> String {
    match name {
        "Bash" => "exec_command".to_owned(),
        name => match name.strip_prefix("mcp__").and_then(|rest| rest.split_once("__")) {
            Some((server, tool)) => format!("{server}.{tool}"),
            None => name.to_owned(),
        },
    }
}

/// What a tool's arguments show of its call.
pub(in crate::agent) fn call(name: &str, input: &Value) -> (CallPatch, Completeness) {
    let impact = hook::impact_of(name);
    let (tool, line) = (tool(name), look::owned(input, "command"));
    let patch = CallPatch { tool: Some(tool.clone()), impact: Some(impact), ..CallPatch::default() };
    match (impact, line) {
        (Impact::Execute, Some(line)) => {
            let patch = CallPatch { title: Some(look::cut(&line).into()), command: Some(line.into()), ..patch };
            (patch, Completeness::Whole)
        }
        (Impact::Edit, text) => {
            let text = text.or_else(|| look::owned(input, "input")).unwrap_or_default();
            let (changes, payload) = patched(&text);
            let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
            let title = Some(format!("edit {}", paths.join(", ")).into());
            (CallPatch { title, changes: Some(changes), ..patch }, payload)
        }
        (Impact::Read, _) => {
            let path = look::owned(input, "path");
            let places = path.map(|path| vec![Place { path, line: None }]);
            (CallPatch { title: Some(tool.into()), places, ..patch }, Completeness::Whole)
        }
        _ => (CallPatch { title: Some(tool.into()), ..patch }, Completeness::Whole),
    }
}

/// The changes of a patch in codex's own form. What is not understood makes it a fragment.
fn patched(text: &str) -> (Vec<FileChange>, Completeness) {
    let mut changes: Vec<FileChange> = Vec::new();
    let mut payload = Completeness::Whole;
    let change = |path: &str, old: Option<&str>, new: Option<&str>, fragment: bool| FileChange {
        path: path.trim().to_owned(),
        old: old.map(Into::into),
        new: new.map(Into::into),
        fragment,
        line: None,
        patch: None,
    };
    // The texts of the change that goes on: before and after.
    let (mut old, mut new) = (String::new(), String::new());
    let flush = |changes: &mut Vec<FileChange>, old: &mut String, new: &mut String| {
        let (old, new) = (std::mem::take(old), std::mem::take(new));
        let Some(last) = changes.last_mut().filter(|_| !(old.is_empty() && new.is_empty())) else { return };
        match (&last.old, &last.new) {
            // Another piece of the same file.
            (Some(was), _) if last.fragment && was.inline() != Some("") => {
                let piece = FileChange { old: Some(old.into()), new: Some(new.into()), ..last.clone() };
                changes.push(piece);
            }
            (Some(_), _) => (last.old, last.new) = (Some(old.into()), Some(new.into())),
            (None, _) => last.new = Some(new.into()),
        }
    };
    for line in text.lines() {
        let said = |head: &str| line.strip_prefix(head);
        if let Some(path) = said("*** Add File: ") {
            flush(&mut changes, &mut old, &mut new);
            changes.push(change(path, None, Some(""), false));
        } else if let Some(path) = said("*** Delete File: ") {
            flush(&mut changes, &mut old, &mut new);
            changes.push(change(path, Some(""), None, false));
        } else if let Some(path) = said("*** Update File: ") {
            flush(&mut changes, &mut old, &mut new);
            changes.push(change(path, Some(""), Some(""), true));
        } else if let Some(path) = said("*** Move to: ") {
            if let Some(last) = changes.last_mut() {
                (last.new, last.fragment) = (None, false);
            }
            changes.push(change(path, Some(""), Some(""), true));
        } else if line.starts_with("@@") {
            flush(&mut changes, &mut old, &mut new);
        } else if let Some(line) = said("+") {
            new.extend([line, "\n"]);
        } else if let Some(line) = said("-") {
            old.extend([line, "\n"]);
        } else if let Some(line) = said(" ") {
            old.extend([line, "\n"]);
            new.extend([line, "\n"]);
        } else if !matches!(line, "*** Begin Patch" | "*** End Patch" | "*** End of File" | "") {
            payload = Completeness::Fragment;
        }
    }
    flush(&mut changes, &mut old, &mut new);
    if changes.is_empty() {
        payload = Completeness::TitleOnly;
    }
    (changes, payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_trusted_by_the_hash_that_codex_makes_of_it() {
        let opening = |hook| Opening { hook, ..Opening::default() };
        assert!(words(&opening(None)).is_empty());
        let install = Install { command: "'/opt/a b/taut' hook codex \"x\\y\"".to_owned(), within: 60 };
        let words = words(&opening(Some(install.clone())));
        let read: toml::Table = words[1].parse().unwrap();
        let hook = &read["hooks"]["PreToolUse"][0]["hooks"][0];
        assert_eq!((words[0].as_str(), hook["command"].as_str()), ("-c", Some(install.command.as_str())));
        let own = r#"{"event_name":"pre_tool_use","hooks":[{"async":false,"command":"'/opt/a b/taut' hook codex \"x\\y\"","timeout":60,"type":"command"}],"matcher":"*"}"#;
        let hash: String = Sha256::digest(own.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let trusted = &read["hooks"]["state"][format!("{SOURCE}:pre_tool_use:0:0").as_str()]["trusted_hash"];
        assert_eq!(trusted.as_str(), Some(format!("sha256:{hash}").as_str()));
    }

    #[test]
    fn it_is_in_force_only_where_codex_says_so() {
        let install = Install { command: "taut hook codex".to_owned(), within: 60 };
        let list = |hooks: Value| json!({"data": [{"cwd": "/r", "hooks": hooks}]});
        let ours = |more: Value| {
            let mut one = json!({"command": "taut hook codex", "enabled": true, "trustStatus": "trusted"});
            one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            not_in_force(&list(json!([{"command": "another"}, one])), &install)
        };
        assert_eq!(ours(json!({})), None);
        assert!(ours(json!({"enabled": false})).is_some() && ours(json!({"trustStatus": "untrusted"})).is_some());
        assert!(ours(json!({"trustStatus": null})).is_some() && ours(json!({"command": "x"})).is_some());
        assert!(not_in_force(&json!({}), &install).is_some() && not_in_force(&Value::Null, &install).is_some());
    }

    #[test]
    fn a_patch_is_read_as_what_it_changes() {
        let text = "*** Begin Patch\n*** Add File: new.txt\n+one\n+two\n*** Update File: a.md\n*** Move to: b/a.md\n@@ here\n x\n-# A\n+# B\n@@\n-c\n+d\n*** Delete File: out\n*** End Patch\n";
        let (changes, payload) = patched(text);
        let inline = |text: &Option<crate::domain::Text>| text.as_ref().and_then(|it| it.inline()).map(str::to_owned);
        let seen: Vec<_> = changes.iter().map(|it| (it.path.as_str(), inline(&it.old), inline(&it.new))).collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(payload, Completeness::Whole);
        assert_eq!(
            seen,
            [
                ("new.txt", None, text("one\ntwo\n")),
                ("a.md", text(""), None),
                ("b/a.md", text("x\n# A\n"), text("x\n# B\n")),
                ("b/a.md", text("c\n"), text("d\n")),
                ("out", text(""), None),
            ]
        );
        assert_eq!(patched("rm -rf").1, Completeness::TitleOnly);
        assert_eq!(patched("*** Update File: a\nwhat\n").1, Completeness::Fragment);
    }

    #[test]
    fn tools_have_the_names_that_the_protocol_gives_them() {
        assert_eq!([tool("Bash"), tool("mcp__files__read"), tool("mcp__x")], ["exec_command", "files.read", "mcp__x"]);
    }
}
