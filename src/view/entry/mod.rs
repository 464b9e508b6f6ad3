//! Entries of a timeline as rows: what is kept of each, and the rows as they are shown now.

mod effect;
mod label;
mod markdown;
mod message;
mod notes;
mod output;
mod step;
mod step_detail;

pub(in crate::view) use effect::changed_lines;
pub(in crate::view) use output::ends;
pub(in crate::view) use step::{lines, target};

use super::columns::Columns;
use super::{Cx, Row};
use crate::domain::{Seq, Speaker};
use crate::state::{Entry, Session, What};
use crate::theme::Role;
use crate::ui::{App, Want};

/// Whether an entry shows all that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::view) enum Fold {
    /// One row, or a few.
    Folded,
    /// All of it.
    Unfolded,
}

/// What is kept of an entry between frames: all that costs, and nothing that depends on the clock.
#[derive(Debug, Clone, Default)]
pub(in crate::view) struct Kept {
    changed: Seq,
    revision: u32,
    stream: message::Stream,
    rows: Vec<Row>,
    effect: Option<(u32, u32)>,
    /// What was lacking; once it is there, all is made anew.
    pub(in crate::view) wants: Vec<Want>,
}

impl Kept {
    /// True where it is still what the entry is.
    pub(in crate::view) fn is_fresh(&self, app: &App, entry: &Entry) -> bool {
        let came = |want: &Want| matches!(want, Want::Body(digest, _) if app.bodies.contains_key(digest));
        self.changed == entry.changed && self.revision == revision(entry) && !self.wants.iter().any(came)
    }

    /// Makes it what the entry is.
    pub(in crate::view) fn refresh(
        &mut self,
        cx: &Cx<'_>,
        session: &Session,
        entry: &Entry,
        columns: Columns,
        fold: Fold,
    ) {
        (self.changed, self.revision) = (entry.changed, revision(entry));
        self.wants.clear();
        let width = columns.text();
        if let What::Said { text, .. } = &entry.what {
            message::update(cx, text, width, &mut self.stream, &mut self.rows, &mut self.wants);
            return;
        }
        self.rows.clear();
        match (&entry.what, fold) {
            (What::Step(step), Fold::Unfolded) => {
                self.effect = effect::changed_lines(cx.app, step, &mut self.wants);
                step_detail::rows(cx, session, step, width, self);
            }
            (What::Step(step), Fold::Folded) => {
                self.effect = effect::changed_lines(cx.app, step, &mut self.wants);
            }
            (_, fold) => notes::rows(cx, session, entry, fold, width, self),
        }
    }

    /// Rows in memory, about.
    pub(in crate::view) fn weight(&self) -> usize {
        self.rows.len() + 1
    }
}

/// True where the height is known without looking: one row.
pub(in crate::view) fn is_single(entry: &Entry, fold: Fold) -> bool {
    match (&entry.what, fold) {
        (What::Step(_) | What::Said { who: Speaker::Thought, .. }, Fold::Folded) => true,
        (What::Step(_) | What::Said { .. }, _) => false,
        (
            What::Prompt { .. }
            | What::Attached { .. }
            | What::Plan { .. }
            | What::Lane { .. }
            | What::TurnEnd { .. }
            | What::Compacted { .. }
            | What::Mode { .. }
            | What::Loosened { .. }
            | What::Noted { .. }
            | What::Unrecognised { .. }
            | What::Ended { .. },
            _,
        ) => false,
    }
}

/// The empty row that sets a turn apart.
pub(in crate::view) fn before(entry: &Entry) -> usize {
    match &entry.what {
        What::Prompt { steer: false, .. } => usize::from(entry.no > 0),
        _ => 0,
    }
}

/// The rows of an entry, the one before it included.
pub(in crate::view) fn height(entry: &Entry, fold: Fold, kept: &Kept) -> usize {
    if is_single(entry, fold) {
        return 1;
    }
    let head = usize::from(matches!(entry.what, What::Step(_)));
    before(entry) + (kept.rows.len() + head).max(1)
}

/// One row of an entry as it is shown now.
pub(in crate::view) fn row(
    cx: &Cx<'_>,
    session: &Session,
    entry: &Entry,
    columns: Columns,
    fold: Fold,
    kept: &Kept,
    n: usize,
) -> Row {
    let Some(n) = n.checked_sub(before(entry)) else { return Row::new() };
    match &entry.what {
        What::Step(step) if n == 0 => return step::head(cx, session, entry, step, columns, kept.effect),
        What::Said { who: Speaker::Thought, text, .. } if fold == Fold::Folded => {
            let mut row = label::lead(cx, session, entry, columns);
            row.append(notes::thought(cx, text, columns.text()));
            return row;
        }
        _ => {}
    }
    let is_step = matches!(entry.what, What::Step(_));
    let mut row = if n == 0 { label::lead(cx, session, entry, columns) } else { columns.hang() };
    if let Some(content) = kept.rows.get(n - usize::from(is_step)) {
        row.append(content.clone());
    }
    if matches!(entry.what, What::Said { who: Speaker::Thought, .. }) {
        row.spans.iter_mut().filter(|span| span.look.role == Role::Text).for_each(|span| span.look.role = Role::Muted);
    }
    row
}

fn revision(entry: &Entry) -> u32 {
    match &entry.what {
        What::Said { text, .. } => text.revision,
        What::Step(step) => step.output.revision,
        _ => 0,
    }
}
