//! What taking steps back would do, for a human to read and then for the engine to carry out.

use super::beyond::{beyond, left_out, uncovered};
use super::head;
use super::hunks::part;
use super::keeper::{Done, Keeper, Meant, Stage, Wanted, id_of};
use super::later::later;
use super::limits::cannot;
use super::resume::Begun;
use super::talk::talk;
use super::whose::{leave_others, staying};
use crate::checkpoint::{
    self, Cannot, Choice, Choices, Clash, Conflict, Entry, FilePlan, Outcome, Plan, RelPath, Workspace,
};
use crate::diff::Diff;
use crate::domain::{
    Answer, Changes, CheckpointId, Digest, Hunks, Left, Query, Reply, SessionId, Side, Talk, Text, Undo, UndoAct,
    UndoFile, UndoPlan, UndoSide, UndoStep,
};
use crate::hub::Published;
use crate::hub::consoles::Line;
use crate::hub::past::{self, Between, LONGEST};
use crate::hub::reading;
use crate::state::spans::{Group, Root, Sense, Span, groups};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Folders in one another that are looked into for what keeps the outermost.
const DEEPEST: u32 = 64;
/// Bytes of all diffs of a preview.
const MOST: usize = 4 << 20;

/// An undo that was made ready.
#[derive(Debug)]
pub(super) struct Ready {
    plan: Plan,
    choices: Choices,
    before: CheckpointId,
}

/// An undo as it would be now.
struct Drawn {
    shown: UndoPlan,
    plan: Plan,
    before: CheckpointId,
    root: Root,
}

impl Keeper {
    /// Answers what taking steps back would do.
    pub(super) fn preview(&mut self, line: &Line, wanted: &Wanted) {
        let answer = match self.draw(wanted) {
            Ok(drawn) => Answer::UndoPlan { plan: Box::new(drawn.shown) },
            Err(why) => Answer::Failed { why },
        };
        line.tell(Published::Answered(answer));
    }

    /// Makes ready what was shown; what is other than that is stale.
    pub(super) fn plan(&mut self, ticket: u64, wanted: &Wanted, digest: Digest, sides: Vec<(String, Side)>) -> Stage {
        let Drawn { shown, plan, before, root } = match self.draw(wanted) {
            Ok(drawn) => drawn,
            Err(why) => return Stage::Refused(Reply::Refused { why }),
        };
        if shown.digest != digest {
            return Stage::Refused(Reply::Stale { digest: shown.digest });
        }
        let choice = |side| match side {
            Side::Ours => Choice::Ours,
            Side::Theirs => Choice::Theirs,
            Side::Both => Choice::Both,
            Side::Skip => Choice::Skip,
        };
        let mut paths = BTreeMap::new();
        for (path, side) in sides {
            let Some(path) = RelPath::from_text(&path) else {
                let why = format!("{path:?} is no path of this workspace: take it as the preview has it");
                return Stage::Refused(Reply::Refused { why });
            };
            paths.insert(path, choice(side));
        }
        let files = plan.files.iter().map(|file| file.path.to_string()).collect();
        let choices = Choices { paths, otherwise: Choice::Skip };
        let changes = plan.changes(&choices);
        if changes {
            self.plans.insert(ticket, Ready { plan, choices, before: before.clone() });
        }
        let what = match &wanted.undo {
            Undo::Hunks { files, .. } => Meant::Hunks(Hunks::words(files)),
            Undo::Last | Undo::Step { .. } | Undo::Turn { .. } | Undo::To { .. } => Meant::Steps(shown.steps, root),
        };
        Stage::Planned { ticket, what, before, files, changes, talk: shown.talk }
    }

