//! The panes: one, or several with rules between them.

use super::{Area, Cache, Cx, Row, Scene, pane};
use crate::ui::room::{self, LEAST_ROWS};

/// Draws the panes of the grid; where they have no room, the focused one alone.
pub(super) fn draw(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area, downs: &mut Vec<u16>) {
    let app = cx.app;
    let shape = room::shape(app.grid, area.width, area.height, LEAST_ROWS);
    let Some((across, down)) = shape.filter(|&(across, down)| !app.zoom && across * down > 1) else {
        pane::draw(cx, cache, scene, area, app.pane, pane::Among::Alone);
        return;
    };
    let columns = split(area.x, area.width, across);
    let rows = split(area.y, area.height, down);
    for (n, (y, height)) in rows.iter().enumerate() {
        for (m, (x, width)) in columns.iter().enumerate() {
            let place = Area { x: *x, y: *y, width: *width, height: *height };
            let number = n * columns.len() + m;
            pane::draw(cx, cache, scene, place, number, pane::Among::Others);
        }
    }
    for (x, _) in columns.iter().skip(1) {
        let line = Area { x: x.saturating_sub(1), width: 1, ..area };
        scene.put(line, (0..line.rows()).map(|_| Row::of(cx.glyphs.down, cx.edge())).collect());
        downs.push(line.x);
    }
    for (y, _) in rows.iter().skip(1) {
        let line = Area { y: y.saturating_sub(1), height: 1, ..area };
        let own: Vec<u16> = columns.iter().skip(1).map(|(x, _)| x.saturating_sub(1)).collect();
        let signs = line.x..line.x.saturating_add(line.width);
        let signs: String = signs.map(|x| if own.contains(&x) { cx.glyphs.cross } else { cx.glyphs.across }).collect();
        scene.put_row(line, Row::of(signs, cx.edge()));
    }
}

/// Divides a length into parts with one cell between them: where each begins, and how long it is. The first ones are
/// longer where it does not come out even.
fn split(from: u16, length: u16, parts: u16) -> Vec<(u16, u16)> {
    let parts = parts.max(1);
    let room = length.saturating_sub(parts - 1);
    let mut at = from;
    (0..parts)
        .map(|n| {
            let each = room / parts + u16::from(n < room % parts);
            let begin = at;
            at = at.saturating_add(each).saturating_add(1);
            (begin, each)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_rules_fill_the_length() {
        for length in 0..80 {
            for parts in 1..4 {
                let split = split(5, length, parts);
                let used: u16 = split.iter().map(|(_, each)| each).sum::<u16>() + parts - 1;
                assert_eq!(used, length.max(parts - 1));
                assert!(split.windows(2).all(|pair| pair[1].0 == pair[0].0 + pair[0].1 + 1));
                assert!(split[0].1 - split[split.len() - 1].1 <= 1, "{split:?}");
            }
        }
    }
}
