//! `taut undo`: steps are taken back, after a preview. The hub that runs does it, or one without agents for as long as it
//! takes, so that the rules are the same.

use super::args::{Checkpoints as Listed, OnConflict, Undo as Asked};
use super::out::Out;
use super::setup::Setup;
use super::{CliError, daemon, find, remote, say, way, words};
use crate::checkpoint::{Shelf, half_restored};
use crate::domain::{
    Answer, CallId, Command, Left, Query, Reply, Seq, Side, Talk, Text, TurnNo, Undo, UndoAct, UndoFile, UndoPlan,
};
use crate::hub::{self, Link, Published, session_at};
use crate::state::Session;
use crate::state::spans::Span;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What was shown is no longer so.
const STALE: u8 = 4;
/// Others changed the same lines, and nothing was said about that.
const CONFLICT: u8 = 9;
/// Something was left as it stands that the preview had meant to change, or the conversation was.
const PART: u8 = 10;
/// A first look at a large workspace takes its time.
const PATIENCE: Duration = Duration::from_mins(5);

/// Says what it would do, and does it.
///
/// # Errors
/// There is no such session, nothing to take back, or no hub to do it.
pub(super) fn undo(setup: &Setup, args: &Asked) -> Result<ExitCode, CliError> {
    let reader = setup.reader()?;
    let session = find::session(&reader, &args.session)?;
    let undo = match (args.step, args.turn, args.to) {
        (Some(number), _, _) => Undo::Step { number },
        (_, Some(turn), _) => Undo::Turn { turn: TurnNo(turn) },
        (_, _, Some(number)) => Undo::To { number },
        (None, None, None) => Undo::Last,
    };
    // What is not there is a slip of whoever asks, as in `taut cat` and `taut diff`, and no refusal.
    if let Some(why) = hub::spans(&reader, session)?.lacks(&undo) {
        return Err(CliError::Past(why.to_string()));
    }
    let (mut link, ours) = if let Ok((link, _)) = daemon::running(setup) {
        (link, false)
    } else {
        half_undone(setup, args)?;
        (hub::start(setup.for_hub())?, true)
    };
    let done = carry_out(setup, &mut link, session, &undo, args);
    if ours {
        link.leave();
        link.join();
    }
    done
}

/// A hub goes on with an undo that was cut short, and that changes files: who only looks starts none for it.
fn half_undone(setup: &Setup, args: &Asked) -> Result<(), CliError> {
    let half = half_restored(&setup.places.state.join("checkpoints"));
    let Some(root) = half.first() else { return Ok(()) };
    let cut = format!("an undo in {} was cut short by a crash or a full disk", root.display());
    if args.dry_run {
        return Err(CliError::Refused(format!(
            "{cut}, and only once it is finished can be said what another would do: nothing was done; `taut`, or \
             `taut undo` without --dry-run, finishes it first"
        )));
    }
    say(&format!("{cut}: it is finished first"));
    Ok(())
}

