//! In a real terminal: what is changed in the files restyles the running console, and what is chosen in the console is
//! written to the files.

use super::support::pty::Terminal;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn config(folder: &Path) -> PathBuf {
    let file = folder.join(".config/taut/config.toml");
    fs::create_dir_all(file.parent().unwrap().join("themes")).unwrap();
    file
}

/// True once the terminal was told a colour, as SGR says it.
fn told(terminal: &Terminal, from: usize, sgr: &str) -> bool {
    String::from_utf8_lossy(&terminal.bytes()[from..]).contains(sgr)
}

#[test]
fn a_theme_a_key_and_their_faults_are_live() {
    let folder = tempfile::tempdir().unwrap();
    let file = config(folder.path());
    let mine = folder.path().join(".config/taut/themes/mine.toml");
    fs::write(&file, "# my own\ntheme = \"mine\" # the best\n").unwrap();
    fs::write(&mine, "[roles]\nrule = 33\n").unwrap();
    let mut terminal = Terminal::new(folder.path(), &[]);
    terminal.shows("Three things to do");
    terminal.until("its first colour", |terminal| told(terminal, 0, "38;5;33"));

    let from = terminal.bytes().len();
    fs::write(&mine, "[roles]\nrule = 99\n").unwrap();
    terminal.until("the new colour", |terminal| told(terminal, from, "38;5;99"));

    fs::write(&mine, "[roles]\nrules = 98\naccent = \"rde\"\n").unwrap();
    terminal.shows("CONFIG").shows("mine.toml:2: `rules` is not a role").shows("accent");
    let from = terminal.bytes().len();
    fs::write(&mine, "[roles]\nrule = 45\n").unwrap();
    terminal.hides("CONFIG");
    terminal.until("the mended colour", |terminal| told(terminal, from, "38;5;45"));

    fs::write(&file, "theme = \"terminal\"\n[keys]\nhelp = \"H\"\nquit = \"H\"\ndance = \"x\"\n").unwrap();
    terminal.shows("H is bound to both").shows("no action \"dance\"");
    fs::write(&file, "theme = \"terminal\"\n[keys]\nhelp = \"H\"\n").unwrap();
    terminal.hides("CONFIG").shows("H all keys");
    terminal.keys("H");
    terminal.shows("KEYS");
    terminal.keys("\x1b");
    terminal.hides("── KEYS");
    terminal.keys("q");
    assert!(terminal.ends().success());
    terminal.is_restored();
}

#[test]
fn a_theme_that_is_chosen_is_written_with_the_comments_around_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = config(folder.path());
    fs::write(&file, "# my own\ntheme = \"terminal\" # the best\n\nmouse = true\n").unwrap();
    let mut terminal = Terminal::new(folder.path(), &[]);
    terminal.shows("Three things to do");
    terminal.keys("#");
    terminal.shows("THEME");
    let from = terminal.bytes().len();
    terminal.keys("tide");
    // The 256-colour terminal gets the nearest of the theme's ground.
    terminal.until("the tried theme", |terminal| told(terminal, from, "48;5;"));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(fs::read_to_string(&file).unwrap(), "# my own\ntheme = \"terminal\" # the best\n\nmouse = true\n");
    terminal.keys("\r");
    terminal.shows("written: theme");
    assert_eq!(fs::read_to_string(&file).unwrap(), "# my own\ntheme = \"tide\" # the best\n\nmouse = true\n");

    terminal.keys(",");
    terminal.shows("SETTINGS");
    for _ in 0..3 {
        terminal.keys("j");
        std::thread::sleep(Duration::from_millis(200));
    }
    let from = terminal.bytes().len();
    terminal.keys("\r");
    terminal.shows("written: mouse = false");
    terminal.until("the mouse is given back", |terminal| told(terminal, from, "\x1b[?1000l"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "# my own\ntheme = \"tide\" # the best\n\nmouse = false\n");
    terminal.keys("\x1b");
    terminal.hides("SETTINGS");
    terminal.keys("q");
    assert!(terminal.ends().success());
    terminal.is_restored();
}

#[test]
fn dark_or_light_is_asked_of_the_terminal_and_no_key_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(config(folder.path()), "theme = { dark = \"tide\", light = \"chalk\" }\n").unwrap();
    let mut terminal = Terminal::new(folder.path(), &[]);
    terminal.shows("Three things to do");
    terminal.until("the question", |terminal| told(terminal, 0, "\x1b]11;?\x1b\\"));
    let first = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    assert!(first.find("Three things") < first.find("\x1b]11;?"), "the first frame waits for nothing");
    assert!(!first.contains("48;5;"), "until the ground is known it is the terminal's own");
    terminal.keys("?\x1b]11;rgb:ffff/ffff/ffff\x1b\\");
    terminal.until("a light ground", |terminal| told(terminal, 0, "48;5;"));
    terminal.shows("KEYS");
    assert!(!terminal.screen().contains("does nothing here"), "{}", terminal.screen());
    terminal.keys("\x1b");
    terminal.hides("── KEYS");
    terminal.keys("q");
    assert!(terminal.ends().success());
    terminal.is_restored();
}

#[test]
fn by_default_nothing_is_asked_of_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::new(folder.path(), &[]);
    terminal.shows("Three things to do");
    std::thread::sleep(Duration::from_millis(300));
    terminal.keys("q");
    assert!(terminal.ends().success());
    assert!(!told(&terminal, 0, "\x1b]11"));
}
