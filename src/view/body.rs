//! Long texts: here, not here yet, or gone.

use crate::domain::{BodyRef, Text};
use crate::ui::{App, Want};

/// A text as far as it is at hand.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found<'a> {
    /// The text.
    Here(&'a str),
    /// It must be asked for.
    Missing(&'a BodyRef),
    /// It was purged.
    Purged,
}

impl<'a> Found<'a> {
    /// Looks a text up.
    pub(super) fn of(app: &'a App, text: &'a Text) -> Self {
        match text {
            Text::Inline(text) => Self::Here(text),
            Text::Body(body) => match app.bodies.get(&body.digest) {
                Some(Some(text)) => Self::Here(text),
                Some(None) => Self::Purged,
                None => Self::Missing(body),
            },
        }
    }

    /// The text; what is missing is noted in `wants`.
    pub(super) fn or_want(self, wants: &mut Vec<Want>) -> Option<&'a str> {
        match self {
            Self::Here(text) => Some(text),
            Self::Missing(body) => {
                wants.push(Want::body(body));
                None
            }
            Self::Purged => None,
        }
    }
}

/// The first line of a text; what stands in its place where it is not here.
pub(super) fn first_line<'a>(app: &'a App, text: &'a Text) -> &'a str {
    all(app, text).trim_start().lines().next().unwrap_or("")
}

/// A text; what stands in its place where it is not here.
pub(super) fn all<'a>(app: &'a App, text: &'a Text) -> &'a str {
    match Found::of(app, text) {
        Found::Here(text) => text,
        Found::Missing(_) => "loading…",
        Found::Purged => "(purged)",
    }
}

/// How many rows a text that is not here yet will take, about: exact where every line fits.
pub(super) fn rows_of(body: &BodyRef, width: usize) -> usize {
    let lines = body.lines.max(1) as usize;
    if body.widest as usize <= width {
        return lines;
    }
    let wrapped = usize::try_from(body.bytes).unwrap_or(usize::MAX) / width.max(1);
    lines.max(wrapped).min(100_000)
}
