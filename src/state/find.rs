//! Looking for something in what a person reads of an entry. How a text is looked at, and where long ones are, is given.

use super::{Entry, Parts, Step, What};
use crate::domain::{BodyRef, CallStatus, Cause, FindKind, FoundIn, Notice, Speaker, Stop, Text};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Bytes of a line that are told around what was found.
const EXCERPT: usize = 160;
/// Bytes of those that stand before it.
const BEFORE: usize = 48;

/// How to look.
pub struct Eyes<'a> {
    /// Where a text holds what is looked for.
    pub find: &'a dyn Fn(&str) -> Option<Range<usize>>,
    /// A long text; `None` where it is not at hand.
    pub body: &'a mut dyn FnMut(&BodyRef) -> Option<Arc<str>>,
    /// Some text was not at hand.
    pub blind: bool,
}

/// Where in an entry something was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// In which part.
    pub part: FoundIn,
    /// The line in it, from 0.
    pub line: u32,
    /// The line, or the piece of it around what was found.
    pub excerpt: String,
}

/// The first place in an entry where something stands, as far as the kind goes.
pub fn look(entry: &Entry, kind: FindKind, eyes: &mut Eyes<'_>) -> Option<Spot> {
    use FindKind as K;
    match &entry.what {
        What::Prompt { text, .. } => eyes.prose(text, kind, &[K::Prompts]),
        What::Said { who, text, .. } => {
            eyes.wants(kind, &[said(*who)]).then_some(())?;
            let whole = eyes.join(text);
            prose(&whole, eyes.find)
        }
        What::Attached { who, what } => eyes.prose(what, kind, &[said(*who)]),
        What::Step(step) => of_step(step, kind, eyes),
        What::Plan { items } => items.iter().find_map(|item| eyes.prose(&item.text, kind, &[K::Messages])),
        What::Lane { name, .. } => eyes.prose(name, kind, &[K::Messages]),
        What::TurnEnd { stop, .. } => match stop {
            Stop::Error(_, said) => eyes.line(said, FoundIn::Reason, kind, &[K::Errors]),
            Stop::Other(said) => eyes.line(said, FoundIn::Reason, kind, &[]),
            Stop::EndTurn | Stop::MaxTokens | Stop::MaxRequests | Stop::Refusal | Stop::Cancelled | Stop::Lost => None,
        },
        What::Compacted { .. } => None,
        What::Mode { mode } => eyes.line(mode, FoundIn::Text, kind, &[]),
        What::Loosened { why } => eyes.line(why, FoundIn::Reason, kind, &[]),
        What::Noted { level, text } => match level {
            Notice::Info => eyes.prose(text, kind, &[K::Messages]),
            Notice::Warning | Notice::Error => eyes.prose(text, kind, &[K::Errors]),
        },
        What::Unrecognised { what, raw } => {
            let named = eyes.line(what, FoundIn::Title, kind, &[K::Errors]);
            named.or_else(|| eyes.text(raw, FoundIn::Text, kind, &[K::Errors]))
        }
        What::Ended { cause, last_words, survivors: _ } => {
            let why = match cause {
                Cause::Failed(why) => eyes.line(why, FoundIn::Reason, kind, &[K::Errors]),
                Cause::Human | Cause::Quit | Cause::Itself { .. } | Cause::HubDied => None,
            };
            why.or_else(|| eyes.text(last_words, FoundIn::Output, kind, &[K::Errors, K::Output]))
        }
    }
}

fn said(who: Speaker) -> FindKind {
    match who {
        Speaker::User => FindKind::Prompts,
        Speaker::Agent => FindKind::Messages,
        Speaker::Thought => FindKind::Thoughts,
    }
}

fn of_step(step: &Step, kind: FindKind, eyes: &mut Eyes<'_>) -> Option<Spot> {
    use FindKind as K;
    // A step that failed is an error as a whole, and one that was asked about a request.
    let whole = match kind {
        K::Errors => step.status == CallStatus::Failed,
        K::Requests => !step.requests.is_empty(),
        K::All | K::Prompts | K::Messages | K::Thoughts | K::Commands | K::Output | K::Edits => false,
    };
    let kind = if whole { K::All } else { kind };
    if let Some(spot) = step.command.as_ref().and_then(|text| eyes.text(text, FoundIn::Command, kind, &[K::Commands])) {
        return Some(spot);
    }
    for change in &step.changes {
        let path = eyes.line(&change.path, FoundIn::Path, kind, &[K::Edits]);
        let texts = change.new.iter().chain(&change.old).chain(&change.patch);
        let spot =
            path.or_else(|| texts.into_iter().find_map(|text| eyes.text(text, FoundIn::Change, kind, &[K::Edits])));
        if spot.is_some() {
            return spot;
        }
    }
    let place = step.places.iter().find_map(|place| eyes.line(&place.path, FoundIn::Path, kind, &[]));
    let title = place.or_else(|| step.title.as_ref().and_then(|title| eyes.text(title, FoundIn::Title, kind, &[])));
    let tool = title.or_else(|| step.tool.as_ref().and_then(|tool| eyes.line(tool, FoundIn::Title, kind, &[])));
    let shows_args = step.command.is_none() && step.changes.is_empty();
    let args = step.args.as_ref().filter(|_| shows_args);
    let args = tool.or_else(|| args.and_then(|args| eyes.text(args, FoundIn::Arguments, kind, &[])));
    args.or_else(|| output(step, kind, eyes)).or_else(|| reasons(step, kind, eyes))
}

