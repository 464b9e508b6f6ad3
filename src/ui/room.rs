//! Which parts of the console a terminal has room for.

use super::{App, Grid};

/// From so many columns on there is room for rail, panes and inspector.
pub const WIDE: u16 = 120;
/// From so many columns on there is room for rail and panes.
pub const MIDDLE: u16 = 80;
/// Panes stand side by side where each has so many columns.
pub const PANE: u16 = 44;
/// Panes stand one above the other where all have so many rows.
pub const OVER: u16 = 18;

/// From so many columns on a card has room for the two sides of a change, 40 columns each.
pub const BESIDE: u16 = 83;

/// Lines that are no pane's: header, footer, and the rules above and below the body.
const FRAME: u16 = 4;

/// Columns of the rail, its rule not counted.
#[must_use]
pub fn rail(columns: u16) -> u16 {
    if columns >= 160 { 26 } else { 21 }
}

/// Columns of the inspector, its rule not counted.
#[must_use]
pub fn inspector(columns: u16) -> u16 {
    (columns / 25 * 9 + columns % 25 * 9 / 25).clamp(40, 72)
}

/// Whether a grid has room, or what it needs.
///
/// # Errors
/// One sentence for the human.
pub(super) fn fits(app: &App, grid: Grid) -> Result<(), String> {
    let (columns, rows) = app.size;
    let beside = |columns: u16| panes(app, columns) > 2 * PANE;
    let over = rows.saturating_sub(FRAME) >= OVER;
    let fits = match grid {
        Grid::One => true,
        Grid::Two => columns >= MIDDLE && (beside(columns) || over),
        Grid::Four => beside(columns) && over,
    };
    if fits {
        return Ok(());
    }
    let name = if grid == Grid::Two { "two" } else { "four" };
    let needed = (columns.max(MIDDLE)..1_000).find(|&columns| beside(columns)).unwrap_or(1_000);
    Err(match grid {
        Grid::Four if beside(columns) => format!("{name} panes need {} rows", OVER + FRAME),
        Grid::Two if columns < MIDDLE => format!("{name} panes need {MIDDLE} columns"),
        Grid::Four if app.inspector && columns >= WIDE => {
            format!("{name} panes need {needed} columns, or fewer without the inspector")
        }
        Grid::One | Grid::Two | Grid::Four => format!("{name} panes need {needed} columns"),
    })
}

/// Columns that are left for the panes.
fn panes(app: &App, columns: u16) -> u16 {
    if columns < MIDDLE {
        return 0;
    }
    let rail = if app.replay.is_some() { 0 } else { rail(columns) + 1 };
    let inspector = if app.inspector && columns >= WIDE { inspector(columns) + 1 } else { 0 };
    columns.saturating_sub(rail).saturating_sub(inspector)
}
