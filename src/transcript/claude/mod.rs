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
mod system;
mod tree;
mod turns;

use super::fields::Fields;
use super::opening::{Opening, Tool};
use super::spent::Spent;
use super::{Beside, Format, Line, Out, Reader, Sniff, objects, time};
use crate::domain::{At, LaneId, Notice};
use crate::shapes::claude::plans::Plan;
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
        time::of_line(line)
    }

    fn reader(&self, name: &str, beside: &[Beside]) -> Box<dyn Reader> {
        Box::new(Claude::new(name, beside))
    }
}

const TOOL: Tool = Tool { agent: "claude", vendor: "claude-code", title: "Claude Code" };

/// A reader of one session.
#[derive(Debug, Default)]
struct Claude {
    open: Opening,
    lanes: lanes::Lanes,
    calls: calls::Calls,
    turns: turns::Turns,
    queue: turns::Queue,
    spent: Spent,
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
        objects::each(out, line, &mut |out, entry, raw| self.object(out, file, entry, raw));
        self.open.keeps(out, before);
    }

    fn end(&mut self, out: &mut Out) {
        out.at_time(None);
        self.open.begin(out);
        self.turn_over(out);
        self.calls.close(out, None);
        self.lanes.end_all(out);
    }
}

impl Claude {
    fn new(name: &str, beside: &[Beside]) -> Self {
        let lanes = lanes::Lanes::new(name, beside);
        Self { open: Opening::new(TOOL, name), lanes, ..Self::default() }
    }

    fn object(&mut self, out: &mut Out, file: usize, entry: &Fields<'_>, raw: &str) {
        let said_at = entry.text("timestamp").and_then(|text| time::read(&text));
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
        if !self.open.is_begun() && (entry.raw("cwd").is_some() || matches!(kind, "user" | "assistant")) {
            self.open.cwd = entry.owned("cwd").or_else(|| entry.owned("workspace")).unwrap_or_default();
            self.open.branch = entry.owned("gitBranch");
            self.open.session = session.clone();
            self.open.begin(out);
        }
        if !self.open.is_begun() {
            self.open.session = session.or(self.open.session.take());
            return;
        }
        if session.is_some() && session != self.open.session && !entry.is("isSidechain") {
            self.open.session = session;
            self.open.source(out);
            let id = self.open.session.as_deref().unwrap_or_default();
            out.note(LaneId::ROOT, Notice::Info, format!("from here on the transcript is of the session {id}"));
        }
        if let Some(version) = entry.owned("version").filter(|version| self.open.version.as_ref() != Some(version)) {
            self.open.version = Some(version);
            self.open.face(out);
        }
        let branch = entry.owned("gitBranch");
        if branch.is_some() && branch != self.open.branch && kind == "user" {
            self.open.branch = branch;
            self.open.place(out);
        }
        if let Some(mode) = entry.owned("permissionMode") {
            self.open.mode_is(out, &mode);
        }
    }
}
