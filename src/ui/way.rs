//! The agent's own conversation: how far it would be taken back, or copied, and what its context is made of.
//!
//! Nothing of it touches a file. What is shown is made of the state anew for every frame, so that a turn that began
//! meanwhile stands there as well.

use super::App;
use crate::domain::{At, Seq, SessionId, TurnNo};
use crate::state::{Entry, NoWay, Session, What};

/// What becomes of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// It is taken back: the agent knows nothing any more of what came after.
    Rewind,
    /// Another session begins with a copy of it.
    Fork,
}

/// How far a conversation would go back, or be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WayUi {
    /// Whose.
    pub session: SessionId,
    /// What becomes of it.
    pub does: Does,
    /// The last turn that stays; 0 for none.
    pub keep: TurnNo,
    /// The newest turn when that was chosen: one that began since was not seen.
    pub newest: Option<TurnNo>,
    /// Since when it stands so.
    pub since: At,
    /// It was sent.
    pub sent: bool,
}

/// What goes, and what stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Going {
    /// The turns that go, oldest first.
    pub turns: Vec<TurnNo>,
    /// Steps in them that changed files, as far as they are in memory.
    pub steps: usize,
    /// Whether there may be more of those.
    pub more: bool,
}

/// What a context is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextUi {
    /// Whose.
    pub session: SessionId,
    /// How far it is.
    pub stage: Asked,
    /// The first row shown.
    pub top: usize,
}

/// How far the question is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// It was not asked here: what was told last stands there.
    No,
    /// It was asked when this was the newest record of the session.
    Since(Seq, At),
    /// It was not told: one sentence.
    Failed(String),
}

impl ContextUi {
    /// How far the question is by now: the agent's answer is a record.
    #[must_use]
    pub fn asked(&self, session: &Session) -> Asked {
        let Asked::Since(seq, at) = self.stage else { return self.stage.clone() };
        let newer = session.timeline.entries.values().rev().take_while(|entry| entry.seq > seq);
        let said = newer.filter_map(|entry| match &entry.what {
            What::Noted { text, .. } => text.inline(),
            _ => None,
        });
        // Told it is in words as well; why it is not, in a sentence about it.
        match said.filter(|text| text.contains("context")).last() {
            Some(text) if text.starts_with("context: ") => Asked::No,
            Some(why) => Asked::Failed(why.to_owned()),
            None if !session.is_live() => Asked::Failed("the session has ended".to_owned()),
            None => Asked::Since(seq, at),
        }
    }
}

impl WayUi {
    /// The places at which it can be parted: the last turn that stays, oldest first.
    #[must_use]
    pub fn places(&self, session: &Session) -> Vec<TurnNo> {
        let mut all: Vec<TurnNo> = std::iter::once(session.way.oldest()).chain(session.way.turns()).collect();
        if self.does == Does::Rewind {
            // After the newest there is nothing to take back.
            all.pop();
        }
        all
    }

    /// What would go.
    #[must_use]
    pub fn going(&self, session: &Session) -> Going {
        let goes = |entry: &&Entry| entry.turn > self.keep && entry.turn <= session.turns;
        let changed =
            |entry: &Entry| entry.step().and_then(|step| step.worked.as_ref()).is_some_and(|worked| worked.files() > 0);
        let entries = || session.timeline.entries.values();
        let oldest = entries().next().map(|entry| (entry.no, entry.turn));
        Going {
            turns: session.way.turns().filter(|turn| *turn > self.keep).collect(),
            steps: entries().filter(goes).filter(|entry| changed(entry)).count(),
            more: oldest.is_some_and(|(no, turn)| no > 0 && turn > self.keep),
        }
    }

    /// Why it can't be parted there.
    ///
    /// # Errors
    /// One sentence.
    pub fn possible(&self, session: &Session) -> Result<(), String> {
        match (session.way.to(self.keep), self.does) {
            // A copy of all of it is no way back: but not of a turn that still runs.
            (Err(NoWay::Newest), Does::Fork) if session.turn.is_some() => {
                Err("a turn runs: wait for its end, or copy up to an earlier one".to_owned())
            }
            (Ok(_), _) | (Err(NoWay::Newest), Does::Fork) => Ok(()),
            (Err(why), _) => Err(why.words(session, self.keep)),
        }
    }
}

impl App {
    /// The question how far a conversation goes back, or is copied.
    #[must_use]
    pub fn parting(&self) -> Option<&WayUi> {
        match &self.overlay {
            Some(super::Overlay::Way(way)) => Some(way),
            _ => None,
        }
    }
}
