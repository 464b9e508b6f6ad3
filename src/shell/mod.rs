//! What a command line really does: parsed as bash parses it, never guessed.
//!
//! [`read()`] finds every simple command of a line: behind lists, pipes, substitutions, subshells, functions and loops, behind
//! wrappers (`sudo`, `env`, `xargs`, `find -exec`) and inside code that is handed to another shell (`bash -c`, `eval`,
//! `ssh host`, a here-document). What it does not understand is a doubt in words. It is total: any text, any size.
//!
//! - `parse` is the grammar's tree, and what is checked before it is believed, `heredoc` a part of that; `walk` finds the commands in it, `word` is
//!   what one word means, `scan` looks at what the tree does not hold; `calc` finds where bash
//!   calculates, `sums` reads a calculation, `sets` knows the builtins that set variables.
//! - `enter` finds the folders that a line goes to first.
//! - `wrap` finds the command that another command runs, `options` tells options from operands, `code` is what programs
//!   are told to run in a language of their own, `tells` the options with which others run programs, `sed` what sed does.
//! - `prefix` says whether a command begins with given words; `names` knows the names of variables.
//! - `patch` reads what `apply_patch` is told to write.
//! - `harm` is what commands may do, in words; `git` the part of it that is git's; `touch` which files they would delete
//!   or rewrite; `writes` the options with which a program writes its output to a file.
//!
//! - [`loss`] is a plan of which files a line would delete or rewrite, for somebody who may look at the disk.
//!
//! The grammar is `tree-sitter-bash`. Its tree is believed only where it can be checked: between its tokens may be nothing
//! but blanks, no token may hold what bash would run, and where the two differ (a line continued inside a word, an
//! unquoted here-document) the line is doubted.

mod archive;
mod calc;
mod code;
mod enter;
mod git;
mod harm;
mod heredoc;
pub mod loss;
mod names;
mod options;
mod parse;
mod patch;
mod prefix;
mod runners;
mod scan;
mod sed;
mod sets;
mod sums;
mod tells;
mod touch;
mod walk;
mod word;
mod wrap;
mod writes;

pub use harm::{Harm, Kind};
pub use names::{harmless, is_name};
pub use touch::{How, Touch};
pub use word::{Known, Word};

use std::collections::{BTreeSet, VecDeque};

/// Longer lines are not read: the grammar's work grows with the square of what is wrong in them.
pub const LONGEST: usize = 8 * 1024;
/// Bytes that are parsed for one line, with all that it hands to other shells.
const MOST_BYTES: usize = 2 * LONGEST;
/// Commands of one line that are looked at.
const MOST_COMMANDS: usize = 256;
/// Shells and wrappers in one another that are followed.
const DEEPEST: usize = 12;
/// Doubts of one line that are told.
const MOST_DOUBTS: usize = 8;

/// A command line, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Every simple command, the wrappers included, in the order in which they were found.
    pub commands: Vec<Simple>,
    /// Every redirection from or to a file.
    pub redirects: Vec<Redirect>,
    /// Every variable that is set.
    pub assigns: Vec<Assign>,
    /// The folders that it goes to before anything else, one after the other; nothing of it runs unless it gets there.
    pub enters: Vec<Word>,
    /// What it leaves running in the background, as it is written.
    pub left: Vec<String>,
    /// What is not understood, in words. A line with a doubt may do more than is said here.
    pub doubts: Vec<String>,
    sums: Sums,
}

/// What its calculations may do beyond what is written in them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sums {
    /// True where a variable is set to what is no plain number.
    texts: bool,
    /// True where a calculation takes the value of a variable.
    looks: bool,
}

/// One command: a program and its arguments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Simple {
    /// The program, and its arguments.
    pub words: Vec<Word>,
    /// What runs it, outermost first; empty where the line itself does.
    pub through: Vec<String>,
    /// What it reads.
    pub input: Input,
}

/// What a command reads from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Input {
    /// Whatever the line itself reads from.
    #[default]
    Inherited,
    /// The command before it in a pipe; `network` where that one fetches.
    Pipe {
        /// True where what comes may come from the network.
        network: bool,
    },
    /// A text that stands in the line: a here-document or here-string; `None` where it is not known.
    Text(Option<String>),
    /// A file.
    File(Word),
}

/// A redirection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// What it does to its file.
    pub how: Flow,
    /// The file.
    pub file: Word,
}

