//! asciicast, what asciinema records: a terminal, and nothing of who works in it. Version 1 is one JSON document; 2 and 3 are
//! a line about the terminal, and one a line of what was written to it, typed, marked or resized.
//!
//! What was written is not told as it stands, since only a terminal understands it: told is what stood on the screen, with
//! its colours, as the output of one call. So the screen as of any moment is known without playing what came before.

mod screen;

use super::documents::{self, Documents};
use super::fields::Fields;
use super::opening::Tool;
use super::talk::Talk;
use super::{Beside, Format, Line, LineText, Out, Reader, Sniff, heads};
use crate::domain::{At, CallId, CallPatch, CallStatus, Impact, LaneId, Notice};
use crate::shapes::look;
use screen::Terminal;
use serde_json::Value;
use std::path::Path;

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct Asciicast;

impl Format for Asciicast {
    fn name(&self) -> &'static str {
        "asciicast"
    }

    fn tool(&self) -> &'static str {
        "asciinema"
    }

    fn sniff(&self, head: &[u8]) -> Sniff {
        sniff(head)
    }

    fn beside(&self, _: &Path) -> Vec<Beside> {
        Vec::new()
    }

    fn when(&self, _: &[u8]) -> Option<At> {
        None
    }

    fn reader(&self, name: &str, _: &[Beside]) -> Box<dyn Reader> {
        Box::new(Cast { talk: Talk::new(TOOL, name), ..Cast::default() })
    }
}

const TOOL: Tool = Tool { agent: "asciinema", vendor: "asciinema", title: "asciinema" };
const ROOT: LaneId = LaneId::ROOT;
/// What changes within so many milliseconds is told as one: nobody sees more.
const GLANCE: i64 = 40;
/// The tool of the one call that a recording of a terminal has.
pub const TOOL_NAME: &str = "terminal";

/// Whether a file that begins like this is one.
fn sniff(head: &[u8]) -> Sniff {
    let text = heads::text(head);
    let is_one = match serde_json::Deserializer::from_str(&text).into_iter::<Fields<'_>>().next() {
        Some(Ok(fields)) => version(&fields).is_some(),
        // One of version 1 that is longer than what is looked at, or was cut off.
        Some(Err(error)) if error.is_eof() => {
            let head = documents::cut_off(&text, "stdout").0.unwrap_or_default();
            serde_json::from_str::<Fields<'_>>(&head)
                .is_ok_and(|fields| fields.count("version") == Some(1) && sized(&fields))
        }
        _ => false,
    };
    if is_one { Sniff::Mine } else { Sniff::Not("its first line is none about a terminal".to_owned()) }
}

fn sized(fields: &Fields<'_>) -> bool {
    fields.count("width").is_some() && fields.count("height").is_some()
}

fn version(fields: &Fields<'_>) -> Option<u64> {
    let version = fields.count("version")?;
    let fits = match version {
        1 => sized(fields) && fields.raw("stdout").is_some(),
        2 => sized(fields),
        3 => fields.object("term").is_some_and(|term| term.count("cols").is_some() && term.count("rows").is_some()),
        _ => false,
    };
    fits.then_some(version)
}

/// A reader of one recording.
#[derive(Default)]
struct Cast {
    talk: Talk,
    /// A recording of version 1, until it is whole.
    documents: Documents,
    /// Version 2 or 3.
    version: Option<u64>,
    terminal: Terminal,
    /// When it began, and how much later it is, in milliseconds.
    began: Option<i64>,
    later: f64,
    /// When the screen was told last; and when it became what is not told yet.
    told: Option<i64>,
    since: Option<i64>,
    /// What was typed since the last end of a line.
    typed: String,
    exit: Option<i32>,
}

impl Reader for Cast {
    fn line(&mut self, file: usize, line: Line<'_>, out: &mut Out) {
        out.at_line(file, line.number);
        let before = out.told.len();
        match self.version {
            Some(_) => self.events(out, line),
            None => self.first(out, file, line),
        }
        self.talk.open.keeps(out, before);
    }

