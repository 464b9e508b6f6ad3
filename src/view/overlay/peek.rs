//! A look at a session: what it asks, what it last said, its last steps. Nothing counts as shown by it.

use crate::domain::{By, Speaker};
use crate::keymap;
use crate::state::{Entry, Life, Session, Step, Waiting, What};
use crate::text;
use crate::theme::Role;
use crate::ui::peek::From;
use crate::ui::{Action, Peek};
use crate::view::flow::Styled;
use crate::view::{Area, Cx, Look, Mark, Row, Scene, body, card, clock, entry, meter, pane};

/// Steps that are shown.
const STEPS: usize = 6;
/// Rows of what was said: its end.
const SAID: usize = 8;
/// Requests that are shown of a session.
const ASKED: usize = 4;
/// Cells before what is told.
const LABEL: usize = 8;

/// Draws the look.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, peek: Peek) {
    let Some(session) = cx.app.state.session(peek.session) else {
        super::drawer(cx, scene, area, "PEEK", vec![Row::of(" it is gone", Role::Muted)]);
        return;
    };
    let width = area.columns().saturating_sub(2).max(1);
    let mut rows = vec![head(cx, session, width)];
    if area.rows() >= 10 {
        rows.push(Row::of(" ", Role::Text).with_row(meter::row(cx, &session.meter, width)));
    }
    let mut told = Vec::new();
    asks(cx, scene, session, peek, width, &mut told);
    comes_to(cx, session, width, &mut told);
    said(cx, scene, session, width, &mut told);
    steps(cx, scene, session, width, &mut told);
    if told.is_empty() {
        told.push(Row::of(" nothing was said or done yet", Role::Muted));
    }
    // One row of the screen below stays in sight, and the drawer has a rule.
    let room = area.rows().saturating_sub(2 + rows.len()).max(1);
    let top = peek.top.min(told.len().saturating_sub(room));
    scene.painted.help_top = Some(top);
    let below = told.len().saturating_sub(top + room);
    let mut shown: Vec<Row> = told.into_iter().skip(top).take(room).collect();
    if below > 0 {
        shown.pop();
        let key = keymap::key(cx.app, Action::PageDown).unwrap_or_default();
        shown.push(Row::of(format!(" {} {} more rows  {key}", cx.glyphs.below, below + 1), Role::Info));
    }
    rows.append(&mut shown);
    super::drawer(cx, scene, area, &title(cx, peek), rows);
}

/// `PEEK 2 of 7`: where the look stands in the rail or the queue.
fn title(cx: &Cx<'_>, peek: Peek) -> String {
    let place = match peek.from {
        From::Rail => {
            let listed = cx.app.listed();
            let at = listed.iter().position(|row| row.session.id == peek.session);
            at.map(|at| (at, listed.len(), "in the rail"))
        }
        From::Queue(request) => {
            let queue = cx.app.state.queue();
            let at = queue.iter().position(|waiting| waiting.request.id == request);
            at.map(|at| (at, queue.len(), "in the queue"))
        }
    };
    place.map_or_else(|| "PEEK".to_owned(), |(at, of, place)| format!("PEEK {} of {of} {place}", at + 1))
}

fn head(cx: &Cx<'_>, session: &Session, width: usize) -> Row {
    let mut row = Row::of(" ", Role::Text);
    if let Some(slot) = cx.slot(session.id) {
        row.push(format!("{slot} "), Role::Muted);
    }
    row.push(cx.name(session), Look::strong(Role::Text));
    row.push(format!("  {}", text::visible(&session.agent).text), cx.hue(session.id));
    let state = pane::phase(cx, session);
    let room = width.saturating_sub(row.width() + state.width() + 4);
    if room >= 8 && !session.cwd.is_empty() {
        row.push(format!("{}{}", cx.glyphs.dot, text::middle(&cx.folder(&session.cwd), room)), Role::Muted);
    }
    row.right(state, width)
}

/// What waits: the question of the queue first.
fn asks(cx: &Cx<'_>, scene: &mut Scene, session: &Session, peek: Peek, width: usize, rows: &mut Vec<Row>) {
    let mut waiting = cx.app.state.queue();
    waiting.retain(|waiting| waiting.session.id == session.id);
    if let From::Queue(id) = peek.from {
        waiting.sort_by_key(|waiting| waiting.request.id != id);
    }
    for (n, Waiting { request, step, .. }) in waiting.iter().enumerate().take(ASKED) {
        entry::target_lacks(cx, step, &mut scene.painted.wants);
        let mut row = label(if n == 0 { "asks" } else { "" }, Look::strong(Role::Accent));
        row.push(format!("{:<6} ", step.impact.word()), Look::strong(Role::Text));
        let risk = request.verdict.as_ref().map_or(crate::domain::Risk::High, |verdict| verdict.risk);
        let (sign, look) = card::risk(cx, risk);
        let right = match width {
            0..40 => Row::of(sign, look),
            _ => Row::of(format!("{sign} {} ", risk.word()), look)
                .with(format!("{:>4}", clock::age(request.asked, cx.now)), Look::strong(Role::Accent)),
        };
        let room = width.saturating_sub(row.width() + right.width() + 1);
        row.push(entry::target(cx, session, step, room), Look::strong(Role::Text));
        rows.push(row.right(right, width));
        let reasons = request.verdict.as_ref().map(|verdict| verdict.reasons.join("; ")).unwrap_or_default();
        if !reasons.is_empty() {
            Styled::of(&text::prose(&reasons).text, Role::Muted).flow(label("", Role::Muted.into()), width, rows);
        }
    }
    if waiting.len() > ASKED {
        rows.push(label("", Role::Muted.into()).with(format!("and {} more", waiting.len() - ASKED), Role::Muted));
    }
}

