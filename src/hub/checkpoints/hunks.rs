//! Single hunks of what steps changed, to be taken back: what a file would be without them.

use crate::checkpoint::{Entry, RelPath, SnapshotId, Workspace};
use crate::diff::{Choice, Diff};
use crate::domain::Hunks;
use crate::hub::past::LONGEST;

/// A file, what it would be without some hunks, and what they made of it.
pub(super) fn part(
    workspace: &mut Workspace,
    (before, after): (SnapshotId, SnapshotId),
    wanted: &Hunks,
) -> Result<(RelPath, Entry, Entry), String> {
    let said = |error: crate::checkpoint::Error| error.to_string();
    let path = RelPath::from_text(&wanted.path).filter(|path| !path.is_root());
    let path =
        path.ok_or_else(|| format!("{:?} is no path of this workspace: take it as the review has it", wanted.path))?;
    let (was, made) = (workspace.entry(before, &path).map_err(said)?, workspace.entry(after, &path).map_err(said)?);
    if was == made {
        return Err(format!("{path} is the same in both checkpoints: there is nothing to revert"));
    }
    if wanted.hunks.is_empty() {
        return Ok((path, was, made));
    }
    let (Entry::File { blob: old, .. }, Entry::File { blob: new, mode }) = (&was, &made) else {
        return Err(format!("{path} is not a file on both sides: it is reverted as a whole or not at all"));
    };
    let mut text = |blob| {
        if workspace.size(blob).map_err(said)? > LONGEST {
            return Err(format!("{path} is too long for single hunks: revert the whole file"));
        }
        let bytes = workspace.bytes(blob).map_err(said)?;
        String::from_utf8(bytes).map_err(|_| format!("{path} is no text: it is reverted as a whole or not at all"))
    };
    let (old, new) = (text(*old)?, text(*new)?);
    let diff = Diff::of(&old, &new);
    if let Some(odd) = wanted.hunks.iter().find(|hunk| **hunk as usize >= diff.hunks.len()) {
        return Err(format!("{path} has no hunk {}: it has {}", odd + 1, diff.hunks.len()));
    }
    let chosen = |hunk: usize| wanted.hunks.iter().any(|chosen| *chosen as usize == hunk);
    let without = diff.take(&old, |hunk| if chosen(hunk) { Choice::Refused } else { Choice::Taken });
    let without = without.map_err(|error| format!("{path}: {error}"))?;
    let blob = workspace.keep_text(without.as_bytes()).map_err(said)?;
    Ok((path, Entry::File { blob, mode: *mode }, made))
}
