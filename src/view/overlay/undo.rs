//! What an undo would do: which steps, what can't be taken back, then every file with what becomes of it, and its
//! difference where that is unfolded. What the frame says it showed ([`PaintedUndo`]) is exactly what it showed.

use crate::domain::{FileChange, LaneId, Seq, Side, Talk, TurnNo, UndoAct, UndoFile};
use crate::keymap;
use crate::state::{Entry, Session, Step, What};
use crate::text;
use crate::theme::Role;
use crate::ui::diffs::{DiffUi, Long, Manner};
use crate::ui::undo::{PaintedUndo, Preview, Scope, Stage, UndoUi};
use crate::ui::{Action, Hit};
use crate::view::flow::Styled;
use crate::view::payload::{Fitting, Only, Payload, Place};
use crate::view::{Area, Cache, Cx, Look, Row, Scene, clock, entry};
use std::ops::Range;

/// Cells of what becomes of a file, with what stands before it.
const ACT: usize = 13;
/// The column at which the numbers of a file end, where there is more room.
const NUMBERS: usize = 100;
/// Cells before a difference.
const INDENT: usize = 3;
/// Steps that are named; of more, how many.
const STEPS: usize = 8;
/// The least area in which it can be done.
const LEAST: (u16, u16) = (20, 5);

/// Draws it over the whole area.
pub(super) fn draw(cx: &Cx<'_>, cache: &mut Cache, scene: &mut Scene, area: Area, ui: &UndoUi) {
    let session = cx.app.state.session(ui.session);
    let name = session.map_or_else(|| ui.session.to_string(), |session| cx.name(session));
    let title = text::end(&format!("UNDO {} of {name}", ui.words()), area.columns().saturating_sub(6)).into_owned();
    let width = area.columns().saturating_sub(1).max(1);
    let mut rows = Vec::new();
    match (&ui.stage, session) {
        (Stage::Asked { since }, _) => {
            let said = "looking at the files: what would change, what can't be taken back";
            news(ui, width, &mut rows);
            let age = Row::of(clock::age(*since, cx.now), Role::Muted);
            rows.push(Row::of(format!(" {said}"), Role::Info).right(age, width));
        }
        (Stage::Failed(why), _) => {
            news(ui, width, &mut rows);
            Styled::exact(why, Role::Warn).flow(Row::of(" ", Role::Text), width, &mut rows);
            rows.push(Row::of(" nothing was changed", Role::Muted));
        }
        (Stage::Shown(_), None) => rows.push(Row::of(" its session is gone", Role::Warn)),
        (Stage::Shown(preview), Some(session)) => {
            return shown(cx, cache, scene, area, (ui, preview, session), &title);
        }
    }
    super::drawer(cx, scene, area, &title, rows);
}

/// Why it is looked at once more.
fn news(ui: &UndoUi, width: usize, rows: &mut Vec<Row>) {
    if let Some(anew) = &ui.anew {
        Styled::of(anew, Look::strong(Role::Warn)).flow(Row::of(" ", Role::Text), width, rows);
    }
}

/// A part of it: rows that must be read, and rows of a difference below them.
struct Block {
    start: usize,
    head: Vec<Row>,
    below: Vec<Row>,
    diff: Range<usize>,
}

impl Block {
    fn rows(&self) -> usize {
        self.head.len() + self.below.len() + self.diff.len() + usize::from(!self.diff.is_empty())
    }
}

