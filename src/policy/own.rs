//! taut's own files and program: nothing an agent does to them is ever allowed by a rule.

use super::call::{CallView, Context};
use super::command::Ran;
use super::leads::{LOOKS, PRINTS};
use super::place::{Spot, below, normal, short};
use crate::domain::{Impact, Text};
use crate::shell::{Known, Word};
use serde_json::Value;

/// Texts in the arguments of a call that are looked at; more than any tool takes.
const MOST_TEXTS: usize = 10_000;
/// Variables that lead to taut's folders, where the text speaks of taut as well.
const VARIABLES: [&str; 4] = ["xdg_config_home", "xdg_state_home", "xdg_runtime_dir", "taut_state"];

/// How a call touches taut itself, in words, if it does.
pub(super) fn touched(
    call: &CallView,
    spots: &[&Spot],
    impacts: &[Impact],
    ran: Option<&Ran>,
    ctx: &Context,
) -> Option<String> {
    let own = Own::of(ctx);
    let takes_folders = impacts.iter().any(|impact| matches!(impact, Impact::Delete | Impact::Move | Impact::Other));
    if let Some(spot) = spots.iter().find(|spot| own.holds(&spot.full) || (takes_folders && own.lies_in(&spot.full))) {
        return Some(format!("touches taut's own files: {}", short(&spot.full)));
    }
    let command = call.command.as_ref().and_then(Text::inline).unwrap_or_default();
    let title = call.title.as_deref().unwrap_or_default();
    if own.named_in(command) || own.named_in(title) {
        return Some("names taut's own files".to_owned());
    }
    if runs_taut(command) && !ran.is_some_and(only_mentions) {
        return Some("runs taut itself".to_owned());
    }
    if let Some(how) = ran.and_then(|ran| own.reached_by(ran)) {
        return Some(how);
    }
    own.named_in_args(call, ctx)
}

/// taut's own files, in small letters.
struct Own {
    /// In full.
    paths: Vec<String>,
    /// As they may be written: in full, and without the home folder, since `~`, `$HOME` and the like share the rest.
    names: Vec<String>,
}

impl Own {
    fn of(ctx: &Context) -> Self {
        let absolute = ctx.own.iter().filter(|own| own.starts_with('/'));
        let paths: Vec<String> = absolute.map(|own| normal(own).to_ascii_lowercase()).collect();
        let home = normal(&ctx.home).to_ascii_lowercase();
        let rests = paths.iter().filter_map(|own| below(own, &home)).filter(|rest| rest.contains('/'));
        let whole = paths.iter().map(String::as_str).filter(|own| own.len() > 1);
        let names = whole.chain(rests).map(str::to_owned).collect();
        Self { paths, names }
    }

    /// How a command line reaches one of them, once its quotes are taken away.
    fn reached_by(&self, ran: &Ran) -> Option<String> {
        let named = |spot: &&Spot| self.holds(&spot.full);
        if let Some(spot) = ran
            .spots
            .iter()
            .chain(&ran.aliases)
            .find(named)
            .or_else(|| ran.taken.iter().find(|spot| self.lies_in(&spot.full)))
        {
            return Some(format!("touches taut's own files: {}", short(&spot.full)));
        }
        let files = ran.line.redirects.iter().map(|redirect| &redirect.file);
        let mut words = ran.line.commands.iter().flat_map(|simple| &simple.words).chain(files);
        if words.any(|word| self.named_in(&word.text)) {
            return Some("names taut's own files".to_owned());
        }
        // A pattern may fit what lies below its folder.
        let mut patterns = ran.line.commands.iter().flat_map(|simple| &simple.words);
        let fits = |word: &Word| word.known != Known::Fixed && ran.spots.iter().any(|spot| self.fits(&word.text, spot));
        if patterns.any(fits) {
            return Some("may name taut's own files by a pattern".to_owned());
        }
        let runs = ran.line.commands.iter().any(|simple| simple.name() == Some("taut"));
        runs.then(|| "runs taut itself".to_owned())
    }

    /// Whether a pattern that begins in a folder can lead to one of them.
    fn fits(&self, pattern: &str, folder: &Spot) -> bool {
        let stem = pattern.split(['*', '?', '[', '{']).next().unwrap_or_default();
        let begins = stem.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let folder = folder.full.to_ascii_lowercase();
        self.paths
            .iter()
            .any(|own| below(own, &folder).is_some_and(|rest| !rest.is_empty() && rest.starts_with(&begins)))
    }

    /// Whether a path is one of them, or lies in one.
    fn holds(&self, path: &str) -> bool {
        let path = path.to_ascii_lowercase();
        self.paths.iter().any(|own| below(&path, own).is_some())
    }

    /// Whether one of them lies in a path.
    fn lies_in(&self, path: &str) -> bool {
        let path = path.to_ascii_lowercase();
        self.paths.iter().any(|own| below(own, &path).is_some())
    }

    /// Whether a text names one of them in one of the ways in which they are written.
    fn named_in(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        self.names.iter().any(|name| named(&text, name))
            || (text.contains("taut") && VARIABLES.iter().any(|name| text.contains(name)))
    }

