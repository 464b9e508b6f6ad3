//! An agent of the test's own, in the place of Codex: it opens a conversation, takes the hook that it is given on its
//! command line, and does in its turn what a test writes down.

use super::support::place::{Place, until};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// The beginning of every such agent. `ask ID COMMAND` runs the hook about a command, and keeps what it said.
const OPENS: &str = r#"#!/bin/sh
cd "$(dirname "$0")"
say() { printf '%s\n' "$1"; }
hook=$(printf '%s' "$3" | sed 's/.*command="\(.*\)",timeout=.*/\1/')
given() { printf '{"hook_event_name":"PreToolUse","session_id":"t","tool_name":"Bash","tool_use_id":"%s","tool_input":{"command":"%s"}}' "$1" "$2"; }
kept() { eval "$2" >"$1.out" 2>"$1.err"; echo $? >"$1.code.new"; mv "$1.code.new" "$1.code"; }
ask() { given "$1" "$2" | kept "$1" "${3:-$hook}"; }
item() { say '{"method":"item/'"$1"'","params":{"threadId":"t","turnId":"u","item":{"type":"commandExecution","id":"'"$2"'","command":"/bin/bash -lc '"'$3'"'","cwd":"'"${5:-WORKSPACE}"'","status":"'"$4"'"}}}'; }
approve() { say '{"id":'"$1"',"method":"item/commandExecution/requestApproval","params":{"kind":"command","threadId":"t","turnId":"u","itemId":"'"$2"'","reason":'"${WHY-\"it is needed\"}"',"command":"/bin/bash -lc '"'$3'"'","cwd":"'"${4:-WORKSPACE}"'"}}'; read -r answer; say "$answer" >>answers; }
read -r heard; say '{"id":1,"result":{"userAgent":"taut/0.169.0 (x)"}}'
read -r heard; read -r heard; say '{"id":2,"result":{"account":null,"requiresOpenaiAuth":false}}'
read -r heard; say '{"id":3,"result":{"thread":{"id":"t"},"model":"m",MODE}}'
read -r heard; say '{"id":4,"result":{"data":[{"hooks":[{"command":"'"$hook"'","enabled":true,"trustStatus":"TRUST"}]}]}}'
read -r heard; say '{"id":5,"result":{"data":[]}}'
read -r heard; say '{"id":6,"result":{"turn":{"id":"u","status":"inProgress"}}}'
say '{"method":"turn/started","params":{"threadId":"t","turn":{"id":"u","status":"inProgress"}}}'
"#;

/// What it does at its end.
const ENDS: &str = r#"
echo done >end
while read -r heard; do :; done
"#;

pub struct Agent {
    pub place: Place,
    pub session: String,
    folder: PathBuf,
}

/// What a hook said, and how it ended.
#[derive(Debug)]
pub struct Hooked {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Hooked {
    /// The answer in its words.
    #[track_caller]
    pub fn answer(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        let said: Value = serde_json::from_str(&self.out).unwrap();
        assert_eq!(said["hookSpecificOutput"]["hookEventName"], "PreToolUse");
        said["hookSpecificOutput"].clone()
    }

    /// It was refused without a human's answer: why.
    #[track_caller]
    pub fn refused(&self) -> &str {
        assert!(self.code == 2 && self.out.is_empty() && self.err.starts_with("taut: "), "{self:?}");
        &self.err
    }
}

impl Agent {
    /// One that does this in its turn.
    pub fn new(does: &str) -> Self {
        Self::beside(Place::new(), "codex", does)
    }

    /// One that asks in a mode, and may not trust its hook.
    pub fn with(place: Place, name: &str, does: &str, mode: &str, trust: &str) -> Self {
        let folder = place.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        let workspace = place.path().canonicalize().unwrap();
        let script = format!("{OPENS}{does}{ENDS}").replace("WORKSPACE", workspace.to_str().unwrap());
        let script = script.replace("MODE", mode).replace("TRUST", trust);
        let program = folder.join("codex");
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let its_mode = match mode {
            OWN_RULES => "auto",
            ASKS_FOR_ALL => "untrusted",
            _ => "read-only",
        };
        let run = ["run", "--detach", "--name", name, "--mode", its_mode, "hi", "--"];
        let session = place.done(&[&run[..], &[program.to_str().unwrap(), "app-server"]].concat());
        Self { place, session, folder }
    }

    pub fn beside(place: Place, name: &str, does: &str) -> Self {
        Self::with(place, name, does, ASKS, "trusted")
    }

    /// Waits for what the hook said about a call.
    #[track_caller]
    pub fn hooked(&self, call: &str) -> Hooked {
        until(&format!("the hook of {call}"), || self.folder.join(format!("{call}.code")).exists());
        let read = |what: &str| std::fs::read_to_string(self.folder.join(format!("{call}.{what}"))).unwrap();
        Hooked { code: read("code").trim().parse().unwrap(), out: read("out"), err: read("err") }
    }

    /// Lets it go on, where it waits for that.
    pub fn go(&self) {
        std::fs::write(self.folder.join("go"), "").unwrap();
    }

    /// A file beside it.
    pub fn file(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.folder.join(name)).ok()
    }

    /// It has done all that it does.
    #[track_caller]
    pub fn done(&self) {
        until("the end of what it does", || self.file("end").is_some());
    }
}

/// What a thread says that asks.
pub const ASKS: &str = r#""approvalPolicy":"on-request","sandbox":{"type":"readOnly"}"#;
/// What a thread says that goes by rules of its own.
/// A thread that asks about every command by its protocol as well.
pub const ASKS_FOR_ALL: &str = r#""approvalPolicy":"untrusted","sandbox":{"type":"readOnly"}"#;
pub const OWN_RULES: &str = r#""approvalPolicy":"on-request","sandbox":{"type":"workspaceWrite"}"#;
