//! What the watchdogs say of a session: a mark and a word in its row, a sentence below what it says.

use super::{Cx, Look, Mark, Row};
use crate::state::{Alarm, Session};
use crate::theme::Role;
use crate::ui::alarms::{evidence, is_grave, short as words};

/// What stands in a row: the worst, and how many more there are. A stall has its own mark and word there. `bare` leaves
/// the words out.
pub(super) fn short(cx: &Cx<'_>, session: &Session, bare: bool) -> Option<Row> {
    let alarms = cx.app.alarms(session, cx.now);
    let mut told = alarms.iter().filter(|alarm| !matches!(alarm, Alarm::Silent { .. }));
    let first = told.next()?;
    let sign = Mark::Flag.sign(cx.glyphs);
    let look = look(first);
    if bare {
        return Some(Row::of(format!("{sign} "), look));
    }
    let more = match told.count() {
        0 => String::new(),
        more => format!(" +{more}"),
    };
    Some(Row::of(format!("{sign} {}{more} ", words(first)), look))
}

/// What stands below the last entry: each alarm in a sentence. Of a stall the pane says more by itself.
pub(super) fn sentences(cx: &Cx<'_>, session: &Session) -> Vec<(String, Look)> {
    let alarms = cx.app.alarms(session, cx.now);
    let told = alarms.iter().filter(|alarm| !matches!(alarm, Alarm::Silent { .. }));
    told.map(|alarm| (format!("{} {}.", Mark::Flag.sign(cx.glyphs), evidence(alarm, cx.now)), look(alarm))).collect()
}

fn look(alarm: &Alarm) -> Look {
    if is_grave(alarm) { Look::strong(Role::Danger) } else { Role::Warn.into() }
}
