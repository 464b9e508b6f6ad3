//! The end of a long recording, shown while the rest of it is read.

use crate::domain::{Record, SessionId};
use crate::state::{Meter, Recent, Session};
use crate::transcript::{Ends, Format, ReadError, Stamp, Tally, file, source, tail};
use crate::ui::replay::Glimpse;
use std::cell::RefCell;
use std::io::Read;
use std::path::Path;

/// A shorter file is read whole before a person sees that it was not.
const LONG: u64 = 16 << 20;
/// So much of its end is shown.
const SHOWN: u64 = 1 << 20;

/// What the end of a long file says; nothing of one that is read at once, or that is no lines.
pub(super) fn of(path: &Path, format: &dyn Format, id: SessionId, ends: Ends) -> Option<(Session, Glimpse)> {
    let is_log = path.extension().is_some_and(|end| end == "jsonl");
    let of = size(path).filter(|size| is_log && *size >= LONG)?;
    let mut session = Session::new(id);
    // What can't be read now is told by who reads all of it.
    let shown = tail(path, format, (id, ends), SHOWN, &mut |record| session.apply(&record)).ok()??;
    // A sum of the end is no sum.
    session.meter = Meter::default();
    session.recent = Recent::default();
    session.lanes.values_mut().for_each(|lane| lane.meter = Meter::default());
    Some((session, Glimpse { shown, read: 0, of }))
}

/// How long a file is.
pub(super) fn size(path: &Path) -> Option<u64> {
    u64::try_from(source::stat(path).ok()?.bytes).ok()
}

/// Reads a session whole, and tells how many bytes of its own file were read, after every piece.
///
/// # Errors
/// It can't be read.
pub(super) fn read(
    path: &Path,
    format: &dyn Format,
    id: SessionId,
    each: &mut dyn FnMut(Record),
    seen: &mut dyn FnMut(u64),
) -> Result<Tally, ReadError> {
    let beside = format.beside(path);
    let paths = file::paths(path, &beside);
    let seen = RefCell::new(seen);
    let open = |n: usize| -> std::io::Result<Box<dyn Read + '_>> {
        let inner = source::open(&paths[n])?;
        Ok(if n == 0 { Box::new(Counted { inner, read: 0, seen: &seen }) } else { inner })
    };
    let files = file::Files {
        name: file::name(path),
        paths: paths.clone(),
        beside,
        stamp: Stamp::for_session(id),
        open: &open,
    };
    file::read_files(files, format, each)
}

/// A file that tells how far it was read.
struct Counted<'s, 'f> {
    inner: Box<dyn Read>,
    read: u64,
    seen: &'s RefCell<&'f mut dyn FnMut(u64)>,
}

impl Read for Counted<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(into)?;
        self.read += read as u64;
        (self.seen.borrow_mut())(self.read);
        Ok(read)
    }
}
