//! What stands on a card in the place of what was proposed, once a human has changed it: what would run, whole, and how it
//! differs. What is sent is what this was made of, and nothing else (invariant 6).

use super::App;
use crate::diff::{self, Piece};
use crate::domain::fields::{self, Deed, Meaning};
use crate::domain::{CallPatch, Carrier, Decision, Digest, FileChange, Offer, OfferKind, TakenHunk, Text};
use crate::state::{Request, Session, Step};
use serde_json::{Map, Value};
use std::sync::Arc;

/// A changed call, as a card shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Face {
    /// Of the decision that it was made of: see [`of`].
    pub digest: Digest,
    /// The call as it would run.
    pub step: Arc<Step>,
}

/// What a decision must be shown by before it leaves: nothing beside the card itself where it changes nothing.
#[must_use]
pub fn of(decision: &Decision) -> Digest {
    match decision {
        Decision::Edit { args, .. } => Digest::of(&[b"edit".as_slice(), &args.digest().0].concat()),
        Decision::Take { hunks, .. } => {
            let mut bytes = b"take".to_vec();
            for taken in hunks {
                bytes.extend_from_slice(&taken.hunk.to_le_bytes());
                let lines = taken.edited.as_ref().map_or(Digest::default(), |lines| Digest::of(lines.as_bytes()));
                bytes.extend_from_slice(&lines.0);
            }
            Digest::of(&bytes)
        }
        Decision::Allow { .. } | Decision::AllowFor { .. } | Decision::Reply { .. } | Decision::Deny { .. } => {
            Digest::default()
        }
    }
}

/// The one offer that lets this call run and no other, where there is just one.
#[must_use]
pub fn single(request: &Request) -> Option<&Offer> {
    let mut once = request.offers.iter().filter(|offer| offer.kind == OfferKind::AllowOnce);
    once.next().filter(|_| once.next().is_none())
}

/// Who carries out an edited call: the agent only where it also has a way to say yes.
#[must_use]
pub fn carries_edit(request: &Request) -> Carrier {
    if single(request).is_some() { request.how.carries.edit } else { Carrier::Hub }
}

impl App {
    /// Who writes a part of a change: the agent only where its arguments can say that part.
    #[must_use]
    pub fn carries_part(&self, request: &Request, step: &Step) -> Carrier {
        let says = || {
            let args = self.here(step.args.as_ref()?)?;
            let writes = match fields::deed(args)? {
                Deed::Write { text, .. } => text,
                Deed::Replace { new, .. } => new,
                Deed::Run { .. } => return None,
            };
            let [change] = step.changes.as_slice() else { return None };
            (self.here(change.new.as_ref()?)? == writes).then_some(())
        };
        match request.how.carries.part {
            Carrier::Agent if single(request).is_some() && says().is_some() => Carrier::Agent,
            Carrier::Agent | Carrier::Hub => Carrier::Hub,
        }
    }

    /// A text, where it is here.
    #[must_use]
    pub fn here<'a>(&'a self, text: &'a Text) -> Option<&'a str> {
        match text {
            Text::Inline(text) => Some(text),
            Text::Body(body) => self.bodies.get(&body.digest)?.as_deref(),
        }
    }

    /// True where all texts of a step's changes are here.
    #[must_use]
    pub fn has_pieces(&self, step: &Step) -> bool {
        let texts = step.changes.iter().flat_map(|change| [&change.old, &change.new, &change.patch]);
        texts.flatten().all(|text| self.here(text).is_some())
    }

