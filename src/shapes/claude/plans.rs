//! Its lists of things to do: `TodoWrite` writes the whole list, newer versions keep one task a call.

use crate::domain::{PlanItem, PlanStatus};
use crate::shapes::look;
use serde_json::Value;

/// The tasks that were made one by one, in their order: id, words, status.
#[derive(Debug, Default)]
pub struct Plan {
    tasks: Vec<(String, String, PlanStatus)>,
}

impl Plan {
    /// A call went well that may have changed the list: the whole list, where it did.
    pub fn done(&mut self, tool: &str, input: &Value, result: &Value) -> Option<Vec<PlanItem>> {
        match tool {
            "TodoWrite" => {
                let item = |todo: &Value| {
                    let text = look::first_text(todo, &["content", "subject"])?;
                    Some(PlanItem { text: text.into(), status: status(look::text(todo, "status")) })
                };
                return Some(look::list(input, "todos").iter().filter_map(item).collect());
            }
            "TaskCreate" => {
                let made = result.get("task").unwrap_or(&Value::Null);
                let id = look::owned(made, "id")?;
                let words = look::first_text(made, &["subject"]).or_else(|| look::text(input, "subject"));
                self.tasks.push((id, words.unwrap_or("a task").to_owned(), PlanStatus::Pending));
            }
            "TaskUpdate" => {
                let id = look::text(input, "taskId")?;
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
                    return None;
                }
            }
            _ => return None,
        }
        Some(self.items())
    }

    fn items(&self) -> Vec<PlanItem> {
        let item = |(_, words, status): &(String, String, PlanStatus)| PlanItem {
            text: words.as_str().into(),
            status: *status,
        };
        self.tasks.iter().map(item).collect()
    }
}

fn status(word: Option<&str>) -> PlanStatus {
    match word {
        Some("in_progress") => PlanStatus::Doing,
        Some("completed") => PlanStatus::Done,
        _ => PlanStatus::Pending,
    }
}
