//! Commands: asked for, really run, their output told while it comes.

use super::Input;
use super::agent::Step;
use super::call::{Call, Said};
use super::turn::Turn;
use super::wire::text;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

/// The most of a command's output that is told: its end.
const OUTPUT_MAX: usize = 32 << 10;

/// A command as a call.
pub(super) fn command(line: &str, why: &str) -> Call {
    Call {
        tool: "Bash",
        kind: "execute",
        title: line.to_owned(),
        input: json!({"command": line, "description": why}),
        content: vec![text(why)],
        ..Call::default()
    }
}

impl Turn<'_> {
    /// Runs a command, if the client allows it. True where it did.
    pub(super) fn run(&mut self, line: &str, why: &str) -> Step<bool> {
        let call = self.open(command(line, why))?;
        if !self.session().commands_allowed.contains(line) {
            match self.asked(&call, "Allow this command for this session")? {
                Said::Once => {}
                Said::Always => drop(self.session().commands_allowed.insert(line.to_owned())),
                Said::No => {
                    self.end(&call, "failed", &[text("The user rejected this command.")])?;
                    return Ok(false);
                }
            }
        }
        self.run_now(&call, line)?;
        Ok(true)
    }

    /// Runs a command that was allowed.
    pub(super) fn run_now(&mut self, call: &Call, line: &str) -> Step {
        self.tell(call, &json!({"status": "in_progress"}));
        let cwd = self.session().cwd.clone();
        (self.agent.quiet, self.agent.printed) = (false, Vec::new());
        let mut child = match start(line, &cwd, &self.agent.inputs) {
            Ok(child) => child,
            Err(error) => return self.end(call, "failed", &[text(&format!("cannot run sh: {error}"))]),
        };
        let watched = self.watch(call);
        if watched.is_err() {
            end(&mut child);
            self.tell(call, &json!({"status": "failed"}));
        }
        let output = watched?;
        let code = child.wait().ok().and_then(|status| status.code());
        self.tell(call, &json!({"rawOutput": {"exitCode": code}}));
        let status = if code == Some(0) { "completed" } else { "failed" };
        self.end(call, status, &[text(&output)])
    }

    /// Tells the whole output again whenever more has come, until there is no more.
    fn watch(&mut self, call: &Call) -> Step<String> {
        let mut shown = 0;
        loop {
            if self.agent.printed.len() > shown {
                shown = self.agent.printed.len();
                let output = self.output();
                self.tell(call, &json!({"content": [text(&output)]}));
            }
            if self.agent.quiet {
                return Ok(self.output());
            }
            self.agent.listen(Duration::MAX)?;
            self.pause()?;
        }
    }

    fn output(&self) -> String {
        let printed = &self.agent.printed;
        String::from_utf8_lossy(&printed[printed.len().saturating_sub(OUTPUT_MAX)..]).into_owned()
    }
}

fn start(line: &str, cwd: &Path, inputs: &Sender<Input>) -> io::Result<Child> {
    let (reading, writing) = io::pipe()?;
    let inputs = inputs.clone();
    let child = Command::new("sh")
        .args(["-c", line])
        .current_dir(cwd)
        .stdin(Stdio::null())
        .stdout(writing.try_clone()?)
        .stderr(writing)
        .process_group(0)
        .spawn()?;
    thread::Builder::new().spawn(move || pass_on(reading, &inputs))?;
    Ok(child)
}

fn pass_on(mut reading: impl Read, inputs: &Sender<Input>) {
    let mut piece = vec![0; 8 << 10];
    while let Ok(taken @ 1..) = reading.read(&mut piece) {
        if inputs.send(Input::Printed(piece[..taken].to_vec())).is_err() {
            return;
        }
    }
    // The agent may have gone before its command.
    let _ = inputs.send(Input::Quiet);
}

/// Ends a command and what it started.
fn end(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait();
}
