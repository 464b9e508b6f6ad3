//! What is chosen or typed on a card: the agent's own offers, a reason, the word that stands in for reading.

use super::{Asked, form, parts, reply};
use crate::domain::{Decision, Matcher, Offer, OfferKind};
use crate::keymap;
use crate::text;
use crate::theme::Role;
use crate::ui::{Action, CardUi, Menu, Term};
use crate::view::area::cells;
use crate::view::payload::Ink;
use crate::view::{Cx, Look, Row};

/// A menu as rows, and where the cursor stands in them.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    pub(super) rows: Vec<Row>,
    pub(super) cursor: Option<(u16, u16)>,
    /// Columns of a text of several rows that is typed there.
    pub(super) columns: Option<usize>,
}

/// Draws what is chosen or typed, in at most `most` rows.
///
/// `hits` is what a changed call would hit.
pub(super) fn draw(
    cx: &Cx<'_>,
    (ui, hits): (&CardUi, &[Row]),
    asked: &Asked<'_>,
    menu: &Menu,
    (width, most): (usize, usize),
) -> Drawn {
    match menu {
        Menu::Scopes { selected, term } => {
            Drawn { rows: scopes(cx, asked, (*selected, *term), width, most), ..Drawn::default() }
        }
        Menu::Edit => form::draw(cx, ui, asked, (width, most)),
        Menu::Rest { text } => {
            let said = format!("{}; a reason is for what is refused, empty is none", parts::counted(ui));
            typed(
                "TAKE A PART",
                &said,
                (text, "why not the rest: "),
                &hint(cx, asked, "shows what would be written"),
                width,
            )
        }
        Menu::Sure { decision, .. } => {
            Drawn { rows: form::sure(cx, (ui, hits), asked, decision, (width, most)), ..Drawn::default() }
        }
        Menu::Reply => reply::draw(cx, ui, asked, (width, most)),
        Menu::Reason { text, interrupt } => {
            let goes = asked.request.how.carries.reason.words();
            let head = if *interrupt { "DENY, AND END THE TURN" } else { "DENY" };
            let said = format!("a reason {goes}; empty is none");
            typed(head, &said, (text, "why not: "), &hint(cx, asked, "denies"), width)
        }
        Menu::Override { text, decision } => {
            let what = match decision {
                Decision::Allow { .. } | Decision::AllowFor { .. } => "ALLOW WITHOUT READING ALL OF IT",
                Decision::Edit { .. } | Decision::Take { .. } => "SEND THIS WITHOUT READING ALL OF IT",
                Decision::Reply { .. } => "ANSWER WITHOUT READING ALL OF IT",
                Decision::Deny { .. } => "DENY",
            };
            let said = format!("type {} to decide all the same; it goes on record", CardUi::OVERRIDE);
            typed(what, &said, (text, "> "), &hint(cx, asked, "decides"), width)
        }
    }
}

/// What an offer's kind is, in words.
pub(super) fn kind(kind: OfferKind) -> &'static str {
    match kind {
        OfferKind::AllowOnce => "allow once",
        OfferKind::AllowAlways => "allow always",
        OfferKind::RejectOnce => "deny once",
        OfferKind::RejectAlways => "deny always",
        OfferKind::Unknown => "of unknown kind",
    }
}

/// What choosing an offer would mean beyond this one call.
fn meaning(offer: &Offer) -> &'static str {
    match offer.kind {
        OfferKind::AllowOnce => "this call, and no other",
        OfferKind::AllowAlways => "the agent asks no more for what it counts as alike, and keeps that itself",
        OfferKind::RejectOnce => "not this call",
        OfferKind::RejectAlways => "the agent refuses what it counts as alike, and keeps that itself",
        OfferKind::Unknown => "what it means is not known: it may let something run",
    }
}

fn scopes(cx: &Cx<'_>, asked: &Asked<'_>, (selected, term): (usize, Term), width: usize, most: usize) -> Vec<Row> {
    let (offers, longer) = (&asked.request.offers, &asked.request.how.scopes);
    let head = |said: &'static str| Row::of(said, Look::strong(Role::Accent)).clip(width);
    let mut rows = vec![head("THE AGENT'S OWN OFFERS: it decides what they cover")];
    if offers.is_empty() {
        rows.push(Row::of("it made none: a denial answers it all the same", Role::Warn).clip(width));
        if longer.is_empty() {
            return rows;
        }
    }
    let names = offers.iter().map(|offer| text::width(&text::visible(&offer.name).text)).max().unwrap_or(0);
    // The names stand in a column, where the kinds beside them have room.
    let column = names.min(width.saturating_sub(2 + 16 + 2));
    let selected = selected.min((offers.len() + longer.len()).saturating_sub(1));
    // What is known of how this agent takes its own *always*.
    let always = cx.app.always.get(&asked.session.agent);
    let said = |offer: &Offer| match (offer.kind, always) {
        (OfferKind::AllowAlways, Some(always)) => format!("{}; with {}: {always}", meaning(offer), asked.session.agent),
        _ => meaning(offer).to_owned(),
    };
    let block = |(at, offer)| block(cx, offer, (at == selected).then(|| said(offer)), column, width);
    let mut blocks: Vec<Vec<Row>> = offers.iter().enumerate().map(block).collect();
    for (at, matcher) in (offers.len()..).zip(longer) {
        let mut lines = longer_rows(cx, matcher, (term, at == selected), width);
        if at == offers.len() {
            lines.insert(0, head("HELD BY TAUT: this call, and from now on without asking"));
        }
        blocks.push(lines);
    }
    let room = most.saturating_sub(2).max(1);
    // The selected one is shown whole; others as far as there is room.
    let before: usize = blocks.iter().take(selected + 1).map(Vec::len).sum();
    rows.extend(blocks.into_iter().flatten().skip(before.saturating_sub(room)).take(room));
    if most > rows.len() {
        let hint = hint(cx, asked, "chooses");
        let turn = keymap::key(cx.app, Action::TermNext).filter(|_| selected >= offers.len());
        let turn = turn.map_or_else(String::new, |key| format!("   {key} how long"));
        rows.push(Row::of(format!("{hint}{turn}"), Role::Muted).clip(width));
    }
    rows
}

