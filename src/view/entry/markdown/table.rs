//! Tables: columns that are aligned and fit; where they can't, a record for every row.

use super::{Page, prose};
use crate::text;
use crate::theme::Role;
use crate::view::flow::Styled;
use crate::view::row::spaces;
use crate::view::{Look, Row};

/// A column is not made narrower than this.
const LEAST: usize = 8;
/// Columns beyond these are left to the last one.
const MOST: usize = 32;

/// Where the text of a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Middle,
    Right,
}

/// The columns of a table, as they were laid out first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    aligns: Vec<Align>,
    /// The cells of each column; `None` where they don't fit beside each other.
    widths: Option<Vec<usize>>,
    heads: Vec<Cell>,
}

/// The lines of a cell.
type Cell = Vec<Styled>;

/// What the line of dashes below the first row says; `None` where it is none.
pub(super) fn columns(line: &str) -> Option<Vec<Align>> {
    if !line.contains('|') && !line.contains(':') {
        return None;
    }
    cells(line).into_iter().map(align).collect()
}

fn align(cell: &str) -> Option<Align> {
    let cell = cell.trim();
    let inner = cell.trim_start_matches(':').trim_end_matches(':');
    if inner.is_empty() || !inner.bytes().all(|byte| byte == b'-') || cell.len() > inner.len() + 2 {
        return None;
    }
    Some(match (cell.starts_with(':'), cell.ends_with(':')) {
        (true, true) => Align::Middle,
        (false, true) => Align::Right,
        (true | false, false) => Align::Left,
    })
}

/// The cells of a row.
pub(super) fn cells(line: &str) -> Vec<&str> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let (mut all, mut from, mut escaped) = (Vec::new(), 0, false);
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'|' if !escaped => {
                if all.len() + 1 < MOST {
                    all.push(line[from..at].trim());
                    from = at + 1;
                }
                escaped = false;
            }
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    if !line[from..].trim().is_empty() {
        all.push(line[from..].trim());
    }
    all
}

/// Adds the rows of a table: of its beginning, or of more of one that was laid out before.
pub(super) fn draw(page: &Page<'_>, lines: &[&str], before: Option<Grid>, lead: usize, out: &mut Vec<Row>) -> Grid {
    let width = page.width.saturating_sub(lead).max(1);
    let begins = before.is_none();
    let body = if begins { lines.get(2..).unwrap_or_default() } else { lines };
    let aligns = || lines.get(1).and_then(|line| columns(line)).unwrap_or_default();
    let aligns = before.as_ref().map_or_else(aligns, |grid| grid.aligns.clone());
    let heads = lines.first().map(|line| line.trim()).unwrap_or_default();
    let heads = match &before {
        Some(grid) => grid.heads.clone(),
        None => cells(heads).into_iter().map(|cell| read(cell, Look::strong(Role::Text))).collect(),
    };
    let count = heads.len().max(1);
    let rows: Vec<Vec<Cell>> = body.iter().map(|line| row_of(line, count)).collect();
    let widths = before.map_or_else(|| fit(&heads, &rows, width), |grid| grid.widths);
    let grid = Grid { aligns, widths, heads };
    let mut own = Vec::new();
    if let Some(widths) = &grid.widths {
        if begins {
            beside(page, &grid, widths, &grid.heads, &mut own);
            let lines: Vec<String> = widths.iter().map(|&cells| page.glyphs.across.repeat(cells)).collect();
            let meet = format!("{0}{1}{0}", page.glyphs.across, page.glyphs.cross);
            own.push(Row::of(lines.join(&meet), Role::Rule));
        }
        rows.iter().for_each(|row| beside(page, &grid, widths, row, &mut own));
    } else {
        if begins && rows.is_empty() {
            grid.heads.iter().flatten().for_each(|line| line.flow(Row::new(), width, &mut own));
        }
        for (n, row) in rows.iter().enumerate() {
            if n > 0 || !begins {
                own.push(Row::new());
            }
            record(&grid.heads, row, width, &mut own);
        }
    }
    let lead = spaces(lead);
    out.extend(own.into_iter().map(|row| Row::of(lead.clone(), Role::Text).with_row(row)));
    grid
}

