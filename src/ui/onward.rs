//! How a session goes on that has ended, or was looked at again: in its own agent, or in another one that gets a brief of it.

use super::console::Pending;
use super::picker::{Pick, Picked};
use super::{App, Draft, Effect};
use crate::domain::{Command, SessionId};

/// A way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Onward {
    /// Its own agent, with its own conversation.
    AsItself,
    /// Its own agent, with a copy of its conversation.
    Copy,
    /// A new session of the agent of this name, with a brief as a draft.
    Brief(String),
}

/// What would go on: a session of taut's, or one of another tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goes {
    /// What it is called.
    pub name: String,
    /// Its agent.
    pub agent: String,
    /// Where it works.
    pub cwd: String,
    /// It is another tool's: a recording of it is kept.
    pub is_recorded: bool,
}

impl App {
    /// What would go on under an id.
    #[must_use]
    pub fn goes(&self, id: SessionId) -> Option<Goes> {
        if let Some(session) = self.state.session(id) {
            let (name, agent, cwd) = (session.name.clone(), session.agent.clone(), session.cwd.clone());
            return Some(Goes { name, agent, cwd, is_recorded: self.replay.is_some() });
        }
        let one = self.fleet.others.get(id)?;
        let (name, agent, cwd) = (one.title.clone(), one.agent.clone(), one.cwd.clone());
        Some(Goes { name, agent, cwd, is_recorded: true })
    }

    /// The ways on for a session, as a list; each says what it does.
    pub(super) fn ways_on(&self, id: SessionId) -> Vec<Pick> {
        let Some(session) = self.goes(id) else { return Vec::new() };
        let folder = if session.cwd.is_empty() { "its folder" } else { session.cwd.as_str() };
        let mut rows = vec![Pick {
            name: format!("{} goes on", session.agent),
            help: own(&session, folder),
            note: "its own conversation".to_owned(),
            lacks: self.lacks(&session.agent),
            what: Picked::Onward(id, Onward::AsItself),
        }];
        if session.is_recorded && self.forks.contains(&session.agent) {
            let agent = &session.agent;
            rows.push(Pick {
                name: format!("{agent} goes on with a copy"),
                help: format!(
                    "{agent} is started in {folder} with a copy of its conversation: the session itself stays as it is, also \
                     where it goes on elsewhere"
                ),
                note: "a copy".to_owned(),
                lacks: self.lacks(agent),
                what: Picked::Onward(id, Onward::Copy),
            });
        }
        for agent in self.agents.iter().filter(|agent| agent.found) {
            let anew = if agent.name == session.agent { "a new conversation of" } else { "a new session of" };
            rows.push(Pick {
                name: format!("brief for {}", agent.name),
                help: format!(
                    "{anew} {} in {folder}; a brief of this one (goal, state, decisions, open plan, files) stands in its \
                     composer: you change it, and nothing is sent until you send it",
                    agent.name
                ),
                note: "you edit, then send".to_owned(),
                lacks: None,
                what: Picked::Onward(id, Onward::Brief(agent.name.clone())),
            });
        }
        rows
    }

    /// Why an agent can't be started, where it is one that is known by its name.
    fn lacks(&self, name: &str) -> Option<String> {
        let agent = self.agents.iter().find(|agent| agent.name == name && !agent.found)?;
        Some(format!("{name} is not installed: {}", agent.note))
    }

    /// Asks for a session that begins with this; once it is there it is shown, with a draft in its composer.
    pub fn begin(&mut self, command: Command, draft: Option<String>) -> Vec<Effect> {
        let pending = draft.map_or(Pending::Other, Pending::Hand);
        self.send(command, pending, "continue")
    }

    /// Shows a session, with a draft in its composer: a human looks at it, changes it and sends it.
    pub fn hand(&mut self, session: SessionId, draft: String) {
        // At its beginning: there it says what it is, and there the human says what they want.
        self.drafts.insert(session, Draft { cursor: 0, ..Draft::of(draft) });
        self.go_to(session);
        self.inner.handed = Some(session);
    }
}

/// What its own agent would do.
fn own(session: &Goes, folder: &str) -> String {
    let agent = &session.agent;
    let ended = if session.is_recorded { "; refused while somebody else still writes it" } else { "" };
    format!(
        "{agent} is started in {folder} and asked for its own conversation; what was given for longer than once is asked \
         about again{ended}"
    )
}
