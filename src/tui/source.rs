//! Where records come from: the hub, the log of a session that is looked at again, or a transcript of another tool.

use super::console::RunError;
use super::past::Past;
use super::recorded::Recorded;
use crate::domain::{Command, CommandId, Query, Reply, Seq, SessionId};
use crate::hub::{Link, Published};
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
    Past(Box<Past>),
    /// A transcript of another tool: as little is sent, started or decided.
    Recorded(Recorded),
}

/// What comes from there by itself.
#[derive(Debug)]
pub enum Heard {
    /// The hub says something.
    Hub(Published),
    /// Something of a transcript was read.
    Read(Msg),
}

impl Source {
    /// A log that is looked at.
    #[must_use]
    pub fn past(reader: Reader) -> Self {
        Self::Past(Box::new(Past::new(reader)))
    }

    /// Sends a command; a replay refuses every one.
    #[must_use]
    pub fn send(&self, id: CommandId, mut command: Command) -> Option<Msg> {
        match self {
            Self::Live(link, environment) => {
                // The console as a function knows of no environment.
                match &mut command {
                    Command::Start(spec) if spec.env.is_empty() => spec.env.clone_from(environment),
                    Command::Reopen { env, .. } | Command::Continue { env, .. } | Command::Fork { env, .. }
                        if env.is_empty() =>
                    {
                        env.clone_from(environment);
                    }
                    _ => {}
                }
                link.send(id, command);
                None
            }
            Self::Past(_) | Self::Recorded(_) => {
                Some(Msg::Replied(id, Reply::Refused { why: "a replay only looks; nothing is sent".to_owned() }))
            }
        }
    }

    /// Asks for something to be read; the log answers at once.
    #[must_use]
    pub fn ask(&self, query: Query) -> Option<Msg> {
        match self {
            Self::Live(link, _) => {
                link.ask(query);
                None
            }
            Self::Past(past) => said(past.answer(&query)),
            Self::Recorded(recorded) => {
                recorded.ask(query);
                None
            }
        }
    }

    /// The state of a session as of one of its records; `None` where it comes later.
    ///
    /// # Errors
    /// The log can't be read.
    pub fn seek(&self, session: SessionId, seq: Seq) -> Result<Option<Box<Session>>, StoreError> {
        match self {
            Self::Live(..) => Ok(None),
            Self::Past(past) => Ok(Some(Box::new(past.at(session, seq)?))),
            Self::Recorded(recorded) => {
                recorded.seek(seq);
                Ok(None)
            }
        }
    }

    /// The next thing that comes by itself; never, from a log.
    pub async fn next(&mut self) -> Option<Heard> {
        match self {
            Self::Live(link, _) => link.published.recv().await.map(Heard::Hub),
            Self::Past(_) => std::future::pending().await,
            Self::Recorded(recorded) => Some(Heard::Read(recorded.next().await)),
        }
    }

    /// What came, and what else of it is here already: as the console understands it, and what ends the console.
    pub(super) fn hear(&mut self, first: Heard) -> (Vec<Msg>, Option<RunError>) {
        let mut failed = None;
        let mut msgs = Vec::new();
        for heard in std::iter::once(first).chain(self.drain()) {
            match heard {
                Heard::Hub(published) => {
                    failed = RunError::of(&published).or(failed);
                    msgs.extend(said(published));
                }
                Heard::Read(msg) => msgs.push(msg),
            }
        }
        (msgs, failed)
    }

    fn drain(&mut self) -> Vec<Heard> {
        match self {
            Self::Live(link, _) => {
                std::iter::from_fn(|| link.published.try_recv().ok()).map(Heard::Hub).take(DRAIN).collect()
            }
            Self::Past(_) => Vec::new(),
            Self::Recorded(recorded) => {
                std::iter::from_fn(|| recorded.try_next()).map(Heard::Read).take(DRAIN).collect()
            }
        }
    }
}

/// What the hub says, as the console understands it; `None` for its farewell and its failure.
fn said(published: Published) -> Option<Msg> {
    match published {
        Published::Records(records) => Some(Msg::Heard(records.to_vec())),
        Published::Status(status) => Some(Msg::Status(status)),
        Published::Replied(id, reply) => Some(Msg::Replied(id, reply)),
        Published::Answered(answer) => Some(Msg::Answered(answer)),
        Published::Elsewhere(listed) => Some(Msg::Elsewhere(listed.to_vec())),
        Published::Known(state) => Some(Msg::Known(state)),
        Published::Link(lost) => Some(Msg::Link(lost)),
        Published::Failed(_) | Published::Absent(_) | Published::Left => None,
    }
}
