//! Rules of the house that no compiler knows: short files that say what they are, no `unsafe`, no place of one machine,
//! and a README whose examples work.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use clap::Parser as _;
use support::sources::{Source, files, tokens};
use taut::cli::Args;
use taut::hub::config::Config;
use taut::keymap;
use taut::policy::Policy;

/// A file longer than this holds more than one idea.
const LONGEST: usize = 500;

fn rust() -> Vec<Source> {
    let all: Vec<Source> = ["src", "tests"].iter().flat_map(|folder| files(folder, ".rs")).collect();
    assert!(all.len() > 60, "the sources were not found");
    all
}

fn root(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).expect(name)
}

fn none(wrong: &[String], rule: &str) {
    assert!(wrong.is_empty(), "{rule}:\n{}", wrong.join("\n"));
}

#[test]
fn no_file_is_too_long_to_hold_one_idea() {
    let sources = rust();
    let lines = |source: &Source| source.text.lines().count();
    let long = sources.iter().filter(|source| lines(source) > LONGEST);
    let wrong: Vec<String> = long.map(|source| format!("{}: {} lines", source.path, lines(source))).collect();
    none(&wrong, "split these by idea");
}

#[test]
fn every_file_begins_by_saying_what_it_is() {
    let silent = rust().into_iter().filter(|source| !source.text.starts_with("//! ")).map(|source| source.path);
    // The tests of the file beside them.
    let wrong: Vec<String> = silent.filter(|path| !path.ends_with("/tests.rs")).collect();
    none(&wrong, "begin these with `//! ` and a sentence");
}

#[test]
fn nothing_is_unsafe() {
    let found = rust().into_iter().filter(|source| tokens(&source.text).iter().any(|token| token.text == "unsafe"));
    let wrong: Vec<String> = found.map(|source| source.path).collect();
    none(&wrong, "the crate forbids `unsafe`");
}

#[test]
fn no_place_of_one_machine_is_named() {
    // Split, so that this file does not find itself.
    let places = ["/work", "/root"].map(|place| format!("{place}/"));
    let mut wrong = Vec::new();
    let texts = ["src", "tests", "themes", "screenshots"].iter().flat_map(|folder| files(folder, ""));
    let all = texts
        .chain(files(".ci", ""))
        .chain(["README.md", "Cargo.toml"].map(|name| Source { path: name.to_owned(), text: root(name) }));
    for source in all {
        for (n, line) in source.text.lines().enumerate() {
            // A word may end so (`network/`), and a test that looks for such places names them bare.
            let named = |place: &String| {
                line.match_indices(place.as_str()).any(|(at, _)| {
                    let begins = !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-".contains(c));
                    begins && !line[at + place.len()..].starts_with('"')
                })
            };
            if places.iter().any(named) {
                wrong.push(format!("{}:{}: {}", source.path, n + 1, line.trim()));
            }
        }
    }
    none(&wrong, "these places exist on one machine only");
}

/// The fenced blocks of a language in the README.
fn blocks(language: &str) -> Vec<String> {
    let (mut found, mut inside) = (Vec::new(), None::<String>);
    for line in root("README.md").lines() {
        match (&mut inside, line.strip_prefix("```")) {
            (Some(_), Some(_)) => found.extend(inside.take()),
            (Some(text), None) => text.extend([line, "\n"]),
            (None, Some(fence)) if fence == language => inside = Some(String::new()),
            (None, _) => {}
        }
    }
    found
}

#[test]
fn the_settings_of_the_readme_are_taken_as_they_stand() {
    let (mut configs, mut policies) = (0, 0);
    for block in blocks("toml") {
        if block.contains("[[rule]]") {
            policies += 1;
            Policy::parse(&block, "the README").expect("the policy of the README");
        } else {
            configs += 1;
            let config = Config::parse(&block, "the README").expect("the configuration of the README");
            let keys: Vec<_> = config.keys.into_iter().map(|key| (key.action, key.keys)).collect();
            keymap::rebind(&keys).expect("the keys of the README");
        }
    }
    assert!(configs > 0 && policies > 0, "the README shows both");
}

#[test]
fn the_command_lines_of_the_readme_are_taken_as_they_stand() {
    let mut verbs = std::collections::BTreeSet::new();
    for block in blocks("sh") {
        let lines = block.lines().filter_map(|line| line.split(" #").next()).map(str::trim);
        for line in lines.filter(|line| line.starts_with("taut")) {
            // What a shell would put in the place of the file that holds a head.
            let words = words(&line.replace("$(cat kept-head)", &"0".repeat(64)));
            if let Err(error) = Args::try_parse_from(&words) {
                panic!("{line}\n{error}");
            }
            verbs.extend(words.get(1).filter(|word| !word.starts_with('-')).cloned());
        }
    }
    let command = <Args as clap::CommandFactory>::command();
    let all: std::collections::BTreeSet<String> =
        command.get_subcommands().filter(|verb| !verb.is_hide_set()).map(|verb| verb.get_name().to_owned()).collect();
    assert_eq!(verbs, all, "the README shows every command");
}

/// Splits a command line as a shell does, as far as the README needs it: at blanks outside double quotes.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    let words = |(n, part): (usize, &str)| match n % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    };
    parts.flat_map(words).collect()
}

#[test]
fn the_licences_are_there_as_the_manifest_says() {
    assert!(root("Cargo.toml").contains("license = \"MIT OR Apache-2.0\""));
    assert!(root("LICENSE-MIT").contains("Permission is hereby granted, free of charge"));
    assert!(root("LICENSE-APACHE").contains("Version 2.0, January 2004"));
}

#[test]
fn the_links_of_the_readme_lead_somewhere() {
    let text = root("README.md");
    let links = text.match_indices("](").map(|(at, _)| text[at + 2..].split(')').next().unwrap_or_default());
    let gone: Vec<String> = links
        .filter(|link| !link.contains("://") && !link.starts_with('#'))
        // Pictures are written by a test of their own, which says so where they are missing.
        .filter(|link| !link.starts_with("screenshots/"))
        .filter(|link| !std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists())
        .map(str::to_owned)
        .collect();
    none(&gone, "these files are not there");
}
