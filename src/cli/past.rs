//! `taut diff` and `taut cat`: what changed between two moments of a session, as a patch, and files as they were. Read from
//! the checkpoints, whether a hub runs or not.

use super::args::{Cat, Diff as Asked, UpTo};
use super::binary::{self, Version};
use super::out::Out;
use super::setup::Setup;
use super::{CliError, find, say};
use crate::checkpoint::RelPath;
use crate::diff::Diff;
use crate::domain::{Answer, Became, Changed, Changes, Makers, Point, Query, Stands, Stretch};
use crate::hub::{self, FileAt, Published};
use crate::text;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::os::unix::ffi::OsStrExt;
use std::process::ExitCode;

/// Bytes of a file that is no text, and stands in a patch all the same.
const LARGEST: usize = 16 << 20;

/// Reads both versions of a file that is no text.
///
/// # Errors
/// Why it can't: the end of a sentence.
type Read<'a> = &'a dyn Fn(&Changed) -> Result<(Version, Version), String>;

/// Prints what changed.
///
/// # Errors
/// There is no such session, step or path, or no checkpoint of it.
pub(super) fn diff(setup: &Setup, args: &Asked) -> Result<ExitCode, CliError> {
    let reader = setup.reader()?;
    let session = find::session(&reader, &args.session)?;
    let stretch = stretch(args)?;
    let query = Query::Changes { session, stretch, paths: args.paths.iter().map(|path| typed(path)).collect() };
    let changes = match hub::answer(&reader, &query) {
        Published::Answered(Answer::Changes { changes }) => *changes,
        Published::Answered(Answer::NoChanges { why, .. } | Answer::Failed { why }) => return Err(CliError::Past(why)),
        _ => return Err(CliError::Past("what changed can't be read".to_owned())),
    };
    let mut out = Out::new();
    let at = |point: Point, path: &str| match hub::blob_at(&reader, session, point, path) {
        Ok(Some((_, bytes))) if bytes.len() > LARGEST => Err("it is too large for a patch".to_owned()),
        found => found,
    };
    let patch = patch(&changes, &|file| Ok((at(stretch.from, &file.path)?, at(stretch.to, &file.path)?)));
    if std::io::stdout().is_terminal() {
        patch.lines().try_for_each(|line| out.line(line))?;
    } else {
        out.bytes(patch.as_bytes())?;
    }
    out.flush()?;
    if patch.is_empty() {
        say(&format!("nothing differs: {}", stretch.words()));
    }
    out.done()
}

/// Between which moments.
fn stretch(args: &Asked) -> Result<Stretch, CliError> {
    if let Some(step) = args.step {
        return Ok(Stretch::step(step));
    }
    let early = |to: u32, from: u32, option: &str| {
        CliError::Past(format!("step {to} came before step {from}: {option} names the earlier one"))
    };
    match (args.from, args.since, args.to) {
        (Some(from), _, Some(UpTo::Step(to))) if from > to => return Err(early(to, from, "--from")),
        (_, Some(since), Some(UpTo::Step(to))) if since > to => return Err(early(to, since, "--since")),
        (_, _, Some(UpTo::Now)) if args.paths.is_empty() => {
            let why =
                "name the files that --to now shall compare: of all of them only a console knows how they are now";
            return Err(CliError::Past(why.to_owned()));
        }
        _ => {}
    }
    let from = match (args.from, args.since) {
        (Some(step), _) => Point::Before { step },
        (None, Some(0) | None) => Point::First,
        (None, Some(step)) => Point::After { step },
    };
    let to = match args.to {
        Some(UpTo::Step(step)) => Point::After { step },
        Some(UpTo::Now) => Point::Now,
        None => Point::Last,
    };
    Ok(Stretch { from, to })
}

/// Writes a file as it was.
///
/// # Errors
/// There is no such session, step or file, or no checkpoint of it.
pub(super) fn cat(setup: &Setup, args: &Cat) -> Result<ExitCode, CliError> {
    let reader = setup.reader()?;
    let session = find::session(&reader, &args.session)?;
    let at = match (args.at, args.before) {
        (Some(0), _) | (None, None) => Point::First,
        (Some(step), _) => Point::After { step },
        (None, Some(step)) => Point::Before { step },
    };
    let path = typed(&args.path);
    let found = hub::file_at(&reader, session, at, &path).map_err(CliError::Past)?;
    let mut out = Out::new();
    let bytes = match &found {
        FileAt::File(bytes) => bytes,
        FileAt::Link(to) => {
            say(&format!("{path} is a link: this is where it leads"));
            to
        }
    };
    match std::str::from_utf8(bytes) {
        Ok(text) if std::io::stdout().is_terminal() => text.lines().try_for_each(|line| out.line(line))?,
        Err(_) if std::io::stdout().is_terminal() => {
            return Err(CliError::Past(format!("{path} is no text: send it into a file")));
        }
        _ => out.bytes(bytes)?,
    }
    out.done()
}