fn shown(
    cx: &Cx<'_>,
    cache: &mut Cache,
    scene: &mut Scene,
    area: Area,
    (ui, preview, session): (&UndoUi, &Preview, &Session),
    title: &str,
) {
    let width = area.columns().saturating_sub(1).max(1);
    // One row is the rule with the title, the last one says how far it was read.
    let view = area.rows().saturating_sub(2);
    let mut blocks =
        vec![Block { start: 0, head: preface(cx, (ui, preview, session), width), below: Vec::new(), diff: 0..0 }];
    let mut start = blocks[0].rows();
    let mut is_here = true;
    for (at, file) in preview.plan.files.iter().enumerate() {
        let block = block(cx, cache, scene, (preview, session), (at, file), (start, width), &mut is_here);
        start += block.rows();
        blocks.push(block);
    }
    let top = settle(preview, &blocks, start, view);
    let bottom = top.saturating_add(view);
    let is_large = area.width >= LEAST.0 && area.height >= LEAST.1 && view > 0;
    let mut receipt = PaintedUndo {
        face: preview.face(),
        top,
        height: u16::try_from(view).unwrap_or(u16::MAX),
        whole: is_large && is_here,
        parts: Vec::with_capacity(blocks.len()),
    };
    let mut rows = Vec::with_capacity(view + 1);
    for (n, block) in blocks.iter().enumerate() {
        let within = |from: usize, len: usize| top.saturating_sub(from).min(len)..bottom.saturating_sub(from).min(len);
        let head = within(block.start, block.head.len());
        receipt.parts.push((head.start, head.len(), block.head.len()));
        rows.extend_from_slice(&block.head[head]);
        let below = block.start + block.head.len();
        rows.extend_from_slice(&block.below[within(below, block.below.len())]);
        let first = below + block.below.len();
        let seen = within(first, block.diff.len());
        let file = n.checked_sub(1).filter(|_| !seen.is_empty());
        if let Some((at, file)) = file.and_then(|at| Some((at, preview.plan.files.get(at)?))) {
            let seen = block.diff.start + seen.start..block.diff.start + seen.end;
            let of = entry_of(preview, (at, file));
            let drawn = cache.payloads.rows(cx, session, &of, Place::Undo, (seen, 0));
            rows.extend(drawn.into_iter().map(|row| (0..INDENT).fold(row, |row, _| row.indented())));
        }
        let gap = first + block.diff.len();
        if !block.diff.is_empty() && (top..bottom).contains(&gap) {
            rows.push(Row::new());
        }
    }
    rows.resize(view, Row::new());
    rows.push(status(cx, preview, &receipt, (start.saturating_sub(bottom), is_large), width));
    let body = super::drawer(cx, scene, area, title, rows);
    scene.hit(body, Hit::Card);
    scene.painted.undo = Some(receipt);
}

/// Where the reader stands: the file at hand is shown whole where it was just gone to, as far as there is room.
fn settle(preview: &Preview, blocks: &[Block], all: usize, view: usize) -> usize {
    let most = all.saturating_sub(view);
    let far = usize::try_from(preview.delta.unsigned_abs()).unwrap_or(usize::MAX);
    let top = preview.top.min(most);
    if !preview.reveal {
        return if preview.delta < 0 { top.saturating_sub(far) } else { top.saturating_add(far).min(most) };
    }
    // The first file brings what stands before it along.
    let (first, last) = if preview.at == 0 { (0, 1) } else { (preview.at + 1, preview.at + 1) };
    let (Some(from), Some(to)) = (blocks.get(first), blocks.get(last)) else { return top };
    let (start, end) = (from.start, to.start + to.rows());
    let start = if end - start > view { to.start } else { start };
    let top = top.max(end.min(start + view).saturating_sub(view));
    top.min(start).min(most)
}

/// What stands before the files: which steps, what can't be taken back, how many files.
fn preface(cx: &Cx<'_>, (ui, preview, session): (&UndoUi, &Preview, &Session), width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    news(ui, width, &mut rows);
    let steps = &preview.plan.steps;
    let digits = steps.iter().map(|step| step.number.to_string().len()).max().unwrap_or(1);
    for step in steps.iter().take(STEPS) {
        let lead = Row::of(format!(" {:>digits$}  ", step.number), Role::Muted);
        Styled::of(&text::prose(&entry::within(session, &step.title).replace('\n', " ")).text, Role::Text)
            .flow(lead, width, &mut rows);
    }
    if steps.len() > STEPS {
        rows.push(Row::of(format!(" and {} steps before these", steps.len() - STEPS), Role::Muted));
    }
    if !preview.plan.cannot.is_empty() {
        rows.push(Row::new());
        rows.push(Row::of(" CAN'T BE TAKEN BACK", Look::strong(Role::Warn)));
        for what in &preview.plan.cannot {
            let lead = Row::of(format!(" {} ", cx.glyphs.high), Look::strong(Role::Warn));
            Styled::exact(what, Role::Text).flow(lead, width, &mut rows);
        }
    }
    rows.push(Row::new());
    rows.push(counts(preview, width));
    talk(cx, preview, width, &mut rows);
    rows
}