fn output(step: &Step, kind: FindKind, eyes: &mut Eyes<'_>) -> Option<Spot> {
    if step.output.is_empty() || !eyes.wants(kind, &[FindKind::Output]) {
        return None;
    }
    let whole = eyes.join(&step.output);
    exact(&without_escapes(&whole), FoundIn::Output, eyes.find)
}

/// A tool's output as it is shown: its colours are looks and no text.
fn without_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut pieces = text.split('\u{1b}');
    shown.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let body = piece.strip_prefix('[');
        let end = body.and_then(|body| body.bytes().position(|byte| (0x40..=0x7e).contains(&byte)));
        if let (Some(body), Some(end)) = (body, end) {
            shown.push_str(&body[end + 1..]);
        } else {
            // Another escape, or half of one: it stands as it is, and so it is shown.
            shown.push('\u{1b}');
            shown.push_str(piece);
        }
    }
    Cow::Owned(shown)
}

/// Why it was asked about, and what was answered.
fn reasons(step: &Step, kind: FindKind, eyes: &mut Eyes<'_>) -> Option<Spot> {
    let asked = step.requests.iter().filter_map(|request| request.verdict.as_ref());
    let verdicts = asked.chain(&step.verdict).flat_map(|verdict| &verdict.reasons).map(String::as_str);
    let denied = step.requests.iter().filter_map(|request| request.answered.as_ref()?.decision.reason());
    denied.chain(verdicts).find_map(|reason| eyes.line(reason, FoundIn::Reason, kind, &[]))
}

impl Eyes<'_> {
    /// Whether something of these kinds is looked at.
    #[expect(clippy::unused_self, reason = "reads as a question to the eyes")]
    fn wants(&self, kind: FindKind, kinds: &[FindKind]) -> bool {
        kind == FindKind::All || kinds.contains(&kind)
    }

    fn line(&self, line: &str, part: FoundIn, kind: FindKind, kinds: &[FindKind]) -> Option<Spot> {
        self.wants(kind, kinds).then(|| exact(line, part, self.find))?
    }

    fn text(&mut self, text: &Text, part: FoundIn, kind: FindKind, kinds: &[FindKind]) -> Option<Spot> {
        self.wants(kind, kinds).then_some(())?;
        match text {
            Text::Inline(text) => exact(text, part, self.find),
            Text::Body(body) => exact(&self.long(body)?, part, self.find),
        }
    }

    fn prose(&mut self, text: &Text, kind: FindKind, kinds: &[FindKind]) -> Option<Spot> {
        self.wants(kind, kinds).then_some(())?;
        match text {
            Text::Inline(text) => prose(text, self.find),
            Text::Body(body) => prose(&self.long(body)?, self.find),
        }
    }

    fn long(&mut self, body: &BodyRef) -> Option<Arc<str>> {
        let text = (self.body)(body);
        self.blind |= text.is_none();
        text
    }

    /// The pieces of a text as one: what is looked for may stand over the end of a piece.
    fn join<'p>(&mut self, parts: &'p Parts) -> Cow<'p, str> {
        if let ([Text::Inline(only)], true) = (parts.head.as_slice(), parts.tail.is_empty()) {
            return Cow::Borrowed(only);
        }
        let mut whole = String::new();
        for (n, piece) in parts.pieces().enumerate() {
            if n == parts.head.len() && parts.cut_bytes > 0 {
                whole.push('\n');
            }
            match piece {
                Text::Inline(text) => whole.push_str(text),
                Text::Body(body) => whole.push_str(self.long(body).as_deref().unwrap_or("\n")),
            }
        }
        Cow::Owned(whole)
    }
}

/// In a text that is shown as it stands.
fn exact(text: &str, part: FoundIn, find: &dyn Fn(&str) -> Option<Range<usize>>) -> Option<Spot> {
    let found = find(text)?;
    Some(spot(text, found, part))
}

/// In prose: as it stands, else as it is shown, without the marks of weight and code, lines joined.
fn prose(text: &str, find: &dyn Fn(&str) -> Option<Range<usize>>) -> Option<Spot> {
    if let Some(found) = find(text) {
        return Some(spot(text, found, FoundIn::Text));
    }
    if !text.contains(['*', '`', '\n']) {
        return None;
    }
    let shown: String =
        text.chars().filter(|c| !['*', '`', '\r'].contains(c)).map(|c| if c == '\n' { ' ' } else { c }).collect();
    let found = find(&shown)?;
    // The line in which it begins: so many characters that are shown stand before it.
    let before = shown[..found.start].chars().count();
    let kept = text.chars().filter(|c| !['*', '`', '\r'].contains(c));
    let line = kept.take(before).filter(|&c| c == '\n').count();
    Some(Spot { line: u32::try_from(line).unwrap_or(u32::MAX), ..spot(&shown, found, FoundIn::Text) })
}

