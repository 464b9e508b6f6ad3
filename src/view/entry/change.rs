//! A change within the timeline: its lines with their signs. What is decided upon is drawn elsewhere, and by other rules.

use crate::diff::{Diff, RowKind, Shape, parse};
use crate::domain::FileChange;
use crate::theme::Role;
use crate::ui::{App, Want};
use crate::view::body::Found;
use crate::view::flow::Styled;
use crate::view::{Cx, Row};

/// A text beyond this is not compared here.
const MOST: u64 = 512 << 10;

/// Adds the lines of a change, at most so many.
pub(super) fn rows(
    cx: &Cx<'_>,
    change: &FileChange,
    (width, most): (usize, usize),
    out: &mut Vec<Row>,
    wants: &mut Vec<Want>,
) {
    let before = wants.len();
    let Some(diffs) = diffs(cx.app, change, wants) else {
        let said = if wants.len() > before { "loading…" } else { "its lines are in the inspector" };
        return out.push(Row::of(said, Role::Muted));
    };
    let numbered = change.patch.is_some() || !change.fragment || change.line.is_some();
    let mut left = most;
    for diff in &diffs {
        if diff.shape == Shape::Binary {
            out.push(Row::of("not text", Role::Muted));
        }
        let count = diff.row_count() as usize;
        for n in 0..count.min(left) {
            line(cx, diff, u32::try_from(n).unwrap_or(u32::MAX), numbered, width, out);
        }
        left = left.saturating_sub(count);
    }
    let hidden = diffs.iter().map(|diff| diff.row_count() as usize).sum::<usize>().saturating_sub(most);
    if hidden > 0 {
        out.push(super::more(hidden as u64));
    }
}

fn diffs(app: &App, change: &FileChange, wants: &mut Vec<Want>) -> Option<Vec<Diff>> {
    if let Some(patch) = &change.patch {
        let patch = Found::of(app, patch).or_want(wants)?;
        return Some(parse(patch).files.into_iter().map(|file| file.diff).collect());
    }
    let sides = [&change.old, &change.new];
    if sides.into_iter().flatten().any(|text| text.bytes() > MOST) {
        return None;
    }
    let [old, new] = sides.map(|side| match side {
        Some(text) => Found::of(app, text).or_want(wants),
        None => Some(""),
    });
    Some(vec![Diff::of(old?, new?).starting_at(change.line.unwrap_or(1))])
}

fn line(cx: &Cx<'_>, diff: &Diff, n: u32, numbered: bool, width: usize, out: &mut Vec<Row>) {
    let Some(row) = diff.row(n) else { return };
    let (sign, role) = match row.kind {
        RowKind::Gap(lines) => {
            let heading = Styled::exact(row.text, Role::Muted);
            let lines = match lines {
                _ if n == 0 && diff.is_piece => format!("from line {}", lines.saturating_add(1)),
                1 => "1 unchanged line".to_owned(),
                _ => format!("{lines} unchanged lines"),
            };
            return out.push(Row::of(format!("… {lines}  "), Role::Gutter).with_row(heading.row(width)).clip(width));
        }
        RowKind::Context => (" ", Role::Muted),
        RowKind::Removed => (cx.glyphs.minus, Role::Removed),
        RowKind::Added => ("+", Role::Added),
    };
    let mut lead = Row::new();
    if numbered && width >= 30 {
        let number = row.new.or(row.old).map_or_else(String::new, |number| number.to_string());
        lead.push(format!("{number:>4} "), Role::Gutter);
    }
    lead.push(format!("{sign} "), role);
    Styled::exact(row.text, role).flow(lead, width, out);
}
