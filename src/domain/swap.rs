//! Texts that a call would replace in a file, one after another: whether each of them stands there, and how often.

use super::fields::{Meaning, fields};
use serde_json::{Map, Value};

/// How many places of a text are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// The one place.
    Once,
    /// All of them.
    All,
    /// So many.
    Exactly(u64),
}

/// One text that comes in the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// What goes.
    pub old: String,
    /// What comes.
    pub new: String,
    /// How many places.
    pub times: Times,
    /// What a sentence about it begins with: the field that holds what goes.
    about: String,
}

/// The texts that arguments would replace in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swaps {
    /// Which file.
    pub path: String,
    /// The field that names it.
    field: String,
    /// In their order; each is done to what the one before left.
    pub all: Vec<Swap>,
}

fn times(fields: &Map<String, Value>) -> Times {
    let on = |key: &str| fields.get(key).and_then(Value::as_bool) == Some(true);
    if ["replace_all", "replaceAll", "allow_multiple"].into_iter().any(on) {
        return Times::All;
    }
    fields.get("expected_replacements").and_then(Value::as_u64).map_or(Times::Once, Times::Exactly)
}

/// Reads them; nothing where the arguments replace no text, or in a way that is not known.
#[must_use]
pub fn swaps(args: &str) -> Option<Swaps> {
    let Ok(Value::Object(object)) = serde_json::from_str(args) else { return None };
    if let (Some(Value::Array(edits)), Some(Value::String(path))) = (object.get("edits"), object.get("file_path")) {
        let one = |(at, edit): (usize, &Value)| {
            let text = |key: &str| edit.get(key)?.as_str().map(str::to_owned);
            let about = format!("\"edits\": the old text in its place {}", at + 1);
            Some(Swap { old: text("old_string")?, new: text("new_string")?, times: times(edit.as_object()?), about })
        };
        let all = edits.iter().enumerate().map(one).collect::<Option<Vec<_>>>()?;
        return Some(Swaps { path: path.clone(), field: "file_path".to_owned(), all });
    }
    let known = fields(args);
    let field = |meaning| known.iter().find(|field| field.meaning == meaning);
    let (path, old, new) = (field(Meaning::Path)?, field(Meaning::Old)?, field(Meaning::New)?);
    let one =
        Swap { old: old.text.clone(), new: new.text.clone(), times: times(&object), about: format!("{:?}", old.key) };
    Some(Swaps { path: path.text.clone(), field: path.key.clone(), all: vec![one] })
}

impl Swaps {
    /// Whether each of them changes something.
    ///
    /// # Errors
    /// One sentence that begins with the field.
    pub fn differ(&self) -> Result<(), String> {
        match self.all.iter().find(|swap| swap.old == swap.new) {
            Some(Swap { about, .. }) => Err(format!("{about} is the same as the new text: nothing would change")),
            None => Ok(()),
        }
    }

    /// Whether one of them may change more places than the one that it shows.
    #[must_use]
    pub fn are_many(&self) -> bool {
        self.all.iter().any(|swap| swap.times != Times::Once)
    }

    /// Whether they fit a file with this text; none where there is no file.
    ///
    /// # Errors
    /// One sentence that begins with the field.
    pub fn fit(&self, file: Option<&str>) -> Result<(), String> {
        self.done(file).map(|_| ())
    }

    /// What a file with this text becomes, its lines ending in `\n`.
    ///
    /// # Errors
    /// They do not fit it: one sentence that begins with the field.
    pub fn done(&self, file: Option<&str>) -> Result<String, String> {
        self.differ()?;
        let makes = self.all.first().is_some_and(|swap| swap.old.is_empty());
        let mut text = match file {
            Some(text) => text.replace("\r\n", "\n"),
            // An edit of nothing makes a file.
            None if makes => String::new(),
            None => {
                return Err(format!(
                    "{:?}: {} does not exist, so that nothing can be replaced there",
                    self.field, self.path
                ));
            }
        };
        for (at, swap) in self.all.iter().enumerate() {
            let (old, new) = (swap.old.replace("\r\n", "\n"), swap.new.replace("\r\n", "\n"));
            let about = &swap.about;
            if old.is_empty() {
                if at == 0 && text.is_empty() {
                    text = new;
                    continue;
                }
                return Err(format!("{about} is empty, and {} holds a text: say which part of it goes", self.path));
            }
            let found = text.matches(&old).count();
            let want = match swap.times {
                Times::Once => found.min(2) == 1,
                Times::All => found > 0,
                Times::Exactly(want) => u64::try_from(found) == Ok(want) && found > 0,
            };
            if !want && found == 0 {
                return Err(format!("{about} is not in {}: copy it as it stands there", self.path));
            }
            if !want {
                let more = match swap.times {
                    Times::Exactly(want) => format!("and {want} were expected"),
                    Times::Once | Times::All => "and it must be clear which one: add lines around it".to_owned(),
                };
                return Err(format!("{about} stands {found} times in {}, {more}", self.path));
            }
            text = text.replace(&old, &new);
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(args: &str, file: Option<&str>) -> Result<(), String> {
        swaps(args).unwrap().fit(file)
    }

    #[test]
    fn what_does_not_stand_there_once_is_named() {
        let edit = |old: &str, all: bool| {
            format!(r#"{{"file_path":"a","old_string":{old:?},"new_string":"z","replace_all":{all}}}"#)
        };
        assert_eq!(fit(&edit("x", false), Some("a x b")), Ok(()));
        assert_eq!(fit(&edit("x\ny", false), Some("x\r\ny\r\n")), Ok(()), "ends of lines are the file's own");
        let why = |args: &str, file| fit(args, file).unwrap_err();
        assert!(why(&edit("q", false), Some("a x b")).starts_with("\"old_string\" is not in a"));
        assert!(why(&edit("x", false), Some("x x")).starts_with("\"old_string\" stands 2 times in a"));
        assert_eq!(fit(&edit("x", true), Some("x x")), Ok(()));
        assert!(why(&edit("q", true), Some("x x")).contains("is not in a"));
        assert!(why(&edit("x", false), None).starts_with("\"file_path\": a does not exist"));
        assert!(why(&edit("z", false), Some("z")).contains("nothing would change"));
        assert_eq!(fit(&edit("", false), None), Ok(()), "makes the file");
        assert!(why(&edit("", false), Some("x")).contains("is empty"));
        let counted = r#"{"file_path":"a","old_string":"x","new_string":"z","expected_replacements":2}"#;
        assert_eq!(fit(counted, Some("x x")), Ok(()));
        assert!(why(counted, Some("x")).contains("2 were expected"));
        assert_eq!(swaps(r#"{"file_path":"a","content":"x"}"#), None);
    }

    #[test]
    fn several_are_done_one_after_another() {
        let edits =
            r#"{"file_path":"a","edits":[{"old_string":"x","new_string":"y"},{"old_string":"y","new_string":"z"}]}"#;
        assert_eq!(fit(edits, Some("x")), Ok(()));
        assert!(
            fit(edits, Some("x y")).unwrap_err().starts_with("\"edits\": the old text in its place 2 stands 2 times")
        );
    }
}
