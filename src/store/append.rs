//! Appending: places are given, long texts taken out, hashes chained, and all of it is committed or none.

use super::chain::Columns;
use super::head::{self, Head};
use super::reader::{self, Tail};
use super::{Store, StoreError, body};
use crate::domain::body::INLINE_MAX;
use crate::domain::{At, Draft, Event, Pos, Record, RequestId, Seq, SessionId, Text, VERSION};
use rusqlite::{CachedStatement, Connection, ErrorCode, params};
use std::collections::HashMap;

/// What a commit survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The death of any process, however it dies: streams.
    Stream,
    /// A power cut as well: synced before it returns, and the head file after it. What lets something run.
    Decision,
}

impl Store {
    /// Appends facts in their order, all or none, and returns them as any reader will see them. The drafts stay with
    /// the caller, who holds them back and tries again where the store could not take them.
    ///
    /// `at` never goes back: where the clock did, the newest record's time stands. A second `Decided` for a request is
    /// refused as [`StoreError::AlreadyDecided`] and takes the other drafts of the call with it.
    pub fn append(&mut self, drafts: &[Draft], at: At, durable: Durability) -> Result<Vec<Record>, StoreError> {
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        let mut tail = self.tail()?;
        tail.at = tail.at.max(at);
        self.conn
            .pragma_update(
                None,
                "synchronous",
                match durable {
                    Durability::Stream => "NORMAL",
                    Durability::Decision => "FULL",
                },
            )
            .map_err(|error| self.fault(&error))?;
        let known = std::mem::take(&mut self.seqs);
        let mut batch = Batch { tail, seqs: known, deciding: None };
        let written = self.write(|conn| batch.write(conn, drafts));
        let Batch { tail, seqs, deciding } = batch;
        match written {
            Ok(records) => {
                self.tail = Some(tail);
                self.seqs = seqs;
                if durable == Durability::Decision {
                    self.head_fault = head::write(&self.place, tail.head).err();
                }
                Ok(records)
            }
            Err(error) => {
                // What is in the database now is asked anew; numbers given in vain are given again. Not what others wrote.
                if !self.disturbed() {
                    self.tail = None;
                }
                Err(match (&error, deciding) {
                    (rusqlite::Error::SqliteFailure(failure, _), Some(request))
                        if failure.code == ErrorCode::ConstraintViolation && !self.disturbed() =>
                    {
                        StoreError::AlreadyDecided(request)
                    }
                    _ => self.fault(&error),
                })
            }
        }
    }
}

/// The places that a batch gives, kept only if it commits.
struct Batch {
    tail: Tail,
    seqs: HashMap<SessionId, Seq>,
    /// The request whose decision is being written.
    deciding: Option<RequestId>,
}

impl Batch {
    fn write(&mut self, conn: &Connection, drafts: &[Draft]) -> rusqlite::Result<Vec<Record>> {
        let mut insert = conn.prepare_cached(
            "INSERT INTO record (pos, session, seq, lane, at, said_at, cites, version, kind, stored, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        drafts.iter().map(|draft| self.write_one(conn, &mut insert, draft)).collect()
    }

    fn write_one(
        &mut self,
        conn: &Connection,
        insert: &mut CachedStatement<'_>,
        draft: &Draft,
    ) -> rusqlite::Result<Record> {
        let mut event = draft.event.clone();
        take_out(conn, &mut event)?;
        self.deciding = if let Event::Decided { request, .. } = &event { Some(*request) } else { None };
        let seq = match self.seqs.get(&draft.session) {
            Some(seq) => *seq,
            None => reader::last_seq(conn, draft.session)?,
        };
        let mut record = Record {
            pos: Pos(self.tail.head.pos.0 + 1),
            session: draft.session,
            seq: Seq(seq.0 + 1),
            lane: draft.lane,
            at: self.tail.at,
            said_at: draft.said_at,
            cites: draft.cites,
            version: VERSION,
            event,
        };
        let stored = record.event.to_stored();
        let columns = Columns::of(&record, &stored);
        let hash = columns.hash(&self.tail.head.hash);
        insert.execute(params![
            columns.pos,
            columns.session,
            columns.seq,
            columns.lane,
            columns.at,
            columns.said_at,
            columns.cites,
            columns.version,
            record.event.kind(),
            stored,
            hash.0,
        ])?;
        self.deciding = None;
        self.seqs.insert(record.session, record.seq);
        self.tail.head = Head { pos: record.pos, hash };
        if let Event::Unknown(unknown) = &record.event {
            // Not known to whoever drafted it, but perhaps to us: readers see it as we read it.
            record.event = Event::from_stored(&unknown.kind, &stored);
        }
        Ok(record)
    }
}

/// Takes long texts out of an event into bodies.
fn take_out(conn: &Connection, event: &mut Event) -> rusqlite::Result<()> {
    let mut done = Ok(());
    event.for_each_text(|text| {
        let Text::Inline(long) = &*text else { return };
        if long.len() <= INLINE_MAX || done.is_err() {
            return;
        }
        match body::put(conn, long) {
            Ok(body) => *text = Text::Body(body),
            Err(error) => done = Err(error),
        }
    });
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{By, Decision, Digest, Notice, OutputPart};
    use crate::store::{Opened, verify};

    const A: SessionId = SessionId(1);
    const B: SessionId = SessionId(2);

    fn open() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let Opened::Writer(store) = Store::open(dir.path()).unwrap() else { panic!("free") };
        (dir, *store)
    }

