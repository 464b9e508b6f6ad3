//! The hunks of a pending change: which of them are taken, by mark and word, and at which the keys are.

use super::Asked;
use crate::domain::Topic;
use crate::theme::Role;
use crate::ui::diffs::HunkMark;
use crate::ui::{CardUi, Chosen, Parts};
use crate::view::{Cx, Look, Row};
use std::ops::Range;

/// True where the hunks of this request can be chosen.
pub(super) fn can_choose(cx: &Cx<'_>, asked: &Asked<'_>) -> bool {
    asked.request.waits()
        && asked.session.is_live()
        && asked.request.how.topic == Topic::Call
        && cx.app.can_act().is_ok()
        && !cx.app.card.as_ref().is_some_and(|card| card.sent)
}

/// The rows of the hunk at which the keys are: only where there is more than one, or one was chosen.
pub(super) fn at_hand(cx: &Cx<'_>, ui: &CardUi, asked: &Asked<'_>, hunks: &[HunkMark]) -> Option<Range<usize>> {
    let many = hunks.len() > 1 || ui.parts.differs();
    let at = (ui.parts.at as usize).checked_sub(1).filter(|_| many && ui.menu.is_none())?;
    let hunk = hunks.get(at).filter(|_| can_choose(cx, asked))?;
    Some(hunk.from..hunk.to)
}

/// How a hunk is marked: the sign, the word, the look.
fn face(cx: &Cx<'_>, chosen: Option<&Chosen>) -> (&'static str, &'static str, Look) {
    let sign = |unicode, ascii| if cx.glyphs.ascii { ascii } else { unicode };
    match chosen {
        None => (sign("✓", "+"), "taken", Look::from(Role::Good)),
        Some(Chosen::Refused) => (sign("⊘", "-"), "refused", Look::strong(Role::Warn)),
        Some(Chosen::Edited(_)) => (sign("✎", "e"), "edited by you", Look::strong(Role::Info)),
    }
}

/// Marks the rows of hunks once one of them was chosen: the sign at the right of each row, the word in its first one.
pub(super) fn mark(cx: &Cx<'_>, parts: &Parts, hunks: &[HunkMark], rows: &mut [Row], (top, width): (usize, usize)) {
    if !parts.differs() {
        return;
    }
    let many_files = hunks.windows(2).any(|two| two[1].row < two[1].from);
    for (number, hunk) in (1u32..).zip(hunks) {
        if hunk.to <= top || hunk.from >= top + rows.len() {
            continue;
        }
        let (sign, word, look) = face(cx, parts.chosen.get(&number));
        for at in hunk.from.max(top)..hunk.to.min(top + rows.len()) {
            let Some(row) = rows.get_mut(at - top) else { continue };
            let first = at == hunk.from.max(top);
            // What was written stands there itself: one mark says whose it is.
            if !first && matches!(parts.chosen.get(&number), Some(Chosen::Edited(_))) {
                continue;
            }
            let number = if many_files { format!("{number} of {}: ", hunks.len()) } else { String::new() };
            let said = if first { format!(" {number}{word} {sign}") } else { format!(" {sign}") };
            let said = if row.width() + crate::text::width(&said) <= width + 1 { said } else { sign.to_owned() };
            let cells = crate::text::width(&said);
            // The last column is free: no line of a change is that wide.
            if row.width() + cells <= width + 1 {
                row.pad_to(width + 1 - cells);
                row.push(said, look);
            }
        }
    }
}

/// `takes 2 of 3 hunks`, and which are not taken as they are.
pub(super) fn counted(ui: &CardUi) -> String {
    let of = u32::try_from(ui.diffs.seen.hunks.len()).unwrap_or(u32::MAX);
    count(&ui.parts, of)
}

/// The same, of so many hunks.
pub(super) fn count(parts: &Parts, of: u32) -> String {
    let taken = parts.taken(of).len();
    let which = |word: &str, is: &dyn Fn(&Chosen) -> bool| {
        let numbers: Vec<String> =
            parts.chosen.iter().filter(|(_, chosen)| is(chosen)).map(|(number, _)| number.to_string()).collect();
        if numbers.is_empty() { String::new() } else { format!(", {word} {}", numbers.join(", ")) }
    };
    let refused = which("refuses", &|chosen| *chosen == Chosen::Refused);
    let edited = which("edited", &|chosen| matches!(chosen, Chosen::Edited(_)));
    let hunks = if of == 1 { "hunk" } else { "hunks" };
    if taken == 0 {
        return format!("takes none of {of} {hunks}: that is a denial");
    }
    format!("takes {taken} of {of} {hunks}{refused}{edited}")
}
