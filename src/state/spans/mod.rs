//! Every step of a session that stands between two checkpoints, from its whole log: what can be taken back. What is in
//! memory of a session ends after some hundred entries; this does not.

mod meant;
mod news;
mod overlap;

pub use meant::{NothingToUndo, Root, Sense};
pub use news::{News, PART};
pub use overlap::{Group, groups};

use super::Taken;
use crate::domain::{
    Beside, CallId, CheckpointId, Event, FileChange, Moment, Pos, Record, Seq, SessionId, Text, TurnNo, UndoStep,
};
use std::collections::{BTreeMap, BTreeSet};

/// A step between two checkpoints.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Span {
    /// Its session.
    pub session: SessionId,
    /// Its call. Those of another session may bear the same id.
    pub call: CallId,
    /// Its number in the session.
    pub number: u32,
    /// The turn that it ran in.
    pub turn: TurnNo,
    /// What it was, for one line.
    pub title: String,
    /// The command line that it ran, where it is known whole.
    pub command: Option<String>,
    /// Files that it said it would change.
    pub claims: Vec<String>,
    /// The workspace before it.
    pub before: Option<CheckpointId>,
    /// That one was not taken for this step.
    pub last_known: bool,
    /// The workspace after it; `None` where it has not ended, or none could be taken.
    pub after: Option<CheckpointId>,
    /// When that came on record.
    pub ended: Seq,
    /// The commit of the user's repository before and after it.
    pub heads: (Option<String>, Option<String>),
    /// Files that differ.
    pub files: usize,
    /// Which, as far as they are on record.
    pub paths: Vec<String>,
    /// What ran at the same time.
    pub beside: Vec<Beside>,
    /// Why a checkpoint is missing.
    pub why: Option<String>,
    /// The step that took it back, while that stands.
    pub undone: Option<CallId>,
    /// The steps that it took back.
    pub undoes: Vec<CallId>,
}

impl Span {
    /// True where it changed files that can be put back: it has both checkpoints, and they differ.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.after.is_some() && self.before.is_some() && self.files > 0
    }
}

/// All of a session.
#[derive(Debug, Clone, Default)]
pub struct Spans {
    name: String,
    all: Vec<Span>,
    by_call: BTreeMap<CallId, usize>,
    /// What is said of calls that have no checkpoint yet.
    titles: BTreeMap<CallId, Words>,
    /// Every checkpoint in the order of the log.
    moments: Vec<(Seq, CheckpointId)>,
    /// Where each step begins and ends in the log, by its number from 1.
    steps: Vec<(Seq, Seq)>,
    taken: Taken,
    /// Its newest turn.
    turns: u32,
    /// Every undo that changed files, oldest first.
    undos: Vec<news::Took>,
    /// Steps that the agent's conversation does not hold any more.
    forgotten: BTreeSet<CallId>,
    /// Which of those stood when a prompt last told the agent, and in which turn that was.
    stood: Vec<(TurnNo, BTreeSet<CallId>)>,
    /// Where steps or the conversation were last taken back, in the log of everything.
    newest: Pos,
}

#[derive(Debug, Clone, Default)]
struct Words {
    number: usize,
    title: Option<String>,
    command: Option<String>,
    claims: Vec<String>,
}

