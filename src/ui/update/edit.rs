//! Edit, then run: the form in which a call, or one hunk, is written otherwise, and the way from there to a decision.
//!
//! Nothing leaves from the form: what is typed is looked at, then stands on the card whole, and is sent from there.

use super::super::app::{App, Draft};
use super::super::card::{Menu, Outlook};
use super::super::edit::{EditField, EditForm, Editing, MOST, REASON};
use super::super::face;
use super::super::handover::HandOver;
use super::super::msg::{Effect, Want};
use super::super::parts::Chosen;
use super::card::{set_menu, single};
use super::guard::standing;
use super::{diffs, parts};
use crate::domain::fields::{self, Field, Meaning};
use crate::domain::{At, Carrier, Decision, Digest, RequestId, Text, Topic, Verdict, swap};
use crate::state::Waiting;
use crossterm::event::KeyEvent;
use serde_json::Value;

/// Columns of a field before its first frame.
const COLUMNS: usize = 60;

/// What can be edited of the request on the card: its arguments.
fn args<'a>(app: &'a App, waiting: &Waiting<'a>) -> Result<&'a str, String> {
    let instead = "deny with a reason instead";
    if let Topic::Questions(_) = waiting.request.how.topic {
        return Err("these are questions: answer them".to_owned());
    }
    let text = match &waiting.step.args {
        Some(args) if args.bytes() > MOST as u64 => {
            return Err(format!("its arguments hold {} bytes, too many to edit here: {instead}", args.bytes()));
        }
        Some(args) => app.here(args).ok_or("its arguments are not all here yet")?,
        None => "",
    };
    let carried = fields::carried(face::carries_edit(waiting.request), Some(text));
    carried.map(|_| text).map_err(|why| format!("it can't be edited, since {why}: {instead}"))
}

/// Whether the call can be edited.
pub(super) fn can_edit_call(app: &App) -> Result<(), String> {
    let waiting = standing(app)?;
    if app.card.as_ref().is_some_and(|card| card.parts.differs()) {
        return Err("hunks are refused or edited: take them all back first, or send that part".to_owned());
    }
    args(app, &waiting).map(|_| ())
}

/// Whether there is a hunk, else a call, that can be edited.
pub(super) fn can_edit(app: &App) -> Result<(), String> {
    if parts::can_choose(app).is_ok() { Ok(()) } else { can_edit_call(app) }
}

/// Edits the hunk at which the reader stands, else the call.
pub(super) fn edit(app: &mut App, now: At) {
    match parts::can_choose(app) {
        Ok(()) => hunk(app, now),
        Err(_) => call(app, now),
    }
}

/// Opens the form with what was typed before, where that was about the same; else as `make` has it.
fn open(app: &mut App, what: Editing, proposed: &str, fields: Vec<EditField>, now: At) {
    let Ok(of) = standing(app).map(|waiting| waiting.request.digest) else { return };
    let Some(card) = &mut app.card else { return };
    // What was typed stays, also where what it was typed for has changed: the form says so then. The lines of a hunk
    // belong to that hunk alone.
    let keys = |fields: &[EditField]| -> Vec<_> { fields.iter().map(|field| field.label.clone()).collect() };
    let stays = |form: &EditForm| {
        let is_same = form.what == what && form.proposed == proposed;
        let is_hunk = matches!(what, Editing::Hunk(_));
        (is_same && (form.of == of || is_hunk))
            || (!is_hunk && form.touched && form.what == what && keys(&form.fields) == keys(&fields))
    };
    if card.form.as_ref().is_some_and(stays) {
        if let Some(form) = card.form.as_mut().filter(|_| matches!(what, Editing::Hunk(_))) {
            form.of = of;
        }
    } else {
        // What is mostly edited is not where it goes but what goes there.
        let aims = |field: &EditField| {
            field.field.as_ref().is_some_and(|field| !matches!(field.meaning, Meaning::Path | Meaning::Old))
        };
        let at = fields.iter().position(aims).unwrap_or(0);
        let proposed = proposed.to_owned();
        card.form = Some(EditForm { what, fields, at, touched: false, wrong: None, of, proposed });
    }
    set_menu(app, Menu::Edit, now);
}

/// Opens the form for the arguments.
pub(super) fn call(app: &mut App, now: At) {
    let proposed = match standing(app).and_then(|waiting| {
        let text = args(app, &waiting)?;
        Ok((text.to_owned(), waiting.request.how.topic.clone()))
    }) {
        Ok(found) => found,
        Err(why) => return app.say(why, now),
    };
    let (text, topic) = proposed;
    let known = match &topic {
        Topic::Plan(plan) => app.here(plan).and_then(|plan| holding(&text, plan)).into_iter().collect(),
        Topic::Call | Topic::Questions(_) => fields::fields(&text),
    };
    let plan = matches!(topic, Topic::Plan(_));
    let label = |field: &Field| if plan { "plan" } else { field.meaning.word() }.to_owned();
    let one = |field: Field| EditField { label: label(&field), draft: at_start(&field.text), field: Some(field) };
    let (what, mut fields) = if known.is_empty() {
        let pretty = pretty(&text);
        (Editing::Json, vec![EditField { label: "arguments".to_owned(), field: None, draft: at_start(&pretty) }])
    } else {
        (Editing::Fields, known.into_iter().map(one).collect())
    };
    fields.push(EditField { label: REASON.to_owned(), field: None, draft: Draft::default() });
    open(app, what, &text, fields, now);
}

