//! What of an entry is in the index, and what of a query it is asked for: pieces of three letters. Where all pieces of a word
//! stand in an entry, the word may stand there; where one is missing, it does not.

use crate::domain::BodyRef;
use crate::search::Query;
use crate::search::facets::{self, Facet};
use crate::state::Entry;
use crate::state::find::{Eyes, look};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Bytes of an entry that are in the index. Of what is longer all is looked at, whatever is searched.
const LONGEST: usize = 1 << 20;
/// Pieces of a query that are asked for: so many say where to look.
const PIECES: usize = 48;
/// Letters of a piece.
const PIECE: usize = 3;

/// The text of an entry as the index takes it: everything that a search looks at, and what the entry is. Since a search
/// itself is asked what it looks at, nothing of that is left out.
pub(super) fn of_entry(entry: &Entry, body: &mut dyn FnMut(&BodyRef) -> Option<Arc<str>>) -> String {
    let text = RefCell::new(String::new());
    let too_long = |more: usize| text.borrow().len() + more > LONGEST;
    let long = RefCell::new(false);
    let find = |seen: &str| {
        if too_long(seen.len()) {
            *long.borrow_mut() = true;
        } else {
            fold(seen, &mut text.borrow_mut());
            text.borrow_mut().push('\n');
        }
        None
    };
    let mut short = |of: &BodyRef| if of.bytes > LONGEST as u64 { None } else { body(of) };
    let mut eyes = Eyes { find: &find, body: &mut short, blind: false };
    look(entry, crate::domain::FindKind::All, &mut eyes);
    let is_vague = eyes.blind || *long.borrow();
    let mut text = text.into_inner();
    let mut add = |facet: &Facet<'_>| {
        text.push_str(&facet.piece());
        text.push('\n');
    };
    facets::each_of(entry, &mut add);
    if is_vague {
        add(&Facet::Vague);
    }
    for path in entry.step().into_iter().flat_map(facets::paths) {
        fold(path, &mut text);
        text.push('\n');
    }
    text
}

/// What the index is asked for; `None` where a query has nothing that it could tell.
pub(super) fn of_query(query: &Query) -> Option<String> {
    let mut pieces = BTreeSet::new();
    let texts = query.needles().map(|(needle, _)| needle.text()).chain(query.file());
    for text in texts {
        let mut folded = String::new();
        fold(text, &mut folded);
        let letters: Vec<char> = folded.chars().collect();
        pieces.extend(letters.windows(PIECE).map(|piece| piece.iter().collect::<String>()));
    }
    let quoted = |piece: &str| format!("\"{}\"", piece.replace('"', "\"\""));
    let facets = query.facets();
    let pieces = facets.iter().map(Facet::piece).chain(pieces);
    let all: Vec<String> = pieces.take(PIECES).map(|piece| quoted(&piece)).collect();
    (!all.is_empty()).then(|| format!("({}) OR {}", all.join(" AND "), quoted(&Facet::Vague.piece())))
}

/// Adds a text in small letters, each by itself as a search compares them; what would end a text for the index is replaced.
fn fold(text: &str, to: &mut String) {
    if text.is_ascii() && !text.contains('\0') {
        let from = to.len();
        to.push_str(text);
        if let Some(added) = to.get_mut(from..) {
            added.make_ascii_lowercase();
        }
        return;
    }
    let letters = text.chars().map(|c| if c == '\0' { char::REPLACEMENT_CHARACTER } else { c });
    to.extend(letters.flat_map(char::to_lowercase));
}
