//! Sessions renamed, put away and brought back, deleted, reopened.

use super::super::app::{App, Overlay};
use super::super::console::Pending;
use super::super::msg::Effect;
use super::{Action, forms};
use crate::domain::{At, Command, Query, SessionId, Weight};
use crate::state::{Life, Session};
use crate::text::human;
use std::collections::BTreeMap;

/// Opens the line in which the session's name is typed.
pub(super) fn rename(app: &mut App) {
    let Some(session) = app.selected else { return };
    app.overlay = Some(Overlay::Rename { session, text: app.name_of(session) });
}

/// The line that is typed.
pub(super) fn line(app: &mut App) -> Option<&mut String> {
    match &mut app.overlay {
        Some(Overlay::Rename { text, .. }) => Some(text),
        Some(Overlay::GoTo(line)) => {
            line.refused = false;
            Some(&mut line.text)
        }
        _ => None,
    }
}

pub(super) fn submit(app: &mut App, now: At) -> Vec<Effect> {
    let Some(Overlay::Rename { session, text }) = &app.overlay else { return Vec::new() };
    let (session, name) = (*session, text.trim().to_owned());
    if name.is_empty() {
        app.say("a session needs a name", now);
        return Vec::new();
    }
    app.overlay = None;
    if name == app.name_of(session) {
        return Vec::new();
    }
    let words = format!("rename {}", app.name_of(session));
    app.send(Command::Rename { session, name }, Pending::Other, &words)
}

/// Puts the selected session away, or brings it back.
pub(super) fn archive(app: &mut App, now: At) -> Vec<Effect> {
    let Some(session) = app.selected.and_then(|id| app.state.session(id)) else { return Vec::new() };
    let (session, archived) = (session.id, !session.archived);
    let name = app.name_of(session);
    let words = if archived { format!("put {name} away") } else { format!("bring {name} back") };
    let effects = app.send(Command::Archive { session, archived }, Pending::Other, &words);
    if !effects.is_empty() && archived {
        let key = app.key(Action::Filter, "f");
        app.say(format!("{name} is put away: {key} in the rail goes on to what was"), now);
    } else if !effects.is_empty() {
        app.say(format!("{name} is back"), now);
    }
    effects
}

/// Lets the selected session's checkpoints stay, or go with the others.
pub(super) fn pin(app: &mut App, now: At) -> Vec<Effect> {
    let Some(session) = app.selected.and_then(|id| app.state.session(id)) else { return Vec::new() };
    let (session, pinned) = (session.id, !session.is_pinned());
    let name = app.name_of(session);
    let words = if pinned { format!("pin {name}") } else { format!("unpin {name}") };
    let effects = app.send(Command::Pin { session, pinned }, Pending::Other, &words);
    if !effects.is_empty() && pinned {
        app.say(format!("{name} is pinned: its checkpoints stay, however old they are"), now);
    } else if !effects.is_empty() {
        app.say(format!("{name} is no longer pinned: its checkpoints go when they are old"), now);
    }
    effects
}

/// Asks how much a deletion would wipe, so that the question can say it.
pub(super) fn weigh(app: &mut App, now: At) -> Vec<Effect> {
    let Some(session) = app.selected else { return Vec::new() };
    app.inner.deleting = Some(session);
    app.say("counting what would go", now);
    vec![Effect::Ask(Query::Weigh { session })]
}

/// The question before a deletion. It comes only where the human still waits for it.
pub(super) fn weighed(app: &mut App, session: SessionId, (weight, stay): (Weight, &BTreeMap<SessionId, u64>), now: At) {
    let waits = app.inner.deleting == Some(session) && app.selected == Some(session);
    if !waits || app.overlay.is_some() || app.card.is_some() {
        app.inner.deleting = None;
        return;
    }
    app.toast = None;
    let others: Vec<String> = stay.keys().map(|other| app.name_of(*other)).collect();
    let question = question(&app.name_of(session), weight, &others);
    forms::ask(app, question, Action::DeleteNow, now);
}

