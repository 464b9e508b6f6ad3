//! A change as a patch that `git apply` takes.

use crate::diff::{Diff, Ending, RowKind, Shape};
use std::fmt::Write;

/// A file that changes.
#[derive(Debug, Clone, Default)]
pub(super) struct File {
    /// Within the workspace.
    pub(super) path: String,
    /// What stood there; `None` for a new file.
    pub(super) old: Option<String>,
    /// What shall stand there; `None` for a removed one.
    pub(super) new: Option<String>,
    /// The agent's own patch, where it gave that.
    pub(super) given: Option<String>,
    /// How much of the file they are.
    pub(super) extent: Extent,
}

/// How much of a file a text is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    #[default]
    Whole,
    /// A piece; the line at which it begins, where that is known.
    Piece(Option<u32>),
}

impl File {
    fn is_piece(&self) -> bool {
        matches!(self.extent, Extent::Piece(_))
    }
}

/// The patch of some files, or why there is none.
pub(super) fn of(files: &[File]) -> Result<String, String> {
    let mut out = String::new();
    if files.iter().any(|file| file.is_piece() && file.given.is_none()) {
        // Text before the first file is skipped by whatever reads patches.
        out.push_str("A piece of a file changes: `git apply --unidiff-zero` finds where it stands.\n");
    }
    for file in files {
        match &file.given {
            Some(given) => take_given(file, given, &mut out),
            None => write(file, &mut out)?,
        }
    }
    Ok(out)
}

fn take_given(file: &File, given: &str, out: &mut String) {
    let has_names = given.lines().any(|line| line.starts_with("+++ ") || line.starts_with("diff --git "));
    if !has_names {
        names(file, true, true, out);
    }
    out.push_str(given);
    if !given.ends_with('\n') {
        out.push('\n');
    }
}

fn write(file: &File, out: &mut String) -> Result<(), String> {
    let (old, new) = (file.old.as_deref(), file.new.as_deref());
    // A piece of a file is there before and after, whatever of it is empty.
    let (was, is) = (old.is_some() || file.is_piece(), new.is_some() || file.is_piece());
    let whole_lines = |text: Option<&str>| {
        let text = text.unwrap_or_default();
        // Where a piece ends says nothing of where its file does.
        let cut = file.is_piece() && !text.is_empty() && !text.ends_with('\n');
        if cut { format!("{text}\n") } else { text.to_owned() }
    };
    let mut diff = Diff::of(&whole_lines(old), &whole_lines(new));
    if diff.shape == Shape::Binary {
        return Err(format!("{} is not text: there is no patch of it to copy", file.path));
    }
    if let Extent::Piece(Some(line)) = file.extent {
        diff = diff.starting_at(line);
    }
    if diff.is_empty() && was && is {
        return Ok(());
    }
    names(file, was, is, out);
    let mut hunk = None;
    for index in 0..diff.row_count() {
        let Some(row) = diff.row(index) else { break };
        let sign = match row.kind {
            RowKind::Gap(_) => continue,
            RowKind::Context => ' ',
            RowKind::Removed => '-',
            RowKind::Added => '+',
        };
        if hunk != Some(row.hunk) {
            hunk = Some(row.hunk);
            out.push_str(&diff.hunks[row.hunk].header());
            out.push('\n');
        }
        out.push(sign);
        out.push_str(row.text);
        out.push_str(match row.ending {
            Ending::Lf => "\n",
            Ending::CrLf => "\r\n",
            Ending::None => "\n\\ No newline at end of file\n",
        });
    }
    Ok(())
}

fn names(file: &File, was: bool, is: bool, out: &mut String) {
    let (a, b) = (name("a/", &file.path), name("b/", &file.path));
    let _ = writeln!(out, "diff --git {} {}", a.trim_end(), b.trim_end());
    match (was, is) {
        (false, _) => out.push_str("new file mode 100644\n"),
        (_, false) => out.push_str("deleted file mode 100644\n"),
        (true, true) => {}
    }
    // Names of a file without lines would be one of nothing.
    let has_lines = file.given.is_some() || [&file.old, &file.new].into_iter().flatten().any(|text| !text.is_empty());
    if has_lines {
        let _ = writeln!(out, "--- {}", if was { &a } else { "/dev/null" });
        let _ = writeln!(out, "+++ {}", if is { &b } else { "/dev/null" });
    }
}

/// A name as git writes it: quoted where it has odd characters, with a tab behind it where it has blanks.
fn name(side: &str, path: &str) -> String {
    let odd = |c: char| c.is_control() || matches!(c, '"' | '\\');
    if !path.contains(odd) {
        let end = if path.contains(' ') { "\t" } else { "" };
        return format!("{side}{path}{end}");
    }
    let mut quoted = format!("\"{side}");
    for c in path.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(quoted, "\\{byte:03o}");
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
