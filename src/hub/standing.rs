//! Where the pieces of a change stand in their files: looked up once, when the request opens, so that the line numbers on
//! the card are those of the file, and a piece that is the whole file is called that.

use super::actor::Hub;
use crate::agent::Ask;
use crate::diff::locate;
use crate::domain::{CallPatch, Completeness, Digest, Draft, Event, FileChange, SessionId, Text};
use crate::store::Durability;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Files longer than this are not looked into.
const LONGEST: u64 = 2 << 20;
/// Changes looked up for one request.
const MOST: usize = 64;

impl Hub {
    /// Puts on record where the pieces of an asked call stand; the question as it is then.
    pub(super) fn located(&mut self, session: SessionId, mut ask: Ask) -> Ask {
        let Some(known) = self.state.session(session) else { return ask };
        let Some(changes) = known.step_of(&ask.call).and_then(|step| located(&step.changes, &known.cwd)) else {
            return ask;
        };
        let is_whole = changes.iter().all(|change| !change.fragment);
        let patch = Box::new(CallPatch { changes: Some(changes), ..CallPatch::default() });
        let event = Event::Called { call: ask.call.clone(), patch };
        let fact = Draft { session, lane: ask.lane, said_at: None, cites: None, event };
        // Where it can't be written, the card shows the piece as the agent gave it.
        if self.record(fact, Durability::Stream).is_ok() && is_whole && ask.payload == Completeness::Fragment {
            ask.payload = Completeness::Whole;
        }
        ask
    }
}

/// The changes with what their files say of them; nothing where they say nothing new.
fn located(changes: &[FileChange], cwd: &str) -> Option<Vec<FileChange>> {
    let mut new = changes.to_vec();
    let open = |change: &&mut FileChange| change.fragment && change.line.is_none() && change.patch.is_none();
    for change in new.iter_mut().filter(|change| comes_over(change)).take(MOST) {
        // It says that the file is new, and it is there: what is lost must be seen.
        change.old = read(&Path::new(cwd).join(&change.path)).map(Text::from);
    }
    for change in new.iter_mut().filter(open).take(MOST) {
        let Some(old) = change.old.clone() else { continue };
        let Some(file) = read(&Path::new(cwd).join(&change.path)) else { continue };
        if old.digest() == Digest::of(file.as_bytes()) {
            change.fragment = false;
        } else if let Text::Inline(old) = &old {
            change.line = locate(&file, old).line();
        }
    }
    (new != changes).then_some(new)
}

/// True where a whole text comes, and nothing is said of what stands there.
fn comes_over(change: &FileChange) -> bool {
    !change.fragment && change.old.is_none() && change.new.is_some() && change.patch.is_none()
}

/// The text of a plain file of bounded length.
fn read(path: &Path) -> Option<String> {
    let meta = path.metadata().ok().filter(|meta| meta.is_file() && meta.len() <= LONGEST)?;
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0));
    File::open(path).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &str, old: &str) -> FileChange {
        FileChange {
            path: path.into(),
            old: Some(old.into()),
            new: Some("new\n".into()),
            fragment: true,
            line: None,
            patch: None,
        }
    }

    #[test]
    fn a_piece_has_the_line_of_its_file_and_a_whole_file_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let text = "one\ntwo\nthree\ntwo\n";
        std::fs::write(folder.path().join("a"), text).unwrap();
        let cwd = folder.path().to_string_lossy().into_owned();
        let found = located(&[change("a", "three\n"), change("a", text), change("a", "two\n")], &cwd).unwrap();
        assert_eq!((found[0].fragment, found[0].line), (true, Some(3)));
        assert_eq!((found[1].fragment, found[1].line), (false, None));
        assert_eq!((found[2].fragment, found[2].line), (true, None), "it stands there twice: nobody knows which");
        assert_eq!(located(&[change("a", "four\n"), change("nowhere", "x"), change("", "x")], &cwd), None);
    }
}
