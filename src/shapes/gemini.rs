//! Gemini CLI: its tools, what comes back of them, and its tokens.

use crate::domain::{CallPatch, FileChange, Impact, Place, PlanItem, PlanStatus, Text, Tokens};
use crate::shapes::look;
use serde_json::Value;

/// What a tool may do.
#[must_use]
pub fn impact(tool: &str) -> Impact {
    match tool {
        "read_file" | "read_many_files" | "list_directory" | "glob" | "grep_search" | "search_file_content" => {
            Impact::Read
        }
        "write_file" | "replace" | "edit" => Impact::Edit,
        "run_shell_command" => Impact::Execute,
        "web_fetch" | "google_web_search" => Impact::Fetch,
        "write_todos" | "activate_skill" | "codebase_investigator" => Impact::Think,
        _ => Impact::Other,
    }
}

/// What is known of a call from its arguments; `shown` is its name for people.
#[must_use]
pub fn known(tool: &str, args: &Value, shown: Option<&str>) -> CallPatch {
    let text = |key: &str| look::text(args, key);
    let path =
        look::first_text(args, &["file_path", "absolute_path", "path", "dir_path"]).filter(|path| !path.is_empty());
    let name = path.map(|path| path.rsplit(['/', '\\']).next().unwrap_or(path));
    let title = match tool {
        "run_shell_command" => look::first_text(args, &["description", "command"]).map(str::to_owned),
        "glob" | "grep_search" | "search_file_content" => {
            text("pattern").map(|pattern| format!("search for {pattern}"))
        }
        "google_web_search" => text("query").map(|query| format!("search the web: {query}")),
        "web_fetch" => text("prompt").map(|prompt| format!("fetch: {prompt}")),
        "read_file" => name.map(|name| format!("read {name}")),
        "write_file" => name.map(|name| format!("write {name}")),
        "replace" | "edit" => name.map(|name| format!("edit {name}")),
        "list_directory" => name.map(|name| format!("list {name}")),
        _ => shown.map(str::to_owned),
    };
    let changes = path.map(|path| changes(tool, args, path)).unwrap_or_default();
    CallPatch {
        tool: Some(tool.to_owned()),
        title: Some(look::cut(title.as_deref().unwrap_or(tool)).into()),
        impact: Some(impact(tool)),
        args: (!args.is_null()).then(|| look::canonical(args).into()),
        command: text("command").filter(|_| impact(tool) == Impact::Execute).map(Into::into),
        cwd: look::first_text(args, &["dir_path", "directory"])
            .filter(|_| impact(tool) == Impact::Execute)
            .map(str::to_owned),
        places: path
            .filter(|_| impact(tool) != Impact::Execute)
            .map(|path| vec![Place { path: path.to_owned(), line: None }]),
        changes: (!changes.is_empty()).then_some(changes),
        ..CallPatch::default()
    }
}

fn changes(tool: &str, args: &Value, path: &str) -> Vec<FileChange> {
    let change = |old: Option<&str>, new: Option<&str>, fragment| FileChange {
        path: path.to_owned(),
        old: old.map(Text::from),
        new: new.map(Text::from),
        fragment,
        line: None,
        patch: None,
        moved_to: None,
    };
    match tool {
        "write_file" => vec![change(None, look::text(args, "content"), false)],
        "replace" | "edit" => {
            let old = look::text(args, "old_string").filter(|old| !old.is_empty());
            vec![change(old, look::text(args, "new_string"), old.is_some())]
        }
        _ => Vec::new(),
    }
}

/// What an edit really changed: the file before and after it.
#[must_use]
pub fn changed(display: &Value) -> Option<FileChange> {
    let new = look::text(display, "newContent")?;
    let is_new = display.get("isNewFile") == Some(&Value::Bool(true));
    Some(FileChange {
        path: look::first_text(display, &["filePath", "fileName"])?.to_owned(),
        old: look::text(display, "originalContent").filter(|_| !is_new).map(Text::from),
        new: Some(Text::from(new)),
        fragment: false,
        line: None,
        patch: None,
        moved_to: None,
    })
}

/// The list of things to do that a call has written.
#[must_use]
pub fn plan(args: &Value) -> Option<Vec<PlanItem>> {
    let item = |todo: &Value| {
        let status = match look::text(todo, "status") {
            Some("in_progress") => PlanStatus::Doing,
            Some("completed") => PlanStatus::Done,
            // Said to be given up: not done.
            Some(_) | None => PlanStatus::Pending,
        };
        Some(PlanItem { text: look::first_text(todo, &["description", "content"])?.into(), status })
    };
    Some(args.get("todos")?.as_array()?.iter().filter_map(item).collect())
}

/// What the model was told of a call.
#[must_use]
pub fn output(call: &Value) -> Option<String> {
    let response = |part: &Value| {
        let response = look::at(part, &["functionResponse", "response"])?;
        look::first_text(response, &["output", "error"]).map(str::to_owned)
    };
    let told: Vec<String> = look::list(call, "result").iter().filter_map(response).collect();
    if told.is_empty() { look::owned(call, "resultDisplay") } else { Some(told.join("\n")) }
}

/// The exit code of a command, where its output says it.
#[must_use]
pub fn exit(output: &str) -> Option<i32> {
    output.lines().rev().find_map(|line| line.strip_prefix("Exit Code: "))?.trim().parse().ok()
}

/// What a message spent. Gemini counts what came from the cache as input too, and thoughts beside the output.
#[must_use]
pub fn spent(tokens: &Value) -> Option<Tokens> {
    let count = |key: &str| tokens.get(key).and_then(look::count);
    let (input, cached, thought) = (count("input")?, count("cached"), count("thoughts"));
    Some(Tokens {
        input: Some(input.saturating_sub(cached.unwrap_or(0)).saturating_add(count("tool").unwrap_or(0))),
        output: count("output").map(|output| output.saturating_add(thought.unwrap_or(0))),
        cache_read: cached,
        cache_write: None,
        thought,
        cumulative: false,
    })
}
