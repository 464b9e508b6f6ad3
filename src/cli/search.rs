//! `taut search`: over all sessions, taut's own and those of other tools. Everything is looked at, the newest session first.

use super::args::Search;
use super::clock::{Clock, now};
use super::out::Out;
use super::setup::Setup;
use super::{CliError, words};
use crate::domain::{Hit, HitIn, SessionId};
use crate::search::{self, Each, Query};
use crate::text;
use serde_json::json;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Nothing was found.
const NOTHING: u8 = 11;
/// Cells of what is shown around a hit.
const WIDEST: usize = 110;

/// Searches.
///
/// # Errors
/// The query can't be understood; the log or what is kept can't be read.
pub(super) fn search(setup: &Setup, args: &Search) -> Result<ExitCode, CliError> {
    let query = Query::parse(&args.query, now(), &folder).map_err(CliError::Query)?;
    let mut print =
        Print { out: Out::new(), clock: Clock::here(), setup, json: args.json, headed: None, closed: Ok(()) };
    let looked = search::search(&setup.places.state, &query, args.limit, &mut print)?;
    print.closed?;
    let done = print.out.done()?;
    if looked.cut {
        super::say(&format!("these are the first {}: --limit takes more, more words make fewer", looked.found));
    }
    if looked.unread > 0 {
        let sessions = words::counted(looked.unread as usize, "session");
        super::say(&format!("{sessions} could not be read and were not searched"));
    }
    if let Some(why) = &looked.why {
        super::say(&format!("the index can't be used, everything was read: {why}"));
    } else if looked.scanned > 0 && std::io::stderr().is_terminal() {
        let sessions = words::counted(looked.scanned as usize, "session");
        super::say(&format!("{sessions} of {} were read, since the index does not have them yet", looked.sessions));
    }
    if looked.blind {
        super::say("some long texts are not on the disk any more, and were not searched");
    }
    if looked.found == 0 {
        super::say("nothing of that stands in any session: `taut ls` and `taut ls --recorded` list what was searched");
        return Ok(ExitCode::from(NOTHING));
    }
    Ok(done)
}

/// The folder that is meant.
fn folder(typed: &Path) -> PathBuf {
    let absolute = std::path::absolute(typed).unwrap_or_else(|_| typed.to_owned());
    absolute.canonicalize().unwrap_or(absolute)
}

/// Prints what is found.
struct Print<'p> {
    out: Out,
    clock: Clock,
    setup: &'p Setup,
    json: bool,
    /// The session whose hits are printed.
    headed: Option<(SessionId, bool)>,
    closed: Result<(), CliError>,
}

impl Each for Print<'_> {
    fn hit(&mut self, of: &HitIn, hit: Hit) {
        self.closed = match self.json {
            true => self.out.json(&object(of, &hit)),
            false => self.line(of, &hit),
        };
    }

    fn goes_on(&mut self) -> bool {
        self.closed.is_ok()
    }
}

impl Print<'_> {
    fn line(&mut self, of: &HitIn, hit: &Hit) -> Result<(), CliError> {
        let key = (of.session, of.recorded);
        let before = self.headed.replace(key);
        if before != Some(key) {
            if before.is_some() {
                self.out.line("")?;
            }
            let title = text::visible(&super::ls::first_line(&of.name)).text.into_owned();
            let folder = words::below_home(&of.cwd, &self.setup.home);
            self.out.line(&format!("{}  {}  {}  {folder}", of.session, of.agent, text::end(title.trim(), 60)))?;
        }
        let shown = text::visible(hit.excerpt.trim()).text.into_owned();
        let step = hit.step.map(|step| format!("step {step} ")).unwrap_or_default();
        let (at, part, time) = (hit.seq.0, &hit.part, self.clock.full(hit.at));
        self.out.line(&format!("  --at {at:<6} {time}  {step}{part}: {}", text::end(&shown, WIDEST)))
    }
}

fn object(of: &HitIn, hit: &Hit) -> serde_json::Value {
    json!({
        "session": of.session, "name": of.name, "agent": of.agent, "cwd": of.cwd, "recorded": of.recorded,
        "at": hit.seq, "time": hit.at, "turn": hit.turn, "step": hit.step, "part": hit.part, "line": hit.line,
        "excerpt": hit.excerpt,
    })
}
