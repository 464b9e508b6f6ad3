//! A call that is edited on its card: the fields, what is wrong with one, who carries it out; and the last look before it
//! is sent.

use super::menu::{Drawn, hint};
use super::{Asked, parts, title};
use crate::domain::{Carrier, Decision, Given, TakenHunk};
use crate::keymap;
use crate::text;
use crate::theme::Role;
use crate::ui::card::Outlook;
use crate::ui::draft::rows::{DraftRow, RunKind};
use crate::ui::face;
use crate::ui::{Action, CardUi, EditField, EditForm, Editing};
use crate::view::area::cells;
use crate::view::payload::Ink;
use crate::view::{Cx, Look, Row};

/// Rows of a field that does not have the keys.
const QUIET: usize = 3;

/// Who carries out an edited call, in words.
pub(super) fn carries_edit(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Agent => "the agent runs what you write",
        Carrier::Hub => {
            "this agent can't take an edited call: it is refused, taut runs what you write, and the agent is told"
        }
    }
}

/// Who writes a part of a change, in words.
pub(super) fn carries_part(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Agent => "the agent writes the part that you take",
        Carrier::Hub => {
            "this agent can't take a part: its call is refused, taut writes what you take, and the agent is told"
        }
    }
}

/// Draws the form, in at most `most` rows.
pub(super) fn draw(cx: &Cx<'_>, ui: &CardUi, asked: &Asked<'_>, (width, most): (usize, usize)) -> Drawn {
    let Some(form) = &ui.form else { return Drawn::default() };
    let mut rows = Vec::new();
    let head = match form.what {
        Editing::Hunk(hunk) => format!("EDIT HUNK {hunk}: the lines that come in its place"),
        Editing::Fields | Editing::Json => "EDIT, THEN RUN".to_owned(),
    };
    rows.push(Row::of(head, Look::strong(Role::Accent)).clip(width));
    let said = match (asked.request.waits() && asked.session.is_live(), form.of == asked.request.digest) {
        (false, _) => Some("it waits no more: nothing can be sent, and what is typed stays to be copied"),
        (true, false) => Some("what it asks has changed since: read it again; this is compared with it as it is now"),
        (true, true) => None,
    };
    match said {
        Some(said) => flow(said, Look::strong(Role::Warn), width, &mut rows),
        None => flow(carries(cx, form, asked), Look::from(Role::Muted), width, &mut rows),
    }
    let labels = form.fields.iter().map(|field| text::width(&field.label)).max().unwrap_or(0);
    let column = if width >= 40 { labels + 2 } else { 2 };
    // The head gives way to what is typed.
    rows.truncate(most.saturating_sub(2).max(usize::from(most > 1)));
    let at = form.at.min(form.fields.len().saturating_sub(1));
    let room = most.saturating_sub(rows.len() + 1).max(1);
    let others: usize = form.fields.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, field)| quiet(field)).sum();
    let squeezed = others + 2 > room;
    let mut cursor = None;
    for (n, field) in form.fields.iter().enumerate() {
        let keyed = n == at;
        if squeezed && !keyed {
            continue;
        }
        let wrong = form.wrong.as_ref().filter(|(of, _)| *of == n).map(|(_, why)| why.as_str());
        let own = match (keyed, squeezed) {
            (true, true) => room,
            (true, false) => room - others,
            (false, _) => quiet(field),
        };
        let own = own.saturating_sub(usize::from(wrong.is_some())).max(1);
        let stands = rows.len();
        let found = one(cx, field, (keyed, column), (width, own), &mut rows);
        if keyed {
            cursor = Some((cells(found.0), cells(stands + found.1)));
        }
        if let Some(why) = wrong {
            flow(&text::prose(why).text, Look::strong(Role::Danger), width, &mut rows);
        }
    }
    if rows.len() < most {
        rows.push(Row::of(keys(cx, asked, form), Role::Muted).clip(width));
    }
    Drawn { rows, cursor, columns: Some(width.saturating_sub(column + 1).max(1)) }
}

fn carries(cx: &Cx<'_>, form: &EditForm, asked: &Asked<'_>) -> &'static str {
    match form.what {
        Editing::Hunk(_) => carries_part(cx.app.carries_part(asked.request, asked.step)),
        Editing::Fields | Editing::Json => carries_edit(face::carries_edit(asked.request)),
    }
}

fn quiet(field: &EditField) -> usize {
    field.draft.text.lines().count().clamp(1, QUIET)
}

/// A field: its label, and its text around the cursor; gives where the cursor stands.
fn one(
    cx: &Cx<'_>,
    field: &EditField,
    (keyed, column): (bool, usize),
    (width, most): (usize, usize),
    rows: &mut Vec<Row>,
) -> (usize, usize) {
    let look = if keyed { Look::strong(Role::Accent) } else { Look::from(Role::Muted) };
    let window = field.draft.window(width.saturating_sub(column + 1).max(1), most);
    let last = window.rows.len().saturating_sub(1);
    for (n, drafted) in window.rows.iter().enumerate() {
        let mut lead = match n {
            0 if column > 2 => Row::of(field.label.clone(), look),
            0 => Row::of(cx.glyphs.prompt, look),
            n if n == last && window.below => Row::of(cx.glyphs.down_more, Role::Muted),
            _ => Row::new(),
        };
        if n == 0 && window.above && column > 2 {
            lead.push(format!(" {}", cx.glyphs.up), Role::Muted);
        }
        lead.pad_to(column);
        let mut row = lead.with_row(inked(drafted, keyed));
        if drafted.goes_on {
            // In the column that is left for the cursor: what is drawn there was not typed.
            row.pad_to(width.saturating_sub(1));
            row.push(cx.glyphs.wrapped, Role::Muted);
        }
        rows.push(row.clip(width));
    }
    (column + window.cursor.0, window.cursor.1)
}

