//! What a console asks of a hub, or of the log without one, and what comes back. Nothing is changed by it.

use super::{
    BodyRef, Changes, Decision, Digest, Elsewhere, FindAll, Found, HitsIn, Listed, Looked, LookedAll, PageNo, Point,
    Previewed, Record, RequestId, Search, Seq, SessionId, SettingsDiff, Stretch, Tallies, Undo, UndoPlan, Verdict,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a console wants to read. Never changes anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "ask")]
pub enum Query {
    /// Everything that is known now, to begin with; records after its head follow. It is no [`Answer`], but the whole
    /// fold: the hub tells it.
    Snapshot,
    /// The records of one page, and the keyframe before them.
    Page {
        /// Of which session.
        session: SessionId,
        /// Which page.
        page: PageNo,
    },
    /// Records of a session from a seq on, at most `limit`.
    Records {
        /// Of which session.
        session: SessionId,
        /// From this seq on.
        from: Seq,
        /// At most so many.
        limit: u32,
    },
    /// A long text.
    Body {
        /// Which.
        body: BodyRef,
    },
    /// Files of a session's workspace that git would not ignore.
    Files {
        /// Of which session.
        session: SessionId,
        /// Letters that stand in the paths, in this order; none for all.
        near: String,
    },
    /// What the command of a request that waits would delete or rewrite, looked at now.
    Losses {
        /// Which request.
        request: RequestId,
        /// So many files are told; all are counted.
        most: u32,
        /// Of this command in the place of the one that it asks about, by a name that comes back with it.
        #[serde(default)]
        instead: Option<(Digest, String)>,
    },
    /// What policy would say of a call that a human has changed, before that is sent.
    Judge {
        /// Which request.
        request: RequestId,
        /// How it would be answered.
        decision: Decision,
        /// A name that comes back with it.
        of: Digest,
    },
    /// What a deletion of a session would wipe.
    Weigh {
        /// Which session.
        session: SessionId,
    },
    /// One step of a search.
    Search(Search),
    /// What was changed in the settings while agents run, and is not in force.
    Settings,
    /// What taking steps back would do.
    UndoPlan {
        /// Of which session.
        session: SessionId,
        /// Which steps.
        undo: Undo,
    },
    /// What changed between two moments, and by whom.
    Changes {
        /// Of which session.
        session: SessionId,
        /// Between which.
        stretch: Stretch,
        /// Only of these, and of what is in them where they are folders; a file that is named is told also where it is the
        /// same. Of everything where this is empty.
        paths: Vec<String>,
    },
    /// The files of a workspace at a moment.
    Tree {
        /// Of which session.
        session: SessionId,
        /// At which.
        at: Point,
    },
    /// Which checkpoints are older, or more, than the configuration says.
    Prunable,
    /// A session as a brief for another agent.
    Brief {
        /// Which.
        session: SessionId,
    },
    /// The sessions of other tools. Which of them have changed is told from then on.
    Elsewhere,
    /// What all sessions came to.
    Numbers,
    /// A search over all sessions. What is found is told as it is found.
    Everywhere(FindAll),
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Answer {
    /// A page.
    Page {
        /// Of which session.
        session: SessionId,
        /// Which.
        page: PageNo,
        /// The keyframe at its beginning, as `state` wrote it; `None` where it must be folded from an earlier one.
        keyframe: Option<Vec<u8>>,
        /// Its records.
        records: Vec<Record>,
    },
    /// Records.
    Records {
        /// Of which session.
        session: SessionId,
        /// In order.
        records: Vec<Record>,
    },
    /// A long text; `None` where it was purged.
    Body {
        /// Which.
        digest: Digest,
        /// The text.
        text: Option<String>,
    },
    /// Files of a workspace.
    Files {
        /// Of which session.
        session: SessionId,
        /// By which letters they were found.
        near: String,
        /// Their paths from the workspace on, in order.
        paths: Vec<String>,
        /// There are more.
        cut: bool,
        /// Why there are none: one sentence.
        why: Option<String>,
    },
    /// What a command would hit.
    Losses(Previewed),
    /// What policy says of a call that a human has changed.
    Judged {
        /// Which request.
        request: RequestId,
        /// What it was asked by.
        of: Digest,
        /// The verdict; why there is none, in one sentence.
        verdict: Box<Result<Verdict, String>>,
    },
    /// What a deletion would wipe.
    Weighed {
        /// Of which session.
        session: SessionId,
        /// How much.
        weight: Weight,
        /// Checkpoints of it that stay, since other sessions stand at them too: how many, by those sessions.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        stay: BTreeMap<SessionId, u64>,
    },
    /// What one step of a search found.
    Found {
        /// Which search.
        search: u64,
        /// The entries in which it stands.
        found: Vec<Found>,
        /// How far it has come.
        looked: Looked,
    },
    /// What the changed settings would change.
    Settings {
        /// By file.
        waits: Vec<SettingsDiff>,
    },
    /// What taking steps back would do.
    UndoPlan {
        /// All of it.
        plan: Box<UndoPlan>,
    },
    /// What changed.
    Changes {
        /// All of it.
        changes: Box<Changes>,
    },
    /// What changed can't be told: one sentence.
    NoChanges {
        /// Of which session.
        session: SessionId,
        /// Between which moments.
        stretch: Stretch,
        /// Of which files it was asked.
        paths: Vec<String>,
        /// Why.
        why: String,
    },
    /// Files of a workspace.
    Tree {
        /// Of which session.
        session: SessionId,
        /// At which moment.
        at: Point,
        /// Those that its steps have changed first.
        files: Vec<Listed>,
        /// How many more there are.
        more: u32,
        /// Why there are none: one sentence.
        why: Option<String>,
    },
    /// Which checkpoints would go.
    Prunable(Prunable),
    /// A session as a brief.
    Brief {
        /// Of which session.
        session: SessionId,
        /// What a human may send.
        text: String,
        /// Secrets that were taken out of it.
        secrets: u32,
    },
    /// Sessions of other tools: all of them, the newest first.
    Elsewhere {
        /// Each.
        listed: Vec<Elsewhere>,
    },
    /// What all sessions came to.
    Numbers {
        /// By session, day, folder and model.
        tallies: Box<Tallies>,
    },
    /// Hits of a search over all sessions, the newest session first; more may follow.
    Everywhere {
        /// Which search.
        number: u64,
        /// By session; the first may go on with the last that was told.
        groups: Vec<HitsIn>,
        /// At its end: how it was looked, or why it can't be, in one sentence.
        looked: Option<Result<LookedAll, String>>,
    },
    /// It can't be told what they came to: one sentence.
    NoNumbers {
        /// Why.
        why: String,
    },
    /// It can't be read: one sentence.
    Failed {
        /// Why.
        why: String,
    },
}

/// Checkpoints that would go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prunable {
    /// How many there are in all.
    pub of: u64,
    /// Bytes of those.
    pub of_bytes: u64,
    /// How many would go.
    pub checkpoints: u64,
    /// About how many bytes smaller everything would be.
    pub bytes: u64,
    /// Sessions of which steps can't be undone any more then, with how many of their checkpoints go.
    pub sessions: Vec<(SessionId, u64)>,
    /// Sessions of which checkpoints would go as well, and stay.
    #[serde(default)]
    pub stay: Vec<PrunedNot>,
    /// About how many bytes those hold.
    #[serde(default)]
    pub stay_bytes: u64,
}

/// A session of which checkpoints are too old or too many, and stay all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrunedNot {
    /// Which.
    pub session: SessionId,
    /// How many of its checkpoints.
    pub checkpoints: u64,
    /// A human pinned it; else its agent runs.
    pub pinned: bool,
}

/// What of a session lies on the disk beside its records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weight {
    /// Long texts that no other session holds.
    pub texts: u64,
    /// Bytes of those.
    pub bytes: u64,
    /// Long texts that other sessions hold as well: they stay.
    pub shared: u64,
    /// Raw frames.
    pub frames: u64,
    /// Bytes of those, as they lie there.
    pub frame_bytes: u64,
    /// Checkpoints that no other session needs.
    #[serde(default)]
    pub checkpoints: u64,
    /// About how many bytes go with those.
    #[serde(default)]
    pub checkpoint_bytes: u64,
}
