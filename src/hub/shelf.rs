//! Sessions on the shelf: renamed, looked at, put away and brought back, deleted. No record of the past is rewritten.

use super::actor::Hub;
use super::checkpoints::Why;
use super::requests::refused;
use crate::domain::{Event, Notice, Reply, SessionId, Weight};
use crate::search::Index;
use crate::store::{Holdings, StoreError};
use crate::text::human;

/// Texts that are wiped before the hub looks at commands again.
const TEXTS: usize = 32;

/// A deletion that goes on: first its checkpoints go, then what else there is is found, on a
/// thread of its own, and wiped a part at a time; last goes what was indexed of it.
#[derive(Debug)]
pub(super) struct Wiping {
    session: SessionId,
    left: Result<Holdings, StoreError>,
    gone: Weight,
    /// What was indexed of it is there still.
    indexed: bool,
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
        if self.try_commit().is_err() {
            return refused(self.unwritten());
        }
        self.wipings += 1;
        // Its checkpoints first: that takes longest, and where it fails nothing is half gone.
        self.prune(Why::Deleted(id));
        Reply::Done
    }

    /// Not all of a session could be deleted.
    pub(super) fn not_deleted(&mut self, id: SessionId, why: &str) {
        self.wipings = self.wipings.saturating_sub(1);
        let text = format!("not all of it was deleted: {why}; delete it again");
        self.note(id, Event::Noted { level: Notice::Error, text: text.into() });
        self.commit();
    }

    /// Its checkpoints are gone: its long texts go. `gone` is what went already.
    pub(super) fn delete_texts(&mut self, id: SessionId, gone: Weight) {
        let reader = match self.store.reader() {
            Ok(reader) => reader,
            Err(error) => return self.not_deleted(id, &error.to_string()),
        };
        let found = self.wiping.clone();
        // The whole log is walked for texts that others hold: not here, where interrupts are heard.
        let find = move || {
            let wiping = Wiping { session: id, left: reader.holdings(id), gone, indexed: true };
            drop(found.send(wiping));
        };
        if let Err(error) = std::thread::Builder::new().name("delete".to_owned()).spawn(find) {
            self.not_deleted(id, &format!("there is no thread to be had: {error}"));
        }
    }

    /// Lets a session's checkpoints stay however old they are, or go with the others.
    pub(super) fn pin(&mut self, id: SessionId, pinned: bool) -> Reply {
        match self.state.session(id) {
            None => return refused(format!("there is no session {id}")),
            Some(session) if session.deleted => {
                return refused("it was deleted: it has no checkpoints to keep".to_owned());
            }
            Some(session) if session.is_pinned() == pinned => {}
            Some(_) => self.note(id, Event::Pinned { pinned }),
        }
        Reply::Done
    }

    /// Wipes the next part, and puts it on record once all is gone.
    pub(super) fn wipe(&mut self, wiping: Wiping) {
        let Wiping { session, left, mut gone, indexed } = wiping;
        let wiped = left.and_then(|mut left| {
            let part: Vec<_> = left.texts.drain(..left.texts.len().min(TEXTS)).collect();
            if part.is_empty() && indexed {
                return Ok(Some(left));
            }
            if part.is_empty() {
                gone.frames = self.store.forget_frames(session)?;
                return Ok(None);
            }
            gone.texts += self.store.forget_texts(session, &part, left.head)?;
            gone.bytes = left.weight.bytes;
            Ok(Some(left))
        });
        match wiped {
            Ok(Some(left)) if left.texts.is_empty() => self.unindex(Wiping { session, left: Ok(left), gone, indexed }),
            Ok(Some(left)) => drop(self.wiping.send(Wiping { session, left: Ok(left), gone, indexed })),
            Ok(None) => {
                self.wipings = self.wipings.saturating_sub(1);
                let Weight { texts, bytes, frames, checkpoints, checkpoint_bytes, .. } = gone;
                if checkpoints > 0 {
                    let size = human::bytes(checkpoint_bytes);
                    let text = format!("{checkpoints} of its checkpoints are gone from the disk ({size})");
                    self.note(session, Event::Noted { level: Notice::Info, text: text.into() });
                }
                self.note(session, Event::Deleted { texts, bytes, frames });
                self.commit();
                self.keyframe(session);
            }
            Err(error) => self.not_deleted(session, &error.to_string()),
        }
    }

    /// What was indexed of it goes, now that nothing of it is left to be indexed anew; not here, since a large index takes its
    /// time.
    fn unindex(&mut self, wiping: Wiping) {
        let (done, state, session) = (self.wiping.clone(), self.setup.places.state.clone(), wiping.session);
        let forget = move || {
            let left = Index::forget_in(&state, wiping.session, false).and(wiping.left);
            drop(done.send(Wiping { left, indexed: false, ..wiping }));
        };
        if let Err(error) = std::thread::Builder::new().name("delete".to_owned()).spawn(forget) {
            self.not_deleted(session, &format!("there is no thread to be had: {error}"));
        }
    }
}
