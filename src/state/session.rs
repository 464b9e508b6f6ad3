//! What is known of one session.

use super::{Entry, Ledger, Meter, Prompts, Reach, Recent, Request, Step, Taken, Timeline, Told, Way};
use crate::domain::{
    AgentFace, At, By, CallId, CallStatus, Capabilities, Cause, ConfigOption, Context, Grant, GrantId, LaneId,
    LoginWay, Mode, PlanItem, PromptId, RequestId, Seq, SessionId, SlashCommand, Source, Stop, Text, TurnNo, Workplace,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far the session's life is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// Nothing is known yet.
    #[default]
    Unknown,
    /// The agent is starting; what it does now.
    Starting(String),
    /// It wants a login.
    LoginNeeded {
        /// What it said.
        said: Text,
        /// The ways it offers.
        ways: Vec<LoginWay>,
    },
    /// Prompts can be given.
    Open,
    /// Its process is no more.
    Ended {
        /// Why.
        cause: Cause,
        /// When.
        at: At,
    },
}

/// A running turn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Which.
    pub no: TurnNo,
    /// Since when.
    pub since: At,
    /// Somebody asked for its end.
    pub interrupted: bool,
}

/// A prompt that waits on our side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Queued {
    /// Its number.
    pub prompt: PromptId,
    /// What it says.
    pub text: Text,
    /// By whom, where it was not the human at the console.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
}

/// A subagent, or the session's own lane.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// Its name.
    pub name: String,
    /// The lane that opened it.
    pub parent: LaneId,
    /// The call that opened it.
    pub call: Option<CallId>,
    /// It has ended.
    pub ended: bool,
    /// Its calls so far.
    pub steps: u32,
    /// When it began.
    #[serde(default)]
    pub since: At,
    /// When something was last heard of it.
    #[serde(default)]
    pub until: At,
    /// Its entries: how many.
    #[serde(default)]
    pub entries: u64,
    /// The first and the last of them, where there are any.
    #[serde(default)]
    pub span: Option<(u64, u64)>,
    /// Its own meter.
    pub meter: Meter,
}

/// Whether the checkpoints of a session stay, however old they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pin {
    /// They go with the others.
    #[default]
    Loose,
    /// They stay.
    Pinned,
}

/// One agent's conversation in one workspace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The last record folded.
    pub seq: Seq,
    /// When that was.
    pub at: At,
    /// The human's name for it.
    pub name: String,
    /// The preset's or configuration's name of the agent.
    pub agent: String,
    /// How it is driven.
    pub driver: String,
    /// The workspace.
    pub cwd: String,
    /// What was found there.
    #[serde(default)]
    pub place: Option<Workplace>,
    /// The command line.
    pub command: Vec<String>,
    /// When it began.
    pub started: At,
    /// Who the agent says it is.
    pub face: AgentFace,
    /// What can be asked of it.
    pub can: Capabilities,
    /// Where facts about it come from.
    pub sources: Vec<Source>,
    /// How far its life is.
    pub life: Life,
    /// Since when.
    pub life_since: At,
    /// The agent's last words.
    pub last_words: Text,
    /// Processes known to have outlived it.
    pub survivors: Vec<(u32, String)>,
    /// The agent's modes.
    pub modes: Vec<Mode>,
    /// The one it is in, by its word.
    pub mode: Option<String>,
    /// Its settings.
    pub options: Vec<ConfigOption>,
    /// Its commands.
    pub commands: Vec<SlashCommand>,
    /// Its title for the conversation.
    pub title: Option<Text>,
    /// The turn that runs.
    pub turn: Option<Turn>,
    /// Turns so far.
    pub turns: TurnNo,
    /// How and when the last one ended.
    pub stopped: Option<(Stop, At)>,
    /// The turns that its agent still knows, and its handles of them.
    #[serde(default)]
    pub way: Way,
    /// The session whose conversation it began with, and up to which turn of that.
    #[serde(default)]
    pub forked: Option<(SessionId, Option<TurnNo>)>,
    /// What its context was made of when that was last asked.
    #[serde(default)]
    pub context: Option<(Context, At)>,
    /// Why taut interrupted the last turn, where it did: its budget is spent.
    #[serde(default)]
    pub overspent: Option<String>,
    /// The last sign of life from the agent.
    pub heard: At,
    /// The human has seen that it finished or ended.
    pub noticed: bool,
    /// It is out of sight.
    pub archived: bool,
    /// Whether its checkpoints stay, however old they are.
    #[serde(default)]
    pub pin: Pin,
    /// Why its workspace is not kept, so that its steps can't be undone; nothing while it is.
    #[serde(default)]
    pub unkept: Option<String>,
    /// Its long texts were wiped from the disk.
    #[serde(default)]
    pub deleted: bool,
    /// Prompts that wait on our side.
    pub queue: Vec<Queued>,
    /// The number of the newest prompt.
    pub prompts: PromptId,
    /// Where its prompts stand.
    #[serde(default)]
    pub prompted: Prompts,
    /// Lanes by id; the session's own is 0.
    pub lanes: BTreeMap<LaneId, Lane>,
    /// Requests that are not over: their seq, and the number of their entry.
    pub open: BTreeMap<Seq, u64>,
    /// What it may do without asking again, by its own word.
    pub loosened: Vec<String>,
    /// Standing allowances.
    pub grants: BTreeMap<GrantId, Grant>,
    /// The same and those that have ended, with what became of them.
    #[serde(default)]
    pub ledger: Ledger,
    /// The newest plan.
    pub plan: Vec<PlanItem>,
    /// What it carries.
    pub meter: Meter,
    /// Calls so far.
    pub steps: u32,
    /// Calls that failed.
    pub failed_steps: u32,
    /// Requests so far.
    pub asked: u32,
    /// Requests that a rule or a grant answered. A keyframe that does not know it is folded anew.
    pub by_rule: u32,
    /// Frames that were not understood.
    pub unrecognised: u32,
    /// Calls that ran although nobody was asked.
    pub ungated: u32,
    /// What it did and spent lately.
    #[serde(default)]
    pub recent: Recent,
    /// The files that it writes, or waits to write.
    #[serde(default)]
    pub reach: Reach,
    /// The steps that are taken back: also those that are not in memory any more. A keyframe that does not know it is
    /// folded anew.
    pub taken: Taken,
    /// Whether the agent has still to be told of that.
    #[serde(default)]
    pub told: Told,
    /// What a person reads.
    pub timeline: Timeline,
}

