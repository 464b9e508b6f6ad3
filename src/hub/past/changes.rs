//! What changed between two moments, file by file.

use super::blame::{Makers, Trail};
use super::points::{reach, resolve};
use super::stands::{on_disk, stands};
use crate::checkpoint::{Change, Entry, Kind, Look, RelPath, SnapshotId};
use crate::domain::{Became, Changed, Changes, CheckpointId, Listed, Point, SessionId, Stands, Stretch, UndoStep};
use crate::state::spans::{Span, Spans};
use std::collections::BTreeSet;
use std::path::Path;

/// Files that are told; of more, how many.
const FILES: usize = 2_000;
/// Bytes of all texts that are told.
const MOST: u64 = 6 << 20;
/// Files of a workspace that are listed.
const LISTED: usize = 20_000;

/// What is asked.
pub(in crate::hub) struct Asked<'a> {
    /// Of which session.
    pub(in crate::hub) session: SessionId,
    /// Between which moments.
    pub(in crate::hub) stretch: Stretch,
    /// Of which files.
    pub(in crate::hub) paths: &'a [String],
    /// The workspace as it is now, where that was kept.
    pub(in crate::hub) now: Option<SnapshotId>,
}

/// Paths that are named, of those of which nobody knows.
const NAMED: usize = 16;

/// What changed.
pub(in crate::hub) fn changes(look: &mut dyn Look, spans: &Spans, asked: &Asked<'_>) -> Result<Changes, String> {
    let said = |error: crate::checkpoint::Error| error.to_string();
    let Asked { session, stretch, paths, now } = asked;
    let before = resolve(spans, stretch.from, *now)?;
    let wanted = named(look, paths)?;
    // Single files are looked at where they lie.
    let by_disk = stretch.to == Point::Now && now.is_none() && !wanted.is_empty();
    let after = if by_disk { resolve(spans, Point::Last, None)? } else { resolve(spans, stretch.to, *now)? };
    let in_it = |path: &RelPath| wanted.is_empty() || wanted.iter().any(|wanted| is_within(path, wanted));
    let mut differing: Vec<Change> = Vec::new();
    if !by_disk {
        differing = look.diff(before, after).map_err(said)?;
        differing.retain(|change| in_it(&change.path));
    }
    let mut notes = Vec::new();
    let unknown: Vec<Change> = differing.extract_if(.., |change| change.kind == Kind::Unknown).collect();
    if !unknown.is_empty() {
        let named: Vec<String> = unknown.iter().take(NAMED).map(|change| change.path.to_string()).collect();
        let more = match unknown.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let named = named.join(", ");
        notes.push(format!("not covered by one of the two checkpoints, so that nobody knows: {named}{more}"));
    }
    leave_folders(&mut differing);
    let meant = within(spans, *stretch);
    notes.extend(meant.iter().filter_map(|span| {
        let why = span.why.as_ref().filter(|_| span.before.is_none() || span.after.is_none())?;
        Some(format!("step {} has not both of its checkpoints: {why}", span.number))
    }));
    let more = u32::try_from(differing.len().saturating_sub(FILES)).unwrap_or(u32::MAX);
    differing.truncate(FILES);
    let mut room = MOST;
    let mut trail = Trail::new(look, &meant, (before, after), &differing, &mut notes).map_err(said)?;
    let mut files = Vec::new();
    for change in &differing {
        let old = stands(look, &change.before, &mut room).map_err(said)?;
        let new = stands(look, &change.after, &mut room).map_err(said)?;
        let mut changed =
            Changed { path: change.path.to_string(), became: became(change.kind), old, new, hunks: vec![] };
        changed.hunks =
            trail.makers(look, &change.path, &changed).map_err(said)?.into_iter().map(Makers::told).collect();
        files.push(changed);
    }
    for path in wanted.iter().filter(|path| !path.is_root()) {
        if differing.iter().any(|change| is_within(&change.path, path)) {
            continue;
        }
        let was = look.entry(before, path).map_err(said)?;
        let old = stands(look, &was, &mut room).map_err(said)?;
        let new = if by_disk {
            on_disk(look.root(), path)
        } else {
            let entry = look.entry(after, path).map_err(said)?;
            stands(look, &entry, &mut room).map_err(said)?
        };
        match (&old, &new) {
            (Stands::Nothing, Stands::Nothing) => {
                let (from, to) = (stretch.from.words(), stretch.to.words());
                return Err(format!("there is no {path} {from}, and none {to}"));
            }
            (Stands::Folder { .. }, Stands::Folder { .. }) => {}
            _ => files.push(alone(path, old, new)),
        }
    }
    let step = |span: &&Span| UndoStep { call: span.call.clone(), number: span.number, title: span.title.clone() };
    Ok(Changes {
        session: *session,
        stretch: *stretch,
        paths: paths.to_vec(),
        before: CheckpointId(before.to_string()),
        after: CheckpointId(if by_disk { String::new() } else { after.to_string() }),
        steps: meant.iter().filter(|span| span.changed()).map(step).collect(),
        files,
        more,
        notes,
    })
}

