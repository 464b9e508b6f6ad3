//! The preview of an undo: which steps, every file with what becomes of it, what can't be taken back, and what a human
//! chooses where others have changed the same lines since.

use super::App;
use crate::domain::{At, Digest, Hunks, SessionId, Side, Talk, TurnNo, Undo, UndoAct, UndoFile, UndoPlan};
use std::collections::{BTreeMap, BTreeSet};

/// Files that can be unfolded at once.
pub const UNFOLDED: usize = 64;

/// What an undo is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The step on which the timeline stands.
    Step,
    /// That one and all that followed it.
    Back,
    /// The last one that changed files.
    Last,
    /// All of the last turn.
    Turn,
}

/// An undo that is looked at, before anything is done.
#[derive(Debug, Clone, PartialEq)]
pub struct UndoUi {
    /// Of which session.
    pub session: SessionId,
    /// Which steps.
    pub undo: Undo,
    /// How far it is.
    pub stage: Stage,
    /// Why it is looked at once more.
    pub anew: Option<String>,
}

/// How far an undo is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// The hub was asked what it would do.
    Asked {
        /// When.
        since: At,
    },
    /// It can't be done: one sentence.
    Failed(String),
    /// It is shown.
    Shown(Box<Preview>),
}

/// What is shown of a plan, and how much of it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The plan. Nothing else is carried out.
    pub plan: UndoPlan,
    /// The file at hand.
    pub at: usize,
    /// What was chosen, by path; the file is skipped where nothing was.
    pub sides: BTreeMap<String, Side>,
    /// What is taken back of files and conversation.
    pub scope: Scope,
    /// Files whose difference is shown.
    pub open: BTreeSet<usize>,
    /// The first row shown, as settled by the last paint.
    pub top: usize,
    /// Rows to scroll at the next paint.
    pub delta: i64,
    /// The file at hand comes into sight at the next paint.
    pub reveal: bool,
    /// What must be read: what stands before the files, then each of them with what happens to it.
    pub parts: Vec<Part>,
    /// Since when it is on the screen with what is chosen now.
    pub painted: Option<At>,
    /// What was chosen when it was painted.
    pub shown: Digest,
    /// It is being done.
    pub sent: bool,
}

/// What is taken back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// Files; the agent is told.
    #[default]
    Files,
    /// Files, and then the conversation.
    Both,
    /// The conversation alone.
    Talk,
}

impl Scope {
    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Files => Self::Both,
            Self::Both => Self::Talk,
            Self::Talk => Self::Files,
        }
    }
}

/// How much of a part was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    /// Rows from its first on that were on the screen.
    pub seen: usize,
    /// Rows that it has.
    pub of: usize,
    /// All of it was on the screen.
    pub read: bool,
}

/// What of an undo was painted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PaintedUndo {
    /// What would be done, with what is chosen: see [`Preview::face`].
    pub face: Digest,
    /// The first row shown.
    pub top: usize,
    /// Rows that it is high.
    pub height: u16,
    /// It is large enough, and every difference that is unfolded is here.
    pub whole: bool,
    /// Its parts: the first row shown, how many from there on, of how many.
    pub parts: Vec<(usize, usize, usize)>,
}

impl Preview {
    /// A plan that was not painted yet. Of the differences, as many are unfolded as fit a screen of so many rows with
    /// everything else.
    #[must_use]
    pub fn new(plan: UndoPlan, rows: u16) -> Self {
        let rest = plan.files.len() + plan.cannot.len() * 2 + plan.steps.len().min(8) + 9;
        let mut room = usize::from(rows).saturating_sub(rest);
        let mut open = BTreeSet::new();
        for (at, file) in plan.files.iter().enumerate() {
            // Of one that clashes nothing is chosen yet: what a choice makes of it unfolds with the choice.
            let Some(diff) = &file.diff else { continue };
            let lines = diff.lines() as usize;
            if open.len() < UNFOLDED && (lines <= room || plan.files.len() == 1) {
                room = room.saturating_sub(lines);
                open.insert(at);
            }
        }
        let parts = vec![Part::default(); plan.files.len() + 1];
        Self {
            at: plan.files.iter().position(|file| file.act == UndoAct::Conflict).unwrap_or(0),
            plan,
            sides: BTreeMap::new(),
            scope: Scope::Files,
            open,
            top: 0,
            delta: 0,
            reveal: false,
            parts,
            painted: None,
            shown: Digest::default(),
            sent: false,
        }
    }

    /// What becomes of a file in which others have changed the same lines since.
    #[must_use]
    pub fn side(&self, path: &str) -> Side {
        self.sides.get(path).copied().unwrap_or(Side::Skip)
    }

