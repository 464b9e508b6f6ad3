//! The terminal in the hands of another program. It runs in a process group of its own that has the terminal, so that its
//! keys interrupt or stop it and nobody else; a thread waits for it, and the loop goes on hearing the hub.

use super::foreground::{self, Kept};
use super::private::Private;
use super::signals::stop_here;
use crate::ui::{HandOver, Program, Purpose};
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, kill_process_group, waitpid};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::sync::mpsc;

/// What comes back holds at most so many bytes.
const MOST: usize = 4 << 20;
/// A program that is told to end is given so long.
const GRACE: Duration = Duration::from_millis(500);
/// The shell's own way to say that there is no such program, and that it may not be run.
const NOT_FOUND: [i32; 2] = [127, 126];
/// Characters that make a shell's line of a name. `$EDITOR` is one by custom: `code --wait`, `emacsclient -t`.
const SHELL: &str = "|&;<>()$`\\\"' \t\n*?[#~=%";

/// Characters that make more of a line than one command.
const OPERATORS: &str = "|&;<>()\n";

/// A program that has the terminal.
pub(super) struct Away {
    name: String,
    purpose: Purpose,
    program: Program,
    group: Pid,
    file: Private,
    kept: Kept,
    changes: mpsc::UnboundedReceiver<WaitStatus>,
    ended: bool,
}

impl Away {
    /// Starts the program and gives it the terminal, which must be cooked by now and read by nobody. `own` are the words by
    /// which taut itself looks at what it is about.
    ///
    /// # Errors
    /// One sentence; the terminal is ours.
    pub(super) fn start(what: &HandOver, own: &[OsString]) -> Result<Self, String> {
        let program = what.program();
        let no_file = |error: io::Error| format!("no file can be made for the {}: {error}", program.word());
        let name = if program == Program::Editor { "prompt.md" } else { "text.txt" };
        let file = Private::new(name, what.text()).map_err(no_file)?;
        let kept = Kept::now().map_err(|error| format!("the terminal can't be given away: {error}"))?;
        let (pid, name) = spawn(program, &file, own)?;
        let (tell, changes) = mpsc::unbounded_channel();
        let mut away = Self { name, purpose: what.purpose(), program, group: pid, file, kept, changes, ended: false };
        away.give();
        let wait = move || watch(pid, &tell);
        if let Err(error) = std::thread::Builder::new().name("handover".to_owned()).spawn(wait) {
            away.end();
            return Err(format!("there is no thread to wait for the {}: {error}", program.word()));
        }
        Ok(away)
    }

    /// What for.
    pub(super) fn purpose(&self) -> Purpose {
        self.purpose
    }

    fn give(&self) {
        foreground::give(self.group);
        // It may have wanted the terminal before it had it, and was stopped for that.
        let _ = kill_process_group(self.group, Signal::CONT);
    }

    /// Waits until the program has ended.
    pub(super) async fn over(&mut self) -> WaitStatus {
        loop {
            let Some(status) = self.changes.recv().await else {
                // The thread is gone: nothing more will be heard of the program.
                return std::future::pending().await;
            };
            if !status.stopped() {
                self.ended = true;
                return status;
            }
            self.stopped(status);
        }
    }

    /// The program was stopped (Ctrl-Z in it): the whole job stops, as the shell expects it, and goes on as a whole.
    fn stopped(&self, status: WaitStatus) {
        let wants_terminal = [Signal::TTIN, Signal::TTOU].map(|signal| Some(signal.as_raw()));
        if !wants_terminal.contains(&status.stopping_signal()) {
            // Where this fails the terminal is gone, and a signal will say so.
            let _ = self.kept.take_back();
            stop_here();
            // Told to go on in the background, it must not take the terminal from the shell.
            while !foreground::is_ours() {
                stop_here();
            }
        }
        self.give();
    }

    /// The terminal is ours again: what the program left, or one sentence.
    ///
    /// # Errors
    /// The terminal is gone.
    pub(super) fn back(self, status: WaitStatus) -> io::Result<Result<String, String>> {
        self.kept.take_back()?;
        let (code, signal) = ending(status);
        if signal.is_some() {
            super::terminal::reset();
        }
        let (word, name) = (self.program.word(), &self.name);
        Ok(match (code, signal) {
            (_, Some(signal)) => Err(format!("the {word} {name} was ended by signal {signal}")),
            (Some(0), _) if self.purpose == Purpose::Look => Ok(String::new()),
            (Some(0), _) => self.file.read(MOST).map_err(|why| format!("what the {word} {name} left {why}")),
            (Some(code), _) if self.program == Program::Replay => {
                Err(format!("the replay failed with {code}: `taut replay` in a shell says why"))
            }
            (Some(code), _) if NOT_FOUND.contains(&code) => {
                Err(missing(self.program, name, "there is no such program"))
            }
            (Some(code), _) => Err(format!("the {word} {name} failed with {code}")),
            (None, None) => Err(format!("nothing is known of how the {word} {name} ended")),
        })
    }

