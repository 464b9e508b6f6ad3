//! A review: what changed, file by file and hunk by hunk, each hunk with who made it and what a human thinks of it; comments
//! below their lines. Of all the files only those on the screen are drawn.

use crate::diff::Layout;
use crate::domain::{Became, Changed, Digest, Stands};
use crate::keymap;
use crate::text;
use crate::theme::Role;
use crate::ui::diffs::{Long, Manner};
use crate::ui::review::{Item, Mark, Pages, PaintedReview, ReviewUi, Reviewed, Sort, Stage};
use crate::ui::{Action, Hit};
use crate::view::area::cells;
use crate::view::diff::{Ends, FileDiff, Numbers, Shown, Sides};
use crate::view::flow::Styled;
use crate::view::{Area, Cache, Cx, Look, Mark as Sign, Row, Scene, clock, entry};
use std::collections::BTreeMap;

/// Cells before everything: the cursor, and a space.
const MARGIN: usize = 2;
/// Files that are kept fitted to the screen.
const KEPT: usize = 32;

/// The files of a review that were shown of late.
#[derive(Debug, Default)]
pub(in crate::view) struct Fitted {
    of: (Digest, usize),
    files: BTreeMap<usize, FileDiff>,
}

impl Fitted {
    fn file(&mut self, pages: &Pages, at: usize, width: usize, sort: Sort) -> Option<&mut FileDiff> {
        if self.of != (pages.made, width) || (self.files.len() >= KEPT && !self.files.contains_key(&at)) {
            (self.of, self.files) = ((pages.made, width), BTreeMap::new());
        }
        let (page, told) = (pages.files.get(at)?, pages.changes.files.get(at)?);
        Some(self.files.entry(at).or_insert_with(|| {
            let sides = match (&told.old, &told.new) {
                (Stands::Nothing, _) => Sides::New,
                (_, Stands::Nothing) => Sides::Old,
                _ => Sides::Both,
            };
            let manner = Manner { layout: Layout::Unified, long: Long::Wrapped };
            let is_open = |_| sort == Sort::File;
            let shown = Shown { width, manner, is_open: &is_open };
            FileDiff::new(page.diff.clone(), Numbers::OfFile, sides, Ends::Told, &shown)
        }))
    }
}

/// Draws it over the whole area.
pub(super) fn draw(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area, ui: &ReviewUi) {
    let session = cx.app.state.session(ui.what.session);
    let name = session.map_or_else(|| ui.what.session.to_string(), |session| cx.name(session));
    let what = match ui.sort {
        Sort::Changes => "REVIEW",
        Sort::File => "FILE",
    };
    let words = text::visible(&ui.words()).text.into_owned();
    let title = text::end(&format!("{what} of {name}: {words}"), area.columns().saturating_sub(6)).into_owned();
    let width = area.columns().saturating_sub(1).max(1);
    let mut rows = Vec::new();
    match &ui.stage {
        Stage::Asked { since } => {
            let age = Row::of(clock::age(*since, cx.now), Role::Muted);
            rows.push(
                Row::of(" looking at the checkpoints: what changed, and who made it", Role::Info).right(age, width),
            );
        }
        Stage::Failed(why) => Styled::exact(why, Role::Warn).flow(Row::of(" ", Role::Text), width, &mut rows),
        Stage::Shown(pages) if pages.is_empty() => {
            rows.push(Row::of(" nothing differs", Role::Text));
            notes(pages, width, &mut rows);
        }
        Stage::Shown(pages) => return shown(cx, cache, scene, area, (ui, pages), &title),
    }
    super::drawer(cx, scene, area, &title, rows);
}

fn notes(pages: &Pages, width: usize, rows: &mut Vec<Row>) {
    for note in &pages.changes.notes {
        Styled::exact(note, Role::Warn).flow(Row::of(" ", Role::Text), width, rows);
    }
}

