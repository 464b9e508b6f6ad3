//! When what was typed, and how the console stands, is kept: some seconds after a key, and when the console is left.

use super::super::app::{App, Focus};
use super::super::msg::Effect;
use crate::domain::At;

/// What was typed is kept after so many milliseconds.
pub(super) const KEEP_MS: u64 = 2_000;

/// A key or a paste came: it may have changed what is typed, or how the console stands.
pub(super) fn touched(app: &mut App, now: At) {
    if app.replay.is_some() || app.inner.unsaved.is_some() {
        return;
    }
    if app.focus == Focus::Composer || app.kept() != app.inner.kept {
        app.inner.unsaved = Some(now);
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
    app.inner.kept = app.kept();
    vec![Effect::Keep(Box::new(app.pad()))]
}
