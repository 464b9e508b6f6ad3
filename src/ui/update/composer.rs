//! Text that is typed: prompts, reasons, words, forms. A paste is text wherever it lands, and never a key.

use super::super::app::{App, Draft, Overlay};
use super::super::console::Pending;
use super::super::draft::{Edited, cleaned};
use super::super::msg::{Effect, Press};
use super::super::{Chord, Menu};
use super::scopes::{Place, place};

use super::{
    Action, batch, card, complete, edit, everywhere, find, fleet, forms, guard, history, pad, picker, replay, reply,
    review, settings, shelf,
};
use crate::domain::{At, Command, Query, SessionId, Text};
use crate::state::{Life, Queued, Session};
use crossterm::event::{KeyCode, KeyEvent};
use std::sync::Arc;

/// A prompt holds at most so many bytes.
pub(super) const PROMPT_MAX: usize = 1 << 20;
/// A line that is typed holds at most so many bytes.
const LINE_MAX: usize = 4096;

/// A key that is bound to nothing here: text where something is typed.
pub(super) fn typed(app: &mut App, key: KeyEvent, now: At) -> Vec<Effect> {
    app.toast = None;
    match place(app) {
        Place::Composer => return edit_draft(app, key, now),
        Place::CardText => edit_line(card_text(app), key),
        Place::CardForm => edit::typed(app, key),
        Place::Reply => reply::typed(app, key),
        Place::BatchText => edit_line(batch::line(app), key),
        Place::Form => forms::typed(app, key),
        Place::Line => edit_line(shelf::line(app), key),
        Place::ReviewText => edit_line(review::line(app), key),
        Place::RailName => fleet::typed(app, key),
        Place::Picker => return picker::typed(app, key, now),
        Place::Find => return find::typed(app, key),
        Place::EverywhereLine => return everywhere::typed(app, key),
        Place::HelpFind => forms::edit_help(app, |line| edit_line(Some(line), key)),
        Place::SettingText | Place::SettingKey => return settings::typed(app, key, now),
        Place::Help
        | Place::Settings
        | Place::Grants
        | Place::Confirm
        | Place::Accept
        | Place::Undo
        | Place::Review
        | Place::Way
        | Place::Context
        | Place::Stats
        | Place::Everywhere
        | Place::Offers
        | Place::Sure
        | Place::Select
        | Place::Card
        | Place::Batch
        | Place::Peek
        | Place::Rail
        | Place::Elsewhere
        | Place::Pane
        | Place::Inspector
        | Place::Queue => {
            if matches!(place(app), Place::Card | Place::Sure | Place::Batch | Place::Undo | Place::Way) {
                app.inner.strayed = Some(now);
            }
            let help = app.key(Action::Help, "?");
            app.say(format!("{} does nothing here: {help} shows the keys", Chord::from(key)), now);
        }
    }
    Vec::new()
}

pub(super) fn pasted(app: &mut App, text: &str, now: At) -> Vec<Effect> {
    app.toast = None;
    if text.len() > PROMPT_MAX {
        app.say(format!("the paste holds {} bytes, and a prompt at most {PROMPT_MAX}", text.len()), now);
        return Vec::new();
    }
    match place(app) {
        Place::Composer => {
            if let Some(draft) = draft(app) {
                if draft.text.len().saturating_add(text.len()) > PROMPT_MAX {
                    app.say(format!("with the paste the prompt would hold more than {PROMPT_MAX} bytes"), now);
                } else {
                    draft.paste(text);
                    draft.recalled = None;
                }
            }
        }
        Place::CardText if is_override(app) => app.say("a paste never decides: type the word", now),
        Place::CardText => append(card_text(app), text),
        Place::CardForm => edit::pasted(app, text),
        Place::Reply => reply::pasted(app, text),
        Place::BatchText => append(batch::line(app), text),
        Place::Form => forms::pasted(app, text),
        Place::Line => append(shelf::line(app), text),
        Place::ReviewText => append(review::line(app), text),
        Place::RailName => fleet::pasted(app, text),
        Place::Picker => picker::pasted(app, text),
        Place::Find => return find::pasted(app, text),
        Place::EverywhereLine => return everywhere::pasted(app, text),
        Place::HelpFind => forms::edit_help(app, |line| append(Some(line), text)),
        Place::SettingText => settings::pasted(app, text),
        Place::Help
        | Place::Settings
        | Place::Grants
        | Place::SettingKey
        | Place::Confirm
        | Place::Accept
        | Place::Undo
        | Place::Review
        | Place::Way
        | Place::Context
        | Place::Stats
        | Place::Everywhere
        | Place::Offers
        | Place::Sure
        | Place::Select
        | Place::Card
        | Place::Batch
        | Place::Peek
        | Place::Rail
        | Place::Elsewhere
        | Place::Pane
        | Place::Inspector
        | Place::Queue => {
            let key = app.key(Action::Compose, "i");
            app.say(format!("a paste is text, and nothing takes text here: {key} writes a prompt"), now);
        }
    }
    Vec::new()
}

