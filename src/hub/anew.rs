//! A session begins in a work tree that is made for it: from where the repository stands, or with the files of a step of
//! another session. Made on a thread of its own, since git takes its time; then it starts as any other does.

use super::actor::Hub;
use super::checkpoints::{Asker, Grown};
use super::reading;
use super::requests::refused;
use crate::checkpoint::{self, SnapshotId};
use crate::domain::{Apart, Event, Notice, Reply, SessionId, StartSpec, Undo, Whence};
use crate::state::spans::Spans;
use crate::store::Reader;
use crate::worktree::{self, Made, Name};
use std::path::{Path, PathBuf};

/// Files that are named of those that did not come along.
const NAMED: usize = 4;

/// What another session's step was.
struct Of {
    step: u32,
    whose: String,
    root: PathBuf,
    store: PathBuf,
    reader: Reader,
    session: SessionId,
}

/// The files of a step: their checkpoint, and the commit that the repository was at.
struct Files {
    id: SnapshotId,
    /// After which step, or before the first.
    words: String,
    head: Option<String>,
}

impl Hub {
    /// Starts a session, in a work tree of its own where one is asked for. The reply comes later then.
    pub(super) fn start_or_grow(&mut self, mut spec: StartSpec, asker: Option<Asker>) -> Option<Reply> {
        let Some(apart) = spec.apart.take() else { return Some(self.start(spec)) };
        match self.grow(spec, apart, asker) {
            Ok(()) => None,
            Err(why) => Some(refused(why)),
        }
    }

    fn grow(&mut self, mut spec: StartSpec, apart: Apart, asker: Option<Asker>) -> Result<(), String> {
        self.commit();
        let Apart { name, whence } = apart;
        let of = match whence {
            None => None,
            Some(Whence { session, step }) => {
                let old = self.state.session(session).ok_or_else(|| format!("there is no session {session}"))?;
                if spec.agent.is_empty() {
                    (spec.command, spec.agent) = (self.command_of(old)?, old.agent.clone());
                    spec.mode = spec.mode.or_else(|| old.mode.clone());
                }
                spec.cwd.clone_from(&old.cwd);
                let root = PathBuf::from(&old.cwd);
                let root = root.canonicalize().map_err(|error| format!("{} can't be found: {error}", old.cwd))?;
                let reader = self.store.reader().map_err(|error| error.to_string())?;
                let store = self.setup.places.state.join("checkpoints");
                Some(Of { step, whose: old.name.clone(), root, store, reader, session })
            }
        };
        let like = spec.name.clone().or_else(|| spec.prompt.clone().filter(|prompt| !prompt.trim().is_empty()));
        let like = like.or_else(|| of.as_ref().map(|of| format!("{} step {}", of.whose, of.step)));
        let like = like.unwrap_or_else(|| spec.agent.clone());
        let told = self.checkpoints.grows();
        let make = move || {
            let name = name.as_deref().map_or(Name::Like(&like), Name::Given);
            let made = made(Path::new(&spec.cwd), name, of.as_ref());
            told.tell(Grown { spec, asker, made });
        };
        let thread = std::thread::Builder::new().name("worktree".to_owned()).spawn(make);
        thread.map(drop).map_err(|error| {
            self.checkpoints.has_grown();
            format!("no work tree was made, since there is no thread to be had: {error}")
        })
    }

    /// The work tree is there: the session starts in it.
    pub(super) fn grown(&mut self, grown: Grown) {
        let Grown { mut spec, asker, made } = grown;
        let (made, notes) = match made {
            Ok(made) => made,
            Err(why) => return self.reply(asker, refused(why)),
        };
        spec.env = worktree::environment(spec.env, &made.folder);
        spec.cwd = made.folder.to_string_lossy().into_owned();
        spec.name = spec.name.or_else(|| Some(made.name.clone()));
        spec.worktree = Some(made.name.clone());
        let reply = match self.start(spec) {
            Reply::Refused { why } => {
                refused(format!("{why}; the work tree stays: `taut worktree remove {}` takes it away", made.name))
            }
            reply => reply,
        };
        if let Reply::Started { session } = reply {
            for (level, text) in notes {
                self.note(session, Event::Noted { level, text: text.into() });
            }
            self.commit();
        }
        self.reply(asker, reply);
    }
}

type Notes = Vec<(Notice, String)>;

fn made(folder: &Path, name: Name<'_>, of: Option<&Of>) -> Result<(Made, Notes), String> {
    let Some(of) = of else {
        let made = worktree::add(folder, name, "HEAD").map_err(|error| error.to_string())?;
        let notes = made.notes.iter().map(|note| (Notice::Info, note.clone())).collect();
        return Ok((made, notes));
    };
    let spans = reading::spans(&of.reader, of.session).map_err(|error| error.to_string())?;
    if let Some(none) = spans.lacks(&Undo::Step { number: of.step }) {
        return Err(none.to_string());
    }
    let files = files_of(&spans, of.step).ok_or_else(|| {
        format!("no checkpoint of {} is on record from which step {} could be had", of.whose, of.step)
    })?;
    let mut notes =
        vec![(Notice::Info, format!("Begins with the files as they were {} of {}.", files.words, of.whose))];
    let from = files.head.as_deref().filter(|head| worktree::has(&of.root, head));
    if from.is_none() {
        let why = if files.head.is_some() { "is gone" } else { "is not on record" };
        let text = format!("the commit at which the repository was then {why}: the branch begins at the one of now");
        notes.push((Notice::Warning, text));
    }
    let made = worktree::add(&of.root, name, from.unwrap_or("HEAD")).map_err(|error| error.to_string())?;
    let laid = checkpoint::lay(&of.store, &of.root, files.id, &made.folder).map_err(|error| {
        let root = made.root.display();
        format!(
            "the files of step {} can't be laid into {root}: {error}; `taut worktree remove {}` takes it away",
            of.step, made.name
        )
    })?;
    if !laid.left.is_empty() {
        let named: Vec<String> = laid.left.iter().take(NAMED).map(ToString::to_string).collect();
        let more = laid.left.len() - named.len();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let text = format!("not covered by the checkpoint, and so not as they were then: {}{more}", named.join(", "));
        notes.push((Notice::Warning, text));
    }
    Ok((made, notes))
}

/// The files as they were after a step; of one that changed none, after the last one before it that was kept.
fn files_of(spans: &Spans, step: u32) -> Option<Files> {
    let after = |span: &&crate::state::spans::Span| span.number <= step && span.after.is_some();
    if let Some(span) = spans.all().iter().filter(after).max_by_key(|span| span.number) {
        let id = span.after.as_ref()?.0.parse().ok()?;
        return Some(Files { id, words: format!("after step {}", span.number), head: span.heads.1.clone() });
    }
    let before = |span: &&crate::state::spans::Span| span.number >= step && span.before.is_some();
    let span = spans.all().iter().filter(before).min_by_key(|span| span.number)?;
    let id = span.before.as_ref()?.0.parse().ok()?;
    Some(Files { id, words: format!("before step {}", span.number), head: span.heads.0.clone() })
}
