//! When what was typed is kept: some seconds after it was typed, and when the console is left.

use super::super::app::{App, Focus};
use super::super::msg::Effect;
use crate::domain::At;

/// What was typed is kept after so many milliseconds.
pub(super) const KEEP_MS: u64 = 2_000;

/// A key or a paste came: in the composer it may have changed what is typed.
pub(super) fn touched(app: &mut App, now: At) {
    if app.focus == Focus::Composer && app.replay.is_none() {
        app.inner.unsaved.get_or_insert(now);
    }
}

/// A draft changed by itself.
pub(super) fn changed(app: &mut App) {
    // As long ago as can be: it is kept at the next tick.
    app.inner.unsaved.get_or_insert(At(0));
}

pub(super) fn tick(app: &mut App, now: At) -> Vec<Effect> {
    if app.inner.unsaved.take_if(|since| now.since(*since) >= KEEP_MS).is_none() {
        return Vec::new();
    }
    vec![Effect::Keep(Box::new(app.pad()))]
}
