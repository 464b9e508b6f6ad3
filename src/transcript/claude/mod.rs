//! Claude Code's transcripts: `~/.claude/projects/FOLDER/SESSION.jsonl`, and `SESSION/subagents/agent-ID.jsonl` beside it.
//!
//! Lines are only ever appended. Each is a message, or what Claude Code notes beside them; one message of the model is
//! several lines of one `message.id`, each with the usage of the whole. `uuid` and `parentUuid` make a tree: a copy of a line
//! has the uuid of the first, and a prompt that hangs on an earlier place takes the conversation back to there. Clocks step
//! back, parents are missing, and lines of two writers run into each other: the order is that of the file, always.

mod calls;
mod kinds;
mod lanes;
mod said;
mod sniff;
mod spent;
mod system;
mod tree;
mod turns;

use super::fields::Fields;
use super::{Beside, Format, Line, LineText, Out, Reader, Sniff, Told};
use crate::domain::{AgentFace, At, By, Capabilities, ConfigOption, Event, LaneId, Notice, Source, Workplace};
use crate::shapes::claude::plans::Plan;
use std::borrow::Cow;
use std::path::Path;

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct ClaudeCode;

impl Format for ClaudeCode {
    fn name(&self) -> &'static str {
        "claude"
    }

    fn tool(&self) -> &'static str {
        "Claude Code"
    }

    fn sniff(&self, head: &[u8]) -> Sniff {
        sniff::sniff(head)
    }

    fn beside(&self, path: &Path) -> Vec<Beside> {
        sniff::beside(path)
    }

    fn when(&self, line: &[u8]) -> Option<At> {
        sniff::when(line)
    }

    fn reader(&self, name: &str, beside: &[Beside]) -> Box<dyn Reader> {
        Box::new(Claude::new(name, beside))
    }
}

/// A reader of one session.
#[derive(Debug, Default)]
struct Claude {
    /// The file's name, without its ending.
    name: String,
    /// What was told before it was known where the session works.
    waiting: Vec<Told>,
    begun: bool,
    session: Option<String>,
    cwd: String,
    branch: Option<String>,
    version: Option<String>,
    model: Option<String>,
    mode: Option<String>,
    lanes: lanes::Lanes,
    calls: calls::Calls,
    turns: turns::Turns,
    queue: turns::Queue,
    spent: spent::Spent,
    tree: tree::Tree,
    plan: Plan,
    /// The message of the last line of each lane, and how many blocks of it there were.
    blocks: std::collections::HashMap<LaneId, (String, usize)>,
    /// What each lane's last request carried.
    carried: std::collections::HashMap<LaneId, u64>,
    /// A title, and the line that it speaks of where that has not come yet.
    titles: Vec<(u128, String)>,
}

impl Reader for Claude {
    fn line(&mut self, file: usize, line: Line<'_>, out: &mut Out) {
        out.at_line(file, line.number);
        let before = out.told.len();
        match line.text {
            LineText::Bytes(b"") => {}
            LineText::Bytes(bytes) => {
                let text = String::from_utf8_lossy(bytes);
                self.objects(out, file, &text);
                if matches!(text, Cow::Owned(_)) {
                    out.damaged("bytes that are no text; each stands as a mark", "");
                }
            }
            LineText::TooLong(length) => {
                out.damaged(format!("{length} bytes on one line: it was passed over"), "");
            }
        }
        if !self.begun {
            self.waiting.extend(out.told.drain(before..));
        }
    }

    fn end(&mut self, out: &mut Out) {
        out.at_time(None);
        self.begin(out);
        self.turn_over(out);
        self.calls.close(out, None);
        self.lanes.end_all(out);
    }
}

impl Claude {
    fn new(name: &str, beside: &[Beside]) -> Self {
        let lanes = lanes::Lanes::new(name, beside);
        Self { name: name.to_owned(), lanes, ..Self::default() }
    }

    /// A line mostly holds one object. Where an end of line was lost there are two, and both count.
    fn objects(&mut self, out: &mut Out, file: usize, text: &str) {
        let mut objects = serde_json::Deserializer::from_str(text).into_iter::<Fields<'_>>();
        loop {
            let from = objects.byte_offset();
            let raw = |to: usize| text.get(from..to).unwrap_or_default();
            match objects.next() {
                None => return,
                Some(Ok(fields)) => self.object(out, file, &fields, raw(objects.byte_offset())),
                Some(Err(error)) if error.is_data() => {
                    return out.unrecognised(LaneId::ROOT, "JSON that is no object", raw(text.len()));
                }
                Some(Err(error)) => {
                    let why = if error.is_eof() { "it ends in its middle" } else { "it is no JSON" };
                    return out.damaged(format!("{why}, at column {}", error.column()), raw(text.len()));
                }
            }
        }
    }

