//! A frame as data: rows of text with roles, where they stand, and what they show. No colours yet, no terminal.

use super::{Area, Row};
use crate::text::ansi;
use crate::theme::Role;
use crate::ui::{Painted, msg::Hit};
use std::borrow::Cow;

/// A run of text in one look. Its text is already safe: see `text::visible`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The text.
    pub text: Cow<'static, str>,
    /// Its look.
    pub look: Look,
}

/// How a run of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Look {
    /// Its role; over the row's background.
    pub role: Role,
    /// Its background, where it has one of its own.
    pub back: Option<Role>,
    /// It carries weight.
    pub bold: bool,
    /// The colours that a tool gave it, over all that.
    pub ansi: Option<ansi::Style>,
}

impl From<Role> for Look {
    fn from(role: Role) -> Self {
        Self { role, back: None, bold: false, ansi: None }
    }
}

impl Look {
    /// The same with weight.
    #[must_use]
    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    /// The same, slanted.
    #[must_use]
    pub fn italic(self) -> Self {
        Self { ansi: Some(ansi::Style { italic: true, ..self.ansi.unwrap_or_default() }), ..self }
    }

    /// The same with a line below.
    #[must_use]
    pub fn underlined(self) -> Self {
        Self { ansi: Some(ansi::Style { underline: true, ..self.ansi.unwrap_or_default() }), ..self }
    }

    /// The same with a line through it.
    #[must_use]
    pub fn struck(self) -> Self {
        Self { ansi: Some(ansi::Style { strike: true, ..self.ansi.unwrap_or_default() }), ..self }
    }

    /// The same on a background.
    #[must_use]
    pub fn on(self, back: Role) -> Self {
        Self { back: Some(back), ..self }
    }

    /// A role with weight.
    #[must_use]
    pub fn strong(role: Role) -> Self {
        Self::from(role).bold()
    }
}

/// Rows in a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Region {
    /// Where.
    pub area: Area,
    /// What, from the top; missing rows are blank.
    pub rows: Vec<Row>,
}

/// A frame as data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scene {
    /// Columns and rows.
    pub size: (u16, u16),
    /// Later ones lie over earlier ones; every region clears its area.
    pub regions: Vec<Region>,
    /// Where the cursor stands, if anywhere.
    pub cursor: Option<(u16, u16)>,
    /// The title of the terminal window.
    pub title: String,
    /// What this frame shows, once it is flushed.
    pub painted: Painted,
}

impl Scene {
    /// Puts rows in a place; what does not fit is left out, with `…` where a row is cut.
    pub fn put(&mut self, area: Area, mut rows: Vec<Row>) {
        if area.is_empty() {
            return;
        }
        rows.truncate(area.rows());
        for row in &mut rows {
            if row.width() > area.columns() {
                *row = std::mem::take(row).clip(area.columns());
            }
        }
        self.regions.push(Region { area, rows });
    }

    /// Puts one row in a place.
    pub fn put_row(&mut self, area: Area, row: Row) {
        self.put(area, vec![row]);
    }

    /// Tells where the mouse can hit something.
    pub fn hit(&mut self, area: Area, hit: Hit) {
        if !area.is_empty() {
            self.painted.hits.push((area.tuple(), hit));
        }
    }
}
