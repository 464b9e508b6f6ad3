//! From the first line to the first prompt: initialize, a login where one is wanted, the session, its mode.

use super::super::{Fact, Opening, Otherwise};
use super::envelope::Refusal;
use super::out::Out;
use super::settings::Way;
use super::{Acp, Sent, look};
use crate::domain::{AgentFace, By, Capabilities, Event, LaneId, LoginWay, Notice, Source};
use serde_json::{Value, json};

/// The version of the protocol that is spoken here.
const VERSION: u64 = 1;

/// How far the conversation is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// Not open yet.
    #[default]
    Opening,
    /// Open: prompts may go.
    Open,
    /// The agent is gone, or the start came to nothing.
    Over,
}

/// A way to open the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    /// A new one.
    New,
    /// An old one, its history replayed.
    Load,
    /// An old one, without.
    Resume,
}

impl Attempt {
    fn method(self) -> &'static str {
        match self {
            Self::New => "session/new",
            Self::Load => "session/load",
            Self::Resume => "session/resume",
        }
    }
}

impl Acp {
    pub(super) fn begin(&mut self, out: &mut Out, opening: Opening) {
        let mut can = json!({"fs": {"readTextFile": false, "writeTextFile": false}, "terminal": false,
            "elicitation": {"form": {}}});
        if opening.client.terminal_output {
            can["_meta"] = json!({"terminal_output": true});
        }
        self.opening = opening;
        let info = json!({"name": "taut", "title": "taut", "version": env!("CARGO_PKG_VERSION")});
        let params = json!({"protocolVersion": VERSION, "clientCapabilities": can, "clientInfo": info});
        starting(out, "initialize");
        self.request(out, Sent::Initialize, "initialize", params);
    }

    pub(super) fn initialized(&mut self, out: &mut Out, outcome: Result<Value, Refusal>) {
        let result = match outcome {
            Ok(result) => result,
            Err(refusal) => return self.fail(out, &format!("the agent refused initialize: {}", refusal.said)),
        };
        // Only a version that is said and is another one is wrong.
        if let Some(version) = result.get("protocolVersion").and_then(look::count).filter(|&version| version != VERSION)
        {
            return self.fail(
                out,
                &format!("the agent speaks version {version} of the Agent Client Protocol, and taut only {VERSION}"),
            );
        }
        let info = result.get("agentInfo").unwrap_or(&Value::Null);
        self.face = AgentFace {
            name: look::owned(info, "name"),
            title: look::owned(info, "title"),
            version: look::owned(info, "version"),
        };
        self.can = capabilities(result.get("agentCapabilities").unwrap_or(&Value::Null));
        self.login = look::list(&result, "authMethods").iter().filter_map(login_way).collect();
        let (face, can, login) = (self.face.clone(), self.can.clone(), self.login.clone());
        out.root(Event::Connected { face, can, login });
        self.open_session(out, self.first_attempt());
    }

    fn first_attempt(&self) -> Attempt {
        match (&self.opening.load, self.can.load) {
            (None, _) => Attempt::New,
            (Some(_), true) => Attempt::Load,
            // Capabilities are hints (acp.md, 7): resume works unadvertised in some, and a refusal is handled.
            (Some(_), false) => Attempt::Resume,
        }
    }

    fn open_session(&mut self, out: &mut Out, attempt: Attempt) {
        let servers = self.mcp_servers(out);
        let mut params = json!({"cwd": self.opening.cwd, "mcpServers": servers});
        self.session = None;
        if let (Attempt::Load | Attempt::Resume, Some(id)) = (attempt, &self.opening.load) {
            params["sessionId"] = json!(id);
            // The history comes before the answer, or after it (gemini): it is ours from here on.
            self.session = Some(id.clone());
        }
        starting(out, attempt.method());
        self.request(out, Sent::Open(attempt), attempt.method(), params);
    }

    /// The servers that the agent can take: stdio always, others where it says so.
    fn mcp_servers(&self, out: &mut Out) -> Vec<Value> {
        let takes = |server: &&Value| {
            let kind = look::text(server, "type").unwrap_or("stdio");
            let can = match kind {
                "stdio" => server.is_object(),
                "http" => self.can.mcp_http,
                "sse" => self.can.mcp_sse,
                _ => false,
            };
            if !can {
                let name = look::text(server, "name").unwrap_or("without a name");
                let why = format!("MCP server {name} was left out: the agent takes none over {kind}");
                out.note(LaneId::ROOT, Notice::Warning, why);
            }
            can
        };
        self.opening.mcp.iter().filter(takes).cloned().collect()
    }