    /// Ends the program, as a terminal that closes does.
    fn end(&mut self) {
        for signal in [Signal::HUP, Signal::KILL] {
            if self.ended {
                break;
            }
            let _ = kill_process_group(self.group, signal);
            let _ = kill_process_group(self.group, Signal::CONT);
            let end = std::time::Instant::now() + GRACE;
            while !self.ended && std::time::Instant::now() < end {
                self.ended = self.changes.try_recv().is_ok_and(|status| !status.stopped());
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        let _ = self.kept.take_back();
        super::terminal::reset();
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        if !self.ended {
            self.end();
        }
    }
}

/// The code with which a program ended, or the signal. A shell tells the signal of what it ran as a code.
fn ending(status: WaitStatus) -> (Option<i32>, Option<i32>) {
    let code = status.exit_status();
    let by_shell = code.filter(|code| (129..=128 + 64).contains(code)).map(|code| code - 128);
    (code, status.terminating_signal().or(by_shell))
}

fn missing(program: Program, name: &str, why: &str) -> String {
    let set = if program == Program::Editor { "VISUAL or EDITOR" } else { "PAGER" };
    format!("the {} {name} can't be started: {why}; set {set} to another", program.word())
}

/// The programs that are tried, in order, as they were named.
fn named(program: Program, env: impl Fn(&str) -> Option<OsString>) -> Vec<OsString> {
    let set = |name: &str| env(name).filter(|value| !value.to_string_lossy().trim().is_empty());
    match program {
        Program::Editor => vec![set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".into())],
        Program::Replay => Vec::new(),
        Program::Pager => set("PAGER").map_or_else(|| vec!["less -R".into(), "more".into()], |pager| vec![pager]),
    }
}

fn spawn(program: Program, file: &Private, own: &[OsString]) -> Result<(Pid, String), String> {
    if program == Program::Replay {
        return spawn_own(own);
    }
    let mut why = String::new();
    for named in named(program, |name| std::env::var_os(name)) {
        let name = named.to_string_lossy().into_owned();
        let mut command = match name.as_str() {
            // The default needs no shell to be split, and its absence is known at once.
            "less -R" => line(OsStr::new("less"), Some("-R")),
            _ => line(&named, None),
        };
        match program {
            Program::Editor => drop(command.arg(file.path())),
            // Every pager reads what it shows from its input.
            Program::Pager => match File::open(file.path()) {
                Ok(text) => drop(command.stdin(Stdio::from(text))),
                Err(error) => return Err(format!("the text can't be read again: {error}")),
            },
            Program::Replay => {}
        }
        match command.process_group(0).spawn() {
            Ok(child) => {
                let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
                return pid.map(|pid| (pid, name)).ok_or_else(|| "the system gave a program no number".to_owned());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                why = missing(program, &name, "there is no such program");
            }
            Err(error) => return Err(missing(program, &name, &error.to_string())),
        }
    }
    Err(why)
}

/// taut itself, in a process of its own.
fn spawn_own(words: &[OsString]) -> Result<(Pid, String), String> {
    let [program, rest @ ..] = words else { return Err("nobody said how taut is started".to_owned()) };
    let child = Command::new(program).args(rest).process_group(0).spawn();
    let child = child.map_err(|error| format!("the replay can't be started: {error}; try `taut replay` in a shell"))?;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    pid.map(|pid| (pid, "taut replay".to_owned())).ok_or_else(|| "the system gave a program no number".to_owned())
}

/// A command of a name, or by the shell where it is more than one.
fn line(named: &OsStr, argument: Option<&str>) -> Command {
    let name = named.to_string_lossy();
    if name.chars().any(|c| SHELL.contains(c)) {
        // The shell steps aside where it can: in between it would take the editor's Ctrl-C for its own. `env` knows
        // variables before a name, which `exec` does not.
        let mut script = OsString::from(if name.chars().any(|c| OPERATORS.contains(c)) { "" } else { "exec env " });
        script.push(named);
        script.push(" \"$@\"");
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg(named);
        return command;
    }
    let mut command = Command::new(named);
    command.args(argument);
    command
}

/// Tells how the program changes, until it has ended.
fn watch(pid: Pid, tell: &mpsc::UnboundedSender<WaitStatus>) {
    loop {
        match waitpid(Some(pid), WaitOptions::UNTRACED) {
            Ok(Some((_, status))) => {
                let over = !status.stopped();
                if tell.send(status).is_err() || over {
                    return;
                }
            }
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_the_one_that_the_environment_names() {
        let of = |program, pairs: &'static [(&str, &str)]| {
            named(program, |name| pairs.iter().find(|(it, _)| *it == name).map(|(_, value)| value.into()))
        };
        assert_eq!(of(Program::Editor, &[("VISUAL", "code --wait"), ("EDITOR", "ed")]), ["code --wait"]);
        assert_eq!(of(Program::Editor, &[("VISUAL", " "), ("EDITOR", "ed")]), ["ed"]);
        assert_eq!(of(Program::Editor, &[]), ["vi"]);
        assert_eq!(of(Program::Pager, &[]), ["less -R", "more"]);
        assert_eq!(of(Program::Pager, &[("PAGER", "most")]), ["most"]);
    }

    #[test]
    fn a_name_with_words_is_the_shells() {
        let program = |name: &str| line(OsStr::new(name), None).get_program().to_owned();
        assert_eq!((program("vi"), program("code --wait"), program("A=1 vi")), ("vi".into(), "sh".into(), "sh".into()));
    }
}
