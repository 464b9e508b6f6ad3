//! The house has rooms, and between them few doors: which room may use which, and which rooms touch nothing outside.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeSet;
use support::sources::{Named, Source, files, named, tokens, without_tests};

/// Which room may use which others. A new room needs a line; a new arrow needs a better reason than convenience.
const ARROWS: [(&str, &[&str]); 24] = [
    ("domain", &[]),
    ("text", &[]),
    ("diff", &["text"]),
    ("shell", &[]),
    ("state", &["domain"]),
    ("numbers", &["domain"]),
    ("brief", &["domain", "state", "text"]),
    ("policy", &["domain", "shell"]),
    ("store", &["domain", "text"]),
    ("checkpoint", &["domain", "diff", "text"]),
    ("shapes", &["domain"]),
    ("agent", &["domain", "text", "shapes"]),
    ("transcript", &["domain", "text", "shapes"]),
    ("recordings", &["domain", "numbers", "text", "state", "store", "transcript"]),
    ("stories", &["domain", "recordings", "state", "store"]),
    ("search", &["domain", "recordings", "state", "store", "stories", "text"]),
    ("worktree", &["domain", "text"]),
    (
        "hub",
        &[
            "domain",
            "text",
            "diff",
            "shell",
            "state",
            "policy",
            "store",
            "checkpoint",
            "agent",
            "worktree",
            "recordings",
            "stories",
            "search",
            "brief",
            "numbers",
        ],
    ),
    ("ui", &["domain", "state", "policy", "text", "diff"]),
    ("keymap", &["ui"]),
    ("theme", &[]),
    ("view", &["ui", "domain", "state", "text", "diff", "keymap", "theme"]),
    ("tui", &EVERYTHING),
    ("cli", &EVERYTHING),
];
const EVERYTHING: [&str; 24] = [
    "domain",
    "text",
    "diff",
    "shell",
    "state",
    "numbers",
    "brief",
    "policy",
    "store",
    "checkpoint",
    "shapes",
    "agent",
    "transcript",
    "recordings",
    "stories",
    "search",
    "hub",
    "ui",
    "keymap",
    "theme",
    "view",
    "worktree",
    "tui",
    "cli",
];

/// Rooms that are functions of what they are given: no files, no network, no processes, no clock, no chance.
const PURE: [&str; 12] =
    ["domain", "text", "diff", "shell", "shapes", "state", "numbers", "brief", "policy", "ui", "keymap", "view"];

/// What a pure room must not name, and why.
const OUTSIDE: [(&[&str], &str); 24] = [
    (&["std", "fs"], "files"),
    (&["std", "env"], "the environment"),
    (&["std", "net"], "the network"),
    (&["std", "os"], "the system"),
    (&["std", "process"], "processes"),
    (&["std", "thread"], "threads"),
    (&["std", "io", "stdin"], "input"),
    (&["std", "io", "stdout"], "output"),
    (&["std", "io", "stderr"], "output"),
    (&["std", "time", "Instant"], "the clock"),
    (&["std", "time", "SystemTime"], "the clock"),
    (&["std", "collections", "hash_map", "RandomState"], "chance"),
    (&["std", "hash", "RandomState"], "chance"),
    (&["tokio"], "waiting"),
    (&["rustix"], "the system"),
    (&["rusqlite"], "files"),
    (&["notify"], "files"),
    (&["signal_hook"], "signals"),
    (&["etcetera"], "the environment"),
    (&["uuid"], "chance"),
    (&["rand"], "chance"),
    (&["getrandom"], "chance"),
    (&["crossterm", "terminal"], "the terminal"),
    (&["crossterm", "execute"], "the terminal"),
];
/// Macros that a pure room must not call.
const PRINTS: [&str; 4] = ["print", "println", "eprint", "eprintln"];

/// The module of a file: `src/store/mod.rs` is `store`, `src/store/head.rs` is `store::head`, `src/lib.rs` is the root.
fn module_of(path: &str) -> Vec<String> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    if ["lib", "main"].contains(&inner) { Vec::new() } else { inner.split('/').map(str::to_owned).collect() }
}

/// The room of a file; the two roots are rooms of their own.
fn room_of(path: &str) -> String {
    module_of(path)
        .into_iter()
        .next()
        .unwrap_or_else(|| path.trim_start_matches("src/").trim_end_matches(".rs").to_owned())
}

/// Where a path leads inside this crate, from its root; `None` where it leads to another crate, or stays a plain name.
fn inside(module: &[String], named: &Named) -> Option<Vec<String>> {
    let rest = |from: usize| named.path[from..].to_vec();
    match named.path[0].as_str() {
        "crate" | "taut" => Some(rest(1)),
        "self" | "super" => {
            let selfs = usize::from(named.path[0] == "self");
            let supers = named.path[selfs..].iter().take_while(|word| *word == "super").count();
            let here: Vec<String> = module.iter().chain(&named.inside).cloned().collect();
            let above = here.len().checked_sub(supers)?;
            Some(here[..above].iter().cloned().chain(rest(selfs + supers)).collect())
        }
        _ => None,
    }
}