/// A file that was asked for by its name.
fn alone(path: &RelPath, old: Stands, new: Stands) -> Changed {
    let became = match (&old, &new) {
        (old, new) if old == new => None,
        (Stands::Unknown { .. }, _) | (_, Stands::Unknown { .. }) => None,
        (Stands::Nothing, _) => Some(Became::Added),
        (_, Stands::Nothing) => Some(Became::Removed),
        (Stands::File { mode, text: Some(one), .. }, Stands::File { mode: now, text: Some(other), .. })
            if one == other && mode != now =>
        {
            Some(Became::Mode)
        }
        (Stands::File { .. }, Stands::File { .. }) | (Stands::Link { .. }, Stands::Link { .. }) => {
            Some(Became::Changed)
        }
        _ => Some(Became::Kind),
    };
    Changed { path: path.to_string(), became, old, new, hunks: Vec::new() }
}

/// Files of a workspace at a moment: those that the session's steps had changed until then first.
pub(super) fn tree(look: &mut dyn Look, spans: &Spans, at: Point) -> Result<(Vec<Listed>, u32), String> {
    let said = |error: crate::checkpoint::Error| error.to_string();
    let id = resolve(spans, at, None)?;
    let mut changed = Vec::new();
    if let Ok(first) = resolve(spans, Point::First, None) {
        changed = look.diff(first, id).map_err(said)?;
    }
    let file = |entry: &Entry| matches!(entry, Entry::File { .. } | Entry::Link { .. });
    changed.retain(|change| change.kind != Kind::Unknown && (file(&change.before) || file(&change.after)));
    let mut files: Vec<Listed> =
        changed.iter().map(|it| Listed { path: it.path.to_string(), became: became(it.kind) }).collect();
    let known: BTreeSet<&RelPath> = changed.iter().map(|change| &change.path).collect();
    let all = look.entries(id).map_err(said)?;
    let others = all.iter().filter(|(path, entry)| file(entry) && !known.contains(path));
    files.extend(others.map(|(path, _)| Listed { path: path.to_string(), became: None }));
    let more = u32::try_from(files.len().saturating_sub(LISTED)).unwrap_or(u32::MAX);
    files.truncate(LISTED);
    Ok((files, more))
}

/// Steps that begin between two moments.
fn within(spans: &Spans, stretch: Stretch) -> Vec<&Span> {
    let (from, to) = (reach(spans, stretch.from), reach(spans, stretch.to));
    let begins = |span: &&Span| spans.place(span.number).is_none_or(|(at, _)| at >= from && at <= to);
    spans.all().iter().filter(begins).collect()
}

pub(super) fn named(look: &dyn Look, paths: &[String]) -> Result<Vec<RelPath>, String> {
    let below = |path: &String| {
        let named = RelPath::from_text(path).or_else(|| look.below(Path::new(path)));
        named.ok_or_else(|| format!("{path} lies outside of the workspace {}", look.root().display()))
    };
    let named: Vec<RelPath> = paths.iter().map(below).collect::<Result<_, _>>()?;
    Ok(if named.iter().any(RelPath::is_root) { Vec::new() } else { named })
}

fn is_within(path: &RelPath, folder: &RelPath) -> bool {
    path == folder || path.ancestors().any(|above| above == *folder)
}

/// A folder that is there because of what is in it says nothing.
fn leave_folders(changes: &mut Vec<Change>) {
    let holding: BTreeSet<RelPath> = changes.iter().flat_map(|change| change.path.ancestors()).collect();
    changes.retain(|change| {
        let is_folder = matches!(
            (&change.before, &change.after),
            (Entry::Folder { .. }, Entry::Absent) | (Entry::Absent, Entry::Folder { .. })
        );
        !is_folder || !holding.contains(&change.path)
    });
}

fn became(kind: Kind) -> Option<Became> {
    match kind {
        Kind::Added => Some(Became::Added),
        Kind::Deleted => Some(Became::Removed),
        Kind::Modified => Some(Became::Changed),
        Kind::Mode => Some(Became::Mode),
        Kind::Type => Some(Became::Kind),
        Kind::Unknown => None,
    }
}
