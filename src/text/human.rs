//! Numbers as people read them: short, with a unit, and steady.

use std::time::Duration;

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A count: `7`, `999`, `1.2k`, `124k`, `3.4M`.
#[must_use]
pub fn count(number: u64) -> String {
    scaled(number, 1000, &["", "k", "M", "G", "T", "P", "E"])
}

/// A size in bytes: `512B`, `1.2k`, `3.4M` (in steps of 1024).
#[must_use]
pub fn bytes(size: u64) -> String {
    scaled(size, 1024, &["B", "k", "M", "G", "T", "P", "E"])
}

/// How long something took: `40ms`, `1.2s`, `3s`, `3m`, `3m20s`, `2h05m`, `4d`.
#[must_use]
pub fn duration(took: Duration) -> String {
    let ms = millis(took);
    match ms {
        0..SECOND => format!("{ms}ms"),
        SECOND..10_000 if ms % SECOND >= 100 => format!("{}.{}s", ms / SECOND, ms % SECOND / 100),
        SECOND..MINUTE => format!("{}s", ms / SECOND),
        MINUTE..HOUR if ms % MINUTE < SECOND => format!("{}m", ms / MINUTE),
        MINUTE..HOUR => format!("{}m{:02}s", ms / MINUTE, ms % MINUTE / SECOND),
        HOUR..DAY => format!("{}h{:02}m", ms / HOUR, ms % HOUR / MINUTE),
        DAY.. => format!("{}d", ms / DAY),
    }
}

/// How old something is: `now`, `12s`, `3m`, `2h`, `5d`.
#[must_use]
pub fn age(elapsed: Duration) -> String {
    let ms = millis(elapsed);
    match ms {
        0..SECOND => "now".to_owned(),
        SECOND..MINUTE => format!("{}s", ms / SECOND),
        MINUTE..HOUR => format!("{}m", ms / MINUTE),
        HOUR..DAY => format!("{}h", ms / HOUR),
        DAY.. => format!("{}d", ms / DAY),
    }
}

/// How long until [`age`] says something else: when the next frame is due, if nothing else happens.
#[must_use]
pub fn until_older(elapsed: Duration) -> Duration {
    let ms = millis(elapsed);
    let step = match ms {
        0..MINUTE => SECOND,
        MINUTE..HOUR => MINUTE,
        HOUR..DAY => HOUR,
        DAY.. => DAY,
    };
    Duration::from_millis(step - ms % step)
}

/// Money, from millionths of a unit: `$0.04`, `€1.84`, `CHF 12.00`; less than a cent but not nothing is `<$0.01`.
#[must_use]
pub fn money(micros: u64, currency: [u8; 3]) -> String {
    let sign = match &currency {
        b"USD" => "$".to_owned(),
        b"EUR" => "€".to_owned(),
        b"GBP" => "£".to_owned(),
        b"JPY" | b"CNY" => "¥".to_owned(),
        other if other.iter().all(u8::is_ascii_alphanumeric) => format!("{} ", String::from_utf8_lossy(other)),
        _ => String::new(),
    };
    let cents = micros.saturating_add(5_000) / 10_000;
    if cents == 0 && micros > 0 {
        return format!("<{sign}0.01");
    }
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// Money against its limit: `$5.12 of $5.00`.
#[must_use]
pub fn spent(micros: u64, of: u64, currency: [u8; 3]) -> String {
    format!("{} of {}", money(micros, currency), money(of, currency))
}

/// A share in whole percent, rounded down so that 100 % means all of it.
#[must_use]
pub fn percent(part: u64, whole: u64) -> Option<u64> {
    let share = u128::from(part) * 100 / u128::from(std::num::NonZeroU64::new(whole)?.get());
    Some(u64::try_from(share).unwrap_or(u64::MAX))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Three figures at most: one decimal below ten, none above; cut, not rounded, so that it never says more than there is.
fn scaled(number: u64, step: u64, units: &[&str]) -> String {
    let (mut whole, mut tenth, mut unit) = (number, 0, 0);
    while whole >= step && unit + 1 < units.len() {
        tenth = whole % step * 10 / step;
        whole /= step;
        unit += 1;
    }
    match (unit, whole) {
        (1.., 0..10) => format!("{whole}.{tenth}{}", units[unit]),
        _ => format!("{whole}{}", units[unit]),
    }
}

/// What the system says of an error, in small letters and without its number.
#[must_use]
pub fn os(error: &std::io::Error) -> String {
    let said = error.to_string();
    said.split(" (os error").next().unwrap_or(&said).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_three_figures() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1.0k"),
            (1234, "1.2k"),
            (9999, "9.9k"),
            (124_000, "124k"),
            (3_450_000, "3.4M"),
            (u64::MAX, "18E"),
        ] {
            assert_eq!(count(number), text);
        }
        assert_eq!(bytes(512), "512B");
        assert_eq!(bytes(1229), "1.2k");
        assert_eq!(bytes(100 << 20), "100M");
    }

    #[test]
    fn durations_and_ages() {
        let ms = Duration::from_millis;
        for (took, text) in [
            (40, "40ms"),
            (1234, "1.2s"),
            (3_020, "3s"),
            (12_000, "12s"),
            (180_000, "3m"),
            (200_000, "3m20s"),
            (7_500_000, "2h05m"),
            (400_000_000, "4d"),
        ] {
            assert_eq!(duration(ms(took)), text);
        }
        for (elapsed, text) in
            [(0, "now"), (5_000, "5s"), (59_999, "59s"), (180_000, "3m"), (7_300_000, "2h"), (90_000_000, "1d")]
        {
            assert_eq!(age(ms(elapsed)), text);
        }
        assert_eq!(age(Duration::MAX), format!("{}d", u64::MAX / DAY));
    }

    #[test]
    fn an_age_stays_until_it_is_due() {
        for elapsed in [0, 1, 999, 5_000, 59_999, 60_000, 3_599_999, 3_600_000, 90_000_001] {
            let now = Duration::from_millis(elapsed);
            let due = until_older(now);
            assert_eq!(age(now), age(now + due.saturating_sub(Duration::from_millis(1))), "{elapsed}");
            assert_ne!(age(now), age(now + due), "{elapsed}");
        }
    }

    #[test]
    fn money_is_in_cents() {
        assert_eq!(money(40_000, *b"USD"), "$0.04");
        assert_eq!(money(1_838_000, *b"EUR"), "€1.84");
        assert_eq!(money(12_000_000, *b"CHF"), "CHF 12.00");
        assert_eq!(money(0, *b"USD"), "$0.00");
        assert_eq!(money(900, *b"USD"), "<$0.01");
        assert_eq!(money(5_000_000, [0x1b, b'[', b'2']), "5.00");
    }

    #[test]
    fn percent_of_nothing_is_unknown() {
        assert_eq!(percent(124, 200), Some(62));
        assert_eq!(percent(u64::MAX, 1), Some(u64::MAX));
        assert_eq!(percent(1, 0), None);
    }
}
