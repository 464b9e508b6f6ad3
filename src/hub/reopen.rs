//! An ended session is started again: a new session with the agent, folder and mode of the old one, and with the agent's
//! own conversation where it can bring that back. What it could not bring back is said in one sentence.

use super::actor::Hub;
use super::requests::refused;
use super::start::Begin;
use crate::agent::{Otherwise, presets};
use crate::domain::{Event, Notice, Reply, SessionId, StartSpec};
use crate::state::Session;

/// What `text::redact` leaves in the place of a secret begins with this.
const REDACTED: &str = "[redacted";

impl Hub {
    /// Starts an ended session again.
    pub(super) fn reopen(&mut self, id: SessionId, env: Vec<(String, String)>) -> Reply {
        let Some(old) = self.state.session(id) else { return refused(format!("there is no session {id}")) };
        if old.is_live() {
            return refused("it is live: there is nothing to reopen".to_owned());
        }
        let command = match self.command_of(old) {
            Ok(command) => command,
            Err(why) => return refused(why),
        };
        if old.sources.is_empty()
            && let Some((from, to)) = old.forked
        {
            // A copy in which nothing was said is made again.
            let cwd = old.cwd.clone();
            return self.fork(from, to, Some(cwd), env);
        }
        let load = old.sources.iter().rev().find(|source| source.channel == old.driver).cloned();
        let spec = StartSpec {
            agent: old.agent.clone(),
            command,
            cwd: old.cwd.clone(),
            name: Some(old.name.clone()).filter(|name| !name.is_empty()),
            mode: old.mode.clone(),
            prompt: None,
            apart: None,
            load: load.as_ref().map(|source| source.native.clone()),
            worktree: old.place.as_ref().and_then(|place| place.worktree.clone()),
            env,
        };
        let said = what_is_lost(old, load.is_some());
        let reply = self.start_as(spec, Begin::AsItself(Otherwise::New));
        if let Reply::Started { session } = reply {
            // Bound from the first moment: where this start fails, the next one knows what to load.
            if let Some(source) = load {
                self.note(session, Event::SourceAttached { source });
            }
            self.note(session, Event::Noted { level: Notice::Info, text: said.into() });
            self.commit();
        }
        reply
    }
}

impl Hub {
    /// The command line to start the agent of a session with again; `None` where it is known by its name.
    pub(super) fn command_of(&self, old: &Session) -> Result<Option<Vec<String>>, String> {
        let known = presets::preset(&old.agent).is_some() || self.setup.settings.config.agents.contains_key(&old.agent);
        if known {
            return Ok(None);
        }
        if old.command.is_empty() {
            return Err(format!("no agent {} is known any more, and its command is not on record", old.agent));
        }
        if old.command.iter().any(|word| word.contains(REDACTED)) {
            return Err(format!(
                "its command had a secret in it, which is not on record: start {} anew with `taut run`",
                old.agent
            ));
        }
        Ok(Some(old.command.clone()))
    }
}

/// `Reopened from fix-auth (s12). Not brought back: ...`.
fn what_is_lost(old: &Session, has_source: bool) -> String {
    let mut lost = Vec::new();
    match (has_source, old.can.load, old.can.resume) {
        (false, _, _) => lost.push("the conversation (it never had one of its own)".to_owned()),
        (true, true, _) => {}
        (true, false, true) => {
            lost.push("the text of the conversation (the agent remembers it, and can't show it)".to_owned());
        }
        (true, false, false) => lost.push("the conversation, unless the agent resumes it all the same".to_owned()),
    }
    if !old.grants.is_empty() || !old.loosened.is_empty() {
        lost.push("what you allowed it for longer than once".to_owned());
    }
    match old.queue.len() {
        0 => {}
        1 => lost.push("1 queued prompt".to_owned()),
        count => lost.push(format!("{count} queued prompts")),
    }
    let from = format!("Reopened from {} ({})", old.name, old.id);
    if lost.is_empty() {
        format!("{from}. The agent is asked for its own conversation; what taut recorded of it stays with the old one.")
    } else {
        format!("{from}. Not brought back: {}. What taut recorded stays with the old one.", lost.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Capabilities;

    #[test]
    fn what_could_not_be_brought_back_is_one_sentence() {
        let can = |load, resume| Capabilities { load, resume, ..Capabilities::default() };
        let mut old = Session { name: "fix".into(), id: SessionId(7), can: can(true, false), ..Session::default() };
        assert!(what_is_lost(&old, true).contains("asked for its own conversation"));
        old.can = can(false, true);
        old.loosened.push("Bash".into());
        let said = what_is_lost(&old, true);
        assert!(said.contains("can't show it") && said.contains("for longer than once"), "{said}");
        old.can = can(false, false);
        assert!(what_is_lost(&old, true).contains("unless the agent resumes it"));
        assert!(what_is_lost(&old, false).contains("never had one"));
    }
}
