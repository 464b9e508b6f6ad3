//! What comes after this card, once it is answered: only said, never gone to by itself.

use super::{Asked, title};
use crate::domain::Risk;
use crate::keymap;
use crate::theme::Role;
use crate::ui::{Action, CardUi, Want};
use crate::view::{Cx, Look, Row, clock, entry};

/// The rule above the last line: `── w next: ▲ high  1 docs  run  cargo publish  12s ──` where this card is done with.
pub(super) fn rule(cx: &Cx<'_>, ui: &CardUi, asked: &Asked<'_>, width: usize, wants: &mut Vec<Want>) -> Row {
    let is_over = ui.sent || !asked.request.waits() || !asked.session.is_live();
    let plain = |cells: usize| Row::of(cx.glyphs.across.repeat(cells), cx.edge());
    if !is_over || cx.app.replay.is_some() {
        return plain(width);
    }
    let said = said(cx, width.saturating_sub(5), wants);
    let left = plain(2).with(" ", Role::Text).with_row(said).with(" ", Role::Text).clip(width);
    let rest = width.saturating_sub(left.width());
    left.with_row(plain(rest))
}

fn said(cx: &Cx<'_>, width: usize, wants: &mut Vec<Want>) -> Row {
    let Some(next) = cx.app.next_waiting() else { return Row::of("nothing else waits for you", Role::Good) };
    let key = keymap::key(cx.app, Action::NextWaiting).unwrap_or_else(|| "w".to_owned());
    let risk: Risk = next.risk();
    let (sign, look) = title::risk(cx, risk);
    let mut row = Row::of(key, Look::strong(Role::Text)).with(" next: ", Role::Muted);
    row.push(format!("{sign} {}", risk.word()), look);
    row.push("  ", Role::Text);
    if let Some(slot) = cx.slot(next.session.id) {
        row.push(format!("{slot} "), Role::Muted);
    }
    row.push(cx.name(next.session), cx.hue(next.session.id));
    row.push(format!("  {} ", next.step.impact.word()), Role::Text);
    let age = Row::of(format!("  {}", clock::age(next.request.asked, cx.now)), Look::strong(Role::Accent));
    entry::target_lacks(cx, next.step, wants);
    let room = width.saturating_sub(row.width() + age.width());
    row.push(entry::target(cx, next.session, next.step, room), Look::strong(Role::Text));
    row.with_row(age).clip(width)
}
