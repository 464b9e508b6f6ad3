//! Prompts that were given before: `↑` finds those that begin as what is typed, `ctrl-p` goes through all.

use super::super::app::{App, Draft};
use super::super::pad::PROMPTS;
use crate::domain::{At, SessionId};

/// A longer prompt is not kept: it was a paste, or is a file by now.
const LONGEST: usize = 64 << 10;

/// Which prompts are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// All.
    All,
    /// Those that begin as what was typed.
    Alike,
}

/// The prompt before.
pub(super) fn back(app: &mut App, which: Which, now: At) {
    let Some(id) = app.selected else { return };
    let draft = app.drafts.entry(id).or_default();
    if draft.recalled.is_none() {
        app.inner.stashed.insert(id, draft.clone());
    }
    let before = draft.recalled.unwrap_or(app.history.len()).min(app.history.len());
    let begin = begin(app, id, which);
    let found = app.history[..before].iter().rposition(|text| text.starts_with(&begin));
    match found {
        Some(to) => show(app, id, to),
        None if app.history.is_empty() => app.say("no prompt was given yet", now),
        None if begin.is_empty() => app.say("this is the oldest", now),
        None => {
            let all = app.key(super::Action::HistoryBack, "ctrl-p");
            app.say(format!("no prompt before this begins so: {all} goes through all"), now);
        }
    }
}

/// The prompt after; after the newest what was typed comes back.
pub(super) fn forward(app: &mut App, which: Which) {
    let Some(id) = app.selected else { return };
    let Some(at) = app.drafts.get(&id).and_then(|draft| draft.recalled) else { return };
    let begin = begin(app, id, which);
    let after = app.history.iter().enumerate().skip(at + 1).find(|(_, text)| text.starts_with(&begin));
    if let Some((to, _)) = after {
        show(app, id, to);
        return;
    }
    let typed = app.inner.stashed.remove(&id).unwrap_or_default();
    app.drafts.insert(id, Draft { recalled: None, ..typed });
}

/// How the prompts that are looked for begin.
fn begin(app: &App, id: SessionId, which: Which) -> String {
    match which {
        Which::All => String::new(),
        Which::Alike => app.inner.stashed.get(&id).map(|draft| draft.text.clone()).unwrap_or_default(),
    }
}

fn show(app: &mut App, id: SessionId, to: usize) {
    let Some(text) = app.history.get(to).cloned() else { return };
    // At the end of the first line: one more press goes further back, whatever length it has.
    let cursor = text.find('\n').unwrap_or(text.len());
    app.drafts.insert(id, Draft { cursor, recalled: Some(to), ..Draft::of(text) });
}

/// Keeps a prompt; one that was given before moves to the end.
pub(super) fn remember(app: &mut App, text: String) {
    if text.len() > LONGEST {
        return;
    }
    app.history.retain(|old| *old != text);
    app.history.push(text);
    let over = app.history.len().saturating_sub(PROMPTS);
    app.history.drain(..over);
    // Places in the history have moved.
    app.drafts.values_mut().for_each(|draft| draft.recalled = None);
}
