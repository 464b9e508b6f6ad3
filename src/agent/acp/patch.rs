//! Unified diffs as some agents give them in `rawInput.diff` (copilot, opencode): which file, which lines.

/// A piece of a unified diff that is about one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FilePatch {
    /// The file, by the patch's own word, without `a/` and `b/`.
    pub(super) path: Option<String>,
    /// The piece.
    pub(super) text: String,
}

/// The pieces of a diff text by file; nothing where it is no unified diff.
pub(super) fn files(diff: &str) -> Vec<FilePatch> {
    // A file that is only renamed, made executable or binary has no lines to show, and is a change all the same.
    if !diff.lines().any(|line| line.starts_with("@@ ") || line.starts_with("diff --git ")) {
        return vec![];
    }
    let mut pieces: Vec<String> = vec![];
    for line in diff.split_inclusive('\n') {
        let begins = line.starts_with("diff --git ") || line.starts_with("Index: ");
        match pieces.last_mut() {
            Some(piece) if !begins || piece.trim().is_empty() => piece.push_str(line),
            Some(_) | None => pieces.push(line.to_owned()),
        }
    }
    pieces.into_iter().map(|text| FilePatch { path: path_of(&text), text: text.trim_start().to_owned() }).collect()
}

fn path_of(text: &str) -> Option<String> {
    let header = |mark: &str| {
        let name = text.lines().take_while(|line| !line.starts_with("@@ ")).find_map(|line| line.strip_prefix(mark))?;
        let name = name.split('\t').next().unwrap_or(name).trim();
        let name = name.strip_prefix("a/").or_else(|| name.strip_prefix("b/")).unwrap_or(name);
        (!name.is_empty() && name != "/dev/null" && name != "dev/null").then(|| name.to_owned())
    };
    let line = |mark: &str| text.lines().find_map(|line| line.strip_prefix(mark)).map(|name| name.trim().to_owned());
    header("+++ ")
        .or_else(|| header("--- "))
        .or_else(|| line("rename to "))
        .or_else(|| line("copy to "))
        .or_else(|| line("diff --git ")?.rsplit_once(" b/").map(|(_, name)| name.to_owned()))
}

struct Hunk<'p> {
    /// The first line of the old file that it shows, from 1.
    start: usize,
    /// The old file's lines, in order; whether each stays.
    old: Vec<(&'p str, bool)>,
}

fn hunks(patch: &str) -> Vec<Hunk<'_>> {
    let mut hunks: Vec<Hunk> = vec![];
    for line in patch.lines() {
        if let Some(header) = line.strip_prefix("@@ -") {
            let number: String = header.chars().take_while(char::is_ascii_digit).collect();
            hunks.push(Hunk { start: number.parse().unwrap_or(0), old: vec![] });
        } else if let Some(hunk) = hunks.last_mut() {
            match line.as_bytes().first() {
                Some(b' ') => hunk.old.push((&line[1..], true)),
                Some(b'-') => hunk.old.push((&line[1..], false)),
                None => hunk.old.push(("", true)),
                Some(_) => {}
            }
        }
    }
    hunks
}

/// The line of the file at which this old text stands, by the patch.
pub(super) fn line_of(patch: &str, old: &str) -> Option<u32> {
    let wanted: Vec<&str> = old.lines().collect();
    if wanted.is_empty() {
        return None;
    }
    let found = hunks(patch).into_iter().find_map(|hunk| {
        let lines: Vec<&str> = hunk.old.iter().map(|(line, _)| *line).collect();
        let at = lines.windows(wanted.len()).position(|window| window == wanted)?;
        (hunk.start > 0).then_some(hunk.start + at)
    });
    found.and_then(|line| u32::try_from(line).ok())
}

