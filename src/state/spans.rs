//! Every step of a session that stands between two checkpoints, from its whole log: what can be taken back. What is in
//! memory of a session ends after some hundred entries; this does not.

use super::Taken;
use crate::domain::{Beside, CallId, CheckpointId, Event, Moment, Record, Seq, Text, TurnNo, Undo, UndoStep};
use std::collections::BTreeMap;

/// A step between two checkpoints.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Span {
    /// Its call.
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
    /// The commit of the user's repository before and after it.
    pub heads: (Option<String>, Option<String>),
    /// Files that differ.
    pub files: usize,
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
}

#[derive(Debug, Clone, Default)]
struct Words {
    number: usize,
    title: Option<String>,
    command: Option<String>,
    claims: Vec<String>,
}

/// Why nothing can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NothingToUndo {
    /// No step has changed files.
    #[error("no step of this session has changed files that a checkpoint holds")]
    Nothing,
    /// There is no such step.
    #[error("step {0} has no checkpoints: it changed no files, or none could be taken")]
    NoStep(u32),
    /// There is none of that number.
    #[error("there is no step {step}: the session has {}", counted(*steps, "step"))]
    NotThere {
        /// Which was named.
        step: u32,
        /// How many there are.
        steps: u32,
    },
    /// Steps are there, and none of them changed anything that stands.
    #[error("no step from {0} on has changed files that a checkpoint holds")]
    NoneFrom(u32),
    /// There is no turn of that number.
    #[error("there is no turn {turn}: the session has {}", counted(*turns, "turn"))]
    NoSuchTurn {
        /// Which was named.
        turn: u32,
        /// How many there are.
        turns: u32,
    },
    /// A turn without changes.
    #[error("no step of turn {0} has changed files that a checkpoint holds")]
    NoTurn(u32),
    /// It was taken back before.
    #[error("step {step} was taken back already, by step {by}; take step {by} back to have it again")]
    Undone {
        /// Which.
        step: u32,
        /// By which.
        by: u32,
    },
}

fn counted(number: u32, what: &str) -> String {
    match number {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    }
}

/// Whether something is taken back, or had again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// What steps did is taken back.
    Undo,
    /// An undo of them is.
    Redo,
}

/// What an undo comes to: undos of undos are seen through.
#[derive(Debug, Clone, PartialEq)]
pub struct Root {
    /// What is done to the steps.
    pub sense: Sense,
    /// The steps that are no undos alone, the newest first.
    pub steps: Vec<UndoStep>,
}

