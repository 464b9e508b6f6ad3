//! A hook of an agent's own: a command that it runs before a call, with the call on its stdin. `taut hook` is such a
//! command. It asks the hub, and carries the answer back in the agent's words.
//!
//! What an agent makes of a hook that fails is not what a human means by silence: both Claude and Codex go on with the
//! call where a hook times out, dies or says nothing. So nothing here is ever silent about a call of a session.

use super::{Ask, Fact, Turnout, claude, codex, look};
use crate::domain::{
    Asking, CallId, CallPatch, CallStatus, Carrier, Carries, Completeness, Decision, Event, Impact, LaneId, Offer,
    OfferKind, ReasonGoes,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Whose hook it is: what comes on its stdin, and what it may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Claude Code's.
    Claude,
    /// Codex's.
    Codex,
}

/// A hook as taut puts it on an agent's command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Install {
    /// What the agent runs.
    pub command: String,
    /// How long it may take, in seconds.
    pub within: u32,
}

/// What a hook asks about.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Whose it is.
    pub kind: Kind,
    /// The agent's own id of the conversation: of a subagent's own, where it says one.
    pub thread: Option<String>,
    /// The agent's own id of the call.
    pub call: CallId,
    /// The tool.
    pub tool: String,
    /// Its arguments.
    pub input: Value,
    /// The folder of the conversation.
    pub cwd: Option<String>,
}

/// The answer to a hook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// No opinion: the agent asks by its protocol, or goes by rules that its human chose.
    Nothing,
    /// It may run.
    Allow,
    /// It may run with these arguments.
    Edited {
        /// All of them, as JSON text.
        args: String,
        /// What the model is told of it.
        told: String,
    },
    /// It may not: why, for the model.
    Deny(String),
}

/// What comes of a question at once.
#[derive(Debug, Default, PartialEq)]
pub struct Heard {
    /// What is now known: it asks, unless it is answered at once.
    pub turnout: Turnout,
    /// The answer that needs nobody.
    pub at_once: Option<Answer>,
}

/// What a hook may be answered.
pub(super) const ALLOW: &str = "allow";
/// What it may be refused by.
pub(super) const DENY: &str = "deny";

impl Kind {
    /// Its name on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Claude => "claude",
            Self::Codex => "codex",
        }
    }
}

impl Question {
    /// Reads what an agent gives its hook; nothing where that is about no call.
    ///
    /// # Errors
    /// It can't be known what it is about: one sentence.
    pub fn read(kind: Kind, said: &[u8]) -> Result<Option<Self>, String> {
        let said: Value = serde_json::from_slice(said).map_err(|error| format!("it is no JSON ({error})"))?;
        match look::text(&said, "hook_event_name") {
            Some("PreToolUse") => {}
            Some(_) => return Ok(None),
            None => return Err("it names no event".to_owned()),
        }
        let tool = look::owned(&said, "tool_name").filter(|tool| !tool.is_empty()).ok_or("it names no tool")?;
        let call = look::owned(&said, "tool_use_id").filter(|call| !call.is_empty()).ok_or("it names no call")?;
        let input = said.get("tool_input").filter(|input| input.is_object()).ok_or("it has no arguments")?.clone();
        // A subagent of codex is a thread: its hook names that one beside the session's.
        let own = look::owned(&said, "agent_id").filter(|id| kind == Kind::Codex && !id.is_empty());
        let (thread, cwd) = (own.or_else(|| look::owned(&said, "session_id")), look::owned(&said, "cwd"));
        Ok(Some(Self { kind, thread, call: CallId(call), tool, input, cwd }))
    }

    /// What its request goes by: no protocol's own id looks like it.
    #[must_use]
    pub fn native(&self) -> String {
        format!("hook {}", Value::from(self.call.0.as_str()))
    }

