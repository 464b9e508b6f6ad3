//! Searching the log: a page a step, so that no step holds up what else is to be read.

use crate::domain::{Answer, BodyRef, Found, Looked, PageNo, Search, SearchFrom, Seq};
use crate::state::find::{Eyes, look};
use crate::state::{Entry, Session, page};
use crate::store::{Reader, StoreError};
use crate::stories::session_at;
use crate::text::Needle;
use std::cell::Cell;
use std::sync::Arc;

/// Bytes of long texts that one step reads; then it ends in the middle of its page.
const BYTES: u64 = 4 << 20;
/// A text beyond this is not looked at: one step would take too long for it.
const LONGEST: u64 = 32 << 20;

/// One step. What can't be read ends the search, with why.
pub(super) fn step(reader: &Reader, search: &Search) -> Answer {
    let answer = |found, looked| Answer::Found { search: search.number, found, looked };
    let Some(needle) = Needle::new(&search.text) else { return answer(Vec::new(), Looked::All) };
    match entries(reader, search) {
        Ok(entries) => {
            let (found, looked) = look_at(reader, search, &needle, &entries);
            answer(found, looked)
        }
        Err(error) => answer(Vec::new(), Looked::Failed(error.to_string())),
    }
}

/// The entries that settle in the page of this step; in the last page also those that are not settled yet.
fn entries(reader: &Reader, search: &Search) -> Result<Vec<Entry>, StoreError> {
    let (id, no) = (search.session, search.from.page);
    let (first, last) = page::bounds(no);
    let before = Seq(first.0 - 1);
    let kept = reader.keyframe(id, before)?.and_then(|bytes| page::read_keyframe(&bytes));
    let keyframe = match kept {
        Some(session) => session,
        None if no.0 == 0 => Session::new(id),
        // Missing, damaged or of another version: folded again from what there is before it.
        None => session_at(reader, id, before)?,
    };
    let upto = last.min(search.upto);
    let limit = usize::try_from((upto.0 + 1).saturating_sub(first.0)).unwrap_or(0);
    let records = reader.records(id, first, limit)?;
    Ok(match no == last_page(search) {
        true => page::all_in(id, Some(keyframe), &records),
        false => page::settled_in(id, Some(keyframe), &records),
    })
}

fn last_page(search: &Search) -> PageNo {
    page::page_of(search.upto)
}

/// Looks at entries until all are looked at, or enough was read for one step.
fn look_at(reader: &Reader, search: &Search, needle: &Needle, entries: &[Entry]) -> (Vec<Found>, Looked) {
    let read = Cell::new(0);
    let mut body = |body: &BodyRef| {
        if body.bytes > LONGEST {
            return None;
        }
        read.set(read.get() + body.bytes);
        reader.body(body).ok().flatten().map(Arc::from)
    };
    let find = |text: &str| needle.find(text);
    let mut found = Vec::new();
    let (skip, mut at) = (search.from.skip as usize, search.from.skip);
    for entry in entries.iter().skip(skip) {
        let mut eyes = Eyes { find: &find, body: &mut body, blind: false };
        let spot = look(entry, search.kind, &mut eyes);
        found.extend(spot.map(|spot| Found {
            session: search.session,
            entry: entry.no,
            seq: entry.seq,
            page: search.from.page,
            part: spot.part,
            line: spot.line,
            excerpt: spot.excerpt,
        }));
        at += 1;
        if read.get() > BYTES {
            return (found, Looked::More(SearchFrom { skip: at, ..search.from }));
        }
    }
    (found, search.from.next(last_page(search)).map_or(Looked::All, Looked::More))
}
