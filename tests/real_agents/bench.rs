//! What one run happens in: a scripted model, a repository, a home, a hub of our own, and in it one session of the agent.

use crate::hub;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use taut::agent::process::tree;
use taut::domain::{
    Carries, Cause, Command as Wish, Decision, Event, Offer, OfferKind, Record, Reply, RequestId, SessionId, Speaker,
    StartSpec, Stop,
};
use taut::state::{Life, Request, Session, Step};
use taut::store::{self, Reader};

/// Longer than any agent needs for a start or a turn of the script, on a very busy machine.
const PATIENCE: Duration = Duration::from_mins(4);

/// The folder of installed agents, and the one with the scripted model.
pub(crate) fn folders() -> Option<(PathBuf, PathBuf)> {
    let folder = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    Some((folder("TAUT_AGENTS")?, folder("TAUT_SHARED")?))
}

/// A hub with one session of a real agent.
pub(crate) struct Bench {
    pub(crate) hub: hub::Bench,
    pub(crate) id: SessionId,
    repo: PathBuf,
    model: Model,
    /// Where the scripted model listens.
    pub(crate) port: String,
    /// Removed last.
    folder: tempfile::TempDir,
}

impl Bench {
    /// An open session of an agent, by the name that `agents.py` has for it. Started as its preset says, but by
    /// another command line: with a home of its own, and the scripted model.
    pub(crate) fn new(name: &str) -> Self {
        Self::with_policy(name, "")
    }

    /// The same under a policy.
    pub(crate) fn with_policy(name: &str, policy: &str) -> Self {
        Self::with(name, policy, &[])
    }

    /// The same with more in `config.toml`: a template of `{folder}`, in which these files are written first.
    pub(crate) fn with_servers(
        name: &str,
        own: &[(&str, serde_json::Value)],
        config: &str,
        files: &[(&str, &str)],
    ) -> Self {
        Self::whole(name, "", own, config, files)
    }

    /// The same with scenarios of one's own beside the shared ones: their names, and what they hold.
    pub(crate) fn with(name: &str, policy: &str, own: &[(&str, serde_json::Value)]) -> Self {
        Self::whole(name, policy, own, "", &[])
    }

