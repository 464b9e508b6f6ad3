//! An unfolded step: what it was told, and what it gave back.

use super::{Fold, Kept, change, effect, made, output};
use crate::domain::{Decision, Text};
use crate::state::{Session, Step};
use crate::text;
use crate::theme::Role;
use crate::ui::update::{CHANGE, ENDS};
use crate::view::body::Found;
use crate::view::flow::Styled;
use crate::view::{Cx, Row};

/// Lines of output and rows of changes that are shown where all of it is.
const WHOLE: usize = 1000;
/// Rows of arguments shown.
const ARGS: usize = 8;

/// The rows below the head of a step.
pub(super) fn rows(cx: &Cx<'_>, session: &Session, step: &Step, (width, fold): (usize, Fold), kept: &mut Kept) {
    let Kept { rows, wants, .. } = kept;
    // A short command stands whole in the row above.
    let short = |text: &Text| text.lines() <= 1 && text.inline().is_some_and(|line| text::width(line) + 24 <= width);
    if let Some(command) = step.command.as_ref().filter(|command| !short(command)) {
        match Found::of(cx.app, command).or_want(wants) {
            Some(command) => exact(command, "$ ", width, rows),
            None => rows.push(Row::of("loading…", Role::Muted)),
        }
    }
    if step.edited.is_some() && !step.changes.is_empty() {
        rows.push(Row::of("proposed, and not what was done:", Role::Muted));
    }
    for change in &step.changes {
        let one = Step { changes: vec![change.clone()], ..Step::default() };
        let path =
            Row::of(text::middle(&cx.path(session, &change.path), width.saturating_sub(14)).into_owned(), Role::Text);
        let count = effect::changed_lines(cx.app, &one, wants);
        let count = count.map_or_else(Row::new, |(added, removed)| super::step::lines(cx, added, removed));
        rows.push(path.right(count, width));
        let most = if fold == Fold::Whole { WHOLE } else { CHANGE / step.changes.len().clamp(1, 8) };
        change::rows(cx, change, (width, most), rows, wants);
    }
    if step.command.is_none() && step.changes.is_empty() {
        args(cx, step.args.as_ref(), width, rows, wants);
    }
    made::rows(cx, session, step, (width, if fold == Fold::Whole { WHOLE } else { CHANGE }), rows, wants);
    if let Some(Decision::Deny { reason: Some(reason), .. }) =
        step.request().and_then(|request| request.answered.as_ref()).map(|answered| &answered.decision)
    {
        Styled::of(&text::prose(reason).text, Role::Warn).flow(Row::of("denied: ", Role::Warn), width, rows);
    }
    let most = if fold == Fold::Whole { WHOLE } else { ENDS };
    let ends = output::ends(cx, &step.output, most, most, wants);
    ends.rows_with(width, rows, |hidden| match fold {
        Fold::Whole => Row::of(format!("… {hidden} lines are in the log only …"), Role::Info),
        Fold::Folded | Fold::Unfolded => super::more(hidden),
    });
    if rows.is_empty() {
        rows.push(Row::of("nothing more is known of it", Role::Muted));
    }
}

fn args(cx: &Cx<'_>, args: Option<&Text>, width: usize, rows: &mut Vec<Row>, wants: &mut Vec<crate::ui::Want>) {
    let Some(args) = args.filter(|args| !args.is_empty()) else { return };
    let Some(json) = Found::of(cx.app, args).or_want(wants) else {
        rows.push(Row::of("loading…", Role::Muted));
        return;
    };
    let mut all = Vec::new();
    // What goes beyond the rows shown is not broken into rows either.
    let reach = json.floor_char_boundary(width.saturating_mul(ARGS + 1));
    exact(&json[..reach], "", width, &mut all);
    if reach < json.len() || all.len() > ARGS {
        all.truncate(ARGS - 1);
        all.push(Row::of("… the rest is in the inspector", Role::Muted));
    }
    rows.append(&mut all);
}

/// Lines as they are, hidden characters marked.
fn exact(source: &str, sign: &'static str, width: usize, rows: &mut Vec<Row>) {
    for (n, line) in source.lines().enumerate() {
        let lead = if n == 0 { sign } else { &"  "[..sign.len()] };
        Styled::exact(line, Role::Text).flow(Row::of(lead, Role::Muted), width, rows);
    }
}
