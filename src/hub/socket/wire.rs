//! What goes over the socket: one JSON object a line, in both directions.

use super::super::Published;
use crate::domain::{
    Answer, At, Command, CommandId, Elsewhere, Event, HubStatus, LaneId, PageNo, Pos, Query, Record, Reply, Seq,
    SessionId,
};
use crate::state::{Session, page};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

/// The version of what is said here. Another one is refused with the command that mends it.
pub const WIRE: u32 = 2;
/// The version of taut. Keyframes are what one version of it knows of a session, so that both ends must be of the same.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The version that this process says it is: a test plays another one.
pub(super) fn version() -> String {
    let played = if cfg!(debug_assertions) { std::env::var("TAUT_PLAYS_VERSION").ok() } else { None };
    played.unwrap_or_else(|| VERSION.to_owned())
}
/// A line from a console is never longer: a prompt holds at most 1 MB.
pub(super) const LINE_MAX: usize = 8 << 20;

/// What is at a console's end of the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A human looks at a screen.
    Console,
    /// A command that says one thing and goes.
    Script,
}

/// What a console says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ToHub {
    /// First of all: who it is.
    Hello {
        /// The version of the wire.
        wire: u32,
        /// The version of taut.
        version: String,
        /// Records from here on are wanted; none where it is missing.
        from: Option<Pos>,
        /// What it is.
        role: Role,
        /// A token made at a terminal.
        token: Option<String>,
    },
    /// Something to do.
    Do {
        /// Its number at this console.
        id: CommandId,
        /// What.
        command: Command,
    },
    /// Something to read.
    Ask {
        /// What.
        query: Query,
    },
    /// The files of the configuration may have changed.
    Reconfigure,
    /// The hub shall end, with every agent it owns.
    Stop,
}

/// What the hub says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ToConsole {
    /// It is the right hub.
    Welcome {
        /// The version of taut that runs it.
        version: String,
        /// Its process.
        pid: u32,
    },
    /// It will not talk: one sentence.
    Refused {
        /// Why, and what to do.
        why: String,
        /// The version of taut that runs it, where that is why.
        #[serde(default)]
        other: Option<String>,
    },
    /// New records, without a gap after those before.
    Records {
        /// In order.
        records: Vec<Line>,
    },
    /// What is no record.
    Status {
        /// All of it.
        status: HubStatus,
    },
    /// The reply to a command.
    Replied {
        /// The console's number.
        id: CommandId,
        /// What became of it.
        reply: Reply,
    },
    /// A session of everything that is known, as its keyframe says it.
    Session(Box<Session>),
    /// That was everything.
    Known {
        /// The newest record in it.
        head: Pos,
    },
    /// A page.
    Page {
        /// Of which session.
        session: SessionId,
        /// Which.
        page: PageNo,
        /// The keyframe before it.
        keyframe: Option<Box<RawValue>>,
        /// Its records.
        records: Vec<Line>,
    },
    /// Records that were asked for.
    Read {
        /// Of which session.
        session: SessionId,
        /// In order.
        records: Vec<Line>,
    },
    /// Any other answer.
    Answered {
        /// It.
        answer: Answer,
    },
    /// Sessions of other tools that are otherwise than before.
    Elsewhere {
        /// Each.
        listed: Vec<Elsewhere>,
    },
    /// This console was slow: records were let go, and follow from the log.
    Lagged,
    /// The hub has ended everything it owned; nothing follows.
    Left,
}

/// A record as it is stored: kinds that a newer version wrote pass through unharmed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Line {
    pos: Pos,
    session: SessionId,
    seq: Seq,
    lane: LaneId,
    at: At,
    said_at: Option<At>,
    cites: Option<u64>,
    version: u16,
    kind: String,
    event: Box<RawValue>,
}

impl Line {
    /// A record as a line.
    #[must_use]
    pub(super) fn of(record: &Record) -> Self {
        let Record { pos, session, seq, lane, at, said_at, cites, version, event } = record;
        let stored = event.to_stored();
        let event_text = RawValue::from_string(stored).or_else(|_| to_raw_value("")).unwrap_or_default();
        Self {
            pos: *pos,
            session: *session,
            seq: *seq,
            lane: *lane,
            at: *at,
            said_at: *said_at,
            cites: *cites,
            version: *version,
            kind: event.kind().to_owned(),
            event: event_text,
        }
    }

    /// The record that it was.
    #[must_use]
    pub(super) fn record(self) -> Record {
        let Self { pos, session, seq, lane, at, said_at, cites, version, kind, event } = self;
        let event = Event::from_stored(&kind, event.get());
        Record { pos, session, seq, lane, at, said_at, cites, version, event }
    }
}

