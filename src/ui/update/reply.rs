//! Answering an agent's questions: choices by number or arrow, words where they are taken. Only the last key sends.

use super::super::app::App;
use super::super::card::DWELL_MS;
use super::super::card::Menu;
use super::super::msg::{Effect, Press};
use super::super::reply::{ReplyForm, takes_words};
use super::Action;
use super::card::{decide, set_menu};
use super::guard::standing;
use super::navigation::Move;
use crate::domain::{At, Decision, Question, Topic};
use crossterm::event::{KeyCode, KeyEvent};

/// Bytes of one answer.
const MOST: usize = 64 << 10;
/// Columns of a line of words before its first frame.
const COLUMNS: usize = 60;

/// The questions of the open card.
pub(super) fn questions(app: &App) -> Option<&[Question]> {
    let card = app.card.as_ref()?;
    match &app.state.request(card.request)?.how.topic {
        Topic::Questions(questions) => Some(questions),
        Topic::Call | Topic::Plan(_) => None,
    }
}

/// Opens the form. Answers that were given before stay, while the questions are the same.
pub(super) fn open(app: &mut App, now: At) {
    let (digest, questions) = match (standing(app), questions(app)) {
        (Ok(waiting), Some(questions)) => (waiting.request.digest, questions.to_vec()),
        (Err(why), _) => return app.say(why, now),
        (Ok(_), None) => return,
    };
    if let Some(card) = &mut app.card {
        match &mut card.reply {
            Some(form) if form.questions == questions => form.of = digest,
            _ => card.reply = Some(ReplyForm::new(digest, questions)),
        }
    }
    set_menu(app, Menu::Reply, now);
}

fn form(app: &mut App) -> Option<&mut ReplyForm> {
    app.card.as_mut().filter(|card| card.menu == Some(Menu::Reply))?.reply.as_mut()
}

/// A key: a number or a blank takes a choice, everything else is text where words are taken.
pub(super) fn typed(app: &mut App, key: KeyEvent) {
    let columns = app.inner.columns.unwrap_or(COLUMNS);
    let Some(form) = form(app) else { return };
    if !form.writes() {
        match key.code {
            KeyCode::Char(' ') => form.pick(form.row),
            KeyCode::Char(digit) => {
                if let Some(choice) = digit.to_digit(10).and_then(|digit| digit.checked_sub(1)) {
                    form.pick(choice as usize);
                }
            }
            _ => {}
        }
        return;
    }
    if let Some((question, answer)) = form.here() {
        let before = answer.own.clone();
        let many = question.many;
        answer.own.edit(key, columns);
        if answer.own.text.len() > MOST {
            answer.own = before;
        } else if answer.own.text != before.text && !many {
            answer.picked.clear();
        }
    }
}

pub(super) fn pasted(app: &mut App, text: &str) {
    let Some(form) = form(app).filter(|form| form.writes()) else { return };
    if let Some((question, answer)) = form.here()
        && answer.own.text.len().saturating_add(text.len()) <= MOST
    {
        let many = question.many;
        answer.own.insert(text);
        if !many {
            answer.picked.clear();
        }
    }
}

pub(super) fn new_line(app: &mut App) {
    pasted(app, "\n");
}

pub(super) fn go(app: &mut App, by: Move) {
    if let Some(form) = form(app) {
        form.row = by.within(form.row, form.rows());
    }
}

/// Another question.
pub(super) fn next(app: &mut App, by: usize) {
    if let Some(form) = form(app) {
        let count = form.questions.len().max(1);
        (form.at, form.row) = ((form.at + by % count) % count, 0);
    }
}

/// How many questions the form has.
pub(super) fn count(app: &App) -> usize {
    app.card.as_ref().and_then(|card| card.reply.as_ref()).map_or(0, |form| form.questions.len())
}

/// Takes the choice under the cursor where the question has no answer yet; else goes to one that has none; else sends.
pub(super) fn submit(app: &mut App, press: Press, now: At) -> Vec<Effect> {
    let asked = match standing(app) {
        Ok(waiting) => waiting.request.digest,
        Err(why) => {
            app.say(why, now);
            return Vec::new();
        }
    };
    let Some(form) = form(app) else { return Vec::new() };
    if form.of != asked {
        app.say("the questions have changed: esc goes back, then read and answer them anew", now);
        return Vec::new();
    }
    let open = form.answers.get(form.at).is_some_and(|a| a.picked.is_empty() && a.own.text.trim().is_empty());
    if open && !form.writes() {
        form.pick(form.row);
        if let Some(next) = form.open() {
            (form.at, form.row) = (next, 0);
        }
        return Vec::new();
    }
    if let Some(next) = form.open() {
        let here = next == form.at;
        (form.at, form.row) = (next, if here { form.row } else { 0 });
        let all = form.questions.len();
        let said = if here { "it has no answer yet".to_owned() } else { format!("question {} of {all}", next + 1) };
        app.say(said, now);
        return Vec::new();
    }
    let given = form.given();
    let changed = questions(app).is_none_or(|questions| {
        questions.len() != given.len() || questions.iter().zip(&given).any(|(q, given)| !answers(q, &given.answers))
    });
    if changed {
        app.say("these are no answers to what is asked: choose among the choices", now);
        return Vec::new();
    }
    if now.since(app.inner.opened) < DWELL_MS {
        app.say("the form has just appeared: look, then press again", now);
        return Vec::new();
    }
    decide(app, Decision::Reply { given }, (Action::Submit, press), now)
}

/// True where these are answers to a question: its own labels, one unless it takes many, or words where it takes words.
fn answers(question: &Question, given: &[String]) -> bool {
    let own = |answer: &&String| question.choices.iter().all(|choice| choice.label != **answer);
    (question.many || given.len() == 1) && (takes_words(question) || given.iter().filter(own).count() == 0)
}
