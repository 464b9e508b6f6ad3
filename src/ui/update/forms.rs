//! What lies over everything and asks: the form for a new session, a question, the list of keys.

use super::super::app::{App, NewSession, Overlay};
use super::super::card::DWELL_MS;
use super::super::console::Pending;
use super::super::draft::cleaned;
use super::super::msg::{Effect, Press};
use super::super::{Action, Chord};
use super::{HELD_MS, accept, composer, grants, leave, shelf, undo, way};
use crate::domain::{Apart, At, Command, StartSpec, Whence};
use crossterm::event::KeyEvent;

/// Fields of the form: agent, folder, mode, prompt.
const AGENT: usize = 0;
const FOLDER: usize = 1;
const WORKTREE: usize = 2;
const MODE: usize = 3;
/// Fields of the form.
pub(super) const FIELDS: usize = 5;

pub(super) fn help(app: &mut App) {
    // A review is there again when the list is closed.
    if let Some(Overlay::Review(review)) = app.overlay.replace(Overlay::Help { top: 0, filter: None }) {
        app.inner.review_under = Some(review);
    }
}

/// Opens the line that narrows the list of keys.
pub(super) fn narrow_help(app: &mut App) {
    app.overlay = Some(Overlay::Help { top: 0, filter: Some(String::new()) });
}

/// Edits the line that narrows the list of keys.
pub(super) fn edit_help(app: &mut App, f: impl FnOnce(&mut String)) {
    if let Some(Overlay::Help { top, filter: Some(filter) }) = &mut app.overlay {
        f(filter);
        *top = 0;
    }
}

/// Opens the form: the first agent that is installed, in the folder of the selected session or where taut was started.
pub(super) fn new_session(app: &mut App) {
    let agent = app.agents.iter().position(|agent| agent.found).unwrap_or(0);
    let form = NewSession { agent, folder: app.here.clone(), ..NewSession::default() };
    app.overlay = Some(Overlay::NewSession(Box::new(form)));
}

/// The step at hand, from which a session can begin.
pub(super) fn step_at_hand(app: &App) -> Result<(Whence, String), String> {
    app.can_act()?;
    let session = app.subject().ok_or_else(|| "no session is selected".to_owned())?;
    let no = app.current(session).ok_or_else(|| "nothing has happened here yet".to_owned())?;
    let entry = app.entry(session, no).ok_or_else(|| "this part is not loaded yet".to_owned())?;
    let step = entry.step().ok_or_else(|| "this is no step: go to one, and begin from there".to_owned())?;
    Ok((Whence { session: session.id, step: step.number }, session.name.clone()))
}

/// Opens the form for a session that begins with the files of the step at hand, by the same agent.
pub(super) fn from_step(app: &mut App, now: At) {
    let (whence, name) = match step_at_hand(app) {
        Ok(found) => found,
        Err(why) => return app.say(why, now),
    };
    let of = app.state.session(whence.session);
    let (agent, folder) = of.map_or_else(Default::default, |of| (of.agent.clone(), of.cwd.clone()));
    new_session(app);
    let same = app.agents.iter().position(|known| known.name == agent);
    if let Some(form) = form(app) {
        form.agent = same.unwrap_or(form.agent);
        (form.folder, form.whence, form.field) = (folder, Some((whence, name)), FIELDS - 1);
    }
}

/// Asks before something that can't be taken back.
pub(super) fn ask(app: &mut App, question: String, yes: Action, now: At) {
    app.inner.opened = now;
    app.overlay = Some(Overlay::Confirm { question, yes: Box::new(yes) });
}

/// Does what was asked about; a question that has just appeared is not answered yet.
pub(super) fn yes(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    let held = app.inner.last_key.is_some_and(|(_, at)| now.since(at) < HELD_MS);
    if let Some(Overlay::Accept(_)) = &app.overlay {
        return accept::yes(app, press == Press::Among || held, now);
    }
    if app.undoing().is_some() {
        return undo::yes(app, press, now);
    }
    if way::is_open(app) {
        return way::yes(app, press, now);
    }
    let Some(Overlay::Confirm { yes, .. }) = &app.overlay else { return Vec::new() };
    if press == Press::Among || held || now.since(app.inner.opened) < DWELL_MS {
        app.say("the question has just appeared: read it, then press again", now);
        return Vec::new();
    }
    let action = **yes;
    app.overlay = None;
    match action {
        Action::EndSessionNow => leave::end_session(app, now),
        Action::QuitNow => vec![Effect::Quit],
        Action::DeleteNow => shelf::delete(app, now),
        Action::RevokeNow => grants::revoke(app),
        // Nothing else is ever asked about.
        _ => Vec::new(),
    }
}

