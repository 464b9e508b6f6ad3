//! What the tools that are known by name take: their fields, of which kind, and which of them a call needs. For others
//! their shape is known where it is a common one: a command line, a file that is written, a text that is replaced.
//!
//! A version of an agent that is newer than this knows more: what the agent itself gave is never unknown, and a call that
//! lacks what its tool needs is no call of that tool.

use super::nearest;
use serde_json::{Map, Value};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Switch,
    OneOf(&'static [&'static str]),
    Texts,
    List,
    /// Texts that are replaced one after another.
    Swaps,
}

/// A field of a tool.
#[derive(Debug, Clone, Copy)]
struct Takes {
    key: &'static str,
    kind: Kind,
    must: bool,
}

const fn must(key: &'static str, kind: Kind) -> Takes {
    Takes { key, kind, must: true }
}

const fn may(key: &'static str, kind: Kind) -> Takes {
    Takes { key, kind, must: false }
}

use Kind::{List, Number, OneOf, Swaps, Switch, Text, Texts};

const SWAP: [Takes; 3] = [must("old_string", Text), must("new_string", Text), may("replace_all", Switch)];

/// Tools by the names that their agents give them.
const TOOLS: &[(&str, &[Takes])] = &[
    // Claude Code.
    (
        "Bash",
        &[
            must("command", Text),
            may("timeout", Number),
            may("description", Text),
            may("run_in_background", Switch),
            may("dangerouslyDisableSandbox", Switch),
        ],
    ),
    ("Edit", &[must("file_path", Text), SWAP[0], SWAP[1], SWAP[2]]),
    ("MultiEdit", &[must("file_path", Text), must("edits", Swaps)]),
    ("Write", &[must("file_path", Text), must("content", Text)]),
    (
        "NotebookEdit",
        &[
            must("notebook_path", Text),
            must("new_source", Text),
            may("cell_id", Text),
            may("cell_type", OneOf(&["code", "markdown"])),
            may("edit_mode", OneOf(&["replace", "insert", "delete"])),
        ],
    ),
    (
        "Read",
        &[
            must("file_path", Text),
            may("offset", Number),
            may("limit", Number),
            may("pages", Text),
            may("allow_large", Switch),
        ],
    ),
    ("Glob", &[must("pattern", Text), may("path", Text)]),
    (
        "Grep",
        &[
            must("pattern", Text),
            may("path", Text),
            may("glob", Text),
            may("type", Text),
            may("output_mode", OneOf(&["content", "files_with_matches", "count"])),
            may("-A", Number),
            may("-B", Number),
            may("-C", Number),
            may("context", Number),
            may("-n", Switch),
            may("-i", Switch),
            may("-o", Switch),
            may("multiline", Switch),
            may("head_limit", Number),
            may("offset", Number),
        ],
    ),
    ("WebFetch", &[must("url", Text), must("prompt", Text)]),
    ("WebSearch", &[must("query", Text), may("allowed_domains", Texts), may("blocked_domains", Texts)]),
    ("TodoWrite", &[must("todos", List)]),
    ("Skill", &[must("skill", Text), may("args", Text)]),
    // Codex.
    ("exec_command", &[must("command", Text), may("cwd", Text), may("reason", Text)]),
    ("web_search", &[must("query", Text), may("action", Text)]),
    // opencode.
    ("bash", &[must("command", Text), may("timeout", Number), may("workdir", Text), may("description", Text)]),
    ("edit", &[must("filePath", Text), must("oldString", Text), must("newString", Text), may("replaceAll", Switch)]),
    ("write", &[must("filePath", Text), must("content", Text)]),
    ("webfetch", &[must("url", Text), may("format", OneOf(&["text", "markdown", "html"])), may("timeout", Number)]),
    // Gemini.
    (
        "run_shell_command",
        &[
            must("command", Text),
            may("description", Text),
            may("dir_path", Text),
            may("directory", Text),
            may("is_background", Switch),
        ],
    ),
    ("write_file", &[must("file_path", Text), must("content", Text)]),
    (
        "replace",
        &[
            must("file_path", Text),
            SWAP[0],
            SWAP[1],
            may("instruction", Text),
            may("allow_multiple", Switch),
            may("expected_replacements", Number),
        ],
    ),
];

