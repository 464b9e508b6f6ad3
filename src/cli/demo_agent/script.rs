//! The scripts, chosen by the first word of the prompt: the demo, and the drills of tests and benches.

use super::agent::{Halt, Step};
use super::call::{self, Said};
use super::turn::Turn;
use super::{asks, full, noise, shell};
use serde_json::json;
use std::process::{Command, Stdio};
use std::time::Duration;

/// What the agent does in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// The whole demo.
    Full,
    /// What comes after it.
    FollowUp,
    /// So many lines of markdown.
    Stream(u64),
    /// So many reads in a row.
    Work(u64),
    /// So many questions at once.
    Ask(u64),
    /// Nothing, until it is cancelled.
    Hang,
    /// Some words on stderr, and the end.
    Crash,
    /// Lines that are not what they should be.
    Garbage,
    /// So many updates, as fast as they go.
    Flood(u64),
    /// One line of so many megabytes.
    Big(u64),
    /// A child that outlives us, if it can.
    Forks,
    /// Words that try to fool the screen.
    Hostile,
    /// A change of a file in three places.
    Parts,
    /// A command that leaves what it said in a file.
    Run,
    /// Several questions to the human.
    Question,
    /// A plan that waits for a yes.
    Plan,
    /// Several edits that are alike, at once.
    Sweep,
    /// A command that deletes and rewrites files.
    Harm,
}

impl Script {
    /// The script for a prompt, after so many turns.
    pub(super) fn choose(prompt: &str, turns: u32) -> Self {
        let prompt = prompt.to_lowercase();
        let mut words = prompt.split_whitespace();
        let first = words.next().unwrap_or_default().trim_start_matches('/');
        let number = words.next().and_then(|word| word.parse().ok());
        match (first, number) {
            ("stream", n) => Self::Stream(n.unwrap_or(200)),
            ("work", n) => Self::Work(n.unwrap_or(20)),
            ("ask", n) => Self::Ask(n.unwrap_or(3)),
            ("flood", n) => Self::Flood(n.unwrap_or(10_000)),
            ("big", n) => Self::Big(n.unwrap_or(1)),
            ("hang", _) => Self::Hang,
            ("crash", _) => Self::Crash,
            ("garbage", _) => Self::Garbage,
            ("forks", _) => Self::Forks,
            ("hostile", _) => Self::Hostile,
            ("parts", _) => Self::Parts,
            ("run", _) => Self::Run,
            ("question" | "questions", _) => Self::Question,
            ("plan", _) => Self::Plan,
            ("sweep", _) => Self::Sweep,
            ("harm", _) => Self::Harm,
            ("demo", _) => Self::Full,
            _ if turns > 0 || prompt.contains("follow") => Self::FollowUp,
            _ => Self::Full,
        }
    }

    /// Plays it.
    pub(super) fn play(self, turn: &mut Turn<'_>) -> Step {
        match self {
            Self::Full => full::play(turn),
            Self::FollowUp => full::follow_up(turn),
            Self::Stream(lines) => stream(turn, lines),
            Self::Work(steps) => work(turn, steps),
            Self::Ask(count) => ask(turn, count),
            Self::Hang => loop {
                turn.agent.listen(Duration::MAX)?;
            },
            Self::Crash => {
                super::grumble("out of cheese");
                super::grumble("this crash was asked for");
                Err(Halt::Exit(3))
            }
            Self::Garbage => noise::garbage(turn),
            Self::Flood(lines) => noise::flood(turn, lines),
            Self::Big(megabytes) => noise::big(turn, megabytes),
            Self::Forks => forks(turn),
            Self::Hostile => noise::hostile(turn),
            Self::Parts => parts(turn),
            Self::Run => run(turn),
            Self::Question => asks::question(turn),
            Self::Plan => asks::plan(turn),
            Self::Sweep => asks::sweep(turn),
            Self::Harm => harm(turn),
        }
    }
}

fn stream(turn: &mut Turn<'_>, lines: u64) -> Step {
    for n in 1..=lines {
        let line = match n % 8 {
            1 => format!("## Part {}\n\n", n / 8 + 1),
            2 => format!("Line {n} of {lines}, with **bold**, *slanted* and `code` in it.\n"),
            5 => format!("```rust\nlet n = {n};\n"),
            6 => "println!(\"{n}\");\n```\n".to_owned(),
            7 => format!("1. item {n}\n"),
            _ => format!("- item {n}: the quick brown fox jumps over the lazy dog\n"),
        };
        turn.update(json!({
            "sessionUpdate": "agent_message_chunk", "messageId": "stream", "content": {"type": "text", "text": line},
        }));
        turn.pause()?;
    }
    turn.spend(lines * 12)
}