    fn end(&mut self, out: &mut Out) {
        let before = out.told.len();
        for (file, document) in self.documents.all() {
            out.at_line(file, 1);
            let values = documents::values(out, file, &document);
            self.talk.open.keeps(out, before);
            let cut = || {
                let (head, events) = documents::cut_off(&document, "stdout");
                let mut head: Value = serde_json::from_str(&head?).ok()?;
                head["stdout"] = Value::Array(events);
                Some(head)
            };
            let values = if values.is_empty() { cut().into_iter().collect() } else { values };
            values.iter().for_each(|document| self.whole(out, document));
        }
        self.shows(out);
        self.says_typed(out);
        if self.talk.open.is_begun() {
            out.at_time(self.now());
            let failed = self.exit.is_some_and(|exit| exit != 0);
            let status = if failed { CallStatus::Failed } else { CallStatus::Done };
            let patch = CallPatch { status: Some(status), exit: self.exit, ..CallPatch::default() };
            self.talk.called(out, ROOT, &call(), patch);
        }
        self.talk.end(out);
    }
}

impl Cast {
    /// The first line says which version it is.
    fn first(&mut self, out: &mut Out, file: usize, line: Line<'_>) {
        if let LineText::Bytes(bytes) = line.text
            && let Ok(header) = serde_json::from_slice::<Value>(bytes)
            && let Some(version) =
                header.get("version").and_then(look::count).filter(|version| matches!(version, 2 | 3))
        {
            self.version = Some(version);
            return self.header(out, &header);
        }
        self.documents.take(out, file, line);
    }

    fn header(&mut self, out: &mut Out, header: &Value) {
        let term = header.get("term").unwrap_or(&Value::Null);
        let size = |older: &str, newer: &str| header.get(older).or_else(|| term.get(newer)).and_then(look::count);
        let (columns, rows) = self.terminal.resize(size("width", "cols"), size("height", "rows"));
        self.began =
            header.get("timestamp").and_then(look::count).and_then(|at| i64::try_from(at).ok()?.checked_mul(1000));
        let now = self.now();
        out.at_time(now);
        self.talk.open.begin(out);
        let owned = |key: &str| look::owned(header, key);
        if let Some(title) = owned("title") {
            self.talk.titled(out, title);
        }
        let command = owned("command").or_else(|| header.get("env").and_then(|env| look::owned(env, "SHELL")));
        let shown = command.clone().unwrap_or_else(|| "what stood on it".to_owned());
        let known = CallPatch {
            tool: Some(TOOL_NAME.to_owned()),
            title: Some(look::cut(&format!("a terminal of {columns}x{rows}: {shown}")).into()),
            impact: Some(Impact::Execute),
            command: command.map(Into::into),
            args: Some(look::canonical(&serde_json::json!({"columns": columns, "rows": rows})).into()),
            ..CallPatch::default()
        };
        self.talk.proposed(out, ROOT, &call(), known);
        self.talk.called(out, ROOT, &call(), CallPatch { status: Some(CallStatus::Running), ..CallPatch::default() });
    }

    /// One of version 1.
    fn whole(&mut self, out: &mut Out, document: &Value) {
        if document.get("version").and_then(look::count) != Some(1) || self.talk.open.is_begun() {
            return out.unrecognised(ROOT, "a document that is no recording", &document.to_string());
        }
        self.header(out, document);
        for event in look::list(document, "stdout") {
            match (event.get(0).and_then(Value::as_f64), event.get(1).and_then(Value::as_str)) {
                (Some(after), Some(text)) => {
                    self.passes(out, self.later + after * 1000.0);
                    self.wrote(out, text);
                }
                _ => out.unrecognised(ROOT, "an event that is no output", &event.to_string()),
            }
        }
    }

    /// The events of a line: mostly one.
    fn events(&mut self, out: &mut Out, line: Line<'_>) {
        let text = match line.text {
            LineText::Bytes(bytes) => String::from_utf8_lossy(bytes),
            LineText::TooLong(length) => {
                return out.damaged(format!("{length} bytes on one line: it was passed over"), "");
            }
        };
        if matches!(text, std::borrow::Cow::Owned(_)) {
            out.damaged("bytes that are no text; each stands as a mark", "");
        }
        if text.starts_with('#') {
            return;
        }
        let mut events = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
        loop {
            match events.next() {
                None => return,
                Some(Ok(event)) => self.event(out, &event),
                Some(Err(error)) => {
                    let why = if error.is_eof() { "it ends in its middle" } else { "it is no JSON" };
                    return out.damaged(format!("{why}, at column {}", error.column()), &text);
                }
            }
        }
    }

