//! What a request that waits would delete or rewrite, looked at now: no part of the log.

use super::super::out::Out;
use super::super::{CliError, words};
use super::full;
use super::request::Shown;
use crate::domain::{Answer, Covered, Loss, LossOf, Losses, Previewed, Query};
use crate::hub::{self, Published};
use crate::policy::loses;
use crate::text::human;

/// Files that are told; all are counted.
const MOST: u32 = 10_000;

/// Looks; `None` where its command is not known to delete or rewrite anything, or nobody is asked any more.
pub(super) fn look(shown: &Shown<'_>) -> Option<Losses> {
    let command = shown.step.command.as_ref().filter(|_| shown.request.waits() && shown.session.is_live())?;
    if !loses(&full(shown.reader, command)) {
        return None;
    }
    match hub::answer(shown.reader, &Query::Losses { request: shown.request.id, most: MOST, instead: None }) {
        Published::Answered(Answer::Losses(Previewed { losses, .. })) => Some(losses),
        _ => None,
    }
}

/// Says what was found.
pub(super) fn show(losses: &Losses, out: &mut Out) -> Result<(), CliError> {
    out.line("")?;
    out.line("would hit, as it stands now")?;
    let total = losses.count() + losses.folders();
    for tally in &losses.tallies {
        let files = Some(tally.files).filter(|files| *files > 0).map(|files| {
            format!(
                "{}, {}",
                words::counted(usize::try_from(files).unwrap_or(usize::MAX), "file"),
                human::bytes(tally.bytes)
            )
        });
        let folders = Some(tally.folders).filter(|folders| *folders > 0);
        let folders = folders.map(|all| words::counted(usize::try_from(all).unwrap_or(usize::MAX), "folder"));
        let all: Vec<String> = files.into_iter().chain(folders).collect();
        out.line(&format!("  {}: {}", tally.how.word(), all.join(", and ")))?;
    }
    if losses.uncovered > 0 {
        out.line(&format!("  can't be taken back: {} of the files, which no checkpoint will hold", losses.uncovered))?;
    }
    if losses.kept > 0 {
        out.line(&format!("  can be taken back with `taut undo`: {} of the files", losses.kept))?;
    }
    if total == 0 && losses.unknown.is_empty() {
        out.line("  nothing that stands there now")?;
    }
    losses.unknown.iter().try_for_each(|why| out.line(&format!("  not known: {why}")))?;
    if !losses.beside.is_empty() {
        out.line(&format!("  beside it runs {}: what that does to files is not known", losses.beside.join(", ")))?;
    }
    losses.files.iter().try_for_each(|loss| out.line(&format!("    {}", file(loss))))?;
    let left = total.saturating_sub(losses.files.len() as u64);
    if left > 0 || losses.cut {
        let least = if losses.cut { "; it was not looked further, so there may be more" } else { "" };
        out.line(&format!("    … and {left} more{least}"))?;
    }
    Ok(())
}

fn file(loss: &Loss) -> String {
    let size = match loss.of {
        LossOf::File => human::bytes(loss.bytes),
        LossOf::Link => "link".to_owned(),
        LossOf::Folder => "folder".to_owned(),
    };
    let note = match &loss.covered {
        Covered::No(why) => format!("  ({why})"),
        Covered::Yes => "  (a checkpoint holds it)".to_owned(),
        Covered::Unknown => String::new(),
    };
    // A name may hold ends of lines: it stays one line.
    format!("{:<10} {size:>8}  {}{note}", loss.how.word(), loss.path.replace('\n', "\\n"))
}
