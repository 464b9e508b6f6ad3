//! What a word in the composer could become: `@` and a file of the workspace, `/` and a command of the agent's own.

use super::draft::Draft;
use super::fuzzy;
use crate::domain::{SessionId, SlashCommand};
use crate::text;

/// Rows that are kept; more are found by typing more.
pub const MOST: usize = 50;

/// What a word is completed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completes {
    /// Files of the workspace, behind an `@`.
    Files,
    /// Commands of the agent, behind a `/` at the very start.
    Commands,
}

/// A word that is being completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// In the draft of which session.
    pub session: SessionId,
    /// From what.
    pub kind: Completes,
    /// Where the word begins in the draft.
    pub from: usize,
    /// What was typed of it, without its sign.
    pub typed: String,
    /// What it could become, best first.
    pub rows: Vec<Complete>,
    /// The selected row.
    pub selected: usize,
    /// What else must be known: that more is to come, or that not all was looked at.
    pub note: Option<String>,
}

/// What a word could become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complete {
    /// The path or the command's name, as it is.
    pub name: String,
    /// The characters of it that were typed, counted from 0.
    pub letters: Vec<u32>,
    /// What it does.
    pub help: String,
    /// What may follow it.
    pub hint: Option<String>,
}

/// Files of a workspace, as they were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Files {
    /// Of which session.
    pub(super) session: SessionId,
    /// The letters by which they were found; none for all.
    pub(super) near: String,
    /// Paths from the workspace on.
    pub(super) paths: Vec<String>,
    /// There are more.
    pub(super) cut: bool,
    /// Why there are none.
    pub(super) why: Option<String>,
}

/// The word at the cursor of a draft: from what it is completed, where it begins, and what was typed of it.
#[must_use]
pub fn word(draft: &Draft) -> Option<(Completes, usize, &str)> {
    let before = draft.text.get(..draft.cursor)?;
    if let Some(command) = before.strip_prefix('/')
        && !command.contains(char::is_whitespace)
    {
        return Some((Completes::Commands, 0, command));
    }
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let starts_word =
        |at: usize| before[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || "([{'\"`".contains(c));
    let (at, typed) = before[line..].rmatch_indices('@').find_map(|(at, _)| {
        let rest = &before[line + at + 1..];
        let typed = match rest.strip_prefix('"') {
            // An open quote holds spaces, and ends at the next one.
            Some(quoted) => (!quoted.contains('"')).then_some(quoted),
            None => (!rest.contains(char::is_whitespace)).then_some(rest),
        };
        typed.filter(|_| starts_word(line + at)).map(|typed| (line + at, typed))
    })?;
    let apart = draft.folds.iter().all(|fold| fold.end <= at || fold.start >= draft.cursor);
    apart.then_some((Completes::Files, at, typed))
}

/// How a file is named in a prompt: `@path`, in quotes where it holds a space.
///
/// # Errors
/// Its name can't be written in a prompt: why.
pub fn mention(path: &str) -> Result<String, String> {
    if path.contains(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
        return Err(format!("{} has a character in its name that no prompt can hold", text::visible(path).text));
    }
    let quote = match (path.contains('"'), path.contains(char::is_whitespace)) {
        (true, _) => "'",
        (false, true) => "\"",
        (false, false) => "",
    };
    Ok(format!("@{quote}{path}{quote}"))
}

/// The files that the typed letters leave.
pub(super) fn files(files: &Files, typed: &str) -> Vec<Complete> {
    let found = fuzzy::find(typed, files.paths.iter().map(String::as_str));
    let row = |found: fuzzy::Found| {
        let name = files.paths.get(found.index)?.clone();
        Some(Complete { name, letters: found.letters, help: String::new(), hint: None })
    };
    found.into_iter().filter_map(row).take(MOST).collect()
}

/// The commands that the typed letters leave; one that is typed whole comes first.
pub(super) fn commands(commands: &[SlashCommand], typed: &str) -> Vec<Complete> {
    let found = fuzzy::find(typed, commands.iter().map(|command| command.name.as_str()));
    let row = |found: fuzzy::Found| {
        let command = commands.get(found.index)?;
        let (name, help, hint) = (command.name.clone(), command.help.clone(), command.hint.clone());
        Some(Complete { name, letters: found.letters, help, hint })
    };
    let mut rows: Vec<Complete> = found.into_iter().filter_map(row).take(MOST).collect();
    rows.sort_by_key(|row| row.name != typed);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_at_the_cursor_says_what_it_wants() {
        let of = |text: &str| {
            let draft = Draft::of(text.to_owned());
            word(&draft).map(|(kind, from, typed)| (kind, from, typed.to_owned()))
        };
        let files = |from, typed: &str| Some((Completes::Files, from, typed.to_owned()));
        assert_eq!(of("/pl"), Some((Completes::Commands, 0, "pl".to_owned())));
        assert_eq!(of("/plan it"), None);
        assert_eq!(of("see /pl"), None);
        assert_eq!(of("see @"), files(4, ""));
        assert_eq!(of("see @src/ma"), files(4, "src/ma"));
        assert_eq!(of("(@a"), files(1, "a"));
        assert_eq!(of("me@example.org"), None, "an address is no file");
        assert_eq!(of("@a b"), None);
        assert_eq!(of("@\"a b"), files(0, "a b"));
        assert_eq!(of("@\"a b\""), None);
        assert_eq!(of("x\n@b"), files(2, "b"));
        assert_eq!(of("/x @b"), files(3, "b"));
    }

    #[test]
    fn a_file_is_named_so_that_its_end_is_known() {
        assert_eq!(mention("src/a.rs").unwrap(), "@src/a.rs");
        assert_eq!(mention("my file.rs").unwrap(), "@\"my file.rs\"");
        assert_eq!(mention("a \"b\".rs").unwrap(), "@'a \"b\".rs'");
        assert!(mention("a\u{1b}[2J").unwrap_err().starts_with("a␛[2J has a character"));
    }
}
