//! Where records come from: the hub, or the log of a session that is looked at again.

use super::console::RunError;
use crate::domain::{Command, CommandId, Query, Reply, Seq, SessionId};
use crate::hub::{self, Link, Published};
use crate::state::Session;
use crate::store::{Reader, StoreError};
use crate::ui::Msg;

/// Messages of the hub that are taken before the loop looks at the keyboard again.
const DRAIN: usize = 256;

/// Where records come from.
pub enum Source {
    /// A hub, and the environment of this console: agents that are started from it get it.
    Live(Link, Vec<(String, String)>),
    /// The log: nothing is ever sent, started or decided.
    Past(Reader),
}

impl Source {
    /// Sends a command; a replay refuses every one.
    pub fn send(&self, id: CommandId, mut command: Command) -> Option<Msg> {
        match self {
            Self::Live(link, environment) => {
                // The console as a function knows of no environment.
                match &mut command {
                    Command::Start(spec) if spec.env.is_empty() => spec.env.clone_from(environment),
                    Command::Reopen { env, .. } | Command::Fork { env, .. } if env.is_empty() => {
                        env.clone_from(environment);
                    }
                    _ => {}
                }
                link.send(id, command);
                None
            }
            Self::Past(_) => {
                Some(Msg::Replied(id, Reply::Refused { why: "a replay only looks; nothing is sent".to_owned() }))
            }
        }
    }

    /// Asks for something to be read; the past answers at once.
    pub fn ask(&self, query: Query) -> Option<Msg> {
        match self {
            Self::Live(link, _) => {
                link.ask(query);
                None
            }
            Self::Past(reader) => heard(hub::answer(reader, &query)),
        }
    }

    /// The state of a session as of one of its records.
    ///
    /// # Errors
    /// The log can't be read.
    pub fn seek(&self, session: SessionId, seq: Seq) -> Result<Option<Box<Session>>, StoreError> {
        match self {
            Self::Live(..) => Ok(None),
            Self::Past(reader) => Ok(Some(Box::new(hub::session_at(reader, session, seq)?))),
        }
    }

    /// The next thing that the hub says; never, in a replay.
    pub async fn next(&mut self) -> Option<Published> {
        match self {
            Self::Live(link, _) => link.published.recv().await,
            Self::Past(_) => std::future::pending().await,
        }
    }

    /// What the hub said, and what else of it is here already: as the console understands it, and what ends the console.
    pub(super) fn hear(&mut self, first: Published) -> (Vec<Msg>, Option<RunError>) {
        let mut failed = None;
        let mut msgs = Vec::new();
        for published in std::iter::once(first).chain(self.drain()) {
            failed = RunError::of(&published).or(failed);
            msgs.extend(heard(published));
        }
        (msgs, failed)
    }

    fn drain(&mut self) -> Vec<Published> {
        match self {
            Self::Live(link, _) => std::iter::from_fn(|| link.published.try_recv().ok()).take(DRAIN).collect(),
            Self::Past(_) => Vec::new(),
        }
    }
}

/// What the hub says, as the console understands it; `None` for its farewell and its failure.
fn heard(published: Published) -> Option<Msg> {
    match published {
        Published::Records(records) => Some(Msg::Heard(records.to_vec())),
        Published::Status(status) => Some(Msg::Status(status)),
        Published::Replied(id, reply) => Some(Msg::Replied(id, reply)),
        Published::Answered(answer) => Some(Msg::Answered(answer)),
        Published::Known(state) => Some(Msg::Known(state)),
        Published::Link(lost) => Some(Msg::Link(lost)),
        Published::Failed(_) | Published::Absent(_) | Published::Left => None,
    }
}