    fn whole(name: &str, policy: &str, own: &[(&str, serde_json::Value)], more: &str, files: &[(&str, &str)]) -> Self {
        let (agents, shared) = folders().expect("the folders are set");
        let folder = tempfile::Builder::new().prefix("taut-real").tempdir().unwrap();
        let repo = folder.path().join("repo");
        let tools = shared.join("tools/agents.py");
        assert!(
            Command::new("python3").arg(&tools).arg("repo").arg(&repo).status().unwrap().success(),
            "agents.py made no repository"
        );
        let scenarios = folder.path().join("scenarios");
        std::fs::create_dir(&scenarios).unwrap();
        for file in std::fs::read_dir(shared.join("fakemodel/scenarios")).unwrap().flatten() {
            std::fs::copy(file.path(), scenarios.join(file.file_name())).unwrap();
        }
        for (name, scenario) in own {
            std::fs::write(scenarios.join(format!("{name}.json")), scenario.to_string()).unwrap();
        }
        let (model, port) = model_of(&shared, &scenarios, "edit", &repo);
        let home = folder.path().join("home");
        let exec = ["python3", path(&tools), "exec", name, "--port", &port, "--dir", path(&agents)];
        let mut words: Vec<&str> = exec.into_iter().chain(["--home", path(&home), "--"]).collect();
        if name == "codex" {
            // Without it codex asks its human no questions.
            words.extend(["--enable", "default_mode_request_user_input"]);
        }
        std::fs::create_dir(folder.path().join("config")).unwrap();
        let config =
            format!("start_within = \"4m\"\n[agents.{name}]\ncommand = {}\n", serde_json::to_string(&words).unwrap());
        for (file, text) in files {
            let file = folder.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text.replace("{folder}", path(folder.path()))).unwrap();
        }
        let more = more.replace("{folder}", path(folder.path()));
        std::fs::write(folder.path().join("config/config.toml"), config + &more).unwrap();
        std::fs::write(folder.path().join("config/policy.toml"), policy).unwrap();
        let mut hub = hub::Bench::new(folder.path());
        hub.patience = PATIENCE;
        assert_eq!(hub.status.config_error, None);
        let id = hub.launch(spec(name, &repo, None));
        hub.until("the conversation", |hub| hub.records.iter().any(|record| matches!(record.event, Event::Opened)));
        Self { hub, id, repo, model, port, folder }
    }

    /// Where all of it lies; `repo` in it is the repository, `home` the agent's home.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// How another session of the same agent would be started, to go on with a conversation.
    pub(crate) fn spec_with(&self, load: Option<&str>) -> StartSpec {
        spec(&self.session().agent, &self.repo, load)
    }

    /// The agent's own home.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// What is known of the session.
    pub(crate) fn session(&self) -> &Session {
        self.hub.state.session(self.id).unwrap()
    }

    /// Gives a prompt that begins a turn of a scenario.
    #[track_caller]
    pub(crate) fn prompt(&mut self, scenario: &str, text: &str) {
        let text = format!("[[fake scenario={scenario}]] {text}");
        assert_eq!(self.hub.command(Wish::Prompt { session: self.id, text, steer: false }), Reply::Done);
    }

    /// The next question of the turn; `None` where the turn ends without one.
    #[track_caller]
    pub(crate) fn next_ask(&mut self) -> Option<(Request, Step)> {
        self.hub.until("a question or the end of the turn", |hub| hub.state.waiting() > 0 || idle(hub, self.id));
        let (request, step, _) = self.session().waiting().next()?;
        Some((request.clone(), step.clone()))
    }

    /// Answers by the first offer of a kind.
    #[track_caller]
    pub(crate) fn allow(&mut self, request: &Request, kind: OfferKind) {
        let offer = offer(&request.offers, kind);
        self.decide(request, Decision::Allow { offer });
    }

    /// Refuses, with a reason.
    #[track_caller]
    pub(crate) fn deny(&mut self, request: &Request, reason: &str) {
        let offer = Some(offer(&request.offers, OfferKind::RejectOnce));
        self.decide(request, Decision::Deny { offer, reason: Some(reason.to_owned()), interrupt: false });
    }

    #[track_caller]
    pub(crate) fn decide(&mut self, request: &Request, decision: Decision) {
        let (request, digest) = (request.id, request.digest);
        let reply = self.hub.command(Wish::Decide { request, digest, decision, overridden: false });
        assert_eq!(reply, Reply::Done, "{:?}", self.hub.state.request(request));
    }

    /// Waits for something outside of the hub.
    #[track_caller]
    pub(crate) fn until_it_is_so(&mut self, what: &str, is_so: impl Fn() -> bool) {
        let until = std::time::Instant::now() + PATIENCE;
        while !is_so() {
            assert!(std::time::Instant::now() < until, "{what}");
            self.hub.listen(Duration::from_millis(50));
        }
    }

    /// Ends the turn.
    #[track_caller]
    pub(crate) fn interrupt(&mut self) {
        assert_eq!(self.hub.command(Wish::Interrupt { session: self.id }), Reply::Done);
    }

    /// Why the last turn ended.
    pub(crate) fn stop(&self) -> Stop {
        self.session().stopped.clone().expect("the turn has ended").0
    }

    /// A request as it is now.
    pub(crate) fn request(&self, id: RequestId) -> &Request {
        self.hub.state.request(id).unwrap()
    }

    /// The step of a call as it is now.
    pub(crate) fn step(&self, of: &Step) -> &Step {
        self.session().step_of(&of.call).unwrap()
    }

    /// All steps so far.
    pub(crate) fn steps(&self) -> Vec<&Step> {
        self.session().timeline.entries.values().filter_map(|entry| entry.step()).collect()
    }

    /// All that the agent said.
    pub(crate) fn said(&self) -> String {
        let text = |record: &Record| match &record.event {
            Event::Said { who: Speaker::Agent, text, .. } => text.inline().map(str::to_owned),
            _ => None,
        };
        self.hub.records.iter().filter_map(text).collect()
    }

    /// The file that the script edits.
    pub(crate) fn greeting(&self) -> String {
        std::fs::read_to_string(self.repo.join("src/greet.py")).unwrap()
    }

    /// Whether words ever reached the model.
    pub(crate) fn model_was_told(&self, words: &str) -> bool {
        std::fs::read_to_string(self.folder.path().join("asked.jsonl")).unwrap().contains(words)
    }

    /// What of a decision the agent can carry, by its questions so far.
    pub(crate) fn carries(&self) -> Carries {
        let how = |record: &Record| if let Event::Asked { how, .. } = &record.event { Some(how.carries) } else { None };
        self.hub.records.iter().find_map(how).expect("it has asked")
    }

    /// What stands in a file of the repository.
    pub(crate) fn file(&self, file: &str) -> String {
        std::fs::read_to_string(self.repo.join(file)).unwrap_or_default()
    }

    /// Writes a file of the repository, by hand.
    pub(crate) fn write(&self, file: &str, text: &str) {
        std::fs::write(self.repo.join(file), text).unwrap();
    }

    /// Whether a file is there in the repository.
    pub(crate) fn has(&self, file: &str) -> bool {
        self.repo.join(file).exists()
    }

    /// Ends the session, and opens it again: from here on the new one is spoken with. Gives the old one.
    #[track_caller]
    pub(crate) fn reopen(&mut self) -> SessionId {
        let old = self.id;
        assert_eq!(self.hub.command(Wish::End { session: old }), Reply::Done);
        self.hub.until("its end", |hub| !hub.state.session(old).unwrap().is_live());
        let reply = self.hub.command(Wish::Reopen { session: old, env: std::env::vars().collect() });
        let Reply::Started { session: new } = reply else { panic!("{reply:?}") };
        let fate = |hub: &hub::Bench| hub.state.session(new).is_some_and(|it| it.life == Life::Open || !it.is_live());
        self.hub.until("it is open again, or has failed", fate);
        self.id = new;
        old
    }

    /// What taut says of the session in lines of its own.
    pub(crate) fn notes(&self) -> Vec<String> {
        let own = self.hub.records.iter().filter(|record| record.session == self.id);
        let note = |record: &Record| match &record.event {
            Event::Noted { text, .. } => text.inline().map(str::to_owned),
            _ => None,
        };
        own.filter_map(note).collect()
    }

    /// A session that is no longer spoken with.
    pub(crate) fn other(&self, id: SessionId) -> &Session {
        self.hub.state.session(id).unwrap()
    }

    /// Leaves: nothing is left alive, every request is over, and the log is sound.
    #[track_caller]
    pub(crate) fn leave(self) -> Vec<Record> {
        drop(self.model);
        let records = self.hub.leave();
        assert_eq!(tree::alive(&self.id.to_string()), [], "nothing of the agent is left");
        assert!(matches!(records.last().unwrap().event, Event::Ended { cause: Cause::Quit, .. }));
        let reader = Reader::open(&self.folder.path().join("state")).unwrap();
        let verified = store::verify(&reader, None, None).unwrap();
        assert!(verified.is_sound(), "{:?}", verified.faults);
        let stored = reader.records_by_pos(taut::domain::Pos(1), 1_000_000).unwrap();
        assert_eq!(stored, records, "what was published was stored");
        records
    }
}

