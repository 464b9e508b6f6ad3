//! What a word of the composer could become: a list that stands above it, and moves nothing.

use super::{Area, Cx, Look, Row, Scene, area::cells};
use crate::text;
use crate::theme::Role;
use crate::ui::complete::{Complete, Completes, Completion};

/// Rows shown at once.
const MOST: usize = 8;

/// Draws the list over the last rows of an area.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, completion: &Completion) {
    let (width, count) = (area.columns(), completion.rows.len());
    let room = area.rows().saturating_sub(1).min(MOST);
    if room == 0 || width < 6 {
        return;
    }
    let selected = completion.selected.min(count.saturating_sub(1));
    let from = selected.saturating_sub(room / 2).min(count.saturating_sub(room));
    let shown = completion.rows.iter().enumerate().skip(from).take(room);
    let named = shown.clone().map(|(_, row)| 4 + text::width(&head(row))).max().unwrap_or(0).min(width / 2);
    let mut rows: Vec<Row> =
        shown.map(|(n, row)| one(cx, completion.kind, row, n == selected, (named, width.saturating_sub(1)))).collect();
    let note = completion.note.as_deref().map(|note| text::prose(note).text.into_owned());
    let (title, several) = match completion.kind {
        Completes::Files => ("FILES", note.clone().filter(|_| count > 0)),
        Completes::Commands => ("COMMANDS", None),
    };
    if let (Some(note), true) = (note, rows.is_empty()) {
        rows.push(Row::of(format!("   {note}"), Role::Muted));
    }
    let across = cx.glyphs.across;
    let mut rule = Row::of(across, Role::EdgeFocused).with(format!(" {title} "), Look::strong(Role::EdgeFocused));
    if count > room {
        let at = format!("{} of {count}{} ", selected + 1, if count >= crate::ui::complete::MOST { "+" } else { "" });
        rule.push(at, Role::Muted);
    }
    if let Some(said) = several {
        rule.push(format!("{said} "), Role::Warn);
    }
    let rest = width.saturating_sub(rule.width());
    rule.push(across.repeat(rest), Role::EdgeFocused);
    rows.insert(0, rule);
    let (place, _) = area.bottom(cells(rows.len()));
    scene.put(place, rows);
}

/// A name with what may follow it.
fn head(complete: &Complete) -> String {
    let hint = complete.hint.as_deref().filter(|hint| !hint.trim().is_empty());
    let hint = hint.map(|hint| format!(" {}", text::prose(hint).text)).unwrap_or_default();
    text::visible(&complete.name).text.into_owned() + &hint
}

/// One row: its name with the letters that were typed in weight, what may follow it, what it does (from a column on).
fn one(cx: &Cx<'_>, kind: Completes, complete: &Complete, selected: bool, (column, width): (usize, usize)) -> Row {
    let mut row = Row::of(if selected { cx.glyphs.cursor } else { " " }, Role::Accent).with("  ", Role::Text);
    let room = width.saturating_sub(row.width());
    let look = if selected { Look::strong(Role::Text) } else { Role::Text.into() };
    let sign = if kind == Completes::Commands { "/" } else { "" };
    row.push(sign, look);
    let whole = text::visible(&complete.name).text;
    if text::width(&whole) + sign.len() > room {
        // A path says the most at its two ends.
        row.push(text::middle(&whole, room.saturating_sub(sign.len())).into_owned(), look);
        return row;
    }
    row.push_found(&complete.name, &complete.letters, look, |run| text::visible(run).text.into_owned());
    if let Some(hint) = complete.hint.as_deref().filter(|hint| !hint.trim().is_empty()) {
        row.push(format!(" {}", text::prose(hint).text), Role::Info);
    }
    let help = text::prose(complete.help.lines().next().unwrap_or_default()).text.into_owned();
    if !help.is_empty() && row.width() + 4 < width {
        row.pad_to(column);
        row.push(format!("  {help}"), Role::Muted);
    }
    row.clip(width)
}
