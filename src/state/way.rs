//! The turns that an agent still knows, and by which handle each can be gone back to before.

use super::{Session, What};
use crate::domain::{Context, Event, Notice, Record, TurnNo};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Turns that are kept; older ones can't be gone back to.
const MOST: usize = 512;
/// Handles of a turn that are kept: its first and its last one are what is needed.
const MARKS: usize = 64;

/// A turn that the agent knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Which.
    pub turn: TurnNo,
    /// The agent's handles of what was said to it in that turn, oldest first. None where it gave none.
    pub marks: Vec<String>,
}

/// The turns that it knows, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    points: VecDeque<Point>,
    /// The newest turn that is not kept any more.
    older: TurnNo,
}

/// A place on the way, as the agent's protocol needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    /// The handle of what is the first to go.
    pub first: String,
    /// The handle of the newest that goes.
    pub last: String,
}

/// Why a place can't be gone to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoWay {
    /// Nothing comes after that turn.
    Newest,
    /// The conversation does not hold that turn any more, or never did.
    NotThere,
    /// It is too long ago.
    TooOld,
    /// The agent gave no handle of the turn after it.
    Unmarked(TurnNo),
}

impl NoWay {
    /// Why, in one sentence.
    #[must_use]
    pub fn words(self, session: &Session, to: TurnNo) -> String {
        let name = &session.name;
        match self {
            Self::Newest => format!("turn {} is the newest that {name} knows: nothing comes after it", to.0),
            Self::NotThere => match session.way.newest() {
                Some(newest) => format!(
                    "{name} knows of no turn {}: its newest is {}; `taut show {}` has them",
                    to.0, newest.0, session.id
                ),
                None => format!("{name} has had no turn yet"),
            },
            Self::TooOld => format!("turn {} is too long ago: taut keeps the places of the last 512", to.0),
            Self::Unmarked(next) => {
                format!("the agent gave no handle of turn {}, which it began by itself: choose a later turn", next.0)
            }
        }
    }
}

impl Way {
    /// A turn begins.
    pub(crate) fn begins(&mut self, turn: TurnNo) {
        if self.newest().is_some_and(|newest| newest >= turn) {
            return;
        }
        self.points.push_back(Point { turn, marks: Vec::new() });
        if self.points.len() > MOST
            && let Some(old) = self.points.pop_front()
        {
            self.older = self.older.max(old.turn);
        }
    }

    /// The agent has a handle of a turn.
    pub(crate) fn marked(&mut self, turn: TurnNo, mark: &str) {
        let Some(point) = self.points.iter_mut().rev().find(|point| point.turn == turn) else { return };
        if point.marks.len() >= MARKS {
            point.marks.truncate(MARKS - 1);
        }
        point.marks.push(mark.to_owned());
    }

    /// What came after a turn is gone.
    pub(super) fn back(&mut self, to: TurnNo) {
        self.points.retain(|point| point.turn <= to);
    }

    /// The turn that is the last one before a handle, where the handle is known.
    #[must_use]
    pub fn before(&self, mark: &str) -> Option<TurnNo> {
        let at = self.points.iter().position(|point| point.marks.iter().any(|other| other == mark))?;
        Some(at.checked_sub(1).and_then(|before| self.points.get(before)).map_or(self.older, |point| point.turn))
    }

    /// How many turns it knows that came after one.
    #[must_use]
    pub fn after(&self, turn: TurnNo) -> u32 {
        u32::try_from(self.points.iter().filter(|point| point.turn > turn).count()).unwrap_or(u32::MAX)
    }

    /// The turns that it knows, oldest first.
    #[must_use]
    pub fn turns(&self) -> impl DoubleEndedIterator<Item = TurnNo> + '_ {
        self.points.iter().map(|point| point.turn)
    }

    /// The place before the oldest of them.
    #[must_use]
    pub fn oldest(&self) -> TurnNo {
        self.older
    }

    /// The newest turn that the agent knows.
    #[must_use]
    pub fn newest(&self) -> Option<TurnNo> {
        self.points.back().map(|point| point.turn)
    }

    /// How to get to where a turn was the last one.
    ///
    /// # Errors
    ///
    /// Where there is no way there: why.
    pub fn to(&self, turn: TurnNo) -> Result<Back, NoWay> {
        if turn < self.older {
            return Err(NoWay::TooOld);
        }
        let known = turn == self.older || self.points.iter().any(|point| point.turn == turn);
        if !known {
            return Err(NoWay::NotThere);
        }
        let Some(next) = self.points.iter().find(|point| point.turn > turn) else { return Err(NoWay::Newest) };
        let first = next.marks.first().ok_or(NoWay::Unmarked(next.turn))?.clone();
        let last = self.points.iter().rev().find_map(|point| point.marks.last()).unwrap_or(&first).clone();
        Ok(Back { first, last })
    }
}