fn work(turn: &mut Turn<'_>, steps: u64) -> Step {
    let files = full::files(turn);
    for n in 0..steps {
        let Some(file) = files.get(usize::try_from(n).unwrap_or(0) % files.len().max(1)) else {
            return turn.say("There is no file here that I could read.\n");
        };
        turn.read(file)?;
    }
    turn.say(&format!("Read {steps} times.\n"))
}

fn ask(turn: &mut Turn<'_>, count: u64) -> Step {
    let mut open = Vec::new();
    for n in 1..=count {
        let (name, line) = (format!("ask-{n}.txt"), format!("echo answer {n}"));
        let path = turn.path(&name);
        let writes = n % 2 == 1;
        let call = if writes { call::edit(&name, &path, &format!("{n}\n")) } else { shell::command(&line, "Echo") };
        let call = turn.open(call)?;
        let always = if writes { "Allow edits for this session" } else { "Allow this command for this session" };
        let request = turn.ask(&call, always);
        open.push((request, call, writes.then_some(path), format!("{n}\n"), line));
    }
    let mut allowed = 0;
    for (request, call, path, new, line) in open {
        if turn.answer(request)? == Said::No {
            turn.end(&call, "failed", &[])?;
            continue;
        }
        allowed += 1;
        match path {
            Some(path) => drop(turn.write_now(&call, &path, &new)?),
            None => turn.run_now(&call, &line)?,
        }
    }
    turn.say(&format!("{allowed} of {count} were allowed.\n"))
}

/// The file is made first, where it is not there: both are asked for.
fn parts(turn: &mut Turn<'_>) -> Step {
    let (name, path) = ("verses.txt", turn.path("verses.txt"));
    let verse = |n: usize| format!("verse {n} of forty\n");
    let old: String = (1..=40).map(verse).collect();
    let old = match std::fs::read_to_string(&path) {
        Ok(there) => there,
        Err(_) if turn.write(name, &old)? => old,
        Err(_) => return turn.say("Without the file there is nothing to change.\n"),
    };
    let new = old
        .replace(&verse(5), "verse 5, mended\n")
        .replace(&verse(20), "")
        .replace(&verse(35), "verse 35, mended\nand one more\n");
    let said = if turn.write(name, &new)? { "All three changes are in.\n" } else { "I changed nothing myself.\n" };
    turn.say(said)
}

fn run(turn: &mut Turn<'_>) -> Step {
    let said = if turn.run("echo proposed > said.txt", "Leave a word")? { "It ran.\n" } else { "It did not run.\n" };
    turn.say(said)
}

fn harm(turn: &mut Turn<'_>) -> Step {
    let line = "sed -i.bak 's/round/rounded/' src/*.py && rm -rf tests && git clean -fdx \"$PWD\"";
    let said = if turn.run(line, "Start afresh")? { "All is clean now.\n" } else { "It stays as it is.\n" };
    turn.say(said)
}

fn forks(turn: &mut Turn<'_>) -> Step {
    let left = Command::new("sh")
        .args(["-c", "(setsid sleep 600 </dev/null >/dev/null 2>&1 &)"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status();
    match left {
        Ok(_) => turn.say("I left a process of its own session behind.\n"),
        Err(error) => turn.say(&format!("I could leave nothing behind: {error}\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_chooses() {
        for (prompt, turns, script) in [
            ("Fix the rounding, please", 0, Script::Full),
            ("and now?", 1, Script::FollowUp),
            ("please follow up", 0, Script::FollowUp),
            ("demo", 4, Script::Full),
            ("Stream 40", 0, Script::Stream(40)),
            ("/work 1000", 3, Script::Work(1000)),
            ("ask", 0, Script::Ask(3)),
            ("big x", 0, Script::Big(1)),
            ("parts", 0, Script::Parts),
            ("run it", 0, Script::Run),
            ("question", 0, Script::Question),
            ("plan it", 0, Script::Plan),
            ("sweep", 1, Script::Sweep),
            ("harm", 1, Script::Harm),
            ("", 0, Script::Full),
        ] {
            assert_eq!(Script::choose(prompt, turns), script, "{prompt}");
        }
    }
}