    /// The call, as far as its arguments tell, and how much of it they are.
    #[must_use]
    pub fn call(&self, session_cwd: &str) -> (CallPatch, Completeness) {
        let (patch, payload) = match self.kind {
            Kind::Claude => claude::hooked_call(&self.tool, &self.input, self.cwd.as_deref().unwrap_or(session_cwd)),
            Kind::Codex => codex::hooked_call(&self.tool, &self.input),
        };
        let patch = CallPatch {
            tool: patch.tool.or_else(|| Some(self.tool.clone())),
            args: Some(look::canonical(&self.input).into()),
            cwd: self.cwd.clone().filter(|cwd| cwd != session_cwd && !session_cwd.is_empty()),
            status: Some(CallStatus::Pending),
            ..patch
        };
        (patch, payload)
    }

    /// The question, as the hub asks it.
    #[must_use]
    pub(super) fn ask(&self, lane: LaneId, call: CallId, payload: Completeness) -> Ask {
        let offer = |id: &str, name: &str, kind| Offer { id: id.to_owned(), name: name.to_owned(), kind };
        let offers = vec![offer(ALLOW, "Allow", OfferKind::AllowOnce), offer(DENY, "Deny", OfferKind::RejectOnce)];
        let carries = Carries { edit: Carrier::Agent, part: Carrier::Hub, reason: ReasonGoes::Answer };
        let how = Asking { carries, ..Asking::default() };
        Ask { lane, call, native: self.native(), offers, payload, how }
    }

    /// What a protocol makes of it that knows nothing better: a request like any other.
    #[must_use]
    pub(super) fn plainly(&self) -> Heard {
        let (patch, payload) = self.call("");
        let mut turnout = Turnout::default();
        turnout.root(Event::Called { call: self.call.clone(), patch: Box::new(patch) });
        turnout.fact(Fact::HeldBack(self.ask(LaneId::ROOT, self.call.clone(), payload)));
        Heard { turnout, at_once: None }
    }
}

/// True for what [`Question::native`] makes.
#[must_use]
pub fn is_native(native: &str) -> bool {
    native.starts_with("hook \"")
}

impl Answer {
    /// The answer that a decision makes. What it does not know is no allowance.
    #[must_use]
    pub fn of(decision: &Decision, text: impl Fn(&crate::domain::Text) -> Option<String>) -> Self {
        let because = |reason: &Option<String>| {
            reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned)
        };
        match decision {
            Decision::Allow { offer } | Decision::AllowFor { offer, .. } if offer == ALLOW => Self::Allow,
            Decision::Edit { offer: Some(offer), args, reason } if offer == ALLOW => match text(args) {
                Some(args) => {
                    let why = because(reason).map(|why| format!(" Why: {why}")).unwrap_or_default();
                    let told = format!("The user edited this call before it ran. What runs is: {args}.{why}");
                    Self::Edited { args, told }
                }
                None => Self::Deny("the edited arguments could not be read: nothing was run".to_owned()),
            },
            Decision::Deny { reason, .. } => {
                Self::Deny(because(reason).unwrap_or_else(|| "the user does not want this call to run".to_owned()))
            }
            Decision::Allow { .. }
            | Decision::AllowFor { .. }
            | Decision::Edit { .. }
            | Decision::Take { .. }
            | Decision::Reply { .. } => {
                Self::Deny("taut had no answer that this hook can carry: nothing was run".to_owned())
            }
        }
    }

    /// What the hook prints; nothing where it says nothing.
    #[must_use]
    pub fn words(&self, kind: Kind) -> Option<String> {
        let decision = match self {
            Self::Nothing => return None,
            // Codex takes a bare allowance for a mistake, and needs none.
            Self::Allow if kind == Kind::Codex => return None,
            Self::Allow => json!({"permissionDecision": "allow"}),
            Self::Edited { args, told } => {
                let args: Map<String, Value> = serde_json::from_str(args).unwrap_or_default();
                if args.is_empty() {
                    return Self::Deny("the edited arguments are none: nothing was run".to_owned()).words(kind);
                }
                json!({"permissionDecision": "allow", "updatedInput": args, "additionalContext": told})
            }
            Self::Deny(why) => json!({"permissionDecision": "deny", "permissionDecisionReason": why}),
        };
        let mut said = json!({"hookEventName": "PreToolUse"});
        if let (Some(said), Value::Object(decision)) = (said.as_object_mut(), decision) {
            said.extend(decision);
        }
        Some(json!({"hookSpecificOutput": said}).to_string())
    }
}

