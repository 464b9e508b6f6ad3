//! Taking back what was granted. It lets nothing run, so that nobody is asked for a token; it counts once it is on record,
//! and while it can't be written, nothing that a grant would let run leaves either.

use super::actor::Hub;
use super::log::{Unwritten, now};
use super::requests::refused;
use crate::domain::{By, Draft, Event, GrantId, Reply};
use crate::state::Standing;
use crate::store::Durability;

impl Hub {
    /// Ends a standing allowance: from here on every call asks that it covered.
    pub(super) fn revoke(&mut self, id: GrantId, by: By) -> Reply {
        self.commit();
        let Some((session, given)) = self.state.grant(id) else {
            return refused(format!("there is no grant {id}: `taut grants` lists them all"));
        };
        let name = &session.name;
        match given.standing(session.is_live(), now()) {
            Standing::Revoked => return refused(format!("the grant {id} was revoked before")),
            Standing::Expired => return refused(format!("the grant {id} covers nothing any more: its time is over")),
            Standing::Over => return refused(format!("the grant {id} covers nothing any more: {name} has ended")),
            Standing::Holds => {}
        }
        if given.is_agents_own() {
            return refused(format!(
                "{id} is the agent's own always, which it keeps where taut can't reach: end {name}, or put it in another \
                 mode"
            ));
        }
        let event = Event::Revoked { grant: id, by: Some(by) };
        match self.record(Draft::new(id.session, event), Durability::Decision) {
            Ok(()) => Reply::Done,
            Err(Unwritten::NotNow | Unwritten::Never) => refused(self.unwritten()),
        }
    }
}
