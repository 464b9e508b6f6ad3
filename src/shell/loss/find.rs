//! `find`: what it finds, and what it does with that.

use super::{Arg, Feed, Split};

/// Tests with a value.
const VALUED: [&str; 28] = [
    "-name",
    "-iname",
    "-path",
    "-ipath",
    "-wholename",
    "-iwholename",
    "-type",
    "-xtype",
    "-maxdepth",
    "-mindepth",
    "-size",
    "-mtime",
    "-mmin",
    "-ctime",
    "-cmin",
    "-atime",
    "-amin",
    "-newer",
    "-anewer",
    "-cnewer",
    "-perm",
    "-user",
    "-group",
    "-regex",
    "-iregex",
    "-regextype",
    "-links",
    "-lname",
];
/// Tests and signs without one.
const BARE: [&str; 22] = [
    "-empty",
    "-not",
    "!",
    "(",
    ")",
    "-o",
    "-or",
    "-a",
    "-and",
    ",",
    "-depth",
    "-d",
    "-mount",
    "-xdev",
    "-prune",
    "-true",
    "-false",
    "-quit",
    "-daystart",
    "-readable",
    "-writable",
    "-noleaf",
];
const RUNS: [&str; 4] = ["-exec", "-execdir", "-ok", "-okdir"];

/// What `find` does with what it finds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// It prints it.
    Prints,
    /// It deletes it.
    Deletes,
    /// It runs a command with it.
    Runs(Vec<Arg>),
}

/// Reads the arguments of `find`; or why they can't be followed.
pub(super) fn read(args: &[Arg], split: Split) -> Result<(Feed, Then), String> {
    let is_root =
        |arg: &&Arg| arg.text().is_none_or(|text| !text.starts_with('-') && !matches!(text, "(" | "!" | ")" | ","));
    let skip = args.iter().take_while(|arg| matches!(arg.text(), Some("-P" | "-H"))).count();
    let args = args.get(skip..).unwrap_or_default();
    let mut roots: Vec<Arg> = args.iter().take_while(is_root).cloned().collect();
    let mut rest = args.get(roots.len()..).unwrap_or_default();
    if roots.is_empty() {
        roots.push(Arg::Text(".".to_owned()));
    }
    let (mut expression, mut then, mut prints) = (Vec::new(), Then::Prints, false);
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let Some(word) = first.text() else { return Err(format!("what find finds: {}", first.shown())) };
        match word {
            _ if VALUED.contains(&word) => {
                let Some((value, after)) = rest.split_first() else { return Err("what find finds".to_owned()) };
                let Some(text) = value.text() else { return Err(format!("what find finds: {}", value.shown())) };
                expression.extend([word.to_owned(), text.to_owned()]);
                rest = after;
            }
            "-print" | "-print0" => {
                prints = true;
                expression.push(word.to_owned());
            }
            "-delete" if then == Then::Prints => {
                then = Then::Deletes;
                expression.push("-delete".to_owned());
            }
            _ if RUNS.contains(&word) && then == Then::Prints => {
                let end = rest.iter().position(|arg| matches!(arg.text(), Some(";" | "+")));
                let Some(end) = end else { return Err("what find runs".to_owned()) };
                let given = |arg: &Arg| if arg.text() == Some("{}") { Arg::Fed } else { arg.clone() };
                let inner: Vec<Arg> = rest[..end].iter().map(given).collect();
                if inner.iter().any(|arg| arg.text().is_some_and(|text| text.contains("{}"))) {
                    return Err("what find hands on".to_owned());
                }
                then = Then::Runs(inner);
                expression.push("-exec".to_owned());
                rest = rest.get(end + 1..).unwrap_or_default();
            }
            _ if BARE.contains(&word) => expression.push(word.to_owned()),
            _ => return Err(format!("what find does with {word}")),
        }
    }
    let acts = then != Then::Prints;
    // What it does stands for what it prints; what it prints beside that says nothing.
    let mut said: Vec<String> = expression
        .into_iter()
        .map(|word| match word.as_str() {
            "-print" | "-print0" if acts => "-true".to_owned(),
            "-print" | "-print0" | "-exec" | "-delete" => "-print0".to_owned(),
            _ => word,
        })
        .collect();
    if then == Then::Deletes {
        said.insert(0, "-depth".to_owned());
    } else if !acts && !prints {
        if said.is_empty() {
            said.push("-print0".to_owned());
        } else {
            said.insert(0, "(".to_owned());
            said.extend([")".to_owned(), "-print0".to_owned()]);
        }
    }
    let split = if acts { Split::Whole } else { split };
    Ok((Feed::Find { roots, expression: said, split }, then))
}
