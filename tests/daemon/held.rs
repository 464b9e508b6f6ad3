//! An agent that writes the settings decides nothing by them: not by a rule, not by a command of the console's, not by keys.

use super::place::{Place, until};
use super::support::hub::Bench;
use super::support::pty::Terminal;
use taut::domain::{By, Command, Decision, Event, Reply};
use taut::hub::socket::Role;

/// An agent that writes rules that allow, a command, other keys and more money, and stays.
fn writes(place: &Place) {
    let folder = place.path().join(".config/taut");
    let ran = place.path().join("ran");
    let config = format!(
        "[attention]\ncommand = [\"touch\", \"{}\"]\n[budget]\nsession = \"900 USD\"\n[keys]\nallow = \"x\"\ndeny-interrupt = \"a\"\n",
        ran.display()
    );
    std::fs::write(place.path().join("theirs"), config).unwrap();
    let script = place.path().join("write.sh");
    let rules = "printf '[[rule]]\\nthen = \"allow\"\\nimpact = \"execute\"\\n[[rule]]\\nthen = \"allow\"\\nimpact = \"edit\"\\n'";
    let (theirs, folder) = (place.path().join("theirs"), folder.display());
    let lines = format!(
        "{rules} >{folder}/policy.toml\ncp {} {folder}/new\nmv {folder}/new {folder}/config.toml\n",
        theirs.display()
    );
    std::fs::write(&script, lines).unwrap();
    place.agent("writer", &super::agents::running(&script));
}

const WAITS: &str = "policy.toml; config.toml: attention.command, budget.session, keys.allow, keys.deny-interrupt";

fn decided(place: &Place, allow: bool) -> usize {
    place.count(|event| {
        matches!(event, Event::Decided { by: By::Console { .. }, decision, .. } if allow == matches!(decision, Decision::Allow { .. }))
    })
}

/// Opens the card of what waits, and lets it be read.
fn card(terminal: &Terminal) {
    terminal.shows("1 waiting");
    terminal.keys("w");
    terminal.shows("REVIEW 1 of 1");
}

#[test]
fn what_an_agent_writes_waits_for_a_human_at_a_console() {
    let place = Place::new();
    std::fs::create_dir_all(place.path().join(".config/taut")).unwrap();
    // Their own command calls them: where it has run, theirs would have.
    let called = place.path().join("called");
    let own = format!("[attention]\ncommand = [\"touch\", \"{}\"]\n[budget]\nsession = \"5 USD\"\n", called.display());
    std::fs::write(place.path().join(".config/taut/config.toml"), own).unwrap();
    place.done(&["daemon", "start"]);
    let mut terminal = Terminal::apart(place.path(), &[]);
    terminal.shows("Three things to do");
    writes(&place);
    until("the word of it", || place.done(&["daemon", "status"]).contains(WAITS));
    terminal.shows("SETTINGS  policy.toml; config.toml: attention.command").shows("ctrl-y shows what");
    assert!(place.done(&["doctor"]).contains("changed while agents run, and not in force"));
    // No script takes them.
    let (link, _) =
        taut::hub::socket::connect(&place.state().join("hub.sock"), &place.state(), None, Role::Console).unwrap();
    let mut script = Bench::following(link);
    script.until("the status", |bench| bench.status.settings.is_some());
    for wait in script.status.settings.clone().unwrap().waits {
        let reply = script.command(Command::AcceptSettings { file: wait.file, digest: wait.digest });
        assert!(matches!(&reply, Reply::Refused { why } if why.contains("not by a script")), "{reply:?}");
    }
    // No rule of theirs allows, no command runs, and `a` is still what it was: here, and in a console that is new.
    place.demo();
    place.waiting();
    until("the human is called", || called.exists());
    assert!(!place.path().join("ran").exists(), "their command was run");
    card(&terminal);
    let mut second = Terminal::apart(place.path(), &[]);
    second.shows("SETTINGS  policy.toml").shows("1 waiting");
    assert_eq!(place.count(|event| matches!(event, Event::Decided { .. })), 0);
    card(&second);
    second.presses("a", "the decision", |_| decided(&place, true) == 1);
    assert_eq!(decided(&place, false), 0);
    // A human takes them, and sees what.
    // The card says by now that it was answered, or not yet.
    let on_card = |second: &Terminal| ["REVIEW 1 of 1", "ANSWERED"].iter().any(|head| second.screen().contains(head));
    second.presses("\x1b", "the card off the screen", |second| !on_card(second));
    second.presses("\x19", "the question", |second| second.screen().contains("Put in force"));
    second.shows("+ then = \"allow\"").shows("~ budget.session = \"5 USD\" → \"900 USD\"");
    second.presses("y", "the acceptance", |second| !second.screen().contains("SETTINGS  policy.toml"));
    terminal.hides("SETTINGS  policy.toml");
    let taken = |event: &Event| matches!(event, Event::SettingsAccepted { by: By::Console { .. }, .. });
    assert_eq!(place.count(taken), 2);
    for console in [&mut terminal, &mut second] {
        console.close();
    }
}

#[test]
fn what_the_human_changes_in_the_settings_holds_at_once_and_nothing_of_others_with_it() {
    let place = Place::new();
    place.done(&["daemon", "start"]);
    place.demo();
    place.waiting();
    let mut terminal = Terminal::apart(place.path(), &[]);
    terminal.shows("1 waiting");
    let set = |terminal: &Terminal, key: &str, value: &str| {
        terminal.keys(":");
        terminal.shows("PALETTE");
        terminal.keys(&format!("setting {key}"));
        terminal.shows(&format!("▌  setting {key}"));
        terminal.keys("\r");
        terminal.shows("enter change").shows("; usually ");
        // The same key so soon after is a key that is held.
        terminal.presses("\r", "the field", |terminal| terminal.screen().contains("enter send"));
        terminal.keys("\x15");
        terminal.keys(value);
        let typed = |line: &str| line.starts_with('▌') && line.contains(key) && line.contains(value);
        terminal.until("what is typed", |terminal| terminal.screen().lines().any(typed));
        terminal.presses("\r", "the change", |terminal| terminal.screen().contains(&format!("written: {key}")));
    };
    let accepted = || place.count(|event| matches!(event, Event::SettingsAccepted { .. }));
    let status = || place.done(&["daemon", "status"]);
    set(&terminal, "deadline", "2h");
    until("their own change in force", || accepted() == 1 && !status().contains("not in force"));
    terminal.hides("SETTINGS  config.toml");
    terminal.keys("\x1b");
    // Somebody else gives `allow` another key: what the human writes beside it does not take that along.
    let file = place.path().join(".config/taut/config.toml");
    let theirs = format!("{}[keys]\nallow = \"x\"\ndeny-interrupt = \"a\"\n", std::fs::read_to_string(&file).unwrap());
    std::fs::write(&file, theirs).unwrap();
    terminal.shows("SETTINGS  config.toml: keys.allow, keys.deny-interrupt");
    set(&terminal, "budget.session", "3 USD");
    terminal.shows("not in force, since keys.allow");
    until("the word of all", || status().contains("config.toml: budget.session, keys.allow, keys.deny-interrupt"));
    assert_eq!(accepted(), 1);
    terminal.close();
}
