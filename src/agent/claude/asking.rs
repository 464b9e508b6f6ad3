//! About what a call asks: whether it may run, questions to the human, a plan. And what of an answer Claude can carry.

use super::look;
use crate::domain::{Asking, Carrier, Carries, Choice, Question, ReasonGoes, Text, Topic};
use serde_json::Value;

/// How a call of a tool asks.
pub(super) fn how(tool: &str, input: &Value) -> Asking {
    let topic = match tool {
        "AskUserQuestion" => match look::list(input, "questions").iter().map(question).collect::<Option<Vec<_>>>() {
            Some(questions) if !questions.is_empty() => Topic::Questions(questions),
            // In a form that we can't read, it is a call like any other.
            Some(_) | None => Topic::Call,
        },
        "ExitPlanMode" => look::owned(input, "plan").map_or(Topic::Call, |plan| Topic::Plan(Text::from(plan))),
        _ => Topic::Call,
    };
    let carries = Carries { edit: Carrier::Agent, part: Carrier::Agent, reason: ReasonGoes::Answer };
    Asking { topic, carries, ..Asking::default() }
}

/// An answer names a question by its words: Claude gives it no other name.
fn question(value: &Value) -> Option<Question> {
    let text = look::owned(value, "question")?;
    let choice = |option: &Value| {
        let about = look::text(option, "description").unwrap_or_default().to_owned();
        Some(Choice { label: look::owned(option, "label")?, about })
    };
    Some(Question {
        id: text.clone(),
        header: look::text(value, "header").unwrap_or_default().to_owned(),
        text,
        choices: look::list(value, "options").iter().filter_map(choice).collect(),
        many: value.get("multiSelect") == Some(&Value::Bool(true)),
        free: true,
        secret: false,
    })
}
