//! Faults of a log, each in one sentence.

use crate::domain::{Digest, Pos, Seq, SessionId};
use std::fmt;

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A record does not match its hash: the record or the hash was changed.
    Changed {
        /// Which, in the order of everything.
        pos: i64,
        /// Its session, as far as it can be believed.
        session: SessionId,
        /// Its place in it, as far as it can be believed.
        seq: Seq,
    },
    /// Records are gone.
    Missing {
        /// The first.
        first: Pos,
        /// The last.
        last: Pos,
    },
    /// A record stands at a place that no writer gives.
    Misplaced {
        /// The place.
        pos: i64,
    },
    /// A record matches its hash and yet breaks the order of its session or of time: the chain was made anew.
    Disorder {
        /// Which.
        pos: Pos,
    },
    /// A long text is not what the record says.
    Body {
        /// The record.
        pos: Pos,
        /// The text.
        digest: Digest,
        /// True where nothing of it is left, without a purge.
        missing: bool,
    },
    /// The head file tells of a later record than the last one here: the end of the log is gone.
    Truncated {
        /// The last record here.
        last: Pos,
        /// The one that the head file tells of.
        head: Pos,
    },
    /// The record that the head file tells of has another hash: the chain was made anew.
    HeadDiffers {
        /// Which.
        pos: Pos,
    },
    /// No record has the hash that was given.
    HeadUnknown {
        /// The hash.
        hash: Digest,
    },
    /// The head file holds no head.
    HeadUnreadable {
        /// Its name in the state folder.
        file: &'static str,
    },
    /// Another program wrote while taut had the log: what follows may look like taut's own.
    Foreign {
        /// The last record that is taut's.
        last: Pos,
    },
    /// `SQLite` finds its own file damaged.
    Database {
        /// What it says.
        says: String,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { pos, session, seq } => {
                write!(f, "record {pos} ({session}, seq {}) does not match its hash: it was changed", seq.0)
            }
            Self::Missing { first, last } if first == last => {
                write!(f, "record {} is missing; the one after it can't be checked against it", first.0)
            }
            Self::Missing { first, last } => {
                write!(
                    f,
                    "records {} to {} are missing; the one after them can't be checked against them",
                    first.0, last.0
                )
            }
            Self::Misplaced { pos } => write!(f, "record {pos} stands where no record is ever written: it was moved"),
            Self::Disorder { pos } => {
                write!(f, "record {} matches its hash but not the order of its session: the chain was made anew", pos.0)
            }
            Self::Body { pos, digest, missing: true } => {
                write!(f, "body {} of record {} is missing and was not purged", digest.short(), pos.0)
            }
            Self::Body { pos, digest, missing: false } => {
                write!(f, "body {} of record {} does not match its digest: it was changed", digest.short(), pos.0)
            }
            Self::Truncated { last, head } => {
                write!(
                    f,
                    "the log ends at record {}, but the head file knows record {}: its end was cut off",
                    last.0, head.0
                )
            }
            Self::HeadDiffers { pos } => {
                write!(f, "record {} has another hash than the head file says: the chain was made anew", pos.0)
            }
            Self::HeadUnknown { hash } => {
                write!(
                    f,
                    "no record has the hash {hash}: the log is not the one it was taken from, or its end was cut off"
                )
            }
            Self::HeadUnreadable { file } => write!(f, "the file `{file}` holds no head: it was changed"),
            Self::Foreign { last } => {
                write!(
                    f,
                    "another program wrote after record {}: what follows it, or stands before it, is not taut's alone",
                    last.0
                )
            }
            Self::Database { says } => write!(f, "the database file is damaged: {says}"),
        }
    }
}
