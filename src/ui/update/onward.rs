//! A session goes on: the list of ways, and what was chosen of it.

use super::super::app::App;
use super::super::console::Pending;
use super::super::msg::Effect;
use super::super::onward::Onward;
use super::super::picker::PickerKind;
use super::{picker, shelf};
use crate::domain::{At, Command, Query, SessionId, StartSpec};

/// The session that would go on: the one of a replay, else the selected one.
pub(super) fn subject(app: &App) -> Option<SessionId> {
    let selected = || app.other().map(|one| one.id).or(app.selected);
    app.replay.as_ref().map_or_else(selected, |replay| Some(replay.session))
}

/// Whether something could go on.
///
/// # Errors
/// One sentence for the human.
pub(super) fn can_open(app: &App) -> Result<(), String> {
    if app.other().is_some() {
        return app.can_act();
    }
    let session = subject(app).and_then(|id| app.state.session(id));
    let session = session.ok_or_else(|| "no session is selected".to_owned())?;
    if app.replay.is_some() {
        // Whether it lives, the hub knows and not its past.
        return if session.agent.is_empty() { Err("it is being read still".to_owned()) } else { Ok(()) };
    }
    app.can_act()?;
    if session.is_live() { Err("the session is live: it goes on as it is".to_owned()) } else { Ok(()) }
}

/// Opens the list.
pub(super) fn open(app: &mut App, now: At) {
    if let Some(session) = subject(app) {
        picker::open(app, PickerKind::Onward(session), 0, now);
    }
}

/// Does what was chosen. A replay sends nothing: it is left for that.
pub(super) fn chosen(app: &mut App, session: SessionId, how: Onward, now: At) -> Vec<Effect> {
    if app.replay.is_some() {
        app.onward = Some(how);
        return vec![Effect::Quit];
    }
    let recorded = app.goes(session).filter(|goes| goes.is_recorded);
    if let (Onward::AsItself | Onward::Copy, Some(goes)) = (&how, recorded) {
        let fork = how == Onward::Copy;
        let command = Command::Continue { recording: session, fork, cwd: None, env: Vec::new() };
        return app.send(command, Pending::Other, &format!("go on with {}", goes.name));
    }
    match how {
        Onward::AsItself => shelf::reopen(app, now),
        Onward::Copy => {
            let words = format!("fork {}", app.name_of(session));
            app.send(Command::Fork { session, to: None, cwd: None, env: Vec::new() }, Pending::Other, &words)
        }
        Onward::Brief(agent) => {
            app.say("the brief is being made of its record", now);
            app.inner.briefing = Some((session, agent));
            vec![Effect::Ask(Query::Brief { session })]
        }
    }
}

/// The brief is here: its new agent begins, and gets nothing yet.
pub(super) fn told(app: &mut App, session: SessionId, text: String, secrets: u32, now: At) -> Vec<Effect> {
    let Some((_, agent)) = app.inner.briefing.take_if(|(asked, _)| *asked == session) else { return Vec::new() };
    let Some(goes) = app.goes(session) else { return Vec::new() };
    let own = app.state.session(session);
    let worktree = own.and_then(|own| own.place.as_ref()?.worktree.clone());
    let (cwd, name) = (goes.cwd, goes.name);
    let words = format!("hand {name} to {agent}");
    let spec = StartSpec {
        agent,
        cwd,
        worktree, // What another tool calls it is a sentence, and no name.
        name: Some(name).filter(|name| !name.is_empty() && !goes.is_recorded),
        ..StartSpec::default()
    };
    let effects = app.send(Command::Start(Box::new(spec)), Pending::Hand(text), &words);
    let left = match secrets {
        0 => String::new(),
        1 => "; 1 secret is left out".to_owned(),
        n => format!("; {n} secrets are left out"),
    };
    app.say(format!("the brief is a draft: change it, then send it{left}"), now);
    effects
}
