//! Real transcripts of other tools, read whole: a table of what was read, and facts of chosen files that a script of its own
//! found. They are other people's and stay outside of the repository: `TAUT_SHARED` names the folder that has them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::format_collect, reason = "tests")]

mod golden;
mod golden_forms;
mod growing;

use golden::GOLDEN;
use golden_forms::{GOLDEN_FORMS, GOLDEN_TRAJECTORIES};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use taut::domain::{Event, LaneId, Record, Speaker, Tokens};
use taut::state::Session;
use taut::transcript::{self, ReadError, Stamp, Tally};

/// The folder of the corpus.
fn corpus() -> Option<PathBuf> {
    let shared = std::env::var_os("TAUT_SHARED").map(|shared| PathBuf::from(shared).join("corpus"));
    let corpus = shared.filter(|corpus| corpus.join("INDEX.tsv").is_file());
    if corpus.is_none() {
        println!("skipped: TAUT_SHARED names no folder with corpus/INDEX.tsv");
    }
    corpus
}

/// The files of a format, in the order of the index. Those of subagents are read with their sessions.
fn files(corpus: &Path, format: &str) -> Vec<String> {
    let index = fs::read_to_string(corpus.join("INDEX.tsv")).unwrap();
    let rows = index.lines().skip(1).map(|row| row.split('\t').collect::<Vec<_>>());
    let of = rows.filter(|row| row[1] == format).map(|row| row[0].to_owned());
    let belongs = |path: &str| {
        let is_later_event = path.contains("/event-") && !path.contains("/event-00000-");
        path.contains("/subagents/") || path.contains("/message/") || path.contains("/part/") || is_later_event
    };
    of.filter(|path| !belongs(path) && corpus.join(path).is_file()).collect()
}

/// What a person would want to know of a session, from its records.
#[derive(Debug, Default, PartialEq, Eq)]
struct Facts {
    prompts: usize,
    calls: usize,
    /// Fresh, written, from a cache, into a cache.
    tokens: [u64; 4],
    last: String,
}

fn gather(facts: &mut Facts, calls: &mut BTreeSet<String>, record: &Record) {
    let add = |tokens: &mut [u64; 4], more: &Tokens| {
        let more = [more.input, more.output, more.cache_read, more.cache_write];
        tokens.iter_mut().zip(more).for_each(|(sum, more)| *sum += more.unwrap_or(0));
    };
    match &record.event {
        Event::PromptSent { steer: false, .. } => facts.prompts += 1,
        Event::Called { call, .. } => drop(calls.insert(call.0.clone())),
        Event::TurnEnded { tokens: Some(tokens), .. } => add(&mut facts.tokens, tokens),
        Event::Said { who: Speaker::Agent, text, .. } if record.lane == LaneId::ROOT => {
            text.inline().unwrap().clone_into(&mut facts.last);
        }
        _ => {}
    }
    facts.calls = calls.len();
}

fn read(path: &Path) -> Result<(Tally, Facts, Session), ReadError> {
    let format = transcript::file::sniff(path)?;
    let mut session = Session::new(Stamp::of(&path.to_string_lossy()).session());
    let (mut facts, mut calls, mut before) = (Facts::default(), BTreeSet::new(), None::<Record>);
    let tally = transcript::read(path, format, &mut |record| {
        // The log's own order holds, whatever the clocks in the file do.
        let last = before.as_ref().map_or((0, 0), |last| (last.seq.0, last.at.0));
        assert!(record.seq.0 == last.0 + 1 && record.at.0 >= last.1, "{}: record {}", path.display(), record.seq.0);
        gather(&mut facts, &mut calls, &record);
        session.apply(&record);
        before = Some(record);
    })?;
    Ok((tally, facts, session))
}

#[test]
fn every_transcript_of_claude_code_is_read_or_refused_in_a_sentence() {
    // One holds no line of a session, the other is another tool's export of one.
    table("claude-code", 50, 2);
}

#[test]
fn every_rollout_of_codex_is_read_or_refused_in_a_sentence() {
    // Five are nothing that Codex ever wrote: made by hand for another tool's tests, or a tidied export.
    table("codex", 25, 5);
}

#[test]
fn every_session_of_gemini_is_read_or_refused_in_a_sentence() {
    // Twenty-four are recorded answers of its service, one is its list of prompts, one no layout that it ever had.
    table("gemini-cli", 40, 26);
}

#[test]
fn every_session_of_copilot_is_read_or_refused_in_a_sentence() {
    // Four are another product's traces, two were made by hand for another tool's tests and are nothing that it ever wrote.
    table("copilot-cli", 9, 6);
}

#[test]
fn every_session_of_opencode_is_read_or_refused_in_a_sentence() {
    // One says the number of its storage's layout.
    table("opencode", 4, 1);
}

