//! A frame as data: rows of text with roles, where they stand, and what they show. No colours yet, no terminal.

use crate::theme::Role;
use crate::ui::Painted;
use std::borrow::Cow;

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

/// A run of text in one look. Its text is already safe: see `text::visible`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The text.
    pub text: Cow<'static, str>,
    /// Its role; over the row's background.
    pub role: Role,
    /// Its background, where it has one of its own.
    pub back: Option<Role>,
    /// It carries weight.
    pub bold: bool,
}

/// One row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Its runs, left to right; what goes beyond the area is clipped by cell.
    pub spans: Vec<Span>,
    /// The background of the whole row.
    pub back: Option<Role>,
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
