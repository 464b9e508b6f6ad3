//! What the model types into a command that runs in a terminal (`write_stdin`): each text is a call of its own.
//!
//! Codex 0.169 runs no hook before it, and asks only where that command was launched outside its sandbox
//! (`tests/codex_wire/logs/typed*`). So what it asks about is held like any command; the rest is heard of when it has been
//! typed, and nothing could hold it: that is said as loudly as any call that ran unasked, whatever the mode.

use super::Codex;
use super::out::Out;
use crate::agent::{Fact, look};
use crate::domain::{CallPatch, CallStatus, Impact, LaneId, UNKNOWN_FOLDER};
use crate::shapes::codex::command;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// Texts that were allowed, and terminals, that are remembered.
const KEPT: usize = 64;

/// Programs that take command lines from their terminal, or hand it on to one that does.
const SHELLS: [&str; 18] = [
    "bash", "sh", "zsh", "dash", "ksh", "ash", "fish", "busybox", "su", "sudo", "doas", "ssh", "chroot", "nsenter",
    "docker", "podman", "tmux", "screen",
];

/// Terminals that are typed into.
#[derive(Debug, Default)]
pub(super) struct Typed {
    terminals: BTreeMap<(String, String), Terminal>,
    /// Allowed, and not told as typed: thread and text.
    allowed: VecDeque<(String, String)>,
    count: u64,
}

/// What is known of a terminal from what was typed into it.
#[derive(Debug, Default)]
struct Terminal {
    /// The line that was begun and not ended.
    line: String,
    /// It may have left the folder in which it began.
    roams: bool,
}

impl Terminal {
    /// A text was typed.
    fn takes(&mut self, text: &str) {
        self.line.push_str(text);
        let moves = |word: &str| matches!(word, "cd" | "pushd" | "popd" | "source" | "." | "exec" | "eval");
        let is_plain = !self.line.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r'));
        let words = self.line.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '/' | '_' | '-')));
        self.roams |= !is_plain || words.clone().any(|word| moves(word) || is_shell(word));
        // What ends a line, or takes it back.
        if let Some(end) = self.line.rfind(['\n', '\r', '\u{3}']) {
            self.line.drain(..=end);
        }
    }
}

fn is_shell(word: &str) -> bool {
    word.rsplit('/').next().is_some_and(|name| SHELLS.contains(&name))
}

/// Whether what is typed into a command is a command line itself. Of one that is not known it is taken for that: more
/// rules speak of it then.
fn takes_commands(into: Option<&str>) -> bool {
    into.is_none_or(|line| line.split(|c: char| c.is_whitespace() || ";|&()'\"`".contains(c)).any(is_shell))
}

/// A text as it is shown in the middle of a sentence.
fn quoted(text: &str) -> String {
    format!("\"{}\"", look::cut(text).escape_debug())
}

impl Typed {
    pub(super) fn allow(&mut self, thread: &str, text: &str) {
        self.allowed.push_back((thread.to_owned(), text.to_owned()));
        if self.allowed.len() > KEPT {
            self.allowed.pop_front();
        }
    }

    fn was_allowed(&mut self, thread: &str, text: &str) -> bool {
        let at = self.allowed.iter().position(|(of, allowed)| of == thread && allowed == text);
        at.and_then(|at| self.allowed.remove(at)).is_some()
    }
}

