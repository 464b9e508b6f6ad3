//! The agent's own conversation: taken back or copied, after it was shown what goes and what stays; what its context is made
//! of; which model it asks. What a protocol has no word for is said before anything is looked at.

use super::super::app::{App, Overlay};
use super::super::card::DWELL_MS;
use super::super::console::Pending;
use super::super::msg::{Effect, Press};
use super::super::picker::PickerKind;
use super::super::way::{Asked, ContextUi, Does, WayUi};
use super::navigation::{Move, moved};
use super::{Action, guard, picker};
use crate::domain::{At, Command, Reply, TurnNo};
use crate::state::{Life, Session};

/// The protocol that has no words for any of it.
const ACP: &str = "acp";

fn subject(app: &App) -> Result<&Session, String> {
    app.subject().ok_or_else(|| "no session is selected".to_owned())
}

fn runs(session: &Session, what: &str) -> Result<(), String> {
    match &session.life {
        Life::Open => Ok(()),
        Life::Ended { .. } => Err(format!("{} has ended: {what}", session.name)),
        Life::Unknown | Life::Starting(_) | Life::LoginNeeded { .. } => {
            Err(format!("{} is not open yet: wait until it is", session.name))
        }
    }
}

/// Whether a conversation can go back, or be copied.
pub(super) fn can(app: &App, does: Does) -> Result<(), String> {
    app.can_act()?;
    let session = subject(app)?;
    let name = &session.name;
    if session.driver == ACP {
        let undo = app.key(Action::UndoBack, "U");
        return Err(match does {
            Does::Rewind => format!(
                "{name} speaks ACP, which can't take a conversation back; what its steps did to files can be: {undo}"
            ),
            Does::Fork => format!("{name} speaks ACP, by which taut can't fork a conversation"),
        });
    }
    if session.way.newest().is_none() {
        return Err("nothing was said in it yet".to_owned());
    }
    if does == Does::Fork {
        return Ok(());
    }
    let fork = app.key(Action::Fork, "K");
    runs(session, &format!("{fork} begins another session from there"))?;
    if session.turn.is_some() {
        let stop = app.key(Action::Interrupt, "X");
        return Err(format!("a turn runs: {stop} interrupts it, then the conversation can be taken back"));
    }
    Ok(())
}

/// Whether a model can be set.
pub(super) fn can_set_model(app: &App) -> Result<(), String> {
    app.can_act()?;
    let session = subject(app)?;
    if session.driver == ACP {
        return Err("its model can't be set from here: the agent has its own command or file for it".to_owned());
    }
    runs(session, "no model is asked any more")
}

/// Whether it is known what the context is made of, or can be asked.
pub(super) fn can_tell(app: &App) -> Result<(), String> {
    let session = subject(app)?;
    if session.context.is_some() && !matches!(app.overlay, Some(Overlay::Context(_))) {
        return Ok(());
    }
    can_ask(app, session)
}

fn can_ask(app: &App, session: &Session) -> Result<(), String> {
    app.can_act()?;
    if session.driver == ACP {
        return Err("what its context is made of is not known: ACP has no word for it".to_owned());
    }
    runs(session, "it tells nothing any more")
}

/// Opens the list of models.
pub(super) fn models(app: &mut App, now: At) {
    let Some(session) = app.subject() else { return };
    let id = session.id;
    let rows = app.picks(PickerKind::Models(id));
    let at = rows.iter().position(|row| !row.note.is_empty()).unwrap_or(0);
    picker::open(app, PickerKind::Models(id), at, now);
}