/// What a redirection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Reads.
    Read,
    /// Empties the file, then writes.
    Write,
    /// Writes at the end.
    Append,
}

/// A variable that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assign {
    /// Its name.
    pub name: String,
}

impl Simple {
    /// The name of the program, without its folder; `None` where it is not known.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let program = self.words.first()?.fixed()?;
        let name = program.rsplit('/').next().unwrap_or(program);
        (!name.is_empty()).then_some(name)
    }

    /// Its arguments.
    #[must_use]
    pub fn args(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// Which command of git it is, where it is git.
    #[must_use]
    pub fn git_command(&self) -> Option<&str> {
        (self.name()? == "git").then(|| git::parts(self.args()).1).flatten()
    }

    /// The command as one text, for people.
    #[must_use]
    pub fn shown(&self) -> String {
        let words: Vec<String> = self.words.iter().map(Word::shown).collect();
        words.join(" ")
    }
}

impl Redirect {
    /// True where it writes to a file that stays.
    #[must_use]
    pub fn writes(&self) -> bool {
        match self.how {
            Flow::Read => false,
            Flow::Write | Flow::Append => !self.file.fixed().is_some_and(is_nowhere),
        }
    }
}

/// True where what is written there stays nowhere.
fn is_nowhere(file: &str) -> bool {
    ["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/fd/1"].contains(&file)
}

impl Line {
    /// What its commands may do that a person would want to know, most important first.
    #[must_use]
    pub fn harms(&self) -> Vec<Harm> {
        harm::of(self)
    }

    /// The files that its commands are told to write to, where that is a redirection in other words: `tee FILE`,
    /// `sort -o FILE`, `dd of=FILE`, the second file of `uniq`.
    #[must_use]
    pub fn outputs(&self) -> Vec<Word> {
        touch::outputs(self)
    }

    /// Which files it would delete or rewrite, as far as that is known.
    #[must_use]
    pub fn touches(&self) -> Vec<Touch> {
        touch::of(self)
    }

    fn doubt(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.doubts.contains(&what) && self.doubts.len() < MOST_DOUBTS {
            self.doubts.push(what);
        }
    }
}

/// Takes a command line apart. Total: any text, any size.
#[must_use]
pub fn read(text: &str) -> Line {
    let mut line = Line::default();
    let mut budget = MOST_BYTES;
    let mut queue = VecDeque::new();
    parsed(text, &[], &mut line, &mut budget, &mut queue);
    let mut seen = BTreeSet::new();
    while let Some(simple) = queue.pop_front() {
        if line.commands.len() >= MOST_COMMANDS {
            line.doubt("it runs more commands than can be judged");
            break;
        }
        if simple.through.len() >= DEEPEST {
            line.doubt("shells and wrappers stand too deep in one another");
        } else {
            for inner in wrap::inside(&simple, &mut line) {
                let through: Vec<String> = simple.through.iter().cloned().chain([inner.by]).collect();
                match inner.what {
                    wrap::What::Words(words) => queue.push_back(Simple { words, through, input: simple.input.clone() }),
                    // The same text is parsed once: what it holds is known already.
                    wrap::What::Code(code) if !seen.insert(code.clone()) => {}
                    wrap::What::Code(code) => parsed(&code, &through, &mut line, &mut budget, &mut queue),
                }
            }
        }
        patch::doubt(&simple, &mut line);
        line.commands.push(simple);
    }
    if line.sums.texts && line.sums.looks {
        line.doubt("calculates with what may be no number, which can set variables and run commands");
    }
    line
}

/// Parses one text and adds what it holds.
fn parsed(text: &str, through: &[String], line: &mut Line, budget: &mut usize, queue: &mut VecDeque<Simple>) {
    if text.len() > LONGEST || text.len() > *budget {
        line.doubt("the command is too long to be understood");
        return;
    }
    *budget -= text.len();
    if let Some(why) = scan::refused(text) {
        line.doubt(why);
        return;
    }
    let Some(tree) = parse::tree(text) else {
        line.doubt("the command can't be parsed");
        return;
    };
    let doubts = parse::checked(&tree, text);
    if through.is_empty() && doubts.is_empty() {
        line.enters = enter::of(&tree, text);
    }
    for why in doubts {
        line.doubt(why);
    }
    line.left.extend(parse::left_running(&tree, text));
    let found = walk::commands(&tree, text, line);
    queue.extend(found.into_iter().map(|simple| Simple { through: through.to_vec(), ..simple }));
}

#[cfg(test)]
mod tests;
