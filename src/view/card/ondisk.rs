//! What became of the files that a call would change since it was asked before: the reason why it asks anew.

use super::Asked;
use crate::state::{Entry, Step, What};
use crate::theme::Role;
use crate::ui::{DiffUi, Manner, Want, made};
use crate::view::payload::{Fitting, Place};
use crate::view::{Cache, Cx, Look, Row};

/// Rows that are shown of it.
const ROWS: usize = 60;

/// The difference, as rows; none where it is not asked anew for that.
pub(super) fn rows(cx: &Cx<'_>, cache: &mut Cache, asked: &Asked<'_>, width: usize, wants: &mut Vec<Want>) -> Vec<Row> {
    let changes = made::on_disk(asked.step, asked.request);
    if changes.is_empty() {
        return Vec::new();
    }
    let step = Step { changes, ..Step::default() };
    // The request stands for it: what it compares never changes.
    let entry = Entry { changed: asked.request.id.seq, what: What::Step(Box::default()), ..asked.entry.clone() };
    let nothing = DiffUi::default();
    let to = Fitting { width: width.max(1), manner: Manner::default(), diffs: &nothing, edits: None };
    let payload = cache.payloads.payload(cx, asked.session, &entry, &step, Place::Since, (&to, None));
    wants.extend(payload.wants.iter().cloned());
    let of = payload.rows();
    let mut rows = cache.payloads.rows(cx, asked.session, &entry, Place::Since, (0..of.min(ROWS), 0));
    if of > ROWS {
        let said = format!("… {} more rows: taut show {} has them", of - ROWS, asked.request.id);
        rows.push(Row::of(said, Look::from(Role::Info)));
    }
    // Every row says that it is no part of what is asked now.
    let quoted = |row: Row| Row::of(cx.glyphs.down, cx.edge()).with(" ", Role::Text).with_row(row);
    rows.into_iter().map(quoted).collect()
}
