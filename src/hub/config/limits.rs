//! `[watch]` and `[budget]`: when a human is told that something goes wrong, and what may be spent.

use super::time;
use crate::domain::Cost;
use crate::policy::toml_file::{Reading, quoted, read_toml};
use crate::state::{Budget, Caps, Limits, ROUNDS};
use std::ops::Range;
use std::time::Duration;
use toml::de::{DeTable, DeValue};

const WATCH: [&str; 4] = ["silent", "repeat", "errors", "unseen"];
const BUDGET: [&str; 4] = ["session", "session_hard", "day", "day_hard"];
/// Calls over which failures may be counted.
const MOST: u32 = 32;

/// All limits; `stall_after` is the same as `silent` in `[watch]`.
pub(super) fn limits(reading: &mut Reading, table: &DeTable<'_>) -> Limits {
    let usual = Limits::default();
    let mut silent = time(reading, table, "stall_after", Some(Duration::from_millis(usual.silent)));
    let mut limits = Limits { budget: budget(reading, table), ..usual };
    if let Some(watch) = reading.table(table, "watch") {
        reading.only(watch, "[watch]", &WATCH);
        if let Some(value) = watch.get("silent") {
            silent = time(reading, watch, "silent", silent);
            if table.contains_key("stall_after") {
                reading.fault(&value.span(), "`silent` is the same as `stall_after` above: give one of them");
            }
        }
        limits.repeat = repeat(reading, watch, usual.repeat);
        limits.errors = errors(reading, watch, usual.errors);
        limits.unseen = millis(time(reading, watch, "unseen", Some(Duration::from_millis(usual.unseen))));
    }
    limits.silent = millis(silent);
    limits
}

/// `None` is never.
fn millis(time: Option<Duration>) -> u64 {
    time.map_or(u64::MAX, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

fn repeat(reading: &mut Reading, table: &DeTable<'_>, usual: u32) -> u32 {
    let Some(value) = table.get("repeat") else { return usual };
    let rounds = match value.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => {
            number.as_str().parse().ok().filter(|rounds| *rounds == 0 || (2..=ROUNDS).contains(rounds))
        }
        _ => None,
    };
    rounds.unwrap_or_else(|| {
        reading.fault(
            &value.span(),
            format!("`repeat` takes how often the same call may come, from 2 to {ROUNDS}, or 0 for never"),
        );
        usual
    })
}

fn errors(reading: &mut Reading, table: &DeTable<'_>, usual: (u32, u32)) -> (u32, u32) {
    let Some(text) = reading.text(table, "errors") else { return usual };
    if text == "never" {
        return (0, usual.1);
    }
    let parts = text.split_once('/').and_then(|(failed, of)| Some((number(failed)?, number(of)?)));
    parts.filter(|(failed, of)| (1..=*of).contains(failed) && *of <= MOST).unwrap_or_else(|| {
        let what = format!(
            "`errors` takes how many of the last calls may fail, as in \"6/8\", at most of {MOST}; or \"never\""
        );
        reading.fault(&span(table, "errors"), what);
        usual
    })
}

fn number(text: &str) -> Option<u32> {
    text.trim().parse().ok()
}

fn budget(reading: &mut Reading, table: &DeTable<'_>) -> Budget {
    let Some(inner) = reading.table(table, "budget") else { return Budget::default() };
    reading.only(inner, "[budget]", &BUDGET);
    let session = caps(reading, inner, ["session", "session_hard"]);
    let day = caps(reading, inner, ["day", "day_hard"]);
    Budget { session, day }
}

fn caps(reading: &mut Reading, table: &DeTable<'_>, [soft, hard]: [&str; 2]) -> Caps {
    let caps = Caps { soft: money(reading, table, soft), hard: money(reading, table, hard) };
    if let (Some(less), Some(more)) = (caps.soft, caps.hard) {
        let at = span(table, hard);
        if less.currency != more.currency {
            reading.fault(&at, format!("`{hard}` is in another currency than `{soft}`: they are limits of one sum"));
        } else if more.micros < less.micros {
            reading.fault(&at, format!("`{hard}` is less than `{soft}`: it would be reached before anybody is asked"));
        }
    }
    caps
}

fn money(reading: &mut Reading, table: &DeTable<'_>, key: &str) -> Option<Cost> {
    let text = reading.text(table, key)?;
    if text == "none" {
        return None;
    }
    let cost = amount(&text);
    if cost.is_none() {
        let what = format!("{} takes money, as in \"5 USD\", \"12.50 EUR\" or \"$5\"; or \"none\"", quoted(key));
        reading.fault(&span(table, key), what);
    }
    cost
}

/// `5 USD`, `12.50 EUR`, `$5`: more than nothing, and less than a thousand million.
fn amount(text: &str) -> Option<Cost> {
    let text = text.trim();
    let signs = [("$", b"USD"), ("€", b"EUR"), ("£", b"GBP")];
    let signed = signs.iter().find_map(|(sign, name)| Some((text.strip_prefix(sign)?, **name)));
    let named = || {
        let (number, name) = text.split_once(' ')?;
        Some((number, name.trim().as_bytes().try_into().ok()?))
    };
    let (number, currency) = signed.or_else(named)?;
    let (whole, part) = number.trim().split_once('.').unwrap_or((number.trim(), "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let fits = whole.len() <= 9 && part.len() <= 6 && is_number(whole) && is_number(part);
    let micros = whole.parse::<u64>().ok()? * 1_000_000 + format!("{part:0<6}").parse::<u64>().ok()?;
    let known = currency.iter().all(u8::is_ascii_uppercase);
    (fits && known && micros > 0).then_some(Cost { micros, currency })
}

/// The budget of a text that is no good as a whole, as far as that part of it is. `None` where it has one that can't be
/// read: nobody knows then what may be spent.
pub(super) fn budget_alone(text: &str) -> Option<Budget> {
    // Another part's fault is no fault of the budget.
    match read_toml(text, "", budget) {
        Ok(budget) => Some(budget),
        Err(_) if text.contains("budget") => None,
        Err(_) => Some(Budget::default()),
    }
}

fn span(table: &DeTable<'_>, key: &str) -> Range<usize> {
    table.get(key).map(toml::Spanned::span).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_as_people_write_it() {
        let read =
            |text: &str| amount(text).map(|cost| (cost.micros, String::from_utf8_lossy(&cost.currency).into_owned()));
        let is = |micros, currency: &str| Some((micros, currency.to_owned()));
        assert_eq!(read("5 USD"), is(5_000_000, "USD"));
        assert_eq!(read(" $0.000001"), is(1, "USD"));
        assert_eq!(read("12.50 EUR"), is(12_500_000, "EUR"));
        assert_eq!(read("€3"), is(3_000_000, "EUR"));
        for wrong in [
            "",
            "5",
            "$",
            "$-1",
            "0 USD",
            "5 usd",
            "5 DOLLARS",
            "1e3 USD",
            "5,5 USD",
            ". USD",
            "9999999999 USD",
            "1.0000001 USD",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_budget_is_read_beside_faults_of_others_and_is_unknown_by_its_own() {
        let five = |text: &str| budget_alone(text).map(|budget| budget.session.soft.map(|cost| cost.micros));
        assert_eq!(five("theme = 3\n[budget]\nsession = \"5 USD\""), Some(Some(5_000_000)));
        assert_eq!(five("theme = 3"), Some(None));
        assert_eq!(five("[budget]\nsesion = \"5 USD\""), None);
        assert_eq!(five("[budget]\nsession = \"5 USD\"\nx = = 1"), None);
    }
}
