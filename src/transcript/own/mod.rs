//! taut's own export, read back: what `taut export SESSION --format jsonl` writes.
//!
//! A line about the export, then one record a line. Records are told as they stand, so that a session reads here as it did
//! there. Only its id is another one, and what names a request or a grant of it is told with the new one.

mod ids;

use super::fields::Fields;
use super::{Beside, Format, Line, Out, Reader, Sniff, heads, objects};
use crate::domain::{At, Event, LaneId, Notice, SessionId};
use crate::shapes::look;
use ids::Moved;
use std::path::Path;

/// The form of an export that is written, and the newest one that is known: raised where it changes.
pub const FORM: u64 = 1;

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct Export;

impl Format for Export {
    fn name(&self) -> &'static str {
        "taut"
    }

    fn tool(&self) -> &'static str {
        "taut itself"
    }

    fn sniff(&self, head: &[u8]) -> Sniff {
        heads::of_lines(head, &is_one)
    }

    fn beside(&self, _: &Path) -> Vec<Beside> {
        Vec::new()
    }

    fn when(&self, line: &[u8]) -> Option<At> {
        let fields: Fields<'_> = serde_json::from_slice(line).ok()?;
        at(&fields, "at")
    }

    fn reader(&self, _: &str, _: &[Beside]) -> Box<dyn Reader> {
        Box::new(Exported::default())
    }
}

fn is_one(line: &Fields<'_>) -> bool {
    let is_record = || {
        let has = ["pos", "seq", "lane", "at", "version"].iter().all(|name| line.count(name).is_some());
        has && session(line).is_some() && line.object("event").is_some()
    };
    line.count("taut_export").is_some() || is_record()
}

fn session(line: &Fields<'_>) -> Option<SessionId> {
    line.text("session")?.parse().ok()
}

fn at(line: &Fields<'_>, name: &str) -> Option<At> {
    line.value(name)?.as_i64().map(At)
}

/// A reader of one export.
#[derive(Debug, Default)]
struct Exported {
    ids: Moved,
    /// The place of the last record there.
    last: u64,
    /// Lines since then that could not be read: each was a record once.
    odd: u64,
    /// Facts that were told before this line.
    told: u64,
}

impl Reader for Exported {
    fn belongs_to(&mut self, session: SessionId) {
        self.ids.here(session);
    }

    fn line(&mut self, file: usize, line: Line<'_>, out: &mut Out) {
        out.at_line(file, line.number);
        let (before, odd) = (out.told.len(), out.places.len());
        objects::each(out, line, &mut |out, fields, raw| self.object(out, fields, raw, before));
        self.odd += (out.places.len() - odd) as u64;
        self.told += (out.told.len() - before) as u64;
    }

    fn end(&mut self, _: &mut Out) {
        // What is open in a session was open when it was exported, and is told as that.
    }
}

impl Exported {
    fn object(&mut self, out: &mut Out, line: &Fields<'_>, raw: &str, before: usize) {
        out.at_time(None);
        if let Some(form) = line.count("taut_export") {
            return self.header(out, line, form);
        }
        let event = line.object("event").and_then(|event| event.owned("kind")).zip(line.raw("event"));
        let (Some(session), Some(seq), Some((kind, body))) = (session(line), line.count("seq"), event) else {
            return out.unrecognised(LaneId::ROOT, "a line that is no record", raw);
        };
        if !self.ids.is_of(session) {
            return out.unrecognised(LaneId::ROOT, format!("a record of another session, {session}"), raw);
        }
        if seq <= self.last {
            out.again += 1;
            return;
        }
        let gone = (seq - self.last - 1).saturating_sub(std::mem::take(&mut self.odd));
        if gone > 0 {
            let between = format!("{gone} of its records before place {seq} are not in the export");
            out.note(LaneId::ROOT, Notice::Warning, between);
        }
        self.last = seq;
        let place = self.told + (out.told.len() - before) as u64 + 1;
        let event = self.ids.event(Event::from_stored(&kind, body), body, seq, place);
        out.at_time(at(line, "said_at"));
        let lane = line.count("lane").and_then(|lane| u32::try_from(lane).ok()).unwrap_or_default();
        out.event(LaneId(lane), event);
        if let Some(told) = out.told.last_mut() {
            told.written = at(line, "at");
        }
    }

    fn header(&mut self, out: &mut Out, line: &Fields<'_>, form: u64) {
        if let Some(session) = session(line).filter(|session| self.ids.is_of(*session)) {
            self.ids.there(session);
        }
        if form > FORM {
            let version = line.owned("version").map(|version| format!(", {}", look::cut(&version))).unwrap_or_default();
            let text = format!(
                "the export was written by a newer taut (form {form}{version}): what this one does not know stands as it was written"
            );
            out.note(LaneId::ROOT, Notice::Warning, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_known_by_its_first_line_or_by_a_record() {
        for head in [
            r#"{"taut_export":1,"session":"s0000001"}"#,
            r#"{"pos":9,"session":"s0000001","seq":7,"lane":0,"at":5,"said_at":null,"cites":null,"version":1,"event":{"kind":"opened"}}"#,
        ] {
            assert_eq!(Export.sniff(head.as_bytes()), Sniff::Mine, "{head}");
        }
        for head in [r#"{"session":"s0000001","seq":1}"#, r#"{"type":"session","id":"a"}"#, "[1]", "x"] {
            assert!(matches!(Export.sniff(head.as_bytes()), Sniff::Not(_)), "{head}");
        }
    }
}
