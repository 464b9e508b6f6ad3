//! Copying: where a text goes, and the words for that. A text is *sent*, never *copied*: nobody tells us whether it came.

use super::App;
use super::msg::ShowTo;
use super::patch;
use super::picker::{Pick, Picked};
use crate::domain::{BodyRef, Digest, FileChange, SessionId, Text};
use crate::state::{Entry, Parts, Session, Step, What};
use crate::text::{self, ansi, human};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// A text longer than this many bytes is cut or dropped by many terminals when it comes by OSC 52.
pub const TERMINAL_MOST: usize = 74_994;
/// A command takes more; nobody means to copy so much.
pub const COMMAND_MOST: usize = 16 << 20;

/// Where a copied text goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CopyTo {
    /// To the terminal, by OSC 52.
    #[default]
    Terminal,
    /// To a command, by its name.
    Command(String),
    /// Nowhere: the configuration says so.
    Nowhere,
}

impl CopyTo {
    /// The bytes that it takes.
    #[must_use]
    pub fn most(&self) -> usize {
        match self {
            Self::Terminal => TERMINAL_MOST,
            Self::Command(_) => COMMAND_MOST,
            Self::Nowhere => usize::MAX,
        }
    }

    /// Whether a text of so many bytes can be sent, else why not and what else there is.
    ///
    /// # Errors
    /// One sentence for the human.
    pub fn takes(&self, bytes: u64, elsewhere: &str) -> Result<(), String> {
        match self {
            Self::Nowhere => Err("copying is off: `clipboard` in config.toml says so".to_owned()),
            Self::Terminal | Self::Command(_) if bytes > self.most() as u64 => Err(format!(
                "{} are too much to copy, at most {} are taken: {elsewhere}",
                human::bytes(bytes),
                human::bytes(self.most() as u64)
            )),
            Self::Terminal | Self::Command(_) => Ok(()),
        }
    }

    /// What is said of a text that was sent.
    #[must_use]
    pub fn said(&self, text: &str) -> String {
        let size = match text.lines().count() {
            1 => format!("1 line, {}", characters(text.chars().count())),
            lines => format!("{lines} lines"),
        };
        match self {
            Self::Command(program) => format!("sent to {program}: {size}"),
            Self::Terminal | Self::Nowhere => format!("sent to the terminal: {size}"),
        }
    }
}

fn characters(count: usize) -> String {
    if count == 1 { "1 character".to_owned() } else { format!("{count} characters") }
}

/// A part of an entry that can be copied alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What was said.
    Message,
    /// The command that a call runs.
    Command,
    /// What a call changes, as a patch.
    Patch,
    /// What a call gave back.
    Output,
    /// What a call was told.
    Arguments,
    /// The file that it speaks of.
    Path,
}

/// A part that shall be copied once all of it is here.
#[derive(Debug, Clone)]
pub(super) struct Copying {
    /// Whose.
    pub(super) session: SessionId,
    /// Of which entry.
    pub(super) no: u64,
    /// Which part.
    pub(super) part: Part,
    /// The texts that have come: what is looked at meanwhile must not drive them out.
    pub(super) bodies: BTreeMap<Digest, Option<Arc<str>>>,
}

/// Why a part can't be made now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lacks {
    /// These texts must come first.
    Bodies(Vec<BodyRef>),
    /// It can't be made at all: one sentence.
    Why(String),
}

impl Part {
    /// Its name in the list.
    fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Command => "command",
            Self::Patch => "diff as a patch",
            Self::Output => "output",
            Self::Arguments => "arguments",
            Self::Path => "path",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Message => "all of it, with its markup",
            Self::Command => "the whole command line",
            Self::Patch => "as `git apply` takes it, in the workspace",
            Self::Output => "as a terminal would have left it, without colours",
            Self::Arguments => "what the call was told, as JSON",
            Self::Path => "the file that the call speaks of",
        }
    }
}

/// The parts that an entry has, the most likely one first.
fn parts(entry: &Entry) -> Vec<Part> {
    match &entry.what {
        What::Step(step) => {
            let has = [
                (step.command.is_some(), Part::Command),
                (!step.changes.is_empty(), Part::Patch),
                (!step.output.is_empty(), Part::Output),
                (file_of(step).is_some(), Part::Path),
                (step.args.as_ref().is_some_and(|args| !args.is_empty()), Part::Arguments),
            ];
            has.into_iter().filter(|(is, _)| *is).map(|(_, part)| part).collect()
        }
        What::Prompt { .. } | What::Said { .. } | What::Attached { .. } | What::Plan { .. } | What::Noted { .. } => {
            vec![Part::Message]
        }
        What::Unrecognised { .. } | What::Ended { .. } => vec![Part::Message],
        What::Lane { .. }
        | What::TurnEnd { .. }
        | What::Compacted { .. }
        | What::Mode { .. }
        | What::Loosened { .. } => Vec::new(),
    }
}

