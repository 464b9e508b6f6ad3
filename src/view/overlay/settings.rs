//! The settings: every key of the file with its value, what it does and takes; then the keys of every action.

use crate::keymap;
use crate::text;
use crate::theme::Role;
use crate::ui::settings::{Editing, Line, Setting, SettingsUi};
use crate::ui::{Action, Overlay};
use crate::view::area::cells;
use crate::view::flow::Styled;
use crate::view::{Area, Cx, Look, Row, Scene};

/// How a line is laid out.
#[derive(Clone, Copy)]
struct Columns {
    /// It is the selected one: its name has weight, and what it does stands below it.
    chosen: bool,
    /// Cells for a key or an action's name.
    name: usize,
    /// Cells for a value.
    value: usize,
}

impl Columns {
    fn of(width: usize) -> Self {
        Self { chosen: false, name: if width >= 60 { 18 } else { (width / 2).min(14) }, value: 20 }
    }
}

/// What stands behind keys that the file gives.
const YOURS: &str = "  yours";

/// Draws the settings over the whole area.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, screen: &SettingsUi) {
    let width = area.columns().saturating_sub(1).max(1);
    let columns = Columns::of(width);
    let lines = cx.app.configured.lines();
    let at = screen.selected.min(lines.len().saturating_sub(1));
    let mut head = Vec::new();
    let file = cx.folder(&cx.app.configured.file);
    Styled::of(&format!("{file}: what is changed here is written there at once"), Role::Muted).flow(
        Row::of(" ", Role::Text),
        width,
        &mut head,
    );
    for fault in &cx.app.configured.faults {
        let said = text::prose(fault).text.into_owned();
        Styled::of(&said, Role::Warn).flow(Row::of(" ", Role::Text), width, &mut head);
    }
    let room = area.rows().saturating_sub(1);
    head.truncate((room / 3).max(1));

    // Only what can be seen is made: each line has one row, a heading at most one more.
    let room = room.saturating_sub(head.len());
    let from = at.saturating_sub(room);
    let mut rows: Vec<Row> = Vec::new();
    let mut selected = 0;
    let mut group = "";
    for (n, line) in lines.iter().enumerate().skip(from).take(2 * room + 2) {
        let of = group_of(*line);
        if of != group {
            if n > 0 && room > 8 {
                rows.push(Row::new());
            }
            rows.push(Row::of(format!(" {of}"), Look::strong(Role::Text)));
            group = of;
        }
        let chosen = n == at;
        let line_of = Columns { chosen, ..columns };
        if chosen {
            selected = rows.len();
        }
        let mut row = Row::of(if chosen { cx.glyphs.cursor } else { " " }, Role::Accent).with(" ", Role::Text);
        let editing = screen.editing.as_ref().filter(|_| chosen);
        match line {
            Line::Setting(setting) => self::setting(line_of, setting, editing, &mut row),
            Line::Keys(action) => keys(cx, line_of, *action, editing, &mut row),
        }
        rows.push(row.clip(width));
        if chosen {
            details(cx, *line, width, &mut rows);
        }
    }
    let end = rows.len();
    let top = (selected + 4).min(end).saturating_sub(room).max(selected.saturating_sub(room / 2)).min(selected);
    let top = top.min(end.saturating_sub(room));
    let mut shown = head;
    let above = shown.len();
    shown.extend(rows.into_iter().skip(top).take(room));
    shown.resize(above + room, Row::new());
    let body = super::drawer(cx, scene, area, "SETTINGS", shown);
    if let Some(Overlay::Settings(SettingsUi { editing: Some(Editing::Value(typed)), .. })) = &cx.app.overlay {
        let (column, row) = (2 + columns.name + 1 + text::width(&text::prose(typed).text), above + selected - top);
        if column < body.columns() && row < body.rows() {
            scene.cursor = Some((body.x.saturating_add(cells(column)), body.y.saturating_add(cells(row))));
        }
    }
}

fn group_of(line: Line<'_>) -> &str {
    match line {
        Line::Setting(setting) => &setting.group,
        Line::Keys(_) => "keys",
    }
}

fn name(row: &mut Row, columns: Columns, name: &str) {
    let look = if columns.chosen { Look::strong(Role::Text) } else { Role::Text.into() };
    row.push(text::end(name, columns.name).into_owned(), look);
    row.pad_to(2 + columns.name + 1);
}

fn setting(columns: Columns, setting: &Setting, editing: Option<&Editing>, row: &mut Row) {
    name(row, columns, &setting.key);
    match (editing, &setting.given) {
        (Some(Editing::Value(typed)), _) => row.push(text::prose(typed).text.into_owned(), Look::strong(Role::Accent)),
        (_, Some(given)) => row.push(text::prose(given).text.into_owned(), Look::strong(Role::Info)),
        (_, None) => row.push(setting.usual.clone(), Role::Muted),
    }
    row.pad_to(2 + columns.name + 1 + columns.value);
    if !columns.chosen {
        row.push(format!(" {}", setting.about), Role::Muted);
    }
}

fn keys(cx: &Cx<'_>, columns: Columns, action: Action, editing: Option<&Editing>, row: &mut Row) {
    name(row, columns, action.name());
    let yours = cx.app.configured.keys.contains_key(action.name());
    let all = match cx.app.rebound.get(&action) {
        Some(chords) => chords.clone(),
        None => keymap::usual(action),
    };
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    let shown = if all.is_empty() { "no key".to_owned() } else { all.join(" ") };
    let room = columns.value - if yours { YOURS.len() } else { 0 };
    let shown = text::end(&shown, room).into_owned();
    match editing {
        Some(_) => row.push("press a key", Look::strong(Role::Accent)),
        None if yours => row.push(format!("{shown}{YOURS}"), Look::strong(Role::Info)),
        None => row.push(shown, Role::Muted),
    }
    row.pad_to(2 + columns.name + 1 + columns.value);
    if !columns.chosen {
        row.push(format!(" {}", keymap::about(action)), Role::Muted);
    }
}

/// What the selected line does and takes, in whole sentences.
fn details(cx: &Cx<'_>, line: Line<'_>, width: usize, rows: &mut Vec<Row>) {
    let mut say = |text: &str| Styled::of(text, Role::Muted).flow(Row::of("     ", Role::Text), width, rows);
    match line {
        Line::Setting(setting) => {
            say(&setting.about);
            say(&format!("takes {}; usually {}", setting.accepts, setting.usual));
        }
        Line::Keys(action) => {
            say(keymap::about(action));
            let usual: Vec<String> = keymap::usual(action).iter().map(ToString::to_string).collect();
            if cx.app.configured.keys.contains_key(action.name()) {
                say(&format!("usually {}", usual.join(" ")));
            }
        }
    }
}
