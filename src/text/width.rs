//! How many cells a text takes.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The cells that a text takes. Ambiguous characters are one cell; text is measured as it is drawn, so make it
/// [`visible`](fn@super::visible) first.
#[must_use]
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// The user-perceived characters of a text: byte offset, text, cells.
#[must_use]
pub fn graphemes(text: &str) -> impl DoubleEndedIterator<Item = (usize, &str, usize)> {
    text.grapheme_indices(true).map(|(at, cluster)| (at, cluster, width(cluster)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_counted_as_the_terminal_counts_them() {
        for (text, cells) in
            [("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("…", 1), ("│", 1), ("👩‍👩‍👧", 2), ("α", 1)]
        {
            assert_eq!(width(text), cells, "{text}");
        }
    }

    #[test]
    fn a_cluster_is_one_grapheme() {
        let all: Vec<_> = graphemes("ae\u{301}日").collect();
        assert_eq!(all, [(0, "a", 1), (1, "e\u{301}", 1), (4, "日", 2)]);
    }
}
