//! What the console does outside of its frames: it rings, and it sends copied texts.

use super::errand::{Errand, Errands};
use super::osc::{self, Between, Way};
use crate::cli;
use crate::domain::{Seq, SessionId};
use crate::hub::config::{Clipboard, Config, Notify};
use crate::ui::{Notice, Occasion, ShowTo};
use std::path::{Path, PathBuf};

/// How to ring and where to send, as configured and as the terminal takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    bell: bool,
    way: Option<Way>,
    command: Vec<String>,
    clipboard: Clipboard,
    between: Between,
    state: PathBuf,
}

impl Outside {
    /// By the configuration, the folder of the log, and the environment.
    pub fn new(config: &Config, state: &Path, env: impl Fn(&str) -> Option<String>) -> Self {
        let Config { attention, clipboard, .. } = config;
        let way = match attention.notify {
            Notify::Off => None,
            Notify::Osc9 => Some(Way::Osc9),
            Notify::Osc777 => Some(Way::Osc777),
            Notify::Auto => Way::detect(&env),
        };
        Self {
            bell: attention.bell,
            way,
            command: attention.command.clone(),
            clipboard: clipboard.clone(),
            between: Between::detect(&env),
            state: state.to_owned(),
        }
    }

    /// True where the bell is on.
    pub(super) fn has_bell(&self) -> bool {
        self.bell
    }

    /// Rings: what is to be written to the terminal. A command of the user's own is begun.
    pub(super) fn ring(&self, notice: &Notice, errands: &mut Errands) -> Vec<u8> {
        if !self.command.is_empty() {
            errands.begin(self.errand(notice));
        }
        let mut out = self.way.map_or_else(Vec::new, |way| way.notification(&notice.text, self.between));
        if self.bell {
            out.push(b'\x07');
        }
        out
    }

    fn errand(&self, notice: &Notice) -> Errand {
        // An argument that begins with a dash would be read as an option.
        let text = if notice.text.starts_with('-') { format!(" {}", notice.text) } else { notice.text.clone() };
        let word = |word: &String| if word == "{text}" { text.clone() } else { word.clone() };
        // The most pressing of them.
        let event = match notice.occasions.first() {
            Some(Occasion::Waiting) => "waiting",
            Some(Occasion::Alarm) => "alarm",
            Some(Occasion::Finished) | None => "finished",
        };
        Errand {
            what: "nobody was called by the command",
            command: self.command.iter().map(word).collect(),
            env: vec![
                ("TAUT_TEXT", notice.text.clone()),
                ("TAUT_EVENT", event.to_owned()),
                ("TAUT_WAITING", notice.waiting.to_string()),
                ("TAUT_SESSIONS", notice.sessions.join(", ")),
            ],
            input: String::new(),
        }
    }

    /// Makes the text of a session or of one of its entries, as of a record.
    pub(super) fn show(&self, what: (SessionId, Option<u64>, Option<Seq>), to: ShowTo, errands: &Errands) {
        let state = self.state.clone();
        let (session, no, at) = what;
        errands.make(to, move || cli::to_text(&state, session, no, at).map_err(|error| error.to_string()));
    }

    /// Sends a copied text: what is to be written to the terminal, if it goes there.
    pub(super) fn copy(&self, text: String, errands: &mut Errands) -> Vec<u8> {
        match &self.clipboard {
            Clipboard::Off => Vec::new(),
            Clipboard::Osc52 => osc::clipboard(&text, self.between),
            Clipboard::Command(command) => {
                let what = "nothing was copied";
                errands.begin(Errand { what, command: command.clone(), input: text, ..Errand::default() });
                Vec::new()
            }
        }
    }
}
