//! From a name to a command line.

use super::{ClientCan, DEMO, Face, PRESETS, Preset, preset};
use crate::domain::nearest;
use std::collections::BTreeMap;
use std::path::Path;

/// What the configuration says of one agent. What is `None` stays as the preset has it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Override {
    /// The whole command line.
    pub command: Option<Vec<String>>,
    /// Variables to set for it.
    pub env: BTreeMap<String, String>,
    /// The mode to set after the start; empty for none.
    pub mode: Option<String>,
    /// Whether its own terminals are told in updates.
    pub terminal_output: Option<bool>,
}

impl std::fmt::Debug for Override {
    /// Values of variables may be secrets: only their names are shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Override")
            .field("command", &self.command)
            .field("env", &self.env.keys())
            .field("mode", &self.mode)
            .field("terminal_output", &self.terminal_output)
            .finish()
    }
}

/// Where to look for programs.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// The caller's `PATH`.
    pub path: &'a str,
    /// taut's own program, which is the demo agent too.
    pub own: &'a str,
}

/// All that is needed to start an agent.
#[derive(Clone, PartialEq, Eq)]
pub struct Launch {
    /// Its name in taut.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// The command line; the program with its path.
    pub command: Vec<String>,
    /// Variables to set.
    pub env: BTreeMap<String, String>,
    /// Variables to set where the caller's environment has none of that name.
    pub env_if_unset: &'static [(&'static str, &'static str)],
    /// The mode to set after the start.
    pub mode: Option<String>,
    /// What this client lets it do.
    pub client: ClientCan,
    /// The command line that tells its version, where one is known.
    pub version: Option<Vec<String>>,
    /// What a decision can do with it.
    pub face: Face,
}

impl std::fmt::Debug for Launch {
    /// Values of variables may be secrets: only their names are shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Launch")
            .field("name", &self.name)
            .field("command", &self.command)
            .field("env", &self.env.keys())
            .field("mode", &self.mode)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

/// Why an agent can't be started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// Nobody knows the name.
    #[error("no agent is called {name:?}{}; known are {}", .near.as_ref().map(|near| format!(": did you mean {near}?")).unwrap_or_default(), .known.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
        /// What was meant, perhaps.
        near: Option<String>,
        /// All names there are.
        known: Vec<String>,
    },
    /// The program is not there.
    #[error("{name} is not installed: there is no {} on PATH; {help}", .looked_for.join(" or "))]
    NotFound {
        /// The agent.
        name: String,
        /// The programs that were looked for.
        looked_for: Vec<String>,
        /// What to do.
        help: String,
    },
    /// The configuration gives it no command line.
    #[error("{name} has no command: set `command = [\"program\", \"arg\"]` under [agents.{name}] in config.toml")]
    NoCommand {
        /// The agent.
        name: String,
    },
}

impl Missing {
    /// What to do about it, where the name is said already.
    #[must_use]
    pub fn mend(&self) -> String {
        match self {
            Self::NotFound { help, .. } => format!("not here; {help}"),
            Self::Unknown { .. } | Self::NoCommand { .. } => self.to_string(),
        }
    }
}