fn is_override(app: &App) -> bool {
    matches!(app.card.as_ref().and_then(|card| card.menu.as_ref()), Some(Menu::Override { .. }))
}

fn card_text(app: &mut App) -> Option<&mut String> {
    match app.card.as_mut()?.menu.as_mut()? {
        Menu::Reason { text, .. } | Menu::Override { text, .. } | Menu::Rest { text } => Some(text),
        Menu::Scopes { .. } | Menu::Edit | Menu::Sure { .. } | Menu::Reply => None,
    }
}

/// Edits a line at its end.
pub(super) fn edit_line(line: Option<&mut String>, key: KeyEvent) {
    let Some(line) = line else { return };
    let mut draft = Draft::of(std::mem::take(line));
    let chord = Chord::from(key).to_string();
    // The line has no cursor of its own: keys that only move do nothing.
    let edits = ["backspace", "ctrl-h", "ctrl-w", "ctrl-u", "alt-backspace", "ctrl-backspace"];
    if edits.contains(&chord.as_str()) || (matches!(key.code, KeyCode::Char(_)) && Chord::from(key).is_text()) {
        draft.edit(key, usize::MAX);
    }
    *line = draft.text;
    cut(line);
}

/// Adds text to a line at its end; newlines are spaces there.
pub(super) fn append(line: Option<&mut String>, text: &str) {
    let Some(line) = line else { return };
    line.push_str(cleaned(text).trim_end_matches('\n').replace('\n', " ").as_str());
    cut(line);
}

fn cut(line: &mut String) {
    let mut end = line.len().min(LINE_MAX);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.truncate(end);
}

fn draft(app: &mut App) -> Option<&mut Draft> {
    let id = app.selected?;
    Some(app.drafts.entry(id).or_default())
}

fn edit_draft(app: &mut App, key: KeyEvent, now: At) -> Vec<Effect> {
    let columns = app.inner.columns.unwrap_or(usize::MAX);
    let Some(draft) = draft(app) else { return Vec::new() };
    if draft.text.len() >= PROMPT_MAX && Chord::from(key).is_text() {
        app.say(format!("a prompt holds at most {PROMPT_MAX} bytes"), now);
        return Vec::new();
    }
    let before = draft.text.len();
    match draft.edit(key, columns) {
        Edited::Here if draft.text.len() != before => {
            draft.recalled = None;
            return complete::typed(app, now);
        }
        Edited::Here | Edited::Unknown => {}
        Edited::Above => history::back(app, history::Which::Alike, now),
        Edited::Below => history::forward(app, history::Which::Alike),
    }
    complete::follow(app, now)
}

/// Unfolds the paste at the cursor, else all.
pub(super) fn unfold(app: &mut App) {
    if let Some(draft) = draft(app) {
        draft.unfold();
    }
}

pub(super) fn new_line(app: &mut App) {
    match place(app) {
        Place::CardForm => return edit::new_line(app),
        Place::Reply => return reply::new_line(app),
        _ => {}
    }
    if let Some(draft) = draft(app) {
        draft.insert("\n");
        draft.recalled = None;
    }
}

