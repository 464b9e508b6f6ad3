//! `taut replay`: a past session in the same screen, or one frame of it as text.

use super::args::{At, Replay as Asked};
use super::out::Out;
use super::recording::Recording;
use super::setup::Setup;
use super::{CliError, console, find, look};
use crate::domain::{self, Query, Record, Seq, SessionId};
use crate::hub;
use crate::store::Reader;
use crate::tui::{Source, Wish, still};
use crate::ui::marks::Marks as Noted;
use crate::ui::update::update;
use crate::ui::{App, Msg, Replay};
use crate::view;
use std::process::ExitCode;

/// Records read at a time.
const BATCH: usize = 4096;

/// Replays.
///
/// # Errors
/// No such session, place or size; no terminal where one is needed.
pub(super) fn replay(setup: &Setup, args: &Asked) -> Result<ExitCode, CliError> {
    if let Some(path) = Recording::named(&args.session) {
        return recorded(setup, args, &Recording::open(path)?);
    }
    let reader = setup.reader()?;
    let id = find::session(&reader, &args.session)?;
    let replay = begin(&reader, id, args.at)?;
    let (at, clock) = (replay.at, replay.clock);
    let session = hub::session_at(&reader, id, at)?;
    let mut app = App::of_replay(console::world(setup), replay, session);
    if args.print {
        let source = Source::Past(reader);
        return frame(setup, args, &mut app, clock, &|query| source.ask(query));
    }
    console::needs_terminal()?;
    let (look, configured, desk, keeper) = look::keep(setup, look::Word::File)?;
    update(&mut app, Msg::Configured(Box::new(configured)), clock);
    // A console that is gone needs no news; without a watch, changed settings are seen at the next start.
    let watching = hub::config::watch_settings(&setup.places, move || drop(keeper.send(Wish::Reread))).ok();
    console::show(setup, app, (look, desk), Source::Past(reader), Vec::new())?;
    drop(watching);
    Ok(ExitCode::SUCCESS)
}

/// A transcript of another tool.
fn recorded(setup: &Setup, args: &Asked, recording: &Recording) -> Result<ExitCode, CliError> {
    if !args.print {
        return Err(CliError::PrintOnly(args.session.clone()));
    }
    let (replay, session) = recording.begin(args.at)?;
    let clock = replay.clock;
    let mut app = App::of_replay(console::world(setup), replay, session);
    frame(setup, args, &mut app, clock, &|query| Some(recording.ask(&query)))
}

/// One frame as text.
fn frame(
    setup: &Setup,
    args: &Asked,
    app: &mut App,
    clock: domain::At,
    ask: &dyn Fn(Query) -> Option<Msg>,
) -> Result<ExitCode, CliError> {
    app.size = args.size;
    let mut cache = console::cache(look::marks(setup));
    let scene = still::settle_by(app, &mut cache, ask, clock);
    let mut out = Out::new();
    view::to_text(&scene).lines().try_for_each(|line| out.drawn(line))?;
    out.done()
}

fn begin(reader: &Reader, id: SessionId, at: Option<At>) -> Result<Replay, CliError> {
    let last = reader.last_seq(id)?;
    if last == Seq(0) {
        return Err(CliError::Empty(id.to_string()));
    }
    let at = match at {
        None | Some(At::End) => last,
        Some(At::Record(n)) if (1..=last.0).contains(&n) => Seq(n),
        Some(At::Record(given)) => return Err(CliError::At { session: id.to_string(), given, last: last.0 }),
    };
    let mut marks = Noted::new(id, last);
    let mut from = Seq(1);
    loop {
        let records: Vec<Record> = reader.records(id, from, BATCH)?;
        let Some(end) = records.last() else { break };
        from = Seq(end.seq.0 + 1);
        records.iter().for_each(|record| marks.take(record));
    }
    Ok(marks.at(at))
}
