//! What an agent says, as markdown: headings, lists, quotes, tables, code, links. Block by block, so that a message that grows
//! never changes above its last one.
//!
//! [`scan`] finds the blocks, line by line; the text within them is read by `pulldown-cmark` ([`prose`]). Lists are taken apart
//! here, an item being a block of its own, so that a long list costs no more than a short one.

mod calm;
mod prose;
mod scan;
mod table;

pub(super) use scan::End;

use crate::theme::Role;
use crate::view::flow::Styled;
use crate::view::highlight::Piece;
use crate::view::payload::{BLOCK, Ink, Layers};
use crate::view::row::spaces;
use crate::view::{Glyphs, Look, Row};
use scan::{Before, Begins, Block, Item, Kind, begins, indent};
use std::ops::Range;

/// Lines of code that are coloured at once.
const COLOURED: usize = BLOCK as usize;
/// Quotes within quotes that are shown as such.
const DEEPEST: u8 = 4;

/// Where a message is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    /// Cells of a row.
    pub(super) width: usize,
    /// The signs.
    pub(super) glyphs: &'a Glyphs,
    /// Quotes that this one is within.
    pub(super) depth: u8,
}

/// What the blocks so far leave for the next one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Place {
    /// An empty row is due before the next one.
    blank: bool,
    /// Something was shown.
    begun: bool,
    /// The line goes on that was too long for one piece.
    within: bool,
    /// The items that the next line may be within, outermost first.
    levels: Vec<Level>,
    fence: Option<Fence>,
    table: Option<Box<table::Grid>>,
}

/// An item of a list that may go on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Level {
    /// The cell of its marker in the source, and that of its text.
    marker: usize,
    content: usize,
    /// The cell of its text as it is shown.
    text: usize,
    /// The number that the list began with, and the one that is shown.
    number: Option<(u32, u32)>,
}

/// Fenced code that is open.
#[derive(Debug, Clone, PartialEq)]
struct Fence {
    sign: u8,
    count: usize,
    /// Cells before it in the source.
    indent: usize,
    /// Cells before it as it is shown.
    lead: usize,
    language: String,
    /// Where its first line begins in the message.
    start: usize,
    /// The lines that are not coloured yet: how many came before, where they begin, and their first row.
    lines: usize,
    from: usize,
    row: usize,
}

/// Lines of code that can be coloured now: nothing will change them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lines {
    /// The language, as it was told.
    pub(super) language: String,
    /// Where the code begins in the message, and where these lines begin and end.
    pub(super) start: usize,
    pub(super) bytes: Range<usize>,
    /// The number of the first one.
    pub(super) first: usize,
    /// Their rows.
    pub(super) rows: Range<usize>,
    indent: usize,
    lead: usize,
}

/// Adds the rows of all blocks that are certain; gives the bytes that they took. What can be coloured goes to `lines`.
pub(super) fn add(
    place: &mut Place,
    page: &Page<'_>,
    (source, at): (&str, usize),
    end: End,
    rows: &mut Vec<Row>,
    lines: &mut Vec<Lines>,
) -> usize {
    let mut done = 0;
    while let Some(block) = scan::next(&source[done..], place.before(), end).filter(|block| block.certain) {
        place.block(page, &block, (&source[done..done + block.len], at + done), rows, lines);
        done += block.len;
    }
    done
}

/// Adds the rows of what may still change.
pub(super) fn add_open(mut place: Place, page: &Page<'_>, source: &str, end: End, rows: &mut Vec<Row>) {
    let mut done = 0;
    while let Some(block) = scan::next(&source[done..], place.before(), end) {
        let text = &source[done..done + block.len];
        done += block.len;
        if done < source.len() || end == End::Closed || text.ends_with('\n') {
            place.block(page, &block, (text, 0), rows, &mut Vec::new());
            continue;
        }
        let text = calm::settled(text, block.kind);
        if !text.is_empty() {
            place.block(page, &block, (&text, 0), rows, &mut Vec::new());
        }
    }
}

