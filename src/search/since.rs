//! A time in the past, as people type it: a length of time back from now, or a day.

use crate::domain::At;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A time in the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// So many milliseconds back.
    Back(i64),
    /// From the beginning of a day on.
    Day(Date),
}

impl Since {
    /// Reads `90m`, `36h`, `7d`, `2w` or `2026-11-01`.
    ///
    /// # Errors
    /// What it takes, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "a length of time such as 90m, 36h, 7d or 2w, or a day such as 2026-11-01".to_owned();
        if let Ok(day) = text.parse::<Date>() {
            return Ok(Self::Day(day));
        }
        let (number, unit) = text.split_at(text.char_indices().last().map_or(0, |(at, _)| at));
        let unit: i64 = match unit {
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 7 * 86_400_000,
            _ => return Err(wrong()),
        };
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse::<i64>().ok().filter(|_| digits).ok_or_else(wrong)?;
        number.checked_mul(unit).map(Self::Back).ok_or_else(wrong)
    }

    /// As a time of this place's clock.
    #[must_use]
    pub fn at(self, now: At) -> At {
        match self {
            Self::Back(back) => At(now.0.saturating_sub(back)),
            Self::Day(day) => {
                day.to_zoned(TimeZone::system()).map_or(At(0), |midnight| At(midnight.timestamp().as_millisecond()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_days_are_read_and_nothing_else() {
        let now = At(10 * 86_400_000);
        assert_eq!(Since::parse("7d").unwrap().at(now), At(3 * 86_400_000));
        assert_eq!(Since::parse("90m").unwrap().at(now), At(now.0 - 90 * 60_000));
        assert_eq!(Since::parse("1w").unwrap().at(now), At(3 * 86_400_000));
        assert!(matches!(Since::parse("2026-11-01"), Ok(Since::Day(_))));
        for wrong in [
            "",
            "d",
            "7",
            "-7d",
            "7 d",
            "yesterday",
            "2026-13-01",
            "99999999999999999999d",
            "9223372036854775807w",
            "7é",
        ] {
            assert!(Since::parse(wrong).is_err(), "{wrong}");
        }
    }
}
