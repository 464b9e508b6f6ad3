//! The sheet on which a brief is written: own words as they are, those of the session behind `> `.

use super::{Brief, Full};
use crate::state::Parts;
use crate::text::{redact, visible};

/// Gathers lines.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    brief: Brief,
    left_out: Vec<String>,
}

impl Sheet {
    /// A sentence of taut's own.
    pub(super) fn say(&mut self, sentence: &str) {
        self.line(sentence);
    }

    /// The head of a part.
    pub(super) fn head(&mut self, head: &str) {
        self.line("");
        self.line(&format!("## {head}"));
    }

    /// A text of the session: each of its lines is quoted, nothing in it is hidden, and its middle goes where it is long.
    pub(super) fn quote(&mut self, text: &str, most: usize, what: &str) {
        let shown: Vec<String> =
            self.clean(text.trim()).split('\n').map(|line| visible(line).text.into_owned()).collect();
        let shown = shown.join("\n");
        let (head, cut, tail) = parts(&shown, most);
        self.quoted(head);
        if cut > 0 {
            self.line(&format!("({cut} characters are left out here)"));
            self.quoted(tail);
            self.left_out.push(format!("{cut} characters of {what}"));
        }
    }

    /// Something of the session that stands on one line.
    pub(super) fn item(&mut self, text: &str, most: usize) {
        let clean = self.clean(text.trim());
        let mut lines = clean.lines().filter(|line| !line.trim().is_empty());
        let first = visible(lines.next().unwrap_or_default()).text.into_owned();
        let end = ends(&first, most);
        let mark = if end < first.len() || lines.next().is_some() { " …" } else { "" };
        self.line(&format!("> {}{mark}", &first[..end]));
    }

    /// That so many of something are not told.
    pub(super) fn left_out(&mut self, count: usize, one: &str, many: &str, which: &str) {
        match count {
            0 => {}
            1 => self.left_out.push(format!("1 {one} {which}")),
            n => self.left_out.push(format!("{n} {many} {which}")),
        }
    }

    /// That something can't be told.
    pub(super) fn lacks(&mut self, what: &str) {
        self.left_out.push(visible(what).text.into_owned());
    }

    /// All of it, with what was left out.
    pub(super) fn done(mut self) -> Brief {
        let secrets: usize = self.brief.secrets.values().sum();
        match secrets {
            0 => {}
            1 => self.left_out.push("1 secret, marked as redacted".to_owned()),
            n => self.left_out.push(format!("{n} secrets, marked as redacted")),
        }
        if !self.left_out.is_empty() {
            let all = std::mem::take(&mut self.left_out).join("; ");
            self.head("Left out of this brief");
            self.line(&format!("{all}."));
        }
        self.brief
    }

    fn quoted(&mut self, text: &str) {
        for line in text.split('\n') {
            self.line(format!("> {line}").trim_end());
        }
    }

    /// Without its secrets, before anything is cut: a half of one is none that could be known again.
    fn clean(&mut self, text: &str) -> String {
        let (text, secrets) = redact(&text.replace("\r\n", "\n"));
        for secret in secrets {
            *self.brief.secrets.entry(secret.name()).or_default() += 1;
        }
        text
    }

    fn line(&mut self, line: &str) {
        self.brief.text.push_str(line);
        self.brief.text.push('\n');
    }
}

/// A text in pieces; what of it is not at hand is said where it was.
pub(super) fn whole(parts: &Parts, full: Full<'_>) -> String {
    let mut text: String = parts.head.iter().map(full).collect();
    if parts.cut_bytes > 0 {
        text.extend(["\n[", &parts.cut_lines.to_string(), " lines are not at hand]\n"]);
    }
    text.extend(parts.tail.iter().map(full));
    text
}

/// Where so many characters end.
fn ends(text: &str, chars: usize) -> usize {
    text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at)
}

/// The beginning of a text and its end, of so many characters together, and how many are missing between them.
fn parts(text: &str, most: usize) -> (&str, usize, &str) {
    let all = text.chars().count();
    if all <= most {
        return (text, 0, "");
    }
    let tail = most / 3;
    let head = &text[..ends(text, most - tail)];
    (head, all - most, &text[ends(text, all - tail)..])
}