    fn noted(session: SessionId, text: &str) -> Draft {
        Draft::new(session, Event::Noted { level: Notice::Info, text: text.into() })
    }

    fn decided(seq: u64) -> Draft {
        let request = RequestId { session: A, seq: Seq(seq) };
        let decision = Decision::Allow { offer: "ok".into() };
        let event = Event::Decided { request, digest: Digest::of(b"x"), decision, by: By::Human, overridden: false };
        Draft::new(A, event)
    }

    #[test]
    fn places_are_dense_time_never_goes_back_and_readers_see_the_same() {
        let (_dir, mut store) = open();
        let first = store.append(&[noted(A, "1"), noted(B, "2")], At(100), Durability::Stream).unwrap();
        let second = store.append(&[noted(A, "3")], At(50), Durability::Decision).unwrap();
        let all: Vec<Record> = first.into_iter().chain(second).collect();
        let places: Vec<_> = all.iter().map(|r| (r.pos.0, r.session, r.seq.0, r.at.0)).collect();
        assert_eq!(places, [(1, A, 1, 100), (2, B, 1, 100), (3, A, 2, 100)]);
        let reader = store.reader().unwrap();
        assert_eq!(reader.records_by_pos(Pos(0), 10).unwrap(), all);
        assert_eq!(reader.records(A, Seq(2), 10).unwrap(), all[2..]);
        assert_eq!(reader.records_by_pos(Pos(2), 1).unwrap(), all[1..2]);
        assert_eq!(reader.head().unwrap(), store.head().unwrap());
        assert_eq!(store.next_seq(A).unwrap(), Seq(3));
        assert_eq!(store.next_seq(SessionId(9)).unwrap(), Seq(1));
        let spans: Vec<_> =
            reader.sessions().unwrap().iter().map(|s| (s.session, s.first.0, s.last.0, s.count)).collect();
        assert_eq!(spans, [(A, 1, 3, 2), (B, 2, 2, 1)]);
    }

    #[test]
    fn a_store_goes_on_where_it_ended() {
        let (dir, mut store) = open();
        store.append(&[noted(A, "1"), noted(A, "2")], At(100), Durability::Stream).unwrap();
        store.close().unwrap();
        let Opened::Writer(mut store) = Store::open(dir.path()).unwrap() else { panic!("free") };
        let next = store.append(&[noted(A, "3")], At(1), Durability::Stream).unwrap();
        assert_eq!((next[0].pos, next[0].seq, next[0].at), (Pos(3), Seq(3), At(100)));
        assert!(verify(&store.reader().unwrap(), None, None).unwrap().is_sound());
    }

    #[test]
    fn a_second_decision_is_refused_and_changes_nothing() {
        let (_dir, mut store) = open();
        store.append(&[decided(7)], At(1), Durability::Decision).unwrap();
        let error = store.append(&[noted(A, "with it"), decided(7)], At(2), Durability::Decision).unwrap_err();
        assert!(matches!(error, StoreError::AlreadyDecided(request) if request.seq == Seq(7)), "{error}");
        let twice = store.append(&[decided(8), decided(8)], At(2), Durability::Decision).unwrap_err();
        assert!(matches!(twice, StoreError::AlreadyDecided(request) if request.seq == Seq(8)), "{twice}");
        let after = store.append(&[decided(8)], At(3), Durability::Decision).unwrap();
        assert_eq!((after[0].pos, after[0].seq), (Pos(2), Seq(2)));
        let reader = store.reader().unwrap();
        let eight = RequestId { session: A, seq: Seq(8) };
        assert_eq!(reader.decided(eight).unwrap().as_ref(), after.first());
        assert_eq!(reader.decided(RequestId { session: B, seq: Seq(8) }).unwrap(), None);
    }

