//! Reading `policy.toml`.

use super::Policy;
use super::command;
use super::pattern::{Pattern, Reach};
use super::rule::Rule;
use super::toml_file::{Fault, Reading, meant, quoted, read_toml};
use super::trap;
use crate::domain::{Digest, Impact, Outcome};
use crate::shell;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

const IMPACTS: [(&str, Impact); 9] = [
    ("read", Impact::Read),
    ("think", Impact::Think),
    ("edit", Impact::Edit),
    ("delete", Impact::Delete),
    ("move", Impact::Move),
    ("run", Impact::Execute),
    ("execute", Impact::Execute),
    ("fetch", Impact::Fetch),
    ("other", Impact::Other),
];
const OUTCOMES: [(&str, Outcome); 3] = [("allow", Outcome::Allow), ("ask", Outcome::Ask), ("deny", Outcome::Deny)];
const RULE_KEYS: [&str; 10] =
    ["then", "impact", "tool", "path", "command", "prefix", "redirect", "assign", "agent", "note"];

impl Policy {
    /// Reads the text of a policy. `source` is the name that verdicts and faults carry.
    ///
    /// # Errors
    /// Every fault in the text, in the order of lines.
    pub fn parse(text: &str, source: &str) -> Result<Self, Vec<Fault>> {
        let (silence, mut rules) = read_toml(text, source, |reading, table| {
            reading.only(table, "", &["default", "rule"]);
            (silence(reading, table), rules(reading, table))
        })?;
        rules.sort_by_key(|rule| rule.line);
        Ok(Self { source: source.to_owned(), silence, rules, digest: Digest::of(text.as_bytes()), broken: None })
    }
}

fn silence(reading: &mut Reading, table: &DeTable<'_>) -> Option<(Outcome, u32)> {
    let span = table.get("default")?.span();
    let text = reading.text(table, "default")?;
    match text.as_str() {
        "ask" => Some((Outcome::Ask, reading.line(&span))),
        "deny" => Some((Outcome::Deny, reading.line(&span))),
        "allow" => {
            reading.fault(
                &span,
                "`default` can't be \"allow\": silence never lets anything run; it takes \"ask\" or \"deny\"",
            );
            None
        }
        other => {
            reading.fault(&span, format!("`default` takes \"ask\" or \"deny\", and not {}", quoted(other)));
            None
        }
    }
}

fn rules(reading: &mut Reading, table: &DeTable<'_>) -> Vec<Rule> {
    let Some(value) = table.get("rule") else { return Vec::new() };
    let DeValue::Array(items) = value.get_ref() else {
        reading.fault(&value.span(), "a rule begins with [[rule]], in double brackets");
        return Vec::new();
    };
    let mut rules = Vec::new();
    for item in items {
        match item.get_ref() {
            DeValue::Table(inner) => rules.extend(rule(reading, inner, &item.span())),
            _ => reading.fault(&item.span(), "a rule begins with [[rule]], in double brackets"),
        }
    }
    rules
}

