//! Tools that many agents have under like names: a shell, a file that is read or written, a text in it that is replaced, a
//! search. What they take is known by its shape; of a tool that is not known, its name and arguments alone are told.

use crate::domain::{CallPatch, FileChange, Impact, Place, PlanItem, PlanStatus, Text};
use crate::shapes::codex::patch;
use crate::shapes::look;
use serde_json::Value;

/// Keys of a path, a text that is replaced, what stands in its place, and what a file holds, as agents name them.
const PATH: [&str; 7] = ["filePath", "file_path", "path", "filename", "filepath", "absolute_path", "file"];
const OLD: [&str; 5] = ["oldString", "old_string", "old_str", "oldText", "old_text"];
const NEW: [&str; 5] = ["newString", "new_string", "new_str", "newText", "new_text"];
const CONTENT: [&str; 5] = ["content", "file_text", "fileText", "text", "contents"];

/// What a tool may do; of one that does several things, by what it is asked to do.
#[must_use]
pub fn impact(tool: &str, args: &Value) -> Impact {
    match tool.to_ascii_lowercase().as_str() {
        "read" | "view" | "read_file" | "readfile" | "cat" | "glob" | "grep" | "rg" | "find" | "ls" | "list"
        | "list_dir" | "list_directory" | "search" | "lsp" | "codesearch" | "codebase_search" | "read_bash"
        | "list_bash" | "show_file" => Impact::Read,
        "todowrite" | "todoread" | "todo_write" | "update_todo" | "task_tracker" | "think" | "report_intent"
        | "task" | "agent" | "finish" | "delegate" => Impact::Think,
        "str_replace_editor" | "file_editor" if look::text(args, "command") == Some("view") => Impact::Read,
        "edit" | "write" | "create" | "multiedit" | "patch" | "apply_patch" | "str_replace" | "write_file"
        | "edit_file" | "create_file" | "str_replace_editor" | "file_editor" => Impact::Edit,
        "bash"
        | "shell"
        | "terminal"
        | "execute_bash"
        | "powershell"
        | "run"
        | "exec"
        | "write_bash"
        | "local_shell"
        | "run_command"
        | "execute_ipython_cell"
        | "run_ipython" => Impact::Execute,
        "webfetch" | "websearch" | "web_fetch" | "web_search" | "fetch" | "browse" | "browse_interactive" => {
            Impact::Fetch
        }
        other if other.starts_with("browser") => Impact::Fetch,
        _ => Impact::Other,
    }
}

/// What is known of a call from its arguments; `shown` is its title for people, where the tool has one.
#[must_use]
pub fn known(tool: &str, args: &Value, shown: Option<&str>) -> CallPatch {
    let impact = impact(tool, args);
    let path = look::first_text(args, &PATH).filter(|path| !path.is_empty() && impact != Impact::Execute);
    let line = ["offset", "line", "insert_line"].iter().find_map(|key| args.get(*key).and_then(look::count));
    let line = line.and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0);
    let command = look::first_text(args, &["command", "cmd", "code", "input"]).filter(|_| impact == Impact::Execute);
    let changes = if impact == Impact::Edit { changes(args, path) } else { Vec::new() };
    let place = |path: &str| Place { path: path.to_owned(), line };
    let places = match path {
        Some(path) => vec![place(path)],
        None => changes.iter().map(|change| Place { path: change.path.clone(), line: None }).collect(),
    };
    let shown = shown.filter(|shown| !shown.trim().is_empty()).map(str::to_owned);
    CallPatch {
        tool: Some(tool.to_owned()),
        title: Some(look::cut(shown.unwrap_or_else(|| title(tool, args, path)).trim()).into()),
        impact: Some(impact),
        args: (!args.is_null()).then(|| look::canonical(args).into()),
        command: command.map(Into::into),
        cwd: look::first_text(args, &["workdir", "cwd"]).filter(|_| impact == Impact::Execute).map(str::to_owned),
        places: (!places.is_empty()).then_some(places),
        changes: (!changes.is_empty()).then_some(changes),
        ..CallPatch::default()
    }
}

fn title(tool: &str, args: &Value, path: Option<&str>) -> String {
    let name = path.map(|path| path.rsplit(['/', '\\']).next().unwrap_or(path));
    let said = look::first_text(args, &["description", "command", "cmd", "pattern", "query", "url", "intent"]);
    match (name, said) {
        (Some(name), None) => format!("{tool} {name}"),
        // What a file editor is told to do.
        (Some(name), Some(_)) if args.get("pattern").is_none() => format!("{tool} {name}"),
        (_, Some(said)) if args.get("pattern").is_some() => format!("{tool} {said}"),
        (_, Some(said)) => said.to_owned(),
        (None, None) => tool.to_owned(),
    }
}