    fn draw(&mut self, wanted: &Wanted) -> Result<Drawn, String> {
        let spans = match &self.own.log {
            Some(reader) => reading::spans(reader, wanted.session).map_err(|error| error.to_string())?,
            None => return Err("the log can't be read".to_owned()),
        };
        if let Undo::Hunks { before, after, files, steps } = &wanted.undo {
            return self.draw_hunks(wanted.session, spans.numbered(steps), (before, after), files);
        }
        let meant = spans.meant(&wanted.undo).map_err(|why| why.to_string())?;
        let engine = engine_spans(&meant)?;
        let staying = staying(&meant, &spans, self.own.log.as_ref(), wanted.session);
        let snapshot = self.snapshot(&[]).map_err(|error| error.to_string())?;
        let workspace = self.open().map_err(|error| error.to_string())?;
        let kept = workspace.kept().map_err(|error| error.to_string())?;
        all_kept(&meant, &kept)?;
        let mut plan = workspace.plan(&engine, snapshot.id).map_err(|error| error.to_string())?;
        let shared = leave_others(&mut plan, &meant, &staying, workspace)?;
        let steps: Vec<UndoStep> = meant
            .iter()
            .map(|span| UndoStep { call: span.call.clone(), number: span.number, title: span.title.clone() })
            .collect();
        let later = match &wanted.undo {
            Undo::Last => later(&spans, &meant, |span, path| left_out(workspace, span, path)),
            // Whoever names what is to be taken back knows which step that is.
            Undo::Step { .. } | Undo::Turn { .. } | Undo::To { .. } | Undo::Hunks { .. } => None,
        };
        let mut told: Vec<String> = later.iter().cloned().collect();
        let mut all: Vec<&Span> = meant.iter().copied().chain(spans.without_files(&wanted.undo)).collect();
        all.sort_by_key(|span| std::cmp::Reverse(span.number));
        let stays = head::stays(workspace, &all, snapshot.head.as_ref());
        let cannot = cannot(&all, stays, workspace.root());
        told.extend(shared);
        told.extend(beyond(workspace, &all));
        let before = CheckpointId(snapshot.id.to_string());
        let talk = talk(&spans, &meant, &wanted.way);
        told.extend(cannot);
        told.extend(uncovered(workspace, &meant));
        let mut drawn = drawn(workspace, wanted.session, (steps, told, talk, spans.root(&meant)), plan, before)?;
        drawn.shown.later = later;
        Ok(drawn)
    }

    /// Single hunks: each file becomes what it would be without them, where nobody else came between.
    fn draw_hunks(
        &mut self,
        session: SessionId,
        steps: Vec<UndoStep>,
        (before, after): (&CheckpointId, &CheckpointId),
        files: &[Hunks],
    ) -> Result<Drawn, String> {
        let (before, after) = (id_of(before)?, id_of(after)?);
        let snapshot = self.snapshot(&[]).map_err(|error| error.to_string())?;
        let workspace = self.open().map_err(|error| error.to_string())?;
        let Some(_) = files.first() else { return Err("no hunk is chosen".to_owned()) };
        let mut parts = Vec::new();
        for hunks in files {
            parts.push(part(workspace, (before, after), hunks)?);
        }
        let plan = workspace.plan_parts(parts, before, snapshot.id).map_err(|error| error.to_string())?;
        let now = CheckpointId(snapshot.id.to_string());
        let talk = Talk::Stays { why: "hunks are taken back, and no step".to_owned() };
        let root = Root { sense: Sense::Undo, steps: steps.clone() };
        drawn(workspace, session, (steps, Vec::new(), talk, root), plan, now)
    }

    /// Answers what changed until now.
    pub(super) fn compare(&mut self, line: &Line, query: &Query) {
        let answer = match self.changes_until_now(query) {
            Ok(changes) => Answer::Changes { changes: Box::new(changes) },
            Err(why) => past::refused(query, why),
        };
        line.tell(Published::Answered(answer));
    }

    fn changes_until_now(&mut self, query: &Query) -> Result<Changes, String> {
        let Query::Changes { session, stretch, paths } = query else {
            return Err("this is no question about what changed".to_owned());
        };
        let spans = match &self.own.log {
            Some(reader) => reading::spans(reader, *session).map_err(|error| error.to_string())?,
            None => return Err("the log can't be read".to_owned()),
        };
        let now = Some(self.snapshot(&[]).map_err(|error| error.to_string())?.id);
        let workspace = self.open().map_err(|error| error.to_string())?;
        past::changes(workspace, &spans, &Between { session: *session, stretch: *stretch, paths, now })
    }

    /// Does what was made ready.
    pub(super) fn restore(&mut self, ticket: u64, note: &Begun) -> Stage {
        let Some(ready) = self.plans.remove(&ticket) else {
            return Stage::Refused(Reply::Refused { why: "it was not made ready".to_owned() });
        };
        let restored = self.open().and_then(|workspace| {
            let mut parted = workspace.parts(&ready.plan);
            let mut done = workspace.restore_noting(&ready.plan, &ready.choices, &note.to_note())?;
            parted.retain(|parted| done.restored.contains(&parted.path));
            done.lost.extend(parted.iter().map(ToString::to_string));
            Ok(done)
        });
        let (left, lost, failed) = match restored {
            Ok(done) => (done.left.iter().map(left).collect(), done.lost, None),
            Err(error) => (Vec::new(), Vec::new(), Some(error.to_string())),
        };
        // What it became is looked at, and not believed.
        let after = self.take(&[]).and_then(|snap| self.since(&snap, Some(ready.before)));
        Stage::Restored(Box::new(Done { after, left, lost, failed }))
    }
}

