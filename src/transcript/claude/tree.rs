//! The tree of lines: which were there before, and to which turn each belongs.

use super::Fields;
use crate::domain::At;
pub(super) use crate::transcript::key::key;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The lines so far, by their uuids.
#[derive(Debug, Default)]
pub(super) struct Tree {
    known: HashMap<u128, Known>,
    /// What they say and when, and the turn of each.
    said: HashMap<u64, u32>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    turn: u32,
    print: u32,
}

impl Tree {
    /// Whether this line is a copy of one that was there: by its uuid, or by what it says and when, since newer versions
    /// write a whole conversation anew with other uuids. (Of one uuid and yet another line it is none: files that were put
    /// together by hand have such.) What hangs on a copy hangs on the first.
    pub(super) fn is_again(&mut self, uuid: u128, print: u32, essence: Option<u64>) -> bool {
        if self.known.get(&uuid).is_some_and(|known| known.print == print) {
            return true;
        }
        let Some(turn) = essence.and_then(|essence| self.said.get(&essence).copied()) else { return false };
        self.known.insert(uuid, Known { turn, print });
        true
    }

    /// A line is there, and belongs to this turn. Of several with one uuid the last counts.
    pub(super) fn is_there(&mut self, uuid: u128, turn: u32, print: u32, essence: Option<u64>) {
        self.known.insert(uuid, Known { turn, print });
        if let Some(essence) = essence {
            self.said.insert(essence, turn);
        }
    }

    /// Whether it was there.
    pub(super) fn has(&self, uuid: u128) -> bool {
        self.known.contains_key(&uuid)
    }

    /// The turn of a line.
    pub(super) fn turn_of(&self, uuid: u128) -> Option<u32> {
        self.known.get(&uuid).map(|known| known.turn)
    }
}

/// What a copy has in common with the first: its kind, its time and its length.
pub(super) fn print_of(kind: &str, said_at: Option<At>, length: usize) -> u32 {
    let mut bytes = kind.as_bytes().to_vec();
    bytes.extend(said_at.unwrap_or_default().0.to_le_bytes());
    bytes.extend((length as u64).to_le_bytes());
    // FNV-1a.
    bytes.iter().fold(0x811c_9dc5, |sum: u32, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// What a line says, and when; nothing where it does not say when. Of a long one its ends and its length have to do.
pub(super) fn essence(
    kind: &str,
    said_at: Option<At>,
    entry: &Fields<'_>,
    message: Option<&Fields<'_>>,
) -> Option<u64> {
    const ENDS: usize = 256;
    let said_at = said_at?;
    let said = match kind {
        "user" | "assistant" => message?.raw("content")?,
        "attachment" => entry.raw("attachment")?,
        "system" => entry.raw("compactMetadata").or_else(|| entry.raw("content"))?,
        _ => return None,
    };
    let bytes = said.as_bytes();
    let (first, last) = (bytes.get(..ENDS).unwrap_or(bytes), bytes.len().saturating_sub(ENDS));
    let mut hasher = DefaultHasher::new();
    (kind, said_at, first, bytes.get(last..), bytes.len(), entry.is("isSidechain")).hash(&mut hasher);
    Some(hasher.finish())
}
