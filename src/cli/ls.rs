//! `taut ls`: every session, one line each, and below them what waits for a human.

use super::args::Ls;
use super::clock::{Clock, now};
use super::out::Out;
use super::queue::{self, Digests};
use super::setup::Setup;
use super::{CliError, recorded, words};
use crate::domain::{At, RequestId, Seq};
use crate::hub::{Held, session_at};
use crate::recordings::{Filter, Recorded};
use crate::state::{Alarm, Collision, Limits, Phase, Radar, Session, State, Timeline};
use crate::store::StoreError;
use crate::text;
use crate::ui::alarms::{all_of, evidence, spent};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Cells that a name or a word may have in the list.
const WIDEST: usize = 32;

/// How a session stands, seen from outside of the hub.
pub(super) struct Standing {
    /// In a word.
    pub word: &'static str,
    /// Since when.
    pub since: At,
    /// Its agent runs, as far as can be told.
    pub is_live: bool,
    /// What the watchdogs say of it.
    pub alarms: Vec<Alarm>,
}

impl Standing {
    /// How it stands now, among all that live. Where nobody writes the log, nothing runs, whatever its last record says.
    #[must_use]
    pub(super) fn of(session: &Session, live: &State, has_writer: bool, now: At, limits: &Limits) -> Self {
        if session.is_live() && !has_writer {
            return Self { word: Phase::Interrupted.word(), since: session.at, is_live: false, alarms: Vec::new() };
        }
        let phase = session.phase(now, limits.silent);
        Self {
            word: phase.word(),
            since: session.since(phase),
            is_live: session.is_live(),
            alarms: all_of(live, session, limits, now),
        }
    }
}

/// A row of the list; the fields of `--json`.
struct Row {
    cells: [String; 8],
    folder: String,
}

/// Lists the sessions.
///
/// # Errors
/// The log can't be read.
pub(super) fn list(setup: &Setup, args: &Ls) -> Result<ExitCode, CliError> {
    let mut out = Out::new();
    let reader = match setup.reader() {
        Err(CliError::Store(StoreError::Missing(_))) => None,
        other => Some(other?),
    };
    let filter = filter(args)?;
    let (mut rows, mut hidden, mut flagged, mut own) = (Vec::new(), 0, Vec::new(), Held::default());
    let (mut live, mut all) = (State::default(), State::default());
    if let Some(reader) = &reader {
        let now = now();
        let has_writer = reader.writer().is_some();
        let mut listed = Vec::new();
        for span in reader.sessions()? {
            let session = session_at(reader, span.session, Seq(span.count))?;
            own.take(&session);
            if args.recorded || !filter.takes(&session) {
                continue;
            }
            if !setup.limits().budget.day.is_empty() {
                let bare = Session { timeline: Timeline::default(), ..session.clone() };
                all.sessions.insert(session.id, bare);
            }
            if session.archived && !args.all {
                hidden += 1;
                continue;
            }
            listed.push(session.id);
            // Those that live say what each of them shares with others: so all are read first.
            let lives = has_writer && session.is_live();
            live.put(if lives { session } else { Session { timeline: Timeline::default(), ..session } });
        }
        if !has_writer {
            live.radar = Radar::default();
        }
        for session in listed.iter().filter_map(|id| live.session(*id)) {
            let standing = Standing::of(session, &live, has_writer, now, setup.limits());
            if args.json {
                out.json(&object(session, &live, &standing, now))?;
                continue;
            }
            rows.push(row(session, &standing, now, &setup.home));
            let name = text::visible(&session.name).text;
            flagged.extend(standing.alarms.iter().map(|it| format!("{}  {name}: {}", session.id, evidence(it, now))));
        }
        live.sessions.retain(|_, session| has_writer && session.is_live());
    }
    let mut recorded = recorded::listed(setup, &filter, &own)?;
    let others = if args.recorded || !filter.takes_all() { Vec::new() } else { std::mem::take(&mut recorded) };
    let running = recorded::running(setup);
    if args.json {
        recorded.iter().try_for_each(|one| out.json(&recorded::object(one, &running, now())))?;
        return out.done();
    }
    if args.recorded || !filter.takes_all() {
        return only(setup, &rows, &recorded, out);
    }
    let today = setup.limits().budget.of_day(&all.today(now(), Clock::here().offset(now())));
    if let Some(spend) = today {
        flagged.insert(0, spent(&spend));
    }
    if rows.is_empty() && hidden == 0 {
        let place = setup.places.state.display();
        out.line(&format!("No session yet in {place}: `taut demo` shows one, `taut run` starts one."))?;
        of_others(others.len(), &mut out)?;
        return out.done();
    }
    if !rows.is_empty() {
        table(&rows, &mut out)?;
    }
    if hidden > 0 {
        let verb = if hidden == 1 { "is" } else { "are" };
        out.line(&format!("{} {verb} put away: `taut ls --all` lists everything.", words::counted(hidden, "session")))?;
    }
    if !flagged.is_empty() {
        out.line("")?;
        out.line("FLAGGED")?;
        flagged.iter().try_for_each(|line| out.line(line))?;
    }
    if live.waiting() > 0 {
        out.line("")?;
    }
    queue::print(&live, Digests::Without, &mut out)?;
    if live.sessions.values().any(|session| queue::unconfirmed(session).next().is_some()) {
        out.line("")?;
    }
    queue::print_unconfirmed(&live, &mut out)?;
    if !others.is_empty() {
        out.line("")?;
    }
    of_others(others.len(), &mut out)?;
    out.done()
}

