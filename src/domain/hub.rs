//! The boundary between console and hub: plain data, so that a socket can stand between them with nothing changed.

use super::{
    At, Decision, Digest, GrantId, Pos, PromptId, RequestId, Seen, SessionId, SettingsFile, SettingsInForce, Side,
    TurnNo, Undo,
};
use serde::{Deserialize, Serialize};

/// A console's own number of a command; its reply carries the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandId(pub u64);

/// How to start an agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartSpec {
    /// The preset's or the configuration's name, or the base name of the command.
    pub agent: String,
    /// Given on the command line instead of a preset's.
    pub command: Option<Vec<String>>,
    /// The workspace, absolute.
    pub cwd: String,
    /// The human's name for the session; the hub makes one where it is missing.
    pub name: Option<String>,
    /// The mode to set after the start.
    pub mode: Option<String>,
    /// The first prompt.
    pub prompt: Option<String>,
    /// The agent's own session to load instead of a new one.
    pub load: Option<String>,
    /// The name of the work tree that was made for it, where `cwd` lies in one.
    #[serde(default)]
    pub worktree: Option<String>,
    /// The work tree that is to be made for it; `cwd` lies in the repository then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apart: Option<Apart>,
    /// The caller's environment. Travels to the child and never into the log.
    pub env: Vec<(String, String)>,
}

/// A work tree that is to be made for a session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apart {
    /// What it is to be called; something like the session where that is not said.
    pub name: Option<String>,
    /// The step whose files it begins with; those of the commit where that is not said.
    pub whence: Option<Whence>,
}

/// A step of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whence {
    /// Whose. Where no agent is named, its agent is meant.
    pub session: SessionId,
    /// Its number.
    pub step: u32,
}