    #[test]
    fn long_texts_are_kept_once_and_read_back() {
        let (_dir, mut store) = open();
        let long = "ä".repeat(200_000);
        let short = "x".repeat(INLINE_MAX);
        let out =
            |text: &str| Draft::new(A, Event::CallOutput { call: "c".into(), part: OutputPart::Append(text.into()) });
        let records = store.append(&[out(&long), out(&short), out(&long)], At(1), Durability::Stream).unwrap();
        let body = |record: &Record| match &record.event {
            Event::CallOutput { part: OutputPart::Append(Text::Body(body)), .. } => Some(*body),
            _ => None,
        };
        let taken = body(&records[0]).unwrap();
        assert_eq!((taken.bytes, body(&records[1]), body(&records[2])), (400_000, None, Some(taken)));
        let reader = store.reader().unwrap();
        assert_eq!(reader.body(&taken).unwrap().as_deref(), Some(long.as_str()));
        assert_eq!(reader.records(A, Seq(1), 10).unwrap(), records);
        let chunks: i64 = store.conn.query_row("SELECT count(*) FROM chunk", [], |row| row.get(0)).unwrap();
        assert_eq!(chunks, 7, "one copy in chunks of 64 KiB");
        assert_eq!(verify(&reader, None, None).unwrap().bodies, 1);

        assert!(store.purge(&taken.digest).unwrap());
        assert!(!store.purge(&taken.digest).unwrap());
        assert_eq!(reader.body(&taken).unwrap(), None);
        let verified = verify(&reader, None, None).unwrap();
        assert_eq!((verified.bodies, verified.purged, verified.faults.len()), (0, 1, 0));
        store.append(&[out(&long)], At(1), Durability::Stream).unwrap();
        assert_eq!(reader.body(&taken).unwrap().as_deref(), Some(long.as_str()), "said again");
    }

    #[test]
    fn a_full_disk_loses_nothing_and_leaves_no_gap() {
        let (_dir, mut store) = open();
        store.append(&[noted(A, "before")], At(1), Durability::Stream).unwrap();
        let pages: i64 = store.conn.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        store.conn.query_row(&format!("PRAGMA max_page_count = {}", pages + 4), [], |_| Ok(())).unwrap();
        // Not to be compressed away.
        let noise: String = (0..4000_u32).map(|n| Digest::of(&n.to_le_bytes()).to_string()).collect();
        let drafts = [noted(A, "small"), noted(B, &noise)];
        for durable in [Durability::Stream, Durability::Decision] {
            let error = store.append(&drafts, At(2), durable).unwrap_err();
            assert!(matches!(error, StoreError::Full(_)), "{error}");
        }
        let small = store.append(&[noted(A, "still works")], At(3), Durability::Stream).unwrap();
        assert_eq!(small[0].pos, Pos(2));
        store.conn.query_row("PRAGMA max_page_count = 4294967294", [], |_| Ok(())).unwrap();
        let records = store.append(&drafts, At(4), Durability::Decision).unwrap();
        assert_eq!((records[0].pos, records[0].seq, records[1].seq), (Pos(3), Seq(3), Seq(1)));
        let verified = verify(&store.reader().unwrap(), None, None).unwrap();
        assert_eq!((verified.records, verified.faults), (4, vec![]));
    }

    #[test]
    fn a_lock_of_another_program_is_told_and_passes() {
        let (dir, mut store) = open();
        store.conn.busy_timeout(std::time::Duration::from_millis(1)).unwrap();
        let other = Connection::open(dir.path().join("taut.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let error = store.append(&[noted(A, "x")], At(1), Durability::Stream).unwrap_err();
        assert!(matches!(error, StoreError::Locked(_)), "{error}");
        other.execute_batch("ROLLBACK").unwrap();
        assert_eq!(store.append(&[noted(A, "x")], At(1), Durability::Stream).unwrap()[0].pos, Pos(1));
    }

    #[test]
    fn a_head_that_cannot_be_written_is_told_and_mended() {
        let (dir, mut store) = open();
        let path = dir.path().join("head");
        std::fs::create_dir_all(path.join("in the way")).unwrap();
        store.append(&[decided(1)], At(1), Durability::Decision).unwrap();
        assert!(store.head_fault().is_some(), "the decision stands, the head file does not");
        std::fs::remove_dir_all(&path).unwrap();
        store.append(&[decided(2)], At(1), Durability::Decision).unwrap();
        assert!(store.head_fault().is_none());
        assert_eq!(std::fs::read_to_string(path).unwrap().trim(), store.head().unwrap().to_string());
    }

    #[test]
    fn a_kind_of_the_future_keeps_its_bytes() {
        let (_dir, mut store) = open();
        let body = r#"{"kind":"teleported", "to":"mars",  "n":1.50}"#;
        let event = Event::from_stored("teleported", body);
        // Its owner did not know this one; we do.
        let known =
            Event::Unknown(crate::domain::Unknown { kind: "opened".into(), body: r#"{"kind":"opened"}"#.into() });
        let drafts = [Draft::new(A, event.clone()), Draft::new(A, known)];
        let records = store.append(&drafts, At(1), Durability::Stream).unwrap();
        assert_eq!((&records[0].event, &records[1].event), (&event, &Event::Opened));
        let read = store.reader().unwrap().records(A, Seq(1), 2).unwrap();
        assert_eq!(read, records);
        assert_eq!(read[0].event.to_stored(), body);
    }
}