/// Sends what is typed, wherever that is.
pub(super) fn submit(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    match place(app) {
        Place::CardText | Place::CardForm | Place::Sure | Place::Reply => card::submit(app, press, now),
        Place::BatchText => batch::submit(app, press, now),
        Place::Form => forms::submit(app, now),
        Place::Line if matches!(app.overlay, Some(Overlay::GoTo(_))) => replay::submit(app),
        Place::Line => shelf::submit(app, now),
        Place::ReviewText => {
            review::keep_comment(app);
            Vec::new()
        }
        Place::RailName => {
            fleet::submit(app, now);
            Vec::new()
        }
        Place::Find => {
            find::keep(app, now);
            Vec::new()
        }
        Place::Composer => {
            if nothing_typed(app) {
                return release(app, press, now);
            }
            let runs = app.subject().is_some_and(|session| session.turn.is_some());
            let effects = prompt(app, false);
            if runs && !effects.is_empty() {
                app.say("queued: it goes when the turn ends", now);
            }
            effects
        }
        Place::SettingText => settings::submit(app, press, now),
        Place::Help
        | Place::HelpFind
        | Place::Settings
        | Place::Grants
        | Place::SettingKey
        | Place::Confirm
        | Place::Accept
        | Place::Undo
        | Place::Review
        | Place::Way
        | Place::Context
        | Place::Stats
        | Place::EverywhereLine
        | Place::Everywhere
        | Place::Picker
        | Place::Offers
        | Place::Select
        | Place::Card
        | Place::Batch
        | Place::Peek
        | Place::Rail
        | Place::Elsewhere
        | Place::Pane
        | Place::Inspector
        | Place::Queue => Vec::new(),
    }
}

/// Hands what is typed to the running turn.
pub(super) fn steer(app: &mut App, now: At) -> Vec<Effect> {
    let effects = prompt(app, true);
    if !effects.is_empty() {
        app.say("handed to the running turn", now);
    }
    effects
}

fn prompt(app: &mut App, steer: bool) -> Vec<Effect> {
    let Some(session) = app.selected else { return Vec::new() };
    let Some(text) = app.drafts.get(&session).map(|draft| draft.text.clone()) else { return Vec::new() };
    let words = format!("prompt to {}", app.name_of(session));
    let command = Command::Prompt { session, text: text.clone(), steer };
    let effects = app.send(command, Pending::Prompt(session, text.clone()), &words);
    if !effects.is_empty() {
        app.drafts.remove(&session);
        app.inner.stashed.remove(&session);
        history::remember(app, text);
    }
    effects
}

/// Takes the newest queued prompt back. Its text comes into the composer once the hub has dropped it, never before: it
/// could be on its way.
pub(super) fn unqueue(app: &mut App, now: At) -> Vec<Effect> {
    let Some(session) = app.subject() else { return Vec::new() };
    let (id, Some(newest)) = (session.id, session.queue.last().cloned()) else { return Vec::new() };
    let prompt = newest.prompt;
    let text = match text_of(app, &newest, now) {
        Ok(text) => text,
        Err(effects) => return effects,
    };
    let words = format!("take back a prompt of {}", app.name_of(id));
    app.send(Command::DropPrompt { session: id, prompt }, Pending::Unqueue(id, text), &words)
}

/// The text of a queued prompt; empty where it was purged. Where it is not here, it is asked for.
fn text_of(app: &mut App, queued: &Queued, now: At) -> Result<String, Vec<Effect>> {
    match &queued.text {
        Text::Inline(text) => Ok(text.clone()),
        Text::Body(body) => match app.bodies.get(&body.digest) {
            Some(Some(text)) => Ok(Arc::as_ref(text).to_owned()),
            Some(None) => Ok(String::new()),
            None => {
                app.say("its text is being fetched: press again", now);
                Err(vec![Effect::Ask(Query::Body { body: *body })])
            }
        },
    }
}

