//! A session as a film of a terminal: it plays, it ends with the frame that the console shows, and it has no secrets.

use super::support::cli::{json, taut};
use super::written;
use serde_json::Value;
use std::fs;
use std::num::NonZero;

/// What a terminal shows that has played a cast to its end.
pub(super) fn last_screen(cast: &str) -> Vec<String> {
    let lines = json(cast);
    let size = |name: &str| NonZero::new(u16::try_from(lines[0][name].as_u64().unwrap()).unwrap()).unwrap();
    let mut terminal = vt100::Parser::new(size("height"), size("width"), 0);
    lines[1..].iter().for_each(|event| terminal.process(event[2].as_str().unwrap().as_bytes()));
    terminal.screen().rows(0, size("width").get()).map(|row| row.trim_end().to_owned()).collect()
}

fn rows(frame: &str) -> Vec<String> {
    frame.lines().map(|row| row.trim_end().to_owned()).collect()
}

#[test]
fn a_cast_plays_to_the_frame_that_the_console_shows() {
    let home = tempfile::tempdir().unwrap();
    written(&home.path().join("old"), "aaaa-1", 3);
    taut(home.path(), &["import", "old"]).well();
    for size in ["80x24", "120x36"] {
        let cast = taut(home.path(), &["export", "aaaa", "--format", "cast", "--size", size]).well();
        let lines = json(&cast);
        let (width, height) = size.split_once('x').unwrap();
        assert_eq!(
            (&lines[0]["version"], lines[0]["width"].to_string(), lines[0]["height"].to_string()),
            (&Value::from(2), width.to_owned(), height.to_owned())
        );
        assert!(lines[0]["timestamp"].as_i64().unwrap() > 1_700_000_000 && lines[0]["title"].is_string());
        // Every prompt and every answer in a frame of its own, and no gap longer than two seconds.
        let times: Vec<f64> = lines[1..].iter().map(|event| event[0].as_f64().unwrap()).collect();
        assert_eq!(times, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert!(lines[1..].iter().all(|event| event[1] == "o" && event.as_array().unwrap().len() == 3));
        let shown = taut(home.path(), &["replay", "aaaa", "--print", "--size", size]).well();
        assert_eq!(last_screen(&cast), rows(&shown), "{size}");
        // And before its end that of an earlier record.
        let half: String = cast.split_inclusive('\n').take(3).collect();
        let early = last_screen(&half).join("\n");
        assert!(early.contains("Answer 1.") && !early.contains("prompt 2"), "{early}");
    }
}

#[test]
fn a_cast_has_no_secrets_unless_they_are_asked_for() {
    const KEY: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
    let home = tempfile::tempdir().unwrap();
    let path = written(&home.path().join("old"), "aaaa-1", 1);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("Answer 1.", &format!("The key is {KEY}, keep it."))).unwrap();
    taut(home.path(), &["import", "old"]).well();
    let cast = taut(home.path(), &["export", "aaaa", "--format", "cast"]);
    assert!(cast.err.contains("1 secret left out: 1 "), "{}", cast.err);
    let screen = last_screen(&cast.out).join("\n");
    assert!(screen.contains("The key is [redacted: ") && !cast.out.contains("ghp_"), "{screen}");
    let raw = taut(home.path(), &["export", "aaaa", "--format", "cast", "--raw", "--size", "120x36"]).well();
    assert!(last_screen(&raw).join("\n").contains(KEY));
}
