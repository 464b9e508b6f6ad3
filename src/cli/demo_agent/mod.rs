//! `taut demo-agent`: a real ACP agent without a model. What it says is written down; what it does to files and runs in
//! the shell is real, and asked for first. The same words always give the same lines, so that tests can lean on it.
//!
//! The first word of a prompt chooses the script (see `script.rs`); anything else plays the whole demo.

mod agent;
mod asks;
mod call;
mod full;
mod history;
mod noise;
mod script;
mod shell;
mod story;
mod turn;
mod wire;

use agent::Agent;
use std::ffi::OsString;
use std::io::{self, BufRead, Write};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

/// The time between two chunks of a streamed text, unless `--pace` says otherwise.
const LIVELY: Duration = Duration::from_millis(25);

/// Something that happened to the agent.
enum Input {
    /// A line from the client.
    Line(Vec<u8>),
    /// The client has gone.
    End,
    /// A piece of what the running command printed.
    Printed(Vec<u8>),
    /// The running command has closed its output.
    Quiet,
}

/// Runs the agent on stdin and stdout until stdin ends. Returns the exit code.
pub fn run(args: impl Iterator<Item = OsString>) -> u8 {
    let pace = match pace(args) {
        Ok(pace) => pace,
        Err(why) => {
            grumble(&why);
            return 2;
        }
    };
    let (inputs, inbox) = mpsc::channel();
    let hears = inputs.clone();
    if let Err(error) = thread::Builder::new().spawn(move || hear(&hears)) {
        grumble(&format!("cannot start a thread: {error}; end other programs and try again"));
        return 1;
    }
    Agent::new(inputs, inbox, pace).run()
}

/// Says something on stderr, if anybody listens.
fn grumble(words: &str) {
    let _ = writeln!(io::stderr(), "demo-agent: {words}");
}

fn pace(mut args: impl Iterator<Item = OsString>) -> Result<Duration, String> {
    let mut pace = LIVELY;
    while let Some(word) = args.next() {
        if word != "--pace" {
            return Err(format!("{} is not known; the only option is --pace MS", word.display()));
        }
        let number = args.next().and_then(|number| number.to_str()?.parse().ok());
        pace = Duration::from_millis(number.ok_or("--pace needs a number of milliseconds")?);
    }
    Ok(pace)
}

fn hear(inputs: &Sender<Input>) {
    let mut stdin = io::stdin().lock();
    loop {
        let mut line = Vec::new();
        let ended = stdin.read_until(b'\n', &mut line).map_or(true, |taken| taken == 0);
        let input = if ended { Input::End } else { Input::Line(line) };
        if inputs.send(input).is_err() || ended {
            return;
        }
    }
}