/// Who sees a file.
#[derive(Clone, Copy, PartialEq)]
enum Seen {
    ByAll,
    ByTests,
}

/// Every arrow of a file that leads where its room may not use anything. Tests may speak the vocabulary, wherever they are.
fn wrong_arrows(source: &Source, seen: Seen) -> Vec<String> {
    let room = room_of(&source.path);
    let allowed: &[&str] = match room.as_str() {
        "main" => &["cli"],
        "lib" => &[],
        room => ARROWS.iter().find(|(name, _)| *name == room).map_or(&[], |(_, allowed)| allowed),
    };
    let module = module_of(&source.path);
    let all = tokens(&source.text);
    let used = if seen == Seen::ByTests { Vec::new() } else { named(&without_tests(&all).0) };
    let mut wrong = BTreeSet::new();
    for named in named(&all) {
        let Some(target) = inside(&module, &named) else { continue };
        // To name the root is to name every room.
        let to = target.first().map_or("*", String::as_str);
        let spoken = to == "domain" && !used.contains(&named);
        if to != room && !allowed.contains(&to) && !spoken {
            wrong.insert(format!("{}:{}: {room} -> {to} ({})", source.path, named.line, named.path.join("::")));
        }
    }
    wrong.into_iter().collect()
}

/// Everything of the world outside that a pure file names.
fn impure(source: &Source) -> Vec<String> {
    let (tokens, _) = without_tests(&tokens(&source.text));
    let mut wrong = Vec::new();
    for named in named(&tokens) {
        let path: Vec<&str> = named.path.iter().map(String::as_str).collect();
        let core = path.first().is_some_and(|first| ["core", "alloc"].contains(first));
        let known = OUTSIDE.iter().find(|(outside, _)| {
            path.starts_with(outside)
                || (path[0] == outside[0] && path.last() == Some(&"*") && outside.starts_with(&path[..path.len() - 1]))
        });
        // `Zoned::now`, `Timestamp::now` and whatever else has a clock.
        let clock = (path.len() > 1 && path.last() == Some(&"now")).then_some("the clock");
        if let Some(what) = known.map(|(_, what)| *what).or(clock).filter(|_| !core) {
            wrong.push(format!("{}:{}: {} is {what}", source.path, named.line, path.join("::")));
        }
    }
    for pair in tokens.windows(2) {
        if PRINTS.contains(&pair[0].text.as_str()) && pair[1].text == "!" {
            wrong.push(format!("{}:{}: {}! is output", source.path, pair[0].line, pair[0].text));
        }
    }
    wrong
}

/// The modules, as paths of files without their ending, that only tests see.
fn test_only(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        let folder = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
        let (_, apart) = without_tests(&tokens(&source.text));
        found.extend(apart.into_iter().map(|name| format!("{folder}/{name}")));
    }
    found
}

fn is_test(apart: &[String], path: &str) -> bool {
    let below =
        |module: &String| path.strip_prefix(module.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'));
    apart.iter().any(below)
}

#[test]
fn every_arrow_is_an_allowed_one() {
    let sources = files("src", ".rs");
    assert!(sources.len() > 50, "the sources were not found");
    let apart = test_only(&sources);
    let seen = |source: &Source| if is_test(&apart, &source.path) { Seen::ByTests } else { Seen::ByAll };
    let wrong: Vec<String> = sources.iter().flat_map(|source| wrong_arrows(source, seen(source))).collect();
    assert!(wrong.is_empty(), "arrows that the table in this test does not allow:\n{}", wrong.join("\n"));
}

#[test]
fn every_room_has_its_line_in_the_table_and_every_line_its_room() {
    let mut rooms: BTreeSet<String> = files("src", ".rs").iter().map(|source| room_of(&source.path)).collect();
    assert!(rooms.remove("lib") && rooms.remove("main"));
    let lines: BTreeSet<String> = ARROWS.iter().map(|(room, _)| (*room).to_owned()).collect();
    assert_eq!(rooms, lines);
    let map = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).unwrap();
    for room in &rooms {
        assert!(
            map.contains(&format!("pub mod {room};")) && map.contains(&format!("[`{room}`]")),
            "the map lacks {room}"
        );
    }
}

#[test]
fn pure_rooms_touch_nothing_outside() {
    let sources = files("src", ".rs");
    let apart = test_only(&sources);
    let pure = sources
        .iter()
        .filter(|source| PURE.contains(&room_of(&source.path).as_str()) && !is_test(&apart, &source.path));
    let wrong: Vec<String> = pure.flat_map(impure).collect();
    assert!(wrong.is_empty(), "a pure room is a function of what it is given:\n{}", wrong.join("\n"));
}

