//! How the processes of a session are marked: its agent's with its id, those of a command that taut runs in the agent's
//! place with a number after it.

use crate::agent::process::tree;
use crate::domain::SessionId;
use std::collections::BTreeSet;

/// What stands between the id of a session and the number of a command.
const OWN: &str = "-t";

/// The mark of a command that taut runs in a session.
#[must_use]
pub(super) fn of_own(session: SessionId, number: u32) -> String {
    format!("{session}{OWN}{number}")
}

/// The session of a mark, as its id is written.
#[must_use]
pub fn session(mark: &str) -> &str {
    let own = |(_, number): &(&str, &str)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    mark.rsplit_once(OWN).filter(own).map_or(mark, |(session, _)| session)
}

/// The marks of what lives of these sessions, their own commands among them.
#[must_use]
pub fn borne(sessions: &BTreeSet<String>) -> BTreeSet<String> {
    tree::marks(|mark| sessions.contains(session(mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_of_tauts_own_belongs_to_the_session_in_which_it_runs() {
        let id = SessionId(0x1f2e);
        assert_eq!(session(&of_own(id, 12)), id.to_string());
        for mark in [id.to_string().as_str(), "s1-t", "s1-tx", "-", ""] {
            assert_eq!(session(mark), mark);
        }
    }
}
