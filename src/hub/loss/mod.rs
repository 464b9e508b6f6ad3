//! What a waiting command would delete or rewrite: the plan of [`crate::shell::loss`] followed on the disk, without doing it.
//!
//! It runs on a thread of its own and looks at so many files in so much time; what it does not come to is told as such, and
//! so is what can't be known. Links are not followed where the command would not follow them. git is asked through a copy of
//! its index and with a configuration of our own, so that nothing that a workspace names is ever run (`git`).
//!
//! - `look`: what was found so far, and its bounds. - `names`: arguments become names; `glob` as bash does it.
//! - `acts`: removals, rewrites and modes. - `put`: `cp`, `mv`, `ln`. - `git`; `repo`: a repository that runs nothing of its own.
//! - `tool`: a program that only looks. - `cover`: whether a checkpoint would hold a file. - `mode`: what `chmod` makes.

mod acts;
mod cover;
mod git;
mod glob;
mod look;
mod mode;
mod names;
mod put;
mod repo;
mod tool;

use super::Published;
use super::consoles::Line;
use crate::domain::{Answer, Digest, Losses, Previewed, RequestId, Text};
use crate::shell::loss::{self, Around};
use crate::store::Reader;
pub use cover::Keeping;
use look::Look;
use std::path::{Path, PathBuf};
use std::sync::mpsc as std_mpsc;
use std::time::Duration;

/// How long a checkpoint waits for what a command names.
const AHEAD: Duration = Duration::from_millis(500);

/// A command in the place of the one that a request asks about, by a name that comes back with the answer.
pub(super) type Instead = Option<(Digest, String)>;

/// What is looked at: for whom, which request, what it runs where; how many files are told.
type Wanted = (Line, (RequestId, Option<Digest>), Result<Asked, String>, u32, Keeping);

/// A command, and where it would run.
#[derive(Debug, Clone)]
struct Asked {
    command: String,
    workspace: PathBuf,
    folder: PathBuf,
}

/// The thread that looks, once it was needed: a slow disk holds up nothing else.
#[derive(Default)]
pub(super) struct Previews {
    wanted: Option<std_mpsc::Sender<Wanted>>,
}

impl Previews {
    /// Looks, and tells what would be hit.
    pub(super) fn find(
        &mut self,
        reader: &Reader,
        line: &Line,
        (request, instead): (RequestId, &Instead),
        (most, keeping): (u32, Keeping),
    ) {
        let wanted = self.wanted.get_or_insert_with(start);
        let of = instead.as_ref().map(|(of, _)| *of);
        if wanted.send((line.clone(), (request, of), asked(reader, request, instead), most, keeping)).is_err() {
            let losses = Losses::unknown("there is no thread to look at files");
            line.tell(Published::Answered(Answer::Losses(Previewed { request, losses, of })));
        }
    }
}

fn start() -> std_mpsc::Sender<Wanted> {
    let (wanted, waiting) = std_mpsc::channel::<Wanted>();
    let look = move || {
        while let Ok((line, (request, of), asked, most, keeping)) = waiting.recv() {
            let losses = told(asked, most, keeping);
            line.tell(Published::Answered(Answer::Losses(Previewed { request, losses, of })));
        }
    };
    drop(std::thread::Builder::new().name("losses".to_owned()).spawn(look));
    wanted
}

/// What a request would hit, at once.
pub(super) fn answer(reader: &Reader, request: RequestId, instead: &Instead, most: u32) -> Answer {
    let losses = told(asked(reader, request, instead), most, Keeping::Unknown);
    Answer::Losses(Previewed { request, losses, of: instead.as_ref().map(|(of, _)| *of) })
}

fn told(asked: Result<Asked, String>, most: u32, keeping: Keeping) -> Losses {
    match asked {
        Ok(Asked { command, workspace, folder }) => losses(&command, &workspace, &folder, most, keeping),
        Err(why) => Losses::unknown(why),
    }
}

/// The command of a request that waits, or another one in its place.
fn asked(reader: &Reader, request: RequestId, instead: &Instead) -> Result<Asked, String> {
    let sessions = reader.sessions().map_err(|error| error.to_string())?;
    let gone = || "the log does not hold this request".to_owned();
    let span = sessions.into_iter().find(|span| span.session == request.session).ok_or_else(gone)?;
    let last = crate::domain::Seq(span.count);
    let session = crate::stories::session_at(reader, request.session, last).map_err(|error| error.to_string())?;
    let (asked, step, _) = session.request_and_step(request.seq).ok_or_else(gone)?;
    if !asked.waits() {
        return Err("it does not wait any more: what stands there now is not what it would have hit".to_owned());
    }
    let command = match (instead, step.command.as_ref()) {
        (Some((_, command)), _) => command.clone(),
        (None, Some(Text::Inline(text))) => text.clone(),
        (None, Some(Text::Body(body))) => reader.body(body).map_err(|error| error.to_string())?.ok_or_else(gone)?,
        (None, None) => return Err("it runs no command that is known".to_owned()),
    };
    let workspace = PathBuf::from(&session.cwd);
    let folder = workspace.join(step.cwd.as_deref().unwrap_or_default());
    Ok(Asked { command, workspace, folder })
}

/// What a command would hit if it ran now in a folder, and of it the first `most` files. Nothing is changed and nothing
/// of the workspace is run.
#[must_use]
pub fn losses(command: &str, workspace: &Path, folder: &Path, most: u32, keeping: Keeping) -> Losses {
    let Some(plan) = plan(command, folder) else { return Losses::unknown("the name of its folder is no UTF-8") };
    let mut look = Look::new(workspace);
    follow(&mut look, &plan);
    plan.unknown.into_iter().for_each(|why| look.cannot_tell(why));
    look.told(most, plan.beside, keeping)
}

/// The files that git ignores and that a command names as what it changes or makes: a checkpoint holds them all the same,
/// where they are not too many.
pub(super) fn ignored(command: &str, workspace: &Path, folder: &Path) -> Vec<PathBuf> {
    let (Some(plan), Some(from)) = (plan(command, folder), folder.to_str()) else { return Vec::new() };
    let home = std::env::var("HOME").unwrap_or_default();
    let mut look = Look::within(workspace, AHEAD);
    follow(&mut look, &plan);
    // What is added to is not lost, and what is made was not there: neither is a deed of the plan.
    for path in crate::policy::written(command, from, &home) {
        look.makes_or_adds(Path::new(&path));
    }
    look.ignored()
}

fn plan(command: &str, folder: &Path) -> Option<loss::Plan> {
    let home = std::env::var("HOME").unwrap_or_default();
    Some(loss::read(command, Around { folder: folder.to_str()?, home: &home }))
}

fn follow(look: &mut Look, plan: &loss::Plan) {
    for deed in &plan.deeds {
        if look.is_over() {
            break;
        }
        acts::follow(look, deed);
    }
}

#[cfg(test)]
mod tests;
