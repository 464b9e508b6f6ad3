//! File changes: `add` and `delete` carry the file's text, `update` a unified diff without its names.

use crate::domain::{FileChange, Impact, Place};
use crate::shapes::look;
use serde_json::Value;

/// The changes of an item.
#[must_use]
pub fn changes(item: &Value) -> Vec<FileChange> {
    look::list(item, "changes").iter().filter_map(change).collect()
}

fn change(value: &Value) -> Option<FileChange> {
    let path = look::text(value, "path")?.to_owned();
    let diff = look::text(value, "diff").unwrap_or_default();
    let whole = |old, new| FileChange {
        path: path.clone(),
        old,
        new,
        fragment: false,
        line: None,
        patch: None,
        moved_to: None,
    };
    Some(match kind(value) {
        Some("add") => whole(None, Some(diff.into())),
        Some("delete") => whole(Some(diff.into()), None),
        // Whatever else it is called: what is shown is what it says.
        Some(_) | None => {
            let moved_to = moved_to(value).filter(|to| *to != path).map(str::to_owned);
            let to = moved_to.as_deref().unwrap_or(&path);
            // Codex writes it below its lines as well.
            let diff = diff.strip_suffix(to).and_then(|rest| rest.strip_suffix("\n\nMoved to: ")).unwrap_or(diff);
            let diff = Some(format!("--- {path}\n+++ {to}\n{diff}").into());
            FileChange { path: path.clone(), old: None, new: None, fragment: true, line: None, patch: diff, moved_to }
        }
    })
}

fn kind(value: &Value) -> Option<&str> {
    let kind = value.get("kind")?;
    kind.as_str().or_else(|| look::text(kind, "type"))
}

fn moved_to(value: &Value) -> Option<&str> {
    look::at(value, &["kind", "move_path"])?.as_str()
}

/// The files that it speaks of, those that it moves to as well.
#[must_use]
pub fn places(item: &Value) -> Vec<Place> {
    let both = |change: &Value| {
        let paths = [look::text(change, "path"), moved_to(change)];
        paths.into_iter().flatten().map(|path| Place { path: path.to_owned(), line: None }).collect::<Vec<_>>()
    };
    look::list(item, "changes").iter().flat_map(both).collect()
}

/// What it does, by the gravest of its parts.
#[must_use]
pub fn impact(item: &Value) -> Impact {
    let changes = look::list(item, "changes");
    if changes.iter().any(|change| kind(change) == Some("delete")) {
        Impact::Delete
    } else if changes.iter().any(|change| moved_to(change).is_some()) {
        Impact::Move
    } else {
        Impact::Edit
    }
}

/// It in words: `edit a.txt`, `create a.txt and 2 more`.
#[must_use]
pub fn title(item: &Value) -> String {
    let changes = look::list(item, "changes");
    let Some(first) = changes.first() else { return "change no file".to_owned() };
    let path = look::text(first, "path").unwrap_or("a file without a name");
    let head = match (kind(first), moved_to(first)) {
        (Some("add"), _) => format!("create {path}"),
        (Some("delete"), _) => format!("delete {path}"),
        (_, Some(to)) => format!("move {path} to {to}"),
        (_, None) => format!("edit {path}"),
    };
    and_more(head, changes.len())
}

/// Some files in words: `edit a.txt and 2 more`.
#[must_use]
pub fn named(verb: &str, paths: &[&str]) -> String {
    let first = paths.first().copied().unwrap_or("no file");
    and_more(format!("{verb} {first}"), paths.len())
}

fn and_more(head: String, count: usize) -> String {
    match count {
        0 | 1 => head,
        more => format!("{head} and {} more", more - 1),
    }
}

/// The changes of a rollout in the form of those on the wire: there they stand by their paths.
#[must_use]
pub fn of_map(changes: &Value) -> Value {
    let one = |(path, change): (&String, &Value)| {
        let diff = look::first_text(change, &["unified_diff", "content"]).unwrap_or_default();
        let kind = serde_json::json!({"type": look::text(change, "type"), "move_path": change.get("move_path")});
        serde_json::json!({"path": path, "kind": kind, "diff": diff})
    };
    let all: Vec<Value> = changes.as_object().into_iter().flatten().map(one).collect();
    serde_json::json!({ "changes": all })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_update_is_a_patch_with_its_names_and_the_others_are_whole_texts() {
        let item = json!({"changes": [
            {"path": "/w/a", "kind": {"type": "update", "move_path": null}, "diff": "@@ -1 +1 @@\n-a\n+b\n"},
            {"path": "/w/b", "kind": {"type": "add"}, "diff": "new\n"},
            {"path": "/w/c", "kind": {"type": "delete"}, "diff": "old\n"},
            {"path": "/w/d", "kind": {"type": "update", "move_path": "/w/e"}, "diff": ""},
            {"path": "/w/f", "kind": {"type": "sing"}, "diff": "la"},
            {"diff": "no path"},
        ]});
        let made = changes(&item);
        let patch = |n: usize| made[n].patch.as_ref().and_then(|text| text.inline()).map(str::to_owned);
        assert_eq!(patch(0).as_deref(), Some("--- /w/a\n+++ /w/a\n@@ -1 +1 @@\n-a\n+b\n"));
        assert_eq!((&made[1].old, &made[1].new), (&None, &Some("new\n".into())));
        assert_eq!((&made[2].old, &made[2].new), (&Some("old\n".into()), &None));
        assert_eq!(patch(3).as_deref(), Some("--- /w/d\n+++ /w/e\n"));
        assert!(patch(4).is_some(), "an unknown kind is shown as it came");
        assert_eq!(made.len(), 5);
        let paths: Vec<_> = places(&item).into_iter().map(|place| place.path).collect();
        assert_eq!(paths, ["/w/a", "/w/b", "/w/c", "/w/d", "/w/e", "/w/f"]);
        assert_eq!(impact(&item), Impact::Delete);
        assert_eq!(title(&item), "edit /w/a and 5 more");
    }
}
