//! A scene cell by cell: for terminals, for plain text, for tests.

use super::{Area, Look, Scene};
use crate::text;
use crate::theme::Role;
use std::fmt::Write as _;

/// Takes the cells of a scene, in order; later ones lie over earlier ones.
pub trait Sink {
    /// An area is blank from here on.
    fn clear(&mut self, area: Area);
    /// A grapheme of so many cells stands at a place. It never leaves its area.
    fn put(&mut self, x: u16, y: u16, grapheme: &str, cells: u16, look: Look);
}

/// Hands every cell of a scene over. Clips by cell: a wide character that does not fit is left out.
pub fn walk(scene: &Scene, sink: &mut impl Sink) {
    for region in &scene.regions {
        let Some(area) = within(region.area, scene.size) else { continue };
        sink.clear(area);
        for (row, y) in region.rows.iter().zip(area.y..area.y + area.height) {
            let end = area.x + area.width;
            let mut x = area.x;
            'row: for span in &row.spans {
                let look = Look { back: span.look.back.or(row.back), ..span.look };
                for (_, grapheme, cells) in text::graphemes(&span.text) {
                    let cells = u16::try_from(cells).unwrap_or(u16::MAX);
                    if cells == 0 {
                        continue;
                    }
                    if cells > end - x {
                        break 'row;
                    }
                    sink.put(x, y, grapheme, cells, look);
                    x += cells;
                }
            }
            if let Some(back) = row.back {
                for x in x..end {
                    sink.put(x, y, " ", 1, Look::from(Role::Text).on(back));
                }
            }
        }
    }
}

/// The part of an area that is on the screen.
fn within(area: Area, size: (u16, u16)) -> Option<Area> {
    let width = area.width.min(size.0.saturating_sub(area.x));
    let height = area.height.min(size.1.saturating_sub(area.y));
    (width > 0 && height > 0).then_some(Area { width, height, ..area })
}

/// A scene as text: a line for every row, without spaces at their ends.
#[must_use]
pub fn to_text(scene: &Scene) -> String {
    let mut grid = Grid::new(scene.size);
    walk(scene, &mut grid);
    let mut out = String::new();
    for row in grid.cells.chunks(usize::from(scene.size.0.max(1))) {
        let line: String = row.iter().filter_map(Option::as_deref).collect();
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// Cells of text; `None` is the second half of a wide character.
struct Grid {
    width: usize,
    cells: Vec<Option<Box<str>>>,
}

impl Grid {
    fn new(size: (u16, u16)) -> Self {
        let (width, height) = (usize::from(size.0), usize::from(size.1));
        Self { width, cells: vec![Some(" ".into()); width * height] }
    }

    fn set(&mut self, x: u16, y: u16, cell: Option<&str>) {
        if let Some(place) = self.cells.get_mut(usize::from(y) * self.width + usize::from(x)) {
            *place = cell.map(Box::from);
        }
    }
}

impl Sink for Grid {
    fn clear(&mut self, area: Area) {
        for y in area.y..area.y + area.height {
            for x in area.x..area.x + area.width {
                self.set(x, y, Some(" "));
            }
        }
    }

    fn put(&mut self, x: u16, y: u16, grapheme: &str, cells: u16, _look: Look) {
        self.set(x, y, Some(grapheme));
        for behind in 1..cells {
            self.set(x.saturating_add(behind), y, None);
        }
    }
}