/// An allowance for longer that the hub would hold, in the words that are made of its matcher; the selected one with its
/// term.
fn longer_rows(cx: &Cx<'_>, matcher: &Matcher, (term, selected): (Term, bool), width: usize) -> Vec<Row> {
    let sign = if selected { cx.glyphs.cursor } else { " " };
    let words = Ink::exact(&matcher.words(), if selected { Look::strong(Role::Text) } else { Role::Text.into() });
    let words = if selected { words.and(&format!(", {}", term.words()), Look::strong(Role::Warn)) } else { words };
    let lead = |first: bool| Row::of(if first { sign } else { " " }, Look::strong(Role::Accent)).with(" ", Role::Text);
    let mut rows = Vec::new();
    for range in words.wrap(width.saturating_sub(2).max(1)) {
        let mut row = lead(rows.is_empty());
        words.draw(range, &mut row);
        rows.push(row);
    }
    rows
}

/// An offer; the selected one with what it `means`.
fn block(cx: &Cx<'_>, offer: &Offer, means: Option<String>, column: usize, width: usize) -> Vec<Row> {
    let selected = means.is_some();
    let look = if selected { Look::strong(Role::Text) } else { Role::Text.into() };
    let sign = |first: bool| match (first, selected) {
        (true, true) => Row::of(format!("{} ", cx.glyphs.cursor), Look::strong(Role::Accent)),
        (true, false) | (false, _) => Row::of("  ", Role::Text),
    };
    let name = Ink::exact(&offer.name, look);
    let mut rows = Vec::new();
    for range in name.wrap(column.max(1)) {
        let mut row = sign(rows.is_empty());
        name.draw(range, &mut row);
        if rows.is_empty() {
            row.pad_to(2 + column);
            let role = match offer.kind {
                OfferKind::AllowAlways | OfferKind::Unknown => Role::Warn,
                OfferKind::AllowOnce | OfferKind::RejectOnce | OfferKind::RejectAlways => Role::Muted,
            };
            row.push(format!("  {}", kind(offer.kind)), role);
        }
        rows.push(row.clip(width));
    }
    if let Some(means) = means {
        let said = Ink::exact(&means, Role::Info);
        for range in said.wrap(width.saturating_sub(4).max(1)) {
            let mut row = Row::of("    ", Role::Text);
            said.draw(range, &mut row);
            rows.push(row);
        }
    }
    rows
}

/// A line in which something is typed; the cursor stands at its end.
fn typed(head: &'static str, said: &str, (text, lead): (&str, &'static str), hint: &str, width: usize) -> Drawn {
    let mut rows = vec![Row::of(head, Look::strong(Role::Accent)).clip(width)];
    let about = Ink::plain(said, Role::Muted);
    for range in about.wrap(width) {
        let mut row = Row::new();
        about.draw(range, &mut row);
        rows.push(row);
    }
    let ink = Ink::exact(text, Role::Text);
    // One cell stays for the cursor.
    let room = width.saturating_sub(text::width(lead) + 1).max(1);
    let (mut column, mut at) = (0, rows.len());
    for (n, range) in ink.wrap(room).enumerate() {
        let mut row = Row::of(if n == 0 { lead } else { "" }, Look::strong(Role::Accent));
        row.pad_to(text::width(lead));
        ink.draw(range, &mut row);
        (column, at) = (row.width(), rows.len());
        rows.push(row);
    }
    rows.push(Row::of(hint.to_owned(), Role::Muted).clip(width));
    Drawn { rows, cursor: Some((cells(column), cells(at))), columns: None }
}

/// `enter denies   esc back`; what can be done where it was answered elsewhere meanwhile.
pub(super) fn hint(cx: &Cx<'_>, asked: &Asked<'_>, what: &str) -> String {
    let key = |action, usual: &str| keymap::key(cx.app, action).unwrap_or_else(|| usual.to_owned());
    if !asked.request.waits() || !asked.session.is_live() {
        return format!("it waits no more, and nothing is sent   {} back", key(Action::Back, "esc"));
    }
    format!("{} {what}   {} back", key(Action::Submit, "enter"), key(Action::Back, "esc"))
}
