//! Text cut and padded to columns.

use super::width::{graphemes, width};
use std::borrow::Cow;
use std::ops::Range;

const MORE: &str = "…";

/// As much of the start of a text as fits.
#[must_use]
pub fn clip(text: &str, cells: usize) -> &str {
    if text.len() <= cells && text.is_ascii() {
        return text;
    }
    let mut used = 0;
    for (at, _, wide) in graphemes(text) {
        used += wide;
        if used > cells {
            return &text[..at];
        }
    }
    text
}

/// The part of a line that lies in some columns, for scrolling sideways: blank cells before it (half of a wide
/// character that is cut), and its bytes.
#[must_use]
pub fn columns(line: &str, wanted: &Range<usize>) -> (usize, Range<usize>) {
    let mut used = 0;
    let mut found: Option<(usize, usize)> = None;
    for (at, _, cells) in graphemes(line) {
        if found.is_none() && used >= wanted.start {
            found = Some((used - wanted.start, at));
        }
        if used + cells > wanted.end {
            return found.map_or((0, at..at), |(lead, start)| (lead, start..at));
        }
        used += cells;
    }
    let (lead, start) = found.unwrap_or((0, line.len()));
    (lead, start..line.len())
}

/// Prose cut at its end, with `…` where something is missing.
#[must_use]
pub fn end(prose: &str, cells: usize) -> Cow<'_, str> {
    if width(prose) <= cells {
        return Cow::Borrowed(prose);
    }
    match cells {
        0 => Cow::Borrowed(""),
        _ => Cow::Owned(format!("{}{MORE}", clip(prose, cells - 1).trim_end())),
    }
}

/// A path cut in its middle: its last name stays whole as long as it fits, then as much of its start as there is room.
#[must_use]
pub fn middle(path: &str, cells: usize) -> Cow<'_, str> {
    if width(path) <= cells {
        return Cow::Borrowed(path);
    }
    let Some(room) = cells.checked_sub(1) else { return Cow::Borrowed("") };
    let name = path.trim_end_matches('/').rfind('/').map_or(path, |slash| &path[slash..]);
    let tail_cells = if width(name) <= room { width(name).max(room / 2) } else { room - room / 2 };
    let tail = clip_start(path, tail_cells);
    let head = clip(path, room - width(tail));
    Cow::Owned(format!("{head}{MORE}{tail}"))
}

/// A text with spaces behind it, up to a width. A longer one stays as it is.
#[must_use]
pub fn pad_end(text: &str, cells: usize) -> Cow<'_, str> {
    match cells.saturating_sub(width(text)) {
        0 => Cow::Borrowed(text),
        missing => Cow::Owned(format!("{text}{:missing$}", "")),
    }
}

/// A text with spaces before it, up to a width: for numbers.
#[must_use]
pub fn pad_start(text: &str, cells: usize) -> Cow<'_, str> {
    match cells.saturating_sub(width(text)) {
        0 => Cow::Borrowed(text),
        missing => Cow::Owned(format!("{:missing$}{text}", "")),
    }
}

/// As much of the end of a text as fits.
fn clip_start(text: &str, cells: usize) -> &str {
    let mut used = 0;
    for (at, cluster, wide) in graphemes(text).rev() {
        used += wide;
        if used > cells {
            return &text[at + cluster.len()..];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_end_of_prose_is_cut() {
        assert_eq!(end("make it so", 10), "make it so");
        assert_eq!(end("make it so", 9), "make it…");
        assert_eq!(end("make it so", 1), "…");
        assert_eq!(end("make it so", 0), "");
        assert_eq!(end("日本語", 4), "日…");
    }

    #[test]
    fn the_middle_of_a_path_is_cut_and_its_name_kept() {
        assert_eq!(middle("src/auth.rs", 11), "src/auth.rs");
        assert_eq!(middle("crates/core/src/auth/token.rs", 20), "crates/cor…/token.rs");
        assert_eq!(middle("crates/core/src/auth/token.rs", 12), "cr…/token.rs");
        assert_eq!(middle("a_very_long_name_indeed.rs", 11), "a_ver…ed.rs");
        assert_eq!(middle("src/auth.rs", 1), "…");
        assert_eq!(middle("src/auth.rs", 0), "");
    }

    #[test]
    fn columns_may_cut_a_wide_character() {
        assert_eq!(columns("abcdef", &(2..4)), (0, 2..4));
        assert_eq!(columns("日本語", &(1..5)), (1, 3..6));
        assert_eq!(columns("abc", &(5..9)), (0, 3..3));
        assert_eq!(columns("日", &(0..1)), (0, 0..0));
    }

    #[test]
    fn padding_fills_up_to_a_width() {
        assert_eq!(pad_end("日", 4), "日  ");
        assert_eq!(pad_start("1.2k", 6), "  1.2k");
        assert_eq!(pad_end("abc", 2), "abc");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn nothing_is_wider_than_asked(text in "([a-c]|/|日|é|👩‍👩‍👧|\\PC){0,30}", cells in 0usize..20, from in 0usize..20) {
            prop_assert!(width(clip(&text, cells)) <= cells);
            prop_assert!(width(&end(&text, cells)) <= cells);
            prop_assert!(width(&middle(&text, cells)) <= cells);
            let (lead, range) = columns(&text, &(from..from + cells));
            prop_assert!(lead + width(&text[range]) <= cells.max(lead));
        }
    }
}
