//! The arguments of a call as a person edits them: which field is the command, the path, the text. By the names that
//! tools give them; what has no known field is edited as JSON.

use super::tools::{Schema, word as kind};
use super::{CallPatch, Carrier, FileChange, Place, Text};
use serde_json::{Map, Value};

/// Arguments that are longer are not taken apart: it would cost every frame of their card, and nobody edits them.
pub const LONGEST: usize = 2 << 20;

/// What a field of known tools means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The command line that runs.
    Command,
    /// The file that is written.
    Path,
    /// The text that goes.
    Old,
    /// The text that comes in its place.
    New,
    /// The whole text of the file.
    Content,
}

impl Meaning {
    /// The word for it, beside the field.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Path => "path",
            Self::Old => "old text",
            Self::New => "new text",
            Self::Content => "text",
        }
    }
}

/// Names that tools give their fields.
const NAMES: [(Meaning, &[&str]); 5] = [
    (Meaning::Command, &["command", "cmd", "bash_command", "command_line"]),
    (Meaning::Path, &["file_path", "filePath", "path", "absolute_path", "notebook_path", "file"]),
    (Meaning::Old, &["old_string", "oldString", "old_str", "oldText", "old_text"]),
    (Meaning::New, &["new_string", "newString", "new_str", "newText", "new_text"]),
    (Meaning::Content, &["content", "contents", "file_text", "fileText"]),
];

/// One field that a person may edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in the arguments.
    pub key: String,
    /// What it means.
    pub meaning: Meaning,
    /// What stands in it.
    pub text: String,
}

/// What a call does, where its fields say all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Runs a command line.
    Run {
        /// It.
        command: String,
    },
    /// Writes a file, whole.
    Write {
        /// Which.
        path: String,
        /// What stands in it then.
        text: String,
    },
    /// Replaces the one place of a text in a file.
    Replace {
        /// Which file.
        path: String,
        /// What goes.
        old: String,
        /// What comes.
        new: String,
    },
}

/// Fields that change how the others act, so that those no longer say all of it.
const MODIFIERS: [&str; 6] =
    ["replace_all", "replaceAll", "expected_replacements", "run_in_background", "is_background", "edits"];

/// Arguments that name the folder in which a call runs.
pub const FOLDERS: [&str; 8] =
    ["cwd", "workdir", "working_directory", "workingDirectory", "working_dir", "dir_path", "directory", "dir"];

/// The files and folders that arguments name under names that mean one.
#[must_use]
pub fn paths(args: &str) -> Vec<String> {
    let named = object(args).into_iter().flatten().filter(|(key, _)| meaning(key) == Some(Meaning::Path));
    named.filter_map(|(_, value)| value.as_str().map(str::to_owned)).collect()
}

fn object(args: &str) -> Option<Map<String, Value>> {
    match serde_json::from_str(args) {
        Ok(Value::Object(fields)) => Some(fields),
        Ok(_) | Err(_) => None,
    }
}

fn meaning(key: &str) -> Option<Meaning> {
    NAMES.iter().find_map(|(meaning, names)| names.contains(&key).then_some(*meaning))
}

/// The fields of arguments that a person edits one by one, in the order of their meanings; none where only JSON says it.
#[must_use]
pub fn fields(args: &str) -> Vec<Field> {
    let Some(object) = object(args) else { return Vec::new() };
    let known = object.iter().filter_map(|(key, value)| {
        Some(Field { key: key.clone(), meaning: meaning(key)?, text: value.as_str()?.to_owned() })
    });
    let mut fields: Vec<Field> = known.collect();
    fields.sort_by_key(|field| NAMES.iter().position(|(meaning, _)| *meaning == field.meaning));
    // Two fields of one meaning: nobody knows which counts. A path alone says nothing of what happens to it.
    let doubled = fields.windows(2).any(|two| two[0].meaning == two[1].meaning);
    let only_path = fields.iter().all(|field| field.meaning == Meaning::Path);
    if doubled || only_path { Vec::new() } else { fields }
}

