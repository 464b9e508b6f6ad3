//! What a step gave back, and frames that were not understood.

use crate::state::Step;
use crate::theme::Role;
use crate::ui::Want;
use crate::view::flow::Styled;
use crate::view::{Cx, Row, entry};

/// Bytes of JSON that are laid out; the rest is counted.
const MOST: usize = 32 << 10;
/// Lines of output shown from its end.
const TAIL: usize = 60;

/// What a step gave back: the end of it.
pub(super) fn output(cx: &Cx<'_>, step: &Step, width: usize, rows: &mut Vec<Row>, wants: &mut Vec<Want>) {
    if step.output.is_empty() {
        return;
    }
    rows.push(Row::new());
    rows.push(Row::of("output", Role::Muted));
    entry::ends(cx, &step.output, 0, TAIL, wants).rows(width, rows);
}

/// JSON with a row for every value; what is no JSON as it stands.
pub(super) fn json(source: &str, width: usize, rows: &mut Vec<Row>) {
    let whole = source.len() <= MOST;
    let value: Option<serde_json::Value> = whole.then(|| serde_json::from_str(source).ok()).flatten();
    if let Some(pretty) = value.and_then(|value| serde_json::to_string_pretty(&value).ok()) {
        return exact(&pretty, width, rows);
    }
    let reach = source.floor_char_boundary(MOST);
    exact(&source[..reach], width, rows);
    if reach < source.len() {
        rows.push(Row::of(format!("… {} more bytes …", source.len() - reach), Role::Info));
    }
}

fn exact(source: &str, width: usize, rows: &mut Vec<Row>) {
    for line in source.lines() {
        Styled::exact(line, Role::Text).flow(Row::new(), width, rows);
    }
}