/// What a console asks of the hub. Imperative; facts come back as records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Command {
    /// Start a session. The reply is `Started`.
    Start(Box<StartSpec>),
    /// Give a prompt: sent at once where no turn runs, else queued, or handed to the turn where `steer` and the agent can.
    Prompt {
        /// To which session.
        session: SessionId,
        /// What.
        text: String,
        /// Into the running turn.
        steer: bool,
    },
    /// Take back a queued prompt.
    DropPrompt {
        /// Of which session.
        session: SessionId,
        /// Which.
        prompt: PromptId,
    },
    /// End the turn.
    Interrupt {
        /// Of which session.
        session: SessionId,
    },
    /// End the session and its tree.
    End {
        /// Which.
        session: SessionId,
    },
    /// End everything.
    Halt,
    /// Answer a request.
    Decide {
        /// Which.
        request: RequestId,
        /// What was painted.
        digest: Digest,
        /// The answer.
        decision: Decision,
        /// A typed word stands in for reading to the end.
        overridden: bool,
    },
    /// Tell that a human could see a request.
    Shown {
        /// Which.
        request: RequestId,
        /// What was painted.
        digest: Digest,
        /// How much.
        seen: Seen,
    },
    /// Set the agent's mode.
    SetMode {
        /// Of which session.
        session: SessionId,
        /// Its id on the wire.
        mode: String,
    },
    /// Set the model that the agent asks.
    SetModel {
        /// Of which session.
        session: SessionId,
        /// Its id on the wire.
        model: String,
    },
    /// Take the agent's conversation back, so that it knows nothing of what came after a turn. Files stay as they are.
    /// Answered once the agent was told; that it was done is a record.
    Rewind {
        /// Of which session.
        session: SessionId,
        /// The last turn that stays; 0 for none.
        to: TurnNo,
    },
    /// Start another session with a copy of a session's conversation. The reply is `Started`.
    Fork {
        /// Which.
        session: SessionId,
        /// The last turn that it shall hold; all of them where that is not said.
        to: Option<TurnNo>,
        /// The workspace, absolute; the same where it is not said.
        cwd: Option<String>,
        /// The caller's environment. Travels to the child and never into the log.
        env: Vec<(String, String)>,
    },
    /// Ask the agent what its context is made of. The answer is a record.
    TellContext {
        /// Which session's.
        session: SessionId,
    },
    /// Log in by one of the ways that the agent offers.
    Login {
        /// Of which session.
        session: SessionId,
        /// The way's id.
        way: String,
    },
    /// Rename a session.
    Rename {
        /// Which.
        session: SessionId,
        /// The new name.
        name: String,
    },
    /// The human has looked at an ended or finished session.
    Notice {
        /// Which.
        session: SessionId,
    },
    /// Put a session out of sight, or back.
    Archive {
        /// Which.
        session: SessionId,
        /// True out of sight.
        archived: bool,
    },
    /// Let a session's checkpoints stay, however old they are, or let them go with the others.
    Pin {
        /// Which.
        session: SessionId,
        /// True so that they stay.
        pinned: bool,
    },
    /// Let the calls of a session that wait for their checkpoint go without one.
    SkipCheckpoint {
        /// Of which session.
        session: SessionId,
    },
    /// Take out the checkpoints that are older, or more, than the configuration says. The reply comes once it is done.
    Prune,
    /// Wipe the long texts, raw frames and checkpoints of an ended session from the disk. Its records stay.
    Delete {
        /// Which.
        session: SessionId,
    },
    /// Start an ended session's agent again, in its folder and mode, with its own conversation where it can load one.
    /// The reply is `Started`.
    Reopen {
        /// Which.
        session: SessionId,
        /// The caller's environment. Travels to the child and never into the log.
        env: Vec<(String, String)>,
    },
    /// Go on with a recorded session of another tool, by its own agent in its folder. The reply is `Started`.
    Continue {
        /// Which recording.
        recording: SessionId,
        /// As a copy of it, which is another conversation from here on.
        fork: bool,
        /// The workspace, absolute, where the recording names none.
        cwd: Option<String>,
        /// The caller's environment. Travels to the child and never into the log.
        env: Vec<(String, String)>,
    },
    /// Make a token for scripts. Only at a terminal.
    MakeToken {
        /// Its name.
        name: String,
        /// Of its secret.
        hash: Digest,
        /// For how many milliseconds it holds.
        lasts: u64,
        /// What it may do; everything where this is empty.
        only: Vec<String>,
    },
    /// Put changed settings in force while agents run. Only at a console.
    AcceptSettings {
        /// Which file.
        file: SettingsFile,
        /// Of what it says; `None` where it is gone. Another one is refused.
        digest: Option<Digest>,
    },
    /// End a standing allowance: what it covered asks again.
    Revoke {
        /// Which.
        grant: GrantId,
    },
    /// Take steps back: the files that they changed become what they were before. The reply is `Done` or `Stale`.
    Undo {
        /// Of which session.
        session: SessionId,
        /// Which steps.
        undo: Undo,
        /// Of the plan that was shown; another one is stale.
        digest: Digest,
        /// What is done where others have changed the same lines since, by path; what is not named here is skipped.
        sides: Vec<(String, Side)>,
        /// To the end of which turn the agent's conversation goes back after the files; it stays where that is not said,
        /// and the agent is told with its next prompt.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        talk: Option<TurnNo>,
    },
    /// Take a token back. Only at a terminal.
    RevokeToken {
        /// Its name.
        name: String,
    },
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reply")]
pub enum Reply {
    /// It was done.
    Done,
    /// A session was started.
    Started {
        /// Its id.
        session: SessionId,
    },
    /// It was decided, and can't be put on record just now. What it allows waits for that; what it denies has left.
    Held,
    /// The workspace is being kept as it is now, and what was allowed runs once that is done. Another reply follows then.
    KeptFirst,
    /// The request had been answered before.
    Already {
        /// What it was answered.
        decision: Decision,
    },
    /// What was painted is not what is asked now.
    Stale {
        /// What is asked now.
        digest: Digest,
    },
    /// It can't be done: one sentence.
    Refused {
        /// Why.
        why: String,
    },
}

/// A checkpoint that takes its time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keeping {
    /// The sessions that work in the workspace.
    pub sessions: Vec<SessionId>,
    /// Those of them of which a call waits for it.
    pub waits: Vec<SessionId>,
    /// Requests that are allowed already, and whose calls run once it is there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<RequestId>,
    /// Files seen so far.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What is not a record and is never replayed: shown in the header.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HubStatus {
    /// The newest record.
    pub head: Pos,
    /// When this was said.
    pub at: At,
    /// Why the store takes no more records: one sentence. Answers that let something run are held.
    pub store_error: Option<String>,
    /// Answers that are held.
    pub held: u32,
    /// The policy or configuration could not be read: one sentence; the last good one is in force.
    pub config_error: Option<String>,
    /// This console can only look: another process holds the state folder.
    pub read_only: Option<String>,
    /// Live agents.
    pub live: u32,
    /// After a halt: processes (known alive, known before).
    pub halted: Option<(u32, u32)>,
    /// Workspaces of which a checkpoint takes its time just now.
    #[serde(default)]
    pub keeping: Vec<Keeping>,
    /// Which settings are in force; `None` while nobody has said.
    pub settings: Option<SettingsInForce>,
}
