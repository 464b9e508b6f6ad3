//! Wrong usage: what clap says, as one sentence.

use super::Args;
use clap::CommandFactory;
use clap::error::ErrorKind;
use std::process::ExitCode;

/// Wrong usage, as everywhere.
const WRONG: u8 = 2;

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
    let command = Args::command();
    let verb = words.iter().find(|word| command.find_subcommand(word).is_some());
    let help = verb.map_or_else(|| "`taut --help`".to_owned(), |verb| format!("`taut {verb} --help`"));
    format!("{}; see {help}", parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

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
