use super::*;
use proptest::prelude::*;
use std::fmt::Write as _;

/// The unified view as text: numbers, sign, line.
fn view(diff: &Diff) -> String {
    let number = |n: Option<u32>| n.map_or_else(String::new, |n| n.to_string());
    let mut out = String::new();
    for index in 0..diff.row_count() {
        let row = diff.row(index).unwrap();
        let (sign, note) = match (row.kind, row.ending) {
            (RowKind::Gap(lines), _) => {
                writeln!(out, "… {lines} {}", row.text).unwrap();
                continue;
            }
            (RowKind::Context, Ending::None) => (' ', "⌀"),
            (RowKind::Removed, Ending::None) => ('-', "⌀"),
            (RowKind::Added, Ending::None) => ('+', "⌀"),
            (RowKind::Context, ending) => (' ', if ending == Ending::CrLf { "␍" } else { "" }),
            (RowKind::Removed, ending) => ('-', if ending == Ending::CrLf { "␍" } else { "" }),
            (RowKind::Added, ending) => ('+', if ending == Ending::CrLf { "␍" } else { "" }),
        };
        writeln!(out, "{:>2} {:>2} {sign}{}{note}", number(row.old), number(row.new), row.text).unwrap();
    }
    assert_eq!(diff.row(diff.row_count()), None);
    out
}

fn numbered(count: u32) -> String {
    (1..=count).map(|n| format!("line {n}\n")).collect::<Vec<_>>().concat()
}

#[test]
fn a_change_has_three_lines_around_it_and_both_numbers() {
    let old = numbered(12);
    let new = old.replace("line 6\n", "line six\nline 6.5\n");
    let diff = Diff::of(&old, &new);
    assert_eq!((diff.added, diff.removed), (2, 1));
    assert_eq!(
        view(&diff),
        "… 2 \n 3  3  line 3\n 4  4  line 4\n 5  5  line 5\n 6    -line 6\n    6 +line six\n    7 +line 6.5\n 7  8  line 7\n 8  9  line 8\n 9 10  line 9\n"
    );
}

#[test]
fn far_changes_are_hunks_of_their_own_and_near_ones_share_one() {
    let old = numbered(40);
    let far = Diff::of(&old, &old.replace("line 5\n", "five\n").replace("line 30\n", "thirty\n"));
    assert_eq!(far.hunks.len(), 2);
    assert_eq!(far.row(far.hunk_row(1).unwrap()).unwrap().kind, RowKind::Gap(18));
    let near = Diff::of(&old, &old.replace("line 5\n", "five\n").replace("line 11\n", "eleven\n"));
    assert_eq!(near.hunks.len(), 1);
    assert_eq!(near.hunks[0].changes.len(), 2);
}

#[test]
fn new_and_emptied_files_have_rows_and_no_gap() {
    assert_eq!(view(&Diff::of("", "a\nb")), "    1 +a\n    2 +b⌀\n");
    assert_eq!(view(&Diff::of("a\r\n", "")), " 1    -a␍\n");
    assert!(Diff::of("a", "a").is_empty());
    assert!(Diff::of("", "").is_empty());
}

#[test]
fn fragments_are_numbered_as_in_their_file() {
    let file = numbered(50);
    let line = locate(&file, "line 40\nline 41").line().unwrap();
    let diff = Diff::of("line 40\nline 41", "line 40\nline xli").starting_at(line);
    assert_eq!(view(&diff), "… 39 \n40 40  line 40\n41    -line 41⌀\n   41 +line xli⌀\n");
    assert_eq!(locate(&file, "line 4"), Located::Several { first: 4, times: 11 });
    assert_eq!(locate(&file, "nowhere"), Located::Absent);
    assert_eq!(locate(&file, ""), Located::Absent);
    assert_eq!(splice(&file, "line 40\n", "x\n"), Some(file.replace("line 40\n", "x\n")));
    assert_eq!(splice(&file, "line 4", "x"), None);
}

#[test]
fn endings_that_change_are_known() {
    let diff = Diff::of("a\nb\n", "a\r\nb\r\n");
    assert!(diff.only_endings());
    assert_eq!(diff.usual_ending(), Ending::CrLf);
    assert!(!Diff::of("a\nb\n", "a\r\nc\r\n").only_endings());
    assert!(!Diff::of("a\n", "a\n").only_endings());
}

