//! Where in an entry all that is searched stands.

use super::Query;
use crate::domain::{BodyRef, FindKind, FoundIn, Seq, Speaker, Stop};
use crate::state::find::{Eyes, Spot, look};
use crate::state::{Entry, What};
use crate::text::Needle;
use std::sync::Arc;

/// Where an entry has all that is searched; and whether some text of it was not at hand.
pub(super) fn hit(
    entry: &Entry,
    query: &Query,
    body: &mut dyn FnMut(&BodyRef) -> Option<Arc<str>>,
) -> (Option<Spot>, bool) {
    if !query.fits(entry) {
        return (None, false);
    }
    let mut blind = false;
    let mut first = None;
    let mut seen = |needle: &Needle, kind: FindKind| {
        let find = |text: &str| needle.find(text);
        let mut eyes = Eyes { find: &find, body: &mut *body, blind: false };
        let spot = look(entry, kind, &mut eyes);
        blind |= eyes.blind && spot.is_none();
        spot
    };
    for (needle, kind) in query.needles() {
        match seen(needle, kind) {
            None => return (None, blind),
            spot => first = first.or(spot),
        }
    }
    (first.or_else(|| itself(entry)), blind)
}

/// An entry that is meant without any word: what it is.
pub(super) fn itself(entry: &Entry) -> Option<Spot> {
    let inline =
        |text: &crate::domain::Text| text.inline().map(|text| text.lines().next().unwrap_or_default().to_owned());
    let spot = |part, excerpt: Option<String>| Some(Spot { part, line: 0, excerpt: excerpt.unwrap_or_default() });
    match &entry.what {
        What::Step(step) => match &step.command {
            Some(command) => spot(FoundIn::Command, inline(command)),
            None => spot(FoundIn::Title, step.title.as_ref().and_then(inline).or_else(|| step.tool.clone())),
        },
        What::Prompt { text, .. } | What::Noted { text, .. } => spot(FoundIn::Text, inline(text)),
        What::TurnEnd { stop: Stop::Error(_, said) | Stop::Other(said), .. } => {
            spot(FoundIn::Reason, Some(said.clone()))
        }
        _ => None,
    }
}

/// In what of an entry it stands, in a word.
pub(super) fn part_of(entry: &Entry, part: FoundIn) -> &'static str {
    match (part, &entry.what) {
        (FoundIn::Command, _) => "command",
        (FoundIn::Path, _) => "path",
        (FoundIn::Change, _) => "change",
        (FoundIn::Title, _) => "title",
        (FoundIn::Arguments, _) => "arguments",
        (FoundIn::Output, _) => "output",
        (FoundIn::Reason, _) => "reason",
        (_, What::Prompt { .. }) => "prompt",
        (_, What::Said { who: Speaker::Thought, .. }) => "thought",
        (_, What::Said { .. }) => "message",
        _ => "text",
    }
}

/// The record at which a replay shows it: output comes behind its step.
pub(super) fn seq_of(entry: &Entry, part: FoundIn) -> Seq {
    if part == FoundIn::Output { entry.changed.max(entry.seq) } else { entry.seq }
}