    fn event(&mut self, out: &mut Out, event: &Value) {
        let (time, code) = (event.get(0).and_then(Value::as_f64), event.get(1).and_then(Value::as_str));
        let (Some(time), Some(code)) = (time, code) else {
            return out.unrecognised(ROOT, "a line that is no event", &event.to_string());
        };
        // Since version 3 it is the time since the event before.
        let since = if self.version == Some(3) { self.later } else { 0.0 };
        self.passes(out, since + time * 1000.0);
        let data = event.get(2).and_then(Value::as_str).unwrap_or_default();
        match code {
            "o" => self.wrote(out, data),
            "i" => self.types(out, data),
            "m" => out.note(ROOT, Notice::Info, format!("a mark: {data}")),
            "r" => {
                let size = |text: &str| text.trim().parse::<u64>().ok();
                let Some((columns, rows)) = data.split_once('x') else {
                    return out.unrecognised(ROOT, "a size that is none", &event.to_string());
                };
                self.terminal.resize(size(columns), size(rows));
                self.changed(out);
            }
            "x" => self.exit = data.trim().parse().ok(),
            code => out.unrecognised(ROOT, format!("an event of the kind {}", look::cut(code)), &event.to_string()),
        }
    }

    /// It is so many milliseconds later than at the beginning; clocks that step back stand still.
    fn passes(&mut self, out: &mut Out, later: f64) {
        if later.is_finite() && later > self.later {
            self.later = later.min(1e13);
        }
        let now = self.ticks();
        if self.since.is_some() && self.told.is_none_or(|told| now >= told.saturating_add(GLANCE)) {
            self.shows(out);
        }
        out.at_time(self.now());
    }

    /// Milliseconds since its beginning.
    fn ticks(&self) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1e13")]
        let ticks = self.later as i64;
        ticks
    }

    fn now(&self) -> Option<At> {
        self.began.map(|began| At(began.saturating_add(self.ticks())))
    }

    fn wrote(&mut self, out: &mut Out, text: &str) {
        self.terminal.take(text);
        self.changed(out);
    }

    /// The screen is another: told at once, or with what follows at once.
    fn changed(&mut self, out: &mut Out) {
        let now = self.ticks();
        self.since = self.since.or(Some(now));
        if self.told.is_none_or(|told| now >= told.saturating_add(GLANCE)) {
            self.shows(out);
        }
    }

    /// Tells the screen as it became last.
    fn shows(&mut self, out: &mut Out) {
        let Some(since) = self.since.take() else { return };
        let now = out.time();
        out.at_time(self.began.map(|began| At(began.saturating_add(since))));
        self.told = Some(since);
        // A screen on which nothing stands is told, too.
        let text = Some(self.terminal.text()).filter(|text| !text.is_empty()).unwrap_or_else(|| " ".to_owned());
        self.talk.wrote(out, &call(), text);
        out.at_time(now);
    }

    /// What was typed is told line by line.
    fn types(&mut self, out: &mut Out, keys: &str) {
        for key in keys.chars() {
            match key {
                '\r' | '\n' => self.says_typed(out),
                key if self.typed.len() < look::RAW_MAX => self.typed.push(key),
                _ => {}
            }
        }
    }

    fn says_typed(&mut self, out: &mut Out) {
        let typed = std::mem::take(&mut self.typed);
        if !typed.trim().is_empty() {
            out.note(ROOT, Notice::Info, format!("typed: {typed}"));
        }
    }
}

fn call() -> CallId {
    CallId(TOOL_NAME.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_versions_are_known_and_others_are_not() {
        for head in [
            "{\"version\": 2, \"width\": 80, \"height\": 24}\n[0.1, \"o\", \"x\"]\n",
            "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n",
            r#"{"version":1,"width":80,"height":24,"stdout":[[0.1,"x"]]}"#,
            "{\n\"version\": 1, \"width\": 80, \"height\": 24, \"stdout\": [[0.1, \"x",
        ] {
            assert_eq!(sniff(head.as_bytes()), Sniff::Mine, "{head}");
        }
        for head in [r#"{"version":2}"#, r#"{"version":4,"width":80,"height":24}"#, r#"[0.1,"o","x"]"#, "x"] {
            assert!(matches!(sniff(head.as_bytes()), Sniff::Not(_)), "{head}");
        }
    }
}
