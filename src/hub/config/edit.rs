//! Changing one setting in `config.toml`: everything else in the file stays as its owner wrote it.
//!
//! The file is read anew before it is written, so that what another program changed meanwhile is kept; where that is the
//! very setting, nothing is written and the human looks again. A file with faults is left alone. The new text stands
//! in a file beside the old one before it takes its place, so that no reader ever sees half of it.

use super::{Config, Places};
use crate::policy::Fault;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use toml_edit::{Document, DocumentMut, Item, Table, TableLike, Value};

/// Links that are followed from one to the next.
const LINKS: usize = 16;

/// A change of one setting.
#[derive(Debug, Clone)]
pub struct Edit<'a> {
    /// Its section, where it is in one, and its key.
    pub path: &'a [&'a str],
    /// The new value; `None` takes the line out.
    pub to: Option<Value>,
    /// The value that the human saw in the file when they chose, as it is written there; `None` where it was not there.
    pub shown: Option<String>,
}

/// Why a setting was not written.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The file has faults already.
    #[error("{0} has faults, so nothing is written to it; mend it first: {1}")]
    Faulty(String, Fault),
    /// Another program changed it.
    #[error("{file} was changed meanwhile: `{key}` {now} there; look again, then change it")]
    Changed {
        /// The file.
        file: String,
        /// The setting.
        key: String,
        /// What it is now.
        now: String,
    },
    /// The new value would be a fault.
    #[error("not written: {0}")]
    NotGood(Fault),
    /// The file can't be read or written.
    #[error("{file} can't be written, so the setting stays as it was: {why}")]
    Unwritten {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
}

/// The values in a text as they are written: the key with its section, and the value.
#[must_use]
pub fn written(text: &str) -> Vec<(String, String)> {
    let Ok(document) = Document::parse(text) else { return Vec::new() };
    let mut all = Vec::new();
    for (key, item) in document.iter() {
        match item {
            Item::Value(Value::InlineTable(table)) if key != "theme" => {
                all.extend(table.iter().map(|(inner, value)| (format!("{key}.{inner}"), shown(value))));
            }
            Item::Value(value) => all.push((key.to_owned(), shown(value))),
            Item::Table(table) => {
                let values = table.iter().filter_map(|(inner, item)| Some((inner, item.as_value()?)));
                all.extend(values.map(|(inner, value)| (format!("{key}.{inner}"), shown(value))));
            }
            Item::ArrayOfTables(_) | Item::None => {}
        }
    }
    all
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.value().clone(),
        other => other.clone().decorated("", "").to_string().trim().to_owned(),
    }
}

/// Carries an edit out. `more` finds what else is wrong with a configuration, as [`super::Check`] does.
///
/// # Errors
/// One sentence; the file is as it was then.
pub fn edit(places: &Places, edit: &Edit<'_>, more: super::Check) -> Result<(), EditError> {
    let file = places.config.display().to_string();
    let name = places.config.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let unwritten = |why: String| EditError::Unwritten { file: file.clone(), why };
    let target = real(&places.config);
    let before = read(&target).map_err(&unwritten)?;
    let text = before.clone().unwrap_or_default();
    let good = |faults: Vec<Fault>| faults.into_iter().next();
    let old = Config::parse(&text, &name).map_err(|faults| match good(faults) {
        Some(fault) => EditError::Faulty(name.clone(), fault),
        None => unwritten("it can't be understood".to_owned()),
    })?;
    let key = edit.path.join(".");
    let now = written(&text).into_iter().find(|(known, _)| *known == key).map(|(_, value)| value);
    if now != edit.shown {
        let now = now.map_or_else(|| "is no longer".to_owned(), |value| format!("is {value}"));
        return Err(EditError::Changed { file: name, key, now });
    }
    let after = changed(&text, edit.path, edit.to.as_ref()).map_err(&unwritten)?;
    let new = Config::parse(&after, &name).map_err(|faults| match good(faults) {
        Some(fault) => EditError::NotGood(fault),
        None => unwritten("it would not be understood".to_owned()),
    })?;
    // What was wrong before is not this edit's doing, and may be what it mends.
    let before_it = more(&old, places);
    if let Some(fault) = more(&new, places).into_iter().find(|fault| !before_it.contains(fault)) {
        return Err(EditError::NotGood(fault));
    }
    if after == text {
        return Ok(());
    }
    replace(&target, &after, || {
        if read(&target)? == before {
            Ok(())
        } else {
            Err("another program wrote to it just now; try again".to_owned())
        }
    })
    .map_err(unwritten)
}

/// The file that a path leads to in the end: links are written through, and never replaced.
fn real(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&path) {
            Ok(next) => path = path.parent().unwrap_or(Path::new("/")).join(next),
            Err(_) => break,
        }
    }
    path
}

