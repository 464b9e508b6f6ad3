//! The time, as data from the edge, and as people of this place write it.

use crate::domain::At;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::time::{SystemTime, UNIX_EPOCH};

/// The time.
#[must_use]
pub(super) fn now() -> At {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    At(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Writes times in one place's zone.
pub(super) struct Clock(TimeZone);

impl Clock {
    /// The clock of this place.
    #[must_use]
    pub(super) fn here() -> Self {
        Self(TimeZone::system())
    }

    /// `2026-11-22 11:23:05`; nothing for times beyond any calendar.
    #[must_use]
    pub(super) fn full(&self, at: At) -> String {
        self.zoned(at).map(|time| time.strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
    }

    /// `2026-11-22`.
    #[must_use]
    pub(super) fn day(&self, at: At) -> String {
        self.zoned(at).map(|time| time.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
    }

    /// `11:23:05`.
    #[must_use]
    pub(super) fn time(&self, at: At) -> String {
        self.zoned(at).map(|time| time.strftime("%H:%M:%S").to_string()).unwrap_or_default()
    }

    /// Seconds that it is ahead of UTC.
    #[must_use]
    pub(super) fn offset(&self, at: At) -> i32 {
        self.zoned(at).map(|time| time.offset().seconds()).unwrap_or_default()
    }

    fn zoned(&self, at: At) -> Option<Zoned> {
        Some(Timestamp::from_millisecond(at.0).ok()?.to_zoned(self.0.clone()))
    }
}