impl Session {
    /// Where the agent's conversation stands, and what it holds.
    pub(super) fn apply_way(&mut self, record: &Record) {
        let said = match &record.event {
            Event::TurnMarked { turn, mark } => return self.way.marked(*turn, mark),
            Event::Rewound { to } => {
                self.way.back(*to);
                self.told.rewound(record.pos);
                let place = if to.0 == 0 { "its beginning".to_owned() } else { format!("the end of turn {}", to.0) };
                format!(
                    "the agent's conversation was taken back to {place}: it knows nothing of what came after; that \
                     alone changes no file"
                )
            }
            Event::Forked { from, to } => {
                self.forked = Some((*from, *to));
                let part = match to {
                    None => "as it was".to_owned(),
                    Some(TurnNo(0)) => "without any of its turns".to_owned(),
                    Some(turn) => format!("up to the end of turn {}", turn.0),
                };
                format!("a fork: it begins with the conversation of session {from}, {part}")
            }
            Event::ContextTold { context } => {
                self.context = Some((context.clone(), record.at));
                in_words(context)
            }
            _ => return,
        };
        self.add(record, What::Noted { level: Notice::Info, text: said.into() });
    }
}

/// `context: 36.0k of 200k tokens · Messages 1.2k · ...`
fn in_words(context: &Context) -> String {
    let number = |count: Option<u64>| count.map_or_else(|| "—".to_owned(), short);
    let mut said = format!("context: {} of {} tokens", number(context.used), number(context.window));
    for part in &context.parts {
        said.extend([" · ", &part.name, " ", &short(part.tokens)]);
    }
    said
}

fn short(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..100_000 => format!("{}.{}k", count / 1_000, count % 1_000 / 100),
        _ => format!("{}k", count / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(turns: &[(u32, &[&str])]) -> Way {
        let mut way = Way::default();
        for (turn, marks) in turns {
            way.begins(TurnNo(*turn));
            marks.iter().for_each(|mark| way.marked(TurnNo(*turn), mark));
        }
        way
    }

    #[test]
    fn one_goes_back_to_before_the_first_word_of_a_turn() {
        let mut way = way(&[(1, &["a"]), (2, &["b", "b2"]), (3, &[]), (4, &["d"])]);
        let back = |first: &str, last: &str| Ok(Back { first: first.to_owned(), last: last.to_owned() });
        assert_eq!(way.to(TurnNo(0)), back("a", "d"));
        assert_eq!(way.to(TurnNo(1)), back("b", "d"));
        assert_eq!(way.to(TurnNo(2)), Err(NoWay::Unmarked(TurnNo(3))));
        assert_eq!(way.to(TurnNo(3)), back("d", "d"));
        assert_eq!(way.to(TurnNo(4)), Err(NoWay::Newest));
        assert_eq!(way.to(TurnNo(9)), Err(NoWay::NotThere));
        assert_eq!((way.before("b2"), way.before("a"), way.before("x")), (Some(TurnNo(1)), Some(TurnNo(0)), None));
        way.back(TurnNo(1));
        way.begins(TurnNo(5));
        way.marked(TurnNo(5), "e");
        assert_eq!((way.to(TurnNo(1)), way.newest()), (back("e", "e"), Some(TurnNo(5))));
        assert_eq!(way.to(TurnNo(2)), Err(NoWay::NotThere), "it was taken back");
        assert_eq!(way.before("e"), Some(TurnNo(1)));
    }

    #[test]
    fn only_the_newest_are_kept() {
        let mut way = Way::default();
        for turn in 1..=600 {
            way.begins(TurnNo(turn));
            way.marked(TurnNo(turn), &turn.to_string());
        }
        assert_eq!(way.to(TurnNo(0)), Err(NoWay::TooOld));
        assert_eq!(way.to(TurnNo(88)).map(|back| back.first), Ok("89".to_owned()));
        (0..100).for_each(|n| way.marked(TurnNo(600), &format!("more {n}")));
        assert_eq!(way.to(TurnNo(599)), Ok(Back { first: "600".to_owned(), last: "more 99".to_owned() }));
    }
}