/// What of files and conversation is taken back; what is chosen stands in brackets.
fn talk(cx: &Cx<'_>, preview: &Preview, width: usize, rows: &mut Vec<Row>) {
    let (to, turns, stand) = match &preview.plan.talk {
        Talk::Back { to, turns, stand } => (*to, *turns, *stand),
        Talk::Stays { why } if why.is_empty() => return,
        Talk::Stays { why } => {
            let said = format!(
                "the conversation stays, for {}; the agent is told with its next prompt",
                text::visible(why).text
            );
            Styled::of(&said, Role::Muted).flow(Row::of(" ", Role::Text), width, rows);
            return;
        }
    };
    let key = keymap::key(cx.app, Action::UndoTalk).unwrap_or_else(|| "c".to_owned());
    let mut row = Row::of(format!(" {key} "), Role::Muted);
    for (scope, said) in
        [(Scope::Files, "files"), (Scope::Both, "and the conversation"), (Scope::Talk, "conversation alone")]
    {
        let is_it = scope == preview.scope;
        let look = if is_it { Look::strong(Role::Accent) } else { Role::Text.into() };
        let (before, after) = if is_it { ("[", "]") } else { (" ", " ") };
        let said = format!("{before}{said}{after} ");
        if row.width() + text::width(&said) > width && row.width() > 1 {
            rows.push(std::mem::take(&mut row));
            row.pad_to(1);
        }
        row.push(said, look);
    }
    rows.push(row);
    let place = if to.0 == 0 { "its beginning".to_owned() } else { format!("the end of turn {}", to.0) };
    let turns = if turns == 1 { "1 turn".to_owned() } else { format!("{turns} turns") };
    let said = match preview.scope {
        Scope::Files => "the agent is told with its next prompt".to_owned(),
        Scope::Both | Scope::Talk => {
            let stand = match stand {
                0 => String::new(),
                1 => "; 1 step of those stands all the same".to_owned(),
                n => format!("; {n} steps of those stand all the same"),
            };
            format!("it goes back to {place} and forgets {turns}: that can't be undone{stand}")
        }
    };
    let role = if preview.scope == Scope::Files { Role::Muted } else { Role::Warn };
    Styled::of(&said, role).flow(Row::of("   ", Role::Text), width, rows);
}

/// ` 4 files: 1 made again, 2 restored, 1 CONFLICT`.
fn counts(preview: &Preview, width: usize) -> Row {
    let files = &preview.plan.files;
    if files.is_empty() {
        return Row::of(" no file would change", Role::Warn);
    }
    let mut row = Row::of(format!(" {}: ", entry::counted(files.len())), Role::Muted);
    let acts = [
        (UndoAct::Create, "made again"),
        (UndoAct::Remove, "removed"),
        (UndoAct::Restore, "restored"),
        (UndoAct::Merge, "merged"),
        (UndoAct::Conflict, "CONFLICT"),
        (UndoAct::Nothing, "left as it is"),
    ];
    let mut between = "";
    for (act, word) in acts {
        let count = files.iter().filter(|file| file.act == act).count();
        if count > 0 {
            row.push(between, Role::Muted);
            row.push(format!("{count} {word}"), look(act));
            between = ", ";
        }
    }
    row.clip(width)
}

fn look(act: UndoAct) -> Look {
    match act {
        UndoAct::Create => Role::Added.into(),
        UndoAct::Remove => Role::Removed.into(),
        UndoAct::Restore | UndoAct::Merge => Role::Info.into(),
        UndoAct::Conflict => Look::strong(Role::Danger),
        UndoAct::Nothing => Role::Muted.into(),
    }
}

/// The entry under which a file's difference is kept: another plan or choice is another one.
fn entry_of(preview: &Preview, (at, file): (usize, &UndoFile)) -> Entry {
    let made = preview.plan.digest.0.iter().take(7).fold(0u64, |all, &byte| all << 8 | u64::from(byte));
    let side = match preview.side(&file.path) {
        Side::Skip => 0,
        Side::Ours => 1,
        Side::Theirs => 2,
        Side::Both => 3,
    };
    let made = made << 8 | side;
    let now = crate::domain::At(0);
    Entry {
        no: at as u64,
        seq: Seq(0),
        changed: Seq(made),
        at: now,
        until: now,
        lane: LaneId::ROOT,
        turn: TurnNo(0),
        what: What::Mode { mode: String::new() },
    }
}