/// What may stand beside the fields of a common shape.
const BESIDE: &[Takes] = &[
    may("description", Text),
    may("explanation", Text),
    may("instruction", Text),
    may("timeout", Number),
    may("timeout_ms", Number),
    may("cwd", Text),
    may("workdir", Text),
    may("working_directory", Text),
    may("directory", Text),
    may("dir_path", Text),
    may("run_in_background", Switch),
    may("is_background", Switch),
    may("replace_all", Switch),
    may("replaceAll", Switch),
    may("allow_multiple", Switch),
    may("expected_replacements", Number),
];

/// What is known of the fields of a call.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    of: &'static str,
    takes: &'static [Takes],
}

impl Schema {
    /// That of a tool, by its name: where what the agent proposed fits it.
    #[must_use]
    pub fn of(tool: Option<&str>, proposed: &Map<String, Value>) -> Option<Self> {
        let (of, takes) = TOOLS.iter().find(|(name, _)| Some(*name) == tool)?;
        let fits = |takes: &Takes| match proposed.get(takes.key) {
            Some(value) => wrong(takes.kind, value).is_none(),
            None => !takes.must,
        };
        takes.iter().all(fits).then_some(Self { of, takes })
    }

    /// What may stand beside the fields of a common shape.
    #[must_use]
    pub fn beside() -> Self {
        Self { of: "a call like this", takes: BESIDE }
    }

    /// True where it knows this field.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.takes.iter().any(|takes| takes.key == key)
    }

    /// Looks at edited arguments.
    ///
    /// # Errors
    /// One sentence that begins with the field.
    pub fn check(&self, proposed: &Map<String, Value>, edited: &Map<String, Value>) -> Result<(), String> {
        for takes in self.takes {
            match edited.get(takes.key) {
                Some(value) => {
                    // As the agent gave it, it is the agent's word for it.
                    if proposed.get(takes.key) != Some(value)
                        && let Some(wrong) = wrong(takes.kind, value)
                    {
                        return Err(format!("{:?}{wrong}", takes.key));
                    }
                }
                None if takes.must => {
                    let (key, of) = (takes.key, self.of);
                    return Err(format!("{key:?} is missing, and {of} needs it: give it back, or deny the call"));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// What is said of a field that is neither known nor the agent's own.
    #[must_use]
    pub fn stranger(&self, key: &str, own: &Map<String, Value>, edited: &Map<String, Value>) -> String {
        let known = self.takes.iter().map(|takes| takes.key).chain(own.keys().map(String::as_str));
        match nearest(key, known.filter(|known| !edited.contains_key(*known))) {
            Some(near) => format!("{key:?} is no argument of {}: did you mean {near:?}?", self.of),
            None => format!("{key:?} is no argument of {}: take it out", self.of),
        }
    }
}

/// What is wrong with a value, to be said after the field's name.
fn wrong(kind: Kind, value: &Value) -> Option<String> {
    let must = |what: &str| Some(format!(" must be {what}: it is {} now", word(value)));
    match (kind, value) {
        (Text, Value::String(_)) | (Number, Value::Number(_)) | (Switch, Value::Bool(_)) | (List, Value::Array(_)) => {
            None
        }
        (OneOf(words), Value::String(word)) => {
            let all = || words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ");
            (!words.contains(&word.as_str())).then(|| format!(" must be one of {}: it is {word:?} now", all()))
        }
        (Texts, Value::Array(all)) => {
            let at = all.iter().position(|one| !one.is_string())?;
            Some(format!(" must hold strings: its place {} is {}", at + 1, word(&all[at])))
        }
        (Swaps, Value::Array(all)) if all.is_empty() => Some(" is empty: nothing would be replaced".to_owned()),
        (Swaps, Value::Array(all)) => all.iter().enumerate().find_map(|(at, one)| {
            let Value::Object(one) = one else {
                return Some(format!(" must hold objects: its place {} is {}", at + 1, word(one)));
            };
            let swap = Schema { of: "each of them", takes: &SWAP };
            let stranger = || one.keys().find(|key| !swap.knows(key)).map(|key| swap.stranger(key, &Map::new(), one));
            let why = swap.check(&Map::new(), one).err().or_else(stranger)?;
            Some(format!(" in its place {}: {why}", at + 1))
        }),
        (Text | OneOf(_), _) => must("a string"),
        (Number, _) => must("a number"),
        (Switch, _) => must("true or false"),
        (Texts | List | Swaps, _) => must("a list"),
    }
}

/// What a value is, in words.
pub(super) fn word(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
