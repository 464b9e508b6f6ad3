//! The terminal was another program's: what goes out, what comes back, and why no key of it decides.

use super::super::HandOver;
use super::super::app::{App, Draft, Focus};
use super::super::draft::cleaned;
use super::super::handover::Purpose;
use super::super::msg::Effect;
use super::scopes::{Place, place};
use super::{Action, composer, edit};
use crate::domain::At;

/// Whether there is a draft that an editor could take.
pub(super) fn can_edit(app: &App) -> Result<(), String> {
    if place(app) == Place::CardForm {
        return Ok(());
    }
    app.can_act()?;
    let session = app.selected.and_then(|id| app.state.session(id)).ok_or("no session is selected")?;
    composer::takes_prompts(session)?;
    if app.focus == Focus::Composer {
        Ok(())
    } else {
        Err("nothing is written here: open the composer first".to_owned())
    }
}

/// The draft goes to the editor.
pub(super) fn edit(app: &mut App) -> Vec<Effect> {
    if place(app) == Place::CardForm {
        return edit::outside(app);
    }
    let Some(session) = app.selected else { return Vec::new() };
    let text = app.drafts.get(&session).map_or_else(String::new, |draft| draft.text.clone());
    vec![Effect::HandOver(HandOver::draft(session, text))]
}

/// The terminal is ours again. Whatever lies on the screen counts as not seen yet (invariant 5): keys that were meant for
/// the other program decide nothing here.
pub(super) fn back(app: &mut App, purpose: Purpose, left: Result<String, String>, now: At) {
    if let Some(card) = &mut app.card {
        card.painted = None;
    }
    if let Some(batch) = &mut app.batch {
        (batch.framed, batch.painted) = (None, None);
    }
    (app.inner.focused, app.inner.opened) = (Some(now), now);
    app.toast = None;
    match (purpose, left) {
        (Purpose::Look, Ok(_)) => {}
        (Purpose::Look, Err(why)) => app.say(why, now),
        (Purpose::Edit(_), Err(why)) => app.say(format!("{why}; what was typed stays as it was"), now),
        (Purpose::Edit(request), Ok(text)) => {
            let same = app.card.as_ref().is_some_and(|card| card.request == request);
            // Where the request is asked anew the form goes along, and so does what was written for it.
            let anew = app.state.request(request).is_some_and(|request| !request.waits());
            if !((same || anew) && edit::back(app, &text)) {
                app.say("the form is closed, or holds no such text: what the editor left is dropped", now);
            }
        }
        (Purpose::Draft(_), Err(why)) => app.say(format!("{why}; the draft stays as it was"), now),
        (Purpose::Draft(session), Ok(text)) => {
            let text = cleaned(text.trim_end_matches(['\n', '\r']));
            let before = app.drafts.get(&session).map_or("", |draft| draft.text.as_str());
            if text.trim().is_empty() && !before.trim().is_empty() {
                let clear = app.key(Action::CtrlC, "ctrl-c");
                app.say(format!("the editor left no text; the draft stays as it was, and {clear} clears it"), now);
            } else if text.len() > composer::PROMPT_MAX {
                let most = composer::PROMPT_MAX;
                app.say(
                    format!("the editor left {} bytes, and a prompt holds at most {most}; the draft stays", text.len()),
                    now,
                );
            } else if text != before {
                app.drafts.insert(session, Draft::of(text));
            }
        }
    }
}