#[test]
fn every_session_of_pi_is_read_or_refused_in_a_sentence() {
    table("pi", 7, 0);
}

#[test]
fn every_conversation_of_openhands_is_read_or_refused_in_a_sentence() {
    table("openhands", 2, 0);
}

#[test]
fn every_trajectory_in_the_interchange_format_is_read_or_refused_in_a_sentence() {
    table("atif", 8, 0);
}

#[test]
fn every_trajectory_of_swe_agent_is_read_or_refused_in_a_sentence() {
    table("swe-agent", 8, 0);
}

#[test]
fn every_recording_of_a_terminal_is_read_or_refused_in_a_sentence() {
    table("asciinema", 7, 0);
}

#[test]
fn no_session_of_another_tool_is_taken_for_one_of_these() {
    let Some(corpus) = corpus() else { return };
    let index = fs::read_to_string(corpus.join("INDEX.tsv")).unwrap();
    let folders = [
        ("copilot", "copilot-cli"),
        ("opencode", "opencode"),
        ("pi", "pi"),
        ("openhands", "openhands"),
        ("atif", "atif"),
        ("swe-agent", "swe-agent"),
        ("asciicast", "asciinema"),
        ("taut", "none is taut's"),
    ];
    let (mut looked, mut taken) = (0, Vec::new());
    for row in index.lines().skip(1) {
        let (path, of) = row.split_once('\t').map(|(path, rest)| (path, rest.split('\t').next())).unwrap();
        let Ok(format) = transcript::file::sniff(&corpus.join(path)) else { continue };
        let own = folders.iter().find(|(name, _)| *name == format.name());
        looked += 1;
        // What is built upon pi, or another's sample of pi, is pi's.
        let is_pis = ["/openclaw/", "/pi/", "/pi_agent/"].iter().any(|mark| path.contains(mark));
        if own.is_some_and(|(name, folder)| of != Some(folder) && !(*name == "pi" && is_pis)) {
            taken.push((path, format.name()));
        }
    }
    assert!(looked > 100 && taken.is_empty(), "{looked}: {taken:?}");
}

/// Reads all files of a format, at least so many; so many are refused.
fn table(format: &str, at_least: usize, refusals: usize) {
    let Some(corpus) = corpus() else { return };
    let files = files(&corpus, format);
    assert!(files.len() > at_least, "the corpus has more of them");
    println!("{:>6} {:>7} {:>6} {:>5} {:>6} {:>5}  file", "lines", "records", "unrec.", "dam.", "prompt", "calls");
    let (mut sum, mut refused) = (Tally::default(), Vec::new());
    for file in &files {
        match read(&corpus.join(file)) {
            Ok((tally, facts, session)) => {
                println!(
                    "{:>6} {:>7} {:>6} {:>5} {:>6} {:>5}  {file}",
                    tally.lines, tally.records, tally.unrecognised, tally.damaged, facts.prompts, facts.calls
                );
                if std::env::var_os("TAUT_CORPUS_FACTS").is_some() {
                    println!("FACTS\t{file}\t{}\t{}\t{:?}\t{:?}", facts.prompts, facts.calls, facts.tokens, facts.last);
                }
                sum.files += tally.files;
                sum.lines += tally.lines;
                sum.records += tally.records;
                sum.unrecognised += tally.unrecognised;
                sum.damaged += tally.damaged;
                assert_eq!(session.seq.0, tally.records, "{file}");
                let shown = u64::from(session.unrecognised);
                assert_eq!(shown, tally.unrecognised + tally.damaged, "{file}: what could not be read is shown");
            }
            Err(error) => {
                println!("refused: {}", error.to_string().replace(&*corpus.to_string_lossy(), ""));
                refused.push(file.as_str());
            }
        }
    }
    println!(
        "{} files, {} lines, {} records, {} unrecognised, {} damaged, {} refused; panics 0",
        sum.files,
        sum.lines,
        sum.records,
        sum.unrecognised,
        sum.damaged,
        refused.len()
    );
    assert_eq!(refused.len(), refusals, "{refused:?}");
}

#[test]
fn what_a_script_found_in_chosen_files_is_what_was_read() {
    let Some(corpus) = corpus() else { return };
    for (file, prompts, calls, tokens, last) in GOLDEN.into_iter().chain(GOLDEN_FORMS).chain(GOLDEN_TRAJECTORIES) {
        let (_, facts, session) = read(&corpus.join(file)).unwrap();
        let digest: String =
            Sha256::digest(facts.last.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            (facts.prompts, facts.calls, facts.tokens, digest.as_str()),
            (prompts, calls, tokens, last),
            "{file}"
        );
        assert_eq!(session.steps as usize, calls, "{file}: every call is one step");
    }
}