fn inked(drafted: &DraftRow, keyed: bool) -> Row {
    let mut row = Row::new();
    for run in &drafted.runs {
        let role = match run.kind {
            RunKind::Typed if keyed => Role::Text,
            RunKind::Typed => Role::Muted,
            RunKind::Mark => Role::Warn,
            RunKind::Fold => Role::Info,
        };
        row.push(run.text.clone(), role);
    }
    row
}

fn flow(said: &str, look: Look, width: usize, rows: &mut Vec<Row>) {
    let ink = Ink::plain(said, look);
    for range in ink.wrap(width) {
        let mut row = Row::new();
        ink.draw(range, &mut row);
        rows.push(row);
    }
}

/// `enter looks   tab field   ctrl-g editor   esc back`.
fn keys(cx: &Cx<'_>, asked: &Asked<'_>, form: &EditForm) -> String {
    let key = |action, usual: &str| keymap::key(cx.app, action).unwrap_or_else(|| usual.to_owned());
    let what = if matches!(form.what, Editing::Hunk(_)) { "keeps it" } else { "looks" };
    let fields =
        if form.fields.len() > 1 { format!("   {} field", key(Action::FocusNext, "tab")) } else { String::new() };
    let (line, editor) = (key(Action::NewLine, "alt-enter"), key(Action::EditOutside, "ctrl-g"));
    format!("{}{fields}   {line} new line   {editor} editor", hint(cx, asked, what))
}

/// The last look: what is above, who does it, and the key that sends it.
pub(super) fn sure(
    cx: &Cx<'_>,
    (ui, hits): (&CardUi, &[Row]),
    asked: &Asked<'_>,
    decision: &Decision,
    (width, most): (usize, usize),
) -> Vec<Row> {
    let mut rows = Vec::new();
    let strong = Look::strong(Role::Accent);
    match decision {
        Decision::Edit { reason, .. } => {
            flow("EDITED BY YOU: above stands what would run, and what you changed", strong, width, &mut rows);
            if let Some(reason) = reason {
                flow(&format!("why: {}", text::prose(reason).text), Role::Text.into(), width, &mut rows);
            }
            flow(carries_edit(face::carries_edit(asked.request)), Look::from(Role::Muted), width, &mut rows);
        }
        Decision::Take { hunks, reason } => {
            flow("A PART: above stands all that would be written", strong, width, &mut rows);
            let of =
                cx.app.pieces(asked.step).map_or(0, |pieces| pieces.iter().map(|piece| piece.diff.hunks.len()).sum());
            let of = u32::try_from(of).unwrap_or(u32::MAX);
            let counted = if ui.parts.differs() { parts::count(&ui.parts, of) } else { TakenHunk::list(hunks) };
            flow(&counted, Look::from(Role::Text), width, &mut rows);
            if let Some(reason) = reason {
                flow(&format!("why not the rest: {}", text::prose(reason).text), Role::Text.into(), width, &mut rows);
            }
            flow(
                carries_part(cx.app.carries_part(asked.request, asked.step)),
                Look::from(Role::Muted),
                width,
                &mut rows,
            );
        }
        Decision::Reply { given } => {
            flow(&text::prose(&Given::list(given)).text, Role::Text.into(), width, &mut rows);
        }
        Decision::Allow { .. } | Decision::AllowFor { .. } | Decision::Deny { .. } => {}
    }
    if let Some(ahead) = ui.ahead() {
        judged(cx, ahead, width, &mut rows);
    }
    if !hits.is_empty() {
        rows.push(Row::of("would hit:", Role::Muted));
        rows.extend(hits.iter().cloned().map(Row::indented));
    }
    rows.truncate(most.saturating_sub(1).max(1));
    if rows.len() < most {
        rows.push(Row::of(hint(cx, asked, "sends it"), Role::Muted).clip(width));
    }
    rows
}

/// What policy says of a changed call.
fn judged(cx: &Cx<'_>, ahead: &Outlook, width: usize, rows: &mut Vec<Row>) {
    match &ahead.verdict {
        None => flow("what you made of it is being judged …", Look::from(Role::Muted), width, rows),
        Some(Err(why)) => {
            let said = format!("what you made of it is not judged: {}", text::visible(why).text);
            flow(&said, Look::from(Role::Warn), width, rows);
        }
        Some(Ok(verdict)) => {
            let (sign, look) = title::risk(cx, verdict.risk);
            let reasons = verdict.reasons.join("; ");
            let said = format!("{sign} {}: {}", verdict.risk.word(), text::visible(&reasons).text);
            flow(said.trim_end_matches([':', ' ']), look, width, rows);
        }
    }
}
