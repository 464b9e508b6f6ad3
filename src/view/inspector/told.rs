//! What a step was told, and what it gave back.

use crate::domain::Text;
use crate::state::{Session, Step};
use crate::theme::Role;
use crate::ui::Want;
use crate::view::body::Found;
use crate::view::flow::Styled;
use crate::view::{Cx, Row, entry};

/// Bytes of JSON that are laid out; the rest is counted.
const MOST: usize = 32 << 10;
/// Lines of output shown from its end.
const TAIL: usize = 60;

/// The payload of a step, then its output.
pub(super) fn rows(
    cx: &Cx<'_>,
    session: &Session,
    step: &Step,
    width: usize,
    rows: &mut Vec<Row>,
    wants: &mut Vec<Want>,
) {
    if let Some(command) = &step.command {
        exact(Found::of(cx.app, command).or_want(wants).unwrap_or("loading…"), width, rows);
        rows.push(Row::new());
    }
    for change in &step.changes {
        let path = Row::of(cx.path(session, &change.path), Role::Text);
        let one = Step { changes: vec![change.clone()], ..Step::default() };
        let count = entry::changed_lines(cx.app, &one, wants);
        rows.push(path.right(count.map_or_else(Row::new, |(added, removed)| entry::lines(cx, added, removed)), width));
    }
    if !step.changes.is_empty() {
        rows.push(Row::new());
    }
    if let Some(args) = step.args.as_ref().filter(|args| !args.is_empty() && *args != &Text::from("{}")) {
        head("arguments", rows);
        json(Found::of(cx.app, args).or_want(wants).unwrap_or("loading…"), width, rows);
        rows.push(Row::new());
    }
    if !step.output.is_empty() {
        head("output", rows);
        entry::ends(cx, &step.output, 0, TAIL, wants).rows(width, rows);
    }
}

fn head(word: &'static str, rows: &mut Vec<Row>) {
    rows.push(Row::of(word, Role::Muted));
}

/// JSON with a row for every value; what is no JSON as it stands.
pub(super) fn json(source: &str, width: usize, rows: &mut Vec<Row>) {
    let whole = source.len() <= MOST;
    let value: Option<serde_json::Value> = whole.then(|| serde_json::from_str(source).ok()).flatten();
    match value.and_then(|value| serde_json::to_string_pretty(&value).ok()) {
        Some(pretty) => exact(&pretty, width, rows),
        None => {
            let reach = source.floor_char_boundary(MOST);
            exact(&source[..reach], width, rows);
            if reach < source.len() {
                rows.push(Row::of(format!("… {} more bytes …", source.len() - reach), Role::Info));
            }
        }
    }
}

fn exact(source: &str, width: usize, rows: &mut Vec<Row>) {
    for line in source.lines() {
        Styled::exact(line, Role::Text).flow(Row::new(), width, rows);
    }
}