fn spot(text: &str, found: Range<usize>, part: FoundIn) -> Spot {
    let head = text.get(..found.start).unwrap_or_default();
    let line = head.bytes().filter(|&byte| byte == b'\n').count();
    let begin = head.rfind('\n').map_or(0, |at| at + 1);
    let end = text[found.start..].find('\n').map_or(text.len(), |at| found.start + at);
    let from = text.ceil_char_boundary(begin.max(found.start.saturating_sub(BEFORE)));
    let to = text.floor_char_boundary(end.min(from + EXCERPT));
    let (cut, goes_on) = (if from > begin { "…" } else { "" }, if to < end { "…" } else { "" });
    let piece = text.get(from..to).unwrap_or_default().trim_end_matches('\r');
    Spot { part, line: u32::try_from(line).unwrap_or(u32::MAX), excerpt: format!("{cut}{piece}{goes_on}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{At, CallId, LaneId, Seq, TurnNo};

    fn entry(what: What) -> Entry {
        let (at, seq) = (At(1), Seq(1));
        Entry { no: 1, seq, changed: seq, at, until: at, lane: LaneId::ROOT, turn: TurnNo(1), what }
    }

    fn spot(what: What, kind: FindKind, text: &str) -> Option<Spot> {
        let find = |hay: &str| hay.find(text).map(|at| at..at + text.len());
        look(&entry(what), kind, &mut Eyes { find: &find, body: &mut |_| None, blind: false })
    }

    fn said(pieces: &[&str]) -> What {
        let mut text = Parts::default();
        pieces.iter().for_each(|piece| text.push(&Text::from(*piece)));
        What::Said { who: Speaker::Agent, message: None, text, open: false }
    }

    #[test]
    fn a_message_is_searched_as_it_is_read() {
        let what = said(&["one\nthe **deep** th", "ing\nthat `is` here"]);
        let found = spot(what.clone(), FindKind::All, "deep thing").unwrap();
        assert_eq!((found.line, found.part), (1, FoundIn::Text), "marks are no text");
        assert_eq!(spot(what.clone(), FindKind::Messages, "thing that is").unwrap().line, 1, "over the end of a line");
        assert_eq!(spot(what.clone(), FindKind::Messages, "**deep").unwrap().excerpt, "the **deep** thing");
        assert_eq!(spot(what.clone(), FindKind::Thoughts, "deep"), None);
        assert_eq!(spot(what, FindKind::All, "absent"), None);
    }

    #[test]
    fn a_step_is_searched_by_its_parts_and_by_what_it_is() {
        let mut output = Parts::default();
        output.push(&Text::from("ok\n\u{1b}[31mtest\u{1b}[0m failed\n"));
        let step = Step {
            call: CallId("c".into()),
            command: Some("cargo test".into()),
            status: CallStatus::Failed,
            output,
            ..Step::default()
        };
        let step = || What::Step(Box::new(step.clone()));
        assert_eq!(spot(step(), FindKind::All, "test").unwrap().part, FoundIn::Command);
        let found = spot(step(), FindKind::Output, "test failed").unwrap();
        assert_eq!((found.part, found.line, found.excerpt.as_str()), (FoundIn::Output, 1, "test failed"));
        assert_eq!(spot(step(), FindKind::Errors, "cargo").unwrap().part, FoundIn::Command, "it failed");
        assert_eq!(spot(step(), FindKind::Requests, "cargo"), None, "nobody was asked");
        assert_eq!(spot(step(), FindKind::Edits, "cargo"), None);
    }

    #[test]
    fn a_text_that_is_not_at_hand_is_told() {
        let body = BodyRef::of("x");
        let entry =
            entry(What::Prompt { prompt: crate::domain::PromptId(1), text: Text::Body(body), steer: false, by: None });
        let find = |hay: &str| hay.find('x').map(|at| at..at + 1);
        let mut nothing = |_: &BodyRef| None;
        let mut eyes = Eyes { find: &find, body: &mut nothing, blind: false };
        assert!(look(&entry, FindKind::All, &mut eyes).is_none() && eyes.blind);
        let mut here = |_: &BodyRef| Some(Arc::from("x"));
        let mut eyes = Eyes { find: &find, body: &mut here, blind: false };
        assert!(look(&entry, FindKind::Prompts, &mut eyes).is_some() && !eyes.blind);
    }

    #[test]
    fn a_long_line_is_told_around_what_was_found() {
        let long = format!("{}needle{}", "ä".repeat(300), "z".repeat(300));
        let found = spot(said(&[&format!("first\n{long}\nlast")]), FindKind::All, "needle").unwrap();
        assert!(found.excerpt.starts_with('…') && found.excerpt.ends_with("z…") && found.excerpt.contains("needle"));
        assert!(found.excerpt.len() <= EXCERPT + 6, "{}", found.excerpt.len());
    }
}