fn rule(reading: &mut Reading, table: &DeTable<'_>, span: &Range<usize>) -> Option<Rule> {
    reading.only(table, "[[rule]]", &RULE_KEYS);
    let then = then(reading, table, span);
    // Where it is not known what a rule does, its patterns are checked all the same.
    let reach = if then == Some(Outcome::Allow) { Reach::Narrow } else { Reach::Wide };
    let impact = list(reading, table, "impact", |_, text| one_of(text, "impact", &IMPACTS));
    let tool = list(reading, table, "tool", |_, text| exact("tool", text));
    let path = list(reading, table, "path", |_, text| Pattern::new(text, reach));
    let command = list(reading, table, "command", |_, text| whole(text));
    let prefix = list(reading, table, "prefix", |_, text| prefix(text));
    let redirect = list(reading, table, "redirect", |_, text| Pattern::new(text, Reach::Narrow));
    let assign = list(reading, table, "assign", |_, text| name(text));
    for (key, there) in [("redirect", redirect.is_some()), ("assign", assign.is_some())] {
        if there && !(then == Some(Outcome::Allow) && prefix.is_some()) {
            reading.fault(span, format!("`{key}` belongs to a rule that allows by `prefix`"));
        }
    }
    let agent = list(reading, table, "agent", |_, text| exact("agent", text));
    let note = reading.text(table, "note");
    let narrows = impact.is_some() || tool.is_some() || path.is_some() || command.is_some() || prefix.is_some();
    if then == Some(Outcome::Allow) && !narrows {
        reading.fault(span, "a rule that allows needs at least one of impact, tool, path, command, prefix");
    }
    let odd = prefix.as_deref().and_then(trap::in_one_list);
    let odd = odd.map(|what| (reading.line(&table.get("prefix").map_or(span.clone(), toml::Spanned::span)), what));
    let line = reading.line(span);
    Some(Rule { line, then: then?, impact, tool, path, command, prefix, redirect, assign, agent, note, odd })
}

fn then(reading: &mut Reading, table: &DeTable<'_>, span: &Range<usize>) -> Option<Outcome> {
    let Some(value) = table.get("then") else {
        reading.fault(span, "a rule needs `then`: \"allow\", \"ask\" or \"deny\"");
        return None;
    };
    let text = reading.text(table, "then")?;
    one_of(&text, "then", &OUTCOMES).map_err(|what| reading.fault(&value.span(), what)).ok()
}

/// The items under a key, each read by `read`; `None` where the key was not given.
fn list<T>(
    reading: &mut Reading,
    table: &DeTable<'_>,
    key: &str,
    read: impl Fn(&Reading, &str) -> Result<T, String>,
) -> Option<Vec<T>> {
    let texts = reading.texts(table, key)?;
    if texts.is_empty() {
        let span = table.get(key).map(toml::Spanned::span).unwrap_or_default();
        reading.fault(&span, format!("an empty list matches nothing: fill `{key}` or leave it out"));
    }
    let mut items = Vec::with_capacity(texts.len());
    for (text, span) in texts {
        match read(reading, &text) {
            Ok(item) => items.push(item),
            Err(what) => reading.fault(&span, what),
        }
    }
    Some(items)
}

fn one_of<T: Copy>(text: &str, key: &str, known: &[(&str, T)]) -> Result<T, String> {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let found = known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    found.ok_or_else(|| format!("{} is nothing for `{key}`; {}", quoted(text), meant(text, &names, "known are")))
}

fn exact(key: &str, text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err(format!("an empty `{key}` matches nothing; write its whole name"));
    }
    if text.contains('*') {
        return Err(format!("`{key}` takes whole names, without `*`: {} would match nothing", quoted(text)));
    }
    Ok(text.to_owned())
}

fn whole(text: &str) -> Result<String, String> {
    let line = text.trim();
    if line.is_empty() {
        return Err("an empty `command` matches nothing; write the whole command line".to_owned());
    }
    if line.ends_with('*') {
        let shown = quoted(line);
        return Err(format!(
            "{shown}: `command` takes whole command lines, exactly as they run; write `prefix` for what they begin with"
        ));
    }
    Ok(line.to_owned())
}

fn prefix(text: &str) -> Result<Vec<String>, String> {
    let shown = quoted(text);
    if text.trim().is_empty() {
        return Err(
            "an empty `prefix` would mean every command; write how commands begin, as in \"cargo test\"".to_owned()
        );
    }
    if text.contains('*') {
        return Err(format!("{shown}: `prefix` takes the first words of a command, without `*`"));
    }
    command::prefix(text).ok_or_else(|| {
        format!("{shown} is not the beginning of one plain command; write its first words, as in \"cargo test\"")
    })
}

fn name(text: &str) -> Result<String, String> {
    let shown = quoted(text);
    if shell::is_name(text) { Ok(text.to_owned()) } else { Err(format!("{shown} can't be the name of a variable")) }
}