impl Codex {
    /// What is typed, as a call.
    pub(super) fn typed_call(&self, thread: &str, item: Option<&str>, text: &str, cwd: Option<&str>) -> CallPatch {
        let into = item.and_then(|item| self.calls.command(thread, item));
        let terminal = item.and_then(|item| self.typed.terminals.get(&(thread.to_owned(), item.to_owned())));
        let line = format!("{}{text}", terminal.map_or("", |terminal| terminal.line.as_str()));
        let line = line.replace("\r\n", "\n").replace('\r', "\n");
        let line = line.strip_suffix('\n').unwrap_or(&line);
        // In a terminal a tabulator asks the shell to go on with a word: nobody knows how.
        let is_line = takes_commands(into) && !line.trim().is_empty() && !line.contains('\t');
        let roams = terminal.is_some_and(|terminal| terminal.roams);
        let folder = cwd.filter(|cwd| *cwd != self.opening.cwd).map(str::to_owned);
        let place = into.map_or_else(|| "a command that runs".to_owned(), |into| format!("`{}`", look::cut(into)));
        let title = match is_line {
            true => format!("type it into {place}, which runs"),
            false => format!("type {} into {place}, which runs", quoted(text)),
        };
        CallPatch {
            title: Some(title.into()),
            tool: Some("write_stdin".to_owned()),
            impact: Some(Impact::Execute),
            args: Some(look::canonical(&json!({"into": into, "typed": text})).into()),
            command: is_line.then(|| line.into()),
            cwd: if roams { Some(UNKNOWN_FOLDER.to_owned()) } else { folder },
            ..CallPatch::default()
        }
    }

    /// What a question of `write_stdin` is about: its call, and the text, where it can be read.
    pub(super) fn asked_to_type(&self, params: &Value) -> (CallPatch, Option<String>) {
        let said = look::text(params, "command").unwrap_or_default();
        let thread = self.thread_of(params);
        if let Some(text) = command::typed(said) {
            let call = self.typed_call(&thread, look::text(params, "itemId"), &text, look::text(params, "cwd"));
            return (call, Some(text));
        }
        let call = CallPatch {
            title: Some(format!("type into a command that runs: {}", look::cut(said)).into()),
            tool: Some("write_stdin".to_owned()),
            impact: Some(Impact::Execute),
            args: Some(look::canonical(&json!({"asked": said})).into()),
            ..CallPatch::default()
        };
        (call, None)
    }

    /// A text was typed. One that nobody was asked about has run already.
    pub(super) fn was_typed(&mut self, out: &mut Out, lane: LaneId, thread: &str, item: &str, text: &str) {
        if !self.typed.was_allowed(thread, text) {
            let patch = self.typed_call(thread, Some(item), text, None);
            self.typed.count = self.typed.count.saturating_add(1);
            let name = format!("{item}/typed {}", self.typed.count);
            let call = self.call_of(out, lane, thread, &name, patch);
            out.fact(Fact::RanUnheld(lane, call));
            let over = CallPatch { status: Some(CallStatus::Done), ..CallPatch::default() };
            self.call_of(out, lane, thread, &name, over);
            self.calls.is_over(thread, &name);
        }
        let terminals = &mut self.typed.terminals;
        terminals.entry((thread.to_owned(), item.to_owned())).or_default().takes(text);
        while terminals.len() > KEPT {
            terminals.pop_first();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_command_lines_is_known_by_its_name() {
        for shell in ["bash", "/bin/zsh -l", "env -i sh", "sudo -s", "ssh host", "docker exec -it a bash", "x; 'bash'"]
        {
            assert!(takes_commands(Some(shell)), "{shell}");
        }
        for other in ["python3", "npm init", "cat", "node bash.js", "less sh.txt"] {
            assert!(!takes_commands(Some(other)), "{other}");
        }
        assert!(takes_commands(None), "of one that is not known it is taken for that");
    }

    #[test]
    fn a_line_that_comes_in_pieces_is_one_line() {
        let mut terminal = Terminal::default();
        terminal.takes("ls\nrm -r");
        assert_eq!((terminal.line.as_str(), terminal.roams), ("rm -r", false));
        terminal.takes("\u{3}");
        assert_eq!((terminal.line.as_str(), terminal.roams), ("", true), "what was taken back may have done anything");
        for moved in ["cd /\n", "pushd x\n", "bash\n", "true;cd ..\n", "/bin/sh\n", "c\td /\n"] {
            let mut terminal = Terminal::default();
            terminal.takes(moved);
            assert!(terminal.roams, "{moved:?}");
        }
    }
}
