//! The list of what was granted: standing allowances of all sessions, and sessions that ask less than they did.

use super::App;
use crate::domain::{At, GrantId, SessionId};
use crate::state::{Given, Session, Standing};

/// Grants that have ended and are listed.
const ENDED: usize = 200;

/// The open list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrantsUi {
    /// The selected row; the first one where it is gone.
    pub selected: Option<Named>,
}

/// A row, by a name that holds while others come and go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A grant.
    Grant(GrantId),
    /// A session that asks less, and what it said of that.
    Loosened(SessionId, String),
}

/// A row of the list.
#[derive(Debug, Clone, Copy)]
pub enum Row<'a> {
    /// A grant.
    Grant {
        /// Its session.
        session: &'a Session,
        /// Its id.
        id: GrantId,
        /// What is known of it.
        given: &'a Given,
        /// Whether it stands.
        standing: Standing,
    },
    /// A session that may do what it had to ask for: nothing that taut holds.
    Loosened {
        /// Which.
        session: &'a Session,
        /// What it said it would no longer ask.
        why: &'a str,
    },
}

impl Row<'_> {
    /// Its name.
    #[must_use]
    pub fn named(&self) -> Named {
        match self {
            Self::Grant { id, .. } => Named::Grant(*id),
            Self::Loosened { session, why } => Named::Loosened(session.id, (*why).to_owned()),
        }
    }
}

impl App {
    /// What was granted: what holds first, the newest above; then live sessions that ask less; then what has ended.
    #[must_use]
    pub fn grants(&self, now: At) -> Vec<Row<'_>> {
        let sessions = || self.state.sessions.values();
        let mut all: Vec<(&Session, GrantId, &Given)> = Vec::new();
        for session in sessions() {
            all.extend(session.ledger.iter().map(|(id, given)| (session, id, given)));
        }
        all.sort_by_key(|(_, id, given)| (std::cmp::Reverse(given.at), *id));
        let standing = |session: &Session, given: &Given| given.standing(session.is_live(), now);
        let mut rows = Vec::new();
        for (session, id, given) in &all {
            if standing(session, given) == Standing::Holds {
                rows.push(Row::Grant { session, id: *id, given, standing: Standing::Holds });
            }
        }
        for session in sessions().filter(|session| session.is_live()) {
            rows.extend(session.loosened.iter().map(|why| Row::Loosened { session, why }));
        }
        let ended = all.iter().map(|(session, id, given)| (session, id, given, standing(session, given)));
        let ended = ended.filter(|(.., standing)| *standing != Standing::Holds).take(ENDED);
        rows.extend(ended.map(|(session, id, given, standing)| Row::Grant { session, id: *id, given, standing }));
        rows
    }

    /// The place of the selected row among them.
    #[must_use]
    pub fn granted_at(&self, ui: &GrantsUi, rows: &[Row<'_>]) -> usize {
        let selected = ui.selected.as_ref();
        selected.and_then(|named| rows.iter().position(|row| row.named() == *named)).unwrap_or(0)
    }
}
