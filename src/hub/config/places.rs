//! Where things are kept.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What the command line says about places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// `--config FILE`.
    pub config: Option<PathBuf>,
    /// `--state DIR`; goes before `TAUT_STATE`.
    pub state: Option<PathBuf>,
}

/// There is no home folder, and no variable that stands in for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no home folder to keep {0} in: set HOME, or name the place with {1}")]
pub struct NoHome(&'static str, &'static str);

/// Where everything is kept; absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The configuration.
    pub config: PathBuf,
    /// Whether `--config` named it, so that it must be there.
    pub config_given: bool,
    /// The policy, beside the configuration.
    pub policy: PathBuf,
    /// The user's themes, beside the configuration.
    pub themes: PathBuf,
    /// The folder of the store, its head, checkpoints, logs and lock.
    pub state: PathBuf,
    /// The folder of the socket.
    pub runtime: PathBuf,
    /// The socket.
    pub socket: PathBuf,
    /// The human's home folder, where there is one.
    pub home: Option<PathBuf>,
    /// The folder in which other programs have their configurations.
    pub configs: Option<PathBuf>,
}

impl Places {
    /// The places by the command line and the environment, which `env` reads.
    ///
    /// # Errors
    /// Something would have to be kept in a home folder, and there is none.
    pub fn find(given: &Given, env: impl Fn(&str) -> Option<OsString>) -> Result<Self, NoHome> {
        let home = dir(&env, "HOME").or_else(|| etcetera::home_dir().ok().filter(|home| home.is_absolute()));
        let base = |variable: &str, rest: &str| {
            dir(&env, variable).or_else(|| Some(home.as_ref()?.join(rest))).map(|base| base.join("taut"))
        };
        let config = match &given.config {
            Some(file) => absolute(file),
            None => {
                base("XDG_CONFIG_HOME", ".config").ok_or(NoHome("the configuration", "--config"))?.join("config.toml")
            }
        };
        let elsewhere =
            given.state.clone().or_else(|| env("TAUT_STATE").filter(|it| !it.is_empty()).map(PathBuf::from));
        let state = match &elsewhere {
            Some(state) => absolute(state),
            None => base("XDG_STATE_HOME", ".local/state").ok_or(NoHome("the state", "--state"))?,
        };
        // Another state is another hub: it must not take the socket of the first.
        let runtime = match elsewhere {
            Some(_) => state.clone(),
            None => dir(&env, "XDG_RUNTIME_DIR").map_or_else(|| state.clone(), |base| base.join("taut")),
        };
        let configs = dir(&env, "XDG_CONFIG_HOME").or_else(|| Some(home.as_ref()?.join(".config")));
        let beside = |name: &str| config.parent().unwrap_or(Path::new("/")).join(name);
        Ok(Self {
            config_given: given.config.is_some(),
            policy: beside("policy.toml"),
            themes: beside("themes"),
            socket: runtime.join("hub.sock"),
            config,
            state,
            runtime,
            home,
            configs,
        })
    }

    /// The socket of the hooks of agents, beside the other one.
    #[must_use]
    pub fn hooks(&self) -> PathBuf {
        self.runtime.join("hook.sock")
    }

    /// taut's own files and folders, for the policy: nothing an agent does to them is ever allowed by a rule.
    #[must_use]
    pub fn own(&self, program: &Path) -> Vec<String> {
        let mut own = vec![self.state.clone(), self.runtime.clone(), self.policy.clone(), program.to_owned()];
        own.push(self.config.clone());
        if !self.config_given {
            own.extend(self.config.parent().map(Path::to_owned));
        }
        let real: Vec<PathBuf> = own.iter().filter_map(|path| path.canonicalize().ok()).collect();
        own.extend(real);
        let mut names: Vec<String> = own.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        names.sort();
        names.dedup();
        names
    }
}

/// The folder that a variable names; relative ones count for nothing, as the XDG specification says.
fn dir(env: &impl Fn(&str) -> Option<OsString>, variable: &str) -> Option<PathBuf> {
    env(variable).map(PathBuf::from).filter(|dir| dir.is_absolute())
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(given: &Given, env: &[(&str, &str)]) -> Places {
        let value = |name: &str| env.iter().find(|(it, _)| *it == name).map(|(_, value)| OsString::from(value));
        Places::find(given, value).unwrap()
    }

    #[test]
    fn the_environment_is_followed() {
        let places =
            find(&Given::default(), &[("HOME", "/h"), ("XDG_RUNTIME_DIR", "/run/u"), ("XDG_STATE_HOME", "rel")]);
        assert_eq!(places.config, Path::new("/h/.config/taut/config.toml"));
        assert_eq!(places.policy, Path::new("/h/.config/taut/policy.toml"));
        assert_eq!(places.state, Path::new("/h/.local/state/taut"));
        assert_eq!(places.socket, Path::new("/run/u/taut/hub.sock"));
        let places = find(&Given::default(), &[("HOME", "/h"), ("XDG_CONFIG_HOME", "/c"), ("XDG_STATE_HOME", "/s")]);
        assert_eq!(places.themes, Path::new("/c/taut/themes"));
        assert_eq!(places.socket, Path::new("/s/taut/hub.sock"));
    }

    #[test]
    fn what_is_given_goes_first() {
        let env = [("HOME", "/h"), ("TAUT_STATE", "/t"), ("XDG_RUNTIME_DIR", "/run/u")];
        assert_eq!(find(&Given::default(), &env).socket, Path::new("/t/hub.sock"));
        let given = Given { config: Some("/x/c.toml".into()), state: Some("/y".into()) };
        let places = find(&given, &env);
        assert_eq!((places.state.as_path(), places.policy.as_path()), (Path::new("/y"), Path::new("/x/policy.toml")));
        assert!(find(&Given { state: Some("rel".into()), ..Given::default() }, &env).state.is_absolute());
    }

    #[test]
    fn its_own_files_are_named_and_not_the_folder_of_somebody() {
        let given = Given { config: Some("/x/c.toml".into()), state: Some("/y".into()) };
        let own = find(&given, &[("HOME", "/h")]).own(Path::new("/usr/bin/taut"));
        assert!(
            ["/x/c.toml", "/x/policy.toml", "/y", "/usr/bin/taut"].iter().all(|it| own.contains(&(*it).to_owned()))
        );
        assert!(!own.contains(&"/x".to_owned()), "{own:?}");
        let own = find(&Given::default(), &[("HOME", "/h")]).own(Path::new("/usr/bin/taut"));
        assert!(own.contains(&"/h/.config/taut".to_owned()));
    }
}
