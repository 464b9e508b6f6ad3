//! What a script may do: what `scripts` in the configuration says, and the token that it shows.
//!
//! The brake (interrupt, end, halt, the end of the hub) is never held: it lets nothing run. Reading is free, since the
//! log can be read by the same user anyway. Everything else of a peer that is no console is asked for a token, where the
//! configuration says so. Where that can't be read, no script does any of it.

use super::actor::Hub;
use super::consoles::{Peer, Seat};
use super::log::{Unwritten, now};
use super::requests::refused;
use super::{ConsoleId, reading};
use crate::domain::{At, By, Command, Digest, Draft, Event, Reply, SessionId};
use crate::hub::config::Scripts;
use crate::store::{Durability, StoreError};

/// The longest that a token may hold.
const LONGEST: u64 = 366 * 24 * 3_600_000;
/// The longest name of one.
const NAME: usize = 32;

impl Hub {
    /// Reads which tokens there are. What can't be read lets no hub begin.
    pub(super) fn read_tokens(&mut self) -> Result<(), StoreError> {
        // Where the log is in doubt, none of them is believed.
        if !self.store.disputed() {
            self.tokens = reading::tokens(&self.store.reader()?)?;
        }
        Ok(())
    }

    /// In whose name a command is done.
    ///
    /// # Errors
    /// It may not be: one sentence.
    pub(super) fn entitled(&mut self, console: ConsoleId, command: &Command) -> Result<By, String> {
        let Some(Peer { by, seat, token }) = self.consoles.peer(console).cloned() else {
            return Err("nobody knows who asks for this: attach again".to_owned());
        };
        if matches!(command, Command::MakeToken { .. } | Command::RevokeToken { .. }) {
            return match seat {
                Seat::Terminal => Ok(by),
                Seat::Elsewhere => Err("tokens are made and revoked at a terminal, by taut itself".to_owned()),
            };
        }
        if matches!((&by, command), (By::Script { .. }, Command::AcceptSettings { .. })) {
            return Err("settings are taken by a human in the console, not by a script".to_owned());
        }
        let By::Script { terminal, token: _ } = by else { return Ok(by) };
        let what = verb(command);
        let shown = token.map(|hash| self.tokens.admit(&hash, what, now()).map(str::to_owned));
        let named = |name: &str| By::Script { terminal: terminal.clone(), token: Some(name.to_owned()) };
        match (&shown, self.scripts_now()) {
            // The brake is never held.
            _ if brakes(command) => Ok(match &shown {
                Some(Ok(name)) => named(name),
                Some(Err(_)) | None => By::Script { terminal, token: None },
            }),
            (_, None) => Err(format!(
                "no script decides while config.toml has faults: {}",
                self.setup.settings.error().unwrap_or_default()
            )),
            // One that shows a token means to be held to it.
            (Some(Err(unfit)), _) => Err(unfit.to_string()),
            (Some(Ok(name)), Some(_)) => {
                let used = Event::TokenUsed { name: name.clone(), what: what.to_owned(), session: session_of(command) };
                self.note(SessionId::HUB, used);
                Ok(named(name))
            }
            (None, Some(Scripts::Allow)) => Ok(By::Script { terminal, token: None }),
            (None, Some(Scripts::Token)) => Err(format!(
                "config.toml asks scripts for a token (scripts = \"token\"), and `{what}` came without one: make one \
                 with `taut token new NAME` in a terminal and give it as TAUT_TOKEN, or do it in the console"
            )),
        }
    }

    /// What scripts may do now; `None` where the configuration can't be read.
    fn scripts_now(&self) -> Option<Scripts> {
        (!self.setup.settings.is_config_doubted()).then_some(self.setup.settings.config.scripts)
    }