fn file(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn the_checker_finds_an_arrow_however_it_is_written() {
    for text in [
        "use crate::store::Store;",
        "use crate::{domain::At, store};",
        "use crate::{domain::{At, body::{self, Text}}, hub::Link};",
        "pub use crate :: hub :: Link ;",
        "fn f() -> crate::tui::Source { todo() }",
        "fn f(x: &'static str) { let c = '\"'; crate::cli::main(); let d = '\"'; }",
        "fn f() { <crate::hub::Link as Drop>::drop }",
        "use super::super::store;",
        "use super::super::{domain::At, store};",
        "use self::super::super::store as other;",
        "mod tests { use super::super::super::store; }",
        "#[cfg(test)] mod tests { mod deep { fn f() { super::super::super::super::store::x() } } } }",
        "use crate as root;",
        "use crate::*;",
        "use super::super as root;",
        "use taut::agent::Tell;",
        "macro_rules! m { () => { $crate::hub::start() } }",
        "use ::taut::hub;",
        "fn f() -> ::taut::hub::Link { g() }",
        "fn f() { Vec::<crate::hub::Link>::new() }",
        "/* a /* nested */ comment */ use crate::hub;",
        "let s = r#\" \" \"#; use crate::hub;",
    ] {
        assert_eq!(wrong_arrows(&file("src/state/page.rs", text), Seen::ByAll).len(), 1, "{text}");
    }
    assert_eq!(
        wrong_arrows(&file("src/main.rs", "fn main() { taut::cli::main(); taut::hub::start() }"), Seen::ByAll).len(),
        1
    );
    assert_eq!(wrong_arrows(&file("src/lib.rs", "pub mod a; pub use crate::domain::At;"), Seen::ByAll).len(), 1);
    assert_eq!(wrong_arrows(&file("src/keymap.rs", "use crate::domain::At;"), Seen::ByAll).len(), 1);
    let tests = "#[cfg(test)] mod tests { use crate::domain::At; use crate::state::State; }";
    assert_eq!(wrong_arrows(&file("src/keymap.rs", tests), Seen::ByAll).len(), 1, "the vocabulary, and no more");
    assert_eq!(wrong_arrows(&file("src/keymap/tests.rs", "use crate::domain::At;"), Seen::ByTests).len(), 0);
    assert_eq!(wrong_arrows(&file("src/newroom/mod.rs", "use crate::domain::At;"), Seen::ByAll).len(), 1);
}

#[test]
fn the_checker_is_silent_where_nothing_is_used() {
    for text in [
        "use crate::domain::{At, body::{self, Text}};",
        "use super::super::domain::At; use super::Session; use crate::state::Session;",
        "//! Unlike [`crate::store`]. `use crate::hub;`\n/// [`crate::hub::Link`]\n// use crate::hub;",
        "const A: &str = \"use crate::store;\"; const B: &str = r#\"crate::hub::\"x\"\"#; const C: &[u8] = b\"crate::hub\";",
        "pub(crate) fn f<'a>(x: &'a str) {} pub(in super::super) fn g() {} pub(super) struct S;",
        "fn f() { let store = 1; store::<u8>(); other::store::x(); hub.start() }",
        "mod inner { use super::super::Session; use super::page; }",
    ] {
        assert_eq!(wrong_arrows(&file("src/state/page.rs", text), Seen::ByAll), [""; 0], "{text}");
    }
}

#[test]
fn the_checker_finds_the_world_in_a_pure_file() {
    for text in [
        "use std::fs;",
        "use std::{collections::BTreeMap, fs::File};",
        "fn f() { std::process::exit(1) }",
        "use ::std::net::TcpStream;",
        "use tokio::sync::mpsc;",
        "use std::time::{Duration, Instant};",
        "fn f() -> std::time::SystemTime { g() }",
        "use std::time::*;",
        "fn f() { jiff::Zoned::now() }",
        "fn f() { Instant::now() }",
        "use uuid::Uuid;",
        "fn f() { println!(\"x\") }",
        "#[cfg(test)] use std::fs; use std::env;",
        "#[cfg(test)] mod tests { use std::fs; } fn f() { std::fs::read(\"x\") }",
    ] {
        assert_eq!(impure(&file("src/view/mod.rs", text)).len(), 1, "{text}");
    }
    for text in [
        "use std::time::Duration; use std::io::Write; use std::sync::Arc; // use std::fs",
        "#[cfg(test)] mod tests { use std::fs; fn f() { Instant::now(); } } fn after() {}",
        "#[cfg(test)] use std::{fs, env}; #[cfg(test)] fn f() { std::fs::read(\"x\") } fn g(now: At) { now.since(x) }",
        "const A: &str = \"std::fs::read\";",
    ] {
        assert_eq!(impure(&file("src/view/mod.rs", text)), [""; 0], "{text}");
    }
    let sources =
        [file("src/diff/mod.rs", "#[cfg(test)]\nmod tests;"), file("src/text/a.rs", "#[cfg(test)] mod t; mod u;")];
    assert_eq!(test_only(&sources), ["src/diff/tests", "src/text/a/t"]);
}
