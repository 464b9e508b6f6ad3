//! What a decision is on the wire. What can't be made of it is refused: never let through as something else.

use super::offers;
use crate::domain::{Decision, Topic};
use serde_json::{Map, Value, json};

/// The answer to a question, and the arguments that run by it; `None` where nothing runs.
pub(super) fn made(
    topic: &Topic,
    input: &Value,
    suggestions: &[Value],
    decision: &Decision,
) -> Result<(Value, Option<Value>), &'static str> {
    let allow = |input: Value| (json!({"behavior": "allow", "updatedInput": input}), Some(input));
    match decision {
        Decision::Allow { offer } | Decision::AllowFor { offer, .. } if offer == offers::ALLOW => {
            Ok(allow(input.clone()))
        }
        Decision::Allow { offer } | Decision::AllowFor { offer, .. } => {
            let suggestion = offers::suggestion(suggestions, offer).ok_or("that answer was not offered")?;
            let (mut response, runs) = allow(input.clone());
            response["updatedPermissions"] = json!([suggestion]);
            response["decisionClassification"] = json!("user_permanent");
            Ok((response, runs))
        }
        Decision::Edit { args, .. } => match args.inline().map(serde_json::from_str::<Value>) {
            Some(Ok(edited @ Value::Object(_))) => Ok(allow(edited)),
            Some(Ok(_) | Err(_)) => Err("the edited arguments are no JSON object"),
            None => Err("the edited arguments could not be read"),
        },
        // An answer to questions lets its call run, so that nothing else is answered by one.
        Decision::Reply { .. } if topic.is_call() => Err("it asks to run a call, and was given answers to questions"),
        Decision::Reply { given } => {
            let answers: Map<String, Value> =
                given.iter().map(|given| (given.question.clone(), Value::from(given.answers.join(", ")))).collect();
            match input.clone() {
                Value::Object(mut input) => {
                    input.insert("answers".to_owned(), Value::Object(answers));
                    Ok(allow(Value::Object(input)))
                }
                _ => Err("its questions are in a form that can't be answered"),
            }
        }
        Decision::Take { .. } => Err("a part of a change has to be made into whole arguments first"),
        Decision::Deny { reason, .. } => Ok((refusal(reason.as_deref()), None)),
    }
}

/// A refusal, with the reason in it. (`interrupt` is never sent along: Claude drops the reason then.)
pub(super) fn refusal(reason: Option<&str>) -> Value {
    let message = match reason.map(str::trim).filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("This call was declined: {reason}"),
        None => "The user declined this call.".to_owned(),
    };
    json!({"behavior": "deny", "message": message})
}
