//! `[agents.NAME]`: what the user says of an agent.

use crate::agent::presets::{Override, PRESETS, preset};
use crate::policy::toml_file::{Reading, meant, quoted};
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

const KEYS: [&str; 5] = ["command", "env", "mode", "capabilities", "mcp"];

/// Every agent, and the servers that it was given by name.
type Agents = (BTreeMap<String, Override>, BTreeMap<String, Vec<String>>);

/// Reads `[agents]`. What is said of a preset by another of its names is kept under its first.
pub(super) fn agents(reading: &mut Reading, table: &DeTable<'_>, servers: &[&str]) -> Agents {
    let mut agents = Agents::default();
    let Some(inner) = reading.table(table, "agents") else { return agents };
    for (key, value) in inner {
        let written = key.get_ref().as_ref();
        let DeValue::Table(said) = value.get_ref() else {
            reading.wrong(&format!("agents.{written}"), "a table", value);
            continue;
        };
        let section = format!("[agents.{}]", written.escape_debug());
        reading.only(said, &section, &KEYS);
        let agent = agent(reading, said);
        let known = preset(written);
        if known.is_none() && !said.contains_key("command") {
            let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
            let hint = meant(written, &names, "presets are");
            reading
                .fault(&key.span(), format!("no preset is called {}, so it needs `command`; {hint}", quoted(written)));
        }
        let name = known.map_or(written, |preset| preset.name).to_owned();
        if let Some(chosen) = chosen(reading, said, servers) {
            agents.1.insert(name.clone(), chosen);
        }
        if agents.0.insert(name.clone(), agent).is_some() {
            reading.fault(&key.span(), format!("{section} is {} once more: put both into one section", quoted(&name)));
        }
    }
    agents
}

fn agent(reading: &mut Reading, said: &DeTable<'_>) -> Override {
    let command = reading.texts(said, "command");
    let command = command.map(|words| words.into_iter().map(|(word, _)| word).collect::<Vec<_>>());
    if let Some(words) = &command
        && words.first().is_none_or(|program| program.trim().is_empty())
        && let Some(value) = said.get("command")
    {
        reading.fault(&value.span(), "`command` needs a program, as in [\"program\", \"arg\"]");
    }
    let terminal_output = reading.table(said, "capabilities").and_then(|inner| {
        reading.only(inner, "capabilities", &["terminal_output"]);
        reading.switch(inner, "terminal_output")
    });
    Override {
        command,
        env: reading.pairs(said, "env").into_iter().collect(),
        mode: reading.text(said, "mode"),
        terminal_output,
    }
}

fn chosen(reading: &mut Reading, said: &DeTable<'_>, servers: &[&str]) -> Option<Vec<String>> {
    let mut chosen = Vec::new();
    for (name, span) in reading.texts(said, "mcp")? {
        if servers.contains(&name.as_str()) {
            chosen.push(name);
        } else {
            let hint = if servers.is_empty() {
                "there is no [mcp.NAME] at all".into()
            } else {
                meant(&name, servers, "there are")
            };
            reading.fault(&span, format!("no MCP server is called {}; {hint}", quoted(&name)));
        }
    }
    Some(chosen)
}
