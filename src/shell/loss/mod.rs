//! Which files a command line would delete or rewrite, as a plan that somebody who may look at the disk can follow.
//!
//! [`read()`] goes through a line as bash would, in order: it follows `cd`, variables that the line itself sets, `for` over
//! known words, wrappers and shells in shells, and notes for every command that is known what it does to which names, in
//! which folder. It looks at nothing: globs stay globs. What is only known when it runs is told in words, never left out.
//!
//! - `expand` makes arguments of words; `run` goes through the tree, `invoke` runs a program; `acts` is what each program does, `git` and `find` those two;
//!   `feed` is what `xargs` hands on; `given` tells options from operands.

mod acts;
mod expand;
mod feed;
mod find;
mod git;
mod given;
mod invoke;
mod put;
mod run;

/// Deeds of one line that are noted.
const MOST: usize = 128;
/// Things that can't be known and are told.
const MOST_UNKNOWN: usize = 16;

/// What a line would do to files, in the order in which it does it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is done.
    pub deeds: Vec<Deed>,
    /// What can't be known, each in words.
    pub unknown: Vec<String>,
    /// Programs that run beside, and of which it is not known what they do to files.
    pub beside: Vec<String>,
}

impl Plan {
    /// True where no command of the line is known to delete or rewrite anything, nor may for a reason that is told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.deeds.is_empty() && self.unknown.is_empty()
    }

    fn cannot_tell(&mut self, what: impl Into<String>) {
        let what = what.into();
        if self.unknown.len() < MOST_UNKNOWN && !self.unknown.contains(&what) {
            self.unknown.push(what);
        }
    }
}

/// One command's work on files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// The folder in which it runs, absolute; links in it are not followed yet.
    pub folder: String,
    /// The command, for people.
    pub by: String,
    /// What it does.
    pub act: Act,
    /// What it reads the names from that [`Arg::Fed`] stands for.
    pub feed: Option<Feed>,
}

/// An argument, as far as it is known without looking at the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// Exactly this text.
    Text(String),
    /// A pattern of file names; a backslash takes the meaning of the sign behind it.
    Glob(String),
    /// Only known when it runs: as it is written.
    Unknown(String),
    /// The names that are fed to the command.
    Fed,
}

/// Where names come from that a command is handed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feed {
    /// What `find` finds.
    Find {
        /// Where it begins.
        roots: Vec<Arg>,
        /// Its expression: only looks, and prints what it finds with a NUL behind it.
        expression: Vec<String>,
        /// How the names are told apart.
        split: Split,
    },
    /// What `git ls-files` lists.
    Git {
        /// Its arguments.
        args: Vec<Arg>,
        /// How the names are told apart.
        split: Split,
    },
    /// These words.
    Words(Vec<Arg>),
}

/// How names in a stream are told apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Split {
    /// Each is an argument of its own, whatever stands in it.
    #[default]
    Whole,
    /// By ends of lines: a name with one in it falls apart, and quotes count.
    Lines,
    /// By blanks: a name with one in it falls apart, and quotes count.
    Blanks,
}

/// What is done to files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// `rm`, `unlink`.
    Remove {
        /// What.
        what: Vec<Arg>,
        /// How far.
        reach: Reach,
    },
    /// `rmdir`.
    RemoveFolders {
        /// Which.
        what: Vec<Arg>,
        /// Those above as well.
        parents: bool,
    },
    /// Something else stands in it afterwards.
    Write {
        /// Which files.
        what: Vec<Arg>,
        /// How.
        how: Written,
    },
    /// `chmod`, `chown`.
    Mode {
        /// Which files.
        what: Vec<Arg>,
        /// All below as well.
        deep: bool,
        /// The mode, as it is written; `None` where it is the owner that changes.
        mode: Option<String>,
    },
    /// `cp`, `mv`, `ln`, `install`.
    Put(Put),
    /// `tar -x`.
    Unpack {
        /// The archive.
        archive: Arg,
        /// Into which folder.
        into: Option<Arg>,
        /// Parts of a name that are left off.
        strip: usize,
    },
    /// git's commands.
    Git(Git),
}

/// How far a removal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Files, and links themselves.
    Files,
    /// Files, and folders that are empty.
    Empty,
    /// Folders with all below.
    Trees,
    /// `find -delete`: folders once all below them is gone.
    Found,
}

/// How a file comes to hold something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It is emptied and written anew.
    Anew,
    /// A part of it is written.
    Within,
    /// A changed copy takes its place (`sed -i`); what the old one is kept as.
    Copy {
        /// What is put behind its name.
        backup: Option<String>,
    },
    /// `shred`; `true` where it is removed then.
    Shred {
        /// Whether it is gone afterwards.
        removes: bool,
    },
}

