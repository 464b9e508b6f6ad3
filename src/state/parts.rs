//! Text that grows piece by piece, with a bound: the beginning and the end stay, the middle is counted.

use crate::domain::Text;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Inline pieces are joined until they hold this many bytes.
const PIECE: usize = 4096;
/// Pieces kept from the beginning.
const HEAD: usize = 8;
/// Pieces kept from the end.
const TAIL: usize = 8;

/// A text in pieces. At most 16 of them are kept, so that no output can fill the memory.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Parts {
    /// The first pieces, in order.
    pub head: Vec<Text>,
    /// The last pieces, in order; what was between them and `head` is `cut`.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub tail: VecDeque<Text>,
    /// Bytes left out between head and tail.
    #[serde(default, skip_serializing_if = "is_none")]
    pub cut_bytes: u64,
    /// Lines left out between head and tail, about.
    #[serde(default, skip_serializing_if = "is_none")]
    pub cut_lines: u64,
    /// Bytes of the whole.
    pub bytes: u64,
    /// Line ends in the whole.
    pub lines: u64,
    /// Counts every change: a key for caches.
    pub revision: u32,
}

/// Nothing was cut.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_none(cut: &u64) -> bool {
    *cut == 0
}

impl Parts {
    /// Adds a piece at the end.
    pub fn push(&mut self, text: &Text) {
        self.revision = self.revision.wrapping_add(1);
        self.bytes += text.bytes();
        self.lines += line_ends(text);
        match text {
            Text::Inline(new) => self.fill(new),
            Text::Body(_) => self.add(text.clone()),
        }
    }

    /// Fills the last piece before a new one begins, so that 16 pieces hold 64 KiB however small the parts were.
    fn fill(&mut self, mut new: &str) {
        let last = if self.tail.is_empty() { self.head.last_mut() } else { self.tail.back_mut() };
        if let Some(Text::Inline(last)) = last {
            let room = PIECE.saturating_sub(last.len());
            let (fits, rest) = new.split_at(new.floor_char_boundary(room));
            last.push_str(fits);
            new = rest;
        }
        while !new.is_empty() {
            let (piece, rest) = new.split_at(new.floor_char_boundary(PIECE));
            self.add(Text::Inline(piece.to_owned()));
            new = rest;
        }
    }

    fn add(&mut self, piece: Text) {
        if self.tail.is_empty() && self.head.len() < HEAD {
            // Most outputs are one piece: room for four would be most of their weight.
            self.head.reserve_exact(1);
            self.head.push(piece);
            return;
        }
        self.tail.push_back(piece);
        if self.tail.len() > TAIL
            && let Some(gone) = self.tail.pop_front()
        {
            self.cut_bytes += gone.bytes();
            self.cut_lines += line_ends(&gone);
        }
    }

    /// Puts a text in the place of everything.
    pub fn replace(&mut self, text: &Text) {
        let revision = self.revision;
        *self = Self { revision, ..Self::default() };
        self.push(text);
    }

    /// All pieces that are kept, in order; the cut lies after `head`.
    pub fn pieces(&self) -> impl Iterator<Item = &Text> {
        self.head.iter().chain(&self.tail)
    }

    /// The inline text of all pieces that are kept.
    #[must_use]
    pub fn inline(&self) -> String {
        self.pieces().filter_map(Text::inline).collect()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Bytes that it holds in memory, about.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.pieces().map(|piece| piece.inline().map_or(80, |text| text.len() + 24)).sum::<usize>() + 96
    }
}

fn line_ends(text: &Text) -> u64 {
    match text {
        Text::Inline(text) => text.bytes().filter(|&byte| byte == b'\n').count() as u64,
        Text::Body(body) => u64::from(body.lines),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_in_small_pieces_is_kept_whole_up_to_its_bound() {
        for size in [1, 700, 2100, 3900, 4096] {
            let (mut parts, mut whole) = (Parts::default(), String::new());
            while whole.len() < 60 << 10 {
                let piece = "ä".repeat(size / 2 + 1);
                parts.push(&Text::Inline(piece.clone()));
                whole.push_str(&piece);
            }
            assert_eq!((parts.cut_bytes, parts.inline() == whole), (0, true), "{size}");
        }
    }

    #[test]
    fn what_grows_for_ever_keeps_its_ends_and_counts_the_rest() {
        let mut parts = Parts::default();
        let line = format!("{}\n", "x".repeat(999));
        for n in 0..500 {
            parts.push(&Text::Inline(format!("{n} {line}")));
        }
        assert_eq!(parts.lines, 500);
        assert!(parts.weight() < 80_000, "{}", parts.weight());
        assert!(parts.inline().starts_with("0 x") && parts.inline().contains("499 x"));
        let kept: u64 = parts.pieces().map(Text::bytes).sum();
        assert_eq!(kept + parts.cut_bytes, parts.bytes);
    }
}