fn form(app: &mut App) -> Option<&mut NewSession> {
    match &mut app.overlay {
        Some(Overlay::NewSession(form)) => Some(form),
        _ => None,
    }
}

fn field(form: &mut NewSession) -> Option<&mut String> {
    match form.field {
        AGENT => None,
        FOLDER => Some(&mut form.folder),
        WORKTREE => Some(&mut form.worktree),
        MODE => Some(&mut form.mode),
        _ => Some(&mut form.prompt),
    }
}

/// A key in the form: chooses an agent, or edits the field.
pub(super) fn typed(app: &mut App, key: KeyEvent) {
    let agents = app.agents.len().max(1);
    let Some(form) = form(app) else { return };
    match (form.field, Chord::from(key).to_string().as_str()) {
        (AGENT, "left") => form.agent = (form.agent + agents - 1) % agents,
        (AGENT, "right" | "space") => form.agent = (form.agent + 1) % agents,
        (AGENT, letter) => {
            // A letter goes to the next agent whose name begins with it.
            let from = form.agent;
            let order = (1..=agents).map(|step| (from + step) % agents);
            let found =
                order.into_iter().find(|&n| app.agents.get(n).is_some_and(|agent| agent.name.starts_with(letter)));
            if let (Some(n), Some(Overlay::NewSession(form))) = (found, &mut app.overlay) {
                form.agent = n;
            }
        }
        _ => composer::edit_line(field(form), key),
    }
}

pub(super) fn pasted(app: &mut App, text: &str) {
    let Some(form) = form(app) else { return };
    match form.field {
        AGENT => {}
        FOLDER | WORKTREE | MODE => composer::append(field(form), text),
        // A prompt keeps its lines.
        _ => form.prompt.push_str(&cleaned(text)),
    }
}

/// Starts the session; where it is refused, the form comes back with what was typed.
pub(super) fn submit(app: &mut App, now: At) -> Vec<Effect> {
    let Some(form) = form(app).map(|form| form.clone()) else { return Vec::new() };
    let Some(agent) = app.agents.get(form.agent) else {
        app.say("no agent is known: name one in config.toml", now);
        return Vec::new();
    };
    if !agent.found {
        let why = format!("{} is not installed: {}", agent.name, agent.note);
        app.say(why, now);
        return Vec::new();
    }
    let typed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let (name, whence) = (typed(&form.worktree), form.whence.as_ref().map(|(whence, _)| *whence));
    let apart = (name.is_some() || whence.is_some()).then_some(Apart { name, whence });
    let spec = StartSpec {
        agent: agent.name.clone(),
        cwd: folder(&form.folder, &app.here, &app.home),
        apart,
        mode: typed(&form.mode),
        prompt: typed(&form.prompt),
        ..StartSpec::default()
    };
    let words = format!("start {}", agent.name);
    let effects = app.send(Command::Start(Box::new(spec)), Pending::Start(Box::new(form)), &words);
    if !effects.is_empty() {
        app.overlay = None;
    }
    effects
}

/// The folder that was meant: `~` is home, a relative one is below `here`, nothing is `here`.
fn folder(typed: &str, here: &str, home: &str) -> String {
    let typed = typed.trim();
    let join = |base: &str, rest: &str| format!("{}/{}", base.trim_end_matches('/'), rest.trim_start_matches('/'));
    match typed.strip_prefix('~') {
        _ if typed.is_empty() => here.to_owned(),
        Some("") => home.to_owned(),
        Some(rest) if rest.starts_with('/') => join(home, rest),
        Some(_) | None if typed.starts_with('/') => typed.to_owned(),
        Some(_) | None => join(here, typed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_meant_as_a_shell_means_it() {
        let meant = |typed| folder(typed, "/srv/here", "/home/me");
        assert_eq!(meant(""), "/srv/here");
        assert_eq!(meant(" ~ "), "/home/me");
        assert_eq!(meant("~/src"), "/home/me/src");
        assert_eq!(meant("sub/x"), "/srv/here/sub/x");
        assert_eq!(meant("/abs"), "/abs");
        assert_eq!(meant("~odd"), "/srv/here/~odd");
    }
}
