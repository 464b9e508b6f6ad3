//! The numbers 1 to 9: each belongs to one session, and stays with it while that lives.
//!
//! A session that begins takes the lowest free number. Where none is free, it takes that of the session that ended
//! longest ago and was looked at since; where all nine live, it has none until one falls free, and is reached by name.
//! Sessions of earlier runs have none: a digit leads to what lives.

use crate::domain::SessionId;
use crate::state::{Session, State};
use serde::{Deserialize, Serialize};

/// Who has which number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers([Option<SessionId>; 9]);

impl Numbers {
    /// The number of a session.
    #[must_use]
    pub fn of(&self, id: SessionId) -> Option<usize> {
        self.0.iter().position(|owner| *owner == Some(id)).map(|at| at + 1)
    }

    /// The session of a number.
    #[must_use]
    pub fn owner(&self, number: u8) -> Option<SessionId> {
        self.0.get(usize::from(number).checked_sub(1)?).copied().flatten()
    }

    /// Numbers for sessions in this order, as far as they go.
    #[must_use]
    pub fn in_order(sessions: &[SessionId]) -> Self {
        let mut numbers = Self::default();
        numbers.0.iter_mut().zip(sessions).for_each(|(slot, id)| *slot = Some(*id));
        numbers
    }

    /// Takes numbers from sessions that are no longer listed, and gives some to those that have none.
    pub(super) fn settle(&mut self, state: &State, listed: &[SessionId], entitled: impl Fn(SessionId) -> bool) {
        for slot in &mut self.0 {
            slot.take_if(|id| !listed.contains(id));
        }
        let wanting = |lives: bool| {
            let of = move |id: &&SessionId| state.session(**id).is_some_and(Session::is_live) == lives;
            listed.iter().filter(of).copied().filter(|id| entitled(*id))
        };
        // What lives comes first: what has ended takes only what nobody needs.
        for id in wanting(true) {
            if self.of(id).is_none() {
                let Some(slot) = self.free().or_else(|| self.given_up(state)) else { break };
                self.0[slot] = Some(id);
            }
        }
        for id in wanting(false) {
            if self.of(id).is_none() {
                let Some(slot) = self.free() else { break };
                self.0[slot] = Some(id);
            }
        }
    }

    /// A session that goes on as another one gives its number to it.
    pub(super) fn hand_over(&mut self, old: SessionId, new: SessionId) {
        if let Some(slot) = self.0.iter().position(|owner| *owner == Some(old)) {
            for slot in &mut self.0 {
                slot.take_if(|id| *id == new);
            }
            self.0[slot] = Some(new);
        }
    }

    fn free(&self) -> Option<usize> {
        self.0.iter().position(Option::is_none)
    }

    /// The number whose owner ended longest ago, where a human has seen that it did.
    fn given_up(&self, state: &State) -> Option<usize> {
        let ended = |slot: &usize| {
            let owner = state.session(self.0[*slot]?)?;
            (!owner.is_live() && owner.noticed).then_some((owner.life_since, owner.id))
        };
        (0..self.0.len()).filter(|slot| ended(slot).is_some()).min_by_key(ended)
    }
}