/// What was asked for, as a filter.
fn filter(args: &Ls) -> Result<Filter, CliError> {
    let since = args.since.map(|since| since.at(now()));
    Ok(Filter { agent: args.agent.clone(), since, project: project(args.project.as_deref())? })
}

/// A folder that was typed, as agents tell theirs.
///
/// # Errors
/// Nobody knows where it is.
pub(super) fn project(typed: Option<&Path>) -> Result<Option<PathBuf>, CliError> {
    let Some(folder) = typed else { return Ok(None) };
    let absolute = std::path::absolute(folder).map_err(|why| {
        CliError::Config(format!("the folder {} can't be looked for: {}", folder.display(), words::os(&why)))
    })?;
    // Agents tell real paths; one that is gone is looked for as it was typed.
    Ok(Some(absolute.canonicalize().unwrap_or(absolute)))
}

/// The sessions that a filter takes, taut's own and those of other tools.
fn only(setup: &Setup, rows: &[Row], recorded: &[Recorded], mut out: Out) -> Result<ExitCode, CliError> {
    if rows.is_empty() && recorded.is_empty() {
        out.line("No such session: `taut ls` and `taut ls --recorded` list all, `taut sources` says where is looked.")?;
        return out.done();
    }
    if !rows.is_empty() {
        table(rows, &mut out)?;
    }
    if !rows.is_empty() && !recorded.is_empty() {
        out.line("")?;
    }
    if !recorded.is_empty() {
        recorded::table(recorded, &recorded::running(setup), now(), &setup.home, &mut out)?;
    }
    out.done()
}

/// That there are more, and where.
fn of_others(count: usize, out: &mut Out) -> Result<(), CliError> {
    if count == 0 {
        return Ok(());
    }
    let what = words::counted(count, "session");
    out.line(&format!("{what} of other tools: `taut ls --recorded` lists them, `taut replay ID` shows one."))
}

