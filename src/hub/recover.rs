//! What a crash left: sessions that were live get an end on record, their processes get one in fact.

use super::actor::Hub;
use super::reading;
use crate::agent::process::tree;
use crate::domain::{Cause, Closing, Event, SessionId, Stop, Text};
use crate::state::State;
use crate::store::StoreError;
use std::io;
use std::thread::{Builder, ScopedJoinHandle};

impl Hub {
    /// Reads what is known, and ends what was live when the last hub died.
    ///
    /// # Errors
    /// The log can't be read: without what it knows nothing may be added to it.
    pub(super) fn recover(&mut self) -> Result<(), StoreError> {
        self.read_tokens()?;
        self.state = State { lean: true, ..reading::state(&self.store.reader()?)? };
        let left: Vec<SessionId> =
            self.state.sessions.values().filter(|session| session.is_live()).map(|session| session.id).collect();
        for (id, survivors) in reap(left) {
            self.close_session(id, Cause::HubDied, Text::default(), survivors);
        }
        Ok(())
    }

    /// Puts the end of a session on record: its requests first, then its turn, then itself.
    pub(super) fn close_session(
        &mut self,
        id: SessionId,
        cause: Cause,
        last_words: Text,
        survivors: Vec<(u32, String)>,
    ) {
        self.close_requests(id, &Closing::AgentGone);
        if let Some(turn) = self.state.session(id).and_then(|session| session.turn) {
            self.note(id, Event::TurnEnded { turn: turn.no, stop: Stop::Lost, tokens: None });
        }
        self.nothing_runs(id);
        self.note(id, Event::Ended { cause, last_words, survivors });
        self.commit();
        self.keyframe(id);
    }
}

/// Ends what is left of sessions, all at once: a start waits for the slowest of them, and for none where none is left.
fn reap(left: Vec<SessionId>) -> Vec<(SessionId, Vec<(u32, String)>)> {
    std::thread::scope(|scope| {
        let begin = |id: SessionId| {
            let thread = Builder::new().spawn_scoped(scope, move || tree::reap(&id.to_string()));
            (id, thread)
        };
        let reaping: Vec<_> = left.into_iter().map(begin).collect();
        let end =
            |(id, thread): (SessionId, io::Result<ScopedJoinHandle<'_, _>>)| match thread.map(ScopedJoinHandle::join) {
                Ok(Ok(survivors)) => (id, survivors),
                // No thread was to be had.
                Ok(Err(_)) | Err(_) => (id, tree::reap(&id.to_string())),
            };
        reaping.into_iter().map(end).collect()
    })
}
