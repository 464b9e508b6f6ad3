//! A program is run with arguments: the shell's own, one that runs another, or one that does something to files.

use super::super::wrap::{self, What};
use super::super::{Known, Line, Simple, Word};
use super::acts::{self, Does};
use super::expand::Value;
use super::find::{self, Then};
use super::given::{Takes, given};
use super::run::{DEEPEST, Run};
use super::{Act, Arg, Deed, Feed, MOST, Reach, Split, feed, git};

impl Run {
    /// Runs a program with arguments; `before` is what stands before it in a pipe, `feed` what [`Arg::Fed`] stands for.
    pub(super) fn invoke(&mut self, args: &[Arg], before: Option<&[Arg]>, feed: Option<&Feed>) {
        self.depth += 1;
        if self.depth > DEEPEST {
            self.plan.cannot_tell("what this does to files: too much stands in one another");
        } else {
            self.invoke_it(args, before, feed);
        }
        self.depth -= 1;
    }

    fn invoke_it(&mut self, args: &[Arg], before: Option<&[Arg]>, feed: Option<&Feed>) {
        let Some((program, rest)) = args.split_first() else { return };
        let Some(name) = program.text().map(|text| text.rsplit('/').next().unwrap_or(text).to_owned()) else {
            return self.beside(&program.shown());
        };
        match name.as_str() {
            "cd" | "pushd" | "popd" => self.go(&name, rest),
            "find" | "gfind" => self.find(args, rest),
            "xargs" => self.xargs(args, rest, before),
            "read" | "mapfile" | "readarray" | "getopts" | "let" | "source" | "." => {
                self.stand.vars.values_mut().for_each(|value| *value = None);
                if matches!(name.as_str(), "source" | ".") {
                    self.beside(&shown(args));
                    self.stand.folder = Err("in which folder it runs after another file has run".to_owned());
                }
            }
            "printf" if rest.iter().any(|arg| arg.text() == Some("-v")) => {
                self.stand.vars.values_mut().for_each(|value| *value = None);
            }
            "shopt" => self.stand.globs = false,
            "set" => {
                let plain = |arg: &Arg| {
                    matches!(
                        arg.text(),
                        Some(
                            "-e" | "-u"
                                | "-x"
                                | "-eu"
                                | "-ex"
                                | "-euo"
                                | "-eux"
                                | "-euxo"
                                | "-o"
                                | "pipefail"
                                | "+e"
                                | "+x"
                                | "-E"
                        )
                    )
                };
                if !rest.iter().all(plain) {
                    self.stand.globs = false;
                    self.plan.beside.push(shown(args));
                }
            }
            _ => self.program(&name, args, before, feed),
        }
    }

    /// A program that is no part of the shell: it runs another, or does something itself.
    fn program(&mut self, name: &str, args: &[Arg], before: Option<&[Arg]>, feed: Option<&Feed>) {
        let words: Vec<Word> = args.iter().map(as_word).collect();
        let mut doubts = Line::default();
        let simple = Simple { words, ..Simple::default() };
        let inner = if name == "git" { Vec::new() } else { wrap::inside(&simple, &mut doubts) };
        let runs_others = !inner.is_empty();
        for one in inner {
            let elsewhere = elsewhere(name, args);
            if let ("eval", What::Code(code)) = (name, &one.what) {
                self.code(code);
                continue;
            }
            self.apart(|run| {
                if let Some(why) = elsewhere {
                    run.stand.folder = Err(why);
                }
                match one.what {
                    What::Words(words) => {
                        let from = args.len().saturating_sub(words.len());
                        run.invoke(&args[from..], before, feed);
                    }
                    What::Code(code) => {
                        // Another shell knows what was exported, and that is not followed.
                        run.stand.vars.retain(|name, _| name == "PWD");
                        if matches!(name, "su" | "ssh") {
                            run.stand.home = None;
                        }
                        let home = run.stand.home.clone().map(Value::Text);
                        run.stand.vars.insert("HOME".to_owned(), home);
                        run.code(&code);
                    }
                }
            });
        }
        if runs_others {
            return;
        }
        let by = shown(args);
        if !doubts.doubts.is_empty() && name != "git" && acts::of(name, &args[1..]) == Does::Strange {
            return self.beside(&by);
        }
        let before = self.stand.folder.clone();
        if name == "git"
            && let Ok((folders, _, _)) = git::parts(&args[1..])
        {
            for folder in folders {
                self.enter(&folder);
            }
        }
        match acts::of(name, &args[1..]) {
            Does::Acts(acts) => acts.into_iter().for_each(|act| self.deed(act, &by, feed)),
            Does::Hidden(why) => self.plan.cannot_tell(why),
            Does::Nothing => {}
            Does::Strange => self.beside(&by),
        }
        self.stand.folder = before;
    }

    fn beside(&mut self, what: &str) {
        let name = what.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        if self.plan.beside.len() < 8 && !self.plan.beside.contains(&name) {
            self.plan.beside.push(name);
        }
    }

