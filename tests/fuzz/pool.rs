//! Lines to begin with: those that the other tests are made of, and, where `TAUT_SHARED` names a folder with a corpus, what
//! tools really wrote.

use serde_json::Value;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use taut::transcript::{Format, file};

/// Lines of a file that are taken.
const OF_A_FILE: usize = 60;
/// Lines of a format.
const OF_A_FORMAT: usize = 1_500;
/// A longer line makes every case slow.
const LONGEST: usize = 16 << 10;

fn own(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder)
}

/// Files below a folder, in the order of their names.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { all.extend(below(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

/// What the tests of the transcripts write: every raw string in them that begins as JSON does.
fn of_tests() -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    for path in below(&own("transcript")) {
        let text = fs::read_to_string(path).unwrap();
        let raw = text.split("r#\"").skip(1).filter_map(|rest| rest.split_once("\"#")).map(|(raw, _)| raw);
        for line in raw.flat_map(str::lines).map(str::trim).filter(|line| line.starts_with(['{', '['])) {
            lines.push(line.replace("{{", "{").replace("}}", "}").into_bytes());
        }
    }
    assert!(lines.len() > 50, "the tests of the transcripts hold lines: {}", lines.len());
    lines
}

/// The corpus, as (format, path).
fn corpus() -> Vec<(&'static str, PathBuf)> {
    let Some(shared) = std::env::var_os("TAUT_SHARED") else { return Vec::new() };
    let of = |path: PathBuf| Some((file::sniff(&path).ok()?.name(), path));
    below(&PathBuf::from(shared).join("corpus")).into_iter().filter_map(of).collect()
}

/// For each of these formats the lines to begin with.
pub(crate) fn transcripts(formats: &[&'static dyn Format]) -> Vec<Vec<Vec<u8>>> {
    let (tests, corpus) = (of_tests(), corpus());
    let of = |format: &&'static dyn Format| {
        let mut lines = Vec::new();
        for (_, path) in corpus.iter().filter(|(name, _)| *name == format.name()) {
            let mut head = Vec::new();
            drop(fs::File::open(path).unwrap().take(1 << 20).read_to_end(&mut head));
            let all: Vec<&[u8]> = head.split(|byte| *byte == b'\n').filter(|line| line.len() < LONGEST).collect();
            // From its beginning, and from all over it.
            let (first, rest) = all.split_at(all.len().min(OF_A_FILE / 2));
            let step = (rest.len() / (OF_A_FILE / 2)).max(1);
            lines.extend(first.iter().chain(rest.iter().step_by(step)).map(|line| line.to_vec()));
            // A document stands on many lines, and is nothing in pieces.
            if head.len() < LONGEST && all.len() > 1 {
                lines.push(head.iter().map(|byte| if *byte == b'\n' { b' ' } else { *byte }).collect());
            }
        }
        let step = (lines.len() / OF_A_FORMAT).max(1);
        lines.into_iter().step_by(step).chain(tests.iter().cloned()).collect()
    };
    formats.iter().map(of).collect()
}

/// What agents said in the logs below a folder of the tests.
pub(crate) fn heard(folder: &str) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    for path in below(&own(folder)).into_iter().filter(|path| path.extension().is_some_and(|end| end == "jsonl")) {
        let text = fs::read_to_string(path).unwrap();
        let entries = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        for entry in entries.filter(|entry| entry["dir"] == "in") {
            let said = entry["raw"].as_str().map_or_else(|| entry["msg"].to_string(), str::to_owned);
            lines.extend(Some(said.into_bytes()).filter(|line| line.len() < LONGEST));
        }
    }
    assert!(lines.len() > 100, "there are logs in {folder}");
    lines
}
