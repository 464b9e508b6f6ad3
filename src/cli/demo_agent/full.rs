//! The demo itself: it reads, plans, edits, runs, and sends a subagent; each with leave.

use super::agent::Step;
use super::call::Call;
use super::story::{self, Change};
use super::turn::Turn;
use super::wire::text;
use serde_json::json;
use std::fs;

/// The command that checks the project, and what to run where there is no such check.
const CHECK: &str = "sh tests/check.sh";
const NO_CHECK: &str = "ls";

/// Plays the whole demo.
pub(super) fn play(turn: &mut Turn<'_>) -> Step {
    turn.plan(&story::PLAN, 0)?;
    turn.think(story::THOUGHT)?;
    turn.say(story::INTRO)?;
    for file in [story::FIX.file, "tests/test_basket.py"] {
        if turn.path(file).exists() {
            turn.read(file)?;
        }
    }
    if let Some(file) = files(turn).first().filter(|_| !fits(turn, &story::FIX)).cloned() {
        turn.read(&file)?;
    }
    turn.spend(48_000)?;
    turn.plan(&story::PLAN, 1)?;
    turn.say(story::FOUND)?;
    if turn.session().plans_only {
        return turn.say(story::PLAN_ONLY);
    }
    change(turn, &story::FIX)?;
    turn.spend(39_000)?;
    turn.plan(&story::PLAN, 2)?;
    let check = if turn.path("tests/check.sh").exists() { CHECK } else { NO_CHECK };
    if !turn.run(check, "Run the tests")? {
        turn.say(story::REJECTED)?;
    }
    turn.spend(36_000)?;
    turn.plan(&story::PLAN, 3)?;
    subagent(turn)?;
    turn.spend(31_000)?;
    turn.compact(story::SUMMARY)?;
    turn.plan(&story::PLAN, 4)?;
    turn.say(story::END)?;
    turn.plan(&story::PLAN, story::PLAN.len())?;
    turn.spend(900)
}

/// Plays what comes after the demo.
pub(super) fn follow_up(turn: &mut Turn<'_>) -> Step {
    turn.say(story::AGAIN)?;
    if turn.session().plans_only {
        return turn.say(story::PLAN_ONLY);
    }
    if turn.path(story::READ_ME.file).exists() {
        turn.read(story::READ_ME.file)?;
    }
    change(turn, &story::READ_ME)?;
    turn.say(story::AGAIN_END)?;
    turn.spend(1_100)
}

/// A subagent in its own lane, told as claude-agent-acp tells it.
fn subagent(turn: &mut Turn<'_>) -> Step {
    let task = turn.open(Call {
        tool: "Task",
        kind: "think",
        title: "Check who relies on the rounding".into(),
        input: json!({"description": "Check the callers", "subagent_type": "general-purpose", "prompt": story::TASK}),
        content: vec![text(story::TASK)],
        ..Call::default()
    })?;
    turn.lane = Some(task.id.clone());
    let done = in_lane(turn);
    turn.lane = None;
    match done {
        Ok(()) => turn.end(&task, "completed", &[text(story::LANE_FOUND)]),
        Err(halt) => {
            turn.tell(&task, &json!({"status": "failed"}));
            Err(halt)
        }
    }
}

fn in_lane(turn: &mut Turn<'_>) -> Step {
    turn.think(story::LANE_THOUGHT)?;
    for file in ["src/receipt.py", story::LOG.file] {
        if turn.path(file).exists() {
            turn.read(file)?;
        }
    }
    turn.say(story::LANE_FOUND)?;
    change(turn, &story::LOG)
}

/// Makes a change where it fits, else writes a note. A refusal is taken with grace.
fn change(turn: &mut Turn<'_>, change: &Change) -> Step {
    let path = turn.path(change.file);
    let file = fs::read_to_string(path).unwrap_or_default();
    let written = if file.contains(change.old) && !file.contains(change.new) {
        turn.write(change.file, &file.replacen(change.old, change.new, 1))?
    } else {
        let notes = turn.path(story::NOTES);
        let notes = fs::read_to_string(notes).unwrap_or_default();
        turn.write(story::NOTES, &format!("{notes}- The demo agent would change {} here.\n", change.file))?
    };
    if written { turn.ponder() } else { turn.say(story::REJECTED) }
}

fn fits(turn: &mut Turn<'_>, change: &Change) -> bool {
    turn.path(change.file).exists()
}

/// The text files at the top of the workspace and in `src`, in order.
pub(super) fn files(turn: &mut Turn<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["", "src/"] {
        let Ok(entries) = fs::read_dir(turn.path(folder)) else { continue };
        let names = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        found.extend(names.filter_map(|entry| Some(format!("{folder}{}", entry.file_name().to_str()?))));
    }
    found.retain(|name| !name.starts_with('.'));
    found.sort();
    found
}
