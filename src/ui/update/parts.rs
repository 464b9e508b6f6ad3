//! A part of a change: which hunks are taken, which are refused, and the answer that says so.

use super::super::app::App;
use super::super::card::Menu;
use super::super::diffs::HunkMark;
use super::super::parts::{Chosen, Parts};
use super::card::set_menu;
use super::diffs::Way;
use super::edit;
use super::guard::standing;
use crate::diff;
use crate::domain::{At, Decision, Topic};

/// The hunks of the open card as they were painted last.
fn painted(app: &App) -> &[HunkMark] {
    app.card.as_ref().filter(|card| card.menu.is_none()).map_or(&[], |card| &card.diffs.seen.hunks)
}

/// Whether hunks can be chosen on the open card.
pub(super) fn can_choose(app: &App) -> Result<(), String> {
    let waiting = standing(app)?;
    if waiting.request.how.topic != Topic::Call || painted(app).is_empty() {
        return Err("no change of a file is on this card".to_owned());
    }
    // Asked for every frame: whether they are here, and not what they are.
    if app.has_pieces(waiting.step) { Ok(()) } else { Err("not all of it is here yet".to_owned()) }
}

/// The hunk that has the keys.
fn at(app: &App) -> u32 {
    let most = u32::try_from(painted(app).len()).unwrap_or(u32::MAX);
    app.card.as_ref().map_or(0, |card| card.parts.at.clamp(1, most.max(1)))
}

/// Takes the hunk as it is, or refuses it. Nothing is sent by it.
pub(super) fn choose(app: &mut App, chosen: Option<Chosen>) {
    let at = at(app);
    if let Some(card) = &mut app.card {
        match chosen {
            Some(chosen) => drop(card.parts.chosen.insert(at, chosen)),
            None => drop(card.parts.chosen.remove(&at)),
        }
        card.parts.at = at;
    }
}

/// What stands in a hunk's place as the agent proposes it.
pub(super) fn lines_of(app: &App, hunk: u32) -> Result<String, String> {
    let waiting = standing(app)?;
    let pieces = app.pieces(waiting.step).ok_or("not all of it is here yet")?;
    diff::numbered(&pieces, hunk.max(1))
        .and_then(|(piece, at, _)| piece.diff.comes(at))
        .ok_or_else(|| "there is no such hunk".to_owned())
}

/// The row of a hunk.
pub(super) fn row_of(app: &App, hunk: u32) -> Option<usize> {
    painted(app).get((hunk as usize).checked_sub(1)?).map(|hunk| hunk.from)
}

/// True where hunks are painted among which one can go.
pub(super) fn has_hunks(app: &App) -> bool {
    !painted(app).is_empty()
}

/// Where a key goes: the number of a hunk, and its row.
pub(super) fn goal(app: &App, way: Way) -> Option<(u32, usize)> {
    let (hunks, at) = (painted(app), at(app));
    let row = |number: u32| hunks.get((number as usize).checked_sub(1)?).map(|hunk| hunk.row);
    let top = app.card.as_ref().map_or(0, |card| card.diffs.seen.top);
    let number = match way {
        Way::Next => at.saturating_add(1),
        // First to where it begins.
        Way::Before if row(at).is_some_and(|row| i64::try_from(row).unwrap_or(i64::MAX) < top) => at,
        Way::Before => at.saturating_sub(1),
    };
    Some((number, row(number)?))
}

/// The reader follows what is on the screen.
pub(super) fn follow(app: &mut App, rows: std::ops::Range<usize>) {
    let Some(card) = app.card.as_mut().filter(|card| card.menu.is_none()) else { return };
    let sees = |hunk: &HunkMark| hunk.from < rows.end && hunk.to > rows.start;
    let hunks = &card.diffs.seen.hunks;
    let at = (card.parts.at as usize).checked_sub(1).and_then(|at| hunks.get(at));
    if !at.is_some_and(sees) {
        let first = hunks.iter().position(sees).and_then(|at| u32::try_from(at + 1).ok());
        let most = u32::try_from(hunks.len()).unwrap_or(u32::MAX);
        card.parts.at = first.unwrap_or(card.parts.at.clamp(u32::from(most > 0), most));
    }
}

/// Answers with the part that was chosen: asks why not the rest, or shows what would be written.
pub(super) fn take(app: &mut App, now: At) {
    let of = u32::try_from(painted(app).len()).unwrap_or(u32::MAX);
    let Some(parts) = app.card.as_ref().map(|card| card.parts.clone()) else { return };
    if let Err(why) = can_choose(app) {
        return app.say(why, now);
    }
    if parts.taken(of).is_empty() {
        let text = app.card.as_ref().map(|card| card.reasons.deny.clone()).unwrap_or_default();
        set_menu(app, Menu::Reason { text, interrupt: false }, now);
        app.say("no hunk is taken: that is a denial", now);
    } else if parts.refused() > 0 {
        let text = app.card.as_ref().map(|card| card.reasons.rest.clone()).unwrap_or_default();
        set_menu(app, Menu::Rest { text }, now);
    } else if let Err(why) = edit::sure(app, Decision::Take { hunks: parts.taken(of), reason: None }, now) {
        app.say(why, now);
    }
}

/// The reason for the rest was typed: what would be written stands on the card.
pub(super) fn rest(app: &mut App, text: &str, now: At) {
    let of = app.card.as_ref().map_or(0, |card| card.diffs.seen.hunks.len());
    let of = u32::try_from(of).unwrap_or(u32::MAX);
    let hunks = app.card.as_ref().map(|card| card.parts.clone()).filter(Parts::differs);
    let Some(hunks) = hunks.map(|parts| parts.taken(of)).filter(|hunks| !hunks.is_empty()) else {
        return app.say("what it would change has changed: esc goes back, then choose again", now);
    };
    let reason = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    if let Err(why) = edit::sure(app, Decision::Take { hunks, reason }, now) {
        app.say(why, now);
    }
}