fn shown(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area, (ui, pages): (&ReviewUi, &Pages), title: &str) {
    let width = area.columns().saturating_sub(1).max(1);
    // One row is the rule with the title, the last one says what was chosen, or takes a comment.
    let view = area.rows().saturating_sub(2);
    let page = View { cx, ui, pages, reviewed: cx.app.reviewed(ui.what.session), width };
    let top = page.settle(cache, view);
    let mut rows = Vec::with_capacity(view + 1);
    let mut at = top;
    while rows.len() < view && at < pages.len() {
        rows.extend(page.rows(cache, at));
        at += 1;
    }
    rows.resize(view, Row::new());
    let painted = PaintedReview { top, page: at.saturating_sub(top) };
    let mut column = None;
    rows.push(match &ui.typing {
        Some(typed) => {
            let (row, at) = page.line(typed);
            column = Some(at);
            row
        }
        None => page.status(pages.len().saturating_sub(at)),
    });
    let body = super::drawer(cx, scene, area, title, rows);
    scene.hit(body, Hit::Card);
    let (_, last) = body.bottom(1);
    if let Some(column) = column.filter(|_| body.height > 0) {
        let y = body.y.saturating_add(body.height.saturating_sub(1));
        scene.cursor = Some((last.x.saturating_add(cells(column)), y));
    }
    scene.painted.review = Some(painted);
}

/// What is drawn.
struct View<'a> {
    cx: &'a Cx<'a>,
    ui: &'a ReviewUi,
    pages: &'a Pages,
    reviewed: &'a Reviewed,
    width: usize,
}

