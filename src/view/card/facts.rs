//! What stands below the payload: the most important first, each with its label.

use super::{Asked, before, check, form, menu};
use crate::domain::fields::carried;
use crate::domain::{Digest, LaneId, Topic};
use crate::keymap;
use crate::state::{Session, What};
use crate::text;
use crate::theme::Role;
use crate::ui::edit::MOST;
use crate::ui::{Action, CardUi, Want, alarms, face, made};
use crate::view::body::Found;
use crate::view::payload::{self, Ink, Payload};
use crate::view::row::spaces;
use crate::view::{Cx, Look, Mark, Row, entry};

/// Characters of what the agent calls it.
const TITLE: usize = 200;
/// Rows of a difference to what was asked before.
const SINCE: usize = 12;
/// Rows of what the agent says.
const SAYS: usize = 2;

/// Cells of the labels.
fn label_cells(width: usize) -> usize {
    match width {
        60.. => 15,
        32..60 => 8,
        _ => 0,
    }
}

/// All facts about a request, the most important first.
pub(super) fn all(
    cx: &Cx<'_>,
    (ui, asked): (&CardUi, &Asked<'_>),
    payload: &Payload,
    (on_disk, hits): (Vec<Row>, Vec<Row>),
    width: usize,
    wants: &mut Vec<Want>,
) -> Vec<Vec<Row>> {
    let fact = |long: &'static str, short: &'static str, lines: Vec<Ink>| {
        let cells = label_cells(width);
        let label = if cells >= 15 { long } else { short };
        labelled(if cells == 0 { "" } else { label }, cells, lines, width)
    };
    let room = room(width);
    let changed = asked.request.changed.iter().map(|line| Ink::exact(line, Look::strong(Role::Warn))).collect();
    let mut since = Vec::new();
    for one in made::since(asked.step, asked.request, |text| cx.app.here(text).map(str::to_owned)) {
        entry::made::differences(cx, &one, (room, SINCE), &mut since, wants);
    }
    let mut made = Vec::new();
    if !asked.request.waits() {
        entry::made::rows(cx, asked.session, asked.step, (room, SINCE), &mut made, wants);
    }
    let last_check = check::last(cx, asked, wants);
    let checked_by = last_check.as_ref().and_then(|last| last.entry);
    let checked = last_check.map(|last| last.ink).into_iter().collect();
    let mut all = vec![
        fact("not sent", "unsent", unsent(cx, ui, asked)),
        fact("what changed", "changed", changed),
        rows("since then", "since", on_disk, width),
        rows("", "", since, width),
        rows("what became", "became", made, width),
        fact("look closely", "look", payload.doubts.sentences()),
        fact("same file", "same", same_file(cx, asked)),
        rows("would hit", "hits", hits, width),
        fact("why it waits", "why", why(ui, asked)),
        fact("loosened", "looser", loosened(asked.session)),
        fact("last check", "check", checked),
        rows("before this", "before", before::steps(cx, asked, room, checked_by, wants), width),
        rows("agent says", "says", before::says(cx, asked, room, SAYS, wants).unwrap_or_default(), width),
        fact("called", "called", called(cx, asked, wants)),
        fact("holds up", "holds", blocks(cx, asked, room, wants)),
        fact("who asks", "who", vec![who(cx, asked)]),
    ];
    if asked.request.waits() {
        all.push(fact("its offers", "offers", offers(asked)));
        let goes = format!("a reason {}", asked.request.how.carries.reason.words());
        all.push(fact("on deny", "deny", vec![Ink::plain(&goes, Role::Muted)]));
        all.push(fact("on a part", "part", on_part(cx, asked, payload)));
        all.push(fact("on edit", "edit", on_edit(cx, asked, !payload.hunks().is_empty())));
    }
    all.retain(|rows| !rows.is_empty());
    all
}

/// Every file that its command would hit, listed behind the payload; nothing where that is not wanted.
pub(super) fn all_hits(cx: &Cx<'_>, ui: &CardUi, asked: &Asked<'_>, width: usize) -> Vec<Row> {
    rows("all it hits", "hits", super::losses::all(cx, asked, ui.all_hits, room(width)), width)
}

/// Cells beside a label.
pub(super) fn room(width: usize) -> usize {
    width.saturating_sub(label_cells(width)).max(1)
}

/// Adds what this session did before to the same files: after why it waits and what came before it.
pub(super) fn put_so_far(facts: &mut Vec<Vec<Row>>, so_far: Vec<Row>, width: usize) {
    facts.push(rows("files so far", "so far", so_far, width));
}

/// A label, and lines that are broken beside it.
fn labelled(label: &'static str, cells: usize, lines: Vec<Ink>, width: usize) -> Vec<Row> {
    let mut out: Vec<Row> = Vec::new();
    let room = width.saturating_sub(cells).max(1);
    for ink in lines {
        for range in ink.wrap(room) {
            let mut row = lead(label, cells, out.len());
            ink.draw(range, &mut row);
            out.push(row);
        }
    }
    out
}

fn rows(long: &'static str, short: &'static str, rows: Vec<Row>, width: usize) -> Vec<Row> {
    let cells = label_cells(width);
    let label = if cells >= 15 { long } else { short };
    rows.into_iter().enumerate().map(|(at, row)| lead(label, cells, at).with_row(row)).collect()
}

fn lead(label: &'static str, cells: usize, at: usize) -> Row {
    let mut row = Row::of(if at == 0 && cells > 0 { label } else { "" }, Role::Muted);
    row.push(spaces(cells.saturating_sub(row.width())), Role::Text);
    row
}

/// What was typed here before and not sent, each with the key that goes on with it.
fn unsent(cx: &Cx<'_>, ui: &CardUi, asked: &Asked<'_>) -> Vec<Ink> {
    if !asked.request.waits() || ui.menu.is_some() || ui.sent {
        return Vec::new();
    }
    let key = |action, usual: &str| keymap::key(cx.app, action).unwrap_or_else(|| usual.to_owned());
    let changed = |of: Digest| match of == asked.request.digest {
        true => "",
        false => "; what it asks has changed since",
    };
    let mut lines = Vec::new();
    let mut say = |what: &str, key: String, changed: &str| {
        lines.push(Ink::plain(&format!("{what}: {key} goes on with it{changed}"), Role::Info));
    };
    if let Some(form) = ui.form.as_ref().filter(|form| form.touched) {
        say("an edit that you typed", key(Action::Edit, "e"), changed(form.of));
    }
    if let Some(reply) = ui.reply.as_ref().filter(|reply| reply.is_begun()) {
        say("an answer that you began", key(Action::Allow, "a"), changed(reply.of));
    }
    if !ui.reasons.deny.is_empty() {
        say("a reason to deny it", key(Action::Deny, "d"), "");
    }
    lines
}

/// The rule and the reasons.
fn why(ui: &CardUi, asked: &Asked<'_>) -> Vec<Ink> {
    let verdict = match ui.ahead().map(|ahead| &ahead.verdict) {
        Some(None) => return vec![Ink::plain("what you made of it is being judged …", Role::Muted)],
        Some(Some(Err(why))) => {
            let mut ink = Ink::plain("what you made of it is not judged: ", Role::Warn);
            ink.append(Ink::exact(why, Role::Warn));
            return vec![ink];
        }
        Some(Some(Ok(verdict))) => Some(verdict),
        None => asked.step.judged(asked.request),
    };
    let Some(verdict) = verdict else {
        return vec![Ink::plain("no rule has judged it: its risk is not known and counts as high", Role::Warn)];
    };
    let line = verdict.rule.line.map(|line| format!(":{line}")).unwrap_or_default();
    let mut rule = Ink::exact(&verdict.rule.source, Role::Text).and(&line, Role::Text);
    if !verdict.rule.text.is_empty() {
        rule = rule.and("  \"", Role::Text);
        rule.append(Ink::exact(&verdict.rule.text, Role::Text));
        rule = rule.and("\"", Role::Text);
    }
    let reasons = verdict.reasons.iter().map(|reason| {
        let mut ink = Ink::plain("- ", Role::Muted);
        ink.append(Ink::exact(reason, Role::Text));
        ink
    });
    let is_edited = asked.step.edited.as_ref().is_some_and(|edited| edited.request == asked.request.id);
    let of = (is_edited || ui.ahead().is_some()).then(|| Ink::plain("of what you made of it:", Role::Muted));
    of.into_iter().chain(std::iter::once(rule)).chain(reasons).collect()
}

/// Other live sessions that write these files too, as is known now: what was known when it was judged is a reason above.
fn same_file(cx: &Cx<'_>, asked: &Asked<'_>) -> Vec<Ink> {
    if !asked.request.waits() {
        return Vec::new();
    }
    let contested = cx.app.state.contested_by(asked.session, asked.step);
    contested.iter().map(|one| Ink::exact(&alarms::collides(one), Look::strong(Role::Warn))).collect()
}

fn loosened(session: &Session) -> Vec<Ink> {
    let said = |why: &String| {
        let mut ink = Ink::plain("this session no longer asks for: ", Role::Warn);
        ink.append(Ink::exact(why, Role::Warn));
        ink
    };
    session.loosened.iter().map(said).collect()
}

/// What else cannot go on, or goes on beside it.
fn blocks(cx: &Cx<'_>, asked: &Asked<'_>, room: usize, wants: &mut Vec<Want>) -> Vec<Ink> {
    let mut lines = Vec::new();
    let timeline = &asked.session.timeline;
    let unsettled = timeline.unsettled().filter_map(|no| timeline.entries.get(&no));
    let open: Vec<_> = unsettled.filter(|entry| is_open(entry, asked)).collect();
    for entry in open.iter().take(2) {
        let Some(step) = entry.step() else { continue };
        entry::target_lacks(cx, step, wants);
        let mark = Mark::of_step(step);
        let about = format!("  {}", if step.waiting().is_some() { "waits for you too" } else { "is open beside it" });
        let target = entry::target(cx, asked.session, step, room.saturating_sub(text::width(&about) + 2));
        let ink = Ink::plain(&format!("{} ", mark.sign(cx.glyphs)), mark.role()).and(&target, Role::Text);
        lines.push(ink.and(&about, Role::Muted));
    }
    if open.len() > 2 {
        lines.push(Ink::plain(&format!("and {} more open steps", open.len() - 2), Role::Muted));
    }
    match asked.session.queue.len() {
        0 => {}
        1 => lines.push(Ink::plain("1 prompt waits for the end of the turn", Role::Text)),
        many => lines.push(Ink::plain(&format!("{many} prompts wait for the end of the turn"), Role::Text)),
    }
    lines
}

fn is_open(entry: &crate::state::Entry, asked: &Asked<'_>) -> bool {
    entry.no != asked.entry.no && matches!(&entry.what, What::Step(step) if step.is_open() && !step.status.is_final())
}

/// What the agent calls it, where that is not what is shown above anyway.
fn called(cx: &Cx<'_>, asked: &Asked<'_>, wants: &mut Vec<Want>) -> Vec<Ink> {
    let step = asked.step;
    let Some(title) = step.title.as_ref().filter(|title| !title.is_empty()) else { return Vec::new() };
    if payload::is_title_all(step) || step.command.as_ref().is_some_and(|command| command.digest() == title.digest()) {
        return Vec::new();
    }
    let text = Found::of(cx.app, title).or_want(wants).unwrap_or_default();
    // Nothing of it is smoothed over: an end of a line within a title is a mark too.
    let reach = text.char_indices().nth(TITLE).map_or(text.len(), |(at, _)| at);
    let ink = Ink::exact(&text[..reach], Role::Text);
    vec![if reach < text.len() { ink.and("…", Role::Muted) } else { ink }]
}

/// `claude in default mode, in ~/wt/fix-auth`.
fn who(cx: &Cx<'_>, asked: &Asked<'_>) -> Ink {
    let session = asked.session;
    let mut ink = Ink::default();
    if asked.entry.lane != LaneId::ROOT {
        // The way from the session to the subagent that asks.
        for name in session.path_of(asked.entry.lane) {
            if !ink.text().is_empty() {
                ink.push(cx.glyphs.path, Role::Muted);
            }
            ink.append(Ink::exact(name, Role::Text));
        }
        ink.push(": ", Role::Muted);
    }
    ink.append(Ink::exact(&session.agent, Role::Text));
    if let Some(mode) = &session.mode {
        ink = ink.and(" in ", Role::Muted);
        ink.append(Ink::exact(cx.mode_name(session, mode), Role::Text));
        ink = ink.and(" mode", Role::Muted);
    }
    if !session.cwd.is_empty() {
        ink = ink.and(", works in ", Role::Muted).and(&cx.folder(&session.cwd), Role::Text);
    }
    for one in cx.app.state.beside(session.id).iter().take(2) {
        ink = ink.and(", beside ", Role::Muted);
        ink.append(Ink::exact(&one.name, Role::Text));
    }
    ink
}

/// Who carries out an edited call, before it is edited.
fn on_edit(cx: &Cx<'_>, asked: &Asked<'_>, has_hunks: bool) -> Vec<Ink> {
    if let Topic::Questions(_) = asked.request.how.topic {
        return Vec::new();
    }
    let said = match &asked.step.args {
        Some(args) if args.bytes() > MOST as u64 => "not possible: its arguments are too long to edit here".to_owned(),
        args => {
            let text = match args {
                Some(args) => cx.app.here(args),
                None => Some(""),
            };
            let Some(text) = text else { return Vec::new() };
            match carried(face::carries_edit(asked.request), Some(text)) {
                Ok(carrier) => form::carries_edit(carrier).to_owned(),
                // A hunk can be edited all the same: the row above says by whom.
                Err(_) if has_hunks => return Vec::new(),
                Err(why) => format!("not possible: {why}"),
            }
        }
    };
    vec![Ink::plain(&said, Role::Muted)]
}

/// Who writes a part of a change, before a part is chosen.
fn on_part(cx: &Cx<'_>, asked: &Asked<'_>, payload: &Payload) -> Vec<Ink> {
    let has_hunks = asked.request.how.topic == Topic::Call && !payload.hunks().is_empty();
    let said = || Ink::plain(form::carries_part(cx.app.carries_part(asked.request, asked.step)), Role::Muted);
    has_hunks.then(said).into_iter().collect()
}

/// The agent's own offers, each by its own name.
fn offers(asked: &Asked<'_>) -> Vec<Ink> {
    if asked.request.offers.is_empty() {
        return vec![Ink::plain("the agent offers no answers: a denial takes the question back", Role::Warn)];
    }
    let mut ink = Ink::default();
    for offer in &asked.request.offers {
        if !ink.text().is_empty() {
            ink.push("  ", Role::Text);
        }
        ink.append(Ink::exact(&offer.name, Role::Text));
        ink.push(&format!(" ({})", menu::kind(offer.kind)), Role::Muted);
    }
    vec![ink]
}
