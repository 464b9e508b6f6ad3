//! The payloads that were shown of late: losing one costs time and nothing else.

use super::code::{Code, CodeFound, CodeWanted};
use super::{Fitting, Payload, Stand};
use crate::domain::{Seq, SessionId};
use crate::state::{Entry, Session, Step, Waiting};
use crate::ui::diffs::Fit;
use crate::ui::undo::UNFOLDED;
use crate::ui::{App, Want};
use crate::view::{Cache, Cx, Row, queue};
use std::collections::BTreeMap;
use std::ops::Range;

/// Payloads kept; those not shown for the longest time are forgotten beyond it.
const KEPT: usize = 6;
/// Counts kept; more wait hardly ever.
const COUNTS: usize = 512;

/// Who shows a payload: two places have two widths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::view) enum Place {
    /// The card.
    Card,
    /// The inspector.
    Inspector,
    /// The card of several.
    Batch,
    /// Below or beside a card: what was done before to the files that its call would change.
    Before,
    /// Below or beside a card that asks anew: what became of those files since it was asked.
    Since,
    /// A changed call on its card, before it is sent.
    Changed,
    /// What a step really did: its number stands for that of an entry.
    Did,
    /// A file of an undo's preview: its number stands for that of an entry.
    Undo,
}

/// The payloads that were shown of late.
#[derive(Debug, Default)]
pub(in crate::view) struct Shelf {
    kept: BTreeMap<(SessionId, u64, Place), (u64, Payload)>,
    used: u64,
    code: Code,
    /// Lines added and removed by what waits, by session and entry; as of a record.
    counts: BTreeMap<(SessionId, u64), (Seq, (u32, u32))>,
}

impl Shelf {
    /// The payload of a step, brought up to date.
    pub(in crate::view) fn payload(
        &mut self,
        cx: &Cx<'_>,
        session: &Session,
        entry: &Entry,
        step: &Step,
        place: Place,
        (to, reader): (&Fitting<'_>, Option<(Fit, Stand)>),
    ) -> &mut Payload {
        self.used += 1;
        let key = (session.id, entry.no, place);
        let undo = cx.app.undoing().and_then(|undo| undo.preview()).map_or(0, |preview| preview.plan.files.len());
        let most = KEPT + cx.app.batch.as_ref().map_or(0, |batch| batch.items.len()) + undo.min(2 * UNFOLDED);
        if !self.kept.contains_key(&key) && self.kept.len() >= most {
            let oldest = self.kept.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| *key);
            oldest.and_then(|key| self.kept.remove(&key));
        }
        let (used, payload) = self.kept.entry(key).or_default();
        *used = self.used;
        if payload.edits != to.edits() || !payload.is_fresh(cx.app, entry, step) {
            payload.refresh(cx, session, entry, step, to);
        } else if payload.fit() != to.fit() {
            payload.refit(to, reader);
        }
        payload
    }

    /// Syntax colours, for code that is no payload.
    pub(in crate::view) fn code(&mut self) -> &mut Code {
        &mut self.code
    }

    /// Lines that a waiting edit adds and removes, counted once.
    pub(in crate::view) fn changed(
        &mut self,
        app: &App,
        waiting: &Waiting<'_>,
        wants: &mut Vec<Want>,
    ) -> Option<(u32, u32)> {
        let key = (waiting.session.id, waiting.entry.no);
        match self.counts.get(&key) {
            Some((changed, count)) if *changed == waiting.entry.changed => Some(*count),
            _ => {
                let count = queue::count(app, waiting, wants)?;
                if self.counts.len() >= COUNTS {
                    self.counts.clear();
                }
                self.counts.insert(key, (waiting.entry.changed, count));
                Some(count)
            }
        }
    }

    /// Some rows of a payload that [`Self::payload`] has made.
    pub(in crate::view) fn rows(
        &mut self,
        cx: &Cx<'_>,
        session: &Session,
        entry: &Entry,
        place: Place,
        (rows, left): (Range<usize>, usize),
    ) -> Vec<Row> {
        let Some((_, payload)) = self.kept.get_mut(&(session.id, entry.no, place)) else { return Vec::new() };
        payload.draw(rows, left, cx, &mut self.code)
    }
}

/// Syntax colours cost milliseconds, so that a frame does not wait for them: whoever runs the console hands what is wanted
/// to a thread, gives back what it found, and draws again.
impl Cache {
    /// Code that was drawn plain and would be drawn in colour; each once.
    #[must_use]
    pub fn take_code_wanted(&mut self) -> Vec<CodeWanted> {
        self.payloads.code.take_wanted()
    }

    /// Takes in the colours of some code.
    pub fn give_code(&mut self, found: CodeFound) {
        self.payloads.code.give(found);
    }
}
