//! The hook before a call: Codex runs it for what its sandbox lets through as well, and an edited call can only go that
//! way. It is given on the command line, and trusted there for that one process: nothing is written into the user's own
//! configuration.
//!
//! What the hook was allowed may be asked about by the protocol once more. Where codex asks so about every command, that is
//! the same question, and has its answer already. Where it does not, the command wants out of its sandbox, which the hook
//! does not say: where its model has said so before (see `wants`), the first question says it too and its answer is for both;
//! else that is another question, with codex's own reason and offers, and it is asked.

use super::out::Out;
use super::wants::{self, Outside};
use super::{Codex, Sent, hooked};
use crate::agent::envelope::Refusal;
use crate::agent::hook::{Answer, Heard, Install, Question};
use crate::agent::{Fact, Opening, look};
use crate::domain::{CallPatch, CallStatus, Event, Impact, LaneId, Notice, Text};
use crate::shapes::codex::command;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;

/// Calls that were allowed by the hook and are remembered.
const KEPT: usize = 128;

/// What Codex calls the hooks that its command line gives.
pub(super) const SOURCE: &str = "/<session-flags>/config.toml";

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
    /// What is typed into a command that runs, where that is what it does.
    types: Option<String>,
    /// Where, if that is not the workspace.
    cwd: Option<String>,
    /// It shall run outside its sandbox, and why: that was asked with it.
    outside: Option<Outside>,
    /// A human put that command in the place of the proposed one.
    edited: bool,
    /// Codex has told the item.
    told: bool,
    /// The protocol asked once more, and had this answer.
    covered: bool,
}

