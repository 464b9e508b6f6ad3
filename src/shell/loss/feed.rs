//! `xargs`: which names it reads, and the command that it hands them to.

use super::find::{self, Then};
use super::git;
use super::given::{Takes, given};
use super::{Arg, Feed, Split};

/// How `xargs` is told to read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hands {
    /// The command, with [`Arg::Fed`] where the names go.
    pub(super) command: Vec<Arg>,
    /// How it tells them apart.
    pub(super) split: Split,
    /// It wants a NUL behind each.
    pub(super) nul: bool,
}

/// Reads the arguments of `xargs`; or why they can't be followed.
pub(super) fn hands(args: &[Arg]) -> Result<Hands, String> {
    let hidden = || "what xargs hands on".to_owned();
    let (mut split, mut nul, mut mark, mut at) = (Split::Blanks, false, None, 0);
    while let Some(text) = args.get(at).and_then(Arg::text).filter(|text| text.starts_with('-')) {
        at += 1;
        let next = || args.get(at).and_then(Arg::text).map(str::to_owned).ok_or_else(hidden);
        match text {
            "-r" | "-t" | "--no-run-if-empty" | "--verbose" => {}
            "-0" | "--null" | "-r0" | "-0r" => nul = true,
            "-n" | "-P" | "-L" => at += 1,
            "-I" => {
                mark = Some(next()?);
                at += 1;
            }
            "-d" => {
                if next()? != "\\n" {
                    return Err(hidden());
                }
                split = Split::Lines;
                at += 1;
            }
            _ if text.len() > 2 && (text.starts_with("-n") || text.starts_with("-P")) => {}
            _ if text.len() > 2 && text.starts_with("-I") => mark = Some(text[2..].to_owned()),
            _ => return Err(hidden()),
        }
    }
    let mut command: Vec<Arg> = args.get(at..).unwrap_or_default().to_vec();
    match mark {
        Some(mark) => {
            split = Split::Lines;
            for arg in &mut command {
                if arg.text() == Some(&mark) {
                    *arg = Arg::Fed;
                } else if arg.text().is_some_and(|text| text.contains(&mark)) {
                    return Err(hidden());
                }
            }
        }
        None => command.push(Arg::Fed),
    }
    if nul {
        split = Split::Whole;
    }
    Ok(Hands { command, split, nul })
}

/// What a command prints, as names; or why that is not known.
pub(super) fn of(name: &str, args: &[Arg], hands: &Hands) -> Result<Feed, String> {
    let hidden = || Err(format!("what {name} prints for xargs"));
    match name {
        "find" | "gfind" => {
            let ends_nul = args.iter().any(|arg| arg.text() == Some("-print0"));
            if ends_nul != hands.nul {
                return hidden();
            }
            match find::read(args, hands.split)? {
                (feed, Then::Prints) => Ok(feed),
                (_, Then::Deletes | Then::Runs(_)) => hidden(),
            }
        }
        "git" => {
            let (folders, command, rest) = git::parts(args)?;
            let it = given(rest, Takes { letters: "", attached: "", long: &[] });
            let known = [
                "z",
                "o",
                "m",
                "d",
                "c",
                "i",
                "others",
                "modified",
                "deleted",
                "cached",
                "ignored",
                "exclude-standard",
            ];
            let fits = command.as_deref() == Some("ls-files") && it.strange(&known).is_none() && folders.is_empty();
            if !fits || it.has(&["z"]) != hands.nul {
                return hidden();
            }
            Ok(Feed::Git { args: rest.to_vec(), split: hands.split })
        }
        "echo" | "printf" => {
            let words = match (name, args.split_first()) {
                ("echo", _) => args,
                (_, Some((format, words))) if format.text() == Some(if hands.nul { "%s\\0" } else { "%s\\n" }) => words,
                _ => return hidden(),
            };
            let plain = |arg: &Arg| match arg {
                Arg::Text(text) => {
                    !text.starts_with('-') && (hands.nul || !text.contains([' ', '\t', '\n', '\'', '"', '\\']))
                }
                Arg::Glob(_) | Arg::Unknown(_) | Arg::Fed => false,
            };
            if (name == "echo" && hands.nul)
                || !words.iter().all(plain)
                || (name == "echo" && hands.split == Split::Lines && words.len() > 1)
            {
                return hidden();
            }
            Ok(Feed::Words(words.to_vec()))
        }
        _ => hidden(),
    }
}
