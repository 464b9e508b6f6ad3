//! A checkpoint that takes its time: how far it is, and calls that go without it since a human says so.

use super::Wait;
use crate::domain::{By, Keeping, Reply, SessionId};
use crate::hub::actor::Hub;
use crate::hub::requests::refused;
use std::path::Path;
use std::time::Instant;

impl Hub {
    /// A keeper says how far it is; nothing once it is done.
    pub(super) fn kept_so_far(&mut self, path: &Path, so_far: Option<(u64, u64)>) {
        let Some(place) = self.checkpoints.places.get_mut(path) else { return };
        if place.so_far.is_none() && so_far.is_none() {
            return;
        }
        place.so_far = so_far;
        self.status.keeping = self.keeping();
        self.tell_status();
    }

    /// Something waits for a checkpoint that takes its time, though nothing was heard of how far it is.
    pub(super) fn is_being_kept(&mut self, session: SessionId) {
        let Some(place) = self.place(session) else { return };
        place.so_far.get_or_insert((0, 0));
        self.status.keeping = self.keeping();
        self.tell_status();
    }

    fn keeping(&self) -> Vec<Keeping> {
        let slow = self.checkpoints.places.iter().filter_map(|(path, place)| Some((path, place.so_far?)));
        let keeping = slow.map(|(path, (files, bytes))| {
            let here = |session: &SessionId| {
                self.checkpoints.homes.get(session).is_some_and(|home| home.as_ref() == Some(path))
            };
            let sessions: Vec<SessionId> = self.agents.keys().copied().filter(here).collect();
            let waits = |session: &SessionId| {
                self.checkpoints.waits.values().any(|wait| wait.holds_up() && wait.session() == *session)
            };
            let waits = sessions.iter().copied().filter(waits).collect();
            let allowed = self.checkpoints.waits.values().filter_map(|wait| match wait {
                Wait::Decision(due, _) if sessions.contains(&due.request.session) => Some(due.request),
                Wait::Decision(..) | Wait::Question(_) | Wait::After(..) | Wait::Suspect(..) | Wait::Undo(_) => None,
            });
            let allowed = allowed.collect();
            Keeping { sessions, waits, allowed, files, bytes }
        });
        keeping.collect()
    }

    /// The calls of a session that wait for their checkpoint go without one, and that is on record.
    pub(in crate::hub) fn skip_checkpoint(&mut self, session: SessionId, by: &By) -> Reply {
        let waits = |wait: &Wait| wait.holds_up() && wait.session() == session;
        let tickets = self.checkpoints.waits.iter().filter(|(_, wait)| waits(wait));
        let tickets: Vec<u64> = tickets.map(|(ticket, _)| *ticket).collect();
        if tickets.is_empty() {
            return refused("no call of it waits for a checkpoint".to_owned());
        }
        for ticket in tickets {
            if let Some(wait) = self.checkpoints.waits.remove(&ticket) {
                self.go_on(wait, Err(format!("skipped by {}: the call did not wait for it", by.word())));
            }
        }
        Reply::Done
    }

    /// What waits for its checkpoint goes on waiting, and whoever allowed it is told. Where the hub leaves, nothing does.
    pub(in crate::hub) fn lose_patience(&mut self, now: Instant) {
        if self.checkpoints.hurry.is_some_and(|until| until <= now) {
            for wait in std::mem::take(&mut self.checkpoints.waits).into_values() {
                match wait {
                    // What was not on record when the hub left was not decided.
                    Wait::Decision(due, _) => {
                        self.reply(due.asker, refused("taut was left before it could be kept".to_owned()));
                    }
                    Wait::Question(_) => {}
                    wait => self.go_on(wait, Err("taut was left before it was taken".to_owned())),
                }
            }
            return;
        }
        let mut late = Vec::new();
        for wait in self.checkpoints.waits.values_mut() {
            if let Wait::Decision(due, until) = wait
                && until.is_some_and(|until| until <= now)
            {
                *until = None;
                late.push((due.request.session, due.asker));
            }
        }
        for (session, asker) in late {
            self.is_being_kept(session);
            self.reply(asker, Reply::KeptFirst);
        }
    }
}