/// Records as lines.
#[must_use]
pub(super) fn lines(records: &[Record]) -> Vec<Line> {
    records.iter().map(Line::of).collect()
}

/// What a line begins with that holds a session.
const PART: &[u8] = b"{\"session\":";

/// A session of everything that is known, as the line that [`ToConsole::Session`] is read from.
#[must_use]
pub(in crate::hub) fn part(session: &Session) -> Vec<u8> {
    let mut line = PART.to_vec();
    page::add_keyframe(session, &mut line);
    line.extend(b"}\n");
    line
}

/// A line from the hub; nothing where this version does not understand it. The records themselves are never such.
#[must_use]
pub(super) fn read(line: &[u8]) -> Option<ToConsole> {
    // Looked at once as a whole, and not again for every text in it.
    match std::str::from_utf8(line).ok().and_then(|line| serde_json::from_str(line).ok()) {
        Some(words) => Some(words),
        None if line.starts_with(PART) => {
            let why = "one session: `taut verify` says more".to_owned();
            Some(ToConsole::Answered { answer: Answer::Failed { why } })
        }
        None => None,
    }
}

fn keyframe(bytes: Vec<u8>) -> Option<Box<RawValue>> {
    RawValue::from_string(String::from_utf8(bytes).ok()?).ok()
}

fn bytes(keyframe: &RawValue) -> Vec<u8> {
    keyframe.get().as_bytes().to_vec()
}

impl ToConsole {
    /// What the hub published, as it is written; nothing for what never leaves the process.
    #[must_use]
    pub(super) fn of(published: Published) -> Option<Self> {
        Some(match published {
            Published::Records(records) => Self::Records { records: lines(&records) },
            Published::Status(status) => Self::Status { status },
            Published::Replied(id, reply) => Self::Replied { id, reply },
            Published::Answered(answer) => match answer {
                Answer::Page { session, page, keyframe: before, records } => {
                    Self::Page { session, page, keyframe: before.and_then(keyframe), records: lines(&records) }
                }
                Answer::Records { session, records } => Self::Read { session, records: lines(&records) },
                answer => Self::Answered { answer },
            },
            Published::Elsewhere(listed) => Self::Elsewhere { listed: listed.to_vec() },
            Published::Failed(error) => Self::Refused { why: error.to_string(), other: None },
            // What is known goes out in parts.
            Published::Known(_) | Published::Link(_) | Published::Absent(_) => return None,
            Published::Left => Self::Left,
        })
    }

    /// What a console in the hub's own process would have heard; nothing for the words of the wire alone.
    #[must_use]
    pub(super) fn published(self) -> Option<Published> {
        let records = |lines: Vec<Line>| lines.into_iter().map(Line::record).collect::<Vec<_>>();
        Some(match self {
            Self::Welcome { .. } | Self::Refused { .. } | Self::Lagged | Self::Session(_) | Self::Known { .. } => {
                return None;
            }
            Self::Records { records: lines } => Published::Records(records(lines).into()),
            Self::Status { status } => Published::Status(status),
            Self::Replied { id, reply } => Published::Replied(id, reply),
            Self::Page { session, page, keyframe, records: lines } => {
                let (keyframe, records) = (keyframe.map(|keyframe| bytes(&keyframe)), records(lines));
                Published::Answered(Answer::Page { session, page, keyframe, records })
            }
            Self::Read { session, records: lines } => {
                Published::Answered(Answer::Records { session, records: records(lines) })
            }
            Self::Answered { answer } => Published::Answered(answer),
            Self::Elsewhere { listed } => Published::Elsewhere(listed.into()),
            Self::Left => Published::Left,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SessionId;

    #[test]
    fn a_session_is_read_as_it_was_written_and_a_damaged_one_is_told() {
        let session = Session { name: "fix-auth \u{1b}\n".to_owned(), ..Session::new(SessionId(7)) };
        let line = part(&session);
        let Some(ToConsole::Session(read)) = read(&line) else { unreachable!("it is a session") };
        assert_eq!(*read, session);
        assert_eq!(line, [&serde_json::to_vec(&ToConsole::Session(read)).unwrap_or_default()[..], b"\n"].concat());
        let Some(ToConsole::Answered { answer: Answer::Failed { .. } }) = super::read(&line[..line.len() / 2]) else {
            unreachable!("it can't be read, and nobody would know")
        };
        assert!(super::read(b"{\"of\":\"a newer version\"}\n").is_none());
    }
}