impl Place {
    fn before(&self) -> Before {
        Before {
            fence: self.fence.as_ref().map(|fence| (fence.sign, fence.count)),
            list: !self.levels.is_empty(),
            table: self.table.is_some(),
            within: self.within,
        }
    }

    /// Adds the rows of one block.
    fn block(
        &mut self,
        page: &Page<'_>,
        block: &Block,
        (source, at): (&str, usize),
        rows: &mut Vec<Row>,
        lines: &mut Vec<Lines>,
    ) {
        let within = std::mem::replace(&mut self.within, block.kind == Kind::Piece);
        let first = scan::lines(source).next().map_or("", |line| line.text);
        if block.kind != Kind::Table {
            self.table = None;
        }
        match block.kind {
            Kind::Blank => self.blank = self.begun,
            Kind::Fence => self.open(page, first, at + source.len(), rows),
            Kind::Code => self.code(page, first, at + source.len(), rows, lines),
            Kind::Shut => {
                self.colour(at, rows.len(), lines);
                self.fence = None;
            }
            Kind::Piece if self.fence.is_some() => self.code(page, source, at + source.len(), rows, lines),
            Kind::Piece | Kind::Text if within => self.paragraph(page, source, Row::new(), rows),
            Kind::Piece | Kind::Text => {
                let (lead, dedented) = self.dedented(page, source);
                self.paragraph(page, &dedented, Row::of(spaces(lead), Role::Text), rows);
            }
            Kind::Heading => {
                let (lead, _) = self.dedented(page, first);
                let (level, text) = scan::heading(first.trim()).unwrap_or((1, first));
                self.blank |= self.begun;
                self.row(rows);
                let look = Look::strong(Role::SyntaxHeading);
                let look = if level == 1 { look.underlined() } else { look };
                prose::inline(text, look).flow(Row::of(spaces(lead), Role::Text), page.width, rows);
            }
            Kind::Rule => {
                self.dedented(page, first);
                self.row(rows);
                rows.push(Row::of(page.glyphs.across.repeat(page.width.min(24)), Role::Rule));
            }
            Kind::Definition => {
                let (lead, dedented) = self.dedented(page, first);
                self.row(rows);
                prose::text(dedented.trim(), Role::Muted.into()).flow(
                    Row::of(spaces(lead), Role::Text),
                    page.width,
                    rows,
                );
            }
            Kind::Item => self.item(page, source, at + source.len(), rows),
            Kind::Quote => self.quote(page, source, rows),
            Kind::Table => {
                let (lead, dedented) = self.dedented(page, source);
                let lines: Vec<&str> = scan::lines(&dedented).map(|line| line.text).collect();
                if self.table.is_none() {
                    self.row(rows);
                }
                let before = self.table.take().map(|grid| *grid);
                self.table = Some(Box::new(table::draw(page, &lines, before, lead, rows)));
            }
        }
    }

    /// A row comes: with an empty one before it where that is due.
    fn row(&mut self, rows: &mut Vec<Row>) {
        if self.blank {
            rows.push(Row::new());
        }
        (self.blank, self.begun) = (false, true);
    }

    /// The lines of a text, each in rows; `lead` stands before the first one.
    fn paragraph(&mut self, page: &Page<'_>, source: &str, lead: Row, rows: &mut Vec<Row>) {
        let lines = prose::lines(source, Role::Text.into());
        let hang = lead.width();
        let mut lead = Some(lead).filter(|lead| !lines.is_empty() || lead.width() > 0);
        if lines.is_empty()
            && lead.as_ref().is_some_and(|lead| lead.spans.iter().all(|span| span.text.trim().is_empty()))
        {
            return;
        }
        self.row(rows);
        for line in lines {
            let lead = lead.take().unwrap_or_else(|| Row::of(spaces(hang), Role::Text));
            line.flow(lead, page.width, rows);
        }
        rows.extend(lead);
    }

