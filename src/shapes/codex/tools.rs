//! What a call of Codex does, by its tool and arguments.

use super::{command, files, patch};
use crate::domain::{CallPatch, FileChange, Impact, Place, PlanItem, PlanStatus};
use crate::shapes::look;
use serde_json::Value;

/// What is known of a call from its arguments.
#[derive(Debug, Default)]
pub struct Known {
    /// All of it that a call can say.
    pub patch: CallPatch,
    /// It wants out of the sandbox: somebody is asked, or a rule allows it.
    pub escalated: bool,
}

/// Reads a call: its tool, the arguments (an object, or text where it is none), and where the session works.
#[must_use]
pub fn known(tool: &str, input: &Value, cwd: &str) -> Known {
    let text = |key: &str| look::text(input, key);
    let patched = match tool {
        "apply_patch" => input.as_str().or_else(|| look::first_text(input, &["input", "patch"])).map(str::to_owned),
        _ => None,
    };
    let line = command_of(tool, input);
    let inside = patched.as_deref().or(line.as_deref()).and_then(patch::inside);
    let changes = inside.map(patch::changes).unwrap_or_default();
    let (title, impact) = match tool {
        _ if !changes.is_empty() => (titled(&changes), impact_of(&changes)),
        "apply_patch" => ("change files".to_owned(), Impact::Edit),
        _ if line.is_some() => (line.clone().unwrap_or_default(), Impact::Execute),
        "write_stdin" => match text("chars").filter(|chars| !chars.is_empty()) {
            Some(chars) => (format!("type into a command that runs: {}", chars.escape_debug()), Impact::Execute),
            None => ("look at a command that runs".to_owned(), Impact::Read),
        },
        "update_plan" => ("update the plan".to_owned(), Impact::Think),
        "view_image" => (format!("look at {}", text("path").unwrap_or("an image")), Impact::Read),
        "web_search" => (web(input), Impact::Fetch),
        "tool_search" => (format!("search its tools: {}", text("query").unwrap_or_default()), Impact::Think),
        "image_generation" => ("make an image".to_owned(), Impact::Other),
        "list_mcp_resources" | "list_mcp_resource_templates" | "read_mcp_resource" => (tool.to_owned(), Impact::Read),
        "request_user_input" => {
            let first = look::list(input, "questions").first().and_then(|one| look::owned(one, "question"));
            (first.unwrap_or_else(|| "ask the human".to_owned()), Impact::Other)
        }
        // What a subagent does is told by itself.
        "spawn_agent" | "send_input" | "wait" | "wait_agent" | "close_agent" | "resume_agent" => {
            let words = look::first_text(input, &["message", "prompt"]).and_then(|words| words.lines().next());
            let said = format!("{}: {}", tool.replace('_', " "), words.unwrap_or_default());
            (said.trim_end_matches(": ").to_owned(), Impact::Think)
        }
        "exec" => ("a script that calls its tools".to_owned(), Impact::Other),
        _ => (tool.strip_prefix("mcp__").unwrap_or(tool).replacen("__", ".", 1), Impact::Other),
    };
    let mut places: Vec<Place> = Vec::new();
    for change in &changes {
        if !places.iter().any(|place| place.path == change.path) {
            places.push(Place { path: change.path.clone(), line: None });
        }
    }
    if let Some(path) = text("path").filter(|_| tool == "view_image") {
        places.push(Place { path: path.to_owned(), line: None });
    }
    let folder = look::first_text(input, &["workdir", "working_directory", "cwd"]);
    let patch = CallPatch {
        tool: Some(tool.to_owned()),
        title: Some(look::cut(&title).into()),
        impact: Some(impact),
        args: (!input.is_null()).then(|| look::canonical(input).into()),
        command: line.filter(|_| changes.is_empty()).map(Into::into),
        cwd: folder.filter(|folder| impact == Impact::Execute && *folder != cwd).map(str::to_owned),
        places: (!places.is_empty()).then_some(places),
        changes: (!changes.is_empty()).then_some(changes),
        ..CallPatch::default()
    };
    Known { patch, escalated: text("sandbox_permissions").is_some_and(|word| word != "use_default") }
}

/// The command line of a call: what its shell is given.
fn command_of(tool: &str, input: &Value) -> Option<String> {
    if !matches!(tool, "exec_command" | "shell" | "shell_command" | "container.exec" | "local_shell" | "bash") {
        return None;
    }
    let given = input.get("cmd").or_else(|| input.get("command"))?;
    line_of(given)
}

/// A command as a line: one text, or words, of which those of a shell that is given a script are passed over.
#[must_use]
pub fn line_of(given: &Value) -> Option<String> {
    let Some(words) = given.as_array() else { return given.as_str().map(command::inner) };
    let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
    match &words[..] {
        [] => None,
        [shell, "-lc" | "-c", script] if command::is_shell(shell) => Some((*script).to_owned()),
        ["apply_patch", patch] => Some((*patch).to_owned()),
        words => Some(words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")),
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:=,+@%^".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// A search of the web, in words.
#[must_use]
pub fn web(input: &Value) -> String {
    let of = input.get("action").filter(|action| action.is_object()).unwrap_or(input);
    match (look::first_text(of, &["query"]), look::text(of, "url"), look::text(of, "pattern")) {
        (Some(query), _, _) if !query.is_empty() => format!("search the web: {query}"),
        (_, Some(url), None) => format!("open {url}"),
        (_, url, Some(pattern)) => format!("find {pattern:?} in {}", url.unwrap_or("a page")),
        _ => "search the web".to_owned(),
    }
}

fn impact_of(changes: &[FileChange]) -> Impact {
    let is_gone = |change: &FileChange| change.old.is_none() && change.new.is_none();
    if changes.iter().any(is_gone) { Impact::Delete } else { Impact::Edit }
}

fn titled(changes: &[FileChange]) -> String {
    let mut paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
    paths.dedup();
    let verb = match changes.first() {
        Some(first) if !first.fragment => "create",
        Some(first) if first.old.is_none() && first.new.is_none() => "delete",
        _ => "edit",
    };
    files::named(verb, &paths)
}

/// The lines of a plan, under `plan`.
#[must_use]
pub fn plan(given: &Value) -> Vec<PlanItem> {
    let item = |step: &Value| {
        let status = match look::text(step, "status") {
            Some("inProgress" | "in_progress") => PlanStatus::Doing,
            Some("completed") => PlanStatus::Done,
            Some(_) | None => PlanStatus::Pending,
        };
        Some(PlanItem { text: look::text(step, "step")?.into(), status })
    };
    look::list(given, "plan").iter().filter_map(item).collect()
}