    /// The changes of a step, with their hunks numbered; nothing where not all of it is here.
    #[must_use]
    pub fn pieces(&self, step: &Step) -> Option<Vec<Piece>> {
        let mut pieces = Vec::with_capacity(step.changes.len());
        for change in &step.changes {
            let here = |text: &'_ Option<Text>| match text {
                Some(text) => self.here(text).map(|text| Some(text.to_owned())),
                None => Some(None),
            };
            let (old, new, patch) = (here(&change.old)?, here(&change.new)?, here(&change.patch)?);
            for piece in Piece::of(&change.path, change.fragment, old, new, patch.as_deref()) {
                let line = change.line.filter(|_| change.patch.is_none());
                let diff = line.map_or_else(|| piece.diff.clone(), |line| piece.diff.clone().starting_at(line));
                pieces.push(Piece { diff, ..piece }.moving(change.moved_to.as_deref()));
            }
        }
        Some(pieces)
    }

    /// How a decision that changes a call is shown; nothing for one that changes none, or where what it rests on is not here.
    #[must_use]
    pub fn face(&self, session: &Session, step: &Step, decision: &Decision) -> Option<Face> {
        let made = match decision {
            Decision::Edit { args, .. } => self.edited(step, args.inline()?)?,
            Decision::Take { hunks, .. } => self.taken(session, step, hunks)?,
            Decision::Allow { .. } | Decision::AllowFor { .. } | Decision::Reply { .. } | Decision::Deny { .. } => {
                return None;
            }
        };
        Some(Face { digest: of(decision), step: Arc::new(made) })
    }

    /// The edited call: what runs, then how it differs from what was proposed.
    fn edited(&self, step: &Step, args: &str) -> Option<Step> {
        let proposed = self.here(step.args.as_ref()?)?;
        let before = CallPatch { changes: Some(step.changes.clone()), ..CallPatch::default() };
        let patch = fields::edited(&before, args);
        let known = fields::fields(args);
        let says = |meaning| known.iter().find(|field| field.meaning == meaning).map(|field| field.text.clone());
        let mut changes = differences(proposed, args);
        changes.extend(patch.changes.unwrap_or_default());
        Some(Step {
            call: step.call.clone(),
            number: step.number,
            tool: step.tool.clone(),
            impact: step.impact,
            args: Some(args.into()),
            command: patch.command.or_else(|| says(Meaning::Command).map(Text::from)),
            cwd: step.cwd.clone(),
            places: patch.places.unwrap_or_default(),
            changes,
            ..Step::default()
        })
    }

    /// The part of a change that would be written, hunk by hunk.
    fn taken(&self, session: &Session, step: &Step, hunks: &[TakenHunk]) -> Option<Step> {
        let pieces = self.pieces(step)?;
        let below = |path: &'_ str| path.strip_prefix(&session.cwd)?.strip_prefix('/').map(str::to_owned);
        let change = |taken: &TakenHunk| {
            let (piece, at, hunk) = diff::numbered(&pieces, taken.hunk)?;
            let edited = if taken.edited.is_some() { ", edited by you" } else { "" };
            let new = taken.edited.clone().or_else(|| piece.diff.comes(at))?;
            Some(FileChange {
                path: format!("hunk {}{edited}: {}", taken.hunk, below(&piece.path).unwrap_or(piece.path.clone())),
                old: Some(piece.diff.goes(at)?.into()),
                new: Some(new.into()),
                fragment: true,
                line: Some(hunk.old_line),
                patch: None,
                moved_to: None,
            })
        };
        let changes = hunks.iter().map(change).collect::<Option<Vec<_>>>()?;
        Some(Step { call: step.call.clone(), number: step.number, impact: step.impact, changes, ..Step::default() })
    }
}

/// How arguments differ, field by field.
#[must_use]
pub fn differences(before: &str, after: &str) -> Vec<FileChange> {
    let object = |text: &str| match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Some(fields),
        Ok(_) | Err(_) => None,
    };
    let change = |name: String, old: Option<String>, new: Option<String>| FileChange {
        path: name,
        old: old.map(Text::from),
        new: new.map(Text::from),
        fragment: true,
        line: Some(1),
        patch: None,
        moved_to: None,
    };
    let (Some(old), Some(new)) = (object(before), object(after)) else {
        let changed = before != after;
        let whole = || change("what you changed".to_owned(), Some(before.to_owned()), Some(after.to_owned()));
        return changed.then(whole).into_iter().collect();
    };
    let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
    let differs = keys.filter(|key| old.get(*key) != new.get(*key));
    let shown = |fields: &Map<String, Value>, key: &str| {
        fields.get(key).map(|value| match value {
            Value::String(text) => text.clone(),
            other => serde_json::to_string_pretty(other).unwrap_or_default(),
        })
    };
    differs.map(|key| change(format!("what you changed: {key}"), shown(&old, key), shown(&new, key))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown_as_different() {
        let before = r#"{"command":"ls","timeout":5,"gone":true}"#;
        let all = differences(before, r#"{"timeout":6,"command":"ls","new":"x"}"#);
        let said: Vec<_> = all
            .iter()
            .map(|change| {
                let text = |text: &Option<Text>| text.as_ref().and_then(Text::inline).unwrap_or("-").to_owned();
                (change.path.as_str(), text(&change.old), text(&change.new))
            })
            .collect();
        let of = |key: &str, old: &str, new: &str| (format!("what you changed: {key}"), old.to_owned(), new.to_owned());
        let expected = [of("gone", "true", "-"), of("timeout", "5", "6"), of("new", "-", "x")];
        assert_eq!(said.len(), 3);
        for (path, old, new) in expected {
            assert!(said.contains(&(path.as_str(), old, new)), "{said:?}");
        }
        assert_eq!(differences(before, before), []);
        assert_eq!(differences("[1]", "[2]").len(), 1);
    }

    #[test]
    fn what_is_sent_is_told_from_all_else() {
        let edit = |args: &str| Decision::Edit { offer: None, args: args.into(), reason: None };
        let take = |hunk, edited: Option<&str>, reason: Option<&str>| Decision::Take {
            hunks: vec![TakenHunk { hunk, edited: edited.map(str::to_owned) }],
            reason: reason.map(str::to_owned),
        };
        assert_ne!(of(&edit("a")), of(&edit("b")));
        assert_ne!(of(&take(1, None, None)), of(&take(2, None, None)));
        assert_ne!(of(&take(1, None, None)), of(&take(1, Some(""), None)));
        assert_eq!(of(&take(1, None, None)), of(&take(1, None, Some("why"))), "a reason is no part of what is written");
        assert_eq!(of(&Decision::Allow { offer: "a".into() }), Digest::default());
    }
}
