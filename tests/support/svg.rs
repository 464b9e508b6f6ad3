//! A drawn buffer as an SVG picture: the same bytes for the same cells.

#[path = "svg_colour.rs"]
mod colour;

pub(crate) use colour::{DARK, LIGHT, Palette};

use colour::{mixed, value};
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Modifier;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr;

const CELL_WIDTH: u32 = 9;
const CELL_HEIGHT: u32 = 19;
const BASELINE: u32 = 14;
const MARGIN: u32 = 10;
const TITLE_HEIGHT: u32 = 30;
const FONT: &str =
    "ui-monospace,'JetBrains Mono','Cascadia Mono','DejaVu Sans Mono',Menlo,Consolas,'Noto Sans Mono CJK SC',monospace";

/// The picture of a buffer, with a title bar where there is a title.
pub(crate) fn svg(buffer: &Buffer, palette: &Palette, title: Option<&str>) -> String {
    let mut picture = Picture::new(buffer, palette, if title.is_some() { TITLE_HEIGHT } else { MARGIN });
    for y in 0..buffer.area.height {
        picture.row(buffer, y);
    }
    picture.finish(buffer, title)
}

/// How a run of text looks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Look {
    ink: u32,
    modifier: u16,
}

struct Run {
    x: u32,
    cells: u32,
    text: String,
    look: Look,
    is_joinable: bool,
}

struct Picture<'a> {
    palette: &'a Palette,
    /// The ground of most cells: the whole picture's.
    ground: u32,
    top: u32,
    /// Grounds that may still grow downwards: (x, width, colour) to (y, height).
    open: BTreeMap<(u32, u32, u32), (u32, u32)>,
    grounds: String,
    texts: String,
    looks: BTreeSet<Look>,
    order: Vec<Look>,
    /// Strokes: (colour, width in tenths) to (is vertical, fixed coordinate, from) to until, in tenths.
    strokes: BTreeMap<(u32, u32), BTreeMap<(bool, u32, u32), u32>>,
    curves: BTreeMap<u32, String>,
    blocks: String,
}

impl<'a> Picture<'a> {
    fn new(buffer: &Buffer, palette: &'a Palette, top: u32) -> Self {
        let mut grounds = BTreeMap::new();
        for cell in &buffer.content {
            *grounds.entry(value(cell.bg, palette.ground, palette)).or_insert(0u32) += 1;
        }
        let most = grounds.into_iter().max_by_key(|(_, count)| *count);
        Self {
            palette,
            ground: most.map_or(palette.ground, |(ground, _)| ground),
            top,
            open: BTreeMap::new(),
            grounds: String::new(),
            texts: String::new(),
            looks: BTreeSet::new(),
            order: Vec::new(),
            strokes: BTreeMap::new(),
            curves: BTreeMap::new(),
            blocks: String::new(),
        }
    }

    fn row(&mut self, buffer: &Buffer, row: u16) {
        let y = self.top + u32::from(row) * CELL_HEIGHT;
        let mut grounds: Vec<(u32, u32, u32)> = Vec::new();
        let mut run: Option<Run> = None;
        let mut column = 0;
        while column < buffer.area.width {
            let cell = &buffer[(buffer.area.x + column, buffer.area.y + row)];
            let symbol: String = cell.symbol().chars().filter(|c| !c.is_control()).collect();
            let cells = u32::try_from(symbol.width().max(1)).unwrap_or(1);
            let x = MARGIN + u32::from(column) * CELL_WIDTH;
            let (ink, ground) = self.colours(cell);
            if ground != self.ground {
                match grounds.last_mut() {
                    Some((start, width, colour)) if *start + *width == x && *colour == ground => {
                        *width += cells * CELL_WIDTH
                    }
                    _ => grounds.push((x, cells * CELL_WIDTH, ground)),
                }
            }
            let first = symbol.chars().next().unwrap_or(' ');
            if self.line_art(first, x, y, ink) || self.block(first, x, y, ink) {
                self.end(&mut run, y);
            } else {
                self.text(
                    &mut run,
                    Run { x, cells, is_joinable: is_joinable(&symbol), text: symbol, look: look(cell, ink) },
                    y,
                );
            }
            column = column.saturating_add(u16::try_from(cells).unwrap_or(1));
        }
        self.end(&mut run, y);
        self.grow(&grounds, y);
    }