/// What would be done, bound by a digest of all of it.
fn drawn(
    workspace: &mut Workspace,
    session: SessionId,
    (steps, cannot, talk, whole): (Vec<UndoStep>, Vec<String>, Talk, Root),
    plan: Plan,
    before: CheckpointId,
) -> Result<Drawn, String> {
    let mut room = MOST;
    let mut files: Vec<UndoFile> = plan.files.iter().map(|file| shown(workspace, file, &mut room)).collect();
    for (shown, file) in files.iter_mut().zip(&plan.files) {
        let stays = keeps(workspace.root(), file, &plan)
            .map(|kept| format!("the folder stays: {kept} is in it, and no step made that"))
            .or_else(|| {
                diverted(workspace.root(), &file.path).map(|at| format!("left as it is: {at} is no folder now"))
            });
        if let Some(why) = stays {
            shown.act = UndoAct::Nothing;
            shown.note = Some(why);
        }
    }
    let mut cannot = cannot;
    cannot.extend(workspace.parts(&plan).iter().map(ToString::to_string));
    let bound = serde_json::to_vec(&(&plan, &steps, &cannot)).map_err(|error| error.to_string())?;
    let digest = Digest::of(&bound);
    Ok(Drawn {
        shown: UndoPlan { session, steps, files, cannot, later: None, talk, digest },
        plan,
        before,
        root: whole,
    })
}

/// What was pruned can't be taken back: says so.
fn all_kept(meant: &[&Span], kept: &[checkpoint::Kept]) -> Result<(), String> {
    let kept: BTreeSet<String> = kept.iter().map(|kept| kept.id.to_string()).collect();
    let gone = |span: &&&Span| span.before.iter().chain(&span.after).any(|id| !kept.contains(&id.0));
    match meant.iter().find(gone) {
        None => Ok(()),
        Some(span) => Err(format!(
            "step {} ({}) can't be taken back any more: its checkpoint was pruned, since `[keep]` in config.toml keeps no \
             more, or deleted with a session",
            span.number, span.title
        )),
    }
}

pub(super) fn left(left: &checkpoint::Left) -> Left {
    Left { path: left.path.to_string(), why: left.why.to_string() }
}

/// The steps as the engine takes them: in the order in which they happened, and those that overlap as one.
fn engine_spans(meant: &[&Span]) -> Result<Vec<checkpoint::Span>, String> {
    let engine = |group: Group<'_>| Ok(checkpoint::Span { before: id_of(group.before)?, after: id_of(group.after)? });
    groups(meant.iter().rev().copied()).into_iter().map(engine).collect()
}

fn shown(workspace: &mut Workspace, file: &FilePlan, room: &mut usize) -> UndoFile {
    let path = file.path.to_string();
    let act = |to: &Entry| match (&file.now, to) {
        (Entry::Absent, _) => UndoAct::Create,
        (_, Entry::Absent) => UndoAct::Remove,
        _ => UndoAct::Restore,
    };
    let (act, to, note) = match &file.outcome {
        Outcome::Restore(to) => (act(to), to, None),
        Outcome::Merge(to) => match act(to) {
            UndoAct::Restore => (UndoAct::Merge, to, Some("what others changed since stays".to_owned())),
            other => (other, to, None),
        },
        Outcome::Conflict(conflict) => {
            let note = Some(clash(conflict));
            let sides = sides(workspace, &file.now, conflict, room);
            return UndoFile { path, act: UndoAct::Conflict, diff: None, note, sides };
        }
        Outcome::Cannot(why) => {
            let note = Some(in_words(*why));
            return UndoFile { path, act: UndoAct::Nothing, diff: None, note, sides: Vec::new() };
        }
    };
    let (diff, odd) = difference(workspace, &file.now, to, room);
    let note = match (note, odd) {
        (Some(note), Some(odd)) => Some(format!("{note}; {odd}")),
        (note, odd) => note.or(odd),
    };
    UndoFile { path, act, diff: diff.map(Text::from), note, sides: Vec::new() }
}

/// What each choice makes of a file, from what stands there now on.
fn sides(workspace: &mut Workspace, now: &Entry, conflict: &Conflict, room: &mut usize) -> Vec<UndoSide> {
    let both = conflict.both.as_ref().map(|both| (Side::Both, both));
    let all = [(Side::Theirs, &conflict.theirs), (Side::Ours, &conflict.ours)].into_iter().chain(both);
    all.map(|(side, to)| {
        let (diff, note) = match (now == to, to) {
            (true, _) => (None, Some("it stays as it is".to_owned())),
            (false, Entry::Absent) => (difference(workspace, now, to, room).0, Some("it is removed".to_owned())),
            (false, _) => difference(workspace, now, to, room),
        };
        UndoSide { side, diff: diff.map(Text::from), note }
    })
    .collect()
}

