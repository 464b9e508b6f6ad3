//! The terminal in the hands of another program of the user's: an editor, a pager.

use crate::domain::{RequestId, Seq, SessionId};
use crate::text;

/// Which program gets the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// `$VISUAL`, `$EDITOR`, or `vi`.
    Editor,
    /// `$PAGER`, `less -R`, or `more`.
    Pager,
    /// taut itself, as a replay.
    Replay,
}

impl Program {
    /// What it is called.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Editor => "editor",
            Self::Pager => "pager",
            Self::Replay => "replay",
        }
    }
}

/// What the text is handed over for, and so what becomes of it afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The draft of a session: what the editor leaves becomes the draft.
    Draft(SessionId),
    /// What a human writes in the place of what a request proposes: it comes back into the form on its card.
    Edit(RequestId),
    /// Only to be looked at: what is left of it is nobody's.
    Look,
}

/// A program gets the terminal, and a text in a private file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    program: Program,
    purpose: Purpose,
    text: String,
}

impl HandOver {
    /// The draft of a session goes to the editor, and comes back as [`Msg::Back`](super::Msg::Back).
    #[must_use]
    pub fn draft(session: SessionId, text: String) -> Self {
        Self { program: Program::Editor, purpose: Purpose::Draft(session), text }
    }

    /// A field of a changed call goes to the editor, and comes back into its form.
    #[must_use]
    pub fn edit(request: RequestId, text: String) -> Self {
        Self { program: Program::Editor, purpose: Purpose::Edit(request), text }
    }

    /// A session of another tool is looked at, in a taut of its own that can't act: this one goes on hearing the hub, and
    /// calls its human.
    #[must_use]
    pub fn replay(session: SessionId) -> Self {
        Self { program: Program::Replay, purpose: Purpose::Look, text: session.to_string() }
    }

    /// The same, from a record on.
    #[must_use]
    pub fn replay_at(session: SessionId, at: Seq) -> Self {
        Self { program: Program::Replay, purpose: Purpose::Look, text: format!("{session} --at {}", at.0) }
    }

    /// A text to look at. It may be an agent's: whatever a terminal would obey in it becomes a mark, since a pager passes
    /// it on as it is.
    #[must_use]
    pub fn look(program: Program, said: &str) -> Self {
        let mut text = String::with_capacity(said.len() + 1);
        for line in said.lines() {
            // Tabs stay: they are of use in an editor, and harm no terminal.
            let parts: Vec<_> = line.split('\t').map(|part| text::visible(part).text).collect();
            text.push_str(&parts.join("\t"));
            text.push('\n');
        }
        Self { program, purpose: Purpose::Look, text }
    }

    /// Which program.
    #[must_use]
    pub fn program(&self) -> Program {
        self.program
    }

    /// What for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_agent_said_reaches_no_pager_raw() {
        let said = "a\tb\u{1b}]0;x\u{7}\r\n\u{202e}c";
        let look = HandOver::look(Program::Pager, said);
        assert!(!look.text().contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "{:?}", look.text());
        assert!(!look.text().contains('\u{202e}') && look.text().starts_with("a\tb"));
    }
}