fn object(session: &Session, live: &State, standing: &Standing, now: At) -> serde_json::Value {
    let requests: Vec<RequestId> = match standing.is_live {
        true => session.waiting().map(|(request, _, _)| request.id).collect(),
        false => Vec::new(),
    };
    let unconfirmed: Vec<RequestId> = match standing.is_live {
        true => queue::unconfirmed(session).map(|(request, _)| request.id).collect(),
        false => Vec::new(),
    };
    let cost = session.meter.cost;
    json!({
        "id": session.id, "name": session.name, "agent": session.agent, "cwd": session.cwd,
        "state": standing.word, "since": standing.since, "started": session.started, "live": standing.is_live,
        "turns": session.turns, "steps": session.steps, "waiting": requests.len(), "requests": requests,
        "unconfirmed": unconfirmed,
        "alarms": standing.alarms.iter().map(|alarm| alarm_object(alarm, now)).collect::<Vec<_>>(),
        "worktree": session.place.as_ref().and_then(|place| place.worktree.as_ref()),
        "branch": session.place.as_ref().and_then(|place| place.branch.as_ref()),
        "collides": live.collisions(session.id).iter().map(collision).collect::<Vec<_>>(),
        "beside": live.beside(session.id).iter().map(|one| one.other).collect::<Vec<_>>(),
        "queued": session.queue.len(), "mode": session.mode,
        "archived": session.archived, "deleted": session.deleted, "pinned": session.is_pinned(),
        "used": session.meter.used, "window": session.meter.window, "cost_micros": cost.map(|cost| cost.micros),
        "currency": cost.map(|cost| String::from_utf8_lossy(&cost.currency).into_owned()), "records": session.seq,
    })
}

/// Another session in the same files, for scripts.
pub(super) fn collision(one: &Collision) -> serde_json::Value {
    json!({ "session": one.other, "name": one.name, "how": one.touch, "files": one.files })
}

fn alarm_object(alarm: &Alarm, now: At) -> serde_json::Value {
    json!({ "kind": alarm.kind().word(), "says": evidence(alarm, now) })
}

fn row(session: &Session, standing: &Standing, now: At, home: &str) -> Row {
    let share = session.meter.used.zip(session.meter.window).and_then(|(used, of)| text::human::percent(used, of));
    let short = |word: &str| text::end(&text::visible(word).text, WIDEST).into_owned();
    let cells = [
        session.id.to_string(),
        match (session.deleted, session.archived) {
            (true, _) => "deleted".to_owned(),
            (false, true) => format!("{}, away", standing.word),
            (false, false) => standing.word.to_owned(),
        },
        words::age(standing.since, now),
        short(&session.name),
        short(&session.agent),
        session.turns.0.to_string(),
        session.steps.to_string(),
        share.map_or_else(|| "—".to_owned(), |share| format!("{share} %")),
    ];
    let folder = words::below_home(&session.cwd, home);
    let worktree = session.place.as_ref().and_then(|place| place.worktree.as_ref());
    Row { cells, folder: worktree.map_or(folder.clone(), |name| format!("{folder}  (work tree {})", short(name))) }
}

fn table(rows: &[Row], out: &mut Out) -> Result<(), CliError> {
    const HEADS: [&str; 8] = ["ID", "STATE", "SINCE", "NAME", "AGENT", "TURNS", "STEPS", "CONTEXT"];
    /// Columns of numbers end together.
    const NUMBERS: [bool; 8] = [false, false, true, false, false, true, true, true];
    let widths: [usize; 8] = std::array::from_fn(|at| {
        rows.iter().map(|row| text::width(&row.cells[at])).chain([HEADS[at].len()]).max().unwrap_or(0)
    });
    let mut line = |cells: [&str; 8], folder: &str| {
        let mut line = String::new();
        for (at, cell) in cells.iter().enumerate() {
            let padded = if NUMBERS[at] { text::pad_start(cell, widths[at]) } else { text::pad_end(cell, widths[at]) };
            line.push_str(&padded);
            line.push_str("  ");
        }
        line.push_str(folder);
        out.line(&line)
    };
    line(HEADS, "FOLDER")?;
    rows.iter().try_for_each(|row| line(std::array::from_fn(|at| row.cells[at].as_str()), &row.folder))
}

/// The first line of a text that is to stand on one.
#[must_use]
pub(super) fn first_line(text: &str) -> String {
    match text.split_once('\n') {
        Some((first, rest)) if !rest.trim().is_empty() => format!("{first} …"),
        Some((first, _)) => first.to_owned(),
        None => text.to_owned(),
    }
}
