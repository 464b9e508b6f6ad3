//! What is looked at without going there.

use crate::domain::{RequestId, SessionId};

/// A look at a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peek {
    /// At which.
    pub session: SessionId,
    /// From where: what comes next is next there.
    pub from: From,
    /// The first row shown.
    pub top: usize,
}

/// Where a look began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// In the rail, or a pane.
    Rail,
    /// At a request of the queue.
    Queue(RequestId),
}
