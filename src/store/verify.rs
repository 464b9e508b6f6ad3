//! Verifying: walks the whole chain and names every record that does not fit.

use super::body::{self, Condition};
use super::chain::{COLUMNS, columns, stored_hash};
use super::head::{self, Head, Said};
use super::{Columns, Fault, Reader, StoreError};
use crate::domain::{At, BodyRef, Digest, Pos, Seq, SessionId, Text};
use rusqlite::Connection;
use std::collections::HashMap;

/// Faults that are listed; a log with more of them is beyond naming each.
const LISTED: usize = 1000;

/// What verifying found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Records that were checked (of the session, where one was named; the chain is always walked whole).
    pub records: u64,
    /// Long texts that are whole.
    pub bodies: u64,
    /// Long texts that were purged.
    pub purged: u64,
    /// The end of the chain: keep it elsewhere to verify against it later.
    pub head: Head,
    /// What does not fit, anywhere in the log: one broken link weakens every session.
    pub faults: Vec<Fault>,
    /// Faults beyond those that are listed.
    pub more: u64,
}

impl Verified {
    /// True where nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    fn add(&mut self, fault: Fault) {
        if self.faults.len() < LISTED {
            self.faults.push(fault);
        } else {
            self.more += 1;
        }
    }
}

/// Walks the log and names what does not fit. Counts and bodies are those of one session where it is named; `head` is
/// the hash of a record, kept elsewhere, that must be in the chain.
pub fn verify(reader: &Reader, session: Option<SessionId>, head: Option<Digest>) -> Result<Verified, StoreError> {
    // Before the snapshot: a writer may go on, and the log may then only be longer than they say.
    let mut told = Vec::new();
    let mut unreadable = Vec::new();
    for file in [head::HEAD, head::DISPUTED] {
        match head::read(reader.place(), file)? {
            Said::Nothing => {}
            Said::Head(said) => told.push(said),
            Said::Garbage => unreadable.push(Fault::HeadUnreadable { file }),
        }
    }
    match head::read(reader.place(), head::FOREIGN)? {
        Said::Nothing => {}
        Said::Head(said) => {
            unreadable.push(Fault::Foreign { last: said.pos });
            told.push(said);
        }
        Said::Garbage => unreadable.push(Fault::HeadUnreadable { file: head::FOREIGN }),
    }
    reader.read(|conn| {
        let snapshot = conn.unchecked_transaction()?;
        let mut verified = check(&snapshot, session, &told, head);
        for fault in unreadable {
            verified.add(fault);
        }
        Ok(verified)
    })
}

/// Checks everything that one connection sees now.
fn check(conn: &Connection, session: Option<SessionId>, told: &[Head], given: Option<Digest>) -> Verified {
    let mut walk = Walk::new(session, told, given);
    if let Err(error) = walk.records(conn).and_then(|()| walk.file(conn)) {
        walk.out.add(Fault::Database { says: error.to_string() });
    }
    walk.finish()
}

/// How far the walk has come.
struct Walk<'a> {
    session: Option<SessionId>,
    told: &'a [Head],
    given: Option<Digest>,
    found_given: bool,
    /// The place that the next record must have.
    next: i64,
    /// The hashes that the previous record may have: the stored one, and where that did not match, the right one.
    /// Empty after a gap.
    previous: Vec<Digest>,
    seqs: HashMap<i64, i64>,
    at: At,
    bodies: HashMap<Digest, Condition>,
    out: Verified,
}

impl<'a> Walk<'a> {
    fn new(session: Option<SessionId>, told: &'a [Head], given: Option<Digest>) -> Self {
        Self {
            session,
            told,
            given,
            found_given: given == Some(Digest::default()),
            next: 1,
            previous: vec![Digest::default()],
            seqs: HashMap::new(),
            at: At(i64::MIN),
            bodies: HashMap::new(),
            out: Verified::default(),
        }
    }

