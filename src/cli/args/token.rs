//! What can be typed after `taut token`.

use clap::{Args as ClapArgs, Subcommand};

/// Tokens.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "With scripts = \"token\" in config.toml, a command that is no console must show a token in TAUT_TOKEN
to do anything but read and brake (interrupt, end, halt). Only its hash is kept; what is done with it is on record."
)]
pub struct Token {
    /// What to do with them.
    #[command(subcommand)]
    pub verb: TokenVerb,
}

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenVerb {
    /// Make one, at a terminal; its secret is shown once
    New(TokenNew),
    /// List them: until when, for what, how often used
    List(TokenList),
    /// Take one back, at a terminal
    Revoke(TokenRevoke),
}

/// A new token.
#[derive(Debug, ClapArgs)]
pub struct TokenNew {
    /// What to call it: letters, digits, `-`, `_` and `.`
    pub name: String,
    /// How long it holds: 90s, 30m, 8h, 7d; at most a year
    #[arg(long, value_name = "TIME", default_value = "12h", value_parser = lasts)]
    pub expires: u64,
    /// What it is for, parted by commas [default: everything that a script can do]
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = clap::builder::PossibleValuesParser::new(crate::hub::scripts::VERBS))]
    pub only: Vec<String>,
}

/// All tokens.
#[derive(Debug, ClapArgs)]
#[command(after_help = "--json: one object a line:
  name, state            the token; holds, expired, revoked
  made, by, expires      when, by whom, and from when on it is worth nothing
  revoked                when it was taken back
  only                   what it may do; everything where this is empty
  used, uses             when it was used last, and how often
Unknown values are null; times are milliseconds since 1970.")]
pub struct TokenList {
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// The end of a token.
#[derive(Debug, ClapArgs)]
pub struct TokenRevoke {
    /// Its name
    pub name: String,
}

/// A length of time, in milliseconds.
pub(super) fn lasts(given: &str) -> Result<u64, &'static str> {
    const WRONG: &str = "give a length of time like 90s, 30m, 8h or 7d; at least a second, at most a year";
    const YEAR: u64 = 366 * 86_400;
    let (number, unit) = given.split_at(given.find(|c: char| !c.is_ascii_digit()).ok_or(WRONG)?);
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(WRONG),
    };
    let seconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit)).ok_or(WRONG)?;
    if (1..=YEAR).contains(&seconds) { Ok(seconds * 1_000) } else { Err(WRONG) }
}
