//! How long a grant that the hub holds lasts.

use crate::domain::At;

const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;

/// How long a grant lasts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Term {
    /// As long as the session.
    #[default]
    Session,
    /// A quarter of an hour.
    Quarter,
    /// An hour.
    Hour,
    /// Until midnight.
    Today,
}

impl Term {
    /// Every term, the first one first.
    pub const ALL: [Self; 4] = [Self::Session, Self::Quarter, Self::Hour, Self::Today];

    /// The one so many places on; after the last comes the first.
    #[must_use]
    pub fn on(self, places: usize) -> Self {
        let at = Self::ALL.iter().position(|term| *term == self).unwrap_or(0);
        Self::ALL[(at + places) % Self::ALL.len()]
    }

    /// When a grant that is given now ends; nothing where that is the session's end. Midnight is that of the human's clock.
    #[must_use]
    pub fn until(self, now: At, utc_offset: i32) -> Option<At> {
        let after = |ms: u64| Some(At(now.0.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX))));
        match self {
            Self::Session => None,
            Self::Quarter => after(15 * MINUTE),
            Self::Hour => after(60 * MINUTE),
            Self::Today => {
                let local = now.0.saturating_add(i64::from(utc_offset).saturating_mul(1_000));
                let gone = u64::try_from(local.rem_euclid(i64::try_from(DAY).unwrap_or(i64::MAX))).unwrap_or(0);
                after(DAY - gone)
            }
        }
    }

    /// In words: `for this session`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Session => "for this session",
            Self::Quarter => "for 15 minutes",
            Self::Hour => "for 1 hour",
            Self::Today => "until midnight",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_ends_when_its_words_say() {
        let now = At(1_790_000_000_000);
        assert_eq!(Term::Session.until(now, 0), None);
        assert_eq!(Term::Quarter.until(now, 0), Some(At(now.0 + 900_000)));
        for offset in [0, 3_600, -36_000, 20_700] {
            let end = Term::Today.until(now, offset).unwrap();
            assert_eq!((end.0 + i64::from(offset) * 1_000) % 86_400_000, 0, "midnight there");
            assert!(end.0 > now.0 && end.0 - now.0 <= 86_400_000);
        }
        assert_eq!(Term::Session.on(4), Term::Session);
        assert_eq!(Term::Session.on(3), Term::Today);
    }
}
