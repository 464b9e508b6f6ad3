//! Arguments become names: patterns are put in place of what fits, and what is fed is read.

use super::look::Look;
use super::tool::{self, Ran};
use super::{git, glob};
use crate::shell::loss::{Arg, Deed, Feed, Split};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

/// The names that some arguments stand for, in order.
pub(super) fn of(look: &mut Look, deed: &Deed, args: &[Arg]) -> Vec<OsString> {
    let folder = Path::new(&deed.folder);
    let mut names = Vec::new();
    for arg in args {
        match arg {
            Arg::Text(text) => names.push(OsString::from(text)),
            Arg::Glob(pattern) => match glob::expand(look, folder, pattern) {
                Some(found) if found.is_empty() => names.push(glob::literal(pattern).into()),
                Some(found) => names.extend(found),
                None => look.cannot_tell(format!("what fits {pattern}")),
            },
            Arg::Unknown(text) => look.cannot_tell(format!("what {text} stands for in `{}`", deed.by)),
            Arg::Fed => {
                if let Some(feed) = &deed.feed {
                    names.extend(fed(look, deed, feed));
                }
            }
        }
    }
    names
}

/// One name; `None` where there is not just one, which is told.
pub(super) fn one(look: &mut Look, deed: &Deed, arg: &Arg) -> Option<OsString> {
    let names = of(look, deed, std::slice::from_ref(arg));
    match <[OsString; 1]>::try_from(names) {
        Ok([name]) => Some(name),
        Err(none) if none.is_empty() => None,
        Err(_) => {
            look.cannot_tell(format!("what {} stands for in `{}`", arg.shown(), deed.by));
            None
        }
    }
}

fn fed(look: &mut Look, deed: &Deed, feed: &Feed) -> Vec<OsString> {
    let (listed, split) = match feed {
        Feed::Words(words) => return words.iter().filter_map(Arg::text).map(OsString::from).collect(),
        Feed::Find { roots, expression, split } => {
            let roots = of(look, &Deed { feed: None, ..deed.clone() }, roots);
            if roots.iter().any(|root| root.as_bytes().starts_with(b"-")) {
                look.cannot_tell(format!("what find finds in `{}`", deed.by));
                return Vec::new();
            }
            let mut command = tool::command("find", Path::new(&deed.folder));
            command.args(roots).args(expression);
            (tool::run(look, command, tool::Failing::Fine), *split)
        }
        Feed::Git { args, split } => (git::list(look, deed, args), *split),
    };
    let text = match listed {
        Ran::Said(text) => text,
        Ran::Cut(text) => {
            look.cut();
            text
        }
        Ran::Failed(why) => {
            look.cannot_tell(format!("what `{}` is handed: {why}", deed.by));
            return Vec::new();
        }
    };
    let mut names: Vec<OsString> = Vec::new();
    for name in text.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let breaks = |byte: &u8| match split {
            Split::Whole => false,
            Split::Lines => matches!(byte, b'\n' | b'\'' | b'"' | b'\\'),
            Split::Blanks => matches!(byte, b'\n' | b' ' | b'\t' | b'\'' | b'"' | b'\\'),
        };
        if name.iter().any(breaks) || (split == Split::Lines && name.first().is_some_and(u8::is_ascii_whitespace)) {
            let name = OsStr::from_bytes(name).to_string_lossy().into_owned();
            look.cannot_tell(format!("what xargs makes of the name {name:?}, which falls apart"));
            continue;
        }
        names.push(OsString::from_vec(name.to_vec()));
    }
    names
}
