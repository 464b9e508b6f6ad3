//! What stands in the name of the user: a human's words, commands of Claude Code's own console, what it tells its model.

use super::{Claude, Fields, Out};
use crate::domain::{CallId, CallStatus, Event, LaneId, Notice, Speaker};

impl Claude {
    /// The texts of a user's message. `beside`: they stand beside results, and begin no turn.
    pub(super) fn words(&mut self, out: &mut Out, lane: LaneId, entry: &Fields<'_>, texts: Vec<String>, beside: bool) {
        let mut said = Vec::new();
        for text in texts {
            if entry.is("isCompactSummary") {
                let message = Some("compaction".to_owned());
                out.event(lane, Event::Said { who: Speaker::Thought, message, text: text.into() });
            } else if text.starts_with("[Request interrupted by user") {
                if lane == LaneId::ROOT {
                    self.interrupted(out);
                }
            } else if text.starts_with("<task-notification>") {
                self.task_over(out, lane, entry, &text);
            } else if let Some(note) = noted(&text) {
                out.note(lane, Notice::Info, note);
            } else if entry.is("isMeta") {
                // In the user's name, but not by the user.
                out.note(lane, Notice::Info, text);
            } else if !text.trim().is_empty() {
                said.push(command(&text).unwrap_or(text));
            }
        }
        let text = said.join("\n");
        let is_prompt = lane == LaneId::ROOT && !entry.is("isMeta") && !beside;
        match (text.is_empty(), is_prompt) {
            (true, _) => {}
            (false, true) => self.prompt(out, entry, text),
            (false, false) => out.event(lane, Event::Said { who: Speaker::User, message: None, text: text.into() }),
        }
    }

    /// What went on behind is over, and the model is told so: it goes on by itself.
    pub(super) fn task_over(&mut self, out: &mut Out, lane: LaneId, entry: &Fields<'_>, text: &str) {
        let summary = tagged(text, "summary").unwrap_or("a background task is over").trim();
        let status = match tagged(text, "status") {
            Some("failed" | "killed" | "stopped") => CallStatus::Failed,
            _ => CallStatus::Done,
        };
        if let Some(lane) = tagged(text, "task-id").and_then(|task| self.lanes.end_agent(out, task)) {
            self.calls.close(out, Some(lane));
        }
        let call = tagged(text, "tool-use-id").map(CallId::from);
        if let Some(call) = call {
            self.calls.behind_ended(out, &call, status, summary);
        }
        if lane == LaneId::ROOT {
            self.began(out, entry, summary);
        } else {
            out.note(lane, Notice::Info, summary);
        }
    }
}

/// What stands in a tag.
pub(super) fn tagged<'t>(text: &'t str, tag: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{tag}>"))?;
    rest.split_once(&format!("</{tag}>")).map(|(inside, _)| inside)
}

/// A command of Claude Code's console as it was typed: `/model opus`.
fn command(text: &str) -> Option<String> {
    if !text.starts_with("<command-") {
        return None;
    }
    let name = tagged(text, "command-name")?.trim();
    let given = tagged(text, "command-args").unwrap_or_default().trim();
    Some(format!("{name} {given}").trim_end().to_owned())
}

/// What was done or seen beside the conversation.
pub(super) fn noted(text: &str) -> Option<String> {
    let text = text.trim_start();
    if let Some(command) = text.starts_with("<bash-input>").then(|| tagged(text, "bash-input")).flatten() {
        return Some(format!("a command was run beside the agent: {command}"));
    }
    if text.starts_with("<bash-stdout>") || text.starts_with("<bash-stderr>") {
        let both = ["bash-stdout", "bash-stderr"].map(|tag| tagged(text, tag).unwrap_or_default().trim());
        return Some(both.join("\n").trim().to_owned());
    }
    let tag =
        ["local-command-stdout", "local-command-stderr", "local-command-caveat", "ide_opened_file", "ide_selection"]
            .into_iter()
            .find(|tag| text.strip_prefix('<').is_some_and(|rest| rest.starts_with(tag)))?;
    tagged(text, tag).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_as_they_were_typed() {
        let text = "<command-message>x is running</command-message>\n<command-name>/x</command-name>\n<command-args>a b</command-args>";
        assert_eq!(command(text).as_deref(), Some("/x a b"));
        assert_eq!(command("<command-name>/exit</command-name>").as_deref(), Some("/exit"));
        assert_eq!(command("say <command-name>/x</command-name>"), None);
        assert_eq!(noted("<bash-stdout>out\n</bash-stdout><bash-stderr></bash-stderr>").as_deref(), Some("out"));
        assert_eq!(noted("<ide_opened_file>a.rs</ide_opened_file>").as_deref(), Some("a.rs"));
        assert_eq!(noted("<b>bold</b>"), None);
    }
}
