//! What sessions came to: a table over the whole screen, and all that is known of the selected row below it.

use crate::domain::{Tallied, TallyBy};
use crate::keymap;
use crate::text::{self, human};
use crate::theme::Role;
use crate::ui::Action;
use crate::ui::stats::{Column, StatsUi};
use crate::view::flow::Styled;
use crate::view::{Area, Cx, Look, Row, Scene};

/// Cells of a name that stay, whatever columns give way.
const NAME: usize = 20;
/// A name is never wider.
const WIDEST: usize = 56;
/// Columns that give way first come last.
const WORTH: [Column; 11] = [
    Column::Cost,
    Column::Turns,
    Column::Calls,
    Column::Input,
    Column::Output,
    Column::Waited,
    Column::Retried,
    Column::Cache,
    Column::Failed,
    Column::Sessions,
    Column::Answered,
];
/// Rows below the table: a space, and what is known of the selected row.
const BELOW: usize = 6;

/// Draws it over the whole area.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, ui: &StatsUi) {
    let width = area.columns().saturating_sub(1).max(1);
    let room = area.rows().saturating_sub(1).max(1);
    let mut rows = Vec::with_capacity(room);
    match &ui.told {
        None => rows.push(Row::of("   counting: every session once", Role::Info)),
        Some(Err(why)) => {
            let why = text::prose(why).text.into_owned();
            Styled::of(&why, Role::Danger).flow(Row::of("   ", Role::Text), width, &mut rows);
        }
        Some(Ok(tallies)) if tallies.sessions.is_empty() => {
            rows.push(Row::of("   no session to count yet", Role::Muted));
        }
        Some(Ok(tallies)) => table(cx, ui, &tallies.all, (width, room), &mut rows),
    }
    rows.resize(room, Row::new());
    let title = format!("NUMBERS by {}{}{}", ui.by.word(), cx.glyphs.dot, ui.sorted());
    super::drawer(cx, scene, area, &title, rows);
}

fn table(cx: &Cx<'_>, ui: &StatsUi, all: &Tallied, (width, room): (usize, usize), rows: &mut Vec<Row>) {
    let listed = ui.rows();
    let below = if room >= 12 { BELOW } else { 0 };
    // Its head, and the sum of all.
    let space = room.saturating_sub(2 + below).max(1);
    let from = (ui.selected + 1).saturating_sub(space).min(listed.len().saturating_sub(space));
    let shown: Vec<&Tallied> = listed.iter().skip(from).take(space).copied().collect();
    let (name, columns) = columns(cx, ui, &shown, all, width);
    let mut head = Row::of(format!("   {}", text::pad_end(&ui.by.word().to_uppercase(), name)), Role::Muted);
    for (column, cells) in &columns {
        let look = if ui.sort == Some(*column) { Look::strong(Role::Text) } else { Role::Muted.into() };
        head.push(format!("  {}", text::pad_start(short(*column), *cells)), look);
    }
    rows.push(head.clip(width));
    for (n, one) in shown.iter().enumerate() {
        let at = from + n == ui.selected;
        let sign = if at { cx.glyphs.cursor } else { " " };
        let look: Look = if at { Look::strong(Role::Text) } else { Role::Text.into() };
        let called = called(cx, ui.by, one);
        let called = if ui.by == TallyBy::Project { text::middle(&called, name) } else { text::end(&called, name) };
        let mut row = Row::of(sign, Role::Accent).with(format!("  {}", text::pad_end(&called, name)), look);
        cells(&mut row, one, &columns, look);
        rows.push(row.clip(width));
    }
    let hidden = listed.len().saturating_sub(from + shown.len());
    let more = if hidden > 0 { format!("all, {hidden} below") } else { "all".to_owned() };
    let mut sum = Row::of(format!("   {}", text::pad_end(&text::end(&more, name), name)), Role::Muted);
    cells(&mut sum, all, &columns, Role::Muted.into());
    rows.push(sum.clip(width));
    if below > 0 {
        let selected = listed.get(ui.selected).copied().unwrap_or(all);
        rows.push(Row::new());
        rows.extend(details(cx, ui, selected, width));
    }
}

fn cells(row: &mut Row, one: &Tallied, columns: &[(Column, usize)], look: Look) {
    for (column, cells) in columns {
        let said = cell(*column, one);
        let look = match column {
            Column::Retried if one.failed_again > 0 => Role::Warn.into(),
            _ if said == "0" || said == "—" => Role::Muted.into(),
            _ => look,
        };
        row.push(format!("  {}", text::pad_start(&said, *cells)), look);
    }
}