/// Shows what the context is made of; asks for it where that was never told, or where it is shown already.
pub(super) fn context(app: &mut App, now: At) -> Vec<Effect> {
    let shown = match &app.overlay {
        Some(Overlay::Context(ui)) => Some(ui.session),
        _ => None,
    };
    let Some(session) = shown.map_or_else(|| app.subject(), |id| app.state.session(id)) else { return Vec::new() };
    let (id, seq) = (session.id, session.seq);
    let asks = session.context.is_none() || shown.is_some();
    let waits = match &app.overlay {
        Some(Overlay::Context(ui)) => matches!(ui.asked(session), Asked::Since(..)),
        _ => false,
    };
    if waits {
        app.say("it is being asked", now);
        return Vec::new();
    }
    let (effects, stage) = if asks {
        let words = format!("ask {} for its context", app.name_of(id));
        let sent = app.send(Command::TellContext { session: id }, Pending::Way(id), &words);
        (sent, Asked::Since(seq, now))
    } else {
        (Vec::new(), Asked::No)
    };
    app.overlay = Some(Overlay::Context(ContextUi { session: id, stage, top: 0 }));
    effects
}

/// Scrolls what the context is made of.
pub(super) fn scroll(app: &mut App, by: Move) {
    let rows = by.rows(app.size.1.saturating_sub(6));
    if let Some(Overlay::Context(ui)) = &mut app.overlay {
        ui.top = moved(ui.top, rows).min(10_000);
    }
}

/// Opens the question: from the turn in which the timeline stands. Taking back takes that one and all that followed, a
/// copy ends with it.
pub(super) fn open(app: &mut App, does: Does, now: At) {
    let Some(session) = app.subject() else { return };
    let at = app.current(session).and_then(|no| app.entry(session, no)).map_or(session.turns, |entry| entry.turn);
    let mut ui = WayUi { session: session.id, does, keep: at, newest: session.way.newest(), since: now, sent: false };
    let places = ui.places(session);
    let before = |turn: &&TurnNo| match does {
        Does::Rewind => **turn < at,
        Does::Fork => **turn <= at,
    };
    ui.keep = places.iter().rev().find(before).or(places.first()).copied().unwrap_or_default();
    app.overlay = Some(Overlay::Way(ui));
    app.inner.opened = now;
}

/// True where the question is open.
pub(super) fn is_open(app: &App) -> bool {
    app.parting().is_some()
}

fn ui(app: &mut App) -> Option<&mut WayUi> {
    match &mut app.overlay {
        Some(Overlay::Way(ui)) => Some(ui),
        _ => None,
    }
}

/// One turn later, one earlier.
pub(super) fn go(app: &mut App, by: Move, now: At) {
    let Some(open) = app.parting().filter(|open| !open.sent) else { return };
    let Some(session) = app.state.session(open.session) else { return };
    let (places, newest) = (open.places(session), session.way.newest());
    let at = places.iter().position(|place| *place >= open.keep).unwrap_or(places.len().saturating_sub(1));
    let Some(&keep) = places.get(by.within(at, places.len())) else { return };
    if let Some(ui) = ui(app) {
        *ui = WayUi { keep, newest, since: now, ..*ui };
    }
}

/// Whether it can be done as it is shown.
pub(super) fn can_do(app: &App) -> Result<(), String> {
    let open = app.parting().ok_or("nothing is asked")?;
    can_of(app, open)?;
    if open.sent {
        return Err("it is being done".to_owned());
    }
    let session = app.state.session(open.session).ok_or("its session is gone")?;
    open.possible(session)
}

/// What could not be done from the start can't be done now.
fn can_of(app: &App, open: &WayUi) -> Result<(), String> {
    app.can_act()?;
    match (open.does, app.state.session(open.session)) {
        (Does::Rewind, Some(session)) => {
            runs(session, "nothing is taken back")?;
            if session.turn.is_some() { Err("a turn has begun: interrupt it first".to_owned()) } else { Ok(()) }
        }
        (Does::Rewind | Does::Fork, _) => Ok(()),
    }
}