/// The field of the arguments that holds a text, where one does.
fn holding(args: &str, text: &str) -> Option<Field> {
    let Ok(Value::Object(fields)) = serde_json::from_str(args) else { return None };
    let key = fields.iter().find(|(_, value)| value.as_str() == Some(text)).map(|(key, _)| key.clone())?;
    Some(Field { key, meaning: Meaning::Content, text: text.to_owned() })
}

fn at_start(text: &str) -> Draft {
    // A line is written on at its end, a longer text is read first.
    let cursor = if text.contains('\n') { 0 } else { text.len() };
    Draft { cursor, ..Draft::of(text.to_owned()) }
}

fn pretty(args: &str) -> String {
    let value: Option<Value> = serde_json::from_str(args).ok();
    value.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| args.to_owned())
}

/// Opens the form for the hunk at which the reader stands.
fn hunk(app: &mut App, now: At) {
    let at = app.card.as_ref().map_or(0, |card| card.parts.at);
    let lines = match parts::lines_of(app, at) {
        Ok(lines) => lines,
        Err(why) => return app.say(why, now),
    };
    let chosen = app.card.as_ref().and_then(|card| card.parts.chosen.get(&at));
    let now_there = match chosen {
        Some(Chosen::Edited(edited)) => edited.clone(),
        Some(Chosen::Refused) | None => lines.clone(),
    };
    // Ends of lines are the file's own: they come back with what is typed.
    let text = now_there.replace("\r\n", "\n");
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let field = EditField {
        label: format!("hunk {at}"),
        field: None,
        draft: Draft { cursor: 0, ..Draft::of(text.to_owned()) },
    };
    // The lines that are edited stand above the form.
    if let Some(row) = parts::row_of(app, at) {
        diffs::to_row(app, row);
    }
    open(app, Editing::Hunk(at), &lines, vec![field], now);
}

fn form(app: &mut App) -> Option<&mut EditForm> {
    let card = app.card.as_mut().filter(|card| card.menu == Some(Menu::Edit))?;
    card.form.as_mut()
}

/// The field that has the keys.
fn draft(app: &mut App) -> Option<&mut Draft> {
    let form = form(app)?;
    (form.wrong, form.touched) = (None, true);
    form.here().map(|field| &mut field.draft)
}

/// A key in the form.
pub(super) fn typed(app: &mut App, key: KeyEvent) {
    let columns = app.inner.columns.unwrap_or(COLUMNS);
    if let Some(draft) = draft(app) {
        let before = draft.clone();
        draft.edit(key, columns);
        if draft.text.len() > MOST {
            *draft = before;
        }
    }
}

/// A paste is text, and never a key.
pub(super) fn pasted(app: &mut App, text: &str) {
    if let Some(draft) = draft(app).filter(|draft| draft.text.len().saturating_add(text.len()) <= MOST) {
        draft.insert(text);
    }
}

pub(super) fn new_line(app: &mut App) {
    if let Some(draft) = draft(app) {
        draft.insert("\n");
    }
}

/// Goes to another field.
pub(super) fn next_field(app: &mut App, by: usize) {
    if let Some(form) = form(app) {
        let count = form.fields.len().max(1);
        form.at = (form.at + by % count) % count;
    }
}

/// How many fields the form has.
pub(super) fn fields_of(app: &App) -> usize {
    app.card.as_ref().and_then(|card| card.form.as_ref()).map_or(0, |form| form.fields.len())
}

/// True where a form on the card has the keys, and just one field or question.
pub(super) fn is_alone(app: &App) -> bool {
    match app.card.as_ref().and_then(|card| card.menu.as_ref()) {
        Some(Menu::Edit) => fields_of(app) < 2,
        Some(Menu::Reply) => super::reply::count(app) < 2,
        _ => false,
    }
}

/// The field goes to the editor.
pub(super) fn outside(app: &mut App) -> Vec<Effect> {
    let Some(request) = app.card.as_ref().map(|card| card.request) else { return Vec::new() };
    let text = form(app).and_then(|form| Some(form.here()?.draft.text.clone()));
    text.map(|text| Effect::HandOver(HandOver::edit(request, text))).into_iter().collect()
}

/// What the editor left of a field.
pub(super) fn back(app: &mut App, text: &str) -> bool {
    let Some(draft) = draft(app) else { return false };
    // An editor ends the last line; whether the field ended so is known better here.
    let ends = draft.text.ends_with('\n');
    let left = if ends { text } else { text.strip_suffix('\n').unwrap_or(text) };
    if left.len() <= MOST {
        *draft = Draft { cursor: draft.cursor.min(left.len()), ..Draft::of(left.to_owned()) }.sane();
    }
    left.len() <= MOST
}

