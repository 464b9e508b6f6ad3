//! The agents that taut knows by name: how they are found and started, made to ask, and what a decision can do with them.
//!
//! Pure data and one function, [`resolve`]. What `config.toml` says (`[agents.NAME]`) goes before a preset.

mod driver;
mod known;
mod launch;

pub use driver::Driver;
pub use known::PRESETS;
pub use launch::{Launch, Missing, Override, Search, find, resolve};

use super::ClientCan;

/// An agent that taut knows by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// Its name in taut.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Other names that people give it.
    pub also: &'static [&'static str],
    /// Programs to look for, the best first.
    pub programs: &'static [&'static str],
    /// What follows the program so that it speaks ACP.
    pub args: &'static [&'static str],
    /// What follows the program so that it tells its version.
    pub version: &'static [&'static str],
    /// The mode to set so that it asks; `None` where it has none to set.
    pub mode: Option<&'static str>,
    /// Variables that make it ask, set where the caller's environment has none of that name.
    pub env: &'static [(&'static str, &'static str)],
    /// What this client lets it do.
    pub client: ClientCan,
    /// How to get it: one sentence.
    pub install: &'static str,
    /// How to log in: one sentence.
    pub login: &'static str,
    /// What a decision can do with it.
    pub face: Face,
}

/// What a decision can do with an agent: the table of `taut agents`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face {
    /// What it asks about, driven as the preset drives it.
    pub asks: &'static str,
    /// What it offers beyond *once*: its own options.
    pub scoped: &'static str,
    /// What it does after a denial.
    pub denied: &'static str,
}

/// Whether something can be done, and how or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// It can: how.
    Yes(&'static str),
    /// It can't: why, and what to do.
    No(&'static str),
}

impl Face {
    /// An agent that is known by its command line alone.
    pub const UNKNOWN: Self = Self { asks: "not known", scoped: "its own options", denied: "not known" };

    /// Every kind of decision, and what becomes of it: by the protocol, and of the agent what is its own.
    #[must_use]
    pub fn decisions(&self, driver: Driver) -> [(&'static str, Ability); 7] {
        let (reason, interrupt, edit) = match driver {
            Driver::Acp => (
                "the reason goes with the next prompt, after the turn",
                "every open question is answered with cancelled",
                Ability::Yes(HANDED_OVER),
            ),
            Driver::Claude => (
                "the reason goes with the answer",
                "the denial goes first, then the interrupt: so the reason is not lost",
                Ability::Yes("the agent runs what you made of it"),
            ),
            Driver::Codex => (
                "the reason goes with the answer; of a patch, into the turn at once",
                "the denial goes first, then the interrupt, and what the turn left running is ended",
                Ability::Yes(
                    "the agent runs the command that you made of it; a patch is refused, taut does it, and the agent is told",
                ),
            ),
        };
        let rewind = match driver {
            Driver::Acp => Ability::No("ACP has no way to go back: end the session and start another"),
            Driver::Claude => Ability::Yes("to the beginning of any turn, with or without the files"),
            Driver::Codex => Ability::Yes("by whole turns from the end, with or without the files"),
        };
        [
            ("allow once", Ability::Yes("by the agent's own option")),
            ("allow more", Ability::Yes(self.scoped)),
            ("deny", Ability::Yes(self.denied)),
            ("deny with a reason", Ability::Yes(reason)),
            ("deny and interrupt", Ability::Yes(interrupt)),
            ("edit, then run", edit),
            ("rewind the conversation", rewind),
        ]
    }
}

/// What becomes of an edit that the agent can't take.
const HANDED_OVER: &str = "its call is refused, taut does what you made of it, and the agent is told";

/// The preset whose program is taut itself.
pub const DEMO: &str = "demo";

/// The preset of a name, or of one of its other names.
#[must_use]
pub fn preset(name: &str) -> Option<&'static Preset> {
    let lower = name.to_ascii_lowercase();
    let by_name = PRESETS.iter().find(|preset| preset.name == lower);
    by_name.or_else(|| PRESETS.iter().find(|preset| preset.also.contains(&lower.as_str())))
}
