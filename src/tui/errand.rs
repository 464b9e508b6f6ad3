//! Commands of the user's own that are run beside the console: they are given data and never a shell's words, nobody
//! waits for them, and one that hangs is ended with all that it started. And texts that take long to make.

use super::marks;
use crate::domain::{Answer, Changes, Query, SessionId};
use crate::hub::{self, Published};
use crate::store::Reader;
use crate::ui::review::{Pages, Sort};
use crate::ui::{Msg, Replay, ShowTo};
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

/// How long a command may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Commands that run at once; a further one is not begun.
const MOST: usize = 4;

/// A command to run.
#[derive(Debug, Clone, Default)]
pub(super) struct Errand {
    /// What it is for, in a sentence about its failure.
    pub(super) what: &'static str,
    /// The program and its arguments.
    pub(super) command: Vec<String>,
    /// Variables for it.
    pub(super) env: Vec<(&'static str, String)>,
    /// What it reads.
    pub(super) input: String,
}

/// The commands that run, and what became of those that failed.
#[derive(Debug)]
pub(super) struct Errands {
    tell: mpsc::UnboundedSender<News>,
    told: mpsc::UnboundedReceiver<News>,
    running: usize,
    patience: Duration,
}

impl Errands {
    pub(super) fn new() -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        Self { tell, told, running: 0, patience: PATIENCE }
    }

    /// Begins a command.
    pub(super) fn begin(&mut self, errand: Errand) {
        if self.running >= MOST {
            let why = format!("{}: the commands before have not ended", errand.what);
            drop(self.tell.send(News::Ended(Some(why))));
            self.running += 1;
            return;
        }
        self.running += 1;
        let (tell, patience) = (self.tell.clone(), self.patience);
        tokio::spawn(async move {
            let what = errand.what;
            let program = errand.command.first().cloned().unwrap_or_default();
            let failed = run(errand, patience).await.err().map(|why| format!("{what}: {program} {why}"));
            drop(tell.send(News::Ended(failed)));
        });
    }

    /// Makes a long text on a thread of its own.
    pub(super) fn make(&self, to: ShowTo, text: impl FnOnce() -> Result<String, String> + Send + 'static) {
        let tell = self.tell.clone();
        let made = std::thread::Builder::new().name("text".to_owned()).spawn({
            let tell = tell.clone();
            move || drop(tell.send(News::Made(to, text())))
        });
        if let Err(error) = made {
            drop(tell.send(News::Made(to, Err(format!("there is no thread to make the text: {error}")))));
        }
    }

    /// Looks at a workspace as it was, on a thread of its own.
    pub(super) fn look(&self, state: PathBuf, query: Query) {
        let tell = self.tell.clone();
        let look = move || {
            let answer = match Reader::open(&state) {
                Ok(reader) => match hub::answer(&reader, &query) {
                    Published::Answered(answer) => answer,
                    _ => Answer::Failed { why: "what was can't be read".to_owned() },
                },
                Err(error) => Answer::Failed { why: error.to_string() },
            };
            drop(tell.send(News::Looked(Box::new(answer))));
        };
        if let Err(error) = std::thread::Builder::new().name("past".to_owned()).spawn(look) {
            drop(self.tell.send(News::Halted(format!("there is no thread to look back: {error}"))));
        }
    }

    /// Makes the pages of a review, on a thread of its own.
    pub(super) fn page(&self, changes: Changes, sort: Sort) {
        let tell = self.tell.clone();
        let make = move || drop(tell.send(News::Paged(Box::new(Pages::new(changes, sort)))));
        if let Err(error) = std::thread::Builder::new().name("pages".to_owned()).spawn(make) {
            drop(self.tell.send(News::Halted(format!("there is no thread to make the review: {error}"))));
        }
    }

    /// Gathers what a replay of a session can go to, on a thread of its own.
    pub(super) fn mark(&self, state: PathBuf, session: SessionId) {
        let tell = self.tell.clone();
        let gather = move || {
            let gathered = Reader::open(&state).and_then(|reader| marks::of(&reader, session));
            let gathered = gathered.map(Box::new).map_err(|error| error.to_string());
            drop(tell.send(News::Marked(gathered)));
        };
        if let Err(error) = std::thread::Builder::new().name("marks".to_owned()).spawn(gather) {
            let why = format!("there is no thread to gather marks: {error}");
            drop(self.tell.send(News::Marked(Err(why))));
        }
    }

    /// Ends every agent by a program, on a thread of its own, and tells what that says of it.
    pub(super) fn halt(&self, words: Vec<OsString>) {
        let tell = self.tell.clone();
        let pull = move || drop(tell.send(News::Halted(halted(words))));
        if let Err(error) = std::thread::Builder::new().name("halt".to_owned()).spawn(pull) {
            drop(self.tell.send(News::Halted(format!("there is no thread to halt from here: {error}"))));
        }
    }