/// What keeps a folder that a step made: something in it that the plan does not take away.
fn keeps(root: &Path, file: &FilePlan, plan: &Plan) -> Option<String> {
    let goes = |file: &FilePlan| match &file.outcome {
        Outcome::Restore(to) | Outcome::Merge(to) => *to == Entry::Absent,
        Outcome::Conflict(_) | Outcome::Cannot(_) => false,
    };
    let replaced = match &file.outcome {
        Outcome::Restore(to) | Outcome::Merge(to) => !matches!(to, Entry::Folder { .. }),
        Outcome::Conflict(_) | Outcome::Cannot(_) => false,
    };
    if !matches!(file.now, Entry::Folder { .. }) || !replaced {
        return None;
    }
    let taken: BTreeSet<PathBuf> =
        plan.files.iter().filter(|it| goes(it)).map(|it| root.join(it.path.to_path())).collect();
    let mut folders = vec![(root.join(file.path.to_path()), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in std::fs::read_dir(&folder).ok()?.flatten() {
            let path = entry.path();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if !taken.contains(&path) {
                return Some(path.strip_prefix(root).unwrap_or(&path).display().to_string());
            }
            if is_folder && depth < DEEPEST {
                folders.push((path, depth + 1));
            }
        }
    }
    None
}

/// What stands on the way to a path now, and is no folder: a link, which may lead anywhere, or a file.
fn diverted(root: &Path, path: &RelPath) -> Option<RelPath> {
    let above = std::iter::successors(path.parent(), RelPath::parent).filter(|at| !at.is_root());
    let other = |at: &RelPath| root.join(at.to_path()).symlink_metadata().is_ok_and(|meta| !meta.is_dir());
    above.filter(other).last()
}

fn clash(conflict: &Conflict) -> String {
    let what = match conflict.clash {
        Clash::Lines => "the same lines were changed since",
        Clash::Binary => "it was changed since, and is no text",
        Clash::Mode => "its mode was changed since",
        Clash::Deleted => "it was removed since",
        Clash::Made => "it was made by the step, and changed since",
        Clash::Again => "it was taken away by the step, and something was put in its place since",
        Clash::Kind => "something of another kind stands there now",
        Clash::Beside => "a step that ran at the same time, and is not taken back, wrote it as well",
    };
    let both = if conflict.both.is_none() { "; both can't stand there" } else { "" };
    format!("{what}{both}")
}

fn in_words(why: Cannot) -> String {
    match why {
        Cannot::NotCovered(why) => format!("can't be undone: {why}"),
        Cannot::Repository => "can't be undone: it is a repository of its own".to_owned(),
    }
}

/// What a file becomes: as a patch, where it is text; in words, what a patch can't say.
fn difference(
    workspace: &mut Workspace,
    now: &Entry,
    to: &Entry,
    room: &mut usize,
) -> (Option<String>, Option<String>) {
    let mode = match (now.mode(), to.mode()) {
        (Some(old), Some(new)) if old != new => Some(format!("mode {old:04o} becomes {new:04o}")),
        _ => None,
    };
    let kind = match (now, to) {
        (Entry::Link { .. }, _) | (_, Entry::Link { .. }) => Some("a link".to_owned()),
        (Entry::Folder { .. }, _) | (_, Entry::Folder { .. }) => Some("a folder".to_owned()),
        _ => None,
    };
    if now.blob() == to.blob() {
        return (None, mode.or(kind));
    }
    let mut text = |entry: &Entry| -> Result<String, String> {
        let Some(blob) = entry.blob() else { return Ok(String::new()) };
        let size = workspace.size(blob).map_err(|error| error.to_string())?;
        if size > LONGEST {
            return Err(format!("{} are too many to show", crate::text::human::bytes(size)));
        }
        let bytes = workspace.bytes(blob).map_err(|error| error.to_string())?;
        String::from_utf8(bytes).map_err(|_| "it is no text".to_owned())
    };
    let (old, new) = match (text(now), text(to)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(why), _) | (_, Err(why)) => return (None, Some(why)),
    };
    if old.contains('\0') || new.contains('\0') {
        return (None, Some("it is no text".to_owned()));
    }
    let diff = Diff::of(&old, &new);
    let patch: String = (0..diff.hunks.len()).filter_map(|at| diff.hunk_text(at)).collect();
    if patch.len() > *room {
        return (None, Some("too much to show".to_owned()));
    }
    *room -= patch.len();
    (Some(patch), mode.or(kind))
}
