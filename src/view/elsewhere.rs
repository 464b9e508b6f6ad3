//! Sessions of other tools: their rows in the rail, and in the pane what is known of the one that has the cursor.

use super::{Area, Cx, Look, Mark, Row, Scene, clock};
use crate::domain::{Doing, Elsewhere};
use crate::keymap;
use crate::text::{self, human};
use crate::theme::Role;
use crate::ui::{Action, App, Focus, OtherCount, OtherRow};
use std::collections::BTreeMap;

/// Rows of a prompt that are shown.
const PROMPT: usize = 6;

/// `▸ recorded 54 · elsewhere 2`: quiet, whatever it counts.
pub(super) fn fold(cx: &Cx<'_>, count: OtherCount, width: usize) -> Row {
    let at = cx.app.other_at() == Some(OtherRow::Fold);
    let look = if at { Look::strong(Role::Text) } else { Role::Muted.into() };
    let sign = if cx.app.lists_others() { "▾" } else { "▸" };
    let parts = [(count.recorded, "recorded"), (count.going, "elsewhere")];
    let said = |short: bool| {
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts
            .map(|(count, word)| match (short, *word) {
                (true, "elsewhere") => format!("{} {count}", Mark::Elsewhere.sign(cx.glyphs)),
                _ => format!("{word} {count}"),
            })
            .collect();
        parts.join(cx.glyphs.dot)
    };
    let room = width.saturating_sub(4);
    let said =
        [said(false), said(true)].into_iter().find(|said| text::width(said) <= room).unwrap_or_else(|| said(true));
    cursor(cx, at).with(sign, look).with(format!(" {said}"), look).clip(width)
}

/// `▌◌ make the token compare  waits 3m`.
pub(super) fn other(cx: &Cx<'_>, one: &Elsewhere, width: usize) -> Row {
    let at = cx.app.other_at() == Some(OtherRow::One(one.id));
    let mut row = cursor(cx, at);
    row.push(mark(one).sign(cx.glyphs), Role::Muted);
    row.push(" ", Role::Text);
    let word = match one.doing {
        Doing::Busy { .. } | Doing::Waits { .. } | Doing::Idle { .. } => format!("{} ", one.doing.word()),
        Doing::Past | Doing::Written | Doing::Runs => String::new(),
    };
    let since = clock::age(one.doing.since().unwrap_or(one.last), cx.now);
    let mut right = Row::of(format!("{word}{since:>3}"), Role::Muted);
    if width >= 60 {
        let agent = text::end(&text::visible(&one.agent).text, 14).into_owned();
        let folder = text::middle(&cx.folder(&one.cwd), 28).into_owned();
        right = Row::of(format!("{agent}  {folder}  "), Role::Muted).with_row(right);
    }
    let room = width.saturating_sub(row.width() + right.width() + 2);
    let look: Look = if at { Look::strong(Role::Text) } else { Role::Muted.into() };
    row.push(text::end(&text::visible(&one.title).text, room).into_owned(), look);
    row.right(right, width.saturating_sub(1))
}

fn cursor(cx: &Cx<'_>, at: bool) -> Row {
    match (at, cx.app.focus == Focus::Rail) {
        (true, true) => Row::of(cx.glyphs.cursor, Role::Accent),
        (true, false) => Row::of(cx.glyphs.cursor, Role::Muted),
        (false, _) => Row::of(" ", Role::Text),
    }
}

fn mark(one: &Elsewhere) -> Mark {
    if one.doing.goes_on() { Mark::Elsewhere } else { Mark::Replay }
}

/// What stands in the place of a pane.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, at: OtherRow) {
    let rows = match cx.app.other() {
        Some(one) => about(cx, one, area.columns()),
        None if at == OtherRow::Fold => all(cx, area.columns()),
        None => Vec::new(),
    };
    scene.put(area, rows);
}

/// How many there are, of which agents, and what can be done.
fn all(cx: &Cx<'_>, width: usize) -> Vec<Row> {
    let others = cx.app.others();
    let count = App::count_others(&others);
    let mut rows = vec![Row::of(" sessions of other tools", Look::strong(Role::EdgeFocused)), Row::new()];
    let mut agents: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for one in &others {
        let (all, going) = agents.entry(one.agent.as_str()).or_default();
        (*all, *going) = (*all + 1, *going + usize::from(one.doing.goes_on()));
    }
    for (agent, (all, going)) in agents {
        let name = if agent.is_empty() { cx.glyphs.unknown.to_owned() } else { text::visible(agent).text.into_owned() };
        let mut row = Row::of(format!(" {}", text::end(&name, 20)), Role::Text);
        row.pad_to(22);
        row.push(format!("{all:>6} "), Role::Text);
        if going > 0 {
            row.push(format!("  {} {going} elsewhere", Mark::Elsewhere.sign(cx.glyphs)), Role::Muted);
        }
        rows.push(row.clip(width));
    }
    rows.push(Row::new());
    if count.waiting > 0 {
        let said = if count.waiting == 1 { "1 waits".to_owned() } else { format!("{} wait", count.waiting) };
        rows.extend(prose(&format!("{said} for you where it runs: taut can't answer there."), width, Role::Info));
    }
    let key = |action, usual: &str| keymap::key(cx.app, action).unwrap_or_else(|| usual.to_owned());
    let what = if cx.app.fleet.others.open { "folds the list" } else { "lists them, the newest first" };
    let said = format!(
        "{} {what}; {} finds one by title, agent or folder. taut looks at them, and can do nothing in them.",
        key(Action::Open, "enter"),
        key(Action::FilterName, "/")
    );
    rows.extend(prose(&said, width, Role::Muted));
    rows
}

