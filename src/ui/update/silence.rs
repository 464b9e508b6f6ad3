//! A hub that is there and does not answer: it is stopped, stuck, or the machine is. What was sent to it is done once it
//! goes on, perhaps much later, so nothing more is decided until it answers. Nobody waits for it while nothing was asked.

use super::super::App;
use super::super::msg::Effect;
use crate::domain::{At, Command};

/// So many milliseconds after a command that has no reply, the hub is called silent.
pub(in crate::ui) const SILENT_MS: u64 = 5_000;

/// Remembers when what goes out was sent. An undo is answered once it is done, which takes its time: it tells nothing.
pub(super) fn sent(app: &mut App, effects: &[Effect], now: At) {
    for effect in effects {
        if let Effect::Send(id, command) = effect
            && !matches!(command, Command::Undo { .. })
        {
            app.inner.unanswered.insert(id.0, now);
        }
    }
}

/// A command has its reply.
pub(super) fn answered(app: &mut App, id: u64) {
    app.inner.unanswered.remove(&id);
}

/// The link broke: nothing is waited for any more.
pub(super) fn forget(app: &mut App) {
    app.inner.unanswered.clear();
}

/// When it must be looked at though nothing comes; nothing where all was answered, and where it is said already.
pub(super) fn due(app: &App) -> Option<At> {
    oldest(app).filter(|_| !app.hub_silent)
}

/// Looks whether the hub is silent.
pub(super) fn watch(app: &mut App, now: At) {
    app.hub_silent = oldest(app).is_some_and(|at| now.since(at) >= SILENT_MS);
}

fn oldest(app: &App) -> Option<At> {
    app.inner.unanswered.values().min().copied()
}

#[cfg(test)]
mod tests {
    use super::super::{next_tick, update};
    use super::*;
    use crate::domain::{CommandId, Digest, Reply, SessionId, Undo};
    use crate::ui::Msg;
    use crate::ui::console::Pending;

    /// An app that has sent something at a time.
    fn asking(at: At) -> (App, CommandId) {
        let mut app = App::default();
        let effects = app.send(Command::Notice { session: SessionId(1) }, Pending::Quiet, "look");
        sent(&mut app, &effects, at);
        let Some(Effect::Send(id, _)) = effects.first() else { panic!("{effects:?}") };
        (app, *id)
    }

    #[test]
    fn a_hub_without_an_answer_is_waited_for_once_said_and_asked_nothing_more() {
        let (mut app, id) = asking(At(1_000));
        assert_eq!(next_tick(&app, At(1_001)), Some(At(6_000)));
        update(&mut app, Msg::Tick, At(5_999));
        assert!(!app.hub_silent && app.can_act().is_ok());
        update(&mut app, Msg::Tick, At(6_000));
        assert!(app.hub_silent);
        assert!(app.can_act().unwrap_err().contains("the hub does not answer"));
        assert!(app.can_brake().is_ok(), "the brake is never held");
        assert_eq!(next_tick(&app, At(6_001)), None, "nothing changes until it answers");
        update(&mut app, Msg::Replied(id, Reply::Done), At(9_000));
        assert!(!app.hub_silent && app.can_act().is_ok());
        assert_eq!(next_tick(&app, At(9_000)), None);
    }

    #[test]
    fn an_undo_that_takes_its_time_is_no_silence() {
        let mut app = App::default();
        let (session, digest) = (SessionId(1), Digest::default());
        let undo = Command::Undo { session, undo: Undo::Last, digest, sides: Vec::new(), talk: None };
        let effects = app.send(undo, Pending::Undo(session, Undo::Last), "undo");
        sent(&mut app, &effects, At(0));
        update(&mut app, Msg::Tick, At(60_000));
        assert!(!effects.is_empty() && !app.hub_silent && app.can_act().is_ok());
    }

    #[test]
    fn a_broken_link_says_more_and_is_waited_for_by_nobody() {
        let (mut app, _) = asking(At(0));
        update(&mut app, Msg::Link(Some("gone".to_owned())), At(7_000));
        assert!(!app.hub_silent && app.can_act().unwrap_err().contains("gone"));
        assert_eq!(due(&app), None);
    }
}
