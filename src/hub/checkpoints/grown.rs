//! A work tree was made for a session: told by the way that keepers tell by, since its files may be those of a checkpoint.

use super::keeper::{Kept, News};
use super::{Asker, Checkpoints};
use crate::domain::{Notice, StartSpec};
use crate::worktree::Made;
use std::path::PathBuf;
use tokio::sync::mpsc;

/// A work tree that was made for a session, or why it was not, and what is to be said of it.
#[derive(Debug)]
pub(in crate::hub) struct Grown {
    pub(in crate::hub) spec: StartSpec,
    pub(in crate::hub) asker: Option<Asker>,
    pub(in crate::hub) made: Result<(Made, Vec<(Notice, String)>), String>,
}

/// Tells the hub of it.
pub(in crate::hub) struct Telling(mpsc::UnboundedSender<Kept>);

impl Telling {
    pub(in crate::hub) fn tell(&self, grown: Grown) {
        // A hub that is gone needs no news.
        drop(self.0.send(Kept { place: PathBuf::new(), ticket: None, news: News::Grown(Box::new(grown)) }));
    }
}

impl Checkpoints {
    /// One is being made: who makes it tells by this.
    pub(in crate::hub) fn grows(&mut self) -> Telling {
        self.growing += 1;
        Telling(self.told.clone())
    }

    /// It was made, or not.
    pub(in crate::hub) fn has_grown(&mut self) {
        self.growing = self.growing.saturating_sub(1);
    }
}
