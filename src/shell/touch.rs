//! Which files a command line would delete or rewrite.

use super::options::{has, operands};
use super::word::{Known, Word};
use super::{Flow, Line, Simple, git};

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
    let value =
        |option: &str, how: How| valued(args, option).map(|path| Touch::new(&path, how, name)).collect::<Vec<_>>();
    match name {
        "rm" | "unlink" | "rmdir" | "shred" | "srm" | "trash" => each(How::Deletes),
        "truncate" | "tee" if name == "tee" && has(args, "a", &["append"]) => each(How::Appends),
        "truncate" | "tee" | "patch" | "gzip" | "gunzip" | "xz" | "unxz" | "bzip2" | "bunzip2" | "zstd" => {
            each(How::Rewrites)
        }
        "mv" => {
            let mut all = each(How::Moves);
            if let Some(last) = all.last_mut() {
                last.how = How::Rewrites;
            }
            all
        }
        "cp" | "install" | "ln" | "link" | "scp" | "rsync" => {
            let mut all: Vec<Touch> = each(How::Rewrites).pop().into_iter().collect();
            all.extend(value("-t", How::Rewrites));
            all
        }
        "sed" | "gsed" if has(args, "i", &["in-place"]) => {
            let scripts = usize::from(!has(args, "ef", &["expression", "file"]));
            operands(args).skip(scripts).map(|path| Touch::new(path, How::Rewrites, "sed -i")).collect()
        }
        "perl" | "ruby" if has(args, "i", &[]) => {
            operands(args).skip(1).map(|path| Touch::new(path, How::Rewrites, &by)).collect()
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
        "sort" | "uniq" => written(simple).into_iter().map(|path| Touch::new(&path, How::Rewrites, name)).collect(),
        "curl" => value("-o", How::Rewrites),
        "wget" => value("-O", How::Rewrites),
        _ => Vec::new(),
    }
}

/// The files that a command of a line is told to write its output to: a redirection in other words.
pub(super) fn outputs(line: &Line) -> Vec<Word> {
    line.commands.iter().flat_map(written).filter(|file| !file.fixed().is_some_and(super::is_nowhere)).collect()
}

fn written(simple: &Simple) -> Vec<Word> {
    let args = simple.args();
    let behind = |word: &Word, text: &str| Word { text: text.to_owned(), known: word.known };
    match simple.name() {
        Some("tee") => operands(args).filter(|word| word.text != "-").cloned().collect(),
        Some("dd") => {
            let out = args.iter().filter_map(|word| Some(behind(word, word.text.strip_prefix("of=")?)));
            out.collect()
        }
        Some("sort") => sorted(args),
        // The second file is what it writes.
        Some("uniq") => {
            let mut files = Vec::new();
            let mut at = 0;
            while let Some(word) = args.get(at) {
                let text = word.text.as_str();
                let takes = ["-f", "-s", "-w", "--skip-fields", "--skip-chars", "--check-chars"].contains(&text);
                if !text.starts_with('-') || text == "-" {
                    files.push(word.clone());
                }
                at += if takes { 2 } else { 1 };
            }
            files.into_iter().skip(1).filter(|word| word.text != "-").collect()
        }
        _ => Vec::new(),
    }
}

/// `-o FILE`, `-oFILE`, `-uo FILE`, `--output=FILE`, and what is short for that.
fn sorted(args: &[Word]) -> Vec<Word> {
    let mut found = Vec::new();
    for (at, word) in args.iter().enumerate() {
        let text = word.text.as_str();
        let file = |rest: &str| match rest {
            "" => args.get(at + 1).cloned(),
            rest => Some(Word { text: rest.to_owned(), known: word.known }),
        };
        if let Some(long) = text.strip_prefix("--") {
            let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            if !name.is_empty() && "output".starts_with(name) {
                found.extend(file(value.unwrap_or("")));
            }
        } else if let Some(letters) = text.strip_prefix('-') {
            // Behind a letter that takes a value stands that value.
            let own = letters.find(|letter| "kStT".contains(letter)).unwrap_or(letters.len());
            if let Some(o) = letters[..own].find('o') {
                found.extend(file(&letters[o + 1..]));
            }
        }
    }
    found
}

/// The values of an option of one letter.
fn valued(args: &[Word], option: &str) -> impl Iterator<Item = Word> {
    args.iter().enumerate().filter_map(move |(at, word)| {
        let rest = word.text.strip_prefix(option)?;
        if rest.is_empty() {
            args.get(at + 1).cloned()
        } else {
            Some(Word { text: rest.to_owned(), known: word.known })
        }
    })
}

/// sed can run commands and write files: only plain scripts are believed to do neither.
pub(super) fn sed_doubt(args: &[Word], line: &mut Line) {
    const PLAIN: [&str; 6] = ["--quiet", "--silent", "--in-place", "--regexp-extended", "--null-data", "--separate"];
    let mut scripts: Vec<Word> = valued(args, "-e").collect();
    let mut strange = has(args, "f", &[]);
    for word in args {
        let text = word.text.as_str();
        if let Some(script) = text.strip_prefix("--expression=") {
            scripts.push(Word { text: script.to_owned(), known: word.known });
        } else if text.starts_with("--") {
            strange |= !PLAIN.contains(&text.split('=').next().unwrap_or_default());
        } else if text.starts_with('-') && !text.starts_with("-e") && !text.starts_with("-i") {
            // In a cluster, `e` takes the next word for a script.
            strange |= text.contains('e');
        }
    }
    if scripts.is_empty() {
        scripts.extend(operands(args).next().cloned());
    }
    if strange || !scripts.iter().all(|script| script.fixed().is_some_and(plain_sed)) {
        line.doubt("sed's script may run commands or write files");
    }
}

/// Whether a sed script only prints, deletes, quits and replaces.
fn plain_sed(script: &str) -> bool {
    script.split([';', '\n']).all(|one| {
        let command = one.trim().trim_start_matches(|c: char| c.is_ascii_digit() || ",$!+~ ".contains(c));
        let mut chars = command.chars();
        match chars.next() {
            None => true,
            Some('p' | 'd' | 'q' | 'P' | 'D' | 'n' | 'N' | '=' | 'h' | 'H' | 'g' | 'G' | 'x') => {
                chars.as_str().is_empty()
            }
            Some('s') => {
                let Some(mark) = chars.next().filter(|mark| mark.is_ascii_punctuation() && *mark != '\\') else {
                    return false;
                };
                let parts: Vec<&str> = chars.as_str().split(mark).collect();
                // Neither an escaped mark nor another one: three parts, and flags that only replace.
                matches!(parts.as_slice(), [_, _, flags] if flags.chars().all(|c| "gpiI0123456789".contains(c)))
            }
            _ => false,
        }
    })
}
