//! The newest calls of a turn, and the money of the last hours: just enough of a past to see that something goes in
//! circles, fails over and over, or costs too much. Bounded, whatever an agent does.

use super::Step;
use crate::domain::{At, CallPatch, CallStatus, Cost, Digest, LaneId, Text, canonical};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};

/// Calls that are remembered.
pub const CALLS: usize = 48;
/// Calls after which a circle may begin anew: `edit`, `test`, `edit`, `test` is one of two.
pub const CIRCLE: usize = 3;
/// Rounds of the longest circle that there is room for.
pub const ROUNDS: u32 = 16;
/// Letters of a call that are kept for people.
const WORDS: usize = 80;
/// Milliseconds of a quarter of an hour: every time zone of today is a whole number of them away from UTC.
pub(super) const QUARTER_MS: i64 = 15 * 60_000;
/// Quarters that are remembered: the longest day has 100.
const QUARTERS: i64 = 104;

/// How a call ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It has not.
    #[default]
    Open,
    /// Well.
    Well,
    /// Badly.
    Badly,
    /// It was refused or given up: nobody's failure.
    Never,
}

/// A call, as far as it is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Did {
    /// Its number in the session.
    pub number: u32,
    /// Who called.
    pub lane: LaneId,
    /// What tells it from others: the same tool with the same arguments has the same.
    pub key: u64,
    /// What it does, in a few letters; agents wrote them.
    pub what: String,
    /// When it was first told of.
    pub at: At,
    /// How it ended.
    pub end: End,
}

/// The same calls over and over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    /// What one round calls, in order.
    pub calls: Vec<String>,
    /// Rounds so far, as far as is remembered.
    pub rounds: u32,
    /// When the newest call was first told of.
    pub last: At,
    /// What tells this circle from others.
    pub key: u64,
}

/// What a session did and spent lately.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recent {
    /// Calls of the newest turn, oldest first.
    pub calls: VecDeque<Did>,
    /// Money by quarters of an hour since the epoch, oldest first.
    pub spent: VecDeque<(i64, Cost)>,
}

impl Recent {
    /// A human spoke: what went before was in order, or they know.
    pub(super) fn turn_began(&mut self) {
        self.calls.clear();
    }

    /// Something new is known of a call.
    pub(super) fn called(&mut self, step: &Step, patch: &CallPatch, lane: LaneId, at: At) {
        let end = match step.status {
            CallStatus::Pending | CallStatus::Running => End::Open,
            CallStatus::Done => End::Well,
            CallStatus::Failed if step.denied() => End::Never,
            CallStatus::Failed => End::Badly,
            CallStatus::Abandoned => End::Never,
        };
        if let Some(known) = self.calls.iter_mut().rev().find(|known| known.number == step.number) {
            known.end = end;
            if names(patch) || patch.status.is_some() {
                (known.key, known.what) = (key(step), words(step));
            }
            return;
        }
        self.calls.push_back(Did { number: step.number, lane, key: key(step), what: words(step), at, end });
        if self.calls.len() > CALLS {
            self.calls.pop_front();
        }
    }

    /// Money was spent.
    pub(super) fn spent(&mut self, cost: Cost, at: At) {
        let quarter = at.0.div_euclid(QUARTER_MS);
        let known = self.spent.iter_mut().rev().find(|(of, sum)| *of == quarter && sum.currency == cost.currency);
        match known {
            Some((_, sum)) => sum.micros = sum.micros.saturating_add(cost.micros),
            None => self.spent.push_back((quarter, cost)),
        }
        let newest = self.spent.iter().map(|(of, _)| *of).max().unwrap_or(quarter);
        self.spent.retain(|(of, _)| newest.saturating_sub(*of) < QUARTERS);
        // Many currencies in one day are a bad joke, and no reason to grow.
        while i64::try_from(self.spent.len()).unwrap_or(i64::MAX) > 2 * QUARTERS {
            self.spent.pop_front();
        }
    }

    /// The circle that a lane goes in, of at least so many rounds; of lanes that still count.
    #[must_use]
    pub fn circle(&self, least: u32, counts: impl Fn(LaneId) -> bool) -> Option<Circle> {
        let lanes: BTreeSet<LaneId> = self.calls.iter().map(|did| did.lane).filter(|lane| counts(*lane)).collect();
        let of_lane = |lane: LaneId| self.calls.iter().rev().filter(move |did| did.lane == lane);
        let found = lanes.into_iter().filter_map(|lane| circle(&of_lane(lane).collect::<Vec<_>>(), least));
        found.max_by_key(|circle| (circle.rounds, circle.last))
    }

