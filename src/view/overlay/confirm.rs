//! A question before something that can't be taken back.

use crate::keymap;
use crate::text;
use crate::theme::Role;
use crate::ui::Action;
use crate::view::flow::Styled;
use crate::view::{Area, Cx, Look, Row, Scene};

/// Draws the question, whole.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, question: &str) {
    let width = area.columns().saturating_sub(2).max(1);
    let mut rows = Vec::new();
    for line in question.lines() {
        Styled::of(&text::prose(line).text, Look::strong(Role::Text)).flow(Row::of(" ", Role::Text), width, &mut rows);
    }
    rows.push(Row::new());
    let answer = |action: Action, what: &'static str| {
        Row::of(keymap::key(cx.app, action).unwrap_or_default(), Look::strong(Role::Accent)).with(what, Role::Text)
    };
    let row = Row::of(" ", Role::Text).with_row(answer(Action::Yes, " yes     ")).with_row(answer(Action::No, " no, back"));
    rows.push(row.clip(width));
    super::drawer(cx, scene, area, "SURE?", rows);
}
