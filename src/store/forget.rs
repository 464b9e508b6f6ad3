//! A session is deleted: what of it lies beside the records goes, and the records stay, so that the chain stays valid.

use super::raw::clamp;
use super::{Reader, Store, StoreError, body};
use crate::domain::{BodyRef, Digest, Event, Pos, Seq, SessionId, Text, Weight};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// Records that are looked through at once.
const PAGE: usize = 1024;

/// What a session holds beside its records, as of a record of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Long texts that no other session holds.
    pub texts: Vec<Digest>,
    /// How much all of it is.
    pub weight: Weight,
    /// The newest record that was looked at: later ones may hold a text as well.
    pub head: Pos,
}

impl Reader {
    /// What a session holds. Walks the whole log: not for the thread that writes.
    pub fn holdings(&self, session: SessionId) -> Result<Holdings, StoreError> {
        let head = self.head()?.pos;
        let mut own: BTreeMap<Digest, u64> = BTreeMap::new();
        let mut from = Seq(1);
        loop {
            let records = self.records(session, from, PAGE)?;
            let Some(last) = records.last() else { break };
            from = Seq(last.seq.0.saturating_add(1));
            for mut record in records {
                each_body(&mut record.event, |body| {
                    own.insert(body.digest, body.bytes);
                });
            }
        }
        let all = own.len();
        if !own.is_empty() {
            let others = "SELECT kind, stored FROM record WHERE session <> ?1 AND pos <= ?2
                          AND instr(stored, '\"digest\":\"') > 0";
            self.read(|conn| {
                each_event(conn, others, params![session.0, clamp(head.0)], |event| {
                    each_body(event, |body| {
                        own.remove(&body.digest);
                    });
                })
            })?;
        }
        let (frames, frame_bytes) = self.read(|conn| {
            let sql = "SELECT count(*), coalesce(sum(length(data)), 0) FROM frame WHERE session = ?1";
            conn.query_row(sql, [session.0], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
        })?;
        // What was purged before is no more.
        let there = self.read(|conn| {
            let mut select = conn.prepare_cached("SELECT 1 FROM body WHERE digest = ?1 AND purged = 0")?;
            let mut there = BTreeMap::new();
            for (digest, bytes) in &own {
                if select.exists([digest.0])? {
                    there.insert(*digest, *bytes);
                }
            }
            Ok(there)
        })?;
        let weight = Weight {
            texts: there.len() as u64,
            bytes: there.values().fold(0, |sum: u64, bytes| sum.saturating_add(*bytes)),
            shared: (all - own.len()) as u64,
            frames: frames.cast_unsigned(),
            frame_bytes: frame_bytes.cast_unsigned(),
            ..Weight::default()
        };
        Ok(Holdings { texts: there.into_keys().collect(), weight, head })
    }
}

impl Store {
    /// Wipes texts of a session, but those that another session took up after `since`; returns how many went. Their bytes
    /// are overwritten; [`Store::forget_frames`] comes last and clears the WAL as well.
    pub fn forget_texts(&mut self, session: SessionId, texts: &[Digest], since: Pos) -> Result<u64, StoreError> {
        self.overwriting(|conn| {
            let mut held = Vec::new();
            let later = "SELECT kind, stored FROM record WHERE pos > ?1 AND session <> ?2";
            each_event(conn, later, params![clamp(since.0), session.0], |event| {
                each_body(event, |body| held.push(body.digest));
            })?;
            let mut gone = 0;
            for digest in texts.iter().filter(|digest| !held.contains(digest)) {
                gone += u64::from(body::purge(conn, digest)?);
            }
            Ok(gone)
        })
    }

    /// Wipes the raw frames of a session, and what the WAL still has of anything that was wiped.
    pub fn forget_frames(&mut self, session: SessionId) -> Result<u64, StoreError> {
        let gone =
            self.overwriting(|conn| Ok(conn.execute("DELETE FROM frame WHERE session = ?1", [session.0])? as u64))?;
        self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(|error| self.fault(&error))?;
        Ok(gone)
    }

