//! What is kept of a transcript that is looked at: the pages that were passed, and the one where the cursor stands.

use super::near::Near;
use crate::domain::{PageNo, Record, Seq, SessionId};
use crate::state::{Session, page};
use std::collections::BTreeMap;

/// Compressed bytes of records that are kept.
const KEPT: usize = 24 << 20;
/// A page with more bytes of records than this is unpacked each time that it is looked at.
const NEAR: usize = 8 << 20;

/// What was kept of pages that were passed.
#[derive(Debug)]
pub(super) struct Kept {
    /// Sessions as of the beginnings of pages.
    keyframes: BTreeMap<PageNo, Vec<u8>>,
    /// Records of pages, as JSON lines, compressed.
    pages: BTreeMap<PageNo, Vec<u8>>,
    bytes: usize,
    limit: usize,
    /// The page in which the cursor stands, read.
    near: Option<(PageNo, Near)>,
    /// Readings of the whole file.
    pub(super) readings: u32,
}

impl Default for Kept {
    fn default() -> Self {
        let (keyframes, pages) = (BTreeMap::new(), BTreeMap::new());
        Self { keyframes, pages, bytes: 0, limit: KEPT, near: None, readings: 0 }
    }
}

impl Kept {
    /// The session as of the beginning of a page, where that was passed.
    pub(super) fn keyframe(&self, number: PageNo) -> Option<Session> {
        page::read_keyframe(&self.packed_keyframe(number)?)
    }

    /// The same, as it is written.
    pub(super) fn packed_keyframe(&self, number: PageNo) -> Option<Vec<u8>> {
        unpack(self.keyframes.get(&number)?)
    }

    /// Keeps the session as of the beginning of a page.
    pub(super) fn begins(&mut self, number: PageNo, session: &Session) {
        self.keyframes.entry(number).or_insert_with(|| pack(&page::keyframe(session)));
    }

    /// Whether the records of a page are kept.
    pub(super) fn has(&self, number: PageNo) -> bool {
        self.pages.contains_key(&number)
    }

    /// The records of a page; none where they are not kept.
    pub(super) fn records(&self, number: PageNo) -> Vec<Record> {
        if let Some((_, near)) = self.near.as_ref().filter(|(page, _)| *page == number) {
            return near.records().to_vec();
        }
        self.pages.get(&number).and_then(|packed| unpack(packed)).map_or_else(Vec::new, |bytes| lines(&bytes))
    }

    /// The session as of a record, where its page is kept or was looked at last.
    pub(super) fn at(&mut self, id: SessionId, seq: Seq) -> Session {
        let number = page::page_of(seq);
        if let Some((_, near)) = self.near.as_mut().filter(|(page, _)| *page == number) {
            return near.at(seq);
        }
        let mut near = Near::new(id, self.keyframe(number), self.records(number));
        let session = near.at(seq);
        let bytes = self.pages.get(&number).and_then(|packed| lz4_flex::block::uncompressed_size(packed).ok());
        self.near = bytes.is_some_and(|(bytes, _)| bytes <= NEAR).then_some((number, near));
        session
    }

    /// Forgets pages from one on, and what begins behind that one.
    pub(super) fn forget_from(&mut self, page: PageNo) {
        self.near = self.near.take().filter(|(number, _)| *number < page);
        self.keyframes.retain(|number, _| *number <= page && page > PageNo(0));
        for packed in self.pages.split_off(&page).into_values() {
            self.bytes -= packed.len();
        }
    }

    /// Keeps a page; where it is too much, those go that are farthest from the wanted one.
    pub(super) fn page(&mut self, number: PageNo, json: &[u8], wanted: PageNo) {
        let packed = pack(json);
        self.bytes += packed.len();
        if let Some(before) = self.pages.insert(number, packed) {
            self.bytes -= before.len();
        }
        let far = |(number, _): &(&PageNo, &Vec<u8>)| number.0.abs_diff(wanted.0);
        while self.bytes > self.limit
            && let Some(farthest) = self.pages.iter().max_by_key(far).map(|(number, _)| *number)
            && farthest != wanted
            && let Some(packed) = self.pages.remove(&farthest)
        {
            self.bytes -= packed.len();
        }
    }
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    lz4_flex::compress_prepend_size(bytes)
}

fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    lz4_flex::decompress_size_prepended(packed).ok()
}

fn lines(json: &[u8]) -> Vec<Record> {
    json.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_are_far_from_the_wanted_one_give_way() {
        let mut kept = Kept { limit: 300, ..Kept::default() };
        let page: Vec<u8> = (0..=90).collect();
        let one = pack(&page).len();
        for number in 0..40 {
            kept.page(PageNo(number), &page, PageNo(20));
            assert!(kept.bytes <= 300 && kept.bytes == one * kept.pages.len());
        }
        assert_eq!(kept.pages.keys().map(|page| page.0).collect::<Vec<_>>(), [19, 20, 21]);
        kept.page(PageNo(20), &[7; 10], PageNo(20));
        assert_eq!(kept.bytes, 2 * one + pack(&[7; 10]).len(), "one of the same number is replaced");
    }
}
