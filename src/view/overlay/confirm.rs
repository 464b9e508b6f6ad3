//! A question before something that can't be taken back.

use crate::text;
use crate::theme::Role;
use crate::view::flow::Styled;
use crate::view::{Area, Cx, Look, Row, Scene};

/// Draws the question, whole; the last line of the screen says which keys answer it.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, question: &str) {
    let width = area.columns().saturating_sub(2).max(1);
    let mut rows = Vec::new();
    for line in question.lines() {
        Styled::of(&text::prose(line).text, Look::strong(Role::Text)).flow(Row::of(" ", Role::Text), width, &mut rows);
    }
    super::drawer(cx, scene, area, "SURE?", rows);
}
