//! Completing a word of the composer: the list opens as it is typed, and a key that takes a row never sends the prompt.

use super::super::app::{App, Focus};
use super::super::complete::{self, Completes, Completion, Files};
use super::super::msg::Effect;
use crate::domain::{Answer, At, Query, SessionId};

/// A list of files is looked up anew once it is so old, in milliseconds.
const FRESH_MS: u64 = 5_000;

/// What is known of files, and what was asked about them.
#[derive(Debug, Clone, Default)]
pub(in crate::ui) struct Known {
    files: Option<Files>,
    /// When they were looked up.
    at: At,
    /// Asked, and not answered yet.
    asked: Option<(SessionId, String)>,
    /// A word whose list was closed: it stays closed.
    shut: Option<(SessionId, usize)>,
}

/// Whether a list is open over the composer.
pub(super) fn is_open(app: &App) -> bool {
    let of = app.completion.as_ref().map(|completion| completion.session);
    app.focus == Focus::Composer && of.is_some() && of == app.selected
}

/// Something was typed: a list may open.
pub(super) fn typed(app: &mut App, now: At) -> Vec<Effect> {
    look(app, now, true)
}

/// The draft or the cursor changed by other means: an open list follows or closes, and none opens.
pub(super) fn follow(app: &mut App, now: At) -> Vec<Effect> {
    if app.completion.is_none() { Vec::new() } else { look(app, now, false) }
}

fn look(app: &mut App, now: At, opens: bool) -> Vec<Effect> {
    let before = app.completion.take();
    let Some(session) = app.selected.filter(|_| app.focus == Focus::Composer && app.overlay.is_none()) else {
        return Vec::new();
    };
    let Some((kind, from, typed)) = app.drafts.get(&session).and_then(complete::word) else {
        app.inner.completing.shut = None;
        return Vec::new();
    };
    let typed = typed.to_owned();
    if app.inner.completing.shut == Some((session, from)) {
        return Vec::new();
    }
    app.inner.completing.shut = None;
    let same = |it: &Completion| (it.session, it.kind, it.from) == (session, kind, from);
    let before = before.filter(same);
    if before.is_none() && !opens {
        return Vec::new();
    }
    let effects = if kind == Completes::Files { ask(app, session, &typed, before.is_none(), now) } else { Vec::new() };
    show(app, Completion { session, kind, from, typed, rows: Vec::new(), selected: 0, note: None }, before);
    effects
}

/// Fills a list, and opens it where there is something in it or something is to come.
fn show(app: &mut App, mut completion: Completion, before: Option<Completion>) {
    match completion.kind {
        Completes::Commands => {
            let commands = app.state.session(completion.session).map_or(&[][..], |session| session.commands.as_slice());
            completion.rows = complete::commands(commands, &completion.typed);
        }
        Completes::Files => {
            let known = &app.inner.completing;
            let files = known.files.as_ref().filter(|files| files.session == completion.session);
            completion.rows = files.map(|files| complete::files(files, &completion.typed)).unwrap_or_default();
            completion.note = match files {
                _ if known.asked.is_some() && completion.rows.is_empty() => Some("looking for files…".to_owned()),
                Some(Files { why: Some(why), .. }) => Some(why.clone()),
                Some(files) if files.cut => {
                    Some(format!("more than {} files: type on to find the rest", files.paths.len()))
                }
                Some(_) | None => None,
            };
        }
    }
    // The row that was selected stays selected where the same letters gave more rows.
    if let Some(before) = before.filter(|before| before.typed == completion.typed) {
        let name = before.rows.get(before.selected).map(|row| row.name.as_str());
        completion.selected = completion.rows.iter().position(|row| Some(row.name.as_str()) == name).unwrap_or(0);
    }
    let open = !completion.rows.is_empty() || completion.note.is_some();
    app.completion = open.then_some(completion);
}

/// Asks for the files where none are known, or the known ones are old, or not all of them and others may fit better.
fn ask(app: &mut App, session: SessionId, typed: &str, first: bool, now: At) -> Vec<Effect> {
    let known = &mut app.inner.completing;
    if known.asked.is_some() {
        return Vec::new();
    }
    let files = known.files.as_ref().filter(|files| files.session == session);
    let near = match files {
        None => "",
        Some(_) if first && now.since(known.at) >= FRESH_MS => "",
        Some(files) if files.cut && files.near != typed => typed,
        Some(_) => return Vec::new(),
    };
    known.asked = Some((session, near.to_owned()));
    vec![Effect::Ask(Query::Files { session, near: near.to_owned() })]
}

/// The files came.
pub(super) fn found(app: &mut App, answer: Answer, now: At) -> Vec<Effect> {
    let Answer::Files { session, near, paths, cut, why } = answer else { return Vec::new() };
    let known = &mut app.inner.completing;
    known.asked.take_if(|(of, by)| (*of, by.as_str()) == (session, near.as_str()));
    (known.files, known.at) = (Some(Files { session, near, paths, cut, why }), now);
    follow(app, now)
}

/// Whether a row can be taken, or why not.
pub(super) fn can_take(app: &App) -> Result<(), String> {
    let completion = app.completion.as_ref().filter(|_| is_open(app)).ok_or("nothing is being completed")?;
    match (completion.rows.get(completion.selected), &completion.note) {
        (Some(row), _) if completion.kind == Completes::Files => complete::mention(&row.name).map(drop),
        (Some(_), _) => Ok(()),
        (None, Some(note)) => Err(note.clone()),
        (None, None) => Err("nothing fits what was typed".to_owned()),
    }
}

/// The word becomes the selected row.
pub(super) fn take(app: &mut App) {
    let Some(completion) = app.completion.take() else { return };
    let Some(row) = completion.rows.get(completion.selected) else { return };
    let word = match completion.kind {
        Completes::Commands => format!("/{}", row.name),
        Completes::Files => match complete::mention(&row.name) {
            Ok(word) => word,
            Err(_) => return,
        },
    };
    if let Some(draft) = app.drafts.get_mut(&completion.session) {
        let space = if draft.text.get(draft.cursor..).is_some_and(|rest| rest.starts_with(' ')) { "" } else { " " };
        draft.replace(completion.from..draft.cursor, &format!("{word}{space}"));
        draft.recalled = None;
    }
}

/// Another row is selected; past the last comes the first.
pub(super) fn select(app: &mut App, by: isize) {
    if let Some(completion) = &mut app.completion {
        let rows = completion.rows.len().max(1);
        let step = by.rem_euclid(isize::try_from(rows).unwrap_or(isize::MAX)).unsigned_abs();
        completion.selected = (completion.selected + step) % rows;
    }
}

/// Closes the list, and nothing else; it stays closed for this word.
pub(super) fn close(app: &mut App) {
    if let Some(completion) = app.completion.take() {
        app.inner.completing.shut = Some((completion.session, completion.from));
    }
}
