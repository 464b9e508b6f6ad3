//! Files of a workspace, for completing their names: those that git would not ignore, on a thread of their own.
//!
//! The folder is walked here and git is not asked: its configuration lies in a folder that an agent may write in, and can
//! name programs to run (`core.fsmonitor`). Nothing of a workspace is ever run to look at it.

use super::Published;
use super::consoles::Line;
use crate::domain::{Answer, Event, Seq, SessionId};
use crate::store::Reader;
use ignore::WalkBuilder;
use std::path::Path;
use std::sync::mpsc as std_mpsc;
use std::time::{Duration, Instant};

/// So many paths are told ...
const MOST: usize = 20_000;
/// ... of so many that are looked at, at most ...
const LOOKED_AT: usize = 1_000_000;
/// ... in so much time.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is looked for: for whom, of which session, where, by which letters.
type Wanted = (Line, SessionId, Result<String, String>, String);

/// The thread that walks, once it was needed: a slow disk holds up nothing else.
#[derive(Default)]
pub(super) struct Files {
    wanted: Option<std_mpsc::Sender<Wanted>>,
}

impl Files {
    /// Looks, and tells what is found.
    pub(super) fn find(&mut self, reader: &Reader, line: &Line, session: SessionId, near: &str) {
        let wanted = self.wanted.get_or_insert_with(start);
        if wanted.send((line.clone(), session, folder(reader, session), near.to_owned())).is_err() {
            let why = "there is no thread to look for files".to_owned();
            line.tell(Published::Answered(none(session, near, why)));
        }
    }
}

fn start() -> std_mpsc::Sender<Wanted> {
    let (wanted, asked) = std_mpsc::channel::<Wanted>();
    let look = move || {
        while let Ok((line, session, folder, near)) = asked.recv() {
            let answer = match folder {
                Ok(folder) => walk(session, Path::new(&folder), &near),
                Err(why) => none(session, &near, why),
            };
            line.tell(Published::Answered(answer));
        }
    };
    drop(std::thread::Builder::new().name("files".to_owned()).spawn(look));
    wanted
}

/// Files of a session's workspace, at once.
pub(super) fn answer(reader: &Reader, session: SessionId, near: &str) -> Answer {
    match folder(reader, session) {
        Ok(folder) => walk(session, Path::new(&folder), near),
        Err(why) => none(session, near, why),
    }
}

/// The workspace, as the first record of the session names it.
pub(super) fn folder(reader: &Reader, session: SessionId) -> Result<String, String> {
    let first = reader.records(session, Seq(1), 1).map_err(|error| error.to_string())?;
    match first.into_iter().next().map(|record| record.event) {
        Some(Event::SessionStarted { cwd, .. }) => Ok(cwd),
        _ => Err("the log does not say where this session works".to_owned()),
    }
}

fn none(session: SessionId, near: &str, why: String) -> Answer {
    Answer::Files { session, near: near.to_owned(), paths: Vec::new(), cut: false, why: Some(why) }
}

fn walk(session: SessionId, folder: &Path, near: &str) -> Answer {
    if let Err(error) = std::fs::read_dir(folder) {
        return none(session, near, format!("the workspace {} can't be read: {error}", folder.display()));
    }
    let letters: Vec<char> = near.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let walk = WalkBuilder::new(folder)
        .hidden(false)
        // A workspace need be no repository to have a .gitignore.
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .sort_by_file_name(std::ffi::OsStr::cmp)
        .build();
    let end = Instant::now() + PATIENCE;
    let (mut paths, mut cut) = (Vec::new(), false);
    // What can't be read is left out: it could not be mentioned either.
    for (seen, entry) in walk.filter_map(Result::ok).enumerate() {
        if paths.len() >= MOST || seen >= LOOKED_AT || (seen % 256 == 255 && Instant::now() > end) {
            cut = true;
            break;
        }
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file() || kind.is_symlink());
        let Some(path) = entry.path().strip_prefix(folder).ok().filter(|_| is_file) else { continue };
        let path = path.to_string_lossy();
        if holds(&path, &letters) {
            paths.push(path.into_owned());
        }
    }
    Answer::Files { session, near: near.to_owned(), paths, cut, why: None }
}

/// Whether the letters stand in a path, in their order.
fn holds(path: &str, letters: &[char]) -> bool {
    let mut left = letters.iter().peekable();
    for c in path.chars().flat_map(char::to_lowercase) {
        left.next_if(|&&letter| letter == c);
    }
    left.peek().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn found(folder: &Path, near: &str) -> (Vec<String>, bool) {
        match walk(SessionId(1), folder, near) {
            Answer::Files { paths, cut, why: None, .. } => (paths, cut),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_git_ignores_is_left_out_and_nothing_of_the_folder_is_run() {
        let folder = tempfile::tempdir().unwrap();
        for path in [".git/x", "src/a.rs", "src/deep/my file.rs", "target/out", ".github/ci.yml", "src/a.tmp", "b\nc"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        fs::write(folder.path().join(".gitignore"), "target\n*.tmp\n").unwrap();
        fs::write(folder.path().join(".git/config"), "[core]\n\tfsmonitor = touch RUN; false\n").unwrap();
        std::os::unix::fs::symlink("/", folder.path().join("root")).unwrap();
        let all = [".github/ci.yml", ".gitignore", "b\nc", "root", "src/a.rs", "src/deep/my file.rs"];
        assert_eq!(found(folder.path(), ""), (all.map(str::to_owned).into(), false));
        assert_eq!(found(folder.path(), "SMY").0, ["src/deep/my file.rs"]);
        assert!(!folder.path().join("RUN").exists());
    }

    #[test]
    fn a_large_workspace_is_cut_and_says_so_and_its_last_file_is_found_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..=MOST {
            fs::write(folder.path().join(format!("f{n:06}")), "").unwrap();
        }
        fs::write(folder.path().join("zebra"), "").unwrap();
        let (paths, cut) = found(folder.path(), "");
        assert_eq!((paths.len(), cut), (MOST, true));
        assert_eq!(found(folder.path(), "zbr"), (vec!["zebra".to_owned()], false));
    }

    #[test]
    fn a_folder_that_is_gone_is_told() {
        let Answer::Files { why: Some(why), .. } = walk(SessionId(1), Path::new("/no/such"), "") else { panic!() };
        assert!(why.starts_with("the workspace /no/such can't be read"), "{why}");
    }
}
