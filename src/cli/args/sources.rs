//! What can be typed about where sessions of other tools are looked for.

use clap::{Args as ClapArgs, Subcommand};
use std::path::PathBuf;

/// Where sessions of other tools are looked for.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Without a command: every place, whose it is, how many sessions of it are kept, how much their files have and how
much their copies take. The places of known tools are there by themselves, others are `[recordings] folders` in config.toml.
A running hub follows all of them; `[recordings] keep = false` turns that off.

--json: one object a line: folder, tool (null where you named the folder), there, sessions, bytes, packed"
)]
pub struct Sources {
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub verb: Option<SourcesVerb>,
}

/// What to do with the places.
#[derive(Debug, Subcommand)]
pub enum SourcesVerb {
    /// Look into this folder as well
    Add(Folder),
    /// Look into it no more; what is kept stays
    Remove(Folder),
}

/// A folder.
#[derive(Debug, ClapArgs)]
pub struct Folder {
    /// The folder
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}
