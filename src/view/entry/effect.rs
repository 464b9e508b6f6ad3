//! What an edit does to its files, in numbers.

use crate::diff::{Diff, parse};
use crate::domain::FileChange;
use crate::state::Step;
use crate::ui::{App, Want, made};
use crate::view::body::Found;

/// A text beyond this is not compared for a number.
const MOST: u64 = 512 << 10;

/// Lines added and removed by all of a step's changes, as a human made them where one did; `None` where there are none or not all of it is known.
pub(in crate::view) fn changed_lines(app: &App, step: &Step, wants: &mut Vec<Want>) -> Option<(u32, u32)> {
    let changes = made::effective(step);
    if changes.is_empty() {
        return None;
    }
    let mut sum = (0u32, 0u32);
    for change in changes.iter() {
        let (added, removed) = of_change(app, change, wants)?;
        sum = (sum.0.saturating_add(added), sum.1.saturating_add(removed));
    }
    Some(sum)
}

fn of_change(app: &App, change: &FileChange, wants: &mut Vec<Want>) -> Option<(u32, u32)> {
    if let Some(patch) = &change.patch {
        let patch = Found::of(app, patch).or_want(wants)?;
        let files = parse(patch).files;
        let sum = |of: fn(&Diff) -> u32| files.iter().map(|file| of(&file.diff)).fold(0u32, u32::saturating_add);
        return Some((sum(|diff| diff.added), sum(|diff| diff.removed)));
    }
    match (&change.old, &change.new) {
        (None, None) => None,
        (None, Some(new)) => Some((new.lines(), 0)),
        (Some(old), None) => Some((0, old.lines())),
        (Some(old), Some(new)) => {
            if old.bytes().max(new.bytes()) > MOST {
                return None;
            }
            let old = Found::of(app, old).or_want(wants);
            let new = Found::of(app, new).or_want(wants);
            let diff = Diff::of(old?, new?);
            Some((diff.added, diff.removed))
        }
    }
}
