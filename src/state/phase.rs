//! What a session is doing, in one word. Derived from facts and the clock, never tracked.

use super::{Life, Session};
use crate::domain::{At, Cause, Stop};

/// What a session is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Its agent is starting.
    Starting,
    /// It wants a login.
    LoginNeeded,
    /// So many requests wait for a human.
    Waiting(u32),
    /// A turn runs.
    Working,
    /// A turn runs, and nothing was heard for a while: since when.
    Stalled(At),
    /// Its turn ended, and nobody has looked yet.
    Done,
    /// Nothing to do.
    Idle,
    /// Its turn or its agent failed.
    Failed,
    /// It ended as it was told.
    Ended,
    /// taut interrupted its turn, since its budget is spent.
    Overspent,
    /// taut died before it did.
    Interrupted,
}

/// The groups of the rail, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Something waits for a human.
    NeedsYou,
    /// Something runs.
    Working,
    /// A turn ended well, and nobody has looked yet.
    Done,
    /// Something ended badly, and nobody has looked yet.
    Failed,
    /// Its agent has nothing to do.
    Idle,
    /// Its agent is gone.
    Ended,
}

impl Group {
    /// Every group, in their order.
    pub const ALL: [Self; 6] = [Self::NeedsYou, Self::Working, Self::Done, Self::Failed, Self::Idle, Self::Ended];

    /// The words for it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NeedsYou => "needs you",
            Self::Working => "working",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Idle => "idle",
            Self::Ended => "ended",
        }
    }
}

/// Whether the human has looked at how a session came to rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sight {
    /// Not yet.
    Unseen,
    /// They have.
    Seen,
}

impl Phase {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::LoginNeeded => "login needed",
            Self::Waiting(_) => "waiting",
            Self::Working => "working",
            Self::Stalled(_) => "stalled",
            Self::Done => "done",
            Self::Idle => "idle",
            Self::Failed => "failed",
            Self::Ended => "ended",
            Self::Overspent => "over budget",
            Self::Interrupted => "interrupted",
        }
    }

    /// True where something went wrong.
    #[must_use]
    pub fn is_failure(self) -> bool {
        match self {
            Self::Failed | Self::Overspent | Self::Interrupted => true,
            Self::Starting
            | Self::LoginNeeded
            | Self::Waiting(_)
            | Self::Working
            | Self::Stalled(_)
            | Self::Done
            | Self::Idle
            | Self::Ended => false,
        }
    }
}

impl Session {
    /// Whether the human has looked at how it came to rest.
    #[must_use]
    pub fn sight(&self) -> Sight {
        if self.noticed { Sight::Seen } else { Sight::Unseen }
    }

    /// The group it stands in while it does `phase`. What is done or failed sticks there until it was seen.
    #[must_use]
    pub fn group(&self, phase: Phase, sight: Sight) -> Group {
        let rest = if self.is_live() { Group::Idle } else { Group::Ended };
        match (phase, sight) {
            (Phase::LoginNeeded | Phase::Waiting(_), _) => Group::NeedsYou,
            (Phase::Starting | Phase::Working | Phase::Stalled(_), _) => Group::Working,
            (Phase::Failed | Phase::Overspent | Phase::Interrupted, Sight::Unseen) => Group::Failed,
            (Phase::Done | Phase::Idle, Sight::Unseen) if self.stopped.is_some() => Group::Done,
            (Phase::Failed | Phase::Overspent | Phase::Interrupted | Phase::Done | Phase::Idle | Phase::Ended, _) => {
                rest
            }
        }
    }

    /// What it is doing at `now`; a turn that was silent for `silent` milliseconds is stalled.
    #[must_use]
    pub fn phase(&self, now: At, silent: u64) -> Phase {
        match &self.life {
            Life::Unknown => return Phase::Interrupted,
            Life::Starting(_) => return Phase::Starting,
            Life::LoginNeeded { .. } => return Phase::LoginNeeded,
            Life::Ended { cause, .. } => {
                return match cause {
                    Cause::Human | Cause::Quit | Cause::Itself { code: Some(0), .. } => Phase::Ended,
                    Cause::Itself { .. } | Cause::Failed(_) => Phase::Failed,
                    Cause::HubDied => Phase::Interrupted,
                };
            }
            Life::Open => {}
        }
        let waiting = u32::try_from(self.waiting().count()).unwrap_or(u32::MAX);
        if waiting > 0 {
            return Phase::Waiting(waiting);
        }
        if let Some(turn) = self.turn {
            let heard = self.heard.max(turn.since);
            return if now.since(heard) >= silent { Phase::Stalled(heard) } else { Phase::Working };
        }
        match &self.stopped {
            Some((Stop::Error(..) | Stop::Lost | Stop::Refusal, _)) => Phase::Failed,
            Some(_) if self.overspent.is_some() => Phase::Overspent,
            Some(_) if !self.noticed => Phase::Done,
            Some(_) | None => Phase::Idle,
        }
    }

    /// Since when it has been doing that: what the age in the rail counts from.
    #[must_use]
    pub fn since(&self, phase: Phase) -> At {
        match phase {
            Phase::Waiting(_) => self.waiting().map(|(request, _, _)| request.asked).min().unwrap_or(self.at),
            Phase::Working => self.turn.map_or(self.life_since, |turn| turn.since),
            Phase::Stalled(since) => since,
            Phase::Done | Phase::Idle | Phase::Overspent => {
                self.stopped.as_ref().map_or(self.life_since, |&(_, at)| at)
            }
            Phase::Failed => match (&self.life, &self.stopped) {
                (Life::Open, Some((_, at))) => *at,
                _ => self.life_since,
            },
            Phase::Starting | Phase::LoginNeeded | Phase::Ended | Phase::Interrupted => self.life_since,
        }
    }
}