/// Does it, with the guards of a decision: what the agent forgets it does not remember again.
pub(super) fn yes(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    let refused = can_do(app)
        .and_then(|()| guard::pressed(app, (Action::Yes, press), now))
        .and_then(|()| guard::strayed(app, now).map_or(Ok(()), |why| Err(why.to_owned())))
        .and_then(|()| looked_at(app, now));
    if let Err(why) = refused {
        if let (Some(newest), Some(ui)) = (grown(app), ui(app)) {
            (ui.newest, ui.since) = (Some(newest), now);
        }
        app.say(why, now);
        return Vec::new();
    }
    let Some(&WayUi { session, does, keep, newest, .. }) = app.parting() else { return Vec::new() };
    let name = app.name_of(session);
    let (command, words) = match does {
        Does::Rewind => (Command::Rewind { session, to: keep }, format!("take the conversation of {name} back")),
        Does::Fork => {
            // A copy of all is a copy as it is then.
            let to = Some(keep).filter(|keep| Some(*keep) != newest);
            (Command::Fork { session, to, cwd: None, env: Vec::new() }, format!("fork {name}"))
        }
    };
    let effects = app.send(command, Pending::Way(session), &words);
    if let (false, Some(ui)) = (effects.is_empty(), ui(app)) {
        ui.sent = true;
    }
    effects
}

/// The newest turn, where it is another one than when it was looked at.
fn grown(app: &App) -> Option<TurnNo> {
    let open = app.parting()?;
    let newest = app.state.session(open.session)?.way.newest();
    newest.filter(|_| newest != open.newest)
}

fn looked_at(app: &App, now: At) -> Result<(), String> {
    if grown(app).is_some() {
        return Err("the conversation went on meanwhile: look at what would go now, then press again".to_owned());
    }
    match app.parting() {
        Some(open) if now.since(open.since) >= DWELL_MS => Ok(()),
        _ => Err("this has just appeared: look, then press again".to_owned()),
    }
}

/// What the hub made of it.
pub(super) fn replied(app: &mut App, pending: &Pending, reply: &Reply, now: At) {
    let Pending::Way(session) = pending else { return };
    let done = matches!(reply, Reply::Done | Reply::Held | Reply::KeptFirst | Reply::Started { .. });
    match &mut app.overlay {
        Some(Overlay::Way(ui)) if ui.session == *session && ui.sent => {
            ui.sent = false;
            if done {
                let does = ui.does;
                app.overlay = None;
                said(app, does, now);
            }
        }
        Some(Overlay::Context(ui)) if ui.session == *session => {
            if let Reply::Refused { why } = reply {
                ui.stage = Asked::Failed(why.clone());
            }
        }
        _ => {}
    }
}

fn said(app: &mut App, does: Does, now: At) {
    if does == Does::Rewind {
        app.say("the agent was told to go back: the timeline says how far it went; files stay as they are", now);
    }
}

/// The link broke: what was asked or sent has no answer any more.
pub(super) fn link_lost(app: &mut App) {
    match &mut app.overlay {
        Some(Overlay::Way(ui)) => ui.sent = false,
        Some(Overlay::Context(ui)) if matches!(ui.stage, Asked::Since(..)) => {
            ui.stage = Asked::Failed("the link to the hub broke before it could answer: ask again".to_owned());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SessionId;

    #[test]
    fn what_acp_has_no_word_for_is_said_before_anything_opens() {
        let acp = Session { driver: ACP.to_owned(), life: Life::Open, name: "a".to_owned(), ..Session::default() };
        let mut app = App::default();
        let id = SessionId(1);
        app.state.sessions.insert(id, Session { id, ..acp });
        app.selected = Some(id);
        for (can, word) in [
            (can(&app, Does::Rewind), "can't take a conversation back"),
            (can(&app, Does::Fork), "can't fork"),
            (can_set_model(&app), "can't be set from here"),
            (can_tell(&app), "ACP has no word for it"),
        ] {
            let why = can.unwrap_err();
            assert!(why.contains(word), "{why}");
        }
        for action in [Action::Rewind, Action::Fork, Action::Models, Action::Context] {
            let effects = super::super::did(&mut app, action, Press::Alone, At(0));
            assert!(effects.is_empty() && app.overlay.is_none() && app.toast.is_some(), "{action:?}");
        }
    }
}
