//! The context meter: how full, of how much, for how long still. In words too, never in colour alone.

use super::glyphs::level_role;
use super::{Cx, Look, Row};
use crate::state::{Level, Meter};
use crate::text::human;
use crate::theme::Role;

/// The meter as a row of at most `width` cells; what matters least is left out first.
pub(super) fn row(cx: &Cx<'_>, meter: &Meter, width: usize) -> Row {
    let dash = cx.glyphs.unknown;
    let mut row = Row::of("ctx ", Role::Muted);
    let cells = match width {
        64.. => 16,
        46..64 => 10,
        36..46 => 6,
        _ => 0,
    };
    row.append(bar(cx, meter, cells));
    let role = level_role(meter.level());
    match meter.used.zip(meter.window).and_then(|(used, window)| human::percent(used, window)) {
        Some(percent) => row.push(format!("{percent:>3}%"), Look::strong(role)),
        None => row.push(format!("{dash:>4}"), Role::Muted),
    }
    let mut add = |text: String, look: Look| {
        let part = Row::of(format!("  {text}"), look);
        if row.width() + part.width() <= width {
            row.append(part);
        }
    };
    if let Some(word) = word(meter.level()) {
        add(word.to_owned(), Look::strong(role));
    }
    let known = |tokens: Option<u64>| tokens.map_or_else(|| dash.to_owned(), human::count);
    match (meter.used, meter.window) {
        (None, None) => add("not told by the agent".to_owned(), Role::Muted.into()),
        (used, window) => add(format!("{} of {}", known(used), known(window)), Role::Text.into()),
    }
    if let Some(turns) = meter.turns_left() {
        add(format!("~{turns} {}", if turns == 1 { "turn" } else { "turns" }), Role::Text.into());
    }
    if let Some(cost) = meter.cost {
        add(human::money(cost.micros, cost.currency), Role::Text.into());
    }
    if let Some(growth) = meter.growth() {
        add(format!("+{}/turn", human::count(growth)), Role::Muted.into());
    }
    if meter.compactions > 0 {
        add(format!("{}{}", super::Mark::Compacted.sign(cx.glyphs), meter.compactions), Role::Info.into());
    }
    row
}

/// The word for a level that deserves one.
pub(super) fn word(level: Level) -> Option<&'static str> {
    match level {
        Level::Unknown | Level::Low => None,
        Level::Mid => Some("filling"),
        Level::High => Some("nearly full"),
        Level::Full => Some("FULL"),
    }
}

/// Full cells, those that the next turn will take, and free ones.
fn bar(cx: &Cx<'_>, meter: &Meter, cells: usize) -> Row {
    let glyphs = cx.glyphs;
    if cells == 0 {
        return Row::new();
    }
    let Some((used, window)) = meter.used.zip(meter.window).filter(|&(_, window)| window > 0) else {
        return Row::of(glyphs.free.repeat(cells), Role::Muted).with(" ", Role::Text);
    };
    let share = |tokens: u64| {
        let scaled = u128::from(tokens) * cells as u128 / u128::from(window);
        usize::try_from(scaled).unwrap_or(cells).min(cells)
    };
    let full = share(used).max(usize::from(used > 0));
    let soon = share(used.saturating_add(meter.growth().unwrap_or(0))).max(full);
    Row::of(glyphs.full.repeat(full), level_role(meter.level()))
        .with(glyphs.soon.repeat(soon - full), Role::Muted)
        .with(glyphs.free.repeat(cells - soon), Role::Muted)
        .with(" ", Role::Text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{At, Usage};
    use crate::ui::App;
    use crate::view::UNICODE;

    fn shown(meter: &Meter, width: usize) -> String {
        let app = App::default();
        let cx = Cx { app: &app, now: At(0), glyphs: &UNICODE };
        row(&cx, meter, width).spans.iter().map(|span| span.text.as_ref()).collect()
    }

    #[test]
    fn unknown_is_a_dash_and_never_nothing() {
        let mut meter = Meter::default();
        assert_eq!(shown(&meter, 60), "ctx ░░░░░░░░░░    —  not told by the agent");
        meter.report(&Usage { used: Some(12_000), ..Usage::default() });
        assert_eq!(shown(&meter, 60), "ctx ░░░░░░░░░░    —  12k of —");
    }

    #[test]
    fn a_full_window_says_so_in_words() {
        let mut meter = Meter::default();
        meter.report(&Usage { used: Some(196_000), window: Some(200_000), cost: None });
        assert!(shown(&meter, 60).contains("98%  FULL  196k of 200k"), "{}", shown(&meter, 60));
        meter.report(&Usage { used: Some(900_000), ..Usage::default() });
        assert!(shown(&meter, 60).contains("450%"), "beyond its window");
    }

    #[test]
    fn what_has_no_room_is_left_out_whole() {
        let mut meter = Meter::default();
        meter.report(&Usage { used: Some(124_000), window: Some(200_000), cost: None });
        for width in 0..80 {
            let text = shown(&meter, width);
            assert!(crate::text::width(&text) <= width.max(8), "{width}: {text}");
        }
    }
}