/// The arguments with other texts in these fields.
#[must_use]
pub fn with_fields(args: &str, fields: &[Field]) -> String {
    let Some(mut object) = object(args) else { return args.to_owned() };
    for field in fields {
        object.insert(field.key.clone(), Value::String(field.text.clone()));
    }
    Value::Object(object).to_string()
}

/// Looks at edited arguments before anything is sent: where the tool is known, or its call has a common shape, by what it
/// takes ([`tools`](super::tools)); else they must have the kinds of values that the agent gave.
///
/// # Errors
/// One sentence that names the field and what is wrong with it.
pub fn check(tool: Option<&str>, proposed: &str, edited: &str) -> Result<(), String> {
    let edited_text = edited;
    let edited: Value = serde_json::from_str(edited)
        .map_err(|error| format!("the edited arguments are not JSON: {error}; mend that place and send again"))?;
    let Value::Object(edited) = edited else {
        return Err(
            "the edited arguments are no JSON object: a call takes its arguments as {\"name\": value}".to_owned()
        );
    };
    let shaped = !fields(proposed).is_empty();
    let Some(proposed) = object(proposed) else { return Ok(()) };
    let schema = Schema::of(tool, &proposed).or_else(|| shaped.then(Schema::beside));
    if let Some(schema) = &schema {
        schema.check(&proposed, &edited)?;
    }
    for (key, value) in &proposed {
        match edited.get(key) {
            Some(_) if schema.is_some_and(|schema| schema.knows(key)) => {}
            Some(new) if kind(new) == kind(value) => {}
            Some(new) => {
                return Err(format!("{key:?} must be {}, as the agent gave it: it is {} now", kind(value), kind(new)));
            }
            // What is left out of what a known tool needs, it would refuse, or guess.
            None if meaning(key).is_some() => {
                return Err(format!("{key:?} is missing: give it back, or deny the call"));
            }
            None => {}
        }
    }
    let strange = |key: &&String| !proposed.contains_key(*key);
    for new in edited.keys().filter(strange) {
        match &schema {
            Some(schema) if schema.knows(new) => {}
            Some(schema) => return Err(schema.stranger(new, &proposed, &edited)),
            None => {
                let left = proposed.keys().map(String::as_str).filter(|known| !edited.contains_key(*known));
                if let Some(near) = super::nearest(new, left) {
                    return Err(format!(
                        "{new:?} is not among the arguments that the agent gave: did you mean {near:?}?"
                    ));
                }
            }
        }
    }
    let nul = |(key, value): (&String, &Value)| {
        let known = meaning(key).is_some() && value.as_str().is_some_and(|text| text.contains('\0'));
        known.then(|| key.clone())
    };
    if let Some(key) = edited.iter().find_map(nul) {
        return Err(format!("{key:?} holds a NUL, which no command, path or text can: take it out"));
    }
    let empty = |(key, value): (&String, &Value)| {
        let must = matches!(meaning(key), Some(Meaning::Command | Meaning::Path));
        (must && value.as_str().is_some_and(|text| text.trim().is_empty())).then(|| key.clone())
    };
    if let Some(key) = edited.iter().find_map(empty) {
        return Err(format!("{key:?} is empty: fill it, or deny the call"));
    }
    super::swap::swaps(edited_text).map_or(Ok(()), |swaps| swaps.differ())
}

/// Where taut does a call's work itself, it does what its known fields say: another one can't be other than the agent gave
/// it.
///
/// # Errors
/// One sentence that begins with the field.
pub fn only_known(proposed: &str, edited: &str) -> Result<(), String> {
    let (Some(proposed), Some(edited)) = (object(proposed), object(edited)) else { return Ok(()) };
    // One that is left out says nothing: agents add some of their own after they have asked (opencode: the folder).
    let mut keys = edited.keys().filter(|key| meaning(key).is_none());
    match keys.find(|key| proposed.get(*key) != edited.get(*key)) {
        Some(key) => Err(format!(
            "{key:?} can't be changed here, since taut would do this work and knows no {key:?}: give it back"
        )),
        None => Ok(()),
    }
}

