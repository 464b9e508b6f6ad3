//! From the first line to the first prompt: initialize, the account, the thread.

use super::out::Out;
use super::{CHANNEL, Codex, Sent, version};
use crate::agent::envelope::Refusal;
use crate::agent::look;
use crate::agent::{Fact, GoesOn, Opening, Otherwise};
use crate::domain::{AgentFace, Capabilities, Event, LaneId, LoginWay, Notice, Source};
use serde_json::{Map, Value, json};

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

/// A way to open the thread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Attempt {
    /// A new one.
    #[default]
    New,
    /// An old one.
    Resume,
    /// A new one that begins with a copy of an old one.
    Fork,
}

impl Codex {
    pub(super) fn begin(&mut self, out: &mut Out, opening: Opening) {
        self.opening = opening;
        self.choose_mode(out);
        let info = json!({"name": "taut", "title": "taut", "version": env!("CARGO_PKG_VERSION")});
        starting(out, "initialize");
        let params = json!({"clientInfo": info, "capabilities": {"experimentalApi": true}});
        self.request(out, Sent::Initialize, "initialize", params);
    }

    pub(super) fn initialized(&mut self, out: &mut Out, outcome: Result<Value, Refusal>) {
        let result = match outcome {
            Ok(result) => result,
            Err(refusal) => return self.fail(out, &format!("codex refused initialize: {}", refusal.said)),
        };
        out.notify("initialized");
        let version = look::text(&result, "userAgent").and_then(version::of);
        let face = AgentFace {
            name: Some("codex".to_owned()),
            title: Some("Codex".to_owned()),
            version: version.map(str::to_owned),
        };
        let can = Capabilities { load: true, resume: true, fork: true, list: true, ..Capabilities::default() };
        out.root(Event::Connected { face, can, login: login_ways() });
        if let Some(doubt) = version::doubt(version) {
            out.note(LaneId::ROOT, Notice::Warning, doubt);
        }
        self.look_at_account(out);
    }

    /// Asks whether somebody is logged in. A prompt would only then tell that nobody is.
    pub(super) fn look_at_account(&mut self, out: &mut Out) {
        if self.phase == Phase::Over {
            return out.note(LaneId::ROOT, Notice::Warning, "codex is gone: it can't be asked who is logged in");
        }
        starting(out, "account/read");
        self.request(out, Sent::Account, "account/read", json!({}));
    }

    pub(super) fn account_known(&mut self, out: &mut Out, outcome: Result<Value, Refusal>) {
        // A version that can't say it shows it at the first prompt.
        let nobody = outcome.is_ok_and(|result| {
            result["requiresOpenaiAuth"] == json!(true) && result.get("account").is_none_or(Value::is_null)
        });
        if nobody {
            let said = "nobody is logged in with codex: run `codex login` in a terminal, or set CODEX_API_KEY";
            return out.root(Event::LoginNeeded { said: said.into(), ways: login_ways() });
        }
        if self.phase == Phase::Opening {
            let attempt = match (&self.opening.load, self.opening.goes_on) {
                (None, _) => Attempt::New,
                (Some(_), GoesOn::AsItself) => Attempt::Resume,
                (Some(_), GoesOn::Forked) => Attempt::Fork,
            };
            self.open_thread(out, attempt);
        } else {
            out.note(LaneId::ROOT, Notice::Info, "logged in");
        }
    }

    fn open_thread(&mut self, out: &mut Out, attempt: Attempt) {
        let mut params = json!({"cwd": self.opening.cwd});
        self.mode.wanted.for_thread(&mut params);
        let servers = self.mcp_servers(out);
        if !servers.is_empty() {
            params["config"] = json!({"mcp_servers": servers});
        }
        let method = match (attempt, &self.opening.load) {
            (Attempt::Resume, Some(id)) => {
                params["threadId"] = json!(id);
                params["excludeTurns"] = json!(true);
                "thread/resume"
            }
            (Attempt::Fork, Some(id)) => {
                params["threadId"] = json!(id);
                params["excludeTurns"] = json!(true);
                if let Some(back) = &self.opening.back {
                    params["beforeTurnId"] = json!(back.first);
                }
                "thread/fork"
            }
            (Attempt::Resume | Attempt::Fork | Attempt::New, _) => {
                params["experimentalRawEvents"] = json!(true);
                "thread/start"
            }
        };
        starting(out, method);
        self.request(out, Sent::Open(attempt), method, params);
    }

