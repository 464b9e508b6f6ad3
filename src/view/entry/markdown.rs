//! What an agent says, lightly: headings, lists, code. Line by line, so that a message that grows never changes above.

use crate::text;
use crate::theme::Role;
use crate::view::flow::Styled;
use crate::view::{Look, Row};

/// What one line leaves for the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent of each other, and copied for every line")]
pub(super) struct Place {
    /// Within fenced code.
    fence: bool,
    /// An empty row is due before the next one.
    blank: bool,
    /// Something was shown.
    begun: bool,
    /// The line goes on that was too long for one piece.
    pub(super) within: bool,
}

/// The role of code within prose.
const CODE: Role = Role::SyntaxConstant;

impl Place {
    /// Adds the rows of one line.
    pub(super) fn line(&mut self, source: &str, bullet: &'static str, width: usize, out: &mut Vec<Row>) {
        let source = source.strip_suffix('\r').unwrap_or(source);
        if let Some(language) = fence(source) {
            self.fence = !self.fence;
            if self.fence && !language.is_empty() {
                self.row(out);
                out.push(Styled::exact(language, Role::Muted).row(width));
            }
            return;
        }
        if self.fence {
            self.row(out);
            Styled::exact(source, CODE).flow(Row::of("  ", Role::Text), width, out);
            return;
        }
        if source.trim().is_empty() {
            self.blank = self.begun;
            return;
        }
        self.row(out);
        let (lead, rest, look) =
            if self.within { (Row::new(), source, Role::Text.into()) } else { block(source, bullet) };
        inline(rest, look).flow(lead, width, out);
    }

    /// A row comes: with an empty one before it where that is due.
    fn row(&mut self, out: &mut Vec<Row>) {
        if self.blank {
            out.push(Row::new());
        }
        (self.blank, self.begun) = (false, true);
    }
}

/// The language of a line that opens or closes code.
fn fence(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix("```").filter(|rest| !rest.contains('`')).map(|rest| rest.trim_matches('`').trim())
}

/// What kind of block a line is: what stands before it, its text, its look.
fn block<'a>(source: &'a str, bullet: &'static str) -> (Row, &'a str, Look) {
    let body = source.trim_start();
    let indent = (source.len() - body.len()).min(12);
    let hashes = body.len() - body.trim_start_matches('#').len();
    if (1..=6).contains(&hashes) && body[hashes..].starts_with(' ') {
        return (Row::new(), body[hashes..].trim_start(), Look::strong(Role::SyntaxHeading));
    }
    let mut lead = Row::of(" ".repeat(indent), Role::Text);
    for sign in ["- ", "* ", "+ "] {
        if let Some(rest) = body.strip_prefix(sign) {
            lead.push(format!("{bullet} "), Role::Muted);
            return (lead, rest, Role::Text.into());
        }
    }
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=3).contains(&digits) && (body[digits..].starts_with(". ") || body[digits..].starts_with(") ")) {
        lead.push(body[..digits + 2].to_owned(), Role::Muted);
        return (lead, &body[digits + 2..], Role::Text.into());
    }
    if let Some(rest) = body.strip_prefix("> ") {
        lead.push("> ", Role::Muted);
        return (lead, rest, Role::Muted.into());
    }
    (lead, body, Role::Text.into())
}

/// Code and weight within a line. What is not closed on the line is text as it stands.
fn inline(source: &str, look: Look) -> Styled {
    let mut line = Styled::default();
    let mut rest = source;
    while let Some(at) = rest.find(['`', '*']) {
        let (before, from) = rest.split_at(at);
        line.push(&text::prose(before).text, look);
        let Some((inner, after, inner_look)) = marked(from, look) else {
            let next = from.len() - from.trim_start_matches(['`', '*']).len();
            line.push(&from[..next], look);
            rest = &from[next..];
            continue;
        };
        line.push(&text::prose(inner).text, inner_look);
        rest = after;
    }
    line.push(&text::prose(rest).text, look);
    line
}

/// A piece between two marks: its text, what follows, its look.
fn marked(from: &str, look: Look) -> Option<(&str, &str, Look)> {
    let (mark, look) = match from.as_bytes() {
        [b'`', b'`', ..] => ("``", Look { role: CODE, ..look }),
        [b'`', ..] => ("`", Look { role: CODE, ..look }),
        [b'*', b'*', ..] => ("**", look.bold()),
        _ => return None,
    };
    let inner = from.strip_prefix(mark)?;
    let end = inner.find(mark)?;
    let (inner, after) = (&inner[..end], &inner[end + mark.len()..]);
    (!inner.is_empty() && !inner.starts_with('*')).then_some((inner, after, look))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str, width: usize) -> Vec<String> {
        let (mut place, mut out) = (Place::default(), Vec::new());
        for line in source.lines() {
            place.line(line, "•", width, &mut out);
        }
        out.iter().map(|row| row.spans.iter().map(|span| span.text.as_ref()).collect()).collect()
    }

    #[test]
    fn blocks_keep_their_shape_without_their_marks() {
        let source = "# Plan\n\n\n- one `two` three four\n  2. **deep**\n```rust\nlet x = 1;\n```\n> said";
        let want = ["Plan", "", "• one two ", "  three four", "  2. deep", "rust", "  let x = 1;", "> said"];
        assert_eq!(shown(source, 12), want);
    }

    #[test]
    fn marks_that_mean_nothing_stay() {
        for plain in ["2 * 3 ** 4", "a ` b", "**", "``", "*** x", "a*b*c"] {
            assert_eq!(shown(plain, 40), [plain], "{plain}");
        }
    }

    #[test]
    fn hidden_characters_stand_out_everywhere() {
        let rows = shown("say \u{1b}[31mred\n```\n\u{202e}x\n```", 60).join("\n");
        assert!(rows.contains('␛') && rows.contains("U+202E") && !rows.contains('\u{1b}'), "{rows}");
    }
}
