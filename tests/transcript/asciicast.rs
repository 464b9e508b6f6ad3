//! Recordings of terminals: what stood on the screen as of each moment.

use super::follow_as;
use proptest::prelude::*;
use taut::domain::{CallStatus, Event, OutputPart};
use taut::text::ansi;
use taut::transcript::{Told, asciicast::Asciicast};

fn told(text: &str) -> Vec<Told> {
    follow_as(&Asciicast, [text.as_bytes()], true).told
}

/// Each screen, with when it stood there.
fn screens(told: &[Told]) -> Vec<(i64, String)> {
    let screen = |told: &Told| match &told.event {
        Event::CallOutput { part: OutputPart::Replace(text), .. } => {
            let lines = ansi::lines(text.inline().unwrap());
            let text = lines.iter().map(|line| line.text.trim_end()).collect::<Vec<_>>().join("|");
            Some((told.said_at.unwrap().0, text))
        }
        _ => None,
    };
    told.iter().filter_map(screen).collect()
}

fn notes(told: &[Told]) -> Vec<String> {
    let note = |told: &Told| match &told.event {
        Event::Noted { text, .. } => Some(text.inline().unwrap().to_owned()),
        _ => None,
    };
    told.iter().filter_map(note).collect()
}

#[test]
fn the_screen_is_told_as_of_each_moment() {
    let all = told(concat!(
        "{\"version\": 2, \"width\": 20, \"height\": 3, \"timestamp\": 5, \"env\": {\"SHELL\": \"/bin/sh\"}}\n",
        "[0.5, \"o\", \"$ \"]\n",
        "[1.0, \"i\", \"ls\"]\n",
        "[1.0, \"o\", \"ls\"]\n",
        "[1.2, \"i\", \"\\r\"]\n",
        "[1.25, \"o\", \"\\r\\na b\"]\n",
        "[1.26, \"o\", \"\\r\\n$ \"]\n",
        "[1.27, \"o\", \"\\u001b[2J\\u001b[Hx\"]\n",
        "[2.0, \"m\", \"here\"]\n",
        "[3.0, \"r\", \"3x1\"]\n",
    ));
    // What changed within a glance is told as it was at its end; a size that changes nothing is told no second time.
    let expected = [(5_500, "$"), (6_000, "$ ls"), (6_250, "$ ls|a b"), (6_260, "x")];
    assert_eq!(screens(&all), expected.map(|(at, text)| (at, text.to_owned())));
    assert_eq!(notes(&all), ["typed: ls", "a mark: here"]);
    let last = all.iter().rev().find_map(|told| match &told.event {
        Event::Called { patch, .. } => patch.status,
        _ => None,
    });
    assert_eq!(last, Some(CallStatus::Done));
}

#[test]
fn the_other_versions_tell_the_same() {
    let third = concat!(
        "{\"version\":3,\"term\":{\"cols\":20,\"rows\":3},\"timestamp\":5}\n# a comment\n",
        "[0.5, \"o\", \"one\"]\n[1.0, \"o\", \" two\"]\n[1, \"x\", \"3\"]\n",
    );
    let first = "{\n\"version\": 1, \"width\": 20, \"height\": 3, \"timestamp\": 5,\n\"stdout\": [[0.5, \"one\"],\n[1.0, \" two\"]]}";
    let expected = [(5_500, "one".to_owned()), (6_500, "one two".to_owned())];
    assert_eq!(screens(&told(third)), expected);
    assert_eq!(screens(&told(first)), expected);
    let exit = told(third).iter().find_map(|told| match &told.event {
        Event::Called { patch, .. } => patch.exit,
        _ => None,
    });
    assert_eq!(exit, Some(3));
}

#[test]
fn what_is_damaged_or_not_known_costs_itself_alone() {
    let out = follow_as(
        &Asciicast,
        [&b"{\"version\":2,\"width\":9,\"height\":2}\n[0.1, \"o\", \"a\"\n[0.2,\"z\",\"\"]\n[9,\"o\",\"b\"]\n"[..]],
        true,
    );
    assert_eq!(out.places.len(), 2);
    assert!(out.told.iter().any(|told| matches!(&told.event, Event::CallOutput { part: OutputPart::Replace(text), .. } if text.inline().unwrap().contains('b'))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever is written to it: the screen is told in lines of text, and the only escapes are colours.
    #[test]
    fn nothing_but_colours_comes_out(
        writes in prop::collection::vec("(\u{1b}\\[[0-9;?]{0,8}[@-~]|\u{1b}[#()78=>DEHMc]|\u{1b}\\][0-2];x|\u{9b}|[\\r\\n\\t\u{8}\u{0}]|[a-z]{1,9}|日|é|\\PC){0,12}", 0..12),
        sizes in prop::collection::vec((0..40u16, 0..12u16), 1..5),
    ) {
        let mut text = "{\"version\":2,\"width\":7,\"height\":4,\"timestamp\":1}\n".to_owned();
        for (n, write) in writes.iter().enumerate() {
            let (columns, rows) = sizes[n % sizes.len()];
            for line in [serde_json::json!([n, "o", write]), serde_json::json!([n, "r", format!("{columns}x{rows}")])] {
                text.push_str(&line.to_string());
                text.push('\n');
            }
        }
        for told in told(&text) {
            let Event::CallOutput { part: OutputPart::Replace(screen), .. } = told.event else { continue };
            let screen = screen.inline().unwrap();
            let mut rest = screen;
            while let Some(at) = rest.find('\u{1b}') {
                let (code, after) = rest[at + 1..].split_once('m').unwrap();
                prop_assert!(code.starts_with("[0") && code[1..].bytes().all(|byte| byte.is_ascii_digit() || byte == b';'), "{screen:?}");
                rest = after;
            }
            let plain = screen.replace('\u{1b}', "");
            prop_assert!(!plain.chars().any(|c| c.is_control() && c != '\n'), "{screen:?}");
        }
    }
}