    /// A token's hash is put on record; its secret never comes here.
    pub(super) fn make_token(&mut self, name: String, hash: Digest, lasts: u64, only: Vec<String>, by: By) -> Reply {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if name.is_empty() || name.len() > NAME || !name.chars().all(plain) {
            return refused(format!("{name:?} names no token: take at most {NAME} letters, digits, `-`, `_` and `.`"));
        }
        if lasts == 0 || lasts > LONGEST {
            return refused("a token lasts at least a second and at most a year".to_owned());
        }
        if let Some(word) = only.iter().find(|word| !VERBS.contains(&word.as_str())) {
            return refused(format!("no script does {word:?}: a token is for {}", VERBS.join(", ")));
        }
        if self.tokens.get(&name).is_some_and(|token| token.holds(now())) {
            return refused(format!("there is a token {name} that holds: revoke it first, or take another name"));
        }
        let expires = At(now().0.saturating_add(i64::try_from(lasts).unwrap_or(i64::MAX)));
        self.sealed(Event::TokenMade { name, hash, expires, only, by })
    }

    /// A token is worth nothing any more.
    pub(super) fn revoke_token(&mut self, name: String, by: By) -> Reply {
        match self.tokens.get(&name) {
            None => refused(format!("there is no token {name}: `taut token list` shows all")),
            Some(token) if token.revoked.is_some() => refused(format!("the token {name} was revoked before")),
            Some(_) => self.sealed(Event::TokenRevoked { name, by }),
        }
    }

    /// On record before it counts.
    pub(super) fn sealed(&mut self, event: Event) -> Reply {
        match self.record(Draft::new(SessionId::HUB, event), Durability::Decision) {
            Ok(()) => Reply::Done,
            Err(Unwritten::NotNow | Unwritten::Never) => refused(self.unwritten()),
        }
    }
}

/// What a token can be for.
pub(crate) const VERBS: [&str; 11] =
    ["allow", "deny", "send", "run", "mode", "login", "rename", "archive", "delete", "rewind", "undo"];

/// What a command is called in a token.
fn verb(command: &Command) -> &'static str {
    match command {
        Command::Start(_) | Command::Reopen { .. } | Command::Continue { .. } | Command::Fork { .. } => "run",
        Command::Prompt { .. } | Command::DropPrompt { .. } => "send",
        Command::Interrupt { .. } => "interrupt",
        Command::End { .. } => "end",
        Command::Halt => "halt",
        Command::Decide { decision, .. } if decision.allows() => "allow",
        Command::Decide { .. } => "deny",
        Command::Shown { .. } | Command::Notice { .. } | Command::TellContext { .. } => "show",
        Command::SetMode { .. } | Command::SetModel { .. } => "mode",
        Command::Rewind { .. } => "rewind",
        Command::Login { .. } => "login",
        Command::Rename { .. } => "rename",
        Command::Archive { .. } | Command::Pin { .. } => "archive",
        Command::Delete { .. } | Command::Prune => "delete",
        Command::MakeToken { .. } | Command::RevokeToken { .. } => "token",
        Command::AcceptSettings { .. } => "settings",
        Command::Revoke { .. } => "revoke",
        Command::Undo { .. } => "undo",
        // Who may let it run may let it run without a way back.
        Command::SkipCheckpoint { .. } => "allow",
    }
}

/// Lets nothing run, and ends something: a turn, a session, a standing allowance.
fn brakes(command: &Command) -> bool {
    matches!(command, Command::Interrupt { .. } | Command::End { .. } | Command::Halt | Command::Revoke { .. })
}

fn session_of(command: &Command) -> Option<SessionId> {
    match command {
        Command::Prompt { session, .. }
        | Command::DropPrompt { session, .. }
        | Command::Interrupt { session }
        | Command::End { session }
        | Command::SetMode { session, .. }
        | Command::SetModel { session, .. }
        | Command::Rewind { session, .. }
        | Command::Fork { session, .. }
        | Command::TellContext { session }
        | Command::Login { session, .. }
        | Command::Rename { session, .. }
        | Command::Notice { session }
        | Command::Archive { session, .. }
        | Command::Pin { session, .. }
        | Command::SkipCheckpoint { session }
        | Command::Delete { session }
        | Command::Reopen { session, .. }
        | Command::Undo { session, .. } => Some(*session),
        Command::Decide { request, .. } | Command::Shown { request, .. } => Some(request.session),
        Command::Revoke { grant } => Some(grant.session),
        Command::Start(_)
        | Command::Continue { .. }
        | Command::Halt
        | Command::Prune
        | Command::MakeToken { .. }
        | Command::RevokeToken { .. }
        | Command::AcceptSettings { .. } => None,
    }
}