    fn colours(&self, cell: &Cell) -> (u32, u32) {
        let ink = value(cell.fg, self.palette.ink, self.palette);
        let ground = value(cell.bg, self.palette.ground, self.palette);
        let (ink, ground) = if cell.modifier.contains(Modifier::REVERSED) { (ground, ink) } else { (ink, ground) };
        // Faint is nearer to its ground, for lines and blocks as for text.
        if cell.modifier.contains(Modifier::DIM) { (mixed(ink, ground), ground) } else { (ink, ground) }
    }

    /// Keeps grounds open that go on in this row, and draws those that do not.
    fn grow(&mut self, grounds: &[(u32, u32, u32)], y: u32) {
        let mut before = std::mem::take(&mut self.open);
        for key in grounds {
            let (top, height) = before.remove(key).unwrap_or((y, 0));
            self.open.insert(*key, (top, height + CELL_HEIGHT));
        }
        self.draw_grounds(before);
    }

    fn draw_grounds(&mut self, grounds: BTreeMap<(u32, u32, u32), (u32, u32)>) {
        for ((x, width, colour), (y, height)) in grounds {
            let _ = write!(
                self.grounds,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"#{colour:06x}\"/>"
            );
        }
    }

    fn text(&mut self, run: &mut Option<Run>, next: Run, y: u32) {
        match run {
            Some(run) if run.look == next.look && run.is_joinable && next.is_joinable => {
                run.text.push_str(&next.text);
                run.cells += next.cells;
            }
            _ => {
                self.end(run, y);
                *run = Some(next);
            }
        }
    }

    fn end(&mut self, run: &mut Option<Run>, y: u32) {
        let Some(mut run) = run.take() else { return };
        if run.look.modifier & (Modifier::UNDERLINED | Modifier::CROSSED_OUT).bits() == 0 {
            let lead = u32::try_from(run.text.len() - run.text.trim_start_matches(' ').len()).unwrap_or(0);
            let trail = u32::try_from(run.text.len() - run.text.trim_end_matches(' ').len()).unwrap_or(0);
            run.x += lead * CELL_WIDTH;
            run.cells = run.cells.saturating_sub(lead + trail);
            run.text = run.text.trim_matches(' ').to_owned();
        }
        if run.text.is_empty() {
            return;
        }
        if self.looks.insert(run.look.clone()) {
            self.order.push(run.look.clone());
        }
        let class = self.order.iter().position(|look| *look == run.look).map(class).unwrap_or_default();
        let (x, y, length, text) = (run.x, y + BASELINE, run.cells * CELL_WIDTH, escaped(&run.text));
        let _ = write!(self.texts, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" textLength=\"{length}\">{text}</text>");
    }

    /// Box drawing as strokes from edge to edge, so that no font leaves gaps.
    fn line_art(&mut self, c: char, x: u32, y: u32, ink: u32) -> bool {
        let (middle_x, middle_y) = (x * 10 + CELL_WIDTH * 5, y * 10 + CELL_HEIGHT * 5);
        let (right, bottom) = ((x + CELL_WIDTH) * 10, (y + CELL_HEIGHT) * 10);
        if let Some(curve) = match c {
            '╭' => Some((middle_x, bottom, right, middle_y)),
            '╮' => Some((middle_x, bottom, x * 10, middle_y)),
            '╰' => Some((middle_x, y * 10, right, middle_y)),
            '╯' => Some((middle_x, y * 10, x * 10, middle_y)),
            _ => None,
        } {
            let (from_x, from_y, to_x, to_y) = curve;
            let path = self.curves.entry(ink).or_default();
            let _ = write!(
                path,
                "M{} {}Q{} {} {} {}",
                tenths(from_x),
                tenths(from_y),
                tenths(middle_x),
                tenths(middle_y),
                tenths(to_x),
                tenths(to_y)
            );
            return true;
        }
        let Some([up, right_arm, down, left]) = arms(c) else { return false };
        for (weight, is_vertical, from, until) in [
            (up, true, y * 10, middle_y),
            (down, true, middle_y, bottom),
            (left, false, x * 10, middle_x),
            (right_arm, false, middle_x, right),
        ] {
            let fixed = if is_vertical { middle_x } else { middle_y };
            let lines: &[(u32, u32)] = match weight {
                0 => &[],
                1 => &[(10, fixed)],
                2 => &[(25, fixed)],
                _ => &[(10, fixed - 15), (10, fixed + 15)],
            };
            for (width, fixed) in lines {
                self.stroke((ink, *width), is_vertical, *fixed, from, until);
            }
        }
        true
    }