fn read(path: &Path) -> Result<Option<String>, String> {
    match fs::read(path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err("it is not UTF-8 text".to_owned()),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// A text with one value changed in it.
fn changed(text: &str, path: &[&str], to: Option<&Value>) -> Result<String, String> {
    let (mark, body) = text.strip_prefix('\u{feff}').map_or(("", text), |body| ("\u{feff}", body));
    let after = match to {
        Some(value) => with(body, path, value)?,
        None => without(body, path)?,
    };
    // What is added has the line ends that the file has.
    let crlf = body.contains("\r\n") && !body.replace("\r\n", "").contains('\n');
    let after = if crlf { after.replace("\r\n", "\n").replace('\n', "\r\n") } else { after };
    Ok(format!("{mark}{after}"))
}

fn with(text: &str, path: &[&str], value: &Value) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    let Some((leaf, sections)) = path.split_last() else { return Err("it has no name".to_owned()) };
    if document.is_empty() && sections.is_empty() {
        // Nothing but comments: they stay where they are, above.
        let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        return Ok(format!("{text}{gap}{leaf} = {}\n", value.clone().decorated("", "")));
    }
    let ends = document.trailing().as_str().is_some_and(|trailing| !trailing.trim().is_empty());
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for section in sections {
        if table.get(section).is_none() {
            if ends {
                // A comment at the end belongs to what is above it.
                let gap = if text.ends_with('\n') { "" } else { "\n" };
                return Ok(format!("{text}{gap}\n[{section}]\n{leaf} = {}\n", value.clone().decorated("", "")));
            }
            let mut new = Table::new();
            new.decor_mut().set_prefix("\n");
            table.insert(section, Item::Table(new));
        }
        let inner = table.get_mut(section).and_then(Item::as_table_like_mut);
        table = inner.ok_or_else(|| format!("`{section}` is no table"))?;
    }
    match table.get_mut(leaf) {
        Some(Item::Value(old)) => {
            // Blanks and comments around the old value stand around the new one.
            let decor = old.decor().clone();
            *old = value.clone();
            *old.decor_mut() = decor;
        }
        Some(_) => return Err(format!("`{leaf}` is a table there")),
        None => {
            table.insert(leaf, Item::Value(value.clone()));
        }
    }
    Ok(document.to_string())
}

/// Takes a line out, and nothing above or below it.
fn without(text: &str, path: &[&str]) -> Result<String, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let Some((leaf, sections)) = path.split_last() else { return Err("it has no name".to_owned()) };
    let mut table = Some(document.as_table());
    for section in sections {
        table = table.and_then(|table| table.get(section)).and_then(Item::as_table);
    }
    let lines = table.and_then(|table| table.get_key_value(leaf)).and_then(|(key, item)| {
        let (begin, end) = (key.span()?.start, item.span()?.end);
        let begin = text.get(..begin)?.rfind('\n').map_or(0, |at| at + 1);
        let end = text.get(end..)?.find('\n').map_or(text.len(), |at| end + at + 1);
        Some((begin, end))
    });
    if let Some((begin, end)) = lines {
        return Ok(format!("{}{}", &text[..begin], &text[end..]));
    }
    // In a table on one line there is no line to take out.
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for section in sections {
        match table.get_mut(section).and_then(Item::as_table_like_mut) {
            Some(inner) => table = inner,
            None => return Ok(text.to_owned()),
        }
    }
    table.remove(leaf);
    Ok(document.to_string())
}

/// Puts a text in the place of a file's, all of it at once; its mode stays. `last` is asked before that.
fn replace(target: &Path, text: &str, last: impl Fn() -> Result<(), String>) -> Result<(), String> {
    let said = |error: std::io::Error| error.to_string();
    let folder = target.parent().ok_or("it has no folder")?;
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(said)?;
    let mode = fs::metadata(target).map_or(0o600, |known| known.permissions().mode() & 0o7777);
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}", uuid::Uuid::new_v4().simple()));
    let put = || -> Result<(), String> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(said)?;
        file.write_all(text.as_bytes()).map_err(said)?;
        file.set_permissions(Permissions::from_mode(mode)).map_err(said)?;
        file.sync_all().map_err(said)?;
        last()?;
        fs::rename(&beside, target).map_err(said)
    };
    let done = put();
    if done.is_err() {
        // What is left of the attempt is of no use to anybody.
        drop(fs::remove_file(&beside));
    }
    // Where the folder can't be synced, the rename reaches the disk a little later.
    drop(File::open(folder).and_then(|folder| folder.sync_all()));
    done
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
