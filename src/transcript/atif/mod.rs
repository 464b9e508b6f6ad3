//! ATIF, the interchange format of trajectories: one JSON document with the steps of one agent, whichever it was. What its
//! subagents did stands in documents beside it, or inside of it; what came after its context was full, in a next one.

mod folder;
mod steps;

use super::documents::{self, Documents};
use super::fields::Fields;
use super::opening::Tool;
use super::talk::Talk;
use super::{Beside, Format, Line, Out, Reader, Sniff, heads};
use crate::domain::{At, LaneId, Notice, Tokens};
use crate::shapes::look;
use serde_json::Value;
use std::path::Path;

/// The format.
#[derive(Debug, Clone, Copy)]
pub struct Atif;

impl Format for Atif {
    fn name(&self) -> &'static str {
        "atif"
    }

    fn tool(&self) -> &'static str {
        "ATIF"
    }

    fn sniff(&self, head: &[u8]) -> Sniff {
        sniff(head)
    }

    fn beside(&self, path: &Path) -> Vec<Beside> {
        folder::beside(path)
    }

    fn when(&self, _: &[u8]) -> Option<At> {
        None
    }

    fn one_by_one(&self) -> bool {
        true
    }

    fn reader(&self, name: &str, beside: &[Beside]) -> Box<dyn Reader> {
        let named = |beside: &Beside| beside.about.clone();
        let names = beside.iter().map(named).collect();
        Box::new(Trajectory { talk: Talk::new(TOOL, name), names, ..Trajectory::default() })
    }
}

const TOOL: Tool = Tool { agent: "atif", vendor: "atif", title: "ATIF" };

/// Whether a file that begins like this is one.
fn sniff(head: &[u8]) -> Sniff {
    let text = heads::text(head);
    let other = || Sniff::Not("it is one JSON object of another tool".to_owned());
    if !text.starts_with('{') {
        return Sniff::Not("it is no JSON object".to_owned());
    }
    let is_one = match serde_json::Deserializer::from_str(&text).into_iter::<Fields<'_>>().next() {
        Some(Ok(fields)) => is_trajectory(&fields),
        // One that is longer than what is looked at, or was cut off.
        Some(Err(error)) if error.is_eof() => {
            let (head, steps) = documents::cut_off(&text, "steps");
            let head = head.unwrap_or_default();
            let head = serde_json::from_str::<Fields<'_>>(&head);
            head.is_ok_and(|head| {
                is_versioned(&head) || head.object("agent").is_some() && steps.first().is_some_and(is_step)
            })
        }
        _ => false,
    };
    if is_one { Sniff::Mine } else { other() }
}

fn is_trajectory(fields: &Fields<'_>) -> bool {
    let steps = || fields.value("steps").and_then(|steps| steps.get(0).cloned());
    fields.raw("steps").is_some()
        && (is_versioned(fields) || fields.object("agent").is_some() && steps().as_ref().is_some_and(is_step))
}

fn is_versioned(fields: &Fields<'_>) -> bool {
    fields.text("schema_version").is_some_and(|version| version.starts_with("ATIF"))
}

fn is_step(step: &Value) -> bool {
    step.get("step_id").is_some() && look::text(step, "source").is_some()
}

/// A reader of one trajectory.
#[derive(Debug, Default)]
struct Trajectory {
    talk: Talk,
    documents: Documents,
    /// How the documents beside the first are called where they are named.
    names: Vec<String>,
    /// The documents that were not told yet, by their numbers.
    waiting: Vec<(usize, Value)>,
    /// Calls without an id of their own.
    unnamed: u32,
    /// What its steps spent so far, and its price.
    spent: Option<Tokens>,
    dollars: f64,
    /// Subagents of subagents that are being told.
    deep: usize,
}

/// Subagents of subagents that are told where they stand; deeper ones are told at the end.
const DEEP: usize = 8;
/// Documents of one trajectory that are told.
const MOST: usize = 1024;

impl Reader for Trajectory {
    fn line(&mut self, file: usize, line: Line<'_>, out: &mut Out) {
        out.at_line(file, line.number);
        let before = out.told.len();
        self.documents.take(out, file, line);
        self.talk.open.keeps(out, before);
    }

