//! Its lists of things to do: `TodoWrite` writes the whole list, newer versions keep one task a call.

use super::look;
use super::out::Out;
use crate::domain::{Event, LaneId, PlanItem, PlanStatus};
use serde_json::Value;

/// The tasks that were made one by one, in their order: id, words, status.
#[derive(Debug, Default)]
pub(super) struct Plan {
    tasks: Vec<(String, String, PlanStatus)>,
}

impl Plan {
    /// A call went well that may have changed the list.
    pub(super) fn done(&mut self, out: &mut Out, lane: LaneId, tool: &str, input: &Value, result: &Value) {
        match tool {
            "TodoWrite" => {
                let item = |todo: &Value| {
                    let text = look::first_text(todo, &["content", "subject"])?;
                    Some(PlanItem { text: text.into(), status: status(look::text(todo, "status")) })
                };
                let items = look::list(input, "todos").iter().filter_map(item).collect();
                out.event(lane, Event::Planned { items });
            }
            "TaskCreate" => {
                let made = result.get("task").unwrap_or(&Value::Null);
                let Some(id) = look::owned(made, "id") else { return };
                let words = look::first_text(made, &["subject"]).or_else(|| look::text(input, "subject"));
                self.tasks.push((id, words.unwrap_or("a task").to_owned(), PlanStatus::Pending));
                self.tell(out, lane);
            }
            "TaskUpdate" => {
                let Some(id) = look::text(input, "taskId") else { return };
                let said = look::text(input, "status");
                if said == Some("deleted") {
                    self.tasks.retain(|(other, _, _)| other != id);
                } else if let Some(task) = self.tasks.iter_mut().find(|(other, _, _)| other == id) {
                    if let Some(words) = look::owned(input, "subject") {
                        task.1 = words;
                    }
                    if said.is_some() {
                        task.2 = status(said);
                    }
                } else {
                    return;
                }
                self.tell(out, lane);
            }
            _ => {}
        }
    }

    fn tell(&self, out: &mut Out, lane: LaneId) {
        let item = |(_, words, status): &(String, String, PlanStatus)| PlanItem {
            text: words.as_str().into(),
            status: *status,
        };
        out.event(lane, Event::Planned { items: self.tasks.iter().map(item).collect() });
    }
}

fn status(word: Option<&str>) -> PlanStatus {
    match word {
        Some("in_progress") => PlanStatus::Doing,
        Some("completed") => PlanStatus::Done,
        _ => PlanStatus::Pending,
    }
}
