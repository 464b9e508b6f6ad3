//! A program that only looks: with no input, a small environment and a bound on its time and its words.

use super::look::Look;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;

/// Bytes that are read of it.
const MOST: u64 = 8 << 20;

/// What a program said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ran {
    /// This, all of it.
    Said(Vec<u8>),
    /// This, and more: it was too slow or said too much.
    Cut(Vec<u8>),
    /// Nothing that counts: why.
    Failed(String),
}

/// Whether a program may fail and have said the truth: `find` does where it can't read a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failing {
    Fine,
    Fails,
}

/// A program that is run in a folder.
pub(super) fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env_clear().env("LC_ALL", "C");
    for name in ["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end, or as long as there is time.
pub(super) fn run(look: &Look, mut command: Command, failing: Failing) -> Ran {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ran::Failed(format!("{name} can't be run here: {error}")),
    };
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (said, heard) = mpsc::channel();
    // Its complaints are read beside, or it would wait for somebody to read them.
    let complaints = std::thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(err) = err {
            drop(err.take(4 << 10).read_to_end(&mut text));
        }
        String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_owned()
    });
    let read = move || {
        let Some(mut out) = out.map(|out| out.take(MOST)) else { return };
        let mut chunk = vec![0u8; 64 << 10];
        while let Ok(n) = out.read(&mut chunk) {
            if n == 0 || said.send(chunk[..n].to_vec()).is_err() {
                break;
            }
        }
    };
    drop(std::thread::spawn(read));
    let mut text = Vec::new();
    let cut = loop {
        match heard.recv_timeout(look.patience()) {
            Ok(chunk) => text.extend(chunk),
            Err(mpsc::RecvTimeoutError::Disconnected) => break text.len() as u64 >= MOST,
            Err(mpsc::RecvTimeoutError::Timeout) => break true,
        }
    };
    if cut {
        drop(child.kill());
    }
    let ended = child.wait();
    if cut {
        return Ran::Cut(text);
    }
    match (ended, failing) {
        (Ok(status), _) if status.success() => Ran::Said(text),
        (Ok(_), Failing::Fine) => Ran::Said(text),
        (Ok(_), Failing::Fails) => {
            let why = complaints.join().unwrap_or_default();
            Ran::Failed(if why.is_empty() { format!("{name} failed") } else { why })
        }
        (Err(error), _) => Ran::Failed(format!("{name}: {error}")),
    }
}
