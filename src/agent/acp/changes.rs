//! Diffs of a call, made into file changes: whole files told from fragments, as far as the wire gives evidence.
//!
//! ACP has one form, `{path, oldText, newText}`, and agents put either the whole file or a piece into it (acp.md, 14). A
//! change counts as whole where one of these holds, else as a fragment:
//! - there is no old text (a new file), or the diff says `add` or `delete` of itself (`_meta.kind`);
//! - the diff says `modify` of itself: only agents with whole files write that word (codex's fragments say `update`);
//! - the agent is known to send whole files (gemini, qwen and hermes by name, goose by its `_meta.goose`);
//! - a unified diff beside it shows the old text's lines at exactly these line numbers (opencode);
//! - its new text is the content that the arguments write (`content`, `file_text`).
//!
//! A fragment's line comes from `locations`, or from a unified diff beside it. The hub may compare with the disk.

use super::look;
use super::patch::{self, FilePatch};
use crate::domain::{FileChange, Place, Text};
use serde_json::{Map, Value};

/// A diff as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Diff {
    path: String,
    old: Option<String>,
    new: Option<String>,
    /// Its word for itself: `add`, `modify`, `update`, `delete`.
    word: Option<String>,
}

/// What is known beside the diffs.
pub(super) struct Evidence<'c> {
    /// The call's arguments.
    pub(super) args: Option<&'c Value>,
    /// The arguments in its question, where they are others: some agents show a patch there and nowhere else (copilot).
    pub(super) asked: Option<&'c Value>,
    /// The files that the call speaks of.
    pub(super) places: &'c [Place],
    /// The agent is known to send whole files.
    pub(super) whole_files: bool,
}

impl Diff {
    /// Reads a `diff` block.
    pub(super) fn read(block: &Value) -> Self {
        let owned = |key: &str| look::text(block, key).map(str::to_owned);
        Self {
            path: owned("path").unwrap_or_default(),
            old: owned("oldText"),
            new: owned("newText"),
            word: look::at(block, &["_meta", "kind"]).and_then(Value::as_str).map(str::to_owned),
        }
    }

    /// The file that it is about.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

/// The changes that a call would make, by its last diffs and its arguments.
pub(super) fn changes(diffs: &[Diff], evidence: &Evidence) -> Vec<FileChange> {
    let patches = patches(evidence);
    let mut changes: Vec<FileChange> =
        diffs.iter().enumerate().map(|(n, diff)| change(diff, nth(diffs, n), evidence, &patches)).collect();
    for piece in patches {
        let path = path_of(&piece, evidence);
        // What has no name is nobody's double: a change must not be left out.
        if path.is_empty() || !changes.iter().any(|change| same_file(&change.path, &path)) {
            let text = Some(piece.text.into());
            changes.push(FileChange {
                path,
                old: None,
                new: None,
                fragment: true,
                line: None,
                patch: text,
                moved_to: None,
            });
        }
    }
    if changes.is_empty() { replacement(evidence).into_iter().collect() } else { changes }
}

/// Which of the diffs of its file this one is, and how many there are.
fn nth(diffs: &[Diff], n: usize) -> (usize, usize) {
    let same = |diff: &&Diff| diff.path == diffs[n].path;
    (diffs[..n].iter().filter(same).count(), diffs.iter().filter(same).count())
}

fn change(diff: &Diff, (nth, of): (usize, usize), evidence: &Evidence, patches: &[FilePatch]) -> FileChange {
    let Diff { path, old, new, word } = diff;
    let patch =
        patches.iter().find(|piece| same_file(path, &path_of(piece, evidence))).map(|piece| piece.text.as_str());
    let word = word.as_deref().unwrap_or_default();
    let nothing = |text: &Option<String>| text.as_ref().is_none_or(String::is_empty);
    let text = |text: &Option<String>| text.as_deref().map(Text::from);
    let whole = |old, new| FileChange {
        path: path.clone(),
        old,
        new,
        fragment: false,
        line: None,
        patch: None,
        moved_to: None,
    };
    let written = || new.is_some() && evidence.args.is_some_and(|args| written_content(args) == new.as_deref());
    match word {
        "add" | "create" if nothing(old) => return whole(None, text(new)),
        "delete" | "remove" if nothing(new) => return whole(text(old), None),
        "modify" => return whole(text(old), text(new)),
        _ => {}
    }
    if old.is_none() || (nothing(old) && written()) {
        return whole(None, text(new));
    }
    let proved = patch.zip(old.as_deref()).is_some_and(|(patch, old)| patch::proves_whole(patch, old));
    if evidence.whole_files || proved || written() {
        return whole(text(old), text(new));
    }
    let here: Vec<&Place> = evidence.places.iter().filter(|place| place.path == *path).collect();
    let by_place = if here.len() == of { here.get(nth) } else { here.first() }.and_then(|place| place.line);
    let by_patch = || patch::line_of(patch?, old.as_deref()?);
    let line = by_place.or_else(by_patch);
    FileChange { path: path.clone(), old: text(old), new: text(new), fragment: true, line, patch: None, moved_to: None }
}

fn patches(evidence: &Evidence) -> Vec<FilePatch> {
    let said = [evidence.asked, evidence.args].into_iter().flatten();
    let diff = said.filter_map(|args| look::first_text(args, &["diff", "patch"])).map(patch::files);
    diff.into_iter().find(|files| !files.is_empty()).unwrap_or_default()
}

/// The file of a patch: what the arguments name, where they name one file; else the patch's own word.
fn path_of(piece: &FilePatch, evidence: &Evidence) -> String {
    let named = evidence.asked.and_then(path_in).or_else(|| evidence.args.and_then(path_in));
    let named = named.or_else(|| evidence.places.first().map(|place| place.path.as_str()));
    match (&piece.path, named) {
        (Some(own), Some(named)) if same_file(named, own) => named.to_owned(),
        (Some(own), _) => own.clone(),
        (None, named) => named.unwrap_or_default().to_owned(),
    }
}

/// Two names of one file: equal, or one is the end of the other (git drops the leading slash, replays keep base names).
fn same_file(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim_start_matches('/'), other.trim_start_matches('/'));
    one == other || one.ends_with(&format!("/{other}")) || other.ends_with(&format!("/{one}"))
}