impl Root {
    /// What the step is called that does it.
    #[must_use]
    pub fn title(&self) -> String {
        let word = match self.sense {
            Sense::Undo => "undo",
            Sense::Redo => "redo",
        };
        match self.steps.as_slice() {
            [one] => format!("{word} step {}: {}", one.number, one.title),
            steps => {
                let numbers = steps.iter().map(|step| step.number);
                let (last, first) = (numbers.clone().max().unwrap_or(0), numbers.min().unwrap_or(0));
                format!("{word} {} steps, {first} to {last}", steps.len())
            }
        }
    }
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
                    words.claims = changes.iter().map(|change| change.path.clone()).collect();
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
                    self.all.push(Span { call: call.clone(), ..Span::default() });
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
                        span.heads.1.clone_from(&checkpoint.head);
                        span.files = checkpoint.effects.len().saturating_add(checkpoint.more as usize);
                        span.beside.clone_from(&checkpoint.beside);
                    }
                    Moment::Outside => {}
                }
            }
            // As the fold has it: where no file changed by it, nothing was taken back.
            Event::Undone { call, steps, files, .. } if !files.is_empty() => self.undone(call, steps),
            Event::PromptSent { turn, .. } | Event::TurnBegan { turn, .. } => self.turns = self.turns.max(turn.0),
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

    /// Those of a range, the newest first. One that was taken back counts where what took it back is in the range as well:
    /// first that is taken back, and then it.
    fn range(&self, is_in: impl Fn(&Span) -> bool) -> Vec<&Span> {
        let by_one_within = |by: &CallId| self.of(by).is_some_and(&is_in);
        let counts = |span: &&Span| span.changed() && span.undone.as_ref().is_none_or(by_one_within);
        self.all.iter().rev().filter(|span| is_in(span)).filter(counts).collect()
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

    /// That a step or a turn which is named is not there; `None` where it is, or where none is named.
    #[must_use]
    pub fn lacks(&self, undo: &Undo) -> Option<NothingToUndo> {
        let steps = self.steps();
        let turns = self.all.iter().map(|span| span.turn.0).max().unwrap_or(0).max(self.turns);
        match *undo {
            Undo::Step { number: step } | Undo::To { number: step } if step == 0 || step > steps => {
                Some(NothingToUndo::NotThere { step, steps })
            }
            Undo::Turn { turn: TurnNo(turn) } if turn == 0 || turn > turns => {
                Some(NothingToUndo::NoSuchTurn { turn, turns })
            }
            Undo::Last | Undo::Step { .. } | Undo::To { .. } | Undo::Turn { .. } | Undo::Hunks { .. } => None,
        }
    }

    /// What it comes to when these are taken back.
    #[must_use]
    pub fn root(&self, meant: &[&Span]) -> Root {
        let (mut sense, mut root) = (Sense::Undo, meant.to_vec());
        // Each one takes back what came before it, so that this ends: damaged records could say otherwise.
        for _ in 0..self.all.len() {
            let [one] = root.as_slice() else { break };
            let taken: Option<Vec<&Span>> = one.undoes.iter().map(|call| self.of(call)).collect();
            let Some(taken) = taken.filter(|taken| !taken.is_empty()) else { break };
            sense = if sense == Sense::Undo { Sense::Redo } else { Sense::Undo };
            root = taken;
        }
        let step = |span: &&Span| UndoStep { call: span.call.clone(), number: span.number, title: span.title.clone() };
        Root { sense, steps: root.iter().map(step).collect() }
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

    /// One of them.
    #[must_use]
    pub fn of(&self, call: &CallId) -> Option<&Span> {
        self.by_call.get(call).map(|&at| &self.all[at])
    }

    /// Which steps are meant, the newest first.
    ///
    /// # Errors
    /// There is nothing to take back.
    pub fn meant(&self, undo: &Undo) -> Result<Vec<&Span>, NothingToUndo> {
        if let Some(why) = self.lacks(undo) {
            return Err(why);
        }
        let stands = |span: &&Span| span.undone.is_none() && span.changed();
        let newest_first = || self.all.iter().rev();
        let found: Vec<&Span> = match undo {
            Undo::Last => newest_first().find(stands).into_iter().collect(),
            Undo::Step { number } => {
                let span = newest_first().find(|span| span.number == *number).filter(|span| span.changed());
                let span = span.ok_or(NothingToUndo::NoStep(*number))?;
                if let Some(by) = span.undone.as_ref() {
                    let by = self.of(by).map_or(0, |span| span.number);
                    return Err(NothingToUndo::Undone { step: *number, by });
                }
                vec![span]
            }
            Undo::Turn { turn } => self.range(|span| span.turn == *turn),
            Undo::To { number } => self.range(|span| span.number >= *number),
            // No step as a whole.
            Undo::Hunks { .. } => return Ok(Vec::new()),
        };
        match (found.is_empty(), undo) {
            (false, _) => Ok(found),
            (true, Undo::Turn { turn }) => Err(NothingToUndo::NoTurn(turn.0)),
            (true, Undo::To { number }) => Err(NothingToUndo::NoneFrom(*number)),
            (true, Undo::Last | Undo::Step { .. } | Undo::Hunks { .. }) => Err(NothingToUndo::Nothing),
        }
    }

    /// Steps of the range that is meant which changed no file: what they did beside files stays as well. The newest first.
    #[must_use]
    pub fn without_files(&self, undo: &Undo) -> Vec<&Span> {
        let within = |span: &&Span| match undo {
            Undo::Turn { turn } => span.turn == *turn,
            Undo::To { number } => span.number >= *number,
            Undo::Last | Undo::Step { .. } | Undo::Hunks { .. } => false,
        };
        self.all.iter().rev().filter(|span| !span.changed() && span.undoes.is_empty()).filter(within).collect()
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
mod tests {
    use super::*;
    use crate::domain::{At, Became, By, CallPatch, Checkpoint, Effect, LaneId, Pos, Seq, SessionId, VERSION};

    struct Log(Spans, u64);

    impl Log {
        fn tell(&mut self, event: Event) {
            self.1 += 1;
            let (pos, seq, at) = (Pos(self.1), Seq(self.1), At(0));
            let session = SessionId(7);
            let record = Record {
                pos,
                session,
                seq,
                lane: LaneId::ROOT,
                at,
                said_at: None,
                version: VERSION,
                cites: None,
                event,
            };
            self.0.apply(&record);
        }

        /// A step that made of `from` a workspace `to`.
        fn step(&mut self, number: u32, turn: u32, from: &str, to: &str) {
            let call = CallId(format!("c{number}"));
            let patch = CallPatch { command: Some(format!("do {number}").as_str().into()), ..CallPatch::default() };
            self.tell(Event::Called { call: call.clone(), patch: Box::new(patch) });
            for (moment, id) in [(Moment::Before, from), (Moment::After, to)] {
                let mut checkpoint = Checkpoint::of(moment, Some(call.clone()));
                (checkpoint.step, checkpoint.turn) = (number, TurnNo(turn));
                checkpoint.id = Some(CheckpointId(id.to_owned()));
                if moment == Moment::After && from != to {
                    checkpoint.effects = vec![Effect { path: "a".into(), became: Became::Changed }];
                }
                self.tell(Event::Checkpointed { checkpoint: Box::new(checkpoint) });
            }
        }

        fn undo(&mut self, number: u32, steps: &[u32], from: &str, to: &str) {
            self.step(number, 9, from, to);
            let steps = steps.iter().map(|step| CallId(format!("c{step}"))).collect();
            let call = CallId(format!("c{number}"));
            let files = vec![Effect { path: "a".into(), became: Became::Changed }];
            self.tell(Event::Undone { call, steps, files, left: vec![], by: By::Rule });
        }

        #[expect(clippy::needless_pass_by_value, reason = "it reads better")]
        fn meant(&self, undo: Undo) -> Result<Vec<u32>, NothingToUndo> {
            self.0.meant(&undo).map(|spans| spans.iter().map(|span| span.number).collect())
        }
    }

    #[test]
    fn the_last_step_that_changed_something_is_meant_and_an_undo_is_one() {
        let mut log = Log(Spans::default(), 0);
        assert_eq!(log.meant(Undo::Last), Err(NothingToUndo::Nothing));
        log.step(1, 1, "A", "B");
        log.step(2, 1, "B", "B");
        assert_eq!(log.meant(Undo::Last), Ok(vec![1]));
        assert_eq!(log.meant(Undo::Step { number: 2 }), Err(NothingToUndo::NoStep(2)));
        let quiet = log.0.without_files(&Undo::To { number: 1 });
        assert_eq!(quiet.iter().map(|span| span.number).collect::<Vec<_>>(), [2], "it may have done something else");
        log.undo(3, &[1], "B", "A");
        assert_eq!(log.meant(Undo::Step { number: 1 }), Err(NothingToUndo::Undone { step: 1, by: 3 }));
        assert_eq!(log.meant(Undo::Last), Ok(vec![3]));
        log.undo(4, &[3], "A", "B");
        assert_eq!(log.meant(Undo::Step { number: 1 }), Ok(vec![1]), "its undo was undone: it stands");
        assert_eq!(log.0.all()[0].title, "do 1");
        log.undo(5, &[4], "B", "A");
        assert_eq!(
            log.meant(Undo::Step { number: 1 }),
            Err(NothingToUndo::Undone { step: 1, by: 3 }),
            "3 stands again"
        );
        assert_eq!(log.meant(Undo::To { number: 1 }), Ok(vec![5, 4, 3, 1]));
        log.undo(6, &[5], "A", "B");
        assert_eq!(log.meant(Undo::Step { number: 1 }), Ok(vec![1]));
        assert_eq!(log.meant(Undo::Step { number: 5 }), Err(NothingToUndo::Undone { step: 5, by: 6 }));
    }

    #[test]
    fn a_range_takes_back_its_undos_and_what_they_had_taken_back() {
        let mut log = Log(Spans::default(), 0);
        log.step(1, 1, "A", "B");
        log.step(2, 2, "B", "C");
        log.undo(3, &[1], "C", "D");
        log.step(4, 2, "D", "E");
        assert_eq!(log.meant(Undo::To { number: 1 }), Ok(vec![4, 3, 2, 1]));
        assert_eq!(log.meant(Undo::Turn { turn: TurnNo(2) }), Ok(vec![4, 2]));
        assert_eq!(log.meant(Undo::Turn { turn: TurnNo(1) }), Err(NothingToUndo::NoTurn(1)), "taken back from outside");
        log.undo(5, &[4, 3, 2, 1], "E", "A");
        assert_eq!(log.meant(Undo::To { number: 2 }), Ok(vec![5, 4, 3, 2]));
        let none = |step| Err(NothingToUndo::NotThere { step, steps: 5 });
        assert_eq!([log.meant(Undo::To { number: 9 }), log.meant(Undo::Step { number: 0 })], [none(9), none(0)]);
        assert_eq!(
            log.meant(Undo::Step { number: 6 }).unwrap_err().to_string(),
            "there is no step 6: the session has 5 steps"
        );
        let turn = |turn| log.meant(Undo::Turn { turn: TurnNo(turn) }).unwrap_err().to_string();
        assert_eq!(turn(50), "there is no turn 50: the session has 9 turns");
        assert_eq!(turn(3), "no step of turn 3 has changed files that a checkpoint holds");
        log.step(6, 9, "A", "A");
        let quiet = log.meant(Undo::To { number: 6 }).unwrap_err().to_string();
        assert_eq!(quiet, "no step from 6 on has changed files that a checkpoint holds");
    }

    #[test]
    fn an_undo_of_an_undo_is_named_by_the_steps_that_it_comes_to() {
        let mut log = Log(Spans::default(), 0);
        log.step(1, 1, "A", "B");
        log.undo(2, &[1], "B", "A");
        for n in 3..30 {
            let title = log.0.root(&[&log.0.all()[n as usize - 2]]).title();
            assert_eq!(title, if n % 2 == 0 { "undo step 1: do 1" } else { "redo step 1: do 1" });
            log.undo(n, &[n - 1], "A", "B");
        }
        log.undo(30, &[29, 1], "B", "A");
        log.undo(31, &[30], "A", "B");
        assert_eq!(log.0.root(&[&log.0.all()[29]]).title(), "redo 2 steps, 1 to 29");
    }
}
