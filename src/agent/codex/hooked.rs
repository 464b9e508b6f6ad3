//! What the arguments of a tool show of its call, as the hook of Codex gives them: before there is an item.

use crate::agent::{hook, look};
use crate::domain::{CallPatch, Completeness, FileChange, Impact, Place, Text};
use serde_json::Value;

/// The name of a tool as the protocol has it.
pub(in crate::agent) fn tool(name: &str) -> String {
    match name {
        "Bash" => "exec_command".to_owned(),
        name => match name.strip_prefix("mcp__").and_then(|rest| rest.split_once("__")) {
            Some((server, tool)) => format!("{server}.{tool}"),
            None => name.to_owned(),
        },
    }
}

/// What a call may do. A command line that is a patch and nothing else is one: codex takes it for a file change.
pub(in crate::agent) fn impact(name: &str, input: &Value) -> Impact {
    match hook::impact_of(name) {
        Impact::Execute if look::text(input, "command").and_then(heredoc).is_some() => Impact::Edit,
        impact => impact,
    }
}

/// The patch of `apply_patch <<'EOF'`, where the line is that and nothing else, whatever a shell makes of it.
fn heredoc(line: &str) -> Option<&str> {
    let (head, rest) = line.trim_end().split_once('\n')?;
    let (tool, end) = head.split_once("<<")?;
    let (end, quoted) = match end.trim() {
        end if end.len() > 2 && end.starts_with(['\'', '"']) && end.ends_with(&end[..1]) => {
            (&end[1..end.len() - 1], true)
        }
        end => (end, false),
    };
    let patch = rest.strip_suffix(end)?.strip_suffix('\n')?;
    let plain = !end.is_empty() && end.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    // What ends it earlier, or what a shell would put into it, makes it more than a patch.
    let whole = !patch.lines().any(|line| line == end) && (quoted || !patch.contains(['$', '`', '\\']));
    let is_patch = patch.starts_with("*** Begin Patch\n") && patch.ends_with("*** End Patch");
    (matches!(tool.trim(), "apply_patch" | "applypatch") && plain && whole && is_patch).then_some(patch)
}

/// What a tool's arguments show of its call.
pub(in crate::agent) fn call(name: &str, input: &Value) -> (CallPatch, Completeness) {
    let impact = impact(name, input);
    let line = look::owned(input, "command");
    let patch = line.as_deref().and_then(heredoc).map(str::to_owned);
    let (tool, line) = match patch {
        Some(patch) => ("apply_patch".to_owned(), Some(patch)),
        None => (tool(name), line),
    };
    let shown = CallPatch { tool: Some(tool.clone()), impact: Some(impact), ..CallPatch::default() };
    match (impact, line) {
        (Impact::Execute, Some(line)) => {
            let patch = CallPatch { title: Some(look::cut(&line).into()), command: Some(line.into()), ..shown };
            (patch, Completeness::Whole)
        }
        (Impact::Edit, text) => {
            let text = text.or_else(|| look::owned(input, "input")).unwrap_or_default();
            let (changes, payload) = patched(&text);
            let mut paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
            paths.dedup();
            let title = Some(format!("edit {}", paths.join(", ")).into());
            let impact = Some(graver(&changes));
            (CallPatch { title, changes: Some(changes), impact, ..shown }, payload)
        }
        (Impact::Read, _) => {
            let places = look::owned(input, "path").map(|path| vec![Place { path, line: None }]);
            (CallPatch { title: Some(tool.into()), places, ..shown }, Completeness::Whole)
        }
        _ => (CallPatch { title: Some(tool.into()), ..shown }, Completeness::Whole),
    }
}

/// What a patch does, by the gravest of its parts.
fn graver(changes: &[FileChange]) -> Impact {
    if changes.iter().any(|change| change.new.is_none() && change.moved_to.is_none()) {
        Impact::Delete
    } else if changes.iter().any(|change| change.moved_to.is_some()) {
        Impact::Move
    } else {
        Impact::Edit
    }
}