    pub(super) fn deed(&mut self, act: Act, by: &str, feed: Option<&Feed>) {
        let by = brief(by);
        if self.plan.deeds.len() >= MOST {
            return self.plan.cannot_tell("what the rest of it does: it does more than is followed");
        }
        match &self.stand.folder {
            Ok(folder) => {
                let folder = folder.clone();
                self.plan.deeds.push(Deed { folder, by, act, feed: feed.cloned() });
            }
            Err(why) => {
                let why = format!("what `{by}` hits: {why}");
                self.plan.cannot_tell(why);
            }
        }
    }

    fn go(&mut self, name: &str, args: &[Arg]) {
        let to = given(args, Takes::NONE).operands.into_iter().next();
        match (name, to) {
            ("cd", None) => match self.stand.home.clone() {
                Some(home) => self.enter(&Arg::Text(home)),
                None => self.stand.folder = Err("in which folder it runs: ~".to_owned()),
            },
            ("popd", _) | (_, None) => self.stand.folder = Err(format!("in which folder it runs after {name}")),
            (_, Some(to)) => self.enter(&to),
        }
    }

    /// Goes to a folder, by its name: as bash does, `..` takes the last part of the name away.
    fn enter(&mut self, to: &Arg) {
        let Some(path) = to.text().filter(|path| *path != "-" && !path.starts_with('+')) else {
            self.stand.folder = Err(format!("in which folder it runs: {}", to.shown()));
            return;
        };
        let Ok(folder) = &self.stand.folder else { return };
        let whole = if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") };
        let mut parts: Vec<&str> = Vec::new();
        for part in whole.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        let folder = format!("/{}", parts.join("/"));
        self.stand.vars.insert("PWD".to_owned(), Some(Value::Text(folder.clone())));
        self.stand.folder = Ok(folder);
    }

    fn find(&mut self, all: &[Arg], args: &[Arg]) {
        match find::read(args, Split::Whole) {
            Ok((_, Then::Prints)) => {}
            Ok((feed, Then::Deletes)) => {
                self.deed(Act::Remove { what: vec![Arg::Fed], reach: Reach::Found }, &shown(all), Some(&feed));
            }
            Ok((feed, Then::Runs(command))) => self.invoke(&command, None, Some(&feed)),
            Err(why) => {
                let texts = || args.iter().filter_map(Arg::text);
                if texts().any(|text| {
                    text.starts_with("-exec") || text.starts_with("-ok") || text == "-delete" || text.starts_with("-f")
                }) {
                    self.plan.cannot_tell(why);
                }
            }
        }
    }

    fn xargs(&mut self, all: &[Arg], args: &[Arg], before: Option<&[Arg]>) {
        let unknown = |run: &mut Self, why: String| {
            // Only where it matters: what xargs would run may just print.
            let quiet =
                |arg: &Arg| arg.text().is_some_and(|name| acts::of(name, &[]) == Does::Nothing && name != "sed");
            let command = args
                .iter()
                .find(|arg| arg.text().is_none_or(|text| text.starts_with(|c: char| c.is_ascii_alphabetic())));
            if !command.is_some_and(quiet) {
                run.plan.cannot_tell(format!("{why} ({})", brief(&shown(all))));
            }
        };
        let hands = match feed::hands(args) {
            Ok(hands) => hands,
            Err(why) => return unknown(self, why),
        };
        let names = before.and_then(|before| Some((before.first()?.text()?.rsplit('/').next()?, before.get(1..)?)));
        let Some((name, rest)) = names else { return unknown(self, "what xargs reads".to_owned()) };
        match feed::of(name, rest, &hands) {
            Ok(feed) => self.invoke(&hands.command, None, Some(&feed)),
            Err(why) => unknown(self, why),
        }
    }
}

/// Why what a program runs does not run here; `None` where it does.
fn elsewhere(name: &str, args: &[Arg]) -> Option<String> {
    let mut options = args.iter().skip(1).map_while(Arg::text).take_while(|text| text.starts_with('-'));
    let moves = match name {
        "env" => options.any(|text| text.starts_with("-C") || text.starts_with("--ch")),
        "sudo" => options
            .any(|text| text.starts_with("-D") || text.starts_with("-R") || text.starts_with("--ch") || text == "-i"),
        "ssh" => return Some("it runs on another machine".to_owned()),
        "chroot" | "nsenter" | "unshare" | "systemd-run" | "su" | "runuser" => true,
        _ => false,
    };
    moves.then(|| format!("{name} takes it to another folder"))
}

fn as_word(arg: &Arg) -> Word {
    match arg {
        Arg::Text(text) => Word::new(text.as_str()),
        Arg::Glob(text) => Word { text: text.clone(), known: Known::Pattern },
        Arg::Unknown(text) => Word { text: text.clone(), known: Known::Unknown },
        Arg::Fed => Word { text: "{}".to_owned(), known: Known::Unknown },
    }
}

fn shown(args: &[Arg]) -> String {
    args.iter().map(Arg::shown).collect::<Vec<_>>().join(" ")
}

/// The beginning of a command: it says first what it is.
fn brief(text: &str) -> String {
    const LONG: usize = 72;
    match text.char_indices().nth(LONG) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
