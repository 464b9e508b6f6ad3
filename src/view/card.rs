//! A request over the whole screen: who asks for what, all of it, why it waits, and what can be answered.

use super::flow::Styled;
use super::{Area, Cache, Cx, Look, Region, Row, body::Found, clock};
use crate::state::{Session, Step};
use crate::text;
use crate::theme::Role;
use crate::ui::{CardUi, PaintedCard, Want, msg::Hit};

/// What a card gives to the frame.
#[derive(Debug, Default)]
pub(super) struct Plugged {
    /// What it shows.
    pub(super) regions: Vec<Region>,
    /// What of it was painted; `None` where its request is gone.
    pub(super) card: Option<PaintedCard>,
    /// What it lacked.
    pub(super) wants: Vec<Want>,
    /// Where the mouse can hit.
    pub(super) hits: Vec<((u16, u16, u16, u16), Hit)>,
    /// Where the cursor stands while something is typed on it.
    pub(super) cursor: Option<(u16, u16)>,
}

/// Lays a card out in an area: everything but the last line of the screen.
pub(super) fn layout(cx: &Cx<'_>, ui: &CardUi, _cache: &mut Cache, area: Area) -> Plugged {
    let mut out = Plugged::default();
    let id = ui.request;
    let found = cx.app.state.session(id.session).and_then(|s| Some((s, s.request_and_step(id.seq)?)));
    let Some((session, (request, step, entry))) = found else {
        let row = Row::of(" This request is not there any more.", Role::Warn);
        out.regions.push(Region { area, rows: vec![row] });
        return out;
    };
    let names: Vec<String> = session.path_of(entry.lane).iter().map(|name| text::prose(name).text.into_owned()).collect();
    let (head, rest) = area.top(1);
    let title = Row::of(" REVIEW", Look::strong(Role::Accent))
        .with(format!("   {}    {}", names.join(cx.glyphs.path), step.impact.word()), Role::Text)
        .with(format!("    waiting {}", clock::age(request.asked, cx.now)), Look::strong(Role::Accent));
    out.regions.push(Region { area: head, rows: vec![title.clip(head.columns())] });
    let why = request.verdict.as_ref().map_or(String::new(), |verdict| {
        format!(" why it waits   {} \"{}\"", text::visible(&verdict.rule.source).text, text::visible(&verdict.rule.text).text)
    });
    let (below, middle) = rest.bottom(2);
    let (loaded, rows) = payload(cx, session, step, middle.columns().saturating_sub(2), &mut out.wants);
    let last = rows.len().saturating_sub(middle.rows());
    let scrolled = i64::try_from(ui.top).unwrap_or(0).saturating_add(ui.delta).max(0);
    let top = usize::try_from(scrolled).unwrap_or(0).min(last);
    let (of, shown) = (rows.len(), rows.len().saturating_sub(top).min(middle.rows()));
    let unseen = of - (top + shown);
    let rows = rows.into_iter().skip(top).take(shown).map(Row::indented).collect();
    out.regions.push(Region { area: middle, rows });
    let note = if unseen > 0 { format!(" {} {unseen} more rows", cx.glyphs.below) } else { String::new() };
    let rows = vec![Row::of(note, Role::Info), Row::of(why, Role::Muted).clip(below.columns())];
    out.regions.push(Region { area: below, rows });
    out.hits.push((middle.tuple(), Hit::Card));
    out.card = Some(PaintedCard {
        request: id,
        digest: request.digest,
        top,
        rows: shown,
        of,
        lines: u32::try_from(of).unwrap_or(u32::MAX),
        whole: loaded && area.height >= 5,
    });
    out
}

/// Everything that would run or be written, and whether all of it is here.
fn payload(cx: &Cx<'_>, session: &Session, step: &Step, width: usize, wants: &mut Vec<Want>) -> (bool, Vec<Row>) {
    let mut rows = Vec::new();
    let mut texts = Vec::new();
    texts.extend(step.command.as_ref().map(|text| (String::new(), text)));
    for change in &step.changes {
        let path = cx.path(session, &change.path);
        texts.extend(change.old.as_ref().map(|text| (format!("- {path}"), text)));
        texts.extend(change.new.as_ref().map(|text| (format!("+ {path}"), text)));
        texts.extend(change.patch.as_ref().map(|text| (path, text)));
    }
    texts.extend(step.args.as_ref().map(|text| ("arguments".to_owned(), text)));
    let mut loaded = true;
    for (head, text) in texts {
        if !head.is_empty() {
            rows.push(Row::of(head, Role::Muted));
        }
        let Some(text) = Found::of(cx.app, text).or_want(wants) else {
            loaded = false;
            rows.push(Row::of("loading…", Role::Muted));
            continue;
        };
        text.lines().for_each(|line| Styled::exact(line, Role::Text).flow(Row::new(), width, &mut rows));
    }
    (loaded, rows)
}
