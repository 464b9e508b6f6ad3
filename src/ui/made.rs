//! What is on record of a call that is not as it was proposed: edited, taken in part, or changed by the agent while it was
//! asked about. As differences, for the timeline, the inspector, the card and the command line alike.

use super::face::differences;
use crate::domain::{By, Decision, FileChange, Stood, TakenHunk, Text};
use crate::state::{Request, Step};
use std::borrow::Cow;

/// What a human made of a call, or answered to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// `edited by you`, `taken in part by you: hunks 1, 3`.
    pub head: String,
    /// Why, or why not the rest, where that was said: `why: …`.
    pub reason: Option<String>,
    /// How it differs from what was proposed; what was written of it.
    pub changes: Vec<FileChange>,
}

/// What a human made of a call: of the newest answer that changed it. `read` gives a text where it is here.
#[must_use]
pub fn of(step: &Step, read: impl Fn(&Text) -> Option<String>) -> Option<Made> {
    let edits = |request: &&Request| {
        let decision = request.answered.as_ref().map(|answered| &answered.decision);
        matches!(decision, Some(Decision::Edit { .. } | Decision::Take { .. }))
    };
    let request = step.requests.iter().rev().find(edits)?;
    let answered = request.answered.as_ref()?;
    let patch = step.edited.as_ref().map(|edited| &edited.patch);
    let changes = || against(patch.and_then(|patch| patch.changes.as_deref()).unwrap_or_default(), request);
    let by = by(&answered.by);
    match &answered.decision {
        Decision::Edit { args, reason, .. } => {
            let text = |text: Option<&Text>| text.and_then(&read);
            let now = text(patch.and_then(|patch| patch.args.as_ref())).or_else(|| read(args));
            let (before, now) = (text(step.args.as_ref()), now);
            let differs = before.zip(now).map(|(before, now)| differences(&before, &now));
            let reason = reason.as_ref().map(|why| format!("why: {why}"));
            Some(Made { head: format!("edited by {by}"), reason, changes: differs.unwrap_or_else(changes) })
        }
        Decision::Take { hunks, reason } => Some(Made {
            head: format!("taken in part by {by}: {}", TakenHunk::list(hunks)),
            reason: reason.as_ref().map(|why| format!("why not the rest: {why}")),
            changes: changes(),
        }),
        Decision::Allow { .. } | Decision::AllowFor { .. } | Decision::Reply { .. } | Decision::Deny { .. } => None,
    }
}

fn by(by: &By) -> String {
    match by {
        By::Hub(why) => format!("taut ({why})"),
        other => other.word(),
    }
}

/// What a call does to files, as far as it is known: what a human took of it or made of it, in the place of what was proposed.
#[must_use]
pub fn effective(step: &Step) -> Cow<'_, [FileChange]> {
    let edited = step.edited.as_ref();
    let request = edited.and_then(|edited| step.requests.iter().find(|request| request.id == edited.request));
    match edited.and_then(|edited| edited.patch.changes.as_deref()).zip(request) {
        Some((changes, request)) => Cow::Owned(against(changes, request)),
        None => Cow::Borrowed(&step.changes),
    }
}

/// Changes, each beside what stood in its file when it was asked about: a tool that writes whole files does not say it.
#[must_use]
pub fn against(changes: &[FileChange], request: &Request) -> Vec<FileChange> {
    let stood = |change: &FileChange| request.how.stood.iter().find(|stood| stood.path == change.path)?.text.clone();
    let whole = |change: &FileChange| change.old.is_none() && change.new.is_some() && !change.fragment;
    let beside = |change: &FileChange| match whole(change) {
        true => FileChange { old: stood(change), ..change.clone() },
        false => change.clone(),
    };
    changes.iter().map(beside).collect()
}

/// How a call differs from what the request asked in whose place this one stands.
#[must_use]
pub fn since(step: &Step, request: &Request, read: impl Fn(&Text) -> Option<String>) -> Vec<FileChange> {
    let Some((_, was)) = step.was.as_deref().filter(|(of, _)| Some(*of) == request.instead_of) else {
        return Vec::new();
    };
    let text = |text: Option<&Text>| text.and_then(&read);
    let args = text(was.args.as_ref()).zip(text(step.args.as_ref()));
    let mut out = args.map(|(before, now)| differences(&before, &now)).unwrap_or_default();
    for change in &mut out {
        change.path = change.path.replacen("what you changed", "what the agent changed", 1);
    }
    let piece = |path: String, old: Option<Text>, new: Option<Text>| FileChange {
        path,
        old,
        new,
        fragment: true,
        line: Some(1),
        patch: None,
        moved_to: None,
    };
    if out.is_empty() && was.command != step.command {
        out.push(piece("what the agent changed: command".to_owned(), was.command.clone(), step.command.clone()));
    }
    if out.is_empty() {
        let before = was.changes.as_deref().unwrap_or_default();
        for now in &step.changes {
            let old = before.iter().find(|old| old.path == now.path);
            let text = |change: &FileChange| change.new.clone().or_else(|| change.patch.clone());
            let (old, new) = (old.and_then(text), text(now));
            if old != new {
                out.push(piece(format!("what would be written now: {}", now.path), old, new));
            }
        }
    }
    out
}