/// What stands in a column. How many were made again in vain is said at length below.
fn cell(column: Column, one: &Tallied) -> String {
    match column {
        Column::Retried if one.failed_again > 0 => format!("{} ({})", one.retried, one.failed_again),
        column => column.cell(one),
    }
}

/// The columns that have room beside a name that can be told from others, in their order; and the cells of the name.
fn columns(
    cx: &Cx<'_>,
    ui: &StatsUi,
    shown: &[&Tallied],
    all: &Tallied,
    width: usize,
) -> (usize, Vec<(Column, usize)>) {
    let cells = |column: Column| {
        let of = shown.iter().copied().chain([all]).map(|one| text::width(&cell(column, one)));
        of.chain([short(column).len()]).max().unwrap_or(0)
    };
    let longest = shown.iter().map(|one| text::width(&called(cx, ui.by, one))).max().unwrap_or(0);
    let mut room = width.saturating_sub(3 + longest.min(NAME));
    let mut taken: Vec<(Column, usize)> = Vec::new();
    for column in WORTH {
        // Of one session there is one.
        if column == Column::Sessions && ui.by == TallyBy::Session {
            continue;
        }
        let cells = cells(column);
        if cells + 2 <= room {
            room -= cells + 2;
            taken.push((column, cells));
        }
    }
    taken.sort_by_key(|(column, _)| Column::ALL.iter().position(|other| other == column));
    let used: usize = taken.iter().map(|(_, cells)| cells + 2).sum();
    (longest.max(9).min(width.saturating_sub(3 + used)).min(WIDEST), taken)
}

/// A head that is no wider than what stands below it.
fn short(column: Column) -> &'static str {
    match column {
        Column::Sessions => "SESS",
        Column::Failed => "FAIL",
        Column::Retried => "AGAIN",
        Column::Answered => "ASKED",
        other => other.head(),
    }
}

fn called(cx: &Cx<'_>, by: TallyBy, one: &Tallied) -> String {
    let said = match by {
        TallyBy::Project if one.key.is_empty() => "not told".to_owned(),
        TallyBy::Project => cx.folder(&one.key),
        _ if one.name.is_empty() => one.key.clone(),
        _ => one.name.clone(),
    };
    text::visible(&said).text.into_owned()
}

/// All that is known of a row: what has no column here as well.
fn details(cx: &Cx<'_>, ui: &StatsUi, one: &Tallied, width: usize) -> Vec<Row> {
    let dot = cx.glyphs.dot;
    let told = |count: Option<u64>| count.map_or_else(|| cx.glyphs.unknown.to_owned(), human::count);
    let tokens = &one.tokens;
    let waits = match one.answered {
        0 => "nobody was asked".to_owned(),
        n => format!("{n} answered, {} denied, waited {}", one.denied, Column::Waited.cell(one)),
    };
    let mut head = called(cx, ui.by, one);
    if let Some((id, is_elsewhere)) = one.session {
        let key = keymap::key(cx.app, Action::Open).unwrap_or_default();
        let does = if is_elsewhere { "replays it" } else { "goes there" };
        let beside = format!("{dot}{id}{dot}{key} {does}");
        let room = width.saturating_sub(4 + text::width(&beside));
        head = format!("{}{beside}", text::end(&head, room));
    }
    let as_of = ui.told.as_ref().and_then(|told| told.as_ref().ok()).map_or("", |tallies| tallies.as_of.as_str());
    let lines = [
        head,
        format!(
            "tokens: {} read, {} written, cache {} read, {} written, {} thought",
            told(tokens.input),
            told(tokens.output),
            told(tokens.cache_read),
            told(tokens.cache_write),
            told(tokens.thought)
        ),
        format!(
            "calls: {}, {} failed, {} made again, {} of them in vain",
            one.calls, one.failed, one.retried, one.failed_again
        ),
        format!("waits: {waits}{dot}{} compactions", one.compactions),
        format!("cost {}: ~ by prices as of {as_of}, else as told; ? has no price", Column::Cost.cell(one)),
    ];
    let role = |n: usize| if n == 0 { Role::Text } else { Role::Muted };
    let row =
        |(n, said): (usize, String)| Row::of(format!("   {}", text::end(&said, width.saturating_sub(4))), role(n));
    lines.into_iter().enumerate().map(row).collect()
}
