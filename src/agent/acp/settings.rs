//! Modes, settings and commands: what the agent offers, and what is set now. Modes live in `modes`, in a setting of the
//! category `mode`, or in both, and change by either way (acp.md, 31).

use super::look;
use super::out::Out;
use crate::domain::{By, ConfigOption, Event, Mode, SlashCommand};
use serde_json::{Value, json};

/// What is offered and set.
#[derive(Debug, Default)]
pub(super) struct Settings {
    modes: Vec<Mode>,
    /// The modes came as `modes`: they are set by `session/set_mode`.
    by_method: bool,
    mode: Option<String>,
    options: Vec<ConfigOption>,
    commands: Vec<SlashCommand>,
}

/// How a mode is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// By `session/set_mode`.
    Method,
    /// By `session/set_config_option`, with this id.
    Option(String),
}

impl Settings {
    /// The result of `session/new`, `load` or `resume`.
    pub(super) fn opened(&mut self, out: &mut Out, result: &Value) {
        if let Some(modes) = result.get("modes") {
            self.modes = look::list(modes, "availableModes").iter().filter_map(mode).collect();
            self.by_method = !self.modes.is_empty();
            self.mode = look::owned(modes, "currentModeId");
        }
        let options = options(result);
        if !self.by_method
            && let Some(option) = options.iter().find(|option| is_mode(option))
        {
            let help = |value: &str| help_of(result, &option.id, value);
            let mode = |(id, name): &(String, String)| Mode { id: id.clone(), name: name.clone(), help: help(id) };
            self.modes = option.values.iter().map(mode).collect();
            self.mode = Some(option.current.clone());
        }
        if !self.modes.is_empty() {
            out.root(Event::ModesOffered { modes: self.modes.clone(), current: self.mode.clone() });
        }
        if !options.is_empty() {
            self.options.clone_from(&options);
            out.root(Event::OptionsOffered { options });
        }
    }

    /// `config_option_update`, or the result of `session/set_config_option`.
    pub(super) fn options(&mut self, out: &mut Out, update: &Value, by: By) {
        let options = options(update);
        if options.is_empty() || options == self.options {
            return;
        }
        let mode = options.iter().find(|option| is_mode(option)).map(|option| option.current.clone());
        self.options.clone_from(&options);
        out.root(Event::OptionsOffered { options });
        if let Some(mode) = mode {
            self.mode_is(out, &mode, by);
        }
    }

    /// The mode is this, by whatever way that was said.
    pub(super) fn mode_is(&mut self, out: &mut Out, mode: &str, by: By) {
        if mode.is_empty() || self.mode.as_deref() == Some(mode) {
            return;
        }
        self.mode = Some(mode.to_owned());
        if let Some(option) = self.options.iter_mut().find(|option| is_mode(option)) {
            mode.clone_into(&mut option.current);
        }
        out.root(Event::ModeChanged { mode: mode.to_owned(), by });
    }

    /// `available_commands_update`. Said again unchanged, it is nothing new (copilot).
    pub(super) fn commands(&mut self, out: &mut Out, update: &Value) {
        let commands: Vec<_> = look::list(update, "availableCommands").iter().filter_map(command).collect();
        if commands != self.commands {
            self.commands.clone_from(&commands);
            out.root(Event::CommandsOffered { commands });
        }
    }

    /// Whether this mode is set.
    pub(super) fn is_in(&self, mode: &str) -> bool {
        self.mode.as_deref() == Some(mode)
    }

    /// How to set this mode; nothing where the agent offers modes and this is none of them.
    pub(super) fn way_to(&self, mode: &str) -> Option<Way> {
        let option = self.options.iter().find(|option| is_mode(option));
        let in_option = option.is_some_and(|option| option.values.iter().any(|(value, _)| value == mode));
        let offered = self.modes.iter().any(|offered| offered.id == mode);
        match option {
            _ if self.by_method && offered => Some(Way::Method),
            Some(option) if in_option => Some(Way::Option(option.id.clone())),
            None if self.modes.is_empty() => Some(Way::Method),
            Some(_) | None => None,
        }
    }

    /// The modes that there are, in words.
    pub(super) fn modes_in_words(&self) -> String {
        self.modes.iter().map(|mode| mode.id.as_str()).collect::<Vec<_>>().join(", ")
    }
}

impl Way {
    /// The request that sets a mode this way.
    pub(super) fn request(&self, session: &str, mode: &str) -> (&'static str, Value) {
        match self {
            Self::Method => ("session/set_mode", json!({"sessionId": session, "modeId": mode})),
            Self::Option(id) => {
                ("session/set_config_option", json!({"sessionId": session, "configId": id, "value": mode}))
            }
        }
    }
}

fn is_mode(option: &ConfigOption) -> bool {
    option.category.as_deref() == Some("mode") && !option.switch
}

fn mode(value: &Value) -> Option<Mode> {
    let id = look::owned(value, "id")?;
    let name = look::owned(value, "name").unwrap_or_else(|| id.clone());
    Some(Mode { id, name, help: look::owned(value, "description") })
}

fn options(from: &Value) -> Vec<ConfigOption> {
    look::list(from, "configOptions").iter().filter_map(option).collect()
}

fn option(value: &Value) -> Option<ConfigOption> {
    let id = look::owned(value, "id")?;
    let current = value.get("currentValue").unwrap_or(&Value::Null);
    let switch = look::text(value, "type") == Some("boolean") || current.is_boolean();
    let current = match current {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let values = look::list(value, "options").iter().flat_map(choices).collect();
    Some(ConfigOption {
        name: look::owned(value, "name").unwrap_or_else(|| id.clone()),
        category: look::owned(value, "category"),
        id,
        current,
        values,
        switch,
    })
}

/// A choice, or a group of them: its name stands before theirs.
fn choices(value: &Value) -> Vec<(String, String)> {
    let one = |value: &Value, group: Option<&str>| -> Option<(String, String)> {
        let id = look::text(value, "value")?.to_owned();
        let name = look::owned(value, "name").unwrap_or_else(|| id.clone());
        Some((id, group.map_or(name.clone(), |group| format!("{group}: {name}"))))
    };
    if value.get("options").is_some() {
        let group = look::text(value, "name").or(look::text(value, "group"));
        return look::list(value, "options").iter().filter_map(|value| one(value, group)).collect();
    }
    one(value, None).into_iter().collect()
}

fn help_of(result: &Value, option: &str, value: &str) -> Option<String> {
    let option = look::list(result, "configOptions").iter().find(|one| look::text(one, "id") == Some(option))?;
    let choice = look::list(option, "options").iter().find(|one| look::text(one, "value") == Some(value))?;
    look::owned(choice, "description")
}

fn command(value: &Value) -> Option<SlashCommand> {
    let name = look::text(value, "name")?.trim_start_matches('/').to_owned();
    let hint = look::at(value, &["input", "hint"]).and_then(Value::as_str).map(str::to_owned);
    Some(SlashCommand { name, help: look::owned(value, "description").unwrap_or_default(), hint })
}