impl Spans {
    /// Takes in one record of the session. Total: what does not fit is left aside.
    pub fn apply(&mut self, record: &Record) {
        match &record.event {
            Event::Called { call, patch } => {
                let known = self.titles.len();
                let words = self.titles.entry(call.clone()).or_insert_with(|| {
                    self.steps.push((record.seq, record.seq));
                    Words { number: known, ..Words::default() }
                });
                if let Some((_, end)) = self.steps.get_mut(words.number) {
                    *end = record.seq;
                }
                let inline = |text: &Option<Text>| text.as_ref().and_then(Text::inline).map(str::to_owned);
                words.title = inline(&patch.title).or(words.title.take());
                words.command = inline(&patch.command).or(words.command.take());
                if let Some(changes) = &patch.changes {
                    words.claims = changes.iter().flat_map(FileChange::paths).map(str::to_owned).collect();
                }
                let words = words.clone();
                if let Some(&at) = self.by_call.get(call) {
                    self.all[at].name(words);
                }
            }
            Event::Checkpointed { checkpoint } => {
                if let Some(id) = &checkpoint.id {
                    self.moments.push((record.seq, id.clone()));
                }
                let Some(call) = &checkpoint.call else { return };
                let at = *self.by_call.entry(call.clone()).or_insert_with(|| {
                    self.all.push(Span { session: record.session, call: call.clone(), ..Span::default() });
                    self.all.len() - 1
                });
                let span = &mut self.all[at];
                if let Some(words) = self.titles.get(call) {
                    span.name(words.clone());
                }
                (span.number, span.turn) = (checkpoint.step, checkpoint.turn);
                if checkpoint.why.is_some() {
                    span.why.clone_from(&checkpoint.why);
                }
                match checkpoint.moment {
                    Moment::Before | Moment::LastKnown => {
                        span.before.clone_from(&checkpoint.id);
                        span.last_known = checkpoint.moment == Moment::LastKnown;
                        span.heads.0.clone_from(&checkpoint.head);
                    }
                    Moment::After => {
                        span.after.clone_from(&checkpoint.id);
                        span.ended = record.seq;
                        span.heads.1.clone_from(&checkpoint.head);
                        span.files = checkpoint.effects.len().saturating_add(checkpoint.more as usize);
                        span.paths = checkpoint.effects.iter().map(|effect| effect.path.clone()).collect();
                        span.beside.clone_from(&checkpoint.beside);
                    }
                    Moment::Outside => {}
                }
            }
            // As the fold has it: where no file changed by it, nothing was taken back.
            Event::Undone { call, steps, files, left, .. } if !files.is_empty() => {
                self.undone(call, steps);
                self.took((record.pos, record.seq), (call, steps), files, left);
            }
            Event::PromptSent { turn, steer, .. } => {
                self.turns = self.turns.max(turn.0);
                if !steer {
                    self.told(*turn);
                }
            }
            Event::SessionStarted { name, .. } | Event::Renamed { name } => self.name.clone_from(name),
            Event::TurnBegan { turn, .. } => self.turns = self.turns.max(turn.0),
            Event::Rewound { to } => self.rewound(*to, record.pos),
            _ => {}
        }
    }

    fn undone(&mut self, by: &CallId, steps: &[CallId]) {
        for call in self.taken.take(by, steps) {
            if let Some(&at) = self.by_call.get(&call) {
                self.all[at].undone = self.taken.by(&call).cloned();
            }
        }
        if let Some(&at) = self.by_call.get(by) {
            self.all[at].undoes = steps.to_vec();
        }
    }

    /// All of them, in the order in which they began.
    #[must_use]
    pub fn all(&self) -> &[Span] {
        &self.all
    }

    /// How many steps the session has, those that change nothing among them.
    #[must_use]
    pub fn steps(&self) -> u32 {
        let numbered = self.all.iter().map(|span| span.number).max().unwrap_or(0);
        u32::try_from(self.steps.len()).unwrap_or(u32::MAX).max(numbered)
    }

    /// Where a step begins and ends in the log.
    #[must_use]
    pub fn place(&self, number: u32) -> Option<(Seq, Seq)> {
        self.steps.get((number as usize).checked_sub(1)?).copied()
    }

    /// The newest checkpoint that was on record then.
    #[must_use]
    pub fn known_at(&self, seq: Seq) -> Option<&CheckpointId> {
        let after = self.moments.partition_point(|(at, _)| *at <= seq);
        self.moments.get(after.checked_sub(1)?).map(|(_, id)| id)
    }

    /// Those of some numbers, the newest first.
    #[must_use]
    pub fn numbered(&self, numbers: &[u32]) -> Vec<UndoStep> {
        let meant = self.all.iter().rev().filter(|span| numbers.contains(&span.number));
        meant.map(|span| UndoStep { call: span.call.clone(), number: span.number, title: span.title.clone() }).collect()
    }

    /// The session's name.
    #[must_use]
    pub fn session_name(&self) -> &str {
        &self.name
    }

    /// One of them.
    #[must_use]
    pub fn of(&self, call: &CallId) -> Option<&Span> {
        self.by_call.get(call).map(|&at| &self.all[at])
    }
}

impl Span {
    fn name(&mut self, words: Words) {
        let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        let claim = words.claims.first().cloned();
        let title = words.command.as_deref().map(first).or(claim).or(words.title.as_deref().map(first));
        if let Some(title) = title {
            self.title = title;
        }
        (self.command, self.claims) = (words.command, words.claims);
    }
}

#[cfg(test)]
mod tests;
