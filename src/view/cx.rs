//! What every widget needs: the app, the clock, the signs; and names as people read them.

use super::Glyphs;
use crate::domain::{At, SessionId};
use crate::state::{Phase, Session};
use crate::text;
use crate::theme::Role;
use crate::ui::App;

/// What every widget needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cx<'a> {
    /// What is shown.
    pub(super) app: &'a App,
    /// The clock: in a replay as of its cursor.
    pub(super) now: At,
    /// The signs.
    pub(super) glyphs: &'static Glyphs,
}

impl Cx<'_> {
    /// What a session is doing.
    pub(super) fn phase(&self, session: &Session) -> Phase {
        session.phase(self.now, self.app.limits.silent)
    }

    /// The number of a session, 1 to 9, where it has one.
    pub(super) fn slot(&self, id: SessionId) -> Option<usize> {
        self.app.fleet.numbers.of(id)
    }

    /// What is shown is no more than the end of a recording that is read still.
    pub(super) fn is_glimpse(&self) -> bool {
        self.app.replay.as_ref().is_some_and(|replay| replay.glimpse.is_some())
    }

    /// The number of a turn or a step; unknown while nobody knows how many came before what is shown.
    pub(super) fn numbered(&self, number: u32) -> String {
        match self.is_glimpse() {
            true => self.glyphs.unknown.to_owned(),
            false => number.to_string(),
        }
    }

    /// The quiet hue that tells a session apart.
    pub(super) fn hue(&self, id: SessionId) -> Role {
        let place = || self.app.slots.iter().position(|slot| *slot == id).map(|at| at + 1);
        Role::agent(self.slot(id).or_else(place).unwrap_or(1).saturating_sub(1))
    }

    /// The role of rules: another one in a replay, so that nobody takes it for live.
    pub(super) fn edge(&self) -> Role {
        if self.app.replay.is_some() { Role::Replay } else { Role::Rule }
    }

    /// A path as a person reads it: within the workspace, or from home.
    pub(super) fn path(&self, session: &Session, path: &str) -> String {
        let within = path.strip_prefix(session.cwd.as_str()).and_then(|rest| rest.strip_prefix('/'));
        match within.filter(|rest| !rest.is_empty()) {
            Some(rest) => text::visible(rest).text.into_owned(),
            None => self.folder(path),
        }
    }

    /// A folder with `~` for home.
    pub(super) fn folder(&self, path: &str) -> String {
        let home = Some(self.app.home.as_str()).filter(|home| !home.is_empty());
        let below =
            home.and_then(|home| path.strip_prefix(home)).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let path = below.map_or_else(|| path.to_owned(), |rest| format!("~{rest}"));
        text::visible(&path).text.into_owned()
    }

    /// The name of a mode; its id where the agent gave no name.
    #[expect(clippy::unused_self, reason = "names are asked of the context, as all else is")]
    pub(super) fn mode_name<'s>(&self, session: &'s Session, id: &'s str) -> &'s str {
        session.modes.iter().find(|mode| mode.id == id).map_or(id, |mode| mode.name.as_str())
    }

    /// A session's name.
    #[expect(clippy::unused_self, reason = "names are asked of the context, as all else is")]
    pub(super) fn name(&self, session: &Session) -> String {
        match session.name.as_str() {
            "" => session.id.to_string(),
            name => text::visible(name).text.into_owned(),
        }
    }
}