fn question(name: &str, weight: Weight, others: &[String]) -> String {
    let Weight { texts, bytes, shared, frames, frame_bytes, checkpoints, checkpoint_bytes } = weight;
    let count = |n: u64, one: &str, many: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    };
    let kept = match checkpoints {
        0 => String::new(),
        n => format!(
            ", {} ({}): its steps can't be undone then",
            count(n, "checkpoint", "checkpoints"),
            human::bytes(checkpoint_bytes)
        ),
    };
    let gone = format!(
        "Gone from the disk for good: {} ({}) and {} of the wire ({}){kept}.",
        count(texts, "long text", "long texts"),
        human::bytes(bytes),
        count(frames, "raw frame", "raw frames"),
        human::bytes(frame_bytes)
    );
    let stays = match shared {
        0 => String::new(),
        n => format!(" {} also used by other sessions: kept.", count(n, "long text is", "long texts are")),
    };
    let kept = match others {
        [] => String::new(),
        others => format!(" Checkpoints of it at which {} stands too stay, with the files in them.", others.join(", ")),
    };
    format!(
        "Delete {name}?\n{gone}{stays}{kept}\nThe log keeps its records, with lines of up to 4 kB in them: they are never \
         rewritten, so that the chain stays valid. The session leaves every list here; `taut ls --all` names it."
    )
}

/// Deletes what was asked about, whatever is selected by now.
pub(super) fn delete(app: &mut App, now: At) -> Vec<Effect> {
    let Some(session) = app.inner.deleting.take() else { return Vec::new() };
    let name = app.name_of(session);
    let effects = app.send(Command::Delete { session }, Pending::Other, &format!("delete {name}"));
    if !effects.is_empty() {
        app.say(format!("deleting {name}"), now);
    }
    effects
}

/// Starts the selected session's agent again.
pub(super) fn reopen(app: &mut App, now: At) -> Vec<Effect> {
    let Some(session) = app.selected else { return Vec::new() };
    let name = app.name_of(session);
    let command = Command::Reopen { session, env: Vec::new() };
    let effects = app.send(command, Pending::Reopen(session), &format!("reopen {name}"));
    if !effects.is_empty() {
        app.say(format!("reopening {name}"), now);
    }
    effects
}

/// A session goes on as another one: that has its number now.
pub(super) fn reopened(app: &mut App, old: SessionId, new: SessionId) -> Vec<Effect> {
    app.fleet.numbers.hand_over(old, new);
    app.inner.reopened.insert(new, old);
    opened(app, new)
}

/// A conversation opened. Where it is that of an ended session, the old one is put away: all of it is in the new one.
pub(super) fn opened(app: &mut App, new: SessionId) -> Vec<Effect> {
    let Some(session) = app.state.session(new).filter(|session| session.life == Life::Open) else { return Vec::new() };
    let Some(&old) = app.inner.reopened.get(&new) else { return Vec::new() };
    let native = |session: &Session| session.sources.last().map(|source| source.native.clone());
    let same = native(session).is_some() && app.state.session(old).and_then(native) == native(session);
    app.inner.reopened.remove(&new);
    if !same {
        return Vec::new();
    }
    app.send(Command::Archive { session: old, archived: true }, Pending::Quiet, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_says_exactly_what_goes() {
        let weight =
            Weight { texts: 14, bytes: 1_200_000, shared: 1, frames: 1, frame_bytes: 640, ..Weight::default() };
        let said = question("fix", weight, &["other".to_owned()]);
        assert!(said.contains("14 long texts (1.1M) and 1 raw frame of the wire (640B)"), "{said}");
        assert!(said.contains("1 long text is also used by other sessions"), "{said}");
        assert!(said.contains("Checkpoints of it at which other stands too stay"), "{said}");
    }
}
