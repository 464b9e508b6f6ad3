//! The context meter: how full, of how much, for how long still, at what cost. In words and signs too, never in colour
//! alone; what is not known is `—` and never 0. The same for every agent.

use super::glyphs::level_role;
use super::{Cx, Look, Mark, Row};
use crate::domain::Cost;
use crate::state::{Level, Limit, Meter, Uncounted};
use crate::text::human;
use crate::theme::Role;

/// From so many cells on, what is not known is said as well.
const WIDE: usize = 64;

/// The meter as a row of at most `width` cells; what matters least is left out first.
pub(super) fn row(cx: &Cx<'_>, meter: &Meter, width: usize) -> Row {
    let dash = cx.glyphs.unknown;
    let mut row = Row::of("ctx ", Role::Muted);
    let cells = match width {
        WIDE.. => 16,
        46..WIDE => 10,
        36..46 => 6,
        _ => 0,
    };
    row.append(bar(cx, meter, cells));
    let role = level_role(meter.level());
    match percent(meter) {
        Some(percent) => row.push(format!("{percent:>3}%{}", sign(cx, meter.level())), Look::strong(role)),
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
        (None, None) if cx.is_glimpse() => add("not read yet".to_owned(), Role::Muted.into()),
        (None, None) => add("not told by the agent".to_owned(), Role::Muted.into()),
        (used, window) => add(format!("{} of {}", known(used), known(window)), Role::Text.into()),
    }
    match left(cx, meter) {
        Some(left) => add(left, if meter.is_near() { Look::strong(role) } else { Role::Text.into() }),
        None if width >= WIDE && meter.used.is_some() => add(format!("{dash} turns"), Role::Muted.into()),
        None => {}
    }
    // Where there are limits, that none of them holds is worth the room.
    match (meter.cost, cx.app.limits.budget.uncounted(meter)) {
        (Some(_), uncounted) => {
            let costs = meter.costs().map(money).collect::<Vec<_>>().join(" + ");
            match uncounted {
                // Its currency stands there: no limit is in that one.
                Some(Uncounted::Untold | Uncounted::Other) => {
                    add(format!("{costs}: no limit holds"), Role::Warn.into());
                }
                None => add(costs, Role::Text.into()),
            }
        }
        (None, Some(_)) => add(format!("cost {dash}: no limit holds"), Role::Warn.into()),
        (None, None) if width >= WIDE && meter.used.is_some() => add(format!("cost {dash}"), Role::Muted.into()),
        (None, None) => {}
    }
    if let (Some(turn), true) = (meter.turn_cost(), width >= WIDE) {
        add(format!("{} this turn", money(turn)), Role::Muted.into());
    }
    if let Some(growth) = meter.growth() {
        add(format!("+{}/turn", human::count(growth)), Role::Muted.into());
    }
    if meter.compactions > 0 {
        add(format!("{}{}", Mark::Compacted.sign(cx.glyphs), meter.compactions), Role::Info.into());
    }
    row
}

/// The word for a level that deserves one.
fn word(level: Level) -> Option<&'static str> {
    match level {
        Level::Unknown | Level::Low => None,
        Level::Mid => Some("filling"),
        Level::High => Some("nearly full"),
        Level::Full => Some("FULL"),
    }
}

