//! A question before something that can't be taken back.

use crate::text;
use crate::theme::Role;
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
    let key = |key: &'static str, what: &'static str| Row::of(key, Look::strong(Role::Accent)).with(what, Role::Text);
    rows.push(Row::of(" ", Role::Text).with_row(key("y", " yes     ")).with_row(key("n", " no, back")).clip(width));
    super::drawer(cx, scene, area, "SURE?", rows);
}