/// A path as it was typed: bytes that are no UTF-8, as a shell completes them, in the way in which paths are shown.
fn typed(path: &OsStr) -> String {
    match (path.to_str(), RelPath::new(path.as_bytes())) {
        (Some(text), _) => text.to_owned(),
        (None, Some(path)) => path.to_string(),
        (None, None) => path.to_string_lossy().into_owned(),
    }
}

/// All of it as a patch.
fn patch(changes: &Changes, read: Read<'_>) -> String {
    let mut out = String::new();
    for note in &changes.notes {
        let _ = writeln!(out, "# {note}");
    }
    for file in changes.files.iter().filter(|file| file.became.is_some()) {
        one(&mut out, file, read);
    }
    if changes.more > 0 {
        let _ = writeln!(out, "# and {} more files: name some of them", changes.more);
    }
    out
}

/// What a patch says of one side: its mode, and its text. `None` for what has none.
enum Side<'a> {
    None,
    Lines(&'static str, &'a str),
    /// No text, or too long a one.
    Bytes(&'static str),
}

fn side(stands: &Stands) -> Side<'_> {
    let plain = |mode: u32| if mode & 0o100 == 0 { "100644" } else { "100755" };
    match stands {
        Stands::File { mode, text: Some(text), .. } => Side::Lines(plain(*mode), text.inline().unwrap_or_default()),
        Stands::File { mode, text: None, .. } => Side::Bytes(plain(*mode)),
        Stands::Link { to } => Side::Lines("120000", to),
        Stands::Nothing | Stands::Folder { .. } | Stands::Repository { .. } | Stands::Unknown { .. } => Side::None,
    }
}

fn one(out: &mut String, file: &Changed, read: Read<'_>) {
    let makers: Vec<String> = file.hunks.iter().map(Makers::words).collect();
    let by = |hunk: usize| makers.get(hunk).or(makers.first()).cloned().unwrap_or_default();
    let (old, new) = (side(&file.old), side(&file.new));
    let is_said = match (&old, &new) {
        // A folder, a repository.
        (Side::None, Side::None) => false,
        (Side::None, _) => file.old == Stands::Nothing,
        (_, Side::None) => file.new == Stands::Nothing,
        _ => true,
    };
    let odd = |mode: Option<u32>| mode.is_some_and(|mode| !matches!(mode, 0o644 | 0o755 | 0o664 | 0o775));
    if !is_said || (file.old.mode() != file.new.mode() && (odd(file.old.mode()) || odd(file.new.mode()))) {
        let what = match file.notes().as_slice() {
            [] => file.became.map_or("the same", Became::word).to_owned(),
            notes => notes.join("; "),
        };
        let _ = writeln!(out, "# {}: {what} ({})", file.path, by(0));
    }
    match (&old, &new) {
        (Side::None, Side::None) => {}
        // Another kind of thing: one goes, another comes.
        (Side::Lines(mode, _) | Side::Bytes(mode), Side::Lines(now, _) | Side::Bytes(now))
            if (*mode == "120000") != (*now == "120000") =>
        {
            written(out, file, (&old, &Side::None), &by, read);
            written(out, file, (&Side::None, &new), &by, read);
        }
        _ => written(out, file, (&old, &new), &by, read),
    }
}

/// One entry of a patch.
fn written(
    out: &mut String,
    file: &Changed,
    (old, new): (&Side<'_>, &Side<'_>),
    by: &dyn Fn(usize) -> String,
    read: Read<'_>,
) {
    let begins = out.len();
    let (a, b) = (named("a/", &file.path), named("b/", &file.path));
    let _ = writeln!(out, "diff --git {a} {b}");
    let mode = |side: &Side<'_>| match side {
        Side::None => None,
        Side::Lines(mode, _) | Side::Bytes(mode) => Some(*mode),
    };
    match (mode(old), mode(new)) {
        (None, Some(mode)) => drop(writeln!(out, "new file mode {mode}")),
        (Some(mode), None) => drop(writeln!(out, "deleted file mode {mode}")),
        (Some(mode), Some(now)) if mode != now => drop(writeln!(out, "old mode {mode}\nnew mode {now}")),
        _ => {}
    }
    let text = |side: &Side<'_>| match side {
        Side::None => Some(String::new()),
        Side::Lines(_, text) => Some((*text).to_owned()),
        Side::Bytes(_) => None,
    };
    let null =
        |side: &Side<'_>, name: &str| if mode(side).is_none() { "/dev/null".to_owned() } else { name.to_owned() };
    let (was, is) = (null(old, &a), null(new, &b));
    match (text(old), text(new)) {
        (Some(before), Some(after)) => {
            let diff = Diff::of(&before, &after);
            if !diff.hunks.is_empty() {
                let _ = writeln!(out, "--- {was}\n+++ {is}");
                (0..diff.hunks.len()).for_each(|hunk| out.push_str(&diff.patch(hunk, &by(hunk)).unwrap_or_default()));
            } else if before != after {
                bytes(out, file, begins, (old, new), read);
            }
        }
        _ if file.became == Some(Became::Mode) => {}
        _ => bytes(out, file, begins, (old, new), read),
    }
}

