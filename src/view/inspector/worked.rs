//! What a step really did to files, by its checkpoints, beside what it said; whether it was taken back, and by which step.

use super::did::{self, Known};
use super::facts::fact;
use crate::domain::{Became, Beside, CallId};
use crate::keymap;
use crate::state::claims::{Claim, Compared};
use crate::state::{Entry, Session, Step, Worked};
use crate::text;
use crate::theme::Role;
use crate::ui::Action;
use crate::ui::past::Shown;
use crate::view::flow::Styled;
use crate::view::{Cx, Look, Mark, Row, entry};

/// Cells before a file: those of a label.
const LEAD: usize = 7;
/// Cells of what became of a file.
const BECAME: usize = 8;

/// Adds what is known of that.
pub(super) fn rows(
    cx: &Cx<'_>,
    session: &Session,
    (step, known): (&Step, &Known<'_>),
    width: usize,
    rows: &mut Vec<Row>,
) {
    let (Some(worked), Some(compared)) = (step.worked.as_deref(), step.compared(&session.cwd)) else { return };
    if let Some(by) = &worked.undone {
        let again = keymap::key(cx.app, Action::Undo).map(|key| format!(": {key} there brings it back"));
        let said = format!("{} undone by {}{}", sign(cx), number(session, by), again.unwrap_or_default());
        fact("state", &said, Look::strong(Role::Text), width, rows);
    }
    if !worked.undoes.is_empty() {
        let said = numbers(session, &worked.undoes);
        fact("undid", &said, Role::Text, width, rows);
    }
    for (n, left) in worked.left.iter().enumerate() {
        let shown = |text: &str| text::visible(text).text.into_owned();
        let label = if n == 0 { "left" } else { "" };
        fact(label, &format!("{}: {}", shown(&left.path), shown(&left.why)), Role::Warn, width, rows);
    }
    list(cx, session, (worked, &compared), |path| agrees(cx, session, (step, known), path), width, rows);
    beside(cx, session, &worked.beside, width, rows);
    if worked.uncovered > 0 {
        let count = entry::counted(worked.uncovered as usize);
        fact("", &format!("{count} not covered by the checkpoints"), Role::Warn, width, rows);
    }
    if let Some(why) = &worked.why {
        fact("", &format!("no checkpoint: {}", text::visible(why).text), Role::Warn, width, rows);
    }
}

/// Whether what it did to a file is what it showed, as far as the checkpoints were looked at.
fn agrees(cx: &Cx<'_>, session: &Session, (step, known): (&Step, &Known<'_>), path: &str) -> Shown {
    match known {
        Known::Here(seen) => {
            let file = seen.changes.files.iter().find(|file| file.path == path);
            file.map_or(Shown::Unknown, |file| did::shown(cx, session, step, file))
        }
        Known::Nothing | Known::Asked | Known::Failed(_) => Shown::Unknown,
    }
}

