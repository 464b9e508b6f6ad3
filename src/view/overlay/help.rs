//! All keys: for this place first, in as many columns as there is room for; letters narrow them.

use crate::keymap::{self, Item, Section};
use crate::text::{self, Needle};
use crate::theme::Role;
use crate::view::area::cells;
use crate::view::flow::Styled;
use crate::view::glyphs::keys_in_ascii;
use crate::view::{Area, Cx, Look, Row, Scene, find, replay_bar};

/// Columns of text need so many cells each.
const COLUMN: usize = 56;
/// Cells before a sentence: the keys.
const KEYS: usize = 14;

/// Draws the list from row `top` on, over the whole area.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, top: usize, filter: Option<&str>) {
    let needle = filter.and_then(Needle::new);
    let sections: Vec<Section> =
        keymap::help(cx.app).into_iter().filter_map(|all| narrowed(all, needle.as_ref())).collect();
    let width = area.columns();
    let columns = (width / COLUMN).clamp(1, 3);
    let has_track = cx.app.replay.is_some() && needle.is_none();
    let legend = if has_track { replay_bar::legend(cx.glyphs) } else { Vec::new() };
    let mut rows = beside(cx, &sections, legend, columns, width / columns);
    if rows.is_empty() {
        rows.push(Row::of("   no key says that", Role::Muted));
    }
    if let Some(needle) = &needle {
        find::mark(needle, &mut rows);
    }
    let head = usize::from(filter.is_some());
    let room = area.rows().saturating_sub(1 + head);
    let top = top.min(rows.len().saturating_sub(room));
    scene.painted.help_top = Some(top);
    let below = rows.len().saturating_sub(top + room);
    let mut shown: Vec<Row> = rows.into_iter().skip(top).take(room).collect();
    if below > 0 {
        shown.pop();
        shown.push(Row::of(format!(" {} {} more", cx.glyphs.below, below + 1), Role::Info));
    }
    shown.resize(room, Row::new());
    let typed = filter.map(|filter| text::visible(filter).text.into_owned());
    if let Some(typed) = &typed {
        let mut line = Row::of(" / ", Look::strong(Role::Accent)).with(typed.clone(), Look::strong(Role::Text));
        if typed.is_empty() {
            line.push(" type to narrow", Role::Muted);
        }
        shown.insert(0, line);
    }
    let body = super::drawer(cx, scene, area, "KEYS", shown);
    let column = typed.map(|typed| 3 + text::width(&typed));
    if let Some(column) = column.filter(|&column| column < body.columns() && body.rows() > 0) {
        scene.cursor = Some((body.x.saturating_add(cells(column)), body.y));
    }
}

/// A section with only those keys that say what is typed.
fn narrowed(section: Section, needle: Option<&Needle>) -> Option<Section> {
    let Some(needle) = needle else { return Some(section) };
    let named = |item: &Item| needle.find(&item.action.name().replace('-', " ")).is_some();
    let says = |item: &Item| needle.find(&item.what).is_some() || needle.find(&item.keys).is_some() || named(item);
    let items: Vec<Item> = section.items.into_iter().filter(says).collect();
    (!items.is_empty()).then_some(Section { items, ..section })
}

/// The sections in columns: each goes below the shortest one, so that this place stands at the top, and `legend` behind it.
fn beside(cx: &Cx<'_>, sections: &[Section], mut legend: Vec<Row>, columns: usize, width: usize) -> Vec<Row> {
    let mut down: Vec<Vec<Row>> = vec![Vec::new(); columns];
    for section in sections {
        let Some(shortest) = down.iter_mut().min_by_key(|column| column.len()) else { break };
        if !shortest.is_empty() {
            shortest.push(Row::new());
        }
        rows(cx, section, width.saturating_sub(1), shortest);
        if let Some(shortest) = down.iter_mut().min_by_key(|column| column.len()).filter(|_| !legend.is_empty()) {
            if !shortest.is_empty() {
                shortest.push(Row::new());
            }
            shortest.extend(legend.drain(..).map(|row| row.clip(width.saturating_sub(1))));
        }
    }
    let long = down.iter().map(Vec::len).max().unwrap_or(0);
    let line = |n: usize| {
        let mut row = Row::new();
        for (at, column) in down.iter().enumerate() {
            if let Some(own) = column.get(n) {
                row.pad_to(at * width);
                row.append(own.clone());
            }
        }
        row
    };
    (0..long).map(line).collect()
}

/// One section: its title, then its keys with their sentences, whole.
fn rows(cx: &Cx<'_>, section: &Section, width: usize, out: &mut Vec<Row>) {
    let look = if section.here { Look::strong(Role::EdgeFocused) } else { Role::Muted.into() };
    out.push(Row::of(format!(" {}", section.title), look).clip(width));
    for item in &section.items {
        let keys = if cx.glyphs.ascii { keys_in_ascii(&item.keys) } else { item.keys.clone() };
        let mut lead = Row::of(format!("   {keys}"), Look::strong(Role::Text));
        lead.pad_to((3 + KEYS).min(width / 2));
        lead.push(if text::width(&keys) >= KEYS { " " } else { "" }, Role::Text);
        let role = if section.here { Role::Text } else { Role::Muted };
        Styled::of(&item.what, role).flow(lead, width, out);
    }
}