impl View<'_> {
    /// The first place shown: the one at hand is on the screen, whole where there is room.
    fn settle(&self, cache: &mut Cache, view: usize) -> usize {
        let at = self.pages.at.min(self.pages.len().saturating_sub(1));
        let (mut first, mut room) = (at, view);
        room = room.saturating_sub(self.rows(cache, at).len());
        let wanted = self.pages.top.min(at);
        while first > wanted {
            let rows = self.rows(cache, first - 1).len();
            if rows > room {
                break;
            }
            room -= rows;
            first -= 1;
        }
        // No row stays empty at the end while there is something above.
        let mut below = 0;
        let mut next = at + 1;
        while next < self.pages.len() && below < room {
            below += self.rows(cache, next).len();
            next += 1;
        }
        if next >= self.pages.len() {
            let mut room = room.saturating_sub(below);
            while first > 0 {
                let rows = self.rows(cache, first - 1).len();
                if rows > room {
                    break;
                }
                room -= rows;
                first -= 1;
            }
        }
        first
    }

    /// The rows of a place.
    fn rows(&self, cache: &mut Cache, at: usize) -> Vec<Row> {
        let Some(item) = self.pages.item(at) else { return Vec::new() };
        let Some(told) = self.pages.changes.files.get(item.file()) else { return Vec::new() };
        let mut rows = Vec::new();
        let mut own = 0;
        match item {
            Item::Head(file) => {
                if file > 0 {
                    rows.push(Row::new());
                } else {
                    notes(self.pages, self.width, &mut rows);
                }
                own = rows.len();
                self.head(file, told, &mut rows);
            }
            Item::Line(file, line) => {
                // Of one file as it was nobody is asked who made what.
                let heads = self.pages.files[file].sheet.heads();
                if let Some(hunk) = heads.binary_search(&line).ok().filter(|_| self.ui.sort == Sort::Changes) {
                    rows.push(self.hunk(file, hunk, told));
                    own = 1;
                }
                self.code(cache, (file, line), told, &mut rows);
            }
        }
        if at == self.pages.at
            && let Some(row) = rows.get_mut(own)
        {
            let back = row.back;
            let cursor = Row::of(self.cx.glyphs.cursor, Look::strong(Role::Accent)).with(" ", Role::Text);
            let mut plain = std::mem::take(row);
            // The margin gives way to the cursor.
            if let Some(span) = plain.spans.first_mut() {
                let rest = span.text.strip_prefix("  ").unwrap_or(&span.text).to_owned();
                span.text = rest.into();
            }
            *row = Row { back, ..cursor.with_row(plain) };
        }
        self.comment(at, &mut rows);
        rows
    }

    fn head(&self, file: usize, told: &Changed, rows: &mut Vec<Row>) {
        let page = &self.pages.files[file];
        let word = match told.became {
            Some(became) => became.word(),

            None => "same",
        };
        let role = match told.became {
            Some(Became::Added) => Role::Added,
            Some(Became::Removed) => Role::Removed,
            Some(Became::Changed | Became::Mode | Became::Kind) => Role::Info,
            None => Role::Muted,
        };
        let mut lead = Row::of("  ", Role::Text);
        lead.push(text::pad_end(word, 7).into_owned(), role);
        lead.push(" ", Role::Text);
        let mut name = Styled::exact(&told.path, Look::strong(Role::Text));
        for note in &page.notes {
            name.push("   ", Role::Text);
            name.append(&Styled::exact(note, Role::Info));
        }
        if page.sheet.heads().is_empty() && told.became.is_some() {
            name.push(&format!("   {}", self.makers(told, 0)), Role::Muted);
            if let Some(said) = self.said(file, 0) {
                name.push(&format!("  {}", said.0), said.1);
            }
        }
        let last = rows.len();
        name.flow(lead, self.width, rows);
        if page.diff.added + page.diff.removed > 0 {
            let counts = entry::lines(self.cx, page.diff.added, page.diff.removed);
            if let Some(row) = rows.get_mut(last).filter(|row| row.width() + counts.width() + 2 <= self.width) {
                *row = std::mem::take(row).right(counts, self.width.min(100));
            }
        }
        let astray = self.reviewed.comments.iter().filter(|comment| comment.spot.path == told.path);
        for comment in astray.filter(|comment| comment.spot.line > 0 && !self.pages.has(file, &comment.spot)) {
            let lead = Row::of(format!("    {} ", Sign::Edited.sign(self.cx.glyphs)), Role::Warn);
            let said = format!("on line {}, which is another one now: {}", comment.spot.line, comment.text);
            Styled::exact(&said, Role::Warn).flow(lead, self.width, rows);
        }
    }

    /// `── step 3  edit src/auth.rs                 [keep]`.
    fn hunk(&self, file: usize, hunk: usize, told: &Changed) -> Row {
        let mut row = Row::of("  ", Role::Text);
        row.push(format!("{} ", self.cx.glyphs.across.repeat(2)), Role::Rule);
        row.push(self.makers(told, hunk), Role::Info);
        let said = self.said(file, hunk);
        let room = self.width.saturating_sub(said.as_ref().map_or(0, |(said, _)| text::width(said) + 2));
        row = row.clip(room);
        match said {
            Some((said, look)) => row.right(Row::of(said, look), self.width),
            None => row,
        }
    }

    /// Who made it: with what the step was, where it is one.
    fn makers(&self, told: &Changed, hunk: usize) -> String {
        if told.hunks.is_empty() {
            return String::new();
        }
        let Some(makers) = told.hunks.get(hunk).or(told.hunks.first()) else { return String::new() };
        let words = makers.words();
        match makers.steps.as_slice() {
            [only] => {
                let step = self.pages.changes.steps.iter().find(|step| step.number == *only);
                let session = self.cx.app.state.session(self.ui.what.session);
                let title = step.map(|step| {
                    let title =
                        session.map_or_else(|| step.title.clone(), |session| entry::within(session, &step.title));
                    text::prose(&title.replace('\n', " ")).text.into_owned()
                });
                title.map_or(words.clone(), |title| format!("{words}  {title}"))
            }
            _ => words,
        }
    }

    /// What a human thinks of a hunk, in words.
    fn said(&self, file: usize, hunk: usize) -> Option<(&'static str, Look)> {
        match self.pages.mark(self.reviewed, file, hunk)? {
            Mark::Keep => Some(("[keep]", Look::strong(Role::Good))),
            Mark::Revert => Some(("[REVERT]", Look::strong(Role::Warn))),
        }
    }

    fn code(&self, cache: &mut Cache, (file, line): (usize, u32), told: &Changed, rows: &mut Vec<Row>) {
        let width = self.width.saturating_sub(MARGIN).max(1);
        let Cache { payloads, reviewed, .. } = cache;
        let Some(fitted) = reviewed.file(self.pages, file, width, self.ui.sort) else { return };
        let (from, to) = (fitted.heights().first_row(line), fitted.heights().first_row(line + 1));
        let key = Digest::of(&[&self.pages.made.0[..], told.path.as_bytes()].concat());
        let mut drawn = Vec::new();
        fitted.rows(from..to, 0, self.cx.glyphs, (payloads.code(), key, &told.path), &mut drawn);
        rows.extend(drawn.into_iter().map(|row| {
            let (back, breaks) = (row.back, row.breaks);
            Row { back, breaks, ..Row::of("  ", Role::Text).with_row(row) }
        }));
    }

    /// The comment on a place, below it.
    fn comment(&self, at: usize, rows: &mut Vec<Row>) {
        if self.reviewed.comments.is_empty() {
            return;
        }
        let Some(spot) = self.pages.spot(at) else { return };
        let Some(comment) = self.reviewed.comment(&spot) else { return };
        let mut lead = Row::new();
        lead.pad_to(MARGIN + 4);
        lead.push(format!("{} ", Sign::Edited.sign(self.cx.glyphs)), Role::Accent);
        let mut said = Styled::exact(&comment.text, Look::strong(Role::Text));
        said.push(
            if comment.given { "  (in the composer, or sent)" } else { "  (not given to the agent yet)" },
            Role::Muted,
        );
        said.flow(lead, self.width, rows);
    }

    /// The line in which a comment is typed; gives the column of the cursor.
    fn line(&self, typed: &str) -> (Row, usize) {
        let lead = Row::of(" comment ", Role::Muted).with(self.cx.glyphs.prompt, Role::Accent).with(" ", Role::Text);
        let shown = text::visible(typed).text.into_owned();
        let room = self.width.saturating_sub(lead.width() + 2);
        // What is being typed stays in sight: its end.
        let mut from = 0;
        while text::width(&shown[from..]) > room {
            from += shown[from..].chars().next().map_or(1, char::len_utf8);
        }
        let row = lead.with(shown[from..].to_owned(), Look::strong(Role::Text));
        let column = row.width();
        (row, column)
    }

    /// The last row: how much there is, what was chosen, what waits to be given.
    fn status(&self, below: usize) -> Row {
        let pages = self.pages;
        let counted = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
        let mut row = Row::of(" ", Role::Text);
        match self.ui.sort {
            Sort::File => {
                let unknown = |file: &Changed| {
                    matches!((&file.old, &file.new), (Stands::Unknown { .. }, _) | (_, Stands::Unknown { .. }))
                };
                let is_same = pages.changes.files.iter().all(|file| file.became.is_none());
                let said = match is_same {
                    _ if pages.changes.files.iter().any(unknown) => "as it was; the other side is not known",
                    true => "it is the same at both moments",
                    false => "- is as it was, + is what it became",
                };
                row.push(said, Role::Muted);
            }
            Sort::Changes => {
                let hunks: usize = (0..pages.files.len()).map(|file| pages.hunks_of(file)).sum();
                row.push(format!("{}, {}", counted(pages.files.len(), "file"), counted(hunks, "hunk")), Role::Muted);
                let (keep, revert) =
                    (pages.marked(self.reviewed, Mark::Keep), pages.marked(self.reviewed, Mark::Revert));
                if keep > 0 {
                    row.push(format!("  {keep} kept"), Role::Good);
                }
                if revert > 0 {
                    let key = keymap::key(self.cx.app, Action::Undo).unwrap_or_else(|| "u".to_owned());
                    row.push(format!("  {revert} to revert: {key} shows what that would do"), Look::strong(Role::Warn));
                }
                let unsent = self.reviewed.unsent();
                if unsent > 0 {
                    let key = keymap::key(self.cx.app, Action::GiveComments).unwrap_or_else(|| "s".to_owned());
                    row.push(
                        format!("  {}: {key} gives them to the agent", counted(unsent, "comment")),
                        Look::strong(Role::Accent),
                    );
                }
                if pages.changes.more > 0 {
                    row.push(format!("  {} more files are not shown", pages.changes.more), Role::Warn);
                }
            }
        }
        if below == 0 {
            return row.clip(self.width);
        }
        let more = Row::of(format!("{} {below} more ", self.cx.glyphs.below), Look::strong(Role::Info));
        row.right(more, self.width)
    }
}