/// The cells of a row, as many as there are columns; what is beyond them stays in the last one.
fn row_of(line: &str, count: usize) -> Vec<Cell> {
    let mut row: Vec<Cell> = cells(line).into_iter().map(|cell| read(cell, Role::Text.into())).collect();
    if row.len() > count {
        let rest: Vec<Cell> = row.drain(count..).collect();
        row.last_mut().into_iter().for_each(|last| last.extend(rest.iter().flatten().cloned()));
    }
    row.resize(count, Cell::new());
    row
}

/// A cell in lines: `<br>` breaks it, as it does where tables are drawn.
fn read(cell: &str, look: Look) -> Cell {
    let cell = cell.replace("\\|", "|");
    let parts = cell.split("<br>").flat_map(|part| part.split("<br/>")).flat_map(|part| part.split("<br />"));
    parts.filter(|part| !part.trim().is_empty()).map(|part| prose::inline(part.trim(), look)).collect()
}

/// The cells of each column, so that all of them fit; `None` where they can't.
fn fit(heads: &[Cell], rows: &[Vec<Cell>], width: usize) -> Option<Vec<usize>> {
    let count = heads.len();
    let mut wanted = vec![1; count];
    for row in rows.iter().map(Vec::as_slice).chain([heads]) {
        for (most, cell) in wanted.iter_mut().zip(row) {
            *most = cell.iter().map(|line| text::width(line.text())).fold(*most, usize::max);
        }
    }
    let room = width.checked_sub(3 * count.saturating_sub(1))?;
    if wanted.iter().sum::<usize>() <= room {
        return Some(wanted);
    }
    // The widest ones give way, all to the same width.
    let taken = |cap: usize| wanted.iter().map(|&cells| cells.min(cap)).sum::<usize>();
    let cap = (LEAST..=room).take_while(|&cap| taken(cap) <= room).last()?;
    let mut left = room - taken(cap);
    Some(
        wanted
            .into_iter()
            .map(|cells| {
                let more = usize::from(cells > cap && left > 0);
                left -= more;
                cells.min(cap) + more
            })
            .collect(),
    )
}

/// A row whose cells stand beside each other.
fn beside(page: &Page<'_>, grid: &Grid, widths: &[usize], row: &[Cell], out: &mut Vec<Row>) {
    let broken = |(cell, &cells): (&Cell, &usize)| {
        let mut rows = Vec::new();
        cell.iter().for_each(|line| line.flow(Row::new(), cells, &mut rows));
        rows
    };
    let mut columns: Vec<_> = row.iter().zip(widths).map(broken).map(Vec::into_iter).collect();
    let height = columns.iter().map(ExactSizeIterator::len).max().unwrap_or(0).max(1);
    for _ in 0..height {
        let mut out_row = Row::new();
        let mut edge = 0;
        for (n, (column, &cells)) in columns.iter_mut().zip(widths).enumerate() {
            if n > 0 {
                out_row.push(format!(" {} ", page.glyphs.down), Role::Rule);
                edge += 3;
            }
            let content = column.next().unwrap_or_default();
            let free = cells.saturating_sub(content.width());
            let before = match grid.aligns.get(n) {
                Some(Align::Right) => free,
                Some(Align::Middle) => free / 2,
                Some(Align::Left) | None => 0,
            };
            out_row.push(spaces(before), Role::Text);
            out_row.append(content);
            edge += cells;
            if n + 1 < widths.len() {
                out_row.pad_to(edge);
            }
        }
        out.push(out_row);
    }
}

/// A row as a record: each cell behind the head of its column.
fn record(heads: &[Cell], row: &[Cell], width: usize, out: &mut Vec<Row>) {
    let hang = 2.min(width.saturating_sub(1));
    for (head, cell) in heads.iter().zip(row) {
        let mut line = Styled::default();
        head.iter().for_each(|head| line.push(head.text(), Role::Muted));
        if !line.text().is_empty() {
            line.push(": ", Role::Muted);
        }
        for (n, part) in cell.iter().enumerate() {
            line.push(if n > 0 { " " } else { "" }, Role::Text);
            line.append(part);
        }
        line.flow_at(Row::new(), hang, width, out);
    }
}
