//! `taut stats`: what sessions came to, taut's own and those of other tools.

use super::args::{Stats, StatsBy};
use super::clock::{Clock, now};
use super::out::Out;
use super::setup::Setup;
use super::{CliError, ls, recorded, words};
use crate::domain::{At, Cost, Seq, SessionId, Tokens};
use crate::hub::session_at;
use crate::numbers::{Counter, Numbers, Prices, Row, add_cost};
use crate::recordings::{Filter, Recordings};
use crate::store::{Reader, StoreError};
use crate::text::{self, human};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::time::Duration;

/// Records read at a time.
const BATCH: usize = 4096;
/// Cells that a name may have.
const WIDEST: usize = 40;
/// Days that are listed where nothing was asked for.
const DAYS: usize = 14;

/// Counts them.
///
/// # Errors
/// The log, what is kept, or the list of prices can't be read.
pub(super) fn stats(setup: &Setup, args: &Stats) -> Result<ExitCode, CliError> {
    let prices = prices(setup)?;
    let filter = Filter {
        agent: args.agent.clone(),
        since: args.since.map(|since| since.at(now())),
        project: ls::project(args.project.as_deref())?,
    };
    let sessions = sessions(setup, &filter)?;
    let mut out = Out::new();
    if sessions.is_empty() {
        if !args.json {
            out.line("No session to count: `taut ls` lists them, `taut import` keeps those of other tools.")?;
        }
        return out.done();
    }
    let clock = Clock::here();
    let grouped = |by: By| groups(&sessions, by, filter.since, &prices, &clock);
    let all = match args.by {
        None => vec![By::All, By::Model, By::Day],
        Some(StatsBy::Session) => vec![By::Session],
        Some(StatsBy::Day) => vec![By::Day],
        Some(StatsBy::Project) => vec![By::Project],
        Some(StatsBy::Model) => vec![By::Model],
    };
    let mut parted = false;
    for by in all {
        let mut groups = grouped(by);
        if by == By::Day && args.by.is_none() {
            groups.drain(..groups.len().saturating_sub(DAYS));
        }
        if args.json {
            groups.iter().try_for_each(|group| out.json(&group.object(by)))?;
            continue;
        }
        if std::mem::replace(&mut parted, true) {
            out.line("")?;
        }
        table(by, &groups, &mut out)?;
    }
    if !args.json && sessions.iter().any(|one| !one.numbers.tells_cost) {
        out.line("")?;
        out.line(&format!(
            "~ is made of tokens and prices as of {}; a cost without it was told by the agent; ? is unknown.",
            prices.as_of
        ))?;
    }
    out.done()
}

/// The list of prices: the user's own, or the one that taut comes with.
fn prices(setup: &Setup) -> Result<Prices, CliError> {
    let path = setup.places.config.with_file_name("prices.toml");
    let bad = |why: String| CliError::Config(format!("{} is no list of prices: {why}", path.display()));
    match std::fs::read_to_string(&path) {
        Ok(text) => Prices::parse(&text).map_err(|error| bad(error.to_string())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Prices::built_in()),
        Err(error) => Err(bad(words::os(&error))),
    }
}

/// A session and what it came to.
struct Counted {
    id: SessionId,
    name: String,
    cwd: String,
    numbers: Numbers,
}

fn sessions(setup: &Setup, filter: &Filter) -> Result<Vec<Counted>, CliError> {
    let (mut all, mut own) = (Vec::new(), BTreeSet::new());
    let reader = match setup.reader() {
        Err(CliError::Store(StoreError::Missing(_))) => None,
        other => Some(other?),
    };
    for span in reader.iter().map(Reader::sessions).collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
        let Some(reader) = &reader else { break };
        let session = session_at(reader, span.session, Seq(span.count))?;
        own.extend(session.sources.iter().map(|source| source.native.clone()));
        if filter.takes(&session) {
            let numbers = count(reader, span.session)?;
            all.push(Counted { id: session.id, name: session.name, cwd: session.cwd, numbers });
        }
    }
    if let Some(kept) = Recordings::open_for_reading(&setup.places.state)? {
        for one in recorded::listed(setup, filter, &own)? {
            let numbers = kept.numbers(one.id)?;
            all.push(Counted { id: one.id, name: one.title(), cwd: one.session.cwd, numbers });
        }
    }
    Ok(all)
}

fn count(reader: &Reader, session: SessionId) -> Result<Numbers, CliError> {
    let (mut counter, mut from) = (Counter::default(), Seq(1));
    loop {
        let records = reader.records(session, from, BATCH)?;
        let Some(last) = records.last() else { break };
        from = Seq(last.seq.0 + 1);
        records.iter().for_each(|record| counter.take(record));
    }
    Ok(counter.done())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    All,
    Session,
    Day,
    Project,
    Model,
}

impl By {
    fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Session => "session",
            Self::Day => "day",
            Self::Project => "project",
            Self::Model => "model",
        }
    }
}

/// What belongs together.
#[derive(Default)]
struct Group {
    key: String,
    name: String,
    sessions: BTreeSet<SessionId>,
    row: Row,
    /// Made of prices.
    priced: Vec<Cost>,
    /// Told by agents.
    told: Vec<Cost>,
    unknown: bool,
}