    /// Runs something in one transaction that leaves zeros where it deletes.
    fn overwriting<T>(&mut self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let zero = |conn: &Connection, on: bool| conn.pragma_update(None, "secure_delete", on);
        let done = zero(&self.conn, true).and_then(|()| self.write(work));
        let after = zero(&self.conn, false);
        done.and_then(|done| after.map(|()| done)).map_err(|error| self.fault(&error))
    }
}

fn each_body(event: &mut Event, mut f: impl FnMut(&BodyRef)) {
    event.for_each_text(|text| {
        if let Text::Body(body) = text {
            f(body);
        }
    });
}

/// Events of a query for `kind, stored`, one at a time.
fn each_event(
    conn: &Connection,
    sql: &str,
    given: impl rusqlite::Params,
    mut f: impl FnMut(&mut Event),
) -> rusqlite::Result<()> {
    let mut select = conn.prepare_cached(sql)?;
    let mut rows = select.query(given)?;
    while let Some(row) = rows.next()? {
        let (kind, stored): (String, String) = (row.get(0)?, row.get(1)?);
        f(&mut Event::from_stored(&kind, &stored));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{At, Draft, Speaker};
    use crate::store::{Direction, Durability, Opened, RawFrame, verify};

    const A: SessionId = SessionId(1);
    const B: SessionId = SessionId(2);

    fn said(session: SessionId, text: &str) -> Draft {
        Draft::new(session, Event::Said { who: Speaker::Agent, message: None, text: text.into() })
    }

    fn open() -> (tempfile::TempDir, Box<Store>) {
        let dir = tempfile::tempdir().unwrap();
        let Opened::Writer(store) = Store::open(dir.path()).unwrap() else { panic!("free") };
        (dir, store)
    }

    /// A long text of one word, which is looked for in the files afterwards; not so regular that it packs to nothing.
    fn long(word: &str) -> String {
        let line = |n: u32| format!("{word} {} {n}\n", Digest::of(word.as_bytes()).short());
        (0..400).map(line).collect::<Vec<_>>().concat()
    }

    #[test]
    fn what_a_session_alone_holds_goes_and_the_chain_stays() {
        let (dir, mut store) = open();
        let drafts = [said(A, &long("mine")), said(A, &long("ours")), said(B, &long("ours")), said(A, "short")];
        store.append(&drafts, At(1), Durability::Decision).unwrap();
        let secret = b"a secret of the wire that nobody shall find".repeat(3);
        let frame = RawFrame { n: 1, at: At(1), direction: Direction::FromAgent, bytes: secret };
        store.raw(A, std::slice::from_ref(&frame)).unwrap();
        store.raw(B, &[frame]).unwrap();
        let head = store.head().unwrap();

        let holdings = store.reader().unwrap().holdings(A).unwrap();
        let Weight { texts, bytes, shared, frames, frame_bytes, .. } = holdings.weight;
        assert_eq!((texts, bytes, shared, frames), (1, long("mine").len() as u64, 1, 1));
        assert!(frame_bytes > 0);
        assert_eq!(holdings.texts, [Digest::of(long("mine").as_bytes())]);

        assert_eq!(store.forget_texts(A, &holdings.texts, holdings.head).unwrap(), 1);
        assert_eq!(store.forget_frames(A).unwrap(), 1);
        let reader = store.reader().unwrap();
        assert_eq!(reader.body(&BodyRef::of(&long("mine"))).unwrap(), None);
        assert_eq!(reader.body(&BodyRef::of(&long("ours"))).unwrap(), Some(long("ours")));
        assert_eq!((reader.last_frame(A).unwrap(), reader.last_frame(B).unwrap()), (0, 1));
        assert_eq!(reader.records(A, Seq(1), 9).unwrap().len(), 3, "no record is rewritten");
        let verified = verify(&reader, None, Some(head.hash)).unwrap();
        assert!(verified.faults.is_empty(), "{:?}", verified.faults);
        assert_eq!(reader.holdings(A).unwrap().weight, Weight { shared: 1, ..Weight::default() });
        drop(dir);
    }

    #[test]
    fn a_text_that_another_session_took_up_meanwhile_stays() {
        let (_dir, mut store) = open();
        store.append(&[said(A, &long("mine"))], At(1), Durability::Stream).unwrap();
        let holdings = store.reader().unwrap().holdings(A).unwrap();
        store.append(&[said(B, &long("mine"))], At(2), Durability::Stream).unwrap();
        assert_eq!(store.forget_texts(A, &holdings.texts, holdings.head).unwrap(), 0);
        assert!(store.reader().unwrap().body(&BodyRef::of(&long("mine"))).unwrap().is_some());
    }
}
