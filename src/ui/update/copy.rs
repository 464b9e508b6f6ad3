//! Copying: the list of what is there, its texts once they are here, and what is said of it.

use super::super::app::{App, Focus};
use super::super::copy::{Copying, Lacks, Part, safe};
use super::super::msg::{Effect, ShowTo, Want};
use super::super::picker::PickerKind;
use super::super::{HandOver, Program};
use super::scopes::{Place, place};
use super::{picker, select};
use crate::domain::{At, Query, SessionId};
use std::collections::BTreeMap;

/// Patches are made of whole files: none is made of more than this.
const MOST: u64 = 16 << 20;
const ELSEWHERE: &str = "the pager and the editor of the same list have room for it";

/// What is selected in rows, else the list of what is there.
pub(super) fn copy(app: &mut App, now: At) -> Vec<Effect> {
    if place(app) == Place::Select {
        select::copy(app);
    } else if let Some((session, no)) = subject(app) {
        picker::open(app, PickerKind::Copy(session, no), 0, now);
    }
    Vec::new()
}

/// Whether there is something to copy.
pub(super) fn can_copy(app: &App) -> Result<(), String> {
    if subject(app).is_some() { Ok(()) } else { Err("there is no session yet".to_owned()) }
}

/// What the keys speak of: the card's call, the selected request's, the selected entry, or a session alone.
fn subject(app: &App) -> Option<(SessionId, Option<u64>)> {
    let request = match app.focus {
        Focus::Card => app.card.as_ref().map(|card| card.request),
        Focus::Queue => app.queue_selected.or(app.state.queue().first().map(|waiting| waiting.request.id)),
        Focus::Rail | Focus::Pane | Focus::Inspector | Focus::Composer => None,
    };
    if let Some(id) = request {
        let entry = app.state.session(id.session)?.request_and_step(id.seq).map(|(_, _, entry)| entry.no);
        return Some((id.session, entry));
    }
    let session = app.selected.and_then(|id| app.state.session(id))?;
    let last = session.timeline.next.checked_sub(1);
    let chosen = app.views.get(&session.id).and_then(|view| view.selected).or(last);
    let no = chosen.filter(|_| app.focus != Focus::Rail);
    Some((session.id, no))
}

/// Copies a part of an entry, now or once its texts have come.
pub(super) fn part(app: &mut App, session: SessionId, no: u64, part: Part, now: At) -> Vec<Effect> {
    attempt(app, Copying { session, no, part, bodies: BTreeMap::new() }, now)
}

/// A long text has come: it may be the last one that a copy waits for.
pub(super) fn arrived(app: &mut App, now: At) -> Vec<Effect> {
    match app.inner.copying.take() {
        Some(copying) => attempt(app, copying, now),
        None => Vec::new(),
    }
}

fn attempt(app: &mut App, mut copying: Copying, now: At) -> Vec<Effect> {
    match app.part(&copying) {
        Ok(text) => send(app, &text, now),
        Err(Lacks::Why(why)) => {
            app.say(why, now);
            Vec::new()
        }
        Err(Lacks::Bodies(missing)) => {
            let bytes: u64 = missing.iter().map(|body| body.bytes).sum();
            if bytes > MOST {
                app.say(format!("this is too much to copy: {ELSEWHERE}"), now);
                return Vec::new();
            }
            let wants: Vec<Want> = missing.iter().map(Want::body).collect();
            // All that is here is kept until the rest has come.
            let had: Vec<_> = app.bodies.iter().map(|(digest, text)| (*digest, text.clone())).collect();
            copying.bodies.extend(had);
            app.inner.copying = Some(copying);
            let news: Vec<_> =
                missing.into_iter().zip(wants).filter(|(_, want)| app.wanted.insert(want.clone())).collect();
            news.into_iter().map(|(body, _)| Effect::Ask(Query::Body { body })).collect()
        }
    }
}

/// Asks the loop for a text of a session.
pub(super) fn show(app: &mut App, session: SessionId, no: Option<u64>, to: ShowTo) -> Vec<Effect> {
    app.inner.copying = None;
    vec![Effect::Show(session, no, to)]
}

/// The text of a session that was asked for is here.
pub(super) fn told(app: &mut App, to: ShowTo, text: &str, now: At) -> Vec<Effect> {
    match to {
        ShowTo::Copy => send(app, text, now),
        ShowTo::Pager => vec![Effect::HandOver(HandOver::look(Program::Pager, text))],
        ShowTo::Editor => vec![Effect::HandOver(HandOver::look(Program::Editor, text))],
    }
}

/// Sends a text: its own characters, but for those that would act where it is pasted. Says *sent*, never *copied*.
pub(super) fn send(app: &mut App, source: &str, now: At) -> Vec<Effect> {
    if source.is_empty() {
        app.say("there is nothing in it to copy", now);
        return Vec::new();
    }
    let (text, marks) = safe(source);
    if let Err(why) = app.copy_to.takes(text.len() as u64, ELSEWHERE) {
        app.say(why, now);
        return Vec::new();
    }
    let marks = match marks {
        0 => String::new(),
        1 => "; 1 control character is a mark in it".to_owned(),
        many => format!("; {many} control characters are marks in it"),
    };
    app.say(format!("{}{marks}", app.copy_to.said(&text)), now);
    vec![Effect::Copy(text)]
}
