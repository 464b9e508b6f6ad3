//! What the index knows of each session: all that a search asks of it before its entries, and how much of it is there.

use super::Index;
use crate::domain::{At, HitIn, SessionId};
use crate::search::About;
use crate::state::Session;
use crate::store::StoreError;
use crate::stories::{Held, Part, Story, TRANSCRIPT};
use rusqlite::params;

/// Between how a recording is kept and when the part of it ends.
const BEFORE: &str = " before ";

/// A session in the index.
#[derive(Debug, Clone)]
pub(in crate::search) struct Row {
    /// Its number here.
    pub slot: i64,
    /// How it is told with a hit.
    pub of: HitIn,
    /// What a query asks of it.
    pub about: About,
    /// Its place among those of the same time.
    pub place: i64,
    /// What of it is here.
    pub as_of: String,
    /// Pages of which the entries are here for good.
    pub pages: u64,
    /// It was deleted when it was indexed.
    pub deleted: bool,
}

/// What of a session of taut's is here: up to its newest record.
pub(in crate::search) fn as_of_own(seq: u64) -> String {
    seq.to_string()
}

/// What of a recording is here: as it was kept, and which part.
pub(in crate::search) fn as_of_kept(mark: &str, part: Part) -> String {
    match part {
        Part::All => mark.to_owned(),
        Part::Before(At(before)) => format!("{mark}{BEFORE}{before}"),
    }
}

impl Row {
    /// Which part of a recording is here.
    pub(in crate::search) fn part(&self) -> Part {
        let before = self.as_of.split_once(BEFORE).and_then(|(_, before)| before.parse().ok());
        before.map_or(Part::All, |before| Part::Before(At(before)))
    }
}

impl Index {
    /// All of them.
    pub(in crate::search) fn sessions(&self) -> Result<Vec<Row>, StoreError> {
        let sql = "SELECT slot, id, recorded, place, name, agent, model, cwd, at, as_of, pages, deleted FROM session";
        let read = || {
            let mut select = self.conn.prepare_cached(sql)?;
            let rows = select.query_map([], |row| {
                let (agent, cwd, at): (String, String, i64) = (row.get(5)?, row.get(7)?, row.get(8)?);
                let id: i64 = row.get(1)?;
                let of = HitIn {
                    session: SessionId(u32::try_from(id).unwrap_or(0)),
                    name: row.get(4)?,
                    agent: agent.clone(),
                    cwd: cwd.clone(),
                    recorded: row.get(2)?,
                    last: At(at),
                };
                let about = About { agent, model: row.get(6)?, cwd, at: At(at) };
                let (slot, place) = (row.get(0)?, row.get(3)?);
                let pages: i64 = row.get(10)?;
                Ok(Row {
                    slot,
                    of,
                    about,
                    place,
                    as_of: row.get(9)?,
                    pages: pages.cast_unsigned(),
                    deleted: row.get(11)?,
                })
            })?;
            rows.collect::<rusqlite::Result<Vec<Row>>>()
        };
        read().map_err(self.fault())
    }

    /// The conversations that sessions of taut's hold, without those of some.
    pub(in crate::search) fn held(&self, without: &dyn Fn(i64) -> bool) -> Result<Held, StoreError> {
        let mut held = Held::default();
        let mut read = || -> rusqlite::Result<()> {
            let mut select = self.conn.prepare_cached("SELECT slot, native, started FROM source")?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let (slot, native, started): (i64, String, Option<i64>) = (row.get(0)?, row.get(1)?, row.get(2)?);
                if !without(slot) {
                    held.hold(&native, started.map(At));
                }
            }
            Ok(())
        };
        read().map_err(self.fault())?;
        Ok(held)
    }

    /// The record of the log up to which taut's own sessions are here.
    pub(in crate::search) fn pos(&self) -> Result<u64, StoreError> {
        Ok(self.told("pos")?.and_then(|pos| pos.parse().ok()).unwrap_or(0))
    }

    pub(super) fn set_pos(&self, pos: u64) -> Result<(), StoreError> {
        self.tell("pos", &pos.to_string())
    }

    /// The number here of a session that begins to be indexed: nothing of it counts yet.
    pub(super) fn slot(&self, story: &Story<'_>) -> Result<i64, StoreError> {
        let (id, recorded) = (story.session().id.0, story.is_recorded());
        let put = || {
            self.conn.execute(
                "INSERT INTO session VALUES ((SELECT coalesce(max(slot), 0) + 1 FROM session),
                    ?1, ?2, 0, '', '', NULL, '', 0, '', 0, 0) ON CONFLICT (recorded, id) DO NOTHING",
                params![id, recorded],
            )?;
            let sql = "SELECT slot FROM session WHERE id = ?1 AND recorded = ?2";
            self.conn.query_row(sql, params![id, recorded], |row| row.get(0))
        };
        put().map_err(self.fault())
    }
}

/// Writes down what is known of a session; together with the last of its entries.
pub(super) fn put(
    conn: &rusqlite::Connection,
    slot: i64,
    story: &Story<'_>,
    (place, as_of, pages): (i64, &str, u64),
) -> rusqlite::Result<()> {
    let session: &Session = story.session();
    let about = About::of(session);
    conn.execute(
        "UPDATE session SET place = ?2, name = ?3, agent = ?4, model = ?5, cwd = ?6, at = ?7, as_of = ?8, pages = ?9,
            deleted = ?10 WHERE slot = ?1",
        params![
            slot,
            place,
            story.title(),
            about.agent,
            about.model,
            about.cwd,
            about.at.0,
            as_of,
            pages.cast_signed(),
            session.deleted
        ],
    )?;
    conn.execute("DELETE FROM source WHERE slot = ?1", [slot])?;
    if !story.is_recorded() {
        for source in session.sources.iter().filter(|source| !source.native.is_empty()) {
            let started = (source.channel == TRANSCRIPT).then_some(session.started.0);
            conn.execute("INSERT INTO source VALUES (?1, ?2, ?3)", params![slot, source.native, started])?;
        }
    }
    Ok(())
}
