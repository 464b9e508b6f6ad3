//! The last line of a card: how far it was read, why it cannot be decided, or what became of it.

use super::Asked;
use crate::domain::{At, By, Closing, Decision, Gate, Given, GrantId, TakenHunk};
use crate::keymap;
use crate::state::{Answered, Fared, Instead, Stage};
use crate::text;
use crate::theme::Role;
use crate::ui::diffs::{Among, Marks};
use crate::ui::{Action, CardUi, PaintedCard};
use crate::view::{Cx, Look, Mark, Row, clock, flag};

/// What of the card is here.
pub(super) struct Here {
    /// What is painted.
    pub(super) receipt: PaintedCard,
    /// Lines that are loading.
    pub(super) loading: u64,
    /// Texts that were purged.
    pub(super) purged: usize,
    /// There is room for it.
    pub(super) is_large: bool,
    /// Where its changes stand.
    pub(super) marks: Marks,
    /// The first column shown of lines that are cut.
    pub(super) left: usize,
    /// Its hunks, where they can be chosen.
    pub(super) hunks: u32,
}

/// The line, at most `width` cells.
pub(super) fn row(cx: &Cx<'_>, ui: &CardUi, asked: &Asked<'_>, here: &Here, width: usize) -> Row {
    let (said, look) = match asked.request.stage() {
        Stage::Open if !asked.session.is_live() => {
            ("the agent is gone: it waits no more".to_owned(), Role::Warn.into())
        }
        Stage::Open => open(cx, ui, asked, here),
        Stage::Decided | Stage::Sent | Stage::Unconfirmed | Stage::TakenUp | Stage::Closed => over(cx, asked),
    };
    let mut row = Row::of(" ", look);
    if here.hunks > 0 && ui.parts.differs() && asked.request.waits() {
        // What would be answered comes before how far it was read.
        let counted = super::parts::count(&ui.parts, here.hunks);
        row.push(format!("{counted}{}", cx.glyphs.dot), Look::strong(Role::Info));
    }
    row.push(said, look);
    // Last, since it may be long.
    if let Some(reason) = asked.request.answered.as_ref().and_then(|answered| answered.decision.reason()) {
        row.push(format!("  \"{}\"", text::prose(reason).text), Role::Muted);
    }
    let mut parts = place(ui, here);
    // What has no room is left out from its end on.
    while !parts.is_empty() {
        let place = Row::of(format!("{} ", parts.join("   ")), Role::Muted);
        if row.width() + place.width() + 3 <= width {
            return row.right(place, width);
        }
        parts.pop();
    }
    row.clip(width)
}

/// Where among the changes one stands: `file 1/3   hunk 2/7`.
fn place(ui: &CardUi, here: &Here) -> Vec<String> {
    let marks = &here.marks;
    let among = |what: &str, among: Among| match among {
        Among { of: 0 | 1, .. } => None,
        Among { first, last, of, .. } if first == last => Some(format!("{what} {first}/{of}")),
        Among { first, last, of, .. } => Some(format!("{what}s {first}-{last}/{of}")),
    };
    let narrow = marks.narrow.then(|| "too narrow for side by side".to_owned());
    let scrolled = (here.left > 0).then(|| format!("from column {}", here.left + 1));
    let hunk = match here.hunks {
        0 => among("hunk", marks.hunk),
        1 => None,
        // Over all files, as its number counts.
        of => Some(format!("hunk {}/{of}", ui.parts.at.max(1))),
    };
    let said = [narrow, scrolled, among("file", marks.file), hunk];
    said.into_iter().flatten().collect()
}

fn open(cx: &Cx<'_>, ui: &CardUi, asked: &Asked<'_>, here: &Here) -> (String, Look) {
    if ui.sent {
        return on_its_way(cx, asked);
    }
    // By somebody else: a script, another console.
    if let Some(said) = flag::allowed(cx, asked.session).filter(|_| cx.app.is_allowed(asked.request.id)) {
        return (said, Look::strong(Role::Info));
    }
    if !here.is_large {
        return ("too small to decide here: needs 20x6".to_owned(), Look::strong(Role::Warn));
    }
    if here.loading > 0 && cx.app.can_act().is_ok() {
        let lines = if here.loading == 1 { "1 line".to_owned() } else { format!("{} lines", here.loading) };
        return (format!("loading {lines}: it can be denied now, and allowed once all is here"), Role::Info.into());
    }
    if here.purged > 0 && cx.app.can_act().is_ok() {
        return ("a part of it was purged: it can be denied, not allowed".to_owned(), Look::strong(Role::Warn));
    }
    if let Err(why) = cx.app.can_act() {
        return (text::prose(&why).text.into_owned(), Role::Warn.into());
    }
    reading(cx, ui, asked, &here.receipt)
}

