//! The program as a script runs it: its arguments, what it writes, how it ends.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

/// What came of a command.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// The command, in a home, state and configuration below `folder`, with no terminal.
pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(super::hub::program());
    command
        .args(args)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder.join("xdg"))
        .env("TMPDIR", folder)
        .env("TAUT_STATE", folder.join("state"))
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub fn taut(folder: &Path, args: &[&str]) -> Ran {
    ran(&mut command(folder, args))
}

/// Runs a command to its end.
pub fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    /// It did what was asked, and said nothing else.
    #[track_caller]
    pub fn well(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{}", self.out);
        assert!(is_plain(&self.out), "{:?}", self.out);
        self.out
    }

    /// It could not, and said so in one sentence that names all of `names`.
    #[track_caller]
    pub fn fails(self, names: &[&str]) -> String {
        assert_eq!(self.code, Some(1), "{self:?}");
        self.sentence(names)
    }

    /// It was refused, and said so in one sentence.
    #[track_caller]
    #[allow(dead_code, reason = "not every test that runs commands has one refused")]
    pub fn refused(self, names: &[&str]) -> String {
        assert_eq!(self.code, Some(5), "{self:?}");
        self.sentence(names)
    }

    /// It was used wrongly, and said so in one sentence.
    #[track_caller]
    pub fn misused(self, names: &[&str]) -> String {
        assert_eq!((self.code, self.out.as_str()), (Some(2), ""), "{}", self.err);
        self.sentence(names)
    }

    #[track_caller]
    fn sentence(self, names: &[&str]) -> String {
        assert_eq!(self.err.lines().count(), 1, "one line: {:?}", self.err);
        assert!(self.err.starts_with("taut: ") && is_plain(&self.err), "{:?}", self.err);
        for name in names {
            assert!(self.err.contains(name), "{name:?} is not in {:?}", self.err);
        }
        self.out
    }
}

/// Nothing in it acts on a terminal or hides, and no variant of an enum shows.
pub fn is_plain(text: &str) -> bool {
    let hidden = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    !text.contains(hidden)
        && !["Some(", "None)", "Inline(", "EndTurn", "HubDied", "BodyRef"].iter().any(|it| text.contains(it))
}

/// Lines of JSON.
#[track_caller]
pub fn json(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The fields of an object.
#[track_caller]
pub fn fields(object: &Value) -> BTreeSet<String> {
    object.as_object().unwrap().keys().cloned().collect()
}

/// The fields that a command's help documents below a heading, up to the next line at the margin.
#[track_caller]
pub fn documented(help: &str, heading: &str) -> BTreeSet<String> {
    let (_, below) = help.split_once(heading).unwrap_or_else(|| panic!("{heading:?} is not in {help}"));
    let rows = below.lines().skip(1).take_while(|line| line.starts_with(' '));
    let names = rows.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    let each = names.flat_map(|row| row.split("  ").next().unwrap_or(row).split(", "));
    each.map(|name| name.trim().to_owned()).collect()
}
