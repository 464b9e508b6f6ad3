//! A tool's output: its beginning and its end, and how much lies between.

use crate::state::Parts;
use crate::text::ansi;
use crate::theme::Role;
use crate::ui::Want;
use crate::view::body::Found;
use crate::view::flow::Styled;
use crate::view::{Cx, Row};

/// Bytes looked at from each end: no output costs more than this.
const REACH: usize = 32 << 10;
/// The same where many lines are asked for.
const FAR: usize = 256 << 10;

/// The beginning and the end of an output.
#[derive(Debug, Default)]
pub(in crate::view) struct Ends {
    /// The first lines.
    pub(in crate::view) head: Vec<ansi::Line>,
    /// Lines between them.
    pub(in crate::view) hidden: u64,
    /// The last lines.
    pub(in crate::view) tail: Vec<ansi::Line>,
    /// Something is not here yet.
    pub(in crate::view) missing: bool,
}

/// Takes `first` lines from the beginning and `last` from the end of an output.
pub(in crate::view) fn ends(cx: &Cx<'_>, parts: &Parts, first: usize, last: usize, wants: &mut Vec<Want>) -> Ends {
    let reach = if first > 100 { FAR } else { REACH };
    let (mut all, mut missing) = (Vec::new(), false);
    let (mut from_head, mut from_tail) = (String::new(), String::new());
    // Pieces in the middle are neither loaded nor looked at.
    let pieces: Vec<_> = parts.pieces().collect();
    let cut = parts.cut_bytes > 0;
    let take = |n: usize, wants: &mut Vec<Want>, missing: &mut bool| match Found::of(cx.app, pieces[n]) {
        Found::Missing(_) => {
            *missing = true;
            Found::of(cx.app, pieces[n]).or_want(wants)
        }
        Found::Here(text) => Some(text),
        Found::Purged => Some("(purged)\n"),
    };
    for n in 0..pieces.len() {
        if from_head.len() >= reach || (cut && n == parts.head.len()) {
            break;
        }
        all.push(n);
        from_head.push_str(take(n, wants, &mut missing).unwrap_or_default());
    }
    let mut rest = Vec::new();
    for n in (all.len()..pieces.len()).rev() {
        if rest.iter().map(|text: &&str| text.len()).sum::<usize>() >= reach {
            break;
        }
        rest.push(take(n, wants, &mut missing).unwrap_or_default());
    }
    rest.iter().rev().for_each(|text| from_tail.push_str(text));

    let is_whole = from_tail.is_empty() && !cut && from_head.len() <= 2 * reach;
    if is_whole {
        let mut head = ansi::lines(&from_head);
        if head.len() <= first + last {
            return Ends { head, hidden: 0, tail: Vec::new(), missing };
        }
        let tail = head.split_off(head.len() - last);
        let hidden = (head.len() - first) as u64;
        head.truncate(first);
        return Ends { head, hidden, tail, missing };
    }
    let mut head = ansi::lines(&from_head[..from_head.floor_char_boundary(reach)]);
    head.truncate(first);
    let source = if from_tail.is_empty() { &from_head } else { &from_tail };
    let from = source.ceil_char_boundary(source.len().saturating_sub(reach));
    // The first line is half a line.
    let mut tail: Vec<_> = ansi::lines(&source[from..]).into_iter().skip(1).collect();
    let tail = tail.split_off(tail.len().saturating_sub(last));
    let hidden = parts.lines.saturating_sub((head.len() + tail.len()) as u64);
    Ends { head, hidden, tail, missing }
}

impl Ends {
    /// As rows.
    pub(in crate::view) fn rows(&self, width: usize, out: &mut Vec<Row>) {
        self.rows_with(width, out, |hidden| {
            let lines = if hidden == 1 { "line" } else { "lines" };
            Row::of(format!("… {hidden} {lines} …"), Role::Info)
        });
    }

    /// As rows, with what is said of those between head and tail.
    pub(super) fn rows_with(&self, width: usize, out: &mut Vec<Row>, hidden: impl Fn(u64) -> Row) {
        for line in &self.head {
            Styled::output(line, Role::Muted).flow(Row::new(), width, out);
        }
        if self.hidden > 0 {
            out.push(hidden(self.hidden));
        }
        for line in &self.tail {
            Styled::output(line, Role::Muted).flow(Row::new(), width, out);
        }
        if self.missing {
            out.push(Row::of("loading…", Role::Muted));
        }
    }
}
