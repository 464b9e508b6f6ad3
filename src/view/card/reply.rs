//! An agent's questions while they are answered: the choices with their numbers, and words of one's own.

use super::Asked;
use super::menu::{Drawn, hint};
use crate::domain::Question;
use crate::text;
use crate::theme::Role;
use crate::ui::reply::{Answering, takes_words};
use crate::ui::{CardUi, Draft, ReplyForm};
use crate::view::area::cells;
use crate::view::payload::Ink;
use crate::view::{Cx, Look, Row};

/// Draws the form, in at most `most` rows.
pub(super) fn draw(cx: &Cx<'_>, ui: &CardUi, asked: &Asked<'_>, (width, most): (usize, usize)) -> Drawn {
    let Some(form) = &ui.reply else { return Drawn::default() };
    let Some((question, answer)) = form.questions.get(form.at).zip(form.answers.get(form.at)) else {
        return Drawn::default();
    };
    let mut rows = Vec::new();
    let head = match form.questions.len() {
        1 => "ANSWER".to_owned(),
        many => format!("ANSWER {} OF {many}", form.at + 1),
    };
    let mut head = Row::of(head, Look::strong(Role::Accent));
    head.push("  ", Role::Text);
    let said = Ink::exact(&question.text.replace('\n', " "), Role::Text);
    let room = width.saturating_sub(head.width());
    if let Some(range) = said.wrap(room.max(1)).next() {
        said.draw(range, &mut head);
    }
    rows.push(head.clip(width));
    let warn = match (asked.request.waits() && asked.session.is_live(), form.of == asked.request.digest) {
        (false, _) => Some("it waits no more: nothing can be sent"),
        (true, false) => Some("the questions have changed: go back and read them again"),
        (true, true) => None,
    };
    if let Some(warn) = warn {
        rows.push(Row::of(warn, Look::strong(Role::Warn)).clip(width));
    }
    let mut blocks: Vec<Vec<Row>> = Vec::new();
    for (at, choice) in question.choices.iter().enumerate() {
        let mut ink = Ink::plain(&format!("{} ", at + 1), Role::Muted);
        let picked = answer.picked.contains(&at);
        ink = ink.and(box_of(cx, question, picked), if picked { Role::Good } else { Role::Muted });
        let look = if form.row == at { Look::strong(Role::Text) } else { Role::Text.into() };
        ink.append(Ink::exact(&choice.label, look));
        if !choice.about.is_empty() {
            ink = ink.and("   ", Role::Muted);
            ink.append(Ink::exact(&choice.about, Role::Muted));
        }
        blocks.push(pointed(cx, &ink, form.row == at, width));
    }
    let mut cursor = None;
    if takes_words(question) {
        let (own, place) = words(cx, question, answer, form.writes(), width);
        cursor = place;
        blocks.push(own);
    }
    let summary = others(form, width);
    let room = most.saturating_sub(rows.len() + 1 + summary.len()).max(1);
    let before: usize = blocks.iter().take(form.row + 1).map(Vec::len).sum();
    let skipped = before.saturating_sub(room);
    let own = blocks.last().map_or(0, Vec::len);
    let all: usize = blocks.iter().map(Vec::len).sum();
    if let Some((column, row)) = cursor {
        let at = rows.len() + (all - own + row).saturating_sub(skipped);
        cursor = Some((column, at));
    }
    rows.extend(blocks.into_iter().flatten().skip(skipped).take(room));
    rows.extend(summary);
    rows.truncate(most.saturating_sub(1).max(1));
    if rows.len() < most {
        let what = match form.open() {
            Some(_) => "takes it, and goes on",
            None => "sends the answers",
        };
        rows.push(Row::of(hint(cx, asked, what), Role::Muted).clip(width));
    }
    let columns = cursor.map(|_| width.saturating_sub(own_column(question) + 1).max(1));
    Drawn { rows, cursor: cursor.map(|(column, row)| (cells(column), cells(row))), columns }
}

/// `(x) ` where one may be taken, `[x] ` where several may.
fn box_of(cx: &Cx<'_>, question: &Question, picked: bool) -> &'static str {
    let unicode = !cx.glyphs.ascii;
    match (question.many, picked) {
        (true, true) if unicode => "[✓] ",
        (true, true) => "[x] ",
        (true, false) => "[ ] ",
        (false, true) if unicode => "(✓) ",
        (false, true) => "(x) ",
        (false, false) => "( ) ",
    }
}

fn pointed(cx: &Cx<'_>, ink: &Ink, here: bool, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for range in ink.wrap(width.saturating_sub(2).max(1)) {
        let sign = if here && rows.is_empty() { cx.glyphs.cursor } else { " " };
        let mut row = Row::of(sign, Look::strong(Role::Accent)).with(" ", Role::Text);
        ink.draw(range, &mut row);
        rows.push(row);
    }
    rows
}

fn lead(question: &Question) -> &'static str {
    if question.choices.is_empty() { "" } else { "own words: " }
}

/// The column at which words of one's own begin.
fn own_column(question: &Question) -> usize {
    2 + text::width(lead(question))
}

/// The line for words of one's own; a secret shows only that something is typed.
fn words(
    cx: &Cx<'_>,
    question: &Question,
    answer: &Answering,
    here: bool,
    width: usize,
) -> (Vec<Row>, Option<(usize, usize)>) {
    let lead = lead(question);
    let sign = if here { cx.glyphs.cursor } else { " " };
    let column = own_column(question);
    let masked;
    let draft = if question.secret {
        let star = if cx.glyphs.ascii { "*" } else { "•" };
        masked = Draft::of(star.repeat(answer.own.text.chars().count().min(64)));
        &masked
    } else {
        &answer.own
    };
    let window = draft.window(width.saturating_sub(column + 1).max(1), 4);
    let mut rows = Vec::new();
    for (n, drafted) in window.rows.iter().enumerate() {
        let mut row = Row::of(if n == 0 { sign } else { " " }, Look::strong(Role::Accent)).with(" ", Role::Text);
        row.push(if n == 0 { lead } else { "" }, Role::Muted);
        row.pad_to(column);
        row.push(drafted.text(), Role::Text);
        rows.push(row.clip(width));
    }
    (rows, here.then_some((column + window.cursor.0, window.cursor.1)))
}

/// What is answered to the questions so far: all of it is on the screen before it is sent.
fn others(form: &ReplyForm, width: usize) -> Vec<Row> {
    if form.questions.len() < 2 {
        return Vec::new();
    }
    let given = form.given();
    let line = |(at, (question, given)): (usize, (&Question, &crate::domain::Given))| {
        let name = if question.header.is_empty() { &question.text } else { &question.header };
        let said = match (given.answers.is_empty(), question.secret) {
            (true, _) => "no answer yet".to_owned(),
            (false, true) => "a secret".to_owned(),
            (false, false) => given.answers.join(", "),
        };
        let mut row = Row::of(format!("{} ", at + 1), Role::Muted);
        row.push(format!("{}: ", text::end(&text::prose(&name.replace('\n', " ")).text, width / 3)), Role::Muted);
        row.push(text::prose(&said.replace('\n', " ")).text.into_owned(), Role::Info);
        row.clip(width)
    };
    form.questions.iter().zip(&given).enumerate().map(line).collect()
}