    /// What is chosen for each file that needs it.
    #[must_use]
    pub fn chosen(&self) -> Vec<(String, Side)> {
        let clash = self.plan.files.iter().filter(|file| file.act == UndoAct::Conflict);
        clash.map(|file| (file.path.clone(), self.side(&file.path))).collect()
    }

    /// What would be done: the plan, and what is chosen.
    #[must_use]
    pub fn face(&self) -> Digest {
        let mut bytes = b"undo".to_vec();
        bytes.extend_from_slice(&self.plan.digest.0);
        for (path, side) in self.chosen() {
            bytes.extend_from_slice(&(path.len() as u64).to_le_bytes());
            bytes.extend_from_slice(path.as_bytes());
            bytes.push(match side {
                Side::Ours => 1,
                Side::Theirs => 2,
                Side::Both => 3,
                Side::Skip => 4,
            });
        }
        match self.scope {
            Scope::Files => {}
            Scope::Both => bytes.push(5),
            Scope::Talk => bytes.push(6),
        }
        Digest::of(&bytes)
    }

    /// To the end of which turn the conversation goes, where it goes.
    #[must_use]
    pub fn talk(&self) -> Option<TurnNo> {
        match (self.scope, &self.plan.talk) {
            (Scope::Both | Scope::Talk, Talk::Back { to, .. }) => Some(*to),
            (Scope::Files, _) | (_, Talk::Stays { .. }) => None,
        }
    }

    /// Files that would become others.
    #[must_use]
    pub fn changes(&self) -> usize {
        if self.scope == Scope::Talk {
            return 0;
        }
        let changes = |file: &&UndoFile| match file.act {
            UndoAct::Create | UndoAct::Remove | UndoAct::Restore | UndoAct::Merge => true,
            UndoAct::Conflict => self.side(&file.path) != Side::Skip,
            UndoAct::Nothing => false,
        };
        self.plan.files.iter().filter(changes).count()
    }

    /// Files that are left alone because nothing was chosen for them.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.chosen().iter().filter(|(_, side)| *side == Side::Skip).count()
    }

    /// Parts of it that were not on the screen yet.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.parts.iter().filter(|part| !part.read).count()
    }

    /// A frame showed so much of it.
    pub fn painted(&mut self, shown: &PaintedUndo, now: At) {
        let same = self.shown == shown.face;
        (self.top, self.delta, self.reveal, self.shown) = (shown.top, 0, false, shown.face);
        // A clock that stepped back must not hold the human up.
        let since = self.painted.filter(|&at| same && at <= now).or(Some(now));
        self.painted = since.filter(|_| shown.whole);
        if !shown.whole {
            return;
        }
        for (part, &(first, rows, of)) in self.parts.iter_mut().zip(&shown.parts) {
            if part.of != of && !part.read {
                part.seen = 0;
            }
            part.of = of;
            if rows > 0 && first <= part.seen {
                part.seen = part.seen.max(first.saturating_add(rows)).min(of);
            }
            part.read |= of > 0 && part.seen >= of;
        }
    }
}

impl App {
    /// The undo that is looked at.
    #[must_use]
    pub fn undoing(&self) -> Option<&UndoUi> {
        match &self.overlay {
            Some(super::Overlay::Undo(undo)) => Some(undo),
            _ => None,
        }
    }
}

impl UndoUi {
    /// What is shown, where it is shown already.
    #[must_use]
    pub fn preview(&self) -> Option<&Preview> {
        match &self.stage {
            Stage::Shown(preview) => Some(preview),
            Stage::Asked { .. } | Stage::Failed(_) => None,
        }
    }

    /// Which steps, in words: those of the plan once it is known.
    #[must_use]
    pub fn words(&self) -> String {
        let numbers =
            self.preview().map(|preview| preview.plan.steps.iter().map(|step| step.number).collect::<Vec<_>>());
        match (numbers.as_deref(), &self.undo) {
            (_, Undo::Hunks { files, .. }) => Hunks::words(files),
            (Some([one]), _) => format!("step {one}"),
            (Some(many @ [_, ..]), _) => {
                let (first, last) = (many.iter().min().unwrap_or(&0), many.iter().max().unwrap_or(&0));
                format!("{} steps, {first} to {last}", many.len())
            }
            (_, Undo::Last) => "the last step that changed files".to_owned(),
            (_, Undo::Step { number }) => format!("step {number}"),
            (_, Undo::Turn { turn }) => format!("turn {}", turn.0),
            (_, Undo::To { number }) => format!("step {number} and all that followed it"),
        }
    }
}