/// What arguments say is done, where known fields say all of it, and they are not too long for that.
#[must_use]
pub fn deed(args: &str) -> Option<Deed> {
    if args.len() > LONGEST {
        return None;
    }
    let fields = fields(args);
    let object = object(args)?;
    let turned_on =
        |key: &&str| object.get(*key).is_some_and(|value| !matches!(value, Value::Null | Value::Bool(false)));
    if MODIFIERS.iter().any(turned_on) {
        return None;
    }
    let text = |meaning| fields.iter().find(|field| field.meaning == meaning).map(|field| field.text.clone());
    match (text(Meaning::Command), text(Meaning::Path), text(Meaning::Old), text(Meaning::New), text(Meaning::Content))
    {
        (Some(command), None, None, None, None) => Some(Deed::Run { command }),
        (None, Some(path), None, None, Some(text)) => Some(Deed::Write { path, text }),
        (None, Some(path), Some(old), Some(new), None) if !old.is_empty() => Some(Deed::Replace { path, old, new }),
        _ => None,
    }
}

/// Who would carry out a call with other arguments: the agent where it can, else taut, where it knows how. The card, the
/// command line and the hub all go by this.
///
/// # Errors
/// Nobody would: why, in words that a sentence goes on with.
pub fn carried(by: Carrier, args: Option<&str>) -> Result<Carrier, &'static str> {
    match (by, args.filter(|args| !args.is_empty())) {
        (_, None) => Err("the agent does not say the arguments of this call"),
        (Carrier::Hub, Some(args)) if deed(args).is_none() => {
            Err("this agent can't take an edited call, and taut does not know how to do this tool's work")
        }
        (by, Some(_)) => Ok(by),
    }
}

/// The arguments with another text to come, where a call writes one text and nothing else.
#[must_use]
pub fn with_text(args: &str, new: &str) -> Option<String> {
    let mut fields = fields(args);
    deed(args)?;
    let to_come = fields.iter_mut().find(|field| matches!(field.meaning, Meaning::New | Meaning::Content))?;
    new.clone_into(&mut to_come.text);
    Some(with_fields(args, &fields))
}

/// What of a call is other than proposed once it has these arguments.
#[must_use]
pub fn edited(proposed: &CallPatch, args: &str) -> CallPatch {
    let mut patch = CallPatch { args: Some(args.into()), ..CallPatch::default() };
    let before = proposed.changes.iter().flatten();
    match deed(args) {
        Some(Deed::Run { command }) => patch.command = Some(command.into()),
        Some(Deed::Write { path, text }) => {
            let old = before.clone().find(|change| change.path == path && !change.fragment).and_then(|c| c.old.clone());
            patch.places = Some(vec![Place { path: path.clone(), line: None }]);
            patch.changes = Some(vec![change(path, old, text)]);
        }
        Some(Deed::Replace { path, old, new }) => {
            let piece = FileChange { fragment: true, ..change(path.clone(), Some(old.into()), new) };
            patch.places = Some(vec![Place { path, line: None }]);
            patch.changes = Some(vec![piece]);
        }
        None => {}
    }
    patch
}

