//! Settings that change while agents run. Who wrote a file can't be known: an agent is the same user. So what lets
//! something run, decide or pass stays as it was until a human at a console takes the change, or no agent runs. What the
//! files were and are is on record, and said in every session that runs.

use super::actor::Hub;
use super::checkpoints::Why;
use super::config::{Turned, changes};
use super::recordings::Follower;
use super::requests::refused;
use crate::domain::{Answer, By, Digest, Event, Notice, Reply, SessionId, SettingsFile, SettingsInForce};

impl Hub {
    /// The files may have changed.
    pub(super) fn reconfigure(&mut self) {
        self.consoles.follower.iter().for_each(Follower::reread);
        let before = self.newest.digests();
        let was = self.newest.config.clone();
        if self.newest.reload(&self.setup.places) == Turned::Same {
            return;
        }
        let [config, policy] = self.newest.digests();
        if before[1] != policy {
            self.rules_changed(SettingsFile::Policy, before[1], policy);
        }
        if !changes(&was, &self.newest.config).is_empty() {
            self.rules_changed(SettingsFile::Config, before[0], config);
        }
        let keep = self.setup.settings.config.keep.clone();
        self.put_in_force();
        if keep != self.setup.settings.config.keep {
            self.prune(Why::Time);
        }
        self.spend_on();
        self.commit();
    }

    /// Puts in force what may be: everything where no agent runs. Says what waits, and what is wrong.
    pub(super) fn put_in_force(&mut self) {
        let waits = if self.agents.is_empty() {
            self.setup.settings.clone_from(&self.newest);
            Vec::new()
        } else {
            self.setup.settings.follow(&self.newest)
        };
        let path = self.setup.places.config.display().to_string();
        let [config, _] = self.setup.settings.digests();
        self.status.settings = Some(SettingsInForce { path, config, waits });
        self.status.config_error = self.setup.settings.error();
        self.tell_status();
    }

    /// What the files that wait would change, for who shall accept it.
    pub(super) fn settings_that_wait(&self) -> Answer {
        let waits = self.status.settings.as_ref().map_or(&[][..], |settings| &settings.waits);
        Answer::Settings { waits: self.setup.settings.differences(&self.newest, waits) }
    }

    /// A human takes what a file says. Nothing but what was shown: where the file says other things by now, it waits on.
    pub(super) fn accept_settings(&mut self, file: SettingsFile, digest: Option<Digest>, by: By) -> Reply {
        self.reconfigure();
        let waits = self.status.settings.as_ref().map(|settings| settings.waits.clone()).unwrap_or_default();
        let Some(wait) = waits.into_iter().find(|wait| wait.file == file) else {
            let [config, policy] = self.setup.settings.digests();
            let now = match file {
                SettingsFile::Config => config,
                SettingsFile::Policy => policy,
            };
            return match now == digest {
                true => Reply::Done,
                false => refused(format!("{} says other things by now, and nothing of it waits", file.name())),
            };
        };
        if wait.digest != digest {
            return refused(format!("{} says other things by now: look at what waits, and take that", file.name()));
        }
        let reply = self.sealed(Event::SettingsAccepted { file: file.name().to_owned(), digest, by });
        if reply == Reply::Done {
            self.setup.settings.take(file, &self.newest);
            self.put_in_force();
            self.spend_on();
        }
        reply
    }

    fn rules_changed(&mut self, file: SettingsFile, before: Option<Digest>, after: Option<Digest>) {
        let running: Vec<SessionId> = self.agents.keys().copied().collect();
        if running.is_empty() {
            return;
        }
        let file = file.name();
        self.note(SessionId::HUB, Event::RulesChanged { file: file.to_owned(), before, after });
        let short = |digest: Option<Digest>| digest.map_or_else(|| "none".to_owned(), |digest| digest.short());
        let key = self.setup.settings.accept_key();
        let text = format!(
            "{file} was changed while this agent runs ({} before, {} now): it lets nothing more pass until you take it \
             ({key} shows what) or no agent runs; if that was not you, look at the file",
            short(before),
            short(after)
        );
        for id in running {
            self.note(id, Event::Noted { level: Notice::Warning, text: text.as_str().into() });
        }
    }
}