/// Looks at what is typed: what is wrong is said beside its field, a call that is sound stands on the card, and a hunk is
/// kept for the answer. Nothing is sent.
pub(super) fn submit(app: &mut App, now: At) {
    let Some(form) = form(app).map(|form| form.clone()) else { return };
    let outcome = match form.what {
        Editing::Hunk(hunk) => keep_hunk(app, &form, hunk),
        Editing::Fields | Editing::Json => decision(app, &form).and_then(|decision| sure(app, decision, now)),
    };
    let of = standing(app).map(|waiting| waiting.request.digest);
    if let (Ok(()), Ok(of), Some(form)) = (&outcome, of, app.card.as_mut().and_then(|card| card.form.as_mut())) {
        // It stands beside what is asked now.
        form.of = of;
    }
    if let Err(why) = outcome
        && let Some(form) = app.card.as_mut().and_then(|card| card.form.as_mut())
    {
        form.is_wrong(why);
    }
}

/// The decision that a form makes, checked against what is proposed now.
fn decision(app: &App, form: &EditForm) -> Result<Decision, String> {
    let waiting = standing(app)?;
    let proposed = args(app, &waiting)?;
    let edited = match form.what {
        Editing::Fields => fields::with_fields(proposed, &form.typed()),
        Editing::Json | Editing::Hunk(_) => form.text().to_owned(),
    };
    fields::check(waiting.step.tool.as_deref(), proposed, &edited)?;
    stands(app, &waiting, &edited)?;
    let value = |text: &str| serde_json::from_str::<Value>(text).ok();
    if value(proposed) == value(&edited) {
        return Err("nothing was changed: esc goes back, and the key that allows lets it run as it is".to_owned());
    }
    if face::carries_edit(waiting.request) == Carrier::Hub {
        if fields::deed(&edited).is_none() {
            return Err("taut does not know how to do this work: deny with a reason instead".to_owned());
        }
        fields::only_known(proposed, &edited)?;
    }
    let edited = value(&edited).map_or(edited, |value| value.to_string());
    Ok(Decision::Edit { offer: single(waiting.request), args: Text::from(edited), reason: form.reason() })
}

/// Whether the texts that would be replaced stand in their file, as far as it is known here how it stood; the hub looks at
/// the file itself.
fn stands(app: &App, waiting: &Waiting<'_>, edited: &str) -> Result<(), String> {
    let Some(swaps) = swap::swaps(edited) else { return Ok(()) };
    let Some(stood) = waiting.request.how.stood.iter().find(|stood| stood.path == swaps.path) else { return Ok(()) };
    match stood.text.as_ref().map(|text| app.here(text)) {
        None => swaps.fit(None),
        Some(Some(text)) => swaps.fit(Some(text)),
        // Not loaded: the hub will say it.
        Some(None) => Ok(()),
    }
}

/// What policy says of the changed call that stands on the card.
pub(super) fn judged(app: &mut App, request: RequestId, of: Digest, verdict: Result<Verdict, String>) {
    if let Some(card) = app.card.as_mut().filter(|card| card.request == request && card.outlook.of == of) {
        card.outlook.verdict = Some(verdict);
    }
}

/// Puts a changed call on the card, to be read whole and sent from there.
pub(super) fn sure(app: &mut App, decision: Decision, now: At) -> Result<(), String> {
    let face = match standing(app) {
        Ok(waiting) => app.face(waiting.session, waiting.step, &decision),
        Err(why) => return Err(why),
    };
    let Some(face) = face else { return Err("not all that it rests on is here yet: try again".to_owned()) };
    app.inner.unread_armed = None;
    let top = app.card.as_ref().map_or(0, |card| card.top);
    // It is looked at anew each time: rules and the disk may have changed since.
    app.wanted.retain(|want| !matches!(want, Want::Ahead(..) | Want::LossesAhead(..)));
    if let Some(card) = &mut app.card {
        card.outlook = Outlook { of: face.digest, ..Outlook::default() };
        (card.face, card.top, card.delta) = (Some(face), 0, 0);
    }
    set_menu(app, Menu::Sure { decision, top }, now);
    Ok(())
}

/// Keeps the lines of a hunk.
fn keep_hunk(app: &mut App, form: &EditForm, hunk: u32) -> Result<(), String> {
    let waits = standing(app)?.request.digest;
    if waits != form.of {
        return Err("what it would change has changed: copy what you need, then edit the hunk as it is now".to_owned());
    }
    let mut lines = form.text().to_owned();
    if !lines.is_empty() && form.proposed.ends_with('\n') {
        lines.push('\n');
    }
    if form.proposed.contains("\r\n") {
        lines = lines.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    if let Some(card) = &mut app.card {
        if lines == form.proposed {
            card.parts.chosen.remove(&hunk);
        } else {
            card.parts.chosen.insert(hunk, Chosen::Edited(lines));
        }
        (card.menu, card.form) = (None, None);
    }
    Ok(())
}
