//! Which protocol an agent is spoken to in.

use super::super::acp::Acp;
use super::super::claude::{self, Claude};
use super::super::codex::{self, Codex};
use super::super::{Opening, Protocol, hook};

/// A protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// The Agent Client Protocol: of most agents, and of every command that is not known.
    Acp,
    /// Claude Code's own: stream-json with control requests.
    Claude,
    /// Codex's own app-server protocol.
    Codex,
}

impl Driver {
    /// The protocol of an agent, by what its command line shows, else by its name.
    #[must_use]
    pub fn of(name: &str, command: &[String]) -> Self {
        let program = command.first().and_then(|program| program.rsplit('/').next());
        let server = program == Some("codex") && command.iter().any(|word| word == "app-server");
        match (program, name) {
            (Some("claude-agent-acp" | "claude-code-acp" | "codex-acp"), _) => Self::Acp,
            _ if command.iter().any(|word| word == "stream-json") => Self::Claude,
            _ if server => Self::Codex,
            (_, "claude") => Self::Claude,
            (_, "codex") => Self::Codex,
            (_, _) => Self::Acp,
        }
    }

    /// Its name in records.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Acp => "acp",
            Self::Claude => claude::CHANNEL,
            Self::Codex => codex::CHANNEL,
        }
    }

    /// A conversation that has not begun.
    #[must_use]
    pub fn protocol(self) -> Box<dyn Protocol> {
        match self {
            Self::Acp => Box::new(Acp::new()),
            Self::Claude => Box::new(Claude::new()),
            Self::Codex => Box::new(Codex::new()),
        }
    }

    /// Whose hook asks about what the protocol does not; none where it asks about everything, or knows no hooks.
    #[must_use]
    pub fn hook(self) -> Option<hook::Kind> {
        match self {
            Self::Acp | Self::Claude => None,
            Self::Codex => Some(hook::Kind::Codex),
        }
    }

    /// Whether a conversation can be begun with a copy of another one.
    #[must_use]
    pub fn forks(self) -> bool {
        match self {
            // What ACP has for it is a draft, and agents that say they can do it mean other things by it.
            Self::Acp => false,
            Self::Claude | Self::Codex => true,
        }
    }

    /// What of an opening goes on the command line, after all that stands there.
    #[must_use]
    pub fn words(self, opening: &Opening) -> Vec<String> {
        match self {
            Self::Acp => Vec::new(),
            Self::Claude => claude::words(opening),
            Self::Codex => codex::words(opening),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::GoesOn;

    #[test]
    fn the_command_line_goes_before_the_name() {
        let of =
            |name: &str, words: &[&str]| Driver::of(name, &words.iter().map(|&w| w.to_owned()).collect::<Vec<_>>());
        assert_eq!(of("claude", &["/usr/bin/claude", "-p"]), Driver::Claude);
        assert_eq!(of("claude", &["python3", "start.py"]), Driver::Claude);
        assert_eq!(of("claude", &["/opt/bin/claude-agent-acp"]), Driver::Acp);
        assert_eq!(of("claude-agent-acp", &["node", "x.js"]), Driver::Acp);
        assert_eq!(of("mine", &["claude", "--input-format", "stream-json"]), Driver::Claude);
        assert_eq!(of("codex", &["/usr/bin/codex", "app-server"]), Driver::Codex);
        assert_eq!(of("codex", &["python3", "start.py"]), Driver::Codex);
        assert_eq!(of("codex", &["/opt/bin/codex-acp"]), Driver::Acp);
        assert_eq!(of("codex-acp", &["node", "x.js"]), Driver::Acp);
        assert_eq!(of("mine", &["codex", "app-server"]), Driver::Codex);
        assert_eq!(of("mine", &["python3", "app-server"]), Driver::Acp);
        assert_eq!(of("goose", &[]), Driver::Acp);
    }

    #[test]
    fn only_claude_is_told_on_its_command_line_what_to_go_on_with() {
        let opening = Opening { load: Some("abc".to_owned()), ..Opening::default() };
        assert_eq!(Driver::Claude.words(&opening), ["--resume", "abc"]);
        let forked = Opening { goes_on: GoesOn::Forked, ..opening.clone() };
        assert_eq!(Driver::Claude.words(&forked), ["--resume", "abc", "--fork-session"]);
        assert!(Driver::Acp.words(&opening).is_empty() && Driver::Claude.words(&Opening::default()).is_empty());
    }
}