    /// Whether the arguments name one of them, or lead to one by a detour.
    fn named_in_args(&self, call: &CallView, ctx: &Context) -> Option<String> {
        let args = call.args.as_ref().and_then(Text::inline)?;
        let named = || Some("names taut's own files".to_owned());
        let Ok(value) = serde_json::from_str::<Value>(args) else {
            return if self.named_in(args) { named() } else { None };
        };
        let base = call.cwd.as_deref().unwrap_or(&ctx.workspace);
        let mut left = vec![&value];
        let mut seen = 0_usize;
        while let Some(value) = left.pop() {
            match value {
                Value::String(text) if self.named_in(text) || self.led_to(text, base, ctx) => return named(),
                Value::Array(items) => left.extend(items),
                Value::Object(fields) if fields.keys().any(|name| self.named_in(name)) => return named(),
                Value::Object(fields) => left.extend(fields.values()),
                Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
            seen += 1;
            if seen > MOST_TEXTS {
                return Some("has more arguments than can be judged".to_owned());
            }
        }
        None
    }

    /// Whether a text, taken as a path, leads to one of them.
    fn led_to(&self, text: &str, base: &str, ctx: &Context) -> bool {
        text.contains('/') && text.len() <= 4096 && self.holds(&Spot::of(text, base, ctx).full)
    }
}

/// Whether `name` stands in `text` and does not go on as another name.
fn named(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        !text[at + name.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '_' || next == '-')
    })
}

/// Whether a command line holds the program's name as a word of its own.
/// Whether a line that is understood has the word among what it looks at, prints or builds, and nowhere else.
fn only_mentions(ran: &Ran) -> bool {
    let is_taut = |word: &Word| runs_taut(&word.text);
    let quiet = |simple: &crate::shell::Simple| {
        let name = simple.name().unwrap_or_default();
        let builds =
            name == "cargo" && !simple.args().iter().any(|word| matches!(word.text.as_str(), "run" | "r" | "install"));
        builds || LOOKS.contains(&name) || PRINTS.contains(&name) || matches!(name, "cd" | "mkdir" | "git")
    };
    let words = || ran.line.commands.iter().filter(|simple| simple.words.iter().any(is_taut));
    ran.doubts.is_empty()
        && words().next().is_some()
        && words().all(|simple| quiet(simple) && !simple.words.first().is_some_and(is_taut))
        && !ran.line.redirects.iter().any(|redirect| is_taut(&redirect.file))
}

fn runs_taut(command: &str) -> bool {
    command
        .split(|c: char| !(c.is_alphanumeric() || "._/~-".contains(c)))
        .any(|word| word.rsplit('/').next() == Some("taut"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ctx() -> Context {
        Context {
            workspace: "/w/app".into(),
            home: "/home/ada".into(),
            own: ["/home/ada/.config/taut", "/home/ada/.local/state/taut", "/usr/bin/taut"].map(String::from).into(),
            ..Context::default()
        }
    }

    #[test]
    fn many_ways_to_write_it() {
        for text in [
            "cat /home/ada/.config/taut/policy.toml",
            "cat ~/.config/taut/policy.toml",
            "rm -rf \"$HOME/.local/state/taut\"",
            "rm -rf ${XDG_STATE_HOME}/taut/",
            "TAUT_STATE=/x taut ls",
            "cp x /usr/bin/taut",
        ] {
            assert!(Own::of(&ctx()).named_in(text), "{text}");
        }
        for text in ["", "ls", "cat ~/.config/tautology/x", "/home/ada/.config/taut-like", "rm -rf build"] {
            assert!(!Own::of(&ctx()).named_in(text), "{text}");
        }
    }

    #[test]
    fn the_program_as_a_word() {
        for command in ["taut ls", "x && ./target/debug/taut halt", "env A=1 taut", "echo $(taut show)"] {
            assert!(runs_taut(command), "{command}");
        }
        for command in ["", "tautology", "cat taut.md", "ls taut-x"] {
            assert!(!runs_taut(command), "{command}");
        }
    }

    #[test]
    fn a_detour_in_the_arguments_is_found() {
        let call = |args: &str| CallView { args: Some(args.into()), ..CallView::default() };
        for args in [
            r#"{"path":"/home/ada/x/../.config//taut/policy.toml"}"#,
            r#"{"deep":[{"p":"\/home\/ada\/.config\/taut"}]}"#,
            r#"{"path":"../../home/ada/.config/./taut/x"}"#,
            "not json: ~/.config/taut/x",
        ] {
            assert!(touched(&call(args), &[], &[], None, &ctx()).is_some(), "{args}");
        }
        assert_eq!(touched(&call(r#"{"path":"src/a.rs"}"#), &[], &[], None, &ctx()), None);
        let many = format!("[{}\"~/.config/taut\"]", "\"a/b\",".repeat(MOST_TEXTS));
        assert!(touched(&call(&many), &[], &[], None, &ctx()).is_some());
    }
}