/// The file that a step speaks of first.
fn file_of(step: &Step) -> Option<&str> {
    let change = step.changes.first().map(|change| change.path.as_str());
    change.or(step.places.first().map(|place| place.path.as_str()))
}

impl App {
    /// What can be copied of an entry and of its session, the most likely first.
    pub(super) fn to_copy(&self, session: SessionId, no: Option<u64>) -> Vec<Pick> {
        let pick = |name: &str, help: &str, what: Picked| Pick {
            name: name.to_owned(),
            help: help.to_owned(),
            note: String::new(),
            lacks: None,
            what,
        };
        let mut picks = Vec::new();
        let known = self.state.session(session);
        if let Some(entry) = no.zip(known).and_then(|(no, known)| self.entry(known, no)) {
            let no = entry.no;
            let parts = parts(entry).into_iter();
            picks.extend(parts.map(|part| pick(part.name(), part.help(), Picked::Copy(session, no, part))));
            let block = if entry.step().is_some() { "step" } else { "block" };
            let show = |to| Picked::Show(session, Some(no), to);
            picks.push(pick(&format!("{block} as text"), "as `taut show` prints it", show(ShowTo::Copy)));
            picks.push(pick(&format!("{block} in the pager"), "opens $PAGER; agents go on", show(ShowTo::Pager)));
            picks.push(pick(&format!("{block} in the editor"), "opens $EDITOR on a copy", show(ShowTo::Editor)));
        }
        let show = |to| Picked::Show(session, None, to);
        picks.push(pick("session as text", "all of it, as `taut show` prints it", show(ShowTo::Copy)));
        picks.push(pick("session in the pager", "opens $PAGER; agents go on", show(ShowTo::Pager)));
        picks.push(pick("session in the editor", "opens $EDITOR on a copy", show(ShowTo::Editor)));
        if let Some(session) = self.state.session(session) {
            picks.push(pick("workspace", "the folder of the session", Picked::Text(session.cwd.clone())));
            picks.push(pick("session id", "for `taut show` and `taut replay`", Picked::Text(session.id.to_string())));
        }
        for pick in &mut picks {
            pick.lacks = match pick.what {
                Picked::Show(_, _, ShowTo::Pager | ShowTo::Editor) => None,
                _ => self.copy_to.takes(0, "").err(),
            };
        }
        if let Some(first) = picks.first_mut() {
            "y".clone_into(&mut first.note);
        }
        picks
    }

    /// The text of a part.
    pub(super) fn part(&self, copying: &Copying) -> Result<String, Lacks> {
        let gone = || Lacks::Why("this entry is not in memory any more".to_owned());
        let known = self.state.session(copying.session);
        let entry = known.and_then(|known| self.entry(known, copying.no)).ok_or_else(gone)?;
        let session = self.state.session(copying.session).ok_or_else(gone)?;
        let mut texts = Texts { app: self, had: &copying.bodies, missing: Vec::new() };
        let made = match (&entry.what, copying.part) {
            (What::Step(step), Part::Command) => step.command.as_ref().map(|text| texts.of(text)),
            (What::Step(step), Part::Patch) => {
                let files: Vec<_> = step.changes.iter().map(|change| file(&mut texts, session, change)).collect();
                if !texts.missing.is_empty() {
                    return Err(Lacks::Bodies(texts.missing));
                }
                Some(patch::of(&files).map_err(Lacks::Why)?)
            }
            (What::Step(step), Part::Output) => {
                let output = texts.parts(&step.output);
                Some(ansi::lines(&output).iter().fold(String::new(), |all, line| all + &line.text + "\n"))
            }
            (What::Step(step), Part::Arguments) => step.args.as_ref().map(|text| texts.of(text)),
            (What::Step(step), Part::Path) => file_of(step).map(str::to_owned),
            (What::Said { text, .. }, _) => Some(texts.parts(text)),
            (What::Prompt { text, .. } | What::Noted { text, .. } | What::Attached { what: text, .. }, _) => {
                Some(texts.of(text))
            }
            (What::Unrecognised { raw, .. }, _) => Some(texts.of(raw)),
            (What::Ended { last_words, .. }, _) => Some(texts.of(last_words)),
            (What::Plan { items }, _) => {
                let lines = items.iter().map(|item| format!("- {}\n", texts.of(&item.text)));
                Some(lines.collect())
            }
            (
                What::Step(_)
                | What::Lane { .. }
                | What::TurnEnd { .. }
                | What::Compacted { .. }
                | What::Mode { .. }
                | What::Loosened { .. },
                _,
            ) => None,
        };
        if !texts.missing.is_empty() {
            return Err(Lacks::Bodies(texts.missing));
        }
        made.ok_or_else(gone)
    }
}