    /// Leaves the items that a line is not within; gives where its text is shown, and all of it without their indent.
    fn dedented(&mut self, page: &Page<'_>, source: &str) -> (usize, String) {
        let (cells, _) = indent(source);
        self.levels.truncate(self.depth(cells));
        let Some(level) = self.levels.last() else { return (0, source.to_owned()) };
        let dedented = scan::lines(source).map(|line| without(line.text, level.content)).collect::<Vec<_>>().join("\n");
        (level.text.min(page.width / 2), dedented)
    }

    /// How many items a line is within. An indent of two is enough, as people mean it.
    fn depth(&self, cells: usize) -> usize {
        self.levels.iter().take_while(|level| cells >= level.marker + 2).count()
    }

    fn item(&mut self, page: &Page<'_>, source: &str, next: usize, rows: &mut Vec<Row>) {
        let first = scan::lines(source).next().map_or("", |line| line.text);
        let (cells, _) = indent(first);
        let Begins::Item(Item { number, hang, text }) = begins(first, true) else {
            return self.paragraph(page, source, Row::new(), rows);
        };
        let depth = self.depth(cells);
        let number = number.map(|told| match self.levels.get(depth).and_then(|sibling| sibling.number) {
            // `1.` before every item counts them.
            Some((first, last)) if told == first => (first, last.saturating_add(1)),
            Some((first, _)) => (first, told),
            None => (told, told),
        });
        self.levels.truncate(depth);
        let lead = self.levels.last().map_or(0, |level| level.text).min(page.width / 2);
        let (sign, text) = match (number, scan::task(text)) {
            (Some((_, shown)), _) => (format!("{shown}. "), text),
            (None, Some((sign, rest))) => (sign.to_owned(), rest),
            (None, None) => (format!("{} ", page.glyphs.bullet), text),
        };
        let row = Row::of(spaces(lead), Role::Text).with(sign, Role::Muted);
        let content = cells + hang;
        self.levels.push(Level { marker: cells, content, text: row.width(), number });
        if let Begins::Fence(fence) = begins(text, true) {
            self.row(rows);
            let hang = row.width();
            rows.push(row.with_row(Styled::exact(fence.info, Role::Muted).row(page.width.saturating_sub(hang).max(1))));
            return self.fenced(fence, content, hang, next, rows.len());
        }
        let mut whole = text.to_owned();
        for line in scan::lines(source).skip(1) {
            whole.push('\n');
            whole.push_str(without(line.text, content));
        }
        self.paragraph(page, &whole, row, rows);
    }

    /// What is quoted, by itself, with a line down its left side.
    fn quote(&mut self, page: &Page<'_>, source: &str, rows: &mut Vec<Row>) {
        let (lead, dedented) = self.dedented(page, source);
        if page.depth >= DEEPEST {
            let lead = Row::of(spaces(lead), Role::Text);
            self.row(rows);
            return scan::lines(&dedented)
                .for_each(|line| prose::text(line.text, Role::Text.into()).flow(lead.clone(), page.width, rows));
        }
        let mut inner = String::new();
        for line in scan::lines(&dedented) {
            let body = line.text.trim_start();
            let body = body.strip_prefix('>').map_or(body, |body| body.strip_prefix(' ').unwrap_or(body));
            inner.push_str(body);
            inner.push('\n');
        }
        let side = Row::of(spaces(lead), Role::Text).with(format!("{} ", page.glyphs.down), Role::Muted);
        let within = Page { width: page.width.saturating_sub(side.width()).max(1), depth: page.depth + 1, ..*page };
        let mut own = Vec::new();
        add(&mut Place::default(), &within, (&inner, 0), End::Closed, &mut own, &mut Vec::new());
        if own.is_empty() {
            return;
        }
        self.row(rows);
        rows.extend(own.into_iter().map(|row| side.clone().with_row(row)));
    }