impl Session {
    /// The model that the agent asks, and those that it offers; nothing where it told none.
    #[must_use]
    pub fn model(&self) -> Option<&ConfigOption> {
        self.options.iter().find(|option| option.category.as_deref() == Some("model"))
    }

    /// A session of which nothing is known yet.
    #[must_use]
    pub fn new(id: SessionId) -> Self {
        Self { id, lanes: BTreeMap::from([(LaneId::ROOT, Lane::default())]), ..Self::default() }
    }

    /// A request by its seq, while its step is in memory.
    #[must_use]
    pub fn request(&self, seq: Seq) -> Option<&Request> {
        self.request_and_step(seq).map(|(request, _, _)| request)
    }

    /// A request, its step and the entry it stands in.
    #[must_use]
    pub fn request_and_step(&self, seq: Seq) -> Option<(&Request, &Step, &Entry)> {
        let find = |entry: &'_ Entry| entry.step().is_some_and(|step| step.requests.iter().any(|r| r.id.seq == seq));
        let entry = match self.open.get(&seq) {
            Some(no) => self.timeline.entries.get(no),
            None => self.timeline.entries.values().rev().find(|entry| find(entry)),
        }?;
        let step = entry.step()?;
        let request = step.requests.iter().find(|request| request.id.seq == seq)?;
        Some((request, step, entry))
    }

    /// True where the answer to a request lets the agent's own call run.
    #[must_use]
    pub fn lets_run(&self, request: &Request) -> bool {
        let allowed = request.answered.as_ref().is_some_and(|answer| answer.decision.allows());
        allowed && !self.request_and_step(request.id.seq).is_some_and(|(_, step, _)| step.handed_over())
    }

    /// Requests that wait for a human, oldest first.
    pub fn waiting(&self) -> impl Iterator<Item = (&Request, &Step, &Entry)> {
        self.open.keys().filter_map(|&seq| self.request_and_step(seq)).filter(|(request, _, _)| request.waits())
    }

    /// Steps that run though no turn does, oldest first: what a turn began goes on behind it.
    pub fn behind(&self) -> impl Iterator<Item = &Step> {
        let rests = self.turn.is_none() && self.life == Life::Open;
        let entries = self.timeline.entries.values().filter(move |_| rests);
        entries.filter_map(Entry::step).filter(|step| step.status == CallStatus::Running && step.waiting().is_none())
    }

    /// True where something goes on though no turn runs: a step, or a subagent that outlives the turn of its parent.
    #[must_use]
    pub fn goes_on_behind(&self) -> bool {
        let rests = self.turn.is_none() && self.life == Life::Open;
        let subagent = |(id, lane): (&LaneId, &Lane)| *id != LaneId::ROOT && !lane.ended;
        self.behind().next().is_some() || (rests && self.lanes.iter().any(subagent))
    }

    /// The step of a call, while it can still change.
    #[must_use]
    pub fn step_of(&self, call: &CallId) -> Option<&Step> {
        self.timeline.entries.get(&self.timeline.of_call(call)?)?.step()
    }

    /// The way from the session to a lane: `fix-auth › reviewer`.
    #[must_use]
    pub fn path_of(&self, lane: LaneId) -> Vec<&str> {
        let mut names = Vec::new();
        let mut at = lane;
        // Bounded by the number of lanes, whatever an agent says about parents.
        for _ in 0..self.lanes.len() {
            let Some(lane) = self.lanes.get(&at).filter(|_| at != LaneId::ROOT) else { break };
            names.push(lane.name.as_str());
            at = lane.parent;
        }
        names.push(&self.name);
        names.reverse();
        names
    }

    /// True where a lane is another one, or was opened within it.
    #[must_use]
    pub fn is_within(&self, lane: LaneId, outer: LaneId) -> bool {
        let mut at = lane;
        for _ in 0..=self.lanes.len() {
            if at == outer {
                return true;
            }
            let Some(lane) = self.lanes.get(&at).filter(|_| at != LaneId::ROOT) else { return false };
            at = lane.parent;
        }
        false
    }

    /// How many lanes a lane is within, itself counted; 0 for the session's own.
    #[must_use]
    pub fn depth_of(&self, lane: LaneId) -> usize {
        let mut at = lane;
        for depth in 0..self.lanes.len() {
            if at == LaneId::ROOT {
                return depth;
            }
            let Some(lane) = self.lanes.get(&at) else { return depth + 1 };
            at = lane.parent;
        }
        usize::from(lane != LaneId::ROOT)
    }

    /// The id of one of its requests.
    #[must_use]
    pub fn request_id(&self, seq: Seq) -> RequestId {
        RequestId { session: self.id, seq }
    }

    /// True where its checkpoints stay, however old they are.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        self.pin == Pin::Pinned
    }

    /// True while its agent's process may live.
    #[must_use]
    pub fn is_live(&self) -> bool {
        !matches!(self.life, Life::Ended { .. } | Life::Unknown)
    }
}
