//! The last check before a request: which one, when, how it ended, and what has happened since that could matter to it.

use super::Asked;
use super::before::Back;
use crate::domain::{CallStatus, Impact};
use crate::state::{Check, Entry, Step};
use crate::text::human;
use crate::theme::Role;
use crate::ui::Want;
use crate::view::payload::Ink;
use crate::view::{Cx, Look, Mark, clock};

/// The last check, in words.
#[derive(Debug)]
pub(super) struct Last {
    pub(super) ink: Ink,
    /// The entry of its step; `None` where there was none.
    pub(super) entry: Option<u64>,
}

/// What ran since the last check.
#[derive(Debug, Default)]
struct Since {
    edits: usize,
    commands: usize,
    others: usize,
}

/// The last run of a test, a build or a lint in this session, in one line; nothing where there was none, and nothing
/// that it could have told about.
pub(super) fn last(cx: &Cx<'_>, asked: &Asked<'_>, wants: &mut Vec<Want>) -> Option<Last> {
    let back = Back::from_now(cx, asked);
    let mut since = Since::default();
    for entry in back.entries(wants) {
        let Some(step) = entry.step().filter(|step| entry.no != asked.entry.no && step.acted()) else { continue };
        match (step.check(), step.impact) {
            (Some(check), _) => {
                return Some(Last { ink: told(cx, entry, step, check, &since), entry: Some(entry.no) });
            }
            (None, Impact::Edit | Impact::Delete | Impact::Move) => since.edits += 1,
            (None, Impact::Execute) => since.commands += 1,
            (None, Impact::Fetch | Impact::Other) => since.others += 1,
            (None, Impact::Read | Impact::Think) => {}
        }
    }
    let edits = Some(since.edits).filter(|&edits| edits > 0)?;
    let edits = counted(edits, "edit");
    let said = match back.is_all() {
        true => format!("no test, build or lint was recognised in this session; {edits} before this"),
        false => format!("no test, build or lint recognised among the last steps; {edits} among them"),
    };
    Some(Last { ink: Ink::plain(&said, Role::Warn), entry: None })
}

/// `✓ cargo test, exit 0, 41s ago; no edit and no command since`.
fn told(cx: &Cx<'_>, entry: &Entry, step: &Step, check: Check, since: &Since) -> Ink {
    let mark = Mark::of_step(step);
    let mut ink = Ink::plain(&format!("{} ", mark.sign(cx.glyphs)), mark.role());
    ink.push(check.name, Look::strong(Role::Text));
    if check.and_more {
        ink.push(" and more in one line", Role::Warn);
    }
    let ended = step.ended.unwrap_or(entry.until);
    let ending = match (step.status, step.exit) {
        (CallStatus::Running | CallStatus::Pending, _) => {
            format!(", still runs, for {}", clock::age(step.began.unwrap_or(entry.at), cx.now))
        }
        (_, Some(code)) => format!(", exit {code}, {}", clock::ago(ended, cx.now)),
        (CallStatus::Failed, None) => format!(", failed, {}", clock::ago(ended, cx.now)),
        (CallStatus::Abandoned, None) => format!(", {}, {}", step.unended(), clock::ago(ended, cx.now)),
        (CallStatus::Done, None) => format!(", done (no exit code told), {}", clock::ago(ended, cx.now)),
    };
    let bad = step.exit.is_some_and(|code| code != 0) || step.status == CallStatus::Failed;
    ink.push(&ending, if bad { Role::Danger } else { Role::Text });
    ink.push("; ", Role::Muted);
    let (words, role) = since.words();
    ink.push(&words, role);
    ink
}

impl Since {
    fn words(&self) -> (String, Role) {
        let mut parts = Vec::new();
        let counts = [(self.edits, "edit"), (self.commands, "command"), (self.others, "other call")];
        parts.extend(counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| counted(count, word)));
        match (parts.len(), self.edits) {
            (0, _) => ("no edit and no command since".to_owned(), Role::Muted),
            (_, 0) => (format!("no edit since, but {}", parts.join(" and ")), Role::Text),
            (_, _) => (format!("since then {}", parts.join(", ")), Role::Warn),
        }
    }
}

fn counted(count: usize, word: &str) -> String {
    let number = human::count(count as u64);
    if count == 1 { format!("{number} {word}") } else { format!("{number} {word}s") }
}
