//! Going to a place of a replay that is typed: a step, a turn, a record, a time, a part of the whole.

use super::Replay;
use super::replay::ReplayMark;
use crate::domain::{At, Seq};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The line in which the place is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoTo {
    /// What is typed.
    pub text: String,
    /// It was sent, and leads nowhere.
    pub refused: bool,
}

/// What is counted in a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Steps.
    Step,
    /// Turns.
    Turn,
    /// Records.
    Record,
}

impl Counted {
    /// The word for one.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Turn => "turn",
            Self::Record => "record",
        }
    }
}

/// Why what was typed leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Astray {
    /// Nothing is typed yet.
    Empty,
    /// It is no place.
    Unclear,
    /// There are fewer of them.
    NoSuch {
        /// Of what.
        what: Counted,
        /// Which was asked for.
        given: u64,
        /// How many there are.
        of: u64,
    },
    /// A time at which the session was not.
    Outside,
}

impl Replay {
    /// The record to which a typed place leads, where local clocks are so many seconds ahead of UTC.
    ///
    /// # Errors
    /// It leads nowhere.
    pub fn place(&self, typed: &str, utc_offset: i32) -> Result<Seq, Astray> {
        let typed = typed.trim().to_ascii_lowercase();
        if typed.is_empty() {
            return Err(Astray::Empty);
        }
        match typed.as_str() {
            "start" | "first" | "begin" => return Ok(Seq(1)),
            "end" | "last" => return Ok(self.last),
            _ => {}
        }
        if let Some(part) = typed.strip_suffix('%') {
            let part: u64 = part.trim().parse().ok().filter(|part| *part <= 100).ok_or(Astray::Unclear)?;
            let scaled = u128::from(self.last.0) * u128::from(part) / 100;
            return Ok(Seq(u64::try_from(scaled).unwrap_or(u64::MAX).max(1)));
        }
        if let Some((what, number)) = counted(&typed) {
            return self.nth(what, number);
        }
        if let Some(by) = typed.strip_prefix('+').and_then(duration) {
            return self.then(self.clock.0.saturating_add(by), SECOND);
        }
        if let Some(by) = typed.strip_prefix('-').and_then(duration) {
            return self.then(self.clock.0.saturating_sub(by), SECOND);
        }
        self.by_clock(&typed, i64::from(utc_offset) * SECOND)
    }

    /// The n-th of something.
    fn nth(&self, what: Counted, given: u64) -> Result<Seq, Astray> {
        let of = |mark: ReplayMark| {
            let places = self.marks.of(mark);
            let found = given.checked_sub(1).and_then(|n| places.get(usize::try_from(n).ok()?)).copied();
            found.ok_or(Astray::NoSuch { what, given, of: places.len() as u64 })
        };
        match what {
            Counted::Step => of(ReplayMark::Step),
            Counted::Turn => of(ReplayMark::Prompt),
            Counted::Record if (1..=self.last.0).contains(&given) => Ok(Seq(given)),
            Counted::Record => Err(Astray::NoSuch { what, given, of: self.last.0 }),
        }
    }

    /// The record as of a time that is meant to so many milliseconds.
    fn then(&self, at: i64, grain: i64) -> Result<Seq, Astray> {
        if at > self.last_at.0 || at.saturating_add(grain) <= self.first_at.0 {
            return Err(Astray::Outside);
        }
        Ok(self.record_at(At(at)))
    }

    /// A time of day, with its date or on the cursor's day, else on the first day that has it.
    fn by_clock(&self, typed: &str, offset: i64) -> Result<Seq, Astray> {
        let (given_day, time) = match typed.split_once([' ', 't']) {
            Some((day, time)) => (Some(date(day).ok_or(Astray::Unclear)?), Some(time.trim())),
            None => match date(typed) {
                Some(day) => (Some(day), None),
                None => (None, Some(typed)),
            },
        };
        let (into_day, grain) = match time {
            Some(time) => time_of_day(time).ok_or(Astray::Unclear)?,
            None => (0, DAY),
        };
        let on = |day: i64| self.then(day.saturating_mul(DAY).saturating_add(into_day).saturating_sub(offset), grain);
        let day_of = |at: At| at.0.saturating_add(offset).div_euclid(DAY);
        if let Some(day) = given_day {
            return on(day);
        }
        let (first, last) = (day_of(self.first_at), day_of(self.last_at));
        // The time of day comes again within two days of the first one.
        let days = [day_of(self.clock), first, first.saturating_add(1), last];
        days.into_iter().find_map(|day| on(day).ok()).ok_or(Astray::Outside)
    }
}

/// `step 12`, `s12`, `12`, `turn 3`, `record 400`, `#400`.
fn counted(typed: &str) -> Option<(Counted, u64)> {
    let words = typed.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = typed[words.len()..].parse().ok()?;
    let what = match words.trim_end() {
        "" | "step" | "s" => Counted::Step,
        "turn" | "t" | "prompt" | "p" => Counted::Turn,
        "record" | "r" | "#" => Counted::Record,
        _ => return None,
    };
    Some((what, number))
}

/// `90s`, `5m`, `1h30m`, `2d`, in milliseconds.
fn duration(typed: &str) -> Option<i64> {
    let (mut rest, mut sum) = (typed.trim(), 0_i64);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let unit_at = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest[..unit_at].parse().ok()?;
        let unit = rest[unit_at..].chars().next()?;
        let of_unit = match unit {
            's' => SECOND,
            'm' => MINUTE,
            'h' => HOUR,
            'd' => DAY,
            _ => return None,
        };
        sum = sum.checked_add(number.checked_mul(of_unit)?)?;
        rest = rest[unit_at + unit.len_utf8()..].trim_start();
    }
    Some(sum)
}

