//! Files that are one JSON document over many lines: kept until they are whole, and read as far as they are.

use super::{Line, LineText, Out};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// More of a session's documents is not kept while they are read.
const MOST: usize = 256 << 20;

/// What there is of the documents of a session, by the numbers of their files.
#[derive(Debug, Default)]
pub(super) struct Documents {
    open: BTreeMap<usize, String>,
    bytes: usize,
}

impl Documents {
    /// Another line of one. What is too much is said, and passed over.
    pub(super) fn take(&mut self, out: &mut Out, file: usize, line: Line<'_>) {
        let text = match line.text {
            LineText::Bytes(bytes) => String::from_utf8_lossy(bytes),
            LineText::TooLong(length) => {
                return out.damaged(format!("{length} bytes on one line: it was passed over"), "");
            }
        };
        if matches!(text, Cow::Owned(_)) {
            out.damaged("bytes that are no text; each stands as a mark", "");
        }
        if self.bytes + text.len() > MOST {
            return out.damaged("the document is too long: the rest was passed over", "");
        }
        self.bytes += text.len() + 1;
        let document = self.open.entry(file).or_default();
        document.push_str(&text);
        document.push('\n');
    }

    /// The documents before that of a file: nothing more of them comes.
    pub(super) fn before(&mut self, file: usize) -> Vec<(usize, String)> {
        if self.open.keys().all(|number| *number >= file) {
            return Vec::new();
        }
        let rest = self.open.split_off(&file);
        std::mem::replace(&mut self.open, rest).into_iter().collect()
    }

    /// All of them, in the order of their files.
    pub(super) fn all(&mut self) -> Vec<(usize, String)> {
        self.bytes = 0;
        std::mem::take(&mut self.open).into_iter().collect()
    }
}

/// The values of a document: mostly one. What of it is none is said, with its place.
pub(super) fn values(out: &mut Out, file: usize, document: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut values = serde_json::Deserializer::from_str(document).into_iter::<Value>();
    loop {
        match values.next() {
            None => return all,
            Some(Ok(value)) => all.push(value),
            Some(Err(error)) => {
                damaged(out, file, &error);
                return all;
            }
        }
    }
}

/// Says of a document why it can't be read, and where.
pub(super) fn damaged(out: &mut Out, file: usize, error: &serde_json::Error) {
    let why = if error.is_eof() { "it ends in its middle" } else { "it is no JSON" };
    out.at_line(file, error.line() as u64);
    out.damaged(format!("{why}, at line {}, column {}; what stands before is read", error.line(), error.column()), "");
}

/// Of a document that was cut off: what stands before the list of this name, closed where the list begins; and the items of
/// it that are whole.
pub(super) fn cut_off(document: &str, list: &str) -> (Option<String>, Vec<Value>) {
    let Some((head, rest)) = document.split_once(&format!("\"{list}\"")) else { return (None, Vec::new()) };
    let head = head.trim_end().trim_end_matches(',').to_owned() + "}";
    let rest = rest.trim_start().strip_prefix(':').and_then(|rest| rest.trim_start().strip_prefix('['));
    (Some(head), rest.map(items).unwrap_or_default())
}

/// The items of a list that are whole, from behind its bracket.
pub(super) fn items(mut rest: &str) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let mut one = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let Some(Ok(item)) = one.next() else { return all };
        all.push(item);
        let after = rest.get(one.byte_offset()..).unwrap_or_default().trim_start();
        let Some(more) = after.strip_prefix(',') else { return all };
        rest = more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn of_a_document_that_was_cut_off_the_whole_items_are_read() {
        let cut = "{\"info\": {\"id\": 1},\n \"messages\": [{\"a\": 1}, {\"b\": [2]}, {\"c\": ";
        let (head, items) = cut_off(cut, "messages");
        assert_eq!(serde_json::from_str::<Value>(&head.unwrap()).unwrap(), json!({"info": {"id": 1}}));
        assert_eq!(items, [json!({"a": 1}), json!({"b": [2]})]);
        assert_eq!(cut_off("{\"a\": 1}", "messages"), (None, Vec::new()));
    }

    #[test]
    fn documents_are_whole_when_the_next_begins() {
        let (mut documents, mut out) = (Documents::default(), Out::default());
        let line = |number| Line { number, text: LineText::Bytes(b"{}") };
        for (file, number) in [(0, 1), (0, 2), (1, 1)] {
            documents.take(&mut out, file, line(number));
        }
        assert_eq!(documents.before(0), []);
        assert_eq!(documents.before(1), [(0, "{}\n{}\n".to_owned())]);
        assert_eq!(documents.all(), [(1, "{}\n".to_owned())]);
    }
}
