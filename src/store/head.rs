//! The head file: the newest record that a decision was synced with, kept outside the database.

use super::StoreError;
use super::place::Place;
use crate::domain::{Digest, Pos};
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::str::FromStr;

/// A record at the end of the chain: its place and its hash. All zero before the first record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Head {
    /// Its place.
    pub pos: Pos,
    /// Its hash.
    pub hash: Digest,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.pos.0, self.hash)
    }
}

impl FromStr for Head {
    type Err = crate::domain::ids::BadId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || crate::domain::ids::BadId(text.to_owned());
        let (pos, hash) = text.trim_end().split_once(' ').ok_or_else(bad)?;
        Ok(Self { pos: Pos(pos.parse().map_err(|_| bad())?), hash: hash.parse()? })
    }
}

/// What a head file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// There is none.
    Nothing,
    /// A head.
    Head(Head),
    /// Something else.
    Garbage,
}

/// The file that the writer keeps.
pub(super) const HEAD: &str = "head";
/// A head that a writer found at its start and that the database did not bear out: evidence, never written over.
pub(super) const DISPUTED: &str = "head.disputed";

/// The newest record of ours when another program wrote into the database: what follows it is not to be trusted.
pub(super) const FOREIGN: &str = "head.foreign";

/// Writes the head file, whole or not at all.
pub(super) fn write(place: &Place, head: Head) -> Result<(), StoreError> {
    write_as(place, HEAD, head)
}

/// Keeps what was ours before another program wrote.
pub(super) fn write_foreign(place: &Place, head: Head) -> Result<(), StoreError> {
    write_as(place, FOREIGN, head)
}

fn write_as(place: &Place, name: &str, head: Head) -> Result<(), StoreError> {
    let (path, fresh) = (place.file(name), place.file("head.new"));
    let written = || -> io::Result<()> {
        match fs::remove_file(&fresh) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
        writeln!(file, "{head}")?;
        file.sync_data()?;
        // The folder is not synced: an older head after a power cut is still a true one.
        fs::rename(&fresh, &path)
    };
    written().map_err(|error| StoreError::io(&path, &error))
}

/// Reads a head file.
pub(super) fn read(place: &Place, name: &str) -> Result<Said, StoreError> {
    let path = place.file(name);
    let mut bytes = Vec::new();
    // Bounded: a head is one short line.
    match fs::File::open(&path).and_then(|file| file.take(256).read_to_end(&mut bytes)) {
        Ok(_) => Ok(String::from_utf8_lossy(&bytes).parse().map_or(Said::Garbage, Said::Head)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Said::Nothing),
        Err(error) => Err(StoreError::io(&path, &error)),
    }
}

/// Puts a head aside that the database does not bear out, so that the next decision does not wipe it away.
pub(super) fn dispute(place: &Place) -> Result<(), StoreError> {
    let (from, to) = (place.file(HEAD), place.file(DISPUTED));
    if to.exists() {
        return Ok(());
    }
    fs::rename(&from, &to).map_err(|error| StoreError::io(&from, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_wrote_and_knows_garbage() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::for_writing(dir.path()).unwrap();
        assert_eq!(read(&place, HEAD).unwrap(), Said::Nothing);
        let head = Head { pos: Pos(7), hash: Digest::of(b"x") };
        fs::write(dir.path().join("head.new"), "left by a crash").unwrap();
        write(&place, head).unwrap();
        assert_eq!(read(&place, HEAD).unwrap(), Said::Head(head));
        for garbage in [&b""[..], b"7", b"x y", b"\xff 1", b"7 abcd"] {
            fs::write(dir.path().join(HEAD), garbage).unwrap();
            assert_eq!(read(&place, HEAD).unwrap(), Said::Garbage);
        }
    }
}