/// A file's difference.
fn payload<'c>(
    cx: &Cx<'_>,
    cache: &'c mut Cache,
    (preview, session): (&Preview, &Session),
    (at, file): (usize, &UndoFile),
    width: usize,
) -> Option<&'c mut Payload> {
    let patch = Some(file.becomes(preview.side(&file.path)).0?.clone());
    let change = FileChange {
        path: file.path.clone(),
        old: None,
        new: None,
        fragment: false,
        line: None,
        patch,
        moved_to: None,
    };
    let step = Step { changes: vec![change], ..Step::default() };
    let diffs = DiffUi::default();
    // Nothing of it may be cut.
    let manner = Manner { long: Long::Wrapped, ..cx.app.manner };
    let to = Fitting { width, manner, diffs: &diffs, edits: None };
    Some(cache.payloads.payload(cx, session, &entry_of(preview, (at, file)), &step, Place::Undo, (&to, None)))
}

/// One file: what becomes of it, what is to be said and chosen, and its difference where that is unfolded.
fn block(
    cx: &Cx<'_>,
    cache: &mut Cache,
    scene: &mut Scene,
    (preview, session): (&Preview, &Session),
    (at, file): (usize, &UndoFile),
    (start, width): (usize, usize),
    is_here: &mut bool,
) -> Block {
    let chosen = at == preview.at;
    let is_open = preview.open.contains(&at);
    let mut lead = Row::of(if chosen { cx.glyphs.cursor } else { " " }, Look::strong(Role::Accent));
    lead.push(file.act.word(), look(file.act));
    lead.pad_to(ACT);
    let mut head = Vec::new();
    let name = if chosen { Look::strong(Role::Text) } else { Role::Text.into() };
    Styled::exact(&file.path, name).flow(lead, width, &mut head);
    let mut block = Block { start, head, below: Vec::new(), diff: 0..0 };
    let inner = width.saturating_sub(INDENT).max(1);
    // Of a folded one its numbers are worth making it only near the screen.
    let near = preview.top..preview.top.saturating_add(4 * usize::from(cx.app.size.1.max(50)));
    if (is_open || near.contains(&start))
        && let Some(payload) = payload(cx, cache, (preview, session), (at, file), inner)
    {
        scene.painted.wants.extend(payload.wants.iter().cloned());
        *is_here &= payload.is_here() || !is_open;
        match payload.only_change() {
            Some(Only { lines, about, rows }) => {
                counted(cx, &mut block.head, (lines, about, is_open), width);
                if is_open {
                    block.diff = rows;
                    let about: Vec<&str> = about.iter().map(String::as_str).filter(|said| !is_plain(said)).collect();
                    if !about.is_empty() {
                        let lead = Row::of(" ".repeat(INDENT), Role::Text);
                        Styled::of(&about.join("; "), Role::Info).flow(lead, width, &mut block.below);
                    }
                }
            }
            None if is_open => block.diff = 0..payload.rows(),
            None => {}
        }
    }
    let made = file.becomes(preview.side(&file.path)).1;
    let note = file.note.as_deref().map(|note| made.map_or(note.to_owned(), |made| format!("{note}; {made}")));
    if let Some(note) = &note {
        let role = if file.act == UndoAct::Conflict { Role::Warn } else { Role::Info };
        let mut lead = Row::new();
        lead.pad_to(ACT.min(width / 3));
        Styled::exact(note, role).flow(lead, width, &mut block.head);
    }
    if file.act == UndoAct::Conflict {
        choice(cx, preview.side(&file.path), chosen, width, &mut block.head);
    }
    block
}

/// What the word for the file says already.
fn is_plain(said: &str) -> bool {
    matches!(said, "new file" | "deleted")
}

