//! The agent's own conversation: it goes back to where a turn ended, another session begins with a copy of it, and what its
//! context is made of is told on demand. None of it touches a file.

use super::actor::Hub;
use super::fault;
use super::requests::refused;
use super::start::Begin;
use crate::agent::presets::Driver;
use crate::agent::{self, Tell};
use crate::domain::{Event, Notice, Reply, SessionId, StartSpec, TurnNo};
use crate::state::{Back, Life, NoWay};
use std::time::{Duration, Instant};

/// How long an agent may take to take its conversation back: one of them asks its service first.
const BACK: Duration = Duration::from_secs(90);

impl Hub {
    /// A human takes the conversation back. That it went there is a record, once the agent has said so.
    pub(super) fn rewind(&mut self, id: SessionId, to: TurnNo) -> Reply {
        self.commit();
        let Some(session) = self.state.session(id) else { return refused(format!("there is no session {id}")) };
        let Some(driven) = self.agents.get(&id).filter(|_| session.life == Life::Open) else {
            return refused(format!(
                "{} does not run: `taut fork {id} --at {}` begins another session from there",
                session.name, to.0
            ));
        };
        if !driven.protocol.can().back {
            return refused(format!("{} speaks {}, which has no word for that", session.agent, session.driver));
        }
        if session.turn.is_some() {
            return refused("a turn runs: interrupt it first, then take the conversation back".to_owned());
        }
        if driven.goes_back.is_some() {
            return refused("it is being taken back already".to_owned());
        }
        let back = match session.way.to(to) {
            Ok(back) => handles(back),
            Err(why) => return refused(why.words(session, to)),
        };
        if let Some(driven) = self.agents.get_mut(&id) {
            driven.goes_back = Some(Instant::now() + fault::goes_back(BACK));
        }
        self.tell(id, Tell::Back(back));
        Reply::Done
    }

    /// The agent has said what became of it.
    pub(super) fn went_back(&mut self, id: SessionId, went: Result<String, String>) {
        if let Some(driven) = self.agents.get_mut(&id) {
            driven.goes_back = None;
        }
        let failed =
            went.as_ref().err().cloned().unwrap_or_else(|| "it went to a place that taut does not know".to_owned());
        let event = match went {
            // Where it went it says itself: more may be gone than was wanted.
            Ok(mark) => match self.state.session(id).and_then(|session| session.way.before(&mark)) {
                Some(to) => Event::Rewound { to },
                None => said("the agent took its conversation back, and not to a place that taut knows"),
            },
            Err(why) => said(&self.stayed_in_words(id, &why)),
        };
        let to = match &event {
            Event::Rewound { to } => Ok(*to),
            _ => Err(failed.as_str()),
        };
        self.note(id, event);
        self.commit();
        self.talk_went(id, to);
    }

    /// Agents that were told to take their conversation back, and have said nothing of it: nobody waits for them any longer.
    pub(super) fn give_up_back(&mut self, now: Instant) {
        let late = self.agents.iter().filter(|(_, driven)| driven.goes_back.is_some_and(|by| by <= now));
        for id in late.map(|(id, _)| *id).collect::<Vec<_>>() {
            let limit = fault::goes_back(BACK).as_secs();
            self.went_back(id, Err(format!("the agent said nothing of it within {limit} s")));
            // What waits for it goes.
            self.next_prompt(id);
        }
    }

    /// Whether its conversation is being taken back.
    pub(super) fn goes_back(&self, id: SessionId) -> bool {
        self.agents.get(&id).is_some_and(|driven| driven.goes_back.is_some())
    }

    /// The agent has a handle of what was said to it just now.
    pub(super) fn marked(&mut self, id: SessionId, mark: String) {
        if let Some(turn) = self.state.session(id).map(|session| session.turns) {
            self.note(id, Event::TurnMarked { turn, mark });
        }
    }

    /// Another session begins with a copy of this one's conversation.
    pub(super) fn fork(
        &mut self,
        id: SessionId,
        to: Option<TurnNo>,
        cwd: Option<String>,
        env: Vec<(String, String)>,
    ) -> Reply {
        self.commit();
        let Some(old) = self.state.session(id) else { return refused(format!("there is no session {id}")) };
        let command = match self.command_of(old) {
            Ok(command) => command,
            Err(why) => return refused(why),
        };
        if ![Driver::Claude, Driver::Codex].iter().any(|driver| driver.forks() && driver.word() == old.driver) {
            return refused(format!("{} speaks {}, by which taut can't fork", old.agent, old.driver));
        }
        let Some(source) = old.sources.iter().rev().find(|source| source.channel == old.driver) else {
            return refused(format!("{} has no conversation yet: nothing was said in it", old.name));
        };
        let back = match to.map(|turn| old.way.to(turn)) {
            // All of it is a copy up to its newest turn.
            None | Some(Err(NoWay::Newest)) => None,
            Some(Ok(back)) => Some(handles(back)),
            Some(Err(why)) => return refused(why.words(old, to.unwrap_or_default())),
        };
        if to.is_none() && old.turn.is_some() {
            return refused("a turn runs: say up to which turn, with --at, or wait for its end".to_owned());
        }
        let spec = StartSpec {
            agent: old.agent.clone(),
            command,
            worktree: old.place.as_ref().and_then(|place| place.worktree.clone()).filter(|_| cwd.is_none()),
            cwd: cwd.unwrap_or_else(|| old.cwd.clone()),
            name: Some(format!("{}-fork", old.name)),
            mode: old.mode.clone(),
            prompt: None,
            apart: None,
            load: Some(source.native.clone()),
            env,
        };
        let reply = self.start_as(spec, Begin::Forked(back));
        if let Reply::Started { session } = reply {
            self.note(session, Event::Forked { from: id, to });
            self.commit();
        }
        reply
    }

    /// Somebody wants to know what the context is made of.
    pub(super) fn tell_context(&mut self, id: SessionId) -> Reply {
        match self.agents.get(&id) {
            None => refused("that session has ended".to_owned()),
            Some(driven) if driven.protocol.can().context => {
                self.tell(id, Tell::Context);
                Reply::Done
            }
            Some(_) => refused("what its context is made of is not known: ACP has no word for it".to_owned()),
        }
    }

    /// A human sets the model.
    pub(super) fn set_model(&mut self, id: SessionId, model: String) -> Reply {
        let Some(driven) = self.agents.get(&id) else { return refused("that session has ended".to_owned()) };
        if !driven.protocol.can().model {
            return refused(
                "the model can't be set from here: the agent has its own command or file for it".to_owned(),
            );
        }
        if model.trim().is_empty() {
            return refused("the model has no name".to_owned());
        }
        self.tell(id, Tell::Model(model));
        Reply::Done
    }
}

fn said(text: &str) -> Event {
    Event::Noted { level: Notice::Error, text: text.into() }
}

fn handles(back: Back) -> agent::Back {
    agent::Back { first: back.first, last: back.last }
}
