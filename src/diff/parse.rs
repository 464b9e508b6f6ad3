//! Patches as text: unified diffs, with git's extensions.

use super::lines::{LineText, Lines};
use super::unquote::{pair, path};
use super::{Change, Diff, Hunk, Shape, length};

/// A patch: files, and lines that belong to none.
#[derive(Debug, Clone, Default)]
pub struct Patch {
    /// Each file that it speaks of, in order.
    pub files: Vec<FilePatch>,
    /// Lines that are no part of a patch (a message, a mail's head). Shown, so that nothing is hidden among them.
    pub stray: Vec<String>,
}

/// What a patch does to one file.
#[derive(Debug, Clone, Default)]
pub struct FilePatch {
    /// Its path before; `None` for a new file.
    pub old_path: Option<String>,
    /// Its path after; `None` for a removed one.
    pub new_path: Option<String>,
    /// What becomes of the file itself.
    pub fate: Fate,
    /// Its mode before and after, as written (`100644`), where that changes.
    pub modes: Option<(String, String)>,
    /// The mode that a new file has, as written.
    pub made: Option<String>,
    /// What changes in it. Its old and new text are only what the patch holds of them.
    pub diff: Diff,
    /// True where a hunk has other numbers of lines than it says.
    pub is_miscounted: bool,
}

/// What becomes of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fate {
    /// It stays, changed or not.
    #[default]
    Kept,
    /// It is new.
    Created,
    /// It goes.
    Deleted,
    /// It gets another path.
    Renamed,
    /// It is a copy of another one.
    Copied,
}

/// Reads a patch. Total: what is not understood is stray.
#[must_use]
pub fn parse(patch: &str) -> Patch {
    let mut reader = Reader::default();
    let mut lines = patch.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let next = lines.peek().copied().unwrap_or_default();
        reader.line(line, next);
    }
    reader.file_done();
    reader.patch
}

#[derive(Default)]
struct Reader {
    patch: Patch,
    file: Option<Building>,
}

/// A file that is being read.
#[derive(Default)]
struct Building {
    file: FilePatch,
    old: Side,
    new: Side,
    /// Lines of the hunk being read that are still to come, by its head.
    left: (u32, u32),
    /// The mode of a `diff --git` head's first half.
    old_mode: Option<String>,
    /// True until its first hunk: extended headers may come.
    in_head: bool,
    in_binary: bool,
    /// The side that the last line was on, for the remark about its missing newline.
    last: (bool, bool),
}

#[derive(Default)]
struct Side {
    text: String,
    lines: u32,
    unended: Vec<u32>,
}

impl Side {
    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        if !line.ends_with('\n') {
            self.text.push('\n');
        }
        self.lines = self.lines.saturating_add(1);
    }

    fn unend(&mut self) {
        if let Some(last) = self.lines.checked_sub(1).filter(|last| self.unended.last() != Some(last)) {
            self.unended.push(last);
        }
    }
}

impl Reader {
    fn line(&mut self, line: &str, next: &str) {
        if self.file.as_mut().is_some_and(|file| file.body(line, next)) {
            return;
        }
        let text = LineText::new(line).text;
        if let Some(paths) = text.strip_prefix("diff --git ") {
            let (old_path, new_path) = pair(paths);
            self.begin(FilePatch { old_path, new_path, ..FilePatch::default() });
        } else if let (Some(old), Some(new)) = (text.strip_prefix("--- "), next.strip_prefix("+++ ")) {
            self.paths(path(old, "a/"), path(LineText::new(new).text, "b/"));
        } else if text.starts_with("+++ ") && self.file.as_ref().is_some_and(|file| file.in_head) {
            // Read together with the line before it.
        } else if let Some(head) = text.strip_prefix("@@ ").and_then(Head::read) {
            self.file.get_or_insert_default().hunk(&head);
        } else if !self.file.as_mut().is_some_and(|file| file.extended(text)) && !is_noise(text) {
            self.patch.stray.push(text.to_owned());
        }
    }

    fn begin(&mut self, file: FilePatch) {
        self.file_done();
        self.file = Some(Building { file, in_head: true, ..Building::default() });
    }

    fn paths(&mut self, old_path: Option<String>, new_path: Option<String>) {
        if self.file.as_ref().is_none_or(|file| !file.in_head) {
            self.begin(FilePatch::default());
        }
        let Some(building) = self.file.as_mut() else { return };
        building.file.fate = match (&old_path, &new_path) {
            (None, Some(_)) => Fate::Created,
            (Some(_), None) => Fate::Deleted,
            (Some(_), Some(_)) | (None, None) => building.file.fate,
        };
        (building.file.old_path, building.file.new_path) = (old_path, new_path);
    }

    fn file_done(&mut self) {
        self.patch.files.extend(self.file.take().map(Building::done));
    }
}

/// Lines of a head that say nothing we need.
fn is_noise(text: &str) -> bool {
    text.is_empty()
        || ["index ", "similarity index ", "dissimilarity index ", "Index: ", "======"]
            .iter()
            .any(|start| text.starts_with(start))
}

