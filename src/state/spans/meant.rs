//! Which steps are meant by an undo, what it comes to, and why nothing is.

use super::{Span, Spans};
use crate::domain::{CallId, TurnNo, Undo, UndoStep};

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
    /// Those of a range, the newest first. One that was taken back counts where what took it back is in the range as well:
    /// first that is taken back, and then it.
    fn range(&self, is_in: impl Fn(&Span) -> bool) -> Vec<&Span> {
        let by_one_within = |by: &CallId| self.of(by).is_some_and(&is_in);
        let counts = |span: &&Span| span.changed() && span.undone.as_ref().is_none_or(by_one_within);
        self.all.iter().rev().filter(|span| is_in(span)).filter(counts).collect()
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
