//! Which protocol an agent is spoken to in.

use super::super::Protocol;
use super::super::acp::Acp;
use super::super::codex::{self, Codex};

/// A protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// The Agent Client Protocol: of most agents, and of every command that is not known.
    Acp,
    /// Codex's own app-server protocol.
    Codex,
}

impl Driver {
    /// The protocol of an agent, by what its command line shows, else by its name.
    #[must_use]
    pub fn of(name: &str, command: &[String]) -> Self {
        let program = command.first().and_then(|program| program.rsplit('/').next());
        let native = program == Some("codex") && command.iter().any(|word| word == "app-server");
        match (program, name) {
            (Some("codex-acp"), _) => Self::Acp,
            _ if native => Self::Codex,
            (_, "codex") => Self::Codex,
            (_, _) => Self::Acp,
        }
    }

    /// Its name in records.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Acp => "acp",
            Self::Codex => codex::CHANNEL,
        }
    }

    /// A conversation that has not begun.
    #[must_use]
    pub fn protocol(self) -> Box<dyn Protocol> {
        match self {
            Self::Acp => Box::new(Acp::new()),
            Self::Codex => Box::new(Codex::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_goes_before_the_name() {
        let of =
            |name: &str, words: &[&str]| Driver::of(name, &words.iter().map(|&w| w.to_owned()).collect::<Vec<_>>());
        assert_eq!(of("codex", &["/usr/bin/codex", "app-server"]), Driver::Codex);
        assert_eq!(of("codex", &["python3", "start.py"]), Driver::Codex);
        assert_eq!(of("codex", &["/opt/bin/codex-acp"]), Driver::Acp);
        assert_eq!(of("codex-acp", &["node", "x.js"]), Driver::Acp);
        assert_eq!(of("mine", &["codex", "app-server"]), Driver::Codex);
        assert_eq!(of("mine", &["python3", "app-server"]), Driver::Acp);
        assert_eq!(of("goose", &[]), Driver::Acp);
    }
}
