//! Where the prompts of a session stand: so that one can go to each, however old, without reading everything.

use crate::domain::{At, PromptId, Text, TurnNo};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Prompts that are listed; older ones are counted.
const MOST: usize = 512;
/// Bytes of a prompt's first line that are kept.
const HEAD: usize = 120;

/// One prompt that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompted {
    /// Its number.
    pub prompt: PromptId,
    /// Its entry.
    pub entry: u64,
    /// When it was given.
    pub at: At,
    /// The turn to which it was given; 0 where that was not kept.
    #[serde(default)]
    pub turn: TurnNo,
    /// How it begins; empty where its text is long and only in the log.
    pub head: String,
}

/// The prompts of a session, oldest first: the newest of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompts {
    /// Those that are listed.
    pub list: VecDeque<Prompted>,
    /// How many older ones are not.
    pub older: u64,
}

impl Prompts {
    /// A prompt was given.
    pub(super) fn push(&mut self, (prompt, turn): (PromptId, TurnNo), entry: u64, at: At, text: &Text) {
        let line = text.inline().unwrap_or("").lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
        let head = line[..line.floor_char_boundary(HEAD)].to_owned();
        self.list.push_back(Prompted { prompt, entry, at, turn, head });
        if self.list.len() > MOST {
            self.list.pop_front();
            self.older += 1;
        }
    }

    /// How the first prompt of a turn begins.
    #[must_use]
    pub fn of_turn(&self, turn: TurnNo) -> Option<&Prompted> {
        self.list.get(self.list.partition_point(|prompted| prompted.turn < turn)).filter(|it| it.turn == turn)
    }

    /// The listed prompt before an entry.
    #[must_use]
    pub fn before(&self, entry: u64) -> Option<&Prompted> {
        let at = self.list.partition_point(|prompted| prompted.entry < entry);
        self.list.get(at.checked_sub(1)?)
    }

    /// The listed prompt after an entry.
    #[must_use]
    pub fn after(&self, entry: u64) -> Option<&Prompted> {
        self.list.get(self.list.partition_point(|prompted| prompted.entry <= entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_listed_and_the_others_counted() {
        let mut prompts = Prompts::default();
        for n in 0..600u32 {
            prompts.push((PromptId(n), TurnNo(n / 2)), u64::from(n) * 10, At(0), &"\n\n  first\nsecond".into());
        }
        assert_eq!((prompts.list.len(), prompts.older, prompts.list[0].entry), (512, 88, 880));
        assert_eq!(prompts.list[0].head, "first");
        assert_eq!(prompts.before(5990).map(|prompted| prompted.entry), Some(5980));
        assert_eq!(prompts.after(5980).map(|prompted| prompted.entry), Some(5990));
        let first = |turn| prompts.of_turn(TurnNo(turn)).map(|prompted| prompted.prompt);
        assert_eq!(
            (first(44), first(299), first(43), first(300)),
            (Some(PromptId(88)), Some(PromptId(598)), None, None)
        );
        assert_eq!((prompts.before(880), prompts.after(5990)), (None, None));
        assert_eq!(prompts.before(u64::MAX).map(|prompted| prompted.entry), Some(5990));
    }
}
