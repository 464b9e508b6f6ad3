//! What goes out: a line to the human, a command to the hub.

use super::super::console::Pending;
use super::super::{Action, App, Effect, Focus, Toast};
use crate::domain::{At, Command, CommandId, SessionId};
use crate::state::Session;

impl App {
    /// Says a line to the human, for a while.
    pub(in crate::ui) fn say(&mut self, text: impl Into<String>, now: At) {
        self.toast = Some(Toast { text: text.into(), at: now });
    }

    /// Sends a command. A replay, a console that can only look, and one without a hub send nothing, whatever was pressed.
    pub(in crate::ui) fn send(&mut self, command: Command, pending: Pending, words: &str) -> Vec<Effect> {
        if self.can_brake().is_err() {
            return Vec::new();
        }
        self.commands += 1;
        let id = self.commands;
        if pending != Pending::Quiet {
            self.in_flight.insert(id, words.to_owned());
        }
        self.inner.pending.insert(id, pending);
        vec![Effect::Send(CommandId(id), command)]
    }

    /// Whether something can be done, or why not.
    ///
    /// # Errors
    /// One sentence for the human.
    pub fn can_act(&self) -> Result<(), String> {
        self.can_brake()?;
        if self.hub_silent {
            let halt = self.key(Action::Halt, "ctrl-\\");
            return Err(format!(
                "the hub does not answer: nothing more is decided until it does; {halt} twice ends every agent"
            ));
        }
        Ok(())
    }

    /// Whether commands can be sent at all, or why not: what ends or interrupts goes to a hub that does not answer as well.
    ///
    /// # Errors
    /// One sentence for the human.
    pub fn can_brake(&self) -> Result<(), String> {
        if self.replay.is_some() {
            return Err("this is a replay: it shows the past and changes nothing".to_owned());
        }
        if let Some(why) = &self.link_lost {
            return Err(format!("the hub can't be reached ({why}): nothing can be sent until it is back"));
        }
        if let Some(why) = &self.status.read_only {
            return Err(format!("this console can only look: {why}"));
        }
        Ok(())
    }

    /// The session that a key speaks of: the card's, else the selected one; none where the cursor is on another tool's.
    #[must_use]
    pub fn subject(&self) -> Option<&Session> {
        if self.other_at().is_some() {
            return None;
        }
        let card = self.card.as_ref().filter(|_| self.focus == Focus::Card).map(|card| card.request.session);
        self.state.session(card.or(self.selected)?)
    }

    /// The name that the human gave a session.
    pub(in crate::ui) fn name_of(&self, session: SessionId) -> String {
        match self.state.session(session) {
            Some(session) if !session.name.is_empty() => session.name.clone(),
            Some(_) | None => session.to_string(),
        }
    }

    /// The key of an action in a sentence: the configured one, else the table's `usual` one.
    pub(super) fn key(&self, action: Action, usual: &str) -> String {
        match self.rebound.get(&action).map(|chords| chords.first()) {
            Some(Some(chord)) => chord.to_string(),
            Some(None) | None => usual.to_owned(),
        }
    }
}
