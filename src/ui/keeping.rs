//! A checkpoint that takes its time: how far it is, for who looks at the session.

use super::App;
use crate::domain::{RequestId, SessionId};
use crate::text::human;

/// Why an allowance is not given twice.
pub(super) const ALLOWED: &str = "it is allowed already, and runs once its workspace is kept";

/// How far the checkpoint is that a session's workspace waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    files: u64,
    bytes: u64,
    waits: bool,
}

impl Kept {
    /// A call of the session waits for it.
    #[must_use]
    pub fn waits(self) -> bool {
        self.waits
    }

    /// `keeping the workspace: 12345 files so far, 300 MB`.
    #[must_use]
    pub fn words(self) -> String {
        format!("keeping the workspace: {}", self.so_far())
    }

    /// `12345 files so far, 300 MB`.
    #[must_use]
    pub fn so_far(self) -> String {
        format!("{} files so far, {}", self.files, human::bytes(self.bytes))
    }
}

impl App {
    /// True where a request is allowed already, and its call waits for the checkpoint.
    #[must_use]
    pub fn is_allowed(&self, request: RequestId) -> bool {
        self.replay.is_none() && self.status.keeping.iter().any(|keeping| keeping.allowed.contains(&request))
    }

    /// The checkpoint of a session's workspace, where it takes its time.
    #[must_use]
    pub fn keeping(&self, session: SessionId) -> Option<Kept> {
        if self.replay.is_some() {
            return None;
        }
        let keeping = self.status.keeping.iter().find(|keeping| keeping.sessions.contains(&session))?;
        Some(Kept { files: keeping.files, bytes: keeping.bytes, waits: keeping.waits.contains(&session) })
    }
}