/// The sign for a level that deserves one: it stays where its word has no room.
fn sign(cx: &Cx<'_>, level: Level) -> &'static str {
    let (unicode, ascii) = match level {
        Level::Unknown | Level::Low => ("", ""),
        Level::Mid => ("●", "o"),
        Level::High => ("▲", "^"),
        Level::Full => ("◆", "!"),
    };
    if cx.glyphs.ascii { ascii } else { unicode }
}

fn percent(meter: &Meter) -> Option<u64> {
    meter.used.zip(meter.window).and_then(|(used, window)| human::percent(used, window))
}

fn money(cost: Cost) -> String {
    human::money(cost.micros, cost.currency)
}

/// `~24 turns`, `~4 turns to ≈`: until the window is full, or where it was compacted the last time.
fn left(cx: &Cx<'_>, meter: &Meter) -> Option<String> {
    let turns = turns(meter)?;
    Some(match meter.limit()? {
        Limit::Window(_) => turns,
        Limit::Line(_) => format!("{turns} to {}", Mark::Compacted.sign(cx.glyphs)),
    })
}

fn turns(meter: &Meter) -> Option<String> {
    Some(match meter.turns_left()? {
        0 => "<1 turn".to_owned(),
        1 => "~1 turn".to_owned(),
        turns => format!("~{} turns", human::count(turns)),
    })
}

/// What a human should know before the line is reached: one sentence, while it is near.
pub(super) fn warning(cx: &Cx<'_>, meter: &Meter) -> Option<String> {
    let (percent, limit) = (percent(meter)?, meter.limit().filter(|_| meter.is_near())?);
    let is_over = meter.used.is_some_and(|used| used >= limit.tokens());
    let line = match limit {
        Limit::Line(line) => format!("where it was compacted last, {}", human::count(line)),
        Limit::Window(_) if is_over => "beyond the window that the agent tells of".to_owned(),
        Limit::Window(_) => "the end of its window".to_owned(),
    };
    let how_far = match turns(meter) {
        _ if is_over => String::new(),
        Some(turns) => format!("{turns} to "),
        None => "near ".to_owned(),
    };
    let sign = Mark::Compacted.sign(cx.glyphs);
    Some(format!("{sign} Context {percent}%, {how_far}{line}: what it forgets stays on record here."))
}

/// The sign for a context that is near its line, for a list of sessions so wide: `≈93%`; nothing while there is time.
pub(super) fn near(cx: &Cx<'_>, meter: &Meter, width: usize) -> Option<String> {
    let percent = percent(meter).filter(|_| meter.is_near())?;
    let percent = if width >= 26 { format!("{percent}%") } else { String::new() };
    Some(format!("{}{percent} ", Mark::Compacted.sign(cx.glyphs)))
}

/// Full cells, those that the next turn will take, free ones, and a mark where it was compacted the last time.
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
    let line = match meter.limit() {
        // Never over what is full: the mark must be seen.
        Some(Limit::Line(line)) => Some(share(line).max(full).min(cells - 1)).filter(|&at| at >= full),
        Some(Limit::Window(_)) | None => None,
    };
    let mut row = Row::of(glyphs.full.repeat(full), level_role(meter.level()));
    for at in full..cells {
        if Some(at) == line {
            row.push(Mark::Compacted.sign(glyphs), Role::Info);
        } else {
            row.push(if at < soon { glyphs.soon } else { glyphs.free }, Role::Muted);
        }
    }
    row.with(" ", Role::Text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{At, TurnNo, Usage};
    use crate::ui::App;
    use crate::view::{ASCII, UNICODE};

    fn shown(meter: &Meter, width: usize) -> String {
        let app = App::default();
        let cx = Cx { app: &app, now: At(0), glyphs: &UNICODE };
        row(&cx, meter, width).spans.iter().map(|span| span.text.as_ref()).collect()
    }

    fn of(used: u64) -> Meter {
        let mut meter = Meter::default();
        meter.report(&Usage { used: Some(used), window: Some(200_000), cost: None });
        meter
    }

    #[test]
    fn unknown_is_a_dash_and_never_nothing() {
        let mut meter = Meter::default();
        assert_eq!(shown(&meter, 60), "ctx ░░░░░░░░░░    —  not told by the agent");
        meter.report(&Usage { used: Some(12_000), ..Usage::default() });
        assert_eq!(shown(&meter, 60), "ctx ░░░░░░░░░░    —  12k of —");
        let wide = shown(&of(12_000), 80);
        assert!(wide.contains("— turns") && wide.contains("cost —") && !wide.contains(" 0 "), "{wide}");
    }

    #[test]
    fn a_full_window_says_so_in_words() {
        assert!(shown(&of(196_000), 60).contains("98%◆  FULL  196k of 200k"), "{}", shown(&of(196_000), 60));
        assert!(shown(&of(900_000), 60).contains("450%◆"), "beyond its window");
        // The sign stays where the word has no room, also in ASCII.
        let cx = Cx { app: &App::default(), now: At(0), glyphs: &ASCII };
        let narrow: String = row(&cx, &of(185_000), 12).spans.iter().map(|span| span.text.as_ref()).collect();
        assert_eq!(narrow, "ctx  92%^");
    }

    #[test]
    fn the_line_is_marked_and_the_forecast_goes_to_it() {
        let mut meter = of(170_000);
        meter.compacted(None, Some(20_000));
        for (turn, used) in [(1, 40_000), (2, 60_000), (3, 80_000)] {
            meter.report(&Usage { used: Some(used), ..Usage::default() });
            meter.turn_ended(TurnNo(turn), None);
        }
        let text = shown(&meter, 80);
        assert!(text.starts_with("ctx ██████▒▒░░░░░≈░░  40%  80k of 200k  ~4 turns to ≈"), "{text}");
        meter.report(&Usage { used: Some(160_000), ..Usage::default() });
        let cx = Cx { app: &App::default(), now: At(0), glyphs: &UNICODE };
        let said = warning(&cx, &meter).unwrap();
        assert!(said.starts_with("≈ Context 80%, <1 turn to where it was compacted last, 170k: "), "{said}");
        assert_eq!([21, 26].map(|width| near(&cx, &meter, width).unwrap()), ["≈ ", "≈80% "]);
        assert_eq!((warning(&cx, &of(20_000)), near(&cx, &of(20_000), 26)), (None, None));
        let over = warning(&cx, &of(230_000)).unwrap();
        assert!(over.starts_with("≈ Context 115%, beyond the window that the agent tells of: "), "{over}");
    }

    #[test]
    fn what_has_no_room_is_left_out_whole() {
        for meter in [of(124_000), of(199_000), Meter::default()] {
            for width in 0..100 {
                let text = shown(&meter, width);
                assert!(crate::text::width(&text) <= width.max(9), "{width}: {text}");
            }
        }
    }
}