/// `+3 −14`, and whether there is more to see, behind the last row of the name where there is room.
fn counted(cx: &Cx<'_>, head: &mut [Row], (counts, about, is_open): ((u32, u32), &[String], bool), width: usize) {
    let Some(last) = head.last_mut() else { return };
    let mut said = match (counts, about.first()) {
        // Where no line changes, something else does.
        ((0, 0), Some(about)) if !is_open => Row::of(about.clone(), Role::Info),
        ((0, 0), _) => Row::new(),
        ((added, removed), _) => entry::lines(cx, added, removed),
    };
    said.push(if is_open { "  " } else { " …" }, Role::Muted);
    // Far from its name nobody finds it.
    let width = width.min(NUMBERS);
    if last.width() + said.width() + 2 <= width {
        let (breaks, lead) = (last.breaks, last.lead);
        *last = Row { lead, breaks, ..std::mem::take(last).right(said, width) };
    }
}

/// What can be chosen where others changed the same lines since; what is chosen stands in brackets.
fn choice(cx: &Cx<'_>, side: Side, at_hand: bool, width: usize, rows: &mut Vec<Row>) {
    let all = [
        (Side::Ours, Action::SideOurs, "1", "ours: as it is now"),
        (Side::Theirs, Action::SideTheirs, "2", "theirs: as before the step"),
        (Side::Both, Action::SideBoth, "3", "both, with marks"),
        (Side::Skip, Action::SideSkip, "4", "skip the file"),
    ];
    let mut row = Row::new();
    row.pad_to(INDENT);
    for (one, action, usual, said) in all {
        let key = keymap::key(cx.app, action).unwrap_or_else(|| usual.to_owned());
        let is_it = one == side;
        let look = match (is_it, at_hand) {
            (true, _) => Look::strong(Role::Accent),
            (false, true) => Role::Text.into(),
            (false, false) => Role::Muted.into(),
        };
        let (before, after) = if is_it { ("[", "]") } else { (" ", " ") };
        let said = format!("{before}{key} {said}{after} ");
        if row.width() + text::width(&said) > width && row.width() > INDENT {
            rows.push(std::mem::take(&mut row));
            row.pad_to(INDENT);
        }
        row.push(said, look);
    }
    rows.push(row);
}

/// The last row: what the key would do, or why it does nothing yet; and how much is below.
fn status(cx: &Cx<'_>, preview: &Preview, shown: &PaintedUndo, (below, is_large): (usize, bool), width: usize) -> Row {
    let key = |action, usual: &str| keymap::key(cx.app, action).unwrap_or_else(|| usual.to_owned());
    // This frame counted.
    let mut now = preview.clone();
    now.painted(shown, cx.now);
    let unread = now.unread();
    let (changes, skipped) = (preview.changes(), preview.skipped());
    let (said, look): (String, Look) = if let Err(why) = cx.app.can_act() {
        (text::prose(&why).text.into_owned(), Role::Warn.into())
    } else if preview.sent {
        ("being done…".to_owned(), Role::Info.into())
    } else if !is_large {
        ("too small to undo here: needs 20x6".to_owned(), Look::strong(Role::Warn))
    } else if !shown.whole {
        ("loading what would change".to_owned(), Role::Info.into())
    } else if unread > 0 {
        (
            format!("not every file was on the screen yet: {} reads on", key(Action::PageDown, "space")),
            Look::strong(Role::Accent),
        )
    } else if preview.scope == Scope::Talk {
        let said = format!("{} takes the conversation back, and no file; that can't be undone", key(Action::Yes, "y"));
        (said, Look::strong(Role::Good))
    } else if changes == 0 && skipped > 0 {
        ("nothing would change: choose what becomes of the files that clash".to_owned(), Role::Warn.into())
    } else if changes == 0 {
        ("nothing would change".to_owned(), Role::Warn.into())
    } else {
        let left = if skipped > 0 { format!(", leaves {skipped} as they are") } else { String::new() };
        let (files, yes) = (entry::counted(changes), key(Action::Yes, "y"));
        let said = match preview.scope {
            Scope::Files | Scope::Talk => format!("{yes} changes {files}{left}; that can be undone, too"),
            Scope::Both => format!("{yes} changes {files}{left} and takes the conversation back"),
        };
        (said, Look::strong(Role::Good))
    };
    let row = Row::of(format!(" {said}"), look);
    if below == 0 {
        return row.clip(width);
    }
    let more = Row::of(format!("{} {below} more ", cx.glyphs.below), Look::strong(Role::Info));
    row.right(more, width)
}
