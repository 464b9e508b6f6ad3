//! A replay as the program runs it: a console, a log, and nothing between.

use crate::support::live::Log;
use taut::domain::Seq;
use taut::store::Reader;
use taut::tui::{Source, still};
use taut::ui::update::update;
use taut::ui::{App, Effect, Msg};
use taut::view::{Cache, Scene};

/// A cursor that moves over a log, as the keys move it.
pub struct Past<'a> {
    pub app: App,
    pub cache: Cache,
    pub source: Source,
    log: &'a Log,
}

impl<'a> Past<'a> {
    pub fn new(log: &'a Log, size: (u16, u16)) -> Self {
        let source = Source::past(Reader::open(&log.folder.join("state")).unwrap());
        Self { app: log.console(Seq(1), size), cache: Cache::new(), source, log }
    }

    pub fn seek(&mut self, seq: Seq) {
        let sought = self.source.seek(self.log.id, seq).unwrap().unwrap();
        update(&mut self.app, Msg::Sought(sought), self.log.at(seq).at);
    }

    /// Moves the cursor, unless it is there.
    pub fn go(&mut self, seq: Seq) {
        if self.at() != seq {
            self.seek(seq);
        }
    }

    pub fn settle(&mut self) -> Scene {
        let clock = self.app.replay.as_ref().unwrap().clock;
        still::settle(&mut self.app, &mut self.cache, &self.source, clock)
    }

    /// Takes a message in, and carries out what it leads to, as the loop does.
    pub fn take(&mut self, msg: Msg) -> Vec<Effect> {
        let clock = self.app.replay.as_ref().unwrap().clock;
        let effects = update(&mut self.app, msg, clock);
        for effect in &effects {
            if let Effect::Seek(_, seq) = effect {
                self.seek(*seq);
            }
        }
        effects
    }

    /// Where the cursor is.
    pub fn at(&self) -> Seq {
        self.app.replay.as_ref().unwrap().at
    }
}
