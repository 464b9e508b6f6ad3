//! What came before a request: the last steps of its lane, and what the agent said last.

use super::Asked;
use crate::domain::{Speaker, Text};
use crate::state::{Entry, What};
use crate::text::{self, human};
use crate::theme::Role;
use crate::ui::Want;
use crate::view::body::Found;
use crate::view::past::Entries;
use crate::view::{Cx, Look, Mark, Row, clock, entry};

/// Steps that are shown.
const STEPS: usize = 3;
/// Entries that are looked through.
const FAR: u64 = 200;

/// The last steps of the lane before this one, oldest first; without the one that is told of elsewhere.
pub(super) fn steps(
    cx: &Cx<'_>,
    asked: &Asked<'_>,
    width: usize,
    told: Option<u64>,
    wants: &mut Vec<Want>,
) -> Vec<Row> {
    let mut lacking = Vec::new();
    let mut rows: Vec<Row> = earlier(cx, asked, wants)
        .filter(|entry| Some(entry.no) != told)
        .filter_map(|entry| {
            let step = entry.step()?;
            let mark = Mark::of_step(step);
            let mut row = Row::of(format!("{} ", mark.sign(cx.glyphs)), mark.role());
            row.push(format!("{} ", step.impact.word()), Role::Muted);
            let mut about = Vec::new();
            match (step.exit, step.status.is_final()) {
                (Some(code), _) => about.push(format!("exit {code}")),
                (None, true) => {
                    about.push(entry::outcome(step).map_or_else(|| mark.word().to_owned(), |(word, _)| word));
                }
                (None, false) => about.push("still open".to_owned()),
            }
            let (began, ended) = (step.began.unwrap_or(entry.at), step.ended.unwrap_or(entry.until));
            if step.ended.is_some() {
                about.push(human::duration(clock::between(began, ended)));
            }
            about.push(clock::ago(ended, cx.now));
            let about = Row::of(format!("  {}", about.join(", ")), Role::Muted);
            let room = width.saturating_sub(row.width() + about.width());
            entry::target_lacks(cx, step, &mut lacking);
            row.push(entry::target(cx, asked.session, step, room), Role::Text);
            Some(row.with_row(about).clip(width))
        })
        .take(STEPS)
        .collect();
    wants.append(&mut lacking);
    rows.reverse();
    rows
}

/// The end of the last thing that the agent said in this lane, in at most `rows` rows.
pub(super) fn says(
    cx: &Cx<'_>,
    asked: &Asked<'_>,
    width: usize,
    rows: usize,
    wants: &mut Vec<Want>,
) -> Option<Vec<Row>> {
    let parts = earlier(cx, asked, wants).find_map(|entry| match &entry.what {
        What::Said { who: Speaker::Agent, text, .. } => Some(text),
        _ => None,
    })?;
    let last: Vec<&Text> = parts.pieces().collect();
    let most = width * rows * 4;
    let mut said = String::new();
    for piece in last.into_iter().rev() {
        let text = Found::of(cx.app, piece).or_want(wants).unwrap_or_default();
        said.insert_str(0, &text[text.ceil_char_boundary(text.len().saturating_sub(most))..]);
        if said.len() >= most {
            break;
        }
    }
    // One run of prose: the signs that fence code are no words. Only the plain blanks and ends of lines become spaces;
    // any other control is left to be marked.
    let words = said.replace("```", " ").replace("\r\n", "\n");
    let words = words.split([' ', '\n', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let shown = text::prose(&words).text.into_owned();
    let mut broken: Vec<&str> = text::wrap(&shown, width.saturating_sub(2).max(1)).map(|row| &shown[row]).collect();
    let left_out = broken.len().saturating_sub(rows);
    broken.drain(..left_out);
    let cut = left_out > 0 || parts.bytes > said.len() as u64;
    let row = |(at, line): (usize, &&str)| {
        let lead = if at == 0 && cut { "… " } else { "" };
        Row::of(lead, Role::Muted).with((*line).to_owned(), Look::from(Role::Text))
    };
    Some(broken.iter().enumerate().map(row).collect::<Vec<_>>()).filter(|_| !shown.is_empty())
}

/// Entries of the same lane before the request's, newest first; up to the first that must be loaded.
fn earlier<'a>(cx: &Cx<'a>, asked: &Asked<'a>, wants: &mut Vec<Want>) -> impl Iterator<Item = &'a Entry> {
    let lane = asked.entry.lane;
    Back::new(cx, asked).entries(wants).filter(move |entry| entry.lane == lane)
}

/// Looking back over all lanes, and not too far.
#[derive(Clone, Copy)]
pub(super) struct Back<'a> {
    entries: Entries<'a>,
    from: u64,
    until: u64,
}

impl<'a> Back<'a> {
    /// From a request.
    pub(super) fn new(cx: &Cx<'a>, asked: &Asked<'a>) -> Self {
        Self::until(Entries::new(cx.app, asked.session), asked.entry.no)
    }

    /// From now, where the request waits still: other lanes go on meanwhile. Else from the request.
    pub(super) fn from_now(cx: &Cx<'a>, asked: &Asked<'a>) -> Self {
        let entries = Entries::new(cx.app, asked.session);
        let waits = asked.request.waits() && asked.session.is_live();
        Self::until(entries, if waits { entries.end() } else { asked.entry.no })
    }

    fn until(entries: Entries<'a>, until: u64) -> Self {
        Self { entries, from: until.saturating_sub(FAR), until }
    }

    /// True where it reaches back to the beginning of the session.
    pub(super) fn is_all(self) -> bool {
        self.from == 0
    }

    /// The entries, newest first; up to the first that must be loaded.
    pub(super) fn entries(self, wants: &mut Vec<Want>) -> impl Iterator<Item = &'a Entry> {
        let found = (self.from..self.until).rev().map_while(move |no| {
            let found = self.entries.get(no);
            let want = if found.is_none() { self.entries.want(no) } else { None };
            let is_lacking = want.is_some();
            wants.extend(want);
            (!is_lacking).then_some(found)
        });
        found.flatten()
    }
}
