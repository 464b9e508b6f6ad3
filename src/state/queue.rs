//! What waits for a human, over all sessions.

use super::{Entry, Request, Session, State, Step};
use crate::domain::{RequestId, Risk};

/// A request that waits, with all that a row or a card of it needs.
#[derive(Debug, Clone, Copy)]
pub struct Waiting<'a> {
    /// Its session.
    pub session: &'a Session,
    /// The question.
    pub request: &'a Request,
    /// The call it is about.
    pub step: &'a Step,
    /// The entry of the call.
    pub entry: &'a Entry,
}

impl Waiting<'_> {
    /// Its risk; unknown counts as high.
    #[must_use]
    pub fn risk(&self) -> Risk {
        self.request.verdict.as_ref().map_or(Risk::High, |verdict| verdict.risk)
    }
}

impl State {
    /// Requests that wait for a human: the highest risk first, then the oldest.
    #[must_use]
    pub fn queue(&self) -> Vec<Waiting<'_>> {
        let mut queue: Vec<_> = self
            .sessions
            .values()
            .filter(|session| session.is_live())
            .flat_map(|session| {
                session.waiting().map(move |(request, step, entry)| Waiting { session, request, step, entry })
            })
            .collect();
        queue.sort_by_key(|w| (std::cmp::Reverse(w.risk()), w.request.asked, w.request.id));
        queue
    }

    /// How many requests wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.sessions.values().filter(|session| session.is_live()).map(|session| session.waiting().count()).sum()
    }

    /// A waiting request by its id.
    #[must_use]
    pub fn waiting_request(&self, id: RequestId) -> Option<Waiting<'_>> {
        let session = self.session(id.session).filter(|session| session.is_live())?;
        let (request, step, entry) = session.request_and_step(id.seq)?;
        request.waits().then_some(Waiting { session, request, step, entry })
    }
}
