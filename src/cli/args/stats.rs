//! What can be typed to have sessions counted.

use crate::search::Since;
use clap::{Args as ClapArgs, ValueEnum};
use std::path::PathBuf;

/// What sessions came to.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Counted are taut's own sessions and the recordings of other tools that it keeps (`taut ls --recorded`), each once.
A cost is what the agent itself told; where it told none, it is made of tokens and a dated list of prices, and marked with
~; a model that the list does not have has an unknown cost. `prices.toml` beside config.toml is read in the place of the
list that taut comes with: as_of = \"2026-01-31\", currency = \"USD\", and for each model [[price]] with model (`*` for any
text), input, output, cache_read, cache_write for a million tokens.

A retry is a call that is the same as one that failed just before; waited is how long answered requests stood open.

--json: one object a line: by (session, day, project, model or all), key, name, sessions, turns, calls, failed, retried,
failed_again, answered, denied, waited_ms, compactions, input, output, cache_read, cache_write, thought (tokens; null where
none were told), cost (a list of micros, currency and told, false where it is made of prices), unknown_cost (true where
tokens have no price)"
)]
pub struct Stats {
    /// One row for each of these [default: all in one, then by model and by day]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub by: Option<StatsBy>,
    /// Only what happened since then: 90m, 36h, 7d, 2w, or a day such as 2026-11-01
    #[arg(long, value_name = "WHEN", value_parser = Since::parse)]
    pub since: Option<Since>,
    /// Only sessions of this agent
    #[arg(long, value_name = "NAME")]
    pub agent: Option<String>,
    /// Only sessions that work in this folder or below it
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// What rows are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatsBy {
    /// One a session
    Session,
    /// One a day, by this place's clock
    Day,
    /// One a folder
    Project,
    /// One a model
    Model,
}
