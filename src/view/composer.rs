//! Where a prompt is written: the draft with its cursor, the prompts that wait, and what Enter does now.

use super::body::Found;
use super::{Area, Cx, Look, Row, Scene, area::cells, row::spaces};
use crate::domain::By;
use crate::keymap;
use crate::state::{Life, Session};
use crate::text;
use crate::theme::Role;
use crate::ui::draft::rows::{DraftRow, RunKind};
use crate::ui::update::held;
use crate::ui::{Action, Draft, Focus, Want, msg::Hit};

/// Waiting prompts shown.
const QUEUED: usize = 3;

/// A composer ready to be drawn.
#[derive(Debug)]
pub(super) struct Composer {
    rows: Vec<Row>,
    /// Where the cursor stands: column, row.
    cursor: Option<(usize, usize)>,
    wants: Vec<Want>,
    /// Columns of its text.
    columns: usize,
}

impl Composer {
    /// The composer of a session, for so many columns and at most so many rows.
    pub(super) fn new(cx: &Cx<'_>, session: &Session, width: usize, most: usize) -> Self {
        let keyed = cx.app.focus == Focus::Composer;
        let mut wants = Vec::new();
        let mut rows = queued(cx, session, width, most.saturating_sub(1).min(QUEUED + 1), &mut wants);
        let look = Look::strong(if keyed { Role::Accent } else { Role::Muted });
        let empty = Draft::default();
        let draft = cx.app.drafts.get(&session.id).unwrap_or(&empty);
        let (above, columns) = (rows.len(), width.saturating_sub(4).max(1));
        if draft.text.is_empty() {
            let place = placeholder(cx, session, keyed, width.saturating_sub(4));
            rows.push(Row::of(format!(" {} ", cx.glyphs.prompt), look).with(place, Role::Muted).clip(width));
            return Self { rows, cursor: keyed.then_some((3, above)), wants, columns };
        }
        let window = draft.window(columns, most.saturating_sub(above).max(1));
        let last = window.rows.len().saturating_sub(1);
        for (n, drafted) in window.rows.iter().enumerate() {
            let lead = match n {
                0 if window.above => Row::of(format!(" {} ", cx.glyphs.up), Role::Muted),
                0 => Row::of(format!(" {} ", cx.glyphs.prompt), look),
                n if n == last && window.below => Row::of(format!(" {} ", cx.glyphs.down_more), Role::Muted),
                _ => Row::of(spaces(3), Role::Text),
            };
            rows.push(lead.with_row(inked(drafted, if keyed { Role::Text } else { Role::Muted })));
        }
        if let (Some(hint), Some(row)) = (hint(session, draft), rows.last_mut()) {
            let row_now = std::mem::take(row);
            *row = row_now.with(hint, Role::Muted).clip(width);
        }
        let (column, line) = window.cursor;
        Self { rows, cursor: keyed.then_some((3 + column, above + line)), wants, columns }
    }

    /// How many rows it needs.
    pub(super) fn height(&self) -> u16 {
        cells(self.rows.len())
    }

    /// Draws it.
    pub(super) fn draw(self, scene: &mut Scene, area: Area) {
        if let Some((column, row)) = self.cursor
            && column < area.columns().max(1)
            && row < area.rows()
        {
            scene.cursor = Some((area.x.saturating_add(cells(column)), area.y.saturating_add(cells(row))));
        }
        scene.painted.wants.extend(self.wants);
        scene.painted.composer = Some(self.columns);
        scene.hit(area, Hit::Composer);
        scene.put(area, self.rows);
    }
}

/// A row of a draft with its colours.
fn inked(drafted: &DraftRow, role: Role) -> Row {
    let mut row = Row::new();
    for run in &drafted.runs {
        let look = match run.kind {
            RunKind::Typed => role,
            RunKind::Mark => Role::Warn,
            RunKind::Fold => Role::Info,
        };
        row.push(run.text.clone(), look);
    }
    row
}

/// What may follow the agent's command that was just typed.
fn hint(session: &Session, draft: &Draft) -> Option<String> {
    let name = draft.text.strip_prefix('/')?.strip_suffix(' ')?;
    let command = session.commands.iter().find(|command| command.name == name)?;
    command.hint.as_deref().filter(|hint| !hint.trim().is_empty()).map(|hint| text::prose(hint).text.into_owned())
}

/// The prompts that wait for the end of the turn.
fn queued(cx: &Cx<'_>, session: &Session, width: usize, most: usize, wants: &mut Vec<Want>) -> Vec<Row> {
    let shown = session.queue.len().min(most);
    let hidden = session.queue.len() - shown;
    let mut rows: Vec<Row> = Vec::with_capacity(shown + 1);
    for (n, queued) in session.queue.iter().take(shown).enumerate() {
        Found::of(cx.app, &queued.text).or_want(wants);
        let line = text::prose(super::body::first_line(cx.app, &queued.text)).text.into_owned();
        let line = match By::speaks(queued.by.as_ref()) {
            "you" => line,
            who => format!("{who}: {line}"),
        };
        let (word, role) = if held(session) { ("held", Role::Warn) } else { ("queued", Role::Info) };
        let row = Row::of(format!(" {word} {}  ", n + 1), role).with(line, Role::Muted);
        let last = n + 1 == shown;
        let key = if last { keymap::key(cx.app, Action::Unqueue) } else { None };
        let more = if last && hidden > 0 { format!("+{hidden} more  ") } else { String::new() };
        let end = key.map_or(more.clone(), |key| format!("{more}{key} takes it back"));
        rows.push(row.right(Row::of(end, Role::Muted), width.saturating_sub(1)));
    }
    rows
}

/// What Enter does now, or how to begin to write.
fn placeholder(cx: &Cx<'_>, session: &Session, keyed: bool, width: usize) -> String {
    if let Some(why) = &cx.app.status.read_only {
        return format!("this console only looks: {}", text::prose(why).text);
    }
    let submit = keymap::key(cx.app, Action::Submit).unwrap_or_else(|| "enter".to_owned());
    let words = match (&session.life, session.turn) {
        (Life::Ended { .. } | Life::Unknown, _) => return "this session has ended".to_owned(),
        (Life::LoginNeeded { .. }, _) => return "log in first".to_owned(),
        (Life::Starting(_), _) => "sends it once the agent is ready",
        (Life::Open, Some(_)) => "queues it for the end of this turn",
        (Life::Open, None) if held(session) => "sends what is held",
        (Life::Open, None) => "sends",
    };
    match (keyed, keymap::key(cx.app, Action::Compose)) {
        (true, _) => {
            let line = keymap::key(cx.app, Action::NewLine).map(|key| format!("   {key} new line")).unwrap_or_default();
            let said = format!("{submit} {words}");
            if text::width(&said) + text::width(&line) <= width { said + &line } else { said }
        }
        (false, Some(key)) => format!("{key} writes a prompt"),
        (false, None) => "write a prompt".to_owned(),
    }
}
