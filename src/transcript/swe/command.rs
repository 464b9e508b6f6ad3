//! Commands of SWE-agent: those of its own, which open and edit files, and any that a shell runs.

use crate::domain::{CallPatch, Impact, Place};
use crate::shapes::look;

/// What is known of a command by its words; `file` is the one that stood open.
pub(super) fn known(action: &str, file: Option<&str>) -> CallPatch {
    let action = action.trim_end();
    let (first, rest) = action.split_once(char::is_whitespace).unwrap_or((action, ""));
    let impact = match first {
        "open" | "goto" | "scroll_up" | "scroll_down" | "search_dir" | "search_file" | "find_file" | "view" => {
            Impact::Read
        }
        "create" | "edit" | "insert" | "append" | "str_replace_editor" | "undo_edit" => Impact::Edit,
        "submit" | "exit_cost" | "exit_context" | "exit_error" | "exit_forfeit" | "think" => Impact::Think,
        _ => Impact::Execute,
    };
    let runs = impact == Impact::Execute;
    let named =
        || rest.split_whitespace().next().map(|word| word.trim_matches(['"', '\''])).filter(|word| !word.is_empty());
    let path = match first {
        "open" | "create" | "find_file" => named(),
        "edit" | "goto" | "scroll_up" | "scroll_down" | "search_file" | "insert" | "append" => {
            file.filter(|file| !matches!(*file, "" | "n/a"))
        }
        _ => None,
    };
    let shown = action.lines().next().unwrap_or_default();
    CallPatch {
        tool: Some(if runs { "bash" } else { first }.to_owned()),
        title: Some(look::cut(shown).into()),
        impact: Some(impact),
        args: (!runs).then(|| look::canonical(&serde_json::json!({"action": action})).into()),
        command: runs.then(|| action.into()),
        places: path.map(|path| vec![Place { path: path.to_owned(), line: None }]),
        ..CallPatch::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_own_commands_are_no_shells() {
        let edit = known("edit 4:4\nx = 1\nend_of_edit\n", Some("/w/a.py"));
        assert_eq!((edit.tool.as_deref(), edit.impact), (Some("edit"), Some(Impact::Edit)));
        assert_eq!((edit.places.unwrap()[0].path.as_str(), edit.command), ("/w/a.py", None));
        assert_eq!(known("open \"/w/b.py\" 3", None).places.unwrap()[0].path, "/w/b.py");
        let run = known("python reproduce.py\n", Some("n/a"));
        assert_eq!((run.tool.as_deref(), run.impact), (Some("bash"), Some(Impact::Execute)));
        assert_eq!(run.command.unwrap().inline(), Some("python reproduce.py"));
        assert_eq!(known("", None).impact, Some(Impact::Execute));
    }
}