fn changes(args: &Value, path: Option<&str>) -> Vec<FileChange> {
    let patched = args.as_str().or_else(|| look::first_text(args, &["patchText", "patch_text", "patch", "input"]));
    if let Some(patch) = patched.and_then(patch::inside) {
        return patch::changes(patch);
    }
    let Some(path) = path else { return Vec::new() };
    let change = |old: Option<&str>, new: Option<&str>, fragment| FileChange {
        path: path.to_owned(),
        old: old.map(Text::from),
        new: new.map(Text::from),
        fragment,
        line: None,
        patch: None,
        moved_to: None,
    };
    let swap = |edit: &Value| {
        let old = look::first_text(edit, &OLD).filter(|old| !old.is_empty());
        let new = look::first_text(edit, &NEW);
        (old.is_some() || new.is_some()).then(|| change(old, new.or(Some("")), true))
    };
    let swaps: Vec<FileChange> = look::list(args, "edits").iter().chain([args]).filter_map(swap).collect();
    if !swaps.is_empty() {
        return swaps;
    }
    look::first_text(args, &CONTENT).map(|text| change(None, Some(text), false)).into_iter().collect()
}

/// The list of things to do that a call has written.
#[must_use]
pub fn plan(args: &Value) -> Option<Vec<PlanItem>> {
    let item = |todo: &Value| {
        let status = match look::text(todo, "status") {
            Some("in_progress" | "in-progress" | "doing") => PlanStatus::Doing,
            Some("completed" | "done") => PlanStatus::Done,
            // Said to be given up: not done.
            Some(_) | None => PlanStatus::Pending,
        };
        Some(PlanItem { text: look::first_text(todo, &["content", "title", "description"])?.into(), status })
    };
    let all = args.get("todos").or_else(|| args.get("task_list"))?;
    if let Some(text) = all.as_str() {
        return Some(listed(text));
    }
    let items: Vec<PlanItem> = all.as_array()?.iter().filter_map(item).collect();
    (!items.is_empty()).then_some(items)
}

/// A list of things to do that is written as one of Markdown.
fn listed(text: &str) -> Vec<PlanItem> {
    let item = |line: &str| {
        let rest = line.trim_start().strip_prefix(['-', '*'])?.trim_start().strip_prefix('[')?;
        let (mark, text) = rest.split_once(']')?;
        let status = match mark.trim() {
            "" => PlanStatus::Pending,
            "x" | "X" => PlanStatus::Done,
            _ => PlanStatus::Doing,
        };
        Some(PlanItem { text: text.trim().into(), status })
    };
    text.lines().filter_map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_change_is_read_in_the_words_of_every_agent() {
        for args in [
            json!({"filePath": "/w/a", "oldString": "x", "newString": "y"}),
            json!({"path": "/w/a", "old_str": "x", "new_str": "y"}),
            json!({"path": "/w/a", "edits": [{"oldText": "x", "newText": "y"}]}),
            json!({"input": "*** Begin Patch\n*** Update File: /w/a\n@@\n-x\n+y\n*** End Patch"}),
        ] {
            let known = known("edit", &args, None);
            let change = known.changes.unwrap().remove(0);
            let trimmed = |text: Option<Text>| text.unwrap().inline().unwrap().trim_end().to_owned();
            assert_eq!((change.path.as_str(), change.fragment), ("/w/a", true), "{args}");
            assert_eq!((trimmed(change.old), trimmed(change.new)), ("x".to_owned(), "y".to_owned()), "{args}");
            assert_eq!(known.places.unwrap()[0].path, "/w/a");
        }
    }

    #[test]
    fn a_tool_with_many_faces_is_judged_by_what_it_is_asked() {
        let view = json!({"command": "view", "path": "/w/a"});
        assert_eq!(impact("file_editor", &view), Impact::Read);
        assert_eq!(known("file_editor", &view, None).title.unwrap().inline(), Some("file_editor a"));
        let create = json!({"command": "create", "path": "/w/a", "file_text": "x"});
        assert_eq!(known("file_editor", &create, None).changes.unwrap()[0].old, None);
        let run = known("bash", &json!({"command": "ls", "workdir": "/t"}), None);
        assert_eq!((run.command.unwrap().inline(), run.cwd.as_deref()), (Some("ls"), Some("/t")));
        assert_eq!(impact("made_up", &json!({})), Impact::Other);
    }

    #[test]
    fn lists_of_things_to_do_are_read_in_both_forms() {
        let both = [
            json!({"todos": "- [x] one\n- [ ] two"}),
            json!({"task_list": [{"title": "one", "status": "done"}, {"title": "two", "status": "todo"}]}),
        ];
        for args in both {
            let plan = plan(&args).unwrap();
            assert_eq!(
                plan.iter().map(|item| item.status).collect::<Vec<_>>(),
                [PlanStatus::Done, PlanStatus::Pending]
            );
        }
    }
}
