//! Programs that run another one behind a word of their own: `uv run`, `bundle exec`, `perf stat`.

use super::options::Spec;
use super::word::Word;
use super::{Line, options};

/// A program, its word, and the options that take a value before what it runs.
type Runner = (&'static [&'static str], &'static [&'static str], &'static [&'static str]);

const RUNNERS: [Runner; 12] = [
    (&["uv"], &["run"], &["--with", "-p", "--python", "--directory", "--project", "--extra", "--group", "--env-file"]),
    (
        &["poetry", "pipenv", "pdm", "hatch", "rye", "pixi", "conda", "micromamba"],
        &["run"],
        &["-n", "--name", "-p", "--prefix", "-C", "--directory"],
    ),
    (&["bundle"], &["exec"], &[]),
    (&["mise", "rtx", "asdf", "volta"], &["exec", "x", "run"], &["-C", "--cd"]),
    (&["pnpm", "yarn"], &["exec"], &["--filter", "-F", "-C", "--dir"]),
    (&["npm"], &["exec", "x"], &["-w", "--workspace", "--package", "-p"]),
    (
        &["perf"],
        &["stat", "record", "trace", "mem", "kmem", "lock", "sched"],
        &["-e", "--event", "-o", "--output", "-p", "-r", "-F", "-c", "-C"],
    ),
    (&["direnv"], &["exec"], &[]),
    (&["nix"], &["run", "shell", "develop"], &[]),
    (&["opam", "dune"], &["exec"], &[]),
    (&["stack", "cabal"], &["exec"], &[]),
    (&["rustup"], &["run"], &[]),
];
/// Those whose command stands behind one more word of theirs: a folder, a toolchain.
const AFTER_ONE: [&str; 2] = ["direnv", "rustup"];
/// Kinds of machines, as `setarch` names them.
const MACHINES: [&str; 14] = [
    "x86_64", "i386", "i486", "i586", "i686", "linux32", "linux64", "aarch64", "arm", "armv7l", "armv8l", "ppc64le",
    "s390x", "uname26",
];

/// The words of what such a program runs.
pub(super) fn inside(name: &str, args: &[Word], line: &mut Line) -> Option<Vec<Word>> {
    let (_, verbs, values) = RUNNERS.iter().find(|(names, ..)| names.contains(&name))?;
    let at = args.iter().position(|word| !word.text.starts_with('-'))?;
    let mut rest = args.get(at + 1..).filter(|_| verbs.contains(&args[at].text.as_str()))?;
    while let Some((first, after)) = rest.split_first().filter(|(first, _)| first.text.starts_with('-')) {
        rest = after;
        if first.text == "--" {
            break;
        }
        if values.contains(&first.text.as_str()) {
            rest = rest.get(1..).unwrap_or_default();
        } else if !first.text.contains('=') && first.text != "-q" {
            line.doubt(format!("{name} is given an option that is not known: {}", first.text));
        }
    }
    let own = usize::from(AFTER_ONE.contains(&name));
    let words = rest.get(own..).filter(|words| !words.is_empty())?;
    Some(words.to_vec())
}

/// What `setarch` runs, which may be told a kind of machine first.
pub(super) fn behind_machine(args: &[Word], spec: &Spec) -> Vec<Word> {
    let rest = options::read(args, spec).rest;
    let own = usize::from(rest.first().is_some_and(|word| MACHINES.contains(&word.text.as_str())));
    let behind = rest.get(own..).unwrap_or_default();
    options::read(behind, spec).rest.to_vec()
}