fn groups(sessions: &[Counted], by: By, since: Option<At>, prices: &Prices, clock: &Clock) -> Vec<Group> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for one in sessions {
        for (hour, model, row) in &one.numbers.rows {
            let at = At(hour.saturating_mul(3_600_000));
            // An hour belongs to what was asked for where its end does.
            if since.is_some_and(|since| at.0.saturating_add(3_600_000) <= since.0) {
                continue;
            }
            let (key, name) = match by {
                By::All => (String::new(), "all sessions".to_owned()),
                By::Session => (one.id.to_string(), one.name.clone()),
                By::Day => (clock.day(at), String::new()),
                By::Project => (one.cwd.clone(), String::new()),
                By::Model => (model.clone(), if model.is_empty() { "not told" } else { "" }.to_owned()),
            };
            let group = groups.entry(key.clone()).or_insert_with(|| Group { key, name, ..Group::default() });
            group.sessions.insert(one.id);
            group.row.add(row);
            if one.numbers.tells_cost {
                row.told.iter().for_each(|cost| add_cost(&mut group.told, *cost));
            } else if row.tells_tokens {
                match prices.cost(model, &row.tokens) {
                    Some(cost) => add_cost(&mut group.priced, cost),
                    None => group.unknown |= has_tokens(&row.tokens),
                }
            }
        }
    }
    groups.into_values().collect()
}

fn has_tokens(tokens: &Tokens) -> bool {
    [tokens.input, tokens.output, tokens.cache_read, tokens.cache_write]
        .iter()
        .any(|count| count.is_some_and(|n| n > 0))
}

impl Group {
    fn object(&self, by: By) -> Value {
        let (row, tokens) = (&self.row, &self.row.tokens);
        let cost = |told: bool| {
            move |cost: &Cost| {
                let currency = String::from_utf8_lossy(&cost.currency).into_owned();
                json!({ "micros": cost.micros, "currency": currency, "told": told })
            }
        };
        let costs: Vec<Value> = self.told.iter().map(cost(true)).chain(self.priced.iter().map(cost(false))).collect();
        json!({
            "by": by.word(), "key": self.key, "name": self.name, "sessions": self.sessions.len(), "turns": row.turns,
            "calls": row.calls, "failed": row.failed, "retried": row.retried, "failed_again": row.failed_again,
            "answered": row.answered, "denied": row.denied, "waited_ms": row.waited, "compactions": row.compactions,
            "input": tokens.input, "output": tokens.output, "cache_read": tokens.cache_read,
            "cache_write": tokens.cache_write, "thought": tokens.thought, "cost": costs, "unknown_cost": self.unknown,
        })
    }

    fn cells(&self) -> [String; 11] {
        let (row, tokens) = (&self.row, &self.row.tokens);
        let told = |count: Option<u64>| count.map_or_else(|| "—".to_owned(), human::count);
        let cached = match (tokens.cache_read, tokens.cache_write) {
            (None, None) => None,
            (read, write) => Some(read.unwrap_or(0).saturating_add(write.unwrap_or(0))),
        };
        let again = |count: u64, again: u64| match again {
            0 => count.to_string(),
            again => format!("{count} ({again} again)"),
        };
        [
            self.sessions.len().to_string(),
            row.turns.to_string(),
            row.calls.to_string(),
            row.failed.to_string(),
            again(row.retried, row.failed_again),
            told(tokens.input),
            told(tokens.output),
            told(cached),
            self.cost(),
            row.answered.to_string(),
            match row.answered {
                0 => "—".to_owned(),
                _ => human::duration(Duration::from_millis(row.waited)),
            },
        ]
    }

    fn cost(&self) -> String {
        let money =
            |sign: &'static str| move |cost: &Cost| format!("{sign}{}", human::money(cost.micros, cost.currency));
        let mut parts: Vec<String> =
            self.told.iter().map(money("")).chain(self.priced.iter().map(money("~"))).collect();
        if self.unknown {
            parts.push("?".to_owned());
        }
        if parts.is_empty() { "—".to_owned() } else { parts.join(" + ") }
    }

    fn called(&self, by: By) -> String {
        let name = text::visible(&self.name).text.into_owned();
        let key = text::visible(&self.key).text.into_owned();
        let short = match (by, name.is_empty()) {
            (By::Session, _) => format!("{key} {}", text::end(&name, WIDEST)),
            (_, true) => text::end(&key, WIDEST).into_owned(),
            (_, false) => text::end(&name, WIDEST).into_owned(),
        };
        if short.is_empty() { "—".to_owned() } else { short }
    }
}

fn table(by: By, groups: &[Group], out: &mut Out) -> Result<(), CliError> {
    const HEADS: [&str; 11] =
        ["SESSIONS", "TURNS", "CALLS", "FAILED", "RETRIED", "INPUT", "OUTPUT", "CACHE", "COST", "ANSWERED", "WAITED"];
    let head = if by == By::All { String::new() } else { by.word().to_uppercase() };
    let rows: Vec<(String, [String; 11])> = groups.iter().map(|group| (group.called(by), group.cells())).collect();
    let first = rows.iter().map(|(name, _)| text::width(name)).chain([head.len()]).max().unwrap_or(0);
    let widths: [usize; 11] = std::array::from_fn(|at| {
        rows.iter().map(|(_, cells)| text::width(&cells[at])).chain([HEADS[at].len()]).max().unwrap_or(0)
    });
    let mut line = |name: &str, cells: [&str; 11]| {
        let cells = cells.iter().enumerate().map(|(at, cell)| text::pad_start(cell, widths[at]));
        out.line(&format!("{}  {}", text::pad_end(name, first), cells.collect::<Vec<_>>().join("  ")))
    };
    line(&head, HEADS)?;
    rows.iter().try_for_each(|(name, cells)| line(name, std::array::from_fn(|at| cells[at].as_str())))
}
