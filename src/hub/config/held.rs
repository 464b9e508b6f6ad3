//! What of a configuration lets something run, decide, or pass: it waits for a human where it changes while agents run.

use super::{Clipboard, Config};
use std::collections::{BTreeMap, BTreeSet};

/// The keys in which two configurations differ in that. Looks are nobody's concern but the human's.
#[must_use]
pub fn changes(was: &Config, is: &Config) -> Vec<String> {
    let mut keys = Vec::new();
    let mut say = |differs: bool, key: &str| {
        if differs {
            keys.push(key.to_owned());
        }
    };
    say(was.scripts != is.scripts, "scripts");
    say(was.deadline != is.deadline, "deadline");
    say(was.checkpoints != is.checkpoints, "checkpoints");
    say(was.keep.age != is.keep.age, "keep.age");
    say(was.keep.size != is.keep.size, "keep.size");
    say(was.keep.wide != is.keep.wide, "keep.wide");
    say(was.start_within != is.start_within, "start_within");
    say(was.attention.command != is.attention.command, "attention.command");
    say(command(&was.clipboard) != command(&is.clipboard), "clipboard");
    let (old, new) = (&was.limits, &is.limits);
    say(old.silent != new.silent, "watch.silent");
    say(old.repeat != new.repeat, "watch.repeat");
    say(old.errors != new.errors, "watch.errors");
    say(old.unseen != new.unseen, "watch.unseen");
    let (old, new) = (&old.budget, &new.budget);
    say(old.session.soft != new.session.soft, "budget.session");
    say(old.session.hard != new.session.hard, "budget.session_hard");
    say(old.day.soft != new.day.soft, "budget.day");
    say(old.day.hard != new.day.hard, "budget.day_hard");
    for name in differing(&was.agents, &is.agents) {
        say(true, &format!("agents.{name}"));
    }
    for name in differing(&was.mcp_chosen, &is.mcp_chosen) {
        say(true, &format!("agents.{name}.mcp"));
    }
    for name in differing(&was.mcp, &is.mcp) {
        say(true, &format!("mcp.{name}"));
    }
    for name in differing(&bound(was), &bound(is)) {
        say(true, &format!("keys.{name}"));
    }
    keys
}

/// A command that copied texts are given to.
fn command(clipboard: &Clipboard) -> Option<&[String]> {
    match clipboard {
        Clipboard::Command(command) => Some(command),
        Clipboard::Osc52 | Clipboard::Off => None,
    }
}

fn bound(config: &Config) -> BTreeMap<String, Vec<String>> {
    config.keys.iter().map(|binding| (binding.action.clone(), binding.keys.clone())).collect()
}

fn differing<T: PartialEq>(was: &BTreeMap<String, T>, is: &BTreeMap<String, T>) -> Vec<String> {
    let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    names.into_iter().filter(|name| was.get(*name) != is.get(*name)).cloned().collect()
}

impl Config {
    /// This configuration, and no command of it.
    #[must_use]
    pub fn without_commands(&self) -> Self {
        let mut config = self.clone();
        config.attention.command.clear();
        if command(&config.clipboard).is_some() {
            config.clipboard = Clipboard::default();
        }
        config
    }

    /// This configuration with what lets something run, decide or pass from another one: `held`.
    #[must_use]
    pub fn held_to(&self, held: &Self) -> Self {
        let clipboard = match (&self.clipboard, &held.clipboard) {
            (mine, theirs) if command(mine) == command(theirs) => mine.clone(),
            (_, theirs) => theirs.clone(),
        };
        let mut attention = self.attention.clone();
        attention.command.clone_from(&held.attention.command);
        Self {
            clipboard,
            attention,
            theme: self.theme.clone(),
            marks: self.marks,
            screen: self.screen,
            mouse: self.mouse,
            scroll: self.scroll,
            ..held.clone()
        }
    }
}
