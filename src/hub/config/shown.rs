//! What a change of the settings comes to, so that a human sees what they accept: the lines of the rules that come and go,
//! and every key of the configuration whose value differs.

use super::{Config, Settings};
use crate::diff::{Diff, RowKind};
use crate::domain::{SettingsDiff, SettingsFile, SettingsLine, SettingsWait};
use crate::policy::Policy;
use std::collections::{BTreeMap, BTreeSet};
use toml_edit::{Document, Item, TableLike, Value};

/// The action that takes what waits, and its usual key: the key table is the console's, and `tests/hub/held.rs` holds the two
/// together.
const ACCEPT: (&str, &str) = ("accept-settings", "ctrl-y");
/// What is shown of a file: nobody reads more than that in a question.
const LONGEST: usize = 256 << 10;

impl Settings {
    /// What the files that wait would change of these settings, which are in force.
    pub(crate) fn differences(&self, newest: &Self, waits: &[SettingsWait]) -> Vec<SettingsDiff> {
        waits.iter().map(|wait| self.difference(newest, wait)).collect()
    }

    /// The key that takes what waits, in the words of a sentence.
    pub(crate) fn accept_key(&self) -> String {
        let bound = self.config.keys.iter().find(|binding| binding.action == ACCEPT.0);
        match bound.map(|binding| binding.keys.first()) {
            None => ACCEPT.1.to_owned(),
            // Where not all keys can be bound, a console binds none of them.
            Some(Some(key)) if self.named_well() => key.clone(),
            Some(Some(_) | None) => format!("`{}` in the palette", ACCEPT.0),
        }
    }

    fn difference(&self, newest: &Self, wait: &SettingsWait) -> SettingsDiff {
        // What could not be read was never in force.
        let reads = |text: &&str| match wait.file {
            SettingsFile::Config => Config::parse(text, "").is_ok(),
            SettingsFile::Policy => Policy::parse(text, "").is_ok(),
        };
        let old = Some(self.text(wait.file)).filter(reads).unwrap_or_default();
        let new = newest.text(wait.file);
        let mut lines = match wait.file {
            SettingsFile::Config => by_key(old, new),
            SettingsFile::Policy => by_line(old, new),
        };
        let mut room = LONGEST;
        let fitting = lines.iter().take_while(|line| {
            let fits = weight(line) <= room;
            room = room.saturating_sub(weight(line));
            fits
        });
        let left = lines.split_off(fitting.count());
        SettingsDiff { file: wait.file, digest: wait.digest, lines, left_out: left.len() as u64 }
    }
}

fn weight(line: &SettingsLine) -> usize {
    let texts = match line {
        SettingsLine::Gap { .. } => 0,
        SettingsLine::Same { text } | SettingsLine::Gone { text } | SettingsLine::Came { text } => text.len(),
        SettingsLine::Key { key, was, is } => {
            key.len() + was.as_ref().map_or(0, String::len) + is.as_ref().map_or(0, String::len)
        }
    };
    texts + 16
}

fn by_line(old: &str, new: &str) -> Vec<SettingsLine> {
    let diff = Diff::of(old, new);
    let line = |row: crate::diff::Row<'_>| match row.kind {
        RowKind::Gap(lines) => SettingsLine::Gap { lines },
        RowKind::Context => SettingsLine::Same { text: row.text.to_owned() },
        RowKind::Removed => SettingsLine::Gone { text: row.text.to_owned() },
        RowKind::Added => SettingsLine::Came { text: row.text.to_owned() },
    };
    (0..diff.row_count()).filter_map(|index| diff.row(index)).map(line).collect()
}

fn by_key(old: &str, new: &str) -> Vec<SettingsLine> {
    let (mut old, mut new) = (leaves(old), leaves(new));
    let keys: BTreeSet<String> = old.keys().chain(new.keys()).cloned().collect();
    let line = |key: String| {
        let (was, is) = (old.remove(&key), new.remove(&key));
        (was != is).then_some(SettingsLine::Key { key, was, is })
    };
    keys.into_iter().filter_map(line).collect()
}

/// Every value of a text by its whole name, as it is written there.
fn leaves(text: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    if let Ok(document) = Document::parse(text) {
        below("", document.as_table(), &mut all);
    }
    all
}

fn below(path: &str, table: &dyn TableLike, all: &mut BTreeMap<String, String>) {
    for (key, item) in table.iter() {
        let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        match (item.as_table_like(), item) {
            (Some(inner), _) if !inner.is_empty() => below(&path, inner, all),
            (_, Item::Value(value)) => drop(all.insert(path, written(value))),
            (_, Item::ArrayOfTables(tables)) => {
                for (n, inner) in tables.iter().enumerate() {
                    below(&format!("{path}[{n}]"), inner, all);
                }
            }
            (_, Item::Table(_)) => drop(all.insert(path, "{}".to_owned())),
            (_, Item::None) => {}
        }
    }
}

fn written(value: &Value) -> String {
    value.clone().decorated("", "").to_string().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: &str, was: Option<&str>, is: Option<&str>) -> SettingsLine {
        SettingsLine::Key { key: key.to_owned(), was: was.map(str::to_owned), is: is.map(str::to_owned) }
    }

    #[test]
    fn keys_are_told_with_what_they_were_and_would_be_wherever_they_stand() {
        let old =
            "scroll = 3\n[budget]\nsession = \"5 USD\" # mine\n[agents.x]\ncommand = [\"a\"]\nenv = { A = \"1\" }\n";
        let new = "scroll = 3\nbudget = { session = \"900 USD\" }\n[agents.x]\ncommand = [\"b\"]\nenv = { A = \"1\", B = \"2\" }\n[mcp.t]\n";
        assert_eq!(
            by_key(old, new),
            [
                key("agents.x.command", Some("[\"a\"]"), Some("[\"b\"]")),
                key("agents.x.env.B", None, Some("\"2\"")),
                key("budget.session", Some("\"5 USD\""), Some("\"900 USD\"")),
                key("mcp.t", None, Some("{}")),
            ]
        );
        assert_eq!(by_key("scroll = 3\n", ""), [key("scroll", Some("3"), None)]);
    }

    #[test]
    fn the_key_that_takes_what_waits_is_the_one_that_is_bound() {
        let key = |text: &str| {
            let mut settings = Settings::default();
            settings.config = Config::parse(text, "").unwrap();
            settings.accept_key()
        };
        assert_eq!(key(""), "ctrl-y");
        assert_eq!(key("[keys]\naccept-settings = \"f9 f8\"\n"), "f9");
        assert_eq!(key("[keys]\naccept-settings = []\n"), "`accept-settings` in the palette");
    }

    #[test]
    fn rules_are_told_line_by_line() {
        let lines = by_line("a\nb\n", "a\nc\n");
        let text = |text: &str| text.to_owned();
        assert_eq!(
            lines,
            [
                SettingsLine::Same { text: text("a") },
                SettingsLine::Gone { text: text("b") },
                SettingsLine::Came { text: text("c") },
            ]
        );
    }
}
