//! `taut replay`: a past session in the same screen, or one frame of it as text.

use super::args::{At, Replay as Asked};
use super::clock::now;
use super::out::Out;
use super::setup::Setup;
use super::{CliError, agents, console, find, look, onward, recorded};
use crate::domain::{self, Query, Seq};
use crate::hub;
use crate::recordings::{self, Recordings};
use crate::state::Session;
use crate::store::StoreError;
use crate::transcript::Stamp;
use crate::tui::recorded::Recorded;
use crate::tui::recording::Recording;
use crate::tui::{Source, Wish, marks, still};
use crate::ui::marks::Marks;
use crate::ui::update::update;
use crate::ui::{App, Effect, Msg, Replay};
use crate::view;
use std::path::Path;
use std::process::ExitCode;

/// Replays.
///
/// # Errors
/// No such session, place or size; no terminal where one is needed.
pub(super) fn replay(setup: &Setup, args: &Asked) -> Result<ExitCode, CliError> {
    if let Some(path) = transcript(&args.session) {
        let recording = match goes_on(path) && !args.print {
            true => Recording::following(path, Stamp::of(&path.to_string_lossy()).session())?,
            false => Recording::open(path)?,
        };
        return show_recorded(setup, args, recording, path);
    }
    let own = setup.reader().and_then(|reader| Ok((find::session(&reader, &args.session)?, reader)));
    let (id, reader) = match own {
        Err(none @ (CliError::NotFound(_) | CliError::Store(StoreError::Missing(_)))) => {
            let Some(kept) = Recordings::open_for_reading(&setup.places.state)? else { return Err(none) };
            let one = recorded::named(setup, &args.session)?.ok_or_else(|| CliError::NotFound(args.session.clone()))?;
            // What goes on is followed where it is written, as long as that can be read.
            let goes_on = !args.print && one.doing(&recorded::running(setup), now()).goes_on();
            let followed = goes_on.then(|| Recording::following(&one.path, one.id)).and_then(Result::ok);
            let recording = followed.unwrap_or_else(|| Recording::kept(kept, &one));
            return show_recorded(setup, args, recording, &one.path);
        }
        other => other?,
    };
    let last = reader.last_seq(id)?;
    if last == Seq(0) {
        return Err(CliError::Empty(id.to_string()));
    }
    let at = place(&id.to_string(), args.at, last)?;
    let session = hub::session_at(&reader, id, at)?;
    if args.print {
        let replay = marks::of(&reader, id)?;
        let clock = session.at;
        let mut app = App::of_replay(console::world(setup), Replay { at, clock, ..replay }, session);
        let source = Source::past(reader);
        return frame(setup, args, &mut app, clock, &mut |query| source.ask(query));
    }
    let (replay, clock) = (marks::before(&reader, id, at)?, session.at);
    let app = App::of_replay(console::world(setup), replay, session);
    screen(setup, args, app, clock, Source::past(reader), vec![Effect::Mark(id)])
}

/// Whether a file was written to lately, so that more may come.
fn goes_on(path: &Path) -> bool {
    let written = std::fs::metadata(path).and_then(|about| about.modified()).ok();
    written.is_some_and(|at| at.elapsed().unwrap_or_default() < recordings::LATELY)
}

/// What was typed, where it is written as a path and such a file is there.
pub(super) fn transcript(given: &str) -> Option<&Path> {
    let path = Path::new(given);
    let is_path = given.contains('/') || path.extension().is_some_and(|end| end == "jsonl" || end == "json");
    (is_path && path.exists()).then_some(path)
}

/// A transcript of another tool.
fn show_recorded(setup: &Setup, args: &Asked, mut recording: Recording, path: &Path) -> Result<ExitCode, CliError> {
    let at = match args.at {
        None | Some(At::End) => None,
        Some(At::Record(n)) => Some(Seq(n)),
    };
    if args.print {
        let (replay, session) = recording.begin(at)?;
        place(&args.session, args.at, replay.last)?;
        let clock = replay.clock;
        let mut app = App::of_replay(console::world(setup), replay, session);
        return frame(setup, args, &mut app, clock, &mut |query| Some(Msg::Answered(recording.answer(&query))));
    }
    console::needs_terminal()?;
    // It is read while the screen is there already.
    let id = recording.session();
    let replay = Replay { reading: true, ..Marks::new(id, Seq(0)).at(at.unwrap_or(Seq(0))) };
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let app = App::of_replay(console::world(setup), replay, Session { name, ..Session::new(id) });
    let source = Source::Recorded(Recorded::begin(recording, at).map_err(CliError::Thread)?);
    screen(setup, args, app, domain::At(0), source, Vec::new())
}

/// The screen.
fn screen(
    setup: &Setup,
    args: &Asked,
    mut app: App,
    clock: domain::At,
    source: Source,
    first: Vec<Effect>,
) -> Result<ExitCode, CliError> {
    console::needs_terminal()?;
    let (look, configured, desk, keeper) = look::keep(setup, look::Word::File)?;
    app.forks = agents::forks();
    update(&mut app, Msg::Configured(Box::new(configured)), clock);
    // A console that is gone needs no news; without a watch, changed settings are seen at the next start.
    let watching = hub::config::watch_settings(&setup.places, move || drop(keeper.send(Wish::Reread))).ok();
    let left = console::show(setup, app, (look, desk), source, first)?;
    drop(watching);
    left.onward.map_or(Ok(ExitCode::SUCCESS), |how| onward::chosen(setup, &args.session, how))
}

/// One frame as text.
fn frame(
    setup: &Setup,
    args: &Asked,
    app: &mut App,
    clock: domain::At,
    ask: &mut dyn FnMut(Query) -> Option<Msg>,
) -> Result<ExitCode, CliError> {
    app.size = args.size;
    let mut cache = console::cache(look::marks(setup));
    let scene = still::settle_by(app, &mut cache, ask, clock);
    let mut out = Out::new();
    view::to_text(&scene).lines().try_for_each(|line| out.drawn(line))?;
    out.done()
}

/// The record that was named, where there is such a one; else the last.
fn place(session: &str, at: Option<At>, last: Seq) -> Result<Seq, CliError> {
    match at {
        None | Some(At::End) => Ok(last),
        Some(At::Record(n)) if (1..=last.0).contains(&n) => Ok(Seq(n)),
        Some(At::Record(given)) => Err(CliError::At { session: session.to_owned(), given, last: last.0 }),
    }
}
