//! `taut stats`: what sessions came to, taut's own and those of other tools.

use super::args::{Stats, StatsBy};
use super::clock::{Clock, now};
use super::out::Out;
use super::setup::Setup;
use super::{CliError, ls};
use crate::domain::{Cost, Tallied, TallyBy};
use crate::hub::numbers::{self, Counting};
use crate::numbers::{Counted, group};
use crate::recordings::Filter;
use crate::store::StoreError;
use crate::text;
use crate::ui::stats::Column;
use serde_json::{Value, json};
use std::process::ExitCode;

/// Cells that a name may have.
const WIDEST: usize = 40;
/// Days that are listed where nothing was asked for.
const DAYS: usize = 14;

/// Counts them.
///
/// # Errors
/// The log, what is kept, or the list of prices can't be read.
pub(super) fn stats(setup: &Setup, args: &Stats) -> Result<ExitCode, CliError> {
    let prices = numbers::prices(&setup.places.config).map_err(CliError::Config)?;
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
    let grouped = |by| group(&sessions, by, filter.since, &prices, &|at| clock.day(at));
    let all = match args.by {
        None => vec![TallyBy::All, TallyBy::Model, TallyBy::Day],
        Some(StatsBy::Session) => vec![TallyBy::Session],
        Some(StatsBy::Day) => vec![TallyBy::Day],
        Some(StatsBy::Project) => vec![TallyBy::Project],
        Some(StatsBy::Model) => vec![TallyBy::Model],
    };
    let mut parted = false;
    for by in all {
        let mut groups = grouped(by);
        if by == TallyBy::Day && args.by.is_none() {
            groups.drain(..groups.len().saturating_sub(DAYS));
        }
        if args.json {
            groups.iter().try_for_each(|group| out.json(&object(group, by)))?;
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

fn sessions(setup: &Setup, filter: &Filter) -> Result<Vec<Counted>, CliError> {
    let (mut all, own) = match setup.reader() {
        Err(CliError::Store(StoreError::Missing(_))) => Default::default(),
        other => Counting::default().own(&other?, filter)?,
    };
    all.extend(numbers::elsewhere(&setup.places.state, filter, &own)?);
    Ok(all)
}

fn object(one: &Tallied, by: TallyBy) -> Value {
    let tokens = &one.tokens;
    let cost = |told: bool| {
        move |cost: &Cost| {
            let currency = String::from_utf8_lossy(&cost.currency).into_owned();
            json!({ "micros": cost.micros, "currency": currency, "told": told })
        }
    };
    let costs: Vec<Value> = one.told.iter().map(cost(true)).chain(one.priced.iter().map(cost(false))).collect();
    json!({
        "by": by.word(), "key": one.key, "name": one.name, "sessions": one.sessions, "turns": one.turns,
        "calls": one.calls, "failed": one.failed, "retried": one.retried, "failed_again": one.failed_again,
        "answered": one.answered, "denied": one.denied, "waited_ms": one.waited, "compactions": one.compactions,
        "input": tokens.input, "output": tokens.output, "cache_read": tokens.cache_read,
        "cache_write": tokens.cache_write, "thought": tokens.thought, "cost": costs, "unknown_cost": one.unknown,
    })
}

fn called(one: &Tallied, by: TallyBy) -> String {
    let name = text::visible(&one.name).text.into_owned();
    let key = text::visible(&one.key).text.into_owned();
    let short = match (by, name.is_empty()) {
        (TallyBy::Session, _) => format!("{key} {}", text::end(&name, WIDEST)),
        (_, true) => text::end(&key, WIDEST).into_owned(),
        (_, false) => text::end(&name, WIDEST).into_owned(),
    };
    if short.is_empty() { "—".to_owned() } else { short }
}

fn table(by: TallyBy, groups: &[Tallied], out: &mut Out) -> Result<(), CliError> {
    let heads = Column::ALL.map(Column::head);
    let head = if by == TallyBy::All { String::new() } else { by.word().to_uppercase() };
    let cells = |one: &Tallied| Column::ALL.map(|column| column.cell(one));
    let rows: Vec<(String, [String; 11])> = groups.iter().map(|one| (called(one, by), cells(one))).collect();
    let first = rows.iter().map(|(name, _)| text::width(name)).chain([head.len()]).max().unwrap_or(0);
    let widths: [usize; 11] = std::array::from_fn(|at| {
        rows.iter().map(|(_, cells)| text::width(&cells[at])).chain([heads[at].len()]).max().unwrap_or(0)
    });
    let mut line = |name: &str, cells: [&str; 11]| {
        let cells = cells.iter().enumerate().map(|(at, cell)| text::pad_start(cell, widths[at]));
        out.line(&format!("{}  {}", text::pad_end(name, first), cells.collect::<Vec<_>>().join("  ")))
    };
    line(&head, heads)?;
    rows.iter().try_for_each(|(name, cells)| line(name, std::array::from_fn(|at| cells[at].as_str())))
}
