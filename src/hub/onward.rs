//! A session of another tool goes on here, by its own agent: from then on it is one of taut's. Its past stays the recording's,
//! and both have one id of the agent's own, by which they are one session wherever sessions are listed.

use super::actor::Hub;
use super::log::now;
use super::requests::refused;
use super::start::Begin;
use crate::agent::Otherwise;
use crate::agent::presets::{self, Driver};
use crate::domain::{Event, Notice, Reply, SessionId, Source, StartSpec};
use crate::recordings::{Recorded, Recordings, Writer};
use crate::state::Session;
use crate::stories::TRANSCRIPT;
use crate::text::human;
use std::path::Path;
use std::time::Duration;

impl Hub {
    /// Goes on with a recorded session; as a copy of it where that is said.
    pub(super) fn goes_onward(
        &mut self,
        id: SessionId,
        fork: bool,
        cwd: Option<String>,
        env: Vec<(String, String)>,
    ) -> Reply {
        let one = match Recordings::open_for_reading(&self.setup.places.state).map(|kept| kept.map(|kept| kept.one(id)))
        {
            Ok(Some(Ok(Some(one)))) => one,
            Ok(None | Some(Ok(None))) => {
                return refused(format!("no recording {id} is kept: `taut ls --recorded` lists them"));
            }
            Err(error) | Ok(Some(Err(error))) => return refused(error.to_string()),
        };
        if !fork && let Some(own) = self.of_native(&one.native) {
            // It went on here before: there the agent's conversation has more than the recording.
            let (own, name, is_live) = (own.id, own.name.clone(), own.is_live());
            return match is_live {
                true => refused(format!("it goes on here already, as {name}: `taut attach {own}` goes there")),
                false => self.reopen(own, env),
            };
        }
        let cwd = Some(one.session.cwd.clone()).filter(|cwd| !cwd.is_empty()).or(cwd).unwrap_or_default();
        if let Err(why) = self.can_go_on(&one, fork, &cwd, &env) {
            return refused(why);
        }
        let spec = StartSpec {
            agent: one.session.agent.clone(),
            cwd,
            name: Some(format!("{}{}", one.session.name, if fork { "-fork" } else { "" })),
            load: Some(one.native.clone()),
            env,
            ..StartSpec::default()
        };
        let begin = if fork { Begin::Forked(None) } else { Begin::AsItself(Otherwise::Fail) };
        let reply = self.start_as(spec, begin);
        if let Reply::Started { session } = reply {
            if !fork {
                self.binds(session, &one);
            }
            let text = begins_from(&one, fork);
            self.note(session, Event::Noted { level: Notice::Info, text: text.into() });
            self.commit();
        }
        reply
    }

    /// Bound from the first moment: the recording and the session are one wherever they are listed.
    fn binds(&mut self, session: SessionId, one: &Recorded) {
        let driver = self.state.session(session).map(|session| session.driver.clone()).unwrap_or_default();
        let vendor = one.session.sources.last().map_or_else(|| one.format.clone(), |source| source.vendor.clone());
        for channel in [TRANSCRIPT.to_owned(), driver] {
            let source = Source { channel, vendor: vendor.clone(), native: one.native.clone() };
            self.note(session, Event::SourceAttached { source });
        }
    }

    /// A session of taut's that is or was the same conversation: a live one, else the newest.
    fn of_native(&self, native: &str) -> Option<&Session> {
        let same = |session: &&Session| session.sources.iter().any(|source| source.native == native);
        let all = self.state.sessions.values().filter(same).filter(|session| !session.deleted);
        all.filter(|_| !native.is_empty()).max_by_key(|session| (session.is_live(), session.started))
    }

    /// Why it can't go on, and what to do: each in one sentence.
    fn can_go_on(&self, one: &Recorded, fork: bool, cwd: &str, env: &[(String, String)]) -> Result<(), String> {
        let (id, agent) = (one.id, &one.session.agent);
        let brief = format!("hand it to an agent as a brief: `taut continue {id} --brief`");
        if one.native.is_empty() {
            return Err(format!("its transcript names no id by which {agent} could find it: {brief}"));
        }
        let known = presets::preset(agent).is_some() || self.setup.settings.config.agents.contains_key(agent);
        if !known {
            return Err(format!("taut knows no agent {agent:?} that it could start: {brief}"));
        }
        if cwd.is_empty() {
            return Err(format!(
                "its transcript does not say in which folder it worked: name that, `taut continue {id} --cwd DIR`"
            ));
        }
        if !Path::new(cwd).is_dir() {
            return Err(format!(
                "its folder {cwd:?} is gone, and {agent} goes on only there: bring it back, or hand it to an agent in \
                 another folder: `taut continue {id} --brief --cwd DIR`"
            ));
        }
        if !one.path.is_file() {
            return Err(format!(
                "its transcript {} is no longer on the disk, so that {agent} can't find it; taut has a copy: {brief}",
                one.path.display()
            ));
        }
        let lookup = |key: &str| Some(env.iter().find(|(name, _)| name == key)?.1.clone().into());
        let home = env.iter().find(|(name, _)| name == "HOME").map(|(_, home)| Path::new(home));
        one.lies_in_place(home.or(self.setup.places.home.as_deref()), lookup).map_err(|places| {
            let places: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
            let places = if places.is_empty() { "a folder that is not there".to_owned() } else { places.join(" or ") };
            let path = one.path.display();
            format!(
                "its transcript {path} does not lie where {agent} looks, in {places}: move it back there, or {brief}"
            )
        })?;
        let forks = Driver::of(agent, &[]).forks();
        if fork && !forks {
            return Err(format!("taut can't begin a copy of a conversation of {agent}: {brief}"));
        }
        let copy = if forks { format!(", or begin a copy of it: `taut continue {id} --fork`") } else { String::new() };
        match one.writer().filter(|_| !fork) {
            None => Ok(()),
            Some(Writer::Process(pid, name)) => Err(format!(
                "process {pid} ({name}) goes on with it, and two writers would damage it: end that one first{copy}"
            )),
            Some(Writer::Lately(ago)) => Err(format!(
                "something wrote it {} ago and may still run, and two writers would damage it: end that one and wait 2 \
                 minutes{copy}",
                human::duration(Duration::from_secs(ago.as_secs()))
            )),
        }
    }
}

/// `Goes on from the recording s1q of Claude Code: 12 turns, ...`.
fn begins_from(one: &Recorded, fork: bool) -> String {
    let turns = match one.session.turns.0 {
        1 => "1 turn".to_owned(),
        n => format!("{n} turns"),
    };
    let age = human::age(Duration::from_millis(now().since(one.session.at)));
    let tool = one.session.face.title.as_deref().unwrap_or(&one.format);
    let (begins, id) = (if fork { "A copy of" } else { "Goes on from" }, one.id);
    format!(
        "{begins} the recording {id} of {tool}: {turns}, the last {age} ago. What was said then: `taut replay {id}`."
    )
}