const PATHS: [&str; 7] = ["file_path", "filePath", "filepath", "path", "fileName", "filename", "file"];

/// The file that arguments name.
pub(super) fn path_in(args: &Value) -> Option<&str> {
    look::first_text(args, &PATHS)
}

/// Whether arguments are a unified diff and the name of its file, and nothing else.
pub(super) fn is_only_a_patch(args: &Map<String, Value>) -> bool {
    let is_patch = |value: &Value| value.as_str().is_some_and(|text| !patch::files(text).is_empty());
    let is_diff = |key: &str| matches!(key, "diff" | "patch");
    args.keys().any(|key| is_diff(key))
        && args.iter().all(|(key, value)| PATHS.contains(&key.as_str()) || (is_diff(key) && is_patch(value)))
}

fn written_content(args: &Value) -> Option<&str> {
    look::first_text(args, &["content", "file_text", "fileText", "contents"])
}

/// A replacement that stands in the arguments alone: a file, an old text and a new one. Agents that give no diff with
/// their question give this (goose).
fn replacement(evidence: &Evidence) -> Option<FileChange> {
    const PAIRS: [(&str, &str); 6] = [
        ("old_string", "new_string"),
        ("oldString", "newString"),
        ("old_str", "new_str"),
        ("old_text", "new_text"),
        ("oldText", "newText"),
        ("before", "after"),
    ];
    let args = evidence.args?;
    let path = path_in(args)?.to_owned();
    let (old, new) = PAIRS.iter().find_map(|(old, new)| look::text(args, old).zip(look::text(args, new)))?;
    let line = evidence.places.iter().find(|place| place.path == path).and_then(|place| place.line);
    Some(FileChange {
        path,
        old: Some(old.into()),
        new: Some(new.into()),
        fragment: true,
        line,
        patch: None,
        moved_to: None,
    })
}

