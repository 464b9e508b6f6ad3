//! The index catches up with what was written: session by session, a batch of entries at a time.

use super::{Index, Row, as_of_kept, as_of_own, id_of, sessions, words};
use crate::domain::SessionId;
use crate::state::{Entry, page};
use crate::store::{StoreError, pack};
use crate::stories::{Shelves, Story, StoryError};
use rusqlite::{TransactionBehavior, params};
use std::collections::BTreeMap;
use std::path::Path;

/// Entries that are written at once.
const ENTRIES: usize = 256;
/// Bytes of text that are written at once.
const BYTES: usize = 2 << 20;
/// What tells one packed entry from another: how it begins.
const SIGN: usize = 8;

/// What a pass came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Caught {
    /// Sessions that were indexed.
    pub sessions: u64,
    /// It was stopped before its end.
    pub stopped: bool,
}

/// Ended before its end.
struct Stopped;

impl Index {
    /// Takes in what is not in it yet, the newest sessions first, until `goes_on` says no, and out what is no more.
    ///
    /// # Errors
    /// The log, what is kept, or the index itself can't be read or written.
    pub fn catch_up(&mut self, state: &Path, goes_on: &mut dyn FnMut() -> bool) -> Result<Caught, StoreError> {
        let shelves = Shelves::open(state)?;
        let known: BTreeMap<(bool, SessionId), Row> =
            self.sessions()?.into_iter().map(|row| ((row.of.recorded, row.of.session), row)).collect();
        let mut caught = Caught::default();
        let mut gone = false;
        if let Some(reader) = shelves.own() {
            let head = reader.head()?.pos.0;
            let mut spans = match self.pos()? == head {
                true => Vec::new(),
                false => reader.sessions()?,
            };
            spans.sort_by_key(|span| std::cmp::Reverse(span.last));
            for span in spans {
                let row = known.get(&(false, span.session));
                if row.is_some_and(|row| row.as_of == as_of_own(span.count)) {
                    continue;
                }
                let Some(story) = shelves.own_story(span.session)? else { continue };
                let mut from = row.map_or(0, |row| row.pages);
                if let Some(row) = row.filter(|row| story.session().deleted && !row.deleted) {
                    // Of its long texts nothing stays, in whatever entry.
                    self.forget_slot(row.slot)?;
                    (from, gone) = (0, true);
                }
                let seq = story.session().seq.0;
                let place = i64::try_from(span.first.0).unwrap_or(i64::MAX);
                if self.fill(&story, from, (place, &as_of_own(seq), seq / page::PAGE), goes_on)?.is_err() {
                    return Ok(Caught { stopped: true, ..caught });
                }
                caught.sessions += 1;
            }
            self.set_pos(head)?;
        }
        let held = self.held(&|_| false)?;
        let marks = shelves.kept().map(crate::recordings::Recordings::marks).transpose()?.unwrap_or_default();
        let mut left = known;
        for mark in marks {
            let row = left.remove(&(true, mark.id));
            // Of one that is all in a session of taut's, nothing is told.
            let Some(part) = held.part(&mark.native) else { continue };
            let as_of = as_of_kept(&mark.as_of, part);
            if row.is_some_and(|row| row.as_of == as_of) {
                continue;
            }
            let one = shelves.kept().map(|kept| kept.one(mark.id)).transpose()?.flatten();
            let Some(story) = one.and_then(|one| shelves.kept_story(one, part)) else { continue };
            if self.fill(&story, 0, (i64::from(mark.id.0), &as_of, 0), goes_on)?.is_err() {
                return Ok(Caught { stopped: true, ..caught });
            }
            caught.sessions += 1;
        }
        // What is no more: the recordings that were not met.
        for row in left.into_values().filter(|row| row.of.recorded) {
            self.forget_slot(row.slot)?;
            gone = true;
        }
        if gone {
            self.compact()?;
        }
        Ok(caught)
    }

