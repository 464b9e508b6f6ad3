//! An undo that a death cut short: the next hub goes on with it, or says that nothing was changed. A human has seen what it
//! does and wanted it; half of it would be neither what they had nor what they asked for.

use super::Job;
use super::keeper::{Done, Keeper, News};
use super::plans;
use crate::domain::{By, CallId, CheckpointId, Event, Notice, SessionId};
use crate::hub::actor::Hub;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where a death came before the first file was changed.
const NOTHING: &str = "taut died before this changed a file: nothing was taken back";

/// Files that are named.
const NAMED: usize = 8;

/// An undo that has begun: what its end will need, kept with the journal of its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Begun {
    pub(super) session: SessionId,
    pub(super) call: CallId,
    /// The steps that are taken back with it.
    pub(super) steps: Vec<CallId>,
    pub(super) before: CheckpointId,
    pub(super) by: By,
}

impl Begun {
    /// For the journal.
    pub(super) fn to_note(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn of_note(note: &str) -> Option<Self> {
        serde_json::from_str(note).ok()
    }
}

/// What became of it.
#[derive(Debug)]
pub(super) struct Resumed {
    /// `None` where its journal does not say whose it was.
    begun: Option<Begun>,
    /// `None` where nothing has changed.
    done: Option<Done>,
    /// What was put in its place, where nobody waits for it any more.
    files: Vec<String>,
}

impl Keeper {
    /// The hub asks after one that has no end on record.
    pub(super) fn find_out(&mut self, begun: Begun) {
        let opened = self.open().and_then(|workspace| workspace.last_restored());
        if let Some(resumed) = &mut self.resumed {
            if Begun::of_note(&resumed.note).is_none() {
                resumed.note = begun.to_note();
            }
            return;
        }
        let ended = |note: &str| {
            Begun::of_note(note).filter(|noted| (noted.session, &noted.call) == (begun.session, &begun.call))
        };
        let (begun, done) = match opened.map(|note| note.as_deref().and_then(ended)) {
            // It had come to its end, and nobody was left to say so.
            Ok(Some(begun)) => {
                let done = Done { after: self.after(&begun), left: Vec::new(), lost: Vec::new(), failed: None };
                (begun, Some(done))
            }
            Ok(None) => (begun, None),
            Err(error) => {
                let why = format!("taut died while it did this, and it can't be gone on with: {error}");
                (
                    begun,
                    Some(Done { after: Err(error.to_string()), left: Vec::new(), lost: Vec::new(), failed: Some(why) }),
                )
            }
        };
        self.tell(None, News::Resumed(Box::new(Resumed { begun: Some(begun), done, files: Vec::new() })));
    }

    /// Says what became of one that was gone on with when the workspace was opened.
    pub(super) fn tell_of_resumed(&mut self) {
        let Some(resumed) = self.resumed.take() else { return };
        let begun = Begun::of_note(&resumed.note);
        let files = resumed.done.iter().flat_map(|done| &done.restored).map(ToString::to_string).collect();
        let done = resumed.done.map(|done| {
            let left = done.left.iter().map(plans::left).collect();
            let after = match &begun {
                Some(begun) => self.after(begun),
                None => self.take(&[]),
            };
            Done { after, left, lost: done.lost, failed: None }
        });
        self.tell(None, News::Resumed(Box::new(Resumed { begun, done, files })));
    }

    fn after(&mut self, begun: &Begun) -> Result<super::Snap, String> {
        self.take(&[]).and_then(|snap| self.since(&snap, Some(begun.before.clone())))
    }
}

impl Hub {
    /// Where a step that has no end on record took steps back, its workspace is asked what became of that. False where it did
    /// something else, or there is nobody to ask.
    pub(in crate::hub) fn resume_undo(&mut self, session: SessionId, call: &CallId) -> bool {
        // What taut does in the place of a call has that call above it.
        let step = self.state.session(session).and_then(|known| known.step_of(call));
        let Some(step) = step.filter(|step| step.parent.is_none()) else { return false };
        let Some(before) = step.worked.as_ref().and_then(|worked| worked.before.clone()) else {
            // Its files come after that.
            self.own_ended(session, call, Err(NOTHING));
            return true;
        };
        let begun = Begun { session, call: call.clone(), steps: Vec::new(), before: before.clone(), by: By::Human };
        match self.place(session) {
            Some(place) => place.tell(Job::Resume { begun }),
            None => return false,
        }
        // Whatever else wants to work there waits for it.
        self.begin_undo(session, call, before);
        true
    }

    pub(super) fn undo_resumed(&mut self, path: &PathBuf, Resumed { begun, done, files }: Resumed) {
        let open = |begun: &Begun| {
            let step = self.state.session(begun.session).and_then(|known| known.step_of(&begun.call));
            step.is_some_and(|step| !step.status.is_final())
        };
        match (begun.filter(open), done) {
            (Some(begun), Some(done)) => {
                let (session, step) = (begun.session, self.number_of(begun.session, &begun.call));
                let files = self.undone(session, begun.call, begun.steps, begun.by, &done);
                if done.failed.is_none() {
                    let files = match files.len() {
                        1 => "1 file changed by it".to_owned(),
                        many => format!("{many} files changed by it"),
                    };
                    let text = format!("an undo that was cut short (step {step}) was finished: {files}{}", left(&done));
                    self.note(session, Event::Noted { level: Notice::Warning, text: text.into() });
                }
            }
            (Some(begun), None) => {
                self.over_now(begun.session, Some(&begun.call));
                self.own_ended(begun.session, &begun.call, Err(NOTHING));
            }
            (None, Some(done)) => {
                if let Some(session) = self.someone_in(path) {
                    let text = format!("an undo that was cut short was finished: {}{}", files.join(", "), left(&done));
                    self.note(session, Event::Noted { level: Notice::Warning, text: text.into() });
                }
            }
            (None, None) => {}
        }
        self.commit();
    }

    fn number_of(&self, session: SessionId, call: &CallId) -> u32 {
        self.state.session(session).and_then(|known| known.step_of(call)).map_or(0, |step| step.number)
    }
}

/// What it left, for the end of a sentence.
fn left(done: &Done) -> String {
    let left: Vec<&str> = done.left.iter().take(NAMED).map(|left| left.path.as_str()).collect();
    match (left.as_slice(), done.left.len().saturating_sub(NAMED)) {
        ([], _) => String::new(),
        (left, 0) => format!("; left as they are: {}", left.join(", ")),
        (left, more) => format!("; left as they are: {} and {more} more", left.join(", ")),
    }
}
