//! What one run happens in: a scripted model, a repository, a home, an agent, and the codec between them.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use taut::agent::acp::Acp;
use taut::agent::{Ask, ClientCan, Fact, Opening, Protocol, Tell, Turnout};
use taut::domain::{CallId, CallPatch, Event, OfferKind, Speaker, Stop};

/// Longer than any agent needs for a start or a turn of the script, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// The folder of installed agents, and the one with the scripted model.
pub(crate) fn folders() -> Option<(PathBuf, PathBuf)> {
    let folder = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    Some((folder("TAUT_AGENTS")?, folder("TAUT_SHARED")?))
}

pub(crate) struct Bench {
    name: String,
    repo: PathBuf,
    model: Child,
    agent: Child,
    lines: Receiver<Vec<u8>>,
    codec: Acp,
    events: Vec<Event>,
    asks: VecDeque<Ask>,
    ready: bool,
    stop: Option<Stop>,
    /// Removed last.
    _folder: tempfile::TempDir,
}

impl Bench {
    /// A conversation with the agent, open for its first prompt.
    pub(crate) fn new(name: &str, scenario: &str) -> Self {
        let (agents, shared) = folders().expect("the folders are set");
        let folder = tempfile::Builder::new().prefix("taut-real").tempdir().unwrap();
        let (home, repo) = (folder.path().join("home"), folder.path().join("repo"));
        let tools = shared.join("tools/agents.py");
        assert!(
            python(&tools).args(["repo".as_ref(), repo.as_os_str()]).status().unwrap().success(),
            "agents.py made no repository"
        );
        let (model, port) = model(&shared, scenario, &repo);
        let mut command = python(&tools);
        command
            .args(["exec", name, "--port", &port])
            .arg("--dir")
            .arg(agents)
            .arg("--home")
            .arg(home)
            .current_dir(&repo);
        let mut agent = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut out = BufReader::new(agent.stdout.take().unwrap());
        let (heard, lines) = channel();
        std::thread::spawn(move || {
            let mut line = vec![];
            while out.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) && heard.send(std::mem::take(&mut line)).is_ok()
            {
            }
        });
        let mut bench = Self {
            name: name.to_owned(),
            repo,
            model,
            agent,
            lines,
            codec: Acp::new(),
            events: vec![],
            asks: VecDeque::new(),
            ready: false,
            stop: None,
            _folder: folder,
        };
        let opening = Opening {
            cwd: bench.repo.to_str().unwrap().to_owned(),
            client: ClientCan { terminal_output: true },
            ..Opening::default()
        };
        let turnout = bench.codec.open(opening);
        bench.take(turnout);
        bench.listen(PATIENCE, |b| b.ready);
        assert!(bench.ready, "{name} did not start: {:?}", bench.events);
        bench
    }

    pub(crate) fn prompt(&mut self, text: &str) {
        self.stop = None;
        self.tell(Tell::Prompt(text.to_owned()));
    }

    /// The next question of the turn; `None` where the turn ends without one.
    pub(crate) fn next_ask(&mut self) -> Option<Ask> {
        self.listen(PATIENCE, |b| !b.asks.is_empty() || b.stop.is_some());
        assert!(
            !self.asks.is_empty() || self.stop.is_some(),
            "{}: nothing happens: {:?}",
            self.name,
            self.events.last()
        );
        self.asks.pop_front()
    }

    /// Answers with the first offer of a kind.
    pub(crate) fn answer(&mut self, ask: &Ask, kind: OfferKind) {
        let offer = ask
            .offers
            .iter()
            .find(|offer| offer.kind == kind)
            .unwrap_or_else(|| panic!("{kind:?} is not offered: {ask:?}"));
        self.tell(Tell::Answer(ask.native.clone(), Some(offer.id.clone())));
    }

    pub(crate) fn interrupt(&mut self) {
        self.tell(Tell::Interrupt);
    }

    pub(crate) fn listen_for(&mut self, seconds: u64) {
        self.listen(Duration::from_secs(seconds), |_| false);
    }

    /// Why the turn ended.
    pub(crate) fn stop(&self) -> Stop {
        self.stop.clone().expect("the turn has ended")
    }

    /// What is known of a call.
    pub(crate) fn call(&self, id: &CallId) -> CallPatch {
        let mut known = CallPatch::default();
        for event in &self.events {
            let Event::Called { call, patch } = event else { continue };
            if call == id {
                known.changes = patch.changes.clone().or(known.changes);
                known.command = patch.command.clone().or(known.command);
            }
        }
        known
    }

    /// All that the agent said.
    pub(crate) fn said(&self) -> String {
        let text = |event: &Event| match event {
            Event::Said { who: Speaker::Agent, text, .. } => text.inline().map(str::to_owned),
            _ => None,
        };
        self.events.iter().filter_map(text).collect()
    }

    /// The file that the script edits.
    pub(crate) fn greeting(&self) -> String {
        std::fs::read_to_string(self.repo.join("src/greet.py")).unwrap()
    }

    fn tell(&mut self, tell: Tell) {
        let turnout = self.codec.tell(tell);
        self.take(turnout);
    }

    fn listen(&mut self, patience: Duration, until: impl Fn(&Self) -> bool) {
        let end = Instant::now() + patience;
        while !until(self) {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    let turnout = self.codec.hear(line.strip_suffix(b"\n").unwrap_or(&line));
                    self.take(turnout);
                }
                Err(RecvTimeoutError::Timeout) => return,
                Err(RecvTimeoutError::Disconnected) => panic!("{} is gone: {:?}", self.name, self.events.last()),
            }
        }
    }

    fn take(&mut self, turnout: Turnout) {
        for line in turnout.lines {
            let stdin = self.agent.stdin.as_mut().unwrap();
            writeln!(stdin, "{line}").unwrap();
            stdin.flush().unwrap();
        }
        for fact in turnout.facts {
            match fact {
                Fact::Event(_, event) => self.events.push(event),
                Fact::Ask(ask) => self.asks.push_back(ask),
                Fact::AskGone(native) => self.asks.retain(|ask| ask.native != native),
                Fact::Ready => self.ready = true,
                Fact::TurnOver(stop, _) => self.stop = Some(stop),
                Fact::StartFailed(why) => panic!("{} did not start: {why}", self.name),
            }
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let group = rustix::process::Pid::from_child(&self.agent);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        drop((self.agent.wait(), self.model.kill(), self.model.wait()));
        let odd: Vec<_> = self.events.iter().filter(|e| matches!(e, Event::Unrecognised { .. })).collect();
        // A second panic in the middle of one would hide the first.
        assert!(odd.is_empty() || std::thread::panicking(), "{} said what was not understood: {odd:?}", self.name);
    }
}

fn python(script: &Path) -> Command {
    let mut command = Command::new("python3");
    command.arg(script);
    command
}

/// The scripted model, and its port.
fn model(shared: &Path, scenario: &str, repo: &Path) -> (Child, String) {
    let folder = shared.join("fakemodel");
    let mut command = python(&folder.join("fakemodel.py"));
    command.args(["--port", "0", "--scenario", scenario, "--var", &format!("cwd={}", repo.display())]);
    command.arg("--scenarios").arg(folder.join("scenarios"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: serde_json::Value = serde_json::from_str(&line).expect("the model says its port");
    (child, said["port"].to_string())
}
