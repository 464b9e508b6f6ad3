//! Arguments of a call (`rawInput`): the command line and the folder in them, and what a question adds to them.

use super::look;
use crate::domain::fields::FOLDERS;
use serde_json::Value;

/// The command line that arguments run: `command` as a text, or as a list of words, or with `args` beside it.
pub(super) fn command(args: &Value) -> Option<String> {
    let said = args.get("command").or_else(|| args.get("cmd"))?;
    let words = |list: &[Value]| -> Option<Vec<String>> {
        list.iter().map(|word| word.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    };
    match said {
        // An editor tool says in `command` what to do with its file: that is no command line.
        Value::String(text) if is_editor_word(text) && super::changes::path_in(args).is_some() => None,
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => match args.get("args").and_then(Value::as_array).and_then(|list| words(list)) {
            Some(more) if !more.is_empty() => Some(format!("{text} {}", line_of(&more))),
            Some(_) | None => Some(text.clone()),
        },
        Value::Array(list) => words(list).filter(|words| !words.is_empty()).map(|words| line_of(&words)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

fn is_editor_word(text: &str) -> bool {
    matches!(text, "view" | "create" | "str_replace" | "insert" | "undo_edit" | "write" | "edit" | "read")
}

/// Words as a shell would take them.
fn line_of(words: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    let quoted = |word: &String| {
        if !word.is_empty() && word.chars().all(plain) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// The folder that arguments name.
pub(super) fn folder(args: &Value) -> Option<&str> {
    look::first_text(args, &FOLDERS).filter(|folder| !folder.is_empty())
}

/// Whether the arguments in a question should stand instead of the call's own. They should unless they are the same in
/// fewer words (opencode), or are a patch and the name of its file, which is shown beside them (copilot).
pub(super) fn outranks(asked: &Value, known: &Value) -> bool {
    match (asked, known) {
        (Value::Object(asked), Value::Object(known)) => {
            let fewer = !asked.is_empty() && asked.iter().all(|(key, value)| known.get(key) == Some(value));
            let only_patch = super::changes::is_only_a_patch(asked);
            !fewer && !only_patch && asked != known
        }
        (asked, known) => asked != known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn commands_are_texts_or_words() {
        let of = |args: Value| command(&args);
        assert_eq!(of(json!({"command": "ls -l"})).as_deref(), Some("ls -l"));
        assert_eq!(of(json!({"cmd": ["bash", "-lc", "echo 'a' b"]})).as_deref(), Some(r"bash -lc 'echo '\''a'\'' b'"));
        assert_eq!(of(json!({"command": "git", "args": ["log", "a b"]})).as_deref(), Some("git log 'a b'"));
        assert_eq!(of(json!({"command": "view", "path": "/w/a"})), None);
        for none in [json!({}), json!({"command": ""}), json!({"command": []}), json!({"command": [1]}), json!("ls")] {
            assert_eq!(of(none.clone()), None, "{none}");
        }
    }

    #[test]
    fn a_questions_arguments_count_where_they_say_something_else() {
        let known = json!({"command": "ls", "cwd": "/w"});
        assert!(!outranks(&json!({"command": "ls"}), &known), "the same in fewer words");
        let patch = "--- a/w/a\n+++ b/w/a\n@@ -1 +1 @@\n-x\n+y\n";
        assert!(!outranks(&json!({"fileName": "a", "diff": patch}), &known), "a patch, shown beside");
        assert!(outranks(&json!({"fileName": "a", "diff": "no patch"}), &known));
        assert!(outranks(&json!({"diff": patch, "cmd": "rm"}), &known));
        assert!(outranks(&json!({"command": "rm -rf ."}), &known));
        assert!(outranks(&json!({"cmd": "rm -rf ."}), &known), "other words for something else");
        assert!(outranks(&json!({"command": "ls", "cwd": "/w", "sudo": true}), &known));
        assert!(outranks(&json!("x"), &known));
        assert!(outranks(&json!({"a": 1}), &json!({})));
    }
}
