//! Reading TOML for people: every fault at once, each one sentence with its file and line.

use crate::domain::nearest;
use std::fmt;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Something wrong in a file of settings: where, and one sentence that says what is accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file, as the reader of the sentence knows it.
    pub file: String,
    /// From 1; 0 where the whole file is meant.
    pub line: u32,
    /// The sentence.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.what),
            line => write!(f, "{}:{line}: {}", self.file, self.what),
        }
    }
}

impl std::error::Error for Fault {}

/// A file while it is read: knows its lines and gathers its faults.
#[derive(Debug)]
pub struct Reading {
    file: String,
    starts: Vec<usize>,
    faults: Vec<Fault>,
}

/// A value together with where it stands.
pub type Value<'t, 'i> = &'t Spanned<DeValue<'i>>;

/// Reads a text with `read`: what it makes, or every fault that was found, in the order of lines.
///
/// # Errors
/// The faults of the TOML itself where there are any, else those that `read` reported.
pub fn read_toml<T>(
    text: &str,
    file: &str,
    read: impl FnOnce(&mut Reading, &DeTable<'_>) -> T,
) -> Result<T, Vec<Fault>> {
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let mut reading = Reading { file: file.to_owned(), starts, faults: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        reading.fault(
            &error.span().unwrap_or_default(),
            format!("this is not TOML: {}", error.message().lines().next().unwrap_or_default()),
        );
    }
    // A table that was recovered from broken text would only raise faults that are not there.
    let made = if errors.is_empty() { Some(read(&mut reading, table.get_ref())) } else { None };
    let mut faults = reading.faults;
    faults.sort();
    faults.dedup();
    match made {
        Some(made) if faults.is_empty() => Ok(made),
        _ => Err(faults),
    }
}

impl Reading {
    /// The line on which a span begins, from 1.
    #[must_use]
    pub fn line(&self, span: &Range<usize>) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= span.start)).unwrap_or(u32::MAX)
    }

    /// Notes a fault.
    pub fn fault(&mut self, span: &Range<usize>, what: impl Into<String>) {
        let line = self.line(span);
        self.faults.push(Fault { file: self.file.clone(), line, what: what.into() });
    }

    /// Notes every key of a table that is none of `known`. `of` is the table's name as written in the file, or empty.
    pub fn only(&mut self, table: &DeTable<'_>, of: &str, known: &[&str]) {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let place = if of.is_empty() { String::new() } else { format!(" in {of}") };
                let what = format!("unknown key {}{place}; {}", quoted(name), meant(name, known, "known are"));
                self.fault(&key.span(), what);
            }
        }
    }

    /// The text under a key.
    pub fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let value = table.get(key)?;
        let DeValue::String(text) = value.get_ref() else {
            self.wrong(key, "a text, as in \"x\"", value);
            return None;
        };
        Some(text.to_string())
    }

    /// The truth value under a key.
    pub fn switch(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let value = table.get(key)?;
        let DeValue::Boolean(on) = value.get_ref() else {
            self.wrong(key, "true or false", value);
            return None;
        };
        Some(*on)
    }

    /// The table under a key.
    pub fn table<'t, 'i>(&mut self, table: &'t DeTable<'i>, key: &str) -> Option<&'t DeTable<'i>> {
        let value = table.get(key)?;
        let DeValue::Table(inner) = value.get_ref() else {
            self.wrong(key, "a table", value);
            return None;
        };
        Some(inner)
    }

    /// The texts under a key, each with its span: a list of texts, or one text alone.
    pub fn texts(&mut self, table: &DeTable<'_>, key: &str) -> Option<Vec<(String, Range<usize>)>> {
        let value = table.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(vec![(text.to_string(), value.span())]),
            DeValue::Array(items) => {
                let mut texts = Vec::with_capacity(items.len());
                for item in items {
                    match item.get_ref() {
                        DeValue::String(text) => texts.push((text.to_string(), item.span())),
                        _ => self.wrong(key, "a list of texts, as in [\"x\", \"y\"]", item),
                    }
                }
                Some(texts)
            }
            _ => {
                self.wrong(key, "a list of texts, as in [\"x\", \"y\"]", value);
                None
            }
        }
    }

    /// The names and texts of the table under a key.
    pub fn pairs(&mut self, table: &DeTable<'_>, key: &str) -> Vec<(String, String)> {
        let Some(inner) = self.table(table, key) else { return Vec::new() };
        let mut pairs = Vec::with_capacity(inner.len());
        for (name, value) in inner {
            match value.get_ref() {
                DeValue::String(text) => pairs.push((name.get_ref().to_string(), text.to_string())),
                _ => self.wrong(&format!("{key}.{}", name.get_ref()), "a text, as in \"x\"", value),
            }
        }
        pairs
    }

    /// Notes that a value has the wrong type.
    pub fn wrong(&mut self, key: &str, accepted: &str, value: Value<'_, '_>) {
        let what = format!("{} takes {accepted}, and not {}", quoted(key), value.get_ref().type_str());
        self.fault(&value.span(), what);
    }
}

/// What was meant, or what there is: the end of a sentence about a wrong name.
#[must_use]
pub fn meant(wrong: &str, known: &[&str], are: &str) -> String {
    let list = known.join(", ");
    match nearest(wrong, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`? ({are} {list})"),
        None => format!("{are} {list}"),
    }
}

/// A name out of a file, safe to show.
#[must_use]
pub fn quoted(name: &str) -> String {
    let short: String = name.chars().take(60).collect();
    let cut = if short.len() < name.len() { "…" } else { "" };
    format!("`{}{cut}`", short.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let read = |r: &mut Reading, t: &DeTable<'_>| {
            r.only(t, "", &["name", "on", "list"]);
            (r.text(t, "name"), r.switch(t, "on"), r.texts(t, "list"))
        };
        read_toml(text, "f.toml", read).err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_line() {
        assert_eq!(
            faults("# a\nnmae = 1\non = \"yes\"\nlist = [\n  \"a\",\n  2,\n]\n"),
            [
                "f.toml:2: unknown key `nmae`; did you mean `name`? (known are name, on, list)",
                "f.toml:3: `on` takes true or false, and not string",
                "f.toml:6: `list` takes a list of texts, as in [\"x\", \"y\"], and not integer",
            ]
        );
    }

    #[test]
    fn broken_toml_is_told_with_its_line() {
        let told = faults("name = \"a\"\non = = true\nlist = [1\n");
        assert!(told.iter().any(|line| line.starts_with("f.toml:2: this is not TOML")), "{told:?}");
    }

    #[test]
    fn good_text_has_no_faults() {
        assert!(faults("").is_empty());
        assert!(faults("name = \"a\"\non = true\nlist = \"one\"\n").is_empty());
    }
}
