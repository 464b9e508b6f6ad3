//! The palette and the list of sessions: everything that can be done or gone to, by name.
//!
//! Choosing does what the key does, by the same way as the key. What decides a request is listed with its key and can't be
//! chosen: that key is pressed on the card, and nowhere else.

use super::picker::{Pick, Picked, PickerKind};
use super::{Action, App, Focus};
use crate::domain::SessionId;
use crate::state::{Life, Session};

/// Choices that are remembered, the newest first.
pub(super) const RECENT: usize = 12;

/// An action as the palette lists it, as of its opening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub action: Action,
    /// Why it can't act now.
    pub lacks: Option<String>,
}

/// A sentence of the program's as the other lists have it.
fn sentence(doc: &str) -> String {
    let doc = doc.trim_end_matches('.');
    let mut chars = doc.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// What comes first: what can be done now, then sessions and agents, then moves that every finger knows, then the rest.
fn rank(row: &Pick) -> u8 {
    match (&row.what, &row.lacks) {
        (_, Some(_)) => 3,
        (Picked::Action(action), None) if moves(*action) => 2,
        (Picked::Action(_), None) => 0,
        (_, None) => 1,
    }
}

fn moves(action: Action) -> bool {
    matches!(
        action,
        Action::Slot(_)
            | Action::Down
            | Action::Up
            | Action::PageDown
            | Action::PageUp
            | Action::HalfDown
            | Action::HalfUp
            | Action::Top
            | Action::End
            | Action::Open
            | Action::Back
            | Action::FocusNext
            | Action::FocusPrevious
            | Action::CtrlC
    )
}

/// True for what decides a request, or may where the keys are on a card: no list does it.
#[must_use]
pub fn decides(action: Action, focus: Focus) -> bool {
    match action {
        Action::Allow | Action::Scopes | Action::Deny | Action::DenyInterrupt | Action::Yes => true,
        Action::Open | Action::Submit => focus == Focus::Card,
        _ => false,
    }
}

/// Where an action has a meaning: elsewhere it would act on what nobody looks at.
pub(super) fn belongs(app: &App, action: Action) -> Result<(), String> {
    let writes = app.focus == Focus::Composer;
    let typed = app.find.as_ref().is_some_and(|find| find.stage == super::find::Stage::Typing);
    match action {
        Action::Submit
        | Action::Steer
        | Action::NewLine
        | Action::HistoryBack
        | Action::HistoryForward
        | Action::Unqueue
            if !writes =>
        {
            Err("it acts where a prompt is written".to_owned())
        }
        Action::FindKind | Action::FindKindBack if !typed => Err("it acts in the line of a search".to_owned()),
        Action::No => Err("it answers a question".to_owned()),
        _ => Ok(()),
    }
}

impl App {
    /// The rows of the palette: what was chosen of late, then actions, sessions, agents, themes, settings.
    pub(super) fn palette(&self) -> Vec<Pick> {
        let actions = self.inner.palette.iter().map(|listed| Pick {
            name: listed.action.name().replace('-', " "),
            help: sentence(listed.action.help()),
            note: String::new(),
            lacks: listed.lacks.clone(),
            what: Picked::Action(listed.action),
        });
        let themes = self.picks(PickerKind::Themes).into_iter().map(|pick| {
            let theme = matches!(pick.what, Picked::Theme(_));
            Pick { name: if theme { format!("theme {}", pick.name) } else { pick.name }, ..pick }
        });
        let settings = self.configured.settings.iter().enumerate().map(|(at, setting)| Pick {
            name: format!("setting {}", setting.key),
            help: sentence(&setting.about),
            note: setting.value().to_owned(),
            lacks: None,
            what: Picked::Setting(at),
        });
        let named = self.sessions_by_name("go to ").into_iter().chain(self.agents_by_name());
        let named = named.chain(themes).chain(settings);
        let mut rows: Vec<Pick> = actions.chain(named).collect();
        let recent = &self.inner.recent;
        let late = |row: &Pick| recent.iter().position(|what| *what == row.what).unwrap_or(usize::MAX);
        rows.sort_by_key(|row| (late(row), rank(row)));
        rows
    }

    /// Every session: those of the rail in its order, then the others, the newest first.
    pub(super) fn sessions_by_name(&self, lead: &str) -> Vec<Pick> {
        let mut rest: Vec<&Session> =
            self.state.sessions.values().filter(|session| !self.slots.contains(&session.id)).collect();
        rest.sort_by_key(|session| std::cmp::Reverse((session.life_since, session.id)));
        let in_rail = super::update::rail(self).into_iter().filter_map(|id| self.state.session(id));
        in_rail.chain(rest).map(|session| self.session_row(session, lead)).collect()
    }

    fn session_row(&self, session: &Session, lead: &str) -> Pick {
        let slot = self.slots.iter().position(|id| *id == session.id).map(|at| format!("  {}", at + 1));
        let state = match (session.archived, &session.life) {
            (true, _) => "archived",
            (false, Life::Ended { .. }) => "ended",
            (false, _) => session.phase(session.at, u64::MAX).word(),
        };
        let home = Some(self.home.as_str()).filter(|home| !home.is_empty());
        let below = home
            .and_then(|home| session.cwd.strip_prefix(home))
            .filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let folder = below.map_or_else(|| session.cwd.clone(), |rest| format!("~{rest}"));
        Pick {
            name: format!("{lead}{}", self.name_of(session.id)),
            help: format!("{}  {folder}", session.agent),
            note: format!("{state}{}", slot.unwrap_or_default()),
            lacks: None,
            what: Picked::Session(session.id),
        }
    }

    fn agents_by_name(&self) -> Vec<Pick> {
        let row = |(at, agent): (usize, &super::app::KnownAgent)| Pick {
            name: format!("start {}", agent.name),
            help: agent.note.clone(),
            note: String::new(),
            lacks: match self.can_act() {
                Err(why) => Some(why),
                Ok(()) if agent.found => None,
                Ok(()) => Some(format!("it is not installed: {}", agent.note)),
            },
            what: Picked::Agent(at),
        };
        self.agents.iter().enumerate().map(row).collect()
    }

    /// Remembers a choice.
    pub(super) fn remember_choice(&mut self, what: Picked) {
        self.inner.recent.retain(|old| *old != what);
        self.inner.recent.insert(0, what);
        self.inner.recent.truncate(RECENT);
    }

    /// True where a session can be gone to.
    pub(super) fn knows(&self, id: SessionId) -> bool {
        self.state.session(id).is_some()
    }
}