/// Gives the oldest held prompt to the agent. The hub drops it from the queue first: what has left by itself is refused
/// there, and so it is never given twice.
fn release(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    if press == Press::Among {
        app.say("several keys came at once: press it alone", now);
        return Vec::new();
    }
    let oldest = app.selected.and_then(|id| app.state.session(id)).and_then(|session| session.queue.first());
    let (Some(session), Some(oldest)) = (app.selected, oldest.cloned()) else { return Vec::new() };
    let text = match text_of(app, &oldest, now) {
        Ok(text) => text,
        Err(effects) => return effects,
    };
    if text.trim().is_empty() {
        let key = app.key(Action::Unqueue, "alt-up");
        app.say(format!("its text was purged: {key} takes it back"), now);
        return Vec::new();
    }
    let words = format!("send a queued prompt to {}", app.name_of(session));
    let command = Command::DropPrompt { session, prompt: oldest.prompt };
    app.send(command, Pending::Release(session, text), &words)
}

/// The hub dropped a held prompt: now it goes, or comes into the composer where nothing can be sent.
pub(super) fn released(app: &mut App, session: SessionId, text: &str) -> Vec<Effect> {
    let words = format!("prompt to {}", app.name_of(session));
    let command = Command::Prompt { session, text: text.to_owned(), steer: false };
    let effects = app.send(command, Pending::Prompt(session, text.to_owned()), &words);
    if effects.is_empty() {
        give_back(app, session, text);
    }
    effects
}

/// Prompts wait in its queue though no turn runs: after an interrupt the hub sends none by itself.
#[must_use]
pub fn held(session: &Session) -> bool {
    session.life == Life::Open && session.turn.is_none() && !session.queue.is_empty()
}

/// What becomes of the prompts that an interrupt holds back.
pub(super) fn say_held(app: &mut App, now: At) {
    let (submit, back) = (app.key(Action::Submit, "enter"), app.key(Action::Unqueue, "alt-up"));
    app.say(format!("held: {submit} sends the queued prompt, {back} takes it back"), now);
}

/// Puts text before what is typed for a session.
pub(super) fn give_back(app: &mut App, session: SessionId, text: &str) {
    let draft = app.drafts.entry(session).or_default();
    let rest = std::mem::take(&mut draft.text);
    let joined = if rest.trim().is_empty() { text.to_owned() } else { format!("{text}\n{rest}") };
    *draft = Draft::of(joined);
    pad::changed(app);
}

/// Whether a session takes prompts, or why not.
pub(super) fn takes_prompts(session: &Session) -> Result<(), String> {
    match &session.life {
        Life::Open | Life::Starting(_) => Ok(()),
        Life::LoginNeeded { .. } => Err("the agent wants a login before it takes prompts".to_owned()),
        Life::Ended { .. } => Err("the session has ended: it takes no more prompts".to_owned()),
        Life::Unknown => Err("nothing is known of this session's agent: it takes no prompts".to_owned()),
    }
}

/// Whether text is at hand, and somebody to give it to.
pub(super) fn can_send(app: &App) -> Result<(), String> {
    match &app.overlay {
        Some(Overlay::NewSession(_)) => return app.can_act(),
        Some(Overlay::Settings(_)) => return Ok(()),
        _ => {}
    }
    match place(app) {
        Place::CardText | Place::CardForm | Place::Sure | Place::Reply => return guard::standing(app).map(|_| ()),
        Place::BatchText => return batch::standing(app).map(|_| ()),
        Place::Line | Place::RailName | Place::Find | Place::ReviewText => return Ok(()),
        _ => app.can_act()?,
    }
    let session = app.selected.and_then(|id| app.state.session(id)).ok_or("no session is selected")?;
    takes_prompts(session)?;
    match app.drafts.get(&session.id) {
        Some(draft) if !draft.text.trim().is_empty() => Ok(()),
        Some(_) | None if held(session) => {
            let busy = |pending: &Pending| {
                let (Pending::Unqueue(of, _) | Pending::Release(of, _) | Pending::Prompt(of, _)) = pending else {
                    return false;
                };
                *of == session.id
            };
            let busy = app.inner.pending.values().any(busy);
            if busy { Err("a prompt is on its way".to_owned()) } else { Ok(()) }
        }
        Some(_) | None => Err("nothing is typed yet".to_owned()),
    }
}

fn nothing_typed(app: &App) -> bool {
    app.selected.and_then(|id| app.drafts.get(&id)).is_none_or(|draft| draft.text.trim().is_empty())
}
