//! The question whether changed settings shall hold: what differs, line by line, and how to read on.

use crate::domain::{SettingsDiff, SettingsLine};
use crate::keymap;
use crate::text;
use crate::theme::Role;
use crate::ui::{Accept, Action, PaintedAccept};
use crate::view::flow::Styled;
use crate::view::{Area, Cx, Look, Row, Scene};

/// Draws the question, and as much of the difference as there is room for.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, question: &Accept) {
    let width = area.columns().saturating_sub(2).max(1);
    let ask = "Put in force what changed while agents run? If that was not you, answer no, and look at the files.";
    let mut rows = Vec::new();
    Styled::of(ask, Look::strong(Role::Text)).flow(Row::of(" ", Role::Text), width, &mut rows);
    for wait in &question.waits {
        file(cx, wait, width, &mut rows);
    }
    // One row of the screen below stays in sight, the drawer has a rule, and the last row says how much follows.
    let room = area.rows().saturating_sub(3).max(1);
    let of = rows.len();
    let top = question.top.min(of.saturating_sub(room));
    let mut shown: Vec<Row> = rows.into_iter().skip(top).take(room).collect();
    let (count, below) = (shown.len(), of.saturating_sub(top + shown.len()));
    if below > 0 {
        let key = keymap::key(cx.app, Action::PageDown).unwrap_or_default();
        let said = format!(" {} {below} more rows: {key} reads on", cx.glyphs.below);
        shown.push(Row::of(said, Look::strong(Role::Info)));
    } else if of > room && question.left_out() == 0 {
        shown.push(Row::of(" that is all of it", Role::Muted));
    }
    let body = super::drawer(cx, scene, area, "SETTINGS THAT WAIT", shown);
    // What had no room on the screen was not shown.
    scene.painted.accept = Some(PaintedAccept { top, rows: count.min(body.rows()), of });
}

/// One file: its name and how much of it changes, then every line of that.
fn file(cx: &Cx<'_>, wait: &SettingsDiff, width: usize, rows: &mut Vec<Row>) {
    let count = |is: fn(&SettingsLine) -> bool| wait.lines.iter().filter(|line| is(line)).count();
    let came = count(|line| matches!(line, SettingsLine::Came { .. }));
    let gone = count(|line| matches!(line, SettingsLine::Gone { .. }));
    let keys = count(|line| matches!(line, SettingsLine::Key { .. }));
    let said = match (wait.digest, keys) {
        (None, _) => "is gone".to_owned(),
        (Some(_), 0) if wait.lines.is_empty() => "says the same in other letters".to_owned(),
        (Some(_), 0) => format!("+{came} -{gone}"),
        (Some(_), 1) => "1 key".to_owned(),
        (Some(_), keys) => format!("{keys} keys"),
    };
    rows.push(
        Row::of(format!(" {}", wait.file.name()), Look::strong(Role::Info)).with(format!("  {said}"), Role::Muted),
    );
    for said in &wait.lines {
        line(cx, said, width, rows);
    }
    if wait.left_out > 0 {
        let said = format!(
            "{} more lines are left out here, so this can't be taken: read the rest in the file itself, and make it shorter",
            wait.left_out
        );
        Styled::of(&said, Look::strong(Role::Warn)).flow(Row::of("   ", Role::Text), width, rows);
    }
}

fn line(cx: &Cx<'_>, line: &SettingsLine, width: usize, rows: &mut Vec<Row>) {
    let (sign, role, said) = match line {
        SettingsLine::Gap { lines } => {
            let dots = if cx.glyphs.ascii { ":" } else { "⋯" };
            let plural = if *lines == 1 { "line" } else { "lines" };
            rows.push(Row::of(format!("   {dots} {lines} {plural} as before"), Role::Muted));
            return;
        }
        SettingsLine::Same { text } => (" ", Role::Muted, Styled::exact(text, Role::Muted)),
        SettingsLine::Gone { text } => ("-", Role::Removed, Styled::exact(text, Role::Removed)),
        SettingsLine::Came { text } => ("+", Role::Added, Styled::exact(text, Role::Added)),
        SettingsLine::Key { key, was, is } => {
            let arrow = if cx.glyphs.ascii { " -> " } else { " → " };
            let mut said = Styled::exact(key, Look::strong(Role::Text));
            said.push(" = ", Role::Muted);
            for (value, role, between) in [(was, Role::Removed, arrow), (is, Role::Added, "")] {
                match value {
                    Some(value) => said.push_visible(&text::visible(value), role),
                    None => said.push("not said", Role::Muted),
                }
                said.push(between, Role::Muted);
            }
            ("~", Role::Warn, said)
        }
    };
    let (lead, begins) = (Row::of(format!("   {sign} "), Look::strong(role)), rows.len());
    said.flow(lead.clone(), width, rows);
    // A long line has its sign in every row: none of it can pass for a line that is as before.
    for row in rows.iter_mut().skip(begins + 1) {
        row.spans.splice(..1, lead.spans.iter().cloned());
    }
}