impl Building {
    /// A line inside of a hunk; false where it is none.
    fn body(&mut self, line: &str, next: &str) -> bool {
        let Some(hunk) = self.file.diff.hunks.last_mut() else { return false };
        if line.starts_with('\\') {
            if self.last.0 {
                self.old.unend();
            }
            if self.last.1 {
                self.new.unend();
            }
            return true;
        }
        let is_due = self.left != (0, 0);
        let is_head = line.starts_with("--- ") && next.starts_with("+++ ");
        let (old, new, text) = match line.as_bytes().first() {
            Some(b' ') => (true, true, &line[1..]),
            Some(b'-') if is_due || !is_head => (true, false, &line[1..]),
            Some(b'+') => (false, true, &line[1..]),
            // Some tools cut the blank off an empty line.
            Some(b'\n' | b'\r') if is_due => (true, true, line),
            _ => return false,
        };
        self.file.is_miscounted |= old && self.left.0 == 0 || new && self.left.1 == 0;
        let at = (self.old.lines, self.new.lines);
        if old {
            self.old.push(text);
            self.left.0 = self.left.0.saturating_sub(1);
        }
        if new {
            self.new.push(text);
            self.left.1 = self.left.1.saturating_sub(1);
        }
        hunk.old.end = self.old.lines;
        hunk.new.end = self.new.lines;
        if old != new {
            // Removed lines come before added ones; anything else begins a change of its own.
            match hunk.changes.last_mut() {
                Some(change) if change.old.end == at.0 && change.new.end == at.1 && (new || change.new.is_empty()) => {
                    (change.old.end, change.new.end) = (self.old.lines, self.new.lines);
                }
                _ => hunk.changes.push(Change { old: at.0..self.old.lines, new: at.1..self.new.lines, first_row: 0 }),
            }
        }
        self.last = (old, new);
        true
    }

    /// A line of git's extended head; false where it is none.
    fn extended(&mut self, text: &str) -> bool {
        if self.in_binary {
            return !text.is_empty();
        }
        if !self.in_head {
            return false;
        }
        let file = &mut self.file;
        let value = |start: &str| text.strip_prefix(start).map(str::to_owned);
        if let Some(mode) = value("old mode ") {
            self.old_mode = Some(mode);
        } else if let Some(mode) = value("new mode ") {
            file.modes = self.old_mode.take().map(|old| (old, mode));
        } else if let Some(mode) = value("new file mode ") {
            file.made = Some(mode);
            file.fate = Fate::Created;
            file.old_path = None;
        } else if value("deleted file mode ").is_some() {
            file.fate = Fate::Deleted;
            file.new_path = None;
        } else if let Some(from) = value("rename from ") {
            file.fate = Fate::Renamed;
            file.old_path = path(&from, "");
        } else if let Some(to) = value("rename to ").or_else(|| value("copy to ")) {
            file.new_path = path(&to, "");
        } else if let Some(from) = value("copy from ") {
            file.fate = Fate::Copied;
            file.old_path = path(&from, "");
        } else if text.starts_with("Binary files ") || text == "GIT binary patch" {
            file.diff.shape = Shape::Binary;
            self.in_binary = text == "GIT binary patch";
        } else {
            return false;
        }
        true
    }

    fn hunk(&mut self, head: &Head) {
        self.in_head = false;
        self.file.is_miscounted |= self.left != (0, 0);
        self.left = (head.old.1, head.new.1);
        let number = |(line, count): (u32, u32)| if count == 0 { line.saturating_add(1) } else { line.max(1) };
        self.file.diff.hunks.push(Hunk {
            old: self.old.lines..self.old.lines,
            new: self.new.lines..self.new.lines,
            old_line: number(head.old),
            new_line: number(head.new),
            heading: head.heading.clone(),
            changes: Vec::new(),
            first_row: 0,
        });
    }

    fn done(mut self) -> FilePatch {
        self.file.is_miscounted |= self.left != (0, 0);
        let diff = &mut self.file.diff;
        let changes = || diff.hunks.iter().flat_map(|hunk| &hunk.changes);
        diff.added = changes().map(|change| length(&change.new)).fold(0, u32::saturating_add);
        diff.removed = changes().map(|change| length(&change.old)).fold(0, u32::saturating_add);
        diff.old = Lines::with_unended(&self.old.text, self.old.unended);
        diff.new = Lines::with_unended(&self.new.text, self.new.unended);
        diff.number_rows();
        self.file
    }
}

/// `-1,2 +3,4 @@ heading`
struct Head {
    old: (u32, u32),
    new: (u32, u32),
    heading: String,
}

impl Head {
    fn read(text: &str) -> Option<Self> {
        let (ranges, heading) = text.split_once("@@")?;
        let mut ranges = ranges.split_ascii_whitespace();
        let old = range(ranges.next()?.strip_prefix('-')?)?;
        let new = range(ranges.next()?.strip_prefix('+')?)?;
        Some(Self { old, new, heading: heading.trim().to_owned() })
    }
}

fn range(text: &str) -> Option<(u32, u32)> {
    let (line, count) = text.split_once(',').unwrap_or((text, "1"));
    Some((line.parse().ok()?, count.parse().ok()?))
}
