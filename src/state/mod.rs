//! What we know: the fold of records into [`State`], its pages and keyframes, and the queries on it.
//!
//! - [`State`] and [`Session`]: what is known now; `apply` is total and takes every record in every state.
//! - [`Timeline`], [`Entry`], [`Step`], [`Request`]: what a person reads.
//! - [`page`]: keyframes, and the entries of the past that are no longer in memory.
//! - [`Instead`]: what taut did in place of a call that it could not give back to its agent.
//! - [`Way`]: the turns that an agent still knows, and how to get back to each.
//! - [`queue`]: what waits for a human, over all sessions.
//! - [`grants`]: what was granted, how often it was used, and whether it still stands.
//! - [`find`]: looking for something in what a person reads.
//! - [`Worked`]: what a step did to the workspace, and whether it was taken back; [`claims`]: beside what it said. - [`spans`]: the same of all steps of a log.
//! - [`Taken`]: which steps are taken back now, by the chain of all undos.
//! - [`Told`]: whether an agent has still to hear of that.
//! - [`ScriptTokens`]: what scripts were given, from the hub's own records.
//! - [`Meter`]: what a session carries, and how fast that grows.
//! - [`Recent`]: its newest calls, and its money of the last hours. - [`budget`]: that money against its limits.
//! - [`radar`]: live sessions that write the same files, by what each writes lately ([`Reach`]).
//! - [`watch`]: what a human should know of though nobody asks: silence, circles, failures, unseen requests, money.

mod apply;
pub mod budget;
mod check;
pub mod claims;
pub mod find;
pub mod grants;
mod instead;
mod meter;
pub mod page;
mod pages;
mod parts;
mod phase;
mod prompts;
pub mod queue;
pub mod radar;
mod reach;
mod recent;
mod request;
mod session;
pub mod spans;
mod step;
mod taken;
mod timeline;
mod tokens;
mod told;
pub mod watch;
mod way;
mod worked;

pub use budget::{Budget, Caps, Over, Scope, Spend, Uncounted};
pub use check::Check;
pub use grants::{Given, Ledger, Standing};
pub use instead::{Fared, Instead, OWN_TOOL, teller};
pub use meter::{Level, Limit, Meter, Spent};
pub use pages::Pages;
pub use parts::Parts;
pub use phase::{Group, Phase, Sight};
pub use prompts::{Prompted, Prompts};
pub use queue::Waiting;
pub use radar::{Beside, Collision, Radar, Share};
pub use reach::{Reach, Touch};
pub use recent::{CALLS, CIRCLE, Circle, Did, End, ROUNDS, Recent};
pub use request::{Answered, Request, Stage};
pub use session::{Lane, Life, Pin, Queued, Session, Turn};
pub use step::{Edited, Step};
pub use taken::Taken;
pub use timeline::{Entry, Timeline, What};
pub use tokens::{ScriptTokens, Token, Unfit};
pub use told::Told;
pub use watch::{Alarm, Limits};
pub use way::{Back, NoWay, Point, Way};
pub use worked::Worked;

use crate::domain::{Pos, Record, RequestId, SessionId};
use std::collections::BTreeMap;

/// Everything that is known: a fold over records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// The newest record that was folded.
    pub head: Pos,
    /// All sessions by id.
    pub sessions: BTreeMap<SessionId, Session>,
    /// Of their timelines only what can still change is kept: for a hub, whose readers have the log.
    pub lean: bool,
    /// Who writes what others write too.
    pub radar: Radar,
}

impl State {
    /// Folds one record. Total: a late, doubled or odd fact is still a fact.
    pub fn apply(&mut self, record: &Record) {
        self.head = self.head.max(record.pos);
        // The hub's own facts are about no session.
        if record.session == SessionId::HUB {
            return;
        }
        // Facts about a session that never began make it all the same: nothing is dropped.
        let session = self.sessions.entry(record.session).or_insert_with(|| Session::new(record.session));
        if self.lean {
            session.timeline.keep_least();
        }
        session.apply(record);
        self.sweep(record);
    }

    /// What is known now, without the past: what somebody begins with who has the log.
    #[must_use]
    pub fn known(&self) -> Self {
        let sessions = self.sessions.iter().map(|(id, session)| (*id, page::known(session))).collect();
        Self { head: self.head, sessions, lean: false, radar: self.radar.clone() }
    }

    /// A session by its id.
    #[must_use]
    pub fn session(&self, id: SessionId) -> Option<&Session> {
        self.sessions.get(&id)
    }

    /// A request by its id, as long as its step is in memory.
    #[must_use]
    pub fn request(&self, id: RequestId) -> Option<&Request> {
        self.session(id.session)?.request(id.seq)
    }
}
