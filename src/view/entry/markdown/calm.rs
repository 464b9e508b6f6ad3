//! A message that is still being written looks as it will: a mark of which the other half is still to come is taken as if it
//! had come, and one that may mean anything yet is not shown before it means something.

use super::scan::{Kind, lines};
use std::borrow::Cow;

/// A block whose last line is still being written, as it shall be shown.
pub(super) fn settled(source: &str, kind: Kind) -> Cow<'_, str> {
    let last = lines(source).last().map_or(0, |line| line.len);
    let (before, line) = source.split_at(source.len() - last);
    match kind {
        Kind::Fence | Kind::Shut => Cow::Borrowed(before),
        Kind::Code if line.trim().bytes().all(|byte| byte == b'`' || byte == b'~') => Cow::Borrowed(before),
        Kind::Code | Kind::Blank | Kind::Rule | Kind::Table | Kind::Definition | Kind::Piece => {
            if is_mark(line) {
                Cow::Borrowed(before)
            } else {
                Cow::Borrowed(source)
            }
        }
        Kind::Text | Kind::Item | Kind::Quote | Kind::Heading => {
            if is_mark(line) {
                Cow::Borrowed(before)
            } else {
                closed(source)
            }
        }
    }
}

/// A line of nothing but signs that may become a list, a heading, a rule, a fence.
fn is_mark(line: &str) -> bool {
    let body = line.trim();
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let signs = body.bytes().all(|byte| b"-*+#>=|`~_: ".contains(&byte));
    signs || ((1..=3).contains(&digits) && matches!(&body[digits..], "" | "." | ")"))
}

/// A text with the other half of each mark that is open at its end.
fn closed(source: &str) -> Cow<'_, str> {
    let last = lines(source).last().map_or(0, |line| line.len);
    let line = &source[source.len() - last..];
    let (mut open, mut code, mut at): (Vec<&str>, Option<usize>, usize) = (Vec::new(), None, 0);
    let bytes = line.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        let run = bytes[at..].iter().take_while(|&&other| other == byte).count();
        match byte {
            b'`' => {
                code = match code {
                    Some(opened) if opened == run => None,
                    Some(opened) => Some(opened),
                    None => Some(run),
                };
                at += run;
            }
            b'\\' if code.is_none() => at += 2,
            b'*' if code.is_none() && run <= 2 => {
                let sign = &line[at..at + run];
                let follows = bytes.get(at + run).is_some_and(|next| !next.is_ascii_whitespace());
                match open.last() {
                    Some(last) if *last == sign => drop(open.pop()),
                    _ if follows => open.push(sign),
                    _ => {}
                }
                at += run;
            }
            _ => at += 1,
        }
    }
    let bare = line.trim_end_matches(['*', '`']);
    let mut end = String::new();
    let mut kept = source;
    match code {
        // An opener with nothing behind it.
        Some(run) if line.ends_with(&"`".repeat(run)) && bare.len() + run == line.len() => {
            kept = &source[..source.len() - run];
        }
        Some(run) if run < 3 => end.push_str(&"`".repeat(run)),
        Some(_) => {}
        None if line.ends_with('*') && open.is_empty() && bare.ends_with(' ') => {
            kept = &source[..source.len() - (line.len() - bare.len())];
        }
        None => {
            if let Some(from) = line.rfind("](").filter(|&from| !line[from..].contains([')', ' '])) {
                // Half of an address is no address to show as a link's, but the text before it is its text.
                end.push_str(if line.len() > from + 2 { ")" } else { "" });
            }
        }
    }
    let trailing = line.len() - line.trim_end().len();
    if end.is_empty() && open.is_empty() {
        return Cow::Borrowed(kept);
    }
    let mut whole =
        if code.is_none() { kept[..kept.len() - trailing.min(kept.len())].to_owned() } else { kept.to_owned() };
    whole.push_str(&end);
    // One star of the two that will close it: the other half is on its way.
    if let Some(last) = open.last()
        && last.len() == 2
        && whole.ends_with('*')
        && !whole.ends_with("**")
    {
        whole.pop();
    }
    open.iter().rev().for_each(|sign| whole.push_str(sign));
    Cow::Owned(whole)
}
