//! What a tool does, by its name and arguments. (Facts about Claude's own tools; others are not known.)

use crate::domain::{FileChange, Impact, Place, Text};
use crate::shapes::look;
use serde_json::Value;

/// What is known of a call from its arguments.
#[derive(Debug, Default)]
pub struct Known {
    /// A title for people.
    pub title: Option<String>,
    /// What it may do.
    pub impact: Impact,
    /// The command line, where it runs one.
    pub command: Option<String>,
    /// Files it speaks of.
    pub places: Vec<Place>,
    /// What it would write.
    pub changes: Vec<FileChange>,
}

/// A tool's name: subagents are begun by a tool that the stream and the hooks call by two names.
#[must_use]
pub fn name(tool: &str) -> &str {
    if tool == "Task" { "Agent" } else { tool }
}

/// What a tool may do. Asking its human and showing them a plan are no mere thoughts: they wait for an answer.
#[must_use]
pub fn impact(tool: &str) -> Impact {
    match tool {
        "Read" | "Glob" | "Grep" | "LS" | "NotebookRead" => Impact::Read,
        "TodoWrite" | "TodoRead" | "TaskCreate" | "TaskUpdate" | "TaskGet" | "TaskList" | "TaskOutput"
        | "BashOutput" | "Task" | "Agent" | "EnterPlanMode" | "ToolSearch" => Impact::Think,
        "Edit" | "MultiEdit" | "Write" | "NotebookEdit" => Impact::Edit,
        "Bash" | "PowerShell" | "Monitor" => Impact::Execute,
        "WebFetch" | "WebSearch" => Impact::Fetch,
        _ => Impact::Other,
    }
}

/// Reads the arguments of a call. `cwd` is where a search looks that names no folder.
#[must_use]
pub fn known(tool: &str, input: &Value, cwd: &str) -> Known {
    let text = |key: &str| look::text(input, key);
    let path = look::first_text(input, &["file_path", "notebook_path", "path"]).filter(|path| !path.is_empty());
    let line = input.get("offset").and_then(look::count).and_then(|line| u32::try_from(line).ok());
    let mut places: Vec<Place> =
        path.map(|path| Place { path: path.to_owned(), line: line.filter(|line| *line > 0) }).into_iter().collect();
    if places.is_empty() && matches!(tool, "Glob" | "Grep" | "LS") {
        places.push(Place { path: cwd.to_owned(), line: None });
    }
    // What is looked for by a pattern of names may lie anywhere.
    let glob = match tool {
        "Glob" => text("pattern"),
        "Grep" => text("glob"),
        _ => None,
    };
    if let Some(glob) = glob.filter(|glob| !glob.is_empty()) {
        let base =
            path.filter(|_| !glob.starts_with(['/', '~'])).map(|base| format!("{}/", base.trim_end_matches('/')));
        places.push(Place { path: format!("{}{glob}", base.unwrap_or_default()), line: None });
    }
    let name = path.map(|path| path.rsplit('/').next().unwrap_or(path));
    let title = match tool {
        "Bash" | "PowerShell" | "Monitor" | "Task" | "Agent" => text("description").map(str::to_owned),
        "Glob" | "Grep" => text("pattern").map(|pattern| format!("{tool} {pattern}")),
        "WebFetch" => text("url").map(|url| format!("Fetch {url}")),
        "WebSearch" => text("query").map(|query| format!("Search the web: {query}")),
        "TaskCreate" => text("subject").map(|subject| format!("Plan: {subject}")),
        "Skill" => look::first_text(input, &["skill", "command"]).map(|skill| format!("Skill {skill}")),
        "AskUserQuestion" => look::list(input, "questions").first().and_then(|it| look::owned(it, "question")),
        "ExitPlanMode" => Some("Plan ready: leave the plan mode".to_owned()),
        _ => name.map(|name| format!("{tool} {name}")),
    };
    Known {
        title: Some(title.unwrap_or_else(|| tool.to_owned())),
        impact: impact(tool),
        command: text("command").filter(|_| impact(tool) == Impact::Execute).map(str::to_owned),
        places,
        changes: path.map(|path| changes(tool, input, path)).unwrap_or_default(),
    }
}

/// Whether the arguments would write all that the tool is known to write: a tool that is not known may do more.
#[must_use]
pub fn is_whole(impact: Impact, known: &Known) -> bool {
    match impact {
        Impact::Edit => !known.changes.is_empty() && known.changes.iter().all(|change| !change.fragment),
        Impact::Execute => known.command.is_some(),
        Impact::Read | Impact::Think | Impact::Fetch | Impact::Other | Impact::Delete | Impact::Move => true,
    }
}

fn changes(tool: &str, input: &Value, path: &str) -> Vec<FileChange> {
    let piece = |old: Option<&str>, new: Option<&str>| FileChange {
        path: path.to_owned(),
        old: old.map(Text::from),
        new: new.map(Text::from),
        fragment: true,
        line: None,
        patch: None,
        moved_to: None,
    };
    let edit = |edit: &Value| {
        let (old, new) = (look::text(edit, "old_string"), look::text(edit, "new_string"));
        // An edit of nothing makes a file.
        let whole = old == Some("");
        FileChange { fragment: !whole, ..piece(old.filter(|old| !old.is_empty()), new) }
    };
    match tool {
        "Edit" => vec![edit(input)],
        "MultiEdit" => look::list(input, "edits").iter().map(edit).collect(),
        "Write" => vec![FileChange { fragment: false, ..piece(None, look::text(input, "content")) }],
        "NotebookEdit" => {
            // The file holds its cells in a form of its own: as text only the lines of the cell can be shown.
            let source = look::text(input, "new_source").unwrap_or_default();
            let cell = look::first_text(input, &["cell_id", "edit_mode"]).unwrap_or("new");
            let lines: String = source.lines().flat_map(|line| ["+", line, "\n"]).collect();
            let shown = format!("@@ -0,0 +1,{} @@ cell {cell}\n{lines}", source.lines().count());
            vec![FileChange { patch: Some(Text::from(shown)), ..piece(None, None) }]
        }
        _ => Vec::new(),
    }
}
