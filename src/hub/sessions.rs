//! Sessions: an agent is heard, told, and ended with its whole tree.

use super::actor::Hub;
use super::answers::Sent;
use super::checkpoints::Follows;
use super::left::{Births, Over};
use super::requests::{CONFIRM, OpenAsk, refused};
use super::{fault, halts};
use crate::agent::process::{self, Frame, Handle};
use crate::agent::{Fact, Protocol, Tell, Turnout};
use crate::domain::{By, Cause, Draft, Event, Impact, LaneId, Notice, Reply, SessionId};
use crate::state::{Life, Session};
use crate::store::Direction;
use std::time::{Duration, Instant};

/// Something that an agent said, not yet taken in: the session, the fact, and the frame that it is read from.
pub(super) type Heard = (SessionId, Fact, Option<u64>);

/// An agent that the hub drives.
pub(super) struct Driven {
    pub(super) protocol: Box<dyn Protocol>,
    pub(super) handle: Handle,
    /// The environment that it was started with: a command of the human's runs in the same.
    pub(super) env: Vec<(String, String)>,
    /// Raw frames so far.
    pub(super) frames: u64,
    /// Questions that are not over.
    pub(super) open: Vec<OpenAsk>,
    /// What goes with the next prompt: reasons of denials, and that a conversation was taken back.
    pub(super) reasons: Vec<String>,
    /// The mode that was asked for at the start.
    pub(super) wanted_mode: Option<String>,
    /// The mode in which this agent asks, by its preset.
    pub(super) asking_mode: Option<String>,
    /// What a human allowed for longer than once: calls of this impact may now run unasked, by the agent's word for it.
    pub(super) loosened: Vec<(Impact, String)>,
    /// Why it is being ended, where it is.
    pub(super) ending: Option<Cause>,
    /// When its start is given up; `None` once it is open.
    pub(super) start_by: Option<Instant>,
    /// When it is ended, since it did not stop where it was told to; `None` while it was not.
    pub(super) stop_by: Option<Instant>,
    /// How long its start may take.
    pub(super) start_within: Option<Duration>,
    /// What to say first.
    pub(super) first_prompt: Option<String>,
    /// Its conversation is being taken back: no prompt goes meanwhile. When that is given up.
    pub(super) goes_back: Option<Instant>,
    /// Files were taken back, and its conversation shall follow.
    pub(super) follows: Option<Follows>,
    /// When what its commands may leave running was born.
    pub(super) births: Births,
    /// Its turn is over, but for what that left running.
    pub(super) over: Option<Over>,
    /// A queued prompt could not be put on record: it is sent as soon as it can be.
    pub(super) resend: bool,
}

impl Driven {
    /// When the hub must look at it though it says nothing.
    pub(super) fn due(&self) -> Option<Instant> {
        let confirm = self.open.iter().filter_map(|open| open.sent).map(|sent| sent + fault::confirm(CONFIRM)).min();
        let expires = self.open.iter().filter(|open| open.sent.is_none()).filter_map(|open| open.expires).min();
        [self.start_by, self.stop_by, self.goes_back, confirm, expires].into_iter().flatten().min()
    }
}

impl Hub {
    /// Something came from an agent.
    pub(super) fn hear(&mut self, id: SessionId, frame: Frame) {
        match frame {
            Frame::Line(line) => {
                let cites = self.keep_raw(id, Direction::FromAgent, &line);
                let turnout = self.agents.get_mut(&id).map(|driven| driven.protocol.hear(&line));
                self.turn_out(id, turnout.unwrap_or_default(), cites);
            }
            Frame::Oversize { bytes, head } => {
                let cites = self.keep_raw(id, Direction::FromAgent, &head);
                let raw = String::from_utf8_lossy(&head[..head.len().min(2048)]).into_owned();
                let what = format!("a line of {bytes} bytes, longer than taut takes");
                let event = Event::Unrecognised { what, raw: raw.into() };
                self.draft(Draft { session: id, lane: LaneId::ROOT, said_at: None, cites, event });
            }
            Frame::Stderr(line) => {
                self.keep_raw(id, Direction::Stderr, &line);
            }
            Frame::StderrSkipped(_) => {}
            Frame::Closed => {
                let turnout = self.agents.get_mut(&id).map(|driven| driven.protocol.gone());
                self.turn_out(id, turnout.unwrap_or_default(), None);
                if let Some(driven) = self.agents.get(&id) {
                    driven.handle.close();
                }
            }
            Frame::Exited(exit) => self.exited(id, exit),
        }
    }

