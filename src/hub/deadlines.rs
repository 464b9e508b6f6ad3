//! What happens because nothing happens: a start that takes too long, a question that nobody answers, an answer that the
//! agent does not act on, an agent that does not stop.

use super::actor::Hub;
use super::fault;
use super::requests::CONFIRM;
use super::sessions::unopened;
use crate::domain::{Event, RequestId, SessionId};
use crate::state::{Life, Stage};
use std::time::Instant;

impl Hub {
    /// Does what is due.
    pub(super) fn watch_agents(&mut self, now: Instant) {
        let late: Vec<SessionId> =
            self.agents.iter().filter(|(_, d)| d.start_by.is_some_and(|by| by <= now)).map(|(id, _)| *id).collect();
        for id in late {
            let Some(driven) = self.agents.get_mut(&id) else { continue };
            driven.start_by = None;
            let limit = driven.start_within.unwrap_or_default().as_secs();
            let waits = self.state.session(id).is_some_and(|s| matches!(s.life, Life::LoginNeeded { .. }));
            if !waits {
                let doing = self.state.session(id).and_then(unopened).unwrap_or_default();
                self.give_up(id, format!("the agent did not answer {doing} within {limit} s; see its last words"));
            }
        }
        self.give_up_back(now);
        let deaf: Vec<SessionId> =
            self.agents.iter().filter(|(_, d)| d.stop_by.is_some_and(|by| by <= now)).map(|(id, _)| *id).collect();
        for id in deaf {
            self.stop_hard(id);
        }
        let mut silent = Vec::new();
        let mut expired = Vec::new();
        for (id, driven) in &mut self.agents {
            for open in &mut driven.open {
                if open.sent.is_none() && open.expires.is_some_and(|at| at <= now) {
                    open.expires = None;
                    expired.push(RequestId { session: *id, seq: open.seq });
                }
                if open.sent.is_some_and(|sent| sent + fault::confirm(CONFIRM) <= now) {
                    open.sent = None;
                    silent.push(RequestId { session: *id, seq: open.seq });
                }
            }
        }
        for request in expired {
            self.expire(request);
        }
        for request in silent {
            if self.state.request(request).is_some_and(|request| request.stage() == Stage::Sent) {
                self.note(request.session, Event::Unconfirmed { request });
            }
        }
    }
}