/// How to start the agent of a name. `exists` says whether there is a program at a path.
///
/// # Errors
/// The name is not known, or its program is not found.
pub fn resolve(
    name: &str,
    overrides: &BTreeMap<String, Override>,
    search: Search<'_>,
    exists: impl Fn(&Path) -> bool,
) -> Result<Launch, Missing> {
    let preset = preset(name);
    let found = overrides.get(name).or_else(|| preset.and_then(|preset| overrides.get(preset.name)));
    if preset.is_none() && found.is_none() {
        return Err(unknown(name, overrides));
    }
    let said = found.cloned().unwrap_or_default();
    let name = preset.filter(|_| !overrides.contains_key(name)).map_or(name, |preset| preset.name).to_owned();
    let command = match (&said.command, preset) {
        (Some(command), _) => given(&name, command, search, &exists)?,
        (None, Some(preset)) => looked_up(preset, search, &exists)?,
        (None, None) => return Err(Missing::NoCommand { name }),
    };
    // The arguments of somebody's own command line are not known to fit: its version is not asked for.
    let version = preset.filter(|_| said.command.is_none()).and_then(|preset| {
        let program = command.first()?.clone();
        Some(std::iter::once(program).chain(preset.version.iter().map(|arg| (*arg).to_owned())).collect())
    });
    let mode = said.mode.or_else(|| preset.and_then(|preset| preset.mode).map(str::to_owned));
    let client = preset.map(|preset| preset.client).unwrap_or_default();
    Ok(Launch {
        title: preset.map_or_else(|| name.clone(), |preset| preset.title.to_owned()),
        name,
        command,
        env: said.env,
        env_if_unset: preset.map_or(&[], |preset| preset.env),
        mode: mode.filter(|mode| !mode.is_empty()),
        client: ClientCan { terminal_output: said.terminal_output.unwrap_or(client.terminal_output) },
        version,
        face: preset.map_or(Face::UNKNOWN, |preset| preset.face),
    })
}

fn unknown(name: &str, overrides: &BTreeMap<String, Override>) -> Missing {
    let mut known: Vec<String> = PRESETS.iter().map(|preset| preset.name.to_owned()).collect();
    known.extend(overrides.keys().filter(|own| preset(own).is_none()).cloned());
    let others = PRESETS.iter().flat_map(|preset| preset.also.iter().map(|also| (*also, preset.name)));
    let names: Vec<(&str, &str)> = known.iter().map(|own| (own.as_str(), own.as_str())).chain(others).collect();
    let near = nearest(name, names.iter().map(|(written, _)| *written));
    let near =
        near.and_then(|near| names.iter().find(|(written, _)| *written == near)).map(|(_, own)| (*own).to_owned());
    Missing::Unknown { name: name.chars().take(60).collect(), near, known }
}

fn given(
    name: &str,
    command: &[String],
    search: Search<'_>,
    exists: &impl Fn(&Path) -> bool,
) -> Result<Vec<String>, Missing> {
    let Some((program, args)) = command.split_first().filter(|(program, _)| !program.trim().is_empty()) else {
        return Err(Missing::NoCommand { name: name.to_owned() });
    };
    let program = find(program, search.path, exists).ok_or_else(|| Missing::NotFound {
        name: name.to_owned(),
        looked_for: vec![program.clone()],
        help: format!("check `command` under [agents.{name}] in config.toml"),
    })?;
    Ok(std::iter::once(program).chain(args.iter().cloned()).collect())
}

fn looked_up(preset: &Preset, search: Search<'_>, exists: &impl Fn(&Path) -> bool) -> Result<Vec<String>, Missing> {
    let program = if preset.name == DEMO {
        Some(search.own.to_owned())
    } else {
        preset.programs.iter().find_map(|program| find(program, search.path, exists))
    };
    let program = program.ok_or_else(|| Missing::NotFound {
        name: preset.name.to_owned(),
        looked_for: preset.programs.iter().map(|program| (*program).to_owned()).collect(),
        help: format!("install it: {}", preset.install),
    })?;
    Ok(std::iter::once(program).chain(preset.args.iter().map(|arg| (*arg).to_owned())).collect())
}

