//! Diffs as people see them: forty hard ones with their expected cells, unified and side by side, and what must hold of any.
//! `UPDATE_GOLDEN=1 cargo test --test diffs` writes the expected cells anew.

#![allow(clippy::unwrap_used, clippy::format_push_string, clippy::format_collect, dead_code, reason = "tests")]

mod any;
mod corpus;
#[path = "../cards/desk.rs"]
mod desk;
mod keys;
mod read;
#[path = "../support/mod.rs"]
mod support;

use desk::{Desk, change, edit, whole};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeSet;
use std::path::Path;
use taut::diff::Layout;
use taut::domain::{Digest, FileChange};
use taut::theme::{Depth, Theme};
use taut::ui::diffs::{Long, Manner};
use taut::ui::msg::Hit;
use taut::view::{Row, Scene, layout, paint, to_text};

/// A manner in which changes are shown.
pub(crate) fn manner(layout: Layout) -> Manner {
    Manner { layout, long: Long::Wrapped }
}

/// The rows of the payload that a frame shows.
pub(crate) fn payload(scene: &Scene) -> Vec<Row> {
    let card = scene.painted.card.unwrap();
    let area = scene.painted.hits.iter().find(|(_, hit)| matches!(hit, Hit::Card)).unwrap().0;
    let region = scene.regions.iter().rev().find(|region| region.area.tuple() == area).unwrap();
    for row in &region.rows {
        assert!(row.width() <= usize::from(scene.size.0), "{row:?}");
    }
    region.rows.iter().take(card.rows).cloned().collect()
}

pub(crate) fn line(row: &Row) -> String {
    let text: String = row.spans.iter().map(|span| span.text.as_ref()).collect();
    text.trim_end().to_owned()
}

fn shown(changes: &[FileChange], layout: Layout, width: u16) -> String {
    let mut desk = whole(edit(changes.to_vec()));
    desk.app.manner = manner(layout);
    let scene = desk.settled((width, 300));
    let card = scene.painted.card.unwrap();
    assert_eq!(card.rows, card.of, "all of it is on the screen");
    payload(&scene).iter().map(|row| format!("{}\n", line(row))).collect()
}

/// Every case at two widths in both layouts: unified at 44 and 100 columns, side by side at 84 and 120.
#[test]
fn hard_diffs_are_shown_as_expected() {
    let (mut names, mut wrong) = (BTreeSet::new(), Vec::new());
    for (name, changes) in corpus::all() {
        assert!(names.insert(name), "{name} twice");
        let mut text = String::new();
        for (title, layout, width) in [
            ("unified, 100", Layout::Unified, 100),
            ("unified, 44", Layout::Unified, 44),
            ("side by side, 120", Layout::Split, 120),
            ("side by side, 84", Layout::Split, 84),
        ] {
            text.push_str(&format!("== {title}\n{}", shown(&changes, layout, width)));
        }
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/diff/{name}.txt"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        if std::fs::read_to_string(&file).unwrap_or_default() != text {
            wrong.push(format!("{} differs; it is now:\n{text}", file.display()));
        }
    }
    assert!(names.len() >= 40, "{}", names.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The looks of some of them in cells, with the colours of code: dark, light, sixteen colours and none.
#[test]
fn looks_are_as_expected() {
    let mut text = String::new();
    for name in ["rust-edit", "words", "new-file", "crlf-to-lf", "wide", "hidden"] {
        let (_, changes) = corpus::all().into_iter().find(|(case, _)| *case == name).unwrap();
        for layout in [Layout::Unified, Layout::Split] {
            let mut desk = whole(edit(changes.clone()));
            desk.app.manner = manner(layout);
            let plain = desk.settled((120, 60));
            let scene = coloured(&mut desk, (120, 60));
            assert_eq!(to_text(&plain), to_text(&scene), "colours move nothing");
            for (theme, depth) in
                [("dark", Depth::True), ("light", Depth::True), ("dark", Depth::Ansi16), ("terminal", Depth::None)]
            {
                let theme_at = Theme::built_in(theme).unwrap().at(depth);
                text.push_str(&format!("{name} {layout:?} {theme} {depth:?}: {}\n", hash(&scene, &theme_at)));
            }
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/diff/looks.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), text);
}

/// Draws with every colour of code that is wanted.
pub(crate) fn coloured(desk: &mut Desk, size: (u16, u16)) -> Scene {
    for wanted in desk.cache.take_code_wanted() {
        desk.cache.give_code(wanted.find());
    }
    layout(&desk.app, &mut desk.cache, size, support::frame::NOW)
}

fn cells(scene: &Scene, theme: &Theme) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, scene.size.0, scene.size.1));
    paint(scene, theme, &mut buffer);
    buffer
}

fn hash(scene: &Scene, theme: &Theme) -> String {
    let styles: String = cells(scene, theme).content.iter().map(|cell| format!("{:?}", cell.style())).collect();
    Digest::of(styles.as_bytes()).short()
}

/// Which of two lines is which is told by more than their code, in every theme and depth.
#[test]
fn code_never_hides_what_becomes_of_a_line() {
    let mut desk = whole(edit(vec![change("a.rs", Some("fn one() {}\n"), Some("fn two() {}\n"))]));
    desk.settled((120, 60));
    let scene = coloured(&mut desk, (120, 60));
    let rows = payload(&scene);
    let row_of = |sign: &str| rows.iter().position(|row| line(row).contains(&format!("{sign} fn"))).unwrap();
    let area = scene.painted.hits.iter().find(|(_, hit)| matches!(hit, Hit::Card)).unwrap().0;
    let at = |row: usize| area.1 + u16::try_from(row).unwrap();
    let (removed, added) = (at(row_of("−")), at(row_of("+")));
    for name in Theme::NAMES {
        for depth in [Depth::True, Depth::Ansi256, Depth::Ansi16] {
            let buffer = cells(&scene, &Theme::built_in(name).unwrap().at(depth));
            // The `n` of `fn`: the same code on both lines.
            let style = |y: u16| buffer.cell((10, y)).unwrap().style();
            assert_eq!(buffer.cell((10, removed)).unwrap().symbol(), "n");
            assert_ne!(style(removed), style(added), "{name} {depth:?}");
        }
        let depth = Depth::True;
        let theme = Theme::built_in(name).unwrap().at(depth);
        let keyword = cells(&scene, &theme).cell((10, added)).unwrap().style().fg;
        let wanted = if name == "terminal" { taut::theme::Role::Added } else { taut::theme::Role::SyntaxKeyword };
        assert_eq!(keyword, theme.style(wanted).fg, "{name}: code keeps its colours where the line has a ground");
    }
}
