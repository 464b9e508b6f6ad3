//! What is looked at before a text is parsed: characters that no command needs.

/// Why a text is not parsed at all, if it is not.
pub(super) fn refused(text: &str) -> Option<&'static str> {
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Some("the command holds control characters");
    }
    if text.chars().any(hidden) {
        return Some("the command holds invisible characters");
    }
    breaks_scanner(text).then_some("a brace stands before a sign that is not read there")
}

/// The scanner of the grammar (tree-sitter-bash 0.25, `src/scanner.c`, at `BRACE_START`) asks C's `isdigit` about the sign after
/// `{`, `{1` or `{1..`, which is defined up to U+00FF: beyond that it reads whatever lies there in memory, or dies of it.
fn breaks_scanner(text: &str) -> bool {
    fn after_number(text: &str) -> &str {
        text.trim_start_matches(|c: char| c.is_ascii_digit())
    }
    let beyond = |rest: &str| rest.chars().next().is_some_and(|c| c > '\u{ff}');
    text.split('{')
        .skip(1)
        .map(after_number)
        .any(|rest| beyond(rest) || rest.strip_prefix("..").is_some_and(|rest| beyond(after_number(rest))))
}

/// Characters that are not seen, or that turn the direction of what is seen.
fn hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}
