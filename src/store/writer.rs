//! The writer: one for a state folder, whoever asks first.

use super::head::{self, Head, Said};
use super::place::{Lock, Place, Taken};
use super::reader::{self, Tail};
use super::{Reader, StoreError, body, schema};
use crate::domain::{Digest, Pos, Seq, SessionId};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// What came of opening a state folder.
#[derive(Debug)]
pub enum Opened {
    /// This process writes.
    Writer(Box<Store>),
    /// This process can only look.
    ReadOnly {
        /// Through this.
        reader: Reader,
        /// Why: one sentence.
        why: String,
    },
}

/// The single writer of a state folder.
#[derive(Debug)]
pub struct Store {
    pub(super) conn: Connection,
    pub(super) place: Place,
    /// The end of the log; `None` after a failed write, until it was read again.
    pub(super) tail: Option<Tail>,
    /// The newest seq of each session that was written to.
    pub(super) seqs: HashMap<SessionId, Seq>,
    /// Why the head file does not say what the database says.
    pub(super) head_fault: Option<StoreError>,
    disputed: bool,
    /// `SQLite`'s count of what other connections committed, as it was when we opened the database.
    others: i64,
    /// Another program has written since.
    disturbed: bool,
    /// The files that this process took, by their names.
    own: [(PathBuf, Option<(u64, u64)>); 2],
    _lock: Lock,
}

impl Store {
    /// Opens a state folder: as its writer, or only for reading where another process writes or nobody can.
    pub fn open(folder: &Path) -> Result<Opened, StoreError> {
        let taken = match Place::for_writing(folder).and_then(|place| place.take().map(|taken| (place, taken))) {
            Ok(taken) => taken,
            Err(error @ (StoreError::ReadOnly(_) | StoreError::Permission(_) | StoreError::Full(_))) => {
                return match Reader::open(folder) {
                    Ok(reader) => Ok(Opened::ReadOnly { reader, why: error.to_string() }),
                    Err(_) => Err(error),
                };
            }
            Err(error) => return Err(error),
        };
        match taken {
            (place, Taken::ByUs(lock)) => Self::start(place, lock).map(|store| Opened::Writer(Box::new(store))),
            (place, Taken::ByAnother(pid)) => {
                let who = pid.map_or_else(|| "another taut".to_owned(), |pid| format!("another taut (process {pid})"));
                let why = format!("{who} writes in {}; this one can only look", place.folder().display());
                Ok(Opened::ReadOnly { reader: patiently(place)?, why })
            }
        }
    }

    fn start(place: Place, lock: Lock) -> Result<Self, StoreError> {
        let conn = schema::open_writer(&place)?;
        let others = others(&conn).map_err(|error| StoreError::sqlite(&place.db(), &error))?;
        let place_now = place.standing();
        let mut store = Self {
            conn,
            place,
            tail: None,
            seqs: HashMap::new(),
            head_fault: None,
            disputed: false,
            others,
            disturbed: false,
            own: place_now,
            _lock: lock,
        };
        store.tail()?;
        store.disputed = match head::read(&store.place, head::HEAD)? {
            Said::Nothing => false,
            Said::Head(said) => !store.bears_out(said)?,
            Said::Garbage => true,
        };
        let foreign = head::read(&store.place, head::FOREIGN)? != Said::Nothing;
        if store.disputed {
            head::dispute(&store.place)?;
        }
        store.disputed |= foreign;
        Ok(store)
    }

    /// True where the head file of an earlier run and the database contradict each other: records were lost or
    /// changed behind our back. `verify` says which.
    #[must_use]
    pub fn disputed(&self) -> bool {
        self.disputed
    }

    /// True where another program wrote into the database while this one had it: nothing is written any more.
    #[must_use]
    pub fn disturbed(&self) -> bool {
        self.disturbed
    }

    /// Whether the files that are written to are still those which others find by their names. A folder that was removed
    /// takes writes as before, and nobody ever reads them.
    pub fn still_there(&self) -> Result<(), StoreError> {
        for (now, own) in self.place.standing().into_iter().zip(&self.own) {
            if now != *own {
                return Err(StoreError::Removed { path: now.0, pid: std::process::id() });
            }
        }
        Ok(())
    }

    /// Why the head file could not be written after the last decision; the decision itself is synced all the same.
    #[must_use]
    pub fn head_fault(&self) -> Option<&StoreError> {
        self.head_fault.as_ref()
    }

    /// The newest record's place and hash; all zero in an empty log.
    pub fn head(&mut self) -> Result<Head, StoreError> {
        Ok(self.tail()?.head)
    }

    /// The seq that the next record of a session will have: the id of a request that is about to be asked.
    pub fn next_seq(&mut self, session: SessionId) -> Result<Seq, StoreError> {
        let newest = match self.seqs.get(&session) {
            Some(seq) => *seq,
            None => reader::last_seq(&self.conn, session).map_err(|error| self.fault(&error))?,
        };
        self.seqs.insert(session, newest);
        Ok(Seq(newest.0 + 1))
    }