    fn end(&mut self, out: &mut Out) {
        let before = out.told.len();
        for (file, document) in self.documents.all() {
            let values = documents::values(out, file, &document);
            let cut = || {
                let (head, steps) = documents::cut_off(&document, "steps");
                let mut value: Value = serde_json::from_str(&head?).ok()?;
                value["steps"] = Value::Array(steps);
                Some(value)
            };
            let values = if values.is_empty() { cut().into_iter().collect() } else { values };
            self.waiting.extend(values.into_iter().map(|value| (file, value)));
        }
        self.talk.open.keeps(out, before);
        let mut next = self.waiting.iter().position(|(file, _)| *file == 0);
        while let Some(at) = next {
            let (file, document) = self.waiting.remove(at);
            out.at_line(file, 1);
            self.document(out, &document);
            next = look::text(&document, "continued_trajectory_ref").and_then(|name| self.named(name));
        }
        // What nothing leads to is told all the same.
        while !self.waiting.is_empty() {
            let (file, document) = self.waiting.remove(0);
            out.at_line(file, 1);
            let name = self.names.get(file.saturating_sub(1)).cloned().unwrap_or_default();
            self.subagent(out, &name, None, &document);
        }
        self.talk.end(out);
    }
}

impl Trajectory {
    /// The place of the document that is called so.
    fn named(&self, name: &str) -> Option<usize> {
        let number = self.names.iter().position(|known| known == name)? + 1;
        self.waiting.iter().position(|(file, _)| *file == number)
    }

    /// The trajectory itself, or what follows it.
    fn document(&mut self, out: &mut Out, document: &Value) {
        let is_first = !self.talk.open.is_begun();
        let agent = document.get("agent").unwrap_or(&Value::Null);
        if is_first {
            let open = &mut self.talk.open;
            open.session = look::owned(document, "session_id").or_else(|| look::owned(document, "trajectory_id"));
            open.version = look::owned(agent, "version");
            open.named = look::owned(agent, "name");
            open.begin(out);
            if let Some(notes) = look::owned(document, "notes") {
                out.note(LaneId::ROOT, Notice::Info, notes);
            }
        }
        if let Some(model) = look::owned(agent, "model_name") {
            self.talk.open.model_is(out, &model);
        }
        self.inside(out, document);
        for step in look::list(document, "steps") {
            // What follows repeats what it knows of before.
            if !is_first && steps::is_copied(step) {
                out.again += 1;
                continue;
            }
            self.step(out, LaneId::ROOT, step);
        }
        let total = document.get("final_metrics").unwrap_or(&Value::Null);
        // Requests that came to nothing stand in no step.
        self.spent_in_all(out, steps::total(total), steps::cost(total, "total_cost_usd"));
    }

    /// What its subagents did, where it stands inside.
    fn inside(&mut self, out: &mut Out, document: &Value) {
        let all = look::list(document, "subagent_trajectories");
        let room = MOST.saturating_sub(self.waiting.len());
        self.waiting.extend(all.iter().take(room).map(|inner| (usize::MAX, inner.clone())));
        if all.len() > room {
            let text = format!("{} more subagents stand in it than are told", all.len() - room);
            out.note(LaneId::ROOT, Notice::Warning, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trajectories_are_known_and_others_are_not() {
        for head in [
            r#"{"schema_version":"ATIF-v1.5","session_id":"a","agent":{},"steps":[]}"#,
            r#"{"session_id":"a","agent":{"name":"x"},"steps":[{"step_id":1,"source":"user","message":"x"}]}"#,
            "{\n \"schema_version\": \"ATIF-v1.7\",\n \"agent\": {},\n \"steps\": [ {\"step_id\": 1, \"mess",
        ] {
            assert_eq!(sniff(head.as_bytes()), Sniff::Mine, "{head}");
        }
        for head in [r#"{"steps":[]}"#, r#"{"agent":"a","steps":[{"id":1}]}"#, r#"{"trajectory":[]}"#, "[1]", "x"] {
            assert!(matches!(sniff(head.as_bytes()), Sniff::Not(_)), "{head}");
        }
    }
}