/// The changes of a patch in codex's own form. What is not understood makes it a fragment.
fn patched(text: &str) -> (Vec<FileChange>, Completeness) {
    let mut changes: Vec<FileChange> = Vec::new();
    let mut payload = Completeness::Whole;
    let change = |path: &str, old: Option<&str>, new: Option<&str>, fragment: bool| FileChange {
        path: path.trim().to_owned(),
        old: old.map(Into::into),
        new: new.map(Into::into),
        fragment,
        line: None,
        patch: None,
        moved_to: None,
    };
    // The texts of the change that goes on: before and after.
    let (mut old, mut new) = (String::new(), String::new());
    let flush = |changes: &mut Vec<FileChange>, old: &mut String, new: &mut String| {
        let (old, new) = (std::mem::take(old), std::mem::take(new));
        let Some(last) = changes.last_mut().filter(|_| !(old.is_empty() && new.is_empty())) else { return };
        match (&last.old, &last.new) {
            // Another piece of the same file.
            (Some(was), _) if last.fragment && was.inline() != Some("") => {
                let piece = FileChange { old: Some(old.into()), new: Some(new.into()), ..last.clone() };
                changes.push(piece);
            }
            (Some(_), _) => (last.old, last.new) = (Some(old.into()), Some(new.into())),
            (None, _) => last.new = Some(new.into()),
        }
    };
    for line in text.lines() {
        let said = |head: &str| line.strip_prefix(head);
        if let Some(path) = said("*** Add File: ") {
            flush(&mut changes, &mut old, &mut new);
            changes.push(change(path, None, Some(""), false));
        } else if let Some(path) = said("*** Delete File: ") {
            flush(&mut changes, &mut old, &mut new);
            changes.push(change(path, Some(""), None, false));
        } else if let Some(path) = said("*** Update File: ") {
            flush(&mut changes, &mut old, &mut new);
            changes.push(change(path, Some(""), Some(""), true));
        } else if let Some(path) = said("*** Move to: ") {
            if let Some(last) = changes.last_mut() {
                last.moved_to = Some(path.trim().to_owned());
            }
        } else if line.starts_with("@@") {
            flush(&mut changes, &mut old, &mut new);
        } else if let Some(line) = said("+") {
            new.extend([line, "\n"]);
        } else if let Some(line) = said("-") {
            old.extend([line, "\n"]);
        } else if let Some(line) = said(" ") {
            old.extend([line, "\n"]);
            new.extend([line, "\n"]);
        } else if !matches!(line, "*** Begin Patch" | "*** End Patch" | "*** End of File" | "") {
            payload = Completeness::Fragment;
        }
    }
    flush(&mut changes, &mut old, &mut new);
    for moved in changes.iter_mut().filter(|change| change.moved_to.is_some()) {
        let is_empty = |side: &Option<Text>| side.as_ref().is_some_and(Text::is_empty);
        if is_empty(&moved.old) && is_empty(&moved.new) {
            // Its text stays.
            (moved.old, moved.new) = (None, None);
        }
    }
    if changes.is_empty() {
        payload = Completeness::TitleOnly;
    }
    (changes, payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_is_read_as_what_it_changes() {
        let text = "*** Begin Patch\n*** Add File: new.txt\n+one\n+two\n*** Update File: a.md\n*** Move to: b/a.md\n@@ here\n x\n-# A\n+# B\n@@\n-c\n+d\n*** Delete File: out\n*** End Patch\n";
        let (changes, payload) = patched(text);
        let inline = |text: &Option<crate::domain::Text>| text.as_ref().and_then(|it| it.inline()).map(str::to_owned);
        let seen: Vec<_> = changes.iter().map(|it| (it.path.as_str(), inline(&it.old), inline(&it.new))).collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(payload, Completeness::Whole);
        assert_eq!(
            seen,
            [
                ("new.txt", None, text("one\ntwo\n")),
                ("a.md", text("x\n# A\n"), text("x\n# B\n")),
                ("a.md", text("c\n"), text("d\n")),
                ("out", text(""), None),
            ]
        );
        let moved: Vec<_> = changes.iter().map(|it| it.moved_to.as_deref()).collect();
        assert_eq!(moved, [None, Some("b/a.md"), Some("b/a.md"), None]);
        let only = patched("*** Begin Patch\n*** Update File: a\n*** Move to: b\n*** End Patch\n").0;
        assert_eq!((only.len(), &only[0].old, &only[0].new), (1, &None, &None), "its text stays");
        assert_eq!(
            (graver(&changes), graver(&changes[..2]), graver(&changes[..1])),
            (Impact::Delete, Impact::Move, Impact::Edit)
        );
        assert_eq!(patched("rm -rf").1, Completeness::TitleOnly);
        assert_eq!(patched("*** Update File: a\nwhat\n").1, Completeness::Fragment);
    }

    #[test]
    fn a_line_that_is_a_patch_and_nothing_else_is_one() {
        let patch = "*** Begin Patch\n*** Add File: a\n+one\n*** End Patch";
        let line = |head: &str, end: &str| format!("{head}\n{patch}\n{end}");
        for line in
            [line("apply_patch <<'EOF'", "EOF\n"), line("apply_patch <<EOF", "EOF"), line("applypatch << \"X\"", "X")]
        {
            assert_eq!(heredoc(&line), Some(patch), "{line}");
            assert_eq!(impact("Bash", &serde_json::json!({"command": line})), Impact::Edit);
            let (call, payload) = call("Bash", &serde_json::json!({"command": line}));
            assert_eq!((call.tool.as_deref(), payload), (Some("apply_patch"), Completeness::Whole));
            assert_eq!((call.changes.unwrap()[0].path.as_str(), call.command), ("a", None));
        }
        for other in [
            line("apply_patch <<'EOF'", "EOF\nrm -rf x"),
            line("apply_patch <<'EOF'", "EOF; rm x"),
            line("rm x; apply_patch <<'EOF'", "EOF"),
            line("apply_patch <<'EOF' && rm x", "EOF"),
            line("apply_patch <<'EOF' > out", "EOF"),
            line("apply_patch <<'EOF'\nEOF\nrm x; cat <<'EOF'", "EOF"),
            line("apply_patch <<", ""),
            line("cat <<'EOF'", "EOF"),
            line("apply_patch <<EOF", "EOF").replace("+one", "+$(rm x)"),
            line("apply_patch <<EOF", "EOF").replace("+one", "+`rm x`"),
            "apply_patch".to_owned(),
        ] {
            assert_eq!(heredoc(&other), None, "{other}");
        }
    }

    #[test]
    fn tools_have_the_names_that_the_protocol_gives_them() {
        assert_eq!([tool("Bash"), tool("mcp__files__read"), tool("mcp__x")], ["exec_command", "files.read", "mcp__x"]);
    }
}