    fn exited(&mut self, id: SessionId, exit: process::Exit) {
        self.turn_settles(id);
        let turnout = self.agents.get_mut(&id).map(|driven| driven.protocol.gone());
        self.turn_out(id, turnout.unwrap_or_default(), None);
        let ending = self.agents.get_mut(&id).and_then(|driven| driven.ending.take());
        let cause = match (ending, exit.failed) {
            (Some(cause), _) => cause,
            (None, Some(why)) => Cause::Failed(why),
            // It ended past this hub, which heard nothing of it.
            (None, None) if halts::take(&self.setup.places.state, &id.to_string()) => Cause::Human,
            (None, None) => match self.state.session(id).and_then(unopened) {
                Some(doing) => Cause::Failed(format!("the agent ended during {doing}; see its last words")),
                None => Cause::Itself { code: exit.code, signal: exit.signal },
            },
        };
        let last_words = exit.last_words.join("\n");
        if self.goes_back(id) {
            self.went_back(id, Err("its agent is gone".to_owned()));
        }
        self.close_session(id, cause, last_words.into(), exit.survivors);
        self.agents.remove(&id);
        self.rests(id);
        self.hooks.end(id);
        self.own.end(Some(id));
        self.brake.remove(&id.to_string());
        if self.agents.is_empty() {
            self.put_in_force();
        }
        self.tell_status();
    }

    /// Tells an agent something, and takes in what comes of it. Whether all of it left.
    pub(super) fn tell(&mut self, id: SessionId, tell: Tell) -> Sent {
        let turnout = self.agents.get_mut(&id).map(|driven| driven.protocol.tell(tell));
        self.turn_out(id, turnout.unwrap_or_default(), None)
    }

    /// Lines go out first: an answer never waits for a record of itself.
    pub(super) fn turn_out(&mut self, id: SessionId, turnout: Turnout, cites: Option<u64>) -> Sent {
        let mut sent = if turnout.lines.is_empty() { Sent::No } else { Sent::Yes };
        for line in &turnout.lines {
            self.keep_raw(id, Direction::ToAgent, line.as_bytes());
            let Some(driven) = self.agents.get(&id) else { return Sent::No };
            if let Err(error) = driven.handle.send(line.as_bytes()) {
                sent = Sent::No;
                if driven.ending.is_none() {
                    let text = format!("a message could not be given to the agent: {error}");
                    self.note(id, Event::Noted { level: Notice::Error, text: text.into() });
                }
            }
        }
        for fact in turnout.facts {
            self.take_in((id, fact, cites));
        }
        sent
    }

    /// Takes in what an agent said, in its order. What rests on earlier facts waits until those are on record.
    pub(super) fn take_in(&mut self, heard: Heard) {
        let Some(heard) = self.waits_for_sweep(heard) else { return };
        let (id, fact, cites) = heard;
        match fact {
            _ if !self.stalled.is_empty() && !self.leaving => self.stalled.push((id, fact, cites)),
            Fact::Event(lane, event) => self.draft(Draft { session: id, lane, said_at: None, cites, event }),
            _ if self.try_commit().is_err() => {
                // A hub that leaves waits for nothing: the next one finds what is not on record.
                if !self.leaving {
                    self.stalled.push((id, fact, cites));
                }
            }
            Fact::Ask(ask) => self.asked(id, ask, cites),
            Fact::HeldBack(ask) => self.held_back(id, ask, cites),
            Fact::Leaves(leaves) => self.leaves(id, leaves),
            Fact::ByOwnRules(ask) => self.by_own_rules(id, ask, cites),
            Fact::RanUnheld(lane, call) => self.ran_unheld(id, lane, &call),
            Fact::AskGone(native) => self.ask_gone(id, &native),
            Fact::Ready => self.ready(id),
            Fact::TurnBegan(why) => self.turn_began(id, why),
            Fact::Marked(mark) => self.marked(id, mark),
            Fact::WentBack(went) => self.went_back(id, went),
            Fact::TurnOver(stop, tokens) => self.turn_stops(id, stop, tokens),
            Fact::StartFailed(why) => self.give_up(id, why),
        }
    }

    /// Takes in what waited for the store.
    pub(super) fn take_stalled(&mut self) {
        for heard in std::mem::take(&mut self.stalled) {
            self.take_in(heard);
        }
    }

