//! A tool call: what an agent does or wants to do.

use super::{CallId, Text};
use serde::{Deserialize, Serialize};

/// What a call may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Looks only: read, search, list.
    Read,
    /// Thinks, plans, switches modes: touches nothing outside the agent.
    Think,
    /// Writes files.
    Edit,
    /// Removes files.
    Delete,
    /// Moves files.
    Move,
    /// Runs a command.
    Execute,
    /// Reaches the network.
    Fetch,
    /// Not known.
    #[default]
    Other,
}

impl Impact {
    /// True where nothing but looking or thinking happens.
    #[must_use]
    pub fn is_read_class(self) -> bool {
        matches!(self, Self::Read | Self::Think)
    }

    /// The word for it: what `policy.toml` says and the screen shows.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Think => "think",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::Move => "move",
            Self::Execute => "run",
            Self::Fetch => "fetch",
            Self::Other => "other",
        }
    }
}

/// Where a call stands, as the agent says. May step back (acp.md, 9).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    /// Proposed, not begun.
    #[default]
    Pending,
    /// Running.
    Running,
    /// Ended well, by the agent's word.
    Done,
    /// Ended badly.
    Failed,
    /// Never ended: closed by us when the turn ended (acp.md, 11).
    Abandoned,
}

impl CallStatus {
    /// True where the agent will say no more about it, by its own word.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Abandoned)
    }
}

/// A file, and a line in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// As the agent names it: often absolute.
    pub path: String,
    /// From 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// What a call would write into one file, or has written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// As the agent names it.
    pub path: String,
    /// What stood there; `None` for a new file.
    pub old: Option<Text>,
    /// What shall stand there; `None` for a removed file.
    pub new: Option<Text>,
    /// True where `old` and `new` are pieces of the file and not the whole of it.
    pub fragment: bool,
    /// The line of the file at which a fragment begins, where known (from 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The change as a unified diff, where the agent gives only that (`old` and `new` are then `None`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Text>,
    /// Where the file lies afterwards, as the agent names it, where it moves: what stands there goes. Its text may stay as
    /// it is: then there is none of the three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<String>,
}

impl FileChange {
    /// The files that it speaks of: one, or two where it moves.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.path.as_str()).chain(self.moved_to.as_deref())
    }
}

/// In the place of a call's folder: where it runs is not known. No path that it names can be told then.
pub const UNKNOWN_FOLDER: &str = "a folder that is not known";

/// What is newly known about a call; what is `None` stays as it was. The first patch of an id makes the call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallPatch {
    /// The tool's own name (`Edit`, `run_shell_command`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The agent's title for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// What it may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<Impact>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CallStatus>,
    /// Its arguments as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args: Option<Text>,
    /// The command line it runs, where it runs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Text>,
    /// The folder it runs in, where that is not the session's; [`UNKNOWN_FOLDER`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// Files it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<Vec<Place>>,
    /// What it writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<FileChange>>,
    /// The call that caused it (a subagent's parent).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<CallId>,
    /// What the agent says about its end beyond the output: exit code and the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit: Option<i32>,
}

impl CallPatch {
    /// What of something that is said is new, where this is what was told before; takes it in.
    #[must_use]
    pub fn news(&mut self, said: Self) -> Self {
        Self {
            tool: news(&mut self.tool, said.tool),
            title: news(&mut self.title, said.title),
            impact: news(&mut self.impact, said.impact),
            status: news(&mut self.status, said.status),
            args: news(&mut self.args, said.args),
            command: news(&mut self.command, said.command),
            cwd: news(&mut self.cwd, said.cwd),
            places: news(&mut self.places, said.places),
            changes: news(&mut self.changes, said.changes),
            parent: news(&mut self.parent, said.parent),
            exit: news(&mut self.exit, said.exit),
        }
    }
}

fn news<T: Clone + PartialEq>(told: &mut Option<T>, said: Option<T>) -> Option<T> {
    let new = said.filter(|said| told.as_ref() != Some(said))?;
    *told = Some(new.clone());
    Some(new)
}

/// A piece of a call's output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputPart {
    /// Follows what was there.
    Append(Text),
    /// Stands instead of what was there.
    Replace(Text),
}

/// How a call came to run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Nothing is known yet.
    #[default]
    Unknown,
    /// A human or a rule was asked and allowed it.
    Asked,
    /// A grant given earlier covers it; by its text.
    Granted(String),
    /// It only looks, so that nobody asks.
    ReadClass,
    /// The agent's own mode lets it run (`acceptEdits`).
    AgentMode(String),
    /// It ran although nobody was asked.
    Ungated,
}

impl Gate {
    /// The word for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Asked => "asked",
            Self::Granted(_) => "granted",
            Self::ReadClass => "read-class",
            Self::AgentMode(_) => "agent's own mode",
            Self::Ungated => "UNGATED",
        }
    }
}
