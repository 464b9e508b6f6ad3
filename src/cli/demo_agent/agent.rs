//! The agent between and during turns: it hears the client at any time, and remembers what it was told.

use super::script::Script;
use super::turn::Turn;
use super::wire::{BAD_PARAMS, NO_METHOD, Out};
use super::{Input, history};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

/// Why a turn does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Halt {
    /// The client cancelled it.
    Cancelled,
    /// The client has gone.
    Gone,
    /// The script ends the process with this code.
    Exit(u8),
}

/// A step of a script, that may be the last.
pub(super) type Step<T = ()> = Result<T, Halt>;

/// The window that we claim to have, in tokens.
pub(super) const WINDOW: u64 = 200_000;

/// A conversation.
#[derive(Debug, Default)]
pub(super) struct Session {
    pub(super) cwd: PathBuf,
    pub(super) plans_only: bool,
    /// Turns that were begun.
    pub(super) turns: u32,
    /// Calls that were made.
    pub(super) calls: u32,
    /// Messages that were said.
    pub(super) messages: u32,
    /// Tokens in the window.
    pub(super) used: u64,
    /// Tokens paid for.
    pub(super) paid: u64,
    /// Edits are allowed for the rest of the session.
    pub(super) edits_allowed: bool,
    /// Commands that are allowed for the rest of the session.
    pub(super) commands_allowed: BTreeSet<String>,
}

/// Whether the client shows forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forms {
    /// It does.
    Shown,
    /// It has not said so.
    Off,
}

/// A prompt that waits for its turn.
struct Prompt {
    id: Value,
    session: String,
    text: String,
}

/// The agent.
pub(super) struct Agent {
    pub(super) out: Out,
    pub(super) inputs: Sender<Input>,
    pub(super) pace: Duration,
    pub(super) forms: Forms,
    pub(super) sessions: BTreeMap<String, Session>,
    /// Answers to our requests that nobody has picked up yet.
    pub(super) answers: BTreeMap<u64, Value>,
    /// What the running command has printed since it was last looked at, and whether it may print more.
    pub(super) printed: Vec<u8>,
    pub(super) quiet: bool,
    inbox: Receiver<Input>,
    prompts: VecDeque<Prompt>,
    cancelled: bool,
    gone: bool,
}

impl Agent {
    pub(super) fn new(inputs: Sender<Input>, inbox: Receiver<Input>, pace: Duration) -> Self {
        Self {
            out: Out::new(),
            inputs,
            pace,
            forms: Forms::Off,
            sessions: BTreeMap::new(),
            answers: BTreeMap::new(),
            printed: Vec::new(),
            quiet: true,
            inbox,
            prompts: VecDeque::new(),
            cancelled: false,
            gone: false,
        }
    }

    /// Serves the client until it goes.
    pub(super) fn run(mut self) -> u8 {
        loop {
            self.cancelled = false;
            let over = match self.prompts.pop_front() {
                Some(prompt) => self.turn(prompt),
                None => self.listen(Duration::MAX),
            };
            match over {
                Ok(()) | Err(Halt::Cancelled) => {}
                Err(Halt::Gone) => return 0,
                Err(Halt::Exit(code)) => return code,
            }
        }
    }

    fn turn(&mut self, prompt: Prompt) -> Step {
        let mut turn = Turn::new(self, prompt.session);
        let script = Script::choose(&prompt.text, turn.session().turns);
        turn.session().turns += 1;
        let before = turn.session().paid;
        let stop = match turn.begin(&prompt.text).and_then(|()| script.play(&mut turn)) {
            Ok(()) => "end_turn",
            Err(Halt::Cancelled) => "cancelled",
            Err(halt) => {
                self.out.flush();
                return Err(halt);
            }
        };
        let paid = turn.session().paid - before;
        let (read, cached, wrote) = (paid / 4, paid / 2, paid - paid / 4 - paid / 2);
        let usage =
            json!({"inputTokens": read, "cachedReadTokens": cached, "outputTokens": wrote, "totalTokens": paid});
        self.out.answer(&prompt.id, &json!({"stopReason": stop, "usage": usage}));
        self.out.flush();
        Ok(())
    }

