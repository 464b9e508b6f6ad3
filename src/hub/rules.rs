//! Settings that change while agents run. Who wrote a file can't be known: an agent is the same user. So what the rules
//! were and are is on record, and said in every session that runs.

use super::actor::Hub;
use super::config::{Config, Turned};
use crate::domain::{Digest, Event, Notice, SessionId};

impl Hub {
    /// The files may have changed.
    pub(super) fn reconfigure(&mut self) {
        let before = self.setup.settings.digests();
        let was = self.setup.settings.config.clone();
        if self.setup.settings.reload(&self.setup.places) == Turned::Same {
            return;
        }
        let [_, policy] = self.setup.settings.digests();
        if before[1] != policy {
            self.rules_changed("policy.toml", before[1], policy);
        }
        if matters(&was, &self.setup.settings.config) {
            let after = self.setup.settings.digests()[0];
            self.rules_changed("config.toml", before[0], after);
        }
        self.take_scripts();
        self.tell_settings();
        self.spend_on();
        self.commit();
    }

    /// Says what is wrong with the settings, or waits.
    pub(super) fn tell_settings(&mut self) {
        self.status.config_error = self.setup.settings.error().or_else(|| self.scripts_wait());
        self.tell_status();
    }

    fn rules_changed(&mut self, file: &str, before: Option<Digest>, after: Option<Digest>) {
        let running: Vec<SessionId> = self.agents.keys().copied().collect();
        if running.is_empty() {
            return;
        }
        self.note(SessionId::HUB, Event::RulesChanged { file: file.to_owned(), before, after });
        let short = |digest: Option<Digest>| digest.map_or_else(|| "none".to_owned(), |digest| digest.short());
        let text = format!(
            "{file} was changed while this agent runs ({} before, {} now): it holds from now on; if that was not you, \
             look at the file",
            short(before),
            short(after)
        );
        for id in running {
            self.note(id, Event::Noted { level: Notice::Warning, text: text.as_str().into() });
        }
    }
}

/// Whether two configurations differ in what agents and scripts may do. Looks and keys are nobody's concern but the
/// human's.
fn matters(was: &Config, is: &Config) -> bool {
    (&was.agents, &was.mcp, &was.mcp_chosen, was.deadline, was.scripts)
        != (&is.agents, &is.mcp, &is.mcp_chosen, is.deadline, is.scripts)
        || was.limits != is.limits
        || was.attention.command != is.attention.command
}