/// What is no text: both versions whole, or one line that no patch is made of.
fn bytes(out: &mut String, file: &Changed, begins: usize, (old, new): (&Side<'_>, &Side<'_>), read: Read<'_>) {
    match read(file) {
        Ok((was, is)) => {
            let there = |side: &Side<'_>, version: Version| version.filter(|_| !matches!(side, Side::None));
            binary::add(out, &there(old, was), &there(new, is));
        }
        Err(why) => {
            out.truncate(begins);
            let _ = writeln!(out, "# {}: it is no text, and not in this patch: {why}", file.path);
        }
    }
}

/// A path as git writes it: in quotes where it holds what would be misread.
fn named(side: &str, path: &str) -> String {
    let bytes = RelPath::from_text(path).map_or_else(|| path.as_bytes().to_vec(), |path| path.bytes().to_vec());
    let is_plain = |text: &str| text.chars().all(|c| !c.is_control() && c != '"' && c != '\\');
    if let Some(text) = std::str::from_utf8(&bytes).ok().filter(|text| is_plain(text)) {
        return format!("{side}{text}");
    }
    let mut quoted = format!("\"{side}");
    for byte in bytes {
        match byte {
            b'"' | b'\\' => {
                quoted.push('\\');
                quoted.push(char::from(byte));
            }
            b' '..=b'~' => quoted.push(char::from(byte)),
            other => drop(write!(quoted, "\\{other:03o}")),
        }
    }
    quoted.push('"');
    debug_assert!(text::visible(&quoted).text == quoted, "nothing is hidden in it");
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(old: Stands, new: Stands) -> Changed {
        Changed {
            path: "src/a b".into(),
            became: Some(Became::Changed),
            old,
            new,
            hunks: vec![Makers { steps: vec![3], others: true }],
        }
    }

    fn text(mode: u32, text: &str) -> Stands {
        Stands::File { mode, bytes: text.len() as u64, text: Some(text.into()) }
    }

    fn said(file: &Changed) -> String {
        let mut out = String::new();
        one(&mut out, file, &|_| Ok((None, Some(("ab".repeat(20), b"\xff\0".to_vec())))));
        out
    }

    #[test]
    fn a_patch_says_modes_ends_and_who_made_it() {
        let patch = said(&file(text(0o644, "a\r\nb"), text(0o755, "a\r\nc")));
        let lines = "@@ -1,2 +1,2 @@ step 3 and someone else\n a\r\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n";
        let head = "diff --git a/src/a b b/src/a b\nold mode 100644\nnew mode 100755\n--- a/src/a b\n+++ b/src/a b\n";
        assert_eq!(patch, format!("{head}{lines}"));
        let link = said(&file(text(0o644, "a\n"), Stands::Link { to: "x".into() }));
        assert!(link.contains("deleted file mode 100644") && link.contains("new file mode 120000\n"), "{link}");
        let odd = said(&file(text(0o600, "a\n"), text(0o644, "a\n")));
        assert!(odd.starts_with("# src/a b: mode 0600 becomes 0644 (step 3 and someone else)\n"), "{odd}");
    }

    #[test]
    fn what_no_patch_can_say_is_said_beside_it() {
        let bytes = Stands::File { mode: 0o644, bytes: 9, text: None };
        let patch = said(&file(Stands::Nothing, bytes));
        let index = format!(
            "new file mode 100644\nindex {}..{}\nGIT binary patch\nliteral 2\n",
            "0".repeat(40),
            "ab".repeat(20)
        );
        assert!(patch.contains(&index) && patch.contains("\n\nliteral 0\nH"), "{patch}");
        let mut left = String::new();
        let bytes = Stands::File { mode: 0o644, bytes: 9, text: None };
        one(&mut left, &file(Stands::Nothing, bytes), &|_| Err("it is too large for a patch".to_owned()));
        assert_eq!(left, "# src/a b: it is no text, and not in this patch: it is too large for a patch\n");
        let folder = said(&file(Stands::Nothing, Stands::Folder { mode: 0o755 }));
        assert_eq!(folder, "# src/a b: new: a folder (step 3 and someone else)\n");
        assert_eq!(named("a/", "x\\x0ay"), "\"a/x\\012y\"");
        assert_eq!(
            (typed(OsStr::from_bytes(b"b\xff")), typed(OsStr::new("a\u{e9}"))),
            ("b\\xff".to_owned(), "a\u{e9}".to_owned())
        );
    }
}