    /// The next thing that has come of it; `None` where all is well.
    pub(super) async fn next(&mut self) -> Option<Msg> {
        match self.told.recv().await {
            Some(News::Ended(failed)) => {
                self.running = self.running.saturating_sub(1);
                failed.map(Msg::Failed)
            }
            Some(News::Looked(answer)) => Some(Msg::Answered(*answer)),
            Some(News::Paged(pages)) => Some(Msg::Paged(pages)),
            Some(News::Marked(Ok(replay))) => Some(Msg::Marked(replay)),
            Some(News::Marked(Err(why)) | News::Made(_, Err(why)) | News::Halted(why)) => Some(Msg::Failed(why)),
            Some(News::Made(to, Ok(text))) => Some(Msg::Told(to, text)),
            // We hold a sender ourselves: this can't be.
            None => std::future::pending().await,
        }
    }
}

/// What came of an errand.
#[derive(Debug)]
enum News {
    /// A command has ended: why it failed, where it did.
    Ended(Option<String>),
    /// What was, as it was asked for.
    Looked(Box<Answer>),
    /// The pages of a review.
    Paged(Box<Pages>),
    /// What a replay can go to, or why that can't be read.
    Marked(Result<Box<Replay>, String>),
    /// What a halt came to.
    Halted(String),
    /// A text was made, or why not.
    Made(ShowTo, Result<String, String>),
}

/// What a program that halts says: the line with the count, or why there is none.
fn halted(words: Vec<OsString>) -> String {
    let mut words = words.into_iter();
    let mut command = Command::new(words.next().unwrap_or_default());
    match command.args(words).stdin(Stdio::null()).output() {
        Ok(output) => {
            let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            let count = said[0].lines().find(|line| line.contains("known alive"));
            count.or(said[1].lines().last()).unwrap_or("the halt said nothing: see `taut halt`").to_owned()
        }
        Err(error) => format!("the halt can't be started from here: {error}; run `taut halt`"),
    }
}

async fn run(errand: Errand, patience: Duration) -> Result<(), String> {
    let mut words = errand.command.into_iter();
    let mut command = Command::new(words.next().unwrap_or_default());
    // The output of a command would be painted over the frame.
    let (input, quiet) =
        if errand.input.is_empty() { (Stdio::null(), Stdio::null()) } else { (Stdio::piped(), Stdio::null()) };
    command.args(words).envs(errand.env).stdin(input).stdout(quiet).stderr(Stdio::null()).process_group(0);
    let mut command = tokio::process::Command::from(command);
    let mut child = command.kill_on_drop(true).spawn().map_err(|error| format!("can't be started: {error}"))?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
    let input = child.stdin.take();
    let ended = async {
        if let Some(mut pipe) = input {
            // One that reads nothing has its reason; how it ends says whether all is well.
            let _ = pipe.write_all(errand.input.as_bytes()).await;
            drop(pipe);
        }
        child.wait().await
    };
    match tokio::time::timeout(patience, ended).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("failed: {status}")),
        Ok(Err(error)) => Err(format!("failed: {error}")),
        Err(_) => {
            if let Some(group) = group {
                // What it started goes with it.
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            Err(format!("hung for {} seconds and was ended", patience.as_secs()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Errand {
        let command = ["sh", "-c", script].map(str::to_owned).to_vec();
        Errand { what: "the test", command, ..Errand::default() }
    }

    fn outcome(errand: Errand, patience: Duration) -> Option<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut errands = Errands { patience, ..Errands::new() };
            errands.begin(errand);
            errands.next().await.map(|msg| if let Msg::Failed(why) = msg { why } else { format!("{msg:?}") })
        })
    }

    #[test]
    fn data_comes_by_stdin_and_environment() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("got");
        let script = format!("cat > {0}; printf %s \"$TAUT_TEXT\" >> {0}", file.display());
        let hostile = "a'; rm -rf x \"$(id)\"\n".to_owned();
        let errand = Errand { env: vec![("TAUT_TEXT", hostile.clone())], input: "in\n".into(), ..sh(&script) };
        assert_eq!(outcome(errand, PATIENCE), None);
        assert_eq!(std::fs::read_to_string(file).unwrap(), format!("in\n{hostile}"));
    }

    #[test]
    fn one_that_hangs_is_ended_with_its_children_and_one_that_is_not_there_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let script = format!("sleep 300 & echo $! > {}; wait", file.display());
        let said = outcome(sh(&script), Duration::from_millis(800)).unwrap();
        assert!(said.contains("hung") && said.starts_with("the test: sh"), "{said}");
        let pid = std::fs::read_to_string(file).unwrap();
        let stat = |pid: &str| std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
        let gone = || stat(&pid).map_or(true, |stat| stat.contains(") Z "));
        assert!(
            (0..100).any(|_| gone() || {
                std::thread::sleep(Duration::from_millis(20));
                false
            }),
            "it lives on"
        );
        assert!(outcome(sh("exit 3"), PATIENCE).unwrap().contains("exit status: 3"));
        let missing = Errand { what: "x", command: vec!["/no/such/program".into()], ..Errand::default() };
        assert!(outcome(missing, PATIENCE).unwrap().contains("can't be started"));
    }
}
