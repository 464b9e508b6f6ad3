//! Entries of a timeline as rows: what is kept of each, and the rows as they are shown now.

mod change;
mod effect;
mod label;
mod lane;
pub(in crate::view) mod made;
mod markdown;
mod message;
mod notes;
mod output;
mod step;
mod step_detail;

pub(in crate::view) use effect::changed_lines;
pub(in crate::view) use lane::LaneFold;
pub(in crate::view) use output::ends;
pub(in crate::view) use step::{counted, lines, outcome, target, target_lacks, within};

use super::body::Found;
use super::columns::Columns;
use super::payload::Code;
use super::row::spaces;
use super::{Cx, Row};
use crate::domain::{Seq, Speaker, Text};
use crate::state::{Entry, Session, What};
use crate::theme::Role;
use crate::ui::{App, Want};
use markdown::End;

/// Whether an entry shows all that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::view) enum Fold {
    /// One row, or a few.
    Folded,
    /// What is in it, long things by their ends.
    Unfolded,
    /// All of it, as far as it is kept.
    Whole,
}

/// An entry, and how it is shown.
#[derive(Debug, Clone, Copy)]
pub(in crate::view) struct Shown<'a> {
    /// Whose it is.
    pub(in crate::view) session: &'a Session,
    /// The entry.
    pub(in crate::view) entry: &'a Entry,
    /// The columns of its pane.
    pub(in crate::view) columns: Columns,
    /// Whether all of it is shown.
    pub(in crate::view) fold: Fold,
    /// Whether the entries of the lane are shown that it is the head of.
    pub(in crate::view) lane: LaneFold,
    /// Whether the name of its lane is shown, where it is a step.
    pub(in crate::view) names: Names,
}

/// Whether a step says in which lane it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::view) enum Names {
    /// It does.
    Lane,
    /// The entry above it is of the same lane.
    Same,
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
    pub(in crate::view) fn is_fresh(&self, app: &App, entry: &Entry, code: &Code) -> bool {
        let came = |want: &Want| matches!(want, Want::Body(digest, _) if app.bodies.contains_key(digest));
        self.changed == entry.changed
            && self.revision == revision(entry)
            && !self.wants.iter().any(came)
            && !self.stream.may_colour(code)
    }

    /// Makes it what the entry is.
    pub(in crate::view) fn refresh(&mut self, cx: &Cx<'_>, shown: Shown<'_>, code: &mut Code) {
        let Shown { session, entry, columns, fold, .. } = shown;
        (self.changed, self.revision) = (entry.changed, revision(entry));
        self.wants.clear();
        let width = columns.text();
        if let What::Lane { name, .. } = &entry.what {
            return self.want(cx, Some(name));
        }
        if let (What::Said { who: Speaker::Thought, text, .. }, Fold::Folded) = (&entry.what, fold) {
            // Only its first line is shown.
            return self.want(cx, text.head.first());
        }
        if let What::Said { text, open, .. } = &entry.what {
            let end = if *open { End::Open } else { End::Closed };
            message::update(cx, text, (width, end), &mut self.stream, &mut self.rows, &mut self.wants);
            self.stream.colour(cx, text, width, &mut self.rows, code);
            return;
        }
        self.rows.clear();
        match (&entry.what, fold) {
            (What::Step(step), fold) => {
                target_lacks(cx, step, &mut self.wants);
                self.effect = effect::changed_lines(cx.app, step, &mut self.wants);
                if fold != Fold::Folded {
                    step_detail::rows(cx, session, step, (width, fold), self);
                }
            }
            (_, fold) => notes::rows(cx, session, entry, fold, width, self),
        }
    }

    /// A text must be here, whole.
    fn want(&mut self, cx: &Cx<'_>, text: Option<&Text>) {
        if let Some(text) = text {
            Found::of(cx.app, text).or_want(&mut self.wants);
        }
    }

    /// Rows in memory, about.
    pub(in crate::view) fn weight(&self) -> usize {
        self.rows.len() + 1
    }
}

/// True where the height is known without looking: one row.
pub(in crate::view) fn is_single(shown: Shown<'_>) -> bool {
    match shown.entry.what {
        What::Step(_) | What::Said { who: Speaker::Thought, .. } => shown.fold == Fold::Folded,
        What::Lane { .. } => true,
        _ => false,
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
pub(in crate::view) fn height(shown: Shown<'_>, kept: &Kept) -> usize {
    if is_single(shown) {
        return 1;
    }
    let head = usize::from(matches!(shown.entry.what, What::Step(_)));
    before(shown.entry) + (kept.rows.len() + head).max(1)
}

/// Adds one row of an entry, as it is shown now, to what stands left of it.
pub(in crate::view) fn row(cx: &Cx<'_>, shown: Shown<'_>, kept: &Kept, n: usize, row: &mut Row) {
    let Shown { session, entry, columns, fold, .. } = shown;
    let Some(n) = n.checked_sub(before(entry)) else { return };
    row.lead += columns.gutter();
    match &entry.what {
        What::Step(step) if n == 0 => {
            // What it is belongs to its text; when it was does not.
            row.lead = row.lead.saturating_sub(columns.label());
            return row.append(step::head(cx, shown, step, kept.effect));
        }
        What::Lane { opened, name } => {
            return row.append(lane::head(cx, session, entry, (*opened, name), columns, shown.lane));
        }
        What::Said { who: Speaker::Thought, text, .. } if fold == Fold::Folded => {
            row.append(label::lead(cx, session, entry, columns));
            return row.append(notes::thought(cx, text, columns.text()));
        }
        _ => {}
    }
    let is_step = matches!(entry.what, What::Step(_));
    if n == 0 {
        row.append(label::lead(cx, session, entry, columns));
    } else {
        row.push(spaces(columns.start_of_text()), Role::Text);
    }
    let from = row.spans.len();
    if let Some(content) = kept.rows.get(n - usize::from(is_step)) {
        row.spans.extend_from_slice(&content.spans);
        row.lead += content.lead;
        row.breaks = content.breaks;
    }
    if matches!(entry.what, What::Said { who: Speaker::Thought, .. }) {
        let plain = row.spans[from..].iter_mut().filter(|span| span.look.role == Role::Text);
        plain.for_each(|span| span.look.role = Role::Muted);
    }
}

/// `… 480 more lines …`: unfolded further, the entry shows them.
fn more(lines: u64) -> Row {
    let lines = if lines == 1 { "1 more line".to_owned() } else { format!("{lines} more lines") };
    Row::of(format!("… {lines} …"), Role::Info)
}

fn revision(entry: &Entry) -> u32 {
    match &entry.what {
        What::Said { text, .. } => text.revision,
        What::Step(step) => step.output.revision,
        _ => 0,
    }
}
