//! Which files a command line would delete or rewrite.

use super::options::{has, operands};
use super::word::{Known, Word};
use super::{Flow, Line, Simple, archive, git, writes};

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// It is gone.
    Deletes,
    /// It is somewhere else.
    Moves,
    /// What stood in it is gone.
    Rewrites,
    /// It gets longer.
    Appends,
}

/// A file that a line would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The file or folder, as it is written, without quotes. What lies below a folder belongs to it.
    pub path: Word,
    /// What happens to it.
    pub how: How,
    /// By which command, in words.
    pub by: String,
}

impl Touch {
    pub(super) fn new(path: &Word, how: How, by: &str) -> Self {
        Self { path: path.clone(), how, by: by.to_owned() }
    }

    /// The part of the path that is surely known: all of a fixed one, the folder before the first wildcard of a pattern;
    /// `None` where it may lie anywhere.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        match self.path.known {
            Known::Fixed => Some(&self.path.text),
            Known::Pattern => {
                let wild = self.path.text.find(['*', '?', '[', '{']).unwrap_or(self.path.text.len());
                Some(
                    self.path.text[..wild]
                        .rfind('/')
                        .map_or(".", |at| if at == 0 { "/" } else { &self.path.text[..at] }),
                )
            }
            Known::Unknown => None,
        }
    }
}

/// The files that a line deletes or rewrites, in the order of its commands; what it redirects to comes last.
pub(super) fn of(line: &Line) -> Vec<Touch> {
    let mut all: Vec<Touch> = line.commands.iter().flat_map(command).collect();
    for redirect in line.redirects.iter().filter(|redirect| redirect.writes()) {
        let how = if redirect.how == Flow::Append { How::Appends } else { How::Rewrites };
        all.push(Touch::new(&redirect.file, how, "a redirection"));
    }
    let mut unlike: Vec<Touch> = Vec::new();
    for touch in all {
        if !unlike.contains(&touch) {
            unlike.push(touch);
        }
    }
    unlike
}

fn command(simple: &Simple) -> Vec<Touch> {
    let Some(name) = simple.name() else { return Vec::new() };
    let args = simple.args();
    let by = format!("{name} {}", args.first().map(Word::shown).unwrap_or_default()).trim_end().to_owned();
    let each = |how: How| operands(args).map(|path| Touch::new(path, how, name)).collect::<Vec<_>>();
    match name {
        "rm" | "unlink" | "rmdir" | "shred" | "srm" | "trash" => each(How::Deletes),
        "truncate" => {
            let sizes = writes::told(args, "", "sr", &["size", "reference"]);
            operands(args)
                .filter(|path| !sizes.contains(path))
                .map(|path| Touch::new(path, How::Rewrites, name))
                .collect()
        }
        "tee" if has(args, "a", &["append"]) => each(How::Appends),
        // The file, where it is named; the patch is read.
        "patch" => {
            let values =
                writes::told(args, "", "idpDFgBYzVr", &["input", "strip", "directory", "ifdef", "reject-file"]);
            let file = operands(args).find(|path| !values.contains(path));
            let out = writes::told(args, "", "o", &["output"]);
            match (file, out.first()) {
                (_, Some(out)) => vec![Touch::new(out, How::Rewrites, name)],
                (Some(file), None) => vec![Touch::new(file, How::Rewrites, name)],
                (None, None) => Vec::new(),
            }
        }
        "tee" | "gzip" | "gunzip" | "xz" | "unxz" | "bzip2" | "bunzip2" | "zstd" => each(How::Rewrites),
        "mv" => {
            let mut all = each(How::Moves);
            if let Some(last) = all.last_mut() {
                last.how = How::Rewrites;
            }
            all
        }
        "cp" | "install" | "ln" | "link" | "scp" | "rsync" => {
            let folder = writes::told(args, "", "t", &["target-directory"]).pop().filter(|_| name != "rsync");
            match folder {
                // Each of the others goes into it.
                Some(folder) => {
                    let each = operands(args).filter(|path| **path != folder);
                    each.map(|path| Touch::new(&below(&folder, path), How::Rewrites, name)).collect()
                }
                None => each(How::Rewrites).pop().into_iter().collect(),
            }
        }
        "sed" | "gsed" => {
            super::sed::written(args).iter().map(|path| Touch::new(path, How::Rewrites, "sed -i")).collect()
        }
        "dd" => {
            let out = args.iter().filter_map(|word| Some((word, word.text.strip_prefix("of=")?)));
            out.map(|(word, path)| Touch::new(&Word { text: path.to_owned(), known: word.known }, How::Rewrites, "dd"))
                .collect()
        }
        "find" | "gfind" if args.iter().any(|word| word.text == "-delete") => {
            let mut roots: Vec<&Word> =
                args.iter().take_while(|word| !word.text.starts_with(['-', '(', '!'])).collect();
            let here = Word::new(".");
            if roots.is_empty() {
                roots.push(&here);
            }
            roots.into_iter().map(|root| Touch::new(root, How::Deletes, "find -delete")).collect()
        }
        "git" => git::touches(args, &by),
        "apply_patch" | "applypatch" => super::patch::touches(simple),
        _ if archive::removes(name, args) => {
            let written = writes::of(simple);
            let packed = operands(args).filter(|path| !written.contains(path));
            let gone = packed.map(|path| Touch::new(path, How::Deletes, &by));
            gone.chain(written.iter().map(|path| Touch::new(path, How::Rewrites, name))).collect()
        }
        _ => writes::of(simple).iter().map(|path| Touch::new(path, How::Rewrites, name)).collect(),
    }
}

/// What a file becomes in a folder: the folder itself where that is not surely known.
fn below(folder: &Word, path: &Word) -> Word {
    match (folder.fixed(), path.fixed().and_then(|path| path.trim_end_matches('/').rsplit('/').next())) {
        (Some(folder), Some(name)) if !matches!(name, "" | "." | "..") => {
            Word::new(format!("{}/{name}", folder.trim_end_matches('/')))
        }
        _ => folder.clone(),
    }
}

/// The files that a command of a line is told to write its output to: a redirection in other words.
pub(super) fn outputs(line: &Line) -> Vec<Word> {
    line.commands.iter().flat_map(writes::of).filter(|file| !file.fixed().is_some_and(super::is_nowhere)).collect()
}
