//! Git as a tool of ours: its own store, and nothing of the user's environment or configuration.

use super::{Error, Go};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How often one that may be stopped is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// Runs git for one store.
#[derive(Debug, Clone)]
pub(super) struct Git {
    dir: PathBuf,
}

impl Git {
    pub(super) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// A git that knows our store and nothing else: no variable, no configuration, no attribute, no hook of anybody.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
            .envs([("LC_ALL", "C"), ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_ATTR_NOSYSTEM", "1")])
            .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null"), ("HOME", "/dev/null")])
            .envs([("GIT_OPTIONAL_LOCKS", "0"), ("GIT_NO_REPLACE_OBJECTS", "1"), ("GIT_TERMINAL_PROMPT", "0")])
            .env("GIT_DIR", &self.dir)
            .env("GIT_OBJECT_DIRECTORY", self.dir.join("objects"))
            .env("GIT_INDEX_FILE", self.dir.join("index"))
            .current_dir(&self.dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it to its end and gives what it wrote.
    pub(super) fn run(&self, doing: &'static str, command: &mut Command) -> Result<Vec<u8>, Error> {
        let output = command.output().map_err(|error| self.unstarted(error))?;
        if output.status.success() { Ok(output.stdout) } else { Err(self.failed(doing, &output.stderr)) }
    }

    /// The same, unless somebody says to stop: then it is killed. For what writes little.
    pub(super) fn run_while(
        &self,
        doing: &'static str,
        command: &mut Command,
        go: &mut dyn FnMut() -> Go,
    ) -> Result<Vec<u8>, Error> {
        let mut child = self.spawn(command)?;
        let (told, errors) = (child.stdout.take().map(gather), child.stderr.take().map(gather));
        let read = |pipe: Option<std::thread::JoinHandle<Vec<u8>>>| pipe.and_then(|pipe| pipe.join().ok());
        loop {
            let ended = child.try_wait().map_err(|error| Error::io("wait for git in", &self.dir, error))?;
            match ended {
                Some(ended) if ended.success() => return Ok(read(told).unwrap_or_default()),
                Some(_) => return Err(self.failed(doing, &read(errors).unwrap_or_default())),
                None if go() == Go::Stop => {
                    // Either it ended by itself just now, or by this.
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(Error::Stopped);
                }
                None => std::thread::sleep(LOOK),
            }
        }
    }

    pub(super) fn spawn(&self, command: &mut Command) -> Result<Child, Error> {
        command.spawn().map_err(|error| self.unstarted(error))
    }

    fn unstarted(&self, error: std::io::Error) -> Error {
        // A folder that is missing has the same code as a program that is.
        if error.kind() == std::io::ErrorKind::NotFound && self.dir.is_dir() {
            Error::NoGit
        } else {
            Error::io("start git for", &self.dir, error)
        }
    }

    /// What went wrong, from its last words.
    pub(super) fn failed(&self, doing: &'static str, stderr: &[u8]) -> Error {
        let says = String::from_utf8_lossy(stderr);
        if ["No space left", "Out of diskspace", "quota exceeded", "File too large"]
            .iter()
            .any(|word| says.contains(word))
        {
            return Error::Full(self.dir.clone());
        }
        let telling = says.lines().find(|line| line.starts_with("fatal:")).or_else(|| says.lines().next_back());
        let says = telling.map_or("it ended without a word", |line| line.trim_start_matches("fatal: ").trim());
        Error::Git { doing, says: says.to_owned() }
    }
}

/// Reads a pipe to its end beside what else is done.
pub(super) fn gather(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}

/// A path as `fast-import` reads it: in quotes, whatever it holds.
pub(super) fn quoted(path: &[u8], into: &mut impl Write) -> std::io::Result<()> {
    into.write_all(b"\"")?;
    for byte in path {
        match byte {
            b'"' | b'\\' => into.write_all(&[b'\\', *byte])?,
            0x20..=0x7e => into.write_all(&[*byte])?,
            _ => write!(into, "\\{byte:03o}")?,
        }
    }
    into.write_all(b"\"")
}
