//! Times as tools write them.

use super::fields::Fields;
use crate::domain::At;

/// A time in words: `2026-01-02T03:04:05.678Z`.
pub(super) fn read(text: &str) -> Option<At> {
    text.parse::<jiff::Timestamp>().ok().map(|time| At(time.as_millisecond()))
}

/// The same; one without its zone is taken as UTC, since nothing says which zone it was.
pub(super) fn read_bare(text: &str) -> Option<At> {
    let bare = || text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    read(text).or_else(|| bare().map(|time| At(time.timestamp().as_millisecond())))
}

/// When a line of JSON was said: by its `timestamp`.
pub(super) fn of_line(line: &[u8]) -> Option<At> {
    let fields: Fields<'_> = serde_json::from_slice(line).ok()?;
    fields.text("timestamp").and_then(|text| read(&text))
}