    fn open(&mut self, page: &Page<'_>, first: &str, next: usize, rows: &mut Vec<Row>) {
        let (lead, _) = self.dedented(page, first);
        let Begins::Fence(fence) = begins(first, true) else { return };
        self.row(rows);
        if !fence.info.is_empty() {
            let label = Styled::exact(fence.info, Role::Muted).row(page.width.saturating_sub(lead).max(1));
            rows.push(Row::of(spaces(lead), Role::Text).with_row(label));
        }
        self.fenced(fence, indent(first).0, lead, next, rows.len());
    }

    /// Code begins.
    fn fenced(&mut self, fence: scan::Fence<'_>, indent: usize, lead: usize, next: usize, row: usize) {
        let scan::Fence { sign, count, info } = fence;
        let language = info.split([' ', ',', '{', ':']).next().unwrap_or("").to_owned();
        self.fence = Some(Fence { sign, count, indent, lead, language, start: next, lines: 0, from: next, row });
    }

    fn code(&mut self, page: &Page<'_>, line: &str, next: usize, rows: &mut Vec<Row>, lines: &mut Vec<Lines>) {
        let Some(fence) = &mut self.fence else { return };
        let plain = if fence.language.is_empty() { prose::CODE } else { Role::Text };
        code_rows(page.width, fence.lead, without(line, fence.indent), (plain, &[]), rows);
        fence.lines += 1;
        if fence.lines.is_multiple_of(COLOURED) {
            self.colour(next, rows.len(), lines);
        }
    }

    /// The lines of code up to here can be coloured.
    fn colour(&mut self, to: usize, row: usize, lines: &mut Vec<Lines>) {
        let Some(fence) = &mut self.fence else { return };
        let first = fence.lines.saturating_sub(1) / COLOURED * COLOURED;
        if fence.from < to && !fence.language.is_empty() {
            lines.push(Lines {
                language: fence.language.clone(),
                start: fence.start,
                bytes: fence.from..to,
                first,
                rows: fence.row..row,
                indent: fence.indent,
                lead: fence.lead,
            });
        }
        (fence.from, fence.row) = (to, row);
    }
}

impl Lines {
    /// The lines of a text as code: without the indent of the fence.
    pub(super) fn of<'a>(&self, source: &'a str) -> Vec<&'a str> {
        scan::lines(source).map(|line| without(line.text, self.indent)).collect()
    }

    /// Their rows in colour; the same cells as before.
    pub(super) fn rows(&self, source: &str, width: usize, pieces: &[&[Piece]]) -> Vec<Row> {
        let mut rows = Vec::with_capacity(self.rows.len());
        for (n, line) in self.of(source).into_iter().enumerate() {
            let pieces = pieces.get(n).copied().unwrap_or_default();
            code_rows(width, self.lead, line, (Role::Text, pieces), &mut rows);
        }
        rows
    }
}

/// The rows of a line of code.
fn code_rows(width: usize, lead: usize, line: &str, (plain, pieces): (Role, &[Piece]), rows: &mut Vec<Row>) {
    let mut ink = Ink::default();
    let syntax: Vec<_> = pieces.iter().map(|piece| (piece.range.clone(), piece.role)).collect();
    ink.source(line, plain, &Layers { syntax: syntax.into(), ..Layers::default() });
    let lead = lead + 2.min(width.saturating_sub(1));
    for range in ink.wrap(width.saturating_sub(lead).max(1)) {
        let mut row = Row::of(spaces(lead), Role::Text);
        ink.draw(range, &mut row);
        rows.push(row);
    }
}

/// A line without so many cells of its indent.
fn without(line: &str, cells: usize) -> &str {
    let mut at = 0;
    for (offset, byte) in line.bytes().enumerate() {
        if at >= cells || !matches!(byte, b' ' | b'\t') {
            return &line[offset..];
        }
        at = if byte == b'\t' { at / 4 * 4 + 4 } else { at + 1 };
    }
    ""
}

#[cfg(test)]
mod tests;
