//! Where something may stand: the entries of a session that are worth a look, in the order in which they are read.

use super::{Index, id_of, words};
use crate::search::Query;
use crate::state::Entry;
use crate::store::{StoreError, pack};
use rusqlite::params;
use std::collections::BTreeMap;

/// So many sessions are asked for one by one: where many hits are to be had, those of the newest are enough.
const ONE_BY_ONE: usize = 24;

/// A query that is asked of the index.
pub(in crate::search) struct Asking<'i> {
    index: &'i Index,
    /// What must stand in an entry; nothing where all of them are worth a look.
    words: Option<String>,
    since: i64,
    asked: usize,
    /// Everything that the query finds, by session, once that is cheaper.
    all: Option<BTreeMap<i64, Vec<i64>>>,
}

impl<'i> Asking<'i> {
    pub(in crate::search) fn new(index: &'i Index, query: &Query) -> Self {
        let since = query.since().map_or(i64::MIN, |since| since.0);
        Self { index, words: words::of_query(query), since, asked: 0, all: None }
    }

    /// The entries of a session in its first so many pages: their numbers here, in their order.
    pub(in crate::search) fn of(&mut self, slot: i64, pages: u64) -> Result<Vec<i64>, StoreError> {
        let found = match &self.words {
            None => None,
            Some(words) => Some(self.ids(slot, &words.clone())?),
        };
        let placed = match found {
            None => self.all_of(slot),
            Some(ids) => self.placed(&ids),
        };
        let mut placed = placed.map_err(self.index.fault())?;
        placed.retain(|(page, _)| page.cast_unsigned() < pages);
        placed.sort_unstable();
        Ok(placed.into_iter().map(|(_, id)| id).collect())
    }

    /// One of them.
    pub(in crate::search) fn entry(&self, id: i64) -> Result<Entry, StoreError> {
        let read = || {
            let mut select = self.index.conn.prepare_cached("SELECT data FROM entry WHERE id = ?1")?;
            select.query_row([id], |row| row.get::<_, Vec<u8>>(0))
        };
        let data = read().map_err(self.index.fault())?;
        let entry = pack::unpack(&data).and_then(|json| serde_json::from_slice(&json).ok());
        entry.ok_or_else(|| StoreError::Damaged {
            path: self.index.path.clone(),
            why: "an entry is not whole".to_owned(),
        })
    }

    fn ids(&mut self, slot: i64, words: &str) -> Result<Vec<i64>, StoreError> {
        if let Some(all) = &mut self.all {
            return Ok(all.remove(&slot).unwrap_or_default());
        }
        self.asked += 1;
        let (first, last) = (id_of(slot, 0), id_of(slot, u64::from(u32::MAX)));
        if self.asked <= ONE_BY_ONE {
            let sql = "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid BETWEEN ?2 AND ?3";
            return self.select(sql, params![words, first, last]);
        }
        let mut all: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for id in self.select("SELECT rowid FROM words WHERE words MATCH ?1", params![words])? {
            all.entry(id >> 32).or_default().push(id);
        }
        let own = all.remove(&slot).unwrap_or_default();
        self.all = Some(all);
        Ok(own)
    }

    fn select(&self, sql: &str, given: &[&dyn rusqlite::ToSql]) -> Result<Vec<i64>, StoreError> {
        let read = || {
            let mut select = self.index.conn.prepare_cached(sql)?;
            let rows = select.query_map(given, |row| row.get(0))?;
            rows.collect::<rusqlite::Result<Vec<i64>>>()
        };
        read().map_err(self.index.fault())
    }

    fn placed(&self, ids: &[i64]) -> rusqlite::Result<Vec<(i64, i64)>> {
        let mut select = self.index.conn.prepare_cached("SELECT page, until FROM entry WHERE id = ?1")?;
        let mut placed = Vec::with_capacity(ids.len());
        for id in ids {
            let (page, until): (i64, i64) = select.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            if until >= self.since {
                placed.push((page, *id));
            }
        }
        Ok(placed)
    }

    fn all_of(&self, slot: i64) -> rusqlite::Result<Vec<(i64, i64)>> {
        let sql = "SELECT page, id FROM entry WHERE id BETWEEN ?1 AND ?2 AND until >= ?3";
        let mut select = self.index.conn.prepare_cached(sql)?;
        let (first, last) = (id_of(slot, 0), id_of(slot, u64::from(u32::MAX)));
        let rows = select.query_map(params![first, last, self.since], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    }
}
