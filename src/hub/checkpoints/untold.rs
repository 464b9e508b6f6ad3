//! What an agent has still to be told of undos: it is read from the log, so that neither a restart nor the end of a session loses
//! it, and each of it is told once.

use crate::domain::{Pos, SessionId};
use crate::hub::actor::Hub;
use crate::hub::reading;
use crate::state::Session;

/// What it is told where the log can't be read.
const UNREAD: &str = "(The user has taken back steps of yours, or put them back; which ones could not be read. Read files again \
                      before you rely on them.)";

impl Hub {
    /// What goes with the next prompt: what became of steps by undos, a paragraph for each session whose steps they are. An
    /// agent that was started again with the conversation of an ended session has that one's steps in mind as well.
    pub(in crate::hub) fn untold(&self, id: SessionId) -> Vec<String> {
        let Some(session) = self.state.session(id) else { return Vec::new() };
        let line: Vec<&Session> = self
            .state
            .sessions
            .values()
            .filter(|other| other.id == id || (!other.is_live() && one_conversation(other, session)))
            .collect();
        let mut told = Vec::new();
        for one in &line {
            let others = line.iter().filter(|other| other.id != one.id).map(|other| other.told.newest_prompt());
            let elsewhere = others.max().unwrap_or(Pos(0));
            if !one.told.lacks(elsewhere) {
                continue;
            }
            let read = self.store.reader().and_then(|reader| reading::spans(&reader, one.id));
            match read.map(|spans| spans.news(elsewhere)) {
                Ok(news) => told.extend(news.map(|news| news.words())),
                Err(_) => told.push(UNREAD.to_owned()),
            }
        }
        told
    }
}

/// Whether two sessions go on with the same conversation of the same agent.
fn one_conversation(one: &Session, other: &Session) -> bool {
    let native = |session: &Session| {
        let source = session.sources.iter().rev().find(|source| source.channel == session.driver);
        source.map(|source| (source.vendor.clone(), source.native.clone()))
    };
    one.cwd == other.cwd && one.agent == other.agent && native(one).is_some_and(|it| Some(it) == native(other))
}