/// The program of a name: as it is where it has a folder, else in the folders of `PATH`. Relative folders in `PATH` are
/// passed over: they would find programs that an agent could have put into the workspace.
pub fn find(program: &str, path: &str, exists: impl Fn(&Path) -> bool) -> Option<String> {
    if program.contains('/') {
        return exists(Path::new(program)).then(|| program.to_owned());
    }
    let mut places = path.split(':').filter(|dir| dir.starts_with('/')).map(|dir| Path::new(dir).join(program));
    places.find(|place| exists(place)).map(|place| place.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(name: &str, overrides: &BTreeMap<String, Override>, there: &[&str]) -> Result<Launch, Missing> {
        let search = Search { path: "/usr/bin:.::/opt/bin", own: "/opt/bin/taut" };
        resolve(name, overrides, search, |path| there.iter().any(|it| path == Path::new(it)))
    }

    fn own(name: &str, said: Override) -> BTreeMap<String, Override> {
        BTreeMap::from([(name.to_owned(), said)])
    }

    #[test]
    fn an_agent_is_found_on_the_path() {
        let launch = look("gemini-cli", &BTreeMap::new(), &["/opt/bin/gemini"]).unwrap();
        assert_eq!((launch.name.as_str(), launch.mode.as_deref()), ("gemini", Some("default")));
        assert_eq!(launch.command, ["/opt/bin/gemini", "--acp"]);
        assert_eq!(launch.version.unwrap(), ["/opt/bin/gemini", "--version"]);
    }

    #[test]
    fn the_older_name_of_a_program_is_found_too() {
        let none = BTreeMap::new();
        let command = |there: &[&str]| look("claude-agent-acp", &none, there).unwrap().command;
        assert_eq!(command(&["/usr/bin/claude-code-acp"]), ["/usr/bin/claude-code-acp"]);
        assert_eq!(command(&["/usr/bin/claude-code-acp", "/opt/bin/claude-agent-acp"]), ["/opt/bin/claude-agent-acp"]);
    }

    #[test]
    fn a_program_in_the_current_folder_is_never_taken() {
        assert!(look("goose", &BTreeMap::new(), &["goose", "./goose"]).is_err());
    }

    #[test]
    fn the_demo_is_taut_itself() {
        assert_eq!(look("demo", &BTreeMap::new(), &[]).unwrap().command, ["/opt/bin/taut", "demo-agent"]);
    }

    #[test]
    fn the_configuration_goes_before_the_preset() {
        let command = Some(["node", "x.js"].map(String::from).to_vec());
        let env = BTreeMap::from([("KEY".to_owned(), "secret".to_owned())]);
        let said = Override { command, env, mode: Some(String::new()), terminal_output: Some(false) };
        assert!(!format!("{said:?}").contains("secret"));
        let launch = look("claude", &own("claude", said.clone()), &["/usr/bin/node"]).unwrap();
        assert_eq!(launch.command, ["/usr/bin/node", "x.js"]);
        assert_eq!((launch.mode.as_ref(), launch.version.as_ref(), launch.client), (None, None, ClientCan::default()));
        assert!(!format!("{launch:?}").contains("secret"));
        let mine = look("mine", &own("mine", said), &["/usr/bin/node"]).unwrap();
        assert_eq!((mine.name.as_str(), mine.face), ("mine", Face::UNKNOWN));
    }

    #[test]
    fn what_is_missing_is_said_in_one_sentence() {
        let told =
            |name: &str, overrides: &BTreeMap<String, Override>| look(name, overrides, &[]).unwrap_err().to_string();
        assert_eq!(
            told("gooze", &own("mine", Override::default())),
            "no agent is called \"gooze\": did you mean goose?; known are claude, claude-agent-acp, codex, codex-acp, gemini, \
             copilot, opencode, goose, qwen, kimi, mistral-vibe, demo, mine"
        );
        assert!(told("zzz", &BTreeMap::new()).starts_with("no agent is called \"zzz\"; known are claude"));
        assert_eq!(
            told("claude", &BTreeMap::new()),
            "claude is not installed: there is no claude on PATH; install it: npm install -g @anthropic-ai/claude-code"
        );
        assert!(told("mine", &own("mine", Override::default())).contains("[agents.mine]"));
        let empty = Override { command: Some(vec![" ".into()]), ..Override::default() };
        assert!(told("goose", &own("goose", empty)).contains("has no command"));
    }

    #[test]
    fn names_are_told_apart() {
        let mut names: Vec<&str> = PRESETS.iter().flat_map(|it| it.also.iter().copied().chain([it.name])).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        for name in names {
            assert!(preset(name).is_some(), "{name}");
        }
    }
}
