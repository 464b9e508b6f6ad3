//! Times and ages for people, in local time.

use crate::domain::At;
use crate::text::human;
use std::time::Duration;

const DAY: i64 = 86_400;

/// `14:01:07`.
#[must_use]
pub(super) fn hms(at: At, utc_offset: i32) -> String {
    let second = local(at, utc_offset).rem_euclid(DAY);
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// `14:01`.
#[must_use]
pub(super) fn hm(at: At, utc_offset: i32) -> String {
    let second = local(at, utc_offset).rem_euclid(DAY);
    format!("{:02}:{:02}", second / 3600, second / 60 % 60)
}

/// `2026-11-20`.
#[must_use]
pub(super) fn date(at: At, utc_offset: i32) -> String {
    let (year, month, day) = civil(local(at, utc_offset).div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// The time from `earlier` to `now`.
#[must_use]
pub(super) fn between(earlier: At, now: At) -> Duration {
    Duration::from_millis(now.since(earlier))
}

/// How long ago: `12s`, `3m`.
#[must_use]
pub(super) fn age(at: At, now: At) -> String {
    human::age(between(at, now))
}

/// How long ago, as a clause: `12s ago`, `just now`.
#[must_use]
pub(super) fn ago(at: At, now: At) -> String {
    match age(at, now) {
        now if now == "now" => "just now".to_owned(),
        age => format!("{age} ago"),
    }
}

fn local(at: At, utc_offset: i32) -> i64 {
    at.0.div_euclid(1000).saturating_add(i64::from(utc_offset))
}

/// The date of a day since 1970, in the Gregorian calendar (years of 400 have 146,097 days, counted from March).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_local() {
        let at = At(1_795_363_267_000);
        assert_eq!((date(at, 0), hms(at, 0), hm(at, 3600)), ("2026-11-22".into(), "16:01:07".into(), "17:01".into()));
        assert_eq!((date(At(0), -1), hms(At(-1), 0)), ("1969-12-31".into(), "23:59:59".into()));
        assert_eq!(date(At(951_782_400_000), 0), "2000-02-29");
        let _ = (date(At(i64::MAX), i32::MAX), date(At(i64::MIN), i32::MIN));
    }
}