    fn records(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        // Along the table itself, so that a damaged index hides nothing.
        let mut select = conn.prepare(&format!("SELECT {COLUMNS} FROM record NOT INDEXED ORDER BY pos"))?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let record = columns(row);
            let believed = self.record(&record, stored_hash(row));
            if self.session.is_none_or(|session| i64::from(session.0) == record.session) {
                self.out.records += 1;
                if believed {
                    self.bodies_of(conn, &record)?;
                }
            }
        }
        Ok(())
    }

    /// Checks one record; true where what it says can be believed.
    fn record(&mut self, record: &Columns<'_>, stored: Option<Digest>) -> bool {
        if record.pos < self.next {
            self.out.add(Fault::Misplaced { pos: record.pos });
            return false;
        }
        if record.pos > self.next {
            let at = |pos: i64| Pos(pos.cast_unsigned());
            self.out.add(Fault::Missing { first: at(self.next), last: at(record.pos - 1) });
            self.previous.clear();
        }
        self.next = record.pos.saturating_add(1);
        let right: Vec<Digest> = self.previous.iter().map(|previous| record.hash(previous)).collect();
        let stored = stored.unwrap_or_default();
        let matches = right.is_empty() || right.contains(&stored);
        self.previous = vec![stored];
        if matches {
            self.order(record);
        } else {
            // Was the record changed, or only its hash? The next record's hash tells: either may be the link to it.
            self.previous.extend(right.first());
            self.out.add(Fault::Changed {
                pos: record.pos,
                session: SessionId(u32::try_from(record.session).unwrap_or(u32::MAX)),
                seq: Seq(record.seq.cast_unsigned()),
            });
        }
        self.found_given |= self.given == Some(stored);
        self.out.head = Head { pos: Pos(record.pos.cast_unsigned()), hash: stored };
        let head = self.out.head;
        if matches && self.told.iter().any(|said| said.pos == head.pos && said.hash != head.hash) {
            self.out.add(Fault::HeadDiffers { pos: head.pos });
        }
        matches
    }

    /// Dense within the session, never back in time. Only told where all records so far are as they were written:
    /// after a damaged one the count of its session is not known.
    fn order(&mut self, record: &Columns<'_>) {
        let before = self.seqs.insert(record.session, record.seq).unwrap_or(0);
        let in_order = record.seq == before.saturating_add(1) && record.at >= self.at.0;
        self.at = At(record.at);
        if !in_order && self.out.faults.is_empty() {
            self.out.add(Fault::Disorder { pos: Pos(record.pos.cast_unsigned()) });
        }
    }

    fn bodies_of(&mut self, conn: &Connection, record: &Columns<'_>) -> rusqlite::Result<()> {
        for body in references(record) {
            let condition = match self.bodies.get(&body.digest) {
                Some(condition) => *condition,
                None => body::check(conn, &body.digest)?,
            };
            let new = self.bodies.insert(body.digest, condition).is_none();
            let fault = |missing| Fault::Body { pos: Pos(record.pos.cast_unsigned()), digest: body.digest, missing };
            match condition {
                Condition::Whole => self.out.bodies += u64::from(new),
                Condition::Purged => self.out.purged += u64::from(new),
                Condition::Missing => self.out.add(fault(true)),
                Condition::Damaged => self.out.add(fault(false)),
            }
        }
        Ok(())
    }

    /// The file beneath: pages, indexes, and that what must be unique is.
    fn file(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut ask = conn.prepare("PRAGMA integrity_check(20)")?;
        let mut rows = ask.query([])?;
        while let Some(row) = rows.next()? {
            let says: String = row.get(0)?;
            if says != "ok" {
                self.out.add(Fault::Database { says });
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Verified {
        let last = self.out.head.pos;
        for said in self.told.iter().filter(|said| said.pos > last) {
            self.out.add(Fault::Truncated { last, head: said.pos });
        }
        if let Some(hash) = self.given.filter(|_| !self.found_given) {
            self.out.add(Fault::HeadUnknown { hash });
        }
        self.out
    }
}

/// The long texts that a record refers to.
fn references(record: &Columns<'_>) -> Vec<BodyRef> {
    // A reference always has this name in it; most records have none and are not parsed.
    let marked = std::str::from_utf8(record.stored).is_ok_and(|stored| stored.contains("\"widest\":"));
    let mut found = Vec::new();
    if marked {
        record.to_record().event.for_each_text(|text| {
            if let Text::Body(body) = text {
                found.push(*body);
            }
        });
    }
    found
}