impl Codex {
    pub(super) fn hook_asks(&mut self, question: &Question) -> Heard {
        let now = |answer| Heard { at_once: Some(answer), ..Heard::default() };
        let thread = question.thread.clone().or_else(|| self.thread.clone()).unwrap_or_default();
        // What was stopped is all of it, subagents too.
        if self.thread.as_deref().is_some_and(|ours| self.turn_stops(ours)) {
            return now(Answer::Deny("the user has stopped this turn".to_owned()));
        }
        let impact = hooked::impact(&question.tool, &question.input);
        let own_rules = self.mode.goes_by_own_rules();
        // Codex 0.169 does not ask its hook about what is typed; one that does shall find it understood.
        let types = (question.tool == "write_stdin").then(|| look::owned(&question.input, "chars").unwrap_or_default());
        let polls = types.as_ref().is_some_and(String::is_empty);
        // A patch, however it is given, is asked about by the protocol, with what the files would be, unless it runs by rules of its own; and so
        // is a call of a server's tool, by a question that names no item: asked here as well, it would be two requests.
        let comes_later = (impact == Impact::Edit && !own_rules) || question.tool.starts_with("mcp__");
        if NO_MATTER.contains(&question.tool.as_str()) || polls || comes_later {
            return now(Answer::Nothing);
        }
        let mut out = Out::default();
        let lane = self.lane_of_thread(&mut out, &thread);
        let (mut patch, payload) = question.call(&self.opening.cwd);
        if let Some(text) = &types {
            patch = CallPatch { args: patch.args, status: patch.status, ..self.typed_call(&thread, None, text, None) };
        }
        // Where its model has said that it shall leave the sandbox, that is what is asked, and codex need not ask it again.
        let outside = self.wants.outside(&thread, &question.call.0).filter(|_| patch.command.is_some());
        let outside = outside.cloned();
        if let Some(Outside { why }) = &outside {
            patch.title = Some(wants::words(wants::OUTSIDE, why.as_deref()).into());
            // A grant of exactly this call is not one of the same line inside the sandbox.
            patch.args = Some(wants::outside_args(&question.input).into());
        }
        let (command, cwd) = (patch.command.as_ref().and_then(|it| it.inline().map(str::to_owned)), patch.cwd.clone());
        let (native, item) = (question.native(), question.call.0.clone());
        let call = self.call_of(&mut out, lane, &thread, &item, patch);
        let ask = question.ask(lane, call, payload);
        self.hooks.open.retain(|other| other.native != native);
        if !own_rules {
            self.calls.call_asked(&thread, &item);
        }
        self.hooks.open.push(Hooked {
            native,
            thread,
            item,
            lane,
            command,
            types,
            cwd,
            outside: outside.clone(),
            edited: false,
            told: false,
            covered: false,
        });
        out.fact(match (own_rules, outside) {
            (true, _) => Fact::ByOwnRules(ask),
            // Nothing holds it there: not even what only looks passes by itself.
            (false, Some(_)) => Fact::Ask(ask),
            (false, None) => Fact::HeldBack(ask),
        });
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
                hooked.types = hooked.types.and(look::owned(&args, "chars"));
                // Taken out of the arguments it is no longer what was allowed: codex asks about it by itself.
                hooked.outside = hooked.outside.filter(|_| wants::is_outside(&args));
                hooked.edited = true;
            }
            // Such a call is never told as an item.
            Some(Answer::Deny(_)) => {
                self.calls.call_asked(&hooked.thread, &hooked.item);
                let patch = CallPatch { status: Some(CallStatus::Failed), ..CallPatch::default() };
                self.call_of(out, hooked.lane, &hooked.thread, &hooked.item, patch);
                return self.calls.is_over(&hooked.thread, &hooked.item);
            }
            Some(Answer::Nothing) => return,
            // It was held back and is not any more: no rule of codex's own says why it runs.
            None => return self.calls.call_asked(&hooked.thread, &hooked.item),
        }
        self.calls.call_asked(&hooked.thread, &hooked.item);
        if let Some(text) = &hooked.types {
            self.typed.allow(&hooked.thread, text);
        }
        self.hooks.given.push_back(hooked);
        if self.hooks.given.len() > KEPT {
            self.hooks.given.pop_front();
        }
    }

    /// An item begins that was asked about under another name, or in another thread: it is that call. One that runs
    /// something else than a human wrote is loud: what codex does not take of a hook it leaves out.
    pub(super) fn hook_item(&mut self, out: &mut Out, thread: &str, native: &str, item: &Value) {
        let line = look::text(item, "command").map(command::inner);
        // The one of this name; else one of these words, first of those that run in this folder.
        let there = look::text(item, "cwd");
        let fits = |it: &Hooked| match (it.item == native, line.is_some() && it.command == line) {
            (true, _) => Some(0),
            (false, true) if there.is_none_or(|cwd| it.cwd.as_deref().unwrap_or(&self.opening.cwd) == cwd) => Some(1),
            (false, true) => Some(2),
            (false, false) => None,
        };
        let untold = self.hooks.given.iter().enumerate().filter(|(_, given)| !given.told);
        let best = untold.filter_map(|(at, given)| Some((fits(given)?, at))).min();
        let Some(given) = best.and_then(|(_, at)| self.hooks.given.get_mut(at)) else { return };
        given.told = true;
        if (given.thread.as_str(), given.item.as_str()) != (thread, native) {
            self.calls.renamed((&given.thread, &given.item), (thread, native));
            (given.thread, given.item) = (thread.to_owned(), native.to_owned());
        }
        let runs = line.filter(|line| given.edited && given.command.as_ref() != Some(line));
        if let (Some(runs), Some(call)) = (runs, self.calls.id(thread, native)) {
            let how = format!("it does not run what you wrote, but: {}", look::cut(&runs)).into();
            out.event(given.lane, Event::Diverged { call, how });
        }
    }

    /// Whether a question of the protocol has its answer by the hook's: the same command in the same folder, once, and
    /// nothing more of it. Where codex does not ask about every command, one that it asks about wants to leave its sandbox,
    /// whether it says why or not: that has an answer only where the hook's question said it, for the same reason.
    pub(super) fn hook_covers(&mut self, thread: &str, item: &str, params: &Value) -> bool {
        let more = ["approvalId", "networkApprovalContext", "additionalPermissions"];
        let is_more = more.iter().any(|key| params.get(*key).is_some_and(|value| !value.is_null()));
        let kind = look::text(params, "kind").unwrap_or("command");
        let Some(line) = look::text(params, "command").map(command::inner) else { return false };
        if is_more || kind != "command" {
            return false;
        }
        let reason = look::text(params, "reason");
        let every = self.mode.asks_for_every_command();
        let said = |it: &Hooked| match &it.outside {
            Some(Outside { why }) => why.as_deref() == reason || (every && reason.is_none()),
            None => every && reason.is_none(),
        };
        let cwd = look::text(params, "cwd").unwrap_or(&self.opening.cwd);
        let fits = |it: &&mut Hooked| {
            let there = it.cwd.as_deref().unwrap_or(&self.opening.cwd);
            it.thread == thread
                && it.item == item
                && it.command.as_ref() == Some(&line)
                && there == cwd
                && said(it)
                && !it.covered
        };
        if let Some(given) = self.hooks.given.iter_mut().find(fits) {
            given.covered = true;
            return true;
        }
        // It is asked about anew, and that answer counts.
        self.hooks.given.retain(|it| it.thread != thread || it.item != item);
        false
    }

    /// Whether this is the command that a human put in the place of the proposed one.
    pub(super) fn hook_edited(&self, thread: &str, native: &str, command: Option<&Text>) -> bool {
        let of = |it: &&Hooked| it.edited && it.thread == thread && it.item == native;
        let given = self.hooks.given.iter().find(of);
        given.is_some_and(|it| it.command.as_deref() == command.and_then(Text::inline))
    }

    /// A command that was allowed has run: in another folder than was shown is said.
    pub(super) fn hook_ran(&mut self, out: &mut Out, thread: &str, native: &str, item: &Value) {
        let Some(at) = self.hooks.given.iter().position(|it| it.thread == thread && it.item == native) else { return };
        let Some(given) = self.hooks.given.remove(at) else { return };
        let shown = given.cwd.as_deref().unwrap_or(&self.opening.cwd);
        let ran = look::text(item, "cwd").filter(|cwd| *cwd != shown);
        if let (Some(ran), Some(call)) = (ran, self.calls.id(thread, native)) {
            let how = format!("it ran in {ran}, and not in {shown}, where it was allowed").into();
            out.event(given.lane, Event::Diverged { call, how });
        }
    }

    /// A command has ended of which there was no item.
    pub(super) fn hook_forgets(&mut self, thread: &str, item: &str) {
        self.hooks.given.retain(|it| it.thread != thread || it.item != item);
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
    let mut all = look::list(listed, "data").iter().flat_map(|one| look::list(one, "hooks"));
    let Some(ours) = all.find(|one| look::text(one, "command") == Some(&install.command)) else {
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
    let hex = sha256(&look::canonical(&own));
    // A text of JSON is one of TOML as well.
    let command = Value::from(command.as_str());
    let hooks = format!(
        "hooks={{PreToolUse=[{{matcher=\"*\",hooks=[{{type=\"command\",command={command},timeout={within}}}]}}],\
         state={{\"{SOURCE}:pre_tool_use:0:0\"={{trusted_hash=\"sha256:{hex}\"}}}}}}"
    );
    vec!["-c".to_owned(), hooks]
}

fn sha256(text: &str) -> String {
    let digits = Sha256::digest(text.as_bytes()).into_iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
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
        let hash = sha256(own);
        assert_eq!(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
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
}
