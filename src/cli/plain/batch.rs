//! The card of several requests as lines: all of it when it comes, or changes, or is read on; else the lines that are new.

use crate::domain::{At, RequestId};
use crate::state::Stage;
use crate::ui::batch::PaintedBatch;
use crate::ui::{App, Want};
use crate::view::Cache;
use crate::view::plain::{self, Spoken};

/// What its lines depend on, but for the payloads.
type Now = (Vec<(RequestId, bool, Option<Stage>)>, (usize, i64), (usize, bool), (u16, usize));

/// What was said of it.
#[derive(Default)]
pub(super) struct Batch {
    now: Option<Now>,
    /// Which requests, from which row on.
    leaf: Option<(Vec<RequestId>, usize)>,
    lines: Vec<String>,
    /// What counts as shown.
    pub(super) receipt: Option<PaintedBatch>,
    /// What it lacks.
    pub(super) wants: Vec<Want>,
}

impl Batch {
    /// Says what changed.
    pub(super) fn speak(&mut self, app: &App, cache: &mut Cache, now: At, lines: &mut Vec<String>) {
        let Some(open) = &app.batch else {
            *self = Self::default();
            return;
        };
        let stage = |id| app.state.request(id).map(crate::state::Request::stage);
        let items = open.items.iter().map(|item| (item.request, item.sent, stage(item.request))).collect();
        let here = (open.fallen.len(), open.reason.is_some());
        let is_now = (items, (open.top, open.delta), here, (app.size.0, app.bodies.values().flatten().count()));
        if self.now.as_ref() == Some(&is_now) {
            return;
        }
        self.now = Some(is_now);
        let Some(Spoken { lines: all, painted }) = plain::batch(app, cache, app.size.0.max(60), now) else { return };
        self.wants = painted.wants;
        // What was not here whole was not said, and counts for nothing.
        self.receipt = painted.batch.filter(|shown| shown.whole);
        let Some(shown) = &self.receipt else { return };
        let leaf = (open.items.iter().map(|item| item.request).collect(), shown.top);
        if self.leaf.as_ref() == Some(&leaf) {
            lines.extend(all.iter().filter(|line| !self.lines.contains(line)).map(|line| format!("batch| {line}")));
        } else {
            lines.push(format!("batch: {} requests, all of each:", open.items.len()));
            lines.extend(all.iter().map(|line| format!("batch| {line}")));
            lines.push("batch: end of what is shown".to_owned());
            self.leaf = Some(leaf);
        }
        self.lines = all;
    }
}
