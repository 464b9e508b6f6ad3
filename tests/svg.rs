//! The pictures of the screen are well formed, the same every time, and small.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::pedantic,
    clippy::type_complexity,
    clippy::many_single_char_names,
    reason = "tests"
)]

#[path = "support/svg.rs"]
mod svg;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use svg::{DARK, LIGHT, svg};

fn buffer(lines: &[&str]) -> Buffer {
    Buffer::with_lines(lines.iter().copied())
}

/// Every tag is closed, and no character is left that XML does not allow.
fn check(picture: &str) {
    let mut open = Vec::new();
    for tag in picture.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').expect("every tag ends");
        assert!(!text.contains('>') && !text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        assert!(
            text.split('&')
                .skip(1)
                .all(|entity| ["amp;", "lt;", "gt;", "quot;"].iter().any(|known| entity.starts_with(known)))
        );
        let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap_or_default();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn text_is_escaped_and_controls_are_gone() {
    let mut hostile = buffer(&["a <b> & \"c\""]);
    hostile[(0, 0)].set_symbol("\u{1b}");
    let picture = svg(&hostile, &DARK, Some("<taut> \u{1b}[2J"));
    check(&picture);
    assert!(picture.contains("&lt;b&gt; &amp; &quot;c&quot;") && picture.contains("&lt;taut&gt; [2J"));
}

#[test]
fn box_drawing_is_strokes_without_gaps() {
    let picture = svg(&buffer(&["┌──┬──┐", "│  │  │", "└──┴──┘"]), &DARK, None);
    check(&picture);
    assert!(!picture.contains("<text"));
    // Three verticals and two horizontals, each one stroke from end to end.
    let path = picture.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(path.matches('M').count(), 5, "{path}");
    assert_eq!(svg(&buffer(&["╭╮", "╰╯"]), &DARK, None).matches('Q').count(), 4);
}

#[test]
fn wide_characters_keep_their_cells() {
    let picture = svg(&buffer(&["ab日本cd"]), &DARK, None);
    for run in [">ab<", ">日<", ">本<", ">cd<"] {
        assert!(picture.contains(run), "{run} in {picture}");
    }
    assert!(picture.contains("x=\"28\" y=\"24\" textLength=\"18\">日"), "{picture}");
    assert!(picture.contains("x=\"64\" y=\"24\" textLength=\"18\">cd"), "{picture}");
}

#[test]
fn styles_are_classes_and_grounds_grow_downwards() {
    let mut styled = buffer(&["abcd", "abcd"]);
    styled.set_style(
        Rect::new(0, 0, 2, 2),
        Style::new().fg(Color::Red).bg(Color::Rgb(1, 2, 3)).add_modifier(Modifier::BOLD),
    );
    styled.set_style(Rect::new(2, 0, 2, 2), Style::new().add_modifier(Modifier::REVERSED));
    let picture = svg(&styled, &LIGHT, None);
    check(&picture);
    assert!(picture.contains("<rect x=\"10\" y=\"10\" width=\"18\" height=\"38\" fill=\"#010203\"/>"), "{picture}");
    assert!(picture.contains(".a{fill:#ab2a24;font-weight:700}"), "{picture}");
    assert!(picture.contains(".b{fill:#fbfaf7}") && picture.contains("fill=\"#2a2d34\""), "{picture}");
}

#[test]
fn a_busy_screen_is_small_and_the_same_every_time() {
    let mut busy = Buffer::empty(Rect::new(0, 0, 120, 36));
    let roles = [Color::Reset, Color::Yellow, Color::Green, Color::Red, Color::DarkGray, Color::Cyan];
    for y in 0..36u16 {
        let line = format!(
            "│ {y:>3} ✓ read  src/some/file_{y}.rs │ fn verify(token: &str) -> bool {{ █████▒▒░░ }} │ 1.2k 40ms"
        );
        busy.set_string(0, y, &line, Style::new());
        for x in 0..120u16 {
            let colour = roles[usize::from((x / 7 + y) % 6)];
            busy[(x, y)].set_fg(colour);
        }
    }
    let picture = svg(&busy, &DARK, Some("taut"));
    check(&picture);
    assert_eq!(picture, svg(&busy, &DARK, Some("taut")));
    assert!(picture.len() < 60_000, "{} bytes", picture.len());
}