fn spec(agent: &str, repo: &Path, load: Option<&str>) -> StartSpec {
    StartSpec {
        agent: agent.into(),
        cwd: path(repo).into(),
        env: std::env::vars().collect(),
        load: load.map(str::to_owned),
        ..StartSpec::default()
    }
}

fn idle(hub: &hub::Bench, id: SessionId) -> bool {
    hub.state.session(id).is_some_and(|session| session.turn.is_none())
}

fn offer(offers: &[Offer], kind: OfferKind) -> String {
    let found = offers.iter().find(|offer| offer.kind == kind);
    found.unwrap_or_else(|| panic!("{kind:?} is not offered: {offers:?}")).id.clone()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Puts the id of a terminal into a call's arguments.
const TERMINAL: &str = r#"import re
def terminal(args):
    ids = re.findall(r"session ID (\d+)", Responses.body) or ["0"]
    return json.loads(json.dumps(args).replace('"$TERMINAL"', ids[-1]))

class Responses:
    body = ""
"#;

/// The scripted model; it ends with us.
pub(crate) struct Model(Child);

impl Drop for Model {
    fn drop(&mut self) {
        drop((self.0.kill(), self.0.wait()));
    }
}

/// The scripted model with these scenarios, and its port.
pub(crate) fn model_of(shared: &Path, scenarios: &Path, scenario: &str, repo: &Path) -> (Model, String) {
    // It knows no tools in namespaces that a request does not list: it is taught.
    let text = std::fs::read_to_string(shared.join("fakemodel/fakemodel.py")).unwrap();
    let taught = text.replace(r#"Tool(spec["tool"])"#, r#"Tool(spec["tool"], namespace=spec.get("namespace", ""))"#);
    // And to name the terminal that codex has told it of last.
    let taught = taught
        .replace(r#"return Call(tool, spec.get("args", {}))"#, r#"return Call(tool, terminal(spec.get("args", {})))"#)
        .replacen(
            r#"        items = body.get("input")"#,
            r#"        Responses.body, items = json.dumps(body), body.get("input")"#,
            1,
        )
        .replacen("class Responses:\n", TERMINAL, 1);
    let model = scenarios.with_file_name("model.py");
    std::fs::write(&model, taught).unwrap();
    let mut command = Command::new("python3");
    command.arg(model).args(["--port", "0", "--scenario", scenario]);
    command.args(["--var", &format!("cwd={}", repo.display())]).arg("--scenarios").arg(scenarios);
    command.arg("--log").arg(scenarios.with_file_name("asked.jsonl")).arg("--log-bodies");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: serde_json::Value = serde_json::from_str(&line).expect("the model says its port");
    (Model(child), said["port"].to_string())
}