    /// MCP servers in codex's form, from ACP's.
    fn mcp_servers(&self, out: &mut Out) -> Map<String, Value> {
        let mut servers = Map::new();
        for server in &self.opening.mcp {
            let Some(name) = look::text(server, "name") else {
                out.note(LaneId::ROOT, Notice::Warning, "an MCP server without a name was left out");
                continue;
            };
            let pairs = |key: &str| -> Map<String, Value> {
                let pair = |one: &Value| Some((look::owned(one, "name")?, one.get("value")?.clone()));
                look::list(server, key).iter().filter_map(pair).collect()
            };
            let made = match look::text(server, "type").unwrap_or("stdio") {
                "stdio" => json!({"command": server["command"], "args": server["args"], "env": pairs("env")}),
                "http" => json!({"url": server["url"], "http_headers": pairs("headers")}),
                kind => {
                    let why = format!("MCP server {name} was left out: codex takes none over {kind}");
                    out.note(LaneId::ROOT, Notice::Warning, why);
                    continue;
                }
            };
            servers.insert(name.to_owned(), made);
        }
        servers
    }

    pub(super) fn thread_opened(&mut self, out: &mut Out, attempt: Attempt, outcome: Result<Value, Refusal>) {
        let id = self.opening.load.clone().unwrap_or_default();
        let result = match outcome {
            Ok(result) => result,
            Err(refusal) if attempt != Attempt::New && self.opening.otherwise == Otherwise::New => {
                let said = why_not(&refusal);
                let why =
                    format!("codex can't resume its thread {id} ({said}): this one is new, and knows nothing of it");
                out.note(LaneId::ROOT, Notice::Warning, why);
                return self.open_thread(out, Attempt::New);
            }
            // A new thread in its place would know nothing of what the prompt speaks of.
            Err(refusal) if attempt == Attempt::Fork => {
                return self.fail(out, &format!("codex can't fork its thread {id}: {}", refusal.said));
            }
            Err(refusal) if attempt == Attempt::Resume => {
                return self.fail(out, &format!("codex can't resume its thread {id}: {}", why_not(&refusal)));
            }
            Err(refusal) => return self.fail(out, &format!("codex opened no thread: {}", refusal.said)),
        };
        let Some(thread) = look::at(&result, &["thread", "id"]).and_then(Value::as_str) else {
            return self.fail(out, "codex opened a thread and gave no id of it");
        };
        self.thread = Some(thread.to_owned());
        let source = Source { channel: CHANNEL.to_owned(), vendor: CHANNEL.to_owned(), native: thread.to_owned() };
        out.root(Event::SourceAttached { source });
        if let Some(title) = look::at(&result, &["thread", "name"]).and_then(Value::as_str) {
            out.root(Event::Titled { title: look::cut(title).into() });
        }
        if let Some(model) = look::text(&result, "model") {
            out.note(LaneId::ROOT, Notice::Info, format!("the model is {model}"));
            self.model_is(out, model);
        }
        self.modes_offered(out, &result);
        self.opened_by = attempt;
        if self.opening.hook.is_some() { self.look_at_hooks(out) } else { self.opened(out) }
    }

    /// The thread is open, and it is known what it asks about.
    pub(super) fn opened(&mut self, out: &mut Out) {
        match self.opened_by {
            Attempt::New => self.ready(out),
            Attempt::Resume | Attempt::Fork => self.ask_history(out, None),
        }
    }

    pub(super) fn ready(&mut self, out: &mut Out) {
        self.phase = Phase::Open;
        self.look_at_models(out);
        out.root(Event::Opened);
        out.fact(Fact::Ready);
    }

    fn fail(&mut self, out: &mut Out, why: &str) {
        self.phase = Phase::Over;
        out.fact(Fact::StartFailed(look::cut(why)));
    }
}

pub(super) fn starting(out: &mut Out, doing: &str) {
    out.root(Event::Starting { doing: doing.to_owned() });
}

fn login_ways() -> Vec<LoginWay> {
    let help = Some("run `codex login` in another terminal, then choose this".to_owned());
    vec![LoginWay { id: "look".to_owned(), name: "I have logged in: look again".to_owned(), help }]
}

/// A thread has one writer: what that means is said, since codex does not say what to do.
fn why_not(refusal: &Refusal) -> String {
    let said = look::cut(&refusal.said);
    if said.contains("active writer") {
        return format!("{said}; another codex holds it: end that one first");
    }
    said
}
