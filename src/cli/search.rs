//! `taut search`: over all sessions, taut's own and those of other tools. Everything is looked at, the newest session first.

use super::args::Search;
use super::clock::{Clock, now};
use super::out::Out;
use super::setup::Setup;
use super::story::{Shelves, Story};
use super::{CliError, words};
use crate::domain::FindKind;
use crate::state::find::{Eyes, Spot, look};
use crate::state::{Entry, Session, What};
use crate::text::{self, Needle};
use query::Query;
use serde_json::json;
use std::process::ExitCode;

mod query;

/// Nothing was found.
const NOTHING: u8 = 11;
/// Cells of what is shown around a hit.
const WIDEST: usize = 110;

/// Searches.
///
/// # Errors
/// The query can't be understood; the log or what is kept can't be read.
pub(super) fn search(setup: &Setup, args: &Search) -> Result<ExitCode, CliError> {
    let query = Query::parse(&args.query, now()).map_err(CliError::Query)?;
    let shelves = Shelves::open(setup)?;
    let (mut out, clock) = (Out::new(), Clock::here());
    let (mut found, mut unread, mut blind) = (0, 0, false);
    for story in shelves.all()?.iter().filter(|story| query.takes(story.session(), story.is_recorded())) {
        let mut headed = false;
        let looked = story.entries(&mut |entry| {
            let (spot, missed) = hit(story, entry, &query);
            blind |= missed;
            if let Some(spot) = spot {
                found += 1;
                if args.json {
                    out.json(&object(story, entry, &spot))?;
                } else {
                    head(story, setup, &mut headed, found, &mut out)?;
                    line(entry, &spot, &clock, &mut out)?;
                }
            }
            Ok(found < args.limit)
        });
        match looked {
            // A recording whose file is gone or damaged holds nobody up.
            Err(CliError::Transcript(_)) => unread += 1,
            other => other?,
        }
        if found >= args.limit {
            break;
        }
    }
    let done = out.done()?;
    if found >= args.limit {
        super::say(&format!("these are the first {found}: --limit takes more, more words make fewer"));
    }
    if unread > 0 {
        super::say(&format!("{} could not be read and were not searched", words::counted(unread, "session")));
    }
    if blind {
        super::say("some long texts are not on the disk any more, and were not searched");
    }
    if found == 0 {
        super::say("nothing of that stands in any session: `taut ls` and `taut ls --recorded` list what was searched");
        return Ok(ExitCode::from(NOTHING));
    }
    Ok(done)
}

/// Where an entry has all that is searched; and whether some text of it was not at hand.
fn hit(story: &Story<'_>, entry: &Entry, query: &Query) -> (Option<Spot>, bool) {
    if !query.fits(entry) {
        return (None, false);
    }
    let mut blind = false;
    let mut first = None;
    let mut seen = |needle: &Needle, kind: FindKind| {
        let find = |text: &str| needle.find(text);
        let mut body = |body: &crate::domain::BodyRef| story.body(body);
        let mut eyes = Eyes { find: &find, body: &mut body, blind: false };
        let spot = look(entry, kind, &mut eyes);
        blind |= eyes.blind && spot.is_none();
        spot
    };
    for (needle, kind) in query.needles() {
        match seen(needle, kind) {
            None => return (None, blind),
            spot => first = first.or(spot),
        }
    }
    (first.or_else(|| query::itself(entry)), blind)
}

fn head(story: &Story<'_>, setup: &Setup, headed: &mut bool, found: usize, out: &mut Out) -> Result<(), CliError> {
    if std::mem::replace(headed, true) {
        return Ok(());
    }
    if found > 1 {
        out.line("")?;
    }
    let session = story.session();
    let title = text::visible(&super::ls::first_line(&story.title())).text.into_owned();
    let folder = words::below_home(&session.cwd, &setup.home);
    out.line(&format!("{}  {}  {}  {folder}", session.id, session.agent, text::end(title.trim(), 60)))
}

fn line(entry: &Entry, spot: &Spot, clock: &Clock, out: &mut Out) -> Result<(), CliError> {
    let shown = text::visible(spot.excerpt.trim()).text.into_owned();
    let step = entry.step().map(|step| format!("step {} ", step.number)).unwrap_or_default();
    let part = query::part_of(entry, spot.part);
    let at = query::seq_of(entry, spot.part).0;
    out.line(&format!("  --at {at:<6} {}  {step}{part}: {}", clock.full(entry.at), text::end(&shown, WIDEST)))
}

fn object(story: &Story<'_>, entry: &Entry, spot: &Spot) -> serde_json::Value {
    let session: &Session = story.session();
    json!({
        "session": session.id, "name": story.title(), "agent": session.agent, "cwd": session.cwd,
        "recorded": story.is_recorded(), "at": query::seq_of(entry, spot.part), "time": entry.at, "turn": entry.turn,
        "step": match &entry.what { What::Step(step) => Some(step.number), _ => None },
        "part": query::part_of(entry, spot.part), "line": spot.line, "excerpt": spot.excerpt,
    })
}
