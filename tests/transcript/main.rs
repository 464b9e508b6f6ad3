//! Transcripts of other tools: small ones, written for these tests, with what must come of them; and what holds for any bytes.
#![allow(clippy::unwrap_used, clippy::needless_pass_by_value, reason = "tests")]

mod any;
mod any_forms;
mod claude;
mod codex;
mod command;
mod copilot;
mod gemini;
mod opencode;
mod openhands;
mod ours;
mod pi;
mod seen;
mod trajectories;

use taut::domain::Event;
use taut::transcript::{Beside, Format, Lines, Out, Told, claude::ClaudeCode};

/// Reads a file of Claude Code that comes in these pieces; without its end where it still grows.
fn follow<'p>(pieces: impl IntoIterator<Item = &'p [u8]>, ends: bool) -> Out {
    follow_as(&ClaudeCode, pieces, ends)
}

/// Reads a file of a format that comes in these pieces.
fn follow_as<'p>(format: &dyn Format, pieces: impl IntoIterator<Item = &'p [u8]>, ends: bool) -> Out {
    let mut reader = format.reader("session", &[]);
    let (mut lines, mut out) = (Lines::default(), Out::default());
    for piece in pieces {
        lines.take(piece, &mut |line| reader.line(0, line, &mut out));
    }
    if ends {
        lines.end(&mut |line| reader.line(0, line, &mut out));
        reader.end(&mut out);
    }
    out
}

/// Reads a file whole.
fn whole(text: &str) -> Out {
    follow([text.as_bytes()], true)
}

/// Reads a session's file, and behind it those of its subagents: their names, what is said about them, their lines.
fn with_agents(text: &str, agents: &[(&str, &str, &str)]) -> Vec<Told> {
    let beside = |(name, about, _): &(&str, &str, &str)| Beside { path: name.into(), about: (*about).to_owned() };
    let beside: Vec<Beside> = agents.iter().map(beside).collect();
    let mut reader = ClaudeCode.reader("session", &beside);
    let mut out = Out::default();
    let texts = std::iter::once(text).chain(agents.iter().map(|(_, _, text)| *text));
    for (file, text) in texts.enumerate() {
        let mut lines = Lines::default();
        lines.take(text.as_bytes(), &mut |line| reader.line(file, line, &mut out));
        lines.end(&mut |line| reader.line(file, line, &mut out));
    }
    reader.end(&mut out);
    out.told
}

fn events(told: Vec<Told>) -> Vec<Event> {
    told.into_iter().map(|told| told.event).collect()
}