/// Whether a known whole change already says what this fragment says: then it is kept (opencode shows the whole file in
/// its question and a fragment at the end).
pub(super) fn is_told_by(fragment: &FileChange, whole: &FileChange) -> bool {
    let both = |change: &FileChange| -> Option<(String, String)> {
        let text = |text: &Option<Text>| text.as_ref()?.inline().map(str::to_owned);
        text(&change.old).zip(text(&change.new))
    };
    let (Some((old, new)), Some((whole_old, whole_new))) = (both(fragment), both(whole)) else { return false };
    fragment.fragment
        && !whole.fragment
        && fragment.path == whole.path
        && !old.is_empty()
        && whole_old.contains(&old)
        && (whole_old.replacen(&old, &new, 1) == whole_new || whole_old.replace(&old, &new) == whole_new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn one(diff: &Value, args: &Value, places: &[Place], whole_files: bool) -> FileChange {
        let evidence = Evidence { args: Some(args), asked: None, places, whole_files };
        let mut changes = changes(&[Diff::read(diff)], &evidence);
        assert_eq!(changes.len(), 1, "{changes:?}");
        changes.remove(0)
    }

    #[test]
    fn the_diffs_own_word_decides_first() {
        let say =
            |word: &str, old: Value| json!({"path": "/w/a", "oldText": old, "newText": "x", "_meta": {"kind": word}});
        let none = json!(null);
        assert!(!one(&say("modify", json!("y")), &none, &[], false).fragment);
        assert!(one(&say("update", json!("y")), &none, &[], false).fragment);
        let added = one(&say("add", json!("")), &none, &[], false);
        assert_eq!((added.fragment, added.old), (false, None));
        let gone = json!({"path": "/w/a", "oldText": "y", "newText": "", "_meta": {"kind": "delete"}});
        assert_eq!(one(&gone, &none, &[], false).new, None);
    }

    #[test]
    fn without_evidence_it_is_a_fragment_with_its_line_where_known() {
        let diff = json!({"path": "/w/a", "oldText": "x\n", "newText": "y\n"});
        let place = |line| Place { path: "/w/a".to_owned(), line };
        let plain = one(&diff, &json!({}), &[place(None)], false);
        assert_eq!((plain.fragment, plain.line), (true, None));
        assert_eq!(one(&diff, &json!({}), &[place(Some(7))], false).line, Some(7));
        assert!(!one(&diff, &json!({}), &[], true).fragment, "the agent is known to send whole files");
        let by_patch = json!({"fileName": "/w/a", "diff": "--- a/w/a\n+++ b/w/a\n@@ -3,2 +3,2 @@\n k\n-x\n+y\n"});
        let located = one(&diff, &by_patch, &[], false);
        assert_eq!((located.fragment, located.line, located.patch), (true, Some(4), None));
    }

    #[test]
    fn written_content_is_a_whole_file() {
        let diff = json!({"path": "/w/a", "oldText": "", "newText": "x\n"});
        let made = one(&diff, &json!({"path": "/w/a", "file_text": "x\n"}), &[], false);
        assert_eq!((made.fragment, made.old), (false, None));
        assert!(one(&diff, &json!({"path": "/w/a"}), &[], false).fragment);
    }

    #[test]
    fn arguments_alone_can_tell_a_change() {
        let none =
            |args: &Value| changes(&[], &Evidence { args: Some(args), asked: None, places: &[], whole_files: false });
        let pair = none(&json!({"path": "/w/a", "before": "x", "after": "y"}));
        assert_eq!((pair.len(), pair[0].fragment), (1, true));
        let patch = none(
            &json!({"fileName": "/w/a", "diff": "diff --git a/w/a b/w/a\n--- a/w/a\n+++ b/w/a\n@@ -1 +1 @@\n-x\n+y\n"}),
        );
        assert_eq!((patch[0].path.as_str(), &patch[0].old), ("/w/a", &None));
        assert!(patch[0].patch.is_some());
        assert_eq!(none(&json!({"path": "/w/a"})), []);
    }

    #[test]
    fn two_diffs_of_one_file_take_their_places_in_order() {
        let diff = |text: &str| Diff { path: "/w/a".into(), old: Some(text.into()), new: Some("n".into()), word: None };
        let places = [2, 9].map(|line| Place { path: "/w/a".to_owned(), line: Some(line) });
        let evidence = Evidence { args: None, asked: None, places: &places, whole_files: false };
        let lines: Vec<_> = changes(&[diff("a"), diff("b")], &evidence).iter().map(|change| change.line).collect();
        assert_eq!(lines, [Some(2), Some(9)]);
    }

    #[test]
    fn a_fragment_of_a_known_whole_says_nothing_new() {
        let change = |old: &str, new: &str, fragment| FileChange {
            path: "/w/a".into(),
            old: Some(old.into()),
            new: Some(new.into()),
            fragment,
            line: None,
            patch: None,
            moved_to: None,
        };
        let whole = change("a\nb\nc\n", "a\nB\nc\n", false);
        assert!(is_told_by(&change("b\n", "B\n", true), &whole));
        assert!(!is_told_by(&change("b\n", "X\n", true), &whole));
        assert!(!is_told_by(&change("", "", true), &whole));
    }
}