/// What is known of one.
fn about(cx: &Cx<'_>, one: &Elsewhere, width: usize) -> Vec<Row> {
    let agent = if one.agent.is_empty() { cx.glyphs.unknown } else { &text::visible(&one.agent).text };
    let sign = mark(one).sign(cx.glyphs);
    let since = |word: &str| match one.doing.since() {
        Some(since) => format!("{word} {}", clock::age(since, cx.now)),
        None => word.to_owned(),
    };
    let state = match &one.doing {
        Doing::Past => format!("{sign} recorded"),
        Doing::Written | Doing::Runs => format!("{sign} elsewhere"),
        doing => format!("{sign} elsewhere{}{}", cx.glyphs.dot, since(doing.word())),
    };
    let state = Row::of(state, Role::Muted);
    let room = width.saturating_sub(state.width() + text::width(agent) + 6);
    let title = text::end(&text::visible(&one.title).text, room).into_owned();
    let head = Row::of(format!(" {title}"), Look::strong(Role::EdgeFocused)).with(format!("  {agent}"), Role::Text);
    let mut rows = vec![head.right(state, width.saturating_sub(1)), Row::new()];
    let mut fact = |name: &'static str, said: String| {
        let mut row = Row::of(format!(" {name}"), Role::Muted);
        row.pad_to(11);
        rows.push(row.with(text::middle(&said, width.saturating_sub(12)).into_owned(), Role::Text).clip(width));
    };
    let offset = cx.app.utc_offset;
    let time = |at| format!("{} {}", clock::date(at, offset), clock::hm(at, offset));
    let unknown = || cx.glyphs.unknown.to_owned();
    if let Doing::Waits { what, .. } = &one.doing {
        fact("waits for", format!("{}, where it runs", text::visible(what).text));
    }
    let branch = one.branch.as_ref().map(|branch| format!("  on {}", text::visible(branch).text)).unwrap_or_default();
    fact("project", if one.cwd.is_empty() { unknown() } else { format!("{}{branch}", cx.folder(&one.cwd)) });
    fact("model", one.model.as_ref().map_or_else(unknown, |model| text::visible(model).text.into_owned()));
    fact("began", if one.first.0 > 0 { time(one.first) } else { unknown() });
    fact(
        "last",
        if one.last.0 > 0 { format!("{}, {}", time(one.last), clock::ago(one.last, cx.now)) } else { unknown() },
    );
    let counted = |count: u64, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{} {one}s", human::count(count)),
    };
    let dot = cx.glyphs.dot;
    let (turns, steps) = (counted(u64::from(one.turns), "turn"), counted(u64::from(one.steps), "step"));
    fact("holds", format!("{turns}{dot}{steps}{dot}{}", counted(one.records, "record")));
    let context = match one.context {
        (Some(used), Some(window)) => format!("{} of {}", human::count(used), human::count(window)),
        (Some(used), None) => human::count(used),
        (None, _) => unknown(),
    };
    fact("context", context);
    fact("file", cx.folder(&one.file));
    if one.odd != (0, 0) {
        let (damaged, unknown) = one.odd;
        let parts = [(damaged, "damaged line"), (unknown, "line of a new kind")];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts
            .map(|(count, what)| match (count, what) {
                (1, what) => format!("1 {what}"),
                (count, "damaged line") => format!("{count} damaged lines"),
                (count, _) => format!("{count} lines of new kinds"),
            })
            .collect();
        fact("unread", parts.join(dot));
    }
    if !one.prompt.is_empty() {
        rows.push(Row::new());
        let prompt = text::prose(&one.prompt).text.into_owned();
        rows.extend(prose(&prompt, width, Role::Text).into_iter().take(PROMPT));
    }
    rows.push(Row::new());
    let key = keymap::key(cx.app, Action::Open).unwrap_or_else(|| "enter".to_owned());
    let how = if one.doing.goes_on() { "replays it, and follows what is written" } else { "replays it" };
    let said = format!("{key} {how}. It is {agent}'s own session: taut looks at it, and can do nothing in it.");
    rows.extend(prose(&said, width, Role::Muted));
    rows
}

fn prose(said: &str, width: usize, role: Role) -> Vec<Row> {
    let lines = said.lines().flat_map(|line| text::wrap(line, width.saturating_sub(3)).map(|part| &line[part]));
    lines.map(|line| Row::of(format!(" {}", line.trim_end()), role)).collect()
}
