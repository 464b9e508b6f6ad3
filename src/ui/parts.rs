//! Which hunks of a pending change are taken: by their numbers over all of its changes, from 1.

use crate::domain::{Digest, TakenHunk};
use std::collections::BTreeMap;

/// What a human made of a hunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// It is not written.
    Refused,
    /// These lines are written in its place, with their ends.
    Edited(String),
}

/// What becomes of the hunks of a change. What is not named is taken as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// The hunk at which the reader stands; 0 before any was painted.
    pub at: u32,
    /// What was chosen.
    pub chosen: BTreeMap<u32, Chosen>,
}

impl Parts {
    /// True where the change is not taken just as it is.
    #[must_use]
    pub fn differs(&self) -> bool {
        !self.chosen.is_empty()
    }

    /// The hunks that stand, of so many.
    #[must_use]
    pub fn taken(&self, of: u32) -> Vec<TakenHunk> {
        let one = |hunk| match self.chosen.get(&hunk) {
            Some(Chosen::Refused) => None,
            Some(Chosen::Edited(lines)) => Some(TakenHunk { hunk, edited: Some(lines.clone()) }),
            None => Some(TakenHunk { hunk, edited: None }),
        };
        (1..=of).filter_map(one).collect()
    }

    /// How many are refused.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.chosen.values().filter(|chosen| **chosen == Chosen::Refused).count()
    }

    /// Of all that is written in the place of hunks; the same where nothing is.
    #[must_use]
    pub fn edits(&self) -> Digest {
        let edited = self.chosen.iter().filter_map(|(hunk, chosen)| match chosen {
            Chosen::Edited(lines) => Some((*hunk, lines)),
            Chosen::Refused => None,
        });
        let bytes: Vec<u8> = edited
            .flat_map(|(hunk, lines)| [&hunk.to_le_bytes()[..], &Digest::of(lines.as_bytes()).0[..]].concat())
            .collect();
        if bytes.is_empty() { Digest::default() } else { Digest::of(&[b"edits".as_slice(), &bytes].concat()) }
    }

    /// How many are edited.
    #[must_use]
    pub fn edited(&self) -> usize {
        self.chosen.len() - self.refused()
    }
}
