//! What was made of a call by a human, answered to it, or done otherwise than decided.

use super::change;
use crate::domain::{Decision, FileChange, Given, Text};
use crate::state::{Session, Step};
use crate::text;
use crate::theme::Role;
use crate::ui::{Want, made};
use crate::view::body::Found;
use crate::view::flow::Styled;
use crate::view::{Cx, Look, Mark, Row};

/// Adds the rows: at most `most` for each difference.
pub(in crate::view) fn rows(
    cx: &Cx<'_>,
    session: &Session,
    step: &Step,
    (width, most): (usize, usize),
    rows: &mut Vec<Row>,
    wants: &mut Vec<Want>,
) {
    if let Some(diverged) = &step.diverged {
        let loud = Look::strong(Role::Danger);
        let said = Found::of(cx.app, diverged).or_want(wants).unwrap_or("loading…");
        let lead = Row::of(format!("{} {}: ", Mark::Diverged.sign(cx.glyphs), Mark::Diverged.word()), loud);
        Styled::of(&text::prose(said).text, loud).flow(lead, width, rows);
    }
    if let Some(made) = made::of(step, |text| cx.app.here(text).map(str::to_owned)) {
        let lead = Row::of(format!("{} ", Mark::Edited.sign(cx.glyphs)), Look::strong(Role::Info));
        Styled::of(&text::prose(&made.head).text, Look::strong(Role::Info)).flow(lead, width, rows);
        if let Some(reason) = &made.reason {
            Styled::of(&text::prose(reason).text, Role::Text).flow(Row::of("  ", Role::Text), width, rows);
        }
        for one in &made.changes {
            let named = FileChange { path: cx.path(session, &one.path), ..one.clone() };
            differences(cx, if step.changes.is_empty() { one } else { &named }, (width, most), rows, wants);
        }
    }
    let answered = step.request().and_then(|request| request.answered.as_ref());
    if let Some(Decision::Reply { given }) = answered.map(|answered| &answered.decision) {
        let said = text::prose(&Given::list(given)).text.into_owned();
        Styled::of(&said, Role::Text).flow(Row::of("answered: ", Role::Info), width, rows);
    }
}

/// A difference: what it is of, and its lines.
pub(in crate::view) fn differences(
    cx: &Cx<'_>,
    one: &FileChange,
    (width, most): (usize, usize),
    rows: &mut Vec<Row>,
    wants: &mut Vec<Want>,
) {
    for text in [&one.old, &one.new].into_iter().flatten() {
        if let Text::Body(_) = text {
            Found::of(cx.app, text).or_want(wants);
        }
    }
    Styled::of(&text::visible(&one.path).text, Role::Muted).flow(Row::of("  ", Role::Text), width, rows);
    change::rows(cx, one, (width, most), rows, wants);
}
