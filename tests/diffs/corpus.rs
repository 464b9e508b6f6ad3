//! Forty diffs that are hard to show, each for a reason that its name tells.

use crate::desk::change;
use taut::domain::FileChange;

/// Every case: its name, and what it changes.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(crate) fn all() -> Vec<(&'static str, Vec<FileChange>)> {
    let one = |path: &str, old: &str, new: &str| vec![change(path, Some(old), Some(new))];
    let numbered = |lines: std::ops::RangeInclusive<u32>| lines.map(|n| format!("line {n}\n")).collect::<String>();
    let patch = |path: &str, text: &str| vec![FileChange { patch: Some(text.into()), ..change(path, None, None) }];
    let piece = |line: Option<u32>, old: &str, new: &str| {
        vec![FileChange { fragment: true, line, ..change("src/piece.rs", Some(old), Some(new)) }]
    };
    let thirty = numbered(1..=30);
    let far = numbered(1..=120).replace("line 20\n", "twenty\n").replace("line 100\n", "a hundred\n");
    let long = "a sentence that goes on and on, with many words, until no screen is wide enough for it; ".repeat(3);
    vec![
        (
            "rust-edit",
            one(
                "src/auth.rs",
                "impl Auth {\n    fn verify(&self, token: &str) -> bool {\n        token == self.saved\n    }\n}\n",
                "impl Auth {\n    fn verify(&self, token: &str) -> bool {\n        // In constant time.\n        ct_eq(token.as_bytes(), self.saved.as_bytes())\n    }\n}\n",
            ),
        ),
        (
            "words",
            one(
                "a.txt",
                "the quick brown fox jumps over the lazy dog\n",
                "the quick red fox leaps over the lazy dogs\n",
            ),
        ),
        (
            "words-new-line",
            one("a.txt", "keep this one\nfor ever\n", "keep that one\nsomething else altogether\nfor ever\n"),
        ),
        ("indent-only", one("a.py", "if x:\n  one()\n  two()\n", "if x:\n    one()\n    two()\n")),
        ("tabs-to-spaces", one("Makefile", "all:\n\tcc a.c\n\tld a.o\n", "all:\n    cc a.c\n    ld a.o\n")),
        ("tab-stops", one("t.tsv", "a\tbb\tccc\tdddd\te\n", "a\tbb\tccc\tdddde\tf\n")),
        ("wide", one("ja.txt", "日本語のテキスト\nそのまま\n", "日本語の文章\nそのまま\n")),
        ("wide-wrapped", one("ja.txt", &"漢字".repeat(40), &format!("{}仮", "漢字".repeat(40)))),
        ("combining", one("c.txt", "cafe\u{301} au lait\n", "cafe\u{301} cre\u{300}me\n")),
        ("combining-changes", one("c.txt", "resume\n", "re\u{301}sume\u{301}\n")),
        ("emoji", one("e.md", "status: 👍 done\n", "status: 👎🏽 👩‍👩‍👧 not done\n")),
        ("right-to-left", one("h.txt", "שלום עולם\n", "שלום לכולם\n")),
        ("hidden", one("h.js", "if (admin) {\n", "if (admin\u{202e} \u{2066}// check\u{2069}\u{200b}) {\n")),
        ("control", one("log.txt", "ok\n", "\u{1b}[2Kok\u{7}\u{8}\n")),
        ("crlf", one("w.txt", "one\r\ntwo\r\nthree\r\n", "one\r\n2\r\nthree\r\n")),
        ("crlf-to-lf", one("w.txt", "one\r\ntwo\r\n", "one\ntwo\n")),
        ("mixed-ends", one("w.txt", "one\r\ntwo\nthree\r\n", "one\r\ntwo\r\nthree\n")),
        ("bare-return", one("w.txt", "one\rtwo\n", "one\rthree\n")),
        ("no-newline-added", one("n.txt", "one\ntwo", "one\ntwo\n")),
        ("no-newline-removed", one("n.txt", "one\ntwo\n", "one\ntwo")),
        ("no-newline-kept", one("n.txt", "one\ntwo", "1\ntwo")),
        ("new-file", vec![change("src/new.rs", None, Some("fn main() {\n    println!(\"hi\");\n}\n"))]),
        ("new-empty", vec![change("empty", None, Some(""))]),
        ("deleted", vec![change("gone.sh", Some("#!/bin/sh\nexit 1\n"), None)]),
        ("emptied", one("log", "a\nb\n", "")),
        ("filled", one("log", "", "a\nb\n")),
        ("nothing-changes", one("same", "a\n", "a\n")),
        (
            "binary",
            one(
                "logo.png",
                "\u{0}\u{1}\u{2}\u{3}\u{fffd}\u{fffd}PNG\u{0}\u{0}\u{0}\u{1}\u{2}",
                "\u{0}\u{1}\u{2}\u{fffd}\u{fffd}\u{fffd}PNG\u{0}\u{0}\u{0}",
            ),
        ),
        (
            "binary-patch",
            patch(
                "logo.png",
                "diff --git a/logo.png b/logo.png\nindex 1..2 100644\nBinary files a/logo.png and b/logo.png differ\n",
            ),
        ),
        (
            "renamed",
            patch("b.rs", "diff --git a/a.rs b/b.rs\nsimilarity index 100%\nrename from a.rs\nrename to b.rs\n"),
        ),
        (
            "renamed-and-edited",
            patch(
                "b.rs",
                "diff --git a/a.rs b/b.rs\nrename from a.rs\nrename to b.rs\n--- a/a.rs\n+++ b/b.rs\n@@ -3,3 +3,3 @@ fn main() {\n one\n-two\n+2\n three\n",
            ),
        ),
        ("mode-only", patch("run.sh", "diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n")),
        (
            "new-executable",
            patch(
                "run.sh",
                "diff --git a/run.sh b/run.sh\nnew file mode 100755\n--- /dev/null\n+++ b/run.sh\n@@ -0,0 +1,2 @@\n+#!/bin/sh\n+rm -rf build\n",
            ),
        ),
        (
            "link",
            patch(
                "latest",
                "diff --git a/latest b/latest\nnew file mode 120000\n--- /dev/null\n+++ b/latest\n@@ -0,0 +1 @@\n+../../etc/passwd\n\\ No newline at end of file\n",
            ),
        ),
        (
            "several-files",
            patch(
                "a.rs",
                "diff --git a/a.rs b/a.rs\n--- a/a.rs\n+++ b/a.rs\n@@ -1,2 +1,2 @@\n-one\n+1\n two\ndiff --git a/c.rs b/c.rs\ndeleted file mode 100644\n--- a/c.rs\n+++ /dev/null\n@@ -1 +0,0 @@\n-bye\n",
            ),
        ),
        ("adjacent-hunks", patch("x", "--- x\n+++ x\n@@ -4 +4 @@ fn a\n-b\n+c\n@@ -5 +5 @@ fn b\n-d\n+e\n")),
        ("miscounted", patch("x", "--- x\n+++ x\n@@ -1,9 +1,9 @@\n a\n-b\n+c\n")),
        ("signs-as-text", one("s.txt", "-- x\n++ y\n@@ z\n", "-- x\n+++ y\n@@ zz\n")),
        ("far-hunks", one("f.txt", &numbered(1..=120), &far)),
        (
            "one-line-between",
            one(
                "f.txt",
                &thirty,
                &thirty.replace("line 5\n", "5\n").replace("line 12\n", "12\n").replace("line 30\n", "30\n"),
            ),
        ),
        (
            "at-both-ends",
            one("f.txt", &thirty, &format!("first\n{}last\n", thirty.replace("line 1\n", "").replace("line 30\n", ""))),
        ),
        ("moved-block", one("m.txt", "a\nb\nc\nd\ne\nf\n", "d\ne\na\nb\nc\nf\n")),
        (
            "uneven-sides",
            one(
                "u.py",
                "    total = sum(prices)\n",
                "    # Rounded once, so that\n    # no cent is lost.\n    total = round(sum(prices))\n    check(total)\n",
            ),
        ),
        ("long-lines", one("l.md", &format!("{long}old\nshort\n"), &format!("{long}new\nshort\n"))),
        ("minified", one("m.js", &"let a=1;".repeat(60), &"let a=1;".repeat(59).replacen("=1", "=2", 1))),
        ("piece-known", piece(Some(1046), "token == self.saved", "ct_eq(token, self.saved)")),
        ("piece-unknown", piece(None, "token == self.saved", "ct_eq(token, self.saved)")),
        ("piece-ends-otherwise", piece(Some(7), "one\ntwo\n", "one\ntwo")),
        ("thousands", one("t.txt", &numbered(1..=1200), &numbered(1..=1200).replace("line 1100\n", "changed\n"))),
        ("path-in-disguise", vec![change("src/\u{202e}sr.htua", Some("a\n"), Some("b\n"))]),
    ]
}