fn carry_out(
    setup: &Setup,
    link: &mut Link,
    session: crate::domain::SessionId,
    undo: &Undo,
    args: &Asked,
) -> Result<ExitCode, CliError> {
    let plan = plan(link, session, undo)?;
    let mut out = Out::new();
    // No file is touched where only the conversation goes back.
    if args.scope.conversation_only {
        plan.steps.iter().try_for_each(|step| out.line(&format!("step {}  {}", step.number, step.title)))?;
        say_talk(&mut out, &plan)?;
    } else {
        show(&mut out, &plan, side_of(args.on_conflict))?;
    }
    let talk = match (&plan.talk, args.scope.conversation_only || args.scope.with_conversation) {
        (_, false) => None,
        (Talk::Back { to, .. }, true) => Some(*to),
        (Talk::Stays { why }, true) => {
            out.flush()?;
            let instead = match args.scope.conversation_only {
                true => "--files-only takes back the files alone",
                false => "leave out --with-conversation to take back the files alone",
            };
            return Err(CliError::Refused(format!(
                "nothing was undone: the conversation can't be taken back, for {why}; {instead}"
            )));
        }
    };
    let clash: Vec<String> =
        plan.files.iter().filter(|file| file.act == UndoAct::Conflict).map(|file| file.path.clone()).collect();
    let fails = side_of(args.on_conflict).is_none() && !clash.is_empty() && !args.scope.conversation_only;
    if args.dry_run {
        let done = out.done()?;
        return Ok(if fails { ExitCode::from(CONFLICT) } else { done });
    }
    if let (Some(to), true) = (talk, args.scope.conversation_only) {
        out.flush()?;
        return way::to(setup, link, session, to);
    }
    if fails {
        out.flush()?;
        say(&format!(
            "nothing was undone: others changed the same in {}; say what becomes of that with --on-conflict",
            clash.join(", ")
        ));
        return Ok(ExitCode::from(CONFLICT));
    }
    let side = side_of(args.on_conflict).unwrap_or(Side::Skip);
    let sides = clash.into_iter().map(|path| (path, side)).collect();
    let command = Command::Undo { session, undo: undo.clone(), digest: plan.digest, sides, talk };
    out.flush()?;
    let code = match remote::command(link, command)? {
        Reply::Refused { why } if why.starts_with(hub::HALF_UNDONE) => {
            say(&why);
            PART
        }
        Reply::Refused { why } => return Err(CliError::Refused(why)),
        Reply::Stale { .. } => {
            say("nothing was undone: a file changed since it was looked at; look again and repeat it");
            STALE
        }
        Reply::Done | Reply::Held | Reply::KeptFirst | Reply::Started { .. } | Reply::Already { .. } => {
            let what = match plan.steps.as_slice() {
                [one] => format!("step {} ({})", one.number, one.title),
                steps => words::counted(steps.len(), "step"),
            };
            let left = left(link, session)?;
            let done = if left.is_empty() { "undone" } else { "undone in part" };
            out.line(&format!("{done}, {what}: `taut undo` once more takes that back"))?;
            plan.later.iter().try_for_each(|later| out.line(later))?;
            for left in &left {
                say(&format!("left as it is: {}: {}", left.path, left.why));
            }
            // What the preview had said is no news.
            let said = |left: &Left| {
                let act = plan.files.iter().find(|file| file.path == left.path).map(|file| file.act);
                act == Some(UndoAct::Nothing) || (act == Some(UndoAct::Conflict) && side == Side::Skip)
            };
            if left.iter().all(said) { 0 } else { PART }
        }
    };
    out.flush()?;
    Ok(ExitCode::from(code))
}

/// What the undo that was just done left as it stands.
fn left(link: &mut Link, session: crate::domain::SessionId) -> Result<Vec<Left>, CliError> {
    let state = remote::snapshot(link)?;
    let entries = state.session(session).into_iter().flat_map(|known| known.timeline.entries.values().rev());
    let step = entries.filter_map(|entry| entry.step()).find(|step| step.way_back().is_some());
    Ok(step.and_then(|step| step.worked.as_ref()).map(|worked| worked.left.clone()).unwrap_or_default())
}

fn plan(link: &mut Link, session: crate::domain::SessionId, undo: &Undo) -> Result<UndoPlan, CliError> {
    link.ask(Query::UndoPlan { session, undo: undo.clone() });
    let until = Instant::now() + PATIENCE;
    loop {
        match remote::next(link, until)? {
            Published::Answered(Answer::UndoPlan { plan }) => return Ok(*plan),
            Published::Answered(Answer::Failed { why }) | Published::Absent(why) => return Err(CliError::Refused(why)),
            Published::Failed(error) => return Err(CliError::Refused(error.to_string())),
            _ => {}
        }
    }
}

/// What was chosen for files in which others changed the same lines; nothing where nothing is to be undone then.
fn side_of(on_conflict: OnConflict) -> Option<Side> {
    match on_conflict {
        OnConflict::Fail => None,
        OnConflict::Skip => Some(Side::Skip),
        OnConflict::Ours => Some(Side::Ours),
        OnConflict::Theirs => Some(Side::Theirs),
        OnConflict::Both => Some(Side::Both),
    }
}

/// What each choice makes of a file, or what the one does that was made.
fn show_clash(out: &mut Out, file: &UndoFile, side: Option<Side>) -> Result<(), CliError> {
    let word = |side| match side {
        Side::Ours => "ours",
        Side::Theirs => "theirs",
        Side::Both => "both",
        Side::Skip => "skip",
    };
    if side == Some(Side::Skip) {
        return out.line("    --on-conflict skip: it stays as it is");
    }
    for made in file.sides.iter().filter(|made| side.is_none_or(|side| made.side == side)) {
        let note = made.note.as_ref().map(|note| format!(" {note}")).unwrap_or_default();
        out.line(&format!("    --on-conflict {}:{note}", word(made.side)))?;
        show_diff(out, made.diff.as_ref())?;
    }
    if side.is_some_and(|side| !file.sides.iter().any(|made| made.side == side)) {
        out.line("    both can't stand there: it stays as it is")?;
    }
    Ok(())
}

fn show_diff(out: &mut Out, diff: Option<&Text>) -> Result<(), CliError> {
    let Some(diff) = diff.and_then(Text::inline) else { return Ok(()) };
    diff.trim_end_matches('\n').split('\n').try_for_each(|line| out.line(&format!("    {line}")))
}