    pub(super) fn session_opened(&mut self, out: &mut Out, attempt: Attempt, outcome: Result<Value, Refusal>) {
        let result = match outcome {
            Ok(result) => result,
            Err(refusal) if refusal.wants_login() => return self.want_login(out, &refusal.said),
            Err(refusal) if attempt == Attempt::Load && self.can.resume && refusal.unknown_method() => {
                let id = self.opening.load.as_deref().unwrap_or_default();
                let why = format!("the agent can't load its session {id}: it is resumed without its history");
                out.note(LaneId::ROOT, Notice::Warning, why);
                return self.open_session(out, Attempt::Resume);
            }
            Err(refusal) if attempt != Attempt::New && self.opening.otherwise == Otherwise::New => {
                let id = self.opening.load.as_deref().unwrap_or_default();
                let said = look::cut(&refusal.said);
                let why = format!(
                    "the agent can't load its conversation {id} ({said}): this one is new, and knows nothing of it"
                );
                out.note(LaneId::ROOT, Notice::Warning, why);
                return self.open_session(out, Attempt::New);
            }
            // A new session in its place would know nothing of what the prompt speaks of.
            Err(refusal) if attempt != Attempt::New => {
                let id = self.opening.load.as_deref().unwrap_or_default();
                let said = refusal.said;
                return self.fail(out, &format!("the agent can't load its session {id} ({said}): start a new one"));
            }
            Err(refusal) => {
                return self.fail(out, &format!("the agent refused {}: {}", attempt.method(), refusal.said));
            }
        };
        if let Some(id) = look::owned(&result, "sessionId") {
            self.session = Some(id);
        }
        let Some(native) = self.session.clone() else {
            return self.fail(out, "the agent opened a session and gave no id of it");
        };
        let vendor = self.face.name.clone().or_else(|| self.face.title.clone()).unwrap_or_else(|| "unknown".to_owned());
        let source = Source { channel: "acp".to_owned(), vendor, native };
        out.root(Event::SourceAttached { source });
        self.settings.opened(out, &result);
        match self.opening.mode.clone() {
            Some(mode) if !self.settings.is_in(&mode) => self.set_mode(out, &mode, true),
            Some(_) | None => self.ready(out),
        }
    }

    fn want_login(&mut self, out: &mut Out, said: &str) {
        out.root(Event::LoginNeeded { said: look::cut(said).into(), ways: self.login.clone() });
    }

    pub(super) fn log_in(&mut self, out: &mut Out, way: &str) {
        if self.phase == Phase::Over {
            return out.note(LaneId::ROOT, Notice::Warning, "no login was sent: the agent is gone");
        }
        starting(out, "authenticate");
        self.request(out, Sent::Authenticate, "authenticate", json!({"methodId": way}));
    }

    pub(super) fn authenticated(&mut self, out: &mut Out, outcome: Result<Value, Refusal>) {
        match outcome {
            Err(refusal) => self.want_login(out, &refusal.said),
            Ok(_) if self.phase == Phase::Opening => self.open_session(out, self.first_attempt()),
            Ok(_) => out.note(LaneId::ROOT, Notice::Info, "logged in"),
        }
    }

    /// Sets a mode by the way that the agent has; at the start, the conversation opens with the answer.
    pub(super) fn set_mode(&mut self, out: &mut Out, mode: &str, at_start: bool) {
        let (Some(session), Some(way)) = (self.session.clone(), self.settings.way_to(mode)) else {
            let modes = self.settings.modes_in_words();
            let why = match (self.session.is_some(), modes.is_empty()) {
                (false, _) => format!("mode {mode} was not set: the session is not open"),
                (true, false) => format!("mode {mode} was not set: the agent has {modes}"),
                (true, true) => format!("mode {mode} was not set: the agent has no modes"),
            };
            out.note(LaneId::ROOT, Notice::Error, why);
            if at_start {
                self.ready(out);
            }
            return;
        };
        let (method, params) = way.request(&session, mode);
        if at_start {
            starting(out, method);
        }
        self.request(out, Sent::Mode { mode: mode.to_owned(), way, at_start }, method, params);
    }

    pub(super) fn mode_set(
        &mut self,
        out: &mut Out,
        mode: &str,
        way: &Way,
        at_start: bool,
        outcome: Result<Value, Refusal>,
    ) {
        let by = if at_start { By::Hub("set at the start".to_owned()) } else { By::Human };
        match outcome {
            Ok(result) => {
                if matches!(way, Way::Option(_)) {
                    self.settings.options(out, &result, by.clone());
                }
                // Not every agent tells the change as well (gemini): its answer is enough.
                self.settings.mode_is(out, mode, by);
            }
            Err(refusal) => {
                out.note(LaneId::ROOT, Notice::Error, format!("the agent refused mode {mode}: {}", refusal.said));
            }
        }
        if at_start {
            self.ready(out);
        }
    }

    fn ready(&mut self, out: &mut Out) {
        self.phase = Phase::Open;
        out.root(Event::Opened);
        out.fact(Fact::Ready);
    }

    fn fail(&mut self, out: &mut Out, why: &str) {
        self.phase = Phase::Over;
        out.fact(Fact::StartFailed(look::cut(why)));
    }
}

fn starting(out: &mut Out, doing: &str) {
    out.root(Event::Starting { doing: doing.to_owned() });
}

fn capabilities(can: &Value) -> Capabilities {
    let session = |what: &str| look::offered(can, &["sessionCapabilities", what]);
    Capabilities {
        load: look::offered(can, &["loadSession"]),
        resume: session("resume"),
        fork: session("fork"),
        list: session("list"),
        close: session("close"),
        image: look::offered(can, &["promptCapabilities", "image"]),
        mcp_http: look::offered(can, &["mcpCapabilities", "http"]),
        mcp_sse: look::offered(can, &["mcpCapabilities", "sse"]),
    }
}

/// A way to log in, with the agent's own instructions and the command that it names for a terminal.
fn login_way(value: &Value) -> Option<LoginWay> {
    let id = look::owned(value, "id")?;
    let name = look::owned(value, "name").unwrap_or_else(|| id.clone());
    let said = look::owned(value, "description");
    let terminal = look::at(value, &["_meta", "terminal-auth"]).and_then(super::payload::command);
    let help = match (said, terminal) {
        (Some(said), Some(command)) => Some(format!("{said} ({command})")),
        (said, command) => said.or(command),
    };
    Some(LoginWay { id, name, help })
}