/// What was answered here, and is not on record yet: on its way, or held.
fn on_its_way(cx: &Cx<'_>, asked: &Asked<'_>) -> (String, Look) {
    if let Some(said) = flag::keeping(cx, asked.session) {
        return (said, Role::Info.into());
    }
    let Some(decision) = cx.app.answer_to(asked.request.id) else {
        return ("your answer is on its way".to_owned(), Role::Info.into());
    };
    if cx.app.status.store_error.is_none() {
        return (format!("{}: your answer is on its way", decision.word()), Role::Info.into());
    }
    // What lets something run leaves only once it is on record; the brake is never held. Why stands above the payload.
    let said = match decision.allows() {
        true => "and HELD: nothing has left, it goes once it can be written",
        false => "the agent is told at once, the record follows once it can be written",
    };
    let join = if decision.allows() { ", " } else { ": " };
    (format!("{}{join}{said}", decision.word()), Look::strong(Role::Warn))
}

/// How far it was read, this frame counted.
fn reading(cx: &Cx<'_>, ui: &CardUi, asked: &Asked<'_>, shown: &PaintedCard) -> (String, Look) {
    let same = ui.digest == Some(asked.request.digest);
    let before = match ui.fit {
        Some(fit) if same && fit == shown.fit && ui.of_rows == shown.of => ui.seen_rows,
        Some(fit) if same && fit != shown.fit => shown.carried,
        Some(_) | None => 0,
    };
    let seen = if shown.top <= before { before.max(shown.top + shown.uncut) } else { before };
    if (same && ui.end_seen) || seen >= shown.of {
        // What was read wrapped stays read; cut lines are not on the screen all the same.
        let is_all = shown.of <= shown.rows && shown.uncut >= shown.rows;
        let said = if is_all { "all of it is on the screen" } else { "read to the end" };
        return (said.to_owned(), Role::Good.into());
    }
    if shown.uncut < shown.rows && seen == shown.top + shown.uncut {
        let wrap = keymap::key(cx.app, Action::LongLines).unwrap_or_else(|| "W".to_owned());
        let said = format!("seen {seen} of {} lines, the next one is cut{}{wrap} wraps", shown.of, cx.glyphs.dot);
        return (said, Look::strong(Role::Warn));
    }
    let key = keymap::key(cx.app, Action::PageDown).unwrap_or_else(|| "space".to_owned());
    (format!("seen {seen} of {} lines{}{key} reads on", shown.of, cx.glyphs.dot), Look::strong(Role::Accent))
}

/// What became of it.
fn over(cx: &Cx<'_>, asked: &Asked<'_>) -> (String, Look) {
    let request = asked.request;
    let ago = |at: At| clock::ago(at, cx.now);
    let after = |at: Option<At>, from: Option<At>| match (at, from) {
        (Some(at), Some(from)) => format!(" after {}", text::human::duration(clock::between(from, at))),
        _ => String::new(),
    };
    let answered = request.answered.as_ref();
    let mut what = answered.map_or_else(String::new, |answered| words(cx, asked, answered));
    let when = answered.map(|answered| answered.at);
    let allowed = answered.is_some_and(|answered| answered.decision.allows());
    let done = if allowed { Look::from(Role::Good) } else { Look::from(Role::Warn) };
    if let Some(Instead { words, fared, closes }) = asked.session.instead(asked.step, request) {
        let (sign, look) = match fared {
            Fared::Goes => (Mark::Working, Role::Info),
            Fared::Well => (Mark::Edited, Role::Good),
            Fared::Badly => (Mark::Failed, Role::Warn),
        };
        what = format!("{what}; {}", text::prose(&words).text);
        if closes || request.stage() != Stage::Closed {
            return (format!("{} {what}", sign.sign(cx.glyphs)), look.into());
        }
    }
    match request.stage() {
        Stage::Open => (String::new(), Role::Text.into()),
        Stage::Decided => {
            let when = when.map(ago).unwrap_or_default();
            (format!("{what} {when}; not sent yet, or not known to be"), Look::strong(Role::Warn))
        }
        Stage::Sent => {
            let sent = request.sent.map(ago).unwrap_or_default();
            (format!("{what}, sent {sent}, waiting for the agent"), done)
        }
        Stage::Unconfirmed => {
            let sent = request.sent.map(ago).unwrap_or_default();
            (format!("{what}, sent {sent}: no sign of it from the agent"), Look::strong(Role::Warn))
        }
        Stage::TakenUp | Stage::Closed if asked.step.denied() && asked.step.gate == Gate::Ungated => {
            let sign = Mark::Ungated.sign(cx.glyphs);
            (format!("{sign} {what}; UNGATED: {}", asked.step.unleashed()), Look::strong(Role::Danger))
        }
        Stage::TakenUp => {
            let sign = if allowed { Mark::Done } else { Mark::Denied }.sign(cx.glyphs);
            (format!("{sign} {what}; the agent took it up{}", after(request.taken_up, request.sent)), done)
        }
        Stage::Closed => {
            let (how, at) = match &request.closed {
                Some((how, at)) => (closing(how), ago(*at)),
                None => (String::new(), String::new()),
            };
            let what = if what.is_empty() { String::new() } else { format!("{what}; ") };
            let unsure = request.unsure().map(|unsure| format!(": {unsure}")).unwrap_or_default();
            (format!("{what}{how} {at}{unsure}"), Role::Warn.into())
        }
    }
}

