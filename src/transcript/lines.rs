//! A file that is taken apart into lines, in pieces of any size: also while another program still writes it.
//!
//! A line is whole when its end was seen. Its end is `\n`; a `\r` before it, NULs around it (a disk that was full, a machine
//! that lost power) and a byte order mark at the beginning of the file are no part of it.

/// A longer line is not kept: it is told by its length alone.
pub const LONGEST: usize = 32 << 20;

/// One line, without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'l> {
    /// From 1.
    pub number: u64,
    /// What stands in it.
    pub text: LineText<'l>,
}

/// What stands in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineText<'l> {
    /// Its bytes.
    Bytes(&'l [u8]),
    /// It was longer than [`LONGEST`]: so many bytes.
    TooLong(u64),
}

/// Takes a file apart.
#[derive(Debug, Default)]
pub struct Lines {
    /// The beginning of a line whose end has not come.
    part: Vec<u8>,
    /// Bytes of that line that were not kept, where it is too long.
    dropped: u64,
    /// Lines so far.
    count: u64,
}

impl Lines {
    /// Lines so far; without the one whose end has not come.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Takes the next piece of the file, and hands over every line that it ends.
    pub fn take(&mut self, mut bytes: &[u8], each: &mut dyn FnMut(Line<'_>)) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, rest) = bytes.split_at(end);
            bytes = rest.get(1..).unwrap_or_default();
            self.count += 1;
            if self.part.is_empty() && self.dropped == 0 && line.len() <= LONGEST {
                each(line_of(self.count, line));
            } else {
                self.keep(line);
                self.hand_over(each);
            }
        }
        self.keep(bytes);
    }

    /// The file is at its end, and nobody writes it any more: what stands there without an end is a line too.
    pub fn end(&mut self, each: &mut dyn FnMut(Line<'_>)) {
        if !self.part.is_empty() || self.dropped > 0 {
            self.count += 1;
            self.hand_over(each);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.dropped == 0 && self.part.len() + bytes.len() <= LONGEST {
            self.part.extend_from_slice(bytes);
        } else {
            self.dropped += (self.part.len() + bytes.len()) as u64;
            self.part = Vec::new();
        }
    }

    fn hand_over(&mut self, each: &mut dyn FnMut(Line<'_>)) {
        let dropped = std::mem::take(&mut self.dropped);
        if dropped > 0 {
            return each(Line { number: self.count, text: LineText::TooLong(dropped) });
        }
        let part = std::mem::take(&mut self.part);
        each(line_of(self.count, &part));
        // The room is kept for the next one, unless it was a giant.
        if part.capacity() <= 1 << 20 {
            self.part = part;
            self.part.clear();
        }
    }
}

fn line_of(number: u64, bytes: &[u8]) -> Line<'_> {
    let bytes = if number == 1 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) } else { bytes };
    let is_text = |byte: &u8| !matches!(byte, b'\0' | b'\r');
    let (from, to) = (bytes.iter().position(is_text), bytes.iter().rposition(is_text));
    let bytes = from.zip(to).and_then(|(from, to)| bytes.get(from..=to)).unwrap_or_default();
    Line { number, text: LineText::Bytes(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(pieces: &[&[u8]]) -> Vec<(u64, Result<Vec<u8>, u64>)> {
        let (mut lines, mut out) = (Lines::default(), Vec::new());
        let mut each = |line: Line<'_>| {
            out.push((
                line.number,
                match line.text {
                    LineText::Bytes(bytes) => Ok(bytes.to_vec()),
                    LineText::TooLong(length) => Err(length),
                },
            ));
        };
        for piece in pieces {
            lines.take(piece, &mut each);
        }
        lines.end(&mut each);
        out
    }

    #[test]
    fn marks_ends_and_padding_are_no_part_of_a_line() {
        let lines = all(&[b"\xef\xbb\xbf{}\r\n\0\0{1}\0\n\n", b"to", b"rn"]);
        let expected: [(u64, &[u8]); 4] = [(1, b"{}"), (2, b"{1}"), (3, b""), (4, b"torn")];
        assert_eq!(lines, expected.map(|(number, line)| (number, Ok(line.to_vec()))));
    }

    #[test]
    fn a_giant_is_told_by_its_length_and_costs_itself_alone() {
        let piece = vec![b'x'; 1 << 20];
        let mut pieces: Vec<&[u8]> = vec![b"a\n"];
        pieces.extend(std::iter::repeat_n(&piece[..], 40));
        pieces.push(b"\nb\n");
        let lines = all(&pieces);
        assert_eq!(lines, [(1, Ok(b"a".to_vec())), (2, Err(40 << 20)), (3, Ok(b"b".to_vec()))]);
    }
}
