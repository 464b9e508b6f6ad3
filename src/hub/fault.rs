//! Points at which a test kills or stops the hub, to see what is left. Nothing of this is in a release build.
//!
//! `TAUT_FAULT=kill@decided` ends the process without a word as soon as the first record of that kind is in the log and
//! before anybody is told; `stop@decided` stops it there until SIGCONT. Beside the kinds of records there are `asking`,
//! `deciding` and `answered`: a question was read, a decision came, its answer left, and none of it is in the log yet.

use crate::domain::Record;
use std::time::Duration;

/// Stops or kills this process where a test asked for this point.
#[inline]
pub(super) fn at(point: &str) {
    #[cfg(debug_assertions)]
    asked::at(point);
    #[cfg(not(debug_assertions))]
    let _ = point;
}

/// The same for what has just been written.
#[inline]
pub(super) fn written(records: &[Record]) {
    #[cfg(debug_assertions)]
    records.iter().for_each(|record| asked::at(record.event.kind()));
    #[cfg(not(debug_assertions))]
    let _ = records;
}

/// How long an agent may take to act on an answer; a test need not wait so long.
#[inline]
pub(super) fn confirm(normal: Duration) -> Duration {
    #[cfg(debug_assertions)]
    return asked::confirm().unwrap_or(normal);
    #[cfg(not(debug_assertions))]
    normal
}

/// How long an agent may take to stop; a test need not wait so long.
#[inline]
pub(super) fn stops(normal: Duration) -> Duration {
    #[cfg(debug_assertions)]
    return asked::stops().unwrap_or(normal);
    #[cfg(not(debug_assertions))]
    normal
}

/// How long an agent may take to take its conversation back; a test need not wait so long.
#[inline]
pub(super) fn goes_back(normal: Duration) -> Duration {
    #[cfg(debug_assertions)]
    return asked::goes_back().unwrap_or(normal);
    #[cfg(not(debug_assertions))]
    normal
}

#[cfg(debug_assertions)]
mod asked {
    use rustix::process::{Signal, getpid, kill_process};
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    static DONE: AtomicBool = AtomicBool::new(false);

    pub(super) fn at(point: &str) {
        static ASKED: OnceLock<Option<(Signal, String)>> = OnceLock::new();
        let asked = ASKED.get_or_init(|| {
            let said = std::env::var("TAUT_FAULT").ok()?;
            let (how, point) = said.split_once('@')?;
            Some((if how == "kill" { Signal::KILL } else { Signal::STOP }, point.to_owned()))
        });
        if let Some((signal, wanted)) = asked
            && wanted == point
            && !DONE.swap(true, Ordering::Relaxed)
        {
            // The signal is here before the next line of this program, as kill(2) says of a process's own.
            let _ = kill_process(getpid(), *signal);
        }
    }

    pub(super) fn stops() -> Option<Duration> {
        static ASKED: OnceLock<Option<Duration>> = OnceLock::new();
        *ASKED.get_or_init(|| std::env::var("TAUT_STOPS_MS").ok()?.parse().ok().map(Duration::from_millis))
    }

    pub(super) fn goes_back() -> Option<Duration> {
        static ASKED: OnceLock<Option<Duration>> = OnceLock::new();
        *ASKED.get_or_init(|| std::env::var("TAUT_BACK_MS").ok()?.parse().ok().map(Duration::from_millis))
    }

    pub(super) fn confirm() -> Option<Duration> {
        static ASKED: OnceLock<Option<Duration>> = OnceLock::new();
        *ASKED.get_or_init(|| std::env::var("TAUT_CONFIRM_MS").ok()?.parse().ok().map(Duration::from_millis))
    }
}