/// What its life has come to, where that is not a conversation.
fn comes_to(cx: &Cx<'_>, session: &Session, width: usize, rows: &mut Vec<Row>) {
    let (word, what, role) = match &session.life {
        Life::Open | Life::Unknown => return,
        Life::Starting(doing) => ("starts", doing.clone(), Role::Text),
        Life::LoginNeeded { said, .. } => {
            ("asks", format!("for a login: {}", body::first_line(cx.app, said)), Role::Accent)
        }
        Life::Ended { .. } if session.last_words.is_empty() => return,
        Life::Ended { .. } => {
            let words = body::all(cx.app, &session.last_words);
            let last: Vec<&str> = words.lines().rev().take(3).collect();
            ("ended", last.into_iter().rev().collect::<Vec<_>>().join(" / "), Role::Danger)
        }
    };
    Styled::of(&text::prose(&what).text, role).flow(label(word, role.into()), width, rows);
}

/// The end of what the agent said last, or of the prompt where it said nothing yet.
fn said(cx: &Cx<'_>, scene: &mut Scene, session: &Session, width: usize, rows: &mut Vec<Row>) {
    let last = |is: &dyn Fn(&What) -> bool| session.timeline.entries.values().rev().find(|entry| is(&entry.what));
    let spoken = last(&|what| matches!(what, What::Said { who: Speaker::Agent, .. }));
    let asked = last(&|what| matches!(what, What::Prompt { .. }));
    let is_newer = |entry: &&Entry| asked.is_none_or(|prompt| prompt.no < entry.no);
    let (word, text) = match (spoken.filter(is_newer), asked) {
        (Some(Entry { what: What::Said { text, .. }, .. }), _) => {
            let mut whole = String::new();
            for piece in text.pieces() {
                body::Found::of(cx.app, piece).or_want(&mut scene.painted.wants);
                whole.push_str(body::all(cx.app, piece));
            }
            ("said", whole)
        }
        (_, Some(Entry { what: What::Prompt { text, by, .. }, .. })) => {
            body::Found::of(cx.app, text).or_want(&mut scene.painted.wants);
            (By::speaks(by.as_ref()), body::all(cx.app, text).to_owned())
        }
        _ => return,
    };
    let mut told = Vec::new();
    // A line can be long: only the end of the whole is broken into rows.
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).rev().take(SAID).collect();
    for line in lines.into_iter().rev() {
        Styled::of(&text::prose(line).text, Role::Text).flow(label("", Role::Muted.into()), width, &mut told);
    }
    let cut = told.len().saturating_sub(SAID);
    let mut shown: Vec<Row> = told.into_iter().skip(cut).collect();
    if let Some(first) = shown.first_mut() {
        let mut row = label(word, Role::Muted.into());
        row.spans.extend(first.spans.drain(1..));
        *first = row;
    }
    rows.append(&mut shown);
}

/// Its newest steps, oldest first.
fn steps(cx: &Cx<'_>, scene: &mut Scene, session: &Session, width: usize, rows: &mut Vec<Row>) {
    let newest =
        session.timeline.entries.values().rev().filter_map(Entry::step).filter(|step| step.waiting().is_none());
    let newest: Vec<&Step> = newest.take(STEPS).collect();
    for (n, step) in newest.into_iter().rev().enumerate() {
        entry::target_lacks(cx, step, &mut scene.painted.wants);
        let mark = Mark::of_step(step);
        let mut row = label(if n == 0 { "steps" } else { "" }, Role::Muted.into());
        row.push(mark.sign(cx.glyphs), mark.role());
        row.push(format!(" {:<6} ", step.word()), Role::Muted);
        let outcome = entry::outcome(step).map_or_else(Row::new, |(word, role)| Row::of(word, role));
        let room = width.saturating_sub(row.width() + outcome.width() + 1);
        row.push(entry::target(cx, session, step, room), Role::Text);
        rows.push(row.right(outcome, width));
    }
}

fn label(word: &str, look: Look) -> Row {
    let mut row = Row::of(text::pad_end(&format!(" {word}"), LABEL).into_owned(), look);
    row.pad_to(LABEL);
    row
}
