//! Sessions on the shelf: renamed, looked at, put away and brought back, deleted. No record of the past is rewritten.

use super::actor::Hub;
use super::requests::refused;
use crate::domain::{Event, Notice, Reply, SessionId, Weight};
use crate::store::{Holdings, StoreError};

/// Texts that are wiped before the hub looks at commands again.
const TEXTS: usize = 32;

/// A deletion that goes on: first what there is is found, on a thread of its own, then it is wiped a part at a time.
#[derive(Debug)]
pub(super) struct Wiping {
    session: SessionId,
    left: Result<Holdings, StoreError>,
    gone: Weight,
}

impl Hub {
    pub(super) fn rename(&mut self, id: SessionId, name: &str) -> Reply {
        let name = name.trim();
        let Some(session) = self.state.session(id) else { return refused(format!("there is no session {id}")) };
        if name.is_empty() {
            return refused("a session needs a name".to_owned());
        }
        if session.name == name {
            return Reply::Done;
        }
        let name = self.unique(name);
        self.note(id, Event::Renamed { name });
        Reply::Done
    }

    pub(super) fn notice(&mut self, id: SessionId) -> Reply {
        if self.state.session(id).is_some_and(|session| !session.noticed && session.turn.is_none()) {
            self.note(id, Event::Noticed);
        }
        Reply::Done
    }

    pub(super) fn archive(&mut self, id: SessionId, archived: bool) -> Reply {
        match self.state.session(id) {
            Some(session) if session.is_live() && archived => refused("end the session first".to_owned()),
            Some(session) if session.deleted => refused("it was deleted: there is nothing to bring back".to_owned()),
            Some(session) if session.archived == archived => Reply::Done,
            Some(_) => {
                self.note(id, Event::Archived { archived });
                Reply::Done
            }
            None => refused(format!("there is no session {id}")),
        }
    }

    /// Begins to delete an ended session. That it is done shows by its record.
    pub(super) fn delete(&mut self, id: SessionId) -> Reply {
        match self.state.session(id) {
            None => return refused(format!("there is no session {id}")),
            Some(session) if session.is_live() => return refused("it is live: end the session first".to_owned()),
            Some(session) if session.deleted => return refused("it was deleted already".to_owned()),
            Some(_) => {}
        }
        // What is still on its way to the disk is found there.
        if self.try_commit().is_err() {
            return refused(self.unwritten());
        }
        let reader = match self.store.reader() {
            Ok(reader) => reader,
            Err(error) => return refused(error.to_string()),
        };
        let found = self.wiping.clone();
        // The whole log is walked for texts that others hold: not here, where interrupts are heard.
        let find = move || {
            let wiping = Wiping { session: id, left: reader.holdings(id), gone: Weight::default() };
            drop(found.send(wiping));
        };
        match std::thread::Builder::new().name("delete".to_owned()).spawn(find) {
            Ok(_) => {
                self.wipings += 1;
                Reply::Done
            }
            Err(error) => refused(format!("nothing was deleted, since there is no thread to be had: {error}")),
        }
    }

    /// Wipes the next part, and puts it on record once all is gone.
    pub(super) fn wipe(&mut self, wiping: Wiping) {
        let Wiping { session, left, mut gone } = wiping;
        let wiped = left.and_then(|mut left| {
            let part: Vec<_> = left.texts.drain(..left.texts.len().min(TEXTS)).collect();
            if part.is_empty() {
                gone.frames = self.store.forget_frames(session)?;
                return Ok(None);
            }
            gone.texts += self.store.forget_texts(session, &part, left.head)?;
            gone.bytes = left.weight.bytes;
            Ok(Some(left))
        });
        match wiped {
            Ok(Some(left)) => drop(self.wiping.send(Wiping { session, left: Ok(left), gone })),
            Ok(None) => {
                self.wipings = self.wipings.saturating_sub(1);
                let Weight { texts, bytes, frames, .. } = gone;
                self.note(session, Event::Deleted { texts, bytes, frames });
                self.commit();
                self.keyframe(session);
            }
            Err(error) => {
                self.wipings = self.wipings.saturating_sub(1);
                let text = format!("not all of it was deleted: {error}; delete it again");
                self.note(session, Event::Noted { level: Notice::Error, text: text.into() });
                self.commit();
            }
        }
    }
}