/// What a tool of Codex's may do, by its name, for what the arguments do not show.
pub(super) fn impact_of(tool: &str) -> Impact {
    match tool {
        "Bash" | "shell" | "exec_command" | "local_shell" => Impact::Execute,
        "apply_patch" => Impact::Edit,
        "view_image" => Impact::Read,
        "web_search" => Impact::Fetch,
        "update_plan" => Impact::Think,
        _ => Impact::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(more: &Value) -> Vec<u8> {
        let mut said = json!({"hook_event_name": "PreToolUse", "session_id": "t", "cwd": "/r", "tool_name": "Bash",
            "tool_use_id": "c", "tool_input": {"command": "ls"}});
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        said.to_string().into_bytes()
    }

    #[test]
    fn what_is_no_question_is_an_error_and_never_silence() {
        let read = |bytes: &[u8]| Question::read(Kind::Codex, bytes);
        assert_eq!(read(&said(&json!({}))).unwrap().unwrap().native(), "hook \"c\"");
        assert_eq!(read(&said(&json!({"hook_event_name": "Stop"}))), Ok(None));
        for (bytes, why) in [
            (b"".to_vec(), "no JSON"),
            (b"\xff\xfe{}".to_vec(), "no JSON"),
            (b"[]".to_vec(), "no event"),
            (said(&json!({"hook_event_name": 7})), "no event"),
            (said(&json!({"tool_name": ""})), "no tool"),
            (said(&json!({"tool_use_id": null})), "no call"),
            (said(&json!({"tool_input": "rm"})), "no arguments"),
            ([vec![b'['; 100_000], vec![b']'; 100_000]].concat(), "no JSON"),
        ] {
            let error = read(&bytes).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn each_answer_is_said_in_the_agents_words() {
        let words = |answer: &Answer, kind| answer.words(kind).map(|it| serde_json::from_str::<Value>(&it).unwrap());
        let is = |answer: &Answer, kind, key: &str| words(answer, kind).unwrap()["hookSpecificOutput"][key].clone();
        for kind in [Kind::Claude, Kind::Codex] {
            assert_eq!(words(&Answer::Nothing, kind), None);
            let deny = Answer::Deny("not \"that\"\n".to_owned());
            assert_eq!(is(&deny, kind, "permissionDecision"), "deny");
            assert_eq!(is(&deny, kind, "permissionDecisionReason"), "not \"that\"\n");
            let edited = Answer::Edited { args: r#"{"command":"ls -a"}"#.to_owned(), told: "so".to_owned() };
            assert_eq!(is(&edited, kind, "updatedInput"), json!({"command": "ls -a"}));
            assert_eq!(is(&edited, kind, "permissionDecision"), "allow");
            let broken = Answer::Edited { args: "[1]".to_owned(), told: String::new() };
            assert_eq!(is(&broken, kind, "permissionDecision"), "deny");
        }
        assert_eq!(is(&Answer::Allow, Kind::Claude, "permissionDecision"), "allow");
        assert_eq!(words(&Answer::Allow, Kind::Codex), None);
    }

    #[test]
    fn only_what_was_offered_allows() {
        let text = |text: &crate::domain::Text| text.inline().map(str::to_owned);
        let allow = |offer: &str| Answer::of(&Decision::Allow { offer: offer.to_owned() }, text);
        assert_eq!(allow("allow"), Answer::Allow);
        assert!(matches!(allow("accept"), Answer::Deny(_)) && matches!(allow("deny"), Answer::Deny(_)));
        let edit = |offer: Option<&str>| {
            let offer = offer.map(str::to_owned);
            Answer::of(&Decision::Edit { offer, args: "{}".into(), reason: Some("safer".to_owned()) }, text)
        };
        assert!(matches!(edit(None), Answer::Deny(_)));
        assert!(matches!(edit(Some("allow")), Answer::Edited { told, .. } if told.ends_with("Why: safer")));
        let deny = Decision::Deny { offer: None, reason: Some("  ".to_owned()), interrupt: false };
        assert!(matches!(Answer::of(&deny, text), Answer::Deny(why) if why.contains("does not want")));
    }
}
