//! The question whether changed settings shall hold: what differs, and how much of it was read.

use crate::domain::{At, SettingsDiff};

/// The question, while it is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accept {
    /// What would change. Nothing else is accepted.
    pub waits: Vec<SettingsDiff>,
    /// The first row shown.
    pub top: usize,
    /// Rows from the first on that were on the screen.
    pub seen: usize,
    /// Rows that there are, as they were fitted last.
    pub of: usize,
    /// All of it was on the screen.
    pub read: bool,
    /// Since when it is on the screen.
    pub since: Option<At>,
}

/// What of the question was painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaintedAccept {
    /// The first row shown.
    pub top: usize,
    /// Rows shown.
    pub rows: usize,
    /// Rows that there are.
    pub of: usize,
}

impl Accept {
    /// The question about these, of which nothing was read yet.
    #[must_use]
    pub fn of(waits: Vec<SettingsDiff>) -> Self {
        Self { waits, ..Self::default() }
    }

    /// A frame showed so much of it. Rows that are no longer what they were are read again from the first.
    pub fn painted(&mut self, shown: PaintedAccept, now: At) {
        if shown.of != self.of && !self.read {
            self.seen = 0;
        }
        (self.top, self.of) = (shown.top, shown.of);
        self.since = self.since.filter(|&at| at <= now).or(Some(now));
        if shown.top <= self.seen {
            self.seen = self.seen.max(shown.top.saturating_add(shown.rows)).min(shown.of);
        }
        self.read |= self.seen >= self.of;
    }

    /// Lines that are left out: more than anybody reads in a question.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.waits.iter().map(|wait| wait.left_out).fold(0, u64::saturating_add)
    }
}