    /// Adds a stroke, joined to the one that ends where it begins.
    fn stroke(&mut self, pen: (u32, u32), is_vertical: bool, fixed: u32, from: u32, until: u32) {
        let strokes = self.strokes.entry(pen).or_default();
        let before = strokes
            .range((is_vertical, fixed, 0)..(is_vertical, fixed, from))
            .next_back()
            .map(|(key, end)| (*key, *end));
        let start = match before {
            Some((key, end)) if end >= from => key,
            _ => (is_vertical, fixed, from),
        };
        let end = strokes.entry(start).or_insert(until);
        *end = until.max(*end);
        // A stroke that begins where this one ends is now part of it.
        let end = *end;
        if let Some(further) = strokes.get(&(is_vertical, fixed, end)).copied() {
            strokes.remove(&(is_vertical, fixed, end));
            strokes.insert(start, further);
        }
    }

    /// Block elements as rectangles.
    fn block(&mut self, c: char, x: u32, y: u32, ink: u32) -> bool {
        let eighth = |n: u32, whole: u32| (whole * 10 * n).div_ceil(8);
        let (w, h) = (CELL_WIDTH * 10, CELL_HEIGHT * 10);
        let (left, top) = (x * 10, y * 10);
        let code = u32::from(c);
        let (rect, opacity) = match c {
            '▀' => ((left, top, w, eighth(4, CELL_HEIGHT)), 4),
            '▁'..='█' => {
                let height = eighth(code - 0x2580, CELL_HEIGHT);
                ((left, top + h - height, w, height), 4)
            }
            '▉'..='▏' => ((left, top, eighth(0x2590 - code, CELL_WIDTH), h), 4),
            '▐' => ((left + w / 2, top, w / 2, h), 4),
            '░'..='▓' => ((left, top, w, h), code - 0x2590),
            '▔' => ((left, top, w, eighth(1, CELL_HEIGHT)), 4),
            '▕' => ((left + w - eighth(1, CELL_WIDTH), top, eighth(1, CELL_WIDTH), h), 4),
            _ => return false,
        };
        let (x, y, width, height) = rect;
        let opacity = if opacity == 4 { String::new() } else { format!(" opacity=\".{}\"", opacity * 25) };
        let (x, y, width, height) = (tenths(x), tenths(y), tenths(width), tenths(height));
        let _ = write!(
            self.blocks,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"#{ink:06x}\"{opacity}/>"
        );
        true
    }

    fn finish(mut self, buffer: &Buffer, title: Option<&str>) -> String {
        let open = std::mem::take(&mut self.open);
        self.draw_grounds(open);
        let width = u32::from(buffer.area.width) * CELL_WIDTH + 2 * MARGIN;
        let height = self.top + u32::from(buffer.area.height) * CELL_HEIGHT + MARGIN;
        let ground = self.ground;
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" xml:space=\"preserve\">\n<style>text{{font:15px {FONT};white-space:pre}}"
        );
        for (at, look) in self.order.iter().enumerate() {
            let _ = write!(out, ".{}{{{}}}", class(at), css(look));
        }
        let _ =
            write!(out, "</style>\n<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#{ground:06x}\"/>\n");
        if let Some(title) = title {
            let (middle, ink) = (width / 2, self.palette.ansi[8]);
            let title = escaped(title);
            let _ = writeln!(
                out,
                "<text x=\"{middle}\" y=\"20\" text-anchor=\"middle\" fill=\"#{ink:06x}\">{title}</text>"
            );
        }
        let _ = write!(out, "{}\n{}\n", self.grounds, self.blocks);
        for ((ink, width), strokes) in &self.strokes {
            let _ = write!(out, "<path fill=\"none\" stroke=\"#{ink:06x}\" stroke-width=\"{}\" d=\"", tenths(*width));
            for ((is_vertical, fixed, from), until) in strokes {
                let (x, y, sign) = if *is_vertical { (fixed, from, 'V') } else { (from, fixed, 'H') };
                let _ = write!(out, "M{} {}{sign}{}", tenths(*x), tenths(*y), tenths(*until));
            }
            out.push_str("\"/>\n");
        }
        for (ink, path) in &self.curves {
            let _ = writeln!(out, "<path fill=\"none\" stroke=\"#{ink:06x}\" d=\"{path}\"/>");
        }
        out.push_str(&self.texts);
        out.push_str("\n</svg>\n");
        out
    }
}