fn change(path: String, old: Option<Text>, new: String) -> FileChange {
    FileChange { path, old, new: Some(new.into()), fragment: false, line: None, patch: None, moved_to: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_known_by_their_names_and_written_back() {
        let args = r#"{"command":"rm -rf build","description":"clean","timeout":5}"#;
        let mut known = fields(args);
        assert_eq!(known.len(), 1);
        assert_eq!((known[0].meaning, known[0].text.as_str()), (Meaning::Command, "rm -rf build"));
        known[0].text = "ls build".to_owned();
        let edited = with_fields(args, &known);
        assert_eq!(deed(&edited), Some(Deed::Run { command: "ls build".into() }));
        assert!(edited.contains("\"timeout\":5"));
        assert_eq!(check(Some("Bash"), args, &edited), Ok(()));
        assert_eq!(fields(r#"{"path":"a"}"#), [], "a path alone says nothing of what happens to it");
        assert_eq!(fields(r#"{"command":"a","cmd":"b"}"#), [], "nobody knows which counts");
        assert_eq!(fields("[1]"), []);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let args = r#"{"file_path":"a.rs","old_string":"x","new_string":"y","replace_all":false}"#;
        let wrong = |edited: &str| check(None, args, edited).unwrap_err();
        assert!(wrong("{").contains("not JSON"));
        assert!(wrong("[]").contains("no JSON object"));
        assert!(
            wrong(r#"{"file_path":1,"old_string":"x","new_string":"y"}"#).contains("\"file_path\" must be a string")
        );
        assert!(wrong(r#"{"file_path":"a.rs","old_string":"x"}"#).contains("\"new_string\" is missing"));
        assert!(wrong(r#"{"file_path":" ","old_string":"x","new_string":"y"}"#).contains("is empty"));
        assert!(
            wrong(r#"{"file_path":"a","old_string":"x","new_string":"y","replace_al":true}"#).contains("replace_all")
        );
        assert_eq!(check(None, args, r#"{"file_path":"b.rs","old_string":"x","new_string":""}"#), Ok(()));
        assert!(wrong(r#"{"file_path":"a\u0000","old_string":"x","new_string":"y"}"#).contains("NUL"));
        assert_eq!(check(None, "not json", "{}"), Ok(()));
        assert!(wrong(r#"{"file_path":"a.rs","old_string":"x","new_string":"x"}"#).contains("nothing would change"));
    }

    #[test]
    fn a_known_tool_takes_what_it_takes() {
        let why = |tool, proposed: &str, edited: &str| check(Some(tool), proposed, edited).unwrap_err();
        let bash = r#"{"command":"ls"}"#;
        assert_eq!(check(Some("Bash"), bash, r#"{"command":"ls","timeout":5,"run_in_background":true}"#), Ok(()));
        assert!(
            why("Bash", bash, r#"{"command":"ls","timeout":"5"}"#)
                .starts_with("\"timeout\" must be a number: it is a string")
        );
        assert!(
            why("Bash", bash, r#"{"command":"ls","timout":5}"#)
                .contains("no argument of Bash: did you mean \"timeout\"?")
        );
        assert!(
            why("Bash", bash, r#"{"command":"ls","workdir":"/"}"#)
                .contains("\"workdir\" is no argument of Bash: take it out")
        );
        assert!(why("Bash", bash, r#"{"description":"x"}"#).starts_with("\"command\" is missing, and Bash needs it"));
        let fetch = r#"{"url":"https://a","prompt":"x"}"#;
        assert!(why("WebFetch", fetch, r#"{"url":"https://a"}"#).starts_with("\"prompt\" is missing"));
        let cell = r#"{"notebook_path":"a.ipynb","new_source":"x","edit_mode":"insert"}"#;
        assert!(
            why("NotebookEdit", cell, &cell.replace("insert", "append"))
                .contains("one of \"replace\", \"insert\", \"delete\"")
        );
        let edits = r#"{"file_path":"a","edits":[{"old_string":"x","new_string":"y"}]}"#;
        let edited = |edits: &str| format!(r#"{{"file_path":"a","edits":{edits}}}"#);
        assert_eq!(
            check(Some("MultiEdit"), edits, &edited(r#"[{"old_string":"x","new_string":"z","replace_all":true}]"#)),
            Ok(())
        );
        assert!(why("MultiEdit", edits, &edited("[]")).starts_with("\"edits\" is empty"));
        assert!(why("MultiEdit", edits, &edited("[7]")).contains("its place 1 is a number"));
        let two = r#"[{"old_string":"x","new_string":"z"},{"old_string":"x"}]"#;
        assert!(why("MultiEdit", edits, &edited(two)).contains("in its place 2: \"new_string\" is missing"));
        let odd = r#"[{"old_string":"x","new_string":"z","all":true}]"#;
        assert!(why("MultiEdit", edits, &edited(odd)).contains("in its place 1: \"all\" is no argument"));
        let patch = r#"{"command":"cargo test","cwd":"/x"}"#;
        assert_eq!(check(Some("exec_command"), patch, r#"{"command":"cargo check","cwd":"/x"}"#), Ok(()));
        assert!(why("exec_command", patch, r#"{"command":["cargo"],"cwd":"/x"}"#).contains("must be a string"));
    }

    #[test]
    fn what_a_newer_agent_gave_is_its_own_and_a_common_shape_is_known_without_a_name() {
        let newer = r#"{"command":"ls","sandbox":"tight"}"#;
        assert_eq!(check(Some("Bash"), newer, r#"{"command":"ls -l","sandbox":"tight"}"#), Ok(()));
        assert!(
            check(Some("Bash"), newer, r#"{"command":"ls","sandbox":1}"#).unwrap_err().contains("as the agent gave it")
        );
        let other = r#"{"script":"ls"}"#;
        assert_eq!(
            check(Some("Bash"), other, r#"{"script":"ls -l"}"#),
            Ok(()),
            "what lacks its command is another tool"
        );
        let shaped = r#"{"path":"a","content":"x"}"#;
        assert_eq!(check(None, shaped, r#"{"path":"a","content":"y","description":"z"}"#), Ok(()));
        assert!(
            check(None, shaped, r#"{"path":"a","content":"y","mode":"z"}"#)
                .unwrap_err()
                .starts_with("\"mode\" is no argument")
        );
        assert_eq!(check(None, r#"{"a":1}"#, r#"{"a":2,"bcd":3}"#), Ok(()), "of others nothing is known");
    }

    #[test]
    fn what_taut_would_do_itself_is_only_what_it_knows() {
        let args = r#"{"command":"ls","cwd":"/a"}"#;
        assert_eq!(only_known(args, r#"{"command":"pwd","cwd":"/a"}"#), Ok(()));
        assert!(
            only_known(args, r#"{"command":"ls","cwd":"/b"}"#).unwrap_err().starts_with("\"cwd\" can't be changed")
        );
        assert!(only_known(args, r#"{"command":"ls","shell":"zsh"}"#).unwrap_err().starts_with("\"shell\""));
        assert_eq!(only_known(args, r#"{"command":"ls"}"#), Ok(()), "what the agent added after it had asked");
    }

    #[test]
    fn a_deed_is_only_what_the_fields_say_whole() {
        let replace = r#"{"file_path":"a","old_string":"x","new_string":"y"}"#;
        assert_eq!(deed(replace), Some(Deed::Replace { path: "a".into(), old: "x".into(), new: "y".into() }));
        assert_eq!(deed(r#"{"file_path":"a","old_string":"x","new_string":"y","replace_all":true}"#), None);
        assert_eq!(deed(r#"{"path":"a","content":"x"}"#), Some(Deed::Write { path: "a".into(), text: "x".into() }));
        assert_eq!(deed(r#"{"command":"x","run_in_background":true}"#), None);
        assert_eq!(
            with_text(replace, "z").map(|args| deed(&args)),
            Some(Some(Deed::Replace { path: "a".into(), old: "x".into(), new: "z".into() }))
        );
        assert_eq!(with_text(r#"{"command":"x"}"#, "z"), None);
        let patch = edited(&CallPatch::default(), replace);
        let change = &patch.changes.unwrap()[0];
        assert!(change.fragment && change.old == Some("x".into()) && change.new == Some("y".into()));
    }
}
