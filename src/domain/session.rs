//! What an agent says about itself and its conversation.

use super::body::Text;
use serde::{Deserialize, Serialize};

/// Who is at the other end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentFace {
    /// The agent's own name (`gemini-cli`); goose gives none.
    pub name: Option<String>,
    /// Its title for people.
    pub title: Option<String>,
    /// Its version.
    pub version: Option<String>,
}

#[expect(clippy::struct_excessive_bools, reason = "each stands alone: a list of what the agent says it can")]
/// What can be asked of it. Hints: agents offer less and more than they say (acp.md, 7).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Capabilities {
    /// It can load a session with its history replayed.
    pub load: bool,
    /// It can resume one without.
    pub resume: bool,
    /// It can fork one.
    pub fork: bool,
    /// It can list its sessions.
    pub list: bool,
    /// It can close one.
    pub close: bool,
    /// Prompts may hold images.
    pub image: bool,
    /// MCP servers over HTTP can be handed over.
    pub mcp_http: bool,
    /// MCP servers over SSE can be handed over.
    pub mcp_sse: bool,
}

/// A way to log in that the agent offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginWay {
    /// Its id on the wire.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The agent's own instructions.
    pub help: Option<String>,
}

/// A mode of the agent (`default`, `plan`); ids may be URLs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mode {
    /// Its id on the wire.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it does, in the agent's words.
    pub help: Option<String>,
}

/// A setting that the agent offers (model, effort, mode).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigOption {
    /// Its id on the wire.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `mode`, `model`, `thought_level`, ... where said.
    pub category: Option<String>,
    /// What is set now, as text (`true` and `false` for a switch).
    pub current: String,
    /// What may be set: (value, name). Empty for a switch.
    pub values: Vec<(String, String)>,
    /// It is on or off, and is set as a boolean (cline).
    pub switch: bool,
}

/// A command of the agent's own (`/compact`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlashCommand {
    /// Without the slash.
    pub name: String,
    /// What it does.
    pub help: String,
    /// What may follow it.
    pub hint: Option<String>,
}

/// One line of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    /// What is to be done.
    pub text: Text,
    /// How far it is.
    pub status: PlanStatus,
}

/// How far a line of a plan is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanStatus {
    /// Not begun.
    #[default]
    Pending,
    /// Being done.
    Doing,
    /// Done.
    Done,
}

/// Where facts about a session come from (DESIGN.md, section 5: one session, several sources).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// `acp`, `claude-stream`, `codex-app-server`, `transcript`, ...
    pub channel: String,
    /// The vendor's name for itself.
    pub vendor: String,
    /// The agent's own id of the session.
    pub native: String,
}

/// Where a session works: what the hub found there. What git knows is `None` outside of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Workplace {
    /// The folder as it really lies, links followed.
    pub folder: String,
    /// The root of its work tree.
    pub root: Option<String>,
    /// The repository that all its work trees share: its git folder.
    pub repo: Option<String>,
    /// The branch; `None` where none is checked out.
    pub branch: Option<String>,
    /// The commit.
    pub commit: Option<String>,
    /// The name of the work tree, where taut made it for a session.
    pub worktree: Option<String>,
}