    /// Of the newest calls that ended, at most `of`: how many failed, how many there are, and what failed last.
    #[must_use]
    pub fn failed(&self, of: u32) -> (u32, u32, Option<&str>) {
        let ended = self.calls.iter().rev().filter(|did| matches!(did.end, End::Well | End::Badly));
        let (mut failed, mut all, mut last) = (0, 0, None);
        for did in ended.take(usize::try_from(of).unwrap_or(CALLS)) {
            all += 1;
            if did.end == End::Badly {
                failed += 1;
                last = last.or(Some(did.what.as_str()));
            }
        }
        (failed, all, last)
    }
}

/// The circle at the beginning of a list of calls, newest first; the shortest one that has enough rounds.
fn circle(calls: &[&Did], least: u32) -> Option<Circle> {
    (1..=CIRCLE).find_map(|len| {
        let again = calls.iter().zip(calls.get(len..)?).take_while(|(newer, older)| newer.key == older.key).count();
        let rounds = u32::try_from((again + len) / len).unwrap_or(u32::MAX);
        let newest = calls.first().filter(|_| rounds >= least.max(2))?;
        let round = &calls[..len.min(calls.len())];
        Some(Circle {
            calls: round.iter().rev().map(|did| did.what.clone()).collect(),
            rounds,
            last: newest.at,
            // Wherever in the round it is now.
            key: round.iter().map(|did| did.key).min().unwrap_or(newest.key),
        })
    })
}

/// Whether something new is said of what a call is.
fn names(patch: &CallPatch) -> bool {
    let CallPatch { tool, title, impact, status: _, args, command, cwd, places, changes, parent: _, exit: _ } = patch;
    tool.is_some()
        || title.is_some()
        || impact.is_some()
        || args.is_some()
        || command.is_some()
        || cwd.is_some()
        || places.is_some()
        || changes.is_some()
}

/// What tells a call from others. A command is its line: agents describe the same one in other words each time.
fn key(step: &Step) -> u64 {
    let mut all: Vec<u8> = Vec::new();
    // Each part with its length, so that no two lists of parts look alike.
    let mut add = |part: &[u8]| {
        all.extend((part.len() as u64).to_le_bytes());
        all.extend(part);
    };
    if is_unsaid(step) {
        // It may turn out to be anything.
        add(&step.number.to_le_bytes());
    }
    add(step.impact.word().as_bytes());
    add(step.cwd.as_deref().unwrap_or_default().as_bytes());
    if let Some(command) = &step.command {
        add(&of_text(command).0);
    } else {
        add(step.tool.as_deref().unwrap_or_default().as_bytes());
        match &step.args {
            Some(Text::Inline(args)) => add(&canonical(args).0),
            Some(Text::Body(body)) => add(&body.digest.0),
            None => {
                add(&step.title.as_ref().map(of_text).unwrap_or_default().0);
                step.places.iter().for_each(|place| add(place.path.as_bytes()));
            }
        }
        for change in &step.changes {
            add(change.path.as_bytes());
            [&change.old, &change.new, &change.patch].into_iter().flatten().for_each(|text| add(&of_text(text).0));
        }
    }
    Digest::of(&all).0.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

/// True where nothing is known yet of what a call is about: many agents tell its arguments after its beginning. A tool
/// that takes none has none at its end either.
fn is_unsaid(step: &Step) -> bool {
    let args = match &step.args {
        None => "",
        Some(Text::Inline(args)) => args.trim(),
        Some(Text::Body(_)) => return false,
    };
    let nothing = matches!(args, "" | "{}" | "null") && step.command.is_none();
    let no_file = step.changes.is_empty() && step.places.is_empty();
    nothing && no_file && (step.tool.is_none() || !step.status.is_final())
}

fn of_text(text: &Text) -> Digest {
    match text {
        Text::Inline(text) => Digest::of(text.as_bytes()),
        Text::Body(body) => body.digest,
    }
}

/// `cargo test`, `read src/auth.rs`.
fn words(step: &Step) -> String {
    let target = step.target();
    let line = target.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    let words = match (&step.command, line) {
        (Some(_), line) if !line.is_empty() => line.to_owned(),
        (_, line) => format!("{} {line}", step.impact.word()).trim_end().to_owned(),
    };
    match words.char_indices().nth(WORDS) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words,
    }
}
