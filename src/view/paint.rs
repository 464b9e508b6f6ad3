//! A scene into the cells of a terminal, in the colours of a theme.

use super::{Area, Look, Scene, Sink, walk};
use crate::text::ansi;
use crate::theme::{Role, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

/// Paints a scene. What lies outside of the buffer is left out.
pub fn paint(scene: &Scene, theme: &Theme, buffer: &mut Buffer) {
    let ground = theme.style(Role::Text);
    buffer.set_style(buffer.area, ground);
    walk(scene, &mut Cells { buffer, theme, ground, grounds_changes: theme.grounds_changes() });
}

struct Cells<'a> {
    buffer: &'a mut Buffer,
    theme: &'a Theme,
    ground: Style,
    grounds_changes: bool,
}

impl Cells<'_> {
    fn style(&self, look: Look) -> Style {
        // Code in a line that comes or goes: its colours must not hide which of the two it is.
        let role = match look.back {
            Some(back @ (Role::Added | Role::Removed)) if look.role.is_syntax() && !self.grounds_changes => back,
            _ => look.role,
        };
        let mut style = self.ground.patch(self.theme.style(role));
        if let Some(back) = look.back {
            let back = self.theme.style(back);
            style = Style { bg: back.bg.or(style.bg), ..style }.add_modifier(back.add_modifier);
        }
        if look.bold {
            style = style.add_modifier(Modifier::BOLD);
        }
        look.ansi.map_or(style, |ansi| over(style, ansi))
    }
}

impl Sink for Cells<'_> {
    fn clear(&mut self, area: Area) {
        let area = Rect::new(area.x, area.y, area.width, area.height).intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(self.ground);
                }
            }
        }
    }

    fn put(&mut self, x: u16, y: u16, grapheme: &str, cells: u16, look: Look) {
        let style = self.style(look);
        let right = self.buffer.area.right();
        if x.saturating_add(cells) > right {
            return;
        }
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            cell.set_symbol(grapheme).set_style(style);
        }
        for behind in 1..cells {
            if let Some(cell) = self.buffer.cell_mut((x.saturating_add(behind), y)) {
                cell.reset();
                cell.set_style(style);
            }
        }
    }
}

/// The colours that a tool gave its output, over a style.
fn over(style: Style, ansi: ansi::Style) -> Style {
    let color = |color: ansi::Color| match color {
        ansi::Color::Indexed(index) => Color::Indexed(index),
        ansi::Color::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
    };
    let mut style = Style { fg: ansi.fg.map(color).or(style.fg), bg: ansi.bg.map(color).or(style.bg), ..style };
    let given = [
        (ansi.bold, Modifier::BOLD),
        (ansi.dim, Modifier::DIM),
        (ansi.italic, Modifier::ITALIC),
        (ansi.underline, Modifier::UNDERLINED),
        (ansi.reverse, Modifier::REVERSED),
        (ansi.strike, Modifier::CROSSED_OUT),
    ];
    for (_, modifier) in given.into_iter().filter(|(is_given, _)| *is_given) {
        style = style.add_modifier(modifier);
    }
    style
}
