//! The first line: how many live, wait and failed, what it costs, what time it is; and what is wrong with the hub.

use super::flow::Styled;
use super::{Area, Cx, Look, Mark, Row, Scene, clock};
use crate::domain::Risk;
use crate::state::{Group, Phase};
use crate::text::{self, human};
use crate::theme::Role;

/// Draws the line.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area) {
    let (mut live, mut waiting, mut failed, mut high) = (0usize, 0usize, 0usize, 0usize);
    for session in cx.app.state.sessions.values() {
        if session.archived {
            continue;
        }
        let phase = cx.phase(session);
        live += usize::from(session.is_live());
        // What failed long ago and has left the rail is nothing to look for.
        failed += usize::from(phase.group() == Group::Failed && cx.app.slots.contains(&session.id));
        waiting += match phase {
            Phase::Waiting(count) => count as usize,
            Phase::LoginNeeded => 1,
            _ => 0,
        };
        let risky = |risk: Risk| matches!(risk, Risk::High | Risk::Top);
        high += session
            .waiting()
            .filter(|(request, _, _)| request.verdict.as_ref().is_none_or(|verdict| risky(verdict.risk)))
            .count();
    }
    let mut left = Row::of(" taut", Look::strong(Role::Text));
    let mut count = |number: usize, word: &str, look: Look| {
        let part = Row::of(format!("  {number} {word}"), look);
        if number > 0 && left.width() + part.width() <= area.columns() {
            left.append(part);
        }
    };
    if area.width >= 40 {
        count(live, "live", Role::Text.into());
    }
    count(waiting, Mark::Waiting.word(), Look::strong(Role::Accent));
    count(failed, Mark::Failed.word(), Role::Danger.into());

    let clock = Row::of(format!("  {} ", clock::hm(cx.now, cx.app.utc_offset)), Role::Muted);
    let risky =
        if high > 0 { Row::of(format!("  {} {high}", cx.glyphs.high), Look::strong(Role::Danger)) } else { Row::new() };
    let spent = cx.app.state.spent();
    // Where some do not say what they cost, it is at least this.
    let least = match spent.untold {
        0 => "",
        _ if cx.glyphs.ascii => ">",
        _ => "≥",
    };
    let costs: Vec<String> =
        spent.sums.into_iter().map(|(currency, micros)| format!("{least}{}", human::money(micros, currency))).collect();
    // Where not all has room: first the counts, then the clock, the risks, the costs.
    let mut right = Row::new();
    let mut room = area.columns().saturating_sub(left.width());
    for part in [clock, risky, Row::of(costs.join(" "), Role::Text)] {
        if part.width() < room {
            room -= part.width();
            right = part.with_row(right);
        }
    }
    scene.put_row(area, left.right(right, area.columns()));
}

/// What a human must know of the hub and the link to it, one sentence each; worst first.
pub(super) fn troubles(cx: &Cx<'_>, width: usize) -> Vec<Row> {
    let status = &cx.app.status;
    let mut rows = Vec::new();
    let mut say = |head: &str, text: String, role: Role| {
        Styled::of(&text, role).flow(Row::of(format!(" {head}  "), Look::strong(role)), width, &mut rows);
    };
    let shown = |text: &str| text::prose(&text.replace('\n', " ")).text.into_owned();
    if let Some(why) = &cx.app.link_lost {
        let what = "reading works, decisions are refused until it is back";
        say("LINK LOST", format!("{what}: {}", shown(why)), Role::Danger);
    }
    if let Some(why) = &status.store_error {
        let held = match status.held {
            0 => String::new(),
            1 => "1 answer held, ".to_owned(),
            count => format!("{count} answers held, "),
        };
        say("NOT WRITTEN", format!("{held}deny and interrupt still act: {}", shown(why)), Role::Danger);
    } else if status.held > 0 {
        say("HELD", format!("{} answers wait to be written", status.held), Role::Warn);
    }
    if let Some((alive, of)) = status.halted {
        let role = if alive == 0 { Role::Info } else { Role::Danger };
        say("HALTED", format!("{alive} of {of} known alive"), role);
    }
    if let Some(why) = &status.read_only {
        say("READ ONLY", shown(why), Role::Warn);
    }
    if let Some(why) = &status.config_error {
        say("CONFIG", shown(why), Role::Warn);
    }
    rows
}
