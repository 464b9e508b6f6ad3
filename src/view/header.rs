//! The first line: how many live, wait and failed, what it costs, what time it is; and what is wrong with the hub.

use super::{Area, Cx, Look, Mark, Row, Scene, clock};
use crate::domain::Risk;
use crate::state::{Group, Phase};
use crate::text::{self, human};
use crate::theme::Role;
use std::collections::BTreeMap;

/// Draws the line.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area) {
    let (mut live, mut waiting, mut failed, mut high) = (0usize, 0usize, 0usize, 0usize);
    let mut costs: BTreeMap<[u8; 3], u64> = BTreeMap::new();
    for session in cx.app.state.sessions.values() {
        if let Some(cost) = session.meter.cost {
            let sum = costs.entry(cost.currency).or_default();
            *sum = sum.saturating_add(cost.micros);
        }
        if session.archived {
            continue;
        }
        let phase = cx.phase(session);
        live += usize::from(session.is_live());
        failed += usize::from(phase.group() == Group::Failed);
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
        if number > 0 {
            left.push(format!("  {number} {word}"), look);
        }
    };
    count(live, "live", Role::Text.into());
    count(waiting, Mark::Waiting.word(), Look::strong(Role::Accent));
    count(failed, Mark::Failed.word(), Role::Danger.into());

    let mut right = Row::new();
    let costs: Vec<String> = costs.into_iter().map(|(currency, micros)| human::money(micros, currency)).collect();
    right.push(costs.join(" "), Role::Text);
    if high > 0 {
        right.push(format!("  {} {high}", cx.glyphs.high), Look::strong(Role::Danger));
    }
    right.push(format!("  {} ", clock::hm(cx.now, cx.app.utc_offset)), Role::Muted);
    scene.put_row(area, left.right(right, area.columns()));
}

/// What a human must know of the hub and the link to it, one sentence each; worst first.
pub(super) fn troubles(cx: &Cx<'_>) -> Vec<Row> {
    let status = &cx.app.status;
    let mut rows = Vec::new();
    let mut say = |head: &str, text: String, role: Role| {
        rows.push(Row::of(format!(" {head}  "), Look::strong(role)).with(text, role));
    };
    let shown = |text: &str| text::prose(&text.replace('\n', " ")).text.into_owned();
    if let Some(why) = &cx.app.link_lost {
        let what = "reading still works; decisions are refused until it is back";
        say("LINK LOST", format!("{}; {what}", shown(why)), Role::Danger);
    }
    if let Some(why) = &status.store_error {
        let held = match status.held {
            0 => "nothing is held yet; deny and interrupt still act".to_owned(),
            1 => "1 answer is held; deny and interrupt still act".to_owned(),
            count => format!("{count} answers are held; deny and interrupt still act"),
        };
        say("NOT WRITTEN", format!("{}; {held}", shown(why)), Role::Danger);
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
        say("CONFIG", format!("{}; the last good one is in force", shown(why)), Role::Warn);
    }
    rows
}