fn show(out: &mut Out, plan: &UndoPlan, side: Option<Side>) -> Result<(), CliError> {
    for step in &plan.steps {
        out.line(&format!("step {}  {}", step.number, step.title))?;
    }
    out.line("")?;
    for file in &plan.files {
        let note = file.note.as_ref().map(|note| format!("  ({note})")).unwrap_or_default();
        out.line(&format!("{:<10} {}{note}", file.act.word(), file.path))?;
        match file.act {
            UndoAct::Conflict => show_clash(out, file, side)?,
            _ => show_diff(out, file.diff.as_ref())?,
        }
    }
    if plan.files.is_empty() {
        out.line("no file would change")?;
    }
    say_talk(out, plan)?;
    if !plan.cannot.is_empty() {
        out.line("")?;
        out.line(&format!("{} that can't be taken back:", words::counted(plan.cannot.len(), "thing")))?;
        plan.cannot.iter().try_for_each(|what| out.line(&format!("  {what}")))?;
    }
    out.line("")
}

/// To where the conversation could go back.
fn say_talk(out: &mut Out, plan: &UndoPlan) -> Result<(), CliError> {
    let Talk::Back { to, turns, stand } = &plan.talk else { return Ok(()) };
    let turns = words::counted(*turns as usize, "turn");
    out.line("")?;
    out.line(&format!(
        "--with-conversation, --conversation-only: it goes back to the end of turn {}, {turns} that the agent knows \
         nothing of then",
        to.0
    ))?;
    if *stand > 0 {
        let steps = words::counted(*stand as usize, "step");
        out.line(&format!("  {steps} of those turns would stand all the same"))?;
    }
    Ok(())
}

/// What is kept of the workspace of a session.
fn kept(setup: &Setup, session: &Session) -> BTreeSet<String> {
    let folder = session.place.as_ref().map_or(session.cwd.as_str(), |place| place.folder.as_str());
    let real = Path::new(folder).canonicalize().unwrap_or_else(|_| PathBuf::from(folder));
    let shelf = Shelf::of(&setup.places.state.join("checkpoints"), &real);
    shelf.map(|shelf| shelf.kept.iter().map(|kept| kept.id.to_string()).collect()).unwrap_or_default()
}

/// Lists the steps that stand between two checkpoints.
///
/// # Errors
/// There is no such session, or the log can't be read.
pub(super) fn checkpoints(setup: &Setup, args: &Listed) -> Result<ExitCode, CliError> {
    let reader = setup.reader()?;
    let session = find::session(&reader, &args.session)?;
    let spans = hub::spans(&reader, session)?;
    let known = session_at(&reader, session, Seq(u64::MAX))?;
    let shelf = kept(setup, &known);
    let is_kept = |span: &Span| span.before.iter().chain(&span.after).all(|id| shelf.contains(&id.0));
    let number = |call: &CallId| spans.of(call).map_or(0, |span| span.number);
    let mut out = Out::new();
    if let Some(why) = known.unkept.as_ref().filter(|_| !args.json) {
        out.line(&format!("not kept: {why}"))?;
    }
    if spans.all().is_empty() && !args.json {
        out.line("no step of this session changed files, or its workspace was not kept")?;
    }
    for span in spans.all() {
        if args.json {
            out.json(&json!({
                "step": span.number, "turn": span.turn.0, "call": span.call.0, "title": span.title,
                "before": span.before.as_ref().map(|id| &id.0), "after": span.after.as_ref().map(|id| &id.0),
                "kept": is_kept(span), "last_known": span.last_known, "why": span.why, "files": span.files,
                "beside": span.beside.iter().map(|it| json!({ "session": it.session, "call": it.call.0 })).collect::<Vec<_>>(),
                "undone": span.undone.as_ref().map(number), "undoes": span.undoes.iter().map(number).collect::<Vec<_>>(),
            }))?;
            continue;
        }
        let files = match (&span.after, &span.why) {
            // What a late one shows is not what the step did.
            (_, Some(_)) => "no checkpoint".to_owned(),
            (Some(_), None) if !is_kept(span) => format!("{}, pruned", words::counted(span.files, "file")),
            (Some(_), None) => words::counted(span.files, "file"),
            (None, None) => "not ended".to_owned(),
        };
        let why = span.why.as_ref().map(|why| format!("  ({why})")).unwrap_or_default();
        let undone = span.undone.as_ref().map(|by| format!("  undone by step {}", number(by))).unwrap_or_default();
        let known = if span.last_known { "  (from the last known one on)" } else { "" };
        out.line(&format!("step {:<4} {files:<10} {}{known}{undone}{why}", span.number, span.title))?;
    }
    out.done()
}
