//! How far the agent's conversation would be taken back, or copied: every turn with how its prompt begins, a line between
//! what stays and what goes, and what stays as it is in any case.

use crate::domain::TurnNo;
use crate::keymap;
use crate::state::Session;
use crate::text;
use crate::theme::Role;
use crate::ui::Action;
use crate::ui::way::{Does, Going, WayUi};
use crate::view::flow::Styled;
use crate::view::{Area, Cx, Look, Row, Scene};

/// Cells of what becomes of a turn, with what stands before it.
const BECOMES: usize = 9;
/// Turns that are shown at most.
const MOST: usize = 24;

/// Draws it.
pub(super) fn draw(cx: &Cx<'_>, scene: &mut Scene, area: Area, ui: &WayUi) {
    let width = area.columns().saturating_sub(1).max(1);
    let Some(session) = cx.app.state.session(ui.session) else {
        super::drawer(cx, scene, area, "CONVERSATION", vec![Row::of(" its session is gone", Role::Warn)]);
        return;
    };
    let name = cx.name(session);
    let what = match ui.does {
        Does::Rewind => format!("TAKE BACK THE CONVERSATION OF {name}"),
        Does::Fork => format!("FORK {name}"),
    };
    let title = text::end(&what, area.columns().saturating_sub(6)).into_owned();
    let mut below = Vec::new();
    words(cx, ui, session, width, &mut below);
    let room = area.rows().saturating_sub(1 + below.len()).clamp(1, MOST);
    let mut rows = turns(cx, ui, session, (room, width));
    rows.append(&mut below);
    rows.truncate(area.rows().saturating_sub(1).max(1));
    super::drawer(cx, scene, area, &title, rows);
}

/// The turns around the place at which it is parted, with a line there.
fn turns(cx: &Cx<'_>, ui: &WayUi, session: &Session, (room, width): (usize, usize)) -> Vec<Row> {
    let all: Vec<TurnNo> = session.way.turns().collect();
    let cut = all.partition_point(|turn| *turn <= ui.keep);
    let mut rows: Vec<Row> = all.iter().map(|turn| one(ui, session, *turn, width)).collect();
    rows.insert(cut, line(cx, ui, width));
    // The line stands in the middle where there are more than there is room for.
    let from = cut.saturating_sub(room / 2).min(rows.len().saturating_sub(room));
    rows.into_iter().skip(from).take(room).collect()
}

/// `   stays   3  make the token compare constant time`.
fn one(ui: &WayUi, session: &Session, turn: TurnNo, width: usize) -> Row {
    let stays = turn <= ui.keep;
    let word = match (stays, ui.does) {
        (true, Does::Rewind) => "stays",
        (false, Does::Rewind) => "goes",
        (true, Does::Fork) => "copied",
        (false, Does::Fork) => "not",
    };
    let role = match (stays, ui.does) {
        (true, _) => Role::Text,
        (false, Does::Rewind) => Role::Warn,
        (false, Does::Fork) => Role::Muted,
    };
    let mut row = Row::of(format!("   {word}"), role);
    row.pad_to(BECOMES);
    row.push(format!("{:>4}  ", turn.0), Role::Muted);
    let head = session.prompted.of_turn(turn).map_or("", |prompted| prompted.head.as_str());
    let runs = session.turn.is_some_and(|it| it.no == turn);
    let (said, look) = match head {
        "" => ("(no prompt of yours, or a long one)".to_owned(), Look::from(Role::Muted)),
        head => (text::visible(head).text.into_owned(), Look::from(if stays { Role::Text } else { Role::Muted })),
    };
    let right = if runs { Row::of("it runs", Role::Info) } else { Row::new() };
    let room = width.saturating_sub(row.width() + right.width() + 1);
    row.push(text::end(&said, room).into_owned(), look);
    row.right(right, width)
}

/// The line between what stays and what goes: the cursor.
fn line(cx: &Cx<'_>, ui: &WayUi, width: usize) -> Row {
    let said = match (ui.does, ui.keep) {
        (Does::Rewind, TurnNo(0)) => " back to its beginning ".to_owned(),
        (Does::Rewind, TurnNo(n)) => format!(" back to the end of turn {n} "),
        (Does::Fork, TurnNo(0)) => " the copy holds none of its turns ".to_owned(),
        (Does::Fork, TurnNo(n)) => format!(" the copy ends with turn {n} "),
    };
    let mut row = Row::of(cx.glyphs.cursor, Look::strong(Role::Accent)).with(cx.glyphs.across, Role::Accent);
    row.push(said, Look::strong(Role::Accent));
    let rest = width.saturating_sub(row.width());
    row.push(cx.glyphs.across.repeat(rest), Role::Accent);
    row.clip(width)
}

/// What it means, in words.
fn words(cx: &Cx<'_>, ui: &WayUi, session: &Session, width: usize, rows: &mut Vec<Row>) {
    let mut say = |said: &str, look: Look| Styled::of(said, look).flow(Row::of(" ", Role::Text), width, rows);
    let going = ui.going(session);
    if let Err(why) = ui.possible(session) {
        say(&text::visible(&why).text, Look::strong(Role::Warn));
    }
    match ui.does {
        Does::Rewind => {
            say(&goes(&going), Look::strong(Role::Text));
            say(&files(cx, &going), Role::Text.into());
        }
        Does::Fork => {
            let said = "a session of its own begins in the same folder, with the same files: what was said up to the line \
                        is known to it, and nothing of this one changes";
            say(said, Role::Text.into());
        }
    }
    if ui.sent {
        say("it is being done", Role::Info.into());
    }
}

/// `the agent forgets 3 turns, 4 to 6: that can't be taken back`.
fn goes(going: &Going) -> String {
    let of = match going.turns.as_slice() {
        [] => return "nothing would go".to_owned(),
        [one] => format!("turn {}", one.0),
        [first, .., last] => format!("{} turns, {} to {}", going.turns.len(), first.0, last.0),
    };
    format!("the agent forgets {of}, and that can't be taken back; the log keeps everything")
}

/// `2 of its steps changed files, which stay as they are: U takes them back`.
fn files(cx: &Cx<'_>, going: &Going) -> String {
    let key = keymap::key_under(cx.app, Action::UndoBack).unwrap_or_else(|| "undo".to_owned());
    let or_more = if going.more { " or more" } else { "" };
    match going.steps {
        0 if !going.more => "no step in them is known to have changed files; files stay as they are".to_owned(),
        0 => format!("files stay as they are: {key} in the timeline takes back what steps did to them"),
        1 if !going.more => {
            format!("a step in them changed files, which stay as they are: {key} on it takes that back")
        }
        n => format!("{n}{or_more} steps in them changed files, which stay as they are: {key} on one takes that back"),
    }
}
