//! Where the pieces of a change stand in their files: looked up once, when the request opens, so that the line numbers on
//! the card are those of the file, a piece that is the whole file is called that, and one that comes in many places is shown
//! in each of them.

use super::actor::Hub;
use crate::agent::Ask;
use crate::diff::locate;
use crate::domain::swap::{self, Swaps};
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
        let Some(step) = known.step_of(&ask.call) else { return ask };
        let args = step.args.as_ref().and_then(|args| self.text_of(args));
        let everywhere = args.as_deref().and_then(|args| everywhere(&step.changes, args, &known.cwd));
        // A tool that replaces a text writes no whole file: what it does to one is not what stands there now.
        let writes = args.as_deref().is_none_or(|args| swap::swaps(args).is_none());
        let Some(changes) = everywhere.or_else(|| located(&step.changes, &known.cwd, writes)) else { return ask };
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

/// The changes with what their files say of them; nothing where they say nothing new. With `writes`, a change of a whole
/// file is a text that comes over whatever stands there.
fn located(changes: &[FileChange], cwd: &str, writes: bool) -> Option<Vec<FileChange>> {
    let mut new = changes.to_vec();
    let open = |change: &&mut FileChange| change.fragment && change.patch.is_none();
    for change in new.iter_mut().filter(|change| comes_over(change, writes)).take(MOST) {
        // It says that the file is new, or what stood there before, and something else is there: what is lost must be seen.
        if let Some(file) = read(&Path::new(cwd).join(&change.path)) {
            change.old = Some(file.into());
        }
    }
    for change in new.iter_mut().filter(open).take(MOST) {
        let Some(old) = change.old.clone() else { continue };
        let Some(file) = read(&Path::new(cwd).join(&change.path)) else { continue };
        if old.digest() == Digest::of(file.as_bytes()) {
            change.fragment = false;
        } else if let Text::Inline(old) = &old {
            // Where it stood when it was asked before may not be where it stands now.
            change.line = locate(&file, old).line().or(change.line);
        }
    }
    (new != changes).then_some(new)
}

/// The changes of arguments that replace a text wherever it stands, as what becomes of the file; nothing where they are of
/// another kind, or do not fit it.
fn everywhere(changes: &[FileChange], args: &str, cwd: &str) -> Option<Vec<FileChange>> {
    let swaps = swap::swaps(args).filter(Swaps::are_many)?;
    let path = Path::new(cwd).join(&swaps.path);
    let is_of_it = |change: &FileChange| change.patch.is_none() && Path::new(cwd).join(&change.path) == path;
    let first = changes.first().filter(|_| changes.iter().all(is_of_it))?;
    let file = read(&path)?;
    // Lines that end in both ways can't be put back as they were.
    let ends = file.matches('\n').count();
    let crlf = file.matches("\r\n").count();
    let done = match crlf {
        0 => swaps.done(Some(&file)).ok()?,
        _ if crlf == ends => swaps.done(Some(&file)).ok()?.replace('\n', "\r\n"),
        _ => return None,
    };
    let whole =
        FileChange { old: Some(file.into()), new: Some(done.into()), fragment: false, line: None, ..first.clone() };
    (changes != [whole.clone()]).then(|| vec![whole])
}

/// True where a whole text comes, whatever is said of what stands there.
fn comes_over(change: &FileChange, writes: bool) -> bool {
    !change.fragment && (writes || change.old.is_none()) && change.new.is_some() && change.patch.is_none()
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
            moved_to: None,
        }
    }

    #[test]
    fn a_piece_has_the_line_of_its_file_and_a_whole_file_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let text = "one\ntwo\nthree\ntwo\n";
        std::fs::write(folder.path().join("a"), text).unwrap();
        let cwd = folder.path().to_string_lossy().into_owned();
        let found = located(&[change("a", "three\n"), change("a", text), change("a", "two\n")], &cwd, true).unwrap();
        assert_eq!((found[0].fragment, found[0].line), (true, Some(3)));
        assert_eq!((found[1].fragment, found[1].line), (false, None));
        assert_eq!((found[2].fragment, found[2].line), (true, None), "it stands there twice: nobody knows which");
        assert_eq!(located(&[change("a", "four\n"), change("nowhere", "x"), change("", "x")], &cwd, true), None);
    }

    #[test]
    fn what_is_written_over_is_what_stands_there_now() {
        let folder = tempfile::tempdir().unwrap();
        let cwd = folder.path().to_string_lossy().into_owned();
        let put = |text: &str| std::fs::write(folder.path().join("a"), text).unwrap();
        let whole = FileChange { fragment: false, ..change("a", "one\ntwo\n") };
        let old = |found: Option<Vec<FileChange>>| Some(found?[0].old.clone()?.inline()?.to_owned());
        put("one\nHUMAN\n");
        assert_eq!(old(located(std::slice::from_ref(&whole), &cwd, true)).as_deref(), Some("one\nHUMAN\n"));
        assert_eq!(located(std::slice::from_ref(&whole), &cwd, false), None, "an edit is no write");
        put("one\ntwo\n");
        assert_eq!(located(&[whole], &cwd, true), None, "as it was said");
        // A piece moves with the lines above it.
        put("x\ny\none\n");
        let piece = FileChange { line: Some(1), ..change("a", "one\n") };
        assert_eq!(located(&[piece], &cwd, true).unwrap()[0].line, Some(3));
    }

    #[test]
    fn what_comes_in_many_places_is_shown_in_each_of_them() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "x 1\ny\nx 2\n").unwrap();
        std::fs::write(folder.path().join("dos"), "x\r\nx\r\n").unwrap();
        std::fs::write(folder.path().join("mixed"), "x\r\nx\n").unwrap();
        let cwd = folder.path().to_string_lossy().into_owned();
        let args =
            |path: &str, more: &str| format!(r#"{{"file_path":{path:?},"old_string":"x","new_string":"z"{more}}}"#);
        let all = r#","replace_all":true"#;
        let texts = |path: &str, more: &str| {
            let found = everywhere(&[change(path, "x")], &args(path, more), &cwd)?;
            let [one] = &found[..] else { panic!("{found:?}") };
            assert!(!one.fragment && one.line.is_none());
            Some((one.old.clone()?.inline()?.to_owned(), one.new.clone()?.inline()?.to_owned()))
        };
        let pair = |old: &str, new: &str| Some((old.to_owned(), new.to_owned()));
        assert_eq!(texts("a", all), pair("x 1\ny\nx 2\n", "z 1\ny\nz 2\n"));
        assert_eq!(texts("dos", all), pair("x\r\nx\r\n", "z\r\nz\r\n"));
        assert_eq!((texts("mixed", all), texts("a", ""), texts("nowhere", all)), (None, None, None));
        let expected = r#","expected_replacements":3"#;
        assert_eq!(texts("a", expected), None, "the tool refuses it");
        assert_eq!(everywhere(&[change("b", "x")], &args("a", all), &cwd), None, "another file");
    }
}
