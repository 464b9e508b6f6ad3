//! A place on the screen, and taking it apart. Total: a split never gives more than there is.

/// A place on the screen, in cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Area {
    /// First column.
    pub x: u16,
    /// First row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Area {
    /// The whole of a screen.
    #[must_use]
    pub fn screen(size: (u16, u16)) -> Self {
        Self { x: 0, y: 0, width: size.0, height: size.1 }
    }

    /// The width as a count.
    #[must_use]
    pub fn columns(self) -> usize {
        usize::from(self.width)
    }

    /// The height as a count.
    #[must_use]
    pub fn rows(self) -> usize {
        usize::from(self.height)
    }

    /// Whether there is no cell in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// The first `rows` rows, and the rest.
    #[must_use]
    pub fn top(self, rows: u16) -> (Self, Self) {
        let rows = rows.min(self.height);
        let rest = Self { y: self.y.saturating_add(rows), height: self.height - rows, ..self };
        (Self { height: rows, ..self }, rest)
    }

    /// The last `rows` rows, and the rest.
    #[must_use]
    pub fn bottom(self, rows: u16) -> (Self, Self) {
        let (rest, bottom) = self.top(self.height - rows.min(self.height));
        (bottom, rest)
    }

    /// The first `columns` columns, and the rest.
    #[must_use]
    pub fn left(self, columns: u16) -> (Self, Self) {
        let columns = columns.min(self.width);
        let rest = Self { x: self.x.saturating_add(columns), width: self.width - columns, ..self };
        (Self { width: columns, ..self }, rest)
    }

    /// The last `columns` columns, and the rest.
    #[must_use]
    pub fn right(self, columns: u16) -> (Self, Self) {
        let (rest, right) = self.left(self.width - columns.min(self.width));
        (right, rest)
    }

    /// As a receipt has it.
    #[must_use]
    pub fn tuple(self) -> (u16, u16, u16, u16) {
        (self.x, self.y, self.width, self.height)
    }
}

/// A count of rows or columns as a screen has them.
#[must_use]
pub(super) fn cells(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_gives_all_and_no_more() {
        let area = Area { x: 3, y: 4, width: 10, height: 5 };
        let (top, rest) = area.top(2);
        assert_eq!((top.height, rest.y, rest.height), (2, 6, 3));
        let (bottom, rest) = area.bottom(9);
        assert_eq!((bottom, rest.height), (area, 0));
        let (right, rest) = area.right(4);
        assert_eq!((right.x, right.width, rest.width), (9, 4, 6));
        assert!(Area::default().left(7).0.is_empty());
    }
}
