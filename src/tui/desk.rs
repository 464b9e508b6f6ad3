//! Between the console and who keeps its configuration: wishes go out, new looks and messages come in. Files are read and
//! written over there, on a thread of its own, so that a slow disk holds up no key.

use super::outside::Outside;
use super::terminal::Mouse;
use crate::domain::SettingsInForce;
use crate::theme::{Ground, Theme};
use crate::ui::settings::Change;
use crate::ui::{Msg, Pad};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How the console looks, and who has the mouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Colours.
    pub theme: Theme,
    /// Who has the mouse.
    pub mouse: Mouse,
    /// The bell, notifications, the clipboard.
    pub outside: Outside,
    /// Of what marks and lines are made.
    pub marks: Marks,
    /// Whether the theme depends on the terminal's ground, so that it is asked for it.
    pub ground: Asked,
}

/// Of what marks and lines are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// Of Unicode.
    Unicode,
    /// Of ASCII.
    Ascii,
}

/// Whether the terminal is asked for its ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// What the console wishes.
#[derive(Debug)]
pub enum Wish {
    /// The files may have changed: read them again.
    Reread,
    /// Show a theme without taking it; `None` goes back to the one in force.
    Try(Option<String>),
    /// Write a change.
    Write(Change),
    /// The hub says which settings are in force.
    InForce(SettingsInForce),
    /// The terminal said what its ground is.
    Ground(Ground),
}

/// What comes of it.
#[derive(Debug, Default)]
pub struct Told {
    /// It looks like this from now on.
    pub look: Option<Look>,
    /// What the console must know.
    pub msgs: Vec<Msg>,
}

/// The console's end.
#[derive(Debug)]
pub struct Desk {
    wishes: Option<Sender<Wish>>,
    /// The folder in which drafts and history are kept, and what was kept or found there last.
    pad: Option<(PathBuf, Pad)>,
    /// The words that are this taut, with its state folder: what it is told to do stands behind them.
    own: Vec<OsString>,
    /// Kept so that the other half never ends.
    _tell: UnboundedSender<Told>,
    told: UnboundedReceiver<Told>,
}

impl Desk {
    /// A desk whose wishes go to `wishes`, and the sender for what comes of them.
    #[must_use]
    pub fn new(wishes: Sender<Wish>) -> (Self, UnboundedSender<Told>) {
        let (tell, told) = unbounded_channel();
        (Self { wishes: Some(wishes), pad: None, own: Vec::new(), _tell: tell.clone(), told }, tell)
    }

    /// The desk with a folder in which drafts and history are kept.
    #[must_use]
    pub fn keeping(self, folder: PathBuf, found: Pad) -> Self {
        Self { pad: Some((folder, found)), ..self }
    }

    /// The desk with the words that are this taut.
    #[must_use]
    pub fn calling(self, own: Vec<OsString>) -> Self {
        Self { own, ..self }
    }

    /// The words by which taut does something in a process of its own.
    pub(super) fn words(&self, what: &[&str]) -> Vec<OsString> {
        self.own.iter().cloned().chain(what.iter().map(OsString::from)).collect()
    }

    /// The words that end every agent from outside of the hub, and count what is left.
    pub(super) fn brake(&self) -> Vec<OsString> {
        self.words(&["halt"])
    }

    /// Keeps drafts and history, where there is a place for them and anything is new.
    pub(super) fn keep(&mut self, pad: &Pad) -> Result<(), String> {
        match &mut self.pad {
            Some((folder, before)) if before != pad => {
                super::pad::write(folder, pad, before)?;
                before.clone_from(pad);
                Ok(())
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Hands a wish over. Where nobody keeps the configuration any more, nothing comes of it.
    pub(super) fn wish(&self, wish: Wish) {
        if let Some(wishes) = &self.wishes {
            drop(wishes.send(wish));
        }
    }

    /// The next thing that came of a wish, or of a change to the files.
    pub(super) async fn next(&mut self) -> Told {
        match self.told.recv().await {
            Some(told) => told,
            // We hold a sender ourselves: this can't be.
            None => std::future::pending().await,
        }
    }
}
