//! What this session did before to the files that a call would change: one diff over all of it.

use super::Asked;
use super::before::Back;
use crate::domain::{CallStatus, Digest, FileChange, Impact, Seq, Text};
use crate::state::{Entry, Session, Step, What};
use crate::theme::Role;
use crate::ui::{DiffUi, Manner, Want};
use crate::view::payload::{Fitting, Place};
use crate::view::{Cache, Cx, Look, Row};

/// Pieces that are shown of one file; older ones are counted.
const PIECES: usize = 6;
/// Rows that are shown where they stand below the payload.
pub(super) const ROWS: usize = 24;

/// Rows of what was done before, and how many are left out.
#[derive(Debug, Default)]
pub(super) struct SoFar {
    /// `2 edits of it before, the last one 4m ago`.
    pub(super) head: String,
    /// The diff.
    pub(super) rows: Vec<Row>,
    /// Rows that there would be.
    pub(super) of: usize,
}

/// The changes of this session to the same files before this request; `None` where there are none.
pub(super) fn rows(
    cx: &Cx<'_>,
    cache: &mut Cache,
    asked: &Asked<'_>,
    width: usize,
    wants: &mut Vec<Want>,
) -> Option<SoFar> {
    let writes =
        matches!(asked.step.impact, Impact::Edit | Impact::Delete | Impact::Move) || !asked.step.changes.is_empty();
    let (changes, steps, newest) = writes.then(|| before(cx, asked, wants))??;
    let step = Step { changes, ..Step::default() };
    // What it was made of stands for it: a payload is made anew once that changes.
    let entry = Entry { changed: newest, what: What::Step(Box::default()), ..asked.entry.clone() };
    let nothing = DiffUi::default();
    let to = Fitting { width: width.max(1), manner: Manner::default(), diffs: &nothing, edits: None };
    let payload = cache.payloads.payload(cx, asked.session, &entry, &step, Place::Before, (&to, None));
    wants.extend(payload.wants.iter().cloned());
    let of = payload.rows();
    let rows = cache.payloads.rows(cx, asked.session, &entry, Place::Before, (0..of.min(ROWS), 0));
    let numbers: Vec<String> = steps.iter().rev().take(3).rev().map(u32::to_string).collect();
    let which = if steps.len() > numbers.len() { ", the last ones" } else { "" };
    let (edits, step) = if steps.len() == 1 { ("1 edit", "step") } else { ("", "steps") };
    let edits = if edits.is_empty() { format!("{} edits", steps.len()) } else { edits.to_owned() };
    let head = format!("{edits} by this session{which} in {step} {}", numbers.join(", "));
    Some(SoFar { head, rows, of })
}

/// The earlier changes put together, oldest first; the numbers of their steps; the newest record in them.
fn before(cx: &Cx<'_>, asked: &Asked<'_>, wants: &mut Vec<Want>) -> Option<(Vec<FileChange>, Vec<u32>, Seq)> {
    let session = asked.session;
    let mine: Vec<String> =
        asked.step.changes.iter().flat_map(FileChange::paths).map(|path| whole_path(session, path)).collect();
    let (mut found, mut steps, mut newest) = (Vec::new(), Vec::new(), Seq(0));
    for entry in Back::new(cx, asked).entries(wants) {
        let Some(step) = entry.step().filter(|step| step.acted() && step.status != CallStatus::Failed) else {
            continue;
        };
        let same = step.changes.iter().filter(|change| mine.contains(&whole_path(session, &change.path)));
        let same: Vec<&FileChange> = same.collect();
        if !same.is_empty() {
            found.extend(same.into_iter().rev());
            steps.push(step.number);
            newest = newest.max(entry.changed);
        }
    }
    steps.reverse();
    let mut files: Vec<(String, Vec<FileChange>)> = mine.into_iter().map(|path| (path, Vec::new())).collect();
    for change in found.into_iter().rev() {
        let path = whole_path(session, &change.path);
        if let Some((_, changes)) = files.iter_mut().find(|(known, _)| *known == path) {
            join(changes, change);
        }
    }
    let joined = files.into_iter().flat_map(|(_, mut changes)| changes.split_off(changes.len().saturating_sub(PIECES)));
    let joined: Vec<FileChange> = joined.collect();
    (!joined.is_empty()).then_some((joined, steps, newest))
}

/// Adds a change to those before it: where it goes on from what the last one left, both are one.
fn join(changes: &mut Vec<FileChange>, next: &FileChange) {
    let digest = |text: Option<&Text>| text.map_or(Digest::default(), Text::digest);
    let is_whole = |change: &FileChange| !change.fragment && change.patch.is_none();
    match changes.last_mut() {
        Some(last) if is_whole(last) && is_whole(next) && digest(last.new.as_ref()) == digest(next.old.as_ref()) => {
            last.new.clone_from(&next.new);
        }
        _ => changes.push(next.clone()),
    }
}

/// A path from the root on, so that two names of one file are the same. Links are not looked at: nothing is, here.
fn whole_path(session: &Session, path: &str) -> String {
    let whole = if path.starts_with('/') { path.to_owned() } else { format!("{}/{path}", session.cwd) };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

impl SoFar {
    /// As a fact: the head, the diff, and what is left out; at most `most` rows.
    pub(super) fn into_rows(mut self, cx: &Cx<'_>, most: usize) -> Vec<Row> {
        let room = most.saturating_sub(1).max(1);
        let mut rows = vec![Row::of(self.head, Role::Muted)];
        let shown = if self.of > room { room.saturating_sub(1) } else { room };
        self.rows.truncate(shown);
        let left = self.of - self.rows.len();
        rows.append(&mut self.rows);
        if left > 0 {
            rows.push(Row::of(format!("… {left} more rows: unfold those steps to see them"), Look::from(Role::Info)));
        }
        // Every row says that it is no part of what is asked now.
        let quoted = |row: Row| Row::of(cx.glyphs.down, cx.edge()).with(" ", Role::Text).with_row(row);
        rows.into_iter().map(quoted).collect()
    }
}