    fn ready(&mut self, id: SessionId) {
        let Some(driven) = self.agents.get_mut(&id) else { return };
        driven.start_by = None;
        let (first, wanted) = (driven.first_prompt.take(), driven.wanted_mode.clone());
        if let Some(wanted) = wanted {
            self.check_mode(id, &wanted);
        }
        match first {
            Some(prompt) => self.first_prompt(id, prompt),
            None => self.next_prompt(id),
        }
    }

    /// Says it loudly where the agent is not in the mode that it was asked to be in: it may ask less than that one.
    fn check_mode(&mut self, id: SessionId, wanted: &str) {
        let Some(session) = self.state.session(id).filter(|session| session.mode.as_deref() != Some(wanted)) else {
            return;
        };
        let is =
            session.mode.as_ref().map_or_else(|| "in a mode that is not known".to_owned(), |is| format!("in {is}"));
        let asking = self.agents.get(&id).and_then(|driven| driven.asking_mode.as_deref());
        if session.mode.is_some() && session.mode.as_deref() == asking {
            // The agent would not be let do more.
            let text = format!("the mode {wanted} is not in force: the agent stayed {is}, in which it asks");
            self.note(id, Event::Noted { level: Notice::Warning, text: text.into() });
            return self.commit();
        }
        let text = format!("the mode {wanted} is not in force: the agent is {is}, and may do things without asking");
        self.note(id, Event::Noted { level: Notice::Warning, text: text.into() });
        self.loosened(id, format!("it is {is}, not in {wanted}"));
        self.commit();
    }

    /// A start came to nothing: the agent is ended, with the reason on record.
    pub(super) fn give_up(&mut self, id: SessionId, why: String) {
        if let Some(driven) = self.agents.get_mut(&id) {
            driven.ending.get_or_insert(Cause::Failed(why));
            driven.start_by = None;
            driven.handle.close();
        }
    }

    /// A human ends a session.
    pub(super) fn end(&mut self, id: SessionId, by: By) -> Reply {
        if !self.agents.contains_key(&id) {
            return refused("that session has ended already".to_owned());
        }
        let works = self.state.session(id).is_some_and(|session| session.turn.is_some());
        if works {
            // What it does now stops at once; its process has a while to end by itself.
            self.tell(id, Tell::Interrupt);
        }
        self.own.end(Some(id));
        if let Some(driven) = self.agents.get_mut(&id) {
            driven.ending.get_or_insert(Cause::Human);
            driven.handle.close();
        }
        if works {
            self.note(id, Event::InterruptAsked { by });
        }
        self.withdraw_waiting(id, "you ended the session", None);
        Reply::Done
    }

    /// Everything ends at once. The brake was pulled already, before this was heard; it counts what is left.
    pub(super) fn halt(&mut self) -> Reply {
        self.own.end(None);
        for driven in self.agents.values_mut() {
            driven.ending.get_or_insert(Cause::Human);
            driven.handle.kill();
        }
        if let Some(before) = self.brake.pulled() {
            // Again, for what was started since.
            self.brake.pull();
            self.status.halted = Some((before, before));
            self.tell_status();
        }
        Reply::Done
    }

    pub(super) fn end_all(&mut self) {
        self.own.end(None);
        for driven in self.agents.values_mut() {
            driven.ending.get_or_insert(Cause::Quit);
            driven.handle.kill();
        }
    }

    pub(super) fn set_mode(&mut self, id: SessionId, mode: String) -> Reply {
        let Some(session) = self.state.session(id).filter(|session| session.is_live()) else {
            return refused("that session has ended".to_owned());
        };
        if !session.modes.is_empty() && !session.modes.iter().any(|other| other.id == mode) {
            return refused(format!("the agent has no mode {mode:?}"));
        }
        self.tell(id, Tell::Mode(mode));
        Reply::Done
    }

    pub(super) fn login(&mut self, id: SessionId, way: String) -> Reply {
        if !self.agents.contains_key(&id) {
            return refused("that session has ended".to_owned());
        }
        if let Some(driven) = self.agents.get_mut(&id) {
            // A login may take a person a while.
            driven.start_by = driven.start_within.map(|within| Instant::now() + within * 5);
        }
        self.tell(id, Tell::Login(way));
        Reply::Done
    }
}

/// What a start is doing that has not come to an open conversation.
pub(super) fn unopened(session: &Session) -> Option<String> {
    match &session.life {
        Life::Starting(doing) => Some(doing.clone()),
        Life::LoginNeeded { .. } => Some("its login".to_owned()),
        Life::Open | Life::Ended { .. } | Life::Unknown => None,
    }
}
