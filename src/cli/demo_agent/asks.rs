//! Questions, a plan, and several calls that are alike: what a human is asked beside single calls.

use super::agent::{Forms, Step};
use super::call::{self, Call, Said};
use super::turn::Turn;
use super::{shell, story};
use serde_json::{Value, json};

/// Files that the sweep would change.
const SWEPT: [&str; 4] = ["CHANGES.md", "NOTES.md", "AUTHORS.md", "TODO.md"];

/// Several questions in one form: one choice with words of one's own beside it, several choices, words alone.
pub(super) fn question(turn: &mut Turn<'_>) -> Step {
    turn.say("Before I begin I need three answers.\n")?;
    if turn.agent.forms == Forms::Off {
        return turn.say("This client shows no forms, so I keep my questions to myself.\n");
    }
    let choice = |value: &str, about: &str| json!({"const": value, "title": value, "description": about});
    let params = json!({
        "mode": "form", "sessionId": turn.session_name(), "message": "How shall the prices be kept?",
        "requestedSchema": {"type": "object", "properties": {
            "a_store": {"type": "string", "title": "Store", "description": "Where are the prices kept?", "oneOf": [
                choice("Postgres", "one server, transactions"), choice("SQLite", "one file, no server"),
            ]},
            "a_store_custom": {"type": "string", "title": "Other", "description": "Another place"},
            "b_checks": {"type": "array", "title": "Checks", "description": "What is checked before a release?",
                "items": {"anyOf": [
                    choice("rounding", "cents add up"), choice("currency", "one only"), choice("tax", "by country"),
                ]}},
            "c_name": {"type": "string", "title": "Name", "description": "What shall the module be called?"},
        }},
    });
    let request = turn.agent.out.request("elicitation/create", &params);
    let result = turn.result(request)?;
    if result["action"] != "accept" {
        return turn.say("No answers: I leave it as it is.\n");
    }
    let given = &result["content"];
    let words = |value: &Value| match value {
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" and "),
        other => other.as_str().unwrap_or("nothing").to_owned(),
    };
    let store = if given["a_store_custom"].is_string() { &given["a_store_custom"] } else { &given["a_store"] };
    turn.say(&format!(
        "You said: store {}, checks {}, name {}.\n",
        words(store),
        words(&given["b_checks"]),
        words(&given["c_name"])
    ))
}

/// A plan that waits for a yes.
pub(super) fn plan(turn: &mut Turn<'_>) -> Step {
    turn.say("I have looked around, and this is what I would do.\n")?;
    let steps: Vec<String> = (1..).zip(story::PLAN).map(|(n, line)| format!("{n}. {line}")).collect();
    let steps = steps.join("\n");
    let plan = format!("# The lost cents\n\n{steps}\n\nNothing else is touched, and the tests run after each step.\n");
    let call = turn.open(Call {
        tool: "ExitPlanMode",
        kind: "switch_mode",
        title: "Ready to begin?".to_owned(),
        input: json!({"plan": plan}),
        ..Call::default()
    })?;
    let said = turn.asked(&call, "Yes, and allow edits for this session")?;
    turn.end(&call, if said == Said::No { "failed" } else { "completed" }, &[])?;
    match said {
        Said::Always => turn.session().edits_allowed = true,
        Said::Once => {}
        Said::No => return turn.say("Then I go on thinking.\n"),
    }
    turn.say("The plan is accepted: I begin.\n")
}

/// Several edits that are alike, and a command that is not: all asked for at once.
pub(super) fn sweep(turn: &mut Turn<'_>) -> Step {
    turn.say("The year stands in some files. I mend all of them.\n")?;
    let mut open = Vec::new();
    for name in SWEPT {
        let path = turn.path(name);
        let new = format!("# {name}\n\nLast looked through in 2026.\n");
        let call = turn.open(call::edit(name, &path, &new))?;
        let request = turn.ask(&call, "Allow edits for this session");
        open.push((request, call, Some((path, new))));
    }
    let check = "sh tests/check.sh";
    let call = turn.open(shell::command(check, "Run the tests"))?;
    let request = turn.ask(&call, "Allow this command for this session");
    open.push((request, call, None));
    let mut done = 0;
    for (request, call, edit) in open {
        if turn.answer(request)? == Said::No {
            turn.end(&call, "failed", &[])?;
            continue;
        }
        done += 1;
        match edit {
            Some((path, new)) => drop(turn.write_now(&call, &path, &new)?),
            None => turn.run_now(&call, check)?,
        }
    }
    turn.say(&format!("{done} of {} were allowed.\n", SWEPT.len() + 1))
}
