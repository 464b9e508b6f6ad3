//! Files in pieces: each is kept once, packed, whatever number of files it stands in.

use super::Recordings;
use crate::store::{StoreError, pack};
use rusqlite::{Connection, OptionalExtension, params};
use std::io::{Error, ErrorKind, Read};

/// Bytes of a piece. A file that grows has its last piece written anew.
pub(super) const PIECE: usize = 1 << 20;

/// A piece of a file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Its row.
    pub id: i64,
    /// Of what it holds.
    pub digest: [u8; 32],
    /// How much that is.
    pub bytes: usize,
}

impl Recordings {
    /// The pieces of a file as it was last kept.
    pub(super) fn parts(&self, recording: i64, file: usize, version: i64) -> Result<Vec<Part>, StoreError> {
        let sql = "SELECT piece.id, digest, bytes FROM part JOIN piece ON piece.id = piece
                   WHERE recording = ?1 AND file = ?2 AND version = ?3 ORDER BY n";
        let read = || {
            let mut select = self.conn.prepare_cached(sql)?;
            let rows = select.query_map(params![recording, number(file), version], |row| {
                let bytes: i64 = row.get(2)?;
                Ok(Part { id: row.get(0)?, digest: row.get(1)?, bytes: usize::try_from(bytes).unwrap_or(0) })
            })?;
            rows.collect::<rusqlite::Result<Vec<Part>>>()
        };
        read().map_err(self.fault())
    }

    /// Keeps a piece, where it is not kept already.
    pub(super) fn piece(&self, bytes: &[u8], digest: [u8; 32]) -> Result<Part, StoreError> {
        let known = |conn: &Connection| {
            let mut select = conn.prepare_cached("SELECT id FROM piece WHERE digest = ?1")?;
            select.query_row([digest.as_slice()], |row| row.get(0)).optional()
        };
        let put = || -> rusqlite::Result<i64> {
            if let Some(id) = known(&self.conn)? {
                return Ok(id);
            }
            let sql = "INSERT OR IGNORE INTO piece (digest, bytes, data) VALUES (?1, ?2, ?3)";
            let packed = pack::pack(bytes);
            self.conn.prepare_cached(sql)?.execute(params![digest.as_slice(), number(bytes.len()), packed])?;
            // Another process may have put it there at the same moment.
            known(&self.conn)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
        };
        Ok(Part { id: put().map_err(self.fault())?, digest, bytes: bytes.len() })
    }

    /// Reads a kept file.
    pub(super) fn bytes_of(&self, parts: Vec<Part>) -> Pieces<'_> {
        Pieces { of: self, parts: parts.into_iter(), piece: Vec::new(), at: 0 }
    }
}

/// The bytes of a kept file, piece by piece.
pub(super) struct Pieces<'r> {
    of: &'r Recordings,
    parts: std::vec::IntoIter<Part>,
    piece: Vec<u8>,
    at: usize,
}

impl Pieces<'_> {
    fn next_piece(&mut self) -> std::io::Result<bool> {
        let Some(part) = self.parts.next() else { return Ok(false) };
        let sql = "SELECT data FROM piece WHERE id = ?1";
        let packed = self.of.conn.prepare_cached(sql).and_then(|mut select| {
            select.query_row([part.id], |row| Ok(row.get_ref(0)?.as_blob().map(pack::unpack).ok().flatten()))
        });
        let piece = packed.map_err(Error::other)?;
        // What does not unpack to what was packed is not handed on as if it were.
        self.piece = piece.filter(|piece| piece.len() == part.bytes).ok_or(ErrorKind::InvalidData)?;
        self.at = 0;
        Ok(true)
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.at == self.piece.len() {
            if !self.next_piece()? {
                return Ok(0);
            }
        }
        let read = self.piece.get(self.at..).unwrap_or_default().read(buffer)?;
        self.at += read;
        Ok(read)
    }
}

pub(super) fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