fn file(texts: &mut Texts<'_>, session: &Session, change: &FileChange) -> patch::File {
    let within = change.path.strip_prefix(session.cwd.as_str()).and_then(|rest| rest.strip_prefix('/'));
    patch::File {
        path: within.unwrap_or(&change.path).trim_start_matches('/').to_owned(),
        old: change.old.as_ref().map(|text| texts.of(text)),
        new: change.new.as_ref().map(|text| texts.of(text)),
        given: change.patch.as_ref().map(|text| texts.of(text)),
        extent: match (change.fragment, change.line) {
            (false, _) => patch::Extent::Whole,
            (true, line) => patch::Extent::Piece(line),
        },
    }
}

/// Looks texts up, and notes those that are not here.
struct Texts<'a> {
    app: &'a App,
    had: &'a BTreeMap<Digest, Option<Arc<str>>>,
    missing: Vec<BodyRef>,
}

impl Texts<'_> {
    fn of(&mut self, text: &Text) -> String {
        match text {
            Text::Inline(text) => text.clone(),
            Text::Body(body) => match self.had.get(&body.digest).or_else(|| self.app.bodies.get(&body.digest)) {
                Some(Some(text)) => text.to_string(),
                Some(None) => format!("[purged: {} bytes]", body.bytes),
                None => {
                    self.missing.push(*body);
                    String::new()
                }
            },
        }
    }

    fn parts(&mut self, parts: &Parts) -> String {
        let mut whole: String = parts.head.iter().map(|piece| self.of(piece)).collect();
        if parts.cut_bytes > 0 {
            // Writing into a String can't fail.
            let _ = write!(whole, "\n[{} lines left out, {}]\n", parts.cut_lines, human::bytes(parts.cut_bytes));
        }
        whole.extend(parts.tail.iter().map(|piece| self.of(piece)).collect::<Vec<_>>());
        whole
    }
}

/// A text as it may be pasted anywhere: its own characters, but for those that a terminal or a shell would act upon or
/// that make it look otherwise than it is. Control characters but newline and tab, and those that turn the direction of
/// writing, become the marks that the screen has for them; how many is given along. The end of a line may be CR LF.
#[must_use]
pub fn safe(source: &str) -> (String, usize) {
    let hostile = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let (mut out, mut marks) = (String::with_capacity(source.len()), 0);
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        if !hostile(c) || (c == '\r' && chars.peek() == Some(&'\n')) {
            out.push(c);
        } else {
            out.push_str(&text::visible(c.encode_utf8(&mut [0; 4])).text);
            marks += 1;
        }
    }
    (out, marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_or_a_terminal_would_act_upon_is_a_mark() {
        assert_eq!(safe("a\tb\r\nc\n"), ("a\tb\r\nc\n".into(), 0));
        assert_eq!(safe("ls\r rm\u{1b}[201~x\u{202e}\u{9b}"), ("ls␍ rm␛[201~x‹U+202E›‹U+009B›".into(), 4));
        assert_eq!(safe("naïve 👩\u{200d}💻 日本"), ("naïve 👩\u{200d}💻 日本".into(), 0));
    }

    #[test]
    fn it_is_said_as_sent_and_never_as_copied() {
        assert_eq!(CopyTo::Terminal.said("a\nb\n"), "sent to the terminal: 2 lines");
        assert_eq!(CopyTo::Command("wl-copy".into()).said("abc"), "sent to wl-copy: 1 line, 3 characters");
        assert!(CopyTo::Terminal.takes(80_000, "the pager has it").unwrap_err().contains("the pager has it"));
        assert!(CopyTo::Command("x".into()).takes(80_000, "").is_ok());
        assert!(CopyTo::Nowhere.takes(0, "").is_err());
    }
}