/// Whether this old text is a whole file by the patch's word: its lines stand at the numbers that the patch gives, and it
/// goes on after the last hunk, or the last hunk shows (by missing context) that the file ends there.
pub(super) fn proves_whole(patch: &str, old: &str) -> bool {
    const CONTEXT: usize = 3;
    let lines: Vec<&str> = old.lines().collect();
    let hunks = hunks(patch);
    let Some(last) = hunks.last() else { return false };
    let in_place = |hunk: &Hunk| {
        hunk.start > 0 && hunk.old.iter().enumerate().all(|(n, (line, _))| lines.get(hunk.start - 1 + n) == Some(line))
    };
    let shown = (last.start + last.old.len()).saturating_sub(1);
    let after = last.old.iter().rev().take_while(|(_, stays)| *stays).count();
    let ends_at_end = lines.len() > shown || (lines.len() == shown && after < CONTEXT);
    !lines.is_empty() && hunks.iter().all(in_place) && ends_at_end
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "\ndiff --git a/w/g.py b/w/g.py\nindex 0..0 100644\n--- a/w/g.py\n+++ b/w/g.py\n@@ -2,5 +2,6 @@\n \n \n def greet(name):\n-    return 1\n+    return 2\n+    return 3\n";

    #[test]
    fn the_file_and_the_line_are_read_from_the_patch() {
        let files = files(PATCH);
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].path.as_deref(), Some("w/g.py"));
        assert!(files[0].text.starts_with("diff --git"));
        assert_eq!(line_of(PATCH, "    return 1\n"), Some(5));
        assert_eq!(line_of(PATCH, "nowhere"), None);
        assert_eq!(line_of(PATCH, ""), None);
    }

    #[test]
    fn a_new_file_has_its_own_name() {
        let patch =
            "diff --git a/C.md b/C.md\ncreate file mode 100644\n--- a/dev/null\n+++ b/C.md\n@@ -1,0 +1,1 @@\n+x\n";
        assert_eq!(files(patch)[0].path.as_deref(), Some("C.md"));
        assert_eq!(
            files("Index: /w/g\n===\n--- /w/g\n+++ /w/g\n@@ -1 +1 @@\n-a\n+b\n")[0].path.as_deref(),
            Some("/w/g")
        );
        assert_eq!(files("*** Begin Patch"), []);
    }

    #[test]
    fn files_without_lines_have_their_names() {
        let patch = "diff --git a/old b/new\nsimilarity index 100%\nrename from old\nrename to new\n\
            diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n\
            diff --git a/i.png b/i.png\nindex 0..1 100644\nBinary files a/i.png and b/i.png differ\n";
        let names: Vec<_> = files(patch).into_iter().filter_map(|file| file.path).collect();
        assert_eq!(names, ["new", "run.sh", "i.png"]);
    }

    #[test]
    fn two_files_are_two_pieces() {
        let two = format!("{PATCH}diff --git a/h b/h\n--- a/h\n+++ b/h\n@@ -1 +1 @@\n-a\n+b\n");
        assert_eq!(files(&two).iter().filter_map(|file| file.path.as_deref()).collect::<Vec<_>>(), ["w/g.py", "h"]);
    }

    #[test]
    fn a_text_is_whole_where_its_lines_stand_as_numbered() {
        let whole = "\"\"\"G.\"\"\"\n\n\ndef greet(name):\n    return 1\n";
        let patch = "@@ -2,4 +2,5 @@\n \n \n def greet(name):\n-    return 1\n+    return 2\n";
        assert!(proves_whole(patch, whole));
        assert!(!proves_whole(patch, "    return 1\n"), "the lines that change are a fragment");
        assert!(!proves_whole(patch, "\n\ndef greet(name):\n    return 1\n"), "a hunk is a fragment");
        let more = "@@ -1,4 +1,4 @@\n-a\n+A\n b\n c\n d\n";
        assert!(!proves_whole(more, "a\nb\nc\nd\n"), "full context after the change: the file may go on");
        assert!(proves_whole(more, "a\nb\nc\nd\ne\n"));
    }

    #[test]
    fn odd_patches_prove_nothing() {
        for odd in ["", "@@ -0,0 +1 @@\n+x\n", "@@ -99999999999999999999 +1 @@\n-a\n", "@@ -x\n-a"] {
            assert!(!proves_whole(odd, "a\n"), "{odd}");
            assert_eq!(line_of(odd, "a\n"), None, "{odd}");
        }
    }
}
