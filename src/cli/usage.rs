//! Wrong usage: what clap says, as one sentence.

use super::Args;
use clap::error::ErrorKind;
use clap::{Command, CommandFactory, FromArgMatches};
use std::process::ExitCode;

/// Wrong usage, as everywhere.
const WRONG: u8 = 2;

/// The exit codes of a command that lists none of its own.
const CODES: &str = "Exit codes: 0 done, 5 refused, 1 anything else.";

/// Reads what was typed.
///
/// # Errors
/// Wrong usage, or a wish for help.
pub(super) fn parse() -> Result<Args, clap::Error> {
    Args::from_arg_matches(&command().try_get_matches()?)
}

/// What can be typed; the help of every command says its exit codes.
fn command() -> Command {
    Args::command().mut_subcommands(with_codes)
}

fn with_codes(command: Command) -> Command {
    if command.has_subcommands() {
        return command.mut_subcommands(with_codes);
    }
    let says = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    if says.contains("Exit code") {
        return command;
    }
    let before = if says.is_empty() { says } else { format!("{says}\n\n") };
    command.after_help(format!("{before}{CODES}"))
}

/// Says it: help and version as they are on stdout, wrong usage as one sentence on stderr.
#[must_use]
pub(super) fn say(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A reader that has gone away has read enough.
            drop(error.print());
            ExitCode::SUCCESS
        }
        _ => {
            let words = std::env::args_os().skip(1).filter_map(|word| word.into_string().ok());
            super::say(&sentence(&error.render().to_string(), &words.collect::<Vec<_>>()));
            ExitCode::from(WRONG)
        }
    }
}

/// What is wrong, the tip where there is one, and where to read on. What clap says begins with `error:`, goes on with
/// paragraphs, some of them tips, and ends with the usage.
fn sentence(said: &str, words: &[String]) -> String {
    let mut parts = Vec::new();
    for paragraph in said.split("\n\n") {
        let text = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(wrong) = text.strip_prefix("error: ") {
            parts.push(wrong.to_owned());
        } else if let Some(tip) = text.strip_prefix("tip: ") {
            parts.push(tip.to_owned());
        }
    }
    let command = command();
    let verb = words.iter().find(|word| command.find_subcommand(word).is_some());
    let help = verb.map_or_else(|| "`taut --help`".to_owned(), |verb| format!("`taut {verb} --help`"));
    format!("{}; see {help}", parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn every_command_says_its_exit_codes() {
        fn each(command: &Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            if command.has_subcommands() {
                command.get_subcommands().for_each(|below| each(below, &path));
            } else {
                let help = command.clone().render_help().to_string();
                assert_eq!(help.matches("Exit code").count(), 1, "{path}: {help}");
            }
        }
        let command = command();
        assert!(command.get_subcommands().count() > 20);
        command.get_subcommands().for_each(|below| each(below, "taut"));
    }

    #[test]
    fn wrong_usage_is_one_sentence_with_its_mend() {
        let wrong = |words: &[&str]| {
            let said = Args::try_parse_from(words).unwrap_err().render().to_string();
            sentence(&said, &words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(
            wrong(&["taut", "verfy"]),
            "unrecognized subcommand 'verfy'; a similar subcommand exists: 'verify'; see `taut --help`"
        );
        assert_eq!(
            wrong(&["taut", "show"]),
            "the following required arguments were not provided: <ID>; see `taut show --help`"
        );
        assert_eq!(
            wrong(&["taut", "ls", "--state"]),
            "a value is required for '--state <DIR>' but none was supplied; see `taut ls --help`"
        );
        let size = wrong(&["taut", "replay", "x", "--size", "big"]);
        assert!(size.starts_with("invalid value 'big' for '--size <WxH>': ") && !size.contains('\n'), "{size}");
    }
}