#[test]
fn words_that_differ_are_found_and_merged() {
    let diff = Diff::of("    token == self.saved\n", "    ct_eq(token, self.saved)\n");
    let words = diff.words(0, 0);
    let pick = |line: &str, ranges: &[Range<usize>]| {
        ranges.iter().map(|range| line[range.clone()].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(pick("    token == self.saved", &words.old[0]), ["=="]);
    assert_eq!(pick("    ct_eq(token, self.saved)", &words.new[0]), ["ct_eq(", ",", ")"]);
    assert_eq!(Diff::of("completely different\n", "nothing of that\n").words(0, 0), Words::default());
    assert_eq!(Diff::of("", "new\n").words(0, 0), Words::default());
    assert_eq!(diff.words(7, 7), Words::default());
    let indented = Diff::of("    call(a, b)\n", "      call(a, b)\n").words(0, 0);
    assert_eq!(
        (indented.old, indented.new),
        (vec![vec![Range { start: 0, end: 4 }]], vec![vec![Range { start: 0, end: 6 }]])
    );
    let broken = Diff::of("call(some, other)\n", "call(some,\n     other)\n").words(0, 0);
    assert_eq!(broken.new, [vec![], vec![]] as [Vec<Range<usize>>; 2]);
}

#[test]
fn a_few_zero_bytes_hide_nothing_and_noise_is_binary() {
    let diff = Diff::of("rm -rf build\necho done\n", "rm -rf build\0\necho done\n");
    assert_eq!((diff.shape, diff.added), (Shape::Text, 1));
    assert_eq!(Diff::of("text text text text", &"\u{0}\u{1}\u{fffd}".repeat(20)).shape, Shape::Binary);
}

#[test]
fn large_texts_are_compared_in_bounds() {
    let big = "0123456789abcdef\n".repeat(400_000);
    let changed = format!("{big}x\n{big}");
    let diff = Diff::of(&format!("{big}{big}"), &changed);
    assert_eq!((diff.shape, diff.added, diff.removed), (Shape::Text, 1, 0));
    let other = "fedcba9876543210\n".repeat(400_000);
    let diff = Diff::of(&big, &other);
    assert_eq!((diff.shape, diff.added, diff.removed), (Shape::Large, 400_000, 400_000));
    assert_eq!(diff.row(799_999).unwrap().text, "fedcba9876543210");
    assert_eq!(diff.apply(&big, |_| true).unwrap(), other);
}

const GIT: &str = "\
From 1 Mon
diff --git a/src/auth.rs b/src/auth.rs
index 1..2 100644
--- a/src/auth.rs
+++ b/src/auth.rs
@@ -40,4 +40,5 @@ impl Auth
 fn verify() {
-    a == b
+    ct_eq(a,
+          b)
 }
 
@@ -90 +91 @@
-old
\\ No newline at end of file
+new
diff --git a/new.txt b/new.txt
new file mode 100644
--- /dev/null
+++ b/new.txt
@@ -0,0 +1 @@
+hello
diff --git a/gone.txt b/gone.txt
deleted file mode 100644
--- a/gone.txt
+++ /dev/null
@@ -1,2 +0,0 @@
--- bye
-+++ x
diff --git a/a b.txt b/c d.txt
similarity index 100%
rename from a b.txt
rename to c d.txt
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
diff --git a/x.png b/x.png
index 1..2
Binary files a/x.png and b/x.png differ
";

#[test]
fn a_git_patch_is_read_file_by_file() {
    let patch = parse(GIT);
    assert_eq!(patch.stray, ["From 1 Mon"]);
    let facts: Vec<_> = patch
        .files
        .iter()
        .map(|file| (file.old_path.as_deref(), file.new_path.as_deref(), file.fate, file.diff.added, file.diff.removed))
        .collect();
    assert_eq!(
        facts,
        [
            (Some("src/auth.rs"), Some("src/auth.rs"), Fate::Kept, 3, 2),
            (None, Some("new.txt"), Fate::Created, 1, 0),
            (Some("gone.txt"), None, Fate::Deleted, 0, 2),
            (Some("a b.txt"), Some("c d.txt"), Fate::Renamed, 0, 0),
            (Some("run.sh"), Some("run.sh"), Fate::Kept, 0, 0),
            (Some("x.png"), Some("x.png"), Fate::Kept, 0, 0),
        ]
    );
    assert!(patch.files.iter().all(|file| !file.is_miscounted));
    assert_eq!(
        view(&patch.files[0].diff),
        "… 39 impl Auth\n40 40  fn verify() {\n41    -    a == b\n   41 +    ct_eq(a,\n   42 +          b)\n42 43  }\n43 44  \n… 46 \n90    -old⌀\n   91 +new\n"
    );
    assert_eq!(view(&patch.files[2].diff), " 1    --- bye\n 2    -+++ x\n");
    assert_eq!(patch.files[4].modes, Some(("100644".into(), "100755".into())));
    assert_eq!(patch.files[5].diff.shape, Shape::Binary);
}

#[test]
fn plain_unified_diffs_and_wrong_counts_are_read() {
    let patch =
        parse("--- x\t2026\n+++ x\t2026\n@@ -1,9 +1,9 @@\n a\n-b\n+c\n--- y\n+++ y\n@@ -1 +1 @@\n-d\n+e\n+extra\n");
    // The first hunk promised more: what looks like the next head is then its body, and nothing is lost.
    assert!(patch.files[0].is_miscounted);
    let shown: String = patch.files.iter().map(|file| view(&file.diff)).collect();
    for line in ["a", "b", "c", "d", "e", "extra"] {
        assert!(shown.lines().any(|row| row.ends_with(line)), "{line} in {shown}");
    }
    let right = parse("--- x\n+++ x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n--- y\n+++ y\n@@ -1 +1 @@\n-d\n+e\n");
    assert_eq!(right.files.len(), 2);
}

#[test]
fn a_patch_fits_where_its_lines_have_moved() {
    let old = numbered(30);
    let diff = Diff::of(&old, &old.replace("line 20\n", "twenty\n"));
    let moved = format!("new head\nanother\n{old}");
    assert_eq!(diff.apply(&moved, |_| true).unwrap(), moved.replace("line 20\n", "twenty\n"));
    assert_eq!(diff.apply("something else\n", |_| true), Err(Misfit { hunk: 0, line: 17 }));
    assert_eq!(diff.apply(&moved, |_| false).unwrap(), moved);
}

/// Writes a diff as a patch, to read it again.
fn written(diff: &Diff) -> String {
    let mut out = "--- a/f\n+++ b/f\n".to_owned();
    for (at, hunk) in diff.hunks.iter().enumerate() {
        let head = |line: u32, range: &Range<u32>| {
            format!("{},{}", if range.is_empty() { line - 1 } else { line }, range.len())
        };
        writeln!(out, "@@ -{} +{} @@", head(hunk.old_line, &hunk.old), head(hunk.new_line, &hunk.new)).unwrap();
        for row in (0..diff.row_count()).filter_map(|index| diff.row(index)).filter(|row| row.hunk == at) {
            let sign = match row.kind {
                RowKind::Gap(_) => continue,
                RowKind::Context => ' ',
                RowKind::Removed => '-',
                RowKind::Added => '+',
            };
            let ending =
                if row.ending == Ending::None { "\n\\ No newline at end of file\n" } else { row.ending.as_str() };
            write!(out, "{sign}{}{ending}", row.text).unwrap();
        }
    }
    out
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec("(a|b|c|dd|- e|\\+ f|@@ -1 \\+1 @@)?(\n|\r\n|\n|\n)", 0..25)
        .prop_flat_map(|lines| ("x?").prop_map(move |last| lines.concat() + &last))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_part_and_then_the_rest_is_the_whole(old in text(), new in text(), part in any::<u64>()) {
        let diff = Diff::of(&old, &new);
        let is_in = |hunk: usize| part >> (hunk % 64) & 1 == 1;
        let taken = diff.take(&old, |hunk| if is_in(hunk) { Choice::Taken } else { Choice::Refused });
        let taken = taken.unwrap();
        // Which hunks come first does not matter: each is found where the others left it.
        prop_assert_eq!(Diff::of(&taken, &new).apply(&taken, |_| true), Ok(new.clone()));
        let comes = |hunk: usize| diff.comes(hunk).unwrap();
        let comes: Vec<String> = (0..diff.hunks.len()).map(comes).collect();
        let edited = diff.take(&old, |hunk| if is_in(hunk) { Choice::Edited(&comes[hunk]) } else { Choice::Refused });
        prop_assert_eq!(edited, Ok(taken), "a hunk edited to what it was is that hunk");
    }

    #[test]
    fn applying_every_hunk_gives_the_new_text(old in text(), new in text()) {
        let diff = Diff::of(&old, &new);
        prop_assert_eq!(diff.apply(&old, |_| true), Ok(new.clone()));
        prop_assert_eq!(diff.apply(&old, |_| false), Ok(old.clone()));
        prop_assert_eq!(diff.is_empty(), old == new);
        let rows: Vec<_> = (0..diff.row_count()).map(|index| diff.row(index).unwrap()).collect();
        prop_assert_eq!(rows.iter().filter(|row| row.kind == RowKind::Added).count(), diff.added as usize);
        prop_assert_eq!(rows.iter().filter(|row| row.kind == RowKind::Removed).count(), diff.removed as usize);
    }

    #[test]
    fn a_written_patch_reads_as_the_same_diff(old in text(), new in text()) {
        let diff = Diff::of(&old, &new);
        let patch = parse(&written(&diff));
        if !diff.is_empty() {
            prop_assert_eq!(&patch.stray, &Vec::<String>::new());
            prop_assert!(!patch.files[0].is_miscounted);
            prop_assert_eq!(view(&patch.files[0].diff), view(&diff));
            prop_assert_eq!(patch.files[0].diff.apply(&old, |_| true), Ok(new));
        }
    }

    #[test]
    fn any_text_is_a_patch(patch in "((---|\\+\\+\\+|@@|diff --git|rename from|old mode|Binary files|GIT binary patch|\\\\)?[ab/\" ]{0,6}|@@ -[0-9]{1,10},[0-9]{1,10} \\+[0-9],[0-9] @@|[+-]?\\PC{0,5}|\n){0,40}", file in text()) {
        let parsed = parse(&patch);
        for file_patch in &parsed.files {
            let diff = &file_patch.diff;
            for index in 0..diff.row_count() {
                prop_assert!(diff.row(index).is_some());
            }
            for layout in [Layout::Unified, Layout::Split] {
                let sheet = Sheet::new(diff, layout, |_| true);
                for line in 0..sheet.lines() {
                    prop_assert!(sheet.line(diff, line).is_some());
                    prop_assert_eq!(sheet.line_of(diff, sheet.spot(diff, line)), line);
                }
            }
            for (at, hunk) in diff.hunks.iter().enumerate() {
                for change in 0..hunk.changes.len() {
                    let _ = diff.words(at, change);
                }
            }
            let _ = diff.apply(&file, |_| true);
        }
    }

    #[test]
    fn words_lie_within_their_lines(old in "([ab_]{1,3}|[ .(]|é|日|\n){1,30}", new in "([ab_]{1,3}|[ .(]|é|日|\n){1,30}") {
        let diff = Diff::of(&old, &new);
        for (at, hunk) in diff.hunks.iter().enumerate() {
            for (change_at, change) in hunk.changes.iter().enumerate() {
                let words = diff.words(at, change_at);
                for (line, ranges) in change.old.clone().zip(&words.old) {
                    prop_assert!(ranges.iter().all(|range| diff.old_line(line).unwrap().text.get(range.clone()).is_some_and(|word| !word.is_empty())));
                }
                for (line, ranges) in change.new.clone().zip(&words.new) {
                    prop_assert!(ranges.iter().all(|range| diff.new_line(line).unwrap().text.get(range.clone()).is_some_and(|word| !word.is_empty())));
                }
            }
        }
    }
}

/// A sheet as text: what stands left, what stands right.
fn sheeted(diff: &Diff, sheet: &Sheet) -> String {
    let side = |side: Option<Side<'_>>| side.map_or_else(|| "·".to_owned(), |s| format!("{} {}", s.number, s.text));
    let mut out = String::new();
    for at in 0..sheet.lines() {
        match sheet.line(diff, at).unwrap() {
            Line::Fold { gap, lines, folded, .. } => writeln!(out, "{gap}: {lines} {folded:?}").unwrap(),
            Line::Same { old, new } => writeln!(out, "  {} | {}", side(Some(old)), side(Some(new))).unwrap(),
            Line::Change { old, new, .. } => writeln!(out, "! {} | {}", side(old), side(new)).unwrap(),
        }
    }
    assert_eq!(sheet.line(diff, sheet.lines()), None);
    out
}

#[test]
fn sides_stand_beside_each_other_and_folds_open() {
    let old = numbered(14);
    let diff = Diff::of(&old, &old.replace("line 6\n", "six\nand more\n"));
    let split = sheeted(&diff, &Sheet::new(&diff, Layout::Split, |_| false));
    assert_eq!(
        split,
        "0: 2 Closed\n  3 line 3 | 3 line 3\n  4 line 4 | 4 line 4\n  5 line 5 | 5 line 5\n! 6 line 6 | 6 six\n! · | 7 and more\n  7 line 7 | 8 line 7\n  8 line 8 | 9 line 8\n  9 line 9 | 10 line 9\n1: 5 Closed\n"
    );
    let open = sheeted(&diff, &Sheet::new(&diff, Layout::Unified, |gap| gap == 1));
    assert!(open.contains("! 6 line 6 | ·\n! · | 6 six\n! · | 7 and more\n"), "{open}");
    assert!(open.ends_with("1: 5 Open\n  10 line 10 | 11 line 10\n  11 line 11 | 12 line 11\n  12 line 12 | 13 line 12\n  13 line 13 | 14 line 13\n  14 line 14 | 15 line 14\n"), "{open}");
}

#[test]
fn the_shorter_side_stands_beside_the_lines_that_are_most_like_it() {
    let diff = Diff::of("    total = sum(a, b)\n", "    # once\n    # and for all\n    total = add(a, b)\n    more\n");
    let shown = sheeted(&diff, &Sheet::new(&diff, Layout::Split, |_| false));
    assert_eq!(
        shown,
        "! · | 1     # once\n! · | 2     # and for all\n! 1     total = sum(a, b) | 3     total = add(a, b)\n! · | 4     more\n"
    );
}

#[test]
fn one_unchanged_line_is_shown_and_a_patch_does_not_know_what_it_leaves_out() {
    let old = numbered(5);
    let diff = Diff::of(&old, &old.replace("line 5\n", "five\n"));
    assert!(sheeted(&diff, &Sheet::new(&diff, Layout::Unified, |_| false)).starts_with("  1 line 1 | 1 line 1\n"));
    let patch = parse("--- x\n+++ x\n@@ -4 +4 @@ fn a\n-b\n+c\n@@ -5 +5 @@\n-d\n+e\n");
    let diff = &patch.files[0].diff;
    let shown = sheeted(diff, &Sheet::new(diff, Layout::Split, |_| true));
    assert_eq!(shown, "0: 3 Unknown\n! 4 b | 4 c\n1: 0 Unknown\n! 5 d | 5 e\n");
    let fragment = Diff::of("a\nb", "a\nc").starting_at(41);
    let shown = sheeted(&fragment, &Sheet::new(&fragment, Layout::Unified, |_| true));
    assert_eq!(shown, "0: 40 Unknown\n  41 a | 41 a\n! 42 b | ·\n! · | 42 c\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_layout_holds_both_texts_and_names_its_lines(old in text(), new in text(), open in any::<u32>()) {
        let diff = Diff::of(&old, &new);
        for layout in [Layout::Unified, Layout::Split] {
            let all = Sheet::new(&diff, layout, |_| true);
            let lines: Vec<_> = (0..all.lines()).map(|at| all.line(&diff, at).unwrap()).collect();
            let write = |side: Side<'_>| format!("{}{}", side.text, side.ending.as_str());
            let one: String = lines.iter().filter_map(|line| match line {
                Line::Fold { .. } => None,
                Line::Same { old, .. } => Some(write(*old)),
                Line::Change { old, .. } => old.map(write),
            }).collect();
            let other: String = lines.iter().filter_map(|line| match line {
                Line::Fold { .. } => None,
                Line::Same { new, .. } => Some(write(*new)),
                Line::Change { new, .. } => new.map(write),
            }).collect();
            if !diff.is_empty() {
                prop_assert_eq!(&one, &old);
                prop_assert_eq!(&other, &new);
            }
            for at in 0..all.lines() {
                prop_assert_eq!(all.line_of(&diff, all.spot(&diff, at)), at);
                prop_assert!(all.seen_to(&diff, all.spot(&diff, at)) <= at);
            }
            // A reader who stands on a line stands on it in any other sheet, or on the fold that hides it.
            for other in [Layout::Unified, Layout::Split] {
                let some = Sheet::new(&diff, other, |gap| open >> (gap % 32) & 1 == 1);
                for at in 0..all.lines() {
                    let there = some.line_of(&diff, all.spot(&diff, at));
                    let number = |line: Option<Line<'_>>| match line {
                        Some(Line::Same { new, .. }) => Some(new.number),
                        _ => None,
                    };
                    let (here, found) = (number(all.line(&diff, at)), number(some.line(&diff, there)));
                    prop_assert!(here == found || found.is_none(), "{} {}", at, there);
                }
            }
        }
    }
}
