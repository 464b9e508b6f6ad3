//! A session as a recording of a terminal (asciicast, version 2): what the console would show of it, record by record, with
//! long gaps shortened.

use super::export::{Sheet, strings};
use super::setup::Setup;
use super::{CliError, console};
use crate::domain::{At, Event, Notice, Record, Seq, Text};
use crate::state::Session;
use crate::stories::Story;
use crate::text::{Secret, redact};
use crate::theme::Theme;
use crate::tui::{cells, still};
use crate::ui::marks::Marks;
use crate::ui::{App, Recording, Replay};
use crate::view::{self, Cache};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::json;
use std::collections::BTreeSet;
use std::ops::Range;

/// A longer gap between two records takes so many milliseconds.
const GAP_MS: u64 = 2_000;
/// Records that come closer together share a frame.
const FRAME_MS: u64 = 50;

/// Writes it.
///
/// # Errors
/// The session can't be read, or nothing can be written.
pub(super) fn cast(setup: &Setup, story: &Story<'_>, size: (u16, u16), sheet: &mut Sheet<'_>) -> Result<(), CliError> {
    let known = story.session();
    let mut marks = Marks::new(known.id, Seq(0));
    let mut last = Seq(0);
    story.records(&mut |record| {
        marks.take(&record);
        last = record.seq;
    })?;
    let title = sheet.clean(&super::ls::first_line(&story.title()));
    let head = json!({
        "version": 2, "width": size.0, "height": size.1, "timestamp": known.started.0.div_euclid(1_000),
        "title": title, "env": {"TERM": "xterm-256color"},
    });
    sheet.line(&head.to_string())?;
    let recording = story.is_recorded().then(Recording::default);
    let replay = Replay { last, recording, ..marks.at(Seq(0)) };
    let mut app = App::of_replay(console::world(setup), replay, Session::new(known.id));
    app.size = size;
    let mut film =
        Film { app, cache: Cache::new(), shown: None, now: 0, frame: None, is_new: false, hidden: BTreeSet::new() };
    let (mut before, mut done) = (None, Ok(()));
    story.records(&mut |record| {
        if done.is_err() {
            return;
        }
        let gap = before.map_or(0, |before| record.at.since(before)).min(GAP_MS);
        before = Some(record.at);
        done = film.waits(gap, sheet);
        film.take(&clean(story, record, sheet));
    })?;
    done?;
    film.show(sheet)
}

/// A record without its secrets, and with its long texts.
fn clean(story: &Story<'_>, mut record: Record, sheet: &mut Sheet<'_>) -> Record {
    record.event.for_each_text(|text| {
        if let Text::Body(_) = text {
            *text = Text::Inline(super::story::full(story, text));
        }
    });
    if sheet.raw {
        return record;
    }
    // A tree of strings and numbers: writing it cannot fail.
    let mut value = serde_json::to_value(&record.event).unwrap_or_default();
    strings(&mut value, &mut |text| sheet.clean(text));
    record.event = serde_json::from_value(value).unwrap_or_else(|_| Event::Noted {
        level: Notice::Warning,
        text: "a record was left out: it can't be told without its secrets".into(),
    });
    record
}

/// What is on the screen, and when.
struct Film {
    app: App,
    cache: Cache,
    shown: Option<Buffer>,
    /// Milliseconds of the film.
    now: u64,
    /// Those of the last frame.
    frame: Option<u64>,
    /// Something was told since.
    is_new: bool,
    /// Rows in which a secret stood that was told in pieces: each counts once.
    hidden: BTreeSet<String>,
}

impl Film {
    /// So long nothing is told: what was told before is shown by then.
    fn waits(&mut self, gap: u64, sheet: &mut Sheet<'_>) -> Result<(), CliError> {
        let is_due = self.frame.is_none_or(|frame| self.now + gap - frame >= FRAME_MS);
        if gap > 0 && self.is_new && is_due {
            self.show(sheet)?;
        }
        self.now += gap;
        Ok(())
    }

    fn take(&mut self, record: &Record) {
        self.app.state.apply(record);
        if let Some(replay) = &mut self.app.replay {
            (replay.at, replay.clock) = (record.seq, record.at);
        }
        self.is_new = true;
    }

    /// Writes a frame: what of it is other than before.
    fn show(&mut self, sheet: &mut Sheet<'_>) -> Result<(), CliError> {
        let clock = self.app.replay.as_ref().map_or(At(0), |replay| replay.clock);
        // Nothing is asked: what checkpoints know of files may hold what was left out of the records.
        let scene = still::settle_by(&mut self.app, &mut self.cache, &mut |_| None, clock);
        let mut next = Buffer::empty(Rect::new(0, 0, self.app.size.0, self.app.size.1));
        view::paint(&scene, &Theme::default(), &mut next);
        if !sheet.raw {
            self.hide(&mut next, sheet);
        }
        let mut told = Vec::new();
        if self.shown.is_none() {
            // No cursor: nobody types.
            told.extend_from_slice(b"\x1b[?25l");
        }
        told.extend(cells(self.shown.as_ref(), &next).map_err(CliError::Output)?);
        if !told.is_empty() {
            #[expect(clippy::cast_precision_loss, reason = "a film is no thousand years long")]
            let at = self.now as f64 / 1_000.0;
            sheet.line(&json!([at, "o", String::from_utf8_lossy(&told)]).to_string())?;
        }
        (self.shown, self.frame, self.is_new) = (Some(next), Some(self.now), false);
        Ok(())
    }

    /// Covers what became a secret only on the screen: told in pieces, none of which was one.
    fn hide(&mut self, cells: &mut Buffer, sheet: &mut Sheet<'_>) {
        let area = cells.area;
        for y in area.top()..area.bottom() {
            let row: String = (area.left()..area.right()).map(|x| cells[(x, y)].symbol()).collect();
            let Some((hidden, secrets)) = secret_in(&row) else { continue };
            let mut at = 0;
            for x in area.left()..area.right() {
                let cell = &mut cells[(x, y)];
                let from = at;
                at += cell.symbol().chars().count();
                if from < hidden.end && at > hidden.start {
                    cell.set_symbol("*");
                }
            }
            if self.hidden.insert(row) {
                secrets.into_iter().for_each(|secret| sheet.count(secret));
            }
        }
    }
}

/// The letters of a row from where its first secret begins to where its last one ends.
fn secret_in(row: &str) -> Option<(Range<usize>, Vec<Secret>)> {
    let (without, secrets) = redact(row);
    if secrets.is_empty() {
        return None;
    }
    let first = row.chars().zip(without.chars()).take_while(|(a, b)| a == b).count();
    let last = row.chars().rev().zip(without.chars().rev()).take_while(|(a, b)| a == b).count();
    let end = row.chars().count() - last;
    Some((first.min(end)..end, secrets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_a_secret_on_the_screen_is_covered_and_nothing_else() {
        let key = format!("ghp_{}", "0aB".repeat(12));
        let row = format!("│ é the key is {key} │ mine");
        let (range, secrets) = secret_in(&row).unwrap();
        let covered: String = row.chars().skip(range.start).take(range.len()).collect();
        assert_eq!((covered, secrets.len()), (key, 1));
        assert!(secret_in("│ é nothing here │").is_none());
    }
}