    /// Takes in a session from a page on, and takes out what is otherwise than before.
    fn fill(
        &mut self,
        story: &Story<'_>,
        from: u64,
        told: (i64, &str, u64),
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<Result<(), Stopped>, StoreError> {
        let slot = self.slot(story)?;
        let known = self.entries(slot, from)?;
        let mut filling = Filling { index: self, slot, known, puts: Vec::new(), bytes: 0, stopped: false };
        let looked = story.entries_from::<StoryError>(from, &mut |page, entry| {
            filling.take(story, page, entry);
            if filling.puts.len() >= ENTRIES || filling.bytes >= BYTES {
                filling.write(None)?;
                filling.stopped |= !goes_on();
            }
            Ok(!filling.stopped)
        });
        match looked {
            Err(StoryError::Store(error)) => return Err(error),
            // What can't be read any more is told by who reads it: it stays as it is until it is kept anew.
            Err(StoryError::Read(_)) | Ok(()) => {}
        }
        if filling.stopped {
            return Ok(Err(Stopped));
        }
        filling.write(looked.is_ok().then_some((story, told)))?;
        Ok(if filling.stopped { Err(Stopped) } else { Ok(()) })
    }

    /// The entries of a session from a page on: in which page, and what tells each from another.
    fn entries(&self, slot: i64, from: u64) -> Result<BTreeMap<i64, (i64, Vec<u8>)>, StoreError> {
        let sql = "SELECT id, page, substr(data, 1, ?4) FROM entry WHERE id BETWEEN ?1 AND ?2 AND page >= ?3";
        let (first, last) = (id_of(slot, 0), id_of(slot, u64::from(u32::MAX)));
        let read = || {
            let mut select = self.conn.prepare_cached(sql)?;
            let given = params![first, last, from.cast_signed(), i64::try_from(SIGN).unwrap_or(0)];
            let rows = select.query_map(given, |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
            rows.collect::<rusqlite::Result<_>>()
        };
        read().map_err(self.fault())
    }
}

/// An entry to be written.
struct Put {
    id: i64,
    page: i64,
    until: i64,
    data: Vec<u8>,
    text: String,
    /// Another one stands in its place.
    instead: bool,
}

struct Filling<'f> {
    index: &'f mut Index,
    slot: i64,
    /// What was there before and was not met yet.
    known: BTreeMap<i64, (i64, Vec<u8>)>,
    puts: Vec<Put>,
    bytes: usize,
    stopped: bool,
}

impl Filling<'_> {
    fn take(&mut self, story: &Story<'_>, page: u64, entry: &Entry) {
        let (id, page) = (id_of(self.slot, entry.no), page.cast_signed());
        // A tree of strings and numbers: writing it cannot fail.
        let data = pack::pack(&serde_json::to_vec(entry).unwrap_or_default());
        let known = self.known.remove(&id);
        if known.as_ref().is_some_and(|(at, sign)| *at == page && data.starts_with(sign)) {
            return;
        }
        let text = words::of_entry(entry, &mut |body| story.body(body));
        self.bytes += text.len() + data.len();
        self.puts.push(Put { id, page, until: entry.until.0, data, text, instead: known.is_some() });
    }

    /// Writes what was taken; with the last of a session also what is known of it, and takes out what is no more in it.
    fn write(&mut self, done: Option<(&Story<'_>, (i64, &str, u64))>) -> Result<(), StoreError> {
        let (slot, puts) = (self.slot, std::mem::take(&mut self.puts));
        self.bytes = 0;
        let known = &self.known;
        let conn = &mut self.index.conn;
        let mut write = || -> rusqlite::Result<bool> {
            let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // One that was forgotten meanwhile stays forgotten.
            if tx.execute("UPDATE session SET id = id WHERE slot = ?1", [slot])? == 0 {
                return Ok(false);
            }
            {
                let mut take_out = tx.prepare_cached("DELETE FROM words WHERE rowid = ?1")?;
                let mut put = tx.prepare_cached("INSERT OR REPLACE INTO entry VALUES (?1, ?2, ?3, ?4)")?;
                let mut say = tx.prepare_cached("INSERT INTO words (rowid, text) VALUES (?1, ?2)")?;
                for one in &puts {
                    if one.instead {
                        take_out.execute([one.id])?;
                    }
                    put.execute(params![one.id, one.page, one.until, one.data])?;
                    say.execute(params![one.id, one.text])?;
                }
                if let Some((story, told)) = done {
                    for id in known.keys() {
                        take_out.execute([id])?;
                        tx.execute("DELETE FROM entry WHERE id = ?1", [id])?;
                    }
                    sessions::put(&tx, slot, story, told)?;
                }
            }
            tx.commit()?;
            Ok(true)
        };
        let written = write();
        self.stopped |= !written.map_err(self.index.fault())?;
        Ok(())
    }
}