    /// Sends what is written, then hears the client for some time; at least everything that has come already. Without
    /// end, it returns at the first thing heard.
    pub(super) fn listen(&mut self, time: Duration) -> Step {
        self.out.flush();
        let until = Instant::now().checked_add(time);
        loop {
            let left = until.map_or(Duration::from_hours(1), |until| until.saturating_duration_since(Instant::now()));
            match self.inbox.recv_timeout(left) {
                Ok(input) => self.take(input),
                Err(RecvTimeoutError::Timeout) if until.is_some() => return self.go_on(),
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => self.gone = true,
            }
            self.out.flush();
            if until.is_none() || self.go_on().is_err() {
                return self.go_on();
            }
        }
    }

    fn go_on(&self) -> Step {
        match (self.gone || self.out.broken, self.cancelled) {
            (true, _) => Err(Halt::Gone),
            (false, true) => Err(Halt::Cancelled),
            (false, false) => Ok(()),
        }
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::End => self.gone = true,
            Input::Printed(bytes) => self.printed.extend(bytes),
            Input::Quiet => self.quiet = true,
            Input::Line(line) => match serde_json::from_slice::<Value>(&line) {
                Ok(message) => self.hear(&message),
                Err(error) => super::grumble(&format!("a line that is not JSON: {error}")),
            },
        }
    }

    fn hear(&mut self, message: &Value) {
        let (id, params) = (&message["id"], &message["params"]);
        let Some(method) = message["method"].as_str() else {
            if let Some(id) = id.as_u64() {
                self.answers.insert(id, message["result"].clone());
            }
            return;
        };
        let session = params["sessionId"].as_str().unwrap_or_default();
        match method {
            "initialize" => {
                if params["clientCapabilities"]["elicitation"]["form"].is_object() {
                    self.forms = Forms::Shown;
                }
                self.out.answer(id, &history::face());
            }
            "session/new" => {
                // The pid keeps sessions of several demo agents apart.
                let name = format!("demo-{}-{}", std::process::id(), self.sessions.len() + 1);
                self.open(&name, params);
                self.out.answer(id, &json!({"sessionId": name, "modes": history::modes(false)}));
                history::commands(&mut self.out, &name);
            }
            "session/load" => {
                self.open(session, params);
                history::replay(self, session);
                self.out.answer(id, &json!({"modes": history::modes(false)}));
            }
            "session/cancel" => self.cancelled = true,
            "authenticate" => self.out.answer(id, &json!({})),
            "session/set_mode" | "session/prompt" if !self.sessions.contains_key(session) => {
                self.out.refuse(id, BAD_PARAMS, &format!("there is no session {session:?}"));
            }
            "session/set_mode" => self.set_mode(id, session, params["modeId"].as_str().unwrap_or_default()),
            "session/prompt" => {
                let blocks = params["prompt"].as_array().into_iter().flatten();
                let text = blocks.filter_map(|block| block["text"].as_str()).collect::<Vec<_>>().join("\n");
                self.prompts.push_back(Prompt { id: id.clone(), session: session.to_owned(), text });
            }
            _ if id.is_null() => {}
            _ => self.out.refuse(id, NO_METHOD, &format!("there is no method {method:?}")),
        }
    }

    fn open(&mut self, name: &str, params: &Value) {
        let cwd = params["cwd"].as_str().unwrap_or(".").into();
        self.sessions.insert(name.to_owned(), Session { cwd, used: 14_200, ..Session::default() });
    }

    fn set_mode(&mut self, id: &Value, name: &str, mode: &str) {
        let plans_only = match mode {
            "default" => false,
            "plan" => true,
            _ => return self.out.refuse(id, BAD_PARAMS, &format!("there is no mode {mode:?}")),
        };
        if let Some(session) = self.sessions.get_mut(name) {
            session.plans_only = plans_only;
        }
        self.out.answer(id, &json!({}));
        let update = json!({"sessionUpdate": "current_mode_update", "currentModeId": mode});
        self.out.notify("session/update", &json!({"sessionId": name, "update": update}));
    }
}
