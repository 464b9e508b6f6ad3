//! Settings that change while agents run: not in force until a human takes them, or no agent runs.

use super::support::hub::{Bench, HEAR, places, question, turn_end};
use super::{idle, repo, scratch};
use std::fs;
use std::path::Path;
use taut::domain::{
    Answer, By, Command, Digest, Event, OfferKind, Query, Reply, SettingsDiff, SettingsFile, SettingsLine,
};

/// A question whether call `n` may run `make`.
fn asks(n: u32) -> String {
    let call = r#""kind":"execute","status":"pending","rawInput":{"command":"make"}"#;
    question(n, call).replace(r#""toolCallId":"c""#, &format!(r#""toolCallId":"c{n}""#))
}

fn allow_make(folder: &Path) {
    let policy = places(folder).policy;
    fs::create_dir_all(policy.parent().unwrap()).unwrap();
    fs::write(policy, "[[rule]]\nthen = \"allow\"\ncommand = \"make\"\n").unwrap();
}

fn answered(bench: &Bench) -> Vec<By> {
    let of = |event: &Event| if let Event::Decided { by, .. } = event { Some(by.clone()) } else { None };
    bench.records.iter().filter_map(|record| of(&record.event)).collect()
}

/// What the hub says waits.
fn waits(bench: &mut Bench, words: &str) {
    let said =
        |bench: &Bench| bench.status.settings.as_ref().map(taut::domain::SettingsInForce::words).unwrap_or_default();
    bench.until(words, |bench| said(bench) == words);
}

#[test]
fn a_rule_that_was_written_while_an_agent_runs_allows_nothing_until_it_is_taken() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let lines = [HEAR, &asks(11), HEAR, &asks(12), HEAR, &asks(13), HEAR, &turn_end(3, "end_turn")];
    let id = bench.script(&repo(&folder), &lines, Some("go"));
    let first = bench.waiting();
    allow_make(folder.path());
    bench.link.wishes().reconfigure();
    waits(&mut bench, "policy.toml");
    assert_eq!(bench.answer(first, OfferKind::AllowOnce), Reply::Done);
    let second = bench.waiting();
    assert_eq!(answered(&bench), [By::Human], "the rule is not in force");
    // The warning names the key of the console's own table.
    let key = taut::keymap::usual(taut::ui::Action::AcceptSettings)[0].to_string();
    let warned = |event: &Event| matches!(event, Event::Noted { text, .. } if text.inline().unwrap().contains(&format!("({key} shows what)")));
    assert!(bench.position(warned).is_some());
    // Nothing but what was shown is taken.
    let file = SettingsFile::Policy;
    let other = bench.command(Command::AcceptSettings { file, digest: Some(Digest::of(b"other")) });
    assert!(matches!(&other, Reply::Refused { why } if why.contains("says other things by now")), "{other:?}");
    let digest = bench.status.settings.as_ref().unwrap().waits[0].digest;
    // What differs is told with the very digest that is taken.
    bench.link.ask(Query::Settings);
    bench.until("the difference", |bench| !bench.answers.is_empty());
    let Some(Answer::Settings { waits: told }) = bench.answers.pop() else { panic!("another answer") };
    let rule = ["[[rule]]", "then = \"allow\"", "command = \"make\""];
    let lines = rule.map(|text| SettingsLine::Came { text: text.to_owned() }).to_vec();
    assert_eq!(told, [SettingsDiff { file, digest, lines, left_out: 0 }]);
    assert_eq!(bench.command(Command::AcceptSettings { file, digest }), Reply::Done);
    waits(&mut bench, "");
    assert_eq!(bench.answer(second, OfferKind::AllowOnce), Reply::Done);
    bench.until("the end of the turn", |bench| idle(bench, id));
    assert_eq!(answered(&bench), [By::Human, By::Human, By::Rule]);
    let taken =
        |event: &Event| matches!(event, Event::SettingsAccepted { file, by: By::Human, .. } if file == "policy.toml");
    assert!(bench.position(taken).is_some());
    bench.leave();
}

#[test]
fn when_no_agent_runs_any_more_what_the_files_say_is_in_force() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let id = bench.script(&repo(&folder), &[HEAR, &asks(11), HEAR], Some("go"));
    bench.waiting();
    allow_make(folder.path());
    fs::create_dir_all(folder.path().join("config")).unwrap();
    fs::write(folder.path().join("config/config.toml"), "deadline = \"1h\"\n[keys]\nallow = \"x\"\n").unwrap();
    bench.link.wishes().reconfigure();
    waits(&mut bench, "policy.toml; config.toml: deadline, keys.allow");
    assert_eq!(bench.command(Command::End { session: id }), Reply::Done);
    waits(&mut bench, "");
    let lines = [HEAR, &asks(11), HEAR, &turn_end(3, "end_turn")];
    let next = bench.script(&repo(&folder), &lines, Some("go"));
    bench.until("the end of the turn", |bench| idle(bench, next));
    assert_eq!(answered(&bench), [By::Rule]);
    bench.leave();
}

#[test]
fn a_fault_that_is_written_and_mended_by_other_rules_lets_nothing_pass() {
    let folder = scratch();
    let mut bench = Bench::new(folder.path());
    let lines = [HEAR, &asks(11), HEAR, &asks(12), HEAR];
    bench.script(&repo(&folder), &lines, Some("go"));
    let first = bench.waiting();
    let policy = places(folder.path()).policy;
    fs::create_dir_all(policy.parent().unwrap()).unwrap();
    fs::write(&policy, "[[rule]]\nthen = \"alow\"\n").unwrap();
    bench.link.wishes().reconfigure();
    bench.until("the fault", |bench| bench.status.config_error.is_some());
    allow_make(folder.path());
    bench.link.wishes().reconfigure();
    waits(&mut bench, "policy.toml");
    assert_eq!(bench.answer(first, OfferKind::AllowOnce), Reply::Done);
    bench.waiting();
    assert_eq!(answered(&bench), [By::Human]);
    // Looks and what is as it was wait for nobody.
    fs::remove_file(&policy).unwrap();
    fs::create_dir_all(folder.path().join("config")).unwrap();
    fs::write(folder.path().join("config/config.toml"), "mouse = false\nscroll = 2\n").unwrap();
    bench.link.wishes().reconfigure();
    waits(&mut bench, "");
    bench.leave();
}
