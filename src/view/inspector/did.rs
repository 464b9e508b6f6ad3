//! What a step really did, line by line, as its checkpoints say: beside what it showed, and after it where that differs.

use super::facts::fact;
use crate::domain::{At, Changed, FileChange, LaneId, Makers, Seq, TurnNo};
use crate::keymap;
use crate::state::claims::is_same;
use crate::state::{Entry, Session, Step, What};
use crate::text;
use crate::theme::Role;
use crate::ui::diffs::{DiffUi, Manner};
use crate::ui::past::{self, Between, Seen, Shown};
use crate::ui::{Action, Want};
use crate::view::flow::Styled;
use crate::view::payload::{Fitting, Place};
use crate::view::{Cache, Cx, Look, Row, entry};

/// Rows of it; the review shows the others.
const MOST: usize = 400;

/// What is known of it.
pub(super) enum Known<'a> {
    /// There is nothing to look at: it changed nothing, or stands between no checkpoints.
    Nothing,
    /// It is to be asked for, or was.
    Asked,
    /// It can't be told: why.
    Failed(&'a str),
    /// All of it.
    Here(&'a Seen),
}

impl Known<'_> {
    /// What is to be asked for.
    pub(super) fn want(&self, session: &Session, step: &Step) -> Option<Want> {
        match self {
            Self::Asked => Some(Want::Changes(Between::step(session.id, step.number))),
            Self::Nothing | Self::Failed(_) | Self::Here(_) => None,
        }
    }
}

/// What is known of a step.
pub(super) fn known<'a>(cx: &Cx<'a>, session: &Session, step: &Step) -> Known<'a> {
    let has = |worked: &crate::state::Worked| worked.before.is_some() && worked.after.is_some() && worked.files() > 0;
    if !step.worked.as_deref().is_some_and(has) {
        return Known::Nothing;
    }
    let what = Between::step(session.id, step.number);
    match cx.app.looked.get(&what) {
        Some(Ok(seen)) => Known::Here(seen),
        Some(Err(why)) => Known::Failed(why),
        None => Known::Asked,
    }
}

/// How what a step did to a file stands to what it showed.
pub(super) fn shown(cx: &Cx<'_>, session: &Session, step: &Step, file: &Changed) -> Shown {
    if step.edited.is_some() {
        return Shown::Unknown;
    }
    let told: Vec<&FileChange> = step
        .changes
        .iter()
        .filter(|change| change.paths().any(|path| is_same(path, &file.path, &session.cwd)))
        .collect();
    past::compare(cx.app, &told, file)
}

/// Adds the lines that it changed, where they are not those that it showed.
pub(super) fn rows(cx: &Cx<'_>, cache: &mut Cache, session: &Session, step: &Step, width: usize, rows: &mut Vec<Row>) {
    let seen = match known(cx, session, step) {
        Known::Nothing => return,
        Known::Asked => {
            rows.push(Row::new());
            return rows.push(Row::of("WHAT IT DID: being looked at", Role::Info));
        }
        Known::Failed(why) => {
            rows.push(Row::new());
            let said = format!("WHAT IT DID can't be shown: {}", text::visible(why).text);
            return Styled::of(&said, Role::Warn).flow(Row::new(), width, rows);
        }
        Known::Here(seen) => seen,
    };
    let files = || seen.changes.files.iter().filter(|file| file.became.is_some());
    if files().next().is_none() {
        return;
    }
    rows.push(Row::new());
    if files().all(|file| shown(cx, session, step, file) == Shown::Same) {
        let said = "WHAT IT DID is what it showed, line by line";
        return Styled::of(said, Role::Muted).flow(Row::new(), width, rows);
    }
    rows.push(Row::of("WHAT IT DID, by the checkpoints", Look::strong(Role::Muted)));
    for file in files() {
        let notes = file.notes();
        let makers: Vec<String> = file
            .hunks
            .iter()
            .filter(|makers| makers.steps != [step.number] || makers.others)
            .map(Makers::words)
            .collect();
        if notes.is_empty() && makers.is_empty() {
            continue;
        }
        let mut said = Styled::exact(&file.path, Role::Text);
        for note in notes {
            said.push("  ", Role::Text);
            said.append(&Styled::exact(&note, Role::Info));
        }
        if let Some(makers) = makers.first() {
            said.push(&format!("  by {makers}"), Role::Warn);
        }
        said.flow(Row::new(), width, rows);
    }
    let none = DiffUi::default();
    let to = Fitting { width: width.max(1), manner: Manner { ..cx.app.manner }, diffs: &none, edits: None };
    let at = entry_of(seen, step);
    let all = cache.payloads.payload(cx, session, &at, &seen.step, Place::Did, (&to, None)).rows();
    if !seen.step.changes.is_empty() {
        rows.extend(cache.payloads.rows(cx, session, &at, Place::Did, (0..all.min(MOST), 0)));
    }
    if all > MOST || seen.changes.more > 0 {
        let key = keymap::key(cx.app, Action::Review).map(|key| format!(": {key} shows all of it")).unwrap_or_default();
        let more = if seen.changes.more > 0 {
            format!(" and {}", entry::counted(seen.changes.more as usize))
        } else {
            String::new()
        };
        let said = format!("{} more rows{more}{key}", all.saturating_sub(MOST));
        Styled::of(&said, Role::Info).flow(Row::new(), width, rows);
    }
    for note in &seen.changes.notes {
        fact("", &text::visible(note).text, Role::Warn, width, rows);
    }
}

/// The entry under which its rows are kept.
fn entry_of(seen: &Seen, step: &Step) -> Entry {
    let made = seen.changes.after.0.bytes().fold(0u64, |all, byte| all.rotate_left(5) ^ u64::from(byte));
    let now = At(0);
    Entry {
        no: u64::from(step.number),
        seq: Seq(0),
        changed: Seq(made),
        at: now,
        until: now,
        lane: LaneId::ROOT,
        turn: TurnNo(0),
        what: What::Mode { mode: String::new() },
    }
}
