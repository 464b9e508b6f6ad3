//! Settings that were changed while agents run: what was shown is what is taken.

use super::support::console::Console;
use taut::domain::{
    Answer, Command, Digest, HubStatus, Query, Reply, SettingsDiff, SettingsFile, SettingsInForce, SettingsLine,
    SettingsWait,
};
use taut::ui::{Effect, Msg, Overlay, Painted, PaintedAccept};

fn digest() -> Digest {
    Digest::of(b"what was shown")
}

fn status(digest: Option<Digest>) -> HubStatus {
    let waits = vec![SettingsWait { file: SettingsFile::Policy, digest, keys: Vec::new() }];
    HubStatus { settings: Some(SettingsInForce { waits, ..SettingsInForce::default() }), ..HubStatus::default() }
}

fn answer(left_out: u64) -> Msg {
    let lines = vec![SettingsLine::Came { text: "then = \"allow\"".to_owned() }];
    let waits = vec![SettingsDiff { file: SettingsFile::Policy, digest: Some(digest()), lines, left_out }];
    Msg::Answered(Answer::Settings { waits })
}

/// A frame that shows ten rows of these, from `top` on.
fn frame(console: Console, top: usize, of: usize) -> Console {
    let accept = Some(PaintedAccept { top, rows: 10.min(of), of });
    console.tell(Msg::Painted(Box::new(Painted { accept, ..Painted::default() })))
}

fn asked() -> Console {
    let console = Console::working().tell(Msg::Status(status(Some(digest())))).press("ctrl-y");
    let asks = |effect: &Effect| matches!(effect, Effect::Ask(Query::Settings));
    assert!(console.effects.iter().any(asks), "{:?}", console.effects);
    console
}

fn is_open(console: &Console) -> bool {
    matches!(console.app.overlay, Some(Overlay::Accept(_)))
}

fn taken(console: &Console) -> usize {
    console.commands().iter().filter(|command| matches!(command, Command::AcceptSettings { .. })).count()
}

#[test]
fn what_was_shown_is_taken_and_only_after_it_was_read_to_its_end() {
    let console = asked().tell(answer(0));
    assert!(is_open(&console));
    // No frame showed it yet.
    let console = console.quietly(|console| console.wait(5_000).press_at_once("y")).says("has just appeared");
    let console = frame(console, 0, 25).wait(1_000).press_at_once("y").says("not all of it was on the screen: space");
    // A jump over rows reads none of them.
    let console = frame(console, 15, 25).wait(1_000).press_at_once("y").says("not all of it");
    let console = frame(frame(console, 8, 25), 15, 25);
    assert_eq!(taken(&console), 0);
    let console = console.wait(1_000).press_at_once("y");
    assert!(!is_open(&console));
    console
        .sends(&Command::AcceptSettings { file: SettingsFile::Policy, digest: Some(digest()) })
        .replies(Reply::Refused { why: "policy.toml says other things by now".to_owned() })
        .says("says other things by now");
}

#[test]
fn other_rows_than_before_are_read_anew() {
    let console = frame(asked().tell(answer(0)), 0, 12);
    // The window is another one: the rows are fitted otherwise.
    let console = frame(console, 2, 14).wait(1_000).press_at_once("y").says("not all of it was on the screen");
    assert_eq!(taken(&console), 0);
}

#[test]
fn what_changes_while_it_is_read_is_not_taken() {
    let console = frame(asked().tell(answer(0)), 0, 1);
    let other = Some(Digest::of(b"what an agent wrote since"));
    let console = console.tell(Msg::Status(status(other))).says("nothing was taken by this").wait(1_000);
    assert!(!is_open(&console));
    assert_eq!(taken(&console.press_at_once("y")), 0);
}

#[test]
fn what_is_not_shown_whole_can_not_be_taken() {
    let console = frame(asked().tell(answer(7)), 0, 3).wait(1_000).press_at_once("y").says("too long to be taken here");
    assert!(is_open(&console));
    assert_eq!(taken(&console), 0);
    // Esc and n leave it.
    assert!(!is_open(&console.press("n")));
}

#[test]
fn it_never_comes_under_a_hand_that_has_gone_on() {
    let console = asked().press("i").tell(answer(0)).says("can be looked at now: ctrl-y");
    assert!(!is_open(&console));
    // An answer that nobody asked for is no question.
    assert!(!is_open(&Console::working().tell(answer(0))));
}