/// `16:31` or `16:31:07`: milliseconds into the day, and how exactly it is meant.
fn time_of_day(typed: &str) -> Option<(i64, i64)> {
    let parts: Vec<i64> = typed.split(':').map(|part| small(part, 2)).collect::<Option<_>>()?;
    let (hour, minute, second, grain) = match parts[..] {
        [hour, minute] => (hour, minute, 0, MINUTE),
        [hour, minute, second] => (hour, minute, second, SECOND),
        _ => return None,
    };
    let is_time = hour < 24 && minute < 60 && second < 60;
    is_time.then_some((hour * HOUR + minute * MINUTE + second * SECOND, grain))
}

/// `2026-11-20`, as the days since 1970 (years begin in March here, so that a leap day is the last of its year).
fn date(typed: &str) -> Option<i64> {
    let parts: Vec<i64> = typed.split('-').map(|part| small(part, 4)).collect::<Option<_>>()?;
    let [year, month, day] = parts[..] else { return None };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// A number of at most so many digits.
fn small(typed: &str, digits: usize) -> Option<i64> {
    let is_number = !typed.is_empty() && typed.len() <= digits && typed.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| typed.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::marks::Marks;
    use super::*;
    use crate::domain::SessionId;
    use proptest::prelude::*;

    /// 2026-11-22 16:01:07 UTC.
    const BEGAN: i64 = 1_795_363_267_000;

    /// A hundred records, one a minute, with three steps and two turns.
    fn replay() -> Replay {
        let mut replay = Marks::new(SessionId(1), Seq(100)).at(Seq(1));
        (replay.first_at, replay.last_at, replay.clock) = (At(BEGAN), At(BEGAN + 99 * MINUTE), At(BEGAN + 10 * MINUTE));
        replay.times = vec![(Seq(1), replay.first_at), (Seq(100), replay.last_at)];
        let marks = [(2, ReplayMark::Prompt), (50, ReplayMark::Prompt), (3, ReplayMark::Step), (60, ReplayMark::Step)];
        replay.marks = marks.into_iter().map(|(seq, mark)| (Seq(seq), mark)).collect();
        replay
    }

    #[test]
    fn places_are_understood_as_people_write_them() {
        let replay = replay();
        for (typed, seq) in [
            ("2", 60),
            (" Step 1 ", 3),
            ("s2", 60),
            ("turn 2", 50),
            ("t1", 2),
            ("record 77", 77),
            ("#5", 5),
            ("start", 1),
            ("END", 100),
            ("50%", 50),
            ("0%", 1),
            ("100 %", 100),
            ("+5m", 16),
            ("-10m", 1),
            ("+1h 5m", 76),
            ("+90s", 12),
            ("16:01", 1),
            ("16:01:07", 1),
            ("16:31", 30),
            ("17:40", 99),
            ("2026-11-22 16:31:07", 31),
            ("2026-11-22T16:31:07", 31),
            ("2026-11-22", 1),
        ] {
            assert_eq!(replay.place(typed, 0), Ok(Seq(seq)), "{typed}");
        }
        assert_eq!(replay.place("17:31", 3600), Ok(Seq(30)), "the clock is local");
    }

    #[test]
    fn what_leads_nowhere_says_why() {
        let replay = replay();
        let none = |what, given, of| Astray::NoSuch { what, given, of };
        for (typed, why) in [
            ("  ", Astray::Empty),
            ("soon", Astray::Unclear),
            ("101%", Astray::Unclear),
            ("+5", Astray::Unclear),
            ("+", Astray::Unclear),
            ("25:61", Astray::Unclear),
            ("2026-02-29", Astray::Unclear),
            ("3", none(Counted::Step, 3, 2)),
            ("0", none(Counted::Step, 0, 2)),
            ("turn 9", none(Counted::Turn, 9, 2)),
            ("record 101", none(Counted::Record, 101, 100)),
            ("15:59", Astray::Outside),
            ("2026-11-21 16:31", Astray::Outside),
            ("2026-11-23", Astray::Outside),
            ("+2d", Astray::Outside),
        ] {
            assert_eq!(replay.place(typed, 0), Err(why), "{typed}");
        }
    }

    #[test]
    fn a_time_without_a_date_is_of_the_cursors_day_else_of_the_first_that_has_it() {
        let mut replay = replay();
        replay.last_at = At(BEGAN + 3 * DAY);
        replay.times = vec![(Seq(1), replay.first_at), (Seq(100), replay.last_at)];
        replay.clock = At(BEGAN + 2 * DAY);
        let day_of = |seq: Seq| (replay.time_of(seq).0 - BEGAN) / DAY;
        assert_eq!(day_of(replay.place("20:00", 0).unwrap()), 2);
        replay.clock = At(BEGAN + 3 * DAY);
        let day_of = |seq: Seq| (replay.time_of(seq).0 - BEGAN) / DAY;
        assert_eq!(day_of(replay.place("20:00", 0).unwrap()), 0, "the last day ends before that");
    }

    proptest! {
        #[test]
        fn any_text_leads_to_a_record_or_nowhere(typed in "\\PC{0,20}", clock: i64, offset: i32) {
            let replay = Replay { clock: At(clock), ..replay() };
            if let Ok(seq) = replay.place(&typed, offset) {
                prop_assert!((1..=100).contains(&seq.0));
            }
        }

        #[test]
        fn any_date_and_time_is_no_trap(year in 0u32..9999, month in 0u32..20, day in 0u32..40, hour in 0u32..40) {
            let _ = replay().place(&format!("{year:04}-{month:02}-{day:02} {hour:02}:00"), 3600);
        }
    }
}