fn sign(cx: &Cx<'_>) -> &'static str {
    Mark::Undone.sign(cx.glyphs)
}

/// What differs, file by file.
fn list(
    cx: &Cx<'_>,
    session: &Session,
    (worked, compared): (&Worked, &Compared<'_>),
    agrees: impl Fn(&str) -> Shown,
    width: usize,
    rows: &mut Vec<Row>,
) {
    let is_known = worked.before.is_some() && worked.after.is_some();
    if !is_known && worked.files() == 0 {
        return;
    }
    let since = if worked.last_known { ", since the last checkpoint before it" } else { "" };
    match worked.files() {
        0 => fact("did", &format!("no file changed{since}"), Role::Text, width, rows),
        files => fact("did", &format!("{} changed{since}", entry::counted(files)), Role::Text, width, rows),
    }
    let other = |(effect, claim): &(&crate::domain::Effect, Claim)| {
        *claim == Claim::Told && agrees(&effect.path) == Shown::Other
    };
    if compared.differs() || compared.effects.iter().any(other) {
        fact("", "this is NOT what it said it would do", Look::strong(Role::Warn), width, rows);
    }
    for (effect, claim) in &compared.effects {
        let (role, said) = match claim {
            Claim::Silent => (Role::Text, Row::new()),
            Claim::Told => match agrees(&effect.path) {
                Shown::Same => (Role::Text, Row::of("as it showed", Role::Muted)),
                Shown::Other => (Role::Warn, Row::of("NOT as it showed", Look::strong(Role::Warn))),
                Shown::Unknown => (Role::Text, Row::of("as it said", Role::Muted)),
            },
            Claim::Untold => (Role::Warn, Row::of("not said", Look::strong(Role::Warn))),
        };
        file((became(effect.became), effect.became.word()), (&effect.path, role), said, width, rows);
    }
    if worked.more > 0 {
        fact("", &format!("and {} more", worked.more), Role::Muted, width, rows);
    }
    for path in &compared.unseen {
        let said = Row::of("no change", Look::strong(Role::Warn));
        file((Role::Warn, "said"), (&cx.path(session, path), Role::Warn), said, width, rows);
    }
    for path in &compared.outside {
        let said = Row::of("outside, no checkpoint", Role::Muted);
        file((Role::Text, "said"), (&cx.path(session, path), Role::Text), said, width, rows);
    }
}

/// `       changed src/auth.rs                as it said`.
fn file((role, word): (Role, &'static str), (path, look): (&str, Role), said: Row, width: usize, rows: &mut Vec<Row>) {
    let mut row = Row::new();
    row.pad_to(LEAD);
    row.push(text::pad_end(word, BECAME).into_owned(), role);
    Styled::exact(path, look).flow(row, width, rows);
    if said.spans.is_empty() {
        return;
    }
    // It stands behind the name where there is room, else below it.
    let last = rows.len() - 1;
    if rows[last].width() + said.width() + 2 <= width {
        let row = std::mem::take(&mut rows[last]);
        let breaks = row.breaks;
        rows[last] = Row { breaks, ..row.right(said, width) };
    } else {
        let mut below = Row::new();
        below.pad_to(LEAD + BECAME);
        rows.push(below.with_row(said));
    }
}

fn became(became: Became) -> Role {
    match became {
        Became::Added => Role::Added,
        Became::Removed => Role::Removed,
        Became::Changed | Became::Mode | Became::Kind => Role::Text,
    }
}

/// Others that ran at the same time: what differs may be theirs.
fn beside(cx: &Cx<'_>, session: &Session, beside: &[Beside], width: usize, rows: &mut Vec<Row>) {
    let mut told = Vec::new();
    for other in beside {
        let of = cx.app.state.session(other.session);
        let step = of.map_or_else(|| "another step".to_owned(), |of| number(of, &other.call));
        let whose = match of {
            Some(of) if of.id != session.id => format!(" of {}", cx.name(of)),
            Some(_) => String::new(),
            None => format!(" of {}", other.session),
        };
        let said = format!("ran beside {step}{whose}: some of it may be its work");
        // A step that is not at hand has no number here, and neither has the next one.
        if !told.contains(&said) {
            fact("", &said, Role::Warn, width, rows);
            told.push(said);
        }
    }
}

/// `step 14`, where the step is at hand.
fn number(session: &Session, call: &CallId) -> String {
    let of = |entry: &Entry| entry.step().filter(|step| step.call == *call).map(|step| step.number);
    let found = session.timeline.entries.values().rev().find_map(of);
    found.map_or_else(|| "a step that is not in memory".to_owned(), |number| format!("step {number}"))
}

fn numbers(session: &Session, calls: &[CallId]) -> String {
    let known = |entry: &Entry| entry.step().filter(|step| calls.contains(&step.call)).map(|step| step.number);
    let mut numbers: Vec<u32> = session.timeline.entries.values().filter_map(known).collect();
    numbers.sort_unstable();
    let older = calls.len().saturating_sub(numbers.len());
    let mut said: Vec<String> = numbers.iter().map(u32::to_string).collect();
    if older > 0 {
        said.push(format!("{older} that are not in memory"));
    }
    format!("{} {}", if calls.len() == 1 { "step" } else { "steps" }, said.join(", "))
}
