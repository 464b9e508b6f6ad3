//! Settings with unknown keys, wrong colours, keys bound twice: said, and the rest is in force.

use super::leave;
use super::support::cli::{command, ran};
use super::support::pty::Terminal;
use std::fs;
use std::path::Path;

fn settings(folder: &Path, files: &[(&str, &str)]) {
    let place = folder.join(".config/taut");
    fs::create_dir_all(place.join("themes")).unwrap();
    for (name, text) in files {
        fs::write(place.join(name), text).unwrap();
    }
}

#[test]
fn bad_settings_are_said_in_the_header_and_by_doctor_and_the_console_works() {
    for (files, names) in [
        (
            vec![("config.toml", "them = \"dark\"\n")],
            vec!["config.toml:1", "`them`", "did you mean `theme`", "the defaults are in force"],
        ),
        (vec![("config.toml", "theme = \n= [")], vec!["config.toml:1", "not TOML"]),
        (vec![("config.toml", "theme = \"nope\"\n")], vec!["config.toml", "no theme is called", "nope.toml"]),
        (
            vec![("config.toml", "theme = \"mine\"\n"), ("themes/mine.toml", "[roles]\ndanger = \"rad\"\n")],
            vec!["mine.toml:2", "danger", "colour"],
        ),
        (vec![("config.toml", "[keys]\nhelp = \"q\"\n")], vec!["q is bound to both", "give one of them another"]),
        (vec![("config.toml", "[keys]\nhlep = \"x\"\n")], vec!["no action \"hlep\""]),
        (vec![("policy.toml", "[[rule]]\nthen = \"alow\"\n")], vec!["policy.toml:2", "alow", "everything asks"]),
        (
            vec![("policy.toml", "[[rule]]\nthen = \"deny\"\nimpcat = \"edit\"\n")],
            vec!["policy.toml:3", "impcat", "everything asks"],
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        settings(folder.path(), &files);
        let terminal = Terminal::sized(folder.path(), &[], 200, 36);
        terminal.shows("Three things to do").shows("CONFIG");
        // The sentence may go over several rows of the header.
        let flat = |terminal: &Terminal| terminal.screen().split_whitespace().collect::<Vec<_>>().join(" ");
        for name in &names {
            terminal.until(&format!("{name:?}"), |terminal| flat(terminal).contains(name));
        }
        // Mended while it runs, it is no longer said.
        let mended: Vec<(&str, &str)> = files.iter().map(|(name, _)| (*name, "")).collect();
        settings(folder.path(), &mended);
        terminal.hides("CONFIG");
        settings(folder.path(), &files);
        terminal.shows("CONFIG");
        leave(terminal);
        let mut doctor = command(folder.path(), &["doctor"]);
        let said = ran(doctor.env_remove("XDG_CONFIG_HOME"));
        let said = said.well();
        for name in &names {
            assert!(said.contains(name), "{name}: {said}");
        }
    }
}

#[test]
fn what_depends_on_the_settings_warns_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    settings(folder.path(), &[("config.toml", "[agents.mine]\ncommand = 3\n")]);
    let ran = ran(command(folder.path(), &["agents"]).env_remove("XDG_CONFIG_HOME"));
    assert_eq!((ran.code, ran.err.lines().count()), (Some(0), 1), "{ran:?}");
    assert!(ran.err.contains("config.toml:2") && ran.out.contains("demo"), "{ran:?}");
}