    /// A reader beside this writer, for another thread.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        Reader::at(self.place.clone())
    }

    /// Removes the bytes of a long text for good, from the database file and from its WAL; true where there were any.
    /// Records keep its digest, so that the chain stays valid and says *purged*.
    pub fn purge(&mut self, digest: &Digest) -> Result<bool, StoreError> {
        let zero = |conn: &Connection, on: bool| conn.pragma_update(None, "secure_delete", on);
        let purged = zero(&self.conn, true).and_then(|()| self.write(|conn| body::purge(conn, digest)));
        let after = zero(&self.conn, false)
            .and_then(|()| self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
        let there_was = purged.map_err(|error| self.fault(&error))?;
        after.map_err(|error| self.fault(&error))?;
        Ok(there_was)
    }

    /// Closes the store: the head file says what the database says.
    pub fn close(mut self) -> Result<(), StoreError> {
        let head = self.head()?;
        if head.pos > Pos(0) {
            head::write(&self.place, head)?;
        }
        self.conn.close().map_err(|(_, error)| StoreError::sqlite(&self.place.db(), &error))
    }

    /// Runs something in one transaction: all of it or nothing.
    pub(super) fn write<T>(&mut self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // We hold the folder's lock: nobody else has any business in there. What they wrote may look like ours.
        if self.disturbed || others(&tx)? != self.others {
            drop(tx);
            if !self.disturbed {
                self.disturbed = true;
                // Evidence for the next start; without it the error alone tells of it.
                drop(head::write_foreign(&self.place, self.tail.unwrap_or_default().head));
            }
            return Err(rusqlite::Error::InvalidQuery);
        }
        let done = work(&tx)?;
        tx.commit()?;
        Ok(done)
    }

    /// What an error of `SQLite` means for our database.
    pub(super) fn fault(&self, error: &rusqlite::Error) -> StoreError {
        if self.disturbed {
            return StoreError::Disturbed(self.place.db());
        }
        StoreError::sqlite(&self.place.db(), error)
    }

    pub(super) fn tail(&mut self) -> Result<Tail, StoreError> {
        if let Some(tail) = self.tail {
            return Ok(tail);
        }
        let tail = reader::tail(&self.conn).map_err(|error| self.fault(&error))?;
        self.tail = Some(tail);
        Ok(tail)
    }

    /// True where the record of a head is there with the hash of that head.
    fn bears_out(&self, said: Head) -> Result<bool, StoreError> {
        let Ok(pos) = i64::try_from(said.pos.0) else { return Ok(false) };
        let hash: Option<Vec<u8>> = self
            .conn
            .query_row("SELECT hash FROM record WHERE pos = ?1", [pos], |row| row.get(0))
            .optional()
            .map_err(|error| self.fault(&error))?;
        Ok(hash.is_some_and(|hash| hash == said.hash.0))
    }
}

/// How often other connections have committed, as `SQLite` counts for this one.
fn others(conn: &Connection) -> rusqlite::Result<i64> {
    conn.query_row("PRAGMA data_version", [], |row| row.get(0))
}

