//! What a crash left: sessions that were live get an end on record, their processes get one in fact.

use super::actor::Hub;
use super::checkpoints::Why;
use super::{halts, marks, own, reading};
use crate::agent::process::tree;
use crate::domain::{CallId, Cause, Closing, Event, Notice, SessionId, Stop, Text};
use crate::state::State;
use crate::store::StoreError;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::io;
use std::thread::{Builder, ScopedJoinHandle};

/// Of a step of taut's own that a dead hub did.
const DIED: &str = "taut died while it did this; what was left of it was ended, and how far it came is not known: look before you go on";

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
        self.end_own();
        for (id, survivors) in reap(left) {
            let halted = halts::take(&self.setup.places.state, &id.to_string());
            let cause = if halted { Cause::Human } else { Cause::HubDied };
            self.close_session(id, cause, Text::default(), survivors);
        }
        halts::forget(&self.setup.places.state);
        Ok(())
    }

    /// Ends what the last hub ran in the place of agents. How far that came nobody knows: it read it, and is dead.
    fn end_own(&mut self) {
        let sessions = || self.state.sessions.values();
        let open: Vec<(SessionId, Vec<CallId>)> =
            sessions().map(|known| (known.id, own::left_open(known).collect())).collect();
        if open.iter().all(|(_, calls)| calls.is_empty()) {
            return;
        }
        let known: BTreeSet<String> = sessions().map(|session| session.id.to_string()).collect();
        let marks = marks::borne(&known).into_iter().filter(|mark| marks::session(mark) != mark);
        for (mark, survivors) in reap(marks.collect()) {
            for (pid, name) in survivors {
                let text =
                    format!("process {pid} ({name}) of {mark} could not be ended: look at it with `ps -fp {pid}`");
                let session = marks::session(&mark).parse().unwrap_or(SessionId::HUB);
                self.note(session, Event::Noted { level: Notice::Error, text: text.into() });
            }
        }
        for (id, call) in open.into_iter().flat_map(|(id, calls)| calls.into_iter().map(move |call| (id, call))) {
            // Files that were taken back are gone on with.
            if !self.resume_undo(id, &call) {
                self.own_ended(id, &call, Err(DIED));
            }
        }
        self.commit();
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
        // One less whose checkpoints must stay.
        self.prune(Why::Time);
    }
}

/// Processes that could not be ended, by number and name.
type Survivors = Vec<(u32, String)>;

/// Ends what is left by its marks, all at once: a start waits for the slowest of them, and for none where none is left.
fn reap<M: Display + Clone + Send>(left: Vec<M>) -> Vec<(M, Survivors)> {
    std::thread::scope(|scope| {
        let begin = |mark: M| {
            let text = mark.to_string();
            let thread = Builder::new().spawn_scoped(scope, move || tree::reap(&text));
            (mark, thread)
        };
        let reaping: Vec<_> = left.into_iter().map(begin).collect();
        let end = |(mark, thread): (M, io::Result<ScopedJoinHandle<'_, _>>)| {
            // Where no thread was to be had, it is done here.
            let survivors = thread.ok().and_then(|thread| thread.join().ok());
            let survivors = survivors.unwrap_or_else(|| tree::reap(&mark.to_string()));
            (mark, survivors)
        };
        reaping.into_iter().map(end).collect()
    })
}