/// How the files that a call would change differ from what stood there when the request asked in whose place this one
/// stands: as far as both texts are kept.
#[must_use]
pub fn on_disk(step: &Step, request: &Request) -> Vec<FileChange> {
    let before = request.instead_of.and_then(|id| step.requests.iter().find(|before| before.id == id));
    let Some(before) = before else { return Vec::new() };
    let digest = |text: &Option<Text>| text.as_ref().map(Text::digest);
    let one = |now: &Stood| {
        let old = before.how.stood.iter().find(|old| old.path == now.path)?;
        (digest(&old.text) != digest(&now.text)).then(|| FileChange {
            path: now.path.clone(),
            old: old.text.clone(),
            new: now.text.clone(),
            fragment: false,
            line: None,
            patch: None,
            moved_to: None,
        })
    };
    request.how.stood.iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CallPatch, RequestId, Seq, SessionId};

    #[test]
    fn what_the_agent_changed_is_shown_once() {
        let read = |text: &Text| text.inline().map(str::to_owned);
        let old = RequestId { session: SessionId(1), seq: Seq(3) };
        let was =
            CallPatch { command: Some("ls".into()), args: Some(r#"{"command":"ls"}"#.into()), ..CallPatch::default() };
        let mut step = Step {
            command: Some("ls /".into()),
            args: Some(r#"{"command":"ls /"}"#.into()),
            was: Some(Box::new((old, was))),
            ..Step::default()
        };
        let anew = |instead_of| Request { instead_of, ..sample() };
        let all = since(&step, &anew(Some(old)), read);
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].path.as_str(), all[0].old.clone()), ("what the agent changed: command", Some("ls".into())));
        assert_eq!(since(&step, &anew(None), read), []);
        step.args = None;
        assert_eq!(since(&step, &anew(Some(old)), read).len(), 1, "by the command where no arguments are known");
    }

    #[test]
    fn a_file_that_changed_is_compared_with_what_it_was_when_it_was_asked_before() {
        let stood = |path: &str, text: Option<&str>| Stood { path: path.into(), text: text.map(Text::from) };
        let mut before = sample();
        before.how.stood = vec![stood("a", Some("1")), stood("b", Some("same")), stood("c", Some("gone"))];
        let mut now = Request { instead_of: Some(before.id), ..sample() };
        now.id.seq = Seq(9);
        now.how.stood = vec![stood("a", Some("2")), stood("b", Some("same")), stood("c", None), stood("d", None)];
        let step = Step { requests: vec![before, now.clone()], ..Step::default() };
        let found = on_disk(&step, &now);
        let texts: Vec<_> = found.iter().map(|one| (one.path.as_str(), one.old.clone(), one.new.clone())).collect();
        assert_eq!(texts, [("a", Some("1".into()), Some("2".into())), ("c", Some("gone".into()), None)]);
        assert_eq!(on_disk(&step, &Request { instead_of: None, ..now }), []);
    }

    #[test]
    fn a_file_that_is_written_whole_is_shown_beside_what_stood_there() {
        let change = |old: Option<&str>, fragment| FileChange {
            path: "/w/a".to_owned(),
            old: old.map(Text::from),
            new: Some("b".into()),
            fragment,
            line: None,
            patch: None,
            moved_to: None,
        };
        let mut request = sample();
        request.how.stood = vec![Stood { path: "/w/a".into(), text: Some("a".into()) }];
        let old = |change: FileChange| against(&[change], &request)[0].old.clone();
        assert_eq!(old(change(None, false)), Some("a".into()));
        assert_eq!((old(change(Some("x"), false)), old(change(None, true))), (Some("x".into()), None));
    }

    fn sample() -> Request {
        Request {
            id: RequestId { session: SessionId(1), seq: Seq(5) },
            lane: crate::domain::LaneId::ROOT,
            native: String::new(),
            offers: vec![],
            digest: crate::domain::Digest::default(),
            payload: crate::domain::Completeness::Whole,
            asked: crate::domain::At(0),
            deadline: None,
            instead_of: None,
            changed: vec![],
            how: crate::domain::Asking::default(),
            verdict: None,
            shown: None,
            seen: crate::domain::Seen::default(),
            answered: None,
            sent: None,
            taken_up: None,
            unconfirmed: None,
            closed: None,
        }
    }
}