/// Up, right, down, left: 0 none, 1 light, 2 heavy, 3 double. Dashes are drawn whole.
fn arms(c: char) -> Option<[u8; 4]> {
    Some(match c {
        '─' | '┄' | '┈' | '╌' => [0, 1, 0, 1],
        '━' | '┅' | '┉' | '╍' => [0, 2, 0, 2],
        '│' | '┆' | '┊' | '╎' => [1, 0, 1, 0],
        '┃' | '┇' | '┋' | '╏' => [2, 0, 2, 0],
        '┌' => [0, 1, 1, 0],
        '┐' => [0, 0, 1, 1],
        '└' => [1, 1, 0, 0],
        '┘' => [1, 0, 0, 1],
        '├' => [1, 1, 1, 0],
        '┤' => [1, 0, 1, 1],
        '┬' => [0, 1, 1, 1],
        '┴' => [1, 1, 0, 1],
        '┼' => [1, 1, 1, 1],
        '┏' => [0, 2, 2, 0],
        '┓' => [0, 0, 2, 2],
        '┗' => [2, 2, 0, 0],
        '┛' => [2, 0, 0, 2],
        '┣' => [2, 2, 2, 0],
        '┫' => [2, 0, 2, 2],
        '┳' => [0, 2, 2, 2],
        '┻' => [2, 2, 0, 2],
        '╋' => [2, 2, 2, 2],
        '═' => [0, 3, 0, 3],
        '║' => [3, 0, 3, 0],
        '╔' => [0, 3, 3, 0],
        '╗' => [0, 0, 3, 3],
        '╚' => [3, 3, 0, 0],
        '╝' => [3, 0, 0, 3],
        '╴' => [0, 0, 0, 1],
        '╵' => [1, 0, 0, 0],
        '╶' => [0, 1, 0, 0],
        '╷' => [0, 0, 1, 0],
        '╸' => [0, 0, 0, 2],
        '╹' => [2, 0, 0, 0],
        '╺' => [0, 2, 0, 0],
        '╻' => [0, 0, 2, 0],
        _ => return None,
    })
}

/// Text that any monospace font has in its own width: it may share a run. Symbols and wide characters stand alone.
fn is_joinable(symbol: &str) -> bool {
    symbol.chars().all(|c| matches!(c, ' '..='~' | '\u{a1}'..='\u{24f}' | '–' | '—' | '…' | '‘'..='”' | '‹' | '›'))
        && symbol.width() == 1
}

fn look(cell: &Cell, ink: u32) -> Look {
    let seen = Modifier::BOLD | Modifier::ITALIC | Modifier::UNDERLINED | Modifier::CROSSED_OUT;
    Look { ink, modifier: (cell.modifier & seen).bits() }
}

fn css(look: &Look) -> String {
    let modifier = Modifier::from_bits_truncate(look.modifier);
    let mut css = format!("fill:#{:06x}", look.ink);
    for (flag, rule) in [
        (Modifier::BOLD, ";font-weight:700"),
        (Modifier::ITALIC, ";font-style:italic"),
        (Modifier::UNDERLINED, ";text-decoration:underline"),
        (Modifier::CROSSED_OUT, ";text-decoration:line-through"),
    ] {
        if modifier.contains(flag) {
            css.push_str(rule);
        }
    }
    css
}

/// `a`, `b`, … `z`, `a1`, `b1`, …
fn class(index: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(index % 26).unwrap_or(0));
    match index / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{round}"),
    }
}

fn tenths(value: u32) -> String {
    match value % 10 {
        0 => (value / 10).to_string(),
        rest => format!("{}.{rest}", value / 10),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}
