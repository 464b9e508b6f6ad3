//! `taut replay`: a past session in the same screen, or one frame of it as text.

use super::args::Replay as Asked;
use super::setup::Setup;
use super::{CliError, console, find, json};
use crate::domain::{Record, Seq, SessionId};
use crate::hub;
use crate::store::Reader;
use crate::tui::{self, Source, still};
use crate::ui::marks::Marks;
use crate::ui::{App, Replay};
use crate::view::{self, Cache};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

/// Records read at a time.
const BATCH: usize = 4096;

/// Replays.
///
/// # Errors
/// No such session, place or size; no terminal where one is needed.
pub(super) fn replay(setup: &Setup, args: &Asked) -> Result<ExitCode, CliError> {
    let reader = setup.reader()?;
    let id = find::session(&setup.state(&reader)?, &args.session)?;
    let replay = begin(&reader, id, args.at.as_deref())?;
    let (at, clock) = (replay.at, replay.clock);
    let session = hub::session_at(&reader, id, at)?;
    let mut app = App::of_replay(console::world(setup), replay, session);
    if args.print {
        app.size = size(&args.size)?;
        let scene = still::settle(&mut app, &mut Cache::default(), &Source::Past(reader), clock);
        let mut out = BufWriter::new(io::stdout().lock());
        for line in view::to_text(&scene).lines() {
            json::text_line(&mut out, line)?;
        }
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    for (name, is) in [("stdin", io::stdin().is_terminal()), ("stdout", io::stdout().is_terminal())] {
        if !is {
            return Err(CliError::NoTerminal(name));
        }
    }
    let look = console::look(setup)?;
    tui::run(app, look, Source::Past(reader), Vec::new())?;
    Ok(ExitCode::SUCCESS)
}

fn begin(reader: &Reader, id: SessionId, at: Option<&str>) -> Result<Replay, CliError> {
    let last = reader.last_seq(id)?;
    if last == Seq(0) {
        return Err(CliError::Empty(id.to_string()));
    }
    let at = match at {
        None => Seq(last.0),
        Some("end") => last,
        Some(given) => match given.parse() {
            Ok(n) if (1..=last.0).contains(&n) => Seq(n),
            _ => return Err(CliError::At { given: given.to_owned(), last: last.0 }),
        },
    };
    let mut marks = Marks::new(id, last);
    let mut from = Seq(1);
    loop {
        let records: Vec<Record> = reader.records(id, from, BATCH)?;
        let Some(end) = records.last() else { break };
        from = Seq(end.seq.0 + 1);
        records.iter().for_each(|record| marks.take(record));
    }
    Ok(marks.at(at))
}

fn size(given: &str) -> Result<(u16, u16), CliError> {
    let bad = || CliError::Size(given.to_owned());
    let (columns, rows) = given.split_once(['x', 'X']).ok_or_else(bad)?;
    let number = |text: &str| text.trim().parse::<u16>().ok().filter(|n| (1..=1000).contains(n)).ok_or_else(bad);
    Ok((number(columns)?, number(rows)?))
}
