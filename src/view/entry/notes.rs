//! Everything in a timeline that is neither a message of an agent nor a step.

use super::{Fold, Kept};
use crate::domain::{Cause, Notice, PlanItem, PlanStatus, Stop, Text, Tokens};
use crate::state::{Entry, Parts, Session, What};
use crate::text::{self, human};
use crate::theme::Role;
use crate::ui::Want;
use crate::view::body::{Found, rows_of};
use crate::view::flow::Styled;
use crate::view::{Cx, Look, Mark, Row, clock};

/// Lines of a prompt or of last words that are shown folded.
const LINES: usize = 12;

/// The rows of an entry, without what stands before them.
pub(super) fn rows(cx: &Cx<'_>, session: &Session, entry: &Entry, fold: Fold, width: usize, kept: &mut Kept) {
    let Kept { rows, wants, .. } = kept;
    let mut say = |text: &str, look: Look| Styled::of(text, look).flow(Row::new(), width, rows);
    match &entry.what {
        What::Prompt { text, steer, .. } => {
            if *steer {
                say("(into the running turn)", Role::Muted.into());
            }
            long(cx, text, fold, width, rows, wants);
        }
        What::Attached { what, .. } => long(cx, what, fold, width, rows, wants),
        What::Plan { items } => plan(cx, items, width, rows, wants),
        What::TurnEnd { stop, tokens, since, cost, .. } => {
            let (words, role) = stop_words(stop);
            let tokens = tokens.as_ref().map_or_else(String::new, |tokens| tokens_words(cx, tokens));
            let took = human::duration(clock::between(*since, entry.at));
            let cost = cost.map(|cost| format!("{}{}", cx.glyphs.dot, human::money(cost.micros, cost.currency)));
            let cost = cost.unwrap_or_default();
            let said = format!("{words}{}{took}{tokens}{cost}", cx.glyphs.dot);
            // Where not all has room, the inspector has the tokens.
            let short = format!("{words}{}{took}{cost}", cx.glyphs.dot);
            say(if text::width(&said) <= width { &said } else { &short }, role.into());
        }
        What::Compacted { before, after } => {
            let known = |tokens: &Option<u64>| tokens.map_or_else(|| cx.glyphs.unknown.to_owned(), human::count);
            let text = format!("compacted  {} {} {}", known(before), cx.glyphs.to, known(after));
            say(&text, Role::Info.into());
        }
        What::Mode { mode } => {
            say(&format!("now {}", text::prose(cx.mode_name(session, mode)).text), Role::Info.into());
        }
        What::Loosened { why } => {
            say(&format!("may do more without asking: {}", text::prose(why).text), Role::Warn.into());
        }
        What::Noted { level, text } => {
            let from = rows.len();
            long(cx, text, fold, width, rows, wants);
            let role = match level {
                Notice::Info => Role::Muted,
                Notice::Warning => Role::Warn,
                Notice::Error => Role::Danger,
            };
            tint(&mut rows[from..], role);
        }
        What::Unrecognised { what, raw } => unrecognised(cx, what, raw, fold, width, rows, wants),
        What::Ended { cause, last_words, survivors } => {
            let (words, role) = cause_words(cause);
            say(&words, Look::strong(role));
            if !survivors.is_empty() {
                let names: Vec<_> = survivors.iter().map(|(pid, name)| format!("{name} ({pid})")).collect();
                say(&format!("still alive: {}", text::visible(&names.join(", ")).text), Role::Danger.into());
            }
            last(cx, last_words, fold, width, rows, wants);
        }
        // These have rows of their own.
        What::Step(_) | What::Said { .. } | What::Lane { .. } => {}
    }
}

/// A folded thought: how long it is, and how it begins.
pub(super) fn thought(cx: &Cx<'_>, parts: &Parts, width: usize) -> Row {
    let first = parts.head.first().map_or("", |piece| crate::view::body::first_line(cx.app, piece));
    let shown = text::prose(first.trim_matches(['*', '#', ' '])).text.into_owned();
    let lines = parts.lines + 1;
    let count = if lines > 1 { format!("{lines} lines") } else { String::new() };
    Row::of(text::end(&shown, width.saturating_sub(count.len() + 2)).into_owned(), Role::Muted)
        .right(Row::of(count, Role::Muted), width)
}

/// The mark of an end.
pub(super) fn end_mark(cause: &Cause) -> Mark {
    match cause {
        Cause::Human | Cause::Quit | Cause::Itself { code: Some(0), .. } => Mark::Done,
        Cause::Itself { .. } | Cause::HubDied | Cause::Failed(_) => Mark::Failed,
    }
}

fn long(cx: &Cx<'_>, text: &Text, fold: Fold, width: usize, rows: &mut Vec<Row>, wants: &mut Vec<Want>) {
    let shown = if fold == Fold::Folded { LINES } else { usize::MAX };
    let source = match Found::of(cx.app, text) {
        Found::Here(source) => source,
        Found::Missing(body) => {
            wants.push(Want::body(body));
            rows.push(Row::of("loading…", Role::Muted));
            rows.extend((1..rows_of(body, width).min(shown)).map(|_| Row::new()));
            return;
        }
        Found::Purged => return rows.push(Row::of("(this text was purged)", Role::Muted)),
    };
    let source = source.trim_end();
    let begin = rows.len();
    let mut lines = source.lines();
    for line in lines.by_ref().take(shown) {
        // One line may be a whole book: as many rows of it as lines are shown.
        let reach =
            if fold == Fold::Folded { line.floor_char_boundary(width.saturating_mul(LINES)) } else { line.len() };
        Styled::of(&text::prose(&line[..reach]).text, Role::Text).flow(Row::new(), width, rows);
        if reach < line.len() || (fold == Fold::Folded && rows.len() - begin >= LINES) {
            break;
        }
    }
    let left = lines.count();
    if fold == Fold::Folded && (left > 0 || rows.len() - begin > LINES) {
        rows.truncate(begin + LINES - 1);
        let more = if left > 0 { format!("… {left} more lines") } else { "… more".to_owned() };
        rows.push(Row::of(more, Role::Muted));
    }
}