    fn object(&mut self, out: &mut Out, file: usize, entry: &Fields<'_>, raw: &str) {
        let said_at = entry.text("timestamp").and_then(|text| sniff::time(&text));
        out.at_time(said_at);
        let kind = entry.text("type").unwrap_or_default();
        let uuid = entry.text("uuid").map(|uuid| tree::key(&uuid));
        let print = tree::print_of(&kind, said_at, raw.len());
        let message = entry.object("message");
        let essence = tree::essence(&kind, said_at, entry, message.as_ref()).filter(|_| uuid.is_some());
        if uuid.is_some_and(|uuid| self.tree.is_again(uuid, print, essence)) {
            out.again += 1;
            return;
        }
        self.session_is(out, entry, &kind);
        let lane = self.lane_of(out, file, entry, uuid);
        let turn = self.turns.number();
        match &*kind {
            "user" => self.user(out, lane, entry, message.as_ref(), raw),
            "assistant" => self.assistant(out, lane, entry, message.as_ref(), raw),
            "system" => self.system(out, lane, entry, raw),
            "progress" => self.progress(out, lane, entry, raw),
            "attachment" => self.attachment(out, lane, entry, raw),
            kind => self.noted(out, kind, entry, raw),
        }
        if let Some(uuid) = uuid {
            // What begins a turn belongs to it; what is said after its end, to the one before.
            self.tree.is_there(uuid, self.turns.number().max(turn), print, essence);
            self.title_of(out, uuid);
        }
        // What waits for a turn, or is noted about one, says nothing of how long it took.
        if lane == LaneId::ROOT && uuid.is_some() && !entry.is("isMeta") {
            self.turns.heard(said_at);
        }
    }

    /// Who and where: the session begins where it is first said where it works.
    fn session_is(&mut self, out: &mut Out, entry: &Fields<'_>, kind: &str) {
        let session = entry.owned("sessionId");
        if !self.begun && (entry.raw("cwd").is_some() || matches!(kind, "user" | "assistant")) {
            self.cwd = entry.owned("cwd").or_else(|| entry.owned("workspace")).unwrap_or_default();
            self.branch = entry.owned("gitBranch");
            self.session = session.clone();
            self.begin(out);
        }
        if !self.begun {
            self.session = session.or(self.session.take());
            return;
        }
        if session.is_some() && session != self.session && !entry.is("isSidechain") {
            self.session = session;
            self.source(out);
            let id = self.session.as_deref().unwrap_or_default();
            out.note(LaneId::ROOT, Notice::Info, format!("from here on the transcript is of the session {id}"));
        }
        if let Some(version) = entry.owned("version").filter(|version| self.version.as_ref() != Some(version)) {
            self.version = Some(version);
            self.face(out);
        }
        let branch = entry.owned("gitBranch");
        if branch.is_some() && branch != self.branch && kind == "user" {
            self.branch = branch;
            self.place(out);
        }
        if let Some(mode) = entry.owned("permissionMode") {
            self.mode_is(out, &mode);
        }
    }

    fn begin(&mut self, out: &mut Out) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        let short = self.session.as_deref().unwrap_or(&self.name).chars().take(8).collect::<String>();
        // What was told before stands behind the beginning.
        self.waiting.append(&mut out.told);
        out.event(
            LaneId::ROOT,
            Event::SessionStarted {
                name: format!("claude-{short}"),
                agent: "claude".to_owned(),
                driver: "transcript".to_owned(),
                cwd: self.cwd.clone(),
                command: Vec::new(),
                env: Vec::new(),
            },
        );
        self.place(out);
        self.source(out);
        self.face(out);
        out.event(LaneId::ROOT, Event::Opened);
        out.told.append(&mut self.waiting);
    }

    fn place(&self, out: &mut Out) {
        if let Some(branch) = &self.branch {
            let place = Workplace { folder: self.cwd.clone(), branch: Some(branch.clone()), ..Workplace::default() };
            out.event(LaneId::ROOT, Event::Placed { place: Box::new(place) });
        }
    }

    fn source(&self, out: &mut Out) {
        if let Some(native) = self.session.clone() {
            let source = Source { channel: "transcript".to_owned(), vendor: "claude-code".to_owned(), native };
            out.event(LaneId::ROOT, Event::SourceAttached { source });
        }
    }

    fn face(&self, out: &mut Out) {
        let face = AgentFace {
            name: Some("claude-code".to_owned()),
            title: Some("Claude Code".to_owned()),
            version: self.version.clone(),
        };
        out.event(LaneId::ROOT, Event::Connected { face, can: Capabilities::default(), login: Vec::new() });
    }

    fn mode_is(&mut self, out: &mut Out, mode: &str) {
        if self.mode.as_deref() != Some(mode) {
            self.mode = Some(mode.to_owned());
            out.event(LaneId::ROOT, Event::ModeChanged { mode: mode.to_owned(), by: By::Agent });
        }
    }

    fn model_is(&mut self, out: &mut Out, model: &str) {
        if self.model.as_deref() == Some(model) {
            return;
        }
        self.model = Some(model.to_owned());
        let option = ConfigOption {
            id: "model".to_owned(),
            name: "Model".to_owned(),
            category: Some("model".to_owned()),
            current: model.to_owned(),
            values: Vec::new(),
            switch: false,
        };
        out.event(LaneId::ROOT, Event::OptionsOffered { options: vec![option] });
    }
}
