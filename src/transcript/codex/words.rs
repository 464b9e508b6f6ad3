//! What is said stands twice in a rollout: told once, whichever comes first.

use crate::domain::{At, LaneId, Speaker};
use std::collections::BTreeMap;

/// Where something stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// What the model got or wrote.
    Item,
    /// What the human was told.
    Event,
}

/// Where prompts are told from. The model gets more in the name of its user than the user has said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Users {
    /// Not known yet: what the model got may be a prompt.
    #[default]
    Unknown,
    /// From events.
    Events,
    /// There are no such events: from what the model got.
    Items,
}

/// Remembered of each source.
const KEPT: usize = 16;

/// What was said in one lane.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// The last thing that was told, while nothing else came after it.
    last: Option<(From, Speaker)>,
    /// What was told lately, and from where.
    told: Vec<(From, Speaker, String)>,
    pub(super) users: Users,
    /// What the model got, and may be prompts.
    pub(super) maybe: Vec<(Option<At>, String)>,
    search: Option<String>,
    /// What the model wrote, and its human was not told.
    pub(super) aside: Option<String>,
}

impl Words {
    /// Whether this was told from the other source: in the same words, or right before.
    pub(super) fn is_again(&mut self, from: From, who: Speaker, text: &str) -> bool {
        let other = |of: From| of != from;
        let same = self.told.iter().position(|(of, by, told)| other(*of) && *by == who && told == text);
        let right_before = who != Speaker::Thought && self.last.is_some_and(|(of, by)| other(of) && by == who);
        self.search = None;
        if let Some(at) = same {
            self.told.remove(at);
        } else if !right_before {
            self.last = Some((from, who));
            self.told.push((from, who, text.to_owned()));
            if self.told.len() > KEPT {
                self.told.remove(0);
            }
            return false;
        }
        self.last = None;
        true
    }

    /// Whether this search was told just now: an event and an item say the same, and one of them without a name.
    pub(super) fn is_again_search(&mut self, title: &str) -> bool {
        let again = self.search.as_deref() == Some(title);
        self.search = (!again).then(|| title.to_owned());
        again
    }

    /// The last thing that was told.
    pub(super) fn last(&self) -> Option<(From, Speaker)> {
        self.last
    }

    /// It is still the last one.
    pub(super) fn goes_on(&mut self, last: Option<(From, Speaker)>) {
        self.last = last;
    }

    /// Something else came.
    pub(super) fn pause(&mut self) {
        self.last = None;
    }
}

/// What was said, by lanes.
#[derive(Debug, Default)]
pub(super) struct AllWords {
    by_lane: BTreeMap<LaneId, Words>,
}

impl AllWords {
    pub(super) fn of(&mut self, lane: LaneId) -> &mut Words {
        self.by_lane.entry(lane).or_default()
    }

    pub(super) fn lanes(&self) -> Vec<LaneId> {
        self.by_lane.keys().copied().collect()
    }
}
