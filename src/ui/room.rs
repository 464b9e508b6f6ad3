//! Which parts of the console a terminal has room for.

use super::{App, Grid};

/// From so many columns on there is room for rail, panes and inspector.
pub const WIDE: u16 = 120;
/// From so many columns on there is room for rail and panes.
pub const MIDDLE: u16 = 80;
/// A pane among others has at least so many columns: a step's time, kind and target, and a path that is not cut to nothing.
pub const PANE: u16 = 40;
/// A pane among others has at least so many rows where the human chooses the grid ...
pub const ROWS: u16 = 8;
/// ... and at least so many while the queue is open over it: its head, and some of what it says.
pub const LEAST_ROWS: u16 = 4;

/// From so many columns on a card has room for the two sides of a change, 40 columns each.
pub const BESIDE: u16 = 83;

/// Lines that are no pane's: header, footer, and the rules above and below the body.
const FRAME: u16 = 4;

/// Columns of the rail, its rule not counted.
#[must_use]
pub fn rail(columns: u16) -> u16 {
    if columns >= 160 { 26 } else { 21 }
}

/// The same while its list of other tools' sessions has the keys: their titles are told apart by what they say.
#[must_use]
pub fn rail_of(app: &App, columns: u16) -> u16 {
    let usual = rail(columns);
    if app.other_at().is_some() && app.lists_others() { (columns / 5 * 2).clamp(usual, 56) } else { usual }
}

/// Columns of the inspector, its rule not counted.
#[must_use]
pub fn inspector(columns: u16) -> u16 {
    (columns / 25 * 9 + columns % 25 * 9 / 25).clamp(40, 72)
}

/// How a grid divides a place: panes beside each other, and one above the other, each with at least so many rows and with
/// a rule between them. `None` where there is no room.
#[must_use]
pub fn shape(grid: Grid, columns: u16, rows: u16, least: u16) -> Option<(u16, u16)> {
    let shapes: &[(u16, u16)] = match grid {
        Grid::One => &[(1, 1)],
        Grid::Two => &[(2, 1), (1, 2)],
        Grid::Four => &[(2, 2)],
        Grid::Six => &[(3, 2), (2, 3)],
        Grid::Nine => &[(3, 3)],
    };
    let has_room = |(across, down): (u16, u16)| {
        let needs = |count: u16, each: u16| count * each + (count - 1);
        grid == Grid::One || (columns >= needs(across, PANE) && rows >= needs(down, least))
    };
    shapes.iter().copied().find(|shape| has_room(*shape))
}

/// Whether the inspector stands beside the panes of a screen: a grid that has no room beside it takes its place.
#[must_use]
pub fn shows_inspector(app: &App, size: (u16, u16)) -> bool {
    let beside = || shape(app.grid, panes(app, size.0, true), body(size.1), ROWS).is_some();
    app.inspector && size.0 >= WIDE && !app.zoom && beside()
}

/// Whether a grid has room, or what it needs.
///
/// # Errors
/// One sentence for the human.
pub(super) fn fits(app: &App, grid: Grid) -> Result<(), String> {
    let (columns, rows) = app.size;
    let fits = |columns: u16, rows: u16| {
        grid == Grid::One || (columns >= MIDDLE && shape(grid, panes(app, columns, false), body(rows), ROWS).is_some())
    };
    if fits(columns, rows) {
        return Ok(());
    }
    let word = grid.word();
    let wider = (columns..1_000).find(|&columns| fits(columns, rows));
    let higher = (rows..1_000).find(|&rows| fits(columns, rows));
    Err(match (wider, higher) {
        (Some(columns), None) => format!("{word} panes need {columns} columns"),
        (None, Some(rows)) => format!("{word} panes need {rows} rows"),
        (Some(columns), Some(rows)) => format!("{word} panes need {columns} columns, or {rows} rows"),
        (None, None) => {
            let both = (0..1_000).find_map(|more: u16| {
                let (columns, rows) = (columns.saturating_add(more), rows.saturating_add(more));
                fits(columns, rows).then_some((columns, rows))
            });
            let columns = both.and_then(|(_, rows)| (columns..1_000).find(|&columns| fits(columns, rows)));
            let rows = both.and_then(|(columns, _)| (rows..1_000).find(|&rows| fits(columns, rows)));
            format!("{word} panes need {} columns and {} rows", columns.unwrap_or(1_000), rows.unwrap_or(1_000))
        }
    })
}

/// Rows that are left for the panes.
fn body(rows: u16) -> u16 {
    rows.saturating_sub(FRAME)
}

/// Columns that are left for the panes.
fn panes(app: &App, columns: u16, inspects: bool) -> u16 {
    if columns < MIDDLE {
        return 0;
    }
    let rail = if app.replay.is_some() { 0 } else { rail(columns) + 1 };
    let inspector = if inspects && columns >= WIDE { inspector(columns) + 1 } else { 0 };
    columns.saturating_sub(rail).saturating_sub(inspector)
}