/// `cp`, `mv`, `ln`, `install`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// Which of them.
    pub how: How,
    /// What.
    pub sources: Vec<Arg>,
    /// To where.
    pub to: Arg,
    /// Whether that may be a folder to put things into.
    pub target: Target,
    /// Folders with all below.
    pub deep: bool,
    /// What happens to what stands there.
    pub keeps: Keeps,
}

/// Which program puts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// `cp`.
    Copy,
    /// `mv`.
    Move,
    /// `ln`.
    Link,
    /// `install`.
    Install,
}

/// What the last operand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A folder, where one stands there.
    Either,
    /// A folder, in any case.
    Folder,
    /// The new name itself, in any case; a link to a folder is no folder.
    Name,
}

/// What happens to what stands where something is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// It is overwritten.
    Nothing,
    /// It stays.
    All,
    /// It stays where it is not older.
    Newer,
}

/// What git does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Git {
    /// `git clean`: its arguments.
    Clean {
        /// Without `-n`, `-q`, `-f`.
        args: Vec<Arg>,
        /// How often `-f` was said.
        forced: usize,
    },
    /// Files as they stand in the index: `git checkout -- x`, `git restore x`.
    Paths {
        /// Which.
        paths: Vec<Arg>,
    },
    /// Files as they stand in a commit.
    From {
        /// Which commit.
        tree: Arg,
        /// Which files.
        paths: Vec<Arg>,
        /// Files go that the commit does not have.
        removes: bool,
    },
    /// `git checkout x…`, where x is a commit or a file.
    Either {
        /// All operands.
        operands: Vec<Arg>,
    },
    /// Everything as in a commit: `git reset --hard`, `git checkout -f`.
    Whole {
        /// Which; `HEAD` where none is named.
        tree: Option<Arg>,
    },
    /// `git stash`.
    Stash {
        /// Only these.
        paths: Vec<Arg>,
        /// Files that git does not know, too.
        untracked: Untracked,
        /// What stands in the index stays.
        keeps_index: bool,
    },
    /// `git rm`.
    Remove {
        /// Which.
        paths: Vec<Arg>,
        /// Options.
        flags: Vec<String>,
    },
}

/// Which files that git does not know are put away with the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untracked {
    /// None.
    Stay,
    /// Those that it does not ignore.
    Known,
    /// All.
    All,
}

/// Where a line runs.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The folder, absolute.
    pub folder: &'a str,
    /// The home folder of who runs it.
    pub home: &'a str,
}

/// What a line would do to files. Total: any text, any size.
#[must_use]
pub fn read(text: &str, around: Around<'_>) -> Plan {
    run::plan(text, around)
}

impl Arg {
    /// Its text, where it is known.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Glob(_) | Self::Unknown(_) | Self::Fed => None,
        }
    }

    /// As it is written, for people.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => super::Word::new(text.as_str()).shown(),
            Self::Glob(text) | Self::Unknown(text) => text.clone(),
            Self::Fed => "{}".to_owned(),
        }
    }
}

impl Deed {
    /// What it does to which names, in one line, for people.
    #[must_use]
    pub fn shown(&self) -> String {
        let names = |what: &[Arg]| what.iter().map(Arg::shown).collect::<Vec<_>>().join(" ");
        match &self.act {
            Act::Remove { what, reach: Reach::Trees } => format!("deletes {} and all below", names(what)),
            Act::Remove { what, .. } | Act::RemoveFolders { what, .. } => format!("deletes {}", names(what)),
            Act::Write { what, how: Written::Anew | Written::Shred { removes: false } } => {
                format!("overwrites {}", names(what))
            }
            Act::Write { what, how: Written::Shred { removes: true } } => {
                format!("overwrites and deletes {}", names(what))
            }
            Act::Write { what, how: Written::Within | Written::Copy { .. } } => format!("changes {}", names(what)),
            Act::Mode { what, mode, .. } => {
                format!("changes the {} of {}", if mode.is_some() { "mode" } else { "owner" }, names(what))
            }
            Act::Put(put) if put.how == How::Move => format!("moves {} over {}", names(&put.sources), put.to.shown()),
            Act::Put(put) => format!("puts {} over {}", names(&put.sources), put.to.shown()),
            Act::Unpack { archive, .. } => format!("overwrites what {} holds", archive.shown()),
            Act::Git(_) => format!("what git says: {}", self.by),
        }
    }
}

#[cfg(test)]
mod tests;
