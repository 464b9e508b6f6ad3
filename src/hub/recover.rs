//! What a crash left: sessions that were live get an end on record, their processes get one in fact.

use super::actor::Hub;
use super::reading;
use crate::agent::process::tree;
use crate::domain::{Cause, Closing, Event, SessionId, Stop, Text};

impl Hub {
    /// Reads what is known, and ends what was live when the last hub died.
    pub(super) fn recover(&mut self) {
        match self.read_state() {
            Ok(()) => {}
            Err(error) => self.status.store_error = Some(error.to_string()),
        }
        let left: Vec<SessionId> =
            self.state.sessions.values().filter(|session| session.is_live()).map(|session| session.id).collect();
        for id in left {
            let survivors = tree::reap(&id.to_string());
            self.close_session(id, Cause::HubDied, Text::default(), survivors);
        }
        self.commit();
    }

    fn read_state(&mut self) -> Result<(), crate::store::StoreError> {
        let reader = self.store.reader()?;
        self.state = reading::state(&reader)?;
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
        self.note(id, Event::Ended { cause, last_words, survivors });
        self.commit();
        self.keyframe(id);
    }
}