/// `allowed by a grant: every edit of src/**, given by you 3m ago`; nothing where it was no grant.
fn by_grant(cx: &Cx<'_>, asked: &Asked<'_>, answered: &Answered) -> Option<String> {
    let rule = &asked.request.verdict.as_ref()?.rule;
    let id = rule.source.parse::<GrantId>().ok().filter(|_| answered.by == By::Rule)?;
    let said = match asked.session.ledger.get(id) {
        Some(given) => {
            let who = given.by.as_ref().map_or_else(String::new, |by| format!(" by {}", by.word()));
            let ago = clock::ago(given.at, cx.now);
            format!("{}, given{who} {ago}", given.grant.matcher.words())
        }
        // Ended long ago: its own words are on record with the verdict.
        None => rule.text.strip_prefix("granted: ").unwrap_or(&rule.text).to_owned(),
    };
    Some(format!("ran by a grant: {}", text::prose(&said).text))
}

/// `allowed once ("Yes")`, `denied by rule policy.toml:3`.
fn words(cx: &Cx<'_>, asked: &Asked<'_>, answered: &Answered) -> String {
    let request = asked.request;
    if let Some(granted) = by_grant(cx, asked, answered).filter(|_| answered.decision.allows()) {
        return granted;
    }
    let by = match &answered.by {
        By::Human => String::new(),
        By::Rule => {
            let rule = request.verdict.as_ref().map(|verdict| {
                let line = verdict.rule.line.map(|line| format!(":{line}")).unwrap_or_default();
                format!(" {}{line}", text::visible(&verdict.rule.source).text)
            });
            format!(" by rule{}", rule.unwrap_or_default())
        }
        By::Console { .. } | By::Script { .. } => format!(" by {}", text::prose(&answered.by.word()).text),
        By::Agent => " by the agent itself".to_owned(),
        By::Hub(why) => format!(" by taut ({})", text::prose(why).text),
    };
    let unread = if answered.overridden { ", unread" } else { "" };
    match &answered.decision {
        Decision::Allow { offer } => {
            let offer = request.offers.iter().find(|known| known.id == *offer);
            let (kind, name) = match offer {
                Some(offer) => (super::menu::kind(offer.kind), text::visible(&offer.name).text.into_owned()),
                None => ("allow", String::new()),
            };
            let verb = kind.replacen("allow", "allowed", 1);
            let name = if name.is_empty() { name } else { format!(" (\"{name}\")") };
            format!("{verb}{by}{name}{unread}")
        }
        Decision::AllowFor { matcher, .. } => {
            format!("allowed{by}, and from now on {}{unread}", text::prose(&matcher.words()).text)
        }
        Decision::Edit { .. } => format!("edited{by}{unread}"),
        Decision::Take { hunks, .. } => format!("taken in part{by}, {}{unread}", TakenHunk::list(hunks)),
        Decision::Reply { given } => format!("answered{by}: {}", text::prose(&Given::list(given)).text),
        Decision::Deny { interrupt, .. } => {
            let turn = if *interrupt { ", and the turn ended" } else { "" };
            format!("denied{by}{turn}")
        }
    }
}

fn closing(how: &Closing) -> String {
    match how {
        Closing::Withdrawn(why) if why.is_empty() => "the agent took the question back".to_owned(),
        Closing::Withdrawn(why) => format!("the agent took the question back ({})", text::prose(why).text),
        Closing::Expired => "its deadline passed".to_owned(),
        Closing::AgentGone => "the agent is gone".to_owned(),
        Closing::Refused(why) => format!("the agent would not take the answer ({})", text::prose(why).text),
        Closing::HookGone => "its hook's process ended before you had answered".to_owned(),
        Closing::Superseded => "what it would do has changed: it asks anew".to_owned(),
    }
}