/// Another process has just taken the folder and may not have made the database yet.
fn patiently(place: Place) -> Result<Reader, StoreError> {
    const TRIES: u32 = 40;
    for _ in 0..TRIES {
        match Reader::at(place.clone()) {
            Err(StoreError::Missing(_)) => thread::sleep(Duration::from_millis(25)),
            other => return other,
        }
    }
    Reader::at(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{At, Draft, Event};
    use crate::store::{Direction, Durability, FRAME_MAX, Fault, RawFrame, verify};
    use std::os::unix::fs::PermissionsExt;

    const A: SessionId = SessionId(1);

    fn open(folder: &Path) -> Store {
        let Opened::Writer(store) = Store::open(folder).unwrap() else { panic!("free") };
        *store
    }

    fn decide(store: &mut Store, records: usize) {
        let drafts = vec![Draft::new(A, Event::Noticed); records];
        store.append(&drafts, At(1), Durability::Decision).unwrap();
    }

    #[test]
    fn what_another_program_writes_stops_us_and_stays_seen() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = open(dir.path());
        decide(&mut store, 3);
        let other = Connection::open(store.place.db()).unwrap();
        // Looking is no writing.
        other.query_row("SELECT count(*) FROM record", [], |_| Ok(())).unwrap();
        decide(&mut store, 1);
        let known = store.head().unwrap();
        other.execute("UPDATE record SET at = at + 1 WHERE pos = 1", []).unwrap();
        for _ in 0..2 {
            let error = store.append(&[Draft::new(A, Event::Noticed)], At(1), Durability::Decision).unwrap_err();
            assert!(matches!(error, StoreError::Disturbed(_)), "{error}");
        }
        assert_eq!((store.disturbed(), store.head().unwrap()), (true, known));
        // Put back as it was: the chain alone tells nothing.
        other.execute("UPDATE record SET at = at - 1 WHERE pos = 1", []).unwrap();
        store.close().unwrap();
        let store = open(dir.path());
        assert!(store.disputed());
        let faults = verify(&store.reader().unwrap(), None, None).unwrap().faults;
        assert_eq!(faults, [Fault::Foreign { last: Pos(4) }]);
    }

    #[test]
    fn the_second_one_can_only_look_and_says_why() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = open(dir.path());
        let Opened::ReadOnly { reader, why } = Store::open(dir.path()).unwrap() else { panic!("one writer") };
        assert!(why.contains(&std::process::id().to_string()) && why.contains("only look"), "{why}");
        decide(&mut store, 2);
        assert_eq!(reader.head().unwrap(), store.head().unwrap());
        assert_eq!(reader.sessions().unwrap().len(), 1);
    }

    #[test]
    fn every_file_is_closed_to_others() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = open(dir.path());
        decide(&mut store, 1);
        let _reader = store.reader().unwrap();
        let mut seen = Vec::new();
        for entry in std::fs::read_dir(dir.path()).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
            seen.push(entry.file_name().into_string().unwrap());
        }
        seen.sort();
        assert_eq!(seen, ["head", "lock", "taut.db", "taut.db-shm", "taut.db-wal"]);
    }

    #[test]
    fn a_log_cut_behind_our_back_is_told_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = open(dir.path());
        decide(&mut store, 3);
        store.close().unwrap();
        let conn = Connection::open(dir.path().join("taut.db")).unwrap();
        conn.execute("DELETE FROM record WHERE pos = 3", []).unwrap();
        drop(conn);
        let mut store = open(dir.path());
        assert!(store.disputed());
        let cut = Fault::Truncated { last: Pos(2), head: Pos(3) };
        assert_eq!(verify(&store.reader().unwrap(), None, None).unwrap().faults, [cut]);
        // Another record in its place, and a new head, do not make it well.
        store.append(&[Draft::new(A, Event::Noticed)], At(2), Durability::Decision).unwrap();
        store.close().unwrap();
        let store = open(dir.path());
        assert!(!store.disputed(), "the new head is borne out");
        let verified = verify(&store.reader().unwrap(), None, None).unwrap();
        assert_eq!(verified.faults, [Fault::HeadDiffers { pos: Pos(3) }], "the old head was put aside");
    }

    #[test]
    fn raw_frames_have_a_limit_and_a_retention() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = open(dir.path());
        let noise =
            |n: u64| -> Vec<u8> { (0..64).flat_map(|k: u64| Digest::of(&(n * 64 + k).to_le_bytes()).0).collect() };
        let frame = |n, bytes| RawFrame { n, at: At(5), direction: Direction::Stderr, bytes };
        let frames: Vec<RawFrame> = (1..=10).map(|n| frame(n, noise(n))).collect();
        store.raw(A, &frames).unwrap();
        let long = vec![7; FRAME_MAX + 1];
        store.raw(SessionId(2), &[frame(1, long.clone())]).unwrap();

        let reader = store.reader().unwrap();
        let kept = reader.raw(A, 9, 5).unwrap();
        assert_eq!(kept.iter().map(|k| k.frame.clone()).collect::<Vec<_>>(), frames[8..]);
        let cut = reader.raw(SessionId(2), 0, 5).unwrap();
        assert_eq!((cut[0].frame.bytes.as_slice(), cut[0].total), (&long[..FRAME_MAX], FRAME_MAX as u64 + 1));
        assert_eq!(reader.last_frame(A).unwrap(), 10);

        let error = store.raw(A, &[frame(11, vec![]), frame(10, vec![])]).unwrap_err();
        assert!(matches!(error, StoreError::FrameTwice { n: 10, .. }), "{error}");
        assert_eq!(reader.last_frame(A).unwrap(), 10, "none of them");

        assert_eq!(store.prune_raw(3 * 2100).unwrap(), 7);
        let left: Vec<u64> = reader.raw(A, 0, 50).unwrap().iter().map(|k| k.frame.n).collect();
        assert_eq!(left, [8, 9, 10]);
        assert_eq!(reader.raw(SessionId(2), 0, 5).unwrap().len(), 1);
    }

    #[test]
    fn keyframes_are_found_replaced_and_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = open(dir.path());
        store.keyframe(A, Seq(1024), b"one").unwrap();
        store.keyframe(A, Seq(2048), b"old").unwrap();
        store.keyframe(A, Seq(2048), b"two").unwrap();
        let reader = store.reader().unwrap();
        let before = |seq| reader.keyframe_at_or_before(A, Seq(seq)).unwrap();
        assert_eq!(before(1023), None);
        assert_eq!(before(2047), Some((Seq(1024), b"one".to_vec())));
        assert_eq!(before(u64::MAX), Some((Seq(2048), b"two".to_vec())));
        assert_eq!(reader.keyframe(A, Seq(2047)).unwrap(), None);
        assert_eq!(reader.keyframe(A, Seq(2048)).unwrap(), Some(b"two".to_vec()));
        store.conn.execute("UPDATE keyframe SET data = x'ffffffff00' WHERE seq = 2048", []).unwrap();
        assert_eq!(before(5000), Some((Seq(1024), b"one".to_vec())), "a damaged one is passed over");
        store.drop_keyframes().unwrap();
        assert_eq!(before(5000), None);
    }
}