fn plan(cx: &Cx<'_>, items: &[PlanItem], width: usize, rows: &mut Vec<Row>, wants: &mut Vec<Want>) {
    let done = items.iter().filter(|item| item.status == PlanStatus::Done).count();
    let is_over = done == items.len() && done > 0;
    let count = format!("{done} of {}", items.len());
    rows.push(Row::of(count, if is_over { Role::Good } else { Role::Muted }));
    for item in items {
        // What is done is told by its mark, not by its looks alone.
        let (mark, mark_look, look) = match item.status {
            PlanStatus::Done => (Mark::Done.sign(cx.glyphs), Role::Good.into(), Look::from(Role::Muted).struck()),
            PlanStatus::Doing => (cx.glyphs.prompt, Look::strong(Role::Text), Look::strong(Role::Text)),
            PlanStatus::Pending => (Mark::Working.sign(cx.glyphs), Role::Muted.into(), Look::from(Role::Text)),
        };
        let text = Found::of(cx.app, &item.text).or_want(wants).unwrap_or("loading…");
        let text = text.trim().lines().next().unwrap_or("");
        let mut lead = Row::of(mark, mark_look);
        lead.push(" ", Role::Text);
        Styled::of(&text::prose(text).text, look).flow(lead, width, rows);
    }
}

fn unrecognised(
    cx: &Cx<'_>,
    what: &str,
    raw: &Text,
    fold: Fold,
    width: usize,
    rows: &mut Vec<Row>,
    wants: &mut Vec<Want>,
) {
    let what = text::visible(what).text.into_owned();
    rows.push(Row::of(text::end(&format!("not understood: {what}"), width).into_owned(), Role::Warn));
    if fold == Fold::Unfolded {
        let raw = Found::of(cx.app, raw).or_want(wants).unwrap_or("loading…");
        for line in raw.lines().take(200) {
            let reach = line.floor_char_boundary(8 << 10);
            Styled::exact(&line[..reach], Role::Muted).flow(Row::new(), width, rows);
        }
    }
}

fn last(cx: &Cx<'_>, words: &Text, fold: Fold, width: usize, rows: &mut Vec<Row>, wants: &mut Vec<Want>) {
    if words.is_empty() {
        return;
    }
    rows.push(Row::of("its last words:", Role::Muted));
    let mut parts = Parts::default();
    parts.push(words);
    let shown = if fold == Fold::Folded { LINES } else { 200 };
    super::ends(cx, &parts, 0, shown, wants).rows(width, rows);
}

/// How a turn ended, in words.
fn stop_words(stop: &Stop) -> (String, Role) {
    match stop {
        Stop::EndTurn => ("done".to_owned(), Role::Muted),
        Stop::MaxTokens => ("stopped at its limit of tokens".to_owned(), Role::Warn),
        Stop::MaxRequests => ("stopped at its limit of requests".to_owned(), Role::Warn),
        Stop::Refusal => ("the agent refused".to_owned(), Role::Danger),
        Stop::Cancelled => ("interrupted".to_owned(), Role::Warn),
        Stop::Error(code, message) => (format!("error {code}: {}", text::prose(message).text), Role::Danger),
        Stop::Other(reason) => (format!("stopped: {}", text::prose(reason).text), Role::Warn),
        Stop::Lost => ("the agent went away".to_owned(), Role::Danger),
    }
}

fn tokens_words(cx: &Cx<'_>, tokens: &Tokens) -> String {
    let all = [(tokens.input, "in"), (tokens.cache_read, "cached"), (tokens.output, "out")];
    let known = all.iter().filter_map(|(count, word)| count.map(|count| format!("{} {word}", human::count(count))));
    known.fold(String::new(), |all, part| all + cx.glyphs.dot + &part)
}

/// Why a session ended, in words.
pub(in crate::view) fn cause_words(cause: &Cause) -> (String, Role) {
    match cause {
        Cause::Human => ("you ended it".to_owned(), Role::Muted),
        Cause::Quit => ("ended with taut".to_owned(), Role::Muted),
        Cause::Itself { code: Some(0), .. } => ("the agent left by itself".to_owned(), Role::Muted),
        Cause::Itself { code: Some(code), .. } => (format!("the agent exited with code {code}"), Role::Danger),
        Cause::Itself { signal: Some(signal), .. } => (format!("the agent was ended by signal {signal}"), Role::Danger),
        Cause::Itself { .. } => ("the agent is gone".to_owned(), Role::Danger),
        Cause::HubDied => ("taut died while it ran".to_owned(), Role::Danger),
        Cause::Failed(why) => (text::prose(why).text.into_owned(), Role::Danger),
    }
}

fn tint(rows: &mut [Row], role: Role) {
    for span in rows.iter_mut().flat_map(|row| &mut row.spans) {
        if span.look.role == Role::Text {
            span.look.role = role;
        }
    }
}
