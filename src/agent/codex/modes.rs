//! What the agent may do unasked: pairs of its approval policy and its sandbox, offered as modes.

use super::Codex;
use super::out::Out;
use crate::domain::{By, Event, LaneId, Mode, Notice};
use serde_json::{Value, json};

/// A pair, by the name that it has here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Preset {
    pub(super) id: &'static str,
    name: &'static str,
    help: &'static str,
    /// `approvalPolicy`.
    policy: &'static str,
    /// `sandbox` of `thread/start`, and `sandboxPolicy.type` of `turn/start`.
    sandbox: (&'static str, &'static str),
}

/// The first one is that of a session that names none.
const PRESETS: [Preset; 4] = [
    Preset {
        id: "read-only",
        name: "Ask",
        help: "asks before every edit and every command; what is allowed runs in its sandbox, which lets nothing be \
               written and reaches no network, or outside it where it was asked about as such; what it types into a \
               command that runs there is told only afterwards",
        policy: "on-request",
        sandbox: ("read-only", "readOnly"),
    },
    Preset {
        id: "untrusted",
        name: "Ask for every command",
        help: "asks before every edit and every command, also those that only look; what is allowed runs outside its sandbox",
        policy: "untrusted",
        sandbox: ("read-only", "readOnly"),
    },
    Preset {
        id: "auto",
        name: "Workspace",
        help: "edits and runs unasked inside the workspace; asks for what leaves it",
        policy: "on-request",
        sandbox: ("workspace-write", "workspaceWrite"),
    },
    Preset {
        id: "full-access",
        name: "Full access",
        help: "asks for nothing, and no sandbox holds it",
        policy: "never",
        sandbox: ("danger-full-access", "dangerFullAccess"),
    },
];

/// What is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Setting {
    /// What the next turn runs under.
    pub(super) wanted: Preset,
    /// What the thread is known to run under.
    pub(super) in_force: Option<Preset>,
}

impl Default for Setting {
    fn default() -> Self {
        Self { wanted: PRESETS[0], in_force: None }
    }
}

impl Setting {
    /// Whether the human chose rules of the agent's own. A pair that is not known is not such a choice.
    pub(super) fn goes_by_own_rules(&self) -> bool {
        self.in_force.is_some_and(|preset| matches!(preset.id, "auto" | "full-access"))
    }

    /// Whether the agent lets no command run by itself.
    pub(super) fn asks_for_every_command(&self) -> bool {
        self.in_force.is_some_and(|preset| preset.policy == "untrusted")
    }
}

fn preset(id: &str) -> Option<Preset> {
    PRESETS.iter().find(|preset| preset.id == id).copied()
}

impl Preset {
    /// What `thread/start` and `thread/resume` take.
    pub(super) fn for_thread(self, params: &mut Value) {
        params["approvalPolicy"] = json!(self.policy);
        params["sandbox"] = json!(self.sandbox.0);
    }

    /// What `turn/start` takes.
    fn for_turn(self, params: &mut Value) {
        params["approvalPolicy"] = json!(self.policy);
        params["sandboxPolicy"] = match self.sandbox.1 {
            "readOnly" => json!({"type": "readOnly", "networkAccess": false}),
            "workspaceWrite" => json!({"type": "workspaceWrite", "writableRoots": [], "networkAccess": false,
                "excludeTmpdirEnvVar": false, "excludeSlashTmp": false}),
            other => json!({"type": other}),
        };
    }

    /// The pair that a thread says that it runs under.
    fn of(result: &Value) -> Option<Self> {
        let (policy, sandbox) = (result["approvalPolicy"].as_str()?, result["sandbox"]["type"].as_str()?);
        PRESETS.iter().find(|preset| preset.policy == policy && preset.sandbox.1 == sandbox).copied()
    }
}

impl Codex {
    /// The mode that the session shall open in. One that is not known is said, and the asking one taken.
    pub(super) fn choose_mode(&mut self, out: &mut Out) {
        let Some(id) = self.opening.mode.as_deref() else { return };
        match preset(id) {
            Some(preset) => self.mode.wanted = preset,
            None => out.note(LaneId::ROOT, Notice::Error, format!("mode {id} was not set: codex has {}", in_words())),
        }
    }

    /// The thread is open: what it says of its policy and sandbox is what counts.
    pub(super) fn modes_offered(&mut self, out: &mut Out, result: &Value) {
        let is = Preset::of(result);
        self.mode.in_force = is;
        let modes = PRESETS.iter().map(|preset| Mode {
            id: preset.id.to_owned(),
            name: preset.name.to_owned(),
            help: Some(preset.help.to_owned()),
        });
        out.root(Event::ModesOffered { modes: modes.collect(), current: is.map(|is| is.id.to_owned()) });
        if is != Some(self.mode.wanted) {
            let (policy, sandbox) = (&result["approvalPolicy"], &result["sandbox"]["type"]);
            let said = format!("codex opened with the approval policy {policy} and the sandbox {sandbox}");
            out.note(LaneId::ROOT, Notice::Warning, said);
        }
    }

    /// A mode by its id. What runs goes on as it began: it is in force from the next turn on.
    pub(super) fn set_mode(&mut self, out: &mut Out, id: &str) {
        let Some(preset) = preset(id) else {
            let why = format!("mode {id} was not set: codex has {}", in_words());
            return out.note(LaneId::ROOT, Notice::Error, why);
        };
        self.mode.wanted = preset;
        if self.turn.is_some() {
            let said = format!("mode {id} is in force from the next turn on: codex takes it with a prompt");
            return out.note(LaneId::ROOT, Notice::Info, said);
        }
        // Between turns nothing runs, and every turn begins with it.
        out.root(Event::ModeChanged { mode: id.to_owned(), by: By::Human });
        self.mode.in_force = None;
    }

    /// Puts the wanted mode into a `turn/start`, where the thread is not known to be in it.
    pub(super) fn with_mode(&self, params: &mut Value) {
        if self.mode.in_force != Some(self.mode.wanted) {
            self.mode.wanted.for_turn(params);
        }
    }

    /// A turn began under the wanted mode.
    pub(super) fn mode_taken(&mut self, out: &mut Out) {
        let wanted = self.mode.wanted;
        if self.mode.in_force.replace(wanted).is_some_and(|was| was != wanted) {
            out.root(Event::ModeChanged { mode: wanted.id.to_owned(), by: By::Human });
        }
    }
}

fn in_words() -> String {
    PRESETS.map(|preset| preset.id).join(", ")
}
