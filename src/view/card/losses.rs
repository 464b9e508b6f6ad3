//! What a command would delete or rewrite: an aid beside the payload, looked at by the hub while the card is open.
//!
//! It comes later than the card. So that nothing moves then under the eyes of who reads, its rows are there from the first
//! frame on, filled or not. It is no part of what is decided on: neither of the digest nor of what must be read.

use super::Asked;
use crate::domain::{Covered, Loss, Losses, Tally};
use crate::keymap;
use crate::text::{self, human};
use crate::theme::Role;
use crate::ui::card::Outlook;
use crate::ui::face::Face;
use crate::ui::{Action, Want, loses};
use crate::view::payload::Ink;
use crate::view::{Cache, Cx, Look, Row};

/// Rows below the payload ...
const ROWS: usize = 5;
/// ... and beside it.
const BESIDE: usize = 12;

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// Below the payload.
    Below,
    /// Beside it.
    Beside,
}

impl From<Option<usize>> for Stands {
    /// By the columns that there are beside it.
    fn from(beside: Option<usize>) -> Self {
        if beside.is_some() { Self::Beside } else { Self::Below }
    }
}

/// The rows of it; none where the command is not known to delete or rewrite anything.
pub(super) fn rows(
    cx: &Cx<'_>,
    cache: &mut Cache,
    (asked, changed): (&Asked<'_>, Option<(&Face, &Outlook)>),
    (width, stands): (usize, Stands),
    wants: &mut Vec<Want>,
) -> Vec<Row> {
    let is_open = asked.request.waits() && asked.session.is_live();
    let step = changed.map_or(asked.step, |(face, _)| &face.step);
    let Some(command) = step.command.as_ref().filter(|_| is_open) else { return Vec::new() };
    let Some(text) = cx.app.here(command) else { return Vec::new() };
    if !cache.loses(command.digest(), || loses(text)) {
        return Vec::new();
    }
    if cx.app.replay.is_some() {
        return vec![Row::of("not looked at: what stood there then is not on record", Role::Muted).clip(width)];
    }
    let request = asked.request.id;
    wants.push(changed.map_or(Want::Losses(request), |(face, _)| Want::LossesAhead(request, face.digest)));
    let most = if stands == Stands::Beside { BESIDE } else { ROWS };
    let here = match changed {
        Some((_, outlook)) => outlook.losses.as_ref(),
        None => cx.app.losses.get(&request),
    };
    let mut rows = match here {
        None => vec![Row::of("looking at what stands there …", Role::Muted)],
        Some(losses) => told(cx, asked, losses, (width, most)),
    };
    rows.truncate(most);
    rows.resize(most, Row::new());
    rows.into_iter().map(|row| row.clip(width)).collect()
}

/// Every file that it would hit, where the human wants them listed.
pub(super) fn all(cx: &Cx<'_>, asked: &Asked<'_>, is_wanted: bool, width: usize) -> Vec<Row> {
    let is_open = asked.request.waits() && asked.session.is_live() && cx.app.replay.is_none();
    let Some(losses) = cx.app.losses.get(&asked.request.id).filter(|_| is_wanted && is_open) else { return Vec::new() };
    let mut rows: Vec<Row> = losses.unknown.iter().map(|why| unknown(why, width)).collect();
    rows.extend(losses.files.iter().map(|loss| file(loss, width)));
    let left = (losses.count() + losses.folders()).saturating_sub(losses.files.len() as u64);
    if left > 0 || losses.cut {
        let least = if losses.cut { "; it was not looked further, so there may be more" } else { "" };
        rows.push(Row::of(format!("… and {left} more{least}"), Role::Info));
    }
    rows.into_iter().map(|row| row.clip(width)).collect()
}

fn told(cx: &Cx<'_>, asked: &Asked<'_>, losses: &Losses, (width, most): (usize, usize)) -> Vec<Row> {
    let mut rows = vec![head(cx, losses)];
    let mut lines: Vec<Row> = losses.unknown.iter().map(|why| unknown(why, width)).collect();
    if !losses.beside.is_empty() {
        let said = format!("beside it runs {}: what that does is not known", losses.beside.join(", "));
        lines.push(Row::of(text::visible(&said).text.into_owned(), Role::Muted));
    }
    // With too little room for both, at least one file stands there.
    let files = losses.files.len();
    let keep = (most - 1).saturating_sub(2.min(files)).max(1);
    let hidden = lines.len().saturating_sub(keep);
    lines.truncate(keep);
    let total = losses.count() + losses.folders();
    let room = most - 1 - lines.len();
    let shown =
        if usize::try_from(total).unwrap_or(usize::MAX) > room || hidden > 0 { room.saturating_sub(1) } else { room };
    rows.extend(lines);
    rows.extend(losses.files.iter().take(shown).map(|loss| file(loss, width)));
    let left = total.saturating_sub(shown.min(files) as u64);
    if left > 0 || hidden > 0 {
        let more = if losses.cut { "at least " } else { "" };
        let key = keymap::key(cx.app, Action::UnfoldLines).unwrap_or_else(|| "unfold-lines".to_owned());
        let said = match hidden {
            0 => format!("… and {more}{left} more: {key} lists them, or taut show {}", asked.request.id),
            _ => format!("… and more of both: {key} lists it all, or taut show {}", asked.request.id),
        };
        rows.push(Row::of(said, Role::Info));
    }
    rows
}

/// `deletes 3 files + 1 folder, changes 2 (3 can't be taken back), 340k`; of many ways the sum first.
fn head(cx: &Cx<'_>, losses: &Losses) -> Row {
    let (files, folders) = (losses.count(), losses.folders());
    if files + folders == 0 {
        return match losses.unknown.is_empty() {
            true => Row::of("nothing that stands there now", Role::Text),
            false => Row::of("what it would hit is not all known", Look::strong(Role::Warn)),
        };
    }
    let least = if losses.cut { "at least " } else { "" };
    let is_short = losses.tallies.len() <= 2;
    let each = |said: &dyn Fn(usize, &Tally) -> String| {
        let all = losses.tallies.iter().enumerate().map(|(n, it)| format!("{} {}", it.how.word(), said(n, it)));
        all.collect::<Vec<_>>().join(", ")
    };
    let said = match is_short {
        // Files once are files again, and a row is short.
        true => each(&|n, it| match it.folders {
            0 if n > 0 => format!("{least}{}", human::count(it.files)),
            _ => format!("{least}{}", things(it.files, it.folders)),
        }),
        false => format!("{least}{}", things(files, folders)),
    };
    let mut row = Row::of(said, Look::strong(Role::Text));
    // Before the rest: a narrow row is cut at its end.
    if losses.uncovered > 0 {
        row.push(format!(" ({} can't be taken back)", human::count(losses.uncovered)), Look::strong(Role::Warn));
    } else if losses.kept > 0 && losses.kept == files && !losses.cut {
        let key = keymap::key(cx.app, Action::Undo).unwrap_or_else(|| "undo".to_owned());
        row.push(format!(" ({key} takes it back)"), Role::Good);
    }
    if files > 0 {
        row.push(format!(", {}", human::bytes(losses.bytes())), Role::Text);
    }
    if !is_short {
        row.push(format!(": {}", each(&|_, it| human::count(it.files + it.folders))), Role::Text);
    }
    row
}

/// `3 files + 1 folder`.
fn things(files: u64, folders: u64) -> String {
    let counted = |n: u64, one: &str, many: &str| format!("{} {}", human::count(n), if n == 1 { one } else { many });
    let all = [(files, "file", "files"), (folders, "folder", "folders")];
    let said: Vec<String> = all.iter().filter(|it| it.0 > 0).map(|(n, one, many)| counted(*n, one, many)).collect();
    said.join(" + ")
}

fn unknown(why: &str, width: usize) -> Row {
    let lead = "not known: ";
    let mut row = Row::of(lead, Look::strong(Role::Warn));
    let ink = Ink::exact(why, Role::Warn);
    let end = text::clip(ink.text(), width.saturating_sub(lead.len() + 1)).len();
    let is_cut = end < ink.text().len();
    ink.draw(0..end, &mut row);
    if is_cut {
        row.push("…", Role::Muted);
    }
    row
}

/// `deletes  12 kB  src/a.rs  git ignores it`.
fn file(loss: &Loss, width: usize) -> Row {
    let size = match loss.of {
        crate::domain::LossOf::File => human::bytes(loss.bytes),
        crate::domain::LossOf::Link => "link".to_owned(),
        crate::domain::LossOf::Folder => "folder".to_owned(),
    };
    let mut row = Row::of(text::pad_end(loss.how.word(), 11).into_owned(), Role::Text);
    row.push(format!("{}  ", text::pad_start(&size, 8)), Role::Muted);
    let note = match &loss.covered {
        Covered::No(why) => format!("  {why}"),
        Covered::Yes | Covered::Unknown => String::new(),
    };
    let mut shown = Row::new();
    let ink = Ink::exact(&loss.path, Role::Text);
    ink.draw(0..ink.text().len(), &mut shown);
    // Which file it is counts more than why: of a long reason the end is cut.
    let room = width.saturating_sub(row.width());
    let room = room.saturating_sub(text::width(&note)).max(room * 2 / 3);
    if shown.width() > room {
        // Its end says most: what is left out stands before it.
        let path = text::middle(ink.text(), room).into_owned();
        row.push(path, Role::Text);
    } else {
        row.append(shown);
    }
    row.with(note, Role::Warn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{LossHow, LossOf};

    #[test]
    fn a_file_has_its_name_however_long_the_reason() {
        let path = "nm/packages/one/build/output.bin".to_owned();
        let why = "git ignores it, and it is too much to be kept".to_owned();
        let loss = Loss { path, how: LossHow::Deletes, of: LossOf::File, bytes: 2, covered: Covered::No(why) };
        let text =
            |width| file(&loss, width).clip(width).spans.iter().map(|span| span.text.to_string()).collect::<String>();
        assert!(text(78).contains("nm/packages/one/build/output.bin  git ignores it"), "{}", text(78));
        assert!(text(40).ends_with("t.bin…") || text(40).contains("output.bin"), "{}", text(40));
        assert!(text(120).ends_with("too much to be kept"));
    }
}
